"""What arithmetic says of a claim, exact.

Belongs here: how a claim comes to its verdict: status, certainty, severity, gap. Does not belong here: the equations
(sums.py, quotients.py), what a printed number stands for (intervals.py), wording (explain.py), repairs (mend.py).

Order of operands. The guide's table and the order in which the labels are written differ for two types; this package
follows the labels: `sum` is parts …, whole, and `threshold` is figures …, bound. The others are as in the guide:

share           part(s), whole, percentage             remainder    whole, part(s), rest
difference      level, other level, gap                growth       level, previous level, rate,
average         total, count, average                               or level, change (with a direction), rate
multiple        A, B, n                                part_of      part(s), whole
conversion      one, other, rate if stated             restatement  the copies
feasible_share  count, percentage                      enumeration  the announcing figure

In an implied relation the unstated term is left out; the whole of an implied share is what its parts make up.

Only the impossible fails: a relation holds if some of the values that its figures can stand for make it true. A
quotient (percentage, growth rate, average, multiple) may also have been cut off instead of rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import DecimalException
from fractions import Fraction

from hengshui_etl.records import Certainty, Claim, Figure, Severity, Status, Verdict
from hengshui_etl.relations.intervals import NotJudgeable, distance, interval
from hengshui_etl.relations.quotients import (
    average_finding,
    conversion_finding,
    feasible_share_finding,
    growth_finding,
    multiple_finding,
    share_finding,
)
from hengshui_etl.relations.readings import Finding
from hengshui_etl.relations.sums import (
    difference_finding,
    enumeration_finding,
    part_of_finding,
    remainder_finding,
    restatement_finding,
    sum_finding,
    threshold_finding,
)

__all__ = ["NotJudgeable", "finding_of", "verdict_of"]


def verdict_of(claim: Claim, figures: Sequence[Figure], *, worded: bool = True) -> Verdict:
    """The verdict on one claim about these figures; without its two sentences unless `worded`.

    Raises NotJudgeable, with the reason, where the operands allow no verdict (wrong number or kinds of operands, units
    that do not fit, division by zero, numbers that no print holds); nothing else, whatever the figures are.
    """
    holds, certain, stated, computed, unit, grave, words = finding_of(claim, figures)
    stated_interval = None if stated is None else interval(stated)
    computed_interval = None if computed is None else interval(computed)
    en, zh = words() if worded else ("", "")
    if holds:
        status: Status = "implied" if claim.implied or claim.type == "feasible_share" else "pass"
        certainty: Certainty = "certain" if certain else "possible"
        return Verdict(status, certainty, "info", stated_interval, computed_interval, _NO_GAP, en, zh)
    gap = _NO_GAP if stated is None or computed is None else distance(stated, computed) / Fraction(unit)
    severity: Severity = "error" if grave or gap > 1 else "warning"
    return Verdict("fail", "impossible", severity, stated_interval, computed_interval, gap, en, zh)


def finding_of(claim: Claim, figures: Sequence[Figure], *, trimming: bool = True) -> Finding:
    """What `verdict_of` makes a verdict of: quick, as it has no sentences yet. Raises NotJudgeable likewise.

    `trimming` says whether a quotient that was cut off instead of rounded may hold.
    """
    kind, places = claim.type, claim.operands
    if places and (min(places) < 0 or max(places) >= len(figures)):
        raise NotJudgeable("an operand that is no figure of the article")
    least, most = _ARITY[kind]
    if claim.implied and kind in _IMPLIABLE:
        least -= 1
    if not least <= len(places) <= most:
        raise NotJudgeable(f"{len(places)} operands do not make a relation of type {kind}")
    try:
        return _JUDGES[kind](claim, [figures[i] for i in places], trimming)
    except DecimalException:
        raise NotJudgeable("the numbers are too long to be judged") from None


_NO_GAP = Fraction(0)

_ARITY = {
    "share": (3, 10**6), "sum": (3, 10**6), "part_of": (2, 10**6), "remainder": (3, 10**6), "difference": (3, 3),
    "growth": (3, 3), "average": (3, 3), "multiple": (3, 3), "enumeration": (1, 1), "restatement": (2, 10**6),
    "threshold": (2, 10**6), "conversion": (2, 3), "feasible_share": (2, 2),
}  # fmt: skip

_IMPLIABLE = {"sum", "remainder", "difference", "average"}

_Judge = Callable[[Claim, Sequence[Figure], bool], Finding]
_JUDGES: dict[str, _Judge] = {
    "share": share_finding,
    "sum": sum_finding,
    "part_of": part_of_finding,
    "remainder": remainder_finding,
    "difference": difference_finding,
    "growth": growth_finding,
    "average": average_finding,
    "multiple": multiple_finding,
    "enumeration": enumeration_finding,
    "restatement": restatement_finding,
    "threshold": threshold_finding,
    "conversion": conversion_finding,
    "feasible_share": feasible_share_finding,
}
