"""Terminals get colour and their width, everything else plain lines."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from hengshui_etl import console
from hengshui_etl.messages import messages
from hengshui_etl.reading import Line, Piece, cells, reading_of
from hengshui_etl.records import Examination

Shown = Callable[[Iterable[Line]], str]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """What a terminal of 40 columns gets."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "40")

    def show(lines: Iterable[Line]) -> str:
        stream = Terminal()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stream)
            console.write(lines)
        return stream.getvalue()

    return show


def test_colour_and_width_on_a_terminal(examination: Examination, shown: Shown) -> None:
    text = shown(reading_of(examination, messages()))
    assert "\x1b[1;37;41m191项\x1b[0m" in text
    assert "【" not in text
    bare = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
    assert max(map(cells, bare)) <= 40
    assert "".join(bare).replace(" ", "").count("农业90项") == 1


def test_no_colour_when_not_wanted(examination: Examination, shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", shown(reading_of(examination, messages())))


def test_an_article_cannot_command_a_terminal(shown: Shown) -> None:
    text = shown([Line((Piece("a\x1b[2Jb\x9b2J[red]d[/red]"),))])
    assert "\x1b[2J" not in text
    assert "\x9b" not in text
    assert "[red]d[/red]" in text


def test_a_dumb_terminal_gets_plain_lines(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert shown([Line((Piece("x", "suspect"),))]) == "【x】\n"


def test_progress_only_where_a_person_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for out, err, shown in ((io.StringIO(), Terminal(), True), (Terminal(), Terminal(), False),
                            (io.StringIO(), io.StringIO(), False)):  # fmt: skip
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        console.count("3 of 7")
        assert ("3 of 7" in err.getvalue()) == shown
        console.count_end()
        assert err.getvalue().endswith("\033[K") == shown


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
def test_the_wheel_turns_while_dagster_has_standard_error(tmp_path: Path) -> None:
    """A run of Dagster turns standard output and error to files while a step is at work."""
    import pty

    terminal, other = pty.openpty()
    script = (
        "import os, sys, time; from hengshui_etl.console import status\n"
        "with status('starting') as update:\n"
        " with open(sys.argv[1], 'wb') as file: os.dup2(file.fileno(), 2)\n"
        " update('articles 7/9'); time.sleep(1)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=other, stderr=other, env={**os.environ, "TERM": "xterm"}) as process:
        os.close(other)
        shown = b""
        with contextlib.suppress(OSError):  # how a terminal ends on Linux
            while data := os.read(terminal, 65536):
                shown += data
        os.close(terminal)
    assert process.returncode == 0
    assert b"articles 7/9" in shown
    assert (tmp_path / "log").read_bytes() == b""
