"""What a figure measures, as a short phrase of the article's own words.

Belongs here: making the phrase from a clause and from what the clauses before it spoke of. Does not belong here: cutting
clauses (statements.py), when and of whom (periods.py, scope.py).
"""

from __future__ import annotations

import re

from hengshui_etl.figures.quantities import Quantity
from hengshui_etl.figures.statements import Statement, is_attribute, stripped
from hengshui_etl.vocab import toml, words

_TIME = re.compile(
    r"(?:20\d\d年)?(?:\d{1,2}[-—–~至到])?\d{1,2}月(?:份|底|末|初)?(?:当月|\d{1,2}日)?|20\d\d年(?:底|末|初|度)?|(?:截至|截止)?(?:目前|今年以来|今年|去年|上年末|上半年|下半年|前三季度|[一二三四]季度)(?:底|末)?"
)
_HEADS = sorted(words(toml("predicates")["strip_front"]["words"]), key=len, reverse=True)
_NOUN_END = re.compile(r"(?:中|内|里)(?:已?有|，)?$")
_AVERAGE_HEAD = re.compile(r"(?:人均|户均|亩均|日均|年均|平均每|每[\u4e00-\u9fff]|平均)")
_LONGEST = 36


class Memory:
    """What the clauses so far were about."""

    __slots__ = ("subject", "change", "whole", "topic", "item")

    def __init__(self) -> None:
        self.subject = ""  # of the last level
        self.change = ""  # of the last change or rate: what grew
        self.whole = ""  # of the last share
        self.topic = ""  # of the first level in the sentence or paragraph
        self.item = ""

    def new_sentence(self) -> None:
        """A full stop: the last subject may still be leaned on, the topic of the sentence not."""
        self.item = ""

    def new_paragraph(self) -> None:
        """A new paragraph leans on nothing."""
        self.subject = self.change = self.topic = self.item = ""


def cleaned(label: str) -> str:
    """A label without times, and without set phrases at its ends."""
    return stripped(_TIME.sub("", label))[-_LONGEST:]


def metric_of(text: str, q: Quantity, s: Statement, memory: Memory, listed: bool, headline: bool) -> str | None:
    """The phrase for `q`; `memory` is brought up to date."""
    subject = cleaned(s.subject) if s.subject else ""
    behind = _NOUN_END.sub("", cleaned(s.behind)) if s.behind else ""
    predicate = s.predicate
    if s.bracketed and not subject:
        return memory.subject or None
    if predicate == "level" or predicate == "average":
        label = subject
        if q.kind in ("count", "rank") or not label:
            label = f"{subject}{behind[:24]}" if behind else subject
        if q.kind not in ("count", "rank") and not subject and behind:
            label = behind[:24]
        if not label:
            return memory.subject or None
        if is_attribute(label) or (predicate == "average" and _AVERAGE_HEAD.match(label) and len(label) <= 6):
            bearer = memory.topic if not is_attribute(memory.topic) else ""
            metric = f"{bearer}{label}" if bearer and bearer not in label else label
            memory.subject = metric
            return metric
        memory.subject = label
        memory.topic = label if not memory.topic or not s.before.startswith(("其中", "、")) else memory.topic
        return label
    if predicate == "change":
        bearer = subject
        if not bearer or is_attribute(bearer):
            bearer = f"{memory.subject or memory.change}{bearer}"
        else:
            memory.change = bearer
        memory.change = bearer or memory.change
        than = f"比{s.object}" if s.object and s.temporal else ""
        return f"{bearer}{than}{s.word}" or None
    if predicate == "gap":
        bearer = subject or memory.change or memory.subject
        return f"{bearer}{s.word if s.word in ('高于', '低于', '快于', '慢于', '多于', '少于', '高出', '领先') else '比'}{s.object}{'' if s.word in ('高于', '低于', '快于', '慢于', '多于', '少于', '高出', '领先') else s.word}"
    if predicate == "share":
        whole = cleaned(s.object) if s.object else ""
        if s.of_previous:
            return f"{memory.topic or memory.subject}{'占' if q.kind == 'percent' else '是'}{memory.subject}"
        if whole:
            memory.whole = whole
        bearer = subject or memory.subject
        if is_attribute(bearer):
            bearer = memory.subject
        return f"{bearer}占{whole or memory.whole}{s.word if s.word in ('比重', '完成') else ''}"
    if predicate == "rate":
        word = s.word
        if not subject:
            return f"{memory.subject}{word}"
        label = f"{subject}{word}"
        return label
    if predicate == "rank":
        bearer = memory.change or memory.subject
        label = subject
        return f"{bearer}{label}" if len(label) <= 8 else label
    bearer = subject or memory.subject
    return f"{bearer}{s.object}" or None
