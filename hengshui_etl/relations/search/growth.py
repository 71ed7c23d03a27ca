"""Growth: level ÷ previous level − 1 = rate, or level and change with their rate.

Belongs here: rates in percent between stated levels. Does not belong here: rates beside rates (points.py).
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.compared import WHEN, fitting, level_of, levels_pair, other_time, run_of_unit
from hengshui_etl.relations.search.named import named_change, named_pair, named_percents, speaks_of
from hengshui_etl.relations.search.points import claim_percent_for_points
from hengshui_etl.relations.search.shares_parts import run_of_ratios
from hengshui_etl.relations.search.view import AMOUNTS, View, covered, shared_characters

_EACH = lazy_pattern("[^。；;]{0,6}(?:分别|依次|各)[^。；;]{0,6}")
_IN_TURN = lazy_pattern(r"分别|依次|各")
_RISES = lazy_pattern(r"^[^，。；]{0,6}(?:到|至|为|增|升|降|减)")
_REAL = lazy_pattern(r"可比价|不变价|实际增长|扣除价格|可比口径|同口径|同比口径|剔除|按可比|可比增长|名义")


def claim_rate(view: View, i: int) -> None:
    """`比上年的198.1亿元增长12.4%`: growth of two stated levels, or of a level and its change."""
    figure, statement = view.figures[i], view.said[i]
    if figure.bound not in ("exact", "approx", "min"):
        return
    if claim_rate_of_listed_change(view, i) or claim_percent_for_points(view, i) or _claim_of_listed_bases(view, i):
        return
    if (turn := _in_turn(view, i)) is not None:
        if view.trial("growth", (*turn, i)) or view.slip("growth", (*turn, i), "swapped"):
            view.claim("growth", (*turn, i), statement.word)
        return
    real = _REAL.search(view.text, max(0, figure.at - 60), figure.at) is not None
    named = named_pair(view, i)
    pair = levels_pair(view, i)
    for levels in (named, pair):
        if levels is not None and view.trial("growth", (*levels, i)):
            view.claim("growth", (*levels, i), statement.word)
            return
    if named is not None and _of_other_years(view, named[0], i):
        return  # 2023年报名474万人；2022年比2021年增加80万人，增幅21.2%
    if named is not None:  # two other levels may fit by chance
        view.claim("growth", (*fitting(view, "growth", named, i), i), statement.word, plain=True)
        return
    if (
        pair is not None
        and not real
        and speaks_of(view, pair, i)
        and i - min(pair) <= 4
        and _same_thing(view, pair, i)
        and _plausible(view, pair, i)
    ):
        view.claim("growth", (*pair, i), statement.word)
        return
    for j in range(i - 1, max(-1, i - 4), -1):
        if view.figures[j].sentence != figure.sentence:
            break
        if view.figures[j].direction is not None and view.figures[j].kind in AMOUNTS and view.said[j].temporal:
            level = level_of(view, j)
            if level is not None and view.alike(level, j) and view.trial("growth", (level, j, i)):
                view.claim("growth", (level, j, i), statement.word)
                return
            break
    if figure.bound == "exact" and _claim_exact(view, i):
        return
    change = named_change(view, i) if pair is None and not real else None
    if change is not None and _of_other_years(view, change[0], i) and not view.trial("growth", (*change, i)):
        return
    if change is not None:
        view.claim("growth", (*change, i), statement.word)
    elif (percents := named_percents(view, i)) is not None and view.figures[percents.level].direction is None:
        view.claim("difference", (*percents, i), "百分点写作%")


def claim_rate_of_listed_change(view: View, i: int) -> bool:
    """`事故47起，死亡38人，比去年同期少9起、7人，降幅依次为16.1%、15.6%`: the k-th rate is that of the k-th change."""
    first, last = run_of_unit(view, i)
    size = last - first + 1
    if size < 2 or first < 2 * size:
        return False
    changes = range(first - size, first)
    gap = view.between(first - 1, first)
    handed = "分别" in view.said[changes[0]].before and len(gap) < 8  # 分别增加1996元、873元，增长7.9%和10.1%
    if not handed and _EACH.fullmatch(gap) is None:
        return False
    if view.figures[changes[0]].direction is None or view.figures[changes[0]].kind not in AMOUNTS:
        return False
    if any(view.between(j, j + 1) not in "、和与及" for j in changes[:-1]):
        return False
    change = changes[i - first]
    levels = [
        j
        for j in range(changes[0] - 1, max(-1, changes[0] - 4 * size), -1)
        if view.level[j] and not view.said[j].base and view.alike(j, change) and view.periods[j] == view.periods[i]
    ]
    if handed and len(levels) == size and len({view.figures[j].unit for j in (*changes, *levels)}) == 1:
        levels = [levels[::-1][i - first]]
    if len(levels) != 1 or _REAL.search(view.metrics[levels[0]]):
        return False
    operands = (levels[0], change, i)
    if view.trial("growth", operands) or view.slip("growth", operands):
        view.claim("growth", operands, "依次")
    return True


def _claim_of_listed_bases(view: View, i: int) -> bool:
    """`328家厂商、752个摊位，较去年的295家、668个分别增长11.2%、12.6%`: the k-th rate is that over the k-th base."""
    first, last = run_of_ratios(view, i)
    size = last - first + 1
    bases = range(first - size, first)
    if size < 2 or first < 2 * size:
        return False
    handed = _EACH.fullmatch(view.between(first - 1, first)) is not None
    changed = view.figures[bases[0]].direction is not None and (handed or "分别" in view.said[bases[0]].before)
    if not (handed or (changed and len(view.between(first - 1, first)) < 8)):
        return False
    if not (changed or view.said[bases[0]].base) or any(view.between(j, j + 1) not in "、和与及，" for j in bases[:-1]):
        return False
    base = bases[i - first]
    unit, nearest = view.figures[base].unit, bases[0] - 1
    now = next(
        (j for j in range(nearest, max(-1, nearest - 3 * size), -1) if view.plain(j) and view.figures[j].unit == unit),
        None,
    )
    if now is not None and (view.trial("growth", (now, base, i)) or view.slip("growth", (now, base, i))):
        view.claim("growth", (now, base, i), view.said[i].word)
    return True


def claim_premium(view: View, i: int) -> None:
    """`以3.2亿元起拍，最终成交价为4.64亿元，溢价率45%`: what was paid over what was asked, right before."""
    amounts = [
        j
        for j in range(i - 1, max(-1, i - 5), -1)
        if view.plain(j) and view.figures[j].kind == "money" and view.periods[j] == view.periods[i]
    ]
    if len(amounts) == 2 and view.alike(*amounts) and view.values[amounts[0]] > view.values[amounts[1]]:
        operands = (amounts[0], amounts[1], i)
        if view.trial("growth", operands) or view.slip("growth", operands):
            view.claim("growth", operands, "溢价")


def _of_other_years(view: View, level: int, i: int) -> bool:
    """Whether a level and a rate speak of different whole years, both told."""
    one, other = view.figures[level].period, view.figures[i].period
    if one is None or other is None or one.last is None or other.last is None:
        return False
    return one.first is not None and other.first is not None and one.last.year > other.last.year


def _in_turn(view: View, i: int) -> tuple[int, int] | None:
    """The levels of rate `i` where as many are handed out as pairs were told before (由734元提高到770元，…由5400元提高
    到5880元，分别提高4.9%和8.9%)."""
    first, last = run_of_unit(view, i)
    rates = last - first + 1
    start = view.figures[first].at
    if rates < 2 or not _IN_TURN.search(view.text, max(0, start - 12), start):
        return None
    told: list[int] = []
    j = first - 1
    while j >= 0 and view.periods[j] == view.periods[i] and view.level[j] and len(told) < 2 * rates:
        told.insert(0, j)
        j -= 1
    if len(told) < 2 * rates:
        return None
    pairs = [(told[k + 1], told[k]) for k in range(0, 2 * rates, 2)]
    if any(not view.alike(a, b) or not _RISES.search(view.between(b, a)) for a, b in pairs):
        return None
    return pairs[i - first]


def claim_amount_behind_rate(view: View, i: int) -> None:
    """`58.21亿元，比上年下降31.7%，减收27.02亿元`: a rate of a level, and right behind it the change `i`."""
    rate = i - 1
    if rate < 1 or view.figures[rate].unit != "%" or view.figures[rate].direction != view.figures[i].direction:
        return
    said, change = view.said[rate], view.said[i]
    if said.predicate != "change" or not said.temporal or change.subject or len(view.between(rate, i)) > 8:
        return
    level = rate - 1
    while level > 0 and view.figures[level].unit == "%" and view.said[level].predicate in ("share", "rate"):
        plan = level - 1  # 76.7亿元，为年度预算（104亿元）的73.7%，同比下降3.6%，减收2.9亿元
        level -= 2 if view.level[plan] and view.between(plan, level) == "的" else 1
    if not view.plain(level) or not view.alike(level, i) or view.figures[level].sentence != view.figures[rate].sentence:
        return
    if _REAL.search(view.text, view.figures[level].till, view.figures[i].at) or _REAL.search(view.metrics[level]):
        return
    if other_time(view, level, said.before, change.before):
        return  # 同比增长9.7%，比年初增加318.6亿元
    operands = (level, i, rate)
    if not view.is_result(rate, "growth") and (view.trial("growth", operands) or view.slip("growth", operands)):
        view.claim("growth", operands, said.word)


def _claim_exact(view: View, i: int) -> bool:
    """Any two levels close by whose growth is exactly the rate: three digits or a decimal make chance unlikely."""
    near = [
        j
        for j in range(i - 1, max(-1, i - 9), -1)
        if not view.is_cell(j)
        and view.figures[j].kind in AMOUNTS
        and view.periods[j] >= view.periods[i] - 1
        and not view.titled(j)
        and view.figures[j].direction is None
    ]
    for a in near:
        for b in near:
            if (
                a != b
                and view.figures[a].unit == view.figures[b].unit
                and view.values[b]
                and ("min" not in (view.figures[a].bound, view.figures[b].bound) or _plausible(view, (a, b), i))
                and view.trial("growth", (a, b, i))
            ):
                other = view.said[b]
                if other.base or view.likeness(a, b) >= 0.5 or WHEN.search(other.before):
                    return view.claim("growth", (a, b, i), "增长")
    return False


def _plausible(view: View, pair: tuple[int, int], i: int) -> bool:
    """Whether a rate that does not fit two levels can be a misprint of theirs rather than a rate of something else."""
    level, base = view.values[pair[0]], view.values[pair[1]]
    if not base or not 0.2 < level / base < 5:
        return False
    stated = view.values[i] / 100 * (-1 if view.figures[i].direction == "down" else 1)
    return abs(level / base - 1 - stated) < 0.15 or view.slip("growth", (*pair, i))


def _same_thing(view: View, pair: tuple[int, int], i: int) -> bool:
    """Whether the words give the rate and the base of comparison to what the level measures."""
    own = re.sub("相比|对比|同比|环比", "", view.said[i].subject)
    if own and covered(own, view.metrics[pair[0]]) < 0.5:
        return False
    label = WHEN.sub("", view.said[pair[1]].subject)
    return not label or shared_characters(label, view.metrics[pair[0]]) >= 0.5
