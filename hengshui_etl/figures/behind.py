"""The words behind a figure: what they add to its label, and what they only say of it.

Belongs here: finding the noun of what is counted behind its number (52条 | 选果线). Does not belong here: the label
made of it and of the words before (levels.py), counts whose words behind only say how they fare (counted.py).
"""

from __future__ import annotations

from hengshui_etl.figures.found import Quantity
from hengshui_etl.figures.labels import WHOLE_TAIL, cleaned, is_attribute
from hengshui_etl.figures.memory import Memory
from hengshui_etl.figures.statements import Statement
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import toml, words

NOUN_END = lazy_pattern(r"(?:中|内|里)?(?:已?有|，)?$")
_STANDING = lazy_pattern(
    r"(?:紧追|紧随|夺冠|居首|居次|居冠|称冠|排名|位居|位列|名列|领跑|领先|垫底|殿后|分列|分居|相比|转入|结转|转至)"
)
"""What is said behind a figure of how it stands, and nothing of what is counted (日月潭以41.2万人次夺冠)."""
_SAID_OF_IT = lazy_pattern(
    r"(?<=..)(?:共(?![享同建青和产])|累计|合计|去年|今年|全年|完成|实现|惠及|接待|聘用|吸引|签约|吸纳|带动|达成|发放|贷款|投入|获得|拿到|销售|出口|拥有|招|新增|(?:居民)?人均|平均|户均)"
)
"""How what is said of the counted begins (建制村 | 全部实现快递进村)."""
_OF_WHICH = lazy_pattern(
    r"(?P<all>[^，、]{2,10}?)(?:里(?=有|的)|(?<![集其途空高初])中(?![小心央医药等型学间期高国外]))(?:已?有)?(?P<part>[^有]{2,12})$"
)
_DIVISIONS = lazy_pattern(r"[县市省](?:[（(][^）)]{1,6}[）)])")
_ROW_BEHIND = lazy_pattern(r"[^\W\d_a-zA-Z]{2,8}(?:、(?![一二两三四五六七八九十])[^\W\d_a-zA-Z]{2,12})+")
PAUSES = frozenset("，,。；;、：:！？（）() \n")
LEANING = frozenset(words(toml("predicates")["attributes"]["leaning"]))
_COMPOSED = lazy_pattern("(?:共同|所|等)?(?:构成|组成)")
"""What closes a list of parts (由公办园24所、民办园12所组成)."""
DONE_TO = lazy_pattern("(?:让|使得?|致使?|把|令)(?:全[市县区省镇村]|当地|近|约|逾|超过)*$")
"""Before a figure to whose things something was done."""


_BECOMES = lazy_pattern("[增升降减调扩缩][至到为加少]?|[至到]")


def ends_in_pause(text: str, q: Quantity, s: Statement) -> bool:
    """Whether the words behind a figure end in a pause."""
    return text[q.till + len(s.behind) : q.till + len(s.behind) + 1] in PAUSES


def words_behind(text: str, q: Quantity, s: Statement, memory: Memory, subject: str, headline: bool) -> tuple[str, str]:
    """The noun that stands behind a figure with the label `subject`, or nothing, and what is left of that label."""
    behind = NOUN_END.sub("", cleaned(s.behind))[:24] if s.behind else ""
    if behind and (
        _COMPOSED.fullmatch(behind)
        or (s.behind[0] in "和及与、" and text[q.till + len(s.behind) : q.till + len(s.behind) + 1].isdigit())
    ):
        behind = ""
    measured = len(behind) > 2 and len(subject) > 3 and behind[-1] in WHOLE_TAIL
    if measured and q.kind == "count" and (is_attribute(behind) or behind in LEANING):
        behind = ""  # 签约项目47个协议引资183亿元
    if behind and q.kind in ("count", "measure") and DONE_TO.search(s.before):
        subject = ""  # 一场倒春寒让全县2.6万亩果园受冻
    if behind and _STANDING.match(behind):
        behind, subject = "", subject.removesuffix("以")
    if (
        len(behind) > 4
        and q.kind == "count"
        and text[q.till + len(s.behind) : q.till + len(s.behind) + 1].isdigit()
        and (verb := _SAID_OF_IT.search(behind))
    ):
        behind = behind[: verb.start()]
    if q.kind == "count" and (divisions := _DIVISIONS.match(text, q.till, q.till + 10)):
        behind = divisions.group()
    elif (
        q.kind == "count"
        and s.behind
        and (row := _ROW_BEHIND.match(text, q.till))
        and not text[row.end() : row.end() + 1].isdigit()
    ):
        behind = NOUN_END.sub("", row.group())
    if headline and behind and q.kind == "count" and text[q.at - 1] == " ":
        subject = ""
    if q.kind != "count" or not ("中" in s.before or "里" in s.before or "中" in s.behind or "里" in s.behind):
        pass
    elif behind and (whole := _OF_WHICH.match(behind)):
        behind = whole["all"]
    elif (whole := _OF_WHICH.match(subject)) and memory.unit and text[s.start - 1] not in PAUSES:
        subject = whole["part"]
    with_them = s.before.endswith("由") and _BECOMES.search(behind) is None  # 由218名干部与654家企业结对
    if s.base and behind and q.kind == "count" and not with_them:
        behind = ""
        subject = subject.rstrip("较比与同")
    return behind, subject
