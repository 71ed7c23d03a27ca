"""Files that were damaged behind the program's back: Parquet, DuckDB and its log, Dagster's SQLite, the alerts.

Belongs here: damage to files, and what the commands make of it. Does not belong here: disks (disk.py), kills.

What must hold: no command hangs or ends with a traceback; DuckDB never takes a damaged row in silence; and what the
program itself advises brings everything back, byte for byte.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb

from tests.torture import warm
from tests.torture.case import Case, Outcome, scratch
from tests.torture.disk import two_states
from tests.torture.project import BATCHES, Project, State, other_than, rows, state, unclear, write_raw

Damage = Callable[[Path, random.Random], str]


def _bit(path: Path, chance: random.Random) -> str:
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data))
    data[at] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return f"one bit at {at} of {len(data)}"


def _stretch(path: Path, chance: random.Random) -> str:
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data))
    data[at : at + 64] = chance.randbytes(len(data[at : at + 64]))
    path.write_bytes(data)
    return f"64 bytes at {at} of {len(data)}"


def _cut(path: Path, chance: random.Random) -> str:
    data = path.read_bytes()
    at = chance.randrange(1, len(data))
    path.write_bytes(data[:at])
    return f"cut at {at} of {len(data)}"


def _emptied(path: Path, _: random.Random) -> str:
    path.write_bytes(b"")
    return "emptied"


def _gone(path: Path, _: random.Random) -> str:
    path.unlink()
    return "removed"


def _swapped(path: Path, chance: random.Random) -> str:
    others = [each for each in path.parent.parent.glob("*/*.parquet") if each.parent != path.parent]
    if not others:
        return _bit(path, chance)
    other = chance.choice(others)
    mine = path.read_bytes()
    path.write_bytes(other.read_bytes())
    other.write_bytes(mine)
    return f"swapped with that of {other.parent.name}"


def _noise(path: Path, chance: random.Random) -> str:
    path.write_bytes(chance.randbytes(max(4096, path.stat().st_size)))
    return "noise"


PARQUET: list[Damage] = [_bit, _bit, _bit, _bit, _stretch, _stretch, _cut, _emptied, _gone, _swapped]
DATABASE: list[Damage] = [_bit, _stretch, _cut, _emptied, _gone, _noise]


def parquet(times: int, chance: random.Random) -> Outcome:
    """Damaged Parquet: `rebuild` never takes it, `verify` tells of it, what it advises mends it."""
    lost: list[str] = []
    told = harmless = 0
    with scratch() as folder:
        whole, wanted = _loaded(folder)
        for number in range(times):
            project = whole.copied(folder / "tried")
            path = chance.choice(sorted(project.warehouse.rglob("*.parquet")))
            what = PARQUET[number % len(PARQUET)](path, chance)
            name = f"{path.relative_to(project.warehouse)}: {what}"

            verified = warm.run(project, "verify")
            wrong = unclear(verified, (0, 1))
            told += verified.code == 1
            rebuilt = warm.run(project, "rebuild")
            wrong += unclear(rebuilt, (0, 2))
            if rows(project.database) != wanted.rows:
                if rebuilt.code == 0 and verified.code == 0:
                    wrong.append("rebuild took damaged rows, and verify had not told of them")
                elif rebuilt.code == 0:
                    wrong.append("rebuild took damaged rows with status 0")
                else:
                    wrong.append("rebuild failed, and the rows of DuckDB are others")
            if verified.code == 0 and rebuilt.code == 0 and not wrong:
                harmless += 1  # bytes that carry nothing
            wrong += unclear(warm.run(project, "run"), (0, 1))
            if rows(project.database) != wanted.rows:
                wrong.append("after a run the rows of DuckDB are others")
            if other_than(project, wanted):
                batches = [f"--batch={batch}" for batch in wanted.rows]
                wrong += unclear(warm.run(project, "rebuild", *batches)) + unclear(warm.run(project, "run"))
                wrong += other_than(project, wanted)
            lost += [f"{name}: {each}" for each in dict.fromkeys(wrong)]
    return Outcome({"files damaged": times, "told of by `verify`": told, "without a changed row": harmless}, lost)


def database(times: int, chance: random.Random) -> Outcome:
    """A damaged or missing DuckDB file, while the articles change: a run says what to do, `rebuild` brings all back."""
    lost: list[str] = []
    alone = 0
    with scratch() as folder:
        _, wanted, whole = two_states(folder)
        for number in range(times):
            project = whole.copied(folder / "tried")
            damage = DATABASE[number % len(DATABASE)]
            what = damage(project.database, chance)
            if number % 3 == 2:
                project.database.with_name("hengshui.duckdb.wal").write_bytes(chance.randbytes(5000))
                what += ", and a log of noise"
            write_raw(project, "b")
            first = warm.run(project, "run")
            wrong = unclear(first, (0, 1, 2))
            if first.code == 0:
                alone += 1
            else:
                if "rebuild" not in first.err:
                    wrong.append(f"what to do was not said: {' '.join(first.err.split())[:200]}")
                wrong += unclear(warm.run(project, "rebuild")) + unclear(warm.run(project, "run"))
            wrong += other_than(project, wanted)
            lost += [f"{what}: {each}" for each in wrong]
    return Outcome({"files damaged": times, "mended by one run alone": alone}, lost, "the others by `rebuild`")


def dagster(times: int, chance: random.Random) -> Outcome:
    """Damaged SQLite of Dagster: a run says so, the warehouse stays, and without the folder all goes on."""
    lost: list[str] = []
    stopped = 0
    with scratch() as folder:
        whole, wanted = _loaded(folder)
        for number in range(times):
            project = whole.copied(folder / "tried")
            files = sorted(path for path in project.dagster_home.rglob("*.db") if path.stat().st_size)
            path = chance.choice(files)
            what = [_cut, _noise, _emptied, _stretch][number % 4](path, chance)
            write_raw(project, "b")
            done = warm.run(project, "run")
            wrong = unclear(done, (0, 1, 2))
            stopped += done.code != 0
            if done.code and str(project.dagster_home) not in done.err:
                wrong.append(f"which folder it is about was not said: {' '.join(done.err.split())[:300]}")
            shutil.rmtree(project.dagster_home)
            wrong += unclear(warm.run(project, "run"))
            write_raw(project, "a")
            wrong += unclear(warm.run(project, "run")) + other_than(project, wanted)
            lost += [f"{path.name} {what}: {each}" for each in wrong]
    return Outcome({"files damaged": times, "runs that stopped and said so": stopped}, lost)


def ledger(times: int, chance: random.Random) -> Outcome:
    """A damaged ledger of alerts: every article is loaded all the same, and the run says what cannot be told."""
    lost: list[str] = []
    told = 0
    with scratch() as folder:
        _, wanted, whole = two_states(folder)
        for number in range(times):
            project = whole.copied(folder / "tried")
            path = project.warehouse / "alerts.sqlite"
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            what = [_noise, _cut, _stretch, _emptied, _gone][number % 5](path, chance)
            write_raw(project, "b")
            done = warm.run(project, "run")
            wrong = unclear(done, (0, 1))
            told += done.code == 1
            if done.code == 1 and "alerts.sqlite" not in done.err:
                wrong.append(f"which file it is about was not said: {' '.join(done.err.split())[:200]}")
            wrong += [each for each in other_than(project, wanted) if "alerts.sqlite" not in each]
            for end in ("", "-wal", "-shm"):
                path.with_name(f"{path.name}{end}").unlink(missing_ok=True)
            wrong += unclear(warm.run(project, "run")) + other_than(project, wanted)
            lost += [f"{what}: {each}" for each in wrong]
    return Outcome({"files damaged": times, "runs that told of it": told}, lost)


def rebuild(times: int, chance: random.Random) -> Outcome:
    """DuckDB loaded batch by batch, in any order and over other rows, against what `rebuild` makes from Parquet."""
    lost: list[str] = []
    compared = 0
    with scratch() as folder:
        project = Project(folder / "tried")
        for number in range(times):
            batches = list(BATCHES)
            chance.shuffle(batches)
            write_raw(project, "ab"[number % 2])  # type: ignore[arg-type]
            wrong = []
            for batch in batches:
                wrong += unclear(warm.run(project, "run", "--batch", batch))
            loaded = _whole_tables(project.database)
            if number % 2:
                project.database.unlink()
            wrong += unclear(warm.run(project, "rebuild"))
            made = _whole_tables(project.database)
            if loaded.keys() != made.keys():
                wrong.append(f"other tables: {sorted(loaded.keys() ^ made.keys())}")
            for table in loaded:
                compared += len(loaded[table])
                if loaded[table] != made.get(table):
                    wrong.append(f"{table}: other rows")
            lost += wrong
    return Outcome({"rebuilds": times, "rows compared one by one": compared}, lost)


def _whole_tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables and views, in order."""
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE NOT internal"
            " UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
        return {name: connection.execute(f"FROM {name} ORDER BY ALL").fetchall() for (name,) in names}


def _loaded(folder: Path) -> tuple[Project, State]:
    """A project that was loaded, and what it holds."""
    project = Project(folder / "whole")
    write_raw(project, "a")
    if wrong := unclear(warm.run(project, "run")):
        raise RuntimeError(f"the load fails without any fault: {wrong}")
    return project, state(project)


CASES = [
    Case(
        "parquet",
        "a damaged Parquet file",
        "One bit or 64 bytes changed, cut, emptied, removed, or swapped with that of another batch; then `verify`,"
        " `rebuild`, `run` and, where something is still amiss, `rebuild --batch`: DuckDB never holds a damaged row,"
        " and in the end all is as before, byte for byte",
        parquet,
        30,
    ),
    Case(
        "database",
        "a damaged or missing DuckDB file, or log beside it",
        "One bit or 64 bytes changed, cut, emptied, removed, replaced by noise, with and without a log of noise, while"
        " articles change; then `run`, and `rebuild` where it says so: in the end all is as if nothing had been",
        database,
        18,
        quick=1,
    ),
    Case(
        "dagster",
        "damaged SQLite files of Dagster",
        "One of them cut, emptied, overwritten, while articles change; `run`; then without the folder `.dagster`: the"
        " warehouse is complete",
        dagster,
        8,
    ),
    Case(
        "ledger",
        "a damaged ledger of alerts",
        "`alerts.sqlite` cut, emptied, removed, overwritten, while articles change: the load is complete all the same,"
        " the run says what is amiss, and without the file all goes on",
        ledger,
        10,
    ),
    Case(
        "rebuild",
        "DuckDB made anew",
        "Batches loaded one by one in any order over rows of another generation, then `rebuild` with and without the"
        " old file: every row of every table and view is the same",
        rebuild,
        4,
    ),
]
