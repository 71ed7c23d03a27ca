"""Which levels the part of a share may be a part of, whatever their values are.

Belongs here: the ranking of wholes by words, unit, period, lists and nearness only, so that a misprinted whole is still
the one that is meant. Does not belong here: the part (shares_parts.py), what is accused (shares_meant.py).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.share_candidates import of_one_list, of_other_kind
from hengshui_etl.relations.search.shares_parts import (
    SHARES,
    beside_in_list,
    called,
    is_name,
    is_plan,
    is_reckoned,
    is_said_whole,
    likeness,
    ratio,
    within,
)
from hengshui_etl.relations.search.view import FAR_BACK, View, once_a_turn
from hengshui_etl.vocab import alternatives, toml, words


class Meant(NamedTuple):
    """A whole that the words may mean, and by what: `named` like it, the `sibling`'s, of the `list` around the part,
    in the `sentence`, in the sentence `before`, or merely `near`."""

    whole: int
    by: str
    score: float


_PLAN = lazy_pattern("计划|任务|目标|(?:年度|全年|年初|调整|年|月)预算")


def speaks_of_plan(view: View, i: int, w: int) -> bool | None:
    """Whether figure `w` is a plan, if the percentage `i` is a share of a plan; None if it is of something else."""
    if _PLAN.search(view.said[i].object) is None:
        return None
    return _PLAN.search(view.metrics[w]) is not None or _PLAN.search(view.said[w].before) is not None


@once_a_turn
def wholes_meant(view: View, i: int, part: int) -> list[Meant]:
    """The levels that may be the whole of `part` for the percentage `i`, the likeliest first."""
    if of_other_kind(view, i, part):
        return []
    topic = topic_of(view, i, part)
    around = _Around(
        i, part, view.said[i].object or within(view, i), topic, _sibling_wholes(view, i, part),
        _list_totals(view, part),
        {c.operands[-1] for c in view.claims if c.type == "sum" and not c.implied and len(c.operands) > 3},
        {p for c in view.claims if c.type == "sum" and not c.implied for p in c.operands[:-1]},
        view.said[i].predicate == "rate" and view.said[i].word not in SHARES,
        {p for _, p in beside(view, i)},
        ratio(view, i)[1],
    )  # fmt: skip
    ranked: list[tuple[float, int, Meant]] = []
    beside_it = beside_in_list(view, i, part)
    for w in view.peers(part):
        if view.figures[w].sentence > view.figures[i].sentence:
            break
        if w in (part, i) or w in beside_it or view.titled(w):
            continue
        if of_one_list(view, w, part) or speaks_of_plan(view, i, w) is False:
            continue
        statement = view.said[w]
        own = 0 < part - w <= 2 and "其中" in view.between(w, part)
        if statement.predicate == "average" and not (around.names or own or _is_mean(view, part)):
            continue
        if is_name(view, w) or _of_a_part_of_the_time(view, w, part) or _plan_of_another(view, i, w, part):
            continue
        if (statement.base or statement.bracketed) and w != i - 1:
            continue
        score, by = _score(view, w, around)
        ranked.append((-score, abs(part - w), Meant(w, by, score)))
    ranked.sort()
    return [m for _, _, m in ranked]


def _of_a_part_of_the_time(view: View, w: int, part: int) -> bool:
    """Whether figure `w` is of a shorter time within that of `part` (一季度营收 for what was spent in half a year)."""
    whole, own = view.figures[w].period, view.figures[part].period
    if whole is None or own is None or not (whole.first and whole.last and own.first and own.last):
        return False
    return own.first <= whole.first and whole.last <= own.last and whole != own


def _plan_of_another(view: View, i: int, w: int, part: int) -> bool:
    """Whether `w` is the plan of something else that has its own share of it (完成年度目标5万人的104.6%), where
    percentage `i` is a share of a plan that is not told: every task has its own."""
    return bool(speaks_of_plan(view, i, w)) and any(
        c.type == "share"
        and c.operands[-2] == w
        and c.operands[-1] == w + 1 != i
        and part not in c.operands
        and view.likeness(c.operands[0], part) < 0.6
        and view.trial("share", c.operands)
        for c in view.claims
    )


def beside(view: View, i: int) -> list[tuple[int, int]]:
    """The other percentages around that are shares, with the level right before each, its part."""
    found = []
    for k in range(max(1, i - 16), min(view.count, i + 10)):
        said = view.statements[k]
        if k == i or said is None or said.predicate not in ("share", "rate") or view.figures[k].unit != "%":
            continue
        near = next((j for j in range(k - 1, max(-1, k - 4), -1) if view.level[j]), None)
        if near is not None and near != i and not is_said_whole(view, near, k) and len(view.between(near, k)) < 24:
            found.append((k, near))
    return found


def _is_mean(view: View, i: int) -> bool:
    """Whether figure `i` is an amount per head."""
    return view.said[i].predicate == "average" or "人均" in view.metrics[i]


class _Around(NamedTuple):
    i: int
    part: int
    object_: str
    topic: str
    siblings: dict[int, bool]
    lists: set[int]
    totals: set[int]
    summed: set[int]
    rate: bool
    parts: set[int]
    names: tuple[str, ...]


def _score(view: View, w: int, around: _Around) -> tuple[float, str]:
    i, part = around.i, around.part
    same = view.figures[w].sentence == view.figures[part].sentence
    score, by = 0.0, "near"
    if not view.is_cell(w) and view.opens_paragraph(w):
        score += 0.5  # the first of its paragraph
    if view.periods[w] == view.periods[part]:
        score, by = 1.0, "sentence" if w < part else "behind"
        if w < part and same:
            score += 2 if around.rate and len(view.between(w, part)) < 24 else 0.5
    elif view.paragraphs[w] == view.paragraphs[part]:
        score, by = (0.8, "before") if view.periods[w] == view.periods[part] - 1 else (0.5, "near")
    if w > i:
        score -= 2
    of_which = w < part and "其中" in view.between(w, part)
    if of_which:
        lone = not any(view.alike(j, part) and view.level[j] for j in range(w + 1, part))
        score += 2 if w == part - 1 and same else 1 if lone else 0.5
    if _is_listed(view, w) and not of_which:
        score -= 1
    if w + 1 < view.count and w + 1 != i and view.said[w + 1].of_previous and view.figures[w + 1].unit == "%":
        score -= 1.5  # 相当于年度计划108亿元的89.5%: the whole of another share
    if w in around.parts and not of_which:
        score -= 1  # a part beside this one
    if w in around.siblings and not (around.rate and not around.object_):
        score, by = score + (1.5 if around.siblings[w] else 0.7), "sibling"
    if w in around.lists and not around.rate:
        score, by = score + 2, "list"
    if around.object_:
        match = 1.0 if speaks_of_plan(view, i, w) else likeness(_bare(around.object_), view.metrics[w])
        own = view.metrics[w].removeprefix(view.figures[w].scope or "")
        if match < 1 and _plainly(_bare(around.object_)) == _plainly(own):
            match = 1.0
        score += 3 * match
        by = "named" if match >= 0.6 else by
        if view.metrics[w] == _bare(around.object_):
            score += 0.5  # 占全市进口的: 进口265.7亿元 rather than 铁矿砂进口212.8亿元
        if w in around.totals and w not in around.summed and re.search("[总全]", around.object_):
            score += 2  # 占项目总数的
    if around.topic and (match := likeness(around.topic, view.metrics[w])) >= 0.6:
        score, by = score + 3 * match, "topic"
    if _is_topic(view, w, part):
        score, by = score + 3, "said"
    if around.rate and view.periods[w] == view.periods[i] and _of_plan(view, i) and is_plan(view, w):
        score, by = score + 4, "known"
    named = around.names and not _is_listed(view, w)
    if named and (called(view, w, around.names, behind=True) or _whole_by_name(view, w, around)):
        score, by = score + 4, "known"
    if is_said_whole(view, w, i) or (is_reckoned(view, w) and view.periods[w] == view.periods[i]):
        score, by = score + 5, "said"
    return score, by


def _of_plan(view: View, i: int) -> bool:
    """Whether percentage `i` tells how much of a plan is done."""
    return view.said[i].before.rstrip("为達达到是").endswith(("完成率", "进度", "進度"))


def _whole_by_name(view: View, w: int, around: _Around) -> bool:
    """Whether figure `w` is called like the part but for the word that makes it one (小微不良贷款: 小微贷款)."""
    name = view.metrics[around.part]
    word = next((n for n in ratio(view, around.i)[0] if n in name and not name.endswith(n)), None)
    rest = name.replace(word, "", 1).removesuffix("余额") if word is not None else ""
    return len(rest) >= 4 and rest == view.metrics[w].removesuffix("余额")


_TOPIC = lazy_pattern(
    r"(?:^|[。；;，,：:])(?P<topic>[^，,。；;、：:]{2,16}?)(?:当中|之中|里面|中|里)(?:[，,]|(?=[已有尚完实]))"
)


_ALL_OF_IT = lazy_pattern("^(?:全部|全市|全县|全省|所有|整个)|(?:总数|总量|总额|合计)$")


def _bare(name: str) -> str:
    """The name of a whole without what only says that it is all of it (床位总数, 游客总量)."""
    return _ALL_OF_IT.sub("", name) or name


_SYNONYMS = {name: synonyms[0] for synonyms in map(words, toml("ratios")["synonyms"]["names"]) for name in synonyms[1:]}
_TWICE = lazy_pattern(r"(.{3,10})\1")
_OTHERWISE = lazy_pattern(alternatives(_SYNONYMS))


def _plainly(name: str) -> str:
    """The name with the usual word for what goes by several, once (外贸, 货物贸易进出口: 进出口)."""
    return _TWICE.sub(r"\1", _OTHERWISE.sub(lambda m: _SYNONYMS[m.group()], name))


def topic_of(view: View, i: int, part: int) -> str:
    """What the sentence says that its figures are parts of (随迁子女中，…)."""
    at = view.figures[part].at
    start = max(0, view.article.sentences[view.figures[part].sentence].start - 1, at - FAR_BACK)
    found = list(_TOPIC.finditer(view.text, start, at))
    return found[-1]["topic"] if found and not re.search("[0-9０-９]", found[-1]["topic"]) else ""


_AMONG = lazy_pattern("[^，,。；;]{0,12}(?:当中|之中|中|里)(?:[，,]|(?=[已有尚]))")


def _is_topic(view: View, w: int, part: int) -> bool:
    """Whether figure `w` counts what the clause says that its figures are parts of (36个行业大类中，有25个…)."""
    return w == part - 1 and _AMONG.match(view.between(w, part)) is not None


def _is_listed(view: View, w: int) -> bool:
    """Whether figure `w` is a member of a plain list (分别为3.12亿元、11.45亿元、141.25亿元)."""
    return any(
        a >= 0
        and b < view.count
        and view.level[a]
        and view.level[b]
        and view.alike(a, b)
        and view.between(a, b) in "、和及"
        for a, b in ((w - 1, w), (w, w + 1))
    )


def _list_totals(view: View, part: int) -> set[int]:
    """What the part and the other members of its list add up to."""
    sums = [c.operands for c in view.claims if c.type == "sum" and not c.implied and part in c.operands[:-1]]
    return {operands[-1] for operands in sums if view.trial("sum", operands)}


def _sibling_wholes(view: View, i: int, part: int) -> dict[int, bool]:
    """The wholes of the shares around in the paragraph, and whether one of them stands in the same full sentence."""
    found: dict[int, bool] = {}
    for c in view.claims:
        if c.type != "share" or c.operands[-1] == i or abs(c.operands[-1] - i) > 12 or c.operands[-2] == part:
            continue
        if view.paragraphs[c.operands[-1]] == view.paragraphs[i] and view.trial("share", c.operands):
            same = view.periods[c.operands[-1]] == view.periods[i]
            found[c.operands[-2]] = found.get(c.operands[-2], False) or same
    return found
