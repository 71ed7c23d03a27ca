"""Rates of two opposite things that are told one beside the other, while their sum is not (起诉, 不起诉, 不诉率).

Belongs here: shares whose whole is not stated but made up by the part and its opposite. Does not belong here: shares of
a stated whole (shares.py), of several parts together (shares_together.py).
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.lists import opposite
from hengshui_etl.relations.search.shares_meant import is_open
from hengshui_etl.relations.search.view import View
from hengshui_etl.vocab import toml, words

_OPPOSED = {
    name: (words(pair["part"]), words(pair["rest"]))
    for pair in toml("ratios")["opposed"]
    for name in words(pair["name"])
}
_STEM = lazy_pattern(r"(?P<stem>[^\W\d_a-zA-Z]{2})[率面](?:[为達达到是约約近仅]{0,3})$")
_NOT = lazy_pattern(r"[非不未无]")
_NEAR = 16  # characters between the last of the two and its rate


def find_shares_of_two(view: View) -> None:
    """Claim the rates of two opposite things, right before them, whose sum is not stated."""
    for i in range(2, view.count):
        if view.said[i].predicate != "rate" or not is_open(view, i, beside="share"):
            continue
        pair = _opposed(view, i)
        made = [c for c in view.claims if c.type == "share" and c.operands[-1] == i]
        if pair is None or any(view.trial("share", c.operands) for c in made):
            continue
        operands = (*pair, i)
        if view.trial("share", operands, implied=True) or view.slip("share", operands, implied=True):
            view.retract("share", i)  # of one of the two as of a whole
            view.retract("feasible_share", i)
            view.claim("share", operands, "两者之和", implied=True)


def _opposed(view: View, i: int) -> tuple[int, int] | None:
    """(part, the other) of rate `i`: the only two levels in one unit before it in its full sentence."""
    levels = [j for j in range(i - 1, max(-1, i - 8), -1) if view.periods[j] == view.periods[i] and view.plain(j)]
    if len(levels) < 2 or len(view.between(levels[0], i)) > _NEAR:
        return None
    last, first = levels[:2]
    beside = [j for j in levels if view.alike(j, last)]
    if beside != [last, first] or not _stated_plainly(view, last) or not _stated_plainly(view, first):
        return None
    before = view.said[i].before
    for part, rest in ((first, last), (last, first)):
        if _named_so(view, before, part, rest):
            return part, rest
    return None


def _stated_plainly(view: View, j: int) -> bool:
    figure = view.figures[j]
    return figure.bound == "exact" and figure.high is None and not view.said[j].bracketed


def _named_so(view: View, before: str, part: int, rest: int) -> bool:
    """Whether a rate is named for the first of two figures, and the second counts the opposite."""
    one, other = (view.said[j].before for j in (part, rest))
    name = max((n for n in _OPPOSED if re.search(rf"{n}[为達达到是约約近仅]*$", before)), key=len, default=None)
    if name is not None:
        parts, rests = _OPPOSED[name]
        return any(w in one for w in parts) and not any(w in other for w in parts) and any(w in other for w in rests)
    stem = _STEM.search(before)
    if stem is None or not opposite(one, other):
        return False
    denied = _NOT.match(stem["stem"]) is not None
    return stem["stem"] in one and (denied or _NOT.search(one) is None)
