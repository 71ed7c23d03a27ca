"""What a clause sums up: years together, the days of an event, what has come since something began, days off.

Belongs here: the spans that a figure's own clause tells (五年累计, 一年间, 十年间上升, 8天里). Does not belong
here: which time words are in force (governing.py), what else dates a figure (dating.py).
"""

from __future__ import annotations

from datetime import date, timedelta

from hengshui_etl.figures.censuses import NAME as CENSUS
from hengshui_etl.figures.found import Quantity
from hengshui_etl.figures.governing import Times
from hengshui_etl.figures.periods import Moment, between, is_month, is_short, months_of, previous_year, quarters_of
from hengshui_etl.figures.seasons import holiday_before
from hengshui_etl.figures.statements import Statement
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Period

YEAR_NUMBERS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_CENSUS = lazy_pattern(CENSUS)
_BEGAN = lazy_pattern(
    "(?:成立|建成|建立|通车|通水|通航|投运|投产|投用|开通|运行|运营|改革|实施|开馆|挂牌|落地|获批|建市|建区)以来"
)
_DAYS_OFF = ("里", "假", "长假", "黄金周", "小长假", "的假")
_HOLIDAY = lazy_pattern("假日|假期|长假|黄金周|双节|春节|国庆")
_WITHIN_YEAR = lazy_pattern(
    r"(?:^|[^\W\d_a-zA-Z]{2})(?<![每近这])一年(?:(?P<goes_on>间|来|里|中)|成长|下行|上行|抬升|增|上升|升|降|涨|减)"
)
_YEARS_TOGETHER = lazy_pattern(
    r"^(?:【[^】]{1,8}】)?(?P<m>[两三四五六七八九十])年(?!级|制|期|龄|前|后|内|以|平均|多|行动|规划|计划|攻坚|抬|升|降|增)(?=[^\W\d_a-zA-Z]{4})|(?<![约第过几十])(?P<n>[两三四五六七八九十])年(?:来|间)?(?:累计|共|合计|总共|一共)"
)
_YEARS_BETWEEN = lazy_pattern(r"(?P<n>[两二三四五六七八九十])年(?:间|来|累计|共|$)")
_COMMAS = ("，", ",")
_YEARS_BEFORE = lazy_pattern(r"(?P<n>[两二三四五六七八九十])年[间来][，,]$")
_ALL_TOLD = lazy_pattern(r"累计|合计|总计|共计?")
_EACH_DAY = lazy_pattern(r"(?P<n>[两二三四五六七八九]|\d)[天日][^，,。；;\d]{0,10}?(?:依次|依序|分别)")
_EACH_YEAR = lazy_pattern(
    r"(?P<before>此前|之前|在?前)?(?P<last>近|最近|过去)?(?P<n>[两二三四五])年(?:里|来|间|中)?[，,]?[^，,。；;\d]{0,12}?(?:先后|分别|依次|依序)"
)
_EACH_PART = lazy_pattern(
    r"(?P<n>[两二三四五六])个(?P<unit>季度?|月)(?:里|来|间|中)?[，,]?[^，,。；;\d]{0,12}?(?:先后|分别|依次|依序)"
)


class Summed(Times):
    """The times in force, and the spans that clauses sum up."""

    def _together(self, q: Quantity, s: Statement) -> Period | None:
        """The days of an event that a clause sums up (10日…，11日…，累计转移), or None; a list that hands one
        figure to each of its days (三天依次为) begins."""
        event = self.default
        if event is None or event.period.first is None or event.period.last is None:
            return None
        told = self.days_told
        if len(told) > 1 and self.moment is self.aside and _ALL_TOLD.search(s.before):
            return Period(min(told), max(told))
        handed = "依" in s.before or "分别" in s.before
        run = _EACH_DAY.search(self.text, max(self.sentence_at, q.at - 20), q.at) if handed else None
        days = (event.period.last - event.period.first).days + 1
        if run is not None and days in (YEAR_NUMBERS.get(run["n"]), int(run["n"]) if run["n"].isdigit() else 0):
            each = (event.period.first + timedelta(n) for n in range(days))
            self.days, self.moment = [*(Moment(Period(day, day), False, True, True) for day in each), event], event
        return None

    def _hand_out_parts(self, at: int) -> None:
        """Take note of the quarters or months of a span that a list hands one figure each (三个季度分别为…)."""
        run, main = _EACH_PART.search(self.text, max(self.sentence_at, at - 28), at), self.moment or self.default
        if run is None or main is None or main.as_of:
            return
        parts = quarters_of(main) if run["unit"] != "月" else months_of(main)
        if len(parts) == YEAR_NUMBERS[run["n"]]:
            self.days = [*parts, main]
            self.moment = main

    def _hand_out_years(self, at: int) -> None:
        """Take note of years that a list hands one figure each (此前三年，总产先后为…、…和…)."""
        run = _EACH_YEAR.search(self.text, max(self.sentence_at, at - 28), at)
        main = self.moment or self.default
        if run is None or not (run["before"] or run["last"]) or main is None or main.period.last is None:
            return
        until = main.period.last.year - (1 if run["before"] else 0)
        if self.published is None or until >= self.published.year:
            return
        first = until + 1 - YEAR_NUMBERS[run["n"]]
        spans = [
            Period(date(a, 1, 1), date(b, 12, 31))
            for a, b in (*((y, y) for y in range(first, until + 1)), (first, until))
        ]
        self.days = [Moment(span, False, False, True) for span in spans]
        self.moment = self.aside = self.days[-1]

    def _since_it_began(self, at: int) -> bool:
        """Whether the sentence tells what has come together since something began, years ago (通水以来累计供水…)."""
        near = max(self.sentence_at, at - 60)
        return self.text.find("以来", near, at) > 0 and _BEGAN.search(self.text, near, at) is not None

    def _heed_holiday(self, q: Quantity, s: Statement) -> None:
        """Take note of days off that only their number names (8天里), where the article is about a holiday."""
        day = self.told_on or self.published
        days = int(q.value)
        if day is None or not 3 <= days <= 10 or q.value != days or not s.behind.startswith(_DAYS_OFF):
            return
        if _HOLIDAY.search(self.text, max(0, q.at - 160), q.till + 6) is None:
            return
        if self.fresh and q.at - self.named_till <= 4 and self.moment is not None and is_short(self.moment.period):
            return  # 去年国庆、中秋8天长假: the days are named
        first, last = holiday_before(day, days)
        self.moment = self.default = self.lead = Moment(Period(first, last), False, False, True)
        self.flow, self.fresh, self.settled = self.moment, True, True

    def _told_period(self, governing: Moment, s: Statement) -> Period | None:
        """The years back from the governing moment that a clause itself says it sums up (一年间, 五年累计), or None."""
        period = governing.period
        last = period.last
        if last is None:
            return None
        if (years := self._years_taken(s)) is not None:
            since = self._years_between(years)
            if since is not None:
                self.moment = Moment(since, False, False, True)
            return since
        if (governing.as_of or is_month(period)) and (within := _WITHIN_YEAR.search(s.before)):
            year = Moment(between(previous_year(period).last, last), False, False, True)
            if within["goes_on"]:
                self.moment, self.resumed = year, governing if s.start - self.sentence_at > 4 else None
            return year.period
        run = _YEARS_TOGETHER.search(s.before) if s.predicate == "level" else None
        if run and (last.month, last.day) in ((12, 31), (1, 1)):
            years = YEAR_NUMBERS[run["n"] or run["m"]]
            if last.month == 1:
                last = date(last.year - 1, 12, 31)
            self.moment = Moment(Period(date(last.year - years + 1, 1, 1), last), False, False, True)
            return self.moment.period
        return None

    def _years_taken(self, s: Statement) -> int | None:
        """How many years a change says it took (由2012年的…升至2022年的…，十年间上升…), or None where it says none."""
        run = _YEARS_BETWEEN.match(s.before)
        if run is None and self.text[s.start - 1 : s.start] in _COMMAS:
            run = _YEARS_BEFORE.search(self.text, max(self.sentence_at, s.start - 5), s.start)
        if run is None or not (self._is_change(s) or s.predicate == "multiple"):
            return None
        return YEAR_NUMBERS[run["n"]]

    def _years_between(self, years: int) -> Period | None:
        """The `years` since what was told last (2012年…，十年间上升…), or None where the story did not begin then."""
        start, end = self.origin or self.moment, self.default
        if start is None or start.period.last is None:
            return None
        if self.origin is not None and start.whole_year and start.period.first is not None:
            return Period(start.period.first, start.period.last.replace(year=start.period.last.year + years))
        last = end.period.last if end is not None else None
        if last is not None and start.period.last.year + years == last.year:
            return between(start.period.last, last)
        return None

    def _is_change(self, s: Statement) -> bool:
        if s.predicate == "change":
            return True
        return s.direction is not None and s.predicate == "gap" and (s.temporal or _CENSUS.search(s.object) is not None)
