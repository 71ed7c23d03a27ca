"""What cannot be read yet. A case that begins to pass fails here, and moves to the cases of its phenomenon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

CASES = ["known_failures"]


@pytest.mark.xfail(strict=True, raises=AssertionError)
def test_known_failure(case: dict[str, Any], figures_in: Callable[[str], list[str]]) -> None:
    assert figures_in(case["text"]) == case["figures"]
