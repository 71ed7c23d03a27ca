"""Parts that must not exceed their whole: behind 其中, inside by name or by time, new among what is there.

Belongs here: relations of type part_of in running text. Does not belong here: complete lists of parts (sums), rows of
tables (tables.py).
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Figure
from hengshui_etl.relations.search.view import View, covered, shared_characters
from hengshui_etl.vocab import alternatives, toml

_MARKS = toml("parts")["marks"]
_INSIDE = lazy_pattern(
    r"(?P<noun>[^，,。；、;:：每]{1,12}?)"
    rf"(?:当中|(?<!{alternatives(_MARKS['no_group_middle'])})中|(?<!{alternatives(_MARKS['no_group_inside'])})[里内])"
    r"(?:[，,]|已|有|共|的|，?[^，。；]{0,16}(?:有|达到|为)?$)"
)
_OPENS = lazy_pattern("其中|这当中|这里[面头]")
_APART = lazy_pattern("人均|户均|亩均|平均|由早前|^为")  # an average, or what something is compared with
_COMPARED = lazy_pattern("(?:比|较|与|由|从)[^，。；]{1,14}的?$")
_EARLIER = lazy_pattern(alternatives(toml("comparisons")["before"]["words"]) + "|[比较]|最")
_NEW = lazy_pattern(r"新(?:增|谋划|建|签|设|办|登记|认定|开工|培育|注册|引进|发展|开通|改建|组建)")
_TWO = lazy_pattern(r"[^\W\d_a-zA-Z]{2}")
_NAMES = lazy_pattern(r"[^\W\d_a-zA-Z]{2}(?:、|和|与|及)[^\W\d]{2,12}$")
_MOST_NAMED, _FAR_NAMES = 12, 16
_LEVEL = lazy_pattern(r"余额|累计|总量|存量|保有|在库")
_STOCK = lazy_pattern(r"在库|累计|总数|总量|实有|现有|共有|总计|目前|存量|保有")


def claim_marked_parts(view: View) -> None:
    """A part that must not exceed its whole: behind 其中, or `13个园区中已有5个园区`."""
    for i in range(view.count):
        if not view.level[i] or i in view.parts or view.said[i].bracketed:
            continue
        own = [
            j
            for j in view.levels_before(i, unit_of=i, limit=6)
            if view.periods[j] == view.periods[i] and view.plain(j) and not view.said[j].bracketed
        ]
        if not own and _OPENS.match(view.said[i].before):  # opens a sentence: the whole stands in the one before
            own = [
                j
                for j in view.levels_before(i, unit_of=i, limit=2, same_paragraph=True)
                if view.figures[j].sentence == view.figures[i].sentence - 1 and view.plain(j)
            ]
        if not own:
            continue
        inside = None
        gap = view.between(own[0], i)
        repeated = _INSIDE.match(gap[1:]) if gap[:1] in ("，", ",", "；", "。") else None
        if repeated and (len(repeated["noun"]) < 2 or covered(repeated["noun"], view.metrics[own[0]]) < 0.6):
            repeated = None
        if (_INSIDE.match(gap) or repeated) and len(gap) < 40 and view.figures[own[0]].unit == view.figures[i].unit:
            inside = own[0]
        elif (marked := _marked_whole(view, i, own)) is not None:
            noun = _noun(view, i)  # 34个部门的68个项目，其中12个部门的19个项目
            inside = next((j for j in own if j <= marked and noun and _noun(view, j) == noun), marked)
        if inside is None:
            continue
        if any(
            i in c.operands and inside in c.operands and c.type in ("sum", "share", "remainder") for c in view.claims
        ):
            continue
        holds = view.trial("part_of", (i, inside))
        if holds or (holds is False and _surely_whole(view, i, inside)):
            view.claim("part_of", (i, inside), "其中")


def _noun(view: View, i: int) -> str:
    """The two characters right behind a count, which name what is counted; nothing where it ends there."""
    behind = view.text[view.figures[i].till : view.figures[i].till + 2]
    return behind if view.figures[i].kind == "count" and _TWO.fullmatch(behind) else ""


def _surely_whole(view: View, i: int, j: int) -> bool:
    """Whether the words alone say that figure `j` is the whole of `i`, whatever their values.

    The whole is the last level before 其中 and in the same unit; a stock is no part of a flow (其中贷款余额…).
    """
    a, b = view.figures[i], view.figures[j]
    if a.unit != b.unit or a.kind != b.kind or a.bound != "exact" or b.bound != "exact" or a.scope != b.scope:
        return False
    gap = view.between(j, i)
    mark = gap.rfind("其中")
    if mark < 0:  # 13个园区中，已有5个
        return a.kind == "count" and i == j + 1 and len(gap) < 24
    if re.search("另外|此外|同时|[。；;\n]", gap[mark:]) or gap[:mark].count("。") > 1 or "\n" in gap:
        return False
    till = b.till + mark
    if any(view.level[k] and view.figures[k].kind == b.kind and view.figures[k].at < till for k in range(j + 1, i)):
        return False  # another level stands between: that may be the whole
    if any(
        view.level[k] and view.figures[k].unit == b.unit and view.periods[k] == view.periods[j]
        for k in range(max(0, j - 6), j)
    ):
        return False  # 总投资86.1亿元，年度计划投资50亿元；其中…总投资61.4亿元
    if _announces(view, j):
        return False  # 甲、乙、丙三个主导产业，其中甲签约18个
    if view.text[a.till] == "/" or view.text[b.till] == "/" or not view.plain(i) or not view.plain(j):
        return False
    return _LEVEL.search(view.said[i].before) is None or _LEVEL.search(view.said[j].before) is not None


def _announces(view: View, j: int) -> bool:
    """Whether figure `j` sums up the names right before it (甲、乙、丙三个主导产业): kinds, of any number."""
    figure = view.figures[j]
    if figure.kind != "count" or not 1 < figure.value <= _MOST_NAMED:
        return False
    return _NAMES.search(view.text, max(0, figure.at - _FAR_NAMES), figure.at) is not None


_DONE = lazy_pattern(
    r"^(?:目前)?已(?:经)?(?:全部)?(?:完工|开工|建成|完成|投产|整改|签约|落实|使用|支出|办结|竣工|交付|入库|发放|拨付|到位|开放|播)$"
)


def claim_done_parts(view: View) -> None:
    """`除险加固工程52座，已完工46座`: what is done is part of what there is to do."""
    for i in range(view.count):
        if not view.plain(i) or i in view.parts or not _DONE.match(view.said[i].before):
            continue
        own = [
            j for j in view.levels_before(i, unit_of=i, limit=3) if view.periods[j] == view.periods[i] and view.plain(j)
        ]
        if not own or own[0] != i - 1:
            continue
        whole = _whole_of_list(view, own[0])
        if view.trial("part_of", (i, whole)) is not None:
            linked = any(i in c.operands and whole in c.operands for c in view.claims)
            planned = view.figures[whole].unit == view.figures[i].unit and len(view.between(own[0], i)) <= 8
            planned = planned and not ends_list(view, own[0])
            if not linked and (planned or view.trial("part_of", (i, whole))):
                view.claim("part_of", (i, whole), "已完成")


def ends_list(view: View, j: int) -> bool:
    """Whether figure `j` is the last of a list, so that what follows may be told of all of it."""
    return j > 0 and view.between(j - 1, j)[:1] == "、" and view.figures[j - 1].kind == view.figures[j].kind


def _whole_of_list(view: View, j: int) -> int:
    """What the list that figure `j` ends makes up, as far as a claim says so; else the figure itself."""
    sums = [c.operands[-1] for c in view.claims if c.type == "sum" and not c.implied and c.operands[-2] == j]
    return sums[0] if sums and ends_list(view, j) and view.plain(sums[0]) else j


def _marked_whole(view: View, i: int, own: list[int]) -> int | None:
    """The whole before the last 其中 in the sentence, if figure `i` stands in the list behind it."""
    text = view.text
    start, end = view.figures[own[-1]].till, view.figures[i].at
    mark = max(
        text.rfind(word, start, end)
        for word in ("其中", "，当中", "这当中", "这里面", "这里头", "，内有", "，里面", "，里头")
    )
    if mark < 0 or text.startswith("其中的", mark) or _APART.search(view.said[i].before):
        return None
    for j in own:
        if view.figures[j].till <= mark and not _COMPARED.search(view.said[j].before):
            inner = text[mark : view.figures[i].at]
            if "；" in inner and view.likeness(i, j) < 0.5:
                return None
            return j
    return None


def claim_named_parts(view: View) -> None:
    """A part that its name or its period shows to be one: 跨境电商出口 of 出口, December of the year."""
    usable = [
        i
        for i in range(view.count)
        if view.plain(i) and view.figures[i].metric and view.figures[i].bound in ("exact", "approx")
    ]
    linked = {
        frozenset(c.operands[k] for k in (a, b))
        for c in view.claims
        if len(c.operands) <= 12
        for a in range(len(c.operands))
        for b in range(a)
    }
    for n, i in enumerate(usable):
        figure = view.figures[i]
        for j in usable[max(0, n - 12) : n + 4]:
            other = view.figures[j]
            if i in view.parts or i == j or other.unit != figure.unit or other.scope != figure.scope:
                continue
            if frozenset((i, j)) in linked:
                continue
            if abs(view.paragraphs[i] - view.paragraphs[j]) > 1 or view.said[i].bracketed or view.said[j].bracketed:
                continue
            a, b = view.metrics[i], view.metrics[j]
            inside = (
                a != b
                and len(b) >= 2
                and a.endswith(b)
                and len(a) <= len(b) + 12
                and a[-len(b) - 1] not in "不未非无"  # 不合格 is no kind of 合格
                and j < i
                and _is_name(b, view.said[i].before)
                and _is_name(b, view.said[j].before)  # the name as printed, not put together from the words around
            )
            within = (
                inner_period(figure, other)
                and shared_characters(a, b) >= 0.8
                and view.paragraphs[i] == view.paragraphs[j]
                and not _EARLIER.search(view.said[i].before)
            )
            staged = (
                view.periods[i] == view.periods[j]
                and b.endswith("总投资")
                and re.search("年度计划投资|完成投资|已投资|到位资金|年度投资", a)
            )
            if not (inside or within or staged):
                continue
            named: object = (
                j == i - 1 and figure.sentence == other.sentence and figure.period == other.period and not within
            )
            named = named and (staged or bool(re.search(f"的{re.escape(b)}[为达是]?$", view.said[i].before)))
            holds = figure.value < other.value and view.trial("part_of", (i, j))
            if holds or (named and view.trial("part_of", (i, j)) is False):
                view.claim("part_of", (i, j), "名称或时间在内")
                break


def _is_name(name: str, words: str) -> bool:
    """Whether words end with a name, as that of a whole and not as part of a longer one (进出口 for 出口)."""
    return words.rstrip("为达到有约共是").endswith(name) and f"进{name}" not in words


def inner_period(figure: Figure, other: Figure) -> bool:
    """Whether the first figure's period lies within the other's and is shorter."""
    a, b = figure.period, other.period
    if a is None or b is None or a == b or a.first is None or b.first is None or a.last is None or b.last is None:
        return False
    return b.first <= a.first and a.last <= b.last


def claim_new_within_stock(view: View) -> None:
    """`新谋划重大项目157项，…。…在库的项目432项`: what is new is part of what is there, and so its investment."""
    for i in range(view.count):
        if not view.plain(i) or not _NEW.search(view.said[i].before):
            continue
        for j in range(i + 1, min(view.count, i + 7)):
            if (
                not view.plain(j)
                or view.paragraphs[j] != view.paragraphs[i]
                or view.figures[j].unit != view.figures[i].unit
            ):
                continue
            lead = view.text[max(view.figures[j - 1].till, view.figures[j].at - 30) : view.figures[j].at]
            if not _STOCK.search(lead) or _NEW.search(lead) or view.likeness(i, j) < 0.8:
                continue
            if view.trial("part_of", (i, j)) is not None:
                view.claim("part_of", (i, j), "新增在总量之内")
                if (
                    all(k < view.count and view.plain(k) for k in (i + 1, j + 1))
                    and i + 1 < j
                    and view.figures[i + 1].unit == view.figures[j + 1].unit
                    and view.figures[i + 1].kind == "money"
                    and view.trial("part_of", (i + 1, j + 1)) is not None
                ):
                    view.claim("part_of", (i + 1, j + 1), "新增在总量之内")
                break
