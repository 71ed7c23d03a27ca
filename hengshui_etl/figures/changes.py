"""The words of change: which way a figure went, told by the words right before it.

Belongs here: verbs of change (增长, 下降), single characters that tell one (升1.6%), where they begin. Does not belong
here: what changed, against what (statements.py).
"""

from __future__ import annotations

import re

from hengshui_etl.figures.found import Quantity
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Direction, FigureKind
from hengshui_etl.vocab import alternatives, beginnings, toml

Change = tuple[Direction, str, int]
"""Which way, the word that says it, and where the word begins."""

_DATA = toml("predicates")
_FILL = (
    r"(?:了|约|近|超过|超|逾|达到|达|为|是|均|都|分别|依次|依序|各|高达|也|则|已|幅度|率|速度|速|额|量|幅|至少|不低于|不少于|不超过|突破|左右|达成|在|超出|一倍|"
    r"[:：]|\s|上|掉|更|了近|了约|成|保持|实现|将|合计|共|共计){0,12}"
)
_UP, _DOWN = alternatives(_DATA["change"]["up"]), alternatives(_DATA["change"]["down"])
_UP1, _DOWN1 = alternatives(_DATA["change"]["up_short"]), alternatives(_DATA["change"]["down_short"])
_CHANGE = lazy_pattern(
    rf"{beginnings(_DATA['change']['up'], _DATA['change']['down'])}(?:(?P<up>{_UP})|(?P<down>{_DOWN})){_FILL}$"
)
_SHORT = lazy_pattern(
    rf"(?=[比较同环相年月季净再分均又各])(?:(?:比|较|同比|环比|相比|年|月|季)[^比较]{{0,16}}?|净|再|分别|均|又|年均|各)(?<!新)(?:(?P<up>{_UP1})|(?<!起)(?P<down>{_DOWN1}))(?:了|出|约|近|超过?|达|分别|：)*(?:支|收|产|用|花|发|装卸|完成|接待)?$"
    rf"|^(?:又|再|还|一年|共)?(?:(?P<up2>多|涨|增)|(?P<down2>少|掉|减|降|跌))(?:了|出|装卸|产)$"
)
_VERB = lazy_pattern(
    r"(?:比|较)[^比较，,；;]{0,10}?(?:(?P<up>多|增|添)|(?P<down>少|减))[^\W\d_a-zA-Z]{1,2}(?:了|约|近)?$"
)
_BARE = lazy_pattern(r"(?:^|[^新净])(?:(?P<up>增|升|涨)|(?P<down>减|降|跌))(?:逾|超|近|约)?$")
_AMOUNT_BARE = lazy_pattern(
    r"^(?:.{0,3}?|的[^，,。；;]{2,8}?)(?:(?P<up>多|高|快|长|超出|新增)|(?P<down>少|低|慢|短))(?:了|出)?$"
)
_OVER = lazy_pattern(
    r"超出$|超出?(?:年度|全年|年初|序时|时序|既定|预定|省定|市定)?(?:任务|计划|目标|进度|预期)(?:要求|数|量)?$"
)
_EARNED = lazy_pattern(r"(?:[户人亩企]均|农民|农户|群众|带动|社员|共|助|促|贫困户|可|每[户人亩])$")
_EACH = frozenset(("增收", "压降", "节省", "省下"))
"""What each of them earned, spared or gave up (户均压降300千瓦) is an amount, and no change of what was told before."""
_LEADING = lazy_pattern(r"领先$|(?P<down>落后)$")
_COMPARING = lazy_pattern(r"(?:(?:比|较|对比|相比)[^，,。；;]{1,24}|[，,](?:比|较))$")
_MORE = lazy_pattern(
    r"(?:^|[比较][^，,。；;]{1,10}?|现在|如今|同比|后者|足足|整整|[量均共]|[^\W\d_a-zA-Z]{3}(?<![至不许很最更较差缺减增]))(?:(?P<up>多)|(?P<down>少))(?:了|[运收发产开跑销用花招付缴赚亏卖装接拨储采征办建送播打种领拿挣](?:了|出|得)?|(?<=者[多少]))$"
)
"""少运7.8%: more or less was done, where no noun stands between."""
_DID = lazy_pattern(r"(?:^|[^新])(?:(?P<up>增)|(?P<down>减))[发供售运送用购播]$|(?P<down2>精简)$|^(?P<up2>扩容|提效)$")
_POINTS = lazy_pattern(r"(?:再|又)(?:(?P<up>提|升|涨)|(?P<down>降|跌))$")
_BASE_BEFORE = lazy_pattern(r"[，,；;][^，,。；;\d]{0,8}(?:比|较|高于|低于|快于|慢于|高出|低出)[^，,。；;]{1,20}$")
_FASTER = lazy_pattern("(?:加快|回升|提速)(?:了|约|近)?$")
"""Before so many points: how the growth went that is then held against another."""
_HANDED = lazy_pattern(r"(?:分别|依次)[^，,。；;]{0,32}$")
_BY_HOW_MUCH = lazy_pattern(r"[，,](?:幅度|具体)(?:约为?|近|达到?|为|在|超过?)?")
_GAP_BEHIND = lazy_pattern(
    r"[）)]?(?:的[^，,。；;\d]{0,8})?(?:高|低|快|慢|加快|提升|提高|回落|放缓|放慢|收窄|上升|下降|多|\d)"
)
_PLAN_BEHIND = lazy_pattern(
    r"的?(?:[^，,。；;\d]{0,8}(?:目标|任务|计划|红线|控制线|预警线|警戒线|底线|上限|下限|要求|标准))?\d"
)
_LINE_BEHIND = lazy_pattern(r"的(?:年度)?(?:要求|标准|控制线|预警线|警戒线|红线|底线)")
_MEAN_BEHIND = lazy_pattern(
    r"的(?:平均|总体|整体)?(?:水平|增速|增幅|涨幅|降幅|均值|平均值|比重|占比)\d{1,3}(?:\.\d{1,3})?个?百分点"
)
_PAST = lazy_pattern(r"(?:(?P<up>高于|高出|超出?|快于|多于)|(?P<down>低于|低出|慢于|少于))[^，,。；;\d]{0,20}$")
_JOINTS = frozenset(("、", "和", "及", "与"))
_DIRECTIONS: tuple[tuple[str, Direction], ...] = (("up", "up"), ("down", "down"), ("up2", "up"), ("down2", "down"))


def _told(match: re.Match[str]) -> Change | None:
    """The change that a pattern with the groups of `_DIRECTIONS` found."""
    found = match.groupdict()
    for group, direction in _DIRECTIONS:
        if found.get(group):
            return direction, found[group], match.start(group)
    return None


def change_direction(before: str) -> Change | None:
    """The change that the words end in (同比增长, 比全国高), or None."""
    end = len(before)
    match = _CHANGE.search(before, max(0, end - 16))
    if match is None:
        match = _SHORT.search(before, max(0, end - 28)) or _VERB.search(before, max(0, end - 20))
        match = match or (_MORE.search(before, max(0, end - 16)) if "多" in before or "少" in before else None)
    if match is not None and match.group()[:2] in _EACH and _EARNED.search(before, 0, match.start()):
        return None
    if match is None:
        return None
    told = _told(match)
    return None if told is not None and told[1].startswith("少") and before[: told[2]].endswith("至") else told


def bare_direction(before: str, kind: FigureKind) -> Change | None:
    """The change of a ratio that one character tells (升1.6%), a lead (领先), what is over a plan, or None."""
    match = None
    if kind == "percentage_point" and before.endswith(("还差", "尚差")):
        return "down", "差", len(before) - 2
    if kind == "percentage_point":
        match = _POINTS.search(before)
    if kind == "percent" and "占" not in before:
        match = _BARE.search(before, max(0, len(before) - 4)) or _DID.search(before, max(0, len(before) - 4))
    if match is None and kind in ("percent", "percentage_point"):
        match = _LEADING.search(before)
    match = match or (_OVER.search(before) if "超" in before else None)
    return (_told(match) or ("up", match.group(), match.start())) if match else None


def direction_of_base(text: str, q: Quantity, previous: Quantity, told: Direction | None) -> Direction | None:
    """Which way a rate went that another, `previous`, is told against: the same way as that, where the gap of the two
    follows (增长5.3%，比全市（4.2%）高1.1个百分点), what only says by how much it went (多领12元，幅度10.4%), or
    another that the same change is handed to (分别净增1.07万户、216.8亿元); else None."""
    if told is not None and q.kind == "percent" and _BY_HOW_MUCH.fullmatch(text, previous.till, q.at) is not None:
        return told
    if told is not None and text[previous.till : q.at] in _JOINTS:
        return told if _HANDED.search(text, max(0, previous.at - 36), previous.at) is not None else None
    if told is None or q.kind != "percent" or q.at - previous.till > 30:
        return None
    if previous.kind != "percent" and not (
        previous.kind == "percentage_point" and _FASTER.search(text, max(0, previous.at - 8), previous.at)
    ):
        return None
    if _BASE_BEFORE.fullmatch(text, previous.till, q.at) is None or _GAP_BEHIND.match(text, q.till) is None:
        return None
    return told


def is_passed(before: str, behind: str) -> bool:
    """Whether a level is one that another has passed, by what stands behind it (超计划660亿元的目标23.4亿元)."""
    if _PLAN_BEHIND.match(behind) or _LINE_BEHIND.match(behind):
        return _PAST.search(before) is not None
    past = _PAST.search(before) if _MEAN_BEHIND.match(behind) else None
    return past is not None and past["down"] is not None  # 低于全国2.54%的平均水平0.40个百分点: no fall of 2.54%


def passed_direction(text: str, previous: Quantity, at: int) -> Change | None:
    """Which way the amount at `at` lies behind the level before it that was passed (低于4.5%的控制线1.08个百分点)."""
    if at - previous.till > 18 or _PLAN_BEHIND.fullmatch(text, previous.till, at + 1) is None:
        return None
    match = _PAST.search(text, max(0, previous.at - 24), previous.number_at)
    return _told(match) if match else None


def beside_direction(text: str, before: str, previous: Quantity) -> Change | None:
    """The change that one character tells behind a level compared with (比X的N吨多7吨), or None."""
    if _COMPARING.search(text, max(0, previous.at - 28), previous.at) is None:
        return None
    match = _AMOUNT_BARE.match(before)
    return (_told(match) or ("up", match.group(), match.start())) if match else None
