"""Periods, directions and scopes that rules of grammar tell, one case of `cases/meaning.json` each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.figures.test_meaning import days, figures_of

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "cases" / "meaning.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("told", CASES, ids=[told["why"] for told in CASES])
def test_what_a_figure_means(told: dict[str, Any]) -> None:
    figure = figures_of(told["body"], told["head"])[told["text"]]
    if "period" in told:
        assert list(days(figure) or ()) == told["period"]
    if "direction" in told:
        assert figure.direction == told["direction"]
    if "scope" in told:
        assert figure.scope == told["scope"]
