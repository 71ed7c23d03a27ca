"""Stretches of a long article, searched one by one, so that the search grows with the article and not with its square.

Belongs here: where a long article is cut. Does not belong here: the search (find.py). An article of the usual length is
one stretch; what a book-long text says in one chapter is not held against another.
"""

from __future__ import annotations

from collections.abc import Iterator

from hengshui_etl.figures import Grid, Reading
from hengshui_etl.records import Article

ENOUGH = 120  # figures after which a stretch ends with its paragraph
MOST = 200  # figures of prose after which it ends wherever it is
MOST_CELLS = 5000  # cells of a table that are looked at together


def stretches_of(article: Article, reading: Reading) -> Iterator[tuple[int, Reading]]:
    """(index of its first figure, its part of the reading), stretch by stretch in reading order."""
    count = len(reading.figures)
    if count <= MOST:
        yield 0, reading
        return
    paragraphs = [article.sentences[f.sentence].paragraph for f in reading.figures]
    first = prose = 0
    grids = iter(reading.grids)
    grid = next(grids, None)
    for i in range(count):
        in_prose = reading.statements[i] is not None
        ended = i > first and paragraphs[i] != paragraphs[i - 1]
        if (i - first >= ENOUGH and ended) or (prose >= MOST and in_prose) or i - first >= MOST_CELLS:
            own, grid, grids = _grids_before(grid, grids, first, i)
            yield first, Reading(reading.figures[first:i], reading.statements[first:i], own)
            first, prose = i, 0
        prose += in_prose
    own, _, _ = _grids_before(grid, grids, first, count)
    yield first, Reading(reading.figures[first:], reading.statements[first:], own)


def _grids_before(
    grid: Grid | None, grids: Iterator[Grid], first: int, end: int
) -> tuple[tuple[Grid, ...], Grid | None, Iterator[Grid]]:
    """The tables of the stretch, counted from its first figure; the next table, and those behind it."""
    own: list[Grid] = []
    while grid is not None:
        inside = tuple((cell, figure - first) for cell, figure in grid.cells if first <= figure < end)
        if inside:
            own.append(Grid(grid.block, inside))
        if grid.cells and grid.cells[-1][1] >= end:
            break
        grid = next(grids, None)
    return tuple(own), grid, grids
