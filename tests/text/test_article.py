"""The parts of an article, on whole articles and line by line."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.records import Article
from hengshui_etl.text import read_article
from hengshui_etl.text.dateline import date_in
from hengshui_etl.text.repair import replayed
from hengshui_etl.text.script import narrow, simplified

CASES = Path(__file__).parent.parent / "cases"
SEED = Path(__file__).parent.parent.parent / "data/raw/2019-10/hengshui-industrial-upgrading.txt"


def read(text: str) -> Article:
    return read_article(text.encode(), source_path="folder/a.txt")


def parts(article: Article) -> list[tuple[str, str]]:
    return [(block.kind, article.text[block.start : block.end]) for block in article.blocks]


def test_seed() -> None:
    article = read_article(SEED.read_bytes(), source_path=str(SEED))
    assert article.article_id == "hengshui-industrial-upgrading"
    assert article.title == "衡水市扎实推进产业提档升级工程 取得实质性成果"
    assert article.published_on == date(2019, 10, 16)
    assert (article.publisher, article.byline) == ("互联网", "徐秀丽 慕泽园")
    kinds = [block.kind for block in article.blocks]
    assert kinds == ["title", "info", *["paragraph"] * 6, "furniture", "info", "furniture"]
    info = article.text[article.blocks[1].start : article.blocks[1].end].split("\n")
    assert (info[0], info[-1]) == ("- 来源:互联网", "新闻发布会现场 高云霄/摄")
    assert "- 0 条评论" in info
    spoken = [article.text[s.start : s.end] for s in article.sentences]
    assert (spoken[1][:13], spoken[1][-8:]) == ("10月16日,笔者从衡水市", "取得实质性成果。")
    assert spoken[-1].endswith("(徐秀丽 慕泽园)")


def cases(name: str) -> list[Any]:
    found = json.loads((CASES / f"text_{name}.json").read_text("utf-8"))
    return [pytest.param(case, id=case["label"]) for case in found]


@pytest.mark.parametrize("case", cases("layout"))
def test_layout(case: dict[str, Any]) -> None:
    article = read("\n".join(line for _kind, line in case["lines"]))
    got = [(kind, line) for kind, text in parts(article) for line in text.split("\n")]
    assert got == [(kind, narrow(line).strip()) for kind, line in case["lines"]]
    for key in ("title", "publisher", "byline"):
        if key in case:
            assert getattr(article, key) == case[key]
    if "date" in case:
        assert (article.published_on and article.published_on.isoformat()) == case["date"]


@pytest.mark.parametrize("case", cases("tail"))
def test_furniture_at_the_end_of_a_paragraph(case: dict[str, Any]) -> None:
    article = read("标题\n" + case["text"])
    paragraph = "".join(text for kind, text in parts(article) if kind == "paragraph")
    assert paragraph == case["paragraph"]


@pytest.mark.parametrize("case", cases("table"))
def test_table(case: dict[str, Any]) -> None:
    article = read("标题\n正文如下：\n" + "\n".join(case["lines"]) + "\n正文结束。")
    tables = [[[article.text[a:b] for a, b in row] for row in block.rows] for block in article.blocks if block.rows]
    assert tables == ([case["rows"]] if case["rows"] else [])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-10-16", date(2019, 10, 16)),
        ("2020/1/2 08:30", date(2020, 1, 2)),
        ("2021年12月10日", date(2021, 12, 10)),
        ("2021 年 1 月 2 日", date(2021, 1, 2)),
        ("2021.06.02", date(2021, 6, 2)),
        ("二〇二一年一月十一日", date(2021, 1, 11)),
        ("二○二二年十二月三十一日", date(2022, 12, 31)),
        ("二〇二〇年二月廿九日", date(2020, 2, 29)),
        ("2021-13-01 2021-02-30 2021-03-01", date(2021, 3, 1)),
        ("2021-1/2", None),
        ("10月16日", None),
        ("2021年3月", None),
        ("12021-01-01", None),
        ("2021-01-011", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    assert date_in(text) == day


def test_no_date_is_invented() -> None:
    article = read("某市开工\n9月14日，记者获悉，2021年完成投资5亿元，与2020年11月1日相比增加。")
    assert article.published_on is None


LINES = [
    "標題12個(gè)",
    "來(lái)源:網(wǎng)",
    "2019-10-16",
    "- |",
    "完成投資12.4億元。增長(zhǎng)5%；其余。",
    "甲\u3000１２．５\u30003",
    "乙\u3000４\u30005",
    "丙 6 7",
    "（责任编辑：王琳）\u3000浏览次数：1326",
    "注：略",
    "  缩进",
    "\t\t",
    "相关文章",
    "电话：12345",
    "目?jī)?chǔ)備",
    "甲\t1\t2",
    "\u200b",
]
PRINTED = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=8)


@given(st.lists(st.one_of(st.sampled_from(LINES), PRINTED), min_size=1, max_size=25).map("\n".join))
def test_an_article_hangs_together(text: str) -> None:
    article = read("某市\n" + text)
    assert article.text == narrow(simplified(replayed(article.source, article.repairs))[0])
    at = 0
    for block in article.blocks:
        assert at <= block.start < block.end
        assert not article.text[at : block.start].strip()
        assert not article.text[block.start].isspace() or block.kind == "table" or "\t" in article.text
        at = block.end
        for row in block.rows:
            for start, end in row:
                assert block.start <= start <= end <= block.end
    assert not article.text[at:].strip()
    for sentence in article.sentences:
        block = article.blocks[sentence.paragraph]
        assert block.start <= sentence.start < sentence.end <= block.end
        assert block.kind not in ("furniture", "info")


def test_the_same_bytes_give_the_same_article() -> None:
    assert read_article(SEED.read_bytes(), source_path="a") == read_article(SEED.read_bytes(), source_path="a")


PIECES = ["1", ",", "（", "亿", "“。", "個(gè)", "?jī)", "?jī)雍", "市\n", "1 2\n", "来源：", "记者 ", "> ", "。”"]


@pytest.mark.parametrize("piece", [*PIECES, "\u200b甲", "甲局、"])
def test_time_is_linear(piece: str) -> None:
    def seconds(characters: int) -> float:
        data = ("某市\n" + piece * (characters // len(piece))).encode()
        start = time.process_time()
        read_article(data, source_path="a")
        return time.process_time() - start

    seconds(1_000)
    # The best of three: whatever else the machine does, or the collector of garbage, only ever adds.
    assert min(seconds(80_000) for _ in range(3)) < 12 * min(seconds(20_000) for _ in range(3)) + 0.1
