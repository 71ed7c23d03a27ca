"""The nightly verification: what it finds in Dagster, what is fresh, and that its failures are announced."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import dagster as dg
import pytest

from hengshui_etl import loading, warehouse
from hengshui_etl.alerts.announce import ledger_file
from hengshui_etl.alerts.ledger import ledger, logged
from hengshui_etl.definitions import defs
from hengshui_etl.defs import nightly
from hengshui_etl.defs.ended import look
from hengshui_etl.defs.nightly import LATE_S, Late, freshness_result, integrity_result, late_batches
from hengshui_etl.defs.resources import Project
from hengshui_etl.run import QUIET, instance_of
from hengshui_etl.settings import Settings, read_settings, timezone_name
from hengshui_etl.verify import verify

RIGHT = "某市今年开工项目\n2019-10-16\n今年以来,某市集中开工项目191项,其中工业项目100项,农业项目91项。\n"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("HENGSHUI_ALERT_URLS", raising=False)
    settings = read_settings({"HENGSHUI_HOME": str(tmp_path)})
    path = settings.raw / "a" / "1.txt"
    path.parent.mkdir(parents=True)
    path.write_text(RIGHT, "utf-8")
    loading.list_batch(settings, "a")
    loading.examine_batch(settings, "a")
    warehouse.load_batch(settings.database, settings.parquet, "a")
    return settings


def night(settings: Settings, instance: dg.DagsterInstance) -> dict[str, dg.AssetCheckEvaluation]:
    """One run of the job, in this process."""
    job = defs.resolve_job_def("nightly_verification")
    result = job.execute_in_process(
        run_config=QUIET, instance=instance, resources={"project": Project(settings)}, raise_on_error=False
    )
    assert result.success, "a check that fails leaves the run green"
    return {each.check_name: each for each in result.get_asset_check_evaluations()}


def announced(settings: Settings) -> list[tuple[str, str]]:
    with ledger(ledger_file(settings)) as connection:
        return [(entry.message.level, entry.message.title) for entry in logged(connection, 9)]


def test_a_night_is_green_then_red_then_green_and_is_announced_once_each(settings: Settings) -> None:
    with instance_of(settings) as instance:
        found = night(settings, instance)
        assert {name: each.passed for name, each in found.items()} == {
            "warehouse_matches_raw_files": True,
            "warehouse_is_fresh": True,
        }
        assert found["warehouse_matches_raw_files"].metadata["articles examined again"].value == 1
        look(settings, instance)
        assert announced(settings) == []

        with warehouse.database(settings.database) as connection:
            connection.execute("UPDATE figures SET unit = '<b>' WHERE figure_nr = 1")
        check = night(settings, instance)["warehouse_matches_raw_files"]
        assert (check.passed, check.severity, check.blocking) == (False, dg.AssetCheckSeverity.ERROR, False)
        assert check.metadata["differences"].value == 1
        table = str(check.metadata["what differs"].value)
        assert "&lt;b&gt;" in table
        assert "rebuild" in table
        look(settings, instance)
        level, title = announced(settings)[0]
        assert (level, "nightly_verification" in title) == ("error", True)
        night(settings, instance)
        look(settings, instance)
        assert len(announced(settings)) == 1, "the same every night is told once"

        warehouse.rebuild(settings.database, settings.parquet)
        night(settings, instance)
        look(settings, instance)
        assert [level for level, _ in announced(settings)] == ["resolved", "error"]


def test_a_red_run_without_a_batch_is_announced(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise warehouse.WarehouseBusy("held by another program")

    monkeypatch.setattr(nightly, "verify", failing)
    with instance_of(settings) as instance:
        job = defs.resolve_job_def("nightly_verification")
        result = job.execute_in_process(
            run_config=QUIET,
            instance=instance,
            resources={"project": Project(settings)},
            raise_on_error=False,
            tags={"dagster/max_retries": "0"},  # of a run that will be tried again, the last try tells
        )
        assert not result.success
        look(settings, instance)
    ((level, title),) = announced(settings)
    assert level == "error"
    assert "nightly_verification" in title
    with sqlite3.connect(ledger_file(settings)) as connection:
        ((body,),) = connection.execute("SELECT body FROM messages").fetchall()
    assert "held by another program" in body
    assert "hengshui-etl verify" in body


def test_files_that_rest_and_are_not_loaded_are_late(settings: Settings) -> None:
    newest = (settings.raw / "a" / "1.txt").stat().st_ctime
    assert late_batches(settings, newest + 1) == ([], 1), "it may still be written to"
    assert late_batches(settings, newest + 100) == ([], 0)
    other = settings.raw / "b" / "1.txt"
    other.parent.mkdir()
    other.write_text(RIGHT, "utf-8")
    touched = other.stat().st_ctime
    assert late_batches(settings, touched + 1)[0] == []
    (late,), moving = late_batches(settings, touched + 7200)
    assert (late.batch, int(late.seconds), moving) == ("b", 7200, 0)
    (settings.raw / "a" / "1.txt").unlink()
    assert [each.batch for each in late_batches(settings, touched + 7200)[0]] == ["b", "a"], "gone is a change as well"


def test_a_file_of_the_future_hides_nothing(settings: Settings) -> None:
    """A camera, an archive or a wrong clock gives times to come; the batch is looked at all the same."""
    path = settings.raw / "a" / "1.txt"
    path.write_text("other", "utf-8")
    now = path.stat().st_ctime
    os.utime(path, (now + 1e6, now + 1e6))
    assert late_batches(settings, now + 100) == ([Late("a", 0.0)], 0)


@pytest.mark.parametrize(
    ("late", "passed", "severity", "minutes"),
    [
        ([], True, dg.AssetCheckSeverity.WARN, 0),
        ([Late("b", 60.0)], False, dg.AssetCheckSeverity.WARN, 1),
        ([Late("b", LATE_S), Late("c", 11.0)], False, dg.AssetCheckSeverity.ERROR, 60),
    ],
)
def test_freshness_is_a_warning_first_and_an_error_when_forgotten(
    late: list[Late], passed: bool, severity: dg.AssetCheckSeverity, minutes: int
) -> None:
    result = freshness_result(late, 0)
    assert (result.passed, result.severity) == (passed, severity)
    assert result.metadata["oldest, minutes"].value == minutes
    assert result.metadata["batches not loaded"].value == len(late)
    assert bool(result.description) is not passed


def test_raw_files_that_are_being_written_to_are_no_damage(settings: Settings) -> None:
    (settings.raw / "a" / "1.txt").write_text("other", "utf-8")
    found = verify(settings)
    assert not integrity_result(found, set()).passed
    assert integrity_result(found, {"a"}).passed
    assert integrity_result(found, {"b"}).passed is False


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HENGSHUI_TIMEZONE": "Asia/Shanghai", "TZ": "Europe/Berlin"}, "Asia/Shanghai"),
        ({"TZ": "Europe/Berlin"}, "Europe/Berlin"),
        ({"TZ": ":Europe/Berlin"}, "Europe/Berlin"),
        ({"TZ": "XYZ-8:99"}, "UTC"),
        ({}, "UTC"),
    ],
)
def test_the_hour_is_that_of_the_machine_unless_set(environ: dict[str, str], expected: str, tmp_path: Path) -> None:
    assert timezone_name(environ, tmp_path / "none") == expected


def test_the_machine_is_asked_by_its_link(tmp_path: Path) -> None:
    zone = tmp_path / "zoneinfo" / "Asia" / "Urumqi"
    zone.parent.mkdir(parents=True)
    zone.touch()
    link = tmp_path / "localtime"
    link.symlink_to(zone)
    assert timezone_name({}, link) == "Asia/Urumqi"
    with pytest.warns(UserWarning, match="no time zone 'Mars/Olympus'"):
        assert timezone_name({"HENGSHUI_TIMEZONE": "Mars/Olympus"}, link) == "Asia/Urumqi"
