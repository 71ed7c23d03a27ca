"""The nightly verification: is what is stored right, and is everything loaded?

Belongs here: the two checks of the warehouse as a whole, their job and their schedule.
Does not belong here: comparing (verify.py), what becomes of a red check (ended.py, alerts/).
"""

import time
from collections import Counter
from typing import Any, NamedTuple

import dagster as dg

from hengshui_etl import loading, sources
from hengshui_etl.defs import partitions, shown
from hengshui_etl.defs.arrivals import REST_S
from hengshui_etl.defs.resources import Project
from hengshui_etl.settings import Settings, timezone_name
from hengshui_etl.verified import Difference, Kind, Verified
from hengshui_etl.verify import verify

ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN

LATE_S = 3600.0
"""What rests for so long and is not loaded has been forgotten: the sensor is off, or its runs fail."""

TODO: dict[Kind, str] = {
    "raw": "run the batch if the files were meant to change; if not, bring them back from a backup",
    "version": "run the batch",
    "parquet": "hengshui-etl rebuild --batch …",
    "rows": "hengshui-etl rebuild --batch …",
    "verdict": "hengshui-etl rebuild --batch …",
    "database": "hengshui-etl rebuild",
    "rulings": "hengshui-etl run",
}


class Late(NamedTuple):
    """A batch that rests and is not loaded as it lies there, and for how many seconds."""

    batch: str
    seconds: float


def late_batches(settings: Settings, now: float) -> tuple[list[Late], int]:
    """The batches that rest and are not loaded, the oldest first, and how many do not rest yet."""
    loaded = partitions.loaded(settings)
    traces = sources.traces(settings.raw)
    late, moving = [], 0
    for batch in partitions.all_batches(settings):
        touched = traces[batch].touched if batch in traces else now - REST_S  # gone, and when is not known
        if _moving(touched, now):
            moving += 1
        elif loading.wanted_content(settings, batch, loaded.get(batch)) is not None:
            late.append(Late(batch, max(0.0, now - touched)))
    return sorted(late, key=lambda each: -each.seconds), moving


def _moving(touched: float, now: float) -> bool:
    """Whether files may still be written to. A time to come says nothing: a wrong clock must not blind the checks."""
    return 0 <= now - touched < REST_S


@dg.asset_check(
    asset="warehouse",
    name="warehouse_matches_raw_files",
    description=(
        "Integrity. Reads all raw files again and compares their hashes, examines every article again and compares"
        " every row, makes every verdict again from its operands, reads every Parquet file, and compares DuckDB with"
        " them row by row. Every night; `hengshui-etl verify` does the same in a terminal. A failure is a damaged file"
        " or a fault of ours."
    ),
    required_resource_keys={"project"},
)
def warehouse_matches_raw_files(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    project: Project = context.resources.project
    found = verify(
        project.settings, on_progress=lambda batch, step, done, total: _log(context, f"{batch}: {step}", done, total)
    )
    now, traces = time.time(), sources.traces(project.settings.raw)
    moving = {batch for batch, trace in traces.items() if _moving(trace.touched, now)}
    return integrity_result(found, moving)


def integrity_result(found: Verified, moving: set[str]) -> dg.AssetCheckResult:
    """What the check says; raw files of batches that are being written to just now do not count."""
    counts = {(kind, batch): n for (kind, batch), n in found.counts.items() if not (kind == "raw" and batch in moving)}
    differences = [each for each in found.differences if (each.kind, each.batch) in counts]
    metadata: dict[str, Any] = {
        "batches": len(found.batches),
        "raw files": found.files,
        "articles examined again": found.examined,
        "verdicts made again": found.verdicts,
        "rows": found.rows,
        "differences": sum(counts.values()),
    }
    if differences:
        metadata["what differs"] = dg.MarkdownMetadataValue(differences_table(differences, sum(counts.values())))
    kinds: Counter[str] = Counter()
    for (kind, _), n in counts.items():
        kinds[kind] += n
    return dg.AssetCheckResult(
        passed=not counts,
        severity=ERROR,
        description=f"what is stored differs: {', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items()))};"
        " see hengshui-etl verify"
        if counts
        else None,
        metadata=metadata,
    )


def differences_table(differences: list[Difference], total: int) -> str:
    """The differences for reading, with what to do."""
    rows = [
        (each.kind, each.table, each.batch, each.article, each.row, each.column, each.stored, each.expected,
         TODO[each.kind])
        for each in differences
    ]  # fmt: skip
    heads = ("what", "table", "batch", "article", "row", "column", "stored", "should be", "what to do")
    return shown.table(heads, rows, total, "`hengshui-etl verify` lists them")


@dg.asset_check(
    asset="warehouse",
    name="warehouse_is_fresh",
    description=(
        "Freshness. Everything under data/raw that rests (nobody has written to it for"
        f" {REST_S:.0f} seconds) is loaded as it lies there. A warning where something is not, an error where it has"
        f" not been for {LATE_S / 60:.0f} minutes: then see whether the sensor `arrivals` is on, and how its runs end."
    ),
    required_resource_keys={"project"},
)
def warehouse_is_fresh(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    project: Project = context.resources.project
    late, moving = late_batches(project.settings, time.time())
    return freshness_result(late, moving)


def freshness_result(late: list[Late], moving: int) -> dg.AssetCheckResult:
    """What the check says of the batches that are not loaded."""
    oldest = late[0].seconds if late else 0.0
    metadata: dict[str, Any] = {
        "batches not loaded": len(late),
        "oldest, minutes": int(oldest // 60),
        "batches being written to": moving,
    }
    if late:
        rows = [(each.batch, int(each.seconds // 60)) for each in late]
        metadata["not loaded"] = dg.MarkdownMetadataValue(
            shown.table(("batch", "minutes at rest"), rows, len(rows), "run them")
        )
    return dg.AssetCheckResult(
        passed=not late,
        severity=ERROR if oldest >= LATE_S else WARN,
        description=f"batches not loaded as they lie in data/raw: {len(late)}, {late[0].batch} first" if late else None,
        metadata=metadata,
    )


def _log(context: dg.AssetCheckExecutionContext, step: str, done: int, total: int) -> None:
    """Progress in the log of the run, once a batch and step."""
    if done == total or not done:
        context.log.debug(f"{step} {done}/{total}")


CHECKS = dg.AssetSelection.checks(*warehouse_matches_raw_files.check_keys, *warehouse_is_fresh.check_keys)

nightly_verification = dg.define_asset_job(
    "nightly_verification",
    selection=CHECKS,
    description="The whole warehouse compared with the raw files and with itself, and whether everything is loaded.",
    executor_def=dg.in_process_executor,
)

nightly = dg.ScheduleDefinition(
    name="nightly",
    job=nightly_verification,
    cron_schedule="0 3 * * *",
    execution_timezone=timezone_name(),
    description=(
        "Verifies the whole warehouse every night at three, in the time zone of the machine or of HENGSHUI_TIMEZONE."
        " On from the start; its failures come with the alerts."
    ),
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
