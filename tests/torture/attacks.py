"""Attacks that the tests make: hostile input, the fuzzers, the network, packages, tampering. One row each, by the tests
that are part of `make test`.

Belongs here: which tests an attack is, and how much of it there is. Does not belong here: the attacks themselves, which
stand in those tests.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from tests.torture.case import Case, NotHere, Outcome

ROOT = Path(__file__).resolve().parents[2]


def _tests(*files: str, named: str = "") -> Callable[[int, random.Random], Outcome]:
    """What comes of these tests, or of those of them whose names fit."""

    def run(times: int, chance: random.Random) -> Outcome:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", named, *files]
        counts: Counter[str] = Counter()
        lost: list[str] = []
        for _ in range(times):
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            counts.update({what: int(n) for n, what in re.findall(r"(\d+) (passed|skipped)", done.stdout)})
            lost += (failed := re.findall(r"^(?:FAILED|ERROR) (.*)$", done.stdout, re.MULTILINE))
            if done.returncode and not failed:
                lost.append((done.stdout + done.stderr)[-500:])
        found = {"tests": counts["passed"]}
        return Outcome(found | ({"tests skipped": counts["skipped"]} if counts["skipped"] else {}), lost)

    return run


def _fuzzed(*arguments: str) -> Callable[[int, random.Random], Outcome]:
    """What comes of so many seconds of a fuzzer."""

    def run(times: int, chance: random.Random) -> Outcome:
        if find_spec("atheris") is None:
            raise NotHere("there is no atheris for this machine")
        seed = str(chance.randrange(1, 2**31))
        command = [sys.executable, "benchmarks/fuzz.py", *arguments, "--seconds", str(times), "--seed", seed]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        inputs = re.search(r"Done (\d+) runs", done.stderr)
        if done.returncode or inputs is None:
            return Outcome({"s": times}, [f"seed {seed}: {done.stderr.strip()[-500:]}"])
        return Outcome({"s": times, "inputs": int(inputs[1])}, [])

    return run


CASES = [
    Case(
        "outputs",
        "markup, script, terminal commands, bidi and unseen characters, formulas in text, titles, names of files, ids,"
        " urls, rulings",
        "16 texts in every place: report, answers as table, CSV, JSON and Markdown, the UI's Markdown, the terminal and"
        " the log of a run are read for them",
        _tests("tests/test_hostile_outputs.py", "tests/test_hostile_runs.py"),
        1,
    ),
    Case(
        "messages",
        "the same in alerts, and calls (`@all`, `<at>`), links, tracking pictures, headers of mails",
        "34 texts in six kinds of messages; DingTalk, Feishu, WeCom, Slack, Mattermost, ntfy, Gotify, webhooks and mail"
        " send to receivers on loopback, which hold nothing that is obeyed",
        _tests("tests/alerts/test_hostile.py"),
        1,
    ),
    Case(
        "keys",
        "the same in PostgreSQL (NUL, halves of characters) and in keys of object storage (`..`, line ends)",
        "A run on a real server each: it is recorded and read back; keys are hashes and quoted names of batches",
        _tests(
            "tests/test_postgres.py::test_nothing_that_articles_say_breaks_the_record",
            "tests/test_object_storage.py::test_keys_hold_nothing_of_what_files_and_batches_are_called",
        ),
        1,
    ),
    Case(
        "bombs",
        "bombs (gzip, zstd, WARC, Parquet, nested), 100 MB lines, sparse files of 1 TB, 1.5 million open tags, 10 000"
        " digits, links, FIFOs, sockets, devices",
        "One batch of 15 such files beside good ones, in a process that is measured; files of many articles one by one:"
        " the good ones are loaded, the others are in quarantine with a reason, in bounded memory and time",
        _tests("tests/test_bounded.py", "tests/test_sources.py", "tests/bulk"),
        1,
    ),
    Case(
        "patterns",
        "texts that make a regular expression slow, or the whole",
        "Attacks made from each of 616 patterns itself, at 2000 and 8000 characters; 73 pieces repeated: twice the"
        " text, at most 2.6 times the time",
        _tests("tests/test_patterns.py", "tests/test_hostile.py"),
        1,
        alone=True,
    ),
    Case(
        "queries",
        "SQL that reads files, loads extensions, changes settings or never ends",
        "Statements given to `query` over a warehouse: refused in a line, ended by Ctrl+C",
        _tests("tests/test_querying.py"),
        1,
    ),
    Case(
        "fuzz-articles",
        "any bytes as an article",
        "The fuzzer, guided by coverage, from bytes to verdicts; see below",
        _fuzzed(),
        30,
    ),
    Case(
        "fuzz-records",
        "any bytes as a file of many articles",
        "The fuzzer, guided by coverage, from JSON Lines, Parquet and WARC, packed or not, to records; see below",
        _fuzzed("--records"),
        30,
    ),
    Case(
        "network",
        "a connection to anywhere, telemetry",
        "A kernel filter that ends whoever makes an internet socket, around six commands of the whole flow; what the"
        " settings of Dagster say",
        _tests("tests/test_network.py"),
        1,
    ),
    Case(
        "packages",
        "a package with a known vulnerability, or no answer about it; one that is not locked",
        "`tools/audit.py` against a database on loopback; every package and its hash in the lock file",
        _tests("tests/test_audit.py", "tests/test_project.py"),
        1,
    ),
    Case(
        "tampering",
        "tampering with tables, database or raw files; a faulty program",
        "Every column of all 11 tables, rows more and less, in Parquet and in DuckDB, a byte of each raw file, a"
        " verdict flipped everywhere at once: `verify` tells table and column. Another value in every column that"
        " others determine, before it is stored: a contract refuses it",
        _tests("tests/test_tampering.py", "tests/test_verify.py"),
        1,
    ),
    Case(
        "our-fault",
        "a fault of ours in one article",
        "An article on which the program fails, or of which it makes rows that break a contract: it is in quarantine"
        " with contract and row, all others are loaded, `run` ends with 1; with many of them nothing is stored",
        _tests("tests/test_loading.py", "tests/test_run.py", named="contract or fault"),
        1,
    ),
]
