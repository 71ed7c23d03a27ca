"""The failing relations of a check, gathered segment by segment: counted all, kept as many as are shown.

Belongs here: what memory they may take, and what was ruled on them. Does not belong here: which relations fail
(tables/findings.py), what a check says of them (checks.py), how they look (shown.py).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from hengshui_etl import parts
from hengshui_etl.defs import shown
from hengshui_etl.rulings import Ruling, RulingsInvalid, Statement, read_rulings, ruling_of
from hengshui_etl.settings import Settings
from hengshui_etl.tables.findings import named_figures

Rulings = dict[tuple[str, str], Ruling]
"""Rulings by article and relation."""

Texts = dict[tuple[str, str], str]
"""Figures as printed, by article and figure."""


def rulings_of(settings: Settings) -> Mapping[Statement, Ruling]:
    """All rulings; nothing where the file cannot be read, which has its own check."""
    try:
        return read_rulings(settings.rulings)
    except (RulingsInvalid, OSError):
        return {}


def rulings_on(rulings: Mapping[Statement, Ruling], relations: pl.DataFrame, texts: Texts) -> Rulings:
    """What was ruled on these relations."""
    found: Rulings = {}
    for row in relations.iter_rows(named=True) if rulings else ():
        article = row["article_id"]
        figures = [texts.get((article, figure), "?") for figure in row["operands"]]
        if (ruling := ruling_of(rulings, article, row["type"], row["sentence_text"], figures)) is not None:
            found[article, row["relation_id"]] = ruling
    return found


def texts_of(relations: pl.DataFrame, figures: pl.DataFrame) -> Texts:
    """The printed characters of the figures that these relations name, by article and figure."""
    named = named_figures(relations, figures).select("article_id", "figure_id", "text")
    return {(article, figure): text for article, figure, text in named.iter_rows()}


class Failures(NamedTuple):
    """The failing relations of a check, so many of so many articles, and as many of them as are shown, with their
    figures as printed and what was ruled on them."""

    rows: pl.DataFrame
    texts: Texts
    rulings: Rulings
    failed: int = 0
    ruled: int = 0
    articles: int = 0

    def and_those(self, failed: pl.DataFrame, texts: Texts, rulings: Rulings) -> Failures:
        """With the failing relations of further articles."""
        ruled_on, printed = ChainMap(rulings, self.rulings), ChainMap(texts, self.texts)
        first = shown.first_failing(pl.concat([self.rows, failed]), ruled_on)
        columns = first.select("article_id", "operands", "mend_figure_id").iter_rows()
        figures = [(article, figure) for article, operands, mended in columns for figure in (*operands, mended)]
        return Failures(
            first,
            {key: printed[key] for key in figures if key in printed},
            {key: ruled_on[key] for key in _keys(first) if key in ruled_on},
            self.failed + len(failed),
            self.ruled + sum(key in rulings for key in _keys(failed)),
            self.articles + failed["article_id"].n_unique(),
        )


def _keys(relations: pl.DataFrame) -> list[tuple[str, str]]:
    return relations.select("article_id", "relation_id").rows()


def no_failures() -> Failures:
    """Where nothing fails."""
    return Failures(parts.empty("relations"), {}, {})
