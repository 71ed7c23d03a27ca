"""Thrift's compact protocol, in which Parquet writes its footer and the headers of its pages.

Belongs here: fields, numbers, lists, and passing over what is not wanted. Does not belong here: what the fields mean
(pages.py, footer.py).

Arrow reads the same bytes in C++ and cuts numbers off where they are too wide. What is so wide is refused here: two
readers that see different numbers are a way around the limits. Rules: thrift-compact-protocol.md.
"""

from __future__ import annotations

from collections.abc import Iterator

I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12

_DEPTH = 16
_WIDTHS = {4: 16, I32: 32, I64: 64}


class Unclear(ValueError):
    """These bytes can be read in more than one way, or in none."""


class Compact:
    """Reads bytes from a place on; `at` is where it stands. Raises Unclear, and IndexError where the bytes end."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data, self.at = data, at

    def fields(self) -> Iterator[tuple[int, int]]:
        """Number and kind of every field of a struct; who takes one has to read its value, or pass over it."""
        field = 0
        while kind := self._byte():
            delta, kind = kind >> 4, kind & 15
            field = field + delta if delta else self.number(4)
            if not -(2**15) <= field < 2**15:
                raise Unclear("numbers of fields are too large")
            yield field, kind

    def number(self, kind: int) -> int:
        """A signed number of that kind."""
        value = self._unsigned()
        value = (value >> 1) ^ -(value & 1)
        if not -(2 ** (_WIDTHS[kind] - 1)) <= value < 2 ** (_WIDTHS[kind] - 1):
            raise Unclear("a number is wider than its kind")
        return value

    def items(self, kind: int) -> Iterator[None]:
        """Once for each item of a list, which are of that kind; each has to be read. Raises Unclear for others."""
        of, count = self._list()
        if count and of != kind:
            raise Unclear("a list holds something else")
        for _ in range(count):
            yield None

    def pass_over(self, kind: int, depth: int = 0) -> None:
        """Leave a value out."""
        if depth > _DEPTH:
            raise Unclear("values stand too deep in each other")
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
            case 9 | 10:
                of, count = self._list()
                for _ in range(count):
                    self._pass_over_item(of, depth)
            case 11:
                if count := self._unsigned():
                    kinds = self._byte()
                    for _ in range(count):
                        self._pass_over_item(kinds >> 4, depth)
                        self._pass_over_item(kinds & 15, depth)
            case 12:
                for _, inner in self.fields():
                    self.pass_over(inner, depth + 1)
            case _:
                raise Unclear("a value is of no known kind")

    def _pass_over_item(self, kind: int, depth: int) -> None:
        self.pass_over(3 if kind in (1, 2) else kind, depth + 1)  # in a list, true and false are a byte

    def _list(self) -> tuple[int, int]:
        head = self._byte()
        return head & 15, self._unsigned() if head >> 4 == 15 else head >> 4

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
                raise Unclear("a number is too long")

    def _skip(self, length: int) -> None:
        self.at += length
        if self.at > len(self._data):
            raise IndexError
