"""The command `query`: SQL in, an answer out.

Belongs here: where the SQL comes from, how many rows are shown, what is said when it does not work.
Does not belong here: arguments (commands.py), asking the database (sealed.py), what an answer looks like (querying.py).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from hengshui_etl.checking import Refused, limited
from hengshui_etl.console import complain, status, width, write
from hengshui_etl.messages import Messages
from hengshui_etl.querying import (
    Format,
    csv_lines,
    fitted_layout,
    json_lines,
    markdown_lines,
    record_lines,
    table_lines,
)
from hengshui_etl.reading import Line, Piece
from hengshui_etl.sealed import Answer, QueryFailed, UnknownTable, asked
from hengshui_etl.warehouse import WarehouseBusy

MOST_ON_TERMINAL, MOST_IN_TABLE = 100, 10_000
"""Rows of a table that are shown unless another limit is given: to a person, and elsewhere, where all of them are held
in memory to see how wide the columns are. CSV, JSON and Markdown have no limit."""

PATIENCE_S, INTERRUPTED = 2.0, 130
"""Seconds that a query has to end after Ctrl+C, and the exit status then."""

MOST_COUNTED = 100_000
"""Rows beyond the limit that are counted."""


def show_answer(database: Path, sql: str, output: Format, limit: int | None, say: Messages) -> None:
    """Print the answer to a query. Raises Refused where there is none."""
    if sql == "-":
        sql = _given(say)
    if not database.exists():
        raise Refused(say("query.empty"))
    try:
        with _ended_by_ctrl_c(), asked(database, sql) as answer:
            if not answer.columns:
                complain(say("query.done"))
            elif output == "table":
                _show_table(answer, limit, say)
            else:
                _show_lines(answer, output, limit, say)
    except UnknownTable as unknown:
        tables = say("check.comma").join(unknown.known) or "–"
        raise Refused(say("query.no_table", name=unknown, tables=tables)) from None
    except QueryFailed as failed:
        raise Refused(say("query.forbidden" if failed.forbidden else "query.failed", reason=failed)) from None
    except WarehouseBusy as busy:
        raise Refused(str(busy)) from None
    except OSError:
        raise
    except Exception as error:
        if type(error).__module__.strip("_").startswith("duckdb"):  # on opening the file
            reason = " ".join(str(error).split())
            raise Refused(say("query.broken", path=database, reason=reason)) from None
        raise


@contextmanager
def _ended_by_ctrl_c() -> Iterator[None]:
    """Ctrl+C raises KeyboardInterrupt as ever; where the database swallows that, as it now and then does, the process
    ends by itself a little later. It only reads, so that nothing is lost."""

    def end(number: int, frame: object) -> None:
        timer = threading.Timer(PATIENCE_S, os._exit, (INTERRUPTED,))
        timer.daemon = True
        timer.start()
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _given(say: Messages) -> str:
    if sys.stdin is None:
        return ""
    try:
        return limited(sys.stdin.buffer, say).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(say("query.not_utf8")) from None


def _show_table(answer: Answer, limit: int | None, say: Messages) -> None:
    columns = width()
    most = (MOST_ON_TERMINAL if columns else MOST_IN_TABLE) if limit is None else limit
    with status(say("query.running")):
        rows = list(islice(answer.rows, most or None))
        more = _count(answer) if most else 0
    fitting = fitted_layout(answer.columns, rows, columns)
    write(record_lines(answer.columns, rows) if fitting is None else table_lines(fitting))
    if more:
        note = _note(more, say)
        if columns is None:
            complain(note)
        else:
            write([Line((Piece(note, "dim"),))])


def _show_lines(answer: Answer, output: Format, limit: int | None, say: Messages) -> None:
    lines = {"csv": csv_lines, "json": json_lines, "markdown": markdown_lines}[output]
    for line in lines(answer.columns, islice(answer.rows, limit or None)):
        print(line)
    if limit and (more := _count(answer)):
        sys.stdout.flush()
        complain(_note(more, say))


def _count(answer: Answer) -> int:
    """How many rows are left, counted up to one more than MOST_COUNTED."""
    return sum(1 for _ in islice(answer.rows, MOST_COUNTED + 1))


def _note(more: int, say: Messages) -> str:
    return say("query.more", n=more) if more <= MOST_COUNTED else say("query.many", n=MOST_COUNTED)
