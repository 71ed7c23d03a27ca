"""Multiples: A ÷ B = n (3.4倍, 翻一番, 相当于…的2.93倍).

Belongs here: relations of type multiple. Does not belong here: growth told in percent (growth.py).
"""

from __future__ import annotations

import re
from itertools import pairwise

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.regional_means import level_and_mean
from hengshui_etl.relations.search.view import View, covered
from hengshui_etl.relations.units import factor_between

_FORMER_LATTER = lazy_pattern("前者[^，。；]{0,6}后者的?(?:近|约|超过?|超)?$")
_LATTER_FORMER = lazy_pattern("后者[^，。；]{0,6}前者的?(?:近|约|超过?|超)?$")
_RATES = lazy_pattern(
    "(?:为|是|相当于|达到?)[^，。；,]{0,10}(?:增速|增幅|涨幅|降幅|占比|比重|率)的(?:近|约|超过?|超)?$"
)
_OBJECT = lazy_pattern(
    r"(?P<subject>[^，。；,]{0,14}?)(?:的[^\W\d_a-zA-Z]{2}|)(?:已|也)?(?:相当于|是|为|达到?)(?P<object>[^，。；,]{2,12}?)的?(?:近|约|超过?|超)?$"
)
_TIME = lazy_pattern(
    r"(?:当年|上年|去年|前年|上届|上季度?|上月|往年|平日|年初|\d{4}年|同期|末|底|全年|\d{1,2}月份?)+(?:同期|末|底)?"
)
_TIME_OF = lazy_pattern(r"同期|上年|去年|前年|上届|往年")
_ATTRIBUTE = lazy_pattern("面积|产值|收入|价格|速度|密度|投资|产量|效率|长度|规模|成本|体积|重量|高度")
_ELSEWHERE = lazy_pattern(
    "全[国省市县州区]|平均|世界|全球|同类|水平|当地|首[届次批年期]|第[一二三四五]届|[起最当]初|起步|成立"
)
_NAMED = lazy_pattern(r"(?:相当于|是|为|达到?)(?:同期|当期|全年|当年)?(?P<name>[^，。；,\d年月期]{3,12}?)的$")
_BRACKETED_BASE = lazy_pattern("[（(](?:上年|去年|前年|同期|上年同期|去年同期)(?:仅?为|是|仅)?")
_MEAN = lazy_pattern("(?:日均|平日)(?:水平|均值|值|客流|处理量|量)?的?$")
_FROM = lazy_pattern("(?:由|从)[^，。；,]{0,14}$")
_BESIDE = lazy_pattern("(?:与|比|较|同|和)[^，。；,]{0,14}$")


def find_multiples(view: View) -> None:
    """Claim the multiples of an article."""
    for i, figure in enumerate(view.figures):
        if figure.kind == "multiple" and not view.is_cell(i):
            _claim_multiple(view, i)


def _claim_multiple(view: View, i: int) -> None:
    """`是2016年全年10.5亿元的3.4倍`, `翻了一番`, `相当于农村居民的2.93倍`."""
    figure, statement = view.figures[i], view.said[i]
    sentence = figure.sentence
    if statement.of_previous:
        base = i - 1
        for j in view.levels_before(base, unit_of=base, limit=4):
            if view.figures[j].sentence >= sentence - 1 and view.trial("multiple", (j, base, i)):
                view.claim("multiple", (j, base, i), "倍")
                return
        near = [j for j in view.levels_before(base, unit_of=base, limit=1) if view.figures[j].sentence == sentence]
        if near:
            view.claim("multiple", (near[0], base, i), "倍")
        return
    if (pair := _of_bracketed_base(view, i)) is not None:
        view.claim("multiple", (*pair, i), "倍")
        return
    if figure.direction == "up" and statement.word != "" and not view.text[figure.at : figure.till].startswith("翻"):
        return
    if figure.bound == "approx" and figure.value == 2 and not re.search("相比|比", statement.before):
        return
    if (rates := _of_rates(view, i)) is not None:
        view.claim("multiple", (*rates, i), "倍")
        return
    window = [
        j for j in range(i - 1, max(-1, i - 14), -1) if view.level[j] and view.paragraphs[j] == view.paragraphs[i]
    ]
    for a in window:
        for b in window:
            if (
                a != b
                and view.alike(a, b)
                and view.figures[a].unit == view.figures[b].unit
                and view.values[b]
                and view.trial("multiple", (a, b, i))
            ) and (
                view.figures[a].sentence == sentence
                or view.figures[b].sentence == sentence
                or view.likeness(a, b) > 0.6
            ):
                view.claim("multiple", (a, b, i), "倍")
                return
    if (pair := level_and_mean(view, i) or _of_its_mean(view, i) or _of_named(view, i) or _meant(view, i)) is not None:
        view.claim("multiple", (*pair, i), "倍")


def _of_rates(view: View, i: int) -> tuple[int, int] | None:
    """`增速达16.2%，为总额增速的2倍`: the rate right before, and one told in the paragraph, where it holds."""
    rate = i - 1
    if rate < 0 or _RATES.search(view.said[i].before) is None or view.figures[rate].unit != "%":
        return None
    if view.periods[rate] != view.periods[i] or view.figures[rate].bound != "exact":
        return None
    told = [
        j
        for j in range(rate - 1, max(-1, rate - 12), -1)
        if view.figures[j].unit == "%" and view.paragraphs[j] == view.paragraphs[i] and view.figures[j].bound == "exact"
    ]
    told = [j for j in told if view.figures[j].direction in (None, view.figures[rate].direction)]
    return next(((rate, j) for j in told if view.trial("multiple", (rate, j, i))), None)


def _of_named(view: View, i: int) -> tuple[int, int] | None:
    """`现金流量净额11.37亿元，相当于同期净利润的1.25倍`: the level right before, and what is called so elsewhere."""
    named, level = _NAMED.search(view.said[i].before), i - 1
    if named is None or level < 0 or not view.plain(level) or view.periods[level] != view.periods[i]:
        return None
    if view.digits(i) < 2 or view.figures[i].bound != "exact":
        return None
    told = [
        j
        for j in range(level - 1, max(-1, level - 80), -1)
        if view.figures[j].unit == view.figures[level].unit
        and (view.plain(j) or view.is_cell(j))
        and covered(named["name"], view.metrics[j]) == 1
    ]
    return next(((level, j) for j in told if view.trial("multiple", (level, j, i))), None)


def _of_bracketed_base(view: View, i: int) -> tuple[int, int] | None:
    """`资金到位3.12亿元，是上年的2.4倍（上年为1.3亿元）`: the level right before, and the one in brackets behind."""
    level, base = i - 1, i + 1
    if level < 0 or base >= view.count or not view.plain(level) or view.figures[base].unit != view.figures[level].unit:
        return None
    if view.periods[level] != view.periods[i] or not _BRACKETED_BASE.fullmatch(view.between(i, base)):
        return None
    operands = (level, base, i)
    return (level, base) if view.trial("multiple", operands) or view.slip("multiple", operands) else None


def _of_its_mean(view: View, i: int) -> tuple[int, int] | None:
    """`日均7.16万人。…单日发送10.83万人，是日均水平的1.5倍`: the level right before, and the mean told before it."""
    mean, day = _MEAN.search(view.said[i].before), i - 1
    if mean is None or day < 0 or not view.plain(day) or view.periods[day] != view.periods[i]:
        return None
    told = [
        j
        for j in range(day - 1, max(-1, day - 20), -1)
        if view.said[j].predicate == "average" and "日均" in view.said[j].before and view.figures[j].direction is None
    ]
    told = [j for j in told if view.alike(j, day) and not view.titled(j)]
    pair = (day, told[0]) if told else None
    if pair is None or not (view.trial("multiple", (*pair, i)) or view.slip("multiple", (*pair, i))):
        return None
    return pair


def _meant(view: View, i: int) -> tuple[int, int] | None:
    """The level that is so many times the other, and the other, where words name both; values have no part in it."""
    before, figure = view.said[i].before, view.figures[i]
    near = [
        j
        for j in range(i - 1, max(-1, i - 14), -1)
        if view.level[j] and view.periods[j] == view.periods[i] and view.figures[j].high is None
    ]
    here = [j for j in near if view.figures[j].sentence == figure.sentence]
    if _FORMER_LATTER.search(before):
        pair = next(((a, b) for b, a in pairwise(near) if _same_unit(view, a, b)), None)
        return pair if pair is not None and pair[1] - pair[0] <= 3 else None
    if _LATTER_FORMER.search(before):
        pair = next(((b, a) for b, a in pairwise(near) if _same_unit(view, a, b)), None)
        return pair if pair is not None and pair[0] - pair[1] <= 3 else None
    told = _OBJECT.search(before)
    if here[:1] == [i - 1] and (told is None or _TIME.match(told["object"])):
        last = i - 1
        told_from = here[1:2] == [i - 2] and (_FROM.search(view.said[i - 2].before) or view.said[i - 2].base)
        if told_from and _same_unit(view, last, i - 2):
            return last, i - 2
        if _BESIDE.search(view.said[last].before) or view.said[last].base:
            others = [j for j in near if j != last and _same_unit(view, j, last) and not view.said[j].base]
            alike = [j for j in others if _TIME_OF.search(view.said[j].before) is None] or others
            return (alike[0], last) if alike and told is None else (others[-1], last) if others else None
    if told is None or _TIME.fullmatch(told["object"]):
        return _by_year(view, i, told["object"], near) if told is not None else None
    pair = _by_names(view, i, told["subject"], told["object"])
    if pair is not None and _ATTRIBUTE.search(before) and view.figures[pair[0]].kind == "count":
        return None  # 岛外4个区面积约为岛内10倍
    return pair


def _by_year(view: View, i: int, told: str, near: list[int]) -> tuple[int, int] | None:
    """`2018年为2.9万辆；…2021年48.1万辆，是2018年的16.6倍`: the level of that year, and the nearest."""
    year = re.search(r"\d{4}年", told)
    if year is None or not near:
        return None
    current = near[0]
    wide = [j for j in range(current - 1, max(-1, current - 14), -1) if view.paragraphs[j] == view.paragraphs[i]]
    base = [
        j
        for j in wide
        if view.level[j]
        and _same_unit(view, j, current)
        and year[0] in view.text[max(0, view.figures[j].at - 30) : view.figures[j].at]
        and not re.search(
            r"\d{4}年", view.text[max(0, view.figures[j].at - 30) : view.figures[j].at].rpartition(year[0])[2]
        )
    ]
    return (current, base[0]) if len(base) == 1 else None


def _by_names(view: View, i: int, subject: str, told: str) -> tuple[int, int] | None:
    """`护士人数相当于医师的1.52倍`: two levels in one unit by their names, or the only two of the sentence."""
    window = [
        j
        for j in range(i - 1, max(-1, i - 46), -1)
        if view.level[j] and not view.titled(j) and view.figures[j].high is None and not view.said[j].base
    ]
    near = [j for j in window if view.periods[j] == view.periods[i]]
    bases = [j for j in window if covered(told, _called(view, j)) >= 0.75]
    firsts = [j for j in window if len(subject) >= 2 and covered(subject, _called(view, j)) >= 0.5] or near
    near_bases = [j for j in bases if view.paragraphs[j] == view.paragraphs[i]]
    for b in near_bases:
        fitting = [a for a in firsts if a != b and _same_unit(view, a, b) and abs(a - b) <= 6]
        if fitting:
            own = [a for a in fitting if covered(told, _called(view, a)) < covered(told, _called(view, b))] or fitting
            return own[0], b
    here = [j for j in near if view.figures[j].sentence == view.figures[i].sentence]
    if here and not subject and _TIME_OF.search(told):
        rest = _TIME_OF.sub("", told)
        far = [
            j
            for j in window
            if j not in here and _same_unit(view, j, here[0]) and covered(rest, _called(view, j)) > 0.9
        ]
        if len({view.metrics[j] for j in far}) == 1:
            return here[0], far[-1]
    units = [j for j in near if here and _same_unit(view, j, here[0])]
    parted = len(units) == 2 and "其中" in view.between(units[1], units[0])
    if len(units) == 2 and not subject and not bases and not parted and _ELSEWHERE.search(told) is None:
        return units[0], units[1]
    return None


def _called(view: View, j: int) -> str:
    return view.metrics[j] + view.said[j].behind[:4]


def _same_unit(view: View, a: int, b: int) -> bool:
    return view.alike(a, b) or factor_between(view.figures[a].unit, view.figures[b].unit) is not None
