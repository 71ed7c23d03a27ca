"""Pages from rows, pure: the same rows give the same text.

Belongs here: what a page shows, in which order, and how numbers and intervals are written.
Does not belong here: reading rows (rows.py), writing files (build.py), the markup itself (templates/).

Articles are untrusted. Everything that a template prints is escaped, and characters that cannot be seen or that turn
the direction of writing around are shown by their number; `safe` is for our own style and script alone, and the
page's content policy lets nothing else run and nothing be fetched.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hengshui_etl.answers import plain
from hengshui_etl.messages import Language, Messages, messages
from hengshui_etl.report.rows import ArticleRows, CheckRow, Ends, FigureRow, IndexRow, Refused

Mark = Literal["fails", "off", "holds", "implied", "unchecked"]
MARKS: tuple[Mark, ...] = ("fails", "off", "holds", "implied", "unchecked")
"""How a figure is marked, the worst first; `off` fails by one last printed place at most."""

MOST_REGIONS = 3
"""Regions of an article that its line in the index names; the filter knows all."""

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)


class Piece(NamedTuple):
    """Text of the article as printed; with the figures that it states, if any."""

    text: str
    figures: tuple[FigureRow, ...] = ()


def article_page(rows: ArticleRows, language: Language) -> str:
    """The page of an article."""
    say = messages(language)
    checks = sorted(rows.checks, key=_urgency)  # stable: reading order among equals
    marks = marks_of(rows)
    counts = {mark: sum(found == mark for found in marks.values()) for mark in MARKS}
    suspects = {figure for check in rows.checks if check.status == "fail" for figure in check.blame}
    return _rendered(
        "article.html",
        say,
        article=rows.article,
        pieces=list(pieces_of(rows.article.source, rows.figures)),
        mark_of_piece=lambda piece: worst(marks[figure.id] for figure in piece.figures),
        figures={figure.id: figure for figure in rows.figures},
        checks=checks,
        checks_of=checks_of(checks),
        marks=marks,
        counts=counts,
        suspects=suspects,
        undecided=rows.undecided,
        here=page_name(rows.article.article_id, language),
        other=page_name(rows.article.article_id, _other(language)),
        home=f"../{index_name(language)}",
    )


def index_page(rows: Sequence[IndexRow], refused: Sequence[Refused], language: Language) -> str:
    """The page that leads to all articles, in the given order."""
    return _rendered(
        "index.html",
        messages(language),
        rows=rows,
        refused=refused,
        regions=sorted({region for row in rows for region in row.regions}),
        status_of=status_of,
        most_regions=MOST_REGIONS,
        page_of=lambda article_id: f"articles/{page_name(article_id, language)}",
        other=index_name(_other(language)),
    )


def index_name(language: Language) -> str:
    """The file of the index: `index.html`, `index.zh.html`."""
    return "index.html" if language == "en" else f"index.{language}.html"


def page_name(article_id: str, language: Language) -> str:
    """The file of an article's page: readable where the id is, unique in any case, and a name on every system."""
    readable = re.sub("[^a-z0-9]+", "-", article_id.lower()).strip("-")[:60]
    suffix = "html" if language == "en" else f"{language}.html"
    return f"{readable or 'article'}-{hashlib.sha256(article_id.encode()).hexdigest()[:12]}.{suffix}"


PAGE_NAME = re.compile(r"[a-z0-9-]+-[0-9a-f]{12}\.(zh\.)?html")
"""The names that `page_name` gives, to know our own files by."""


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


def mark_of(check: CheckRow) -> Mark:
    """What a check says of its figures."""
    if check.status == "fail":
        return "fails" if check.severity == "error" else "off"
    return "holds" if check.status == "pass" else "implied"


def status_of(row: IndexRow) -> str:
    """What the index says of an article: `fails`, `off`, `holds` or `unchecked`."""
    if row.failed:
        return "fails" if row.worst == "error" else "off"
    return "holds" if row.checks else "unchecked"


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


def shown(value: object) -> object:
    """Text with its invisible characters shown by their number; our own markup and other values as they are."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", value)
    return value


def number(value: Decimal | str) -> str:
    """A number with narrow blanks between thousands, so that 71670000000 can be read."""
    text = value if isinstance(value, str) else plain(value)
    sign, digits = ("−", text[1:]) if text.startswith("-") else ("", text)
    whole, point, places = digits.partition(".")
    return f"{sign}{int(whole):,}".replace(",", "\u202f") + point + places


def interval(ends: Ends) -> str:
    """An interval for reading: one number, or both ends with the bracket that tells whether they are in."""
    near = "" if ends.exact else "≈ "
    if ends.low is not None and ends.low == ends.high:
        return near + number(ends.low)
    left = "(" if ends.low_open or ends.low is None else "["
    right = ")" if ends.high_open or ends.high is None else "]"
    low = "−∞" if ends.low is None else number(ends.low)
    return f"{near}{left}{low} … {'∞' if ends.high is None else number(ends.high)}{right}"


def _urgency(check: CheckRow) -> int:
    order: tuple[Mark, ...] = ("fails", "off", "implied", "holds")
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
    environment.filters |= {"number": number, "interval": interval}
    return environment
