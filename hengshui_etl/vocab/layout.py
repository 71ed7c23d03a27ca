"""What we know of the pages' outer form: everyday characters, readings, furniture; loaded once, typed.

Belongs here: loaders of the data that `text` needs. Does not belong here: what numbers and units mean.
"""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files


def _text(name: str) -> str:
    return (files("hengshui_etl.vocab") / name).read_text(encoding="utf-8")


@cache
def common_characters() -> frozenset[str]:
    """Everyday characters and Chinese punctuation, in both scripts."""
    data = tomllib.loads(_text("common_characters.toml"))
    return frozenset("".join(data["simplified"] + data["traditional"] + data["punctuation"]).replace(" ", ""))


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Characters by reading with tone marks, of all characters that differ between the scripts."""
    out: dict[str, tuple[str, ...]] = {}
    for line in _text("pinyin.tsv").splitlines():
        if line.startswith("#"):
            continue
        reading, _, characters = line.partition("\t")
        out[reading] = tuple(characters)
    return out


def without_tone(reading: str) -> str:
    """`lǜ` → `lü`: the reading as sites write it that drop tone marks."""
    parts = unicodedata.normalize("NFD", reading)
    return unicodedata.normalize("NFC", "".join(c for c in parts if c == "\u0308" or not unicodedata.combining(c)))


@cache
def readings_of() -> dict[str, list[str]]:
    """Readings with tone marks, by character."""
    out: dict[str, list[str]] = {}
    for reading, characters in readings().items():
        for character in characters:
            out.setdefault(character, []).append(reading)
    return out


def is_reading_of(character: str, written: str) -> bool:
    """Whether `written` is a reading of the character (`gè`, `ge`): with and without tone, `ü` also as `v` and `u`."""
    for reading in readings_of().get(character, ()):
        plain = without_tone(reading)
        if written in (reading, plain, plain.replace("ü", "v"), plain.replace("ü", "u")):
            return True
    return False


@cache
def syllables() -> frozenset[str]:
    """All readings, without tone marks."""
    return frozenset(map(without_tone, readings()))


@cache
def furniture() -> dict[str, list[str]]:
    """Word lists of `furniture.toml` by name."""
    data = tomllib.loads(_text("furniture.toml"))
    return {name: list(words) for name, words in data.items()}


@cache
def words_hant() -> frozenset[str]:
    """Frequent two-character words in traditional script."""
    lines = _text("words_hant.txt").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


@cache
def script_corrections() -> tuple[tuple[str, str], ...]:
    """Printed forms that the converter of scripts gets wrong, with the right simplified form of the same length."""
    data = tomllib.loads(_text("script.toml"))
    return tuple((printed, clean) for printed, clean in data["corrections"])
