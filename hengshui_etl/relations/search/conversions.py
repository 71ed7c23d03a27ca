"""Conversions: one quantity in two units, or in two currencies or fuels with the rate between them.

Belongs here: relations of type conversion. Does not belong here: the factors between units (../units.py).
"""

from __future__ import annotations

import re

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.view import View, covered
from hengshui_etl.relations.units import factor_between

_OF_RATE = lazy_pattern(r"兑|汇率|每千瓦时|每度|每吨|^折合|^折")
_PER_UNIT = lazy_pattern("每(?P<unit>千瓦时|立方米|吨)[^，。；]{0,8}$")
_FORMER = lazy_pattern("上年|去年|前年|前一年|同期")
_THAT_IS = lazy_pattern("[，,]?(?:即|也就是|亦即)")
_MAKES = lazy_pattern("折合|约合|合人民币|折算|合计人民币|折|合")
_AS_MUCH = lazy_pattern("相当于|折合|节约")
_RATE = lazy_pattern(r"汇率|兑|折算")


def find_conversions(view: View) -> None:
    """Claim the conversions of an article."""
    for i, statement in enumerate(view.statements):
        if statement is None:
            continue
        if view.level[i] and (statement.bracketed or (i and _THAT_IS.fullmatch(view.between(i - 1, i)))):
            _claim_bracketed(view, i)
        elif view.titled(i) and view.figures[i].kind == "measure" and view.digits(i) > 2:
            _claim_of_headline(view, i)
        if view.level[i] and _MAKES.search(statement.before[-8:]):
            _claim_converted(view, i)
        elif view.level[i] and view.figures[i].kind == "money" and _RATE.search(view.text, *_reach_back(view, i)):
            _claim_at_rate(view, i)
    _claim_coal(view)


def _reach_back(view: View, i: int) -> tuple[int, int]:
    """The stretch of text before figure `i` in which a rate of exchange would stand."""
    return max(0, view.figures[i].at - 60), view.figures[i].at


def _claim_at_rate(view: View, i: int) -> None:
    """`以1美元兑6.7261元的年均汇率折算，全年进出口总值为31.9亿美元`: the other amount stands further off."""
    figure = view.figures[i]
    rates = [j for j in range(max(0, i - 3), i) if view.figures[j].kind == "money" and 0 < view.values[j] < 1000]
    amounts = [
        j
        for j in range(i - 1, max(-1, i - 13), -1)
        if view.level[j]
        and not view.titled(j)
        and view.figures[j].kind == "money"
        and view.figures[j].unit != figure.unit
        and j not in rates
    ]
    for rate in rates[::-1]:
        for one in amounts:
            if view.figures[rate].value != 1 and view.trial("conversion", (one, i, rate)):
                view.claim("conversion", (one, i, rate), "按汇率")
                return
    if re.search("折算|计算|换算|计", view.text[max(0, view.figures[i].at - 30) : view.figures[i].at]):
        _claim_as_told(view, i)


def _claim_bracketed(view: View, i: int) -> None:
    """`295.5万吨（59.1亿斤）`: the same quantity in another unit."""
    one = i - 1
    if one < 0 or len(view.between(one, i)) > 6 or view.figures[one].unit == view.figures[i].unit:
        return
    if factor_between(view.figures[one].unit, view.figures[i].unit) is not None:
        view.claim("conversion", (one, i), "换算")


def _claim_of_headline(view: View, i: int) -> None:
    """`总产量134.7亿斤` over `总产量673.5万吨`: what a headline tells in another unit."""
    for j in range(view.count):
        if not view.plain(j) or view.figures[j].unit == view.figures[i].unit or view.figures[j].bound != "exact":
            continue
        if factor_between(view.figures[j].unit, view.figures[i].unit) and view.trial("conversion", (j, i)):
            view.claim("conversion", (j, i), "标题换算")
            return


def _claim_converted(view: View, i: int) -> None:
    """`按1美元兑6.8974元…折合127.1亿美元`: two amounts and the rate between them."""
    figure = view.figures[i]
    same = [
        j
        for j in range(i - 1, max(-1, i - 8), -1)
        if view.paragraphs[j] == view.paragraphs[i]
        and view.figures[j].kind in ("money", "measure")
        and view.figures[j].high is None
        and not view.is_cell(j)
    ]
    for one in same:
        if view.figures[one].unit == figure.unit or (view.figures[one].kind != figure.kind and figure.kind == "money"):
            continue
        if (
            factor_between(view.figures[one].unit, figure.unit) is not None
            and one == i - 1
            and len(view.between(one, i)) < 12
        ):
            view.claim("conversion", (one, i), "折合")
            return
        for rate in same:
            if rate not in (one, i) and view.figures[rate].value != 1 and view.trial("conversion", (one, i, rate)):
                view.claim("conversion", (one, i, rate), "折合")
                return
    _claim_as_told(view, i)


def _claim_as_told(view: View, i: int) -> None:
    """Claim the amount and the rate that words name, whether they hold or not."""
    figure = view.figures[i]
    rates = [j for j in range(i - 1, max(-1, i - 4), -1) if _is_rate(view, j) and view.periods[j] == view.periods[i]]
    if not rates or (rates[0] == i - 1 and len(view.between(rates[0], i)) > 30):
        return
    rate = rates[0]
    unit_of_rate = (
        rate - 1 if rate and view.figures[rate - 1].value == 1 and len(view.between(rate - 1, rate)) < 8 else -1
    )
    amounts = [
        j
        for j in range(rate - 1, max(-1, rate - 12), -1)
        if j != unit_of_rate
        and view.plain(j)
        and not _is_rate(view, j)
        and view.paragraphs[j] == view.paragraphs[i]
        and _FORMER.search(view.said[j].before) is None
        and view.figures[j].kind == figure.kind
        and view.figures[j].unit != figure.unit
        and (unit_of_rate < 0 or view.figures[unit_of_rate].unit in (view.figures[j].unit, figure.unit))
    ]
    own = [j for j in amounts if view.periods[j] == view.periods[i]]
    named = view.metrics[i]
    alike = [j for j in amounts if len(named) > 2 and covered(named, view.metrics[j]) == 1]
    if len(own) == 1 or (own and own[0] == (unit_of_rate if unit_of_rate >= 0 else rate) - 1):
        view.claim("conversion", (own[0], i, rate), "折合")
    elif not own and len(alike or amounts) == 1:
        view.claim("conversion", ((alike or amounts)[0], i, rate), "折合")
    else:
        slips = [one for one in own or amounts if view.slip("conversion", (one, i, rate), "garbled")]
        if len(slips) == 1 and view.digits(slips[0]) >= 3:
            view.claim("conversion", (slips[0], i, rate), "折合")


def _is_rate(view: View, j: int) -> bool:
    """Whether figure `j` is what one unit is worth: 1美元兑6.8974元, 按每千瓦时300克."""
    return view.figures[j].kind in ("money", "measure") and _OF_RATE.search(view.said[j].before) is not None


def _claim_coal(view: View) -> None:
    """`按每千瓦时300克标准煤耗测算，相当于节约标准煤228.6万吨`: an amount, what it makes, and the rate per unit."""
    for i, figure in enumerate(view.figures):
        statement = view.statements[i]
        if statement is None or figure.kind != "measure" or not _AS_MUCH.search(statement.before):
            continue
        for rate in range(i - 1, max(-1, i - 4), -1):
            for one in range(rate - 1, max(-1, rate - 6), -1):
                if (
                    view.level[one]
                    and view.figures[one].kind == "measure"
                    and view.trial("conversion", (one, i, rate))
                    and view.figures[one].sentence == figure.sentence
                ):
                    view.claim("conversion", (one, i, rate), "折合")
                    return  # one such estimate an article
        if figure.kind == "measure" and i >= 2 and (rate_word := _PER_UNIT.search(view.said[i - 1].before)):
            amounts = [
                j
                for j in range(i - 2, max(-1, i - 8), -1)
                if view.level[j]
                and view.figures[j].unit == rate_word["unit"]
                and view.figures[j].sentence == figure.sentence
            ]
            if len(amounts) == 1 and view.figures[i - 1].kind == "measure":
                view.claim("conversion", (amounts[0], i, i - 1), "折合")
                return
