"""The Dagster definitions: loadable, described, and the graph as reviewed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import dagster as dg
import pytest

from hengshui_etl import loading, parts, warehouse
from hengshui_etl.definitions import defs
from hengshui_etl.defs import sensors
from hengshui_etl.defs.assets import EXAMINED, report_link
from hengshui_etl.defs.lineage import LINEAGE
from hengshui_etl.defs.nightly import late_batches
from hengshui_etl.defs.shown import cell, number, table
from hengshui_etl.rulings import Ruling, Statement, append_ruling
from hengshui_etl.run import instance_of, run_batch, run_batches
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.sources import BatchesMissing, RawMissing
from hengshui_etl.tables.findings import FAMILIES
from hengshui_etl.tables.frames import polars_schema
from hengshui_etl.tables.schemas import TABLES

ROOT = Path(__file__).parent.parent
GRAPH = ROOT / "tests" / "golden" / "graph.json"
ASSETS = sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key)
CHECKS = [
    spec for each in (*(defs.assets or ()), *(defs.asset_checks or ())) for spec in getattr(each, "check_specs", ())
]

OF_THE_NIGHT = {"warehouse_matches_raw_files", "warehouse_is_fresh"}


def graph() -> dict[str, object]:
    """Everything that others refer to by name."""
    return {
        "assets": {
            spec.key.to_user_string(): {
                "deps": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
                "group": spec.group_name,
                "kinds": sorted(spec.kinds),
                "layer": spec.tags["layer"],
            }
            for spec in sorted(ASSETS, key=lambda spec: spec.key)
        },
        "checks": {
            f"{spec.asset_key.to_user_string()}:{spec.name}": "blocking" if spec.blocking else "finding"
            for spec in sorted(CHECKS, key=lambda spec: (spec.asset_key, spec.name))
        },
        "jobs": sorted(job.name for job in defs.jobs or ()),
        "schedules": sorted(schedule.name for schedule in defs.schedules or ()),
        "sensors": sorted(sensor.name for sensor in defs.sensors or ()),
    }


def test_the_definitions_can_be_loaded() -> None:
    dg.Definitions.validate_loadable(defs)


def test_the_graph_is_the_one_that_was_reviewed() -> None:
    """After a wanted change: python tests/test_defs.py > tests/golden/graph.json"""
    assert graph() == json.loads(GRAPH.read_text("utf-8"))


@pytest.mark.parametrize("spec", ASSETS, ids=lambda spec: spec.key.to_user_string())
def test_every_asset_is_described(spec: dg.AssetSpec) -> None:
    assert spec.description
    assert spec.group_name != "default"
    assert spec.owners
    assert spec.kinds
    assert (spec.partitions_def is None) == (spec.key == dg.AssetKey("alerts"))  # alerts are about all batches
    if spec.key.to_user_string() in TABLES:
        columns = spec.metadata["dagster/column_schema"].columns
        assert [column.name for column in columns] == list(TABLES[spec.key.to_user_string()].to_schema().columns)
        assert all(column.description for column in columns)


@pytest.mark.parametrize("spec", CHECKS, ids=lambda spec: f"{spec.asset_key.to_user_string()}:{spec.name}")
def test_contracts_block_and_findings_do_not(spec: dg.AssetCheckSpec) -> None:
    assert spec.description
    assert spec.blocking is spec.name.endswith("_contract")
    assert (spec.partitions_def is None) == (spec.name in OF_THE_NIGHT)  # those are about all batches
    kind = "Pipeline contract." if spec.blocking else "Consistency finding."
    others = {"nothing_failed_in_the_program", "rulings_are_current"} | OF_THE_NIGHT
    assert spec.description.startswith(kind) or spec.name in others


def test_every_table_has_its_contract_and_every_kind_of_arithmetic_its_check() -> None:
    names = {spec.name for spec in CHECKS}
    assert {f"{table}_contract" for table in TABLES} <= names
    assert {name for name, _ in FAMILIES.values()} <= names


def test_column_lineage_names_columns_that_are_there_and_assets_upstream() -> None:
    upstream = {spec.key.to_user_string(): {dep.asset_key.to_user_string() for dep in spec.deps} for spec in ASSETS}

    def above(asset: str) -> set[str]:
        return upstream[asset] | {further for each in upstream[asset] for further in above(each)}

    assert set(LINEAGE) == set(EXAMINED)
    for asset, columns in LINEAGE.items():
        assert set(columns) <= set(polars_schema(asset))
        for sources in columns.values():
            assert sources
            for source, column in sources:
                assert source in above(asset)
                assert column in polars_schema(source)


def test_the_report_is_linked_where_it_is_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HENGSHUI_REPORT_URL", raising=False)
    assert report_link(tmp_path / "index.html").value == (tmp_path / "index.html").as_uri()
    monkeypatch.setenv("HENGSHUI_REPORT_URL", "https://example.org/r/")
    assert report_link(tmp_path / "index.html").value == "https://example.org/r/index.html"


def test_batches_and_the_night_have_jobs_of_their_own() -> None:
    """A batch is not loaded more slowly by a verification of all, and the night loads nothing."""

    def checks_of(job: str) -> set[str]:
        return {key.name for key in defs.resolve_job_def(job).asset_layer.asset_graph.asset_check_keys}

    assert checks_of("nightly_verification") == OF_THE_NIGHT
    assert checks_of("load_batch") == {spec.name for spec in CHECKS} - OF_THE_NIGHT
    (schedule,) = defs.schedules or ()
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.name, schedule.cron_schedule) == ("nightly", "0 3 * * *")
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert schedule.execution_timezone


def test_the_sensor_keeps_the_batches_equal_to_the_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HENGSHUI_HOME", str(tmp_path))
    folder = tmp_path / "data" / "raw" / "2019-10"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("x")
    with dg.instance_for_test() as instance:

        def tick() -> list[tuple[str, list[str]]]:
            result = sensors.arriving(dg.build_sensor_context(instance=instance))
            if isinstance(result, dg.SkipReason):
                return []
            return [
                (type(request).__name__, list(request.partition_keys)) for request in result.dynamic_partitions_requests
            ]

        assert tick() == [("AddDynamicPartitionsRequest", ["2019-10"])]
        instance.add_dynamic_partitions("batches", ["2019-10", "gone"])
        assert tick() == [("DeleteDynamicPartitionsRequest", ["gone"])]
        instance.delete_dynamic_partition("batches", "gone")
        assert tick() == []


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A project with one batch that is loaded."""
    monkeypatch.setenv("HENGSHUI_HOME", str(tmp_path))
    settings = read_settings({"HENGSHUI_HOME": str(tmp_path)})
    (settings.raw / "a").mkdir(parents=True)
    (settings.raw / "a" / "1.txt").write_text("全市完成投资10亿元。", "utf-8")
    loading.list_batch(settings, "a")
    loading.examine_batch(settings, "a")
    warehouse.load_batch(settings.database, settings.parquet, "a")
    return settings


def test_a_disk_that_is_not_mounted_empties_nothing(home: Settings) -> None:
    home.raw.rename(home.raw.with_name("elsewhere"))
    with dg.instance_for_test() as instance, pytest.raises(RawMissing, match="nothing was removed"):
        sensors.arriving(dg.build_sensor_context(instance=instance))
    with pytest.raises(RawMissing):
        run_batches(home)
    with pytest.raises(RawMissing):  # a run that was asked for before
        loading.list_batch(home, "a")
    assert parts.stored_batches(home.warehouse) == ["a"]
    assert list(warehouse.loaded_batches(home.database)) == ["a"]


def test_an_empty_mount_point_takes_nothing_away_unless_it_is_told_to(home: Settings) -> None:
    """All batches of several gone at once: nobody wants that without saying so."""
    (home.raw / "b").mkdir()
    (home.raw / "b" / "1.txt").write_text("全市完成投资20亿元。", "utf-8")
    assert run_batches(home).ok
    home.raw.rename(home.raw.with_name("elsewhere"))
    home.raw.mkdir()
    with dg.instance_for_test() as instance:
        skipped = sensors.arriving(dg.build_sensor_context(instance=instance, cursor="{}"))
    assert isinstance(skipped, dg.SkipReason)
    assert re.search("waiting: none of the 2 batches.*Mount the disk.*--remove-missing", skipped.skip_message or "")
    for batches in (None, ["a"]):
        with pytest.raises(BatchesMissing, match="nothing was removed"):
            run_batches(home, batches)
    with instance_of(home) as instance:  # a run that was asked for in the UI, or before
        (error,) = run_batch(home, instance, "a", lambda *_: None)
    assert "none of the 2 batches" in error
    assert parts.stored_batches(home.parquet) == ["a", "b"]
    (home.raw / "c").mkdir()
    (home.raw / "c" / "1.txt").write_text("全市完成投资30亿元。", "utf-8")
    with pytest.raises(BatchesMissing):
        run_batches(home)
    report = run_batches(home, remove_missing=True)
    assert (report.ok, report.batches, report.removed) == (True, ("c",), ("a", "b"))
    assert parts.stored_batches(home.parquet) == ["c"]
    (home.raw / "c" / "1.txt").unlink()
    assert run_batches(home).removed == ("c",), "a single one may go"


def test_a_fresh_clone_without_raw_files_is_at_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HENGSHUI_HOME", str(tmp_path))
    with dg.instance_for_test() as instance:
        assert isinstance(sensors.arriving(dg.build_sensor_context(instance=instance)), dg.SkipReason)


def test_a_batch_that_goes_keeps_its_partition_until_its_run_has_ended(home: Settings) -> None:
    """The run takes the Parquet files away first and the rows of DuckDB later."""
    (home.raw / "a" / "1.txt").unlink()
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("batches", ["a"])

        def deleted() -> list[str]:
            result = sensors.arriving(dg.build_sensor_context(instance=instance))
            requests = (result.dynamic_partitions_requests or ()) if isinstance(result, dg.SensorResult) else ()
            return [key for request in requests for key in request.partition_keys]

        assert deleted() == []
        run = instance.create_run_for_job(
            defs.resolve_job_def("load_batch"),
            status=dg.DagsterRunStatus.STARTED,
            tags={"dagster/partition": "a"},
        )
        loading.list_batch(home, "a")
        assert parts.stored_batches(home.warehouse) == []
        assert deleted() == []
        warehouse.load_batch(home.database, home.warehouse, "a")
        assert deleted() == [], "the report is still being written"
        instance.report_run_canceled(run)
        assert deleted() == ["a"]


def test_a_database_that_is_none_is_asked_to_be_made_anew(home: Settings) -> None:
    home.database.write_bytes(b"this is no database")
    later = time.time() + 100
    assert [each.batch for each in late_batches(home, later)[0]] == ["a"]
    os.utime(home.raw / "a" / "1.txt", (1000, 1000))
    with dg.instance_for_test() as instance:
        context = dg.build_sensor_context(instance=instance)
        first = sensors.arriving(context)
        assert isinstance(first, dg.SensorResult)
        second = sensors.arriving(dg.build_sensor_context(instance=instance, cursor=first.cursor))
    assert isinstance(second, dg.SensorResult)
    assert [request.partition_key for request in second.run_requests or ()] == ["a"]


def test_a_ruling_is_seen_by_the_sensor(home: Settings) -> None:
    os.utime(home.raw / "a" / "1.txt", (1000, 1000))
    with dg.instance_for_test() as instance:
        cursor: str | None = None

        def tick() -> list[str | None]:
            nonlocal cursor
            context = dg.build_sensor_context(instance=instance, cursor=cursor)
            result = sensors.arriving(context)
            asked = (result.run_requests or ()) if isinstance(result, dg.SensorResult) else ()
            cursor = result.cursor if isinstance(result, dg.SensorResult) else context.cursor
            return [request.partition_key for request in asked]

        tick()
        assert [*tick(), *tick()] == []
        statement = Statement("a/1.txt", "sum", "全市完成投资10亿元。", ("10亿元",))
        append_ruling(home.rulings, Ruling(statement, "false alarm", "印刷如此", date(2026, 1, 2), "0" * 64))
        assert [*tick(), *tick(), *tick()] == ["a"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "![](http://example.org/x.png)",
        "http://example.org and www.example.org",
        "a | b\n| c |\n\n# head",
        "`code` **bold** ~~gone~~ _under_",
        "bidi \u202e txt.exe \u2066 and \x1b[31m red",
        "&lt;b&gt; &#60;",
        "$x^2$",
        "mail@example.org",
    ],
)
def test_what_articles_say_is_shown_and_never_obeyed(hostile: str) -> None:
    shown = cell(hostile)
    lines = table(("a",), [(hostile,)]).splitlines()
    assert len(lines) == 3
    assert lines[2] == f"| {shown} |"
    for mark in ("<", ">", "\n", "\x1b", "\u202e", "\u2066"):
        assert mark not in shown
    bare = shown.replace("\\\\", "")
    for mark in "|`*[]()!#@$:~_":
        assert bare.count(mark) == bare.count(f"\\{mark}") + (bare.count("&#8203;") if mark == "#" else 0)
    assert "www." not in shown
    assert hostile.replace("&", "").split()[0][:1] in shown or hostile[0] in "<&"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("71670000000", "71 670 000 000"),
        ("-1234.5", "-1 234.5"),
        ("0.10", "0.1"),
        ("-0.5", "-0.5"),
        ("100", "100"),
        ("1000", "1 000"),
        ("-1000", "-1 000"),
    ],
)
def test_numbers_can_be_read(value: str, text: str) -> None:
    assert number(Decimal(value)) == text


def test_long_tables_and_cells_are_cut_and_say_so() -> None:
    shown = table(("a",), [("x" * 1000,)] * 70)
    assert "… and 20 more" in shown
    assert len(shown) < 50 * 320


def test_loading_the_definitions_says_nothing() -> None:
    command = [sys.executable, "-c", "import hengshui_etl.definitions"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True, timeout=120)
    assert (result.stdout, result.stderr) == ("", "")


if __name__ == "__main__":
    print(json.dumps(graph(), indent=1, ensure_ascii=False))
