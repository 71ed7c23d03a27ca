"""The search, from a few sentences to judged claims: what must be found with these operands, and what must not be said.

The cases are data (tests/cases/claims.json). Every claim of a case must be found with its operands in their order and
its status, and nothing else may fail: an accusation that the case does not name is a false alarm. `wild` was seen in
articles, `synthetic` made up, `negative` a trap in which nothing fails, `known_failure` what is wrong today: strict, so
that progress shows (then `kind` becomes what `of` says).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from hengshui_etl.pipeline import examine
from hengshui_etl.records import RelationType

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "cases" / "claims.json").read_text("utf-8"))


def judged(case: dict[str, Any]) -> list[list[Any]]:
    """Type, operand texts and status of everything that is claimed of the case's text, printed as a small article."""
    title = case.get("title", "衡水市经济运行情况")
    article = f"{title}\n2021年3月18日 来源：衡水日报\n{case['text']}\n"
    examined = examine(article.encode(), source_path="case.txt")
    return [
        [r.claim.type, [examined.figures[i].text for i in r.claim.operands], r.verdict.status]
        for r in examined.relations
    ]


def _marked(case: dict[str, Any]) -> Any:
    marks = [pytest.mark.xfail(strict=True)] if case["kind"] == "known_failure" else []
    return pytest.param(case, id=f"{case['kind']}: {case['label']}", marks=marks)


@pytest.mark.parametrize("case", [_marked(case) for case in CASES])
def test_claims(case):
    found = judged(case)
    missing = [claim for claim in case["claims"] if claim not in found]
    false_alarms = [claim for claim in found if claim[2] == "fail" and claim not in case["claims"]]
    assert (missing, false_alarms) == ([], [])


def test_every_type_has_cases_that_hold_and_cases_that_fail():
    held = {kind for case in CASES for kind, _, status in case["claims"] if status != "fail"}
    failed = {kind for case in CASES for kind, _, status in case["claims"] if status == "fail"}
    assert held == failed == set(get_args(RelationType))


def test_cases_are_well_formed():
    labels = [case["label"] for case in CASES]
    assert len(labels) == len(set(labels)) >= 80
    for case in CASES:
        assert case["kind"] in {"wild", "synthetic", "negative", "known_failure"}
        assert ("of" in case) == (case["kind"] == "known_failure")
        assert ("origin" in case) == ("wild" in (case["kind"], case.get("of")))
        if "negative" in (case["kind"], case.get("of")):
            assert all(status != "fail" for _, _, status in case["claims"])
        else:
            assert case["claims"]
        for _, operands, _ in case["claims"]:
            assert all(text in case["text"] + case.get("title", "") for text in operands)
