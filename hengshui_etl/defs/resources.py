"""What the steps need from outside: where things lie, and who wants to hear of progress.

Belongs here: Dagster resources. Does not belong here: reading the environment (settings.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import dagster as dg

from hengshui_etl.settings import Settings, read_settings

EVERY_S = 10.0
"""A long step tells that often in the log of its run how far it is."""


class Project(NamedTuple):
    """The project that a run works on. `on_progress` is told the step, how much of it is done, and of how much;
    `remove_missing` says that batches may go though none of all lies in `data/raw` any more."""

    settings: Settings
    on_progress: Callable[[str, int, int], None] = lambda step, done, total: None
    remove_missing: bool = False


@dg.resource(description="Paths of the project, from the environment: HENGSHUI_HOME, HENGSHUI_RAW, HENGSHUI_WAREHOUSE.")
def project(context: dg.InitResourceContext) -> Project:
    log = context.log
    return Project(read_settings(), now_and_then(log.info if log is not None else lambda text: None))


def now_and_then(say: Callable[[str], object], every_s: float = EVERY_S) -> Callable[[str, int, int], None]:
    """What tells of progress, but no more often than every so many seconds, and nothing of what is done before that."""
    last = time.monotonic()

    def tell(step: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= every_s:
            last = time.monotonic()
            say(f"{step} {done}/{total}")

    return tell
