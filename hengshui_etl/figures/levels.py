"""What a level measures: its label, made whole by what the clauses before it spoke of.

Belongs here: levels and averages. Does not belong here: changes, shares, rates, gaps, multiples (metrics.py), lists
that hand out names (handed.py), cleaning labels (labels.py).
"""

from __future__ import annotations

import re

from hengshui_etl.figures.bases import base_of, of_time
from hengshui_etl.figures.behind import DONE_TO, LEANING, PAUSES, ends_in_pause, words_behind
from hengshui_etl.figures.counted import told_of_counted
from hengshui_etl.figures.found import Quantity
from hengshui_etl.figures.labels import (
    LONGEST,
    VERBAL,
    WHOLE_TAIL,
    borne,
    cleaned,
    is_attribute,
    joined,
    stripped,
    tail_of,
)
from hengshui_etl.figures.memory import CLASSES, RECENT, Memory
from hengshui_etl.figures.percents import percent_of
from hengshui_etl.figures.scope import region_at
from hengshui_etl.figures.sizes import CLASS, SIZES, counted_in, of_any_size, rest_of_sizes
from hengshui_etl.figures.statements import Statement
from hengshui_etl.figures.totals import total_of
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import alternatives, toml, words

_DATA = toml("predicates")
# A Chinese character is [^\W\d_a-zA-Z] here: each range \u4e00-\u9fff takes the engine a millisecond to compile.
WHOLE_VERB = lazy_pattern(r"(?:占|为|完成|是|相当于|超|恢复到|恢复至|达到?|接近|约占)(?=.)")
_AVERAGE = lazy_pattern(r"(?:[户人笔日月年次件企车床亩生套场校村]均|平均每[^\W\d_a-zA-Z]|每[^\W\d_a-zA-Z]平均|平均|均)")
BARE_AVERAGE = lazy_pattern(
    r"^(?:[户人笔日月年次件企车床亩生套场校村]均|平均每[^\W\d_a-zA-Z]|每[^\W\d_a-zA-Z]平均|一[^\W\d_a-zA-Z]).{0,4}$|^平均.{0,3}$"
)
_MODIFIER = frozenset("".join(words(_DATA["attributes"]["modifiers"])))
_OF_THEM = ("的有", "的", "的则有", "的已有", "的达", "的为", "的共")
_BARE_TIMES = frozenset(("首季", "次季", "末季", "单月", "单日"))
_THINGS = ("项目", "企业", "工程")
"""What labels end in that name things, though they begin with what was done (开工项目)."""
_REST = ("其余", "剩余", "剩下", "余下")
_SETTLED = frozenset("村镇城乡区上")
_PERSONS = frozenset("人员生工民者户众童数口师")
_SIZE = lazy_pattern(r"[\d.—-]{1,14}[万亿千百]{0,14}[^\d，。；、（）,;\s]{0,4}(?:以上|以下|以内|岁)$")
_NEXT_ATTRIBUTE = lazy_pattern(r"(?<=..)(?:完成|计划|实现)?(?:总?投资|总?产值|总?产量|收入)$")
_COMPLETE = frozenset(words(_DATA["attributes"]["complete"]))
ALONE = frozenset(words(_DATA["attributes"]["alone"]))
"""Short nouns that need no bearer."""
_GOVERNMENTS = frozenset(("中央", "省级", "市级", "县级", "区级", "州级", "国家"))
_RESULT = lazy_pattern(
    r"(?:滑落|跃升?|攀升|抬升|拉升|压[缩减]?|下跌|[上下]修|下?降低?|上?升|提高|提升|减少|增加|回落|维持|保持|回升|扩大|精简|缩减|拓展|发展|增长)[到至为于在]?(?:[^，,。；;]{0,18}[年月季底末期]的?)?$"
)
_RESULT_BEGINS = frozenset("攀抬拉滑跃升压缩下降上提减增回扩精拓发维保")
_SIDE = lazy_pattern(r"惠及|带动|涉及|吸纳|受益")
_MADE = lazy_pattern(rf"(?:{alternatives(_DATA['attributes']['made'])})(?=..)")
"""What labels begin with that say what was done to what they name (减免房租)."""
FAR = 300
_FIELD = lazy_pattern(r"(?P<field>[^\W\d_a-zA-Z]{2,6}?)方面[，,]")
_CASES = frozenset(("件", "起", "人次", "宗", "列", "艘次"))
_VERBAL = lazy_pattern(r"立案|撤案|信访|诉|火灾|案件|受理|批准|决定|不|追|就业|死|伤|亡|参加|惠及|上线|带动|吸纳")
_PLANNED = lazy_pattern(r"计划|预算|任务|目标")


def _fragment(label: str, q: Quantity, topic: str) -> bool:
    """Whether a label names only a member (水稻, 公办), so that what is counted must be sought before it."""
    if not label or len(label) > 12 or label[-1] in WHOLE_TAIL or label in _COMPLETE or _MADE.match(label):
        return False
    if (label.startswith("实际") and len(label) >= 4) or label.endswith(("税收", "营收")):
        return False
    if q.kind == "count":
        if q.unit in _CASES:
            return len(label) <= 8 and not _VERBAL.search(label) and not set(label) & set(topic)
        if q.unit == "人":
            return len(label) <= 6 and label[-1] not in _PERSONS and not _VERBAL.search(label)
        return (label[-1] in _MODIFIER and label not in ("企业", "产业", "行业")) or topic[-1:] in WHOLE_TAIL
    return True


_GIVEN = lazy_pattern(
    "[^\\W\\d_a-zA-Z]{0,6}(?:设立|建立|筹集|安排|拿出|拨付|争取|获得|募集|整合|撬动|投放|提供|捐赠|筹措|列支|预拨|发行|贷出)了?"
)


_HANDS_OUT = lazy_pattern("分别|依次")
_CONVERTED = lazy_pattern("(?:约|即)?(?:折合|折算|换算|折|约合)(?:成|为|约)?")


def _is_done(label: str, behind: str) -> bool:
    """Whether a label only says what was done with what was named before (办结, and not 开工项目)."""
    return len(label) <= 6 and VERBAL.match(label) is not None and not behind and not label.endswith((*_THINGS, "面积"))


def _alike(label: str, topic: str) -> bool:
    """Whether a label names one of a topic's own kind, and no part of it (女性 beside 男性, 农牧民 beside 企业职工)."""
    last = label[-1]
    if last == topic[-1] and (label[-2:] == topic[-2:] or last in "市县区州旗镇乡村性"):
        return True
    return last in _PERSONS and topic[-1] in _PERSONS


def _field(text: str, at: int) -> str:
    """What the sentence around `at` says at its head that it is about (货运方面，出口…), or nothing."""
    left = max(0, at - FAR)
    begin = max(text.rfind("。", left, at), text.rfind("\n", left, at)) + 1
    match = _FIELD.match(text, begin, at)
    return match["field"] if match else ""


def _core(topic: str) -> str:
    """A topic without what stands before its last 的 (归属于母公司所有者的净利润: 净利润)."""
    core = topic[topic.rfind("的") + 1 :]
    return core if len(core) >= 2 else topic


_MEASURED = lazy_pattern(rf"(?:{alternatives(_DATA['attributes']['cores'])})$")


def _measured(topic: str) -> str:
    """What a topic says is measured (一般贸易进出口: 进出口), or its last characters."""
    core = _core(topic)
    match = _MEASURED.search(core)
    return match.group() if match else core[-6:]


def _second(q: Quantity, text: str, memory: Memory) -> str:
    """What the second figure right behind a member's first measures (新能源68个、934.6亿元), or nothing."""
    measure = memory.measures.get(q.unit, "")
    beside = q.kind in ("money", "measure") and text[q.at - 1] == "、" and memory.kind == "count"
    return joined(memory.subject, measure) if beside and len(measure) in range(1, 9) else ""


def _sibling(label: str, former: str) -> str:
    """A label with what its sibling just before said behind the word that both share (流通环节不合格…，餐饮环节…)."""
    if not 3 <= len(label) <= 8 or label[-1] in WHOLE_TAIL or label.startswith("实际"):
        return ""
    at = former.find(label[-2:])
    if at < 1 or at + 2 >= len(former) or at > 8:
        return ""
    tail = former[at + 2 :]
    return "" if "均" in tail or "每" in tail else label + tail


def level_of(text: str, q: Quantity, s: Statement, memory: Memory, subject: str, headline: bool) -> str:
    """The phrase for a level or an average with the label `subject`; `memory` is brought up to date."""
    base = base_of(s, memory)
    if base:
        return base
    memory.based = False
    if q.kind == "count" and q.unit == "批" and q.chinese and s.before.endswith("前"):
        return memory.subject or subject  # 前三批79个项目: which of them, and not how many
    if s.before[:1] in _RESULT_BEGINS and _RESULT.match(s.before):
        return memory.last or memory.subject
    if q.kind == "percent" and (ratio := percent_of(text, s, memory, subject)):
        return ratio
    if _CONVERTED.fullmatch(s.before) and text[s.start - 1] in "，,（(" and memory.last == memory.subject != "":
        return f"{memory.last}折合{q.unit}"  # 治理面积35万亩，折2.33万公顷
    behind, subject = words_behind(text, q, s, memory, subject, headline)
    if behind and q.kind == "measure" and DONE_TO.search(s.before):
        memory.subject = behind
        return behind
    if "计" in s.before or "共" in s.before or "起来" in s.before or "相加" in s.before:
        total = total_of(text, q, s, memory)
        if total:
            memory.subject = total
            if not memory.topic or memory.unit in CLASSES:
                memory.topic, memory.unit = cleaned(subject) or total.removesuffix("合计"), q.unit
            return total
    if q.kind == "count" and s.predicate == "level" and (told := told_of_counted(text, q, s, memory, subject)):
        memory.subject = told
        return told
    if subject in _BARE_TIMES:
        subject = joined(subject, memory.subject) if memory.subject else subject
    label = subject
    size = None
    if s.start and text[s.start - 1] in "上下内岁" and (size := _SIZE.search(text, max(0, s.start - 14), s.start)):
        subject = label = f"{size.group()}{label}"
    between = SIZES.search(text, max(0, q.at - 16), q.at) if q.kind == "count" and s.before.startswith("的") else None
    size_text = between["size"] if between else size.group() if size and label == size.group() and "元" in label else ""
    if size_text and q.kind == "count" and not behind and (counted := counted_in(q.unit, memory)):
        memory.subject = size_text + of_any_size(counted)  # 50亿元以上的11个
        memory.items.append(memory.subject)
        return memory.subject
    if q.kind == "money" and CLASS.match(text, q.till):
        return memory.subject or label
    if s.predicate == "average" and (BARE_AVERAGE.match(label) or len(label) <= 4):
        word = (_AVERAGE.search(s.before) or _AVERAGE.search("平均")).group()  # type: ignore[union-attr]
        rest = label.replace(word, "")
        bearer = memory.subject if memory.kind == q.kind or not memory.topic else memory.topic
        each = rest and memory.kind == "count" != q.kind and s.before.startswith("平均每")
        if each or (q.kind == "count" and not rest):  # 新增学位4500个，学校9所，平均每校500个
            bearer = next((m for unit, m in reversed(memory.levels[-4:]) if unit == q.unit), bearer)
        memory.subject = f"{bearer}{word}{rest}"
        return memory.subject
    if (
        q.kind in ("money", "measure")
        and s.before.endswith("的")
        and 3 <= len(behind) <= 8
        and not subject.startswith(_REST)
    ):
        label = f"{subject}的{behind}"  # 省里下达的130万亩扩种任务
    elif (
        q.kind == "measure"
        and s.before.endswith("了")
        and 2 <= len(behind) <= 6
        and text[q.till + len(s.behind) : q.till + len(s.behind) + 1] in PAUSES
    ):
        label = f"{subject}{behind}"  # 合作社种了3860亩水稻
    elif (
        q.kind in ("money", "measure")
        and _GIVEN.fullmatch(subject)
        and 2 <= len(behind) <= 10
        and ends_in_pause(text, q, s)
    ):
        label = f"{subject}{behind}"  # 设立2亿元产业引导基金
    elif (
        q.kind == "measure" and not subject and len(behind) > 2 and not ends_in_pause(text, q, s) and not memory.subject
    ):
        label = _NEXT_ATTRIBUTE.sub("", behind)  # 全县53.2万亩苹果总产量104万吨
    elif q.kind in ("count", "rank") or not label:
        if behind and s.behind and text[q.till + len(s.behind) : q.till + len(s.behind) + 1] not in PAUSES:
            behind = _NEXT_ATTRIBUTE.sub("", behind) or behind
        label = f"{subject}{behind}" if behind else subject
        if behind and not subject and s.before.endswith(("新增", "新建")):
            label = s.before[-2:] + behind
    whole = WHOLE_VERB.match(s.before) if s.behind.startswith("的") and memory.subject else None
    if whole is not None:
        inner = cleaned(s.before[whole.end() :])
        memory.whole = inner
        if whole.group() in ("占", "约占"):
            if len(inner) <= 6 and _PLANNED.search(inner):
                return joined(memory.subject, inner)
            return inner if len(inner) > 3 else f"{s.before[whole.end() :]}{memory.subject}"
        if _PLANNED.search(inner) or is_attribute(inner) or len(inner) <= 4:
            return joined(memory.subject, inner)
        return inner
    if not label:
        return of_time(q, s, memory) or _second(q, text, memory) or memory.subject
    if (
        q.kind == "count"
        and not subject
        and s.behind.endswith(("中", "里"))
        and text.startswith(("，", ","), q.till + len(s.behind))
    ):
        memory.topic, memory.unit, memory.subject = label, q.unit, label  # 13个县区中，正增长的11个
        return label
    leaves = q.kind == "count" and label.startswith(_REST) and not s.behind.startswith(("为", "是", "属"))
    if leaves and (left := rest_of_sizes(text, q, memory, label)):
        memory.items.append(left)
        return left
    if leaves and memory.unit == q.unit and memory.topic:
        memory.items.append(left := joined(label, memory.topic)[-LONGEST:])
        return left
    if q.kind == "count" and q.unit in CLASSES and not subject and _HANDS_OUT.search(s.behind):
        return label  # 三个档次的投资分别为: their names were told before
    if (
        q.kind == "count"
        and not behind
        and s.before.endswith(_OF_THEM)
        and memory.topic
        and memory.unit == q.unit
        and label[-2:] not in memory.topic
        and not label[0].isdigit()
    ):
        memory.subject = joined(label, tail_of(memory.topic, 8))
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
    if is_attribute(label) or _is_done(label, behind) or label in LEANING:
        bearer = memory.section or memory.topic or memory.subject or memory.paragraph
        bearer = "" if is_attribute(bearer) and is_attribute(label) else bearer
        metric = label if label in bearer else borne(bearer, label)
        memory.subject = metric
        if label in LEANING:
            memory.items.append(metric)
        if not memory.topic:
            memory.topic = label
        return metric[-LONGEST:]
    if (
        q.kind == "percent" and 2 <= len(label) <= 14 and label[-1] not in WHOLE_TAIL and (memory.whole or memory.topic)
    ) and not s.before.endswith(("为", "是", "达", "达到")):
        return f"{label}占{memory.whole or memory.topic}"
    near = memory.levels and memory.levels[-1][0] == q.unit and not behind
    if near and (alike := _sibling(label, memory.levels[-1][1])):
        memory.subject = alike
        memory.items.append(alike)
        return alike
    bare = memory.shared and memory.unit == q.unit and memory.topic.endswith(memory.shared)
    if bare and not behind and 2 <= len(label) <= 5 and label[-1] not in WHOLE_TAIL:
        memory.subject = joined(label, memory.shared)  # 道路312.6万人次，铁路…，水路…
        memory.items.append(memory.subject)
        return memory.subject
    whole_topic, unit = (memory.topic, memory.unit) if memory.topic or q.kind == "count" else memory.article
    if not memory.topic and len(label) > 4:
        whole_topic = ""  # 公司研发费用, 期末总资产: what the article told first is no part of them
    if q.kind == "count" and whole_topic and "的" not in whole_topic and _alike(label, whole_topic):
        whole_topic = ""
    among = (
        s.before.startswith("其中")
        or s.before.endswith("占")
        or (s.start > 0 and text[s.start - 1] == "、" and len(label) <= 4)
    )
    complete = q.kind == "count" or among or whole_topic[-1:] in WHOLE_TAIL or not memory.topic
    where = q.kind == "count" and not behind
    where = where and ((label[-1] in _SETTLED and len(label) <= 3) or (label[-1] in "市县区州旗" and len(label) <= 5))
    paired = text[q.till : q.till + 1] == "、" and text[q.till + 1 : q.till + 2].isdigit()
    beside = paired and text[s.start - 1] in "；;" and memory.subject == whole_topic
    fragment = not beside and (where or _fragment(label, q, whole_topic))  # 义务教育26人次、15万元；普高16人次、13万元
    if fragment and whole_topic and unit == q.unit and complete and label not in whole_topic:
        if "三次产业" in whole_topic:
            memory.subject = whole_topic.replace("三次产业", label)
            memory.items.append(memory.subject)
            return memory.subject
        if label[-2:] == whole_topic[-2:] and label[0] != "各" and 0 < (at := whole_topic.rfind("的")) <= LONGEST // 2:
            memory.subject = whole_topic[: at + 1] + label  # 有实绩的企业 …，民营企业
            memory.items.append(memory.subject)
            return memory.subject
        tail = tail_of(whole_topic, 8) if q.kind == "count" else _measured(whole_topic)
        metric = joined(label, tail) if label[-2:] not in whole_topic else joined(label, tail[-4:])
        memory.subject = metric
        memory.items.append(metric)
        return metric
    if memory.breaking == q.unit and not behind and 2 <= len(label) <= 10 and label[-1] not in WHOLE_TAIL:
        broken = memory.topic if memory.topic and memory.unit == q.unit else memory.article[0]
        if broken and label[-2:] not in broken and not s.before.startswith("其中") and memory.article[1] == q.unit:
            memory.subject = label + tail_of(broken, 8)
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
        other = next((word for word in _GOVERNMENTS if word in memory.topic), "")
        metric = re.sub(f"{other}级?", label[:2], memory.topic) if other else label[:2] + tail_of(memory.topic, 8)
        memory.subject = metric
        memory.items.append(metric)
        return metric
    if len(label) <= 3 and q.kind != "percent":
        called = [item for item in memory.items[-RECENT:] if item.startswith(label)]
        label = next((item for item in reversed(called) if item[len(label) :][:1] not in ("", "、")), label)
    if 2 <= len(label) <= 3 and q.kind in ("measure", "money") and (field := _field(text, s.start)):
        label = joined(field, label)
    if (
        len(label) == 2
        and not behind
        and q.kind in ("count", "measure", "money")
        and memory.topic
        and memory.unit == q.unit
        and label not in memory.topic
        and label not in ALONE
        and label not in _COMPLETE
        and s.before.endswith(label)
    ):
        lead = q.kind == "count" and region_at(label, None) is not None  # 合肥12个: a place stands before what it has
        if q.kind == "count" and label[-1] == memory.topic[-1]:
            memory.subject = tail_of(memory.topic[:-2], 10) + label  # 获金牌7枚、银牌3枚
        else:
            memory.subject = label + tail_of(memory.topic, 8) if lead else joined(tail_of(memory.topic, 12), label)
        memory.items.append(memory.subject)
        return memory.subject
    if (
        not (headline or behind or memory.topic or q.kind == "percent")
        and len(label) == 2
        and label not in _COMPLETE
        and label not in ALONE
        and label[-1] not in WHOLE_TAIL
        and (q.kind != "count" or q.unit in _CASES)
        and (told := memory.firsts.get(q.unit, ""))
        and label not in told
        and (q.kind == "count" or told[-1] in WHOLE_TAIL)
    ):
        memory.shared = tail_of(told, 6)
        label = joined(label, memory.shared)
    memory.subject = label
    first = first and not s.before.startswith(("其中", "、", "包括")) and not (memory.topic and _SIDE.match(label))
    first = first and size is None
    if first and (len(label) >= 4 or not memory.topic):
        memory.topic, memory.unit = label, q.unit
        memory.items = memory.items[-1:]
    if q.kind != "count" or memory.unit in ("", q.unit) or q.unit not in CLASSES:
        memory.items.append(label)
    memory.paragraph = memory.paragraph or label
    if not memory.article[0] and (not headline or label[-1] in WHOLE_TAIL):
        memory.article = (label, q.unit)
    return label
