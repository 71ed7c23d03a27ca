"""Remainders that fail: whose rest it is, by the words alone.

Belongs here: the accusation of a named rest (其余, 剩余, 尚有) that fits no whole and parts before it. Does not belong
here: remainders that hold (remainders.py).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.lists import worded_list
from hengshui_etl.relations.search.view import View

_REST = lazy_pattern(r"其余|剩余|剩下|余下|尚余|还剩|尚有|仍有|还有|另有|另外|尚可|净资产|结转下年")
_REST_BEHIND = lazy_pattern(r"(?:仍|还|尚)(?:在|未)")
_INSIDE = lazy_pattern(
    r"已|其中|包括|[里中内][，,]|：|:|完成|完工|整改|审结|办结|结案|建成|开工|开放|到位|实施|入驻|使用|收回|质量|负债|支出|竣工|达标"
)
_OF_ALL = lazy_pattern("^[^，,。；;]{0,10}[里中内]|其中")
_TAKEN_OFF = lazy_pattern("剔除|除去")
_AMONG = lazy_pattern(r"(?:^|[，,。；;：:\s])(?P<name>[^，,。；;：:\s\d]{2,12})[里中内][，,]")
_TOTAL = lazy_pattern("总计|合计|总额")
_BALANCE = lazy_pattern("净资产|结转下年")


class _Reading(NamedTuple):
    """A whole, its parts in order, and whether the words leave no doubt."""

    whole: int
    parts: tuple[int, ...]
    sure: bool


def accuse_worded_remainders(view: View) -> None:
    """`…36件，已办结21件，剩余5件`: a rest that does not fit the whole and parts that the words give it."""
    for i in range(view.count):
        said = view.said[i]
        if not view.level[i] or view.titled(i) or view.figures[i].high is not None:
            continue
        taken_off = i and _TAKEN_OFF.search(view.said[i - 1].before) and view.between(i - 1, i).count("，") == 1
        if view.is_result(i, "sum") and not taken_off:
            continue
        if not (taken_off or _REST.search(said.before) or _REST_BEHIND.match(said.behind)):
            continue
        if i in view.parts or view.is_result(i, "remainder", "difference"):
            continue
        readings = [r for r in _readings(view, i) if _sizes_fit(view, r, i)]
        chosen = next((r for r in readings if view.slip("remainder", (r.whole, *r.parts, i), "garbled")), None)
        if chosen is None:
            chosen = next((r for r in readings if r.sure), None)
        if chosen is not None and not any(
            view.trial("sum", (*some, i)) for some in (chosen.parts, (chosen.whole, *chosen.parts)) if len(some) > 1
        ):
            view.claim("remainder", (chosen.whole, *chosen.parts, i), "其余")
            view.parts.update((*chosen.parts, i))


def _sizes_fit(view: View, reading: _Reading, i: int) -> bool:
    """Whether a slip of the hand could have parted them at all: one digit makes no number a hundred times another."""
    whole, total = view.values[reading.whole], view.values[i] + sum(view.values[p] for p in reading.parts)
    if whole < 13 and not view.figures[reading.whole].place:
        return abs(total - whole) <= 1
    return whole > 0 and (0.09 < total / whole < 12 or 300 < total / whole < 1.2e4 or 0.8 < 1e4 * total / whole < 1.2)


def _readings(view: View, i: int) -> list[_Reading]:
    """What may be the whole and the parts of the rest `i`, the likeliest first."""
    before = [
        j
        for j in view.levels_before(i, unit_of=i, limit=10)[::-1]
        if view.plain(j)
        and not view.said[j].bracketed
        and view.figures[j].bound == "exact"
        and view.figures[j].high is None
        and view.paragraphs[i] - view.paragraphs[j] <= (_BALANCE.search(view.said[i].before) is not None)
        and view.periods[j] >= view.periods[i] - 1
    ]
    before = _divided_before(view, before) + before  # 164个。其中97个、41个、26个。眼下38个投产，118个在建，剩下…
    nested = {p for c in view.claims if c.type == "sum" and c.operands[-1] in before for p in c.operands[:-1]}
    for j in before[1:]:
        listed = worded_list(view, j)
        if (
            listed is not None
            and listed.cue == "of_which"
            and i not in listed.parts
            and view.periods[j] == view.periods[i]
        ):
            nested.update(listed.parts)
    outer = [j for j in before if j not in nested]
    totals = [j for j in before if _TOTAL.search(view.said[j].before)]
    if _BALANCE.search(view.said[i].before) and len(totals) > 1:
        return [_Reading(totals[-2], (totals[-1],), True)]
    same = [j for j in outer if view.periods[j] == view.periods[i]]
    earlier = [j for j in outer if view.periods[j] < view.periods[i]]
    if not same:
        return []
    segment = [j for j in same if "；" not in view.between(j, i) and ";" not in view.between(j, i)] or same
    said = view.said[i].before
    if len(before) > 1 and _TAKEN_OFF.search(view.said[before[-1]].before):
        return [_Reading(before[-2], (before[-1],), True)]
    found: list[_Reading] = []
    told = _whole_and_part_of_share(view, same)
    if told is not None:
        return [_Reading(told[0], (told[1],), True)]
    named = _named_whole(view, segment[0])
    if named is not None:
        found.append(_Reading(named, tuple(segment), True))
    elif len(segment) >= 2 and not _one_list(view, segment, other_whole=bool(earlier) or len(same) > len(segment)):
        lead = view.between(segment[0], segment[1])
        apart = _INSIDE.search(lead) is not None or ("、" not in lead and "、" in view.between(segment[1], i))
        itself = "占" in view.said[segment[0]].before  # 电视筹款占去4.28亿元，…，其余1.5亿元: a part
        if not itself and (apart or view.values[segment[0]] >= max(view.values[j] for j in (*segment, i))):
            found.append(_Reading(segment[0], tuple(segment[1:]), apart and len(same) == len(segment)))
    if len(segment) > 2 and _OF_ALL.search(view.between(segment[0], segment[1])):
        found.append(_Reading(segment[1], tuple(segment[2:]), False))  # 284个村中贫困村204个，累计退出191个，剩余13个
    if len(same) > len(segment):
        found.append(_Reading(same[-len(segment) - 1], tuple(segment), len(same) == len(segment) + 1))
        found.append(_Reading(same[0], tuple(segment), False))
    elif earlier and _BALANCE.search(said):
        found.append(_Reading(earlier[-1], (segment[-1],), len(segment) == 1))
    elif earlier:
        clear = len(segment) == 1 or _one_list(view, segment, other_whole=True)
        among = _AMONG.search(view.text, max(0, view.figures[segment[0]].at - 40), view.figures[segment[0]].at)
        sure = clear and len(earlier) == 1 and not found and among is None
        found.append(_Reading(earlier[0], tuple(segment), sure))
        if len(earlier) > 1:
            found.append(_Reading(earlier[-1], tuple(segment), False))
    return found


def _divided_before(view: View, levels: list[int]) -> list[int]:
    """What the parts of a sum that holds make up, where these are among the levels and their whole stands before."""
    wholes = {
        c.operands[-1]
        for c in view.claims
        if c.type == "sum" and not c.implied and set(c.operands[:-1]) & set(levels) and view.trial("sum", c.operands)
    }
    first = levels[0] if levels else 0
    return sorted(w for w in wholes if w < first and view.plain(w) and view.paragraphs[w] == view.paragraphs[first])


def _whole_and_part_of_share(view: View, levels: list[int]) -> tuple[int, int] | None:
    """Of the two levels before a rest the whole and the part, where a share that holds says which is which
    (已脱粒612.5万吨，占应脱粒量781.9万吨的78.3%；还有…)."""
    if len(levels) != 2:
        return None
    for c in view.claims:
        if c.type == "share" and len(c.operands) == 3 and set(c.operands[:2]) == set(levels):
            return (c.operands[1], c.operands[0]) if view.trial("share", c.operands) else None
    return None


def _named_whole(view: View, first: int) -> int | None:
    """The level before that `授权发明中，` in front of figure `first` names, if one does."""
    at = view.figures[first].at
    lead = _AMONG.search(view.text, max(0, at - 40), at)
    if lead is None:
        return None
    name = lead["name"]
    for j in view.levels_before(first, unit_of=first, limit=8, same_paragraph=True):
        labels = (view.metrics[j], view.said[j].before.strip("、，和与及 "))
        if view.plain(j) and any(len(x) > 1 and (x in name or name in x or x[-4:] == name[-4:]) for x in labels):
            return j
    return None


def _one_list(view: View, figures: list[int], *, other_whole: bool) -> bool:
    """Whether the figures stand side by side as members of one list: nothing in the first gap sets the first apart."""
    gap = view.between(figures[0], figures[1])
    if re.search(r"其中|包括|[里中内][，,]|：|:", gap):
        return False
    if len(figures) == 2:
        return "、" in gap or (other_whole and _INSIDE.search(gap) is None)
    later = view.between(figures[1], figures[2])
    if "、" in gap and "、" in later:
        return True
    apart = _INSIDE.search(gap) is not None and not (_INSIDE.search(later) or "、" in gap)  # 计划148座，已完工129座，…
    return other_whole and not apart and ("、" in gap) == ("、" in later)
