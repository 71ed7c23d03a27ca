"""Numerals: from the characters that write a number to its exact value and the size of its last printed place.

Belongs here: Arabic digits with separators and multipliers, Chinese numerals in their systematic (一千二百三十) and
positional (一一七一) writing, and mixtures. Does not belong here: units, bounds, what is not a figure (quantities.py).
Source of the grammar: GB/T 15835-2011 (general rules for writing numerals), and the press itself.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import toml

_DATA = toml("numerals")
DIGITS: dict[str, int] = dict(_DATA["digits"])
TENS: dict[str, int] = dict(_DATA["tens"])
MULTIPLIERS: dict[str, int] = dict(_DATA["multipliers"])
CHINESE = "".join((*DIGITS, *TENS, *MULTIPLIERS))
"""Every character that can stand in a Chinese numeral, the decimal 点 left out."""

LONGEST = 24
"""A numeral of more digits than this is no statement of quantity (an identifier, or hostile) and is not read."""

_POSITIONAL = lazy_pattern(f"[{''.join(DIGITS)}]+")
_SCALES = lazy_pattern(f"[{''.join(MULTIPLIERS)}千百]*")


class Number(NamedTuple):
    """An exact value and the size of the last printed place; `scaled` says that a multiplier stood behind it."""

    value: Decimal
    place: Decimal
    scaled: bool


def factor_of(multipliers: str) -> int:
    """The product of 百, 千, 万, 亿, 兆 as they stand behind a number (`千万` → 10 000 000)."""
    factor = 1
    for c in multipliers:
        factor *= MULTIPLIERS.get(c) or TENS[c]
    return factor


def tidy(value: Decimal) -> Decimal:
    """The value without a decimal point where multiplying has made it whole (`71.7亿` is 7170000000)."""
    whole = value.to_integral_value()
    return whole if whole == value else value


@lru_cache(maxsize=1 << 15)
def arabic_number(digits: str, multipliers: str = "") -> Number | None:
    """The number that `digits` (`1,234.5`, `3 662 200`) and the multipliers behind them write; None if too long."""
    if len(digits) > LONGEST:
        return None
    plain = digits.replace(",", "").replace(" ", "")
    factor = factor_of(multipliers) if multipliers else 1
    point = plain.find(".")
    if point < 0:
        return Number(Decimal(plain) * factor, Decimal(factor), factor > 1)
    place = _place(factor, len(plain) - point - 1)
    return Number(tidy(Decimal(plain) * factor), place, factor > 1)


@lru_cache(maxsize=1 << 8)
def _place(factor: int, decimals: int) -> Decimal:
    """The size of the last of so many decimals of a number with a multiplier."""
    return Decimal(factor).scaleb(-decimals)


def _integer(text: str) -> int | None:
    """The whole number that a Chinese numeral without 点 writes, or None where it is not well formed."""
    if _POSITIONAL.fullmatch(text):
        return int("".join(str(DIGITS[c]) for c in text)) if len(text) > 1 else DIGITS[text]
    total = section = 0
    digit: int | None = None
    last_ten = 0
    for c in text:
        if c in DIGITS:
            if digit:
                return None
            digit = DIGITS[c]
            if digit == 0:
                digit, last_ten = None, 0
        elif c in TENS:
            ten = TENS[c]
            if ten in (20, 30):
                section += ten
            else:
                section += (1 if digit is None else digit) * ten
            digit, last_ten = None, ten
        else:
            section += digit or 0
            if not section and not total and digit is None and not last_ten:
                section = 1  # a bare 亿 is one
            total = (total + section) * MULTIPLIERS[c] if MULTIPLIERS[c] > 10000 else total + section * MULTIPLIERS[c]
            section, digit, last_ten = 0, None, MULTIPLIERS[c]
    if digit is not None and last_ten >= 100 and text[-2] in "百千万亿":
        return total + section + digit * (last_ten // 10)  # 三千五 is 3500, 两万三 is 23000
    return total + section + (digit or 0)


@lru_cache(maxsize=1 << 14)
def chinese_number(text: str) -> Number | None:
    """The number that a Chinese numeral writes (`三亿二千五百万`, `一一七一点七亿`, `四点三`), or None."""
    if len(text) > LONGEST:
        return None
    whole, point, tail = text.partition("点")
    if point:
        stem = tail.rstrip("万亿兆千百")
        if not whole or not stem or not _POSITIONAL.fullmatch(stem):
            return None
        integer = _integer(whole)
        if integer is None:
            return None
        factor = factor_of(tail[len(stem) :])
        fraction = Decimal("".join(str(DIGITS[c]) for c in stem)).scaleb(-len(stem))
        return Number(tidy((integer + fraction) * factor), Decimal(factor).scaleb(-len(stem)), factor > 1)
    value = _integer(text)
    if value is None:
        return None
    place = 1
    for c in reversed(text):
        if c not in MULTIPLIERS:
            break
        place *= MULTIPLIERS[c]
    return Number(Decimal(value), Decimal(place), place > 1)


def chinese_range(text: str) -> tuple[Number, Number] | None:
    """The ends of a vague number of two neighbouring digits (`三四`, `十七八`, `二三十`, `四五百`), or None."""
    if len(text) > 2 and _POSITIONAL.fullmatch(text):
        return None
    for i in range(len(text) - 1):
        a, b = DIGITS.get(text[i], 0), DIGITS.get(text[i + 1], 0)
        if a and b:
            if b != a + 1 and (a, b) != (3, 5):
                return None
            low, high = chinese_number(text[:i] + text[i] + text[i + 2 :]), chinese_number(text[:i] + text[i + 1 :])
            return (low, high) if low and high and low.value < high.value else None
    return None
