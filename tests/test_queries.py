"""The queries of the READMEs run, and answer what they show.

`python tests/test_queries.py` writes the answers into them again, after a wanted change.
"""

from __future__ import annotations

import re
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hengshui_etl import loading, warehouse
from hengshui_etl.settings import Settings, read_settings

PROJECT = Path(__file__).parent.parent
READMES = {"en": PROJECT / "README.md", "zh": PROJECT / "README.zh-CN.md"}
BATCH = "2019-10"
_PART = re.compile(r"(?<=<!-- queries -->\n).*?(?=<!-- /queries -->)", re.DOTALL)
_QUERY = re.compile(r"```sql\n(?P<sql>(?:.*\n)*?)```\n(?P<answer>\n(?:\|.*\n)+)?")


class Query(NamedTuple):
    """A query of the README with the table of its answer, empty where none is shown."""

    sql: str
    answer: str


def queries(language: str = "en") -> list[Query]:
    found = _PART.search(READMES[language].read_text("utf-8"))
    assert found, "the README has no part between <!-- queries --> and <!-- /queries -->"
    return [Query(query["sql"], (query["answer"] or "").strip()) for query in _QUERY.finditer(found[0])]


def load_seed(home: Path) -> Settings:
    """A warehouse of the seed alone, made without Dagster."""
    settings = read_settings({"HENGSHUI_HOME": str(home), "HENGSHUI_RAW": str(PROJECT / "data" / "raw")})
    loading.list_batch(settings, BATCH)
    loading.examine_batch(settings, BATCH)
    warehouse.load_batch(settings.database, settings.parquet, BATCH)
    return settings


def shown(columns: list[str], rows: list[tuple[Any, ...]]) -> str:
    """An answer as the README shows it."""
    lines = [columns, ["---"] * len(columns), *[[written(value) for value in row] for row in rows]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def written(value: object) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_seed(tmp_path_factory.mktemp("project"))


def answer(settings: Settings, n: int) -> list[dict[str, Any]]:
    columns, rows = warehouse.query(settings.database, queries()[n].sql)
    return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.mark.parametrize("language", READMES)
def test_there_are_five(language: str) -> None:
    assert len(queries(language)) == 5


@pytest.mark.parametrize("language", READMES)
@pytest.mark.parametrize("n", range(5))
def test_the_answer_is_the_one_shown(settings: Settings, n: int, language: str) -> None:
    query = queries(language)[n]
    answered = shown(*warehouse.query(settings.database, query.sql))
    assert not query.answer or query.answer == answered, "run: python tests/test_queries.py"


@pytest.mark.parametrize("n", range(5))
def test_no_answer_holds_a_float(settings: Settings, n: int) -> None:
    assert not [value for row in answer(settings, n) for value in row.values() if isinstance(value, float)]


def test_every_figure_has_its_source_characters(settings: Settings) -> None:
    rows = answer(settings, 0)
    assert len(rows) >= 36
    assert all(row["source_characters"] == row["text"] for row in rows)
    assert "105個(gè)" in [row["text"] for row in rows]


def test_project_totals_with_mean_investment(settings: Settings) -> None:
    rows = {row["project_count"]: row for row in answer(settings, 1)}
    assert {count: row["total_investment_yuan"] for count, row in rows.items()} == {
        191: 71_670_000_000,
        733: 698_696_000_000,
        157: 172_840_000_000,
        432: 785_110_000_000,
    }
    assert rows[191]["mean_investment_yuan"] == Decimal("375235602.09")


def test_provincial_shares_with_possible_totals(settings: Settings) -> None:
    rows = answer(settings, 2)
    assert [(row["count"], row["possible_total_low"], row["possible_total_high"]) for row in rows] == [
        (10, 98, 98),
        (105, 1025, 1034),
    ]
    assert {row["above_average"] for row in rows} == {True}


def test_figures_of_a_period(settings: Settings) -> None:
    values = [row["value"] for row in answer(settings, 3)]
    assert set(values) >= {Decimal("12.4"), Decimal("9.2"), Decimal(157), Decimal(172_840_000_000)}


def test_failed_checks_of_the_seed(settings: Settings) -> None:
    assert answer(settings, 4) == []


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        made = load_seed(Path(home))

        def renewed(query: re.Match[str]) -> str:
            table = f"\n{shown(*warehouse.query(made.database, query['sql']))}\n" if query["answer"] else ""
            return f"```sql\n{query['sql']}```\n{table}"

        for path in READMES.values():
            text = path.read_text("utf-8")
            path.write_text(_PART.sub(lambda part: _QUERY.sub(renewed, part[0]), text), "utf-8")
