"""What keeps alerts from being told, and what must not: damaged files, rulings that cannot be read, looks at once."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from hengshui_etl import loading, parts
from hengshui_etl.alerts import announce
from hengshui_etl.alerts.announce import Ended, ledger_file
from hengshui_etl.alerts.channels import Channel, read_channels
from hengshui_etl.alerts.ledger import CLAIM_S, Message, claimed, ledger, logged, mark, note, reach, set_mark, take_down
from hengshui_etl.alerts.subjects import job_failure
from hengshui_etl.defs import ended
from hengshui_etl.defs.ended import look
from hengshui_etl.locking import turn
from hengshui_etl.rulings import Ruling, Statement, append_ruling
from hengshui_etl.settings import Settings, read_settings

WRONG = "某市工业情况\n2019年10月16日\n1-9月份，工业企业实现利润23.1亿元，去年同期为21.0亿元，同比增长1.0%。\n"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Two batches of one article each, in each of which the growth is wrong."""
    monkeypatch.delenv("HENGSHUI_ALERT_URLS", raising=False)
    monkeypatch.delenv("HENGSHUI_LANG", raising=False)
    settings = read_settings({"HENGSHUI_HOME": str(tmp_path)})
    for batch in ("a", "b"):
        path = settings.raw / batch / "1.txt"
        path.parent.mkdir(parents=True)
        path.write_text(WRONG, "utf-8")
        loading.list_batch(settings, batch)
        loading.examine_batch(settings, batch)
    return settings


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def end(instance: dg.DagsterInstance, batch: str, how: str) -> str:
    """A run of a batch that ended so; returns its id."""
    run = instance.add_run(
        dg.DagsterRun("load_batch", status=dg.DagsterRunStatus.STARTED, tags={ended.PARTITION: batch})
    )
    if how == "SUCCESS":
        event = dg.DagsterEvent(dg.DagsterEventType.RUN_SUCCESS.value, "load_batch", message="done")
        instance.report_dagster_event(event, run.run_id)
    else:
        report: dict[str, Any] = {"FAILURE": instance.report_run_failed, "CANCELED": instance.report_run_canceled}
        report[how](run, "the disk is full")
    return run.run_id


def titles(settings: Settings) -> list[str]:
    """What was announced, the oldest first."""
    with ledger(ledger_file(settings)) as connection:
        return [entry.message.title for entry in logged(connection, 99)][::-1]


def bodies(settings: Settings) -> str:
    with ledger(ledger_file(settings)) as connection:
        return "\n".join(entry.message.body for entry in logged(connection, 99))


def add(book: sqlite3.Connection, message: Message, at: float, channels: Sequence[str]) -> None:
    """A message that waits, about whatever."""
    about = {message.title: [job_failure(message.title, "")]}
    for job, subjects in about.items():
        take_down(book, job, subjects)
    note(book, ("job",), at, channels, lambda found: [message])


def wrong(batch: str) -> str:
    return f"new: the figures of {batch}/1.txt do not add up"


def test_a_damaged_file_is_told_of_and_keeps_nothing_else_from_being_told(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    file = Path(parts.addresses_of(settings.parquet, "relations", "a")[0])
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    end(instance, "a", "SUCCESS")
    end(instance, "b", "FAILURE")
    look(settings, instance)
    told = [
        "new: the pipeline failed on batch b",
        wrong("b"),
        "new: the Parquet files of batch a cannot be read",
    ]
    assert titles(settings) == told
    assert "hengshui-etl rebuild --batch a" in bodies(settings)
    look(settings, instance)
    assert titles(settings) == told, "once"
    file.write_bytes(whole)
    look(settings, instance)
    told += [wrong("a"), "resolved: the Parquet files of batch a can be read again"]
    assert titles(settings) == told, "also without another run"


def test_rulings_that_cannot_be_read_are_told_of_once_and_make_nothing_new(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    end(instance, "a", "SUCCESS")
    look(settings, instance)
    assert titles(settings) == [wrong("a")]
    settings.rulings.write_text("[[ruling", "utf-8")
    end(instance, "b", "SUCCESS")
    end(instance, "a", "FAILURE")
    look(settings, instance)
    look(settings, instance)
    told = [
        wrong("a"),
        "new: the pipeline failed on batch a",
        "new: rulings.toml cannot be read; until it can, no findings are announced",
    ]
    assert titles(settings) == told
    assert "is not TOML" in bodies(settings)
    settings.rulings.unlink()
    statement = Statement("b/1.txt", "growth", WRONG.splitlines()[-1], ("23.1亿元", "21.0亿元", "1.0%"))
    append_ruling(settings.rulings, Ruling(statement, "false alarm", "r", date(2026, 1, 1), "0"))
    look(settings, instance)
    assert titles(settings) == [
        *told,
        "resolved: rulings.toml can be read again; findings are announced as before",
    ], "what was ruled on meanwhile is not told"
    settings.rulings.unlink()
    look(settings, instance)
    assert titles(settings)[-1] == wrong("b")


def test_findings_that_were_left_are_told_once_the_rulings_are_as_before(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    settings.rulings.write_text("[[ruling", "utf-8")
    end(instance, "b", "SUCCESS")
    look(settings, instance)
    settings.rulings.write_text("", "utf-8")
    look(settings, instance)
    assert wrong("b") in titles(settings)


def test_a_canceled_run_may_have_found_something_and_says_nothing_of_the_pipeline(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    end(instance, "a", "FAILURE")
    look(settings, instance)
    assert "new: the pipeline failed on batch a" in titles(settings)
    before = titles(settings)
    end(instance, "a", "CANCELED")
    run = end(instance, "b", "CANCELED")
    look(settings, instance)
    assert titles(settings) == [*before, wrong("b")]
    assert f"/runs/{run}" in bodies(settings)
    end(instance, "a", "SUCCESS")
    look(settings, instance)
    assert titles(settings)[-1] == "resolved: the pipeline works again on batch a"


def test_a_look_leaves_the_telling_to_another_that_is_under_way(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ended, "PATIENCE_S", 0.1)
    end(instance, "a", "SUCCESS")
    file = ledger_file(settings)
    with turn(file.with_name(f"{file.name}.turn"), time.monotonic() + 1):
        assert look(settings, instance).made == 0
    assert look(settings, instance).made == 1


def test_what_waits_is_delivered_whatever_goes_wrong_before(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HENGSHUI_ALERT_URLS", "json://127.0.0.1:1/")
    (channel,) = read_channels()
    sent: list[str] = []

    def takes(channel: Channel, message: Message) -> bool:
        sent.append(message.title)
        return True

    monkeypatch.setattr(announce, "taken", takes)
    with ledger(ledger_file(settings)) as connection:
        add(connection, Message("info", "waits", ""), time.time(), [channel.name])

    def fails(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(ended, "_ended_runs", fails)
    with pytest.raises(OSError, match="full"):
        look(settings, instance)
    assert sent == ["waits"]


def test_marks_go_forward_only(settings: Settings) -> None:
    with ledger(ledger_file(settings)) as connection:
        reach(connection, "m", {"a": 5, "b": 1})
        reach(connection, "m", {"a": 3, "c": 2})
        assert json.loads(mark(connection, "m") or "") == {"a": 5, "b": 1, "c": 2}
        set_mark(connection, "m", "{}")
        assert mark(connection, "m") == "{}"


def test_each_batch_links_to_its_own_run(settings: Settings) -> None:
    runs = {"a": Ended("run-a", None), "b": Ended("run-b", None)}
    announce.tell(settings, {batch: each.run_id for batch, each in runs.items()}, runs, {}, {})
    with ledger(ledger_file(settings)) as connection:
        links = {
            entry.message.title: entry.message.body.rpartition("/")[2].split("\n")[0] for entry in logged(connection, 9)
        }
    assert links == {wrong("a"): "run-a", wrong("b"): "run-b"}


def test_a_slow_channel_gets_each_message_once_and_in_order(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = [Channel("json-1", "json://a"), Channel("json-2", "json://b")]
    clock = [1000.0]
    sent: list[tuple[str, str]] = []
    with ledger(ledger_file(settings)) as book:
        for title in "xyz":
            add(book, Message("info", title, ""), 0, ["json-1", "json-2"])

        def slow(channel: Channel, message: Message) -> bool:
            """While it sends, another process looks whether there is something to do."""
            clock[0] += CLAIM_S - 1
            assert announce.deliver(settings, channels) == (0, 0), "it is left to the one that is sending"
            sent.append((channel.name, message.title))
            return True

        monkeypatch.setattr(announce, "taken", slow)
        monkeypatch.setattr(announce, "PATIENCE_S", 0.0)
        monkeypatch.setattr(time, "time", lambda: clock[0])
        assert announce.deliver(settings, channels) == (6, 0)
    assert len(set(sent)) == len(sent) == 6
    assert [title for name, title in sent if name == "json-1"] == ["x", "y", "z"]


def test_claims_do_not_grow_old_where_there_are_no_locks(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    channels = [Channel("json-1", "json://a")]
    clock = [1000.0]
    with ledger(ledger_file(settings)) as book:
        for title in "xyz":
            add(book, Message("info", title, ""), 0, ["json-1"])

        def slow(channel: Channel, message: Message) -> bool:
            clock[0] += CLAIM_S - 1
            stolen.extend(each.message.title for each in claimed(book, clock[0], ["json-1"], most=1))
            assert message.title not in stolen
            return True

        stolen: list[str] = []
        monkeypatch.setattr(announce, "taken", slow)
        monkeypatch.setattr(time, "time", lambda: clock[0])
        announce.deliver(settings, channels)
