"""What the clauses of an article so far were about: what a metric leans on.

Belongs here: the state that is handed on from figure to figure. Does not belong here: what it makes of a figure
(metrics.py, handed.py).
"""

from __future__ import annotations

from decimal import Decimal

RECENT = 64
"""No clause leans on what was said longer ago than so many figures."""

CLASSES = frozenset(("大", "类", "项", "个", "种", "方面", "块", "大板块", "板块", "大类"))
"""Units that count classes of all kinds: two such counts need not be of one thing."""


class Memory:
    """What the clauses so far were about."""

    __slots__ = (
        "amounts",
        "article",
        "based",
        "before",
        "breaking",
        "change",
        "counts",
        "firsts",
        "items",
        "kind",
        "last",
        "levels",
        "measures",
        "members",
        "names",
        "paragraph",
        "part",
        "parts",
        "rate",
        "ratio",
        "section",
        "shared",
        "subject",
        "things",
        "time",
        "topic",
        "unit",
        "whole",
    )

    def __init__(self) -> None:
        self.subject = ""  # of the last level
        self.change = ""  # of the last change or rate: what grew
        self.whole = ""  # of the last share
        self.topic = ""  # of the first level in the sentence or paragraph
        self.unit = ""  # the topic's
        self.paragraph = ""  # of the first level in the paragraph
        self.article = ("", "")  # of the first level in the article, with its unit
        self.kind = ""  # of the last level: what kind of figure it was
        self.time = ""  # that of the last level compared with
        self.before = ""  # the words before the last figure
        self.based = False  # whether the last level was one compared with
        self.ratio = ""  # the last share or rate
        self.rate = ""  # its rate's name where others can have one too (入住率)
        self.last = ""  # the last phrase
        self.breaking = ""  # the unit that the sentence breaks down (按行业分，从体量看)
        self.members: list[str] = []  # the subjects of the last 分别 list, bare
        self.items: list[str] = []  # the levels since the topic
        self.levels: list[tuple[str, str]] = []  # the levels of the paragraph, with their units
        self.amounts: list[tuple[str, Decimal, str]] = []  # the levels of the article: unit, value, phrase
        self.counts: dict[str, str] = {}  # what was first counted in each unit in the article
        self.firsts: dict[str, str] = {}  # the first level of the article's body in each unit
        self.measures: dict[str, str] = {}  # what was last measured in each unit, by a label that says what
        self.names: list[str] = []  # named before the last count (甲、乙、丙三家)
        self.shared = ""  # what the bare names of the paragraph were completed with
        self.section = ""  # what the heading right before the paragraph's first sentence names
        self.things: dict[str, str] = {}  # what the paragraph counted last in each unit, as a noun
        self.parts: list[str] = []  # what a list with 分别 hands out
        self.part = 0

    def new_sentence(self) -> None:
        """A full stop: the last subject may still be leaned on, the topic of the sentence not."""
        self.parts = []
        self.breaking = ""

    def new_paragraph(self) -> None:
        """A new paragraph leans on nothing."""
        self.section = self.shared = ""
        self.ratio = self.rate = self.subject = self.change = self.topic = self.unit = self.paragraph = self.whole = ""
        self.items, self.names, self.parts, self.members, self.levels = [], [], [], [], []
        self.things = {}

    def whole_of(self, bearer: str, percent: Decimal, place: Decimal) -> str:
        """What a part that was told is so many per cent of, by arithmetic, or nothing: the last level called `bearer`,
        else the last of all; `place` is the last one printed."""
        told = self.amounts[-RECENT:]
        if not told or not 0 < percent < 100:
            return ""
        unit, part, label = next((amount for amount in reversed(told) if amount[2] == bearer), told[-1])
        for other, whole, phrase in reversed(told):
            if (
                other == unit
                and whole > part
                and phrase != label
                and abs(part * 100 - whole * percent) <= whole * place
            ):
                return phrase
        return ""
