"""Enumerations: an announced number of items against the items listed.

Belongs here: counting what stands in a list before or behind its announcement, and whether the list is plain enough to
accuse. Does not belong here: lists whose items are figures or rows (lists_counted.py), bounds on lists (thresholds.py),
sums of lists.
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.lists_counted import (
    count_of_constituents,
    count_of_dates,
    count_of_lines,
    count_of_rows,
    count_of_run,
    count_of_summed,
)
from hengshui_etl.relations.search.view import View

_CLAUSE = lazy_pattern(r"[。；;！？!?\n]")
_DAY = lazy_pattern(r"(?:\d{1,2}月)?\d{1,2}日|\d{1,2}月(?!\d)")
_LEAD = lazy_pattern(
    r"^.*(?:围绕|聚焦|开展|实施|推广|破解|包括|分别是|分别为|即|在|对|从|由|发展|推进|建设|组织|完成|打造|培育|涵盖|涉及|其中|抓好|形成|突出|坚持|落实|按照|依托|和的|成立|建成|入选|有|是|为|将|把|以|新增|，|,|：|:|）|\))"
)
_REGION = lazy_pattern(r"[^\W\d_a-zA-Z]{1,8}(?:市|县|区|旗|镇|乡|街道|村|省|州)$")
_FOCUS = lazy_pattern(
    r"(?:^|[，,。；;])(?:围绕|聚焦|针对|突出|抓好|聚力|瞄准|紧盯)(?P<list>[^，,。；]{4,60})[，,][^，,。；\d]{0,10}$"
)
_KIND = lazy_pattern(
    r"[^，。；\d]{0,4}?(县|区|市|镇|乡|街道|领域|行业|产业|方面|板块|环节|品种|品牌|类|市场|险种|税种|指标|原因|国家|地区|方式|渠道|部分|项目)"
)
_SLOGAN = lazy_pattern(r"、[^“”、]{1,30}”[，,]$")  # “收得上、管得住、用得好”，两个险种: a saying, no list of these
_GENERIC = lazy_pattern(r"(?:专项|重点|关键|领域|方面|难题|任务|行动|环节|工程|产业|行业|板块|问题|攻坚|专题)")


def find_enumerations(view: View) -> None:
    """Claim the enumerations of an article."""
    for i, figure in enumerate(view.figures):
        if view.is_cell(i) or figure.kind != "count" or figure.bound != "exact" or figure.high is not None:
            continue
        if 2 <= figure.value <= 20 and not figure.more:
            _claim_announced(view, i)
        elif 20 < figure.value <= 90 and not figure.value % 10:
            _claim_tenfold(view, i)


def _claim_tenfold(view: View, i: int) -> None:
    """`甲、乙、丙、丁、戊50个项目`: a list plain enough of which exactly ten times as many are announced."""
    listed = int(view.figures[i].value) // 10
    counted, sure = _counted_before(view, i)
    if sure and counted == listed >= 3 and not _regions_before(view, i):
        view.claim("enumeration", (i,), "列举在前", counted=listed)
    elif _count_of_places(view, i) == listed and ((view.titled(i) and view.grids) or _all_places(view, i)):
        view.claim("enumeration", (i,), "所列各地", counted=listed)


def _regions_before(view: View, i: int) -> bool:
    """Whether a place stands right before figure `i`: 甲县、乙县、丙县30个村 are villages of these."""
    return _REGION.search(view.text[max(0, view.figures[i].at - 6) : view.figures[i].at]) is not None


def _claim_announced(view: View, i: int) -> None:
    """Claim the list that has the announced number of items; else the list that is plain enough to be accused."""
    figure = view.figures[i]
    wanted = int(figure.value)
    for certain, reason in (
        (count_of_summed(view, i), "所列各项"),
        (count_of_constituents(view, i), "列举在前"),
        (count_of_dates(view, i), "列举在前"),
        (count_of_rows(view, i), "表中各行"),
        (count_of_lines(view, i), "列举在后"),
        (count_of_run(view, i), "所列各项"),
    ):
        if certain is not None:
            view.claim("enumeration", (i,), reason, counted=certain)
            return
    counted, sure = _counted_before(view, i)
    if counted == wanted:
        view.claim("enumeration", (i,), "列举在前", counted=counted)
        return
    if counted is None:
        counted, sure = _counted_in_focus(view, i)
        if counted == wanted:
            view.claim("enumeration", (i,), "列举在前", counted=counted)
            return
    behind, behind_sure = _counted_behind(view, i)
    if behind == wanted:
        view.claim("enumeration", (i,), "列举在后", counted=behind)
        return
    if behind_sure and behind is not None and view.text[figure.till : behind_end(view, i)].count("、") == behind - 1:
        view.claim("enumeration", (i,), "列举在后", counted=behind)
        return
    if _count_of_levels(view, i) == wanted:
        view.claim("enumeration", (i,), "所列各项", counted=wanted)
        return
    if _count_of_figures_behind(view, i) == wanted and wanted > 2:
        view.claim("enumeration", (i,), "所列各项", counted=wanted)
        return
    places = _count_of_places(view, i)
    more = view.titled(i) and places is not None and places < wanted and bool(view.grids)  # than the table has at all
    if places == wanted or (places is not None and places >= 3 and (more or _all_places(view, i))):
        view.claim("enumeration", (i,), "所列各地", counted=places)
        return
    slipped = counted is not None and counted >= 4 and (wanted < 10 or wanted == 10 * counted)
    if sure and counted is not None and (abs(counted - wanted) <= 2 or slipped or _of_a_kind(view, i)):
        view.claim("enumeration", (i,), "列举在前", counted=counted)
    elif behind_sure and behind is not None and abs(behind - wanted) <= 2:
        view.claim("enumeration", (i,), "列举在后", counted=behind)


def _of_a_kind(view: View, i: int, item: str = "") -> bool:
    """Whether what is counted can only be the items named: five trades (but 50 firms of three trades).

    Places are meant themselves where they bear the name of what is counted: 甲区、乙区两个城区, but 甲、乙4个县.
    """
    match = _KIND.match(view.text[view.figures[i].till : view.figures[i].till + 10])
    return match is not None and (not item or match[1] not in "县区市镇乡" or item.endswith(match[1]))


def behind_end(view: View, i: int) -> int:
    """Where the bracket behind figure `i` closes; where the figure ends if none does."""
    till = view.figures[i].till
    match = re.match(r"[^，。；（(]{0,8}[（(][^）)\d]{3,60}[）)]", view.text[till : till + 80])
    return till + match.end() if match else till


def _count_of_levels(view: View, i: int) -> int | None:
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


def _count_of_figures_behind(view: View, i: int) -> int | None:
    """How many figures with one predicate, each with a subject of its own, follow in the sentence.

    `四家卫生院中，甲增长23.4%、乙增长21.8%、…`; amounts without a predicate may be of all kinds and are not counted.
    """
    behind = [j for j in range(i + 1, min(view.count, i + 22)) if view.figures[j].sentence == view.figures[i].sentence]
    if not behind or len(view.between(i, behind[0])) > 30 or not view.said[behind[0]].word:
        return None
    first = behind[0]
    said, unit = view.said[first].word, view.figures[first].unit
    like = [j for j in behind if view.figures[j].unit == unit and view.said[j].word == said]
    run = [j for j in like if view.said[j].subject and view.figures[j].bound == "exact"]
    return len(run) if run and run[0] == first else None


def _count_of_places(view: View, i: int) -> int | None:
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
    if len(scopes) >= 2:
        return len(scopes)
    lines: list[str | None] = []  # a line for each place, right above
    j, paragraph = i - 1, view.paragraphs[i] - 1
    while j >= 0 and paragraph >= 0 and view.paragraphs[j] == paragraph:
        here = set()
        while j >= 0 and view.paragraphs[j] == paragraph:
            here.add(view.figures[j].scope)
            j -= 1
        if len(here) != 1 or here & {figure.scope, *lines}:
            break
        lines += here
        paragraph -= 1
    return len(lines) if len(lines) >= 3 else None


def _all_places(view: View, i: int) -> bool:
    """Whether figure `i` says of all places together (5个县区均…, 全市7个县区中) what was listed."""
    figure = view.figures[i]
    before, behind = view.text[max(0, figure.at - 6) : figure.at], view.text[figure.till : figure.till + 40]
    if re.search("其余|其他|其它|另|有|除|的$|前$", before) or not re.search("[。；\n，,市州县] *$", before):
        return False
    return (
        re.match(r"[^，。；\d]{0,14}(?:县|区|市|镇|乡|）)(?:[^，。；\d]{0,10}(?:均|全部|都)|中[，,])", behind)
        is not None
    )


def _items(listed: str) -> list[str]:
    """The items of a list written with 、 and a last 和; brackets do not count."""
    plain = re.sub(r"[（(][^）)]{0,200}[）)]", "", listed)
    parts = [p.strip() for p in plain.split("、")]
    if len(parts) == 1:
        halves = re.split("和|与|及|以及", plain)
        return halves if len(halves) == 2 and all(halves) else [plain]
    last = re.split("以及|和|及|与", parts[-1])
    if len(last) == 2 and all(len(p) >= 1 for p in last) and len(last[0]) <= 14:
        parts[-1:] = last
    return [p for p in parts if p]


def _counted_before(view: View, i: int) -> tuple[int | None, bool]:
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
        if figure.unit in ("天", "日"):
            return None, False  # 展览馆、图书馆5天接待: how long it took
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
        if len(commas) == wanted and len(commas) >= 2 and all(len(p) < 26 for p in commas) and len(items) < 3:
            return wanted, False
    if len(items) < 2:
        return None, False
    regions = sum(_REGION.search(p) is not None for p in items[1:])
    even = all(len(p) <= 12 for p in items[1:]) and "等" not in view.text[max(0, figure.at - 2) : figure.at]
    short = all(1 <= len(p) <= 8 for p in items[1:]) and not re.search("和|与|及|的", "".join(items[1:]))
    plain = even and (
        (len(items) >= 3 and (regions == len(items) - 1 or short))
        or (len(items) == 2 and short and len(items[0]) <= 8 and "、" in listed and _of_a_kind(view, i, items[1]))
    )
    return len(items), plain and _SLOGAN.search(stretch) is None


def _counted_in_focus(view: View, i: int) -> tuple[int | None, bool]:
    """`聚焦甲、乙、丙、丁，部署三个专项行动`: the list stands in the clause before."""
    figure = view.figures[i]
    start = view.figures[i - 1].till if i else 0
    match = _FOCUS.search(view.text[max(start, figure.at - 90) : figure.at])
    if match is None or not _GENERIC.match(view.text[figure.till : figure.till + 8].lstrip("大")):
        return None, False
    items = _items(match["list"])
    return len(items), len(items) >= 3 and "等" not in match["list"] and not re.search("和|与|及", match["list"])


def _counted_behind(view: View, i: int) -> tuple[int | None, bool]:
    """(number of items listed right behind figure `i`, whether the list is plain enough to accuse)."""
    figure = view.figures[i]
    text = view.text
    stretch = text[figure.till : figure.till + 200]
    end = _CLAUSE.search(stretch)
    stretch = stretch[: end.start()] if end else stretch
    mark = re.search(
        r"[（(](?:即|分别是|包括|:|：|即:|即：)?|：|:|——|，(?:即|分别(?:是|为|通往|位于|来自|通向|在|落户)|包括|是|依次为)|(?:即|分别(?:是|为|通往|位于|来自|通向|在|落户)|包括|依次是|有)(?=[^\W\d_a-zA-Z])",
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
        if mark.group() in ("：", ":") and mark.start() <= 10 and end is not None and _is_even(listed, commas, wanted):
            return len(commas), True  # 存在三个短板：甲方面不强，乙方面不足，丙方面断档，丁方面滞后。
        ordinals = re.findall(r"[一二三四五六七八九十]是", text[figure.till : figure.till + 1500])
        if len(ordinals) >= 2:
            counted = _count_of_ordinals(text, figure.till)
            return counted, counted is not None
        if (
            "等" not in listed
            and len(items) >= 3
            and "分别" in mark.group()
            and all(2 <= len(p) <= 8 for p in items)
            and not re.search(r"\d|，|,", listed)
        ):
            return len(items), True
        if (
            mark.group() in ("：", ":")
            and mark.start() <= 10
            and end is not None
            and len(items) >= 3
            and all(2 <= len(p) <= 10 for p in items)
            and not re.search(r"\d|，|,|和|与|及|等|其他", listed)
        ):
            return len(items), True  # 发展四个产业：甲、乙、丙。
        if len(items) >= 3 and closing is not None and all(2 <= len(p) <= 10 for p in items) and "等" not in listed:
            return len(items), True
        return None, False
    ordinal = (
        _count_of_ordinals(text, figure.till)
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


def _is_even(listed: str, clauses: list[str], wanted: int) -> bool:
    """Whether clauses behind a colon are plainly one item each, and one more or less than announced: short ones of
    nearly one length, set apart by commas alone."""
    lengths = [len(clause.strip()) for clause in clauses]
    return (
        len(clauses) >= 3
        and abs(len(clauses) - wanted) == 1
        and min(lengths) >= 4
        and max(lengths) <= 14
        and max(lengths) - min(lengths) <= 6
        and re.search(r"[\d、“”（(]|等|其他|其它|一是|首先|既|也|并|使|让|从而|以及|不仅|而", listed) is None
    )


def _count_of_ordinals(text: str, start: int) -> int | None:
    """How many of 一是, 二是, 三是 … follow one another after `start`, close by."""
    names = "一二三四五六七八九十"
    at, n = start, 0
    for name in names:
        found = text.find(f"{name}是", at, at + 500)
        if found < 0:
            break
        at, n = found + 2, n + 1
    return n if n >= 2 else None
