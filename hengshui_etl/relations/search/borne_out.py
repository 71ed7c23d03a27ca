"""What other relations say of how a figure is printed.

Belongs here: whether a relation that holds shows that a figure has not slipped. Does not belong here: accusing (the
families), taking claims back (dismissed.py).
"""

from __future__ import annotations

from hengshui_etl.relations.intervals import meet, range_of
from hengshui_etl.relations.needed import needed_values
from hengshui_etl.relations.search.view import View

_TELLING = frozenset(("sum", "remainder", "difference", "growth", "average", "share"))


def borne_out(view: View, i: int, instead: int) -> bool:
    """Whether a relation found so far holds for figure `i` as it is printed, and would not with the value of figure
    `instead`: 收入61.84亿元 of 34.29亿元 and 27.55亿元 leaves no room for 27.25亿元."""
    other = range_of(view.figures[instead])
    for claim in view.claims:
        if claim.type not in _TELLING or i not in claim.operands or instead in claim.operands:
            continue
        if view.trial(claim.type, claim.operands, claim.scale, claim.implied, claim.counted):
            needed = needed_values(claim, view.figures, i)
            if needed and not any(meet(r, other) for r in needed):
                return True
    return False
