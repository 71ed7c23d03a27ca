"""Verification finds every way in which what is stored can differ from what it was made from, and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from forging import forge

from hengshui_etl import loading, parts, ruled, warehouse
from hengshui_etl.rulings import Ruling, Statement, append_ruling
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.tables.schemas import TABLES
from hengshui_etl.verified import MOST, Difference, Verified
from hengshui_etl.verify import verify

WRONG = "某市今年开工项目\n2019-10-16\n今年以来,某市集中开工项目191项,其中工业项目100项,农业项目90项。\n"
RIGHT = WRONG.replace("90项", "91项")


def load(settings: Settings, batch: str) -> None:
    loading.list_batch(settings, batch)
    loading.examine_batch(settings, batch)
    warehouse.load_batch(settings.database, settings.parquet, batch)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two batches: two articles and a file that is none, and one article."""
    home = tmp_path_factory.mktemp("loaded")
    settings = read_settings({"HENGSHUI_HOME": str(home)})
    for name, text in (("a/1.txt", WRONG), ("a/2.txt", RIGHT), ("a/none.txt", ""), ("b/1.txt", RIGHT)):
        path = settings.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    load(settings, "a")
    load(settings, "b")
    return home


@pytest.fixture
def settings(loaded: Path, tmp_path: Path) -> Settings:
    shutil.copytree(loaded, tmp_path / "home")
    return read_settings({"HENGSHUI_HOME": str(tmp_path / "home")})


def kinds(verified: Verified) -> set[tuple[str, str, str]]:
    return {(each.kind, each.table, each.batch) for each in verified.differences}


def test_nothing_differs_after_a_load(settings: Settings) -> None:
    told: list[tuple[str, str, int, int]] = []
    found = verify(settings, on_progress=lambda *step: told.append(step))
    assert found.differences == ()
    assert found.total == 0
    assert (found.batches, found.files, found.examined) == (("a", "b"), 4, 4)
    assert found.verdicts == sum(parts.read_table(settings.parquet, "relations", b).height for b in "ab") > 2
    assert found.rows > 20
    assert ("a", "articles", 3, 3) in told
    assert verify(settings, ["b"]).files == 1


def test_a_sample_is_the_same_each_time_and_no_larger_than_asked(settings: Settings) -> None:
    assert [verify(settings, sample=n).examined for n in (0, 2, 2, 99)] == [0, 2, 2, 4]


def parquet(table: str, column: str, value: object, batch: str = "a") -> Callable[[Settings], None]:
    """Another value in the first row of a Parquet file, and the same marks in it as before."""

    def change(settings: Settings) -> None:
        rows = parts.read_table(settings.parquet, table, batch)
        values = [value, *rows[column].to_list()[1:]]
        forge(settings, table, batch, rows.with_columns(pl.Series(column, values, dtype=rows.schema[column])))

    return change


def duckdb(sql: str) -> Callable[[Settings], None]:
    def change(settings: Settings) -> None:
        with warehouse.database(settings.database) as connection:
            connection.execute(sql)

    return change


def raw(name: str, text: str | None) -> Callable[[Settings], None]:
    def change(settings: Settings) -> None:
        path = settings.raw / name
        path.parent.mkdir(exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text, "utf-8")

    return change


def broken(table: str, data: bytes | None) -> Callable[[Settings], None]:
    def change(settings: Settings) -> None:
        path = Path(parts.addresses_of(settings.parquet, table, "a")[0])
        if data is None:
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-20] + data)

    return change


def without_database(settings: Settings) -> None:
    settings.database.unlink()


def torn_database(settings: Settings) -> None:
    settings.database.write_bytes(b"no database " * 1000)


def rule(settings: Settings) -> None:
    statement = Statement("a/1.txt", "sum", "…", ())
    append_ruling(settings.rulings, Ruling(statement, "acknowledged", "…", date(2026, 1, 2), "0" * 64))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (raw("a/1.txt", RIGHT), {("raw", "raw_articles", "a")}),
        (raw("a/3.txt", RIGHT), {("raw", "raw_articles", "a")}),
        (raw("a/2.txt", None), {("raw", "raw_articles", "a")}),
        (raw("c/1.txt", RIGHT), {("raw", "raw_articles", "c")}),
        (parquet("figures", "scope", "别处"), {("rows", "figures", "a"), ("database", "figures", "a")}),
        (parquet("articles", "title", "别的"), {("rows", "articles", "a"), ("database", "articles", "a")}),
        (parquet("quarantine", "reason", "…"), {("rows", "quarantine", "a"), ("database", "quarantine", "a")}),
        (broken("figures", None), {("parquet", "figures", "a")}),
        (broken("figures", b"torn" * 5), {("parquet", "figures", "a")}),
        (broken("raw_articles", b"torn" * 5), {("parquet", "raw_articles", "a")}),
        (duckdb("UPDATE figures SET unit = '亿' WHERE batch = 'b'"), {("database", "figures", "b")}),
        (duckdb("DELETE FROM indicators WHERE batch = 'a'"), {("database", "indicators", "a")}),
        (duckdb("INSERT INTO repairs SELECT 'a', 'a/1.txt', 1, 'x', 0, 1, '', ''"), {("database", "repairs", "a")}),
        (duckdb("INSERT INTO figures FROM figures WHERE batch = 'b'"), {("database", "figures", "b")}),
        (duckdb("INSERT INTO quarantine VALUES ('z', 'z', 'x', 1, NULL, 0, NULL)"), {("database", "quarantine", "z")}),
        (duckdb("UPDATE batches SET fingerprint = 'x' WHERE batch = 'a'"), {("database", "batches", "a")}),
        (duckdb("UPDATE batches SET figures_rows = 1 WHERE batch = 'a'"), {("database", "batches", "a")}),
        (
            duckdb("COMMENT ON TABLE batches IS 'older'"),
            {("database", "batches", "a"), ("database", "batches", "b"), ("database", "", "")},
        ),
        (without_database, {("database", "", "")}),
        (torn_database, {("database", "", x) for x in ("a", "b", "")}),
        (rule, {("rulings", "rulings", "")}),
    ],
)  # fmt: skip
def test_a_change_is_found_where_it_was_made(
    settings: Settings, change: Callable[[Settings], None], expected: set[tuple[str, str, str]]
) -> None:
    change(settings)
    assert kinds(verify(settings)) == expected


def test_a_difference_says_what_is_stored_and_what_it_should_be(settings: Settings) -> None:
    parquet("figures", "value_exact", "192")(settings)
    found = [each for each in verify(settings).differences if each.kind == "rows"]
    old = warehouse.query(settings.database, "SELECT value_exact FROM figures WHERE batch = 'a' AND figure_nr = 1")[1]
    assert found == [Difference("rows", "figures", "a", "a/1.txt", "f1", "value_exact", "192", old[0][0])]


def test_a_verdict_is_made_again_from_its_row_without_the_raw_file(settings: Settings) -> None:
    relations = parts.read_table(settings.parquet, "relations", "a")
    assert relations["status"][0] == "fail"
    parquet("relations", "gap_exact", "7")(settings)
    found = verify(settings, ["a"], sample=0).differences
    assert [each.column for each in found if each.kind == "verdict"] == ["gap_exact"]
    assert [(each.stored, each.expected) for each in found if each.kind == "verdict"] == [("7", "1")]


@pytest.mark.parametrize(
    ("column", "value"),
    [("status", "pass"), ("severity", "warning"), ("message_zh", "…"), ("stated_low_exact", "1"), ("operands", ["f9"])],
)
def test_every_part_of_a_verdict_is_made_again(settings: Settings, column: str, value: object) -> None:
    parquet("relations", column, value)(settings)
    found = [each for each in verify(settings, ["a"], sample=0).differences if each.kind == "verdict"]
    assert found
    assert {each.row for each in found} == {"c1"}


def test_long_texts_are_shown_where_they_differ(settings: Settings) -> None:
    text = parts.read_table(settings.parquet, "articles", "a")["source"][0]
    parquet("articles", "source", text.replace("100项", "101项"))(settings)
    (found,) = [each for each in verify(settings, ["a"]).differences if each.kind == "rows"]
    assert "101项" in found.stored
    assert "100项" in found.expected


def test_files_of_two_runs_do_not_belong_together(settings: Settings, loaded: Path) -> None:
    (settings.raw / "a" / "3.txt").write_text(RIGHT, "utf-8")
    loading.list_batch(settings, "a")  # and killed before the examination
    found = verify(settings, ["a"])
    assert {each.table for each in found.differences if each.kind == "parquet"} == set(TABLES) - {"raw_articles"}
    assert {each.table for each in found.differences if each.kind == "database"} == {"batches"}


def test_tables_of_another_version_are_told_as_such_and_not_row_by_row(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "code_fingerprint", lambda: "another")
    assert kinds(verify(settings)) == {("version", "", "a"), ("version", "", "b")}


def test_all_are_counted_and_the_first_are_told(settings: Settings) -> None:
    for n in range(MOST + 30):
        (settings.raw / "a" / f"new{n}.txt").write_text(RIGHT, "utf-8")
    found = verify(settings)
    assert len(found.differences) == MOST
    assert found.total == found.counts["raw", "a"] == MOST + 30


def test_what_a_run_changes_meanwhile_is_looked_at_again(settings: Settings) -> None:
    """The batch is loaded anew between the reading of its files and the look into DuckDB."""
    (settings.raw / "b" / "1.txt").write_text(WRONG, "utf-8")
    calls: list[str] = []

    def meanwhile(batch: str, step: str, done: int, total: int) -> None:
        if step == "warehouse" and not calls:
            calls.append(batch)
            load(settings, "b")

    assert verify(settings, ["b"], on_progress=meanwhile).differences == ()
    assert calls


def test_what_is_made_anew_is_right_again(settings: Settings) -> None:
    parquet("figures", "unit", "亿元")(settings)
    loading.list_batch(settings, "a")
    loading.examine_batch(settings, "a")
    assert verify(settings).total, "a run takes the mark of the file for granted"
    loading.list_batch(settings, "a", anew=True)
    loading.examine_batch(settings, "a", anew=True)
    warehouse.rebuild(settings.database, settings.parquet)
    ruled.refresh(settings)
    assert verify(settings).differences == ()


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_verifying_writes_nothing(settings: Settings) -> None:
    def times() -> dict[str, int]:
        files = (
            path for path in settings.root.rglob("*") if path.is_file() and not path.name.startswith("hengshui.duckdb.")
        )
        return {str(path): path.stat().st_mtime_ns for path in files}

    before = times()
    verify(settings)
    assert times() == before
