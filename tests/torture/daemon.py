"""The UI and its daemon: a run of theirs that is terminated, or whose machine dies.

Belongs here: starting them, asking them by GraphQL, cases of their runs. Does not belong here: how fast they are
(load.py).
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.torture import warm
from tests.torture.case import Case, Outcome, scratch
from tests.torture.long import LONG, PATIENCE_S, long_load
from tests.torture.project import COMMAND, ROOT, Project, between, other_than, patient, unclear

RUNS = "query { runsOrError(limit: 10) { ... on Runs { results { runId status } } } }"
LOGS = """
query ($id: ID!) { logsForRun(runId: $id) { ... on EventConnection { events {
  ... on MessageEvent { message } } } } }
"""
TERMINATE = """
mutation ($id: String!) { terminateRun(runId: $id) { __typename ... on TerminateRunFailure { message } } }
"""


def terminated(times: int, chance: random.Random) -> Outcome:
    """A long run of the daemon: the UI shows how far it is, and *Terminate* ends it; killed, it is tried again."""
    lost: list[str] = []
    with scratch() as folder:
        old, new, project = long_load(folder)
        with served(project) as dagster:
            run = dagster.wait("the run that arrivals asks for", lambda: dagster.run_that_is("STARTED"))

            def progress() -> Any:
                texts = [e.get("message") or "" for e in dagster.ask(LOGS, id=run)["logsForRun"]["events"]]
                return [text for text in texts if re.search(r"articles \d+/\d+", text)]

            seen = ""
            try:
                seen = dagster.wait("progress in the log of the run", progress, 60)[0]
            except AssertionError as error:
                lost.append(str(error).splitlines()[0])
            asked = time.monotonic()
            answer = dagster.ask(TERMINATE, id=run)["terminateRun"]
            if answer["__typename"] != "TerminateRunSuccess":
                lost.append(f"it cannot be terminated: {answer}")

            status = dagster.wait_for(ENDS, run, 60)
            took = time.monotonic() - asked
            if status != "CANCELED":
                lost.append(f"it ended as {status}")
        lost += between(project, old, new)
        lost += unclear(warm.run(project, "run", patience=600)) + other_than(project, new)
    return Outcome({"runs": 1}, lost, f"its log says “{seen}”; it ended {took:.1f} s after it was asked to")


ENDS = ("SUCCESS", "FAILURE", "CANCELED")


def machine_died(times: int, chance: random.Random) -> Outcome:
    """All of the UI, its daemon and a long run killed at once, then the UI again, as after a loss of power."""
    lost: list[str] = []
    took = []
    with scratch() as folder:
        old, new, whole = long_load(folder)
        for number in range(times):
            project = whole.copied(folder / "tried again")
            with served(project) as dagster:
                run = dagster.wait("the run that arrivals asks for", lambda: dagster.run_that_is("STARTED"))
                time.sleep(chance.uniform(0, 5))
                _all_killed(project)
            wrong = between(project, old, new)
            began = time.monotonic()
            with served(project) as dagster:
                dagster.wait("the UI", dagster.newest)
                if (status := dagster.status_of(run)) in ("SUCCESS", "CANCELED"):
                    wrong.append(f"the run was {status} before its machine died: it was not tried")
                dagster.wait_for("FAILURE", run, 120)
                took.append(time.monotonic() - began)
                dagster.wait("the run that is made instead", lambda: dagster.newest() == "SUCCESS", 600)
            wrong += other_than(project, new)
            lost += [f"time {number + 1}: {each}" for each in wrong]
    return Outcome({"times": times}, lost, f"on record it ended {max(took):.0f} s after the UI was started again")


def _all_killed(project: Project) -> None:
    """Kill whatever was started for a project; each process has its folder in its environment."""
    mark, left = f"HENGSHUI_HOME={project.home}\0".encode(), True
    while left:
        left = False
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (process / "environ").read_bytes() + b"\0":
                    os.kill(int(process.name), signal.SIGKILL)
                    left = left or "State:\tZ" not in (process / "status").read_text()


class Dagster:
    """A UI with its daemon, and what can be asked of it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/graphql"

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = json.load(answer)
        if "errors" in found:
            raise RuntimeError(str(found["errors"])[:500])
        data: dict[str, Any] = found["data"]
        return data

    def run_that_is(self, status: str) -> str | None:
        """The newest run of that status."""
        runs = self.ask(RUNS)["runsOrError"]["results"]
        return next((run["runId"] for run in runs if run["status"] == status), None)

    def newest(self) -> str:
        """The status of the newest run."""
        return str(self.ask(RUNS)["runsOrError"]["results"][0]["status"])

    def wait_for(self, wanted: str | tuple[str, ...], run: str, patience: float) -> str:
        """The status of a run, once it is one of those wanted. Raises AssertionError."""

        def found() -> str:
            status = self.status_of(run)
            return status if status in (wanted if isinstance(wanted, tuple) else (wanted,)) else ""

        return str(self.wait(f"run {run}: {wanted}", found, patience))

    def status_of(self, run: str) -> str:
        runs = self.ask(RUNS)["runsOrError"]["results"]
        return next((str(each["status"]) for each in runs if each["runId"] == run), "")

    def wait(self, what: str, condition: Callable[[], Any], patience: float = PATIENCE_S) -> Any:
        """The first answer that is true. Raises AssertionError."""
        deadline = time.monotonic() + patient(patience)
        while time.monotonic() < deadline:
            with suppress(urllib.error.URLError, ConnectionError, TimeoutError, KeyError):
                if found := condition():
                    return found
            time.sleep(0.2)
        raise AssertionError(f"{what}: not within {patience:.0f} s")


@contextmanager
def served(project: Project) -> Iterator[Dagster]:
    """`hengshui-etl ui` on a free port, ended by what ends it for users."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    with (project.home / "ui.log").open("wb") as log:
        process = subprocess.Popen(
            [str(COMMAND), "ui", "--port", str(port)],
            env=project.whole_environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield Dagster(port)
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


CASES = [
    Case(
        "terminate",
        "a long run of the daemon that is terminated",
        f"The sensor starts a run over {LONG} articles: its log says how far it is; *Terminate* through GraphQL:"
        " CANCELED, the old rows; the next run completes it",
        terminated,
        1,
    ),
    Case(
        "machine",
        "the machine dies under the UI, its daemon and a long run",
        f"All processes killed at once while a run over {LONG} articles is at work; then the UI again: every batch old"
        " or new, the dead run is ended on record, and made again without anybody's doing",
        machine_died,
        1,
    ),
]
