"""Articles are filed whole or not at all, once, and never over another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from hengshui_etl.filing import Filed, OtherFile, batch_of, filed
from hengshui_etl.sources import is_batch


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def test_the_batch_is_the_month() -> None:
    assert batch_of(date(2019, 1, 31)) == "2019-01"
    assert is_batch(batch_of(date(201, 1, 31)))


def test_a_new_file_then_the_same_then_another(tmp_path: Path) -> None:
    target = tmp_path / "2019-10/a.txt"
    assert filed(b"one", "a.txt", tmp_path, "2019-10") == Filed(target, known=False)
    assert filed(b"one", "other name.txt", tmp_path, "2019-11") == Filed(target, known=True)
    with pytest.raises(OtherFile):
        filed(b"two", "a.txt", tmp_path, "2019-10")
    assert list(files(tmp_path)) == [target]
    assert target.read_bytes() == b"one"


def test_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    filed(b"one", "a.txt", tmp_path, "b")
    with pytest.raises(OtherFile):
        filed(b"two", "a.txt", tmp_path, "b")
    assert [path.read_bytes() for path in files(tmp_path)] == [b"one"]


def test_of_many_at_once_one_is_filed_and_nothing_is_left_behind(tmp_path: Path) -> None:
    contents = [bytes([65 + n]) * 100_000 for n in range(8)]

    def attempt(data: bytes) -> bytes | None:
        try:
            filed(data, "a.txt", tmp_path, "b")
        except OtherFile:
            return None
        return data

    with ThreadPoolExecutor(8) as pool:
        won = [data for data in pool.map(attempt, contents) if data is not None]
    assert [path.read_bytes() for path in files(tmp_path)] == won
    assert len(won) == 1


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        filed(b"one", "a.txt", tmp_path, "b")
    assert list(files(tmp_path)) == []
