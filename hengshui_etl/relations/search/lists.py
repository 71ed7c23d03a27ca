"""Which list a whole is said to consist of, by the words alone: no number is added up here.

Belongs here: reading `1358座水库中，大型3座、中型26座、…` as whole and parts, by unit, cue, punctuation, labels. Does
not belong here: whether the parts add up, and who is accused if they do not (sums_worded.py).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.sum_evidence import BY, LATTER, MOST_PARTS, NOT_ALL, names_a_partition
from hengshui_etl.relations.search.view import FAR_BACK, View, once
from hengshui_etl.vocab import alternatives, toml

_CUE = lazy_pattern(
    r"(?P<of_which>其中|包括|包含|含|涉及|当中)"
    r"|(?P<made_of>构成|组成|分为|分成|拆成|划分|分别|依次|：|:|[里中内](?=[，,]))"
)
_RANK = {"、": 1, "和": 1, "与": 1, "及": 1, "，": 2, ",": 2, "；": 3, ";": 3, "。": 4, "\n": 5}
_OTHERS = lazy_pattern("其他|其它")
_OTHERS_TOGETHER = lazy_pattern(r"(?:其他|其它|其余)[^，。；、\d]{0,8}合计$")  # the last of a list
_MADE_FROM = lazy_pattern(r"由[^，。；]{0,12}$")
_MADE_UP = lazy_pattern(r"[^。；]{0,60}?(?:构成|组成)")
_BRACKETED = lazy_pattern(r"（[^）]{0,200}）|\([^)]{0,200}\)")
_DIVIDED = lazy_pattern("[，,]其中")
_LISTS = toml("parts")["lists"]
_BREAK = lazy_pattern(
    "其中|包括|同时|此外|另外|上年(?!结转)|去年|同期|累计|共计|合计|总计|总量|总额|平均|人均|目标|计划|预算|任务|顺差|逆差|"
    + alternatives(toml("parts")["overlap"]["union"])
)
_DONE = lazy_pattern(alternatives(_LISTS["done"]))
_STANDARD = lazy_pattern("预算|任务|目标|计划")


class WordedList(NamedTuple):
    """A whole, its parts in reading order, and how the words join them. `cue` is the word before the list (其中, 分别,
    按…分, none), `lead` and `joint` the heaviest punctuation before and between the parts, `tail` the text behind."""

    whole: int
    parts: tuple[int, ...]
    cue: str
    lead: int
    joint: int
    tail: str


@once
def worded_list(view: View, w: int) -> WordedList | None:
    """The list of parts that the words behind figure `w` give it, if any."""
    first = next(
        (
            j
            for j in range(w + 1, min(view.count, w + 12))
            if _is_member(view, j) and not view.said[j].bracketed and view.alike(j, w)
        ),
        None,
    )
    if first is None or view.paragraphs[first] != view.paragraphs[w] or view.periods[first] > view.periods[w] + 1:
        return None
    lead = view.between(w, first)
    divided = _DIVIDED.match(lead) is not None and _DONE.search(lead) is None  # 计划投资28.8亿元，其中中央资金9.2亿元
    if _STANDARD.search(view.said[w].before) and not (divided or _STANDARD.search(view.said[first].before)):
        return None
    clause = lead[lead.rfind("。") + 1 :]
    if (
        len(clause) > 60
        or NOT_ALL.search(clause)
        or (lead.startswith(("、", "和", "与", "及")) and not _beside(view, w, first))
    ):
        return None
    if LATTER.search(lead):
        return None  # 前者71.2万亩，后两者分别为46.8万亩和23.5万亩: beside it, not in it
    found = _CUE.search(clause)
    cue = "by" if BY.search(clause) else found.lastgroup or "" if found else ""
    ends = w and view.alike(w - 1, w) and view.level[w - 1] and view.between(w - 1, w) in ("、", "和", "与", "及")
    if ends and cue != "of_which":
        return None  # 分别为8642起和7488起；其次是…三类，分别为: the last of a list
    own = view.said[first].before
    opening = next((mark for mark in ("其中", "包括") if mark in own), "")
    if _BREAK.search(own[own.find(opening) + len(opening) :]) and "分" not in own:
        return None
    if "。" in lead and not cue:
        return None
    parts = [first]
    joint = 0
    for j in range(first + 1, view.count):
        if view.periods[j] != view.periods[first] or len(parts) >= MOST_PARTS:
            break
        if not (_is_member(view, j) and view.alike(j, first)) or view.said[j].bracketed:
            continue
        gap = _OTHERS_TOGETHER.sub("", view.between(parts[-1], j))
        rank = _heaviest(gap)
        if len(gap) > 60 or _BREAK.search(gap) or not rank or (joint and rank > joint):
            break
        joint = joint or rank
        parts.append(j)
    if len(parts) < 2 or (cue != "of_which" and _runs_on(view, w, parts)):
        return None
    at = view.figures[parts[-1]].till
    return WordedList(w, tuple(parts), cue, _weight(lead), joint, view.text[at : at + 24])


def _beside(view: View, w: int, first: int) -> bool:
    """Whether only what goes with figure `w` follows on it by 、, in a unit of its own (612户、1187人，其中…)."""
    return (
        w + 2 == first and not view.alike(w + 1, w) and re.match(r"[，,；;。]", view.between(w + 1, first)) is not None
    )


def _runs_on(view: View, w: int, parts: list[int]) -> bool:
    """Whether the list is but the next pair of what the whole ends one of (甲出生9人、死亡11人，乙出生6人、死亡7人)."""
    name = view.said[w].before.strip("，,、")
    return len(name) > 1 and any(view.said[p].before.strip("，,、") == name for p in parts)


def _is_member(view: View, j: int) -> bool:
    """Whether figure `j` can be one of a list: a level of its own, also one behind 由 (由甲8人、乙9人构成: no base)."""
    if view.plain(j):
        return True
    if not view.level[j] or not view.said[j].base or view.titled(j) or view.said[j].predicate != "level":
        return False
    figure = view.figures[j]
    return _MADE_FROM.search(view.text, max(0, figure.at - 16), figure.at) is not None and (
        _MADE_UP.match(view.text, figure.till) is not None
    )


def _weight(lead: str) -> int:
    """The heaviest punctuation between a whole and its list; what joins nouns (县（市、区）, 商品和服务) counts not."""
    bare = _BRACKETED.sub("", lead)
    rank = _heaviest(bare)
    return 0 if rank == 1 and "、" not in bare else rank


def _heaviest(text: str) -> int:
    return max((_RANK.get(c, 0) for c in text), default=0)


_COUNTED = lazy_pattern(r"([两二三四五六七八九十])(?:个?(?:部分|方面|类|者|大?块|大板块|大类|项|种|级))")
_NUMERALS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2}
_NOT = lazy_pattern(r"[非不未无]")


def closed_list(view: View, found: WordedList) -> bool:
    """Whether the words say that the parts are all: a known partition, a class and its opposite, the last one 其他,
    as many as are announced, shares beside them that make up a hundred."""
    parts = found.parts
    if names_a_partition(view, parts):
        return True
    labels = [view.said[p].before for p in parts]
    if _OTHERS.search(labels[-1]) and ("合计" not in labels[-1] or _OTHERS_TOGETHER.search(labels[-1])):
        return True
    if len(parts) == 2 and opposite(labels[0], labels[1]):
        return True
    around = view.text[view.figures[found.whole].till : view.figures[parts[0]].at] + found.tail[:16]
    counted = _COUNTED.search(around)
    if counted and _NUMERALS[counted[1]] == len(parts):
        return True
    return found.cue == "by" or _hundred_beside(view, parts)


def opposite(one: str, other: str) -> bool:
    """Whether one label is the other with 非, 不 or 未 in it, or they differ in 上 and 下, 内 and 外, 新 and 旧."""
    for a, b in ((one, other), (other, one)):
        for m in _NOT.finditer(b):
            core = b[m.end() : m.end() + 2]
            if len(core) == 2 and core in a and not _NOT.search(a[max(0, a.find(core) - 1) : a.find(core)]):
                return True
    pairs = (
        ("以上", "以下"),
        ("以内", "以外"),
        ("线上", "线下"),
        ("首次", "重复"),
        ("首次", "二次"),
        ("公共", "私人"),
        ("基本", "临时"),
    )
    return any((a in one and b in other) or (b in one and a in other) for a, b in pairs)


def _hundred_beside(view: View, parts: tuple[int, ...]) -> bool:
    """Whether the shares right behind the parts, or behind the whole list, make up a hundred."""
    beside = []
    for n, p in enumerate(parts):
        limit = parts[n + 1] if n + 1 < len(parts) else min(view.count, p + 4)
        share = next(
            (
                j
                for j in range(p + 1, limit)
                if view.figures[j].unit == "%"
                and view.said[j].predicate == "share"
                and view.figures[j].direction is None
            ),
            None,
        )
        if share is None:
            break
        beside.append(share)
    if len(beside) < len(parts):
        last = parts[-1]
        beside = [j for j in range(last + 1, min(view.count, last + 1 + len(parts))) if view.figures[j].unit == "%"]
    return len(beside) == len(parts) and abs(sum(view.values[j] for j in beside) - 100) < 0.1 * len(parts) + 0.05


_STAGE = lazy_pattern(alternatives(_LISTS["stages"]))
_NUMBER = lazy_pattern(r"[\d.．,０-９]+")


def alike_members(view: View, found: WordedList) -> bool:
    """Whether the members are printed alike (label, number, share) up to the end of the sentence, one unit for all."""
    unit = view.figures[found.whole].unit
    if any(view.figures[p].unit != unit for p in found.parts):
        return False
    if any(_STAGE.search(view.said[p].before) for p in found.parts):
        return False
    behind = []
    for p, following in pairwise(found.parts):
        gap = view.between(p, following)
        cut = re.split("[，,、；;]", gap)
        if len(cut[-1]) > 14 or len(cut) > 3:
            return False
        behind.append(_NUMBER.sub("#", "，".join(cut[:-1])))
    tail = _NUMBER.sub("#", view.text[view.figures[found.parts[-1]].till :][:40])
    end = re.split("[。；;\\n]", tail, maxsplit=1)[0]
    return len(set(behind)) == 1 and len(end) < len(tail) and end.rstrip("，,") == behind[0].rstrip("，,")


_NO_TOTAL = lazy_pattern(r"[，。；]|均|各|平均|占|增|降|其中|最|超过|以上")
_SUM_WORD = lazy_pattern(
    r"(?:合计|总计|共计|累计|相加|加在一起|加起来|合起来|总数|这些|这[两三四五六几][项笔类])[^，。；\d]{0,8}$|(?:^|[，,])共$"
    r"|(?:双向|[两三四五][项类者种]|上述|以上)[^，。；\d]{0,6}共[计有达]?$"
)


def worded_total(view: View, w: int) -> tuple[int, ...]:
    """The parts in front of a figure said to be their total (…，合计103处); none where the words leave doubt."""
    before = view.said[w].before
    counted = _counted_together(view, w)
    if not _SUM_WORD.search(before) and counted is None and not _all_of_them(view, w):
        return ()
    parts: list[int] = []
    joint = 0
    following = w
    for j in range(w - 1 if counted is None else w - 2, max(-1, w - 40), -1):
        if view.periods[j] != view.periods[w]:
            break
        if not view.plain(j) or view.said[j].bracketed or not view.alike(j, w):
            continue
        gap = view.between(j, following)
        rank = _heaviest(gap)
        if len(gap) > 60 or (following != w and (_BREAK.search(gap) or not rank or (joint and rank != joint))):
            break
        if following != w:
            joint = joint or rank
        if view.figures[j].bound != "exact" or view.figures[j].high is not None:
            return ()
        parts.append(j)
        following = j
    at = view.figures[parts[-1]].at if parts else 0
    start = max(view.article.sentences[view.figures[w].sentence].start, at - FAR_BACK)
    if parts and re.search("加上|连同|另加", view.text[start:at]):
        return ()  # what is added to stands before the sentence
    if counted is not None and len(parts) != counted:
        return ()
    return tuple(parts[::-1])


def _counted_together(view: View, w: int) -> int | None:
    """How many are taken up right before a figure (…，这五个乡镇脱贫5915人), so that it is their total."""
    k = w - 1
    if k < 1 or view.figures[k].kind != "count" or view.figures[k].bound != "exact" or view.values[k] > 12:
        return None
    taken_up = view.text[max(0, view.figures[k].at - 2) : view.figures[k].at].endswith(("这", "上述", "以上"))
    if not taken_up or _NO_TOTAL.search(view.between(k, w)) or view.periods[k] != view.periods[w]:
        return None
    return int(view.figures[k].value)


def _all_of_them(view: View, w: int) -> bool:
    """Whether a figure right behind a list, with nothing said before it, is told of all of it (…9件，23件全部答复)."""
    if w < 2 or view.between(w - 1, w) not in ("，", ",") or "、" not in view.between(w - 2, w - 1)[:12]:
        return False
    return view.text.startswith(("全部", "均", "都", "悉数", "一律"), view.figures[w].till)
