"""Accusations that are taken back: what fails as it was understood, but need not be meant so.

Belongs here: which claims may not accuse, whoever made them: where other figures of the same sentence make the relation
hold, it is those that are meant; what is told of a time before says nothing of the figures of now; an average says
nothing of an amount that nothing links with it. Does not belong here: making claims (the families), arithmetic.
"""

from __future__ import annotations

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Claim
from hengshui_etl.relations.search.view import View
from hengshui_etl.vocab import alternatives, toml

_OF_TWO = frozenset(("share", "average"))
_BEFORE = lazy_pattern(rf"[，,。；;\s]*(?:{alternatives(toml('comparisons')['before']['words'])}|上周)")
_DIGITS = 3
"""A result of fewer significant digits fits some figures of its sentence by chance."""
_FIGURES = 14
"""How many figures before the result are looked through."""


def take_back(view: View) -> None:
    """Take back the accusations that other figures or the time that is spoken of explain; claim what holds instead."""
    for claim in [c for c in view.claims if c.type in _OF_TWO and len(c.operands) == 3 and not c.implied]:
        if view.is_cell(claim.operands[-1]) or view.trial(claim.type, claim.operands, claim.scale) is not False:
            continue
        other = _other_operands(view, claim)
        if other is not None:
            view.retract(claim.type, claim.operands[-1])
            view.claim(claim.type, (*other, claim.operands[-1]), claim.reason, scale=claim.scale)
        elif _of_before(view, claim) or _unlinked(view, claim):
            view.retract(claim.type, claim.operands[-1])
            view.leave(claim.operands, "what it is told of may be another figure than these")


def _other_operands(view: View, claim: Claim) -> tuple[int, int] | None:
    """The two levels of the result's full sentence, in the units of those claimed, that the relation holds for."""
    first, second, i = claim.operands
    if view.digits(i) < _DIGITS or view.figures[i].bound != "exact":
        return None
    near = [
        j
        for j in range(i - 1, max(-1, i - _FIGURES), -1)
        if view.level[j] and view.periods[j] == view.periods[i] and view.figures[j].bound == "exact"
    ]
    ones = [j for j in near if view.alike(j, first)]
    others = [*(j for j in near if view.alike(j, second)), *(() if second in near else (second,))]
    for a in ones:
        for b in others:
            if a != b and (a, b) != (first, second) and view.trial(claim.type, (a, b, i), claim.scale):
                return a, b
    return None


def _of_before(view: View, claim: Claim) -> bool:
    """Whether the sentence of the result turns to a time before, and an operand does not stand in it
    (监测181天。上年同期优良119天，占…)."""
    i = claim.operands[-1]
    here = all(view.periods[j] == view.periods[i] for j in claim.operands[:-1])
    start = view.article.sentences[view.figures[i].sentence].start
    return not here and _BEFORE.match(view.text, start) is not None


def _unlinked(view: View, claim: Claim) -> bool:
    """Whether the total of an average is money of another paragraph, and no word links the two
    (企业减负5.83亿元. 退休人员19.2万名，…月人均): everything is told in money, tons and persons of fewer things."""
    total, number, i = claim.operands
    if claim.type != "average" or view.paragraphs[total] == view.paragraphs[i] or view.figures[i].kind != "money":
        return False
    words, name = view.metrics[i] + view.said[i].before + view.metrics[number], view.metrics[total]
    return not any(name[k : k + 2] in words for k in range(len(name) - 1))
