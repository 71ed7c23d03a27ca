"""What raw files hashed to is remembered as git remembers it, and believed no further."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from pathlib import Path

import pytest

from hengshui_etl import sources
from hengshui_etl.hashes import FILE, hashes
from hengshui_etl.sources import RawFile, batch_files


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "b").mkdir(parents=True)
    for name in ("1.txt", "2.txt"):
        (folder / "b" / name).write_bytes(name.encode())
    return folder


@pytest.fixture(autouse=True)
def _at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of these tests are as old as if they had been written a minute before they are read."""
    real = time.time_ns
    monkeypatch.setattr(sources.time, "time_ns", lambda: real() + 60 * 10**9)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were opened."""
    opened: list[str] = []
    original = sources._opened

    def noted(path: str) -> int:
        opened.append(os.path.basename(path))
        return original(path)

    monkeypatch.setattr(sources, "_opened", noted)
    return opened


def look(raw: Path, memory: Path | None) -> dict[str, RawFile]:
    return {file.path: file for file in batch_files(raw, "b", memory)}


def test_what_did_not_change_is_not_read_again(raw: Path, tmp_path: Path, read: list[str]) -> None:
    memory = tmp_path / FILE
    first = look(raw, memory)
    assert sorted(read) == ["1.txt", "2.txt"]
    read.clear()
    assert look(raw, memory) == first
    assert read == []
    (raw / "b" / "1.txt").write_bytes(b"other")
    (raw / "b" / "2.txt").unlink()
    (raw / "b" / "3.txt").write_bytes(b"3.txt")
    changed = look(raw, memory)
    assert sorted(read) == ["1.txt", "3.txt"]
    assert changed["b/1.txt"].sha256 == hashlib.sha256(b"other").hexdigest()
    with sqlite3.connect(memory) as connection:
        assert connection.execute("SELECT path FROM files ORDER BY path").fetchall() == [("b/1.txt",), ("b/3.txt",)]


def test_same_size_and_time_do_not_deceive(raw: Path, tmp_path: Path) -> None:
    """Whoever sets the time of change back cannot set back that of the inode; another file has another inode."""
    memory, file = tmp_path / FILE, raw / "b" / "1.txt"
    look(raw, memory)
    about = file.stat()
    file.write_bytes(b"2.txt")
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert look(raw, memory)["b/1.txt"].sha256 == hashlib.sha256(b"2.txt").hexdigest()


def test_a_file_that_was_just_touched_is_read_again(
    raw: Path, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be written to once more without its size or times telling: the clocks of file systems are coarse."""
    monkeypatch.setattr(sources.time, "time_ns", lambda: (raw / "b" / "1.txt").stat().st_ctime_ns + 10**9)
    for _ in range(2):
        read.clear()
        look(raw, tmp_path / FILE)
        assert sorted(read) == ["1.txt", "2.txt"]


def test_without_a_memory_everything_is_read(raw: Path, tmp_path: Path, read: list[str]) -> None:
    """`verify` trusts nothing that is remembered; and nothing is lost with it."""
    memory = tmp_path / FILE
    look(raw, memory)
    with sqlite3.connect(memory) as connection:
        connection.execute("UPDATE files SET sha256 = 'wrong'")
    assert {file.sha256 for file in look(raw, memory).values()} == {"wrong"}
    whole = look(raw, None)
    assert whole["b/1.txt"].sha256 == hashlib.sha256(b"1.txt").hexdigest()
    memory.write_bytes(b"this is no database" * 100)
    for _ in range(2):
        assert look(raw, memory) == whole
    read.clear()
    assert look(raw, memory) == whole
    assert read == [], "what is no memory makes room for one"
    with hashes(raw / "b" / "1.txt" / "below a file", "b") as nothing:
        assert nothing.find("b/1.txt", os.stat(raw)) is None
