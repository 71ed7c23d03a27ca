"""The numbers that one slip of the hand makes of a printed figure.

Belongs here: single edits of a figure's print (digits, decimal point, multiplier, per cent and points, direction), each
with how plausible it is. Does not belong here: which edit mends what (mend.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from hengshui_etl.figures.numerals import chinese_number
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Figure
from hengshui_etl.relations.intervals import Range, interval, meet, ratio_of

# How plausible an edit is. A slip: two digits swapped, the point moved by one, 万 for 亿, % for 百分点. A misreading:
# one digit or the direction wrong. Garbled: a digit lost or doubled, a multiplier lost, the point moved by two.
SLIP, MISREAD, GARBLED = 0, 1, 2

_RUN = lazy_pattern(r"[0-9０-９]+(?:[.．][0-9０-９]+)?")
_NARROW = str.maketrans("０１２３４５６７８９．", "0123456789.")
_WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")
_SPELLED = "一二三四五六七八九十"
_DIGITS = frozenset(_SPELLED + "零〇两兩")
_NUMERAL = lazy_pattern("[零〇一二两兩三四五六七八九十百千万萬亿億点點]+")
_SIMPLIFIED = str.maketrans("萬億兩點", "万亿两点")
_SWAPPED_MULTIPLIERS = {"万": ("亿", 4), "萬": ("億", 4), "亿": ("万", -4), "億": ("萬", -4)}
_MOST_DIGITS = 18
_NO_LIMIT = 10**40


class Edit(NamedTuple):
    """A figure as it would stand after one edit, the kind of edit, and its rank (less is likelier)."""

    figure: Figure
    kind: str
    rank: int


class Print:
    """A figure's print beside the values that would mend: which edits of its number can stand for one of them."""

    def __init__(self, figure: Figure, wanted: Range) -> None:
        self.figure, self.wanted = figure, wanted
        self._limits: dict[int, tuple[int, int]] = {}
        self.run, self.whole, self.decimals = "", "", ""
        runs = _RUN.findall(figure.text)
        if len(runs) == 1:
            self.run = runs[0]
            self.whole, _, self.decimals = self.run.translate(_NARROW).partition(".")
        bounded = wanted.low is not None and wanted.high is not None  # or nearly every edit would do
        self.editable = bounded and figure.high is None and figure.value >= 0 and len(self.run) <= _MOST_DIGITS
        if self.run and self.editable:
            self.editable = int(self.whole + self.decimals) > 0
            value, by = ratio_of(figure.value)
            # what one unit of the printed number is worth: 1e8 with 亿 behind it
            self.worth, self.worth_by = value * 10 ** len(self.decimals), by * int(self.whole + self.decimals or "1")

    def edits(self, rank: int) -> list[Edit]:
        """The edits of this rank whose print can stand for a wanted value, the nearest to the middle first."""
        if not self.editable:
            return []
        if not self.run:
            return list(_respelled(self.figure, self.wanted, rank))
        found = [self._edit(*v, rank) for v in _VARIANTS[rank](self)]
        found += _multiplied(self, rank)
        if len(found) > 1 and self.wanted.low is not None and self.wanted.high is not None:
            low, high = interval(self.wanted)[:2]
            if low is not None and high is not None:
                found.sort(key=lambda e: abs(Fraction(e.figure.value) * 2 - low - high))
        return found

    def limits(self, places: int) -> tuple[int, int]:
        """The least and the largest number that would do, in units of the last of so many decimal places."""
        if places not in self._limits:
            rounds = bool(self.figure.place)
            least, most = 1, _NO_LIMIT
            if places < 0 or (places and not rounds):
                most = 0  # a whole count has no decimals
            else:
                low, high, _, _, low_by, high_by = self.wanted
                scale = 2 * 10**places * self.worth_by
                if low is not None:
                    below = low_by * self.worth
                    least = max(1, -((below * rounds - low * scale) // (2 * below)))
                if high is not None:
                    below = high_by * self.worth
                    most = (high * scale + below * rounds) // (2 * below)
            self._limits[places] = (least, most)
        return self._limits[places]

    def fits(self, digits: int, places: int) -> bool:
        """Whether the digits, with the point before the last `places`, can stand for a wanted value."""
        least, most = self.limits(places)
        return least <= digits <= most

    def _edit(self, digits: int, places: int, kind: str, rank: int) -> Edit:
        text = f"{digits:0{places + 1}d}"
        if places:
            text = f"{text[:-places]}.{text[-places:]}"
        if self.run[0] in "０１２３４５６７８９":
            text = text.translate(_WIDE)
        figure, below = self.figure, Decimal(self.worth_by * 10**places)
        changed = figure._replace(
            text=figure.text.replace(self.run, text, 1),
            value=Decimal(digits * self.worth) / below,
            place=Decimal(self.worth) / below if figure.place else figure.place,
        )
        return Edit(changed, kind, rank)


_Variant = tuple[int, int, str]  # digits as one number, decimal places, kind of edit


def _slips(print_of: Print) -> Iterator[_Variant]:
    whole, run, places = print_of.whole, print_of.whole + print_of.decimals, len(print_of.decimals)
    value, length = int(run), len(run)
    for i in range(length - 1):
        if run[i] != run[i + 1] and not (i == 0 and run[1] == "0" and len(whole) > 1):
            power = 10 ** (length - 2 - i)
            swapped = value + 9 * power * (int(run[i + 1]) - int(run[i]))
            if print_of.fits(swapped, places):
                yield swapped, places, "swap"
    for step in (1, -1):
        if print_of.fits(value, places + step):
            yield value, places + step, "point"


def _misreadings(print_of: Print) -> Iterator[_Variant]:
    whole, run, places = print_of.whole, print_of.whole + print_of.decimals, len(print_of.decimals)
    value, length = int(run), len(run)
    least, most = print_of.limits(places)
    for i in range(length):
        power, digit = 10 ** (length - 1 - i), int(run[i])
        base = value - digit * power
        first = max(-(-(least - base) // power), 1 if i == 0 and len(whole) > 1 else 0)
        for other in range(first, min((most - base) // power, 9) + 1):
            if other != digit:
                yield base + other * power, places, "digit"


def _garbled(print_of: Print) -> Iterator[_Variant]:
    whole, run, places = print_of.whole, print_of.whole + print_of.decimals, len(print_of.decimals)
    value, length = int(run), len(run)
    seen = set()
    for i in range(length if length > 1 else 0):
        at = places - 1 if i >= len(whole) else places
        dropped = run[:i] + run[i + 1 :]
        digits = int(dropped)
        if len(dropped) > at and (len(dropped) - at == 1 or dropped[0] != "0") and print_of.fits(digits, at):
            seen.add((digits, at))
    for i in range(length + 1):
        for at in {places + 1 if i >= len(whole) else places, places + 1 if i > len(whole) else places}:
            power = 10 ** (length - i)
            base = int(run[:i] or "0") * power * 10 + (int(run[i:]) if i < length else 0)
            least, most = print_of.limits(at)
            first = max(-(-(least - base) // power), 1 if i == 0 else 0)
            for digit in range(first, min((most - base) // power, 9) + 1):
                seen.add((base + digit * power, at))
    seen.discard((value, places))
    for digits, at in sorted(seen):
        yield digits, at, "digit"
    for step in (2, -2):
        if print_of.fits(value, places + step):
            yield value, places + step, "point"


_VARIANTS = {SLIP: _slips, MISREAD: _misreadings, GARBLED: _garbled}


def _multiplied(print_of: Print, rank: int) -> Iterator[Edit]:
    """万 for 亿 and the other way round (a slip); a multiplier that was lost (garbled)."""
    figure, wanted, run = print_of.figure, print_of.wanted, print_of.run
    for character, (other, shift) in _SWAPPED_MULTIPLIERS.items():
        if character in figure.text:
            if rank == SLIP and figure.text.count(character) == 1:
                value, place = figure.value.scaleb(shift), figure.place.scaleb(shift)
                if _stands_for(value, place, wanted):
                    changed = figure._replace(text=figure.text.replace(character, other), value=value, place=place)
                    yield Edit(changed, "multiplier", SLIP)
            return
    head, _, tail = figure.text.partition(run)
    if rank != GARBLED or figure.kind not in ("money", "measure", "count") or print_of.worth != print_of.worth_by:
        return
    if not tail:
        return  # a bare cell: its multiplier stands in the head of the table
    for name, shift in (("万", 4), ("亿", 8)):
        value, place = figure.value.scaleb(shift), (figure.place or Decimal(1)).scaleb(shift)
        if _stands_for(value, place, wanted):
            changed = figure._replace(text=f"{head}{run}{name}{tail}", value=value, place=place)
            yield Edit(changed, "multiplier", GARBLED)


def _respelled(figure: Figure, wanted: Range, rank: int) -> Iterator[Edit]:
    """Two spelled digits swapped (两万四千八百, 两万八千四百: a slip), or one read for another (三个, 四个)."""
    numeral = _NUMERAL.search(figure.text)
    printed = chinese_number(numeral[0].translate(_SIMPLIFIED)) if numeral is not None else None
    if numeral is None or printed is None or not printed.value or figure.high is not None:
        return
    places = [i for i, c in enumerate(numeral[0]) if c in _DIGITS]
    spelled = [numeral[0][i] for i in places]
    variants: list[tuple[str, list[str]]] = []
    if rank == SLIP:
        for k in range(len(spelled) - 1):
            variants.append(("swap", [*spelled[:k], spelled[k + 1], spelled[k], *spelled[k + 2 :]]))
    elif rank == MISREAD:
        for k in range(len(spelled)):
            variants += [("digit", [*spelled[:k], other, *spelled[k + 1 :]]) for other in _SPELLED]
    for kind, digits in variants:
        characters = list(numeral[0])
        for i, digit in zip(places, digits, strict=True):
            characters[i] = digit
        text = "".join(characters)
        number = chinese_number(text.translate(_SIMPLIFIED))
        if text == numeral[0] or number is None or not number.value or number.value == printed.value:
            continue
        value = figure.value * number.value / printed.value
        if _stands_for(value, figure.place, wanted):
            shown = figure.text[: numeral.start()] + text + figure.text[numeral.end() :]
            yield Edit(figure._replace(text=shown, value=value), kind, rank)


def _stands_for(value: Decimal, place: Decimal, wanted: Range) -> bool:
    (number, by), (last, last_by) = ratio_of(value), ratio_of(place)
    half, scale = last * by, 2 * last_by
    return meet(Range(number * scale - half, number * scale + half, False, False, by * scale, by * scale), wanted)


def reunited(figure: Figure) -> Edit | None:
    """The figure in percentage points instead of per cent, or the other way round; None where it is in neither."""
    if figure.unit == "%" and figure.text.endswith(("%", "％")):
        text = figure.text[:-1] + "个百分点"
        return Edit(figure._replace(text=text, unit="百分点", kind="percentage_point"), "unit", SLIP)
    run = _RUN.search(figure.text)
    if figure.kind == "percentage_point" and run:
        return Edit(figure._replace(text=figure.text[: run.end()] + "%", unit="%", kind="percent"), "unit", SLIP)
    return None


def turned(figure: Figure) -> Edit | None:
    """The figure with the opposite direction; None where it has none."""
    if figure.direction is None or figure.value <= 0:
        return None
    if figure.direction == "up":
        return Edit(figure._replace(text="下降" + figure.text, direction="down"), "direction", MISREAD)
    return Edit(figure._replace(text="增长" + figure.text, direction="up"), "direction", MISREAD)
