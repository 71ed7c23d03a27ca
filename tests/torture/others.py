"""Others at the same files: a second pipeline, readers, whoever still writes articles or takes them away.

Belongs here: faults that come of two things at once. Does not belong here: disks (disk.py), channels (channel.py).
"""

from __future__ import annotations

import json
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from tests.torture import warm
from tests.torture.case import Case, Outcome, scratch
from tests.torture.disk import two_states
from tests.torture.project import Generation, Project, article, ended, other_than, rows, state, unclear, write_raw


def pipelines(times: int, chance: random.Random) -> Outcome:
    """Two `run`s of the same project, started within a second, articles changing each time."""
    lost: list[str] = []
    refused = 0
    with scratch() as folder:
        old, new, whole = two_states(folder)
        project = whole.copied(folder / "tried")
        for number in range(times):
            goal: Generation = "b" if number % 2 == 0 else "a"
            if number % 5 == 4:  # nothing is there, and both make it
                shutil.rmtree(project.warehouse)
            write_raw(project, goal)
            began = time.monotonic()
            one = project.start("run")
            time.sleep(chance.random())
            two = project.start("run", HENGSHUI_PROCESSES="2")
            done = [ended(one, began, 180), ended(two, began, 180)]
            wrong = [each for either in done for each in unclear(either, (0, 1, 2))]
            if any(either.code for either in done):
                refused += 1
                wrong += unclear(warm.run(project, "run"))
            wrong += other_than(project, new if goal == "b" else old)
            lost += [f"pair {number + 1}: {each}" for each in wrong]
    return Outcome({"pairs": times, "pairs of which one gave way": refused}, lost)


def readers(times: int, chance: random.Random) -> Outcome:
    """Programs that read the DuckDB file all the time while loads happen."""
    lost: list[str] = []
    with scratch() as folder:
        old, new, whole = two_states(folder)
        project = whole.copied(folder / "tried")
        known = {batch: {old.rows[batch], new.rows[batch]} for batch in new.rows}
        seen: set[tuple[str, ...]] = set()
        reads = [0]

        def look() -> str | None:
            try:
                found = rows(project.database)
            except (duckdb.IOException, duckdb.ConnectionException) as error:
                return None if "lock" in str(error).lower() else str(error)
            reads[0] += 1
            seen.add(tuple(found.values()))
            strange = [batch for batch, digest in found.items() if digest not in known.get(batch, set())]
            if strange or found.keys() != known.keys():
                return f"a reader saw rows that are neither old nor new: {strange}"
            return None

        with always(look, 0.05) as one:
            for number in range(times):
                goal: Generation = "b" if number % 2 == 0 else "a"
                write_raw(project, goal)
                lost += unclear(warm.run(project, "run"))
                lost += unclear(warm.run(project, "query", "SELECT count(*) FROM figures"))
        lost += one
        lost += other_than(project, new if times % 2 else old)
        if len(seen) < 3:
            lost.append("the reader saw nothing in between: it was not tried")
    return Outcome({"loads": times, "reads": reads[0], "different states seen": len(seen)}, lost)


def growing(times: int, chance: random.Random) -> Outcome:
    """A list of articles and a text that are still being written while they are read."""
    lost: list[str] = []
    with scratch() as folder:
        # Fewer articles than a batch has pages for: beyond these, a page that was written once stays where it is.
        lines = [json.dumps({"id": f"g{n}", "text": article(f"g{n}", "") * 2}, ensure_ascii=False) for n in range(80)]
        listed = "\n".join([*lines, ""]).encode()
        text = (article("growing", "") * 30).encode()
        finished = Project(folder / "finished")
        write_raw(finished, "a")
        (finished.raw / "2019-10" / "growing.jsonl").write_bytes(listed)
        (finished.raw / "2019-10" / "growing.txt").write_bytes(text)
        lost += unclear(warm.run(finished, "run"))
        wanted = state(finished)
        for number in range(times):
            project = Project(folder / f"tried{number}")
            write_raw(project, "a")
            places = [
                (project.raw / "2019-10" / "growing.jsonl", listed),
                (project.raw / "2019-10" / "growing.txt", text),
            ]
            begun = warm.Warm(project, "run")
            for share in range(1, 41):  # a bit every now and then, cut anywhere
                for path, data in places:
                    with path.open("ab") as file:
                        file.write(data[len(data) * (share - 1) // 40 : len(data) * share // 40])
                if begun.process.exitcode is None:
                    time.sleep(chance.random() * 0.15)
            wrong = unclear(begun.ended()) + unclear(warm.run(project, "run")) + other_than(project, wanted)
            lost += [f"time {number + 1}: {each}" for each in wrong]
            shutil.rmtree(project.home)
    return Outcome({"loads": times}, lost)


def vanishing(times: int, chance: random.Random) -> Outcome:
    """Files, and whole batches, that come and go while they are read."""
    lost: list[str] = []
    with scratch() as folder:
        old, _, whole = two_states(folder)
        for number in range(times):
            project = whole.copied(folder / "tried")
            write_raw(project, "b")
            begun = warm.Warm(project, "run")
            while begun.process.exitcode is None and time.monotonic() < begun.began + 100:
                files = [path for path in project.raw.rglob("*.*") if path.is_file()]
                if files and chance.random() < 0.9:
                    chance.choice(files).unlink(missing_ok=True)
                elif chance.random() < 0.2:
                    shutil.rmtree(chance.choice(sorted(project.raw.iterdir()) or [project.raw / "none"]), True)
                time.sleep(chance.random() * 0.1)
            wrong = unclear(begun.ended(), (0, 1, 2))
            write_raw(project, "a")
            wrong += unclear(warm.run(project, "run")) + other_than(project, old)
            lost += [f"time {number + 1}: {each}" for each in wrong]
    return Outcome({"loads": times}, lost)


@contextmanager
def always(look: Callable[[], str | None], pause: float) -> Iterator[list[str]]:
    """Do this again and again, as long as the block runs; the value gathers what was wrong."""
    found: list[str] = []
    end = threading.Event()

    def work() -> None:
        while not end.is_set():
            try:
                if (wrong := look()) is not None and len(found) < 20:
                    found.append(wrong)
            except Exception as error:
                found.append(f"{type(error).__name__}: {error}")
                return
            end.wait(pause)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield found
    finally:
        end.set()
        thread.join()


CASES = [
    Case(
        "two-pipelines",
        "two pipelines at once on one warehouse",
        "Two installed commands `run`, started within a second, one of them with two workers, articles changing, every"
        " fifth time without a warehouse: who has to give way says so, and all is as if one had run",
        pipelines,
        8,
    ),
    Case(
        "readers",
        "a reader during writes",
        "A program that opens the DuckDB file every 0.05 s and hashes all rows, while loads happen: it sees the old or"
        " the new rows of a batch, and the loads are not kept out",
        readers,
        8,
    ),
    Case(
        "growing",
        "a raw file that is half written",
        "A JSONL file and a text grow in 40 bits, cut anywhere, while `run` reads them: it ends green, and the next run"
        " has all of them",
        growing,
        4,
    ),
    Case(
        "vanishing",
        "raw files that vanish",
        "Files and batches are removed while `run` reads them, then the old ones come back: no run hangs, and the next"
        " one has all of them",
        vanishing,
        6,
    ),
]
