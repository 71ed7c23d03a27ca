"""`verify` and `rebuild` as a user meets them: exit status, what differs, what to do, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hengshui_etl import loading, parts, warehouse
from hengshui_etl.checking import Refused
from hengshui_etl.commands import app
from hengshui_etl.messages import messages
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.tables.schemas import TABLES
from hengshui_etl.tables.views import OF_DUCKDB, VIEWS
from hengshui_etl.verified import Kind
from hengshui_etl.verify import verify

RIGHT = "某市今年开工项目\n2019-10-16\n今年以来,某市集中开工项目191项,其中工业项目100项,农业项目91项。\n"

Call = Callable[..., tuple[int, str]]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A project with two batches, loaded."""
    monkeypatch.setenv("HENGSHUI_HOME", str(tmp_path))
    for name in ("HENGSHUI_RAW", "HENGSHUI_WAREHOUSE", "HENGSHUI_RULINGS", "HENGSHUI_LANG"):
        monkeypatch.delenv(name, raising=False)
    settings = read_settings()
    for batch in ("a", "b 2"):
        path = settings.raw / batch / "1.txt"
        path.parent.mkdir(parents=True)
        path.write_text(RIGHT, "utf-8")
        loading.list_batch(settings, batch)
        loading.examine_batch(settings, batch)
        warehouse.load_batch(settings.database, settings.parquet, batch)
    return settings


def call(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table and view."""
    names = (*TABLES, *OF_DUCKDB, *VIEWS)
    return {name: warehouse.query(path, f"FROM {name} ORDER BY ALL")[1] for name in names}


def test_all_is_well(settings: Settings) -> None:
    code, said = call("verify")
    assert code == 0
    assert "nothing differs" in said
    assert call("verify", "--batch", "a", "--sample", "0")[0] == 0
    assert "没有差异" in call("verify", "--lang", "zh")[1]


def test_a_changed_raw_file_is_named_with_what_to_do(settings: Settings) -> None:
    (settings.raw / "b 2" / "1.txt").write_text("other", "utf-8")
    code, said = call("verify")
    assert code == 1
    assert "✗ raw_articles b 2 b 2/1.txt sha256" in said
    assert 'run --batch "b 2"' in said
    code, said = call("verify", "--lang", "zh")
    assert code == 1
    assert "库中为" in said


@pytest.mark.parametrize("kind", ["raw", "version", "parquet", "rows", "verdict", "database", "rulings"])
def test_every_kind_of_difference_has_words(kind: Kind) -> None:
    from hengshui_etl.keeping import advice

    for language in ("en", "zh"):
        said = advice(kind, ["a"], messages(language))
        assert "run" in said or "rebuild" in said
        assert "{" not in said


def test_batches_that_are_not_there_and_empty_projects_are_refused(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in ("verify", "rebuild"):
        with pytest.raises(Refused, match="there is no batch c"):
            call(command, "--batch", "c")
    monkeypatch.setenv("HENGSHUI_HOME", str(tmp_path / "empty"))
    with pytest.raises(Refused, match="nothing to verify"):
        call("verify")
    with pytest.raises(Refused, match="no Parquet files"):
        call("rebuild")
    assert not (tmp_path / "empty").exists()


def test_a_held_database_is_one_line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(*_: object, **__: object) -> None:
        raise warehouse.WarehouseBusy("held")

    monkeypatch.setattr(warehouse, "loaded_batches", held)
    with pytest.raises(Refused, match="held"):
        call("verify")


@pytest.mark.parametrize("loss", ["gone", "torn", "rows"])
def test_the_database_is_made_anew_row_by_row(settings: Settings, loss: str) -> None:
    before = contents(settings.database)
    assert all(before[name] for name in ("figures", "relations", "articles", "batches"))
    if loss == "gone":
        settings.database.unlink()
    elif loss == "torn":
        settings.database.write_bytes(b"no database" * 5000)
    else:
        with warehouse.database(settings.database) as connection:
            connection.execute("DELETE FROM figures WHERE figure_nr = 1")
            connection.execute("UPDATE relations SET status = 'fail'")
    assert call("verify")[0] == 1
    code, said = call("rebuild")
    assert code == 0
    assert "2 batches" in said
    assert contents(settings.database) == before
    assert call("verify")[0] == 0


def test_parquet_is_made_anew_from_the_raw_files(settings: Settings) -> None:
    path = Path(parts.addresses_of(settings.parquet, "figures", "a")[0])
    sound, before = path.read_bytes(), contents(settings.database)
    path.write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    code, said = call("verify")
    assert code == 1
    assert "✗ figures a" in said
    assert "rebuild --batch a" in said
    assert call("rebuild", "--batch", "a")[0] == 0
    assert path.read_bytes() == sound
    assert contents(settings.database) == before
    assert verify(settings).total == 0


def test_torn_pages_keep_the_old_database_and_are_named(settings: Settings) -> None:
    path = Path(parts.addresses_of(settings.parquet, "relations", "a")[0])
    data = bytearray(path.read_bytes())
    data[4:1500] = bytes(1496)  # the footer stays sound
    path.write_bytes(data)
    before = settings.database.read_bytes()
    with pytest.raises(Refused, match=r"relations a.*rebuild --batch a"):
        call("rebuild")
    assert settings.database.read_bytes() == before
    assert call("rebuild", "--batch", "a")[0] == 0
    assert call("verify")[0] == 0
