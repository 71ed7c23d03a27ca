"""Bytes to text: which encoding, and on what evidence.

Belongs here: byte-order marks, strict decoding, the choice between legacy encodings, the refusal of what is no text.
Does not belong here: damage inside decoded text (repair.py), markup (page.py).

UTF-8 is tried first because its form is its own proof: legacy Chinese bytes almost never happen to be valid UTF-8. Only
bytes that are not UTF-8 are weighed, by the share of everyday characters that each reading of them gives.
"""

from __future__ import annotations

from typing import NamedTuple

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab.layout import common_characters


class Unreadable(ValueError):
    """The bytes hold no article; `reason` says why in words for the person who has to replace the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Decoded(NamedTuple):
    """Text with line ends `\\n` and without byte-order mark, its encoding, and why that one was taken."""

    text: str
    encoding: str
    evidence: str


_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_FILE_KINDS = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"{\\rtf", "an RTF document"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
)
_CONTROLS = lazy_pattern("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NON_CHARACTERS = lazy_pattern(r"[\ud800-\udfff\ufffd\ufffe\uffff]")
_SUSPECT = lazy_pattern(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffd\ufffe\uffff]")
_BEYOND_TWO_BYTES = lazy_pattern("[^\x00-\u07ff]")
_SAMPLE = 60_000  # bytes weighed; longer texts do not change the verdict
# Everyday characters make up 0.45 to 0.75 of press prose under its own encoding and less than 0.1 under a wrong one.
_ENOUGH = 0.2
_CONTROL_SHARE = 200  # one control character in so many is taken as a slip of the site, more as binary data


def decoded(data: bytes) -> Decoded:
    """The text of `data`. Raises `Unreadable` if it is empty, binary, ridden with control characters or undecodable."""
    if not data:
        raise Unreadable("the file is empty")
    if data.isspace():
        raise Unreadable("the file holds nothing but white space")
    for magic, kind in _FILE_KINDS:
        if data.startswith(magic):
            raise Unreadable(f"the file is {kind}, not text or HTML")
    found = _marked(data) or _utf8(data) or _weighed(data)
    text = found.text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    _refuse_if_no_text(text)
    return found._replace(text=text)


def _marked(data: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data[len(mark) :].decode(encoding), encoding, "byte-order mark")
            except UnicodeDecodeError as error:
                raise Unreadable(
                    f"the file has the byte-order mark of {encoding} but is not valid {encoding} at byte {error.start}"
                ) from None
    return None


def _utf8(data: bytes) -> Decoded | None:
    if b"\0" in data:  # UTF-16 without a mark may be valid UTF-8 as long as it holds Latin characters only
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not text.isascii() and _BEYOND_TWO_BYTES.search(text) is None and _everyday_share(data, "gb18030") >= _ENOUGH:
        # A word or two of GB18030 may look like Greek or Cyrillic in UTF-8; no Chinese text does the reverse.
        return None
    return Decoded(text, "utf-8", "valid UTF-8")


def _weighed(data: bytes) -> Decoded:
    wide = ["utf-16-le", "utf-16-be"]
    candidates = wide if b"\0" in data else ["gb18030", "big5hkscs", *wide]
    best: tuple[float, str] = (0.0, "")
    for encoding in candidates:
        share = _everyday_share(data, encoding)
        if share > best[0]:
            best = (share, encoding)
    share, encoding = best
    if share < _ENOUGH:
        if b"\0" in data:
            raise Unreadable("the file is binary data: it holds zero bytes and is not UTF-16 text")
        raise Unreadable(_why_undecodable(data))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        reason = f"the file looks like {encoding} but is not valid at byte {error.start}: cut off or mixed"
        raise Unreadable(reason) from None
    name = {"big5hkscs": "big5"}.get(encoding, encoding)
    return Decoded(text, name, f"{share:.0%} everyday characters when read as {name}")


def _why_undecodable(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start * 2 > len(data) or error.start > _SAMPLE:
            return f"the file is UTF-8 at first but not valid at byte {error.start}: cut off or mixed"
    return "the file is in no encoding that gives Chinese text (tried UTF-8, GB18030, Big5, UTF-16)"


def _everyday_share(data: bytes, encoding: str) -> float:
    """Share of everyday characters among all that is not ASCII in the sample, read in `encoding`; 0 if it cannot be."""
    sample = data if len(data) <= _SAMPLE else data[:_SAMPLE]
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError as error:
        if len(data) <= _SAMPLE or error.start < _SAMPLE - 8:
            return 0.0
        text = sample[: error.start].decode(encoding)
    if encoding.startswith("utf-16"):
        foreign = [c for c in text if not "\t" <= c <= "\xff"]
    else:
        foreign = [c for c in text if c > "\x7f"]
    if not foreign:
        return 1.0 if text.isprintable() or "\n" in text else 0.0
    common = common_characters()
    return sum(c in common for c in foreign) / len(foreign)


def _refuse_if_no_text(text: str) -> None:
    if not text or text.isspace():
        raise Unreadable("the file holds nothing but white space")
    if _SUSPECT.search(text) is None:
        return
    controls = len(_CONTROLS.findall(text))
    if (controls * _CONTROL_SHARE > len(text) and controls > 1) or controls == len(text):
        raise Unreadable(f"the file is full of control characters ({controls} among {len(text)} characters)")
    lost = len(_NON_CHARACTERS.findall(text))
    if lost * 10 > len(text):
        raise Unreadable(f"the file is full of characters lost in an earlier conversion ({lost} of {len(text)})")
