"""Where the files of the warehouse lie: a folder, or object storage. The one place that knows the difference.

Belongs here: reading, writing and listing whole files below a place, by their paths with `/`.
Does not belong here: which files there are (parts.py, staging.py), the DuckDB file, which is always on this machine.

A file comes to be there whole or not at all. In a folder it is written under a temporary name, forced to the disk and
renamed; in object storage an object is put, and what is moved is copied by the store and then removed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple, TypeVar

import pyarrow.fs as pafs  # type: ignore[import-untyped]
from pyarrow import NativeFile

from hengshui_etl.settings import is_object_storage

REQUESTS = 16
"""How many objects are put, moved or removed at a time."""

Value = TypeVar("Value")


class Entry(NamedTuple):
    """A file: how many bytes it has, and when it was written, in seconds since 1970."""

    size: int
    written: float


class Storage:
    """Files in object storage. Every method raises OSError where the store cannot do it."""

    def __init__(self, filesystem: pafs.FileSystem, base: str) -> None:
        self._filesystem, self._base = filesystem, base.rstrip("/")

    def address(self, path: str) -> str:
        """The path for people, and for programs that know the same storage."""
        return f"s3://{self._path(path)}"

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None if there is none."""
        try:
            with self._filesystem.open_input_stream(self._path(path)) as stream:
                data: bytes = stream.read()
                return data
        except FileNotFoundError:
            return None

    def opened(self, path: str) -> NativeFile:
        """A file to be read from any place in it. Raises FileNotFoundError."""
        return self._filesystem.open_input_file(self._path(path))

    def files(self, folder: str) -> dict[str, Entry]:
        """The files that lie right in a folder, by name."""
        found = self._listed(folder)
        return {
            each.base_name: Entry(each.size, each.mtime_ns / 1e9) for each in found if each.type == pafs.FileType.File
        }

    def folders(self, folder: str) -> list[str]:
        """The names of the folders that lie right in a folder, in order."""
        return sorted(each.base_name for each in self._listed(folder) if each.type == pafs.FileType.Directory)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files by path; each is there whole, or as it was before."""
        self._each(self._write, files.items())

    def move(self, paths: Iterable[tuple[str, str]]) -> None:
        """Move files, from where to where; what is there is replaced."""
        self._each(self._move, paths)

    def remove(self, paths: Iterable[str]) -> None:
        """Take files away; nothing happens where there is none."""
        self._each(self._remove, paths)

    def remove_folder(self, folder: str) -> None:
        """Take a folder away with all it holds; nothing happens where there is none."""
        selector = pafs.FileSelector(self._path(folder), allow_not_found=True)
        if self._filesystem.get_file_info(selector):
            self._filesystem.delete_dir(self._path(folder))

    def _path(self, path: str) -> str:
        return f"{self._base}/{path}"

    def _listed(self, folder: str) -> list[pafs.FileInfo]:
        found: list[pafs.FileInfo] = self._filesystem.get_file_info(
            pafs.FileSelector(self._path(folder), allow_not_found=True)
        )
        return found

    def _each(self, act: Callable[[Value], None], values: Iterable[Value]) -> None:
        with ThreadPoolExecutor(REQUESTS) as pool:
            for _ in pool.map(act, values):
                pass

    def _write(self, file: tuple[str, bytes]) -> None:
        path, data = file
        with self._filesystem.open_output_stream(self._path(path)) as stream:
            stream.write(data)

    def _move(self, paths: tuple[str, str]) -> None:
        source, target = paths
        self._filesystem.copy_file(self._path(source), self._path(target))
        self._filesystem.delete_file(self._path(source))

    def _remove(self, path: str) -> None:
        with suppress(FileNotFoundError):
            self._filesystem.delete_file(self._path(path))


class Folder(Storage):
    """Files in a folder of this machine."""

    def __init__(self, base: Path) -> None:
        super().__init__(pafs.LocalFileSystem(), str(base))

    def address(self, path: str) -> str:
        return self._path(path)

    def write(self, files: Mapping[str, bytes]) -> None:
        super().write(files)
        for folder in {os.path.dirname(self._path(path)) for path in files}:
            to_disk(folder)

    def move(self, paths: Iterable[tuple[str, str]]) -> None:
        wanted = list(paths)
        super().move(wanted)
        for folder in {os.path.dirname(self._path(path)) for _, path in wanted}:
            to_disk(folder)

    def remove_folder(self, folder: str) -> None:
        path = self._path(folder)
        if os.path.isdir(path):
            shutil.rmtree(path)
            to_disk(os.path.dirname(path))

    def _each(self, act: Callable[[Value], None], values: Iterable[Value]) -> None:
        for value in values:
            act(value)

    def _write(self, file: tuple[str, bytes]) -> None:
        path, data = self._path(file[0]), file[1]
        folder = os.path.dirname(path)
        os.makedirs(folder, exist_ok=True)
        part = os.path.join(folder, f".{token_hex(8)}.part")
        try:
            with open(part, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(part, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(part)
            raise

    def _move(self, paths: tuple[str, str]) -> None:
        source, target = map(self._path, paths)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.replace(source, target)

    def _remove(self, path: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self._path(path))


@cache
def storage_of(place: Path | str) -> Storage:
    """The storage at a folder, or at `s3://bucket/prefix`, with `?endpoint_override=…&scheme=…&region=…` behind it
    where that is needed; credentials come from the environment as with all programs of AWS. Raises ValueError for
    another address, OSError."""
    if isinstance(place, str) and is_object_storage(place):
        return Storage(*pafs.FileSystem.from_uri(place))
    return Folder(Path(place))


def to_disk(path: Path | str) -> None:
    """Force a file or a folder's entries to the disk."""
    if os.name == "nt" and os.path.isdir(path):  # a folder cannot be opened there
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
