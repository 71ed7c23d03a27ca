"""What a percentage measures where no word right before it says share, rate or change.

Belongs here: percentages that stand beside another one (其中五星级酒店96.0%, 比全国2.43%的水平, 均在九成以上) or
whose verb makes a share of them (撑起全区总收入的67.0%). Does not belong here: shares and rates that are called so
(metrics.py), levels in other units (levels.py).
"""

from __future__ import annotations

from hengshui_etl.figures.labels import WHOLE_TAIL, cleaned, is_attribute, joined
from hengshui_etl.figures.memory import Memory
from hengshui_etl.figures.statements import Statement
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import alternatives, toml

_DATA = toml("predicates")["percents"]
_BOUND = lazy_pattern(rf"的?(?P<bound>(?:{alternatives(_DATA['bound_heads'])})?(?:{alternatives(_DATA['bounds'])}))")
_LINKS = alternatives(_DATA["links"])
_LINKED = lazy_pattern(rf"(?:{_LINKS})++")
_THAN = lazy_pattern(r"(?:[高低]于|[比较与和同超离距])(?P<other>[^，,。；;\d]{1,12}?)(?:相比|相较)?的?")
_YEARS_AGO = lazy_pattern(r"(?:[一二两三四五六七八九十]{1,2}年前|[“”\w]{1,4}末)[为是有只仅还]*")
_BEARS = lazy_pattern(
    rf"(?P<part>[^，,。；;]*?)(?:{alternatives(_DATA['carried'])})了?(?P<whole>[^，,。；;]{{2,14}}?)的?"
)
_HEAD = lazy_pattern(r"(?:[。；;：:！？\n]|^)(?P<rate>[^，,。；;：:！？\n\d]{2,24}(?:率|比例|满意度|强度))[，,]$")
_RATES = ("率", "比例", "满意度", "强度")
_TAILS = WHOLE_TAIL | frozenset("率比度例重面")
_PAUSES = frozenset("，,。；;、：:（(\n")
_MOST = 12
"""A label longer than this says by itself what it is of."""


def percent_of(text: str, s: Statement, memory: Memory, subject: str) -> str:
    """The phrase for a percentage with the label `subject`, or nothing where it stands on its own; what is said next
    leans on it."""
    if memory.ratio and (bound := _BOUND.match(s.behind)):
        return joined(memory.ratio, bound["bound"])
    metric = _leaning(text, s, memory, subject)
    if metric:
        memory.subject = memory.change = metric
    return metric


def _leaning(text: str, s: Statement, memory: Memory, subject: str) -> str:
    bare = 2 <= len(subject) <= _MOST and subject[-1] not in _TAILS and not is_attribute(subject)
    if bare and text[s.start - 1] in "，," and (head := _HEAD.search(text, max(0, s.start - 32), s.start)):
        memory.ratio = cleaned(head["rate"])  # 报销比例，职工为82.4%、居民为70.3%
        memory.rate = rate_in(memory.ratio)
    ratio = memory.ratio
    if (carried := _BEARS.fullmatch(s.before)) and (whole := cleaned(carried["whole"])):
        part = cleaned(carried["part"])
        part = part if len(part) >= 2 else memory.subject
        return f"{part}占{whole}" if part and part not in whole else ""
    if not ratio:
        return ""
    if (text[s.start - 1] in _PAUSES and _LINKED.fullmatch(s.before)) or _YEARS_AGO.fullmatch(s.before):
        return ratio
    if than := _THAN.fullmatch(s.before):
        return joined(cleaned(than["other"]), ratio)
    if not memory.rate or not bare:
        return ""
    if s.behind and not s.behind.startswith("的"):
        return ""
    at = memory.rate.find(subject[-2:])  # 职工医保报销比例84.6%；居民医保71.2%
    return joined(subject, memory.rate[at + 2 :] if at >= 0 else memory.rate[-_LONGEST_RATE:])


_LONGEST_RATE = 13
"""So much of a rate's name is handed on to the next bearer."""


def rate_in(metric: str) -> str:
    """The rate in a phrase for a percentage that another bearer can have too (平均入住率), or nothing: a share is of
    its own part and whole."""
    if "占" in metric or not metric.endswith(_RATES):
        return ""
    return metric[max(metric.rfind("的"), metric.rfind("、")) + 1 :]
