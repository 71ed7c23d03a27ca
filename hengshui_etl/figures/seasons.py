"""Holidays and seasons: the days they take in a year, their parts, and the same season a year before.

Belongs here: what notices of the State Council, rules of the provinces and the lunar calendar fix. Does not belong
here: other time words (periods.py), which time governs (governing.py).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Period
from hengshui_etl.vocab import alternatives, toml, words

_DATA = toml("periods")
_NEW_YEARS: dict[int, date] = {
    (day := date.fromisoformat(d)).year: day for d in words(_DATA["lunar_new_years"]["days"])
}
SPRING_RUSH = "春运"
_RUSH_BEFORE, _RUSH_DAYS = 15, 40
"""It begins so many days before the first day of the lunar year, and takes so many."""
_CALLED: dict[str, str] = dict(_DATA["holidays_called"])
_HOLIDAYS = tuple({**_DATA["holidays"], **_DATA["holidays_fixed"]})
HOLIDAY_NAMES = (*_HOLIDAYS, *_CALLED, SPRING_RUSH)
_LUNAR = "初[一二三四五六七八九十]"
LUNAR_DAY = (
    rf"(?:(?:农历)?(?:正月|大年){_LUNAR}|年{_LUNAR}(?![季月年步期次批个])|除夕(?!夜饭)|(?:大年|年)三十|正月十五"
    r"|元宵节?当[天日])"
)
"""A day of the lunar new year, for the scanner."""
LUNAR_DAYS = rf"{LUNAR_DAY}(?:[至到—-](?:正月|大年|年)?{_LUNAR})?"
_LUNAR_DAYS = lazy_pattern(rf"(?P<a>{LUNAR_DAY})(?:[至到—-](?P<b>(?:正月|大年|年)?{_LUNAR}))?$")
_NUMBERS = {c: n for n, c in enumerate("一二三四五六七八九十", 1)}
PARTS = ("节前", "节中", "节后", "节日期间")


def lunar_new_year(year: int) -> date | None:
    """The first day of the lunar year that begins in `year`, where it is known."""
    return _NEW_YEARS.get(year)


def spring_rush(year: int) -> Period | None:
    """First and last day of the spring rush (春运) of a year, where they are known."""
    first = lunar_new_year(year)
    if first is None:
        return None
    begins = first - timedelta(_RUSH_BEFORE)
    return Period(begins, begins + timedelta(_RUSH_DAYS - 1))


@cache
def _holidays() -> re.Pattern[str]:
    return lazy_pattern(rf"(?:{alternatives(HOLIDAY_NAMES)})(?=[”\"」]?(?:小长假|黄金周|假|期间|长假|以来|$))")


def holiday_in(words: str) -> str | None:
    """The holiday or season that words name (“五一”假期, 国庆、中秋, 春运期间), or None."""
    match = _holidays().search(words.replace("国庆、", "国庆").replace("中秋、", "中秋"))
    return match.group() if match else None


def holiday_days(name: str, year: int) -> Period | None:
    """First and last day of a holiday or season: those fixed for that year, else its usual ones; None where it has none
    and nothing is known of that year."""
    if name == SPRING_RUSH:
        return spring_rush(year)
    name = _CALLED.get(name, name)
    fixed = _DATA["holidays_fixed"].get(name, {}).get(str(year))
    if fixed is None and name not in _DATA["holidays"]:
        return None
    first, last = fixed or (f"{year}-{d}" for d in _DATA["holidays"][name])
    return Period(date.fromisoformat(first), date.fromisoformat(last))


def holiday_before(day: date, days: int) -> tuple[date, date]:
    """First and last of the `days` of the holiday that was over, or just about, on `day`: one that was fixed or is
    usual, else the days up to the day before."""
    for name in HOLIDAY_NAMES:
        first, last = holiday_days(name, day.year) or (day, day)
        if first and last and (last - first).days + 1 == days and timedelta(-1) <= day - last <= timedelta(20):
            return first, last
    return day - timedelta(days), day - timedelta(1)


def _lunar_day(word: str, first: date) -> date:
    if word.endswith("三十") or word.startswith("除夕"):
        return first - timedelta(1)
    if "十五" in word or word.startswith("元宵"):
        return first + timedelta(14)
    return first + timedelta(_NUMBERS[word[-1]] - 1)


def lunar_days(word: str, year: int) -> Period | None:
    """The days of a lunar new year that a word names (大年初三, 除夕至初六), or None."""
    match, first = _LUNAR_DAYS.match(word), lunar_new_year(year)
    if match is None or first is None:
        return None
    day = _lunar_day(match["a"], first)
    last = _lunar_day(match["b"], first) if match["b"] else day
    return Period(day, last) if day <= last else None


@cache
def province_season(name: str, province: str) -> tuple[str, str] | None:
    """First and last day (month-day) of a season that the provinces fix (防火期), or None."""
    days = _DATA["seasons"].get(name, {}).get(province)
    return (days[0], days[1]) if days else None


@cache
def _known() -> dict[Period, tuple[str, int]]:
    """The seasons that move with the moon, by their days."""
    found = {}
    for year in _NEW_YEARS:
        for name in (SPRING_RUSH, "春节"):
            days = holiday_days(name, year)
            if days is not None:
                found[days] = (name, year)
    return found


def is_season(days: Period) -> bool:
    """Whether they are a spring rush or a spring festival."""
    return days in _known()


@cache
def _known_holidays() -> dict[Period, tuple[str, int]]:
    """The holidays of more than a day, by their days."""
    found: dict[Period, tuple[str, int]] = {}
    for year in _NEW_YEARS:
        for name in _DATA["holidays_fixed"]:
            days = holiday_days(name, year)
            if days is not None and days.first != days.last:
                found.setdefault(days, (name, year))
    return found


def holiday_year_before(days: Period) -> Period | None:
    """The same holiday a year before, where `days` are those of one and it began on another date then; else None: what
    began on the same date is compared day by day."""
    known = _known_holidays().get(days)
    before = holiday_days(known[0], known[1] - 1) if known else None
    if before is None or before.first is None or days.first is None:
        return None
    return before if before.first != days.first.replace(year=before.first.year) else None


def lunar_year_before(days: Period) -> Period | None:
    """The same days of the lunar year before, where `days` are some of the first fifteen of one; else None."""
    first, last = days
    begins = lunar_new_year(first.year) if first is not None else None
    before = lunar_new_year(first.year - 1) if first is not None else None
    if first is None or last is None or begins is None or before is None:
        return None
    if first < begins or last > begins + timedelta(14):
        return None
    return Period(before + (first - begins), before + (last - begins))


def season_before(days: Period) -> Period | None:
    """The same season a year before, where `days` are those of one that moves with the moon; else None."""
    known = _known().get(days)
    return holiday_days(known[0], known[1] - 1) if known else None


def part_of_season(word: str, days: Period) -> Period | None:
    """The days of a spring rush before, during or after its holiday (节前, 节后), or None where `days` are no rush."""
    name, year = _known().get(days, ("", 0))
    holiday = holiday_days("春节", year) if name == SPRING_RUSH else None
    if holiday is None or holiday.first is None or holiday.last is None:
        return None
    if word == "节前":
        return Period(days.first, holiday.first - timedelta(1))
    return Period(holiday.last + timedelta(1), days.last) if word == "节后" else holiday
