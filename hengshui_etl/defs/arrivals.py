"""Arrivals: which batches have to be run, told from what lies under `data/raw/` now and at the last look.

Belongs here: the memory of the sensor, and when files are at rest. Does not belong here: Dagster (sensors.py), what a
batch is made from (loading.py).

A look costs one `lstat` a file. Only where that shows a difference are files read and hashed: what has the content that
was asked for last is not asked for again, whatever its times say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from hengshui_etl.sources import Traces

REST_S = 10.0
"""Files that were touched within so many seconds may still be written to; they rest when they are as they were at the
last look, or when this time has passed."""


class Batch(NamedTuple):
    """What is remembered of a batch: how it looked when it was last seen and when it was last asked for, the content
    that was asked for, and how many times a run was asked for."""

    seen: str = ""
    looked: str = ""
    content: str = ""
    turn: int = 0


class Wanted(NamedTuple):
    """A batch that has to be run. The key is new exactly when its content is: also when it is what it once was."""

    batch: str
    run_key: str


def remembered(cursor: str | None) -> dict[str, Batch]:
    """The memory from its text; empty where there is none or another version of this program wrote it."""
    try:
        found = json.loads(cursor or "{}")
        return {
            str(name): Batch(str(row[0]), str(row[1]), str(row[2]), int(row[3]))
            for name, row in found["batches"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return {}


def memory(batches: Mapping[str, Batch]) -> str:
    """The memory as text."""
    return json.dumps({"batches": {name: list(batch) for name, batch in sorted(batches.items())}}, ensure_ascii=False)


def wanted(
    before: Mapping[str, Batch],
    traces: Mapping[str, Traces],
    content_of: Callable[[str], str | None],
    now: float,
    code: str,
    most: int,
) -> tuple[dict[str, Batch], list[Wanted]]:
    """What is to be remembered and which batches have to be run, no more than `most` at a time.

    `traces` has every batch that lies there or that the warehouse still holds; `content_of` tells what a batch would
    be made from, or None where the warehouse has it already.
    """
    after: dict[str, Batch] = {}
    asked: list[Wanted] = []
    for name, trace in sorted(traces.items()):
        last = before.get(name, Batch())
        look = hashlib.sha256(f"{code}\0{trace.digest}".encode()).hexdigest()[:24]
        rests = look == last.seen or now - trace.touched >= REST_S
        after[name] = last._replace(seen=look)
        if not rests or look == last.looked or len(asked) >= most:
            continue
        content = content_of(name)
        if content is None or content == last.content:
            after[name] = after[name]._replace(looked=look, content=content or "")
            continue
        turn = last.turn + 1
        after[name] = Batch(look, look, content, turn)
        asked.append(Wanted(name, f"{name}:{content[:24]}:{turn}"))
    return after, asked
