"""Copies that do not agree: a figure said twice of which one print has slipped.

Belongs here: which figure of the body a headline means although they differ, and which figures of prose and table are
one but for a slip of the hand. Does not belong here: copies that agree (copies.py).

A copy is sought only for a figure that has none. What the words must say depends on how many digits had to agree by
chance: the more digits, the fewer words. About one in 25 numbers of three digits, and one in 100 of four, is one edit
away from a given one.
"""

from __future__ import annotations

import re
from collections import defaultdict

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Figure
from hengshui_etl.relations.search.borne_out import borne_out
from hengshui_etl.relations.search.view import Slips, View, covered

_EACH = lazy_pattern("各|其中|每")
_OF_ALL = lazy_pattern(r"[总全][数量额]?")
_TAKEN_UP = lazy_pattern(r"([^\W\d_a-zA-Z]{2,8}?)(?:当中|之中|中|里)")


def leading_digits(figure: Figure) -> int:
    """The digits of a figure, of a decimal below 1 those behind the point: 0.05 has two."""
    return len(f"{figure.value.normalize():f}".strip("0").replace(".", ""))


def cut_off(one: Figure, other: Figure) -> bool:
    """Whether one print is the other without its last places (157 for 157.98): cut off, not misprinted."""
    return one.place != other.place and abs(one.value - other.value) < max(one.place or 1, other.place or 1)


def misstated(view: View, i: int, same: list[int], held: list[int], close: list[int]) -> int | None:
    """The figure of the body that a rounded headline must be about by its words, though it does not agree."""
    same = [j for j in same if not _EACH.match(view.said[j].before)]
    named = [j for j in same if _begins_alike(view, i, j) and _one_verb(view, i, j)]
    named = [j for j in named if view.figures[j].bound == "exact"]
    if len(named) == 1 and named[0] not in close and _near(view, i, named[0], 0.9, 1.12):
        return named[0]
    best = max(same, key=lambda j: (round(view.likeness(i, j), 1), -j), default=None)
    if best is None or best in close or view.figures[best].bound != "exact" or not _one_verb(view, i, best):
        return None
    likeness = view.likeness(i, best)
    others = max((view.likeness(i, j) for j in close if _one_verb(view, i, j)), default=0.0)
    if likeness < 0.6 or likeness <= others + 0.25:
        return None
    if likeness >= 0.75 and view.figures[i].period == view.figures[best].period and _near(view, i, best, 0.3, 4):
        return best
    if likeness >= 0.75 and view.figures[i].scope == view.figures[best].scope and _point_moved(view, i, best):
        return best
    alone = _near(view, i, best) and not any(view.paragraphs[j] <= view.paragraphs[best] for j in held)
    return best if alone else None


def bound_not_reached(view: View, i: int, same: list[int], held: list[int]) -> int | None:
    """`突破430家` over a body that has 426家: the only figure of that name and size, and below the bound."""
    name = _OF_ALL.sub("", view.said[i].subject or view.metrics[i])
    figure = view.figures[i]
    if len(name) < 2:
        return None
    called = [
        j
        for j in same
        if covered(name, view.metrics[j]) >= 0.75
        and _one_verb(view, i, j)
        and not (view.is_cell(j) or view.said[j].base or view.said[j].bracketed)
        and view.figures[j].scope == figure.scope
    ]
    least, most = (0.95, 1.1) if figure.unit == "%" else (0.9, 1.12)
    near = {view.figures[j].value for j in called if _near(view, i, j, least, most)}
    below = [j for j in called if j not in held and _near(view, i, j, least, 1)]
    return below[0] if below and len(near) == 1 and view.figures[below[0]].bound == "exact" else None


def _begins_alike(view: View, i: int, j: int) -> bool:
    """Whether the names of what two figures measure begin with the same word."""
    return len(view.metrics[i]) > 3 and view.metrics[i][:3] == view.metrics[j][:3]


def beside_a_copy(view: View, i: int) -> int | None:
    """`58个项目总投资突破300亿元`, in the body `项目58个，总投资312.6亿元`: the figure that stands to the copy of a
    neighbour as figure `i` of the headline stands to that neighbour, if a slip explains that they differ."""
    for step in (-1, 1):
        n = i + step
        if not 0 <= n < view.count or not view.titled(n):
            continue
        copies = [c.operands[1] for c in view.claims if c.type == "restatement" and c.operands[0] == n]
        j = copies[0] - step if copies else -1
        if not 0 <= j < view.count or view.titled(j) or view.is_cell(j) or view.said[j].base:
            continue
        figure, other = view.figures[i], view.figures[j]
        if figure.unit != other.unit or figure.direction != other.direction or other.bound != "exact":
            continue
        if view.periods[j] != view.periods[copies[0]] or abs(j - copies[0]) != 1 or not _said_alike(view, i, j):
            continue
        if view.trial("restatement", (i, j)) or view.slip("restatement", (i, j), "garbled"):
            return j
        if figure.bound != "exact" and _near(view, i, j, 0.3, 4):
            return j
    return None


def _said_alike(view: View, i: int, j: int) -> bool:
    """Whether the words right before two figures, or right behind the one and before the other, are the same."""
    one, other = view.said[i].before[-3:], view.said[j].before
    behind = re.match(r"[^\W\d_a-zA-Z]{2}", view.text[view.figures[i].till :])
    if len(one) >= 3 and other.endswith(one):
        return True
    return behind is not None and other.endswith(behind.group())


def _point_moved(view: View, i: int, j: int) -> bool:
    """Whether figure `j` begins with the digits of the headline's bound `i` and is ten times more or less."""
    a, b = (f"{view.figures[k].value.normalize():f}".replace(".", "").strip("0") for k in (i, j))
    ratio = view.values[j] / view.values[i] if view.values[i] else 0.0
    return b.startswith(a) and (0.1 <= ratio < 0.2 or 10 <= ratio < 20)


def _near(view: View, i: int, j: int, least: float = 0.6, most: float = 1.6) -> bool:
    """Whether figure `j` is of the size that the headline's bound `i` speaks of."""
    return view.values[i] > 0 and least < view.values[j] / view.values[i] < most


def _one_verb(view: View, i: int, j: int) -> bool:
    """Whether two figures are said with one kind of predicate, as far as there is one."""
    a, b = view.statements[i], view.statements[j]
    return a is None or b is None or a.predicate == b.predicate or {a.predicate, b.predicate} <= {"share", "rate"}


def slipped_copy(view: View, i: int, same: list[int]) -> int | None:
    """The figure of the body of which the headline's is a copy but for one slip of the hand."""
    figure = view.figures[i]
    if leading_digits(figure) < 2 or any(c.type == "restatement" and i in c.operands for c in view.claims):
        return None
    ranked = sorted(
        (
            j
            for j in same
            if view.figures[j].bound == "exact"
            and not view.is_cell(j)
            and _one_verb(view, i, j)
            and not view.said[j].base
        ),
        key=lambda j: (-round(view.likeness(i, j), 1), j),
    )
    for j in ranked[:40]:
        admitted = None if cut_off(figure, view.figures[j]) else _admitted(view, i, j)
        if admitted is not None and view.slip("restatement", (i, j), admitted):
            return j
        if figure.bound in ("min", "max") and j == ranked[0] and view.likeness(i, j) >= 0.45 and _near(view, i, j):
            return j
    return None


def _admitted(view: View, i: int, j: int) -> Slips | None:
    """The slips by which a headline's figure may differ from one of the body: more words or more digits, more slips."""
    a, b = view.figures[i], view.figures[j]
    digits = max(leading_digits(a), leading_digits(b))
    likeness = view.likeness(i, j)
    alike = a.scope == b.scope and (a.period == b.period or view.said[i].predicate == "rate")
    if a.scope == b.scope and _first_in_unit(view, j):  # what an article opens with is what its headline says
        if digits >= 4 or likeness >= 0.6:
            return "garbled"
        if digits == 3 or likeness >= 0.3:
            return "misread"
    if likeness >= 0.6:
        return "garbled" if digits >= 3 else "misread" if alike else "swapped"
    if likeness >= 0.3:
        return "garbled" if digits >= 4 and alike else "misread" if digits >= 3 else None
    return "misread" if digits >= 4 else None


def _first_in_unit(view: View, j: int) -> bool:
    """Whether figure `j` is the first of the body in its unit."""
    unit = view.figures[j].unit
    return unit != "%" and all(view.titled(k) or view.figures[k].unit != unit for k in range(j))


def accuse_copies(view: View) -> None:
    """Claim what prose and table, or two places of the prose, say of one thing with one slip between them."""
    paired = {i for c in view.claims if c.type == "restatement" for i in c.operands}
    places: dict[tuple[str, str | None, str | None], list[int]] = defaultdict(list)
    prints = [f"{f.value.normalize():f}".replace(".", "").strip("0") for f in view.figures]
    for i, figure in enumerate(view.figures):
        if not (view.is_cell(i) or view.titled(i)) and figure.bound == "exact" and figure.high is None:
            places[figure.unit, figure.direction, figure.scope].append(i)
    for i, figure in enumerate(view.figures):
        if figure.bound != "exact" or figure.high is not None or view.titled(i) or not figure.metric:
            continue
        cell = view.is_cell(i)
        for j in places[figure.unit, figure.direction, figure.scope]:
            other = view.figures[j]
            if (
                (not cell and j >= i)
                or cut_off(figure, other)
                or figure.value == other.value
                or (i in paired and j in paired)
                or max(len(prints[i]), len(prints[j])) < 3
                or not one_edit_apart(prints[i], prints[j])
                or not _one_thing(view, i, j, max(len(prints[i]), len(prints[j])))
                or (borne_out(view, i, instead=j) and borne_out(view, j, instead=i))
            ):
                continue
            if view.trial("restatement", (j, i)) is False and view.claim(
                "restatement", (j, i), "表与正文" if cell else "前后两处"
            ):
                paired |= {i, j}
                break
    _take_up(view, paired)


def _take_up(view: View, paired: set[int]) -> None:
    """`158处煤矿中132处实现…` opens a sentence: a count that was said before is taken up, and must be that count."""
    counts: list[int] = []
    for i, figure in enumerate(view.figures):
        if figure.kind != "count" or figure.bound != "exact" or view.is_cell(i):
            continue
        noun = _TAKEN_UP.match(view.text[figure.till : figure.till + 14])
        first = i == 0 or view.figures[i - 1].sentence != figure.sentence
        opens = figure.at == 0 or view.text[figure.at - 1] in ("。；;\n】，," if first else "。；;\n】")
        if (
            i not in paired
            and noun
            and opens
            and sum((f.value, f.unit) == (figure.value, figure.unit) for f in view.figures[:i]) == 0
        ):
            named = [
                j
                for j in counts
                if view.figures[j].unit == figure.unit
                and covered(noun[1], view.metrics[j] + view.text[view.figures[j].till : view.figures[j].till + 8]) == 1
            ]
            slipped = [j for j in named if view.slip("restatement", (j, i), "garbled")]
            if len(slipped) == 1:
                view.claim("restatement", (slipped[0], i), "前后两处")
        if view.plain(i):
            counts.append(i)


def _one_thing(view: View, i: int, j: int, digits: int) -> bool:
    """Whether two figures that differ by one slip are said of one thing in one period."""
    a, b = view.figures[i], view.figures[j]
    if a.period != b.period or view.said[i].base or view.said[j].base:
        return False
    if view.is_cell(i):
        return view.likeness(i, j) >= (0.6 if digits == 3 else 0.4)
    return (
        digits >= 4
        and _held(view, i) == _held(view, j)
        and a.sentence != b.sentence
        and view.said[i].predicate == view.said[j].predicate
        and view.metrics[i] == view.metrics[j]
        and len(view.metrics[i]) >= 3
    )


def _held(view: View, i: int) -> str:
    """What stands before the bracket that figure `i` alone is in, which is what it is said of (甲县（35.3毫米）)."""
    at = view.figures[i].at
    return view.text[max(0, at - 4) : at - 1] if at and view.text[at - 1] in "（(" else ""


def one_edit_apart(a: str, b: str) -> bool:
    """Whether two rows of digits differ by one digit, by two neighbours that changed places, or by a lost digit."""
    if a == b:
        return True
    if len(a) == len(b):
        differing = [k for k in range(len(a)) if a[k] != b[k]]
        if len(differing) == 1:
            return True
        return (
            len(differing) == 2
            and differing[1] == differing[0] + 1
            and a[differing[0]] == b[differing[1]]
            and a[differing[1]] == b[differing[0]]
        )
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) != 1:
        return False
    k = next((k for k in range(len(a)) if a[k] != b[k]), len(a))
    return a[k:] == b[k + 1 :]
