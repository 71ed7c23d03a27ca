"""Rows that are kept from before: an article whose bytes did not change is not examined again by the same code.

Belongs here: which articles those are, and their rows, read in order. Does not belong here: examining the others
(examining.py), writing (warehouse.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from hengshui_etl import warehouse


class Kept:
    """The rows that the warehouse holds of a batch, if the same code made them; otherwise it keeps nothing.

    Files are listed in one order, and rows lie in that order, so that asking for articles in order reads every Parquet
    file once; asking backwards begins anew.
    """

    def __init__(self, folder: Path, batch: str, tables: Sequence[str], code: str) -> None:
        self._folder, self._batch = folder, batch
        self._tables = [table for table in tables if table != "quarantine"]
        self._rank: dict[str, int] = {}
        self._marks: dict[str, tuple[str | None, int, str | None, str | None]] = {}
        self._cursors: dict[str, _Cursor] = {}
        stored = [warehouse.stored(folder, table, batch) for table in tables]
        if any(each is None or each.code != code for each in stored):
            return
        if len({each.fingerprint for each in stored if each is not None}) != 1:
            return
        columns = ["article_id", "sha256", "record_nr", "url", "published_given"]
        for chunk in warehouse.read_chunks(folder, "articles", batch, columns):
            for article, *mark in chunk.iter_rows():
                self._rank[article] = len(self._rank)
                self._marks[article] = (mark[0], mark[1], mark[2], mark[3])

    def has(self, article_id: str, mark: tuple[str | None, int, str | None, str | None]) -> bool:
        """Whether the rows of this article were made from this: the hash of its bytes and, of a record in a file of
        many articles, its number, address and day."""
        return mark[0] is not None and self._marks.get(article_id) == mark

    def rows(self, articles: Sequence[str]) -> dict[str, pl.DataFrame]:
        """The rows of these articles in every table, in the order in which they lie."""
        ranks = [self._rank[article] for article in articles]
        low, high = min(ranks), max(ranks)
        found: dict[str, pl.DataFrame] = {}
        for table in self._tables:
            cursor = self._cursors.get(table)
            if cursor is None or cursor.passed > low:
                chunks = warehouse.read_chunks(self._folder, table, self._batch)
                cursor = self._cursors[table] = _Cursor(chunks, self._rank)
            rows = pl.concat([warehouse.empty(table), *cursor.between(low, high)])
            found[table] = rows.filter(pl.col("article_id").is_in(list(articles)))
        return found


class _Cursor:
    """Chunks of a table read forwards; `passed` is the rank below which they were let go."""

    def __init__(self, chunks: Iterator[pl.DataFrame], rank: Mapping[str, int]) -> None:
        self._chunks, self._rank = chunks, rank
        self._held: list[tuple[int, pl.DataFrame]] = []  # rank of the last article of a chunk
        self._ended = False
        self.passed = 0

    def between(self, low: int, high: int) -> list[pl.DataFrame]:
        """The chunks that may hold articles of these ranks."""
        self._held = [(last, chunk) for last, chunk in self._held if last >= low]
        self.passed = low
        while not self._ended and (not self._held or self._held[-1][0] < high):
            chunk = next(self._chunks, None)
            if chunk is None:
                self._ended = True
            elif len(chunk) and (last := self._rank[chunk["article_id"][-1]]) >= low:
                self._held.append((last, chunk))
        return [chunk for _, chunk in self._held]


def merged(
    kept: Mapping[str, pl.DataFrame], new: Mapping[str, pl.DataFrame], order: Sequence[str]
) -> dict[str, pl.DataFrame]:
    """Rows kept and rows made, in the order of their articles."""
    rank = {article: n for n, article in enumerate(order)}
    found = dict(new)
    for table, rows in kept.items():
        both = pl.concat([rows, new[table]])
        by = pl.Series([rank[article] for article in both["article_id"]], dtype=pl.Int64)
        found[table] = both.sort(by, maintain_order=True)
    return found
