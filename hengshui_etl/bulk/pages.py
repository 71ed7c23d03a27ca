"""How large the pages of a Parquet file become when they are unpacked, told from their headers alone.

Belongs here: walking over page headers. Does not belong here: how their bytes are read (thrift.py), where they begin
(footer.py), what is in the pages.

pyarrow unpacks a page as a whole, and believes what its header says of its size: four bytes may ask for two gigabytes.
Rules: parquet-format, `PageHeader` in parquet.thrift.
"""

from __future__ import annotations

from typing import BinaryIO

from hengshui_etl.bulk.footer import Chunk
from hengshui_etl.bulk.thrift import I32, Compact, Unclear

MAX_PAGE_BYTES = 256 * 2**20
"""Writers end a page after a megabyte, but look only every thousand rows: pages of articles may have a hundred."""

MAX_PAGE_RATIO, FREE_PAGE_BYTES = 1000, 4 * 2**20
MAX_HEADER_BYTES = 256 * 1024
"""A header holds the smallest and the largest value of its page."""


class TooMuch(Exception):
    """The pages are larger than is read, or their headers cannot be read; the text says which."""


def largest_page(stream: BinaryIO, chunk: Chunk) -> int:
    """The size of the largest unpacked page of a column of a row group. Raises TooMuch."""
    start, largest = chunk.start, 1
    end, whole = start + chunk.size, stream.seek(0, 2)
    while start < end:
        stream.seek(start)
        try:
            length, size, packed = _sizes(stream.read(512))
        except IndexError:
            stream.seek(start)
            try:
                length, size, packed = _sizes(stream.read(MAX_HEADER_BYTES))
            except IndexError:
                raise TooMuch("the header of a page cannot be read") from None
        if size > MAX_PAGE_BYTES or (size > FREE_PAGE_BYTES and size > MAX_PAGE_RATIO * packed):
            raise TooMuch(f"a page of {packed} bytes unpacks to {size}")
        if start + length + packed > whole:
            raise TooMuch("a page is longer than the file")
        largest = max(largest, size)
        start += length + packed
    return largest


def _sizes(data: bytes) -> tuple[int, int, int]:
    """Of the header with which these bytes begin: its length, and the unpacked and the packed size of the page. Raises
    TooMuch, and IndexError where the bytes end before it does."""
    header, found = Compact(data), {2: -1, 3: -1}
    try:
        for field, kind in header.fields():
            if field in found and kind == I32:
                found[field] = header.number(I32)
            else:
                header.pass_over(kind)
    except Unclear:
        raise TooMuch("the header of a page cannot be read") from None
    if min(found.values()) < 0:
        raise TooMuch("the header of a page cannot be read")
    return header.at, found[2], found[3]
