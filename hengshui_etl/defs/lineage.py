"""Where the columns of a table come from, as Dagster shows it.

Belongs here: for every column that is taken or worked out from columns of another asset, which ones.
Does not belong here: what a column holds (tables/schemas.py). A column without an entry comes from the bytes of files.
"""

from __future__ import annotations

import dagster as dg

from hengshui_etl.tables.frames import polars_schema

_PRINT = ("value_exact", "high_exact", "unit", "bound", "last_place_exact", "more", "strict")
"""What decides which numbers a figure can stand for."""


def _same(asset: str, *columns: str) -> dict[str, list[tuple[str, str]]]:
    return {column: [(asset, column)] for column in columns}


def _all(columns: tuple[str, ...], *sources: tuple[str, str]) -> dict[str, list[tuple[str, str]]]:
    return {column: list(sources) for column in columns}


_FROM_PRINT = tuple(("figures", column) for column in _PRINT)
_INTERVALS = tuple(
    column for column in polars_schema("relations") if column.startswith(("stated", "computed", "gap", "message_"))
)

LINEAGE: dict[str, dict[str, list[tuple[str, str]]]] = {
    "articles": {
        **_same("raw_articles", "batch", "source_path", "sha256", "size_bytes"),
        "article_id": [("raw_articles", "source_path")],
    },
    "quarantine": {
        **_same("raw_articles", "batch", "source_path", "sha256", "size_bytes"),
        "reason": [("raw_articles", "problem")],
    },
    "figures": {
        **_all(tuple(polars_schema("figures")), ("articles", "clean_text")),
        **_all(("text", "source_start", "source_end"), ("articles", "source")),
        **_same("articles", "batch", "article_id"),
    },
    "relations": {
        **_all(_INTERVALS, *_FROM_PRINT),
        **_all(("status", "certainty", "severity"), *_FROM_PRINT),
        **_all(("operands", "blame", "mend_figure_id"), ("figures", "figure_id")),
        "operand_texts": [("figures", "text")],
        **_all(("mend_text", "mend_value_exact", "mend_unit", "mend_edit"), ("figures", "text"), *_FROM_PRINT),
        **_all(("type", "reason", "scale_exact", "item_count"), ("figures", "sentence_text"), ("figures", "metric")),
        **_same("figures", "batch", "article_id", "sentence", "sentence_text"),
    },
    "indicators": {
        **_same(
            "figures", "batch", "article_id", "figure_id", "metric", "scope", "scope_code", "period_first",
            "period_last", "unit", "kind", "bound",
        ),
        **{column: [("figures", column), ("figures", "direction")] for column in ("value", "value_exact", "high")},
        "published_on": [("articles", "published_on")],
        "repeats_figure_id": [("relations", "operands")],
    },
    "project_totals": {
        **_same("figures", "batch", "article_id", "scope", "period_first", "period_last", "sentence_text"),
        "projects": [("figures", "metric")],
        **_all(("count_figure_id", "investment_figure_id"), ("figures", "figure_id")),
        **_all(("count_bound", "investment_bound"), ("figures", "bound")),
        **_all(
            ("project_count", "total_investment_yuan", "mean_investment_yuan", "mean_investment_exact"),
            ("figures", "value_exact"),
        ),
    },
    "provincial_shares": {
        **_same("relations", "batch", "article_id", "relation_id", "status", "sentence_text"),
        "counted": [("figures", "metric")],
        "scope": [("figures", "scope")],
        **_all(("count", "share_percent"), ("figures", "value_exact")),
        **_all(("count_bound", "share_bound"), ("figures", "bound")),
        **_all(("count_figure_id", "share_figure_id"), ("relations", "operands")),
        **_all(("whole_word", "is_provincial", "says_above_average"), ("articles", "clean_text")),
        "whole_scope": [("articles", "clean_text"), ("figures", "scope_code")],
        "possible_total_low": [("relations", "computed_low_exact")],
        "possible_total_high": [("relations", "computed_high_exact")],
        **_all(("city_count", "average_share_percent"), ("figures", "scope_code")),
        "above_average": [("figures", column) for column in ("value_exact", "last_place_exact", "scope_code")],
    },
}  # fmt: skip
"""By asset and column: the columns that it comes from."""


def column_lineage(asset: str) -> dg.TableColumnLineage | None:
    """The lineage of an asset's columns; None where they come from no other asset."""
    if asset not in LINEAGE:
        return None
    return dg.TableColumnLineage(
        {
            column: [dg.TableColumnDep(asset_key=dg.AssetKey(source), column_name=name) for source, name in sources]
            for column, sources in LINEAGE[asset].items()
        }
    )
