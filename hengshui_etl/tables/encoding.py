"""Frames to Parquet: the columns of a table's files, and their bytes, made in pieces.

Belongs here: types that every reader of Parquet knows, compression, row groups, what a file says of itself.
Does not belong here: where files lie (parts.py), which rows there are (frames.py).

The same rows in the same pieces give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from hengshui_etl.tables.frames import polars_schema

FINGERPRINT, CODE = b"hengshui.fingerprint", b"hengshui.code"


class Encoder:
    """Collects rows of some tables and gives their Parquet files. What is held is what was encoded, not the rows."""

    def __init__(self, tables: Iterable[str], fingerprint: str, code: str = "") -> None:
        notes = {FINGERPRINT: fingerprint.encode(), CODE: code.encode()}
        self._sinks = {table: pa.BufferOutputStream() for table in tables}
        self._writers = {
            table: pq.ParquetWriter(
                sink, arrow_schema(table).with_metadata(notes), compression="zstd", version="2.6"
            )
            for table, sink in self._sinks.items()
        }  # fmt: skip
        self.rows = dict.fromkeys(self._sinks, 0)

    def write(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Append these rows, a row group a table; rows of one article must come in one call."""
        for table, frame in frames.items():
            writer = self._writers[table]
            if len(frame):
                writer.write_table(
                    frame.to_arrow().cast(arrow_schema(table)).replace_schema_metadata(writer.schema.metadata)
                )
                self.rows[table] += len(frame)

    def files(self) -> dict[str, bytes]:
        """The finished file of every table; nothing can be written after."""
        for writer in self._writers.values():
            writer.close()
        return {table: sink.getvalue().to_pybytes() for table, sink in self._sinks.items()}


@cache
def arrow_schema(table: str) -> pa.Schema:
    """The columns of a table's Parquet files."""
    schema = pl.DataFrame(schema=polars_schema(table)).to_arrow().schema
    return pa.schema([pa.field(field.name, _plain_type(field.type)) for field in schema])


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """Without the `large` and `view` kinds that not every reader of Parquet knows."""
    if pa.types.is_large_list(kind):
        return pa.list_(_plain_type(kind.value_type))
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) else kind
