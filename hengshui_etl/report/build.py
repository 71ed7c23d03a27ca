"""The files of the report: which there are, and how they come to be there.

Belongs here: writing pages and taking away those of articles that are gone.
Does not belong here: what a page shows (pages.py), the queries (rows.py).

A file is written under a temporary name and renamed, and only where its content changes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from hengshui_etl import warehouse
from hengshui_etl.locking import turn
from hengshui_etl.messages import LANGUAGES
from hengshui_etl.report.pages import PAGE_NAME, article_page, index_name, index_page, page_name
from hengshui_etl.report.rows import Query, article_rows, index_rows, overview, refused_files
from hengshui_etl.settings import Settings

TURN_S = 3600.0
"""Seconds to wait for another report to be written."""

MOST_ARTICLES = 200
"""Articles that are held in memory at a time."""


class Built(NamedTuple):
    """Where the report begins, how many articles it has, and how many files were written or taken away."""

    page: Path
    articles: int
    written: int
    removed: int


def report_index(settings: Settings) -> Path:
    """The page where the report begins."""
    return settings.warehouse / "report" / index_name("en")


def build_report(
    settings: Settings,
    batches: Sequence[str] | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Built:
    """Bring the report to what the DuckDB file holds: the index, the pages of these batches (None: of all), and pages
    of others that are not there yet. Raises WarehouseBusy or OSError; then what was written before stays."""
    index = report_index(settings)
    folder = index.parent / "articles"
    folder.mkdir(parents=True, exist_ok=True)
    # One at a time: who ends last has seen what the others loaded, and takes nobody's pages away.
    with turn(settings.warehouse / ".report.turn", time.monotonic() + TURN_S):
        return _brought_up_to_date(settings, index, folder, batches, on_progress)


def _brought_up_to_date(
    settings: Settings,
    index: Path,
    folder: Path,
    batches: Sequence[str] | None,
    on_progress: Callable[[int, int], None],
) -> Built:
    """The database is open while rows are read and not while pages are written: a load that waits for it goes red."""
    with _querying(settings) as query:
        rows, refused, together = index_rows(query), refused_files(query), overview(query)
    names = {row.article_id: [page_name(row.article_id, language) for language in LANGUAGES] for row in rows}
    wanted = [
        row.article_id
        for row in rows
        if batches is None
        or row.batch in batches
        or not all((folder / name).exists() for name in names[row.article_id])
    ]
    written = 0
    for start in range(0, len(wanted), MOST_ARTICLES):
        with _querying(settings) as query:
            articles = list(article_rows(query, wanted[start : start + MOST_ARTICLES]))
        for article in articles:
            for language, name in zip(LANGUAGES, names[article.article.article_id], strict=True):
                written += _write(folder / name, article_page(article, language))
        on_progress(min(start + MOST_ARTICLES, len(wanted)), len(wanted))
    for language in LANGUAGES:
        written += _write(index.with_name(index_name(language)), index_page(rows, refused, language, together))
    gone = list(_pages_without_article(folder, {name for each in names.values() for name in each}))
    for page in gone:
        page.unlink(missing_ok=True)
    return Built(index, len(rows), written, len(gone))


@contextmanager
def _querying(settings: Settings) -> Iterator[Query]:
    """Answers to SQL from the DuckDB file, as long as the block runs."""
    with warehouse.database(settings.database, read_only=True) as connection:
        yield lambda sql, parameters: connection.execute(sql, list(parameters)).fetchall()


def _pages_without_article(folder: Path, known: set[str]) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.name not in known and PAGE_NAME.fullmatch(path.name))


def _write(path: Path, text: str) -> bool:
    """Whether the file had to be written."""
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return False
    part = path.with_name(f".{token_hex(8)}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return True
