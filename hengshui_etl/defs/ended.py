"""Runs that ended, as Dagster recorded them, and the alerts that follow.

Belongs here: which runs ended since last time, and why one ended red. Does not belong here: what is said of it
(alerts/).

Green or red, a run may have found something; runs are looked at when they have ended, wherever they were started. How
far this was done stands in the ledger of the alerts and not with a sensor, since `run` in a terminal looks as well.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import NamedTuple

import dagster as dg

from hengshui_etl.alerts.announce import Announced, Ended, deliver, ledger_file, tell
from hengshui_etl.alerts.channels import read_channels
from hengshui_etl.alerts.ledger import ledger, mark, reach, set_mark
from hengshui_etl.locking import Taken, turn
from hengshui_etl.parts import stored_batches
from hengshui_etl.rulings import RulingsInvalid, fingerprint, read_rulings
from hengshui_etl.settings import Settings

OURS = "quarantine:nothing_failed_in_the_program"
"""Asset and name of the check of our own faults: with one of them, all other articles are loaded all the same."""

PARTITION = "dagster/partition"
WILL_RETRY = "dagster/will_retry"
_ENDS = (dg.DagsterEventType.RUN_SUCCESS, dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.RUN_CANCELED)
_PAGE = 1000

SETTLED_S = 60.0
"""PostgreSQL gives out the number of an event before others can see it: one that ended so recently may turn up behind
others with greater numbers. Marks stay behind it, and what was told of since then is remembered one by one."""

PATIENCE_S = 5.0
"""How long a look waits for another one to end before it leaves the telling to it."""


def look(settings: Settings, instance: dg.DagsterInstance) -> Announced:
    """Tell of what changed by the runs that ended since the last look, and deliver whatever waits, in any case. Where
    another process is looking, it is left to that one.

    Raises sqlite3.Error, OSError; then the next look does it.
    """
    made = 0
    file = ledger_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with turn(file.with_name(f"{file.name}.turn"), time.monotonic() + PATIENCE_S):
            made = _told(settings, instance)
    except Taken:
        pass
    finally:
        sent, refused = deliver(settings, read_channels())
    return Announced(made, sent, refused)


def _told(settings: Settings, instance: dg.DagsterInstance) -> int:
    """Make the messages; returns how many."""
    storage = getattr(
        instance.run_storage, "get_run_storage_id", str
    )()  # the numbers of events are those of one storage
    home = f"runs of {storage}"
    with ledger(ledger_file(settings)) as connection:
        after = {str(k): int(v) for k, v in json.loads(mark(connection, home) or "{}").items()}
        recent = {int(number) for number in json.loads(mark(connection, f"recent {home}") or "[]")}
        known = mark(connection, "rulings") or fingerprint(())
        left: dict[str, str | None] = json.loads(mark(connection, "left") or "{}")
    rulings, problem, ruled = None, "", known
    try:
        rulings = read_rulings(settings.rulings)
        ruled = fingerprint(rulings.values())
    except RulingsInvalid as error:
        problem = str(error)
    except OSError as error:
        problem = f"{settings.rulings} cannot be read: {error.strerror or error}"
    found = _ended_runs(instance, after, recent, time.time())
    batches: dict[str, str | None] = dict.fromkeys(stored_batches(settings.parquet) if ruled != known else ())
    batches |= left | found.loaded
    made, still = tell(settings, dict(sorted(batches.items())), found.ended, found.jobs, rulings, problem)
    if (found.reached, found.recent, ruled, still) != (after, recent, known, left):
        with ledger(ledger_file(settings)) as connection:
            set_mark(connection, "left", json.dumps(still))
            set_mark(connection, "rulings", ruled)
            set_mark(connection, f"recent {home}", json.dumps(sorted(found.recent)))
            reach(connection, home, found.reached)
    return made


class _Found(NamedTuple):
    """What ended since the last look: `loaded` has the last run of each batch, however it ended; `ended` the last one
    that was not canceled, which alone says whether the pipeline works; `jobs` the same of jobs whose runs have no
    batch; `reached` is up to where all events were read, by kind, and `recent` are those behind it that were."""

    loaded: dict[str, str]
    ended: dict[str, Ended]
    jobs: dict[str, Ended]
    reached: dict[str, int]
    recent: set[int]


def _ended_runs(instance: dg.DagsterInstance, after: dict[str, int], told: set[int], now: float) -> _Found:
    """What ended after these events, but for those of which was told."""
    reached = dict(after)
    recent: set[int] = set()
    last: dict[str, int] = {}  # run id → number of the event that ended it
    canceled: set[str] = set()
    for kind in _ENDS:
        for run_id, number, at in _events(instance, kind, after.get(kind.value, 0)):
            if at < now - SETTLED_S:
                reached[kind.value] = max(number, reached.get(kind.value, 0))
            else:
                recent.add(number)
            if number in told:
                continue
            last[run_id] = number
            if kind == dg.DagsterEventType.RUN_CANCELED:
                canceled.add(run_id)
    loaded: dict[str, str] = {}
    ended: dict[str, Ended] = {}
    jobs: dict[str, Ended] = {}
    runs = sorted(last, key=last.__getitem__)
    for start in range(0, len(runs), _PAGE):
        some = runs[start : start + _PAGE]
        whose = {
            run.run_id: (run.tags.get(PARTITION), run.job_name)
            for run in instance.get_runs(dg.RunsFilter(run_ids=some))
            if run.tags.get(WILL_RETRY) != "true"  # the last try tells how it ended
        }
        for run_id in some:
            batch, job = whose.get(run_id, (None, None))
            if batch:
                loaded[batch] = run_id
            if run_id in canceled:
                continue
            if batch:
                ended[batch] = Ended(run_id, None)
            elif job:
                jobs[job] = Ended(run_id, None)
    for found in (ended, jobs):
        found.update({name: end._replace(cause=_cause(instance, end.run_id)) for name, end in found.items()})
    return _Found(loaded, ended, jobs, reached, recent)


def _events(instance: dg.DagsterInstance, kind: dg.DagsterEventType, after: int) -> Iterator[tuple[str, int, float]]:
    """Run, number and time of the events of a kind after that number, in the order of numbers."""
    while True:
        wanted = dg.RunStatusChangeRecordsFilter(kind, after_storage_id=after)  # type: ignore[arg-type]
        found = instance.fetch_run_status_changes(wanted, limit=_PAGE, ascending=True).records
        yield from ((record.run_id, record.storage_id, record.timestamp) for record in found)
        if len(found) < _PAGE:
            return
        after = found[-1].storage_id


def _cause(instance: dg.DagsterInstance, run_id: str) -> str | None:
    return "; ".join(faults_of(instance, run_id)) or None


def faults_of(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """Why a run is red, or ought to be: contracts that were violated, else the errors of failed steps; one line each.
    Empty where the pipeline did its work, whatever it found in the articles."""
    kinds = {
        dg.DagsterEventType.ASSET_CHECK_EVALUATION,
        dg.DagsterEventType.STEP_FAILURE,
        dg.DagsterEventType.RUN_FAILURE,
    }
    events = [entry.dagster_event for entry in instance.all_logs(run_id, of_type=kinds)]
    contracts, steps, whole = [], [], []
    for event in events:
        if event is None:
            continue
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            evaluation = event.asset_check_evaluation_data
            if not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR:
                name = evaluation.asset_check_key.to_user_string()
                contracts.append(f"{name}: {evaluation.description or 'failed'}")
        elif event.event_type == dg.DagsterEventType.STEP_FAILURE:
            steps.append(_innermost(event))
        else:
            whole.append(" ".join((event.message or "the run failed").split()))
    return contracts or steps or whole


def _innermost(event: dg.DagsterEvent) -> str:
    """The innermost error of a failed step as one line."""
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return " ".join((error.message if error is not None else event.message or "").split())
