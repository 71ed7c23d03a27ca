"""Verdicts made again from what is stored: the rows of `relations` and `figures` suffice to judge a relation anew.

Belongs here: rows back to figures and claims, and in what the verdict on them differs from the row.
Does not belong here: judging (relations/judge.py), reading tables (warehouse.py), what is said of it (verify.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import polars as pl

from hengshui_etl.records import Claim, Figure, Interval, Period, Verdict
from hengshui_etl.relations.judge import NotJudgeable, verdict_of
from hengshui_etl.tables.findings import interval_from

Row = Mapping[str, Any]

CANNOT = "none: "
"""How `expected` begins where the operands allow no verdict at all."""


class Disagreement(NamedTuple):
    """A column of a relation that says something else than the verdict on its operands."""

    article_id: str
    relation_id: str
    column: str
    stored: object
    expected: object


def figure_from(row: Row) -> Figure:
    """The figure that a row of `figures` was made from; raises ValueError or ArithmeticError where it holds none."""
    first, last = row["period_first"], row["period_last"]
    return Figure(
        id=row["figure_id"], text=row["text"], start=row["source_start"], end=row["source_end"],
        value=Decimal(row["value_exact"]), high=None if row["high_exact"] is None else Decimal(row["high_exact"]),
        unit=row["unit"], kind=row["kind"], bound=row["bound"], direction=row["direction"], metric=row["metric"],
        period=None if first is None and last is None else Period(first, last), scope=row["scope"],
        scope_code=row["scope_code"], sentence=row["sentence"], at=row["clean_start"], till=row["clean_end"],
        place=Decimal(row["last_place_exact"]), more=row["more"], strict=row["strict"],
    )  # fmt: skip


def disagreements(relations: pl.DataFrame, figures: pl.DataFrame) -> Iterator[Disagreement]:
    """Every stored verdict of these articles that its operands do not lead to."""
    by_article: dict[str, list[Row]] = {}
    for row in figures.iter_rows(named=True):
        by_article.setdefault(row["article_id"], []).append(row)
    for article, *_ in relations.select("article_id").unique(maintain_order=True).iter_rows():
        rows = relations.filter(pl.col("article_id") == article).iter_rows(named=True)
        known = by_article.get(article, [])
        try:
            read = [figure_from(row) for row in known]
        except (ValueError, ArithmeticError) as error:
            found = (Disagreement(article, row["relation_id"], "operands", row["operands"], str(error)) for row in rows)
            yield from found
            continue
        places = {figure.id: i for i, figure in enumerate(read)}
        for row in rows:
            yield from _of_relation(row, read, places)


def _of_relation(row: Row, figures: Sequence[Figure], places: Mapping[str, int]) -> Iterator[Disagreement]:
    def found(column: str, stored: object, expected: object) -> Disagreement:
        return Disagreement(row["article_id"], row["relation_id"], column, stored, expected)

    if missing := [operand for operand in row["operands"] if operand not in places]:
        yield found("operands", row["operands"], f"{', '.join(missing)} is no figure of the article")
        return
    # A failing row does not tell whether a term of it is unstated: what either reading leads to is right.
    ways = {"pass": (False,), "implied": (True,), "fail": (False, True)}.get(row["status"], (False, True))
    best: list[Disagreement] | None = None
    for implied in ways:
        try:
            operands = tuple(places[operand] for operand in row["operands"])
            claim = Claim(
                row["type"], operands, implied, row["sentence"], row["reason"], Fraction(row["scale_exact"]),
                row["item_count"],
            )  # fmt: skip
            verdict = verdict_of(claim, figures)
            wrong = [found(*column) for column in _unequal(row, verdict)]
        except NotJudgeable as reason:
            wrong = [found("status", row["status"], f"{CANNOT}{reason}")]
        except (ValueError, ArithmeticError) as error:
            wrong = [found("status", row["status"], f"{CANNOT}{error}")]
        if best is None or _weight(wrong) < _weight(best):
            best = wrong
    yield from best or ()


def _weight(wrong: Sequence[Disagreement]) -> tuple[bool, int]:
    """How far a reading is from the row: farthest where there is no verdict at all."""
    return any(str(each.expected).startswith(CANNOT) for each in wrong), len(wrong)


def _unequal(row: Row, verdict: Verdict) -> Iterator[tuple[str, object, object]]:
    for column in ("status", "certainty", "severity", "message_en", "message_zh"):
        if row[column] != getattr(verdict, column):
            yield column, row[column], getattr(verdict, column)
    for side, expected in (("stated", verdict.stated), ("computed", verdict.computed)):
        stored = interval_from(dict(row), side)
        if stored != expected:
            yield side, _said(stored), _said(expected)
    if Fraction(row["gap_exact"]) != verdict.gap:
        yield "gap_exact", row["gap_exact"], str(verdict.gap)


def _said(interval: Interval | None) -> str:
    if interval is None:
        return "none"
    low, high, low_open, high_open = interval
    left = "(" if low_open or low is None else "["
    right = ")" if high_open or high is None else "]"
    return f"{left}{'−∞' if low is None else low} … {'∞' if high is None else high}{right}"
