"""Dates, markers, names, slogans, document and phone numbers; and the figures that stand beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CASES = ["not_figures_negative", "not_figures_synthetic"]


def test_case(case: dict[str, Any], figures_in: Callable[[str], list[str]]) -> None:
    assert figures_in(case["text"]) == case["figures"]
