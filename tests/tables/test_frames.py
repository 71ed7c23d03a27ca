"""Records become rows, and nothing of a number is lost."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.records import Claim, Examination, Figure, Interval
from hengshui_etl.relations.roles import roles_of
from hengshui_etl.tables.exact import amount, exact, fraction_amount, interval_from
from hengshui_etl.tables.frames import Examined, _interval, frames_of
from hengshui_etl.tables.schemas import TABLES


@pytest.fixture
def frames(examination: Examination) -> dict[str, pl.DataFrame]:
    return frames_of("b", [Examined(examination, 123)])


def test_all_frames_are_as_their_schemas_say(frames: dict[str, pl.DataFrame]) -> None:
    assert list(frames) == [name for name in TABLES if name not in ("raw_articles", "quarantine")]
    for name, frame in frames.items():
        TABLES[name].validate(frame, lazy=True)


def test_a_figure_keeps_characters_spans_and_exact_value(frames: dict[str, pl.DataFrame]) -> None:
    row = frames["figures"].row(4, named=True)
    source = frames["articles"]["source"][0]
    assert source[row["source_start"] : row["source_end"]] == row["text"] == "7.5亿元"
    assert (row["value"], row["value_exact"]) == (Decimal(750_000_000), "750000000")
    assert (row["high"], row["high_exact"]) == (Decimal(800_000_000), "800000000")
    assert row["last_place_exact"] == "10000000"
    assert row["sentence_text"] == "完成投资7.5亿元。"


def test_a_relation_keeps_verdict_blame_and_mend(frames: dict[str, pl.DataFrame]) -> None:
    row = frames["relations"].row(1, named=True)
    assert row["operands"] == ["f3", "f4", "f2"]
    assert (row["stated_low_exact"], row["computed_high_exact"], row["gap_exact"]) == ("191", "190", "1")
    assert (row["blame"], row["mend_figure_id"], row["mend_value_exact"]) == (["f2"], "f2", "190")
    implied = frames["relations"].row(2, named=True)
    assert not implied["stated"]
    assert implied["stated_low"] is None
    assert (implied["computed"], implied["computed_low_exact"], implied["computed_high_exact"]) == (True, "1/3", None)
    assert implied["computed_low_open"]
    assert implied["computed_low"] == Decimal("0.333333333333")


def test_operands_have_roles(frames: dict[str, pl.DataFrame]) -> None:
    rows = frames["relation_operands"].select("relation_id", "position", "role", "figure_id").rows()
    assert rows == [
        ("c1", 1, "announced", "f1"),
        ("c2", 1, "part", "f3"),
        ("c2", 2, "part", "f4"),
        ("c2", 3, "whole", "f2"),
        ("c3", 1, "count", "f2"),
        ("c3", 2, "percentage", "f3"),
    ]


@pytest.mark.parametrize(
    ("kind", "n", "implied", "roles"),
    [
        ("share", 4, False, ["part", "part", "whole", "percentage"]),
        ("sum", 3, True, ["part", "part", "part"]),
        ("remainder", 4, False, ["whole", "part", "part", "rest"]),
        ("remainder", 2, True, ["whole", "part"]),
        ("difference", 3, False, ["level", "other_level", "gap"]),
        ("difference", 2, True, ["term", "term"]),
        ("growth", 3, False, ["level", "previous_level", "rate"]),
        ("restatement", 3, False, ["copy", "copy", "copy"]),
        ("threshold", 3, False, ["bounded", "bounded", "bound"]),
        ("conversion", 2, False, ["one", "other"]),
        ("average", 2, True, ["term", "term"]),
        ("enumeration", 2, False, ["term", "term"]),
    ],
)
def test_roles(kind: str, n: int, implied: bool, roles: list[str], examination: Examination) -> None:
    figures = [examination.figures[0]] * n
    assert roles_of(Claim(kind, tuple(range(n)), implied, 0, ""), figures) == roles  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "roles"), [("growth", ["level", "change", "rate"]), ("difference", ["level", "gap"])])
def test_a_direction_tells_a_change_from_a_level(kind: str, roles: list[str], examination: Examination) -> None:
    plain: Figure = examination.figures[0]
    figures = [plain, plain._replace(direction="up"), plain][: len(roles)]
    assert roles_of(Claim(kind, tuple(range(len(roles))), len(roles) == 2, 0, ""), figures) == roles  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "held", "problem"),
    [
        ("10.2", "10.2", None),
        ("1E+20", "100000000000000000000", None),
        ("99999999999999999999999999", "99999999999999999999999999", None),
        ("1E+26", None, "too_large"),
        ("-1E+400", None, "too_large"),
        ("0.0000000000005", "0", "rounded"),
        ("0.0000000000015", "0.000000000002", "rounded"),
        ("-0.1", "-0.1", None),
    ],
)
def test_amounts(value: str, held: str | None, problem: str | None) -> None:
    assert amount(Decimal(value)) == (None if held is None else Decimal(held), problem)


def test_a_value_that_no_decimal_holds_is_kept_as_text(examination: Examination) -> None:
    giant = examination.figures[0]._replace(value=Decimal("1E+40"), high=None)
    fine = examination.figures[1]._replace(value=Decimal("1E-15"))
    changed = examination._replace(figures=(giant, fine, *examination.figures[2:]))
    figures = frames_of("b", [Examined(changed, 1)])["figures"]
    TABLES["figures"].validate(figures, lazy=True)
    assert figures["value"][0] is None
    assert figures["value_exact"][0] == "1" + "0" * 40
    assert figures["value_problem"].to_list()[:3] == ["too_large", "rounded", None]


@given(st.fractions())
def test_a_written_end_holds_the_exact_one(value: Fraction) -> None:
    low, high = fraction_amount(value, "low"), fraction_amount(value, "high")
    if low is None or high is None:
        assert abs(value) >= 10**25
        return
    assert Fraction(low) <= value <= Fraction(high)
    assert Fraction(high) - Fraction(low) <= Fraction(1, 10**12)
    assert Fraction(str(exact(value))) == value


_ENDS = st.none() | st.fractions()


@given(st.none() | st.builds(Interval, _ENDS, _ENDS, st.booleans(), st.booleans()))
def test_an_interval_comes_back_from_its_row(interval: Interval | None) -> None:
    there, _, _, *exact_columns = _interval(interval)
    assert interval_from(there, *exact_columns) == interval


@given(st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**25), max_value=10**25))
def test_what_fits_is_not_changed_by_polars(value: Decimal) -> None:
    held, problem = amount(value)
    assert problem is None
    assert pl.Series([held], dtype=pl.Decimal(38, 12))[0] == value
