"""What holds of the whole pure path on any text: it never raises, it points into the text, it grows with the text."""

from __future__ import annotations

import string
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengshui_etl.pipeline import examine
from hengshui_etl.records import Examination
from hengshui_etl.text import Unreadable

PRACTICE = Path(__file__).parent / "golden" / "practice"
TEXTS = [p.read_text("utf-8") for p in sorted(PRACTICE.glob("*.txt")) if not p.name.endswith(".gb.txt")]

# What articles are made of, in any order: the words that the search looks for, with numbers that may or may not fit.
WORDS = [
    "其中", "分别", "合计", "共", "总数", "占", "占比", "比重", "的", "其余", "剩余", "比上年", "增加", "增长",
    "下降", "高于", "低于", "全省", "全市", "由", "到", "达到", "平均", "人均", "亩均", "每个", "是", "倍", "翻一番",
    "超过", "以上", "不足", "约", "余", "近", "均", "按产业分", "分行业看", "第一产业", "出口", "进口", "城镇",
    "乡村", "项目", "企业", "投资", "总投资", "完成", "年度计划", "个百分点", "折合", "（", "）", "，", "。", "；",
    "、", "：", "\n", "\n\n", "\t", "|", "一是", "安平县", "武邑县", "景县", "三个", "5个", "13个", "37个", "120个",
    "30.8%", "10.2%", "100%", "0%", "0个", "0.0亿元", "312.6亿元", "1186亿元", "45.8万元", "4.6个百分点", "1280公里",
    "96.5万亩", "6.43万公顷", "2.42人", "236万人", "3至5家", "75%-80%", "千分之三", "八成", "一半", "１２３．４",
    "1,234.5", "99999999999999999999", "1e5", "-4.2", "2021年3月", "1-8月", "上半年", "去年同期", "目前", "58個(gè)",
    "總投資", "\ufeff", "<table><tr><td>5</td></tr></table>",
]  # fmt: skip
articles = st.lists(st.sampled_from(WORDS) | st.text(string.digits + ".%万亿元个", max_size=6), max_size=60).map(
    "".join
)


def examined(data: bytes) -> Examination | None:
    try:
        return examine(data, source_path="any.txt")
    except Unreadable:
        return None


def check(found: Examination) -> None:
    article, figures = found.article, found.figures
    for n, figure in enumerate(figures, 1):
        assert figure.id == f"f{n}"
        assert 0 <= figure.start < figure.end <= len(article.source)
        assert article.source[figure.start : figure.end] == figure.text
        assert 0 <= figure.at < figure.till <= len(article.text)
        sentence = article.sentences[figure.sentence]
        if article.blocks[sentence.paragraph].kind != "table":
            assert sentence.start <= figure.at
            assert figure.till <= sentence.end
        assert figure.value.is_finite()
    for relation in found.relations:
        assert relation.claim.operands
        assert len(set(relation.claim.operands)) == len(relation.claim.operands)
        assert all(0 <= i < len(figures) for i in (*relation.claim.operands, *relation.blame))
        assert 0 <= relation.claim.sentence < len(article.sentences)
        assert bool(relation.blame) <= (relation.verdict.status == "fail")
        if relation.mend is not None:
            assert relation.verdict.status == "fail"
            assert 0 <= relation.mend.figure < len(figures)
    assert all(0 <= i < len(figures) for undecided in found.undecided for i in undecided.figures)
    assert [r.id for r in found.relations] == [f"c{n}" for n in range(1, len(found.relations) + 1)]


@settings(deadline=None, max_examples=300)
@given(articles)
def test_any_article_of_such_words_is_examined(text):
    found = examined(text.encode())
    if found is not None:
        check(found)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=300) | st.text("，。；、（）%个亿万元占其中一二三0123456789.-\n\t |", max_size=300))
def test_any_text_is_examined(text):
    found = examined(text.encode("utf-8", "surrogatepass"))
    if found is not None:
        check(found)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_examined_or_refused_as_unreadable(data):
    found = examined(data)
    if found is not None:
        check(found)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(TEXTS), st.data())
def test_an_article_torn_anywhere_is_examined(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    dropped = data.draw(st.integers(start, end))
    found = examined((text[start:dropped] + text[dropped + 1 : end]).encode())
    if found is not None:
        check(found)


@settings(deadline=None, max_examples=40)
@given(articles)
def test_the_same_bytes_give_the_same_answer(text):
    assert examined(text.encode()) == examined(text.encode())


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_practice_articles_are_sound(text):
    found = examined(text.encode())
    assert found is not None
    assert found.relations
    check(found)


def test_a_figure_in_a_table_stands_in_the_sentence_of_its_row():
    found = examined((PRACTICE / "19.txt").read_bytes())
    assert found is not None
    rows = [found.article.sentences[f.sentence] for f in found.figures]
    assert all(row.start <= f.at and f.till <= row.end for f, row in zip(found.figures, rows, strict=True))


def repeated(text: str, copies: int) -> bytes:
    return ((text.strip() + "\n\n") * copies).encode()


def test_claims_grow_no_faster_than_the_article():
    """Twenty articles in a row make about twenty times the claims of one, and no more than twice that."""
    for text in TEXTS[:12]:
        once, often = examined(repeated(text, 2)), examined(repeated(text, 20))
        assert once is not None
        assert often is not None
        assert len(often.relations) <= 2 * 10 * len(once.relations) + 20


def seconds(data: bytes) -> float:
    best = float("inf")
    for _ in range(3 if len(data) < 10**5 else 1):
        began = time.process_time()
        examine(data, source_path="long.txt")
        best = min(best, time.process_time() - began)
    return best


@pytest.mark.slow
def test_a_megabyte_takes_no_longer_per_character():
    """Dense figures, one article after the other: at most three times the time per character of a single one."""
    for text in (TEXTS[1], TEXTS[8]):
        copies = 10**6 // len(text.encode()) + 1
        assert seconds(repeated(text, copies)) / copies <= 3 * seconds(repeated(text, 1))
