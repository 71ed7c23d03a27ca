"""`make torture`: tries every fault, prints the table of docs/reliability.md, and ends with 1 if anything was lost.

    python -m tests.torture [CASE…] [--quick] [--write] [--list]

Belongs here: arguments, the order of the cases, the table. Does not belong here: cases.

Two cases run side by side, each in a process of its own; those that measure time run alone, and so do those that are
cut into shares, one for each core. Where root runs it, it does so in a mount namespace of its own, so that no small
disk is left behind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.torture import every
from tests.torture.case import Case, NotHere, Outcome
from tests.torture.project import patient
from tests.torture.table import Row, printed, row_of, written

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "reliability.md"
LONGEST_S = 900  # on a machine that does nothing else


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("cases", nargs="*", metavar="CASE", help="some cases only, by name")
    parser.add_argument("--quick", action="store_true", help="the part that is in make test")
    parser.add_argument("--write", action="store_true", help="put the rows into docs/reliability.md")
    parser.add_argument("--list", action="store_true", help="name the cases")
    parser.add_argument("--times", type=int, help="how often to try, if not as the case has it")
    parser.add_argument("--seed", default="1", help="other points of time, other bits")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="how many side by side")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    known = {case.name: case for case in every.CASES}
    if unknown := [name for name in arguments.cases if name not in known]:
        parser.error(f"no such case: {', '.join(unknown)}; there are {', '.join(known)}")
    chosen = [known[name] for name in arguments.cases] or list(known.values())
    if arguments.list:
        print("\n".join(f"{case.name:16} {case.fault}" for case in chosen))
        return 0
    if arguments.quick:
        chosen = [case for case in chosen if case.quick]
    if arguments.one:
        ((case,),) = [chosen]
        print(json.dumps(_tried(case, arguments.times or case.times, arguments.seed)))
        return 0
    if "TORTURE_APART" not in os.environ and _can_be_apart():
        os.environ["TORTURE_APART"] = "yes"
        os.execvp("unshare", ["unshare", "--mount", sys.executable, "-m", "tests.torture", *sys.argv[1:]])
    began = time.monotonic()

    def tried(case: Case) -> Row:
        times = arguments.times or (case.quick if arguments.quick else case.times)
        row = row_of(case, _in_parts(case, times, arguments.seed, arguments.jobs))
        print(f"{time.monotonic() - began:6.0f} s  {case.name:16} {row.often}: {row.lost}", file=sys.stderr, flush=True)
        return row

    one_by_one = [case for case in chosen if case.alone or case.parts]
    together = [case for case in chosen if case not in one_by_one]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        rows = dict(zip([case.name for case in together], pool.map(tried, together), strict=True))
    rows |= {case.name: tried(case) for case in one_by_one}
    ordered = [rows[case.name] for case in chosen]
    print(printed(ordered))
    print(f"\n{len(ordered)} cases in {time.monotonic() - began:.0f} s")
    if arguments.write:
        written(DOCUMENT, ordered, [case.name for case in every.CASES])
    return 0 if all(row.good for row in ordered) else 1


def _can_be_apart() -> bool:
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


def _in_parts(case: Case, times: int, seed: str, jobs: int) -> Outcome | str:
    """The outcome of a case, of which shares are tried side by side where it has many."""
    if not case.parts or jobs < 2 or times < 5 * jobs:
        return _apart(case, times, seed)
    shares = [times // jobs + (number < times % jobs) for number in range(jobs)]
    with ThreadPoolExecutor(jobs) as pool:
        found = list(pool.map(lambda share: _apart(case, share[1], f"{seed}.{share[0]}"), enumerate(shares)))
    counts: Counter[str] = Counter()
    lost = []
    for each in found:
        if isinstance(each, str):
            return each
        counts.update(each.counts)
        lost += each.lost
    return Outcome(dict(counts), lost)


def _apart(case: Case, times: int, seed: str) -> Outcome | str:
    """The outcome of a case that is tried in a process of its own, or why it could not be tried here."""
    command = [sys.executable, "-m", "tests.torture", "--one", case.name, "--times", str(times), "--seed", seed]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=patient(LONGEST_S))
    except subprocess.TimeoutExpired:
        return Outcome({}, ["the case itself did not end"])
    if done.returncode != 0:
        return Outcome({}, [f"the case itself failed: {done.stderr.strip()[-1500:]}"])
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    return str(answer["not here"]) if "not here" in answer else Outcome(**answer)


def _tried(case: Case, times: int, seed: str) -> dict[str, object]:
    try:
        return case.run(times, random.Random(f"{case.name} {seed}"))._asdict()
    except NotHere as reason:
        return {"not here": str(reason)}


if __name__ == "__main__":
    sys.exit(main())
