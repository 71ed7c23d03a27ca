"""What printed numbers stand for, and arithmetic on ranges, against fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.records import Figure, Interval
from hengshui_etl.relations.intervals import (
    NotJudgeable,
    Range,
    common,
    difference,
    distance,
    inside,
    interval,
    magnitude,
    meet,
    negated,
    product,
    quotient,
    range_of,
    signed_range_of,
    times,
    total,
)


def interval_of(figure: Figure) -> Interval:
    """The exact values that the printed figure can stand for, as fractions."""
    return interval(range_of(figure))


READINGS = [
    # text, value, unit, kind, bound → low, high, low open, high open
    ("7851.1亿元", "785110000000", "元", "money", "exact", "785105000000", "785115000000", False, False),
    ("105个", "105", "个", "count", "exact", "105", "105", False, False),
    ("2.6万个", "26000", "个", "count", "exact", "25500", "26500", False, False),
    ("10.2%", "10.2", "%", "percent", "exact", "10.15", "10.25", False, False),
    ("99%", "99", "%", "percent", "exact", "98.5", "99.5", False, False),
    ("三成", "30", "%", "percent", "exact", "25", "35", False, False),
    ("第二位", "2", "位", "rank", "exact", "2", "2", False, False),
    ("约132万元", "1320000", "元", "money", "approx", "1254000", "1386000", False, False),
    ("约2万人", "20000", "人", "count", "approx", "15000", "25000", False, False),
    ("78%左右", "78", "%", "percent", "approx", "74.1", "81.9", False, False),
    ("700余家", "700", "家", "count", "approx", "701", "799", False, False),
    ("二十多个", "20", "个", "count", "approx", "21", "29", False, False),
    ("3.5万余人", "35000", "人", "count", "approx", "35001", "35999", False, False),
    ("5200余元", "5200", "元", "money", "approx", "5200", "5300", True, True),
    ("八成多", "80", "%", "percent", "approx", "80", "90", True, True),
    ("75%以上", "75", "%", "percent", "min", "75", None, False, False),
    ("超过300亿元", "30000000000", "元", "money", "min", "30000000000", None, True, False),
    ("不低于65%", "65", "%", "percent", "min", "65", None, False, False),
    ("不足5%", "5", "%", "percent", "max", "0", "5", False, True),
    ("5天以内", "5", "天", "count", "max", "0", "5", False, False),
]


@pytest.mark.parametrize("case", READINGS, ids=lambda c: c[0])
def test_a_printed_number_stands_for(case, make_figure):
    text, value, unit, kind, bound, low, high, low_open, high_open = case
    figure = make_figure({"text": text, "value": value, "unit": unit, "kind": kind, "bound": bound})
    found = interval_of(figure)
    assert found == (Fraction(low), None if high is None else Fraction(high), low_open, high_open)


def test_a_range_is_widened_at_both_ends(make_figure):
    figure = make_figure(
        {"text": "75%-80%", "value": "75", "high": "80", "unit": "%", "kind": "percent", "bound": "exact"}
    )
    assert interval_of(figure)[:2] == (Fraction("74.5"), Fraction("80.5"))
    places = make_figure({"text": "3至5家", "value": "3", "high": "5", "unit": "家", "kind": "count", "bound": "exact"})
    assert interval_of(places)[:2] == (3, 5)


def test_a_fall_lies_below_zero_and_a_printed_minus_stays(make_figure):
    fields = {"text": "4.2%", "value": "4.2", "unit": "%", "kind": "percent", "bound": "exact", "direction": "down"}
    assert interval(signed_range_of(make_figure(fields)))[:2] == (Fraction("-4.25"), Fraction("-4.15"))
    printed_minus = make_figure(fields | {"text": "-4.2%", "value": "-4.2"})
    assert interval(signed_range_of(printed_minus))[:2] == (Fraction("-4.25"), Fraction("-4.15"))


@given(
    st.decimals(places=2, min_value=0, max_value=10**10),
    st.sampled_from(["exact", "approx", "min", "max"]),
    st.sampled_from(["0", "0.01", "1", "10000"]),
)
def test_a_printed_value_lies_in_its_own_interval(make_figure, value, bound, place):
    fields = {"text": str(value), "value": str(value), "unit": "元", "kind": "money", "bound": bound}
    low, high, low_open, high_open = interval_of(make_figure(fields, place=Decimal(place)))
    assert low is None or low < value or (low == value and not low_open)
    assert high is None or high > value or (high == value and not high_open)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1E+41", "1" * 61, "sNaN"])
def test_numbers_that_no_print_holds_are_refused(make_figure, value):
    figure = make_figure({"text": "", "value": "1", "unit": "元", "kind": "money", "bound": "exact"})
    with pytest.raises(NotJudgeable):
        interval_of(figure._replace(value=Decimal(value)))


# ---------------------------------------------------------------- arithmetic, against values taken from the ranges

ends = st.tuples(st.integers(-50, 50), st.integers(1, 9))


@st.composite
def ranges(draw, least: int = -50):
    low, high = sorted([draw(st.integers(least, 50)), draw(st.integers(least, 50))])
    by = draw(st.integers(1, 9))
    is_open = low < high
    return Range(low, high, is_open and draw(st.booleans()), is_open and draw(st.booleans()), by, by)


def values(r: Range) -> list[Fraction]:
    low, high = Fraction(r.low, r.low_by), Fraction(r.high, r.high_by)
    return [v for v in [low, high, (low + high) / 2, (3 * low + high) / 4] if holds(r, v)]


def holds(r: Range, value: Fraction) -> bool:
    low, high, low_open, high_open = interval(r)
    return (low is None or low < value or (low == value and not low_open)) and (
        high is None or high > value or (high == value and not high_open)
    )


@given(ranges(), ranges())
def test_sums_and_differences_hold_all_sums_and_differences(a, b):
    for x in values(a):
        assert holds(negated(a), -x)
        assert holds(magnitude(a), abs(x))
        assert holds(times(a, Fraction(2, 3)), x * 2 / 3)
        for y in values(b):
            assert holds(total((a, b)), x + y)
            assert holds(difference(a, b), x - y)


@given(ranges(), ranges(least=1))
def test_a_quotient_holds_all_quotients_and_no_end_more(a, b):
    q = quotient(a, b)
    assert all(holds(q, x / y) for x in values(a) for y in values(b))
    corners = [Fraction(x, a.low_by) / Fraction(y, b.low_by) for x in (a.low, a.high) for y in (b.low, b.high)]
    assert interval(q)[:2] == (min(corners), max(corners))


@given(ranges(least=0), ranges(least=0))
def test_a_product_holds_all_products(a, b):
    assert all(holds(product(a, b), x * y) for x in values(a) for y in values(b))


@given(ranges(), ranges())
def test_meeting_common_values_and_distance_agree(a, b):
    both = common(a, b)
    assert meet(a, b) == meet(b, a) == (both is not None)
    assert distance(a, b) == distance(b, a)
    if distance(a, b) > 0:
        assert not meet(a, b)
    if both is not None:
        assert distance(a, b) == 0
        assert all(holds(a, v) and holds(b, v) for v in values(both))
    if inside(a, b):
        assert all(holds(b, v) for v in values(a))


def test_division_by_what_cannot_be_above_zero_is_refused():
    with pytest.raises(NotJudgeable, match="zero"):
        quotient(Range(1, 2), Range(-3, 0))
    assert quotient(Range(1, 2), Range(0, 4)) == (1, None, False, False, 4, 1)
