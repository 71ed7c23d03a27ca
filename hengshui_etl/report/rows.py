"""What the pages show, read from the DuckDB file.

Belongs here: the queries and the records that they fill.
Does not belong here: how it looks (pages.py), files (build.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

Query = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
"""Answers SQL and its parameters with rows; all queries of a report go to one connection."""


class ArticleRow(NamedTuple):
    """The article itself."""

    batch: str
    article_id: str
    title: str | None
    published_on: date | None
    publisher: str | None
    byline: str | None
    repair_count: int
    sha256: str
    source: str
    clean: str


class FigureRow(NamedTuple):
    """A figure; `start` and `end` lie in the article's source, `at` and `till` in its clean text. `place` is what its
    last printed place is worth, 0 for words."""

    id: str
    text: str
    start: int
    end: int
    value: str
    high: str | None
    unit: str
    bound: str
    direction: str | None
    metric: str | None
    scope: str | None
    first: date | None
    last: date | None
    kind: str
    place: str
    sentence: int
    at: int
    till: int


class Ends(NamedTuple):
    """An interval for reading. `exact` is false where a decimal can only come near the end."""

    low: Decimal | None
    high: Decimal | None
    low_open: bool
    high_open: bool
    exact: bool


class CheckRow(NamedTuple):
    """A judged relation; `operands` are pairs of role and figure. `ruling` and `ruling_reason` are what a reviewer said
    of a failing one, if one did."""

    id: str
    type: str
    status: str
    severity: str
    operands: tuple[tuple[str, str], ...]
    stated: Ends | None
    computed: Ends | None
    gap: Decimal | None
    message_en: str
    message_zh: str
    blame: tuple[str, ...]
    mend_figure: str | None
    mend_text: str | None
    mend_edit: str | None
    sentence: str
    ruling: str | None = None
    ruling_reason: str | None = None


class Total(NamedTuple):
    """A number of projects with their total investment and the mean of a project, in yuan."""

    projects: str
    number: int
    count_bound: str
    yuan: Decimal
    yuan_bound: str
    mean: Decimal
    count_figure: str
    investment_figure: str


class Share(NamedTuple):
    """A count and its percentage of a whole that is not stated, with the smallest and largest possible whole. `place`
    is what the last printed place of the percentage is worth, `cities` how many divisions the province has."""

    counted: str | None
    part: int
    count_bound: str
    percent: Decimal
    percent_bound: str
    place: Decimal
    whole_scope: str | None
    provincial: bool
    status: str
    low: int | None
    high: int | None
    cities: int | None
    above: bool | None
    relation: str
    count_figure: str
    share_figure: str


class CheckCount(NamedTuple):
    """How many checks of a type came out like that."""

    type: str
    status: str
    severity: str
    n: int
    ruling: str | None = None


class ArticleRows(NamedTuple):
    """Everything that the page of an article shows; `sentences` are those with figures, by number."""

    article: ArticleRow
    figures: tuple[FigureRow, ...]
    checks: tuple[CheckRow, ...]
    undecided: int
    sentences: Mapping[int, str] = MappingProxyType({})
    totals: tuple[Total, ...] = ()
    shares: tuple[Share, ...] = ()


class Overview(NamedTuple):
    """All articles together: figures by kind, checks by type and verdict."""

    kinds: tuple[tuple[str, int], ...] = ()
    checks: tuple[CheckCount, ...] = ()


class IndexRow(NamedTuple):
    """A line of the index. `ruled` are those of the failed checks that a reviewer has ruled on, `worst` tells of the
    others, `regions` are the divisions that figures speak of, the most frequent first."""

    batch: str
    article_id: str
    title: str | None
    published_on: date | None
    figures: int
    checks: int
    passed: int
    implied: int
    failed: int
    worst: str | None
    ruled: int = 0
    regions: tuple[str, ...] = ()


class Refused(NamedTuple):
    """A file that could not be read, or records of it, and why."""

    source_path: str
    reason: str


def index_rows(query: Query) -> tuple[IndexRow, ...]:
    """All articles: those with failed checks first, the newest first among equals."""
    regions: dict[str, list[str]] = defaultdict(list)
    for article, scope in query(
        "SELECT article_id, scope FROM figures WHERE scope IS NOT NULL AND scope_code IS NOT NULL"
        " GROUP BY article_id, scope ORDER BY article_id, count(*) DESC, scope",
        (),
    ):
        regions[article].append(scope)
    found = query(
        "SELECT batch, article_id, title, published_on, figure_count, relation_count, passed, implied, failed, worst,"
        " ruled"
        " FROM article_summary ORDER BY worst NULLS LAST, published_on DESC NULLS LAST, article_id",
        (),
    )
    return tuple(IndexRow(*row)._replace(regions=tuple(regions.get(row[1], ()))) for row in found)


def overview(query: Query) -> Overview:
    """What all articles come to, counted by the database."""
    kinds = query("SELECT kind, count(*) FROM figures GROUP BY kind ORDER BY count(*) DESC, kind", ())
    checks = query(
        "SELECT type, status, severity, count(*), ruling FROM relations"
        " LEFT JOIN (SELECT batch, article_id, relation_id, ruling FROM failed_checks)"
        " USING (batch, article_id, relation_id) GROUP BY ALL ORDER BY type, status, severity, ruling",
        (),
    )
    return Overview(tuple((kind, n) for kind, n in kinds), tuple(CheckCount(*row) for row in checks))


def refused_files(query: Query) -> tuple[Refused, ...]:
    """The files in quarantine, by path."""
    found = query("SELECT source_path, reason FROM quarantine_summary ORDER BY source_path", ())
    return tuple(Refused(*row) for row in found)


def article_rows(query: Query, ids: Sequence[str]) -> list[ArticleRows]:
    """Everything of these articles, in order of id."""
    wanted = [list(ids)]

    def by_article(sql: str) -> dict[str, list[tuple[Any, ...]]]:
        found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for article, *row in query(sql, wanted):
            found[article].append(tuple(row))
        return found

    figures = by_article(
        "SELECT article_id, figure_id, text, source_start, source_end, value_exact, high_exact, unit, bound, direction,"
        " metric, scope, period_first, period_last, kind, last_place_exact, sentence, clean_start, clean_end"
        " FROM figures WHERE article_id IN (SELECT unnest(?)) ORDER BY article_id, figure_nr"
    )
    sentences = by_article(
        "SELECT DISTINCT article_id, sentence, sentence_text FROM figures WHERE article_id IN (SELECT unnest(?))"
        " ORDER BY article_id, sentence"
    )
    totals = by_article(
        "SELECT article_id, projects, project_count, count_bound, total_investment_yuan, investment_bound,"
        " mean_investment_yuan, count_figure_id, investment_figure_id FROM project_totals"
        " JOIN figures f USING (batch, article_id) WHERE f.figure_id = count_figure_id"
        " AND article_id IN (SELECT unnest(?)) ORDER BY article_id, f.figure_nr"
    )
    shares = by_article(
        "SELECT article_id, counted, count, count_bound, share_percent, share_bound,"
        " f.last_place_exact, whole_scope, is_provincial, status,"
        " possible_total_low, possible_total_high, city_count, above_average, relation_id, count_figure_id,"
        " share_figure_id FROM provincial_shares JOIN figures f USING (batch, article_id)"
        " WHERE f.figure_id = share_figure_id AND article_id IN (SELECT unnest(?)) ORDER BY article_id, f.figure_nr,"
        " relation_id"
    )
    operands: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for article, relation, role, figure in query(
        "SELECT article_id, relation_id, role, figure_id FROM relation_operands"
        " WHERE article_id IN (SELECT unnest(?)) ORDER BY article_id, relation_id, position",
        wanted,
    ):
        operands[article, relation].append((role, figure))
    checks = by_article(
        "SELECT article_id, relation_id, type, status, severity,"
        " stated, stated_low, stated_high, stated_low_open, stated_high_open, stated_low_exact, stated_high_exact,"
        " computed, computed_low, computed_high, computed_low_open, computed_high_open, computed_low_exact,"
        " computed_high_exact, gap, message_en, message_zh, blame, mend_figure_id, mend_text, mend_edit, sentence_text,"
        " ruling, ruling_reason"
        " FROM relations LEFT JOIN (SELECT batch, article_id, relation_id, ruling, ruling_reason FROM failed_checks)"
        " USING (batch, article_id, relation_id)"
        " WHERE article_id IN (SELECT unnest(?)) ORDER BY article_id, relation_nr"
    )
    undecided = by_article(
        "SELECT article_id, count(*) FROM undecided WHERE article_id IN (SELECT unnest(?)) GROUP BY article_id"
    )
    articles = query(
        "SELECT batch, article_id, title, published_on, publisher, byline, repair_count, sha256, source, clean_text"
        " FROM articles WHERE article_id IN (SELECT unnest(?)) ORDER BY article_id",
        wanted,
    )
    return [
        ArticleRows(
            ArticleRow(*row),
            tuple(FigureRow(*figure) for figure in figures[row[1]]),
            tuple(_check(check, operands[row[1], check[0]]) for check in checks[row[1]]),
            undecided[row[1]][0][0] if row[1] in undecided else 0,
            dict(sentences[row[1]]),
            tuple(Total(*total) for total in totals[row[1]]),
            tuple(_share(share) for share in shares[row[1]]),
        )
        for row in articles
    ]


def _share(row: tuple[Any, ...]) -> Share:
    share = Share(*row)
    return share._replace(place=Decimal(row[5]))


def _check(row: tuple[Any, ...], operands: Sequence[tuple[str, str]]) -> CheckRow:
    name, kind, status, severity = row[:4]
    stated, computed = _ends(row[4:11]), _ends(row[11:18])
    gap, message_en, message_zh, blame, mend_figure, mend_text, mend_edit, sentence, *ruling = row[18:]
    return CheckRow(
        name, kind, status, severity, tuple(operands), stated, computed, gap, message_en, message_zh, tuple(blame),
        mend_figure, mend_text, mend_edit, sentence, *ruling,
    )  # fmt: skip


def _ends(row: tuple[Any, ...]) -> Ends | None:
    there, low, high, low_open, high_open, *exact = row
    if not there:
        return None
    same = all(
        text is None or (end is not None and Fraction(text) == end)
        for text, end in zip(exact, (low, high), strict=True)
    )
    return Ends(low, high, low_open, high_open, same)
