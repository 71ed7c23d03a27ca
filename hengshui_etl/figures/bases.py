"""Levels that another is compared with, and levels whose words are nothing but a time.

Belongs here: what they measure. Does not belong here: levels with words of their own (levels.py), which of them is the
base of a gap (statements.py), the times themselves (periods.py).
"""

from __future__ import annotations

from hengshui_etl.figures.found import Quantity
from hengshui_etl.figures.labels import VERBAL, is_attribute, joined, stripped, tail_of
from hengshui_etl.figures.memory import Memory
from hengshui_etl.figures.statements import Statement
from hengshui_etl.patterns import lazy_pattern

_OF_TIME = lazy_pattern("[年月季平]")
BASE_TIME = lazy_pattern(
    r"(?:上年|去年|前一年|前年|上一年|20\d\d年|年初|\d{1,2}月|[一二三四]季度|平日|上半年|二〇..年)(?:同期|末|底|初|份|全年|年底|年末)?(?:\d{1,2}月)?"
)
COMPARING = lazy_pattern(r"(?:比|较|与|同|和|由|从|是|为|恢复到|恢复至|相当于|而|相比|约|可比口径|的|[（(）)]|：)+")
_COMPARERS = frozenset("比较与同和由从是为而约其")
_TIME_ALONE = lazy_pattern(
    r"(?:【[^】]{2,8}】)?(?P<time>(?:第?[一二三四]季度|上半年|下半年|\d{1,2}月)份?)(?:当月|单月|单季|合计|累计|共)?(?:为|是)?"
)


def of_time(q: Quantity, s: Statement, memory: Memory) -> str:
    """What a level measures whose words are nothing but a time: what the article's body told first in its unit, unless
    its paragraph tells something else (一季度1276.4万吨，二季度…)."""
    told = memory.firsts.get(q.unit, "")
    time = _TIME_ALONE.fullmatch(s.before) if told else None
    if time is None:
        return ""
    last = memory.levels[-1] if memory.levels else ("", "")
    measured = tail_of(told, 6)
    same = last[0] == q.unit and last[1].endswith(measured)
    return joined(time["time"], measured) if same or not memory.subject else ""


def base_of(s: Statement, memory: Memory) -> str:
    """The label of a level that another is compared with, or nothing where it is no such level."""
    before = s.before
    if not memory.subject:
        return ""
    time = BASE_TIME.search(before) if _OF_TIME.search(before) else None
    if time is None or len(before) - time.end() > 6:
        return ""
    rest = COMPARING.sub("", before[: time.start()] + before[time.end() :])
    rest = stripped(rest)
    if len(rest) >= 3 and before.startswith(rest) and rest[0] not in _COMPARERS and not is_attribute(rest):
        memory.subject = rest
    elif (len(rest) > 4 and not rest.endswith("普查")) or not (s.base or time.start() <= 4):
        return ""
    told = rest and (is_attribute(rest) or VERBAL.match(rest))  # 到10月底办结29项
    if not COMPARING.search(before) and (told or len(before) > time.end() + 2):
        return ""
    memory.time, memory.based = time.group(), True
    return f"{time.group()}{memory.subject}"
