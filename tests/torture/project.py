"""A project to be tortured: its articles in two generations, its commands, and what its warehouse holds.

Belongs here: making raw files, running the program as its users do, reading what is stored with nothing but DuckDB,
Parquet and bytes. Does not belong here: faults.

A warehouse that was made from one generation and is brought to the other must hold, of every batch, the rows of one of
them at any time, and in the end the same bytes as one that nobody disturbed.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("hengshui-etl")

Generation = Literal["a", "b"]
BATCHES = {"2019-10": 3, "2019-11": 2}
"""How many articles of these each batch has; with one that only a generation has, and a list of three."""
ARTICLES = sum(BATCHES.values()) + 4 * len(BATCHES)

PASSING = (".turn", ".waiting", ".sending", "-wal", "-shm", "-journal")
"""How names of files end that programs leave beside their data, empty or as long as they use it."""


def patient(seconds: float) -> float:
    """So many seconds on a machine that does nothing else, and more on one that does."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class Done(NamedTuple):
    """How a command ended: its status (None: it had to be killed), what it wrote, how long it took."""

    code: int | None
    out: str
    err: str
    seconds: float


class State(NamedTuple):
    """What is stored: by batch a hash over its rows in all tables of DuckDB; by path a hash of every file that is not
    a database, a lock or a temporary file."""

    rows: dict[str, str]
    files: dict[str, str]


class Project:
    """A project folder and the environment that its commands run in."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.raw, self.warehouse = home / "data" / "raw", home / "data" / "warehouse"
        self.dagster_home, self.database = home / ".dagster", home / "data" / "warehouse" / "hengshui.duckdb"
        self.environment = {"HENGSHUI_HOME": str(home), "PYTHONPATH": str(ROOT), **environment}
        self.raw.mkdir(parents=True, exist_ok=True)

    @property
    def whole_environment(self) -> dict[str, str]:
        """That of this process, without what would lead elsewhere."""
        foreign = ("HENGSHUI_", "DAGSTER_")
        return {k: v for k, v in os.environ.items() if not k.startswith(foreign)} | self.environment

    def start(self, *arguments: str, prefix: Sequence[str] = (), **more: str) -> subprocess.Popen[str]:
        """The command as a user starts it, in a process group of its own."""
        return subprocess.Popen(
            [*prefix, str(COMMAND), *arguments],
            env=self.whole_environment | more,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, prefix: Sequence[str] = (), patience: float = 120, **more: str) -> Done:
        """The same to its end."""
        began = time.monotonic()
        process = self.start(*arguments, prefix=prefix, **more)
        return ended(process, began, patience)

    def copied(self, home: Path) -> Project:
        """This project at another place."""
        if home.exists():
            shutil.rmtree(home)
        shutil.copytree(self.home, home, symlinks=True)
        return Project(home, **{k: v for k, v in self.environment.items() if k not in ("HENGSHUI_HOME", "PYTHONPATH")})


def ended(process: subprocess.Popen[str], began: float, patience: float) -> Done:
    """How a process that was started ends; killed with all its group when it takes too long."""
    code: int | None
    try:
        out, err = process.communicate(timeout=patient(patience))
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        out, err = process.communicate()
        code = None
    return Done(code, out, err, time.monotonic() - began)


def unclear(done: Done, wanted: Sequence[int] = (0,)) -> list[str]:
    """What is wrong with how a command ended: hung, another status than those wanted, a traceback, silence."""
    said = " ".join((done.err or done.out).split())[-300:]
    if done.code is None:
        return [f"it hung for {done.seconds:.0f} s: {said}"]
    if done.code not in wanted:
        return [f"exit status {done.code}: {said}"]
    if "Traceback" in done.err + done.out:
        return [f"a traceback: {said}"]
    if done.code != 0 and not said:
        return [f"exit status {done.code} without a word"]
    return []


def write_raw(project: Project, generation: Generation, sizes: Mapping[str, int] = BATCHES) -> None:
    """The raw files of a generation: in each batch most articles differ from the other one's, some are the same, one is
    there in one of them only; one file is a list of articles, and one is no article."""
    for batch, size in sizes.items():
        folder = project.raw / batch
        folder.mkdir(parents=True, exist_ok=True)
        wanted: dict[str, bytes] = {}
        for number in range(size):
            same = number % 4 == 0
            wanted[f"{number:04}.txt"] = article(f"{batch} {number}", "" if same else generation).encode()
        wanted[f"only-{generation}.txt"] = article(f"{batch} only", generation).encode()
        wanted["broken.txt"] = b"\n" * (20 if generation == "a" else 21)
        lines = [{"id": f"r{n}", "text": article(f"{batch} r{n}", generation)} for n in range(3)]
        wanted["list.jsonl"] = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        for path in folder.iterdir():
            if path.name not in wanted:
                path.unlink()
        for name, data in wanted.items():
            path = folder / name
            if not path.exists() or path.read_bytes() != data:
                part = folder / f".{name}.part"
                part.write_bytes(data)
                part.replace(path)


def article(name: str, generation: str, failing: bool | None = None) -> str:
    """An article with some figures, the same ones for the same name; every third one does not add up."""
    chance = random.Random(f"{name} {generation}")
    one, two, share = chance.randint(20, 400), chance.randint(20, 400), chance.randint(5, 95)
    wrong = chance.random() < 0.3 if failing is None else failing
    total = one + two + (1 if wrong else 0)
    return (
        f"衡水市{name}项目建设情况\n2019年10月16日\n"
        f"截至9月底,全市开工{total}项,其中工业{one}项,农业{two}项,总投资{chance.randint(100, 9000) / 10}亿元。\n"
        f"1-8月份,技改投资同比增长{share / 10}%,高于全省{share / 20:.1f}个百分点。\n"
        f"全市{chance.randint(10, 300)}个项目列入省库,占全省项目总数的{share}.2%。\n"
    )


def state(project: Project) -> State:
    """What is stored. Raises whatever DuckDB raises where its file cannot be read."""
    return State(rows(project.database), files(project.warehouse))


def rows(database: Path) -> dict[str, str]:
    """By batch a hash over the rows of all tables."""
    if not database.exists():
        return {}
    found: dict[str, list[str]] = {}
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = connection.execute(
            "SELECT DISTINCT c.table_name FROM duckdb_columns() c JOIN duckdb_tables() t USING (table_name)"
            " WHERE c.column_name = 'batch' AND NOT t.internal ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            for batch, count, digest in connection.execute(
                f"SELECT batch, count(*), md5(string_agg(CAST(t AS VARCHAR), chr(10) ORDER BY CAST(t AS VARCHAR)))"
                f" FROM {table} t GROUP BY batch"
            ).fetchall():
                found.setdefault(batch, []).append(f"{table} {count} {digest}")
    return {batch: hashlib.sha256("\n".join(lines).encode()).hexdigest() for batch, lines in found.items()}


def files(warehouse: Path) -> dict[str, str]:
    """By path a hash of every file that is to be the same in the end."""
    found = {}
    for path in sorted(warehouse.rglob("*")):
        name = path.relative_to(warehouse).as_posix()
        hidden = any(part.startswith(".") for part in path.relative_to(warehouse).parts)
        if path.is_file() and not hidden and not name.startswith("hengshui.duckdb") and ".sqlite" not in name:
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def litter(warehouse: Path) -> list[str]:
    """Files that somebody made under a temporary name and nobody took away."""
    return [
        path.relative_to(warehouse).as_posix()
        for path in sorted(warehouse.rglob("*"))
        if path.is_file()
        and any(part.startswith(".") for part in path.relative_to(warehouse).parts)
        and not path.name.endswith(PASSING)
    ]


def aged(warehouse: Path) -> None:
    """Make what killed programs left so old that it cannot be of one that is still at work."""
    for name in litter(warehouse):
        os.utime(warehouse / name, (time.time() - 7 * 3600,) * 2)


def unreadable(project: Project) -> list[str]:
    """What cannot be opened and read to its end: DuckDB, every Parquet file, every page of the report, every SQLite."""
    found = []
    try:
        rows(project.database)
    except duckdb.Error as error:
        found.append(f"DuckDB does not open: {' '.join(str(error).split())[:200]}")
    for path in project.warehouse.rglob("*.parquet"):
        try:
            pq.read_table(path, partitioning=None)
        except (OSError, pa.ArrowException) as error:
            found.append(f"{path.name} of {path.parent.name} cannot be read: {error}")
    for path in project.warehouse.rglob("*.html"):
        if not path.read_bytes().rstrip().endswith(b"</html>"):
            found.append(f"{path.name} is cut off")
    for path in [*project.warehouse.glob("*.sqlite"), *project.dagster_home.rglob("*.db")]:
        try:
            connection = sqlite3.connect(path, timeout=10)
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            connection.close()
            if answer != "ok":
                found.append(f"{path.name}: {answer}")
        except sqlite3.Error as error:
            found.append(f"{path.name}: {error}")
    return found


def between(project: Project, old: State, new: State) -> list[str]:
    """What of the warehouse is neither of the one state nor of the other, or cannot be read."""
    if found := unreadable(project):
        return found
    now = state(project)
    for batch in sorted({*now.rows, *old.rows, *new.rows}):
        if now.rows.get(batch) not in (old.rows.get(batch), new.rows.get(batch)):
            found.append(f"DuckDB: the rows of {batch} are neither the old nor the new ones")
    known = {*old.files.values(), *new.files.values()}
    for path, digest in now.files.items():
        if path.endswith(".parquet") and digest not in known:
            found.append(f"{path} is neither the old nor the new one")
    return found


def other_than(project: Project, wanted: State) -> list[str]:
    """What of the warehouse is not as it was where nobody disturbed it."""
    if found := unreadable(project):
        return found
    now = state(project)
    found += [
        f"DuckDB: the rows of {batch} are others"
        for batch in sorted({*now.rows, *wanted.rows})
        if now.rows.get(batch) != wanted.rows.get(batch)
    ]
    found += [
        f"{path} {'is missing' if path not in now.files else 'is too many' if path not in wanted.files else 'differs'}"
        for path in sorted({*now.files, *wanted.files})
        if now.files.get(path) != wanted.files.get(path)
    ]
    return found
