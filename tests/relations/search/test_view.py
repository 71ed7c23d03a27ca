"""What the search asks of figures: digits that had to fit, words in common, slips of the hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hengshui_etl.figures import read
from hengshui_etl.relations.search.view import Slips, View, covered, shared_characters, significant_digits
from hengshui_etl.text import read_article


def view_of(text: str) -> View:
    article = read_article(f"全市经济运行情况\n\n{text}".encode(), source_path="article.txt")
    return View(article, read(article))


@pytest.mark.parametrize(
    ("value", "digits"), [("120", 2), ("12.50", 3), ("1001", 4), ("0.05", 1), ("3000000", 1), ("2E+6", 1), ("0", 0)]
)
def test_significant_digits(value: str, digits: int) -> None:
    figure = view_of("全市有企业7家。").figures[0]
    assert significant_digits(figure._replace(value=Decimal(value))) == digits


@pytest.mark.parametrize(
    ("printed", "admitted"),
    [
        ("18.9亿元", "swapped"),
        ("1.98亿元", "swapped"),
        ("19.8万元", "swapped"),
        ("19.6亿元", "misread"),
        ("9.8亿元", "garbled"),
        ("35.1亿元", None),
    ],
)
def test_slips_are_admitted_kind_by_kind(printed: str, admitted: Slips | None) -> None:
    """Each kind takes in those before it; 19.8 + 42.5 = 62.3 is what is meant."""
    view = view_of(f"全市原保险保费收入62.3亿元，其中财产险{printed}、人身险42.5亿元。")
    kinds: tuple[Slips, ...] = ("swapped", "misread", "garbled")
    first = kinds.index(admitted) if admitted else len(kinds)
    # of the part alone: another figure might be a slip, too
    assert [view.slip("sum", (1, 2, 0), kind, only=1) for kind in kinds] == [n >= first for n in range(len(kinds))]


def test_a_slip_elsewhere_is_no_slip_of_this_figure() -> None:
    view = view_of("全市原保险保费收入62.3亿元，其中财产险18.9亿元、人身险42.5亿元。")
    assert view.slip("sum", (1, 2, 0), "swapped")
    assert not view.slip("sum", (1, 2, 0), "swapped", only=2)


def test_a_claim_is_made_once_and_known_by_its_result() -> None:
    view = view_of("全市原保险保费收入62.3亿元，其中财产险19.8亿元、人身险42.5亿元。")
    assert not view.is_result(0, "sum")
    assert view.claim("sum", (1, 2, 0), "")
    assert not view.claim("sum", (2, 1, 0), "")
    assert view.has("sum", (0, 1, 2))
    assert view.is_result(0, "share", "sum")
    assert not view.is_result(0, "share")
    assert not view.is_result(1, "sum")


@pytest.mark.parametrize(
    ("a", "b", "both"), [("出口", "进出口总值", 1.0), ("税收", "财政收入", 0.5), ("", "出口", 0.0)]
)
def test_shared_characters_take_the_shorter_phrase(a: str, b: str, both: float) -> None:
    assert shared_characters(a, b) == shared_characters(b, a) == both


def test_covered_takes_the_words() -> None:
    assert covered("出口", "进出口总值") == 1.0
    assert covered("进出口总值", "出口") == 0.4
