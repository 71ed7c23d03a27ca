"""Figures to verdicts: which figures belong to one relation, whether it holds, whom to blame, what would mend it."""

from __future__ import annotations

from hengshui_etl.figures import Reading
from hengshui_etl.records import Article, Claim, Relation, Undecided, Verdict
from hengshui_etl.relations.explained import is_explained
from hengshui_etl.relations.find import find_claims
from hengshui_etl.relations.judge import NotJudgeable, verdict_of
from hengshui_etl.relations.mend import blame_and_mend
from hengshui_etl.relations.stretches import stretches_of

__all__ = ["find_claims", "relations_of"]


def relations_of(article: Article, reading: Reading) -> tuple[tuple[Relation, ...], tuple[Undecided, ...]]:
    """All judged relations of an article in reading order, and what was looked at but not judged, with the reason."""
    judged: list[tuple[Claim, Verdict]] = []
    left: list[Undecided] = []
    for first, stretch in stretches_of(article, reading):
        claims, undecided = find_claims(article, stretch)
        left += (Undecided(tuple(first + i for i in u.figures), u.reason) for u in undecided)
        for found in claims:
            claim = found._replace(operands=tuple(first + i for i in found.operands)) if first else found
            try:
                verdict = verdict_of(claim, reading.figures)
            except NotJudgeable as reason:
                left.append(Undecided(claim.operands, str(reason)))
                continue
            if verdict.status != "fail" or is_explained(claim, verdict, reading.figures):
                judged.append((claim, verdict))
            else:
                left.append(Undecided(claim.operands, f"{claim.type}: no one error explains the difference"))
    cures = blame_and_mend([c for c, _ in judged], [v for _, v in judged], reading.figures)
    relations = tuple(
        Relation(f"c{n}", claim, verdict, cure.blame, cure.mend)
        for n, ((claim, verdict), cure) in enumerate(zip(judged, cures, strict=True), 1)
    )
    return relations, tuple(left)
