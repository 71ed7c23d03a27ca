"""Averages: total ÷ count = average, the count stated or known from the calendar.

Belongs here: 人均, 户均, 亩产, 日均 and their like. Does not belong here: multiples (multiples.py), rates of exchange
(conversions.py).
"""

from __future__ import annotations

import re
from fractions import Fraction

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.averages_meant import Meant, is_base, meant_by
from hengshui_etl.relations.search.view import ONE, View
from hengshui_etl.relations.units import factor_between
from hengshui_etl.vocab import alternatives, toml

_PER = (
    (lazy_pattern(r"每户次|户次均"), ("户次",)),
    (lazy_pattern(r"户均|每户|平均每户"), ("户", "家", "个")),
    (lazy_pattern(r"笔均|每笔|单笔"), ("笔", "户", "单", "宗", "件")),
    (lazy_pattern(r"套均|每套"), ("套",)),
    (lazy_pattern(r"亩均|平均亩产|亩产|每亩|单产"), ("亩", "公顷")),
    (lazy_pattern(r"人均|每人|生均|每名|每位|师均"), ("人", "名", "人次", "位", "户")),
    (lazy_pattern(r"日均|每天|每日|平均每天"), ("天", "日")),
    (lazy_pattern(r"月均|每月|平均每月"), ("个月", "月")),
    (lazy_pattern(r"年均|每年"), ("年",)),
    (lazy_pattern(r"次均|每次|每人次|例均"), ("人次", "次", "例")),
    (lazy_pattern(r"件均|每件|件"), ("件", "个", "宗")),
    (lazy_pattern(r"每公里|每千米"), ("公里",)),
    (lazy_pattern(r"每吨"), ("吨",)),
    (lazy_pattern(r"每平方米|均价|单价"), ("平方米",)),
    (
        lazy_pattern(
            r"每(?:家|个|所|项|座|处|张|台|辆|社|厂|店|站|村|镇|乡|县|企业|点|单|头|只|艘|架|车|床|间|套|栋|条|班|组|批|期|场)|平均|户|均"
        ),
        (),
    ),
)
_BIG = (
    (lazy_pattern("每百"), Fraction(100)),
    (lazy_pattern("每千"), Fraction(1000)),
    (lazy_pattern("每十万"), Fraction(100000)),
    (lazy_pattern("每万"), Fraction(10000)),
    (lazy_pattern("每百万"), Fraction(1000000)),
)
_AVERAGE_WORD = lazy_pattern(
    r"[户人亩日月年次件例床车生企村店笔套单班站镇乡校户头只株吨座项批台社科门家均师员厂场点位桌网园]均(?![为在达已是超未可由有按能须高低])|单产|亩产|均价|单价|平均|每[^年日次经]|一人|一户|一亩|一家|一[座台条笔]|联系|负责"
)
_INCOME = lazy_pattern(r"人均(?:可支配|纯|现金|工资|经营|财产|转移|地区|国内|GDP|生产|消费|生活)|收购价|市场价")
_FROM = lazy_pattern(r"(?:由|从)[约近]?$")
_RECKONED = lazy_pattern("测算|计算|计(?!划)|折算")
_BEFORE = lazy_pattern(rf"[，,。；;\s]*(?:{alternatives(toml('comparisons')['before']['words'])}|上周)")
_NEXT = lazy_pattern(r"^[、和及][^，。；、\d]{2,10}$")
_ONE_IN = lazy_pattern(r"^[^，。；\d]{0,6}中就?有(?:一|1)?")
_LIMIT = lazy_pattern("至少|最少|起码|不少于|不低于|最多|至多|不超过|不高于")
_RATE_WORD = lazy_pattern(r"利用小时|小时数")
_DAYS = frozenset((
    28, 29, 30, 31, 59, 60, 61, 90, 91, 92, 120, 121, 122, 151, 152, 181, 182, 183, 184, 212, 213, 243, 244, 273, 274,
    304, 305, 334, 335, 365, 366, 7, 8, 10, 15, 40,
))  # fmt: skip
"""The days of one month or of several from January on, of a year, a holiday, a week or two, the spring rush."""


def find_averages(view: View) -> None:
    """Claim the averages of an article."""
    for i, figure in enumerate(view.figures):
        statement = view.statements[i]
        if statement is None or figure.kind == "multiple" or figure.high is not None:
            continue
        if _LIMIT.search(view.text, max(0, figure.at - 4), figure.till):
            continue  # 每个村至少有1名: for each, no mean
        if (view.level[i] or (figure.direction and figure.kind == "money")) and (
            _AVERAGE_WORD.search(statement.before[-16:]) or _RATE_WORD.search(statement.before)
        ):
            _claim_average(view, i)
            _claim_by_calendar(view, i)
        elif view.level[i]:
            _claim_next_average(view, i)
            _claim_one_in(view, i)


def _claim_next_average(view: View, i: int) -> None:
    """`每千人口执业医师2.65人、注册护士3.24人`: the second is an average too, of the total that bears its name."""
    gap, figure = view.between(i - 1, i) if i else "", view.figures[i]
    if not _NEXT.match(gap) or figure.unit != view.figures[i - 1].unit or figure.bound != "exact":
        return
    lead = next((c for c in view.claims if c.type == "average" and c.operands[-1] == i - 1 and not c.implied), None)
    if lead is None or "每" not in view.said[i - 1].before:
        return
    name = gap.strip("、和及")
    totals = [
        j
        for j in view.levels_before(i - 1, unit_of=lead.operands[0], limit=8, same_paragraph=True)
        if name in view.said[j].before or name in view.metrics[j]
    ]
    for t in totals[:1]:
        if view.trial("average", (t, lead.operands[1], i), lead.scale):
            view.claim("average", (t, lead.operands[1], i), "平均", scale=lead.scale)


def _claim_one_in(view: View, i: int) -> None:
    """`每千人拥有市场主体120.7户，每8.3人中就有一位“老板”`: the average before it, turned round."""
    if not view.said[i].before.endswith("每") or _ONE_IN.match(view.said[i].behind) is None or view.digits(i) < 2:
        return
    for c in view.claims:
        if c.type == "average" and len(c.operands) == 3 and view.paragraphs[c.operands[2]] == view.paragraphs[i]:
            total, number, _ = c.operands
            if view.alike(number, i) and view.trial("average", (number, total, i)):
                view.claim("average", (number, total, i), "每…有一")
                return


def _scale(before: str) -> Fraction:
    """For how many the average is stated: 每万人 → 10000."""
    for pattern, factor in reversed(_BIG) if "每" in before else ():  # 每百万 before 每百
        if pattern.search(before):
            return factor
    return ONE


def _count_units(before: str) -> tuple[str, ...]:
    """The units of what may have been divided by, as the word of averaging names it; none where it names none."""
    for pattern, units in _PER:
        if pattern.search(before[-16:]):
            return units
    return ()


def _claim_average(view: View, i: int) -> None:
    """Claim the nearest total and count that the average holds for; else look whether it is to be accused."""
    figure, statement = view.figures[i], view.said[i]
    before = statement.before
    scale = _scale(before)
    units = _count_units(before)
    window = [
        j
        for j in range(i - 1, max(-1, i - 40), -1)
        if view.level[j]
        and not is_base(view, j)
        and not view.titled(j)
        and view.figures[j].sentence >= figure.sentence - 24
    ]
    window += [j for j in range(i + 1, min(view.count, i + 3)) if view.level[j] and view.periods[j] == view.periods[i]]
    hours = _RATE_WORD.search(before) is not None
    averaged = _AVERAGE_WORD.search(before[-16:]) or _AVERAGE_WORD.search(view.metrics[i]) or hours
    meant = meant_by(view, i)
    for pair in meant:
        if (
            (pair.sure or figure.bound == "exact" or view.figures[pair.total].sentence == figure.sentence)
            and (pair.sure or view.digits(i) > 1)
            and view.trial("average", (pair.total, pair.number, i), scale)
        ):
            view.claim("average", (pair.total, pair.number, i), "平均", scale=scale)
            return
    best: tuple[float, int, int] | None = None
    for t in window:
        total = view.figures[t]
        if total.bound == "min" and figure.bound == "exact":
            continue  # 100万元以上 is any sum
        if (
            total.unit != figure.unit
            and factor_between(total.unit, figure.unit) is None
            and not (hours and total.unit == "千瓦时")
            and not view.alike(t, i)
        ):
            continue
        if (word := _AVERAGE_WORD.search(view.said[t].before[-10:])) and (word.group() != "日均" or "日均" in before):
            continue
        for n in window:
            if n == t or not view.values[n]:
                continue
            count = view.figures[n]
            if hours:
                if count.unit != "千瓦":
                    continue
            elif (units and count.unit not in units) or (not units and count.kind != "count") or count.bound == "min":
                continue
            if not view.trial("average", (t, n, i), scale):
                continue
            if (view.digits(i) < 3 and abs(i - t) + abs(i - n) > (12 if units else 8)) or (
                view.digits(i) < 2 and not units
            ):
                continue
            distance = (
                abs(i - t)
                + abs(i - n)
                + (0 if count.sentence == figure.sentence else 3)
                + (0 if total.sentence == figure.sentence else 3)
            )
            if best is None or distance < best[0]:
                best = (distance, t, n)
    precise = figure.bound == "exact" or (best is not None and (best[0] <= 14 or (bool(units) and view.digits(i) >= 3)))
    if best is not None and precise and (best[0] <= 6 or not (meant and meant[0].sure)):
        view.claim("average", (best[1], best[2], i), "平均", scale=scale)
        return
    wrong = None
    meant = [pair for pair in meant if not _of_before(view, i, pair)]
    if _FROM.search(before) and not any(j < i and view.figures[j].sentence == figure.sentence for j in window):
        return  # of a time before, and told of nothing else here (每亩化肥用量由236公斤减到164公斤)
    if averaged and meant and (_heads_counted(view, i, meant[0]) or not _of_a_mean(view, i, window)):
        wrong = _meant_wrongly(view, i, meant, scale)
    if wrong is not None:
        view.claim("average", (wrong.total, wrong.number, i), "平均", scale=scale)
    elif figure.bound == "exact" and averaged:
        _accuse_average(view, i, units, scale, window)


def _meant_wrongly(view: View, i: int, meant: list[Meant], scale: Fraction) -> Meant | None:
    """The pair to be accused though it does not hold: where words leave no other, or one slip explains just this."""
    first, vague = meant[0], view.figures[i].bound != "exact"
    if vague and view.digits(i) < 2 and _loosely(view, first.total, first.number, i, scale):
        return None
    if "每股" in view.said[i].before and "利润" not in view.metrics[first.total]:
        return None
    if first.sure:
        return first
    if vague and view.digits(i) < 3:
        return None
    slips = [pair for pair in meant[:6] if _slipped(view, i, pair, scale)]
    if _one_of_many(view, i):
        slips = [pair for pair in slips if pair.total == i - 1]
    return slips[0] if slips and (len(slips) == 1 or slips[0] == meant[0]) else None


def _of_before(view: View, i: int, pair: Meant) -> bool:
    """Whether the sentence of the average turns to a time before, and the total or the count does not stand in it (总额
    0.36亿元；上周成交9套，套均…)."""
    sentence = view.figures[i].sentence
    here = all(view.figures[j].sentence == sentence for j in (pair.total, pair.number))
    return not here and _BEFORE.match(view.text, view.article.sentences[sentence].start) is not None


def _slipped(view: View, i: int, pair: Meant, scale: Fraction) -> bool:
    """Whether one slip of a figure of three digits or more explains that this pair fails; near by even a lost digit."""
    operands = (pair.total, pair.number, i)
    here = view.figures[i].sentence
    told_here = view.figures[pair.total].sentence == here and view.figures[pair.number].sentence == here
    return any(
        view.digits(j) >= 3
        and view.slip("average", operands, "garbled" if told_here else "misread", only=j, scale=scale)
        for j in operands
    )


def _one_of_many(view: View, i: int) -> bool:
    """Whether the last of three or more totals stands right before the average, so that of the others one slip fits by
    chance (外借86.4万册，新增4.2万册，总藏量98.6万册，人均0.34册)."""
    here = [
        j
        for j in range(i - 1, max(-1, i - 8), -1)
        if view.plain(j) and _is_total(view, j, i) and view.figures[j].sentence == view.figures[i].sentence
    ]
    return len(here) > 2 and here[0] == i - 1


def _loosely(view: View, t: int, n: int, i: int, scale: Fraction) -> bool:
    """Whether total ÷ count is so near to a round average that it may have been rounded so."""
    if not view.values[n] or not view.values[i]:
        return True
    factor = factor_between(view.figures[t].unit, view.figures[i].unit) or 1
    ratio = view.values[t] * float(factor) / view.values[n] * float(scale) / view.values[i]
    return 0.75 < ratio < 1.34


def _of_a_mean(view: View, i: int, window: list[int]) -> bool:
    """Whether an average per head is one of a mean population, which is not stated."""
    said = view.said[i].before
    if _INCOME.search(said):
        return True
    if any(_RECKONED.match(view.said[j].behind) for j in window):
        return False
    return "人均" in said and any("人口" in view.metrics[j] for j in window) and "计" not in said


def _heads_counted(view: View, i: int, pair: Meant) -> bool:
    """Whether those whom an average per head is of are counted beside it: 惠及1.37万人次，发放1096万元，人均860元."""
    count = view.figures[pair.number]
    beside = count.sentence == view.figures[i].sentence == view.figures[pair.total].sentence
    return pair.sure and beside and count.kind == "count" and "人口" not in view.metrics[pair.number]


def _claim_by_calendar(view: View, i: int) -> None:
    """`新登记5.21万户，平均每天171户`: what it was divided by is not stated, but the calendar has it."""
    figure, statement = view.figures[i], view.said[i]
    head = statement.before[-16:]
    if view.is_result(i, "average") or not view.values[i]:
        return
    if re.search("日均|每天|每日|单日平均", head):
        allowed = _DAYS
    elif re.search("月均|每月|每个月", head):
        allowed = frozenset(range(2, 13))
    elif re.search("年均|每年", head):
        allowed = frozenset(range(2, 21))
    else:
        return
    for j in range(i - 1, max(-1, i - 12), -1):
        if (
            not view.level[j]
            or view.figures[j].unit != figure.unit
            or view.titled(j)
            or view.values[j] <= view.values[i]
        ):
            continue
        ratio = view.values[j] / view.values[i]
        if any(abs(ratio - days) < 0.004 * ratio for days in allowed) and view.paragraphs[j] == view.paragraphs[i]:
            view.claim("average", (j, i), "日历", implied=True)
            return
    for j in range(i + 1, min(view.count, i + 3)):
        if (
            view.level[j]
            and view.figures[j].unit == figure.unit
            and view.periods[j] == view.periods[i]
            and re.search("一年", view.said[j].before)
            and round(view.values[j] / view.values[i]) in allowed
        ):
            view.claim("average", (j, i), "日历", implied=True)
            return


def _accuse_average(view: View, i: int, units: tuple[str, ...], scale: Fraction, window: list[int]) -> None:
    """No pair holds: accuse where total and count are plain, or one slip explains it."""
    figure = view.figures[i]
    if "人均" in view.said[i].before and any("人口" in (view.figures[j].metric or "") for j in window):
        view.leave((i,), "per head of a mean population, which is not stated")
        return
    own = [j for j in window if j < i and view.periods[j] == view.periods[i] and not view.said[j].bracketed]
    counted = [j for j in own if (view.figures[j].unit in units if units else view.figures[j].kind == "count")]
    totals = [j for j in own if _is_total(view, j, i)]
    counts = [j for j in counted if j not in totals]
    if len(totals) == 1 and len(counts) == 1 and figure.kind != "count":
        if view.slip("average", (totals[0], counts[0], i), scale=scale) and _near_enough(
            view, totals[0], counts[0], i, scale
        ):
            view.claim("average", (totals[0], counts[0], i), "平均", scale=scale)
        else:
            view.leave((i,), "an average whose total or count is not plain")
        return
    if (pair := _named_pair(view, i, units, window)) and view.slip("average", (*pair, i), "garbled", scale=scale):
        view.claim("average", (*pair, i), "平均", scale=scale)
        return
    only = i - 1 if _one_of_many(view, i) else None
    nearest = next((j for j in counted if view.figures[j].sentence == figure.sentence), None)
    if nearest is not None:
        moved = [
            t
            for t in window
            if t < i
            and t != nearest
            and only in (None, t)
            and _is_total(view, t, i)
            and view.paragraphs[t] >= view.paragraphs[i] - 1
            and view.slip("average", (t, nearest, i), "swapped", scale=scale, only=i)
        ]
        if moved and len({view.values[t] for t in moved}) == 1:
            view.claim("average", (moved[0], nearest, i), "平均", scale=scale)
            return
    for n in counted[:1]:
        head = view.metrics[n][:2]
        for t in window:
            if t == n or view.figures[t].unit != figure.unit or only not in (None, t):
                continue
            if (
                head
                and head in view.metrics[t]
                and view.slip("average", (t, n, i), scale=scale)
                and _near_enough(view, t, n, i, scale)
            ):
                view.claim("average", (t, n, i), "平均", scale=scale)
                return
    view.leave((i,), "an average whose total or count is not plain")


def _is_total(view: View, j: int, i: int) -> bool:
    """Whether figure `j` is stated in the unit of the average `i`, or in one that converts into it."""
    one, other = view.figures[j].unit, view.figures[i].unit
    return one == other or factor_between(one, other) is not None


def _named_pair(view: View, i: int, units: tuple[str, ...], window: list[int]) -> tuple[int, int] | None:
    """(total, count) that the words name: the total right before the average, the count of the same thing (水稻…)."""
    figure = view.figures[i]
    total = i - 1
    if total not in window or view.figures[total].sentence != figure.sentence or not units:
        return None
    if not _is_total(view, total, i):
        return None
    bearer = view.said[total].subject[:2]
    counts = [
        n for n in window if n != total and view.figures[n].unit in units and bearer and bearer in view.metrics[n]
    ]
    if len(counts) != 1:
        counts = [
            n for n in window if n != total and view.figures[n].unit in units and view.periods[n] == view.periods[i]
        ]
    return (total, counts[0]) if len(counts) == 1 else None


def _near_enough(view: View, t: int, n: int, i: int, scale: Fraction) -> bool:
    """Whether total ÷ count is of the size of the average, or off by a power of ten as a lost 万 would make it."""
    ratio = view.values[t] / view.values[n] * float(scale) / view.values[i] if view.values[n] and view.values[i] else 0
    return 0.4 < ratio < 2.5 or any(0.98 < ratio * k < 1.02 for k in (10, 0.1, 100, 0.01, 1e4, 1e-4))
