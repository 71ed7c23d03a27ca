"""Sensors: what happens by itself.

Belongs here: noticing batches. Does not belong here: what is done with them (jobs.py).
"""

from __future__ import annotations

import dagster as dg

from hengshui_etl.defs.partitions import BATCHES, NAME, all_batches
from hengshui_etl.settings import read_settings


@dg.sensor(
    name="new_batches",
    description="Makes every folder of data/raw a batch that can be materialized, and forgets batches that are gone.",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def new_batches(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    there, known = all_batches(read_settings()), set(context.instance.get_dynamic_partitions(NAME))
    added, gone = [batch for batch in there if batch not in known], sorted(known.difference(there))
    if not added and not gone:
        return dg.SkipReason(f"all {len(there)} batches are known")
    requests = [BATCHES.build_add_request(added)] if added else []
    removals = [BATCHES.build_delete_request(gone)] if gone else []
    return dg.SensorResult(dynamic_partitions_requests=[*requests, *removals])
