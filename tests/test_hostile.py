"""Articles come from the open web: whatever the bytes are, an answer or a reason, soon, and the same one twice.

Every case of cases/hostile.json is a piece that is repeated: time must grow with the number of repetitions and not with
their square. `{i}` counts, `{a}` to `{d}` are digits that differ from one repetition to the next. The corpus holds what
the fuzzer (benchmarks/fuzz.py) starts from, and what once broke something.
"""

from __future__ import annotations

import json
import random
import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengshui_etl.answers import answer_line
from hengshui_etl.figures.extract import MOST_FIGURES
from hengshui_etl.messages import messages
from hengshui_etl.records import Examination
from hengshui_etl.sources import MAX_BYTES, batch_files

HERE = Path(__file__).parent
spec = spec_from_file_location("soundness", HERE / "soundness.py")
assert spec is not None
assert spec.loader is not None
soundness = sys.modules["soundness"] = module_from_spec(spec)
spec.loader.exec_module(soundness)

WORST = 2.6
"""By how much the time may grow where the length doubles."""


class Piece(NamedTuple):
    """What is repeated, between what stands before and behind it; `times` makes it last about 0.05 s."""

    name: str
    piece: str
    times: int
    before: str = ""
    behind: str = ""

    def text(self, times: int) -> bytes:
        digits = random.Random(7)
        pieces = [self.before]
        for i in range(times):
            a, b, c, d = (digits.randint(low, high) for low, high in ((1, 999), (0, 9), (1, 99), (1, 9999)))
            piece = self.piece
            for name, number in (("{i}", i), ("{a}", a), ("{b}", b), ("{c}", c), ("{d}", d)):
                piece = piece.replace(name, str(number))
            pieces.append(piece)
        pieces.append(self.behind)
        return "".join(pieces).encode()


PIECES = [Piece(**case) for case in json.loads((HERE / "cases" / "hostile.json").read_text("utf-8"))]


def seconds(data: bytes) -> float:
    began = time.process_time()
    soundness.examined(data)
    return time.process_time() - began


@pytest.mark.parametrize("piece", PIECES, ids=[p.name for p in PIECES])
def test_time_grows_with_the_length(piece):
    """The best of several tries each: twice the text in at most 2.6 times the time."""
    once, twice = piece.text(piece.times), piece.text(2 * piece.times)
    short = long = float("inf")
    for _ in range(12):  # other work on the machine makes some of them slow
        short, long = min(short, seconds(once)), min(long, seconds(twice))
        if long <= WORST * short + 0.002:
            return
    pytest.fail(f"{short:.3f} s for {piece.times} repetitions, {long:.3f} s for twice as many")


@pytest.mark.parametrize("piece", PIECES, ids=[p.name for p in PIECES])
def test_answers_are_sound(piece):
    assert soundness.faults(soundness.examined(piece.text(20))) == []


# ------------------------------------------------------------------ bounds


@pytest.mark.parametrize("digits", [41, 400, 4301, 10_000, 1_000_000])
@pytest.mark.parametrize(
    "form",
    [
        "完成投资{}亿元，增长{}%。",
        "{}",
        "占{}%，",
        "0.{}亿元",
        "1e{}元",
        "<table><tr><td colspan={}>{}万元</table>",
        "&#{};12个",
    ],
)
def test_a_number_without_end_is_no_fault(form, digits):
    """4300 digits is where Python refuses to read a number."""
    began = time.process_time()
    found = soundness.examined(form.replace("{}", "9" * digits).encode())
    assert soundness.faults(found) == []
    assert time.process_time() - began < 5


def test_figures_without_end_are_refused_with_the_reason():
    began = time.process_time()
    reason = soundness.examined("占1%，".encode() * (MOST_FIGURES + 1))
    assert reason == "the file holds more than 50000 figures, and no article does"
    assert messages("zh").reason(reason) == "文件中的数字超过 50000 个，不可能是一篇文章"
    assert time.process_time() - began < 10


def test_cells_without_end_are_refused_with_the_reason():
    row = "<tr><td>产值</td>" + "<td>12.3万元</td>" * 500 + "</tr>"
    reason = soundness.examined(f"<table>{row * 101}</table>".encode())
    assert reason == "the file holds more than 50000 figures, and no article does"


def test_a_line_of_a_hundred_megabytes_is_not_examined(tmp_path):
    (tmp_path / "b").mkdir()
    with (tmp_path / "b" / "long.txt").open("wb") as file:
        file.truncate(100 * 2**20)
        file.write("全市完成投资12亿元，".encode())
    (entry,) = batch_files(tmp_path, "b")
    assert entry.problem is not None
    assert "too large" in entry.problem
    assert str(MAX_BYTES) in entry.problem


def test_a_line_of_eight_megabytes_takes_a_bounded_time():
    began = time.process_time()
    found = soundness.examined(("农业生产稳步发展" * (MAX_BYTES // 50) + "12亿元").encode())
    assert isinstance(found, Examination)
    assert [f.text for f in found.figures] == ["12亿元"]
    assert time.process_time() - began < 30


# ------------------------------------------------------------------ mixtures

WORDS = [
    "全市", "深州市", "其中", "分别", "合计", "共", "占", "占比", "其余", "比上年", "增长", "下降", "由", "增加到",
    "人均", "户均", "每个", "折合", "倍", "超过", "以上", "不足", "约", "余", "近", "均", "等", "累计", "第一产业",
    "按产业分", "项目", "投资", "完成", "个百分点", "贡献率", "拉动", "（", "）", "，", "。", "；", "、", "：", "“",
    "”", "一是", "（一）", "三个", "5个", "13个", "18个", "100%", "30.8%", "0", "312.6亿元", "45.8万元", "-4.2",
    "3至5家", "75%-80%", "千分之三", "八成", "一半", "１２３．４", "1,234.5", "③", "Ⅳ", "壹佰", "٣٤", "2021年3月",
    "1-8月", "去年同期", "58個(gè)", "目?jī)?chǔ)備", "總投資",
]  # fmt: skip
UNSEEN = [
    "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\U000e0001", "\u0301", "\x00", "\x07", "\x1b[31m",
    "\x7f", "\x85",
]  # fmt: skip
BLANKS = [" ", "\t", "\n", "\r", "\r\n", "\u3000", "\u00a0", "\u2028", "\v", "\f"]
NOTHING = ["\ud800", "\udfff", "\ue000", "\uf8ff", "\U0010ffff", "\ufffe", "\ufffd", "〓", "□"]
MARKUP = [
    "<table>", "<tr><td>", "<td colspan=3>", "</table>", "<p>", "<br>", "<sup>4</sup>", "<script>", "<ruby>", "<!--",
    "&nbsp;", "&#x5143;", "&#0;", "<title>", '<div style="display:none">', "|",
]  # fmt: skip
pieces = (
    st.sampled_from(WORDS)
    | st.sampled_from(BLANKS)
    | st.sampled_from(UNSEEN + NOTHING)
    | st.sampled_from(MARKUP)
    | st.text("0123456789.,%万亿元个", max_size=8)
    | st.characters()
)
encodings = st.sampled_from(["utf-8"] * 6 + ["gb18030", "big5", "utf-16", "utf-16-be", "utf-32", "cp1252"])
texts = st.lists(pieces, max_size=50).map("".join)
runs = st.tuples(texts, encodings).map(lambda run: _encoded(*run))
mixtures = st.lists(runs | st.binary(max_size=20), max_size=4).map(b"".join)


def _encoded(text: str, encoding: str) -> bytes:
    return text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")


@settings(deadline=None, max_examples=250)
@given(mixtures)
def test_any_mixture_has_a_sound_answer_and_the_same_one_twice(data):
    found = soundness.examined(data)
    assert soundness.faults(found) == []
    assert soundness.examined(data) == found


@settings(deadline=None, max_examples=60)
@given(texts)
def test_any_answer_is_one_line_of_json(text):
    found = soundness.examined(text.encode("utf-8", "surrogatepass"))
    if isinstance(found, Examination):
        line = answer_line(found)
        line.encode()
        assert line.splitlines() == [line]
        assert len(json.loads(line)["figures"]) == len(found.figures)


CORPUS = sorted((HERE / "corpus").iterdir())


@pytest.mark.parametrize("path", CORPUS, ids=[p.name for p in CORPUS])
def test_the_corpus_is_sound(path):
    data = path.read_bytes()
    found = soundness.examined(data)
    assert soundness.faults(found) == []
    assert soundness.examined(data) == found
