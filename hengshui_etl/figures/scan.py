"""The one pass over the text: where times, numerals and look-alikes stand.

Belongs here: the scanner's pattern, built from the vocabulary, and nothing that needs to look left or right of a token.
Does not belong here: what a token means (numerals.py, quantities.py, periods.py).

Every alternative is free of nested repetition and bounded in length, so that the scan is linear in the text.
"""

from __future__ import annotations

from hengshui_etl.figures.censuses import NAME as CENSUS
from hengshui_etl.figures.events import DAYS as EVENT_DAYS
from hengshui_etl.figures.numerals import CHINESE, DIGITS
from hengshui_etl.figures.seasons import HOLIDAY_NAMES, LUNAR_DAYS
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import alternatives, toml, words

_PERIODS = toml("periods")
_CN = f"[{CHINESE}]"
_DIGIT_CHARS = "".join(c for c, n in DIGITS.items() if n)
_CN_DIGIT = f"[{''.join(DIGITS)}]"

DASH = r"(?:[-—–~～－]{1,2}|至|到)"
YEAR = rf"(?:(?:19|20)\d\d|[一二][〇零○]{{1,2}}{_CN_DIGIT}{{1,2}}|一九{_CN_DIGIT}{{2}})"
MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
DAY = r"(?:[12]\d|3[01]|0?[1-9]|二?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九])"
HOUR = r"(?:[01]?\d|2[0-4])[时点](?:[0-5]?\d分)?"
YEAR_WORD = f"(?:{alternatives(_PERIODS['relative_years'])})"
PLAN = '[“"「]?十[一二三四五]五[”"」]?(?:规划)?'
PART = (
    rf"(?:(?:第|前)?[一二三四两1-4]个?季度|[首前][两三](?:个季度?|季度?)|第[一二三四]季(?![节度])|首季(?!度)|[上下]半年|(?<=年)半年[度报](?!报告期)|{MONTH}(?:月份?)?{DASH}{MONTH}月份?|[前头首](?:{_CN_DIGIT}|两|十[一二]?)个?月(?![份初底末中旬]|[一二三]?十?[一二三四五六七八九]?日)|前\d{{1,2}}个?月"
    rf"|{MONTH}月(?:份|{DAY}日(?:(?:{HOUR})?{DASH}(?:{MONTH}月)?{DAY}日)?)?)"
)
EDGE = r"(?:年底|年末|年初|底|末|初|以来|期间|同期|全年|[上中下]旬|零时|当天|当月|前|年内|内)?"
_HOLIDAYS = alternatives(HOLIDAY_NAMES)
_BOTH = "(?:国庆、?中秋|中秋、?国庆)"
_HOLIDAY = f'(?:[“"「]?(?:{_BOTH}|{_HOLIDAYS})[”"」]?(?:小长假|黄金周|假期|期间|假日|长假)+)'
_TIME_WORDS = (*words(_PERIODS["words"]), *words(_PERIODS["last_round"]))
_TIME = "|".join(
    (
        rf"{YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}",
        rf"{YEAR}(?:[/—–-]{YEAR})?学年度?初?",
        rf"[一1]{DASH}[二三四2-4]季度",
        rf"{YEAR}年?{DASH}{YEAR}年(?:期间)?",
        rf"(?:{YEAR}年|{YEAR_WORD})度?(?:的)?{_HOLIDAY}",
        rf"(?:{YEAR}年|{YEAR_WORD})的?[“\"「]?(?:国庆节?|五一|清明节?|春节|元旦|端午节?|中秋节?|{_BOTH})[”\"」]?(?=[的，,相时为（(多少提增高低\d三四五六七八九十])",
        rf"(?:{YEAR}年|{YEAR_WORD})的?(?:春运|暑运)(?:期间|以来)?(?!办|指挥|领导|方案)",
        r"(?:春运|暑运)(?:期间|以来|(?=[，,（(]|累计|全程|落下|圆满|画上|收官|结束))",
        rf"(?:{_BOTH}|国庆|春节|五一)[”\"」]?(?=[三四五六七八九十\d]天)",
        LUNAR_DAYS,
        rf"(?:{YEAR}年|{YEAR_WORD})度?{PART}{EDGE}",
        rf"(?:{YEAR}年|{YEAR_WORD})度?{EDGE}",
        rf"{PART}{EDGE}",
        rf"{PLAN}(?:期间|时期|以来|末|初|期末)?",
        _HOLIDAY,
        CENSUS,
        r"(?:过去|刚刚过去的?)的?[三四五]年(?=[，,来里中间])",
        rf"(?<![\d月])(?:[12]\d|3[01]|[1-9])日(?:{HOUR})?[至到—-](?:[12]\d|3[01]|[1-9])日(?!内)",
        rf"{DAY}日(?=[至,，、)）两三])",
        r"(?<![为历近约共达满每第了过足前头首后两数余期用需超按续限\d.])(?:[12]\d|3[01]|[1-9])日(?=[^\W_])(?![内龄游后均以间产程报常期本元圆来])",
        EVENT_DAYS,
        alternatives(_TIME_WORDS),
    )
)
_ARABIC = r"\d{1,3}(?:,\d{3}){1,5}(?![\d,])(?:\.\d{1,8})?|\d{1,3}(?: \d{3}){1,5}(?![\d ])(?:\.\d{1,8})?|\d+(?:\.\d+)?"
_NOISE = "|".join(
    (
        r"(?:https?://|www\.)[\w./?=&%-]{1,200}",
        r"[A-Za-z][A-Za-z.]{0,15}+-?+\d[A-Za-z0-9.+-]{0,40}+(?![万亿%])",
        r"\d{1,2}[:：]\d\d(?:[:：]\d\d)?",
        rf"(?:\d{{1,2}}|{_CN}{{1,3}})[时点](?:\d{{1,2}}|{_CN}{{1,3}})分",
        r"\d{3,4}-\d{7,8}(?!\d)",
        r"\d{3}-\d{3,4}-\d{4}(?!\d)",
        r"第\d{1,4}页(?:[ ,、/]{0,3}共\d{1,4}页)?",
        r"[〔\[【［](?:19|20)\d\d[〕\]】］]\d{1,5}号",
        r"\d{1,3}(?:\+[\dA-Za-z]{1,3}){1,5}",
        r"[一二三四五六七八九]\+[\w]{1,3}",
    )
)
_PAIRS = words(
    "正月 大年 农历 除夕 元宵 次日 收官 最后 闭幕 开幕 开展 开赛 展会 展期 活动 末日 假日 假期 赛事 比赛 大会 会展"
    " 节前 节中 节后 节日 届时"
)
"""Times that begin with a common character, by their first two: a look at one would let too many positions through."""
_FIRST = (
    "".join(
        sorted(
            set('0123456789/h“"「[〔【［第前头上下翻过半首' + CHINESE)
            | {
                word[0]
                for word in (
                    *(word for word in _TIME_WORDS if word[:2] not in _PAIRS),
                    *_PERIODS["relative_years"],
                    *HOLIDAY_NAMES,
                    "暑运",
                    "过去",
                    "刚刚过去",
                )
            }
        )
    ).replace("[", r"\[")
    + "A-Za-z"
)
_LOOK = f"(?=[{_FIRST}]|[{''.join(p[0] for p in _PAIRS)}][{''.join(p[1] for p in _PAIRS)}])"
"""Every character that one of the alternatives can begin with: one look tells most positions apart."""

_PLAIN = r"\d++(?:\.\d++)?+(?![\d年月日时点个季至到—–~～－:：/+., -])"
"""Digits whose neighbour belongs to no time, fraction, look-alike or longer numeral: most numbers, so tried first."""

SCAN = lazy_pattern(
    rf"{_LOOK}(?:(?P<plain>{_PLAIN})|(?P<time>{_TIME})"
    rf"|(?P<noise>{_NOISE})"
    rf"|(?P<parts>[百千万]分之)(?:(?P<of_ar>\d{{1,9}}(?:\.\d{{1,9}})?)|(?P<of_cn>{_CN}{{1,12}}(?:点{_CN_DIGIT}{{1,8}})?))"
    rf"|(?P<fraction>(?:\d{{1,3}}/\d{{1,3}}(?![\d/])|{_CN}{{1,4}}分之{_CN}{{1,4}}))"
    r"|(?P<fold>翻(?:了)?(?P<near>近|约|逾|超过?)?(?P<times>[一两二三四五])?番)"
    r"|(?P<half>过半|一半|半数)"
    rf"|(?P<ar>{_ARABIC})"
    rf"|(?P<cn>{_CN}+(?:点{_CN_DIGIT}{{1,8}}[{''.join('十百千万亿兆')}]{{0,4}})?)"
    r"|(?P<first>首位))"
)
"""`lastgroup` names what was found: plain, time, noise, parts, fraction, fold, half, ar, cn, first."""

AFTER = lazy_pattern(
    r"(?P<more>[余多])?(?P<times>(?:百万|千万|[百千](?![瓦克米伏帕焦卡赫分])|[万亿]|兆(?![瓦帕伏赫比字]))*+)(?:(?P<again>[余多])(?P<last>[万亿]{0,2}))?"
)
"""What can stand between the digits of a numeral and its unit: 余/多, multipliers, 余/多, multipliers (`8千多万`)."""

TAIL = lazy_pattern(r"(?P<ar>(?:\d,\d{3}|\d{1,4})(?:\.\d{1,8})?)(?P<times>[百千]?万?)(?![\d.]|,\d{3})")
"""The lower part of a mixed numeral (`14亿489万`, `9万9665`, `12万4,124`)."""

UPPER = lazy_pattern(
    rf"(?:%|[百千万亿]*(?:元)?)?(?P<dash>{DASH})(?:(?P<ar>{_ARABIC})|(?P<cn>{_CN}+(?:点{_CN_DIGIT}{{1,8}})?))"
)
"""The upper end of a range, from behind the lower end's digits."""

UNTIL = lazy_pattern(rf"{DASH}(?:(?P<ar>{_ARABIC})|(?P<cn>{_CN}{{1,12}}(?:点{_CN_DIGIT}{{1,8}})?))")
"""The upper end of a range, from behind the lower end's unit (`3米至5米`)."""

PARTS_UNTIL = lazy_pattern(
    rf"{DASH}(?P<parts>[百千万]分之)?(?:(?P<ar>\d{{1,9}}(?:\.\d{{1,9}})?)|(?P<cn>{_CN}{{1,12}}(?:点{_CN_DIGIT}{{1,8}})?))"
)
"""The upper end of a range of parts in a hundred (`百分之三到百分之五`)."""

SMALL_CHANGE = lazy_pattern(rf"(?P<ten>[1-9{_DIGIT_CHARS}])(?P<word>[毛角])?(?:(?P<one>[1-9{_DIGIT_CHARS}])分)?钱?")
"""What follows 块 or 元 in a spoken amount (`两块三`, `五元六角`)."""
