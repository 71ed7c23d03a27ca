"""Packed files (gzip, zstd) as streams that stay small: what is unpacked is bounded by what it was unpacked from.

Belongs here: unpacking, damage and how reading goes on behind it. Does not belong here: what the bytes mean.
"""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from collections.abc import Buffer  # type: ignore[attr-defined]  # of Python 3.12; only names a type

SLICE = 64 * 1024
FREE_BYTES, MAX_RATIO = 256 * 2**20, 1000
"""So much may come out of anything; beyond it, so many times what went in. Text packs to a tenth or a twentieth, but
thousands of pages of one site may pack to a five-hundredth."""

MAX_GAPS = 100
"""After so many damaged places the rest is not searched for more that can be read."""


class Damaged(Exception):
    """Bytes are missing here. Reading again goes on behind the gap, or finds the end."""


class _Packed(Protocol):
    @property
    def consumed(self) -> int: ...

    def read(self, most: int) -> bytes: ...


class Unpacked(io.RawIOBase):
    """The bytes that a packed file holds. Raises Damaged where some cannot be had; the next read goes on behind them,
    as far as that can be done."""

    def __init__(self, packed: _Packed) -> None:
        self._packed, self._produced, self._over = packed, 0, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer).cast("B")
        if self._over:
            return 0
        data = self._packed.read(min(len(view), SLICE))
        view[: len(data)] = data
        self._produced += len(data)
        if self._produced > FREE_BYTES and self._produced > MAX_RATIO * self._packed.consumed:
            self._over = True
            raise Damaged(f"from here on nothing was read: the file unpacks to more than {MAX_RATIO} times its size")
        return len(data)


def unpacked(stream: BinaryIO, kind: str) -> BinaryIO:
    """What a file packed with `gz` or `zst` holds."""
    return io.BufferedReader(Unpacked(Gzip(stream) if kind == "gz" else Zstd(stream)), 4 * SLICE)


class Gzip:
    """Members of gzip one after the other. Behind a damaged one, reading goes on with the next that can be found."""

    def __init__(self, stream: BinaryIO) -> None:
        self.consumed = 0
        self._stream, self._rest, self._gaps, self._lost = stream, b"", 0, False
        self._member: zlib._Decompress | None = None
        self._silent = b""  # what went into a member before anything came out: it may be none

    def read(self, most: int) -> bytes:
        """Up to so many bytes; none at the end."""
        while True:
            if self._lost and not self._found():
                return b""
            if not self._rest:
                self._fill()
            if self._member is None:
                self._rest = self._rest.lstrip(b"\0")  # members may be padded with zeros
                if not self._rest:
                    if self._fill():
                        continue
                    return b""
                self._member, self._silent = zlib.decompressobj(31), b""
            given = self._rest
            try:
                data = self._member.decompress(given, most)
            except zlib.error as error:
                raise self._damaged(given, str(error)) from None
            if self._member.eof:
                self._rest, self._member = self._member.unused_data, None
            else:
                self._rest = self._member.unconsumed_tail
                if not data and not given:
                    raise self._damaged(b"", "end")
                self._silent = b"" if data else self._silent + given
                if len(self._silent) > SLICE:
                    raise self._damaged(b"", "nothing")
            if data:
                return data

    def _damaged(self, given: bytes, error: str) -> Damaged:
        """What to raise; the next read searches the bytes that gave nothing, and what follows, for another member."""
        self._member, self._lost = None, True
        self._rest, self._silent = self._silent + given, b""
        self._gaps += 1
        if self._gaps > MAX_GAPS:
            return Damaged(f"from here on nothing was read: the packed file is damaged in more than {MAX_GAPS} places")
        if error == "end":
            return Damaged("the file ends in the middle: it was cut off")
        if "incorrect header" in error:
            return Damaged("these bytes are not packed with gzip, as the name of the file says")
        if "incorrect data check" in error or "incorrect length check" in error:
            return Damaged("the packed file is damaged before this place: its checksum does not fit")
        return Damaged("the packed file is damaged at this place")

    def _fill(self) -> bool:
        more = self._stream.read(SLICE)
        self.consumed += len(more)
        self._rest += more
        return bool(more)

    def _found(self) -> bool:
        """Whether another member begins somewhere; what lies before is dropped."""
        if self._gaps > MAX_GAPS:
            return False
        self._rest = self._rest[1:]
        while (at := self._rest.find(b"\x1f\x8b\x08")) < 0:
            self._rest = self._rest[-2:]
            if not self._fill():
                return False
        self._rest, self._lost = self._rest[at:], False
        return True


class Zstd:
    """Frames of zstd one after the other. Damage ends it: nothing tells where the next frame begins."""

    _STEP = 16 * 1024

    def __init__(self, stream: BinaryIO) -> None:
        self._source = _Source(stream)
        self._stream, self._start = stream, stream.tell()
        self._produced, self._over, self._bytewise = 0, False, False
        self._opened()

    @property
    def consumed(self) -> int:
        """How many packed bytes were read."""
        return self._source.consumed

    def _opened(self) -> None:
        import pyarrow as pa  # type: ignore[import-untyped]

        self._inner = pa.CompressedInputStream(pa.PythonFile(self._source, mode="r"), "zstd")

    def read(self, most: int) -> bytes:
        """Up to so many bytes; none at the end."""
        if self._over:
            return b""
        try:
            data: bytes = self._inner.read(1 if self._bytewise else min(most, self._STEP))
        except OSError as error:
            if self._source.failed is not None:
                raise self._source.failed from None
            if not self._bytewise:
                self._go_back()
                return self.read(most)
            self._over = True
            if "runcated" in str(error):
                raise Damaged("the file ends in the middle: it was cut off") from None
            if "Unknown frame" in str(error):
                raise Damaged("these bytes are not packed with zstd, as the name of the file says") from None
            raise Damaged("from here on nothing was read: the packed file is damaged") from None
        self._produced += len(data)
        return data

    def _go_back(self) -> None:
        """Before an error there may be bytes that were not handed out: they are fetched one by one."""
        self._bytewise = True
        self._stream.seek(self._start)
        self._opened()
        left = self._produced
        while left:
            left -= len(self._inner.read(min(left, self._STEP)))


class _Source:
    """The packed bytes, counted. An error of the disk is kept: what comes through the library looks like damage.

    It knows nothing of who reads it: Python cannot see through Arrow's objects, and a circle through them would never
    be freed, a megabyte a file."""

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.consumed = stream, 0
        self.failed: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size)
        except OSError as error:
            self.failed = error
            raise
        self.consumed += len(data)
        return data

    def close(self) -> None:
        """The stream belongs to the caller."""
