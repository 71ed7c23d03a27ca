"""The Dagster code location: everything in `defs/`, with the executor.

Belongs here: putting it together; nothing else.
"""

from __future__ import annotations

import dagster as dg

from hengshui_etl.defs import assets, checks, jobs, nightly, resources, sensors

# One process holds a DuckDB file at a time, and a batch is not worth a new process for every step.
defs = dg.Definitions(
    assets=[assets.listing, assets.examination, assets.load, assets.static_report, assets.ALERTS],
    asset_checks=[
        checks.consistency_of_relations,
        checks.possible_provincial_totals,
        checks.project_totals_agree,
        checks.nothing_failed_in_the_program,
        checks.rulings_are_current,
        nightly.warehouse_matches_raw_files,
        nightly.warehouse_is_fresh,
    ],
    jobs=[jobs.load_batch, nightly.nightly_verification],
    schedules=[nightly.nightly],
    sensors=[sensors.arriving, sensors.alerting],
    resources={"project": resources.project},
    executor=dg.in_process_executor,
)
