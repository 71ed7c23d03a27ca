"""Whatever is changed behind the program's back is found: every column of every table, in Parquet and in DuckDB, rows
that are taken away or added; and what a faulty program could write wrongly the contracts find before it is stored.

The tables are those of the seed article, of one whose characters were torn, and of a file of many articles. Single ways
of differing, and what is said of them, are in test_verify.py and tables/test_contracts.py.
"""

from __future__ import annotations

import json
import os
import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from forging import forge

from hengshui_etl import loading, parts, warehouse
from hengshui_etl.pipeline import examine
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.tables.contracts import violations
from hengshui_etl.tables.differences import keys
from hengshui_etl.tables.frames import Examined, frames_of
from hengshui_etl.tables.schemas import TABLES
from hengshui_etl.verify import verify

HERE = Path(__file__).parent
SEED = next((HERE.parent / "data" / "raw" / "2019-10").iterdir())
TORN = HERE / "corpus" / "pinyin.txt"
WRONG = "某市开工项目\n2019-10-16\n全市开工191项，其中工业100项，农业90项。占比30%，占比40%。\n"
BATCH = "a"


def other(value: object, kind: pl.DataType) -> object:
    """Another value of the same kind."""
    if kind == pl.Boolean:
        return not value
    if kind == pl.Date:
        return value + timedelta(days=400) if isinstance(value, date) else date(2001, 2, 3)
    if kind == pl.Int64:
        return value + 1 if isinstance(value, int) else 7
    if isinstance(kind, pl.Decimal):
        return value + 1 if isinstance(value, Decimal) else Decimal(1)
    if isinstance(kind, pl.List):
        return [*value, "f999"] if isinstance(value, list) else ["f999"]
    text = str(value or "")
    return str(int(text) + 1) if text.isdigit() else f"{text}x"


def altered(rows: pl.DataFrame, column: str, places: range) -> pl.DataFrame:
    """The rows with another value of a column in these places."""
    values = rows[column].to_list()
    for place in places:
        values[place] = other(values[place], rows.schema[column])
    return rows.with_columns(pl.Series(column, values, dtype=rows.schema[column]))


# ------------------------------------------------------------------ what is stored, changed afterwards


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("stored")
    settings = read_settings({"HENGSHUI_HOME": str(home)})
    folder = settings.raw / BATCH
    folder.mkdir(parents=True)
    shutil.copyfile(SEED, folder / "seed.txt")
    shutil.copyfile(TORN, folder / "torn.txt")
    (folder / "wrong.txt").write_text(WRONG, "utf-8")
    lines = [json.dumps({"id": "x", "url": "http://a.b/", "text": WRONG}), "{"]
    (folder / "many.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    loading.list_batch(settings, BATCH)
    loading.examine_batch(settings, BATCH)
    warehouse.load_batch(settings.database, settings.parquet, BATCH)
    assert verify(settings).differences == ()
    return home


@pytest.fixture
def settings(stored: Path, tmp_path: Path) -> Settings:
    shutil.copytree(stored, tmp_path / "home")
    return read_settings({"HENGSHUI_HOME": str(tmp_path / "home")})


def found_in(settings: Settings, kind: set[str]) -> dict[str, set[str]]:
    """The columns in which each table differs."""
    found: dict[str, set[str]] = {}
    for each in verify(settings).differences:
        if each.kind in kind:
            found.setdefault(each.table, set()).add(each.column)
    return found


GROUPS = [
    ("raw_articles",),
    ("articles", "quarantine", "repairs", "undecided"),
    ("figures", "relation_operands"),
    ("relations",),
    ("indicators", "project_totals", "provincial_shares"),
]
"""Tables that are changed together: of all differences the first hundred are told one by one."""


def test_all_tables_are_changed() -> None:
    assert sorted(table for group in GROUPS for table in group) == sorted(TABLES)


def free_columns(table: str, rows: pl.DataFrame) -> list[str]:
    return [name for name in rows.columns if name not in (*keys(table), "batch")]


def last_row_changed(settings: Settings, table: str) -> tuple[pl.DataFrame, list[str]]:
    """The rows of a table, of which the last has another value in all columns but its key; and those columns."""
    rows = parts.read_table(settings.parquet, table, BATCH)
    assert len(rows), table
    columns = free_columns(table, rows)
    for column in columns:
        rows = altered(rows, column, range(len(rows) - 1, len(rows)))
    return rows, columns


@pytest.mark.parametrize("tables", GROUPS, ids=lambda tables: tables[0])
def test_every_column_of_the_parquet_files_is_compared(settings: Settings, tables: tuple[str, ...]) -> None:
    """The files carry the marks that they had, as if nothing was changed."""
    changed = {}
    for table in tables:
        rows, changed[table] = last_row_changed(settings, table)
        forge(settings, table, BATCH, rows)
    found = found_in(settings, {"rows", "raw", "verdict", "parquet"})
    assert [(table, c) for table, columns in changed.items() for c in columns if c not in found.get(table, ())] == []


@pytest.mark.parametrize("change", ["taken away", "added"])
def test_a_row_more_or_less_in_a_parquet_file_is_found(settings: Settings, change: str) -> None:
    for table in TABLES:
        if table != "raw_articles":
            rows = parts.read_table(settings.parquet, table, BATCH)
            forge(settings, table, BATCH, rows[:-1] if change == "taken away" else pl.concat([rows, rows[-1:]]))
    assert set(found_in(settings, {"rows", "verdict"})) == set(TABLES) - {"raw_articles"}


def test_a_file_more_or_less_in_the_list_of_files_is_found(settings: Settings) -> None:
    rows = parts.read_table(settings.parquet, "raw_articles", BATCH)
    for other_rows in (rows[:-1], pl.concat([rows, rows[-1:]])):
        forge(settings, "raw_articles", BATCH, other_rows)
        assert "raw_articles" in found_in(settings, {"raw", "parquet"})


@pytest.mark.parametrize("tables", GROUPS, ids=lambda tables: tables[0])
def test_every_column_of_the_database_is_compared(settings: Settings, tables: tuple[str, ...]) -> None:
    changed = {}
    for table in tables:
        rows, changed[table] = last_row_changed(settings, table)
        same = " AND ".join(f'{table}."{name}" = changed."{name}"' for name in keys(table))
        values = ", ".join(f'"{name}" = changed."{name}"' for name in changed[table])
        with warehouse.database(settings.database) as connection:
            connection.register("changed", rows[-1:].to_arrow())
            connection.execute(f"UPDATE {table} SET {values} FROM changed WHERE {same}")
    found = found_in(settings, {"database"})
    assert [(table, c) for table, columns in changed.items() for c in columns if c not in found.get(table, ())] == []


def test_rows_taken_from_the_database_are_missed(settings: Settings) -> None:
    with warehouse.database(settings.database) as connection:
        for table in TABLES:
            connection.execute(f"DELETE FROM {table} WHERE rowid = (SELECT max(rowid) FROM {table})")
    assert set(found_in(settings, {"database"})) == set(TABLES)


def test_one_changed_byte_of_a_raw_file_is_found(settings: Settings) -> None:
    """In the middle, with size and time as they were."""
    names = ["many.jsonl", "seed.txt", "torn.txt", "wrong.txt"]
    for name in names:
        path = settings.raw / BATCH / name
        about, data = path.stat(), bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    found = [each for each in verify(settings).differences if each.kind == "raw"]
    assert [(each.article, each.column) for each in found] == [(f"{BATCH}/{name}", "sha256") for name in names]


def test_a_flipped_verdict_is_found_even_where_all_tables_agree(settings: Settings) -> None:
    """In Parquet and DuckDB alike, consistently: a failing relation that is said to hold."""
    rows = parts.read_table(settings.parquet, "relations", BATCH)
    failing = rows["status"].to_list().index("fail")
    for column, value in (("status", "pass"), ("severity", "info"), ("certainty", "certain")):
        values = rows[column].to_list()
        values[failing] = value
        rows = rows.with_columns(pl.Series(column, values))
    forge(settings, "relations", BATCH, rows)
    warehouse.rebuild(settings.database, settings.parquet)
    found = {(each.kind, each.column) for each in verify(settings).differences}
    assert {("rows", "status"), ("verdict", "status")} <= found
    assert not any(kind == "database" for kind, _ in found)


# ------------------------------------------------------------------ what a faulty program would store


FREE = {
    "articles": "source_path size_bytes title published_on publisher byline encoding repair_count sentence_count source"
    " clean_text record_nr url published_given",
    "repairs": "repair_nr kind after",
    "figures": "unit clean_start metric scope scope_code period_last period_first sentence sentence_text figure_nr"
    " strict more high_exact value_problem direction clean_end",
    "relations": "relation_nr scale_exact item_count message_en message_zh reason mend_text mend_unit mend_edit"
    " sentence sentence_text mend_value_exact",
    "relation_operands": "position",
    "undecided": "undecided_nr reason",
    "indicators": "published_on",
    "project_totals": "projects scope period_first period_last mean_investment_yuan mean_investment_exact"
    " sentence_text",
    "provincial_shares": "counted scope whole_word whole_scope is_provincial possible_total_low possible_total_high"
    " city_count average_share_percent above_average says_above_average sentence_text",
}
"""Columns of which a row alone does not say whether they are right (a title, a metric), or only for some rows: it takes
the bytes to know, and `verify` compares them. All others are judged by the contracts of each run."""


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    found = []
    for name, data in (("seed", SEED.read_bytes()), ("torn", TORN.read_bytes()), ("wrong", WRONG.encode())):
        found.append(Examined(examine(data, source_path=f"{BATCH}/{name}.txt"), len(data)))
    made = frames_of(BATCH, found)
    assert violations(made) == []
    return made


@pytest.mark.parametrize("table", FREE)
def test_contracts_notice_a_wrong_value_in_any_column_that_others_determine(
    frames: dict[str, pl.DataFrame], table: str
) -> None:
    rows, free = frames[table], {"batch", *FREE[table].split()}
    assert len(rows)
    assert free <= set(rows.columns)
    unseen = [
        column
        for column in rows.columns
        if column not in free
        for place in {0, len(rows) - 1}
        if not violations({**frames, table: altered(rows, column, range(place, place + 1))})
    ]
    assert unseen == []
