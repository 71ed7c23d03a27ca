"""Sums whose list is set off by marks: in brackets right behind the whole, numbered 第一, 第二, 第三, or joined by
加上.

Belongs here: lists that the marks alone delimit. Does not belong here: lists behind words or colons (lists.py).
"""

from __future__ import annotations

from bisect import bisect_left
from operator import attrgetter

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.sum_evidence import MOST_PARTS, NOT_ALL, OF_WHICH, names_a_partition
from hengshui_etl.relations.search.view import AMOUNTS, Slips, View

_CLOSING = {"（": "）", "(": ")"}
_NUMBERED = lazy_pattern("第(?P<number>[一二三四五六七八九])(?:批|轮|期|阶段|季度|笔|次|标段|档|产业)")
_ADDING = lazy_pattern(r"(?:[，,。；;\n]|^)(?:再|另|如果)?(?:加上|加之|连同|算上)[^，,。；;]{0,12}$")
_FAR_ADDED = 18
_ADDED = lazy_pattern("[^。；;]{0,12}[，,]?(?:再|另)?(?:加上|加之|连同|算上)[^。；;]{0,30}")
_COUNTED = lazy_pattern(r"[^\W\d_a-zA-Z]{1,8}(?=[（(])")
_TOTAL = lazy_pattern(
    r"^[^，。；\d]{0,6}[，,][^，。；\d]{0,8}(?:累计|合计|总计|共计|总额|共|已有|现有|达到?)[^，。；\d]{0,8}$"
)
_AT = attrgetter("at")
_NUMBERS = "一二三四五六七八九"
_FAR = 120
"""Characters within which one number of a list follows another."""


def claim_bracketed_parts(view: View) -> None:
    """`补助收入18.36亿元（一般性转移支付15.02亿元、专项转移支付3.34亿元）`: what stands in brackets is all of it."""
    for whole in range(view.count - 2):
        if not view.plain(whole) or view.figures[whole].bound != "exact":
            continue
        parts = _in_brackets(view, whole)
        if len(parts) < 2:
            continue
        operands = (*parts, whole)
        till = view.figures[whole].till
        inside = view.text[till : view.figures[parts[0]].at] + view.text[view.figures[parts[-1]].till :][:4]
        open_list = NOT_ALL.search(inside) is not None or OF_WHICH.search(inside) is not None
        admitted: Slips = "misread" if names_a_partition(view, parts) else "swapped"  # 451例（出院440例，死亡7例）
        if view.trial("sum", operands) or (not open_list and view.slip("sum", operands, admitted)):
            view.claim("sum", operands, "括号内各项")
            view.parts.update(parts)


def _in_brackets(view: View, whole: int) -> tuple[int, ...]:
    """The figures in the brackets right behind a figure, where all of them are amounts in its unit, up to their end."""
    noun = _COUNTED.match(view.text, view.figures[whole].till)  # 10个检察院（市院1个、县级院9个）
    till = noun.end() if noun is not None else view.figures[whole].till
    closing = _CLOSING.get(view.text[till : till + 1])
    end = view.text.find(closing, till, till + 200) if closing else -1
    parts: list[int] = []
    for j in range(whole + 1, min(view.count, whole + MOST_PARTS)):
        figure = view.figures[j]
        if figure.till > end:
            break
        if figure.kind not in AMOUNTS or figure.direction is not None or figure.bound != "exact":
            return ()
        if not view.alike(j, whole) or (parts and view.between(parts[-1], j)[:1] not in "、，,；;和及"):
            return ()
        parts.append(j)
    return tuple(parts) if parts and view.figures[parts[-1]].till == end else ()


def claim_numbered_parts(view: View) -> None:
    """`第一轮3000万元；第二轮2600万元；第三轮放在金秋，2400万元`: together they are a level before, where one fits."""
    found = list(_NUMBERED.finditer(view.text))
    begin = 0
    while begin < len(found):
        run = [found[begin]]
        for following in found[begin + 1 :]:
            if following["number"] != _NUMBERS[len(run) : len(run) + 1] or following.start() - run[-1].end() > _FAR:
                break
            run.append(following)
        if run[0]["number"] == "一" and len(run) > 1:
            _claim_numbered(view, [m.end() for m in run])
        begin += len(run)


def claim_joined_pairs(view: View) -> None:
    """`二季度退税126.4亿元，加上一季度退税12.2亿元`: together they are a level told around, where one fits."""
    for one in range(view.count - 1):
        other = one + 1
        if not (view.plain(one) and view.plain(other) and view.alike(one, other)):
            continue
        if not _ADDED.match(view.between(one, other)) or view.digits(one) + view.digits(other) < 4:
            continue
        around = [*view.levels_before(one, unit_of=one, limit=12), *range(other + 1, min(view.count, other + 4))]
        for whole in around:
            if view.plain(whole) and view.alike(whole, one) and view.trial("sum", (one, other, whole)):
                view.claim("sum", (one, other, whole), "加上")
                break
        else:
            _accuse_joined(view, one, other)


def claim_added_up(view: View) -> None:
    """`这次开工的24个项目…。算上前三批的79个，全年已有103个`: what is added to stands further before."""
    for other in range(1, view.count - 1):
        at = view.figures[other].at
        if not view.plain(other) or _ADDING.search(view.text[max(0, at - _FAR_ADDED) : at]) is None:
            continue
        whole = next(
            (j for j in range(other + 1, min(view.count, other + 4)) if view.plain(j) and view.alike(j, other)), None
        )
        if whole is None or view.periods[whole] != view.periods[other]:
            continue
        for one in view.levels_before(other, unit_of=other, limit=6, same_paragraph=True):
            if view.plain(one) and view.trial("sum", (one, other, whole)):
                view.claim("sum", (one, other, whole), "加上")
                break


def _accuse_joined(view: View, one: int, other: int) -> None:
    """`结余2.75亿元，加上年初滚存的24.18亿元，年末累计结余26.39亿元`: what stands behind is called their total."""
    whole = other + 1
    if whole >= view.count or view.periods[whole] != view.periods[one] or not view.plain(whole):
        return
    told = _TOTAL.search(view.between(other, whole)) is not None and view.alike(whole, one)
    exact = all(view.figures[j].bound == "exact" for j in (one, other, whole))
    if told and exact and view.slip("sum", (one, other, whole), "garbled"):
        view.claim("sum", (one, other, whole), "加上")


def _claim_numbered(view: View, marks: list[int]) -> None:
    parts: list[int] = []
    for mark, end in zip(marks, (*marks[1:], marks[-1] + _FAR), strict=True):
        part = bisect_left(view.figures, mark, key=_AT)
        while part < view.count and view.figures[part].at < end and not view.plain(part):
            part += 1
        if part == view.count or view.figures[part].at >= end:
            return
        if parts and (not view.alike(part, parts[0]) or view.paragraphs[part] != view.paragraphs[parts[0]]):
            return
        parts.append(part)
    for whole in view.levels_before(parts[0], unit_of=parts[0], limit=24):
        telling = view.plain(whole) and view.digits(parts[0]) + view.digits(parts[-1]) > 2
        if telling and view.trial("sum", (*parts, whole)):
            view.claim("sum", (*parts, whole), "依次各项")
            view.parts.update(parts)
            return
