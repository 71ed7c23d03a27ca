"""Shares whose words mean a part and a whole that do not fit.

Belongs here: when the words are clear enough to accuse by, and what else fits only by chance. Does not belong here:
which part and whole are meant (shares_parts.py, shares_wholes.py).
"""

from __future__ import annotations

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.records import Claim, RelationType
from hengshui_etl.relations.search.share_candidates import FAR, TOGETHER, closed_off
from hengshui_etl.relations.search.shares_parts import SHARES, in_row, parts_meant, says_share
from hengshui_etl.relations.search.shares_wholes import Meant, beside, topic_of, wholes_meant
from hengshui_etl.relations.search.view import View, covered, once_a_turn
from hengshui_etl.vocab import alternatives, toml

_NO_SHARE = lazy_pattern(alternatives(toml("ratios")["wording"]["no_shares"]))
_OPEN: tuple[RelationType, ...] = ("share", "sum", "restatement", "growth", "difference", "multiple", "conversion")
_ALTOGETHER = lazy_pattern("^(?:同期|全部|全[市县区省州国])*|总[值额量数]$")


def find_shares_of_what_is_meant(view: View) -> None:
    """The shares left over that hold with the part and the whole that their words mean, wherever these stand."""
    for i in range(view.count):
        if not is_open(view, i, vague=True) or view.is_result(i, "feasible_share"):
            continue
        precise = view.digits(i) > 1 and view.figures[i].bound == "exact"
        for part in parts_meant(view, i)[: 2 if precise else 1]:
            if closed_off(view, part, i):
                continue
            meant = [m for m in wholes_meant(view, i, part)[: 2 if precise else 1] if _told_exactly(view, m.whole)]
            meant = [m for m in meant if precise or m.by in _PLAIN or m.score >= _SURE]
            pairs = [(part, m.whole) for m in meant if precise or view.values[part] <= view.values[m.whole]]
            if meant and view.said[i].predicate == "rate":  # 已有1126家实施，而全市企业为1408家，覆盖面接近80%
                pairs += [(m.whole, part) for m in meant if view.periods[m.whole] == view.periods[i]]
            pair = next((pair for pair in pairs if view.trial("share", (*pair, i))), None)
            if pair is not None:
                view.claim("share", (*pair, i), view.said[i].word or "占")
                break


def _told_exactly(view: View, i: int) -> bool:
    return view.figures[i].bound == "exact"


def find_shares_that_miss_what_is_meant(view: View) -> None:
    """The shares whose words mean a part and a whole that do not fit, where one slip explains it: those left over,
    those that fail with others, those that fit others only by chance."""
    for i in range(view.count):
        if is_open(view, i, beside="share") and (meant := meant_but_failing(view, i)) is not None:
            made = [c for c in view.claims if c.type == "share" and c.operands[-1] == i]
            if any(view.trial("share", c.operands) for c in made) and not _fit_by_chance(view, i, made[0], meant):
                continue
            view.retract("feasible_share", i)
            view.retract("share", i)
            view.claim("share", (*meant, i), view.said[i].word or "占")
    _drop_wholes_that_nothing_fits(view)


def _drop_wholes_that_nothing_fits(view: View) -> None:
    """Several shares that all fail with one whole, where not the whole is misprinted: it was not meant."""
    failing: dict[int, list[Claim]] = {}
    holding = set()
    for c in view.claims:
        if c.type == "share" and len(c.operands) == 3 and not c.plain:
            if view.trial("share", c.operands) is False:
                failing.setdefault(c.operands[-2], []).append(c)
            elif view.digits(c.operands[-1]) > 1:  # 0.7% fits too much to prove a whole
                holding.add(c.operands[-2])
    for whole, claims in failing.items():
        name = view.said[claims[0].operands[-1]].object
        if len(claims) < 2 or whole in holding or (name and covered(name, view.metrics[whole]) >= 1):
            continue
        if not all(view.slip("share", c.operands, "garbled", only=whole) for c in claims):
            for c in claims:
                view.retract("share", c.operands[-1])


@once_a_turn
def meant_but_failing(view: View, i: int) -> tuple[int, int] | None:
    """The part and the whole that the words of a share mean if they do not fit, and one slip explains it."""
    parts = parts_meant(view, i)
    if not parts or view.figures[parts[0]].bound != "exact" or view.values[i] in (0, 100):
        return None
    if closed_off(view, parts[0], i):
        return None
    part, wholes = parts[0], wholes_meant(view, i, parts[0])
    if alike := _wholes_so_called(view, i):
        wholes = [m for m in wholes if m.whole in alike]
    used = any(
        c.type == "share" and c.operands[-1] != i and c.operands[:-2] == (part,) and view.trial("share", c.operands)
        for c in view.claims
    )
    for m in wholes[:2]:
        if wholes[0].score - m.score > 1 or view.trial("share", (part, m.whole, i)):
            return None
        if view.figures[m.whole].bound != "exact" or not is_sure(view, i, part, m, used):
            continue
        if m.by == "known" and view.values[m.whole] != view.values[wholes[0].whole]:
            continue  # 制造业贷款 beside 各项贷款: only the likeliest
        if view.slip("share", (part, m.whole, i), "garbled") and not _denied(view, i, m):
            return None if _fits_whole_of_others(view, i, part) else (part, m.whole)
    return None


def _fits_whole_of_others(view: View, i: int, part: int) -> bool:
    """Whether the share holds with what other shares that hold are of, wherever that stands (占全年的28%)."""
    wholes = {c.operands[-2] for c in view.claims if c.type == "share" and c.operands[-1] != i and not c.implied}
    return any(
        w != part and view.alike(w, part) and view.trial("share", (part, w, i)) and _holds_for_another(view, w, i)
        for w in wholes
    )


def _holds_for_another(view: View, w: int, i: int) -> bool:
    return any(
        c.type == "share" and c.operands[-2] == w and c.operands[-1] != i and view.trial("share", c.operands)
        for c in view.claims
    )


def _wholes_so_called(view: View, i: int) -> set[int]:
    """The wholes that hold for the other shares of the paragraph that name theirs in the same words."""
    name = view.said[i].object
    shares = [c.operands for c in view.claims if name and c.type == "share" and c.operands[-1] != i]
    return {
        ops[-2]
        for ops in shares
        if view.said[ops[-1]].object == name
        and view.paragraphs[ops[-1]] == view.paragraphs[i]
        and view.trial("share", ops)
    }


_SURE = 2.5  # the score of a whole that the words leave little doubt about
_PLAIN = ("said", "known", "named", "topic", "list", "sibling")


def _fit_by_chance(view: View, i: int, made: Claim, meant: tuple[int, int]) -> bool:
    """Whether the words plainly mean another part or whole than those with which the share happens to hold."""
    part, whole = made.operands[0], made.operands[-2]
    if len(made.operands) != 3 or (part == meant[0] and view.values[whole] == view.values[meant[1]]):
        return False
    called = part == meant[0] and _is_called(view, whole, i) and not _is_called(view, meant[1], i)
    if called or _runs_on(view, i, whole):
        return False
    best = next(m for m in wholes_meant(view, i, meant[0]) if m.whole == meant[1])
    here = part == meant[0] and view.periods[whole] == view.periods[i]  # nearness alone says no more for the other
    plain = best.by in _PLAIN or (best.by == "sentence" and best.score >= 2.5 and not here)
    if part != meant[0]:
        sentence = view.figures[i].sentence
        if view.figures[part].sentence == view.figures[whole].sentence == sentence and max(part, whole) < i:
            return False
        near = view.between(meant[0], i)
        return plain and len(near) < 24 and view.figures[meant[0]].sentence == view.figures[i].sentence
    score = next((m.score for m in wholes_meant(view, i, part) if m.whole == whole), -9.0)
    return plain and best.score - score >= (0.5 if view.figures[whole].bound != "exact" else 1)


def _is_called(view: View, whole: int, i: int) -> bool:
    """Whether the words of share `i` call figure `whole` by its name (占出口总值的: 出口, and not 民营企业进出口)."""
    name = _ALTOGETHER.sub("", view.said[i].object)
    return len(name) >= 2 and view.metrics[whole] == name


def _runs_on(view: View, i: int, whole: int) -> bool:
    """Whether the share right before names this whole, and the percentage `i` none (占全部企业的0.4%，私营占84.1%)."""
    named = [view.said[k].object for k in range(max(0, i - 3), i) if view.periods[k] == view.periods[i]]
    return not view.said[i].object and any(o and covered(o.lstrip("全部"), view.metrics[whole]) >= 0.8 for o in named)


def means_another(view: View, i: int, part: int, whole: int) -> bool:
    """Whether the words plainly mean another part or whole than these, which only fit by chance."""
    parts = parts_meant(view, i)
    if not parts:
        return False
    wholes = wholes_meant(view, i, parts[0])
    if not wholes or (part, whole) == (parts[0], wholes[0].whole) or view.values[whole] == view.values[wholes[0].whole]:
        return False
    best = wholes[0]
    plain = best.by in ("said", "known")
    return plain and meant_but_failing(view, i) == (parts[0], best.whole)


def _denied(view: View, i: int, m: Meant) -> bool:
    """Whether the shares around, which would have the same whole, do not fit it either, so that it is not meant."""
    if each_has_its_own(view, i, m.whole):
        return True
    if m.by in ("said", "named", "known", "topic", "list", "sibling"):
        return False
    if m.by == "sentence" and m.score >= 2.5 and view.said[i].predicate == "rate" and view.said[i].word not in SHARES:
        return False  # other rates have other wholes
    others = [
        (p, k)
        for k, p in beside(view, i)
        if view.paragraphs[k] == view.paragraphs[i]
        and not view.said[k].object
        and view.alike(p, m.whole)
        and p != m.whole
    ]
    if not others or any(view.trial("share", (p, m.whole, k)) for p, k in others):
        return False
    return not all(view.slip("share", (p, m.whole, k), "garbled", only=m.whole) for p, k in others)


def each_has_its_own(view: View, i: int, whole: int) -> bool:
    """Whether two shares beside it name their whole in the same words, and fit this one not: 通道50万亩，占任务的
    100.7%；补植155万亩，占任务的103.4% of different tasks, none of them told."""
    name = view.said[i].object
    same = [
        (p, whole, k)
        for k, p in beside(view, i)
        if name
        and view.said[k].object == name
        and view.alike(p, whole)
        and p != whole
        and view.periods[k] == view.periods[i]
    ]
    return len(same) > 1 and not any(
        view.trial("share", s) or view.slip("share", s, "garbled", only=whole) for s in same
    )


_SEEN_IN = lazy_pattern(alternatives(toml("parts")["lists"]["seen_in"]))
_LISTED = 2.6  # the score of a whole that more speaks for than that a list adds up to it
_ANY = frozenset("全市县区省总数量额计体部的业整项")


def is_sure(view: View, i: int, part: int, m: Meant, used: bool) -> bool:
    """Whether the words speak clearly enough for this whole to accuse."""
    said = view.said[i]
    if m.by in ("said", "topic"):
        return True
    if _SEEN_IN.search(said.subject):
        return False  # 放到全部零售额里看则占3.8%: names its whole
    if m.by == "list" and m.score < _LISTED and view.periods[m.whole] != view.periods[part]:
        return False  # some of a list may add up to a level before it by chance
    if used and m.by != "named":
        return False  # the part has its share already
    if said.object and not set(said.object) <= _ANY and m.by not in ("named", "sibling", "list"):
        return False
    if m.by in ("sibling", "list") and _named_otherwise(view, i, m.whole):
        return False
    if topic_of(view, i, part) and m.by not in ("sibling", "list", "known", "named"):
        return False
    rate = said.predicate == "rate" and said.word not in SHARES
    if rate and m.by not in ("sibling", "list", "known", "named") and not _told_of(view, i, (part, m.whole)):
        return False  # 220项全程网上办，网上申报率99.4%
    apart = rate and m.by == "near" and view.paragraphs[m.whole] != view.paragraphs[part]
    if apart and view.likeness(m.whole, part) < 0.5:
        return False  # 上线2493人，上线率19.3% of those who sat, not of 1.31万 teachers
    if rate and m.by == "sentence":
        return m.score >= 2.5
    return m.by != "behind" and m.score >= (1.0 if m.by == "near" else 0.8)


def _named_otherwise(view: View, i: int, whole: int) -> bool:
    """Whether a share, or the one before it that it came from (比例由2.2%降至0.4%), names a whole that has not one
    character of this one's name (义务教育班级总数, 新增学位)."""
    said = view.said[i] if _is_called_share(view, i) or not i else view.said[i - 1]
    name = set(said.object) - _ANY
    return len(name) > 1 and name.isdisjoint(view.metrics[whole] + view.said[whole].before)


def _is_called_share(view: View, i: int) -> bool:
    return view.said[i].predicate in ("share", "rate")


_RATE = lazy_pattern(r"(?P<act>[^\W\d_a-zA-Z]{2})(?:率|面|度|比例)[^率面度]{0,8}$")
_OF_DOING = lazy_pattern("完成|达标|合格|优良|覆盖|执行|到位|实现|兑现|落实")


def _told_of(view: View, i: int, operands: tuple[int, int]) -> bool:
    """Whether the words of one of these levels have what the rate is a rate of (申报 of 网上申报率), or it tells of
    doing a thing at all, whatever that is (完成率)."""
    rate = _RATE.search(view.said[i].before)
    if rate is None or _OF_DOING.search(rate["act"]):
        return True
    told = "".join(view.metrics[k] + view.said[k].before + view.said[k].behind for k in operands)
    return all(c in told for c in rate["act"])


def find_shares_printed_in_points(view: View) -> None:
    """`占43.2个百分点`: a share that holds if its percentage points are read as per cent."""
    for i, figure in enumerate(view.figures):
        said = view.statements[i]
        if figure.kind != "percentage_point" or said is None or said.predicate not in ("share", "rate"):
            continue
        if figure.direction is not None or view.is_result(i, *_OPEN, "difference"):
            continue
        for part in parts_meant(view, i)[:2]:
            for m in wholes_meant(view, i, part)[:3] if view.digits(i) > 1 else ():
                if view.trial("share", (part, m.whole, i)) is False:  # the number is right, the unit is not
                    view.claim("share", (part, m.whole, i), said.word or "占")
                    break


def contributes(view: View, i: int) -> bool:
    """Whether a list of contributions to growth runs through figure `i` (贡献率依次为26.2%、25.3%和48.5%)."""
    while i and in_row(view, i):
        i -= 1
    return "贡献" in view.said[i].before


def is_open(
    view: View, i: int, *, together: bool = False, beside: RelationType | None = None, vague: bool = False
) -> bool:
    """Whether figure `i` is an exact share or rate of its own (with `vague`: any) for which no relation has been found,
    but for one of the type `beside`."""
    figure, statement = view.figures[i], view.said[i]
    if figure.unit != "%" or figure.high is not None or figure.direction is not None:
        return False
    if figure.bound != "exact" and not vague:
        return False
    if (
        not says_share(view, i)
        or _NO_SHARE.search(view.metrics[i])
        or any(
            c.operands[-1] == i and c.type in _OPEN and c.type != beside and not (c.type == "sum" and c.implied)
            for c in view.claims
        )
    ):
        return False
    if not together and (TOGETHER.search(statement.before) or contributes(view, i)):
        return False
    return not (statement.predicate == "share" and FAR.search(statement.before[statement.before.rfind("占") :]))
