"""Traditional to simplified script, and full-width letters and digits to ASCII: both keep the length.

Belongs here: conversions that map one character to one character, so that positions survive.
Does not belong here: edits that change the length (repair.py).
"""

from __future__ import annotations

import operator
from functools import cache
from typing import TYPE_CHECKING, Literal

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab.layout import script_corrections

if TYPE_CHECKING:
    from opencc import OpenCC

Script = Literal["hans", "hant", "none"]

_CHINESE = lazy_pattern("[\u3400-\u9fff]")
# Above this share of converted characters (1 in 40) a text counts as traditional: traditional press has 1 in 4, a
# simplified article that quotes a few traditional names has 1 in 500.
_HANT_SHARE = 40
_SAMPLE = 20_000  # characters that decide which script a text is in


_NARROW = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94) if chr(0x21 + i).isalnum()}
_NARROW |= dict(zip("．％－＋／", ".%-+/", strict=True))
_FULL_WIDTH = lazy_pattern("[０-９Ａ-Ｚａ-ｚ．％－＋／]")
_SPACES = ("\u3000", "\u00a0", "\u2002", "\u2003", "\u2009", "\u202f")


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC  # not at import: start-up of the commands counts

    return OpenCC("t2s")


def simplified(text: str) -> tuple[str, Script]:
    """`text` in simplified characters, of the same length, and the script that it was in."""
    if text.isascii():
        return text, "none"
    converted = _converter().convert(text)
    if len(converted) != len(text):
        converted = _character_by_character(text)
    for printed, clean in script_corrections():
        if printed in text:
            converted = _with_correction(text, converted, printed, clean)
    if converted == text:
        return text, "hans" if _CHINESE.search(text) else "none"
    sample = text[:_SAMPLE]
    changed = sum(map(operator.ne, sample, converted[:_SAMPLE]))
    return converted, "hant" if changed * _HANT_SHARE > len(sample) else "hans"


def is_traditional(character: str) -> bool:
    """Whether conversion changes the character."""
    converted: str = _converter().convert(character)
    return converted != character


def _with_correction(text: str, converted: str, printed: str, clean: str) -> str:
    """`converted` with `clean` wherever `text` has `printed`."""
    pieces: list[str] = []
    at = 0
    found = text.find(printed)
    while found >= 0:
        pieces += (converted[at:found], clean)
        at = found + len(printed)
        found = text.find(printed, at)
    return "".join((*pieces, converted[at:]))


def _character_by_character(text: str) -> str:
    """Conversion where a phrase of the converter would change the length."""
    convert = _converter().convert
    table = {}
    for character in set(text):
        one = convert(character)
        if one != character and len(one) == 1:
            table[ord(character)] = one
    return text.translate(table)


def narrow(text: str) -> str:
    """Full-width digits, letters and ． ％ － ＋ ／ in ASCII, all spaces as plain spaces; same length."""
    for space in _SPACES:
        if space in text:
            text = text.replace(space, " ")
    if _FULL_WIDTH.search(text):
        for character in sorted(set(_FULL_WIDTH.findall(text))):
            text = text.replace(character, _NARROW[character])
    return text
