"""The data files hold no contradictions, and every unit and classifier that stands in them is read."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.figures.numerals import DIGITS, MULTIPLIERS, TENS
from hengshui_etl.figures.quantities import Reader
from hengshui_etl.vocab import Unit, alternatives, regions, toml, units, words

UNITS = sorted({unit for group in units().values() for unit in group})


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.printed)
def test_every_unit_is_read_behind_digits(unit: Unit) -> None:
    text = f"共计12{unit.printed}，"
    reader = Reader(text)
    reader.read(0, len(text))
    assert [(q.value, q.unit, q.kind) for q in reader.quantities] == [
        (Decimal(12) + (Decimal("0.5") if "半" in unit.printed else 0), unit.name, unit.kind)
    ]


@given(st.lists(st.text("增长率.加", min_size=1, max_size=4), min_size=1), st.text("增长率.加", max_size=6))
def test_alternatives_take_the_longest_word_that_fits(entry: list[str], text: str) -> None:
    pattern = re.compile(f"(?:{alternatives(entry)})")
    longest = max((word for word in entry if text.startswith(word)), key=len, default=None)
    found = pattern.match(text)
    assert (found.group() if found else None) == longest
    assert all(pattern.fullmatch(word) for word in entry)


def test_units_are_found_longest_first() -> None:
    for group in units().values():
        lengths = [len(unit.printed) for unit in group]
        assert lengths == sorted(lengths, reverse=True)


def test_words_after_digits_only_and_never_before_are_known_units() -> None:
    printed = {unit.printed for unit in UNITS}
    counts = toml("classifiers")
    assert set(counts["never_before"]) <= printed
    assert set(words(counts["after_digits_only"]["words"])) <= printed


def test_numeral_characters_do_not_overlap() -> None:
    assert not set(DIGITS) & set(TENS) | set(DIGITS) & set(MULTIPLIERS) | set(TENS) & set(MULTIPLIERS)
    assert all(0 <= value <= 9 for value in DIGITS.values())


def test_exceptions_of_set_phrases_are_set_phrases() -> None:
    data = toml("not_figures")
    assert set(data["unless_before"]) <= set(words(data["idioms"]))


def test_regions_have_codes_once_and_names() -> None:
    codes = [region.code for region in regions()]
    assert len(codes) == len(set(codes))
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert all(region.name and region.short and region.name.startswith(region.short[0]) for region in regions())
    assert next(region.name for region in regions() if region.code == "131100") == "衡水市"
