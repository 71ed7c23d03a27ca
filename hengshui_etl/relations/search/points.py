"""Percentage points: differences of percentages, also where per cent is printed for points.

Belongs here: gaps between rates or shares. Does not belong here: differences of amounts (differences.py), growth
between levels (growth.py).
"""

from __future__ import annotations

import re
from itertools import combinations

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.compared import fitting
from hengshui_etl.relations.search.named import named_change, named_pair, named_percents
from hengshui_etl.relations.search.view import View, covered, shared_characters

LEVEL_OF_OTHERS = lazy_pattern(
    r"(?:的?(?:平均)?(?:水平|增速|增幅|比重|均值)|的[^\W\d_a-zA-Z]{0,4}(?:红线|底线|标准|要求|目标|控制线|警戒线|进度))(?:高|低|快|慢)?(?:出|了)?"
)
_OF_RATE = lazy_pattern(r"的?(?:平均)?(?:水平|增速|增幅|比重|占比|均值|增长率){1,8}$")
_APART = lazy_pattern("相差|差距|落差|还差|尚差|超出|高出|低出|之差")
_FAR = 120  # figures back to where the other percentage may stand
_FROM_TO = lazy_pattern(r"(?:由|从|自)[^，。；]{0,24}$")


def claim_points(view: View, i: int) -> None:
    """`提高1.2个百分点`, `高于全省9.2个百分点`: a difference of two percentages, or of one and one not stated."""
    figure, statement = view.figures[i], view.said[i]
    if re.search("拉动|贡献|拉低|影响|向上拉|下拉", statement.before):
        return
    named = named_percents(view, i)
    if named is not None:
        view.claim("difference", (*fitting(view, "difference", named, i), i), statement.word)
        return
    others = statement.predicate == "gap" and not statement.temporal and len(_OF_RATE.sub("", statement.object)) >= 2
    if not others and (amounts := named_pair(view, i) or named_change(view, i)) is not None:
        view.claim("growth", (*amounts, i), "%写作百分点")
        return
    percents = [
        j
        for j in range(i - 1, max(-1, i - 12), -1)
        if view.figures[j].unit == "%" and view.paragraphs[j] == view.paragraphs[i] and view.figures[j].high is None
    ]
    own = [j for j in percents if view.figures[j].sentence == figure.sentence]
    if not own and _claim_between_cells(view, i):
        return
    if not own:
        own = [j for j in percents if view.periods[j] >= view.periods[i] - 1][:4]
        if statement.subject:
            own.sort(key=lambda j: -round(covered(statement.subject, view.metrics[j]), 1))
        if not own:
            view.leave((i,), "a gap in points without the percentage that it belongs to")
            return
    other_side = i - 1
    if (
        other_side in own
        and LEVEL_OF_OTHERS.fullmatch(view.between(other_side, i))
        and re.search("高于|低于|快于|慢于|优于|超过|高出|低出|超出|比|较", view.said[other_side].before)
    ):
        rates = [
            j
            for j in own
            if j != other_side
            and view.figures[j].bound == "exact"
            and not LEVEL_OF_OTHERS.match(view.text[view.figures[j].till : view.figures[j].till + 4])
        ]
        stated = next((j for j in rates if view.said[j].predicate in ("change", "rate", "share")), None)
        if stated is not None:
            view.claim("difference", (stated, other_side, i), statement.word)
            return
    for a, one in enumerate(own[:5]):
        for other in own[a + 1 : 6]:
            mixed = (view.figures[one].direction is None) != (view.figures[other].direction is None)
            if mixed or view.figures[one].bound != "exact" or view.figures[other].bound != "exact":
                continue
            if view.trial("difference", (one, other, i)) and _paired(view, one, other):
                first, second = _ordered(view, one, other)
                view.claim("difference", (first, second, i), statement.word)
                return
    base = [j for j in own[:3] if _is_from(view, j)]
    if base and len(own) >= 2 and i - own[0] == 1:
        level = next((j for j in own[:3] if j not in base), None)
        if level is not None and abs(level - base[0]) == 1 and not statement.subject:
            view.claim("difference", (level, base[0], i), statement.word)
            return
    level = _percent_level(view, i, own)
    if level is None:
        view.leave((i,), "a gap in points without the percentage that it belongs to")
        return
    if (told := _told_elsewhere(view, level, i)) is not None:
        view.claim("difference", (level, told, i), statement.word)
        return
    view.claim("difference", (level, i), statement.word, implied=True)


def _told_elsewhere(view: View, level: int, i: int) -> int | None:
    """The other percentage where it stands further off: that of what the gap names (贷款增长15.3%，比存款增速快2.8个
    百分点), or that of the same thing at another time (成功率提高到75%，比2023年再提2个百分点)."""
    figure, said, one = view.figures[i], view.said[i], view.figures[level]
    name = _OF_RATE.sub("", said.object)
    compared = said.predicate == "gap" and not said.temporal and len(name) >= 2
    for j in range(level - 1, max(-1, level - _FAR), -1):
        other = view.figures[j]
        if other.unit != "%" or other.bound != "exact" or (other.direction is None) != (one.direction is None):
            continue
        if view.titled(j) or view.is_cell(j) or abs(other.value - one.value) != figure.value:
            continue
        if compared:
            named = name in view.metrics[j] and name not in view.metrics[level]
            if named and view.paragraphs[j] >= view.paragraphs[i] - 2 and view.trial("difference", (level, j, i)):
                return j
        elif one.period != other.period and _is_same_rate(view, level, j) and view.trial("difference", (level, j, i)):
            return j
    return None


def _is_same_rate(view: View, one: int, other: int) -> bool:
    """Whether two percentages are of one thing, as far as its name goes."""
    a, b = sorted((view.metrics[one], view.metrics[other]), key=len)
    return view.figures[one].direction is None and len(a) >= 3 and covered(a, b) >= 0.9


def _claim_between_cells(view: View, i: int) -> bool:
    """`进出口降幅比1—4月收窄1.7个百分点` below a table whose row 进出口总额 has -4.6 and -6.3."""
    name = re.match(r"[^\d，。]{2,12}?(?=(?:增速|增幅|降幅|涨幅|占比|比重|率))", view.said[i].before)
    if name is None:
        return False
    for grid in view.grids:
        rows: dict[int, list[int]] = {}
        for cell, f in grid.cells:
            if cell.unit == "%" and cell.row_label.strip().startswith(name.group()):
                rows.setdefault(cell.row, []).append(f)
        for cells in rows.values():
            if len(cells) == 2 and cells[0] < i and view.trial("difference", (*cells, i)):
                return view.claim("difference", (*cells, i), view.said[i].word)
    return False


def claim_apart(view: View, i: int) -> None:
    """`职工为82.4%、居民为70.3%，两者相差12.1个百分点`: a gap of the two before it."""
    one, other = i - 1, i - 2
    figure = view.figures[i]
    if other < 0 or _APART.search(view.said[i].before[-6:] + figure.text) is None:
        return
    for j in (one, other):
        if view.figures[j].unit != "%" or view.figures[j].high is not None or view.periods[j] != view.periods[i]:
            return
    if (view.figures[one].direction is None) != (view.figures[other].direction is None):
        return
    both = len(view.between(one, i)) <= 8 and view.figures[one].bound == view.figures[other].bound == "exact"
    if both and view.trial("difference", (other, one, i)) is not None:
        view.claim("difference", (other, one, i), "相差")


def _percent_level(view: View, i: int, own: list[int]) -> int | None:
    """The percentage that a gap in points belongs to."""
    statement = view.said[i]
    wanted = statement.subject
    for j in own[:6]:
        other = view.statements[j]
        if other is None or other.base or (_is_from(view, j) and not other.subject):
            continue
        if re.search("增速|增幅|涨幅|降幅|增长", wanted) and view.figures[j].direction is None:
            continue
        if re.search("占比|比重|比例|率", wanted) and view.figures[j].direction is not None:
            continue
        if wanted and shared_characters(wanted, f"{view.metrics[j]}{other.word}增速幅占比") < 0.5 and j != own[0]:
            continue
        return j
    return None


def _paired(view: View, one: int, other: int) -> bool:
    """Whether two percentages are levels of one thing or of two that the gap compares."""
    a, b = view.said[one], view.said[other]
    if (
        a.predicate in ("share", "rate")
        and b.predicate in ("share", "rate")
        and a.word != b.word
        and not (_is_from(view, one) or _is_from(view, other))
    ):
        return view.likeness(one, other) > 0.7
    return True


def _ordered(view: View, one: int, other: int) -> tuple[int, int]:
    """(level, other level): the later printed first unless it is the base."""
    return (other, one) if _is_from(view, one) and not _is_from(view, other) else (one, other)


def _is_from(view: View, j: int) -> bool:
    """Whether a percentage is what another one is compared with, or came from (由38.4%降到…)."""
    said = view.said[j]
    return said.base or said.bracketed or _FROM_TO.search(said.before) is not None


def claim_percent_gap(view: View, i: int) -> None:
    """`增速比城镇居民快1.7%`: per cent printed where points are meant, if two rates stand before it."""
    figure, statement = view.figures[i], view.said[i]
    rates = [
        j
        for j in range(i - 1, -1, -1)
        if view.figures[j].unit == "%" and view.figures[j].bound == "exact" and not view.is_cell(j)
    ][:40]
    for a, one in enumerate(rates[:3]):
        if view.periods[one] < view.periods[i] - 1:
            break
        for other in rates[a + 1 :]:
            far = view.paragraphs[other] != view.paragraphs[i]
            if far and shared_characters(statement.object, view.metrics[other]) < 0.45:
                continue
            if (view.figures[one].direction is None) != (view.figures[other].direction is None):
                continue
            gap = abs(view.figures[one].value - view.figures[other].value)
            if gap == figure.value and figure.value:
                view.claim("difference", (one, other, i), statement.word)
                return


def claim_percent_beyond(view: View, i: int) -> None:
    """`为目标的53.4%，比50%的序时进度快3.4%`: the gap to the percentage right before it, printed as per cent."""
    for level in range(i - 2, max(-1, i - 5), -1):
        one, other = view.figures[level], view.figures[i - 1]
        if view.periods[level] != view.periods[i] or one.unit != "%" or not one.bound == other.bound == "exact":
            continue
        if abs(one.value - other.value) == view.figures[i].value > 0:
            view.claim("difference", (level, i - 1, i), "百分点写作%")
            return


def claim_percent_for_points(view: View, i: int) -> bool:
    """`由上年的38.4%降到27.9%，降幅10.5%`: two percentages and their difference, printed as per cent."""
    figure = view.figures[i]
    if re.search("高|低|快|慢", view.said[i].word):
        percents = [
            j
            for j in range(i - 1, max(-1, i - 6), -1)
            if view.figures[j].unit == "%" and view.figures[j].bound == "exact" and view.periods[j] == view.periods[i]
        ]
        for one, other in combinations(percents, 2):
            if figure.value and abs(view.figures[one].value - view.figures[other].value) == figure.value:
                return view.claim("difference", (other, one, i), "百分点写作%")
    if i < 2 or any(
        view.figures[j].unit != "%"
        or view.figures[j].direction is not None
        or view.figures[j].sentence != figure.sentence
        for j in (i - 1, i - 2)
    ):
        return False
    if (
        not (_is_from(view, i - 2) or _is_from(view, i - 1))
        or abs(view.figures[i - 1].value - view.figures[i - 2].value) != figure.value
    ):
        return False
    if view.trial("growth", (i - 1, i - 2, i)):
        return False
    return view.claim("difference", (i - 1, i - 2, i), "百分点写作%")
