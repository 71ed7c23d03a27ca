"""pandera finds the rows that cannot be true, and no others."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.records import Examination, Interval, RelationType
from hengshui_etl.relations.intervals import intervals_meet
from hengshui_etl.tables.findings import FAMILIES, INTERVAL_COLUMNS, failing, failing_shares, meeting, of_projects
from hengshui_etl.tables.frames import Examined, frames_of, polars_schema


def test_every_type_of_relation_has_a_check_of_its_own_name() -> None:
    assert set(FAMILIES) == set(get_args(RelationType))
    names = [name for name, _ in FAMILIES.values()]
    assert len(set(names)) == len(names)


def test_the_failing_rows_are_those_whose_intervals_do_not_meet(examination: Examination) -> None:
    relations = frames_of("b", [Examined(examination, 1)])["relations"]
    assert failing(relations)["relation_id"].to_list() == ["c2"]
    assert failing(relations[:1]).height == 0
    assert failing(relations[:0]).height == 0


def test_a_status_alone_does_not_hide_intervals_apart(examination: Examination) -> None:
    relations = frames_of("b", [Examined(examination, 1)])["relations"].with_columns(pl.lit("pass").alias("status"))
    assert failing(relations)["relation_id"].to_list() == ["c2"]


@pytest.mark.parametrize(
    ("stated", "computed", "meet"),
    [
        ((7, 8, False, False), (8, 9, False, False), True),
        ((7, 8, False, True), (8, 9, False, False), False),
        ((7, 8, False, False), (8, 9, True, False), False),
        ((None, 8, False, False), (-100, 0, False, False), True),
        ((None, None, False, False), (5, 5, False, False), True),
        ((Fraction(1350, 19), Fraction(1350, 19), False, False), (Fraction(1350, 19), None, False, False), True),
        (
            (Fraction(1, 3), Fraction(1, 3), False, False),
            (Fraction(333333333333, 10**12), Fraction(333333333333, 10**12), False, False),
            False,
        ),
        ((10**24, None, False, False), (None, 10**24, False, True), False),
        ((Fraction(10**24, 7), None, False, False), (None, Fraction(10**24, 7), False, False), True),
    ],
)
def test_exact_ends_decide(
    examination: Examination, stated: tuple[object, ...], computed: tuple[object, ...], meet: bool
) -> None:
    first = examination.relations[0]
    verdict = first.verdict._replace(stated=_interval(stated), computed=_interval(computed))
    changed = examination._replace(relations=(first._replace(verdict=verdict),))
    assert meeting(frames_of("b", [Examined(changed, 1)])["relations"]).to_list() == [meet]


ends = st.one_of(
    st.none(),
    st.fractions(-3, 3, max_denominator=4),
    st.fractions(max_denominator=10**20),
    st.integers(-(10**25), 10**25),
)
intervals = st.one_of(st.none(), st.tuples(ends, ends, st.booleans(), st.booleans()))


@given(st.lists(st.tuples(intervals, intervals), max_size=6))
def test_all_rows_at_once_say_what_each_says_alone(pairs: list[tuple[tuple[object, ...] | None, ...]]) -> None:
    rows = [sum(((True, *map(_text, e[:2]), *e[2:]) if e else _MISSING for e in pair), ()) for pair in pairs]
    table = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    wanted = [intervals_meet(*map(_interval, pair)) if all(pair) else None for pair in pairs]
    assert meeting(table).to_list() == wanted


_MISSING = (False, None, None, False, False)
_SCHEMA = {name: pl.String if name.endswith("exact") else pl.Boolean for name in INTERVAL_COLUMNS}


def _text(end: object) -> str | None:
    return None if end is None else str(Fraction(end))  # type: ignore[arg-type]


def _interval(ends: tuple[object, ...]) -> Interval:
    low, high = (None if end is None else Fraction(end) for end in ends[:2])  # type: ignore[arg-type]
    return Interval(low, high, bool(ends[2]), bool(ends[3]))


def test_shares_fail_if_no_total_is_possible_or_they_are_not_above_as_said() -> None:
    rows = [
        ("implied", True, True),
        ("fail", True, False),
        ("implied", False, True),
        ("implied", None, True),
        ("implied", False, False),
    ]
    frame = pl.DataFrame(rows, schema=["status", "above_average", "says_above_average"], orient="row")
    shares = pl.DataFrame(schema=polars_schema("provincial_shares"))
    assert failing_shares(shares).height == 0
    assert failing_shares(frame).rows() == [rows[1], rows[2]]


def test_relations_of_projects_are_told_by_what_is_counted(examination: Examination) -> None:
    figures = tuple(f._replace(metric="开工项目" if f.id == "f3" else f.metric) for f in examination.figures)
    frames = frames_of("b", [Examined(examination._replace(figures=figures), 1)])
    found = of_projects(frames["relations"], frames["relation_operands"], frames["figures"])
    assert found["relation_id"].to_list() == [
        "c2"
    ]  # c3 has such an operand as well, and is a share of an unstated whole
