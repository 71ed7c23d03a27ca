"""What raw files hashed to when they were last read, so that they are not read again to see that nothing changed.

Belongs here: a SQLite file, and when it may be believed. Does not belong here: which files there are (sources.py).

A file is known again by its size, its times, its inode and its device, as git does it. A file that was touched within
the last seconds before it was read may be written to again without any of these changing: what it hashed to is not
remembered. It is a memory and no more: without it, or where it cannot be read or written, all files are read. Whoever
has to be sure (`verify`, `rebuild --batch`) does not ask it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FILE = "hashes.sqlite"
"""Its name, in the folder of the warehouse."""

RACY_NS = 3 * 10**9
"""The clocks of file systems tick at most so many nanoseconds apart."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    batch TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL, ctime INTEGER NOT NULL,
    inode TEXT NOT NULL, device TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (batch, path)
) WITHOUT ROWID
"""
_Look = tuple[int, int, int, str, str]
_Row = tuple[str, int, int, int, str, str, str]


class Hashes:
    """The memory for the files of one batch, which are asked for in order of path: it is read once, from the first to
    the last, and not held."""

    def __init__(self, connection: sqlite3.Connection | None, batch: str) -> None:
        self._connection, self._batch = connection, batch
        self._new: list[tuple[object, ...]] = []
        self._gone: list[tuple[str, str]] = []
        sql = "SELECT path, size, mtime, ctime, inode, device, sha256 FROM files WHERE batch = ? ORDER BY path"
        self._rows: Iterator[_Row] = iter(() if connection is None else connection.execute(sql, (batch,)))
        self._next: _Row | None = next(self._rows, None)

    def find(self, path: str, about: os.stat_result) -> str | None:
        """The SHA-256 of a file that looks like that, if it is known."""
        self._pass(path)
        if self._next is None or self._next[0] != path:
            return None
        _, *look, sha256 = self._next
        self._next = next(self._rows, None)
        if tuple(look) == _look(about):
            return str(sha256)
        self._gone.append((self._batch, path))
        return None

    def _pass(self, path: str | None) -> None:
        """Go on to this path, or to the end: what is passed is not there any more."""
        while self._next is not None and (path is None or self._next[0] < path):
            self._gone.append((self._batch, self._next[0]))
            self._next = next(self._rows, None)

    def note(self, path: str, before: os.stat_result, after: os.stat_result, began_ns: int, sha256: str) -> None:
        """Remember what a file hashed to that looked like this before and after it was read, from that moment on."""
        touched = max(before.st_mtime_ns, before.st_ctime_ns)
        if _look(before) == _look(after) and touched < began_ns - RACY_NS:
            self._new.append((self._batch, path, *_look(before), sha256))

    def keep(self) -> None:
        """Write down what was noted, after the last file of the batch; forget what is not there any more."""
        self._pass(None)
        if self._connection is None or not (self._new or self._gone):
            return
        with suppress(sqlite3.Error), self._connection:
            self._connection.executemany("DELETE FROM files WHERE batch = ? AND path = ?", self._gone)
            self._connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)", self._new)


def _look(about: os.stat_result) -> _Look:
    """How a file looks from outside. Inodes may be larger than what SQLite takes for a number."""
    return about.st_size, about.st_mtime_ns, about.st_ctime_ns, str(about.st_ino), str(about.st_dev)


@contextmanager
def hashes(path: Path | None, batch: str) -> Iterator[Hashes]:
    """The memory at a path; one that knows nothing where there is no path, or none can be there."""
    connection = None
    if path is not None:
        with suppress(OSError, sqlite3.Error):
            connection = _opened(path)
    try:
        yield Hashes(connection, batch)
    finally:
        if connection is not None:
            connection.close()


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=5)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_SCHEMA)
        connection.execute("SELECT batch, path, size, mtime, ctime, inode, device, sha256 FROM files LIMIT 0")
    except sqlite3.DatabaseError as error:
        connection.close()
        if not isinstance(error, sqlite3.OperationalError):  # no database at all; one that is merely held stays
            path.unlink(missing_ok=True)
        raise
    return connection
