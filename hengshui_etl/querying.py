"""Answers of the database as text: a table for people, CSV, JSON and Markdown for programs and documents.

Belongs here: pure functions from columns and rows to lines. Does not belong here: asking (sealed.py), colours and
the width of the terminal (console.py).

Rows hold what articles say, and articles are untrusted: characters that a terminal would obey, or that turn the
direction of writing around, are shown by their number; no cell of a CSV file is a formula for a spreadsheet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal, NamedTuple

from hengshui_etl.reading import HIDDEN, Line, Piece, cells

Format = Literal["table", "csv", "json", "markdown"]
Row = Sequence[object]

WIDEST_CELL = 100
"""Columns of a terminal that a cell of a table takes at most; CSV and JSON have all of it."""

NARROWER = (60, 40, 30, 24)
FEW = 3
"""Cells are cut to these widths where more than a few rows do not fit otherwise."""

LONGEST_VALUE = 2000
"""Characters of a value that are shown where each has a line of its own."""

NULL = "NULL"
STORED_PLACES = 12
"""Places of the DECIMAL columns of the tables: a fixed store, not how a number was printed."""

_HIDDEN = re.compile(f"[{HIDDEN}]")
_SIGNS = {"\n": "↵", "\t": "⇥"}
_LINE_ENDS = re.compile("(\r?\n|\t)")
_FORMULA = re.compile(r"[\s\0]*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_MARKUP = re.compile(r"([\\`*_\[\](){}|~#!$^])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class Layout(NamedTuple):
    """A table ready to be shown: its cells as text, the width of each column, and which columns are numbers."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    numbers: tuple[bool, ...]

    @property
    def width(self) -> int:
        return sum(self.widths) + 2 * (len(self.widths) - 1)


def layout(columns: Sequence[str], rows: Sequence[Row], widest: int = WIDEST_CELL) -> Layout:
    """The table of these rows; cells wider than `widest` are cut."""
    heads = tuple(fitted(visible(column), widest) for column in columns)
    texts = tuple(tuple(fitted(written(value), widest) for value in row) for row in rows)
    widths = tuple(max(cells(text) for text in column) for column in zip(heads, *texts, strict=True))
    numbers = tuple(
        all(value is None or is_number(value) for value in column) and any(value is not None for value in column)
        for column in (zip(*rows, strict=True) if rows else [()] * len(heads))
    )
    return Layout(heads, texts, widths, numbers)


def fitted_layout(columns: Sequence[str], rows: Sequence[Row], width: int | None) -> Layout | None:
    """The table of these rows in no more than `width` columns of a terminal, if there is one. Few rows are not cut for
    it, many have their longest texts cut."""
    for widest in (WIDEST_CELL, *(NARROWER if len(rows) > FEW else ())):
        table = layout(columns, rows, widest)
        if width is None or table.width <= width:
            return table
    return None


def table_lines(table: Layout) -> Iterator[Line]:
    """Heads, a rule, and a line a row; numbers stand to the right."""
    yield Line((Piece(_aligned(table.heads, table), "head"),))
    yield Line((Piece("  ".join("─" * width for width in table.widths), "dim"),))
    for row in table.rows:
        yield Line((Piece(_aligned(row, table)),))


def _aligned(texts: Sequence[str], table: Layout) -> str:
    padded = []
    for text, width, number in zip(texts, table.widths, table.numbers, strict=True):
        blanks = " " * (width - cells(text))
        padded.append(blanks + text if number else text + blanks)
    return "  ".join(padded).rstrip()


def record_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[Line]:
    """A line a value, for rows that are too wide for a table."""
    heads = [visible(column) for column in columns]
    for number, row in enumerate(rows, start=1):
        yield Line((Piece(f"── {number} ──", "dim"),))
        for head, value in zip(heads, row, strict=True):
            yield Line((Piece(fitted(written(value), LONGEST_VALUE)),), 0, head)


def csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """CSV by RFC 4180 with the line ends of the system. Nothing is an empty cell, an empty text a quoted one. A text
    that a spreadsheet would take for a formula has an apostrophe before it; numbers stay numbers."""
    yield ",".join(map(_csv_cell, columns))
    for row in rows:
        yield ",".join(map(_csv_cell, row))


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    if is_number(value):
        return number(value)
    text = _text(value)
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        text = f"'{text}"
    parts = _LINE_ENDS.split(text)  # line ends and tabs are kept: they are harmless between quotes
    text = "".join(part if n % 2 else visible(part) for n, part in enumerate(parts))
    quoted = not text or any(c in text for c in ',"\r\n') or text != text.strip()
    return '"' + text.replace('"', '""') + '"' if quoted else text


def json_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """An object a row, one a line, with numbers in full; of columns of the same name the later ones are numbered."""
    names: list[str] = []
    for column in columns:
        name, nth = column, 2
        while name in names:
            name, nth = f"{column}_{nth}", nth + 1
        names.append(name)
    keys = [f"{_json(name)}: " for name in names]
    for row in rows:
        yield "{" + ", ".join(key + _json(value) for key, value in zip(keys, row, strict=True)) + "}"


def _json(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float() if value != value or value in (float("inf"), float("-inf")):
            return "null"
        case int() | float() | Decimal():
            return number(value)
        case list() | tuple():
            return "[" + ", ".join(map(_json, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{_json(str(key))}: {_json(each)}" for key, each in value.items()) + "}"
        case _:
            text = json.dumps(_text(value), ensure_ascii=False)
            return _HIDDEN.sub(lambda found: json.dumps(found[0])[1:-1], text)


def markdown_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """A Markdown table that shows exactly these texts."""
    yield f"| {' | '.join(map(_markdown_cell, columns))} |"
    yield f"| {' | '.join(['---'] * len(columns))} |"
    for row in rows:
        yield f"| {' | '.join(map(_markdown_cell, row))} |"


def _markdown_cell(value: object) -> str:
    if value is None:
        return ""
    if is_number(value):
        return number(value)
    text = _MARKUP.sub(r"\\\1", visible(_text(value)))
    return re.sub("[&<>]", lambda found: _ENTITIES[found[0]], text)


def is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def number(value: object) -> str:
    """A number in full: without exponent, and without the zeros that only fill up the tables' twelve places."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return str(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if value.as_tuple().exponent == -STORED_PLACES else text


def written(value: object) -> str:
    """A value on one line, with nothing in it that a terminal would obey."""
    if value is None:
        return NULL
    return number(value) if is_number(value) else visible(_text(value))


def _text(value: object) -> str:
    match value:
        case str():
            return value
        case bool() | list() | tuple() | dict():
            return _json(value)
        case bytes():
            return value.hex()
        case datetime():
            return value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def visible(text: str) -> str:
    """The text on one line: ends of lines as ↵, tabs as ⇥, other characters that cannot be seen by their number."""
    text = text.replace("\r\n", "\n")
    return _HIDDEN.sub(lambda found: _SIGNS.get(found[0]) or f"⟨U+{ord(found[0]):04X}⟩", text)


def fitted(text: str, width: int) -> str:
    """The text, cut where it takes more than `width` columns."""
    if 2 * len(text) <= width or cells(text) <= width:
        return text
    taken = 0
    for place, character in enumerate(text):
        taken += cells(character)
        if taken > width - 1:
            return text[:place] + "…"
    return text
