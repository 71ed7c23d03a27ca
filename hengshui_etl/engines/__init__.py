"""Engines: who makes segments, and where. All of them call `segments.made_of`, so that all give the same bytes.

Belongs here: choosing one, handing out work, and how far it is. Does not belong here: what work is (segments.py), what
becomes of what was made (loading.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from hengshui_etl.segments import Made, Work
from hengshui_etl.settings import Settings

OnItems = Callable[[int], None]
"""Is told how many items of all works that were taken are done, those of works that are under way included."""

EVERY_S = 0.5
"""How often that is told."""


def quiet(done: int) -> None:
    """Nobody wants to know."""


class EngineUnavailable(Exception):
    """The engine that was chosen cannot work as things are; the text says what to do."""


class Engine(Protocol):
    """Makes segments."""

    def map(self, works: Iterable[Work], on_items: OnItems = quiet) -> Iterator[Made]:
        """What is made of each work, in the order of the works. Takes no more works at a time than keep it busy; what
        `made_of` raises, it raises. `on_items` hears now and then, while nothing else comes, how far it is."""
        ...


def engine_of(settings: Settings, size: int) -> Engine:
    """The engine that HENGSHUI_ENGINE names, for a batch of so many bytes."""
    if settings.engine == "ray":
        from hengshui_etl.engines.ray import Ray

        return Ray(size)
    from hengshui_etl.engines.local import Local

    return Local(size)
