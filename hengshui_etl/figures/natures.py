"""Whether the words around a figure speak of a state, or of what happens in a span of time.

Belongs here: stocks and flows, bodies that simply are there (全市32家医疗机构…), what is left to do (尚有274户). Does
not belong here: which day a state is of (dating.py), which times are in force (governing.py).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from hengshui_etl.figures.statements import Statement
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import alternatives, toml

Nature = Literal["now", "stock", "set", "body", "flow", "loose", "made", ""]
"""now: the state of the day of writing; stock: a state; set: one of its own sentence, which takes it apart or says what
is left (158个社区中, 尚有274户);
body: one that something else is said of (32家医疗机构与京津医院合作); flow: what happens; loose: a state where the
sentence names no time; made: what was made, and is there, where the paragraph names none."""

_DATA = toml("predicates")
_STOCK = lazy_pattern(alternatives(_DATA["stocks"]["words"]))
_STOCK_NOW = lazy_pattern(alternatives(_DATA["stocks"]["now"]))
_STOCK_LOOSE = lazy_pattern(alternatives(_DATA["stocks"]["loose"]))
_ALWAYS = lazy_pattern(alternatives(_DATA["stocks"]["always"]))
_MADE = lazy_pattern(alternatives(_DATA["stocks"]["made"]))
_MAKING = lazy_pattern("续建|新[建增添辟设修改入评获]|改建|扩建|改造|修建|修复|增设|增加|引进|培训|招|评选|奖")
_BUILT = lazy_pattern(r"(?:新建|续建|改建|扩建|改造|新设|增设|创建|建设|新增|布设|打造)[^，,。；;]{0,6}$")
"""Before a stock: how many of it were made (新建5G基站96座)."""
_FLOW = lazy_pattern(alternatives(_DATA["flows"]["words"]))
_STANDING = lazy_pattern(alternatives(_DATA["stocks"]["rates"]))
_BODY_ENDS = frozenset("业司社构点计共有数达到")
_BODIES = lazy_pattern(
    r"^(?:目前)?(?:全[市县区省州])?(?!.*(?:[新增减撤迁关停奖补查帮扶引签对为向与使让给惠盈亏链]|处[理置罚]|整[改治]|取缔|吊销|曝光|约谈))[^，,。；;]{2,24}(?:企业|公司|合作社|机构|网点)(?:累计|共|共有|总数|达到?)?$"
)
_INVESTED = lazy_pattern(r"(?:完成投资|投资完成)额?(?:达到?|约|为|近|超过?)?$")
"""Whatever it was invested in (在库项目累计完成投资)."""
_BARE = lazy_pattern(
    r"(?:目前)?(?:全[市县区省州镇乡国旗院校行]|[该我本][市县区省州院局校]|(?:社|村|校|县|市|区|镇|州)里)?(?:共有?|的)?$"
)
_BODY = lazy_pattern(
    rf"(?!出自|来自|进入|分布|列入|纳入|达到|获|参加|通过|参与)[^，,。；;、\d]{{0,6}}?(?:{alternatives(_DATA['stocks']['bodies'])})"
)
_TAKEN_APART = lazy_pattern(
    r"[^，,。；;、]{0,6}(?:[（(][^）)]{1,4}[）)])?(?:中|里)(?!公|小|心|央|型|等|学|医|国|外|标)"
)
_OF_SET = lazy_pattern(r"[中里](?:已|仅|只|共)?有?$")
_RECKONED = lazy_pattern(r"(?:计|计算|折算|测算|为基数)$")
_LEFT = lazy_pattern(r"(?:还有|尚有|仍有|尚余|还剩|尚未[^，,。；;、\d]{1,6}的)$")
_TO_COME = lazy_pattern(r"(?:计划|明年|后年)")
_REST = lazy_pattern(r"(?:剩余|剩下|余下|其余)的?$")


_EARNED = lazy_pattern(
    r"(?:营业收入|营收|利润(?:总额)?|净利润|现金流(?:量)?(?:净额)?|税收|税金|产值|增加值|零售额|销售额|进出口(?:总额|总值)?)(?:完成|实现|达到?|为)?$"
)


def is_earned(before: str) -> bool:
    """Whether it is told of what was earned or made, which no day has (营业收入, 现金流)."""
    return _EARNED.search(before) is not None


@lru_cache(maxsize=1 << 13)
def nature_in(words_around: str) -> Nature:
    """What words say of a figure beside them."""
    if _STOCK_NOW.search(words_around):
        return "now"
    if (stock := _STOCK.search(words_around)) is not None:
        return "flow" if _BUILT.search(words_around, 0, stock.start()) is not None else "stock"
    if _FLOW.search(words_around):
        return "flow"
    if _STOCK_LOOSE.search(words_around) and not _MAKING.search(words_around):
        return "loose"
    return "made" if _MADE.search(words_around) else ""


def is_standing_rate(s: Statement) -> bool:
    """Whether it is a rate of what is so at a day (贫困发生率, 失业率)."""
    return s.predicate == "rate" and s.word == "率" and _STANDING.search(s.before) is not None


def nature_of(s: Statement, counted: bool, near: str) -> Nature:
    """What a clause says of its figure; `counted`: whether that is a count; `near`: what stands right behind it."""
    before, behind = s.before[s.before.rfind("】") + 1 :], s.behind
    if counted and len(before) <= 8 and (before[:1] == "按" or before[-1:] == "以") and _RECKONED.search(behind):
        return "body"
    if counted and len(behind) > 1 and len(before) <= 8 and _BARE.match(before) and (body := _BODY.match(near)):
        return "set" if _TAKEN_APART.match(near, body.end()) else "body"
    if counted and _OF_SET.search(before):
        return ""
    if _INVESTED.search(before) is not None:
        return "flow"
    if (counted and _LEFT.search(before)) or (_REST.search(before) and _TO_COME.match(behind)):
        return "set"
    nature = nature_in(before + behind[:8].partition("占")[0])
    if not nature and counted and before[-1:] in _BODY_ENDS and _BODIES.search(before):
        return "stock"
    return nature


def stands_always(s: Statement, counted: bool) -> bool:
    """Whether it is a state even where its own clause names a span (2022年，全市基本医疗保险参保276.84万人)."""
    if s.predicate not in ("level", "rate"):
        return False
    if "平均" in s.before:
        return False  # 按年平均常住人口计
    return _ALWAYS.search(s.before) is not None or (counted and _LEFT.search(s.before) is not None)
