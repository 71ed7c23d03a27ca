"""The same figure said twice: headline and body, table and prose, summary and detail.

Belongs here: relations of type restatement. Does not belong here: the same quantity in another unit (conversions.py).
"""

from __future__ import annotations

from hengshui_etl.records import Figure
from hengshui_etl.relations.search.view import Slips, View, shared_characters


def find_copies(view: View) -> None:
    """Claim the restatements of an article."""
    for i in range(view.count):
        if view.titled(i) and (j := _copy_in_body(view, i)) is not None:
            view.claim("restatement", (i, j), "标题与正文")
    _repeated(view)


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
    if figure.bound != "exact" and not exact and (j := _misstated(view, i, same, held, close)) is not None:
        return j
    if figure.bound == "min" and percent and not figure.value % 5:
        tens = [
            j
            for j in same
            if view.figures[j].bound == "exact" and figure.value <= view.figures[j].value < figure.value + 10
        ]
        opening = min((view.paragraphs[k] for k in range(view.count) if not view.titled(k)), default=0)
        if len(tens) == 1 or (tens and view.paragraphs[tens[0]] <= opening):
            return tens[0]
    if figure.bound == "min" and not percent and not exact:
        just_above = [j for j in close if view.values[j] < 1.12 * view.values[i] and view.likeness(i, j) >= 0.3]
        if just_above:
            return just_above[0]
    if not exact and figure.bound == "exact":
        exact = [j for j in close if view.figures[j].place < figure.place and view.likeness(i, j) >= 0.5]
    if exact or (close and figure.bound != "exact"):
        best = max(exact or close, key=lambda j: (round(view.likeness(i, j), 1), -j))
        return best if exact or percent or view.likeness(i, best) >= 0.5 else None
    return _slipped_copy(view, i, same)


def _misstated(view: View, i: int, same: list[int], held: list[int], close: list[int]) -> int | None:
    """The figure of the body that a rounded headline must be about by its words, though it does not agree."""
    best = max(same, key=lambda j: (round(view.likeness(i, j), 1), -j), default=None)
    if best is None or best in close or view.figures[best].bound != "exact":
        return None
    others = max((view.likeness(i, j) for j in close), default=0.0)
    named = view.likeness(i, best) >= 0.6 and view.likeness(i, best) > others + 0.25
    alone = _stated_alone(view, i, best, [best]) and not any(view.paragraphs[j] <= view.paragraphs[best] for j in held)
    return best if named and alone else None


def _slipped_copy(view: View, i: int, same: list[int]) -> int | None:
    """The figure of the body of which the headline's is a copy but for one slip of the hand."""
    figure = view.figures[i]
    if _leading_digits(figure) < 2 or any(c.type == "restatement" and i in c.operands for c in view.claims):
        return None
    named = [j for j in same[:14] if not view.is_cell(j) and view.likeness(i, j) >= 0.45]
    for j in named[:3]:
        if figure.bound != "exact" and view.figures[j].bound != "exact":
            continue
        admitted: Slips = "misread" if view.likeness(i, j) >= 0.6 else "swapped"
        if view.slip("restatement", (i, j), admitted) or (
            figure.bound in ("min", "max") and _stated_alone(view, i, j, named)
        ):
            return j
    return None


def _leading_digits(figure: Figure) -> int:
    """The digits of a figure, of a decimal below 1 those behind the point: 0.05 has two."""
    return len(f"{figure.value.normalize():f}".strip("0").replace(".", ""))


def _stated_alone(view: View, i: int, j: int, named: list[int]) -> bool:
    """Whether the body says just one thing that the headline's bound can be about."""
    ratio = view.values[j] / view.values[i] if view.values[i] else 0
    return named[0] == j and 0.6 < ratio < 1.6


def _same_sense(view: View, i: int, j: int) -> bool:
    """Whether two percentages are said with verbs of one kind: both changes, both shares or rates."""
    a, b = view.statements[i], view.statements[j]
    return a is None or b is None or (a.predicate == b.predicate) or {a.predicate, b.predicate} <= {"share", "rate"}


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
            digits = len(key[0].replace(".", "").strip("0"))  # as in scientific notation: 200万 is 2E+6, and has four
            alike = shared_characters(a, b)
            grid = view.is_cell(i) != view.is_cell(j)
            if grid and digits >= 3 and figure.scope == view.figures[j].scope and (alike >= 0.3 or digits >= 4):
                view.claim("restatement", (j, i), "表与正文")
                break
            if (
                alike >= 0.6
                and (digits >= 2 or alike >= 0.8)
                and (figure.kind != "percent" or digits >= 3 or grid or alike >= 0.9)
                and not (view.is_cell(i) and view.is_cell(j))
            ):
                view.claim("restatement", (j, i), "前后两处")
                break
        earlier.append(i)
    _swapped(view)


def _swapped(view: View) -> None:
    """A table's cell and the same thing in prose, alike but for two swapped digits."""
    cells = [i for i in range(view.count) if view.is_cell(i)]
    prose = [i for i in range(view.count) if view.level[i] and not view.titled(i)]
    said = {i for c in view.claims if c.type == "restatement" for i in c.operands}
    for i in cells:
        figure = view.figures[i]
        if i in said or _leading_digits(figure) < 3:
            continue
        for j in prose:
            other = view.figures[j]
            if (
                j in said
                or other.unit != figure.unit
                or other.value == figure.value
                or other.scope != figure.scope
                or other.period != figure.period
            ):
                continue
            if (
                sorted(f"{other.value.normalize():f}") == sorted(f"{figure.value.normalize():f}")
                and view.likeness(i, j) >= 0.6
                and view.slip("restatement", (i, j), "swapped", only=j)
            ):
                view.claim("restatement", (i, j), "表与正文")


def find_summaries(view: View) -> None:
    """`一般贸易占比超七成` before `占71.1%`: a rounded word first, the number behind it."""
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
