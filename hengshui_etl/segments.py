"""Segments of a batch: the unit of work of an engine, of what is stored, and of what is found again after a crash.

Belongs here: where a batch is cut, what a segment is made from, and making it: bytes in, Parquet files out, pure.
Does not belong here: who makes it where (engines/), where its files are kept (parts.py, staging.py).

Where a segment ends depends on the articles in it and not on how many came before, so that an article that is added
or removed leaves the segments of all others as they are.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from hengshui_etl import examining
from hengshui_etl.bulk import Record
from hengshui_etl.examining import Item
from hengshui_etl.tables.contracts import Violation, lost_records
from hengshui_etl.tables.encoding import Encoder
from hengshui_etl.tables.schemas import TABLES

EXAMINED = tuple(name for name in TABLES if name != "raw_articles")
"""The tables that one examination of a batch fills."""

LEAST_BYTES, MOST_BYTES, MOST_ITEMS = 2**20, 2**24, 4096
"""A segment has at most so many bytes and articles, and a large batch at least sixteen segments of the least size or
more: enough for all cores of a machine, and few files."""

ITEM_BYTES = 256
"""What an item counts beside its bytes."""


class Work(NamedTuple):
    """What is needed to make a segment. Everything in it can be pickled; files of single articles are read below `raw`,
    records of files of many articles bring their bytes. `kept` are rows of some of the items from before."""

    raw: Path
    batch: str
    number: int
    items: tuple[Item, ...]
    fingerprint: str
    code: str
    kept: Mapping[str, pl.DataFrame] | None = None


class Made(NamedTuple):
    """A segment that was made: the Parquet file and the number of rows of every table in EXAMINED, and which contracts
    are violated. Not `lasting`: a file could not be read or changed meanwhile, so that another try may give others."""

    number: int
    files: dict[str, bytes]
    rows: dict[str, int]
    violated: tuple[Violation, ...]
    lasting: bool = True


def made_of(work: Work, on_items: Callable[[int], object] = lambda count: None) -> Made:
    """Examine the items of a segment and encode their rows. The same work gives the same answer, wherever it is done;
    `on_items` hears whenever so many more of them are done. Raises OSError, MemoryError where the machine is at fault.
    """
    encoder = Encoder(EXAMINED, work.fingerprint, work.code)
    kept = frozenset(work.kept["articles"]["article_id"]) if work.kept else frozenset()
    lasting = True
    for piece in examining.pieces_of(work.items):
        new = [item for item in piece if item.article_id not in kept]
        on_items(len(piece) - len(new))
        rows = examining.rows_of_piece(work.raw, work.batch, new, lambda: on_items(1))
        if rows.violated:
            return Made(work.number, {}, {}, tuple(rows.violated))
        lasting = lasting and rows.lasting
        frames = rows.frames
        if work.kept and len(new) < len(piece):
            frames = merged(work.kept, frames, [item.article_id for item in piece])
        lost = lost_records([item.key for item in piece], frames["articles"], frames["quarantine"])
        if lost:
            return Made(work.number, {}, {}, tuple(lost))
        encoder.write(frames)
    return Made(work.number, encoder.files(), encoder.rows, (), lasting)


def merged(
    kept: Mapping[str, pl.DataFrame], new: Mapping[str, pl.DataFrame], order: Sequence[str]
) -> dict[str, pl.DataFrame]:
    """Rows of these articles that were kept, and rows that were made, in the order of the articles."""
    rank = {article: n for n, article in enumerate(order)}
    found = dict(new)
    for table, rows in kept.items():
        both = pl.concat([rows.filter(pl.col("article_id").is_in(list(rank))), new[table]])
        by = pl.Series([rank[article] for article in both["article_id"]], dtype=pl.Int64)
        found[table] = both.sort(by, maintain_order=True)
    return found


def segments_of(items: Iterable[Item], batch_bytes: int) -> Iterator[tuple[Item, ...]]:
    """The items of a batch whose files have so many bytes together, cut into segments, in their order.

    A segment ends behind an item whose name says so, which happens the more often the fewer bytes a segment of this
    batch shall have, or where it is full."""
    most = _segment_bytes(batch_bytes)
    segment: list[Item] = []
    size = 0
    for item in items:
        weight = item.size + ITEM_BYTES
        segment.append(item)
        size += weight
        ends = zlib.crc32(item.article_id.encode()) * most < 3 * weight * 2**32
        if (ends and 4 * size >= most) or size >= most or len(segment) >= MOST_ITEMS:
            yield tuple(segment)
            segment, size = [], 0
    if segment:
        yield tuple(segment)


def _segment_bytes(batch_bytes: int) -> int:
    """The most bytes of a segment: about a sixteenth of the batch, in powers of two, so that a batch that grows is
    seldom cut anew."""
    wanted = 1 << max(0, (batch_bytes // 16).bit_length() - 1)
    return min(MOST_BYTES, max(LEAST_BYTES, wanted))


def fingerprint_of(batch: str, items: Sequence[Item], code: str) -> str:
    """A hash over everything that a segment is made from, without its bytes: these have hashes of their own."""
    digest = hashlib.sha256(f"{code}\0{batch}".encode())
    for item in items:
        record = item.record
        if record is None:
            source: tuple[object, ...] = tuple(item.file)
        elif isinstance(record, Record):
            source = tuple(record._replace(data=b""))
        else:
            source = tuple(record)
        digest.update(repr(source).encode())
    return digest.hexdigest()
