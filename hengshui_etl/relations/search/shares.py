"""Shares: part ÷ whole = percentage.

Belongs here: the shares that hold, and those whose words name part and whole. Does not belong here: who the candidates
are (share_candidates.py), shares for which no candidate holds (shares_failing.py), rows of tables (tables.py).
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.share_candidates import FAR, TOGETHER, of_one_list, parts_of, wholes_of
from hengshui_etl.relations.search.shares_failing import claim_plain_failure
from hengshui_etl.relations.search.shares_meant import contributes, means_another, meant_but_failing
from hengshui_etl.relations.search.shares_parts import in_row
from hengshui_etl.relations.search.view import AMOUNTS, FAR_BACK, View, shared_characters

_NO_SHARE = lazy_pattern(
    r"增长率|增速|利率|汇率|死亡率|出生率|周转率|失业率|通胀|发生率|毛利率|机械化率|自给率|成活率|负债率|杠杆率|容积率|降水|湿度|浓度|城镇化率|森林覆盖率|覆盖度|满意|知晓率|存活率|增长率|周转|入学率|毕业率|恩格尔|弃风|回报率|收益率"
)
_GROWTH_SHARE = lazy_pattern(r"贡献率|贡献")


def find_shares(view: View) -> None:
    """Claim the shares of an article that hold, or fail by their own words."""
    for i, figure in enumerate(view.figures):
        statement = view.statements[i]
        if statement is None or figure.unit not in ("%", "‰") or figure.high is not None:
            continue
        if statement.of_previous and _claim_in_turn(view, i):
            continue
        if (statement.of_previous or _is_of_task(view, i)) and _claim_of_stated_whole(view, i):
            continue
        if statement.predicate == "level":
            _claim_plain(view, i)
        if statement.predicate not in ("share", "rate") or figure.direction is not None:
            continue
        if _GROWTH_SHARE.search(statement.before) and _claim_contribution(view, i):
            continue
        if view.is_result(i, "share"):
            continue
        if not (re.search("分别|依次", statement.before) or view.figures[i - 1].unit == "%") or not contributes(
            view, i
        ):
            _claim_stated(view, i)


_AMONG = lazy_pattern("^[^，。；]{0,6}(?:当中|中|里)[，,]")
_SHARES_IN = lazy_pattern("^[，,]?(?:贡献|占去|占了|占到|撑起)了?$")
_FIRST_OF = lazy_pattern("前([二两三四五])(?:类|项|者|位|个|大|名)")
_OF = lazy_pattern(r"[^，,。；;、%％]{2,10}的")
_IS = lazy_pattern(r"(?:[为為是达達占佔]|相当于|相當於|完成)(?:全[市县區区省州旗国國镇]|应|總|总)?$")


def _is_of_task(view: View, i: int) -> bool:
    """`为112亿元年度任务的91.4%`: an amount with what it is, of which figure `i` is so many per cent."""
    if not i or _OF.fullmatch(view.between(i - 1, i)) is None:
        return False
    at = view.figures[i - 1].at
    return _IS.search(view.text, max(0, at - 4), at) is not None


def _claim_in_turn(view: View, i: int) -> bool:
    """`营收251.3亿元，利润27.6亿元，分别完成预算1050亿元、110亿元的23.9%和25.1%`: parts, wholes and shares in turn."""
    size = 1
    while i + size < view.count and in_row(view, i + size):
        size += 1
    first, own = i - 2 * size, i - size
    if size < 2 or first < 0 or re.search("分别|依次", view.said[own].before) is None:
        return False
    turns = [(first + k, own + k, i + k) for k in range(size)]
    wholes = all(re.fullmatch("[、和及与]", view.between(own + k, own + k + 1)) for k in range(size - 1))
    plain = all(view.plain(p) and view.alike(p, w) for p, w, _ in turns)
    if not wholes or not plain or view.figures[first].sentence != view.figures[i].sentence:
        return False
    holding = sum(view.trial("share", turn) is True for turn in turns)
    for turn in turns if holding else ():
        view.claim("share", turn, "分别占", plain=holding >= size - 1 > 1)
    return holding > 0


def _claim_plain(view: View, i: int) -> None:
    """`拦下7.2亿立方米，贡献了75%`: a percentage said with a verb of its own, if it fits two levels right before it."""
    near = [j for j in view.levels_before(i, limit=4) if view.periods[j] == view.periods[i]]
    for part in near[:2]:
        for whole in near:
            if (
                whole != part
                and view.figures[whole].unit == view.figures[part].unit
                and view.values[whole] > view.values[part]
                and view.trial("share", (part, whole, i))
            ):
                view.claim("share", (part, whole, i), "百分之几")
                return
    part, whole = i - 1, i - 2  # 总收入8.64亿元中，医务性收入有3.71亿元，贡献了42.9%
    if near[:2] == [part, whole] and view.alike(part, whole) and _AMONG.match(view.between(whole, part)):
        told = _SHARES_IN.search(view.said[i].before) is not None and len(view.between(part, i)) < 10
        if told and view.slip("share", (part, whole, i)):
            view.claim("share", (part, whole, i), "百分之几")


def _claim_of_stated_whole(view: View, i: int) -> bool:
    """`112.3亿元，为年度预算209.5亿元的53.6%`: the whole stands right before the percentage."""
    whole = i - 1
    if view.figures[whole].kind not in AMOUNTS or view.is_cell(whole):
        return False
    sentence = view.figures[i].sentence
    candidates = [
        j for j in view.levels_before(whole, unit_of=whole, limit=6) if view.figures[j].sentence >= sentence - 1
    ]
    candidates = [j for j in candidates if view.figures[j].sentence == sentence] or candidates[:2]
    if view.said[whole].predicate != "average":  # 发送旅客831.4万人次，日均20.8万人次，恢复到…的89.8%
        candidates = [j for j in candidates if view.said[j].predicate != "average"] or candidates
    for j in candidates:
        if view.trial("share", (j, whole, i)):
            return view.claim("share", (j, whole, i), "…的百分之几")
    if not candidates or view.figures[candidates[0]].sentence != sentence:
        for j in _named_before(view, i, whole):
            if view.trial("share", (j, whole, i)) or view.slip("share", (j, whole, i), "garbled"):
                return view.claim("share", (j, whole, i), "…的百分之几")
    if candidates and view.figures[candidates[0]].sentence == sentence:
        near = candidates[0]
        comma = view.between(near, whole)
        plain = len(comma) < 30 and comma.count("，") + comma.count(",") <= 1 and not re.search("[。；;]", comma)
        if plain or ("。" not in comma and len(comma) < 60 and view.slip("share", (near, whole, i), "garbled")):
            return view.claim("share", (near, whole, i), "…的百分之几")
    view.leave((i, whole), "a percentage of a stated whole, but no part that belongs to it")
    return True


_SUBJECT = lazy_pattern(
    r"(?:^|[，,。；;：:])(?P<name>[^，,。；;：:]{4,20}?)(?:仅|约|已|便)?(?:[为為是达達占佔]|相当于|相當於)[^，,。；;]{0,10}$"
)


def _named_before(view: View, i: int, whole: int) -> list[int]:
    """What the clause that states the whole speaks of (人均可支配收入为全省平均水平34404元的94.4%), told earlier."""
    at = view.figures[whole].at
    start = max(view.article.sentences[view.figures[whole].sentence].start, at - FAR_BACK)
    clause = _SUBJECT.search(view.text[start:at])
    if clause is None or re.search("[0-9]", clause["name"]):
        return []
    return [
        j
        for j in range(whole)
        if view.level[j]
        and not view.said[j].base
        and not view.titled(j)
        and view.alike(j, whole)
        and shared_characters(clause["name"], view.metrics[j]) >= 0.9
        and len(view.metrics[j]) <= len(clause["name"]) + 6
    ][:1]


def _claim_contribution(view: View, i: int) -> bool:
    """`合计拉动全市规上工业增长4.6个百分点，贡献率达55.4%`: points ÷ growth rate."""
    sentence = view.figures[i].sentence
    points = [
        j for j in range(i - 1, -1, -1) if view.figures[j].unit == "百分点" and view.figures[j].sentence == sentence
    ]
    if not points:
        return False
    for j in range(i - 1, -1, -1):
        figure, statement = view.figures[j], view.statements[j]
        if (
            statement
            and figure.unit == "%"
            and statement.predicate == "change"
            and view.trial("share", (points[0], j, i))
        ):
            return view.claim("share", (points[0], j, i), "贡献率")
    return False


def _claim_stated(view: View, i: int) -> None:
    """A share or rate whose part and whole must be sought."""
    figure, statement = view.figures[i], view.said[i]
    label, said = statement.before, statement.object
    if (
        statement.predicate == "rate"
        and _NO_SHARE.search(f"{statement.subject}{statement.word}")
        and not _pair_stands_before(view, i)
    ):
        return
    if TOGETHER.search(label) and _claim_sum_of_shares(view, i):
        return
    parts = parts_of(view, i)
    if not parts:
        if TOGETHER.search(label) or (
            figure.bound == "exact" and (_claim_exact(view, i, said) or _claim_of_rows(view, i))
        ):
            return
        view.leave((i,), "a share without a part in its sentence")
        return
    far = statement.predicate == "share" and FAR.search(label[label.rfind("占") :]) is not None
    far = far and not _is_province(figure.scope) and not _is_province(view.scope)  # 全省 is near in its own article
    exact = figure.bound == "exact"
    for j in parts[: 3 if exact else 1]:
        if far:
            break
        wholes = wholes_of(view, i, j, said)
        for w in wholes[: 14 if exact else 4]:
            if not exact and ((said and shared_characters(said, view.metrics[w]) < 0.5) or "其余" in label):
                continue
            if view.trial("share", (j, w, i)):
                if exact and means_another(view, i, j, w):
                    continue
                if exact and view.figures[w].bound != "exact" and meant_but_failing(view, i) is not None:
                    continue  # 逾九百亿元 fits nearly everything, and the exact amount that is meant does not
                view.claim("share", (j, w, i), statement.word or "占")
                return
    if exact and not far and (_claim_exact(view, i, said) or _claim_of_rows(view, i)):
        return
    if not far and _claim_several_parts(view, i, said):
        return
    part = parts[0]
    if far:
        own = not statement.subject or shared_characters(statement.subject, view.metrics[part]) >= 0.8
        if view.figures[part].kind == "count" and own and len(view.between(part, i)) < 60:
            view.claim("feasible_share", (part, i), "占全省", implied=True)
        return
    claim_plain_failure(view, i, parts, said)


def _is_province(scope: str | None) -> bool:
    return scope is not None and scope.endswith(("省", "自治区"))


def _pair_stands_before(view: View, i: int) -> bool:
    """Whether two levels in one unit stand right before the percentage, in its sentence."""
    sentence = view.figures[i].sentence
    own = [j for j in view.levels_before(i, limit=4) if view.figures[j].sentence == sentence]
    own = [j for j in own if not view.said[j].bracketed]
    return len(own) >= 2 and view.alike(own[0], own[1])


def _claim_of_rows(view: View, i: int) -> bool:
    """`秦州区、麦积区两个城区完成投资占全市的50.3%`: the parts are rows of a table."""
    clause = view.text[max(0, view.figures[i].at - 60) : view.figures[i].at]
    for grid in view.grids:
        columns = sorted({cell.column for cell, _ in grid.cells if cell.unit != "%"})
        for column in columns:
            cells = [(cell, f) for cell, f in grid.cells if cell.column == column]
            parts = [f for cell, f in cells if len(cell.row_label) >= 2 and not cell.total and cell.row_label in clause]
            total = [f for cell, f in cells if cell.total]
            if parts and total and view.trial("share", (*parts, total[0], i)):
                return view.claim("share", (*parts, total[0], i), "表中各行")
    return False


def _claim_exact(view: View, i: int, said: str) -> bool:
    """A part in the sentence before, or named by the clause's own subject, with a whole that fits exactly."""
    statement = view.said[i]
    if view.digits(i) < 3:
        return False
    near = [
        j
        for j in range(i - 1, max(-1, i - 16), -1)
        if view.level[j] and view.paragraphs[j] == view.paragraphs[i] and view.periods[j] >= view.periods[i] - 3
    ]
    cells = [
        j
        for j in range(view.count)
        if view.is_cell(j) and statement.subject and shared_characters(statement.subject, view.metrics[j]) >= 0.8
    ]
    for j in (*near, *cells[:12]):
        named = shared_characters(statement.subject, view.metrics[j]) if statement.subject else 0.5
        if named < 0.5:
            continue
        for w in wholes_of(view, i, j, said)[:10]:
            if (not said or shared_characters(said, view.metrics[w]) >= 0.5) and view.trial("share", (j, w, i)):
                if means_another(view, i, j, w):
                    continue
                return view.claim("share", (j, w, i), statement.word or "占")
    return False


def _claim_several_parts(view: View, i: int, said: str) -> bool:
    """Shares of two or three parts together."""
    if not re.search(
        "合计|合占|共占|两项|三项|两者|三者|两个|三个|合起来|加起来|3个|2个|之和|共同", view.said[i].before
    ):
        return _claim_list_together(view, i, said)
    parts = [
        j
        for j in range(i - 1, max(-1, i - 16), -1)
        if view.level[j] and view.paragraphs[j] == view.paragraphs[i] and view.figures[j].value > 10
    ]
    if "前" in view.said[i].before and (first := _FIRST_OF.search(view.said[i].before)) is not None:
        row = [j for j in parts if view.figures[j].sentence == view.figures[i].sentence and view.alike(j, parts[0])]
        row = [j for j in row if j == parts[0] or view.between(j, j + 1)[:1] == "、"]
        leading = tuple(row[::-1][: "零一两三四五".index(first[1].replace("二", "两"))])
        wholes = wholes_of(view, i, leading[0], said)[:10] if len(leading) > 1 else []
        held = next((w for w in wholes if w not in leading and view.trial("share", (*leading, w, i))), None)
        return held is not None and view.claim("share", (*leading, held, i), "合计占")
    for size in (2, 3, 4):
        group = [j for j in parts if view.alike(j, parts[0])][:size]
        if len(group) < size:
            break
        for w in wholes_of(view, i, group[0], said)[:10]:
            exact = view.figures[w].bound == "exact" or view.figures[i].bound != "exact"
            if exact and w not in group and view.trial("share", (*group[::-1], w, i)):
                return view.claim("share", (*group[::-1], w, i), "合计占")
    return False


def _claim_list_together(view: View, i: int, said: str) -> bool:
    """`前三位的是供水783件、道路579件、供电562件，占总量的77%`: a list right before, and no part named."""
    if view.said[i].subject or not i or not view.level[i - 1]:
        return False
    first = i - 1
    while first and view.level[first - 1] and view.alike(first - 1, i - 1) and of_one_list(view, first - 1, i - 1):
        first -= 1
    parts = tuple(range(first, i))
    if len(parts) < 3 or view.figures[first].sentence != view.figures[i].sentence:
        return False
    return any(
        view.figures[w].bound == "exact"
        and view.trial("share", (*parts, w, i))
        and view.claim("share", (*parts, w, i), "合计占")
        for w in wholes_of(view, i, i - 1, said)[:10]
    )


def _claim_sum_of_shares(view: View, i: int) -> bool:
    """`三者合计占51.1%`: the shares before it add up to it."""
    shares = []
    for j in range(i - 1, max(-1, i - 24), -1):
        statement = view.statements[j]
        if view.paragraphs[j] != view.paragraphs[i]:
            break
        if view.figures[j].unit == "%" and statement is not None and statement.predicate in ("share", "rate"):
            shares.append(j)
            if len(shares) > 1 and view.trial("sum", (*reversed(shares), i)):
                return view.claim("sum", (*reversed(shares), i), "合计占")
    return False
