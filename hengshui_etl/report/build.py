"""The files of the report: which there are, and how they come to be there.

Belongs here: writing pages and taking away those of articles that are gone; how many pages a batch has.
Does not belong here: what a page shows (pages.py), the queries (rows.py), names (names.py).

A file is written under a temporary name and renamed, and only where its content changes. What a batch costs depends on
that batch alone: its pages have a folder of their own, and the first page is made of what is remembered of the others.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hengshui_etl import warehouse
from hengshui_etl.locking import turn
from hengshui_etl.messages import LANGUAGES, Language
from hengshui_etl.report import names, rows
from hengshui_etl.report.names import PAGE_NAME, batch_folder, batch_path, index_name, page_name, page_path
from hengshui_etl.report.pages import Listing, article_page, index_page, list_page, status_of
from hengshui_etl.report.rows import IndexRow, Query, Summary
from hengshui_etl.report.summaries import Known, Summaries, summaries
from hengshui_etl.settings import Settings
from hengshui_etl.sources import batch_of

PART = ".page.part"
"""A page that is being written; one at a time: what a killed run leaves of it, the next one writes over."""

TURN_S = 3600.0
"""Seconds to wait for another report to be written."""

MOST_ARTICLES = 200
"""Articles that are held in memory at a time."""

MOST_PAGES = 100
"""Articles of a batch that have pages without being asked for, the most urgent ones: a page takes ten times as long as
the examination of its article."""

MOST_LISTED = 5_000
"""Articles of a batch that its lists name, unless more of them fail."""

LISTED, BATCHES = 500, 500
"""Articles on one page of a batch's list, and batches on one of the report's."""

MOST_REFUSED, MOST_URGENT = 200, 20
"""Files in quarantine that the list of a batch names, and failing articles on the first page."""

OnProgress = Callable[[int, int], None]


class Built(NamedTuple):
    """Where the report begins, how many articles it is about, and how many files were written or taken away."""

    page: Path
    articles: int
    written: int
    removed: int


class UnknownArticle(ValueError):
    """The warehouse has no article of that name; `args[0]` is the name."""


def report_index(settings: Settings) -> Path:
    """The page where the report begins."""
    return settings.warehouse / "report" / index_name("en")


def build_report(
    settings: Settings,
    batches: Sequence[str] | None = None,
    on_progress: OnProgress = lambda done, total: None,
    articles: Sequence[str] = (),
) -> Built:
    """Bring the report to what the DuckDB file holds: the pages of these batches (None: of all whose rows, rulings or
    files changed since), pages of these articles, and the first pages. Pages of other batches stay as they are, but for
    those of batches that are gone. Raises UnknownArticle, WarehouseBusy, sqlite3.Error or OSError; then what was
    written before stays."""
    index = report_index(settings)
    index.parent.mkdir(parents=True, exist_ok=True)
    # One at a time: who ends last has seen what the others loaded, and takes nobody's pages away.
    with (
        turn(settings.warehouse / ".report.turn", time.monotonic() + TURN_S),
        summaries(settings.warehouse / "report.sqlite") as memory,
    ):
        return _Build(settings, index, memory, on_progress).brought_up_to_date(batches, articles)


def page_of(settings: Settings, article_id: str, language: Language) -> str:
    """The path of an article's page from where the report begins; where it has none, that of its batch's list."""
    batch = batch_of(article_id)
    page = page_path(batch, article_id, language)
    there = (report_index(settings).parent / page).exists()
    return page if there else batch_path(batch, language)


class _Build:
    """One bringing up to date."""

    def __init__(self, settings: Settings, index: Path, memory: Summaries, on_progress: OnProgress) -> None:
        self._settings, self._index, self._memory, self._tell = settings, index, memory, on_progress
        self._folder = index.parent / names.ARTICLES
        self._written = self._removed = self._done = self._total = 0

    def brought_up_to_date(self, batches: Sequence[str] | None, articles: Sequence[str]) -> Built:
        asked = self._asked(articles)
        marks, sizes = self._marks()
        known = self._memory.all()
        wanted = [
            batch
            for batch in marks
            if batch in asked
            or (batch in batches if batches is not None else not asked and not self._is_current(batch, marks, known))
        ]
        self._total = sum(min(sizes[batch], MOST_PAGES) for batch in wanted)
        for batch in wanted:
            built = self._batch(batch, marks[batch], asked.get(batch, ()))
            if known.get(batch) != built:
                known[batch] = built
                self._memory.put(batch, built)
        self._clear({batch_folder(batch) for batch in marks})
        for batch in [each for each in known if each not in marks]:
            self._memory.forget(batch)
        there = [known[b].summary if b in known else Summary(b, sizes[b], built=False) for b in marks]
        self._index_pages(there)
        return Built(self._index, sum(sizes.values()), self._written, self._removed)

    def _asked(self, articles: Sequence[str]) -> dict[str, list[str]]:
        """Articles that are asked for, by batch."""
        found: dict[str, list[str]] = defaultdict(list)
        if articles:
            with querying(self._settings) as query:
                sql = "SELECT batch FROM articles WHERE article_id = ?"
                for article in articles:
                    batches = query(sql, [article])
                    if not batches:
                        raise UnknownArticle(article)
                    found[batches[0][0]].append(article)
        return found

    def _marks(self) -> tuple[dict[str, str], dict[str, int]]:
        """Of every batch that is loaded, in order: what its pages have to be made from, as a hash, and its articles."""
        with querying(self._settings) as query:
            loaded = query("SELECT batch, fingerprint, articles_rows FROM batches ORDER BY batch", [])
            ruled = query("SELECT article_id, hash(r) FROM rulings r ORDER BY ALL", [])
        rulings: dict[str, list[str]] = defaultdict(list)
        for article, digest in ruled:
            rulings[batch_of(article)].append(str(digest))
        marks = {
            batch: hashlib.sha256(" ".join([_design(), fingerprint, *rulings[batch]]).encode()).hexdigest()
            for batch, fingerprint, _ in loaded
        }
        return marks, {batch: articles for batch, _, articles in loaded}

    def _is_current(self, batch: str, marks: dict[str, str], known: dict[str, Known]) -> bool:
        """Whether nothing changed since the pages of a batch were made, and all of them are there."""
        last = known.get(batch)
        return last is not None and last.mark == marks[batch] and last.files == _listed(self._folder_of(batch))

    def _folder_of(self, batch: str) -> Path:
        return self._folder / batch_folder(batch)

    def _batch(self, batch: str, mark: str, asked: Sequence[str]) -> Known:
        """Write the pages of a batch."""
        folder = self._folder_of(batch)
        folder.mkdir(parents=True, exist_ok=True)
        # The database is open while rows are read and not while pages are written: a load that waits for it goes red.
        with querying(self._settings) as query:
            summary = rows.summary_of(query, batch)
            failing = sum(summary.statuses.get(status, 0) for status in ("fails", "off", "ruled"))
            order = rows.ordered_articles(query, batch, max(MOST_LISTED, failing))
            refused = rows.refused_files(query, batch, MOST_REFUSED)
            there = {path.name for path in folder.iterdir() if PAGE_NAME.fullmatch(path.name)}
            surplus = there - {page_name(article, language) for article in order[:MOST_PAGES] for language in LANGUAGES}
            before = self._with_pages(query, batch, surplus) if surplus else ()
        paged = list(dict.fromkeys([*order[:MOST_PAGES], *before, *asked]))
        self._total += max(0, len(paged) - MOST_PAGES)
        expected = self._articles(batch, folder, paged)
        last = max(1, -(-len(order) // LISTED))
        for number in range(1, last + 1):
            with querying(self._settings) as query:
                some = rows.index_rows(query, batch, order[(number - 1) * LISTED : number * LISTED])
            listing = Listing(
                batch, some, frozenset(paged), number, last, summary.articles, len(order),
                refused if number == 1 else (), summary.refused,
            )  # fmt: skip
            for language in LANGUAGES:
                expected.add(index_name(language, number))
                self._write(folder / index_name(language, number), list_page(listing, language))
        for path in list(folder.iterdir()):
            if path.name not in expected and _is_ours(path.name):
                self._remove(path)
        return Known(mark, _listed(folder), summary)

    def _with_pages(self, query: Query, batch: str, there: set[str]) -> list[str]:
        """The articles of a batch that have pages, which somebody asked for: they stay, and are renewed."""
        ids = query("SELECT article_id FROM articles WHERE batch = ? ORDER BY article_id", [batch])
        return [article for (article,) in ids if page_name(article, "en") in there]

    def _articles(self, batch: str, folder: Path, ids: Sequence[str]) -> set[str]:
        """Write the pages of these articles; their names."""
        expected = set()
        for start in range(0, len(ids), MOST_ARTICLES):
            with querying(self._settings) as query:
                articles = rows.article_rows(query, batch, ids[start : start + MOST_ARTICLES])
            for article in articles:
                for language in LANGUAGES:
                    name = page_name(article.article.article_id, language)
                    expected.add(name)
                    self._write(folder / name, article_page(article, language))
            self._done += len(articles)
            self._tell(self._done, max(self._done, self._total))
        return expected

    def _index_pages(self, batches: Sequence[Summary]) -> None:
        """The pages that lead to all batches, the last name first: of months, the newest."""
        ordered = sorted(batches, key=lambda summary: summary.batch, reverse=True)
        built = [summary for summary in ordered if summary.built]
        urgent = sorted((row for summary in built for row in summary.urgent), key=_urgency)[:MOST_URGENT]
        together = rows.overview(built)
        last = max(1, -(-len(ordered) // BATCHES))
        expected = set()
        for number in range(1, last + 1):
            some = ordered[(number - 1) * BATCHES : number * BATCHES]
            for language in LANGUAGES:
                name = index_name(language, number)
                expected.add(name)
                self._write(self._index.with_name(name), index_page(some, language, together, urgent, number, last))
        for path in list(self._index.parent.glob("index.*.html")):
            if path.name not in expected and _is_ours(path.name):
                self._remove(path)

    def _clear(self, known: set[str]) -> None:
        """Take away the pages of batches that are gone, and those that older versions put beside the folders."""
        with suppress(FileNotFoundError):
            for entry in list(os.scandir(self._folder)):
                path = Path(entry.path)
                if entry.is_file() and PAGE_NAME.fullmatch(entry.name):
                    self._remove(path)
                elif entry.is_dir() and entry.name not in known and names.FOLDER_NAME.fullmatch(entry.name):
                    for page in list(path.iterdir()):
                        if _is_ours(page.name):
                            self._remove(page)
                    with suppress(OSError):  # somebody's own files stay
                        path.rmdir()

    def _write(self, path: Path, text: str) -> None:
        self._written += _write(path, text, self._index.with_name(PART))

    def _remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._removed += 1


def _urgency(row: IndexRow) -> tuple[bool, int, str, str]:
    days = row.published_on.toordinal() if row.published_on else 0
    return status_of(row) != "fails", -days, row.batch, row.article_id


def _is_ours(name: str) -> bool:
    return PAGE_NAME.fullmatch(name) is not None or names.LIST_NAME.fullmatch(name) is not None


def _listed(folder: Path) -> str:
    """A hash over the names of the pages that are there."""
    with suppress(FileNotFoundError):
        there = sorted(entry.name for entry in os.scandir(folder) if _is_ours(entry.name))
        return hashlib.sha256("\0".join(there).encode()).hexdigest()
    return ""


@cache
def _design() -> str:
    """A hash over everything that decides how a page looks."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for path in [*sorted(package.rglob("*.*")), *sorted((package.parent / "messages").glob("*.toml"))]:
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def querying(settings: Settings) -> Iterator[Query]:
    """Answers to SQL from the DuckDB file, as long as the block runs."""
    with warehouse.database(settings.database, read_only=True) as connection:
        yield lambda sql, parameters: connection.execute(sql, list(parameters)).fetchall()


def _write(path: Path, text: str, part: Path) -> bool:
    """Whether the file had to be written; it comes to its place from `part`."""
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return False
    part.write_bytes(data)
    os.replace(part, path)
    return True
