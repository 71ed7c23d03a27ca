"""When a figure speaks of: from time words to first and last day, as of the article's date.

Belongs here: the calendar of Chinese press (上半年, 1-8月份, 截至9月底, “十三五”期间, “五一”假期) and which time
governs a figure. Does not belong here: finding the words (scan.py). No year is invented: without a date or a named year
the answer is None.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from hengshui_etl.figures.numerals import chinese_number
from hengshui_etl.figures.scan import DASH, DAY, HOUR, MONTH, YEAR
from hengshui_etl.figures.seasons import (
    holiday_days,
    holiday_in,
    holiday_year_before,
    is_season,
    lunar_days,
    province_season,
    season_before,
)
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Period
from hengshui_etl.vocab import alternatives, toml, words

_DATA = toml("periods")
_YEARS: dict[str, int] = dict(_DATA["relative_years"])
_FROM_GOVERNING = frozenset(words(_DATA["counted_from_governing"]))
_DAYS: dict[str, int] = dict(_DATA["relative_days"])
_MONTHS: dict[str, int] = dict(_DATA["relative_months"])
NOW = frozenset(words(_DATA["now"]))
_TOKEN = lazy_pattern(rf"(?:(?P<year>{YEAR})年?|(?P<word>{alternatives(_YEARS)}))?度?的?(?P<rest>.*)$")
_DATE = lazy_pattern(rf"(?P<y>{YEAR})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})$")
_FIRST_PRINTED = lazy_pattern(
    rf"(?:原载|原刊|刊载|载于|刊于|发表于)[^，。\n]{{0,12}}?(?P<y>{YEAR})年(?P<m>{MONTH})月(?P<d>{DAY})日"
)
_SPOKEN = lazy_pattern(
    rf"[—─-]{{2}}(?P<y>{YEAR})年(?P<m>{MONTH})月(?P<d>{DAY})日(?:在|于)[^\n]{{4,40}}(?:会议|大会|全会)"
)
_PAST_YEARS = lazy_pattern(r"(?:过去|刚刚过去的?|本届政府)的?(?P<n>[三四五])年$")
_SCHOOL_YEAR = lazy_pattern(rf"(?P<y>{YEAR})(?:[/—–-]{YEAR})?学年度?(?P<begins>初)?")  # counted in its first autumn
_YEARS_RANGE = lazy_pattern(rf"(?P<a>{YEAR})年?{DASH}(?P<b>{YEAR})年")
_PART = lazy_pattern(
    rf"(?:(?:[一1]{DASH}(?P<q2>[二三四2-4])季度)|(?P<quarter>(?:第|前)?[一二三四两1-4]个?季度|[首前][两三]个?季度?|第[一二三四]季|首季)|(?P<half>[上下]半年|半年[度报])"
    rf"|(?P<m1>{MONTH})(?:月份?)?{DASH}(?P<m2>{MONTH})月份?"
    rf"|[前头首](?P<months>[一二两三四五六七八九十\d]{{1,2}})个?月"
    rf"|(?P<m>{MONTH})月(?:份|(?P<d>{DAY})日(?:(?:{HOUR})?{DASH}(?:(?P<m3>{MONTH})月)?(?P<d2>{DAY})日)?)?)?(?P<edge>.*)$"
)
_PLAN = lazy_pattern(r"[“\"「]?(?P<name>十[一二三四五]五)[”\"」]?(?:规划)?(?P<edge>.*)$")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "两": 2, "1": 1, "2": 2, "3": 3, "4": 4}


class Moment(NamedTuple):
    """A resolved time: its period, and whether it is a state as of its last day (截至9月底), a single day, or relative
    to what is said around it (`named`: a year or month was printed)."""

    period: Period
    as_of: bool
    day: bool
    named: bool

    @property
    def whole_year(self) -> bool:
        """Whether it is one calendar year from end to end."""
        a, b = self.period
        return (
            a is not None and b is not None and a.year == b.year and (a.month, a.day, b.month, b.day) == (1, 1, 12, 31)
        )


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    number = chinese_number(text)
    return int(number.value) if number is not None else 0


def year_words(text: str) -> int:
    """The year that digits or Chinese digits (二〇一九) name."""
    return _number(text.replace("○", "〇"))


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=1 << 13)
def moment_of(text: str, published: date | None, year: int | None, latest: int | None = None) -> Moment | None:
    """What the time word `text` says in an article of `published`, where `year` is the year spoken of just before, and
    `latest`, for an article without a date, the latest year that it prints.

    None where it names no days (近日, 同比) or needs a year that nothing names.
    """
    if match := _DATE.match(text):
        first = _day(year_words(match["y"]), int(match["m"]), int(match["d"]))
        return Moment(Period(first, first), False, True, True) if first else None
    if match := _SCHOOL_YEAR.match(text):
        counted = (9, 1) if match["begins"] else (12, 31)
        return Moment(Period(None, date(year_words(match["y"]), *counted)), True, False, True)
    if (match := _PAST_YEARS.match(text)) and published is not None:
        last = published.year - 1 if published.month <= 3 else published.year
        first_year = last + 1 - _number(match["n"])
        return Moment(Period(date(first_year, 1, 1), date(last, 12, 31)), False, False, True)
    if match := _YEARS_RANGE.match(text):
        a, b = year_words(match["a"]), year_words(match["b"])
        return Moment(Period(date(a, 1, 1), date(b, 12, 31)), False, False, True) if a < b else None
    if (match := _PLAN.match(text)) and match["name"] in _DATA["five_year_plans"]:
        a, b = _DATA["five_year_plans"][match["name"]]
        return _plan(a, b, match["edge"], published)
    if text in NOW:
        return Moment(Period(None, published), True, False, False) if published else None
    if text in _DAYS:
        day = published + timedelta(_DAYS[text]) if published else None
        return Moment(Period(day, day), False, True, False) if day else None
    if text in _MONTHS:
        return _month(published, _MONTHS[text])
    match = _TOKEN.match(text)
    if match is None:
        return None
    named = match["year"] is not None or match["word"] is not None
    base = published.year if published else latest
    if match["year"]:
        at_year: int | None = year_words(match["year"])
    elif match["word"]:
        origin = year if match["word"] in _FROM_GOVERNING and year is not None else base
        at_year = origin + _YEARS[match["word"]] if origin is not None else None
    else:
        at_year = year if year is not None else base
    if at_year is None or not 1900 <= at_year <= 2200:
        return None
    rest = match["rest"]
    if not rest[:1].isdigit():
        if (holiday := holiday_in(rest)) is not None:
            days = holiday_days(holiday, at_year)
            if days is not None and rest.endswith("以来") and published and days.first and published >= days.first:
                days = Period(days.first, min(published, days.last or published))
            return Moment(days, False, False, True) if days is not None else None
        if (lunar := lunar_days(rest, at_year)) is not None:
            return Moment(lunar, False, lunar.first == lunar.last, True)
    return _part(rest, at_year, named, published)


def _month(published: date | None, months: int) -> Moment | None:
    if published is None:
        return None
    index = published.year * 12 + published.month - 1 + months
    year, month = divmod(index, 12)
    return Moment(Period(date(year, month + 1, 1), month_end(year, month + 1)), False, False, True)


def _plan(first: int, last: int, edge: str, published: date | None) -> Moment | None:
    if edge in ("末", "期末"):
        return Moment(Period(None, date(last, 12, 31)), True, False, True)
    if edge == "以来" and published and published >= date(first, 1, 1):
        return Moment(Period(date(first, 1, 1), published), False, False, True)
    return Moment(Period(date(first, 1, 1), date(last, 12, 31)), False, False, True)


def _part(rest: str, year: int, named: bool, published: date | None) -> Moment | None:
    match = _PART.match(rest)
    if match is None:
        return None
    edge = match["edge"]
    first, last, day = date(year, 1, 1), date(year, 12, 31), False
    explicit = True
    if match["quarter"]:
        n = next((_QUARTERS[c] for c in match["quarter"] if c in _QUARTERS), 1)
        first = date(year, 1, 1) if match["quarter"][0] in "前首" else date(year, 3 * n - 2, 1)
        last = month_end(year, 3 * n)
    elif match["q2"]:
        last = month_end(year, 3 * _QUARTERS[match["q2"]])
    elif match["half"]:
        first, last = (date(year, 1, 1), date(year, 6, 30)) if match["half"][0] in "上半" else (date(year, 7, 1), last)
    elif match["m1"]:
        a, b = _number(match["m1"]), _number(match["m2"])
        if not a < b <= 12:
            return None
        first, last = date(year, a, 1), month_end(year, b)
    elif match["months"]:
        n = _number(match["months"])
        if not 1 <= n <= 12:
            return None
        last = month_end(year, n)
    elif match["m"]:
        month = _number(match["m"])
        if not 1 <= month <= 12:
            return None
        if not named and published and match["m"] and (year, month) > (published.year, published.month + 1):
            year -= 1
        first, last = date(year, month, 1), month_end(year, month)
        if match["d"]:
            first_day = _day(year, month, _number(match["d"]))
            if first_day is None:
                return None
            last_day: date | None = first_day
            if match["d2"]:
                last_day = _day(year, _number(match["m3"]) if match["m3"] else month, _number(match["d2"]))
            if last_day is None or last_day < first_day:
                return None
            first, last, day = first_day, last_day, first_day == last_day
    else:
        explicit = named or edge in ("全年", "年末", "年底", "年初", "年内", "年度", "年初以来", "年中")
    if edge in ("底", "末", "年底", "年末", "月末", "月底", "季末", "期末"):
        return Moment(Period(None, last), True, False, explicit)
    if edge in ("初", "年初"):
        return Moment(Period(None, first), True, False, explicit)
    if edge in ("以来", "年初以来"):
        return Moment(Period(first, published), False, False, explicit) if published and published >= first else None
    if not explicit:
        return None
    return Moment(Period(first, last), False, day, True)


def printed_on(text: str) -> date | None:
    """The day on which a reprint says at its end that it first appeared (原载一九八三年十一月十八日), or a report
    that it was given (——2022年1月10日在…会议上), or None."""
    match = _FIRST_PRINTED.search(text, max(0, len(text) - 200)) or _SPOKEN.search(text, 0, 300)
    if match is None:
        return None
    return _day(year_words(match["y"]), _number(match["m"]), _number(match["d"]))


def season_of(word: str, province: str, published: date | None) -> Moment | None:
    """The season (防火期) that `word` names in a province: the last that has begun by the day of writing, or with 上一
    the one before it. None where it is no season, or its days are not known there."""
    name = word.removeprefix("上一")
    days = province_season(name, province) if published is not None and province else None
    if days is None or published is None:
        return None
    first = date.fromisoformat(f"{published.year}-{days[0]}")
    year = published.year if first <= published else published.year - 1
    year -= word != name
    last = date.fromisoformat(f"{year + (days[1] < days[0])}-{days[1]}")
    return Moment(Period(first.replace(year=year), last), False, False, True)


def forward(period: Period | None) -> Period | None:
    """The period, or None where it would end before it begins: two times that were taken for one tell none."""
    if period is not None and period.first is not None and period.last is not None and period.last < period.first:
        return None
    return period


def previous_year(period: Period) -> Period:
    """The same days one year before, or the same season or holiday."""
    if (season := season_before(period) or holiday_year_before(period)) is not None:
        return season

    def back(day: date | None) -> date | None:
        if day is None:
            return None
        if day.month == 2 and day.day >= 28:
            return month_end(day.year - 1, 2) if (day + timedelta(1)).month == 3 else day.replace(year=day.year - 1)
        return day.replace(year=day.year - 1)

    return Period(back(period.first), back(period.last))


def whole_year(period: Period | None, published: date | None) -> Period | None:
    """The calendar year that a period, or else the article, speaks of."""
    day = period.last if period and period.last else published
    return Period(date(day.year, 1, 1), date(day.year, 12, 31)) if day else None


def year_before(day: date) -> Period:
    """The calendar year before that of a day."""
    return Period(date(day.year - 1, 1, 1), date(day.year - 1, 12, 31))


def inside(part: Moment, whole: Moment) -> bool:
    """Whether a span lies within another and is shorter."""
    p, w = part.period, whole.period
    if p.first is None or w.first is None or p.last is None or w.last is None:
        return False
    return w.first <= p.first and p.last <= w.last and p != w


def is_before(earlier: Moment, later: Moment) -> bool:
    a, b = earlier.period.last, later.period.last
    return a is not None and b is not None and a < b


def between(base: date | None, last: date) -> Period:
    """From the day after a base level (or that day itself, over years) to the last."""
    if base is None or base >= last:
        return Period(None, last)
    if (last - base).days > 370 or base.day == 1:
        return Period(base, last)
    return Period(base + timedelta(1), last)


def years_ahead(earlier: Moment, later: Moment) -> bool:
    """Whether two years, or the ends of two years, follow each other (2019年…；2021年…): the story goes on."""
    a, b = earlier.period.last, later.period.last
    return a is not None and b is not None and a.year < b.year and a.month in (1, 12)


def so_far(year: Moment, state: Moment) -> Moment:
    """The part of a year up to the day of a state (截至10月底…今年新增)."""
    first, last = year.period.first, state.period.last
    if first is None or last is None or first.year != last.year:
        return year
    return Moment(Period(first, last), False, False, True)


def quarters_of(span: Moment) -> list[Moment]:
    """The quarters of a span within one year."""
    first, last = span.period
    if first is None or last is None:
        return []
    return [
        Moment(Period(date(first.year, month, 1), month_end(first.year, month + 2)), False, False, True)
        for month in range(first.month, last.month, 3)
    ]


def months_of(span: Moment) -> list[Moment]:
    """The months of a span within one year."""
    first, last = span.period
    if first is None or last is None:
        return []
    return [
        Moment(Period(date(first.year, month, 1), month_end(first.year, month)), False, False, True)
        for month in range(first.month, last.month + 1)
    ]


def is_brief(period: Period) -> bool:
    """Whether it is an event or a season: what is told of it happened in it."""
    return is_short(period) or is_season(period)


def is_short(period: Period) -> bool:
    """Whether it is some days that an event takes: less than a month."""
    first, last = period
    return first is not None and last is not None and (last - first).days < 27


def is_month(period: Period) -> bool:
    """Whether it is one calendar month other than January."""
    first, last = period
    return (
        first is not None
        and last is not None
        and first.day == 1
        and first.month > 1
        and (first.year, first.month) == (last.year, last.month)
        and (last + timedelta(1)).day == 1
    )


def year_to(period: Period) -> Period:
    """From the first of January to the end of a period."""
    return Period(date(period.last.year, 1, 1), period.last) if period.last is not None else period
