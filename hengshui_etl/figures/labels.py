"""Labels: the words before a figure without the set phrases around them.

Belongs here: what is taken off a label, whether it names only an attribute, the members it lists. Does not belong here:
which words are the label (statements.py), what it is completed with (metrics.py).
"""

from __future__ import annotations

import re
from functools import lru_cache

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import alternatives, toml, words

_DATA = toml("predicates")
_FRONT_MARKS = '“”"（）()·—-'
_BACK_MARKS = '“"（(、：:'
_KEPT_FRONT = words(_DATA["strip_front"]["kept"])
_KEPT_BACK = words(_DATA["strip_back"]["kept"])
_ATTRIBUTES = frozenset(words(_DATA["attributes"]["words"]))
_MOST = 6
"""So many phrases are taken off a label's back."""
LONGEST = 36
"""A label is no longer than this."""

_TIME = lazy_pattern(
    r"(?:20\d\d年)?(?:\d{1,2}(?:月)?[-—–~至到])?\d{1,2}月(?:份|底|末|初)?(?:当月|\d{1,2}日)?(?:单月)?|20\d\d年(?:底|末|初|度)?"
    r"|(?:截至|截止)?(?:目前|今年以来|今年|本年|上半年|下半年|前三季度|第?[一二三四]季度(?:单季)?|前\d{1,2}个?月|年末|年内|全年(?!计划|任务|目标))(?:底|末)?"
)
_FRONT_VERBS = lazy_pattern(
    r"^(?:共|累计|超额)?(?:实现|完成|包括|算上)(?!率|进度|后|任务|年度|全年|省|预算|目标)(?=..)|^超额完成(?=..)|^(?:该?公司|本?集团)(?:实现|完成)(?=..)"
)
_FRONT_VERB_BEGINS = frozenset("共累超实完包算该公本集")
_LONG_BRACKET = lazy_pattern(r"[（(](?:[^）)]{7,200}|下同|(?:含|包括|包含)(?!香港|港澳)[^）)]{1,6})[）)]")
_FRONT_BRACKET = lazy_pattern(r"^[（(][^（(）)]{1,16}[）)](?=..)")
_SECTION = lazy_pattern(r"^(?:.{1,10}?——|【[^】]{1,16}】)(?=..)")
_FRONT_YEAR = lazy_pattern(r"^(?:去年|前年|上年)(?!同期|底|末|度|同)(?=..)")
_FRONT_YEAR_BEGINS = frozenset("去前上")
_CHINESE_MONTH = lazy_pattern(r"(?<!\d)(?:十[一二]?|[一二三四五六七八九])月(?:份|底|末|初)")
_FROM_END = lazy_pattern(r"将?[由从](?:上年|去年|前年|20\d\d年|二〇..年)?(?:的|底|末|同期)*$")
_REACHES = ("惠及", "涉及", "波及")
_HINT = lazy_pattern("[年月季目由从（(]")
"""A character of everything that is cut out of a label: one look spares most labels the rest."""
_SHARED = words(_DATA["attributes"]["words"]) + words(_DATA["attributes"]["shared"])
_SHARED_TAIL = lazy_pattern(rf"(?:{alternatives(_SHARED)})$")
VERBAL = lazy_pattern(alternatives(_DATA["attributes"]["verbs"]))
"""What labels begin with that say what was done with what was named before (办结, 撤案)."""
WHOLE_TAIL = frozenset("".join(words(_DATA["attributes"]["endings"])))
"""What labels end in that say what is measured (投资额, 存栏量)."""


def _by_character(phrases: tuple[str, ...], at: int) -> dict[str, tuple[str, ...]]:
    """Phrases by their character at `at`, the longest first."""
    found: dict[str, list[str]] = {}
    for phrase in sorted(set(phrases), key=len, reverse=True):
        found.setdefault(phrase[at], []).append(phrase)
    return {c: tuple(p) for c, p in found.items()}


_FRONT = _by_character((*words(_DATA["strip_front"]["words"]), *_FRONT_MARKS), 0)
_BACK = _by_character((*words(_DATA["strip_back"]["words"]), *_BACK_MARKS), -1)


def _front_end(label: str) -> int:
    """Where the set phrases at the front of a label end."""
    at = 0
    while True:
        c = label[at : at + 1]
        if c in _FRONT:
            if label.startswith(_KEPT_FRONT, at):
                return at
            for phrase in _FRONT[c]:
                if label.startswith(phrase, at):
                    at += len(phrase)
                    break
            else:
                return at
        elif c.isspace():
            at += 1
        else:
            return at


def _back_start(label: str) -> int:
    """Where the one longest set phrase at the back of a label begins; its length where there is none."""
    last = label[-1:]
    if last in _BACK:
        for phrase in _BACK[last]:
            if label.endswith(phrase):
                return len(label) if label.endswith(_KEPT_BACK) else len(label) - len(phrase)
    return len(label) - last.isspace()


@lru_cache(maxsize=1 << 14)
def stripped(label: str) -> str:
    """A label without the set phrases at its ends; words that only begin or end like one (中央, 结余) are kept."""
    if front := _front_end(label):
        label = label[front:]
    for _ in range(_MOST):
        back = _back_start(label)
        if back == len(label):
            break
        label = label[:back]
    label = label.lstrip("、，, ：:").rstrip("、和与的，, ：:")
    if label.startswith(_KEPT_FRONT):
        return label.rstrip("及")  # 和解成功率
    label = label.lstrip("、和与的，, ：:")
    return label if label.endswith(_REACHES) else label.strip("、和及与的，, ：:")


def is_attribute(label: str) -> bool:
    """Whether a label names only an attribute (总投资, 占比), so that its bearer must be sought before it."""
    return label in _ATTRIBUTES


@lru_cache(maxsize=1 << 13)
def cleaned(label: str) -> str:
    """A label without times, and without set phrases at its ends."""
    if "——" in label or label[:1] == "【":
        label = _SECTION.sub("", label)
    if _HINT.search(label):
        label = _LONG_BRACKET.sub("", _TIME.sub("", _FROM_END.sub("", _CHINESE_MONTH.sub("", label))))
    if label[:1] in "（(":
        label = _FRONT_BRACKET.sub("", label)  # 2月10日（正月初六）单日发送
    label = stripped(label)
    if " " in label and len(last := label[label.rfind(" ") + 1 :]) >= 4 and not last.isascii():
        label = last
    if label[:1] in _FRONT_VERB_BEGINS:
        label = _FRONT_VERBS.sub("", label)
    if label[:1] in _FRONT_YEAR_BEGINS:
        label = _FRONT_YEAR.sub("", label)
    return stripped(label)[-LONGEST:]


@lru_cache(maxsize=1 << 13)
def members(subject: str, count: int) -> tuple[str, ...]:
    """The `count` members that a subject lists (教育、卫生健康支出), each with the attribute they share, or none."""
    found = [p for p in subject.split("、") if p]
    while len(found) < count:
        for i in range(len(found) - 1, -1, -1):
            halves = re.split(r"和|及|与|以及", found[i], maxsplit=1)
            if len(halves) == 2 and all(halves):
                found[i : i + 1] = halves
                break
        else:
            return ()
    if len(found) != count:
        return ()
    tail = _SHARED_TAIL.search(found[-1])
    shared = tail.group() if tail and tail.start() > 0 else ""
    return tuple(p if p.endswith(shared) else p + shared for p in found)


_LONG_ATTRIBUTES = sorted(word for word in _ATTRIBUTES if len(word) > 3 and word[-1] in WHOLE_TAIL)
_ATTRIBUTE_TAIL = lazy_pattern(rf"(?<=..)(?:{alternatives(_LONG_ATTRIBUTES)})$")


def borne(bearer: str, attribute: str) -> str:
    """An attribute of what bore another one before (集团营业收入, 利润总额: 集团利润总额; 商品房成交面积, 成交金额)."""
    if len(attribute) > 3 and bearer[-1:] in WHOLE_TAIL and (at := bearer.find(attribute[:2])) >= 2:
        return bearer[:at] + attribute
    if len(attribute) > 3 and attribute[-1] in WHOLE_TAIL and attribute not in bearer:
        bearer = _ATTRIBUTE_TAIL.sub("", bearer)
    return joined(bearer, attribute)


def joined(bearer: str, label: str) -> str:
    """A bearer and what is said of it, without saying one thing twice."""
    if not bearer or bearer in label:
        return label
    if not label or bearer.endswith(label):
        return bearer
    for n in range(min(len(bearer), len(label), 6), 1, -1):
        if bearer[-n:] == label[:n]:
            return bearer + label[n:]
    return bearer + label


_TOGETHER = lazy_pattern(r"(?<=[^公一])共(?![享同建青和产用设])[^\W\d_a-zA-Z]{2,6}$")
"""共 behind other words, where what follows says by itself what was done (四种运输方式 | 共发送旅客)."""


def tail_of(topic: str, most: int) -> str:
    """What a topic ends in: its last `most` characters, or what stands behind its last 的 or space within them."""
    if len(topic) <= most:
        return topic
    tail = topic[-most:]
    at = max(tail.rfind("的"), tail.rfind(" "), tail.rfind("、"), tail.rfind("共") if _TOGETHER.search(tail) else -1)
    return tail[at + 1 :] if 0 <= at < most - 2 else tail
