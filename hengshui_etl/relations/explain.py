"""One sentence for every verdict, in English and in Chinese, that shows the arithmetic with the article's own numbers.

Belongs here: how printed figures and computed numbers are shown, and the wording. Does not belong here: deciding
anything; what rounds here rounds for the eye only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Figure
from hengshui_etl.relations.intervals import Range, last_nonzero_unit

MOST_TERMS = 12
MOST_CHARACTERS = 60

_PINYIN = lazy_pattern(r"\([^()\s]{0,8}\)?")
_NUMBER = lazy_pattern(r"[0-9０-９]{1,20}(?:[.．][0-9０-９]{1,20})?")
_NARROW = str.maketrans("０１２３４５６７８９．", "0123456789.")
_SIZES = (("万亿", "萬億", 12), ("亿", "億", 8), ("万", "萬", 4))
_NAMES = {4: "万", 8: "亿", 12: "万亿"}
_POINTS = lazy_pattern("个?百分点|個?百分點")

Expression = Callable[[], str]


class Words(NamedTuple):
    """The same sentence in both languages."""

    en: str
    zh: str


class Manner(NamedTuple):
    """How a figure prints: power of ten of its multiplier, what stands behind the number, decimals."""

    power: int
    suffix: str
    decimals: int


PLAIN = Manner(0, "", 0)


def printed(figure: Figure) -> str:
    """The figure as the article prints it, without the pinyin that damaged pages put in parentheses."""
    text = figure.text
    if "(" in text:
        text = _PINYIN.sub("", text)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def manner_of(figure: Figure) -> Manner:
    """Multiplier, suffix and decimals of a figure's print; a bare cell shows its head's multiplier by its value."""
    unit, place = figure.unit, figure.place
    if unit == "%":
        return Manner(0, "%", min(-place.adjusted(), 12) if 0 < place < 1 else 0)
    power = _power_of(figure)
    name = _NAMES.get(power, "")
    if power and (not place or place.adjusted() < power):  # 十万九千七百 is shown as 10.97万
        place = max(place, last_nonzero_unit(figure.value))
    decimals = max(0, power - place.adjusted()) if place > 0 else 0
    return Manner(power, name + ("个百分点" if unit == "百分点" else unit), min(decimals, 12))


def _power_of(figure: Figure) -> int:
    text = figure.text
    for simple, traditional, power in _SIZES:
        if simple in text or traditional in text:
            return power
    number = _NUMBER.fullmatch(text.strip())
    if number is None or not figure.value:
        return 0
    power = figure.value.adjusted() - Decimal(number[0].translate(_NARROW)).adjusted()
    return power if power in _NAMES else 0


def shown(number: int, by: int, manner: Manner) -> str:
    """`number / by` in this manner, with one decimal more than is printed, unless that is 0."""
    decimals = manner.decimals + 1
    scale, by = 10**decimals, by * 10**manner.power
    rounded = (abs(number) * scale * 2 + by) // (by * 2)
    text = f"{rounded:0{decimals + 1}d}"
    whole, tail = text[:-decimals], text[-decimals:]
    if tail[-1] == "0":
        tail = tail[:-1]
    sign = "−" if number < 0 and rounded else ""
    return f"{sign}{whole}.{tail}{manner.suffix}" if tail else f"{sign}{whole}{manner.suffix}"


def shown_range(r: Range, manner: Manner) -> Words:
    """A range in this manner: one number, between two, at least, at most."""
    low = None if r.low is None else shown(r.low, r.low_by, manner)
    if r.high is not None and r.high == r.low and r.high_by == r.low_by and low is not None:
        return Words(low, low)
    high = None if r.high is None else shown(r.high, r.high_by, manner)
    if low is None and high is None:
        return Words("anything", "任何数")
    if low is None:
        en, zh = ("less than", "不到") if r.high_open else ("at most", "不超过")
        return Words(f"{en} {high}", f"{zh}{high}")
    if high is None:
        en, zh = ("more than", "超过") if r.low_open else ("at least", "不少于")
        return Words(f"{en} {low}", f"{zh}{low}")
    return Words(low, low) if low == high else Words(f"{low} to {high}", f"{low}至{high}")


def terms(figures: Sequence[Figure], sign: str = " + ") -> str:
    """The figures as printed with a sign between; many are cut short."""
    if len(figures) > MOST_TERMS:
        return sign.join([printed(f) for f in figures[: MOST_TERMS - 1]]) + f"{sign}… ({len(figures)})"
    return sign.join([printed(f) for f in figures])


def bracketed(figures: Sequence[Figure]) -> str:
    """The figures added up, in parentheses where there are several."""
    return f"({terms(figures)})" if len(figures) > 1 else printed(figures[0])


def _directed(figure: Figure) -> Words:
    """The figure as printed, with its direction."""
    text = printed(figure)
    if figure.direction is None or figure.value <= 0:
        return Words(text, text)
    if figure.direction == "up":
        return Words(f"a rise of {text}", f"增长{text}")
    return Words(f"a fall of {text}", f"下降{text}")


def equation(left: str, result: Callable[[], Words], stated: Figure, *, holds: bool, directed: bool = False) -> Words:
    """`left` comes to `result`, and the article prints `stated`; the result is worked out where the two differ."""
    en, zh = _directed(stated) if directed else (printed(stated),) * 2
    if holds:
        return Words(f"{left} = {en}, within rounding", f"{left} = {zh},在舍入范围内成立")
    found = result()
    return Words(f"{left} = {found.en}, but the article prints {en}", f"{left} = {found.zh},文中却写作{zh}")


def unstated(left: str, result: Words, *, possible: bool) -> Words:
    """`left` comes to `result`, which the article leaves to the reader."""
    if possible:
        return Words(f"{left} = {result.en}, which the article does not state", f"{left} = {result.zh},文中未写明")
    return Words(f"{left} = {result.en}, which cannot be", f"{left} = {result.zh},不可能成立")


def points_not_percent(left: str, points: Words, stated: Figure) -> Words:
    """The gap between two percentages is printed as a percentage."""
    text = printed(stated)
    return Words(
        f"{left} = {points.en}, but the article prints {text}: a gap between percentages is in percentage points",
        f"{left} = {points.zh},文中却写作{text}:百分比之差应为百分点",
    )


def percent_not_points(left: str, stated: Figure) -> Words:
    """A percentage is printed as percentage points."""
    text = printed(stated)
    percent = _POINTS.sub("%", text)
    return Words(
        f"{left} = {percent}, but the article prints {text}: a ratio is in per cent, not in percentage points",
        f"{left} = {percent},文中却写作{text}:比率应为百分比,而非百分点",
    )


def whole_of_percentages(left: str, result: Words, *, holds: bool) -> Words:
    """Percentages of one whole, added up."""
    if holds:
        return Words(f"{left} = {result.en}: the whole, within rounding", f"{left} = {result.zh},在舍入范围内合计100%")
    return Words(
        f"{left} = {result.en}, but the shares of one whole add up to 100%",
        f"{left} = {result.zh},但同一整体的各部分应合计100%",
    )


def within(part: str, whole: str, *, holds: bool) -> Words:
    """A part beside its whole."""
    if holds:
        return Words(f"{part} is no more than the whole, {whole}", f"部分{part}不超过整体{whole}")
    return Words(f"{part} is more than the whole that it is part of, {whole}", f"部分{part}大于整体{whole}")


def said_twice(one: str, other: str, gap: str | None) -> Words:
    """The same figure in two places; `gap` is None where they agree, empty where they differ by more than a number."""
    if gap is None:
        return Words(f"{one} and {other} agree", f"{one}与{other}一致")
    if not gap:
        return Words(f"{one} and {other} are said of the same thing, but differ", f"{one}与{other}所指相同,却不一致")
    return Words(
        f"{one} and {other} are said of the same thing, but lie {gap} apart", f"{one}与{other}所指相同,却相差{gap}"
    )


def counted(announced: str, items: int, *, holds: bool) -> Words:
    """An announced list and the number of items found."""
    if holds:
        return Words(f"the article announces {announced} and lists {items}", f"文中称{announced},列出{items}项")
    return Words(f"the article announces {announced}, but lists {items}", f"文中称{announced},实际列出{items}项")


def bounded(offenders: Sequence[Figure], figures: Sequence[Figure], bound: str) -> Words:
    """Figures under a stated bound; `offenders` break it."""
    if offenders:
        return Words(
            f"{terms(offenders, ', ')}: the stated bound {bound} does not hold",
            f"{terms(offenders, '、')}不符合文中所称的{bound}",
        )
    return Words(
        f"{terms(figures, ', ')}: the stated bound {bound} holds", f"{terms(figures, '、')}均符合文中所称的{bound}"
    )


def feasible(part: str, percentage: str, wholes: Range, manner: Manner) -> Words:
    """Which wholes a count and its percentage allow."""
    en, zh = f"{part} is {percentage} of a whole that is not stated: ", f"{part}占{percentage},未写明的总数"
    low = None if wholes.low is None else shown(wholes.low, wholes.low_by, manner)
    high = None if wholes.high is None else shown(wholes.high, wholes.high_by, manner)
    if low is not None and low == high:
        return Words(f"{en}it is {low}", f"{zh}应为{low}")
    if high is None:
        return Words(f"{en}it is at least {low}", f"{zh}应不少于{low}")
    return Words(f"{en}it lies between {low} and {high}", f"{zh}应在{low}至{high}之间")


def infeasible(part: str, percentage: str, nearest: Sequence[tuple[str, str]]) -> Words:
    """No whole makes the percentage true; `nearest` are (whole, its percentage)."""
    near = [f"{part} ÷ {whole} = {percent}" for whole, percent in nearest]
    en, zh = (f" ({'; '.join(near)})", f"({';'.join(near)})") if near else ("", "")
    return Words(f"no whole number makes {part} {percentage}{en}", f"没有整数总数能使{part}占{percentage}{zh}")
