"""The footer of a Parquet file: its row groups, and where their columns lie.

Belongs here: what of the footer has to be known before Arrow reads a row group. Does not belong here: pages (pages.py),
columns by name and their values (columns.py).

pyarrow has all of this as well, and ends the whole process where a footer contradicts itself: its
`row_group(n).column(n)` lets C++ exceptions through. Rules: parquet-format, parquet.thrift.
"""

from __future__ import annotations

from typing import NamedTuple

from hengshui_etl.bulk.thrift import I64, LIST, STRUCT, Compact, Unclear


class Chunk(NamedTuple):
    """Where the pages of a column of a row group lie: from `start`, so many bytes."""

    start: int
    size: int


class Group(NamedTuple):
    """A row group: its columns in the order of the schema's leaves."""

    rows: int
    chunks: tuple[Chunk, ...]


def groups_of(footer: bytes) -> list[Group]:
    """The row groups that a footer tells of. Raises ValueError for one that cannot be read."""
    data, found = Compact(footer), list[Group]()
    try:
        for field, kind in data.fields():
            if (field, kind) == (4, LIST):
                found = [_group(data) for _ in data.items(STRUCT)]
            else:
                data.pass_over(kind)
    except (IndexError, Unclear):
        raise ValueError("its footer cannot be read") from None
    return found


def _group(data: Compact) -> Group:
    rows, chunks = -1, tuple[Chunk, ...]()
    for field, kind in data.fields():
        if (field, kind) == (1, LIST):
            chunks = tuple(_chunk(data) for _ in data.items(STRUCT))
        elif (field, kind) == (3, I64):
            rows = data.number(I64)
        else:
            data.pass_over(kind)
    if rows < 0:
        raise Unclear("a row group without rows")
    return Group(rows, chunks)


def _chunk(data: Compact) -> Chunk:
    """Pages begin with the dictionary, where there is one."""
    place: dict[int, int] = {}
    for field, kind in data.fields():
        if (field, kind) != (3, STRUCT):
            data.pass_over(kind)
            continue
        for inner, of in data.fields():
            if inner in (7, 9, 11) and of == I64:
                place[inner] = data.number(I64)
            else:
                data.pass_over(of)
    size, start, dictionary = place.get(7, -1), place.get(9, -1), place.get(11, 0)
    if 0 < dictionary < start:
        start = dictionary
    if start < 0 or size < 0:
        raise Unclear("a column lies nowhere")
    return Chunk(start, size)
