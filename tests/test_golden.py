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
READMES = {"en": PROJECT / "README.md", "zh": PROJECT / "README.zh-CN.md"}


def output(folder: Path, *arguments: str, language: str = "") -> bytes:
    """What the program of the project's environment prints in a project folder, whatever the exit status."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("HENGSHUI", "DAGSTER"))}
    env |= {"HENGSHUI_HOME": str(folder), "PATH": os.defpath, "HENGSHUI_LANG": language}
    code = "import sys; sys.argv[0] = '.venv/bin/hengshui-etl'; from hengshui_etl.cli import main; main()"
    command = [sys.executable, "-c", code, *arguments]
    result = subprocess.run(command, capture_output=True, cwd=folder, env=env, timeout=300, check=False)
    assert result.stderr == b"", result.stderr.decode()
    return result.stdout


def answer_of_the_seed() -> bytes:
    return output(PROJECT, "check", "--format", "json", SEED)


def run_on_the_seed(home: Path, language: str) -> dict[str, str]:
    """What `make run` shows after the set-up, the first time, and what the query of the README then answers."""
    (home / SEED).parent.mkdir(parents=True)
    shutil.copy(PROJECT / SEED, home / SEED)
    seen = output(home, "run", language=language).decode()
    found = re.search(r'hengshui-etl query "([^"]+)"', READMES[language].read_text("utf-8"))
    assert found, "the README has no query"
    return {"seen": seen, "query": output(home, "query", found[1], language=language).decode()}


def check_of_the_example(language: str) -> str:
    return output(PROJECT, "check", "docs/example.txt", language=language).decode()


def part(name: str, readme: str) -> str:
    """What stands between `<!-- name -->` and `<!-- /name -->`."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", readme, re.DOTALL)
    assert found, f"the README has no part {name}"
    return found[1]


def fenced(text: str) -> str:
    return "```text\n" + "\n".join(line.rstrip() for line in text.strip("\n").split("\n")) + "\n```\n"


def test_the_answer_of_the_seed() -> None:
    assert answer_of_the_seed() == GOLDEN.read_bytes(), "if this is wanted: make golden"


@pytest.mark.parametrize("language", READMES)
def test_the_readme_shows_what_check_prints(language: str) -> None:
    shown = part("check", READMES[language].read_text("utf-8"))
    assert shown == fenced(check_of_the_example(language)), "if this is wanted: make golden"


@pytest.mark.slow
@pytest.mark.parametrize("language", READMES)
def test_the_readme_shows_what_a_run_and_a_query_print(language: str, tmp_path: Path) -> None:
    text = READMES[language].read_text("utf-8")
    for name, printed in run_on_the_seed(tmp_path, language).items():
        assert part(name, text) == fenced(printed), "if this is wanted: make golden"


if __name__ == "__main__":
    GOLDEN.write_bytes(answer_of_the_seed())
    for language, path in READMES.items():
        with tempfile.TemporaryDirectory() as home:
            parts = {**run_on_the_seed(Path(home), language), "check": check_of_the_example(language)}
        text = path.read_text("utf-8")
        for name, shown in parts.items():
            old = f"<!-- {name} -->\n{part(name, text)}<!-- /{name} -->"
            text = text.replace(old, f"<!-- {name} -->\n{fenced(shown)}<!-- /{name} -->")
        path.write_text(text, "utf-8")
