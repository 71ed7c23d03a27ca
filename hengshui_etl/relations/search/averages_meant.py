"""Which total and which count an average means, by its words alone.

Belongs here: the operands that a careful reader takes an average to have, found before anything is computed, and how
sure the words are of them. Does not belong here: which averages hold (averages.py).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.view import View, covered
from hengshui_etl.relations.units import factor_between
from hengshui_etl.vocab import alternatives, toml, words

_DATA = toml("averages")
_PER = tuple((lazy_pattern(alternatives(per["words"])), words(per["units"])) for per in _DATA["per"])
_PERSONS = frozenset(("人", "名", "位"))
_THINGS = ("个", "家", "户", "所", "座", "处", "间", "项", "校", "企")
_RATED = tuple((rated["word"], rated["total"], rated["number"]) for rated in _DATA["rated"])
"""What is divided by what in averages that are called by a name of their own."""
_CLASSIFIER = lazy_pattern(
    r"每[百千万十]*(?P<unit>[个家所项座处张台辆场批期班组条栋床架艘只头起宗支株艘口件笔套])|(?P<head>[场校企店村镇乡县车床台批班架只头株座起组])均"
    r"|(?P<one>单个|每千人|每万人)"
)
_NAMED = lazy_pattern(
    r"(?:平均)?(?:每|单|一(?=[笔户家人亩]))[百千万十]*(?P<unit>(?:公里|千米|平方米|人次|公顷|[个名位户家件人口所座只台辆处组支起宗笔场套亩张项批井])?)(?P<noun>[^\W\d_a-zA-Z]{0,8})$"
)
"""What is counted, where the average names it: 每千名老年人拥有, 平均每个家庭户的人口."""
_VERBS = lazy_pattern(alternatives(_DATA["between"]["verbs"]))
_FLOWS = lazy_pattern(rf"(?:{alternatives(_DATA['between']['flows'])})$")
_FORMER = lazy_pattern(
    "(?:(?:上年|去年|前年|同期)(?:同期|末|底|全年)?(?:度|为|是|仅|只有)?|(?:目标|任务|计划)(?:为|是|数|面积|的)?)$"
)
_OF_WHICH = lazy_pattern(
    r"(?:从|由)[^，。；\d]{2,14}的[^，。；\d]{0,2}(?:企业|商户|用户|农户|客户|家庭|学生|职工|群众|村民|人员)$"
)
_SUM = lazy_pattern(r"(?:共|总额|总量|总计|合计|惠及)[^\W\d_a-zA-Z]{0,4}$")
_AVERAGE = lazy_pattern(r"[^\W\d_a-zA-Z]均|平均|每|亩产|单产|单价")


class Meant(NamedTuple):
    """Total and count of an average as its words have them, and whether they leave no other."""

    total: int
    number: int
    sure: bool


def units_counted(before: str) -> tuple[str, ...]:
    """The units of what may have been divided by, as the word of averaging names it; none where it names none."""
    tail = before[-16:]
    start, length, found = -1, 0, tuple[str, ...]()
    for pattern, units in _PER:
        for m in pattern.finditer(tail):
            if (m.start(), len(m.group())) > (start, length):  # 每人次 rather than 每人
                start, length, found = m.start(), len(m.group()), units
    for m in _CLASSIFIER.finditer(tail):
        if m.start() > start:
            unit = m["unit"] or m["head"] or ""
            if m["one"]:
                start, found = m.start(), ("人", "名") if "人" in m["one"] else ("个", "项")
            else:
                start, found = m.start(), _THINGS if unit in _THINGS else (unit,)
    return found


def meant_by(view: View, i: int) -> list[Meant]:
    """The pairs of total and count that the average `i` can mean, the likeliest first; `sure` where there is but one.

    Units, sentences, names and nearness decide; the values of the figures have no part in it.
    """
    before = view.said[i].before
    rated = next(((total, (count,)) for word, total, count in _RATED if word in before), None)
    units = rated[1] if rated is not None else units_counted(before)
    noun, rest, subject = _names(before)
    near = [j for j in range(i - 1, max(-1, i - 40), -1) if _may_be_meant(view, j, i)]
    counts = [j for j in near if _counts(view, j, i, units)]
    totals = [j for j in near if (view.figures[j].unit == rated[0] if rated is not None else _converts(view, j, i))]
    if view.figures[i].bound == "exact":  # 100万元以上 is any sum
        totals = [j for j in totals if view.figures[j].bound != "min"] or totals
    later = [
        j
        for j in range(i + 1, min(view.count, i + 3))
        if view.level[j]
        and view.periods[j] == view.periods[i]
        and _converts(view, j, i)
        and _SUM.search(view.said[j].before)
    ]
    told_before = any(j in totals and view.figures[j].sentence == view.figures[i].sentence for j in near)
    if later and (later[0] == i + 1 or not told_before):
        totals = later[:1]
    if len(noun) >= 2:
        counts = [j for j in counts if covered(noun, view.metrics[j]) >= 0.66] or counts
    elif len(subject) >= 2:
        counts = [j for j in counts if _is_told_of(view, j, subject) >= 0.75] or counts
    if len(rest) >= 2:
        totals = [j for j in totals if not _FLOWS.search(view.said[j].before)] or totals
        totals = (
            [j for j in totals if covered(rest, view.said[j].behind[:4]) == 1]
            or [j for j in totals if covered(rest, view.metrics[j]) >= 0.66]
            or totals
        )
    if len(subject) >= 2:
        totals = [j for j in totals if covered(subject, view.metrics[j]) >= 0.75] or totals
    own = view.figures[i].unit
    counts = [j for j in counts if view.figures[j].unit != own or own in _PERSONS]
    counts = [j for j in counts if own != "次" or view.figures[j].unit in _PERSONS]
    if set(counts) & set(totals):
        if not noun and len(totals) > 1:
            totals = [j for j in totals if j != counts[0]]
        elif totals[0] in counts and totals[0] == i - 1 and noun + "中" in before:
            totals = totals[:1]
            counts = [j for j in counts if j != totals[0]]
        else:
            totals = [j for j in totals if j not in counts]
    alone = len(counts) == 1
    counts, totals = _of_first_unit(view, _nearest(view, i, counts), units), _nearest(view, i, totals)
    if not counts or not totals:
        return []
    first_counts, first_totals = counts, totals
    if len(totals) > 1 and len(counts) == 1:
        first_totals = _undivided(view, _borne(view, totals, counts[0]))
    elif len(counts) > 1 and len(totals) == 1:
        first_counts = _undivided(view, _borne(view, counts, totals[0]))
    else:
        first_counts, first_totals = _undivided(view, counts), _undivided(view, totals)
        if len(first_counts) == 1:
            first_totals = _borne(view, first_totals, first_counts[0])
        elif len(first_totals) == 1:
            first_counts = _borne(view, first_counts, first_totals[0])
    pairs = [(t, n) for t in first_totals for n in first_counts if t != n]
    sure = (
        len(pairs) == 1
        and bool(units)
        and (
            _told_together(view, i, *pairs[0], noun, rest, alone=alone)
            or (len(subject) >= 4 and _is_told_of(view, pairs[0][1], subject) == 1)
            or (
                rated is not None
                and len(subject) >= 2
                and all(covered(subject, view.metrics[j]) == 1 for j in pairs[0])
            )
        )
    )
    others = [(t, n) for t in totals for n in counts if t != n and (t, n) not in pairs]
    return [Meant(t, n, sure and k == 0) for k, (t, n) in enumerate((pairs + others)[:12])]


def _is_told_of(view: View, j: int, subject: str) -> float:
    """How much of a subject, 0 to 1, figure `j` is told of (2.6万亩果园受冻 … 受冻果园亩均获赔)."""
    return covered(subject, view.metrics[j] + view.said[j].behind)


def _told_together(view: View, i: int, total: int, count: int, noun: str, rest: str, *, alone: bool) -> bool:
    """Whether total and count are told with the average, or what they are told of is called by one name."""
    if view.paragraphs[total] != view.paragraphs[i]:
        return False
    if view.periods[count] == view.periods[total] == view.periods[i]:
        return True
    if view.periods[count] == view.periods[i] and len(rest) >= 2 and covered(rest, view.metrics[total]) >= 0.66:
        return True
    if (alone and view.figures[count].unit in ("天", "千瓦")) or (
        len(noun) >= 2 and covered(noun, view.metrics[count]) >= 0.66
    ):
        return True
    one, other = view.metrics[total], view.metrics[count]
    return view.paragraphs[count] == view.paragraphs[i] and one[:2] == other[:2]


def _names(before: str) -> tuple[str, str, str]:
    """What is counted and what is shared out, where the average names them, and what its clause is about."""
    named = _NAMED.search(before[-18:])
    noun, rest = "", ""
    if named is not None:
        parts = _VERBS.split(named["noun"], maxsplit=1)
        noun, rest = parts[0], _VERBS.sub("", parts[1]) if len(parts) > 1 else ""
    clause = re.split("[，,、]", before)[-1]
    shared = re.search(r"[人户亩次日]均(?P<rest>[^\W\d_a-zA-Z]{2,4})$", clause)
    if named is None and shared is not None:
        rest = _VERBS.sub("", shared["rest"])
    average = _AVERAGE.search(clause)
    subject = (
        re.sub("^(?:全[市县省州国区]|折合|算下来|的)", "", clause[: average.start()]) if average is not None else ""
    )
    return noun, rest, subject if len(subject) <= 6 else ""


def said_per(view: View, j: int) -> bool:
    """Whether figure `j` is itself an average."""
    return view.said[j].predicate == "average" or _AVERAGE.search(view.said[j].before[-5:]) is not None


def is_base(view: View, j: int) -> bool:
    """Whether figure `j` is what another is compared with; 从银行拿到贷款的企业486户 only says of which it is."""
    return view.said[j].base and _OF_WHICH.search(view.said[j].before) is None


def _may_be_meant(view: View, j: int, i: int) -> bool:
    said = view.said[j]
    return (
        view.level[j]
        and not is_base(view, j)
        and not said.bracketed
        and not view.titled(j)
        and not view.is_cell(j)
        and view.figures[j].high is None
        and (view.figures[j].bound != "min" or not view.figures[j].unit.endswith(("月", "年", "天")))
        and _FORMER.search(said.before[-8:]) is None
        and "就有" not in said.before[-3:]
        and (not said_per(view, j) or "日均" in said.before[-6:])
    )


def _counts(view: View, j: int, i: int, units: tuple[str, ...]) -> bool:
    return (view.figures[j].unit in units if units else view.figures[j].kind == "count") and not said_per(view, j)


def _converts(view: View, j: int, i: int) -> bool:
    one, other = view.figures[j].unit, view.figures[i].unit.partition("/")[0]
    return (
        one == other
        or {one, other} <= _PERSONS
        or (one, other) in (("人次", "次"), ("人次", "人"))
        or factor_between(one, other) is not None
    )


def _nearest(view: View, i: int, among: list[int]) -> list[int]:
    """Those of the nearest stretch that has any: the sentence, the sentences to the full stop, the paragraph, all."""
    here = view.figures[i].sentence
    for close in (
        [j for j in among if view.figures[j].sentence == here],
        [j for j in among if view.periods[j] == view.periods[i]],
        [j for j in among if view.paragraphs[j] == view.paragraphs[i]],
        among,
    ):
        if close:
            return close
    return []


def _undivided(view: View, among: list[int]) -> list[int]:
    """Without the parts of a whole that stands among them."""
    if len(among) < 2:
        return among
    parts = {
        p for c in view.claims if c.type in ("sum", "part_of") and c.operands[-1] in among for p in c.operands[:-1]
    }
    for c in view.claims:
        if c.type == "sum" and set(among) <= set(c.operands[:-1]) and c.operands[-1] < min(among):
            return [c.operands[-1]]
    named = {j for j in among if "其中" in view.said[j].before}
    return [j for j in among if j not in parts and j not in named] or among


def _of_first_unit(view: View, among: list[int], units: tuple[str, ...]) -> list[int]:
    """Those in the unit that the word names first, where any is."""
    return [j for j in among if units and view.figures[j].unit == units[0]] or among


def _borne(view: View, among: list[int], by: int) -> list[int]:
    """Those whose name begins like that of figure `by`, as no other's does; all where there is no such."""

    def common(j: int) -> int:
        one, other = view.metrics[j], view.metrics[by]
        if one and len(one) >= 3 and one in other:
            return len(one)
        return next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))

    alike = sorted(((common(j), j) for j in among), reverse=True)
    if len(alike) > 1 and alike[0][0] >= 2 and alike[0][0] > alike[1][0]:
        return [alike[0][1]]
    return among
