"""What a figure measures, where its own clause does not say all of it: the cases are rows of metrics.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hengshui_etl.figures import read_figures
from hengshui_etl.text import read_article

HEAD = "宁远县交出成绩单\n2022-01-20 来源：宁远县政府网\n"
ROWS = json.loads((Path(__file__).parent.parent / "cases" / "metrics.json").read_text("utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[row["label"] for row in ROWS])
def test_metric(row: dict[str, str]) -> None:
    article = read_article((HEAD + row["text"]).encode(), source_path="metrics.txt")
    found = {figure.text: figure.metric for figure in read_figures(article)}
    assert found[row["figure"]] == row["metric"]
