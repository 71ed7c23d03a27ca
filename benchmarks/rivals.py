"""JioNLP and Recognizers-Text, asked line by line: texts come as JSON on standard input, times and findings go back.

extraction.py runs this program in an environment of its own, where those two are installed; it imports nothing else.

Belongs here: which of their functions are called, and how. Does not belong here: comparing (extraction.py).
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

Span = tuple[int, int, str | None]
"""Begin and end in the text, and the number that was read, in plain decimals where there is one."""
Extractor = Callable[[str], list[Span]]


def jionlp() -> dict[str, Extractor]:
    """JioNLP's extractors of money and of dates."""
    jio: Any = importlib.import_module("jionlp")

    def money(text: str) -> list[Span]:
        found = jio.ner.extract_money(text, with_parsing=True)
        return [(*each["offset"], _number((each.get("detail") or {}).get("num"))) for each in found]

    def dates(text: str) -> list[Span]:
        found = jio.ner.extract_time(text, time_base=1_600_000_000, with_parsing=True)
        return [(*each["offset"], None) for each in found]

    return {"JioNLP, money": money, "JioNLP, dates": dates}


def recognizers() -> dict[str, Extractor]:
    """The recognizers that are told apart in the suite, for Chinese."""
    names = {
        "numbers": ("recognizers_number", "recognize_number"),
        "percentages": ("recognizers_number", "recognize_percentage"),
        "currency": ("recognizers_number_with_unit", "recognize_currency"),
        "dimensions": ("recognizers_number_with_unit", "recognize_dimension"),
        "dates": ("recognizers_date_time", "recognize_datetime"),
    }

    def extractor(module: str, function: str) -> Extractor:
        recognize = getattr(importlib.import_module(module), function)

        def found(text: str) -> list[Span]:
            return [
                (each.start, each.end + 1, _number((each.resolution or {}).get("value")))
                for each in recognize(text, "zh-cn")
            ]

        return found

    return {f"Recognizers-Text, {name}": extractor(*where) for name, where in names.items()}


def _number(value: object) -> str | None:
    """A number as they write it, without what stands behind it."""
    text = value[0] if isinstance(value, list) and value else value
    return text.rstrip("%") if isinstance(text, str) else None


def main() -> None:
    """Tell what there is and in which version, then answer until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # they print greetings
    with contextlib.redirect_stdout(sys.stderr):
        extractors = {**jionlp(), **recognizers()}
        versions = {name: version(name) for name in ("jionlp", "recognizers-text-suite")}
        print(json.dumps({"names": list(extractors), "versions": versions}), file=answers, flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            extract = extractors[asked["name"]]
            began = time.process_time()
            found = [extract(text) for text in asked["texts"]]
            took = time.process_time() - began
            print(json.dumps({"seconds": took, "found": found}), file=answers, flush=True)


if __name__ == "__main__":
    main()
