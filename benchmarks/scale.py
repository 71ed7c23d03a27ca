"""A thousand to a million articles from files to Parquet, DuckDB and report: time, memory, sizes.

    python benchmarks/scale.py 1000                           in a temporary home, which goes again
    python benchmarks/scale.py 1000000 --home DIR             may be stopped at any time, and started again to go on
    python benchmarks/scale.py 10000 --home DIR --json FILE   what was measured, for a table

The articles are those of varied.py. They lie in batches (folders of data/raw) of at most --batch articles, and the
command itself, `hengshui-etl run --batch …`, takes them through the whole flow, one batch after the other, as somebody
would who has that many. Every half second the memory of all its processes together is read from /proc (PSS: what
processes share is counted once). Seconds of each step are those between its start and its end in Dagster's log.

Belongs here: running, measuring, telling. Does not belong here: making articles (varied.py), the cost of one article
more (incremental.py).
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import varied

ROOT = varied.ROOT
EVERY_S = 0.5
PER_BATCH = 100_000
MILLION = 1_000_000
COMMAND = "import sys; from hengshui_etl.cli import main; sys.exit(main())"
"""`hengshui-etl`, of this project and with this interpreter."""


class Home(NamedTuple):
    """Where everything of a measurement lies; a measurement that was stopped goes on there."""

    folder: Path

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse"

    @property
    def dagster(self) -> Path:
        return self.folder / "dagster"

    @property
    def journal(self) -> Path:
        return self.folder / "measured.json"

    def environment(self, processes: int | None) -> dict[str, str]:
        """The environment in which the command works here and nowhere else."""
        own = {
            "HENGSHUI_HOME": str(self.folder),
            "HENGSHUI_RAW": str(self.raw),
            "HENGSHUI_WAREHOUSE": str(self.warehouse),
            "DAGSTER_HOME": str(self.dagster),
        }
        if processes:
            own["HENGSHUI_PROCESSES"] = str(processes)
        return {**os.environ, **own, "PYTHONPATH": str(ROOT)}


class Batch(NamedTuple):
    """What was measured of one batch, over all attempts. `peak` is the largest sum of memory in bytes, `ended` whether
    the command came to its end with all steps green, `load` how many processes wanted the processor at the end, on
    average over a quarter of an hour: where that is more than the cores, others took part of the wall clock."""

    name: str
    articles: int
    wall: float = 0.0
    cpu: float = 0.0
    peak: int = 0
    attempts: int = 0
    ended: bool = False
    load: float = 0.0


def family(parent: int) -> Iterator[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = Path("/proc", entry, "stat").read_text("utf-8", "replace")
            except OSError:
                continue
            children[int(stat.rpartition(")")[2].split()[1])].append(int(entry))
    waiting = [parent]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += children[found]


def memory(processes: Iterator[int]) -> int:
    """The memory of these processes together, in bytes; pages that several hold are counted once."""
    total = 0
    for process in processes:
        try:
            text = Path("/proc", str(process), "smaps_rollup").read_text("ascii")
        except OSError:
            continue
        total += sum(int(size) for size in re.findall(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)) * 1024
    return total


def run_batch(home: Home, batch: Batch, processes: int | None, keep: Any) -> Batch:
    """Run the command for one batch and measure it. `keep` is called every ten seconds with what was measured so far,
    so that little is lost where this program is killed. Whatever happens, the command ends with it."""
    command = [sys.executable, "-c", COMMAND, "run", "--batch", batch.name]
    log = home.folder / f"{batch.name}.log"
    began, cpu_before, told = time.monotonic(), _cpu_of_children(), 0.0
    peak = batch.peak
    attempts = batch.attempts + 1

    def so_far(ended: bool = False) -> Batch:
        wall = batch.wall + time.monotonic() - began
        return batch._replace(
            wall=wall, cpu=batch.cpu + _cpu_of_children() - cpu_before, peak=peak, attempts=attempts, ended=ended,
            load=os.getloadavg()[2],
        )  # fmt: skip

    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env=home.environment(processes), stdout=output, stderr=output, start_new_session=True,
            preexec_fn=_end_with_parent,
        )  # fmt: skip
        try:
            while process.poll() is None:
                peak = max(peak, memory(family(process.pid)))
                if (passed := time.monotonic() - began) - told >= 10:
                    told = passed
                    keep(so_far())
                    size = sum(path.stat().st_size for path in home.warehouse.rglob("*") if path.is_file())
                    _say(f"{batch.name}: {passed:.0f} s, peak {peak >> 20} MiB, warehouse {size >> 20} MiB")
                time.sleep(EVERY_S)
        finally:
            if process.poll() is None:  # we are being stopped
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                keep(so_far())
    done = so_far(ended=process.returncode == 0)
    keep(done)
    if process.returncode:
        sys.exit(f"hengshui-etl run --batch {batch.name} ended with {process.returncode}; see {log}")
    return done


def _end_with_parent() -> None:
    """Let the command not go on by itself where this program is killed: its time would be lost, and what is started
    next would meet it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


_PR_SET_PDEATHSIG = 1


def _cpu_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def steps(home: Home) -> dict[str, float]:
    """Seconds of each step, over all batches, from Dagster's log; of steps that were broken off, nothing."""
    import dagster as dg

    found: dict[str, float] = defaultdict(float)
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        for run in instance.get_runs():
            for each in instance.get_run_step_stats(run.run_id):
                if each.start_time and each.end_time:
                    found[each.step_key] += each.end_time - each.start_time
    return dict(found)


def sizes(folder: Path) -> dict[str, int]:
    """Bytes below a folder, by its first level."""
    found: dict[str, int] = defaultdict(int)
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            found[path.relative_to(folder).parts[0]] += path.stat().st_size
    return dict(sorted(found.items()))


def rows(home: Home) -> dict[str, int]:
    """How many rows each table has."""
    from hengshui_etl import warehouse
    from hengshui_etl.tables.schemas import TABLES

    with warehouse.database(home.warehouse / "hengshui.duckdb", read_only=True) as connection:
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in TABLES}


def measured(home: Home, count: int, per_batch: int, kinds: list[str], seed: int, processes: int | None) -> None:
    """Make what is missing, run what was not run, and keep what was measured in the journal."""
    asked = {"articles": count, "per_batch": per_batch, "kinds": kinds, "seed": seed}
    state = json.loads(home.journal.read_text("utf-8")) if home.journal.exists() else {"asked": asked, "batches": {}}
    if state["asked"] != asked:
        sys.exit(f"{home.folder} holds another measurement: {state['asked']}; name another folder")
    home.folder.mkdir(parents=True, exist_ok=True)

    def save() -> None:
        part = home.journal.with_suffix(".part")
        part.write_text(json.dumps(state, indent=1), "utf-8")
        os.replace(part, home.journal)

    names = [f"scale-{n:03}" for n in range(-(-count // per_batch))]
    likeness, began = varied.NONE, time.monotonic()
    for n, name in enumerate(names):
        size = min(per_batch, count - n * per_batch)
        likeness = likeness.with_others(varied.write_files(home.raw / name, size, kinds, seed, n * per_batch))
        _say(f"made {n * per_batch + size} of {count} articles in {time.monotonic() - began:.0f} s")
    state.setdefault("made_s", time.monotonic() - began)
    state["characters"], state["likeness"] = likeness.characters, likeness.told()
    save()
    for n, name in enumerate(names):
        size = min(per_batch, count - n * per_batch)
        batch = Batch(*state["batches"].get(name, (name, size)))
        if batch.ended:
            continue

        def keep(batch: Batch, name: str = name) -> None:
            state["batches"][name] = batch
            save()

        run_batch(home, batch, processes, keep)
        _say(progress([Batch(*each) for each in state["batches"].values()], count))
    state["steps"], state["rows"] = steps(home), rows(home)
    state["warehouse"], state["others"] = sizes(home.warehouse), sizes(home.folder)
    save()


def progress(batches: list[Batch], count: int) -> str:
    """How far it is, and when it will be done if it goes on like that."""
    ended = [batch for batch in batches if batch.ended]
    done, wall = sum(batch.articles for batch in ended), sum(batch.wall for batch in ended)
    left = wall / max(1, done) * (count - done)
    return f"{done} of {count} articles in {wall / 60:.1f} min; {left / 60:.1f} min more at this speed"


def told(state: dict[str, Any]) -> str:
    """What was measured, in words and tables."""
    batches = [Batch(*each) for each in state["batches"].values()]
    count = sum(batch.articles for batch in batches)
    wall, cpu = sum(batch.wall for batch in batches), sum(batch.cpu for batch in batches)
    attempts = sum(batch.attempts for batch in batches)
    characters = state["characters"]
    lines = [
        f"{count:,} articles, {characters:,} characters, {len(batches)} batches; {os.cpu_count()} cores"
        f" ({platform.machine()}), Python {platform.python_version()}, {date.today()}, commit {_commit()}",
        f"{state['likeness']} (made in {state['made_s']:.0f} s)",
    ]
    if attempts > len(batches):
        lines.append(
            f"It was stopped and went on {attempts - len(batches)} times; wall clock counts what was done twice."
        )
    lines += [
        "",
        "| | |\n| --- | ---: |",
        f"| wall clock | {wall:,.1f} s |",
        f"| processor time | {cpu:,.1f} s |",
        f"| articles a second | {count / wall:,.1f} |",
        f"| characters a second | {characters / wall:,.0f} |",
        f"| processor time an article | {1000 * cpu / count:.2f} ms |",
        f"| load of the machine, of {os.cpu_count()} cores | {max(batch.load for batch in batches):.1f} |",
        f"| peak memory of all processes | {max(batch.peak for batch in batches) >> 20:,} MiB |",
        *(f"| step `{name}` | {seconds:,.1f} s |" for name, seconds in sorted(state["steps"].items())),
        "",
        "| stored | rows | bytes | bytes an article |\n| --- | ---: | ---: | ---: |",
    ]
    stored = {"raw files": state["others"].get("raw", 0), **state["warehouse"], "dagster": state["others"]["dagster"]}
    for name, size in stored.items():
        number = state["rows"].get(name)
        lines.append(f"| {name} | {'' if number is None else f'{number:,}'} | {size:,} | {size / count:,.0f} |")
    if len(batches) > 1:
        first, last = batches[0], batches[-1]
        change = 100 * (last.wall / last.articles / (first.wall / first.articles) - 1)
        lines += ["", f"The last batch took {change:+.1f} % of wall clock an article against the first."]
    if count < MILLION:
        cores = os.cpu_count() or 1
        hours, best = (seconds / count * MILLION / 3600 for seconds in (wall, cpu / cores))
        lines += [
            "",
            f"Measured at {count:,}. Extrapolated in proportion to a million: {hours:.1f} hours at this load;"
            f" {best:.1f} hours where all {cores} cores had nothing else to do and were never idle.",
        ]
    return "\n".join(lines)


def _commit() -> str:
    done = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the whole flow with many articles.")
    parser.add_argument("articles", type=int)
    parser.add_argument("--home", type=Path, help="a folder that stays; a measurement that was stopped goes on there")
    parser.add_argument("--batch", type=int, default=PER_BATCH, help="articles in a batch at most")
    parser.add_argument("--kinds", default=",".join(varied.KINDS), help="of files, in turn, by comma")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, help="instead of as many as there are cores")
    parser.add_argument("--json", type=Path, help="write there what was measured")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped; the same command goes on"))
    with tempfile.TemporaryDirectory(prefix="scale-") as temporary:
        home = Home((given.home or Path(temporary)).resolve())
        try:
            measured(home, given.articles, given.batch, given.kinds.split(","), given.seed, given.processes)
        except KeyboardInterrupt:
            sys.exit("stopped" + ("; the same command goes on" if given.home else ""))
        state = json.loads(home.journal.read_text("utf-8"))
        if given.json:
            given.json.write_text(home.journal.read_text("utf-8"), "utf-8")
        print(told(state))


if __name__ == "__main__":
    main()
