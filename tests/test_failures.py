"""Failing relations of a batch are counted all and kept as many as are shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from hengshui_etl import loading, parts
from hengshui_etl.alerts.subjects import subjects_in
from hengshui_etl.defs.failures import Failures, no_failures, texts_of
from hengshui_etl.defs.shown import MOST_ROWS
from hengshui_etl.rulings import Ruling, Statement
from hengshui_etl.settings import read_settings
from hengshui_etl.tables.findings import failing

WRONG = "某市工业情况\n2019年10月16日\n1-9月份，全市工业企业实现利润{now}亿元，去年同期为21.0亿元，同比增长1.0%。\n"
ARTICLES = 40
RULING = Ruling(Statement("1.txt", "growth", "", ()), "acknowledged", "it is so", date(2026, 1, 1), "")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path | str, pl.DataFrame, pl.DataFrame]:
    settings = read_settings({"HENGSHUI_HOME": str(tmp_path_factory.mktemp("home"))})
    folder = settings.raw / "a"
    folder.mkdir(parents=True)
    for n in range(ARTICLES):
        (folder / f"{n:02}.txt").write_text(WRONG.format(now=30 + n), "utf-8")
    loading.list_batch(settings, "a")
    loading.examine_batch(settings, "a")
    place = settings.parquet
    return place, parts.read_table(place, "relations", "a"), parts.read_table(place, "figures", "a")


def with_articles(rows: pl.DataFrame, prefix: str) -> pl.DataFrame:
    return rows.with_columns(pl.concat_str(pl.lit(prefix), "article_id").alias("article_id"))


def test_all_are_counted_and_those_that_are_shown_are_kept(
    stored: tuple[Path | str, pl.DataFrame, pl.DataFrame],
) -> None:
    _, relations, figures = stored
    failed = failing(relations)
    assert len(failed) == ARTICLES
    found: Failures = no_failures()
    rulings = {("b/" + failed["article_id"][0], failed["relation_id"][0]): RULING}
    for prefix in ("a/", "b/", "c/"):
        rows = with_articles(failed, prefix)
        found = found.and_those(rows, texts_of(rows, with_articles(figures, prefix)), rulings)
    assert (found.failed, found.articles, found.ruled) == (3 * ARTICLES, 3 * ARTICLES, 1)
    assert len(found.rows) == MOST_ROWS
    shown = set(found.rows["article_id"])
    assert {article for article, _ in found.texts} == shown
    assert not found.rulings, "what was ruled on stands behind what nobody has ruled on"
    assert found.texts[found.rows["article_id"][0], found.rows["operands"][0][0]].endswith("亿元")


def test_figures_of_other_relations_are_not_held(stored: tuple[Path | str, pl.DataFrame, pl.DataFrame]) -> None:
    _, relations, figures = stored
    one = failing(relations).head(1)
    assert set(texts_of(one, figures)) == {(one["article_id"][0], figure) for figure in one["operands"][0]}


def test_every_failing_relation_is_a_subject_of_alerts(stored: tuple[Path | str, pl.DataFrame, pl.DataFrame]) -> None:
    folder, relations, _ = stored
    subjects = list(subjects_in(folder, "a", {}))
    assert [each.article_id for each in subjects] == failing(relations)["article_id"].to_list()
    assert len({each.key for each in subjects}) == ARTICLES
