"""The line of JSON: keys, plain numbers, one line whatever is in it."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.answers import answer_line, decimals, error_line, plain
from hengshui_etl.records import Examination


def test_the_whole_answer(examination: Examination) -> None:
    answer = json.loads(answer_line(examination))
    assert answer["article"] == {
        "article_id": "a1", "source_path": "a.txt", "sha256": "0" * 64, "title": "某市三件事",
        "published_on": "2019-10-16", "publisher": None, "byline": None, "encoding": "utf-8", "script": "hans",
        "media": "text", "repairs": {"pinyin_annotations": 0, "damaged_spans": 0},
    }  # fmt: skip
    assert answer["figures"][1] == {
        "id": "f2", "text": "191项", "start": 10, "end": 14, "value": "191", "high": None, "unit": "项",
        "kind": "count", "bound": "exact", "direction": None, "metric": None, "period": [None, "2019-09-30"],
        "scope": "某市", "scope_code": None, "sentence": 1,
    }  # fmt: skip
    assert (answer["figures"][4]["value"], answer["figures"][4]["high"]) == ("750000000", "800000000")
    assert answer["checks"][1] == {
        "id": "c2", "type": "sum", "operands": ["f2", "f3", "f4"],
        "roles": ["whole", "part", "part"], "status": "fail", "severity": "error",
        "certainty": "impossible", "message": "100 + 90 = 190, not 191", "stated": {"low": "191", "high": "191"},
        "computed": {"low": "190", "high": "190"}, "gap": "1", "sentence": 1, "reason": "其中", "blame": ["f2"],
        "repair": {"figure": "f2", "text": "190项", "value": "190", "unit": "项", "edit": "digit"},
    }  # fmt: skip
    assert answer["checks"][2]["computed"] == {"low": "0.333333333333", "high": None, "open": ["low"]}
    assert answer["checks"][2]["stated"] is None
    assert answer["undecided"] == [{"figures": ["f5"], "reason": "no previous level"}]


def test_messages_in_chinese(examination: Examination) -> None:
    assert json.loads(answer_line(examination, "zh"))["checks"][0]["message"] == "列出三件"


def test_one_line_whatever_the_text(examination: Examination) -> None:
    title = "a\nb\r\u2028c\u2029d\x85e\x1cf\x00\udcff"
    line = answer_line(examination._replace(article=examination.article._replace(title=title)))
    assert len(line.splitlines()) == 1
    written = line.encode("utf-8", "backslashreplace").decode()
    assert json.loads(written)["article"]["title"] == title


def test_an_unreadable_input() -> None:
    assert json.loads(error_line("x/ü.txt", "empty")) == {
        "article": {"source_path": "x/ü.txt", "error": "empty"}, "figures": [], "checks": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [("7.1670E+10", "71670000000"), ("3.50", "3.5"), ("-0.0", "0"), ("1E-9", "0.000000001"), ("-4.20", "-4.2"),
     ("100", "100"), ("0", "0")],
)  # fmt: skip
def test_plain(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_plain_is_exact(value: Decimal) -> None:
    text = plain(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert "." not in text or text[-1] not in ".0"


@given(st.fractions(), st.integers(-40, 40))
def test_decimals_hold_the_exact_value_closely(value: Fraction, power: int) -> None:
    value *= Fraction(10) ** power
    low, high = Fraction(decimals(value, "low")), Fraction(decimals(value, "high"))
    assert low <= value <= high
    assert high - low <= abs(value) / 10**10


@given(st.integers(), st.integers(0, 60), st.sampled_from(["low", "high"]))
def test_decimals_that_end_are_exact(number: int, places: int, towards: str) -> None:
    value = Fraction(number, 10**places)
    assert Fraction(decimals(value, towards)) == value  # type: ignore[arg-type]


def test_numbers_longer_than_python_prints() -> None:
    assert decimals(Fraction(10**6000 + 1))[-3:] == "001"
    assert plain(Decimal("1E+6000")) == "1" + "0" * 6000
