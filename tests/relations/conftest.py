"""Figures and claims made from the labelled practice articles, reading print only as far as rounding needs it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hengshui_etl.records import Claim, Figure

_BEFORE = {
    "超过": True,
    "突破": True,
    "逾": True,
    "超": True,
    "不低于": False,
    "不超过": False,
    "不足": True,
    "低于": True,
}
_DIGIT = "零一二三四五六七八九"
_PER = (("每百", 100), ("每千", 1000), ("每万", 10000), ("每十万", 100000))
_TRADITIONAL = str.maketrans("萬億歲個項點餘約過達戶畝兩類", "万亿岁个项点余约过达户亩两类")
_WIDE = {0xFF10 + i: str(i) for i in range(10)} | {ord("．"): ".", ord("，"): ",", ord("％"): "%"}


def _place_of(text: str, fields: dict[str, Any]) -> Decimal:
    """The size of the last printed place in the unit of the value; 0 for a whole count."""
    m = re.match(r"-?[\d,]*\d(?:\.(\d+))?", text)
    if m:
        decimals = len(m[1] or "")
        number = Decimal(m[0].replace(",", ""))
        scale = abs(Decimal(fields["value"]) / number) if number else Decimal(1)
        if text.endswith("成") or "成" in text[m.end() : m.end() + 1]:
            scale = Decimal(10)
        place = scale.scaleb(-decimals)
    else:
        numeral = re.search(r"[零〇一二两三四五六七八九十百千万亿点]+", text)
        place = Decimal(1)
        if numeral:
            word = numeral[0]
            while word and word[-1] in "万亿":
                place *= 10**4 if word[-1] == "万" else 10**8
                word = word[:-1]
            if "点" in word:
                place = place.scaleb(-len(word.split("点")[1]))
        if "成" in text:
            place = Decimal(10)
        if "番" in text:
            return Decimal(0)
    if fields["kind"] in ("count", "rank") and place == 1:
        return Decimal(0)
    return place.normalize()


def figure_from(fields: dict[str, Any], **changes: Any) -> Figure:
    """A Figure from the fields of a labelled one."""
    text = re.sub(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+\)", "", fields["text"]).translate(_WIDE).translate(_TRADITIONAL)
    text = text.replace(" ", "")
    strict = False
    for word, is_strict in _BEFORE.items():
        if text.startswith(word):
            strict, text = is_strict, text[len(word) :]
            break
    text = re.sub(r"^(大?约|近|第|百分之)", "", text)
    made = {
        "id": fields.get("id", "f1"), "text": fields["text"], "start": 0, "end": len(fields["text"]),
        "value": Decimal(fields["value"]), "high": Decimal(fields["high"]) if "high" in fields else None,
        "unit": fields["unit"], "kind": fields["kind"], "bound": fields["bound"], "direction": fields.get("direction"),
        "metric": fields.get("metric"), "period": None, "scope": fields.get("scope"), "scope_code": None,
        "sentence": 0, "at": 0, "till": 0, "place": _place_of(text, fields),
        "more": bool(re.search(r"[余多](?!于)", text)) and fields["bound"] == "approx", "strict": strict,
    }  # fmt: skip
    return Figure(**(made | changes))


def claim_from(relation: dict[str, Any], figures: list[Figure], note: str = "") -> Claim:
    """A Claim from a labelled relation; a list's items are taken from its note."""
    index = {f.id: i for i, f in enumerate(figures)}
    operands = tuple(index[o] for o in relation["operands"])
    scale = Fraction(1)
    if relation["type"] == "average" and len(operands) == 3:
        for word, factor in _PER:
            if word in (figures[operands[2]].metric or ""):
                scale *= factor
    counted = None
    if relation["type"] == "enumeration":
        found = re.search(r"共(\d+)|列出(\d+)", relation["note"])
        if found:
            counted = int(found[1] or found[2])
        else:
            announced = int(figures[operands[0]].value)
            counted = announced if relation["status"] == "pass" else announced + 1
    return Claim(relation["type"], operands, relation["status"] == "implied", 0, "label", scale, counted)


def gold_articles(folder: Path) -> list[tuple[str, list[Figure], list[tuple[Claim, dict[str, Any]]]]]:
    """Name, figures and (claim, label) of every labelled article of a folder."""
    out = []
    for path in sorted(folder.glob("*.gold.json")):
        gold = json.loads(path.read_text("utf-8"))
        figures = [figure_from(f) for f in gold["figures"]]
        claims = [(claim_from(r, figures), r) for r in gold["relations"]]
        out.append((path.name.removesuffix(".gold.json"), figures, claims))
    return out


PRACTICE = Path(__file__).parents[1] / "golden" / "practice"


@pytest.fixture(scope="session")
def practice() -> list[tuple[str, list[Figure], list[tuple[Claim, dict[str, Any]]]]]:
    return gold_articles(PRACTICE)


@pytest.fixture(scope="session")
def make_figure() -> Callable[..., Figure]:
    """A Figure from its labelled fields: `make_figure({"text": …, "value": …, "unit": …, "kind": …, "bound": …})`."""
    return figure_from
