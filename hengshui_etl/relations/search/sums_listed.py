"""Sums that the order of the text shows: a whole with its parts behind it, parts with their total behind them.

Belongs here: lists in reading order, and which of those that do not add up are accused. Does not belong here: wholes
that stand anywhere in the article (sums_swept.py), lists opened by 按…分 (partitions.py).
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.nested import has_nested, without_nested
from hengshui_etl.relations.search.sum_evidence import (
    BY,
    LATTER,
    MOST_PARTS,
    NOT_ALL,
    OF_WHICH,
    SHARED_TOGETHER,
    credible,
    names_a_partition,
    names_chief_kinds,
    scaled_slip,
)
from hengshui_etl.relations.search.sums_owned import Owned, owned_by_another
from hengshui_etl.relations.search.view import View

_WITHIN = lazy_pattern("[^，,。；;]{0,10}[里中内][，,]")
_CLOSED = lazy_pattern(r"[^，、\d]{0,6}(?:[。；;\n）)]|$)|，[^\d]{0,8}")
_ENDED = lazy_pattern(r"[^，、\d]{0,6}(?:[。；;\n]|$)")
_TOTAL = lazy_pattern("合计|总计|总数|总共|共计|共|总量|累计")
_YEARLY = lazy_pattern("年预计|年度计划|当年|年内|年计划")


def claim_lists_behind_wholes(view: View, owned: Owned) -> list[tuple[int, list[int]]]:
    """Claim wholes with their parts behind them; those lists that do not add up, as (whole, parts)."""
    failing: list[tuple[int, list[int]]] = []
    for w in range(view.count):
        if not view.plain(w):
            continue
        sentence = view.figures[w].sentence
        run = _level_run(view, w + 1, w, sentence + 2)
        run = [j for j in run if view.paragraphs[j] == view.paragraphs[w]] or _level_run(view, w + 1, w, sentence + 3)
        if len(run) < 2:
            continue
        held = _last_part_adding_up(view, w, run, owned) or _outer_adding_up(view, w, run, owned)
        while held:  # a second partition of the same whole may follow (按消费类型统计，…)
            run = run[run.index(held) + 1 :]
            held = _last_part_adding_up(view, w, run, owned) if len(run) >= 2 else None
        near = [j for j in run if view.figures[j].sentence <= sentence + 2]
        parts = _parts_listed_behind(view, w, near)
        if len(parts) >= 2:
            failing.append((w, parts))
    return [(w, parts) for w, parts in failing if not _is_member(view, w)]


def _is_member(view: View, w: int) -> bool:
    """Whether figure `w` is a member of a list, and so no whole of those behind it (共9.5万亩，其中甲县4.6万亩、…; 在
    9.5万亩中，甲县4.6万亩，…)."""
    if not w:
        return False
    behind = view.between(w - 1, w)
    of_one = view.figures[w - 1].sentence == view.figures[w].sentence and view.alike(w - 1, w)
    return behind in ("、", "和", "与", "及") or (of_one and _WITHIN.match(behind) is not None)


def _level_run(view: View, start: int, whole: int, sentence_limit: int) -> list[int]:
    """Levels in the unit of `whole` from figure `start` on, up to `sentence_limit`; bases and brackets are left out."""
    run: list[int] = []
    for j in range(start, view.count):
        further_on = view.figures[j].sentence > sentence_limit
        if further_on and not (run and view.periods[j] == view.periods[run[-1]]):
            break  # a list set apart by ； is read to its full stop
        if len(run) >= MOST_PARTS:
            break
        said = view.said[j]
        if further_on and view.figures[j].unit != view.figures[run[-1]].unit:
            continue  # 牵头学校21个，覆盖84所
        unit = view.figures[whole].unit
        if len(run) > 1 and view.figures[j].unit != unit and all(view.figures[k].unit == unit for k in run):
            continue  # 46项，包括12项、28项，新增变电站7座
        if view.level[j] and said.predicate == "level" and not (said.base or said.bracketed) and view.alike(j, whole):
            run.append(j)
    return run


def _last_part_adding_up(view: View, w: int, run: list[int], owned: Owned) -> int | None:
    """Claim the first stretch of the run that adds up to the whole; its last part."""
    target = view.values[w]
    if not target:
        return None
    for first in range(min(3, len(run) - 1)):
        total = view.values[run[first]]
        for last in range(first + 1, len(run)):
            total += view.values[run[last]]
            if total > target * 1.05:
                break
            if total > target * 0.95:
                parts = run[first : last + 1]
                if owned_by_another(owned, parts, w):
                    continue
                if view.trial("sum", (*parts, w)) and credible(view, w, parts):
                    if view.claim("sum", (*parts, w), "分项合计"):
                        view.parts.update(parts)
                    return parts[-1]
    return None


def _outer_adding_up(view: View, w: int, run: list[int], owned: Owned) -> int | None:
    """Claim the run without what is nested in its members (29个，其中甲12个；8个), if so it adds up; its last part."""
    for outer in without_nested(view, run):
        for size in range(len(outer), 1, -1):  # none where fewer than two are left
            parts = outer[:size]
            if abs(sum(view.values[p] for p in parts) - view.values[w]) > 0.05 * view.values[w]:
                continue
            said = credible(view, w, list(parts)) and not owned_by_another(owned, list(parts), w)
            if said and view.trial("sum", (*parts, w)) and view.claim("sum", (*parts, w), "分项合计"):
                view.parts.update(parts)
                return parts[-1]
    return None


def _parts_listed_behind(view: View, w: int, run: list[int]) -> list[int]:
    """The members of the list of parts behind a whole: one after the other, up to the end of a sentence."""
    if not run:
        return []
    first = run[0]
    lead = view.between(w, first)
    if lead.startswith(("、", "和", "及")) or LATTER.search(lead):
        return []  # the whole would itself be a member of a list
    clause = lead[max(lead.rfind("。"), lead.rfind("；")) + 1 :]
    close = view.figures[w].sentence == view.figures[first].sentence and len(lead) < 24
    if (
        not (OF_WHICH.search(clause) or close or re.match(r"[^，。]{0,10}[里中内]，", clause))
        or len(clause) > 40
        or NOT_ALL.search(clause)
    ):
        return []
    parts = [first]
    for j in run[1:]:
        gap = view.between(parts[-1], j)
        if gap.count("（") != gap.count("）") or gap.count("(") != gap.count(")"):
            break  # a figure inside brackets is no member
        if len(gap) > 60 or "。" in gap or "其中" in gap or "\n" in gap:
            break
        parts.append(j)
    till = view.figures[parts[-1]].till
    tail = view.text[till : till + 10]
    if SHARED_TOGETHER.match(view.text, till) or NOT_ALL.search(tail):
        return []
    if not _CLOSED.match(tail) or (not OF_WHICH.search(clause) and (len(parts) < 3 or not _ENDED.match(tail))):
        return []
    return parts


def _is_shared(view: View, w: int) -> bool:
    """Whether a share of it in a whole is told of figure `w`."""
    return any(c.type in ("share", "feasible_share") and c.operands[0] == w for c in view.claims)


def accuse_list(view: View, w: int, parts: list[int]) -> None:
    """A list behind 其中 that does not add up: a finding only if one slip explains it or a parallel list adds up."""
    if _YEARLY.search(view.said[parts[0]].before) and not _YEARLY.search(view.said[w].before):
        return  # 总投资 and of it what is spent this year
    if w in view.parts:
        return  # itself a part of what has added up
    if has_nested(view, parts) or names_chief_kinds(view, w, parts):
        return
    if view.paragraphs[parts[0]] != view.paragraphs[w] and _is_shared(view, w):
        return  # 小微企业退税62.7亿元，占比45.2%。\n分行业看，…: a list of the whole, not of that part of it
    summed = view.is_result(w, "sum")
    for size in range(len(parts), 1, -1):
        chosen = parts[:size]
        total = sum(view.values[p] for p in chosen)
        if not 0.05 * view.values[w] < total < 20 * view.values[w] and not scaled_slip(view, chosen, w):
            continue
        parallel = any(
            c.type == "sum"
            and len(c.operands) == size + 1
            and abs(c.operands[0] - chosen[0]) == 1
            and abs(c.operands[-2] - chosen[-1]) == 1
            for c in view.claims
        )
        even = size == len(parts) and all(view.periods[p] == view.periods[chosen[0]] for p in chosen)
        near = 0.9 * view.values[w] < total < 1.12 * view.values[w]
        lead = view.between(w, chosen[0])
        classes = BY.search(lead[-40:]) is not None and 0.5 * view.values[w] < total < 2 * view.values[w]
        closed = classes or names_a_partition(view, chosen)
        if (summed and not parallel) or _leaves_the_small(view, chosen):
            continue
        if (
            parallel
            or (even and near and view.slip("sum", (*chosen, w)) and _telling(view, w, chosen))
            or (even and closed and view.slip("sum", (*chosen, w), "garbled"))
            or (
                even
                and 0.6 < total / view.values[w] < 1.6
                and view.slip("sum", (*chosen, w), "swapped")
                and _telling(view, w, chosen)
            )
            or (even and scaled_slip(view, chosen, w))
        ):
            view.claim("sum", (*chosen, w), "分项合计")
            return


def _leaves_the_small(view: View, parts: list[int]) -> bool:
    """Whether a list names the large and the middling ones and not the small (大型水库3座、中型水库12座)."""
    named = view.text[max(0, view.figures[parts[0]].at - 16) : view.figures[parts[-1]].at]
    return "大型" in named and "中型" in named and "小" not in named


def _telling(view: View, w: int, parts: list[int]) -> bool:
    """Whether a slip says anything: two small counts miss a third by some digit or other as often as not."""
    return len(parts) > 2 or view.figures[w].kind != "count" or view.figures[w].place > 0 or view.digits(w) > 2


def claim_totals_behind_parts(view: View) -> None:
    """Parts, and behind them their total (总数达到17个, 合计…, 共…)."""
    for w in range(view.count):
        if not view.plain(w) or view.is_result(w, "sum"):
            continue
        before = view.said[w].before
        cue = _TOTAL.search(before)
        earlier = [
            j
            for j in view.levels_before(w, unit_of=w, limit=8)
            if view.figures[j].sentence >= view.figures[w].sentence - 1
        ]
        earlier = [j for j in earlier if view.plain(j)]
        total = 0.0
        for n, j in enumerate(earlier):
            total += view.values[j]
            if n and abs(total - view.values[w]) <= 0.02 * view.values[w]:
                parts = earlier[: n + 1][::-1]
                if (
                    view.trial("sum", (*parts, w))
                    and (cue or all(view.figures[p].sentence == view.figures[w].sentence for p in parts))
                    and credible(view, w, parts)
                ):
                    if view.claim("sum", (*parts, w), "合计"):
                        view.parts.update(parts)
                    break
        else:
            own = [
                j
                for j in earlier
                if view.figures[j].sentence == view.figures[w].sentence
                and view.figures[j].unit == view.figures[w].unit
                and j not in view.parts
            ]
            if re.search("合计|加起来|总共|共计|相加|合起来", before) and len(own) >= 2 and own[-1] >= w - len(own) - 1:
                near = 0.8 < sum(view.values[j] for j in own) / view.values[w] < 1.25 if view.values[w] else False
                if (
                    (near and view.slip("sum", (*own[::-1], w), "garbled"))
                    or view.slip("sum", (*own[::-1], w), "swapped")
                    or scaled_slip(view, own[::-1], w)
                ):
                    view.claim("sum", (*own[::-1], w), "合计")
                    view.parts.update(own)
