"""Sums that fail although the words leave no doubt what adds up to what.

Belongs here: the accusation of lists whose completeness their words show, and of lists that one slip explains where
chance does not. Does not belong here: reading a list (lists.py), sums that hold (sums_listed.py, sums_swept.py).
"""

from __future__ import annotations

from itertools import pairwise

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.lists import WordedList, alike_members, closed_list, worded_list, worded_total
from hengshui_etl.relations.search.nested import has_nested
from hengshui_etl.relations.search.sum_evidence import (
    BY,
    SHARED_TOGETHER,
    names_a_partition,
    names_chief_kinds,
)
from hengshui_etl.relations.search.view import View

_MOST_CHANCE = 0.02  # of an accusation by a slip, where a list may be incomplete
_LITTLE_CHANCE = 0.15  # where its parts exceed the whole, so that only groups that overlap would explain it
_NEAR = 0.9  # of its whole: an open list that names so much of it is rare
_EVEN = 0.5  # where classes behind 其中 may overlap
_OPEN_TAIL = lazy_pattern(
    r"[^。；;\n]{0,20}?(?:其余|剩余|剩下|余下|另有|另外|还有|同时|此外|兼有|重叠|两者|均有|既|…)|[^，,。；;\n]{0,20}?等(?!级)"
)
_SLIPS = {"misread": (12, 3), "garbled": (24, 14)}  # prints that slips make of a number: so many a digit, and besides


def accuse_worded_lists(view: View) -> None:
    """Lists behind their whole, and totals behind their list, that do not add up."""
    members: set[int] = set()
    for w in range(view.count):
        stated = view.level[w] and not view.said[w].base and not view.titled(w)
        stated = stated and view.figures[w].unit != "年"  # 91年, 90年: more often the names of years than spans
        if not stated or view.figures[w].bound != "exact" or view.figures[w].high is not None:
            continue
        summed = view.is_result(w, "sum")
        found = worded_list(view, w)
        if found is not None:
            nested = w in members and not found.cue  # the rest of a list is no list of the parts of its first member
            _accuse(view, found, only_closed=nested or (w in view.parts and not summed), again=summed)
            members.update(found.parts)
        if not summed and w not in view.parts and view.plain(w):
            _accuse_total(view, w)


def _accuse(view: View, found: WordedList, *, only_closed: bool = False, again: bool = False) -> None:
    """Claim the list if it fails; `only_closed`: only where words say that it is complete; `again`: the whole has
    added up from another list already."""
    if found.whole in found.parts or (only_closed and found.cue == "by"):
        return  # 按…分 opens a list of the whole, not of the part that stands right before it
    if found.cue == "by" and found.whole and names_a_partition(view, [found.whole - 1, found.whole]):
        return  # so it does not of the last of another list (城镇224.63亿元，乡村81.91亿元；按消费类型统计，…)
    at = view.figures[found.whole].at
    if not found.cue and found.lead == found.joint and BY.search(view.text, max(0, at - 28), at):
        return  # 分行业看，制造业41.3亿元，交通运输业28.5亿元，…: the first member of a list
    taken = [p for p in found.parts if p in view.parts]
    if taken and (again or len(taken) == len(found.parts) or _summed_together(view, found)):
        return
    operands = (*found.parts, found.whole)
    if view.has("sum", operands) or any(view.figures[p].bound != "exact" for p in found.parts):
        return
    if view.trial("sum", operands) is not False or not _sizes_fit(view, found):
        return
    if has_nested(view, found.parts) or names_chief_kinds(view, found.whole, found.parts):
        return
    if _OPEN_TAIL.match(found.tail) or SHARED_TOGETHER.match(found.tail) or _counts_others(view, found):
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
    known = names_a_partition(view, found.parts)
    average = not view.plain(found.whole) and found.cue != "of_which" and not known
    if taken or again or average:
        closed = slipped = False  # a list of its own all the same, where one slip explains it
    explained = not only_closed and not average and _reads_as_all(view, found, same=same) and _near_or_over(view, found)
    if closed or slipped or explained:
        view.claim("sum", operands, "分项合计", plain=closed)
        view.parts.update(found.parts)


def _counts_others(view: View, found: WordedList) -> bool:
    """Whether the list counts in another unit as well (牲畜1124.8万头（只），其中羊926.7万只、牛168.4万头)."""
    if view.figures[found.whole].kind != "count" or found.joint != 1:
        return False
    first = found.parts[0]
    return any(
        j not in found.parts
        and view.plain(j)
        and view.figures[j].kind == "count"
        and view.figures[j].sentence == view.figures[first].sentence
        and "，" not in view.between(min(j, first), max(j, first))
        for j in range(found.whole + 1, found.parts[-1])
    )


def _reads_as_all(view: View, found: WordedList, *, same: bool) -> bool:
    """Whether lists read like this one are nearly always complete: opened by a cue, or one short list of like members.

    Counted on labelled articles: of those that are not, hardly one comes near its whole or beyond it."""
    if same and found.joint <= 2 and found.lead == 0 and not found.cue:
        return True
    if same and found.joint == 1 and (found.cue or found.lead == 2):
        return True
    if found.cue and found.lead == 4:
        operands = (*found.parts, found.whole)
        return found.cue == "of_which" or (found.cue == "made_of" and _chance(view, operands, "garbled") < 0.3)
    if found.cue in ("of_which", "made_of") and found.lead <= found.joint + 1:
        return True
    return same and alike_members(view, found)


def _summed_together(view: View, found: WordedList) -> bool:
    """Whether these parts, and more, have added up to this whole or another one."""
    parts = set(found.parts)
    return any(c.type == "sum" and parts <= set(c.operands) for c in view.claims)


def _near_or_over(view: View, found: WordedList) -> bool:
    """Whether the parts come near their whole or exceed it, as an open list seldom does, and one slip explains it.

    Groups behind 其中 may overlap, so that far more than the whole says something only where chance is small."""
    operands = (*found.parts, found.whole)
    ratio = sum(view.values[p] for p in found.parts) / view.values[found.whole]
    if ratio < _NEAR:
        return False
    if found.cue == "of_which" and found.joint > 1 and ratio < 1 and _chance(view, operands, "garbled") > _EVEN:
        return False  # classes that overlap (省级项目45个，新开工项目53个) may come near their whole
    if ratio > 2 - _NEAR and found.cue == "of_which":
        likely = _chance(view, operands, "misread") > _LITTLE_CHANCE
        return view.slip("sum", operands, "swapped" if likely else "misread")
    return view.slip("sum", operands, "garbled")


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
