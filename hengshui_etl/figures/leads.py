"""The words beside a time word that say what it does: compare, begin, promise, report.

Belongs here: the patterns of those words. Does not belong here: what they make of the time (governing.py), which words
name a time (scan.py), and which days (periods.py).
"""

from __future__ import annotations

from functools import lru_cache

from hengshui_etl.figures.scan import YEAR
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import alternatives, toml

_PREDICATES = toml("predicates")
TARGET = lazy_pattern(alternatives(_PREDICATES["targets"]["words"]))

COMPARED = lazy_pattern(
    r"(?:比|较(?!快|大|高|好|多|为)|与|同|和|(?<=[高低多少快慢优大小好早晚当等])于|相比|对比|恢复到|恢复至|超过|相当于|胜过?|逊于|不及|多过|赢过)[^，,。；;、：—]{0,6}$"
)
FROM = lazy_pattern(r"(?:由|从)[^，,。；;、：—]{0,3}$")
CHANGED_TO = lazy_pattern(r"(?:增加|减少|提高|上升|下降|降低|扩大|回升|增|减|升|降)[到至为][^，,。；;、：]{0,3}$")
IS = lazy_pattern(
    r"(?:(?![（(](?:\d{1,2}|[一二三四五六七八九十]{1,3})[月日])(?![\d一二三四五六七八九十]{1,2}天)的?[（(]?(?=[\d一二三四五六七八九十百千两约近超])|(?:可比|的|同口径|可比口径|实际|全年|约|度|这一数字|这一比例|该数字|该比例){0,3}(?:为|是|仅为?|只有)(?!了))"
)
SAME_IS = lazy_pattern(r"[^，,。；;\d]{1,13}(?:为|是|有|卖)\d")
GOAL = lazy_pattern(
    r"(?:目标|任务|计划|预算|预期)|[^，,。；;]{1,12}?的(?:目标|任务|计划|预算)"
    r"|[\d.]+[万亿]?[^\W\d]{1,4}(?:目标|任务|计划|预算)"  # 完成全年3500亿元目标的62.5%
)
REPORT = lazy_pattern(
    r"[^。；]{0,40}?(?:记者|笔者|获悉|召开|发布|公布|通报|介绍|了解|揭晓|出炉|印发|报道|透露|表示|公告|刊发|报告|会议上|大会|晒出|亮出|交出)"
)
MEETING = lazy_pattern(r"[^，,。；;]{0,40}(?:召开|举行|举办|启动|会上)(?=[，,。；;])")
EVENT = lazy_pattern(
    r"(?:全国|全省)?(?:统一)?(?:高考|中考|联考|统考)的|"
    r"(?:(?!组织|举[行办]|召开|先后|分别|接连)[^，,。；;\s\d]){0,14}(?:开工|签约|竣工|开竣工|观摩|启动|揭牌|推介|表彰|颁奖)(?:活动|仪式|大会|会)"
)
"""A time is part of the name of what took place on a day (一季度重点项目集中开工活动)."""
ENDED = lazy_pattern(
    r"(?:上午|下午|晚上?)?(?:[（(]\d{1,2}日[）)])?(?:在|于|起)?[^，,。；;、\d]{0,24}?(?:结束|落幕|闭幕|收官|谢幕|落下帷幕|拉下帷幕|降下帷幕|画上句号|圆满|开幕|开展|启幕|拉开帷幕)"
)
"""Behind a day: it only says when began or was over what the article tells of."""
PRICES = lazy_pattern(r"[^，,。；;）)]{0,6}(?:价|口径|基数|汇率)")
EMBEDDED = (
    "价格变动翘尾", "价格变动的翘尾", "确定的", "制定的", "下达的", "预定的", "提出的", "安排的", "部署的", "排定的",
)  # fmt: skip
DECIDED = lazy_pattern(r"[^，,。；;\d]{1,6}(?:确定|制定|下达|预定|提出|安排|部署|排定)的")
SET_OUT = lazy_pattern(
    r"[^，,。；;\d]{0,6}(?:确定|制定|下达|预定|提出|安排|部署|排定|承诺|定下|敲定|代编预算|(?:列入|纳入|写入)[^，,。；;\d]{2,10}?的)的?(?=\d|[两三四五六七八九十])"
)
"""Behind 年初: what was set out then, for the year."""
HELD_OVER = lazy_pattern(r"(?:滚存|结余|结存|存量|库存|余额)[^，,。；;\d]{0,8}\d")
PROMISED = lazy_pattern(r"[，,]?[^，,。；;\d]{0,10}(?:承诺|提出|确定|定下|部署|下达|排定|安排|立下|计划)")
TO_DAY = lazy_pattern(r"[^，,。；;\d]{0,10}[至到]$")
SAME_DAYS = lazy_pattern(r"(?:的)?(?:此时|同季|长假|假期|春运|黄金周|同月|同日|同一天|同一时期|这个时候)")
BEFORE_IT = lazy_pattern(r"[^，,。；;、\d]{1,4}(?<![目日先提])前(?!三|两|十|[一二四五六七八九])")
COUNTED = lazy_pattern(r"[^，,。；;\d]{0,6}\d")
YEARS_AGO = lazy_pattern("([一两二三五十])年前$")
DIGITS = {"一": 1, "两": 2, "二": 2, "三": 3, "五": 5, "十": 10}
PEOPLE = lazy_pattern("人口|户籍|户数")
PREVIOUS = lazy_pattern(r"(?:上年|上一年|前一年|上年度|上一年度|上学年|上一学年)")
NUMBERED = lazy_pattern(r"[（(]?[一二三四五六七八九十]{1,3}(?:[）)]|[、．.])")
"""How the heading of a section begins."""
CHANGES = frozenset(("下降", "增长", "上升", "减少", "增加", "回落"))
MIDNIGHT = ("零时", "24时", "二十四时")
TOP = ("最", "首", "新高", "峰")
ENDS = frozenset(("期末", "季末", "月末"))
SINCE = lazy_pattern("起(?![降飞火诉点步运草源跑动家重吊])")
DAY_SINCE = lazy_pattern(r"[^，,。；;\d]{0,8}以来")
LISTED_IN = ("列入", "纳入", "转入", "结转到", "结转至")
HELD_ON = lazy_pattern(r"(?:[和、及与][^，,。；;]{2,8}?)?(?:举行|举办|上演|上映|召开|进行)[，,。；;]")
"""Behind a day of an event: it says when one of its parts took place, not of when the figures are."""
DAY_ALONE = lazy_pattern(r"\d{1,2}日$")
DAYS_ALONE = lazy_pattern(r"(?P<day>\d{1,2})日.*\d日$")
PLAN_NAME = lazy_pattern(r"[“\"「]?十[一二三四五]五[”\"」]?(?:规划)?(?P<edge>.*)$")
NAMED_YEAR = lazy_pattern(YEAR)


_BESIDE = lazy_pattern(r"(?:与|和|同(?![比期样]))[^，,。；;、：—]{0,6}$")
_BESIDE_IT = lazy_pattern(
    r"[^。；;]{0,40}?(?:相比|比较|相较|对比|之比|比[，,]|持平|一致|相当|相差|相等|差距|一样|不相上下|同样|相同|看齐|相近|相似|之间|净增|净减|比起来|差不多|接近|来比)"
)
PEAK = lazy_pattern("(?:高峰|最高|峰值|最多|单日)[^，,。；;]{0,8}[为是]$")
"""Before a day on which something was at its highest."""
BASIS = lazy_pattern(r"的?[^，,。；;\d]{0,6}[\d.]{1,12}[万亿]?[^，,。；;\d]{1,5}的?基础上")
CEREMONY = lazy_pattern(
    r"[^。；\n]{0,60}?(?:开工|签约|竣工|开竣工|启动|揭牌|颁奖)(?:活动|仪式|大会)[^，,。；;]{0,24}(?:举行|举办)"
)
"""Behind a day: what took place on it, whatever the scene."""
SCENE = lazy_pattern(
    r"(?:上午|下午|清晨|一早|一大早|中午|傍晚|晚上?)?[，,][^。；\n]{0,30}?(?:走进|走入|来到|来自|一边|正在|忙着|忙碌|村民|农民|果农|菜农|茶农|农户|种植户|养殖户|大户|社员"
    r"|工人|师傅|大妈|大爷|车间|田间|田头|果园|大棚|地头|塔吊|轰鸣|穿梭|人头攒动|人声鼎沸|映入眼帘)"
)
"""Behind a day: an article that opens with a scene tells of that day only how it looked."""


@lru_cache(maxsize=1 << 12)
def lead_of(earlier: str) -> tuple[bool, bool, bool]:
    """Whether the words before a time word compare with it, begin with it, or say what has become of something."""
    if not earlier:
        return False, False, False
    return (
        COMPARED.search(earlier) is not None,
        FROM.search(earlier) is not None,
        CHANGED_TO.search(earlier) is not None,
    )


def is_beside(earlier: str, after: str) -> bool:
    """Whether 与, 和 or 同 before a time word only join nouns (图书馆和文化馆2022年运行情况), and compare nothing."""
    return _BESIDE.search(earlier) is not None and _BESIDE_IT.match(after) is None
