"""Lists in lists: members of a list that are told of the member before them, and not of the whole.

Belongs here: which figures of a run stand inside another member, by the words that open them and the punctuation that
closes them. Does not belong here: whether parts add up (sums_listed.py), who is accused if not (sums_worded.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.view import View

# 29个，其中甲12个; 33.2亿元，含乙11.1亿元; 技术人员2247人，占83.7%：医师786人; 已开工83个，开工项目中已有37个建成
_OPENS = lazy_pattern(
    r"^[：:]|[及和与](?:其)?(?:所属|下属)|[，,、（(](?:其中|包括|包含|内含|(?<!不)含)|[，,][^，,。；;、\d]{2,10}(?:[中里]|当中)(?:[，,]|已|有|仅|的)[^。；;]*$"
)
_OR_MORE = lazy_pattern(r"\d[^，,。；;、]{0,6}以上[^，,。；;、\d]{0,6}$")
_CLASS = 16
"""Characters before a member that name its class."""
_COMMA, _SEMICOLON = lazy_pattern("[，,]"), lazy_pattern("[；;。]")


def without_nested(view: View, run: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """The run without the members nested in others, in the readings that punctuation admits; nothing where none is.

    What opens behind a member (其中, 含, 开工项目中已有) ends at the next semicolon, perhaps at a comma."""
    readings = (tuple(_outer(view, run, ends)) for ends in (_SEMICOLON, _COMMA))
    return tuple(dict.fromkeys(outer for outer in readings if len(outer) < len(run)))


def has_nested(view: View, run: Sequence[int]) -> bool:
    """Whether not all of a run stand beside each other: some are told of the member before them, or two are classes
    that are open above (5亿元以上14个、10亿元以上6个), so that the larger is in the smaller; or some are called by what
    they have and not by what they are (退役军人19.5万人；享受补助的3.3万人)."""
    starts = [view.figures[j].at for j in run]
    ends = {view.said[j].before.endswith("的") for j in run}
    open_above = sum(_OR_MORE.search(view.text, max(0, at - _CLASS), at) is not None for at in starts)
    return open_above > 1 or len(ends) > 1 or len(without_nested(view, run)) > 0


def _outer(view: View, run: Sequence[int], ends: re.Pattern[str]) -> list[int]:
    kept = list(run[:1])
    nested = False
    for j in run[1:]:
        gap = view.text[view.figures[j - 1].till : view.figures[j].at]
        if _OPENS.search(gap):
            nested = True
        elif nested:
            nested = ends.search(view.text, view.figures[j - 1].till, view.figures[j].at) is None
        if not nested:
            kept.append(j)
    return kept
