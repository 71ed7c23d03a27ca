"""Parquet: a record a row, and of its columns the known ones.

Belongs here: columns, row groups and rows. Does not belong here: which fields there are (record.py), how large the
pages of a file are (pages.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from hengshui_etl.bulk.footer import Group, groups_of
from hengshui_etl.bulk.pages import TooMuch, largest_page
from hengshui_etl.bulk.record import FIELDS, MAX_RECORD_BYTES, BrokenRecord, Digits, Record, record_from
from hengshui_etl.bulk.unpack import FREE_BYTES, MAX_RATIO

MAX_FOOTER_BYTES = 64 * 2**20
MAX_BATCH_ROWS, BATCH_BYTES = 256, 32 * 2**20
"""So many rows at a time, and so few that they cannot take more than these bytes even if every value is as large as a
page: a small page may name one large value a million times."""


def column_records(stream: BinaryIO, file: str) -> Iterator[Record | BrokenRecord]:
    """The records of a Parquet file; a record's number is that of its row."""
    size = stream.seek(0, 2)
    try:
        parquet, groups = _opened(stream, size)
        names = _known(parquet.schema_arrow)
    except (pa.ArrowException, OSError, ValueError) as error:
        yield BrokenRecord(file, 1, None, f"the file cannot be read as Parquet: {_said(error)}")
        return
    given, number = 0, 0
    for place, group in enumerate(groups):
        last = number + group.rows
        try:
            for record in _of_group(parquet, stream, place, group, names, file, number):
                number = record.number
                yield record
                given += len(record.data) if isinstance(record, Record) else 0
                if given > FREE_BYTES and given > MAX_RATIO * size:
                    reason = f"from here on nothing was read: the file unpacks to more than {MAX_RATIO} times its size"
                    yield BrokenRecord(file, number + 1, None, reason)
                    return
            if number < last:
                yield BrokenRecord(file, number + 1, None, f"rows {number + 1} to {last} are missing")
        except (pa.ArrowException, OSError, ValueError, TooMuch) as error:
            yield BrokenRecord(file, number + 1, None, f"rows {number + 1} to {last} cannot be read: {_said(error)}")
        number = last


def _opened(stream: BinaryIO, size: int) -> tuple[pq.ParquetFile, list[Group]]:
    """The file for Arrow to read, and what its footer says, read by ourselves."""
    stream.seek(max(0, size - 8))
    length = int.from_bytes(stream.read(8)[:4], "little")
    if length > MAX_FOOTER_BYTES:
        raise ValueError(f"its footer is larger than {MAX_FOOTER_BYTES} bytes")
    parquet = pq.ParquetFile(
        pa.PythonFile(_Lent(stream), mode="r"), pre_buffer=False, buffer_size=2**20,
        thrift_string_size_limit=MAX_FOOTER_BYTES, thrift_container_size_limit=10**6,
    )  # fmt: skip
    stream.seek(max(0, size - 8 - length))
    return parquet, groups_of(stream.read(length))


class _Lent:
    """The stream of the caller, who closes it."""

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self.read, self.seek, self.tell = stream.read, stream.seek, stream.tell

    def close(self) -> None:
        """Not ours."""

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _known(schema: pa.Schema) -> list[str]:
    """The columns that are read. Raises ValueError where one holds what it may not, or there is none of text."""
    names = [name for name in FIELDS if name in schema.names]
    for name in names:
        if schema.names.count(name) > 1:
            raise ValueError(f"it has several columns {name}")
        kind = schema.field(name).type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        if not any(is_of(kind) for is_of in _MAY_BE.get(name, _TEXT)):
            raise ValueError(f"its column {name} is of type {str(kind)[:80]}, which is not read")
    if "text" not in names and "html" not in names:
        raise ValueError("it has neither a column text nor a column html")
    return names


_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_null)
_MAY_BE = {
    "id": (*_TEXT, pa.types.is_integer),
    "html": (*_TEXT, pa.types.is_binary, pa.types.is_large_binary),
    "published_on": (*_TEXT, pa.types.is_date, pa.types.is_timestamp),
}


def _of_group(
    parquet: pq.ParquetFile, stream: BinaryIO, place: int, group: Group, names: list[str], file: str, number: int
) -> Iterator[Record | BrokenRecord]:
    leaves = [parquet.schema.column(i).path for i in range(len(parquet.schema))]
    if len(leaves) != len(group.chunks):
        raise ValueError("the row group has other columns than the file")
    page = max(largest_page(stream, chunk) for name, chunk in zip(leaves, group.chunks, strict=True) if name in names)
    rows = max(1, min(MAX_BATCH_ROWS, BATCH_BYTES // page))
    for batch in parquet.iter_batches(batch_size=rows, row_groups=[place], columns=names, use_threads=False):
        columns = [(name, batch.column(name)) for name in names]
        for row in range(batch.num_rows):
            number += 1
            try:
                fields = {name: _value(name, column[row]) for name, column in columns}
            except UnicodeDecodeError:
                yield BrokenRecord(file, number, None, "it holds text that is not in UTF-8")
                continue
            yield record_from(file, number, fields)


def _value(name: str, scalar: Any) -> object:
    """A field as record_from takes it. Raises UnicodeDecodeError for text that is none."""
    if name in ("text", "html") and scalar.is_valid and isinstance(scalar, pa.StringScalar | pa.LargeStringScalar):
        data: bytes = scalar.as_buffer().to_pybytes()
        if len(data) <= MAX_RECORD_BYTES:
            data.decode()
        return data
    try:
        value: object = scalar.as_py()
    except UnicodeDecodeError:
        raise
    except (ValueError, OverflowError):
        return Digits("?")  # a day beyond the calendar
    return value.isoformat() if isinstance(value, date) else value  # a moment is a date as well


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
