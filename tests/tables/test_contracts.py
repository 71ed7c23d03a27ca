"""Every way in which our tables could be wrong is seen, table by table and between them."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from hengshui_etl.pipeline import examine
from hengshui_etl.records import Examination
from hengshui_etl.tables.contracts import CONTRACTS, lost_files, violations
from hengshui_etl.tables.frames import Examined, frame, frames_of
from hengshui_etl.tables.schemas import TABLES

Frames = dict[str, pl.DataFrame]


@pytest.fixture
def frames(examination: Examination) -> Frames:
    return frames_of("b", [Examined(examination, 123)])


def test_sound_frames_break_nothing(frames: Frames) -> None:
    assert violations(frames) == []
    assert set(CONTRACTS) == set(TABLES)


def put(table: str, column: str, value: object) -> Callable[[Frames], None]:
    """Another value in the first row."""

    def change(frames: Frames) -> None:
        old = frames[table]
        values = [value, *old[column].to_list()[1:]]
        frames[table] = old.with_columns(pl.Series(column, values, dtype=old.schema[column]))

    return change


def drop(table: str) -> Callable[[Frames], None]:
    def change(frames: Frames) -> None:
        frames[table] = frames[table][1:]

    return change


def twice(table: str) -> Callable[[Frames], None]:
    def change(frames: Frames) -> None:
        frames[table] = pl.concat([frames[table], frames[table]])

    return change


def without(table: str, column: str) -> Callable[[Frames], None]:
    def change(frames: Frames) -> None:
        frames[table] = frames[table].drop(column)

    return change


def as_float(frames: Frames) -> None:
    frames["figures"] = frames["figures"].with_columns(pl.col("value").cast(pl.Float64))


@pytest.mark.parametrize(
    ("change", "table", "rule"),
    [
        (twice("articles"), "articles", "multiple_fields_uniqueness"),
        (twice("figures"), "figures", "multiple_fields_uniqueness"),
        (without("figures", "unit"), "figures", "column_in_dataframe"),
        (as_float, "figures", "dtype"),
        (put("figures", "kind", "volume"), "figures", "isin"),
        (put("figures", "value", None), "figures", "needs its reason"),
        (put("figures", "value_exact", "1e5"), "figures", "str_matches"),
        (put("figures", "source_end", 0), "figures", "greater_than_or_equal_to"),
        (put("figures", "source_start", 90), "figures", "must end after it begins"),
        (put("figures", "source_start", 5), "figures", "must end after it begins"),
        (put("figures", "text", "四件"), "figures", "source_has_text_at_span"),
        (put("figures", "clean_end", 1000), "figures", "source_has_text_at_span"),
        (put("figures", "article_id", "other"), "figures", "source_has_text_at_span"),
        (put("relations", "type", "guess"), "relations", "isin"),
        (put("relations", "stated_low_exact", "3.0.0"), "relations", "str_matches"),
        (put("relations", "stated_low_exact", "4/0"), "relations", "str_matches"),
        (put("relations", "status", "fail"), "relations", "go together"),
        (put("relations", "computed_low_exact", "4"), "relations", "verdict_follows_from_intervals"),
        (put("relations", "mend_figure_id", "f77"), "relations", "mend_figure_id_is_in_figures"),
        (put("relation_operands", "figure_id", "f77"), "relation_operands", "figure_id_is_in_figures"),
        (put("relation_operands", "relation_id", "c77"), "relation_operands", "relation_id_is_in_relations"),
        (put("relation_operands", "role", "hero"), "relation_operands", "isin"),
        (drop("relation_operands"), "relation_operands", "relation_has_all_operands"),
        (drop("figures"), "relation_operands", "figure_id_is_in_figures"),
        (put("indicators", "figure_id", "f77"), "indicators", "figure_id_is_in_figures"),
        (put("indicators", "repeats_figure_id", "f77"), "indicators", "repeats_figure_id_is_in_figures"),
        (put("relations", "operands", ["f77"]), "relations", "operands_is_in_figures"),
        (put("relations", "operands", ["f2"]), "relation_operands", "operands_are_those_of_the_relation"),
        (put("relations", "blame", ["f77"]), "relations", "blame_is_in_figures"),
        (put("undecided", "figures", ["f77"]), "undecided", "figures_is_in_figures"),
        (put("relation_operands", "figure_id", "f2"), "relation_operands", "operands_are_those_of_the_relation"),
        (put("figures", "value_exact", "4"), "relations", "verdict_is_that_of_its_operands"),
        (put("relations", "item_count", 4), "relations", "verdict_is_that_of_its_operands"),
        (put("relations", "certainty", "possible"), "relations", "verdict_is_that_of_its_operands"),
        (put("relations", "gap_exact", "1"), "relations", "verdict_is_that_of_its_operands"),
    ],
)
def test_a_broken_frame_is_seen(frames: Frames, change: Callable[[Frames], None], table: str, rule: str) -> None:
    change(frames)
    found = violations(frames)
    assert any(each.table == table and rule in each.rule for each in found), found
    assert all(each.rows >= 1 for each in found)
    assert str(found[0]).startswith(f"{found[0].table}.")


def test_an_indicator_that_falls_has_its_sign() -> None:
    text = "衡水市经济平稳\n2021-07-20\n上半年，进口额下降3.2%，出口额下降5%至7%，利润增长-4.5%，用电量增长0%。\n"
    sound = frames_of("2021-07", [Examined(examine(text.encode(), source_path="a.txt"), 1)])
    assert sound["indicators"]["value_exact"].to_list() == ["-3.2", "-5", "-4.5", "0"]
    assert violations(sound) == []
    turned = sound["indicators"].with_columns(value_exact=pl.col("value_exact").str.strip_prefix("-"))
    assert {v.table for v in violations({**sound, "indicators": turned})} == {"indicators"}


def test_repairs_stand_in_the_source(frames: Frames) -> None:
    frames["repairs"] = frame("repairs", [("b", "a1", 1, "lost_character", 2, 4, "三件", "三件")])
    assert violations(frames) == []
    put("repairs", "before", "四件")(frames)
    assert [(each.table, each.rule) for each in violations(frames)] == [("repairs", "source_has_before_at_span")]


def test_a_violation_names_the_row(frames: Frames) -> None:
    put("relation_operands", "figure_id", "f77")(frames)
    found, *_ = violations(frames)  # the others say that it is none of the relation's own
    assert found.examples == ("a1 f77",)
    put("figures", "kind", "volume")(frames)
    (found,) = violations(frames)
    assert (found.column, found.examples) == ("kind", ("a1 f1: volume",))


RAW = [("b", "b/1.txt", 1, "0" * 64, None), ("b", "b/2.txt", 1, "1" * 64, None)]


@pytest.mark.parametrize(
    ("articles", "quarantined", "sound"),
    [
        (["b/1.txt", "b/2.txt"], [], True),
        (["b/1.txt"], ["b/2.txt"], True),
        (["b/1.txt", "b/1.txt"], ["b/2.txt"], True),  # one file may hold several articles
        (["b/1.txt"], [], False),
        (["b/1.txt", "b/2.txt"], ["b/2.txt"], False),
        (["b/1.txt", "b/2.txt", "b/3.txt"], [], False),
    ],
)
def test_no_file_is_lost_or_counted_twice(articles: list[str], quarantined: list[str], sound: bool) -> None:
    found = lost_files(
        frame("raw_articles", RAW),
        pl.DataFrame({"source_path": articles}),
        pl.DataFrame({"source_path": quarantined}, schema={"source_path": pl.String}),
    )
    assert (found == []) is sound
    assert all(each.rule == "every_file_is_accounted_for" for each in found)
