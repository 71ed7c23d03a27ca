"""Which levels a percentage may have for its part and its whole, the likeliest first.

Belongs here: order by words and nearness. Does not belong here: arithmetic, which chooses among these (shares.py,
shares_failing.py).
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.shares_parts import is_name, of_class
from hengshui_etl.relations.search.view import View, shared_characters

FAR = lazy_pattern(r"全省|全国|省内|全球|世界|全自治区|全疆")
TOGETHER = lazy_pattern(r"合计|加总|共占|总共|之和|三者|两者|四者|上述|以上[^，。]{0,8}合|合占")


def parts_of(view: View, i: int) -> list[int]:
    """Levels that the percentage may be a share of something with: of its own sentence, the nearest first."""
    sentence = view.figures[i].sentence
    if of_class(view, i):
        return []
    found = [j for j in view.levels_before(i, limit=6) if view.figures[j].sentence == sentence and not is_name(view, j)]
    found = [j for j in found if not (view.figures[j].unit in _OFTEN and _EVERY.search(view.said[j].before))]
    # 占比分别为25.5%、72.8%和1.6% after three levels: the k-th percentage goes with the k-th level
    if re.search("分别|依次", view.said[i].before):
        first = i
        while (
            first
            and view.figures[first - 1].unit == "%"
            and not view.is_cell(first - 1)
            and len(view.between(first - 1, first)) <= 1
        ):
            first -= 1
        last = i
        while last + 1 < view.count and view.figures[last + 1].unit == "%" and len(view.between(last, last + 1)) <= 1:
            last += 1
        size = last - first + 1
        levels = [j for j in range(first - 1, -1, -1) if view.level[j] and view.figures[j].sentence == sentence][:size]
        if len(levels) < size and size > 1:  # the levels stand in the sentence before
            levels = [
                j
                for j in range(first - 1, max(-1, first - 14), -1)
                if view.level[j] and view.periods[j] >= view.periods[i] - 1
            ][:size]
        if len(levels) == size and size > 1 and len({view.figures[j].unit for j in levels}) == 1:
            return [levels[::-1][i - first]]
    return found


def wholes_of(view: View, i: int, part: int, said: str) -> list[int]:
    """Levels in the part's unit that may be the whole: those that the words name first, then the nearest."""
    if of_other_kind(view, i, part):
        return []
    value = view.values[part]
    percent = view.values[i] / (100 if view.figures[i].unit == "%" else 1000)
    ranked: list[tuple[float, int, int]] = []
    for w in view.peers(part):
        if w in (part, i) or (view.said[i].predicate != "rate" and of_one_list(view, w, part)) or is_name(view, w):
            continue
        statement = view.statements[w]
        if (statement is not None and statement.base) or (view.titled(w) and view.trial("restatement", (w, part))):
            continue
        if view.figures[w].sentence > view.figures[i].sentence:
            break
        if percent <= 1.0 and view.values[w] < value * 0.98:
            continue
        match = shared_characters(said, view.metrics[w]) if said else 0.0
        distance = abs(part - w)
        ranked.append(
            (
                -round(match, 1) - (0.35 if view.paragraphs[w] == view.paragraphs[i] else 0),
                distance if w < i else distance + 50,
                w,
            )
        )
    ranked.sort()
    return [w for _, _, w in ranked]


_OFTEN = frozenset(("次", "趟", "回", "遍", "天", "小时", "分钟"))
_EVERY = lazy_pattern("每(?:天|日|晚|周|月|季度|年|人|户)[^，。；]{0,4}$")  # 每周三次的占28.3%: how often, no count
_PERSONS = frozenset(("人", "名", "位", "口", "人次"))
_BEARERS = frozenset(("个", "家", "户", "所", "座"))
_AMOUNT = lazy_pattern("(?<![数总])量$|额$|产值$|收入$|面积$")
_AMOUNT_OF = lazy_pattern("(?<![数总存增体])量$|额$|产值$|收入$|面积$|投入$|税收$|利润$|营收$|产出$|支出$|资金$")
_OF_PERSONS = lazy_pattern("(?:人口|人数|居民)(?:总数|总量)?$")
# 计划312公里、完成248公里 is no list
_MEMBER = lazy_pattern("[、和及与](?!完成|实际|已|其中|完工|竣工|投产|到位|支出|拨付)[^，,。；;]{0,16}")


def of_other_kind(view: View, i: int, part: int) -> bool:
    """Whether percentage `i` is said to be one of persons, and figure `part` counts other things (37万剂，占人口的), or
    is said of or to be one of an amount, and figure `part` counts those that have it (机场34个，所完成吞吐量占;
    6家占研发投入的三成)."""
    said, unit = view.said[i], view.figures[part].unit
    if _OF_PERSONS.search(said.object) is not None:
        return unit not in _PERSONS
    if unit not in _BEARERS:
        return False
    return _AMOUNT.search(said.subject) is not None or _AMOUNT_OF.search(said.object) is not None


def of_one_list(view: View, a: int, b: int) -> bool:
    """Whether two figures are members of one list (工业37个、农业14个、商贸9个), neither of them part of the other."""
    if abs(a - b) >= 16:
        return False
    first, last = sorted((a, b))
    return all(_MEMBER.fullmatch(view.between(j, j + 1)) for j in range(first, last))


def closed_off(view: View, part: int, i: int) -> bool:
    """Whether figure `part` stands in a bracket, and the bracket and its clause end before percentage `i` (36亿元（任务
    34亿元），占比…)."""
    gap = view.between(part, i)
    opened, closed = (min((k for k in map(gap.find, marks) if k >= 0), default=len(gap)) for marks in ("（(", "）)"))
    return closed < opened and re.search("[，,；;。]", gap[closed:]) is not None


def sibling_whole(view: View, i: int) -> int | None:
    """The whole of the shares just before in the same paragraph (占14.7% after 占税收收入的40.7%)."""
    for claim in reversed(view.claims):
        if (
            claim.type == "share"
            and view.paragraphs[claim.operands[-1]] == view.paragraphs[i]
            and i - claim.operands[-1] <= 6
        ):
            return claim.operands[-2]
    return None


def neighbour_wholes(view: View, i: int, part: int) -> list[int]:
    """The wholes of the shares around figure `i` in its paragraph, the nearest first."""
    near = [
        (abs(c.operands[-1] - i), c.operands[-2])
        for c in view.claims
        if c.type == "share" and view.paragraphs[c.operands[-1]] == view.paragraphs[i] and abs(c.operands[-1] - i) <= 12
    ]
    return list(dict.fromkeys(w for _, w in sorted(near) if w != part))
