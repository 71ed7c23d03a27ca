"""From the scanner's tokens to quantities: value, unit, bound, and what is not a figure at all.

Belongs here: how a number, its multipliers, its unit and the bound words beside it make one quantity; ranges; lists
that share a unit. Does not belong here: numbers that say themselves what they count (tokens.py), what touches a number
(units.py), what is measured, when, of whom.
Source of the rules: GB/T 15835-2011; the labelling guide for what a figure is.
"""

from __future__ import annotations

import re
from decimal import Decimal

from hengshui_etl.figures.found import ZERO, Time
from hengshui_etl.figures.numerals import (
    CHINESE,
    DIGITS,
    Number,
    arabic_number,
    chinese_number,
    chinese_range,
    factor_of,
    tidy,
)
from hengshui_etl.figures.scan import AFTER, SCAN, SMALL_CHANGE, TAIL, UNTIL, UPPER
from hengshui_etl.figures.tokens import FROM, Tokens
from hengshui_etl.figures.units import bound_before, round_start, unit_at
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import Unit, toml, words

_LIST_GAPS = frozenset(("、", "和", "及", "与", "以及", "或", "，", ",", "/"))
_IDIOMS = frozenset(words(toml("not_figures")["idioms"]))
_UNLESS_BEFORE = {word: words(after) for word, after in toml("not_figures")["unless_before"].items()}
_ORDINAL_TWO = frozenset(words(toml("classifiers")["ordinal_after_two"]["words"]))
_IDIOM_LENGTHS = tuple(sorted({len(w) for w in _IDIOMS}))
_IDIOM_FIRST = frozenset(w[0] for w in _IDIOMS)
_TOP = lazy_pattern(r"(?:居|列|位|排|排名|进入|跻身|稳居|全省|全国|全市)[^，。；！？]{0,6}前$")
_MONEY_WORDS = lazy_pattern(
    r"(?:额|值|投资|收入|支出|资金|贷款|存款|余额|利润|税|GDP|费用?|成本|补贴|补助|融资|销售|营收|产出|资产|负债|债务|规模)"
    r"[^，。；]{0,6}$"
)
_PEOPLE_WORDS = lazy_pattern(r"(?:人口|人数|客流|游客|就业|党员|学生|职工|粉丝|用户)[^，。；]{0,4}$")
_QUOTES = {"“": "”", "「": "」", "『": "』", "‘": "’"}
_SIGNS = frozenset("-−")
_SIGNED = ("%", "‰", "百分点", "摄氏度")
_MYRIADS = frozenset("万亿")
_SCALES = frozenset("余多百千万亿兆")
_TO_UPPER = frozenset("-—–~～－至到%元百千万亿")
_DASHES = frozenset("-—–~～－至到")
# 比原定的7个多2个: no bound
_MORE_BY = lazy_pattern("多[了出约近]{0,2}(?:[0-9]|[一二两三四五六七八九十百]{1,3}(?:个|年))")


def in_slogan(text: str, at: int, till: int) -> bool:
    """Whether a number stands in a short quoted name (“五个一”, “1+5+N”) that the article does not go on to list."""
    before = text[max(at - 8, 0) : at]
    if _QUOTES.keys().isdisjoint(before):
        return False
    for c in reversed(before):
        if c in _QUOTES:
            end = text.find(_QUOTES[c], till, till + 10)
            if end < 0:
                return False
            return not text.startswith(("(即", "（即", "即", "：", ":", "，即", ",即"), end + 1)
        if c in "”」』’，。；：,;!！?？\n":
            return False
    return False


def _idiom(text: str, at: int) -> int:
    """The end of a set phrase that begins at `at` and only looks like a number (`千方百计`), or 0."""
    for n in _IDIOM_LENGTHS:
        word = text[at : at + n]
        if word in _IDIOMS:
            return 0 if text.startswith(_UNLESS_BEFORE.get(word, ()), at + n) and word in _UNLESS_BEFORE else at + n
    return 0


class Reader(Tokens):
    """Reads the quantities and times of one stretch of clean text, left to right."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._pending: list[tuple[int, int, Number, int]] = []  # numbers of a list whose unit comes later

    def read(self, start: int, end: int) -> None:
        """Read the stretch from `start` to `end`; the findings are added to `quantities` and `times`."""
        text, position = self.text, start
        self._pending = []
        match = SCAN.search(text, position, end)
        while match:
            group = match.lastgroup
            at, position = match.span()
            if group == "plain" or group == "ar" or group == "cn":
                position = self._number(at, position, end, group == "cn")
            elif group == "time":
                self.times.append(Time(at, position, match.group()))
            elif group == "noise":
                pass
            elif match.group("parts"):
                position = self._parts(match)
            elif match.group("fraction"):
                self._fraction(match)
            elif match.group("fold"):
                self._fold(match)
            elif match.group("half"):
                self._half(match)
            else:
                self._first(match)
            match = SCAN.search(text, position, end)

    def _number(self, at: int, till: int, end: int, chinese: bool) -> int:
        """Read the number at `at`; the position from which to scan on."""
        text = self.text
        before = text[at - 1 : at]
        if chinese:
            if text[at] in _IDIOM_FIRST and (past := _idiom(text, at)):
                return past
            if before in ("几", "数", "若"):
                return till
        if before == "第":
            self._rank(at, till, chinese)
            return till
        if before == "前" and _TOP.search(text, max(0, at - 12), at):
            self._top(at, till, chinese)
            return till
        printed = text[at:till]
        follower = text[till : till + 1]
        more, times, stop = False, "", till
        if follower in _MYRIADS and text[till + 1 : till + 2] not in _SCALES:
            times, stop = follower, till + 1
        elif follower in _SCALES:
            after = AFTER.match(text, till)
            assert after is not None  # every part of the pattern may be empty
            more = bool(after["more"] or after["again"])
            times, stop = after["times"] + (after["last"] or ""), after.end()
        number: Number | None
        high: Decimal | None = None
        if chinese:
            pair = chinese_range(printed)
            if pair is not None:
                number, high = pair[0], pair[1].value
            else:
                number = chinese_number(printed)
            if number is None:
                return till
            if times:
                factor = factor_of(times)
                number = Number(number.value * factor, number.place * factor, True)
        else:
            number = arabic_number(printed, times)
            if number is None:
                return till
            if times and not more and text[stop : stop + 1].isdigit() and (tail := TAIL.match(text, stop)):
                lower = arabic_number(tail["ar"], tail["times"])
                if lower is not None and lower.value < number.place:
                    number = Number(number.value + lower.value, lower.place, lower.scaled)
                    stop = tail.end()
        if high is None and not more and follower in _TO_UPPER:
            dash = text[stop : stop + 1]
            if dash == "元" or dash == "%":
                dash = text[stop + 1 : stop + 2]
            upper = UPPER.match(text, till) if dash in _DASHES else None
            if upper and upper.end() <= end:
                ranged = self._range(at, till, number, times, upper, chinese)
                if ranged:
                    return ranged
        if follower in ("成", "折"):
            return self._tenths(at, till, number, high, printed, chinese)
        unit = unit_at(text, stop, chinese and not times)
        if (unit is None and chinese and not times and follower == "块") or (unit is not None and unit.printed == "块"):
            unit = self._piece(stop, number, chinese)
        if unit is None:
            return self._unitless(at, stop, number, times, more, chinese)
        if chinese and self._no_count(at, till, printed, unit, more):
            return till
        finish = stop + len(unit.printed)
        if unit.kind == "money" and (spoken := self._small_change(finish, unit, number)):
            number, finish = spoken
        elif high is None and not more and text[finish : finish + 1] in _DASHES:
            ranged = self._second_end(at, finish, end, number, unit, chinese)
            if ranged:
                return ranged
        if (
            not more
            and unit.kind in ("count", "measure")
            and text[finish : finish + 1] == "多"
            and unit.printed in ("个", "年")
            and _MORE_BY.match(text, finish) is None
        ):
            more = True
        if "半" in unit.printed:
            number = number._replace(value=number.value + Decimal("0.5"))
        if text[at - 1 : at] in _SIGNS and unit.name in _SIGNED and self._minus(at):
            at, number = at - 1, number._replace(value=-number.value)
        if unit.kind == "count" and in_slogan(text, at, finish):
            return finish
        if self._pending:
            self._resolve_pending(at, unit, times)
        self._add(
            at, finish, number, unit.name, unit.kind, high=high, more=more, chinese=chinese,
        )  # fmt: skip
        return max(finish, self.quantities[-1].till)

    def _piece(self, stop: int, number: Number, chinese: bool) -> Unit | None:
        """What 块 behind a number is: spoken 元 (`两块三`, `5块,`), or pieces and plots (`3块地`)."""
        unit = unit_at(self.text, stop, False)
        if unit is None or unit.printed != "块" or self._small_change(stop + 1, unit, number):
            return unit
        follower = self.text[stop + 1 : stop + 2]
        if not follower or not follower.isalnum() or follower in "左以上一":
            return None if chinese else unit
        return Unit("块", "块", "count", False, ())

    def _minus(self, at: int) -> bool:
        """Whether the sign before `at` is a minus, and no dash of a range or a name."""
        before = self.text[max(0, at - 2) : at - 1]
        return not (before.isascii() and before.isalnum()) and before not in ("%", "℃", "年", "月", "日", "-")

    def _small_change(self, finish: int, unit: Unit, number: Number) -> tuple[Number, int] | None:
        """The whole of a spoken amount (`两块三`, `五元六角`, `三块钱` aside) and where it ends, or None."""
        text = self.text
        if unit.printed not in ("块", "元") or number.place != 1:
            return None
        match = SMALL_CHANGE.match(text, finish)
        if match is None or (unit.printed == "元" and not match["word"]):
            return None
        end = match.end()
        if not match["word"]:
            end = match.end("ten")
            beyond = text[end : end + 1]
            if match["one"] or beyond.isdigit() or (beyond and beyond in CHINESE) or unit_at(text, end, False):
                return None
        ten = Decimal(DIGITS.get(match["ten"]) or match["ten"]) / 10
        one = Decimal(DIGITS.get(match["one"]) or match["one"]) / 100 if match["one"] else ZERO
        place = Decimal("0.01") if match["one"] else Decimal("0.1")
        return Number(number.value + ten + one, place, False), end

    def _second_end(self, at: int, finish: int, end: int, low: Number, unit: Unit, chinese: bool) -> int:
        """Read a range with its unit at both ends (`3米至5米`); where to scan on, or 0 where it is none."""
        text = self.text
        match = UNTIL.match(text, finish, end)
        if match is None or bool(match["cn"]) != chinese or text[at - 1 : at] in FROM:
            return 0
        after = AFTER.match(text, match.end())
        assert after is not None
        upper = unit_at(text, after.end(), chinese)
        if upper is None or upper.name != unit.name:
            return 0
        high = chinese_number(match["cn"]) if chinese else arabic_number(match["ar"], after["times"])
        if high is None:
            return 0
        if chinese and after["times"]:
            high = Number(high.value * factor_of(after["times"]), high.place, True)
        if not low.value < high.value:
            return 0
        till = after.end() + len(upper.printed)
        self._add(at, till, low, unit.name, unit.kind, high=high.value, chinese=chinese)
        return max(till, self.quantities[-1].till)

    def _range(self, at: int, till: int, low: Number, times: str, upper: re.Match[str], chinese: bool) -> int:
        """Read `3至5家`, `75%-80%`, `1万-5万元`; where to scan on, or 0 where it is no range."""
        text = self.text
        between = text[till : upper.start("dash")]
        if between.rstrip("%元百千万亿"):
            return 0
        if ("%" in between or "元" in between) and text[at - 1 : at] in FROM:
            return 0
        if bool(upper["cn"]) != chinese:
            return 0
        after = AFTER.match(text, upper.end())
        assert after is not None
        high = chinese_number(upper["cn"]) if upper["cn"] else arabic_number(upper["ar"], after["times"])
        if high is None:
            return 0
        if chinese and after["times"]:
            factor = factor_of(after["times"])
            high = Number(high.value * factor, high.place * factor, True)
        unit = unit_at(text, after.end(), chinese)
        if unit is None or ("%" in between and unit.printed != "%"):
            return 0
        if not times and after["times"]:
            factor = factor_of(after["times"])
            low = Number(tidy(low.value * factor), low.place * factor, True)
        elif chinese and not low.scaled and high.scaled and low.value < 10:
            low = Number(low.value * high.place, high.place, True)
        if not low.value < high.value:
            return 0
        finish = after.end() + len(unit.printed)
        self._add(
            at,
            finish,
            low,
            unit.name,
            unit.kind,
            high=high.value,
            more=bool(after["more"] or after["again"]),
            chinese=chinese,
        )
        return max(finish, self.quantities[-1].till)

    def _no_count(self, at: int, till: int, printed: str, unit: Unit, more: bool) -> bool:
        """Whether a Chinese numeral with a classifier counts nothing (`一个`, `百家` as a name, a bare 万)."""
        text = self.text
        first = printed[0]
        if first == "十" and text[at - 1 : at] == "每":
            return True  # 每十万人中有9285人
        if first in "百千万亿兆":
            if more:
                return False
            return not (bound_before(text, at)[0] < at or round_start(text, at) < at)
        if printed == "二" and unit.name in _ORDINAL_TWO:
            return True
        if printed == "一" and unit.kind in ("count", "measure"):
            if text[at - 1 : at] in ("、", "，", ",", "；") and any(
                q.chinese and q.unit == unit.name and q.value > 1 and at - q.till < 40 for q in self.quantities[-4:]
            ):
                return False
            return text[at - 1 : at] not in ("仅", "唯") and not text.endswith(("只有", "仅有"), 0, at)
        if unit.kind == "measure" and unit.printed in ("年", "分"):
            return printed in ("一", "十") or text[till + 1 : till + 2] in ("级",)
        return False

    def _unitless(self, at: int, stop: int, number: Number, times: str, more: bool, chinese: bool) -> int:
        """A number without a unit: perhaps the first of a list that shares one, perhaps money with its 元 left out."""
        text = self.text
        if chinese and not times:
            return stop
        scaled = bool(times) and times[-1] in "万亿兆"
        following = text[stop : stop + 1]
        if scaled and following in ("", "，", "。", "；", "、", ",", ";", "）", ")", "\n", " ", "以", "左", "大"):
            head = text[max(0, at - 14) : at]
            if _MONEY_WORDS.search(head):
                if following != "、":
                    self._add(at, stop, number, "元", "money", more=more)
                    return self.quantities[-1].till
            elif _PEOPLE_WORDS.search(head) and following != "、":
                self._add(at, stop, number, "人", "count", more=more)
                return self.quantities[-1].till
        if self._pending and text[self._pending[-1][1] : at] not in _LIST_GAPS:
            self._pending.clear()
        self._pending.append((at, stop, number, len(self.quantities)))
        return stop

    def _resolve_pending(self, at: int, unit: Unit, times: str) -> None:
        """Give the unit that has just been read to the numbers of the list before it (`104.6、92.8和92.5亿元`)."""
        pending, self._pending = self._pending, []
        if self.text[pending[-1][1] : at] not in _LIST_GAPS or self.text[pending[-1][1] : at] in (",", "，"):
            return
        for start, stop, number, _ in pending:
            if times and not number.scaled:
                factor = factor_of(times)
                number = Number(tidy(number.value * factor), number.place * factor, True)
            self._add(start, stop, number, unit.name, unit.kind)
