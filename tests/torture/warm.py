"""The program, loaded and ready to be forked, so that hundreds of runs do not wait for imports.

Belongs here: what is loaded before the fork, and what a forked process does: the whole command, or the steps of a run
without Dagster around them. Does not belong here: when it is killed (killing.py).

What runs in a forked process is the program itself, by its own entry point; only the imports were done before.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from tests.torture.project import Done, Project, patient

MODULES = [
    "hengshui_etl.run",
    "hengshui_etl.commands",
    "hengshui_etl.cli",
    "hengshui_etl.report.build",
    "hengshui_etl.alerts.channels",
    "apprise",
    "duckdb",
    "dagster._core.storage.event_log.sqlite.sqlite_event_log",
    "dagster._core.storage.runs.sqlite.sqlite_run_storage",
    "dagster._core.storage.schedules.sqlite.sqlite_schedule_storage",
    "dagster._core.executor.in_process",
    "tests.torture.preloaded",
    "tests.torture.warm",
]

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(MODULES)


class Warm:
    """A process that was forked from the loaded program, in a process group of its own."""

    def __init__(self, project: Project, *arguments: str, **more: str) -> None:
        self.out, self.err = project.home / ".out", project.home / ".err"
        self.began = time.monotonic()
        self.process: ForkServerProcess = context.Process(
            target=_command if arguments else _steps,
            args=(arguments, {**project.environment, **more}, str(project.home), str(self.out), str(self.err)),
        )
        self.process.start()

    def kill(self) -> bool:
        """Kill the whole group at once; whether it was still there."""
        alive = self.process.exitcode is None
        assert self.process.pid is not None
        for end in (os.killpg, os.kill):  # it may not have come to make its group
            with suppress(ProcessLookupError):
                end(self.process.pid, signal.SIGKILL)
        self.process.join()
        return alive and self.process.exitcode == -signal.SIGKILL

    def ended(self, patience: float = 120) -> Done:
        """How it ended; killed when it takes too long."""
        self.process.join(max(0.0, self.began + patient(patience) - time.monotonic()))
        code = self.process.exitcode
        if code is None:
            self.kill()
        texts = [path.read_text("utf-8", "replace") if path.exists() else "" for path in (self.out, self.err)]
        return Done(code, texts[0], texts[1], time.monotonic() - self.began)


def run(project: Project, *arguments: str, patience: float = 120, **more: str) -> Done:
    """A command to its end; without arguments the steps of a run."""
    return Warm(project, *arguments, **more).ended(patience)


def _prepared(environment: Mapping[str, str], home: str, out: str, err: str) -> None:
    os.setsid()
    for number, path in ((1, out), (2, err)):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(descriptor, number)
        os.close(descriptor)
    for name in [name for name in os.environ if name.startswith(("HENGSHUI_", "DAGSTER_"))]:
        del os.environ[name]
    os.environ.update(environment)
    os.chdir(home)


def _command(arguments: tuple[str, ...], environment: Mapping[str, str], home: str, out: str, err: str) -> None:
    _prepared(environment, home, out, err)
    from hengshui_etl.cli import main

    sys.argv = ["hengshui-etl", *arguments]
    main()


def _steps(_: tuple[str, ...], environment: Mapping[str, str], home: str, out: str, err: str) -> None:
    """What the assets of a run do, batch by batch (defs/assets.py)."""
    _prepared(environment, home, out, err)
    from hengshui_etl import loading, sources, warehouse
    from hengshui_etl.report.build import build_report
    from hengshui_etl.settings import read_settings

    settings = read_settings()
    for batch in sorted({*sources.raw_batches(settings.raw), *warehouse.stored_batches(settings.warehouse)}):
        loading.list_batch(settings, batch)
        loading.examine_batch(settings, batch)
        warehouse.load_batch(settings.database, settings.warehouse, batch)
        build_report(settings, [batch])


def loaded(folder: Path) -> None:
    """Wait until the program is loaded; the first fork is not measured then."""
    run(Project(folder / "warm"), "--version")
