"""Rulings in the warehouse: the table `rulings` of the DuckDB file, kept equal to `rulings.toml`.

Belongs here: writing and reading that table, and which batches a change of the file is about.
Does not belong here: the file itself (rulings.py), the views that join rulings with findings (tables/views.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hengshui_etl.rulings import Ruling, Statement, read_rulings
from hengshui_etl.settings import Settings
from hengshui_etl.warehouse import database, loaded_batches, query


class Stale(NamedTuple):
    """A ruling that is no longer about what it was made on. `why` is article_gone, text_changed or nothing_fails;
    `applies` says that its statement fails all the same."""

    article_id: str
    type: str
    sentence: str
    ruling: str
    reason: str
    why: str
    applies: bool


def refresh(settings: Settings) -> bool:
    """Bring the table to what the file says; returns False, and writes nothing, where it is so already or there is no
    database yet. Raises RulingsInvalid, WarehouseBusy, OSError."""
    wanted = sorted(read_rulings(settings.rulings).values())
    if not loaded_batches(settings.database) or set(wanted) == set(rulings_in(settings.database)):
        return False
    with database(settings.database) as connection:
        connection.execute("BEGIN")
        connection.execute("DELETE FROM rulings")
        for statement, *ruled in wanted:
            values = [*statement[:3], list(statement.figures), *ruled]
            connection.execute("INSERT INTO rulings VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        connection.execute("COMMIT")
    return True


def rulings_in(path: Path) -> list[Ruling]:
    """The rulings that the DuckDB file holds; none if there is no such file."""
    if not loaded_batches(path):
        return []
    sql = "SELECT article_id, type, sentence_text, figures, ruling, reason, ruled_on, sha256 FROM rulings ORDER BY ALL"
    return [Ruling(Statement(row[0], row[1], row[2], tuple(row[3])), *row[4:]) for row in query(path, sql)[1]]


def batches_ruled_otherwise(path: Path, rulings: Sequence[Ruling]) -> set[str]:
    """The batches with articles of which the DuckDB file holds other rulings than these."""
    others = {ruling.statement.article_id for ruling in set(rulings_in(path)) ^ set(rulings)}
    if not others or not loaded_batches(path):
        return set()
    sql = "SELECT DISTINCT batch FROM articles WHERE article_id IN (SELECT unnest(?))"
    return {batch for (batch,) in query(path, sql, [sorted(others)])[1]}


def stale_rulings(path: Path) -> list[Stale]:
    """The rulings that somebody should look at again; none if there is no database."""
    if not loaded_batches(path):
        return []
    sql = "SELECT article_id, type, sentence_text, ruling, reason, why, applies FROM stale_rulings"
    return [Stale(*row) for row in query(path, sql)[1]]
