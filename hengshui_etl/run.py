"""Runs batches: the Dagster job in this process, recorded where the UI finds it, and what came of it.

Belongs here: which batches have to be run, running them, and the report of a run.
Does not belong here: what the steps do (defs/), what is printed (closing.py).
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import dagster as dg

from hengshui_etl import loading, parts, ruled, warehouse
from hengshui_etl.definitions import defs
from hengshui_etl.defs.ended import OURS, faults_of, look
from hengshui_etl.defs.partitions import all_batches, loaded, register, ruled_otherwise
from hengshui_etl.defs.resources import Project
from hengshui_etl.examining import OUR_FAULT
from hengshui_etl.home import prepared_dagster_home
from hengshui_etl.report.build import build_report, report_index
from hengshui_etl.ruled import Stale
from hengshui_etl.rulings import RulingsInvalid
from hengshui_etl.settings import Settings
from hengshui_etl.sources import raw_batches

OnProgress = Callable[[str, str, int, int], None]
JOB = "load_batch"

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""Dagster's log goes into the instance, where the UI shows it, and not over the terminal."""


NO_RETRY = {"dagster/max_retries": "0"}
"""Whoever runs from a terminal sees the failure and decides; the daemon, which may not be there, does not try again."""


LITTLE = 2**20
"""With so few bytes left, a disk is full: SQLite needs some for its log, and says only that writing failed."""


MOST_TOLD = 20
"""Failed checks, and files in quarantine, that a run names: there may be as many as articles."""


class FailedCheck(NamedTuple):
    """A relation of an article that does not hold. `ruling` and `reason` are what a reviewer said of it, if one did."""

    article_id: str
    source_path: str
    check_id: str
    type: str
    severity: str
    message_en: str
    message_zh: str
    ruling: str | None = None
    reason: str | None = None


class Counts(NamedTuple):
    """How many checks failed that nobody has ruled on, and that somebody has; how many files could not be read; how
    many articles and files are in quarantine for a fault of this program."""

    failed: int = 0
    ruled: int = 0
    quarantined: int = 0
    ours: int = 0


class RunReport(NamedTuple):
    """What a run found. `ok`: all steps ended well, every contract held, and no article of these batches is in
    quarantine for a fault of ours, which `ours` tells; `batches` are those asked for, `unchanged`
    those of them that were up to date and not run again; the counts, `failed`, `ruled` and `quarantined` (path and
    reason) are about all of `batches`. `failed` are failures that nobody has ruled on, `ruled` the others: of each, and
    of `quarantined` and `ours`, the first MOST_TOLD, and `counts` has how many there are. `stale` are rulings on any
    batch that somebody should look at again. `removed` are batches that no longer lie in `data/raw/`; `errors` are our
    own faults."""

    ok: bool
    batches: tuple[str, ...]
    articles: int
    figures: int
    relations: int
    failed: tuple[FailedCheck, ...]
    quarantined: tuple[tuple[str, str], ...]
    errors: tuple[str, ...]
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    ruled: tuple[FailedCheck, ...] = ()
    stale: tuple[Stale, ...] = ()
    counts: Counts = Counts()
    ours: tuple[tuple[str, str], ...] = ()


class UnknownBatch(ValueError):
    """There is no batch of that name; `args[0]` is the name."""


class HistoryFailed(OSError):
    """Dagster's record of runs, in its SQLite files, cannot be read or written; what was loaded stays loaded."""

    def __init__(self, home: Path, why: BaseException) -> None:
        full = home.exists() and shutil.disk_usage(home).free < LITTLE
        super().__init__(
            f"Dagster's record of runs in {home} cannot be read or written: {str(why).rstrip('.')}"
            + (" (no space is left on its disk)" if full else "")
            + ". What was loaded is safe. Make room there, or let it be written to; where a file is damaged, move the"
            " folder away, and the next run begins a new one"
        )


def run_batches(
    settings: Settings,
    batches: Sequence[str] | None = None,
    on_progress: OnProgress = lambda batch, step, done, total: None,
    remove_missing: bool = False,
) -> RunReport:
    """Take batches through the whole flow: those named, or all whose files, code or tables changed. `remove_missing`
    says that batches may go though all of several are gone from `data/raw` at once.

    Raises UnknownBatch before anything is done, OSError where folders cannot be read or written. RawMissing and
    BatchesMissing are two: what is held of batches does not go because a disk is not mounted; HistoryFailed is another.
    """
    known = all_batches(settings, remove_missing)
    for batch in batches or ():
        if batch not in known:
            raise UnknownBatch(batch)
    wanted = sorted(set(batches)) if batches else known
    if not wanted:
        return RunReport(True, (), 0, 0, 0, (), (), ())
    errors: list[str] = []
    with instance_of(settings) as instance:
        register(instance, wanted)
        current = set() if batches else _current(settings, instance, wanted, on_progress)
        for batch in wanted:
            if batch not in current:
                errors += run_batch(settings, instance, batch, on_progress, remove_missing)
        removed = _removed(settings, wanted)
        for batch in removed:
            instance.delete_dynamic_partition("batches", batch)
        if current and not errors:
            errors += _pages(settings)
        if any(_is_damage(error) for error in errors):
            errors.append(
                f"{settings.database} is damaged: `hengshui-etl rebuild` makes it anew from the Parquet files"
            )
        errors += _tell(settings, instance, errors)
    shown = tuple(batch for batch in wanted if batch not in removed)
    return report(settings, shown, tuple(errors))._replace(
        unchanged=tuple(batch for batch in shown if batch in current), removed=tuple(removed)
    )


def _removed(settings: Settings, batches: Sequence[str]) -> list[str]:
    """Those of the batches that are held nowhere any more; none that could not be taken out of DuckDB."""
    there = {*raw_batches(settings.raw), *parts.stored_batches(settings.parquet)}
    gone = [batch for batch in batches if batch not in there]
    try:
        return sorted({*gone}.difference(loaded(settings))) if gone else []
    except warehouse.WarehouseBusy:  # the load met it as well, and told
        return []


def _is_damage(error: str) -> bool:
    """Whether DuckDB failed, and not for want of space or leave."""
    passing = ("no space", "permission", "read-only", "set lock")
    return "_duckdb." in error and not any(word in error.lower() for word in passing)


def _pages(settings: Settings) -> list[str]:
    """Bring the pages of batches up to date that no run was needed for: one that was loaded by a run that died before
    its pages were written has old ones. What went wrong."""
    try:
        build_report(settings)
    except (warehouse.WarehouseBusy, OSError, sqlite3.Error) as error:
        return [f"report: {' '.join(str(error).split())}"]
    return []


def _tell(settings: Settings, instance: dg.DagsterInstance, errors: Sequence[str]) -> list[str]:
    """Bring the rulings of the database up to date where no batch was loaded, and send alerts; what went wrong, beside
    the errors that were told already."""
    found = []
    try:
        ruled.refresh(settings)
    except RulingsInvalid as error:
        found.append(f"rulings: {error}")
    except Exception as error:  # a file that is no database, or is held; where a load met it as well, it was told
        found += [] if errors else [f"rulings: {' '.join(str(error).split())}"]
    try:
        look(settings, instance)
    except (OSError, sqlite3.Error) as error:
        found.append(f"alerts: {' '.join(str(error).split())}")
    return found


def run_batch(
    settings: Settings,
    instance: dg.DagsterInstance,
    batch: str,
    on_progress: OnProgress,
    remove_missing: bool = False,
) -> list[str]:
    """One run of the job for one batch; returns what went wrong, one line each. Raises KeyboardInterrupt where it was
    interrupted; then it is on record as canceled, and what was there before stays."""
    project = Project(
        settings, lambda step, done, total: on_progress(batch, step, done, total), remove_missing=remove_missing
    )
    result = defs.resolve_job_def(JOB).execute_in_process(
        run_config=QUIET,
        partition_key=batch,
        tags=NO_RETRY,
        instance=instance,
        resources={"project": project},
        raise_on_error=False,
    )
    if any(_interrupted(event) for event in result.all_events):
        if (run := instance.get_run_by_id(result.run_id)) is not None:
            instance.report_run_canceled(run, "It was interrupted in the terminal.")
        raise KeyboardInterrupt
    found = [f"{batch}: {fault}" for fault in faults_of(instance, result.run_id) if not fault.startswith(f"{OURS}:")]
    return found or ([] if result.success else [f"{batch}: the run failed"])


def _current(
    settings: Settings, instance: dg.DagsterInstance, batches: Sequence[str], on_progress: OnProgress
) -> set[str]:
    """The batches of which files, tables, rows and rulings in DuckDB and the record in Dagster all agree; none without
    a report."""
    if not report_index(settings).exists():
        return set()
    held = loaded(settings)
    recorded = instance.get_materialized_partitions(dg.AssetKey("warehouse"))
    known = recorded.difference(ruled_otherwise(settings))
    found = set()
    for done, batch in enumerate(batches):
        on_progress(batch, "comparing", done, len(batches))
        if batch in known and loading.is_current(settings, batch, held.get(batch)):
            found.add(batch)
    return found


def _interrupted(event: dg.DagsterEvent) -> bool:
    """Whether a run ended by Ctrl+C, which Dagster takes for a failure where nobody asked it for an end."""
    if event.event_type != dg.DagsterEventType.RUN_FAILURE or event.job_failure_data.error is None:
        return False
    return event.job_failure_data.error.cls_name in ("DagsterExecutionInterruptedError", "KeyboardInterrupt")


@contextmanager
def instance_of(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The Dagster instance of the project, so that runs show up in its UI. Raises HistoryFailed."""
    try:
        with dg.DagsterInstance.from_config(str(prepared_dagster_home(settings))) as instance:
            yield instance
    except Exception as error:  # SQLAlchemy's, made from SQLite's, and Dagster's own around them
        cause: BaseException | None = error
        while cause is not None and not _of_history(cause):
            cause = cause.__cause__ or cause.__context__
        if cause is None:
            raise
        raise HistoryFailed(settings.dagster_home, cause) from None


def _of_history(error: BaseException) -> bool:
    """Whether it says that Dagster's SQLite files cannot be used, or lack a table."""
    lacking = isinstance(error, dg.DagsterInvalidInvocationError) and "dagster instance migrate" in str(error)
    return lacking or isinstance(error, sqlite3.Error)


def report(settings: Settings, batches: tuple[str, ...], errors: tuple[str, ...]) -> RunReport:
    """What the warehouse holds of these batches."""
    found = RunReport(not errors, batches, 0, 0, 0, (), (), errors)
    if not settings.database.exists():
        return found
    try:
        with warehouse.database(settings.database, read_only=True) as connection:
            known = {batch for (batch,) in connection.execute("SELECT batch FROM batches").fetchall()}
            # All, or some named one by one: only then the database reads no more than the rows of these.
            whole = known.issubset(batches)
            among = "true" if whole else f"batch IN ({', '.join('?' * len(batches))})"

            def rows(sql: str) -> list[tuple[Any, ...]]:
                return connection.execute(sql.format(among=among), [] if whole else list(batches)).fetchall()

            ((articles, figures, relations),) = rows(_SIZES)
            ((fails,),) = rows("SELECT count(*) FROM relations WHERE status = 'fail' AND {among}")
            ((ruled_on,),) = rows("SELECT count(*) FROM failed_checks WHERE ruling IS NOT NULL AND {among}")
            ((refused,),) = rows(f"SELECT count(*) FROM quarantine_summary WHERE {_THEIRS} AND {{among}}")
            ((faults,),) = rows(f"SELECT count(*) FROM quarantine WHERE {_OURS} AND {{among}}")
            counts = Counts(fails - ruled_on, ruled_on, refused, faults)
            failing = [FailedCheck(*row) for row in rows(_FAILING.format(among="{among}", ruled="NULL"))]
            ruled_checks = [FailedCheck(*row) for row in rows(_FAILING.format(among="{among}", ruled="NOT NULL"))]
            quarantined = tuple((path, reason) for path, reason in rows(_REFUSED))
            ours = tuple((path, reason) for path, reason in rows(_FAULTS))
        stale = tuple(ruled.stale_rulings(settings.database))
    except Exception as error:  # the run told of it already, or nobody did
        lines = errors or (f"{settings.database} cannot be read: {' '.join(str(error).split())}",)
        return found._replace(ok=False, errors=lines)
    ok = not errors and not counts.ours
    counted = RunReport(ok, batches, int(articles), int(figures), int(relations), (), quarantined, errors)
    return counted._replace(failed=tuple(failing), ruled=tuple(ruled_checks), stale=stale, counts=counts, ours=ours)


_SIZES = (
    "SELECT coalesce(sum(articles_rows), 0), coalesce(sum(figures_rows), 0), coalesce(sum(relations_rows), 0)"
    " FROM batches WHERE {among}"
)
_ORDER = "severity, article_id, CAST(relation_id[2:] AS INTEGER)"
_FAILING = (
    "SELECT article_id, source_path, relation_id, type, severity, message_en, message_zh, ruling, ruling_reason"
    f" FROM (FROM failed_checks WHERE ruling IS {{ruled}} AND {{among}} ORDER BY {_ORDER} LIMIT {MOST_TOLD})"
    f" JOIN (SELECT batch, article_id, source_path FROM articles) USING (batch, article_id) ORDER BY {_ORDER}"
)
_OURS = f"starts_with(reason, '{OUR_FAULT}')"
_THEIRS = f"NOT contains(reason, '{OUR_FAULT}')"  # before it may stand which record it is
_REFUSED = (
    f"SELECT source_path, reason FROM quarantine_summary WHERE {_THEIRS} AND {{among}}"
    f" ORDER BY source_path LIMIT {MOST_TOLD}"
)
_FAULTS = (
    "SELECT source_path || if(record_nr > 0, '#' || coalesce(record_id, CAST(record_nr AS VARCHAR)), ''), reason"
    f" FROM quarantine WHERE {_OURS} AND {{among}} ORDER BY source_path, record_nr LIMIT {MOST_TOLD}"
)
