"""What the pages show, read from the DuckDB file.

Belongs here: the queries and the records that they fill.
Does not belong here: how it looks (pages.py), files (build.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
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


class Summary(NamedTuple):
    """A batch in numbers: its articles by what is said of them (`fails`, `off`, `ruled`, `holds`, `unchecked`), files
    that could not be read, the days from first to last, figures by kind, checks by type and verdict, and the articles
    that fail worst. Where the report has no pages of a batch yet, only `articles` is known, and `built` is false."""

    batch: str
    articles: int
    statuses: Mapping[str, int] = MappingProxyType({})
    refused: int = 0
    first: date | None = None
    last: date | None = None
    kinds: tuple[tuple[str, int], ...] = ()
    checks: tuple[CheckCount, ...] = ()
    urgent: tuple[IndexRow, ...] = ()
    built: bool = True


MOST_URGENT = 10
"""Failing articles of a batch that are remembered for the first page."""

# What is most urgent first: unruled errors, what is off by one place, what was ruled on; the newest among equals.
_ORDER = "worst NULLS LAST, ruled = 0, published_on DESC NULLS LAST, article_id"
_INDEX = (
    "SELECT batch, article_id, title, published_on, figure_count, relation_count, passed, implied, failed, worst, ruled"
    " FROM article_summary WHERE batch = ?"
)


def ordered_articles(query: Query, batch: str, most: int) -> list[str]:
    """The articles of a batch, the most urgent first, no more than that."""
    sql = f"SELECT article_id FROM article_summary WHERE batch = ? ORDER BY {_ORDER} LIMIT ?"
    return [article for (article,) in query(sql, [batch, most])]


def index_rows(query: Query, batch: str, ids: Sequence[str]) -> tuple[IndexRow, ...]:
    """These articles of a batch, in the given order."""
    regions: dict[str, list[str]] = defaultdict(list)
    for article, scope in query(
        "SELECT article_id, scope FROM figures WHERE scope IS NOT NULL AND scope_code IS NOT NULL"
        " AND batch = ? AND article_id IN (SELECT unnest(?))"
        " GROUP BY article_id, scope ORDER BY article_id, count(*) DESC, scope",
        [batch, list(ids)],
    ):
        regions[article].append(scope)
    found = query(f"{_INDEX} AND article_id IN (SELECT unnest(?))", [batch, list(ids)])
    rows = {row[1]: IndexRow(*row)._replace(regions=tuple(regions.get(row[1], ()))) for row in found}
    return tuple(rows[article] for article in ids if article in rows)


def summary_of(query: Query, batch: str) -> Summary:
    """What a batch comes to, counted by the database."""
    statuses = query(
        "SELECT CASE WHEN failed > ruled THEN if(worst = 'error', 'fails', 'off') WHEN ruled > 0 THEN 'ruled'"
        " WHEN relation_count > 0 THEN 'holds' ELSE 'unchecked' END AS status, count(*), min(published_on),"
        " max(published_on) FROM article_summary WHERE batch = ? GROUP BY status ORDER BY status",
        [batch],
    )
    days = [day for _, _, *both in statuses for day in both if day is not None]
    ((refused,),) = query("SELECT count(DISTINCT source_path) FROM quarantine WHERE batch = ?", [batch])
    kinds = query("SELECT kind, count(*) FROM figures WHERE batch = ? GROUP BY kind ORDER BY kind", [batch])
    checks = query(
        "SELECT type, status, severity, count(*), ruling FROM (SELECT * FROM relations WHERE batch = ?)"
        " LEFT JOIN (SELECT batch, article_id, relation_id, ruling FROM failed_checks WHERE batch = ?)"
        " USING (batch, article_id, relation_id) GROUP BY ALL ORDER BY type, status, severity, ruling",
        [batch, batch],
    )
    urgent = query(f"{_INDEX} AND failed > ruled ORDER BY {_ORDER} LIMIT {MOST_URGENT}", [batch])
    return Summary(
        batch,
        sum(n for _, n, *_ in statuses),
        {status: n for status, n, *_ in statuses},
        refused,
        min(days, default=None),
        max(days, default=None),
        tuple((kind, n) for kind, n in kinds),
        tuple(CheckCount(*row) for row in checks),
        tuple(IndexRow(*row) for row in urgent),
    )


def overview(summaries: Iterable[Summary]) -> Overview:
    """What all batches come to."""
    kinds: Counter[str] = Counter()
    checks: Counter[tuple[str, str, str, str]] = Counter()
    for summary in summaries:
        kinds.update(dict(summary.kinds))
        checks.update({(each.type, each.status, each.severity, each.ruling or ""): each.n for each in summary.checks})
    return Overview(
        tuple(sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))),
        tuple(CheckCount(*key[:3], n, key[3] or None) for key, n in sorted(checks.items())),
    )


def refused_files(query: Query, batch: str, most: int) -> tuple[Refused, ...]:
    """The first files of a batch in quarantine, by path."""
    sql = "SELECT source_path, reason FROM quarantine_summary WHERE batch = ? ORDER BY source_path LIMIT ?"
    return tuple(Refused(*row) for row in query(sql, [batch, most]))


def article_rows(query: Query, batch: str, ids: Sequence[str]) -> list[ArticleRows]:
    """Everything of these articles of a batch, in order of id."""
    wanted = [batch, list(ids)]

    def by_article(sql: str, values: Sequence[object] = wanted) -> dict[str, list[tuple[Any, ...]]]:
        found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for article, *row in query(sql, values):
            found[article].append(tuple(row))
        return found

    figures = by_article(
        "SELECT article_id, figure_id, text, source_start, source_end, value_exact, high_exact, unit, bound, direction,"
        " metric, scope, period_first, period_last, kind, last_place_exact, sentence, clean_start, clean_end"
        " FROM figures WHERE batch = ? AND article_id IN (SELECT unnest(?)) ORDER BY article_id, figure_nr"
    )
    sentences = by_article(
        "SELECT DISTINCT article_id, sentence, sentence_text FROM figures"
        " WHERE batch = ? AND article_id IN (SELECT unnest(?)) ORDER BY article_id, sentence"
    )
    totals = by_article(
        "SELECT article_id, projects, project_count, count_bound, total_investment_yuan, investment_bound,"
        " mean_investment_yuan, count_figure_id, investment_figure_id FROM project_totals"
        " JOIN figures f USING (batch, article_id) WHERE f.figure_id = count_figure_id"
        " AND batch = ? AND article_id IN (SELECT unnest(?)) ORDER BY article_id, f.figure_nr"
    )
    shares = by_article(
        "SELECT article_id, counted, count, count_bound, share_percent, share_bound,"
        " f.last_place_exact, whole_scope, is_provincial, status,"
        " possible_total_low, possible_total_high, city_count, above_average, relation_id, count_figure_id,"
        " share_figure_id FROM provincial_shares JOIN figures f USING (batch, article_id)"
        " WHERE f.figure_id = share_figure_id AND batch = ? AND article_id IN (SELECT unnest(?))"
        " ORDER BY article_id, f.figure_nr, relation_id"
    )
    operands: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for article, relation, role, figure in query(
        "SELECT article_id, relation_id, role, figure_id FROM relation_operands"
        " WHERE batch = ? AND article_id IN (SELECT unnest(?)) ORDER BY article_id, relation_id, position",
        wanted,
    ):
        operands[article, relation].append((role, figure))
    checks = by_article(
        "SELECT article_id, relation_id, type, status, severity,"
        " stated, stated_low, stated_high, stated_low_open, stated_high_open, stated_low_exact, stated_high_exact,"
        " computed, computed_low, computed_high, computed_low_open, computed_high_open, computed_low_exact,"
        " computed_high_exact, gap, message_en, message_zh, blame, mend_figure_id, mend_text, mend_edit, sentence_text,"
        " ruling, ruling_reason"
        " FROM (SELECT * FROM relations WHERE batch = ? AND article_id IN (SELECT unnest(?)))"
        " LEFT JOIN (SELECT batch, article_id, relation_id, ruling, ruling_reason FROM failed_checks"
        " WHERE batch = ? AND article_id IN (SELECT unnest(?))) USING (batch, article_id, relation_id)"
        " ORDER BY article_id, relation_nr",
        [*wanted, *wanted],
    )
    undecided = by_article(
        "SELECT article_id, count(*) FROM undecided WHERE batch = ? AND article_id IN (SELECT unnest(?))"
        " GROUP BY article_id"
    )
    articles = query(
        "SELECT batch, article_id, title, published_on, publisher, byline, repair_count, sha256, source, clean_text"
        " FROM articles WHERE batch = ? AND article_id IN (SELECT unnest(?)) ORDER BY article_id",
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
