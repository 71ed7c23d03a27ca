"""The warehouse: Parquet files by table and batch, and the DuckDB file that is made from them.

Belongs here: everything that opens DuckDB or writes Parquet, and how a file comes to be there whole or not at all.
Does not belong here: which rows there are (tables/), when a batch is loaded (defs/).

A file is written under a temporary name, forced to the disk and renamed. The same rows give the same bytes. Every
Parquet file carries the fingerprint of what it was made from (the raw files' hashes and the code), so that it can be
told whether the files of a batch belong together, and whether a batch has to be done again at all.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import quote, unquote

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from hengshui_etl.locking import Taken, let_pass, turn
from hengshui_etl.tables.ddl import schema_mark, statements
from hengshui_etl.tables.frames import polars_schema
from hengshui_etl.tables.schemas import TABLES
from hengshui_etl.tables.views import BATCHES, OF_DUCKDB, VIEWS

if TYPE_CHECKING:
    import duckdb

FINGERPRINT, CODE = b"hengshui.fingerprint", b"hengshui.code"
PART = "part-0.parquet"
LOCK_PATIENCE_S = 60.0
"""A load of a batch of 5000 articles takes about 3 s on two cores."""

COURTESY_S = 2.0
"""How long a reader lets a writer that waits go first: one that waits for a long query is not waited for."""

_HOLDER = re.compile(r"held in (\S+) \(PID (\d+)\)")
LEFT_AFTER_S = 6 * 3600


class WarehouseBusy(Exception):
    """Another program holds the DuckDB file; nothing was changed."""


def parquet_file(warehouse: Path, table: str, batch: str) -> Path:
    """Where the rows of a table lie for one batch."""
    return warehouse / table / f"batch={quote(batch, safe='')}" / PART


def stored_batches(warehouse: Path) -> list[str]:
    """The batches that have any Parquet file, in order of name."""
    found = {path.parent.name for table in TABLES for path in (warehouse / table).glob(f"batch=*/{PART}")}
    return sorted(unquote(name.removeprefix("batch=")) for name in found)


class Stored(NamedTuple):
    """What a Parquet file says of itself: how many rows it has, a hash over what they were made from, and one over the
    code that made them, where that alone was noted."""

    rows: int
    fingerprint: str
    code: str


def stored(warehouse: Path, table: str, batch: str) -> Stored | None:
    """Rows and fingerprint of a table's file; None if there is none, it cannot be read, or its columns are others."""
    try:
        metadata = pq.read_metadata(parquet_file(warehouse, table, batch))
        if metadata.schema.to_arrow_schema().names != list(polars_schema(table)):
            return None
    except (OSError, pa.ArrowException):
        return None
    notes = metadata.metadata or {}
    return Stored(metadata.num_rows, notes.get(FINGERPRINT, b"").decode(), notes.get(CODE, b"").decode())


def is_current(warehouse: Path, batch: str, tables: Sequence[str], fingerprint: str) -> bool:
    """Whether all these tables are there for the batch, made from what the fingerprint stands for."""
    return all(
        (found := stored(warehouse, table, batch)) is not None and found.fingerprint == fingerprint for table in tables
    )


def read_table(warehouse: Path, table: str, batch: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The rows of a table for one batch; an empty frame if there is no file."""
    return pl.concat([empty(table, columns), *read_chunks(warehouse, table, batch, columns)])


def read_chunks(
    warehouse: Path, table: str, batch: str, columns: Sequence[str] | None = None
) -> Iterator[pl.DataFrame]:
    """The same in pieces of bounded size, each of whole articles, in their order."""
    path = parquet_file(warehouse, table, batch)
    if not path.exists():
        return
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            names = list(columns or polars_schema(table))
            yield cast("pl.DataFrame", pl.from_arrow(file.read_row_group(group, columns=names))).select(names)


def read_articles(warehouse: Path, table: str, batch: str, articles: Sequence[str]) -> pl.DataFrame:
    """The rows of a table for these articles (or files, where a table speaks of files) of a batch."""
    path = parquet_file(warehouse, table, batch)
    if not path.exists():
        return empty(table)
    names = list(polars_schema(table))
    key = "article_id" if "article_id" in names else "source_path"
    rows = pl.scan_parquet(path, hive_partitioning=False, glob=False)
    return rows.filter(pl.col(key).is_in(list(articles))).select(names).collect()


def unreadable(warehouse: Path, table: str, batch: str) -> str | None:
    """Why the Parquet file of a table cannot be used, read to its end; None if it can."""
    path = parquet_file(warehouse, table, batch)
    try:
        with pq.ParquetFile(path) as file:
            if file.schema_arrow.names != list(polars_schema(table)):
                return "its columns are those of another version"
            for group in range(file.num_row_groups):
                file.read_row_group(group)
    except FileNotFoundError:
        return "it is not there"
    except (OSError, pa.ArrowException) as error:
        return f"it cannot be read: {' '.join(str(error).split())}"
    return None


def empty(table: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """A frame of the table without rows."""
    return pl.DataFrame(schema=polars_schema(table)).select(columns or pl.all())


class BatchWriter:
    """Writes tables of one batch in pieces; leaving the block renames all files into place, or, after an exception,
    removes what was written. What was there before stays until then."""

    def __init__(self, warehouse: Path, batch: str, tables: Sequence[str], fingerprint: str, code: str = "") -> None:
        self._files = {table: parquet_file(warehouse, table, batch) for table in tables}
        self._notes = {FINGERPRINT: fingerprint.encode(), CODE: code.encode()}
        self._parts: dict[str, Path] = {}
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.rows = dict.fromkeys(tables, 0)

    def __enter__(self) -> BatchWriter:
        try:
            for table, path in self._files.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                _clear_old_parts(path.parent)
                self._parts[table] = path.with_name(f".{token_hex(8)}.part")
                schema = arrow_schema(table).with_metadata(self._notes)
                self._writers[table] = pq.ParquetWriter(self._parts[table], schema, compression="zstd", version="2.6")
        except BaseException:
            self._abandon()
            raise
        return self

    def write(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Append these rows, one piece a table; rows of one article must come in one call."""
        for table, frame in frames.items():
            if len(frame):
                writer = self._writers[table]
                writer.write_table(
                    frame.to_arrow().cast(arrow_schema(table)).replace_schema_metadata(writer.schema.metadata)
                )
                self.rows[table] += len(frame)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._abandon()
            return
        try:
            for table, writer in self._writers.items():
                writer.close()
                _to_disk(self._parts[table])
            for table, part in self._parts.items():
                os.replace(part, self._files[table])
                _to_disk(self._files[table].parent)
        except BaseException:
            self._abandon()
            raise

    def _abandon(self) -> None:
        for writer in self._writers.values():
            with suppress(Exception):
                writer.close()
        for part in self._parts.values():
            with suppress(OSError):
                part.unlink()


def _clear_old_parts(folder: Path) -> None:
    """Take away what killed runs left; a file that is not old may be one that another run is writing."""
    for part in folder.glob(".*.part"):
        with suppress(FileNotFoundError):
            if part.stat().st_mtime < time.time() - LEFT_AFTER_S:
                part.unlink()


def remove_batch(warehouse: Path, batch: str) -> None:
    """Take the Parquet files of a batch away; nothing happens where there are none."""
    for table in TABLES:
        folder = parquet_file(warehouse, table, batch).parent
        if folder.exists():
            shutil.rmtree(folder)
            _to_disk(folder.parent)


def arrow_schema(table: str) -> pa.Schema:
    """The columns of a table's Parquet files."""
    schema = pl.DataFrame(schema=polars_schema(table)).to_arrow().schema
    return pa.schema([pa.field(field.name, _plain_type(field.type)) for field in schema])


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """Without the `large` and `view` kinds that not every reader of Parquet knows."""
    if pa.types.is_large_list(kind):
        return pa.list_(_plain_type(kind.value_type))
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) else kind


def _to_disk(path: Path) -> None:
    """Force a file or a folder's entries to the disk."""
    if os.name == "nt" and path.is_dir():  # a folder cannot be opened there
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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


def load_batch(path: Path, warehouse: Path, batch: str) -> bool:
    """Bring the rows of one batch in the DuckDB file to what its Parquet files hold, in one transaction: old rows out,
    new rows in. Returns False, and writes nothing, where they are there already. A batch without files goes away. A new
    DuckDB file gets all batches, and comes to its place whole. Raises WarehouseBusy; then nothing was changed."""
    fingerprint = loaded_fingerprint(warehouse, batch)
    with _writing(path, time.monotonic() + LOCK_PATIENCE_S):
        _set_aside_if_broken(path)
        if not path.exists():
            _make(path, warehouse)
            return True
    if path.exists() and _is_loaded(path, batch, fingerprint):  # readers need not be kept out for that
        return False
    with database(path) as connection:
        if not _has_schema(connection):  # one of another version of this program
            _create(connection, warehouse)
            return True
        connection.execute("BEGIN")
        try:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table} WHERE batch = ?", [batch])
            connection.execute("DELETE FROM batches WHERE batch = ?", [batch])
            if fingerprint is not None:
                _insert(connection, warehouse, batch, fingerprint)
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


def loaded_fingerprint(warehouse: Path, batch: str) -> str | None:
    """What the rows of a batch in DuckDB are made from: a hash over the fingerprints of all its Parquet files; None if
    there are no files."""
    found = [(table, stored(warehouse, table, batch)) for table in TABLES]
    if not any(each for _, each in found):
        return None
    text = "\n".join(f"{table} {each.fingerprint} {each.rows}" if each else f"{table} -" for table, each in found)
    return hashlib.sha256(text.encode()).hexdigest()


def loaded_batches(path: Path) -> dict[str, str]:
    """The batches that the DuckDB file holds, with the fingerprint of each; none if there is no such file."""
    if not path.exists():
        return {}
    with database(path, read_only=True) as connection:
        if not _has_schema(connection):
            return {}
        return dict(connection.execute("SELECT batch, fingerprint FROM batches").fetchall())


def rebuild(path: Path, warehouse: Path, on_progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Make the DuckDB file anew from all Parquet files, beside the old one, which it then replaces; how many batches it
    holds. Raises WarehouseBusy."""
    with _writing(path, time.monotonic() + LOCK_PATIENCE_S):
        return _make(path, warehouse, on_progress)


def _make(path: Path, warehouse: Path, on_progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    import duckdb

    part = path.with_name(f".{token_hex(8)}.duckdb")
    try:
        with closing(duckdb.connect(str(part))) as connection:
            count = _create(connection, warehouse, on_progress)
        _to_disk(part)
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)  # of the old file; its rows are in the new one
        os.replace(part, path)
        _to_disk(path.parent)
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


def _insert(connection: duckdb.DuckDBPyConnection, warehouse: Path, batch: str, fingerprint: str) -> None:
    counts = []
    for table in TABLES:
        found = stored(warehouse, table, batch)
        counts.append(found.rows if found else 0)
        if found:
            file = str(parquet_file(warehouse, table, batch))
            connection.execute(
                f"INSERT INTO {table} BY NAME SELECT * FROM read_parquet(?, hive_partitioning = false)", [file]
            )
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
    warehouse: Path,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """All tables, views and comments, and the rows of all batches, in one transaction; returns how many batches. What
    is there under their names goes; what others put there stays."""
    connection.execute("BEGIN")
    for name, kind in connection.execute(
        "SELECT view_name, 'VIEW' FROM duckdb_views() WHERE NOT internal"
        " UNION ALL SELECT table_name, 'TABLE' FROM duckdb_tables() WHERE NOT internal"
    ).fetchall():
        if name in TABLES or name in VIEWS or name in OF_DUCKDB:
            connection.execute(f'DROP {kind} IF EXISTS "{name}"')
    for statement in statements(schema_mark()):
        connection.execute(statement)
    batches = stored_batches(warehouse)
    for done, batch in enumerate(batches, 1):
        if (fingerprint := loaded_fingerprint(warehouse, batch)) is not None:
            _insert(connection, warehouse, batch, fingerprint)
        on_progress(done, len(batches))
    connection.execute("COMMIT")
    return len(batches)
