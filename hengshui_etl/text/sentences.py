"""Blocks to sentences.

Belongs here: where a sentence ends. Does not belong here: what a block is (article.py), what a sentence says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hengshui_etl.records import Block, Sentence

_TOKEN = re.compile("[。！？；!?;]+[”’」』）)】]*|\n|[（(“「『【]|[）)”」』】]")
_OPEN = frozenset("（(“「『【")
_CLOSE = frozenset("）)”」』】")
_BRACKETS = re.compile("[（(“「『【]")
# A bracket or quotation is kept in one sentence if its closing mark comes this soon; longer speech is cut like other text.
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
    opened = -1  # where the outermost bracket still open began
    depth = 0
    for token in _TOKEN.finditer(text, start, stop):
        mark = text[token.start()]
        if mark in _OPEN:
            if depth == 0 or token.start() - opened > _SHORT:
                opened, depth = token.start(), 0
            depth += 1
            continue
        if mark in _CLOSE:
            depth = max(0, depth - 1)
            continue
        if mark != "\n":
            depth = max(0, depth - sum(c in _CLOSE for c in token[0]))
            if depth and token.start() - opened <= _SHORT:
                continue
        depth = 0
        end = token.start() if mark == "\n" else token.end()
        if end > start and not text[start:end].isspace():
            out.append(Sentence(start, end, number))
        start = token.end()
    if start < stop and not text[start:stop].isspace():
        out.append(Sentence(start, stop, number))
