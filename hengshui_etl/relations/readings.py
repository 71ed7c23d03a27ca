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
    NotJudgeable,
    Range,
    all_below,
    inside,
    made,
    meet,
    negated,
    nominal_of,
    point,
    range_of,
    ratio_of,
    signed_range_of,
    times,
)
from hengshui_etl.relations.units import factor_between

_RATIO_UNITS = {"%": 100, "‰": 1000, "百分点": 100, "千分点": 1000, "倍": 1, "": 100}
_POINTS = {"百分点": "%", "个百分点": "%", "千分点": "‰", "个千分点": "‰"}
_ONE = Decimal(1)
_ZERO = point(0)

Reader = Callable[[Figure], Range]
"""What a figure counts as: all that it can stand for (range_of), or its printed value alone (nominal_of)."""

Formula = Callable[[Reader], Range]
"""The computed side of an equation, for a way of reading figures."""


class Finding(NamedTuple):
    """A verdict in the making. `unit` is one unit of the last printed place, by which the gap is measured; `grave` says
    that failing is an error however small the gap; `words` makes the sentences, which trial verdicts do without."""

    holds: bool
    certain: bool
    stated: Range | None
    computed: Range | None
    unit: Decimal
    grave: bool
    words: Callable[[], Words]


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


def aligned(figure: Figure, other: Figure, read: Reader) -> Range:
    """The first figure, in the unit of the second."""
    return read(figure) if figure.unit == other.unit else times(read(figure), alignment(figure, other))


def unit_of(figure: Figure) -> Decimal:
    """One unit of the last printed place; 1 for whole counts."""
    return figure.place or _ONE


def is_plain(figure: Figure) -> bool:
    """Whether the printed value is what the figure says, give or take rounding."""
    return figure.bound == "exact" and figure.high is None and not figure.more


def quotient_reading(figure: Figure, *, signed: bool = False) -> Range:
    """What a printed quotient can stand for: a mean or multiple in whole numbers was rounded to them, though a count in
    whole numbers would stand for itself; 翻番 is said within 5 %."""
    if figure.place or not is_plain(figure):
        return signed_range_of(figure) if signed else range_of(figure)
    value, by = ratio_of(figure.value)
    if "番" in figure.text:
        reading = made(value * 19, value * 21, False, False, by * 20, by * 20)
    else:
        reading = made(value * 2 - by, value * 2 + by, False, False, by * 2, by * 2)
    return negated(reading) if signed and figure.direction == "down" and value > 0 else reading


def cut_off(figure: Figure) -> Range:
    """What the figure's size stands for if it was cut off after its last place instead of rounded."""
    value, by = ratio_of(figure.value.copy_abs())
    place, place_by = ratio_of(figure.place or _ONE)
    return made(value, value * place_by + place * by, False, True, by, by * place_by)


def trimmed(figure: Figure, reading: Range) -> Range | None:
    """`cut_off` with the sign of the reading; None where the figure is no plain number."""
    if not is_plain(figure) or "番" in figure.text:
        return None
    return negated(cut_off(figure)) if reading.high is not None and reading.high <= 0 else cut_off(figure)


def result_of(formula: Formula, operands: Sequence[Figure], stated: Figure, nominal: Reader = nominal_of) -> Words:
    """The computed side in the manner of the stated figure: one number if all operands are plain, else the range."""
    manner = explain.manner_of(stated)
    if all(is_plain(f) for f in operands):
        try:
            return explain.shown_range(formula(nominal), manner)
        except NotJudgeable:  # a divisor printed as 0 may still stand for a little more
            pass
    return explain.shown_range(formula(range_of), manner)


def settled(
    stated_figure: Figure,
    stated: Range,
    computed: Range,
    words: Callable[[bool], Words],
    trimming: bool,
) -> Finding:
    """The finding of an equation: what the article prints, and what the other figures come to."""
    holds = meet(stated, computed)
    certain = holds and inside(computed, stated)
    if not holds and trimming:
        cut = trimmed(stated_figure, stated)
        if cut is not None and meet(cut, computed):
            holds, stated = True, cut
    grave = not holds and (
        not stated_figure.place or stated_figure.bound in ("min", "max") or _opposite(stated, computed)
    )
    return Finding(
        holds, certain, stated, computed, stated_figure.place or _ONE, grave,
        lambda: words(holds),
    )  # fmt: skip


def _opposite(a: Range, b: Range) -> bool:
    """Whether the two lie on different sides of zero."""
    return (all_below(a, _ZERO) and all_below(_ZERO, b)) or (all_below(b, _ZERO) and all_below(_ZERO, a))
