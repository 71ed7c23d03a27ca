"""One sentence for every verdict, in English and in Chinese, that shows the arithmetic with the article's own numbers.

Belongs here: how printed figures and computed numbers are shown, and the wording. Does not belong here: deciding
anything; what rounds here rounds for the eye only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from hengshui_etl.records import Figure
from hengshui_etl.relations.intervals import ONE, Range, last_nonzero_unit

MOST_TERMS = 12

_SHOWN = Context(prec=240, rounding=ROUND_HALF_UP)
_PINYIN = re.compile(r"\([^()\s]{0,8}\)?")
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?")
_NAMES = {Decimal(10) ** 8: "亿", Decimal(10) ** 4: "万", Decimal(10) ** 12: "万亿"}
_SIZES = (("万亿", "萬億", Decimal(10) ** 12), ("亿", "億", Decimal(10) ** 8), ("万", "萬", Decimal(10) ** 4))


class Words(NamedTuple):
    """The same sentence in both languages."""

    en: str
    zh: str


class Manner(NamedTuple):
    """How a figure prints: multiplier, what stands behind the number, decimals."""

    multiplier: Decimal
    suffix: str
    decimals: int


def printed(figure: Figure) -> str:
    """The figure as the article prints it, without the pinyin that damaged pages put in parentheses."""
    text = figure.text
    if "(" in text:
        text = _PINYIN.sub("", text)
    return text if len(text) <= 60 else text[:59] + "…"


def manner_of(figure: Figure) -> Manner:
    """Multiplier, suffix and decimals of a figure's print; a bare cell shows its head's multiplier by its value."""
    text, multiplier, name = figure.text, ONE, ""
    for simple, traditional, size in _SIZES:
        if simple in text or traditional in text:
            multiplier, name = size, simple
            break
    else:
        number = _NUMBER.match(text)
        if number and figure.value and Decimal(number[0]):
            ratio = _SHOWN.divide(figure.value, Decimal(number[0]))
            if ratio in _NAMES:
                multiplier, name = ratio, _NAMES[ratio]
    place = figure.place
    if multiplier > 1 and (not place or place < multiplier):  # 十万九千七百 is shown as 10.97万
        place = max(place, last_nonzero_unit(figure.value))
    place = _SHOWN.divide(place, multiplier)
    decimals = max(0, -place.adjusted()) if 0 < place < 1 else 0
    unit = figure.unit
    return Manner(multiplier, name + ("个百分点" if unit == "百分点" else unit), min(decimals, 12))


def shown(number: Decimal, by: Decimal, manner: Manner) -> str:
    """`number / by` in this manner, with one decimal more than is printed, unless that is 0."""
    scaled = _SHOWN.divide(number, _SHOWN.multiply(by, manner.multiplier))
    text = f"{_SHOWN.quantize(scaled, ONE.scaleb(-manner.decimals - 1)):f}"
    if text[-1] == "0":
        text = text[:-2] if manner.decimals == 0 else text[:-1]
    return text + manner.suffix


def shown_range(r: Range, manner: Manner) -> Words:
    """A range in this manner: one number, between two, at least, at most."""
    low = None if r.low is None else shown(r.low, r.low_by, manner)
    high = None if r.high is None else shown(r.high, r.high_by, manner)
    if low is None and high is None:
        return Words("anything", "任何数")
    if low is None:
        return Words(
            f"{'less than' if r.high_open else 'at most'} {high}", f"{'不到' if r.high_open else '不超过'}{high}"
        )
    if high is None:
        en, zh = ("more than", "超过") if r.low_open else ("at least", "不少于")
        return Words(f"{en} {low}", f"{zh}{low}")
    return Words(low, low) if low == high else Words(f"{low} to {high}", f"{low}至{high}")


def terms(figures: Sequence[Figure], sign: str = " + ") -> str:
    """The figures as printed with a sign between; many are cut short."""
    if len(figures) > MOST_TERMS:
        return sign.join([printed(f) for f in figures[: MOST_TERMS - 1]]) + f"{sign}…({len(figures)})"
    return sign.join([printed(f) for f in figures])


def bracketed(figures: Sequence[Figure]) -> str:
    """The figures added up, in parentheses where there are several."""
    return f"({terms(figures)})" if len(figures) > 1 else printed(figures[0])


def as_is(figure: Figure) -> Words:
    """The figure as printed, in both languages."""
    text = printed(figure)
    return Words(text, text)


def directed(figure: Figure) -> Words:
    """The figure as printed, with its direction."""
    text = printed(figure)
    if figure.direction is None or figure.value <= 0:
        return Words(text, text)
    up = figure.direction == "up"
    return Words(f"a {'rise' if up else 'fall'} of {text}", f"{'增长' if up else '下降'}{text}")


def equation(left: str, result: Words, stated: Words, *, holds: bool) -> Words:
    """`left` comes to `result`, and the article prints `stated`."""
    if holds:
        if result == stated:
            return Words(f"{left} = {result.en}, as the article prints", f"{left} = {result.zh},与文中一致")
        return Words(f"{left} = {result.en}; the article prints {stated.en}", f"{left} = {result.zh},文中为{stated.zh}")
    return Words(
        f"{left} = {result.en}, but the article prints {stated.en}", f"{left} = {result.zh},文中却写作{stated.zh}"
    )


def unstated(left: str, result: Words, *, possible: bool) -> Words:
    """`left` comes to `result`, which the article leaves to the reader."""
    if possible:
        return Words(f"{left} = {result.en}, which the article does not state", f"{left} = {result.zh},文中未写明")
    return Words(f"{left} = {result.en}, which cannot be", f"{left} = {result.zh},不可能成立")


def points_not_percent(left: str, points: str, stated: str) -> Words:
    """The gap between two percentages is printed as a percentage."""
    return Words(
        f"{left} = {points}, but the article prints {stated}: a gap between percentages is in percentage points",
        f"{left} = {points},文中却写作{stated}:百分比之差应为百分点",
    )


def percent_not_points(left: str, percent: str, stated: str) -> Words:
    """A percentage is printed as percentage points."""
    return Words(
        f"{left} = {percent}, but the article prints {stated}: a ratio is in per cent, not in percentage points",
        f"{left} = {percent},文中却写作{stated}:比率应为百分比,而非百分点",
    )


def whole_of_percentages(left: str, result: str, *, holds: bool) -> Words:
    """Percentages of one whole, added up."""
    if holds:
        return Words(f"{left} = {result}: the whole, within rounding", f"{left} = {result},在舍入范围内合计100%")
    return Words(
        f"{left} = {result}, but the shares of one whole add up to 100%",
        f"{left} = {result},但同一整体的各部分应合计100%",
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
    if gap:
        return Words(
            f"{one} and {other} are said of the same thing, but lie {gap} apart", f"{one}与{other}所指相同,却相差{gap}"
        )
    return Words(f"{one} and {other} are said of the same thing, but differ", f"{one}与{other}所指相同,却不一致")


def counted(announced: str, items: int, *, holds: bool) -> Words:
    """An announced list and the number of items found."""
    if holds:
        return Words(f"the article announces {announced} and lists {items}", f"文中称{announced},列出{items}项")
    return Words(f"the article announces {announced}, but lists {items}", f"文中称{announced},实际列出{items}项")


def bounded(offenders: Iterable[Figure], all_figures: Sequence[Figure], bound: str) -> Words:
    """Figures under a stated bound; `offenders` break it."""
    breaking = terms(list(offenders), ", ")
    if breaking:
        zh = breaking.replace(", ", "、")
        return Words(f"{breaking}: the stated bound {bound} does not hold", f"{zh}不符合文中所称的{bound}")
    listed = terms(all_figures, ", ")
    return Words(f"{listed}: the stated bound {bound} holds", f"{listed.replace(', ', '、')}均符合文中所称的{bound}")


def feasible(part: str, percentage: str, low: str | None, high: str | None) -> Words:
    """Which wholes a count and its percentage allow; None: without limit."""
    head_en, head_zh = f"{part} is {percentage} of a whole that is not stated: ", f"{part}占{percentage},未写明的总数"
    if low is not None and low == high:
        return Words(f"{head_en}it is {low}", f"{head_zh}应为{low}")
    if high is None:
        return Words(f"{head_en}it is at least {low}", f"{head_zh}应不少于{low}")
    return Words(f"{head_en}it lies between {low} and {high}", f"{head_zh}应在{low}至{high}之间")


def infeasible(part: str, percentage: str, nearest: Sequence[tuple[str, str]]) -> Words:
    """No whole makes the percentage true; `nearest` are (whole, its percentage)."""
    near = "; ".join(f"{part} ÷ {whole} = {percent}" for whole, percent in nearest)
    tail_en, tail_zh = (f" ({near})", f"({near.replace('; ', ';')})") if near else ("", "")
    return Words(
        f"no whole number makes {part} {percentage}{tail_en}", f"没有整数总数能使{part}占{percentage}{tail_zh}"
    )
