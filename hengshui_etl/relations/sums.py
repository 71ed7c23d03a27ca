"""The equations of added and compared figures.

Types: sum, part_of, remainder, difference, restatement, enumeration, threshold.

Belongs here: one pure function per type, from a claim and its operands in order to a `Finding`.
Does not belong here: divisions (quotients.py), the verdict's form (judge.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from hengshui_etl.records import Claim, Figure
from hengshui_etl.relations import explain
from hengshui_etl.relations.explain import Words, printed
from hengshui_etl.relations.intervals import (
    HUNDRED,
    ONE,
    ZERO,
    NotJudgeable,
    Range,
    all_below,
    around,
    compared,
    difference,
    distance,
    inside,
    magnitude,
    meet,
    point,
    quotient,
    range_of,
    shifted,
    signed_range_of,
    times,
    total,
)
from hengshui_etl.relations.readings import (
    Finding,
    added,
    alignment,
    in_unit_of,
    is_plain,
    result_of,
    settled,
    signed_value,
    unit_of,
    value_in,
)

_WHOLE = Range(ZERO, HUNDRED)


def sum_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    if claim.implied:
        if any(f.unit != "%" for f in operands):
            raise NotJudgeable("the whole of the parts is not stated")
        return _percentages_of_one_whole(operands)
    parts, whole = operands[:-1], operands[-1]
    computed = times(total([in_unit_of(p, whole) for p in parts]), claim.scale)
    return settled(whole, range_of(whole), computed, explain.terms(parts), parts,
        lambda: (added(parts, whole) * claim.scale.numerator, Decimal(claim.scale.denominator)), False,
    )  # fmt: skip


def _percentages_of_one_whole(parts: Sequence[Figure]) -> Finding:
    """Percentages that should add up to 100, each rounded, or each cut off after its last place."""
    computed = total([range_of(p) for p in parts])
    stated = point(HUNDRED)
    holds = meet(computed, stated)
    if not holds and all(is_plain(p) and p.place for p in parts):
        cut = total([around(p.value, ZERO, p.place, high_open=True) for p in parts])
        if meet(cut, stated):
            holds, computed = True, cut
    finest = min(parts, key=unit_of)
    result = result_of(computed, parts, finest, lambda: (added(parts, finest), ONE)).en
    words = explain.whole_of_percentages(explain.terms(parts), result, holds=holds)
    return Finding(holds, holds and inside(computed, stated), stated, computed, unit_of(finest), False, words)


def part_of_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    parts, whole = operands[:-1], operands[-1]
    limit = range_of(whole)
    stated = Range(None, limit.high, False, limit.high_open)
    worst, worst_range = parts[0], in_unit_of(parts[0], whole)
    for part in parts[1:]:
        r = in_unit_of(part, whole)
        if r.low is not None and (
            worst_range.low is None or compared(r.low, r.low_by, worst_range.low, worst_range.low_by) > 0
        ):
            worst, worst_range = part, r
    holds = meet(worst_range, stated)
    certain = inside(worst_range, Range(None, limit.low, False, limit.low_open)) if limit.low is not None else False
    words = explain.within(printed(worst), printed(whole), holds=holds)
    return Finding(holds, certain, stated, worst_range, unit_of(whole), True, words)


def remainder_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    whole = operands[0]
    if claim.implied:
        parts = operands[1:]
        computed = difference(range_of(whole), total([in_unit_of(p, whole) for p in parts]))
        stated = Range(ZERO, None)
        holds = meet(computed, stated)
        result = result_of(computed, operands, whole, lambda: (whole.value - added(parts, whole), ONE))
        words = explain.unstated(explain.terms(operands, " − "), result, possible=holds)
        return Finding(holds, inside(computed, stated), stated, computed, unit_of(whole), True, words)
    parts, rest = operands[1:-1], operands[-1]
    computed = difference(range_of(whole), total([in_unit_of(p, whole) for p in parts]))
    factor = alignment(whole, rest)
    computed = times(computed, factor)
    return settled(rest, range_of(rest), computed, explain.terms(operands[:-1], " − "), operands[:-1],
        lambda: ((whole.value - added(parts, whole)) * factor.numerator, Decimal(factor.denominator)), False,
    )  # fmt: skip


def difference_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    if claim.implied and len(operands) == 2:
        return _implied_level(*operands)
    if len(operands) != 3:
        raise NotJudgeable(f"a difference of {len(operands)} figures")
    level, other, gap = operands
    factor = alignment(level, gap)
    first, second = signed_range_of(level), signed_range_of(other)
    if other.unit != level.unit:
        second = times(second, alignment(other, level))
    computed = magnitude(times(difference(first, second), factor))
    sign = " − " if other.direction != "down" or other.value < 0 else " + "
    left = f"{printed(level)}{sign}{printed(other)}"
    if level.direction == "down" and level.value > 0:
        left = f"−{left}"

    def middle() -> tuple[Decimal, Decimal]:
        distance = abs(signed_value(level) - signed_value(other) * value_in(other, level)) * factor.numerator
        return distance, Decimal(factor.denominator)

    stated = magnitude(range_of(gap))
    if gap.unit == "%" and level.unit == other.unit == "%":
        return _gap_in_percent(level, other, gap, stated, computed, left, middle)
    return settled(gap, stated, computed, left, (level, other), middle, False)


def _gap_in_percent(
    level: Figure,
    other: Figure,
    gap: Figure,
    stated: Range,
    computed: Range,
    left: str,
    middle: Callable[[], tuple[Decimal, Decimal]],
) -> Finding:
    """Two percentages and a gap printed in per cent: true only as a relative change of the first against the second.

    As a gap in points the unit is wrong, even where the number is right."""
    first, second = range_of(level), range_of(other)
    if second.high is not None and second.high > 0:
        relative = magnitude(shifted(quotient(times(first, 100), second), -HUNDRED))
        if meet(relative, stated):
            words = explain.equation(
                f"{printed(level)} ÷ {printed(other)} − 1",
                explain.shown_range(relative, explain.manner_of(gap)),
                explain.as_is(gap),
                holds=True,
            )
            return Finding(True, inside(relative, stated), stated, relative, unit_of(gap), True, words)
    else:
        relative = None
    number, by = middle()
    points = explain.shown(number, by, explain.manner_of(gap)._replace(suffix="个百分点"))
    words = explain.points_not_percent(left, points, printed(gap))
    return Finding(False, False, stated, relative, unit_of(gap), True, words)


def _implied_level(level: Figure, gap: Figure) -> Finding:
    factor = alignment(gap, level)
    step = magnitude(times(range_of(gap), factor))
    first = signed_range_of(level)
    down = gap.direction == "down"
    computed = total((first, step)) if down else difference(first, step)
    manner = explain.manner_of(level)
    if level.direction is None and level.value >= 0:
        stated = _WHOLE if level.unit == "%" else Range(ZERO, None)
        holds = meet(computed, stated)
    else:
        stated, holds = Range(None, None), True
    if is_plain(level) and is_plain(gap):
        move = gap.value * factor.numerator / factor.denominator
        text = explain.shown(signed_value(level) + abs(move) * (1 if down else -1), ONE, manner)
        result = Words(text, text)
    else:
        result = explain.shown_range(computed, manner)
    words = explain.unstated(f"{printed(level)}{' + ' if down else ' − '}{printed(gap)}", result, possible=holds)
    return Finding(holds, inside(computed, stated), stated, computed, unit_of(level), True, words)


def enumeration_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    if claim.counted is None:
        raise NotJudgeable("the announced list was not counted")
    announced = operands[0]
    stated, computed = range_of(announced), point(claim.counted)
    holds = meet(stated, computed)
    words = explain.counted(printed(announced), claim.counted, holds=holds)
    return Finding(holds, holds, stated, computed, unit_of(announced), True, words)


def restatement_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """All copies against the first; the copy furthest away is shown."""
    first = operands[0]
    stated = signed_range_of(first)
    shown: Finding | None = None
    for copy in operands[1:]:
        finding = _copy(first, stated, copy)
        if shown is None or (not finding.holds and (shown.holds or _further(finding, shown))):
            shown = finding
        elif finding.holds and shown.holds and not finding.certain:
            shown = shown._replace(certain=False)
    if shown is None:
        raise NotJudgeable("a restatement of one figure")
    return shown


def _further(one: Finding, other: Finding) -> bool:
    if one.stated is None or one.computed is None or other.stated is None or other.computed is None:
        return False
    return distance(one.stated, one.computed) > distance(other.stated, other.computed)


def _copy(first: Figure, stated: Range, copy: Figure) -> Finding:
    one, other = printed(first), printed(copy)
    grave = not first.place and not copy.place
    unit = max(unit_of(first), unit_of(copy))
    if {first.kind, copy.kind} == {"percent", "percentage_point"}:
        if first.value != copy.value:
            raise NotJudgeable("per cent and percentage points do not measure the same thing")
        return Finding(False, False, stated, None, unit, True, explain.said_twice(one, other, ""))
    try:
        computed = times(signed_range_of(copy), alignment(copy, first))
    except NotJudgeable:
        if first.value != copy.value:
            raise
        return Finding(False, False, stated, None, unit, True, explain.said_twice(one, other, ""))
    if (first.direction is None) != (copy.direction is None):
        stated, computed = magnitude(stated), magnitude(computed)
    if meet(stated, computed):
        certain = inside(computed, stated) or inside(stated, computed)
        return Finding(True, certain, stated, computed, unit, grave, explain.said_twice(one, other, None))
    lower, upper = (stated, computed) if all_below(stated, computed) else (computed, stated)
    apart = difference(upper, lower)
    gap = ""
    if is_plain(first) and is_plain(copy) and first.unit == copy.unit:
        gap = explain.shown(abs(signed_value(first) - signed_value(copy)), ONE, explain.manner_of(first))
    elif apart.low is not None:
        gap = explain.shown(apart.low, apart.low_by, explain.manner_of(first))
    return Finding(False, False, stated, computed, unit, grave, explain.said_twice(one, other, gap))


def threshold_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """Every figure against the bound, the last operand.

    A bound without bound word bounds from below, unless all of several figures lie below it: then it bounds from
    above (均低于 8.3%)."""
    figures, bound = operands[:-1], operands[-1]
    directed = len({f.direction for f in operands if f.direction}) > 1
    read = signed_range_of if directed else range_of
    limit = read(bound)
    ranges = [times(read(f), alignment(f, bound)) for f in figures]
    if bound.bound == "exact" and bound.high is None and not bound.more:
        above = Range(limit.low, None)
        below = Range(None, limit.high)
        several = len(ranges) > 1 and not all(meet(r, above) for r in ranges)
        limit = below if several and all(meet(r, below) for r in ranges) else above
    offenders = [(f, r) for f, r in zip(figures, ranges, strict=True) if not meet(r, limit)]
    words = explain.bounded([f for f, _ in offenders], figures, printed(bound))
    if offenders:
        worst = max((r for _, r in offenders), key=lambda r: distance(limit, r))
        return Finding(False, False, limit, worst, unit_of(bound), True, words)
    nearest = next((r for r in ranges if not inside(r, limit)), ranges[0])
    return Finding(True, inside(nearest, limit), limit, nearest, unit_of(bound), True, words)
