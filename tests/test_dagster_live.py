"""Dagster as a user has it: webserver and daemon on free ports, driven through its GraphQL, nothing configured."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hengshui_etl import warehouse
from hengshui_etl.home import prepared_dagster_home
from hengshui_etl.settings import Settings, read_settings

ROOT = Path(__file__).parent.parent
SEED = "2019-10/hengshui-industrial-upgrading.txt"
PATIENCE_S = 150

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="process groups of POSIX")]


class Dagster:
    """A running Dagster and what can be asked of it."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
        self.url, self.process, self.log = f"http://127.0.0.1:{port}", process, log

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            found = json.load(answer)
        assert "errors" not in found, found["errors"]
        data: dict[str, Any] = found["data"]
        return data

    def wait(self, what: str, condition: Callable[[], Any]) -> Any:
        """The first answer that is true."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"Dagster ended:\n{self.log.read_text('utf-8')[-3000:]}"
            with suppress(urllib.error.URLError, ConnectionError, TimeoutError, KeyError):
                if found := condition():
                    return found
            time.sleep(0.5)
        raise AssertionError(f"{what} took more than {PATIENCE_S} s:\n{self.log.read_text('utf-8')[-3000:]}")


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("project")
    raw = home / "data" / "raw" / SEED
    raw.parent.mkdir(parents=True)
    raw.write_bytes((ROOT / "data" / "raw" / SEED).read_bytes())
    return read_settings({"HENGSHUI_HOME": str(home)})


@pytest.fixture(scope="module")
def dagster(settings: Settings) -> Iterator[Dagster]:
    port = free_port()
    home = prepared_dagster_home(settings)
    log = settings.root / "dagster.log"
    environment = {**os.environ, "HENGSHUI_HOME": str(settings.root), "DAGSTER_HOME": str(home)}
    for name in ("HENGSHUI_RAW", "HENGSHUI_WAREHOUSE"):
        environment.pop(name, None)
    command = [
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "-w",
        str(ROOT / "workspace.yaml"),
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=environment, cwd=ROOT, start_new_session=True
        )
    try:
        yield Dagster(port, process, log)
    finally:
        for number, patience in ((signal.SIGINT, 20), (signal.SIGKILL, 5)):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience)
        with suppress(ProcessLookupError):  # children that outlived it
            os.killpg(process.pid, signal.SIGKILL)


PARTITIONS = """
query { assetNodeOrError(assetKey: {path: ["warehouse"]}) { ... on AssetNode {
  partitionKeys repository { name location { name } } } } }
"""
LAUNCH = """
mutation ($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename
  ... on LaunchRunSuccess { run { runId } }
  ... on PythonError { message }
  ... on RunConfigValidationInvalid { errors { message } } } }
"""
UNDER_WAY = """{ runsOrError(filter: {statuses: [QUEUED, NOT_STARTED, STARTING, STARTED]}) {
  ... on Runs { results { id } } } }"""
STATUS = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
CHECKS = """
query ($asset: String!) { assetNodeOrError(assetKey: {path: [$asset]}) { ... on AssetNode {
  assetChecksOrError { ... on AssetChecks { checks { name blocking description
    executionForLatestMaterialization { status evaluation { success severity description metadataEntries {
      label ... on MarkdownMetadataEntry { mdStr } ... on IntMetadataEntry { intValue } } } } } } } } } }
"""
COLUMNS = """
query { assetNodeOrError(assetKey: {path: ["provincial_shares"]}) { ... on AssetNode { kinds groupName
  metadataEntries { label ... on TableSchemaMetadataEntry { schema { columns { name description } } } } } } }
"""


@pytest.fixture(scope="module")
def run(dagster: Dagster) -> str:
    """The batch materialized through GraphQL; returns how the run ended."""

    def batch_is_known() -> Any:
        node = dagster.ask(PARTITIONS)["assetNodeOrError"]
        return node if "2019-10" in node["partitionKeys"] else None

    node = dagster.wait("the sensor's first look at data/raw", batch_is_known)
    selector = {
        "repositoryLocationName": node["repository"]["location"]["name"],
        "repositoryName": node["repository"]["name"],
        "jobName": "load_batch",
    }
    tags = [{"key": "dagster/partition", "value": "2019-10"}]
    params = {"selector": selector, "runConfigData": {}, "mode": "default", "executionMetadata": {"tags": tags}}
    launched = dagster.ask(LAUNCH, params=params)["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    run_id = launched["run"]["runId"]

    def ended() -> Any:
        status = dagster.ask(STATUS, id=run_id)["runOrError"]["status"]
        return status if status in ("SUCCESS", "FAILURE", "CANCELED") else None

    how = str(dagster.wait("the run", ended))
    # On a slow machine the sensor may have asked for the batch as well: its run makes all tables and checks once more.
    dagster.wait("runs of the sensor", lambda: not dagster.ask(UNDER_WAY)["runsOrError"]["results"])
    return how


def checks_of(dagster: Dagster, asset: str) -> dict[str, dict[str, Any]]:
    node = dagster.ask(CHECKS, asset=asset)["assetNodeOrError"]
    return {check["name"]: check for check in node["assetChecksOrError"]["checks"]}


def metadata_of(check: dict[str, Any]) -> dict[str, Any]:
    entries = check["executionForLatestMaterialization"]["evaluation"]["metadataEntries"]
    return {entry["label"]: entry.get("mdStr", entry.get("intValue")) for entry in entries}


def test_the_seed_is_materialized_and_loaded(run: str, settings: Settings) -> None:
    assert run == "SUCCESS"
    assert warehouse.query(settings.database, "SELECT batch, articles_rows FROM batches")[1] == [("2019-10", 1)]


def test_the_provincial_totals_are_shown(run: str, dagster: Dagster) -> None:
    check = checks_of(dagster, "provincial_shares")["possible_provincial_totals"]
    assert check["executionForLatestMaterialization"]["status"] == "SUCCEEDED"
    table = metadata_of(check)["possible provincial totals"]
    assert "1025 … 1034" in table
    assert "exactly 98" in table
    assert "1 of 11" in table.replace("\\", "")


def test_the_project_totals_hold(run: str, dagster: Dagster) -> None:
    check = checks_of(dagster, "project_totals")["project_totals_agree"]
    assert check["executionForLatestMaterialization"]["status"] == "SUCCEEDED"
    found = metadata_of(check)
    assert found["pairs of number and investment"] == 4
    for count in ("191", "733", "157", "432"):
        assert f"| {count} |" in found["project totals"]
    assert found["fail"] == 0
    assert "99" in found["what holds"]


def test_contracts_and_findings_are_told_apart(run: str, dagster: Dagster) -> None:
    checks = checks_of(dagster, "relations")
    assert all(check["executionForLatestMaterialization"]["status"] == "SUCCEEDED" for check in checks.values())
    assert {name for name, check in checks.items() if check["blocking"]} == {
        "relations_contract",
        "relation_operands_contract",
        "undecided_contract",
    }
    severities = {
        c["executionForLatestMaterialization"]["evaluation"]["severity"] for c in checks.values() if not c["blocking"]
    }
    assert severities == {"WARN"}


AUTOMATION = """
query { workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError { ... on RepositoryLocation {
  repositories { sensors { name sensorState { status } }
                 schedules { name cronSchedule executionTimezone scheduleState { status } } } } } } } } }
"""
MATERIALIZED = """
query ($asset: String!) { assetNodeOrError(assetKey: {path: [$asset]}) { ... on AssetNode {
  assetMaterializations(limit: 1) { metadataEntries { label
    ... on IntMetadataEntry { intValue } ... on UrlMetadataEntry { url }
    ... on TableColumnLineageMetadataEntry { lineage { columnName columnDeps { assetKey { path } columnName } } }
  } } } } }
"""


def test_sensors_and_schedule_run_from_the_start(dagster: Dagster) -> None:
    def entries() -> Any:
        return dagster.ask(AUTOMATION)["workspaceOrError"].get("locationEntries")

    ((entry,),) = [dagster.wait("the code location", entries)]
    (repository,) = entry["locationOrLoadError"]["repositories"]
    assert {each["name"]: each["sensorState"]["status"] for each in repository["sensors"]} == {
        "arrivals": "RUNNING",
        "alerts": "RUNNING",
    }
    (schedule,) = repository["schedules"]
    assert (schedule["name"], schedule["cronSchedule"]) == ("nightly", "0 3 * * *")
    assert schedule["scheduleState"]["status"] == "RUNNING"
    assert schedule["executionTimezone"]


def materialized(dagster: Dagster, asset: str) -> dict[str, Any]:
    node = dagster.ask(MATERIALIZED, asset=asset)["assetNodeOrError"]
    (event,) = node["assetMaterializations"]
    return {
        entry["label"]: next((entry[key] for key in ("intValue", "url", "lineage") if key in entry), None)
        for entry in event["metadataEntries"]
    }


def test_sizes_can_be_drawn_over_time_and_the_report_is_linked(run: str, dagster: Dagster) -> None:
    found = materialized(dagster, "warehouse")
    assert found["articles in all"] == 1
    assert found["dagster/row_count"] > found["figures in all"] > 30
    assert found["failed checks in all"] == 0
    assert str(materialized(dagster, "report")["report"]).endswith("/report/index.html")
    lineage = {
        each["columnName"]: each["columnDeps"] for each in materialized(dagster, "figures")["dagster/column_lineage"]
    }
    assert lineage["text"] == [{"assetKey": {"path": ["articles"]}, "columnName": "source"}]


def test_the_verification_of_the_night_can_be_started_and_holds(run: str, dagster: Dagster) -> None:
    node = dagster.ask(PARTITIONS)["assetNodeOrError"]
    selector = {
        "repositoryLocationName": node["repository"]["location"]["name"],
        "repositoryName": node["repository"]["name"],
        "jobName": "nightly_verification",
    }
    params = {"selector": selector, "runConfigData": {}, "mode": "default"}
    launched = dagster.ask(LAUNCH, params=params)["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess", launched

    def ended() -> Any:
        status = dagster.ask(STATUS, id=launched["run"]["runId"])["runOrError"]["status"]
        return status if status in ("SUCCESS", "FAILURE", "CANCELED") else None

    assert dagster.wait("the verification", ended) == "SUCCESS"
    found = checks_of(dagster, "warehouse")
    for name in ("warehouse_matches_raw_files", "warehouse_is_fresh", "rulings_are_current"):
        assert found[name]["executionForLatestMaterialization"]["status"] == "SUCCEEDED", found[name]


def test_the_ui_knows_columns_groups_and_kinds(run: str, dagster: Dagster) -> None:
    node = dagster.ask(COLUMNS)["assetNodeOrError"]
    assert node["groupName"] == "hengshui"
    assert set(node["kinds"]) == {"parquet", "polars"}
    schema = next(entry["schema"] for entry in node["metadataEntries"] if entry["label"] == "dagster/column_schema")
    assert {column["name"] for column in schema["columns"]} >= {"possible_total_low", "possible_total_high"}
    assert all(column["description"] for column in schema["columns"])
