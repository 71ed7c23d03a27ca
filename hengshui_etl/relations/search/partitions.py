"""Lists that must have a whole although none stands beside them: 按…分, 男 and 女, lists beside lists that add up.

Belongs here: lists whose completeness their words or their neighbours show, so that one slip of the hand is a finding.
Does not belong here: lists beside their whole (sums_listed.py), percentages (percent_sums.py).
"""

from __future__ import annotations

from collections import Counter

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.nested import without_nested
from hengshui_etl.relations.search.sum_evidence import (
    BY,
    MOST_PARTS,
    NOT_ALL,
    first_scaled_slip,
    names_a_partition,
    scaled_slip,
)
from hengshui_etl.relations.search.view import Slips, View

# opens the parts of something told before (货运方面，; 三次产业项目中，; 看货种。): less surely all of them than 按…分
_ABOUT = lazy_pattern(
    r"(?:^|[，。；\s])(?:[^，。；\d]{2,10}(?:方面|当中|中|里)[，,]|看[^，。；\d]{2,5}[。，])[^，。；\d]{0,16}$"
)


def claim_parallel_lists(view: View) -> None:
    """Where the counts of a list add up, the amounts beside them must too (31个、总投资187.4亿元，12个、…)."""
    for claim in [c for c in view.claims if c.type == "sum" and not c.implied]:
        *parts, whole = claim.operands
        for step in (1, 2, -1):
            others = [p + step for p in parts]
            if not all(0 <= o < view.count and view.plain(o) for o in others) or set(others) & set(claim.operands):
                continue
            if (
                len({view.figures[o].unit for o in others}) != 1
                or view.figures[others[0]].unit == view.figures[parts[0]].unit
                or any(view.figures[o].sentence != view.figures[p].sentence for o, p in zip(others, parts, strict=True))
            ):
                continue
            near = [
                w
                for w in range(max(0, whole - 3), min(view.count, whole + 4))
                if view.plain(w)
                and w not in others
                and view.figures[w].unit == view.figures[others[0]].unit
                and view.figures[w].sentence == view.figures[whole].sentence
            ]
            near.sort(key=lambda w: abs(w - whole - step))
            if any(view.has("sum", (*others, w)) for w in near):
                continue
            held = next((w for w in near if view.trial("sum", (*others, w))), None)
            total = sum(view.values[o] for o in others)
            slipped = next(
                (
                    w
                    for w in near
                    if view.values[w]
                    and (
                        (0.8 < total / view.values[w] < 1.25 and view.slip("sum", (*others, w)))
                        or scaled_slip(view, others, w)
                    )
                ),
                None,
            )
            chosen = held if held is not None else slipped
            if chosen is not None and view.claim("sum", (*others, chosen), "并列分项"):
                view.parts.update(others)


def claim_parallel_remainders(view: View) -> None:
    """`412户1327人，消除318户1026人，尚未消除的94户301人`: as the first of each pair leave a rest, so the second."""
    known = [c for c in view.claims if c.type in ("remainder", "sum") and not c.implied]
    for claim in sorted(known, key=lambda c: c.type):  # remainders first
        if len(claim.operands) < 3 or not view.trial(claim.type, claim.operands):
            continue
        others = tuple(j + 1 for j in claim.operands)
        if max(others) >= view.count or set(others) & set(claim.operands) or not all(map(view.plain, others)):
            continue
        units = {view.figures[j].unit for j in others}
        gaps = {view.between(j, j + 1).strip("、，,") for j in claim.operands}
        if len(units) != 1 or units == {view.figures[claim.operands[0]].unit} or len(gaps) != 1 or len(gaps.pop()) > 4:
            continue
        if any(set(others) <= set(c.operands) for c in view.claims):
            continue
        if view.trial(claim.type, others) or view.slip(claim.type, others, "garbled"):
            view.claim(claim.type, others, "并列")
            view.parts.update(j for j in others if j != others[0])


def claim_long_list(view: View) -> None:
    """Four or more parts in one sentence that miss a level of the article by just one 万 for 亿, or the reverse."""
    plain = [i for i in range(view.count) if view.plain(i)]
    wholes: dict[str, list[int]] = {}
    for w in plain:
        if view.figures[w].bound == "exact":
            wholes.setdefault(view.figures[w].unit, []).append(w)
    for place, i in enumerate(plain):
        if i in view.parts:
            continue
        unit, sentence = view.figures[i].unit, view.figures[i].sentence
        parts = [
            j
            for j in plain[place : place + 12]
            if j < i + 12 and view.figures[j].unit == unit and view.figures[j].sentence == sentence
        ]
        if (
            len(parts) < 4
            or parts[-1] - parts[0] != len(parts) - 1
            or any(p in view.parts for p in parts)
            or "其中" in view.between(parts[0], parts[-1])
        ):
            continue
        whole = first_scaled_slip(view, parts, (w for w in wholes.get(unit, ()) if w not in parts))
        if whole is not None:
            view.claim("sum", (*parts, whole), "分项合计")
            view.parts.update(parts)
            return


def claim_partitions(view: View) -> None:
    """`分产业看，一产、二产、三产依次吸纳86人、2954人和1706人`: the whole must be some level before it.

    A list that misses it by a single slip is a finding."""
    i = 0
    while i < view.count:
        if not view.plain(i) or i in view.parts:
            i += 1
            continue
        parts = [i]
        while parts[-1] + 1 < view.count:
            j = next(
                (
                    k
                    for k in range(parts[-1] + 1, min(view.count, parts[-1] + 3))
                    if view.plain(k) and view.figures[k].unit == view.figures[i].unit
                ),
                None,
            )
            if j is None or view.figures[j].sentence != view.figures[i].sentence:
                break
            parts.append(j)
        following = parts[-1] + 1
        if without_nested(view, parts):
            _claim_outer(view, i)
            i = following  # which of them stand beside each other is open, where this holds for none
            continue
        if len(parts) >= 2 and not any(p in view.parts for p in parts):
            lead = view.text[max(0, view.figures[i].at - 44) : view.figures[i].at]
            if (BY.search(lead) or _ABOUT.search(lead)) and not NOT_ALL.search(
                view.text[view.figures[parts[-1]].till : view.figures[parts[-1]].till + 6]
            ):
                total = sum(view.values[p] for p in parts)
                wholes = [
                    w
                    for w in view.levels_before(i, unit_of=i, limit=14)
                    if view.values[w] and 0.88 < total / view.values[w] < 1.13 and view.figures[w].bound == "exact"
                ]
                admitted: Slips = "garbled" if BY.search(lead) else "misread"
                slipped = [w for w in wholes if view.slip("sum", (*parts, w), admitted)]
                if admitted == "misread":  # parts and whole are printed alike
                    finest = min(view.figures[p].place for p in parts)
                    slipped = [w for w in slipped if view.figures[w].place == finest]
                if len({view.values[w] for w in slipped}) == 1:
                    view.claim("sum", (*parts, slipped[0]), "按类分项")
                    view.parts.update(parts)
        i = max(following, i + 1)


def _claim_outer(view: View, first: int) -> None:
    """Claim the list from figure `first` to its full stop without what is nested in it, if it makes up a level before.

    `从来源地看，甲29个，其中乙12个、丙8个；丁8个，戊7个，己3个`: 29 + 8 + 7 + 3."""
    at = view.figures[first].at
    stop = view.text.find("。", at)
    run = [
        j
        for j in range(first, min(view.count, first + MOST_PARTS))
        if view.plain(j) and view.figures[j].unit == view.figures[first].unit and view.figures[j].at < stop
    ]
    lead = view.text[max(0, at - 44) : at]
    if not (BY.search(lead) or _ABOUT.search(lead)):
        return
    for parts in without_nested(view, run):
        total = sum(view.values[p] for p in parts)
        for w in view.levels_before(first, unit_of=first, limit=14):
            near = view.values[w] and 0.99 < total / view.values[w] < 1.01 and view.figures[w].bound == "exact"
            if len(parts) > 2 and near and view.plain(w) and view.trial("sum", (*parts, w)):
                view.claim("sum", (*parts, w), "按类分项")
                view.parts.update(parts)
                return


def claim_known_partitions(view: View) -> None:
    """`家庭户人口为2208651人；集体户人口为153223人`: a known partition whose whole a single slip explains."""
    for i in range(view.count - 1):
        if not view.plain(i) or i in view.parts:
            continue
        later = [
            j
            for j in range(i + 1, min(view.count, i + 8))
            if view.plain(j) and view.figures[j].unit == view.figures[i].unit and view.periods[j] == view.periods[i]
        ]
        for size in (1, 2):
            parts = [i, *later[:size]]
            if len(parts) != size + 1 or any(p in view.parts for p in parts) or not names_a_partition(view, parts):
                continue
            total = sum(view.values[p] for p in parts)
            wholes = [
                w
                for w in view.levels_before(i, unit_of=i, limit=8)
                if view.plain(w) and 0.05 < total / max(view.values[w], 1e-9) < 20 and view.figures[w].bound == "exact"
            ]
            slipped = [w for w in wholes[:4] if view.slip("sum", (*parts, w), "garbled")]
            if len(slipped) == 1:
                view.claim("sum", (*parts, slipped[0]), "已知划分")
                view.parts.update(parts)
                break


def claim_levels_of_a_hundred(view: View) -> None:
    """Shares that make up a hundred, each behind its level: the levels make up the whole of those shares."""
    for claim in [c for c in view.claims if c.type == "sum" and c.implied]:
        parts = [p - 1 for p in claim.operands]
        if any(p < 0 or not view.plain(p) or p in view.parts for p in parts):
            continue
        if len({view.figures[p].unit for p in parts}) != 1:
            continue
        wholes = Counter(c.operands[-2] for c in view.claims if c.type == "share" and c.operands[-1] in claim.operands)
        if not wholes:
            continue
        whole, votes = wholes.most_common(1)[0]
        if votes * 2 > len(parts) and whole not in parts and view.slip("sum", (*parts, whole), "garbled"):
            view.claim("sum", (*parts, whole), "占比合计100%")
            view.parts.update(parts)
