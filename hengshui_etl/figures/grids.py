"""Tables: the figures in their cells, with the unit, attribute and bearer that heads and row labels give them.

Belongs here: reading a table block. Does not belong here: finding tables (text/), arithmetic over rows and columns
(relations/).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from hengshui_etl.figures.numerals import arabic_number, factor_of, tidy
from hengshui_etl.figures.units import unit_at
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Block, Direction, FigureKind, Span

_CELL = lazy_pattern(
    r"\s*+(?P<sign>[-−－+＋▲▼↑↓])?\s*+(?P<ar>\d{1,3}(?:[, ]\d{3}){1,5}(?:\.\d{1,8})?|\d{1,24}(?:\.\d{1,8})?)"
    r"\s*+(?P<rest>.{0,12})$",
    re.S,
)
_UNIT_IN_LABEL = lazy_pattern(
    r"[（(\[]\s*+(?:单位[:：]?)?\s*+[±+-]*+\s*+(?P<times>[百千]?[万亿]*)(?P<unit>[^）)\]]{0,10})[）)\]]"
    r"|[,，/：:]\s*(?P<times2>[百千]?[万亿]*)(?P<unit2>%|元|人|吨|个|户|亩)$|(?P<unit3>%)$"
)
_CAPTION_UNIT = lazy_pattern(r"单位\s*+[:：]?\s*+(?P<times>[百千]?[万亿]*)(?P<unit>[^\s）)，,；;、]{1,8})")
_CHANGE_LABEL = lazy_pattern(r"增长|增速|增幅|涨幅|±|同比|环比|涨跌|增减|增加|比上年|比去年|比同期|较上年|较去年")
_RATE_LABEL = lazy_pattern(r"(?:增长|增速|增幅|涨幅|占比|比重|同比|环比|率)$")
_NAMING_HEAD = lazy_pattern("年|月|时间|地区|指标|名称|项目")
_UNIT_HEAD = lazy_pattern(r"\s*(?:计量|计算)?单\s*位\s*")
_OWN_UNIT = lazy_pattern(r"\s*(?P<times>[百千]?[万亿]*)(?P<unit>[^\s（(]{0,10})")
_TOTAL = lazy_pattern(
    r"^[\s#]*(?:合计|总计|共计|全市|全县|全省|全区|全州|总|小计|全部|全国|合  计|总 计|[一二三四五六七八九十]、)"
)


class Cell(NamedTuple):
    """A number in a table: where it stands, what it is, and the labels of its row and column."""

    at: int
    till: int
    value: Decimal
    place: Decimal
    unit: str
    kind: FigureKind
    direction: Direction | None
    row: int
    column: int
    row_label: str
    column_label: str
    total: bool
    indented: bool


def label_of(text: str) -> str:
    """A label without its unit in brackets and its marks."""
    cut = _UNIT_IN_LABEL.sub("", text)
    return re.sub(r"^[\s#＃★*·①-⑩]+|^\d{1,2}[.、]|^其中[:：]?|[\s]+|^[（(]?[一二三四五六七八九十]{1,2}[）)、]", "", cut)


class _LabelUnit(NamedTuple):
    factor: int
    name: str
    kind: FigureKind
    scaled: bool


_PERCENT = _LabelUnit(1, "%", "percent", False)


def unit_of_label(text: str) -> _LabelUnit | None:
    """The unit that a label names in brackets (`网络零售额（亿元）`), or None."""
    match = _UNIT_IN_LABEL.search(text)
    if match is None:
        return None
    return _named(match["times"] or match["times2"] or "", match["unit"] or match["unit2"] or match["unit3"] or "")


def _named(times: str, printed: str) -> _LabelUnit | None:
    printed = printed.strip()
    unit = unit_at(printed, 0, False)
    if unit is None or unit.printed != printed:
        return None
    return _LabelUnit(factor_of(times) if times else 1, unit.name, unit.kind, bool(times))


def cells_of(text: str, block: Block, caption: str) -> list[Cell]:
    """The figures of a table, row by row. `caption` is the line before it, which may name the unit (单位：万元), as may
    the head of the first column."""
    rows = block.rows
    if len(rows) < 2:
        return []
    heads = _heads(text, rows)
    body = rows[heads:]
    width = max(len(r) for r in rows)
    columns = [_column_label(text, rows[:heads], c) for c in range(width)]
    column_units = [unit_of_label(c) for c in columns]
    common = None
    if match := _CAPTION_UNIT.search(columns[0]) or _CAPTION_UNIT.search(caption):
        common = _named(match["times"], match["unit"])
    unit_column = next((c for c in range(1, width) if _UNIT_HEAD.fullmatch(columns[c])), width)
    found: list[Cell] = []
    for r, row in enumerate(body):
        if not row:
            continue
        label = text[row[0].start : row[0].end]
        label_column = 0
        if (
            re.fullmatch(r"\s*+\d{0,3}\s*+", label)
            and len(row) > 2
            and not _CELL.match(text[row[1].start : row[1].end])
        ):
            label_column, label = 1, text[row[1].start : row[1].end]
        elif _CELL.match(label) and columns and columns[0] and not _NAMING_HEAD.search(columns[0]):
            label_column = -1
            label = ""
        row_unit = unit_of_label(label)
        if unit_column < len(row) and unit_column > label_column:
            printed = _OWN_UNIT.match(text[row[unit_column].start : row[unit_column].end])
            row_unit = (_named(printed["times"], printed["unit"]) if printed else None) or row_unit
        for c in range(label_column + 1, len(row)):
            raw = text[row[c].start : row[c].end]
            match = _CELL.match(raw)
            if match is None:
                continue
            column = columns[c] if c < len(columns) else ""
            if re.search("序号|编号|排名|位次|代码|年份|备注|电话", column):
                continue
            unit = column_units[c] if c < len(column_units) else None
            rest = match["rest"].strip()
            if rest:
                own = re.match(r"(?P<times>[百千]?[万亿]*)(?P<unit>.*)$", rest)
                named = _named(own["times"], own["unit"]) if own else None
                if named is None:
                    continue
                unit = named
            if unit is None or (row_unit is not None and unit.kind != "percent"):
                unit = row_unit or unit or common
            if unit is None:
                unit = common
            if unit is common and unit is not None and unit.kind != "percent" and _RATE_LABEL.search(label_of(column)):
                unit = _PERCENT
            number = arabic_number(match["ar"])
            if number is None or unit is None:
                continue
            factor = unit.factor
            value, place = tidy(number.value * factor), number.place * factor
            if unit.kind in ("count", "rank") and number.place == 1 and factor == 1:
                place = Decimal(0)
            direction: Direction | None = None
            changing = unit.kind in ("percent", "percentage_point") and _CHANGE_LABEL.search(column + label) is not None
            if unit.kind == "percent" and row_unit is not None and row_unit.kind == "percent" and "增" in column:
                changing = True
            if changing:
                direction = "down" if match["sign"] in ("-", "−", "－", "▼", "↓") else "up"
            elif match["sign"] in ("-", "−", "－"):
                direction = "down"
            start = row[c].start + (match.start("sign") if match["sign"] else match.start("ar"))
            end = row[c].start + (match.end("ar") if not rest else match.end())
            end = start + len(text[start:end].rstrip())
            found.append(
                Cell(
                    start, end, value, place, unit.name, unit.kind, direction, r, c, label_of(label), label_of(column),
                    _TOTAL.match(label) is not None, "其中" in label or label.lstrip().startswith(("#", "＃")),
                )
            )  # fmt: skip
    return found


def _heads(text: str, rows: tuple[tuple[Span, ...], ...]) -> int:
    """How many rows at the top are heads: those without a number cell behind the first."""
    count = 0
    for row in rows[:3]:
        cells = [text[s.start : s.end] for s in row[1:]]
        if any(_CELL.match(c) and not re.fullmatch(r"\s*(?:19|20)\d\d(?:年)?\s*", c) for c in cells):
            break
        count += 1
    return max(1, count) if count < len(rows) else 1


def _column_label(text: str, heads: tuple[tuple[Span, ...], ...], column: int) -> str:
    parts: list[str] = []
    for row in heads:
        if column < len(row):
            part = text[row[column].start : row[column].end].strip()
            if part and part not in parts:
                parts.append(part)
    return "".join(parts)
