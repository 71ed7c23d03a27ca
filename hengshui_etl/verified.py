"""What verification found: what was looked at, and what differs, the first ones in words and all of them counted.

Belongs here: differences and their kinds. Does not belong here: looking for them (verify.py), words for people
(messages/).
"""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple

Kind = Literal["raw", "version", "parquet", "rows", "verdict", "database", "rulings"]
"""What differs: the raw files from the list of them; the program from the one that made the tables; a Parquet file from
one that can be used; rows from a new examination; a verdict from its operands; DuckDB from Parquet; rulings from their
file."""

MOST = 100
"""Differences that are told one by one; all are counted."""

MOST_CHARACTERS = 80


class Difference(NamedTuple):
    """One thing that is not as it should be. `article` and `row` are empty where it is about a table as a whole."""

    kind: Kind
    table: str
    batch: str
    article: str
    row: str
    column: str
    stored: str
    expected: str


class Verified(NamedTuple):
    """What was looked at, and what differs: the first ones, and how many there are of each kind and batch."""

    batches: tuple[str, ...]
    files: int
    examined: int
    verdicts: int
    rows: int
    differences: tuple[Difference, ...]
    counts: dict[tuple[Kind, str], int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class Found:
    """What one batch, or several, came to."""

    def __init__(self) -> None:
        self.files = self.examined = self.verdicts = self.rows = 0
        self.differences: list[Difference] = []
        self.counts: Counter[tuple[Kind, str]] = Counter()

    def add(
        self, kind: Kind, table: str, batch: str, *, article: str = "", row: str = "", column: str = "",
        stored: object = "", expected: object = "", times: int = 1,
    ) -> None:  # fmt: skip
        self.counts[kind, batch] += times
        if len(self.differences) < MOST:
            said = _cut(stored, expected)
            self.differences.append(Difference(kind, table, batch, article, row, column, *said))

    def take(self, other: Found) -> None:
        """Add what another batch came to."""
        self.files += other.files
        self.examined += other.examined
        self.verdicts += other.verdicts
        self.rows += other.rows
        self.differences += other.differences[: MOST - len(self.differences)]
        self.counts += other.counts


def _cut(stored: object, expected: object) -> tuple[str, str]:
    """Both as text; long ones around the place where they begin to differ."""
    texts = ["none" if value is None else str(value) for value in (stored, expected)]
    if max(map(len, texts)) <= MOST_CHARACTERS:
        return texts[0], texts[1]
    same = next((i for i, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    start = max(0, same - MOST_CHARACTERS // 2)

    def cut(text: str) -> str:
        end = start + MOST_CHARACTERS
        return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")

    return cut(texts[0]), cut(texts[1])
