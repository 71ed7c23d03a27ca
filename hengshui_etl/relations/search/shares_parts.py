"""Which levels a percentage may be the share of, whatever their values are.

Belongs here: the part that the words of a share mean, by words, unit, period and nearness only. Does not belong here:
its whole (shares_wholes.py), whether they fit, and what is accused (shares_meant.py).
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.view import View, shared_characters
from hengshui_etl.vocab import toml, words

SHARES = ("占比", "比重", "份额")
_LISTED = lazy_pattern("分别|依次|先后|各占|各自")


# 在368.2亿元的税收总额中占72.9%: what stands between a whole and its percentage
_WITHIN = lazy_pattern(r"的?[^，,。；;%％]{0,16}?(?:中|里|内)的?[^，,。；;]{0,6}?(?:占|比重|份额)[^，,。；;]{0,6}$")
_IN = lazy_pattern(
    r"(?:^|(?<=[^\W\d_a-zA-Z]))在(?P<whole>[^\W\d_a-zA-Z]{2,14})(?:当中|中|里|内)(?:占|所占|的?占比|的?比重)[^，,。；;]{0,4}$"
)
_PLANNED = lazy_pattern("(?:计划|任务|目标|预算)(?:任务|目标|数|量|额)?[为是的]?(?:全年)?$")
_BESIDES = lazy_pattern(r"的?[^，,。；;%％]{0,14}(?:相比|之比|来算)[，,][^，,。；;]{0,10}$")
_RECKONED = lazy_pattern(r"[^，,。；;]{0,12}(?:计算|测算|计|核算)(?:的|，|,|$)")
_TURNED = words(toml("ratios")["wording"]["turned"])
_COMPOSED = words(toml("ratios")["wording"]["composed"])
_ALONE = lazy_pattern(r"一(?:家|项|类|種|种|地|县|款|国|省|市)$")  # 瘦西湖一家占了61.4%
_PAIR = lazy_pattern(r"[前后後]者")
_CLASS = lazy_pattern(r"[^，,。；;、：:（）()]{0,12}(?:占比?|比重|比例)[^，,。；;、：:（）()]{0,8}")
_BY = lazy_pattern(r"(?:按|以|按照|依)[^，,。；;、]{0,10}$")
_RATIOS = {
    name: (words(ratio["part"]), words(ratio["whole"]))
    for ratio in toml("ratios")["ratio"]
    for name in words(ratio["name"])
}


def parts_meant(view: View, i: int) -> list[int]:
    """The levels whose share figure `i` may be, the likeliest first; of its full sentence."""
    said = view.said[i]
    if of_class(view, i):
        return []
    if _LISTED.search(said.before) or in_row(view, i) or (i + 1 < view.count and in_row(view, i + 1)):
        listed = _listed_part(view, i)
        if listed is not None or in_row(view, i) or (i + 1 < view.count and in_row(view, i + 1)):
            return [] if listed is None else [listed]
    found = []
    for j in range(i - 1, max(-1, i - 12), -1):
        if view.periods[j] < view.periods[i] - 1 or view.paragraphs[j] != view.paragraphs[i]:
            break
        said_so = view.said[j].base or view.said[j].of_previous
        if view.level[j] and not said_so and not view.titled(j) and not is_name(view, j):
            found.append(j)
    found = [j for j in found if not is_said_whole(view, j, i) and not is_reckoned(view, j)]
    if (pair := _of_pair(view, i, found)) is not None:
        return [pair]
    if view.said[i].word in ("完成率", "进度") or view.said[i].before.rstrip("为達达到是").endswith(
        ("完成率", "进度", "進度")
    ):
        done = [j for j in found if not is_plan(view, j)]
        found = done if 0 < len(done) < len(found) else found  # 新增就业2430人，目标任务为2200人，完成率110.5%
    names, wholes = ratio(view, i)
    so_called = [j for j in found if names and called(view, j, names)]
    if len(so_called) > 1:  # 总规模30000人，112468人提交申请，中签率: what is said to be the whole is no part
        so_called = [j for j in so_called if not any(w in view.said[j].behind for w in wholes)] or so_called
    if names and not so_called:
        far = range(i - 1, max(-1, i - 24), -1)
        so_called = [
            j
            for j in far
            if view.paragraphs[j] == view.paragraphs[i]
            and view.level[j]
            and not view.said[j].base
            and called(view, j, names)
        ]
    if so_called:
        return so_called[:1]
    if i and is_reckoned(view, i - 1):  # 粗钢产量421.6万吨，…按460万吨粗钢产能计算: the part that is named like it
        name = view.between(i - 1, i).split("计算")[0].split("测算")[0].split("，")[0]
        found.sort(key=lambda j: -shared_characters(name, view.metrics[j]) if name else 0.0)
        return [j for j in found if view.periods[j] == view.periods[i]][:1]
    own = [j for j in found if view.periods[j] == view.periods[i]]
    subject = _own_subject(view, i)
    if subject:
        named = [
            j
            for j in found
            if shared_characters(subject, view.metrics[j]) >= 0.8 and f"非{subject}" not in view.metrics[j]
        ]
        named = named or [j for j in found if subject in view.text[view.figures[j].at - 16 : view.figures[j].at]]
        if len(subject) >= 6 and not named:  # 首要问题农兽药残留的占比
            named = [j for j in found if subject[-4:] in view.text[view.figures[j].at - 16 : view.figures[j].at]]
        named = named or [j for j in own if subject == f"{view.figures[j].unit}数"][:1]
        named.sort(key=lambda j: -likeness(subject, view.metrics[j]))
        if named:
            return [*named[:1], *(j for j in own if j != named[0])]
        rate = said.predicate == "rate" and said.word not in SHARES
        return own[:1] if rate and own and view.figures[own[0]].sentence == view.figures[i].sentence else []
    return own[:3]


def is_plan(view: View, i: int) -> bool:
    """Whether figure `i` is called a plan or task by the words right before it."""
    return _PLANNED.search(view.said[i].before) is not None


def says_share(view: View, i: int) -> bool:
    """Whether percentage `i` is a share or rate by its own words or by those of the percentage right before it."""
    if view.said[i].predicate in ("share", "rate"):
        return True
    first = i
    while first and in_row(view, first) and not view.is_cell(first - 1):
        first -= 1
    if view.said[first].predicate in ("share", "rate") and "贡献" not in view.said[first].before:
        return True
    if first and view.figures[first - 1].unit == "%" and _is_share_before(view, first - 1):
        behind = view.between(first - 1, first).lstrip("，,、；;")
        return len(behind) < 8 and behind.startswith(_TURNED)
    before = view.text[max(0, view.figures[first].at - 6) : view.figures[first].at]
    return before.endswith(_COMPOSED)


def _is_share_before(view: View, i: int) -> bool:
    said = view.said[i]
    return said.predicate in ("share", "rate") or any(f"{word}由" in said.before for word in SHARES)


def _own_subject(view: View, i: int) -> str:
    """What a percentage is said of in its own clause, unless the clause names only its whole (在…税收总额中占)."""
    said = view.said[i]
    if i and is_said_whole(view, i - 1, i) and not said.of_previous:
        return view.said[i - 1].before.partition("在")[0]
    if within(view, i):
        return said.before.partition("在")[0]
    return "" if said.subject in ("所", "其", "约") else _ALONE.sub("", said.subject)


def within(view: View, i: int) -> str:
    """What percentage `i` is said to be a share of by 在…中 (在全省外贸中占15.7%); none where it is said otherwise."""
    told = _IN.search(view.said[i].before)
    return told["whole"] if told is not None else ""


def ratio(view: View, i: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words that part and whole of a known rate go by; none where the rate is not known."""
    said = view.said[i]
    if said.predicate != "rate":
        return (), ()
    label = said.before[: said.before.rfind(said.word) + len(said.word)].split("（")[0].split("(")[0]
    name = max((n for n in _RATIOS if label.endswith(n)), key=len, default=None)
    return _RATIOS[name] if name else ((), ())


def called(view: View, i: int, names: tuple[str, ...], *, behind: bool = False) -> bool:
    """Whether figure `i` goes by one of these words, in its name or right before it."""
    metric, before = view.metrics[i], view.said[i].before
    said = re.split("[，,、；;。]", view.text[view.figures[i].till : view.figures[i].till + 6], maxsplit=1)[0]
    if behind and any(n in said for n in names):
        return True
    return any((n in metric and len(metric) <= len(n) + 7) or n in before[-len(n) - 6 :] for n in names)


def is_said_whole(view: View, w: int, i: int) -> bool:
    """Whether the words say that figure `w`, right before the percentage `i`, is what it is a share of."""
    return w == i - 1 and (
        view.said[i].of_previous
        or ("占" in view.text[view.figures[w].at - 20 : view.figures[w].at] and view.said[w].bracketed)
        or _WITHIN.match(view.between(w, i)) is not None
        or _BESIDES.match(view.between(w, i)) is not None
    )


def is_reckoned(view: View, w: int) -> bool:
    """Whether figure `w` is what is reckoned with (按460万吨产能计算)."""
    at, till = view.figures[w].at, view.figures[w].till
    return _BY.search(view.text, max(0, at - 14), at) is not None and _RECKONED.match(view.text, till) is not None


def in_row(view: View, i: int) -> bool:
    """Whether figure `i` is a percentage that follows right on another (25.5%、72.8%和1.6%)."""
    ratios = ("%", "百分点")
    one, other = view.figures[i - 1].unit, view.figures[i].unit
    return i > 0 and (one == other or (one in ratios and other in ratios)) and len(view.between(i - 1, i)) <= 1


def run_of_ratios(view: View, i: int) -> tuple[int, int]:
    """The first and the last of the percentages that follow right on one another around figure `i`."""
    first = last = i
    while in_row(view, first) and not view.is_cell(first - 1):
        first -= 1
    while last + 1 < view.count and in_row(view, last + 1):
        last += 1
    return first, last


def _listed_part(view: View, i: int) -> int | None:
    """The k-th level of the list before a list of percentages for the k-th percentage."""
    first, last = run_of_ratios(view, i)
    size = last - first + 1
    levels = [
        j
        for j in range(first - 1, max(-1, first - 30), -1)
        if view.level[j]
        and not view.said[j].base
        and not is_name(view, j)
        and view.periods[j] >= view.periods[i] - 1
        and not (view.said[j].of_previous or view.titled(j))
        and not (view.values[j] == size and view.figures[j].kind == "count")  # 五大板块…占比依次是
    ]
    if size < 2 or not levels:
        return None
    own = [j for j in levels if view.figures[j].unit == view.figures[levels[0]].unit][:size]
    return own[::-1][i - first] if len(own) == size else None


def likeness(a: str, b: str) -> float:
    """How much two names have in common, against their mean length but for what stands in front of the shorter."""
    if not a or not b:
        return 0.0
    short, long = sorted((a, b), key=len)
    if long.endswith(short):
        return 1.0
    common = sum(c in long for c in short)
    return 0.7 * common / len(short) + 0.3 * common / len(long)


def is_name(view: View, i: int) -> bool:
    """Whether figure `i` is no amount but part of a name (60岁及以上人口, 90平方米以下247套)."""
    figure = view.figures[i]
    if figure.high is not None or figure.unit in ("岁", "周岁", "歲"):
        return True
    if figure.bound == "exact" or i + 1 >= view.count or view.figures[i + 1].unit == figure.unit:
        return False
    gap = view.between(i, i + 1)
    return len(gap) <= (7 if gap.startswith("的") else 2) and re.search("[，,、；;。]", gap) is None


def of_class(view: View, i: int) -> bool:
    """Whether percentage `i` is told of a class with a number in its name, of which no count is told (党员8.6万人，
    18至35岁占58%)."""
    return i > 0 and is_name(view, i - 1) and _CLASS.fullmatch(view.between(i - 1, i)) is not None


def beside_in_list(view: View, i: int, part: int) -> frozenset[int]:
    """The other parts where `part` is one of a list of levels that a list of percentages tells one by one."""
    if not (in_row(view, i) or (i + 1 < view.count and in_row(view, i + 1))):
        return frozenset()
    row = [k for k in range(max(0, i - 9), min(view.count, i + 10)) if _one_row(view, i, k)]
    return frozenset(p for k in row if (p := _listed_part(view, k)) is not None and p != part)


def _one_row(view: View, i: int, k: int) -> bool:
    first, last = sorted((i, k))
    return all(in_row(view, j) for j in range(first + 1, last + 1))


def _of_pair(view: View, i: int, found: list[int]) -> int | None:
    """The first or second of the pair of levels before, for 前者 or 后者."""
    start = view.figures[i - 1].till if i else 0
    word = _PAIR.search(view.text, start, view.figures[i].at)
    if word is None or len(found) < 2 or not view.alike(found[0], found[1]) or found[0] - found[1] > 1:
        return None
    return found[1] if word[0] == "前者" else found[0]
