"""Queries of users: they read the DuckDB file and do nothing else.

Belongs here: what a query may not do, asking, and why there is no answer. Does not belong here: the file and its locks
(warehouse.py), what an answer looks like (querying.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hengshui_etl.warehouse import database

if TYPE_CHECKING:
    import duckdb

SEALED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}
"""What a query of a user may not do, in DuckDB's words."""


class QueryFailed(Exception):
    """The database did not carry a query out; the message says why, on one line. `forbidden` where it may not."""

    def __init__(self, text: str, forbidden: bool = False) -> None:
        super().__init__(text)
        self.forbidden = forbidden


class UnknownTable(QueryFailed):
    """A query names a table that is not there; `known` are those that are."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(name)
        self.known = tuple(known)


class Answer(NamedTuple):
    """The columns of an answer and its rows, which come as they are asked for; no columns where there is no answer."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


@contextmanager
def asked(path: Path, sql: str) -> Iterator[Answer]:
    """The answer to a query of a user, which may read the DuckDB file and do nothing else. While the block runs, the
    file is held for reading. Raises WarehouseBusy, QueryFailed (UnknownTable among them), also while rows are read."""
    import duckdb

    with database(path, read_only=True, config=SEALED) as connection:
        try:
            result = connection.execute(sql)
            if not hasattr(result, "description"):  # no statement at all
                raise QueryFailed("there is no statement in it")
            yield Answer(tuple(column[0] for column in result.description or ()), _rows(result))
        except (RuntimeError, duckdb.InterruptException) as error:  # how DuckDB tells of Ctrl+C depends on the moment
            if "interrupt" in str(error).lower():
                raise KeyboardInterrupt from None
            raise
        except duckdb.Error as error:
            text = " ".join(str(error).partition("\n\nLINE ")[0].split())
            if missing := _NO_TABLE.match(text):
                raise UnknownTable(missing[1], _table_names(connection)) from None
            forbidden = isinstance(error, duckdb.PermissionException) or any(part in text for part in _FORBIDDEN)
            raise QueryFailed(text, forbidden) from None
        except (ValueError, OverflowError) as error:  # a value that Python has no number or date for
            raise QueryFailed(f"a value cannot be shown: {error}") from None


_NO_TABLE = re.compile(r"Catalog Error: Table with name (.+?) does not exist!")
_FORBIDDEN = ("read-only", "configuration has been locked", "installing and loading the")


def _rows(result: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while some := result.fetchmany(1000):
        yield from some


def _table_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    names = (
        "SELECT table_name FROM duckdb_tables() WHERE NOT internal"
        " UNION SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
    )
    with suppress(Exception):  # a transaction that the user began may not go on
        connection.execute("ROLLBACK")
    return [name for (name,) in connection.execute(names).fetchall()]
