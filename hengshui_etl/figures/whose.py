"""Which region a figure is of: the walk of the places through an article.

Belongs here: the region that a clause begins with, handed on to the figures behind it; what 全省 or 市本级
make of it.
Does not belong here: finding regions by name, the region an article is about (scope.py).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from hengshui_etl.figures.found import Quantity
from hengshui_etl.figures.scope import (
    ZONE,
    Place,
    city_of,
    district_called,
    inside,
    place_at,
    pointed_place,
    province_of,
    township_in,
)
from hengshui_etl.figures.statements import Statement
from hengshui_etl.figures.subjects import name_at
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.vocab import alternatives, toml

_WHOSE = lazy_pattern(
    r"(?P<word>全省|我省|该省|全国|省内)(?!第|前|率先|领先|人口普查|经济普查|农业普查|性|各地|乡村旅游|重点|文明|示范|流动|市外|县外|就业|这|务工|打工|转移)"
)
_OTHERS = lazy_pattern(r"(?<![居列位占])(?P<word>全国|全省)(?P<is>(?:平均)?(?:为|是|仅为?))?$")
_AGAINST = lazy_pattern(
    r"进入|销往|遍布|覆盖|辐射|走向|高于|低于|快于|慢于|多于|少于|居|列|位|排|比|较|高出|超过|领先|优于|与"
)
_OWN_LEVEL = lazy_pattern(r"(?:[，、]|^)(?P<level>[省市县区州]本级|[市县]级)")
_DIVISIONS = lazy_pattern(r"(?:个)?(?:设区市|地级市|市州|市（州|市\(州|地市|省份|省（|城市|县（市|县市区)")
_RANKED = lazy_pattern(
    r"(?:[^\W\d]{0,4}[市州县区旗省](?:[（(][^\W\d]{1,3}[）)])?(?:、[^\W\d]{1,2})?)"
    r"(?:中|里|内|之中)?(?:由[^\W\d]{1,6})?(?:排名|排位|排|位居|位列|居|列|第|之一|首位|前列)"
)
"""Behind a number of divisions: one of them has its rank (16个设区市第4位, 9个市（州）中居第3位)."""
_MEAN = lazy_pattern(r"(?P<word>全[国省市州])(?:(?:的?平均(?:水平|值|数|线)?)[（(为是]?|(?<=[快慢高低多少]于..)[（(])$")
_TOWARDS = lazy_pattern("(?P<word>全[国省市州])$")
_TOWNSHIP = lazy_pattern(r"[县旗区市][^，。；]{1,4}[镇乡]")
_ORIGINS = lazy_pattern(r"所在地|来源地|目的地|户籍地|客源地|投资方")
_HOME = lazy_pattern(r"全[市县区州旗](?!场)|该市|该县|我市|我县|该区|我区|全镇|全乡|全村")
_PROPER = lazy_pattern("市区(?!块|级|间|域|划|县|位)")
_LEADS = lazy_pattern(
    r"(?:[\s“\"（(、]|其中|目前|今年|去年|从|在|由|据|如|以|对|和|及|与|截至|各县区?|看|位于|来自|走进|进入|仅|单是|光是)*"
)
_LEVELS_OF_SHARES = ("prefecture", "county")
_OWN_BUDGET = lazy_pattern(
    r"(?:20\d\d年)?(?P<level>[省市县区州])级(?:一般公共预算|政府性基金|国有资本经营|社会保险基金|一般性支出|财政总?[收支])"
)
_TOGETHER = ("最高与最低", "两者相差", "二者相差", "均在", "均超", "均高于", "合计占全", "均为")
_SHORT = 80
"""Clauses up to this length are remembered: the press repeats them."""
_NOT_ALONE = ("、", "等", "和", "级", "及", "与", "至", "起步", "出发", "水库", "海关", "局")
_AROUND = lazy_pattern(r"(?<![居列位排])(?:全|我|该)(?P<unit>[市县区州旗])(?!场|第|前|率先|首)")
"""The region that an institution lies in, in an article about the institution."""
_OF_A_REGION = ("省", "国", "市", "州", "区")
_WITHIN = ("venue", "township")
"""What lies in a region without being one."""
_PART_OF_ALL = lazy_pattern("(?:本地|居民|旅客|籍|选手|跑者|参展商|客商|考生|学生|游客|员工|企业)")
"""Behind a region's name: a part of those that an institution counts (香港居民1806万人次), and not that region."""
_FULL: dict[str, str] = dict(toml("places")["subjects"]["own_of_region"])
_OWN_OF_REGION = lazy_pattern(rf"(?P<unit>[市县区州旗])(?P<noun>{alternatives(_FULL)})(?![长馆])")
"""An institution that the text calls by its region's level alone (市中院, 县人民医院)."""
_ALL_OF_THEM = ("这", "上述", "以上")
_OTHERS_OF_IT = ("家", "所", "座")
_DIVIDED = ("地", "省", "市", "县", "区", "州", "镇", "乡", "村")
_SUCH = lazy_pattern(r"的(?:县区|区县|县市|市县|县|地区|乡镇|镇街)(?:市区)?(?:共?有|达|为)")
"""Those divisions of which something is so (超过85%的县区有右玉、平鲁2个)."""
_COOPERATIVE = lazy_pattern("(?:该|这家)?合作社(?![负理带统化成员法])")
_COOPERATIVE_NAMED = lazy_pattern(
    r"(?:[，。；、：\s“”（(在到据由从的与和]|[村镇乡县市区])(?P<name>(?!农民|种植|养殖|专业|[一这该各我全多几])"
    r"(?![^\W\d_]{0,8}(?:[办建]起|[领创]办|成立|组建|加入|发展))"
    r"[^\W\d_在到据由从的与和]{2,12}合作社)"
)
"""A cooperative by its name, which the text then calls 合作社."""
_LESS = (*_WITHIN, "county", "zone")
"""What is told against a city that it lies in."""


_LASTING = ("township", "proper", "cooperative")
_NOT_LONG = 300
_SMALL = ("township", "venue", "zone")
_OWN_FIGURES = (
    "port", "airport", "station", "bridge", "hospital", "school", "company", "scenic", "estate", "water", "museum",
)  # fmt: skip
"""Kinds of institutions whose own figures an article on their region tells."""


class Pointers(NamedTuple):
    """What a clause says of whose figures follow: a word that leads back to the article's own region; the place that
    its head names, with where its name begins and ends; else the township that it names further in."""

    home: bool
    place: Place | None
    at: int
    end: int
    township: Place | None


@lru_cache(maxsize=1 << 12)
def pointers_in(clause: str, near: str | None) -> Pointers:
    """What `clause` says of whose figures follow, in an article about the region with the code `near`."""
    home = _HOME.search(clause) is not None
    lead = _LEADS.match(clause)
    at = lead.end() if lead else 0
    found = place_at(clause[at : at + 16], near)
    named = name_at(clause[at : at + 24], near) if found is None or found[0].level not in _SMALL else None
    if named is not None and named.kind in _OWN_FIGURES and named.proof == "headline":
        return Pointers(home, Place(named.name, near, "venue"), at, at + named.end, None)
    if found is None and len(clause) - at in (2, 3) and (district := district_called(clause[at:], near)) is not None:
        return Pointers(home, district, at, len(clause), None)
    if found is None:
        return Pointers(home, None, at, at, township_in(clause, near))
    return Pointers(home, found[0], at, at + found[1], None)


class Places:
    """The places in force at one point of the walk."""

    def __init__(self, text: str, main: Place | None) -> None:
        self.text = text
        self.main = main
        self.near = main.code if main else None
        self.place: Place | None = None
        self.listed = False  # whether it is one of a list of places with their figures
        self.sentence_at = 0

    def new_paragraph(self) -> None:
        """A new paragraph speaks of the article's own region."""
        self.place = None

    def new_sentence(self, at: int) -> None:
        """A full stop: only a township, a port or the city proper is still spoken of, in an article about a region."""
        self.sentence_at = at
        within = self.main is not None and self.main.level in _WITHIN
        named = self.place
        lasting = named is not None and (named.level in _LASTING or named.name.endswith("港"))
        if not lasting or within:
            self.place = None

    def heed_sentence(self, start: int, end: int) -> None:
        """Take note of the regions that the first clauses of a sentence without figures begin with, if it names a
        township."""
        if _TOWNSHIP.search(self.text, start, end):
            self.heed_clauses(start, end)

    def heed_clauses(self, start: int, end: int) -> None:
        """Take note of the regions that the clauses between `start` and the quantity at `end` begin with."""
        text = self.text
        for _ in range(5):
            comma = text.find("，", start, end)
            if comma < 0:
                comma = text.find(",", start, end)
            self.heed(start, comma if comma >= 0 else end)
            if comma < 0:
                return
            start = comma + 1

    def heed(self, start: int, end: int) -> None:
        """Take note of the region that a clause begins with, or of a word that leads back to the article's own."""
        if end - start < 2:
            return
        text, main = self.text, self.main
        read = pointers_in if end - start <= _SHORT else pointers_in.__wrapped__
        home, place, at, till, township = read(text[start:end], self.near)
        if main and main.level in _WITHIN and place is not None and _PART_OF_ALL.match(text, start + till, end):
            place, township = None, None
        if main and main.level in _WITHIN and (place is not None or home):
            word = _AROUND.match(text, start + at, end) if home else None
            if place is not None and self.is_main(start + at, start + till):
                place, township, home = None, None, True
            elif word is not None and (around := pointed_place(word["unit"], main)) is not None:
                self.place = around
                return
        if home and self.place is not None and self.place.level in _LEVELS_OF_SHARES:
            home = text.find("占全", start, end) < 0  # a division's share of the whole is its own
        if home or text.startswith(_TOGETHER, start) or (self.place is not None and _SUCH.search(text, start, end)):
            self.place = None
        if self.place is not None and text.startswith(("其余", "其他"), start + (text[start] in "，,、")):
            self.place = None
        if place is None:
            if _COOPERATIVE.match(text, start + at) and (named := self.cooperative(start)) is not None:
                self.place = named
            elif main and main.level == "prefecture" and (zone := ZONE.fullmatch(text, start + at, end)):
                self.place = Place(f"{main.name.removesuffix('市')}{zone.group()}", main.code, "zone")
            elif main and (own := _OWN_OF_REGION.match(text, start + at, end)) and main.name.endswith(own["unit"]):
                self.place = Place(f"{main.name}{_FULL.get(own['noun'], own['noun'])}", main.code, "venue")
            elif township is not None:
                self.place = township
            elif main and main.level == "prefecture" and _PROPER.match(text, start + at, end):
                self.place = Place(f"{main.name.removesuffix('市')}市区", main.code, "proper")
            elif self.listed and (text[start - 1] in "，,；;" or text[start] in "，,；;") and end - start > 6:
                self.place, self.listed = None, False
            return
        till += start
        self.listed = till == end and text[start] == "、"
        if text.startswith(_NOT_ALONE, till):
            return
        if main and (
            main.name.endswith(place.name) or (main.name.startswith(place.name) and main.level == place.level)
        ):
            self.place = None
        elif inside(place, main) and not _ORIGINS.search(text, self.sentence_at, start + at):
            self.place = place

    def cooperative(self, at: int) -> Place | None:
        """The cooperative that was named last before `at`, not long ago, or None."""
        named = [match["name"] for match in _COOPERATIVE_NAMED.finditer(self.text, max(0, at - _NOT_LONG), at)]
        return Place(named[-1], self.near, "cooperative") if named else None

    def larger(self, q: Quantity, s: Statement) -> Place | None:
        """The region that the article's subject lies in or is told against: what it has (占全县216亿元的四成), a mean,
        the number of its divisions (居全省16个市第4位)."""
        main, text, before = self.main, self.text, s.before
        if main is None:
            return None
        level = q.kind in ("count", "money", "measure") and s.predicate in ("level", "average")
        if level and main.level in _LESS and (word := _AROUND.search(before)) is not None:
            return pointed_place(word["unit"], main)
        if main.level in _WITHIN:
            return None
        if q.kind == "count" and before.endswith(_OF_A_REGION) and _RANKED.match(text, q.till, q.till + 24):
            if (word := _TOWARDS.search(before)) is not None:
                return pointed_place(word["word"], main)
            for larger in (province_of(main), city_of(main)):
                if larger is not None and larger.name != main.name and before.endswith(larger.name):
                    return larger
        elif q.kind != "percentage_point" and (mean := _MEAN.search(text, max(0, q.at - 16), q.at)) is not None:
            return pointed_place(mean["word"], main)
        return None

    def is_main(self, at: int, till: int) -> bool:
        """Whether the region named from `at` to `till` begins the name of the article's own institution."""
        name = self.main.name if self.main else ""
        behind = self.text[till : till + len(name)]
        spoken = self.text[at : at + len(name)]
        return behind.startswith((name, *(name[-n:] for n in range(2, 6)))) or (
            len(spoken) > till - at and name.startswith(spoken[: till - at + 1])
        )

    def member(self, name: str) -> Place | None:
        """The place that a member of a list names as a whole (太康、郸城、鹿邑…分别为…), or None."""
        found = place_at(name, self.near) if 2 <= len(name) <= 12 else None
        if found is None and (district := district_called(name, self.near)) is not None:
            return district
        return found[0] if found is not None and found[1] == len(name) and inside(found[0], self.main) else None

    def place_for(self, q: Quantity, s: Statement) -> Place | None:
        """Whose figure it is."""
        main, before = self.main, s.before
        if main is None:
            return self.place
        if before.endswith(_ALL_OF_THEM) or (not before and q.unit in _DIVIDED):
            self.place = None  # 三市合计: those named before, and no longer the last of them
        elif not before and self.place is not None and self.place.level == "venue" and q.unit in _OTHERS_OF_IT:
            self.place = None  # 市中院受理9件，8家基层法院受理12件: other ones
        if (around := self.larger(q, s)) is not None:
            return around
        if "省" in before or "全国" in before:
            if q.kind in ("count", "money", "measure") and (match := _WHOSE.search(before)):
                earlier = before[: match.start()]
                level = s.predicate in ("level", "average", "rank") and not _AGAINST.search(earlier[-8:])
                compared = earlier.endswith(("居", "列", "位", "比", "较", "在", "排"))
                if level and (not compared or (before.endswith(match["word"]) and _DIVISIONS.match(s.behind))):
                    pointed = pointed_place(match["word"], main)
                    if pointed is not None:
                        return pointed
            if (other := _OTHERS.search(before)) and (other["is"] or s.behind.startswith("的")):
                return pointed_place(other["word"], main) or main
        if "级" in before[:7] and (own := _OWN_BUDGET.match(before)) and main.name.endswith(own["level"]):
            return self.place or Place(f"{main.name}本级", main.code, "own")
        if "本级" in before[:5]:
            own = _OWN_LEVEL.match(before)
            if own and main.name.endswith(own["level"][0]) and own["level"].endswith("本级"):
                return Place(f"{main.name}本级", main.code, "own")
        return self.place or main
