"""Lists: an announced number of items against the items listed, and bounds that hold for all of them."""

from __future__ import annotations

import re

from hengshui_etl.relations.search.view import View

_CLAUSE = re.compile(r"[。；;！？!?\n]")
_AND = re.compile(r"、|和|及|与|以及")
_DAY = re.compile(r"(?:\d{1,2}月)?\d{1,2}日|\d{1,2}月(?!\d)")
_ALL = re.compile(r"均|都|全部|皆")
_MEAN = re.compile(r"平均|均衡|人均|户均|亩均|日均|年均|月均|均价|均为全|次均")
_LEAD = re.compile(
    r"^.*(?:围绕|聚焦|开展|实施|推广|破解|包括|分别是|分别为|即|在|对|从|由|发展|推进|建设|组织|完成|打造|培育|涵盖|涉及|其中|抓好|形成|突出|坚持|落实|按照|依托|和的|成立|建成|入选|有|是|为|将|把|以|新增|，|,|：|:|）|\))"
)
_REGION = re.compile(r"[\u4e00-\u9fff]{1,8}(?:市|县|区|旗|镇|乡|街道|村|省|州)$")


def find_lists(view: View) -> None:
    """Claim the enumerations and thresholds of an article."""
    for i, figure in enumerate(view.figures):
        if view.statements[i] is None:
            continue
        if (
            figure.kind == "count"
            and figure.bound == "exact"
            and figure.high is None
            and 2 <= figure.value <= 20
            and not figure.more
        ):
            _announced(view, i)
        if figure.unit in ("%", "百分点") or figure.kind in ("money", "count", "measure"):
            _bounded(view, i)
    _overall_bounds(view)


def _announced(view: View, i: int) -> None:
    figure = view.figures[i]
    wanted = int(figure.value)
    counted, sure = _before(view, i)
    if counted == wanted:
        view.claim("enumeration", (i,), "列举在前", counted=counted)
        return
    if counted is None:
        counted, sure = _focused(view, i)
        if counted == wanted:
            view.claim("enumeration", (i,), "列举在前", counted=counted)
            return
    behind, behind_sure = _behind(view, i)
    if behind == wanted:
        view.claim("enumeration", (i,), "列举在后", counted=behind)
        return
    if wanted >= 2 and _figures_listed(view, i) == wanted:
        view.claim("enumeration", (i,), "所列各项", counted=wanted)
        return
    if _places(view, i) == wanted:
        view.claim("enumeration", (i,), "所列各地", counted=wanted)
        return
    if sure and counted is not None and abs(counted - wanted) <= 2:
        view.claim("enumeration", (i,), "列举在前", counted=counted)
    elif behind_sure and behind is not None and abs(behind - wanted) <= 2:
        view.claim("enumeration", (i,), "列举在后", counted=behind)


def _figures_listed(view: View, i: int) -> int | None:
    """How many levels in one unit stand one after the other right before figure `i` (…三项加起来, 五大板块营收占比)."""
    if not re.search(
        r"(?:^|[，,。；;])[^，,。；;]{0,6}$", view.text[max(0, view.figures[i].at - 10) : view.figures[i].at]
    ):
        return None
    last = i - 1
    while last >= 0 and not view.level[last] and view.periods[last] == view.periods[i]:
        last -= 1
    if last < 0:
        return None
    n, unit = 0, view.figures[last].unit
    while (
        last >= 0 and view.level[last] and view.figures[last].unit == unit and view.periods[last] >= view.periods[i] - 1
    ):
        n += 1
        if last == 0 or view.text[view.figures[last - 1].till] not in "、，,；;":
            break
        last -= 1
    return n if n >= 2 else None


def _places(view: View, i: int) -> int | None:
    """How many places the table or the paragraph before names, where places are counted (5个县区, 7个县区)."""
    figure = view.figures[i]
    noun = f"{figure.unit}{view.text[figure.till : figure.till + 14]}"
    if not re.search(r"县|区|市|镇|乡|州|旗", noun):
        return None
    for grid in view.grids:
        labels = {cell.row_label for cell, _ in grid.cells if not cell.total}
        if labels and all(_REGION.search(label) for label in labels):
            return len(labels)
    scopes = {
        view.figures[j].scope for j in range(i - 1, max(-1, i - 60), -1) if view.paragraphs[j] == view.paragraphs[i]
    } - {figure.scope}
    return len(scopes) if len(scopes) >= 2 else None


def _items(listed: str) -> list[str]:
    """The items of a list written with 、 and a last 和; brackets do not count."""
    plain = re.sub(r"[（(][^）)]*[）)]", "", listed)
    parts = [p.strip() for p in plain.split("、")]
    if len(parts) == 1:
        halves = re.split("和|与|及|以及", plain)
        return halves if len(halves) == 2 and all(halves) else [plain]
    last = re.split("以及|和|及|与", parts[-1])
    if len(last) == 2 and all(len(p) >= 1 for p in last) and len(last[0]) <= 14:
        parts[-1:] = last
    return [p for p in parts if p]


def _before(view: View, i: int) -> tuple[int | None, bool]:
    """(number of items listed right before figure `i`, whether the list is plain enough to accuse)."""
    figure = view.figures[i]
    start = view.figures[i - 1].till if i else 0
    stretch = view.text[max(start, figure.at - 160) : figure.at]
    cut = max((m.end() for m in _CLAUSE.finditer(stretch)), default=0)
    stretch = stretch[cut:].rstrip("等共的这 ")
    if figure.unit in ("次", "天", "日", "场", "届", "轮"):
        days = _DAY.findall(stretch)
        if len(days) >= 2:
            return len(days), False
    clause = max(stretch.rfind("，"), stretch.rfind(","), stretch.rfind("：")) + 1
    tail = stretch[clause:]
    if len(tail) < 2 and clause > 1:
        tail = stretch
    if "、" not in tail and not re.search("和|与|及", tail):
        return None, False
    lead = _LEAD.match(tail.split("、")[0])
    listed = tail[lead.end() :] if lead and lead.end() < len(tail.split("、")[0]) else tail
    items = _items(listed)
    wanted = int(figure.value)
    if len(items) != wanted:
        commas = [p for p in re.split("[，,]", stretch) if p]
        if (
            len(commas) == wanted
            and all("、" not in p or True for p in commas)
            and len(commas) >= 2
            and all(len(p) < 26 for p in commas)
        ):
            return wanted, False
    if len(items) < 2:
        return None, False
    regions = sum(_REGION.search(p) is not None for p in items[1:])
    even = all(len(p) <= 12 for p in items[1:]) and "等" not in view.text[max(0, figure.at - 2) : figure.at]
    plain = (
        even
        and len(items) >= 3
        and (
            regions == len(items) - 1
            or (all(2 <= len(p) <= 8 for p in items) and not re.search("和|与|及", "".join(items)))
        )
    )
    return len(items), plain and (figure.at - len(tail) >= 0)


_FOCUS = re.compile(
    r"(?:^|[，,。；;])(?:围绕|聚焦|针对|突出|抓好|聚力|瞄准|紧盯)(?P<list>[^，,。；]{4,60})[，,][^，,。；\d]{0,10}$"
)
_GENERIC = re.compile(r"(?:专项|重点|关键|领域|方面|难题|任务|行动|环节|工程|产业|行业|板块|问题|攻坚|专题)")


def _focused(view: View, i: int) -> tuple[int | None, bool]:
    """`聚焦甲、乙、丙、丁，部署三个专项行动`: the list stands in the clause before."""
    figure = view.figures[i]
    start = view.figures[i - 1].till if i else 0
    match = _FOCUS.search(view.text[max(start, figure.at - 90) : figure.at])
    if match is None or not _GENERIC.match(view.text[figure.till : figure.till + 8].lstrip("大")):
        return None, False
    items = _items(match["list"])
    return len(items), len(items) >= 3 and "等" not in match["list"] and not re.search("和|与|及", match["list"])


def _behind(view: View, i: int) -> tuple[int | None, bool]:
    """(number of items listed right behind figure `i`, whether the list is plain enough to accuse)."""
    figure = view.figures[i]
    text = view.text
    stretch = text[figure.till : figure.till + 200]
    end = _CLAUSE.search(stretch)
    stretch = stretch[: end.start()] if end else stretch
    mark = re.search(
        r"[（(](?:即|分别是|包括|:|：|即:|即：)?|：|:|——|，(?:即|分别(?:是|为|通往|位于|来自|通向|在|落户)|包括|是|依次为)|(?:即|分别(?:是|为|通往|位于|来自|通向|在|落户)|包括|依次是|有)(?=[\u4e00-\u9fff])",
        stretch[:40],
    )
    wanted = int(figure.value)
    if mark:
        listed = stretch[mark.end() :]
        closing = re.search(r"[）)]", listed) if mark.group().startswith(("（", "(")) else None
        listed = listed[: closing.start()] if closing else listed
        listed = listed.lstrip("即:：，")
        if "、" in listed.split("，")[0].split(",")[0]:
            listed = listed.split("，")[0].split(",")[0]
        items = _items(listed)
        if len(items) == wanted:
            return wanted, False
        if (
            mark.group() == "——"
            and len(items) >= 3
            and all(2 <= len(p) <= 14 for p in items)
            and "等" not in listed
            and not re.search("和|与|及", listed)
        ):
            return len(items), True
        commas = [p for p in re.split("[，,]", listed) if p.strip()]
        if len(commas) == wanted:
            return wanted, False
        ordinals = re.findall(r"[一二三四五六七八九十]是", text[figure.till : figure.till + 1500])
        if len(ordinals) >= 2:
            return _ordinals(text, figure.till), _ordinals(text, figure.till) is not None
        if (
            "等" not in listed
            and len(items) >= 3
            and "分别" in mark.group()
            and all(2 <= len(p) <= 8 for p in items)
            and not re.search(r"\d|，|,", listed)
        ):
            return len(items), True
        if len(items) >= 3 and closing is not None and all(2 <= len(p) <= 10 for p in items) and "等" not in listed:
            return len(items), True
        return None, False
    ordinal = (
        _ordinals(text, figure.till)
        if figure.unit in ("个", "项", "条", "件", "大", "方面", "个方面")
        and re.match(r"方面|[^，。；]{0,10}(?:工作|举措|措施|任务|重点|环节|特点|行动)?[：:。，]", stretch[:14] or "：")
        else None
    )
    if ordinal and ordinal == wanted:
        return ordinal, False
    if ordinal and re.match("个?方面|方面", stretch):
        return ordinal, True
    parts = re.findall(r"一[^\W\d_]{1}(?=[^，。；]{1,12}[，,。；]|[^，。；]{1,12}$)", stretch)
    if len(parts) == wanted and f"一{figure.unit}" in stretch:
        return wanted, False
    if f"一{figure.unit}" in stretch and stretch.count(f"一{figure.unit}") == wanted:
        return wanted, False
    return None, False


def _ordinals(text: str, start: int) -> int | None:
    """How many of 一是, 二是, 三是 … follow one another after `start`, close by."""
    names = "一二三四五六七八九十"
    at, n = start, 0
    for name in names:
        found = text.find(f"{name}是", at, at + 500)
        if found < 0:
            break
        at, n = found + 2, n + 1
    return n if n >= 2 else None


def _bounded(view: View, i: int) -> None:
    """`均超过九成`, `均高于全市平均水平`: a bound on the figures listed before it."""
    figure, statement = view.figures[i], view.statements[i]
    assert statement is not None
    if figure.bound not in ("min", "max"):
        return
    if re.search("均|都|全部", statement.before) and _in_table(view, i):
        return
    before = view.text[max(view.figures[i - 1].till if i else 0, figure.at - 40) : figure.at]
    if not _ALL.search(before) or _MEAN.search(before) or re.search("[。；]", before):
        return
    members = _members(view, i)
    if not members:
        return
    if view.trial("threshold", (*members, i)) or len(members) >= 2:
        view.claim("threshold", (*members, i), "均")


def _in_table(view: View, i: int) -> bool:
    """`其余6个县区增速均超过9%`: the bound is on a column of the table before."""
    figure, statement = view.figures[i], view.statements[i]
    assert statement is not None
    word = next((w for w in ("增速", "增幅", "完成率", "占比", "增长") if w in statement.before), None)
    if word is None:
        return False
    for grid in view.grids:
        columns = {
            cell.column
            for cell, _ in grid.cells
            if cell.unit == figure.unit
            and (word in cell.column_label or (word.startswith("增") and "增" in cell.column_label))
        }
        for column in columns:
            cells = [(cell, f) for cell, f in grid.cells if cell.column == column and not cell.total]
            held = tuple(f for _, f in cells if view.trial("threshold", (f, i)))
            rest = [f for _, f in cells if f not in held]
            if len(held) >= 2 and (
                not rest or (len(rest) <= 2 and re.search("除", view.text[figure.at - 40 : figure.at]))
            ):
                return view.claim("threshold", (*held, i), "表中各行均")
    return False


def _members(view: View, i: int) -> list[int]:
    """The figures that a bound on all of them bounds: the same word before each, in this sentence or the one before."""
    figure, bound = view.figures[i], view.statements[i]
    assert bound is not None
    same = [
        j
        for j in range(i - 1, max(-1, i - 40), -1)
        if view.paragraphs[j] >= view.paragraphs[i] - 12
        and view.figures[j].bound == "exact"
        and view.figures[j].unit == figure.unit
        and view.statements[j] is not None
    ]
    own = [j for j in same if view.figures[j].sentence == figure.sentence]
    named = _ATTRIBUTE.findall(bound.before)
    if named:
        group = [j for j in same if named[0] in view.said[j].before and view.paragraphs[j] == view.paragraphs[i]]
        if group:
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


_ATTRIBUTE = re.compile(r"[\u4e00-\u9fff]{2}(?:率|面)|占比|比重|增速|增幅|涨幅|降幅|强度")
_ABOVE = re.compile(
    r"^[，,]?(?:增速|增幅|占比|涨幅|增长)?(?:分别|均|都)?(?:均|都|全部)(?P<word>高于|快于|超过|大于|低于|慢于)(?P<object>[^，。；\d]{1,14})(?:平均)?"
)


def _overall_bounds(view: View) -> None:
    """`分别增长10.6%、14.2%和21.5%，均高于全市平均水平`: the bound is a figure named before."""
    for i, figure in enumerate(view.figures):
        if figure.unit != "%" or view.statements[i] is None:
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
            if (
                other.unit == "%"
                and other.direction == figure.direction
                and view.statements[k] is not None
                and not view.titled(k)
            ):
                scoped = other.scope == figure.scope
                if (
                    scoped
                    and view.paragraphs[k] <= view.paragraphs[i]
                    and view.trial("threshold", (*group[::-1], k))
                    and len(group) >= 2
                    and re.search("全市|全县|平均|总体|全区|规上|全省", match["object"])
                ):
                    first = _first_growth(view, figure.direction)
                    bound = first if first is not None and view.trial("threshold", (*group[::-1], first)) else k
                    if bound not in group:
                        view.claim("threshold", (*group[::-1], bound), "均高于")
                    break


def _first_growth(view: View, direction: str | None) -> int | None:
    for k, figure in enumerate(view.figures):
        if (
            figure.unit == "%"
            and figure.direction == direction
            and view.statements[k] is not None
            and not view.titled(k)
        ):
            return k
    return None
