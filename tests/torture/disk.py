"""The machine lets the program down: a full disk, a folder that may not be written to, a clock that goes backwards.

Belongs here: faults of disks, permissions and clocks. Does not belong here: damaged files (damage.py).

A small file system is mounted for it, which takes root; another user's files are those of root.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

from tests.torture import warm
from tests.torture.case import Case, NotHere, Outcome, remounted, scratch, small_disk
from tests.torture.project import Done, Project, State, between, other_than, state, unclear, write_raw

SIZE = 64 * 2**20
NOBODY = "65534"


def full(times: int, chance: random.Random) -> Outcome:
    """The disk of the warehouse, or that of Dagster, fills at many levels, so that it fills in every step."""
    lost: list[str] = []
    stopped: dict[str, int] = {}
    with scratch() as folder:
        old, new, whole = two_states(folder)
        need = _growth(folder, whole)
        for number in range(times):
            disk = "warehouse" if number % 4 else ".dagster"
            project = Project(folder / "tried")
            place = project.warehouse if disk == "warehouse" else project.dagster_home
            with small_disk(place, SIZE):
                _fill_from(whole, project)
                share = (number + chance.random()) / times * 1.1
                free = int(need[disk] * share)
                filler = place / "filler"
                _leave(filler, place, free)
                write_raw(project, "b")
                done = warm.run(project, "run")
                wrong = unclear(done, (0, 1, 2))
                filler.unlink()  # DuckDB writes beside its file where it replays its log
                wrong += between(project, old, new)
                if done.code != 0:
                    where = _where(done)
                    stopped[where] = stopped.get(where, 0) + 1
                    if "space" not in done.err.lower() and "full" not in done.err.lower():
                        wrong.append(f"that the disk is full was not said: {' '.join(done.err.split())[:300]}")
                wrong += unclear(warm.run(project, "run")) + other_than(project, new)
                lost += [f"{free // 1024} KB left on the disk of {disk}: {each}" for each in wrong]
            shutil.rmtree(project.home)
    told = {f"stopped in {where}": count for where, count in sorted(stopped.items())}
    return Outcome({"levels": times} | told, lost)


def _growth(folder: Path, whole: Project) -> dict[str, int]:
    """How many bytes a load needs on each disk."""
    project = Project(folder / "measured")
    found = {}
    for disk, place in (("warehouse", project.warehouse), (".dagster", project.dagster_home)):
        with small_disk(place, SIZE):
            _fill_from(whole, project)
            before, least = os.statvfs(place), []
            write_raw(project, "b")
            started = warm.Warm(project, "run")
            while started.process.exitcode is None:
                now = os.statvfs(place)
                least.append(now.f_bavail)
                time.sleep(0.01)
            least.append(os.statvfs(place).f_bavail)
            found[disk] = (before.f_bavail - min(least)) * before.f_bsize
        shutil.rmtree(project.home)
        project = Project(folder / "measured")
    return found


def _fill_from(whole: Project, project: Project) -> None:
    for source, target in ((whole.home, project.home),):
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)


def _leave(filler: Path, place: Path, free: int) -> None:
    about = os.statvfs(place)
    with filler.open("wb") as file:
        left = max(0, about.f_bavail * about.f_bsize - free)
        while left > 0:
            left -= file.write(bytes(min(left, 2**20)))


def _where(done: Done) -> str:
    """What the program was doing, as far as it said."""
    text = done.err
    for word, name in (
        ("Dagster", "Dagster's history"),
        ("disk I/O", "SQLite"),
        ("sqlite", "SQLite"),
        ("duckdb", "DuckDB"),
        (".part", "a file"),
        ("parquet", "Parquet"),
        ("report", "the report"),
    ):
        if word in text:
            return name
    return "a file"


def read_only(times: int, chance: random.Random) -> Outcome:
    """Folders on a file system that was mounted again for reading only."""
    lost: list[str] = []
    with scratch() as folder:
        old, new, whole = two_states(folder)
        for number in range(times):
            project = Project(folder / "tried")
            disk = ("warehouse", ".dagster", "warehouse/report", "raw")[number % 4]
            places = {
                "warehouse": project.warehouse,
                ".dagster": project.dagster_home,
                "warehouse/report": project.warehouse / "report",
                "raw": project.raw,
            }
            with small_disk(places[disk], SIZE):
                _fill_from(whole, project)
                write_raw(project, "b")
                remounted(places[disk], "ro")
                done = warm.run(project, "run")
                wrong = unclear(done, (0,) if disk == "raw" else (1, 2))
                words = ("read-only", "readonly", f"{project.dagster_home} cannot be read or written")
                if disk != "raw" and not any(word.lower() in done.err.lower() for word in words):
                    wrong.append(f"that it is read-only was not said: {' '.join(done.err.split())[:300]}")
                wrong += unclear(warm.run(project, "query", "SELECT count(*) FROM articles"))
                remounted(places[disk], "rw")  # SQLite's log cannot be looked at without writing beside it
                wrong += between(project, old, new)
                wrong += unclear(warm.run(project, "run")) + other_than(project, new)
                lost += [f"{disk}: {each}" for each in wrong]
            shutil.rmtree(project.home)
    return Outcome({"runs": times}, lost)


def no_permission(times: int, chance: random.Random) -> Outcome:
    """The real command as a user to whom nothing belongs: the warehouse is root's."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        raise NotHere("it takes root and setpriv to become another user")
    prefix = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
    lost: list[str] = []
    with scratch() as folder:
        folder.chmod(0o755)
        old, new, whole = two_states(folder)
        project = whole.copied(folder / "tried")
        if project.run("--version", prefix=prefix, HOME="/nonexistent").code != 0:
            raise NotHere("another user cannot start the program here")
        write_raw(project, "b")
        for number in range(times):
            change = number % 3
            for path in (project.home, *project.home.rglob("*")):
                os.chown(path, 0, 0)
                path.chmod(0o755 if path.is_dir() else 0o644)
            if change == 1:  # all theirs but the warehouse
                for path in (project.dagster_home, *project.dagster_home.rglob("*")):
                    os.chown(path, int(NOBODY), int(NOBODY))
            if change == 2:  # theirs, but some articles may not be read
                for path in (project.home, *project.home.rglob("*")):
                    os.chown(path, int(NOBODY), int(NOBODY))
                hidden = project.raw / "2019-11" / "0001.txt"
                os.chown(hidden, 0, 0)
                hidden.chmod(0o600)
            done = project.run("run", prefix=prefix, HOME="/nonexistent")
            wrong = unclear(done, (0,) if change == 2 else (1, 2))
            words = ("permission", "denied", "cannot be read or written")
            if not any(word in (done.out + done.err).lower() for word in words):
                wrong.append(f"what may not be done was not said: {' '.join(done.err.split())[:300]}")
            if change != 2:
                wrong += between(project, old, new)
            lost += [f"{('nothing is theirs', 'the warehouse', 'an article')[change]}: {each}" for each in wrong]
        for path in (project.home, *project.home.rglob("*")):
            os.chown(path, 0, 0)
        lost += unclear(warm.run(project, "run")) + other_than(project, new)
    return Outcome({"runs as another user": times}, lost)


def clock(times: int, chance: random.Random) -> Outcome:
    """A load on a machine whose clock is ahead, then the same machine with the right time, and back."""
    if shutil.which("faketime") is None:
        raise NotHere("faketime is not installed (Debian: apt-get install faketime)")
    lost: list[str] = []
    with scratch() as folder:
        old, new, _ = two_states(folder)
        states: dict[str, State] = {"a": old, "b": new}
        project = Project(folder / "tried")
        for number in range(times):
            ahead = ("+3h", "+2d", "+400d", "+9y")[number % 4]
            wrong = []
            for generation, prefix in (("a", ["faketime", "-f", ahead]), ("b", []), ("a", ["faketime", "-f", "-40d"])):
                write_raw(project, generation)  # type: ignore[arg-type]
                if number % 2:
                    for path in project.raw.rglob("*"):
                        os.utime(path, (2**31 - 10,) * 2)
                wrong += unclear(project.run("run", prefix=prefix)) + other_than(project, states[generation])
            lost += [f"{ahead}: {each}" for each in wrong]
    return Outcome({"times ahead, right, behind": times}, lost)


def times_to_come(times: int, chance: random.Random) -> Outcome:
    """Every file of the project, raw files, parts and locks, has a time years ahead."""
    lost: list[str] = []
    with scratch() as folder:
        old, new, whole = two_states(folder)
        project = whole.copied(folder / "tried")
        for number in range(times):
            for path in project.home.rglob("*"):
                os.utime(path, (time.time() + chance.choice([3600, 86400 * 3000]),) * 2)
            goal = "ba"[number % 2]
            write_raw(project, goal)  # type: ignore[arg-type]
            for path in project.raw.rglob("*"):
                os.utime(path, (time.time() + 86400 * 3000,) * 2)
            lost += unclear(warm.run(project, "run")) + other_than(project, old if goal == "a" else new)
    return Outcome({"runs": times}, lost)


def two_states(folder: Path) -> tuple[State, State, Project]:
    """What the warehouse holds of each generation, and a project that holds the first."""
    whole = Project(folder / "whole")
    write_raw(whole, "a")
    if wrong := unclear(warm.run(whole, "run")):
        raise RuntimeError(f"the load fails without any fault: {wrong}")
    other = whole.copied(folder / "other")
    write_raw(other, "b")
    warm.run(other, "run")
    return state(whole), state(other), whole


CASES = [
    Case(
        "disk-full",
        "a full disk",
        "A small tmpfs holds the warehouse (3 of 4) or `.dagster`, filled so that between nothing and all that a load"
        " needs is left; `run` says so; every batch is old or new; with room again, one run completes all",
        full,
        20,
    ),
    Case(
        "read-only",
        "a file system that is read-only",
        "The warehouse, the report, `.dagster` or `data/raw` mounted again for reading only; `run` says so (and is"
        " green for `data/raw`), `query` answers; then one run completes all",
        read_only,
        8,
    ),
    Case(
        "no-permission",
        "no permission",
        "The installed command as uid 65534, where all, the warehouse, or an article belong to root",
        no_permission,
        3,
    ),
    Case(
        "clock",
        "a clock that goes backwards",
        "The installed command under faketime 3 hours to 9 years ahead, then without it, then 40 days behind, articles"
        " changing each time, half of the times with times of 2038: each load is complete",
        clock,
        4,
    ),
    Case(
        "times-to-come",
        "files with times to come",
        "Raw files, parts, locks and databases with times hours and years ahead, articles changing: each load is"
        " complete",
        times_to_come,
        4,
    ),
]
