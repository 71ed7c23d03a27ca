"""Damage that sites do to text, mended edit by edit; each edit is recorded and can be replayed.

Belongs here: one small fixer per kind of damage, the evidence it asks for, replay, the map from mended text to source.
Does not belong here: conversions that keep the length (script.py), layout (article.py).

The error refused here is the false positive: a text that was sound must come out as it went in.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Offsets, Repair
from hengshui_etl.text.script import is_traditional
from hengshui_etl.text.shifted import LOST, SHIFTED, torn_characters
from hengshui_etl.vocab.layout import is_reading_of, syllables, without_tone

PINYIN = "pinyin_annotation"
INVISIBLE = "invisible_character"

_MANY = 3
TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_LETTERS = f"a-zü{TONED}"
_ANNOTATION = lazy_pattern(f"[(（][{_LETTERS}]{{1,6}}[)）]")
# Zero-width characters, soft hyphens, direction marks and stray control characters: nothing a reader sees.
_INVISIBLE = lazy_pattern(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+"
)


def repairs_of(source: str) -> tuple[Repair, ...]:
    """The edits that mend `source`, in order, none overlapping another."""
    found: list[Repair] = []
    if not source.isascii():
        found += _pinyin_annotations(source)
        if found:  # torn characters come with whole annotations around them; alone, `?a)` is somebody's question
            found += torn_characters(source)
    found += _invisible_characters(source)
    found.sort(key=lambda r: r.start)
    return tuple(found)


def _pinyin_annotations(source: str) -> list[Repair]:
    """`個(gè)`: a converting site put the reading behind a character. The character must be one that differs between
    the scripts and the reading one of its own."""
    if "(" not in source and "（" not in source:
        return []
    sure: list[Repair] = []
    likely: list[Repair] = []
    for found in _ANNOTATION.finditer(source):
        start, end = found.span()
        evidence = _evidence(source[start - 1 : start], source[start + 1 : end - 1])
        if evidence != "none":
            repair = Repair(PINYIN, start, end, source[start:end], "")
            (sure if evidence == "sure" else likely).append(repair)
    # Behind a character that no conversion made, one reading is an author's help with a rare name; many are damage.
    return sure + likely if len(sure) + len(likely) >= _MANY else sure


@lru_cache(1 << 14)
def _evidence(before: str, reading: str) -> Literal["sure", "likely", "none"]:
    """How plain it is that a conversion put `(reading)` behind the character `before`."""
    if is_reading_of(before, reading):
        return "sure" if is_traditional(before) else "likely"
    toned = not reading.isascii() and without_tone(reading) in syllables()
    return "likely" if toned and "\u3400" <= before <= "\u9fff" else "none"


def _invisible_characters(source: str) -> list[Repair]:
    if _INVISIBLE.search(source) is None:
        return []
    return [Repair(INVISIBLE, m.start(), m.end(), m[0], "") for m in _INVISIBLE.finditer(source)]


def replayed(source: str, repairs: Sequence[Repair]) -> str:
    """`source` after the edits."""
    if not repairs:
        return source
    pieces: list[str] = []
    at = 0
    for repair in repairs:
        pieces.append(source[at : repair.start])
        if repair.after:
            pieces.append(repair.after)
        at = repair.end
    pieces.append(source[at:])
    return "".join(pieces)


def offsets_of(repairs: Sequence[Repair]) -> Offsets:
    """The map from the mended text back to the source."""
    clean = [0]
    source = [0]
    shift = 0
    for _kind, start, end, _before, after in repairs:
        if after:
            for extra in range(end - start, len(after)):  # longer than before: the excess stands at the last character
                clean.append(start - shift + extra)
                source.append(end - 1 if end > start else start)
        shift += end - start - len(after)
        clean.append(end - shift)
        source.append(end)
    return Offsets(tuple(clean), tuple(source))


def repair_counts(repairs: Sequence[Repair]) -> dict[str, int]:
    """The public summary: pinyin annotations removed, and spans of damaged characters."""
    pinyin = sum(r.kind == PINYIN for r in repairs)
    damaged = sum(r.kind in (LOST, SHIFTED) for r in repairs)
    return {"pinyin_annotations": pinyin, "damaged_spans": damaged}
