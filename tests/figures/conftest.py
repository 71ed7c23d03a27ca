"""Cases of figures are data: `tests/cases/figures_*.json`. A test module names its files in CASES.

A case has a label, an origin, a text, and the figures to be read from it, in reading order, each written as
`TEXT = VALUE UNIT`, with `VALUE..HIGH` for a range, and the bound and `rank` behind the unit where they apply.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from hengshui_etl.figures import read_figures
from hengshui_etl.records import Article, Figure
from hengshui_etl.text import read_article

FOLDER = Path(__file__).parent.parent / "cases"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize(
            "case",
            [
                pytest.param(case, id=f"{name}: {case['label']}")
                for name in metafunc.module.CASES
                for case in json.loads((FOLDER / f"figures_{name}.json").read_text("utf-8"))
            ],
        )


def plain(value: Decimal) -> str:
    printed = f"{value:f}"
    return printed.rstrip("0").rstrip(".") if "." in printed else printed


def written(figure: Figure) -> str:
    parts = [plain(figure.value) + (f"..{plain(figure.high)}" if figure.high is not None else ""), figure.unit]
    if figure.kind == "rank":
        parts.append("rank")
    if figure.bound != "exact":
        parts.append(figure.bound)
    return f"{figure.text} = {' '.join(parts)}"


def article_with(text: str) -> Article:
    return read_article(text.encode("utf-8"), source_path="case.txt")


@pytest.fixture
def figures_in() -> Callable[[str], list[str]]:
    """Text in, its figures out, written as in the cases."""
    return lambda text: [written(figure) for figure in read_figures(article_with(text))]
