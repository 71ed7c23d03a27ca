"""What holds of every file of many articles, whatever its bytes were: for the fuzzer, and for the tests of its corpus.

Belongs here: what can be said of any records without knowing the right ones. Does not belong here: examinations
(soundness.py), inputs.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from itertools import pairwise

from hengshui_etl.bulk import MAX_RECORD_BYTES, BrokenRecord, Record, records_of

NAMES = ("a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.parquet", "a.warc", "a.warc.gz")
"""The kinds of files: the first byte of an input says of which it is, the others are its bytes."""

OURS = "the program failed on it"


def named(data: bytes) -> tuple[str, bytes]:
    """Name and bytes of the file that an input is."""
    return NAMES[data[0] % len(NAMES)] if data else NAMES[0], data[1:]


def records(data: bytes) -> list[Record | BrokenRecord]:
    """The records of the file that an input is. Raises what `records_of` must not raise."""
    name, content = named(data)
    return list(records_of(io.BytesIO(content), name))


def faults(found: Sequence[Record | BrokenRecord]) -> list[str]:
    """What is wrong with these records, in words; nothing where they are sound."""
    out = [f"{a.number} is followed by {b.number}" for a, b in pairwise(found) if not a.number < b.number]
    if found and found[0].number < 1:
        out.append(f"it begins with {found[0].number}")
    seen: set[str] = set()
    for record in found:
        if record.file not in NAMES:
            out.append(f"{record.number} is of {record.file}")
        if isinstance(record, BrokenRecord):
            if record.reason.startswith(OURS) or not 5 < len(record.reason) <= 400 or not record.reason.isprintable():
                out.append(f"{record.number} has no clear reason: {record.reason!r}")
            if record.id is not None and (not record.id.isprintable() or len(record.id) > 200):
                out.append(f"{record.number} is called {record.id!r}")
            continue
        if not 0 < len(record.data) <= MAX_RECORD_BYTES:
            out.append(f"{record.number} has {len(record.data)} bytes")
        if hashlib.sha256(record.data).hexdigest() != record.sha256:
            out.append(f"the hash of {record.number} is not that of its bytes")
        if record.id in seen or not record.id.isprintable() or not 0 < len(record.id) <= 200:
            out.append(f"{record.number} is called {record.id!r}")
        seen.add(record.id)
        for text in (record.url, record.published_on, record.charset):
            if text is not None:
                text.encode()  # whole characters only: tables hold no others
        record.day  # noqa: B018  is worked out from what the file says, and raises nothing
    return out
