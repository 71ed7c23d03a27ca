"""Lines on a stream: in colour and fitted to its width on a terminal, plain elsewhere; progress while a person waits.

Belongs here: colours, indentation, encoding, progress. Does not belong here: what is said (`reading.py`, `messages/`).
rich costs time and is imported only where there is a terminal.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from hengshui_etl.reading import Line, Style, cells, plain_lines, printable

STYLES: dict[Style, str] = {
    "": "",
    "head": "bold",
    "dim": "dim",
    "wrong": "bold red",
    "warning": "bold yellow",
    "good": "green",
    "suspect": "bold white on red",
    "operand": "bold underline",
}


def use_utf8() -> None:
    """Write UTF-8 and plain line ends whatever the locale says. What is no character (a byte of a file name that is not
    UTF-8) is written as `\\udcff`, which in JSON is that same file name."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person looks at the stream in colour."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int | None:
    """How many columns standard output has; None where it is no terminal, and lines may be of any length."""
    return shutil.get_terminal_size().columns if is_terminal(sys.stdout) else None


def write(lines: Iterable[Line]) -> None:
    """The lines on standard output."""
    if is_terminal(sys.stdout):
        _show(lines, sys.stdout)
    else:
        for line in plain_lines(lines):
            print(line)


def complain(text: str) -> None:
    """One line on standard error, whatever is in the text."""
    _clear()
    print(printable(text), file=sys.stderr, flush=True)


def count(text: str) -> None:
    """Replace the line of progress on a terminal; where answers appear on that terminal, they are progress enough."""
    if is_terminal(sys.stderr) and not is_terminal(sys.stdout):
        sys.stderr.write(f"\r\033[K{printable(text)}")
        sys.stderr.flush()


def count_end() -> None:
    """Take the line of progress away."""
    if not is_terminal(sys.stdout):
        _clear()


@contextmanager
def status(text: str) -> Iterator[Callable[[str], None]]:
    """A turning wheel with a text on a terminal, as long as the block runs; the value replaces the text."""
    if not is_terminal(sys.stderr):
        yield lambda _: None
        return
    from rich.console import Console

    with _own(sys.stderr) as stream, Console(file=stream, highlight=False).status(text) as wheel:
        yield lambda new: wheel.update(printable(new))


@contextmanager
def _own(stream: TextIO) -> Iterator[TextIO]:
    """The same terminal by another number: Dagster turns standard error to a file while a step runs, and the wheel
    would stand still."""
    try:
        number = os.dup(stream.fileno())
    except (OSError, ValueError):  # no file of the system's
        yield stream
        return
    with open(number, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as own:
        yield own


def _clear() -> None:
    if is_terminal(sys.stderr):
        sys.stderr.write("\r\033[K")


def _show(lines: Iterable[Line], stream: TextIO) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    lines = list(lines)
    width = max((cells(line.label) for line in lines), default=0)
    for line in lines:
        text = Text.assemble(*((printable(piece.text), STYLES[piece.style]) for piece in line.pieces), overflow="fold")
        if line.label:
            grid = Table.grid(padding=(0, 2, 0, 0))
            grid.add_column(width=width, style="dim", no_wrap=True)
            grid.add_column(overflow="fold")
            grid.add_row(line.label, text)
            console.print(Padding(grid, (0, 0, 0, 2 * line.depth)))
        else:
            console.print(Padding(text, (0, 0, 0, 2 * line.depth)))
