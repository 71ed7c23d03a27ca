"""Characters that a converting site tore apart, put together again.

Belongs here: the fault of sites that put pinyin into GBK bytes without minding where characters begin. Does not belong
here: pinyin behind a whole character (repair.py).

The fault. The site replaces the two bytes of a traditional character by themselves and `(pinyin)`, wherever they stand:
also where the second byte of one character and the first byte of the next look like such a character. In 目儲備
(C4BF 83A6 82E4) the bytes BF83 are those of 績 (jī), so the text becomes C4BF 83 `(jī)` A6 `(chǔ)` 82E4. Read as GBK,
the lone 83 swallows the bracket and is shown as `?`, and so is the lone A6: 目?jī)?chǔ)備. Between two such places
every character is read one byte off: 接合作項 as 雍献黜?.

The evidence asked for. The first pinyin must be a reading of the false character that the neighbour's second byte and
the restored first byte make; the last pinyin must be a reading of the last restored character; what lies between are
the bytes that are there. Where this leaves more than one text, the words it makes decide; where they do not, `〓` marks
the loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Repair
from hengshui_etl.vocab.layout import readings, without_tone, words_hant

LOST = "lost_character"
SHIFTED = "shifted_bytes"
MARK = "〓"

_HANZI = "[\u3400-\u9fff]"
_LETTERS = "a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ"
_HOLE = "[?\ufffd□]"
_TORN = lazy_pattern(f"{_HOLE}([{_LETTERS}]{{1,6}})[)）](?:({_HANZI}{{0,8}}){_HOLE}([{_LETTERS}]{{1,6}})[)）])?")
_HOLE_BEFORE_PINYIN = lazy_pattern(f"{_HOLE}[(（]([{_LETTERS}]{{1,6}})[)）]")
_HINT = lazy_pattern(f"{_HOLE}[(（]?[{_LETTERS}]")


def torn_characters(source: str) -> list[Repair]:
    """The repairs of all torn places of `source`, in order."""
    if _HINT.search(source) is None:
        return []
    found = []
    for match in _TORN.finditer(source):
        before = source[match.start() - 1] if match.start() else ""
        if not _is_hanzi(before) or not _characters(match[1]):
            continue
        after = source[match.end() : match.end() + 1]
        if match[3] is None or not _characters(match[3]):
            found.append(Repair(LOST, match.start(), match.end(1) + 1, source[match.start() : match.end(1) + 1], MARK))
            continue
        mended = _mended(before, match[1], match[2], match[3], after)
        kind = SHIFTED if match[2] else LOST
        found.append(Repair(kind, match.start(), match.end(), match[0], mended))
    for match in _HOLE_BEFORE_PINYIN.finditer(source):
        candidates = _characters(match[1])
        if candidates:
            before = source[match.start() - 1] if match.start() else ""
            after = source[match.end() : match.end() + 1]
            mended = _best(sorted(candidates), before, after) or MARK
            found.append(Repair(LOST, match.start(), match.end(), match[0], mended))
    return sorted(found, key=lambda repair: repair.start)


def _mended(before: str, first: str, run: str, last: str, after: str) -> str:
    """The torn text: behind `before`, with the false character's reading, the misread run and the last reading."""
    texts = sorted(set(_candidates(before, first, run, last)))
    if len(texts) == 1 and not run:
        return texts[0]  # both readings agree on one character
    return _best(texts, before, after) or MARK * (len(run) + 1)


def _candidates(before: str, first: str, run: str, last: str) -> Iterator[str]:
    """All texts whose bytes the fault turns into what is seen; one pair of bytes may have been dropped as undefined."""
    low = _bytes(before)[1:]
    false = {b[1:] for c in _characters(first) if (b := _bytes(c))[:1] == low}
    ends = {_bytes(c) for c in _characters(last)}
    inner = _bytes(run)
    for lead in false:
        stream = lead + inner
        for end in ends:
            if end[:1] == stream[-1:]:
                yield from _decoded(stream + end[1:])
        for at in range(1, len(stream) + 1, 2):
            yield from _with_dropped_pair(stream[:at], stream[at:], ends)


def _with_dropped_pair(head: bytes, tail: bytes, ends: set[bytes]) -> Iterator[str]:
    """Texts in which a pair of bytes that GBK does not know fell out between `head` and `tail`; the two characters that
    share the pair must make a word."""
    for word in _words_by_bytes().get((head[-1], tail[0] if tail else -1), ()):
        pair = _bytes(word)
        if tail:
            for end in ends:
                if end[:1] == tail[-1:]:
                    yield from _decoded(head + pair[1:3] + tail + end[1:])
        elif pair[2:] in ends:
            yield from _decoded(head + pair[1:])


def _best(texts: list[str], before: str, after: str) -> str | None:
    """The text that makes more words with its neighbours than any other, if it makes any."""
    words = words_hant()
    scored = []
    for text in texts:
        whole = before + text + after
        scored.append((sum(whole[i : i + 2] in words for i in range(len(whole) - 1)), text))
    scored.sort(reverse=True)
    if not scored or not scored[0][0] or (len(scored) > 1 and scored[1][0] == scored[0][0]):
        return None
    return scored[0][1]


@cache
def _by_plain_reading() -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for reading, characters in readings().items():
        out.setdefault(without_tone(reading).replace("ü", "v"), set()).update(characters)
    return out


def _characters(reading: str) -> frozenset[str]:
    """Characters with this reading; a reading without tone mark stands for all its tones."""
    plain = without_tone(reading)
    if plain == reading:
        return frozenset(_by_plain_reading().get(plain.replace("ü", "v"), ()))
    return frozenset(readings().get(reading, ()))


@cache
def _words_by_bytes() -> dict[tuple[int, int], list[str]]:
    """Words whose inner two bytes GBK does not know, by the first and the last byte; under (first, -1) by the first."""
    # All words in one go: word by word, with an exception for each unknown pair, is half of what a short article takes.
    words = sorted(words_hant())
    codes = "\n".join(words).encode("gbk", "replace").split(b"\n")
    inner = b"\n".join(code[1:3] for code in codes).decode("gbk", "replace").split("\n")
    out: dict[tuple[int, int], list[str]] = {}
    for word, code, character in zip(words, codes, inner, strict=True):
        if len(code) == 4 and (len(character) != 1 or character == "\ufffd"):
            out.setdefault((code[0], code[3]), []).append(word)
            out.setdefault((code[0], -1), []).append(word)
    return out


def _bytes(text: str) -> bytes:
    try:
        return text.encode("gbk")
    except UnicodeEncodeError:
        return b""


def _decoded(code: bytes) -> Iterator[str]:
    try:
        text = code.decode("gbk")
    except UnicodeDecodeError:
        return
    if all(map(_is_hanzi, text)):
        yield text


def _is_hanzi(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"
