"""Factors between units, from the data file."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.relations.units import factor_between, measures

KNOWN = [
    ("公顷", "亩", 15),
    ("平方公里", "公顷", 100),
    ("平方公里", "亩", 1500),
    ("吨", "斤", 2000),
    ("吨", "公斤", 1000),
    ("公斤", "斤", 2),
    ("公里", "米", 1000),
    ("吨", "克", 10**6),
    ("公斤/亩", "公斤/公顷", 15),
    ("%", "‰", 10),
]


@pytest.mark.parametrize(("unit", "other", "factor"), KNOWN)
def test_factor(unit, other, factor):
    assert factor_between(unit, other) == factor
    assert factor_between(other, unit) == Fraction(1, factor)


@pytest.mark.parametrize(
    ("unit", "other"), [("元", "美元"), ("吨", "亩"), ("%", "百分点"), ("公斤/亩", "公斤"), ("个", "吨")]
)
def test_what_does_not_measure_the_same_has_no_factor(unit, other):
    assert factor_between(unit, other) is None


@given(*[st.sampled_from(sorted(measures()))] * 3)
def test_factors_lead_round_in_circles(a, b, c):
    first, second, back = factor_between(a, b), factor_between(b, c), factor_between(c, a)
    if first and second:
        assert back is not None
        assert first * second * back == 1
