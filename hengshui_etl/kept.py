"""Rows that are kept from before: an article whose bytes did not change is not examined again by the same code.

Belongs here: which articles of a segment those are, and their rows. Does not belong here: segments that are kept as a
whole (staging.py), examining the others (examining.py), putting both together (segments.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from hengshui_etl import parts
from hengshui_etl.examining import Item
from hengshui_etl.parts import Place, State

_MARK = ("sha256", "record_nr", "url", "published_given")


class Kept:
    """The rows that are stored of a batch, if the same code made them; otherwise it keeps nothing."""

    def __init__(self, place: Place, batch: str, tables: Sequence[str], before: State | None, code: str) -> None:
        self._place, self._batch = place, batch
        self._tables = [table for table in tables if table != "quarantine"]
        self._before = before if before is not None and before.code == code else None

    def rows(self, items: Sequence[Item]) -> dict[str, pl.DataFrame] | None:
        """The rows of these items, which follow each other, in every table, where they would be the same again; None
        where there are none. Only the segments are read that may hold one of them."""
        if self._before is None:
            return None
        try:
            there = self._of("articles", [item.article_id for item in items], items)
            marks = {article: tuple(mark) for article, *mark in there.select("article_id", *_MARK).iter_rows()}
            same = [item.article_id for item in items if item.mark[0] and marks.get(item.article_id) == item.mark]
            return {table: self._of(table, same, items) for table in self._tables} if same else None
        except (OSError, ValueError):  # a damaged file: what it held is made anew
            return None

    def _of(self, table: str, articles: Sequence[str], items: Sequence[Item]) -> pl.DataFrame:
        return parts.read_articles(self._place, table, self._batch, articles, items[0].key, items[-1].key)
