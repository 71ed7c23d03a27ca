"""What the words around a quantity say of it: the clause grammar.

Belongs here: naming what is stated: a level, a change, a gap, a share, a rate, an average, a rank, a multiple; of what,
against what. Figures take their metric and direction from it, relations their operands. Does not belong here: cutting
clauses (clauses.py), the words of change (changes.py), numbers and units (quantities.py), calendar (periods.py),
arithmetic (relations/).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from hengshui_etl.figures.changes import (
    Change,
    bare_direction,
    beside_direction,
    change_direction,
    is_passed,
    passed_direction,
)
from hengshui_etl.figures.clauses import Words
from hengshui_etl.figures.found import Quantity
from hengshui_etl.figures.labels import stripped
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Direction, FigureKind
from hengshui_etl.vocab import alternatives, beginnings, toml

Predicate = Literal["level", "change", "gap", "share", "rate", "average", "rank", "multiple"]

_DATA = toml("predicates")


_NET = lazy_pattern(r"(?P<word>净增|净减)[^，,。；;]{1,8}$")
_GAP = lazy_pattern(
    rf"{beginnings(_DATA['gap']['up'], _DATA['gap']['down'])}"
    rf"(?:(?P<up>{alternatives(_DATA['gap']['up'])})|(?P<down>{alternatives(_DATA['gap']['down'])}))"
    rf"(?P<object>[^，,。；;]{{1,24}}?)(?:达到?|约|近|不低于|超过?|了|分别){{0,12}}$"
)
_THAN = lazy_pattern(
    r"(?=[比较与同和])(?:(?:(?<![占同环对可])比(?!重|例|率|值)|较(?!快|大|高|好|多|为))(?P<object>[^比较，,；;]{1,24}?)(?:相比)?|(?:与|同|和)(?P<with>[^，,；;]{1,24}?)相比)[，,]?"
    r"(?:净|再|共|累计|分别|实际|大幅|平均|又|也|还|都|均|将|进一步|明显|略|同比|环比|合计|总计|年均|小幅|有所|同口径|十年|五年|三年|提前){0,12}$"
)
_YEAR_ON_YEAR = lazy_pattern(
    r"(?:同比|环比|相比|按年|按月|仍|则|逆势|分别|(?<!平)均|各|继续|净|实际|名义|累计|共|将|大幅|由|一年|全年|月均){1,12}$"
)
_DONE = lazy_pattern(r"(?:^|已|实际|实现)(?:完成|兑现|完工|播种|实施|执行)(?:了|约|近|超)?$")
_AMOUNT_GAP = lazy_pattern(r"高于|低于|高出|多于|少于|超出|多出|领先|落后")
_SHARE = lazy_pattern(
    r"(?:^|(?<=占))(?P<subject>[^占]*+)占(?:到|据|了|有)?(?P<object>(?!比依次|比分别)[^占]*?)的?(?P<word>比重|比例|份额|比|总比重)?"
    r"(?:达到|达|为|是|超过|超|高达|近|约|均|分别|依次|先后|各自|各|合计|已|仅|不足|将|到|至|提高|上升|保持|在|也|的|由|从|：|:|不低于|不超过){0,12}$"
)
_SEEN_IN = lazy_pattern("(?P<part>.{0,24}?)在(?P<whole>[^在，,。；;、]{2,14}?)(?:当中|[中里内])所?")
"""A share whose whole stands before it (在总收入中占四成)."""
_RATE = lazy_pattern(
    rf"(?P<subject>.*?){beginnings(_DATA['rates']['words'])}(?P<word>{alternatives(_DATA['rates']['words'])})(?:[（(][^）)]{{0,12}}[）)])?(?:仅|只|有|才|还|均|已|也|分别|依次|先后|都|各|约|近|超过|超|由|从|将|保持|稳定|控制|维持|在|：|:|达到|达|为|是|至|到|提高|提升|下降|上升|降低|降|升|高达|不低于|不超过|压减|的|\s){{0,16}}$"
)
_MOVED = lazy_pattern("提高|提升|[上下]升|下降|降低|降|升|压减")  # 城镇化率提高1.2个百分点: no share printed in points
_COMPLETION = lazy_pattern(r"(?:完成|实现|达到?|为|占|恢复到|恢复至|相当于|是)(?P<object>[^完占，,。；;]{0,24}?)的?$")
_AVERAGE = lazy_pattern(alternatives(_DATA["averages"]["words"]))
_TEMPORAL = lazy_pattern(
    r"^(?:20\d\d年)?(?:上年|去年|前年|同期|年初|上月|上季|上半年|下半年|一季度|二季度|三季度|前|[0-9]{1,2}月|[0-9]{4}年|往年|上一|年末|年底|月|季|平日|以前|过去|同比|环比|十年前|当时|此前|20|(?:疫情|调整|改革|改造|整治|提标|搬迁|实施)前)"
)
_BASE_HEAD = lazy_pattern(
    r"(?:比|较|与|同|由|从(?![业事])|相比|恢复到|恢复至|相当于|是|为|对比)[^，,。；;]{0,8}"
    r"(?:上年度|上年末|上年|去年底|去年|前年|同期|年初|上月|上季|上半年|20\d\d年|\d{1,2}月份?|平日|往年)"
    r"(?:同期|末|底|初|全年|当期)?(?:[^，,。；;]{0,14}的|[（(])?$"
    r"|(?:上年|去年|20\d\d年|上年度)(?:同期)?[（(]$|^(?:上年|去年|前年|常年|往年|20\d\d年|上月|上季度|\d{1,2}月份?)(?:同期|此时|全年|底|末)?(?:为|是|只有|仅为|要卖|才)?$|(?:由|从(?![业事]))(?:[^，,。；;]{0,13}[^，,。；;有为达共])?$"
)
_BEHIND_LEVEL = lazy_pattern("的(?:平均)?(?:水平|增幅|增速|均值|平均值)$")
_MORE_OR_LESS = frozenset(("多", "少", "高", "低", "快", "慢", "多出", "高出", "超出"))
_RISE = lazy_pattern("增速|增幅|涨幅")
_PLANS = ("目标", "任务", "计划", "红线", "控制线", "预警线", "警戒线", "底线", "上限", "下限", "要求", "标准")
_BASE_MARK = lazy_pattern("[年月季期平由从]")
"""One of them stands in all that `_BASE_HEAD` finds."""
_RATIOS = ("percent", "percentage_point")
_SHORT_CLAUSE = 80
"""Clauses up to this length are remembered: the press repeats them."""


class Statement(NamedTuple):
    """What is said with one quantity.

    `before` and `behind` are the words of its clause up to the neighbouring quantities; `subject` what is measured,
    as far as this clause says it; `object` the whole of a share or the other side of a gap; `word` the predicate's own
    word (增长, 占, 完成率). `base` marks the level that another is compared with (比上年的288.7万吨); `bracketed` a
    figure in brackets right behind another; `of_previous` a figure that is so many times, or per cent, of the one right
    before it (…209.5亿元的53.6%).
    """

    predicate: Predicate
    subject: str
    object: str
    word: str
    direction: Direction | None
    temporal: bool
    base: bool
    bracketed: bool
    of_previous: bool
    before: str
    behind: str
    start: int
    clause: int


_ADVERSE = lazy_pattern(r"(?:不良|失业|空置|死亡|逾期|负债|赤字|亏损|病|浓度|天数)")
_OF_PREVIOUS = lazy_pattern(r"^[)）]?的?(?:比重|比例|份额|比|总量|水平)?(?:的)?(?:约|近|为|达到?|超过?)?$")


class _Said(NamedTuple):
    """What the words before a quantity say, whatever stands around them; `plain`: they name no change and no gap."""

    predicate: Predicate
    subject: str
    object: str
    word: str
    direction: Direction | None
    temporal: bool
    base: bool
    plain: bool


def _changed(before: str, kind: FigureKind, change: Change) -> _Said:
    """What is said where the words before a quantity end in a change."""
    direction, word, at = change
    subject = before[:at]
    than = _THAN.search(subject)
    if than is None:
        return _Said("change", stripped(_YEAR_ON_YEAR.sub("", subject)), "", word, direction, True, False, False)
    other = than["object"] or than["with"]
    temporal = _TEMPORAL.match(other) is not None
    predicate: Predicate = "change" if temporal or kind == "multiple" else "gap"
    return _Said(predicate, stripped(subject[: than.start()]), stripped(other), word, direction, temporal, False, False)


@lru_cache(maxsize=1 << 13)
def _said(before: str, kind: FigureKind) -> _Said:
    """What the words before a quantity of this kind say of it."""
    ratio = kind in _RATIOS
    gap = _GAP.search(before) if ratio or _AMOUNT_GAP.search(before) else None
    if gap is not None and kind == "count" and before.endswith(("的", "、", "和", "及")):
        gap = None  # 低于死水位的316座
    direction: Direction
    if gap is not None:
        direction, word = ("up", gap["up"]) if gap["up"] else ("down", gap["down"])
        temporal = _TEMPORAL.match(gap["object"]) is not None
        subject, other = stripped(before[: gap.start()]), stripped(gap["object"])
        return _Said("gap", subject, other, word, direction, temporal, False, False)
    natural = "自然增长率" in before[-12:]
    change = None if natural else change_direction(before) or bare_direction(before, kind)
    if change is not None:
        return _changed(before, kind, change)
    if kind in ("count", "money", "measure") and (net := _NET.search(before)):
        direction = "up" if net["word"] == "净增" else "down"
        return _Said("change", stripped(before), "", "", direction, True, False, True)
    predicate: Predicate = "level"
    subject, obj, word = before, "", ""
    share = _SHARE.search(before) if ratio and "占" in before else None
    if share is not None and share["object"].startswith("比") and not share["object"].startswith("比亚迪"):
        predicate, subject, word = "rate", share["subject"], "占比"  # 药品收入占比则由上年的25.8%
    elif share is not None:
        predicate, subject, obj, word = "share", share["subject"], share["object"], share["word"] or "占"
        if not obj and (seen := _SEEN_IN.fullmatch(subject)) is not None:
            subject, obj = seen["part"], seen["whole"]
    elif (ratio and (rate := _RATE.match(before))) and (
        kind == "percent" or not _MOVED.search(before, rate.end("word"))
    ):
        predicate, subject, word = "rate", rate["subject"], rate["word"]
    elif ratio and (done := _COMPLETION.search(before)) and done["object"]:
        predicate, subject, obj, word = "share", before[: done.start()], done["object"], "完成"
    elif ratio and _DONE.search(before):
        predicate, subject, word = "rate", "", "完成"
    elif kind == "multiple":
        predicate = "multiple"
    elif kind in ("money", "count", "measure") and _AVERAGE.search(before[-14:]):
        predicate = "average"
    searched = predicate in ("level", "average") and _BASE_MARK.search(before) is not None
    base = searched and _BASE_HEAD.search(before) is not None
    return _Said(predicate, stripped(subject), stripped(obj), word, None, False, base, True)


def _is_of_previous(text: str, q: Quantity, previous: Quantity) -> bool:
    """Whether a ratio is one of the figure right before it (…209.5亿元的53.6%)."""
    joined = text[previous.till : q.at]
    return joined.lstrip("）)").startswith("的") and _OF_PREVIOUS.match(joined) is not None


def statement_of(text: str, near: Words, q: Quantity, previous: Quantity | None, clause: int) -> Statement:
    """What `q` states, from the words around it alone. `previous` is the quantity before it in the sentence."""
    before, kind = near.before, q.kind
    of_previous = (
        previous is not None
        and kind in ("percent", "percentage_point", "multiple")
        and q.at - previous.till < 8
        and not (kind == "percentage_point" and _BEHIND_LEVEL.match(before))
        and _is_of_previous(text, q, previous)
    )
    if kind == "rank" or of_previous:
        predicate: Predicate = "rank" if kind == "rank" else "multiple" if kind == "multiple" else "share"
        return Statement(
            predicate, stripped(before), "", "", None, False, False, near.bracketed, of_previous,
            before, near.behind, near.start, clause,
        )  # fmt: skip
    said = _said(before, kind) if len(before) <= _SHORT_CLAUSE else _said.__wrapped__(before, kind)
    alike = previous is not None and (
        previous.kind == kind or (kind in _RATIOS and before.lstrip("）)") in _MORE_OR_LESS)
    )
    if said.plain and previous is not None and len(before) < (12 if before[:1] == "的" else 6) and alike:
        change = beside_direction(text, before, previous)
        if change is not None:
            said = _changed(before, kind, change)
    if said.plain and previous is not None and kind == "percentage_point" and _BEHIND_LEVEL.match(before):
        gap = _GAP.search(text, max(0, previous.at - 24), previous.at)
        if gap is not None:  # 高于全国7.7%的水平5.1个百分点
            up = gap["up"] is not None
            said = _Said(
                "gap",
                "",
                stripped(gap["object"]),
                gap["up"] or gap["down"],
                "up" if up else "down",
                False,
                False,
                False,
            )
    if not before or (said.plain and before.endswith(_PLANS)):
        gap_told = passed_direction(text, previous, q.number_at) if previous is not None else None
        if gap_told is not None:
            said = _changed(before, kind, gap_told)._replace(predicate="gap", temporal=False)
    elif not said.plain and is_passed(before, text[q.till : q.till + 20]):
        rise = _RISE.search(before) if kind == "percent" else None  # 增速低于全国7.7%的水平5.1个百分点
        said = said._replace(predicate="level", direction="up" if rise else None, base=True)
    predicate, subject, obj, word, direction, temporal, base, _ = said
    if word == "改善" and "率" in (told := text[max(0, q.at - 40) : q.at]) and not _ADVERSE.search(told):
        direction = "up"
    if q.unit == "倍" and q.chinese and text[q.number_at] == "翻":
        predicate, direction = "multiple", "up"
    return Statement(
        predicate, subject, obj, word, direction, temporal, base, near.bracketed, of_previous,
        before, near.behind, near.start, clause,
    )  # fmt: skip
