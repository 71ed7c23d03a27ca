"""JSON Lines: a record a line.

Belongs here: lines and JSON. Does not belong here: which fields there are (record.py), packing (unpack.py).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from hengshui_etl.bulk.record import FIELDS, MAX_RECORD_BYTES, BrokenRecord, Digits, Record, record_from
from hengshui_etl.bulk.unpack import Damaged

MAX_LINE_BYTES = 2 * MAX_RECORD_BYTES
r"""A text of Chinese in escapes (`\u8861`) takes twice the bytes it has in UTF-8."""

LONG_LINE_BYTES, MAX_VALUES_BYTES = 2**20, 2**20
"""In a long line so many bytes may stand outside of strings: as objects, a million small values take a hundred times
the room that they have on the line."""

MAX_BLANK_LINES = 100_000
"""After so many in a row the rest of the file is given up: a few bytes may unpack to millions of them."""

# Possessive, and with a closing quote that may be missing: linear on whatever comes.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_MARK = b"\xef\xbb\xbf"
# Objects come as tuples of pairs, so that a name that stands twice is seen; lists come as lists.
_JSON = json.JSONDecoder(object_pairs_hook=tuple, parse_int=Digits, parse_float=Digits, parse_constant=Digits)


def line_records(stream: BinaryIO, file: str) -> Iterator[Record | BrokenRecord]:
    """The records of a stream of JSON Lines; a record's number is that of its line. Blank lines are none."""
    number = blank = 0
    while True:
        number += 1
        try:
            line = stream.readline(MAX_LINE_BYTES + 1)
            if len(line) > MAX_LINE_BYTES:
                size = len(line) + _skipped(stream, line)
                yield BrokenRecord(file, number, None, f"its line is too long: {size} bytes of {MAX_LINE_BYTES}", size)
                continue
        except Damaged as damaged:
            yield BrokenRecord(file, number, None, str(damaged))
            continue
        if not line:
            return
        content = line.removeprefix(_MARK) if number == 1 else line
        if content.isspace() or not content:
            blank += 1
            if blank == MAX_BLANK_LINES:
                yield BrokenRecord(
                    file, number, None, f"from here on nothing was read: {blank} lines in a row are blank"
                )
                return
            continue
        blank = 0
        result = _record(file, number, content)
        if isinstance(result, BrokenRecord):
            result = result._replace(size_bytes=len(line), sha256=hashlib.sha256(line).hexdigest())
        yield result


def _skipped(stream: BinaryIO, line: bytes) -> int:
    """How many bytes the rest of a line has, which is not held."""
    size = 0
    while line and not line.endswith(b"\n"):
        line = stream.readline(2**20)
        size += len(line)
    return size


def _record(file: str, number: int, line: bytes) -> Record | BrokenRecord:
    def broken(reason: str) -> BrokenRecord:
        return BrokenRecord(file, number, None, reason)

    if len(line) > LONG_LINE_BYTES and _many_values(line):
        return broken("its line holds too many values beside text")
    try:
        found = _JSON.decode(line.decode())
    except UnicodeDecodeError as error:
        return broken(f"its line is not in UTF-8, from byte {error.start} on")
    except json.JSONDecodeError as error:
        if not line.endswith(b"\n"):
            return broken(f"its line is not JSON, and the file ends with it: cut off? ({error.msg})")
        return broken(f"its line is not JSON: {error.msg} at character {error.pos + 1}")
    except RecursionError:
        return broken("its line is JSON that is nested too deeply")
    if not isinstance(found, tuple):
        return broken("its line is JSON but no object: {…} with the fields is wanted")
    fields: dict[str, object] = {}
    for name, value in found:
        if name in FIELDS:
            if name in fields:
                return broken(f"its field {name} is there twice")
            fields[name] = value
    return record_from(file, number, fields)


def _many_values(line: bytes) -> bool:
    """Whether more stands outside of the strings of a line than is read."""
    inside = 0
    for string in _STRING.finditer(line):
        if string.start() - inside > MAX_VALUES_BYTES:
            return True
        inside += string.end() - string.start()
    return len(line) - inside > MAX_VALUES_BYTES
