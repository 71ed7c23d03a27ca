"""The part of the torture that is tried with every change: some kills, some damaged files, DuckDB made anew.

All of it is `make torture`; this starts it as that does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="process groups of POSIX")]


def test_nothing_is_lost() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", "--quick"], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| nothing |" in done.stdout
