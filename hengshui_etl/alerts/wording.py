"""The words of an alert: which article, which statement, the arithmetic, the likely repair, where to look.

Belongs here: one message an article, or one for all where there are many. Does not belong here: when something is
said (ledger.py), where it goes (channels.py).

Articles are untrusted: what they say goes out as plain text, with characters that cannot be seen shown by number. Chats
take more for commands than they are told to: `<at user_id="all">` calls everybody in a Feishu text, `@here` in
Mattermost, and an address becomes a link everywhere. So the signs that do it are written in full width.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from hengshui_etl.alerts.ledger import Change, Message
from hengshui_etl.messages import Messages
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.reading import printable

MOST_MESSAGES = 5
"""More than so many messages at once become one."""

MOST_LINES, MOST_CHARACTERS = 20, 200


class Links(NamedTuple):
    """Where to look: `report_of` gives the page of an article, `run_of` the run of a batch or job, where it is
    known."""

    report: str
    report_of: Callable[[str], str]
    run_of: Callable[[str], str | None]


class _Told:
    """Changes that one message is about: all are counted, and as many kept as it names."""

    def __init__(self) -> None:
        self.first: list[Change] = []
        self.events: Counter[str] = Counter()
        self.levels: set[str] = set()

    def add(self, change: Change) -> None:
        if len(self.first) < MOST_LINES:
            self.first.append(change)
        self.events[change.event] += 1
        self.levels.add("resolved" if change.event == "resolved" else change.subject.level)

    @property
    def count(self) -> int:
        return self.events.total()

    @property
    def level(self) -> str:
        return next(level for level in ("error", "warning", "resolved") if level in self.levels)


def messages_about(changes: Iterable[Change], say: Messages, links: Links) -> list[Message]:
    """The messages that tell of these changes, which come in the order of `ledger.note`."""

    def place(change: Change) -> tuple[str, str, str, bool]:
        subject = change.subject
        return subject.kind, subject.batch, subject.article_id, change.event == "resolved"

    whole, groups = _Told(), list[_Told]()
    for _, group in groupby(changes, place):
        told = _Told()
        for change in group:
            told.add(change)
            whole.add(change)
        if len(groups) <= MOST_MESSAGES:
            groups.append(told)
    if len(groups) > MOST_MESSAGES:
        return [_digest(whole, say, links)]
    return [_message(group, say, links) for group in groups]


def _message(told: _Told, say: Messages, links: Links) -> Message:
    """About one article, file or batch; all of it is resolved, or nothing is."""
    event, subject = told.first[0]
    resolved = event == "resolved"
    kind = "article" if subject.kind == "finding" else subject.kind
    title = say(
        f"alerts.{kind}_resolved" if resolved else f"alerts.{kind}",
        event=say("alerts.worse" if set(told.events) == {"worse"} else "alerts.new"),
        article=_short(subject.article_id),
        batch=subject.batch,
    )
    lines = [*_lines(told.first, say), *_more(told, say)]
    if not resolved:
        lines += ["", say(f"alerts.next_{subject.kind}", batch=subject.batch)]
    if subject.kind == "finding":
        lines.append(say("alerts.report", link=links.report_of(subject.article_id)))
    if run := links.run_of(subject.batch):
        lines.append(say("alerts.link", link=run))
    return Message(told.level, title, "\n".join(lines))


def _digest(told: _Told, say: Messages, links: Links) -> Message:
    """About many articles at once."""
    numbers = {name: told.events[name] for name in ("new", "worse", "resolved")}
    title = say("alerts.digest", n=told.count, **numbers)
    lines = []
    for change in told.first:
        subject = change.subject
        said = subject.message_zh if say.language == "zh" else subject.message_en
        place = _short(subject.article_id or subject.batch)
        lines.append(f"{place}: {say(f'alerts.{change.event}')}: {_short(said)}")
    lines += [*_more(told, say), "", say("alerts.report", link=links.report)]
    return Message(told.level, title, "\n".join(lines))


def _more(told: _Told, say: Messages) -> list[str]:
    more = told.count - len(told.first)
    return [say("alerts.more", n=more)] if more else []


def _lines(changes: Sequence[Change], say: Messages) -> list[str]:
    lines: list[str] = []
    for event, subject in changes:
        said = subject.message_zh if say.language == "zh" else subject.message_en
        if subject.kind != "finding":
            lines.append(say("alerts.reason", message=_short(say.reason(said))))
            continue
        kind = say(f"type.{subject.type}")
        lines.append(say("alerts.line", event=say(f"alerts.{event}"), type=kind, message=_short(said)))
        if event != "resolved":
            lines.append(say("alerts.sentence", sentence=_short(subject.sentence)))
            if subject.mend:
                lines.append(say("alerts.mend", mend=_short(subject.mend)))
    return lines


_INERT = str.maketrans("<>[]@`&", "＜＞［］＠｀＆")
_ADDRESS = lazy_pattern(r"(?i)(://|www\.)")


def inert(text: str) -> str:
    """The text on one line, with nothing in it that a mail program or a chat would obey."""
    text = printable(" ".join(text.split())).translate(_INERT)
    return _ADDRESS.sub(lambda found: found[1].replace(":", "：").replace(".", "．"), text)


def _short(text: str) -> str:
    text = inert(text)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
