"""Pipeline contracts: what must hold of our tables, whatever an article says. A violation is a fault of this program.

Belongs here: validating frames by the schemas, and what holds between tables, judged by pandera as well.
Does not belong here: what a table is (schemas.py), what articles say (findings.py), storing, Dagster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from hengshui_etl.bulk import is_bulk
from hengshui_etl.reading import printable
from hengshui_etl.tables.findings import verdict_disagrees
from hengshui_etl.tables.recomputed import CANNOT, disagreements
from hengshui_etl.tables.schemas import TABLES

Frames = Mapping[str, pl.DataFrame]
MOST_CASES = 20
"""How many failing rows of one rule are reported; all are counted."""


class Violation(NamedTuple):
    """A rule of a table that some rows break: which column (or the table), which rule, how many rows, a few of them."""

    table: str
    column: str
    rule: str
    rows: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        example = f", e.g. {self.examples[0]}" if self.examples else ""
        return f"{self.table}.{self.column}: {self.rule} ({self.rows} ×{example})"


CONTRACTS: dict[str, str] = {
    name: f"Every row of {name} is as its schema says: columns, types, keys, vocabularies, ranges" for name in TABLES
}
"""What the contract check of each table promises, in words."""
CONTRACTS["articles"] += (
    "; every file of the batch is an article or in quarantine, and so is every record of a file of many articles; none"
    " is both"
)
CONTRACTS["figures"] += "; every figure lies in a known article, and its characters stand there in the source"
CONTRACTS["repairs"] += "; what was mended stands in the source at its place"
CONTRACTS["relations"] += (
    "; every operand and every figure that is blamed exists, every interval can be read, the verdict follows from the"
    " two intervals, and judging the stored operands again gives the same verdict"
)
CONTRACTS["relation_operands"] += "; every operand is a figure, and every relation has its operands, in their order"
CONTRACTS["undecided"] += "; every figure exists"
CONTRACTS["indicators"] += "; every row names a figure and says what that says, and what it repeats exists"
CONTRACTS["project_totals"] += "; both figures exist, and the numbers are theirs"
CONTRACTS["provincial_shares"] += "; both figures and the relation exist, and the numbers are theirs"


def violations(frames: Frames) -> list[Violation]:
    """What is broken in these frames, which hold whole articles: first in each table, then between them."""
    found = [violation for name, frame in frames.items() for violation in broken(name, TABLES[name].to_schema(), frame)]
    if not found:  # joining what is broken tells nothing
        for table, rule, joined in _between(frames):
            found += broken(table, _must_hold(rule), joined)
    return found


def broken(table: str, schema: pa.DataFrameSchema, frame: pl.DataFrame) -> Iterator[Violation]:
    """The rules of a pandera schema that a frame breaks, each with its failure cases."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = cast("pl.DataFrame", errors.failure_cases)
        for (column, rule), group in cases.group_by("column", "check", maintain_order=True):
            examples = tuple(
                _example(frame, *case) for case in group.select("failure_case", "index").head(MOST_CASES).rows()
            )
            yield Violation(
                table, table if column in (None, schema.name) else str(column), str(rule), len(group), examples
            )


def _example(frame: pl.DataFrame, case: object, index: int | None) -> str:
    """Which row it is, and the value that is wrong there; where the row as a whole is, the row alone. It goes into logs
    that are shown on terminals as they are."""
    if index is None:
        return printable(str(case)[:200])
    row = frame.row(index, named=True)
    keys = " ".join(str(row[key])[:200] for key in _KEYS if key in row)
    return printable(keys if str(case).startswith("{") else f"{keys}: {str(case)[:100]}")


_KEYS = ("source_path", "article_id", "figure_id", "relation_id", "position")


_Between = tuple[str, str, pl.DataFrame]


def _must_hold(rule: str) -> pa.DataFrameSchema:
    """A schema for a frame of keys whose column `holds` says row by row whether the rule does."""
    return pa.DataFrameSchema(
        {"holds": pa.Column(pl.Boolean)},
        checks=pa.Check(lambda data: data.lazyframe.select("holds"), name=rule, error=rule),
    )


def _between(frames: Frames) -> Iterator[_Between]:
    """Rules between tables: the table at fault, the rule, and a frame with a column `holds`."""
    for needs, rule in _RULES:
        if all(name in frames for name in needs):
            yield from rule(frames)


def _figures_in_source(frames: Frames) -> Iterator[_Between]:
    texts = frames["articles"].select("article_id", "source", "clean_text")
    start, length = pl.col("source_start"), pl.col("source_end") - pl.col("source_start")
    holds = (pl.col("source").str.slice(start, length) == pl.col("text")) & (
        pl.col("clean_end") <= pl.col("clean_text").str.len_chars()
    )
    joined = frames["figures"].join(texts, on="article_id", how="left")
    yield (
        "figures",
        "source_has_text_at_span",
        joined.select("article_id", "figure_id", holds.fill_null(False).alias("holds")),
    )


def _repairs_in_source(frames: Frames) -> Iterator[_Between]:
    start, length = pl.col("source_start"), pl.col("source_end") - pl.col("source_start")
    joined = frames["repairs"].join(frames["articles"].select("article_id", "source"), on="article_id", how="left")
    holds = (pl.col("source").str.slice(start, length) == pl.col("before")).fill_null(False)
    yield "repairs", "source_has_before_at_span", joined.select("article_id", "repair_nr", holds.alias("holds"))


def _all_known(table: str, column: str) -> Callable[[Frames], Iterator[_Between]]:
    """Every figure in a column of lists is a figure of the article."""
    each = _known(table, column, "figures", "figure_id")

    def rule(frames: Frames) -> Iterator[_Between]:
        rows = frames[table].select("article_id", column).explode(column)
        yield from each({**frames, table: rows})

    return rule


def _known(table: str, column: str, other: str, other_column: str) -> Callable[[Frames], Iterator[_Between]]:
    def rule(frames: Frames) -> Iterator[_Between]:
        known = frames[other].select("article_id", pl.col(other_column).alias(column), pl.lit(True).alias("holds"))
        rows = frames[table].filter(pl.col(column).is_not_null()).select("article_id", column)
        joined = rows.join(known, on=["article_id", column], how="left").with_columns(pl.col("holds").fill_null(False))
        yield table, f"{column}_is_in_{other}", joined

    return rule


def _operands_complete(frames: Frames) -> Iterator[_Between]:
    key = ["article_id", "relation_id"]
    counted = frames["relation_operands"].group_by(key).agg(pl.len().cast(pl.Int64).alias("rows"))
    holds = (pl.col("operands").list.len().cast(pl.Int64) == pl.col("rows")).fill_null(False)
    joined = frames["relations"].join(counted, on=key, how="left")
    yield "relation_operands", "relation_has_all_operands", joined.select(*key, holds.alias("holds"))


def _operands_in_order(frames: Frames) -> Iterator[_Between]:
    key = ["article_id", "relation_id"]
    listed = frames["relation_operands"].sort("position").group_by(key, maintain_order=True).agg("figure_id")
    joined = frames["relations"].join(listed, on=key, how="left")
    holds = (pl.col("operands") == pl.col("figure_id")).fill_null(False)
    yield "relation_operands", "operands_are_those_of_the_relation", joined.select(*key, holds.alias("holds"))


def _operands_as_printed(frames: Frames) -> Iterator[_Between]:
    """What a relation says its operands look like is what they look like."""
    key = ["article_id", "relation_id"]
    texts = frames["figures"].select("article_id", "figure_id", "text")
    printed = frames["relation_operands"].join(texts, on=["article_id", "figure_id"], how="left")
    listed = printed.sort("position").group_by(key, maintain_order=True).agg("text")
    joined = frames["relations"].join(listed, on=key, how="left")
    holds = (pl.col("operand_texts") == pl.col("text")).fill_null(False)
    yield "relations", "operand_texts_are_those_of_the_figures", joined.select(*key, holds.alias("holds"))


def _decimals_are_exact(table: str, row: str, *pairs: tuple[str, str]) -> Callable[[Frames], Iterator[_Between]]:
    """A value that stands as DECIMAL and, exactly, as text is the same in both, where the DECIMAL can hold it."""

    def rule(frames: Frames) -> Iterator[_Between]:
        exactly = [
            (pl.col(short) == pl.when(pl.col(exact).str.contains(_FITS)).then(exact).cast(pl.Decimal(38, 12)))
            .fill_null(True)
            .alias(f"{short}_is_{exact}")
            for short, exact in pairs
        ]
        yield from _that_fail(table, frames[table].select("article_id", row, *exactly))

    return rule


_FITS = r"^-?\d{1,20}(\.\d{1,12})?$"


def _same_as(
    table: str, figure: str, columns: Mapping[str, str], values: Mapping[str, pl.Expr] | None = None
) -> Callable[[Frames], Iterator[_Between]]:
    """What a curated row says of a figure is what the figure says; `columns` name the row's and the figure's, and
    `values` what a column of the figure comes to in the row, where that is not the same."""

    def rule(frames: Frames) -> Iterator[_Between]:
        theirs = {name: (values or {}).get(name, pl.col(name)).alias(f"{name} of it") for name in columns.values()}
        figures = frames["figures"].select("article_id", pl.col("figure_id").alias(figure), *theirs.values())
        joined = frames[table].join(figures, on=["article_id", figure], how="left")
        kinds = frames["figures"].schema
        same = [
            pl.col(ours).cast(kinds[name]).eq_missing(pl.col(f"{name} of it")).alias(f"{ours}_is_that_of_{figure}")
            for ours, name in columns.items()
        ]
        yield from _that_fail(table, joined.select("article_id", pl.col(figure).alias("figure"), *same))

    return rule


_FALLS = (pl.col("direction") == "down") & ~pl.col("value_exact").str.contains("^-|^0$")
_WITH_SIGN = {
    "value": pl.when(_FALLS).then(-pl.col("value")).otherwise("value"),
    "value_exact": pl.when(_FALLS).then(pl.lit("-") + pl.col("value_exact")).otherwise("value_exact"),
    "high": pl.when(_FALLS).then(-pl.col("high")).otherwise("high"),
}
"""An indicator that falls (下降3%) has its sign; a printed minus is not turned around."""


def _that_fail(table: str, checked: pl.DataFrame) -> Iterator[_Between]:
    """The rules, a column each, that do not hold everywhere: there are many, and nearly always none."""
    article, row, *rules = checked.columns
    for rule in rules:
        if not checked[rule].all():
            yield table, rule, checked.select(article, row, pl.col(rule).alias("holds"))


def _verdicts_again(frames: Frames) -> Iterator[_Between]:
    """Judging the stored operands again gives the stored verdict; the words of its messages are no part of it, and of
    an implied relation, in which a term is not stated, it is enough that it is not contradicted."""
    relations = frames["relations"]
    wrong = {
        (each.article_id, each.relation_id)
        for each in disagreements(relations, frames["figures"], worded=False)
        if not (each.stored == "implied" and str(each.expected).startswith(CANNOT))
    }
    keys = relations.select("article_id", "relation_id")
    holds = pl.Series("holds", [key not in wrong for key in keys.rows()], dtype=pl.Boolean)
    yield "relations", "verdict_is_that_of_its_operands", keys.with_columns(holds)


def _verdicts_follow(frames: Frames) -> Iterator[_Between]:
    relations = frames["relations"]
    holds = (~verdict_disagrees(relations)).alias("holds")
    yield "relations", "verdict_follows_from_intervals", relations.select("article_id", "relation_id", holds)


_RULES: tuple[tuple[tuple[str, ...], Callable[[Frames], Iterator[_Between]]], ...] = (
    (("figures", "articles"), _figures_in_source),
    (("repairs", "articles"), _repairs_in_source),
    (("relations",), _verdicts_follow),
    (("relations", "figures"), _all_known("relations", "operands")),
    (("relations", "figures"), _all_known("relations", "blame")),
    (("undecided", "figures"), _all_known("undecided", "figures")),
    (("relations", "figures"), _verdicts_again),
    (("figures",), _decimals_are_exact("figures", "figure_id", ("value", "value_exact"), ("high", "high_exact"))),
    (
        ("relations",),
        _decimals_are_exact(
            "relations",
            "relation_id",
            ("stated_low", "stated_low_exact"),
            ("stated_high", "stated_high_exact"),
            ("computed_low", "computed_low_exact"),
            ("computed_high", "computed_high_exact"),
            ("gap", "gap_exact"),
        ),
    ),
    (("relation_operands", "figures"), _known("relation_operands", "figure_id", "figures", "figure_id")),
    (("relation_operands", "relations"), _known("relation_operands", "relation_id", "relations", "relation_id")),
    (("relation_operands", "relations"), _operands_complete),
    (("relation_operands", "relations"), _operands_in_order),
    (("relations", "relation_operands", "figures"), _operands_as_printed),
    (("relations", "figures"), _known("relations", "mend_figure_id", "figures", "figure_id")),
    (("indicators", "figures"), _known("indicators", "figure_id", "figures", "figure_id")),
    (("indicators", "figures"), _known("indicators", "repeats_figure_id", "figures", "figure_id")),
    (
        ("indicators", "figures"),
        _same_as(
            "indicators",
            "figure_id",
            {
                name: name
                for name in (
                    "metric",
                    "scope",
                    "scope_code",
                    "period_first",
                    "period_last",
                    "value",
                    "value_exact",
                    "high",
                    "unit",
                    "kind",
                    "bound",
                )
            },
            _WITH_SIGN,
        ),
    ),
    (("project_totals", "figures"), _known("project_totals", "count_figure_id", "figures", "figure_id")),
    (
        ("project_totals", "figures"),
        _same_as("project_totals", "count_figure_id", {"project_count": "value", "count_bound": "bound"}),
    ),
    (
        ("project_totals", "figures"),
        _same_as(
            "project_totals",
            "investment_figure_id",
            {"total_investment_yuan": "value", "investment_bound": "bound"},
        ),
    ),
    (("project_totals", "figures"), _known("project_totals", "investment_figure_id", "figures", "figure_id")),
    (("provincial_shares", "figures"), _known("provincial_shares", "count_figure_id", "figures", "figure_id")),
    (("provincial_shares", "figures"), _known("provincial_shares", "share_figure_id", "figures", "figure_id")),
    (
        ("provincial_shares", "figures"),
        _same_as("provincial_shares", "count_figure_id", {"count": "value", "count_bound": "bound"}),
    ),
    (
        ("provincial_shares", "figures"),
        _same_as(
            "provincial_shares",
            "share_figure_id",
            {"share_percent": "value", "share_bound": "bound"},
        ),
    ),
    (("provincial_shares", "relations"), _known("provincial_shares", "relation_id", "relations", "relation_id")),
)


def lost_files(raw: pl.DataFrame, articles: pl.DataFrame, quarantine: pl.DataFrame) -> list[Violation]:
    """Files of a batch that are neither articles nor in quarantine, or both: nothing is lost, nothing counted twice. A
    file of many articles may be both: of its records see `lost_records`."""
    paths = [frame.select("source_path").unique() for frame in (articles, quarantine)]
    accounted = pl.concat(paths).group_by("source_path").agg(pl.len().alias("times"))
    joined = raw.join(accounted, on="source_path", how="full", coalesce=True).sort("source_path")
    times = pl.col("times").fill_null(0)
    many = pl.Series("many", [is_bulk(path) for path in joined["source_path"]], dtype=pl.Boolean)
    holds = ((times == 1) | ((times == 2) & many)) & pl.col("batch").is_not_null()
    rule = _must_hold("every_file_is_accounted_for")
    return list(broken("articles", rule, joined.select("source_path", holds.alias("holds"))))


def lost_records(keys: Sequence[tuple[str, int]], articles: pl.DataFrame, quarantine: pl.DataFrame) -> list[Violation]:
    """The same of records: each of these (path, number; 0 for a file that is one article) is one article, or is once in
    quarantine, and there are no others."""
    key = ["source_path", "record_nr"]
    wanted = pl.DataFrame(keys, schema={"source_path": pl.String, "record_nr": pl.Int64}, orient="row")
    accounted = pl.concat([articles.select(key), quarantine.select(key)])
    if len(wanted) == len(accounted) and wanted.sort(key).equals(accounted.sort(key)):
        return []  # the usual case, and quick
    counted = accounted.group_by(key).agg(pl.len().alias("times"))
    joined = wanted.with_columns(known=True).join(counted, on=key, how="full", coalesce=True).sort(key)
    holds = (pl.col("times").fill_null(0) == 1) & pl.col("known").fill_null(False)
    return list(
        broken("articles", _must_hold("every_record_is_accounted_for"), joined.select(*key, holds.alias("holds")))
    )
