"""The tables as Parquet, by table and batch: which files there are, what they hold, and how one state follows another.

Belongs here: the parts of a table, the manifests that say which parts count, reading and publishing them.
Does not belong here: which rows there are (tables/), making them (segments.py), what was made and is not published yet
(staging.py), where files lie (storage.py), the DuckDB file (warehouse.py).

A table of a batch is as many files as the batch has segments, each named by what it is made from. The manifest of a
batch, written last and at once, says which files are its tables: without it they are nothing. So the old state is
there whole until the new one is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, cast
from urllib.parse import quote, unquote

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from hengshui_etl.storage import Entry, Storage, storage_of
from hengshui_etl.tables.encoding import Encoder, arrow_schema
from hengshui_etl.tables.frames import polars_schema
from hengshui_etl.tables.schemas import TABLES

Place = Path | str
"""A folder, or an address in object storage."""

Key = tuple[str, int]
"""The path of a file and the number of a record in it, 0 for the file as a whole: the order of a batch."""

MANIFESTS = "manifests"

Step = Literal["listing", "examination"]
"""Makes tables that are published together: `raw_articles`, or all others."""


class Segment(NamedTuple):
    """A part of a batch: the hash of what it is made from, the keys of its first and last item, how many rows and bytes
    it has in each table, and the SHA-256 of these. Not `lasting`: made while a file could not be read."""

    id: str
    first: Key | None
    last: Key | None
    rows: dict[str, int]
    sizes: dict[str, int]
    lasting: bool = True
    hashes: dict[str, str] | None = None

    def holding(self, files: Mapping[str, bytes], rows: dict[str, int]) -> Segment:
        """The same with the sizes and hashes of these files, one a table, and their numbers of rows."""
        sizes = {table: len(data) for table, data in files.items()}
        hashes = {table: hashlib.sha256(data).hexdigest() for table, data in files.items()}
        return self._replace(rows=rows, sizes=sizes, hashes=hashes)

    @property
    def name(self) -> str:
        """What its file is called in each of its tables."""
        return f"part-{self.id[:16]}.parquet"


class State(NamedTuple):
    """What is stored of a batch by one step: a hash over what it was made from, one over the code, and its segments, in
    order."""

    fingerprint: str
    code: str
    segments: tuple[Segment, ...]


class Stored(NamedTuple):
    """How many rows a table of a batch has, a hash over what the batch was made from, and one over the code."""

    rows: int
    fingerprint: str
    code: str


def folder_of(table: str, batch: str) -> str:
    """The folder of a table's files for one batch."""
    return f"{table}/{named(batch)}"


def named(batch: str) -> str:
    """What the folder of a batch is called, wherever its files lie."""
    return f"batch={quote(batch, safe='')}"


def _step(table: str) -> Step:
    """The step that makes a table: each has a manifest of its own."""
    return "listing" if table == "raw_articles" else "examination"


def stored_batches(place: Place) -> list[str]:
    """The batches of which anything is stored, in order of name."""
    names = storage_of(place).folders(MANIFESTS)
    return sorted(unquote(name.removeprefix("batch=")) for name in names)


def state_of(storage: Storage, batch: str, step: Step) -> State | None:
    """What the manifest of a step says; None without one, or for one of another version."""
    data = storage.read(f"{MANIFESTS}/{named(batch)}/{step}.json")
    if data is None:
        return None
    try:
        found = json.loads(data)
        segments = tuple(segment_from(each) for each in found["segments"])
        return State(found["fingerprint"], found["code"], segments)
    except (ValueError, KeyError, TypeError):
        return None


def segment_from(fields: Mapping[str, object]) -> Segment:
    """A segment as JSON has it. Raises KeyError, TypeError, ValueError."""
    segment = Segment(**cast("dict[str, object]", fields))  # type: ignore[arg-type]
    first, last = (None if key is None else (str(key[0]), int(key[1])) for key in (segment.first, segment.last))
    return segment._replace(first=first, last=last)


def parts_of(place: Place, table: str, batch: str) -> list[str]:
    """The paths of the files that are a table of a batch, in order."""
    state = state_of(storage_of(place), batch, _step(table))
    folder = folder_of(table, batch)
    return [f"{folder}/{each.name}" for each in state.segments if table in each.rows] if state else []


def addresses_of(place: Place, table: str, batch: str) -> list[str]:
    """The same as addresses: paths of this machine, or `s3://…`."""
    storage = storage_of(place)
    return [storage.address(path) for path in parts_of(place, table, batch)]


def described(place: Place, table: str, batch: str) -> Stored | None:
    """Rows and fingerprint of a table as the manifest has them; None if it has none."""
    return _described(state_of(storage_of(place), batch, _step(table)), table)


def _described(state: State | None, table: str) -> Stored | None:
    if state is None or not all(table in segment.rows for segment in state.segments):
        return None
    return Stored(sum(segment.rows[table] for segment in state.segments), state.fingerprint, state.code)


def stored(place: Place, table: str, batch: str) -> Stored | None:
    """The same; None as well if a file of the table is missing or of another size."""
    storage = storage_of(place)
    state = state_of(storage, batch, _step(table))
    there = storage.files(folder_of(table, batch))
    if state is None or not all(_is_there(there, segment, table) for segment in state.segments):
        return None
    return described(place, table, batch)


def _is_there(there: Mapping[str, Entry], segment: Segment, table: str) -> bool:
    return segment.name in there and there[segment.name].size == segment.sizes.get(table)


def is_current(place: Place, batch: str, tables: Sequence[str], fingerprint: str) -> bool:
    """Whether all these tables are there for the batch, made from what the fingerprint stands for, and no files beside
    them, which a run leaves that is killed before it has cleared away what it replaced."""
    storage = storage_of(place)
    states = {step: state_of(storage, batch, step) for step in {_step(table) for table in tables}}
    for table in tables:
        state = states[_step(table)]
        if state is None or state.fingerprint != fingerprint:
            return False
        there = storage.files(folder_of(table, batch))
        if len(there) != len(state.segments) or not all(_is_there(there, each, table) for each in state.segments):
            return False
    return True


def loaded_fingerprint(place: Place, batch: str) -> str | None:
    """What the rows of a batch in DuckDB are made from: a hash over the fingerprints of all its tables; None if there
    are none."""
    storage = storage_of(place)
    states = {step: state_of(storage, batch, step) for step in {_step(table) for table in TABLES}}
    found = [(table, _described(states[_step(table)], table)) for table in TABLES]
    if not any(each for _, each in found):
        return None
    text = "\n".join(f"{table} {each.fingerprint} {each.rows}" if each else f"{table} -" for table, each in found)
    return hashlib.sha256(text.encode()).hexdigest()


def read_table(place: Place, table: str, batch: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The rows of a table for one batch; an empty frame if there are none. Of a large batch use `read_chunks`."""
    return pl.concat([empty(table, columns), *read_chunks(place, table, batch, columns)])


def read_chunks(place: Place, table: str, batch: str, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
    """The same in pieces of bounded size, each of whole articles, in their order."""
    names = list(columns or polars_schema(table))
    storage = storage_of(place)
    for path in parts_of(place, table, batch):
        for rows in _row_groups(storage, path, names):
            yield cast("pl.DataFrame", pl.from_arrow(rows)).select(names)


def read_segments(
    place: Place, batch: str, tables: Mapping[str, Sequence[str] | None]
) -> Iterator[dict[str, pl.DataFrame]]:
    """Segment by segment, the rows of several tables of one step, with these columns (None: all): of the same articles
    in all of them."""
    storage = storage_of(place)
    state = state_of(storage, batch, _step(next(iter(tables))))
    for segment in state.segments if state else ():
        found: dict[str, pl.DataFrame] = {}
        for table, columns in tables.items():
            names = list(columns or polars_schema(table))
            groups = _row_groups(storage, f"{folder_of(table, batch)}/{segment.name}", names)
            rows = [cast("pl.DataFrame", pl.from_arrow(group)).select(names) for group in groups]
            found[table] = pl.concat([empty(table, columns), *rows])
        yield found


def arrow_rows(place: Place, table: str, batch: str) -> pa.RecordBatchReader:
    """The same as a stream of Arrow record batches."""
    storage, schema = storage_of(place), arrow_schema(table)
    groups = (rows for path in parts_of(place, table, batch) for rows in _row_groups(storage, path, schema.names))
    batches = (each for rows in groups for each in rows.replace_schema_metadata(None).to_batches())
    return pa.RecordBatchReader.from_batches(schema, batches)


def _row_groups(storage: Storage, path: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    with storage.opened(path) as source, pq.ParquetFile(source, pre_buffer=True) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=list(columns))


class Damaged(OSError):
    """The bytes of a file are not those that were written: readers of Parquet do not notice a bit that is another."""

    def __init__(self, path: str, batch: str) -> None:
        super().__init__(
            f"{path} is damaged: its bytes are not those that were written; `hengshui-etl rebuild --batch {batch}`"
            " makes the files of the batch anew"
        )


def compare(place: Place, table: str, batch: str) -> None:
    """Compare the bytes of a table's files with the hashes in the manifest. Raises Damaged, OSError."""
    storage = storage_of(place)
    state = state_of(storage, batch, _step(table))
    for segment in state.segments if state else ():
        _compare(storage, segment, table, batch)


def _compare(storage: Storage, segment: Segment, table: str, batch: str) -> None:
    path, digest = f"{folder_of(table, batch)}/{segment.name}", hashlib.sha256()
    with storage.opened(path) as source:
        while chunk := source.read(2**20):
            digest.update(chunk)
    if segment.hashes is not None and digest.hexdigest() != segment.hashes.get(table):
        raise Damaged(path, batch)


def read_articles(
    place: Place, table: str, batch: str, articles: Sequence[str], first: Key | None = None, last: Key | None = None
) -> pl.DataFrame:
    """The rows of a table for these articles (or files, where a table speaks of files) of a batch. Where their keys are
    known to lie between two, only the segments there are read. Raises Damaged, since rows may be stored anew."""
    storage = storage_of(place)
    state = state_of(storage, batch, _step(table))
    names = list(polars_schema(table))
    key = "article_id" if "article_id" in names else "source_path"
    found = [empty(table)]
    for segment in segments_between(state, first, last) if state else ():
        _compare(storage, segment, table, batch)
        for rows in _row_groups(storage, f"{folder_of(table, batch)}/{segment.name}", names):
            found.append(cast("pl.DataFrame", pl.from_arrow(rows)).select(names))
            found[-1] = found[-1].filter(pl.col(key).is_in(list(articles)))
    return pl.concat(found)


def segments_between(state: State, first: Key | None, last: Key | None) -> Iterator[Segment]:
    """The segments that may hold items from the first key to the last."""
    for segment in state.segments:
        before = last is not None and segment.first is not None and segment.first > last
        behind = first is not None and segment.last is not None and segment.last < first
        if not before and not behind:
            yield segment


def unreadable(place: Place, table: str, batch: str) -> str | None:
    """Why the files of a table cannot be used, read to their end; None if they can."""
    storage = storage_of(place)
    if state_of(storage, batch, _step(table)) is None:
        return "it is not there"
    path = ""
    try:
        for path in parts_of(place, table, batch):
            with storage.opened(path) as source, pq.ParquetFile(source) as file:
                if file.schema_arrow.names != list(polars_schema(table)):
                    return "its columns are those of another version"
                for group in range(file.num_row_groups):
                    file.read_row_group(group)
        compare(place, table, batch)
    except Damaged:
        return "its bytes are not those that were written"
    except FileNotFoundError:
        return f"{path.rpartition('/')[2]} is not there"
    except (OSError, pa.ArrowException) as error:
        return f"it cannot be read: {' '.join(str(error).split())}"
    return None


def empty(table: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """A frame of the table without rows."""
    return pl.DataFrame(schema=polars_schema(table)).select(columns or pl.all())


def publish(place: Place, batch: str, tables: Sequence[str], state: State) -> None:
    """Make the files of these segments, which lie in their places, the tables of the batch, and take away all others.
    Raises Incomplete where one is missing; then nothing has changed."""
    storage = storage_of(place)
    there = {table: storage.files(folder_of(table, batch)) for table in tables}
    for table in tables:
        for segment in state.segments:
            if not _is_there(there[table], segment, table):
                raise Incomplete(f"{folder_of(table, batch)}/{segment.name}")
    folder = f"{MANIFESTS}/{named(batch)}"
    text = json.dumps(state._replace(segments=[each._asdict() for each in state.segments])._asdict(), indent=1)  # type: ignore[arg-type]
    storage.write({f"{folder}/{_step(tables[0])}.json": text.encode()})
    names = {segment.name for segment in state.segments}
    surplus = [f"{folder_of(table, batch)}/{name}" for table in tables for name in there[table] if name not in names]
    storage.remove([*surplus, *(f"{folder}/{name}" for name in storage.files(folder) if name.startswith("."))])


class Incomplete(OSError):
    """A file that was made is gone: another run of the same batch came between."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is gone: another run of the batch came between; run again")


def remove_batch(place: Place, batch: str) -> None:
    """Take all that is stored of a batch away; nothing happens where there is nothing."""
    storage = storage_of(place)
    for table in TABLES:
        storage.remove_folder(folder_of(table, batch))
    storage.remove_folder(f"{MANIFESTS}/{named(batch)}")


class BatchWriter:
    """Writes tables of one batch as one segment, in pieces; leaving the block stores and publishes it. After an
    exception nothing was stored."""

    def __init__(self, place: Place, batch: str, tables: Sequence[str], fingerprint: str, code: str = "") -> None:
        self._place, self._batch, self._tables = place, batch, tuple(tables)
        self._fingerprint, self._code = fingerprint, code
        self._encoder = Encoder(tables, fingerprint, code)
        self.rows = self._encoder.rows

    def __enter__(self) -> BatchWriter:
        return self

    def write(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Append these rows, one piece a table; rows of one article must come in one call."""
        self._encoder.write(frames)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        files = self._encoder.files()
        for step in sorted({_step(table) for table in self._tables}):
            tables = [table for table in self._tables if _step(table) == step]
            digest = hashlib.sha256(b"".join(files[table] for table in tables)).hexdigest()
            rows = {table: self.rows[table] for table in tables}
            segment = Segment(digest, None, None, {}, {}).holding({table: files[table] for table in tables}, rows)
            paths = {f"{folder_of(table, self._batch)}/{segment.name}": files[table] for table in tables}
            storage_of(self._place).write(paths)
            publish(self._place, self._batch, tables, State(self._fingerprint, self._code, (segment,)))
