"""Gaps between two amounts that words pick out by their place: 前者 and 后者, a goal ahead, two rows of a table.

Belongs here: differences whose two sides are told by position or by the labels of a table. Does not belong here:
changes over time and gaps to what is named in prose (differences.py, points.py), balances (balances.py).
"""

from __future__ import annotations

from hengshui_etl.figures.grids import Cell
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.view import AMOUNTS, View

_OF_TWO = lazy_pattern(r"^[，,]?(?:前者|后者|後者)(?:比[前后後]者)?(?:多|少|高|低|快|慢|大|小)[了出]?(?:约|近)?$")
_STILL = lazy_pattern(r"[^，。；\d]{0,12}(?:目标|任务|计划|指标|上限)[^，。；\d]{0,4}(?:差|缺|少)(?:约|近)?")
_FROM_GOAL = lazy_pattern(r"(?:距离?|离)[^，。；\d]{0,8}$")
_OVER_PLAN = lazy_pattern(r"(?:超出|超过|超|高于|低于|少于|比|较)[^，。；\d]{0,6}(?:计划|目标|任务|预算|预期)数?[（(]$")
_WIDER = lazy_pattern(r"(?:高出?|低|多出?|少|快|慢|大|小)(?:了|约|近|达|出)?$")
_PLACE = lazy_pattern("(?<=..)[县市区旗州镇乡]$")
_UNITS_TOLD = lazy_pattern(r"[（(][^（(）)]{0,20}[）)]|\s")
_CLAUSE = 40


def claim_gap_by_place(view: View, i: int) -> bool:
    """Claim the gap that figure `i` states between two figures told by their place; whether it is one."""
    if not i or view.titled(i):
        return False
    pair = _of_two(view, i) or _to_goal(view, i) or _over_plan(view, i)
    if pair is not None:
        return view.claim("difference", (*pair, i), "相差")
    return bool(view.grids) and _WIDER.search(view.said[i].before) is not None and _claim_between_rows(view, i)


def _of_two(view: View, i: int) -> tuple[int, int] | None:
    """`一季度21起，二季度26起，后者多5起`: the two levels right before."""
    if i < 2 or _OF_TWO.match(view.said[i].before) is None or view.figures[i].kind not in AMOUNTS:
        return None
    pair = i - 1, i - 2
    near = all(view.plain(j) and view.alike(j, i) and view.periods[j] == view.periods[i] for j in pair)
    return pair if near and all(view.figures[j].bound == "exact" for j in pair) else None


def _to_goal(view: View, i: int) -> tuple[int, int] | None:
    """`签约27个，距30个的年度目标只差3个`: what was reached, and the goal."""
    goal, level = i - 1, i - 2
    if level < 0 or view.figures[i].kind not in AMOUNTS or _STILL.fullmatch(view.between(goal, i)) is None:
        return None
    told = _FROM_GOAL.search(view.text, max(0, view.figures[goal].at - 12), view.figures[goal].at)
    same = view.plain(level) and view.periods[level] == view.periods[i]
    return (level, goal) if told and same and view.alike(level, goal) and view.alike(goal, i) else None


def _over_plan(view: View, i: int) -> tuple[int, int] | None:
    """`到位94.2亿元，超出计划（89.5亿元）4.7亿元`: what was done, and the plan in brackets."""
    plan, level = i - 1, i - 2
    if level < 0 or view.between(plan, i) not in ("）", ")") or view.figures[i].kind not in AMOUNTS:
        return None
    at = view.figures[plan].at
    same = view.plain(level) and view.alike(level, plan) and view.alike(plan, i)
    if not same or view.periods[level] != view.periods[i] or _OVER_PLAN.search(view.text, max(0, at - 16), at) is None:
        return None
    return level, plan


def _claim_between_rows(view: View, i: int) -> bool:
    """`优良天数比例最高的右玉县比怀仁市高出13.6个百分点`: of the rows that the clause names, the cells of the one
    column that it names, or else of the one for which the gap holds."""
    figure = view.figures[i]
    start = max(view.article.sentences[figure.sentence].start, figure.at - _CLAUSE)
    clause = view.text[start : figure.at]
    than = max(clause.rfind("比"), clause.rfind("较"))
    if than < 2 or view.digits(i) < 2:
        return False
    for grid in view.grids:
        found: list[tuple[bool, tuple[int, int]]] = []
        for column in sorted({cell.column for cell, _ in grid.cells}):
            cells = [(c, f) for c, f in grid.cells if c.column == column and len(c.row_label) > 1]
            one = [f for c, f in cells if _names(c, clause[:than])]
            other = [f for c, f in cells if _names(c, clause[than:])]
            if len(one) != 1 or len(other) != 1 or one == other:
                continue
            if view.trial("difference", (one[0], other[0], i)) is None:
                continue
            label = _UNITS_TOLD.sub("", next(c.column_label for c, _ in cells))
            found.append((len(label) > 2 and label in clause, (one[0], other[0])))
        pairs = [pair for named, pair in found if named] or [pair for _, pair in found]
        held = [pair for pair in pairs if view.trial("difference", (*pair, i))]
        if held:
            return view.claim("difference", (*held[0], i), "表中两行")
        if [named for named, _ in found].count(True) == 1 and view.slip("difference", (*pairs[0], i), "garbled"):
            return view.claim("difference", (*pairs[0], i), "表中两行")
    return False


def _names(cell: Cell, words: str) -> bool:
    label = cell.row_label.replace("\u3000", "").replace(" ", "")
    return label in words or (len(label) > 2 and _PLACE.sub("", label) in words)
