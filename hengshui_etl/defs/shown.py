"""Rows as a person reads them in the Dagster UI: Markdown tables, escaped, and short.

Belongs here: how findings look. Does not belong here: which rows are findings (tables/findings.py).
What articles say is untrusted: nothing of it may become markup, a link or an instruction to the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from hengshui_etl.answers import plain
from hengshui_etl.reading import HIDDEN

MOST_ROWS = 50
MOST_CHARACTERS = 300

_MARKUP = re.compile(r"([\\`*_\[\](){}|~#!@:$^=])|(www)(?=\.)", re.IGNORECASE)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_HIDDEN = re.compile(f"[{HIDDEN}]")


def cell(value: object) -> str:
    """Any value as the text of a Markdown table's cell that shows exactly this text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return number(value)
    text = " ".join(str(value).split())
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS - 1] + "…"
    text = re.sub('[&<>"]', lambda found: _ENTITIES[found[0]], text)
    text = _MARKUP.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}&#8203;", text)
    return _HIDDEN.sub(lambda found: f"U+{ord(found[0]):04X}", text)


def number(value: Decimal) -> str:
    """A number with blanks between thousands, so that 71670000000 can be read."""
    sign, digits = ("-", plain(-value)) if value < 0 else ("", plain(value))
    whole, point, places = digits.partition(".")
    return f"{sign}{int(whole):,}".replace(",", " ") + point + places


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[object]],
    total: int | None = None,
    others: str = "in the table `failed_checks` of the warehouse",
) -> str:
    """A Markdown table; `total` tells how many rows there are if these are only the first, `others` where to find those
    that are left out."""
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    lines += ["| " + " | ".join(map(cell, row)) + " |" for row in rows[:MOST_ROWS]]
    left = (len(rows) if total is None else total) - min(len(rows), MOST_ROWS)
    if left > 0:
        lines += ["", f"… and {left} more: {others}."]
    return "\n".join(lines)


def interval(row: dict[str, Any], side: str) -> str:
    """The `stated` or `computed` interval of a relation, for reading."""
    if not row[side]:
        return "–"
    low, high = row[f"{side}_low"], row[f"{side}_high"]
    if low is not None and low == high:
        return number(low)
    left = "(" if row[f"{side}_low_open"] or low is None else "["
    right = ")" if row[f"{side}_high_open"] or high is None else "]"
    return f"{left}{'−∞' if low is None else number(low)} … {'∞' if high is None else number(high)}{right}"


FAILING = (
    "article",
    "check",
    "severity",
    "what it says",
    "operands",
    "stated",
    "computed",
    "gap",
    "likely mend",
    "sentence",
    "ruling",
)


def first_failing(relations: pl.DataFrame, ruled_on: Collection[tuple[str, str]]) -> pl.DataFrame:
    """As many of these failing relations as a table shows, the worst first, and before all those that nobody has ruled
    on (`ruled_on` by article and relation)."""
    keys = relations.select("article_id", "relation_id").iter_rows()
    ruled = pl.Series("ruled", [key in ruled_on for key in keys], dtype=pl.Boolean)
    ordered = relations.with_columns(ruled).sort("ruled", "severity", "article_id", "relation_nr")
    return ordered.head(MOST_ROWS).drop("ruled")


def failing_table(
    relations: pl.DataFrame,
    texts: Mapping[tuple[str, str], str],
    total: int | None = None,
    rulings: Mapping[tuple[str, str], str] | None = None,
) -> str:
    """The relations that fail: operands as printed (`texts` by article and figure), intervals, sentence, and what was
    ruled on them (`rulings` by article and relation); those that nobody has ruled on first."""
    known = rulings or {}
    rows = []
    for row in first_failing(relations, known).iter_rows(named=True):
        article = row["article_id"]
        operands = ", ".join(f"{texts.get((article, figure), '?')} ({figure})" for figure in row["operands"])
        mend = row["mend_text"] and f"{texts.get((article, row['mend_figure_id']), '?')} → {row['mend_text']}"
        rows.append(
            (
                article,
                row["relation_id"],
                row["severity"],
                row["message_en"],
                operands,
                interval(row, "stated"),
                interval(row, "computed"),
                row["gap"],
                mend,
                row["sentence_text"],
                known.get((article, row["relation_id"])),
            )
        )
    return table(FAILING, rows, len(relations) if total is None else total)
