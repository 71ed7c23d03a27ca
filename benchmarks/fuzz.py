"""Bytes to verdicts, and files of many articles to records, under a coverage-guided fuzzer: no exception, no hang, a
sound answer, the same one twice.

    make fuzz                                             a minute of it (ARGS="--seconds 3600": an hour)
    python benchmarks/fuzz.py --seconds 60                starts from tests/corpus/ and the words below
    python benchmarks/fuzz.py --records                   files of many articles, from tests/corpus_of_records/
    python benchmarks/fuzz.py --found DIR                 where inputs that reach new code are kept (default: nowhere)
    python benchmarks/fuzz.py --one FILE                  one input again, with the traceback
    python benchmarks/fuzz.py --merge DIR                 what of DIR adds coverage goes to the corpus

What breaks it is written as crash-… or timeout-… into the current folder. Put it, cut down, into the corpus: the tests
examine every file there. What is tested is in tests/soundness.py and tests/soundness_of_records.py.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PACKAGE = f"{ROOT / 'hengshui_etl'}/"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

LONGEST = 2000
"""Bytes of an article: everything that the search looks for fits into a paragraph or two."""

LONGEST_FILE = 4000
"""Bytes of a file of many articles: a Parquet file of one row has a thousand and more."""

MOST_SECONDS = 5.0
"""Of computing, for one input, instrumented: a plain examination of so many bytes takes 0.02. Not of the clock, which
runs on while others have the processor; what never comes back is ended after HANGS seconds of the clock."""

HANGS = 60

WORDS = [
    "其中", "分别", "合计", "总数", "占", "占比", "比重", "其余", "剩余", "比上年", "同比", "增加", "增长", "下降",
    "高于", "由", "增加到", "平均", "人均", "亩均", "每个", "倍", "翻一番", "超过", "不足", "约", "余", "近", "均",
    "按产业分", "第一产业", "出口", "城镇", "项目", "投资", "完成", "年度计划", "个百分点", "折合", "（", "）",
    "，", "。", "；", "、", "：", "一是", "（一）", "安平县", "三个", "5个", "30.8%", "100%", "0", "312.6亿元",
    "1186亿元", "45.8万元", "1280公里", "6.43万公顷", "3至5家", "75%-80%", "千分之三", "八成", "一半", "１２３",
    "1,234.5", "2021年3月", "1-8月", "上半年", "去年同期", "58個(gè)", "目?jī)?chǔ)備", "總投資", "贡献率", "拉动",
    "累计", "等", "均为", "分别为", "位居第", "之和", "总量", "分别增长", "实现", "亿美元", "汇率", "来源：",
    "责任编辑",
]  # fmt: skip
MARKS = ["\ufeff", "\u202e", "\u2066", "\u200b", "\U000e0001", "\ue000", "\0", "\x1b[31m", "\t", "\n", "\r\n", "&nbsp;"]
TAGS = [
    "<table>", "<tr>", "<td>", "</td>", "</table>", "<p>", "<br>", "<sup>", "<script>", "<ruby>", "<title>",
    '<td colspan="2">',
]  # fmt: skip


IN_FILES: list[str | bytes] = [
    '{"id": "', '", "text": "', '", "html": "', '", "url": "', '", "published_on": "2019-10-16"}', '"}', "\\ud800",
    "\\u0000", "1e400", "NaN", "null", "[[[[", "\n", "\r\n", "\r\n\r\n", b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd",
    b"\x50\x2a\x4d\x18", b"PAR1", b"\x15\x00\x15", b"\x15\x04\x15", "WARC/1.0\r\n", "WARC/1.1\r\n",
    "WARC-Type: response\r\n", "WARC-Type: conversion\r\n", "WARC-Target-URI: http://a/\r\n",
    "WARC-Record-ID: <urn:uuid:1>\r\n", "WARC-Date: 2020-01-01T00:00:00Z\r\n", "WARC-Truncated: length\r\n",
    "WARC-Segment-Number: 2\r\n", "Content-Length: 0\r\n", "Content-Length: 99999999999\r\n",
    "Content-Type: application/http; msgtype=response\r\n", "Content-Type: text/html; charset=gbk\r\n",
    "Content-Encoding: gzip\r\n", "Content-Encoding: br\r\n", "Transfer-Encoding: chunked\r\n", "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 404\r\n", "ffffffff\r\n", "0\r\n\r\n",
]  # fmt: skip


class Target(NamedTuple):
    """What is fuzzed: where its corpus is, how long its inputs are, which words it is made of, in which encodings, and
    what an input leads to, with what is wrong with that."""

    corpus: Path
    longest: int
    words: list[tuple[str | bytes, tuple[str, ...]]]
    answer: Callable[[bytes], object]
    faults: Callable[[object], list[str]]


def target(of_records: bool) -> Target:
    """What is fuzzed, loaded."""
    if of_records:
        import soundness_of_records as files

        words = [(word, ("utf-8",)) for word in IN_FILES]
        return Target(ROOT / "tests" / "corpus_of_records", LONGEST_FILE, words, files.records, files.faults)  # type: ignore[arg-type]
    import soundness as articles

    words = [(w, ("utf-8", "gb18030") if w in WORDS[:20] else ("utf-8",)) for w in (*WORDS, *MARKS, *TAGS)]
    return Target(ROOT / "tests" / "corpus", LONGEST, words, articles.examined, articles.faults)  # type: ignore[arg-type]


def dictionary(words: list[tuple[str | bytes, tuple[str, ...]]]) -> str:
    """The words in the fuzzer's notation."""
    lines = []
    for word, encodings in words:
        for encoding in encodings:
            written = word.encode(encoding) if isinstance(word, str) else word
            lines.append('"' + "".join(f"\\x{byte:02x}" for byte in written) + '"')
    return "\n".join(dict.fromkeys(lines)) + "\n"


def judge(what: Target, data: bytes) -> None:
    """Raises for an input that is answered unsoundly, or otherwise a second time."""
    began = time.process_time()
    found = what.answer(data[: what.longest])
    if (took := time.process_time() - began) > MOST_SECONDS:
        raise AssertionError(f"it took {took:.1f} s")
    if wrong := what.faults(found):
        raise AssertionError("; ".join(wrong[:5]))
    if what.answer(data[: what.longest]) != found:
        raise AssertionError("another answer the second time")


def merged(what: Target, folder: Path) -> int:
    """Put those inputs of a folder into the corpus, the shortest first, that reach a step from line to line that none
    before did; how many these are. libFuzzer's own merging starts a program over and over, and knows none in Python."""
    reached: set[tuple[str, int, int]] = set()

    def traced(frame: FrameType, event: str, _: object) -> Callable[..., object] | None:
        name, last = frame.f_code.co_filename, 0
        if PACKAGE not in name:
            return None

        def line(inner: FrameType, event: str, _: object) -> Callable[..., object]:
            nonlocal last
            reached.add((name, last, inner.f_lineno))
            last = inner.f_lineno
            return line

        return line

    def reaches_more(path: Path) -> bool:
        before = len(reached)
        sys.settrace(traced)
        try:
            what.answer(path.read_bytes()[: what.longest])
        finally:
            sys.settrace(None)
        return len(reached) > before

    for path in what.corpus.iterdir():
        reaches_more(path)
    kept = [path for path in sorted(folder.iterdir(), key=lambda each: each.stat().st_size) if reaches_more(path)]
    for path in kept:
        (what.corpus / f"fuzz-{path.name[:10]}.bin").write_bytes(path.read_bytes()[: what.longest])
    return len(kept)


def main() -> None:
    """Read the arguments; run one input, merge, or fuzz."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--records", action="store_true", help="files of many articles")
    parser.add_argument("--found", type=Path)
    parser.add_argument("--one", type=Path)
    parser.add_argument("--merge", type=Path)
    wanted = parser.parse_args()
    if wanted.one:
        judge(target(wanted.records), wanted.one.read_bytes())
        print("sound")
        return
    if wanted.merge:
        print(f"{merged(target(wanted.records), wanted.merge)} of {len(list(wanted.merge.iterdir()))} are kept")
        return
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is not installed: make setup (there are files of it for Linux on x86-64, to Python 3.13)")
    with atheris.instrument_imports(include=["hengshui_etl.bulk" if wanted.records else "hengshui_etl"]):
        if wanted.records:
            import hengshui_etl.bulk.columns
            import hengshui_etl.bulk.crawl
            import hengshui_etl.bulk.lines
            import hengshui_etl.bulk.unpack
        else:
            import hengshui_etl.text.page  # noqa: F401
        what = target(wanted.records)
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words"
        words.write_text(dictionary(what.words), "ascii")
        options = [
            f"-max_len={what.longest}",
            f"-dict={words}",
            f"-timeout={HANGS}",
            "-rss_limit_mb=8000",  # the peak of what started this process counts, too: on Linux it is inherited
            f"-seed={wanted.seed}",
        ]
        new = wanted.found or Path(folder) / "found"
        new.mkdir(parents=True, exist_ok=True)
        folders = [f"-max_total_time={wanted.seconds}", str(new), str(what.corpus)]
        atheris.Setup([sys.argv[0], *options, *folders], partial(judge, what))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
