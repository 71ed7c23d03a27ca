"""What the program says of the first article, byte for byte, and what the README shows of its commands.

`make golden` writes both again, and the answers of the README's queries. Look at the difference before it is committed:
it is what users of the program will see change.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
SEED = "data/raw/2019-10/hengshui-industrial-upgrading.txt"
GOLDEN = PROJECT / "tests" / "golden" / "seed.answer.json"
README = PROJECT / "README.md"


def output(folder: Path, *arguments: str) -> bytes:
    """What the program of the project's environment prints in a project folder, whatever the exit status."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("HENGSHUI", "DAGSTER"))}
    env |= {"HENGSHUI_HOME": str(folder), "PATH": os.defpath}
    code = "import sys; sys.argv[0] = '.venv/bin/hengshui-etl'; from hengshui_etl.cli import main; main()"
    command = [sys.executable, "-c", code, *arguments]
    result = subprocess.run(command, capture_output=True, cwd=folder, env=env, timeout=300, check=False)
    assert result.stderr == b"", result.stderr.decode()
    return result.stdout


def answer_of_the_seed() -> bytes:
    return output(PROJECT, "check", "--format", "json", SEED)


def run_on_the_seed(home: Path) -> str:
    """What `make run` shows after the set-up, the first time."""
    (home / SEED).parent.mkdir(parents=True)
    shutil.copy(PROJECT / SEED, home / SEED)
    return output(home, "run").decode()


def check_of_the_example() -> str:
    return output(PROJECT, "check", "docs/example.txt").decode()


def part(name: str, readme: str) -> str:
    """What stands between `<!-- name -->` and `<!-- /name -->`."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", readme, re.DOTALL)
    assert found, f"the README has no part {name}"
    return found[1]


def fenced(text: str) -> str:
    return "```text\n" + "\n".join(line.rstrip() for line in text.strip("\n").split("\n")) + "\n```\n"


def test_the_answer_of_the_seed() -> None:
    assert answer_of_the_seed() == GOLDEN.read_bytes(), "if this is wanted: make golden"


def test_the_readme_shows_what_check_prints() -> None:
    assert part("check", README.read_text("utf-8")) == fenced(check_of_the_example()), "if this is wanted: make golden"


@pytest.mark.slow
def test_the_readme_shows_what_a_run_prints(tmp_path: Path) -> None:
    assert part("seen", README.read_text("utf-8")) == fenced(run_on_the_seed(tmp_path)), (
        "if this is wanted: make golden"
    )


if __name__ == "__main__":
    GOLDEN.write_bytes(answer_of_the_seed())
    with tempfile.TemporaryDirectory() as home:
        parts = {"seen": run_on_the_seed(Path(home)), "check": check_of_the_example()}
    text = README.read_text("utf-8")
    for name, shown in parts.items():
        text = text.replace(
            f"<!-- {name} -->\n{part(name, text)}<!-- /{name} -->", f"<!-- {name} -->\n{fenced(shown)}<!-- /{name} -->"
        )
    README.write_text(text, "utf-8")
