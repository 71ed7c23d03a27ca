"""Sums that fail although the words leave no doubt what adds up to what.

Belongs here: the accusation of lists whose completeness their words show, and of lists that one slip explains where
chance does not. Does not belong here: reading a list (lists.py), sums that hold (sums_listed.py, sums_swept.py).
"""

from __future__ import annotations

import re
from itertools import pairwise

from hengshui_etl.relations.search.lists import WordedList, closed_list, worded_list, worded_total
from hengshui_etl.relations.search.view import View

_MOST_CHANCE = 0.02  # of an accusation by a slip, where a list may be incomplete
_OPEN_TAIL = re.compile(r"[^。；;\n]{0,20}?(?:其余|剩余|剩下|余下|另有|另外|还有|同时|此外|兼有|重叠|两者|均有|既)")
_SLIPS = {"misread": (12, 3), "garbled": (24, 14)}  # prints that slips make of a number: so many a digit, and besides


def accuse_worded_lists(view: View) -> None:
    """Lists behind their whole, and totals behind their list, that do not add up."""
    for w in range(view.count):
        if not view.plain(w) or view.figures[w].bound != "exact" or view.figures[w].high is not None:
            continue
        if w in view.parts and not view.is_result(w, "sum"):
            _accuse(view, worded_list(view, w), only_closed=True)
        elif not view.is_result(w, "sum"):
            _accuse(view, worded_list(view, w))
            _accuse_total(view, w)


def _accuse(view: View, found: WordedList | None, *, only_closed: bool = False) -> None:
    if found is None or any(p in view.parts for p in found.parts) or found.whole in found.parts:
        return
    operands = (*found.parts, found.whole)
    if view.has("sum", operands) or any(view.figures[p].bound != "exact" for p in found.parts):
        return
    if view.trial("sum", operands) is not False or not _sizes_fit(view, found):
        return
    if _OPEN_TAIL.match(found.tail):
        return
    same = view.periods[found.parts[0]] == view.periods[found.whole]
    apart = bool(found.cue) or (found.lead, found.joint) == (2, 1)
    closed = closed_list(view, found)
    if not apart:
        closed = closed and same and view.slip("sum", operands, "garbled")
    elif not same:
        closed = closed and found.cue == "of_which"
    slipped = (
        not only_closed
        and apart
        and (
            (_chance(view, operands, "garbled") < _MOST_CHANCE and view.slip("sum", operands, "garbled"))
            or (_chance(view, operands, "misread") < _MOST_CHANCE and view.slip("sum", operands))
        )
    )
    if closed or slipped:
        view.claim("sum", operands, "分项合计", plain=closed)
        view.parts.update(found.parts)


def _accuse_total(view: View, w: int) -> None:
    parts = worded_total(view, w)
    if len(parts) < 2 or any(p in view.parts for p in parts):
        return
    operands = (*parts, w)
    if view.trial("sum", operands) is not False:
        return
    alone = not any(
        view.plain(j) and view.alike(j, w) and view.periods[j] == view.periods[w]
        for j in range(max(0, parts[0] - 8), parts[0])
    )
    total = sum(view.values[p] for p in parts)
    fits = view.values[w] > 0 and 0.09 < total / view.values[w] < 12
    side_by_side = all("、" in view.between(a, b) for a, b in pairwise(parts))
    if (alone and fits and side_by_side and len(parts) > 2) or view.slip("sum", operands, "garbled"):
        view.claim("sum", operands, "合计")
        view.parts.update(parts)


def _sizes_fit(view: View, found: WordedList) -> bool:
    """Whether one wrong digit, point or multiplier could have parted whole and parts."""
    whole, parts = view.values[found.whole], [view.values[p] for p in found.parts]
    if not whole:
        return False
    ratio = sum(parts) / whole
    return 0.05 < ratio < 12 or 100 < ratio < 1.2e4 or 0.8 < ratio * 1e4 < 1.2


def _chance(view: View, operands: tuple[int, ...], admitted: str) -> float:
    """How often a slip would explain parts and a whole that have nothing to do with each other: the prints that one
    slip makes of them, among all numbers of that size."""
    each, besides = _SLIPS[admitted]
    made = sum(each * view.digits(j) + besides for j in operands) / 2  # half of them go the wrong way
    whole = view.figures[operands[-1]]
    coarsest = max(view.figures[j].place or 1 for j in operands)
    return made * (3 if whole.place else 1) / max(1.0, float(whole.value / coarsest))
