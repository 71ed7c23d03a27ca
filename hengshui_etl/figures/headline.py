"""The figures of a headline: they are what the body says again, with its period and its plainer name.

Belongs here: finding the figure of the body that a headline's figure stands for. Does not belong here: reading figures
(extract.py).
"""

from __future__ import annotations

from collections import Counter

from hengshui_etl.figures.dating import DURATIONS
from hengshui_etl.figures.periods import Moment, forward, whole_year
from hengshui_etl.records import Figure, Period


def _runs_into(year: Period, part: Period) -> bool:
    """Whether a headline's year is the one of which the body tells a part from its first day."""
    return (
        year.first is not None
        and year.first == part.first
        and year.last != part.last
        and whole_year(part, None) == year
    )


_OPENING = 64
"""A headline says again what so many figures of its units behind it say first."""


def _said_again(figure: Figure, body: list[Figure]) -> Figure | None:
    """The figure of the body that a headline's figure rounds (逾九百亿元: 905.2亿元) or repeats, or None."""
    for other in body:
        if other.unit == figure.unit and other.value == figure.value and other.direction == figure.direction:
            return other
    if figure.bound not in ("min", "approx") or figure.value <= 0:
        return None
    for other in body:
        same = other.unit == figure.unit and other.direction == figure.direction and other.kind == figure.kind
        if same and 0 < other.value - figure.value < figure.value / 10:
            return other
    return None


def _tells_more(metric: str, headline: str) -> bool:
    """Whether what the body calls a figure is what the headline calls it, in more or plainer words."""
    shared = sum((Counter(metric) & Counter(headline)).values())
    return len(metric) >= 4 and (shared * 2 >= len(metric) or (len(headline) <= 3 and shared > 0))


def date_headline(figures: list[Figure], titled: int, default: Moment | None) -> None:
    """Give the `titled` figures of the headline the periods and metrics of those in the body that say the same."""
    named = {figure.unit for figure in figures[:titled]}
    body = [figure for figure in figures[titled:] if figure.unit in named and figure.metric][:_OPENING]
    first: dict[tuple[object, str, str], Period | None] = {}
    for figure in reversed(figures[titled:]):
        if figure.unit in named:
            first[figure.value, figure.unit, figure.bound] = figure.period
    restated: Period | None = None
    for i, figure in enumerate(figures[:titled]):
        said = _said_again(figure, body)
        if figure.unit not in DURATIONS:
            restated = (
                first.get((figure.value, figure.unit, figure.bound))
                or (said.period if said and figure.period is None else None)
                or restated
            )
        own = figure.period
        if own is not None and restated is not None and restated.first is None and own.last == restated.last:
            restated = own
        if restated is None and own is not None and default is not None and _runs_into(own, default.period):
            own = default.period
        period = forward(restated or own or (default.period if default else None))
        metric = figure.metric
        if said is not None and said.metric and _tells_more(said.metric, metric or ""):
            metric = said.metric
        if period != figure.period or metric != figure.metric:
            figures[i] = figure._replace(period=period, metric=metric)
