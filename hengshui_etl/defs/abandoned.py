"""Runs that say they are at work and whose process is gone: the machine died, or somebody killed everything at once.

Belongs here: finding them by the process that their record names, and ending them on record. Does not belong here:
starting them again, which Dagster's retries do, and runs that take too long (`run_monitoring` in home.py).

Dagster's own monitoring cannot ask a run of the default launcher whether it is alive, so that `arrivals` would wait for
it until its time is over.
"""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

AT_WORK = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)

SAME_S = 5.0
"""Between the start of a process and its first word in the record may lie any time, but never less than nothing; clocks
are read in steps."""


def end_abandoned(instance: dg.DagsterInstance) -> list[str]:
    """End on record what is at work no more, as failed, or as canceled where that was asked for; the ids of these runs.
    Only for runs of this machine: the record names processes by number."""
    if os.name != "posix":
        return []
    found = []
    for run in instance.get_runs(dg.RunsFilter(statuses=list(AT_WORK))):
        processes = _processes_of(instance, run.run_id)
        if not processes or any(_is_alive(*process) for process in processes):
            continue
        why = f"Its process ({processes[-1][0]}) ended without a word: the machine went down, or it was killed."
        if run.status == dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, why)
        else:
            instance.report_run_failed(run, why)
        found.append(run.run_id)
    return found


def _processes_of(instance: dg.DagsterInstance, run_id: str) -> list[tuple[int, float]]:
    """The processes that a run says it is made by, each with the time at which it said so."""
    found = []
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT):
        metadata = entry.dagster_event.engine_event_data.metadata if entry.dagster_event else {}
        number = str(getattr(metadata.get("pid"), "value", ""))
        if number.isdigit():
            found.append((int(number), entry.timestamp))
    return found


def _is_alive(number: int, seen: float) -> bool:
    """Whether a process of that number runs, and ran when it was seen: numbers are given out again."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    began = _began(number)
    return began is None or began <= seen + SAME_S


def _began(number: int) -> float | None:
    """When a process began, in seconds since 1970, where the system tells it."""
    try:
        ticks = int(Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[19])
        lines = Path("/proc/stat").read_text("utf-8").splitlines()
        booted = next(int(line.split()[1]) for line in lines if line.startswith("btime "))
        return booted + ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, StopIteration):
        return None
