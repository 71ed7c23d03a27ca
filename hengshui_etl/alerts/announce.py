"""Tells of what changed, and delivers.

Belongs here: the order of looking, noting and sending. Does not belong here: which runs ended (defs/ended.py), the
rules of the ledger (ledger.py).

Nothing that is damaged keeps the rest from being told: not a batch whose files cannot be read, not rulings that cannot
be read, and not an error on the way, after which what waits is delivered all the same.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from hengshui_etl.alerts.channels import Channel, read_channels, taken
from hengshui_etl.alerts.ledger import Change, Message, claimed, hand_over, ledger, note, settle, take_down
from hengshui_etl.alerts.subjects import (
    RULINGS,
    Subject,
    damaged,
    job_failure,
    quarantined,
    rulings_failure,
    run_failure,
    subjects_in,
)
from hengshui_etl.alerts.wording import Links, messages_about
from hengshui_etl.locking import Taken, turn
from hengshui_etl.messages import LANGUAGES, Language, Messages, messages
from hengshui_etl.report.build import page_of
from hengshui_etl.report.names import index_name
from hengshui_etl.rulings import Ruling, Statement
from hengshui_etl.settings import Settings

MOST_SENT, SENDING_S = 50, 40.0
"""Deliveries that are made at once, and seconds after which no other is begun: a sensor has a minute for its tick."""

PATIENCE_S = 1.0
"""How long to wait for another process that is sending before all is left to it."""


class Ended(NamedTuple):
    """How the last run of a batch, or of a job that is about no batch, ended: its id, and why it ended red or ought to
    have; None if neither."""

    run_id: str
    cause: str | None


class Announced(NamedTuple):
    """How many messages were made, how many deliveries succeeded, and how many are to be tried again."""

    made: int
    sent: int
    refused: int


Batches = Mapping[str, str | None]
"""Batches to be looked at, each with the run that it was last loaded by, where that is known."""


def ledger_file(settings: Settings) -> Path:
    """Where the ledger lies: with the warehouse that it speaks of."""
    return settings.warehouse / "alerts.sqlite"


def tell(
    settings: Settings,
    batches: Batches,
    ended: Mapping[str, Ended],
    jobs: Mapping[str, Ended],
    rulings: Mapping[Statement, Ruling] | None,
    problem: str = "",
) -> tuple[int, dict[str, str | None]]:
    """Make the messages about what changed: in runs that ended, by batch or, where they have none, by job, and in what
    these batches hold. `rulings` are None where they cannot be read, and `problem` says why: then nothing is said of
    findings, since one that was ruled on would be told as new.

    Returns how many messages were made, and the batches of which something is still to be told, for the next call.
    Raises sqlite3.Error, OSError; then nothing is lost, and the next call tells of it.
    """
    say = messages(language())
    names = [channel.name for channel in read_channels()]
    now = time.time()
    made = 0

    def noted(kinds: Sequence[str], found: Mapping[str, Iterable[Subject]], runs: Batches) -> dict[str, str]:
        """What keeps a batch's subjects from being read, by batch; of the others all is told."""
        nonlocal made

        def words(changes: Iterable[Change]) -> list[Message]:
            return messages_about(changes, say, _links(settings, say, runs))

        broken: dict[str, str] = {}
        with ledger(ledger_file(settings)) as connection:
            for batch, subjects in found.items():
                try:
                    take_down(connection, batch, subjects)
                except sqlite3.Error:
                    raise
                except Exception as error:  # whatever a damaged file makes its readers raise
                    broken[batch] = " ".join(str(error).split()) or type(error).__name__
            made += note(connection, kinds, now, names, words)
        return broken

    failed = {batch: [run_failure(batch, end.cause)] if end.cause is not None else [] for batch, end in ended.items()}
    noted(("run",), failed, {batch: end.run_id for batch, end in ended.items()})
    of_jobs = {job: [job_failure(job, end.cause)] if end.cause is not None else [] for job, end in jobs.items()}
    noted(("job",), of_jobs, {job: end.run_id for job, end in jobs.items()})
    noted(("rulings",), {RULINGS: [rulings_failure(problem)] if rulings is None else []}, {})
    if rulings is None:
        broken = noted(("quarantine",), {batch: quarantined(settings.parquet, batch) for batch in batches}, batches)
    else:
        found = {batch: subjects_in(settings.parquet, batch, rulings) for batch in batches}
        broken = noted(("finding", "quarantine"), found, batches)
    noted(
        ("damaged",), {batch: [damaged(batch, broken[batch])] if batch in broken else [] for batch in batches}, batches
    )
    return made, {batch: run for batch, run in batches.items() if rulings is None or batch in broken}


def deliver(settings: Settings, channels: Sequence[Channel]) -> tuple[int, int]:
    """Send what waits for these channels; how many deliveries were taken and how many were not. Where another process
    is sending, it is left to that one."""
    file = ledger_file(settings)
    if not channels or not file.exists():
        return 0, 0
    try:
        with turn(file.with_name(f"{file.name}.sending"), time.monotonic() + PATIENCE_S), ledger(file) as connection:
            hand_over(connection, [channel.name for channel in channels], time.time())
            return _sent(connection, {channel.name: channel for channel in channels})
    except Taken:
        return 0, 0


def _sent(connection: sqlite3.Connection, channels: Mapping[str, Channel]) -> tuple[int, int]:
    """Send one after another, each claimed when its turn has come, so that no claim grows old while others are sent."""
    results: list[bool] = []
    down: set[str] = set()
    until = time.monotonic() + SENDING_S
    while len(results) < MOST_SENT and time.monotonic() < until:
        due = claimed(connection, time.time(), list(channels), most=1)
        if not due:
            break
        (delivery,) = due
        # A channel that has just refused is not knocked at again: what waits for it has its next time.
        ok = delivery.channel not in down and taken(channels[delivery.channel], delivery.message)
        if not ok:
            down.add(delivery.channel)
        settle(connection, delivery, ok, time.time())
        results.append(ok)
    return sum(results), len(results) - sum(results)


def language() -> Language:
    """The language of alerts: HENGSHUI_LANG, else English."""
    chosen = os.environ.get("HENGSHUI_LANG") or "en"
    return chosen if chosen in LANGUAGES else "en"


def _links(settings: Settings, say: Messages, runs: Batches) -> Links:
    """Addresses for readers: of the files themselves, unless HENGSHUI_REPORT_URL and HENGSHUI_UI_URL say otherwise."""
    report = os.environ.get("HENGSHUI_REPORT_URL", "").rstrip("/")
    report = report or (settings.warehouse / "report").absolute().as_uri()
    ui = os.environ.get("HENGSHUI_UI_URL", "").rstrip("/") or "http://127.0.0.1:3000"

    def run_of(batch: str) -> str | None:
        return f"{ui}/runs/{run}" if (run := runs.get(batch)) else None

    return Links(
        report=f"{report}/{index_name(say.language)}",
        report_of=lambda article: f"{report}/{page_of(settings, article, say.language)}",
        run_of=run_of,
    )
