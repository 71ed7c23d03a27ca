"""What the words around a quantity say of it: the clause grammar.

Belongs here: cutting a sentence into the words before and behind each quantity, and naming what is stated: a level, a
change, a gap, a share, a rate, an average, a rank, a multiple; of what, against what. Figures take their metric and
direction from it, relations their operands. Does not belong here: numbers and units (quantities.py), calendar
(periods.py), arithmetic (relations/).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from hengshui_etl.figures.quantities import Quantity
from hengshui_etl.records import Direction
from hengshui_etl.vocab import alternatives, toml, words

Predicate = Literal["level", "change", "gap", "share", "rate", "average", "rank", "multiple"]

_DATA = toml("predicates")


_FILL = (
    r"(?:了|约|近|超过|超|逾|达到|达|为|是|均|都|分别|各|高达|也|则|已|幅度|率|速度|速|额|量|幅|至少|不低于|不少于|不超过|突破|左右|达成|在|超出|一倍|"
    r"[:：]|\s|上|掉|更|了近|了约|成|保持|实现|将|合计|共|共计)*"
)
_UP, _DOWN = alternatives(_DATA["change"]["up"]), alternatives(_DATA["change"]["down"])
_UP1, _DOWN1 = alternatives(_DATA["change"]["up_short"]), alternatives(_DATA["change"]["down_short"])
_CHANGE = re.compile(rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN})){_FILL}$")
_SHORT = re.compile(
    rf"(?:(?:比|较|同比|环比|相比|年|月|季)[^比较]{{0,16}}?|净|再|分别|均|又|年均|各)(?:(?P<up>{_UP1})|(?P<down>{_DOWN1}))(?:了|出|约|近|超过?|达|分别|：)*(?:支|收|产|用|花|发|装卸|完成|接待)?$"
    rf"|^(?:又|再|还|一年|共)?(?:(?P<up2>多|涨|增)|(?P<down2>少|掉|减|降|跌))(?:了|出|装卸|产)$"
)
_NET = re.compile(r"(?P<word>净增|净减)[^，,。；;]{1,8}$")
_VERB = re.compile(
    r"(?:比|较)[^比较，,；;]{0,10}?(?:(?P<up>多|增|添)|(?P<down>少|减))[\u4e00-\u9fff]{1,2}(?:了|约|近)?$"
)
_GAP = re.compile(
    rf"(?:(?P<up>{alternatives(_DATA['gap']['up'])})|(?P<down>{alternatives(_DATA['gap']['down'])}))"
    rf"(?P<object>[^，,。；;]{{1,24}}?)(?:达到?|约|近|不低于|超过?|了|分别)*$"
)
_THAN = re.compile(
    r"(?:(?:(?<![占同环对可])比(?!重|例|率|值)|较(?!快|大|高|好|多|为))(?P<object>[^比较，,；;]{1,24}?)(?:相比)?|(?:与|同|和)(?P<with>[^，,；;]{1,24}?)相比)[，,]?"
    r"(?:净|再|共|累计|分别|实际|大幅|平均|又|也|还|都|均|将|进一步|明显|略|同比|环比|合计|总计|年均|小幅|有所|同口径|十年|五年|三年|提前)*$"
)
_YEAR_ON_YEAR = re.compile(
    r"(?:同比|环比|相比|按年|按月|仍|则|逆势|分别|均|各|继续|净|实际|名义|累计|共|将|大幅|由|一年|全年|月均)+$"
)
_DONE = re.compile(r"(?:^|已|实际|实现)(?:完成|兑现|完工|播种|实施|执行)(?:了|约|近|超)?$")
_AMOUNT_GAP = re.compile(r"高于|低于|高出|多于|少于|超出|多出|领先|落后")
_SHARE = re.compile(
    r"(?P<subject>[^占]*)占(?:到|据|了|有)?(?P<object>(?!比依次|比分别)[^占]*?)的?(?P<word>比重|比例|份额|比|总比重)?"
    r"(?:达到|达|为|是|超过|超|高达|近|约|均|分别|依次|先后|各自|各|合计|已|仅|不足|将|到|至|提高|上升|保持|在|也|的|由|从|：|:|不低于|不超过)*$"
)
_RATE = re.compile(
    rf"(?P<subject>.*?)(?P<word>{alternatives(_DATA['rates']['words'])})(?:[（(][^）)]{{0,12}}[）)])?(?:仅|均|已|也|分别|都|各|约|近|超过|超|由|从|将|保持|稳定|控制|维持|在|：|:|达到|达|为|是|至|到|提高|提升|下降|上升|降低|降|升|高达|不低于|不超过|压减|的|\s)*$"
)
_MOVED = re.compile("提高|提升|[上下]升|下降|降低|降|升|压减")  # 城镇化率提高1.2个百分点: no share printed in points
_COMPLETION = re.compile(r"(?:完成|实现|达到?|为|占|恢复到|恢复至|相当于|是)(?P<object>[^完占，,。；;]{0,24}?)的?$")
_AVERAGE = re.compile(alternatives(_DATA["averages"]["words"]))
_TEMPORAL = re.compile(
    r"^(?:20\d\d年)?(?:上年|去年|前年|同期|年初|上月|上季|上半年|下半年|一季度|二季度|三季度|前|[0-9]{1,2}月|[0-9]{4}年|往年|上一|年末|年底|月|季|平日|以前|过去|同比|环比|十年前|当时|此前|20)"
)
_CLAUSE_ENDS = "，,；;。：:！!？?\n\t"
_FRONT, _BACK = alternatives(_DATA["strip_front"]["words"]), alternatives(_DATA["strip_back"]["words"])
_KEPT_FRONT = "|".join(map(re.escape, words(_DATA["strip_front"]["kept"])))
_KEPT_BACK = tuple(words(_DATA["strip_back"]["kept"]))
_FRONT_RE = re.compile(rf"(?:(?!{_KEPT_FRONT})(?:{_FRONT}|[\s“”\"（）()·—-]))+")
_BACK_RE = re.compile(rf"(?:{_BACK}|[\s“\"（(、：:])$")
_ATTRIBUTES = frozenset(words(_DATA["attributes"]["words"]))


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


@lru_cache(maxsize=1 << 14)
def stripped(label: str) -> str:
    """A label without the set phrases at its ends; words that only begin or end like one (中央, 结余) are kept."""
    front = _FRONT_RE.match(label)
    if front:
        label = label[front.end() :]
    for _ in range(6):
        back = _BACK_RE.search(label[-16:])
        if back is None or label.endswith(_KEPT_BACK):
            break
        label = label[: len(label) - (min(16, len(label)) - back.start())]
    return label.strip("、和及与的，, ：:")


def is_attribute(label: str) -> bool:
    """Whether a label names only an attribute (总投资, 占比), so that its bearer must be sought before it."""
    return label in _ATTRIBUTES


class Words(NamedTuple):
    """The words before a quantity within its clause, and the words behind it, with where the clause part begins."""

    before: str
    behind: str
    start: int
    bracketed: bool


def words_around(text: str, start: int, end: int, quantities: list[Quantity], i: int, spaced: bool) -> Words:
    """The words of the clause before and behind quantity `i`, whose sentence runs from `start` to `end`.

    Brackets without a quantity in them are part of the words. `spaced` makes a space end a clause (headlines)."""
    q = quantities[i]
    left = max(start, quantities[i - 1].till) if i else start
    right = min(end, quantities[i + 1].at) if i + 1 < len(quantities) else end
    segment = text[left : q.at]
    if segment in ("）", ")") and i:  # 高出警戒水位（19.00米）3.36米: the words before the bracket
        opened_at = max(text.rfind("（", start, quantities[i - 1].at), text.rfind("(", start, quantities[i - 1].at))
        if opened_at >= 0:
            left = max(start, quantities[i - 2].till) if i > 1 else start
            segment = text[left:opened_at]
            spliced: int | None = opened_at
        else:
            spliced = None
    else:
        spliced = None
    cut = -1
    for c in _CLAUSE_ENDS:
        at = segment.rfind(c)
        if at > cut and not (c in ":：" and at == len(segment) - 1):
            cut = at
    if spaced:
        cut = max(cut, segment.rstrip().rfind(" "))
    before_start = left + cut + 1
    before = text[before_start : q.at if spliced is None else spliced]
    bracketed = False
    opened = max(before.rfind("（"), before.rfind("("))
    if opened >= 0 and opened > max(before.rfind("）"), before.rfind(")")):
        bracketed = True
        before_start += opened + 1
        before = before[opened + 1 :]
    behind = text[q.till : right]
    for j, c in enumerate(behind):
        if c in _CLAUSE_ENDS or c in "、）)（(" or (spaced and c == " "):
            behind = behind[:j]
            break
    return Words(before, behind, before_start, bracketed)


_BARE = re.compile(r"(?:^|[^新净])(?:(?P<up>增|升|涨)|(?P<down>减|降|跌))(?:逾|超|近|约)?$")
_AMOUNT_BARE = re.compile(r"^.{0,3}?(?:(?P<up>多|高|快|长)|(?P<down>少|低|慢|短))(?:了|出)?$")
_LEADING = re.compile(r"领先$|(?P<down>落后)$")
_COMPARING = re.compile(r"(?:比|较|对比|相比)[^，,。；;]{1,24}$")
_ADVERSE = re.compile(r"(?:不良|失业|空置|死亡|逾期|负债|赤字|亏损|病|浓度|天数)")


def bare_direction(text: str, before: str, q: Quantity, previous: Quantity | None) -> tuple[Direction, str, int] | None:
    """(direction, word, where it begins) of a change that one character tells: 升1.6%; 比X的N吨多7吨; else None."""
    match = None
    if q.kind == "percent" and "占" not in before:
        match = _BARE.search(before, max(0, len(before) - 4))
    if match is None and q.kind in ("percent", "percentage_point"):
        match = _LEADING.search(before)
    if match is None and previous is not None and len(before) < 6 and previous.kind == q.kind:
        compared = _COMPARING.search(text, max(0, previous.at - 28), previous.at)
        match = _AMOUNT_BARE.match(before) if compared is not None else None
    if match is None:
        return None
    found = match.groupdict()
    for group in ("up", "down"):
        if found.get(group):
            return ("up" if group == "up" else "down"), found[group], match.start(group)
    return "up", match.group(), match.start()


def change_direction(before: str) -> tuple[Direction, str, int] | None:
    """(direction, word, where the word begins) where the words end in a change (同比增长, 比全国高), else None."""
    match = _CHANGE.search(before, max(0, len(before) - 16))
    if match is None:
        match = _SHORT.search(before, max(0, len(before) - 28)) or _VERB.search(before, max(0, len(before) - 20))
        if match is None:
            return None
    found = match.groupdict()
    for group, direction in _DIRECTIONS:
        if found.get(group):
            return direction, found[group], match.start(group)
    return None


_DIRECTIONS: tuple[tuple[str, Direction], ...] = (("up", "up"), ("down", "down"), ("up2", "up"), ("down2", "down"))
_TEMPORAL_WORD = re.compile(
    r"同比|环比|比上|较上|比去|较去|比年初|较年初|比同期|较同期|较年|年增|年减|上年|去年|同期|年初|上月|月份"
)
_OF_PREVIOUS = re.compile(r"^[)）]?的?(?:比重|比例|份额|比|总量|水平)?(?:的)?(?:约|近|为|达到?|超过?)?$")


def statement_of(text: str, near: Words, q: Quantity, previous: Quantity | None, clause: int) -> Statement:
    """What `q` states, from the words around it alone. `previous` is the quantity before it in the sentence."""
    before = near.before
    predicate: Predicate = "level"
    subject, obj, word = before, "", ""
    direction: Direction | None = None
    temporal = base = False
    joined = text[previous.till : q.at] if previous is not None else ""
    of_previous = (
        previous is not None
        and q.kind in ("percent", "percentage_point", "multiple")
        and len(joined) < 8
        and joined.lstrip("）)").startswith("的")
        and _OF_PREVIOUS.match(joined) is not None
    )
    if q.kind == "rank":
        predicate = "rank"
    elif of_previous:
        predicate = "multiple" if q.kind == "multiple" else "share"
    else:
        ratio = q.kind in ("percentage_point", "percent")
        gap = _GAP.search(before) if ratio or _AMOUNT_GAP.search(before) else None
        change = change_direction(before) if gap is None else None
        if change is None and gap is None:
            change = bare_direction(text, before, q, previous)
        if change is not None and change[1] == "改善":
            told = text[max(0, q.at - 40) : q.at]
            change = ("up", *change[1:]) if "率" in told and not _ADVERSE.search(told) else change
        if change is not None:
            direction, word, at = change
            predicate, subject = "change", before[:at]
            than = _THAN.search(subject)
            if than is not None:
                obj = than["object"] or than["with"]
                temporal = _TEMPORAL.match(obj) is not None
                if not temporal and q.kind != "multiple":
                    predicate = "gap"
                subject = subject[: min(than.start(), len(subject))]
            else:
                temporal = True
                subject = _YEAR_ON_YEAR.sub("", subject)
        elif gap is None and q.kind == "count" and (net := _NET.search(before)):
            direction, word = ("up", net["word"]) if net["word"] == "净增" else ("down", net["word"])
            predicate, temporal, subject = "change", True, before
            word = ""
        elif gap is not None:
            direction, word = ("up", gap["up"]) if gap["up"] else ("down", gap["down"])
            predicate, subject, obj = "gap", before[: gap.start()], gap["object"]
            temporal = _TEMPORAL.match(obj) is not None
        elif ratio and "占" in before and (share := _SHARE.search(before)):
            predicate, subject, obj, word = "share", share["subject"], share["object"], share["word"] or "占"
        elif (ratio and (rate := _RATE.match(before))) and (
            q.kind == "percent" or not _MOVED.search(before, rate.end("word"))
        ):
            predicate, subject, word = "rate", rate["subject"], rate["word"]
        elif ratio and (done := _COMPLETION.search(before)) and done["object"]:
            predicate, subject, obj, word = "share", before[: done.start()], done["object"], "完成"
        elif ratio and _DONE.search(before):
            predicate, subject, word = "rate", "", "完成"
        elif q.kind == "multiple":
            predicate = "multiple"
        elif q.kind in ("money", "count", "measure") and _AVERAGE.search(before[-14:]):
            predicate = "average"
        if q.unit == "倍" and q.chinese and text[q.number_at] == "翻":
            predicate, direction = "multiple", "up"
        if predicate in ("level", "average"):
            base = _BASE_HEAD.search(before) is not None
    return Statement(
        predicate, stripped(subject), stripped(obj), word, direction, temporal, base, near.bracketed, of_previous,
        before, near.behind, near.start, clause,
    )  # fmt: skip


_BASE_HEAD = re.compile(
    r"(?:比|较|与|同|由|从(?![业事])|相比|恢复到|恢复至|相当于|是|为|对比)[^，,。；;]{0,8}"
    r"(?:上年度|上年末|上年|去年底|去年|前年|同期|年初|上月|上季|上半年|20\d\d年|\d{1,2}月份?|平日|往年)"
    r"(?:同期|末|底|初|全年|当期)?(?:[^，,。；;]{0,14}的|[（(])?$"
    r"|(?:上年|去年|20\d\d年|上年度)(?:同期)?[（(]$|^(?:上年|去年|前年|常年|往年|20\d\d年|上月|上季度|\d{1,2}月份?)(?:同期|此时|全年|底|末)?(?:为|是|只有|仅为|要卖|才)?$|(?:由|从(?![业事]))[^，,。；;]{0,14}$"
)
