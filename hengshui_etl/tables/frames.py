"""Records to frames: the rows of every table that speaks of one article, as eager polars frames.

Belongs here: which field of a record goes to which column. Does not belong here: how exact numbers are written out
(exact.py), what the columns mean (schemas.py), the curated tables' rules (curated.py), files (parts.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple, cast

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]

from hengshui_etl.answers import plain
from hengshui_etl.records import Examination, Figure, Interval, Relation
from hengshui_etl.relations.roles import roles_of
from hengshui_etl.tables import curated
from hengshui_etl.tables.exact import amount, exact, fraction_amount, hundredths
from hengshui_etl.tables.schemas import TABLES

Row = tuple[Any, ...]


class Examined(NamedTuple):
    """An examination and what only the file knows of its article: its size, and for a record of a file of many articles
    its number, its address and its day as they stand there."""

    examination: Examination
    size_bytes: int
    record_nr: int = 0
    url: str | None = None
    published_given: str | None = None


def frames_of(batch: str, examined: Sequence[Examined]) -> dict[str, pl.DataFrame]:
    """The rows of these articles for every table that speaks of articles; the same input gives the same frames."""
    rows: dict[str, list[Row]] = {name: [] for name in _OF_ARTICLES}
    for one in examined:
        for name, found in rows_of(one):
            key = (batch, one.examination.article.article_id)
            rows[name].extend(key + row for row in found)
    return {name: frame(name, rows[name]) for name in _OF_ARTICLES}


_OF_ARTICLES = tuple(name for name in TABLES if name not in ("raw_articles", "quarantine"))


def rows_of(one: Examined) -> Iterable[tuple[str, list[Row]]]:
    """Table by table, the rows of one article without their keys `batch` and `article_id`."""
    examination = one.examination
    article, figures, relations = examination.article, examination.figures, examination.relations
    sentences = [article.text[sentence.start : sentence.end].strip() for sentence in article.sentences]
    yield "articles", [_article(one)]
    yield "repairs", [(n, *repair) for n, repair in enumerate(article.repairs, 1)]
    yield "figures", [_figure(n, figure, sentences) for n, figure in enumerate(figures, 1)]
    yield "relations", [_relation(n, relation, figures, sentences) for n, relation in enumerate(relations, 1)]
    yield (
        "relation_operands",
        [
            (relation.id, position, role, figures[i].id)
            for relation in relations
            for position, (i, role) in enumerate(
                zip(relation.claim.operands, roles_of(relation.claim, figures), strict=True), 1
            )
        ],
    )
    yield (
        "undecided",
        [(n, [figures[i].id for i in u.figures], u.reason) for n, u in enumerate(examination.undecided, 1)],
    )
    yield "indicators", [_indicator(row) for row in curated.indicators(examination)]
    yield "project_totals", [_project_total(row, sentences) for row in curated.project_totals(examination)]
    yield "provincial_shares", [_provincial_share(row, sentences) for row in curated.provincial_shares(examination)]


def frame(table: str, rows: Sequence[Row]) -> pl.DataFrame:
    """A frame with the columns of the table, in their order, from complete rows."""
    schema = polars_schema(table)
    columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pl.DataFrame([series(name, column, schema[name]) for name, column in zip(schema, columns, strict=True)])


def series(name: str, values: Sequence[Any], dtype: pl.DataType) -> pl.Series:
    """These values as a column. Arrow reads decimals and lists from Python many times as fast as polars does."""
    kind = _ARROW.get(str(dtype))
    if kind is None:
        return pl.Series(name, values, dtype=dtype)
    return cast("pl.Series", pl.from_arrow(pa.array(values, kind))).alias(name)


_ARROW = {
    "Decimal(precision=38, scale=12)": pa.decimal128(38, 12),
    "List(String)": pa.large_list(pa.large_string()),
}


@cache
def polars_schema(table: str) -> dict[str, pl.DataType]:
    """The columns of the table and their polars types."""
    return {str(name): column.dtype.type for name, column in TABLES[table].to_schema().columns.items()}


def _article(one: Examined) -> Row:
    article = one.examination.article
    return (
        article.source_path,
        article.sha256,
        one.size_bytes,
        article.title,
        article.published_on,
        article.publisher,
        article.byline,
        article.encoding,
        article.script,
        article.media,
        len(article.repairs),
        len(article.sentences),
        article.source,
        article.text,
        one.record_nr,
        one.url,
        one.published_given,
    )


def _figure(nr: int, figure: Figure, sentences: Sequence[str]) -> Row:
    value, problem = amount(figure.value)
    high, high_problem = (None, None) if figure.high is None else amount(figure.high)
    problems = {problem, high_problem}
    first, last = figure.period or (None, None)
    return (
        figure.id,
        nr,
        figure.text,
        figure.start,
        figure.end,
        figure.at,
        figure.till,
        value,
        plain(figure.value),
        high,
        None if figure.high is None else plain(figure.high),
        "too_large" if "too_large" in problems else "rounded" if "rounded" in problems else None,
        figure.unit,
        figure.kind,
        figure.bound,
        figure.direction,
        plain(figure.place),
        figure.more,
        figure.strict,
        figure.metric,
        figure.scope,
        figure.scope_code,
        first,
        last,
        figure.sentence,
        sentences[figure.sentence],
    )


def _interval(interval: Interval | None) -> Row:
    if interval is None:
        return (False, None, None, None, None, False, False)
    low, high, low_open, high_open = interval
    return (
        True,
        fraction_amount(low, "low"),
        fraction_amount(high, "high"),
        exact(low),
        exact(high),
        low_open,
        high_open,
    )


def _relation(nr: int, relation: Relation, figures: Sequence[Figure], sentences: Sequence[str]) -> Row:
    claim, verdict, mend = relation.claim, relation.verdict, relation.mend
    return (
        relation.id,
        nr,
        claim.type,
        verdict.status,
        verdict.certainty,
        verdict.severity,
        [figures[i].id for i in claim.operands],
        [figures[i].text for i in claim.operands],
        *_interval(verdict.stated),
        *_interval(verdict.computed),
        fraction_amount(verdict.gap, "high"),
        exact(verdict.gap),
        exact(claim.scale),
        claim.counted,
        verdict.message_en,
        verdict.message_zh,
        claim.reason,
        [figures[i].id for i in relation.blame],
        None if mend is None else figures[mend.figure].id,
        None if mend is None else mend.text,
        None if mend is None else plain(mend.value),
        None if mend is None else mend.unit,
        None if mend is None else mend.edit,
        claim.sentence,
        sentences[claim.sentence],
    )


def _indicator(row: curated.Indicator) -> Row:
    figure = row.figure
    sign = -1 if figure.direction == "down" and figure.value > 0 else 1
    high = figure.high
    first, last = figure.period or (None, None)
    return (
        figure.id,
        row.published_on,
        figure.metric,
        figure.scope,
        figure.scope_code,
        first,
        last,
        amount(sign * figure.value)[0] if sign == 1 else amount(figure.value.copy_negate())[0],
        plain(figure.value if sign == 1 else figure.value.copy_negate()),
        None if high is None else amount(high if sign == 1 else high.copy_negate())[0],
        figure.unit,
        figure.kind,
        figure.bound,
        row.repeats,
    )


def _project_total(row: curated.ProjectTotal, sentences: Sequence[str]) -> Row:
    first, last = row.number.period or row.investment.period or (None, None)
    return (
        row.projects,
        row.number.scope,
        first,
        last,
        int(row.number.value),
        row.number.bound,
        amount(row.investment.value)[0],
        row.investment.bound,
        hundredths(row.mean),
        exact(row.mean),
        row.number.id,
        row.investment.id,
        sentences[row.number.sentence],
    )


def _provincial_share(row: curated.ProvincialShare, sentences: Sequence[str]) -> Row:
    return (
        row.relation.id,
        row.part.metric,
        row.part.scope,
        int(row.part.value),
        row.part.bound,
        amount(row.share.value)[0],
        row.share.bound,
        row.whole_word,
        row.whole_scope,
        row.is_provincial,
        row.relation.verdict.status,
        row.total_low,
        row.total_high,
        row.city_count,
        None if row.city_count is None else fraction_amount(Fraction(100, row.city_count), "low"),
        row.above_average,
        row.says_above_average,
        row.part.id,
        row.share.id,
        sentences[row.share.sentence],
    )
