"""Turns at a file that one program at a time may write: who waits, and for whom.

Belongs here: advisory locks on small files beside the real one. Does not belong here: the lock that the database itself
takes on its file (warehouse.py), which alone keeps readers and writers apart.

The locks are the system's: they go with the process that holds them, however it ends. Where the system or the file
system has none, or the folder may not be written to, everything goes on without them.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

PAUSE_S = 0.05


class Taken(Exception):
    """Somebody else has the turn, and kept it until the deadline."""


@contextmanager
def turn(path: Path, deadline: float) -> Iterator[None]:
    """Hold the lock on `path`, which is made where it is not there, as long as the block runs. Waits for others until
    the deadline (of `time.monotonic`), then raises Taken."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError:
        yield
        return
    try:
        while not _locked(descriptor, exclusively=True):
            if time.monotonic() + PAUSE_S > deadline:
                raise Taken(str(path))
            time.sleep(PAUSE_S)
        yield
    finally:
        os.close(descriptor)


def let_pass(path: Path, patience: float) -> None:
    """Wait as long as somebody holds the lock on `path`, but no longer than `patience` seconds."""
    deadline = time.monotonic() + patience
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            while not _locked(descriptor, exclusively=False) and time.monotonic() < deadline:
                time.sleep(PAUSE_S)
        finally:
            os.close(descriptor)


def _locked(descriptor: int, *, exclusively: bool) -> bool:
    """Try to lock; whether that is done, or cannot be done here at all."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusively else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
