"""An examination as the one line of JSON that `hengshui-etl check --format json` prints: the program's public answer.

Belongs here: which keys there are, in which order, and how exact numbers are written out.
Does not belong here: what a person reads on a terminal (`console.py`), reading files, exit status (`cli.py`).

Keys that are there today keep name and meaning; new ones may be added. Within one version the same bytes give the same
line, byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from fractions import Fraction
from typing import Literal

from hengshui_etl.messages import Language
from hengshui_etl.records import Article, Examination, Figure, Interval, Period, Relation, RelationType
from hengshui_etl.relations.roles import roles_of
from hengshui_etl.text.repair import repair_counts

DIGITS = 12
"""Significant digits to which a number without an end in decimals (1/3) is written."""

LAST_FIRST: frozenset[RelationType] = frozenset({"sum", "threshold"})
"""Here the contract names the whole, or the bound, first; in the program it stands last."""

_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)

LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""JSON allows them bare, but some readers take them for the end of a line: one line stays one line for everybody."""


def answer_line(examination: Examination, language: Language = "en") -> str:
    """The answer for one article, as one line of JSON without its line end."""
    return _line(answer(examination, language))


def error_line(source_path: str, error: str) -> str:
    """The answer for an input that could not be read."""
    return _line({"article": {"source_path": source_path, "error": error}, "figures": [], "checks": []})


def answer(examination: Examination, language: Language = "en") -> dict[str, object]:
    """The answer for one article as JSON's own types: dicts, lists, strings, ints, None."""
    figures = examination.figures
    return {
        "article": _article(examination.article),
        "figures": [_figure(figure) for figure in figures],
        "checks": [_check(relation, figures, language) for relation in examination.relations],
        "undecided": [
            {"figures": [figures[i].id for i in undecided.figures], "reason": undecided.reason}
            for undecided in examination.undecided
        ],
    }


def plain(value: Decimal) -> str:
    """A decimal without exponent and without zeros at its end: `7.1670E+10` → `71670000000`, `3.50` → `3.5`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def decimals(value: Fraction, towards: Literal["low", "high"] = "low") -> str:
    """A fraction in plain decimals: exact where its decimals end, otherwise to 12 significant digits, rounded down for
    the `low` end of an interval and up for the `high` one, so that the written interval holds the exact one."""
    denominator = value.denominator
    places = 0
    for prime in (2, 5):
        power = 0
        while denominator % prime == 0:
            denominator //= prime
            power += 1
        places = max(places, power)
    return rounded(value, places if denominator == 1 else DIGITS - _magnitude(value), towards)


def rounded(value: Fraction, places: int, towards: Literal["low", "high"] = "low") -> str:
    """A fraction in plain decimals with no more than `places` of them, rounded down or up; exact where they suffice."""
    scaled = value * Fraction(10) ** places
    whole = scaled.numerator // scaled.denominator
    if towards == "high" and scaled.denominator != 1:
        whole += 1
    return plain(_EXACT.scaleb(Decimal(whole), -places))


def _article(article: Article) -> dict[str, object]:
    return {
        "article_id": article.article_id,
        "source_path": article.source_path,
        "sha256": article.sha256,
        "title": article.title,
        "published_on": article.published_on.isoformat() if article.published_on else None,
        "publisher": article.publisher,
        "byline": article.byline,
        "encoding": article.encoding,
        "script": article.script,
        "media": article.media,
        "repairs": repair_counts(article.repairs),
    }


def _figure(figure: Figure) -> dict[str, object]:
    return {
        "id": figure.id,
        "text": figure.text,
        "start": figure.start,
        "end": figure.end,
        "value": plain(figure.value),
        "high": None if figure.high is None else plain(figure.high),
        "unit": figure.unit,
        "kind": figure.kind,
        "bound": figure.bound,
        "direction": figure.direction,
        "metric": figure.metric,
        "period": _period(figure.period),
        "scope": figure.scope,
        "scope_code": figure.scope_code,
        "sentence": figure.sentence,
    }


def _check(relation: Relation, figures: tuple[Figure, ...], language: Language) -> dict[str, object]:
    claim, verdict, mend = relation.claim, relation.verdict, relation.mend
    operands = list(zip(claim.operands, roles_of(claim, figures), strict=True))
    if claim.type in LAST_FIRST and not claim.implied:
        operands = operands[-1:] + operands[:-1]
    return {
        "id": relation.id,
        "type": claim.type,
        "operands": [figures[i].id for i, _ in operands],
        "roles": [role for _, role in operands],
        "status": verdict.status,
        "severity": verdict.severity,
        "certainty": verdict.certainty,
        "message": verdict.message_zh if language == "zh" else verdict.message_en,
        "stated": _interval(verdict.stated),
        "computed": _interval(verdict.computed),
        "gap": decimals(verdict.gap),
        "sentence": claim.sentence,
        "reason": claim.reason,
        "blame": [figures[i].id for i in relation.blame],
        "repair": None
        if mend is None
        else {
            "figure": figures[mend.figure].id,
            "text": mend.text,
            "value": plain(mend.value),
            "unit": mend.unit,
            "edit": mend.edit,
        },
    }


def _period(period: Period | None) -> list[str | None] | None:
    if period is None:
        return None
    return [day.isoformat() if day else None for day in period]


def _interval(interval: Interval | None) -> dict[str, object] | None:
    """Ends as decimal strings, None for an end that is not there; `open` names the ends that are not in."""
    if interval is None:
        return None
    written: dict[str, object] = {
        "low": None if interval.low is None else decimals(interval.low, "low"),
        "high": None if interval.high is None else decimals(interval.high, "high"),
    }
    opened = list(_open_ends(interval))
    return {**written, "open": opened} if opened else written


def _open_ends(interval: Interval) -> Iterator[str]:
    if interval.low_open and interval.low is not None:
        yield "low"
    if interval.high_open and interval.high is not None:
        yield "high"


def _magnitude(value: Fraction) -> int:
    """The power of ten of `value`, give or take one: 3 for 1234, -2 for 1/70."""
    return round((abs(value.numerator).bit_length() - value.denominator.bit_length()) * 0.30103)


def _line(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": ")).translate(LINE_ENDS)
