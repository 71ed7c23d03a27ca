"""Lines to the parts of an article: title, dateline, paragraphs, tables, notes, and the furniture of the site.

Belongs here: what a line is. Does not belong here: bytes, damage, markup; what a dateline says (dateline.py); the cells
of tables (rows.py).

All of it reads the clean text (simplified, narrow). When in doubt a line is a paragraph: a figure that is lost in
furniture is never read, a piece of furniture that is read costs one false figure.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import NamedTuple

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Block, BlockKind
from hengshui_etl.text import dateline
from hengshui_etl.text.rows import table_at
from hengshui_etl.vocab.layout import furniture

_HEAD_LINES = 12  # a dateline stands among so many first lines
_TITLE_LENGTH = 90
_SHORT = 60
_LONGEST_FURNITURE = 160

_STOP = lazy_pattern("[。！？；;!?]")
_NOTE = lazy_pattern(
    "[（(【\\[]?(?:注|备注|说明|注释|附注|名词解释)[:：]|[\\[［【〔]注[\\]］】〕]|[（(](?:文中|表中|部分数据)|※|[\\[［]\\d[\\]］]"
)
_SLIP = lazy_pattern(r"[-—|· ]*+(?:\d+ ?条评论)?[-—|· ]*+$")
_TRAIL = lazy_pattern("[^>»›。，]{0,16}(?: ?[>»›]+ ?[^>»›。，]{1,24}){1,8}$")
_WHEN = lazy_pattern(
    r"\d{1,2}[:：]\d\d(?:[:：]\d\d)?|星期[一二三四五六日天]|周[一二三四五六日]"
    r"|第? ?[\dA-Za-z一二三四五六七八九十]{1,40} ?版"
    r"|[a-zA-Z]{1,63}(?:\.[a-zA-Z0-9]++)++|第\d+期|总第?\d+期|共\d+页|第\d+页"
)


class Layout(NamedTuple):
    """What the lines of an article say about it, and its blocks in reading order."""

    title: str | None
    published_on: date | None
    publisher: str | None
    byline: str | None
    blocks: tuple[Block, ...]


class _Patterns(NamedTuple):
    label: re.Pattern[str]  # begins with a label of a dateline
    labelled: re.Pattern[str]  # label, value, anywhere
    counter: re.Pattern[str]  # readers, comments
    control: re.Pattern[str]  # nothing but controls
    opening: re.Pattern[str]  # begins as furniture does
    others: re.Pattern[str]  # heads the headlines of other articles
    marks: re.Pattern[str]  # licences
    tail: re.Pattern[str]  # furniture at the end of a paragraph
    phone: re.Pattern[str]  # a telephone number, from the beginning


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w)))


@cache
def _patterns() -> _Patterns:
    words = furniture()
    label = f"(?:{_any_of(words['info_labels'])})"
    counter = f"(?:{_any_of(words['counters'])})(?:次数|人次|人数|总数|量|数|率)?[ :：(（]{{0,2}}"
    counter += "\\d[\\d,，.]*[wW万]?\\+?[次人条)）]*"
    phone = f"(?:{_any_of(words['phones'])})"
    number = r"[(（]?\+?\d[\d \-—、,，/()（）转或]{2,60}"
    lead = "[-—【\\[（(|·\\s]*"
    edge = "[\\s\\[\\]【】（）()|·/,，、:：*\\-—=>＞»+⁺⁻]"
    ending = _any_of(words["tails"])
    return _Patterns(
        label=lazy_pattern(f"{lead}{label} ?[:：]"),
        labelled=lazy_pattern(f"{label} ?[:：] ?"),
        counter=lazy_pattern(counter),
        control=lazy_pattern(f"(?:{edge}|(?:{_any_of(words['controls'])})(?={edge}|$))+$"),
        opening=lazy_pattern(f"{lead}(?:{_any_of(words['openings'])})"),
        others=lazy_pattern(f"{lead}(?:{_any_of(words['other_articles'])})"),
        marks=lazy_pattern(_any_of(words["marks"])),
        tail=lazy_pattern(
            f"(?:(?<=[ 。！？；）)])|(?<=[（(【\\[]))(?:(?:{ending}) ?[:：]|{counter}|第\\d+页"
            f"|[\u4e00-\u9fff、]{{0,10}}{phone} ?[:：]? ?(?={number}))[^。；！？\n]{{0,100}}[。；]?$"
        ),
        phone=lazy_pattern(f"[（(]?[\u4e00-\u9fff、]{{0,12}}{phone} ?[:：]? ?{number}[。;；)）]?"),
    )


_MASTHEAD = lazy_pattern(
    r"[〔\[（(【](?:19|20)\d\d[〕\]）)】]\s?第?\s?\d{1,4}\s?[期号]|^\S{2,16}\s*第\s?\d{1,4}\s?期(?:\s|$)"
)
"""What stands over the headline of a bulletin: 农情通报〔2021〕第9期."""


def layout_of(text: str, page_title: str | None = None) -> Layout:
    """The parts of the clean text. `page_title` is the `<title>` of a page: it tells which line is the headline."""
    return _Reader(text, page_title).read()


class _Reader:
    """One pass over the lines; what is found is kept here until the layout is complete."""

    def __init__(self, text: str, page_title: str | None) -> None:
        self.text = text
        self.patterns = _patterns()
        self.lines = _lines(text)
        self.headline = _headline(text, self.lines, page_title) if page_title else 0
        self.blocks: list[Block] = []
        self.title: str | None = None
        self.published_on: date | None = None
        self.publisher: str | None = None
        self.byline: str | None = None
        self.others = False  # among the headlines of other articles
        self.body = False  # past the head

    def read(self) -> Layout:
        lines = self.lines
        at = 0
        while at < len(lines):
            start, end = lines[at]
            length = end - start
            if length > _LONGEST_FURNITURE:
                self._long_line(start, end)
            else:
                line = self.text[start:end]
                kind = self._kind(line, at)
                if kind == "paragraph":
                    rows = table_at(self.text, lines, at)
                    if rows:
                        at += len(rows)
                        self.blocks.append(Block("table", start, lines[at - 1][1], rows))
                        self.body = True
                        continue
                    self._paragraph(line, start, end)
                else:
                    if kind == "title" and self.title is None:
                        self.title = line
                    elif kind in ("info", "furniture"):
                        self._read_info(line, kind)
                    self._add(kind, start, end)
            at += 1
        if self.published_on is None:
            self.published_on = self._date_in_brackets()
        return Layout(self.title, self.published_on, self.publisher, self.byline, tuple(self.blocks))

    def _long_line(self, start: int, end: int) -> None:
        if _NOTE.match(self.text, start, end):
            self._add("note", start, end)
        else:
            self._paragraph(self.text[start:end], start, end)

    def _kind(self, line: str, at: int) -> BlockKind:
        """What a line of at most `_LONGEST_FURNITURE` characters is."""
        patterns, length = self.patterns, len(line)
        stop = _STOP.search(line)
        whole = stop is None or stop.end() == length  # no sentence ends inside it
        if not whole and length > _SHORT:
            return "note" if _NOTE.match(line) else "paragraph"
        if self.others and whole and length <= 2 * _SHORT:
            return "furniture"
        if at < self.headline and whole:
            return "info" if self._is_info(line, at) else "furniture"
        if _SLIP.match(line) or patterns.control.match(line):
            return "furniture" if self.body or self.title is None else "info"
        if whole:
            if length <= _SHORT and patterns.others.match(line):
                self.others = True
                return "furniture"
            if patterns.opening.match(line) or patterns.marks.search(line):
                return "furniture"
            if self.title is None and _TRAIL.match(line):
                return "furniture"
            if self.title is None and _MASTHEAD.search(line):
                return "info"
        if _NOTE.match(line):
            return "note"
        if self.title is None:
            if self._is_info(line, at) and patterns.label.match(line):
                return "info"
            if length <= _TITLE_LENGTH and not line.endswith(("。", "；", "，")):
                return "title"
            return "paragraph"
        if not self.body and length <= _TITLE_LENGTH and line.startswith(("——", "—", "--")) and not line.endswith("。"):
            return "title"
        if self._is_info(line, at):
            return "info"
        found = patterns.phone.match(line)
        if found and (found.end() == length or (length <= _SHORT and line[found.end() - 1] in "。；)） ")):
            return "furniture"
        return "paragraph"

    def _is_info(self, line: str, at: int) -> bool:
        patterns = self.patterns
        if dateline.is_photo_credit(line):
            return self.title is not None
        dated = dateline.FULL_DATE.search(line)
        if dated and len(line) - (dated.end() - dated.start()) <= 2:
            return self.title is not None
        early = not self.body and at < self.headline + _HEAD_LINES
        labelled = patterns.label.match(line) is not None
        bare = line.strip("（）()。 ")
        if _STOP.search(bare):
            return False
        if labelled:
            return early or len(line) <= _SHORT or self._says_nothing_else(bare)
        if not early:
            return False
        if dated is None:
            return dateline.is_office(line) or self._is_counters(line)
        rest = line[: dated.start()] + " " + line[dated.end() :]
        if patterns.labelled.search(rest):
            return True
        rest = _WHEN.sub(" ", patterns.phone.sub(" ", patterns.counter.sub(" ", rest)))
        return re.search(r"\d", rest) is None and "，" not in rest and len(rest.strip()) <= _SHORT

    def _says_nothing_else(self, line: str) -> bool:
        """Whether a long line is made of labels and values, without a comma."""
        return "，" not in line and len(self.patterns.labelled.findall(line)) * 40 >= len(line)

    def _is_counters(self, line: str) -> bool:
        rest, counters = self.patterns.counter.subn(" ", line)
        return counters > 0 and len(rest.strip()) <= 8

    def _read_info(self, line: str, kind: BlockKind) -> None:
        if self.byline is None and len(line) <= 2 * _SHORT and not self.others:
            self.byline = dateline.byline_in(line)
        if kind != "info":
            return
        if self.published_on is None:
            self.published_on = dateline.date_in(line)
        if self.publisher is None and not self.body:
            self.publisher = dateline.publisher_in(line)

    def _paragraph(self, line: str, start: int, end: int) -> None:
        """A paragraph; furniture at its end becomes a block of its own."""
        cut = end
        if not line.endswith("。") or "：" in line[-_SHORT:] or ":" in line[-_SHORT:]:
            tail = self.patterns.tail.search(line, max(0, len(line) - 2 * _SHORT))
            if tail and tail.start() > 0:
                cut = start + tail.start()
                opening = self.text[cut - 1]
                cut -= opening in "（(【["
                while cut > start and self.text[cut - 1] in " \t":
                    cut -= 1
        if cut <= start:
            self._add("furniture", start, end)
            return
        if self.byline is None:
            lead = None if self.body else dateline.byline_at_lead(line)
            self.byline = lead or dateline.byline_at_end(line[: cut - start])
        self._add("paragraph", start, cut)
        self.body = True
        if cut < end:
            rest = cut
            while self.text[rest] in " \t":
                rest += 1
            self._read_info(self.text[rest:end], "furniture")
            self._add("furniture", rest, end)

    def _add(self, kind: BlockKind, start: int, end: int) -> None:
        last = self.blocks[-1] if self.blocks else None
        if last and kind == last.kind and kind in ("info", "furniture"):
            self.blocks[-1] = Block(kind, last.start, end)
        else:
            self.blocks.append(Block(kind, start, end))

    def _date_in_brackets(self) -> date | None:
        """A full date that the body itself gives first: only where it stands in brackets at the head of a line."""
        for block in self.blocks[:6]:
            if block.kind == "paragraph" and self.text[block.start] in "（(【[":
                found = dateline.date_in(self.text[block.start : block.start + 40])
                if found:
                    return found
        return None


def _lines(text: str) -> list[tuple[int, int]]:
    """Where the lines that are not blank begin and end, without indentation; a tab at the edge is an empty cell."""
    out = []
    at = 0
    for line in text.split("\n"):
        length = len(line)
        if length:
            start, end = at, at + length
            if line[0].isspace() or line[-1].isspace():
                edge = " \r\f\v" if "\t" in line else None
                start += length - len(line.lstrip(edge))
                end -= length - len(line.rstrip(edge))
            if start < end and not text[start:end].isspace():
                out.append((start, end))
        at += length + 1
    return out


def _headline(text: str, lines: list[tuple[int, int]], page_title: str) -> int:
    """Which of the first lines the page's title begins with; 0 if none does."""
    wanted = re.sub(r"\s+", "", page_title)
    for number, (start, end) in enumerate(lines[:30]):
        if 6 <= end - start <= _TITLE_LENGTH and wanted.startswith(re.sub(r"\s+", "", text[start:end])):
            return number
    return 0
