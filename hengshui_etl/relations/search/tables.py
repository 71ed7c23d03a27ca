"""Tables: columns that add up to their total, shares and rates across a row, growth between columns.

Belongs here: what rows, columns and their labels show. Does not belong here: prose that speaks of a table (shares.py,
thresholds.py, copies.py).
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import permutations

from hengshui_etl.figures import Grid
from hengshui_etl.figures.grids import Cell
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import RelationType
from hengshui_etl.relations.search.view import AMOUNTS, View
from hengshui_etl.vocab import alternatives, known_partitions, toml

_GROWTH = lazy_pattern(r"增长|增速|增幅|同比|环比|±|涨跌|增减|涨幅|比上年|比去年")
_SHARE = lazy_pattern(r"占比|比重|比例|占|构成|份额")
_RATE = lazy_pattern(r"率|完成|进度|为预算|为计划")
_PLAN = lazy_pattern(r"计划|预算|目标|任务|应|总数|合计")
_PREVIOUS = lazy_pattern(r"上年|去年|同期|上期|上月")
_MONTHS = lazy_pattern(r"(?:20\d\d年|本年|今年)?(?P<from>\d{1,2})月?\s?[-—–~至到]{1,2}\s?(?P<to>\d{1,2})月份?")
_NO_SUM = lazy_pattern("均|率|价|指数|增速|占比|比重")
_AVERAGE = lazy_pattern("均|单产|亩产|单价|^平?每[^年月日天]")
_ALL = lazy_pattern("合计|总计|小计|共计|全年|总数|总量|总额|累计|^合|^总")
_FEWEST_ROWS, _SURE_ROWS = 3, 5
"""Rows of a table whose columns may make up another one: where that is named so, and where it is not."""
_ONCE = lazy_pattern(alternatives(toml("parts")["overlap"]["union"]))
_NOTE = 160
"""Characters behind a table in which a note to it is looked for."""
_CUMULATIVE = lazy_pattern(r"[1１一]\s*[-—–~至到]|累计|全年|上半年|前三季度")

Row = dict[int, tuple[Cell, int]]


def find_in_tables(view: View) -> None:
    """Claim the relations within the tables of an article."""
    for grid in view.grids:
        rows: dict[int, Row] = defaultdict(dict)
        for cell, figure in grid.cells:
            rows[cell.row][cell.column] = (cell, figure)
        _columns(view, grid, rows)
        _rows(view, rows)
        _across(view, rows)
        _averages(view, rows)
        _of_which(view, rows)
        _named_parts(view, rows)


def _summed(cell: Cell) -> bool:
    """Whether the cells of this column can be added up: amounts and shares, no averages, prices or rates."""
    if cell.unit == "%" or cell.kind == "percent":
        return _SHARE.search(cell.column_label) is not None
    return cell.kind in AMOUNTS and not re.search("均|单价|均价|亩产", cell.column_label)


def _columns(view: View, grid: Grid, rows: dict[int, Row]) -> None:
    """Each column's parts against its total row."""
    totals = [r for r, row in rows.items() if any(c.total for c, _ in row.values())] or _row_of_all(view, rows)
    if not totals or len(rows) < 3:
        _subtotals(view, rows)
        return
    total = totals[0]
    members = [r for r in rows if r != total and not any(c.indented for c, _ in rows[r].values()) and r not in totals]
    if total not in (min(rows), max(rows)):
        members = [r for r in members if r < total]
    till = max(view.figures[f].till for _, f in grid.cells)
    once_each = _ONCE.search(view.text, till, till + _NOTE) is not None  # 合计数已剔除重复
    for column, (cell, whole) in rows[total].items():
        if not _summed(cell):
            continue
        parts = [rows[r][column][1] for r in members if column in rows[r] and rows[r][column][0].unit == cell.unit]
        if len(parts) < 2 or len(parts) != len(members):
            continue
        holds = view.trial("sum", (*parts, whole))
        gap = sum(view.values[p] for p in parts) / view.values[whole] if view.values[whole] else 0
        if holds or (not once_each and (0.75 < gap < 1.25 or view.slip("sum", (*parts, whole)))):
            view.claim("sum", (*parts, whole), "表中合计")
    _subtotals(view, rows)
    for column, (cell, _) in rows[total].items():
        if cell.unit != "%" or not _SHARE.search(cell.column_label):
            continue
        base = _share_base(view, rows, total, column, members)
        if base is None:
            continue
        for r in members:
            if base in rows[r] and column in rows[r]:
                view.claim("share", (rows[r][base][1], rows[total][base][1], rows[r][column][1]), "表中占比")


def _row_of_all(view: View, rows: dict[int, Row]) -> list[int]:
    """The first or last row if it bears the name of the region that the article is about, and no other row does."""
    named = {r: {view.figures[f].scope for _, f in row.values()} for r, row in rows.items()}
    own = next((view.figures[i].scope for i in range(view.count) if not view.is_cell(i)), None)
    bearing = [r for r, scopes in named.items() if scopes == {own}]
    return bearing if len(bearing) == 1 and len(rows) > 3 and bearing[0] in (min(rows), max(rows)) else []


def _subtotals(view: View, rows: dict[int, Row]) -> None:
    """Stretches of a column that add up to a cell right above or below them, in every column that can be summed."""
    for column in sorted({c for row in rows.values() for c in row}):
        cells = [row[column] for _, row in sorted(rows.items()) if column in row]
        if len(cells) < 3 or not _summed(cells[0][0]) or len({c.unit for c, _ in cells}) != 1:
            continue
        for k, (_, whole) in enumerate(cells):
            for step in (1, -1):
                parts: list[int] = []
                total = 0.0
                for _, j in cells[k + 1 :] if step == 1 else cells[:k][::-1]:
                    parts.append(j)
                    total += view.values[j]
                    if total > view.values[whole] * 1.01:
                        break
                    if (
                        len(parts) > 1
                        and total > view.values[whole] * 0.99
                        and view.trial("sum", (*parts, whole))
                        and view.digits(whole) >= 3  # cells of two digits add up to one another by chance
                    ):
                        view.claim("sum", (*parts, whole), "表中小计")
                        break


def _named_parts(view: View, rows: dict[int, Row]) -> None:
    """A row and right below it those that by their names make it up: 进出口, 出口, 进口."""
    order = [r for r, row in sorted(rows.items()) if not any(c.indented for c, _ in row.values())]
    labels = [next(iter(rows[r].values()))[0].row_label for r in order]
    for k, label in enumerate(labels[:-2]):
        if _NO_SUM.search(label):
            continue
        for names in known_partitions():
            parts = labels[k + 1 : k + 1 + len(names)]
            if len(parts) < len(names) or any(len(part) > 8 for part in parts):
                continue
            if not all(sum(name in part.replace(f"非{name}", "") for part in parts) == 1 for name in names):
                continue
            for column, (cell, whole) in rows[order[k]].items():
                below = [rows[r].get(column) for r in order[k + 1 : k + 1 + len(names)]]
                own = [f for told in below if told is not None and told[0].unit == cell.unit for f in (told[1],)]
                if len(own) != len(names) or cell.kind == "percent" or not _summed(cell):
                    continue
                total = sum(view.values[j] for j in own)
                near = view.values[whole] and 0.75 < total / view.values[whole] < 1.25
                if view.trial("sum", (*own, whole)) or (near and view.slip("sum", (*own, whole))):
                    view.claim("sum", (*own, whole), "表中分项")


def _share_base(view: View, rows: dict[int, Row], total: int, column: int, members: list[int]) -> int | None:
    """The column whose parts the shares in `column` are of: the one for which most of them hold."""
    best, hits = None, 0
    for base, (cell, whole) in rows[total].items():
        if cell.unit == "%" or base == column:
            continue
        held = sum(
            bool(view.trial("share", (rows[r][base][1], whole, rows[r][column][1])))
            for r in members
            if base in rows[r] and column in rows[r]
        )
        if held > hits:
            best, hits = base, held
    return best if hits * 2 > len(members) else None


def _labels(rows: dict[int, Row]) -> dict[int, Cell]:
    """Each column, from left to right, with the first cell that stands in it."""
    columns = sorted({c for row in rows.values() for c in row})
    return {c: next(row[c][0] for row in rows.values() if c in row) for c in columns}


def _claim_where_most_hold(view: View, kind: RelationType, cells: list[tuple[int, ...]]) -> None:
    """Claim a relation between the same columns of every row where it holds in more than half of them."""
    if sum(bool(view.trial(kind, operands)) for operands in cells) * 2 > len(cells):
        for operands in cells:
            view.claim(kind, operands, "表中各列")


def _rows(view: View, rows: dict[int, Row]) -> None:
    """Rates and growth across each row: a pair of columns counts where it holds in most rows."""
    labels = _labels(rows)
    for rate, cell in labels.items():
        kind = _kind_of_rate(cell)
        if kind is None:
            continue
        for a, b in permutations([c for c in labels if c != rate], 2):
            cells: list[tuple[int, ...]] = [
                (row[a][1], row[b][1], row[rate][1])
                for row in rows.values()
                if a in row and b in row and rate in row and row[a][0].unit == row[b][0].unit != "%"
            ]
            if len(cells) > 1:
                _claim_where_most_hold(view, kind, cells)


def _across(view: View, rows: dict[int, Row]) -> None:
    """Columns that stand beside each other and make up the next one in most rows (四个季度, 全年; 城镇, 农村, 合计)."""
    labels = _labels(rows)
    order = list(labels)
    for k, whole in enumerate(order):
        if k < 2 or not _summed(labels[whole]) or labels[whole].unit == "%":
            continue
        for first in range(k - 1):
            columns = order[first : k + 1]
            if len({labels[c].unit for c in columns}) > 1:
                continue
            cells = [tuple(row[c][1] for c in columns) for row in rows.values() if all(c in row for c in columns)]
            held = sum(bool(view.trial("sum", operands)) for operands in cells)
            named = _ALL.search(labels[whole].column_label) is not None
            if len(cells) < _FEWEST_ROWS or held * 2 <= len(cells) or not (named or held >= _SURE_ROWS):
                continue
            for operands in cells:
                view.claim("sum", operands, "表中各列")
            break


def _kind_of_rate(cell: Cell) -> RelationType | None:
    """What the percentages of a column are by its label: growth, or a share."""
    if cell.unit != "%":
        return None
    if _GROWTH.search(cell.column_label):
        return "growth"
    return "share" if _RATE.search(cell.column_label) or _SHARE.search(cell.column_label) else None


def _averages(view: View, rows: dict[int, Row]) -> None:
    """A column of averages (亩产, 人均): of the two columns whose quotient it is in most rows."""
    labels = {c: cell.column_label for c, cell in _labels(rows).items()}
    for average in labels:
        if not _AVERAGE.search(labels[average]):
            continue
        for total, number in permutations([c for c in labels if c != average and not _AVERAGE.search(labels[c])], 2):
            cells: list[tuple[int, ...]] = [
                (row[total][1], row[number][1], row[average][1])
                for row in rows.values()
                if total in row and number in row and average in row
            ]
            if len(cells) > 2:
                _claim_where_most_hold(view, "average", cells)


def _of_which(view: View, rows: dict[int, Row]) -> None:
    """Rows marked 其中 or # are parts of the row above; a month is part of the months up to it."""
    above: Row = {}
    for r in sorted(rows):
        row = rows[r]
        indented = any(c.indented for c, _ in row.values())
        if indented:
            for column, (cell, figure) in row.items():
                if column in above and above[column][0].unit == cell.unit and cell.unit != "%":
                    view.claim("part_of", (figure, above[column][1]), "表中其中项")
        else:
            above = row
        month = [
            c
            for c in row
            if re.fullmatch(r"\s*\d{1,2}月(?:份)?.{0,6}", row[c][0].column_label)
            or row[c][0].column_label.startswith("本月")
        ]
        _exports(view, row)
        _quarters(view, row)
        months = [c for c in row if _CUMULATIVE.search(row[c][0].column_label)]
        for a in month:
            for b in months:
                if (
                    row[a][0].unit == row[b][0].unit
                    and row[a][0].unit != "%"
                    and not _PREVIOUS.search(row[b][0].column_label)
                ):
                    view.claim("part_of", (row[a][1], row[b][1]), "当月与累计")
                    break


def _quarters(view: View, row: Row) -> None:
    """What is told of the last months of a span is part of what is told of all of it (7—9月, 1—9月)."""
    spans = [(_MONTHS.fullmatch(cell.column_label), cell, figure) for cell, figure in row.values()]
    for match, cell, figure in spans:
        if match is None or int(match["from"]) == 1 or cell.unit == "%":
            continue
        for other, told, whole in spans:
            ends = other is not None and int(other["from"]) == 1 and other["to"] == match["to"]
            if ends and told.unit == cell.unit and cell.kind in AMOUNTS:
                view.claim("part_of", (figure, whole), "各月在累计之内")


def _exports(view: View, row: Row) -> None:
    """Exports, like imports, are part of both together."""
    both = next((row[b] for b in row if row[b][0].column_label == "进出口"), None)
    for cell, figure in row.values():
        if both is not None and cell.column_label in ("出口", "进口") and cell.unit == both[0].unit and not cell.total:
            view.claim("part_of", (figure, both[1]), "出口在进出口之内")
