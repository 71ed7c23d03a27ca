"""Lists that the words give to one whole, and that miss it: their members add up to nothing else but by chance.

Belongs here: whose the members of such a list are. Does not belong here: reading a list (lists.py), sums that hold
(sums_listed.py, sums_swept.py), the accusation (sums_worded.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from hengshui_etl.relations.search.lists import WordedList, closed_list, worded_list
from hengshui_etl.relations.search.nested import has_nested
from hengshui_etl.relations.search.view import View

Owned = dict[int, tuple[int, tuple[int, ...]]]
"""For each member of a list that misses its whole: that whole, and all members."""


def members_of_failing_lists(view: View) -> Owned:
    """The members of all lists of three and more whose words leave hardly another whole than the one they miss."""
    found = [each for w in range(view.count) if (each := _failing_list(view, w)) is not None]
    return {p: (each.whole, each.parts) for each in found for p in each.parts}


def owned_by_another(owned: Owned, parts: Sequence[int], whole: int) -> bool:
    """Whether the words give one of the parts another whole, or other members beside it."""
    return any(p in owned and owned[p] != (whole, tuple(parts)) for p in parts)


def _failing_list(view: View, w: int) -> WordedList | None:
    """The list behind figure `w` in its own sentence, opened by 其中 or 按…分, if it does not add up to it."""
    if not view.plain(w) or view.figures[w].bound != "exact":
        return None
    found = worded_list(view, w)
    if found is None or found.cue not in ("by", "of_which") or len(found.parts) < 3:
        return None
    if has_nested(view, found.parts):
        return None
    if view.periods[found.parts[-1]] != view.periods[w] or view.trial("sum", (*found.parts, w)) is not False:
        return None
    return found if found.joint == 1 or closed_list(view, found) else None
