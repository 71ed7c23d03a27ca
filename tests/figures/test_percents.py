"""Percent, percentage points, parts in a thousand, tenths, discounts, multiples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CASES = ["percents_synthetic", "tenths_synthetic", "multiples_synthetic"]


def test_case(case: dict[str, Any], figures_in: Callable[[str], list[str]]) -> None:
    assert figures_in(case["text"]) == case["figures"]
