"""The values of one operand that would make a relation hold, given the others: each type's equation solved for it.

Belongs here: the inverse of judge.py's equations. What comes out may be a little too wide, never too narrow, where an
operand stands in the equation twice: whoever uses it asks the judge in the end. Does not belong here: judging, editing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from hengshui_etl.records import Claim, Figure
from hengshui_etl.relations.intervals import (
    NotJudgeable,
    Range,
    difference,
    magnitude,
    meet,
    negated,
    point,
    product,
    quotient,
    range_of,
    shifted,
    signed_range_of,
    times,
    total,
)
from hengshui_etl.relations.quotients import average_factor
from hengshui_etl.relations.readings import alignment, quotient_reading, ratio_scale
from hengshui_etl.relations.units import factor_between

MOST_OPERANDS = 60  # a longer relation is not solved for each of its operands

_Solver = Callable[[Claim, Sequence[Figure], int], list[Range]]


def needed_values(claim: Claim, figures: Sequence[Figure], figure: int) -> list[Range] | None:
    """The ranges, in the figure's own unit and without its direction, of which it would have to stand for a value; None
    where the type is not solved (part_of, feasible_share) or the operands do not allow it."""
    solver = _SOLVERS.get(claim.type)
    if solver is None or figure not in claim.operands or len(claim.operands) > MOST_OPERANDS:
        return None
    operands = [figures[i] for i in claim.operands]
    try:
        return solver(claim, operands, claim.operands.index(figure))
    except NotJudgeable:
        return None


def _share(claim: Claim, operands: Sequence[Figure], at: int) -> list[Range]:
    if claim.implied:
        return _share_of_unstated_sum(claim, operands, at)
    parts, whole, percentage = operands[:-2], operands[-2], operands[-1]
    factor = claim.scale * ratio_scale(percentage)
    stated = quotient_reading(percentage)
    if at < len(parts):
        everything = times(product(stated, range_of(whole)), 1 / factor)
        return [_less_the_others(everything, parts, at, whole)]
    added = times(total([times(range_of(p), alignment(p, whole)) for p in parts]), factor)
    return [quotient(added, stated if at == len(parts) else range_of(whole))]


def _share_of_unstated_sum(claim: Claim, operands: Sequence[Figure], at: int) -> list[Range]:
    part, others, percentage = operands[0], operands[1:-1], operands[-1]
    factor = claim.scale * ratio_scale(percentage)
    own = range_of(part)
    rest = total([times(range_of(o), alignment(o, part)) for o in others])
    if at == len(operands) - 1:
        return [quotient(times(own, factor), total((own, rest)))]
    stated = times(quotient_reading(percentage), 1 / factor)
    left = shifted(negated(stated), 1)
    if at == 0:
        return [quotient(product(stated, rest), left)]
    return [_less_the_others(quotient(product(own, left), stated), others, at - 1, part)]


def _less_the_others(everything: Range, parts: Sequence[Figure], at: int, unit: Figure) -> Range:
    others = [times(range_of(p), alignment(p, unit)) for i, p in enumerate(parts) if i != at]
    rest = difference(everything, total(others)) if others else everything
    return times(rest, 1 / Fraction(alignment(parts[at], unit)))


def _sum(claim: Claim, operands: Sequence[Figure], at: int) -> list[Range]:
    if claim.implied:
        return [_less_the_others(point(100), operands, at, operands[at])]
    parts, whole = operands[:-1], operands[-1]
    if at == len(parts):
        return [times(total([times(range_of(p), alignment(p, whole)) for p in parts]), claim.scale)]
    return [_less_the_others(times(range_of(whole), 1 / claim.scale), parts, at, whole)]


def _remainder(claim: Claim, operands: Sequence[Figure], at: int) -> list[Range]:
    if claim.implied:
        raise NotJudgeable("the rest is not stated")
    whole, others = operands[0], operands[1:]
    if at == 0:
        return [total([times(range_of(o), alignment(o, whole)) for o in others])]
    return [_less_the_others(range_of(whole), others, at - 1, whole)]


def _difference(claim: Claim, operands: Sequence[Figure], at: int) -> list[Range]:
    if len(operands) != 3:
        raise NotJudgeable("a level is not stated")
    level, other, gap = operands
    first = times(signed_range_of(level), alignment(level, gap))
    second = times(signed_range_of(other), alignment(other, gap))
    if at == 2:
        return [magnitude(difference(first, second))]
    step = magnitude(range_of(gap))
    fixed, solved = (second, level) if at == 0 else (first, other)
    back = 1 / Fraction(alignment(solved, gap))
    out = [times(total((fixed, step)), back), times(difference(fixed, step), back)]
    return [negated(r) for r in out] if solved.direction == "down" else out


def _growth(claim: Claim, operands: Sequence[Figure], at: int) -> list[Range]:
    current, other, rate = operands
    scale = ratio_scale(rate)
    grown = shifted(quotient(signed_range_of(rate), point(scale)), 1)  # 1 + rate
    if other.direction is not None:
        change = times(signed_range_of(other), alignment(other, current))
        now = range_of(current)
        if at == 2:
            return [magnitude(times(quotient(change, difference(now, change)), scale))]
        if at == 1:
            moved = magnitude(difference(now, quotient(now, grown)))
            return [times(moved, 1 / Fraction(alignment(other, current)))]
        before = times(quotient(magnitude(change), magnitude(signed_range_of(rate))), scale)
        return [total((before, change))]
    factor = Fraction(alignment(current, other))
    now = times(range_of(current), factor)
    if at == 2:
        return [magnitude(shifted(times(quotient(now, range_of(other)), scale), -scale))]
    if at == 1:
        return [quotient(now, grown)]
    return [times(product(range_of(other), grown), 1 / factor)]


def _average(claim: Claim, operands: Sequence[Figure], at: int) -> list[Range]:
    if len(operands) != 3:
        raise NotJudgeable("the count is not stated")
    everything, count, average = operands
    factor = average_factor(claim, everything, average)
    if at == 0:
        return [times(product(range_of(count), quotient_reading(average)), 1 / factor)]
    return [quotient(times(range_of(everything), factor), range_of(count) if at == 2 else quotient_reading(average))]


def _multiple(claim: Claim, operands: Sequence[Figure], at: int) -> list[Range]:
    one, other, n = operands
    factor = claim.scale * ratio_scale(n) * Fraction(alignment(one, other))
    if at == 0:
        return [times(product(range_of(other), quotient_reading(n)), 1 / factor)]
    return [quotient(times(range_of(one), factor), range_of(other) if at == 2 else quotient_reading(n))]


def _restatement(claim: Claim, operands: Sequence[Figure], at: int) -> list[Range]:
    solved = operands[at]
    copies = [times(signed_range_of(o), alignment(o, solved)) for i, o in enumerate(operands) if i != at]
    return [negated(c) if solved.direction == "down" else c for c in copies[:1]]


def _conversion(claim: Claim, operands: Sequence[Figure], at: int) -> list[Range]:
    one, other = operands[:2]
    if len(operands) == 2:
        factor = factor_between(one.unit, other.unit)
        if factor is None:
            raise NotJudgeable("no fixed rate")
        factor *= claim.scale
        return [times(range_of(other), 1 / factor) if at == 0 else times(range_of(one), factor)]
    rate = operands[2]
    source, target, solved = (
        (one, other, at) if factor_between(rate.unit, other.unit) else (other, one, at if at == 2 else 1 - at)
    )
    factor = factor_between(rate.unit, target.unit)
    if factor is None:
        raise NotJudgeable("the rate leads to neither")
    factor *= claim.scale
    if solved == 1:
        return [times(product(range_of(source), range_of(rate)), factor)]
    return [times(quotient(range_of(target), range_of(rate) if solved == 0 else range_of(source)), 1 / factor)]


def _enumeration(claim: Claim, operands: Sequence[Figure], at: int) -> list[Range]:
    return [point(claim.counted or 0)]


def _threshold(claim: Claim, operands: Sequence[Figure], at: int) -> list[Range]:
    """Only a figure that alone breaks the bound can mend it; what the bound should be is left open."""
    figures, bound = operands[:-1], range_of(operands[-1])
    if at == len(figures):
        return [Range(None, None)]
    limit = Range(bound.low, None, False, False, bound.low_by) if operands[-1].bound == "exact" else bound
    others = [times(range_of(f), alignment(f, operands[-1])) for i, f in enumerate(figures) if i != at]
    return [] if any(not meet(r, limit) for r in others) else [limit]


_SOLVERS: dict[str, _Solver] = {
    "share": _share, "sum": _sum, "remainder": _remainder, "difference": _difference, "growth": _growth,
    "average": _average, "multiple": _multiple, "restatement": _restatement, "conversion": _conversion,
    "enumeration": _enumeration, "threshold": _threshold,
}  # fmt: skip
