"""Vocabulary as data: typed, cached loaders of the files in this folder.

Belongs here: reading the data files, refusing unknown sections and duplicates, giving them a shape quick to use.
Does not belong here: grammar (figures/), arithmetic, anything about one article.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from hengshui_etl.records import FigureKind

UNIT_KINDS: tuple[FigureKind, ...] = ("money", "percent", "percentage_point", "multiple", "measure")


class VocabularyError(ValueError):
    """A data file contradicts itself or holds what nobody reads; names the file and the entry."""


class Unit(NamedTuple):
    """A unit as printed, as answered, and what the figure then is. `digits_only` units count after Arabic numerals
    alone; where one of `never_before` follows, the unit is not meant."""

    printed: str
    name: str
    kind: FigureKind
    digits_only: bool
    never_before: tuple[str, ...]


class Region(NamedTuple):
    """A division of China: official code (six digits), official name, usual short name, level."""

    code: str
    name: str
    short: str
    level: str


@cache
def toml(name: str) -> Mapping[str, Any]:
    """The data file `name` (with .toml left out), read once."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def words(value: str | list[str]) -> tuple[str, ...]:
    """The words of an entry, written as a list or as one string with spaces between."""
    return tuple(value.split() if isinstance(value, str) else value)


def alternatives(value: str | Iterable[str]) -> str:
    """The words of an entry as the alternatives of a pattern. Of two words that both fit, the longer one is taken.

    Words that begin alike share their beginning (`增(?:长率|长|加|)`): the engine tries alternatives one by one.
    """
    return _branches(sorted(set(value.split() if isinstance(value, str) else value)))


def _branches(ends: Iterable[str]) -> str:
    """Alternatives for what is left of words after a common beginning; nothing left comes last."""
    by_first: dict[str, list[str]] = {}
    for end in ends:
        by_first.setdefault(end[:1], []).append(end[1:])
    done = by_first.pop("", None)
    parts = []
    for first, rests in by_first.items():
        inner = _branches(rests)
        parts.append(re.escape(first) + (f"(?:{inner})" if len(rests) > 1 else inner))
    return "|".join(parts if done is None else [*parts, ""])


def beginnings(*values: str | Iterable[str]) -> str:
    """A look ahead at the first characters of the words of entries: it spares most positions the alternatives."""
    first = {word[0] for value in values for word in (value.split() if isinstance(value, str) else value)}
    return f"(?=[{''.join(map(re.escape, sorted(first)))}])"


@cache
def units() -> Mapping[str, tuple[Unit, ...]]:
    """Units and classifiers by their first character, the longest first."""
    data, counts = toml("units"), toml("classifiers")
    digits_only = set(words(counts["after_digits_only"]["words"]))
    never = {k: words(v) for k, v in counts["never_before"].items()}
    found: dict[str, Unit] = {}
    for kind in UNIT_KINDS:
        for printed, name in data[kind].items():
            if printed in found:
                raise VocabularyError(f"units.toml: {printed} stands twice")
            found[printed] = Unit(printed, name, kind, printed in digits_only, never.get(printed, ()))
    for group in counts["count"].values():
        for word in words(group):
            found.setdefault(word, Unit(word, word, "count", word in digits_only, never.get(word, ())))
    by_first: dict[str, list[Unit]] = {}
    for unit in found.values():
        by_first.setdefault(unit.printed[0], []).append(unit)
    return {c: tuple(sorted(us, key=lambda u: -len(u.printed))) for c, us in by_first.items()}


@cache
def regions() -> tuple[Region, ...]:
    """All divisions down to the county, in the order of their codes."""
    text = files(__package__).joinpath("regions.csv").read_text("utf-8")
    rows = csv.reader(text.splitlines())
    if next(rows) != list(Region._fields):
        raise VocabularyError(f"regions.csv: the head must be {','.join(Region._fields)}")
    return tuple(Region(*row) for row in rows)


@cache
def known_partitions() -> tuple[tuple[str, ...], ...]:
    """Names of groups that make up a whole between them (partitions.toml)."""
    return tuple(tuple(names) for names in toml("partitions")["partitions"])
