"""Sensors: what happens by itself.

Belongs here: the ticks of Dagster's daemon. Does not belong here: which batches have to be run (arrivals.py), what is
announced (ended.py, alerts/), what a run does (jobs.py).
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from hengshui_etl import loading, sources
from hengshui_etl.alerts.announce import ledger_file
from hengshui_etl.alerts.ledger import ledger, logged
from hengshui_etl.defs import arrivals, partitions, shown
from hengshui_etl.defs.abandoned import end_abandoned
from hengshui_etl.defs.ended import look
from hengshui_etl.defs.jobs import load_batch
from hengshui_etl.defs.partitions import BATCHES, NAME
from hengshui_etl.settings import Settings, read_settings

MOST_RUNS = 25
"""Runs that one tick asks for; the others come with the next ticks."""

MOST_SHOWN = 20
"""Alerts that the asset `alerts` shows."""


@dg.sensor(
    name="arrivals",
    description=(
        "Sees new, changed and removed files under data/raw, makes every folder there a batch, and asks for one run of"
        " each batch whose content or rulings changed, once its files rest. Forgets batches that are gone everywhere."
    ),
    job=load_batch,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def arriving(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    settings = read_settings()
    try:
        there = partitions.all_batches(settings)
    except sources.BatchesMissing as missing:
        return dg.SkipReason(f"waiting: {missing}")
    known = set(context.instance.get_dynamic_partitions(NAME))
    if not settings.postgres:  # else a run may be at work on another machine
        for run_id in end_abandoned(context.instance):
            context.log.warning(f"run {run_id} is over: its process is gone")
    active = partitions.active(context.instance)
    loaded = partitions.loaded(settings)
    traces = {
        batch: trace._replace(digest=f"{trace.digest} {loaded.get(batch)}")
        for batch, trace in (dict.fromkeys(there, sources.Traces("gone", 0.0)) | sources.traces(settings.raw)).items()
    }
    after, asked = arrivals.wanted(
        arrivals.remembered(context.cursor),
        traces,
        lambda batch: loading.wanted_content(settings, batch, loaded.get(batch)),
        time.time(),
        loading.code_fingerprint(),
        MOST_RUNS,
        active,
        partitions.ruled_otherwise(settings),
    )
    added = [batch for batch in there if batch not in known]
    gone = sorted(known.difference(there, active))  # a run that takes a batch away needs its partition to the end
    cursor = arrivals.memory(after)
    if not (added or gone or asked):
        context.update_cursor(cursor)
        resting = sum(batch.seen != batch.looked for batch in after.values())
        return dg.SkipReason(
            f"nothing new in {len(there)} batches" + (f"; {resting} not at rest yet" if resting else "")
        )
    requests = [BATCHES.build_add_request(added)] if added else []
    removals = [BATCHES.build_delete_request(gone)] if gone else []
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=each.run_key, partition_key=each.batch) for each in asked],
        dynamic_partitions_requests=[*requests, *removals],
        cursor=cursor,
    )


@dg.sensor(
    name="alerts",
    description=(
        "Tells of failed checks, files in quarantine and failed runs, once when new, again when worse, once when"
        " resolved, to the channels in HENGSHUI_ALERT_URLS; without any, to the log that the asset `alerts` shows."
    ),
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def alerting(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    settings = read_settings()
    announced = look(settings, context.instance)
    said = f"{announced.made} new messages, {announced.sent} delivered, {announced.refused} to be tried again"
    context.log.info(said)
    if announced == (0, 0, 0):
        return dg.SkipReason("nothing changed")
    metadata: dict[str, Any] = {
        "new messages": announced.made,
        "delivered": announced.sent,
        "to be tried again": announced.refused,
        "alerts": dg.MarkdownMetadataValue(_log(settings)),
    }
    return dg.SensorResult(
        skip_reason=dg.SkipReason(said), asset_events=[dg.AssetMaterialization("alerts", metadata=metadata)]
    )


def _log(settings: Settings) -> str:
    """The newest alerts as a Markdown table."""
    with ledger(ledger_file(settings)) as connection:
        entries = logged(connection, MOST_SHOWN)
    rows = [
        (
            datetime.fromtimestamp(entry.made_at, UTC).isoformat(" ", "minutes"),
            entry.message.level,
            entry.message.title,
            entry.message.body,
            f"{entry.sent} of {entry.sent + entry.waiting}" if entry.sent + entry.waiting else "no channel is set",
        )
        for entry in entries
    ]
    return shown.table(("time (UTC)", "level", "alert", "text", "delivered"), rows)
