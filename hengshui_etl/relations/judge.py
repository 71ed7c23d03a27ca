"""What arithmetic says of a claim: one pure function per type of relation, exact.

Belongs here: roles of operands, the equation of each type, which reading of a printed number counts, severity.
Does not belong here: finding claims in language (find.py), what a printed number stands for (intervals.py), wording
(explain.py), repairs (mend.py).

Order of operands. The guide's table and the order in which the labels are written differ for two types; this module
follows the labels: `sum` is parts …, whole, and `threshold` is figures …, bound. The others are as in the guide: share —
parts …, whole, percentage; part_of — part(s), whole; remainder — whole, part(s), rest; difference — level, other level,
gap; growth — level, previous level, rate, or level, change (which has a direction), rate; average — total, count,
average; multiple — A, B, n; enumeration — the announcing figure; restatement — the copies; conversion — the two, then the
rate; feasible_share — count, percentage. In an implied relation the unstated term is left out.

Only the impossible fails: a relation holds if some of the values that its figures can stand for make it true. A quotient
(percentage, growth rate, average, multiple) may also have been cut off instead of rounded; `docs/method.md` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, DecimalException
from fractions import Fraction
from typing import NamedTuple

from hengshui_etl.records import Certainty, Claim, Figure, Severity, Verdict
from hengshui_etl.relations import explain
from hengshui_etl.relations.explain import Words, printed
from hengshui_etl.relations.intervals import (
    EXACT,
    FIVE_PERCENT,
    HALF,
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
    interval,
    magnitude,
    meet,
    negated,
    point,
    printed_value,
    product,
    quotient,
    range_of,
    shifted,
    signed_range_of,
    times,
    total,
)
from hengshui_etl.relations.units import factor_between

__all__ = ["NotJudgeable", "verdict_of"]

_RATIO_UNITS = {"%": 100, "‰": 1000, "百分点": 100, "千分点": 1000, "倍": 1, "": 100}
_POINTS = {"百分点": "%", "个百分点": "%", "千分点": "‰", "个千分点": "‰"}
_WHOLE = Range(ZERO, HUNDRED)


class Finding(NamedTuple):
    """A verdict in the making. `unit` is one unit of the last printed place, by which the gap is measured; `grave` says
    that failing is an error however small the gap."""

    holds: bool
    certain: bool
    stated: Range | None
    computed: Range | None
    unit: Decimal
    grave: bool
    words: Words


def verdict_of(claim: Claim, figures: Sequence[Figure], *, trimming: bool = True) -> Verdict:
    """The verdict on one claim about these figures.

    `trimming` says whether a quotient that was cut off instead of rounded may pass. Raises NotJudgeable, with the reason,
    where the operands allow no verdict (wrong number or kinds of operands, units that do not fit, division by zero,
    numbers that no print holds); nothing else, whatever the figures are.
    """
    try:
        operands = [figures[i] for i in claim.operands if i >= 0]
        least, most = _ARITY[claim.type]
        if claim.implied and claim.type in _IMPLIABLE:
            least -= 1
        if not least <= len(operands) <= most or len(operands) != len(claim.operands):
            raise NotJudgeable(f"{len(operands)} operands do not make a relation of type {claim.type}")
        finding = _JUDGES[claim.type](claim, operands, trimming)
    except IndexError:
        raise NotJudgeable("an operand that is no figure of the article") from None
    except DecimalException:
        raise NotJudgeable("the numbers are too long to be judged") from None
    holds, certain, stated, computed, unit, grave, words = finding
    stated_interval = None if stated is None else interval(stated)
    computed_interval = None if computed is None else interval(computed)
    if holds:
        certainty: Certainty = "certain" if certain else "possible"
        status = "implied" if claim.implied or claim.type == "feasible_share" else "pass"
        return Verdict(status, certainty, "info", stated_interval, computed_interval, Fraction(0), words.en, words.zh)  # type: ignore[arg-type]
    gap = Fraction(0) if stated is None or computed is None else distance(stated, computed) / Fraction(unit)
    severity: Severity = "error" if grave or gap > 1 else "warning"
    return Verdict("fail", "impossible", severity, stated_interval, computed_interval, gap, words.en, words.zh)


# ---------------------------------------------------------------- helpers


def _alignment(figure: Figure, other: Figure) -> Fraction | int:
    """By what to multiply the first to have it in the unit of the second. A percentage and percentage points align (what
    tells them apart is judged where it matters); counting words stand for one another; a cell without unit aligns with
    everything."""
    unit, target = figure.unit, other.unit
    if unit == target or not unit or not target or (figure.kind == "count" and other.kind == "count"):
        return 1
    factor = factor_between(_POINTS.get(unit, unit), _POINTS.get(target, target))
    if factor is None:
        raise NotJudgeable(f"{unit} and {target} do not measure the same thing")
    return factor


def _in_unit_of(figure: Figure, other: Figure) -> Range:
    return range_of(figure) if figure.unit == other.unit else times(range_of(figure), _alignment(figure, other))


def _unit(figure: Figure) -> Decimal:
    return figure.place or ONE


def _nominal(figure: Figure) -> bool:
    """Whether the printed value is what the figure says, give or take rounding."""
    return figure.bound == "exact" and figure.high is None and not figure.more


def _result(computed: Range, operands: Sequence[Figure], stated: Figure, middle: Callable[[], tuple[Decimal, Decimal]]) -> Words:
    """The computed side in the manner of the stated figure: one number if all operands are plain, else the range."""
    manner = explain.manner_of(stated)
    for figure in operands:
        if figure.bound != "exact" or figure.high is not None or figure.more:
            return explain.shown_range(computed, manner)
    number, by = middle()
    text = explain.shown(number, by, manner)
    return Words(text, text)


def _quotient_reading(figure: Figure, *, signed: bool = False) -> Range:
    """What a printed quotient can stand for: a mean or multiple in whole numbers was rounded to them, though a count in
    whole numbers would stand for itself; 翻番 is said within 5 %."""
    if figure.place or figure.bound != "exact" or figure.high is not None or figure.more:
        return signed_range_of(figure) if signed else range_of(figure)
    value = printed_value(figure.value)
    spread = EXACT.multiply(value.copy_abs(), FIVE_PERCENT) if "番" in figure.text else HALF
    reading = around(value, spread, spread)
    return negated(reading) if signed and figure.direction == "down" and value > 0 else reading


def _trimmed(figure: Figure, reading: Range) -> Range | None:
    """What the figure stands for if it was cut off after its last place instead of rounded; None where that says nothing."""
    if figure.bound != "exact" or figure.high is not None or figure.more or "番" in figure.text:
        return None
    cut = around(figure.value.copy_abs(), ZERO, figure.place or ONE, high_open=True)
    return negated(cut) if reading.high is not None and reading.high <= 0 else cut


def _settled(
    claim: Claim,
    stated_figure: Figure,
    stated: Range,
    computed: Range,
    left: str,
    operands: Sequence[Figure],
    middle: Callable[[], tuple[Decimal, Decimal]],
    trimming: bool,
) -> Finding:
    """The finding of an equation: `left` gives `computed`, the article prints `stated`."""
    holds = meet(stated, computed)
    if not holds and trimming:
        cut = _trimmed(stated_figure, stated)
        if cut is not None and meet(cut, computed):
            holds, stated = True, cut
    result = _result(computed, operands, stated_figure, middle)
    words = explain.equation(left, result, printed(stated_figure), holds=holds)
    opposite = (
        not holds
        and (all_below(stated, point(0)) and all_below(point(0), computed))
        or (all_below(computed, point(0)) and all_below(point(0), stated))
    )
    certain = holds and inside(computed, stated)
    return Finding(holds, certain, stated, computed, _unit(stated_figure), opposite or not stated_figure.place, words)


def _added(figures: Sequence[Figure], unit: Figure) -> Decimal:
    value = ZERO
    for f in figures:
        if f.unit == unit.unit:
            value += f.value
        else:
            factor = _alignment(f, unit)
            value += f.value * factor.numerator / factor.denominator
    return value


# ---------------------------------------------------------------- one function per type


def _share(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    parts, whole, percentage = operands[:-2], operands[-2], operands[-1]
    scale = _RATIO_UNITS.get(percentage.unit)
    if scale is None:
        raise NotJudgeable(f"a share printed in {percentage.unit}")
    factor = claim.scale * scale
    computed = quotient(times(total([_in_unit_of(p, whole) for p in parts]), factor), _positive(range_of(whole)))
    left = f"{explain.bracketed(parts)} ÷ {printed(whole)}"
    finding = _settled(
        claim, percentage, _quotient_reading(percentage), computed, left, operands[:-1],
        lambda: (_added(parts, whole) * factor.numerator, whole.value * factor.denominator), trimming,
    )  # fmt: skip
    if percentage.kind != "percentage_point":
        return finding
    if not finding.holds:
        raise NotJudgeable("percentage points are no share")
    as_percent = printed(percentage).replace("个百分点", "%").replace("百分点", "%")
    return finding._replace(
        holds=False, grave=True, computed=None, words=explain.percent_not_points(left, as_percent, printed(percentage))
    )


def _positive(r: Range) -> Range:
    if r.high is not None and r.high <= 0:
        raise NotJudgeable("division by zero")
    return r


def _sum(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    if claim.implied:
        if any(f.unit != "%" for f in operands):
            raise NotJudgeable("the whole of the parts is not stated")
        return _percentages_of_one_whole(operands)
    parts, whole = operands[:-1], operands[-1]
    computed = times(total([_in_unit_of(p, whole) for p in parts]), claim.scale)
    return _settled(
        claim, whole, range_of(whole), computed, explain.terms(parts), parts,
        lambda: (_added(parts, whole) * claim.scale.numerator, Decimal(claim.scale.denominator)), False,
    )  # fmt: skip


def _percentages_of_one_whole(parts: Sequence[Figure]) -> Finding:
    """Percentages that should add up to 100, each rounded, or each cut off after its last place."""
    computed = total([range_of(p) for p in parts])
    stated = point(HUNDRED)
    holds = meet(computed, stated)
    if not holds and all(_nominal(p) and p.place for p in parts):
        cut = total([around(p.value, ZERO, p.place, high_open=True) for p in parts])
        if meet(cut, stated):
            holds, computed = True, cut
    finest = min(parts, key=_unit)
    result = _result(computed, parts, finest, lambda: (_added(parts, finest), ONE)).en
    words = explain.whole_of_percentages(explain.terms(parts), result, holds=holds)
    return Finding(holds, holds and inside(computed, stated), stated, computed, _unit(finest), False, words)


def _part_of(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    parts, whole = operands[:-1], operands[-1]
    limit = range_of(whole)
    stated = Range(None, limit.high, False, limit.high_open)
    worst, worst_range = parts[0], _in_unit_of(parts[0], whole)
    for part in parts[1:]:
        r = _in_unit_of(part, whole)
        if r.low is not None and (worst_range.low is None or compared(r.low, r.low_by, worst_range.low, worst_range.low_by) > 0):
            worst, worst_range = part, r
    holds = meet(worst_range, stated)
    certain = inside(worst_range, Range(None, limit.low, False, limit.low_open)) if limit.low is not None else False
    words = explain.within(printed(worst), printed(whole), holds=holds)
    return Finding(holds, certain, stated, worst_range, _unit(whole), True, words)


def _remainder(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    whole = operands[0]
    if claim.implied:
        parts = operands[1:]
        computed = difference(range_of(whole), total([_in_unit_of(p, whole) for p in parts]))
        stated = Range(ZERO, None)
        holds = meet(computed, stated)
        result = _result(computed, operands, whole, lambda: (whole.value - _added(parts, whole), ONE))
        words = explain.unstated(explain.terms(operands, " − "), result, possible=holds)
        return Finding(holds, inside(computed, stated), stated, computed, _unit(whole), True, words)
    parts, rest = operands[1:-1], operands[-1]
    computed = difference(range_of(whole), total([_in_unit_of(p, whole) for p in parts]))
    factor = _alignment(whole, rest)
    computed = times(computed, factor)
    return _settled(
        claim, rest, range_of(rest), computed, explain.terms(operands[:-1], " − "), operands[:-1],
        lambda: ((whole.value - _added(parts, whole)) * factor.numerator, Decimal(factor.denominator)), False,
    )  # fmt: skip


def _difference(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    if claim.implied and len(operands) == 2:
        return _implied_level(*operands)
    if len(operands) != 3:
        raise NotJudgeable(f"a difference of {len(operands)} figures")
    level, other, gap = operands
    factor = _alignment(level, gap)
    first, second = signed_range_of(level), signed_range_of(other)
    if other.unit != level.unit:
        second = times(second, _alignment(other, level))
    computed = magnitude(times(difference(first, second), factor))
    sign = " − " if other.direction != "down" or other.value < 0 else " + "
    left = f"{printed(level)}{sign}{printed(other)}"
    if level.direction == "down" and level.value > 0:
        left = f"−{left}"

    def middle() -> tuple[Decimal, Decimal]:
        distance = abs(_signed(level) - _signed(other) * _as_decimal_ratio(other, level)) * factor.numerator
        return distance, Decimal(factor.denominator)

    stated = magnitude(range_of(gap))
    if gap.unit == "%" and level.unit == other.unit == "%":
        return _gap_in_percent(level, other, gap, stated, computed, left, middle)
    finding = _settled(claim, gap, stated, computed, left, (level, other), middle, False)
    return finding


def _signed(figure: Figure) -> Decimal:
    return -figure.value if figure.direction == "down" and figure.value > 0 else figure.value


def _as_decimal_ratio(figure: Figure, other: Figure) -> Decimal:
    factor = _alignment(figure, other)
    return Decimal(factor.numerator) / Decimal(factor.denominator)


def _gap_in_percent(
    level: Figure, other: Figure, gap: Figure, stated: Range, computed: Range, left: str, middle: Callable[[], tuple[Decimal, Decimal]]
) -> Finding:
    """Two percentages and a gap printed in per cent: true only as a relative change of the first against the second; as a
    gap in points the unit is wrong, even where the number is right."""
    first, second = range_of(level), range_of(other)
    if second.high is not None and second.high > 0:
        relative = magnitude(shifted(quotient(times(first, 100), second), -HUNDRED))
        if meet(relative, stated):
            words = explain.equation(
                f"{printed(level)} ÷ {printed(other)} − 1", explain.shown_range(relative, explain.manner_of(gap)), printed(gap), holds=True
            )
            return Finding(True, inside(relative, stated), stated, relative, _unit(gap), True, words)
    else:
        relative = None
    number, by = middle()
    points = explain.shown(number, by, explain.manner_of(gap)._replace(suffix="个百分点"))
    words = explain.points_not_percent(left, points, printed(gap))
    return Finding(False, False, stated, relative, _unit(gap), True, words)


def _implied_level(level: Figure, gap: Figure) -> Finding:
    factor = _alignment(gap, level)
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
    if _nominal(level) and _nominal(gap):
        move = gap.value * factor.numerator / factor.denominator
        text = explain.shown(_signed(level) + abs(move) * (1 if down else -1), ONE, manner)
        result = Words(text, text)
    else:
        result = explain.shown_range(computed, manner)
    words = explain.unstated(f"{printed(level)}{' + ' if down else ' − '}{printed(gap)}", result, possible=holds)
    return Finding(holds, inside(computed, stated), stated, computed, _unit(level), True, words)


def _growth(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    current, other, rate = operands
    scale = _RATIO_UNITS.get(rate.unit)
    if scale is None:
        raise NotJudgeable(f"a growth rate printed in {rate.unit}")
    if "番" in rate.text:  # 翻番 names the multiple, not the growth
        return _multiple(claim, operands, trimming)
    if rate.kind == "percentage_point" and current.kind == "percent" and other.kind in ("percent", "percentage_point"):
        return _difference(claim, operands, trimming)
    if other.direction is not None:
        change = times(signed_range_of(other), _alignment(other, current))
        computed = times(_rate_of_change(range_of(current), change), scale)
        sign = "+" if other.direction == "down" else "−"
        left = f"{printed(other)} ÷ ({printed(current)} {sign} {printed(other)})"

        def middle() -> tuple[Decimal, Decimal]:
            moved = _signed(other) * _as_decimal_ratio(other, current)
            return moved * scale, current.value - moved
    else:
        previous = _positive(range_of(other))
        factor = _alignment(current, other)
        computed = shifted(quotient(times(range_of(current), scale * factor), previous), Decimal(-scale))
        left = f"{printed(current)} ÷ {printed(other)} − 1"

        def middle() -> tuple[Decimal, Decimal]:
            now = current.value * factor.numerator / factor.denominator
            return (now - other.value) * scale, other.value

    stated = _quotient_reading(rate, signed=True)
    if rate.direction is None and rate.value >= 0 and not meet(stated, computed) and all_below(computed, point(0)):
        stated = negated(stated)
    finding = _settled(claim, rate, stated, computed, left, operands[:-1], middle, trimming)
    if rate.kind != "percentage_point":
        return finding
    if not finding.holds:
        raise NotJudgeable("percentage points are no growth of a level")
    as_percent = printed(rate).replace("个百分点", "%").replace("百分点", "%")
    return finding._replace(
        holds=False, grave=True, computed=None, words=explain.percent_not_points(left, as_percent, printed(rate))
    )


def _rate_of_change(current: Range, change: Range) -> Range:
    """All change ÷ (current − change): rises with the change, and with the current level moves towards zero, so that its
    ends are taken at corners."""
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


def _average(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    if claim.implied and len(operands) == 2:
        return _implied_count(*operands)
    if len(operands) != 3:
        raise NotJudgeable(f"an average of {len(operands)} figures")
    everything, count, average = operands
    factor = _average_factor(claim, everything, average)
    computed = quotient(times(range_of(everything), factor), _positive(range_of(count)))
    return _settled(
        claim, average, _quotient_reading(average), computed, f"{printed(everything)} ÷ {printed(count)}", operands[:-1],
        lambda: (everything.value * factor.numerator, count.value * factor.denominator), trimming,
    )  # fmt: skip


def _average_factor(claim: Claim, everything: Figure, average: Figure) -> Fraction:
    """The claim's scale (每百户: 100) times the change of unit (吨 → 公斤: 1000); a scale that equals the change of unit is
    taken for it."""
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
    computed = quotient(times(range_of(everything), factor), _positive(_quotient_reading(average)))
    stated = Range(ONE, None)
    holds = meet(computed, stated)
    manner = explain.Manner(ONE, "", 0)
    result = explain.shown_range(computed, manner)
    if _nominal(everything) and _nominal(average) and average.value:
        text = explain.shown(everything.value * factor.numerator, average.value * factor.denominator, manner)
        result = Words(text, text)
    words = explain.unstated(f"{printed(everything)} ÷ {printed(average)}", result, possible=holds)
    return Finding(holds, inside(computed, stated), stated, computed, ONE, True, words)


def _multiple(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    one, other, n = operands
    scale = _RATIO_UNITS.get(n.unit)
    if scale is None or n.kind not in ("multiple", "percent"):
        raise NotJudgeable(f"a multiple printed in {n.unit}")
    factor = claim.scale * scale * _alignment(one, other)
    computed = quotient(times(range_of(one), factor), _positive(range_of(other)))
    stated = _quotient_reading(n)
    left = f"{printed(one)} ÷ {printed(other)}"
    more = n.direction == "up" and n.kind == "multiple" and "番" not in n.text
    if more and not meet(stated, computed):
        raised = shifted(computed, -ONE)  # 增长1.8倍 is 2.8 times
        if meet(stated, raised) or all_below(computed, stated) is False:
            computed, left = raised, f"{left} − 1"
    minus_one = left.endswith("− 1")
    return _settled(
        claim, n, stated, computed, left, operands[:-1],
        lambda: (
            one.value * factor.numerator - (other.value * factor.denominator if minus_one else 0),
            other.value * factor.denominator,
        ),
        trimming,
    )  # fmt: skip


def _enumeration(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    if claim.counted is None:
        raise NotJudgeable("the announced list was not counted")
    announced = operands[0]
    stated, computed = range_of(announced), point(claim.counted)
    holds = meet(stated, computed)
    words = explain.counted(printed(announced), claim.counted, holds=holds)
    return Finding(holds, holds, stated, computed, _unit(announced), True, words)


def _restatement(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """All copies against the first; the copy furthest away is shown."""
    first = operands[0]
    stated = signed_range_of(first)
    shown: Finding | None = None
    for copy in operands[1:]:
        finding = _copy(first, stated, copy)
        if shown is None or not finding.holds and (shown.holds or _further(finding, shown)):
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
    unit = max(_unit(first), _unit(copy))
    if {first.kind, copy.kind} == {"percent", "percentage_point"}:
        if first.value != copy.value:
            raise NotJudgeable("per cent and percentage points do not measure the same thing")
        return Finding(False, False, stated, None, unit, True, explain.said_twice(one, other, ""))
    try:
        computed = times(signed_range_of(copy), _alignment(copy, first))
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
    if _nominal(first) and _nominal(copy) and first.unit == copy.unit:
        gap = explain.shown(abs(_signed(first) - _signed(copy)), ONE, explain.manner_of(first))
    elif apart.low is not None:
        gap = explain.shown(apart.low, apart.low_by, explain.manner_of(first))
    return Finding(False, False, stated, computed, unit, grave, explain.said_twice(one, other, gap))


def _threshold(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    """Every figure against the bound, the last operand. A bound without bound word bounds from below, unless all of several
    figures lie below it: then it bounds from above (均低于 8.3%)."""
    figures, bound = operands[:-1], operands[-1]
    directed = len({f.direction for f in operands if f.direction}) > 1
    read = signed_range_of if directed else range_of
    limit = read(bound)
    ranges = [times(read(f), _alignment(f, bound)) for f in figures]
    if bound.bound == "exact" and bound.high is None and not bound.more:
        above = Range(limit.low, None)
        below = Range(None, limit.high)
        several = len(ranges) > 1 and not all(meet(r, above) for r in ranges)
        limit = below if several and all(meet(r, below) for r in ranges) else above
    offenders = [(f, r) for f, r in zip(figures, ranges, strict=True) if not meet(r, limit)]
    words = explain.bounded([f for f, _ in offenders], figures, printed(bound))
    if offenders:
        worst = max((r for _, r in offenders), key=lambda r: distance(limit, r))
        return Finding(False, False, limit, worst, _unit(bound), True, words)
    nearest = next((r for r in ranges if not inside(r, limit)), ranges[0])
    return Finding(True, inside(nearest, limit), limit, nearest, _unit(bound), True, words)


def _conversion(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    if len(operands) == 3:
        return _at_a_rate(claim, *operands)
    one, other = operands
    factor = factor_between(one.unit, other.unit)
    if factor is None:
        raise NotJudgeable(f"no fixed rate between {one.unit} and {other.unit}")
    factor *= claim.scale
    computed = times(range_of(one), factor)
    left = f"{printed(one)} × {factor}" if factor.denominator == 1 else f"{printed(one)} ÷ {1 / factor}"
    return _settled(
        claim, other, range_of(other), computed, left, (one,),
        lambda: (one.value * factor.numerator, Decimal(factor.denominator)), False,
    )  # fmt: skip


def _at_a_rate(claim: Claim, one: Figure, other: Figure, rate: Figure) -> Finding:
    """One times the rate is the other, or the other times the rate the one: the rate's unit says which (6.89元 a dollar
    leads to 元); where it does not, either may hold."""
    findings = []
    for source, target in ((one, other), (other, one)):
        factor = factor_between(rate.unit, target.unit) or (Fraction(1) if rate.unit in ("", "倍", "%") else None)
        if factor is None:
            continue
        if rate.unit == "%":
            factor /= 100
        factor *= claim.scale
        computed = times(product(range_of(source), range_of(rate)), factor)
        findings.append(
            _settled(
                claim, target, range_of(target), computed, f"{printed(source)} × {printed(rate)}", (source, rate),
                lambda source=source, factor=factor: (source.value * rate.value * factor.numerator, Decimal(factor.denominator)),
                False,
            )  # fmt: skip
        )
    if not findings:
        raise NotJudgeable(f"a rate in {rate.unit} leads neither to {one.unit} nor to {other.unit}")
    return next((f for f in findings if f.holds), findings[0])


def _feasible_share(claim: Claim, operands: Sequence[Figure], trimming: bool) -> Finding:
    part, percentage = operands
    scale = _RATIO_UNITS.get(percentage.unit)
    if scale is None or percentage.kind == "percentage_point":
        raise NotJudgeable(f"a share printed in {percentage.unit}")
    count, share = range_of(part), range_of(percentage)
    wholes = _wholes(part, count, share, scale)
    if wholes is None and trimming:
        cut = _trimmed(percentage, share)
        wholes = _wholes(part, count, cut, scale) if cut is not None else None
    if wholes is not None:
        manner = explain.Manner(ONE, "", 0) if part.kind == "count" else explain.manner_of(part)
        low = None if wholes.low is None else explain.shown(wholes.low, wholes.low_by, manner)
        high = None if wholes.high is None else explain.shown(wholes.high, wholes.high_by, manner)
        words = explain.feasible(printed(part), printed(percentage), low, high)
        return Finding(True, False, None, wholes, _unit(percentage), False, words)
    nearest, words = _nearest_shares(part, percentage, count, share, scale)
    return Finding(False, False, share, nearest, _unit(percentage), False, words)


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
    """The percentage nearest to the stated one that some whole number gives, and the sentence that shows its neighbours."""
    manner = explain.manner_of(percentage)
    if part.value <= 0 or percentage.value <= 0:
        return point(ZERO), explain.infeasible(printed(part), printed(percentage), ())
    exact = Fraction(part.value) * scale / Fraction(percentage.value)
    floor = exact.numerator // exact.denominator
    near = [Decimal(n) for n in (floor, floor + 1) if n > 0]
    ranges = [quotient(times(count, scale), point(n)) for n in near]
    shows = [(f"{n:f}", explain.shown(part.value * scale, n, manner)) for n in near]
    return min(ranges, key=lambda r: distance(r, share)), explain.infeasible(printed(part), printed(percentage), shows)


_ARITY = {
    "share": (3, 10**6), "sum": (3, 10**6), "part_of": (2, 10**6), "remainder": (3, 10**6), "difference": (3, 3),
    "growth": (3, 3), "average": (3, 3), "multiple": (3, 3), "enumeration": (1, 1), "restatement": (2, 10**6),
    "threshold": (2, 10**6), "conversion": (2, 3), "feasible_share": (2, 2),
}  # fmt: skip

_IMPLIABLE = {"sum", "remainder", "difference", "average"}

_JUDGES: dict[str, Callable[[Claim, Sequence[Figure], bool], Finding]] = {
    "share": _share, "sum": _sum, "part_of": _part_of, "remainder": _remainder, "difference": _difference,
    "growth": _growth, "average": _average, "multiple": _multiple, "enumeration": _enumeration,
    "restatement": _restatement, "threshold": _threshold, "conversion": _conversion, "feasible_share": _feasible_share,
}  # fmt: skip
