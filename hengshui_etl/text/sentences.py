"""Blocks to sentences.

Belongs here: where a sentence ends. Does not belong here: what a block is (article.py), what a sentence says.
"""

from __future__ import annotations

from collections.abc import Sequence

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Block, Sentence

# One leading class, no alternatives: the engine then skips to the next end without trying each character.
_END = lazy_pattern("[。！？；!?;\n](?:(?<!\n)[。！？；!?;]*[”’」』）)】]*)?")
_PAIRS = (("（", "）"), ("“", "”"), ("(", ")"), ("「", "」"), ("『", "』"), ("【", "】"))
_OPENING = lazy_pattern("[（“(「『【]")
# A bracket or quotation is kept in one sentence if its closing mark comes this soon; longer speech is cut.
_SHORT = 60


def sentences_of(text: str, blocks: Sequence[Block]) -> tuple[Sentence, ...]:
    """The sentences of all blocks that carry content, in order; each table row and each title line is one."""
    out: list[Sentence] = []
    for number, block in enumerate(blocks):
        kind = block.kind
        if kind in ("furniture", "info"):
            continue
        if kind == "table":
            _add_lines(out, text, block, number)
        else:
            _add_sentences(out, text, block, number)
    return tuple(out)


def _add_lines(out: list[Sentence], text: str, block: Block, number: int) -> None:
    at = block.start
    while at < block.end:
        end = text.find("\n", at, block.end)
        if end < 0:
            end = block.end
        if end > at and not text[at:end].isspace():
            out.append(Sentence(at, end, number))
        at = end + 1


def _add_sentences(out: list[Sentence], text: str, block: Block, number: int) -> None:
    start, stop = block.start, block.end
    for found in _END.finditer(text, start, stop):
        end = found.end()
        if text[end - 1] == "\n":
            end -= 1
        elif end < stop and _is_inside(text[max(start, end - _SHORT) : end]):
            continue
        if end > start and not (text[start].isspace() and text[start:end].isspace()):
            out.append(Sentence(start, end, number))
        start = found.end()
    if start < stop and not text[start:stop].isspace():
        out.append(Sentence(start, stop, number))


def _is_inside(window: str) -> bool:
    """Whether a bracket or quotation that opened in `window` is still open at its end."""
    if _OPENING.search(window) is None:
        return False
    for opening, closing in _PAIRS:
        opened = window.rfind(opening)
        if opened >= 0 and window.find(closing, opened) < 0:
            return True
    return False
