"""Files of many articles: JSON Lines, Parquet and crawls (WARC), record by record in bounded memory.

Belongs here: how such a file is taken apart, which of its records are sound, and what is wrong with the others.
Does not belong here: where files lie (sources.py), what a record says (text/), what becomes of it (loading.py).

What a file holds is not trusted: a record that is broken, too large or packed to burst costs neither the others nor
more than a fixed amount of memory, and nothing here raises an exception for what a file holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from hengshui_etl.bulk.record import MAX_ID_CHARACTERS, MAX_RECORD_BYTES, BrokenRecord, Record, Seen
from hengshui_etl.reading import printable

__all__ = ["MAX_RECORD_BYTES", "BrokenRecord", "Record", "is_bulk", "records_of"]

MAX_BROKEN_IN_A_ROW = 100_000
"""Then the rest of the file is given up: it is something else than its name says."""

MAX_REASON = 400
"""Characters of what is said of a record that is broken."""

_NAME = re.compile(r"\.(?:(jsonl)(?:\.(gz|zst))?|(parquet)|(warc)(?:\.(gz))?)\Z", re.IGNORECASE)


def is_bulk(name: str) -> bool:
    """Whether a file of this name is one of many articles."""
    return _NAME.search(name) is not None


def records_of(stream: BinaryIO, name: str) -> Iterator[Record | BrokenRecord]:
    """The records of a file, in its order; `name` says of which kind it is, and is recorded. The stream is read from
    where it stands and not closed; Parquet and zstd need one that can seek. Raises ValueError for another kind of name,
    and nothing else; the same bytes give the same records."""
    kind = _NAME.search(name)
    if kind is None:
        raise ValueError(f"{name} is no file of many articles")
    return map(_shown, _limited(_alone(_records(stream, name, kind), name), name))


def _records(stream: BinaryIO, name: str, kind: re.Match[str]) -> Iterator[Record | BrokenRecord]:
    # The readers of Parquet and WARC are loaded where such a file is there: start-up of the commands counts.
    if kind[3]:
        from hengshui_etl.bulk.columns import column_records

        return column_records(stream, name)
    packing = (kind[2] or kind[5] or "").lower()
    if packing:
        from hengshui_etl.bulk.unpack import unpacked

        stream = unpacked(stream, packing)
    if kind[4]:
        from hengshui_etl.bulk.crawl import crawl_records

        return crawl_records(stream, name)
    from hengshui_etl.bulk.lines import line_records

    return line_records(stream, name)


def _alone(records: Iterator[Record | BrokenRecord], name: str) -> Iterator[Record | BrokenRecord]:
    """The records, of which no two have the same identity: the first keeps it."""
    seen, number = Seen(), 0
    try:
        for record in records:
            number = record.number
            if isinstance(record, Record) and not seen.add(record.id):
                size, digest = len(record.data), record.sha256
                yield BrokenRecord(name, number, record.id, "another record before it has the same id", size, digest)
            else:
                yield record
    except OSError as error:
        yield BrokenRecord(name, number + 1, None, f"from here on nothing was read: {_said(error)}")
    except Exception as error:  # what nobody foresaw must not cost the other files
        said = str(error)[: MAX_REASON // 2]
        reason = f"the program failed on it: {type(error).__name__}: {said}; from here on nothing was read"
        yield BrokenRecord(name, number + 1, None, reason)


def _shown(record: Record | BrokenRecord) -> Record | BrokenRecord:
    """The same with nothing in reason and name that is obeyed or endless: both may quote the file."""
    if isinstance(record, Record):
        return record
    name = record.id and printable(record.id)[:MAX_ID_CHARACTERS]
    return record._replace(id=name, reason=printable(record.reason)[:MAX_REASON])


def _said(error: OSError) -> str:
    return (error.strerror or " ".join(str(error).split())).lower()


def _limited(records: Iterator[Record | BrokenRecord], name: str) -> Iterator[Record | BrokenRecord]:
    broken = 0
    for record in records:
        yield record
        broken = broken + 1 if isinstance(record, BrokenRecord) else 0
        if broken == MAX_BROKEN_IN_A_ROW:
            reason = f"from here on nothing was read: {broken} records in a row were broken"
            yield BrokenRecord(name, record.number + 1, None, reason)
            return
