"""The folder in which Dagster keeps its runs and settings: inside the project, telemetry off.

Belongs here: making that folder. Does not belong here: anything that imports Dagster.
"""

from __future__ import annotations

from pathlib import Path

from hengshui_etl.settings import Settings

INSTANCE = """\
# Settings of Dagster for this project; written once, yours to change. https://docs.dagster.io/deployment/oss/dagster-yaml
telemetry:
  enabled: false
nux:  # the window that asks newcomers for their address
  enabled: false
run_retries:  # a run that the machine ended is started again; articles that do not add up end no run
  enabled: true
  max_retries: 2
concurrency:
  runs:
    max_concurrent_runs: 2  # each run uses one core, and one at a time writes into the DuckDB file
"""


def prepared_dagster_home(settings: Settings) -> Path:
    """`settings.dagster_home`, made if it is not there, with a `dagster.yaml` unless it has one. May raise OSError."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    try:
        with (home / "dagster.yaml").open("x", encoding="utf-8") as file:
            file.write(INSTANCE)
    except FileExistsError:
        pass
    return home
