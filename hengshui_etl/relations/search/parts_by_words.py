"""Parts and wholes that the words alone make known: what lies within a limit, in a group taken up, in an overlap.

Belongs here: relations of type part_of whose operands no arithmetic has to confirm, so that they may be accused. Does
not belong here: parts behind 其中, parts by name or period (parts.py).
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.view import View, covered
from hengshui_etl.vocab import alternatives, toml

_DATA = toml("parts")
_WITHIN = lazy_pattern(
    rf"^[，,、]?[^，。；\d]{{0,10}}(?:{alternatives(_DATA['limits']['within'])})[^，。；\d]{{0,12}}$"
)
_LIMIT = lazy_pattern(alternatives(_DATA["limits"]["words"]))
_FAR = 120  # characters of a sentence in which a group is looked for
_GROUP = lazy_pattern(
    r"(?:^|[，。；\n])(?:在)?(?:这些|全部|上述)?(?P<noun>[^\W\d_a-zA-Z]{2,10})(?:中|里|当中)(?:，|有|,|已)[^。；]{0,40}$"
)
_UNION = lazy_pattern(alternatives(_DATA["overlap"]["union"]))
_NET = lazy_pattern(
    rf"(?:{alternatives(_DATA['overlap']['both'])})[^，。；\d]{{0,8}}，(?:{alternatives(_DATA['overlap']['net'])})[^，。；\d]{{0,10}}$"
)
_COMMA = lazy_pattern("[，,]")
_IN_BOTH = lazy_pattern(
    r"^[^，。；\d]{0,6}(?:两|二|2)[^，。；\d]{0,8}(?:兼有|兼具|兼而有之|都有|均有|皆有|重叠|重复|交叉)"
)
_TAKEN_OFF = lazy_pattern(r"(?:扣除|剔除|去除|减去|除去)[^，。；\d]{0,4}(?:同时|重复|重叠|交叉|兼)[^，。；\d]{0,12}$")
_BOTH = lazy_pattern(r"^[^，。；\d]{0,4}同时[^，。；\d]{2,12}(?:两|二|2)[^，。；]{0,8}")


def claim_parts_by_words(view: View) -> None:
    """Claim the parts that words alone make known."""
    for i in range(1, view.count):
        if view.is_cell(i) or view.titled(i) or view.figures[i].unit in ("%", "百分点"):
            continue
        _within_limit(view, i)
        if view.plain(i):
            _in_group(view, i)
            _overlap(view, i)
            _net_of_overlap(view, i)


def _claim(view: View, part: int, whole: int, reason: str) -> None:
    linked = any(part in c.operands and whole in c.operands for c in view.claims)
    if not linked and view.trial("part_of", (part, whole)) is not None:
        view.claim("part_of", (part, whole), reason)


def _within_limit(view: View, i: int) -> None:
    """`债务余额38.26亿元，控制在限额39.15亿元之内`: the figure right before a limit lies within it."""
    j, figure = i - 1, view.figures[i]
    before = view.figures[j]
    if before.unit != figure.unit or before.sentence != figure.sentence or before.bound != "exact":
        return
    gap, behind = view.between(j, i), view.text[figure.till : figure.till + 8]
    if figure.bound in ("exact", "max") and _WITHIN.match(gap) and _LIMIT.search(gap + behind) and view.level[j]:
        _claim(view, j, i, "限额")


def _in_group(view: View, i: int) -> None:
    """`卫生技术人员里有医师14236人、护士21574人`: parts of the figure that was said of the group before."""
    figure = view.figures[i]
    start = view.article.sentences[figure.sentence].start
    if figure.at - start > _FAR:
        return
    group = _GROUP.search(view.text[max(0, start - 1) : figure.at])
    if group is None or re.search("其中|比|较", group.group()):
        return
    noun = group["noun"]
    for j in view.levels_before(i, unit_of=i, limit=12, same_paragraph=True):
        other = view.figures[j]
        if view.figures[j].sentence >= figure.sentence or other.unit != figure.unit:
            continue
        if view.metrics[j].endswith(noun) or view.text[other.till : other.till + 12].startswith(noun):
            if view.figures[j].scope == figure.scope and view.plain(j):
                _claim(view, i, j, "组内")
            return
    _in_members(view, i, noun)


def _in_members(view: View, i: int, noun: str) -> None:
    """`与356户用户签订协议。…签约用户中有287户参与`: the group is called by what was said of its members, the only
    figure in its unit that the paragraph told before, and their noun."""
    told = view.levels_before(i, unit_of=i, limit=3, same_paragraph=True)
    if len(noun) < 4 or len(told) != 1 or view.figures[told[0]].sentence >= view.figures[i].sentence:
        return
    j = told[0]
    figure = view.figures[j]
    sentence = view.article.sentences[figure.sentence]
    behind = view.text[figure.till : min(sentence.end, figure.till + _FAR)]
    same = figure.unit == view.figures[i].unit and figure.scope == view.figures[i].scope and figure.bound == "exact"
    if same and view.plain(j) and noun[-2:] in behind[:12] and covered(noun, behind) >= 0.75:
        _claim(view, i, j, "组内")


def _overlap(view: View, i: int) -> None:
    """`高血压29.8万人、糖尿病11.5万人，有2.7万人同时患有两种疾病`; `两类患者去除重复后合计46.1万人`."""
    figure = view.figures[i]
    near = [
        j
        for j in view.levels_before(i, unit_of=i, limit=4, same_paragraph=True)
        if view.periods[j] == view.periods[i]
        and view.plain(j)
        and view.figures[j].unit == figure.unit
        and not view.said[j].bracketed
    ]
    near = near[:2]
    if len(near) < 2:
        return
    behind = view.text[figure.till : figure.till + 24]
    if _BOTH.match(behind) or _IN_BOTH.match(behind):
        for j in near:
            _claim(view, i, j, "重叠")
    elif _UNION.search(view.said[i].before):
        for j in near:
            _claim(view, j, i, "去重合计")


def _net_of_overlap(view: View, i: int) -> None:
    """`商标23件、保护产品5个，因2个品牌兼具双重身份，实际涉及产品26个`: each group, and the overlap in both."""
    k = i - 1
    if k < 2 or view.periods[k - 2] != view.periods[i]:
        return
    if _NET.search(view.between(k, i)) is None and not (
        _TAKEN_OFF.search(view.said[k].before) and len(_COMMA.findall(view.between(k, i))) == 1
    ):
        return
    groups = [j for j in (k - 2, k - 1) if view.plain(j) and view.figures[j].kind == "count"]
    if (
        len(groups) < 2
        or not (view.plain(i) and view.figures[i].kind == "count")
        or not set("、和及与") & set(view.between(*groups))
    ):
        return
    for j in groups:
        _claim(view, j, i, "去重合计")
    if view.figures[k].kind == "count" and view.figures[k].unit == view.figures[groups[1]].unit:
        _claim(view, k, groups[1], "重叠")
