"""How fast figures are read, side by side in one run.

    make setup && .venv/bin/python benchmarks/extraction.py            # stage by stage, against bare patterns
    .venv/bin/python benchmarks/extraction.py --rivals                 # against JioNLP and Recognizers-Text
    .venv/bin/python benchmarks/extraction.py --rivals --python FILE   # … that are installed there already
    .venv/bin/python benchmarks/extraction.py --hostile                # and five million characters of hostile text

The rivals do not belong into the project's environment: an environment of their own is made in a temporary folder, of
the versions in RIVALS, or, with --python, that of this interpreter is taken. They run there in one process, and the
project in this one, by turns: in every round all read the same articles, which none has seen before (varied.py makes
them), so that nobody answers from memory. Counted is processor time without starting up; the rivals get the text
repaired and in simplified characters, the project the bytes.

The stages are measured over the practice articles (`tests/golden/practice`), each the best of several rounds, in one
process on one core, without reading files.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

import varied

from hengshui_etl.figures import read_figures
from hengshui_etl.figures.quantities import Reader
from hengshui_etl.figures.scan import SCAN
from hengshui_etl.pipeline import examine
from hengshui_etl.records import Article
from hengshui_etl.text import read_article
from hengshui_etl.vocab import units

FOLDER = varied.PRACTICE
RIVALS = ("jionlp==1.5.31", "recognizers-text-suite==1.0.2a2", "emoji<2")
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


class Rivals(NamedTuple):
    """The other program, and what it says that it can do."""

    process: subprocess.Popen[str]
    names: list[str]
    versions: dict[str, str]

    def asked(self, name: str, texts: list[str]) -> tuple[float, list[list[Any]]]:
        """Seconds of processor time that it took, and what was found in each text."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"name": name, "texts": texts}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["seconds"], answer["found"]


@contextmanager
def rivals(python: Path | None) -> Iterator[Rivals]:
    """The rivals, started in their environment, which is made where none is named."""
    with tempfile.TemporaryDirectory(prefix="rivals-") as folder:
        if python is None:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            python = Path(folder, "bin", "python")
            subprocess.run([python, "-m", "pip", "install", "--quiet", *RIVALS], check=True)
        own = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
        process = subprocess.Popen(
            [python, Path(__file__).with_name("rivals.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, encoding="utf-8", env=own,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                sys.exit(f"{python} cannot run rivals.py: are {', '.join(RIVALS)} installed there?")
            yield Rivals(process, **json.loads(line))
        finally:
            process.kill()
            process.wait()


def _examined(texts: list[bytes]) -> None:
    for text in texts:
        examine(text, source_path="a.txt")


def _figures(texts: list[bytes]) -> None:
    for text in texts:
        read_figures(read_article(text, source_path="a.txt"))


OURS: dict[str, Callable[[list[bytes]], None]] = {
    "text + figures": _figures,
    "text + figures + relations + verdicts": _examined,
}
GROUPS = ("JioNLP", "Recognizers-Text")
AIMS = {"JioNLP": 10, "Recognizers-Text": 50}


def compare(python: Path | None, rounds: int, count: int) -> None:
    """All read the same new articles, round after round; print who read how many characters a second."""
    with rivals(python) as others:
        speeds: dict[str, list[float]] = {name: [] for name in [*OURS, *others.names, *GROUPS]}
        for turn in range(rounds + 1):
            articles = varied.article_texts(99, turn * count, count)
            raw = [text.encode() for _, text in articles]
            clean = [read_article(text, source_path="a.txt").text for text in raw]
            size = sum(len(text.decode()) for text in raw)
            taken: dict[str, float] = {}
            for name, work in OURS.items():
                began = time.process_time()
                work(raw)
                taken[name] = time.process_time() - began
            for name in others.names:
                taken[name] = others.asked(name, clean)[0]
            for group in GROUPS:
                taken[group] = sum(seconds for name, seconds in taken.items() if name.startswith(f"{group},"))
            if turn:  # in the first round everybody loads and compiles
                for name, seconds in taken.items():
                    speeds[name].append(size / seconds)
        print(
            f"{rounds} rounds of {count} articles of {varied.LENGTH} characters that nobody had seen, processor time,"
            f" median; {date.today()}, {os.cpu_count()} cores ({platform.machine()}), Python"
            f" {platform.python_version()}, {', '.join(f'{name} {v}' for name, v in others.versions.items())}\n"
        )
        own = "text + figures + relations + verdicts"
        print(
            "| what | characters a second | this project's whole path is so many times as fast |\n| --- | ---: | ---: |"
        )
        for name, found in speeds.items():
            label = {"JioNLP": "**JioNLP, with dates**", "Recognizers-Text": "**Recognizers-Text, all five**"}
            times = statistics.median(a / b for a, b in zip(speeds[own], found, strict=True))
            print(f"| {label.get(name, name)} | {statistics.median(found):,.0f} | {times:.1f} |")
        for group, aim in AIMS.items():
            ratios = [a / b for a, b in zip(speeds[own], speeds[group], strict=True)]
            word = "reached" if statistics.median(ratios) >= aim else "NOT reached"
            print(f"\n{group}: {min(ratios):.1f} to {max(ratios):.1f} times; the aim of {aim} is {word}.", end="")
        print("\n")
        coverage(others)


def coverage(others: Rivals) -> None:
    """Print how many of the labelled figures of the practice articles each finds, and reads right."""
    files = [path for path in sorted(FOLDER.iterdir()) if not path.name.endswith(".gold.json")]
    articles = {path.name.split(".")[0]: read_article(path.read_bytes(), source_path=path.name) for path in files}
    texts = [article.text for article in articles.values()]
    spans: dict[str, list[list[tuple[int, int, str | None]]]] = {}
    for group in GROUPS:
        of_text: list[list[tuple[int, int, str | None]]] = [[] for _ in texts]
        for name in others.names:
            if name.startswith(f"{group},") and "dates" not in name:
                for known, found in zip(of_text, others.asked(name, texts)[1], strict=True):
                    known += [tuple(each) for each in found]
        spans[group] = of_text
    spans["this project"] = [
        [(f.at, f.till, str(f.value)) for f in read_figures(article)] for article in articles.values()
    ]
    labelled: Counter[str] = Counter()
    hit: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for n, (name, article) in enumerate(articles.items()):
        if article.media != "text":  # its labels have no places
            continue
        gold = json.loads((FOLDER / f"{name}.gold.json").read_text("utf-8"))["figures"]
        for figure in gold:
            at = -1
            for _ in range(figure.get("nth", 1)):
                at = article.source.index(figure["text"], at + 1)
            kind, end = figure["kind"], at + len(figure["text"])
            labelled[kind] += 1
            for who, of_text in spans.items():
                values = [value for start, stop, value in of_text[n] if _overlap(article, start, stop, at, end)]
                hit[who, kind] += bool(values)
                right[who, kind] += any(_same(value, figure["value"]) for value in values)
    print("| kind of figure | labelled | " + " | ".join(f"{who}: found | value right" for who in spans) + " |")
    print("| --- " + "| ---: " * (1 + 2 * len(spans)) + "|")
    for kind, count in [*sorted(labelled.items()), ("**all**", labelled.total())]:
        cells = []
        for who in spans:
            for counts in (hit, right):
                n = sum(counts[who, each] for each in labelled) if kind == "**all**" else counts[who, kind]
                cells.append(f"{100 * n / count:.0f} %")
        print(f"| {kind} | {count} | {' | '.join(cells)} |")


def _overlap(article: Article, start: int, stop: int, at: int, end: int) -> bool:
    """Whether a stretch of the clean text overlaps one of the source by a third of both together or more."""
    first, last = article.offsets.source_start(start), article.offsets.source_end(stop)
    return 3 * (min(end, last) - max(at, first)) >= max(end, last) - min(at, first)


def _same(value: str | None, wanted: str) -> bool:
    try:
        return value is not None and abs(Decimal(value)) == abs(Decimal(wanted))
    except InvalidOperation:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast figures are read.")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--hostile", action="store_true", help="also 5 million characters of hostile text each")
    parser.add_argument("--rivals", action="store_true", help="JioNLP and Recognizers-Text instead of the stages")
    parser.add_argument("--articles", type=int, default=10, help="that the rivals read in a round")
    parser.add_argument("--python", type=Path, help="interpreter with the rivals installed")
    options = parser.parse_args()
    if options.rivals:
        compare(options.python, options.rounds, options.articles)
        return
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
        ("text + figures + relations + verdicts", lambda: [examine(b, source_path=name) for b, name in data]),
        ("bare re.findall of numbers", lambda: [NUMBER.findall(t) for t in texts]),
        ("one pattern of numbers and units", lambda: [combined.findall(t) for t in texts]),
    ]
    print(f"{len(texts)} articles, {size} characters, Python {sys.version.split()[0]}\n")
    print("| what | characters a second |\n| --- | ---: |")
    for name, work in rows:
        print(f"| {name} | {size / seconds(work, options.rounds):,.0f} |", flush=True)
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
