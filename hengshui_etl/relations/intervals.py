"""What a printed number can stand for, and exact arithmetic on such ranges.

Belongs here: the rounding rules of the labelling guide, ranges of exact values, their sums, differences and quotients,
whether two ranges meet. Does not belong here: what a relation is, words (explain.py), reading text (figures/).

A `Range` keeps its ends as decimals over decimal denominators: the ends of every printed figure are decimals, a
quotient adds one denominator, and comparing by cross-multiplication is several times faster than `Fraction`. All
operations run in a decimal context that refuses to round (`Inexact` is trapped), so that nothing is ever lost; what
does not fit is `NotJudgeable`. Fractions are made once, for the stored `Interval`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import (
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    Underflow,
)
from fractions import Fraction
from typing import NamedTuple

from hengshui_etl.records import Figure, Interval

ZERO, ONE, TWO, HUNDRED = Decimal(0), Decimal(1), Decimal(2), Decimal(100)
HALF, FIVE_PERCENT = Decimal("0.5"), Decimal("0.05")

_TRAPS = [Inexact, InvalidOperation, Overflow, Underflow, DivisionByZero]
# Printed numbers: at most 60 digits, between 1e-40 and 1e40. Results may grow: sums of unlike sizes, products of a few.
_PRINTED = Context(prec=60, Emax=40, Emin=-40, traps=_TRAPS)
EXACT = Context(prec=2400, Emax=9999, Emin=-9999, traps=_TRAPS)
_plus, _minus, _times = EXACT.add, EXACT.subtract, EXACT.multiply  # the operators would round in the caller's context


class NotJudgeable(Exception):
    """The operands allow no verdict; `reason` says why, in English, for `Undecided`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Range(NamedTuple):
    """The values from `low / low_by` to `high / high_by`; None: without end; an end is in unless marked open.
    Denominators are positive."""

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False
    low_by: Decimal = ONE
    high_by: Decimal = ONE


def printed_value(number: Decimal) -> Decimal:
    """The number itself, if it is one that print can hold; otherwise raises NotJudgeable."""
    try:
        if number.is_finite():
            return _PRINTED.plus(number)
    except DecimalException:
        pass
    raise NotJudgeable("the number is too long to be judged")


def last_nonzero_unit(value: Decimal) -> Decimal:
    """One unit of the last digit that is not 0: 700 → 100, 35000 → 1000, 2.5 → 0.1; 1 for 0."""
    normal = value.normalize(EXACT)
    return ONE.scaleb(normal.as_tuple().exponent) if normal else ONE  # type: ignore[arg-type]


def range_of(figure: Figure) -> Range:
    """The exact values that the printed figure can stand for, without its direction (guide, section Rounding).

    Half a unit of the last printed place either way, ends included; a whole count (`place` 0) stands for itself; 约 and
    近 add 5 % of the value, and never less than its rounding; 余 and 多 lie above the value by less than one unit of
    its last non-zero digit, in whole steps for whole counts; bounds are open on one side; ranges are widened at both
    ends.
    Raises NotJudgeable for numbers that no print holds.
    """
    value, place, high, bound = printed_value(figure.value), figure.place, figure.high, figure.bound
    if place:
        half = _times(printed_value(place), HALF)
        if half < 0:
            raise NotJudgeable("a last place of negative size")
    else:
        half = ZERO
    if bound == "exact" and high is None and not figure.more:
        return Range(_minus(value, half), _plus(value, half)) if half else Range(value, value)
    top = value if high is None else printed_value(high)
    if top < value:
        raise NotJudgeable("a range that ends below its beginning")
    if figure.more and high is None:
        return _more(figure, value)
    if bound == "min":
        return Range(value, None, low_open=figure.strict)
    if bound == "max":
        return Range(ZERO if value >= 0 else None, top, high_open=figure.strict)
    if bound == "approx":
        below, above = _times(value.copy_abs(), FIVE_PERCENT), _times(top.copy_abs(), FIVE_PERCENT)
        return Range(_minus(value, max(half, below)), _plus(top, max(half, above)))
    return Range(_minus(value, half), _plus(top, half))


def _more(figure: Figure, value: Decimal) -> Range:
    if figure.bound == "min":
        return Range(value, None, low_open=True)
    unit = last_nonzero_unit(value)
    above = _plus(value, unit) if value >= 0 else _minus(value, unit)
    low, high = (value, above) if value >= 0 else (above, value)
    if figure.kind == "count" and unit > 1 and value >= 0:
        return Range(_plus(low, ONE), _minus(high, ONE))
    return Range(low, high, True, True)


def signed_range_of(figure: Figure) -> Range:
    """As `range_of`, below zero where the figure's direction is down and its minus sign is not printed."""
    return negated(range_of(figure)) if figure.direction == "down" and figure.value > 0 else range_of(figure)


def interval_of(figure: Figure) -> Interval:
    """The exact values that the printed figure can stand for, as fractions; see `range_of`."""
    return interval(range_of(figure))


def interval(r: Range) -> Interval:
    """The range as the record that is stored."""
    low = None if r.low is None else fraction(r.low, r.low_by)
    if r.high is None:
        high = None
    elif r.high == r.low and r.high_by == r.low_by:
        high = low
    else:
        high = fraction(r.high, r.high_by)
    return Interval(low, high, r.low_open, r.high_open)


def fraction(number: Decimal, by: Decimal = ONE) -> Fraction:
    """`number / by`, exact."""
    above, below = number.as_integer_ratio()
    if by is ONE:
        return Fraction(above, below)
    by_above, by_below = by.as_integer_ratio()
    return Fraction(above * by_below, below * by_above)


def around(value: Decimal, below: Decimal, above: Decimal, *, high_open: bool = False) -> Range:
    """From `below` under the value to `above` over it."""
    return Range(_minus(value, below), _plus(value, above), high_open=high_open)


def point(value: Decimal | int) -> Range:
    """The range that holds this value alone."""
    value = Decimal(value)
    return Range(value, value)


def negated(r: Range) -> Range:
    """The range mirrored at zero."""
    low = None if r.high is None else r.high.copy_negate()
    high = None if r.low is None else r.low.copy_negate()
    return Range(low, high, r.high_open, r.low_open, r.high_by, r.low_by)


def total(ranges: Iterable[Range]) -> Range:
    """The sum of the ranges; {0} of none."""
    low: Decimal | None = ZERO
    high: Decimal | None = ZERO
    low_by = high_by = ONE
    low_open = high_open = False
    for r in ranges:
        low, low_by = _added(low, low_by, r.low, r.low_by)
        high, high_by = _added(high, high_by, r.high, r.high_by)
        low_open, high_open = low_open or r.low_open, high_open or r.high_open
    return Range(low, high, low_open, high_open, low_by, high_by)


def _added(a: Decimal | None, a_by: Decimal, b: Decimal | None, b_by: Decimal) -> tuple[Decimal | None, Decimal]:
    if a is None or b is None:
        return None, ONE
    if a_by == b_by:
        return _plus(a, b), a_by
    return _plus(_times(a, b_by), _times(b, a_by)), _times(a_by, b_by)


def difference(a: Range, b: Range) -> Range:
    """All a − b."""
    return total((a, negated(b)))


def magnitude(r: Range) -> Range:
    """The absolute values of the range."""
    if r.low is not None and r.low >= 0:
        return r
    if r.high is not None and r.high <= 0:
        return negated(r)
    if r.low is None or r.high is None:
        return Range(ZERO, None)
    left, right = _times(r.low.copy_negate(), r.high_by), _times(r.high, r.low_by)
    if left > right:
        return Range(ZERO, r.low.copy_negate(), False, r.low_open, ONE, r.low_by)
    return Range(ZERO, r.high, False, r.high_open and (left < right or r.low_open), ONE, r.high_by)


def times(r: Range, factor: Fraction | int) -> Range:
    """The range multiplied by a factor above zero."""
    if factor == 1:
        return r
    above, below = Decimal(factor.numerator), Decimal(factor.denominator)
    return Range(
        None if r.low is None else _times(r.low, above),
        None if r.high is None else _times(r.high, above),
        r.low_open,
        r.high_open,
        r.low_by if below == 1 else _times(r.low_by, below),
        r.high_by if below == 1 else _times(r.high_by, below),
    )


def shifted(r: Range, by: Decimal) -> Range:
    """The range moved by a number."""
    return total((r, Range(by, by)))


def quotient(a: Range, b: Range) -> Range:
    """All a ÷ b for a divisor that is known to be above zero: a range that reaches below zero counts from zero.

    Raises NotJudgeable where the divisor cannot be above zero.
    """
    if b.high is not None and b.high <= 0:
        raise NotJudgeable("division by zero")
    divisor_low = None if b.low is None or b.low <= 0 else b.low
    low, low_by, low_open = _divided(a.low, a.low_by, a.low_open, b, divisor_low, upward=False)
    high, high_by, high_open = _divided(a.high, a.high_by, a.high_open, b, divisor_low, upward=True)
    return Range(low, high, low_open, high_open, low_by, high_by)


def _divided(
    end: Decimal | None, by: Decimal, is_open: bool, b: Range, divisor_low: Decimal | None, *, upward: bool
) -> tuple[Decimal | None, Decimal, bool]:
    """One end of a quotient: the largest (`upward`) or smallest value of end/by over the divisor, and if it is open."""
    if end is None:
        return None, ONE, False
    if not end:
        return ZERO, ONE, is_open
    if (end > 0) == upward:  # furthest from zero: over the smallest divisor
        if divisor_low is None:
            return None, ONE, False
        return _times(end, b.low_by), _times(by, divisor_low), is_open or b.low_open
    if b.high is None:
        return ZERO, ONE, True
    return _times(end, b.high_by), _times(by, b.high), is_open or b.high_open


def product(a: Range, b: Range) -> Range:
    """All a × b for ranges that are not below zero."""
    if a.low is None or b.low is None or a.low < 0 or b.low < 0:
        raise NotJudgeable("a product of negative numbers")
    low, low_by = _times(a.low, b.low), _times(a.low_by, b.low_by)
    if a.high is None or b.high is None:
        return Range(low, None, a.low_open or b.low_open, False, low_by)
    high, high_by = _times(a.high, b.high), _times(a.high_by, b.high_by)
    return Range(low, high, a.low_open or b.low_open, a.high_open or b.high_open, low_by, high_by)


def compared(a: Decimal, a_by: Decimal, b: Decimal, b_by: Decimal) -> int:
    """-1, 0 or 1 as a/a_by is less than, equal to or more than b/b_by."""
    if a_by is not b_by:
        a, b = _times(a, b_by), _times(b, a_by)
    return (a > b) - (a < b)


def all_below(a: Range, b: Range) -> bool:
    """Whether every value of `a` is less than every value of `b`."""
    if a.high is None or b.low is None:
        return False
    order = compared(a.high, a.high_by, b.low, b.low_by)
    return order < 0 or (order == 0 and (a.high_open or b.low_open))


def meet(a: Range, b: Range) -> bool:
    """Whether some value lies in both."""
    return not all_below(a, b) and not all_below(b, a)


def inside(a: Range, b: Range) -> bool:
    """Whether all values of `a` lie in `b`."""
    if b.low is not None:
        if a.low is None:
            return False
        order = compared(a.low, a.low_by, b.low, b.low_by)
        if order < 0 or (order == 0 and b.low_open and not a.low_open):
            return False
    if b.high is not None:
        if a.high is None:
            return False
        order = compared(a.high, a.high_by, b.high, b.high_by)
        if order > 0 or (order == 0 and b.high_open and not a.high_open):
            return False
    return True


def distance(a: Range, b: Range) -> Fraction:
    """How far the two lie apart; 0 where they meet or touch."""
    if all_below(b, a):
        a, b = b, a
    if not all_below(a, b) or a.high is None or b.low is None:
        return Fraction(0)
    return fraction(b.low, b.low_by) - fraction(a.high, a.high_by)


def intervals_meet(a: Interval, b: Interval) -> bool:
    """Whether some value lies in both stored intervals: what makes a relation hold."""
    return not _before(a, b) and not _before(b, a)


def _before(a: Interval, b: Interval) -> bool:
    if a.high is None or b.low is None:
        return False
    return a.high < b.low or (a.high == b.low and (a.high_open or b.low_open))
