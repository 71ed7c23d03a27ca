"""What a sum of figures just told measures (三地合计129个, 合计2095.4亿元).

Belongs here: what the parts share, and how many they are. Does not belong here: sums that name what they are of
(levels.py), the periods of sums (summed.py), whether they add up (relations/).
"""

from __future__ import annotations

from hengshui_etl.figures.found import Quantity
from hengshui_etl.figures.labels import cleaned, joined, tail_of
from hengshui_etl.figures.memory import CLASSES, RECENT, Memory
from hengshui_etl.figures.statements import Statement
from hengshui_etl.patterns import lazy_pattern

_SUM = "(?:合计|合共|共计|总计|相加|加起来|合起来|加在一起)"
_TOTAL = lazy_pattern(rf"(?P<who>[^，,。；;]{{0,10}}?){_SUM}(?:为|是|达到?|超过?|约|近|共|有|完成|实现){{0,4}}")
_COUNTED = lazy_pattern(
    r"(?<!其余)(?<!其他)(?<![\d其])(?:上述|以上|这|前|对)?(?P<number>[两二三四五六七八九]|十[一二]?|[2-9](?!\d)|1[0-2])大?"
    r"[个项类家地市县区州国处者级链种支款条省所方]大?$"
)
_NUMBERS = {c: n for n, c in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "十一": 11, "十二": 12}
_PLACES = lazy_pattern("[地市县区州国]")
_LONGEST_PART = 12
_MOST_PARTS = 12


def total_of(text: str, q: Quantity, s: Statement, memory: Memory) -> str:
    """The phrase for the level `q` that sums up what was just told in its unit, or nothing where it is no such sum."""
    told = _TOTAL.fullmatch(s.before)
    if told is None:
        return ""
    who = cleaned(told["who"])
    counted = _COUNTED.search(told["who"]) if who else None
    lead = _COUNTED.search(text, max(0, s.start - 8), s.start) if counted is None else None
    if lead is None and counted is None:
        return _bare(q, memory) if not who else ""
    number = (lead or counted)["number"]  # type: ignore[index]
    many = int(number) if number.isdigit() else _NUMBERS.get(number, 2)
    alike = [metric for unit, metric in memory.levels[-RECENT:] if unit == q.unit]
    if q.unit in CLASSES:  # such counts are no levels that others lean on
        alike = [metric for unit, _, metric in memory.amounts[-many:] if unit == q.unit]
    shared = _shared(alike[-many:]) or _shared(alike[-2:])
    if not shared and q.kind == "percent":
        return ""
    if not shared and not who and _PLACES.match((lead or counted).group()[-1]):  # type: ignore[union-attr]
        shared = tail_of(memory.firsts.get(q.unit, ""), 8)
    front = (lead.group() if lead else "") + told["who"].strip()
    return f"{joined(front, shared)}合计"


def _bare(q: Quantity, memory: Memory) -> str:
    """What a sum measures that names nothing: what the last levels share that add up to it."""
    parts: list[str] = []
    rest = q.value
    for unit, value, metric in reversed(memory.amounts[-RECENT:]):
        if unit != q.unit:
            continue
        parts.insert(0, metric)
        rest -= value
        if rest <= 0 or len(parts) == _MOST_PARTS:
            break
    if rest != 0 or len(parts) < 2:
        return ""
    if len(parts) == 2 and all(len(part) <= _LONGEST_PART for part in parts):
        return f"{parts[0]}和{_own(parts[1], parts[0])}合计"
    shared = _shared(parts) or (memory.topic if len(memory.topic) <= _LONGEST_PART else "")
    return f"{shared}合计" if shared else ""


def _own(part: str, former: str) -> str:
    """A part without what it was completed with from the one before it (政协提案办理代表建议: 政协提案)."""
    if part.startswith(former) and len(part) > len(former) + 1:
        return part[len(former) :]
    for n in range(min(len(part) - 2, len(former)), 3, -1):
        if part.endswith(former[-n:]):
            return part[:-n]
    return part


def _shared(metrics: list[str]) -> str:
    """What phrases end in that all of them share, or nothing where it is less than two characters."""
    if len(metrics) < 2:
        return ""
    first, size = metrics[0], 0
    while size < min(map(len, metrics)) and all(metric[-size - 1] == first[-size - 1] for metric in metrics):
        size += 1
    return first[len(first) - size :] if size >= 2 else ""
