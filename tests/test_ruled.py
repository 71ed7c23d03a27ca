"""Rulings in the warehouse: kept equal to the file, joined with what fails, and stale when they should be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hengshui_etl import parts, ruled, warehouse
from hengshui_etl.records import Examination
from hengshui_etl.rulings import Ruling, RulingsInvalid, Statement, append_ruling
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.tables.frames import Examined, frame, frames_of
from hengshui_etl.tables.schemas import TABLES

SENTENCE = "全市开工191项,其中工业100项,农业90项。"
FIGURES = ("100项", "90项", "191项")
SHA = "0" * 64


def ruling(article: str = "b/1.txt", sentence: str = SENTENCE, sha256: str = SHA) -> Ruling:
    return Ruling(Statement(article, "sum", sentence, FIGURES), "false alarm", "印刷如此", date(2026, 1, 2), sha256)


@pytest.fixture
def settings(tmp_path: Path, examination: Examination) -> Settings:
    """Two batches of one article each, in each of which the sum fails."""
    settings = read_settings({"HENGSHUI_HOME": str(tmp_path)})
    for batch in ("a", "b"):
        path = f"{batch}/1.txt"
        article = examination.article._replace(article_id=path, source_path=path)
        frames = frames_of(batch, [Examined(examination._replace(article=article), 9)])
        frames["raw_articles"] = frame("raw_articles", [(batch, path, 9, SHA, None)])
        with parts.BatchWriter(settings.parquet, batch, tuple(TABLES), "x") as writer:
            writer.write(frames)
        warehouse.load_batch(settings.database, settings.parquet, batch)
    return settings


def failed(settings: Settings) -> list[tuple[object, ...]]:
    sql = "SELECT article_id, ruling, ruling_reason FROM failed_checks"
    return warehouse.query(settings.database, sql)[1]


def test_nothing_is_ruled_without_a_file_or_a_database(settings: Settings, tmp_path: Path) -> None:
    assert not ruled.refresh(settings)
    assert failed(settings) == [("a/1.txt", None, None), ("b/1.txt", None, None)]
    empty = read_settings({"HENGSHUI_HOME": str(tmp_path / "empty")})
    append_ruling(settings.rulings, ruling())
    assert not ruled.refresh(empty._replace(rulings=settings.rulings))
    assert ruled.rulings_in(empty.database) == []
    assert ruled.stale_rulings(empty.database) == []
    assert not empty.database.exists()


def test_a_ruling_is_shown_with_its_reason_and_sorted_behind(settings: Settings) -> None:
    append_ruling(settings.rulings, ruling("a/1.txt"))
    assert ruled.batches_ruled_otherwise(settings.database, [ruling("a/1.txt")]) == {"a"}
    assert ruled.refresh(settings)
    assert not ruled.refresh(settings), "the second time there is nothing to write"
    assert ruled.batches_ruled_otherwise(settings.database, [ruling("a/1.txt")]) == set()
    assert failed(settings) == [("b/1.txt", None, None), ("a/1.txt", "false alarm", "印刷如此")]
    summary = "SELECT article_id, failed, ruled, worst FROM article_summary"
    assert warehouse.query(settings.database, summary)[1] == [("a/1.txt", 1, 1, None), ("b/1.txt", 1, 0, "error")]
    assert ruled.rulings_in(settings.database) == [ruling("a/1.txt")]
    assert ruled.stale_rulings(settings.database) == []


def test_a_ruling_that_is_taken_back_is_gone(settings: Settings) -> None:
    append_ruling(settings.rulings, ruling())
    ruled.refresh(settings)
    settings.rulings.unlink()
    assert ruled.batches_ruled_otherwise(settings.database, []) == {"b"}
    assert ruled.refresh(settings)
    assert failed(settings) == [("a/1.txt", None, None), ("b/1.txt", None, None)]


@pytest.mark.parametrize(
    ("made", "why", "applies"),
    [
        (ruling("b/gone.txt"), "article_gone", False),
        (ruling(sha256="1" * 64), "text_changed", True),
        (ruling(sentence="全市开工192项。", sha256="1" * 64), "text_changed", False),
        (ruling(sentence="全市开工192项。"), "nothing_fails", False),
    ],
)
def test_stale_rulings_are_named_with_their_reason(settings: Settings, made: Ruling, why: str, applies: bool) -> None:
    append_ruling(settings.rulings, made)
    ruled.refresh(settings)
    (found,) = ruled.stale_rulings(settings.database)
    assert (found.article_id, found.why, found.applies) == (made.statement.article_id, why, applies)
    assert (failed(settings)[-1][1] is not None) is applies


def test_a_file_that_cannot_be_read_leaves_what_was_there(settings: Settings) -> None:
    append_ruling(settings.rulings, ruling())
    ruled.refresh(settings)
    settings.rulings.write_text("[[ruling]]\narticle = 1\n")
    with pytest.raises(RulingsInvalid):
        ruled.refresh(settings)
    assert ruled.rulings_in(settings.database) == [ruling()]


def test_rulings_outlive_a_rebuild(settings: Settings) -> None:
    append_ruling(settings.rulings, ruling())
    ruled.refresh(settings)
    warehouse.rebuild(settings.database, settings.parquet)
    assert ruled.refresh(settings)
    assert ruled.rulings_in(settings.database) == [ruling()]
