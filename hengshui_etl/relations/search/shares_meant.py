"""Which part and which whole the words of a share mean, whatever their values are.

Belongs here: order by words, unit, period and nearness only, so that a misprinted part or whole is still the one that
is meant. Does not belong here: whether they fit, and what is accused (shares_failing.py).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hengshui_etl.records import RelationType
from hengshui_etl.relations.search.share_candidates import FAR, TOGETHER
from hengshui_etl.relations.search.view import View, shared_characters
from hengshui_etl.vocab import toml, words

_SHARES = ("占比", "比重", "份额")
_LISTED = re.compile("分别|依次|先后|各占|各自")


# 在368.2亿元的税收总额中占72.9%: what stands between a whole and its percentage
_WITHIN = re.compile(r"的?[^，,。；;%％]{0,16}?(?:中|里|内)的?[^，,。；;]{0,6}?(?:占|比重|份额)[^，,。；;]{0,6}$")
_BESIDES = re.compile(r"的?[^，,。；;%％]{0,14}(?:相比|之比|来算)[，,][^，,。；;]{0,10}$")
_RECKONED = re.compile(r"[^，,。；;]{0,12}(?:计算|测算|计|核算)(?:的|，|,|$)")
_BY = re.compile(r"(?:按|以|按照|依)[^，,。；;、]{0,10}$")
_RATIOS = {
    name: (words(ratio["part"]), words(ratio["whole"]))
    for ratio in toml("ratios")["ratio"]
    for name in words(ratio["name"])
}


class Meant(NamedTuple):
    """A whole that the words may mean, and by what: `named` like it, the `sibling`'s, of the `list` around the part,
    in the `sentence`, in the sentence `before`, or merely `near`."""

    whole: int
    by: str
    score: float


def parts_meant(view: View, i: int) -> list[int]:
    """The levels whose share figure `i` may be, the likeliest first; of its full sentence."""
    said = view.said[i]
    if _LISTED.search(said.before) or _in_row(view, i):
        listed = _listed_part(view, i)
        if listed is not None or _in_row(view, i) or (i + 1 < view.count and _in_row(view, i + 1)):
            return [] if listed is None else [listed]
    found = []
    for j in range(i - 1, max(-1, i - 12), -1):
        if view.periods[j] < view.periods[i] - 1 or view.paragraphs[j] != view.paragraphs[i]:
            break
        if view.level[j] and not view.said[j].base and not view.titled(j) and not view.said[j].of_previous:
            found.append(j)
    found = [j for j in found if not _is_said_whole(view, j, i) and not _is_reckoned(view, j)]
    names = _ratio(view, i)[0]
    called = [j for j in found if names and _called(view, j, names)]
    if called:
        return called[:1]
    if i and _is_reckoned(view, i - 1):  # 粗钢产量421.6万吨，…按460万吨粗钢产能计算: the part that is named like it
        name = view.between(i - 1, i).split("计算")[0].split("测算")[0].split("，")[0]
        found.sort(key=lambda j: -shared_characters(name, view.metrics[j]) if name else 0.0)
        return [j for j in found if view.periods[j] == view.periods[i]][:1]
    own = [j for j in found if view.periods[j] == view.periods[i]]
    subject = _own_subject(view, i)
    if subject:
        named = [j for j in found if shared_characters(subject, view.metrics[j]) >= 0.8]
        named.sort(key=lambda j: -_likeness(subject, view.metrics[j]))
        if named:
            return [*named[:1], *(j for j in own if j != named[0])]
        rate = said.predicate == "rate" and said.word not in _SHARES
        return own[:1] if rate and own and view.figures[own[0]].sentence == view.figures[i].sentence else []
    return own[:3]


def _own_subject(view: View, i: int) -> str:
    """What a percentage is said of in its own clause, unless the clause names only its whole (在…税收总额中占)."""
    said = view.said[i]
    if i and _is_said_whole(view, i - 1, i) and not said.of_previous:
        return view.said[i - 1].before.partition("在")[0]
    return "" if said.subject in ("所", "其", "约") else said.subject


def _ratio(view: View, i: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that part and whole of a known rate go by; none where the rate is not known."""
    said = view.said[i]
    if said.predicate != "rate":
        return (), ()
    label = said.before[: said.before.rfind(said.word) + len(said.word)].split("（")[0].split("(")[0]
    name = max((n for n in _RATIOS if label.endswith(n)), key=len, default=None)
    return _RATIOS[name] if name else ((), ())


def _called(view: View, i: int, names: tuple[str, ...]) -> bool:
    """Whether figure `i` goes by one of these words, in its name or right before it."""
    metric, before = view.metrics[i], view.said[i].before
    return any((n in metric and len(metric) <= len(n) + 7) or n in before[-len(n) - 6 :] for n in names)


def _is_said_whole(view: View, w: int, i: int) -> bool:
    """Whether the words say that figure `w`, right before the percentage `i`, is what it is a share of."""
    return w == i - 1 and (
        view.said[i].of_previous
        or ("占" in view.text[view.figures[w].at - 20 : view.figures[w].at] and view.said[w].bracketed)
        or _WITHIN.match(view.between(w, i)) is not None
        or _BESIDES.match(view.between(w, i)) is not None
    )


_PLAN = re.compile("计划|任务|目标|(?:年度|全年|年初|调整|年|月)预算")


def speaks_of_plan(view: View, i: int, w: int) -> bool | None:
    """Whether figure `w` is a plan, if the percentage `i` is a share of a plan; None if it is of something else."""
    if _PLAN.search(view.said[i].object) is None:
        return None
    return _PLAN.search(view.metrics[w]) is not None or _PLAN.search(view.said[w].before) is not None


def _is_reckoned(view: View, w: int) -> bool:
    """Whether figure `w` is what is reckoned with (按460万吨产能计算)."""
    at, till = view.figures[w].at, view.figures[w].till
    return _BY.search(view.text, max(0, at - 14), at) is not None and _RECKONED.match(view.text, till) is not None


def _in_row(view: View, i: int) -> bool:
    """Whether figure `i` is a percentage that follows right on another (25.5%、72.8%和1.6%)."""
    ratios = ("%", "百分点")
    one, other = view.figures[i - 1].unit, view.figures[i].unit
    return i > 0 and (one == other or (one in ratios and other in ratios)) and len(view.between(i - 1, i)) <= 1


def _listed_part(view: View, i: int) -> int | None:
    """The k-th level of the list before a list of percentages for the k-th percentage."""
    first = last = i
    while _in_row(view, first) and not view.is_cell(first - 1):
        first -= 1
    while last + 1 < view.count and _in_row(view, last + 1):
        last += 1
    size = last - first + 1
    levels = [
        j
        for j in range(first - 1, max(-1, first - 30), -1)
        if view.level[j] and not view.said[j].base and view.periods[j] >= view.periods[i] - 1
    ]
    if size < 2 or not levels:
        return None
    own = [j for j in levels if view.figures[j].unit == view.figures[levels[0]].unit][:size]
    return own[::-1][i - first] if len(own) == size else None


def wholes_meant(view: View, i: int, part: int) -> list[Meant]:
    """The levels that may be the whole of `part` for the percentage `i`, the likeliest first."""
    topic = _topic(view, i, part)
    around = _Around(
        i, part, view.said[i].object, topic, _sibling_wholes(view, i, part),
        _list_totals(view, part),
        view.said[i].predicate == "rate" and view.said[i].word not in _SHARES,
        {p for _, p in _beside(view, i)},
        _ratio(view, i)[1],
    )  # fmt: skip
    ranked: list[tuple[float, int, Meant]] = []
    for w in range(view.count):
        if view.figures[w].sentence > view.figures[i].sentence:
            break
        if w in (part, i) or not view.alike(w, part) or not (view.level[w] or view.is_cell(w)) or view.titled(w):
            continue
        statement = view.said[w]
        if statement.predicate == "average" and not around.names and not _is_mean(view, part):
            continue
        if (statement.base or statement.bracketed) and w != i - 1:
            continue
        score, by = _score(view, w, around)
        ranked.append((-score, abs(part - w), Meant(w, by, score)))
    ranked.sort()
    return [m for _, _, m in ranked]


def _beside(view: View, i: int) -> list[tuple[int, int]]:
    """The other percentages around that are shares, with the level right before each, its part."""
    found = []
    for k in range(max(1, i - 16), min(view.count, i + 10)):
        said = view.statements[k]
        if k == i or said is None or said.predicate not in ("share", "rate") or view.figures[k].unit != "%":
            continue
        near = next((j for j in range(k - 1, max(-1, k - 4), -1) if view.level[j]), None)
        if near is not None and near != i and not _is_said_whole(view, near, k) and len(view.between(near, k)) < 24:
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
    siblings: list[int]
    lists: set[int]
    rate: bool
    parts: set[int]
    names: tuple[str, ...]


def _score(view: View, w: int, around: _Around) -> tuple[float, str]:
    i, part = around.i, around.part
    same = view.figures[w].sentence == view.figures[part].sentence
    score, by = 0.0, "near"
    if w > i:
        score -= 3
    above = range(max(0, w - 12), w)
    if not any(view.level[j] and view.alike(j, w) and view.paragraphs[j] == view.paragraphs[w] for j in above):
        score += 0.5  # the first of its paragraph
    if view.periods[w] == view.periods[part]:
        score, by = 1.0, "sentence" if w < part else "behind"
        if w < part and same:
            score += 2 if around.rate and len(view.between(w, part)) < 24 else 0.5
    elif view.paragraphs[w] == view.paragraphs[part]:
        score, by = (0.8, "before") if view.periods[w] == view.periods[part] - 1 else (0.5, "near")
    of_which = w < part and "其中" in view.between(w, part)
    if of_which:
        score += 1 if not any(view.alike(j, part) and view.level[j] for j in range(w + 1, part)) else 0.5
    if _is_listed(view, w) and not of_which:
        score -= 1
    if w in around.parts and not of_which:
        score -= 1  # a part beside this one
    if w in around.siblings and not (around.rate and not around.object_):
        score, by = score + 1.5, "sibling"
    if w in around.lists and not around.rate:
        score, by = score + 2, "list"
    if around.object_:
        match = 1.0 if speaks_of_plan(view, i, w) else _likeness(_bare(around.object_), view.metrics[w])
        score += 3 * match
        by = "named" if match >= 0.6 else by
    if around.topic and (match := _likeness(around.topic, view.metrics[w])) >= 0.6:
        score, by = score + 3 * match, "topic"
    if _is_topic(view, w, part):
        score, by = score + 3, "said"
    if around.names and _called(view, w, around.names) and not _is_listed(view, w):
        score, by = score + 4, "known"
    if _is_said_whole(view, w, i) or (_is_reckoned(view, w) and view.periods[w] == view.periods[i]):
        score, by = score + 5, "said"
    return score, by


_TOPIC = re.compile(
    r"(?:^|[。；;，,：:])(?P<topic>[^，,。；;、：:]{2,16}?)(?:当中|之中|里面|中|里)(?:[，,]|(?=[已有尚完实]))"
)


def _bare(name: str) -> str:
    """The name of a whole without what only says that it is all of it (床位总数, 游客总量)."""
    return re.sub("^(?:全部|全市|全县|全省|所有|整个)|(?:总数|总量|总额|合计)$", "", name) or name


def _topic(view: View, i: int, part: int) -> str:
    """What the sentence says that its figures are parts of (随迁子女中，…)."""
    start = view.article.sentences[view.figures[part].sentence].start
    found = list(_TOPIC.finditer(view.text, max(0, start - 1), view.figures[part].at))
    return found[-1]["topic"] if found and not re.search("[0-9０-９]", found[-1]["topic"]) else ""


def _is_topic(view: View, w: int, part: int) -> bool:
    """Whether figure `w` counts what the clause says that its figures are parts of (36个行业大类中，有25个…)."""
    behind = view.between(w, part) if w == part - 1 else ""
    return re.match("[^，,。；;]{0,12}(?:当中|之中|中|里)(?:[，,]|(?=[已有尚]))", behind) is not None


def _likeness(a: str, b: str) -> float:
    """How much two names have in common, against their mean length but for what stands in front of the shorter."""
    if not a or not b:
        return 0.0
    short, long = sorted((a, b), key=len)
    if long.endswith(short):
        return 1.0
    common = sum(c in long for c in short)
    return 0.7 * common / len(short) + 0.3 * common / len(long)


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


def _sibling_wholes(view: View, i: int, part: int) -> list[int]:
    """The wholes of the shares around in the paragraph, the nearest first."""
    near = [
        (abs(c.operands[-1] - i), c.operands[-2])
        for c in view.claims
        if c.type == "share"
        and c.operands[-1] != i
        and abs(c.operands[-1] - i) <= 12
        and view.paragraphs[c.operands[-1]] == view.paragraphs[i]
        and view.trial("share", c.operands)
    ]
    return list(dict.fromkeys(w for _, w in sorted(near) if w != part))


_OPEN: tuple[RelationType, ...] = ("share", "sum", "restatement", "growth", "difference", "multiple", "conversion")


def find_shares_that_miss_what_is_meant(view: View) -> None:
    """The shares left over whose words mean a part and a whole that do not fit, where one slip explains it."""
    for i in range(view.count):
        if is_open(view, i) and (meant := meant_but_failing(view, i)) is not None:
            view.retract("feasible_share", i)
            view.claim("share", (*meant, i), view.said[i].word or "占")


def meant_but_failing(view: View, i: int) -> tuple[int, int] | None:
    """The part and the whole that the words of a share mean if they do not fit, and one slip explains it."""
    parts = parts_meant(view, i)
    if not parts or view.figures[parts[0]].bound != "exact" or view.values[i] in (0, 100):
        return None
    part, wholes = parts[0], wholes_meant(view, i, parts[0])
    used = any(c.type == "share" and part in c.operands[:-2] and view.trial("share", c.operands) for c in view.claims)
    for m in wholes[:2]:
        if wholes[0].score - m.score > 1 or view.trial("share", (part, m.whole, i)):
            return None
        if view.figures[m.whole].bound != "exact" or not is_sure(view, i, part, m, used):
            continue
        if view.slip("share", (part, m.whole, i), "garbled") and not _denied(view, i, m):
            return part, m.whole
    return None


def means_another(view: View, i: int, part: int, whole: int) -> bool:
    """Whether the words plainly mean another part or whole than these, which only fit by chance."""
    parts = parts_meant(view, i)
    if not parts:
        return False
    wholes = wholes_meant(view, i, parts[0])
    if not wholes or (part, whole) == (parts[0], wholes[0].whole) or view.values[whole] == view.values[wholes[0].whole]:
        return False
    best = wholes[0]
    plain = best.by in ("said", "known") or (best.by == "sentence" and best.score >= 3)
    return plain and meant_but_failing(view, i) == (parts[0], best.whole)


def _denied(view: View, i: int, m: Meant) -> bool:
    """Whether the shares around, which would have the same whole, do not fit it either, so that it is not meant."""
    if m.by in ("said", "named", "known", "topic"):
        return False
    others = [
        (p, k) for k, p in _beside(view, i) if not view.said[k].object and view.alike(p, m.whole) and p != m.whole
    ]
    if not others or any(view.trial("share", (p, m.whole, k)) for p, k in others):
        return False
    return not all(view.slip("share", (p, m.whole, k), "garbled", only=m.whole) for p, k in others)


_ANY = frozenset("全市县区省总数量额计体部的业整项")


def is_sure(view: View, i: int, part: int, m: Meant, used: bool) -> bool:
    """Whether the words speak clearly enough for this whole to accuse."""
    said = view.said[i]
    if m.by in ("said", "topic"):
        return True
    if used and m.by != "named":
        return False  # the part has its share already
    if said.object and not set(said.object) <= _ANY and m.by not in ("named", "sibling", "list"):
        return False
    if _topic(view, i, part) and m.by not in ("sibling", "list", "known", "named"):
        return False
    if said.predicate == "rate" and said.word not in _SHARES and m.by == "sentence":
        return m.score >= 2.5
    return m.by != "behind" and m.score >= (1.0 if m.by == "near" else 0.8)


def find_shares_printed_in_points(view: View) -> None:
    """`占43.2个百分点`: a share that holds if its percentage points are read as per cent."""
    for i, figure in enumerate(view.figures):
        said = view.statements[i]
        if figure.kind != "percentage_point" or said is None or said.predicate not in ("share", "rate"):
            continue
        if figure.direction is not None or view.is_result(i, *_OPEN, "difference"):
            continue
        for part in parts_meant(view, i)[:2]:
            for m in wholes_meant(view, i, part)[:3] if view.digits(i) > 1 else ():
                if view.trial("share", (part, m.whole, i)) is False:  # the number is right, the unit is not
                    view.claim("share", (part, m.whole, i), said.word or "占")
                    break


def contributes(view: View, i: int) -> bool:
    """Whether a list of contributions to growth runs through figure `i` (贡献率依次为26.2%、25.3%和48.5%)."""
    while i and _in_row(view, i):
        i -= 1
    return "贡献" in view.said[i].before


def is_open(view: View, i: int, *, together: bool = False) -> bool:
    """Whether figure `i` is an exact share or rate of its own for which no relation has been found."""
    figure, statement = view.figures[i], view.said[i]
    if figure.unit != "%" or figure.high is not None or figure.bound != "exact" or figure.direction is not None:
        return False
    if statement.predicate not in ("share", "rate") or view.is_result(i, *_OPEN):
        return False
    if not together and (TOGETHER.search(statement.before) or contributes(view, i)):
        return False
    return not (statement.predicate == "share" and FAR.search(statement.before[statement.before.rfind("占") :]))
