"""Digits and Chinese numerals in every mixture, separators, fractions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CASES = ["numerals_synthetic"]


def test_case(case: dict[str, Any], figures_in: Callable[[str], list[str]]) -> None:
    assert figures_in(case["text"]) == case["figures"]
