"""The two levels that a change lies between, as the words name them: no number is looked at.

Belongs here: which figure is the level and which the one it is compared with, from words, units, periods and nearness.
What comes out may be claimed whether it holds or not. Does not belong here: arithmetic, and levels that only their
numbers would show (differences.py, growth.py, points.py try those first).
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.compared import bracketed_off, is_within, of_that_place, other_time
from hengshui_etl.relations.search.view import AMOUNTS, View, covered
from hengshui_etl.vocab import alternatives, toml

_DATA = toml("comparisons")
_LONG_AGO = rf"(?:{alternatives(_DATA['before']['words'])})"
_TIME = rf"(?:{_LONG_AGO}|{alternatives(_DATA['before']['neutral'])}|\d{{4}}[年届]|\d{{1,2}}月份?|\d{{1,2}}日)"
_FILL = rf"(?:{alternatives(_DATA['before']['fill'])})"
_LEAD = r"[而但且则，、）]*(?:早在|在)?"
_BEFORE = lazy_pattern(rf"^{_LEAD}{_TIME}(?:{_TIME}|{_FILL})*(?:增长|下降)?$")
_TIME_FIRST = lazy_pattern(rf"^{_LEAD}{_TIME}")
_LONG_AGO_FIRST = lazy_pattern(rf"^{_LEAD}{_LONG_AGO}")
_COMPARED = rf"(?<![同环占对可])(?:{alternatives(_DATA['than']['words'])})(?![重例率值为])"
_THAN = lazy_pattern(rf"{_COMPARED}[^，,。；;、]{{0,24}}$")
_THAN_TIME = lazy_pattern(rf"(?:{_COMPARED}|与){_TIME}(?:{_TIME}|{_FILL})*$")
_WIDER = rf"(?:{alternatives(_DATA['than']['gap'])})"
_GAP = lazy_pattern(rf"^[）)]?(?:的[^，。；、\d]{{1,6}}?)?(?:[^，。；、\d]{{0,4}}?{_WIDER}[出了约近达]*)?$")
_ELSEWHERE = lazy_pattern(rf"^[而但，]?(?:{alternatives(_DATA['than']['elsewhere'])})(?:水平|平均)?[为是仅]*$")
_APART = lazy_pattern(rf"{_WIDER}[出了约近达]*$")
_FROM = lazy_pattern(rf"(?:{alternatives(_DATA['from']['words'])})(?![业事于])[^，。；]{{0,24}}$")
_TO = lazy_pattern(rf"^[^，。；]{{0,16}}(?:{alternatives(_DATA['from']['to'])})[^，。；]{{0,10}}$")
_LASTING = rf"(?:{alternatives(_DATA['span']['words'])})"
_SPAN = lazy_pattern(rf"^[一二两三四五六七八九十几多半\d]+{_LASTING}[间来多里内]*(?:共|累计|合计|抬|猛|净|长|再)*$")
_REST = lazy_pattern(alternatives(_DATA["parts"]["rest"]))
_SECOND = lazy_pattern(rf"(?:{alternatives(_DATA['parts']['second'])})[加少了约近]*$")
_YEARS = lazy_pattern("[二两三四五六七八九十几多]+年")
_BECOME = lazy_pattern("[升降增减加少高低长大小](?:到|至|为|成)$")
_NAMES_PLAN = rf"(?:{alternatives(_DATA['than']['plan'])})"
_OVER = lazy_pattern(rf"(?:{alternatives(_DATA['than']['over'])})[^，。；]{{0,8}}{_NAMES_PLAN}[数的]?$")
_PLAN = lazy_pattern(rf"^(?:的{_NAMES_PLAN}?)?$")
_PLANNED = lazy_pattern(rf"^的?[^，。；、\d]{{0,4}}{_NAMES_PLAN}")
_AS_PLANNED = lazy_pattern(rf"{_NAMES_PLAN}(?:数|面积|总额)?[为是的]?$")
_OTHER = lazy_pattern(alternatives(_DATA["other"]["words"]))
_REAL = lazy_pattern(alternatives(_DATA["other"]["real"]))
_REVISED = lazy_pattern(rf"(?:{alternatives(_DATA['revised']['words'])})的?$")
_MONTH = lazy_pattern(r"\d{1,2}月|[一二三四]季度|上半年|\d{4}年")
_YEARLY = lazy_pattern("同比|比上年|较上年|比去年|较去年|按年|(?<![上下半全])年[增减](?!幅)")
_MONTHLY = lazy_pattern("环比|比上月|较上月|按月|月增|月减")
_SELF = lazy_pattern("^每.$|口径$|增[速幅长]|[降涨跌升减]幅|占比|比[重例]|率$|水平|相比|对比|同比|环比|幅度")
_LOOSE = lazy_pattern("^(?:其中|不过|但|而|受|虽|均|已|仍)|(?:总额|额|已|增速|增幅|相){1,8}$|[，、（()）]")
_AVERAGE = lazy_pattern("均|每|单价|单产")
_REACH, _FAR = 7, 10  # figures back to what a change is told of, and from there to the level


class Named(NamedTuple):
    """The level, and the one it is compared with."""

    level: int
    other: int


def named_pair(view: View, i: int) -> Named | None:
    """The two amounts that the words name for change `i`: for an amount those in its own unit; None where the words
    name none, or name something else besides."""
    figure = view.figures[i]
    return _pair(view, i, unit_of=i if figure.kind in AMOUNTS else None, percents=False)


def named_percents(view: View, i: int) -> Named | None:
    """The two percentages that the words name for a gap `i` in points (or in per cent that should be points)."""
    return _pair(view, i, unit_of=None, percents=True)


def _pair(view: View, i: int, unit_of: int | None, percents: bool) -> Named | None:
    if view.titled(i) or view.is_cell(i) or becomes(view, i) or compares_changes(view, i):
        return None
    behind = i + 1
    if (
        not percents
        and behind < view.count
        and view.figures[behind].sentence == view.figures[i].sentence
        and _side(view, behind, percents)
        and _before(view, behind)
        and (before := _pair_of(view, i - 1, behind, i, percents)) is not None
    ):
        return before  # 收入95.2亿元，增9.6%，上年同期为86.9亿元
    if (listed := _in_brackets(view, i, percents)) is not None:
        return listed if speaks_of(view, listed, i) else None
    if percents and (objected := _against(view, i)) is not None:
        return objected
    for j in range(i - 1, max(-1, i - _REACH), -1):
        if view.periods[j] != view.periods[i] or view.is_cell(j):
            return None
        if not _side(view, j, percents) or (unit_of is not None and not view.alike(j, unit_of)):
            if _passable(view, j):
                continue
            told = view.figures[j].direction is not None and not view.said[j].bracketed
            found = _pair(view, j, unit_of if unit_of is None else j, percents) if told and unit_of is None else None
            return found if found is not None and speaks_of(view, found, i) else None
        found = _from_to(view, j, percents) or _in_turn(view, j, percents) or _compared(view, j, i, percents)
        found = found or _years_apart(view, j, i, percents)
        return found if found is not None and speaks_of(view, found, i) else None
    return None


def _pair_of(view: View, level: int, other: int, i: int, percents: bool) -> Named | None:
    """These two, if they are alike, in one sentence, and the change is told of them."""
    pair = Named(level, other)
    if level < 0 or view.figures[level].sentence != view.figures[other].sentence or not _side(view, level, percents):
        return None
    if not _same_kind(view, level, other) or view.said[level].bracketed or not speaks_of(view, pair, i):
        return None
    return pair


def becomes(view: View, i: int) -> bool:
    """Whether figure `i` is what something rose or fell to, and so no change: 上升为15467人."""
    return _BECOME.search(view.said[i].before) is not None


def compares_changes(view: View, i: int) -> bool:
    """Whether figure `i` tells how much more or less something changed than the last time: 同比多增32.6亿元."""
    return _SECOND.search(view.said[i].before) is not None


def _side(view: View, j: int, percents: bool) -> bool:
    """Whether figure `j` can be one of the two levels."""
    figure, said = view.figures[j], view.said[j]
    if figure.high is not None or figure.bound != "exact" or view.titled(j):
        return False
    if percents:
        return figure.unit == "%" and said.predicate in ("share", "rate", "level", "change", "average")
    return figure.kind in AMOUNTS and figure.direction is None and said.predicate in ("level", "average")


def _passable(view: View, j: int) -> bool:
    """Whether figure `j` may stand between a change and its levels: another change of the same levels, or an aside."""
    said = view.said[j]
    return said.bracketed or (view.figures[j].direction is not None and not _own(view, j)) or said.predicate == "rank"


def _own(view: View, i: int) -> str:
    """What a change says that it is a change of; nothing where it only tells how long it took, or that it is a rate."""
    own = view.said[i].subject.strip("）)、")
    return "" if _SPAN.match(own) or _SELF.search(own) else own


def _last(view: View, j: int) -> date:
    period = view.figures[j].period
    return date.min if period is None or period.last is None else period.last


def _in_turn(view: View, j: int, percents: bool) -> Named | None:
    """2020年为A；2021年达到B: B is the level."""
    k = j - 1
    if k < 0 or not _side(view, k, percents) or view.periods[k] != view.periods[j] or not _same_kind(view, j, k):
        return None
    first, second = view.said[k], view.said[j]
    if first.bracketed or second.base or _LONG_AGO_FIRST.match(second.before) is not None:
        return None
    if _TIME_FIRST.match(first.before) is None or _TIME_FIRST.match(second.before) is None:
        return None
    return Named(j, k) if date.min < _last(view, k) < _last(view, j) else None


def _years_apart(view: View, j: int, i: int, percents: bool) -> Named | None:
    """流动人口为281万人。2010年，流动人口为155万人；十年间多出…: one thing at two times, and how long that is."""
    if not any(_YEARS.match(view.said[k].subject) for k in range(j + 1, i + 1)):
        return None
    for k in range(j - 1, max(-1, j - _FAR), -1):
        if view.paragraphs[k] != view.paragraphs[j]:
            break
        if _side(view, k, percents) and _same_kind(view, k, j) and view.metrics[k] == view.metrics[j] != "":
            first, second = _last(view, k), _last(view, j)
            if first.year == second.year or date.min in (first, second):
                return None
            return Named(k, j) if first > second else Named(j, k)
    return None


def _from_to(view: View, j: int, percents: bool) -> Named | None:
    """由A到B: B is the level."""
    k = j - 1
    if k < 0 or not _side(view, k, percents) or view.periods[k] != view.periods[j] or not _same_kind(view, j, k):
        return None
    if view.said[k].bracketed or _FROM.search(view.said[k].before) is None or _TO.match(view.between(k, j)) is None:
        return None
    return Named(j, k)


def _in_brackets(view: View, i: int, percents: bool) -> Named | None:
    """231天，优良率63.3%，比上年（213天、58.2%）分别增加18天、提高5.1个百分点: the one in its own unit."""
    closed = view.text.rfind("）", max(0, view.figures[i].at - 24), view.figures[i].at)
    opened = view.text.rfind("（", max(0, closed - 40), closed) if closed >= 0 else -1
    if opened < 0 or _THAN_TIME.search(view.text, max(0, opened - 16), opened) is None:
        return None
    known = [
        j
        for j in range(i - 1, max(-1, i - _FAR), -1)
        if _side(view, j, percents) and (percents or view.figures[i].kind not in AMOUNTS or view.alike(j, i))
    ]
    others = [j for j in known if opened < view.figures[j].at < closed]
    levels = [j for j in known if view.figures[j].at < opened and view.periods[j] == view.periods[i]]
    if len(others) != 1 or not levels or not _same_kind(view, levels[0], others[0]):
        return None
    return Named(levels[0], others[0])


def _against(view: View, i: int) -> Named | None:
    """A增长6.2%；B增长7.4%，快于A1.2个百分点: the percentage of what the gap names, and the last before the gap."""
    said = view.said[i]
    if said.object != "前者" and (said.predicate != "gap" or said.temporal or len(said.object) < 2):
        return None
    near = [
        j
        for j in range(i - 1, max(-1, i - _FAR), -1)
        if view.periods[j] == view.periods[i] and _side(view, j, True) and not view.said[j].bracketed
    ]
    if len(near) < 2 or any(view.figures[j].direction is None for j in range(near[0] + 1, i)):
        return None
    alike = [j for j in near[1:] if _same_kind(view, j, near[0])]
    if said.object == "前者":
        others = alike[:1]
    else:
        others = [j for j in alike if said.object in view.metrics[j] or said.object in view.said[j].before]
        others = [j for j in others if of_that_place(view, j, i)]
    own = _own(view, i)
    words = view.metrics[near[0]] + view.said[near[0]].before
    if len(others) != 1 or (own and covered(own, words) < 0.5):
        return None
    return Named(near[0], others[0])


def named_plan(view: View, i: int) -> Named | None:
    """完成投资683.4亿元，超年度计划660亿元的目标23.4亿元: what was done and what was planned."""
    j = i - 1
    if j < 0 or not _side(view, j, False) or not view.alike(j, i) or view.periods[j] != view.periods[i]:
        return None
    if _OVER.search(view.said[j].before) is None or _PLAN.match(view.between(j, i)) is None or view.titled(i):
        return None
    for k in range(j - 1, max(-1, j - 4), -1):
        if view.periods[k] != view.periods[i] or view.is_cell(k):
            return None
        if _side(view, k, False) and view.alike(k, j) and not view.said[k].bracketed:
            return None if _is_other(view, k) else Named(k, j)
    return None


def planned(view: View, k: int) -> bool:
    """Whether the words make figure `k` a plan, of which no change from year to year is told (112亿元年度任务)."""
    figure = view.figures[k]
    behind = view.text[figure.till : figure.till + 10]
    return _PLANNED.match(behind) is not None or _AS_PLANNED.search(view.said[k].before) is not None


def named_change(view: View, i: int) -> Named | None:
    """The level, and the change of it that stands right before rate `i` (32465元，比上年增加2671元，增长9.0%)."""
    j = i - 1
    if j < 0 or view.periods[j] != view.periods[i] or view.is_cell(j) or view.titled(i) or becomes(view, i):
        return None
    change = view.figures[j]
    if change.direction is None or change.kind not in AMOUNTS or not view.said[j].temporal or change.high is not None:
        return None
    if compares_changes(view, j) or len(view.between(j, i)) > 8:
        return None
    if _own(view, i) or _OTHER.search(view.between(j, i)) or becomes(view, j):
        return None
    own, known = _own(view, j), list[int]()
    if other_time(view, j, view.said[j].before, view.said[i].before):
        return None  # 比年初增加291.3亿元，同比增长10.9%
    for k in range(j - 1, max(-1, j - _FAR), -1):
        if view.paragraphs[k] != view.paragraphs[j] or view.is_cell(k):
            break
        if not _side(view, k, False) or not view.alike(k, j) or view.said[k].bracketed or _is_other(view, k):
            continue
        if planned(view, k):
            continue
        words = view.metrics[k] + view.said[k].before
        if own and (own[0] not in words or covered(own, words) < 0.5):
            continue
        if view.periods[k] == view.periods[j] or (own and view.periods[k] == view.periods[j] - 1):
            known.append(k)
    if not known:
        return None
    level = max(known, key=lambda k: (covered(own, view.said[k].before), k))
    years = _YEARS.match(view.said[j].subject)
    if years or _REAL.search(view.metrics[level]):
        return None  # after years, perhaps the level that it grew from
    return Named(level, j)


def _compared(view: View, j: int, i: int, percents: bool) -> Named | None:
    """A，上年为B; A，比上年的B; A，比全国B高: B is what stands nearer, A the nearest before it of its kind."""
    if not _is_other(view, j):
        return None
    label, own = _label(view, j), "" if _elsewhere(view, j) else _own(view, i)
    known: list[int] = []
    for k in range(j - 1, max(-1, j - _FAR), -1):
        if view.paragraphs[k] != view.paragraphs[j] or view.is_cell(k):
            break
        if not _side(view, k, percents) or not _same_kind(view, k, j) or view.said[k].bracketed:
            continue
        if bracketed_off(view, k, i):
            continue
        if (
            view.said[k].base
            or _THAN.search(view.said[k].before)
            or (_before(view, k) and _last(view, k) <= _last(view, j))
        ):
            continue
        if own and covered(own, view.metrics[k] + view.said[k].before) < 0.5:
            continue
        known.append(k)
    if _REVISED.search(view.said[j].before):  # 2月数字由早前公布的302亿元上调4亿元: to what was said of that month
        month = _MONTH.search(view.said[j].before)
        known = [k for k in known if month is not None and month[0] in view.said[k].before]
        return Named(known[0], j) if known else None
    if any(view.said[k].predicate == "level" for k in known) and not _AVERAGE.search(label + own):
        if (
            not label
            and not own
            and known
            and view.said[known[0]].predicate == "average"
            and any(view.said[k].predicate == "level" and view.periods[k] == view.periods[known[0]] for k in known)
        ):
            return None  # 42.37亿元，笔均37.8万元，上年为…: of which of the two?
        if label or own:
            known = [k for k in known if view.said[k].predicate == "level"]
    if label:
        called = [k for k in known if label in view.metrics[k] or label in view.said[k].before]
        alike = [k for k in known if view.periods[k] == view.periods[j]]
        if called:
            return Named(called[0], j)
        if len(alike) == 1 and covered(label, view.metrics[alike[0]] + view.said[alike[0]].before) >= 0.5:
            return Named(alike[0], j)
        return None
    near = [k for k in known if view.periods[k] >= view.periods[j] - 1]
    if near and _REST.search(view.said[near[0]].before):
        return None
    return Named(near[0], j) if near else None


def _same_kind(view: View, j: int, k: int) -> bool:
    """Whether two figures are amounts in one unit, or both rates of change, or both shares."""
    one, other = view.figures[j], view.figures[k]
    return view.alike(j, k) and (one.unit != "%" or (one.direction is None) == (other.direction is None))


def _before(view: View, j: int) -> bool:
    """Whether the words before a figure say only that it is of a time before."""
    return _BEFORE.match(view.said[j].before) is not None


def _elsewhere(view: View, j: int) -> bool:
    """Whether figure `j` is said of another place, and what follows tells a gap (同期全国为13.4%，柳州领先…)."""
    words = view.said[j].before
    told = _ELSEWHERE.match(words) is not None and j + 1 < view.count
    if told and words.startswith("平均") and j and view.between(j - 1, j) == words:
        return False  # 8天平均为81.2%: the mean of those days
    return told and _APART.search(view.said[j + 1].before) is not None


def _is_other(view: View, j: int) -> bool:
    """Whether the words make figure `j` what another is compared with."""
    said = view.said[j]
    if said.base or _before(view, j) or _THAN_TIME.search(said.before) or _elsewhere(view, j):
        return True
    if j + 1 >= view.count or _GAP.match(view.between(j, j + 1)) is None:
        return False
    if said.bracketed:
        at = view.figures[j].at
        opened = max(view.text.rfind(bracket, max(0, at - 40), at) for bracket in "（(")
        return _THAN.search(view.text, max(0, opened - 26), opened) is not None
    return _THAN.search(said.before) is not None


def _label(view: View, j: int) -> str:
    """What the words before a figure say that it measures, before they compare it; often nothing."""
    words = view.said[j].before
    than = None if _before(view, j) else _THAN.search(words)
    return "" if than is None else _LOOSE.sub("", words[: than.start()])


def speaks_of(view: View, pair: tuple[int, int], i: int) -> bool:
    """Whether the change is told of the two levels as they are printed, and of nothing else."""
    figure, said = view.figures[i], view.said[i]
    level, other = view.figures[pair[0]], view.figures[pair[1]]
    told = view.text[max(f.till for f in (level, other) if f.till <= figure.at) : figure.at]
    if _OTHER.search(told) or (figure.unit == "%" and level.kind in AMOUNTS and _REAL.search(view.metrics[pair[0]])):
        return False
    own = "" if _elsewhere(view, pair[1]) and len(said.subject) <= 4 else _own(view, i)
    if own and covered(own, view.metrics[pair[0]] + view.said[pair[0]].before) < 0.5:
        return False
    if said.predicate == "gap" and not said.temporal and len(said.object) > 1 and said.object != "前者":
        sides = "".join(view.metrics[k] + view.said[k].before + (view.figures[k].scope or "") for k in pair)
        if covered(said.object, sides) < 0.5 or not any(of_that_place(view, k, i) for k in pair):
            return False  # 全年93.6%；平均为81.2%，比酒店高出6.5个百分点: than what is not printed
    if other_time(view, pair[0], view.said[pair[1]].before, said.before):
        return False  # 较年初的3543.8亿元增加318.6亿元，同比增长9.7%
    words = view.said[pair[1]].before
    neutral = _before(view, pair[1]) and "届" not in words and not _LONG_AGO_FIRST.match(words)
    if level.period is None or other.period is None or level.period.last is None or other.period.last is None:
        return not (neutral and level.period is other.period)  # of two months without a year nothing is known
    if neutral and (other.period.last >= level.period.last or is_within(other, level)):
        return False  # 三季度增长4.8%；9月份增长6.3%，加快…: than August
    years = level.period.last.year - other.period.last.year
    if _YEARLY.search(said.before) and _before(view, pair[1]) and years != 1:
        return False
    return not (_MONTHLY.search(said.before) and years)
