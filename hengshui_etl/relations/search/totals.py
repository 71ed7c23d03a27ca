"""Wholes and parts: sums, remainders, parts within a whole, percentages that make up a hundred."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter

from hengshui_etl.records import Figure
from hengshui_etl.relations.search.view import View, covered, shared_characters
from hengshui_etl.vocab import known_partitions

_REST = re.compile(r"其余|剩余|剩下|余下|尚余|还剩|还有|另有|尚有|结余|仍有|尚未|未[^，。]{0,6}的?(?:有|为)?$")
_REST_WORD = re.compile(r"其余|余下")
_OF_WHICH = re.compile(
    r"其中|包括|分为|分别|构成|组成|含|按[^，。；]{1,10}(?:分|看|统计|划分|计)|分[^，。；]{1,8}看|从[^，。；]{1,10}(?:看|来看|分)|：|:|一是"
)
_NOT_ALL = re.compile(r"等(?:[^级]|$)|以及其他|主要(?:是|有|包括|为)|特别是|尤其")
_INSIDE = re.compile(
    r"[^，,。；、;:：]{1,12}(?<!其)(?<!集)(?<!年)(?:中|里|内|当中)(?:[，,]|已|有|共|的|，?[^，。；]{0,16}(?:有|达到|为)?$)"
)
_BELOW = re.compile(r"已|其中|中|完成|完工|。|占|用于|整改|审结|办结|投|入|建成|开工|开放|到位|实施|销售|取得|获")
_MOST_PARTS = 16


def find_totals(view: View) -> None:
    """Claim the sums, remainders and parts of an article."""
    _remainders(view)
    failing = _forward_sums(view)
    _backward_sums(view)
    _sweep(view)
    for whole, parts in failing:
        if not any(p in view.parts for p in parts):
            _accuse_sum(view, whole, parts)
    _parallel_sums(view)
    _long_list(view)
    _partitions(view)
    _known_partitions(view)
    _percent_totals(view)
    _percent_sums(view)
    _hundred_lists(view)
    _parts_of(view)
    _parts_by_name(view)
    _new_within_stock(view)
    _implied_remainders(view)


def _level_run(view: View, start: int, whole: int, sentence_limit: int) -> list[int]:
    """Levels in the unit of `whole` from figure `start` on, up to `sentence_limit`; bases and brackets are left out."""
    run: list[int] = []
    for j in range(start, view.count):
        if view.figures[j].sentence > sentence_limit or len(run) >= _MOST_PARTS:
            break
        if view.level[j] and view.alike(j, whole) and j != whole:
            statement = view.statements[j]
            if (
                statement is not None
                and not statement.base
                and not statement.bracketed
                and statement.predicate == "level"
            ):
                run.append(j)
    return run


def _usable(view: View, i: int) -> bool:
    statement = view.statements[i]
    return (
        view.level[i]
        and statement is not None
        and not statement.base
        and statement.predicate == "level"
        and not view.titled(i)
    )


def _forward_sums(view: View) -> list[tuple[int, list[int]]]:
    """Claim wholes with their parts behind them; those lists that do not add up, as (whole, parts)."""
    failing: list[tuple[int, list[int]]] = []
    for w in range(view.count):
        if not _usable(view, w):
            continue
        sentence = view.figures[w].sentence
        run = _level_run(view, w + 1, w, sentence + 2)
        run = [j for j in run if view.paragraphs[j] == view.paragraphs[w]] or _level_run(view, w + 1, w, sentence + 3)
        if len(run) < 2:
            continue
        held = _add_up(view, w, run)
        while held:  # a second partition of the same whole may follow (按消费类型统计，…)
            run = run[run.index(held) + 1 :]
            held = _add_up(view, w, run) if len(run) >= 2 else None
        near = [j for j in run if view.figures[j].sentence <= sentence + 2]
        parts = _listed(view, w, near)
        if len(parts) >= 2:
            failing.append((w, parts))
    return [
        f for f in failing if not (f[0] and view.between(f[0] - 1, f[0]) in ("、", "和", "与", "及"))
    ]  # no list's member


def _add_up(view: View, w: int, run: list[int]) -> int | None:
    """Claim the first stretch of the run that adds up to the whole; its last part."""
    target = view.values[w]
    if not target:
        return None
    for first in range(min(3, len(run) - 1)):
        total = view.values[run[first]]
        for last in range(first + 1, len(run)):
            total += view.values[run[last]]
            if total > target * 1.05:
                break
            if total > target * 0.95:
                parts = run[first : last + 1]
                if view.trial("sum", (*parts, w)) and _credible(view, w, parts):
                    if view.claim("sum", (*parts, w), "分项合计"):
                        view.parts.update(parts)
                    return parts[-1]
    return None


def _credible(view: View, w: int, parts: list[int]) -> bool:
    """Whether a sum that holds is no chance hit of small numbers."""
    digits = sum(len(f"{view.figures[p].value.normalize():f}".replace(".", "").strip("0")) for p in (*parts, w))
    cue = _OF_WHICH.search(view.text, view.figures[w].till, view.figures[parts[0]].at) is not None
    close = view.figures[parts[-1]].at - view.figures[w].till < 160
    if view.figures[w].bound != "exact" or any(view.figures[p].bound != "exact" for p in parts):
        return cue and close
    if w > parts[-1]:
        return digits >= 6 or close
    return (
        (cue and (close or digits >= 7))
        or (digits >= 8 and close)
        or digits >= 11
        or (close and view.figures[w].sentence == view.figures[parts[-1]].sentence)
    )


def _listed(view: View, w: int, run: list[int]) -> list[int]:
    """The members of the list of parts behind a whole: one after the other, up to the end of a sentence."""
    if not run:
        return []
    first = run[0]
    lead = view.text[view.figures[w].till : view.figures[first].at]
    if lead.startswith(("、", "和", "及")):
        return []  # the whole would itself be a member of a list
    clause = lead[max(lead.rfind("。"), lead.rfind("；")) + 1 :]
    close = view.figures[w].sentence == view.figures[first].sentence and len(lead) < 24
    if (
        not (_OF_WHICH.search(clause) or close or re.match(r"[^，。]{0,10}[里中内]，", clause))
        or len(clause) > 40
        or _NOT_ALL.search(clause)
    ):
        return []
    parts = [first]
    for j in run[1:]:
        gap = view.text[view.figures[parts[-1]].till : view.figures[j].at]
        if len(gap) > 60 or "。" in gap or "其中" in gap or "\n" in gap:
            break
        parts.append(j)
    tail = view.text[view.figures[parts[-1]].till : view.figures[parts[-1]].till + 10]
    if _NOT_ALL.search(tail) or not re.match(r"[^，、\d]{0,6}(?:[。；;\n）)]|$)|，[^\d]{0,8}", tail):
        return []
    if not _OF_WHICH.search(clause) and (len(parts) < 3 or not re.match(r"[^，、\d]{0,6}(?:[。；;\n]|$)", tail)):
        return []
    return parts


def _accuse_sum(view: View, w: int, parts: list[int]) -> None:
    """A list behind 其中 that does not add up: a finding only if one slip explains it or a parallel list adds up."""
    for size in range(len(parts), 1, -1):
        chosen = parts[:size]
        total = sum(view.values[p] for p in chosen)
        if not 0.05 * view.values[w] < total < 20 * view.values[w] and not _scaled_slip(view, chosen, w):
            continue
        parallel = any(
            c.type == "sum"
            and len(c.operands) == size + 1
            and abs(c.operands[0] - chosen[0]) == 1
            and abs(c.operands[-2] - chosen[-1]) == 1
            for c in view.claims
        )
        even = size == len(parts) and all(view.periods[p] == view.periods[chosen[0]] for p in chosen)
        near = 0.9 * view.values[w] < total < 1.12 * view.values[w]
        lead = view.text[view.figures[w].till : view.figures[chosen[0]].at]
        closed = _BY.search(lead[-40:]) is not None or _partition_of(view, chosen)
        if (
            parallel
            or (even and near and view.slip("sum", (*chosen, w)))
            or (even and closed and view.slip("sum", (*chosen, w), loose=True))
            or (even and 0.6 < total / view.values[w] < 1.6 and view.slip("sum", (*chosen, w), swap=True))
            or (even and _scaled_slip(view, chosen, w))
        ):
            view.claim("sum", (*chosen, w), "分项合计")
            return


_BY = re.compile(r"(?:^|[，,。；;：:\s])(?:按|分|从)[^，,。；;]{1,10}(?:看|来看|分|划分|计|统计)[，,：:]")


def _hundred_lists(view: View) -> None:
    """Shares that make up a hundred, each behind its level: the levels make up the whole of those shares."""
    for claim in [c for c in view.claims if c.type == "sum" and c.implied]:
        parts = [p - 1 for p in claim.operands]
        if any(p < 0 or not _usable(view, p) or p in view.parts for p in parts):
            continue
        if len({view.figures[p].unit for p in parts}) != 1:
            continue
        wholes = Counter(c.operands[-2] for c in view.claims if c.type == "share" and c.operands[-1] in claim.operands)
        if not wholes:
            continue
        whole, votes = wholes.most_common(1)[0]
        if votes * 2 > len(parts) and whole not in parts and view.slip("sum", (*parts, whole), loose=True):
            view.claim("sum", (*parts, whole), "占比合计100%")
            view.parts.update(parts)


def _partition_of(view: View, parts: list[int]) -> bool:
    """Whether the labels of the parts name the members of a known partition (男、女; 城镇、乡村), each its own."""
    labels = [f"{view.said[p].before}{view.figures[p].metric or ''}" for p in parts]
    for names in known_partitions():
        own = len(names) == len(parts) and all(any(n in label for n in names) for label in labels)
        if own and all(any(n in label for label in labels) for n in names):
            return True
    return False


def _known_partitions(view: View) -> None:
    """`家庭户人口为2208651人；集体户人口为153223人`: a known partition whose whole a single slip explains."""
    for i in range(view.count - 1):
        if not _usable(view, i) or i in view.parts:
            continue
        later = [
            j
            for j in range(i + 1, min(view.count, i + 8))
            if _usable(view, j) and view.figures[j].unit == view.figures[i].unit and view.periods[j] == view.periods[i]
        ]
        for size in (1, 2):
            parts = [i, *later[:size]]
            if len(parts) != size + 1 or any(p in view.parts for p in parts) or not _partition_of(view, parts):
                continue
            total = sum(view.values[p] for p in parts)
            wholes = [
                w
                for w in view.levels_before(i, unit_of=i, limit=8)
                if _usable(view, w)
                and 0.05 < total / max(view.values[w], 1e-9) < 20
                and view.figures[w].bound == "exact"
            ]
            slipped = [w for w in wholes[:4] if view.slip("sum", (*parts, w), loose=True)]
            if len(slipped) == 1:
                view.claim("sum", (*parts, slipped[0]), "已知划分")
                view.parts.update(parts)
                break


def _partitions(view: View) -> None:
    """`分产业看，一产、二产、三产依次吸纳86人、2954人和1706人`: the whole must be some level before it.

    A list that misses it by a single slip is a finding."""
    i = 0
    while i < view.count:
        if not _usable(view, i) or i in view.parts:
            i += 1
            continue
        parts = [i]
        while parts[-1] + 1 < view.count:
            j = next(
                (
                    k
                    for k in range(parts[-1] + 1, min(view.count, parts[-1] + 3))
                    if _usable(view, k) and view.figures[k].unit == view.figures[i].unit
                ),
                None,
            )
            if j is None or view.figures[j].sentence != view.figures[i].sentence:
                break
            parts.append(j)
        following = parts[-1] + 1
        if len(parts) >= 2 and not any(p in view.parts for p in parts):
            lead = view.text[max(0, view.figures[i].at - 44) : view.figures[i].at]
            if _BY.search(lead) and not _NOT_ALL.search(
                view.text[view.figures[parts[-1]].till : view.figures[parts[-1]].till + 6]
            ):
                total = sum(view.values[p] for p in parts)
                wholes = [
                    w
                    for w in view.levels_before(i, unit_of=i, limit=14)
                    if view.values[w] and 0.88 < total / view.values[w] < 1.13 and view.figures[w].bound == "exact"
                ]
                slipped = [w for w in wholes if view.slip("sum", (*parts, w), loose=True)]
                if len({view.values[w] for w in slipped}) == 1:
                    view.claim("sum", (*parts, slipped[0]), "按类分项")
                    view.parts.update(parts)
        i = max(following, i + 1)


def _long_list(view: View) -> None:
    """Four or more parts in one sentence that miss a level of the article by just one 万 for 亿, or the reverse."""
    for i in range(view.count):
        if not _usable(view, i) or i in view.parts:
            continue
        parts = [
            j
            for j in range(i, min(view.count, i + 12))
            if _usable(view, j)
            and view.figures[j].unit == view.figures[i].unit
            and view.figures[j].sentence == view.figures[i].sentence
        ]
        if (
            len(parts) < 4
            or "其中" in view.between(parts[0], parts[-1])
            or parts[-1] - parts[0] != len(parts) - 1
            or any(p in view.parts for p in parts)
        ):
            continue
        for w in range(view.count):
            if (
                w not in parts
                and view.statements[w] is not None
                and _usable(view, w)
                and view.figures[w].unit == view.figures[i].unit
                and view.figures[w].bound == "exact"
                and _scaled_slip(view, parts, w)
            ):
                view.claim("sum", (*parts, w), "分项合计")
                view.parts.update(parts)
                return


def _scaled_slip(view: View, parts: list[int], w: int) -> bool:
    """Whether 万 printed for 亿, or the reverse, in one part explains the gap."""
    total = sum(view.values[p] for p in parts)
    target = view.values[w]
    if not target:
        return False
    for p in parts:
        for k in (1e4, 1e-4):
            if abs(total - view.values[p] + view.values[p] * k - target) < 0.0008 * target and view.slip(
                "sum", (*parts, w)
            ):
                return True
    return False


def _parallel_sums(view: View) -> None:
    """Where the counts of a list add up, the amounts beside them must too (31个、总投资187.4亿元，12个、…)."""
    for claim in [c for c in view.claims if c.type == "sum" and not c.implied]:
        *parts, whole = claim.operands
        for step in (1, 2, -1):
            others = [p + step for p in parts]
            if not all(0 <= o < view.count and _usable(view, o) for o in others) or set(others) & set(claim.operands):
                continue
            if (
                len({view.figures[o].unit for o in others}) != 1
                or view.figures[others[0]].unit == view.figures[parts[0]].unit
                or any(view.figures[o].sentence != view.figures[p].sentence for o, p in zip(others, parts, strict=True))
            ):
                continue
            near = [
                w
                for w in range(max(0, whole - 3), min(view.count, whole + 4))
                if _usable(view, w)
                and w not in others
                and view.figures[w].unit == view.figures[others[0]].unit
                and view.figures[w].sentence == view.figures[whole].sentence
            ]
            near.sort(key=lambda w: abs(w - whole - step))
            if any(view.has("sum", (*others, w)) for w in near):
                continue
            held = next((w for w in near if view.trial("sum", (*others, w))), None)
            total = sum(view.values[o] for o in others)
            slipped = next(
                (
                    w
                    for w in near
                    if view.values[w]
                    and (
                        (0.8 < total / view.values[w] < 1.25 and view.slip("sum", (*others, w)))
                        or _scaled_slip(view, others, w)
                    )
                ),
                None,
            )
            chosen = held if held is not None else slipped
            if chosen is not None and view.claim("sum", (*others, chosen), "并列分项"):
                view.parts.update(others)


def _sweep(view: View) -> None:
    """Stretches of levels that add up exactly to a level elsewhere in the article, with digits enough that it is no
    chance. Levels that alternate (计划312公里、完成248公里) are taken by twos and threes."""
    wholes: dict[str, list[int]] = {}
    for w in range(view.count):
        statement = view.statements[w]
        if statement is None or (view.level[w] and not statement.base and not view.titled(w)):
            figure = view.figures[w]
            if figure.kind in ("count", "money", "measure") and figure.bound == "exact" and figure.high is None:
                wholes.setdefault(figure.unit, []).append(w)
    runs: dict[tuple[str, bool], list[int]] = {}
    for i in range(view.count):
        statement = view.statements[i]
        if statement is None or not view.level[i] or statement.base or view.titled(i):
            continue
        if view.figures[i].bound == "exact" and view.figures[i].high is None:
            averaged = statement.predicate == "average"
            runs.setdefault((view.figures[i].unit, averaged), []).append(i)
    for (unit, _), run in runs.items():
        targets = sorted(((view.values[w], w) for w in wholes.get(unit, ())), key=lambda t: t[0])
        if len(run) >= 2 and len(targets) >= 2:
            _sweep_run(view, run, targets)


def _sweep_run(view: View, run: list[int], targets: list[tuple[float, int]]) -> None:
    numbers = [t[0] for t in targets]
    for stride in (1, 2, 3):
        for first in range(len(run)):
            total = 0.0
            parts: list[int] = []
            for j in run[first : first + stride * _MOST_PARTS : stride]:
                if parts and view.paragraphs[j] > view.paragraphs[parts[-1]] + 1:
                    break
                total += view.values[j]
                parts.append(j)
                if len(parts) < (2 if stride == 1 else 3):
                    continue
                if total > numbers[-1] * 1.01:
                    break
                for k in range(bisect_left(numbers, total * 0.995), bisect_right(numbers, total * 1.005)):
                    w = targets[k][1]
                    if w in parts or parts[0] < w < parts[-1]:
                        continue
                    if (w, parts[0]) in view.summed:
                        continue
                    if view.trial("sum", (*parts, w)) and _no_chance(view, w, parts):
                        view.summed.add((w, parts[0]))
                        if view.claim("sum", (*parts, w), "分项合计"):
                            view.parts.update(parts)


def _no_chance(view: View, w: int, parts: list[int]) -> bool:
    """Whether a sum that holds says something, by the digits that had to fit and how near the whole stands."""
    digits = [len(f"{view.figures[p].value.normalize():f}".replace(".", "").strip("0")) for p in (*parts, w)]
    fit = digits[-1] + min(digits[:-1])
    owner = parts[0] - 1
    if (
        w != owner
        and owner >= 0
        and _usable(view, owner)
        and view.alike(owner, w)
        and "其中" in view.between(owner, parts[0])
    ):
        return False  # the words give the list another whole
    together = view.periods[parts[0]] == view.periods[parts[-1]]
    if view.paragraphs[parts[0]] != view.paragraphs[parts[-1]]:
        return fit >= 6 and len(parts) >= 3
    near = abs(view.periods[w] - view.periods[parts[0]]) <= 1
    if len(parts) >= 4 and together:
        return fit >= 4
    if len(parts) == 2 and view.paragraphs[w] != view.paragraphs[parts[0]]:
        named = all(shared_characters(view.figures[p].metric or "", view.figures[w].metric or "") >= 0.5 for p in parts)
        cue = _BY.search(view.text[max(0, view.figures[parts[0]].at - 44) : view.figures[parts[0]].at])
        return fit >= 8 or (together and fit >= 5 and (named or cue is not None))
    if near and together:
        return fit >= 4 or (w < parts[0] and fit >= 3)
    if together and view.paragraphs[w] == view.paragraphs[parts[0]]:
        return fit >= 5
    return (fit >= 6 and (together or len(parts) >= 3)) or fit >= 8


def _backward_sums(view: View) -> None:
    """Parts, and behind them their total (总数达到17个, 合计…, 共…)."""
    for w in range(view.count):
        if not _usable(view, w) or any(c.type == "sum" and c.operands[-1] == w for c in view.claims):
            continue
        before = view.said[w].before if view.statements[w] else ""
        cue = re.search("合计|总计|总数|总共|共计|共|总量|累计", before)
        earlier = [
            j
            for j in view.levels_before(w, unit_of=w, limit=8)
            if view.figures[j].sentence >= view.figures[w].sentence - 1
        ]
        earlier = [j for j in earlier if _usable(view, j)]
        total = 0.0
        for n, j in enumerate(earlier):
            total += view.values[j]
            if n and abs(total - view.values[w]) <= 0.02 * view.values[w]:
                parts = earlier[: n + 1][::-1]
                if (
                    view.trial("sum", (*parts, w))
                    and (cue or all(view.figures[p].sentence == view.figures[w].sentence for p in parts))
                    and _credible(view, w, parts)
                ):
                    if view.claim("sum", (*parts, w), "合计"):
                        view.parts.update(parts)
                    break
        else:
            own = [
                j
                for j in earlier
                if view.figures[j].sentence == view.figures[w].sentence
                and view.figures[j].unit == view.figures[w].unit
                and j not in view.parts
            ]
            if re.search("合计|加起来|总共|共计|相加|合起来", before) and len(own) >= 2 and own[-1] >= w - len(own) - 1:
                near = 0.8 < sum(view.values[j] for j in own) / view.values[w] < 1.25 if view.values[w] else False
                if (
                    (near and view.slip("sum", (*own[::-1], w), loose=True))
                    or view.slip("sum", (*own[::-1], w), swap=True)
                    or _scaled_slip(view, own[::-1], w)
                ):
                    view.claim("sum", (*own[::-1], w), "合计")
                    view.parts.update(own)


def _percent_totals(view: View) -> None:
    """`住房消费类占82.6%，其中…52.4%、19.7%、9.1%、1.4%`: shares that add up to a share beside them."""
    runs: dict[int, list[int]] = {}
    for i in range(view.count):
        statement = view.statements[i]
        if (
            (
                statement is not None
                and view.figures[i].unit in ("%", "百分点")
                and view.figures[i].bound == "exact"
                and view.figures[i].high is None
            )
            and statement.predicate in ("share", "rate", "level")
            and view.figures[i].direction is None
        ):
            runs.setdefault(view.paragraphs[i], []).append(i)
    for run in runs.values():
        for w in range(len(run)):
            total = 0.0
            for k in range(w + 1, min(len(run), w + 8)):
                total += view.values[run[k]]
                if total > view.values[run[w]] + 0.3:
                    break
                if (
                    k > w + 1
                    and abs(total - view.values[run[w]]) < 0.25
                    and view.values[run[w]] < 99
                    and view.periods[run[k]] - view.periods[run[w]] <= 1
                ):
                    parts = run[w + 1 : k + 1]
                    if view.trial("sum", (*parts, run[w])):
                        view.claim("sum", (*parts, run[w]), "占比分项")
                        break


def _percent_sums(view: View) -> None:
    """Shares of one whole, one after the other, that make up a hundred: implied, and never an accusation."""
    group: list[int] = []
    for i in range(view.count + 1):
        figure = view.figures[i] if i < view.count else None
        statement = view.statements[i] if i < view.count else None
        if (
            figure is not None
            and figure.unit == "%"
            and statement is not None
            and statement.predicate in ("share", "rate")
            and figure.direction is None
            and figure.bound == "exact"
        ):
            if group and (view.paragraphs[i] != view.paragraphs[group[-1]] or i - group[-1] > 4):
                _hundred(view, group)
                group = []
            group.append(i)
        elif figure is None:
            _hundred(view, group)


def _hundred(view: View, group: list[int]) -> None:
    for first in range(len(group)):
        total = 0.0
        for last in range(first, min(len(group), first + 12)):
            total += view.values[group[last]]
            if total > 101:
                break
            if last > first and abs(total - 100) < 0.35:
                parts = tuple(group[first : last + 1])
                if view.trial("sum", parts, implied=True):
                    view.claim("sum", parts, "占比合计100%", implied=True)
                    return


def _remainders(view: View) -> None:
    """`其余162.6万人次为一日游游客`: whole − parts = the rest."""
    for i in range(view.count):
        statement = view.statements[i]
        if (
            statement is None
            or not view.level[i]
            or (not _REST.search(statement.before) and "余下" not in statement.before)
        ):
            continue
        earlier = [
            j
            for j in view.levels_before(i, unit_of=i, limit=10)
            if view.figures[j].sentence >= view.figures[i].sentence - 2
        ]
        earlier = [j for j in earlier if (s := view.statements[j]) is not None and not s.base]
        if _remainder_that_holds(view, i, earlier):
            continue
        if re.search("其余|剩余|余下|剩下|还剩", statement.before):
            _accuse_remainder(view, i, earlier)
        elif re.search("尚有|仍有|未", statement.before):
            pairs = [(w, p) for p in earlier for w in earlier if w < p and view.values[w] > view.values[p]]
            swapped = [ops for ops in pairs if view.slip("remainder", (*ops, i), only=i)]
            if len(swapped) == 1:
                view.claim("remainder", (*swapped[0], i), "其余")


def _accuse_remainder(view: View, i: int, earlier: list[int]) -> None:
    """The rest is named as such but does not fit: the whole is the first level of the sentence, or the largest."""
    beside = [j for j in earlier if view.periods[j] == view.periods[i]]
    wholes = {c.operands[-2] for c in view.claims if c.type == "share" and set(c.operands[:-2]) & set(beside)}
    if len(wholes) == 1 and len(beside) >= 2 and not wholes & set(beside):
        whole = wholes.pop()
        if view.alike(whole, i) and (view.slip("remainder", (whole, *beside[::-1], i), loose=True)):
            view.claim("remainder", (whole, *beside[::-1], i), "其余")
            view.parts.update((*beside, i))
            return
    own = [j for j in earlier if view.figures[j].sentence == view.figures[i].sentence]
    if len(own) < 2:
        own = [j for j in earlier if view.figures[j].sentence >= view.figures[i].sentence - 1]
    if len(own) < 2:
        return
    inside = sum(view.values[j] for j in own)
    before = [j for j in earlier if view.periods[j] == view.periods[own[-1]] - 1 and view.values[j] > 0.5 * inside]
    if (
        before
        and view.values[before[0]] > view.values[i]
        and view.slip("remainder", (before[0], *own[::-1], i), loose=True)
    ):
        view.claim("remainder", (before[0], *own[::-1], i), "其余")
        view.parts.update((*own, i))
        return
    largest = max(own, key=lambda j: view.values[j])
    for whole in dict.fromkeys((largest, own[-1])):
        behind = [j for j in own if j > whole][::-1]
        swapped = next((j for j in behind[::-1] if view.slip("remainder", (whole, j, i), only=i)), None)
        if swapped is not None:
            view.claim("remainder", (whole, swapped, i), "其余")
            view.parts.update((swapped, i))
            return
        if not behind or not _BELOW.search(view.between(whole, behind[0])):
            continue
        trials = [[behind[-1]], [behind[0]], behind] if len(behind) <= 4 else [[behind[-1]], [behind[0]]]
        for parts in trials:
            if view.slip("remainder", (whole, *parts, i), loose=True) or (
                len(own) == 2 and whole == own[-1] == largest
            ):
                view.claim("remainder", (whole, *parts, i), "其余")
                view.parts.update((*parts, i))
                return


def _remainder_that_holds(view: View, i: int, earlier: list[int]) -> bool:
    for w in earlier:
        if view.values[w] <= view.values[i]:
            continue
        inside = [j for j in earlier if j > w]
        for j in inside:
            if view.trial("remainder", (w, j, i)):
                view.parts.update((j, i))
                return view.claim("remainder", (w, j, i), "其余")
        for size in range(2, min(len(inside), 6) + 1):
            parts = inside[:size][::-1]
            if view.trial("remainder", (w, *parts, i)):
                view.parts.update((*parts, i))
                return view.claim("remainder", (w, *parts, i), "其余")
        for j in earlier:
            if j < w and view.trial("remainder", (w, j, i)) and view.figures[j].sentence == view.figures[w].sentence:
                return view.claim("remainder", (w, j, i), "其余")
    return False


def _implied_remainders(view: View) -> None:
    """`13个园区中已有5个…，其余园区…`: the rest is named but not counted."""
    for match in _REST_WORD.finditer(view.text):
        at = match.start()
        end = len(view.text)
        before = [
            j
            for j in range(view.count)
            if view.level[j] and view.figures[j].till <= at and at - view.figures[j].till < 60
        ]
        following = next((f for f in view.figures if f.at >= match.end()), None)
        if (
            following is not None
            and following.unit != "%"
            and following.at <= end
            and not re.search("[，。；,;]", view.text[match.end() : following.at])
        ):
            continue
        if not before:
            continue
        part = before[-1]
        wholes = [
            j
            for j in view.levels_before(part, limit=4, same_paragraph=True)
            if view.figures[j].unit == view.figures[part].unit and view.values[j] > view.values[part]
        ]
        if wholes and view.figures[part].kind == "count" and part not in view.parts:
            view.claim("remainder", (wholes[0], part), "其余", implied=True)
            view.claim("part_of", (part, wholes[0]), "其余")


def _parts_of(view: View) -> None:
    """A part that must not exceed its whole: behind 其中, or `13个园区中已有5个园区`."""
    for i in range(view.count):
        statement = view.statements[i]
        if statement is None or not view.level[i] or i in view.parts:
            continue
        if statement.bracketed:
            continue
        before = statement.before
        sentence = view.figures[i].sentence
        own = [
            j
            for j in view.levels_before(i, unit_of=i, limit=6)
            if view.periods[j] == view.periods[i] and _usable(view, j)
        ]
        if not own:
            own = (
                [
                    j
                    for j in view.levels_before(i, unit_of=i, limit=2, same_paragraph=True)
                    if view.figures[j].sentence == sentence - 1 and _usable(view, j)
                ]
                if before.startswith("其中")
                else []
            )
        if not own:
            continue
        inside = None
        gap = view.between(own[0], i)
        repeated = _INSIDE.match(gap[1:]) if gap[:1] in ("，", ",", "；", "。") else None
        if repeated and not covered(repeated.group()[:3], view.figures[own[0]].metric or "") >= 0.6:
            repeated = None
        if (_INSIDE.match(gap) or repeated) and len(gap) < 40 and view.figures[own[0]].unit == view.figures[i].unit:
            inside = own[0]
        elif (marked := _marked_whole(view, i, own)) is not None:
            inside = marked
        if inside is None:
            continue
        if any(
            i in c.operands and inside in c.operands and c.type in ("sum", "share", "remainder") for c in view.claims
        ):
            continue
        holds = view.trial("part_of", (i, inside))
        if holds or (holds is False and own[0] == inside and view.figures[i].kind == "count" and len(gap) < 40):
            view.claim("part_of", (i, inside), "其中")


def _parts_by_name(view: View) -> None:
    """A part that its name or its period shows to be one: 跨境电商出口 of 出口, December of the year."""
    usable = [
        i
        for i in range(view.count)
        if _usable(view, i) and view.figures[i].metric and view.figures[i].bound in ("exact", "approx")
    ]
    linked = {
        frozenset(c.operands[k] for k in (a, b))
        for c in view.claims
        if len(c.operands) <= 12
        for a in range(len(c.operands))
        for b in range(a)
    }
    for n, i in enumerate(usable):
        figure = view.figures[i]
        for j in usable[max(0, n - 12) : n + 4]:
            other = view.figures[j]
            if (
                i == j
                or other.unit != figure.unit
                or not figure.value < other.value
                or frozenset((i, j)) in linked
                or other.scope != figure.scope
            ):
                continue
            if abs(view.paragraphs[i] - view.paragraphs[j]) > 1 or view.said[i].bracketed or view.said[j].bracketed:
                continue
            a, b = figure.metric or "", other.metric or ""
            inside = a != b and len(b) >= 2 and a.endswith(b) and len(a) <= len(b) + 12 and j < i
            within = (
                _inner_period(figure, other)
                and shared_characters(a, b) >= 0.8
                and view.paragraphs[i] == view.paragraphs[j]
            )
            staged = (
                view.periods[i] == view.periods[j]
                and b.endswith("总投资")
                and re.search("年度计划投资|完成投资|已投资|到位资金|年度投资", a)
            )
            if (inside or within or staged) and view.trial("part_of", (i, j)):
                view.claim("part_of", (i, j), "名称或时间在内")
                break


_NEW = re.compile(r"新(?:增|谋划|建|签|设|办|登记|认定|开工|培育|注册|引进|发展|开通|改建|组建)")
_STOCK = re.compile(r"在库|累计|总数|总量|实有|现有|共有|总计|目前|存量|保有")


def _new_within_stock(view: View) -> None:
    """`新谋划重大项目157项，…。…在库的项目432项`: what is new is part of what is there, and so its investment."""
    for i in range(view.count):
        statement = view.statements[i]
        if statement is None or not _usable(view, i) or not _NEW.search(statement.before):
            continue
        for j in range(i + 1, min(view.count, i + 7)):
            other = view.statements[j]
            if (
                other is None
                or not _usable(view, j)
                or view.paragraphs[j] != view.paragraphs[i]
                or view.figures[j].unit != view.figures[i].unit
            ):
                continue
            lead = view.text[max(view.figures[j - 1].till, view.figures[j].at - 30) : view.figures[j].at]
            if (
                not _STOCK.search(lead)
                or _NEW.search(lead)
                or shared_characters(view.figures[i].metric or "", view.figures[j].metric or "") < 0.8
            ):
                continue
            if view.trial("part_of", (i, j)):
                view.claim("part_of", (i, j), "新增在总量之内")
                if (
                    all(k < view.count and _usable(view, k) for k in (i + 1, j + 1))
                    and i + 1 < j
                    and view.figures[i + 1].unit == view.figures[j + 1].unit
                    and view.figures[i + 1].kind == "money"
                    and view.trial("part_of", (i + 1, j + 1))
                ):
                    view.claim("part_of", (i + 1, j + 1), "新增在总量之内")
                break


def _inner_period(figure: Figure, other: Figure) -> bool:
    a, b = figure.period, other.period
    if a is None or b is None or a == b or a.first is None or b.first is None or a.last is None or b.last is None:
        return False
    return b.first <= a.first and a.last <= b.last


def _marked_whole(view: View, i: int, own: list[int]) -> int | None:
    """The whole before the last 其中 in the sentence, if figure `i` stands in the list behind it."""
    text = view.text
    start = view.figures[own[-1]].till
    mark = text.rfind("其中", start, view.figures[i].at)
    if mark < 0:
        return None
    for j in own:
        if view.figures[j].till <= mark:
            inner = text[mark : view.figures[i].at]
            if "；" in inner and shared_characters(view.figures[i].metric or "", view.figures[j].metric or "") < 0.5:
                return None
            return j
    return None
