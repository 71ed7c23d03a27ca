"""The descriptions of the curated tables: what analysts ask for, ready to be compared across articles.

Belongs here: their columns, as schemas.py has those of the others, and by the same rules. Does not belong here: which
rows they have (curated.py).
"""

# ruff: noqa: RUF012 (pandera reads the lists of a Config and does not change them)

from __future__ import annotations

from typing import get_args

import pandera.polars as pa
import polars as pl

from hengshui_etl.records import Bound, FigureKind
from hengshui_etl.tables.columns import EXACT, Amount, OfArticle


class Indicators(OfArticle):
    """Curated: one row a figure that says what it measures, ready to be compared across articles."""

    figure_id: pl.String = pa.Field(description="The figure that says so.")
    published_on: pl.Date = pa.Field(nullable=True, description="Day of publication of the article.")
    metric: pl.String = pa.Field(str_length={"min_value": 1}, description="What is counted or measured.")
    scope: pl.String = pa.Field(nullable=True, description="Whose figure it is.")
    scope_code: pl.String = pa.Field(nullable=True, description="Official code of that division (GB/T 2260).")
    period_first: pl.Date = pa.Field(
        nullable=True, description="First day it speaks of; empty for a state as of a day."
    )
    period_last: pl.Date = pa.Field(nullable=True, description="Last day it speaks of.")
    value: Amount = pa.Field(nullable=True, description="The number, in `unit`; with the sign of its direction.")
    value_exact: pl.String = pa.Field(str_matches=EXACT, description="The same as text, never rounded or left out.")
    high: Amount = pa.Field(nullable=True, description="Upper end of a range.")
    unit: pl.String = pa.Field(description="The unit.")
    kind: pl.String = pa.Field(isin=get_args(FigureKind), description="Kind of quantity.")
    bound: pl.String = pa.Field(isin=get_args(Bound), description="exact, approx, min or max.")
    repeats_figure_id: pl.String = pa.Field(
        nullable=True, description="The earlier figure that this one repeats; leave such rows out when summing."
    )

    class Config:
        unique = ["article_id", "figure_id"]


class ProjectTotals(OfArticle):
    """Curated: projects whose number and total investment the article states together, with the mean investment."""

    projects: pl.String = pa.Field(str_length={"min_value": 1}, description="Which projects.")
    scope: pl.String = pa.Field(nullable=True, description="Whose projects.")
    period_first: pl.Date = pa.Field(nullable=True, description="First day of the time spoken of.")
    period_last: pl.Date = pa.Field(nullable=True, description="Last day of the time spoken of.")
    project_count: pl.Int64 = pa.Field(gt=0, description="Number of projects.")
    count_bound: pl.String = pa.Field(
        isin=get_args(Bound), description="Whether that number is exact, approx, min or max."
    )
    total_investment_yuan: Amount = pa.Field(gt=0, description="Total investment in yuan.")
    investment_bound: pl.String = pa.Field(
        isin=get_args(Bound), description="Whether the total is exact, approx, min or max."
    )
    mean_investment_yuan: Amount = pa.Field(gt=0, description="Total ÷ number, to the fen, in yuan a project.")
    mean_investment_exact: pl.String = pa.Field(str_matches=EXACT, description="Total ÷ number as an exact fraction.")
    count_figure_id: pl.String = pa.Field(description="The figure that states the number.")
    investment_figure_id: pl.String = pa.Field(description="The figure that states the total.")
    sentence_text: pl.String = pa.Field(description="The sentence, of the clean text.")

    class Config:
        unique = ["article_id", "count_figure_id"]


class ProvincialShares(OfArticle):
    """Curated: a count with its percentage of a whole that the article does not state, and which wholes are possible.
    Not all wholes are a province's: see `whole_scope` and `is_provincial`."""

    relation_id: pl.String = pa.Field(description="The relation that was judged.")
    counted: pl.String = pa.Field(nullable=True, description="What is counted.")
    scope: pl.String = pa.Field(nullable=True, description="Whose count it is.")
    count: pl.Int64 = pa.Field(ge=0, description="The count as printed.")
    count_bound: pl.String = pa.Field(isin=get_args(Bound), description="Whether it is exact, approx, min or max.")
    share_percent: Amount = pa.Field(description="The percentage as printed.")
    share_bound: pl.String = pa.Field(isin=get_args(Bound), description="Whether it is exact, approx, min or max.")
    whole_word: pl.String = pa.Field(
        nullable=True, description="Word by which the article names the whole (全省, 全国); empty: its own."
    )
    whole_scope: pl.String = pa.Field(
        nullable=True, description="Whose whole that is: 河北省, 全国, or the count's own scope."
    )
    is_provincial: pl.Boolean = pa.Field(description="Whether the whole is a province's.")
    status: pl.String = pa.Field(isin=["fail", "implied", "pass"], description="fail: no whole number makes it true.")
    possible_total_low: pl.Int64 = pa.Field(ge=0, nullable=True, description="Smallest possible whole.")
    possible_total_high: pl.Int64 = pa.Field(
        ge=0, nullable=True, description="Largest possible whole; empty: no limit."
    )
    city_count: pl.Int64 = pa.Field(
        ge=1,
        nullable=True,
        description="Prefecture-level divisions of the province, where the count is one division's.",
    )
    average_share_percent: Amount = pa.Field(
        nullable=True, description="Mean share of these divisions (100 ÷ their number), 12 decimals."
    )
    above_average: pl.Boolean = pa.Field(
        nullable=True,
        description="Whether the share is above that mean for all values the print allows; empty: either way.",
    )
    says_above_average: pl.Boolean = pa.Field(description="Whether the article says that it is above the average.")
    count_figure_id: pl.String = pa.Field(description="The figure that states the count.")
    share_figure_id: pl.String = pa.Field(description="The figure that states the percentage.")
    sentence_text: pl.String = pa.Field(description="The sentence, of the clean text.")

    class Config:
        unique = ["article_id", "relation_id"]

    @pa.dataframe_check(name="totals_run_forward", error="the largest possible whole must not be below the smallest")
    @classmethod
    def totals_run_forward(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select((pl.col("possible_total_low") <= pl.col("possible_total_high")).fill_null(True))
