"""Paths by the environment, read when asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from hengshui_etl.home import prepared_dagster_home
from hengshui_etl.settings import read_settings

PROJECT = Path(__file__).parent.parent


def test_the_project_is_home_by_default() -> None:
    settings = read_settings({})
    assert settings.root == PROJECT
    assert settings.raw == PROJECT / "data/raw"
    assert settings.database == PROJECT / "data/warehouse/hengshui.duckdb"
    assert settings.dagster_home == PROJECT / ".dagster"


def test_everything_follows_home_unless_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings({"HENGSHUI_HOME": "here", "HENGSHUI_WAREHOUSE": "/srv/w", "HENGSHUI_RAW": ""})
    assert settings.root == tmp_path / "here"
    assert settings.raw == tmp_path / "here/data/raw"
    assert settings.database == Path("/srv/w/hengshui.duckdb")
    assert read_settings({"DAGSTER_HOME": "~/d"}).dagster_home == Path.home() / "d"


def test_dagster_home_is_made_once_and_then_left_alone(tmp_path: Path) -> None:
    settings = read_settings({"HENGSHUI_HOME": str(tmp_path)})
    home = prepared_dagster_home(settings)
    assert "telemetry:\n  enabled: false" in (home / "dagster.yaml").read_text("utf-8")
    (home / "dagster.yaml").write_text("mine: true\n", "utf-8")
    assert prepared_dagster_home(settings) == home
    assert (home / "dagster.yaml").read_text("utf-8") == "mine: true\n"
