"""Changes: differences and growth rates between stated levels, and gaps whose other side is not stated."""

from __future__ import annotations

import re

from hengshui_etl.relations.search.view import View, covered, shared_characters

_BALANCE = re.compile(
    r"收益|利润|亏|赤字|差距|相差|净落|净赚|纯收入|净得|净剩|落下|顺差|逆差|结余|盈余|差额|净增|净流入|净值|结转|净"
)
_REAL = re.compile(r"可比价|不变价|实际增长|扣除价格|可比口径|同口径|同比口径|剔除|按可比|可比增长|名义")
_WHEN = re.compile(
    r"长假|假期|春节|国庆|五一|黄金周|此时|当时|上年|去年|前年|同期|年初|上月|上季|年末|年底|\d{4}年|\d{1,2}月|全年|上半年|[一二三四]季度|底|末|初|的"
)
_FROM_TO = re.compile(r"(?:由|从|自)[^，。；]{0,24}$")


def find_changes(view: View) -> None:
    """Claim differences and growth of an article."""
    for i, figure in enumerate(view.figures):
        statement = view.statements[i]
        if statement is None:
            continue
        if figure.direction is not None and figure.kind in ("count", "money", "measure"):
            _amount(view, i)
        elif figure.unit == "百分点" and (
            figure.direction is not None or (i and _LEVEL_OF_OTHERS.fullmatch(view.between(i - 1, i)))
        ):
            _points(view, i)
        elif figure.unit == "%" and figure.direction is not None:
            if statement.predicate == "gap":
                _percent_gap(view, i)
            else:
                _rate(view, i)
        elif (
            figure.direction is None
            and figure.kind in ("money", "count", "measure")
            and _BALANCE.search(statement.before)
        ):
            _balance(view, i)
        elif (
            figure.direction is None
            and figure.kind in ("money", "count", "measure")
            and _MORE.search(statement.before)
            and view.level[i]
        ):
            _plain_amount(view, i)
        elif (
            figure.direction is None
            and figure.kind in ("money", "count", "measure")
            and re.search("累计减|共减|合计减|减贫|净减", statement.before)
        ):
            _balance(view, i)


def _any_pair(view: View, i: int) -> bool:
    """Two levels or cells before it whose difference is exactly the amount; four digits make chance unlikely."""
    if len(f"{view.figures[i].value.normalize():f}".replace(".", "").strip("0")) < 3:
        return False
    near = [
        j
        for j in range(i - 1, max(-1, i - 40), -1)
        if view.figures[j].unit == view.figures[i].unit
        and (view.level[j] or view.statements[j] is None)
        and not view.titled(j)
    ]
    long = len(f"{view.figures[i].value.normalize():f}".replace(".", "").strip("0")) >= 5
    for a in range(len(near)):
        if not long and view.paragraphs[near[a]] != view.paragraphs[i]:
            break
        for b in range(a + 1, len(near)):
            one, other = near[a], near[b]
            gap = abs(view.values[one] - view.values[other])
            if abs(gap - view.values[i]) <= 0.01 * view.values[i] and view.trial("difference", (one, other, i)):
                alike = shared_characters(view.figures[one].metric or "", view.figures[other].metric or "")
                if long or (alike >= 0.5 and view.paragraphs[other] == view.paragraphs[i]):
                    return view.claim("difference", (other, one, i), "相差")
    return False


_LEVEL_OF_OTHERS = re.compile(r"的?(?:平均)?(?:水平|增速|增幅|比重|均值)(?:高|低|快|慢)?(?:出|了)?")
_MORE = re.compile(r"(?:多|少|增|减|高|低|净|差|缺)[^，。；]{0,6}$")


def _plain_amount(view: View, i: int) -> None:
    """`去年同期为22087万吨，多装卸1567万吨`: a difference said with a verb of its own."""
    near = [j for j in view.levels_before(i, unit_of=i, limit=4) if view.periods[j] == view.periods[i]]
    for a in range(len(near)):
        for b in range(a + 1, len(near)):
            pair = (near[a], near[b])
            if any(
                s is not None and s.base for s in (view.statements[near[a]], view.statements[near[b]])
            ) and view.trial("difference", (*pair, i)):
                view.claim("difference", (pair[1], pair[0], i), "多或少")
                return


def _level_of(view: View, i: int, alike: bool = False) -> int | None:
    """The level that a change belongs to: the nearest before it in its sentence that is no base of comparison; with
    `alike`, of those in its unit."""
    figure = view.figures[i]
    for j in view.levels_before(i, limit=5, unit_of=i if alike else None):
        if view.figures[j].sentence != figure.sentence:
            break
        statement = view.statements[j]
        if statement is not None and not statement.base and not statement.bracketed:
            return j
    return None


def _base_between(view: View, level: int, i: int) -> int | None:
    """The level of another time between a level and its change (比上年的288.7万吨增加)."""
    for j in range(level + 1, i):
        statement = view.statements[j]
        if statement is not None and view.level[j] and view.alike(j, level) and (statement.base or statement.bracketed):
            return j
    return None


def _levels_pair(view: View, i: int) -> tuple[int, int] | None:
    """(level, other level) that a change lies between: both in its sentence, in either order."""
    figure = view.figures[i]
    near = [j for j in view.levels_before(i, limit=5) if view.figures[j].sentence == figure.sentence]
    for j in near:
        statement = view.statements[j]
        if statement is not None and statement.base:
            for k in sorted(near, key=lambda k: (k > j, -k)):  # a level stands before what it is compared with
                other = view.statements[k]
                if k != j and other is not None and not other.base and view.alike(j, k):
                    return k, j
    base = next((j for j in near if (s := view.statements[j]) is not None and s.base), None)
    if base is not None and (said := _WHEN.sub("", view.said[base].subject)):
        for k in view.levels_before(base, unit_of=base, limit=8, same_paragraph=True):
            other = view.statements[k]
            if (
                other is not None
                and not other.base
                and covered(said.strip("较比与的"), view.figures[k].metric or "") >= 0.9
            ):
                return k, base
    return None


def _amount(view: View, i: int) -> None:
    """`比上年增加6.8万吨`: a difference of two levels, or of one that is not stated."""
    statement = view.statements[i]
    assert statement is not None
    pair = _levels_pair(view, i)
    if pair is not None and view.alike(pair[0], i):
        if view.trial("difference", (*pair, i)):
            view.claim("difference", (*pair, i), statement.word)
            return
        if (i - min(pair) <= 4 or view.slip("difference", (*pair, i))) and not (
            statement.predicate == "gap" and not statement.temporal
        ):
            view.claim("difference", (*pair, i), statement.word)
            return
    if (
        statement.predicate == "gap"
        and not statement.temporal
        and i
        and view.statements[i - 1] is not None
        and view.said[i - 1].bracketed
        and view.figures[i - 1].unit == view.figures[i].unit
    ):
        other = [
            j
            for j in view.levels_before(i - 1, unit_of=i, limit=2)
            if view.figures[j].sentence == view.figures[i].sentence
        ]
        if other:
            view.claim("difference", (other[0], i - 1, i), statement.word)
            return
    # the two levels may stand in either order, or the sentence before
    near = [
        j for j in view.levels_before(i, unit_of=i, limit=6) if view.figures[j].sentence >= view.figures[i].sentence - 1
    ]
    for a in range(len(near)):
        for b in range(a + 1, len(near)):
            if view.figures[near[a]].bound == "exact" == view.figures[near[b]].bound and view.trial(
                "difference", (near[b], near[a], i)
            ):
                left, right = view.figures[near[a]].metric or "", view.figures[near[b]].metric or ""
                if shared_characters(left, right) > 0.5 or _BALANCE.search(statement.before):
                    view.claim("difference", (near[b], near[a], i), statement.word)
                    return
    if _any_pair(view, i):
        return
    level = _level_of(view, i, alike=True)
    if level is None:
        earlier = list(view.levels_before(i, unit_of=i, limit=3, same_paragraph=True))
        level = (
            next((j for j in earlier if shared_characters(statement.subject, view.figures[j].metric or "") > 0.8), None)
            if statement.subject
            else None
        )
    if level is not None and view.alike(level, i) and statement.temporal:
        view.claim("difference", (level, i), statement.word, implied=True)


def _rate(view: View, i: int) -> None:
    """`比上年的198.1亿元增长12.4%`: growth of two stated levels, or of a level and its change."""
    figure, statement = view.figures[i], view.statements[i]
    assert statement is not None
    if figure.bound not in ("exact", "approx", "min"):
        return
    if _unit_slip(view, i):
        return
    real = _REAL.search(view.text, max(0, figure.at - 60), figure.at) is not None
    pair = _levels_pair(view, i)
    if pair is not None:
        if view.trial("growth", (*pair, i)):
            view.claim("growth", (*pair, i), statement.word)
            return
        if not real and i - min(pair) <= 4 and _same_thing(view, pair, i) and _plausible(view, pair, i):
            view.claim("growth", (*pair, i), statement.word)
            return
    if figure.bound == "exact" and _swept(view, i):
        return
    level = None
    for j in range(i - 1, max(-1, i - 4), -1):
        if view.figures[j].sentence != figure.sentence:
            break
        other = view.statements[j]
        if (
            other is not None
            and view.figures[j].direction is not None
            and view.figures[j].kind in ("count", "money", "measure")
            and other.temporal
        ):
            level = _level_of(view, j)
            if (
                level is not None
                and view.alike(level, j)
                and (
                    view.trial("growth", (level, j, i))
                    or (
                        not real
                        and i == j + 1
                        and not statement.subject
                        and len(view.between(j, i)) <= 8
                        and pair is None
                    )
                )
            ):
                view.claim("growth", (level, j, i), statement.word)
            return


def _swept(view: View, i: int) -> bool:
    """Any two levels close by whose growth is exactly the rate: three digits or a decimal make chance unlikely."""
    near = [
        j
        for j in range(i - 1, max(-1, i - 9), -1)
        if view.statements[j] is not None
        and view.figures[j].kind in ("money", "count", "measure")
        and view.periods[j] >= view.periods[i] - 1
        and not view.titled(j)
        and view.figures[j].direction is None
    ]
    for a in near:
        for b in near:
            if (
                a != b
                and view.figures[a].unit == view.figures[b].unit
                and view.values[b]
                and view.trial("growth", (a, b, i))
            ):
                other = view.statements[b]
                if other is not None and (
                    other.base
                    or shared_characters(view.figures[a].metric or "", view.figures[b].metric or "") >= 0.5
                    or _WHEN.search(other.before)
                ):
                    return view.claim("growth", (a, b, i), "增长")
    return False


def _unit_slip(view: View, i: int) -> bool:
    """`由上年的38.4%降到27.9%，降幅10.5%`: two percentages and their difference, printed as per cent."""
    figure, statement = view.figures[i], view.statements[i]
    if statement is not None and re.search("高出|高于|低于|快于|慢于|高|低|快|慢", statement.word):
        percents = [
            j
            for j in range(i - 1, max(-1, i - 6), -1)
            if view.figures[j].unit == "%" and view.figures[j].bound == "exact" and view.periods[j] == view.periods[i]
        ]
        for a, one in enumerate(percents):
            for other in percents[a + 1 :]:
                if figure.value and abs(view.figures[one].value - view.figures[other].value) == figure.value:
                    return view.claim("difference", (other, one, i), "百分点写作%")
    if i < 2 or any(
        view.figures[j].unit != "%"
        or view.figures[j].direction is not None
        or view.figures[j].sentence != figure.sentence
        for j in (i - 1, i - 2)
    ):
        return False
    if (
        not (_is_from(view, i - 2) or _is_from(view, i - 1))
        or abs(view.figures[i - 1].value - view.figures[i - 2].value) != figure.value
    ):
        return False
    if view.trial("growth", (i - 1, i - 2, i)):
        return False
    return view.claim("difference", (i - 1, i - 2, i), "百分点写作%")


def _plausible(view: View, pair: tuple[int, int], i: int) -> bool:
    """Whether a rate that does not fit two levels can be a misprint of theirs rather than a rate of something else."""
    level, base = view.values[pair[0]], view.values[pair[1]]
    if not base or not 0.2 < level / base < 5:
        return False
    stated = view.values[i] / 100 * (-1 if view.figures[i].direction == "down" else 1)
    return abs(level / base - 1 - stated) < 0.15 or view.slip("growth", (*pair, i))


def _same_thing(view: View, pair: tuple[int, int], i: int) -> bool:
    base = view.statements[pair[1]]
    rate = view.statements[i]
    if base is None or rate is None:
        return False
    own = re.sub("相比|对比|同比|环比", "", rate.subject)
    if own and covered(own, view.figures[pair[0]].metric or "") < 0.5:
        return False
    label = _WHEN.sub("", base.subject)
    return not label or shared_characters(label, view.figures[pair[0]].metric or "") >= 0.5


def _points(view: View, i: int) -> None:
    """`提高1.2个百分点`, `高于全省9.2个百分点`: a difference of two percentages, or of one and one not stated."""
    figure, statement = view.figures[i], view.statements[i]
    assert statement is not None
    if re.search("拉动|贡献|拉低|影响|向上拉|下拉", statement.before):
        return
    percents = [
        j
        for j in range(i - 1, max(-1, i - 12), -1)
        if view.figures[j].unit == "%" and view.paragraphs[j] == view.paragraphs[i] and view.figures[j].high is None
    ]
    own = [j for j in percents if view.figures[j].sentence == figure.sentence]
    if not own:
        own = [j for j in percents if view.periods[j] >= view.periods[i] - 1][:4]
        if statement.subject:
            own.sort(key=lambda j: -round(covered(statement.subject, view.figures[j].metric or ""), 1))
        if not own:
            view.leave((i,), "a gap in points without the percentage that it belongs to")
            return
    other_side = i - 1
    if (
        other_side in own
        and _LEVEL_OF_OTHERS.fullmatch(view.between(other_side, i))
        and re.search("高于|低于|快于|慢于|优于|超过|比|较", view.said[other_side].before)
    ):
        rates = [
            j
            for j in own
            if j != other_side
            and view.figures[j].bound == "exact"
            and not _LEVEL_OF_OTHERS.match(view.text[view.figures[j].till : view.figures[j].till + 4])
        ]
        stated = next((j for j in rates if view.said[j].predicate in ("change", "rate", "share")), None)
        if stated is not None:
            view.claim("difference", (stated, other_side, i), statement.word)
            return
    for a, one in enumerate(own[:5]):
        for other in own[a + 1 : 6]:
            mixed = (view.figures[one].direction is None) != (view.figures[other].direction is None)
            if mixed or view.figures[one].bound != "exact" or view.figures[other].bound != "exact":
                continue
            if view.trial("difference", (one, other, i)) and _paired(view, one, other, i):
                first, second = _ordered(view, one, other)
                view.claim("difference", (first, second, i), statement.word)
                return
    base = [j for j in own[:3] if _is_from(view, j)]
    if base and len(own) >= 2 and i - own[0] == 1:
        level = next((j for j in own[:3] if j not in base), None)
        if level is not None and abs(level - base[0]) == 1 and not statement.subject:
            view.claim("difference", (level, base[0], i), statement.word)
            return
    level = _percent_level(view, i, own)
    if level is None:
        view.leave((i,), "a gap in points without the percentage that it belongs to")
        return
    view.claim("difference", (level, i), statement.word, implied=True)


def _is_from(view: View, j: int) -> bool:
    statement = view.statements[j]
    return statement is not None and (
        statement.base or statement.bracketed or _FROM_TO.search(statement.before) is not None
    )


def _ordered(view: View, one: int, other: int) -> tuple[int, int]:
    """(level, other level): the later printed first unless it is the base."""
    return (other, one) if _is_from(view, one) and not _is_from(view, other) else (one, other)


def _paired(view: View, one: int, other: int, i: int) -> bool:
    """Whether two percentages are levels of one thing or of two that the gap compares."""
    a, b = view.statements[one], view.statements[other]
    gap = view.statements[i]
    if a is None or b is None or gap is None:
        return True
    if (
        a.predicate in ("share", "rate")
        and b.predicate in ("share", "rate")
        and a.word != b.word
        and not (_is_from(view, one) or _is_from(view, other))
    ):
        return shared_characters(view.figures[one].metric or "", view.figures[other].metric or "") > 0.7
    return True


def _percent_level(view: View, i: int, own: list[int]) -> int | None:
    """The percentage that a gap in points belongs to."""
    statement = view.statements[i]
    assert statement is not None
    wanted = statement.subject
    for j in own[:6]:
        other = view.statements[j]
        if other is None or other.base or (_is_from(view, j) and not other.subject):
            continue
        if re.search("增速|增幅|涨幅|降幅|增长", wanted) and view.figures[j].direction is None:
            continue
        if re.search("占比|比重|比例|率", wanted) and view.figures[j].direction is not None:
            continue
        if (
            wanted
            and shared_characters(wanted, f"{view.figures[j].metric or ''}{other.word}增速幅占比") < 0.5
            and j != own[0]
        ):
            continue
        return j
    return None


def _percent_gap(view: View, i: int) -> None:
    """`增速比城镇居民快1.7%`: per cent printed where points are meant, if two rates stand before it."""
    figure, statement = view.figures[i], view.statements[i]
    assert statement is not None
    if statement.temporal and not re.search("增速|增幅|涨幅|降幅|率|比重|占比", statement.before):
        _rate(view, i)
        return
    rates = [
        j
        for j in range(i - 1, -1, -1)
        if view.figures[j].unit == "%" and view.figures[j].bound == "exact" and view.statements[j] is not None
    ][:40]
    for a, one in enumerate(rates[:3]):
        if view.periods[one] < view.periods[i] - 1:
            break
        for other in rates[a + 1 :]:
            far = view.paragraphs[other] != view.paragraphs[i]
            if far and shared_characters(statement.object, view.figures[other].metric or "") < 0.45:
                continue
            if (view.figures[one].direction is None) != (view.figures[other].direction is None):
                continue
            gap = abs(view.figures[one].value - view.figures[other].value)
            if gap == figure.value and figure.value:
                view.claim("difference", (one, other, i), statement.word)
                return


def _balance(view: View, i: int) -> None:
    """`收入68.9亿元，支出61.4亿元，当期结余7.5亿元`: the difference of the two levels before it."""
    statement = view.statements[i]
    assert statement is not None
    near = [j for j in view.levels_before(i, unit_of=i, limit=8) if view.periods[j] >= view.periods[i] - 1]
    for a in range(len(near)):
        for b in range(a + 1, len(near)):
            one, other = near[a], near[b]
            if view.values[one] < view.values[other]:
                one, other = other, one
            if view.trial("difference", (one, other, i)):
                view.claim("difference", (one, other, i), "差额")
                return
    if re.search("净落|净赚|纯收入|净收入|净得|净剩|纯利|落下", statement.before) and len(near) >= 2:
        one, other = near[1], near[0]
        deducted = view.statements[other]
        if (
            deducted is not None
            and re.search("扣|除|减|刨|成本", deducted.before)
            and view.periods[one] == view.periods[i]
            and 0.7 < (view.values[one] - view.values[other]) / view.values[i] < 1.4
        ):
            view.claim("difference", (one, other, i), "扣除")
            return
    if re.search("顺差|逆差|结余|差额|累计减|共减", statement.before) and len(near) >= 2:
        one, other = near[1], near[0]
        if view.figures[one].sentence == view.figures[other].sentence == view.figures[i].sentence and view.slip(
            "difference", (one, other, i)
        ):
            view.claim("difference", (one, other, i), "差额")
