"""The ledger: what is known to be wrong, what was said of it, and what still has to be delivered where.

Belongs here: a SQLite file, and the rules of announcing (once when new, again when worse, once when resolved) and of
delivering (every message to every channel, tried again until it is taken).
Does not belong here: the words (wording.py), sending (channels.py).

SQLite and not DuckDB: several processes write here at once (the daemon, `run` in a terminal), each a few rows.
What is wrong now is taken down in temporary tables first, batch by batch, and compared there: a batch may have more
findings than memory holds, and while they are read nobody else is kept from writing. A change of what is wrong and the
message about it are one transaction, so that a program that dies in between has either said nothing yet or will say it.
A delivery is claimed before it is tried, so that two processes do not both
make it; a claim that was never settled is free again after a while.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from hengshui_etl.alerts.subjects import Subject

Event = Literal["new", "worse", "resolved"]

CLAIM_S = 120.0
"""Seconds after which a delivery that nobody settled is free again: whoever claimed it is gone."""

FIRST_WAIT_S, LONGEST_WAIT_S = 15.0, 900.0
"""How long a channel that refused is left alone: doubled at every try."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS subjects (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, batch TEXT NOT NULL, article_id TEXT NOT NULL, level TEXT NOT NULL,
    gap TEXT NOT NULL, type TEXT NOT NULL, message_en TEXT NOT NULL, message_zh TEXT NOT NULL, sentence TEXT NOT NULL,
    mend TEXT NOT NULL, since REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS subjects_of_batch ON subjects (batch);
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, made_at REAL NOT NULL, level TEXT NOT NULL, title TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    message INTEGER NOT NULL REFERENCES messages (id), channel TEXT NOT NULL, state TEXT NOT NULL,
    tries INTEGER NOT NULL, next_at REAL NOT NULL, settled_at REAL, PRIMARY KEY (message, channel)
);
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS waiting ON deliveries (state, next_at);
CREATE TEMP TABLE noted (batch TEXT PRIMARY KEY);
CREATE TEMP TABLE found (
    key TEXT PRIMARY KEY, kind TEXT, batch TEXT, article_id TEXT, level TEXT, gap TEXT, type TEXT, message_en TEXT,
    message_zh TEXT, sentence TEXT, mend TEXT, ruled INTEGER
);
CREATE TEMP TABLE changed (event TEXT, key TEXT, kind TEXT, batch TEXT, article_id TEXT);
"""
_SUBJECT = "key, kind, batch, article_id, level, gap, type, message_en, message_zh, sentence, mend"

LOG = "log"
"""The channel where no other is set: the message stands in the ledger, and that is all."""


class Change(NamedTuple):
    """What is to be said of a subject."""

    event: Event
    subject: Subject


class Message(NamedTuple):
    """Words ready to be sent."""

    level: str
    title: str
    body: str


class Delivery(NamedTuple):
    """A message on its way to a channel; `tries` counts those that failed."""

    message_id: int
    channel: str
    tries: int
    message: Message


class Logged(NamedTuple):
    """A message and how far it came: channels that took it, channels still waited for, and channels that are no longer
    set and did not take it before; none of all where none was set."""

    id: int
    made_at: float
    message: Message
    sent: int
    waiting: int
    gone: int


@contextmanager
def ledger(path: Path) -> Iterator[sqlite3.Connection]:
    """The open ledger, made where it is not there. Waits for other writers; raises sqlite3.Error, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
            connection.create_function("is_worse", 4, _is_worse, deterministic=True)
            yield connection
    except sqlite3.Error as error:  # SQLite does not say which file it means
        raise type(error)(f"{path}: {error}") from error


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _is_worse(level: str, gap: str, last_level: str, last_gap: str) -> bool:
    return (level == "error", Decimal(gap)) > (last_level == "error", Decimal(last_gap))


def take_down(connection: sqlite3.Connection, batch: str, subjects: Iterable[Subject]) -> None:
    """Take down everything of some kinds that is wrong in a batch now, for `note`. Where reading the subjects raises,
    nothing of the batch is taken down, so that nothing is said of it."""
    rows = ((*subject[:5], str(subject.gap), *subject[6:]) for subject in subjects)
    connection.execute("BEGIN")
    try:
        connection.execute("INSERT INTO noted VALUES (?)", [batch])
        connection.executemany("INSERT INTO found VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def note(
    connection: sqlite3.Connection,
    kinds: Sequence[str],
    at: float,
    channels: Sequence[str],
    words: Callable[[Iterable[Change]], Sequence[Message]],
) -> int:
    """Bring what is known of these kinds of subjects to what was taken down, in the batches that were, and make the
    messages about the difference, to be delivered to all `channels`. Returns how many messages were made.

    Told is what is new, what is worse than when it was last spoken of, and what is gone; a subject that a reviewer
    ruled on is not spoken of, neither when it comes nor when it goes. `words` is given the changes ordered by kind,
    batch, article, and whether they are resolved.
    """
    try:
        with _transaction(connection):
            _compare(connection, kinds)
            some = connection.execute("SELECT count(*) FROM changed").fetchone() != (0,)
            made = words(_changes(connection)) if some else ()
            connection.execute(
                "DELETE FROM subjects WHERE key IN (SELECT key FROM changed WHERE event = 'resolved')"
                " OR key IN (SELECT key FROM found WHERE ruled)"
            )
            connection.execute(
                f"INSERT OR REPLACE INTO subjects SELECT {_SUBJECT}, ? FROM found"
                " WHERE key IN (SELECT key FROM changed WHERE event != 'resolved')",
                [at],
            )
            for message in made:
                _add(connection, message, at, channels)
    finally:
        for table in ("noted", "found", "changed"):
            connection.execute(f"DELETE FROM temp.{table}")
    return len(made)


def _compare(connection: sqlite3.Connection, kinds: Sequence[str]) -> None:
    """Fill the table of changes."""
    among = ", ".join("?" * len(kinds))
    known = f"(SELECT s.* FROM subjects s JOIN noted USING (batch) WHERE s.kind IN ({among})) AS known"
    connection.execute(
        "INSERT INTO changed SELECT iif(known.key IS NULL, 'new', 'worse'), f.key, f.kind, f.batch, f.article_id"
        f" FROM found f LEFT JOIN {known} USING (key) WHERE NOT f.ruled"
        " AND (known.key IS NULL OR is_worse(f.level, f.gap, known.level, known.gap)) ORDER BY f.rowid",
        kinds,
    )
    connection.execute(
        f"INSERT INTO changed SELECT 'resolved', key, kind, batch, article_id FROM {known}"
        " WHERE key NOT IN (SELECT key FROM found) ORDER BY since, key",
        kinds,
    )


def _changes(connection: sqlite3.Connection) -> Iterator[Change]:
    order = "kind, batch, article_id, event = 'resolved', rowid"
    for event, key in connection.execute(f"SELECT event, key FROM changed ORDER BY {order}"):
        table = "subjects" if event == "resolved" else "found"
        row = connection.execute(f"SELECT {_SUBJECT} FROM {table} WHERE key = ?", [key]).fetchone()
        yield Change(event, Subject._make((*row[:5], Decimal(row[5]), *row[6:], False)))


def _add(connection: sqlite3.Connection, message: Message, at: float, channels: Sequence[str]) -> None:
    cursor = connection.execute(
        "INSERT INTO messages (made_at, level, title, body) VALUES (?, ?, ?, ?)", [at, *message]
    )
    for channel in channels or [LOG]:
        state, settled = ("sent", at) if channel == LOG else ("waiting", None)
        connection.execute(
            "INSERT INTO deliveries VALUES (?, ?, ?, 0, ?, ?)", [cursor.lastrowid, channel, state, at, settled]
        )


def claimed(connection: sqlite3.Connection, at: float, channels: Sequence[str], most: int = 50) -> list[Delivery]:
    """Deliveries to these channels whose time has come, the oldest first; they are now ours to settle."""
    marks = ", ".join("?" * len(channels))
    with _transaction(connection):
        rows = connection.execute(
            "SELECT d.message, d.channel, d.tries, m.level, m.title, m.body FROM deliveries d"
            f" JOIN messages m ON m.id = d.message WHERE d.state = 'waiting' AND d.next_at <= ?"
            f" AND d.channel IN ({marks}) ORDER BY d.message LIMIT ?",
            [at, *channels, most],
        ).fetchall()
        connection.executemany(
            "UPDATE deliveries SET next_at = ? WHERE message = ? AND channel = ?",
            [(at + CLAIM_S, row[0], row[1]) for row in rows],
        )
    return [Delivery(row[0], row[1], row[2], Message(*row[3:6])) for row in rows]


def settle(connection: sqlite3.Connection, delivery: Delivery, taken: bool, at: float) -> None:
    """Record that a channel took a message, or when it is to be tried again."""
    key = [delivery.message_id, delivery.channel]
    if taken:
        connection.execute(
            "UPDATE deliveries SET state = 'sent', settled_at = ? WHERE message = ? AND channel = ?", [at, *key]
        )
    else:
        wait = min(FIRST_WAIT_S * 2 ** min(delivery.tries, 20), LONGEST_WAIT_S)
        connection.execute(
            "UPDATE deliveries SET tries = tries + 1, next_at = ? WHERE message = ? AND channel = ?", [at + wait, *key]
        )


def hand_over(connection: sqlite3.Connection, channels: Sequence[str], at: float) -> None:
    """See to what waits for channels that are not among these, the ones that are set: the address was corrected where
    exactly one channel of the same kind does not have the message yet, and gets it; else it is given up."""
    with _transaction(connection):
        rows = connection.execute("SELECT message, channel FROM deliveries WHERE state = 'waiting'").fetchall()
        for message, old in rows:
            if old in channels:
                continue
            has = {
                name for (name,) in connection.execute("SELECT channel FROM deliveries WHERE message = ?", [message])
            }
            kind = old.rpartition("-")[0]
            new = [name for name in channels if name.rpartition("-")[0] == kind and name not in has]
            if len(new) == 1:
                change, values = "channel = ?, tries = 0, next_at = ?", [new[0], at]
            else:
                change, values = "state = ?, settled_at = ?", ["gone", at]
            connection.execute(
                f"UPDATE deliveries SET {change} WHERE message = ? AND channel = ?", [*values, message, old]
            )


def logged(connection: sqlite3.Connection, most: int, after: int = 0) -> list[Logged]:
    """The newest messages after that number, the newest first, with how far they came."""
    rows = connection.execute(
        "SELECT m.id, m.made_at, m.level, m.title, m.body, sum(d.state = 'sent' AND d.channel != ?),"
        " sum(d.state = 'waiting'), sum(d.state = 'gone')"
        " FROM messages m JOIN deliveries d ON d.message = m.id WHERE m.id > ?"
        " GROUP BY m.id ORDER BY m.id DESC LIMIT ?",
        [LOG, after, most],
    ).fetchall()
    return [Logged(row[0], row[1], Message(*row[2:5]), *row[5:8]) for row in rows]


def mark(connection: sqlite3.Connection, name: str) -> str | None:
    """How far somebody who reads step by step has come, as last set by `set_mark`."""
    row = connection.execute("SELECT value FROM marks WHERE name = ?", [name]).fetchone()
    return None if row is None else str(row[0])


def set_mark(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", [name, value])


def reach(connection: sqlite3.Connection, name: str, numbers: Mapping[str, int]) -> None:
    """Set a mark that holds numbers; none of them goes back, whoever was faster."""
    with _transaction(connection):
        known = {str(key): int(number) for key, number in json.loads(mark(connection, name) or "{}").items()}
        far = {key: max(numbers.get(key, 0), known.get(key, 0)) for key in {**known, **numbers}}
        set_mark(connection, name, json.dumps(far))
