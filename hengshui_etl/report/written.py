"""How the report writes marks, numbers, intervals, and text that it does not trust.

Belongs here: pure functions from a value to its text. Does not belong here: pages (pages.py), charts (charts.py).
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Protocol

from hengshui_etl.answers import plain, rounded
from hengshui_etl.messages import Messages
from hengshui_etl.reading import HIDDEN, MULTIPLIERS
from hengshui_etl.report.rows import Ends, FigureRow

Mark = Literal["fails", "off", "ruled", "holds", "implied", "unchecked"]
MARKS: tuple[Mark, ...] = ("fails", "off", "ruled", "holds", "implied", "unchecked")
"""How a figure is marked, the worst first; `off` fails by one last printed place at most, `ruled` fails and a reviewer
has ruled on it."""

_HIDDEN = re.compile(f"(?![\t\n])[{HIDDEN}]")


class Judged(Protocol):
    """What has a verdict."""

    @property
    def status(self) -> str: ...

    @property
    def severity(self) -> str: ...

    @property
    def ruling(self) -> str | None: ...


def mark_of(judged: Judged) -> Mark:
    """What a verdict says of its figures."""
    if judged.status == "fail" and judged.ruling is not None:
        return "ruled"
    if judged.status == "fail":
        return "fails" if judged.severity == "error" else "off"
    return "holds" if judged.status == "pass" else "implied"


def shown(value: object) -> object:
    """Text with its invisible characters shown by their number; our own markup and other values as they are."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", value)
    return value


def number(value: Decimal | str) -> str:
    """A number with narrow blanks between thousands, so that 71670000000 can be read."""
    text = value if isinstance(value, str) else plain(value)
    sign, digits = ("−", text[1:]) if text.startswith("-") else ("", text)
    whole, point, places = digits.partition(".")
    return f"{sign}{int(whole):,}".replace(",", "\u202f") + point + places


def expected(ends: Ends, printed: FigureRow, say: Messages) -> str:
    """What an interval says, as this figure is printed: in 亿 where it has 亿, and two places finer."""
    word, power = next(((word, power) for word, power in MULTIPLIERS if word in printed.text), ("", 0))
    place = Decimal(printed.place)
    exponent = place.adjusted() - power if place else -2
    places = max(0, -exponent) + 2

    def written(value: Decimal, towards: Literal["low", "high"]) -> str:
        return number(rounded(Fraction(value) / 10**power, places, towards)) + word + printed.unit

    if ends.low is not None and ends.high is not None:
        low, high = written(ends.low, "low"), written(ends.high, "high")
        if ends.low == ends.high:
            return low if low == high and ends.exact else f"≈ {low}"
        return say("check.between", low=low, high=high)
    if ends.low is not None:
        return say("check.more_than" if ends.low_open else "check.at_least", low=written(ends.low, "low"))
    if ends.high is not None:
        return say("check.less_than" if ends.high_open else "check.at_most", high=written(ends.high, "high"))
    return ""
