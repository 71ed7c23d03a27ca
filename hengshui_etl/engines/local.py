"""The engine of one machine: as many processes as there are cores, or none for little work.

Belongs here: processes, and how they end. Does not belong here: what they do (segments.py).
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager

from hengshui_etl import segments
from hengshui_etl.segments import Made, Work

WORTH_A_PROCESS = 2 * 2**20
"""With fewer bytes to examine, starting other processes would take longer than the work."""


class Local:
    """Makes segments on this machine, for a batch of so many bytes."""

    def __init__(self, size: int) -> None:
        self.processes = processes_for(size)

    def map(self, works: Iterable[Work]) -> Iterator[Made]:
        """What is made of each work, in order. No more works are held at a time than keep all processes busy."""
        if self.processes < 2:
            for work in works:
                yield segments.made_of(work)
            return
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self.processes, context, initializer=_prepare) as pool:
            waiting: deque[Future[Made]] = deque()
            try:
                for work in works:
                    with _out_of_reach():  # the first one starts the processes
                        waiting.append(pool.submit(segments.made_of, work))
                    if len(waiting) > self.processes + 1:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()


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


def _prepare() -> None:
    """Let no worker outlive a parent that was killed, and none look for cycles, of which an examination leaves hardly
    any, every few hundred objects: that takes a tenth of the time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all of them; the parent ends them, in order
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
