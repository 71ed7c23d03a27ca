"""In what two sets of rows of one table differ: which rows, which columns, what stands there and what ought to.

Belongs here: comparing frames by the table's key. Does not belong here: where the frames come from (verify.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import polars as pl

from hengshui_etl.tables.schemas import TABLES

WHOLE_ROW = "*"
"""The column of a difference that is about a row as a whole."""

ABSENT, PRESENT = "no such row", "a row"


class RowDifference(NamedTuple):
    """A row that differs, by the values of its key without the article; `column` is WHOLE_ROW where it is there on one
    side only."""

    article_id: str
    row: str
    column: str
    stored: object
    expected: object


def row_differences(table: str, stored: pl.DataFrame, expected: pl.DataFrame) -> Iterator[RowDifference]:
    """Every difference between the rows that are stored and those that should be; the order of rows does not matter."""
    if stored.equals(expected):
        return
    there, right = _by_key(table, stored), _by_key(table, expected)
    for key, row in right.items():
        if key not in there:
            yield RowDifference(*_named(table, row), WHOLE_ROW, ABSENT, PRESENT)
            continue
        for column, value in row.items():
            if (found := there[key].get(column)) != value:
                yield RowDifference(*_named(table, row), column, found, value)
    for key, row in there.items():
        if key not in right:
            yield RowDifference(*_named(table, row), WHOLE_ROW, PRESENT, ABSENT)


def keys(table: str) -> list[str]:
    """The columns that tell the rows of a table apart within a batch."""
    schema = TABLES[table].to_schema()
    return list(schema.unique or [str(name) for name, column in schema.columns.items() if column.unique])


def _by_key(table: str, frame: pl.DataFrame) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows by key; a key that occurs again is told apart by how many times it was there."""
    names, seen, found = keys(table), Counter[tuple[Any, ...]](), {}
    for row in frame.iter_rows(named=True):
        key = tuple(row[name] for name in names)
        found[*key, seen[key]] = row
        seen[key] += 1
    return found


def _named(table: str, row: dict[str, Any]) -> tuple[str, str]:
    article = row["article_id"] if "article_id" in row else row["source_path"]
    return article, " ".join(str(row[name]) for name in keys(table) if name not in ("article_id", "source_path"))
