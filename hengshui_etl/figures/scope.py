"""Whose figure it is: divisions of China, their zones, and the words that point back to them (全市, 该县).

Belongs here: finding regions by name, the region an article is about, what 全省 means in it. Does not belong here:
which region governs which figure (extract.py).
"""

from __future__ import annotations

import operator
from collections import Counter
from functools import cache, lru_cache
from itertools import compress, count
from typing import NamedTuple

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Article
from hengshui_etl.vocab import Region, alternatives, regions, toml, words

_LEVELS = {"province": 0, "prefecture": 1, "county": 2}


class Place(NamedTuple):
    """A region as it is called in the answer, with its official code (that of the division it lies in, for a zone)."""

    name: str
    code: str | None
    level: str


@cache
def _index() -> dict[str, tuple[tuple[str, Region, bool], ...]]:
    """Names and short names by their first two characters, the longest first; the flag marks a short name."""
    found: dict[str, list[tuple[str, Region, bool]]] = {}
    aliases = {official: spoken for spoken, official in toml("places")["aliases"].items()}
    ambiguous = set(words(toml("places")["ambiguous_short_names"]))
    for r in regions():
        if r.name in _GENERIC:
            continue
        if r.name in aliases:
            found.setdefault(aliases[r.name][:2], []).append((aliases[r.name], r, False))
        found.setdefault(r.name[:2], []).append((r.name, r, False))
        if r.short != r.name:
            spoken = f"{r.short}{r.name[-1]}"
            if spoken != r.name and r.name[-1] in "县区旗州":
                found.setdefault(spoken[:2], []).append((spoken, r, False))
            if r.short not in ambiguous and not (r.level == "county" and r.name.endswith("区")):
                found.setdefault(r.short[:2], []).append((r.short, r, True))
    for name in words(toml("places")["taiwan"]):  # the official codes end with the island
        region = Region("710000", name, name[:2], "prefecture")
        found.setdefault(name[:2], []).extend(((name, region, False), (name[:2], region, True)))
    return {k: tuple(sorted(v, key=lambda e: (-len(e[0]), _LEVELS[e[1].level]))) for k, v in found.items()}


@cache
def _by_code() -> dict[str, Region]:
    return {r.code: r for r in regions()}


_ZONE = lazy_pattern(alternatives(toml("places")["zones"]))
_PLACES = toml("places")
_NOT_NAMES = "".join(words(_PLACES["not_in_names"]))
_LOCAL = lazy_pattern(
    rf"(?P<name>(?!{'|'.join(words(_PLACES['not_places']))})[^\W\d_{_NOT_NAMES}]{{1,4}}?(?:镇|乡|街道|苏木|村))"
    r"(?![级镇乡村委干均企民居里庄集支口])"
)
_LOCAL_WITHIN = lazy_pattern(rf"(?:在|[县市区旗])(?={_LOCAL.pattern})")
_VENUE = lazy_pattern(
    r"(?P<name>(?!落户|入驻|进驻|位于|布局|走进|其|该|全|各|这|市级|省级|国家|部分|一般|所有|重点|主要|有|在)[^\W\d_a-zA-Z]{2,6}?(?:景区|古城|高新区|经开区|开发区|新区|机场|火车站|港区)"
    r"|某[^\W\d_a-zA-Z]{1,6}?(?:企业|公司|集团|工厂))"
)
_LAST = lazy_pattern("[镇乡道木村区城场站团司厂业谷]")
"""A character of every name that `_LOCAL` and `_VENUE` find: one look spares most clauses both."""
_VENUE_ENDS = lazy_pattern(
    r"大峡谷|古城|古镇|景区|[^\W\d_a-zA-Z]{0,3}?(?:国际)?机场|博物馆|图书馆|[东南西北]?站(?!点|位|台|在|上)|口岸|港(?=完成|货物|集装箱|吞吐|客[滚运])"
)
_TITLE_VENUE = lazy_pattern(
    r"[^\W\d_a-zA-Z]{0,4}?(?:(?:国际)?机场(?!群|数|业|里)|(?:火车)?[东南西北]?站(?=[春暑客日旅发]|\d)|大学|学院|人民医院)"
)
_ITSELF = lazy_pattern("该站|车站|全站|全校|该校|我校|全院|该院|我院|机场")
_ESTATE = lazy_pattern(
    r"(?:国营|国有|——|[，。\s《])(?P<name>(?!国营|国有)[^\W\d_a-zA-Z]{2,4}?(?:林场|农场|牧场|茶场|渔场|垦区))"
)
_POINTING = lazy_pattern("[全该我][市县区镇省场]")
_HONG_KONG = lazy_pattern(r"全港|本港|港闻|全澳|本澳")
_OUR_PORT = lazy_pattern("本港|本澳")
_HONG_KONG_PLACE, _MACAO = Place("香港", "810000", "province"), Place("澳门", "820000", "province")
_STOCK_NUMBER = lazy_pattern(r"[（(](?:(?:证券|股票)代码|[036489]\d{2}[\dXx*]{3}|\d{4,5}\.HK)")
_COMPANY = lazy_pattern(r"[^\W\d_a-zA-Z]{3,8}$")
_COURT = lazy_pattern(r"(?P<name>[^\W\d_a-zA-Z]{2,6}?)(?P<kind>法院|检察院)(?=[：:\s])")
_CITY_PROPER = lazy_pattern(r"(?:主城区|中心城区|城区|市区|(?<=市)区(?![块级间域划县位市旗]))")
_CALLED: dict[str, str] = dict(_PLACES["called"])
_GENERIC = frozenset(words(_PLACES["generic_names"]))
_ROW = lazy_pattern(r"[^\W\d_]{1,7}(?:区|县|市|旗|镇|乡|街道)$")


def spoken_name(region: Region, printed: str) -> str:
    """How the answer names a region that was printed as `printed`: the official name, an autonomous one as printed."""
    if region.name in _CALLED:
        return _CALLED[region.name]
    if printed == region.name or (printed[-1:] in "县区旗州市省" and len(printed) > 2):
        return printed
    prefecture = region.level == "prefecture" and region.name.endswith("州")
    if len(region.name) > len(region.short) + 2 and (region.level == "county" or prefecture):
        return f"{region.short}{region.name[-1]}"
    return region.name


@lru_cache(maxsize=1 << 14)
def region_at(head: str, near: str | None) -> tuple[Place, int] | None:
    """(the place, how many characters it takes) of the region whose name begins `head`, or None.

    `near` is the code of the article's region: of two regions with one name the one in the same province is meant, and
    a short name of a county counts only there.
    """
    best: tuple[int, int, Place, int] | None = None
    for name, region, short in _index().get(head[:2], ()):
        if not head.startswith(name):
            continue
        same = near is not None and region.code[:2] == near[:2]
        closer = near is not None and region.code[:4] == near[:4]
        if short and region.level == "county" and not closer:
            continue
        end = len(name)
        place = Place(
            spoken_name(region, name) if not short else spoken_name(region, region.short), region.code, region.level
        )
        zone = _ZONE.match(head, end)
        if zone:
            end = zone.end()
            place = Place(head[:end], region.code, "zone")
        elif proper := _CITY_PROPER.match(head, end):
            end = proper.end()
            place = Place(f"{place.name}{proper.group()}", region.code, "proper")
        rank = (-end, 0 if closer else 1 if same else 2)
        if best is None or rank < best[:2]:
            best = (*rank, place, end)
    return (best[2], best[3]) if best else None


def place_at(head: str, near: str | None) -> tuple[Place, int] | None:
    """(place, length) of a region, township, village, zone or venue that begins `head`, or None."""
    found = region_at(head, near) if head[:2] in _index() else None
    if found is not None:
        within = _LOCAL.match(head, found[1])
        if within and found[0].level == "county":
            return Place(within["name"], found[0].code, "township"), within.end()
        if found[0].level != "zone" and (venue := _VENUE_ENDS.match(head, found[1])):
            end = venue.end()
            return Place(head[:end], found[0].code, "venue"), end
        return found
    if _LAST.search(head) is None:
        return None
    for pattern, level in ((_LOCAL, "township"), (_VENUE, "venue")):
        match = pattern.match(head)
        if match:
            return Place(match["name"], near, level), match.end()
    return None


def township_in(clause: str, near: str | None) -> Place | None:
    """The township or village that a clause without a region at its head names (在大集镇开店), or None."""
    match = _LOCAL_WITHIN.search(clause) if _LAST.search(clause) else None
    return Place(match["name"], near, "township") if match else None


@cache
def _districts(prefecture: str) -> dict[str, Region]:
    """The districts of a prefecture by their short names."""
    return {
        r.short: r for r in regions() if r.code.startswith(prefecture) and r.name.endswith("区") and r.short != r.name
    }


def district_called(name: str, near: str | None) -> Place | None:
    """The district of the article's own prefecture that goes by `name` alone in a list (樊城7个、襄城5个), or None."""
    district = _districts(near[:4]).get(name) if near is not None and near[2:4] != "00" else None
    return Place(district.name, district.code, district.level) if district is not None else None


def row_place(label: str, near: str | None) -> Place | None:
    """The place that the label of a table row names as a whole, or None."""
    found = region_at(label, near)
    if found is not None and found[1] == len(label):
        return found[0]
    if _ROW.match(label) and not _HOME.match(label):
        return Place(label, None, "row")
    return None


def inside(place: Place, main: Place | None) -> bool:
    """Whether a place can be a part of the article's region."""
    if main is None or main.code is None or place.code is None or place.level in ("township", "venue", "row"):
        return True
    if place.code == main.code == "710000":
        return place.level == "prefecture" and main.level == "province"
    digits = {"province": 2, "prefecture": 4, "proper": 4}.get(main.level, 6)
    return place.code[:digits] == main.code[:digits] and place.level not in ("province", "prefecture")


_HOME = lazy_pattern(r"全[市县区州旗镇乡村省]")


def _company(text: str, title: str) -> str:
    """The listed company, named with its stock number in the opening, that an article is about, or nothing."""
    number = _STOCK_NUMBER.search(text, 0, 600)
    before = _COMPANY.search(text, max(0, number.start() - 8), number.start()) if number else None
    name = before.group() if before else ""
    return next((name[i:] for i in range(len(name) - 2) if name[i:] in title), "")


_OF_THE_CITY = lazy_pattern("(?<![居列位占排在为是于近])全市")
"""The whole city as what figures are of, not as what a county is compared with."""


def main_place(article: Article) -> Place | None:
    """The region an article is about: by its headline first, then by its opening, then by its body."""
    text = article.text
    title = article.title or ""
    word = _OUR_PORT.search(text, 0, 600)
    if word is not None:
        return _MACAO if "澳" in word.group() else _HONG_KONG_PLACE
    company = _company(text, title)
    if company:
        return Place(company, None, "venue")
    found: Counter[Place] = Counter()
    order: list[Place] = []

    itself = _ITSELF.search(text) is not None

    def look(stretch: str, weight: int, shorts: bool) -> None:
        index = _index()
        beyond = 0
        pairs = map(operator.add, stretch, stretch[1:])
        for i in compress(count(), map(index.__contains__, pairs)):
            if i < beyond:
                continue
            for name, region, short in index[stretch[i : i + 2]]:
                if not stretch.startswith(name, i) or (short and not shorts):
                    continue
                if (
                    short
                    and region.level == "county"
                    and stretch[i + len(name) : i + len(name) + 1] not in ("：", ":", "", " ")
                ) and weight < 8:
                    continue
                end = i + len(name)
                place = Place(spoken_name(region, name if not short else region.short), region.code, region.level)
                zone = _ZONE.match(stretch, end)
                if zone:
                    end = zone.end()
                    full = stretch[i:end]
                    place = Place(full, region.code, "zone")
                elif weight >= 8 and (proper := _CITY_PROPER.match(stretch, end)):
                    end = proper.end()
                    place = Place(f"{place.name}{proper.group()}", region.code, "proper")
                elif weight >= 8 and itself and (venue := _TITLE_VENUE.match(stretch, end)):
                    end = venue.end()
                    place = Place(stretch[i:end], region.code, "venue")
                if place not in found:
                    order.append(place)
                found[place] += weight
                beyond = end
                break

    look(title, 8, True)
    head = min(len(text), 600)
    opening = text[len(title) if text.startswith(title) else 0 : head]
    look(opening, 2, True)
    pointing = set(_POINTING.findall(text))
    if ("全镇" in pointing or "该镇" in pointing) and (local := _LOCAL.match(title)):
        near = max(found, key=lambda p: (p.level == "county", found[p]), default=None)
        return Place(local["name"], near.code if near else None, "township")
    if "全场" in pointing and (estate := _ESTATE.search(text, 0, head)):
        return Place(estate["name"], None, "venue")
    if not found:
        look(text[head : head + 3000], 1, False)
    if not found:
        word = _HONG_KONG.search(text)
        if word is None:
            return None
        return _MACAO if "澳" in word.group() else _HONG_KONG_PLACE
    wanted = None
    if not pointing.isdisjoint(("全县", "该县", "我县")):
        wanted = "county"
    elif "全省" in pointing and pointing.isdisjoint(("全市", "全县", "全区")):
        wanted = "province"
    elif "全市" in pointing:
        wanted = "prefecture"

    def score(place: Place) -> int:
        points = found[place]
        if wanted and (place.level == wanted or (wanted == "prefecture" and place.name.endswith("市"))):
            points += 6
        if place.code == "710000" and place.level == "prefecture" and found[place] < 8:
            points -= 20  # the headline does not name it: the island's figures
        if place.level == "province" and wanted != "province":
            points -= 5
        return points

    best = max(order, key=score)  # of two with as many points the first one
    plain = best.level == "county" and found[best] < 8 and not best.name.endswith("市")
    if wanted == "prefecture" and plain and sum(1 for _ in _OF_THE_CITY.finditer(text)) > 2:
        best = _city_of(best) or best  # 全市139个乡镇中，浦城县…: of the city that the county lies in
    if (court := _COURT.match(title)) and best.name.startswith(court["name"]):
        return Place(f"{best.name}人民{court['kind']}", best.code, best.level)
    return best


def _city_of(place: Place) -> Place | None:
    """The prefecture that a county lies in."""
    city = _around(place, 4)
    return city if city is not None and city.level == "prefecture" else None


def province_of(place: Place | None) -> Place | None:
    """The province that a place lies in."""
    return _around(place, 2) if place is not None else None


def _around(place: Place, digits: int) -> Place | None:
    """The region whose code begins with the same digits (GB/T 2260: two of a province, four of a prefecture)."""
    region = _by_code().get((place.code or "")[:digits].ljust(6, "0"))
    return Place(region.name, region.code, region.level) if region is not None else None


def pointed_place(word: str, main: Place | None) -> Place | None:
    """What 全省, 全市, 该县 … mean in an article about `main`; None where they mean `main` itself or cannot be told."""
    if "国" in word:
        return Place("全国", None, "country")
    if "省" in word and main is not None and main.level != "province":
        return province_of(main)
    return None
