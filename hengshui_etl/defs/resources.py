"""What the steps need from outside: where things lie, and who wants to hear of progress.

Belongs here: Dagster resources. Does not belong here: reading the environment (settings.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import dagster as dg

from hengshui_etl.settings import Settings, read_settings


class Project(NamedTuple):
    """The project that a run works on. `on_progress` is told the step, how much of it is done, and of how much."""

    settings: Settings
    on_progress: Callable[[str, int, int], None] = lambda step, done, total: None


@dg.resource(description="Paths of the project, from the environment: HENGSHUI_HOME, HENGSHUI_RAW, HENGSHUI_WAREHOUSE.")
def project(_context: dg.InitResourceContext) -> Project:
    return Project(read_settings())
