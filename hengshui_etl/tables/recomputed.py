"""Verdicts made again from what is stored: the rows of `relations` and `figures` suffice to judge a relation anew.

Belongs here: rows back to figures and claims, and in what the verdict on them differs from the row.
Does not belong here: judging (relations/judge.py), reading tables (warehouse.py), what is said of it (verify.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

import polars as pl

from hengshui_etl.records import (
    Bound,
    Certainty,
    Claim,
    Direction,
    Figure,
    FigureKind,
    Interval,
    Period,
    RelationType,
    Severity,
    Status,
    Verdict,
)
from hengshui_etl.relations.judge import NotJudgeable, verdict_of
from hengshui_etl.tables.exact import fraction_from, interval_from

CANNOT = "none: "
"""How `expected` begins where the operands allow no verdict at all."""


class Disagreement(NamedTuple):
    """A column of a relation that says something else than the verdict on its operands."""

    article_id: str
    relation_id: str
    column: str
    stored: Any
    expected: Any


class FigureRow(NamedTuple):
    """The columns of `figures` that a figure is made of."""

    figure_id: str
    text: str
    source_start: int
    source_end: int
    value_exact: str
    high_exact: str | None
    unit: str
    kind: FigureKind
    bound: Bound
    direction: Direction | None
    metric: str | None
    period_first: date | None
    period_last: date | None
    scope: str | None
    scope_code: str | None
    sentence: int
    clean_start: int
    clean_end: int
    last_place_exact: str
    more: bool
    strict: bool


class RelationRow(NamedTuple):
    """The columns of `relations` that a claim is made of, and those that its verdict decides."""

    relation_id: str
    type: RelationType
    status: Status
    certainty: Certainty
    severity: Severity
    operands: list[str]
    stated: bool
    stated_low_exact: str | None
    stated_high_exact: str | None
    stated_low_open: bool
    stated_high_open: bool
    computed: bool
    computed_low_exact: str | None
    computed_high_exact: str | None
    computed_low_open: bool
    computed_high_open: bool
    gap_exact: str
    scale_exact: str
    item_count: int | None
    reason: str
    sentence: int
    message_en: str
    message_zh: str


R = TypeVar("R", FigureRow, RelationRow)


def figure_from(row: FigureRow) -> Figure:
    """The figure that a row of `figures` was made from; raises ValueError or ArithmeticError where it holds none."""
    first, last, high = row.period_first, row.period_last, row.high_exact
    return Figure(
        row.figure_id, row.text, row.source_start, row.source_end,
        Decimal(row.value_exact), None if high is None else Decimal(high),
        row.unit, row.kind, row.bound, row.direction, row.metric,
        None if first is None and last is None else Period(first, last), row.scope, row.scope_code,
        row.sentence, row.clean_start, row.clean_end, Decimal(row.last_place_exact), row.more, row.strict,
    )  # fmt: skip


def disagreements(relations: pl.DataFrame, figures: pl.DataFrame, *, worded: bool = True) -> Iterator[Disagreement]:
    """Every stored verdict of these articles that its operands do not lead to; `worded` says whether the sentences of a
    verdict are compared as well."""
    known = _by_article(figures, FigureRow)
    for article, rows in _by_article(relations, RelationRow).items():
        try:
            read = [figure_from(row) for row in known.get(article, ())]
        except (ValueError, ArithmeticError) as error:
            for row in rows:
                yield Disagreement(article, row.relation_id, "operands", row.operands, str(error))
            continue
        places = {figure.id: i for i, figure in enumerate(read)}
        for row in rows:
            for found in _of_relation(row, read, places, worded):
                yield Disagreement(article, row.relation_id, *found)


def _by_article(frame: pl.DataFrame, kind: type[R]) -> dict[str, list[R]]:
    """The rows of a table, article by article, in their order. Columns are read much faster than named rows."""
    found: dict[str, list[R]] = {}
    columns = [frame[name].to_list() for name in kind._fields]
    for article, row in zip(frame["article_id"].to_list(), zip(*columns, strict=True), strict=True):
        found.setdefault(article, []).append(kind._make(row))
    return found


Found = tuple[str, object, object]
"""Column, what is stored there, what was expected."""


def _of_relation(
    row: RelationRow, figures: Sequence[Figure], places: Mapping[str, int], worded: bool
) -> Sequence[Found]:
    if missing := [operand for operand in row.operands if operand not in places]:
        return [("operands", row.operands, f"{', '.join(missing)} is no figure of the article")]
    operands = tuple([places[operand] for operand in row.operands])
    best: Sequence[Found] | None = None
    for implied in _WAYS.get(row.status, _EITHER):
        try:
            scale = fraction_from(row.scale_exact)
            claim = Claim(row.type, operands, implied, row.sentence, row.reason, scale, row.item_count)
            wrong: Sequence[Found] = list(_unequal(row, verdict_of(claim, figures, worded=worded), worded))
        except NotJudgeable as reason:
            wrong = [("status", row.status, f"{CANNOT}{reason}")]
        except (ValueError, ArithmeticError) as error:
            wrong = [("status", row.status, f"{CANNOT}{error}")]
        if not wrong:
            return ()
        if best is None or _weight(wrong) < _weight(best):
            best = wrong
    return best or ()


# A failing row does not tell whether a term of it is unstated: what either reading leads to is right.
_EITHER = (False, True)
_WAYS: dict[str, tuple[bool, ...]] = {"pass": (False,), "implied": (True,), "fail": _EITHER}


def _weight(wrong: Sequence[Found]) -> tuple[bool, int]:
    """How far a reading is from the row: farthest where there is no verdict at all."""
    return any(str(expected).startswith(CANNOT) for *_, expected in wrong), len(wrong)


def _unequal(row: RelationRow, verdict: Verdict, worded: bool) -> Iterator[Found]:
    if row.status != verdict.status:
        yield "status", row.status, verdict.status
    if row.certainty != verdict.certainty:
        yield "certainty", row.certainty, verdict.certainty
    if row.severity != verdict.severity:
        yield "severity", row.severity, verdict.severity
    if worded and row.message_en != verdict.message_en:
        yield "message_en", row.message_en, verdict.message_en
    if worded and row.message_zh != verdict.message_zh:
        yield "message_zh", row.message_zh, verdict.message_zh
    stated: _Columns = (
        row.stated, row.stated_low_exact, row.stated_high_exact, row.stated_low_open, row.stated_high_open,
    )  # fmt: skip
    computed: _Columns = (
        row.computed, row.computed_low_exact, row.computed_high_exact, row.computed_low_open, row.computed_high_open,
    )  # fmt: skip
    for side, columns, expected in (("stated", stated, verdict.stated), ("computed", computed, verdict.computed)):
        if columns != _columns_of(expected):  # the same numbers may be written in another way
            stored = interval_from(*columns)
            if stored != expected:
                yield side, _said(stored), _said(expected)
    if row.gap_exact != str(verdict.gap) and fraction_from(row.gap_exact) != verdict.gap:
        yield "gap_exact", row.gap_exact, str(verdict.gap)


_Columns = tuple[bool, str | None, str | None, bool, bool]
"""The five exact columns of an interval."""


def _columns_of(interval: Interval | None) -> _Columns:
    if interval is None:
        return False, None, None, False, False
    low, high, low_open, high_open = interval
    return True, None if low is None else str(low), None if high is None else str(high), low_open, high_open


def _said(interval: Interval | None) -> str:
    if interval is None:
        return "none"
    low, high, low_open, high_open = interval
    left = "(" if low_open or low is None else "["
    right = ")" if high_open or high is None else "]"
    return f"{left}{'−∞' if low is None else low} … {'∞' if high is None else high}{right}"
