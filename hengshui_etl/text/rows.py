"""Lines to the rows and cells of tables in running text.

Belongs here: where a table begins and ends, and its cells. Does not belong here: what a cell means, markup (page.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Span

Line = tuple[int, int]
Row = tuple[Span, ...]

_LONGEST_ROW = 300
_LONGEST_CELL = 60
# What may stand in a cell of numbers: a number, with sign, unit or remark, a dash for "none", or nothing.
_NUMBER = lazy_pattern(
    r"[#<>≥≤约]?[-+±−]?\d[\d,.]*(?:[%‰]|[\u4e00-\u9fff]{1,4})?(?: ?[(（][^()（）]{1,12}[)）])?$|[—\-–…/.]+$|持平$|$"
)
_TAB, _WIDE, _NARROW = "\t", "  ", " "
_GAPS = {_TAB: lazy_pattern("\t"), _WIDE: lazy_pattern(" {2,}"), _NARROW: lazy_pattern(" +")}


def table_at(text: str, lines: Sequence[Line], at: int) -> tuple[Row, ...]:
    """The rows of the table that begins with line `at`; nothing if none does.

    Cells are parted by tabs, by gaps of two and more spaces, or, where all rows have as many cells as the head, by any
    space.
    """
    start, end = lines[at]
    if end - start > _LONGEST_ROW or (text.find(" ", start, end) < 0 and text.find("\t", start, end) < 0):
        return ()
    best: tuple[Row, ...] = ()
    for gap in (_TAB, _WIDE, _NARROW):
        if text.find(gap, start, end) < 0:
            continue
        rows = _rows(text, lines, at, gap)
        if len(rows) > len(best):
            best = rows
        if best and (gap == _TAB or all(len(row) == len(best[0]) for row in best)):
            break
    return best


def _rows(text: str, lines: Sequence[Line], at: int, gap: str) -> tuple[Row, ...]:
    rows: list[Row] = []
    numeric = 0
    for start, end in lines[at : at + 2]:
        if end - start > _LONGEST_ROW:
            return ()
    for index in range(at, len(lines)):
        start, end = lines[index]
        if end - start > _LONGEST_ROW:
            break
        row = _cells(text, start, end, gap)
        if len(row) < 2 or any(b - a > _LONGEST_CELL for a, b in row):
            break
        if rows and not (len(row) == len(rows[0]) or (gap != _NARROW and abs(len(row) - len(rows[0])) <= 1)):
            break
        rows.append(row)
        numeric += _is_numeric(text, row)
        if numeric * 2 < len(rows) - 4:  # lines of words: no table, however many of them follow
            break
    if gap == _NARROW and len(rows) < 3:
        return ()
    return tuple(rows) if len(rows) >= 2 and numeric and numeric * 2 >= len(rows) - 1 else ()


def _cells(text: str, start: int, end: int, gap: str) -> Row:
    cells = []
    at = start
    for found in _GAPS[gap].finditer(text, start, end):
        cells.append(_trimmed(text, at, found.start()))
        at = found.end()
    cells.append(_trimmed(text, at, end))
    return tuple(cells)


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _is_numeric(text: str, row: Row) -> bool:
    """Whether at least half of the cells behind the first are numbers, and one of them is not empty."""
    numbers = written = 0
    for a, b in row[1:]:
        if _NUMBER.match(text[a:b]):
            numbers += 1
            written += b > a
    return numbers * 2 >= len(row) - 1 and written > 0
