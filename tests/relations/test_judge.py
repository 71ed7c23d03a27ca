"""The judge: cases as data, and what must hold of all figures."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengshui_etl.records import Bound, Claim, Figure, FigureKind, RelationType
from hengshui_etl.relations.intervals import intervals_meet
from hengshui_etl.relations.judge import NotJudgeable, verdict_of

CASES = json.loads((Path(__file__).parents[1] / "cases" / "verdicts.json").read_text("utf-8"))
TYPES = get_args(RelationType)
UNITS = ["元", "美元", "%", "‰", "百分点", "个", "家", "倍", "亩", "公顷", "吨", "公斤", "公斤/亩", "天", ""]


def figure(printed: Decimal | str, unit: str = "个", kind: FigureKind = "count", /, **changes: object) -> Figure:
    number = Decimal(printed)
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    place = Decimal(0) if kind == "count" and exponent == 0 else Decimal(1).scaleb(exponent)
    plain = Figure(
        "f1", f"{number}{unit}", 0, 0, number, None, unit, kind, "exact", None, None, None, None, None, 0, 0, 0, place,
        False, False,
    )  # fmt: skip
    return plain._replace(**changes)  # type: ignore[arg-type]


def claim(kind: RelationType, size: int, **fields: object) -> Claim:
    return Claim(kind, tuple(range(size)), False, 0, "test")._replace(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['type']}: {c['name']}")
def test_case(case, make_figure):
    figures = [make_figure(f) for f in case["figures"]]
    verdict = verdict_of(
        claim(
            case["type"],
            len(figures),
            implied=case.get("implied", False),
            scale=Fraction(case.get("scale", "1")),
            counted=case.get("counted"),
        ),
        figures,
    )
    expect = dict(case["expect"])
    if "computed" in expect:
        assert [str(verdict.computed.low), str(verdict.computed.high)] == expect.pop("computed")
    if "gap" in expect:
        assert verdict.gap == Fraction(expect.pop("gap"))
    for key, field in (("en", "message_en"), ("zh", "message_zh")):
        if key in expect:
            assert getattr(verdict, field) == expect.pop(key)
    assert {k: getattr(verdict, k) for k in expect} == expect


def test_every_type_has_cases_that_hold_and_cases_that_fail():
    held = {c["type"] for c in CASES if c["expect"]["status"] != "fail"}
    failed = {c["type"] for c in CASES if c["expect"]["status"] == "fail"}
    assert held == failed == set(TYPES)


# ---------------------------------------------------------------- what must hold of all figures

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12)
wild_numbers = st.one_of(numbers, st.decimals(), st.sampled_from([Decimal("1E+999999"), Decimal("1E-999999")]))
wild_figures = st.builds(
    figure,
    st.just("1"),
    unit=st.sampled_from(UNITS),
    kind=st.sampled_from(get_args(FigureKind)),
    text=st.sampled_from(["12.4%", "翻一番", "3(gè", "", "一" * 200]),
    value=wild_numbers,
    high=st.one_of(st.none(), wild_numbers),
    bound=st.sampled_from(get_args(Bound)),
    direction=st.sampled_from(["up", "down", None]),
    place=st.one_of(st.sampled_from([Decimal(0), Decimal(1), Decimal("0.1"), Decimal(10000)]), wild_numbers),
    more=st.booleans(),
    strict=st.booleans(),
)


@given(
    st.sampled_from(TYPES),
    st.lists(wild_figures, max_size=5),
    st.booleans(),
    st.lists(st.integers(-2, 6), max_size=5),
    st.one_of(st.none(), st.integers(0, 9)),
    st.sampled_from([Fraction(1), Fraction(1000), Fraction(1, 3)]),
)
def test_any_figures_give_a_verdict_or_a_reason(kind, figures, implied, places, counted, scale):
    operands = tuple(places) or tuple(range(len(figures)))
    try:
        verdict = verdict_of(Claim(kind, operands, implied, 0, "test", scale, counted), figures)
    except NotJudgeable:
        return
    assert (verdict.status == "fail") == (verdict.certainty == "impossible") == (verdict.severity != "info")
    assert verdict.message_en
    assert verdict.message_zh
    assert verdict.gap >= 0
    if verdict.stated is not None and verdict.computed is not None:
        assert intervals_meet(verdict.stated, verdict.computed) == (verdict.status != "fail")
        assert verdict.gap == 0 or verdict.status == "fail"


sizes = st.decimals(places=1, min_value=1, max_value=10**6)


@given(st.tuples(sizes, sizes, sizes), st.sampled_from(["sum", "remainder", "difference", "restatement", "part_of"]))
def test_ten_times_everything_changes_no_verdict(values, kind):
    figures = [figure(v, "元", "money") for v in (values[:2] if kind in ("restatement", "part_of") else values)]
    tenfold = [f._replace(value=f.value * 10, place=f.place * 10) for f in figures]
    once, again = verdict_of(claim(kind, len(figures)), figures), verdict_of(claim(kind, len(figures)), tenfold)
    assert (once.status, once.certainty, once.severity, once.gap) == (
        again.status,
        again.certainty,
        again.severity,
        again.gap,
    )


@given(st.lists(sizes, min_size=2, max_size=5), sizes, st.randoms())
def test_the_order_of_parts_does_not_matter(parts, whole, random):
    figures = [figure(p, "元", "money") for p in parts]
    turned = list(figures)
    random.shuffle(turned)
    for kind, last in (
        ("sum", [figure(whole, "元", "money")]),
        ("share", [figure(whole, "元", "money"), figure("50", "%", "percent")]),
    ):
        size = len(parts) + len(last)
        one, other = verdict_of(claim(kind, size), figures + last), verdict_of(claim(kind, size), turned + last)
        assert one[:6] == other[:6]


def _true_relations(a: Decimal, b: Decimal) -> dict[RelationType, list[Figure]]:
    """Relations between two levels that hold, their results rounded to two decimals."""

    def rounded(exact: Decimal) -> Decimal:
        return abs(exact).quantize(Decimal("0.01"))

    one, other = figure(a, "元", "money"), figure(b, "元", "money")
    return {
        "share": [one, other, figure(rounded(100 * a / b), "%", "percent")],
        "sum": [one, other, figure(a + b, "元", "money")],
        "part_of": [one, figure(a + b, "元", "money")],
        "remainder": [figure(a + b, "元", "money"), one, other],
        "difference": [one, other, figure(abs(a - b), "元", "money")],
        "growth": [
            one,
            other,
            figure(rounded(100 * a / b - 100), "%", "percent", direction="up" if a >= b else "down"),
        ],
        "average": [one, figure("7"), figure(rounded(a / 7), "元", "money")],
        "multiple": [one, other, figure(rounded(a / b), "倍", "multiple")],
        "restatement": [one, figure(a, "元", "money")],
        "conversion": [figure(a, "公顷", "measure"), figure(a * 15, "亩", "measure")],
        "feasible_share": [one, figure("12.5", "%", "percent")],
    }


@given(sizes, sizes, st.sampled_from(sorted(_true_relations(Decimal(1), Decimal(1)))), st.integers(0, 2))
def test_what_holds_still_holds_when_a_figure_is_printed_more_coarsely(a, b, kind, at):
    figures = _true_relations(a, b)[kind]
    at %= len(figures)
    assert verdict_of(claim(kind, len(figures)), figures).status != "fail"
    figures[at] = figures[at]._replace(place=(figures[at].place or Decimal(1)) * 10)
    assert verdict_of(claim(kind, len(figures)), figures).status != "fail"


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 3), st.sampled_from(["rounded", "cut"]))
def test_a_true_percentage_rounded_or_cut_off_is_never_accused(part, whole, decimals, how):
    exact = Fraction(part * 100, whole) * 10**decimals
    digits = int(exact) if how == "cut" else int(exact + Fraction(1, 2))
    percentage = figure(Decimal(digits).scaleb(-decimals), "%", "percent")
    figures = [figure(str(part)), figure(str(whole)), percentage]
    assert verdict_of(claim("share", 3), figures).status == "pass"


@settings(deadline=None)  # it tries thousands of wholes, and a busy machine takes its time
@given(st.integers(1, 2000), st.integers(1, 4000), st.integers(0, 2))
def test_the_possible_wholes_are_found_by_trying_all(part, whole, decimals):
    digits = int(Fraction(part * 100, whole) * 10**decimals + Fraction(1, 2))
    percentage = figure(Decimal(digits).scaleb(-decimals), "%", "percent")
    half = Fraction(1, 2 * 10**decimals)
    middle = Fraction(digits, 10**decimals)
    wholes = [n for n in range(1, 4001) if middle - half <= Fraction(part * 100, n) <= middle + half]
    verdict = verdict_of(claim("feasible_share", 2), [figure(str(part)), percentage])
    assert verdict.status == "implied"
    assert verdict.computed.low == wholes[0]
    if digits > 1 and (verdict.computed.high or 0) <= 4000:
        assert verdict.computed.high == wholes[-1]


@given(st.decimals(places=1, min_value=100, max_value=10**6), st.decimals(places=1, min_value=1, max_value=90))
def test_growth_from_the_change_agrees_with_growth_from_both_levels(current, change):
    previous = current - change
    rate = figure((Decimal(100) * change / previous).quantize(Decimal("0.01")), "%", "percent", direction="up")
    now = figure(current, "元", "money")
    by_change = verdict_of(claim("growth", 3), [now, figure(change, "元", "money", direction="up"), rate])
    by_levels = verdict_of(claim("growth", 3), [now, figure(previous, "元", "money"), rate])
    assert by_change.status == by_levels.status == "pass"


def test_a_sum_of_ten_thousand_parts_is_judged_and_shown_in_short():
    figures = [figure("1.5", "元", "money")] * 10_000 + [figure("15000.0", "元", "money")]
    verdict = verdict_of(claim("sum", len(figures)), figures)
    assert verdict.status == "pass"
    assert len(verdict.message_en) < 300


@pytest.mark.parametrize(
    ("kind", "figures", "reason"),
    [
        ("share", [figure("1"), figure("0"), figure("5", "%", "percent")], "division by zero"),
        ("sum", [figure("1", "元", "money"), figure("1", "美元", "money"), figure("2", "元", "money")], "same thing"),
        ("share", [figure("1"), figure("2", "吨", "measure"), figure("5", "%", "percent")], "same thing"),
        ("sum", [figure("1")], "operands"),
        ("conversion", [figure("1", "元", "money"), figure("7", "美元", "money")], "no fixed rate"),
        ("enumeration", [figure("3")], "not counted"),
        ("sum", [figure("1E+50"), figure("1"), figure("2")], "too long"),
    ],
)
def test_what_makes_no_sense_is_not_judged(kind, figures, reason):
    with pytest.raises(NotJudgeable, match=reason):
        verdict_of(claim(kind, len(figures)), figures)
