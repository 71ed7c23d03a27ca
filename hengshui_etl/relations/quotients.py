"""The equations of divided figures: share, growth, average, multiple, conversion, feasible_share.

Belongs here: one pure function per type, from a claim and its operands in order to a `Finding`.
Does not belong here: sums and comparisons (sums.py), the verdict's form (judge.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from hengshui_etl.records import Claim, Figure
from hengshui_etl.relations import explain
from hengshui_etl.relations.explain import Words, printed
from hengshui_etl.relations.intervals import (
    ONE,
    ZERO,
    NotJudgeable,
    Range,
    all_below,
    difference,
    distance,
    inside,
    interval,
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
from hengshui_etl.relations.readings import (
    Finding,
    added,
    alignment,
    in_unit_of,
    is_plain,
    positive,
    quotient_reading,
    ratio_scale,
    settled,
    signed_value,
    trimmed,
    unit_of,
    value_in,
)
from hengshui_etl.relations.sums import difference_finding
from hengshui_etl.relations.units import factor_between


def share_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    parts, whole, percentage = operands[:-2], operands[-2], operands[-1]
    scale = ratio_scale(percentage)
    factor = claim.scale * scale
    computed = quotient(times(total([in_unit_of(p, whole) for p in parts]), factor), positive(range_of(whole)))
    left = f"{explain.bracketed(parts)} ÷ {printed(whole)}"
    finding = settled(percentage, quotient_reading(percentage), computed, left, operands[:-1],
        lambda: (added(parts, whole) * factor.numerator, whole.value * factor.denominator), trimming,
    )  # fmt: skip
    if percentage.kind != "percentage_point":
        return finding
    if not finding.holds:
        raise NotJudgeable("percentage points are no share")
    as_percent = printed(percentage).replace("个百分点", "%").replace("百分点", "%")
    return finding._replace(
        holds=False, grave=True, computed=None, words=explain.percent_not_points(left, as_percent, printed(percentage))
    )


def growth_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    current, other, rate = operands
    scale = ratio_scale(rate)
    if "番" in rate.text:  # 翻番 names the multiple, not the growth
        return multiple_finding(claim, operands, trimming)
    if rate.kind == "percentage_point" and current.kind == "percent" and other.kind in ("percent", "percentage_point"):
        return difference_finding(claim, operands, trimming)
    if other.direction is not None:
        change = times(signed_range_of(other), alignment(other, current))
        computed = times(_rate_of_change(range_of(current), change), scale)
        sign = "+" if other.direction == "down" else "−"
        left = f"{printed(other)} ÷ ({printed(current)} {sign} {printed(other)})"

        def middle() -> tuple[Decimal, Decimal]:
            moved = signed_value(other) * value_in(other, current)
            return moved * scale, current.value - moved
    else:
        previous = positive(range_of(other))
        factor = alignment(current, other)
        computed = shifted(quotient(times(range_of(current), scale * factor), previous), Decimal(-scale))
        left = f"{printed(current)} ÷ {printed(other)} − 1"

        def middle() -> tuple[Decimal, Decimal]:
            now = current.value * factor.numerator / factor.denominator
            return (now - other.value) * scale, other.value

    stated = quotient_reading(rate, signed=True)
    if rate.direction is None and rate.value >= 0 and not meet(stated, computed) and all_below(computed, point(0)):
        stated = negated(stated)
    finding = settled(rate, stated, computed, left, operands[:-1], middle, trimming, explain.directed(rate))
    if rate.kind != "percentage_point":
        return finding
    if not finding.holds:
        raise NotJudgeable("percentage points are no growth of a level")
    as_percent = printed(rate).replace("个百分点", "%").replace("百分点", "%")
    return finding._replace(
        holds=False, grave=True, computed=None, words=explain.percent_not_points(left, as_percent, printed(rate))
    )


def _rate_of_change(current: Range, change: Range) -> Range:
    """All change ÷ (current − change).

    It rises with the change, and with the current level moves towards zero, so that its ends are taken at corners."""
    previous = difference(current, change)
    if previous.high is not None and previous.high <= 0:
        raise NotJudgeable("the level before the change is not above zero")
    low: Range | None = None
    high: Range | None = None
    if change.low is not None:
        end = Range(current.high, current.high) if change.low >= 0 else Range(current.low, current.low)
        low = _corner(end, change.low, change.low_by)
    if change.high is not None:
        end = Range(current.low, current.low) if change.high >= 0 else Range(current.high, current.high)
        high = _corner(end, change.high, change.high_by)
    is_open = current.low_open or current.high_open
    return Range(
        low.low if low else None, high.high if high else None, change.low_open or is_open, change.high_open or is_open,
        low.low_by if low else ONE, high.high_by if high else ONE,
    )  # fmt: skip


def _corner(level: Range, change: Decimal, by: Decimal) -> Range | None:
    """change ÷ (level − change) at one corner, None where it has no limit."""
    moved = Range(change, change, False, False, by, by)
    if level.low is None:
        return Range(ZERO, ZERO)
    before = difference(level, moved)
    if before.low is None or before.low <= 0:
        return None
    return quotient(moved, before)


def average_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    if claim.implied and len(operands) == 2:
        return _implied_count(*operands)
    if len(operands) != 3:
        raise NotJudgeable(f"an average of {len(operands)} figures")
    everything, count, average = operands
    factor = average_factor(claim, everything, average)
    computed = quotient(times(range_of(everything), factor), positive(range_of(count)))
    return settled(average, quotient_reading(average), computed, f"{printed(everything)} ÷ {printed(count)}", operands[:-1],
        lambda: (everything.value * factor.numerator, count.value * factor.denominator), trimming,
    )  # fmt: skip


def average_factor(claim: Claim, everything: Figure, average: Figure) -> Fraction:
    """The claim's scale (每百户: 100) times the change of unit (吨 → 公斤: 1000).

    A scale that equals the change of unit is taken for it."""
    unit = average.unit.partition("/")[0]
    change = factor_between(everything.unit, unit)
    if change is None:
        kinds = {everything.kind, average.kind}
        if "money" in kinds and kinds != {"money"} and everything.unit and unit:
            raise NotJudgeable(f"{everything.unit} and {average.unit} do not measure the same thing")
        return claim.scale
    return claim.scale if claim.scale == change else claim.scale * change


def _implied_count(everything: Figure, average: Figure) -> Finding:
    unit = average.unit.partition("/")[0]
    same = everything.unit == unit or (everything.kind == "count" and average.kind == "count")
    factor = 1 if same else factor_between(everything.unit, unit)
    if factor is None:
        raise NotJudgeable("neither the total nor the count of the average is stated")
    computed = quotient(times(range_of(everything), factor), positive(quotient_reading(average)))
    stated = Range(ONE, None)
    holds = meet(computed, stated)
    manner = explain.Manner(ONE, "", 0)
    result = explain.shown_range(computed, manner)
    if is_plain(everything) and is_plain(average) and average.value:
        text = explain.shown(everything.value * factor.numerator, average.value * factor.denominator, manner)
        result = Words(text, text)
    words = explain.unstated(f"{printed(everything)} ÷ {printed(average)}", result, possible=holds)
    return Finding(holds, inside(computed, stated), stated, computed, ONE, True, words)


def multiple_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    one, other, n = operands
    scale = ratio_scale(n)
    if n.kind not in ("multiple", "percent"):
        raise NotJudgeable(f"a multiple printed in {n.unit}")
    factor = claim.scale * scale * alignment(one, other)
    computed = quotient(times(range_of(one), factor), positive(range_of(other)))
    stated = quotient_reading(n)
    left = f"{printed(one)} ÷ {printed(other)}"
    more = n.direction == "up" and n.kind == "multiple" and "番" not in n.text
    if more and not meet(stated, computed):
        raised = shifted(computed, -ONE)  # 增长1.8倍 is 2.8 times
        if meet(stated, raised) or all_below(computed, stated) is False:
            computed, left = raised, f"{left} − 1"
    minus_one = left.endswith("− 1")
    return settled(n, stated, computed, left, operands[:-1],
        lambda: (
            one.value * factor.numerator - (other.value * factor.denominator if minus_one else 0),
            other.value * factor.denominator,
        ),
        trimming,
    )  # fmt: skip


def conversion_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    if len(operands) == 3:
        return _at_a_rate(claim, *operands)
    one, other = operands
    factor = factor_between(one.unit, other.unit)
    if factor is None:
        raise NotJudgeable(f"no fixed rate between {one.unit} and {other.unit}")
    factor *= claim.scale
    computed = times(range_of(one), factor)
    left = f"{printed(one)} × {factor}" if factor.denominator == 1 else f"{printed(one)} ÷ {1 / factor}"
    return settled(other, range_of(other), computed, left, (one,),
        lambda: (one.value * factor.numerator, Decimal(factor.denominator)), False,
    )  # fmt: skip


def _at_a_rate(claim: Claim, one: Figure, other: Figure, rate: Figure) -> Finding:
    """One times the rate is the other, or the other times the rate the one.

    The rate's unit says which (6.89元 a dollar leads to 元); where it does not, either may hold."""
    findings = []
    for source, target in ((one, other), (other, one)):
        factor = factor_between(rate.unit, target.unit) or (Fraction(1) if rate.unit in ("", "倍", "%") else None)
        if factor is not None:
            findings.append(_exchanged(source, rate, target, factor * claim.scale / (100 if rate.unit == "%" else 1)))
    if not findings:
        raise NotJudgeable(f"a rate in {rate.unit} leads neither to {one.unit} nor to {other.unit}")
    return next((f for f in findings if f.holds), findings[0])


def _exchanged(source: Figure, rate: Figure, target: Figure, factor: Fraction) -> Finding:
    computed = times(product(range_of(source), range_of(rate)), factor)

    def middle() -> tuple[Decimal, Decimal]:
        return source.value * rate.value * factor.numerator, Decimal(factor.denominator)

    left = f"{printed(source)} × {printed(rate)}"
    return settled(target, range_of(target), computed, left, (source, rate), middle, False)


def feasible_share_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    part, percentage = operands
    scale = ratio_scale(percentage)
    if percentage.kind == "percentage_point":
        raise NotJudgeable(f"a share printed in {percentage.unit}")
    count, share = range_of(part), range_of(percentage)
    wholes = _wholes(part, count, share, scale)
    if wholes is None and trimming:
        cut = trimmed(percentage, share)
        wholes = _wholes(part, count, cut, scale) if cut is not None else None
    if wholes is not None:
        manner = explain.Manner(ONE, "", 0) if part.kind == "count" and not part.place else explain.manner_of(part)
        low = None if wholes.low is None else explain.shown(wholes.low, wholes.low_by, manner)
        high = None if wholes.high is None else explain.shown(wholes.high, wholes.high_by, manner)
        words = explain.feasible(printed(part), printed(percentage), low, high)
        return Finding(True, False, None, wholes, unit_of(percentage), False, words)
    nearest, words = _nearest_shares(part, percentage, count, share, scale)
    return Finding(False, False, share, nearest, unit_of(percentage), False, words)


def _wholes(part: Figure, count: Range, share: Range, scale: int) -> Range | None:
    """The wholes of which the count is the share; whole numbers where the part is one; None where there is none."""
    if share.high is not None and share.high <= 0:
        return Range(ONE, None) if count.low == 0 == share.high and not share.high_open else None
    if count.high is not None and count.high <= 0:
        return Range(ONE, None) if share.low is not None and share.low <= 0 else None
    if share.high is None and share.low is not None and share.low <= scale:
        share = Range(share.low, Decimal(scale), share.low_open)  # 七成以上: no part is more than its whole
    wholes = quotient(times(count, scale), share)
    return _whole_numbers(wholes) if part.kind == "count" else wholes


def _whole_numbers(r: Range) -> Range | None:
    """The whole numbers of a range, as the range from the first to the last; None where it holds none."""
    if r.low is None:
        return r
    above, below = interval(r)[:2]
    assert above is not None
    first = -(-above.numerator // above.denominator)
    if r.low_open and above == first:
        first += 1
    if below is None:
        return Range(Decimal(first), None)
    last = below.numerator // below.denominator
    if r.high_open and below == last:
        last -= 1
    return Range(Decimal(first), Decimal(last)) if first <= last else None


def _nearest_shares(part: Figure, percentage: Figure, count: Range, share: Range, scale: int) -> tuple[Range, Words]:
    """The percentage nearest to the stated one that a whole number gives, and a sentence that shows its neighbours."""
    manner = explain.manner_of(percentage)
    if part.value <= 0 or percentage.value <= 0:
        return point(ZERO), explain.infeasible(printed(part), printed(percentage), ())
    exact = Fraction(part.value) * scale / Fraction(percentage.value)
    floor = exact.numerator // exact.denominator
    near = [Decimal(n) for n in (floor, floor + 1) if n > 0]
    ranges = [quotient(times(count, scale), point(n)) for n in near]
    shows = [(f"{n:f}", explain.shown(part.value * scale, n, manner)) for n in near]
    return min(ranges, key=lambda r: distance(r, share)), explain.infeasible(printed(part), printed(percentage), shows)
