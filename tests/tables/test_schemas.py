"""The schemas describe everything, and what is made from them is up to date."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pandera.polars as pa
import polars as pl
import pytest

from hengshui_etl.records import Claim, RelationType
from hengshui_etl.relations.roles import ROLES as _ROLES
from hengshui_etl.tables.ddl import duckdb_type, one_line, page
from hengshui_etl.tables.frames import frame, polars_schema
from hengshui_etl.tables.schemas import ROLES, TABLES
from hengshui_etl.tables.views import OF_DUCKDB, VIEWS

COLUMNS = [
    (table, str(name), column) for table, model in TABLES.items() for name, column in model.to_schema().columns.items()
]


@pytest.mark.parametrize(("table", "name", "column"), COLUMNS, ids=[f"{table}.{name}" for table, name, _ in COLUMNS])
def test_every_column_is_described_as_a_sentence(table: str, name: str, column: pa.Column) -> None:
    text = one_line(column.description)
    assert len(text) > 5
    assert text.endswith((".", "…"))


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_described_and_begins_with_its_batch(table: str) -> None:
    schema = TABLES[table].to_schema()
    assert one_line(schema.description).endswith(".")
    assert next(iter(schema.columns)) == "batch"
    assert schema.strict
    assert schema.ordered


def test_one_name_has_one_type() -> None:
    kinds: dict[str, set[str]] = {}
    for _, name, column in COLUMNS:
        kinds.setdefault(name, set()).add(duckdb_type(column.dtype.type))
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


def test_no_number_is_a_float() -> None:
    kinds = {duckdb_type(column.dtype.type) for _, _, column in COLUMNS}
    assert kinds == {"VARCHAR", "VARCHAR[]", "BIGINT", "DATE", "BOOLEAN", "DECIMAL(38, 12)"}


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_frame_is_valid(table: str) -> None:
    empty = frame(table, [])
    assert dict(empty.schema) == polars_schema(table)
    TABLES[table].validate(empty, lazy=True)


def test_every_type_of_relation_has_roles_from_the_vocabulary() -> None:
    assert set(_ROLES) == set(get_args(RelationType))
    assert {role for roles, _ in _ROLES.values() for role in roles} <= set(ROLES)
    assert Claim._fields[0] == "type"


@pytest.mark.parametrize("name", [*VIEWS, *OF_DUCKDB])
def test_every_view_describes_its_columns(name: str) -> None:
    view = {**VIEWS, **OF_DUCKDB}[name]
    assert all(text.endswith(".") for text in [view.description, *view.columns.values()])


def test_the_page_of_the_tables_is_up_to_date(root: Path) -> None:
    assert (root / "docs" / "tables.md").read_text("utf-8") == page(), (
        "run: python -m hengshui_etl.tables.ddl > docs/tables.md"
    )


@pytest.fixture
def root() -> Path:
    return Path(__file__).parent.parent.parent


def test_a_type_without_a_counterpart_is_an_error() -> None:
    with pytest.raises(KeyError):
        duckdb_type(pl.Float64)
