"""One record of a bulk file, sound or broken, and the rules by which it is told which of the two it is.

Belongs here: what a record is, its limits, its identity. Does not belong here: how a kind of file is read (the other
modules of this package), what the text says (text/).
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple

MAX_RECORD_BYTES = 16 * 2**20
"""As for an article in a file of its own: its text alone would be longer than a novel."""

MAX_ID_CHARACTERS, MAX_URL_CHARACTERS, MAX_DATE_CHARACTERS = 200, 8192, 64

FIELDS = ("id", "text", "html", "url", "published_on")
"""The fields that are read. Others are left alone."""

Media = Literal["text", "html"]


class Record(NamedTuple):
    """An article as a bulk file has it. `data` are the bytes to be examined, `sha256` is of exactly these; `id` is its
    own, or its number in the file, written out. `charset` is what an HTTP header calls the encoding, `url` and
    `published_on` are as the file gives them."""

    file: str
    number: int
    id: str
    data: bytes
    sha256: str
    media: Media
    charset: str | None
    url: str | None
    published_on: str | None

    @property
    def day(self) -> date | None:
        """The day of publication, where it is given as a day or a moment of ISO 8601."""
        try:
            return date.fromisoformat(self.published_on[:10]) if self.published_on else None
        except ValueError:
            return None


class BrokenRecord(NamedTuple):
    """A place of a bulk file that gives no article, and why. `sha256` and `size_bytes` are of its bytes in the file,
    where they were held."""

    file: str
    number: int
    id: str | None
    reason: str
    size_bytes: int | None = None
    sha256: str | None = None


class Digits(str):
    """A number as it is written: an id may be one, and keeps its digits."""

    __slots__ = ()


class _Wrong(Exception):
    """A field that cannot be taken; the text says why."""


def record_from(file: str, number: int, fields: Mapping[str, object]) -> Record | BrokenRecord:
    """The record with these fields (None is the same as absent). Text wins over html where both are given."""
    own = None
    try:
        own = _identity(fields.get("id"))
        url = _line(fields, "url", MAX_URL_CHARACTERS)
        day = _line(fields, "published_on", MAX_DATE_CHARACTERS)
        media, data = _content(fields)
    except _Wrong as wrong:
        return BrokenRecord(file, number, own, str(wrong))
    return sound(file, number, own, data, media, None, url, day)


def sound(
    file: str, number: int, own: str | None, data: bytes, media: Media, charset: str | None, url: str | None,
    published_on: str | None,
) -> Record | BrokenRecord:  # fmt: skip
    """The record of these bytes, if they are no more than a record may have."""
    if len(data) > MAX_RECORD_BYTES:
        return BrokenRecord(file, number, own, too_large(len(data)), len(data))
    digest = hashlib.sha256(data).hexdigest()
    return Record(file, number, own or str(number), data, digest, media, charset, url, published_on)


def too_large(size: int) -> str:
    """The reason of a record of so many bytes."""
    return f"it is too large for an article: {size} bytes, and the limit is {MAX_RECORD_BYTES}"


def _identity(value: object) -> str | None:
    if value is None or value == "":
        return None
    if type(value) is int:
        value = str(value)
    if not isinstance(value, str):
        raise _Wrong("its id is neither text nor a number")
    if len(value) > MAX_ID_CHARACTERS:
        raise _Wrong(f"its id is longer than {MAX_ID_CHARACTERS} characters")
    if not value.isprintable() or value.isspace():
        raise _Wrong("its id holds characters that cannot be printed")
    return str(value)


def _line(fields: Mapping[str, object], name: str, most: int) -> str | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or isinstance(value, Digits):
        raise _Wrong(f"its {name} is not text")
    if len(value) > most:
        raise _Wrong(f"its {name} is longer than {most} characters")
    if not _whole(value):
        raise _Wrong(f"its {name} holds halves of characters, which are no text")
    return value


def _content(fields: Mapping[str, object]) -> tuple[Media, bytes]:
    media: Media
    for media in ("text", "html"):
        value = fields.get(media)
        if value is None or value == "" or value == b"":
            continue
        if isinstance(value, bytes):
            return media, value
        if not isinstance(value, str) or isinstance(value, Digits):
            raise _Wrong(f"its {media} is not text")
        try:
            return media, value.encode()
        except UnicodeEncodeError:
            raise _Wrong(f"its {media} holds halves of characters, which are no text") from None
    raise _Wrong("it has neither text nor html")


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Seen:
    """Identities that were there already, in 16 to 32 bytes each: 64 bits of a hash in a table of open addresses. Two
    different identities are taken for one in a file of a million with a chance of one in thirty million."""

    def __init__(self) -> None:
        self._count, self._slots = 0, array("Q", bytes(8 * 1024))

    def add(self, identity: str) -> bool:
        """Whether it is new."""
        digest = hashlib.blake2b(identity.encode(), digest_size=8).digest()
        if not self._put(int.from_bytes(digest, "little") or 1):
            return False
        self._count += 1
        if self._count * 2 > len(self._slots):
            before, self._slots = self._slots, array("Q", bytes(16 * len(self._slots)))
            for mark in before:
                if mark:
                    self._put(mark)
        return True

    def _put(self, mark: int) -> bool:
        slots = self._slots
        last = len(slots) - 1
        at = mark & last
        while (there := slots[at]) != 0:
            if there == mark:
                return False
            at = (at + 1) & last
        slots[at] = mark
        return True
