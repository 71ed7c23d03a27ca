"""Shares for which no candidate holds: accused, read as shares of a whole that is not stated, or left.

Belongs here: when part and whole are plain enough to accuse, when one slip of the hand explains the failure, counts
with a percentage of an unstated whole. Does not belong here: shares that hold (shares.py).
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.share_candidates import (
    FAR,
    TOGETHER,
    closed_off,
    neighbour_wholes,
    of_other_kind,
    sibling_whole,
    wholes_of,
)
from hengshui_etl.relations.search.shares_meant import each_has_its_own
from hengshui_etl.relations.search.shares_parts import is_said_whole
from hengshui_etl.relations.search.shares_wholes import speaks_of_plan
from hengshui_etl.relations.search.view import View, shared_characters

_OWN_RATE = lazy_pattern(
    r"完成率|覆盖率|合格率|投保率|参保率|占比|比重|比例|开发率|增长面|优良率|达标率|办结率|开工率|投产率|入库率|通车率|利用率|使用率|入住率|上线率|普及率|回收率|整改率|签约率|履约率|到位率|"
    r"率$|面$|度$"
)


def find_failing_shares(view: View) -> None:
    """A second look at the shares left over, once sums and other shares have shown what the wholes are."""
    wholes = {p: c.operands[-1] for c in view.claims if c.type == "sum" and not c.implied for p in c.operands[:-1]}
    for i, statement in enumerate(view.statements):
        part = _part_of_open_share(view, i)
        if part is None or statement is None or statement.subject:
            continue
        candidates = [wholes[part]] if part in wholes else []
        candidates += [w for w in neighbour_wholes(view, i, part) if w not in candidates]
        for w in candidates[:2]:
            named = not statement.object or shared_characters(statement.object, view.metrics[w]) >= 0.5
            if w == part or not named or not view.alike(w, part) or view.figures[w].bound != "exact":
                continue
            planned = speaks_of_plan(view, i, w) is not False
            chance = view.digits(i) < 3 and _far_off(view, part, w, i)  # 4.1% for 1.1%: two digits fit anything
            if view.trial("share", (part, w, i)) or (
                planned
                and not chance
                and not each_has_its_own(view, i, w)
                and view.slip("share", (part, w, i), "garbled")
            ):
                view.claim("share", (part, w, i), statement.word or "占")
                break
    _claim_misprinted_whole(view)


def _part_of_open_share(view: View, i: int) -> int | None:
    """The level right before figure `i` if that is an exact share of it for which no relation has been found."""
    figure, statement = view.figures[i], view.statements[i]
    if statement is None or figure.unit != "%" or figure.bound != "exact" or statement.predicate != "share":
        return None
    if view.is_result(i, "share", "feasible_share", "sum", "restatement") or FAR.search(statement.before):
        return None
    part = next((j for j in range(i - 1, max(-1, i - 4), -1) if view.level[j]), None)
    near = part is not None and view.figures[part].sentence == figure.sentence and len(view.between(part, i)) <= 24
    return part if part is not None and near and not of_other_kind(view, i, part) else None


def _claim_misprinted_whole(view: View) -> None:
    """Two or more shares of a paragraph that fail alike: their parts and percentages agree on a whole that is printed
    otherwise, by one slip."""
    open_shares: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for i in range(view.count):
        part = _part_of_open_share(view, i)
        if part is not None and view.values[i]:
            open_shares.setdefault((view.paragraphs[i], view.figures[part].unit), []).append((part, i))
    for (paragraph, unit), shares in open_shares.items():
        if len(shares) < 2:
            continue
        bounds = [_implied_whole(view, part, i) for part, i in shares]
        low, high = max(b[0] for b in bounds), min(b[1] for b in bounds)
        if low > high:
            continue
        for w in range(view.count):
            if view.figures[w].unit != unit or not view.level[w] or view.paragraphs[w] > paragraph:
                continue
            claims = [(part, w, i) for part, i in shares if w not in (part, i)]
            if len(claims) == len(shares) and all(view.slip("share", ops, "garbled", only=w) for ops in claims):
                for ops in claims:
                    view.claim("share", ops, "占")
                break


def _implied_whole(view: View, part: int, i: int) -> tuple[float, float]:
    """Between which values the whole must lie; a hint for the search, not a verdict."""
    half = float(view.figures[i].place) / 2
    return view.values[part] * 100 / (view.values[i] + half), view.values[part] * 100 / max(view.values[i] - half, 1e-9)


def claim_plain_failure(view: View, i: int, parts: list[int], said: str) -> None:
    """No candidate holds: accuse only where part and whole are plain, or one slip explains it."""
    figure, statement = view.figures[i], view.said[i]
    parts = [j for j in parts if not closed_off(view, j, i)]
    if not parts or is_said_whole(view, parts[0], i):  # 新注册3.1万辆中新能源占28.6%: the part is not told
        view.leave((i,), "a share without a part in its sentence")
        return
    word, part = statement.word or "占", parts[0]
    near = view.between(part, i)
    own = not statement.subject or shared_characters(statement.subject, view.metrics[part]) >= 0.6
    close = own and len(near) < 40 and "。" not in near and near.count("，") + near.count(",") + near.count("；") <= 2
    if figure.bound != "exact":
        if close and view.figures[part].kind == "count" and _feasible(view, part, i):
            view.claim("feasible_share", (part, i), "占", implied=True)
        return
    if len(parts) == 1 and re.search("分别|依次", statement.before):
        sibling = sibling_whole(view, i)
        if sibling not in (None, part) and view.alike(sibling, part) and not _far_off(view, part, sibling, i):
            view.claim("share", (part, sibling, i), word)
            return
    wholes = wholes_of(view, i, part, said)
    same_sentence = [w for w in wholes if view.figures[w].sentence == figure.sentence and w < part]
    whole = _plain_whole(view, i, part, said, wholes, same_sentence) if close else None
    if whole is not None and statement.predicate == "rate" and view.trial("share", (whole, part, i)):
        view.claim("share", (whole, part, i), word)  # 就业5.32万人，年度任务是4.8万人，完成率110.8%
        return
    if whole is not None and not each_has_its_own(view, i, whole):
        view.claim("share", (part, whole, i), word)
        return
    if close and statement.predicate == "share":
        exact = [w for w in wholes[:10] if w < i and view.figures[w].bound == "exact"]
        likely = [w for w in exact if not said or shared_characters(said, view.metrics[w]) >= 0.4]
        likely = [
            w for w in likely if shared_characters(said, view.metrics[w]) >= 0.8 or not _far_off(view, part, w, i)
        ]
        swapped = [w for w in likely if view.slip("share", (part, w, i), "swapped", only=i)]
        if len(swapped) == 1:
            view.claim("share", (part, swapped[0], i), word)
            return
    unstated = (
        statement.predicate == "rate"
        or not said
        or not any(shared_characters(said, view.metrics[w]) >= 0.67 for w in wholes)
    )
    counts = close and view.figures[part].kind == "count" and not same_sentence and not of_other_kind(view, i, part)
    if counts and unstated and _feasible(view, part, i):
        view.claim("feasible_share", (part, i), word, implied=True)
        return
    view.leave((part, i), "a share whose whole is not stated, or not plainly")


def _plain_whole(view: View, i: int, part: int, said: str, wholes: list[int], same_sentence: list[int]) -> int | None:
    """The whole that the words leave no doubt about, or with which one slip of the hand explains the failure."""
    rate = view.said[i].predicate == "rate"
    if rate:  # its name ends like that of its whole
        label = view.said[i].before
        named = [w for w in wholes if w < i and len(tail := view.metrics[w][-4:]) == 4 and tail in label]
    else:
        named = [w for w in wholes if said and shared_characters(said, view.metrics[w]) >= 0.7 and w < i]
    sibling = sibling_whole(view, i) if wholes else None
    siblings = [] if sibling is None else [sibling]
    for w in dict.fromkeys([*siblings, *named[:2], *same_sentence[:2], *wholes[:1]]):
        if w == part or not view.alike(w, part) or view.figures[w].bound != "exact":
            continue
        if speaks_of_plan(view, i, w) is False:
            continue  # 为年预算的40.4%: the budget is not told
        sure = (
            (w in named[:1] and len(said) >= 4)
            or (w == sibling and not said)
            or (same_sentence[:1] == [w] and rate and len(view.between(w, part)) < 24)
        )
        likely = w == sibling or w in same_sentence[:2] or w in named[:2]
        if not sure and not (likely and view.slip("share", (part, w, i), "garbled")):
            continue
        misnamed = view.said[i].predicate == "share" and said and shared_characters(said, view.metrics[w]) < 0.5
        if misnamed and (_nothing_alike(said, view.metrics[w]) or not view.slip("share", (part, w, i))):
            continue
        chance = rate and view.digits(i) < 3  # of a rate of two digits, whose whole is often untold
        if _far_off(view, part, w, i) and (chance or not view.slip("share", (part, w, i), "garbled")):
            continue
        return w
    return None


def _nothing_alike(said: str, metric: str) -> bool:
    """Whether the whole that is named has no character of this one's name (A级纳税人 for what was mended)."""
    return len(said) > 3 and set(said).isdisjoint(metric)


def _feasible(view: View, part: int, i: int) -> bool:
    """Whether a percentage plainly is that of the count before it, whose whole is not stated."""
    statement = view.said[i]
    if TOGETHER.search(statement.before):
        return False
    if view.figures[part].value < 3 and not view.is_cell(part) and view.text[view.figures[part].at] in "一两二三":
        return False
    if view.trial("feasible_share", (part, i), implied=True) is False:
        return len(view.between(part, i)) < 24 and (statement.predicate == "share" and not statement.subject)
    return (statement.predicate == "share" and not statement.subject) or bool(
        _OWN_RATE.search(statement.word) and view.periods[part] == view.periods[i]
    )


def _far_off(view: View, part: int, whole: int, i: int) -> bool:
    """Whether the ratio is so far off that the whole can hardly be meant."""
    if not view.values[whole]:
        return True
    ratio = view.values[part] / view.values[whole] * (100 if view.figures[i].unit == "%" else 1000)
    stated = view.values[i]
    if not stated or not ratio:
        return True
    quotient = ratio / stated
    return not 0.55 < quotient < 1.8 and not any(0.99 < quotient * k < 1.01 for k in (10, 100, 0.1, 0.01))
