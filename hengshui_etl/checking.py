"""The command `check`: files in, answers out, and the exit status. Everything on this path loads quickly.

Belongs here: reading inputs, the order of answers, why an input was not taken, in the user's words.
Does not belong here: arguments (`cli.py`, `commands.py`), what an answer looks like (`answers.py`, `reading.py`).

Exit status: 0 all is well; 1 a check failed; 2 an input could not be read, or a command could not be carried out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from hengshui_etl.bulk import is_bulk
from hengshui_etl.console import complain, count, count_end, write
from hengshui_etl.messages import Messages
from hengshui_etl.reading import printable
from hengshui_etl.sources import MAX_BYTES

if TYPE_CHECKING:
    from hengshui_etl.records import Examination

OK, WRONG, UNREADABLE = 0, 1, 2

Output = Literal["table", "json"]


class Refused(Exception):
    """A command cannot be carried out; the text says why and what to do, on one line."""


def check_files(paths: Sequence[str], output: Output, say: Messages) -> int:
    """Answer each file (`-` is standard input) on standard output in the order given, of a file of many articles each
    record; the exit status."""
    from hengshui_etl.answers import answer_line, error_line
    from hengshui_etl.reading import reading_of

    counts, number = {"wrong": 0, "held": 0, "unread": 0}, -1
    for number, (name, result) in enumerate(_results(paths, say)):
        if isinstance(result, str):
            counts["unread"] += 1
            complain(say("error.line", what=name, error=result))
            if output == "json":
                print(error_line(name, result))
            continue
        counts["wrong" if any(r.verdict.status == "fail" for r in result.relations) else "held"] += 1
        if output == "json":
            print(answer_line(result, say.language))
        else:
            if number:
                print()
            write(reading_of(result, say))
    count_end()
    if output == "table" and number > 0:
        print("\n" + say("check.several", n=number + 1, **counts))
    return UNREADABLE if counts["unread"] else WRONG if counts["wrong"] else OK


def _results(paths: Sequence[str], say: Messages) -> Iterator[tuple[str, Examination | str]]:
    """Each article under the name by which it is told of, with what is known of it or why it cannot be read."""
    for number, path in enumerate(paths):
        if len(paths) > 1:
            count(say("check.progress", done=number, total=len(paths)))
        if is_bulk(path):
            yield from _records(path, say)
        else:
            yield path, examined(path, say)


def _records(path: str, say: Messages) -> Iterator[tuple[str, Examination | str]]:
    """The same of the records of a file; `#` and the id of the record, or its number, follow the path in the name."""
    from hengshui_etl.bulk import BrokenRecord, records_of
    from hengshui_etl.pipeline import examine

    found = False
    try:
        with Path(path).open("rb") as stream:
            for record in records_of(stream, path):
                found = True
                name = f"{path}#{record.id or record.number}"
                if isinstance(record, BrokenRecord):
                    yield name, say.reason(record.reason)
                    continue
                try:
                    yield name, examine(record.data, source_path=name, article_id=record.id, published_on=record.day)
                except Exception as error:
                    if debugging():
                        raise
                    yield name, reason(error, path, say)
    except (OSError, ValueError) as error:
        yield path, say("error.missing") if isinstance(error, ValueError) else reason(error, path, say)
        return
    if not found:
        yield path, say.reason("it holds no records")


def examined(path: str, say: Messages) -> Examination | str:
    """What is known of the article in a file, or why it cannot be read."""
    from hengshui_etl.pipeline import examine

    try:
        return examine(contents(path, say), source_path=path)
    except Exception as error:
        if debugging():
            raise
        return reason(error, path, say)


def contents(path: str, say: Messages) -> bytes:
    """The bytes of a file, or of standard input for `-`. Raises OSError, or Refused for what is no file at all."""
    if path != "-":
        try:
            with Path(path).open("rb") as file:
                return limited(file, say)
        except ValueError:  # a NUL in the name
            raise Refused(say("error.missing")) from None
    if sys.stdin is None:
        raise Refused(say("error.missing"))
    return limited(sys.stdin.buffer, say)


def limited(stream: BinaryIO, say: Messages) -> bytes:
    """What the stream holds. Raises Refused for more than an article can be: a device has no end."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused(say("error.large", limit=MAX_BYTES // 2**20))
    return data


def reason(error: Exception, path: str, say: Messages) -> str:
    """Why an input was not taken, in the user's words."""
    from hengshui_etl.filing import OtherFile
    from hengshui_etl.text import Unreadable

    match error:
        case Refused():
            return str(error)
        case Unreadable():
            return say.reason(str(error))
        case OtherFile():
            return say("add.other", target=error.target)
        case FileNotFoundError():
            return say("error.missing")
        case IsADirectoryError():
            return say("error.folder", path=path.rstrip("/"))
        case PermissionError():
            return say("error.forbidden")
        case OSError():
            return say("error.unreadable", reason=error.strerror or error)
        case _:
            return internal(error, say)


def internal(error: BaseException, say: Messages) -> str:
    """The one line for what nobody foresaw."""
    return say("error.internal", reason=printable(f"{type(error).__name__}: {error}")[:300])


def debugging() -> bool:
    """Whether the user asked to see where an unexpected error arose."""
    return "--debug" in sys.argv[1:2]
