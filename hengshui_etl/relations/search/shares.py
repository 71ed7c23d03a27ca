"""Shares: part ÷ whole = percentage, and a count with its percentage of a whole that is not stated."""

from __future__ import annotations

import re

from hengshui_etl.relations.search.view import View, shared_characters

_FAR = re.compile(r"全省|全国|省内|全球|世界|全自治区|全疆")
_TOGETHER = re.compile(r"合计|共占|总共|之和|三者|两者|四者|上述|以上[^，。]{0,8}合|合占")
_OWN_RATE = re.compile(
    r"完成率|覆盖率|合格率|投保率|参保率|占比|比重|比例|开发率|增长面|优良率|达标率|办结率|开工率|投产率|入库率|通车率|利用率|使用率|入住率|上线率|普及率|回收率|整改率|签约率|履约率|到位率|"
    r"率$|面$|度$"
)
_NO_SHARE = re.compile(
    r"增长率|增速|利率|汇率|死亡率|出生率|周转率|失业率|通胀|发生率|毛利率|机械化率|自给率|成活率|负债率|杠杆率|容积率|降水|湿度|浓度|城镇化率|森林覆盖率|覆盖度|满意|知晓率|存活率|增长率|周转|入学率|毕业率|恩格尔|弃风|回报率|收益率"
)
_GROWTH_SHARE = re.compile(r"贡献率|贡献")


def find_shares(view: View) -> None:
    """Claim the shares of an article that hold, or fail by their own words."""
    for i, figure in enumerate(view.figures):
        statement = view.statements[i]
        if statement is None or figure.unit not in ("%", "‰") or figure.high is not None:
            continue
        if statement.of_previous and _of_previous(view, i):
            continue
        if statement.predicate == "level":
            _plain(view, i)
        if statement.predicate not in ("share", "rate") or figure.direction is not None:
            continue
        if _GROWTH_SHARE.search(statement.before) and _contribution(view, i):
            continue
        _stated(view, i)


def _plain(view: View, i: int) -> None:
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


def find_failing_shares(view: View) -> None:
    """A second look at the shares left over, once sums and other shares have shown what the wholes are."""
    settled = {c.operands[-1] for c in view.claims if c.type in ("share", "feasible_share", "sum", "restatement")}
    wholes = {p: c.operands[-1] for c in view.claims if c.type == "sum" and not c.implied for p in c.operands[:-1]}
    for i, figure in enumerate(view.figures):
        statement = view.statements[i]
        if i in settled or statement is None or figure.unit != "%" or figure.bound != "exact":
            continue
        if statement.predicate != "share" or statement.subject or _FAR.search(statement.before):
            continue
        part = next((j for j in range(i - 1, max(-1, i - 4), -1) if view.level[j]), None)
        if part is None or view.figures[part].sentence != figure.sentence or len(view.between(part, i)) > 24:
            continue
        candidates = [wholes[part]] if part in wholes else []
        candidates += [w for w in _neighbour_wholes(view, i, part) if w not in candidates]
        for w in candidates[:2]:
            named = not statement.object or shared_characters(statement.object, view.figures[w].metric or "") >= 0.5
            if w == part or not named or not view.alike(w, part):
                continue
            if view.trial("share", (part, w, i)) or view.slip("share", (part, w, i), loose=True):
                view.claim("share", (part, w, i), statement.word or "占")
                break
    _wrong_whole(view)


def _wrong_whole(view: View) -> None:
    """Two or more shares of a paragraph that fail alike: their parts and percentages agree on a whole that is printed
    otherwise, by one slip."""
    settled = {c.operands[-1] for c in view.claims if c.type in ("share", "feasible_share", "sum", "restatement")}
    open_shares: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for i, figure in enumerate(view.figures):
        statement = view.statements[i]
        if i in settled or statement is None or figure.unit != "%" or figure.bound != "exact" or not view.values[i]:
            continue
        if statement.predicate != "share" or _FAR.search(statement.before):
            continue
        part = next((j for j in range(i - 1, max(-1, i - 4), -1) if view.level[j]), None)
        if part is not None and view.figures[part].sentence == figure.sentence and len(view.between(part, i)) <= 24:
            open_shares.setdefault((view.paragraphs[i], view.figures[part].unit), []).append((part, i))
    for (paragraph, unit), shares in open_shares.items():
        if len(shares) < 2:
            continue
        bounds = [_implied(view, part, i) for part, i in shares]
        low, high = max(b[0] for b in bounds), min(b[1] for b in bounds)
        if low > high:
            continue
        for w in range(view.count):
            if view.figures[w].unit != unit or not view.level[w] or view.paragraphs[w] > paragraph:
                continue
            claims = [(part, w, i) for part, i in shares if w not in (part, i)]
            if len(claims) == len(shares) and all(view.mendable("share", ops, w) for ops in claims):
                for ops in claims:
                    view.claim("share", ops, "占")
                break


def _implied(view: View, part: int, i: int) -> tuple[float, float]:
    """Between which values the whole must lie; a hint for the search, not a verdict."""
    half = float(view.figures[i].place) / 2
    return view.values[part] * 100 / (view.values[i] + half), view.values[part] * 100 / max(view.values[i] - half, 1e-9)


def _neighbour_wholes(view: View, i: int, part: int) -> list[int]:
    """The wholes of the shares around figure `i` in its paragraph, the nearest first."""
    near = [
        (abs(c.operands[-1] - i), c.operands[-2])
        for c in view.claims
        if c.type == "share" and view.paragraphs[c.operands[-1]] == view.paragraphs[i] and abs(c.operands[-1] - i) <= 12
    ]
    return list(dict.fromkeys(w for _, w in sorted(near) if w != part))


def _of_previous(view: View, i: int) -> bool:
    """`112.3亿元，为年度预算209.5亿元的53.6%`: the whole stands right before the percentage."""
    whole = i - 1
    if not view.alike(whole, whole) or view.figures[whole].kind not in ("count", "money", "measure"):
        return False
    sentence = view.figures[i].sentence
    candidates = [
        j for j in view.levels_before(whole, unit_of=whole, limit=6) if view.figures[j].sentence >= sentence - 1
    ]
    candidates = [j for j in candidates if view.figures[j].sentence == sentence] or candidates[:2]
    for j in candidates:
        if view.trial("share", (j, whole, i)):
            return view.claim("share", (j, whole, i), "…的百分之几")
    parts = candidates
    if parts and view.figures[parts[0]].sentence == sentence:
        near = parts[0]
        comma = view.between(near, whole)
        plain = len(comma) < 30 and comma.count("，") + comma.count(",") <= 1 and not re.search("[。；;]", comma)
        if plain or ("。" not in comma and len(comma) < 60 and view.slip("share", (near, whole, i), loose=True)):
            return view.claim("share", (near, whole, i), "…的百分之几")
    view.leave((i, whole), "a percentage of a stated whole, but no part that belongs to it")
    return True


def _contribution(view: View, i: int) -> bool:
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


def _stated(view: View, i: int) -> None:
    """A share or rate whose part and whole must be sought."""
    figure, statement = view.figures[i], view.statements[i]
    assert statement is not None
    label = f"{statement.before}"
    said = statement.object
    if (
        statement.predicate == "rate"
        and _NO_SHARE.search(f"{statement.subject}{statement.word}")
        and not _pair_before(view, i)
    ):
        return
    if _TOGETHER.search(label) and _percent_total(view, i):
        return
    parts = _parts(view, i)
    if not parts:
        if _TOGETHER.search(label) or (figure.bound == "exact" and (_swept(view, i, said) or _rows_share(view, i))):
            return
        view.leave((i,), "a share without a part in its sentence")
        return
    own_province = (figure.scope or "").endswith(("省", "自治区"))
    far = statement.predicate == "share" and not own_province and _FAR.search(label[label.rfind("占") :]) is not None
    exact = figure.bound == "exact"
    for j in parts[: 3 if exact else 1]:
        if far:
            break
        wholes = _wholes(view, i, j, said)
        for w in wholes[: 14 if exact else 4]:
            if not exact and (
                (said and shared_characters(said, view.figures[w].metric or "") < 0.5) or "其余" in label
            ):
                continue
            if view.trial("share", (j, w, i)):
                view.claim("share", (j, w, i), statement.word or "占")
                return
    if exact and not far and (_swept(view, i, said) or _rows_share(view, i)):
        return
    if not far and _several_parts(view, i, parts, said):
        return
    part = parts[0]
    if far:
        own = not statement.subject or shared_characters(statement.subject, view.figures[part].metric or "") >= 0.8
        if view.figures[part].kind == "count" and own and len(view.between(part, i)) < 60:
            view.claim("feasible_share", (part, i), "占全省", implied=True)
        return
    _failing(view, i, parts, said)


def _rows_share(view: View, i: int) -> bool:
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


def _swept(view: View, i: int, said: str) -> bool:
    """A part in the sentence before, or named by the clause's own subject, with a whole that fits exactly."""
    figure, statement = view.figures[i], view.statements[i]
    assert statement is not None
    if len(f"{figure.value.normalize():f}".replace(".", "").strip("0")) < 3:
        return False
    near = [
        j
        for j in range(i - 1, max(-1, i - 16), -1)
        if view.level[j] and view.paragraphs[j] == view.paragraphs[i] and view.periods[j] >= view.periods[i] - 3
    ]
    cells = [
        j
        for j in range(view.count)
        if view.statements[j] is None
        and statement.subject
        and shared_characters(statement.subject, view.figures[j].metric or "") >= 0.8
    ]
    for j in (*near, *cells[:12]):
        named = shared_characters(statement.subject, view.figures[j].metric or "") if statement.subject else 0.5
        if named < 0.5:
            continue
        for w in _wholes(view, i, j, said)[:10]:
            if (not said or shared_characters(said, view.figures[w].metric or "") >= 0.5) and view.trial(
                "share", (j, w, i)
            ):
                return view.claim("share", (j, w, i), statement.word or "占")
    return False


def _pair_before(view: View, i: int) -> bool:
    sentence = view.figures[i].sentence
    own = [j for j in view.levels_before(i, limit=4) if view.figures[j].sentence == sentence]
    return len(own) >= 2 and view.alike(own[0], own[1])


def _parts(view: View, i: int) -> list[int]:
    """Levels that the percentage may be a share of something with: of its own sentence, the nearest first."""
    sentence = view.figures[i].sentence
    found = [j for j in view.levels_before(i, limit=6) if view.figures[j].sentence == sentence]
    listed = view.statements[i]
    # 占比分别为25.5%、72.8%和1.6% after three levels: the k-th percentage goes with the k-th level
    if listed is not None and re.search("分别|依次", listed.before):
        first = i
        while (
            first
            and view.figures[first - 1].unit == "%"
            and view.statements[first - 1] is not None
            and len(view.between(first - 1, first)) <= 1
        ):
            first -= 1
        last = i
        while last + 1 < view.count and view.figures[last + 1].unit == "%" and len(view.between(last, last + 1)) <= 1:
            last += 1
        size = last - first + 1
        levels = [j for j in range(first - 1, -1, -1) if view.level[j] and view.figures[j].sentence == sentence][:size]
        if len(levels) < size and size > 1:  # the levels stand in the sentence before
            levels = [
                j
                for j in range(first - 1, max(-1, first - 14), -1)
                if view.level[j] and view.periods[j] >= view.periods[i] - 1
            ][:size]
        if len(levels) == size and size > 1 and len({view.figures[j].unit for j in levels}) == 1:
            return [levels[::-1][i - first]]
    return found


def _wholes(view: View, i: int, part: int, said: str) -> list[int]:
    """Levels in the part's unit that may be the whole: those that the words name first, then the nearest."""
    value = view.values[part]
    percent = view.values[i] / (100 if view.figures[i].unit == "%" else 1000)
    ranked: list[tuple[float, int, int]] = []
    for w in range(view.count):
        if w in (part, i) or not view.alike(w, part):
            continue
        if not (view.level[w] or view.statements[w] is None):
            continue
        statement = view.statements[w]
        if (statement is not None and statement.base) or (view.titled(w) and view.trial("restatement", (w, part))):
            continue
        if view.figures[w].sentence > view.figures[i].sentence:
            break
        if percent <= 1.0 and view.values[w] < value * 0.98:
            continue
        match = shared_characters(said, view.figures[w].metric or "") if said else 0.0
        distance = abs(part - w)
        ranked.append(
            (
                -round(match, 1) - (0.35 if view.paragraphs[w] == view.paragraphs[i] else 0),
                distance if w < i else distance + 50,
                w,
            )
        )
    ranked.sort()
    return [w for _, _, w in ranked]


def _several_parts(view: View, i: int, parts: list[int], said: str) -> bool:
    """Shares of two or three parts together."""
    statement = view.statements[i]
    if statement is None:
        return False
    if not re.search("合计|合占|共占|两项|三项|两者|三者|两个|三个|合起来|加起来|3个|2个|之和|共同", statement.before):
        return False
    parts = [
        j
        for j in range(i - 1, max(-1, i - 16), -1)
        if view.level[j] and view.paragraphs[j] == view.paragraphs[i] and view.figures[j].value > 10
    ]
    for size in (2, 3, 4):
        group = [j for j in parts if view.alike(j, parts[0])][:size]
        if len(group) < size or not all(view.alike(g, group[0]) for g in group):
            break
        for w in _wholes(view, i, group[0], said)[:10]:
            if w not in group and view.trial("share", (*group[::-1], w, i)):
                return view.claim("share", (*group[::-1], w, i), "合计占")
    return False


def _percent_total(view: View, i: int) -> bool:
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


def _failing(view: View, i: int, parts: list[int], said: str) -> None:
    """No candidate holds: accuse only where part and whole are plain, or one slip explains it."""
    figure, statement = view.figures[i], view.statements[i]
    assert statement is not None
    label = statement.before
    part = parts[0]
    near = view.between(part, i)
    listed = re.search("分别|依次", statement.before) is not None
    own = not statement.subject or shared_characters(statement.subject, view.figures[part].metric or "") >= 0.6
    close = own and len(near) < 40 and "。" not in near and near.count("，") + near.count(",") + near.count("；") <= 2
    if listed and len(parts) == 1 and figure.bound == "exact":
        sibling = _sibling_whole(view, i)
        if (
            sibling is not None
            and sibling != part
            and view.alike(sibling, part)
            and not _two_fold(view, part, sibling, i)
        ):
            view.claim("share", (part, sibling, i), statement.word or "占")
            return
    if figure.bound != "exact":
        if close and view.figures[part].kind == "count" and _feasible(view, part, i):
            view.claim("feasible_share", (part, i), "占", implied=True)
        return
    wholes = _wholes(view, i, part, said)
    same_sentence = [w for w in wholes if view.figures[w].sentence == figure.sentence and w < part]
    if close and wholes:
        named = [w for w in wholes if said and shared_characters(said, view.figures[w].metric or "") >= 0.7 and w < i]
        if statement.predicate == "rate":
            named = [
                w for w in wholes if w < i and len(tail := (view.figures[w].metric or "")[-4:]) == 4 and tail in label
            ]
        sibling = _sibling_whole(view, i)
        for w in dict.fromkeys(
            [*([sibling] if sibling is not None else []), *named[:2], *same_sentence[:2], *wholes[:1]]
        ):
            if w == part or not view.alike(w, part):
                continue
            strong = (
                (w in named[:1] and len(said) >= 4)
                or (w == sibling and not said)
                or bool(same_sentence[:1] == [w] and statement.predicate == "rate" and len(view.between(w, part)) < 24)
            )
            if (
                not strong
                and (w == sibling or w in same_sentence[:2] or w in named[:2])
                and view.slip("share", (part, w, i), loose=True)
            ):
                strong = True
            if strong:
                if (
                    statement.predicate == "share"
                    and said
                    and shared_characters(said, view.figures[w].metric or "") < 0.5
                    and not view.slip("share", (part, w, i))
                ):
                    continue
                if _two_fold(view, part, w, i) and not view.slip("share", (part, w, i), loose=True):
                    continue
                view.claim("share", (part, w, i), statement.word or "占")
                return
    if close and statement.predicate == "share":
        likely = [
            w
            for w in wholes[:10]
            if w < i and (not said or shared_characters(said, view.figures[w].metric or "") >= 0.4)
        ]
        swapped = [w for w in likely if view.slip("share", (part, w, i), only=i)]
        if len(swapped) == 1:
            view.claim("share", (part, swapped[0], i), statement.word or "占")
            return
    if (
        close
        and view.figures[part].kind == "count"
        and not same_sentence
        and (
            statement.predicate == "rate"
            or not any(shared_characters(said, view.figures[w].metric or "") >= 0.5 for w in wholes)
            or not said
        )
        and _feasible(view, part, i)
    ):
        view.claim("feasible_share", (part, i), statement.word or "占", implied=True)
        return
    view.leave((part, i), "a share whose whole is not stated, or not plainly")


def _feasible(view: View, part: int, i: int) -> bool:
    """Whether a percentage plainly is that of the count before it, whose whole is not stated."""
    statement = view.statements[i]
    assert statement is not None
    if _TOGETHER.search(statement.before):
        return False
    if (
        view.figures[part].value < 3
        and view.statements[part] is not None
        and view.text[view.figures[part].at] in "一两二三"
    ):
        return False
    if view.trial("feasible_share", (part, i), implied=True) is False:
        return len(view.between(part, i)) < 24 and (statement.predicate == "share" and not statement.subject)
    return (statement.predicate == "share" and not statement.subject) or bool(
        _OWN_RATE.search(statement.word) and view.periods[part] == view.periods[i]
    )


def _two_fold(view: View, part: int, whole: int, i: int) -> bool:
    """Whether the ratio is so far off that the whole can hardly be meant."""
    if not view.values[whole]:
        return True
    ratio = view.values[part] / view.values[whole] * (100 if view.figures[i].unit == "%" else 1000)
    stated = view.values[i]
    if not stated or not ratio:
        return True
    quotient = ratio / stated
    return not 0.55 < quotient < 1.8 and not any(0.99 < quotient * k < 1.01 for k in (10, 100, 0.1, 0.01))


def _sibling_whole(view: View, i: int) -> int | None:
    """The whole of the shares just before in the same paragraph (占14.7% after 占税收收入的40.7%)."""
    for claim in reversed(view.claims):
        if (
            claim.type == "share"
            and view.paragraphs[claim.operands[-1]] == view.paragraphs[i]
            and i - claim.operands[-1] <= 6
        ):
            return claim.operands[-2]
    return None
