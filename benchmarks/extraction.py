"""How fast figures are read, side by side in one run, over the practice articles (`tests/golden/practice`).

    make setup && .venv/bin/python benchmarks/extraction.py            # the project against bare patterns
    .venv/bin/python benchmarks/extraction.py --hostile                # and five million characters of hostile text

JioNLP and Recognizers-Text are measured where they can be imported. They do not belong into the project's
environment; make one beside it:

    python3 -m venv /tmp/others
    /tmp/others/bin/pip install jionlp recognizers-text-suite "emoji<2" "opencc>=1.4,<1.5" "selectolax>=0.4,<0.5"
    PYTHONPATH=. /tmp/others/bin/python benchmarks/extraction.py

Each row is the best of several rounds (one round for the others), in one process on one core, without reading files.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hengshui_etl.figures import read_figures
from hengshui_etl.figures.quantities import Reader
from hengshui_etl.figures.scan import SCAN
from hengshui_etl.text import read_article
from hengshui_etl.vocab import units

FOLDER = Path(__file__).resolve().parent.parent / "tests/golden/practice"
NUMBER = re.compile(r"\d+(?:\.\d+)?")
HOSTILE = ["1", ",", "(", "亿", "万", "一", "1,", "1万", "（1，亿", "一、二（3,4万"]


def seconds(work: Callable[[], object], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best


def number_with_unit() -> re.Pattern[str]:
    """One pattern of numbers, multipliers and all our units: what a careful script would write."""
    names = sorted({re.escape(u.printed) for group in units().values() for u in group}, key=len, reverse=True)
    return re.compile(
        rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?|[〇零一二两三四五六七八九十百千]+(?:点[〇零一二三四五六七八九]+)?)"
        rf"[余多]?[百千]?[万亿]*[余多]?(?:{'|'.join(names)})"
    )


def others(texts: list[str]) -> list[tuple[str, Callable[[], object]]]:
    """The extractors that are installed here."""
    found: list[tuple[str, Callable[[], object]]] = []
    try:
        jio = importlib.import_module("jionlp")
        found.append(("JioNLP, money", lambda: [jio.ner.extract_money(t, with_parsing=True) for t in texts]))
    except ImportError:
        print("JioNLP is not installed here", file=sys.stderr)
    try:
        suite = importlib.import_module("recognizers_number_with_unit")
        number = importlib.import_module("recognizers_number")
        found += [
            ("Recognizers-Text, currency", lambda: [suite.recognize_currency(t, "zh-cn") for t in texts]),
            ("Recognizers-Text, numbers", lambda: [number.recognize_number(t, "zh-cn") for t in texts]),
            ("Recognizers-Text, percent", lambda: [number.recognize_percentage(t, "zh-cn") for t in texts]),
        ]
    except ImportError:
        print("Recognizers-Text is not installed here", file=sys.stderr)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast figures are read.")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--hostile", action="store_true", help="also 5 million characters of hostile text each")
    options = parser.parse_args()
    files = sorted(p for p in FOLDER.iterdir() if not p.name.endswith(".gold.json"))
    data = [(p.read_bytes(), p.name) for p in files]
    articles = [read_article(b, source_path=name) for b, name in data]
    texts = [a.text for a in articles]
    size = sum(len(a.source) for a in articles)
    combined = number_with_unit()
    rows: list[tuple[str, Callable[[], object]]] = [
        ("text", lambda: [read_article(b, source_path=name) for b, name in data]),
        ("scan alone", lambda: [sum(1 for _ in SCAN.finditer(t)) for t in texts]),
        ("quantities alone", lambda: [Reader(a.text).read(s.start, s.end) for a in articles for s in a.sentences]),
        ("figures", lambda: [read_figures(a) for a in articles]),
        ("text + figures", lambda: [read_figures(read_article(b, source_path=name)) for b, name in data]),
        ("bare re.findall of numbers", lambda: [NUMBER.findall(t) for t in texts]),
        ("one pattern of numbers and units", lambda: [combined.findall(t) for t in texts]),
    ]
    print(f"{len(texts)} articles, {size} characters, Python {sys.version.split()[0]}\n")
    print("| what | characters a second |\n| --- | ---: |")
    for name, work in rows:
        print(f"| {name} | {size / seconds(work, options.rounds):,.0f} |", flush=True)
    for name, work in others(texts):
        print(f"| {name} | {size / seconds(work, 1):,.0f} |", flush=True)
    if options.hostile:
        print("\n| hostile text | seconds for 1 million | seconds for 5 million |\n| --- | ---: | ---: |")
        for piece in HOSTILE:
            times = []
            for length in (1_000_000, 5_000_000):
                text = (piece * (length // len(piece) + 1))[:length]
                reader = Reader(text)
                times.append(seconds(lambda r=reader, n=length: r.read(0, n), 1))  # type: ignore[misc]
            print(f"| `{piece}` | {times[0]:.2f} | {times[1]:.2f} |", flush=True)


if __name__ == "__main__":
    main()
