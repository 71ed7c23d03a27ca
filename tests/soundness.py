"""What holds of every examination, whatever the bytes were: shared by the tests of hostile input and the fuzzer.

Belongs here: what can be said of any answer without knowing the right one. Does not belong here: inputs, expectations
of one text.
"""

from __future__ import annotations

from itertools import pairwise

from hengshui_etl.pipeline import examine
from hengshui_etl.records import Examination
from hengshui_etl.text import Unreadable


def examined(data: bytes) -> Examination | str:
    """The examination, or the reason why there is none. Raises what `examine` must not raise."""
    try:
        return examine(data, source_path="any.txt")
    except Unreadable as unreadable:
        return str(unreadable)


def faults(found: Examination | str) -> list[str]:
    """What is wrong with an answer, in words; nothing for a sound one."""
    if isinstance(found, str):
        return [] if 10 < len(found) < 300 and found.isprintable() else [f"no clear reason: {found!r}"]
    return [*_faults_of_text(found), *_faults_of_figures(found), *_faults_of_relations(found)]


def _faults_of_text(found: Examination) -> list[str]:
    article, out = found.article, []
    clean, source = article.offsets
    if len(clean) != len(source) or clean[:1] != (0,) or source[:1] != (0,):
        out.append("offsets do not begin with 0")
    if any(b < a for breaks in (clean, source) for a, b in pairwise(breaks)):
        out.append("offsets fall")
    rebuilt, at = [], 0
    for repair in article.repairs:
        if repair.start < at or article.source[repair.start : repair.end] != repair.before:
            out.append(f"a repair is not where it says: {repair}")
        rebuilt += [article.source[at : repair.start], repair.after]
        at = repair.end
    rebuilt.append(article.source[at:])
    if len("".join(rebuilt)) != len(article.text):
        out.append("the repairs do not lead from the source to the clean text")
    last = 0
    for sentence in article.sentences:
        if not last <= sentence.start < sentence.end <= len(article.text):
            out.append(f"sentences overlap or are empty: {sentence}")
        if not 0 <= sentence.paragraph < len(article.blocks):
            out.append(f"a sentence of no block: {sentence}")
        last = sentence.end
    last = 0
    for block in article.blocks:
        if not last <= block.start <= block.end <= len(article.text):
            out.append(f"blocks overlap: {block.start}-{block.end}")
        if any(not block.start <= cell.start <= cell.end <= block.end for row in block.rows for cell in row):
            out.append(f"a cell outside its table: {block.start}-{block.end}")
        last = block.end
    return out


def _faults_of_figures(found: Examination) -> list[str]:
    article, out = found.article, []
    last = 0
    for n, figure in enumerate(found.figures, 1):
        if figure.id != f"f{n}":
            out.append(f"figure {n} is called {figure.id}")
        if not 0 <= figure.start < figure.end <= len(article.source):
            out.append(f"{figure.id} is outside the source")
        if article.source[figure.start : figure.end] != figure.text:
            out.append(f"{figure.id} is not what stands there: {figure.text!r}")
        if not last <= figure.at < figure.till <= len(article.text):
            out.append(f"{figure.id} overlaps the one before it, or is empty")
        if (article.offsets.source_start(figure.at), article.offsets.source_end(figure.till)) != figure[2:4]:
            out.append(f"the offsets of {figure.id} do not lead from the clean text to the source")
        if not figure.value.is_finite() or (figure.high is not None and not figure.high.is_finite()):
            out.append(f"{figure.id} has no finite value")
        if not 0 <= figure.sentence < len(article.sentences):
            out.append(f"{figure.id} is in no sentence")
        last = figure.till
    return out


def _faults_of_relations(found: Examination) -> list[str]:
    count, out = len(found.figures), []
    for n, relation in enumerate(found.relations, 1):
        operands = relation.claim.operands
        if relation.id != f"c{n}":
            out.append(f"relation {n} is called {relation.id}")
        if not operands or len(set(operands)) != len(operands):
            out.append(f"{relation.id} has no operands, or one twice")
        if not all(0 <= i < count for i in (*operands, *relation.blame)):
            out.append(f"{relation.id} is about no figure")
        if relation.verdict.status != "fail" and (relation.blame or relation.mend is not None):
            out.append(f"{relation.id} does not fail, and has somebody to blame")
        if relation.mend is not None and not 0 <= relation.mend.figure < count:
            out.append(f"{relation.id} mends no figure")
    if not all(0 <= i < count for undecided in found.undecided for i in undecided.figures):
        out.append("what was left undecided is about no figure")
    return out
