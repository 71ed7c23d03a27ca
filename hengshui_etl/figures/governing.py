"""Which time governs which figure: the walk of the time words through an article.

Belongs here: what is said to hold when, handed on from word to clause, sentence, paragraph and article. Does not belong
here: what a figure's own clause adds (dating.py), what days a time word names (periods.py), finding it (scan.py).

The press speaks of one main span (前三季度) and of states at its end (截至9月底); other times (去年同期, 二季度, 目前)
are asides.
What a clause names governs it; a new sentence goes back to what its paragraph began with, a new paragraph to what the
article began with, stocks (余额, 存栏) to the last state and flows (发放, 新增) to the last span.
"""

from __future__ import annotations

import re
from datetime import date

from hengshui_etl.figures.found import Time
from hengshui_etl.figures.leads import (
    BEFORE_IT,
    CHANGES,
    COMPARED,
    COUNTED,
    DAY_ALONE,
    DAY_SINCE,
    DECIDED,
    DIGITS,
    EMBEDDED,
    ENDS,
    GOAL,
    IS,
    LISTED_IN,
    MEETING,
    MIDNIGHT,
    NAMED_YEAR,
    PEOPLE,
    PLAN_NAME,
    PREVIOUS,
    PRICES,
    PROMISED,
    REPORT,
    SAME_DAYS,
    SAME_IS,
    SINCE,
    TARGET,
    TO_DAY,
    TOP,
    YEARS_AGO,
    lead_of,
)
from hengshui_etl.figures.periods import (
    NOW,
    Moment,
    forward,
    inside,
    is_before,
    moment_of,
    previous_year,
    quarters_of,
    season_of,
    so_far,
    whole_year,
    year_to,
    year_words,
    years_ahead,
)
from hengshui_etl.records import Period
from hengshui_etl.vocab import toml

_PERIODS = toml("periods")


class Times:
    """The times in force at one place of the walk."""

    def __init__(self, text: str, published: date | None, province: str = "") -> None:
        self.text = text
        self.province = province
        self.published = published
        self.latest = published.year if published else _latest_year(text)
        self.default: Moment | None = None  # what the article began with
        self.settled = False  # whether a figure of the body has been governed by it
        self.flow: Moment | None = None
        self.state: Moment | None = None
        self.lead: Moment | None = None  # what the paragraph began with
        self.moment: Moment | None = None  # in force
        self.fresh = False  # named in this sentence
        self.year: int | None = None
        self.base: Moment | None = None
        self.base_at = self.base_till = -1
        self.since: Moment | None = None
        self.origin: Moment | None = None
        self.last_base: Period | None = None
        self.sentence_at = 0
        self.last_time: tuple[int, Moment] | None = None
        self.once: Moment | None = None
        self.once_till = -1
        self.last_till = -1
        self.days: list[Moment] = []
        self.day: int | None = None
        self.event = False
        self.body = False
        self.this_year = False
        self.within_year = False
        self.census: date | None = None
        self.plan_end: tuple[Moment, Period] | None = None
        self.aside: Moment | None = None  # what only its own sentence is about
        self.switched: Moment | None = None  # the state or span last gone over to without a word
        self.told_on: date | None = None  # the day of the press conference
        self.plan_run: tuple[int, Period] | None = None
        self.resumed: Moment | None = None  # what goes on behind the semicolon after a day of it
        self.years: Period | None = None  # the years over which a level went from one to another (2012年到2021年…从…到)
        self.past: Moment | None = None  # the years that a report looks back on (过去五年)
        self.from_day = False  # whether the last time word is a day that a span begins with (自1月7日)
        self.earlier: Moment | None = None  # the state that the sentence told before the one in force

    # -------------------------------------------------------------- boundaries

    def new_paragraph(self) -> None:
        self.lead = self.moment = None
        self.event = False
        if self.default is not None and self.default.period.last is not None:
            self.year = self.default.period.last.year

    def new_sentence(self, at: int) -> None:
        """A full stop (a semicolon is none): an aside of the sentence before is over."""
        self.sentence_at = at
        self.base = self.since = self.origin = self.last_base = self.last_time = self.once = None
        self.fresh = False
        self.days, self.day = [], None
        self.earlier, self.from_day, self.resumed = None, False, None
        self.this_year = self.within_year = False
        if self.lead is not None and self.moment is not None and self.moment != self.lead:
            self.moment = self.lead
        elif self.moment is self.aside:
            self.moment = None
        if self.moment is not None and self.moment.period.last is not None:
            self.year = self.moment.period.last.year

    def new_part(self) -> None:
        """A semicolon: a day of a span that the part before it told is over."""
        if self.resumed is not None:
            self.moment, self.resumed = self.resumed, None

    def end_title(self) -> None:
        """The headline is read: what it names is what the article speaks of, until the body says so itself."""
        self.moment = self.lead = None
        self.body = True

    def heading(self) -> None:
        """What was just read was the heading of a section: what it names governs the section."""
        if self.moment is not None and self.fresh:
            self.default = self.moment
            self.flow = self.moment
            self.state = None
            self.settled = True

    # -------------------------------------------------------------- time words

    def heed(self, time: Time, end: int) -> None:
        """Take note of a time word."""
        text, word = self.text, time.text
        after = text[time.till : time.till + 16]
        earlier = text[max(self.sentence_at, time.at - 12) : time.at]
        if word in ("年度", "当年", "同期", "同比", "环比", "往年", "平日", "本期"):
            if word == "同期" and self.moment is not None and COMPARED.search(earlier):
                self._take_base(Moment(previous_year(self.moment.period), False, False, True), time)
            return
        if (
            (word == "年初" and earlier.endswith("末"))
            or after.startswith(EMBEDDED)
            or (word == "年初" and (DECIDED.match(after) or PROMISED.match(after)))
        ):
            return
        if earlier.endswith(LISTED_IN) or (
            word in ("现在", "月初") and earlier.endswith(("出", "呈", "体", "表", "实", "正"))
        ):
            return
        if word in ENDS:
            span = self.flow or self.default
            if span is not None and span.period.last is not None:
                self._govern(Moment(Period(None, span.period.last), True, False, True), time.at)
            return
        if (
            word.endswith("年前")
            and (ago := YEARS_AGO.match(word))
            and (governing := self.moment or self.default) is not None
        ):
            period = governing.period
            for _ in range(DIGITS[ago[1]]):
                period = previous_year(period)
            self._take_base(governing._replace(period=period), time)
            return
        if word == "年内" and after.startswith(TOP):
            return
        if word == "当月":
            self._this_month(time.at)
            return
        if self.last_time is not None and DAY_ALONE.match(word):
            joint = text[self.last_time[0] : time.at]
            first = self.last_time[1].period.first
            if first is not None and (joint == "、" or (self.from_day and TO_DAY.match(joint))):
                word = f"{first.month}月{word}"
        plan = PLAN_NAME.match(word) if "五" in word else None
        if plan and not plan["edge"] and after[:1] not in "，,":
            return
        moment = moment_of(word, self.published, self.year, self.latest)
        if moment is not None and word.startswith(("过去", "刚刚过去")) and not word.endswith("一年"):
            self.moment = self.aside = self.past = moment
            self.fresh, self.base = True, None
            return
        if moment is None and word.endswith("期"):
            moment = season_of(word, self.province, self.published)
            if moment is not None and word.startswith("上一"):
                self._take_base(moment, time)
                return
        if plan and plan["edge"] == "以来" and self.published is None:
            governing = self.moment or self.default
            whole = moment_of(word.removesuffix("以来"), None, None)
            if governing is not None and governing.period.last is not None and whole is not None:
                moment = whole._replace(period=Period(whole.period.first, governing.period.last))
        if moment is None:
            return
        if not moment.named or not word[:1].isdigit():
            moment = self._of_last_year(word, moment, after)
        if after.startswith(MIDNIGHT) or word.endswith("零时"):
            moment = moment._replace(period=Period(None, moment.period.last), as_of=True, day=False)
        census = None
        if after.startswith(_CENSUS_NAMES):
            census = next(n for n in _CENSUSES if after.startswith(n))
        if census is not None:
            day = _CENSUSES[census]
            moment = Moment(Period(None, day), True, False, True)
        elif after.startswith("零时") or word.endswith("零时"):
            self.census = moment.period.last
        compared, source, changed = lead_of(earlier)
        compared = compared or (census is not None and self.moment is not None)
        source = (source and not moment.as_of) or earlier.endswith(("由", "从"))
        if (word.endswith("以来") and not compared) or earlier.endswith("自"):
            source = compared = False
        if word.endswith("同期") or (word.endswith("年") and SAME_DAYS.match(after)):
            governing = self.moment or self.default
            if governing is not None and governing.period.last is not None and moment.period.last is not None:
                period = governing.period
                for _ in range(max(0, min(governing.period.last.year - moment.period.last.year, 30))):
                    period = previous_year(period)
                moment = moment._replace(period=period, as_of=governing.as_of)
            if compared or IS.match(after) or SAME_IS.match(after):
                self._take_base(moment, time, same=True)
            elif after.startswith("数"):
                self.moment, self.fresh = moment, True
            return
        if PREVIOUS.match(word) or word in ("上年末", "上年底"):
            if compared or source or IS.match(after) or changed:
                self._take_base(moment, time, source)
            return
        if earlier.endswith(("按", "以", "按照")):
            if moment.as_of and not PRICES.match(after):
                self.once, self.once_till = moment, time.till + 16
            if moment.as_of or PRICES.match(after):
                return
        if compared or source or changed:
            self._take_base(moment, time, source)
            return
        governing = self.moment or self.default
        if after[:1] in "的（(" and after[:1] and governing is not None and IS.match(after):
            self._take_base(moment, time)
            return
        if (
            governing is not None
            and self._told(time.at)
            and IS.match(after)
            and after[1:3] not in CHANGES
            and is_before(moment, governing)
        ):
            self._take_base(moment, time)
            return
        if (
            earlier.endswith(("为", "是"))
            and not (word == "今年" and COUNTED.match(after))
            and not earlier.endswith(("因为", "认为", "作为"))
        ):
            self._take_base(moment, time)
            return
        if (
            (word.endswith("前") and word not in NOW)
            or (after.startswith(("前", "之前")) and not moment.day)
            or (word.endswith("月") and BEFORE_IT.match(after))
        ):
            return
        if (
            earlier[-1:] in "仅是"
            and earlier.endswith(("仅", "单是", "光是"))
            and self._told(time.at)
            and not moment.as_of
        ):
            self.once, self.once_till = moment, time.till + 16
            return
        span = self.lead or self.default
        if moment.day and earlier.rstrip("，, ").endswith("其中") and span is not None and inside(moment, span):
            self.resumed = span  # 其中2月12日达到32.4万辆次；小客车203.9万辆次
        if moment.day and self._of_report(time, end, earlier):
            self.told_on = moment.period.last
            if moment.period.last and self.year is None:
                self.year = moment.period.last.year
            return
        if GOAL.match(after) and ("全年" in word or "年度" in word):
            year = whole_year((self.moment or self.default or moment).period, self.published) or moment.period
            self.once, self.once_till = Moment(year, False, False, True), time.till + 16
            return
        if not moment.day and MEETING.match(text, time.till, time.till + 60):
            if self.default is None:
                self.default = moment
            if not moment.as_of and self.flow is None:
                self.flow = moment
            return
        if not moment.named and moment.as_of and word not in NOW:
            return
        if moment.as_of and word in ("如今", "现在", "当前", "眼下") and self.moment:
            return
        if earlier.endswith(("截至", "截止", "到", "至")) and not moment.as_of and not moment.whole_year:
            moment = moment._replace(period=Period(None, moment.period.last), as_of=True)
        since = (SINCE.match(after) and not self._is_near_year(moment)) or (moment.day and DAY_SINCE.match(after))
        if since and self.body and self.published and moment.period.first and not moment.as_of:
            until = self.main_end() or self.published
            if moment.period.first <= until:
                self.moment = self.aside = Moment(Period(moment.period.first, until), False, False, True)
                self.fresh = True
                self.base = None
            return
        if (
            word in ("今年以来", "年初以来")
            and not self.settled
            and (told := self.main_end())
            and moment.period.first is not None
        ):
            moment = moment._replace(period=Period(moment.period.first, told))
        if moment.day and not moment.as_of:
            self.event = True
        began = self.last_time[1].period.first if self.from_day and self.last_time is not None else None
        if began is not None and self.last_time is not None and TO_DAY.match(text[self.last_time[0] : time.at]):
            moment = Moment(Period(began, moment.period.last), False, False, True)  # 自1月7日春运开始至27日
            self.last_time = None
        self.from_day = moment.day and earlier.endswith(("自", "从"))
        if self.last_time is not None and text[self.last_time[0] : time.at] == "、" and not moment.as_of:
            single = moment
            both = forward(Period(self.last_time[1].period.first, moment.period.last))
            if both is not None:  # printed in May, 6月、10月 are of two years
                moment = moment._replace(period=both, day=False)
            self.days = [*(self.days[:-1][-31:] or [self.last_time[1]]), single, moment]
        self.last_time = (time.till, moment)
        if word.endswith("季度") and len(word) == 5 and ("依次" in after or "分别" in after):
            self.days = [*quarters_of(moment), moment]
        if "学年" in word and moment.period.last is not None:
            self.flow = Moment(year_to(moment.period), False, False, True)
        if plan and plan["edge"] in ("末", "期末"):
            whole = moment_of(word.removesuffix("末").removesuffix("期"), None, None)
            self.plan_end = (moment, whole.period) if whole is not None else None
        if self.this_year and self.fresh and moment.as_of and earlier.endswith("到") and self.moment is not None:
            self.state = moment
            moment = so_far(self.moment, moment)
        self.this_year = word in ("今年", "本年")
        if self.this_year and self.fresh and self.moment is not None and self.moment.as_of:
            moment = so_far(moment, self.moment)
        self.within_year = word in ("年内", "年底前")
        self._govern(moment, time.at)

    def so_far_of(self, moment: Moment) -> Period:
        """The period of `moment`; of this year only the part up to the last state told, where there is one."""
        state, day = self.state, self.published
        if state is None or day is None or not moment.whole_year or moment.period.last is None:
            return moment.period
        last = state.period.last
        if last is None or last >= day or last.year != day.year or moment.period.last.year != day.year:
            return moment.period
        return Period(moment.period.first, last) if last > date(day.year, 1, 1) else moment.period

    def _is_near_year(self, moment: Moment) -> bool:
        """Whether it is this year or the last: what began in one of them (去年起) is told of that year."""
        first, day = moment.period.first, self.published
        return moment.whole_year and first is not None and day is not None and day.year - first.year <= 1

    def main_end(self) -> date | None:
        """The last day of the part of this year that the article speaks of (1-10月, 截至10月底), if it has one."""
        day, main = self.published, self.default
        if day is None or main is None or main.day:
            return None
        last = main.period.last
        if main.whole_year and self.state is not None:
            last = self.state.period.last
        if last is None or not date(day.year, 1, 31) <= last < day or (day - last).days > 60:
            return None
        return last

    def _runs_on(self, last: date | None) -> bool:
        """Whether a span up to the day of writing or beyond is an aside, as the article speaks of one that is over."""
        return (
            last is not None and self.published is not None and last >= self.published and self.main_end() is not None
        )

    def _this_month(self, at: int) -> None:
        governing = self.moment or self.default
        if governing is not None and governing.period.last is not None:
            last = governing.period.last
            self._govern(Moment(Period(last.replace(day=1), last), False, False, True), at)

    def _of_report(self, time: Time, end: int, earlier: str) -> bool:
        if earlier.endswith("记者") or REPORT.match(self.text, time.till, min(end, time.till + 60)) is not None:
            return True
        return self.text.startswith("在", time.till) and self.default is None

    def _of_last_year(self, word: str, moment: Moment, after: str) -> Moment:
        """Early in a year 全年 and 年末 speak of the year before, unless they say what is planned."""
        day, last = self.published, moment.period.last
        bare = word in ("全年", "年末", "年底") and not self.this_year
        if not bare or day is None or last is None or last.year != day.year or day.month > 3:
            return moment
        if GOAL.match(after) or TARGET.search(self.text, self.sentence_at, self.sentence_at + 40):
            return moment
        return moment._replace(period=previous_year(moment.period))

    def _is_history(self, moment: Moment) -> bool:
        """Whether it lies so far back that an article tells of it only to say how things began."""
        last = moment.period.last
        return last is not None and self.published is not None and last.year < self.published.year - 3

    def _main(self, moment: Moment) -> Moment:
        """What the article speaks of where its first figure is of `moment`: a state at the end of the headline's span
        leaves that span in force."""
        flow = self.flow
        if moment.as_of and flow is not None and flow.whole_year and flow.period.last == moment.period.last:
            title = self.text.find("\n")
            if PEOPLE.search(self.text, 0, title if title > 0 else 60):
                return moment
            return flow
        return moment

    def _told(self, at: int) -> bool:
        """Whether the sentence has named a time or a figure before this place."""
        return self.fresh or self.sentence_at <= self.last_till <= at

    def _is_future(self, moment: Moment) -> bool:
        last = moment.period.last
        return last is not None and self.published is not None and last.year > self.published.year

    def _take_base(self, moment: Moment, time: Time, source: bool = False, same: bool = False) -> None:
        self.base, self.base_at, self.base_till = moment, time.at, time.till
        if source:
            self.origin = moment
        governing = self.moment or self.default
        if governing is not None and governing.as_of:
            if moment.as_of:
                self.since = None if same else moment
            elif self.census is not None and moment.whole_year and moment.period.last is not None:
                day = self.census.replace(year=moment.period.last.year)
                self.base = Moment(Period(None, day), True, False, True)
                self.since = self.base
            elif moment.whole_year and not source and _is_next_year_end(governing, moment):
                self.since = Moment(Period(None, moment.period.last), True, False, True)

    def _govern(self, moment: Moment, at: int) -> None:
        former = self.moment if self.fresh else None
        if former is not None and former.as_of and moment.as_of and is_before(former, moment):
            self.earlier = former
        self.moment = moment
        self.fresh = True
        self.base = None
        if self.earlier is not None:
            self.since = self.earlier
        if self._is_future(moment) or (self.body and self._is_history(moment)):
            return
        if self.lead is not None and at - self.sentence_at <= 6 and not inside(moment, self.lead):
            self.lead = moment
        last = moment.period.last
        ahead = self.lead is not None and moment.named and not self.this_year and years_ahead(self.lead, moment)
        if ahead and self.default == self.lead:
            self.default = moment
        if ahead:
            self.lead = moment
        if last is not None and (self.published is None or last.year <= self.published.year):
            self.year = last.year
        if moment.as_of:
            self.state = moment
            if moment.day and self.text.endswith(("截至", "截止"), 0, at) and _is_event(self.default, moment):
                self.default, self.flow = moment, None
        else:
            flow = self.flow
            aside = flow is not None and self._runs_on(last)
            within = flow is not None and not self._runs_on(flow.period.last) and inside(moment, flow)
            if (
                not aside
                and not within
                and not (last is not None and self.published is not None and last.year > self.published.year)
            ):
                self.flow = moment
        if self.default is None and (moment.named or not moment.day or not self.body):
            self.default = moment


def _is_next_year_end(state: Moment, year: Moment) -> bool:
    """Whether a state is that of the end of the year after `year`."""
    last, before = state.period.last, year.period.last
    return last is not None and before is not None and last == before.replace(year=before.year + 1)


def _is_event(main: Moment | None, state: Moment) -> bool:
    """Whether what an article began with are a few days right before the day of a state (7月16日至18日…截至19日)."""
    if main is None or main.as_of or main.period.first is None or main.period.last is None:
        return False
    first, last, day = main.period.first, main.period.last, state.period.last
    return day is not None and (last - first).days < 15 and 0 <= (day - last).days < 30 and last.day != 31


def _latest_year(text: str) -> int | None:
    """The year that an article without a date was written in: the latest that it prints, or the one after it where it
    tells of the end of that year and of last year; None where it prints none."""
    found = [y for y in map(year_words, NAMED_YEAR.findall(text)) if 1949 <= y <= 2100]
    if not found:
        return None
    latest = max(found)
    over = "去年" in text and re.search(rf"{latest}年(?:底|末|12月|年末|年底)", text) is not None
    return latest + 1 if over else latest


_CENSUSES: dict[str, date] = {n: date.fromisoformat(d) for n, d in _PERIODS["censuses"].items()}
_CENSUS_NAMES = tuple(_CENSUSES)
