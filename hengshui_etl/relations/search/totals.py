"""Wholes and parts: the order in which sums, remainders and parts are sought.

Belongs here: that order, since a figure that is part of one sum is not sought for another. Does not belong here: the
searches themselves (remainders.py, sums_listed.py, sums_swept.py, partitions.py, percent_sums.py, parts.py).
"""

from __future__ import annotations

from hengshui_etl.relations.search.partitions import (
    claim_known_partitions,
    claim_levels_of_a_hundred,
    claim_long_list,
    claim_parallel_lists,
    claim_parallel_remainders,
    claim_partitions,
)
from hengshui_etl.relations.search.parts import (
    claim_done_parts,
    claim_marked_parts,
    claim_named_parts,
    claim_new_within_stock,
)
from hengshui_etl.relations.search.parts_by_words import claim_parts_by_words
from hengshui_etl.relations.search.parts_of_kinds import claim_kinds
from hengshui_etl.relations.search.parts_told import claim_told_parts
from hengshui_etl.relations.search.percent_sums import accuse_hundreds, claim_hundreds, claim_shares_of_a_share
from hengshui_etl.relations.search.remainders import claim_remainders, claim_uncounted_remainders
from hengshui_etl.relations.search.remainders_worded import accuse_worded_remainders
from hengshui_etl.relations.search.sums_listed import accuse_list, claim_lists_behind_wholes, claim_totals_behind_parts
from hengshui_etl.relations.search.sums_marked import (
    claim_added_up,
    claim_bracketed_parts,
    claim_joined_pairs,
    claim_numbered_parts,
)
from hengshui_etl.relations.search.sums_owned import members_of_failing_lists
from hengshui_etl.relations.search.sums_swept import claim_exact_stretches
from hengshui_etl.relations.search.sums_worded import accuse_worded_lists
from hengshui_etl.relations.search.view import View


def find_totals(view: View) -> None:
    """Claim the sums, remainders and parts of an article."""
    claim_remainders(view)
    owned = members_of_failing_lists(view)
    failing = claim_lists_behind_wholes(view, owned)
    claim_bracketed_parts(view)
    claim_numbered_parts(view)
    claim_joined_pairs(view)
    claim_added_up(view)
    claim_totals_behind_parts(view)
    claim_exact_stretches(view, owned)
    accuse_worded_remainders(view)
    # Accused only now: the parts of a list that fails may have turned out to be parts of a sum that holds.
    for whole, parts in failing:
        if not any(p in view.parts for p in parts):
            accuse_list(view, whole, parts)
    claim_parallel_lists(view)
    claim_parallel_remainders(view)
    claim_long_list(view)
    claim_partitions(view)
    claim_known_partitions(view)
    accuse_worded_lists(view)
    claim_shares_of_a_share(view)
    claim_hundreds(view)
    accuse_hundreds(view)
    claim_levels_of_a_hundred(view)
    claim_marked_parts(view)
    claim_named_parts(view)
    claim_done_parts(view)
    claim_new_within_stock(view)
    claim_parts_by_words(view)
    claim_told_parts(view)
    claim_kinds(view)
    claim_uncounted_remainders(view)
