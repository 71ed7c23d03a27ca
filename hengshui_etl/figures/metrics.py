"""What a figure measures, as a short phrase of the article's own words.

Belongs here: making the phrase from a clause and from what the clauses before it spoke of: the subject that a change
leans on, the whole of a share. Does not belong here: what is handed on (memory.py), lists that hand out names
(handed.py), cleaning labels (labels.py), cutting clauses (clauses.py), when and of whom (governing.py, whose.py).
"""

from __future__ import annotations

from hengshui_etl.figures.bases import BASE_TIME, COMPARING
from hengshui_etl.figures.behind import LEANING
from hengshui_etl.figures.counted import heed_counted
from hengshui_etl.figures.found import Quantity
from hengshui_etl.figures.handed import handed_out, names_for
from hengshui_etl.figures.labels import LONGEST, WHOLE_TAIL, cleaned, is_attribute, joined, tail_of
from hengshui_etl.figures.levels import (
    ALONE,
    BARE_AVERAGE,
    FAR,
    WHOLE_VERB,
    level_of,
)
from hengshui_etl.figures.memory import CLASSES, RECENT, Memory
from hengshui_etl.figures.percents import rate_in
from hengshui_etl.figures.statements import Statement
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import alternatives, toml, words

_DATA = toml("predicates")
# A Chinese character is [^\W\d_a-zA-Z] here: each range \u4e00-\u9fff takes the engine a millisecond to compile.
_PARTED = lazy_pattern(r"分别|依次|各占|分列|各为|所占比重|占比|各$")
_EXCHANGE = lazy_pattern(r"(?P<currency>[^\W\d_a-zA-Z]{1,2}元)兑$")
_EITHER = lazy_pattern("^(?:其中)?(?:前者|后者)")
_AMONG = lazy_pattern(r"([^，。；,;：:？?！!\n]{2,20})(?:[中里内][，,]|[为是]?[：:])$")
_BREAKDOWN = lazy_pattern(
    r"(?:按|从|分)[^，,。；;]{1,12}(?:看|分|统计|划分|计)[，,]$|[。；;\n\s，]分[^，,。；;]{1,4}[，,]$"
)
_OPENING = lazy_pattern(
    r"(?:[。；;：:！？\n]|^|[看分析计中里][，,])[\s“]{0,24}(?:\d{1,2}月)?(?P<clause>[^，,。；;：:！？\n\d（()）]{4,20})[，,]$"
)
_DIGIT = lazy_pattern(r"\d")
_NO_BEARER = lazy_pattern(
    r"记者|获悉|表示|显示|介绍|透露|[看分中里内间来时后前说称道上]$|方面$|截至|截止|目前|同时|此外|其中|据|按|通报|期间|以来"
    r"|^(?:今年|去年|全年|全市|全县|全省|如今|当天|当日|同期|为|在|从|对|与|和|比|同|较)|相比|[一二三四五六七八九十百千万两]{2}|情况|总体|这|我|他|她|们|相抵|加上|扣除|刨去|剔除"
)
_SAID_OF_IT = lazy_pattern(
    r"(?:则|最|仍|也|已|正|都|均|全部|陆续|稳步|加快|提前|持续|不断|按部就班|进展|同样|却|领涨|回落|发力|见效|实行|水涨船高).*$"
)
_OWN_RATES = frozenset(words(_DATA["rates"]["alone"]))
_NARROW = str.maketrans("（）", "()")
_AMONG_ENDS = frozenset(a + b for a in "中里内" for b in "，,")
_COUNTED = lazy_pattern(r"^(?:全[市省县区])?[\d.]+[余多]?[^\W\d_a-zA-Z]|(?:依次|分别)?[为是]?$")
_NO_TOPIC = lazy_pattern(
    r"\d|^[两二三四五六七八九十]{1,3}[个大]?(?:县|市|区|镇|乡|州|省)|书记|记者|翻开|掰着|笔账|工作回眸|局长|主任|看$|算$"
)


def metric_of(
    text: str, q: Quantity, s: Statement, memory: Memory, listed: bool, headline: bool, count: int = 1
) -> str | None:
    """The phrase for `q`, which begins or goes on a list of `count` figures; `memory` is brought up to date."""
    if listed and memory.parts:
        memory.part += 1
        if memory.part < len(memory.parts):
            memory.subject = memory.parts[memory.part]
            return memory.parts[memory.part]
    elif not listed:
        memory.parts = []
    handing = count > 1 and not listed and q.kind != "rank"
    earlier, memory.before = memory.before, s.before
    parted = _PARTED.search(earlier if s.of_previous else s.before)  # 分别占总量288.9万张的83.7%、9.6%和6.7%
    if handing and (parted or names_for(s, memory, count)):
        parts = handed_out(s, memory, count, q.unit, _clause_before(text, s.start))
        if parts:
            memory.parts, memory.part = parts, 0
            memory.items.extend(parts)
            memory.subject = parts[0]
            if q.kind == "percent" and (rate := rate_in(parts[0])):
                memory.ratio, memory.rate = parts[0], rate
            return parts[0]
    announced = s.start > 1 and (text[s.start - 1] in "：:" or text[s.start - 2 : s.start] in _AMONG_ENDS)
    if announced and not listed and not s.bracketed and (among := _AMONG.search(text, max(0, s.start - 24), s.start)):
        topic = cleaned(_COUNTED.sub("", among[1]))
        if (
            len(topic) >= 3
            and not _NO_TOPIC.search(topic)
            and not topic.endswith(("情况", "方面", "数据", "获悉", "说", "道", "统计"))
        ):
            memory.topic, memory.unit, memory.items = topic, q.unit, []
    behind_comma = s.start > 1 and text[s.start - 1] in "，," and not s.bracketed
    behind_comma = behind_comma and (text[s.start - 2] in "看分计" or "分" in text[max(0, s.start - 6) : s.start - 1])
    if behind_comma and _BREAKDOWN.search(text, max(0, s.start - 18), s.start):
        memory.breaking = q.unit
        if divided := _DIVIDED.search(text, max(0, s.start - 24), s.start):
            memory.topic, memory.unit, memory.article = divided["whole"], q.unit, (divided["whole"], q.unit)
    metric = _plain(text, q, s, memory, headline)
    if (
        s.predicate == "level"
        and len(metric) <= 6
        and (part := _PART_OF_YEAR.match(s.before))
        and part[0] not in metric
    ):
        metric = part[0] + metric
    if len(metric) < 2 and s.before:
        metric = _line_head(text, s.start) + s.before.strip()
    if s.predicate in ("level", "average") and not s.bracketed:
        memory.kind = q.kind
        if not headline and s.predicate == "level" and metric:
            memory.firsts.setdefault(q.unit, metric)
        if q.unit not in CLASSES:
            memory.levels.append((q.unit, metric))
        if s.predicate == "level" and metric:
            memory.amounts.append((q.unit, q.value, metric))
        if q.kind == "count" and s.predicate == "level" and metric:
            heed_counted(q, s, metric, memory)
        if q.kind == "count" and not headline:
            memory.counts.setdefault(q.unit, metric)
        elif metric[-1:] in WHOLE_TAIL and len(metric) <= 12 and s.subject and not metric.endswith("余"):
            memory.measures[q.unit] = metric
    memory.last = metric
    if q.kind == "percent" and s.predicate in ("share", "rate"):
        memory.ratio, memory.rate = metric, rate_in(metric)
    elif q.kind == "percent" and s.predicate == "level" and not memory.based and rate_in(metric):
        memory.ratio, memory.rate = metric, memory.rate or rate_in(metric)
    if "GDP" in metric:
        metric = metric.replace("（GDP）", "").replace("(GDP)", "").replace("GDP", "地区生产总值")
    metric = metric[-2 * LONGEST :]
    return (metric.translate(_NARROW) if "（" in metric or "）" in metric else metric) or None


def _line_head(text: str, at: int) -> str:
    """What the line that holds `at` begins with, up to a colon (长岭县：计划412.5万亩，已播…), or nothing."""
    begin = text.rfind("\n", max(0, at - FAR), at) + 1
    while begin < at and text[begin] in " \u3000":
        begin += 1
    head = _LINE_HEAD.match(text, begin, at)
    return head.group()[:-1] if head else ""


def _clause_before(text: str, at: int) -> str:
    """The clause that ends in a comma right before `at`, or nothing."""
    if at < 2 or text[at - 1] not in "，,":
        return ""
    begin = 1 + max(text.rfind(c, max(0, at - 64), at - 1) for c in "，,。；;：:\n")
    return text[begin : at - 1] if begin > 0 else ""


def _opening(text: str, at: int, plain: bool) -> str:
    """What the clause without figures is about that opens the sentence right before the clause at `at`, or nothing;
    with `plain` only where it says how that fares."""
    if _DIGIT.search(text, at - 5, at):
        return ""
    match = _OPENING.search(text, max(0, at - 24), at)
    if match is None or _NO_BEARER.search(match["clause"]):
        return ""
    bearer = cleaned(match["clause"])
    trimmed = _SAID_OF_IT.sub("", bearer)
    if plain and trimmed == bearer:
        return ""
    return trimmed if len(trimmed) >= 3 else bearer


def _plain(text: str, q: Quantity, s: Statement, memory: Memory, headline: bool) -> str:
    subject = cleaned(s.subject) if s.subject else ""
    predicate = s.predicate
    if s.start > 4 and text[s.start - 1] in "，," and not s.bracketed and not s.of_previous:
        mean = predicate == "average" and BARE_AVERAGE.match(subject) is not None
        needy = mean or len(subject) <= 1 or is_attribute(subject) or subject in LEANING
        if needy and not (q.kind == "count" and s.behind) and (head := _opening(text, s.start, mean)):
            if q.kind == "percent" and memory.rate and len(head) <= 6 and head[-1] not in WHOLE_TAIL:
                head = joined(head, memory.rate)  # 甲县优良率最高，为88.5%；乙县最低，为74.2%
            memory.subject = memory.change = head
            if not memory.topic or text[max(0, text.rfind("，", 0, s.start - 1) - 1)] not in "中里":
                memory.topic, memory.unit, memory.items, memory.ratio = head, q.unit, [], ""
    if q.kind == "money" and text.startswith("兑", q.till):
        return f"{q.unit}兑换"
    if q.kind == "money" and s.before.endswith("兑") and (rate := _EXCHANGE.search(text, max(0, q.at - 8), q.at)):
        return f"1{rate['currency']}兑人民币汇率"
    if s.bracketed and len(subject) < 2:
        return _bracketed(text, q, s, memory)
    if "者" in s.before and (which := _EITHER.match(s.before)) and (named := _either(which.group()[-2:], q, memory)):
        if predicate == "level":
            memory.subject = named
            return named
        memory.subject = memory.change = named
        subject = named
    named = memory.last.partition("占")[0] if predicate == "share" and text[s.start - 1] not in "，,。；;：:" else ""
    if subject and named.endswith(subject):
        subject = named  # 健身、美发两个行业占近八成
    if predicate == "share" and memory.topic[:2] not in ("", "其他", "其余") and (of_it := _OF_IT.match(s.before)):
        subject = of_it["which"] + tail_of(memory.topic, 6)  # 网上零售额…，通过公共网络实现的占10.1%
    if predicate == "share" and (both := _BOTH.match(subject)) and (named := _both(memory)):
        subject = named + subject[both.end() :]
    if predicate in ("level", "average"):
        return level_of(text, q, s, memory, subject, headline)
    if predicate == "change":
        return _change(q, s, memory, subject)
    if predicate == "gap":
        bearer = memory.change or memory.subject if is_attribute(subject) or not subject else ""
        if subject and is_attribute(subject):
            bearer = joined(bearer.removesuffix("同比"), subject)
        whose = bearer or subject
        memory.change = memory.change or whose
        if s.word in ("高于", "低于", "快于", "慢于", "多于", "少于", "领先"):
            return f"{whose}{s.word}{s.object}"
        return f"{whose}比{s.object}{s.word}"
    if predicate == "share":
        return _share(q, s, memory, subject)
    if predicate == "rate":
        return _rate(s, memory, subject)
    if predicate == "rank":
        bearer = memory.ratio if memory.ratio and memory.last == memory.ratio else memory.change or memory.subject
        return joined(bearer, subject) if len(subject) <= 8 else subject
    if "前者" in s.before and len(memory.items) >= 2:
        memory.subject = f"{memory.items[-2]}是{memory.items[-1]}的倍数"
        return memory.subject
    if text[q.at] == "翻" and memory.subject and (len(subject) <= 3 or subject == memory.subject):
        return f"{memory.subject}与{memory.time}相比" if memory.time else f"{memory.subject}翻番"
    time = BASE_TIME.search(s.before)
    if s.of_previous or time is not None or len(subject) <= 3:
        other = time.group() if time else memory.time if s.of_previous else "" if s.of_previous else subject
        return f"{memory.subject}是{other}的倍数"
    if s.before.startswith(("是", "为", "相当于")) and memory.subject:
        return f"{memory.subject}是{subject}的倍数"
    return f"{subject}{s.object}"


def _either(which: str, q: Quantity, memory: Memory) -> str:
    """What 前者 or 后者 means: of the last two levels with one unit the former or the latter; a level of another unit
    is what was told last of it, of that one."""
    levels = memory.levels[-RECENT:]
    for (unit, former), (other, latter) in zip(levels[-2::-1], levels[:0:-1], strict=False):
        if unit == other:
            named = former if which == "前者" else latter
            whole = levels[-1]
            if whole[0] == unit or q.unit != whole[0]:
                return named
            return joined(named, whole[1])
    return ""


_OF_IT = lazy_pattern(r"(?:其中)?(?P<which>[^，,。；;\d]{2,14}[^，,。；;\d目似]的)占(?![比了有])")
"""Who takes up a share, with nothing behind 的 but what was told before."""
_BOTH = lazy_pattern("(?:这|以上|上述)?[两二][者项类](?:加起来|合计|之和|相加|合起来|加在一起|共计?)?")


def _both(memory: Memory) -> str:
    """What 两者 means: the two levels told last, by their names, or nothing where those are long."""
    named = memory.items[-2:]
    if len(named) < 2 or any(len(name) > 12 or name.startswith("其余") for name in named):
        return ""
    return f"{named[0]}和{named[1]}"


def _bracketed(text: str, q: Quantity, s: Statement, memory: Memory) -> str:
    """A figure in brackets: the same thing again, or what the word before the bracket names (占生产总值（…）)."""
    head = text[max(0, s.start - 24) : s.start - 1]
    for c in "，,。；;、":
        head = head[head.rfind(c) + 1 :]
    if "占" in head:
        memory.whole = cleaned(head[head.rfind("占") + 1 :])
        return memory.whole
    time = BASE_TIME.search(head[-8:])
    if time and COMPARING.search(head):
        memory.time, memory.based = time.group(), True
        return joined(time.group(), memory.subject)
    return memory.subject


def _change(q: Quantity, s: Statement, memory: Memory, subject: str) -> str:
    bearer = subject
    lean = memory.subject or memory.change or memory.topic
    if q.unit == "百分点" and memory.ratio:
        lean = memory.ratio
    if _MEAN_OF_YEARS.fullmatch(bearer):
        bearer = f"{lean}{bearer}"
    elif _THAT_RATIO.fullmatch(bearer):
        bearer = lean
    elif not bearer or len(bearer) <= 1 or COMPARING.fullmatch(bearer) or _QUALIFIED.search(bearer):
        bearer = f"{lean}{bearer if '口径' in bearer or '因素' in bearer else ''}"
    elif is_attribute(bearer) or bearer in ("占比", "比重", "增速", "增幅", "涨幅"):
        ratio = bearer in ("占比", "比重", "增速", "增幅", "涨幅", "降幅")
        bearer = joined((memory.change if ratio else memory.topic) or lean, bearer)
    elif len(bearer) == 2 and bearer in memory.topic and "、" in memory.topic:
        memory.subject = memory.change = bearer  # 受理投诉、举报: 投诉增加2839件，上升10.0%
    elif len(bearer) <= 4 and bearer[-1] not in WHOLE_TAIL and memory.topic and memory.topic not in bearer:
        bearer = bearer if len(bearer) > 2 else joined(memory.topic, bearer)
    else:
        memory.change = bearer
        if not memory.topic:
            memory.topic = bearer
        memory.subject = bearer
    memory.change = memory.change if is_attribute(subject) and memory.change else bearer or memory.change
    than = (
        f"比{s.object}"
        if s.object and s.temporal
        else "同比"
        if "同比" in s.before
        else "环比"
        if "环比" in s.before
        else ""
    )
    if not than and memory.based and memory.time:
        than = f"比{memory.time}"
    if q.kind == "percent" and bearer == subject:
        memory.ratio, memory.rate = f"{bearer}{s.word}", ""  # 投资增长14.8%，比全市的9.7%高5.1个百分点
    return f"{bearer}{than}{s.word}"


def _share(q: Quantity, s: Statement, memory: Memory, subject: str) -> str:
    whole = cleaned(s.object) if s.object else ""
    if s.of_previous:
        if memory.based and memory.time:
            return f"{memory.subject}为{memory.time}"
        verb = "占" if q.kind == "percent" else "是"
        return f"{memory.subject or memory.topic}{verb}{memory.whole or ''}"
    bearer = subject
    if len(bearer) < 2 or (is_attribute(bearer) and bearer not in ALONE):
        bearer = memory.subject
    else:
        if len(bearer) >= 2:
            memory.subject = bearer
    word = "" if s.word != "完成" else "完成"
    if s.word == "完成":
        reached = WHOLE_VERB.search(s.before)
        return f"{bearer}{reached.group() if reached else word}{s.object}"
    if whole:
        memory.whole = whole
    elif memory.whole and memory.whole in bearer:
        memory.whole = ""
    other = whole or memory.whole
    if not other:
        topic = memory.topic if memory.topic != bearer else ""
        if found := _head_of(memory.whole_of(bearer, q.value, q.place)):
            return f"{bearer}占比" if found in bearer else f"{bearer}占{found}"
        other = topic
    if not whole and (len(other) > 8 or ("占比" in s.before and not memory.whole)):
        return f"{bearer}占比"
    own = other in bearer or f"非{bearer}" in other
    return f"{bearer}占比" if other and own else f"{bearer}占{other}"


_HEAD = lazy_pattern(rf"(?:{alternatives(_DATA['wholes']['heads'])})$")


def _head_of(whole: str) -> str:
    """A whole that a share's clause does not name, in a few characters (货物贸易进出口总值: 进出口总值), or nothing."""
    if len(whole) <= 8:
        return whole
    if "、" in whole[-6:]:
        return ""
    head = _HEAD.search(whole)
    short = head.group() if head else whole[-4:]
    return short if short.isalpha() else ""


def _rate(s: Statement, memory: Memory, subject: str) -> str:
    at = s.before.rfind(s.word)
    label = cleaned(s.before[:at] + s.word) if at > 0 else f"{subject}{s.word}"
    label = label or s.word
    if (len(label) >= 5 or (label.endswith("比") and len(label) == 3)) and label[0] not in "）)的":
        memory.subject = label
        return label
    if label in ("比重", "占比", "比例", "份额") or (label.endswith(("占比", "比重")) and len(label) <= 4):
        bearer = label.removesuffix(s.word) or memory.subject
        if memory.shared and not memory.whole:
            return f"{bearer}占比"
        whole = memory.whole or memory.topic
        return f"{bearer}占比" if not whole else f"{bearer}占{whole}{s.word.removeprefix('占比')}"
    if label[0] in "）)的" and memory.whole:
        return f"{memory.subject}占{memory.whole}{s.word}"
    metric = label if label in _OWN_RATES else joined(memory.topic or memory.subject or memory.paragraph, label)
    memory.subject = metric
    return metric


_MEAN_OF_YEARS = lazy_pattern(
    "(?:[两二三四五]年|年)平均|年均|月均|[一二两三四五六七八九十]年(?:多?(?:间|来|里|内)?)(?:共|累计)?|一个月"
)
_THAT_RATIO = lazy_pattern(
    "(?:而?这一?|该|上述)(?:比重|比例|数字|数据|指标|占比|比率)|(?:水平|的)?基础上|受[^，]{2,14}影响"
)
_PART_OF_YEAR = lazy_pattern(r"[一二三四]季度(?=[^\W\d_a-zA-Z])")
_LINE_HEAD = lazy_pattern(r"[^\W\d_a-zA-Z]{2,8}[：:]")
_DIVIDED = lazy_pattern(r"(?P<whole>[^\W\d_a-zA-Z]{2,10})按[^\W\d_a-zA-Z]{2,10}?(?:划分|分|看|统计|计)[，,]$")
_QUALIFIED = lazy_pattern(r"(?:可比价格|不变价|按?现价|口径|计算|剔除|扣除|因素|名义|实际|自然)")
