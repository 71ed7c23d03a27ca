"""Pages from rows, pure: the same rows give the same text.

Belongs here: what a page shows, and in which order.
Does not belong here: reading rows (rows.py), writing files (build.py), how numbers are written (written.py), charts
(charts.py), the markup itself (templates/).

Articles are untrusted. Everything that a template prints is escaped, and characters that cannot be seen or that turn
the direction of writing around are shown by their number; `safe` is for our own style and script alone, and the
page's content policy lets nothing else run and nothing be fetched.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hengshui_etl.messages import Language, Messages, messages
from hengshui_etl.reading import MARGIN, MOST_SENTENCES, STATED
from hengshui_etl.records import RelationType
from hengshui_etl.report import charts
from hengshui_etl.report.names import batch_path, index_name, page_name, page_path
from hengshui_etl.report.rows import ArticleRows, CheckRow, FigureRow, IndexRow, Overview, Refused, Summary
from hengshui_etl.report.written import MARKS, Mark, expected, mark_of, number, shown

MOST_REGIONS = 3
"""Regions of an article that its line in the index names; the filter knows all."""


EMPTY = Overview()

STATUSES = ("fails", "off", "ruled", "holds", "unchecked")
"""What `status_of` can say, the worst first."""


class Piece(NamedTuple):
    """Text of the article as printed; with the figures that it states, if any."""

    text: str
    figures: tuple[FigureRow, ...] = ()


class Listing(NamedTuple):
    """A page of the list of a batch's articles, `number` of `last`. `pages` are the articles that have a page, `total`
    counts those of the batch, `listed` those that are in its lists; `refused` are the first of `refusals` files."""

    batch: str
    rows: tuple[IndexRow, ...]
    pages: frozenset[str]
    number: int = 1
    last: int = 1
    total: int = 0
    listed: int = 0
    refused: tuple[Refused, ...] = ()
    refusals: int = 0


class Quote(NamedTuple):
    """A part of a sentence: a figure that may be wrong (`suspect`), one that it was compared with (`operand`), or
    what stands between."""

    text: str
    style: str = ""


def article_page(rows: ArticleRows, language: Language) -> str:
    """The page of an article: what fails, the article, what else can be seen and what holds."""
    say = messages(language)
    checks = sorted(rows.checks, key=_urgency)  # stable: reading order among equals
    failed = [check for check in checks if check.status == "fail"]
    marks = marks_of(rows)
    found = Counter(marks.values())
    suspects = {figure for check in failed if check.ruling is None for figure in check.blame}
    figures = {figure.id: figure for figure in rows.figures}
    return _rendered(
        "article.html",
        say,
        article=rows.article,
        pieces=list(pieces_of(rows.article.source, rows.figures)),
        mark_of_piece=lambda piece: worst(marks[figure.id] for figure in piece.figures),
        figures=figures,
        failed=failed,
        others=[check for check in checks if check.status != "fail"],
        verdicts=Counter(mark_of(check) for check in checks),
        quotes=lambda check: quotes_of(check, rows, figures),
        printed=stated_figure,
        expected=lambda check, stated: expected(check.computed, figures[stated], say),
        checks_of=checks_of(checks),
        marks=marks,
        counts={mark: found[mark] for mark in MARKS if found[mark]},
        suspects=suspects,
        undecided=rows.undecided,
        charts=[
            chart
            for chart in (
                charts.project_totals(rows.totals, say),
                charts.provincial_shares(rows.shares, say),
                charts.figure_kinds(list(Counter(figure.kind for figure in rows.figures).items()), say),
            )
            if chart is not None
        ],
        here=page_name(rows.article.article_id, language),
        other=page_name(rows.article.article_id, _other(language)),
        home=index_name(language),
    )


def list_page(listing: Listing, language: Language) -> str:
    """A page of the list of a batch's articles, in the given order."""
    say = messages(language)
    rows = listing.rows
    return _rendered(
        "batch.html",
        say,
        listing=listing,
        rows=rows,
        refused=listing.refused,
        regions=sorted({region for row in rows for region in row.regions}),
        status_of=status_of,
        statuses=Counter(map(status_of, rows)),
        most_regions=MOST_REGIONS,
        page_of=lambda article: page_name(article, language) if article in listing.pages else None,
        name_of=lambda number: index_name(language, number),
        home=f"../../{index_name(language)}",
        other=index_name(_other(language), listing.number),
    )


def index_page(
    batches: Sequence[Summary], language: Language, together: Overview = EMPTY, urgent: Sequence[IndexRow] = (),
    number: int = 1, pages: int = 1,
) -> str:  # fmt: skip
    """A page of the list of batches, in the given order; the first one shows all of them together, and the articles
    that are most urgent."""
    say = messages(language)
    drawn = (charts.check_types(together.checks, say), charts.figure_kinds(together.kinds, say))
    return _rendered(
        "index.html",
        say,
        batches=batches,
        statuses=STATUSES,
        urgent=urgent,
        status_of=status_of,
        charts=[chart for chart in drawn if chart is not None],
        page_of=lambda row: page_path(row.batch, row.article_id, language),
        list_of=lambda batch: batch_path(batch, language),
        name_of=lambda number: index_name(language, number),
        number=number,
        pages=pages,
        other=index_name(_other(language), number),
    )


def stated_figure(check: CheckRow) -> str | None:
    """The figure of an equation that is printed and should be what the others make; None in other relations."""
    place = STATED.get(cast("RelationType", check.type))
    if place is None or check.status == "implied" or check.computed is None or not check.operands:
        return None
    return check.operands[place][1]


def quotes_of(check: CheckRow, rows: ArticleRows, figures: Mapping[str, FigureRow]) -> list[list[Quote]]:
    """The sentences in which the operands of a check stand, at most three, with the operands marked; a long one is
    cut around them."""
    suspects = set(check.blame) or {stated_figure(check) or check.operands[-1][1]}
    standing: dict[int, list[FigureRow]] = {}
    for name in dict.fromkeys(figure for _, figure in check.operands):
        standing.setdefault(figures[name].sentence, []).append(figures[name])
    quotes = [
        list(_quoted(rows.sentences.get(sentence, ""), rows.article.clean, standing[sentence], suspects))
        for sentence in sorted(standing)[:MOST_SENTENCES]
    ]
    if len(standing) > MOST_SENTENCES:
        quotes.append([Quote("…")])
    return [quote for quote in quotes if quote] or [[Quote(check.sentence)]]


def _quoted(sentence: str, clean: str, figures: list[FigureRow], suspects: set[str]) -> Iterator[Quote]:
    begin = clean.rfind(sentence, 0, figures[0].at + len(sentence))
    if not sentence or begin < 0:
        return
    end = begin + len(sentence)
    start = max(begin, min(figure.at for figure in figures) - MARGIN)
    stop = min(end, max(figure.till for figure in figures) + MARGIN)
    if start > begin:
        yield Quote("…")
    for figure in sorted(figures, key=lambda figure: figure.at):
        if figure.at >= start:
            yield Quote(clean[start : figure.at])
            yield Quote(clean[figure.at : figure.till], "suspect" if figure.id in suspects else "operand")
            start = figure.till
    yield Quote(clean[start:stop])
    if stop < end:
        yield Quote("…")


def marks_of(rows: ArticleRows) -> dict[str, Mark]:
    """How each figure is marked: by the worst that a check says of it."""
    found: dict[str, set[Mark]] = {figure.id: {"unchecked"} for figure in rows.figures}
    for check in rows.checks:
        for _, figure in check.operands:
            found[figure].add(mark_of(check))
    # A figure that a check confirms is confirmed, whatever else is merely implied by it.
    return {figure: worst(marks) for figure, marks in found.items()}


def worst(marks: Iterable[Mark]) -> Mark:
    """The first of these in the order of `MARKS`."""
    return min(marks, key=MARKS.index)


def checks_of(checks: Sequence[CheckRow]) -> dict[str, list[CheckRow]]:
    """The checks in which each figure takes part, in the order given."""
    found: dict[str, list[CheckRow]] = {}
    for check in checks:
        for figure in dict.fromkeys(figure for _, figure in check.operands):
            found.setdefault(figure, []).append(check)
    return found


def status_of(row: IndexRow) -> str:
    """What the index says of an article: `fails`, `off`, `ruled`, `holds` or `unchecked`."""
    if row.failed > row.ruled:
        return "fails" if row.worst == "error" else "off"
    return "ruled" if row.ruled else "holds" if row.checks else "unchecked"


def pieces_of(source: str, figures: Sequence[FigureRow]) -> Iterator[Piece]:
    """The whole source in order, cut at the figures; figures that overlap share a piece."""
    done = 0
    group: list[FigureRow] = []
    end = 0
    for figure in [*sorted(figures, key=lambda figure: (figure.start, figure.end)), None]:
        if group and (figure is None or figure.start >= end):
            if group[0].start > done:
                yield Piece(source[done : group[0].start])
            yield Piece(source[group[0].start : end], tuple(group))
            done, group = end, []
        if figure is not None:
            end = max(end, figure.end) if group else figure.end
            group.append(figure)
    if done < len(source):
        yield Piece(source[done:])


def _urgency(check: CheckRow) -> int:
    order: tuple[Mark, ...] = ("fails", "off", "ruled", "implied", "holds")
    return order.index(mark_of(check))


def _other(language: Language) -> Language:
    return "zh" if language == "en" else "en"


def _rendered(template: str, say: Messages, **values: object) -> str:
    style, script = _own("style.css"), _own("report.js")
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template(template)
        .render(
            say=say, language=say.language, style=style, script=script, script_digest=digest, mark_of=mark_of, **values
        )
    )


_TEMPLATES = Path(__file__).parent / "templates"


@cache
def _own(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"number": number}
    return environment
