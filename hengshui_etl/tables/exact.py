"""Exact numbers in columns: as DECIMAL(38, 12), which databases can reckon with, and as text, which loses nothing.

Belongs here: numbers to columns and back. Does not belong here: which column is whose (frames.py, recomputed.py).
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from hengshui_etl.records import Interval

SCALE = 12
"""How many decimals such a column has."""

_UNIT = Decimal(1).scaleb(-SCALE)
_CONTEXTS = {
    r: Context(prec=38, rounding=r, traps=[InvalidOperation]) for r in (ROUND_FLOOR, ROUND_CEILING, ROUND_HALF_EVEN)
}
_WIDE = Context(prec=40)


def amount(value: Decimal, rounding: str = ROUND_HALF_EVEN) -> tuple[Decimal | None, str | None]:
    """The value as DECIMAL(38, 12) holds it, and why that is not the value itself: `rounded`, `too_large` or None."""
    try:
        held = value.quantize(_UNIT, context=_CONTEXTS[rounding])
    except InvalidOperation:
        return None, "too_large"
    return held, None if held == value else "rounded"


def fraction_amount(value: Fraction | None, towards: Literal["low", "high"]) -> Decimal | None:
    """The fraction as DECIMAL(38, 12), rounded outward, so that a written interval holds the exact one; None where
    there is none or it is too large."""
    if value is None:
        return None
    scaled = value.numerator * 10**SCALE
    whole = -(-scaled // value.denominator) if towards == "high" else scaled // value.denominator
    return Decimal(whole).scaleb(-SCALE, context=_WIDE) if abs(whole) < 10**38 else None


def exact(value: Fraction | None) -> str | None:
    """`1350/19`, `98`, or None for no end."""
    return None if value is None else str(value)


def hundredths(value: Fraction) -> Decimal:
    """The number rounded to two decimals, as an amount of money is shown."""
    return Decimal(round(value * 100)).scaleb(-2, context=_WIDE)


def interval_from(there: bool, low: str | None, high: str | None, low_open: bool, high_open: bool) -> Interval | None:
    """The exact interval that five columns of `relations` carry; raises ValueError if their text is no number."""
    if not there:
        return None
    return Interval(
        None if low is None else fraction_from(low), None if high is None else fraction_from(high), low_open, high_open
    )


def fraction_from(text: str) -> Fraction:
    """The exact number that a text of ours says: `98`, `1350/19`, `3.5`; raises ValueError if it is none. Nearly all
    are whole or quotients, which are read in a third of the time that `Fraction` takes to see what it was given."""
    whole, slash, below = text.partition("/")
    try:
        return Fraction(int(whole), int(below)) if slash else Fraction(int(whole))
    except ValueError:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError(f"{text} is no number") from None
