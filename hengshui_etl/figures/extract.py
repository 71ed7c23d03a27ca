"""An article's figures in reading order, each with what it measures, when, and of whom.

Belongs here: walking the sentences and tables, and handing period, scope and subject on from clause to clause, sentence
to sentence. Does not belong here: numbers and units (quantities.py), clause grammar (statements.py), calendar
(periods.py, governing.py, dating.py), regions (scope.py, whose.py), arithmetic (relations/).
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import NamedTuple

from hengshui_etl.figures.about import main_place
from hengshui_etl.figures.changes import direction_of_base
from hengshui_etl.figures.clauses import Clauses
from hengshui_etl.figures.columns import Labels
from hengshui_etl.figures.dating import DURATIONS, Dating
from hengshui_etl.figures.found import Quantity, Time
from hengshui_etl.figures.grids import Cell, cells_of
from hengshui_etl.figures.headline import date_headline
from hengshui_etl.figures.labels import cleaned, joined, tail_of
from hengshui_etl.figures.leads import NUMBERED
from hengshui_etl.figures.memory import Memory
from hengshui_etl.figures.metrics import metric_of
from hengshui_etl.figures.periods import forward, printed_on
from hengshui_etl.figures.quantities import Reader
from hengshui_etl.figures.scope import Place, row_place
from hengshui_etl.figures.statements import Statement, statement_of
from hengshui_etl.figures.whose import Places
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Article, Direction, Figure, Period
from hengshui_etl.text import Unreadable

_SEPARATORS = frozenset(("、", "和", "及", "与", "以及"))
_LIST_JOINT = frozenset(("、", "和", "及", "与", "以及", "，", ","))


class Grid(NamedTuple):
    """A table as figures: its cells with the index of the figure that each became."""

    block: int
    cells: tuple[tuple[Cell, int], ...]


class Reading(NamedTuple):
    """An article's figures, and what was said with each (None for table cells)."""

    figures: tuple[Figure, ...]
    statements: tuple[Statement | None, ...]
    grids: tuple[Grid, ...]


class _Walk:
    """One walk through an article; holds what is handed on."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.text = article.text
        self.published: date | None = article.published_on or printed_on(article.text)
        self.places = Places(article.text, main_place(article))
        self.times = Dating(article.text, self.published, (self.places.near or "")[:2])
        self.figures: list[Figure] = []
        self.statements: list[Statement | None] = []
        starts, sources = article.offsets
        self.starts = starts
        self.shifts = [source - start for start, source in zip(starts, sources, strict=True)]
        self.memory = Memory()
        self.clause = 0
        self.paragraph = -1

    def add(
        self,
        q: Quantity,
        statement: Statement | None,
        direction: Direction | None,
        metric: str | None,
        period: Period | None,
        place: Place | None,
        sentence: int,
    ) -> None:
        """Add a figure, with where it stands in the source."""
        start, end, starts, shifts = q.at, q.till, self.starts, self.shifts
        if len(starts) > 1:
            start += shifts[bisect_right(starts, start) - 1]
            end += shifts[bisect_right(starts, end) - 1]
        self.figures.append(
            Figure(
                f"f{len(self.figures) + 1}", self.article.source[start:end], start, end,
                q.value, q.high, q.unit, q.kind, q.bound, direction,
                metric, forward(period), place.name if place else None, place.code if place else None,
                sentence, q.at, q.till,
                q.place, q.more, q.strict,
            )
        )  # fmt: skip
        self.statements.append(statement)

    # ------------------------------------------------------------------ prose

    def sentence(
        self, number: int, start: int, end: int, quantities: list[Quantity], times: list[Time], headline: bool
    ) -> None:
        text, walk, places, memory = self.text, self.times, self.places, self.memory
        t = 0
        if not (start and text[start - 1] in "；;"):
            memory.new_sentence()
            walk.new_sentence(start)
            places.new_sentence(start)
        else:
            walk.new_part()
        last_time = len(times)
        clauses = Clauses(text, start, end, quantities, headline)
        previous: Quantity | None = None
        for i, q in enumerate(quantities):
            while t < last_time and times[t].at < q.at:
                walk.heed(times[t], end)
                t += 1
            near = clauses.around(i)
            listed = False
            if previous is None or (joint := text[previous.till : q.at]) not in _LIST_JOINT:
                self.clause += 1
            else:
                listed = joint in _SEPARATORS and previous.kind == q.kind
            statement = statement_of(text, near, q, previous, self.clause)
            direction = statement.direction
            if listed and (inherited := self.statements[-1]) is not None:
                statement = inherited._replace(behind=near.behind, start=near.start, bracketed=False, of_previous=False)
                direction = self.figures[-1].direction
            elif direction is None and previous is not None and statement.predicate != "share":
                direction = direction_of_base(text, q, previous, self.figures[-1].direction)
            if (near.before or previous is None) and not near.bracketed:
                if previous is None:
                    places.heed_clauses(start, q.at)
                else:
                    places.heed(near.start, q.at)
            period = walk.period_for(q, statement, near.start, listed)
            place = places.place_for(q, statement)
            count = 1 if listed else _listed_after(text, quantities, i)
            metric = metric_of(text, q, statement, memory, listed, headline, count)
            if previous is not None and previous.unit in DURATIONS and previous.till == near.start and metric:
                metric = _behind_duration(metric, self.statements[-1])
            handed = memory.part < len(memory.parts)
            if handed and (member := places.member(name := _handed_to(memory))) is not None:
                place, metric = member, memory.parts[memory.part].removeprefix(name) or memory.topic or metric
            elif place is not places.main and place is not None and metric is not None:
                metric = _without_place(metric, place, q, statement, memory)
            self.add(q, statement, direction, metric, period, place, number)
            previous = q
        while t < len(times):
            walk.heed(times[t], end)
            t += 1

    # ------------------------------------------------------------------ tables

    def table(self, number: int, cells: list[Cell], caption: str = "") -> None:
        labels = Labels(cells, caption, self.places.near, self.published, self.times)
        sentences = self.article.sentences
        for cell in cells:
            while number + 1 < len(sentences) and sentences[number + 1].start <= cell.at:
                number += 1  # each row is a sentence
            place = row_place(cell.row_label, self.places.near) or self.places.main
            quantity = Quantity(
                cell.at, cell.till, cell.at, cell.value, None, cell.place, cell.unit, cell.kind,
                "exact", False, False, False,
            )  # fmt: skip
            metric, period = labels.metric_of(cell), labels.period_of(cell)
            self.add(quantity, None, cell.direction, metric, period, place, number)


_HEADING = lazy_pattern(
    r"\s*[（(][一二三四五六七八九十]{1,3}[）)](?P<budget>[^\W\d_a-zA-Z]{4,12})预算(?:执行)?(?:情况)?。"
)
"""The heading of a section of a budget, whose figures say only 收入 and 支出."""


def _behind_duration(metric: str, told: Statement | None) -> str:
    """What a figure right behind a duration measures: the words before the duration too (节前15天发送98.7万人)."""
    lead = cleaned(told.before) if told is not None else ""
    named = 2 <= len(lead) <= 10 and lead not in metric and not any(map(str.isdigit, lead))
    return lead + metric if named and len(metric) <= 6 else metric


def _handed_to(memory: Memory) -> str:
    """The name that a list hands its current figure to (太康、郸城、鹿邑三县的收购量分别为…)."""
    return (memory.names if len(memory.names) == len(memory.parts) else memory.parts)[memory.part]


def _without_place(metric: str, place: Place, q: Quantity, s: Statement, memory: Memory) -> str:
    """What a figure measures whose words name nothing but its place (恩施市86.2%): what was measured before."""
    name = metric.partition("占")[0] if q.kind == "percent" and "占" not in s.before else metric
    if len(name) < 2 or not place.name.startswith(name) or s.predicate != "level":
        return metric
    if q.kind != "count":
        return (memory.ratio if q.kind == "percent" else memory.topic) or metric
    counted = memory.topic if len(memory.topic) > 2 else memory.counts.get(q.unit, memory.topic)
    return joined(name, tail_of(counted, 8)) if counted else metric


def _listed_after(text: str, quantities: list[Quantity], i: int) -> int:
    """How many figures the list holds that begins with quantity `i`."""
    count = 1
    while i + count < len(quantities):
        last, following = quantities[i + count - 1], quantities[i + count]
        if following.kind != last.kind or text[last.till : following.at] not in _SEPARATORS:
            break
        count += 1
    return count


MOST_FIGURES = 50_000
"""More than a yearbook's table has; what is said with each of them costs time and memory."""


def _heed_limit(count: int) -> None:
    if count > MOST_FIGURES:
        raise Unreadable(f"the file holds more than {MOST_FIGURES} figures, and no article does")


def read(article: Article) -> Reading:
    """Every figure of the article in reading order, what is said with each, and its tables as grids.

    Raises Unreadable where there are more than `MOST_FIGURES`.
    """
    text, blocks = article.text, article.blocks
    walk = _Walk(article)
    grids: list[tuple[int, int, list[Cell]]] = []
    seen_tables: set[int] = set()
    titled = 0
    for number, sentence in enumerate(article.sentences):
        block = blocks[sentence.paragraph]
        if sentence.paragraph != walk.paragraph:
            if walk.paragraph >= 0 and blocks[walk.paragraph].kind == "title" and block.kind != "title":
                walk.times.end_title(sentence.start)
            walk.paragraph = sentence.paragraph
            walk.memory.new_paragraph()
            walk.places.new_paragraph()
            walk.times.new_paragraph()
        if block.kind == "table":
            if sentence.paragraph in seen_tables:
                continue
            seen_tables.add(sentence.paragraph)
            before = blocks[sentence.paragraph - 1] if sentence.paragraph else None
            caption = text[before.start : before.end][-80:] if before is not None else ""
            cells = cells_of(text, block, caption)
            _heed_limit(len(walk.figures) + len(cells))
            grids.append((sentence.paragraph, len(walk.figures), cells))
            walk.table(number, cells, caption)
            continue
        reader = Reader(text)
        reader.read(sentence.start, sentence.end)
        _heed_limit(len(walk.figures) + len(reader.quantities))
        if not reader.quantities and block.kind == "paragraph":
            walk.places.heed_sentence(sentence.start, sentence.end)
        if reader.quantities or reader.times:
            walk.sentence(
                number, sentence.start, sentence.end, sorted(reader.quantities), reader.times, block.kind == "title"
            )
            short = not reader.quantities and sentence.end - sentence.start < 30 and block.kind != "title"
            if short and NUMBERED.match(text, sentence.start, sentence.end):
                walk.times.heading()
        if not reader.quantities and (head := _HEADING.match(text, sentence.start, sentence.end)):
            walk.memory.section = head["budget"]
        if block.kind == "title":
            titled = len(walk.figures)
    date_headline(walk.figures, titled, walk.times.default)
    made = tuple(Grid(block, tuple((cell, first + k) for k, cell in enumerate(cells))) for block, first, cells in grids)
    return Reading(tuple(walk.figures), tuple(walk.statements), made)
