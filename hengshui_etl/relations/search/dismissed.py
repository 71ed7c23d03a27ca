"""Accusations that are taken back: what fails as it was understood, but need not be meant so.

Belongs here: which claims may not accuse, whoever made them: where other figures of the same sentence make the relation
hold, it is those that are meant; what is told of a time before says nothing of the figures of now; an average says
nothing of an amount that nothing links with it. Does not belong here: making claims (the families), arithmetic.
"""

from __future__ import annotations

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Claim
from hengshui_etl.relations.search.sum_evidence import OF_WHICH
from hengshui_etl.relations.search.view import View
from hengshui_etl.relations.units import factor_between
from hengshui_etl.vocab import alternatives, toml

_OF_TWO = frozenset(("share", "average"))
_BEFORE = lazy_pattern(rf"[，,。；;\s]*(?:{alternatives(toml('comparisons')['before']['words'])}|上周)")
_NEW = lazy_pattern(rf"[^，,。；;]{{0,10}}[，,；;](?:{alternatives(toml('parts')['lists']['new_statement'])})")
_HOLDS = lazy_pattern(r"[^，,、。；;（(]{0,6}[（(](?:含|包括|包含|其中含)")
_MONTHS = lazy_pattern(r"\d{1,2}(?:[-—–~至]\d{1,2})?月")
_POWERS = (10, 0.1, 100, 0.01, 1000, 0.001, 1e4, 1e-4, 1e8, 1e-8)
_DIGITS = 3
"""A result of fewer significant digits fits some figures of its sentence by chance."""
_CALLED_ALIKE = 0.7
_FIGURES = 14
"""How many figures before the result are looked through."""
_FAR = 120
"""The same for a whole that is named."""


def take_back(view: View) -> None:
    """Take back the accusations that other figures or the time that is spoken of explain; claim what holds instead."""
    for claim in [c for c in view.claims if c.type == "sum" and not c.implied]:
        if view.trial("sum", claim.operands) is False and (
            _of_which_by_shares(view, claim) or _new_statement(view, claim) or _holds_another(view, claim)
        ):
            view.drop(claim)
            view.leave(claim.operands, "a list that need not be all of this whole")
    for claim in [c for c in view.claims if c.type == "restatement" and len(c.operands) == 2]:
        if view.trial("restatement", claim.operands) is False and _of_unknown_months(view, *claim.operands):
            view.drop(claim)
            view.leave(claim.operands, "told of months whose year is not known")
    for claim in [c for c in view.claims if c.type == "remainder"]:  # 受理251人…起诉97人，不起诉118人，未审结36人
        if view.trial("remainder", claim.operands) is False and _makes_up_another(view, claim):
            view.drop(claim)
            view.leave(claim.operands, "what is left is left of another whole")
    for claim in [c for c in view.claims if c.type == "difference" and c.implied]:
        if view.trial("difference", claim.operands, implied=True) is False:  # 减少450个，净增4770个: not of that level
            view.drop(claim)
            view.leave(claim.operands, "a change of another level than this")
    differences = [c for c in view.claims if c.type == "difference" and len(c.operands) == 3 and not c.implied]
    told = {c.operands[:2]: c for c in differences if view.trial("difference", c.operands)}
    for claim in differences:  # 5.3%，比全市（4.2%）高1.1个百分点，比一季度加快0.9个百分点: the second is from another
        if claim.operands[:2] in told and view.trial("difference", claim.operands) is False:
            view.drop(claim)
            view.leave(claim.operands, "the two levels have their difference already")
    for claim in [c for c in view.claims if c.type in _OF_TWO and len(c.operands) == 3 and not c.implied]:
        if view.is_cell(claim.operands[-1]) or view.trial(claim.type, claim.operands, claim.scale) is not False:
            continue
        other = _other_operands(view, claim) or _other_whole(view, claim)
        if other is not None:
            view.drop(claim)
            view.claim(claim.type, (*other, claim.operands[-1]), claim.reason, scale=claim.scale)
        elif _of_before(view, claim) or _unlinked(view, claim) or _is_no_pair(view, claim):
            view.drop(claim)
            view.leave(claim.operands, "what it is told of may be another figure than these")


def _other_operands(view: View, claim: Claim) -> tuple[int, int] | None:
    """The two levels of the result's full sentence, in the units of those claimed, that the relation holds for."""
    first, second, i = claim.operands
    if view.figures[i].bound != "exact":
        return None
    if view.digits(i) < _DIGITS:
        return _nearer_whole(view, claim)
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


def _nearer_whole(view: View, claim: Claim) -> tuple[int, int] | None:
    """Part and whole, where a level called like the whole stands nearer and holds (年度计划561.9亿元…其中在建项目
    年度计划327.5亿元，完成235.8亿元，占年计划的72%)."""
    part, whole, i = claim.operands
    for j in range(i - 1, whole, -1):
        like = j != part and view.level[j] and view.alike(j, whole) and view.figures[j].bound == "exact"
        if like and view.likeness(j, whole) > _CALLED_ALIKE and view.periods[j] == view.periods[i]:
            return (part, j) if view.trial(claim.type, (part, j, i), claim.scale) else None
    return None


def _other_whole(view: View, claim: Claim) -> tuple[int, int] | None:
    """Part and whole, where the words of a share speak of another level than that of the paragraph's own whole, and it
    holds for that (出口438.2亿元 … 出口机电产品251.5亿元，占同期出口总值的57.4%)."""
    part, whole, i = claim.operands
    if claim.type != "share" or view.digits(i) < _DIGITS or view.figures[i].bound != "exact":
        return None
    if view.paragraphs[whole] == view.paragraphs[i] or whole > i:
        return None
    words = view.between(min(part, i), max(part, i))
    for j in range(max(0, i - _FAR), i):
        name = view.metrics[j]
        if j in (part, whole) or not view.plain(j) or view.figures[j].bound != "exact" or not view.alike(j, whole):
            continue
        if _is_named(name, words) and view.trial("share", (part, j, i), claim.scale):
            return part, j
    return None


def _is_named(name: str, words: str) -> bool:
    """Whether two characters of a name that stand together do so in the words as well."""
    return any(name[k : k + 2] in words for k in range(len(name) - 1))


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
    return not _is_named(name, words)


def _is_no_pair(view: View, claim: Claim) -> bool:
    """Whether the quotient of total and count is another average, or of another size than the one they are held against
    and told apart from it (不良贷款余额14.92亿元。…2.36万户，户均余额78.4万元)."""
    if claim.type != "average":
        return False
    total, number, i = claim.operands
    if _has_its_average(view, claim):
        return True
    here = all(view.figures[j].sentence == view.figures[i].sentence for j in (total, number))
    if here or not view.values[number] or not view.values[i]:
        return False
    factor = factor_between(view.figures[total].unit, view.figures[i].unit.partition("/")[0]) or 1
    ratio = view.values[total] * float(factor) / view.values[number] * float(claim.scale) / view.values[i]
    return not 0.3 < ratio < 3.3 and not any(0.97 < ratio * k < 1.03 for k in _POWERS)


def _has_its_average(view: View, claim: Claim) -> bool:
    """Whether total and count have their average already, and this is of other things
    (均价7120元，住宅均价7286元)."""
    total, number, i = claim.operands
    pairs = (c.operands for c in view.claims if c.type == claim.type == "average" and len(c.operands) == 3)
    return any(
        ops[:2] == (total, number)
        and ops[2] != i
        and view.figures[ops[2]].unit == view.figures[i].unit
        and view.trial("average", ops)
        for ops in pairs
    )


def _makes_up_another(view: View, claim: Claim) -> bool:
    """Whether the rest that a claim ends with makes up another whole, with others than those that the claim names."""
    *told, rest = claim.operands
    sums = (c.operands for c in view.claims if c.type == "sum" and not c.implied and rest in c.operands[:-1])
    return any(not set(told) & set(operands) and view.trial("sum", operands) for operands in sums)


def _of_unknown_months(view: View, *figures: int) -> bool:
    """Whether no period is known of figures of which sentences tell by month (an article without a date)."""
    sentences = (view.article.sentences[view.figures[j].sentence] for j in figures)
    months = [_MONTHS.findall(view.text, s.start, s.end) for s in sentences]
    return all(view.figures[j].period is None for j in figures) and months[0] != months[-1]


def _new_statement(view: View, claim: Claim) -> bool:
    """Whether what stands between a whole and its list opens a statement of something else
    (耕地5.2万亩，今年种植小麦…)."""
    first, whole = claim.operands[0], claim.operands[-1]
    if first < whole:
        return False
    lead = view.between(whole, first)
    return OF_WHICH.search(lead) is None and _NEW.match(lead) is not None


def _holds_another(view: View, claim: Claim) -> bool:
    """Whether a bracket behind a part of a list says what is counted in it too (高中6所（含完全中学3所）)."""
    return any(_HOLDS.match(view.text, view.figures[p].till) is not None for p in claim.operands[:-1])


def _of_which_by_shares(view: View, claim: Claim) -> bool:
    """Whether the percentages that hold for its parts show that a list is not all of its whole: each is a share of this
    whole as printed, and they do not make up a hundred, or they are shares of another one."""
    *parts, whole = claim.operands
    shares = {
        c.operands[0]: c
        for c in view.claims
        if c.type == "share" and len(c.operands) == 3 and c.operands[0] in parts and view.trial("share", c.operands)
    }
    if len(shares) < 2:
        return False
    others = [c for c in shares.values() if view.values[c.operands[1]] != view.values[whole]]
    if len(others) > 1 and len({c.operands[1] for c in others}) == 1:
        return True
    total = sum(view.values[c.operands[2]] for c in shares.values())
    return not others and len(shares) == len(parts) and abs(total - 100) > 0.1 * len(parts)
