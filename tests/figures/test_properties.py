"""What holds for any text and any number: round trips, places, order, no exception, linear time."""

from __future__ import annotations

import cProfile
import time
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengshui_etl.figures import read_figures
from hengshui_etl.figures.numerals import arabic_number, chinese_number
from hengshui_etl.figures.quantities import Reader
from hengshui_etl.figures.scan import SCAN
from hengshui_etl.text import read_article

DIGITS = "零一二三四五六七八九"


def section(value: int) -> str:
    """A whole number below 10 000 in Chinese, systematically written."""
    out, gap = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, power)
        if digit:
            out += ("零" if gap and out else "") + DIGITS[digit] + name
            gap = False
        else:
            gap = True
    return out


def in_chinese(value: int) -> str:
    """A whole number below 10**12 in Chinese."""
    out, rest = "", value
    for power, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part, rest = divmod(rest, power)
        if part:
            out += ("零" if out and part < 1000 else "") + section(part) + name
    return out or "零"


@given(st.integers(0, 10**12 - 1))
def test_chinese_numerals_round_trip(value: int) -> None:
    number = chinese_number(in_chinese(value))
    assert number is not None
    assert number.value == value


@given(st.integers(1, 10**12 - 1).filter(lambda n: len(in_chinese(n)) > 1))
def test_chinese_numerals_are_read_in_a_sentence(value: int) -> None:
    reader = Reader(text := f"共计{in_chinese(value)}元整")
    reader.read(0, len(text))
    bare = in_chinese(value)[0] in "百千万亿"
    assert bare or [(q.value, q.unit) for q in reader.quantities] == [(value, "元")]


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["", "万", "亿", "万亿"]), st.booleans())
def test_printed_numbers_are_read_back(value: Decimal, times: str, separated: bool) -> None:
    printed = f"{value:,}" if separated else f"{value}"
    reader = Reader(text := f"投资{printed}{times}元，")
    reader.read(0, len(text))
    factor = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}[times]
    assert [(q.value, q.place) for q in reader.quantities] == [(value * factor, Decimal(factor) / 100)]


@given(st.text("0123456789,. ", min_size=1, max_size=40))
def test_arabic_numbers_never_surprise(text: str) -> None:
    for match in SCAN.finditer(text):
        if match.lastgroup in ("plain", "ar"):
            number = arabic_number(match.group())
            assert number is None or number.value >= 0


CHARACTERS = (
    "一二三十百千万亿两几第前约近超余多的、，。；,.%()（）“”-—至到+/:：成折半番倍元块角个家人户项年月日时分位名点地大中"
)
WORDS = """
百分之 个百分点 左右 以上 同比增长 下降 12 3.5 1,234 2019年 1-8月 萬(wàn) 個(gè) 其中 分别 全省 亿千瓦时 微克/立方米
翻一番 首位 G45 〔2020〕118号
"""
PIECES = st.sampled_from([*CHARACTERS, *WORDS.split(), "\n", " ", "　"])


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
def test_any_text_is_read_without_exception_and_figures_stand_where_they_say(text: str) -> None:
    try:
        article = read_article(text.encode("utf-8", "ignore"), source_path="any.txt")
    except ValueError:
        return
    figures = read_figures(article)
    for figure in figures:
        assert 0 <= figure.start < figure.end <= len(article.source)
        assert article.source[figure.start : figure.end] == figure.text
        assert 0 <= figure.at < figure.till <= len(article.text)
        assert figure.high is None or figure.high > figure.value
        assert figure.place >= 0
        assert figure.unit
    starts = [figure.start for figure in figures]
    assert starts == sorted(starts)
    assert all(a.end <= b.start for a, b in pairwise(figures))


HOSTILE = [
    "1",
    ",",
    "1,",
    "(",
    "（1",
    "亿",
    "万",
    "一",
    "1万",
    "1亿,",
    "三、",
    "1、",
    "1-",
    "“1",
    "百分之",
    "a",
    "年",
    "1块3",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_is_linear_on_hostile_text(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        best = 9.0
        for _ in range(3):
            begin = time.process_time()
            Reader(text).read(0, length)
            best = min(best, time.process_time() - begin)
        return best

    assert seconds(80_000) < 16 * seconds(10_000) + 0.05


@pytest.mark.parametrize(
    "unit", ["由1万元增", "，甲分别为1人、2人", "全省1个", "上年1人的1%", "1：", "（1人）2人", "今年1月，1人"]
)
def test_steps_are_linear_where_figures_lean_on_those_before(unit: str) -> None:
    def steps(times: int) -> int:
        article = read_article(f"标题\n2021年1月1日\n{unit * times}。".encode(), source_path="x.txt")
        profile = cProfile.Profile()
        profile.runcall(read_figures, article)
        return sum(entry.callcount for entry in profile.getstats())

    assert steps(2000) < 5 * steps(500)
