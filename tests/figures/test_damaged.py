"""Damaged, traditional, full-width text; usage of Taiwan and Hong Kong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CASES = ["damaged_synthetic"]


def test_case(case: dict[str, Any], figures_in: Callable[[str], list[str]]) -> None:
    assert figures_in(case["text"]) == case["figures"]
