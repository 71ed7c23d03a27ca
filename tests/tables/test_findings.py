"""pandera finds the rows that cannot be true, and no others."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

import polars as pl
import pytest

from hengshui_etl.records import Examination, Interval, RelationType
from hengshui_etl.tables.findings import FAMILIES, failing, failing_shares, meeting, of_projects
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
    ],
)
def test_exact_ends_decide(
    examination: Examination, stated: tuple[object, ...], computed: tuple[object, ...], meet: bool
) -> None:
    first = examination.relations[0]
    verdict = first.verdict._replace(stated=_interval(stated), computed=_interval(computed))
    changed = examination._replace(relations=(first._replace(verdict=verdict),))
    assert meeting(frames_of("b", [Examined(changed, 1)])["relations"]).to_list() == [meet]


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
