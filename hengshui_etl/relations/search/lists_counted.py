"""Lists whose items are figures, dates, lines or rows of a table: how many there are, where the words leave no doubt.

Belongs here: counts that are certain, so that an announced number may be held against them, right or wrong. Does not
belong here: lists of names before or behind their number (enumerations.py).
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.sum_evidence import MOST_PARTS
from hengshui_etl.relations.search.view import FAR_BACK, View

_TOGETHER = lazy_pattern(r"合计|合起来|加起来|相加|总和|总计|共占|合占|共计|一共|共|便撑起|占")
_MONTHS = lazy_pattern(
    r"((?:(?:20\d\d年)?\d{1,2}月、?|\d{1,2}日、?|和|及){2,40})(?:这)?(?:先后|分别|相继)[^，。；]{0,6}$"
)
_DAYS = lazy_pattern(r"((?:(?:\d{1,2}月)?\d{1,2}日[、和]?){1,40})(?:这)?$")
_SAID_DATE = lazy_pattern(
    r"(?:\d{1,2}月)?\d{1,2}日|(?:大?年|正月)?初[一二三四五六七八九十]|(?:周|星期)[一二三四五六日]|\d{1,2}月(?!\d)"
)
_DATES_BEHIND = lazy_pattern(
    r"[^，,。；;\d]{0,6}[，,]?(?:分别|依次)(?:出现在|发生在|安排在|定在|落在|于|在|为|是)"
    r"(?P<dates>(?:(?:(?:\d{1,2}月)?\d{1,2}日|(?:大?年|正月)?初[一二三四五六七八九十]|(?:周|星期)[一二三四五六日]|\d{1,2}月(?!\d))[、和及与]?){2,12})"
    r"(?:举行|举办|进行|开展|上演|发布|召开|[，,。；;\n])"
)
_ONE = lazy_pattern(r"(?:\d{1,2}月)?\d{1,2}日|\d{1,2}月(?!\d)")
_TABLE = lazy_pattern(r"见下表|如下表|下表|见附表|(?:情况|明细|数据|结果)?如下[：:]?$")
_OPENING = lazy_pattern(r"(?:[，,。；;]|——)(?:上述|以上|这)?$")
_CLOSING = lazy_pattern("合计|合起来|加起来|相加|互有|去除|占比")
_OTHERS = lazy_pattern(r"其他|其它|其余")
_OPEN = lazy_pattern("等|其中|包括|其余|其他")


def count_of_summed(view: View, i: int) -> int | None:
    """`…三项加起来共14.84亿元`: how many figures were added up to what follows figure `i`."""
    j = i + 1
    if j >= view.count or view.figures[j].sentence != view.figures[i].sentence:
        return None
    gap = view.between(i, j)
    if view.figures[j].bound != "exact" or len(gap) > 24 or not _TOGETHER.search(gap) or re.search("[。；]", gap):
        return None
    for claim in view.claims:
        if claim.type == "sum" and claim.operands[-1] == j:
            parts: tuple[int, ...] = claim.operands[:-1]
        elif claim.type == "share" and claim.operands[-1] == j and len(claim.operands) > 3:
            parts = claim.operands[:-2]
        else:
            continue
        near = all(p < i and view.paragraphs[p] == view.paragraphs[i] for p in parts)
        if near and view.trial(claim.type, claim.operands):
            return len(parts)
    return None


def _goes_on_before(view: View, first: int) -> bool:
    """Whether what 上述 takes up may begin a sentence before that of `first`, in the same paragraph."""
    return any(
        view.plain(j) and view.alike(j, first) and view.paragraphs[j] == view.paragraphs[first]
        for j in range(first - 1, max(-1, first - 4), -1)
    )


def count_of_run(view: View, i: int) -> int | None:
    """`甲2.62亿、乙1.53亿、丙1.2亿，三个奖项合计…`: how many levels in one unit stand right before.

    None where the first of them may be the whole of the others, or where fewer than three stand there.
    """
    figure = view.figures[i]
    opening = _OPENING.search(view.text[max(0, figure.at - 8) : figure.at])
    behind = re.match(r"[^，。；\d]{0,12}", view.text[figure.till : figure.till + 12])
    if opening is None or behind is None:
        return None
    taken_up = opening.group().endswith(("上述", "以上")) and "占" in behind.group()
    if not taken_up and not _CLOSING.search(behind.group()):
        return None
    run: list[int] = []
    j = i - 1
    while j >= 0 and view.periods[j] >= view.periods[i] - 1 and view.paragraphs[j] == view.paragraphs[i]:
        if view.level[j] or (
            view.said[j].predicate in ("level", "share") and (not run or view.figures[run[0]].unit == "%")
        ):
            if run and view.figures[j].unit != view.figures[run[-1]].unit:
                break
            if run and view.periods[j] != view.periods[run[-1]]:
                break
            run.append(j)
        elif view.figures[j].kind != "percent" or not run:
            break
        j -= 1
    if opening.group().endswith(("上述", "以上")) and run and _goes_on_before(view, run[-1]):
        return None
    if len(run) < 3 or not all(view.said[j].subject and view.figures[j].bound == "exact" for j in run):
        return None
    head = view.said[run[-1]].before + view.text[view.figures[run[-1]].at : figure.at]
    if re.search("共|总|合计|全[市县省区]|其中|等|比|上年|同期", head) or any(view.figures[j].direction for j in run):
        return None
    return len(run)


def count_of_constituents(view: View, i: int) -> int | None:
    """`由城镇职工74.2万人、城乡居民129.5万人两部分构成`: how many items stand between 由 and figure `i`."""
    figure = view.figures[i]
    behind = view.text[figure.till : figure.till + 10]
    if not re.match("(?:个?部分|[大个项类块])?[^，。；、]{0,4}(?:构成|组成)", behind):
        return None
    start = view.article.sentences[figure.sentence].start
    made_up = re.search(r"由(?P<items>[^，。；由]{4,80})$", view.text[max(start, figure.at - 82) : figure.at])
    if made_up is None or re.search("等|其他", made_up["items"]):
        return None
    inside = [j for j in range(max(0, i - MOST_PARTS), i) if view.figures[j].at >= figure.at - len(made_up["items"])]
    if any(view.figures[j].unit == figure.unit for j in inside):
        return None  # 由小学243所、初中28所和九年一贯制学校15所构成: the last of them, and not how many they are
    items = [item for item in re.split("、|和|及|以及", made_up["items"]) if item]
    return len(items) if len(items) >= 2 and all(len(item) <= 20 for item in items) else None


def count_of_dates(view: View, i: int) -> int | None:
    """`5月2日、3日两天`, `3月、6月、10月先后组织三次`: how many dates stand before figure `i`."""
    figure = view.figures[i]
    before = view.text[max(view.figures[i - 1].till if i else 0, figure.at - 50) : figure.at]
    if figure.unit in ("天", "日"):
        match = _DAYS.search(before)
    elif figure.unit in ("次", "场", "轮", "批", "期", "个"):
        match = _MONTHS.search(before)
    else:
        return None
    dates = _ONE.findall(match[1]) if match else []
    if len(dates) >= 2:
        return len(dates)
    behind = _DATES_BEHIND.match(view.text, figure.till)
    listed = _SAID_DATE.findall(behind["dates"]) if behind is not None else []
    return len(listed) if len(listed) >= 2 else None


def count_of_rows(view: View, i: int) -> int | None:
    """`资金投向五类项目，明细见下表`: how many rows the table right behind has, without its totals."""
    sentence = view.article.sentences[view.figures[i].sentence]
    if view.figures[i].unit in ("年", "月", "季度") or i + 1 >= view.count:
        return None
    if sentence.end - view.figures[i].till > FAR_BACK:
        return None
    rest = view.text[view.figures[i].till : sentence.end].rstrip("。：: \n")
    if not _TABLE.search(rest[-12:]) or re.search("\\d", rest):
        return None
    for grid in view.grids:
        first = min((f for _, f in grid.cells), default=-1)
        if first != i + 1:
            continue
        own = {view.figures[i].scope}
        labels = {c.row: c.row_label for c, _ in grid.cells if not c.total and not c.indented}
        ends = (min(labels, default=0), max(labels, default=0))  # where a table has the row of the whole place
        rows = [r for r, label in labels.items() if label not in own or r not in ends]
        return len(rows) if len(rows) >= 2 and not any(_OTHERS.match(label) for label in labels.values()) else None
    return None


def count_of_lines(view: View, i: int) -> int | None:
    """`集中在四处：甲121批次，乙78批次，…。`: how many figures with a name stand behind the colon."""
    figure = view.figures[i]
    end = view.article.sentences[figure.sentence].end
    colon = re.match(r"[^，。；、\d]{0,10}[：:]", view.text[figure.till : figure.till + 14])
    if colon is None:
        return None
    start = figure.till + colon.end()
    if end - start > FAR_BACK:
        return None
    inside = [j for j in range(i + 1, min(view.count, i + 14)) if view.figures[j].at < end]
    text = view.text[start:end]
    if not inside or inside[0] != i + 1 or _OPEN.search(text):
        return None
    lines = [line for line in re.split("[，、；,;]", text.strip("。；;\n ")) if line]
    units = {view.figures[j].unit for j in inside}
    if len(units) != 1 or len(lines) != len(inside) or len(lines) < 3:
        return None
    at = start
    for line in lines:
        at = view.text.index(line, at)
        if sum(at <= view.figures[j].at < at + len(line) for j in inside) != 1:
            return None
        at += len(line)
    return len(lines)
