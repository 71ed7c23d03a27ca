"""Arrivals: which batches have to be run, told from what lies under `data/raw/` now and at the last look.

Belongs here: the memory of the sensor, and when files are at rest. Does not belong here: Dagster (sensors.py), what a
batch is made from (loading.py).

A look costs one `lstat` a file. Only where that shows a difference are files read and hashed: what has the content that
was asked for last is not asked for again, whatever its times say, unless its runs have ended and it is still not
loaded; then it is, after a wait that grows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from hengshui_etl.sources import Traces

REST_S = 10.0
"""Files that were touched within so many seconds may still be written to; they rest when they are as they were at the
last look, or when this time has passed."""


FIRST_WAIT_S, LONGEST_WAIT_S = 300.0, 6 * 3600.0
"""How long what was asked for and did not come to be waits before it is asked for again: longer each time, for a disk
that is full or a fault of ours is not mended by asking."""


RULED = "ruled "
"""Before the hash of rulings, where they are all that changed."""


class Batch(NamedTuple):
    """What is remembered of a batch: how it looked when it was last seen and when it was last judged, the content that
    was asked for and is not known to be loaded, how many times in a row that was asked for, and when it was last asked
    for or seen running. `owed` are rulings that a run has yet to be asked for, `ruled` those of the last one: the first
    run brings the rulings of all batches into DuckDB, and the others have to be run all the same."""

    seen: str = ""
    looked: str = ""
    content: str = ""
    times: int = 0
    at: float = 0.0
    owed: str = ""
    ruled: str = ""


class Wanted(NamedTuple):
    """A batch that has to be run. No two keys are the same: it is the memory that keeps runs from being doubled, and
    content that comes back after its batch was forgotten has to be run again."""

    batch: str
    run_key: str


def remembered(cursor: str | None) -> dict[str, Batch]:
    """The memory from its text; empty where there is none or another version of this program wrote it."""
    try:
        found = json.loads(cursor or "{}")
        return {
            str(name): Batch(
                str(row[0]), str(row[1]), str(row[2]), int(row[3]), float(row[4]), str(row[5]), str(row[6])
            )
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
    active: Collection[str] = (),
    rulings: Mapping[str, str] | None = None,
) -> tuple[dict[str, Batch], list[Wanted]]:
    """What is to be remembered and which batches have to be run, no more than `most` at a time.

    `traces` has every batch that lies there or that the warehouse still holds; `content_of` tells what a batch would
    be made from, or None where the warehouse has it already. Of the batches in `active` a run is queued or going on.
    `rulings` are those of the batches that were ruled on since they were loaded, as a hash.
    """
    after: dict[str, Batch] = {}
    asked: list[Wanted] = []
    for name, trace in sorted(traces.items()):
        last = before.get(name, Batch())
        look = hashlib.sha256(f"{code}\0{trace.digest}".encode()).hexdigest()[:24]
        rests = look == last.seen or now - trace.touched >= REST_S
        ruling = (rulings or {}).get(name, "")
        last = last._replace(
            seen=look,
            at=now if name in active else last.at,
            owed=ruling if ruling and ruling != last.ruled else last.owed,
        )
        after[name] = last
        again = bool(last.content) and name not in active and _has_waited(last, now)
        new = look != last.looked or (last.owed and (not last.content or last.content.startswith(RULED)))
        if not rests or not (again or new) or len(asked) >= most:
            continue
        due = ruling or last.owed
        content = content_of(name) or (RULED + due if due else None)
        if content is None:
            after[name] = Batch(look, look)
        elif content == last.content and not again:
            after[name] = last._replace(looked=look)
        else:
            times = last.times + 1 if content == last.content else 1
            after[name] = Batch(look, look, content, times, now, "", due or last.ruled)
            asked.append(Wanted(name, f"{name}:{content[:24]}:{now:.3f}"))
    return after, asked


def _has_waited(batch: Batch, now: float) -> bool:
    """Whether it is time to ask again; a clock that went back is no reason to wait for it."""
    wait = min(FIRST_WAIT_S * 2.0 ** min(batch.times - 1, 16), LONGEST_WAIT_S)
    return not 0 <= now - batch.at < wait
