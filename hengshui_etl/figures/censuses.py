"""The censuses of the country: the day that each counts for, and the one before it.

Belongs here: reading their names, in full and in short (第七次全国人口普查, “七人普”). Does not belong here: what the
day does to the times in force (governing.py).
"""

from __future__ import annotations

import re
from datetime import date

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import alternatives, toml

_DAYS: dict[str, dict[str, date]] = {
    kind: {n: date.fromisoformat(day) for n, day in days.items()} for kind, days in toml("periods")["censuses"].items()
}
_KINDS = alternatives(_DAYS)
NAME = (
    rf"[“\"「]?(?:第[一二三四五六七八]次(?:全国|全省|全市|全区)?(?:{_KINDS})?普查(?![区员办登对表])|(?<![一-九])[四五六七八]人普|[一二三四五六](?:经|农)普"
    r"|(?<![一-九])[五六七八]普)[”\"」]?"
)
"""A census by its number, for the scanner."""
_NAME = lazy_pattern(
    rf"[“\"「]?第?(?P<n>[一二三四五六七八])(?:次(?:全国|全省|全市|全区)?(?P<kind>{_KINDS})?|(?P<short>[人经农])?)普[查]?"
)
_POINT = lazy_pattern(r"(?:零时|0时|24时)?(?:为|是|作为)?(?:普查|调查|统计)?(?:的)?标准(?:时点|时间)")


def census_named(name: str, text: str) -> date | None:
    """The day of the census that `name` begins with, or None; where it says no kind, that of the article's `text`."""
    match = _NAME.match(name)
    if match is None:
        return None
    kind = match["kind"] or next((k for k in _DAYS if match["short"] and k.startswith(match["short"])), None)
    if kind is None:
        kind = next((k for k in _DAYS if f"{k}普查" in text), "人口")
    return _DAYS[kind].get(match["n"])


def census_before(day: date) -> date | None:
    """The day of the census before that of `day`, or None where it is the day of none."""
    for days in _DAYS.values():
        told = sorted(days.values())
        if day in told and (i := told.index(day)) > 0:
            return told[i - 1]
    return None


def is_standard_time(after: str) -> re.Match[str] | None:
    """Whether the words behind a day say that a count is of that day (零时为标准时点)."""
    return _POINT.match(after)
