"""One-edit variants of printed numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.relations.edits import GARBLED, MISREAD, SLIP, Print, reunited, turned
from hengshui_etl.relations.intervals import Range, nominal_of


def wanted(make_figure, text: str) -> Range:
    return nominal_of(make_figure({"text": text, "value": text, "unit": "", "kind": "money", "bound": "exact"}))


CASES = [
    # printed, value, unit, kind, wanted value, rank, printed instead, kind of edit
    ("45.8亿元", "4580000000", "元", "money", "4850000000", SLIP, "48.5亿元", "swap"),
    ("4.09%", "4.09", "%", "percent", "40.9", SLIP, "40.9%", "point"),
    ("３.26万元", "32600", "元", "money", "326000000", SLIP, "３.26亿元", "multiplier"),
    ("3.26億元", "326000000", "元", "money", "32600", SLIP, "3.26萬元", "multiplier"),
    ("344公里", "344", "公里", "measure", "334", MISREAD, "334公里", "digit"),
    ("三个", "3", "个", "count", "4", MISREAD, "四个", "digit"),
    ("1020人", "1020", "人", "count", "102", GARBLED, "102人", "digit"),
    ("12元", "12", "元", "money", "312", GARBLED, "312元", "digit"),
    ("12元", "12", "元", "money", "127", GARBLED, "127元", "digit"),
    ("12.5元", "12.5", "元", "money", "12.35", GARBLED, "12.35元", "digit"),
    ("23.5元", "23.5", "元", "money", "235000", GARBLED, "23.5万元", "multiplier"),
    ("1.234元", "1.234", "元", "money", "123.4", GARBLED, "123.4元", "point"),
    ("71.3", "7130000000", "元", "money", "7310000000", SLIP, "73.1", "swap"),
]


@pytest.mark.parametrize(("text", "value", "unit", "kind", "want", "rank", "instead", "edit"), CASES)
def test_edit(make_figure, text, value, unit, kind, want, rank, instead, edit):
    figure = make_figure({"text": text, "value": value, "unit": unit, "kind": kind, "bound": "exact"})
    for lower in range(rank):
        assert instead not in [e.figure.text for e in Print(figure, wanted(make_figure, want)).edits(lower)]
    found = Print(figure, wanted(make_figure, want)).edits(rank)
    assert (instead, edit, Decimal(want)) in [(e.figure.text, e.kind, e.figure.value) for e in found]


NO_EDITS = [
    # printed, value, wanted: no decimals for whole counts, no leading zeros, nothing where there are two numbers
    ("105个", "105", "10.5"),
    ("105个", "105", "15.5"),
    ("150个", "150", "015"),
    ("1/6", "1", "2"),
    ("12月3日", "12", "21"),
    ("105个", "105", "105"),
]


@pytest.mark.parametrize(("text", "value", "want"), NO_EDITS)
def test_what_is_no_slip_or_misreading(make_figure, text, value, want):
    figure = make_figure({"text": text, "value": value, "unit": "个", "kind": "count", "bound": "exact"})
    assert [e for rank in (SLIP, MISREAD) for e in Print(figure, wanted(make_figure, want)).edits(rank)] == []


def test_where_nearly_every_edit_would_do_none_is_proposed(make_figure):
    figure = make_figure({"text": "28.6%", "value": "28.6", "unit": "%", "kind": "percent", "bound": "exact"})
    assert Print(figure, Range(30, None)).edits(SLIP) == []


def test_a_range_is_not_edited(make_figure):
    fields = {"text": "3至5家", "value": "3", "high": "5", "unit": "家", "kind": "count", "bound": "exact"}
    assert Print(make_figure(fields), wanted(make_figure, "4")).edits(MISREAD) == []


@given(st.decimals(places=1, min_value="0.1", max_value="9999.9"), st.decimals(places=1, min_value=1, max_value=9999))
def test_every_edit_can_stand_for_what_is_wanted_and_differs(make_figure, value, want):
    figure = make_figure({"text": f"{value}%", "value": str(value), "unit": "%", "kind": "percent", "bound": "exact"})
    for rank in (SLIP, MISREAD, GARBLED):
        for edit in Print(figure, wanted(make_figure, str(want))).edits(rank):
            assert edit.figure.text != figure.text
            assert Decimal(edit.figure.text[:-1]) == edit.figure.value
            assert abs(edit.figure.value - want) <= edit.figure.place / 2
            assert edit.rank == rank


def test_units_and_directions_turn(make_figure):
    figure = make_figure(
        {"text": "1.7%", "value": "1.7", "unit": "%", "kind": "percent", "bound": "exact", "direction": "up"}
    )
    points = reunited(figure).figure
    assert (points.text, points.unit, points.kind) == ("1.7个百分点", "百分点", "percentage_point")
    assert reunited(points).figure.unit == "%"
    assert turned(figure).figure.direction == "down"
    assert turned(figure._replace(direction=None)) is None
