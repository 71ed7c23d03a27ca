"""Damage is mended, sound text is left alone, and every edit can be replayed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.records import Repair
from hengshui_etl.text import read_article, repair_counts
from hengshui_etl.text.repair import offsets_of, repairs_of, replayed
from hengshui_etl.text.script import narrow, simplified

CASES = Path(__file__).parent.parent / "cases"
SEED = Path(__file__).parent.parent.parent / "data/raw/2019-10/hengshui-industrial-upgrading.txt"


def cases(kind: str) -> list[Any]:
    found = json.loads((CASES / f"text_repair_{kind}.json").read_text("utf-8"))
    return [pytest.param(case, id=case["label"]) for case in found]


def clean(text: str) -> str:
    return narrow(simplified(replayed(text, repairs_of(text)))[0])


@pytest.mark.parametrize("case", cases("wild") + cases("synthetic") + cases("negative"))
def test_case(case: dict[str, Any]) -> None:
    repairs = repairs_of(case["text"])
    assert clean(case["text"]) == case["clean"]
    assert [repair.kind for repair in repairs] == case["repairs"]


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize("case", cases("known_failures"))
def test_known_failure(case: dict[str, Any]) -> None:
    assert clean(case["text"]) == case["clean"]


def test_seed_is_mended_completely() -> None:
    article = read_article(SEED.read_bytes(), source_path="seed.txt")
    assert repair_counts(article.repairs) == {"pinyin_annotations": 396, "damaged_spans": 2}
    assert "?" not in article.text
    assert not any(letter in article.text for letter in "āáǎàēéěèīíǐìōóǒòūúǔù")
    assert "与京津对接合作项目已达到733项" in article.text
    assert "重大谋划项目储备丰富" in article.text
    assert article.script == "hant"


DAMAGE = st.sampled_from(
    [
        "個(gè)",
        "項(xiàng)",
        "萬（wàn）",
        "12.4%",
        "目?jī)?chǔ)備",
        "津?qū)雍献黜?xiàng)",
        "(技改)",
        "\u200b",
        "\ufeff",
        "。\n",
    ]
)
TEXTS = st.lists(st.one_of(DAMAGE, st.text(max_size=4)), max_size=30).map("".join)


@given(TEXTS)
def test_repairs_are_in_order_and_quote_the_source(text: str) -> None:
    at = 0
    for repair in repairs_of(text):
        assert at <= repair.start < repair.end
        assert text[repair.start : repair.end] == repair.before
        at = repair.end


@given(TEXTS)
def test_each_clean_position_leads_to_its_character(text: str) -> None:
    repairs = repairs_of(text)
    offsets = offsets_of(repairs)
    mended = replayed(text, repairs)
    restored = [(repair.start, repair.end) for repair in repairs if repair.after]
    last = 0
    for position, character in enumerate(mended):
        at = offsets.source_start(position)
        assert last <= at < len(text)
        last = at
        if not any(start <= at < end for start, end in restored):
            assert text[at] == character
    assert offsets.source_end(len(mended)) == len(text) or not mended


@given(TEXTS)
def test_mending_twice_changes_no_sound_text(text: str) -> None:
    sound = replayed(text, repairs_of(text))
    if "(" not in sound and "（" not in sound:
        assert repairs_of(sound) == ()


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 4), st.integers(0, 7)), max_size=12))
def test_offsets_of_any_edits(edits: list[tuple[int, int, int]]) -> None:
    """Also for edits longer than what they replace, which no fixer makes today."""
    repairs = []
    at = 0
    for gap, width, longer in edits:
        start = at + gap
        repairs.append(Repair("made", start, start + width, "x" * width, "y" * longer))
        at = start + width
    source = "".join(chr(0x4E00 + i) for i in range(at + 3))
    repairs = [repair._replace(before=source[repair.start : repair.end]) for repair in repairs]
    mended = replayed(source, repairs)
    offsets = offsets_of(repairs)
    positions = [offsets.source_start(i) for i in range(len(mended))]
    assert positions == sorted(positions)
    assert all(source[p] == c for p, c in zip(positions, mended, strict=True) if c != "y")


@given(st.text())
def test_conversion_keeps_the_length(text: str) -> None:
    converted, _script = simplified(text)
    assert len(narrow(converted)) == len(converted) == len(text)


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("吉林省乾安县", "吉林省乾安县"),
        ("乾縣", "乾县"),
        ("河南濬縣", "河南浚县"),
        ("鹹陽", "咸阳"),
        ("乾隆", "乾隆"),
        ("餅乾", "饼干"),
    ],
)
def test_place_names_survive_conversion(printed: str, wanted: str) -> None:
    assert simplified(printed)[0] == wanted


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("12.4%", "none"),
        ("", "none"),
        ("全市完成投资" * 9, "hans"),
        ("全市完成投资" * 20 + "億", "hans"),
        ("億元投資", "hant"),
    ],
)
def test_script(text: str, script: str) -> None:
    assert simplified(text)[1] == script
