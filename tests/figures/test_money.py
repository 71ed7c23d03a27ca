"""Currencies, spoken amounts, and 元 left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CASES = ["money_synthetic"]


def test_case(case: dict[str, Any], figures_in: Callable[[str], list[str]]) -> None:
    assert figures_in(case["text"]) == case["figures"]
