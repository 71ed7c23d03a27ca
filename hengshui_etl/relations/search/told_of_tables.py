"""Sentences that compare rows or columns of a table by their labels (四季度比三季度多46.69亿元; 甲县占全市的43.1%).

Belongs here: gaps, shares and multiples of a sentence whose operands are cells that it calls by row or column. Does not
belong here: arithmetic within a table (tables.py), numbers repeated from a table (copies.py).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hengshui_etl.figures import Grid
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import RelationType
from hengshui_etl.relations.search.view import AMOUNTS, View
from hengshui_etl.vocab import alternatives, toml

_GAP = alternatives(toml("comparisons")["than"]["gap"])
_ONE = r"(?:^|[，,。；;：、\n])(?:其中)?(?P<one>[^，,。；;：、\d]{2,14}?)"
_COMPARED = lazy_pattern(rf"{_ONE}(?:比|较)(?P<other>[^，,。；;、\d]{{2,10}}?)(?:{_GAP})[出了]?$")
_SHARED = lazy_pattern(rf"{_ONE}占(?:到)?(?P<other>[^，,。；;、\d]{{1,10}}?)(?:的|比重为?|比重达)$")
_TIMES = lazy_pattern(rf"{_ONE}(?:是|为|相当于)(?P<other>[^，,。；;、\d]{{2,10}}?)的$")
_GOES_ON = lazy_pattern(
    r"[，,；;](?:占(?:到)?(?P<whole>[^，,。；;、\d]{1,10}?)的|(?:是|为|相当于)(?P<base>[^，,。；;、\d]{2,10}?)的)$"
)
_ALL = lazy_pattern(
    "^(?:合计|总计|小计|全年|全[市县区省州旗国镇]|总量|总数|总额|全部|总数|[^，。]{1,4}(?:合计|总量|总数))"
)
_COMPARISONS: tuple[tuple[RelationType, re.Pattern[str]], ...] = (
    ("difference", _COMPARED),
    ("share", _SHARED),
    ("multiple", _TIMES),
)
_FAR = 40
"""Characters before a figure in which what is compared is named."""
_TAIL = 6
"""Characters that may follow a label in a name (甲县总量)."""


class _Line(NamedTuple):
    """A row or a column of a table."""

    row: bool
    number: int


class _Table(NamedTuple):
    """The amounts of a table by row and column, what rows and columns are called, and the row of the whole."""

    cells: dict[tuple[int, int], int]
    rows: dict[int, str]
    columns: dict[int, str]
    total: int | None


def find_told_of_tables(view: View) -> None:
    """Claim what sentences say of rows and columns that they name."""
    tables = [_table(view, grid) for grid in view.grids]
    if not tables:
        return
    one: str | None = None
    for i in range(view.count):
        if view.is_cell(i) or view.titled(i):
            continue
        figure = view.figures[i]
        start = max(view.article.sentences[figure.sentence].start, figure.at - _FAR)
        words = view.text[start : figure.at]
        if not i or view.periods[i] != view.periods[i - 1]:
            one = None
        for kind, pattern in _COMPARISONS:
            if (match := pattern.search(words)) is not None:
                one = match["one"]
                _claim(view, tables, kind, one, match["other"], i)
                break
        else:
            match = _GOES_ON.search(words)
            if match is not None and one is not None:
                _claim(view, tables, "share" if match["whole"] else "multiple", one, match["whole"] or match["base"], i)
            elif view.level[i]:
                one = None


def _table(view: View, grid: Grid) -> _Table:
    cells = {(cell.row, cell.column): f for cell, f in grid.cells if cell.kind in AMOUNTS}
    rows = {cell.row: cell.row_label.strip() for cell, _ in grid.cells}
    columns = {cell.column: cell.column_label.strip() for cell, _ in grid.cells}
    total = next((cell.row for cell, _ in grid.cells if cell.total), None)
    return _Table(cells, rows, columns, total)


def _claim(view: View, tables: list[_Table], kind: RelationType, one: str, other: str, i: int) -> None:
    """Claim the pair of cells that two names mean: the one that holds, else the only one there is."""
    unit = view.figures[i].unit
    fits = {"difference": view.figures[i].kind in AMOUNTS, "share": unit == "%", "multiple": unit == "倍"}
    if not fits[kind] or any(c.operands[-1] == i and not c.implied for c in view.claims):
        return
    pairs = [pair for table in tables for pair in _pairs(view, table, one, other)]
    pairs = [p for p in dict.fromkeys(pairs) if kind != "difference" or view.figures[p[0]].unit == unit]
    held = [p for p in pairs if view.trial(kind, (*p, i))]
    meant = held[:1] or (pairs if len(pairs) == 1 and view.figures[i].bound == "exact" else [])
    for pair in meant:
        if view.trial(kind, (*pair, i)) is not None:
            view.retract(kind, i)
            view.claim(kind, (*pair, i), "表中所列")


def _pairs(view: View, table: _Table, one: str, other: str) -> list[tuple[int, int]]:
    """The cells that two names may mean: of two columns in the row of the whole, of two rows in one column."""
    found = []
    for a in _lines(table, one):
        for b in [*_lines(table, other), *_whole(table, a, other)]:
            if a.row != b.row or a == b:
                continue
            across = sorted(table.columns) if a.row else [table.total]
            for k in across:
                if k is None:
                    continue
                first = table.cells.get((a.number, k) if a.row else (k, a.number))
                second = table.cells.get((b.number, k) if b.row else (k, b.number))
                if first is None or second is None or view.figures[first].unit != view.figures[second].unit:
                    continue
                found.append((first, second, table.columns[k] if a.row else ""))
    whole = [(a, b) for a, b, label in found if _ALL.match(label)]
    return whole if len(whole) == 1 else [(a, b) for a, b, _ in found]


def _lines(table: _Table, name: str) -> list[_Line]:
    """The rows and columns that a name calls: by their label, alone or with a word of what is told behind it."""
    found = []
    for row, labels in ((True, table.rows), (False, table.columns)):
        for number, label in labels.items():
            called = name == label or (name.startswith(label) and len(name) - len(label) <= _TAIL)
            if len(label) > 1 and (called or (len(name) > 1 and label.startswith(name) and len(label) - len(name) < 2)):
                found.append(_Line(row, number))
    return found


def _whole(table: _Table, part: _Line, name: str) -> list[_Line]:
    """The row or column of the whole, where a name means it (占全市的, 占全年的)."""
    if not _ALL.match(name):
        return []
    if part.row:
        return [] if table.total is None else [_Line(True, table.total)]
    return [_Line(False, number) for number, label in table.columns.items() if _ALL.match(label)]
