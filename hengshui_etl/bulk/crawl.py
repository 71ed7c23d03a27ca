"""WARC, the format of web crawls: pages and texts among requests, pictures and notes of the crawler.

Belongs here: where a record begins and ends, which ones hold text, the page without its HTTP. warcio reads headers and
chunks. Does not belong here: packing of the file (unpack.py), the page's text (text/).

Records are numbered as they lie in the file, those too that are passed over: requests, pictures, what the server did
not find. The day of a crawl is no day of publication, and is not taken for one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, NamedTuple

from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader  # type: ignore[import-untyped]
from warcio.statusandheaders import (  # type: ignore[import-untyped]
    StatusAndHeaders,
    StatusAndHeadersParser,
    StatusAndHeadersParserException,
)

from hengshui_etl.bulk.record import (
    MAX_ID_CHARACTERS,
    MAX_RECORD_BYTES,
    MAX_URL_CHARACTERS,
    BrokenRecord,
    Media,
    Record,
    sound,
    too_large,
)
from hengshui_etl.bulk.unpack import Damaged

MAX_HEADER_BYTES = 256 * 1024
MAX_BLOCK_BYTES = MAX_RECORD_BYTES + MAX_HEADER_BYTES

MAX_LINES_BETWEEN = 1_000_000
"""Where no record begins for so many lines (of at most 64 KiB), the rest of the file is given up."""

_STEP = 64 * 1024
_BEGINNING = re.compile(rb"WARC/\d+\.\d+\s*\Z")
_LENGTH = re.compile(r"\d{1,18}\Z")
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:\-]{1,40})", re.IGNORECASE)
_MEDIA: dict[str, Media] = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}
_WARC = StatusAndHeadersParser(["WARC/"])
_HTTP = StatusAndHeadersParser([], verify=False)  # newer versions than warcio knows are written the same way


class _Wrong(Exception):
    """The record cannot be taken; the text says why."""


class _Over(Exception):
    """Nothing more of the file is read; the text says why."""


class _Head(NamedTuple):
    """What stands before the block of a record."""

    headers: StatusAndHeaders
    kind: str
    length: int

    def get(self, name: str) -> str:
        return str(self.headers.get_header(name) or "")


def crawl_records(stream: BinaryIO, file: str) -> Iterator[Record | BrokenRecord]:
    """The pages and texts of a WARC file that is not packed (any more)."""
    number, lost, line = 0, False, b""
    while True:
        number += 1
        own = None
        try:
            if lost:
                line = _next_beginning(stream)
            else:
                line = _next_line(stream)
                if line and not _BEGINNING.match(line):
                    lost = True
                    raise _Wrong("no record begins here, or the one before is not as long as it says")
            if not line:
                return
            lost = True  # until it is known how long the record is
            head = _head(line, stream)
            own = _identity(head)
            lost = False
            result = _result(head, stream, file, number, own)
        except _Over as over:
            yield BrokenRecord(file, number, None, f"from here on nothing was read: {over}")
            return
        except _Wrong as wrong:
            result = BrokenRecord(file, number, own, str(wrong))
        except Damaged as damaged:
            lost = True
            result = BrokenRecord(file, number, own, str(damaged))
        if result is not None:
            yield result


def _next_line(stream: BinaryIO) -> bytes:
    """The next line that is not blank; empty at the end."""
    for _ in range(MAX_LINES_BETWEEN):
        line = stream.readline(_STEP)
        if not line or line.strip():
            return line
    raise _Over(f"{MAX_LINES_BETWEEN} lines in a row are blank")


def _next_beginning(stream: BinaryIO) -> bytes:
    """The first line of the next record, wherever it lies; empty if there is none."""
    inside = False
    for _ in range(MAX_LINES_BETWEEN):
        line = stream.readline(_STEP)
        if not line or (not inside and _BEGINNING.match(line)):
            return line
        inside = not line.endswith(b"\n")
    raise _Over(f"no record begins in {MAX_LINES_BETWEEN} lines")


def _head(line: bytes, stream: BinaryIO) -> _Head:
    parts, size = [line], len(line)
    while line and line.strip():
        line = stream.readline(_STEP)
        parts.append(line)
        size += len(line)
        if size > MAX_HEADER_BYTES:
            raise _Wrong("the headers of the record are too long")
    if not line:
        raise _Wrong("the file ends in the middle of the record: it was cut off")
    try:
        headers = _WARC.parse(BytesIO(b"".join(parts)))
    except (StatusAndHeadersParserException, EOFError):
        raise _Wrong("the record has no headers") from None
    length = str(headers.get_header("Content-Length") or "")
    if not _LENGTH.match(length):
        raise _Wrong("the record does not say how long it is (Content-Length)")
    return _Head(headers, str(headers.get_header("WARC-Type") or "").lower(), int(length))


def _identity(head: _Head) -> str | None:
    own = head.get("WARC-Record-ID").strip().removeprefix("<").removesuffix(">")
    return own if own and own.isprintable() and len(own) <= MAX_ID_CHARACTERS else None


def _result(
    head: _Head, stream: BinaryIO, file: str, number: int, own: str | None
) -> Record | BrokenRecord | None:  # fmt: skip
    """The record, why it is broken, or None where it holds no text; the stream stands behind it then."""
    kind, content_type = head.kind, head.get("Content-Type")
    if kind == "response":
        wanted = content_type.lower().replace(" ", "").startswith("application/http")
    else:
        wanted = kind in ("resource", "conversion") and _media(content_type) is not None
    if not wanted:
        _pass_over(stream, head.length)
        return None
    block = _read(stream, min(head.length, MAX_BLOCK_BYTES))
    left = head.length - len(block)
    start, charset = 0, _charset(content_type)
    http: StatusAndHeaders | None = None
    if kind == "response":
        end = _END_OF_HEADERS.search(block, 0, MAX_HEADER_BYTES)
        if end is None:
            _pass_over(stream, left)
            raise _Wrong("the answer of the server has no end of headers")
        start = end.end()
        try:
            http = _HTTP.parse(BytesIO(block[:start]))
        except EOFError:
            http = None
        if http is None or not re.match(r"2\d\d\b", http.get_statuscode()):
            _pass_over(stream, left)
            return None
        content_type = str(http.get_header("Content-Type") or "")
        charset = _charset(content_type)
    media = _media(content_type)
    _pass_over(stream, left)
    if media is None:
        return None
    if left:
        return BrokenRecord(file, number, own, too_large(head.length), head.length)
    if head.get("WARC-Truncated"):
        raise _Wrong(f"the crawler cut it off (WARC-Truncated: {head.get('WARC-Truncated')[:40]})")
    if head.get("WARC-Segment-Number"):
        raise _Wrong("it is one of several segments")
    url = head.get("WARC-Target-URI").strip().removeprefix("<").removesuffix(">")
    if len(url) > MAX_URL_CHARACTERS:
        raise _Wrong(f"its url is longer than {MAX_URL_CHARACTERS} characters")
    data = block[start:] if http is None else _body(block[start:], http)
    if not data:
        raise _Wrong("it has neither text nor html")
    return sound(file, number, own, data, media, charset, url or None, None)


def _read(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise _Wrong("the file ends in the middle of the record: it was cut off")
    return data


def _pass_over(stream: BinaryIO, length: int) -> None:
    while length:
        length -= len(_read(stream, min(length, _STEP)))


def _media(content_type: str) -> Media | None:
    return _MEDIA.get(content_type.partition(";")[0].strip().lower())


def _charset(content_type: str) -> str | None:
    found = _CHARSET.search(content_type)
    return found[1].lower() if found else None


def _body(body: bytes, http: StatusAndHeaders) -> bytes:
    """What the server sent, out of its chunks and unpacked."""
    if str(http.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        try:
            body = ChunkedDataReader(BytesIO(body)).read()
        except ChunkedDataException:
            raise _Wrong("the chunks in which the server sent it do not fit") from None
    packing = str(http.get_header("Content-Encoding") or "").strip().lower()
    if packing in ("gzip", "x-gzip"):
        return _inflated(body, 31) if body.startswith(b"\x1f\x8b") else body  # some crawlers unpack and do not say so
    if packing == "deflate":
        return _inflated(body, 15 if body[:1] == b"\x78" else -15)
    if packing not in ("", "identity", "none", "utf-8"):
        raise _Wrong(f"the server packed it with {packing[:40]!r}, which is not read")
    return body


def _inflated(body: bytes, bits: int) -> bytes:
    unpacking = zlib.decompressobj(bits)
    try:
        data = unpacking.decompress(body, MAX_RECORD_BYTES + 1)
    except zlib.error:
        raise _Wrong("what the server packed cannot be unpacked: it is damaged") from None
    if len(data) > MAX_RECORD_BYTES:
        raise _Wrong(f"it unpacks to more than an article may have: {MAX_RECORD_BYTES} bytes")
    if not unpacking.eof:
        raise _Wrong("what the server packed ends in the middle: it was cut off")
    return data
