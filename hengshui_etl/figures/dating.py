"""Which days a figure speaks of: the times in force where it stands, and what its own clause adds to them.

Belongs here: the times a clause tells beside its time words (五年累计, 力争, 一年间), stocks and flows, levels compared
with. Does not belong here: which time words are in force (governing.py), what days they name (periods.py).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from hengshui_etl.figures.found import Quantity
from hengshui_etl.figures.natures import is_earned, is_standing_rate, nature_in, nature_of, stands_always
from hengshui_etl.figures.periods import (
    Moment,
    between,
    inside,
    is_brief,
    is_month,
    is_short,
    previous_year,
    whole_year,
    year_to,
)
from hengshui_etl.figures.statements import Statement
from hengshui_etl.figures.summed import YEAR_NUMBERS, Summed
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Period
from hengshui_etl.vocab import alternatives, toml

_PREDICATES = toml("predicates")
_PLAN = lazy_pattern(alternatives(_PREDICATES["plans"]["words"]))
_TARGET = lazy_pattern(alternatives(_PREDICATES["targets"]["words"]))
_WITHOUT_TIME = lazy_pattern(r"(?:由|从)(?:每[^\W\d_a-zA-Z]{1,5}|平均|人均|原来的?|原先的?|[约近超])?$")
_FROM_A_MEASURE = lazy_pattern(r"[由从](?!业|事)[^，,。；;\d]{1,6}$")
_BECOMES = lazy_pattern(
    r"[^，,。；;\d]{0,4}(?:[升降增减涨跌压扩缩]|提高|提升|上升|下降|上调|下调|回升|调整|发展|增加|减少|压缩|扩大)(?:[到至为]|成)$"
)
"""从均价1.3万元降到700元: what a level became whose measure stands before it."""
_YEAR_RUN = lazy_pattern(
    r"(?:近|过去|这|最近)?一年(?:来|间|里|净|共|累计)?[^，,。；;]{0,3}(?:增|减|升|降|掉|提高|下降)"
)
_A_YEAR = lazy_pattern(
    r"(?:筹资|缴费|补助)标准[^由从]{0,6}$|(?<![由从])每人每年$|(?:预计|可|^)年可?(?:新增|节约|增收|节省)|人均年补助$"
)
_FOR_THE_YEAR = lazy_pattern(
    r"(?:新建|续建|改造|实施|新增|建设|新改建|改扩建|安排|建成|完成|培育|引进|招引|打造)[^已，,。；;]{0,12}$"
)
"""What a plan goes on with (今年计划投资28亿元，续建泊位6个)."""
_SINCE_OBJECT = lazy_pattern(r"同比|(?<![一二两三四五六七八九十上去前])年增")
_BASE_LEVEL = lazy_pattern(
    r"[^，,。；;]{0,18}(?:的|[（(]|为|是|有|只有|仅|卖)(?:每[^\W\d_a-zA-Z]{1,3})?$|(?:全年|同期|全市|度)?$|[（(]|[^，,。；;]{0,14}(?:峰值|极值|最[高大低小多少][^，,]{0,3}|纪录)$|最[高大低小多少][^，,]{0,3}$|[^，,]{0,4}(?:平均|水平|均值)$|[^，,。；;]{0,3}还?有$"
)
_WENT = lazy_pattern(r"[为是](?:增加|减少|增长|下降|上升|回落|净增|净减|多增|少增)[了约近]?")
_MORE_ADDED = ("多增", "少增", "多减", "少减", "多降", "少降")
_ALREADY = lazy_pattern(r"已有|已建成|已达|累计建成")
_AHEAD = lazy_pattern(r"(?:力争|未来|今后|计划|用)(?P<n>[两二三四五2-5])年(?:内|时间|左右)")
_IS_DONE = lazy_pattern("已(?:开工|竣工|完工|投产|投用|交付|建成|通车)$")
_AGED = frozenset("岁上下")
"""What stands before 人口 in a group of ages (60岁及以上人口)."""
_HANDING = lazy_pattern("分别|依次|依序|先后(?:为|是|达)|各(?:自|录得|为|有|达)")
_CUMULATED = lazy_pattern(r"[，、,]?累计(?:达到?|为|有|约|近|超过?)?")
_GAP_BEHIND = lazy_pattern(r"[，,][^，,。；;\d]{1,16}(?:[（(][^）)]{1,8}[）)])?")
_BESIDE = frozenset(("、", "和", "及", "与"))
_OF_LAST_YEAR = ("的上年", "的去年", "的上一年", "的上年度")
_SUMMED = ("合计", "共计", "总计")
_HELD = ("拥有量", "余额", "保有量", "存量")
DURATIONS = frozenset(("天", "日", "个月", "年", "小时", "分钟", "周", "岁"))
_REACHED = lazy_pattern(
    r"^(?:又)?(?:增|升|降|减|提高|提升|扩大|发展|下降|上升|回升|回落|下滑|跃升|增加|增长|减少|压减|压缩|缩小|缩短|拓展)[到至为]$"
)
_PLANNED = lazy_pattern(r"计划(?:面积|数|量|投资|投入|安排)?(?:为|是)?$|[省市县]定(?:任务|计划)$|任务$")
_YEARS_MEAN = lazy_pattern(r"(?P<n>[两三四五])年平均")
_NOW = ("现有", "现存")
_AGAINST_STATE = lazy_pattern(
    r"[，,（(]?(?:较|比|相当于|为|是|而)?(?:20\d\d年|上年|去年)?(?:年?末|年?底|年初)(?!累计结|滚存|结余|结存|预算|计划|目标|任务)"
)
_NET_TOTAL = lazy_pattern(r"(?:累计|共|净)[增减]")
_OF_PLAN = lazy_pattern(
    r"的?(?:(?:年度|全年|年初)(?:任务|计划|目标|预算)|(?:调控|控制|预期|既定)目标|目标范围|控制(?:线|区间|范围))|的目标"
)
_PLAN_BEGINS = frozenset("的年全调控预目既")
_TELLING = lazy_pattern(rf"年|标准|计划|任务|力争|[由从]|{_PLAN.pattern}")
"""What every clause has that says more of its time than its time word: one look spares the others the rest."""


class Dating(Summed):
    """The times in force, and the days of each figure."""

    def period_for(self, q: Quantity, s: Statement, start: int, listed: bool) -> Period | None:
        """The days that a figure of prose speaks of; `start` is where its clause begins."""
        if listed and self.last_base is not None:
            return self.last_base
        if q.unit == "天":
            self._heed_holiday(q, s)
        beside, self.last_till = self.text[self.last_till : q.at] in _BESIDE, q.till
        if beside and self.last_base is not None:
            return self.last_base
        self.last_base = None
        period = self._base_period(q, s, start)
        if period is not None:
            self.last_base = period
            return period
        governing = self._governing(q, s)
        lasts = q.unit in DURATIONS or q.unit == "周年"
        if self.body and not self.settled and not lasts:
            self.settled = self.moment is None or self.moment is not self.past
            if (
                self.settled
                and self.moment is not None
                and not self._is_future(self.moment)
                and not self._is_history(self.moment)
            ):
                self.default = self._main(self.moment)
        if self.moment is None and not lasts and self.default is not None and not self.default.as_of:
            self.unled = True
        if (
            self.lead is None
            and not lasts
            and self.moment is not None
            and self.moment not in (self.aside, self.switched)
        ):
            self.lead = None if self._is_future(self.moment) else self.moment
            if self._is_told_apart(self.lead):
                self.lead, self.apart = None, True  # 7月当月…, told in its own sentence of a paragraph on 1—7月
        if self.default is not None and is_short(self.default.period):
            together = self._together(q, s)
            if together is not None:
                return together
        handing = not listed and _HANDING.search(s.before) is not None
        if handing:
            led = self.text[max(self.sentence_at, s.start - 8) : q.at]
            if "年" in led:
                self._hand_out_years(q.at)
            if "个" in led:
                self._hand_out_parts(q.at)
        if self.days and self.moment is self.days[-1]:
            if handing:
                self.day = 0
            if self.day is not None and self.day < len(self.days) - 1 and (handing or listed):
                self.day += 1
                return self.days[self.day - 1].period
        if s.behind.startswith(_OF_LAST_YEAR) and s.before.endswith(("比", "较", "与")) and governing is not None:
            return previous_year(governing.period)  # 比637.3万吨的上年产量增产36.2万吨
        if self.once is not None and q.kind == "percent" and s.before.rstrip().endswith("的"):
            self.once = None
        if self.once is not None and q.at <= self.once_till:
            period, self.once = self.once.period, None
            self.plan_run = (q.till, period) if _PLANNED.search(s.before) else None
            return period
        if governing is None:
            years = self._years_taken(s) if self.origin is not None else None
            if years is not None and (since := self._years_between(years)):
                return since
            return Period(None, self.published) if self.body and self.published else None
        period, before = governing.period, s.before
        first, last = period
        if self.went is not None:
            (till, reached), self.went = self.went, None
            if q.at - till < 8 and _REACHED.match(before):
                return reached  # 普及率由71.5%升至80.9%: the state is that of what rose
        if (
            first is not None
            and first.month > 1
            and ("累计" in before or "累计" in self.text[self.sentence_at : min(q.at, self.sentence_at + 12)] + before)
            and is_month(period)
        ):
            self.moment = Moment(year_to(period), False, False, True)
            return self.moment.period
        if self.years == period and last is not None and _REACHED.match(before):
            return whole_year(period, self.published)
        telling = _TELLING.search(before) is not None or self.text.startswith(("年间，", "年来，"), max(0, s.start - 3))
        if telling and s.predicate in ("level", "average") and last is not None and _A_YEAR.search(before):
            year = whole_year(Period(None, min(last, self.published or last)), self.published)
            if year is not None and not is_short(period):
                self.moment = self.aside = Moment(year, False, False, True)
                return year
        if last is not None and not self.fresh and not governing.as_of and self._since_it_began(q.at):
            return Period(None, last)
        if before.endswith("旧存") and first is not None:
            return Period(None, first - timedelta(1))
        if self.plan_run is not None:
            till, planned = self.plan_run
            joint = self.text[till : q.at]
            goes_on = joint.startswith("、") or joint[1:].startswith("其中")
            goes_on = goes_on or (joint[:1] in "，," and self.this_year and _FOR_THE_YEAR.match(before) is not None)
            if not telling and len(joint) < 16 and goes_on:
                self.plan_run = (q.till, planned)
                return planned
            self.plan_run = None
        if telling:
            told = self._told_period(governing, s)
            if told is not None:
                return told
        if self.plan_end is not None and governing is self.plan_end[0] and (q.unit == "倍" or "累计" in before):
            return self.plan_end[1]
        day = self.published
        wanted = telling and "力争" in before and s.predicate == "level" and first is not None
        if wanted and day and last and last.year == day.year and last < day:
            return whole_year(period, day)
        if self.origin is not None and self.origin.as_of and first is not None and _REACHED.match(before):
            return Period(None, last)
        for_the_year = s.behind[:1] in _PLAN_BEGINS and _OF_PLAN.match(s.behind) is not None
        if for_the_year and s.predicate != "change" and (last is None or first is None or first.year == last.year):
            return whole_year(period, day)
        if telling:
            of_it = q.kind == "percent" and before.endswith("的")
            if s.predicate in ("level", "average") and not of_it and (_PLAN.search(before) or _PLANNED.search(before)):
                year = whole_year(period, day)
                self.plan_run = (q.till, year) if year is not None else None
                return year
            if first is not None and "平均" in before and (mean := _YEARS_MEAN.search(before)):
                return Period(first.replace(year=first.year - YEAR_NUMBERS[mean["n"]] + 1), last)
            if _WITHOUT_TIME.search(before) or (_FROM_A_MEASURE.search(before) and _BECOMES.match(s.behind)):
                if self.origin is not None:
                    return self.origin.period
                if (was := self.earlier or self.counted_before) is not None:
                    return was.period
                if first is not None and last is not None and first.year < last.year and not governing.as_of:
                    self.years = Period(first, last)
                    base = whole_year(Period(None, first), day)
                    return previous_year(base) if base is not None and governing is self.past else base
                over = not governing.as_of or (last is not None and (last.month, last.day) == (12, 31))
                if over and s.predicate in ("level", "rate", "share", "average"):
                    self.went = (q.till, period)
                    return previous_year(period)
            if day and (ahead := _AHEAD.search(before)):
                years = YEAR_NUMBERS.get(ahead["n"], 0) or int(ahead["n"])
                return Period(date(day.year + 1, 1, 1), date(day.year + years, 12, 31))
        if self.within_year and last is not None and nature_in(before) == "stock":
            return Period(None, last)
        if governing.as_of and last is not None:
            if telling and _YEAR_RUN.search(before):
                self.since = Moment(Period(None, previous_year(period).last), True, False, True)
            if (
                self.since is not None
                and (before.endswith(_MORE_ADDED) or not _SINCE_OBJECT.search(before))
                and (self._is_change(s) or _NET_TOTAL.search(before) or self._is_gap_of_change(q, s))
            ):
                self.changed = (q.till, between(self.since.period.last, last))
                return self.changed[1]
        if last is not None and not governing.as_of and s.predicate == "level" and governing.whole_year:
            near = self.text[q.till : q.till + 12]
            against = _AGAINST_STATE.match(near) if "末" in near or "底" in near or "年初" in near else None
            if against is not None and against.end() > 2:
                self.moment = self.switched = Moment(Period(None, last), True, False, True)
                return self.moment.period
        if governing.whole_year and first is not None and (self.this_year or self._is_this_year_done(first, s)):
            part = self._part_of_this_year(first, q, s)
            if part is not None:
                return part
        return period

    def _base_period(self, q: Quantity, s: Statement, start: int) -> Period | None:
        base = self.base
        if base is None or (q.unit in DURATIONS and q.at - self.base_till < 12):
            if base is not None and self.text[q.till : q.till + 1] == "、":
                self.base_till = q.till + 1  # 与上年的281天、77.0%相比
            return None
        between = self.text[self.base_till : q.at]
        between = between[max(between.rfind("）"), between.rfind(")")) + 1 :]
        if _WENT.fullmatch(between):
            self.base = None
            if self.changed is not None and q.at - self.changed[0] < 16:
                return previous_year(self.changed[1])  # 比年初减少1177亿元，去年同期为增加16亿元
            return base.period
        of_it = between[:1] == "的" and len(between) <= 12 and self.text[self.base_at - 1] in "比较"
        if (
            s.predicate == "change"
            and between[:1] == "的"
            and self.text[self.base_at - 1] in "由从"
            and len(between) < 8
        ):
            self.base = None
            return base.period  # 由上半年的下降1.2%转为增长9.4%
        if len(between) > 22 or any(c in between for c in "，,。；;") or not (of_it or _BASE_LEVEL.match(between)):
            self.base = None
            return None
        self.base = None
        if s.predicate == "change" or (s.predicate == "gap" and not s.base):
            return None
        if s.of_previous:
            return None
        head = self.text[max(start, self.base_at - 8) : self.base_at]
        if (
            q.kind in ("percent", "multiple", "percentage_point")
            and between in ("的", "")
            and re.search(r"(?:恢复到?至?|相当于|为|是|占|达到)$", head)
        ):
            return None
        now = self.moment or self.default
        if base is self.origin and base.whole_year and now is not None and now.as_of and q.kind != "money":
            return Period(None, base.period.last)  # 截至2021年底，蓄积量由2016年的5.8亿立方米升到7.1亿
        return base.period

    def _at_the_end(self, moment: Moment) -> Moment:
        """The state at the end of a span that is over, or has reached the day of writing (2022年…参保276.84万人)."""
        first, last = moment.period
        if first is None or last is None or moment.day or self._is_future(moment) or self._is_history(moment):
            return moment
        day = self.published
        if day is not None and last > day:
            last = self.main_end() or day
        return Moment(Period(None, last), True, False, True)

    def _earned_in(self, state: Moment, s: Statement) -> Moment | None:
        """The span that a state ends, for what was earned in it and stands behind a semicolon or is no state at all
        (年末企业328户；营业收入612亿元), or None."""
        flow = self.flow
        if flow is None or flow.day or flow.period.last != state.period.last or not is_earned(s.before):
            return None
        return flow if self.text.rfind("；", max(self.sentence_at, s.start - 120), s.start) >= 0 else None

    def _is_told_apart(self, part: Moment | None) -> bool:
        """Whether it is a part of the main span that only its own sentence is about: it came behind figures of the
        span, or is a few days of a year."""
        main = self.default
        if part is None or main is None or not inside(part, main):
            return False
        return self.unled or (self.settled and main.whole_year and is_brief(part.period))

    def _is_gap_of_change(self, q: Quantity, s: Statement) -> bool:
        """Whether it is the gap of the change told right before it (较年初增长12.0%，比各项贷款快5.7个百分点)."""
        if self.changed is None or s.predicate != "gap" or q.kind != "percentage_point":
            return False
        return _GAP_BEHIND.fullmatch(self.text, self.changed[0], q.at) is not None

    def _flows_again(self, s: Statement) -> bool:
        """Whether a change is one of what happens in a span (技改投资增长14.6%), where a span was told after the state
        that the article began with."""
        flow, default = self.flow, self.default
        return (
            flow is not None
            and not flow.day
            and flow is not default
            and nature_in(s.before) == "flow"
            and self.census is None
        )

    def _governing(self, q: Quantity, s: Statement) -> Moment | None:
        """The moment in force; where the sentence names none, for a stock the last state, for a flow the last span."""
        moment, counted = self.moment, q.kind == "count"
        held = s.before.endswith(_HELD) and self.text.rfind("；", max(self.sentence_at, s.start - 200), s.start) >= 0
        if moment is not None and self.fresh and not held and not s.before.startswith(_NOW):
            if moment.as_of and (earned := self._earned_in(moment, s)) is not None:
                return earned
            if stands_always(s, counted) and _TARGET.search(s.before) is None:
                self.stood = self._at_the_end(moment)
            elif self.stood is not None and s.predicate != "share" and not s.before.startswith(("其中", "、")):
                self.stood = None
            return self.stood or moment
        governing = moment or self.default
        if governing is None:
            return None
        standing = is_standing_rate(s)
        if moment is None and governing.as_of and s.predicate in ("change", "gap") and self._flows_again(s):
            self.moment = self.switched = self.flow
            return self.flow
        if (s.predicate not in ("level", "average") and not standing) or s.before.startswith(("其中", "、")):
            return governing
        aged = s.before.startswith("人口") and self.text[s.start - 1 : s.start] in _AGED
        nature = "stock" if aged else "loose" if standing else nature_of(s, counted, self.text[q.till : q.till + 24])
        summed = governing.as_of and s.before.endswith(_SUMMED)
        if governing.whole_year and _CUMULATED.fullmatch(s.before) is not None:
            nature = "stock"  # 建成高标准农田8.5万亩，累计达到94万亩
        if nature == "loose" and not standing and _WITHOUT_TIME.search(s.before) is not None:
            nature = ""  # 处理能力由260吨提高到400吨: what happened in the span
        if q.unit.endswith("次") and nature not in ("now", "flow") and not summed:
            nature = "flow" if self.flow is not None and not self.flow.day else ""  # 进出港船舶8642艘次
        if nature == "now" and self._is_over(self.default) and _ALREADY.search(s.before):
            nature = "stock"
        switched = governing
        if governing is self.happening and nature != "now":
            return governing
        if governing.as_of:
            done = moment is not None and moment is self.lead and _IS_DONE.search(s.before) is not None
            if nature == "flow" and self.flow is not None and not done:
                switched = self.default if self.default is not None and not self.default.as_of else self.flow
            elif (
                nature == "now"
                and (moment is None or moment is self.switched)
                and self.published
                and not _ALREADY.search(s.before)
            ):
                switched = Moment(Period(None, self.published), True, False, True)
        elif (
            nature in ("stock", "now")
            or (nature == "made" and moment is None and (counted or governing.day))
            or (nature in ("set", "body", "loose") and not is_brief(governing.period))
        ):
            last, state = governing.period.last, self.state
            if state is not None and state.period.last is not None and last is not None and nature != "now":
                if abs((state.period.last - last).days) < 370:
                    switched = state
            elif last is not None:
                to_day = self.published and (nature == "now" or last > self.published)
                end = (self.main_end() if nature != "now" else None) or self.published
                switched = Moment(Period(None, end if to_day else last), True, False, True)
        if switched is not governing and not standing and nature != "body":
            self.moment = self.switched = switched
            if nature == "set" or (nature == "loose" and moment is not None):
                self.aside = switched
        return switched
