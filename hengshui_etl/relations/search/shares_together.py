"""Shares that several parts have together, and contributions to a growth, whose words say what is meant but do not fit.

Belongs here: how many parts a wording joins and which, what growth a contribution is a share of, both by words alone,
accused where one slip explains it. Does not belong here: shares of one part (shares_meant.py), those that hold
(shares.py).
"""

from __future__ import annotations

import re
from itertools import pairwise

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.share_candidates import of_one_list
from hengshui_etl.relations.search.shares_meant import is_open, is_sure
from hengshui_etl.relations.search.shares_wholes import wholes_meant
from hengshui_etl.relations.search.view import FAR_BACK, View, shared_characters

_NUMBERS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "2": 2, "3": 3, "4": 4, "5": 5}
_JOINED = lazy_pattern(
    r"(?P<number>[两二三四五2-5])(?:者|项|个|類|类|大|種|种|家|地|县|區|区|市)[^，,。；;]{0,12}?(?:合计|共|之和|合起来|加起来|便|一起|总)"
    r"|(?P<pair>两者|二者)|(?P<three>三者)"
)
_DRAWN = lazy_pattern(
    r"(?:拉动|带动|推动)(?P<growth>[^，,。；;]{1,16}?)(?:同比)?(?:增长|上涨|上行|上升|增速|提高|回升)"
)


def find_shares_together(view: View) -> None:
    """Claim the shares of several parts, and the contributions, that fail by one slip."""
    for i in range(view.count):
        said = view.statements[i]
        if said is None or not is_open(view, i, together=True):
            continue
        if "贡献率" in said.before:
            _claim_contribution(view, i)
        elif (joined := _joined(view, i) or _run_before(view, i)) is not None:
            _claim_joined(view, i, joined)


def _joined(view: View, i: int) -> int | None:
    """How many parts the words before a percentage join (三个品牌合计占, 两者之和占)."""
    before = view.text[max(0, view.figures[i].at - 40) : view.figures[i].at]
    clause = re.split("[。；;]", before)[-1]
    match = _JOINED.search(clause)
    if match is not None and clause[: match.start()].endswith("前"):
        return None  # 前两类合计占: the first of the list
    if match is None or "%" in clause[match.start() :] or re.search("[去上前]年", clause[match.end() :]):
        return None
    if match["number"]:
        return _NUMBERS[match["number"]]
    return 2 if match["pair"] else 3


def _run_before(view: View, i: int) -> int | None:
    """How many members the list right before `合计占…` has."""
    if i < 2 or re.search("[，,]?(?:合计|合共|共|合起来|加起来|加总后?)[占佔]", view.between(i - 1, i)) is None:
        return None
    first = i - 1
    while first and view.level[first - 1] and view.alike(first - 1, i - 1) and of_one_list(view, first - 1, i - 1):
        first -= 1
    return i - first if i - first >= 2 else None


def _claim_joined(view: View, i: int, size: int) -> None:
    levels = [
        j
        for j in range(i - 1, max(-1, i - 16), -1)
        if view.level[j]
        and view.periods[j] >= view.periods[i] - 1
        and view.paragraphs[j] == view.paragraphs[i]
        and not view.said[j].bracketed
        and not view.said[j].base
        and view.figures[j].bound == "exact"
        and view.text[view.figures[j].at] not in "两二三四五"
    ]
    parts = [j for j in levels if view.alike(j, levels[0])][:size][::-1]
    if len(parts) < size or any(len(view.between(a, b)) > 16 for a, b in pairwise(parts)):
        return
    wholes = [m for m in wholes_meant(view, i, parts[0]) if m.whole not in parts]
    holding = next((m for m in wholes[:6] if view.trial("share", (*parts, m.whole, i))), None)
    if holding is not None:
        view.claim("share", (*parts, holding.whole, i), "合计占")
        return
    together = sum(view.values[p] for p in parts)  # one part of the whole is no whole of several others
    wholes = [m for m in wholes if m.whole not in view.parts or view.values[m.whole] > together]
    for m in wholes[:2]:
        if wholes[0].score - m.score > 1 or view.figures[m.whole].bound != "exact":
            return
        operands = (*parts, m.whole, i)
        if is_sure(view, i, parts[0], m, used=False) and view.slip("share", operands, "garbled"):
            view.claim("share", operands, "合计占")
            return


def _claim_contribution(view: View, i: int) -> None:
    """`拉动全市规上工业增长4.6个百分点，贡献率达55.4%`: the growth that the points are part of is named with them."""
    sentence = view.figures[i].sentence
    points = next((j for j in range(i - 1, max(-1, i - 4), -1) if view.figures[j].unit in ("百分点", "%")), None)
    if points is None or view.figures[points].sentence != sentence or view.figures[points].unit != "百分点":
        return
    at = view.figures[points].at
    drawn = _DRAWN.search(view.text, max(view.article.sentences[sentence].start, at - FAR_BACK), at)
    if drawn is None:
        return
    named = [
        j
        for j in range(points)
        if view.figures[j].unit == "%"
        and view.said[j].predicate == "change"
        and shared_characters(drawn["growth"], view.metrics[j]) >= 0.7
        and view.figures[j].period == view.figures[points].period
    ]
    for j in named[:2]:
        if view.trial("share", (points, j, i)) or view.slip("share", (points, j, i), "garbled"):
            view.claim("share", (points, j, i), "贡献率")
            return
