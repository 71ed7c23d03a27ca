"""What an editor reads: failures first, the figures in their sentence, what was expected and what would mend it."""

from __future__ import annotations

import sys
import unicodedata
from fractions import Fraction

import pytest

from hengshui_etl import querying
from hengshui_etl.defs import shown
from hengshui_etl.messages import messages
from hengshui_etl.reading import cells, plain_lines, printable, reading_of
from hengshui_etl.records import Claim, Examination, Interval, RelationType
from hengshui_etl.report import written

ENGLISH = """\
某市三件事
a.txt · 2019-10-16 · 5 figures

  ✗ wrong: sum  c2
    全市开工【191项】,其中工业100项,农业90项。
    printed    191项
    expected   190项
    from       part 100项, part 90项
    mended by  191项 → 190项  (one digit)
    because    100 + 90 = 190, not 191

  → implied: some total
  ✓ 1 check holds: announced list 1
  ? 1 statement could not be decided"""

CHINESE = """\
某市三件事
a.txt · 2019-10-16 · 5 个数字

  ✗ 有误：合计  c2
    全市开工【191项】,其中工业100项,农业90项。
    原文    191项
    应为    190项
    依据    部分 100项、部分 90项
    可改为  191项 → 190项  (一个数字)
    说明    共190项

  → 推知：某总数
  ✓ 1 项核对无误：列举 1
  ? 1 处无法判断"""


@pytest.mark.parametrize(("language", "expected"), [("en", ENGLISH), ("zh", CHINESE)])
def test_the_whole_reading(examination: Examination, language: str, expected: str) -> None:
    lines = plain_lines(reading_of(examination, messages(language)))  # type: ignore[arg-type]
    assert "\n".join(lines) == expected


def test_nothing_to_check(examination: Examination) -> None:
    text = "\n".join(plain_lines(reading_of(examination._replace(relations=(), undecided=()), messages())))
    assert "nothing to check" in text
    assert "✗" not in text


@pytest.mark.parametrize(
    ("computed", "shown"),
    [
        (Interval(Fraction(7_123_456_789, 10), Fraction(8_000_000_000, 10)), "between 7.123亿元 and 8亿元"),
        (Interval(Fraction(700_000_000), None), "at least 7亿元"),
        (Interval(None, Fraction(700_000_000), False, True), "less than 7亿元"),
        (Interval(Fraction(10**9, 3), Fraction(10**9, 3)), "≈ 3.333亿元"),
    ],
)
def test_expectations_are_printed_like_the_figure(examination: Examination, computed: Interval, shown: str) -> None:
    relation = examination.relations[1]
    relation = relation._replace(
        claim=Claim("average", (1, 2, 4), False, 1, ""), verdict=relation.verdict._replace(computed=computed)
    )
    text = "\n".join(plain_lines(reading_of(examination._replace(relations=(relation,)), messages())))
    assert f"expected   {shown}\n" in text


@pytest.mark.parametrize(
    ("kind", "operands", "roles"),
    [
        ("share", (2, 3, 1, 0), "part 100项, part 90项, whole 191项"),
        ("sum", (2, 3, 1), "part 100项, part 90项"),
        ("remainder", (1, 2, 3, 0), "whole 191项, part 100项, part 90项"),
        ("growth", (1, 2, 3), "level 191项, previous level 100项"),
    ],
)
def test_every_operand_has_its_role(
    examination: Examination, kind: RelationType, operands: tuple[int, ...], roles: str
) -> None:
    relation = examination.relations[1]._replace(claim=Claim(kind, operands, False, 1, ""))
    text = "\n".join(plain_lines(reading_of(examination._replace(relations=(relation,)), messages())))
    assert f"from       {roles}\n" in text


def test_a_terminal_is_not_obeyed_by_an_article(examination: Examination) -> None:
    article = examination.article._replace(title="red\x1b[31m\r\nnext", source_path="a\x07\nb")
    lines = list(plain_lines(reading_of(examination._replace(article=article), messages())))
    assert all(line.isprintable() for line in lines)


def test_cells() -> None:
    assert cells("衡水a。") == 7


def test_nothing_printed_is_obeyed_by_a_terminal() -> None:
    assert printable("a\x1b[31m\r\n\u202eb\u2066c\u200f") == "a⟨U+001B⟩[31m  ⟨U+202E⟩b⟨U+2066⟩c⟨U+200F⟩"
    assert printable("1\u200b2\ufeff\U000e0041\x07") == "1⟨U+200B⟩2⟨U+FEFF⟩⟨U+E0041⟩⟨U+0007⟩"
    assert printable("衡水 10.2% ↵ é") == "衡水 10.2% ↵ é"


def test_what_cannot_be_seen_is_shown_by_its_number_everywhere() -> None:
    """Every place that shows texts of articles: answers to queries, the report, the Dagster UI."""
    signs = [chr(n) for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n)) in ("Cc", "Cs", "Zl", "Zp")]
    signs += [c for c in map(chr, range(0xFFFF)) if unicodedata.bidirectional(c) in TURNING]
    signs += ["\u00ad", "\u061c", "\u180e", "\u200b", "\u200d", "\u2060", "\ufeff", "\U000e0001", "\U000e0041"]
    for sign in signs:
        number = f"U+{ord(sign):04X}"
        assert number in querying.visible(f"1{sign}2") or sign in "\n\t"
        assert number in str(written.shown(f"1{sign}2")) or sign in "\n\t", "which a page keeps"
        assert number in shown.cell(f"1{sign}2") or sign.isspace(), "of blanks a cell makes one"
    for kept in "一 ，％𠮷é\u3000":
        assert querying.visible(kept) == written.shown(kept) == kept


TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
