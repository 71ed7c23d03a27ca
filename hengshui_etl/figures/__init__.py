"""Sentences to figures: every stated quantity with its value, unit, meaning and place in the source."""

from __future__ import annotations

from hengshui_etl.figures.extract import Grid, Reading, read
from hengshui_etl.records import Article, Figure

__all__ = ["Grid", "Reading", "read", "read_figures"]


def read_figures(article: Article) -> tuple[Figure, ...]:
    """All figures of an article, in reading order."""
    return read(article).figures
