"""Parts that are kinds of what was counted before: named in a list by field, by an attribute, by a word we know.

Belongs here: relations of type part_of between a whole and its kinds, as nouns show them. Does not belong here: parts
behind 其中 (parts.py), by verbs (parts_told.py), in groups and overlaps (parts_by_words.py).
"""

from __future__ import annotations

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.parts_told import printed_name
from hengshui_etl.relations.search.sum_evidence import BY
from hengshui_etl.relations.search.view import View
from hengshui_etl.vocab import alternatives, toml, words

_KINDS = tuple(
    (lazy_pattern(rf"(?:{alternatives(kind['part'])})[^，。；\d]{{0,4}}$"), words(kind["whole"]))
    for kind in toml("parts")["kinds"]
)
_TAKEN = lazy_pattern(r"(?:已|获|被|得到|予以|全部|均)?(?:采纳|整改|办结|落实|批准|通过|改判|回复|达标|销号|兑现)")
_HAVING = lazy_pattern(r"^[，,]?(?:其中)?(?:已|目前)?有$")
_OF_THESE = lazy_pattern(r"这(?:部分|些|批|类)[^，。；\d]{0,8}$")
_QUALIFIED = lazy_pattern(
    r"(?:[过超破达上][百千万十]?[^，。；\d]{0,8}|以上|以下|[级型类]|[^\W\d_a-zA-Z]过)的(?P<noun>[^\W\d_a-zA-Z]{1,6}?)(?:有|达到?|为|已有|共)?$"
)
_NOUN = lazy_pattern(r"[^\W\d_a-zA-Z]{2}")
_FAR = 14
_BESIDES = 5
"""Characters that may stand beside the word for a whole: 查处交通违法, but not 不礼让斑马线违法行为."""


def claim_kinds(view: View) -> None:
    """Claim the kinds of a whole that are told apart from it."""
    for i in range(1, view.count):
        if not view.plain(i) or view.figures[i].bound not in ("exact", "approx") or view.figures[i].high is not None:
            continue
        for find, reason in (
            (_taken, "办理阶段"),
            (_some, "组内"),
            (_of_these, "组内"),
            (_qualified, "名称在内"),
            (_known, "名称在内"),
        ):
            whole = find(view, i)
            if whole is not None and not _linked(view, i, whole) and view.trial("part_of", (i, whole)):
                view.claim("part_of", (i, whole), reason)
                break
    _claim_fields(view)


def _linked(view: View, i: int, whole: int) -> bool:
    return any(i in c.operands and whole in c.operands for c in view.claims if len(c.operands) <= 12)


def _same(view: View, i: int, j: int) -> bool:
    """Whether two figures count in one unit, of one place, the whole exactly."""
    one, other = view.figures[i], view.figures[j]
    return one.unit == other.unit and one.scope == other.scope and view.plain(j) and other.bound == "exact"


def _taken(view: View, i: int) -> int | None:
    """`提出建议183条，有171条获采纳`: how many of those right before came to something."""
    figure, j = view.figures[i], i - 1
    if _HAVING.match(view.said[i].before) is None or _TAKEN.match(view.text, figure.till) is None:
        return None
    return j if view.periods[j] == view.periods[i] and _same(view, i, j) else None


def _some(view: View, i: int) -> int | None:
    """`涉及单位28个，有23个单位清理不及时，有14个单位…`: some of those counted first, by their noun."""
    figure = view.figures[i]
    noun = view.text[figure.till : figure.till + 2]
    if _HAVING.match(view.said[i].before) is None or _NOUN.fullmatch(noun) is None:
        return None
    for j in view.levels_before(i, unit_of=i, limit=6):
        if view.periods[j] != view.periods[i]:
            return None
        called = view.said[j].before[-4:] + view.text[view.figures[j].till :][:4]
        if noun in called and _HAVING.match(view.said[j].before) is None:
            return j if _same(view, i, j) else None
    return None


def _of_these(view: View, i: int) -> int | None:
    """`留在省内73.5万人，省内这部分有46.2万人在市内`."""
    j = i - 1
    told = _OF_THESE.search(view.said[i].before) is not None and view.periods[j] == view.periods[i]
    return j if told and _same(view, i, j) else None


def _qualified(view: View, i: int) -> int | None:
    """`12条产业链产值2316亿元。…产值过百亿元的链条有7条`: those of them that have some property."""
    told = _QUALIFIED.search(view.said[i].before)
    if told is None:
        return None
    head = told["noun"][-1]
    for j in view.levels_before(i, unit_of=i, limit=4, same_paragraph=True):
        figure = view.figures[j]
        if _same(view, i, j) and head in view.text[figure.till : figure.till + 8] + view.metrics[j][-4:]:
            return j if view.opens_paragraph(j) or j == i - 1 else None
    return None


def _known(view: View, i: int) -> int | None:
    """`农作物受灾64.5万亩，绝收5.2万亩`: a kind by the words of vocab/parts.toml, of the nearest that is called so."""
    before = view.said[i].before
    for part, wholes in _KINDS:
        if part.search(before) is None:
            continue
        for j in view.levels_before(i, unit_of=i, limit=_FAR):
            name = printed_name(view, j)
            if part.search(view.said[j].before) or not any(
                w in name and len(name) <= len(w) + _BESIDES for w in wholes
            ):
                continue
            periods = view.figures[j].period, view.figures[i].period
            near = view.paragraphs[i] - view.paragraphs[j] <= 2
            return j if near and _same(view, i, j) and (periods[0] == periods[1] or None in periods) else None
    return None


def _claim_fields(view: View) -> None:
    """`立案862件，其中行政794件。按领域看，生态377件、食品186件、安全74件`: of what the paragraph counted first."""
    for i in range(1, view.count):
        if not view.plain(i) or i in view.parts or "、" in view.between(i - 1, i):
            continue
        lead = BY.search(view.text, max(view.figures[i - 1].till, view.figures[i].at - 24), view.figures[i].at)
        if lead is None:
            continue
        fields = [i]
        while (
            fields[-1] + 1 < view.count
            and view.plain(fields[-1] + 1)
            and view.between(fields[-1], fields[-1] + 1)[:1] == "、"
            and _same(view, fields[-1] + 1, i)
        ):
            fields.append(fields[-1] + 1)
        whole = next(
            (j for j in view.levels_before(i, unit_of=i, limit=8, same_paragraph=True) if view.opens_paragraph(j)), None
        )
        if whole is None or len(fields) < 2 or not _same(view, i, whole) or set(fields) & view.parts:
            continue
        if sum(view.values[j] for j in fields) <= view.values[whole]:
            for j in fields:
                if not _linked(view, j, whole) and view.trial("part_of", (j, whole)):
                    view.claim("part_of", (j, whole), "按…看")
