"""From a batch of raw files to its tables in Parquet: what the steps of a run do, without Dagster.

Belongs here: the order of reading, examining, checking contracts and writing, in pieces of bounded size; what goes to
quarantine. Does not belong here: examining a file (pipeline.py), what a row is (tables/), when a step runs (defs/).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import polars as pl

from hengshui_etl import sources, warehouse
from hengshui_etl.pipeline import examine
from hengshui_etl.settings import Settings
from hengshui_etl.sources import RawFile
from hengshui_etl.tables.contracts import Violation, lost_files, violations
from hengshui_etl.tables.frames import Examined, frame, frames_of
from hengshui_etl.tables.schemas import TABLES
from hengshui_etl.text import Unreadable

EXAMINED = tuple(name for name in TABLES if name != "raw_articles")
"""The tables that one examination of a batch fills."""

OUR_FAULT = "the program failed on it"
"""How the reason begins where a file is in quarantine for no fault of its own."""

MOST_ARTICLES, MOST_BYTES = 500, 4 * 2**20
"""A piece of work ends with the first of these: no more articles or bytes are held at a time."""

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
    read, refused = [], []
    with warehouse.BatchWriter(settings.warehouse, batch, EXAMINED, listed.fingerprint) as writer:
        for done, frames in frames_from(settings.raw, batch, raw):
            if violated := violations(frames):
                raise ContractViolated(violated)
            writer.write(frames)
            read.append(frames["articles"].select("source_path"))
            refused.append(frames["quarantine"].select("source_path"))
            on_progress(done, len(raw))
        if violated := lost_files(raw, pl.concat(read), pl.concat(refused)):
            raise ContractViolated(violated)
    return Outcome(writer.rows, False)


def frames_from(raw: Path, batch: str, listed: pl.DataFrame) -> Iterator[tuple[int, dict[str, pl.DataFrame]]]:
    """The rows of all tables but `raw_articles` that follow from these rows of it, in pieces of bounded size: how many
    files are done, and the frames."""
    for done, examined, quarantined in _pieces(raw, listed):
        frames = frames_of(batch, examined)
        frames["quarantine"] = frame("quarantine", [(batch, *row) for row in quarantined])
        yield done, frames


_Refused = tuple[str, str, int | None, str | None]


def _pieces(raw: Path, listed: pl.DataFrame) -> Iterator[tuple[int, list[Examined], list[_Refused]]]:
    """The files in pieces of bounded size: how many are done, what was examined, what goes to quarantine."""
    examined: list[Examined] = []
    quarantined: list[_Refused] = []
    size, done = 0, 0
    for done, row in enumerate(listed.drop("batch").iter_rows(), 1):
        file = RawFile(*row)
        result = _examined(raw, file)
        if isinstance(result, Examined):
            examined.append(result)
            size += result.size_bytes
        else:
            quarantined.append((file.path, result, file.size_bytes, file.sha256))
        if len(examined) + len(quarantined) >= MOST_ARTICLES or size >= MOST_BYTES:
            yield done, examined, quarantined
            examined, quarantined, size = [], [], 0
    if examined or quarantined:
        yield done, examined, quarantined


def _examined(raw: Path, file: RawFile) -> Examined | str:
    """The examination of a file, or why it is not one of an article."""
    if file.problem is not None:
        return file.problem
    try:
        data = sources.file_bytes(raw, file)
        examination = examine(data, source_path=file.path, article_id=file.path)
        examination.article.source.encode()  # half of a character pair cannot be stored by anything that holds text
    except Unreadable as unreadable:
        return str(unreadable)
    except sources.Changed:
        return "it changed while it was read; the next run reads it again"
    except OSError as error:
        return f"it cannot be read: {(error.strerror or str(error)).lower()}"
    except UnicodeEncodeError:
        return "it holds halves of characters, which are no text"
    except Exception as error:  # one article must not cost the others; a check tells of it in red
        return f"{OUR_FAULT}: {type(error).__name__}: {error}"
    return Examined(examination, len(data))


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
    "pipeline.py",
    "answers.py",
    "loading.py",
    "warehouse.py",
    "text",
    "figures",
    "relations",
    "vocab",
    "tables",
)
_LIBRARIES = ("opencc", "selectolax", "polars", "pyarrow")


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
