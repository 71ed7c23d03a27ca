"""Failing shares that are taken back because what they are of is told otherwise.

Belongs here: wholes that two levels of the sentence make up, and rates that each of the things counted has for itself.
Does not belong here: other operands as printed, and what is told of a time before (dismissed.py).
"""

from __future__ import annotations

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Claim
from hengshui_etl.relations.search.shares_parts import SHARES, in_row, run_of_ratios
from hengshui_etl.relations.search.view import View

_TAKEN_OFF = lazy_pattern(
    "(?:节[约省支资]|[核审]减|压减|让利|优惠|降低)(?:资金|金额|费用|投资|成本)?[了约达为共]{0,2}$"
)
_STEPS = 100
"""A percentage of fewer units of its last place (6.4% has 64) fits the sum of some two levels by chance."""
_NEAR = 10  # figures to either side of the whole that may stand for what is added to it


def take_back_shares(view: View) -> None:
    """Take back the failing shares whose whole or part is another than was thought, as the sentence shows."""
    for claim in [c for c in view.claims if c.type == "share" and len(c.operands) == 3 and not c.implied]:
        if view.trial("share", claim.operands, claim.scale) is not False:
            continue
        if (listed := _with_one_before(view, claim)) is not None:
            view.drop(claim)
            view.claim("share", listed, claim.reason)
        elif _of_two_levels(view, claim) or _each_has_one(view, claim):
            view.drop(claim)
            view.leave(claim.operands, "the whole is not stated by one figure")


def _is_precise(view: View, i: int) -> bool:
    return view.figures[i].value >= _STEPS * view.figures[i].place


def _with_one_before(view: View, claim: Claim) -> tuple[int, int, int, int] | None:
    """The part with the one that is listed right before it, where the share is that of both (已报会6家、辅导备案12家，
    占29.0%)."""
    part, whole, i = claim.operands
    other = part - 1
    if other < 0 or other == whole or not view.plain(other) or not _is_precise(view, i):
        return None
    listed = view.figures[other].unit == view.figures[part].unit and view.between(other, part).startswith("、")
    operands = (other, part, whole, i)
    return operands if listed and view.trial("share", operands, claim.scale) else None


def _of_two_levels(view: View, claim: Claim) -> bool:
    """Whether the share is one of the whole and a level beside it together (新收4.26万件，旧存0.38万件，审结…), or of
    the whole and what was taken off it (中标金额126.8亿元，较控制价节约8.6亿元，节约率…)."""
    part, whole, i = claim.operands
    taken_off = view.values[part] + view.values[whole]
    if _TAKEN_OFF.search(view.said[part].before) and view.values[part] < view.values[whole]:
        return abs(100 * view.values[part] / taken_off - view.values[i]) <= float(view.figures[i].place) / 2
    if not _is_precise(view, i) or view.figures[i].bound != "exact" or view.figures[i].unit != "%":
        return False
    slack = float(view.figures[i].place)
    for j in range(max(0, whole - _NEAR), min(i, whole + _NEAR)):
        beside = j not in claim.operands and view.plain(j) and view.alike(j, whole) and not view.said[j].bracketed
        if not beside or view.periods[j] != view.periods[whole] or view.figures[j].unit != view.figures[whole].unit:
            continue
        together = view.values[whole] + view.values[j]
        if together and abs(100 * view.values[part] / together - view.values[i]) <= slack:
            return True
    return False


def _each_has_one(view: View, claim: Claim) -> bool:
    """Whether as many rates follow as things are counted before them: each its own (其余2件进度分别为85%和92%)."""
    i = claim.operands[-1]
    if view.said[i].word in SHARES or not (in_row(view, i) or (i + 1 < view.count and in_row(view, i + 1))):
        return False
    first, last = run_of_ratios(view, i)
    count = view.figures[first - 1] if first else None
    return (
        count is not None
        and count.kind == "count"
        and count.value == last - first + 1
        and count.sentence == view.figures[first].sentence
        and len(view.between(first - 1, first)) < 16
    )
