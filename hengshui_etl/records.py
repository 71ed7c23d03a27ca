"""The facts that pass from stage to stage, as immutable records.

Belongs here: what an article, a repair, a sentence, a figure, a relation and a verdict *are*.
Does not belong here: what computes them, input and output, anything outside the standard library.

All positions are Unicode code points. A record speaks of two texts: the *source* (the article as decoded, line ends
`\\n`; for a page the text taken out of it) and the *clean text* (repaired and in simplified characters), which the
grammar reads. `Offsets` leads from the clean text back to the source.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

FigureKind = Literal["count", "money", "percent", "percentage_point", "rank", "multiple", "measure"]
Bound = Literal["exact", "approx", "min", "max"]
Direction = Literal["up", "down"]
RelationType = Literal[
    "share", "sum", "part_of", "remainder", "difference", "growth", "average", "multiple", "enumeration",
    "restatement", "threshold", "conversion", "feasible_share",
]  # fmt: skip
Status = Literal["pass", "fail", "implied"]
Certainty = Literal["certain", "possible", "impossible"]
Severity = Literal["info", "warning", "error"]
BlockKind = Literal["title", "info", "paragraph", "table", "note", "furniture"]


class Span(NamedTuple):
    """Half-open range of positions in the clean text."""

    start: int
    end: int


class Repair(NamedTuple):
    """One edit that mended damage: `source[start:end] == before` was read as `after`.

    `kind` names the damage: `pinyin_annotation`, `lost_character`, `shifted_bytes`, …
    """

    kind: str
    start: int
    end: int
    before: str
    after: str


class Offsets(NamedTuple):
    """Piecewise shift from clean text to source: at and after `clean[i]`, up to the next break, position `p` of the
    clean text stands at `p - clean[i] + source[i]` of the source. Both tuples rise and begin with 0."""

    clean: tuple[int, ...]
    source: tuple[int, ...]

    def source_start(self, position: int) -> int:
        """Where in the source the clean character at `position` stands."""
        i = bisect_right(self.clean, position) - 1
        return position - self.clean[i] + self.source[i]

    def source_end(self, end: int) -> int:
        """Where in the source the clean range that ends before `end` ends; damage that clings to its last character
        (a pinyin in parentheses) is inside."""
        return self.source_start(end) if end else 0


class Block(NamedTuple):
    """A run of lines of one nature. `rows` are the cells of a table, row by row, heads first; empty elsewhere."""

    kind: BlockKind
    start: int
    end: int
    rows: tuple[tuple[Span, ...], ...] = ()


class Sentence(NamedTuple):
    """A sentence of the clean text; `paragraph` numbers the block that it stands in, from 0."""

    start: int
    end: int
    paragraph: int


class Article(NamedTuple):
    """An article as read: what it is, its two texts, and its blocks in reading order."""

    article_id: str
    source_path: str
    sha256: str
    title: str | None
    published_on: date | None
    publisher: str | None
    byline: str | None
    encoding: str
    script: Literal["hans", "hant", "none"]
    media: Literal["text", "html"]
    source: str
    text: str
    offsets: Offsets
    repairs: tuple[Repair, ...]
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]


class Period(NamedTuple):
    """Days from `first` to `last`, both included; `first` is None for a state as of a day."""

    first: date | None
    last: date | None


class Figure(NamedTuple):
    """One stated quantity. `value` and `high` have multipliers (万, 亿) multiplied out; `place` is the size of the last
    printed place in the same unit, 0 where a whole count stands for itself; `more` marks 余 and 多; `strict` an open
    bound (超过, 逾, 不足). `start`/`end` lie in the source, `at`/`till` in the clean text."""

    id: str
    text: str
    start: int
    end: int
    value: Decimal
    high: Decimal | None
    unit: str
    kind: FigureKind
    bound: Bound
    direction: Direction | None
    metric: str | None
    period: Period | None
    scope: str | None
    scope_code: str | None
    sentence: int
    at: int
    till: int
    place: Decimal
    more: bool
    strict: bool


class Claim(NamedTuple):
    """Arithmetic that the article states or implies, before it is judged.

    `operands` are indices into the article's figures, in the order of roles of the labelling guide. `implied` says that
    one term is not stated. `scale` multiplies the computed side (每百户: 100; 吨→公斤: 1000). `counted` is the number
    of items found, for an enumeration. `reason` says which wording or layout led here. `plain` says that the words
    leave no other reading, so that a failure needs no explanation to be believed.
    """

    type: RelationType
    operands: tuple[int, ...]
    implied: bool
    sentence: int
    reason: str
    scale: Fraction = Fraction(1)
    counted: int | None = None
    plain: bool = False


class Interval(NamedTuple):
    """The exact values between `low` and `high` (None: without end); an end is in unless marked open."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False


class Verdict(NamedTuple):
    """What arithmetic says of a claim. `stated` is what the article prints, `computed` what its other operands imply,
    in the same unit; `gap` is the distance between them in units of the last printed place (0 where they meet)."""

    status: Status
    certainty: Certainty
    severity: Severity
    stated: Interval | None
    computed: Interval | None
    gap: Fraction
    message_en: str
    message_zh: str


class Mend(NamedTuple):
    """A one-edit mend of a failing relation: `figure` printed as `text` instead."""

    figure: int
    text: str
    value: Decimal
    unit: str
    edit: str


class Relation(NamedTuple):
    """A judged claim. `blame` are the figures whose change mends all failing relations that share figures with it."""

    id: str
    claim: Claim
    verdict: Verdict
    blame: tuple[int, ...] = ()
    mend: Mend | None = None


class Undecided(NamedTuple):
    """Something looked at and not judged: which figures, and why."""

    figures: tuple[int, ...]
    reason: str


class Examination(NamedTuple):
    """Everything that is known of an article."""

    article: Article
    figures: tuple[Figure, ...]
    relations: tuple[Relation, ...]
    undecided: tuple[Undecided, ...]
