"""How large the pages of a Parquet file become when they are unpacked, told from their headers alone.

Belongs here: walking over page headers (Thrift's compact protocol). Does not belong here: what is in the pages.

pyarrow unpacks a page as a whole, and believes what its header says of its size: four bytes may ask for two gigabytes.
Rules: parquet-format, `PageHeader` in parquet.thrift; thrift-compact-protocol.md.
"""

from __future__ import annotations

from typing import Any, BinaryIO

MAX_PAGE_BYTES = 256 * 2**20
"""Writers end a page after a megabyte, but look only every thousand rows: pages of articles may have a hundred."""

MAX_PAGE_RATIO, FREE_PAGE_BYTES = 1000, 4 * 2**20
MAX_HEADER_BYTES = 256 * 1024
"""A header holds the smallest and the largest value of its page."""

_DEPTH = 16


class TooMuch(Exception):
    """The pages are larger than is read, or their headers cannot be read; the text says which."""


def largest_page(stream: BinaryIO, column: Any) -> int:
    """The size of the largest unpacked page of a column chunk (pyarrow's metadata of it). Raises TooMuch."""
    start = column.data_page_offset
    if column.has_dictionary_page and column.dictionary_page_offset:
        start = min(start, column.dictionary_page_offset)
    end, largest = start + column.total_compressed_size, 1
    while start < end:
        stream.seek(start)
        header = _Header(stream.read(512))
        try:
            size, packed = header.sizes()
        except IndexError:
            stream.seek(start)
            header = _Header(stream.read(MAX_HEADER_BYTES))
            try:
                size, packed = header.sizes()
            except IndexError:
                raise TooMuch("the header of a page cannot be read") from None
        if size < 0 or packed < 0:
            raise TooMuch("the header of a page cannot be read")
        if size > MAX_PAGE_BYTES or (size > FREE_PAGE_BYTES and size > MAX_PAGE_RATIO * packed):
            raise TooMuch(f"a page of {packed} bytes unpacks to {size}")
        largest = max(largest, size)
        start += header.at + packed
    return largest


class _Header:
    """A Thrift struct in compact form, of which the sizes are wanted and the rest is passed over."""

    def __init__(self, data: bytes) -> None:
        self._data, self.at = data, 0

    def sizes(self) -> tuple[int, int]:
        """Unpacked and packed size of the page; `at` is then behind the header."""
        found = {2: -1, 3: -1}
        field = 0
        while kind := self._byte():
            delta, kind = kind >> 4, kind & 15
            field = field + delta if delta else self._signed()
            if field in found and kind == 5:
                found[field] = self._signed()
            else:
                self._pass_over(kind, 0)
        return found[2], found[3]

    def _byte(self) -> int:
        value = self._data[self.at]
        self.at += 1
        return value

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise TooMuch("the header of a page cannot be read")

    def _signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)

    def _skip(self, length: int) -> None:
        self.at += length
        if self.at > len(self._data):
            raise IndexError

    def _pass_over(self, kind: int, depth: int) -> None:
        if depth > _DEPTH:
            raise TooMuch("the header of a page cannot be read")
        match kind:
            case 1 | 2:  # true and false are in the kind itself
                pass
            case 3:
                self._skip(1)
            case 4 | 5 | 6:
                self._unsigned()
            case 7:
                self._skip(8)
            case 8:
                self._skip(self._unsigned())
            case 12:
                while inner := self._byte():
                    if not inner >> 4:
                        self._signed()
                    self._pass_over(inner & 15, depth + 1)
            case _:  # lists, sets and maps are not in a page's header
                raise TooMuch("the header of a page cannot be read")
