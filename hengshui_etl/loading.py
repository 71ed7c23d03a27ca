"""From a batch of raw files to its tables in Parquet: what the steps of a run do, without Dagster.

Belongs here: the order of reading, examining, checking contracts and writing, in pieces of bounded size; what goes to
quarantine. Does not belong here: examining a file (pipeline.py), what a row is (tables/), when a step runs (defs/).
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import polars as pl

from hengshui_etl import sources, warehouse
from hengshui_etl.bulk import is_bulk
from hengshui_etl.examining import Piece, Rows, items_of, pieces_of, processes_for, rows_of_pieces
from hengshui_etl.kept import Kept, merged
from hengshui_etl.settings import Settings
from hengshui_etl.sources import RawFile
from hengshui_etl.tables.contracts import Violation, lost_files, lost_records, violations
from hengshui_etl.tables.frames import frame
from hengshui_etl.tables.schemas import TABLES

EXAMINED = tuple(name for name in TABLES if name != "raw_articles")
"""The tables that one examination of a batch fills."""

Progress = Callable[[int, int], None]


NOTHING = "nothing"
"""The content of a batch that is gone."""


class ContractViolated(Exception):
    """Rows that our own rules forbid; nothing of the batch was stored."""

    def __init__(self, violated: list[Violation]) -> None:
        super().__init__("; ".join(map(str, violated)))
        self.violations = violated


class Outcome(NamedTuple):
    """How many rows each table of the batch has now, and whether they were there already."""

    rows: dict[str, int]
    unchanged: bool


def list_batch(settings: Settings, batch: str, anew: bool = False) -> Outcome:
    """Write the table `raw_articles` of a batch: every file with its hash. A batch without files goes away. `anew`
    writes it whether or not it is said to be up to date."""
    files = list(sources.batch_files(settings.raw, batch))
    if not files:
        warehouse.remove_batch(settings.warehouse, batch)
        return Outcome({"raw_articles": 0}, False)
    fingerprint = fingerprint_of(files)
    if not anew and warehouse.is_current(settings.warehouse, batch, ["raw_articles"], fingerprint):
        return Outcome({"raw_articles": len(files)}, True)
    rows = frame("raw_articles", [(batch, *file) for file in files])
    if violated := violations({"raw_articles": rows}):
        raise ContractViolated(violated)
    with warehouse.BatchWriter(settings.warehouse, batch, ["raw_articles"], fingerprint) as writer:
        writer.write({"raw_articles": rows})
    return Outcome(writer.rows, False)


def examine_batch(
    settings: Settings, batch: str, on_progress: Progress = lambda done, total: None, anew: bool = False
) -> Outcome:
    """Examine the files that `raw_articles` lists and write all tables that follow from them, together. Does nothing
    where they were made from the same files by the same code, unless `anew`. Raises ContractViolated, and then stores
    nothing."""
    listed = warehouse.stored(settings.warehouse, "raw_articles", batch)
    if listed is None:
        return Outcome(dict.fromkeys(EXAMINED, 0), False)
    if not anew and warehouse.is_current(settings.warehouse, batch, EXAMINED, listed.fingerprint):
        found = {table: warehouse.stored(settings.warehouse, table, batch) for table in EXAMINED}
        return Outcome({table: each.rows if each else 0 for table, each in found.items()}, True)
    raw = warehouse.read_table(settings.warehouse, "raw_articles", batch)
    kept = None if anew else Kept(settings.warehouse, batch, EXAMINED, code_fingerprint())
    read, refused = [], []
    progress = _Progress(raw, on_progress)
    with warehouse.BatchWriter(settings.warehouse, batch, EXAMINED, listed.fingerprint, code_fingerprint()) as writer:
        for piece, rows in _pieces(settings.raw, batch, raw, kept):
            lost = lost_records([item.key for item in piece], rows.frames["articles"], rows.frames["quarantine"])
            if rows.violated or lost:
                raise ContractViolated([*rows.violated, *lost])
            writer.write(rows.frames)
            read.append(rows.frames["articles"].select("source_path").unique())
            refused.append(rows.frames["quarantine"].select("source_path").unique())
            progress.tell(piece)
        if violated := lost_files(raw, pl.concat(read), pl.concat(refused)):
            raise ContractViolated(violated)
    return Outcome(writer.rows, False)


def _pieces(raw: Path, batch: str, listed: pl.DataFrame, kept: Kept | None) -> Iterator[tuple[Piece, Rows]]:
    """The files and records in pieces of bounded size, with the rows of all tables that follow, made or kept."""
    waiting: deque[tuple[Piece, Piece]] = deque()

    def to_examine() -> Iterator[Piece]:
        for piece in pieces_of(items_of(raw, (RawFile(*row) for row in listed.drop("batch").iter_rows()))):
            new = piece if kept is None else tuple(item for item in piece if not kept.has(item.article_id, item.mark))
            waiting.append((piece, new))
            yield new

    processes = processes_for(int(listed.filter(pl.col("problem").is_null())["size_bytes"].sum()))
    for rows in rows_of_pieces(raw, batch, to_examine(), processes):
        piece, new = waiting.popleft()
        if kept is not None and len(new) < len(piece):
            same = kept.rows([item.article_id for item in piece if kept.has(item.article_id, item.mark)])
            yield piece, rows._replace(frames=merged(same, rows.frames, [item.article_id for item in piece]))
        else:
            yield piece, rows


class _Progress:
    """Tells how many articles are done, of how many: all files, or, with files of many articles among them, an estimate
    from the bytes that were read."""

    def __init__(self, listed: pl.DataFrame, on_progress: Progress) -> None:
        self._files, self._tell = len(listed), on_progress
        self._sizes = dict(listed.select("source_path", pl.col("size_bytes").fill_null(0)).iter_rows())
        self._many = any(is_bulk(path) for path in self._sizes)
        self._total = sum(self._sizes.values())
        self._done = self._before = 0
        self._current = ""

    def tell(self, piece: Piece) -> None:
        """These are done."""
        self._done += len(piece)
        if not self._many:
            self._tell(self._done, self._files)
            return
        for item in piece:
            if item.file.path != self._current:
                self._before += self._sizes.get(self._current, 0)
                self._current = item.file.path
        read = self._before + self._sizes[self._current] * min(1.0, piece[-1].read)
        self._tell(self._done, max(self._done, round(self._done * self._total / read) if read else 0))


def is_current(settings: Settings, batch: str, loaded: str | None) -> bool:
    """Whether files, tables and DuckDB agree already; `loaded` is what DuckDB says it holds of the batch."""
    return wanted_content(settings, batch, loaded) is None


def wanted_content(settings: Settings, batch: str, loaded: str | None) -> str | None:
    """What the tables of a batch have to be made from, as a hash (NOTHING where none of it lies there any more); None
    where tables and DuckDB are made from that already. `loaded` is what DuckDB says it holds of the batch."""
    files = list(sources.batch_files(settings.raw, batch))
    if not files:
        gone = loaded is None and batch not in warehouse.stored_batches(settings.warehouse)
        return None if gone else NOTHING
    fingerprint = fingerprint_of(files)
    current = warehouse.is_current(settings.warehouse, batch, tuple(TABLES), fingerprint)
    same = current and warehouse.loaded_fingerprint(settings.warehouse, batch) == loaded
    return None if same else fingerprint


def fingerprint_of(files: list[RawFile]) -> str:
    """A hash over everything that the tables of a batch are made from."""
    digest = hashlib.sha256(code_fingerprint().encode())
    for file in files:
        digest.update(repr(tuple(file)).encode())
    return digest.hexdigest()


_CODE = (
    "records.py",
    "patterns.py",
    "pipeline.py",
    "answers.py",
    "loading.py",
    "examining.py",
    "kept.py",
    "warehouse.py",
    "bulk",
    "text",
    "figures",
    "relations",
    "vocab",
    "tables",
)
_LIBRARIES = ("opencc", "selectolax", "warcio", "polars", "pyarrow")


@cache
def code_fingerprint() -> str:
    """A hash over the code and the vocabulary that decide what is in the tables."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for name in _CODE:
        place = package / name
        for path in [place] if place.is_file() else sorted(place.rglob("*.*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path.relative_to(package).as_posix()}\0".encode() + path.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\0".encode())
    return digest.hexdigest()
