"""New articles into the right batch folder below `data/raw/`, whole or not at all, and never over another file.

Belongs here: where an article goes, and putting it there.
Does not belong here: what a batch may be called (sources.py), what the article says (text/), loading it (run.py).
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date
from pathlib import Path
from secrets import token_hex
from stat import S_ISREG
from typing import NamedTuple


class Filed(NamedTuple):
    """Where an article lies now; `known` when the same bytes lay there before."""

    target: Path
    known: bool


class OtherFile(Exception):
    """A different file of that name is there already; `target` is its path."""

    def __init__(self, target: Path) -> None:
        super().__init__(str(target))
        self.target = target


def batch_of(published_on: date) -> str:
    """The batch of an article: the month in which it was published."""
    return f"{published_on.year:04d}-{published_on.month:02d}"


def filed(data: bytes, name: str, raw: Path, batch: str) -> Filed:
    """Put `data` into `raw/batch/name`, unless a file with the same bytes is in any batch already.

    Raises OtherFile rather than overwrite, OSError where the folder cannot be written.
    """
    if (known := _same_file(data, raw)) is not None:
        return Filed(known, known=True)
    folder = raw / batch
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    part = folder / f".{token_hex(8)}.part"
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, target)  # unlike a rename, this fails where the name is taken
        except FileExistsError:
            raise OtherFile(target) from None
        except OSError:  # a file system without hard links
            if target.exists():
                raise OtherFile(target) from None
            part.rename(target)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return Filed(target, known=False)


def _same_file(data: bytes, raw: Path) -> Path | None:
    """The first file of any batch that holds exactly `data`."""
    for folder, folders, names in os.walk(raw):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for path in (Path(folder, name) for name in sorted(names) if not name.startswith(".")):
            with suppress(OSError):
                if S_ISREG(path.lstat().st_mode) and path.stat().st_size == len(data) and path.read_bytes() == data:
                    return path
    return None
