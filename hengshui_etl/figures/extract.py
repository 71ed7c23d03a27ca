"""An article's figures in reading order, each with what it measures, when, and of whom.

Belongs here: walking the sentences and tables, and handing period, scope and subject on from clause to clause, sentence
to sentence. Does not belong here: numbers and units (quantities.py), clause grammar (statements.py), calendar
(periods.py), regions (scope.py), arithmetic (relations/).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import date
from typing import NamedTuple

from hengshui_etl.figures.governing import NUMBERED, Times
from hengshui_etl.figures.grids import Cell, cells_of
from hengshui_etl.figures.metrics import Memory, cleaned, metric_of
from hengshui_etl.figures.periods import Moment, moment_of, previous_year, printed_on, whole_year
from hengshui_etl.figures.quantities import Quantity, Reader, Time
from hengshui_etl.figures.scope import Place, inside, main_place, place_at, pointed_place, row_place, township_in
from hengshui_etl.figures.statements import Statement, statement_of, words_around
from hengshui_etl.records import Article, Direction, Figure, Period
from hengshui_etl.vocab import alternatives, toml

_PLAN = re.compile(alternatives(toml("predicates")["plans"]["words"]))
_WHOSE = re.compile(r"(?P<word>全省|我省|该省|全国|省内)(?!第|前|率先|领先|人口普查|经济普查|农业普查|性)")
_OTHERS = re.compile(r"(?<![居列位占])(?P<word>全国|全省)(?P<is>(?:平均)?(?:为|是|仅为?))?$")
_AGAINST = re.compile(
    r"进入|销往|遍布|覆盖|辐射|走向|高于|低于|快于|慢于|多于|少于|居|列|位|排|比|较|高出|超过|领先|优于|与"
)
_OWN_LEVEL = re.compile(r"(?:[，、]|^)(?P<level>[省市县区州]本级|[市县]级)")
_DIVISIONS = re.compile(r"(?:个)?(?:设区市|地级市|市州|市（州|市\(州|地市|省份|省（|城市|县（市|县市区)")
_TOWNSHIP = re.compile(r"[县旗区市][^，。；]{1,4}[镇乡]")
_ORIGINS = re.compile(r"所在地|来源地|目的地|户籍地|客源地|投资方")
_HOME = re.compile(r"全市|全县|全区|全州|全旗|该市|该县|我市|我县|该区|我区|全镇|全乡|全村")
_CAPTION = re.compile(
    r"^(?:表\d*\s*)?(?:20\d\d年)?(?:上半年|下半年|[一二三四前]?三?季度|[\d—-]{1,5}月份?)?(?:[^，]{2,5}[省市县区州])?([^，]{4,20}?)(?:完成|执行)?情况(?:统计)?表?(?=\s|$)"
)
_OWN_TIME = re.compile(r"^(?:本年|本期|今年)?(?:\d{1,2}[—-])?\d{1,2}月(?:份|末|底)?$|^本年[\d—-]*月?$")
_SEPARATORS = frozenset(("、", "和", "及", "与", "以及"))
_LIST_JOINT = frozenset(("、", "和", "及", "与", "以及", "，", ","))
_LEADS = re.compile(
    r"(?:[\s“\"（(、]|其中|目前|今年|去年|从|在|由|据|如|以|对|和|及|与|截至|各县区?|看|位于|来自|走进|进入)*"
)


class Grid(NamedTuple):
    """A table as figures: its cells with the index of the figure that each became."""

    block: int
    cells: tuple[tuple[Cell, int], ...]


class Reading(NamedTuple):
    """An article's figures, and what was said with each (None for table cells)."""

    figures: tuple[Figure, ...]
    statements: tuple[Statement | None, ...]
    grids: tuple[Grid, ...]


class _Draft(NamedTuple):
    quantity: Quantity
    statement: Statement | None
    direction: Direction | None
    metric: str | None
    period: Period | None
    place: Place | None
    sentence: int


class _Walk:
    """One walk through an article; holds what is handed on."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.text = article.text
        self.published: date | None = article.published_on or printed_on(article.text)
        self.main = main_place(article)
        self.near = self.main.code if self.main else None
        self.times = Times(article.text, self.published)
        self.place: Place | None = None
        self.drafts: list[_Draft] = []
        self.memory = Memory()
        self.clause = 0
        self.sentence_at = 0
        self.paragraph = -1

    # ------------------------------------------------------------------ places

    def heed_places(self, start: int, first: bool, q_at: int) -> None:
        """Take note of the regions that the clauses between `start` and the quantity at `q_at` begin with."""
        text = self.text
        if not first:
            self.heed_place(start, q_at)
            return
        for _ in range(5):
            comma = text.find("，", start, q_at)
            if comma < 0:
                comma = text.find(",", start, q_at)
            self.heed_place(start, comma if comma >= 0 else q_at)
            if comma < 0:
                return
            start = comma + 1

    def heed_place(self, start: int, end: int) -> None:
        """Take note of the region that a clause begins with, or of a word that leads back to the article's own."""
        text = self.text
        if _HOME.search(text, start, end):
            self.place = None
        if self.place is not None and self.place.level == "venue" and text.startswith(("其余", "其他"), start):
            self.place = None
        lead = _LEADS.match(text, start, end)
        at = lead.end() if lead else start
        head = text[at : min(at + 16, end)]
        found = place_at(head, self.near)
        if found is None:
            township = township_in(text[start:end], self.near)
            if township is not None:
                self.place = township
            return
        place, length = found
        if text[at + length : at + length + 1] in ("、", "等", "和", "级", "及", "与"):
            return
        if self.main and place.name == self.main.name:
            self.place = None
            return
        if not inside(place, self.main) or _ORIGINS.search(text, self.sentence_at, at):
            return
        self.place = place

    def place_for(self, q: Quantity, s: Statement) -> Place | None:
        """Whose figure it is."""
        main = self.main
        if main is not None:
            if q.kind in ("count", "money", "measure") and (match := _WHOSE.search(s.before)):
                level = s.predicate in ("level", "average", "rank") and not _AGAINST.search(
                    s.before[: match.start()][-8:]
                )
                compared = s.before[: match.start()][-2:].endswith(("居", "列", "位", "比", "较", "在", "排"))
                if level and (not compared or (s.before.endswith(match["word"]) and _DIVISIONS.match(s.behind))):
                    pointed = pointed_place(match["word"], main)
                    if pointed is not None:
                        return pointed
            if (other := _OTHERS.search(s.before)) and (other["is"] or s.behind.startswith("的")):
                return pointed_place(other["word"], main) or main
            own = _OWN_LEVEL.match(s.before)
            if own and main.name.endswith(own["level"][0]) and own["level"].endswith("本级"):
                return Place(f"{main.name}本级", main.code, "own")
        return self.place or main

    # ------------------------------------------------------------------ prose

    def sentence(
        self, number: int, start: int, end: int, quantities: list[Quantity], times: list[Time], headline: bool
    ) -> None:
        text = self.text
        walk = self.times
        t = 0
        if not (start and text[start - 1] in "；;"):
            self.memory.new_sentence()
        walk.new_sentence(start)
        if not (start and text[start - 1] in "；;"):
            self.sentence_at = start
            if self.place is not None and self.place.level != "township":
                self.place = None
        for i, q in enumerate(quantities):
            while t < len(times) and times[t].at < q.at:
                walk.heed(times[t], end)
                t += 1
            near = words_around(text, start, end, quantities, i, headline)
            previous = quantities[i - 1] if i else None
            joint = text[previous.till : q.at] if previous else ""
            if not (previous and joint in _LIST_JOINT):
                self.clause += 1
            statement = statement_of(text, near, q, previous, self.clause)
            direction = statement.direction
            listed = (
                bool(previous)
                and joint in ("、", "和", "及", "与", "以及")
                and previous is not None
                and previous.kind == q.kind
            )
            if listed and self.drafts and self.drafts[-1].statement is not None:
                inherited = self.drafts[-1].statement
                statement = inherited._replace(behind=near.behind, start=near.start, bracketed=False, of_previous=False)
                direction = self.drafts[-1].direction
            if not near.bracketed and near.before:
                self.heed_places(start if not i else near.start, not i, q.at)
            period = walk.period_for(q, statement, near.start, listed)
            place = self.place_for(q, statement)
            count = 1 if listed else _listed_after(text, quantities, i)
            metric = metric_of(text, q, statement, self.memory, listed, headline, count)
            self.drafts.append(_Draft(q, statement, direction, metric, period, place, number))
        while t < len(times):
            walk.heed(times[t], end)
            t += 1

    # ------------------------------------------------------------------ tables

    def cell_metric(self, cell: Cell, first: str, core: str) -> str:
        """Row and column of a cell as a phrase; `core` is what the table's caption says that it is about."""
        column = _OWN_TIME.sub("", cell.column_label) if cell.row_label else cell.column_label
        if column in ("占比", "比重", "占全市比重") and first != cell.column_label:
            column = f"占{first}"
        if core and core not in column and (cell.total or row_place(cell.row_label, self.near) is not None):
            return f"{cell.row_label}{core}{column}"
        return f"{cell.row_label}{column}"

    def table(self, number: int, cells: list[Cell], caption: str = "") -> None:
        core = caption_core(caption)
        sums = self.times.moment or self.times.default
        sentences = self.article.sentences
        for cell in cells:
            while number + 1 < len(sentences) and sentences[number + 1].start <= cell.at:
                number += 1  # each row is a sentence
            period = sums.period if sums else None
            for label in (cell.column_label, cell.row_label):
                moment = _moment_in(label, self.published, self.times.year)
                if moment is not None:
                    shifted = label.endswith("同期") and sums is not None
                    period = previous_year(sums.period) if shifted and sums is not None else moment.period
                    if moment.whole_year and sums is not None and not sums.whole_year:
                        period = _in_year(sums.period, moment.period) or period
            if _PLAN.search(cell.column_label) or (
                re.search("计划|预算|目标", cell.column_label) and "完成" not in cell.column_label
            ):
                period = whole_year(period, self.published)
            place = row_place(cell.row_label, self.near) or self.main
            metric = self.cell_metric(cell, cells[0].column_label, core)
            quantity = Quantity(
                cell.at,
                cell.till,
                cell.at,
                cell.value,
                None,
                cell.place,
                cell.unit,
                cell.kind,
                "exact",
                False,
                False,
                False,
            )
            self.drafts.append(_Draft(quantity, None, cell.direction, metric, period, place, number))


def _in_year(span: Period, year: Period) -> Period | None:
    """The same days of the year before, or the span itself, where a column names a year and the table a part of one."""
    if span.first is None or span.last is None or year.last is None or span.first.year != span.last.year:
        return None
    for _ in range(max(0, min(span.last.year - year.last.year, 30))):
        span = previous_year(span)
    return span if span.last is not None and span.last.year == year.last.year else None


def caption_core(caption: str) -> str:
    """What a caption says that its table is about, or nothing where the line before the table is no caption."""
    line = caption.strip().rsplit("\n", 1)[-1]
    if len(line) > 40 or "。" in line:
        return ""
    match = _CAPTION.search(line)
    return cleaned(match[1]) if match else ""


def _listed_after(text: str, quantities: list[Quantity], i: int) -> int:
    """How many figures the list holds that begins with quantity `i`."""
    count = 1
    while i + count < len(quantities):
        last, following = quantities[i + count - 1], quantities[i + count]
        if following.kind != last.kind or text[last.till : following.at] not in _SEPARATORS:
            break
        count += 1
    return count


def _moment_in(label: str, published: date | None, year: int | None) -> Moment | None:
    if not label or not any(c in label for c in "年月季"):
        return None
    reader = Reader(label)
    reader.read(0, len(label))
    for time in reader.times:
        if label[: time.at].endswith(("比", "较")):
            continue
        moment = moment_of(time.text, published, year)
        if moment is not None:
            return moment
    return None


def read(article: Article) -> Reading:
    """Every figure of the article in reading order, what is said with each, and its tables as grids."""
    text, blocks = article.text, article.blocks
    walk = _Walk(article)
    grids: list[tuple[int, int, list[Cell]]] = []
    seen_tables: set[int] = set()
    titled = 0
    for number, sentence in enumerate(article.sentences):
        block = blocks[sentence.paragraph]
        if sentence.paragraph != walk.paragraph:
            if walk.paragraph >= 0 and blocks[walk.paragraph].kind == "title" and block.kind != "title":
                walk.times.end_title()
            walk.paragraph = sentence.paragraph
            walk.memory.new_paragraph()
            walk.place = None
            walk.times.new_paragraph()
        if block.kind == "table":
            if sentence.paragraph in seen_tables:
                continue
            seen_tables.add(sentence.paragraph)
            before = blocks[sentence.paragraph - 1] if sentence.paragraph else None
            caption = text[before.start : before.end][-80:] if before is not None else ""
            cells = cells_of(text, block, caption)
            grids.append((sentence.paragraph, len(walk.drafts), cells))
            walk.table(number, cells, caption)
            continue
        reader = Reader(text)
        reader.read(sentence.start, sentence.end)
        if not reader.quantities and block.kind == "paragraph" and _TOWNSHIP.search(text, sentence.start, sentence.end):
            walk.heed_places(sentence.start, True, sentence.end)
        if reader.quantities or reader.times:
            walk.sentence(
                number, sentence.start, sentence.end, sorted(reader.quantities), reader.times, block.kind == "title"
            )
            short = not reader.quantities and sentence.end - sentence.start < 30 and block.kind != "title"
            if short and NUMBERED.match(text, sentence.start, sentence.end):
                walk.times.heading()
        if block.kind == "title":
            titled = len(walk.drafts)
    drafts = walk.drafts
    first: dict[tuple[object, str, str], Period | None] = {}
    for draft in reversed(drafts[titled:]):
        first[draft.quantity.value, draft.quantity.unit, draft.quantity.bound] = draft.period
    default = walk.times.default
    restated: Period | None = None
    for i in range(titled):
        quantity = drafts[i].quantity
        again = first.get((quantity.value, quantity.unit, quantity.bound))
        restated = again or restated
        period = restated or drafts[i].period or (default.period if default else None)
        if period is not None:
            drafts[i] = drafts[i]._replace(period=period)
    return _reading(article, drafts, grids)


def _reading(article: Article, drafts: list[_Draft], grids: list[tuple[int, int, list[Cell]]]) -> Reading:
    offsets = article.offsets
    starts, shifts = offsets.clean, tuple(s - c for c, s in zip(offsets.clean, offsets.source, strict=True))
    figures: list[Figure] = []
    plain = len(starts) == 1
    for i, d in enumerate(drafts):
        q = d.quantity
        if plain:
            start, end = q.at, q.till
        else:
            start = q.at + shifts[bisect_right(starts, q.at) - 1]
            end = q.till + shifts[bisect_right(starts, q.till) - 1]
        place = d.place
        figures.append(
            Figure(
                f"f{i + 1}", article.source[start:end], start, end, q.value, q.high, q.unit, q.kind,
                q.bound, d.direction,
                d.metric, d.period, place.name if place else None, place.code if place else None,
                d.sentence, q.at, q.till,
                q.place, q.more, q.strict,
            )
        )  # fmt: skip
    made = tuple(Grid(block, tuple((cell, first + k) for k, cell in enumerate(cells))) for block, first, cells in grids)
    return Reading(tuple(figures), tuple(d.statement for d in drafts), made)
