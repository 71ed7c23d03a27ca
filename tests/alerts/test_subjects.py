"""What is the same subject tomorrow, seen from articles that are edited."""

from __future__ import annotations

from pathlib import Path

import pytest

from hengshui_etl import loading
from hengshui_etl.alerts.announce import ledger_file
from hengshui_etl.alerts.ledger import Change, ledger, note, take_down
from hengshui_etl.alerts.subjects import Subject, subjects_in
from hengshui_etl.settings import Settings, read_settings

BOTH = (
    "某市工业情况\n2019年10月16日\n1-9月份，工业企业实现利润23.1亿元，去年同期为21.0亿元，同比增长1.0%，"
    "实现税收46.2亿元，去年同期为42.0亿元，同比增长2.0%。\n"
)
SECOND = BOTH.replace("增长1.0%", "增长10.0%")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"HENGSHUI_HOME": str(tmp_path)})


def found(settings: Settings, text: str) -> list[Subject]:
    """What is wrong once the only article of the only batch reads so."""
    path = settings.raw / "a" / "1.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    loading.list_batch(settings, "a")
    loading.examine_batch(settings, "a")
    return list(subjects_in(settings.warehouse, "a", {}))


def told(settings: Settings, now: list[Subject]) -> list[Change]:
    """What is told once this is wrong."""
    said: list[Change] = []
    with ledger(ledger_file(settings)) as connection:
        take_down(connection, "a", now)
        note(connection, ("finding",), 0, ["c"], lambda changes: said.extend(changes) or [])  # type: ignore[func-returns-value]
    return said


def test_of_two_failures_of_a_sentence_the_one_that_was_corrected_is_resolved(settings: Settings) -> None:
    before = found(settings, BOTH)
    assert len(before) == 2
    assert len({subject.sentence for subject in before}) == len({subject.type for subject in before}) == 1
    told(settings, before)
    after = found(settings, SECOND)
    ((event, resolved),) = told(settings, after)
    assert (event, resolved.message_en) == ("resolved", before[0].message_en)
    assert "23.1" in resolved.message_en


def test_other_digits_are_the_same_finding(settings: Settings) -> None:
    first, second = found(settings, BOTH), found(settings, BOTH.replace("2.0%", "3.0%").replace("1.0%", "11.5%"))
    assert [subject.key for subject in first] == [subject.key for subject in second]
