"""What the reader finds: quantities and times, as they are put down.

Belongs here: the records, and adding a quantity with the bound words beside it. Does not belong here: reading numbers
(quantities.py, tokens.py), looking up words (units.py).
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from hengshui_etl.figures.numerals import Number
from hengshui_etl.figures.units import AFTER, BEFORE, bound_after, bound_before, is_apart, round_start
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Bound, FigureKind

ZERO = Decimal(0)
_HEAPS = frozenset("百千万亿兆")
_BOUND_OF_PART = lazy_pattern(r"(?:(?P<max>不到|不足|不及|未到)|超过|逾)[^，,。；;、：:（(）)]{0,14}$")


class Quantity(NamedTuple):
    """A number with its unit. `at`/`till` span bound words too; `number_at` is where the numeral itself begins."""

    at: int
    till: int
    number_at: int
    value: Decimal
    high: Decimal | None
    place: Decimal
    unit: str
    kind: FigureKind
    bound: Bound
    strict: bool
    more: bool
    chinese: bool


class Time(NamedTuple):
    """A word or date that says when."""

    at: int
    till: int
    text: str


class Found:
    """The quantities and times found so far in a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.quantities: list[Quantity] = []
        self.times: list[Time] = []

    def _add(
        self,
        at: int,
        till: int,
        number: Number,
        unit: str,
        kind: FigureKind,
        *,
        high: Decimal | None = None,
        more: bool = False,
        chinese: bool = False,
        number_at: int | None = None,
    ) -> None:
        """Add the quantity from `at` to `till`, and the bound words on either side."""
        text = self.text
        start, end = at, till
        bound: Bound = "exact"
        strict = False
        if text[at - 1 : at] in BEFORE:
            start, bound, strict = bound_before(text, at)
            beside = text[start - 1 : start] in ("，", ",") or kind == "percentage_point"
            if text[start:at] == "超出" and beside:  # a gap, no bound
                start, bound, strict = at, "exact", False
        after: Bound = "exact"
        after_strict = False
        if text[till : till + 1] in AFTER:
            end, after, after_strict = bound_after(text, till)
        if end > till:
            bound, strict = after, after_strict
        elif start == at:
            if chinese and text[at] in _HEAPS and (heap := round_start(text, at)) < at:
                start, bound, strict = heap, "min", False
            elif kind == "count" and is_apart(text, till):
                bound, strict = "approx", False
        if bound == "exact" and text[at - 1 : at] == "的" and kind in ("percent", "multiple"):
            bound, strict = self._bound_of_part(at)
        if more and bound == "exact":
            bound = "approx"
        place = number.place
        if (kind in ("count", "rank") and place == 1 and not number.scaled) or (kind == "multiple" and place >= 1):
            place = ZERO
        first = at if number_at is None else number_at
        self.quantities.append(
            Quantity(start, end, first, number.value, high, place, unit, kind, bound, strict, more, chinese)
        )

    def _bound_of_part(self, at: int) -> tuple[Bound, bool]:
        """The bound of a part of the quantity right before it, told before that one: 不到上年28.4亿元的六分之一. The
        quantity itself is exact then, though the word may stand beside it (不到28.4亿元的六分之一)."""
        whole = self.quantities[-1] if self.quantities else None
        if whole is None or whole.till != at - 1 or whole.kind not in ("money", "count", "measure"):
            return "exact", False
        word = _BOUND_OF_PART.search(self.text, max(0, whole.number_at - 18), whole.number_at)
        if word is None:
            return "exact", False
        if whole.at < whole.number_at:
            self.quantities[-1] = whole._replace(at=whole.number_at, bound="exact", strict=False)
        return "max" if word["max"] else "min", True
