"""Remainders: what is left of a whole after its parts (其余, 剩余, 尚有), counted or only named.

Belongs here: relations of type remainder. Does not belong here: parts without a rest (parts.py), differences between
two times or two things (differences.py).
"""

from __future__ import annotations

import re
from bisect import bisect_left

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.view import View

_REST = lazy_pattern(r"其余|剩余|剩下|余下|尚余|还剩|还有|另有|尚有|结余|仍有|尚未|未[^，。]{0,6}的?(?:有|为)?$")
_LEFT = lazy_pattern("其余|剩余|余下|剩下|还剩")
_REST_WORD = lazy_pattern(r"其余|余下")
_BELOW = lazy_pattern(
    r"已|其中|[里中内][，,已有的]|完成|完工|。|占|用于|整改|审结|办结|投|入|建成|开工|开放|到位|实施|销售|取得|获"
)


def claim_remainders(view: View) -> None:
    """`其余162.6万人次为一日游游客`: whole − parts = the rest."""
    for i in range(view.count):
        before = view.said[i].before
        if not view.level[i] or not _REST.search(before):
            continue
        earlier = [
            j
            for j in view.levels_before(i, unit_of=i, limit=10)
            if view.figures[j].sentence >= view.figures[i].sentence - 2
        ]
        earlier = [j for j in earlier if not view.said[j].base]
        if (
            _claim_remainder_that_holds(view, i, earlier)
            or _claim_rest_beside_share(view, i)
            or _claim_rest_of_first(view, i, earlier)
        ):
            continue
        if _LEFT.search(before):
            _accuse_remainder(view, i, earlier)
        elif re.search("尚有|仍有|未", before):
            pairs = [(w, p) for p in earlier for w in earlier if w < p and view.values[w] > view.values[p]]
            swapped = [ops for ops in pairs if view.slip("remainder", (*ops, i), "swapped", only=i)]
            if len(swapped) == 1 and not any(  # 受理174人，批捕63人，不捕111人: the rest is told already
                view.trial("remainder", (*swapped[0], j)) for j in earlier if j not in swapped[0]
            ):
                view.claim("remainder", (*swapped[0], i), "其余")


def _claim_remainder_that_holds(view: View, i: int, earlier: list[int]) -> bool:
    """Claim the first whole and parts of which figure `i` is the rest; whether there are any."""
    for w in earlier:
        if view.values[w] <= view.values[i]:
            continue
        inside = [j for j in earlier if j > w]
        for j in inside:
            if view.trial("remainder", (w, j, i)):
                view.parts.update((j, i))
                return view.claim("remainder", (w, j, i), "其余")
        for size in range(2, min(len(inside), 6) + 1):
            parts = inside[:size][::-1]
            if view.trial("remainder", (w, *parts, i)):
                view.parts.update((*parts, i))
                return view.claim("remainder", (w, *parts, i), "其余")
        for j in earlier:
            if j < w and view.trial("remainder", (w, j, i)) and view.figures[j].sentence == view.figures[w].sentence:
                return view.claim("remainder", (w, j, i), "其余")
    return False


def _claim_rest_of_first(view: View, i: int, earlier: list[int]) -> bool:
    """`上述5处合计88.9万人次；其余13处共53.7万人次`: of the whole that the article told first, some sentences ago; what
    stands right behind such a rest is one of its own whole."""
    if not earlier or not _LEFT.search(view.said[i].before):
        return False
    claimed = False
    for rest, part in ((i, earlier[0]), (i + 1, earlier[0] + 1)):
        if rest >= view.count or not (view.level[rest] and view.level[part] and view.alike(part, rest)):
            break
        if view.figures[rest].sentence != view.figures[i].sentence or part >= i:
            break
        first = next((j for j in view.peers(rest) if view.plain(j) and j > rest - 60), None)
        if first is None or first >= part or not view.trial("remainder", (first, part, rest)):
            break
        claimed = view.claim("remainder", (first, part, rest), "其余") or claimed
    return claimed


def _claim_rest_beside_share(view: View, i: int) -> bool:
    """`完成108.6亿元，占概算总投资的68.1%，剩余50.8亿元`: the whole of the share, wherever it stands, less its part."""
    shares = [
        c.operands
        for c in view.claims
        if c.type == "share"
        and len(c.operands) == 3
        and max(c.operands[0], c.operands[2]) < i
        and view.periods[c.operands[2]] == view.periods[i]
        and view.alike(c.operands[0], i)
    ]
    for _, whole, last in reversed(shares):
        parts = list(dict.fromkeys(part for part, of, _ in shares if of == whole))
        operands = (whole, *parts, i)
        if view.trial("remainder", operands) or (
            last == i - 1
            and _LEFT.search(view.said[i].before)
            and parts == [j for j in range(parts[0], i) if view.plain(j) and view.alike(j, i) and j != whole]
            and view.slip("remainder", operands)
        ):
            view.parts.update((*parts, i))
            return view.claim("remainder", operands, "其余")
    return False


def _accuse_remainder(view: View, i: int, earlier: list[int]) -> None:
    """The rest is named as such but does not fit: the whole is the first level of the sentence, or the largest."""
    beside = [j for j in earlier if view.periods[j] == view.periods[i]]
    wholes = {c.operands[-2] for c in view.claims if c.type == "share" and set(c.operands[:-2]) & set(beside)}
    if len(wholes) == 1 and len(beside) >= 2 and not wholes & set(beside):
        whole = wholes.pop()
        if view.alike(whole, i) and (view.slip("remainder", (whole, *beside[::-1], i), "garbled")):
            view.claim("remainder", (whole, *beside[::-1], i), "其余")
            view.parts.update((*beside, i))
            return
    own = [j for j in earlier if view.figures[j].sentence == view.figures[i].sentence]
    if len(own) < 2:
        own = [j for j in earlier if view.figures[j].sentence >= view.figures[i].sentence - 1]
    if len(own) < 2:
        return
    inside = sum(view.values[j] for j in own)
    before = [j for j in earlier if view.periods[j] == view.periods[own[-1]] - 1 and view.values[j] > 0.5 * inside]
    if (
        before
        and view.values[before[0]] > view.values[i]
        and view.slip("remainder", (before[0], *own[::-1], i), "garbled")
    ):
        view.claim("remainder", (before[0], *own[::-1], i), "其余")
        view.parts.update((*own, i))
        return
    largest = max(own, key=lambda j: view.values[j])
    for whole in dict.fromkeys((largest, own[-1])):
        behind = [j for j in own if j > whole][::-1]
        swapped = next((j for j in behind[::-1] if view.slip("remainder", (whole, j, i), "swapped", only=i)), None)
        if swapped is not None:
            view.claim("remainder", (whole, swapped, i), "其余")
            view.parts.update((swapped, i))
            return
        if not behind or not _BELOW.search(view.between(whole, behind[0])):
            continue
        trials = [[behind[-1]], [behind[0]], behind] if len(behind) <= 4 else [[behind[-1]], [behind[0]]]
        for parts in trials:
            if view.slip("remainder", (whole, *parts, i), "garbled") or (len(own) == 2 and whole == own[-1] == largest):
                view.claim("remainder", (whole, *parts, i), "其余")
                view.parts.update((*parts, i))
                return


def claim_uncounted_remainders(view: View) -> None:
    """`13个园区中已有5个…，其余园区…`: the rest is named but not counted."""
    places = [f.at for f in view.figures]
    if not places:
        return
    for match in _REST_WORD.finditer(view.text, places[0], places[-1] + 80):  # a stretch looks at its own text alone
        at, end = match.span()
        k = bisect_left(places, end)
        following = view.figures[k] if k < view.count else None
        if (
            following is not None
            and following.unit != "%"
            and not re.search("[，。；,;]", view.text[end : following.at])
        ):
            continue  # the rest is counted
        near = range(bisect_left(places, at) - 1, -1, -1)
        part = next((j for j in near if view.level[j] and 0 <= at - view.figures[j].till < 60), None)
        if part is None:
            continue
        wholes = [
            j
            for j in view.levels_before(part, limit=4, same_paragraph=True)
            if view.figures[j].unit == view.figures[part].unit and view.values[j] > view.values[part]
        ]
        if wholes and view.figures[part].kind == "count" and part not in view.parts:
            view.claim("remainder", (wholes[0], part), "其余", implied=True)
            view.claim("part_of", (part, wholes[0]), "其余")
