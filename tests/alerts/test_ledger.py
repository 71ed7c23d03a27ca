"""What is said when: the rules of the ledger, without Dagster and without a network."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from hengshui_etl.alerts import ledger as ledgers
from hengshui_etl.alerts.ledger import (
    CLAIM_S,
    FIRST_WAIT_S,
    Change,
    Message,
    claimed,
    hand_over,
    ledger,
    logged,
    note,
    settle,
    take_down,
)
from hengshui_etl.alerts.subjects import Subject, job_failure
from hengshui_etl.alerts.wording import MOST_MESSAGES, Links, messages_about
from hengshui_etl.messages import messages

KINDS = ("finding",)
LINKS = Links(
    "file:///report/index.html", lambda article: f"file:///report/{article}.html", {"b": "http://ui/runs/1"}.get
)


def subject(key: str = "k", level: str = "error", gap: int = 5, *, ruled: bool = False, **fields: str) -> Subject:
    words = {"message_en": "1 + 1 = 2, not 3", "message_zh": "1 + 1 = 2，不是3", "sentence": "共3个。"} | fields
    made = Subject(key, "finding", "b", f"b/{key}.txt", "error", Decimal(gap), "sum", "", "", ruled=ruled)
    return made._replace(level="error" if level == "error" else "warning", **words)  # type: ignore[arg-type]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with ledger(tmp_path / "alerts.sqlite") as connection:
        yield connection


def noted(
    book: sqlite3.Connection,
    kinds: Sequence[str],
    now: Mapping[str, Iterable[Subject]],
    words: Callable[[Iterable[Change]], Sequence[Message]],
    at: float = 0,
    channels: Sequence[str] = ("c",),
) -> None:
    """The ledger once this is wrong in these batches."""
    for batch, subjects in now.items():
        take_down(book, batch, subjects)
    note(book, kinds, at, channels, words)


def add(book: sqlite3.Connection, message: Message, at: float, channels: Sequence[str]) -> None:
    """A message that waits, about whatever."""
    about = {message.title: [job_failure(message.title, "")]}
    noted(book, ("job",), about, lambda found: [message], at, channels)


def told(book: sqlite3.Connection, *now: Subject, at: float = 0, channels: Sequence[str] = ("c",)) -> list[str]:
    """What is said once this is wrong: event and key of each change."""
    said = changes(book, *now, at=at, channels=channels)
    return [f"{event} {subject.key}" for event, subject in said]


def changes(book: sqlite3.Connection, *now: Subject, at: float = 0, channels: Sequence[str] = ("c",)) -> list[Change]:
    """The same, whole."""
    said: list[Change] = []

    def words(found: Iterable[Change]) -> list[Message]:
        said.extend(found)
        return [Message("error", f"{event} {subject.key}", "") for event, subject in said]

    noted(book, KINDS, {"b": now}, words, at, channels)
    return said


def test_once_when_new_and_once_when_resolved(book: sqlite3.Connection) -> None:
    assert told(book, subject()) == ["new k"]
    assert told(book, subject()) == []
    assert told(book) == ["resolved k"]
    assert told(book) == []
    assert told(book, subject()) == ["new k"]


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        (("warning", 1), ("error", 1), ["worse k"]),
        (("error", 5), ("error", 6), ["worse k"]),
        (("error", 5), ("error", 5), []),
        (("error", 5), ("error", 4), []),
        (("error", 5), ("warning", 9), []),
    ],
)
def test_again_when_worse(
    book: sqlite3.Connection, first: tuple[str, int], then: tuple[str, int], said: list[str]
) -> None:
    told(book, subject("k", *first))
    assert told(book, subject("k", *then)) == said


def test_a_ruling_silences_what_is_and_what_was_wrong(book: sqlite3.Connection) -> None:
    assert told(book, subject(ruled=True)) == []
    assert told(book, subject()) == ["new k"]
    assert told(book, subject(ruled=True)) == []
    assert told(book) == []  # nothing was open any more
    assert told(book, subject()) == ["new k"]


def test_other_batches_and_kinds_are_left_alone(book: sqlite3.Connection) -> None:
    told(book, subject())
    noted(book, ("run",), {"b": ()}, lambda found: pytest.fail("it is of another kind"))
    noted(book, KINDS, {"other": ()}, lambda found: pytest.fail("it is of another batch"))
    assert told(book) == ["resolved k"]


def test_a_program_that_dies_while_it_finds_words_has_said_nothing(book: sqlite3.Connection) -> None:
    def dies(found: Iterable[Change]) -> list[Message]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        noted(book, KINDS, {"b": [subject()]}, dies)
    assert logged(book, 9) == []
    assert told(book, subject()) == ["new k"]


def test_of_a_batch_that_cannot_be_read_to_its_end_nothing_is_said(book: sqlite3.Connection) -> None:
    told(book, subject("before"))

    def broken() -> Iterator[Subject]:
        yield subject()
        raise OSError("a damaged file")

    with pytest.raises(OSError, match="a damaged file"):
        take_down(book, "b", broken())
    note(book, KINDS, 0, ["c"], lambda found: pytest.fail(f"told: {list(found)}"))
    assert told(book, subject("before"), subject()) == ["new k"]


def test_who_reads_findings_keeps_nobody_from_writing(book: sqlite3.Connection, tmp_path: Path) -> None:
    def reading() -> Iterator[Subject]:
        yield subject()
        with ledger(tmp_path / "alerts.sqlite") as other:
            other.execute("PRAGMA busy_timeout = 0")
            assert told(other, subject("of another process")) == ["new of another process"]

    take_down(book, "c", reading())
    said: list[Change] = []
    note(book, KINDS, 0, ["c"], lambda found: said.extend(found) or [])  # type: ignore[func-returns-value]
    assert [change.subject.key for change in said] == ["k"]


def test_changes_come_by_article_and_what_is_resolved_behind_the_rest(book: sqlite3.Connection) -> None:
    gone, here, later = (
        subject(key)._replace(article_id=f"b/{n}.txt") for n, key in ((1, "gone"), (1, "here"), (2, "z"))
    )
    told(book, gone)
    assert told(book, later, here) == ["new here", "resolved gone", "new z"]


def test_a_delivery_is_claimed_by_one_and_free_again_when_it_was_never_settled(book: sqlite3.Connection) -> None:
    add(book, Message("info", "t", "b"), 0, ["c"])
    (delivery,) = claimed(book, 1, ["c"])
    assert claimed(book, 2, ["c"]) == []
    assert claimed(book, 1 + CLAIM_S, ["c"]) == [delivery]


def test_a_channel_that_refuses_is_tried_again_ever_later_and_nothing_is_forgotten(book: sqlite3.Connection) -> None:
    add(book, Message("info", "t", "b"), 0, ["up", "down"])
    now, waits = 0.0, []
    for delivery in claimed(book, now, ["up", "down"]):
        settle(book, delivery, delivery.channel == "up", now)
    for _ in range(12):
        last, step = now, 1.0
        while not (found := claimed(book, now, ["up", "down"])):
            now += step
        assert [each.channel for each in found] == ["down"]
        settle(book, found[0], False, now)
        waits.append(now - last)
    assert waits[:3] == [FIRST_WAIT_S, 2 * FIRST_WAIT_S, 4 * FIRST_WAIT_S]
    assert max(waits) == ledgers.LONGEST_WAIT_S
    (entry,) = logged(book, 9)
    assert (entry.sent, entry.waiting) == (1, 1)


@pytest.mark.parametrize(
    ("first", "then", "far"),
    [
        (["json-1"], ["json-1"], (["json-1"], 0)),
        (["json-1"], ["json-2"], (["json-2"], 0)),
        (["json-1", "json-2"], ["json-2", "json-3"], (["json-2", "json-3"], 0)),
        (["json-1"], ["json-2", "json-3"], ([], 1)),
        (["json-1"], ["mailto-2"], ([], 1)),
        (["json-1", "json-2"], ["json-2"], (["json-2"], 1)),
        (["json-1", "json-2"], ["json-3"], (["json-3"], 1)),
    ],
)
def test_what_waits_for_a_channel_that_is_gone_goes_to_the_one_in_its_place_or_is_given_up(
    book: sqlite3.Connection, first: list[str], then: list[str], far: tuple[list[str], int]
) -> None:
    add(book, Message("info", "t", "b"), 0, first)
    for delivery in claimed(book, 1, first):
        settle(book, delivery, False, 1)
    hand_over(book, then, 2)
    hand_over(book, then, 3)
    waiting, gone = far
    assert sorted(each.channel for each in claimed(book, 99, then)) == waiting
    (entry,) = logged(book, 9)
    assert (entry.sent, entry.waiting, entry.gone) == (0, len(waiting), gone)


def test_what_was_sent_is_not_sent_again_to_the_channel_in_its_place(book: sqlite3.Connection) -> None:
    add(book, Message("info", "t", "b"), 0, ["json-1"])
    settle(book, claimed(book, 1, ["json-1"])[0], True, 1)
    hand_over(book, ["json-2"], 2)
    assert claimed(book, 99, ["json-1", "json-2"]) == []


def test_without_channels_a_message_stands_in_the_log(book: sqlite3.Connection) -> None:
    told(book, subject(), channels=())
    (entry,) = logged(book, 9)
    assert (entry.message.title, entry.sent, entry.waiting) == ("new k", 0, 0)


def test_subjects_survive_the_way_through_the_file(book: sqlite3.Connection) -> None:
    one = subject(mend="3 → 2")
    told(book, one)
    assert changes(book) == [Change("resolved", one)]


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "en",
            ["the figures of b/k.txt do not add up", "sum: 1 + 1 = 2, not 3", "in: 共3个。", "likely repair: 3 → 2"],
        ),
        ("zh", ["b/k.txt 的数字对不上", "1 + 1 = 2，不是3", "原句：共3个。", "可能的更正：3 → 2"]),
    ],
)
def test_a_message_has_article_statement_arithmetic_repair_and_links(language: str, parts: list[str]) -> None:
    (message,) = messages_about(
        [Change("new", subject(mend="3 → 2"))],
        messages(language),  # type: ignore[arg-type]
        LINKS,
    )
    text = f"{message.title}\n{message.body}"
    for part in [*parts, "file:///report/b/k.txt.html", "http://ui/runs/1"]:
        assert part in text


def test_each_message_links_to_the_run_of_its_own_batch() -> None:
    links = LINKS._replace(run_of={"b": "http://ui/runs/1", "c": "http://ui/runs/2"}.get)
    ones = [Change("new", subject()._replace(batch=batch)) for batch in "bcd"]
    made = messages_about(ones, messages("en"), links)
    runs = [[line for line in message.body.splitlines() if "runs/" in line] for message in made]
    assert runs == [["run: http://ui/runs/1"], ["run: http://ui/runs/2"], []]


def test_many_articles_at_once_are_one_message() -> None:
    many = [Change("new", subject(f"k{n}")) for n in range(100)]
    (message,) = messages_about(many, messages("en"), LINKS)
    assert "100" in message.title
    assert "80 more" in message.body
    few = messages_about(many[:MOST_MESSAGES], messages("en"), LINKS)
    assert len(few) == MOST_MESSAGES


def test_what_an_article_says_is_on_one_line_and_without_controls() -> None:
    hostile = subject(sentence="a\x1b[31m\nb\x00" + "长" * 5000)
    (message,) = messages_about([Change("new", hostile)], messages("en"), LINKS)
    assert "\x1b" not in message.body
    assert "\x00" not in message.body
    assert len(message.body) < 2000
