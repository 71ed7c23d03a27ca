"""The ledger: what is known to be wrong, what was said of it, and what still has to be delivered where.

Belongs here: a SQLite file, and the rules of announcing (once when new, again when worse, once when resolved) and of
delivering (every message to every channel, tried again until it is taken).
Does not belong here: the words (wording.py), sending (channels.py).

SQLite and not DuckDB: several processes write here at once (the daemon, `run` in a terminal), each a few rows.
A change of what is wrong and the message about it are one transaction, so that a program that dies in between has
either said nothing yet or will say it. A delivery is claimed before it is tried, so that two processes do not both
make it; a claim that was never settled is free again after a while.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
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
"""

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


def changes(known: Sequence[Subject], now: Sequence[Subject]) -> list[Change]:
    """What has to be said: of subjects that are new, that are worse than when they were last spoken of, and that are
    gone. A subject that a reviewer ruled on is not spoken of, neither when it comes nor when it goes."""
    before = {subject.key: subject for subject in known}
    here = {subject.key for subject in now}
    said: list[Change] = []
    for subject in now:
        last = before.get(subject.key)
        if subject.ruled:
            continue
        if last is None:
            said.append(Change("new", subject))
        elif (subject.level == "error", subject.gap) > (last.level == "error", last.gap):
            said.append(Change("worse", subject))
    return said + [Change("resolved", subject) for subject in known if subject.key not in here]


def note(
    connection: sqlite3.Connection,
    kinds: Sequence[str],
    now: Mapping[str, Sequence[Subject]],
    at: float,
    channels: Sequence[str],
    words: Callable[[Sequence[Change]], Sequence[Message]],
) -> int:
    """Bring what is known of these kinds of subjects of some batches to what is wrong `now` in each, and make the
    messages about the difference, to be delivered to all `channels`. Returns how many messages were made."""
    with _transaction(connection):
        found = [
            change for batch, subjects in now.items() for change in changes(_known(connection, batch, kinds), subjects)
        ]
        gone = [change.subject.key for change in found if change.event == "resolved"]
        gone += [subject.key for subjects in now.values() for subject in subjects if subject.ruled]
        connection.executemany("DELETE FROM subjects WHERE key = ?", [(key,) for key in gone])
        connection.executemany(
            "INSERT OR REPLACE INTO subjects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(*c.subject[:5], str(c.subject.gap), *c.subject[6:11], at) for c in found if c.event != "resolved"],
        )
        made = words(found) if found else ()
        for message in made:
            _add(connection, message, at, channels)
    return len(made)


def _known(connection: sqlite3.Connection, batch: str, kinds: Sequence[str]) -> list[Subject]:
    marks = ", ".join("?" * len(kinds))
    rows = connection.execute(
        f"SELECT * FROM subjects WHERE batch = ? AND kind IN ({marks}) ORDER BY since, key", [batch, *kinds]
    )
    return [Subject._make((*row[:5], Decimal(row[5]), *row[6:11], False)) for row in rows]


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
