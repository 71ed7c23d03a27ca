"""Words that say a figure is not exact: before, behind, apart, and the words that only look like them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CASES = ["bounds_synthetic"]


def test_case(case: dict[str, Any], figures_in: Callable[[str], list[str]]) -> None:
    assert figures_in(case["text"]) == case["figures"]
