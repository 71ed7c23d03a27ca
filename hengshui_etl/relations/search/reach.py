"""Trials that miss by so much that no rounding helps, told apart quickly before they are judged exactly.

Belongs here: floating-point bounds, drawn wider than any reading of a print, that only ever say "this cannot hold".
Does not belong here: verdicts, and anything that holds (judge.py); which operands are tried (the searches).

Where many figures stand together, nearly all trials are of figures that have nothing to do with each other. What is
decided here is decided by judge.py in the same way, only ten times as slowly; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Sequence

from hengshui_etl.records import Figure, RelationType
from hengshui_etl.relations.units import factor_between

_SLACK = 1 + 1e-9  # more than all errors of floats here together
_LEAST, _MOST = 1e-9, 1e18  # sizes within which that is so
_HUNDRED = {"%": 100.0, "‰": 1000.0}


class Reach:
    """What each figure can stand for at most, worked out when it is asked for."""

    def __init__(self, figures: Sequence[Figure], values: Sequence[float]) -> None:
        self._figures = figures
        self._values = values
        self._known: dict[int, tuple[float, float] | None] = {}

    def _ends(self, i: int) -> tuple[float, float] | None:
        """One unit of the last place either way: rounded, cut off, or a mean in whole numbers, it is within; None for
        what is not plain."""
        if i not in self._known:
            figure, value = self._figures[i], self._values[i]
            place = float(figure.place) or 1.0
            plain = (
                figure.bound == "exact"
                and figure.high is None
                and not figure.more
                and _LEAST < value < _MOST
                and place <= value
                and "番" not in figure.text
                and len(figure.text) < 40  # longer numbers are not judged at all
            )
            self._known[i] = (value - place, value + place) if plain else None
        return self._known[i]

    def misses(self, kind: RelationType, operands: tuple[int, ...]) -> bool:
        """Whether these operands, in order, are sure to fail as a relation of this type without a scale; False where
        it is not sure."""
        if len(operands) < 3:
            return False
        figures = self._figures
        if kind == "share" or kind == "average":
            if len(operands) != 3:
                return False
            one, other, ratio = operands
            if kind == "share":
                if figures[one].unit != figures[other].unit or figures[ratio].kind != "percent":
                    return False
                factor = _HUNDRED.get(figures[ratio].unit, 0.0)
            else:
                factor = _change(figures[one], figures[ratio])
            a, b, c = self._ends(one), self._ends(other), self._ends(ratio)
            if not factor or a is None or b is None or c is None:
                return False
            return a[0] * factor > b[1] * c[1] * _SLACK or a[1] * factor * _SLACK < b[0] * c[0]
        if kind == "sum":
            parts, whole = operands[:-1], operands[-1]
        elif kind == "remainder":
            parts, whole = operands[1:], operands[0]
        else:
            return False
        unit, values = figures[whole].unit, self._values
        size = gap = values[whole]
        for part in parts:
            if figures[part].unit != unit:
                return False
            gap -= values[part]
        reach = 0.0
        for i in operands:
            ends = self._ends(i)
            if ends is None:
                return False
            reach += ends[1] - ends[0]
            size += ends[1]
        return abs(gap) > reach * _SLACK + size * 1e-9


def _change(total: Figure, average: Figure) -> float:
    """From the unit of a total to that of its average, as it is judged; 0 where they may not be compared."""
    if total.unit == average.unit:
        return 1.0
    change = factor_between(total.unit, average.unit.partition("/")[0])
    if change is None:
        return 0.0 if "money" in (total.kind, average.kind) else 1.0
    return float(change)
