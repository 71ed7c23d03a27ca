"""Killed at any point: the process group of a load ends by SIGKILL, again and again.

Belongs here: kills. Does not belong here: faults of disks and files (disk.py, damage.py).

The project goes to and fro between two generations of its articles. Every load is killed after a time between none and
what it takes to its end; every second time the one that follows is killed as well. Then one comes to its end.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.torture import warm
from tests.torture.case import Case, Outcome, scratch
from tests.torture.project import (
    ARTICLES,
    BATCHES,
    Generation,
    Project,
    State,
    aged,
    between,
    litter,
    other_than,
    state,
    unclear,
    write_raw,
)

AGAIN = 0.5
"""How often a load that follows a killed one is killed too."""

FROM_NOTHING = 0.15
"""How often the first load of all is what is killed."""

NOTHING = State({}, {})


class Way(NamedTuple):
    """A way to run a load: to its end, returning what was wrong, and to be killed after so many seconds, returning
    whether it was still running."""

    whole: Callable[[Project], list[str]]
    killed: Callable[[Project, float], bool]


def _whole_steps(project: Project) -> list[str]:
    return unclear(warm.run(project))


def _killed_steps(project: Project, after: float) -> bool:
    started = warm.Warm(project)
    time.sleep(after)
    return started.kill()


def _whole_run(project: Project) -> list[str]:
    return unclear(warm.run(project, "run"))


def _killed_run(project: Project, after: float) -> bool:
    started = warm.Warm(project, "run")
    time.sleep(after)
    return started.kill()


def _whole_command(project: Project) -> list[str]:
    return unclear(project.run("run"))


def _killed_command(project: Project, after: float) -> bool:
    process = project.start("run", HENGSHUI_PROCESSES="2")
    time.sleep(after)
    alive = process.poll() is None
    if alive:
        os.killpg(process.pid, 9)
    process.communicate()
    return alive


STEPS, RUN, COMMAND = (
    Way(_whole_steps, _killed_steps),
    Way(_whole_run, _killed_run),
    Way(_whole_command, _killed_command),
)


def kills(way: Way, times: int, chance: random.Random) -> Outcome:
    """So many kills, and what was lost."""
    with scratch() as folder:
        warm.loaded(folder)
        states, length = _undisturbed(way, folder)
        project = Project(folder / "tried")
        lost: list[str] = []
        done = attempts = completed = old_seen = new_seen = 0
        goal: Generation = "a"
        before = NOTHING
        while done < times and attempts < 3 * times and len(lost) < 10:
            if before == NOTHING or chance.random() < FROM_NOTHING:
                _emptied(project)
                before = NOTHING
            goal = "b" if goal == "a" else "a"
            write_raw(project, goal)
            while True:
                attempts += 1
                moment = chance.uniform(0, length * 1.05)
                if not way.killed(project, moment):
                    break
                done += 1
                if wrong := between(project, before, states[goal]):
                    lost += [f"kill {done} after {moment:.2f} s of {length:.2f} s: {each}" for each in wrong]
                now = state(project).rows if not wrong else {}
                for batch, rows in states[goal].rows.items():
                    new_seen += now.get(batch) == rows
                    old_seen += now.get(batch) != rows
                if done >= times or chance.random() >= AGAIN:
                    break
            aged(project.warehouse)
            wrong = way.whole(project) or other_than(project, states[goal])
            wrong += [f"left behind: {each}" for each in litter(project.warehouse)]
            lost += [f"the load after kill {done}: {each}" for each in wrong]
            completed += 1
            before = states[goal]
        counts = {"kills": done, "loads after them": completed, "batches found old": old_seen}
        return Outcome(counts | {"batches found new": new_seen}, lost)


def _undisturbed(way: Way, folder: Path) -> tuple[dict[Generation, State], float]:
    """What the warehouse holds of each generation when nobody disturbs it, and how long a load takes."""
    project = Project(folder / "undisturbed")
    found: dict[Generation, State] = {}
    length = 0.0
    generations: tuple[Generation, ...] = ("a", "b")
    for generation in generations:
        write_raw(project, generation)
        began = time.monotonic()
        if wrong := way.whole(project):
            raise RuntimeError(f"the load fails without any fault: {wrong}")
        length = time.monotonic() - began
        found[generation] = state(project)
    return found, length


def _emptied(project: Project) -> None:
    for place in (project.warehouse, project.dagster_home):
        shutil.rmtree(place, ignore_errors=True)


HOW = (
    "after each, DuckDB, Parquet, pages and SQLite open and every batch is old or new; after the next load all is, byte"
    " for byte, as if nobody had disturbed it, and what was left behind is gone once it is 6 hours old"
)


def _case(name: str, fault: str, how: str, way: Way, times: int, quick: int = 0) -> Case:
    return Case(name, fault, f"{how}; {HOW}", lambda count, chance: kills(way, count, chance), times, quick, parts=True)


CASES = [
    _case(
        "kill-steps",
        "kill -9 at a random point of a load",
        f"The steps of a load over {len(BATCHES)} batches ({ARTICLES} articles), forked from the loaded program",
        STEPS,
        170,
        quick=3,
    ),
    _case(
        "kill-run",
        "kill -9 at a random point of `hengshui-etl run`",
        "The same with the whole command, Dagster included, forked from the loaded program",
        RUN,
        30,
    ),
    _case(
        "kill-command",
        "kill -9 of the process group of `hengshui-etl run` with two workers",
        "The same with the installed command from its start",
        COMMAND,
        12,
    ),
]
