"""What an article is about: a region, or an institution that lies in one.

Belongs here: weighing the regions that headline, opening and body name. Does not belong here: finding them by name
(scope.py), institutions (subjects.py), which figure is whose (whose.py).
"""

from __future__ import annotations

import operator
from collections import Counter
from itertools import compress, count

from hengshui_etl.figures.scope import (
    CITY_PROPER,
    ZONE,
    Place,
    city_of,
    index,
    inside,
    province_of,
    region_at,
    spoken_name,
)
from hengshui_etl.figures.subjects import subject_of
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Article

_POINTING = lazy_pattern("[全该我][市县区省州旗]")
_HONG_KONG = lazy_pattern(r"全港|本港|港闻|全澳|本澳")
_OUR_PORT = lazy_pattern("本港|本澳")
_HONG_KONG_PLACE, _MACAO = Place("香港", "810000", "province"), Place("澳门", "820000", "province")
_OF_THE_CITY = lazy_pattern("(?<![居列位占排在为是于近])全市")
"""The whole city as what figures are of, not as what a county is compared with."""


_AUTONOMOUS = ("内蒙古自治区", "广西壮族自治区", "西藏自治区", "宁夏回族自治区", "新疆维吾尔自治区")
_DATELINE = lazy_pattern(r"(?:新华社|新华网|中新社|中新网|人民网|央视|日报)[^\W\d]{2,6}\d{1,2}月\d{1,2}日[电讯]")
"""Where a national paper's reporter sat, which is not what is reported on."""
_COUNTRY = lazy_pattern(
    "(?<![居列位占排在为是于近次届较比])(?:全国(?!第|首|前|人口普查|经济普查|农业普查|人大|政协)|我国)"
)


_HOMES = lazy_pattern("[全我该][市县区州旗镇省](?!第|前|首)|全[港澳]|本[港澳]|港闻")
_ISLAND = lazy_pattern("主计|内政部|行政院|新台币|立法院|证交税|赋税署|两岸")
"""Words of Taiwan's press, whose 全国 is the island."""
_COUNTRY_PLACE = Place("全国", None, "country")


def main_place(article: Article) -> Place | None:
    """What an article is about: the institution that its headline names, or else its region, or None."""
    text, title = article.text, article.title or ""
    found = _found_in(text, title)
    region = _region(text, title, found)
    titled = region.name if region is not None and found[region] >= _TITLE else None
    near = region.code if region is not None else None
    subject = subject_of(text, title, near, titled)
    if subject is not None:
        within = region is not None and region.name[:2] in subject.name[1:]  # 北海 in 拱北海关 is no place
        return Place(subject.name, None if subject.crossing or within else near, subject.level)
    if titled is None and _of_the_country(text, title, found):
        return _COUNTRY_PLACE
    return _zone_in_full(region, text) if region is not None and region.level == "zone" else region


_DEVELOPMENT = ("开发区", "高新区", "经开区")
_OFFICIAL = ("经济技术开发区", "高新技术产业开发区", "高新技术开发区", "经济开发区")
"""What a development zone is called in full, where the headline says 开发区."""


def _zone_in_full(zone: Place, text: str) -> Place:
    """The zone that the headline names for short, by the name that the text prints in full."""
    short = next((end for end in _DEVELOPMENT if zone.name.endswith(end)), None)
    if short is None or zone.name.endswith(_OFFICIAL):
        return zone
    bare = zone.name.removesuffix(short)
    for official in _OFFICIAL:
        if (short == "开发区" or official[0] == short[0]) and (bare + official) in text:
            return zone._replace(name=bare + official)
    return zone


def _of_the_country(text: str, title: str, found: Counter[Place]) -> bool:
    """Whether an article whose headline names no region reports on the whole country."""
    if _COUNTRY.search(text) is None or _ISLAND.search(text) is not None or _HOMES.search(text) is not None:
        return False
    return _COUNTRY.search(title) is not None or all(weight < 2 * _OPENING for weight in found.values())


_DISTRICTS = ("海关", "关区", "局集团", "铁路局", "局发送")
"""Behind the city where they have their seat: customs and railways of a province and more."""
_TITLE, _OPENING, _BODY = 8, 2, 1
"""What a region's name weighs in the headline, in the opening, and behind it where those name none."""


def _look(found: Counter[Place], stretch: str, weight: int) -> None:
    """Add to `found` the weight of each region that a stretch names; short names count in headline and opening."""
    names = index()
    beyond = 0
    pairs = map(operator.add, stretch, stretch[1:])
    for i in compress(count(), map(names.__contains__, pairs)):
        if i < beyond:
            continue
        for name, region, short in names[stretch[i : i + 2]]:
            if not stretch.startswith(name, i) or (short and weight == _BODY):
                continue
            end = i + len(name)
            if short and region.level == "county" and weight < _TITLE and stretch[end : end + 1].strip("：: "):
                continue
            place = Place(spoken_name(region, name if not short else region.short), region.code, region.level)
            if zone := ZONE.match(stretch, end):
                end = zone.end()
                place = Place(stretch[i:end], region.code, "zone")
            elif weight == _TITLE and (proper := CITY_PROPER.match(stretch, end)):
                end = proper.end()
                place = Place(f"{place.name}{proper.group()}", region.code, "proper")
            beyond = end
            inner = region_at(stretch[end : end + 16], region.code) if weight == _TITLE else None
            if inner is None or inner[0].code == region.code or not inside(inner[0], place):
                seat = stretch.startswith(_DISTRICTS, end)
                found[place] += min(weight, _OPENING) if seat else weight  # of 舟山市定海区 the county alone
            break


def _found_in(text: str, title: str) -> Counter[Place]:
    """The regions that an article names, in the order in which it does, with what they weigh."""
    found: Counter[Place] = Counter()
    _look(found, title, _TITLE)
    head = min(len(text), 600)
    _look(found, _DATELINE.sub(" ", text[len(title) if text.startswith(title) else 0 : head]), _OPENING)
    if not found:
        _look(found, text[head : head + 3000], _BODY)
    return found


def _region(text: str, title: str, found: Counter[Place]) -> Place | None:
    """The region an article is about: by its headline first, then by its opening, then by its body."""
    if word := _OUR_PORT.search(text, 0, 600):
        return _MACAO if "澳" in word.group() else _HONG_KONG_PLACE
    pointing = set(_POINTING.findall(text))
    if not found:
        if word := _HONG_KONG.search(text):
            return _MACAO if "澳" in word.group() else _HONG_KONG_PLACE
        return None
    wanted = None
    if not pointing.isdisjoint(("全县", "该县", "我县", "全旗", "我旗")):
        wanted = "county"
    elif "全省" in pointing and pointing.isdisjoint(("全市", "全县", "全区")):
        wanted = "province"
    elif "全市" in pointing or "全州" in pointing:
        wanted = "prefecture"
    elif "全区" in pointing and any(p.name in _AUTONOMOUS for p in found):
        wanted = "province"

    def score(place: Place) -> int:
        points = found[place]
        if wanted and (
            place.level == wanted or (wanted == "prefecture" and "全市" in pointing and place.name.endswith("市"))
        ):
            points += 6
        if place.code == "710000" and place.level == "prefecture" and found[place] < _TITLE:
            points -= 20  # the headline does not name it: the island's figures
        if place.level == "province" and wanted != "province":
            points -= 5
        return points

    best = max(found, key=score)  # of two with as many points the first one
    titled = [p for p, weight in found.items() if weight >= _TITLE]
    if len(titled) > 2 and all(
        p.level == "prefecture" and p.code and p.code[:2] == (best.code or "")[:2] for p in titled
    ):
        best = province_of(best) or best  # 石嘴山、吴忠、中卫跑赢全区: the province is compared in its parts
    if wanted == "prefecture" and best.level == "county" and found[best] < _TITLE:
        beside = sum(1 for p in found if p.level == "county" and (p.code or "")[:4] == (best.code or "")[:4])
        if beside > 2 or (not best.name.endswith("市") and sum(1 for _ in _OF_THE_CITY.finditer(text)) > 2):
            best = city_of(best) or best  # 全市139个乡镇中，浦城县…: of the city that the county lies in
    return best
