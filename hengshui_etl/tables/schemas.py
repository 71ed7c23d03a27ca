"""The one description of every table: columns, types, keys, vocabularies, and in words what stands in them.

Belongs here: pandera models. A model's docstring and its fields' descriptions become the comments of DuckDB, the column
schemas in Dagster, and `docs/tables.md`. Does not belong here: filling tables (frames.py, curated.py), what holds
between tables (contracts.py), whether an article's arithmetic holds (findings.py), storing (warehouse.py).

Naming. The same quantity has the same name everywhere; a unit is a suffix (`_yuan`, `_percent`, `_bytes`). `…_id` names
a row of another table, `…_nr` counts from 1 in reading order. `…_exact` is text that holds a number without loss: a
plain decimal or a fraction (`1350/19`). A DECIMAL beside it is there to be read and summed; it is rounded where the
exact number has more than 12 decimals, and empty where that has more than 26 digits before the point. Positions count
characters from 0, the end is not included.
"""

# ruff: noqa: RUF012 (pandera reads the lists of a Config and does not change them)

from __future__ import annotations

from typing import get_args

import pandera.polars as pa
import polars as pl

from hengshui_etl.records import Bound, Certainty, Direction, FigureKind, RelationType, Severity, Status
from hengshui_etl.tables.columns import EXACT, Amount, OfArticle, Table, Texts
from hengshui_etl.tables.curated_schemas import Indicators, ProjectTotals, ProvincialShares

SHA256 = r"^[0-9a-f]{64}$"
RECORD_NR = "Number of the record (line, row) in a file of many articles, from 1; 0: the file as a whole."
ROLES = (
    "part", "whole", "percentage", "rest", "level", "other_level", "gap", "previous_level", "change", "rate", "total",
    "count", "average", "multiplied", "base", "multiple", "announced", "copy", "bounded", "bound", "one", "other",
    "term",
)  # fmt: skip


class RawArticles(Table):
    """Every file that lies in a batch folder, also what could not be read: the input of a run."""

    source_path: pl.String = pa.Field(unique=True, description="Path of the file below data/raw.")
    size_bytes: pl.Int64 = pa.Field(ge=0, nullable=True, description="Size; empty for what is no regular file.")
    sha256: pl.String = pa.Field(
        str_matches=SHA256, nullable=True, description="SHA-256 of the bytes; empty where they were not read."
    )
    problem: pl.String = pa.Field(
        nullable=True, description="Why it was not opened (a link, a device, too large, …); empty for what was."
    )


class Quarantine(Table):
    """What could not be read or examined, with the reason: a file, or a record in a file of many articles. Everything
    else of its batch is loaded all the same."""

    source_path: pl.String = pa.Field(description="Path of the file below data/raw.")
    reason: pl.String = pa.Field(str_length={"min_value": 1}, description="Why it is here.")
    size_bytes: pl.Int64 = pa.Field(ge=0, nullable=True, description="Size; empty for what is no regular file.")
    sha256: pl.String = pa.Field(
        str_matches=SHA256, nullable=True, description="SHA-256 of the bytes; empty where they were not read."
    )
    record_nr: pl.Int64 = pa.Field(ge=0, description=RECORD_NR)
    record_id: pl.String = pa.Field(nullable=True, description="The record's own id, where it is known.")

    class Config:
        unique = ["source_path", "record_nr"]


class Articles(OfArticle):
    """One row an article: what it is, and its text as decoded and as read."""

    source_path: pl.String = pa.Field(description="Path of the file below data/raw.")
    sha256: pl.String = pa.Field(str_matches=SHA256, description="SHA-256 of the article's bytes as they came.")
    size_bytes: pl.Int64 = pa.Field(ge=0, description="Size of the article's bytes as they came.")
    title: pl.String = pa.Field(nullable=True, description="Headline, in simplified characters.")
    published_on: pl.Date = pa.Field(
        nullable=True,
        description="Day of publication: as the article names it, else as the file of many articles gives it.",
    )
    publisher: pl.String = pa.Field(nullable=True, description="Source that the article names.")
    byline: pl.String = pa.Field(nullable=True, description="Authors that the article names.")
    encoding: pl.String = pa.Field(description="Encoding in which the bytes were read.")
    script: pl.String = pa.Field(
        isin=["hans", "hant", "none"], description="Characters of the source: simplified, traditional, or neither."
    )
    media: pl.String = pa.Field(
        isin=["text", "html"], description="Plain text, or a page that the text was taken from."
    )
    repair_count: pl.Int64 = pa.Field(ge=0, description="Damaged places that were mended; they stand in `repairs`.")
    sentence_count: pl.Int64 = pa.Field(ge=0, description="Sentences of the clean text.")
    source: pl.String = pa.Field(
        description="The text as decoded, damage and all; `source_start` and `source_end` of other tables lie in it."
    )
    clean_text: pl.String = pa.Field(
        description="The text as read: mended and in simplified characters; `clean_start` and `clean_end` lie in it."
    )
    record_nr: pl.Int64 = pa.Field(ge=0, description=RECORD_NR)
    url: pl.String = pa.Field(nullable=True, description="Address of the record, as its file gives it.")
    published_given: pl.String = pa.Field(
        nullable=True, description="Day of publication of the record, as its file gives it."
    )

    class Config:
        unique = ["article_id"]


class Repairs(OfArticle):
    """Every mended place: with these, the source can be turned into the text as read again."""

    repair_nr: pl.Int64 = pa.Field(ge=1, description="Which repair of the article it is.")
    kind: pl.String = pa.Field(description="Which damage: pinyin_annotation, lost_character, shifted_bytes, …")
    source_start: pl.Int64 = pa.Field(ge=0, description="Where in the source it begins.")
    source_end: pl.Int64 = pa.Field(ge=0, description="Where in the source it ends.")
    before: pl.String = pa.Field(description="The characters that stand there.")
    after: pl.String = pa.Field(description="What they were read as.")

    class Config:
        unique = ["article_id", "repair_nr"]


class Figures(OfArticle):
    """One row a figure: a stated quantity with its characters in the source, its value, and what it speaks of."""

    figure_id: pl.String = pa.Field(str_matches=r"^f\d+$", description="The figure within its article: f1, f2, …")
    figure_nr: pl.Int64 = pa.Field(ge=1, description="Its number in reading order.")
    text: pl.String = pa.Field(
        str_length={"min_value": 1}, description="Its characters in the source, bound words too."
    )
    source_start: pl.Int64 = pa.Field(ge=0, description="Where in the source it begins.")
    source_end: pl.Int64 = pa.Field(ge=1, description="Where in the source it ends.")
    clean_start: pl.Int64 = pa.Field(ge=0, description="Where in the clean text it begins.")
    clean_end: pl.Int64 = pa.Field(ge=1, description="Where in the clean text it ends.")
    value: Amount = pa.Field(
        nullable=True, description="The number, 万 and 亿 multiplied out; of a range its lower end."
    )
    value_exact: pl.String = pa.Field(str_matches=EXACT, description="The same as text, never rounded or left out.")
    high: Amount = pa.Field(nullable=True, description="Upper end of a range (3至5家).")
    high_exact: pl.String = pa.Field(str_matches=EXACT, nullable=True, description="The same as text.")
    value_problem: pl.String = pa.Field(
        isin=["too_large", "rounded"],
        nullable=True,
        description="Why `value` or `high` is not the exact number, if so.",
    )
    unit: pl.String = pa.Field(description="What stands behind the number, in simplified Chinese: 元, 家, %, 百分点 …")
    kind: pl.String = pa.Field(isin=get_args(FigureKind), description="Kind of quantity.")
    bound: pl.String = pa.Field(
        isin=get_args(Bound), description="exact; approx (约); min (以上, 超); max (以下, 不足)."
    )
    direction: pl.String = pa.Field(isin=get_args(Direction), nullable=True, description="Of a change: up or down.")
    last_place_exact: pl.String = pa.Field(
        str_matches=EXACT, description="Size of the last printed place in the figure's unit; 0 for a whole count."
    )
    more: pl.Boolean = pa.Field(description="Printed with 余 or 多: something more than the number.")
    strict: pl.Boolean = pa.Field(description="The bound itself is excluded (超过, 不足).")
    metric: pl.String = pa.Field(nullable=True, description="What is counted or measured, in simplified Chinese.")
    scope: pl.String = pa.Field(nullable=True, description="Whose figure it is: 衡水市, 河北省 …")
    scope_code: pl.String = pa.Field(nullable=True, description="Official code of that division (GB/T 2260).")
    period_first: pl.Date = pa.Field(
        nullable=True, description="First day it speaks of; empty for a state as of a day."
    )
    period_last: pl.Date = pa.Field(nullable=True, description="Last day it speaks of.")
    sentence: pl.Int64 = pa.Field(ge=0, description="Which sentence of the article it stands in, from 0.")
    sentence_text: pl.String = pa.Field(description="That sentence, of the clean text.")

    class Config:
        unique = ["article_id", "figure_id"]

    @pa.dataframe_check(name="spans_run_forward", error="a figure must end after it begins")
    @classmethod
    def spans_run_forward(cls, data: pa.PolarsData) -> pl.LazyFrame:
        start, end = pl.col("source_start") < pl.col("source_end"), pl.col("clean_start") < pl.col("clean_end")
        return data.lazyframe.select(start & end)

    @pa.dataframe_check(name="value_or_reason", error="a value that is left out or rounded needs its reason")
    @classmethod
    def value_or_reason(cls, data: pa.PolarsData) -> pl.LazyFrame:
        left_out = pl.col("value").is_null() | (pl.col("high").is_null() & pl.col("high_exact").is_not_null())
        return data.lazyframe.select(~left_out | (pl.col("value_problem") == "too_large").fill_null(False))

    @pa.dataframe_check(name="periods_run_forward", error="a period must not end before it begins")
    @classmethod
    def periods_run_forward(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select((pl.col("period_first") <= pl.col("period_last")).fill_null(True))


class Relations(OfArticle):
    """One row a relation: arithmetic that the article states or implies, with its verdict. It holds if the interval
    that the article prints and the interval that the other operands imply have a value in common."""

    relation_id: pl.String = pa.Field(str_matches=r"^c\d+$", description="The relation within its article: c1, c2, …")
    relation_nr: pl.Int64 = pa.Field(ge=1, description="Its number in reading order.")
    type: pl.String = pa.Field(isin=get_args(RelationType), description="What kind of arithmetic.")
    status: pl.String = pa.Field(
        isin=get_args(Status),
        description="pass; fail; implied: one term is not stated, what the rest implies is possible.",
    )
    certainty: pl.String = pa.Field(
        isin=get_args(Certainty), description="Whether it holds for all values the print allows, for some, or for none."
    )
    severity: pl.String = pa.Field(
        isin=get_args(Severity), description="Of a failure: warning if by one last place at most, otherwise error."
    )
    operands: Texts = pa.Field(description="Its figures in the order of their roles; see `relation_operands`.")
    operand_texts: Texts = pa.Field(description="Their characters in the source, in the same order.")
    stated: pl.Boolean = pa.Field(description="Whether there is a stated interval; an empty end of it is no end.")
    stated_low: Amount = pa.Field(nullable=True, description="Lower end of what the article prints, for reading.")
    stated_high: Amount = pa.Field(nullable=True, description="Upper end of what the article prints, for reading.")
    stated_low_exact: pl.String = pa.Field(str_matches=EXACT, nullable=True, description="The lower end, exact.")
    stated_high_exact: pl.String = pa.Field(str_matches=EXACT, nullable=True, description="The upper end, exact.")
    stated_low_open: pl.Boolean = pa.Field(description="The lower end itself is excluded.")
    stated_high_open: pl.Boolean = pa.Field(description="The upper end itself is excluded.")
    computed: pl.Boolean = pa.Field(description="Whether there is a computed interval; an empty end of it is no end.")
    computed_low: Amount = pa.Field(nullable=True, description="Lower end of what the operands imply, for reading.")
    computed_high: Amount = pa.Field(nullable=True, description="Upper end of what the operands imply, for reading.")
    computed_low_exact: pl.String = pa.Field(str_matches=EXACT, nullable=True, description="The lower end, exact.")
    computed_high_exact: pl.String = pa.Field(str_matches=EXACT, nullable=True, description="The upper end, exact.")
    computed_low_open: pl.Boolean = pa.Field(description="The lower end itself is excluded.")
    computed_high_open: pl.Boolean = pa.Field(description="The upper end itself is excluded.")
    gap: Amount = pa.Field(nullable=True, description="Distance between the two, in units of the last printed place.")
    gap_exact: pl.String = pa.Field(str_matches=EXACT, description="The same, exact.")
    scale_exact: pl.String = pa.Field(str_matches=EXACT, description="Factor of the computed side (每百户: 100).")
    item_count: pl.Int64 = pa.Field(ge=0, nullable=True, description="Items found, for an enumeration.")
    message_en: pl.String = pa.Field(description="The arithmetic in words, English.")
    message_zh: pl.String = pa.Field(description="The arithmetic in words, Chinese.")
    reason: pl.String = pa.Field(description="Which wording or layout makes it a relation.")
    blame: Texts = pa.Field(
        description="Figures whose change would mend all failures that share figures with this one."
    )
    mend_figure_id: pl.String = pa.Field(
        nullable=True, description="The figure that one edit would mend, if there is one."
    )
    mend_text: pl.String = pa.Field(nullable=True, description="What that figure would then read.")
    mend_value_exact: pl.String = pa.Field(str_matches=EXACT, nullable=True, description="Its value then.")
    mend_unit: pl.String = pa.Field(nullable=True, description="Its unit then.")
    mend_edit: pl.String = pa.Field(
        nullable=True, description="What was changed: a digit, the decimal point, the unit …"
    )
    sentence: pl.Int64 = pa.Field(ge=0, description="Which sentence of the article states it, from 0.")
    sentence_text: pl.String = pa.Field(description="That sentence, of the clean text.")

    class Config:
        unique = ["article_id", "relation_id"]

    @pa.dataframe_check(name="has_operands", error="a relation needs at least one figure")
    @classmethod
    def has_operands(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("operands").list.len() >= 1)

    @pa.dataframe_check(name="status_fits_certainty", error="fail and impossible go together")
    @classmethod
    def status_fits_certainty(cls, data: pa.PolarsData) -> pl.LazyFrame:
        fails = pl.col("status") == "fail"
        fit = (fails == (pl.col("certainty") == "impossible")) & (fails == (pl.col("severity") != "info"))
        return data.lazyframe.select(fit)


class RelationOperands(OfArticle):
    """One row a figure in a relation: which role it has there."""

    relation_id: pl.String = pa.Field(description="The relation.")
    position: pl.Int64 = pa.Field(ge=1, description="Its place among the operands.")
    role: pl.String = pa.Field(isin=ROLES, description="What it is in the relation.")
    figure_id: pl.String = pa.Field(description="The figure.")

    class Config:
        unique = ["article_id", "relation_id", "position"]


class Undecided(OfArticle):
    """What looked like arithmetic and was not judged, and why: no accusation without certainty."""

    undecided_nr: pl.Int64 = pa.Field(ge=1, description="Its number within the article.")
    figures: Texts = pa.Field(description="The figures that were looked at.")
    reason: pl.String = pa.Field(description="Why they were not judged.")

    class Config:
        unique = ["article_id", "undecided_nr"]


TABLES: dict[str, type[Table]] = {
    "raw_articles": RawArticles,
    "articles": Articles,
    "quarantine": Quarantine,
    "repairs": Repairs,
    "figures": Figures,
    "relations": Relations,
    "relation_operands": RelationOperands,
    "undecided": Undecided,
    "indicators": Indicators,
    "project_totals": ProjectTotals,
    "provincial_shares": ProvincialShares,
}
"""All tables by name, in the order in which they come to be."""
