"""Lines to the parts of an article: title, dateline, paragraphs, tables, notes, and the furniture of the site.

Belongs here: what a line is, who published the article, who wrote it and when. Does not belong here: bytes, damage, markup.

All of it reads the clean text (simplified, narrow). When in doubt a line is a paragraph: a figure that is lost in
furniture is not read, a piece of furniture that is read costs one false figure.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import NamedTuple

from hengshui_etl.records import Block, BlockKind, Span
from hengshui_etl.vocab.layout import furniture

_HEAD_LINES = 15  # a dateline stands among so many first lines
_TITLE_LENGTH = 90
_INFO_LENGTH = 160
_SHORT_LINE = 60

_FULL_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:年 ?(\d{1,2})月 ?(\d{1,2})[日号]?|([-/.])(\d{1,2})\4(\d{1,2}))(?!\d)"
)
_CHINESE_DATE = re.compile("([一二][〇零○Ｏ九][〇零○Ｏ一二三四五六七八九]{2})年([正一二十]{1,2})月([一二三十廿卅]{1,3})[日号]")
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "Ｏ": 0, "正": 1}
_STOPS = re.compile("[。！？；;!?]")
_SENTENCE_STOP = re.compile("[。！？；]")
_NUMERAL = re.compile(r"[\d一二三四五六七八九十百千万亿两]")
_CELL_GAP = re.compile("\t| {2,}")
_NUMBER_CELL = re.compile(r"[#-]?[-+±]?\d[\d,.]*[%‰]?(?:\([^()]{1,12}\)|（[^（）]{1,12}）)?$|[—\-–…/]+$|^$")
_NOTE = re.compile("(?:注|备注|说明|注释|附注|名词解释)[:：]|[\\[［【〔]注[\\]］】〕]|[（(](?:注[:：]|文中|部分数据)|[*※]|\\[\\d\\]")
_BYLINE_END = re.compile("[（(]([\u4e00-\u9fff·䶮\u3400-\u4dbf ]{2,40}|(?:本报|记者|通讯员|供稿|文/|作者)[^（）()。]{2,60})[）)]$")
_BYLINE_LEAD = re.compile("^[\u4e00-\u9fff]{2,16}讯[（(]([^（）()]{2,60})[）)]|^[^。，]{0,24}[（(]((?:记者|通讯员)[^（）()]{2,60})[）)]")
_WRITER = re.compile(
    "(?:(?:本报|全媒体|见习|实习)?(?:记者|通讯员|实习生|作者|撰稿|执笔|文)[:：/ ] ?[\u3400-\u9fff·]{2,4}(?: [\u3400-\u9fff·]{2,4}(?![\u3400-\u9fff:：]))*[ ]?)+"
)
_SOURCE = re.compile("(?:文章|信息|稿件|新闻)?(?:来源|稿源|发布机构|发布单位|转自)[:：] ?([^ |:：【\\[（()）]{2,40})")
_PUBLISHER = re.compile("^[(（【]?([\u3400-\u9fff《》·]{2,30}?)(?:讯|供稿)?[ |,，]* ?$")
_NAME_BEFORE_DATE = re.compile("^[（(【]?《?([\u3400-\u9fff·]{2,24}(?: [\u3400-\u9fff·]{4,30})?)》?[ |]*$")


class Layout(NamedTuple):
    """What the lines of an article say about it, and its blocks in reading order."""

    title: str | None
    published_on: date | None
    publisher: str | None
    byline: str | None
    blocks: tuple[Block, ...]


class _Patterns(NamedTuple):
    info: re.Pattern[str]
    label: re.Pattern[str]
    control: re.Pattern[str]
    opening: re.Pattern[str]
    others: re.Pattern[str]
    marks: re.Pattern[str]
    tail: re.Pattern[str]
    phone: re.Pattern[str]


def _any_of(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w)))


@cache
def _patterns() -> _Patterns:
    words = furniture()
    label = f"(?:{_any_of(words['info_labels'])})"
    control = f"(?:{_any_of(words['controls'])})"
    phone = f"(?:{_any_of(words['phones'])})"
    number = r"\(?\+?\d[\d \-—、,，/()（）转或]{2,40}"
    edge = "[\\s\\[\\]【】（）()|·/,，、:：*\\-—=>＞»]"
    return _Patterns(
        info=re.compile(f"[-—【\\[（(|·\\s]*{label} ?[:：]"),
        label=re.compile(f"{label} ?[:：] ?"),
        control=re.compile(f"(?:{edge}|{control}(?={edge}|$))+$"),
        opening=re.compile(f"[-—【\\[（(|·\\s]*(?:{_any_of(words['openings'])})"),
        others=re.compile(f"[-—【\\[（(|·\\s]*(?:{_any_of(words['other_articles'])})"),
        marks=re.compile(_any_of(words["marks"])),
        tail=re.compile(
            f"(?:[ 　]|(?<=[。！？；）)]))[（(【\\[]?(?:责任编辑|责编|编辑|浏览次数|阅读次数|阅读量|浏览量|点击数|点击|浏览|阅读|第\\d+页|"
            f"[\u4e00-\u9fff]{{0,8}}{phone}[:：])[^。；！？\n]{{0,80}}$"
        ),
        phone=re.compile(f"[（(]?[\u4e00-\u9fff、]{{0,12}}{phone} ?[:：]? ?{number}[。;；)）]?"),
    )


def layout_of(text: str, page_title: str | None = None) -> Layout:
    """The parts of the clean text. `page_title` is the `<title>` of a page: it tells which line is the headline."""
    return _Reader(text, page_title).read()


class _Reader:
    """One pass over the lines; what is found is kept here until the layout is complete."""

    def __init__(self, text: str, page_title: str | None) -> None:
        self.text = text
        self.page_title = _squeezed(page_title) if page_title else None
        self.patterns = _patterns()
        self.blocks: list[Block] = []
        self.title: str | None = None
        self.published_on: date | None = None
        self.publisher: str | None = None
        self.byline: str | None = None
        self.others = False  # among the headlines of other articles
        self.body = 0  # paragraphs so far

    def read(self) -> Layout:
        lines = _lines(self.text)
        at = 0
        seen = 0
        while at < len(lines):
            start, end = lines[at]
            seen += 1
            rows = self._table(lines, at)
            if rows:
                first, last = lines[at], lines[at + len(rows) - 1]
                self.blocks.append(Block("table", first[0], last[1], rows))
                self.body += 1
                at += len(rows)
                continue
            self._line(start, end, seen)
            at += 1
        if self.published_on is None:
            self.published_on = self._date_of_first_lines()
        return Layout(self.title, self.published_on, self.publisher, self.byline, tuple(self.blocks))

    def _line(self, start: int, end: int, seen: int) -> None:
        line = self.text[start:end]
        kind = self._kind(line, seen)
        if kind == "paragraph":
            self._paragraph(line, start, end)
            return
        if kind == "title":
            if self.title is None:
                self.title = line
        elif kind == "info":
            self._read_info(line)
        self._add(kind, start, end)

    def _kind(self, line: str, seen: int) -> BlockKind:
        patterns = self.patterns
        length = len(line)
        if self.others and length <= 120 and not _SENTENCE_STOP.search(line):
            return "furniture"
        if length <= _INFO_LENGTH:
            if patterns.control.match(line):
                return "furniture" if self.body or self.title is None else "info"
            if patterns.others.match(line) and length <= _SHORT_LINE:
                self.others = True
                return "furniture"
            if patterns.opening.match(line) and not _SENTENCE_STOP.search(line, 0, length - 1):
                return "furniture"
            if patterns.marks.search(line) and not _SENTENCE_STOP.search(line, 0, length - 1):
                return "furniture"
            if re.match(r"-? ?\d+ ?条评论$|-$|- \|$", line):
                return "furniture" if self.body else "info"
            if self._is_info(line, seen):
                return "info"
            found = patterns.phone.match(line)
            if found and (found.end() == length or length <= _SHORT_LINE and line[found.end() - 1] in "。 )） " ):
                return "furniture"
        if _NOTE.match(line):
            return "note"
        if self.title is None and length <= _TITLE_LENGTH and not line.endswith("。"):
            return "title"
        if self.body == 0 and self._is_second_title(line):
            return "title"
        return "paragraph"

    def _is_second_title(self, line: str) -> bool:
        """A line right under the headline that begins with a dash is its second half."""
        return (
            line.startswith(("——", "—", "--"))
            and len(line) <= _TITLE_LENGTH
            and not line.endswith("。")
            and bool(self.blocks)
            and self.blocks[-1].kind in ("title", "info")
        )

    def _is_info(self, line: str, seen: int) -> bool:
        if self.title is None and not self.patterns.info.match(line):
            return False
        if _is_photo_credit(line):
            return True
        early = self.body == 0 and seen <= _HEAD_LINES
        labelled = self.patterns.info.match(line) is not None
        if labelled and not _STOPS.search(line.rstrip("。")) and (early or len(line) <= _SHORT_LINE):
            return True
        if not early:
            return False
        rest = line
        dated = _FULL_DATE.search(line) or _CHINESE_DATE.search(line)
        if not dated:
            return self._is_office(line)
        if _STOPS.search(line.strip("（）()。")):
            return False
        rest = line[: dated.start()] + " " + line[dated.end() :]
        rest = re.sub(r"\d{1,2}[:：]\d\d(?:[:：]\d\d)?|星期[一二三四五六日天]|第[\dA-Za-z一二三四五六七八九十]+版|[A-Z]?\d+版|\d+年|" + self.patterns.label.pattern + r"\d+次?", " ", rest)
        if labelled or self.patterns.label.search(rest):
            return True
        return not re.search(r"\d", rest) and "，" not in rest and len(rest.strip()) <= 60

    def _is_office(self, line: str) -> bool:
        """`广元市统计局　领导小组办公室`: who publishes, on a line of its own between headline and date."""
        return len(line) <= 60 and bool(re.fullmatch(r"(?:[\u4e00-\u9fff]{2,30}(?:局|办公室|委员会|调查队|总站|中心|政府|支行|日报|晚报|报社|网)[ 、]*)+", line))

    def _read_info(self, line: str) -> None:
        if self.published_on is None:
            self.published_on = _date_in(line)
        if self.publisher is None:
            found = _SOURCE.search(line)
            if found:
                self.publisher = found[1].rstrip("，,。、")
            else:
                dated = _FULL_DATE.search(line) or _CHINESE_DATE.search(line)
                name = _NAME_BEFORE_DATE.match(line[: dated.start()]) if dated else None
                if name:
                    self.publisher = name[1]
                elif self._is_office(line):
                    self.publisher = line
        if self.byline is None and not _is_photo_credit(line):
            writer = _WRITER.search(line)
            if writer:
                self.byline = writer[0].strip()

    def _paragraph(self, line: str, start: int, end: int) -> None:
        tail = self.patterns.tail.search(line, max(0, len(line) - 120))
        cut = end
        if tail and tail.start() > 0:
            cut = start + tail.start()
        while cut > start and self.text[cut - 1] in " \t":
            cut -= 1
        if cut <= start:
            cut = end
        if self.byline is None:
            lead = _BYLINE_LEAD.match(line) if self.body < 2 else None
            found = lead or _BYLINE_END.search(self.text[start:cut])
            if found:
                self.byline = next(group for group in found.groups() if group)
        self._add("paragraph", start, cut)
        self.body += 1
        if cut < end:
            rest = cut
            while self.text[rest] in " \t":
                rest += 1
            self._add("furniture", rest, end)

    def _add(self, kind: BlockKind, start: int, end: int) -> None:
        last = self.blocks[-1] if self.blocks else None
        if last and kind == last.kind and kind in ("info", "furniture"):
            self.blocks[-1] = Block(kind, last.start, end)
        else:
            self.blocks.append(Block(kind, start, end))

    def _table(self, lines: list[tuple[int, int]], at: int) -> tuple[tuple[Span, ...], ...]:
        """The rows of a table that begins at line `at`, or nothing."""
        start, end = lines[at]
        if end - start > 200 or self.others:
            return ()
        first = _cells(self.text, start, end)
        if len(first) < 2 or self.patterns.info.match(self.text, start):
            return ()
        rows = [first]
        for start, end in lines[at + 1 :]:
            if end - start > 300:
                break
            row = _cells(self.text, start, end)
            if len(row) < 2 or abs(len(row) - len(rows[-1])) > 1 and abs(len(row) - len(first)) > 1:
                break
            rows.append(row)
        if len(rows) < 2:
            return ()
        numeric = sum(_is_number_row(self.text, row) for row in rows)
        return tuple(rows) if numeric * 2 >= len(rows) - 1 and numeric else ()

    def _date_of_first_lines(self) -> date | None:
        """A full date that the body itself gives first: only where it stands in brackets at the head of a line."""
        for block in self.blocks[:6]:
            if block.kind == "paragraph" and self.text[block.start] in "（(【[":
                found = _date_in(self.text[block.start : block.start + 40])
                if found:
                    return found
        return None


def _lines(text: str) -> list[tuple[int, int]]:
    """Where the lines that are not blank begin and end, without indentation."""
    out = []
    at = 0
    for line in text.split("\n"):
        stripped = line.strip(" \r\f\v") if "\t" in line else line.strip()
        if stripped and not stripped.isspace():
            start = at + len(line) - len(line.lstrip(" \r\f\v" if "\t" in line else None))
            out.append((start, start + len(stripped)))
        at += len(line) + 1
    return out


def _cells(text: str, start: int, end: int) -> tuple[Span, ...]:
    """The cells of a line: between tabs, or between gaps of two spaces and more; of one space if all but one are numbers."""
    line = text[start:end]
    if "\t" in line:
        pattern = "\t"
    elif "  " in line:
        pattern = "  "
    elif " " in line:
        pattern = " "
    else:
        return ()
    cells = []
    at = start
    for part in line.split("\t") if pattern == "\t" else re.split(" {2,}" if pattern == "  " else " +", line):
        at = text.index(part, at, end) if part else at
        bare = part.strip()
        inner = at + len(part) - len(part.lstrip())
        cells.append(Span(inner, inner + len(bare)))
        at += len(part) + (1 if pattern == "\t" else 0)
    return tuple(cells)


def _is_number_row(text: str, row: tuple[Span, ...]) -> bool:
    return all(_NUMBER_CELL.match(text[a:b]) for a, b in row[1:])


def _is_photo_credit(line: str) -> bool:
    return len(line) <= _SHORT_LINE and re.search(r"[\u4e00-\u9fff]{2,4} ?/ ?[摄图文](?:/[摄图文])?$|(?:[ 　]|^)[^ ，。]{2,10}[ ]摄$", line) is not None


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _date_in(text: str) -> date | None:
    """The first full date in `text` that the calendar knows."""
    for found in _FULL_DATE.finditer(text):
        year, month, day = int(found[1]), int(found[2] or found[5]), int(found[3] or found[6])
        try:
            return date(year, month, day)
        except ValueError:
            continue
    for found in _CHINESE_DATE.finditer(text):
        try:
            year = int("".join(str(_DIGITS[c]) for c in found[1]))
            return date(year, _small(found[2]), _small(found[3]))
        except (ValueError, KeyError):
            continue
    return None


def _small(text: str) -> int:
    """二十六 → 26, for days and months."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS[text]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
