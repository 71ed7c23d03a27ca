"""What speaks for a sum, and against its being chance: the words of lists, digits, nearness, known slips.

Belongs here: questions that several searches for sums ask of the same parts and whole. Does not belong here: which
parts and wholes are tried (sums_listed.py, sums_swept.py, partitions.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.view import View
from hengshui_etl.vocab import alternatives, known_partitions, toml

OF_WHICH = lazy_pattern(
    r"其中|包括|分为|分别|构成|组成|含|按[^，。；]{1,10}(?:分|看|统计|划分|计)|分[^，。；]{1,8}看|从[^，。；]{1,10}(?:看|来看|分)|：|:|一是"
)
NOT_ALL = lazy_pattern(r"等(?:[^级]|$)|…|\.{3}|以及其他|主要(?:是|有|包括|为)|特别是|尤其")
# opens a division of the whole into classes (按产业分，): a list behind it is complete
BY = lazy_pattern(
    r"(?:^|[，,。；;：:\s])(?:(?:按|分|从)[^，,。；;]{1,10}(?:看|来看|分|划分|计|统计)"
    r"|[^，,。；;：:\s\d]{2,8}按[^，,。；;\d]{1,8}(?:分|划分|统计))[，,：:]"
)
LATTER = lazy_pattern("后[两三四]?者")
"""Takes up those named last: they stand beside what was told of the first, and not in it."""
SHARED_TOGETHER = lazy_pattern(
    r"[^，。；\d]{0,4}[，,](?!前[两二三四五])[^，。；\d]{0,8}(?:合计|加总|相加|合起来|加起来|之和|总和|共|合)[^，。；\d]{0,2}占(?!比?100[%％])"
)
"""Behind a list: together its members are a share of something, and so not all of it (…、2.5亿元，合计占71%)."""
_CHIEF = lazy_pattern(alternatives(toml("parts")["lists"]["chief"]))
MOST_PARTS = 16  # of one sum in prose


def shared_in_another(view: View, parts: Iterable[int]) -> bool:
    """Whether one of the parts is a share of another, and so not beside it (完成685万元，占预算1400万元的48.9%)."""
    members = frozenset(parts)
    shares = (c.operands for c in view.claims if c.type == "share" and len(c.operands) == 3)
    inside = [ops for ops in shares if ops[0] in members and ops[1] in members and view.trial("share", ops)]
    return any(view.digits(p) > 2 and view.figures[p].bound == "exact" for *_, p in inside)  # 20% fits by chance


def credible(view: View, w: int, parts: list[int]) -> bool:
    """Whether a sum that holds is no chance hit of small numbers."""
    if shared_in_another(view, parts):
        return False
    digits = sum(view.digits(p) for p in (*parts, w))
    cue = OF_WHICH.search(view.text, view.figures[w].till, view.figures[parts[0]].at) is not None
    close = view.figures[parts[-1]].at - view.figures[w].till < 160
    if view.figures[w].bound != "exact" or any(view.figures[p].bound != "exact" for p in parts):
        return cue and close
    if w > parts[-1]:
        return digits >= 6 or close
    return (
        (cue and (close or digits >= 7))
        or (digits >= 8 and close)
        or digits >= 11
        or (close and view.figures[w].sentence == view.figures[parts[-1]].sentence)
    )


def scaled_slip(view: View, parts: list[int], w: int) -> bool:
    """Whether 万 printed for 亿, or the reverse, in one part explains the gap."""
    return first_scaled_slip(view, parts, (w,)) is not None


def first_scaled_slip(view: View, parts: list[int], among: Iterable[int]) -> int | None:
    """The first of these wholes whose gap is explained by 万 printed for 亿, or the reverse, in one part."""
    values = [view.values[p] for p in parts]
    smallest, largest, total = min(values), max(values), sum(values)
    for w in among:
        target = view.values[w]
        if not target or (smallest > 2e-4 * target and largest < 5 * target):
            continue  # no part is ten thousand times off
        if _scaled(view, parts, total, w):
            return w
    return None


def _scaled(view: View, parts: list[int], total: float, w: int) -> bool:
    target = view.values[w]
    for p in parts:
        for k in (1e4, 1e-4):
            scaled = total - view.values[p] + view.values[p] * k
            if abs(scaled - target) < 0.0008 * target and view.slip("sum", (*parts, w)):
                return True
    return False


def names_chief_kinds(view: View, w: int, parts: Sequence[int]) -> bool:
    """Whether a list that falls short of its whole is of a kind of which only the chief ones are named (肉类38.6万吨，
    其中猪肉24.9万吨、…: rabbit is not)."""
    short = sum(view.values[p] for p in parts) < view.values[w]
    return short and _CHIEF.search(view.said[w].before) is not None


def names_a_partition(view: View, parts: Sequence[int]) -> bool:
    """Whether the labels of the parts name the members of a known partition (男、女; 城镇、乡村), each its own."""
    return _name_a_partition(tuple(f"{view.said[p].before}{view.metrics[p]}" for p in parts))


@lru_cache(maxsize=1 << 12)  # asked of one list by several searches
def _name_a_partition(labels: tuple[str, ...]) -> bool:
    for names in known_partitions():
        own = len(names) == len(labels) and all(any(n in label for n in names) for label in labels)
        if own and all(any(n in label for label in labels) for n in names):
            return True
    return False
