"""Sums that only arithmetic shows: neighbouring levels that add up exactly to a level elsewhere in the article.

Belongs here: the sweep over all stretches of levels, and when a hit is no chance. Does not belong here: accusations; a
stretch that adds up to nothing says nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise

from hengshui_etl.relations.search.sum_evidence import BY, MOST_PARTS, shared_in_another
from hengshui_etl.relations.search.sums_owned import Owned, owned_by_another
from hengshui_etl.relations.search.view import AMOUNTS, View

_MOST_WHOLES = 4  # levels of nearly one value looked at: where there are more, a sum that fits says little


def claim_exact_stretches(view: View, owned: Owned) -> None:
    """Stretches of levels that add up exactly to a level elsewhere in the article, with digits enough that it is no
    chance. Levels that alternate (计划312公里、完成248公里) are taken by twos and threes."""
    wholes: dict[str, list[int]] = {}
    for w in range(view.count):
        statement = view.statements[w]
        if statement is None or (view.level[w] and not statement.base and not view.titled(w)):
            figure = view.figures[w]
            if figure.kind in AMOUNTS and figure.bound == "exact" and figure.high is None:
                wholes.setdefault(figure.unit, []).append(w)
    runs: dict[tuple[str, bool], list[int]] = {}
    for i in range(view.count):
        statement = view.statements[i]
        if statement is None or not view.level[i] or statement.base or view.titled(i):
            continue
        if view.figures[i].bound == "exact" and view.figures[i].high is None:
            averaged = statement.predicate == "average"
            runs.setdefault((view.figures[i].unit, averaged), []).append(i)
    for (unit, _), run in runs.items():
        targets = sorted(((view.values[w], w) for w in wholes.get(unit, ())), key=lambda t: t[0])
        if len(run) >= 2 and len(targets) >= 2:
            _claim_stretches_of(view, run, targets, owned)


def _claim_stretches_of(view: View, run: list[int], targets: list[tuple[float, int]], owned: Owned) -> None:
    """Claim the stretches of levels in one unit that add up to one of the targets, sorted (value, figure)."""
    numbers = [t[0] for t in targets]
    summed: set[tuple[int, int]] = set()  # (whole, first part): one stretch from there is enough
    for stride in (1, 2, 3):
        for first in range(len(run)):
            total = 0.0
            parts: list[int] = []
            for j in run[first : first + stride * MOST_PARTS : stride]:
                if parts and view.paragraphs[j] > view.paragraphs[parts[-1]] + 1:
                    break
                total += view.values[j]
                parts.append(j)
                if len(parts) < (2 if stride == 1 else 3) and not (stride == 2 and _crossed(view, run, first)):
                    continue
                if total > numbers[-1] * 1.01:
                    break
                fitting = range(bisect_left(numbers, total * 0.995), bisect_right(numbers, total * 1.005))
                for k in fitting[:_MOST_WHOLES]:
                    w = targets[k][1]
                    if w in parts or parts[0] < w < parts[-1]:
                        continue
                    if (w, parts[0]) in summed or owned_by_another(owned, parts, w):
                        continue
                    crossed = len(parts) == 2 and stride == 2
                    if view.trial("sum", (*parts, w)) and _no_chance(view, w, parts, crossed):
                        summed.add((w, parts[0]))
                        if view.claim("sum", (*parts, w), "分项合计"):
                            view.parts.update(parts)


def _whole_list(view: View, parts: list[int]) -> bool:
    """Whether the parts are all that the sentence tells in their unit behind the words that break it down."""
    last = parts[-1]
    later = last + 1 < view.count and view.periods[last + 1] == view.periods[last] and view.alike(last + 1, last)
    ended = "。" in view.text[view.figures[last].till : view.figures[last].till + 6]
    return ended or not later


def _crossed(view: View, run: list[int], first: int) -> bool:
    """Whether four levels that follow each other pair two by two (职工收入…、支出…；居民收入…、支出…): each is named
    like the one after the next, and not like the next."""
    for begin in (first, first - 1):
        four = run[begin : begin + 4] if begin >= 0 else []
        if len(four) == 4 and view.periods[four[0]] == view.periods[four[-1]]:
            ends = [view.said[j].before.strip("、，,；;：: ")[-2:] for j in four]
            if ends[0] == ends[2] != ends[1] == ends[3] and all(ends):
                return True
    return False


def _no_chance(view: View, w: int, parts: list[int], crossed: bool) -> bool:
    """Whether a sum that holds says something, by the digits that had to fit and how near the whole stands; `crossed`
    where its two parts are the first or the second of two pairs."""
    if shared_in_another(view, parts):
        return False
    digits = [view.digits(p) for p in (*parts, w)]
    fit = digits[-1] + min(digits[:-1])
    owner = parts[0] - 1
    if (
        not crossed
        and w != owner
        and owner >= 0
        and view.plain(owner)
        and view.alike(owner, w)
        and "其中" in view.between(owner, parts[0])
    ):
        return False  # the words give the list another whole
    if any(b == a + 1 and "其中" in view.between(a, b) for a, b in pairwise(parts)):
        return False  # what stands before 其中 is the whole of what follows, not beside it
    together = view.periods[parts[0]] == view.periods[parts[-1]]
    if view.paragraphs[parts[0]] != view.paragraphs[parts[-1]]:
        return fit >= 6 and len(parts) >= 3
    at = view.figures[parts[0]].at
    next_to_it = view.opens_paragraph(w) and view.paragraphs[w] == view.paragraphs[parts[0]] - 1
    broken_down = len(parts) >= 3 and together and BY.search(view.text, max(0, at - 44), at) is not None
    if next_to_it and broken_down and _whole_list(view, parts):
        return fit >= 3  # 项目52个，…\n从规模看，…13个，…16个，…23个。
    near = abs(view.periods[w] - view.periods[parts[0]]) <= 1
    if len(parts) >= 4 and together:
        return fit >= 4
    if len(parts) == 2 and view.paragraphs[w] != view.paragraphs[parts[0]]:
        named = all(view.likeness(p, w) >= 0.5 for p in parts)
        cue = BY.search(view.text[max(0, view.figures[parts[0]].at - 44) : view.figures[parts[0]].at])
        return fit >= 8 or (together and fit >= 5 and (named or cue is not None))
    if near and together:
        return fit >= 4 or (w < parts[0] and fit >= 3)
    if together and view.paragraphs[w] == view.paragraphs[parts[0]]:
        return fit >= 5
    return (fit >= 6 and (together or len(parts) >= 3)) or fit >= 8
