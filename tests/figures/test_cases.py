"""The cases themselves: enough of them, each labelled once, with its origin, and each kind present."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

CASES = Path(__file__).parent.parent / "cases"
KINDS = ("wild", "synthetic", "negative", "known_failures")


def test_cases_are_many_and_labelled() -> None:
    kinds: Counter[str] = Counter()
    for path in sorted(CASES.glob("figures_*.json")):
        cases = json.loads(path.read_text("utf-8"))
        labels = [case["label"] for case in cases]
        assert len(labels) == len(set(labels)), path.name
        assert all(case["origin"] and case["text"] and case["label"] for case in cases), path.name
        kind = next(kind for kind in KINDS if path.stem.endswith(kind))
        kinds[kind] += len(cases)
        if kind == "negative":
            assert not any(case["figures"] for case in cases)
        else:
            assert kind == "synthetic" or all(case["figures"] for case in cases)
    assert set(kinds) == set(KINDS)
    assert kinds.total() >= 400
