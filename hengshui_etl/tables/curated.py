"""The curated tables' rules: which figures and relations of an article make a row, as pure functions from records.

Belongs here: indicators, project totals, shares of a province. Does not belong here: columns (schemas.py, frames.py),
finding figures or relations. What is not plain is left out: every row can be defended from one sentence.
"""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from hengshui_etl.records import Examination, Figure, Relation
from hengshui_etl.vocab import regions

MAX_INTEGER = 2**63 - 1


class Indicator(NamedTuple):
    """A figure that says what it measures; `repeats` is the id of the earlier figure that it says again."""

    figure: Figure
    published_on: date | None
    repeats: str | None


class ProjectTotal(NamedTuple):
    """A number of projects and their total investment, stated together; `mean` in yuan a project."""

    projects: str
    number: Figure
    investment: Figure
    mean: Fraction


class ProvincialShare(NamedTuple):
    """A count and its percentage of an unstated whole. `whole_word` is how the article names the whole, `whole_scope`
    whose it is; the totals are the smallest and largest possible whole. The last three are about a province's
    divisions and empty where the count is not one division's."""

    relation: Relation
    part: Figure
    share: Figure
    whole_word: str | None
    whole_scope: str | None
    is_provincial: bool
    total_low: int | None
    total_high: int | None
    city_count: int | None
    above_average: bool | None
    says_above_average: bool


def indicators(examination: Examination) -> list[Indicator]:
    """Every figure that says what it measures, in reading order."""
    figures = examination.figures
    repeats: dict[int, str] = {}
    for relation in examination.relations:
        if relation.claim.type == "restatement" and relation.verdict.status == "pass":
            first, *others = sorted(relation.claim.operands)
            for other in others:
                repeats.setdefault(other, figures[first].id)
    published_on = examination.article.published_on
    return [Indicator(figure, published_on, repeats.get(i)) for i, figure in enumerate(figures) if figure.metric]


def project_totals(examination: Examination) -> list[ProjectTotal]:
    """Numbers of projects (项目) that are followed, as the next figure of the sentence, by their 总投资.

    A list (`开工项目191项、竣工项目20项,总投资…`) leaves open whose investment it is: only the figure just before the
    investment counts, and nothing at all where another number of projects stands in the same clause before it.
    """
    text, found = examination.article.text, []
    for before, count, investment in zip(
        (None, *examination.figures), examination.figures, examination.figures[1:], strict=False
    ):
        between = text[count.till : investment.at]
        if not (
            count.sentence == investment.sentence
            and _counts_projects(count, text[max(0, count.at - 12) : count.till + 8])
            and investment.kind == "money"
            and investment.unit == "元"
            and 0 < investment.value <= MAX_INTEGER
            and _TOTAL.search(between)
            and not _OTHER_MONEY.search(between)
        ):
            continue
        if (
            before is not None
            and before.kind == "count"
            and before.unit == count.unit
            and before.sentence == count.sentence
        ):
            gap = text[before.till : count.at]
            if len(gap) < 20 and _LISTED.search(gap) and _counts_projects(before, gap):
                continue
        name = count.metric or _TOTAL.sub("", investment.metric or "")
        if name:
            mean = Fraction(investment.value) / Fraction(count.value)
            found.append(ProjectTotal(name, count, investment, mean))
    return found


_TOTAL = re.compile(r"总投资额?|投资总额|计划总投资|投资总规模")
_OTHER_MONEY = re.compile(r"年度计划投资|已完成投资|完成投资|年度投资")
_LISTED = re.compile(r"[、和及]")
_PROJECT_UNITS = ("项", "个")


def _counts_projects(figure: Figure, around: str) -> bool:
    whole = figure.value == figure.value.to_integral_value() and 0 < figure.value <= MAX_INTEGER
    return (
        figure.kind == "count"
        and figure.unit in _PROJECT_UNITS
        and whole
        and ("项目" in (figure.metric or "") or "项目" in around)
    )


def provincial_shares(examination: Examination) -> list[ProvincialShare]:
    """Every judged count with its percentage of an unstated whole, with the wholes that are possible."""
    text, found = examination.article.text, []
    for relation in examination.relations:
        if relation.claim.type != "feasible_share":
            continue
        count, share = (examination.figures[i] for i in relation.claim.operands)
        if (
            count.kind != "count"
            or not 0 < count.value <= MAX_INTEGER  # of 0万, rounded, every whole is possible
            or count.value != count.value.to_integral_value()
        ):
            continue
        computed = relation.verdict.computed if relation.verdict.status != "fail" else None
        low, high = (None, None) if computed is None else (_whole(computed.low), _whole(computed.high))
        word = _whole_word(text[count.till : share.at], share.metric)
        provincial = word in ("全省", "全自治区")
        city_count = _city_count(count.scope_code) if provincial else None
        after = _CLAUSES_END.split(text[share.till : examination.article.sentences[share.sentence].end], maxsplit=1)[0]
        found.append(
            ProvincialShare(
                relation,
                count,
                share,
                word,
                _owner(word, count),
                provincial,
                low,
                high,
                city_count,
                None if city_count is None else _above(share, Fraction(100, city_count)),
                provincial and (_SAYS_ABOVE.match(after) or _NUMBERS_ABOVE.search(after)) is not None,
            )
        )
    return found


_WHOLES = "全省|全国|全自治区|全区|全市|全县|全球|世界"
_WHOLE_WORD = re.compile(rf"占(?:到|了|据)?[^,,。;;]{{0,4}}?({_WHOLES})")
_CLAUSES_END = re.compile("[;;。]")
# Said of the share just before, with no other figure between; or further on, of the numbers of what was counted.
_SAYS_ABOVE = re.compile(r"\s*[,,、]?[^,,\d]{0,12}(?:高于|超过|高出)全省平均")
_NUMBERS_ABOVE = re.compile(r"(?:个数|数量|项目数)[^,,\d]{0,12}(?:高于|超过|高出)全省平均")


def _whole_word(between: str, metric: str | None) -> str | None:
    found = _WHOLE_WORD.search(between) or _WHOLE_WORD.search(metric or "")
    return found[1] if found else None


def _whole(end: Fraction | None) -> int | None:
    return end.numerator if end is not None and end.denominator == 1 and end <= MAX_INTEGER else None


def _owner(word: str | None, count: Figure) -> str | None:
    """Whose whole it is, as far as the word and the count's own division tell."""
    if word is None:
        return count.scope
    code = count.scope_code or ""
    if word in ("全省", "全自治区"):
        return _names().get(code[:2] + "0000", word)
    if word == "全市":
        return _names().get(code[:4] + "00", word)
    return word


def _city_count(code: str | None) -> int | None:
    """How many prefecture-level divisions the province of this division has, if it is one of them."""
    if not code or code[2:4] == "00" or not code.endswith("00"):
        return None
    return _cities().get(code[:2])


@cache
def _names() -> dict[str, str]:
    return {region.code: region.name for region in regions()}


@cache
def _cities() -> dict[str, int]:
    counts: dict[str, int] = {}
    for region in regions():
        if region.level == "prefecture":
            counts[region.code[:2]] = counts.get(region.code[:2], 0) + 1
    return counts


def _above(share: Figure, average: Fraction) -> bool | None:
    """Whether all values that the printed share can stand for lie above the average, or none; None for some."""
    half = Fraction(share.place) / 2
    if share.bound != "exact" or share.high is not None or share.unit != "%":
        return None
    low, high = Fraction(share.value) - half, Fraction(share.value) + half
    return True if low > average else False if high <= average else None
