"""How a figure reads in its role: units side by side, quotients rounded or cut off, the finding of an equation.

Belongs here: what the equations of sums.py and quotients.py share. Does not belong here: a relation's own equation,
what a printed number stands for by itself (intervals.py), wording (explain.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from hengshui_etl.records import Figure
from hengshui_etl.relations import explain
from hengshui_etl.relations.explain import Words
from hengshui_etl.relations.intervals import (
    EXACT,
    FIVE_PERCENT,
    HALF,
    ONE,
    ZERO,
    NotJudgeable,
    Range,
    all_below,
    around,
    inside,
    meet,
    negated,
    point,
    printed_value,
    range_of,
    signed_range_of,
    times,
)
from hengshui_etl.relations.units import factor_between

_RATIO_UNITS = {"%": 100, "‰": 1000, "百分点": 100, "千分点": 1000, "倍": 1, "": 100}
_POINTS = {"百分点": "%", "个百分点": "%", "千分点": "‰", "个千分点": "‰"}


class Finding(NamedTuple):
    """A verdict in the making. `unit` is one unit of the last printed place, by which the gap is measured; `grave` says
    that failing is an error however small the gap."""

    holds: bool
    certain: bool
    stated: Range | None
    computed: Range | None
    unit: Decimal
    grave: bool
    words: Words


def ratio_scale(figure: Figure) -> int:
    """How many of the figure's unit make one whole: 100 per cent, 1000 per mille; NotJudgeable for other units."""
    scale = _RATIO_UNITS.get(figure.unit)
    if scale is None:
        raise NotJudgeable(f"a ratio printed in {figure.unit}")
    return scale


def alignment(figure: Figure, other: Figure) -> Fraction | int:
    """By what to multiply the first to have it in the unit of the second.

    A percentage and percentage points align (what tells them apart is judged where it matters); counting words stand
    for one another; a cell without unit aligns with everything. Raises NotJudgeable for units that do not fit."""
    unit, target = figure.unit, other.unit
    if unit == target or not unit or not target or (figure.kind == "count" and other.kind == "count"):
        return 1
    factor = factor_between(_POINTS.get(unit, unit), _POINTS.get(target, target))
    if factor is None:
        raise NotJudgeable(f"{unit} and {target} do not measure the same thing")
    return factor


def in_unit_of(figure: Figure, other: Figure) -> Range:
    return range_of(figure) if figure.unit == other.unit else times(range_of(figure), alignment(figure, other))


def unit_of(figure: Figure) -> Decimal:
    return figure.place or ONE


def is_plain(figure: Figure) -> bool:
    """Whether the printed value is what the figure says, give or take rounding."""
    return figure.bound == "exact" and figure.high is None and not figure.more


def signed_value(figure: Figure) -> Decimal:
    return -figure.value if figure.direction == "down" and figure.value > 0 else figure.value


def value_in(figure: Figure, other: Figure) -> Decimal:
    factor = alignment(figure, other)
    return Decimal(factor.numerator) / Decimal(factor.denominator)


def added(figures: Sequence[Figure], unit: Figure) -> Decimal:
    value = ZERO
    for f in figures:
        if f.unit == unit.unit:
            value += f.value
        else:
            factor = alignment(f, unit)
            value += f.value * factor.numerator / factor.denominator
    return value


def positive(r: Range) -> Range:
    if r.high is not None and r.high <= 0:
        raise NotJudgeable("division by zero")
    return r


def result_of(
    computed: Range, operands: Sequence[Figure], stated: Figure, middle: Callable[[], tuple[Decimal, Decimal]]
) -> Words:
    """The computed side in the manner of the stated figure: one number if all operands are plain, else the range."""
    manner = explain.manner_of(stated)
    for figure in operands:
        if figure.bound != "exact" or figure.high is not None or figure.more:
            return explain.shown_range(computed, manner)
    number, by = middle()
    text = explain.shown(number, by, manner)
    return Words(text, text)


def quotient_reading(figure: Figure, *, signed: bool = False) -> Range:
    """What a printed quotient can stand for: a mean or multiple in whole numbers was rounded to them, though a count in
    whole numbers would stand for itself; 翻番 is said within 5 %."""
    if figure.place or figure.bound != "exact" or figure.high is not None or figure.more:
        return signed_range_of(figure) if signed else range_of(figure)
    value = printed_value(figure.value)
    spread = EXACT.multiply(value.copy_abs(), FIVE_PERCENT) if "番" in figure.text else HALF
    reading = around(value, spread, spread)
    return negated(reading) if signed and figure.direction == "down" and value > 0 else reading


def trimmed(figure: Figure, reading: Range) -> Range | None:
    """What the figure stands for if it was cut off, not rounded, after its last place; None if it was neither."""
    if figure.bound != "exact" or figure.high is not None or figure.more or "番" in figure.text:
        return None
    cut = around(figure.value.copy_abs(), ZERO, figure.place or ONE, high_open=True)
    return negated(cut) if reading.high is not None and reading.high <= 0 else cut


def settled(
    stated_figure: Figure,
    stated: Range,
    computed: Range,
    left: str,
    operands: Sequence[Figure],
    middle: Callable[[], tuple[Decimal, Decimal]],
    trimming: bool,
    stated_words: Words | None = None,
) -> Finding:
    """The finding of an equation: `left` gives `computed`, the article prints `stated`."""
    holds = meet(stated, computed)
    if not holds and trimming:
        cut = trimmed(stated_figure, stated)
        if cut is not None and meet(cut, computed):
            holds, stated = True, cut
    result = result_of(computed, operands, stated_figure, middle)
    words = explain.equation(left, result, stated_words or explain.as_is(stated_figure), holds=holds)
    opposite = (not holds and (all_below(stated, point(0)) and all_below(point(0), computed))) or (
        all_below(computed, point(0)) and all_below(point(0), stated)
    )
    certain = holds and inside(computed, stated)
    return Finding(holds, certain, stated, computed, unit_of(stated_figure), opposite or not stated_figure.place, words)
