"""The folder in which Dagster keeps its runs and settings: inside the project, telemetry off.

Belongs here: making that folder, and the settings where there are none. Does not belong here: anything that imports
Dagster.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from hengshui_etl.settings import POSTGRES_URL, SettingInvalid, Settings

INSTANCE = """\
# Settings of Dagster for this project; written once, yours to change. https://docs.dagster.io/deployment/oss/dagster-yaml
telemetry:
  enabled: false
nux:  # the window that asks newcomers for their address
  enabled: false
compute_logs:  # steps print nothing; copying it takes four processes a run, two of which cry at Ctrl+C
  module: dagster.core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
run_retries:  # a run that the machine ended is started again; articles that do not add up end no run
  enabled: true
  max_retries: 2
concurrency:
  runs:
    max_concurrent_runs: 2  # each run uses one core, and one at a time writes into the DuckDB file
run_monitoring:  # a run that does not start, or does not end, is ended, and tried again; it goes on where it was
  enabled: true
  start_timeout_seconds: 600
  max_runtime_seconds: 43200
"""


IN_POSTGRES = f"""\
storage:  # runs, events and the state of sensors
  postgres:
    postgres_url:
      env: {POSTGRES_URL}
"""


def prepared_dagster_home(settings: Settings) -> Path:
    """`settings.dagster_home`, made if it is not there, with a `dagster.yaml` unless it has one. One that nobody has
    changed gets the database where one was named since.

    Raises SettingInvalid where a database is named that a file written by hand does not use, or without its driver;
    OSError.
    """
    if settings.postgres and find_spec("dagster_postgres") is None:
        raise SettingInvalid(f"{POSTGRES_URL} is set, and its driver is missing: pip install 'hengshui-etl[postgres]'")
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    file = home / "dagster.yaml"
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(INSTANCE + IN_POSTGRES if settings.postgres else INSTANCE)
    except FileExistsError:
        if settings.postgres:
            _use_postgres(file)
    return home


def _use_postgres(file: Path) -> None:
    found = file.read_text("utf-8")
    if found == INSTANCE:
        new = file.with_name(f".{file.name}.{os.getpid()}")
        new.write_text(INSTANCE + IN_POSTGRES, "utf-8")
        new.replace(file)
    elif POSTGRES_URL not in found:
        raise SettingInvalid(
            f"{POSTGRES_URL} is set, and {file}, which was written by hand, does not use it; add to it:\n\n"
            + IN_POSTGRES
        )
