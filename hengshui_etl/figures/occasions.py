"""What an article is about for some days or as of one day: events, seasons and censuses, and what their words do.

Belongs here: the parts of an event (首日, 节后, 上届, 展会期间), censuses by their names. Does not belong here: finding
an event's days (events.py), the days of seasons and censuses (seasons.py, censuses.py), other words
(governing.py).
"""

from __future__ import annotations

from datetime import date

from hengshui_etl.figures.censuses import census_before
from hengshui_etl.figures.events import HELD, bare_day, days_within, is_day_within
from hengshui_etl.figures.found import Time
from hengshui_etl.figures.inforce import InForce
from hengshui_etl.figures.leads import COMPARED, REPORT
from hengshui_etl.figures.periods import Moment, is_before, is_brief, is_short, year_before
from hengshui_etl.figures.seasons import PARTS, part_of_season
from hengshui_etl.records import Period

_MEANWHILE = frozenset(
    ("假日期间", "假期里", "假期期间", "展会期间", "展期内", "活动期间", "赛事期间", "比赛期间", "大会期间", "会展期间")
)
"""What takes up the event again that the article is about."""


class Occasions(InForce):
    """The times in force, and what the words of events and censuses do to them."""

    def _is_held(self, moment: Moment, time: Time) -> bool:
        """Whether these are the days of the event that the article reports (9月15日至18日在南宁举行)."""
        if not self.body or self.settled or self.happening is not None or moment.day or moment.as_of:
            return False
        return is_short(moment.period) and HELD.match(self.text, time.till, time.till + 40) is not None

    def _heed_event(self, time: Time, end: int, after: str, earlier: str) -> bool:
        """Take note of a word for days of the event that the article reports; whether it is one, or could only be."""
        word, main = time.text, self.default
        if "0" <= word[0] <= "9":
            return False
        event = main if main is not None and is_brief(main.period) else None
        if word in ("上届", "上一届"):
            if self.happening is not None and self.happening.period.last is not None:
                self._take_base(Moment(year_before(self.happening.period.last), False, False, True), time)
            return True
        if word in PARTS:
            if main is not None and (part := part_of_season(word, main.period)) is not None:
                self.moment = self.aside = Moment(part, False, False, True)
                self.fresh, self.base = True, None
            return True
        if word in _MEANWHILE:
            if event is not None:
                self.moment, self.fresh, self.base = event, True, None
            return True
        if word in ("今年", "本年") and self.happening is not None:
            self.moment, self.fresh, self.base = self.happening, True, None
            return True
        days = days_within(word, event.period) if event is not None else None
        if days is None:
            return is_day_within(word)
        moment = Moment(days, False, days.first == days.last, True)
        if earlier.endswith(("为", "是", "比", "较", "超过")) and after[:1] == "的":
            self._take_base(moment, time)
            return True
        if moment.day and self._of_report(time, end, earlier):
            return True
        if self.named_till == time.at and not self.settled:
            self.default = moment  # 春运首日
        self.moment = self.aside = moment
        self.fresh, self.base = True, None
        return True

    def _count_of(self, day: date) -> None:
        """Take note that the article tells what was counted on a day: a census, of which its states are."""
        self.census = day
        self.moment = self.default = self.lead = self.state = Moment(Period(None, day), True, False, True)
        self.fresh = self.settled = True
        before = census_before(day)
        self.counted_before = Moment(Period(None, before), True, False, True) if before is not None else None
        self.since = self.counted_before

    def _heed_census(self, counted: Moment, time: Time, earlier: str) -> None:
        """Take note of a census by its name: the article's own, or an earlier one compared with."""
        day, own, compared = counted.period.last, self.census, COMPARED.search(earlier) is not None
        governing = self.moment or self.default
        if day is None:
            return
        if own is not None and day < own:
            self.counted_before = counted
            if self.text.startswith(("时，", "时,"), time.till) and not compared:
                self._govern(counted, time.at)
                return
            self._take_base(counted, time)
            self.since = counted
        elif own is not None and day == own:
            return
        elif compared:
            self._take_base(counted, time)
            if governing is not None and governing.as_of and is_before(counted, governing):
                self.since = counted
        elif not self.settled and (not self.body or self.default is None):
            self._count_of(day)
        else:
            self._govern(counted, time.at)

    def _day_of_span(self, day: str) -> str:
        """A day without its month, with that of the main span where it lies in that (12日: 2月12日), or nothing."""
        main = self.default
        if main is None or not is_short(main.period):
            return ""
        found = bare_day(int(day[:-1]), main.period, self.published)
        return f"{found.year}年{found.month}月{day}" if found is not None else ""

    def _month_of_days(self, first: int) -> str:
        """The year and month of days that are told without them, by the event or the day told last, or nothing."""
        main, day = self.default, self.named_day
        if main is not None and is_short(main.period) and main.period.first != main.period.last:
            day = bare_day(first, main.period, self.published) or day
        if day is None and self.published is not None and first <= self.published.day:
            day = self.published
        return f"{day.year}年{day.month}月" if day is not None else ""

    def _of_report(self, time: Time, end: int, earlier: str) -> bool:
        if earlier.endswith("记者") or REPORT.match(self.text, time.till, min(end, time.till + 60)) is not None:
            return True
        return self.text.startswith("在", time.till) and self.default is None
