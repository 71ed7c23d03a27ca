"""`hengshui-etl query`: answers in four forms, nothing but reading, one line for whatever goes wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl import querying, warehouse
from hengshui_etl.asking import show_answer
from hengshui_etl.checking import Refused
from hengshui_etl.messages import messages
from hengshui_etl.reading import cells, plain_lines
from hengshui_etl.sealed import QueryFailed, asked

COMMAND = [sys.executable, "-c", "from hengshui_etl.cli import main; main()", "query"]


def table(columns: list[str], *rows: tuple[object, ...]) -> list[str]:
    return list(plain_lines(querying.table_lines(querying.layout(columns, rows))))


def test_columns_stand_below_each_other_and_numbers_to_the_right() -> None:
    assert table(["metric", "value", "on"], ("技改投资", Decimal("12.4"), date(2019, 8, 1)), ("a", 105, None)) == [
        "metric    value  on",
        "────────  ─────  ──────────",
        "技改投资   12.4  2019-08-01",
        "a           105  NULL",
    ]


def test_many_rows_are_cut_to_the_width_and_few_are_not() -> None:
    row = ("衡水" * 20, "b" * 30)
    for rows, width, widest in (([row] * 9, 60, 24), ([row] * 9, 80, 39), ([row] * 2, 112, 80)):
        table = querying.fitted_layout(["a", "b"], rows, width)
        assert table is not None
        assert table.width <= width
        assert max(table.widths) >= widest
    assert querying.fitted_layout(["a", "b"], [row] * 2, 60) is None
    assert querying.fitted_layout(["a", "b"], [row] * 9, 40) is None


def test_no_rows_are_heads_alone() -> None:
    assert table(["a", "b"]) == ["a  b", "─  ─"]


@given(st.lists(st.tuples(st.text(), st.integers(), st.text("甲乙a\x1b\u202e\n\t")), max_size=5))
def test_any_table_is_aligned_and_no_terminal_obeys_it(rows: list[tuple[str, int, str]]) -> None:
    layout = querying.layout(["one", "two", "three"], rows, 20)
    lines = list(plain_lines(querying.table_lines(layout)))
    assert len(lines) == len(rows) + 2
    assert not [c for line in lines for c in line if ord(c) < 32 or c in "\u202e\u2066\x9b\x7f"]
    assert max(map(cells, lines)) <= layout.width
    assert all(width <= 20 for width in layout.widths)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("105.000000000000"), "105"),
        (Decimal("0.000000000000"), "0"),
        (Decimal("71670000000.500000000000"), "71670000000.5"),
        (Decimal("3.50"), "3.50"),
        (Decimal("1E+3"), "1000"),
        (12345678901234567890123456789, "12345678901234567890123456789"),
        (True, "true"),
        (None, "NULL"),
        (["100项", None, 1], '["100项", null, 1]'),
        ({"a": Decimal("1.5")}, '{"a": 1.5}'),
        (b"\x00\xff", "00ff"),
        (datetime(2019, 10, 1, 8, tzinfo=UTC), "2019-10-01 08:00:00+00:00"),
        ("a\r\nb\tc", "a↵b⇥c"),
        ("\x1b[31m\u202e", "⟨U+001B⟩[31m⟨U+202E⟩"),
    ],
)
def test_values_as_written(value: object, text: str) -> None:
    assert querying.written(value) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1+1", "=cmd|' /C calc'!A0", "-"]
)
def test_no_cell_of_csv_is_a_formula(text: str) -> None:
    (_, (cell,)) = csv.reader(io.StringIO("\n".join(querying.csv_lines(["a"], [(text,)])), newline=""))
    assert cell[0] == "'"


@pytest.mark.parametrize(
    ("value", "cell"),
    [(-5, "-5"), (Decimal("-1.5"), "-1.5"), ("-5.25", "-5.25"), ("+3", "+3"), (None, ""), ("", '""'), ("a,b", '"a,b"'),
     ('a"b', '"a""b"'), ("a\nb", '"a\nb"'), ("\x1b", "⟨U+001B⟩"), (True, "true"), ("衡水", "衡水")],
)  # fmt: skip
def test_cells_of_csv(value: object, cell: str) -> None:
    assert list(querying.csv_lines(["a"], [(value,)])) == ["a", cell]


@given(st.lists(st.tuples(st.text("甲=+-@',\"\t\n a1"), st.text("甲=+-@',\"\t\n a1")), max_size=4))
def test_csv_is_read_back(rows: list[tuple[str, str]]) -> None:
    text = "\n".join(querying.csv_lines(["=a", "b"], rows)) + "\n"
    head, *found = csv.reader(io.StringIO(text, newline=""))
    assert head == ["'=a", "b"]
    for row, back in zip(rows, found, strict=True):
        for one, other in zip(row, back, strict=True):
            assert other in (one, f"'{one}")
            assert not other.lstrip().startswith(tuple("=+-@")) or other.lstrip("+-").isdigit()


@given(st.lists(st.tuples(st.text(), st.integers(), st.booleans(), st.none(), st.lists(st.text())), max_size=3))
def test_json_is_read_back(rows: list[tuple[object, ...]]) -> None:
    lines = list(querying.json_lines(["a", "b", "c", "a", "d"], rows))
    assert [list(json.loads(line).items()) for line in lines] == [
        list(zip(["a", "b", "c", "a_2", "d"], row, strict=True)) for row in rows
    ]
    assert all(line.isprintable() or " " in line for line in lines)
    assert not [c for line in lines for c in line if ord(c) < 32 or c in "\u202e\u2066\x9b"]


def test_json_has_numbers_in_full() -> None:
    line = next(querying.json_lines(["a", "b"], [(Decimal("698696000000.10"), float("nan"))]))
    assert line == '{"a": 698696000000.10, "b": null}'


def test_markdown_shows_texts_and_no_markup() -> None:
    assert list(querying.markdown_lines(["a|b"], [("<b>*x*</b>",), (None,), (Decimal("1.50"),)])) == [
        "| a\\|b |",
        "| --- |",
        "| &lt;b&gt;\\*x\\*&lt;/b&gt; |",
        "|  |",
        "| 1.50 |",
    ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose database has a table of its own."""
    home = tmp_path_factory.mktemp("project")
    (home / "data" / "warehouse").mkdir(parents=True)
    with duckdb.connect(str(home / "data" / "warehouse" / "hengshui.duckdb")) as connection:
        connection.execute("CREATE TABLE figures AS SELECT range AS n, '衡水' || range AS scope FROM range(250)")
        connection.execute("CREATE VIEW odd AS SELECT * FROM figures WHERE n % 2 = 1")
    return home


def surroundings(home: Path) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("HENGSHUI", "LC_", "LANG"))}
    return env | {"HENGSHUI_HOME": str(home)}


def query(home: Path, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    result = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        env=surroundings(home),
        cwd=home,
        timeout=60,
        check=False,
    )
    return result.returncode, result.stdout.decode(), result.stderr.decode()


def test_a_query_is_answered(home: Path) -> None:
    expected = (0, "n  scope\n─  ─────\n7  衡水7\n", "")
    assert query(home, "SELECT * FROM figures WHERE n = 7") == expected
    assert query(home, "-", stdin="\ufeffSELECT * FROM figures\nWHERE n = 7;\n".encode()) == expected


def test_answers_are_bounded_and_say_so(home: Path) -> None:
    code, out, err = query(home, "FROM odd", "--limit", "3", "--format", "csv")
    assert (code, out) == (0, "n,scope\n1,衡水1\n3,衡水3\n5,衡水5\n")
    assert err == "… and 122 more rows; --limit 0 shows all\n"
    assert "and more than 100000 more" in query(home, "FROM range(10000000000)", "--limit", "3")[2]
    assert len(query(home, "FROM figures", "--format", "json", "--limit", "0")[1].splitlines()) == 250


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM figurs", "there is no table figurs; there are: figures, odd"),
        ("BEGIN; SELECT * FROM figurs", "there is no table figurs; there are: figures, odd"),
        ("SELECT scop FROM figures", 'Candidate bindings: "scope"'),
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("SELECT ?", "parameters"),
        (" ", "no statement"),
        ("SELECT * FROM figures WHERE n = 'x'", "Could not convert"),
        ("\0", "hengshui-etl: "),
    ],
)
def test_a_query_that_is_wrong_is_one_line(home: Path, sql: str, said: str) -> None:
    code, out, err = query(home, "-", stdin=sql.encode())
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("hengshui-etl: ")
    assert said in err


FORBIDDEN = (
    "SELECT * FROM read_text('{file}')", "SELECT * FROM read_csv('{file}')", "SELECT * FROM glob('*')",
    "SELECT * FROM '{file}'", "COPY (SELECT 1) TO '{new}'", "COPY figures FROM '{file}'", "ATTACH '{new}'",
    "EXPORT DATABASE '{new}'", "IMPORT DATABASE '{new}'", "INSTALL httpfs", "LOAD httpfs", "LOAD '{file}'",
    "SET enable_external_access = true", "RESET enable_external_access", "SET lock_configuration = false",
    "PRAGMA profiling_output = '{new}'", "CALL enable_logging(storage = 'file', storage_path = '{new}')",
    "DROP TABLE figures", "INSERT INTO figures VALUES (1, 'x')", "UPDATE figures SET n = 0", "DELETE FROM figures",
    "CREATE TABLE t (x INT)", "CREATE VIEW v AS SELECT 1", "CREATE MACRO f(x) AS x", "SELECT * FROM os",
    "SELECT 1; DROP TABLE figures", "SELECT * FROM 'https://127.0.0.1:9/x.csv'",
    "CREATE PERSISTENT SECRET s (TYPE s3)", "SELECT * FROM sniff_csv('{file}')", "SELECT getenv('HOME')",
    "USE figures; DROP VIEW odd", "ALTER TABLE figures ADD COLUMN x INT", "COMMENT ON TABLE figures IS 'x'",
    "SET temp_directory = '{new}'", "SET home_directory = '{new}'", "SET extension_directory = '{new}'",
)  # fmt: skip


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_query_reads_the_database_and_nothing_else(home: Path, statement: str) -> None:
    file, new = home / "secret.csv", home / "new"
    file.write_text("a\nsecret\n")
    path = home / "data" / "warehouse" / "hengshui.duckdb"
    before = path.read_bytes()
    with pytest.raises(QueryFailed), asked(path, statement.format(file=file, new=new)) as answer:
        assert "secret" not in str(list(answer.rows))
    assert path.read_bytes() == before
    assert not new.exists()


def test_what_is_forbidden_is_said_to_be(home: Path) -> None:
    assert "nothing else" in query(home, "SELECT * FROM read_text('/etc/passwd')")[2]
    assert "nothing else" in query(home, "DROP TABLE figures")[2]


def test_no_warehouse_a_broken_one_and_one_that_is_held(home: Path, tmp_path: Path) -> None:
    assert "there is no warehouse yet" in query(tmp_path, "SELECT 1")[2]
    path = tmp_path / "data" / "warehouse" / "hengshui.duckdb"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database at all" * 1000)
    code, _, err = query(tmp_path, "SELECT 1")
    assert (code, err.count("\n")) == (2, 1)
    assert "rebuild" in err


def on_terminal(home: Path, *arguments: str, columns: int) -> str:
    """What a person sees on a terminal of that width, without colours."""
    main, other = pty.openpty()
    env = surroundings(home) | {"COLUMNS": str(columns), "LINES": "24", "TERM": "xterm"}
    with subprocess.Popen([*COMMAND, *arguments], stdout=other, stderr=other, stdin=other, env=env) as process:
        os.close(other)
        text = b""
        while chunk := _read(main):
            text += chunk
        process.wait(30)
    os.close(main)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.decode()).replace("\r", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the other end is closed
        return b""


def test_on_a_terminal_there_is_a_default_limit(home: Path) -> None:
    text = on_terminal(home, "FROM figures", columns=80)
    assert "衡水99" in text
    assert "衡水100" not in text
    assert "and 150 more rows" in text


def test_rows_too_wide_for_the_terminal_have_a_line_a_value(home: Path) -> None:
    text = on_terminal(home, "SELECT n, repeat(scope, 30) AS long FROM figures WHERE n = 7", columns=40)
    assert "── 1 ──" in text
    assert all(cells(line) <= 40 for line in text.split("\n"))


@pytest.fixture
def endless(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    sql = "SELECT sum(a.range * b.range % 7) FROM range(1000000000) a, range(1000000000) b"
    with subprocess.Popen(
        [*COMMAND, sql], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings(home)
    ) as process:
        yield process
        process.kill()


def test_ctrl_c_ends_a_query_at_once(endless: subprocess.Popen[bytes]) -> None:
    time.sleep(2)
    assert endless.poll() is None
    endless.send_signal(signal.SIGINT)
    out, err = endless.communicate(timeout=10)
    assert (endless.returncode, out, err) == (130, b"", b"")


def test_a_reader_that_has_seen_enough(home: Path) -> None:
    command = f"{' '.join(map(_quoted, COMMAND))} 'FROM range(100000000)' --format csv | head -n 2"
    started = time.monotonic()
    result = subprocess.run(["sh", "-c", command], capture_output=True, env=surroundings(home), timeout=60, check=True)
    assert (result.stdout, result.stderr) == (b"range\n0\n", b"")
    assert time.monotonic() - started < 20


def _quoted(word: str) -> str:
    return f'"{word}"'


HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.readline()"


@pytest.fixture
def holder(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program that writes to the database, until it is sent a line."""
    path = home / "data" / "warehouse" / "hengshui.duckdb"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_query_waits_while_another_program_writes(home: Path, holder: subprocess.Popen[str]) -> None:
    with subprocess.Popen(
        [*COMMAND, "SELECT 42 AS answer"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings(home)
    ) as waiting:
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(3)
        holder.communicate("\n")
        assert waiting.communicate(timeout=30) == ("answer\n──────\n    42\n".encode(), b"")


def test_a_query_that_waited_long_enough_says_who_holds_the_file(
    home: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warehouse, "LOCK_PATIENCE_S", 0.2)
    path = home / "data" / "warehouse" / "hengshui.duckdb"
    with pytest.raises(Refused, match=rf"\(process {holder.pid}\)") as refused:
        show_answer(path, "SELECT 1", "csv", None, messages("en"))
    assert "\n" not in str(refused.value)
