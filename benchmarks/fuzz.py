"""Bytes to verdicts under a coverage-guided fuzzer: no exception, no hang, a sound answer, the same one twice.

    make fuzz                                             a minute of it (ARGS="--seconds 3600": an hour)
    python benchmarks/fuzz.py --seconds 60                starts from tests/corpus/ and the words below
    python benchmarks/fuzz.py --found DIR                 where inputs that reach new code are kept (default: nowhere)
    python benchmarks/fuzz.py --one FILE                  one input again, with the traceback
    python benchmarks/fuzz.py --merge DIR                 what of DIR adds coverage goes to tests/corpus/

What breaks it is written as crash-… or timeout-… into the current folder. Put it, cut down, into tests/corpus/: the
tests examine every file there. What is tested is in tests/soundness.py.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "tests" / "corpus"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

LONGEST = 2000
"""Bytes of an input: everything that the search looks for fits into a paragraph or two."""

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


def dictionary() -> str:
    """The words in the fuzzer's notation."""
    lines = []
    for word in (*WORDS, *MARKS, *TAGS):
        for encoding in ("utf-8", "gb18030") if word in WORDS[:20] else ("utf-8",):
            lines.append('"' + "".join(f"\\x{byte:02x}" for byte in word.encode(encoding)) + '"')
    return "\n".join(dict.fromkeys(lines)) + "\n"


def judge(data: bytes) -> None:
    """Raises for an input that is examined unsoundly, or otherwise a second time."""
    from soundness import examined, faults

    began = time.process_time()
    found = examined(data[:LONGEST])
    if (took := time.process_time() - began) > MOST_SECONDS:
        raise AssertionError(f"it took {took:.1f} s")
    if wrong := faults(found):
        raise AssertionError("; ".join(wrong[:5]))
    if examined(data[:LONGEST]) != found:
        raise AssertionError("another answer the second time")


def main() -> None:
    """Read the arguments; run one input, merge, or fuzz."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--found", type=Path)
    parser.add_argument("--one", type=Path)
    parser.add_argument("--merge", type=Path)
    wanted = parser.parse_args()
    if wanted.one:
        judge(wanted.one.read_bytes())
        print("sound")
        return
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is not installed: make setup (there are files of it for Linux on x86-64, to Python 3.13)")
    with atheris.instrument_imports(include=["hengshui_etl"]):
        import soundness  # noqa: F401

        import hengshui_etl.text.page  # noqa: F401
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words"
        words.write_text(dictionary(), "ascii")
        options = [
            f"-max_len={LONGEST}",
            f"-dict={words}",
            f"-timeout={HANGS}",
            "-rss_limit_mb=8000",  # the peak of what started this process counts, too: on Linux it is inherited
            f"-seed={wanted.seed}",
        ]
        if wanted.merge:
            folders = ["-merge=1", str(CORPUS), str(wanted.merge)]
        else:
            new = wanted.found or Path(folder) / "found"
            new.mkdir(parents=True, exist_ok=True)
            folders = [f"-max_total_time={wanted.seconds}", str(new), str(CORPUS)]
        atheris.Setup([sys.argv[0], *options, *folders], judge)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
