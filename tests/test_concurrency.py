"""Reading while others write, and writing while others read: processes of their own on one DuckDB file."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hengshui_etl import parts, warehouse
from hengshui_etl.locking import Taken, let_pass, turn
from hengshui_etl.records import Examination
from hengshui_etl.tables.frames import Examined, frame, frames_of
from hengshui_etl.tables.schemas import TABLES

Store = Callable[[str, int], None]
FIGURES, RELATIONS = 5, 3
"""How many the article of these tests has."""

READ = """
import sys, time
from pathlib import Path
from hengshui_etl import warehouse
path, seen = Path(sys.argv[1]), set()
print("reading", flush=True)
while not Path(sys.argv[2]).exists():
    with warehouse.database(path, read_only=True) as connection:
        counts = connection.execute(
            "SELECT batch, articles_rows, (SELECT count(*) FROM articles a WHERE a.batch = b.batch),"
            " (SELECT count(*) FROM figures f WHERE f.batch = b.batch),"
            " (SELECT count(*) FROM relations r WHERE r.batch = b.batch) FROM batches b ORDER BY ALL"
        ).fetchall()
        strays = connection.execute("SELECT count(*) FROM figures WHERE batch NOT IN (SELECT batch FROM batches)")
        for batch, said, articles, figures, relations in counts:
            assert (articles, figures, relations) == (said, 5 * said, 3 * said), counts
        assert strays.fetchone() == (0,)
        seen.add(tuple(row[1] for row in counts))
print(len(seen), flush=True)
"""

LOAD = """
import sys
from pathlib import Path
from hengshui_etl import warehouse
path, folder = Path(sys.argv[1]), Path(sys.argv[2])
for batch in sys.argv[3:]:
    assert warehouse.load_batch(path, folder, batch)
"""

HOLD = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "reading")
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def store(tmp_path: Path, examination: Examination) -> Store:
    """`store("2019-10", n)`: a batch of n articles as Parquet."""

    def stored(batch: str, n: int) -> None:
        with parts.BatchWriter(tmp_path, batch, tuple(TABLES), str(n)) as writer:
            for i in range(n):
                path = f"{batch}/{i}.txt"
                article = examination.article._replace(article_id=path, source_path=path)
                frames = frames_of(batch, [Examined(examination._replace(article=article), 9)])
                frames["raw_articles"] = frame("raw_articles", [(batch, path, 9, "0" * 64, None)])
                writer.write(frames)

    return stored


@contextmanager
def process(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        try:
            yield started
        finally:
            started.kill()


@contextmanager
def held(path: Path, how: str) -> Iterator[subprocess.Popen[str]]:
    """Another program has the file open, until it is sent a line."""
    with process(HOLD, path, how) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder


def figures(path: Path) -> list[tuple[object, ...]]:
    return warehouse.query(path, "SELECT batch, count(*) FROM figures GROUP BY ALL ORDER BY ALL")[1]


def test_readers_see_whole_batches_and_no_error_while_loads_happen(store: Store, tmp_path: Path) -> None:
    path, end = tmp_path / "w.duckdb", tmp_path / "end"
    store("a", 1)
    warehouse.load_batch(path, tmp_path, "a")
    with process(READ, path, end) as one, process(READ, path, end) as two:
        for reader in (one, two):
            assert reader.stdout is not None
            assert reader.stdout.readline() == "reading\n"
        for n in range(2, 10):
            store("ab"[n % 2], n)
            assert warehouse.load_batch(path, tmp_path, "ab"[n % 2])
            time.sleep(0.05)
        warehouse.rebuild(path, tmp_path)
        end.touch()
        for reader in (one, two):
            out, err = reader.communicate(timeout=60)
            assert err == ""
            assert int(out) >= 3, "they saw states in between, not only the first and the last"
    assert figures(path) == [("a", 8 * FIGURES), ("b", 9 * FIGURES)]


def test_readers_that_never_stop_do_not_keep_a_writer_out(store: Store, tmp_path: Path) -> None:
    path, end = tmp_path / "w.duckdb", tmp_path / "end"
    store("a", 1)
    warehouse.load_batch(path, tmp_path, "a")
    with process(READ, path, end) as one, process(READ, path, end) as two, process(READ, path, end) as three:
        for reader in (one, two, three):
            assert reader.stdout is not None
            reader.stdout.readline()
        store("a", 2)
        started = time.monotonic()
        warehouse.load_batch(path, tmp_path, "a")
        assert time.monotonic() - started < 10
        end.touch()
        for reader in (one, two, three):
            assert reader.communicate(timeout=60)[1] == ""


def test_several_writers_take_turns_also_where_there_is_no_file_yet(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    for batch in "abcd":
        store(batch, 1)
    load = LOAD.replace("assert ", "")
    with process(load, path, tmp_path, *"ab") as one, process(load, path, tmp_path, *"cd") as two:
        assert [one.communicate(timeout=60), two.communicate(timeout=60)] == [("", "")] * 2
    assert figures(path) == [(batch, FIGURES) for batch in "abcd"]
    assert not list(tmp_path.glob("*.broken"))


@pytest.mark.parametrize("how", ["reading", "writing"])
def test_a_file_held_by_another_program_is_one_clear_line_and_nothing_is_lost(
    store: Store, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "w.duckdb"
    store("a", 1)
    warehouse.load_batch(path, tmp_path, "a")
    store("a", 2)
    monkeypatch.setattr(warehouse, "LOCK_PATIENCE_S", 0.3)
    with held(path, how) as holder:
        with pytest.raises(warehouse.WarehouseBusy) as busy:
            warehouse.load_batch(path, tmp_path, "a")
        assert f"(process {holder.pid})" in str(busy.value)
        assert "run again" in str(busy.value)
        if how == "reading":
            assert figures(path) == [("a", FIGURES)], "readers do not disturb each other"
    assert figures(path) == [("a", FIGURES)]
    assert warehouse.load_batch(path, tmp_path, "a")
    assert figures(path) == [("a", 2 * FIGURES)]


def test_a_writer_waits_for_a_reader_that_leaves(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    store("a", 1)
    warehouse.load_batch(path, tmp_path, "a")
    store("a", 2)
    with held(path, "reading") as reader, process(LOAD, path, tmp_path, "a") as writer:
        assert reader.stdin is not None
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(3)
        reader.communicate("\n")
        assert writer.communicate(timeout=60) == ("", "")
    assert figures(path) == [("a", 2 * FIGURES)]


def test_what_is_loaded_already_needs_no_turn(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    store("a", 1)
    warehouse.load_batch(path, tmp_path, "a")
    with held(path, "reading"):
        assert not warehouse.load_batch(path, tmp_path, "a")


def test_a_turn_is_for_one_and_goes_with_its_process(tmp_path: Path) -> None:
    path = tmp_path / "turn"
    code = (
        "import sys, time; from pathlib import Path; from hengshui_etl.locking import turn\n"
        f"with turn(Path({str(path)!r}), time.monotonic() + 9): print('mine', flush=True); sys.stdin.readline()"
    )
    with process(code) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "mine\n"
        with pytest.raises(Taken), turn(path, time.monotonic() + 0.2):
            pass
        started = time.monotonic()
        let_pass(path, 0.3)
        assert time.monotonic() - started >= 0.3
        other.kill()
        with turn(path, time.monotonic() + 5):
            pass


def test_where_no_lock_can_be_made_all_goes_on(tmp_path: Path) -> None:
    let_pass(tmp_path / "none", 5)
    with turn(tmp_path / "no folder" / "turn", 0):
        pass
