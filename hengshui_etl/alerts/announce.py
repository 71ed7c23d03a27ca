"""Tells of what changed, and delivers.

Belongs here: the order of looking, noting and sending. Does not belong here: which runs ended (defs/ended.py), the
rules of the ledger (ledger.py).
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from hengshui_etl.alerts.channels import Channel, read_channels, taken
from hengshui_etl.alerts.ledger import Change, Message, claimed, ledger, note, settle
from hengshui_etl.alerts.subjects import job_failure, run_failure, subjects_in
from hengshui_etl.alerts.wording import Links, messages_about
from hengshui_etl.messages import LANGUAGES, Language, Messages, messages
from hengshui_etl.report.pages import index_name, page_name
from hengshui_etl.rulings import read_rulings
from hengshui_etl.settings import Settings


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


def ledger_file(settings: Settings) -> Path:
    """Where the ledger lies: with the warehouse that it speaks of."""
    return settings.warehouse / "alerts.sqlite"


def announce(
    settings: Settings, batches: Sequence[str], ended: Mapping[str, Ended], jobs: Mapping[str, Ended] | None = None
) -> Announced:
    """Tell of what changed in these batches and in runs that ended, by batch or, where they have none, by job, and
    deliver whatever waits.

    Raises RulingsInvalid, sqlite3.Error, OSError; then nothing is lost, and the next call tells of it.
    """
    say = messages(language())
    rulings = read_rulings(settings.rulings)
    channels = read_channels()
    names = [channel.name for channel in channels]
    found = {batch: subjects_in(settings.warehouse, batch, rulings) for batch in batches}
    failures = {batch: [run_failure(batch, end.cause)] if end.cause is not None else [] for batch, end in ended.items()}
    of_jobs = {job: [job_failure(job, end.cause)] if end.cause is not None else [] for job, end in (jobs or {}).items()}
    runs = {end.run_id for end in (*ended.values(), *(jobs or {}).values())}
    links = _links(settings, say, next(iter(runs)) if len(runs) == 1 else None)

    def words(changes: Sequence[Change]) -> list[Message]:
        return messages_about(changes, say, links)

    with ledger(ledger_file(settings)) as connection:
        now = time.time()
        made = note(connection, ("finding", "quarantine"), found, now, names, words)
        made += note(connection, ("run",), failures, now, names, words)
        made += note(connection, ("job",), of_jobs, now, names, words)
    sent, refused = deliver(settings, channels)
    return Announced(made, sent, refused)


def deliver(settings: Settings, channels: Sequence[Channel]) -> tuple[int, int]:
    """Send what waits for these channels; how many deliveries were taken and how many were not."""
    if not channels or not ledger_file(settings).exists():
        return 0, 0
    by_name = {channel.name: channel for channel in channels}
    results: list[bool] = []
    with ledger(ledger_file(settings)) as connection:
        down: set[str] = set()
        for delivery in claimed(connection, time.time(), list(by_name)):
            # A channel that has just refused is not knocked at again: what waits for it has its next time.
            ok = delivery.channel not in down and taken(by_name[delivery.channel], delivery.message)
            if not ok:
                down.add(delivery.channel)
            settle(connection, delivery, ok, time.time())
            results.append(ok)
    return sum(results), len(results) - sum(results)


def language() -> Language:
    """The language of alerts: HENGSHUI_LANG, else English."""
    chosen = os.environ.get("HENGSHUI_LANG") or "en"
    return chosen if chosen in LANGUAGES else "en"


def _links(settings: Settings, say: Messages, run_id: str | None) -> Links:
    """Addresses for readers: of the files themselves, unless HENGSHUI_REPORT_URL and HENGSHUI_UI_URL say otherwise."""
    report = os.environ.get("HENGSHUI_REPORT_URL", "").rstrip("/")
    report = report or (settings.warehouse / "report").absolute().as_uri()
    ui = os.environ.get("HENGSHUI_UI_URL", "").rstrip("/") or "http://127.0.0.1:3000"
    return Links(
        report=f"{report}/{index_name(say.language)}",
        report_of=lambda article: f"{report}/articles/{page_name(article, say.language)}",
        run=run_id and f"{ui}/runs/{run_id}",
    )
