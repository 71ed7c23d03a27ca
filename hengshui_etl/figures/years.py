"""What the words for a year, its beginning and its months do to the times in force.

Belongs here: what was set out at the year's beginning (年初确定的), spans that begin with it or run from one year to
the next (年初至今), 当年, 全年, 如今, the year before, the part of this year that is over. Does not belong here: every
other time word (governing.py), events and censuses (occasions.py), what days a time word names (periods.py).
"""

from __future__ import annotations

from datetime import date

from hengshui_etl.figures.found import Quantity, Time
from hengshui_etl.figures.leads import GOAL, HELD_OVER, SET_OUT, TARGET
from hengshui_etl.figures.occasions import Occasions
from hengshui_etl.figures.periods import Moment, moment_of, month_end, previous_year, whole_year
from hengshui_etl.figures.seasons import lunar_year_before
from hengshui_etl.figures.statements import Statement
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Period
from hengshui_etl.vocab import alternatives, toml

_TO = frozenset(("至", "到", "—", "－", "-", "~", "～"))
_COMMA = ("，", ",")
_TO_EVENT = lazy_pattern(r"[至到](?!\d|[今目现昨上下本]|[一二三四五六七八九十]{1,2}月)[^，,。；;\d]{1,10}[，,]")
"""Behind 今年初: an event that its span runs to (至假期结束)."""
_DONE = lazy_pattern(alternatives(toml("predicates")["flows"]["done"]))
_HARVESTED = lazy_pattern("收获|总产|单产|亩产|产量|收购|上市|入库|出栏|播种|秋播|春播|夏播|落地")
_SOON = 10
"""An article that comes so many days after its span speaks of that, though it says 今年已."""
_FUNDS = lazy_pattern(
    r"(?:到位|安排|下达|筹措|筹集|投入)[^，,。；;\d]{0,14}(?:资金|经费|补助|专款)$|(?:财政|预算内?)(?:投入|安排)$"
)
"""Funds of this year are told for the year, unless they have been paid."""
_BEYOND = ("71", "81", "82")
"""Taiwan, Hong Kong and Macao, whose holidays no notice of the State Council moves."""
_NO_TIME = Moment(Period(None, None), False, False, False)


class Years(Occasions):
    """The times in force, and what the words for years do to them."""

    def year_before(self, period: Period) -> Period:
        """The same days one year before, or the same season or holiday."""
        lunar = lunar_year_before(period) if self.province in _BEYOND else None
        return lunar or previous_year(period)

    def _heed_that_year(self, time: Time) -> None:
        """Take note of 当年 behind a state at the end of a year: what happened in that year (当年新认定187家)."""
        last = self.moment.period.last if self.moment is not None and self.moment.as_of else None
        if last is not None and (last.month, last.day) == (12, 31):
            self.once = Moment(Period(last.replace(month=1, day=1), last), False, False, True)
            self.once_till = time.till + 16

    def _heed_new_year(self, time: Time) -> bool:
        """Take note of 年初 where it says what was set out for the year (年初确定的36项任务), held over from the one
        before (加上年初滚存的24.18亿元), or begins a span to an event (今年初至假期结束); whether it does."""
        year = whole_year((self.moment or self.default or _NO_TIME).period, self.published)
        if year is None or year.first is None:
            return False
        after = self.text[time.till : time.till + 24]
        if SET_OUT.match(after):
            self.once = Moment(year, False, False, True)
        elif HELD_OVER.match(after):
            self.once = Moment(Period(None, year.first), True, False, True)
        elif _TO_EVENT.match(after):
            main = self.default.period.last if self.default is not None else self.published
            self.moment = self.aside = Moment(Period(year.first, main or self.published), False, False, True)
            self.fresh, self.base = True, None
            return True
        else:
            return False
        self.once_till = time.till + 24
        return True

    def _run_to(self, moment: Moment, time: Time) -> Moment | None:
        """The span from the month, or the year's beginning, named right before to the end of `moment`
        (2022年7月至2023年6月, 年初至今), or None."""
        if self.last_time is None:
            return None
        joint, begun = self.text[self.last_time[0] : time.at], self.last_time[1]
        if joint not in _TO and not (joint == "" and time.text.startswith("至")):
            return None
        first, last = begun.period.first, moment.period.last
        new_year = (
            begun.as_of and begun.period.last is not None and (begun.period.last.month, begun.period.last.day) == (1, 1)
        )
        if new_year:
            first = begun.period.last
        elif moment.as_of or moment.day or begun.as_of or begun.day:
            return None
        return Moment(Period(first, last), False, False, True) if first and last and first < last else None

    def _year_until(self, word: str, year: int) -> int:
        """The year of a month that a state is told of without it (截至7月底): the last in which it was over by the day
        of writing, though the article speaks of a year before."""
        day = self.published
        if day is None or year >= day.year or not word[:1].isdigit():
            return year
        moment = moment_of(word, day, day.year)
        last = moment.period.last if moment is not None else None
        return day.year if last is not None and last.year == day.year and last <= day else year

    def _is_near_year(self, moment: Moment) -> bool:
        """Whether it is this year or the last: what began in one of them (去年起) is told of that year."""
        first, day = moment.period.first, self.published
        return moment.whole_year and first is not None and day is not None and day.year - first.year <= 1

    def _turn_to_now(self, now: Moment, time: Time) -> None:
        """Take note of 如今: it governs where its sentence told of years ago first (2018年…，如今已达4.6万张), and
        alone at the head of a sentence (眼下，38个项目投产)."""
        told = self.moment
        if time.at <= self.sentence_at + 1 and self.text[time.till : time.till + 1] in _COMMA:
            self.moment = self.aside = now
            self.fresh, self.base = True, None
            return
        if told is None or told.period.last is None or now.period.last is None or not self.fresh:
            return
        if self.text[time.at - 1] in "，,；;" and told.period.last.year < now.period.last.year - 1:
            self.moment = self.aside = now
            self.since = Moment(Period(None, told.period.last), True, False, True)

    def _this_month(self, at: int) -> None:
        governing = self.moment or self.default
        if governing is not None and governing.period.last is not None:
            last = governing.period.last
            whole = month_end(last.year, last.month)
            if governing.day and self.published is not None and whole < self.published:
                last = whole
            self._govern(Moment(Period(last.replace(day=1), last), False, False, True), at)

    def _of_last_year(self, word: str, moment: Moment, after: str) -> Moment:
        """Early in a year 全年 and 年末 speak of the year before, unless they say what is planned."""
        day, last = self.published, moment.period.last
        bare = word in ("全年", "年末", "年底") and not self.this_year
        if not bare or day is None or last is None or last.year != day.year or day.month > 3:
            return moment
        if GOAL.match(after) or TARGET.search(self.text, self.sentence_at, self.sentence_at + 40):
            return moment
        if self.lead is not None and self.lead.whole_year and self.lead.period.last == last:
            return moment  # 二、2022年重点工作：…全年谋划项目60个
        return moment._replace(period=previous_year(moment.period))

    def _is_this_year_done(self, first: date, s: Statement) -> bool:
        """Whether a clause says what has been done of this year, of which the article tells a part."""
        day = self.published
        if day is None or first.year != day.year or "已" not in s.before:
            return False
        return self.main_end() is not None

    def _part_of_this_year(self, first: date, q: Quantity, s: Statement) -> Period | None:
        """The part of this year that is over, where that is what a figure of this year speaks of."""
        day, end = self.published, self.main_end()
        done = _DONE.search(s.before) is not None and day is not None and first.year == day.year
        if done and day is not None and (end is None or (day - end).days > _SOON):
            self.moment = Moment(Period(first, day), False, False, True)
            return self.moment.period
        if q.kind == "money" and "已" not in s.before and _FUNDS.search(s.before) is not None:
            self.this_year = False  # 今年到位资金1.86亿元，中央、省分别投入0.94亿元、0.92亿元: those of the year
            return None
        ahead = not done and (s.predicate == "rate" or TARGET.search(s.before) is not None)
        if end is None and self.this_year and self.body and not ahead and day is not None and first.year == day.year:
            end = day if day.month < 10 and _HARVESTED.search(s.before) else None
        if end is None or ahead or first.year != end.year:
            return None
        part = Moment(Period(first, end), False, False, True)
        if self.lead is self.moment:
            self.lead = part
        self.moment = part
        return part.period
