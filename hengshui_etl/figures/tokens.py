"""Numbers that say themselves what they count: parts (百分之三), fractions, 翻番, 半数, 成 and 折, ranks.

Belongs here: one method for each kind of such token. Does not belong here: numbers with a unit (quantities.py).
"""

from __future__ import annotations

import re
from decimal import Decimal

from hengshui_etl.figures.found import ZERO, Found
from hengshui_etl.figures.numerals import DIGITS, Number, arabic_number, chinese_number, tidy
from hengshui_etl.figures.scan import PARTS_UNTIL
from hengshui_etl.figures.units import unit_at
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Bound

_RANK_BEFORE = lazy_pattern(
    r"(?:居|列|位|排|排名|名次|跃升|升至|升到|上升|跃至|前移|保持|稳居|全省|全国|全市|全区|全州|全县|省内|国内|西部|中部|东部|世界|全球)[^，。；！？]{0,9}第$"
)
_RANK_AFTER = lazy_pattern(r"(?:位次?|名)?(?=$|[\s，。；、,;！!？?）)】”」的])")
_RANK_LEFT = lazy_pattern(r"位(?=[^，。；]{0,4}[到至])")  # 由第12位上升到第8位
_STILL_MORE = lazy_pattern("(?:还|都)?(?:多|有余|不止)(?![^，。；、]{0,3}[0-9])")  # 翻了一番还多
_NOT_TENTHS = ("立", "为", "功", "员", "本", "果", "长", "都", "人", "品", "绩", "交", "套", "线", "群", "合", "叠")
FROM = ("由", "从", "自", "比", "较")
"""What stands before two levels, not before the ends of a range."""


class Tokens(Found):
    """Reads the tokens that need no unit."""

    def _parts(self, match: re.Match[str]) -> int:
        """Read 百分之三, 千分之1.5, 百分之三到五; where to scan on."""
        printed = match.group("of_ar")
        number = arabic_number(printed) if printed else chinese_number(match.group("of_cn"))
        if number is not None:
            high = None
            upper = PARTS_UNTIL.match(self.text, match.end())
            if upper and (upper["parts"] or match.group("parts")) == match.group("parts"):
                top = arabic_number(upper["ar"]) if upper["ar"] else chinese_number(upper["cn"])
                fro = self.text[match.start() - 1 : match.start()] in FROM
                if top is not None and number.value < top.value and not fro:
                    high = top.value
            unit = {"百": "%", "千": "‰", "万": "‱"}[match.group("parts")[0]]
            till, more = match.end() if high is None or upper is None else upper.end(), False
            if self.text[till : till + 1] in ("多", "余"):
                till, more = till + 1, True
            if self.text.startswith(("点", "个百分点"), till):
                return till
            self._add(match.start(), till, number, unit, "percent", high=high, more=more, chinese=not printed)
            return self.quantities[-1].till
        return match.end()

    def _fraction(self, match: re.Match[str]) -> None:
        token = match.group()
        if "/" in token:
            above, below = (Decimal(p) for p in token.split("/"))
        else:
            down, up = token.split("分之")
            lower, upper = chinese_number(down), chinese_number(up)
            if lower is None or upper is None:
                return
            above, below = upper.value, lower.value
        if not 0 < above < below:
            return
        percent = above * 100 / below
        printed = percent if percent == percent.to_integral_value() else percent.quantize(Decimal("0.01"))
        more = self.text.startswith("多", match.end())
        till = match.end() + more
        self._add(match.start(), till, Number(printed, Decimal(1), False), "%", "percent")  # said of 33.4 % too
        if more:
            self.quantities[-1] = self.quantities[-1]._replace(bound="approx")  # 三分之一多

    def _fold(self, match: re.Match[str]) -> None:
        times = DIGITS[match.group("times") or "一"]
        near = match.group("near")
        at = match.start()
        self._add(at, match.end(), Number(Decimal(2**times), ZERO, False), "倍", "multiple", chinese=True)
        still_more = _STILL_MORE.match(self.text, match.end())
        if still_more:
            last = self.quantities[-1]
            self.quantities[-1] = last._replace(till=max(last.till, still_more.end()), bound="min", strict=True)
        elif near:
            bound: Bound = "approx" if near in ("近", "约") else "min"
            self.quantities[-1] = self.quantities[-1]._replace(bound=bound, strict=bound == "min")

    def _half(self, match: re.Match[str]) -> None:
        token, at = match.group(), match.start()
        if token == "半数" and not self.text.startswith("以上", match.end()):
            return
        if self.text.startswith(("导体", "径", "岛", "决赛"), match.end()):
            return
        more = self.text.startswith("多", match.end()) and token != "半数"
        self._add(at, match.end() + more, Number(Decimal(50), ZERO, False), "%", "percent", more=more, chinese=True)
        if token == "过半":
            self.quantities[-1] = self.quantities[-1]._replace(bound="min", strict=True)

    def _first(self, match: re.Match[str]) -> None:
        if re.search(r"[居列位排][^，。；]{0,8}$", self.text[max(0, match.start() - 12) : match.start()]):
            self._add(match.start(), match.end(), Number(Decimal(1), ZERO, False), "位", "rank", chinese=True)

    def _tenths(self, at: int, till: int, number: Number, high: Decimal | None, printed: str, chinese: bool) -> int:
        """Read 三成, 4成, 两成五, 五成半, 一成多, 八折, 八五折; where to scan on."""
        text, stop, more = self.text, till + 1, False
        if len(printed) > (2 if chinese else 4) or number.value > 99 or text.startswith(_NOT_TENTHS, stop):
            return till
        if text[till] == "折":
            value = number.value * 10 if number.value < 10 else number.value
            self._add(at, stop, Number(tidy(value), Decimal(1), False), "%", "percent", chinese=chinese)
            return stop
        value, place = tidy(number.value * 10), number.place * 10
        follower = text[stop : stop + 1]
        if follower == "半":
            value, place, stop = value + 5, Decimal(1), stop + 1
        elif follower.isdigit() and not chinese and follower != "0" and not text[stop + 1 : stop + 2].isdigit():
            value, place, stop = value + int(follower), Decimal(1), stop + 1
        elif follower in DIGITS and DIGITS[follower] and not unit_at(text, stop + 1, True):
            value, place, stop = value + DIGITS[follower], Decimal(1), stop + 1
        elif follower and follower in "多余":
            more, stop = True, stop + 1
        if number.value > 10:
            return till
        top = None if high is None else high * 10  # 七八成
        self._add(at, stop, Number(value, place, False), "%", "percent", more=more, high=top, chinese=chinese)
        return max(stop, self.quantities[-1].till)

    def _rank(self, at: int, till: int, chinese: bool) -> None:
        """Add `第三`, `第4位` where a place in a ranking is meant; an ordinal otherwise is no figure."""
        text = self.text
        after = _RANK_AFTER.match(text, till)
        if after is None and text[at - 2 : at - 1] in ("由", "从"):
            after = _RANK_LEFT.match(text, till)
        if after is None:
            return
        if not after.group() and not _RANK_BEFORE.search(text, max(0, at - 16), at):
            return
        if after.group() == "名" and not _RANK_BEFORE.search(text, max(0, at - 16), at):
            return
        number = chinese_number(text[at:till]) if chinese else arabic_number(text[at:till])
        if number is not None and number.value == number.value.to_integral_value():
            self._add(at - 1, after.end(), number, "位", "rank", chinese=chinese)

    def _top(self, at: int, till: int, chinese: bool) -> None:
        """Add `居全省前三(位)`: a rank no lower than the number."""
        text = self.text
        after = _RANK_AFTER.match(text, till)
        number = chinese_number(text[at:till]) if chinese else arabic_number(text[at:till])
        if after is not None and number is not None and number.value < 101:
            self._add(at - 1, after.end(), number, "位", "rank", chinese=chinese)
            self.quantities[-1] = self.quantities[-1]._replace(bound="max", strict=False)
