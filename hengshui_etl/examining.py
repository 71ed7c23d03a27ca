"""Files and records to rows, in pieces of bounded size.

Belongs here: taking files of many articles apart, cutting items into pieces, examining a piece, and finding the article
in it of which our rows cannot be right. Does not belong here:
examining an article (pipeline.py), what is stored together (segments.py), doing many side by side (engines/), which
rows are kept from before (kept.py).
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from hengshui_etl import sources
from hengshui_etl.bulk import BrokenRecord, Record, is_bulk, records_of
from hengshui_etl.pipeline import examine
from hengshui_etl.sources import RawFile
from hengshui_etl.tables.contracts import Violation, violations
from hengshui_etl.tables.frames import Examined, frame, frames_of
from hengshui_etl.text import Unreadable

OUR_FAULT = "the program failed on it"
"""How the reason begins where a file is in quarantine for no fault of its own."""

MOST_AT_FAULT = 10
"""With more articles of a piece that break a contract, it is not they but the program as a whole that cannot be
trusted: nothing is stored, and what was there before stays."""

MOST_REASON = 400
"""Characters of what is said of a fault of ours: values in it come from the article."""

MOST_FILES, MOST_BYTES = 400, 2**21
"""A piece ends with the first of these; a record of a file of many articles counts as a file."""

PASSING = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EINTR, errno.EIO, errno.ESTALE, errno.ENOSPC}
"""Errors of the machine and not of a file: the run fails and is tried again, and no file is refused for them."""


class Rows(NamedTuple):
    """What comes of a piece: the rows of all tables but `raw_articles`, and what they violate. Not `lasting`: a file is
    in quarantine because it could not be read just now, or changed meanwhile."""

    frames: dict[str, pl.DataFrame]
    violated: list[Violation]
    lasting: bool = True


class Refused(NamedTuple):
    """Why something is no article; `passing` where it may be one at another time."""

    reason: str
    passing: bool = False


class Item(NamedTuple):
    """What becomes one article, or goes to quarantine: a file, or a record of a file of many articles."""

    file: RawFile
    record: Record | BrokenRecord | None = None
    read: float = 1.0
    """How much of the file has been read, for those who wait."""
    data: bytes | sources.Changed | OSError | None = None
    """The bytes of a file of one article, or why it could not be read, where they travel with it (see `with_data`);
    else it is read when it is examined."""

    @property
    def key(self) -> tuple[str, int]:
        """Path and number of the record; 0 for the file as a whole."""
        return self.file.path, self.record.number if self.record else 0

    @property
    def article_id(self) -> str:
        """The path, and behind `#` the record's id."""
        if self.record is None:
            return self.file.path
        return f"{self.file.path}#{self.record.id or self.record.number}"

    @property
    def mark(self) -> tuple[str | None, int, str | None, str | None]:
        """What the rows of the article are made from: where it is the same, they are. See `Kept`."""
        if isinstance(self.record, Record):
            return self.record.sha256, self.record.number, self.record.url, self.record.published_on
        return None if self.record else self.file.sha256, 0, None, None

    @property
    def size(self) -> int:
        """How many bytes have to be examined."""
        if isinstance(self.record, Record):
            return len(self.record.data)
        return 0 if self.record or self.file.problem else self.file.size_bytes or 0


Piece = tuple[Item, ...]


def with_data(raw: Path, item: Item) -> Item:
    """The same item, to be examined where there is no file of it."""
    if item.record is not None or item.file.problem is not None or item.data is not None:
        return item
    try:
        return item._replace(data=sources.file_bytes(raw, item.file))
    except (sources.Changed, OSError) as error:
        return item._replace(data=error)


def items_of(raw: Path, files: Iterable[RawFile]) -> Iterator[Item]:
    """The files, of those that hold many articles the records, in their order."""
    for file in files:
        if file.problem is None and is_bulk(file.path):
            yield from _records(raw, file)
        else:
            yield Item(file)


def _records(raw: Path, file: RawFile) -> Iterator[Item]:
    last = 0
    try:
        with sources.bulk_stream(raw, file) as stream:
            for record in records_of(stream, file.path):
                last = record.number
                yield Item(file, record, stream.tell() / (file.size_bytes or 1))
    except (sources.Changed, OSError) as error:
        yield Item(file, BrokenRecord(file.path, last + 1, None, f"from here on nothing was read: {_why(error)}"))
        return
    if not last:
        yield Item(file._replace(problem="it holds no records"))


def pieces_of(items: Iterable[Item], most: int | None = None, most_bytes: int | None = None) -> Iterator[Piece]:
    """The items in pieces of bounded size, in their order; the size of an item alone may exceed the bound."""
    most, most_bytes = most or MOST_FILES, most_bytes or MOST_BYTES
    piece: list[Item] = []
    size = 0
    for item in items:
        piece.append(item)
        size += item.size
        if len(piece) >= most or size >= most_bytes:
            yield tuple(piece)
            piece, size = [], 0
    if piece:
        yield tuple(piece)


def rows_of_piece(raw: Path, batch: str, items: Sequence[Item], on_item: Callable[[], object] = lambda: None) -> Rows:
    """Examine these files and records one by one, and say so after each; what is no article goes to quarantine with the
    reason."""
    examined: dict[int, Examined] = {}
    refused: dict[int, str] = {}
    lasting = True
    for nr, item in enumerate(items):
        result = _examined(raw, item)
        on_item()
        if isinstance(result, Examined):
            examined[nr] = result
        else:
            refused[nr], passing = result
            lasting = lasting and not passing

    rows = _framed(batch, items, examined, refused, lasting)
    if not rows.violated:
        return rows
    faults = dict(_at_fault(batch, list(examined.items())))
    for nr, why in faults.items():
        del examined[nr]
        refused[nr] = why
    others = _framed(batch, items, examined, refused, lasting)
    return others if len(faults) <= MOST_AT_FAULT else others._replace(violated=rows.violated)


def _framed(
    batch: str, items: Sequence[Item], examined: Mapping[int, Examined], refused: Mapping[int, str], lasting: bool
) -> Rows:
    """The rows of those of the items that are articles, and of those that are refused."""
    try:
        frames = frames_of(batch, list(examined.values()))
        frames["quarantine"] = frame("quarantine", [_refused(batch, items[nr], refused[nr]) for nr in sorted(refused)])
        return Rows(frames, violations(frames), lasting)
    except MemoryError:
        raise
    except Exception as error:
        return Rows({}, [Violation("articles", "articles", f"rows can be made: {_line(error)}", 1, ())])


def _refused(batch: str, item: Item, reason: str) -> tuple[str, str, str, int | None, str | None, int, str | None]:
    """The row of `quarantine`."""
    file, record = item.file, item.record
    if record is None:
        return batch, file.path, reason, file.size_bytes, file.sha256, 0, None
    size = len(record.data) if isinstance(record, Record) else record.size_bytes
    return batch, file.path, reason, size, record.sha256, record.number, record.id


def _at_fault(batch: str, examined: Sequence[tuple[int, Examined]]) -> Iterator[tuple[int, str]]:
    """Those of some articles of which our rows break a contract, by halving; the reason is the same in whatever company
    they are found."""
    violated = _framed(batch, (), dict(examined), {}, True).violated
    if not violated:
        return
    if len(examined) == 1:
        why = _cut(f"its rows break the contract {violated[0]}")
        yield examined[0][0], f"{OUR_FAULT}: {why}; please report it, with the file"
        return
    half = len(examined) // 2
    yield from _at_fault(batch, examined[:half])
    yield from _at_fault(batch, examined[half:])


def _examined(raw: Path, item: Item) -> Examined | Refused:
    """The examination of a file or record, or why it is not one of an article."""
    file, record = item.file, item.record
    if isinstance(record, BrokenRecord):
        return Refused(record.reason)
    if file.problem is not None:
        return Refused(file.problem)
    try:
        if record is None:
            found = sources.file_bytes(raw, file) if item.data is None else item.data
            if isinstance(found, Exception):
                raise found
            data = found
            examination = examine(data, source_path=file.path, article_id=file.path)
        else:
            data = record.data
            named = item.article_id
            examination = examine(data, source_path=file.path, article_id=named, published_on=record.day)
        examination.article.source.encode()  # half of a character pair cannot be stored by anything that holds text
    except Unreadable as unreadable:
        return Refused(str(unreadable))
    except MemoryError:
        raise
    except (sources.Changed, OSError) as error:
        if isinstance(error, OSError) and error.errno in PASSING:
            raise
        return Refused(_why(error), passing=True)
    except UnicodeEncodeError:
        return Refused("it holds halves of characters, which are no text")
    except Exception as error:  # one article must not cost the others; a check tells of it in red
        return Refused(f"{OUR_FAULT}: {_line(error)}")
    if record is None:
        return Examined(examination, len(data))
    return Examined(examination, len(data), record.number, record.url, record.published_on)


def _line(error: Exception) -> str:
    return _cut(f"{type(error).__name__}: {error}")


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_REASON else text[: MOST_REASON - 1] + "…"


def _why(error: sources.Changed | OSError) -> str:
    if isinstance(error, OSError):
        return f"it cannot be read: {(error.strerror or str(error)).lower()}"
    return "it changed while it was read; the next run reads it again"
