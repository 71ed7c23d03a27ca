"""Jobs: what is run together.

Belongs here: names and selections. Does not belong here: when a job runs (sensors.py), what its steps do (assets.py),
the job of the night (nightly.py).
"""

from __future__ import annotations

import dagster as dg

from hengshui_etl.defs.nightly import CHECKS

load_batch = dg.define_asset_job(
    "load_batch",
    selection=dg.AssetSelection.all() - CHECKS,  # those are about all batches
    description="A batch through the whole flow: list its files, examine them, check, load DuckDB, report.",
    executor_def=dg.in_process_executor,
)
