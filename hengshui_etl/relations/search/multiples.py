"""Multiples: A ÷ B = n (3.4倍, 翻一番, 相当于…的2.93倍).

Belongs here: relations of type multiple. Does not belong here: growth told in percent (growth.py).
"""

from __future__ import annotations

import re

from hengshui_etl.relations.search.view import View, shared_characters


def find_multiples(view: View) -> None:
    """Claim the multiples of an article."""
    for i, figure in enumerate(view.figures):
        if figure.kind == "multiple" and not view.is_cell(i):
            _claim_multiple(view, i)


def _claim_multiple(view: View, i: int) -> None:
    """`是2016年全年10.5亿元的3.4倍`, `翻了一番`, `相当于农村居民的2.93倍`."""
    figure, statement = view.figures[i], view.said[i]
    sentence = figure.sentence
    if statement.of_previous:
        base = i - 1
        for j in view.levels_before(base, unit_of=base, limit=4):
            if view.figures[j].sentence >= sentence - 1 and view.trial("multiple", (j, base, i)):
                view.claim("multiple", (j, base, i), "倍")
                return
        near = [j for j in view.levels_before(base, unit_of=base, limit=1) if view.figures[j].sentence == sentence]
        if near:
            view.claim("multiple", (near[0], base, i), "倍")
        return
    if figure.direction == "up" and statement.word != "" and not view.text[figure.at : figure.till].startswith("翻"):
        return
    if figure.bound == "approx" and figure.value == 2 and not re.search("相比|比", statement.before):
        return
    window = [
        j for j in range(i - 1, max(-1, i - 14), -1) if view.level[j] and view.paragraphs[j] == view.paragraphs[i]
    ]
    for a in window:
        for b in window:
            if (
                a != b
                and view.alike(a, b)
                and view.figures[a].unit == view.figures[b].unit
                and view.values[b]
                and view.trial("multiple", (a, b, i))
            ) and (
                view.figures[a].sentence == sentence
                or view.figures[b].sentence == sentence
                or view.likeness(a, b) > 0.6
            ):
                view.claim("multiple", (a, b, i), "倍")
                return
    match = re.search(r"(?P<a>[^，。；]{1,24}?)(?:相当于|是|为|达到?)(?P<b>[^，。；]{1,24}?)的?$", statement.before)
    if match is None or figure.bound != "exact":
        return
    best_a = max(window, key=lambda j: shared_characters(match["a"], view.metrics[j]), default=None)
    best_b = max(
        (j for j in window if j != best_a),
        key=lambda j: shared_characters(match["b"], view.metrics[j]),
        default=None,
    )
    if (
        best_a is None
        or best_b is None
        or view.figures[best_a].unit != view.figures[best_b].unit
        or not view.values[best_b]
    ):
        return
    sure = (
        shared_characters(match["a"], view.metrics[best_a]) >= 0.8
        and shared_characters(match["b"], view.metrics[best_b]) >= 0.75
    )
    ratio = view.values[best_a] / view.values[best_b] / view.values[i] if view.values[i] else 0
    if sure and 0.5 < ratio < 2:
        view.claim("multiple", (best_a, best_b, i), "倍")
