"""Whose figure it is: divisions of China, their zones, and the words that point back to them (全市, 该县).

Belongs here: finding regions, townships and venues by name, what 全省 means. Does not belong here: what an article is
about (about.py, subjects.py), which region governs which figure (whose.py).
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import Region, alternatives, regions, toml, words

_LEVELS = {"province": 0, "prefecture": 1, "county": 2}


class Place(NamedTuple):
    """A region as it is called in the answer, with its official code (that of the division it lies in, for a zone)."""

    name: str
    code: str | None
    level: str


@cache
def index() -> dict[str, tuple[tuple[str, Region, bool], ...]]:
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


ZONE = lazy_pattern(alternatives(toml("places")["zones"]))
_PLACES = toml("places")
_NOT_NAMES = "".join(words(_PLACES["not_in_names"]))
_LOCAL = lazy_pattern(
    rf"(?P<name>(?!{'|'.join(words(_PLACES['not_places']))})[^\W\d_{_NOT_NAMES}]{{1,4}}?(?:镇|(?<![下返回还离故侨之])乡|街道|苏木|(?<![进入驻通])村|社区))"
    r"(?![级镇乡村委干均企民居里庄集支口科土贤情愁官])"
)
_LOCAL_WITHIN = lazy_pattern(rf"(?:在|[县市区旗])(?={_LOCAL.pattern})")
_NO_NAME = "".join(words(_PLACES["subjects"]["no_name"]))
_VENUE = lazy_pattern(
    rf"(?P<name>(?!集团|公司|旗下|境内|周边|落户|入驻|进驻|布局|市级|省级|国家|部分|一般|所有|重点|主要|城市|旅游|红色|热门|我国|[两三四五六七八九十各]大)[^\W\d_a-zA-Z{_NO_NAME}]{{2,6}}?(?:景区|古城|高新区|经开区|开发区|新区|机场|火车站|港区)"
    r"|(?:自由贸易试验区|自贸试验区|自贸区)[^\W\d_a-zA-Z]{2,4}?片区|某[^\W\d_a-zA-Z]{1,6}?(?:企业|公司|集团|工厂))"
)
_LAST = lazy_pattern("[镇乡道木村区城场站团司厂业谷]")
"""A character of every name that `_LOCAL` and `_VENUE` find: one look spares most clauses both."""
CITY_PROPER = lazy_pattern(r"(?:主城区|中心城区|城区|市区|(?<=市)区(?![块级间域划县位市旗]))")
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
    for name, region, short in index().get(head[:2], ()):
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
        zone = ZONE.match(head, end)
        if zone:
            end = zone.end()
            place = Place(head[:end], region.code, "zone")
        elif proper := CITY_PROPER.match(head, end):
            end = proper.end()
            place = Place(f"{place.name}{proper.group()}", region.code, "proper")
        rank = (-end, 0 if closer else 1 if same else 2)
        if best is None or rank < best[:2]:
            best = (*rank, place, end)
    return (best[2], best[3]) if best else None


def place_at(head: str, near: str | None) -> tuple[Place, int] | None:
    """(place, length) of a region, township, village, zone or venue that begins `head`, or None."""
    found = region_at(head, near) if head[:2] in index() else None
    if found is not None:
        within = _LOCAL.match(head, found[1])
        if within and found[0].level == "county":
            return Place(within["name"], found[0].code, "township"), within.end()
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
    if place.code == main.code and main.level in ("venue", "township"):
        return True
    if place.code == main.code == "710000":
        return place.level == "prefecture" and main.level == "province"
    digits = {"province": 2, "prefecture": 4, "proper": 4}.get(main.level, 6)
    if place.code[:digits] != main.code[:digits] or place.level == "province":
        return False
    return place.level != "prefecture" or main.level == "province"


_HOME = lazy_pattern(r"全[市县区州旗镇乡村省]")


def city_of(place: Place) -> Place | None:
    """The prefecture that a county lies in."""
    city = _around(place, 4)
    return city if city is not None and city.level == "prefecture" else None


def province_of(place: Place | None) -> Place | None:
    """The province that a place lies in."""
    return _around(place, 2) if place is not None else None


def _around(place: Place, digits: int) -> Place | None:
    """The region whose code begins with the same digits (GB/T 2260: two of a province, four of a prefecture)."""
    region = _by_code().get((place.code or "")[:digits].ljust(6, "0"))
    return Place(spoken_name(region, region.short), region.code, region.level) if region is not None else None


def pointed_place(word: str, main: Place | None) -> Place | None:
    """What 全省, 全市, 该县 … mean in an article about `main`; None where they mean `main` itself or cannot be told."""
    if "国" in word:
        return Place("全国", None, "country")
    if "省" in word and main is not None and main.level != "province":
        return province_of(main)
    if word[-1:] == "市" and main is not None and main.level in ("county", "zone") and not main.name.endswith("市"):
        return city_of(main)
    if word[-1:] in "市县区州旗" and main is not None and main.level in ("venue", "township"):
        own = _around(main, 6)
        return own if own is not None and own.name.endswith(word[-1]) else city_of(main) if word[-1] in "市州" else None
    return None
