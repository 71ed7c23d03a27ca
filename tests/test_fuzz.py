"""The coverage-guided fuzzer for a while: a minute where CI is set, a few seconds elsewhere; `make fuzz` for longer.

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

FUZZER = Path(__file__).parents[1] / "benchmarks" / "fuzz.py"
CORPUS = Path(__file__).parent / "corpus"
IN_CI = os.environ.get("CI") == "true"
SECONDS = 60 if IN_CI else 8
FOR_THIS_MACHINE = sys.platform == "linux" and platform.machine() == "x86_64" and sys.version_info < (3, 14)


def test_a_while_of_fuzzing_finds_nothing(tmp_path: Path) -> None:
    if find_spec("atheris") is None:
        missing = "atheris is not installed: run make tools"
        if FOR_THIS_MACHINE and IN_CI:
            pytest.fail(missing)
        pytest.skip(missing if FOR_THIS_MACHINE else "there is no atheris for this machine; test_hostile.py stays")
    command = [sys.executable, str(FUZZER), "--seconds", str(SECONDS), "--seed", "1"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS + 240)
    broken = {path.name: b64encode(path.read_bytes()).decode() for path in tmp_path.iterdir()}
    assert result.returncode == 0, f"{broken}\n{result.stdout[-2000:]}\n{result.stderr[-4000:]}"
    done = re.search(r"Done (\d+) runs in \d+ second", result.stderr)
    assert done is not None, result.stderr[-2000:]
    assert int(done[1]) > len(list(CORPUS.iterdir())), "it did not get beyond what is kept"


def test_the_corpus_stays_small() -> None:
    sizes = [path.stat().st_size for path in CORPUS.iterdir()]
    assert sum(sizes) < 1_000_000
    assert max(sizes) <= 20_000
