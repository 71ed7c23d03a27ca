"""Where sentences end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.records import Block
from hengshui_etl.text.sentences import sentences_of


def split(text: str, kind: str = "paragraph") -> list[str]:
    block = Block(kind, 0, len(text))  # type: ignore[arg-type]
    return [text[s.start : s.end] for s in sentences_of(text, (block,))]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("完成12.4%。增长3.5万元。", ["完成12.4%。", "增长3.5万元。"]),
        ("位列全省第三;全市105个；其余", ["位列全省第三;", "全市105个；", "其余"]),
        ("真的？是！好", ["真的？", "是！", "好"]),
        ("他说：“行。”然后走。", ["他说：“行。”", "然后走。"]),
        ("增加（含一期；二期）3个。又", ["增加（含一期；二期）3个。", "又"]),
        ("“好。再来。”他说。", ["“好。再来。”", "他说。"]),
        ("（" + "长" * 80 + "。后面。", ["（" + "长" * 80 + "。", "后面。"]),
        ("一行\n二行", ["一行", "二行"]),
        ("没有句号", ["没有句号"]),
        ("。", ["。"]),
        ("", []),
    ],
)
def test_split(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


def test_table_rows_are_sentences() -> None:
    assert split("县区\t投资。完成\n甲\t1.5", "table") == ["县区\t投资。完成", "甲\t1.5"]


def test_furniture_has_no_sentences() -> None:
    assert split("版权所有。", "furniture") == split("来源：甲。", "info") == []


@given(st.text(alphabet="全市。！？；;（）()“”「」\n 1.5", max_size=300))
def test_sentences_cover_the_block_in_order(text: str) -> None:
    sentences = sentences_of(text, (Block("paragraph", 0, len(text)),))
    at = 0
    for sentence in sentences:
        assert at <= sentence.start < sentence.end
        assert not text[at : sentence.start].strip()
        assert sentence.paragraph == 0
        at = sentence.end
    assert not text[at:].strip()
