"""What every batch comes to, remembered, so that the first page of the report costs nothing of the warehouse.

Belongs here: a small SQLite file beside the DuckDB file, and what a batch's pages were made from.
Does not belong here: counting (rows.py), pages (pages.py, build.py).

It is a memory and no more: without it all pages are made anew.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from hengshui_etl.report.rows import CheckCount, IndexRow, Summary

_SCHEMA = "CREATE TABLE IF NOT EXISTS batches (batch TEXT PRIMARY KEY, mark TEXT, files TEXT, summary TEXT)"


class Known(NamedTuple):
    """`mark` is a hash over what the pages of a batch were made from, `files` one over their names."""

    mark: str
    files: str
    summary: Summary


@contextmanager
def summaries(path: Path) -> Iterator[Summaries]:
    """The memory, made where it is not there; what cannot be read as such is forgotten. Raises OSError, sqlite3.Error
    where it cannot be written."""
    try:
        with closing(_opened(path)):
            pass
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
    with closing(_opened(path)) as connection:
        yield Summaries(connection)


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        connection.execute(_SCHEMA)
        connection.execute("SELECT batch, mark, files, summary FROM batches LIMIT 1").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


class Summaries:
    """What is remembered of the batches."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self) -> dict[str, Known]:
        """Every batch; none of those that another version of this program wrote otherwise."""
        found = {}
        for batch, mark, files, text in self._connection.execute("SELECT batch, mark, files, summary FROM batches"):
            try:
                found[batch] = Known(mark, files, _summary(json.loads(text)))
            except (ValueError, TypeError, KeyError):
                continue
        return found

    def put(self, batch: str, known: Known) -> None:
        """Remember a batch."""
        values = (batch, known.mark, known.files, json.dumps(known.summary._asdict(), default=str))
        self._connection.execute("INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?)", values)

    def forget(self, batch: str) -> None:
        """Forget a batch that is gone."""
        self._connection.execute("DELETE FROM batches WHERE batch = ?", (batch,))


def _summary(fields: dict[str, Any]) -> Summary:
    summary = Summary(**fields)
    return summary._replace(
        first=_date(fields["first"]),
        last=_date(fields["last"]),
        kinds=tuple((kind, n) for kind, n in fields["kinds"]),
        checks=tuple(CheckCount(*row) for row in fields["checks"]),
        urgent=tuple(
            IndexRow(*row)._replace(published_on=_date(row[3]), regions=tuple(row[11])) for row in fields["urgent"]
        ),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
