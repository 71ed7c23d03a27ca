"""What `check --format json` promises to programs: keys, types, vocabularies, positions, exact numbers, order."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from hengshui_etl.answers import answer_line
from hengshui_etl.pipeline import examine
from hengshui_etl.records import Bound, Direction, Examination, FigureKind, RelationType, Severity, Status

PROJECT = Path(__file__).parent.parent
ARTICLES = sorted((PROJECT / "data/raw").glob("*/*")) + sorted((PROJECT / "tests/golden").rglob("*.txt"))
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d*[1-9])?")

ARTICLE = {"article_id", "source_path", "sha256", "title", "published_on", "encoding", "script", "repairs"}
FIGURE = {"id", "text", "start", "end", "value", "high", "unit", "kind", "bound", "direction", "metric", "period",
          "scope", "sentence"}  # fmt: skip
CHECK = {"id", "type", "operands", "status", "severity", "message", "computed"}

MADE_UP = {
    "sum": "某市开工项目\n2019-10-16\n今年以来,某市集中开工项目191项,其中工业项目100项,农业项目90项。\n",
    "share": "某市\n2019-10-16\n某市105个项目列入省项目库,占全省项目总数的10.2%。\n",
    "ascii": "no figures at all\n",
    "figures": "某省某市\n2020-01-02\n增长-3.50%,约1,234.5万元,第三,两成五,3至5家,3.0倍。\n" * 3,
}


@pytest.fixture(scope="module", params=[*ARTICLES, *MADE_UP], ids=lambda p: p.name if isinstance(p, Path) else p)
def case(request: pytest.FixtureRequest) -> tuple[Examination, dict[str, Any]]:
    data = request.param.read_bytes() if isinstance(request.param, Path) else MADE_UP[request.param].encode()
    examination = examine(data, source_path="p")
    return examination, json.loads(answer_line(examination))


def test_keys(case: tuple[Examination, dict[str, Any]]) -> None:
    _, answer = case
    assert set(answer["article"]) >= ARTICLE
    assert set(answer["article"]["repairs"]) >= {"pinyin_annotations", "damaged_spans"}
    assert all(set(figure) >= FIGURE for figure in answer["figures"])
    assert all(set(check) >= CHECK for check in answer["checks"])


def test_positions_hold_the_text_of_the_source(case: tuple[Examination, dict[str, Any]]) -> None:
    examination, answer = case
    source = examination.article.source
    assert "\r" not in source
    starts = [figure["start"] for figure in answer["figures"]]
    assert starts == sorted(starts)
    for figure in answer["figures"]:
        assert source[figure["start"] : figure["end"]] == figure["text"] != ""


def test_vocabularies(case: tuple[Examination, dict[str, Any]]) -> None:
    _, answer = case
    for figure in answer["figures"]:
        assert figure["kind"] in get_args(FigureKind)
        assert figure["bound"] in get_args(Bound)
        assert figure["direction"] in (None, *get_args(Direction))
    for check in answer["checks"]:
        assert check["type"] in get_args(RelationType)
        assert check["status"] in get_args(Status)
        assert check["severity"] in get_args(Severity)
        assert isinstance(check["message"], str)
        assert check["message"]
        assert (check["severity"] == "info") == (check["status"] != "fail")


def test_numbers_are_plain_strings(case: tuple[Examination, dict[str, Any]]) -> None:
    _, answer = case
    for figure in answer["figures"]:
        assert NUMBER.fullmatch(figure["value"])
        assert figure["high"] is None or NUMBER.fullmatch(figure["high"])
    for check in answer["checks"]:
        for interval in (check["computed"], check["stated"]):
            assert interval is None or all(
                end is None or NUMBER.fullmatch(end) for end in (interval["low"], interval["high"])
            )


def test_periods_and_date(case: tuple[Examination, dict[str, Any]]) -> None:
    _, answer = case
    if (published := answer["article"]["published_on"]) is not None:
        assert date.fromisoformat(published)
    for period in (figure["period"] for figure in answer["figures"]):
        if period is not None:
            first, last = (None if day is None else date.fromisoformat(day) for day in period)
            assert first is None or last is None or first <= last


def test_references(case: tuple[Examination, dict[str, Any]]) -> None:
    examination, answer = case
    ids = [figure["id"] for figure in answer["figures"]]
    assert ids == [f"f{n}" for n in range(1, len(ids) + 1)]
    checks = [check["id"] for check in answer["checks"]]
    assert checks == [f"c{n}" for n in range(1, len(checks) + 1)]
    for check in answer["checks"]:
        assert check["operands"]
        assert set(check["operands"]) | set(check["blame"]) <= set(ids)
        assert 0 <= check["sentence"] < len(examination.article.sentences)
    assert all(0 <= figure["sentence"] < len(examination.article.sentences) for figure in answer["figures"])


def test_the_same_bytes_give_the_same_line() -> None:
    data = ARTICLES[0].read_bytes()
    lines = {answer_line(examine(data, source_path="p")) for _ in range(3)}
    assert len(lines) == 1
