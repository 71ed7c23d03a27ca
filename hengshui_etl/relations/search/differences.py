"""Differences of amounts: level − other level = change or gap, in the unit of the levels.

Belongs here: changes in money, counts and measures. Does not belong here: what comes in less what goes out
(balances.py), percentages (points.py), rates (growth.py), what is left of a whole (remainders.py).
"""

from __future__ import annotations

from itertools import combinations

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.balances import BALANCE, claim_net, named_balance
from hengshui_etl.relations.search.compared import fitting, level_of, levels_pair, run_of_unit
from hengshui_etl.relations.search.named import named_pair
from hengshui_etl.relations.search.regional_means import level_and_mean
from hengshui_etl.relations.search.view import View, covered, shared_characters

_FAR = 120  # figures back to where the other level may stand
_HANDED = lazy_pattern(r"分别|依次")
MORE = lazy_pattern(r"(?:多|少|增|减|高|低|净|差|缺)[^，。；]{0,6}$")


def claim_amount(view: View, i: int) -> None:
    """`比上年增加6.8万吨`: a difference of two levels, or of one that is not stated."""
    statement = view.said[i]
    claim_net(view, i)
    if (turn := _in_turn(view, i)) is not None:
        if view.said[turn[1]].temporal and view.figures[i].bound != "min":
            view.claim("difference", (turn[0], i), "分别", implied=True)
        return
    told = named_pair(view, i) or named_balance(view, i)
    if told is not None:
        view.claim("difference", (*fitting(view, "difference", told, i), i), statement.word)
        return
    held = level_and_mean(view, i)
    if held is not None and (view.trial("difference", (*held, i)) or view.slip("difference", (*held, i))):
        view.claim("difference", (*held, i), statement.word)
        return
    pair = levels_pair(view, i)
    if pair is not None and view.alike(pair[0], i):
        if view.trial("difference", (*pair, i)):
            view.claim("difference", (*pair, i), statement.word)
            return
        plain = i - min(pair) <= 4 or view.slip("difference", (*pair, i))
        if (
            plain
            and not (statement.predicate == "gap" and not statement.temporal)
            and not _has_its_own_level(view, i, pair)
        ):
            view.claim("difference", (*pair, i), statement.word)
            return
    if (
        statement.predicate == "gap"
        and not statement.temporal
        and i
        and view.said[i - 1].bracketed
        and view.figures[i - 1].unit == view.figures[i].unit
    ):
        compared = [
            j
            for j in view.levels_before(i - 1, unit_of=i, limit=2)
            if view.figures[j].sentence == view.figures[i].sentence
        ]
        if compared:
            view.claim("difference", (compared[0], i - 1, i), statement.word)
            return
    # the two levels may stand in either order, or the sentence before
    near = [
        j for j in view.levels_before(i, unit_of=i, limit=6) if view.figures[j].sentence >= view.figures[i].sentence - 1
    ]
    beside = level_of(view, i, alike=True) if statement.temporal or not statement.object else None
    for one, other in combinations(near, 2):
        if not view.figures[one].bound == "exact" == view.figures[other].bound:
            continue
        if beside == i - 1 and beside not in (one, other):
            continue  # PM2.5 31微克，上年32微克；PM10 49微克，同比减少2微克
        if view.figures[i].bound != "exact":
            break  # 58家以上 fits whatever is more
        akin = view.likeness(one, other) > 0.5 or BALANCE.search(statement.before)
        if akin and view.trial("difference", (other, one, i)):
            view.claim("difference", (other, one, i), statement.word)
            return
    level = None if _claim_any_pair(view, i) else _level_changed(view, i)
    if level is None or not view.alike(level, i):
        return
    elsewhere = _told_elsewhere(view, level, i)
    if elsewhere is not None:
        view.claim("difference", (level, elsewhere, i), statement.word)
    elif (statement.temporal or _is_of_plan(view, level, i)) and view.figures[i].bound != "min":
        view.claim("difference", (level, i), statement.word, implied=True)


def _has_its_own_level(view: View, i: int, pair: tuple[int, int]) -> bool:
    """Whether another level stands right before change `i`, which is told of that (上限由50万元提高到60万元，…
    笔均46.2万元，比二季度增加3.8万元)."""
    own = i - 1
    beside = own > max(pair) and view.level[own] and view.alike(own, i) and not view.said[own].base
    return beside and not view.said[own].bracketed and view.figures[own].sentence == view.figures[i].sentence


def _in_turn(view: View, i: int) -> tuple[int, int] | None:
    """The level of change `i`, and the first change, where as many are handed out as levels were told before
    (企业186家、亿元企业52家、10亿元企业6家，较上年分别增加21家、9家、1家); None where no list is handed out."""
    first, last = run_of_unit(view, i)
    changes = last - first + 1
    if changes < 2 or not _HANDED.search(view.said[first].before):
        return None
    told = [j for j in view.levels_before(first, unit_of=first, limit=changes) if view.periods[j] == view.periods[i]]
    if len(told) < changes or any(view.said[j].base for j in told):
        return None
    return told[::-1][i - first], first


def _is_of_plan(view: View, level: int, i: int) -> bool:
    """Whether a gap right behind its level is to a plan that no figure states (较年度任务多0.9万人)."""
    said = view.said[i]
    return said.predicate == "gap" and level == i - 1 and said.object.endswith(("任务", "计划", "目标", "预期"))


def _level_changed(view: View, i: int) -> int | None:
    """The level that change `i` may be one of, where the other is not stated: of its sentence, or called alike."""
    level, subject = level_of(view, i, alike=True), view.said[i].subject
    earlier = view.levels_before(i, unit_of=i, limit=8, same_paragraph=True) if subject else []
    if level is None:
        level = next((j for j in earlier[:3] if shared_characters(subject, view.metrics[j]) > 0.8), None)
    own = view.metrics[i][:2]
    if level is None or own in view.metrics[level] + view.said[level].before:
        return level
    # 大豆594.1万亩、其他36.4万亩。大豆面积增加138.7万亩
    return next((j for j in earlier if own in view.metrics[j]), level)


def _told_elsewhere(view: View, level: int, i: int) -> int | None:
    """The other level of what a change is told of, from another paragraph: 计划新增就业2.8万人，比去年少0.32万人."""
    one, change = view.figures[level], view.figures[i]
    for j in range(level - 1, max(-1, level - _FAR), -1):
        other = view.figures[j]
        if other.unit != one.unit or abs(other.value - one.value) != change.value or not view.plain(j):
            continue
        a, b = sorted((view.metrics[level], view.metrics[j]), key=len)
        named = len(a) >= 3 and covered(a, b) >= 0.9 and other.scope == one.scope and other.bound == "exact"
        if named and other.period != one.period and view.digits(i) >= 2:
            return j
    return None


def _claim_any_pair(view: View, i: int) -> bool:
    """Two levels or cells before it whose difference is exactly the amount; its digits make chance unlikely."""
    if view.digits(i) < 3:
        return False
    near = [
        j
        for j in range(i - 1, max(-1, i - 40), -1)
        if view.figures[j].unit == view.figures[i].unit and (view.level[j] or view.is_cell(j)) and not view.titled(j)
    ]
    long = view.digits(i) >= 5
    for one, other in combinations(near, 2):
        if not long and view.paragraphs[one] != view.paragraphs[i]:
            break
        gap = abs(view.values[one] - view.values[other])
        if abs(gap - view.values[i]) <= 0.01 * view.values[i] and view.trial("difference", (one, other, i)):
            alike = view.likeness(one, other)
            if long or (alike >= 0.5 and view.paragraphs[other] == view.paragraphs[i]):
                return view.claim("difference", (other, one, i), "相差")
    return False


def claim_plain_amount(view: View, i: int) -> None:
    """`去年同期为22087万吨，多装卸1567万吨`: a difference said with a verb of its own."""
    near = [j for j in view.levels_before(i, unit_of=i, limit=4) if view.periods[j] == view.periods[i]]
    for one, other in combinations(near, 2):
        if (view.said[one].base or view.said[other].base) and view.trial("difference", (one, other, i)):
            view.claim("difference", (other, one, i), "多或少")
            return
