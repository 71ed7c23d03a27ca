"""HTML page to text: paragraphs as lines, rows of data tables as one line with cells separated by tabs.

Belongs here: markup, what a browser hides, menus and footers by their markup. Does not belong here: what a line of text
means (article.py), damage (repair.py).

The tree comes from lexbor (selectolax), the walk is ours: extractors that guess the main content drop table rows and
figures (docs/decisions.md). One buffer of tokens is written in reading order; a table or menu looks back at its own
tokens when it closes, and no token is rewritten more than once, so the walk is linear however deep the page is nested.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from hengshui_etl.patterns import lazy_pattern


class PageText(NamedTuple):
    """The text of a page, and the words of its `<title>`."""

    text: str
    title: str | None


_LOOKS_LIKE_PAGE = lazy_pattern(
    r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|table|br|h[1-6]|span|script|article|section|ul)\b[^<]{0,500}>",
    re.IGNORECASE,
)


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_SKIPPED = _tags(
    "script style noscript template head iframe object embed svg math canvas select option button textarea audio video "
    "map dialog -comment"
)
_BLOCKS = _tags(
    "p div section article main h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table caption thead tbody tfoot tr td th pre hr "
    "blockquote form fieldset legend address center header footer aside nav figure figcaption details summary body html"
)
_MENU_TAGS = _tags("nav footer aside ul ol div header table section dl form p td")
_FURNITURE_TAGS = _tags("nav footer aside")
_FURNITURE_NAMES = lazy_pattern(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|foot|footer|bottom|crumbs?|breadcrumbs?|copyright|sidebar|share|bdshare|"
    r"related|pager|pagination|prenext|hot|recommend|toolbar|friendlink|links)(?:$|[\s_\d-])",
    re.IGNORECASE,
)
_HIDDEN_STYLE = lazy_pattern(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SPACES = lazy_pattern("[ \t\n\r\f]+")


# Elements that stay open until they are closed: all but those that have no end or end by themselves. A parser of HTML
# walks up through all that are open at each new block, so its time grows with the square of the depth: 80 000 open
# `<div>` take it half a minute. Real pages stay below 100.
_NESTING = lazy_pattern(
    "<(/?)(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|td|th|tr|tbody|thead|tfoot"
    "|option)[\\s/>])[a-z][^<>]*>?",
    re.IGNORECASE,
)
_DEEPEST = 1000


def _flat_if_deep(markup: str) -> str:
    """`markup`; if it is nested deeper than any page for readers, with line breaks in place of its elements."""
    if markup.count("<") <= _DEEPEST:
        return markup
    depth = 0
    for found in _NESTING.finditer(markup):
        depth = max(0, depth - 1) if found[1] else depth + 1
        if depth > _DEEPEST:
            return _NESTING.sub("<br>", markup)
    return markup


def looks_like_page(text: str) -> bool:
    """Whether `text` is markup rather than prose: a tag of structure near its beginning."""
    start = text[:2000].lstrip()
    return start.startswith("<") and _LOOKS_LIKE_PAGE.search(text, 0, 4000) is not None


def page_text(markup: str) -> PageText:
    """The readable text of a page."""
    tree = LexborHTMLParser(_flat_if_deep(markup))
    title_node = tree.css_first("title")
    title = _SPACES.sub(" ", title_node.text()).strip() if title_node is not None else None
    walk = _Walk()
    if tree.body is not None:
        walk.run(tree.body)
    return PageText(walk.text(), title or None)


class _Box(NamedTuple):
    """An element under way that may turn out to be furniture or a data table."""

    start: int  # its first token
    linked: int  # characters in links before it
    links: int  # links before it
    written: int  # characters before it
    stops: int  # full stops before it
    named: bool  # its tag or name says furniture


class _Table:
    """A table under way: where each cell begins and ends in the buffer."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.rows: list[list[tuple[int, int, int, int]]] = []  # (first token, end, colspan, rowspan)
        self.captions: list[tuple[int, int]] = []
        self.layout = False


class _Walk:
    def __init__(self) -> None:
        self.out: list[str] = []
        self.tables: list[_Table] = []
        self.boxes: list[_Box] = []
        self.cells: list[int] = []
        self.linked = self.links = self.written = self.stops = self.in_link = self.raised = 0

    def text(self) -> str:
        lines = []
        for line in "".join(self.out).split("\n"):
            # A tab at the edge is an empty cell; spaces are indentation.
            trimmed = line.strip(" \u3000\u00a0\r\f\v") if "\t" in line else line.strip()
            if trimmed.strip():
                lines.append(trimmed)
        return "\n".join(lines)

    def run(self, root: LexborNode) -> None:
        path: list[tuple[LexborNode, str]] = []
        node: LexborNode | None = root
        while node is not None:
            tag = node.tag or ""
            if tag == "-text":
                self._write(node)
                below = None
            elif tag in _SKIPPED or _is_hidden(node):
                below = None
            else:
                self._enter(node, tag)
                below = node.child
                if below is None:
                    self._leave(node, tag)
            if below is not None:
                path.append((node, tag))
                node = below
                continue
            while node is not None:
                after = node.next if path else None
                if after is not None:
                    node = after
                    break
                if not path:
                    return
                node, tag = path.pop()
                self._leave(node, tag)

    def _write(self, node: LexborNode) -> None:
        text = node.text_content
        if not text:
            return
        text = _SPACES.sub(" ", text)
        if text == " " and (not self.out or self.out[-1].endswith(("\n", " "))):
            return
        if self.raised and text.isdigit():
            text = text.translate(_RAISED)  # 10<sup>4</sup> is not 104
        self.out.append(text)
        self.written += len(text)
        self.stops += text.count("。")
        if self.in_link:
            self.linked += len(text)

    def _enter(self, node: LexborNode, tag: str) -> None:
        if tag == "br":
            self.out.append("\n")
            return
        if tag == "a":
            self.in_link += 1
            self.links += 1
            return
        if tag == "sup":
            self.raised += 1
            return
        if tag not in _BLOCKS:
            return
        if tag in _MENU_TAGS:
            named = _is_named_furniture(node, tag)
            self.boxes.append(_Box(len(self.out), self.linked, self.links, self.written, self.stops, named))
        self.out.append("\n")
        if tag == "table":
            if self.tables:
                self.tables[-1].layout = True
            self.tables.append(_Table(len(self.out)))
        elif self.tables:
            table = self.tables[-1]
            if tag == "tr":
                table.rows.append([])
            elif tag in ("td", "th", "caption"):
                self.cells.append(len(self.out))
            elif tag in ("h1", "h2", "ul", "ol"):
                table.layout = True

    def _leave(self, node: LexborNode, tag: str) -> None:
        if tag == "a":
            self.in_link -= 1
            return
        if tag == "sup":
            self.raised -= 1
            return
        if tag not in _BLOCKS:
            return
        if tag in ("td", "th", "caption") and self.tables and self.cells:
            self._end_cell(node, tag)
        elif tag == "table" and self.tables:
            self._end_table(self.tables.pop())
        if tag in _MENU_TAGS:
            self._end_box(self.boxes.pop())
        self.out.append("\n")

    def _end_cell(self, node: LexborNode, tag: str) -> None:
        start, table = self.cells.pop(), self.tables[-1]
        if tag == "caption":
            table.captions.append((start, len(self.out)))
            return
        attributes = node.attributes
        if not table.rows:
            table.rows.append([])
        across, down = _span(attributes.get("colspan")), _span(attributes.get("rowspan"))
        table.rows[-1].append((start, len(self.out), across, down))

    def _end_table(self, table: _Table) -> None:
        """A data table is set as lines of cells; a table that only lays out the page stays as the lines it holds."""
        if table.layout or not _is_data(table, self.out):
            return
        lines = [_joined(self.out, start, end) for start, end in table.captions]
        below: dict[int, int] = {}  # column → rows that a cell above still fills
        for row in table.rows:
            cells: list[str] = []
            for start, end, across, down in row:
                while below.get(len(cells), 0) > 0:
                    below[len(cells)] -= 1
                    cells.append("")
                for column in range(len(cells), len(cells) + across):
                    below[column] = down - 1
                cells.append(_joined(self.out, start, end))
                cells += [""] * (across - 1)
            while below.get(len(cells), 0) > 0:
                below[len(cells)] -= 1
                cells.append("")
            if any(cells):
                lines.append("\t".join(cells))
        del self.out[table.start :]
        self.out.append("\n".join(lines))

    def _end_box(self, box: _Box) -> None:
        """Menus and footers go: what is named so and holds no sentence, and what is nearly nothing but links."""
        written = self.written - box.written
        if not written:
            return
        links, linked = self.links - box.links, self.linked - box.linked
        mostly_links = links >= 3 and linked * 10 >= written * 8
        if not (box.named or mostly_links) or self.stops > box.stops:
            return
        del self.out[box.start :]
        self.written, self.linked, self.links = box.written, box.linked, box.links


def _joined(out: list[str], start: int, end: int) -> str:
    return _SPACES.sub(" ", "".join("" if token == "\n" else token for token in out[start:end])).strip()


def _is_data(table: _Table, out: list[str]) -> bool:
    rows = [row for row in table.rows if row]
    if len(rows) < 2 or max(len(row) for row in rows) < 2:
        return False
    for row in rows:
        for start, end, _across, _down in row:
            if sum(map(len, out[start:end])) > 160:
                return False
    return True


def _span(value: str | None) -> int:
    """A `colspan` or `rowspan`; what is no sensible number counts as 1."""
    number = int(value) if value and len(value) < 4 and value.isascii() and value.isdigit() else 1
    return min(max(number, 1), 60)


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return bool(style) and _HIDDEN_STYLE.search(style or "") is not None


def _is_named_furniture(node: LexborNode, tag: str) -> bool:
    if tag in _FURNITURE_TAGS:
        return True
    if tag == "header":
        return False
    attributes = node.attributes
    for name in ("class", "id"):
        value = attributes.get(name)
        if value and len(value) < 200 and _FURNITURE_NAMES.search(value):
            return True
    return False
