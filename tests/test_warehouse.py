"""Parquet and DuckDB: whole or not at all, the same bytes again, batch by batch."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from hengshui_etl import parts, warehouse
from hengshui_etl.records import Examination
from hengshui_etl.tables.ddl import one_line
from hengshui_etl.tables.frames import Examined, frame, frames_of
from hengshui_etl.tables.schemas import TABLES
from hengshui_etl.tables.views import OF_DUCKDB, VIEWS

Store = Callable[..., None]


@pytest.fixture
def store(tmp_path: Path, examination: Examination) -> Store:
    """`store("2019-10", "fingerprint", n)`: a batch of n articles as Parquet."""

    def stored(batch: str, fingerprint: str = "x", n: int = 1, folder: Path | None = None) -> None:
        with parts.BatchWriter(folder or tmp_path, batch, tuple(TABLES), fingerprint) as writer:
            for i in range(n):
                path = f"{batch}/{i}.txt"
                article = examination.article._replace(article_id=path, source_path=path)
                frames = frames_of(batch, [Examined(examination._replace(article=article), 9)])
                frames["raw_articles"] = frame("raw_articles", [(batch, path, 9, "0" * 64, None)])
                writer.write(frames)

    return stored


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    return warehouse.query(path, sql)[1]


def test_the_same_rows_are_the_same_bytes(store: Store, tmp_path: Path) -> None:
    store("b", "x", 3, tmp_path / "one")
    store("b", "x", 3, tmp_path / "two")
    store("b", "x", 3, tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")
    steps = {f"manifests/batch=b/{step}.json" for step in ("listing", "examination")}
    assert {re.sub("part-[0-9a-f]{16}", "part", name) for name in files(tmp_path / "one")} == steps | {
        f"{table}/batch=b/part.parquet" for table in TABLES
    }


def test_what_is_written_is_read_back(store: Store, tmp_path: Path, examination: Examination) -> None:
    store("b", "x", 2)
    expected = frames_of("b", [Examined(examination, 9)])["figures"].drop("article_id")
    read = parts.read_table(tmp_path, "figures", "b")
    assert read.filter(pl.col("article_id") == "b/1.txt").drop("article_id").equals(expected)
    assert [chunk["article_id"].unique().to_list() for chunk in parts.read_chunks(tmp_path, "figures", "b")] == [
        ["b/0.txt"],
        ["b/1.txt"],
    ]
    assert parts.read_table(tmp_path, "figures", "none").height == 0
    assert parts.read_table(tmp_path, "figures", "b", ["unit", "text"]).columns == ["unit", "text"]


def test_parquet_is_plain_enough_for_any_reader(store: Store, tmp_path: Path) -> None:
    store("2019-10-16")  # a name that readers of partitioned folders take for a date
    kinds = {
        str(field.type)
        for table in TABLES
        for field in pq.read_schema(Path(parts.addresses_of(tmp_path, table, "2019-10-16")[0]))
    }
    assert kinds == {"string", "int64", "bool", "date32[day]", "decimal128(38, 12)", "list<element: string>"}
    found = duckdb.sql(f"SELECT DISTINCT batch::VARCHAR FROM read_parquet('{tmp_path}/figures/*/*.parquet')").fetchall()
    assert found == [("2019-10-16",)]
    assert pl.scan_parquet(tmp_path / "figures" / "*" / "*.parquet").collect().height == 5


def test_an_exception_leaves_what_was_there(store: Store, tmp_path: Path, examination: Examination) -> None:
    store("b")
    before = files(tmp_path)
    with pytest.raises(KeyError), parts.BatchWriter(tmp_path, "b", tuple(TABLES), "y") as writer:
        writer.write(frames_of("b", [Examined(examination, 1)]) | {"no table": frame("figures", [])[:0].clear(1)})
    assert files(tmp_path) == before


@pytest.mark.parametrize("batch", ["2019-10", "衡水 A", "v1.2"])
def test_batches_are_found_by_their_name(store: Store, tmp_path: Path, batch: str) -> None:
    store(batch, "x")
    assert parts.stored_batches(tmp_path) == [batch]
    assert parts.is_current(tmp_path, batch, tuple(TABLES), "x")
    assert not parts.is_current(tmp_path, batch, tuple(TABLES), "y")
    parts.remove_batch(tmp_path, batch)
    assert parts.stored_batches(tmp_path) == []
    assert not parts.is_current(tmp_path, batch, tuple(TABLES), "x")


def test_a_file_of_other_columns_or_none_at_all_counts_as_missing(store: Store, tmp_path: Path) -> None:
    store("b", "x")
    path = Path(parts.addresses_of(tmp_path, "figures", "b")[0])
    pl.DataFrame({"other": [1]}).write_parquet(path)
    assert parts.stored(tmp_path, "figures", "b") is None
    path.write_bytes(b"no parquet")
    assert parts.stored(tmp_path, "figures", "b") is None
    assert not parts.is_current(tmp_path, "b", tuple(TABLES), "x")


def test_a_batch_is_loaded_replaced_and_removed(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    store("a", "1", 2)
    assert warehouse.load_batch(path, tmp_path, "a")
    store("b", "1", 1)
    assert warehouse.load_batch(path, tmp_path, "b")
    assert not warehouse.load_batch(path, tmp_path, "a")
    count = "SELECT batch, count(*) FROM figures GROUP BY ALL ORDER BY ALL"
    assert rows(path, count) == [("a", 10), ("b", 5)]
    store("a", "2", 1)
    assert warehouse.load_batch(path, tmp_path, "a")
    assert rows(path, count) == [("a", 5), ("b", 5)]
    assert rows(path, "SELECT batch, articles_rows, relations_rows FROM batches ORDER BY ALL") == [
        ("a", 1, 3),
        ("b", 1, 3),
    ]
    parts.remove_batch(tmp_path, "a")
    assert warehouse.load_batch(path, tmp_path, "a")
    assert not warehouse.load_batch(path, tmp_path, "a")
    for table in (*TABLES, "batches"):
        assert rows(path, f"SELECT * FROM {table} WHERE batch = 'a'") == []
    assert warehouse.loaded_batches(path).keys() == {"b"}


def test_a_load_that_fails_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    store("a", "1")
    warehouse.load_batch(path, tmp_path, "a")
    store("a", "2", 2)
    relations = Path(parts.addresses_of(tmp_path, "relations", "a")[0])
    data = bytearray(relations.read_bytes())
    data[4:2000] = bytes(1996)  # pages are lost, and the footer stays sound
    relations.write_bytes(data)
    with pytest.raises(parts.Damaged):
        warehouse.load_batch(path, tmp_path, "a")
    assert rows(path, "SELECT count(*) FROM figures") == [(5,)]
    assert rows(path, "SELECT count(*) FROM relations") == [(3,)]


def test_rebuilding_from_parquet_gives_the_same_rows(store: Store, tmp_path: Path) -> None:
    path, other = tmp_path / "w.duckdb", tmp_path / "other.duckdb"
    for batch, n in (("a", 2), ("b", 1)):
        store(batch, "1", n)
        warehouse.load_batch(path, tmp_path, batch)
    warehouse.rebuild(other, tmp_path)
    for table in (*TABLES, "batches", *VIEWS):
        assert rows(path, f"SELECT * FROM {table} ORDER BY ALL") == rows(other, f"SELECT * FROM {table} ORDER BY ALL")
    assert [p.name for p in tmp_path.glob(".*")] == []


def test_a_database_of_another_version_is_filled_anew(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    for batch in ("a", "b"):
        store(batch)
        warehouse.load_batch(path, tmp_path, batch)
    with warehouse.database(path) as connection:
        connection.execute("DROP VIEW failed_checks")
        connection.execute("ALTER TABLE figures DROP COLUMN unit")
        connection.execute("COMMENT ON TABLE batches IS 'an older schema'")
        connection.execute("CREATE TABLE mine AS SELECT 1 AS x")
    assert warehouse.loaded_batches(path) == {}
    warehouse.load_batch(path, tmp_path, "a")
    assert rows(path, "SELECT batch, count(unit) FROM figures GROUP BY ALL ORDER BY ALL") == [("a", 5), ("b", 5)]
    assert rows(path, "SELECT count(*) FROM failed_checks") == [(2,)]
    assert rows(path, "SELECT x FROM mine") == [(1,)], "what others put there stays"


@pytest.mark.parametrize("content", [b"", b"no database at all, and long enough to be read as one" * 200])
def test_a_file_that_is_no_database_is_set_aside_and_made_anew(store: Store, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "w.duckdb"
    for batch in ("a", "b"):
        store(batch)
        warehouse.load_batch(path, tmp_path, batch)
    path.write_bytes(content)
    assert warehouse.load_batch(path, tmp_path, "a")
    assert rows(path, "SELECT batch, count(*) FROM figures GROUP BY ALL ORDER BY ALL") == [("a", 5), ("b", 5)]
    assert (tmp_path / "w.duckdb.broken").read_bytes() == content


def test_every_table_view_and_column_has_its_comment(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    store("a")
    warehouse.load_batch(path, tmp_path, "a")
    found = dict(
        rows(
            path,
            "SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE NOT internal"
            " UNION ALL SELECT table_name, comment FROM duckdb_tables()"
            " UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE NOT internal",
        )
    )
    for name, model in TABLES.items():
        schema = model.to_schema()
        assert found.pop(name) == one_line(schema.description)
        for column, each in schema.columns.items():
            assert found.pop(f"{name}.{column}") == one_line(each.description)
    for name, view in {**VIEWS, **OF_DUCKDB}.items():
        assert str(found.pop(name)).startswith(view.description)
        for column, text in view.columns.items():
            assert found.pop(f"{name}.{column}") == text
    assert found == {}


def test_no_column_is_a_float(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    store("a")
    warehouse.load_batch(path, tmp_path, "a")
    kinds = rows(path, "SELECT DISTINCT data_type FROM duckdb_columns() WHERE NOT internal")
    assert not [kind for (kind,) in kinds if kind in ("DOUBLE", "FLOAT")]


def test_the_views_count_and_explain_failures(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    store("a")
    warehouse.load_batch(path, tmp_path, "a")
    columns, (row,) = warehouse.query(path, "FROM failed_checks")
    failed = dict(zip(columns, row, strict=True))
    assert failed["relation_id"] == "c2"
    assert failed["operand_texts"] == ["100项", "90项", "191项"]
    assert (failed["stated_low"], failed["computed_low"], failed["gap"]) == (Decimal(191), Decimal(190), Decimal(1))
    columns, (row,) = warehouse.query(path, "FROM article_summary")
    summary = dict(zip(columns, row, strict=True))
    assert (summary["figure_count"], summary["relation_count"]) == (5, 3)
    assert (summary["passed"], summary["implied"], summary["failed"], summary["worst"]) == (1, 1, 1, "error")


HOLD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_file_held_by_another_program_is_waited_for(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    store("a")
    warehouse.load_batch(path, tmp_path, "a")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(warehouse.WarehouseBusy, match="another program"), warehouse.database(path, patience=0.3):
            pass
        assert holder.stdin is not None
        holder.stdin.write("\n")
        holder.stdin.flush()
        with warehouse.database(path, patience=30) as connection:
            assert connection.execute("SELECT count(*) FROM figures").fetchone() == (5,)
    finally:
        holder.kill()
        holder.communicate()


def test_a_connection_is_closed_when_the_body_raises(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with pytest.raises(RuntimeError), warehouse.database(path) as connection:
        raise RuntimeError
    with pytest.raises(duckdb.ConnectionException):
        connection.execute("SELECT 1")


def test_what_a_killed_rebuild_left_is_cleared_away(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    store("a")
    for name in (".0123.duckdb", ".0123.duckdb.wal", ".0123.duckdb.tmp/x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"left")
    warehouse.rebuild(path, tmp_path)
    assert not list(tmp_path.glob(".*"))
    assert rows(path, "SELECT count(*) FROM figures") == [(5,)]
