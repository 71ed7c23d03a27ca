"""What is a batch, what is a file, and that nothing but regular files is opened."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from hengshui_etl import sources
from hengshui_etl.sources import UNFILED, Changed, RawFile, batch_files, file_bytes, is_batch, raw_batches

posix = pytest.mark.skipif(os.name != "posix", reason="links and devices of POSIX")


def put(path: Path, data: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_batches_are_the_first_folders_that_hold_anything(tmp_path: Path) -> None:
    put(tmp_path / "2019-10" / "a.txt")
    put(tmp_path / "2019-09" / "deep" / "down" / "b.txt")
    put(tmp_path / "loose.txt")
    put(tmp_path / ".gitkeep")
    put(tmp_path / ".hidden" / "c.txt")
    put(tmp_path / "衡水" / "d.txt")
    (tmp_path / "empty" / "also").mkdir(parents=True)
    put(tmp_path / "only-hidden" / ".part")
    assert raw_batches(tmp_path) == ["2019-09", "2019-10", UNFILED, "衡水"]
    assert [file.path for file in batch_files(tmp_path, UNFILED)] == ["loose.txt"]
    assert [file.path for file in batch_files(tmp_path, "2019-09")] == ["2019-09/deep/down/b.txt"]


def test_a_folder_that_is_not_there_has_no_batches(tmp_path: Path) -> None:
    assert raw_batches(tmp_path / "none") == []
    assert list(batch_files(tmp_path, "none")) == []


def test_without_the_folder_nobody_is_told_that_a_batch_is_gone(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"none is not a folder.*HENGSHUI_RAW"):
        list(batch_files(tmp_path / "none", "x"))


@pytest.mark.parametrize("name", ["2019-10", "2019", "a b", "衡水", "v1.2", "x" * 100])
def test_names_of_batches(name: str) -> None:
    assert is_batch(name)


@pytest.mark.parametrize(
    "name", ["", ".x", "-x", "a/b", "..", "a...b", "a..b", "a\nb", "a,b", "a=b", "a ", "a.", "x" * 101, "a\u202eb"]
)
def test_names_that_are_no_batches(name: str, tmp_path: Path) -> None:
    assert not is_batch(name)


@posix
def test_files_of_other_folders_are_unfiled_and_not_lost(tmp_path: Path) -> None:
    put(tmp_path / "a,b" / "c.txt")
    assert raw_batches(tmp_path) == [UNFILED]
    assert [file.path for file in batch_files(tmp_path, UNFILED)] == ["a,b/c.txt"]


def test_files_have_size_and_hash_in_order_of_path(tmp_path: Path) -> None:
    put(tmp_path / "b" / "2.txt", b"two")
    put(tmp_path / "b" / "1.txt", b"")
    put(tmp_path / "b" / ".1.txt.swp", b"")
    assert list(batch_files(tmp_path, "b")) == [
        RawFile("b/1.txt", 0, hashlib.sha256(b"").hexdigest(), None),
        RawFile("b/2.txt", 3, hashlib.sha256(b"two").hexdigest(), None),
    ]


@posix
def test_links_pipes_and_sockets_are_listed_and_not_opened(tmp_path: Path) -> None:
    secret = put(tmp_path / "outside" / "secret.txt", b"secret")
    raw = tmp_path / "raw"
    (raw / "b").mkdir(parents=True)
    (raw / "b" / "file").symlink_to(secret)
    (raw / "b" / "folder").symlink_to(secret.parent)
    (raw / "b" / "nowhere").symlink_to("missing")
    (raw / "whole").symlink_to(secret.parent)
    os.mkfifo(raw / "b" / "pipe")
    assert raw_batches(raw) == ["b", UNFILED]
    files = [*batch_files(raw, "b"), *batch_files(raw, UNFILED)]
    assert [file.path for file in files] == ["b/file", "b/folder", "b/nowhere", "b/pipe", "whole"]
    assert all(file.problem and file.sha256 is None for file in files)
    with pytest.raises(OSError, match=r"regular|symbolic|symlink|levels"):
        file_bytes(raw, RawFile("b/file", 6, hashlib.sha256(b"secret").hexdigest(), None))
    with pytest.raises(OSError, match="regular"):
        file_bytes(raw, RawFile("b/pipe", 0, None, None))


@posix
@pytest.mark.parametrize("name", [b"\xff\xfe.txt", rb"a\xff.txt", rb"back\slash.txt", "换行\n.txt".encode()])
def test_any_name_can_be_written_and_read_back(tmp_path: Path, name: bytes) -> None:
    folder = tmp_path / "b"
    folder.mkdir()
    Path(os.fsdecode(os.path.join(os.fsencode(folder), name))).write_bytes(b"text")
    (file,) = batch_files(tmp_path, "b")
    file.path.encode("utf-8")
    assert file_bytes(tmp_path, file) == b"text"


def test_different_names_are_written_differently(tmp_path: Path) -> None:
    names = [b"\xff", rb"\xff", rb"\\xff", b"\\\xff"]
    assert len({sources._printable(os.fsdecode(name)) for name in names}) == len(names)


@pytest.mark.parametrize("size", [sources.MAX_BYTES, sources.MAX_BYTES + 1, sources.MAX_HASHED_BYTES + 1])
def test_what_is_too_large_is_not_an_article(tmp_path: Path, size: int) -> None:
    path = put(tmp_path / "b" / "big.txt")
    os.truncate(path, size)  # sparse: takes no room
    (file,) = batch_files(tmp_path, "b")
    assert file.size_bytes == size
    assert (file.problem is None) is (size <= sources.MAX_BYTES)
    assert (file.sha256 is None) is (size > sources.MAX_HASHED_BYTES)


def test_a_file_that_changed_since_it_was_listed_is_noticed(tmp_path: Path) -> None:
    path = put(tmp_path / "b" / "a.txt", b"before")
    (file,) = batch_files(tmp_path, "b")
    path.write_bytes(b"after!")
    with pytest.raises(Changed):
        file_bytes(tmp_path, file)


def test_a_file_without_permission_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "b" / "a.txt")

    def refused(path: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(sources, "_opened", refused)
    (file,) = batch_files(tmp_path, "b")
    assert file.problem == "it cannot be read: permission denied"


@posix
def test_very_deep_folders_are_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    depth = 1100  # deeper than Python recurses; a path of that length is still one that the system opens
    monkeypatch.chdir(tmp_path)
    os.mkdir("b")
    os.chdir("b")
    for _ in range(depth):
        os.mkdir("d")
        os.chdir("d")
    Path("deep.txt").write_bytes(b"x")
    try:
        assert raw_batches(tmp_path) == ["b"]
        (file,) = batch_files(tmp_path, "b")
        assert file.path == "b/" + "d/" * depth + "deep.txt"
    finally:  # pytest's own cleaning recurses
        os.unlink("deep.txt")
        for _ in range(depth):
            os.chdir("..")
            os.rmdir("d")
