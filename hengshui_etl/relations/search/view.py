"""An article's figures as the search sees them.

Belongs here: what stands near what, which units go together, whether a trial claim holds, and the claims found so far.
Does not belong here: any one kind of relation.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache, wraps
from itertools import takewhile
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from hengshui_etl.figures import Reading
from hengshui_etl.figures.statements import Statement
from hengshui_etl.records import Article, Claim, Figure, RelationType, Undecided
from hengshui_etl.relations.edits import GARBLED, MISREAD, SLIP, Edit, Print
from hengshui_etl.relations.judge import NotJudgeable, finding_of
from hengshui_etl.relations.needed import needed_values
from hengshui_etl.relations.search.reach import Reach

_PERSONS = frozenset(("人", "名", "位", "口", "员", "人次", "人份"))
_THINGS = frozenset(("个", "家", "户", "项", "所", "座", "处", "条"))
FAR_BACK = 1000
"""A sentence without an end is not searched to its beginning, or to its end, for each of its figures."""

AMOUNTS = frozenset(("count", "money", "measure"))
_LEVELS = frozenset(("level", "average"))
ONE = Fraction(1)
"""The scale of what is not told per hundred or thousand; told from others by identity, since comparing takes long."""
_CLOCK = frozenset(("秒", "分", "分钟", "小时", "天", "日", "周", "个月"))

_RUNS = _CLOCK | {"年", "季度", "届"}

Slips = Literal["swapped", "misread", "garbled"]
"""Which slips of the hand are admitted, each kind with those before it: two digits swapped, the point moved by one, 万
for 亿; one digit or the direction wrong; a digit lost or doubled."""

_RANKS: dict[Slips, tuple[int, ...]] = {
    "swapped": (SLIP,),
    "misread": (SLIP, MISREAD),
    "garbled": (SLIP, MISREAD, GARBLED),
}

_UNSAID = Statement("level", "", "", "", None, False, False, False, False, "", "", 0, 0)
"""What is said with a table's cell: nothing."""


@lru_cache(maxsize=1 << 14)
def shared_characters(a: str, b: str) -> float:
    """How much of the shorter phrase's characters the longer one has, 0 to 1."""
    if not a or not b:
        return 0.0
    if len(a) > len(b):
        a, b = b, a
    return sum(c in b for c in a) / len(a)


def covered(words: str, phrase: str) -> float:
    """How much of the characters of `words` the phrase has, 0 to 1."""
    return sum(c in phrase for c in words) / len(words) if words and phrase else 0.0


def significant_digits(figure: Figure) -> int:
    """How many digits of a figure had to fit if it fits by chance: those without the zeros at both ends."""
    return len(f"{figure.value.normalize():f}".replace(".", "").strip("0"))


class View:
    """Figures with their statements, and the claims found so far."""

    def __init__(self, article: Article, reading: Reading) -> None:
        self.article = article
        self.text = article.text
        self.figures: Sequence[Figure] = reading.figures
        self.statements: Sequence[Statement | None] = reading.statements
        self.said = [s if s is not None else _UNSAID for s in reading.statements]
        self.metrics = [f.metric or "" for f in reading.figures]
        self.grids = reading.grids
        scopes = Counter(f.scope for f in reading.figures)
        self.scope = scopes.most_common(1)[0][0] if scopes else None  # whose most figures of the article are
        self.count = len(reading.figures)
        self.values = [float(f.value) for f in reading.figures]  # to sort candidates out; never decides a verdict
        self._peers: dict[str, list[int]] = {}
        self._opening: dict[int, bool] = {}
        self._reach = Reach(self.figures, self.values)
        self._counted_in = [
            "人" if f.unit in _PERSONS else "个" if f.unit in _THINGS else f.unit for f in reading.figures
        ]
        self.paragraphs = [article.sentences[f.sentence].paragraph for f in reading.figures]
        self.claims: list[Claim] = []
        self.turn = 0  # how often claims were made or taken back
        self.found: dict[tuple[object, ...], Any] = {}  # see `once`
        self.undecided: list[Undecided] = []
        self._said: set[tuple[str, frozenset[int]]] = set()
        self._results: set[tuple[str, int]] = set()
        self.parts: set[int] = set()  # figures that are already part of a sum or remainder
        self.titles = {n for n, b in enumerate(article.blocks) if b.kind == "title"}
        self.level = [
            s is not None and s.predicate in _LEVELS and f.direction is None and f.kind in AMOUNTS
            for f, s in zip(reading.figures, reading.statements, strict=True)
        ]
        for i in range(self.count):
            if self.level[i] and (self._per_time(i) or self._in_a_row(i)):
                self.level[i] = False
        self.periods = self._full_sentences()  # number of the full sentence (。) that each figure stands in
        # What every search asks of every figure is worked out once.
        self._titled = [paragraph in self.titles for paragraph in self.paragraphs]
        self._cell = [s is None for s in reading.statements]
        self._plain = [
            level and said.predicate == "level" and not said.base and not titled
            for level, said, titled in zip(self.level, self.said, self._titled, strict=True)
        ]
        self._levels = [i for i in range(self.count) if self.level[i]]
        self._levels_in: dict[str, list[int]] = {}
        for i in self._levels:
            self._levels_in.setdefault(self._counted_in[i], []).append(i)
        self._gaps: dict[tuple[int, int], str] = {}
        self._tried: dict[tuple[RelationType, tuple[int, ...], Fraction | None, bool, int | None], bool | None] = {}

    def _per_time(self, i: int) -> bool:
        """Whether figure `i` is how many there are in a stretch of time (平均每2.5分钟1人死亡): no level."""
        time = self.figures[i - 1] if i else self.figures[i]
        if time.till != self.figures[i].at or time.unit not in _CLOCK:
            return False
        return self.text[max(0, time.at - 1) : time.at] == "每"

    def _in_a_row(self, i: int) -> bool:
        """Whether figure `i` only says how long something went on (连续3天): nothing is divided by it."""
        if self.text.startswith(("平均", "年均", "月均", "日均"), self.figures[i].till):
            return False
        return self.figures[i].unit in _RUNS and self.said[i].before.endswith(("连续", "连著", "连着", "接连"))

    def _full_sentences(self) -> list[int]:
        """Sentences end at ； too; figures between two full stops of a paragraph have one number here."""
        numbers: list[int] = []
        number, last = 0, -1
        sentences, text = self.article.sentences, self.text
        for f in self.figures:
            for k in range(max(last, 0), f.sentence):
                if (
                    text[sentences[k].end - 1 : sentences[k].end] not in ("；", ";")
                    or sentences[k].paragraph != sentences[k + 1].paragraph
                ):
                    number += 1
            last = f.sentence
            numbers.append(number)
        return numbers

    def titled(self, i: int) -> bool:
        """Whether figure `i` stands in the headline."""
        return self._titled[i]

    def is_cell(self, i: int) -> bool:
        """Whether figure `i` is the cell of a table, of which no sentence says anything."""
        return self._cell[i]

    def between(self, i: int, j: int) -> str:
        """The clean text between two figures."""
        found = self._gaps.get((i, j))
        if found is None:
            found = self._gaps[i, j] = self.text[self.figures[i].till : self.figures[j].at]
        return found

    def digits(self, i: int) -> int:
        """The significant digits of figure `i`."""
        return significant_digits(self.figures[i])

    def likeness(self, i: int, j: int) -> float:
        """How much the things that two figures measure are called alike, 0 to 1."""
        return shared_characters(self.metrics[i], self.metrics[j])

    def plain(self, i: int) -> bool:
        """Whether figure `i` is a level of its own in the body: no average, no base of comparison, no table's cell."""
        return self._plain[i]

    def alike(self, i: int, j: int) -> bool:
        """Whether two figures count in the same unit (名 and 人 are one; so are the general classifiers)."""
        return self._counted_in[i] == self._counted_in[j]

    def peers(self, i: int) -> list[int]:
        """The levels and cells that count in the unit of figure `i`, in their order."""
        unit = self._counted_in[i]
        if unit not in self._peers:
            self._peers[unit] = [
                j for j, own in enumerate(self._counted_in) if own == unit and (self.level[j] or self.is_cell(j))
            ]
        return self._peers[unit]

    def opens_paragraph(self, i: int) -> bool:
        """Whether figure `i` is the first level in its unit of its paragraph, or of the twelve figures before it."""
        if i not in self._opening:
            self._opening[i] = not any(
                self.level[j] and self.alike(j, i) and self.paragraphs[j] == self.paragraphs[i]
                for j in range(max(0, i - 12), i)
            )
        return self._opening[i]

    def trial(
        self,
        kind: RelationType,
        operands: Iterable[int],
        scale: Fraction = ONE,
        implied: bool = False,
        counted: int | None = None,
    ) -> bool | None:
        """Whether these operands hold as a relation of this type; None where that cannot be judged."""
        places = tuple(operands)
        if not implied and scale is ONE and self._reach.misses(kind, places):
            return False
        key = (kind, places, None if scale is ONE else scale, implied, counted)  # a fraction's hash takes long
        if key not in self._tried:
            try:
                self._tried[key] = finding_of(Claim(kind, places, implied, 0, "", scale, counted), self.figures).holds
            except NotJudgeable:
                self._tried[key] = None
        return self._tried[key]

    def slip(
        self,
        kind: RelationType,
        operands: Iterable[int],
        admitted: Slips = "misread",
        *,
        only: int | None = None,
        scale: Fraction = ONE,
        implied: bool = False,
    ) -> bool:
        """Whether one slip of the hand of an admitted kind, in one operand, explains that the relation fails.

        With `only`, in that operand and no other.
        """
        claim = Claim(kind, tuple(operands), implied, 0, "", scale)
        for i in claim.operands if only is None else (only,):
            for wanted in needed_values(claim, self.figures, i) or ():
                printed = Print(self.figures[i], wanted)
                edits = [e for rank in _RANKS[admitted] for e in printed.edits(rank)]
                if edits and (kind != "sum" or any(self._adds_up(claim, i, e) for e in edits)):
                    return True
        return False

    def _adds_up(self, claim: Claim, operand: int, edit: Edit) -> bool:
        """Whether the printed numbers add up to one unit of the last place, not just within all rounding together.

        A number does not get coarser by a digit less: 46.9 read as 46 would agree with too much."""
        figures = [edit.figure if i == operand else self.figures[i] for i in claim.operands]
        parts, whole = (figures, Decimal(100)) if claim.implied else (figures[:-1], figures[-1].value)
        gap = abs(sum((f.value for f in parts), Decimal(0)) - whole)
        places = [self.figures[i] for i in claim.operands] if edit.kind == "digit" else figures
        return gap <= max(f.place for f in places)

    def has(self, kind: RelationType, operands: Iterable[int]) -> bool:
        """Whether this claim was made already."""
        return (kind, frozenset(operands)) in self._said

    def is_result(self, i: int, *kinds: RelationType) -> bool:
        """Whether a claim of one of these types has figure `i` for its last operand, the result."""
        return any((kind, i) in self._results for kind in kinds)

    def claim(
        self,
        kind: RelationType,
        operands: Iterable[int],
        reason: str,
        *,
        implied: bool = False,
        scale: Fraction = ONE,
        counted: int | None = None,
        plain: bool = False,
    ) -> bool:
        """Make a claim, once; whether it is new."""
        places = tuple(operands)
        key = (kind, frozenset(places))
        if key in self._said or len(key[1]) != len(places):
            return False
        self._said.add(key)
        self._results.add((kind, places[-1]))
        sentence = self.figures[places[-1]].sentence
        self.claims.append(Claim(kind, places, implied, sentence, reason, scale, counted, plain))
        self.turn += 1
        return True

    def retract(self, kind: RelationType, result: int) -> None:
        """Take back the claims of this type with this result: another reading of it has shown to be meant."""
        taken = [c for c in self.claims if c.type == kind and c.operands[-1] == result]
        self.turn += 1
        for c in taken:
            self.claims.remove(c)
            self._said.discard((kind, frozenset(c.operands)))
        self._results.discard((kind, result))

    def drop(self, claim: Claim) -> None:
        """Take back one claim and no other."""
        self.turn += 1
        self.claims.remove(claim)
        self._said.discard((claim.type, frozenset(claim.operands)))
        if not any(c.type == claim.type and c.operands[-1] == claim.operands[-1] for c in self.claims):
            self._results.discard((claim.type, claim.operands[-1]))

    def levels_before(
        self, i: int, *, unit_of: int | None = None, limit: int = 40, same_paragraph: bool = False
    ) -> list[int]:
        """Levels before figure `i`, the nearest first; those in the unit of `unit_of` where it is given."""
        levels = self._levels if unit_of is None else self._levels_in.get(self._counted_in[unit_of], [])
        end = bisect_left(levels, i)
        found = levels[max(0, end - limit) : end][::-1]
        if same_paragraph:
            paragraph = self.paragraphs[i]
            return list(takewhile(lambda j: self.paragraphs[j] == paragraph, found))
        return found

    def leave(self, figures: Iterable[int], reason: str) -> None:
        """Record that these were looked at and why nothing was said of them."""
        self.undecided.append(Undecided(tuple(figures), reason))


_Numbers = ParamSpec("_Numbers")
_Found = TypeVar("_Found")
_Search = Callable[Concatenate[View, _Numbers], _Found]


def once(search: _Search[_Numbers, _Found]) -> _Search[_Numbers, _Found]:
    """The same search, done once for the same numbers: several families ask. For what no claim has a say in."""

    @wraps(search)
    def known(view: View, /, *args: _Numbers.args, **kwargs: _Numbers.kwargs) -> _Found:
        key = (search, *args, *kwargs.items())
        if key not in view.found:
            view.found[key] = search(view, *args, **kwargs)
        found: _Found = view.found[key]
        return found

    return known


def once_a_turn(search: _Search[_Numbers, _Found]) -> _Search[_Numbers, _Found]:
    """The same for what depends on the claims so far: done anew after each new claim."""

    @wraps(search)
    def known(view: View, /, *args: _Numbers.args, **kwargs: _Numbers.kwargs) -> _Found:
        key = (search, *args, *kwargs.items())
        turn, found = view.found.get(key, (-1, None))
        if turn != view.turn:
            found = search(view, *args, **kwargs)
            view.found[key] = (view.turn, found)
        result: _Found = found
        return result

    return known
