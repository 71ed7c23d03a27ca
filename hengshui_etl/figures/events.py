"""The days of what an article tells of: a fair, games, a festival that took some days and is over.

Belongs here: finding the event's span in the opening (为期四天的…21日闭幕), and the days that words name within it
(首日, 收官日, 11日). Does not belong here: what the span does to the times in force (occasions.py), holidays
(seasons.py).
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from hengshui_etl.figures.numerals import chinese_number
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Period

_OPENING = 260
"""The span stands in the first so many characters of the body."""
_LONGEST = 31
_N = r"\d{1,2}|[一两二三四五六七八九十]{1,2}"
_LASTS = lazy_pattern(
    rf"(?:为期|历时|会期|展期|赛期|持续了?)(?:共|为)?(?P<n>{_N})[天日]|(?<![\d第前近每后头])(?P<m>{_N})天(?:来|里|时间|的)"
)
_DAY = r"(?:(?:(?P<y>20\d\d)年)?(?P<m>\d{1,2})月)?(?P<d>\d{1,2})日(?:上午|下午|晚上?)?"
_OVER = lazy_pattern(
    rf"(?:(?P<word>今[日天晚]|昨[日天晚]|前[日天])(?:上午|下午|晚上?)?(?:[（(]\d{{1,2}}日[）)])?|{_DAY})"
    r"(?:[^，,。；;\d]{0,24}?|[，,](?:为期|历时)[^，,。；;]{2,40}?)"
    r"(?:闭幕|落幕|落下帷幕|拉下帷幕|降下帷幕|圆满收官|收官|谢幕|画上句号|闭展)"
)
_BEGAN = lazy_pattern(
    rf"(?<![\d至到—-])自?{_DAY}起?[^，,。；;\d]{{0,24}}?(?:开幕|开展|启幕|拉开帷幕|开赛|揭幕)(?!式|前|后|会)"
)
HELD = lazy_pattern(r"[^，,。；;\d]{0,30}?(?:举行|举办|召开|开展|开幕)")
"""What follows the days of an event that an article reports."""
_BACK = {"今": 0, "昨": 1, "前": 2}
DAYS = (
    r"(?:(?:开[幕展赛]|展会|活动|春运|暑运)?(?<!元)首[日天](?!封)|开[幕展赛]式?当[天日]|次日|第[一二三四五六七八九十]{1,2}[日天]|(?<!提)[头前首][两二三四五六七八九][日天]"
    r"|收官当?[日天]|最后一[日天]|闭幕当?日|(?<!世界)末日(?=[^，,。；;]{0,8}\d))"
)
"""Words for days of an event, for the scanner."""
_WITHIN = lazy_pattern(
    r"(?:(?:开[幕展赛]|展会|活动|春运|暑运)?(?P<first>首[日天])|(?P<second>次日)|第(?P<nth>[一二三四五六七八九十]{1,2})[日天]"
    r"|[头前首](?P<head>[两二三四五六七八九])[日天]|(?P<opened>开[幕展赛]式?当[天日])|(?P<last>收官当?[日天]|最后一[日天]|闭幕当?日|末日))$"
)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    number = chinese_number(text)
    return int(number.value) if number is not None else 2


def _told(match: re.Match[str], published: date) -> date | None:
    """The day that a match names: the latest with its number, where it says no month or year."""
    day = int(match["d"])
    month = int(match["m"]) if match["m"] else published.month
    year = int(match["y"]) if match["y"] else published.year
    if not match["m"] and day > published.day:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    elif not match["y"] and (month, day) > (published.month, published.day):
        year -= 1
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def event_of(text: str, body: int, published: date | None) -> Period | None:
    """First and last day of the event that an article of `published` reports as over, where its opening (from `body`
    on) tells both, or the last and how long it took; else None."""
    till = min(len(text), body + _OPENING)
    if published is None:
        return None
    over = _OVER.search(text, body, till)
    last = None
    if over is not None:
        last = published - timedelta(_BACK[over["word"][0]]) if over["word"] else _told(over, published)
    lasts = _LASTS.search(text, body, till)
    days = _number(lasts["n"] or lasts["m"]) if lasts is not None else None
    if last is None:
        return None
    if days is None:
        began = _BEGAN.search(text, body, till)
        first = _told(began, published) if began is not None else None
    else:
        first = last - timedelta(days - 1)
    if first is None or not 0 < (last - first).days < _LONGEST or not 0 <= (published - last).days < _LONGEST:
        return None
    return Period(first, last)


def is_day_within(word: str) -> bool:
    """Whether a word can only name a day of an event (次日, 第三天)."""
    return _WITHIN.match(word) is not None


def days_within(word: str, event: Period) -> Period | None:
    """The days of an event that a word names (首日, 第三天, 头三日, 收官日), or None."""
    match = _WITHIN.match(word)
    if match is None or event.first is None or event.last is None:
        return None
    first, last = event.first, event.last
    if match["last"]:
        return Period(last, last)
    if match["head"]:
        until = first + timedelta(_number(match["head"]) - 1)
        return Period(first, until) if until <= last else None
    after = 0 if match["first"] or match["opened"] else 1 if match["second"] else _number(match["nth"]) - 1
    day = first + timedelta(after)
    return Period(day, day) if day <= last else None


def bare_day(number: int, event: Period, published: date | None) -> date | None:
    """The day of that number (11日) within an event, or a few days behind it that are over, or None."""
    if event.first is None or event.last is None:
        return None
    until = event.last + timedelta(9)
    if published is not None:
        until = max(event.last, min(until, published))
    day = event.first
    while day <= until:
        if day.day == number:
            return day
        day += timedelta(1)
    return None
