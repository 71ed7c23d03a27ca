"""What an article is about where that is no region: a port, a fair, a company, a hospital, a road, a village.

Belongs here: names of institutions in the headline, and the evidence that the article speaks of them (全港区) and not
of a region (全市). Does not belong here: regions (scope.py), the region of an article (about.py), which figure is whose
(whose.py); the nouns themselves stand in places.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from hengshui_etl.figures.scope import region_at
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import alternatives, toml, words

_WORDS = toml("places")["subjects"]


class _Kind(NamedTuple):
    """A kind of institution: the words that an article about one comes back to it with; what longer names of it end
    with, and what stands in its full name; whether it may report on its region (courts); whether it lies in several."""

    back: re.Pattern[str]
    ends: str
    full: str
    regional: bool
    crossing: bool

    def mentions(self, body: str) -> int:
        """How often an article comes back to an institution of this kind by a word."""
        return sum(1 for _ in self.back.finditer(body))


class Subject(NamedTuple):
    """What an article is about: its name, its level as a place, and whether it may lie in several regions."""

    name: str
    level: str
    crossing: bool


_BEFORE_BARE = r"(?:(?<![^\W_])|(?<=[年月日天末底初来据对向从为与在经由]))"
"""Before a noun that is no part of a name: 公司 and 据公司, not 电网公司."""


def _kind(entry: dict[str, Any]) -> _Kind:
    back = rf"[全该本我](?:{alternatives(entry['own'])})|{_BEFORE_BARE}(?:{alternatives(entry['back'])})"
    return _Kind(
        lazy_pattern(back), entry.get("ends", ""), entry.get("full", ""), "regional" in entry, "crossing" in entry
    )


_KINDS = {name: _kind(entry) for name, entry in _WORDS["kinds"].items()}
_KIND_OF = {noun: name for name, entry in _WORDS["kinds"].items() for noun in words(entry["nouns"])}
_COMPANY, _EVENT, _VILLAGE, _TOWNSHIP = "company", "event", "village", "township"

_VILLAGES = words(_WORDS["kinds"][_VILLAGE]["nouns"])
_BAD = "".join(words(_WORDS["no_name"]))
_NOUN = rf"(?:{alternatives(_KIND_OF)})(?!(?!上半年)(?:{alternatives(_WORDS['never_behind'])}))"
_PROPER = rf"[^\W\d_a-zA-Z{_BAD}]"
_PLACED = lazy_pattern(
    rf"(?P<proper>{_PROPER}{{0,6}}?\d{{0,2}})(?P<noun>大学(?:附属)?[^\W\d_]{{2,4}}?(?:医院|学院)|{_NOUN}(?:(?:附属)?(?:第[一二三四五六]|儿童|口腔|肿瘤|\d{{1,2}})?{_NOUN})?)"
)
"""What follows a region's name in that of an institution."""
_UNPLACED = lazy_pattern("(?![一二三四五六七八九十两]{1,2}[座条家所个大])" + _PLACED.pattern.replace("{0,6}", "{2,6}"))
"""A name that begins with no region's, and with no number of such things."""
_NOT_ALONE = frozenset(words(_WORDS["not_alone"]))
_NOT_PROPER = frozenset(words(_WORDS["no_proper"]))
_BETWEEN = lazy_pattern(rf"(?:{alternatives(_WORDS['between'])}|第[一二三四五六七八九十]{{1,3}})*")
_HELD = lazy_pattern(
    r"第[一二三四五六七八九十百\d]{1,4}届(?!.{0,12}代表大会|.{0,12}委员会)"
    r"[^\W\d_]{2,12}?(?:会|展|节|赛|论坛|马拉松)(?![员议期])"
)
_FAIR = lazy_pattern(r"[^\W\d_]{1,3}[博交贸洽]会")
"""Fairs that everybody knows by three characters."""
_SHORT_NAME = lazy_pattern(
    rf"(?:{alternatives(_KIND_OF)}|[会展节赛局院所馆团队])[”」》]?[（(](?:以下|下)?简称[：:为]?[“「『\"]?(?P<name>[^\W\d_]{{2,8}})[”」』\"）)]"
)
_TIME = (
    r"20\d\d年?度?|\d{1,2}[—－~～至-]\d{1,2}月份?|\d{1,2}月份?|前(?:三季度|[\d一二三四五六七八九十]{1,2}个?月)|前?三季度|[上下]半年|[一二三四首]季度?|去年|今年|全年|半年|"
    r"今日|昨日|春运|春节|国庆|假期|暑期|五一|清明|端午|中秋|元旦|假期|长假|黄金周|十[二三四五]五|期间"
)
_LEAD = lazy_pattern(rf"(?:{_TIME}|走进|探访|来自|中国铁路|[【】“”「」\"《》—\-])*")
_CLAUSE = lazy_pattern(r"(?:(?!——)[^\s，。：；:;！？!?|｜])+[:：]?")
_STOCK = lazy_pattern(r"[（(](?:(?:证券|股票)代码|[036489]\d{2}[\dXx*]{3}|\d{4,5}\.HK|0\d{4})")
_FIRM = lazy_pattern(
    rf"(?P<name>[^\W\d_]{{3,8}}?)(?=[:：]|{_TIME}|\d|净|营收|营业|利润|披露|发布|公布|年报|业绩|拟|募|股价|实现|完成|签)"
)
_ACCOUNTS = lazy_pattern(alternatives(_WORDS["accounts"]))
_HOME = lazy_pattern(r"(?<![占居列位排在比较于到近为是])(?:全[市县州旗省区]|[该我][市县州旗省])(?!场|第|前|首|平均)")
_NO_FIRM = lazy_pattern(
    rf"企业|行业|工业|市场|经济|央企|国企|财政|农业|居民|银行业|保险业|[一二三四五六七八九十百千万亿逾超]{{2}}|{_ACCOUNTS.pattern}"
)
_EDGE = lazy_pattern(r"[，。；、\s《（(]|国营|国有|[据由从的]")
_WHAT_IT_IS = lazy_pattern("企业|公司|国企|龙头|巨头")
_BEFORE_STOCK = lazy_pattern(r"(?:^|[，。、：:\s“”的日晚间省市县])(?P<name>[^\W\d_的日晚，、]{3,8})$")
"""A listed company's name right before its number."""


def subject_of(text: str, title: str, near: str | None, titled: str | None) -> Subject | None:
    """The institution that an article is about, or None where it is about a region or nobody can tell.

    `near` is the code of the article's region and `titled` its name where the headline names it.
    """
    body = text[len(title) :] if text.startswith(title) else text
    home = sum(1 for _ in _HOME.finditer(body))
    for clause in _clauses(title, body):
        found = (
            _by_noun(clause, body, near, home, titled)
            or _by_short_name(clause, body, home)
            or _village(clause, body, home)
            or _firm(clause, body, home)
        )
        if found is not None:
            return found
    return None if titled is not None or home else _in_opening(body, near)


def _clauses(title: str, body: str) -> Iterator[str]:
    """From where names begin, the clauses of the headline, and of the line below it that begins with a dash."""
    lines = [title]
    below = body.lstrip("\n")[:60].partition("\n")[0]
    if below.startswith("——"):
        lines.append(below)
    for line in lines:
        for clause in _CLAUSE.finditer(line):
            lead = _LEAD.match(clause.group())
            stretch = clause.group()[lead.end() if lead else 0 :]
            if len(stretch) > 2:
                yield stretch


def _by_noun(clause: str, body: str, near: str | None, home: int, titled: str | None) -> Subject | None:
    """The institution whose name begins a clause of the headline, if the article comes back to it."""
    held = _HELD.match(clause) or _FAIR.match(clause)
    found = Name(held.group(), _EVENT, "words", held.end()) if held is not None else name_at(clause, near)
    if found is None:
        return None
    kind = _KINDS[found.kind]
    name = _in_full(found.name, kind, body)
    pointed, named = kind.mentions(body), body.count(name)
    match found.proof:
        case "headline":
            known = pointed or named > 2 or not home
        case "words":
            known = pointed or named > 2 or (named and not home)
        case "name":
            known = (
                (pointed and (named or titled is None or titled[:2] in name)) or named > 2 or (named and near is None)
            )
        case "alone":
            known = pointed and named and not home
    if not known or (home and (kind.regional or home >= pointed + named)):
        return None
    return Subject(name, _level(found.kind), kind.crossing)


def _level(kind: str) -> str:
    """The level of a place that an institution of a kind is."""
    return "township" if kind in (_VILLAGE, _TOWNSHIP) else "venue"


class Name(NamedTuple):
    """The name of an institution, its kind, and what must show that the article is about it: nothing but the headline
    where it is the one of its kind in its region (日照图书馆); the text's words for it; besides them its name, where it
    begins with no region's and the headline names one; its name and no region, where the words may mean all of the kind
    (清水高速). It takes `end` characters."""

    name: str
    kind: str
    proof: Literal["headline", "words", "name", "alone"]
    end: int


def name_at(clause: str, near: str | None) -> Name | None:
    """The name of an institution that begins `clause`: of its region's name only what it cannot stand without."""
    found = region_at(clause[:16], near)
    skip = found[1] if found is not None and found[0].level not in ("zone", "proper") else 0
    named = (_PLACED if skip else _UNPLACED).match(clause, skip)
    if named is None:
        return None
    proper, noun, end = named["proper"], named["noun"], named.end()
    inner = region_at(clause[skip : skip + 16], found[0].code) if skip and found is not None else None
    if inner is not None and skip + inner[1] >= end:
        return None  # 上海浦东新区: a region in a region
    kind = _KIND_OF[_last_noun(noun)]
    between = _BETWEEN.match(proper)
    bare = between is not None and between.end() == len(proper)
    if found is None or not skip:
        return None if bare or proper in _NOT_PROPER or proper in _KIND_OF else Name(clause[:end], kind, "name", end)
    if bare:
        proof: Literal["headline", "alone"] = "alone" if noun in _NOT_ALONE and "第" not in proper else "headline"
        inserted = _KINDS[kind].full
        whole = inserted and not proper and inserted not in noun
        return Name(f"{found[0].name}{inserted}{noun}" if whole else clause[:end], kind, proof, end)
    if len(proper) > 1 and proper in _NOT_PROPER:
        return None
    full = clause[:skip] == found[0].name and clause[skip - 1] in "省市县区旗州"  # 赣县 in full, 赣州 for short
    own = len(proper) > 1 and (full or kind == _TOWNSHIP)  # 恭城莲花镇 is 莲花镇
    return Name(clause[skip if own else 0 : end], kind, "words" if noun in _NOT_ALONE else "headline", end)


def _last_noun(nouns: str) -> str:
    """The noun that a name ends with: the kind is that of the last one (机场集团 is a company)."""
    return next(nouns[i:] for i in range(len(nouns)) if nouns[i:] in _KIND_OF)


def _in_full(name: str, kind: _Kind, body: str) -> str:
    """The name as the text prints it in full, where it never prints the headline's shorter one."""
    if kind.ends and (longer := re.findall(rf"{re.escape(name)}(?:{alternatives(kind.ends)})", body)):
        return str(longer[0]) if len(longer) == body.count(name) else name
    if name in body:
        return name
    inserted = re.search(rf"{re.escape(name[:2])}[^\W\d_]{{1,4}}?{re.escape(name[2:])}", body)
    return inserted.group() if inserted is not None else name


def _by_short_name(clause: str, body: str, home: int) -> Subject | None:
    """What the article itself calls by a short name that begins a clause of the headline (以下简称“加博会”)."""
    if "简称" not in body:
        return None
    for match in _SHORT_NAME.finditer(body):
        name = match["name"]
        if clause.startswith(name) and name not in _KIND_OF and home < body.count(name):
            return Subject(name, "venue", True)
    return None


def _village(clause: str, body: str, home: int) -> Subject | None:
    """The village that begins a clause of the headline without its 村, which the article's text adds."""
    for length in range(min(len(clause.rstrip(":：")), 5), 1, -1):
        for noun in _VILLAGES:
            at = body.find(name := clause[:length] + noun)
            if at >= 0 and not body.startswith(("级", "民", "干"), at + len(name)):
                pointed = _KINDS[_VILLAGE].mentions(body)
                return Subject(name, "township", False) if pointed > 1 and pointed > home else None
    return None


def _firm(clause: str, body: str, home: int) -> Subject | None:
    """The company whose name, of whatever words, begins a clause of the headline: it speaks of its accounts."""
    named = _FIRM.match(clause)
    if named is None or home or _NO_FIRM.search(name := named["name"]) or not _ACCOUNTS.search(body):
        return None
    mentions = _KINDS[_COMPANY].mentions(body) + (2 if _STOCK.search(body, 0, 600) else 0)
    if name in body:
        known = mentions > 1 or (mentions and len(set(_ACCOUNTS.findall(body))) > 1)
    else:
        known = mentions and clause[len(name)] in ":："
    return Subject(name, "venue", True) if known else None


def _in_opening(body: str, near: str | None) -> Subject | None:
    """The institution that an article under a headline without names speaks of again and again."""
    if (stock := _STOCK.search(body, 0, 600)) is not None and _KINDS[_COMPANY].mentions(body):
        before = _BEFORE_STOCK.search(body, max(0, stock.start() - 16), stock.start())
        if before is not None:
            return Subject(_WHAT_IT_IS.split(before["name"])[-1], "venue", True)
    short = _SHORT_NAME.search(body, 0, 1000) if "简称" in body else None
    if short is not None and short["name"].endswith(("会", "展", "节", "赛")) and _KINDS[_EVENT].mentions(body):
        return Subject(short["name"], "venue", False)
    for match in _EDGE.finditer(body, 0, 1000):
        lead = _LEAD.match(body, match.end())
        at = lead.end() if lead is not None else match.end()
        found = name_at(body[at : at + 24], near)
        if found is None:
            continue
        mentions = _KINDS[found.kind].mentions(body)
        if mentions > 1 and mentions + body.count(found.name) > 2:
            return Subject(found.name, _level(found.kind), _KINDS[found.kind].crossing)
    return None
