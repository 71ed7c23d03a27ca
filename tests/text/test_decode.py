"""Bytes of every encoding that these sites use, and bytes that are no article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.text import Unreadable, read_article
from hengshui_etl.text.decode import decoded

HANS = "玉林：药品带量采购为群众节约费用3.26亿元\n12月9日，市医疗保障局通报今年以来全市医疗保障工作情况，参保率97.2%。"
HANT = "江門：讓銀髮族享受穩穩的幸福\n11月19日，記者從江門市民政局獲悉，全市有養老機構93家，佔44.1%。"


@pytest.mark.parametrize("text", [HANS, HANT])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings(text: str, encoding: str) -> None:
    found = decoded(text.encode(encoding))
    assert found.text == text
    assert found.encoding.startswith(encoding.removesuffix("-sig")[:6])
    assert found.evidence


def test_big5() -> None:
    found = decoded(HANT.encode("big5"))
    assert (found.text, found.encoding) == (HANT, "big5")


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16-le"])
def test_long_text_is_weighed_by_a_sample(encoding: str) -> None:
    text = HANT * 3000
    assert decoded(text.encode(encoding)).text == text


@pytest.mark.parametrize("text", ["衡水市", "完成9.1%", "中山市公佈"])
def test_a_few_characters_suffice(text: str) -> None:
    assert decoded(text.encode("gb18030")).text == text


def test_rare_character_beyond_gbk() -> None:
    assert "李䶮" in decoded((HANS + "记者 李䶮").encode("gb18030")).text


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends(end: str) -> None:
    article = read_article(HANS.replace("\n", end).encode(), source_path="a.txt")
    assert article.source == HANS


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "white space"),
        (b"\xef\xbb\xbf", "white space"),
        ("\u3000\u3000\n".encode(), "white space"),
        (b"%PDF-1.7 \xe2\xe3", "PDF"),
        (b"PK\x03\x04" + bytes(40), "Office"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "PNG"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x00" * 400, "binary"),
        ("全市\x01\x02\x03\x04".encode() * 9, "control"),
        (b"\xff\xfe\x00", "byte-order mark"),
        (b"\x80\x81\xfe\xff\x90" * 50, "no encoding"),
        (HANS.encode("gb18030")[:-1] + b"\xff\xff" + HANS.encode("gb18030"), ""),
        (("\ufffd" * 5 + "市").encode() * 20, "lost"),
        (HANS.encode()[:-1], "UTF-8 at first but not valid at byte"),
        (HANS.encode() * 900 + b"\xff" + HANS.encode(), "UTF-8 at first"),
        (b"<html><body><script>1</script></body></html>", "no text"),
    ],
)
def test_no_article(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_article(data, source_path="a.txt")
    assert reason in caught.value.reason
    assert "\n" not in caught.value.reason


def test_one_stray_control_character_is_a_repair() -> None:
    article = read_article((HANS + "\x08").encode(), source_path="a.txt")
    assert article.text == HANS
    assert [repair.kind for repair in article.repairs] == ["invisible_character"]


@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))))
def test_any_bytes_give_an_article_or_a_reason(data: bytes) -> None:
    try:
        article = read_article(data, source_path="a.txt")
    except Unreadable:
        return
    assert article.text.strip()
    assert "\r" not in article.source


@given(st.text(alphabet="全市完成投资亿元增长的一是在。，0123456789%\n", min_size=1, max_size=80))
def test_gb18030_is_told_from_everything_else(text: str) -> None:
    if any("\u4e00" <= c <= "\u9fff" for c in text):
        assert decoded(text.encode("gb18030")).text == text
