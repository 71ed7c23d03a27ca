"""Two ends make one figure; two levels make two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CASES = ["ranges_synthetic"]


def test_case(case: dict[str, Any], figures_in: Callable[[str], list[str]]) -> None:
    assert figures_in(case["text"]) == case["figures"]
