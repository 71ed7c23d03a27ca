"""From a batch of raw files to its tables in Parquet: what the steps of a run do, without Dagster.

Belongs here: the order of listing, cutting, handing out, checking contracts and publishing. Does not belong here:
examining (examining.py), what a segment is (segments.py), who makes it (engines/), where it is kept (staging.py,
parts.py), when a step runs (defs/).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

import polars as pl

from hengshui_etl import hashes, parts, segments, sources, staging
from hengshui_etl.bulk import is_bulk
from hengshui_etl.engines import engine_of
from hengshui_etl.examining import Item, items_of
from hengshui_etl.kept import Kept
from hengshui_etl.locking import turn
from hengshui_etl.parts import Segment, State
from hengshui_etl.revision import code_fingerprint
from hengshui_etl.segments import EXAMINED, Work
from hengshui_etl.settings import Settings
from hengshui_etl.sources import RawFile
from hengshui_etl.tables.contracts import Violation, lost_files, violations
from hengshui_etl.tables.frames import frame
from hengshui_etl.tables.schemas import TABLES

__all__ = ["EXAMINED", "ContractViolated", "Outcome", "code_fingerprint", "examine_batch", "list_batch"]

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


LISTED_AT_A_TIME = 10_000
"""Files of which a row group of `raw_articles` is made."""

PUBLISHING_S = 600.0
"""Seconds to wait for another batch to be published."""


def list_batch(settings: Settings, batch: str, anew: bool = False) -> Outcome:
    """Write the table `raw_articles` of a batch: every file with its hash. A batch without files goes away. `anew`
    writes it whether or not it is said to be up to date."""
    digest = hashlib.sha256(code_fingerprint().encode())
    frames = []
    memory = None if anew else settings.warehouse / hashes.FILE
    files = sources.batch_files(settings.raw, batch, memory)
    while some := list(islice(files, LISTED_AT_A_TIME)):
        _digest(digest, some)
        frames.append(frame("raw_articles", [(batch, *file) for file in some]))
    if not frames:
        parts.remove_batch(settings.parquet, batch)
        staging.forget(settings.parquet, batch)
        return Outcome({"raw_articles": 0}, False)
    fingerprint, count = digest.hexdigest(), sum(map(len, frames))
    if not anew and parts.is_current(settings.parquet, batch, ["raw_articles"], fingerprint):
        return Outcome({"raw_articles": count}, True)
    if violated := [each for rows in frames for each in violations({"raw_articles": rows})]:
        raise ContractViolated(violated)
    with parts.BatchWriter(settings.parquet, batch, ["raw_articles"], fingerprint, code_fingerprint()) as writer:
        for rows in frames:
            writer.write({"raw_articles": rows})
    return Outcome(writer.rows, False)


def examine_batch(
    settings: Settings, batch: str, on_progress: Progress = lambda done, total: None, anew: bool = False
) -> Outcome:
    """Examine the files that `raw_articles` lists and publish all tables that follow from them, together. Segments that
    are there already, from before or of a run that was killed, are not made again, and nothing is done where all tables
    were made from the same files by the same code; unless `anew`. Raises ContractViolated, and then the tables are as
    they were."""
    place = settings.parquet
    listed = parts.stored(place, "raw_articles", batch)
    if listed is None:
        return Outcome(dict.fromkeys(EXAMINED, 0), False)
    if not anew and parts.is_current(place, batch, EXAMINED, listed.fingerprint):
        found = {table: parts.stored(place, table, batch) for table in EXAMINED}
        return Outcome({table: each.rows if each else 0 for table, each in found.items()}, True)
    stage = staging.Stage(place, batch, EXAMINED, anew)
    state = State(listed.fingerprint, code_fingerprint(), _made(settings, batch, stage, on_progress))
    with turn(settings.warehouse / ".publish.turn", time.monotonic() + PUBLISHING_S):
        stage.publish(state)
    staging.clear_old(place)
    return Outcome({table: sum(each.rows[table] for each in state.segments) for table in EXAMINED}, False)


def _made(settings: Settings, batch: str, stage: staging.Stage, on_progress: Progress) -> tuple[Segment, ...]:
    """The segments of a batch, in order, all of them there: found, or made and kept."""
    code = code_fingerprint()
    kept = Kept(settings.parquet, batch, EXAMINED, stage.before, code)
    size, progress = _about(settings, batch, on_progress)
    account = _Account()
    planned: dict[int, Segment] = {}

    def works() -> Iterator[Work]:
        """What has to be made; what is there already is noted."""
        items = account.items(items_of(settings.raw, account.files(_listed(settings, batch))))
        for number, some in enumerate(segments.segments_of(items, size)):
            account.settle()
            progress.comes(some)
            fingerprint = segments.fingerprint_of(batch, some, code)
            if (found := stage.find(fingerprint)) is not None:
                planned[number] = found
                progress.was_there(len(some))
                continue
            planned[number] = Segment(fingerprint, some[0].key, some[-1].key, {}, {})
            yield Work(settings.raw, batch, number, some, fingerprint, code, kept.rows(some))
        account.settle(ended=True)

    for made in engine_of(settings, size).map(works(), progress.made):
        if made.violated:
            raise ContractViolated(list(made.violated))
        segment = planned[made.number].holding(made.files, made.rows)._replace(lasting=made.lasting)
        stage.put(segment, made.files)
        planned[made.number] = segment
    return tuple(planned[number] for number in sorted(planned))


def _listed(settings: Settings, batch: str) -> Iterator[RawFile]:
    for rows in parts.read_chunks(settings.parquet, "raw_articles", batch):
        yield from (RawFile(*row) for row in rows.drop("batch").iter_rows())


def _about(settings: Settings, batch: str, on_progress: Progress) -> tuple[int, _Progress]:
    """How many bytes a batch has to be examined, and who tells how far that is."""
    files, size, total, many = 0, 0, 0, False
    for rows in parts.read_chunks(settings.parquet, "raw_articles", batch, ["source_path", "size_bytes", "problem"]):
        files += len(rows)
        total += int(rows["size_bytes"].sum())
        size += int(rows.filter(pl.col("problem").is_null())["size_bytes"].sum())
        many = many or any(is_bulk(path) for path in rows["source_path"])
    return size, _Progress(files, total if many else None, on_progress)


class _Account:
    """Sees to it that of every file that is listed something comes: nothing is lost between listing and cutting."""

    def __init__(self) -> None:
        self._listed: list[str] = []
        self._came: list[str] = []

    def files(self, files: Iterable[RawFile]) -> Iterator[RawFile]:
        for file in files:
            self._listed.append(file.path)
            yield file

    def items(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            if self._came[-1:] != [item.file.path]:
                self._came.append(item.file.path)
            yield item

    def settle(self, ended: bool = False) -> None:
        """Compare what was listed with what came of it; of the last file more may come. Raises ContractViolated."""
        sure = len(self._listed) if ended else len(self._listed) - 1
        listed, came = self._listed[:sure], [path for path in self._came if path not in self._listed[sure:]]
        if listed != came:
            schema = {"source_path": pl.String}
            known, found = pl.DataFrame({"source_path": listed}, schema), pl.DataFrame({"source_path": came}, schema)
            raise ContractViolated(lost_files(known.with_columns(batch=pl.lit("")), found, found.clear()))
        self._listed, self._came = self._listed[sure:], self._came[len(came) :]


class _Progress:
    """Tells how many articles are done, of how many: all files, or, with files of many articles among them, an estimate
    from the bytes that were read, of so many bytes in all."""

    def __init__(self, files: int, total: int | None, on_progress: Progress) -> None:
        self._files, self._total, self._tell = files, total, on_progress
        self._came, self._there, self._made = 0, 0, 0
        self._before = self._seen = 0.0  # bytes of the files before the current one, and of all that came
        self._current, self._size = "", 0

    def comes(self, items: Iterable[Item]) -> None:
        """These will be done."""
        for item in items:
            self._came += 1
            if item.file.path != self._current:
                self._before += self._size
                self._current, self._size = item.file.path, item.file.size_bytes or 0
            self._seen = self._before + self._size * min(1.0, item.read)

    def was_there(self, count: int) -> None:
        """So many of those that came were done before."""
        self._there += count
        self._say()

    def made(self, count: int) -> None:
        """Of the others so many are done by now."""
        self._made = count
        self._say()

    def _say(self) -> None:
        done = self._there + self._made
        if self._total is None:
            self._tell(done, self._files)
        else:
            estimate = round(self._came * self._total / self._seen) if self._seen else 0
            self._tell(done, max(self._came, estimate))


def is_current(settings: Settings, batch: str, loaded: str | None) -> bool:
    """Whether files, tables and DuckDB agree already; `loaded` is what DuckDB says it holds of the batch."""
    return wanted_content(settings, batch, loaded) is None


def wanted_content(settings: Settings, batch: str, loaded: str | None) -> str | None:
    """What the tables of a batch have to be made from, as a hash (NOTHING where none of it lies there any more); None
    where tables and DuckDB are made from that already. `loaded` is what DuckDB says it holds of the batch."""
    files = sources.batch_files(settings.raw, batch, settings.warehouse / hashes.FILE)
    if (first := next(files, None)) is None:
        gone = loaded is None and batch not in parts.stored_batches(settings.parquet)
        return None if gone else NOTHING
    fingerprint = fingerprint_of(chain([first], files))
    current = parts.is_current(settings.parquet, batch, tuple(TABLES), fingerprint)
    same = current and parts.loaded_fingerprint(settings.parquet, batch) == loaded
    return None if same else fingerprint


def fingerprint_of(files: Iterable[RawFile]) -> str:
    """A hash over everything that the tables of a batch are made from."""
    digest = hashlib.sha256(code_fingerprint().encode())
    _digest(digest, files)
    return digest.hexdigest()


def _digest(digest: hashlib._Hash, files: Iterable[RawFile]) -> None:
    for file in files:
        digest.update(repr(tuple(file)).encode())
