"""Changes: which kind of change each figure states, and so where its relation is sought.

Belongs here: the choice by unit, direction and words. Does not belong here: the searches (differences.py, growth.py,
points.py).
"""

from __future__ import annotations

from hengshui_etl.patterns import lazy_pattern
from hengshui_etl.relations.search.apart import claim_gap_by_place
from hengshui_etl.relations.search.balances import BALANCE, claim_balance, claim_natural
from hengshui_etl.relations.search.differences import MORE, claim_amount, claim_plain_amount
from hengshui_etl.relations.search.growth import (
    claim_amount_behind_rate,
    claim_premium,
    claim_rate,
    claim_rate_of_listed_change,
)
from hengshui_etl.relations.search.named import becomes, named_plan
from hengshui_etl.relations.search.points import (
    LEVEL_OF_OTHERS,
    claim_apart,
    claim_percent_beyond,
    claim_percent_gap,
    claim_points,
)
from hengshui_etl.relations.search.view import AMOUNTS, View

_OF_RATES = lazy_pattern(r"增速|增幅|涨幅|降幅|率|比重|占比")  # a gap between rates, though told against a time before
_OVER_PLAN = lazy_pattern(
    r"^(?:比|较)?超(?:出|额完成)?(?:年度|全年|年初|省定|市定|县定|既定|预定)?(?:任务|计划|目标|预期)(?:数|量)?$"
)
_IN_TURN = lazy_pattern("[降增涨跌升减][幅速](?:分别|依次|各)[为达是]?$")
_BEYOND = lazy_pattern("[高低快慢][出了]?$")
_LESS_BY = lazy_pattern("累计减|共减|合计减|减贫|净减")


def find_changes(view: View) -> None:
    """Claim differences and growth of an article."""
    for i, figure in enumerate(view.figures):
        statement = view.statements[i]
        if statement is None or becomes(view, i) or claim_gap_by_place(view, i):
            continue
        if figure.kind in AMOUNTS and (plan := named_plan(view, i)) is not None:
            view.claim("difference", (*plan, i), "超计划")
        elif (
            figure.kind in AMOUNTS
            and i
            and _OVER_PLAN.search(statement.before)
            and view.plain(i - 1)
            and view.alike(i - 1, i)
            and view.figures[i - 1].sentence == figure.sentence
        ):
            view.claim("difference", (i - 1, i), "超计划", implied=True)
        elif figure.direction is not None and figure.kind in AMOUNTS:
            claim_amount(view, i)
            claim_amount_behind_rate(view, i)
        elif "自然增长率" in statement.before:
            claim_natural(view, i)
        elif statement.before.endswith(("溢价率", "溢价率为", "溢价率达", "溢价率高达", "溢价")):
            claim_premium(view, i)
        elif figure.unit == "百分点" and (
            figure.direction is not None
            or (i and LEVEL_OF_OTHERS.fullmatch(view.between(i - 1, i)))
            or statement.before.endswith(("再提", "再升", "再降", "再压"))
        ):
            claim_points(view, i)
        elif figure.unit == "百分点":
            claim_apart(view, i)
        elif figure.unit == "%" and figure.direction is None and _IN_TURN.search(statement.before):
            claim_rate_of_listed_change(view, i)
        elif figure.unit == "%" and figure.direction is None and i and view.figures[i - 1].unit == "%":
            if _BEYOND.search(view.between(i - 1, i)) and LEVEL_OF_OTHERS.fullmatch(view.between(i - 1, i)):
                claim_percent_beyond(view, i)
        elif figure.unit == "%" and figure.direction is not None:
            if statement.predicate == "gap" and (not statement.temporal or _OF_RATES.search(statement.before)):
                claim_percent_gap(view, i)
            else:
                claim_rate(view, i)
        elif figure.direction is None and figure.kind in AMOUNTS and BALANCE.search(statement.before):
            claim_balance(view, i)
        elif figure.direction is None and figure.kind in AMOUNTS and MORE.search(statement.before) and view.level[i]:
            claim_plain_amount(view, i)
        elif figure.direction is None and figure.kind in AMOUNTS and _LESS_BY.search(statement.before):
            claim_balance(view, i)
