"""The command line as a user meets it: exit status, one line for whatever goes wrong, only what is needed is loaded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hengshui_etl import __version__, cli, commands
from hengshui_etl.records import Examination

PROJECT = Path(__file__).parent.parent
SEED = PROJECT / "data/raw/2019-10/hengshui-industrial-upgrading.txt"
WRONG = "某市今年开工项目\n2019-10-16\n今年以来,某市集中开工项目191项,其中工业项目100项,农业项目90项。\n"
HEAVY = (
    "dagster",
    "polars",
    "pyarrow",
    "duckdb",
    "pandera",
    "numpy",
    "rich",
    "jinja2",
    "selectolax",
    "typer",
    "pydantic",
)

Hengshui = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def hengshui(tmp_path: Path) -> Hengshui:
    """The program in a process of its own, in an empty project folder; `environ` adds to the environment."""

    def call(*arguments: str | bytes, stdin: bytes = b"", **environ: str) -> subprocess.CompletedProcess[bytes]:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("HENGSHUI", "DAGSTER", "LC_", "LANG"))}
        env |= {"HENGSHUI_HOME": str(tmp_path / "home"), **environ}
        command = [sys.executable, "-c", "from hengshui_etl.cli import main; main()", *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, env=env, cwd=tmp_path, timeout=60, check=False)

    return call


def one_line(stderr: bytes) -> str:
    text = stderr.decode()
    assert text.count("\n") == 1, text
    assert text.startswith("hengshui-etl: ")
    return text


def answers(stdout: bytes) -> list[dict[str, dict[str, object]]]:
    assert stdout.endswith(b"\n")
    return [json.loads(line) for line in stdout.decode().removesuffix("\n").split("\n")]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["a"], cli.Check(("a",), "table", "en")),
        (["--format", "json", "a", "-", "b"], cli.Check(("a", "-", "b"), "json", "en")),
        (["a", "--format=json", "--lang=zh"], cli.Check(("a",), "json", "zh")),
        (["--", "-a", "--lang"], cli.Check(("-a", "--lang"), "table", "en")),
        (["--lang", "zh", "--lang", "en", "a"], cli.Check(("a",), "table", "en")),
    ],
)
def test_plain_check_is_read_as_typer_reads_it(
    arguments: list[str], expected: cli.Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(commands, "check_files", lambda files, output, say: seen.append((*files, output, say.language)))
    commands.app(["check", *arguments], standalone_mode=False)
    assert seen == [(*expected.files, expected.output, expected.language)]
    assert cli.plain_check(["check", *arguments]) == expected


@pytest.mark.parametrize(
    "arguments",
    [[], ["run"], ["check"], ["check", "--help"], ["check", "a", "-x"], ["check", "--format"],
     ["check", "--format=", "a"], ["check", "--lang", "fr", "a"], ["check", "--lang", "zh"],
     ["--lang", "zh", "check", "a"]],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_typer(arguments: list[str]) -> None:
    assert cli.plain_check(arguments) is None


def test_version(hengshui: Hengshui) -> None:
    result = hengshui("--version")
    assert (result.returncode, result.stdout) == (0, f"hengshui-etl {__version__}\n".encode())


def test_exit_status_0_when_all_holds(hengshui: Hengshui) -> None:
    result = hengshui("check", "--format", "json", str(SEED))
    assert (result.returncode, result.stderr) == (0, b"")
    assert answers(result.stdout)[0]["article"]["source_path"] == str(SEED)


def test_exit_status_1_when_a_check_fails(hengshui: Hengshui, tmp_path: Path) -> None:
    (tmp_path / "wrong.txt").write_text(WRONG, "utf-8")
    result = hengshui("check", "wrong.txt")
    assert result.returncode == 1
    assert "【191项】" in result.stdout.decode()


def test_exit_status_2_and_order_with_an_unreadable_file(hengshui: Hengshui, tmp_path: Path) -> None:
    (tmp_path / "wrong.txt").write_text(WRONG, "utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    result = hengshui("check", "--format", "json", "empty.txt", "./wrong.txt", "missing.txt", ".", str(SEED))
    assert result.returncode == 2
    lines = answers(result.stdout)
    assert [line["article"]["source_path"] for line in lines] == [
        "empty.txt",
        "./wrong.txt",
        "missing.txt",
        ".",
        str(SEED),
    ]
    assert ["error" in line["article"] for line in lines] == [True, False, True, True, False]
    assert [set(line["article"]) for line in lines if "error" in line["article"]] == [{"source_path", "error"}] * 3
    assert len(result.stderr.decode().splitlines()) == 3


def test_standard_input(hengshui: Hengshui) -> None:
    by_name = answers(hengshui("check", "--format", "json", str(SEED)).stdout)[0]
    by_input = answers(hengshui("check", "--format", "json", "-", stdin=SEED.read_bytes()).stdout)[0]
    assert by_input["article"]["source_path"] == "-"
    assert by_input["figures"] == by_name["figures"]
    assert by_input["checks"] == by_name["checks"]


@pytest.mark.parametrize(
    "environ", [{"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, {"PYTHONHASHSEED": "7"}]
)
@pytest.mark.parametrize("output", ["table", "json"])
def test_same_bytes_whatever_the_surroundings(hengshui: Hengshui, environ: dict[str, str], output: str) -> None:
    assert hengshui("check", "--format", output, str(SEED), **environ).stdout == (
        hengshui("check", "--format", output, str(SEED), PYTHONHASHSEED="1", LANG="C.UTF-8").stdout
    )


@pytest.mark.parametrize(
    "name", ["a b;$(x).txt", "-x.txt", "衡水.txt", "new\nline.txt", b"\xff\xfe.txt", "a\u2028b.txt"]
)
def test_odd_file_names(hengshui: Hengshui, tmp_path: Path, name: str | bytes) -> None:
    as_text = os.fsdecode(name)
    try:
        shutil.copy(SEED, tmp_path / as_text)
    except OSError:
        pytest.skip("this file system does not take the name")
    result = hengshui("check", "--format", "json", "--", name)
    assert result.returncode == 0
    assert answers(result.stdout)[0]["article"]["source_path"] == as_text
    assert hengshui("check", "--", name).returncode == 0


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device here")
def test_what_has_no_end_is_not_read_to_it(hengshui: Hengshui) -> None:
    assert "larger than" in one_line(hengshui("check", "/dev/zero").stderr)


def test_messages_in_chinese(hengshui: Hengshui, tmp_path: Path) -> None:
    (tmp_path / "wrong.txt").write_text(WRONG, "utf-8")
    after = hengshui("check", "--lang", "zh", "wrong.txt", "missing.txt")
    assert "应为" in after.stdout.decode()
    assert "没有这个文件" in one_line(after.stderr)
    assert hengshui("--lang", "zh", "check", "wrong.txt", "missing.txt").stdout == after.stdout
    assert hengshui("check", "wrong.txt", "missing.txt", HENGSHUI_LANG="zh").stdout == after.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check"], "Missing argument"),
        (["chek", "x"], "Did you mean"),
        (["check", "--format", "xml", "x"], "xml"),
        (["--lang", "fr", "check", "x"], "fr"),
        (["check", "missing.txt"], "no such file"),
        (["check", "."], "folder"),
        (["run"], "no articles"),
        (["run", "--batch", "1900-01"], "no batch 1900-01"),
        (["add", "missing.txt"], "no such file"),
        (["add", "--batch", "../up", "x"], "name of a batch"),
        (["ui", "--port", "0"], "--port"),
    ],
)
def test_errors_are_one_line(hengshui: Hengshui, arguments: list[str], says: str) -> None:
    result = hengshui(*arguments)
    assert result.returncode == 2
    assert says in one_line(result.stderr)


def test_an_unexpected_error_is_one_line_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> Examination:
        raise ZeroDivisionError("of\nours")

    monkeypatch.setattr("hengshui_etl.pipeline.examine", broken)
    monkeypatch.setattr(sys, "argv", ["hengshui-etl", "check", str(SEED)])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert exit_.value.code == 2
    assert "ZeroDivisionError: of ours" in (error := capsys.readouterr().err)
    assert "--debug" in one_line(error.encode())
    monkeypatch.setattr(sys, "argv", ["hengshui-etl", "--debug", "check", str(SEED)])
    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    command = f"'{sys.executable}' -c 'from hengshui_etl.cli import main; main()' check --format json"
    files = " ".join([f"'{SEED}'"] * 20)
    result = subprocess.run(f"{command} {files} | head -c 1", shell=True, capture_output=True, check=False)
    assert result.stdout == b"{"
    assert result.stderr == b""


@pytest.mark.parametrize("output", ["table", "json"])
def test_check_loads_nothing_heavy(output: str) -> None:
    code = (
        "import sys\nfrom hengshui_etl import cli\n"
        f"sys.argv = ['hengshui-etl', 'check', '--format', {output!r}, {str(SEED)!r}]\n"
        "try: cli.main()\nexcept SystemExit: pass\n"
        f"sys.stderr.write(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert result.stderr == b""
    assert result.stdout


def test_add_files_by_month_and_never_overwrites(hengshui: Hengshui, tmp_path: Path) -> None:
    article = tmp_path / "wrong.txt"
    article.write_text(WRONG, "utf-8")
    target = tmp_path / "home/data/raw/2019-10/wrong.txt"
    assert hengshui("add", "wrong.txt").returncode == 0
    assert target.read_bytes() == article.read_bytes()
    again = hengshui("add", "wrong.txt", "--batch", "other")
    assert (again.returncode, again.stderr) == (0, b"")
    assert "already there" in again.stdout.decode()
    article.write_text(WRONG.replace("191", "190"), "utf-8")
    other = hengshui("add", "wrong.txt")
    assert other.returncode == 2
    assert "different file" in one_line(other.stderr)
    assert target.read_text("utf-8") == WRONG
    assert [path.name for path in target.parent.iterdir()] == ["wrong.txt"]


def test_add_asks_for_the_batch_of_an_undated_article(hengshui: Hengshui, tmp_path: Path) -> None:
    (tmp_path / "undated.txt").write_text("某市开工项目\n某市集中开工项目一批。\n", "utf-8")
    assert "--batch YYYY-MM" in one_line(hengshui("add", "undated.txt").stderr)
    assert hengshui("add", "undated.txt", "--batch", "2020-01").returncode == 0
    assert (tmp_path / "home/data/raw/2020-01/undated.txt").exists()


def test_ui_says_when_its_port_is_taken(hengshui: Hengshui) -> None:
    import socket

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        result = hengshui("ui", "--port", str(port))
    assert result.returncode == 2
    assert f"port {port} is in use" in one_line(result.stderr)
