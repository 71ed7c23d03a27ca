"""The mean of the region that a level is held against: 亩产765.4公斤，比全市平均水平高327.8公斤，是全市平均的1.57倍.

Belongs here: which figures such a gap or multiple is of. Does not belong here: claiming them (differences.py,
multiples.py), gaps in points (points.py).
"""

from __future__ import annotations

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.view import View, once

_MEAN_OF = lazy_pattern("全(?P<region>[国省市县区州镇乡])(?:的)?平均(?:水平|数|值|亩产|单产)?")
_NEAR = 3
_FAR = 60
"""Figures back to the level, and to where the mean may stand."""


@once
def level_and_mean(view: View, i: int) -> tuple[int, int] | None:
    """The level that figure `i` is the gap or multiple of, and the mean of the region that its words name; None where
    they name none, or where more than one other mean may be meant."""
    if _MEAN_OF.search(view.said[i].before) is None:
        return None
    level = next((j for j in range(i - 1, max(-1, i - 1 - _NEAR), -1) if _is_level(view, j)), None)
    if level is None or view.periods[level] != view.periods[i] or view.figures[level].direction is not None:
        return None
    unit, name = view.figures[level].unit, _kind_of_mean(view, level)
    means = [
        j
        for j in range(level - 1, max(-1, level - _FAR), -1)
        if _is_level(view, j) and view.figures[j].unit == unit and view.figures[j].direction is None
    ]
    means = [j for j in means if _kind_of_mean(view, j) == name and not view.said[j].base]
    values = {view.figures[j].value for j in means}
    return (level, means[-1]) if name and len(values) == 1 else None


def _is_level(view: View, j: int) -> bool:
    """Whether figure `j` of the body says how much of something there is, in all or on average."""
    return view.said[j].predicate in ("level", "average") and not view.titled(j) and not view.is_cell(j)


def _kind_of_mean(view: View, j: int) -> str:
    """What the words right before a figure say is averaged: all from the word of averaging on."""
    name = view.said[j].before.rstrip("为达到约近是")
    at = max(name.rfind("均"), name.rfind("亩产"), name.rfind("单产"))
    return name[at:].removeprefix("均") if at >= 0 else ""
