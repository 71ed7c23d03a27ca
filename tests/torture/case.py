"""What a case of the torture is, and what it leaves in the table of docs/reliability.md.

Belongs here: the record of a case and of its outcome. Does not belong here: how a fault is made (the modules of cases).
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class NotHere(Exception):
    """This machine cannot make the fault; the text says what it lacks."""


class Outcome(NamedTuple):
    """How often what was tried or seen, what was lost (one line each; nothing where it is empty), and what was measured
    besides."""

    counts: dict[str, int]
    lost: list[str]
    seen: str = ""


class Case(NamedTuple):
    """A fault and what must hold. `run` is called with how often to try, and a source of chance that is the same every
    time; `quick` is how often `make test` tries it (0: not at all). `alone`: it measures time, and runs alone. `parts`:
    it may be cut into shares that are tried side by side."""

    name: str
    fault: str
    how: str
    run: Callable[[int, random.Random], Outcome]
    times: int
    quick: int = 0
    alone: bool = False
    parts: bool = False


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder, in memory where there is such a place: neither a kill nor a copy is slower for a disk."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="torture-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[None]:
    """A file system of so many bytes at `place`, gone afterwards. Raises NotHere where none can be mounted."""
    place.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        raise NotHere("only root can mount a small disk")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "torture", str(place)], capture_output=True, text=True
    )
    if made.returncode != 0:
        raise NotHere(f"nothing can be mounted here: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], capture_output=True)


def remounted(place: Path, options: str) -> None:
    """Mount what is at `place` again, with other options."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(place)], check=True, capture_output=True)
