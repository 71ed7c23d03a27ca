"""The equations of added and compared figures.

Types: sum, part_of, remainder, difference, restatement, enumeration, threshold.

Belongs here: one pure function per type, from a claim and its operands in order to a `Finding`.
Does not belong here: divisions (quotients.py), the verdict's form (judge.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from hengshui_etl.records import Claim, Figure
from hengshui_etl.relations import explain
from hengshui_etl.relations.explain import Words, printed
from hengshui_etl.relations.intervals import (
    NotJudgeable,
    Range,
    all_below,
    difference,
    distance,
    inside,
    magnitude,
    meet,
    nominal_of,
    point,
    quotient,
    range_of,
    shifted,
    signed_nominal_of,
    signed_range_of,
    times,
    total,
)
from hengshui_etl.relations.readings import (
    Finding,
    Formula,
    Reader,
    aligned,
    alignment,
    cut_off,
    is_plain,
    result_of,
    settled,
    unit_of,
)


def sum_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """Parts …, whole; implied: percentages of one whole that is not stated."""
    if claim.implied:
        if any(f.unit != "%" for f in operands):
            raise NotJudgeable("the whole of the parts is not stated")
        return _percentages_of_one_whole(operands)
    parts, whole = operands[:-1], operands[-1]

    def formula(read: Reader) -> Range:
        return times(total([aligned(p, whole, read) for p in parts]), claim.scale)

    def words(holds: bool) -> Words:
        return explain.equation(explain.terms(parts), lambda: result_of(formula, parts, whole), whole, holds=holds)

    return settled(whole, range_of(whole), formula(range_of), words, False)


def _percentages_of_one_whole(parts: Sequence[Figure]) -> Finding:
    """Percentages that should add up to 100, each rounded, or each cut off after its last place."""

    def formula(read: Reader) -> Range:
        return total([read(p) for p in parts])

    computed, stated = formula(range_of), point(100)
    holds = meet(computed, stated)
    if not holds and all(is_plain(p) and p.place for p in parts):
        cut = formula(cut_off)
        if meet(cut, stated):
            holds, computed = True, cut
    finest = min(parts, key=unit_of)

    def words() -> Words:
        result = result_of(formula, parts, finest)
        return explain.whole_of_percentages(explain.terms(parts), result, holds=holds)

    return Finding(holds, holds and inside(computed, stated), stated, computed, unit_of(finest), False, words)


def part_of_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """Part(s), whole: each part by itself, as parts may overlap; the one that exceeds most is shown."""
    parts, whole = operands[:-1], operands[-1]
    limit = range_of(whole)
    stated = Range(None, limit.high, False, limit.high_open, 1, limit.high_by)
    worst, computed = parts[0], aligned(parts[0], whole, range_of)
    for part in parts[1:]:
        r = aligned(part, whole, range_of)
        if r.low is not None and (computed.low is None or computed.low * r.low_by < r.low * computed.low_by):
            worst, computed = part, r
    holds = meet(computed, stated)
    certain = limit.low is not None and inside(computed, Range(None, limit.low, False, limit.low_open, 1, limit.low_by))

    def words() -> Words:
        return explain.within(printed(worst), printed(whole), holds=holds)

    return Finding(holds, certain, stated, computed, unit_of(whole), True, words)


def remainder_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """Whole, part(s), rest; implied: the rest is not stated, and must not be below nothing."""
    whole = operands[0]
    parts, rest = (operands[1:], whole) if claim.implied else (operands[1:-1], operands[-1])
    factor = alignment(whole, rest)

    def formula(read: Reader) -> Range:
        return times(difference(read(whole), total([aligned(p, whole, read) for p in parts])), factor)

    computed, terms = formula(range_of), (whole, *parts)
    if claim.implied:
        nothing = Range(0, None)
        possible = meet(computed, nothing)

        def leftover() -> Words:
            result = result_of(formula, terms, whole)
            return explain.unstated(explain.terms(terms, " − "), result, possible=possible)

        return Finding(possible, inside(computed, nothing), nothing, computed, unit_of(whole), True, leftover)

    def words(holds: bool) -> Words:
        return explain.equation(explain.terms(terms, " − "), lambda: result_of(formula, terms, rest), rest, holds=holds)

    return settled(rest, range_of(rest), computed, words, False)


def difference_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """Level, other level, gap; implied: level, gap. The gap's direction says where it starts, and is not judged."""
    if claim.implied and len(operands) == 2:
        return _implied_level(*operands)
    if len(operands) != 3:
        raise NotJudgeable(f"a difference of {len(operands)} figures")
    level, other, gap = operands
    factor = alignment(level, gap)

    def formula(read: Reader) -> Range:
        signed = signed_nominal_of if read is nominal_of else signed_range_of
        return magnitude(times(difference(signed(level), aligned(other, level, signed)), factor))

    stated, computed = magnitude(range_of(gap)), formula(range_of)
    if gap.unit == "%" and level.unit == other.unit == "%":
        return _gap_in_percent(level, other, gap, stated, formula)

    def words(holds: bool) -> Words:
        return explain.equation(
            _levels(level, other), lambda: result_of(formula, (level, other), gap), gap, holds=holds
        )

    return settled(gap, stated, computed, words, False)


def _levels(level: Figure, other: Figure) -> str:
    minus = "−" if level.direction == "down" and level.value > 0 else ""
    sign = "+" if other.direction == "down" and other.value > 0 else "−"
    return f"{minus}{printed(level)} {sign} {printed(other)}"


def _gap_in_percent(level: Figure, other: Figure, gap: Figure, stated: Range, points: Formula) -> Finding:
    """Two percentages and a gap printed in per cent: true only as a relative change of the first against the second.

    As a gap in points the unit is wrong, even where the number is right."""
    base = range_of(other)
    relative = None
    if base.high is None or base.high > 0:
        relative = magnitude(shifted(quotient(times(range_of(level), 100), base), -100))
        if meet(relative, stated):
            result = explain.shown_range(relative, explain.manner_of(gap))

            def words() -> Words:
                return explain.equation(f"{printed(level)} ÷ {printed(other)} − 1", lambda: result, gap, holds=True)

            return Finding(True, inside(relative, stated), stated, relative, unit_of(gap), True, words)

    def wrong_unit() -> Words:
        manner = explain.manner_of(gap)._replace(suffix="个百分点")
        reader = nominal_of if is_plain(level) and is_plain(other) else range_of
        return explain.points_not_percent(_levels(level, other), explain.shown_range(points(reader), manner), gap)

    return Finding(False, False, stated, relative, unit_of(gap), True, wrong_unit)


def _implied_level(level: Figure, gap: Figure) -> Finding:
    """The other level, which the gap leads to: a size is not below 0; percentages and money may have been anything."""
    factor = alignment(gap, level)
    down = gap.direction == "down"

    def formula(read: Reader) -> Range:
        step = magnitude(times(read(gap), factor))
        start = read(level) if read is not range_of else signed_range_of(level)
        return total((start, step)) if down else difference(start, step)

    computed = formula(range_of)
    bounded = level.kind in ("count", "measure") and level.direction is None and level.value >= 0
    stated = Range(0 if bounded else None, None)
    possible = meet(computed, stated)

    def words() -> Words:
        left = f"{printed(level)} {'+' if down else '−'} {printed(gap)}"
        return explain.unstated(
            left, result_of(formula, (level, gap), level, signed_nominal_or_size), possible=possible
        )

    def signed_nominal_or_size(figure: Figure) -> Range:
        return signed_nominal_of(figure) if figure is level else nominal_of(figure)

    return Finding(possible, inside(computed, stated), stated, computed, unit_of(level), True, words)


def enumeration_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """The announcing figure against the number of items that were counted."""
    if claim.counted is None:
        raise NotJudgeable("the announced list was not counted")
    announced, items = operands[0], claim.counted
    stated, computed = range_of(announced), point(items)
    holds = meet(stated, computed)

    def words() -> Words:
        return explain.counted(printed(announced), items, holds=holds)

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
    grave = not first.place and not copy.place
    unit = max(unit_of(first), unit_of(copy))
    try:
        if {first.kind, copy.kind} == {"percent", "percentage_point"}:
            raise NotJudgeable("per cent and percentage points do not measure the same thing")
        computed = times(signed_range_of(copy), alignment(copy, first))
    except NotJudgeable:
        if first.value != copy.value:
            raise
        # the same number in another unit: one of the two units is wrong
        return Finding(
            False, False, stated, None, unit, True, lambda: explain.said_twice(printed(first), printed(copy), "")
        )
    if (first.direction is None) != (copy.direction is None):
        stated, computed = magnitude(stated), magnitude(computed)
    holds = meet(stated, computed)
    certain = holds and (inside(computed, stated) or inside(stated, computed))

    def words() -> Words:
        if holds:
            return explain.said_twice(printed(first), printed(copy), None)
        lower, upper = (stated, computed) if all_below(stated, computed) else (computed, stated)
        apart = difference(upper, lower)
        if is_plain(first) and is_plain(copy):
            here, there = signed_nominal_of(first), times(signed_nominal_of(copy), alignment(copy, first))
            apart = magnitude(difference(here, there))
        gap = explain.shown(apart.low or 0, apart.low_by, explain.manner_of(first))
        return explain.said_twice(printed(first), printed(copy), gap)

    return Finding(holds, certain, stated, computed, unit, grave, words)


def threshold_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """Every figure against the bound, the last operand.

    A bound without bound word bounds from below, unless all of several figures lie below it: then it bounds from
    above (均低于 8.3%)."""
    figures, bound = operands[:-1], operands[-1]
    directed = len({f.direction for f in operands if f.direction}) > 1
    read = signed_range_of if directed else range_of
    limit = read(bound)
    ranges = [aligned(f, bound, read) for f in figures]
    if is_plain(bound):
        above = Range(limit.low, None, False, False, limit.low_by)
        below = Range(None, limit.high, False, False, 1, limit.high_by)
        several = len(ranges) > 1 and not all(meet(r, above) for r in ranges)
        limit = below if several and all(meet(r, below) for r in ranges) else above
    offenders = [(f, r) for f, r in zip(figures, ranges, strict=True) if not meet(r, limit)]

    def words() -> Words:
        return explain.bounded([f for f, _ in offenders], figures, printed(bound))

    if offenders:
        worst = max((r for _, r in offenders), key=lambda r: distance(limit, r))
        return Finding(False, False, limit, worst, unit_of(bound), True, words)
    nearest = next((r for r in ranges if not inside(r, limit)), ranges[0])
    return Finding(True, inside(nearest, limit), limit, nearest, unit_of(bound), True, words)
