"""A sentence cut into the words before and behind each of its quantities.

Belongs here: where clauses and brackets end. Does not belong here: what the words say (statements.py, governing.py,
whose.py, metrics.py), which all read the same cut.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from hengshui_etl.figures.found import Quantity
from hengshui_etl.patterns import lazy_pattern

_STOPS = lazy_pattern("[，,；;。：:！!？?\n\t、）)（(]")
_WITHIN = frozenset("、）)（(")
"""What ends the words behind a figure, but no clause."""


class Words(NamedTuple):
    """The words before a quantity within its clause, and the words behind it, with where the clause part begins."""

    before: str
    behind: str
    start: int
    bracketed: bool


class Clauses:
    """The sentence of `text` from `start` to `end` with its quantities. Brackets without a quantity in them are part of
    the words around; `spaced` makes a space end a clause (headlines)."""

    def __init__(self, text: str, start: int, end: int, quantities: Sequence[Quantity], spaced: bool) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.quantities = quantities
        self.spaced = spaced
        self.stops = [m.start() for m in _STOPS.finditer(text, start, end)]
        self.ends = [at for at in self.stops if text[at] not in _WITHIN]

    def around(self, i: int) -> Words:
        """The words of the clause before and behind quantity `i`."""
        text, start, quantities = self.text, self.start, self.quantities
        q = quantities[i]
        left, limit = start, q.at
        if i:
            previous = quantities[i - 1]
            left = previous.till
            if left < start:
                left = start
            if limit - left == 1 and text[left] in "）)":  # 高出警戒水位（19.00米）3.36米: the words before the bracket
                opened = max(text.rfind("（", start, previous.at), text.rfind("(", start, previous.at))
                if opened >= 0:
                    left, limit = max(start, quantities[i - 2].till) if i > 1 else start, opened
        begin = self._beginning(left, limit)
        before = text[begin:limit]
        bracketed = False
        if "（" in before or "(" in before:
            opened = max(before.rfind("（"), before.rfind("("))
            if opened > max(before.rfind("）"), before.rfind(")")):
                bracketed = True
                begin += opened + 1
                before = before[opened + 1 :]
        return Words(before, text[q.till : self._ending(i)], begin, bracketed)

    def _beginning(self, left: int, limit: int) -> int:
        """Where the clause begins whose words end at `limit`, not before `left`."""
        text, ends = self.text, self.ends
        k = bisect_left(ends, limit) - 1
        if k >= 0 and ends[k] == limit - 1 and (colon := text[limit - 1]) in "：:":
            while k >= 0 and ends[k] >= left and text[ends[k]] == colon:
                k -= 1
        begin = ends[k] + 1 if k >= 0 and ends[k] >= left else left
        if self.spaced:
            space = left + text[left:limit].rstrip().rfind(" ") + 1
            begin = max(begin, space)
        return begin

    def _ending(self, i: int) -> int:
        """Where the words behind quantity `i` end."""
        quantities, stops = self.quantities, self.stops
        till = quantities[i].till
        right = min(self.end, quantities[i + 1].at) if i + 1 < len(quantities) else self.end
        k = bisect_left(stops, till)
        if k < len(stops) and stops[k] < right:
            right = stops[k]
        if self.spaced and (space := self.text.find(" ", till, right)) >= 0:
            right = space
        return max(right, till)
