"""Consistency findings: does what the articles say hold? The rows that fail are the harvest, never an error of ours.

Belongs here: pandera as judge of the relations table (two intervals must meet), and which rows it found failing.
Does not belong here: our own faults (contracts.py), how a finding is shown (defs/), the arithmetic itself (relations/).
"""

from __future__ import annotations

from typing import Any, cast

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from hengshui_etl.records import RelationType
from hengshui_etl.relations.intervals import intervals_meet
from hengshui_etl.tables.exact import interval_from

FAMILIES: dict[RelationType, tuple[str, str]] = {
    "share": ("shares_hold", "part ÷ whole is the stated percentage"),
    "sum": ("sums_hold", "the parts add up to the whole"),
    "part_of": ("parts_fit_wholes", "no part is larger than its whole"),
    "remainder": ("remainders_hold", "whole − part is the stated rest"),
    "difference": ("differences_hold", "a stated gap is the difference of the two levels"),
    "growth": ("growth_rates_hold", "current ÷ previous − 1 is the stated growth rate"),
    "average": ("averages_hold", "total ÷ count is the stated average"),
    "multiple": ("multiples_hold", "one figure is the stated multiple of the other"),
    "enumeration": ("enumerations_complete", "as many items are listed as were announced"),
    "restatement": ("restatements_agree", "a figure that is said twice is the same both times"),
    "threshold": ("thresholds_hold", "what a bound is stated for keeps to it"),
    "conversion": ("conversions_agree", "the same quantity in two units agrees"),
    "feasible_share": ("shares_are_feasible", "some whole number makes a count its stated percentage of the whole"),
}
"""For every type of relation the name of its check, and what holds if nothing is wrong."""


INTERVAL_COLUMNS = [
    f"{side}{suffix}"
    for side in ("stated", "computed")
    for suffix in ("", "_low_exact", "_high_exact", "_low_open", "_high_open")
]


def meeting(relations: pl.DataFrame) -> pl.Series:
    """Row by row whether the stated and the computed interval meet; null where one of them is missing.

    Raises ValueError where the text of an end is no number."""
    parts = [part for name in _ENDS for part in _quotient(name)]
    ends = (
        relations.select(INTERVAL_COLUMNS)
        .with_columns(parts)
        .select(*INTERVAL_COLUMNS, _PLAIN.alias("plain"), _MEET.alias("meet"))
    )
    if ends["plain"].all():
        return ends["meet"]
    rows = zip(ends["plain"], ends["meet"], *(ends[name].to_list() for name in INTERVAL_COLUMNS), strict=True)
    found = [meet if plain else _meet_exactly(*row) for plain, meet, *row in rows]
    return pl.Series("meet", found, dtype=pl.Boolean)


_ENDS = [name for name in INTERVAL_COLUMNS if name.endswith("_exact")]


def _quotient(name: str) -> tuple[pl.Expr, pl.Expr]:
    """Numerator and denominator of an end that is written as `98` or `1350/19`."""
    parts = pl.col(name).str.splitn("/", 2).struct
    return (
        parts.field("field_0").cast(pl.Int128, strict=False).alias(f"{name}.over"),
        parts.field("field_1").fill_null("1").cast(pl.Int128, strict=False).alias(f"{name}.under"),
    )


def _fits(name: str) -> pl.Expr:
    """Whether products of this end's numbers and another's are exact in 128 bits."""
    over, under = pl.col(f"{name}.over"), pl.col(f"{name}.under")
    return pl.col(name).is_null() | (over.abs().lt(10**18) & under.is_between(1, 10**18 - 1)).fill_null(False)


def _before(one: str, other: str) -> pl.Expr:
    """Whether every value of one interval is less than every value of the other."""
    left = pl.col(f"{one}_high_exact.over") * pl.col(f"{other}_low_exact.under")
    right = pl.col(f"{other}_low_exact.over") * pl.col(f"{one}_high_exact.under")
    either_open = pl.col(f"{one}_high_open") | pl.col(f"{other}_low_open")
    return ((left < right) | ((left == right) & either_open)).fill_null(False)


_PLAIN = pl.all_horizontal(_fits(name) for name in _ENDS)
_MEET = pl.when(pl.col("stated") & pl.col("computed")).then(
    ~_before("stated", "computed") & ~_before("computed", "stated")
)


def _meet_exactly(*row: Any) -> bool | None:
    """The same for one row, whatever the size of its numbers."""
    stated, computed = interval_from(*row[:5]), interval_from(*row[5:])
    return None if stated is None or computed is None else intervals_meet(stated, computed)


def holding(relations: pl.DataFrame) -> pl.Series:
    """Row by row whether the relation holds: the intervals meet; where there are no two of them, the verdict."""
    return (meeting(relations).fill_null(True) & (relations["status"] != "fail")).alias("holds")


def verdict_disagrees(relations: pl.DataFrame) -> pl.Series:
    """Row by row whether status and intervals contradict each other: one of the two would be our fault."""
    meet = meeting(relations)
    return (meet.is_not_null() & (meet == (relations["status"] == "fail"))).fill_null(False)


class HoldingRelations(pa.DataFrameModel):
    """Relations of which every one holds; validated with `lazy=True`, the failure cases are the findings."""

    stated: pl.Boolean
    computed: pl.Boolean
    status: pl.String

    @pa.dataframe_check(name="intervals_meet", error="the stated and the computed interval have no value in common")
    @classmethod
    def intervals_meet(cls, data: pa.PolarsData) -> pl.LazyFrame:
        frame = data.lazyframe.collect()
        return pl.LazyFrame({"holds": holding(frame)})


def failing(relations: pl.DataFrame) -> pl.DataFrame:
    """The rows of `relations` that do not hold, as pandera found them, in their order."""
    return _failing(HoldingRelations, relations, relations.select("status", *INTERVAL_COLUMNS))


class PlausibleShares(pa.DataFrameModel):
    """Shares of a province of which every one is possible, and above the average of its cities where that is said."""

    status: pl.String
    above_average: pl.Boolean = pa.Field(nullable=True)
    says_above_average: pl.Boolean

    @pa.dataframe_check(name="some_total_is_possible", error="no whole number makes the count that percentage")
    @classmethod
    def some_total_is_possible(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("status") != "fail")

    @pa.dataframe_check(name="above_average_as_said", error="the article says above the average, and the share is not")
    @classmethod
    def above_average_as_said(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(~pl.col("says_above_average") | pl.col("above_average").fill_null(True))


def failing_shares(shares: pl.DataFrame) -> pl.DataFrame:
    """The rows of `provincial_shares` that cannot be true."""
    return _failing(PlausibleShares, shares, shares.select("status", "above_average", "says_above_average"))


def of_projects(relations: pl.DataFrame, operands: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """The relations between numbers or investments of projects; shares of an unstated whole have their own check."""
    projects = figures.filter(pl.col("metric").str.contains("项目", literal=True)).select("article_id", "figure_id")
    named = (
        operands.join(projects, on=["article_id", "figure_id"], how="semi").select("article_id", "relation_id").unique()
    )
    stated = relations.filter(pl.col("type") != "feasible_share")
    return stated.join(named, on=["article_id", "relation_id"], how="semi", maintain_order="left")


def named_figures(relations: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """The rows of `figures` that these relations name, as operands or as what a mend would change."""
    of_mends = relations.select("article_id", pl.col("mend_figure_id").alias("figure_id")).drop_nulls()
    of_operands = relations.select("article_id", pl.col("operands").alias("figure_id")).explode("figure_id")
    return figures.join(pl.concat([of_operands, of_mends]), on=["article_id", "figure_id"], how="semi")


def _failing(model: type[pa.DataFrameModel], rows: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """The rows whose counterpart in `judged` pandera refuses, in their order."""
    if not len(rows):
        return rows
    try:
        model.validate(judged, lazy=True)
    except SchemaErrors as errors:
        cases = cast("pl.DataFrame", errors.failure_cases)
        if cases["index"].null_count():
            raise  # not a row but the frame is wrong: our fault
        return _alone(rows[cases["index"].unique().sort().to_list()])
    return rows.clear()


def _alone(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows without the frame that they come from: polars keeps all of its strings for the sake of one."""
    return cast("pl.DataFrame", pl.from_arrow(rows.to_arrow(compat_level=pl.CompatLevel.oldest()))).cast(rows.schema)
