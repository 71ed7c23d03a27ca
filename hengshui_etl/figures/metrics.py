"""What a figure measures, as a short phrase of the article's own words.

Belongs here: making the phrase from a clause and from what the clauses before it spoke of: the subject that a change
leans on, the whole of a share. Does not belong here: what is handed on (memory.py), lists that hand out names
(handed.py), cleaning labels (labels.py), cutting clauses (clauses.py), when and of whom (governing.py, whose.py).
"""

from __future__ import annotations

import re

from hengshui_etl.figures.found import Quantity
from hengshui_etl.figures.handed import handed_out, names_for
from hengshui_etl.figures.labels import LONGEST, WHOLE_TAIL, cleaned, is_attribute, joined, stripped
from hengshui_etl.figures.memory import RECENT, Memory
from hengshui_etl.figures.statements import Statement
from hengshui_etl.vocab import toml, words

_DATA = toml("predicates")
# A Chinese character is [^\W\d_a-zA-Z] here: each range \u4e00-\u9fff takes the engine a millisecond to compile.
_OF_TIME = re.compile("[年月季平]")
_BASE_TIME = re.compile(
    r"(?:上年|去年|前一年|前年|上一年|20\d\d年|年初|\d{1,2}月|[一二三四]季度|平日|上半年|二〇..年)(?:同期|末|底|初|份|全年|年底|年末)?(?:\d{1,2}月)?"
)
_COMPARING = re.compile(r"(?:比|较|与|同|和|由|从|是|为|恢复到|恢复至|相当于|而|相比|约|可比口径|的|[（(）)]|：)+")
_WHOLE_VERB = re.compile(r"(?:占|为|完成|是|相当于|超|恢复到|恢复至|达到?|接近|约占)(?=.)")
_NOUN_END = re.compile(r"(?:中|内|里)?(?:已?有|，)?$")
_AVERAGE = re.compile(r"(?:[户人笔日月年次件企车床亩生套场校村]均|平均每[^\W\d_a-zA-Z]|每[^\W\d_a-zA-Z]平均|平均|均)")
_BARE_AVERAGE = re.compile(
    r"^(?:[户人笔日月年次件企车床亩生套场校村]均|平均每[^\W\d_a-zA-Z]|每[^\W\d_a-zA-Z]平均|一[^\W\d_a-zA-Z]).{0,4}$|^平均.{0,3}$"
)
_PARTED = re.compile(r"分别|依次|各占|分列|各为|所占比重|占比|各$")
_MODIFIER = frozenset("".join(words(_DATA["attributes"]["modifiers"])))
_OF_WHICH = re.compile(
    r"(?P<all>[^，、]{2,10}?)(?:里(?=有|的)|(?<![集其途空高初])中(?![小心央医药等型学间期高国外]))(?:已?有)?(?P<part>[^有]{2,12})$"
)
_EXCHANGE = re.compile(r"(?P<currency>[^\W\d_a-zA-Z]{1,2}元)兑$")
_EITHER = re.compile("^(?:其中)?(?:前者|后者)")
_OF_THEM = ("的有", "的", "的则有", "的已有", "的达", "的为", "的共")
_COMPARERS = frozenset("比较与同和由从是为而约其")
_BARE_TIMES = frozenset(("首季", "次季", "末季", "单月", "单日"))
_REST = ("其余", "剩余", "剩下", "余下")
_SETTLED = frozenset("村镇城乡区上")
_PERSONS = frozenset("人员生工民者户众童数口师")
_VERBS = re.compile(rf"^(?:{'|'.join(words(_DATA['attributes']['verbs']))})")
_DIVISIONS = re.compile(r"[县市省](?:[（(][^）)]{1,6}[）)])")
_SIZE = re.compile(r"[\d.—-]+[万亿千百]*[^\d，。；、（）,;\s]{0,4}(?:以上|以下|以内|岁)$")
_AMONG = re.compile(r"([^，。；,;：:]{2,20})(?:[中里内][，,]|[为是]?[：:])$")
_BREAKDOWN = re.compile(
    r"(?:按|从|分)[^，,。；;]{1,12}(?:看|分|统计|划分|计)[，,]$|[。；;\n\s，]分[^，,。；;]{1,4}[，,]$"
)
_NEXT_ATTRIBUTE = re.compile(r"(?<=..)(?:完成|计划|实现)?(?:总?投资|总?产值|收入)$")
_OPENING = re.compile(
    r"(?:[。；;：:！？\n]|^|[看分析计][，,])[\s“]*(?:\d{1,2}月)?(?P<clause>[^，,。；;：:！？\n\d（()）]{4,20})[，,]$"
)
_NO_BEARER = re.compile(
    r"记者|获悉|表示|显示|介绍|透露|[看分中里内间来时后前说称道上]$|方面$|截至|截止|目前|同时|此外|其中|据|按|通报|期间|以来"
    r"|^(?:今年|去年|全年|全市|全县|全省|如今|当天|当日|同期|为|在|从|对|与|和|比|同|较)|相比|[一二三四五六七八九十百千万两]{2}|情况|总体|这|我|他|她|们"
)
_SAID_OF_IT = re.compile(
    r"(?:则|最|仍|也|已|正|都|均|全部|陆续|稳步|加快|提前|持续|不断|按部就班|进展|同样|却|领涨|回落|发力|见效|实行|水涨船高).*$"
)
_PAUSES = frozenset("，,。；;、：:！？（）() \n")
_NARROW = str.maketrans("（）", "()")
_AMONG_ENDS = frozenset(a + b for a in "中里内" for b in "，,")
_COUNTED = re.compile(r"^(?:全[市省县区])?[\d.]+[余多]?[^\W\d_a-zA-Z]|(?:依次|分别)?[为是]?$")
_NO_TOPIC = re.compile(r"\d|书记|记者|翻开|掰着|笔账|工作回眸|局长|主任|看$|算$")
_GOVERNMENTS = frozenset(("中央", "省级", "市级", "县级", "区级", "州级", "国家"))


def _fragment(label: str, q: Quantity, topic: str) -> bool:
    """Whether a label names only a member (水稻, 公办), so that what is counted must be sought before it."""
    if not label or len(label) > 12 or label[-1] in WHOLE_TAIL or _MADE.match(label):
        return False
    if q.kind == "count":
        if q.unit in _CASES:
            return len(label) <= 8 and not _VERBAL.search(label) and not set(label) & set(topic)
        if q.unit == "人":
            return len(label) <= 6 and label[-1] not in _PERSONS and not _VERBAL.search(label)
        return (label[-1] in _MODIFIER and label not in ("企业", "产业", "行业")) or topic[-1:] in WHOLE_TAIL
    return True


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
    if handing and (_PARTED.search(s.before) or names_for(s, memory, count)):
        parts = handed_out(s, memory, count, q.unit)
        if parts:
            memory.parts, memory.part = parts, 0
            memory.items.extend(parts)
            memory.subject = parts[0]
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
    if len(metric) < 2 and s.before:
        metric = _line_head(text, s.start) + s.before.strip()
    if s.predicate in ("level", "average") and not s.bracketed:
        memory.kind = q.kind
        if q.unit not in _CLASSES:
            memory.levels.append((q.unit, metric))
    memory.last = metric
    if q.kind == "percent" and s.predicate in ("share", "rate"):
        memory.ratio = metric
    metric = metric[-2 * LONGEST :]
    return (metric.translate(_NARROW) if "（" in metric or "）" in metric else metric) or None


def _line_head(text: str, at: int) -> str:
    """What the line that holds `at` begins with, up to a colon (长岭县：计划412.5万亩，已播…), or nothing."""
    begin = text.rfind("\n", max(0, at - _FAR), at) + 1
    while begin < at and text[begin] in " \u3000":
        begin += 1
    head = _LINE_HEAD.match(text, begin, at)
    return head.group()[:-1] if head else ""


def _field(text: str, at: int) -> str:
    """What the sentence around `at` says at its head that it is about (货运方面，出口…), or nothing."""
    left = max(0, at - _FAR)
    begin = max(text.rfind("。", left, at), text.rfind("\n", left, at)) + 1
    match = _FIELD.match(text, begin, at)
    return match["field"] if match else ""


def _opening(text: str, at: int, plain: bool) -> str:
    """What the clause without figures is about that opens the sentence right before the clause at `at`, or nothing;
    with `plain` only where it says how that fares."""
    if at < 5 or text[at - 1] not in "，,":
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
    mean = predicate == "average" and _BARE_AVERAGE.match(subject) is not None
    needy = (mean or len(subject) <= 1 or is_attribute(subject) or subject in _LEANING) and not s.of_previous
    if needy and not s.bracketed and not (q.kind == "count" and s.behind) and (head := _opening(text, s.start, mean)):
        memory.subject = memory.topic = memory.change = head
        memory.unit, memory.items, memory.ratio = q.unit, [], ""
    if q.kind == "money" and text.startswith("兑", q.till):
        return f"{q.unit}兑换"
    if q.kind == "money" and s.before.endswith("兑") and (rate := _EXCHANGE.search(text, max(0, q.at - 8), q.at)):
        return f"1{rate['currency']}兑人民币汇率"
    if s.bracketed and len(subject) < 2:
        return _bracketed(text, q, s, memory)
    if (which := _EITHER.search(s.before)) and (named := _either(which.group()[-2:], q, memory)):
        if predicate == "level":
            memory.subject = named
            return named
        memory.subject = memory.change = named
        subject = named
    if predicate in ("level", "average"):
        return _level(text, q, s, memory, subject, headline)
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
        bearer = memory.change or memory.subject
        return joined(bearer, subject) if len(subject) <= 8 else subject
    if "前者" in s.before and len(memory.items) >= 2:
        memory.subject = f"{memory.items[-2]}是{memory.items[-1]}的倍数"
        return memory.subject
    time = _BASE_TIME.search(s.before)
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


def _bracketed(text: str, q: Quantity, s: Statement, memory: Memory) -> str:
    """A figure in brackets: the same thing again, or what the word before the bracket names (占生产总值（…）)."""
    head = text[max(0, s.start - 24) : s.start - 1]
    for c in "，,。；;、":
        head = head[head.rfind(c) + 1 :]
    if "占" in head:
        memory.whole = cleaned(head[head.rfind("占") + 1 :])
        return memory.whole
    time = _BASE_TIME.search(head[-8:])
    if time and _COMPARING.search(head):
        memory.time, memory.based = time.group(), True
        return joined(time.group(), memory.subject)
    return memory.subject


def _core(topic: str) -> str:
    """A topic without what stands before its last 的 (归属于母公司所有者的净利润: 净利润)."""
    core = topic[topic.rfind("的") + 1 :]
    return core if len(core) >= 2 else topic


def _sibling(label: str, memory: Memory, q: Quantity) -> str:
    """A label with what its sibling just before said behind the word that both share (流通环节不合格…，餐饮环节…)."""
    if len(label) < 3 or len(label) > 8 or label[-1] in WHOLE_TAIL or not memory.levels:
        return ""
    unit, former = memory.levels[-1]
    at = former.find(label[-2:])
    if unit != q.unit or at < 1 or at + 2 >= len(former) or at > 8:
        return ""
    tail = former[at + 2 :]
    return "" if "均" in tail or "每" in tail else label + tail


def _base(s: Statement, memory: Memory) -> str:
    """The label of a level that another is compared with, or nothing where it is no such level."""
    before = s.before
    if not memory.subject:
        return ""
    time = _BASE_TIME.search(before) if _OF_TIME.search(before) else None
    if time is None or len(before) - time.end() > 6:
        return ""
    rest = _COMPARING.sub("", before[: time.start()] + before[time.end() :])
    rest = stripped(rest)
    if len(rest) >= 3 and before.startswith(rest) and rest[0] not in _COMPARERS and not is_attribute(rest):
        memory.subject = rest
    elif (len(rest) > 4 and not rest.endswith("普查")) or not (s.base or time.start() <= 4):
        return ""
    if not _COMPARING.search(before) and len(before) > time.end() + 2:
        return ""
    memory.time, memory.based = time.group(), True
    return f"{time.group()}{memory.subject}"


def _level(text: str, q: Quantity, s: Statement, memory: Memory, subject: str, headline: bool) -> str:
    base = _base(s, memory)
    if base:
        return base
    memory.based = False
    if s.before[:1] in _RESULT_BEGINS and _RESULT.match(s.before):
        return memory.last or memory.subject
    behind = _NOUN_END.sub("", cleaned(s.behind))[:24] if s.behind else ""
    if q.kind == "count" and (divisions := _DIVISIONS.match(text, q.till, q.till + 10)):
        behind = divisions.group()
    elif (
        q.kind == "count"
        and s.behind
        and (row := _ROW_BEHIND.match(text, q.till))
        and not text[row.end() : row.end() + 1].isdigit()
    ):
        behind = _NOUN_END.sub("", row.group())
    if headline and behind and q.kind == "count" and text[q.at - 1] == " ":
        subject = ""
    if behind and q.kind == "count" and (whole := _OF_WHICH.match(behind)):
        behind = whole["all"]
    elif q.kind == "count" and (whole := _OF_WHICH.match(subject)) and memory.unit and text[s.start - 1] not in _PAUSES:
        subject = whole["part"]
    if s.base and behind and q.kind == "count":
        behind = ""
        subject = subject.rstrip("较比与同")
    if subject in _BARE_TIMES:
        subject = joined(subject, memory.subject) if memory.subject else subject
    label = subject
    if s.start and text[s.start - 1] in "上下内岁" and (size := _SIZE.search(text, max(0, s.start - 14), s.start)):
        subject = label = f"{size.group()}{label}"
    if s.predicate == "average" and (_BARE_AVERAGE.match(label) or len(label) <= 4):
        word = (_AVERAGE.search(s.before) or _AVERAGE.search("平均")).group()  # type: ignore[union-attr]
        rest = label.replace(word, "")
        bearer = memory.subject if memory.kind == q.kind or not memory.topic else memory.topic
        memory.subject = f"{bearer}{word}{rest}"
        return memory.subject
    if q.kind in ("count", "rank") or not label:
        if behind and s.behind and text[q.till + len(s.behind) : q.till + len(s.behind) + 1] not in _PAUSES:
            behind = _NEXT_ATTRIBUTE.sub("", behind) or behind
        label = f"{subject}{behind}" if behind else subject
        if behind and not subject and s.before.endswith(("新增", "新建")):
            label = s.before[-2:] + behind
    whole = _WHOLE_VERB.match(s.before)
    if whole and s.behind.startswith("的") and memory.subject:
        inner = cleaned(s.before[whole.end() :])
        memory.whole = inner
        if whole.group() in ("占", "约占"):
            return inner if len(inner) > 3 else f"{s.before[whole.end() :]}{memory.subject}"
        if _PLANNED.search(inner) or is_attribute(inner) or len(inner) <= 4:
            return joined(memory.subject, inner)
        return inner
    if not label:
        return memory.subject
    leaves = q.kind == "count" and label.startswith(_REST) and not s.behind.startswith(("为", "是", "属"))
    if leaves and memory.unit == q.unit and memory.topic:
        return joined(label, memory.topic)[-LONGEST:]
    if (
        q.kind == "count"
        and not behind
        and s.before.endswith(_OF_THEM)
        and memory.topic
        and memory.unit == q.unit
        and label[-2:] not in memory.topic
        and not label[0].isdigit()
    ):
        memory.subject = joined(label, memory.topic[-8:])
        memory.items.append(memory.subject)
        return memory.subject
    names = s.before.count("、")
    memory.names = (
        [n for n in re.split("[、和]", stripped(s.before)) if n] if q.kind == "count" and names else memory.names
    )
    if len(label) <= 7 and label.endswith(("计划", "完成")) and (memory.topic or memory.article[0]):
        memory.subject = joined(label, (memory.topic or memory.article[0])[-10:])
        return memory.subject
    first = not memory.topic or (not s.before.startswith(("其中", "、")) and subject != "")
    if is_attribute(label) or (len(label) <= 6 and _VERBS.match(label) and not behind) or label in _LEANING:
        bearer = memory.topic or memory.subject or memory.paragraph
        bearer = "" if is_attribute(bearer) and is_attribute(label) else bearer
        metric = label if label in bearer else joined(bearer, label)
        memory.subject = metric
        if not memory.topic:
            memory.topic = label
        return metric[-LONGEST:]
    if (
        q.kind == "percent" and 2 <= len(label) <= 14 and label[-1] not in WHOLE_TAIL and (memory.whole or memory.topic)
    ) and not s.before.endswith(("为", "是", "达", "达到")):
        return f"{label}占{memory.whole or memory.topic}"
    if (alike := _sibling(label, memory, q)) and not behind:
        memory.subject = alike
        memory.items.append(alike)
        return alike
    whole_topic, unit = (memory.topic, memory.unit) if memory.topic or q.kind == "count" else memory.article
    among = s.before.startswith("其中") or (s.start > 0 and text[s.start - 1] == "、" and len(label) <= 4)
    complete = q.kind == "count" or among or whole_topic[-1:] in WHOLE_TAIL or not memory.topic
    where = q.kind == "count" and not behind and label[-1] in _SETTLED and len(label) <= 3
    fragment = where or _fragment(label, q, whole_topic)
    if fragment and whole_topic and unit == q.unit and complete and label not in whole_topic:
        if "三次产业" in whole_topic:
            memory.subject = whole_topic.replace("三次产业", label)
            memory.items.append(memory.subject)
            return memory.subject
        tail = whole_topic[-8:] if q.kind == "count" else _core(whole_topic)[-6:]
        metric = joined(label, tail) if label[-2:] not in whole_topic else label + tail[-4:]
        memory.subject = metric
        memory.items.append(metric)
        return metric
    if memory.breaking == q.unit and not behind and 2 <= len(label) <= 10 and label[-1] not in WHOLE_TAIL:
        broken = memory.topic if memory.topic and memory.unit == q.unit else memory.article[0]
        if broken and label[-2:] not in broken and not s.before.startswith("其中") and memory.article[1] == q.unit:
            memory.subject = label + _core(broken)[-8:]
            memory.items.append(memory.subject)
            memory.whole = broken
            return memory.subject
    if (
        label in memory.topic
        and q.kind == "count"
        and len(label) <= 3
        and label[-1] in _MODIFIER
        and memory.unit == q.unit
    ):
        memory.subject = label + memory.topic[-5:]
        return memory.subject
    if len(label) == 4 and label[-2:] == memory.topic[-2:] and label[:2] in _GOVERNMENTS and memory.unit == q.unit:
        metric = label[:2] + memory.topic[-8:]
        memory.subject = metric
        memory.items.append(metric)
        return metric
    if len(label) <= 3 and q.kind != "percent":
        label = next(
            (item for item in reversed(memory.items[-RECENT:]) if item.startswith(label) and item != label), label
        )
    if 2 <= len(label) <= 3 and q.kind in ("measure", "money") and (field := _field(text, s.start)):
        label = joined(field, label)
    memory.subject = label
    first = first and not s.before.startswith(("其中", "、", "包括")) and not (memory.topic and _SIDE.match(label))
    if first and (len(label) >= 4 or not memory.topic):
        memory.topic, memory.unit = label, q.unit
        memory.items = memory.items[-1:]
    if q.kind != "count" or memory.unit in ("", q.unit) or q.unit not in _CLASSES:
        memory.items.append(label)
    memory.paragraph = memory.paragraph or label
    if not memory.article[0] and (not headline or label[-1] in WHOLE_TAIL):
        memory.article = (label, q.unit)
    return label


def _change(q: Quantity, s: Statement, memory: Memory, subject: str) -> str:
    bearer = subject
    lean = memory.subject or memory.change or memory.topic
    if q.unit == "百分点" and memory.ratio:
        lean = memory.ratio
    if not bearer or len(bearer) <= 1 or _COMPARING.fullmatch(bearer) or _QUALIFIED.search(bearer):
        bearer = f"{lean}{bearer if '口径' in bearer or '因素' in bearer else ''}"
    elif is_attribute(bearer) or bearer in ("占比", "比重", "增速", "增幅", "涨幅"):
        ratio = bearer in ("占比", "比重", "增速", "增幅", "涨幅", "降幅")
        bearer = joined((memory.change if ratio else memory.topic) or lean, bearer)
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
    return f"{bearer}{than}{s.word}"


def _share(q: Quantity, s: Statement, memory: Memory, subject: str) -> str:
    whole = cleaned(s.object) if s.object else ""
    if s.of_previous:
        if memory.based and memory.time:
            return f"{memory.subject}为{memory.time}"
        verb = "占" if q.kind == "percent" else "是"
        return f"{memory.subject or memory.topic}{verb}{memory.whole or ''}"
    bearer = subject
    if len(bearer) < 2 or is_attribute(bearer):
        bearer = memory.subject
    else:
        if len(bearer) >= 2:
            memory.subject = bearer
    word = "" if s.word != "完成" else "完成"
    if s.word == "完成":
        reached = _WHOLE_VERB.search(s.before)
        return f"{bearer}{reached.group() if reached else word}{s.object}"
    if whole:
        memory.whole = whole
    elif memory.whole and memory.whole in bearer:
        memory.whole = ""
    other = whole or memory.whole or (memory.topic if memory.topic != bearer else "")
    return f"{bearer}占比" if other and other in bearer else f"{bearer}占{other}"


def _rate(s: Statement, memory: Memory, subject: str) -> str:
    at = s.before.rfind(s.word)
    label = cleaned(s.before[:at] + s.word) if at > 0 else f"{subject}{s.word}"
    label = label or s.word
    if (len(label) >= 5 or (label.endswith("比") and len(label) == 3)) and label[0] not in "）)的":
        memory.subject = label
        return label
    if label in ("比重", "占比", "比例", "份额") or (label.endswith(("占比", "比重")) and len(label) <= 4):
        bearer = label.removesuffix(s.word) or memory.subject
        return f"{bearer}占{memory.whole or memory.topic}{s.word}"
    if label[0] in "）)的" and memory.whole:
        return f"{memory.subject}占{memory.whole}{s.word}"
    metric = joined(memory.topic or memory.subject or memory.paragraph, label)
    memory.subject = metric
    return metric


_RESULT = re.compile(r"(?:滑落|跃升?|压缩|下?降|上?升|提高|提升|减少|增加|回落|回升|扩大)[到至为]?$")
_RESULT_BEGINS = frozenset("滑跃升压缩下降上提减增回扩")
_SIDE = re.compile(r"惠及|带动|涉及|吸纳|受益")
_ROW_BEHIND = re.compile(r"[^\W\d_a-zA-Z]{2,8}(?:、(?![一二两三四五六七八九十])[^\W\d_a-zA-Z]{2,12})+")
_CLASSES = frozenset(("大", "类", "项", "个", "种", "方面", "块", "大板块", "板块", "大类"))
_LINE_HEAD = re.compile(r"[^\W\d_a-zA-Z]{2,8}[：:]")
_DIVIDED = re.compile(r"(?P<whole>[^\W\d_a-zA-Z]{2,10})按[^\W\d_a-zA-Z]{2,10}?(?:划分|分|看|统计|计)[，,]$")
_MADE = re.compile(r"(?:生产|产出|销售|发放|接待|新建|建成|投入|征收|采购|发电|供应)(?=..)")
_FAR = 300
_FIELD = re.compile(r"(?P<field>[^\W\d_a-zA-Z]{2,6}?)方面[，,]")
_CASES = frozenset(("件", "起", "人次", "宗", "列", "艘次"))
_VERBAL = re.compile(r"立案|撤案|信访|诉|火灾|案件|受理|批准|决定|不|追|就业|死|伤|亡|参加|惠及|上线|带动|吸纳")
_PLANNED = re.compile(r"计划|预算|任务|目标")
_QUALIFIED = re.compile(r"(?:可比价格|不变价|按现价|口径|计算|剔除|扣除|因素|名义|实际|自然)")
_LEANING = frozenset(words(_DATA["attributes"]["leaning"]))
