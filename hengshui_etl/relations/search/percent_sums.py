"""Percentages that add up: to a percentage beside them, or to a hundred.

Belongs here: sums of shares among themselves. Does not belong here: shares of levels (shares.py). Shares printed side
by side need not be parts of one whole: accused only where words or levels say that they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Claim
from hengshui_etl.relations.search.lists import opposite
from hengshui_etl.relations.search.sum_evidence import BY, names_a_partition
from hengshui_etl.relations.search.view import View
from hengshui_etl.vocab import alternatives, toml


def claim_shares_of_a_share(view: View) -> None:
    """`住房消费类占82.6%，其中…52.4%、19.7%、9.1%、1.4%`: shares that add up to a share beside them."""
    runs: dict[int, list[int]] = {}
    for i in range(view.count):
        statement = view.statements[i]
        if (
            statement is not None
            and view.figures[i].unit == "%"
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


_STANDARD = lazy_pattern("预算|任务|目标|计划|完成|同期|全省|全国|上年|去年")
_LAST = lazy_pattern("(?:^|[、，；和及])(?:其他|其它)")


def _runs_missing_a_hundred(
    view: View, run_at: Callable[[View, int], list[int]], summed: set[int]
) -> Iterator[list[int]]:
    """Runs of shares, as `run_at` finds them from a figure on, of which none was summed yet, that make no hundred."""
    i = 0
    while i < view.count:
        run = run_at(view, i)
        i = run[-1] + 1 if run else i + 1
        if len(run) > 1 and not summed & set(run) and view.trial("sum", run, implied=True) is False:
            yield run


def accuse_hundreds(view: View) -> None:
    """Shares side by side whose words say that they are all (…、其他占13.2%; 三者分别占), but that make no hundred."""
    summed = {p for c in view.claims if c.type == "sum" and c.implied for p in c.operands}
    for run in _runs_missing_a_hundred(view, _shares_side_by_side, summed):
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


_NEAR = 90  # per cent that a list of shares must name, or more than a hundred, before one slip is looked for
_SOME = lazy_pattern(rf"(?:前|后|後)[一二两兩三四五六七八九十几幾\d]|{alternatives(toml('parts')['lists']['some'])}")
_NEXT = lazy_pattern("其中|依次|分别|贡献|[。\n]")
_IN_TENTHS = lazy_pattern("[成半]|分之")
_OF_THESE = lazy_pattern("[^，,。；;]{0,8}(?:当中|之中|里面|中|里|内)[，,]?[^，,。；;]{0,12}$")
_CALLED = lazy_pattern("(?:占比|比重|比例|构成|贡献率|份额)[^，。；\\d]{0,4}$")
_IN_ORDER = lazy_pattern("依次|分别|各占|构成")


def accuse_shares_in_rows(view: View) -> None:
    """Shares one after the other, each alone or behind its level, that make a hundred but for one slip.

    Sought when all shares have been measured: a share that misses its own level is accused as that."""
    summed = {p for c in view.claims if c.type == "sum" for p in c.operands}
    summed |= {c.operands[-1] for c in view.claims if c.type == "share" and _fails(view, c)}
    for run in _runs_missing_a_hundred(view, _shares_in_a_row, summed):
        at, till = view.figures[run[0]].at, view.figures[run[-1]].till
        before = view.text[max(0, at - 60) : at]
        after = re.split("[。；;\n]", view.text[till : till + 12], maxsplit=1)[0]
        sentence = before[max(before.rfind("。"), before.rfind("\n")) + 1 :] + view.text[at:till] + after
        total = sum(view.values[j] for j in run)
        if _SOME.search(sentence) or any(_STANDARD.search(view.said[j].before) for j in run):
            continue
        if len({view.said[j].object for j in run if view.said[j].object}) > 1:
            continue  # 占出口总值的63%；…占进口总值的38.6%: each of its own whole
        if (_row_is_all(view, run, sentence) or (total > 100 and len(run) > 2)) and (
            total > _NEAR and view.slip("sum", run, "garbled", implied=True)
        ):
            view.claim("sum", run, "占比合计100%", implied=True)


def _fails(view: View, claim: Claim) -> bool:
    return view.trial(claim.type, claim.operands, claim.scale, claim.implied, claim.counted) is False


def _shares_in_a_row(view: View, first: int) -> list[int]:
    """The exact shares from figure `first` on in one sentence, with nothing between them but a level each."""
    run: list[int] = []
    j = first
    while j < view.count:
        figure = view.figures[j]
        stated = figure.unit == "%" and figure.bound == "exact" and figure.direction is None and not view.is_cell(j)
        if run:
            gap = view.between(run[-1], j)
            stated = stated and view.periods[j] == view.periods[first] and not _NEXT.search(gap) and len(gap) < 60
            if _IN_TENTHS.search(view.text, figure.at, figure.till) is not None:
                stated = False  # 占42.6%、28.3%，另有三成: rounded, and no misprint
            if j - run[-1] > 1 and _OF_THESE.match(view.between(j - 1, j)):
                stated = False  # 县外的9.5万人里省外占七成: a share of that level
        elif not _begins_shares(view, j):
            return []
        if not stated:
            if run and j == run[-1] + 1 and view.plain(j):
                j += 1  # the level that the next share stands behind
                continue
            break
        run.append(j)
        j += 1
    return run


def _begins_shares(view: View, j: int) -> bool:
    """Whether figure `j` is a share, also one that is called so (占比, 比重, 构成为, 贡献率)."""
    at = view.figures[j].at
    return view.said[j].predicate == "share" or _CALLED.search(view.text, max(0, at - 12), at) is not None


def _row_is_all(view: View, run: list[int], sentence: str) -> bool:
    """Whether the words make the shares those of all classes."""
    if len(run) > 2 and (_IN_ORDER.search(sentence) or BY.search(sentence)):
        return True
    labels = [view.said[j].before for j in run]
    behind = [j - 1 for j in run]
    levels = all(b >= 0 and view.plain(b) and b not in run for b in behind)
    if levels:
        labels = [view.said[b].before for b in behind]
    if len(run) == 2 and opposite(labels[0], labels[1]):
        return True
    return names_a_partition(view, behind if levels else run)
