"""The compiled core says what the sources say, about every article that is at hand; nothing stale is ever run.

Compiling takes minutes, so that it is done where CI is set, or where `make compiled` did it before.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hengshui_etl import compiled

PROJECT = Path(__file__).parent.parent
ANSWERS = """
import json, sys
from pathlib import Path
from hengshui_etl import pipeline
from hengshui_etl.answers import answer_line
from hengshui_etl.text import Unreadable
answers = {}
for path in sorted(Path(sys.argv[1]).rglob("*")):
    if path.is_file() and path.suffix in (".txt", ".html"):
        try:
            found = pipeline.examine(path.read_bytes(), source_path="x")
            answers[path.name] = [answer_line(found, language) for language in ("en", "zh")]
        except Unreadable as error:
            answers[path.name] = str(error)
print(json.dumps([pipeline.__file__, answers]))
"""


def said(use: str) -> tuple[str, dict[str, object]]:
    """The file of the module that examines, and the answers on all golden and odd articles."""
    env = os.environ | {"HENGSHUI_COMPILED": use, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", ANSWERS, str(PROJECT / "tests")]
    result = subprocess.run(command, capture_output=True, text=True, env=env, check=True, timeout=300)
    module, answers = json.loads(result.stdout)
    return module, answers


def test_compiled_modules_give_the_same_answers():
    if not compiled.compiled_folder().is_dir():
        if not os.environ.get("CI"):
            pytest.skip("compiling takes minutes: make compiled")
        made = subprocess.run(
            [sys.executable, "tools/compile.py", "--optimize", "0"],
            cwd=PROJECT, capture_output=True, text=True, check=False, timeout=1800,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout + made.stderr
    module, answers = said("1")
    assert module.endswith(compiled.SUFFIX)
    source_module, source_answers = said("0")
    assert source_module.endswith("pipeline.py")
    assert len(answers) > 100
    assert answers == source_answers


def test_an_edit_of_a_source_gives_another_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(compiled, "_PACKAGE", tmp_path)
    (tmp_path / "pipeline.py").write_text("a = 1")
    before = compiled.compiled_folder()
    (tmp_path / "pipeline.py").write_text("a = 2")
    assert compiled.compiled_folder() != before
    (tmp_path / "pipeline.py").write_text("a = 1")
    assert compiled.compiled_folder() == before


def test_modules_of_a_folder_are_found_by_their_names(tmp_path):
    for name in ("hengshui_etl/figures/scan", "core__mypyc"):
        file = tmp_path / f"{name}{compiled.SUFFIX}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    finder = compiled._Finder(tmp_path)
    found = finder.find_spec("hengshui_etl.figures.scan", None)
    assert found is not None
    assert found.origin == str(tmp_path / f"hengshui_etl/figures/scan{compiled.SUFFIX}")
    assert finder.find_spec("core__mypyc", None) is not None
    assert finder.find_spec("hengshui_etl.figures", None) is None
