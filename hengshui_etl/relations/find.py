"""Language and layout to claims: every relation that an article states or implies.

Belongs here: the order in which the families are sought, since what is found first serves the next as context. Does not
belong here: the families themselves (search/), verdicts (judge.py).
"""

from __future__ import annotations

from hengshui_etl.figures import Reading
from hengshui_etl.records import Article, Claim, Undecided
from hengshui_etl.relations.search.averages import find_averages
from hengshui_etl.relations.search.changes import find_changes
from hengshui_etl.relations.search.conversions import find_conversions
from hengshui_etl.relations.search.copies import find_copies, find_summaries
from hengshui_etl.relations.search.dismissed import take_back
from hengshui_etl.relations.search.enumerations import find_enumerations
from hengshui_etl.relations.search.multiples import find_multiples
from hengshui_etl.relations.search.percent_sums import accuse_shares_in_rows
from hengshui_etl.relations.search.shares import find_shares
from hengshui_etl.relations.search.shares_explained import take_back_shares
from hengshui_etl.relations.search.shares_failing import find_failing_shares
from hengshui_etl.relations.search.shares_meant import (
    find_shares_of_what_is_meant,
    find_shares_printed_in_points,
    find_shares_that_miss_what_is_meant,
)
from hengshui_etl.relations.search.shares_of_two import find_shares_of_two
from hengshui_etl.relations.search.shares_together import find_shares_together
from hengshui_etl.relations.search.tables import find_in_tables
from hengshui_etl.relations.search.thresholds import find_thresholds
from hengshui_etl.relations.search.told_of_tables import find_told_of_tables
from hengshui_etl.relations.search.totals import find_totals
from hengshui_etl.relations.search.view import View


def find_claims(article: Article, reading: Reading) -> tuple[tuple[Claim, ...], tuple[Undecided, ...]]:
    """The claims of an article in the order of their last operand, and what was looked at and left."""
    view = View(article, reading)
    find_in_tables(view)
    find_shares(view)
    find_totals(view)
    find_failing_shares(view)  # sums have shown by now what the wholes are
    find_shares_together(view)
    find_shares_of_what_is_meant(view)
    find_shares_that_miss_what_is_meant(view)
    find_shares_printed_in_points(view)
    find_shares_of_two(view)
    take_back_shares(view)
    accuse_shares_in_rows(view)
    find_changes(view)
    find_averages(view)
    find_multiples(view)
    find_conversions(view)
    find_told_of_tables(view)
    find_enumerations(view)
    find_thresholds(view)
    find_copies(view)
    find_summaries(view)
    take_back(view)
    claims = sorted(view.claims, key=lambda c: (max(c.operands), c.type, c.operands))
    return tuple(claims), tuple(view.undecided)
