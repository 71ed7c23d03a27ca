"""The coverage-guided fuzzers for a while: a minute where CI is set, a few seconds elsewhere; `make fuzz` for longer.

It begins with the same number each time, so that a test that passes passes again; `make fuzz` begins with another one.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from base64 import b64encode
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.soundness_of_records import faults, records

FUZZER = Path(__file__).parents[1] / "benchmarks" / "fuzz.py"
ARTICLES, RECORDS = Path(__file__).parent / "corpus", Path(__file__).parent / "corpus_of_records"
IN_CI = os.environ.get("CI") == "true"
FOR_THIS_MACHINE = sys.platform == "linux" and platform.machine() == "x86_64" and sys.version_info < (3, 14)


@pytest.mark.parametrize(
    ("corpus", "arguments", "seconds"),
    [(ARTICLES, (), 40 if IN_CI else 5), (RECORDS, ("--records",), 20 if IN_CI else 3)],
    ids=["articles", "records"],
)
def test_a_while_of_fuzzing_finds_nothing(
    tmp_path: Path, corpus: Path, arguments: tuple[str, ...], seconds: int
) -> None:
    if find_spec("atheris") is None:
        missing = "atheris is not installed: run make tools"
        if FOR_THIS_MACHINE and IN_CI:
            pytest.fail(missing)
        pytest.skip(missing if FOR_THIS_MACHINE else "there is no atheris for this machine; test_hostile.py stays")
    command = [sys.executable, str(FUZZER), *arguments, "--seconds", str(seconds), "--seed", "1"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=seconds + 240)
    broken = {path.name: b64encode(path.read_bytes()).decode() for path in tmp_path.iterdir()}
    assert result.returncode == 0, f"{broken}\n{result.stdout[-2000:]}\n{result.stderr[-4000:]}"
    done = re.search(r"Done (\d+) runs in \d+ second", result.stderr)
    assert done is not None, result.stderr[-2000:]
    assert int(done[1]) > len(list(corpus.iterdir())), "it did not get beyond what is kept"


def test_what_is_kept_of_files_is_sound_and_the_same_twice() -> None:
    for path in sorted(RECORDS.iterdir()):
        found = records(path.read_bytes())
        assert faults(found) == [], path.name
        assert records(path.read_bytes()) == found, path.name


@pytest.mark.parametrize("corpus", [ARTICLES, RECORDS])
def test_the_corpus_stays_small(corpus: Path) -> None:
    sizes = [path.stat().st_size for path in corpus.iterdir()]
    assert sum(sizes) < 1_000_000
    assert max(sizes) <= 20_000
