"""The same figure said twice: headline and body, table and prose, summary and detail.

Belongs here: relations of type restatement that hold. Does not belong here: copies that do not agree
(copies_failing.py), the same quantity in another unit (conversions.py).
"""

from __future__ import annotations

from itertools import combinations

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.copies_failing import (
    accuse_copies,
    beside_a_copy,
    bound_not_reached,
    misstated,
    slipped_copy,
)
from hengshui_etl.relations.search.view import AMOUNTS, View, covered, shared_characters
from hengshui_etl.vocab import alternatives, toml

_NEW = lazy_pattern(r"(?:新增|净增|增加|多增)(?P<noun>[^\W\d_a-zA-Z]{0,6}?)[超逾达近约]*$")
_REACHES = lazy_pattern(r"^(?:大关)?[，,](?:实际)?(?:达到?|为)$")
_ROUNDED = lazy_pattern(r"^[）)]?[，,](?:即|也就是)?$")
_EXACTLY = lazy_pattern(f"^[，,（(](?:{alternatives(toml('comparisons')['exactly']['words'])})[为是：:]?$")
_THESE = ("这", "上述", "这些", "该批")


def find_copies(view: View) -> None:
    """Claim the restatements of an article."""
    for i in range(view.count):
        if view.titled(i) and (j := _copy_in_body(view, i)) is not None:
            view.claim("restatement", (i, j), "标题与正文")
    for i in range(view.count):
        lone = view.titled(i) and not any(c.type == "restatement" and i in c.operands for c in view.claims)
        if lone and (j := beside_a_copy(view, i)) is not None:
            view.claim("restatement", (i, j), "标题与正文")
    _repeated(view)
    _taken_up(view)
    _bound_and_figure(view)
    accuse_copies(view)


def _copy_in_body(view: View, i: int) -> int | None:
    """The figure of the body that figure `i` of the headline repeats or rounds; failing that, the one it misprints."""
    figure = view.figures[i]
    same = [
        j
        for j in range(view.count)
        if not view.titled(j)
        and view.figures[j].unit == figure.unit
        and view.figures[j].direction == figure.direction
        and view.figures[j].high is None
    ]
    held = [j for j in same if view.trial("restatement", (i, j))]
    percent = figure.unit == "%"
    close = [j for j in held if not percent or _same_sense(view, i, j)]
    exact = [j for j in held if view.figures[j].value == figure.value and (j in close or view.likeness(i, j) >= 0.5)]
    if not exact and (j := _increase_in_body(view, i)) is not None:
        return j
    if figure.bound == "min" and not percent:
        just_above = [
            j for j in close if figure.value < view.figures[j].value and view.values[j] < 1.12 * view.values[i]
        ]
        alike = [j for j in just_above if view.likeness(i, j) >= 0.3 and j not in exact]
        if alike and (not exact or view.likeness(i, alike[0]) > view.likeness(i, exact[0])):
            return alike[0]
        opening = [j for j in just_above if view.paragraphs[j] <= _opening(view)]
        if len(opening) == 1 and not exact and view.figures[opening[0]].period == figure.period:
            return opening[0]
        if len(just_above) == 1 and not exact and view.digits(i) > 1 and figure.kind in AMOUNTS:
            return just_above[0]
    if figure.bound == "approx" and figure.kind in AMOUNTS and len(close) == 1 and not exact:
        return close[0]
    if figure.bound == "min" and not exact and (j := bound_not_reached(view, i, same, held)) is not None:
        return j
    if figure.bound != "exact" and not exact and (j := misstated(view, i, same, held, close)) is not None:
        return j
    if figure.bound == "min" and percent and not figure.value % 5:
        tens = [
            j
            for j in same
            if view.figures[j].bound == "exact" and figure.value <= view.figures[j].value < figure.value + 10
        ]
        if len(tens) == 1 or (tens and view.paragraphs[tens[0]] <= _opening(view)):
            return tens[0]
    if not exact and figure.bound == "exact":
        exact = [j for j in close if view.figures[j].place < figure.place and view.likeness(i, j) >= 0.5]
    if exact or (close and figure.bound != "exact"):
        best = max(exact or close, key=lambda j: (round(view.likeness(i, j), 1), -j))
        return best if exact or percent or view.likeness(i, best) >= 0.5 else None
    return slipped_copy(view, i, same)


def _increase_in_body(view: View, i: int) -> int | None:
    """`新增贷款超千亿元` over `贷款余额8537.4亿元，全年增加1134.8亿元`: what the headline calls new is an increase."""
    figure, new = view.figures[i], _NEW.search(view.said[i].before)
    if new is None or figure.direction is not None or figure.kind not in AMOUNTS:
        return None
    name = new["noun"] or view.said[i].before[: new.start()][-4:]
    risen = [
        j
        for j in range(view.count)
        if view.figures[j].direction == "up"
        and view.figures[j].unit == figure.unit
        and not (view.titled(j) or view.is_cell(j))
        and covered(name, view.metrics[j]) == 1
        and view.values[j] < 1.5 * view.values[i]
        and view.trial("restatement", (i, j))
    ]
    return risen[0] if len(name) > 1 and len(risen) == 1 else None


def _opening(view: View) -> int:
    """The paragraph that holds the first figure of the body."""
    return next((view.paragraphs[k] for k in range(view.count) if not view.titled(k)), 0)


def _same_sense(view: View, i: int, j: int) -> bool:
    """Whether two percentages are said with verbs of one kind: both changes, both shares or rates."""
    a, b = view.statements[i], view.statements[j]
    return a is None or b is None or (a.predicate == b.predicate) or {a.predicate, b.predicate} <= {"share", "rate"}


def _bound_and_figure(view: View) -> None:
    """`产值突破50亿元，达52.7亿元`: the bound, and right behind it the figure."""
    for i in range(view.count - 1):
        one, other = view.figures[i], view.figures[i + 1]
        if one.bound != "min" or other.bound != "exact" or one.unit != other.unit or view.is_cell(i):
            continue
        if _REACHES.match(view.between(i, i + 1)) and 1 <= view.values[i + 1] / (view.values[i] or 1) < 1.2:
            view.claim("restatement", (i, i + 1), "约数与实数")


def _taken_up(view: View) -> None:
    """`全市386个改造任务。…这386个小区惠及7.42万户`: a count taken up again by 这, where it is told or has slipped."""
    for i in range(1, view.count):
        figure = view.figures[i]
        if figure.kind != "count" or figure.bound != "exact" or view.digits(i) < 3 or view.is_cell(i):
            continue
        if not view.text[max(0, figure.at - 3) : figure.at].endswith(_THESE):
            continue
        told = [
            j
            for j in range(i - 1, max(-1, i - 24), -1)
            if view.figures[j].unit == figure.unit
            and view.figures[j].bound == "exact"
            and (view.level[j] or view.titled(j))
            and view.paragraphs[i] - view.paragraphs[j] <= 3
        ]
        copies = [j for j in told if view.values[j] == view.values[i]]
        slipped = [j for j in told[:2] if not copies and view.slip("restatement", (j, i), "swapped")]
        linked = any(c.type == "restatement" and i in c.operands for c in view.claims)
        if not linked and (copies or len(slipped) == 1):
            view.claim("restatement", ((copies or slipped)[0], i), "前后两处")


def _repeated(view: View) -> None:
    """The same value in the same unit for the same thing, later in the body."""
    first: dict[tuple[str, str, str | None], list[int]] = {}
    for i, figure in enumerate(view.figures):
        if view.titled(i) or figure.bound != "exact" or figure.high is not None or figure.value < 2:
            continue
        key = (f"{figure.value.normalize()}", figure.unit, figure.direction)
        earlier = first.setdefault(key, [])
        for j in earlier:
            if view.figures[j].sentence == figure.sentence and not view.is_cell(i):
                continue
            a, b = view.metrics[i], view.metrics[j]
            digits = view.digits(i)
            alike = shared_characters(a, b)
            grid = view.is_cell(i) != view.is_cell(j)
            if grid and digits >= 3 and figure.scope == view.figures[j].scope and (alike >= 0.3 or digits >= 4):
                view.claim("restatement", (j, i), "表与正文")
                break
            if j == earlier[-1] and digits >= 2 and view.said[i].before.endswith(("这", "上述")):
                view.claim("restatement", (j, i), "前后两处")
                break  # 386个改造任务…这386个小区
            if (
                (alike >= 0.6 or (digits >= 5 and alike >= 0.3))
                and (digits >= 2 or alike >= 0.8)
                and (figure.kind != "percent" or digits >= 3 or grid or alike >= 0.9)
                and not (view.is_cell(i) and view.is_cell(j))
            ):
                view.claim("restatement", (j, i), "前后两处")
                break
        earlier.append(i)
    _rounded_from_table(view)
    _rounded_elsewhere(view)


def _rounded_elsewhere(view: View) -> None:
    """`支出48.62亿元` two paragraphs behind `一般公共预算支出486217万元`: the same to fewer places, called alike."""
    levels = [j for j in range(view.count) if view.plain(j) and view.figures[j].kind != "count" and view.digits(j) > 3]
    for i, j in combinations(levels[:200], 2):
        one, other = view.figures[i], view.figures[j]
        if (one.unit, one.scope) != (other.unit, other.scope) or one.place == other.place:
            continue
        if one.value == other.value or abs(one.value - other.value) * 2 > max(one.place, other.place):
            continue
        short, long = sorted((view.metrics[i], view.metrics[j]), key=len)
        if len(short) > 1 and covered(short, long) >= 0.9 and view.paragraphs[i] != view.paragraphs[j]:
            view.claim("restatement", (i, j), "前后两处")


def _rounded_from_table(view: View) -> None:
    """`社会消费品零售总额538.6亿元` beside a table that has 538.62: the same to one place less."""
    cells = [j for j in range(view.count) if view.is_cell(j) and view.digits(j) >= 4][:200]
    copied = {i for c in view.claims if c.type == "restatement" for i in c.operands}
    for i, figure in enumerate(view.figures):
        if not cells or view.titled(i) or view.is_cell(i) or i in copied or view.digits(i) < 3:
            continue
        for j in cells:
            cell = view.figures[j]
            if (
                (cell.unit, cell.direction, cell.scope) == (figure.unit, figure.direction, figure.scope)
                and cell.place < figure.place
                and abs(cell.value - figure.value) * 2 <= figure.place
                and view.likeness(i, j) >= 0.8
                and view.claim("restatement", (j, i), "表与正文")
            ):
                break


def find_summaries(view: View) -> None:
    """`一般贸易占比超七成` before `占71.1%`: a rounded word first, the number behind it."""
    for i in range(view.count - 1):
        _claim_rounded_behind(view, i)
        rounded, exactly = view.figures[i], view.figures[i + 1]
        if rounded.bound == "exact" or exactly.unit != rounded.unit or exactly.bound != "exact":
            continue
        if _EXACTLY.search(view.between(i, i + 1)) and view.trial("restatement", (i, i + 1)) is not None:
            view.claim("restatement", (i, i + 1), "先概说后细说")
    for i, figure in enumerate(view.figures):
        statement = view.statements[i]
        if (
            statement is None
            or view.titled(i)
            or figure.unit != "%"
            or figure.bound not in ("min", "approx")
            or figure.value % 10
        ):
            continue
        text = view.text[figure.at : figure.till]
        if "成" not in text:
            continue
        for j in range(i + 1, min(view.count, i + 5)):
            other = view.statements[j]
            if other is None or view.paragraphs[j] != view.paragraphs[i]:
                break
            if (
                (
                    view.figures[j].unit == "%"
                    and view.figures[j].bound == "exact"
                    and other.predicate in ("share", "rate")
                    and statement.predicate in ("share", "rate")
                    and view.figures[j].sentence != figure.sentence
                )
                and shared_characters(statement.subject, view.metrics[j]) >= 0.8
                and view.trial("restatement", (i, j))
            ):
                view.claim("restatement", (i, j), "先概说后细说")
                break


def _claim_rounded_behind(view: View, i: int) -> None:
    """`成功率73.0%，超七成矛盾止于诉前`: the number first, the rounded word right behind it."""
    exactly, rounded = view.figures[i], view.figures[i + 1]
    if exactly.unit != "%" or rounded.unit != "%" or exactly.bound != "exact" or rounded.bound == "exact":
        return
    text = view.text[rounded.at : rounded.till]
    told = ("成" in text or "半" in text) and _ROUNDED.match(view.between(i, i + 1)) is not None
    near = exactly.direction == rounded.direction and abs(view.values[i] - view.values[i + 1]) < 10
    if told and near and view.trial("restatement", (i, i + 1)):
        view.claim("restatement", (i, i + 1), "先细说后概说")
