"""What each operand is in its relation: part, whole, level, rate, …

Belongs here: the roles and their order. Does not belong here: the equations between them (sums.py, quotients.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from hengshui_etl.records import Claim, Figure, RelationType

ROLES: dict[RelationType, tuple[tuple[str, ...], int]] = {
    "share": (("part", "whole", "percentage"), 0),
    "sum": (("part", "whole"), 0),
    "part_of": (("part", "whole"), 0),
    "remainder": (("whole", "part", "rest"), 1),
    "difference": (("level", "other_level", "gap"), -1),
    "growth": (("level", "previous_level", "rate"), -1),
    "average": (("total", "count", "average"), -1),
    "multiple": (("multiplied", "base", "multiple"), -1),
    "enumeration": (("announced",), -1),
    "restatement": (("copy",), 0),
    "threshold": (("bounded", "bound"), 0),
    "conversion": (("one", "other", "rate"), -1),
    "feasible_share": (("count", "percentage"), -1),
}
"""The roles of each relation in their order, and which of them several operands may have."""

IMPLIED_ROLES: dict[RelationType, tuple[tuple[str, ...], int]] = {
    "share": (("part", "other", "percentage"), 1),
    "sum": (("part",), 0),
    "remainder": (("whole", "part"), 1),
}


def roles_of(claim: Claim, figures: Sequence[Figure]) -> list[str]:
    """What each operand is in the claim; `term` where one is not stated and the order does not tell which."""
    n = len(claim.operands)
    roles, several = ROLES[claim.type]
    if claim.implied and claim.type in IMPLIED_ROLES:
        roles, several = IMPLIED_ROLES[claim.type]
    if claim.type == "conversion" and n == 2:
        roles = roles[:2]
    if claim.implied and claim.type == "difference" and n == 2 and figures[claim.operands[1]].direction is not None:
        roles = ("level", "gap")
    extra = n - len(roles)
    if extra < 0 or (extra and several < 0):
        return ["term"] * n
    found = [*roles[:several], *[roles[several]] * (extra + 1), *roles[several + 1 :]] if extra else list(roles)
    if claim.type == "growth" and figures[claim.operands[1]].direction is not None:
        found[1] = "change"
    return found
