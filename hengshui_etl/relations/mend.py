"""Which figures to blame for failing relations, and the one edit that would mend them.

Belongs here: the smallest set of figures whose change makes all failing relations hold, and the search for a
one-edit repair that breaks no relation that holds. Does not belong here: judging (judge.py), the edits (edits.py).

Failing relations that share figures form a component. Few suspects are combined exactly, many greedily. Among
equally small sets those come first whose figures a likely slip would mend, then those that fewest holding relations
confirm, then the figure that states the result. A repair is proposed if at most three figures have equally likely
ones; the others are named with it. Work is bounded for each article: what lies beyond is blamed on the stated result.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import DecimalException
from itertools import combinations
from typing import NamedTuple

from hengshui_etl.records import Claim, Figure, Mend, Verdict
from hengshui_etl.relations.edits import GARBLED, MISREAD, SLIP, Edit, Print, reunited, turned
from hengshui_etl.relations.intervals import NotJudgeable, Range, common
from hengshui_etl.relations.judge import finding_of
from hengshui_etl.relations.needed import needed_values

MOST_FAILING = 200  # failing relations looked into, an article
MOST_OPERANDS = 24  # operands tried, a relation
MOST_TRIALS = 12000  # operands judged in trying edits, an article
MOST_EQUAL = 3  # equally likely repairs
UNMENDED = 3  # rank of a figure that no edit mends, after the ranks of edits.py

# Relations that confirm a figure by holding; a part below its whole confirms little.
_TIGHT = {
    "share",
    "sum",
    "remainder",
    "difference",
    "growth",
    "average",
    "multiple",
    "restatement",
    "conversion",
    "enumeration",
}


class Cure(NamedTuple):
    """For one failing relation: the blamed figures among its operands, the proposed repair, and its equals."""

    blame: tuple[int, ...]
    mend: Mend | None
    equals: tuple[Mend, ...] = ()


class _Suspect(NamedTuple):
    """A figure whose change may mend the failing relations of `covers` (bits).

    `prints` try the values that would (None: unknown), `edits` its likeliest edits that do, of rank `rank`; `confirmed`
    counts the relations that hold by it, `results` the failing ones of which it is the stated result.
    """

    figure: int
    covers: int
    prints: list[Print] | None
    confirmed: int
    results: int
    rank: int = UNMENDED
    edits: tuple[Edit, ...] = ()

    @property
    def key(self) -> tuple[int, int, int, int]:
        """Likeliest culprit first; of equals the later figure, which repeats or sums up what stands before."""
        return (self.rank, self.confirmed, -self.results, -self.figure)


def blame_and_mend(
    claims: Sequence[Claim], verdicts: Sequence[Verdict | None], figures: Sequence[Figure]
) -> tuple[Cure, ...]:
    """For every claim, in order, whom to blame and how to mend it; `Cure((), None)` where its verdict is not fail."""
    nothing = Cure((), None)
    failing = [i for i, v in enumerate(verdicts) if v is not None and v.status == "fail"]
    if not failing:
        return (nothing,) * len(claims)
    cures = [nothing] * len(claims)
    for i in failing:
        cures[i] = Cure(claims[i].operands[-1:], None)
    examined = failing[:MOST_FAILING]
    suspected = {f for i in examined for f in claims[i].operands}
    holding: dict[int, list[int]] = {f: [] for f in suspected}
    failed: dict[int, list[int]] = {f: [] for f in suspected}
    examining = set(examined)
    for i, claim in enumerate(claims):
        verdict = verdicts[i]
        if verdict is None:
            continue
        for f in set(claim.operands) & suspected:
            if verdict.status != "fail":
                holding[f].append(i)
            elif i in examining:
                failed[f].append(i)
    trial = _Trial(claims, figures, holding, failed)
    for component in _components(examined, claims):
        for i, cure in _cured(component, claims, trial):
            cures[i] = cure
    return tuple(cures)


def _components(failing: Sequence[int], claims: Sequence[Claim]) -> list[list[int]]:
    """The failing relations, grouped by the figures that they share."""
    group: dict[int, list[int]] = {}  # figure → relations of its component
    for i in failing:
        touched = {id(group[f]): group[f] for f in claims[i].operands if f in group}
        merged: list[int] = max(touched.values(), key=len, default=[])
        for other in touched.values():
            if other is not merged:
                merged.extend(other)
                for j in other:
                    for g in claims[j].operands:
                        group[g] = merged
        merged.append(i)
        for f in claims[i].operands:
            group[f] = merged
    unique = {id(g): g for g in group.values()}
    return [sorted(set(g)) for g in unique.values()]


class _Trial:
    """Tries edits of single figures against all relations that they stand in, within the article's bound of work."""

    def __init__(
        self,
        claims: Sequence[Claim],
        figures: Sequence[Figure],
        holding: dict[int, list[int]],
        failed: dict[int, list[int]],
    ) -> None:
        self.claims, self.figures, self.holding, self.failed = claims, list(figures), holding, failed
        self.left = MOST_TRIALS

    def suspect(self, f: int, component: Sequence[int]) -> _Suspect | None:
        """What speaks against figure `f`; None where no change of it mends all failing relations that it stands in."""
        failed = self.failed[f]
        wanted: list[Range] | None = None
        for i in failed:
            needed = needed_values(self.claims[i], self.figures, f)
            if needed is not None:
                if wanted is not None:
                    needed = [both for a in wanted for b in needed if (both := common(a, b)) is not None]
                wanted = needed
        results = sum(1 for i in failed if self.claims[i].operands[-1] == f)
        if wanted == [] and not results:
            return None
        covers = sum(1 << component.index(i) for i in failed)
        confirmed = sum(1 for i in self.holding[f] if self.claims[i].type in _TIGHT)
        prints = None if wanted is None else [Print(self.figures[f], w) for w in wanted]
        return _Suspect(f, covers, prints, confirmed, results)

    def edited(self, suspect: _Suspect, rank: int) -> _Suspect:
        """The suspect with its edits of this rank, unless it has likelier ones."""
        if suspect.rank < rank or suspect.prints is None:
            return suspect
        figure = self.figures[suspect.figure]
        edits = [e for p in suspect.prints for e in p.edits(rank)[:MOST_EQUAL]]
        if rank == SLIP and suspect.results and (edit := reunited(figure)) is not None:
            edits.append(edit)
        if rank == MISREAD and (edit := turned(figure)) is not None:
            edits.append(edit)
        mending = [e for e in edits if self.mends(suspect.figure, e)]
        return suspect._replace(rank=rank, edits=tuple(mending[:1])) if mending else suspect

    def mends(self, f: int, edit: Edit) -> bool:
        """Whether the edit makes every failing relation of the figure hold and breaks none that holds."""
        original, self.figures[f] = self.figures[f], edit.figure
        try:
            for i in self.failed[f]:
                if not self._holds(self.claims[i], trimming=False):
                    return False
            return all(self._holds(self.claims[i], trimming=True) for i in self.holding[f])
        finally:
            self.figures[f] = original

    def _holds(self, claim: Claim, *, trimming: bool) -> bool:
        self.left -= len(claim.operands)
        if self.left < 0:
            return False
        try:
            return finding_of(claim, self.figures, trimming=trimming).holds
        except NotJudgeable:
            return False


def _cured(component: list[int], claims: Sequence[Claim], trial: _Trial) -> list[tuple[int, Cure]]:
    """The cures of a component: likelier kinds of edits are tried first, others only where those do not mend."""
    everything = (1 << len(component)) - 1
    suspects = []
    for f in sorted({f for i in component for f in claims[i].operands[-MOST_OPERANDS:]}):
        try:
            found = trial.suspect(f, component)
        except DecimalException:
            found = None
        if found is not None:
            suspects.append(found)
    chosen: list[_Suspect] = []
    for rank in (SLIP, MISREAD, GARBLED):
        suspects = [trial.edited(s, rank) for s in suspects]
        chosen = _smallest_cover([s for s in suspects if s.prints != [] or s.edits], everything)
        if chosen and all(s.rank <= rank for s in chosen):
            break
    out = []
    for at, i in enumerate(component):
        blamed = [s for s in chosen if s.covers >> at & 1]
        if blamed:
            mend, equals = _proposal(blamed[0], suspects)
            out.append((i, Cure(tuple(s.figure for s in blamed), mend, equals)))
    return out


def _smallest_cover(suspects: list[_Suspect], everything: int) -> list[_Suspect]:
    """The fewest figures that cover all failing relations, the likeliest among equally few; greedy beyond three."""
    best: dict[int, _Suspect] = {}
    for s in suspects:
        if s.covers not in best or s.key < best[s.covers].key:
            best[s.covers] = s
    candidates = sorted(best.values(), key=lambda s: s.key)
    for size in (1, 2, 3):
        if size > 1 and len(candidates) > 24:
            break
        covers = [c for c in combinations(candidates, size) if _union(c) == everything]
        if covers:
            return list(min(covers, key=lambda c: [sum(k) for k in zip(*(s.key for s in c), strict=True)]))
    chosen: list[_Suspect] = []
    left = everything
    while left:
        most = max(candidates, key=lambda s: ((s.covers & left).bit_count(), [-k for k in s.key]), default=None)
        if most is None or not most.covers & left:
            break
        chosen.append(most)
        left &= ~most.covers
    return chosen


def _union(suspects: Sequence[_Suspect]) -> int:
    out = 0
    for s in suspects:
        out |= s.covers
    return out


def _proposal(blamed: _Suspect, suspects: Sequence[_Suspect]) -> tuple[Mend | None, tuple[Mend, ...]]:
    """The repair of the blamed figure and its equals: as likely edits of other figures that mend the same relations."""
    if blamed.rank == UNMENDED:
        return None, ()
    others = [
        s
        for s in suspects
        if s.figure != blamed.figure and s.rank == blamed.rank and s.covers & blamed.covers == blamed.covers
    ]
    mends = [_mend(s.figure, e) for s in (blamed, *others) for e in s.edits]
    return (None, ()) if len(mends) > MOST_EQUAL else (mends[0], tuple(mends[1:]))


def _mend(figure: int, edit: Edit) -> Mend:
    return Mend(figure, edit.figure.text, edit.figure.value, edit.figure.unit, edit.kind)
