"""Whose figures they are where the article is about an institution, an event or a company, and where about a region."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hengshui_etl.figures import read_figures
from hengshui_etl.text import read_article

SUBJECTS = json.loads((Path(__file__).parent.parent / "cases" / "subjects.json").read_text("utf-8"))


@pytest.mark.parametrize("article", SUBJECTS, ids=[article["label"] for article in SUBJECTS])
def test_subject(article: dict[str, Any]) -> None:
    found = {f.text: f.scope for f in read_figures(read_article(article["text"].encode(), source_path="subject.txt"))}
    assert {text: found.get(text) for text in article["scopes"]} == article["scopes"]
