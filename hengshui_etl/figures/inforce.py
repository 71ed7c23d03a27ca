"""The times in force at one place of an article: which they are, when they are over, how one takes over from another.

Belongs here: the walk's state, what paragraphs, sentences and headings do to it. Does not belong here: which time word
does what (governing.py), which days a figure speaks of (dating.py).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from hengshui_etl.figures.events import event_of
from hengshui_etl.figures.found import Time
from hengshui_etl.figures.leads import NAMED_YEAR, PEOPLE
from hengshui_etl.figures.periods import Moment, inside, is_before, is_brief, year_words, years_ahead
from hengshui_etl.figures.seasons import is_season
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Period

_DIVIDES = lazy_pattern(
    r"其中|[^\W\d_a-zA-Z]{0,4}按[^，,。；;\d]{1,10}(?:划分|分|来?看|统计)[，,]|分[^，,。；;\d]{1,10}来?看[，,]"
)
"""How a sentence begins that divides what the one before it told."""


class InForce:
    """The times in force at one place of the walk."""

    def __init__(self, text: str, published: date | None, province: str = "") -> None:
        self.text = text
        self.province = province
        self.published = published
        self.latest = published.year if published else _latest_year(text)
        self.default: Moment | None = None  # what the article began with
        self.apart = False  # whether the sentence takes the main span apart (前三季度…，四季度…)
        self.titled: Moment | None = None  # what the headline named
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
        self.days_told: list[date] = []  # the days of an event that the sentence has told
        self.day: int | None = None
        self.event = False
        self.body = False
        self.this_year = False
        self.within_year = False
        self.census: date | None = None
        self.happening: Moment | None = None  # the event that the article reports, which is over
        self.counted_before: Moment | None = None  # the census before that of which the article tells
        self.plan_end: tuple[Moment, Period] | None = None
        self.aside: Moment | None = None  # what only its own sentence is about
        self.switched: Moment | None = None  # the state or span last gone over to without a word
        self.told_on: date | None = None  # the day of the press conference
        self.plan_run: tuple[int, Period] | None = None
        self.unled = False  # whether the paragraph has told figures of what the article speaks of
        self.part_of: tuple[Moment | None] | None = None  # what was in force before a part of it was named midway
        self.passing: tuple[int, Moment | None] | None = None  # where the time in force was named, and which was before
        self.led = False  # whether the time in force began its sentence, or the part of it behind a semicolon
        self.changed: tuple[int, Period] | None = None  # where what has changed since a state was told, and its days
        self.went: tuple[int, Period] | None = None  # where a level ends that another began with, and of which days
        self.former: Moment | None = None  # what the sentence before ended with
        self.resumed: Moment | None = None  # what goes on behind the semicolon after a day of it
        self.years: Period | None = None  # the years over which a level went from one to another (2012年到2021年…从…到)
        self.past: Moment | None = None  # the years that a report looks back on (过去五年)
        self.from_day = False  # whether the last time word is a day that a span begins with (自1月7日)
        self.named_till = -99  # where the last time word ended
        self.named_year = 0  # and its year: 去年春节（1月20日至29日）
        self.named_day: date | None = None  # and the day, if it is one
        self.stood: Moment | None = None  # the state that the last figure of a span was of all the same
        self.earlier: Moment | None = None  # the state that the sentence told before the one in force

    # -------------------------------------------------------------- boundaries

    def new_paragraph(self) -> None:
        self.lead = self.moment = None
        self.event = self.led = self.unled = False
        named = self.default is not None and self.default is not self.titled
        if self.body and not self.settled and named and self.published is not None:
            self.year = self.published.year
        elif self.default is not None and self.default.period.last is not None:
            self.year = self.default.period.last.year

    def new_sentence(self, at: int) -> None:
        """A full stop (a semicolon is none): an aside of the sentence before is over."""
        self.sentence_at = at
        self.former = self.moment
        self.base = self.origin = self.last_base = self.last_time = self.once = None
        self.since = self.counted_before
        self.fresh = False
        self.days, self.days_told, self.day = [], [], None
        self.earlier, self.from_day, self.resumed, self.stood = None, False, None, None
        self.passing = self.part_of = None
        self.this_year = self.within_year = False
        if self.led and _DIVIDES.match(self.text, at) is not None:
            pass  # 1—7月累计702.3亿元。其中，城镇528.4亿元: what the sentence before ended with goes on
        elif self.apart:
            self.apart, self.lead, self.moment = False, None, None
        elif self.lead is not None and self.moment is not None and self.moment != self.lead:
            self.moment = self.lead
        elif self.moment is self.aside:
            self.moment = None
        self.led = False
        if self.moment is not None and self.moment.period.last is not None:
            self.year = self.moment.period.last.year

    def new_part(self) -> None:
        """A semicolon: a day of a span that the part before it told is over."""
        if self.resumed is not None:
            self.moment, self.resumed = self.resumed, None
        elif self.passing is not None and self.sentence_at < self.last_till <= self.passing[0]:
            self.moment = self.passing[1]  # 早熟的4.6万亩，8月下旬上市；中熟的16.4万亩: nothing was told of that time
        elif self.part_of is not None:
            self.moment = self.part_of[0]  # 全市538亿元，5月份当月113亿元；新能源汽车21亿元
        self.passing = self.part_of = None

    def end_title(self, at: int) -> None:
        """The headline is read: what it names is what the article speaks of, until the body, which begins at `at`, says
        so itself."""
        self.moment = self.lead = None
        self.body, self.titled = True, self.default
        if self.published is not None:
            told = self.default.period.last if self.default is not None else None
            self.year = told.year if told is not None else None
        if (event := event_of(self.text, at, self.published)) is not None:
            self._happened(Moment(event, False, False, True))

    def _happened(self, event: Moment) -> None:
        """Take note of the event that the article reports: all that it tells happened then."""
        self.happening = self.default = self.flow = event
        self.settled = True

    def heading(self) -> None:
        """What was just read was the heading of a section: what it names governs the section."""
        if self.moment is not None and self.fresh:
            self.default = self.moment
            self.flow = self.moment
            self.state = None
            self.settled = True

    # ------------------------------------------------------------ what is in force

    def so_far_of(self, moment: Moment) -> Period:
        """The period of `moment`; of this year only the part up to the last state told, where there is one."""
        state, day = self.state, self.published
        if state is None or day is None or not moment.whole_year or moment.period.last is None:
            return moment.period
        last = state.period.last
        if last is None or last >= day or last.year != day.year or moment.period.last.year != day.year:
            return moment.period
        return Period(moment.period.first, last) if last > date(day.year, 1, 1) else moment.period

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

    def _is_history(self, moment: Moment) -> bool:
        """Whether it lies so far back that an article tells of it only to say how things began."""
        last = moment.period.last
        return last is not None and self.published is not None and last.year < self.published.year - 3

    def _main(self, moment: Moment) -> Moment:
        """What the article speaks of where its first figure is of `moment`: a state at the end of the headline's span
        leaves that span in force, and so does a span that only begins in the headline's year (2022年7月至2023年6月)."""
        flow, titled, (first, last) = self.flow, self.titled, moment.period
        named = titled.period.last if titled is not None and titled.whole_year else None
        if named is not None and first is not None and last is not None and named.year == first.year == last.year - 1:
            return titled or moment
        if moment.as_of and flow is not None and flow.whole_year and flow.period.last == moment.period.last:
            title = self.text.find("\n")
            if PEOPLE.search(self.text, 0, title if title > 0 else 60):
                return moment
            return flow
        return moment

    def _told(self, at: int) -> bool:
        """Whether the sentence has named a time or a figure before this place."""
        return self.fresh or self.sentence_at <= self.last_till <= at

    def _is_of_before(self, moment: Moment) -> bool:
        """Whether it is of a year before that of which the article speaks."""
        last, main = moment.period.last, self.default
        return (
            last is not None and main is not None and main.period.last is not None and last.year < main.period.last.year
        )

    def _is_over(self, moment: Moment | None) -> bool:
        """Whether it is of a year before that of the day of writing."""
        last = moment.period.last if moment is not None else None
        return last is not None and self.published is not None and last.year < self.published.year

    def _is_ahead(self, moment: Moment) -> bool:
        """Whether it ends behind the day of writing."""
        last = moment.period.last
        return last is not None and self.published is not None and last > self.published

    def _is_future(self, moment: Moment) -> bool:
        last = moment.period.last
        return last is not None and self.published is not None and last.year > self.published.year

    # ------------------------------------------------------------ taking over

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
        self.passing, main = (at, self.moment), self.moment or self.default
        midway = self.sentence_at < self.last_till <= at and self.text[at - 1] in "，,"
        midway = midway and not self.text.endswith("其中", 0, at - 1)
        self.part_of = (self.moment,) if midway and main is not None and inside(moment, main) else None
        self.led = at - self.sentence_at <= 6 or self.text[at - 1] in ("，；;" if moment.as_of else "；;")
        if former is not None and former.as_of and moment.as_of and is_before(former, moment):
            self.earlier = former
        self.moment = moment
        self.fresh = True
        self.base = self.stood = None
        if self.earlier is not None:
            self.since = self.earlier
        if self._is_future(moment) or (self.body and self._is_history(moment)):
            return
        main = self.default
        self.apart = self.apart or _are_apart(former, moment, main)
        if main is not None and is_brief(main.period) and (inside(moment, main) or _is_within(moment, main)):
            self.aside = moment  # a part of an event is told in its own sentence
            self.resumed = main
            if moment.day and moment.period.last is not None:
                self.days_told.append(moment.period.last)
        opens = at - self.sentence_at <= 6 and not self._is_of_before(moment)
        lead, narrower = self.lead, False
        if lead is not None and opens and moment is not self.aside:
            narrower = inside(moment, lead) and (main is None or moment.period != main.period)
        if lead is not None and opens and moment is not self.aside and not narrower:
            ends = lead.as_of and not moment.as_of and moment.period.last == lead.period.last
            self.lead = lead if ends else moment  # 全年发展党员234万名 is an aside in a paragraph on the year's end
        if self.body and not self.settled and is_season(moment.period):
            self.default = self.lead = moment  # 3月1日24时，2019年春运画上句号
        last = moment.period.last
        ahead = self.lead is not None and moment.named and not self.this_year and years_ahead(self.lead, moment)
        if ahead and self._is_ahead(moment) and self._is_over(main):
            ahead = False  # 2021年个人缴费调整为280元, in a review of 2020
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


def _are_apart(one: Moment | None, other: Moment, main: Moment | None) -> bool:
    """Whether a sentence has told two parts of the main span that make it up (前三季度…，四季度…)."""
    if one is None or main is None or not inside(one, main) or not inside(other, main):
        return False
    first, last = one.period, other.period
    if first.last is None or last.first is None or first.first != main.period.first or last.last != main.period.last:
        return False
    return (last.first - first.last).days == 1


def _is_within(moment: Moment, event: Moment) -> bool:
    """Whether a day or the state of a day is one of an event of some days, or of the days right behind it."""
    day, (first, last) = moment.period.last, event.period
    if not (moment.day or moment.as_of) or day is None or first is None or last is None or first == last:
        return False
    return first <= day <= (last + timedelta(9) if moment.day and not moment.as_of else last)


def _is_next_year_end(state: Moment, year: Moment) -> bool:
    """Whether a state is that of the end of the year after `year`."""
    last, before = state.period.last, year.period.last
    return last is not None and before is not None and last == before.replace(year=before.year + 1)


def _is_event(main: Moment | None, state: Moment) -> bool:
    """Whether what an article began with are a few days right before the day of a state (7月16日至18日…截至19日)."""
    if main is None or main.as_of or main.period.first is None or main.period.last is None:
        return False
    first, last, day = main.period.first, main.period.last, state.period.last
    return day is not None and (last - first).days < 15 and 0 < (day - last).days < 30 and last.day != 31


def _latest_year(text: str) -> int | None:
    """The year that an article without a date was written in: the latest that it prints, or the one after it where it
    tells of the end of that year and of last year; None where it prints none."""
    found = [y for y in map(year_words, NAMED_YEAR.findall(text)) if 1949 <= y <= 2100]
    if not found:
        return None
    latest = max(found)
    over = "去年" in text and re.search(rf"{latest}年(?:底|末|12月|年末|年底)", text) is not None
    return latest + 1 if over else latest
