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
    NotJudgeable,
    Range,
    all_below,
    difference,
    distance,
    inside,
    meet,
    negated,
    nominal_of,
    point,
    product,
    quotient,
    range_of,
    ratio_of,
    shifted,
    signed_nominal_of,
    signed_range_of,
    times,
    total,
)
from hengshui_etl.relations.readings import (
    Finding,
    Reader,
    aligned,
    is_plain,
    quotient_reading,
    ratio_scale,
    result_of,
    settled,
    trimmed,
    unit_of,
)
from hengshui_etl.relations.sums import difference_finding
from hengshui_etl.relations.units import factor_between


def share_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """Part(s), whole, percentage; implied: part, other part(s), percentage of the whole that these make up."""
    if claim.implied:
        return _share_of_unstated_sum(claim, operands, trimming)
    parts, whole, percentage = operands[:-2], operands[-2], operands[-1]
    scale = ratio_scale(percentage)

    def formula(read: Reader) -> Range:
        added = aligned(parts[0], whole, read) if len(parts) == 1 else total([aligned(p, whole, read) for p in parts])
        return quotient(times(times(added, scale), claim.scale), read(whole))

    def left() -> str:
        return f"{explain.bracketed(parts)} ÷ {printed(whole)}"

    def words(holds: bool) -> Words:
        return explain.equation(left(), lambda: result_of(formula, operands[:-1], percentage), percentage, holds=holds)

    finding = settled(percentage, quotient_reading(percentage), formula(range_of), words, trimming)
    return _in_percent(finding, percentage, left) if percentage.kind == "percentage_point" else finding


def _share_of_unstated_sum(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """Part, other part(s), percentage: part ÷ (part + others), as 1 ÷ (1 + others ÷ part), where each stands once."""
    part, others, percentage = operands[0], operands[1:-1], operands[-1]
    scale = ratio_scale(percentage)

    def formula(read: Reader) -> Range:
        rest = total([aligned(other, part, read) for other in others])
        return times(quotient(point(scale), shifted(quotient(rest, read(part)), 1)), claim.scale)

    def words(holds: bool) -> Words:
        left = f"{printed(part)} ÷ {explain.bracketed(operands[:-1])}"
        return explain.equation(left, lambda: result_of(formula, operands[:-1], percentage), percentage, holds=holds)

    return settled(percentage, quotient_reading(percentage), formula(range_of), words, trimming)


def _in_percent(finding: Finding, ratio: Figure, left: explain.Expression) -> Finding:
    """A ratio printed in percentage points fails by its unit if its number is right; else nothing can be said of it."""
    if not finding.holds:
        raise NotJudgeable("percentage points are no ratio of two levels")
    return finding._replace(
        holds=False, grave=True, computed=None, words=lambda: explain.percent_not_points(left(), ratio)
    )


def growth_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """Level, previous level, rate; or level, change (with a direction), rate. An undirected rate may go either way."""
    current, other, rate = operands
    scale = ratio_scale(rate)
    if "番" in rate.text:  # 翻番 names the multiple, not the growth
        return multiple_finding(claim, operands, trimming)
    if rate.kind == "percentage_point" and current.kind == "percent" and other.kind in ("percent", "percentage_point"):
        return difference_finding(claim, operands, trimming)
    by_change = other.direction is not None

    def formula(read: Reader) -> Range:
        if by_change:
            signed = signed_nominal_of if read is nominal_of else signed_range_of
            return times(_rate_of_change(read(current), aligned(other, current, signed)), scale)
        return shifted(quotient(times(aligned(current, other, read), scale), read(other)), -scale)

    def left() -> str:
        if not by_change:
            return f"{printed(current)} ÷ {printed(other)} − 1"
        return f"{printed(other)} ÷ ({printed(current)} {'+' if other.direction == 'down' else '−'} {printed(other)})"

    def words(holds: bool) -> Words:
        return explain.equation(
            left(), lambda: result_of(formula, operands[:-1], rate), rate, holds=holds, directed=True
        )

    stated, computed = quotient_reading(rate, signed=True), formula(range_of)
    if rate.direction is None and rate.value >= 0 and all_below(computed, point(0)):
        stated = negated(stated)
    finding = settled(rate, stated, computed, words, trimming)
    return _in_percent(finding, rate, left) if rate.kind == "percentage_point" else finding


def _rate_of_change(current: Range, change: Range) -> Range:
    """All change ÷ (current − change).

    It rises with the change, and with the current level moves towards zero, so that its ends are taken at corners."""
    previous = difference(current, change)
    if previous.high is not None and previous.high <= 0:
        raise NotJudgeable("the level before the change is not above zero")
    low, low_by = _corner(current, change.low, change.low_by, largest=change.low is not None and change.low >= 0)
    high, high_by = _corner(current, change.high, change.high_by, largest=change.high is not None and change.high < 0)
    is_open = current.low_open or current.high_open
    return Range(low, high, change.low_open or is_open, change.high_open or is_open, low_by, high_by)


def _corner(current: Range, change: int | None, by: int, *, largest: bool) -> tuple[int | None, int]:
    """change ÷ (level − change) at the largest or smallest level, None where it has no limit."""
    level, level_by = (current.high, current.high_by) if largest else (current.low, current.low_by)
    if change is None:
        return None, 1
    if level is None:
        return (0, 1) if largest else (None, 1)
    before = level * by - change * level_by  # over level_by × by
    return (change * level_by, before) if before > 0 else (None, 1)


def average_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """Total, count, average; implied: total, average."""
    if claim.implied and len(operands) == 2:
        return _implied_count(*operands)
    if len(operands) != 3:
        raise NotJudgeable(f"an average of {len(operands)} figures")
    everything, count, average = operands
    factor = average_factor(claim, everything, average)

    def formula(read: Reader) -> Range:
        return quotient(times(read(everything), factor), read(count))

    def words(holds: bool) -> Words:
        return explain.equation(
            f"{printed(everything)} ÷ {printed(count)}",
            lambda: result_of(formula, operands[:-1], average),
            average,
            holds=holds,
        )

    return settled(average, quotient_reading(average), formula(range_of), words, trimming)


def average_factor(claim: Claim, everything: Figure, average: Figure) -> Fraction:
    """The claim's scale (每百户: 100) times the change of unit (吨 → 公斤: 1000).

    A scale that equals the change of unit is taken for it."""
    if everything.unit == average.unit:
        return claim.scale
    unit = average.unit.partition("/")[0]
    change = factor_between(everything.unit, unit)
    if change is None:
        kinds = {everything.kind, average.kind}
        if "money" in kinds and everything.unit and unit:
            raise NotJudgeable(f"{everything.unit} and {average.unit} do not measure the same thing")
        return claim.scale
    return claim.scale if claim.scale == change else claim.scale * change


def _implied_count(everything: Figure, average: Figure) -> Finding:
    """The count that an average leaves to the reader; below one, the two do not belong together."""
    unit = average.unit.partition("/")[0]
    same = everything.unit == unit or (everything.kind == "count" and average.kind == "count")
    factor = 1 if same else factor_between(everything.unit, unit)
    if factor is None:
        raise NotJudgeable("neither the total nor the count of the average is stated")

    def formula(read: Reader) -> Range:
        return quotient(
            times(read(everything), factor), quotient_reading(average) if read is range_of else read(average)
        )

    stated, computed = Range(1, None), formula(range_of)
    if not meet(computed, stated):
        raise NotJudgeable("an average above its total")

    def words() -> Words:
        plain = is_plain(everything) and is_plain(average) and average.value > 0
        result = explain.shown_range(formula(nominal_of if plain else range_of), explain.PLAIN)
        return explain.unstated(f"{printed(everything)} ÷ {printed(average)}", result, possible=True)

    return Finding(True, inside(computed, stated), stated, computed, Decimal(1), True, words)


def multiple_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """A, B, n. A rise by n times (增长1.8倍) makes it n + 1 times; both readings of a rise may hold."""
    one, other, n = operands
    scale = ratio_scale(n)
    if n.kind not in ("multiple", "percent"):
        raise NotJudgeable(f"a multiple printed in {n.unit}")
    stated = quotient_reading(n)

    def times_as_much(read: Reader) -> Range:
        return quotient(times(times(aligned(one, other, read), scale), claim.scale), read(other))

    def times_more(read: Reader) -> Range:
        return shifted(times_as_much(read), -scale)

    formula = times_as_much
    if n.direction == "up" and "番" not in n.text and not meet(stated, times_as_much(range_of)):
        formula = times_more

    def words(holds: bool) -> Words:
        left = f"{printed(one)} ÷ {printed(other)}{' − 1' if formula is times_more else ''}"
        return explain.equation(left, lambda: result_of(formula, operands[:-1], n), n, holds=holds)

    return settled(n, stated, formula(range_of), words, trimming)


def conversion_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """The two, and the rate if it is stated; else the rate of `vocab/conversions.toml`."""
    if len(operands) == 3:
        return _at_a_rate(claim, *operands)
    one, other = operands
    factor = factor_between(one.unit, other.unit)
    if factor is None:
        raise NotJudgeable(f"no fixed rate between {one.unit} and {other.unit}")
    factor *= claim.scale

    def formula(read: Reader) -> Range:
        return times(read(one), factor)

    def words(holds: bool) -> Words:
        left = f"{printed(one)} × {factor}" if factor.denominator == 1 else f"{printed(one)} ÷ {1 / factor}"
        return explain.equation(left, lambda: result_of(formula, (one,), other), other, holds=holds)

    return settled(other, range_of(other), formula(range_of), words, False)


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
    def formula(read: Reader) -> Range:
        return times(product(read(source), read(rate)), factor)

    def words(holds: bool) -> Words:
        left = f"{printed(source)} × {printed(rate)}"
        return explain.equation(left, lambda: result_of(formula, (source, rate), target), target, holds=holds)

    return settled(target, range_of(target), formula(range_of), words, False)


def feasible_share_finding(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """Count, percentage: the wholes that make the percentage true are what is computed; it fails if there are none."""
    part, percentage = operands
    scale = ratio_scale(percentage)
    if percentage.kind == "percentage_point":
        raise NotJudgeable(f"a share printed in {percentage.unit}")
    count, share = range_of(part), _capped(range_of(percentage), scale)
    wholes = _wholes(part, count, share, scale)
    if wholes is None and trimming:
        cut = trimmed(percentage, share)
        wholes = _wholes(part, count, cut, scale) if cut is not None else None
    if wholes is None:
        return _infeasible(part, percentage, count, share, scale)

    def words() -> Words:
        manner = explain.PLAIN if part.kind == "count" and not part.place else explain.manner_of(part)
        return explain.feasible(printed(part), printed(percentage), wholes, manner)

    return Finding(True, False, None, wholes, unit_of(percentage), False, words)


def _capped(share: Range, scale: int) -> Range:
    """The range of a share without upper end (七成以上) up to the whole: no part is above it."""
    if share.high is None and share.low is not None and share.low <= scale * share.low_by:
        return Range(share.low, scale, share.low_open, False, share.low_by)
    return share


def _wholes(part: Figure, count: Range, share: Range, scale: int) -> Range | None:
    """The wholes of which the count is the share; whole numbers where the part is one; None where there is none."""
    if share.high is not None and share.high <= 0:
        return Range(1, None) if count.low == 0 == share.high and not share.high_open else None
    if count.high is not None and count.high <= 0:
        return Range(1, None) if share.low is not None and share.low <= 0 else None
    wholes = quotient(times(count, scale), share)
    return _whole_numbers(wholes) if part.kind == "count" else wholes


def _whole_numbers(r: Range) -> Range | None:
    """The whole numbers of a range, as the range from the first to the last; None where it holds none."""
    if r.low is None:
        return r
    first, beyond = divmod(r.low, r.low_by)
    if beyond or r.low_open:
        first += 1
    if r.high is None:
        return Range(first, None)
    last, beyond = divmod(r.high, r.high_by)
    if not beyond and r.high_open:
        last -= 1
    return Range(first, last) if first <= last else None


def _infeasible(part: Figure, percentage: Figure, count: Range, share: Range, scale: int) -> Finding:
    """Fails; what is computed is the percentage nearest to the stated one that a whole number gives."""
    (k, k_by), (p, p_by) = ratio_of(part.value), ratio_of(percentage.value)
    if k <= 0 or p <= 0:

        def alone() -> Words:
            return explain.infeasible(printed(part), printed(percentage), ())

        return Finding(False, False, share, times(count, scale), unit_of(percentage), False, alone)
    floor = k * scale * p_by // (k_by * p)
    near = [(n, quotient(times(count, scale), point(n))) for n in (floor, floor + 1) if n > 0]

    def words() -> Words:
        manner = explain.manner_of(percentage)
        shows = [(str(n), explain.shown(k * scale, k_by * n, manner)) for n, _ in near]
        return explain.infeasible(printed(part), printed(percentage), shows)

    nearest = min((r for _, r in near), key=lambda r: distance(r, share))
    return Finding(False, False, share, nearest, unit_of(percentage), False, words)
