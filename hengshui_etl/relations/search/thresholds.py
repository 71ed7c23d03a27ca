"""Thresholds: a bound that holds for all figures of a list (均超过九成, 均高于全市平均水平).

Belongs here: relations of type threshold. Does not belong here: bounds on single figures, which restate or promise.
"""

from __future__ import annotations

import re

from hengshui_etl.figures import Grid
from hengshui_etl.figures.grids import Cell
from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.view import AMOUNTS, View, covered

_ALL = lazy_pattern(r"均|都|全部|皆|无一例外|无一不|一律|悉数|天天|月月|季季|年年|个个|家家|样样|项项|处处")
_MEAN = lazy_pattern(r"平均|均衡|人均|户均|亩均|(?<![两二三四五六七八九十\d])日均|年均|月均|均价|均为全|次均")
_ATTRIBUTE = lazy_pattern(r"[^\W\d_a-zA-Z]{2}(?:率|面)|占比|比重|增速|增幅|涨幅|降幅|强度")
_EACH = lazy_pattern(r"^[，,：:]?(?:具体)?(?:分别|依次|各)(?:为|是|达到|达|有|在|录得|錄得|实现)?$")
_KEPT = lazy_pattern(
    r"控制在|处于|处在|位于|落在|符合|未突破|未超过|没有超过|不突破|保持在|逼近|接近|未触及|未达到|低于|不高于|少于"
)
_LIMIT = lazy_pattern(r"限额|上限|目标|红线|指引|预警线|警戒线|控制线|规定|标准|要求|范围|区间|限值|之内|以内")
_SOME_OF = lazy_pattern(r"[^，。；、\d]{0,10}(?:中|里)[，,]?(?:有|已有)?")
_ABOVE_SET = lazy_pattern(
    r"^[，,](?:已|均|已经|远)?(?:超过|高于|超|达到|满足|优于|超出)了?(?:省|市|县|国家|中央|上级|规划|法)?(?:定|级|里|颁)?的?$"
)
_SET = lazy_pattern(r"的?[^，。；\d]{0,4}(?:要求|标准|底线|红线|下限|规定|警戒线)")
_ABOVE = lazy_pattern(
    r"^[，,]?(?:增速|增幅|占比|涨幅|增长)?(?:分别|均|都)?(?:均|都|全部)(?P<word>高于|快于|超过|大于|低于|慢于)(?P<object>[^，。；\d]{1,14})(?:平均)?"
)


def find_thresholds(view: View) -> None:
    """Claim the thresholds of an article."""
    for i, figure in enumerate(view.figures):
        if not view.is_cell(i) and figure.bound == "exact":
            _claim_standard(view, i)
        if view.is_cell(i) or figure.bound not in ("min", "max"):
            continue
        if figure.unit in ("%", "百分点") or figure.kind in AMOUNTS:
            _claim_bound(view, i)
        _claim_some_of_list(view, i)
    _claim_bounds_named_before(view)


def _claim_some_of_list(view: View, i: int) -> None:
    """`…新昌38.4亿元，6个区县中4个超过80亿元`: as many of the list right before as are counted."""
    some, all_of_it = i - 1, i - 2
    if all_of_it < 1 or _SOME_OF.fullmatch(view.between(all_of_it, some)) is None:
        return
    counts = (view.figures[all_of_it], view.figures[some])
    if any(c.kind != "count" or c.bound != "exact" for c in counts) or len(view.between(some, i)) > 4:
        return
    size = int(counts[0].value)
    listed = [j for j in range(all_of_it - size, all_of_it) if j >= 0 and view.plain(j) and view.alike(j, i)]
    if not 3 <= size <= 40 or len(listed) != size or any(view.figures[j].bound != "exact" for j in listed):
        return
    if any(view.between(j, j + 1)[:1] not in ("、", "，", "；") for j in listed[:-1]):
        return
    holding = [j for j in listed if view.trial("threshold", (j, i))]
    if len(holding) == counts[1].value and holding:
        view.claim("threshold", (*holding, i), "所列各项")
    elif len(holding) > 1:
        view.claim("enumeration", (some,), "所列各项", counted=len(holding))


def _claim_standard(view: View, i: int) -> None:
    """`占60.2%，超过省定55%的要求`: the figure right before lies above a number that is named as a standard."""
    figure, j = view.figures[i], i - 1
    if j < 0 or view.figures[j].unit != figure.unit or view.figures[j].bound != "exact" or figure.high is not None:
        return
    told = _ABOVE_SET.match(view.between(j, i)) is not None and _SET.match(view.text, figure.till) is not None
    if told and view.figures[j].sentence == figure.sentence and view.figures[j].direction is None:
        view.claim("threshold", (j, i), "要求")


def _claim_bound(view: View, i: int) -> None:
    """`均超过九成`, `均高于全市平均水平`: a bound on the figures listed before it."""
    figure = view.figures[i]
    if view.grids and _claim_bound_in_table(view, i):
        return
    before = view.text[max(view.figures[i - 1].till if i else 0, figure.at - 40) : figure.at]
    if _claim_kept_limit(view, i, before):
        return
    if _ALL.search(before) and not _MEAN.search(before) and (listed := _listed_behind(view, i)):
        view.claim("threshold", (*listed, i), "均")
        return
    if not _ALL.search(before) or _MEAN.search(before) or re.search("[。；]", before):
        return
    members = _members(view, i)
    if not members:
        return
    if view.trial("threshold", (*members, i)) or len(members) >= 2:
        view.claim("threshold", (*members, i), "均")


def _claim_kept_limit(view: View, i: int, before: str) -> bool:
    """`失业率3.4%，控制在5.5%以内的目标范围`: the figure right before is held against a limit that is named as one."""
    figure, j = view.figures[i], i - 1
    if j < 0 or len(before) > 24 or view.figures[j].bound != "exact" or view.figures[j].direction == "down":
        return False
    behind = view.text[figure.till : figure.till + 10]
    same = view.figures[j].unit == figure.unit and view.figures[j].sentence == figure.sentence
    told = before + figure.text
    if (own := _KEPT.sub("", view.said[i].subject).strip("处位落")) and covered(own, view.metrics[j]) < 0.7:
        return False  # 机收率99.2%，机收损失率控制在1.5%以内
    if same and _KEPT.search(told) and _LIMIT.search(told + behind) and "均" not in before:
        return view.claim("threshold", (j, i), "限额")
    return False


def _listed_behind(view: View, i: int) -> list[int]:
    """`均超过30万吨，分别为38.2万吨、35.9万吨、33.7万吨`: the list that follows the bound."""
    figure, listed = view.figures[i], []
    for j in range(i + 1, min(view.count, i + 21)):
        gap = view.between(j - 1, j)
        if view.figures[j].unit != figure.unit or view.figures[j].bound != "exact":
            break
        if not (_EACH.match(gap) if j == i + 1 else gap in ("、", "和", "，", "及", "以及", ",")):
            break
        listed.append(j)
    return listed if len(listed) >= 2 else []


def _claim_bound_in_table(view: View, i: int) -> bool:
    """`其余6个县区增速均超过9%`: the bound is on a column of the table before."""
    figure = view.figures[i]
    clause = _clause_before(view, i)
    behind = view.text[figure.till : figure.till + 40]
    of_all = re.search("均|都|全部", clause) is not None or _ALL_REACHED.match(behind) is not None
    having = _HAVING.match(behind)
    if not (of_all or having) or _TO_COME.search(clause):
        return False
    word = next((w for w in ("增速", "增幅", "完成率", "占比", "增长") if w in clause), None)
    for grid in view.grids:
        columns = {cell.column for cell, _ in grid.cells if cell.unit == figure.unit and _is_told(cell, clause, word)}
        if having is not None:
            if rows := _rows_having(grid, columns, having["rows"]):
                return view.claim("threshold", (*rows, i), "表中所列各行均")
            continue
        if named := _rows_named(view, i, grid, columns):
            return view.claim("threshold", (*named, i), "表中所列各行均")
        for column in columns:
            cells = [(cell, f) for cell, f in grid.cells if cell.column == column and not cell.total]
            if meant := _rows_meant(view, i, cells):
                return view.claim("threshold", (*meant, i), "表中各行均")
            held = tuple(f for _, f in cells if view.trial("threshold", (f, i)))
            rest = [f for _, f in cells if f not in held]
            if len(held) >= 2 and (
                not rest or (len(rest) <= 2 and re.search("除", view.text[figure.at - 40 : figure.at]))
            ):
                return view.claim("threshold", (*held, i), "表中各行均")
    return False


_ALL_REACHED = lazy_pattern(
    r"[^，,。；;\d]{0,8}(?:全部|悉数|均|都|全面|如数)(?:已|得以|予以)?(?:达成|达到|实现|完成|达标|兑现)"
)
_HAVING = lazy_pattern(
    r"\s*的[^，,。；;\d]{0,6}?(?:有|为|是|包括)(?P<rows>[^，,。；;\d]{2,30})(?:\d|[两二三四五六七八九十，。；])"
)
_TO_COME = lazy_pattern("力争|确保|争取|预计|计划到|要求")
_UNITS_TOLD = lazy_pattern(r"[（(][^（(）)]{0,20}[）)]|\s")


def _clause_before(view: View, i: int) -> str:
    """The sentence of figure `i` up to it, as far as a clause or two reach."""
    at = view.figures[i].at
    return view.text[max(view.article.sentences[view.figures[i].sentence].start, at - 60) : at]


def _is_told(cell: Cell, clause: str, word: str | None) -> bool:
    """Whether a clause speaks of the column of a cell: by its whole name, or by a word for rates in it."""
    label = _UNITS_TOLD.sub("", cell.column_label)
    if len(label) >= 3 and label in clause:
        return True
    return word is not None and (word in label or (word.startswith("增") and "增" in label))


def _rows_having(grid: Grid, columns: set[int], named: str) -> tuple[int, ...]:
    """The cells of the rows named one by one behind a bound (超过85%的县区有甲、乙2个), if one column is spoken of."""
    if len(columns) != 1:
        return ()
    names = [name for name in re.split("、|和|及", named) if name]
    cells = [(c, f) for c, f in grid.cells if c.column in columns and not c.total]
    rows = [next((f for c, f in cells if len(name) > 1 and c.row_label.startswith(name)), None) for name in names]
    found = tuple(f for f in rows if f is not None)
    return found if len(found) == len(names) >= 2 else ()


_PLACE = lazy_pattern("(?<=..)[县市区旗州镇乡]$")


def _rows_named(view: View, i: int, grid: Grid, columns: set[int]) -> tuple[int, ...]:
    """The cells of the rows that the clause names one by one (花垣、吉首、龙山三县增速均超过10%), of the one column for
    which at most one of them lies outside the bound; none where the count of the rows is another."""
    start = max(view.article.sentences[view.figures[i].sentence].start, view.figures[i].at - 80)
    clause = view.text[start : view.figures[i].at]
    near = (f for f in view.figures[max(0, i - 2) : i] if f.sentence == view.figures[i].sentence)
    counts = [f.value for f in near if f.kind == "count"]
    found: list[tuple[int, tuple[int, ...]]] = []
    for column in sorted(columns):
        cells = [(c, f) for c, f in grid.cells if c.column == column and not c.total and len(c.row_label) >= 2]
        named = tuple(f for c, f in cells if _PLACE.sub("", c.row_label) in clause)
        if len(named) < 3 or len(named) == len(cells):
            continue
        if counts and len(named) not in counts:
            continue
        found.append((sum(view.trial("threshold", (f, i)) is False for f in named), named))
    found.sort()
    sure = found and found[0][0] <= (1 if len(found) == 1 or found[1][0] > 1 else 0) and "除" not in clause
    return found[0][1] if sure else ()


def _rows_meant(view: View, i: int, cells: list[tuple[Cell, int]]) -> tuple[int, ...]:
    """The cells that the words mean: all rows, or as many as are counted, but for those that 除 names."""
    before = view.text[max(0, view.figures[i].at - 40) : view.figures[i].at]
    named = re.search("除(?P<names>[^，,。]{2,30})(?:外|以外)", before)
    meant = tuple(f for cell, f in cells if named is None or cell.row_label not in named["names"])
    counts = [
        f for f in view.figures[max(0, i - 2) : i] if f.kind == "count" and f.sentence == view.figures[i].sentence
    ]
    said = re.search("各|所有|全部", before) is not None or any(f.value == len(meant) for f in counts)
    return meant if said and len(meant) >= 3 else ()


def _members(view: View, i: int) -> list[int]:
    """The figures that a bound on all of them bounds: the same word before each, in this sentence or the one before."""
    figure, bound = view.figures[i], view.said[i]
    same = [
        j
        for j in range(i - 1, max(-1, i - 40), -1)
        if view.paragraphs[j] >= view.paragraphs[i] - 12
        and view.figures[j].bound == "exact"
        and view.figures[j].unit == figure.unit
        and not view.is_cell(j)
    ]
    own = [j for j in same if view.figures[j].sentence == figure.sentence]
    named = _ATTRIBUTE.findall(bound.before)
    if named:
        group = [j for j in same if named[0] in view.said[j].before and view.paragraphs[j] == view.paragraphs[i]]
        if len(group) >= 2 or (group and not own):
            return group[::-1]
        if named[0] in ("占比", "比重"):  # 占项目总数的75.6%、占总投资的72.3%，数量、总投资占比均…
            group = [j for j in same if view.said[j].predicate == "share" and view.periods[j] == view.periods[i]]
            if len(group) >= 2:
                return group[::-1]
    if own:
        last = own[0]
        key = (view.said[last].predicate, view.said[last].word)
        group = []
        for j in own:
            if (view.said[j].predicate, view.said[j].word) != key:
                break
            group.append(j)
        return group[::-1] if len(group) >= 2 else []
    if same and re.search(
        r"\d?个?[^，。]{0,6}(?:县|区|市|镇|乡|项|家|行业)", bound.before
    ):  # a list of lines before it
        last = same[0]
        key = (view.said[last].predicate, view.said[last].word)
        group = [
            j
            for j in same
            if (view.said[j].predicate, view.said[j].word) == key and view.paragraphs[j] >= view.paragraphs[last] - 12
        ]
        return group[::-1] if len(group) >= 3 and key[0] == "rate" else []
    return []


def _claim_bounds_named_before(view: View) -> None:
    """`分别增长10.6%、14.2%和21.5%，均高于全市平均水平`: the bound is a figure named before."""
    for i, figure in enumerate(view.figures):
        if figure.unit != "%" or view.is_cell(i):
            continue
        match = _ABOVE.match(view.text[figure.till : figure.till + 40])
        if match is None:
            continue
        group = [i]
        j = i - 1
        while (
            j >= 0
            and view.figures[j].unit == "%"
            and view.figures[j].direction == figure.direction
            and len(view.between(j, group[-1])) <= 20
            and view.figures[j].sentence == figure.sentence
        ):
            group.append(j)
            j -= 1
        for k in range(group[-1] - 1, -1, -1):
            other = view.figures[k]
            if other.unit == "%" and other.direction == figure.direction and not view.is_cell(k) and not view.titled(k):
                scoped = other.scope == figure.scope
                first = _first_rate(view, figure.direction)
                if (
                    scoped
                    and first is not None
                    and first not in group
                    and len(group) >= 3
                    and re.search("全市|全县|总体|全区", match["object"])
                    and view.trial("threshold", (*group[::-1], first)) is False
                    and sum(view.trial("threshold", (g, first)) is False for g in group) == 1
                    and all(view.likeness(g, first) >= 0.5 for g in group)
                ):
                    view.claim("threshold", (*group[::-1], first), "均高于")
                elif (
                    scoped
                    and view.paragraphs[k] <= view.paragraphs[i]
                    and view.trial("threshold", (*group[::-1], k))
                    and len(group) >= 2
                    and re.search("全市|全县|平均|总体|全区|规上|全省", match["object"])
                ):
                    bound = first if first is not None and view.trial("threshold", (*group[::-1], first)) else k
                    if bound not in group:
                        view.claim("threshold", (*group[::-1], bound), "均高于")
                    break


def _first_rate(view: View, direction: str | None) -> int | None:
    """The first rate of the article in this direction: that of the article\'s own subject."""
    for k, figure in enumerate(view.figures):
        if figure.unit == "%" and figure.direction == direction and not view.is_cell(k) and not view.titled(k):
            return k
    return None
