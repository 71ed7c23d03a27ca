"""Percentages that add up: to a percentage beside them, or to a hundred.

Belongs here: sums of shares among themselves. Does not belong here: shares of levels (shares.py). Shares printed side
by side need not be parts of one whole: accused only where words or levels say that they are.
"""

from __future__ import annotations

import re

from hengshui_etl.relations.search.view import View


def claim_shares_of_a_share(view: View) -> None:
    """`住房消费类占82.6%，其中…52.4%、19.7%、9.1%、1.4%`: shares that add up to a share beside them."""
    runs: dict[int, list[int]] = {}
    for i in range(view.count):
        statement = view.statements[i]
        if (
            statement is not None
            and view.figures[i].unit in ("%", "百分点")
            and view.figures[i].bound == "exact"
            and view.figures[i].high is None
            and statement.predicate in ("share", "rate", "level")
            and view.figures[i].direction is None
        ):
            runs.setdefault(view.paragraphs[i], []).append(i)
    for run in runs.values():
        for w in range(len(run)):
            total = 0.0
            for k in range(w + 1, min(len(run), w + 8)):
                total += view.values[run[k]]
                if total > view.values[run[w]] + 0.3:
                    break
                if (
                    k > w + 1
                    and abs(total - view.values[run[w]]) < 0.25
                    and view.values[run[w]] < 99
                    and view.periods[run[k]] - view.periods[run[w]] <= 1
                ):
                    parts = run[w + 1 : k + 1]
                    if view.trial("sum", (*parts, run[w])):
                        view.claim("sum", (*parts, run[w]), "占比分项")
                        break


def claim_hundreds(view: View) -> None:
    """Shares of one whole, one after the other, that make up a hundred: implied, and never an accusation."""
    group: list[int] = []
    for i in range(view.count + 1):
        figure = view.figures[i] if i < view.count else None
        statement = view.statements[i] if i < view.count else None
        if (
            figure is not None
            and figure.unit == "%"
            and statement is not None
            and statement.predicate in ("share", "rate")
            and figure.direction is None
            and figure.bound == "exact"
        ):
            if group and (view.paragraphs[i] != view.paragraphs[group[-1]] or i - group[-1] > 4):
                _claim_hundred(view, group)
                group = []
            group.append(i)
        elif figure is None:
            _claim_hundred(view, group)


def _claim_hundred(view: View, group: list[int]) -> None:
    """Claim the first stretch of the group that makes up a hundred."""
    for first in range(len(group)):
        total = 0.0
        for last in range(first, min(len(group), first + 12)):
            total += view.values[group[last]]
            if total > 101:
                break
            if last > first and abs(total - 100) < 0.35:
                parts = tuple(group[first : last + 1])
                if view.trial("sum", parts, implied=True):
                    view.claim("sum", parts, "占比合计100%", implied=True)
                    return


_STANDARD = re.compile("预算|任务|目标|计划|完成|同期|全省|全国|上年|去年")
_LAST = re.compile("(?:^|[、，；和及])(?:其他|其它)")


def accuse_hundreds(view: View) -> None:
    """Shares side by side whose words say that they are all (…、其他占13.2%; 三者分别占), but that make no hundred."""
    summed = {p for c in view.claims if c.type == "sum" and c.implied for p in c.operands}
    i = 0
    while i < view.count:
        run = _shares_side_by_side(view, i)
        i = run[-1] + 1 if run else i + 1
        if len(run) < 2 or summed & set(run) or view.trial("sum", run, implied=True) is not False:
            continue
        labels = [view.said[j].before for j in run]
        if any(_STANDARD.search(label) for label in labels):
            continue
        total = sum(view.values[j] for j in run)
        last = len(run) > 2 and _LAST.search(labels[-1]) is not None and 9 < total < 1000
        if last or (9 < total < 1000 and _levels_are_all(view, run)):
            view.claim("sum", run, "占比合计100%", implied=True)


def _shares_side_by_side(view: View, first: int) -> list[int]:
    """The exact shares from figure `first` on with nothing between them but their labels."""
    run: list[int] = []
    for j in range(first, view.count):
        figure = view.figures[j]
        stated = figure.unit == "%" and figure.bound == "exact" and figure.direction is None and not view.is_cell(j)
        if not stated or (not run and view.said[j].predicate != "share"):
            break
        if run and (view.periods[j] != view.periods[first] or re.search("[。；]|其中", view.between(run[-1], j))):
            break
        run.append(j)
    return run


def _levels_are_all(view: View, run: list[int]) -> bool:
    """Whether as many levels right before the shares add up to a whole: the shares are theirs."""
    levels = tuple(range(run[0] - len(run), run[0]))
    return any(c.type == "sum" and not c.implied and c.operands[:-1] == levels for c in view.claims)
