"""Files to rows, by as many processes as there are cores: the same rows in the same order, however many work.

Belongs here: cutting the work into pieces, examining a piece, doing many side by side. Does not belong here: examining
an article (pipeline.py), where rows are stored and which are kept from before (loading.py, kept.py).
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import polars as pl

from hengshui_etl import sources
from hengshui_etl.pipeline import examine
from hengshui_etl.sources import RawFile
from hengshui_etl.tables.contracts import Violation, violations
from hengshui_etl.tables.frames import Examined, frame, frames_of
from hengshui_etl.text import Unreadable

OUR_FAULT = "the program failed on it"
"""How the reason begins where a file is in quarantine for no fault of its own."""

MOST_FILES, MOST_BYTES = 100, 2**20
"""A piece of work ends with the first of these."""

WORTH_A_PROCESS = 2 * 2**20
"""With fewer bytes to examine, starting other processes would take longer than the work."""


class Rows(NamedTuple):
    """What comes of a piece: the rows of all tables but `raw_articles`, and what they violate."""

    frames: dict[str, pl.DataFrame]
    violated: list[Violation]


Piece = tuple[RawFile, ...]


def pieces_of(files: Iterable[RawFile]) -> Iterator[Piece]:
    """The files in pieces of bounded size, in their order; the size of a file alone may exceed the bound."""
    piece: list[RawFile] = []
    size = 0
    for file in files:
        piece.append(file)
        size += 0 if file.problem else file.size_bytes or 0
        if len(piece) >= MOST_FILES or size >= MOST_BYTES:
            yield tuple(piece)
            piece, size = [], 0
    if piece:
        yield tuple(piece)


def processes_for(size: int) -> int:
    """How many processes to use for so many bytes: HENGSHUI_PROCESSES, else one a core where it is worth it."""
    if (wanted := os.environ.get("HENGSHUI_PROCESSES", "")).isdigit() and int(wanted) > 0:
        return int(wanted)
    if size < WORTH_A_PROCESS:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def rows_of_pieces(raw: Path, batch: str, pieces: Iterable[Piece], processes: int) -> Iterator[Rows]:
    """The rows of each piece, in order. No more pieces are held at a time than keep all processes busy."""
    if processes < 2:
        for piece in pieces:
            yield rows_of_piece(raw, batch, piece)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_end_with_parent) as pool:
        waiting: deque[Future[Rows]] = deque()
        try:
            for piece in pieces:
                waiting.append(pool.submit(rows_of_piece, raw, batch, piece))
                if len(waiting) > 2 * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _end_with_parent() -> None:
    """Let no worker outlive a parent that was killed."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def rows_of_piece(raw: Path, batch: str, files: Sequence[RawFile]) -> Rows:
    """Examine these files one by one; a file that is no article goes to quarantine with the reason."""
    examined: list[Examined] = []
    quarantined: list[tuple[str, str, str, int | None, str | None]] = []
    for file in files:
        result = _examined(raw, file)
        if isinstance(result, Examined):
            examined.append(result)
        else:
            quarantined.append((batch, file.path, result, file.size_bytes, file.sha256))
    frames = frames_of(batch, examined)
    frames["quarantine"] = frame("quarantine", quarantined)
    return Rows(frames, violations(frames))


def _examined(raw: Path, file: RawFile) -> Examined | str:
    """The examination of a file, or why it is not one of an article."""
    if file.problem is not None:
        return file.problem
    try:
        data = sources.file_bytes(raw, file)
        examination = examine(data, source_path=file.path, article_id=file.path)
        examination.article.source.encode()  # half of a character pair cannot be stored by anything that holds text
    except Unreadable as unreadable:
        return str(unreadable)
    except sources.Changed:
        return "it changed while it was read; the next run reads it again"
    except OSError as error:
        return f"it cannot be read: {(error.strerror or str(error)).lower()}"
    except UnicodeEncodeError:
        return "it holds halves of characters, which are no text"
    except Exception as error:  # one article must not cost the others; a check tells of it in red
        return f"{OUR_FAULT}: {type(error).__name__}: {error}"
    return Examined(examination, len(data))
