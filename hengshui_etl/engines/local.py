"""The engine of one machine: as many processes as there are cores, or none for little work.

Belongs here: processes, and how they end. Does not belong here: what they do (segments.py).
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from typing import cast

from hengshui_etl import segments
from hengshui_etl.engines import EVERY_S, OnItems, quiet
from hengshui_etl.segments import Made, Work

WORTH_A_PROCESS = 2 * 2**20
"""With fewer bytes to examine, starting other processes would take longer than the work."""


class Local:
    """Makes segments on this machine, for a batch of so many bytes."""

    def __init__(self, size: int) -> None:
        self.processes = processes_for(size)

    def map(self, works: Iterable[Work], on_items: OnItems = quiet) -> Iterator[Made]:
        """What is made of each work, in order. No more works are held at a time than keep all processes busy."""
        if self.processes < 2:
            yield from made_here(works, Counting(on_items))
            return
        context = multiprocessing.get_context("spawn")
        done_by_all = cast("Synchronized[int]", context.Value("q", 0))
        counter = cast("ctypes.c_longlong", done_by_all.get_obj())
        with ProcessPoolExecutor(self.processes, context, _prepare, (done_by_all,)) as pool:
            waiting: deque[Future[Made]] = deque()

            def made() -> Made:
                while not wait([waiting[0]], EVERY_S).done:
                    on_items(counter.value)  # without its lock, with which a worker may have died
                on_items(counter.value)
                return waiting.popleft().result()

            try:
                for work in works:
                    with _out_of_reach():  # the first one starts the processes
                        waiting.append(pool.submit(_made, work))
                    if len(waiting) > self.processes + 1:
                        yield made()
                while waiting:
                    yield made()
            finally:
                for future in waiting:
                    future.cancel()


def made_here(works: Iterable[Work], done: Counting) -> Iterator[Made]:
    """What this process makes of each work, in order."""
    for work in works:
        made = segments.made_of(work, done.add)
        done.tell()
        yield made


class Counting:
    """Counts items, and tells now and then how many there were."""

    def __init__(self, on_items: OnItems) -> None:
        self._on_items, self._done, self._told = on_items, 0, time.monotonic()

    def add(self, count: int) -> None:
        """So many more."""
        self._done += count
        if time.monotonic() - self._told >= EVERY_S:
            self.tell()

    def tell(self) -> None:
        """Say it now."""
        self._told = time.monotonic()
        self._on_items(self._done)


@contextmanager
def _out_of_reach() -> Iterator[None]:
    """Processes that are started in the block never hear of Ctrl+C, not even before they can say so themselves; this
    one hears of it when the block ends."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def processes_for(size: int) -> int:
    """How many processes to use for so many bytes: HENGSHUI_PROCESSES, else one a core where it is worth it."""
    if (wanted := os.environ.get("HENGSHUI_PROCESSES", "")).isdigit() and int(wanted) > 0:
        return int(wanted)
    if size < WORTH_A_PROCESS:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_done: Synchronized[int]
"""In a worker: how many items all workers have done. A number in shared memory costs a microsecond an article, a
message of its own many times that."""


def _made(work: Work) -> Made:
    """In a worker: what is made of this."""

    def count(items: int) -> None:
        with _done.get_lock():
            _done.value += items

    return segments.made_of(work, count)


def _prepare(done: Synchronized[int]) -> None:
    """Let no worker outlive a parent that was killed, and none look for cycles, of which an examination leaves hardly
    any, every few hundred objects: that takes a tenth of the time."""
    global _done
    _done = done
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all of them; the parent ends them, in order
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
