"""The tables as SQL and as a document: statements for DuckDB and `docs/tables.md`, both made from the schemas.

Belongs here: turning descriptions into statements and pages. Does not belong here: descriptions (schemas.py, views.py),
running statements (warehouse.py). `python -m hengshui_etl.tables.ddl > docs/tables.md` writes the page; a test looks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import polars as pl

from hengshui_etl.tables.schemas import TABLES
from hengshui_etl.tables.views import OF_DUCKDB, VIEWS


def statements(mark: str) -> list[str]:
    """DDL of the whole database; `mark` ends the comment of `batches` and tells which schema a file has."""
    found = []
    for name, model in TABLES.items():
        schema = model.to_schema()
        body = ", ".join(
            f'"{column}" {duckdb_type(each.dtype.type)}{"" if each.nullable else " NOT NULL"}'
            for column, each in schema.columns.items()
        )
        found.append(f"CREATE TABLE {name} ({body})")
        found.append(f"COMMENT ON TABLE {name} IS {_literal(one_line(schema.description))}")
        found += [
            f'COMMENT ON COLUMN {name}."{column}" IS {_literal(one_line(each.description))}'
            for column, each in schema.columns.items()
        ]
    for name, view in {**OF_DUCKDB, **VIEWS}.items():
        found.append(view.sql)
        about = f"{view.description} {mark}".strip() if name == "batches" else view.description
        found.append(f"COMMENT ON {view.kind} {name} IS {_literal(about)}")
        found += [f'COMMENT ON COLUMN {name}."{column}" IS {_literal(text)}' for column, text in view.columns.items()]
    return found


def schema_mark() -> str:
    """A few characters that change with any statement."""
    return f"(Schema {hashlib.sha256(chr(10).join(statements('')).encode()).hexdigest()[:12]}.)"


def duckdb_type(kind: Any) -> str:
    """The DuckDB type of a column of this polars type."""
    if isinstance(kind, pl.Decimal):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    if isinstance(kind, pl.List):
        return f"{duckdb_type(kind.inner)}[]"
    plain: dict[Any, str] = {pl.String: "VARCHAR", pl.Int64: "BIGINT", pl.Date: "DATE", pl.Boolean: "BOOLEAN"}
    return plain[type(kind) if isinstance(kind, pl.DataType) else kind]


def one_line(text: str | None) -> str:
    """A docstring or description as one line."""
    return " ".join((text or "").split())


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def page() -> str:
    """`docs/tables.md`: every table, view and column."""
    parts = [HEAD]
    for name, model in TABLES.items():
        schema = model.to_schema()
        keys = schema.unique or [str(column) for column, each in schema.columns.items() if each.unique]
        rows = [
            (
                f"`{column}`",
                duckdb_type(each.dtype.type),
                "" if each.nullable else "yes",
                one_line(each.description),
            )
            for column, each in schema.columns.items()
        ]
        parts.append(
            f"## {name}\n\n{one_line(schema.description)}\n\nKey: {', '.join(f'`{key}`' for key in keys)}.\n\n"
            + _table(("column", "type", "always there", "what it holds"), rows)
        )
    for name, view in {**OF_DUCKDB, **VIEWS}.items():
        about = [(f"`{column}`", text) for column, text in view.columns.items()]
        kind = "view" if view.kind == "VIEW" else "table of DuckDB alone"
        parts.append(f"## {name} ({kind})\n\n{view.description}\n\n" + _table(("column", "what it holds"), about))
    return "\n\n".join(parts) + "\n"


HEAD = """\
# Tables

Made from `hengshui_etl/tables/schemas.py` and `views.py` by `python -m hengshui_etl.tables.ddl`; do not edit.

All tables but `batches` and `rulings` are Parquet files, `data/warehouse/<table>/batch=<batch>/part-*.parquet`, and
tables of `data/warehouse/hengshui.duckdb`, where each table and column has its description as a comment. Names that end
in `_exact` hold numbers as text, without loss (`7851.05`, `1350/19`); the DECIMAL beside them is there to be read and
summed. Positions count characters from 0; the end is not included."""


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)])


if __name__ == "__main__":
    print(page(), end="")
