"""What a printed number can stand for, and exact arithmetic on such ranges.

Belongs here: the rounding rules of the labelling guide, ranges of exact values, their sums, differences and quotients,
whether two ranges meet. Does not belong here: what a relation is, words (explain.py), reading text (figures/).

A `Range` keeps its ends as whole numbers over whole denominators, not reduced: adding and comparing by
cross-multiplication is many times faster than `Fraction`, which is made only for the stored `Interval`. The numbers
that enter have at most 60 digits between 1e-40 and 1e40; all else is `NotJudgeable`, so that no input is costly.
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
from math import gcd
from typing import NamedTuple

from hengshui_etl.records import Figure, Interval

_TRAPS = [Inexact, InvalidOperation, Overflow, Underflow, DivisionByZero]
_PRINTED = Context(prec=60, Emax=40, Emin=-40, traps=_TRAPS)
_PLACES = {Decimal(10) ** i: (10 ** max(i, 0), 10 ** max(-i, 0)) for i in range(-12, 17)}
_REDUCED_ABOVE = 1 << 512
_MOST_KNOWN = 4096
_known: dict[int, tuple[Figure, Range]] = {}  # readings by identity: a figure stands in several relations


class NotJudgeable(Exception):
    """The operands allow no verdict; `reason` says why, in English, for `Undecided`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Range(NamedTuple):
    """The values from `low / low_by` to `high / high_by`; None: without end; an end is in unless marked open.
    Denominators are above zero."""

    low: int | None
    high: int | None
    low_open: bool = False
    high_open: bool = False
    low_by: int = 1
    high_by: int = 1


def made(low: int | None, high: int | None, low_open: bool, high_open: bool, low_by: int, high_by: int) -> Range:
    """A Range, without the detour over the class that costs half of it."""
    return tuple.__new__(Range, (low, high, low_open, high_open, low_by, high_by))


def ratio_of(number: Decimal) -> tuple[int, int]:
    """The number as numerator and denominator. Raises NotJudgeable for numbers that no print holds."""
    try:
        if number.is_finite():
            return _PRINTED.plus(number).as_integer_ratio()
    except DecimalException:
        pass
    raise NotJudgeable("the number is too long to be judged")


def last_nonzero_unit(value: Decimal) -> Decimal:
    """One unit of the last digit that is not 0: 700 → 100, 35000 → 1000, 2.5 → 0.1; 1 for 0."""
    if not value:
        return Decimal(1)
    exponent = value.normalize(_PRINTED).as_tuple().exponent
    return Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(1)


def range_of(figure: Figure) -> Range:
    """The exact values that the printed figure can stand for, without its direction (guide, section Rounding).

    Half a unit of the last printed place either way, ends included; a whole count (`place` 0) stands for itself; 约 and
    近 add 5 % of the value, and never less than its rounding; 余 and 多 lie above the value by less than one unit of
    its last non-zero digit, in whole steps for whole counts; bounds are open on one side; ranges are widened at both
    ends. Raises NotJudgeable for numbers that no print holds.
    """
    known = _known.get(id(figure))
    if known is not None and known[0] is figure:
        return known[1]
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    found = _read(figure)
    _known[id(figure)] = (figure, found)
    return found


def _read(figure: Figure) -> Range:
    value, by = ratio_of(figure.value)
    place = figure.place
    if place:
        half, half_by = (place.is_finite() and _PLACES.get(place)) or ratio_of(place)
        half_by *= 2
        if half < 0:
            raise NotJudgeable("a last place of negative size")
    else:
        half, half_by = 0, 1
    if figure.bound == "exact" and figure.high is None and not figure.more:
        if not half:
            return made(value, value, False, False, by, by)
        return made(value * half_by - half * by, value * half_by + half * by, False, False, by * half_by, by * half_by)
    return _bounded(figure, value, by, half, half_by)


def _bounded(figure: Figure, value: int, by: int, half: int, half_by: int) -> Range:
    high, high_by = (value, by) if figure.high is None else ratio_of(figure.high)
    if high * by < value * high_by:
        raise NotJudgeable("a range that ends below its beginning")
    if figure.more and figure.high is None:
        return _more(figure, value, by)
    if figure.bound == "min":
        return made(value, None, figure.strict, False, by, 1)
    if figure.bound == "max":
        return made(0 if value >= 0 else None, high, False, figure.strict, 1, high_by)
    below = above = (half, half_by)
    if figure.bound == "approx":
        below = max(below, (abs(value), by * 20), key=lambda r: Fraction(*r))
        above = max(above, (abs(high), high_by * 20), key=lambda r: Fraction(*r))
    low = value * below[1] - below[0] * by
    return made(low, high * above[1] + above[0] * high_by, False, False, by * below[1], high_by * above[1])


def _more(figure: Figure, value: int, by: int) -> Range:
    if figure.bound == "min":
        return made(value, None, True, False, by, 1)
    unit, unit_by = ratio_of(last_nonzero_unit(figure.value))
    if value < 0:
        return made(value * unit_by - unit * by, value, True, True, by * unit_by, by)
    if figure.kind == "count" and unit > 1:
        return made(value + 1, value + unit - 1, False, False, 1, 1)
    return made(value, value * unit_by + unit * by, True, True, by, by * unit_by)


def signed_range_of(figure: Figure) -> Range:
    """As `range_of`, below zero where the figure's direction is down and its minus sign is not printed."""
    r = range_of(figure)
    return negated(r) if figure.direction == "down" and figure.value > 0 else r


def nominal_of(figure: Figure) -> Range:
    """The printed value alone, without its direction."""
    value, by = ratio_of(figure.value)
    return made(value, value, False, False, by, by)


def signed_nominal_of(figure: Figure) -> Range:
    """The printed value alone, below zero where its direction is down."""
    r = nominal_of(figure)
    return negated(r) if figure.direction == "down" and figure.value > 0 else r


def interval(r: Range) -> Interval:
    """The range as the record that is stored."""
    low, high, low_open, high_open, low_by, high_by = r
    first = None if low is None else fraction(low, low_by)
    if high is not None and (high != low or high_by != low_by):
        return Interval(first, fraction(high, high_by), low_open, high_open)
    return Interval(first, None if high is None else first, low_open, high_open)


def fraction(number: int, by: int) -> Fraction:
    """`number / by`, exact. Reduced here and put together without `Fraction.__new__`, which would cost five times as
    much: this is called four times a verdict."""
    common = gcd(number, by)
    made_of: Fraction = object.__new__(Fraction)
    made_of._numerator = number // common  # type: ignore[attr-defined]
    made_of._denominator = by // common  # type: ignore[attr-defined]
    return made_of


def point(value: int) -> Range:
    """The range that holds this whole number alone."""
    return made(value, value, False, False, 1, 1)


def negated(r: Range) -> Range:
    """The range mirrored at zero."""
    low, high, low_open, high_open, low_by, high_by = r
    return made(None if high is None else -high, None if low is None else -low, high_open, low_open, high_by, low_by)


def total(ranges: Iterable[Range]) -> Range:
    """The sum of the ranges; {0} of none."""
    low: int | None = 0
    high: int | None = 0
    low_by = high_by = 1
    low_open = high_open = False
    for r in ranges:
        low, low_by = _added(low, low_by, r[0], r[4])
        high, high_by = _added(high, high_by, r[1], r[5])
        low_open, high_open = low_open or r[2], high_open or r[3]
    return made(low, high, low_open, high_open, low_by, high_by)


def _added(a: int | None, a_by: int, b: int | None, b_by: int) -> tuple[int | None, int]:
    if a is None or b is None:
        return None, 1
    if a_by == b_by:
        return a + b, a_by
    if a_by % b_by == 0:
        return a + b * (a_by // b_by), a_by
    if b_by % a_by == 0:
        return a * (b_by // a_by) + b, b_by
    number, by = a * b_by + b * a_by, a_by * b_by
    if by > _REDUCED_ABOVE:  # long sums of unlike places must not grow without end
        common = gcd(number, by)
        return number // common, by // common
    return number, by


def difference(a: Range, b: Range) -> Range:
    """All a − b."""
    return total((a, negated(b)))


def magnitude(r: Range) -> Range:
    """The absolute values of the range."""
    low, high, low_open, high_open, low_by, high_by = r
    if low is not None and low >= 0:
        return r
    if high is not None and high <= 0:
        return negated(r)
    if low is None or high is None:
        return made(0, None, False, False, 1, 1)
    left, right = -low * high_by, high * low_by
    if left > right:
        return made(0, -low, False, low_open, 1, low_by)
    return made(0, high, False, high_open and (left < right or low_open), 1, high_by)


def times(r: Range, factor: Fraction | int) -> Range:
    """The range multiplied by a factor above zero."""
    above, below = factor.numerator, factor.denominator
    if above == below:
        return r
    low, high, low_open, high_open, low_by, high_by = r
    return made(
        None if low is None else low * above, None if high is None else high * above, low_open, high_open,
        low_by * below, high_by * below,
    )  # fmt: skip


def shifted(r: Range, by: int) -> Range:
    """The range moved by a whole number."""
    low, high, low_open, high_open, low_by, high_by = r
    low, high = None if low is None else low + by * low_by, None if high is None else high + by * high_by
    return made(low, high, low_open, high_open, low_by, high_by)


def quotient(a: Range, b: Range) -> Range:
    """All a ÷ b for a divisor that is known to be above zero: a range that reaches below zero counts from zero.

    Raises NotJudgeable where the divisor cannot be above zero.
    """
    if b.high is not None and b.high <= 0:
        raise NotJudgeable("division by zero")
    low, low_by, low_open = _divided(a.low, a.low_by, a.low_open, b, upward=False)
    high, high_by, high_open = _divided(a.high, a.high_by, a.high_open, b, upward=True)
    return made(low, high, low_open, high_open, low_by, high_by)


def _divided(end: int | None, by: int, is_open: bool, b: Range, *, upward: bool) -> tuple[int | None, int, bool]:
    """One end of a quotient: the largest (`upward`) or smallest value of end/by over the divisor, and if it is open."""
    if end is None:
        return None, 1, False
    if not end:
        return 0, 1, is_open
    if (end > 0) == upward:  # furthest from zero: over the smallest divisor
        if b.low is None or b.low <= 0:
            return None, 1, False
        return end * b.low_by, by * b.low, is_open or b.low_open
    if b.high is None:
        return 0, 1, True
    return end * b.high_by, by * b.high, is_open or b.high_open


def product(a: Range, b: Range) -> Range:
    """All a × b for ranges that are not below zero. Raises NotJudgeable for others."""
    if a.low is None or b.low is None or a.low < 0 or b.low < 0:
        raise NotJudgeable("a product of negative numbers")
    low, low_by = a.low * b.low, a.low_by * b.low_by
    low_open = _open(a.low, a.low_open, b.low, b.low_open)
    if a.high is None or b.high is None:
        return made(low, None, low_open, False, low_by, 1)
    high_open = _open(a.high, a.high_open, b.high, b.high_open)
    return made(low, a.high * b.high, low_open, high_open, low_by, a.high_by * b.high_by)


def _open(a: int, a_open: bool, b: int, b_open: bool) -> bool:
    """Whether the product of two ends is out; a 0 that is in makes it 0 with anything."""
    if (not a and not a_open) or (not b and not b_open):
        return False
    return a_open or b_open


def all_below(a: Range, b: Range) -> bool:
    """Whether every value of `a` is less than every value of `b`."""
    high, low = a[1], b[0]
    if high is None or low is None:
        return False
    left, right = high * b[4], low * a[5]
    return left < right or (left == right and (a[3] or b[2]))


def meet(a: Range, b: Range) -> bool:
    """Whether some value lies in both."""
    return not all_below(a, b) and not all_below(b, a)


def inside(a: Range, b: Range) -> bool:
    """Whether all values of `a` lie in `b`."""
    low, high = b[0], b[1]
    if low is not None:
        if a[0] is None:
            return False
        left, right = a[0] * b[4], low * a[4]
        if left < right or (left == right and b[2] and not a[2]):
            return False
    if high is not None:
        if a[1] is None:
            return False
        left, right = a[1] * b[5], high * a[5]
        if left > right or (left == right and b[3] and not a[3]):
            return False
    return True


def common(a: Range, b: Range) -> Range | None:
    """The values that lie in both; None where there are none."""
    if not meet(a, b):
        return None
    low, high = a, a
    if b.low is not None:
        left, right = (b.low - 1, b.low) if a.low is None else (a.low * b.low_by, b.low * a.low_by)
        low = b if left < right or (left == right and b.low_open) else a
    if b.high is not None:
        left, right = (b.high + 1, b.high) if a.high is None else (a.high * b.high_by, b.high * a.high_by)
        high = b if left > right or (left == right and b.high_open) else a
    return made(low.low, high.high, low.low_open, high.high_open, low.low_by, high.high_by)


def distance(a: Range, b: Range) -> Fraction:
    """How far the two lie apart; 0 where they meet or touch."""
    if all_below(b, a):
        a, b = b, a
    if not all_below(a, b) or a.high is None or b.low is None:
        return Fraction(0)
    return fraction(b.low * a.high_by - a.high * b.low_by, b.low_by * a.high_by)


def intervals_meet(a: Interval, b: Interval) -> bool:
    """Whether some value lies in both stored intervals: what makes a relation hold."""
    return not _before(a, b) and not _before(b, a)


def _before(a: Interval, b: Interval) -> bool:
    if a.high is None or b.low is None:
        return False
    return a.high < b.low or (a.high == b.low and (a.high_open or b.low_open))
