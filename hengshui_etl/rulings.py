"""Rulings: what a reviewer has said of a finding, in a file that is kept under version control.

Belongs here: reading and extending `rulings.toml`, and which finding a ruling is about.
Does not belong here: what a ruling changes (alerts/, defs/checks.py, the views of the warehouse).

A ruling quotes the statement (its sentence and its figures as printed), so that a person can read the file, and so
that it says nothing any more once the statement reads otherwise.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal, NamedTuple, get_args

Verdict = Literal["false alarm", "acknowledged"]

HEAD = """\
# What reviewers have ruled on findings. A finding with a ruling raises no alert, and is shown as ruled.
# Written by `hengshui-etl rule`, or by hand: ruling is "false alarm" (the article is right) or "acknowledged" (it is
# wrong, and that is known). `sentence` and `figures` quote the article; once they no longer stand in it, the ruling is
# stale.
"""


class Statement(NamedTuple):
    """What a ruling is about: the type of a relation, its sentence, and its figures as printed, in their order."""

    article_id: str
    type: str
    sentence: str
    figures: tuple[str, ...]


class Ruling(NamedTuple):
    """`sha256` is that of the article's file when it was ruled on."""

    statement: Statement
    ruling: Verdict
    reason: str
    made_on: date
    sha256: str


class RulingsInvalid(ValueError):
    """The file cannot be read; the message says where, why, and what to do."""


def read_rulings(path: Path) -> dict[Statement, Ruling]:
    """The rulings of a file by statement; none where there is no file. Raises RulingsInvalid, OSError."""
    return _rulings(_text(path), path)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise RulingsInvalid(f"{path} is not UTF-8: {error}") from None


def _rulings(text: str, path: Path) -> dict[Statement, Ruling]:
    try:
        entries = tomllib.loads(text).get("ruling", [])
    except tomllib.TOMLDecodeError as error:
        raise RulingsInvalid(f"{path} is not TOML: {error}") from None
    if not isinstance(entries, list):
        raise RulingsInvalid(f"{path}: begin every entry with [[ruling]], in double brackets")
    found: dict[Statement, Ruling] = {}
    for nr, entry in enumerate(entries, start=1):
        ruling = _ruling(entry, f"{path}, ruling {nr}")
        if ruling.statement in found:
            raise RulingsInvalid(f"{path}, ruling {nr}: the same statement was ruled on before; keep one of the two")
        found[ruling.statement] = ruling
    return found


def _ruling(entry: object, where: str) -> Ruling:
    kinds: dict[str, type] = {
        "article": str, "check": str, "sentence": str, "figures": list, "ruling": str, "reason": str, "date": date,
        "sha256": str,
    }  # fmt: skip
    if not isinstance(entry, dict):
        raise RulingsInvalid(f"{where}: it is no table")
    for key, kind in kinds.items():
        if key not in entry:
            raise RulingsInvalid(f"{where}: `{key}` is missing")
        if not isinstance(entry[key], kind) or isinstance(entry[key], datetime):  # which is a date to Python
            raise RulingsInvalid(f"{where}: `{key}` must be a {kind.__name__}, not {entry[key]!r}")
    if unknown := sorted(set(entry) - set(kinds)):
        raise RulingsInvalid(f"{where}: there is no `{unknown[0]}` in a ruling")
    if entry["ruling"] not in get_args(Verdict):
        raise RulingsInvalid(f"{where}: `ruling` is one of {', '.join(map(repr, get_args(Verdict)))}")
    if not entry["reason"].strip():
        raise RulingsInvalid(f"{where}: a ruling needs a reason")
    if not all(isinstance(text, str) for text in entry["figures"]):
        raise RulingsInvalid(f"{where}: `figures` are texts as printed")
    statement = Statement(entry["article"], entry["check"], entry["sentence"], tuple(entry["figures"]))
    return Ruling(statement, entry["ruling"], entry["reason"], entry["date"], entry["sha256"])


def ruling_of(
    rulings: Mapping[Statement, Ruling], article_id: str, kind: str, sentence: str, figures: Sequence[str]
) -> Ruling | None:
    """The ruling on a finding, if there is one."""
    return rulings.get(Statement(article_id, kind, sentence, tuple(figures)))


def append_ruling(path: Path, ruling: Ruling) -> None:
    """Write a ruling at the end of the file, which is made where it is not there. Raises RulingsInvalid where the
    statement was ruled on before, the file cannot be read, or could not be read with this ruling in it, OSError; then
    nothing is written."""
    text = _text(path)
    if ruling.statement in _rulings(text, path):
        raise RulingsInvalid(f"{path} has a ruling on this statement already; edit it there")
    if not ruling.reason.strip():
        raise RulingsInvalid("a ruling needs a reason")
    entry = _entry(ruling)
    try:
        data = entry.encode("utf-8")
    except UnicodeEncodeError:
        raise RulingsInvalid("the ruling holds characters that are no text") from None
    if _rulings(text + entry, path).get(ruling.statement) != ruling:
        raise RulingsInvalid(f"{path} would not say the same once this ruling is written")
    new = not path.exists()
    with path.open("ab") as file:
        file.write((HEAD.encode("utf-8") if new else b"") + data)


def _entry(ruling: Ruling) -> str:
    statement = ruling.statement
    fields = {
        "article": statement.article_id,
        "check": statement.type,
        "ruling": ruling.ruling,
        "reason": ruling.reason,
    }
    lines = ["", "[[ruling]]", *(f"{key} = {_quoted(value)}" for key, value in fields.items())]
    lines += [
        f"date = {ruling.made_on.isoformat()}",
        f"figures = [{', '.join(map(_quoted, statement.figures))}]",
        f"sentence = {_quoted(statement.sentence)}",
        f"sha256 = {_quoted(ruling.sha256)}",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string: as in JSON, except that DEL is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def fingerprint(rulings: Iterable[Ruling]) -> str:
    """Equal where the rulings are equal, whatever their order."""
    lines = sorted(_entry(ruling) for ruling in rulings)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
