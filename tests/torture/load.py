"""Much at once: files by the ten thousand, a year of batches in the UI, a run of hours that is to be stopped.

Belongs here: cases that measure time and memory. Does not belong here: how many articles a second are examined
(benchmarks/).
"""

from __future__ import annotations

import json
import os
import pty
import random
import re
import select
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

from tests.torture import warm
from tests.torture.case import Case, Outcome, scratch
from tests.torture.daemon import served
from tests.torture.long import LONG, PATIENCE_S, long_load
from tests.torture.project import (
    COMMAND,
    Project,
    article,
    between,
    other_than,
    patient,
    unclear,
)

TICK_S = 30.0
"""A tick may take half of what Dagster's daemon grants it."""

LOOK = """
import json, resource, sys, time
import dagster as dg
from hengshui_etl.defs.sensors import MOST_RUNS, arriving
from hengshui_etl.run import instance_of
from hengshui_etl.settings import read_settings
cursor, ticks, asked = None, [], []
with instance_of(read_settings()) as instance:
    while len(ticks) < 60:
        context = dg.build_sensor_context(instance=instance, cursor=cursor)
        began = time.monotonic()
        result = arriving(context)
        ticks.append(time.monotonic() - began)
        requests = getattr(result, "run_requests", None) or []
        for request in getattr(result, "dynamic_partitions_requests", None) or []:
            instance.add_dynamic_partitions("batches", list(request.partition_keys))
        cursor = getattr(result, "cursor", None) or context.cursor
        asked.append(len(requests))
        if not requests and len(ticks) > 2:
            break
    known = len(instance.get_dynamic_partitions("batches"))
print(json.dumps({"ticks": ticks, "asked": asked, "most": MOST_RUNS, "known": known, "cursor": len(cursor),
                  "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
"""

RECORD = """
import sys
import dagster as dg
from hengshui_etl.definitions import defs
from hengshui_etl.run import instance_of
from hengshui_etl.settings import read_settings
from hengshui_etl.sources import raw_batches
settings = read_settings()
batches = raw_batches(settings.raw)
assets = [key for key in defs.resolve_asset_graph().materializable_asset_keys]
with instance_of(settings) as instance:
    instance.add_dynamic_partitions("batches", batches)
    for batch in batches:
        for key in assets:
            instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=batch))
print(len(assets))
"""

PARTITIONS = """
query ($key: [String!]!) { assetNodeOrError(assetKey: {path: $key}) { ... on AssetNode {
  partitionKeys
  partitionStats { numMaterialized numPartitions numFailed }
  assetPartitionStatuses { ... on DefaultPartitionStatuses { materializedPartitions } } } } }
"""
GRAPH = """
query { assetNodes { assetKey { path } partitionStats { numMaterialized numPartitions } } }
"""


def sensor(times: int, chance: random.Random) -> Outcome:
    """The sensor `arrivals` before ten thousand files in a thousand batches, none of them loaded."""
    lost: list[str] = []
    with scratch() as folder:
        project = Project(folder / "tried")
        for number in range(1000):
            place = project.raw / f"{2000 + number // 12}-{number % 12 + 1:02}"
            place.mkdir()
            for file in range(10):
                (place / f"{file}.txt").write_text(article(f"{number} {file}", ""), "utf-8")
        done = subprocess.run(
            [sys.executable, "-c", LOOK],
            env=project.whole_environment,
            capture_output=True,
            text=True,
            timeout=patient(600),
        )
        if done.returncode:
            return Outcome({}, [done.stderr[-1000:]])
        found = json.loads(done.stdout.splitlines()[-1])
    ticks, asked = found["ticks"], found["asked"]
    if max(asked) > found["most"]:
        lost.append(f"a tick asked for {max(asked)} runs")
    if sum(asked) != 1000 or found["known"] != 1000:
        lost.append(f"{sum(asked)} batches were asked for, {found['known']} are known")
    if max(ticks) > patient(TICK_S):
        lost.append(f"a tick took {max(ticks):.1f} s")
    seen = (
        f"first tick {ticks[0]:.2f} s, median {statistics.median(ticks):.2f} s, with nothing new {ticks[-1]:.2f} s; at"
        f" most {max(asked)} runs a tick; its memory of what it saw {found['cursor'] // 1024} KB, the process"
        f" {found['memory']} MB"
    )
    return Outcome({"files": 10_000, "batches": 1000, "ticks": len(ticks)}, lost, seen)


def year(times: int, chance: random.Random) -> Outcome:
    """The UI before a year of daily batches, all of them loaded."""
    lost: list[str] = []
    with scratch() as folder:
        project = Project(folder / "tried")
        days = [str(date(2019, 1, 1) + timedelta(day)) for day in range(365)]
        for day in days:
            (project.raw / day).mkdir()
            (project.raw / day / "a.txt").write_text(article(day, ""), "utf-8")
        lost += unclear(warm.run(project, "rebuild", *(f"--batch={day}" for day in days), patience=600))
        record = subprocess.run(
            [sys.executable, "-c", RECORD], env=project.whole_environment, capture_output=True, text=True
        )
        if record.returncode:
            return Outcome({}, [record.stderr[-1000:]])
        began = time.monotonic()
        with served(project) as dagster:
            start = dagster.wait("the UI", lambda: dagster.ask(GRAPH)["assetNodes"]) and time.monotonic() - began
            page, graph = [], []
            for _ in range(5):
                at = time.monotonic()
                node = dagster.ask(PARTITIONS, key=["warehouse"])["assetNodeOrError"]
                page.append(time.monotonic() - at)
                at = time.monotonic()
                dagster.ask(GRAPH)
                graph.append(time.monotonic() - at)
            if node["partitionStats"]["numMaterialized"] != 365 or len(node["partitionKeys"]) != 365:
                lost.append(f"the page of the asset knows {node['partitionStats']}")
            for what, taken in (("asset page", page), ("graph", graph)):
                if statistics.median(taken) > patient(10):
                    lost.append(f"the {what} takes {statistics.median(taken):.1f} s")
    seen = (
        f"ready after {start:.1f} s, statuses of an asset's partitions {statistics.median(page):.2f} s, of all"
        f" {record.stdout.strip()} assets {statistics.median(graph):.2f} s"
    )
    return Outcome({"batches": 365, "looks": 5}, lost, seen)


def interrupted(times: int, chance: random.Random) -> Outcome:
    """A long `run` on a terminal: it shows how far it is, and ends on Ctrl+C."""
    lost: list[str] = []
    ends = []
    with scratch() as folder:
        old, new, project = long_load(folder)
        for number in range(times):
            primary, secondary = pty.openpty()
            process = subprocess.Popen(
                [str(COMMAND), "run"],
                env=project.whole_environment | {"TERM": "xterm", "COLUMNS": "120"},
                cwd=project.home,
                stdin=subprocess.DEVNULL,
                stdout=secondary,
                stderr=secondary,
                start_new_session=True,
            )
            os.close(secondary)
            shown = _watched(primary, process, until=lambda seen: len(seen) >= 2)
            asked = time.monotonic()
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does
            with suppress(subprocess.TimeoutExpired):
                process.wait(patient(60))
            ends.append(time.monotonic() - asked)
            wrong = ["it cried"] if "Traceback" in _rest(primary) else []
            if process.returncode is None:
                os.killpg(process.pid, 9)
                wrong.append("Ctrl+C did not end it within 60 s")
            elif process.returncode != 130:
                wrong.append(f"it ended with {process.returncode} and not with 130")
            if len(shown) < 2:
                wrong.append(f"no progress was shown: {shown}")
            os.close(primary)
            process.wait()
            lost += [f"time {number + 1}: {each}" for each in wrong + between(project, old, new)]
        lost += unclear(warm.run(project, "run", patience=600)) + other_than(project, new)
    return Outcome({"times": times}, lost, f"it shows articles done of all; it ended within {max(ends):.1f} s")


def _rest(terminal: int) -> str:
    """What a terminal still shows."""
    text = b""
    with suppress(OSError):
        while select.select([terminal], [], [], 1)[0] and (data := os.read(terminal, 65536)):
            text += data
    return text.decode("utf-8", "replace")


def _watched(terminal: int, process: subprocess.Popen[bytes], until: Callable[[list[str]], bool]) -> list[str]:
    """The states of progress that a terminal showed, until there are enough of them."""
    text, shown = "", []
    deadline = time.monotonic() + patient(PATIENCE_S)
    while not until(shown) and process.poll() is None and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.5)[0]:
            with suppress(OSError):
                text += os.read(terminal, 65536).decode("utf-8", "replace")
        shown = list(dict.fromkeys(found for found in re.findall(r"articles (\d+/\d+)", text) if found[0] != "0"))
    return shown


CASES = [
    Case(
        "sensor",
        "ten thousand files in a thousand batches",
        "The sensor `arrivals`, tick after tick, until it asks for nothing: every batch is asked for once, never more"
        f" than its limit a tick, no tick longer than {TICK_S:.0f} s",
        sensor,
        1,
        alone=True,
    ),
    Case(
        "year",
        "a year of daily batches in the UI",
        "365 batches in Parquet, DuckDB and Dagster's record; `hengshui-etl ui`; time until it answers, and of the"
        " queries of the asset page and the graph (at most 10 s)",
        year,
        1,
        alone=True,
    ),
    Case(
        "interrupt",
        "a long run that is interrupted",
        f"`run` over {LONG} articles on a terminal: it shows how far it is; Ctrl+C: status 130, the old rows; the next"
        " run completes it",
        interrupted,
        2,
    ),
]
