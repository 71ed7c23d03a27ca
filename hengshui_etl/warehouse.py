"""The DuckDB file: made from the Parquet tables, batch by batch, and anew at any time.

Belongs here: opening DuckDB, loading batches, whose turn it is.
Does not belong here: the Parquet files (parts.py), which rows there are (tables/), when a batch is loaded (defs/).
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from hengshui_etl import parts
from hengshui_etl.locking import Taken, let_pass, turn
from hengshui_etl.parts import Place, described, loaded_fingerprint, stored_batches
from hengshui_etl.storage import to_disk
from hengshui_etl.tables.ddl import schema_mark, statements
from hengshui_etl.tables.schemas import TABLES
from hengshui_etl.tables.views import BATCHES, OF_DUCKDB, VIEWS

if TYPE_CHECKING:
    import duckdb

LOCK_PATIENCE_S = 60.0
"""A load of a batch of 5000 articles takes about 3 s on two cores."""

LOAD_MEMORY = "1GB"
"""What DuckDB may hold while it loads; the rest of a large batch it puts into the file, or into `….tmp` beside it."""

COURTESY_S = 2.0
"""How long a reader lets a writer that waits go first: one that waits for a long query is not waited for."""

_HOLDER = re.compile(r"held in (\S+) \(PID (\d+)\)")


class WarehouseBusy(Exception):
    """Another program holds the DuckDB file; nothing was changed."""


@contextmanager
def database(
    path: Path, *, read_only: bool = False, patience: float | None = None, config: Mapping[str, str] | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the DuckDB file, closed in any case. While another program holds it, tries again for `patience`
    seconds, then raises WarehouseBusy. `config` are settings of DuckDB.

    DuckDB lets in one writer or any number of readers. Writers come one after another, and a reader that comes while
    one of them waits lets it go first, so that readers who come all the time do not keep it out."""
    deadline = time.monotonic() + (LOCK_PATIENCE_S if patience is None else patience)
    if read_only:
        let_pass(_waiting(path), COURTESY_S)
        connection = _connected(path, deadline, True, dict(config or {}))
        try:
            yield connection
        finally:
            connection.close()
        return
    with _writing(path, deadline):
        with turn(_waiting(path), deadline):
            connection = _connected(path, deadline, False, dict(config or {}))
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def _writing(path: Path, deadline: float) -> Iterator[None]:
    """The turn of one writer of the DuckDB file, or of whoever puts another in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(turn(path.with_name(f"{path.name}.turn"), deadline))
        except Taken:
            raise WarehouseBusy(f"{path} is being written to by another program; wait for it and run again") from None
        yield


def _waiting(path: Path) -> Path:
    """Locked by a writer that waits for readers to leave."""
    return path.with_name(f"{path.name}.waiting")


def _connected(path: Path, deadline: float, read_only: bool, config: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    import duckdb

    wait = 0.02
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=config)
        except (duckdb.IOException, duckdb.ConnectionException) as error:
            text = str(error)
            if "lock" not in text.lower() and "different configuration" not in text:
                raise
            if time.monotonic() + wait > deadline:
                holder = _HOLDER.search(text)
                name = f", {Path(holder[1]).name} (process {holder[2]})" if holder else ""
                raise WarehouseBusy(
                    f"{path} is held by another program{name}; close that one, or wait for it, and run again"
                ) from None
            time.sleep(wait)
            wait = min(wait * 1.5, 0.25)


def load_batch(path: Path, place: Place, batch: str) -> bool:
    """Bring the rows of one batch in the DuckDB file to what its Parquet files hold, in one transaction: old rows out,
    new rows in. Returns False, and writes nothing, where they are there already. A batch without files goes away. A new
    DuckDB file gets all batches, and comes to its place whole. Raises WarehouseBusy; then nothing was changed."""
    fingerprint = loaded_fingerprint(place, batch)
    with _writing(path, time.monotonic() + LOCK_PATIENCE_S):
        _set_aside_if_broken(path)
        if not path.exists():
            _make(path, place)
            return True
    if path.exists() and _is_loaded(path, batch, fingerprint):  # readers need not be kept out for that
        return False
    with database(path) as connection:
        if not _has_schema(connection):  # one of another version of this program
            _create(connection, place)
            return True
        connection.execute(f"SET memory_limit = '{LOAD_MEMORY}'")
        connection.execute("BEGIN")
        try:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table} WHERE batch = ?", [batch])
            connection.execute("DELETE FROM batches WHERE batch = ?", [batch])
            if fingerprint is not None:
                _insert(connection, place, batch, fingerprint)
            connection.execute("COMMIT")
        except BaseException:
            with suppress(Exception):
                connection.execute("ROLLBACK")
            raise
    return True


def _is_loaded(path: Path, batch: str, fingerprint: str | None) -> bool:
    with database(path, read_only=True) as connection:
        if not _has_schema(connection):
            return False
        known = connection.execute("SELECT fingerprint FROM batches WHERE batch = ?", [batch]).fetchone()
        return (known[0] if known else None) == fingerprint


def _set_aside_if_broken(path: Path) -> None:
    """A file that is no DuckDB database is renamed to `….broken`, so that a new one can be made from Parquet."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        head = file.read(12)
    if head[8:12] != b"DUCK":
        for broken in (path, path.with_name(f"{path.name}.wal")):
            if broken.exists():
                os.replace(broken, broken.with_name(f"{broken.name}.broken"))


def loaded_batches(path: Path) -> dict[str, str]:
    """The batches that the DuckDB file holds, with the fingerprint of each; none if there is no such file."""
    if not path.exists():
        return {}
    with database(path, read_only=True) as connection:
        if not _has_schema(connection):
            return {}
        return dict(connection.execute("SELECT batch, fingerprint FROM batches").fetchall())


def rebuild(path: Path, place: Place, on_progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Make the DuckDB file anew from all Parquet files, beside the old one, which it then replaces; how many batches it
    holds. Raises WarehouseBusy."""
    with _writing(path, time.monotonic() + LOCK_PATIENCE_S):
        return _make(path, place, on_progress)


def _make(path: Path, place: Place, on_progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    import duckdb

    for left in path.parent.glob(".*.duckdb*"):  # of one that was killed: it is our turn
        shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
    part = path.with_name(f".{token_hex(8)}.duckdb")
    try:
        with closing(duckdb.connect(str(part))) as connection:
            count = _create(connection, place, on_progress)
        to_disk(part)
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)  # of the old file; its rows are in the new one
        os.replace(part, path)
        to_disk(path.parent)
        return count
    finally:
        for left in (part, part.with_name(f"{part.name}.wal")):
            left.unlink(missing_ok=True)


def query(path: Path, sql: str, parameters: Sequence[object] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of a query; the file is opened for reading only."""
    with database(path, read_only=True) as connection:
        result = connection.execute(sql, list(parameters))
        return [column[0] for column in result.description], result.fetchall()


def failing_statements(path: Path, article_id: str) -> dict[str, tuple[str, str, tuple[str, ...], str]]:
    """For every failing relation of an article: its type, its sentence, its figures as printed, and the hash of the
    article's file. Raises WarehouseBusy."""
    if not path.exists():
        return {}
    rows = query(
        path,
        "SELECT c.relation_id, c.type, c.sentence_text, c.operand_texts, a.sha256 FROM failed_checks c"
        " JOIN articles a USING (batch, article_id) WHERE c.article_id = ?",
        [article_id],
    )[1]
    return {row[0]: (row[1], row[2], tuple(row[3]), row[4]) for row in rows}


_ROWS = "rows_to_insert"


def _insert(connection: duckdb.DuckDBPyConnection, place: Place, batch: str, fingerprint: str) -> None:
    counts = []
    for table in TABLES:
        found = described(place, table, batch)
        counts.append(found.rows if found else 0)
        if found:
            parts.compare(place, table, batch)
            connection.register(_ROWS, parts.arrow_rows(place, table, batch))
            connection.execute(f"INSERT INTO {table} BY NAME FROM {_ROWS}")
            connection.unregister(_ROWS)
    sizes = dict(zip(TABLES, counts, strict=True))
    values = [
        batch,
        *(sizes[column.removesuffix("_rows")] for column in BATCHES.columns if column.endswith("_rows")),
        fingerprint,
    ]
    connection.execute(f"INSERT INTO batches VALUES ({', '.join('?' * len(values))})", values)


def _has_schema(connection: duckdb.DuckDBPyConnection) -> bool:
    found = connection.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'batches'").fetchone()
    return found is not None and str(found[0]).endswith(schema_mark())


def _create(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """All tables, views and comments, and the rows of all batches, in one transaction; returns how many batches. What
    is there under their names goes; what others put there stays."""
    connection.execute(f"SET memory_limit = '{LOAD_MEMORY}'")
    connection.execute("BEGIN")
    for name, kind in connection.execute(
        "SELECT view_name, 'VIEW' FROM duckdb_views() WHERE NOT internal"
        " UNION ALL SELECT table_name, 'TABLE' FROM duckdb_tables() WHERE NOT internal"
    ).fetchall():
        if name in TABLES or name in VIEWS or name in OF_DUCKDB:
            connection.execute(f'DROP {kind} IF EXISTS "{name}"')
    for statement in statements(schema_mark()):
        connection.execute(statement)
    batches = stored_batches(place)
    for done, batch in enumerate(batches, 1):
        if (fingerprint := loaded_fingerprint(place, batch)) is not None:
            _insert(connection, place, batch, fingerprint)
        on_progress(done, len(batches))
    connection.execute("COMMIT")
    return len(batches)
