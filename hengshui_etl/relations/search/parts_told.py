"""Parts and wholes that a reader knows from the words: stages of one matter, new within all, a year within the years.

Belongs here: relations of type part_of that verbs and nouns show, near each other. Does not belong here: parts behind
其中 and by name or period (parts.py), limits, groups and overlaps (parts_by_words.py).
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.parts import ends_list, inner_period
from hengshui_etl.relations.search.view import View, covered
from hengshui_etl.vocab import alternatives, toml

_DATA = toml("parts")
_FIRM = lazy_pattern(rf"^(?:目前|现|今年)?(?:{alternatives(_DATA['stages']['firm'])})[了的]?$")
_SUCCESS = lazy_pattern(rf"^(?P<verb>[^\W\d_a-zA-Z]{{2}})(?:{alternatives(_DATA['stages']['success'])})[了的]?$")
_INCLUDING = lazy_pattern(rf"^[，,]?(?:{alternatives(_DATA['marks']['including'])})[^，。；、\d]{{2,20}}$")
_NEW = lazy_pattern(rf"(?:{alternatives(_DATA['stock']['new'])})(?P<noun>[^\W\d_a-zA-Z]{{0,12}})$")
_JOINING = lazy_pattern(rf"^(?P<noun>[^\W\d_a-zA-Z]{{2,8}}?)(?:{alternatives(_DATA['stock']['joining'])})$")
_ALL = lazy_pattern(rf"(?:{alternatives(_DATA['stock']['all'])})")
_FLOW = _DATA["flow"]
_TOTAL = lazy_pattern(rf"(?P<stem>[^\W\d_a-zA-Z]{{2}}){_FLOW['total']}[为达到]*$")
_MADE = lazy_pattern(
    r"累计|历年|发放|缴存|提取|个人|住房|全[市县区省]|[我本全]?[市县区省]|\d{4}年末?|年末|末|月|底|，|、"
)
_SAME_VERB = lazy_pattern(r"^被?(?P<verb>[^\W\d_a-zA-Z]{2})[^，。；]{2,16}的$")
_ALONE = lazy_pattern(r"^[，,]?(?:仅|光|单是)[^，。；\d]{2,24}就(?:有|达)?$")
_UPWARDS = lazy_pattern(r"级以上(?P<noun>[^\W\d_a-zA-Z]{2,6})$")
_SINCE = lazy_pattern(r"(?:以来|历年|历届|共|，|^)累计(?P<verb>[^\W\d_a-zA-Z]{2})了?$")
_PEAK = lazy_pattern(r"单日|当日|当天|单月|一天|高峰")
_PER_TIME = lazy_pattern(r"日均|每天|每日|月均|每月")
_LEAD = lazy_pattern(rf"^(?:{alternatives(_DATA['name']['before'])})+")
_TAIL = lazy_pattern(rf"(?:{alternatives(_DATA['name']['behind'])}){{1,8}}$")
_KIND = lazy_pattern(rf"(?:{alternatives(_DATA['name']['kinds'])})$")
_NO_KIND = lazy_pattern(alternatives(_DATA["name"]["other"]))
_LONG = lazy_pattern("累计|全年|前[一二三四五六七八九十\\d]+个?月|上半年|前三季度|[首一二三四]季度?")
_SHORT = lazy_pattern(r"(?<![-—至到~～年])(?:\d{1,2}|[一二三四五六七八九十]{1,2})月(?!底|末)|当月|单月|当天|当日")
_WHEN = lazy_pattern(r"\d{4}年|\d{1,2}月份?|\d{1,2}日|前\d+个月|累计|单月|当月|当天|当日|[首一二三四]季度?|全年|上半年")
_GROUP = lazy_pattern(r"^(?P<noun>[^\W\d_a-zA-Z]{2,12})(?:中|里|当中)[^，。；、]{0,30}$")
_LISTED = lazy_pattern(r"^(?:[^，。；、]{1,12}、){1,8}[^，。；、]{1,14}分别为?$")


def claim_told_parts(view: View) -> None:
    """Claim the parts whose wholes the verbs and nouns name."""
    names = _names(view)
    linked = {frozenset((a, b)) for c in view.claims if len(c.operands) <= 12 for a in c.operands for b in c.operands}
    for i in range(1, view.count):
        if view.is_cell(i) or view.titled(i) or view.figures[i].high is not None:
            continue
        for find, reason in (
            (_stage, "办理阶段"),
            (_among_new, "新增在总量之内"),
            (_joining, "新增在总量之内"),
            (_included, "包括"),
            (_listed_within, "分别"),
            (_taken_up, "组内"),
            (_in_total, "总额之内"),
            (_upwards, "级以上"),
            (_since, "累计之内"),
            (_peak, "时间在内"),
        ):
            pair = find(view, i)
            if pair is None or frozenset(pair) in linked or view.trial("part_of", pair) is None:
                continue
            view.claim("part_of", pair, reason)
            linked.add(frozenset(pair))
        pair = _kind_of(view, i, names)
        if pair is not None and frozenset(pair) not in linked:
            holds = view.trial("part_of", pair)
            whole = printed_name(view, pair[1])
            if holds or (
                holds is False and len(whole) >= 4 and _KIND.search(_TAIL.sub("", printed_name(view, i)[: -len(whole)]))
            ):
                view.claim("part_of", pair, "名称在内")
    _in_longer_time(view, linked)


def printed_name(view: View, i: int) -> str:
    """The name of what figure `i` measures, as printed, without the place and the verb around it."""
    return _TAIL.sub("", _LEAD.sub("", view.said[i].before))


def _names(view: View) -> dict[tuple[str, str], int]:
    """The first figure of the body in each unit by its full name."""
    found: dict[tuple[str, str], int] = {}
    for j in range(view.count):
        figure = view.figures[j]
        if view.plain(j) and figure.bound == "exact" and not view.said[j].bracketed and figure.high is None:
            name = printed_name(view, j)
            if len(name) >= 2:
                found.setdefault((name, figure.unit), j)
    return found


def _kind_of(view: View, i: int, names: dict[tuple[str, str], int]) -> tuple[int, int] | None:
    """`实际使用外资21.84亿美元。…各开发区实际使用外资18.57亿美元`: a kind or a place before the name said first."""
    figure, own = view.figures[i], printed_name(view, i)
    if not view.plain(i) or figure.bound not in ("exact", "approx") or view.said[i].bracketed:
        return None
    if _NO_KIND.search(view.said[i].before):
        return None
    for cut in range(2, min(14, len(own) - 1)):
        j = names.get((own[cut:], figure.unit))
        if j is None or j >= i or own[cut - 1] == "进":
            continue
        other = view.figures[j]
        if other.scope != figure.scope or other.period != figure.period or "、" in own[:cut]:
            return None
        return (i, j)
    return None


def _before(view: View, i: int) -> int | None:
    """The level right before figure `i` in its full sentence, in its unit and of the same place; percentages and
    changes told of that level may stand between."""
    figure = view.figures[i]
    for j in range(i - 1, max(-1, i - 4), -1):
        if view.periods[j] != view.periods[i]:
            return None
        other = view.figures[j]
        if view.level[j]:
            if ends_list(view, j):
                return None
            same = other.unit == figure.unit and other.scope == figure.scope
            return j if same and view.plain(j) and other.bound == "exact" else None
        if other.kind != "percent" and other.direction is None:
            return None
    return None


def _in_longer_time(view: View, linked: set[frozenset[int]]) -> None:
    """`4月网签1820套。…前4个月累计网签6873套`; `全年客量7467万人次。…单计十二月，客量653.2万人次`."""
    flows = [
        i
        for i in range(view.count)
        if view.plain(i) and view.figures[i].bound == "exact" and view.figures[i].period is not None
    ]
    for i in flows:
        figure, words = view.figures[i], view.said[i].before
        clause = view.text[max(figure.at - len(words) - 14, 0) : figure.at - len(words)] + words
        if _SHORT.search(clause) is None or _NO_KIND.search(words):
            continue
        for j in flows:
            other = view.figures[j]
            if i == j or other.unit != figure.unit or other.scope != figure.scope or frozenset((i, j)) in linked:
                continue
            one, all_of_it = _bare(view, i), _bare(view, j)
            if not inner_period(figure, other) or len(all_of_it) > len(one) + 3 or covered(one, all_of_it) < 0.8:
                continue
            holds = view.trial("part_of", (i, j))
            if holds or (holds is False and _LONG.search(view.said[j].before) and one == all_of_it):
                view.claim("part_of", (i, j), "时间在内")
            break


def _bare(view: View, i: int) -> str:
    """What figure `i` measures, without the times that are said with it."""
    return _WHEN.sub("", printed_name(view, i))


def _stage(view: View, i: int) -> tuple[int, int] | None:
    """`提出抗诉37件，法院已审结29件`; `调解6480件，调解成功4212件`; `判处被告人1512人，判处五年以上…的97人`."""
    if not view.plain(i):
        return None
    words = view.said[i].before
    success, again = _SUCCESS.match(words), _SAME_VERB.match(words)
    j = _before(view, i)
    if j is None:
        return None
    lead = view.said[j].before
    if _FIRM.match(words):
        return (i, j)
    if success and success["verb"] in lead:
        return (i, j)
    if again and i == j + 1 and again["verb"] in lead and "的" not in lead and not _other_things(view, i, j):
        return (i, j)
    return None


def _other_things(view: View, i: int, j: int) -> bool:
    """Whether two counts are followed by the names of different things (28个省, 593个职业)."""
    one, other = (re.match(r"[^\W\d_a-zA-Z]{1,2}", view.text[view.figures[k].till :][:2]) for k in (i, j))
    return one is not None and other is not None and not set(one[0]) & set(other[0])


def _among_new(view: View, i: int) -> tuple[int, int] | None:
    """`新增规上工业企业76家，总数628家`; `民营企业有12.84万户，今年新增1.67万户`."""
    new = _NEW.search(view.said[i].before)
    figure = view.figures[i]
    if new is None or figure.bound != "exact" or figure.kind not in ("count", "measure"):
        return None
    noun = new["noun"]
    if not noun:  # told of the number right before
        j = i - 1
        stock = view.plain(j) and view.figures[j].unit == figure.unit and view.periods[j] == view.periods[i]
        last = view.figures[j].period
        known = stock and last is not None and last.first is None and view.figures[j].scope == figure.scope
        return (i, j) if known else None
    if not view.plain(i):
        return None
    for j in range(i + 1, min(view.count, i + 5)):
        other = view.figures[j]
        if view.paragraphs[j] != view.paragraphs[i]:
            return None
        if not view.level[j] or other.unit != figure.unit:
            continue
        words = view.said[j].before
        if not view.plain(j) or other.bound != "exact" or other.scope != figure.scope or _NEW.search(words):
            return None
        whole = _ALL.sub("", words)
        named = not whole or (whole[-2:] == noun[-2:] and covered(whole, noun) >= 0.5)
        return (i, j) if named and whole != words else None
    return None


def _joining(view: View, i: int) -> tuple[int, int] | None:
    """`小学27.35万人，初中15.72万人。小学招生4.21万人`."""
    joining = _JOINING.match(view.said[i].before)
    if joining is None or not view.plain(i):
        return None
    for j in view.levels_before(i, unit_of=i, limit=6, same_paragraph=True):
        if (
            view.plain(j)
            and view.said[j].before.endswith(joining["noun"])
            and view.figures[j].unit == view.figures[i].unit
        ):
            return (i, j) if view.figures[j].scope == view.figures[i].scope else None
    return None


def _included(view: View, i: int) -> tuple[int, int] | None:
    """`查处交通违法386.7万起，包括酒驾9864起`."""
    j = i - 1
    figure, other = view.figures[i], view.figures[j]
    gap = view.between(j, i)
    if not view.plain(i) or not view.plain(j) or figure.unit != other.unit:
        return None
    if _INCLUDING.match(gap) is None and _ALONE.match(gap) is None:
        return None
    return (i, j) if view.periods[i] == view.periods[j] and other.bound == "exact" else None


def _taken_up(view: View, i: int) -> tuple[int, int] | None:
    """`住宅火灾1407起，占45.0%；住宅火灾中发生在夜间的有1531起`: the name just said, and what there is in it."""
    group = _GROUP.match(view.said[i].before)
    j = _before(view, i)
    if group is None or j is None or not view.plain(i) or not view.said[j].before.endswith(group["noun"]):
        return None
    return (i, j)


def _listed_within(view: View, i: int) -> tuple[int, int] | None:
    """`民生类支出395340万元，占81.3%，教育、社保、卫生健康支出分别为102650万元、78430万元…`: of one head noun."""
    j = i
    while j > 0 and view.between(j - 1, j) in ("、", "和", "及") and view.figures[j - 1].unit == view.figures[i].unit:
        j -= 1
    if _LISTED.match(view.said[j].before) is None or not view.plain(i):
        return None
    head = re.sub("(?:分别|为){1,8}$", "", view.said[j].before)[-2:]
    whole = _before(view, j)
    if whole is None or not view.said[whole].before.endswith(head) or view.between(whole, j).count("，") > 2:
        return None
    return (i, whole)


def _in_total(view: View, i: int) -> tuple[int, int] | None:
    """`缴存额98.75亿元。缴存总额768.42亿元，缴存余额243.16亿元`: the year's and what is left lie within the total."""
    figure = view.figures[i]
    words = view.said[i].before
    if not view.plain(i) or figure.kind != "money" or figure.bound != "exact":
        return None
    for j in range(max(0, i - 14), min(view.count, i + 15)):
        other = view.figures[j]
        if j == i or other.unit != figure.unit or other.bound != "exact" or not view.plain(j):
            continue
        total = _TOTAL.search(view.said[j].before)
        if total is None or other.scope != figure.scope or abs(view.paragraphs[i] - view.paragraphs[j]) > 1:
            continue
        stem = total["stem"]
        kind = _MADE.sub("", view.said[j].before[: total.start()])
        if kind and kind not in words:
            continue  # 异地贷款总额, 贷款余额
        within = words.endswith((f"{stem}{_FLOW['balance']}", f"{stem}额")) or re.search(f"{stem}住房公积金$", words)
        period = other.period
        if within and period is not None and period.first is None:  # as of a day: of all the years
            return (i, j)
    return None


def _upwards(view: View, i: int) -> tuple[int, int] | None:
    """`38家A级景区…；崇圣寺三塔等4A级以上景区14家`: the upper grades of what was counted before."""
    noun = _UPWARDS.search(view.said[i].before)
    if noun is None or not view.plain(i):
        return None
    for j in view.levels_before(i, unit_of=i, limit=3, same_paragraph=True):
        if view.plain(j) and view.figures[j].unit == view.figures[i].unit:
            known = view.said[j].before[-8:] + view.text[view.figures[j].till :][:8]
            return (i, j) if "级" in known and noun["noun"] in known else None
    return None


def _since(view: View, j: int) -> tuple[int, int] | None:
    """`筹集保障性租赁住房1.35万套…；“十四五”以来累计筹集2.87万套`: what was done now is part of all that was done."""
    done, other = _SINCE.search(view.said[j].before), view.figures[j]
    if done is None or not view.plain(j) or other.bound != "exact":
        return None
    for i in view.levels_before(j, unit_of=j, limit=6, same_paragraph=True):
        figure, words = view.figures[i], view.said[i].before
        if figure.unit != other.unit or not view.plain(i) or "累计" in words or figure.scope != other.scope:
            continue
        told = words + view.text[figure.till :][:6]
        if done["verb"] in told and figure.period != other.period and view.trial("part_of", (i, j)):
            return (i, j)
    return None


def _peak(view: View, i: int) -> tuple[int, int] | None:
    """`接待486.32万人次，…每天是60.79万人次。…单日78.46万人次`: the best day lies within what the mean is of."""
    if not view.plain(i) or _PEAK.search(view.said[i].before) is None:
        return None
    k = i - 1
    if view.figures[k].unit != view.figures[i].unit or _PER_TIME.search(view.said[k].before) is None:
        return None
    for j in view.levels_before(k, unit_of=i, limit=2, same_paragraph=True):
        compared = view.text.startswith(("相比", "对比"), view.figures[j].till)
        if view.plain(j) and view.figures[j].unit == view.figures[i].unit and not compared:
            return (i, j) if view.values[k] < view.values[i] and view.trial("part_of", (i, j)) else None
    return None
