"""What lies under `data/raw/`: batches, files, hashes. Only reads, and opens nothing but regular files.

Belongs here: which folders are batches, which entries are files and which are refused (links, devices), bytes and their
hashes. Does not belong here: what the bytes say (text/), what becomes of what was refused (loading.py).

The folder holds what people put there, so nothing is followed out of it: a link is not opened, wherever it leads.
Names that begin with a dot are not articles (editors and copying programs write those first and rename them).
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from hengshui_etl.bulk import is_bulk
from hengshui_etl.hashes import Hashes, hashes

UNFILED = "unfiled"
"""The batch of files that lie in no folder of `data/raw/`, or in one whose name cannot be a batch."""

MAX_BYTES = 16 * 2**20
"""A larger file is no article; its text alone would be longer than a novel."""

MAX_HASHED_BYTES = 2**30
"""Of files that are larger still (a sparse file costs its writer nothing) not even the hash is made."""

MAX_BULK_BYTES = 16 * 2**30
"""A larger file of many articles is to be cut: it is read as a whole at every change."""

_CHUNK = 2**20

# Dagster refuses control characters and `...` in partition keys; the others have a meaning in ranges, selections and
# paths. What is left reads well in a path, a URL and a query in any language.
_BATCH = re.compile(r"\w[\w.\- ]{0,99}")


FILE_OF_RECORD = r"(?is)^(.*?\.(?:jsonl(?:\.(?:gz|zst))?|parquet|warc(?:\.gz)?))#"
"""`a.jsonl#5` is what the fifth record of `a.jsonl` is called; no file may have a name like that."""


class RawFile(NamedTuple):
    r"""An entry of a batch. `path` is its place below `data/raw/` with `/`; in names, bytes that are no UTF-8 are
    written as `\xff`, and a backslash twice. `problem` says why it was not opened."""

    path: str
    size_bytes: int | None
    sha256: str | None
    problem: str | None


class Changed(Exception):
    """The file is not what it was when it was listed."""


class RawMissing(OSError):
    """The folder of raw files is not there: a disk that is not mounted or a path that is wrong, and never a reason to
    take batches away."""

    def __init__(self, raw: Path) -> None:
        super().__init__(
            f"{raw} is not a folder, but the warehouse holds batches that were made from it; nothing was removed. Mount"
            " the disk, or correct HENGSHUI_RAW; if the batches are to go, put an empty folder there"
        )


class BatchesMissing(OSError):
    """None of several batches that the warehouse holds lies in the folder of raw files any more: more likely the empty
    mount point of a disk than a wish to take all of them away."""

    def __init__(self, raw: Path, held: int) -> None:
        super().__init__(
            f"none of the {held} batches in the warehouse lies in {raw} any more; nothing was removed. Mount the disk,"
            " or correct HENGSHUI_RAW; if all of them are to go: hengshui-etl run --remove-missing"
        )


def is_batch(name: str) -> bool:
    """Whether a folder of this name is a batch: letters of any script, digits, dot, dash, underscore, inner blanks."""
    return _BATCH.fullmatch(name) is not None and ".." not in name and not name.endswith((" ", "."))


def batch_of(path: str) -> str:
    """The batch of a file by its path below `data/raw/`, and so of an article by its id."""
    head, slash, _ = path.partition("/")
    return head if slash and is_batch(head) else UNFILED


def raw_batches(raw: Path) -> list[str]:
    """The batches that hold at least one entry, in order of name; none if the folder is not there."""
    return sorted({_batch_of(entry) for entry in _entries(raw) if next(_below([(entry.name, entry)]), None)})


class Traces(NamedTuple):
    """How the files of a batch look from outside: a hash over their names, sizes and times, and when the last of them
    was touched, in seconds since 1970."""

    digest: str
    touched: float


def traces(raw: Path) -> dict[str, Traces]:
    """The traces of every batch, without opening a file: equal traces, nothing new."""
    found: dict[str, Traces] = {}
    by_batch: dict[str, list[tuple[str, os.DirEntry[str]]]] = {}
    for entry in _entries(raw):
        by_batch.setdefault(_batch_of(entry), []).append((entry.name, entry))
    for batch, entries in by_batch.items():
        lines, touched = [], 0.0
        for name, path in _below(entries):
            try:
                about = os.lstat(path)
            except OSError:  # gone since it was listed: the next look sees another batch
                continue
            lines.append(f"{name}\0{about.st_mode}\0{about.st_size}\0{about.st_mtime_ns}\0{about.st_ino}")
            touched = max(touched, about.st_mtime, about.st_ctime)
        if lines:
            found[batch] = Traces(hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest(), touched)
    return found


def batch_files(raw: Path, batch: str, memory: Path | None = None) -> Iterator[RawFile]:
    """The files of a batch with size and hash, in order of path; none for a batch that is not there. `memory` is a file
    (see hashes.py) that tells what files hashed to that look as they did; without it all are read. Raises RawMissing
    where there is no folder of raw files at all."""
    if not raw.is_dir():
        raise RawMissing(raw)
    found = sorted(_below(_batch_entries(raw, batch)))
    with hashes(memory, batch) as known:
        for name, path in found:
            yield _described(name, path, known)
        known.keep()


def has_files(raw: Path, batch: str) -> bool:
    """Whether anything lies in a batch."""
    return next(_below(_batch_entries(raw, batch)), None) is not None


def file_bytes(raw: Path, file: RawFile) -> bytes:
    """The bytes of a listed file. Raises Changed if they are no longer those that were listed, OSError."""
    with open(_opened(os.path.join(os.fsencode(raw), _real(file.path))), "rb") as stream:
        data = stream.read(MAX_BYTES + 1)
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise Changed
    return data


@contextmanager
def bulk_stream(raw: Path, file: RawFile) -> Iterator[BinaryIO]:
    """A listed file of many articles, to be read. Raises Changed if its bytes are not (or, in the end, no longer) those
    that were listed, OSError."""
    with open(_opened(os.path.join(os.fsencode(raw), _real(file.path))), "rb") as stream:
        if _hashed(stream)[0] != file.sha256:
            raise Changed
        before = os.fstat(stream.fileno())
        stream.seek(0)
        yield stream
        after = os.fstat(stream.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise Changed


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _batch_entries(raw: Path, batch: str) -> list[tuple[str, os.DirEntry[str]]]:
    """What lies right in a batch, with its path below raw; without looking at the other batches, if that can be."""
    folder = os.path.join(raw, batch)
    if batch != UNFILED and is_batch(batch):
        with suppress(OSError):  # gone, or may not be listed: then it is an entry itself
            return (
                [(f"{batch}/{e.name}", e) for e in _entries(folder)] if stat.S_ISDIR(os.lstat(folder).st_mode) else []
            )
    return [(entry.name, entry) for entry in _entries(raw) if _batch_of(entry) == batch]


def _batch_of(entry: os.DirEntry[str]) -> str:
    return entry.name if entry.is_dir(follow_symlinks=False) and is_batch(entry.name) else UNFILED


def _below(waiting: list[tuple[str, os.DirEntry[str]]]) -> Iterator[tuple[str, str]]:
    """Printable path below raw and real path of everything that is not a folder, at any depth."""
    while waiting:
        name, entry = waiting.pop()
        if entry.is_dir(follow_symlinks=False):
            try:
                inside = _entries(entry.path)
            except OSError:  # a folder that may not be listed is itself what is described, with the reason
                yield _printable(name), entry.path
                continue
            waiting += [(f"{name}/{inner.name}", inner) for inner in inside]
        else:
            yield _printable(name), entry.path


def _printable(name: str) -> str:
    return os.fsencode(name).replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")


def _real(printable: str) -> bytes:
    return re.sub(
        rb"\\(?:\\|x([0-9a-f]{2}))",
        lambda found: bytes.fromhex(found[1].decode()) if found[1] else b"\\",
        printable.encode(),
    )


def _opened(path: bytes | str) -> int:
    """A file descriptor of a regular file; nothing is followed, and nothing waits for the other end of a FIFO."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("it is no regular file")
    return descriptor


def _described(name: str, path: str, known: Hashes) -> RawFile:
    try:
        about = os.lstat(path)
        mode = about.st_mode
        if stat.S_ISLNK(mode):
            return RawFile(name, None, None, "it is a symbolic link, and links are not followed")
        if stat.S_ISDIR(mode):
            return RawFile(name, None, None, "the folder cannot be listed: permission denied")
        if not stat.S_ISREG(mode):
            return RawFile(name, None, None, "it is no regular file")
        if "#" in name and re.match(FILE_OF_RECORD, name):
            return RawFile(name, None, None, "its name is like that of a record of another file: rename it (#)")
        most = MAX_BULK_BYTES if is_bulk(name) else MAX_BYTES
        if (remembered := known.find(name, about)) is not None:
            size = about.st_size
            return RawFile(name, size, remembered, _too_large(size, most) if size > most else None)
        began = time.time_ns()
        with open(_opened(path), "rb") as stream:
            before = os.fstat(stream.fileno())
            if before.st_size > max(most, MAX_HASHED_BYTES):
                return RawFile(name, before.st_size, None, _too_large(before.st_size, most))
            digest, size = _hashed(stream)
            known.note(name, before, os.fstat(stream.fileno()), began, digest)
        return RawFile(name, size, digest, _too_large(size, most) if size > most else None)
    except OSError as error:
        return RawFile(name, None, None, f"it cannot be read: {(error.strerror or str(error)).lower()}")


def _hashed(stream: BinaryIO) -> tuple[str, int]:
    """SHA-256 and size of what follows in a stream."""
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _too_large(size: int, most: int) -> str:
    what = "for a file of many articles" if most == MAX_BULK_BYTES else "for an article"
    return f"it is too large {what}: {size} bytes, and the limit is {most}"
