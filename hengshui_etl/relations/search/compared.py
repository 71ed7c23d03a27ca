"""The levels that a change lies between.

Belongs here: what the words of a comparison name (较上年的…, 由…到…), and the time that they tell it against. Does not
belong here: arithmetic.
"""

from __future__ import annotations

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Figure, RelationType
from hengshui_etl.relations.search.view import View, covered

WHEN = lazy_pattern(
    r"长假|假期|春节|国庆|五一|黄金周|此时|当时|上年|去年|前年|同期|年初|上月|上季|年末|年底|\d{4}年|\d{1,2}月|全年|上半年|[一二三四]季度|底|末|初|的"
)
_AGAINST = (
    ("start", lazy_pattern("年初|(?:上|去|前一|上一)年(?:度|年)?(?:12月份?)?[末底]")),
    ("year", lazy_pattern("同比|按年|[上去前]年|同期")),
    ("month", lazy_pattern(r"环比|按月|上个?[月季周]|(?<![\d、—\-至])\d{1,2}月|[一二三四]季度")),
)
_MEAN_OF = lazy_pattern("(?P<place>全[国省市县区州旗盟])的?平?均")
_AND = frozenset(("、", "和", "与", "及", "，", ","))
_LONGEST = 8  # figures to either side that are read as one run


def against(words: str) -> str:
    """The time that words tell a change against: that of a year before (同比), the start of the year (比年初), the
    month or quarter before (环比, 较5月末的); nothing where they name none."""
    return next((name for name, said in _AGAINST if said.search(words)), "")


def other_time(view: View, level: int, one: str, other: str) -> bool:
    """Whether words tell two changes of a level against different times; at the end of a year its start is the year
    before."""
    a, b = against(one), against(other)
    if not a or not b or a == b:
        return False
    period = view.figures[level].period
    ended = period is not None and period.last is not None and (period.last.month, period.last.day) == (12, 31)
    return not (ended and "month" not in (a, b))


def of_that_place(view: View, j: int, i: int) -> bool:
    """Whether figure `j` is of the place whose mean gap `i` is told against (平均客座率78.6% is no 全国平均)."""
    place = _MEAN_OF.search(view.said[i].before)
    if place is None:
        return True
    words = view.metrics[j] + view.said[j].before
    return place["place"] in words or (view.figures[j].scope or "").endswith(place["place"][1:])


def is_within(one: Figure, other: Figure) -> bool:
    """Whether the stretch of time of one figure is part of that of the other (5月份 of 上半年)."""
    a, b = one.period, other.period
    if a is None or b is None or a.first is None or a.last is None or b.first is None or b.last is None:
        return False
    return a != b and b.first <= a.first and a.last <= b.last


def run_of_unit(view: View, i: int) -> tuple[int, int]:
    """The first and the last of the figures around `i` that share its unit with nothing but 、 or 和 between them."""
    first = last = i
    unit = view.figures[i].unit
    while first and i - first < _LONGEST and view.figures[first - 1].unit == unit:
        if view.between(first - 1, first) not in _AND:
            break
        first -= 1
    while last + 1 < view.count and last - i < _LONGEST and view.figures[last + 1].unit == unit:
        if view.between(last, last + 1) not in _AND:
            break
        last += 1
    return first, last


def bracketed_off(view: View, j: int, i: int) -> bool:
    """Whether figure `j` stands in a list in brackets that is closed before figure `i`, so that nothing is compared
    with it (27.36亿元（违规1.92亿元、不规范25.44亿元），比上年…)."""
    at = view.figures[j].at
    opened = max(view.text.rfind(mark, max(0, at - 60), at) for mark in "（(")
    if opened < 0 or "、" not in view.text[opened : at + 24]:
        return False
    closed = min((k for k in (view.text.find(mark, opened, at + 60) for mark in "）)") if k >= 0), default=-1)
    return at < closed < view.figures[i].at


def level_of(view: View, i: int, alike: bool = False) -> int | None:
    """The level that a change belongs to: the nearest before it in its sentence that is no base of comparison; with
    `alike`, of those in its unit."""
    figure = view.figures[i]
    for j in view.levels_before(i, limit=5, unit_of=i if alike else None):
        if view.figures[j].sentence != figure.sentence:
            break
        statement = view.said[j]
        if not statement.base and not statement.bracketed:
            return j
    return None


def levels_pair(view: View, i: int) -> tuple[int, int] | None:
    """(level, other level) that a change lies between: both in its sentence, in either order."""
    figure = view.figures[i]
    near = [j for j in view.levels_before(i, limit=5) if view.figures[j].sentence == figure.sentence]
    near = [j for j in near if not bracketed_off(view, j, i)]
    for j in near:
        statement = view.said[j]
        if statement.base:
            # a level stands before what it is compared with, and is of its size
            # (135.7万人次，日均17万人次，较上年的45.2万人次增加…)
            order = sorted(near, key=lambda k: (k > j, -k))
            known = [k for k in order if k != j and not view.said[k].base and view.alike(j, k)]
            sized = [k for k in known if view.values[j] and 0.25 < view.values[k] / view.values[j] < 4]
            if "均" not in statement.before:
                sized.sort(key=lambda k: view.said[k].predicate == "average")
            if known:
                return (sized or known)[0], j
    base = next((j for j in near if view.said[j].base), None)
    if base is not None and (said := WHEN.sub("", view.said[base].subject)):
        for k in view.levels_before(base, unit_of=base, limit=8, same_paragraph=True):
            other = view.said[k]
            if not other.base and covered(said.strip("较比与的"), view.metrics[k]) >= 0.9:
                return k, base
    return None


def fitting(view: View, kind: RelationType, named: tuple[int, int], i: int) -> tuple[int, int]:
    """The two levels that words name for change `i`; with another level of that full sentence where only that fits
    (比例为85.5%，扣除沙尘后为86.8%，较上年（82.0%）上升3.5个百分点)."""
    level, other = named
    if view.trial(kind, (level, other, i)):
        return named
    for j in range(i - 1, max(-1, i - 8), -1):
        if view.periods[j] != view.periods[i]:
            break
        alike = view.figures[j].unit == view.figures[level].unit
        alike = alike and view.figures[j].direction == view.figures[level].direction and not view.said[j].base
        if alike and j not in named and view.trial(kind, (j, other, i)):
            return j, other
    return named
