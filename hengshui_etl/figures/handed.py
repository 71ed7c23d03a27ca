"""What each figure of a list measures that hands out names (第一、二、三产业增加值分别为…).

Belongs here: lists with 分别, 依次, 各占. Does not belong here: figures on their own (metrics.py).
"""

from __future__ import annotations

import re

from hengshui_etl.figures.labels import WHOLE_TAIL, cleaned, is_attribute, joined, members
from hengshui_etl.figures.memory import RECENT, Memory
from hengshui_etl.figures.statements import Statement
from hengshui_etl.patterns import lazy_pattern

_BEARERS = lazy_pattern(r"^.*?(?=(?:所占|占|的)?(?:比重|比例|份额|占比)|分别|依次)")
_TIMES = lazy_pattern(
    r"(?P<times>(?:\d{1,2}月份?|[一二三四]季度)(?:[、和及](?:\d{1,2}月份?|[一二三四]季度))++)(?P<rest>.*?)(?:分别|依次).*$"
)
_SHARED_VERB = lazy_pattern(r"(?:分别|依次)(?P<rest>[^\W\d_a-zA-Z]{2,12})$")
_HOW_THEY_STAND = lazy_pattern(
    r"(?:[一二两三四五六七八九十\d]{1,2}[大个类地家]?[^\W\d_a-zA-Z]{0,6})?"
    r"(?:人气|稳居|位居|位列|排名|居|列|分列|排|领跑|领先|增势|表现|需求|增长|均|都|齐头|等)[^\W\d_a-zA-Z]{0,8}$"
)
_INDUSTRIES = ("第一产业", "第二产业", "第三产业")


def names_for(s: Statement, memory: Memory, count: int) -> bool:
    """Whether a list of three or more figures goes with as many names before it, though no word hands them out."""
    if count < 3:
        return count == 2 and s.before.endswith("的有") and len(members(cleaned(s.subject), 2)) == 2
    if s.predicate == "change":
        return len(memory.names) == count and memory.last.startswith(memory.names[0])
    subject = cleaned(s.subject)
    return s.predicate == "level" and "、" in subject and len(members(subject, count)) == count


def handed_out(s: Statement, memory: Memory, count: int, unit: str, earlier: str = "") -> list[str]:
    """What each figure of a 分别 list measures, or nothing where it cannot be told; `earlier` is the clause before."""
    head = _BEARERS.match(s.before)
    subject = cleaned(head.group()) if head else cleaned(s.subject)
    share = s.predicate == "share" or "比重" in s.before or "占比" in s.before
    word = (
        f"占{cleaned(s.object) or memory.whole or memory.topic}" if share else s.word if s.predicate == "change" else ""
    )
    if (times := _TIMES.match(s.before)) and len(told := re.split("[、和及]", times["times"])) == count:
        return [f"{time}{cleaned(times['rest'])}" for time in told]
    if count == 2 and "城乡居民" in subject:
        memory.members = ["城镇居民", "农村居民"]
        return [subject.replace("城乡居民", name) + word for name in memory.members]
    if count == 3 and "三次产业" in subject:
        memory.members = list(_INDUSTRIES)
        return [subject.replace("三次产业", name) + word for name in _INDUSTRIES]
    tail = ""
    if not share and not word and s.predicate == "level" and (shared := _SHARED_VERB.search(s.before)):
        tail = cleaned(shared["rest"])
    if single := _single(subject, count):
        memory.members = list(single)
        return [f"{name}{word or tail}" for name in single]
    named = members(subject, count) if "、" in subject or "和" in subject or "与" in subject or "及" in subject else ()
    if named:
        if not word and memory.unit == unit and memory.topic and not any(p[-1] in WHOLE_TAIL for p in named):
            return [joined(p, memory.topic[-8:]) for p in named]
        memory.members = [_leaning(p, memory) for p in named]
        return [f"{m}{word or tail}" for m in memory.members]
    if s.before.startswith(("分别", "依次")) and "、" in earlier and not any(map(str.isdigit, earlier)):
        listed = members(_HOW_THEY_STAND.sub("", earlier), count)
        if listed and all(2 <= len(name) <= 12 for name in listed):
            memory.members = [cleaned(name) for name in listed]
            return [f"{name}{word or tail or subject}" for name in memory.members]
    if len(memory.names) == count:
        tail = (subject or tail) if len(subject) <= 14 else ""
        return [f"{n}{tail}{word}" for n in memory.names]
    if len(memory.members) == count and len(memory.items) != count:
        tail = "" if share else subject[:14] or cleaned(s.subject)[:14]
        return [f"{m}{tail}{word}" for m in memory.members]
    if share and s.predicate != "share":
        word = "占比"
    items = [n for n in memory.items if n != memory.whole] if s.of_previous else memory.items
    if len(items) >= count:
        return [f"{n}{word}" for n in items[-count:]]
    last = memory.levels[-1][0] if memory.levels else ""
    alike = [metric for level, metric in memory.levels[-RECENT:] if level == last]
    if unit == "%" and len(alike) >= count:
        return [f"{n}{word or subject}" for n in alike[-count:]]
    return []


_SINGLE = lazy_pattern(
    r"第?(?P<names>[^\W\d_](?:[、和及][^\W\d_])*[、和及])(?P<last>[^\W\d_])(?P<tail>[^\W\d_、]{1,12})"
)


def _single(subject: str, count: int) -> list[str]:
    """The members of a list that are named by one character each (一、二、三产业增加值), with what they share."""
    match = _SINGLE.fullmatch(subject)
    names = [*re.split("[、和及]", match["names"])[:-1], match["last"]] if match else []
    if match is None or len(names) != count or len(set(names)) != count:
        return []
    ordinal = "第" if set(names) <= set("一二三四五六") else ""
    tail = "产业" if match["tail"] == "产" else match["tail"]
    return [f"{ordinal}{name}{tail}" for name in names]


def _leaning(part: str, memory: Memory) -> str:
    if is_attribute(part) and memory.topic:
        return joined(memory.topic, part)
    return part
