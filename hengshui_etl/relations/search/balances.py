"""Balances: what came in less what went out, or how far two amounts lie apart.

Belongs here: surpluses, deficits, net flows, as their words name them (vocab/comparisons.toml). Does not belong here:
changes over time (differences.py), what is left of a whole (remainders.py).
"""

from __future__ import annotations

import re
from itertools import combinations

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.view import View
from hengshui_etl.vocab import alternatives, toml

BALANCE = lazy_pattern(
    r"收益|利润|亏|赤字|差距|相差|净落|净赚|纯收入|净得|净剩|落下|顺差|逆差|结余|盈余|差额|净增|净流入|净值|结转|净|相抵|缺口|短收|短支"
)
_DATA = toml("comparisons")["balance"]
_PAIRS = [tuple(lazy_pattern(alternatives(p[name])) for name in ("in", "out", "rest")) for p in _DATA["pairs"]]
_CARRIED = lazy_pattern(alternatives(_DATA["carried"]))
_TRADE = lazy_pattern("[顺逆]差")
_TOTALS = ("合计", "总计", "共计")
_FAR = 40  # figures to either side of a net change in which its two flows are sought
_APART = lazy_pattern(rf"(?:{alternatives(_DATA['apart'])})[为达了约近]*$")


def claim_balance(view: View, i: int) -> None:
    """`收入68.9亿元，支出61.4亿元，当期结余7.5亿元`: the difference of the two levels before it."""
    statement = view.said[i]
    named = named_balance(view, i)
    if named is not None and view.trial("difference", (*named, i)):
        view.claim("difference", (*named, i), "差额")
        return
    near = [j for j in view.levels_before(i, unit_of=i, limit=8) if view.periods[j] >= view.periods[i] - 1]
    plain = [j for j in near if view.figures[j].bound != "min"]  # whatever is more fits too much
    for pair in combinations(plain if view.figures[i].bound != "min" else [], 2):
        one, other = sorted(pair, key=lambda j: -view.values[j])
        if view.trial("difference", (one, other, i)):
            view.claim("difference", (one, other, i), "差额")
            return
    if re.search("净落|净赚|纯收入|净收入|净得|净剩|纯利|落下", statement.before) and len(near) >= 2:
        one, other = near[1], near[0]
        if (
            re.search("扣|除|减|刨|成本", view.said[other].before)
            and view.periods[one] == view.periods[i]
            and 0.7 < (view.values[one] - view.values[other]) / view.values[i] < 1.4
        ):
            view.claim("difference", (one, other, i), "扣除")
            return
    if re.search("顺差|逆差|结余|差额|累计减|共减", statement.before) and len(near) >= 2:
        one, other = near[1], near[0]
        together = view.figures[one].sentence == view.figures[other].sentence == view.figures[i].sentence
        if together and view.slip("difference", (one, other, i)):
            view.claim("difference", (one, other, i), "差额")
    if named is not None:
        trade = _TRADE.search(statement.before) is not None and all(
            view.figures[j].sentence == view.figures[i].sentence and view.figures[j].bound == "exact" for j in named
        )
        view.claim("difference", (*named, i), "差额", plain=trade)


def claim_natural(view: View, i: int) -> None:
    """`出生率7.54‰，死亡率6.87‰，自然增长率0.67‰`: the two rates before it in its full sentence."""
    near = [j for j in range(i - 1, max(-1, i - 8), -1) if view.periods[j] == view.periods[i] and view.alike(i, j)]
    near = [j for j in near if view.figures[j].direction is None]
    born = [j for j in near if "出生率" in view.said[j].before]
    died = [j for j in near if "死亡率" in view.said[j].before]
    if len(born) == len(died) == 1:
        view.claim("difference", (born[0], died[0], i), "自然增长", plain=True)


def claim_net(view: View, i: int) -> None:
    """`新登记5.21万户，注销1.06万户` and, elsewhere, `净增4.15万户`: only where it holds or one slip explains it."""
    if view.digits(i) < 3 or view.figures[i].high is not None:
        return
    for incoming, outgoing, rest in _PAIRS:
        if rest.search(view.said[i].before) is None:
            continue
        for j in range(max(1, i - _FAR), min(view.count, i + _FAR)):
            if j == i or not _flow(view, j, i, outgoing) or not _flow(view, j - 1, i, incoming):
                continue
            if view.periods[j] != view.periods[j - 1] or not _one_year(view, j, i):
                continue
            flows = (j - 1, j, i)
            if view.trial("difference", flows) or view.slip("difference", flows, "garbled"):
                view.claim("difference", flows, "净增")
                return


def _one_year(view: View, j: int, i: int) -> bool:
    """Whether two figures speak of the same year, as far as it is known."""
    one, other = view.figures[j].period, view.figures[i].period
    return one is None or other is None or one.last == other.last


def _flow(view: View, j: int, i: int, called: re.Pattern[str]) -> bool:
    """Whether figure `j` is a level in the unit of figure `i` that is called so."""
    before = view.said[j].before.replace("进出口", "")  # both together are neither
    return view.plain(j) and view.alike(j, i) and view.figures[j].high is None and called.search(before) is not None


def _both_totals(view: View, i: int) -> tuple[int, int] | None:
    """All income and all spending, if the paragraph tells each of them once by that name (总收入39.62亿元，其中…)."""
    near = view.levels_before(i, unit_of=i, limit=12, same_paragraph=True)
    came, went = ([j for j in near if view.said[j].before.endswith(name)] for name in ("总收入", "总支出"))
    exact = all(view.plain(j) and view.figures[j].bound == "exact" for j in (*came, *went))
    return (came[0], went[0]) if len(came) == len(went) == 1 and exact else None


def named_balance(view: View, i: int) -> tuple[int, int] | None:
    """What came in and what went out, or the two amounts that lie apart, as the words before figure `i` name them."""
    before = view.said[i].before
    if view.titled(i) or view.is_cell(i) or view.figures[i].high is not None or _CARRIED.search(before):
        return None
    if _APART.search(before) and i >= 2 and view.level[i - 1] and view.level[i - 2]:
        together = view.periods[i - 2] == view.periods[i] and view.alike(i - 1, i) and view.alike(i - 2, i)
        return (i - 1, i - 2) if together and not view.said[i - 2].bracketed else None
    clause = view.text[max(0, view.figures[i].at - 16) : view.figures[i].at]
    totals = [j for j in view.levels_before(i, unit_of=i, limit=8) if view.periods[j] == view.periods[i]]
    totals = [j for j in totals if view.said[j].before.endswith(_TOTALS)]
    if "收支相抵" in clause and len(totals) == 2:
        return totals[1], totals[0]
    if "收支相抵" in clause and (both := _both_totals(view, i)) is not None:
        return both
    for incoming, outgoing, rest in _PAIRS:
        if rest.search(before) is None:
            continue
        near = [j for j in range(i - 1, max(-1, i - 7), -1) if view.periods[j] == view.periods[i]]
        went = [j for j in near if _flow(view, j, i, outgoing)]
        came = [j for j in near if _flow(view, j, i, incoming) and j not in went]
        if len(went) == 1 and len(came) == 1:
            return (
                (went[0], came[0])
                if re.search("逆差|净流出|净迁出|净转出|净减|赤字|亏空", before)
                else (came[0], went[0])
            )
    return None
