"""The search, from a few sentences to judged claims: what must be found with these operands, and what must not be said.

The cases are data (tests/cases/claims.json). Every claim of a case must be found with its operands in their order and
its status, and nothing else may fail: an accusation that the case does not name is a false alarm. `wild` was seen in
articles, `synthetic` made up, `negative` a trap in which nothing fails, `known_failure` what is wrong today: strict, so
that progress shows. When one is mended, `python tests/relations/search/test_claims.py` makes its `kind` what `of` says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from hengshui_etl.pipeline import examine
from hengshui_etl.records import RelationType

FILE = Path(__file__).parents[2] / "cases" / "claims.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))


def judged(case: dict[str, Any]) -> list[list[Any]]:
    """Type, operand texts and status of everything that is claimed of the case's text, printed as a small article."""
    title = case.get("title", "衡水市经济运行情况")
    article = f"{title}\n2021年3月18日 来源：衡水日报\n{case['text']}\n"
    examined = examine(article.encode(), source_path="case.txt")
    return [
        [r.claim.type, [examined.figures[i].text for i in r.claim.operands], r.verdict.status]
        for r in examined.relations
    ]


def wrong(case: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """The claims of a case that are not found, and the accusations that it does not name."""
    found = judged(case)
    missing = [claim for claim in case["claims"] if claim not in found]
    return missing, [claim for claim in found if claim[2] == "fail" and claim not in case["claims"]]


def _marked(case: dict[str, Any]) -> Any:
    marks = [pytest.mark.xfail(strict=True)] if case["kind"] == "known_failure" else []
    return pytest.param(case, id=f"{case['kind']}: {case['label']}", marks=marks)


@pytest.mark.parametrize("case", [_marked(case) for case in CASES])
def test_claims(case):
    assert wrong(case) == ([], [])


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


def promote() -> None:
    """Write the file again, with the known failures that are none any more among the others."""
    for case in CASES:
        if case["kind"] == "known_failure" and wrong(case) == ([], []):
            case["kind"] = case.pop("of")
            print("mended:", case["label"])
    FILE.write_text("[\n " + ",\n ".join(json.dumps(case, ensure_ascii=False) for case in CASES) + "\n]\n", "utf-8")


if __name__ == "__main__":
    promote()
