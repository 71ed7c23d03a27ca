"""Whether a failure looks like an error of the article at all, or rather like figures that do not belong together.

Belongs here: the last question before an accusation. Does not belong here: finding the operands (search/), the verdict
(judge.py), which repair is proposed (mend.py).

Writers and typists err by a digit, a decimal point, a multiplier, a unit, a direction, or reckon a little wrongly. Two
figures that were never meant for each other differ by anything. So a relation that no single edit of one of its figures
mends, and that is off by more than a small error of reckoning, is not claimed unless its words leave no other reading:
an innocent article accused costs more than an odd error missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hengshui_etl.records import Claim, Figure, Verdict
from hengshui_etl.relations.edits import GARBLED, MISREAD, SLIP, Print, reunited, turned
from hengshui_etl.relations.judge import NotJudgeable, finding_of
from hengshui_etl.relations.needed import needed_values

MISRECKONED = Fraction(7, 100)
"""How far off, as a share of the stated value, a sum or quotient may be that was reckoned wrongly."""

_COMPARED = frozenset(("part_of", "feasible_share", "enumeration", "threshold"))
"""Types that only compare: nothing is reckoned in them, and no value is needed exactly."""


_QUOTIENTS = frozenset(("average", "multiple"))
_FEWEST = 3
"""A quotient printed as so many of its last place or fewer is too coarse for an edit to be evidence."""


def is_explained(claim: Claim, verdict: Verdict, figures: Sequence[Figure]) -> bool:
    """Whether one edit of one operand, or a small error of reckoning, explains that the relation fails."""
    if claim.type == "restatement" and any(figures[i].bound != "exact" for i in claim.operands):
        return True
    if claim.plain or claim.type in _COMPARED or abs(verdict.gap) <= 1 or _is_near(verdict):
        return True
    result = figures[claim.operands[-1]]
    if claim.type in _QUOTIENTS and result.place * _FEWEST >= abs(result.value):
        return False  # a quotient of one small digit (1万元) stands for so much that some slip always fits
    return any(_one_edit_mends(claim, figures, operand) for operand in claim.operands)


def _is_near(verdict: Verdict) -> bool:
    """Whether the computed value lies close by the stated one."""
    stated, computed = verdict.stated, verdict.computed
    if stated is None or computed is None:
        return False
    for below, above in ((stated, computed), (computed, stated)):
        if below.high is not None and above.low is not None and above.low > below.high:
            return above.low - below.high <= MISRECKONED * max(abs(above.low), abs(below.high))
    return False


def _one_edit_mends(claim: Claim, figures: Sequence[Figure], operand: int) -> bool:
    """Whether the relation holds once the print of this operand is changed in one place."""
    for edit in (reunited(figures[operand]), turned(figures[operand])):
        if edit is not None and _holds(claim, figures, operand, edit.figure):
            return True
    wanted = needed_values(claim, figures, operand)
    if wanted is None:
        return True  # it cannot be said
    prints = [Print(figures[operand], each) for each in wanted]
    return any(
        _holds(claim, figures, operand, edit.figure)
        for rank in (SLIP, MISREAD, GARBLED)
        for each in prints
        for edit in each.edits(rank)
    )


def _holds(claim: Claim, figures: Sequence[Figure], operand: int, edited: Figure) -> bool:
    changed = {i: figures[i] for i in claim.operands} | {operand: edited}
    places = tuple(range(len(claim.operands)))
    try:
        return finding_of(claim._replace(operands=places), [changed[i] for i in claim.operands]).holds
    except NotJudgeable:
        return False
