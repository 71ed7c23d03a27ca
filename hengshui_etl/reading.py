"""An examination as an editor reads it: first what is wrong and where, then what can be concluded, then what holds.

Belongs here: which lines there are and what is marked in them, as data without colour or width.
Does not belong here: how lines are put on a terminal (`console.py`), the program's JSON (`answers.py`), arithmetic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Literal, NamedTuple

from hengshui_etl.answers import rounded
from hengshui_etl.messages import Messages
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Examination, Figure, Interval, Relation, RelationType, Sentence
from hengshui_etl.relations.roles import roles_of

Style = Literal["", "head", "dim", "wrong", "warning", "good", "suspect", "operand"]


class Piece(NamedTuple):
    """Text of one appearance. A `suspect` is a figure that may be wrong, an `operand` one that it was compared with."""

    text: str
    style: Style = ""


class Line(NamedTuple):
    """A line with its depth and, for a line of a small table, its label."""

    pieces: tuple[Piece, ...]
    depth: int = 0
    label: str = ""


STATED: dict[RelationType, int] = {
    "share": -1, "sum": -1, "remainder": -1, "difference": -1, "growth": -1, "average": -1, "multiple": -1,
    "enumeration": 0, "conversion": 1,
}  # fmt: skip
"""Equations, of which one operand is what is printed and the others are what it should be made of. In relations of
other types (a bound, a copy, a part that is larger than its whole) the message alone says what is wrong."""

MULTIPLIERS = (("亿", 8), ("億", 8), ("万", 4), ("萬", 4))
MOST_SENTENCES = 3
MARGIN = 60
"""Characters of a long sentence that are shown on either side of the figures."""


def reading_of(examination: Examination, say: Messages) -> Iterator[Line]:
    """The lines for one article, in the language of `say`."""
    article, relations = examination.article, examination.relations
    n = len(examination.figures)
    head = {
        "path": article.source_path,
        "date": article.published_on.isoformat() if article.published_on else say("check.undated"),
        "figures": say("check.figure") if n == 1 else say("check.figures", n=n),
    }
    yield Line((Piece(article.title or say("check.untitled"), "head"),))
    yield Line((Piece(say("check.head", **head), "dim"),))
    failed = [relation for relation in relations if relation.verdict.status == "fail"]
    failed.sort(key=lambda relation: relation.verdict.severity != "error")
    for relation in failed:
        yield Line(())
        yield from _failed(relation, examination, say)
    implied = [relation for relation in relations if relation.verdict.status == "implied"]
    passed = [relation for relation in relations if relation.verdict.status == "pass"]
    yield Line(())
    for relation in implied:
        yield Line((Piece(f"→ {say('check.implied')}{say('check.colon')}", "dim"), Piece(_message(relation, say))), 1)
    if passed:
        types = say("check.comma").join(
            f"{say.get(f'type.{name}', name)} {n}" for name, n in Counter(r.claim.type for r in passed).items()
        )
        key = "check.hold_one" if len(passed) == 1 else "check.holds"
        yield Line((Piece("✓ ", "good"), Piece(say(key, n=len(passed), types=types))), 1)
    if not relations:
        yield Line((Piece(say("check.none")),), 1)
    if n := len(examination.undecided):
        key = "check.undecided_one" if n == 1 else "check.undecided"
        yield Line((Piece(f"? {say(key, n=n)}", "dim"),), 1)


def _failed(relation: Relation, examination: Examination, say: Messages) -> Iterator[Line]:
    claim, verdict = relation.claim, relation.verdict
    figures = [examination.figures[i] for i in claim.operands]
    style: Style = "wrong" if verdict.severity == "error" else "warning"
    title = (
        f"✗ {say(f'check.failed_{verdict.severity}')}{say('check.colon')}{say.get(f'type.{claim.type}', claim.type)}"
    )
    yield Line((Piece(title, style), Piece(f"  {relation.id}", "dim")), 1)
    yield from _quotes(relation, examination)
    suspects = relation.blame
    if claim.type in STATED and not claim.implied and verdict.computed is not None:
        stated = claim.operands[STATED[claim.type]]
        printed = examination.figures[stated]
        yield Line((Piece(printed.text, "suspect"),), 2, say("check.printed"))
        yield Line((Piece(_expected(verdict.computed, printed, say), "good"),), 2, say("check.expected"))
        others = [
            f"{say(f'role.{role}')} {figure.text}".strip()
            for index, role, figure in zip(claim.operands, roles_of(claim, examination.figures), figures, strict=True)
            if index != stated
        ]
        if others:
            yield Line((Piece(say("check.comma").join(others)),), 2, say("check.from"))
        if suspects == (stated,):
            suspects = ()
    if (mend := relation.mend) is not None:
        change = say("check.mend_text", old=examination.figures[mend.figure].text, new=mend.text)
        edit = say.get(f"edit.{mend.edit}", mend.edit)
        yield Line((Piece(change, "good"), Piece(f"  ({edit})", "dim")), 2, say("check.mend"))
    elif suspects:
        names = say("check.comma").join(examination.figures[i].text for i in suspects)
        yield Line((Piece(names),), 2, say("check.suspects"))
    yield Line((Piece(_message(relation, say)),), 2, say("check.why"))


def _quotes(relation: Relation, examination: Examination) -> Iterator[Line]:
    """The sentences in which the operands stand, with the operands marked."""
    article = examination.article
    blamed = relation.blame or (relation.claim.operands[STATED.get(relation.claim.type, -1)],)
    suspects = {examination.figures[i].id for i in blamed}
    marked: dict[int, list[Figure]] = {}
    for i in sorted(set(relation.claim.operands)):
        figure = examination.figures[i]
        marked.setdefault(figure.sentence, []).append(figure)
    for number in sorted(marked)[:MOST_SENTENCES]:
        yield Line(tuple(_marked(article.text, article.sentences[number], marked[number], suspects)), 2)
    if len(marked) > MOST_SENTENCES:
        yield Line((Piece("…", "dim"),), 2)


def _marked(text: str, sentence: Sentence, figures: list[Figure], suspects: set[str]) -> Iterator[Piece]:
    start = max(sentence.start, min(figure.at for figure in figures) - MARGIN)
    end = min(sentence.end, max(figure.till for figure in figures) + MARGIN)
    if start > sentence.start:
        yield Piece("…", "dim")
    for figure in sorted(figures, key=lambda figure: figure.at):
        if figure.at >= start:
            yield Piece(text[start : figure.at])
            yield Piece(text[figure.at : figure.till], "suspect" if figure.id in suspects else "operand")
            start = figure.till
    yield Piece(text[start:end])
    if end < sentence.end:
        yield Piece("…", "dim")


def _expected(computed: Interval, printed: Figure, say: Messages) -> str:
    """What the others imply, in the manner in which `printed` is printed: 亿 where it has 亿, and two places finer."""
    power = next((power for word, power in MULTIPLIERS if word in printed.text), 0)
    multiplier = "亿" if power == 8 else "万" if power == 4 else ""
    exponent = printed.place.adjusted() - power if printed.place else -2
    places = max(0, -exponent) + 2

    def written(value: Fraction, towards: Literal["low", "high"]) -> str:
        return rounded(value / 10**power, places, towards) + multiplier + printed.unit

    if computed.low is not None and computed.high is not None:
        if computed.low == computed.high:
            low, high = (written(computed.low, towards) for towards in _BOTH)
            return low if low == high else f"≈ {low}"
        return say("check.between", low=written(computed.low, "low"), high=written(computed.high, "high"))
    if computed.low is not None:
        return say("check.more_than" if computed.low_open else "check.at_least", low=written(computed.low, "low"))
    if computed.high is not None:
        return say("check.less_than" if computed.high_open else "check.at_most", high=written(computed.high, "high"))
    return "?"


_BOTH: tuple[Literal["low"], Literal["high"]] = ("low", "high")


def _message(relation: Relation, say: Messages) -> str:
    return relation.verdict.message_zh if say.language == "zh" else relation.verdict.message_en


HIDDEN = (
    "\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff"
)
"""What cannot be seen, is obeyed by a terminal, or turns the direction of writing around, for `[…]` in a pattern: it is
shown by its number wherever text of articles is shown in full."""


def printable(text: str) -> str:
    """The text on one line, with nothing in it that a terminal would obey: ends of lines and tabs are blanks, all else
    that cannot be seen is shown by its number."""
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text.translate(_BLANKS))


_BLANKS = dict.fromkeys((*range(0x09, 0x0E), *range(0x1C, 0x20), 0x85, 0x2028, 0x2029), " ")
_HIDDEN = lazy_pattern(f"[{HIDDEN}]")


def plain_lines(lines: Iterable[Line]) -> Iterator[str]:
    """The lines for a file or a pipe: no colour, no wrapping; figures that may be wrong in 【】."""
    lines = list(lines)
    width = max((cells(line.label) for line in lines), default=0)
    for line in lines:
        label = line.label + " " * (width + 2 - cells(line.label)) if line.label else ""
        text = "".join(f"【{p.text}】" if p.style == "suspect" and not line.label else p.text for p in line.pieces)
        yield ("  " * line.depth + label + printable(text)).rstrip()


def cells(text: str) -> int:
    """How many columns of a terminal a text takes: two for a Chinese character."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
