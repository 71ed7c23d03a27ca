"""Lists of what is counted by classes of sizes (10亿元以上的5个，5—10亿元的11个，其余31个均在5亿元以下).

Belongs here: what a class is called and what all of them are of. Does not belong here: other lists (handed.py,
levels.py).
"""

from __future__ import annotations

from hengshui_etl.figures.found import Quantity
from hengshui_etl.figures.labels import joined, tail_of
from hengshui_etl.figures.memory import Memory
from hengshui_etl.patterns import lazy_pattern

SIZES = lazy_pattern(r"(?P<size>[\d.]{1,30}[万亿]?元?(?:至|到|[-—–~～])[\d.]{1,30}[万亿]?元)的有?$")
CLASS = lazy_pattern(r"(?:以上|以下|以内)?的(?:有)?\d+[个家户所]")
"""What follows an amount that only names a class of sizes (50亿元以上的11个)."""
_ALL_OF_SIZE = lazy_pattern(r"(?:均|都|全部)?(?:[在为是]|属于)?(?P<size>[\d.]{1,9}[千万亿]?元以[上下内])")
"""Behind the rest of such a list: which size it is of (其余31个均在1亿元以下)."""
_NEAR = 6
_OF_A_SIZE = lazy_pattern(r"[\d.]{0,9}[千万亿]?元(?:及)?以[上下]的?")


def of_any_size(counted: str) -> str:
    """What is counted without the class of sizes that all of it is of (新签约亿元以上项目: 新签约项目)."""
    return tail_of(_OF_A_SIZE.sub("", counted), 8)


def counted_in(unit: str, memory: Memory) -> str:
    """What was counted last in `unit`, by no class of sizes; what the article counted first in it where that is long
    ago."""
    told = (phrase for other, _, phrase in reversed(memory.amounts[-_NEAR:]) if other == unit)
    return next((phrase for phrase in told if not phrase[:1].isdigit()), memory.counts.get(unit, ""))


def rest_of_sizes(text: str, q: Quantity, memory: Memory, label: str) -> str:
    """The phrase for the count `q` of the rest of such a list, or nothing where the last item is of none."""
    counted = of_any_size(counted_in(q.unit, memory))
    last = memory.items[-1] if memory.items else ""
    if not counted or not last.endswith((f"元{counted}", f"以上{counted}")):
        return ""
    size = _ALL_OF_SIZE.match(text, q.till)
    return joined(size["size"] if size else label, counted)
