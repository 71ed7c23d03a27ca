"""Accusations of the innocent: what fails in an article once one of its sentences is missing?

    python benchmarks/silence.py             practice and fresh articles, each without each of its sentences in turn
    python benchmarks/silence.py --list      every accusation, with the sentence that was taken out

Writers often leave the whole, the count or the base unsaid. Taking one full sentence out of a labelled article makes
such an article: whatever then fails, and did not fail before, was accused for want of a figure. A few are right (a
list that was announced as four and has lost one); the number is there to be watched, and the list to be read.

Belongs here: taking out, counting. Does not belong here: planting errors (mutation.py).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from hengshui_etl.pipeline import examine  # noqa: E402
from hengshui_etl.records import Examination  # noqa: E402

FOLDERS = (ROOT / "tests" / "golden" / "practice", ROOT / "tests" / "golden" / "fresh")
_SENTENCE = re.compile(r"[^。\n]+。")


class Accusation(NamedTuple):
    """A relation that fails only where a sentence is missing."""

    article: str
    type: str
    printed: str
    message: str
    missing: str


def _shortened(source: str) -> Iterator[tuple[str, str]]:
    """The text without one of its full sentences, and that sentence; only sentences with a digit in them."""
    for m in _SENTENCE.finditer(source):
        if re.search("[0-9０-９]", m[0]):
            yield source[: m.start()] + source[m.end() :], m[0]


def _failing(examined: Examination) -> dict[tuple[str, tuple[str, ...]], str]:
    """Type and printed operands of every failing relation, with its message."""
    return {
        (r.claim.type, tuple(examined.figures[i].text for i in r.claim.operands)): r.verdict.message_en
        for r in examined.relations
        if r.verdict.status == "fail"
    }


def accusations_in(path: Path) -> tuple[int, list[Accusation]]:
    """How many shortened articles were made of this one, and what failed in them."""
    name = path.name.removesuffix(".gold.json")
    label = json.loads(path.read_text("utf-8"))
    texts = [p for p in sorted(path.parent.glob(f"{name}.*")) if p.suffix != ".json"]
    original = examine((path.parent / label.get("file", texts[0].name)).read_bytes(), source_path=f"{name}.txt")
    if original.article.media != "text":
        return 0, []
    before, made, found = _failing(original), 0, []
    for text, missing in _shortened(original.article.source):
        made += 1
        now = _failing(examine(text.encode(), source_path=f"{name}.txt"))
        found += [Accusation(name, key[0], " / ".join(key[1]), now[key], missing) for key in now if key not in before]
    return made, found


def main() -> None:
    parser = argparse.ArgumentParser(description="Count what is accused once a sentence is missing.")
    parser.add_argument("--list", action="store_true", help="print every accusation")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    given = parser.parse_args()
    paths = [p for folder in FOLDERS for p in sorted(folder.glob("*.gold.json"))]
    with ProcessPoolExecutor(given.jobs) as pool:
        results = list(pool.map(accusations_in, paths))
    made = sum(n for n, _ in results)
    found = [a for _, accusations in results for a in accusations]
    print("| type | accused |\n| --- | ---: |")
    for kind, n in Counter(a.type for a in found).most_common():
        print(f"| {kind} | {n} |")
    articles = len({(a.article, a.missing) for a in found})
    print(f"\n{articles} of {made} shortened articles accuse something ({100 * articles / made:.1f} %).")
    if given.list:
        for a in found:
            print(f"\n- {a.article} {a.type} {a.printed}: {a.message}\n  without: {a.missing.strip()}")


if __name__ == "__main__":
    main()
