"""The words that touch a number: its unit behind it, bound words on either side.

Belongs here: looking them up in the vocabulary. Does not belong here: the number (numerals.py), what a number with its
unit is (quantities.py).
"""

from __future__ import annotations

from typing import NamedTuple

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Bound
from hengshui_etl.vocab import Unit, toml, units, words


class _Bound(NamedTuple):
    word: str
    bound: Bound
    strict: bool


def _bounds(section: str) -> dict[str, tuple[_Bound, ...]]:
    """Bound words by the character that touches the number, the longest first."""
    found: dict[str, list[_Bound]] = {}
    for key, entries in toml("bounds")[section].items():
        if key == "more":
            continue
        bound: Bound = key.removesuffix("_strict")
        for word in words(entries):
            touching = word[-1] if section != "after" else word[0]
            found.setdefault(touching, []).append(_Bound(word, bound, key.endswith("_strict")))
    return {c: tuple(sorted(bs, key=lambda b: -len(b.word))) for c, bs in found.items()}


def _units_by_two_characters() -> dict[str, tuple[dict[str, tuple[Unit, ...]], tuple[Unit, ...]]]:
    """Units by their first character: those that fit each second character, and those of one character alone."""
    found = {}
    for first, group in units().items():
        single = tuple(u for u in group if len(u.printed) == 1)
        seconds = {u.printed[1] for u in group if len(u.printed) > 1}
        found[first] = ({c: tuple(u for u in group if u.printed[1:2] in ("", c)) for c in seconds}, single)
    return found


BEFORE = _bounds("before")
AFTER = _bounds("after")
"""Bound words by the character that touches the number."""
_ROUND = _bounds("round")
_UNITS = _units_by_two_characters()
_NOT_BOUND = toml("bounds")["not_after"]
_PLACES = frozenset("省市县区州盟旗乡镇村国")
_LISTED = lazy_pattern(r"[、和及与][^\W\d_a-zA-Z]{2,8}$")
_LISTING = lazy_pattern("大[^\\W\\d_a-zA-Z]{2,10}(?:分别[是为]|包括)?[：:（(][^\\W\\d_a-zA-Z]{1,12}、")
_GREAT = Unit("大", "大", "count", False, ())
"""What is announced as so many great ones (五大集聚区：…) where no word says what one of them is."""
_SUMMED_UP = ("合计", "相加", "总计", "共计", "加起来")
_EXACT: tuple[Bound, bool] = ("exact", False)
_NOT_ROUND = frozenset("以线网早晚路街车船会身史")
_APART = lazy_pattern(r"[^\W\d_]{1,6}(?P<word>左右|上下)")


def unit_at(text: str, at: int, chinese: bool) -> Unit | None:
    """The longest unit or classifier that begins at `at`, or None. After a Chinese numeral some words are no unit."""
    found = _UNITS.get(text[at : at + 1])
    if found is None:
        return None
    for unit in found[0].get(text[at + 1 : at + 2], found[1]):
        printed = unit.printed
        if len(printed) < 3 or text.startswith(printed, at):
            if chinese and unit.digits_only and not _counts_places(text, at, printed):
                continue
            if unit.never_before and text.startswith(unit.never_before, at + len(printed)):
                continue
            return unit
    if chinese and text[at] == "大" and (_LISTING.match(text, at) or _LISTED.search(text[max(0, at - 12) : at - 1])):
        return _GREAT
    return None


def _counts_places(text: str, at: int, printed: str) -> bool:
    """Whether a Chinese numeral of one character before `at` sums up places: `石嘴山、吴忠、中卫三市`, `三市合计`."""
    if printed not in _PLACES:
        return False
    if _LISTED.search(text[max(0, at - 12) : at - 1]) is not None:
        return True
    opens = at < 2 or text[at - 2] in "，,。；;、：:\n述上这"
    return opens and text.startswith(_SUMMED_UP, at + 1)


def bound_before(text: str, at: int) -> tuple[int, Bound, bool]:
    """(where the bound word before `at` begins, bound, strict); `at` itself and exact where there is none."""
    for b in BEFORE.get(text[at - 1 : at], ()):
        if text.endswith(b.word, 0, at):
            start = at - len(b.word)
            if start and text[start - 1] in _NOT_BOUND.get(b.word, ""):
                break
            return start, b.bound, b.strict
    return at, *_EXACT


def bound_after(text: str, at: int) -> tuple[int, Bound, bool]:
    """(where the bound word at `at` ends, bound, strict); `at` itself and exact where there is none."""
    for b in AFTER.get(text[at : at + 1], ()):
        if text.startswith(b.word, at):
            return at + len(b.word), b.bound, b.strict
    return at, *_EXACT


def round_start(text: str, at: int) -> int:
    """Where 上, 过 or 破 before a bare 百, 千, 万 begins (`上百家`, `过万人`); `at` where none stands there."""
    for b in _ROUND.get(text[at - 1 : at], ()):
        if text.endswith(b.word, 0, at) and text[at - 2 : at - 1] not in _NOT_ROUND:
            return at - len(b.word)
    return at


def is_apart(text: str, at: int) -> bool:
    """Whether 左右 or 上下 stands behind the thing counted (300名学生左右)."""
    near = text.find("左右", at, at + 8) > 0 or text.find("上下", at, at + 8) > 0
    return near and _APART.match(text, at) is not None
