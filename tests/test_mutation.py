"""The benchmark of planted errors: what is planted, where, and that arithmetic alone says what can be found."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def mutation() -> Any:
    path = Path(__file__).parents[1] / "benchmarks" / "mutation.py"
    spec = importlib.util.spec_from_file_location("mutation", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutation"] = module
    spec.loader.exec_module(module)
    return module


MONEY = {"text": "31.6亿元", "value": "3160000000", "unit": "元", "kind": "money", "bound": "exact"}
COUNT = {"text": "58个", "value": "58", "unit": "个", "kind": "count", "bound": "exact"}


def planted(mutation: Any, fields: dict[str, str], kind: str) -> dict[str, str]:
    return {text: changes.get("value", "") for k, text, changes, _ in mutation.errors_of(fields) if k == kind}


@pytest.mark.parametrize(
    ("fields", "kind", "expected"),
    [
        (MONEY, "last digit ±1", {"31.5亿元": "3150000000", "31.7亿元": "3170000000"}),
        (MONEY, "digits swapped", {"13.6亿元": "1360000000", "36.1亿元": "3610000000"}),
        (MONEY, "digit dropped", {"1.6亿元": "160000000", "3.6亿元": "360000000", "31亿元": "3100000000"}),
        (MONEY, "decimal point moved", {"3.16亿元": "316000000", "316亿元": "31600000000"}),
        (MONEY, "万↔亿", {"31.6万元": "316000"}),
        (COUNT, "count ±1", {"57个": "57", "59个": "59"}),
        (COUNT, "decimal point moved", {"580个": "580"}),
        (COUNT, "last digit ±1", {}),
        (COUNT | {"text": "三个", "value": "3"}, "count ±1", {"两个": "2", "四个": "4"}),
        (MONEY | {"text": "3至5亿元", "high": "500000000"}, "last digit ±1", {}),
    ],
)
def test_errors_of_a_figure(mutation, fields, kind, expected):
    assert planted(mutation, fields, kind) == expected


def test_every_other_digit_replaces_one(mutation):
    texts = planted(mutation, MONEY, "digit replaced")
    assert len(texts) == 8 + 9 + 9  # no leading zero
    assert "01.6亿元" not in texts


def test_per_cent_and_points(mutation):
    rate = {"text": "9.2%", "value": "9.2", "unit": "%", "kind": "percent", "bound": "exact"}
    assert ("%↔百分点", "9.2个百分点") in [(k, text) for k, text, _, _ in mutation.errors_of(rate)]


def test_an_error_is_planted_where_the_figure_stands_and_breaks_what_it_must(mutation):
    article = mutation.labelled("02")
    errors = list(mutation.planted_in(article))
    labels = mutation._labels()
    failing = {o for _, label in article.claims if label["status"] == "fail" for o in label["operands"]}
    assert not failing & {e.figure for e in errors}
    for error in errors[::40]:
        data = mutation.with_planted(article, error)
        assert len(data.decode()) - len(article.data.decode()) == len(error.text) - len(
            next(f["text"] for f in article.gold["figures"] if f["id"] == error.figure)
        )
        for claim, label in mutation.broken_by(article, error, labels):
            assert label["status"] != "fail"
            assert error.figure in label["operands"]
            assert claim.type == label["type"]
    assert any(mutation.broken_by(article, e, labels) for e in errors if e.kind == "decimal point moved")


def test_no_alarm_on_the_originals(mutation):
    names = sorted(p.name.removesuffix(".gold.json") for p in mutation.PRACTICE.glob("*.gold.json"))
    assert [alarm for name in names for alarm in mutation.alarms_on(mutation.labelled(name))] == []


def test_a_seed_fixes_the_sample(mutation):
    errors = list(mutation.planted_in(mutation.labelled("02")))
    one, again, other = (mutation.sampled(errors, 60, seed) for seed in (1, 1, 2))
    assert one == again != other
    assert len(one) == 60
