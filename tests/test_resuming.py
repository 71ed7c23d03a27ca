"""Runs that are killed and started again, and batches that change a little: nothing is done twice, nothing differs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pytest

from hengshui_etl import examining, parts, segments, staging
from hengshui_etl.examining import Item
from hengshui_etl.loading import EXAMINED, examine_batch, list_batch
from hengshui_etl.segments import segments_of
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.sources import RawFile

ARTICLES = 200
SEGMENT = 2**13
"""Small segments, so that a batch of small articles has about ten."""

RUN = f"""
import os, signal, sys
from hengshui_etl import loading, segments, storage
from hengshui_etl.settings import read_settings
segments.LEAST_BYTES = {SEGMENT}
method, word, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
called = getattr(storage.Folder, method)

def killed(self, what):
    global left
    left -= word in str(what)[:200]
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    called(self, what)

if __name__ == "__main__":
    setattr(storage.Folder, method, killed)
    settings = read_settings()
    loading.list_batch(settings, "b")
    loading.examine_batch(settings, "b")
"""
"""Dies of SIGKILL before a call of a method of the storage: which of those with such a word in what they are about."""

NEVER = ("_write", "", "1000000")


def articles(numbers: range) -> bytes:
    lines = []
    for n in numbers:
        text = f"第{n}号" if n % 10 else f"今年开工项目{n + 90}项,其中工业{n}项,农业{90 + n % 3}项。"
        lines.append(json.dumps({"id": str(n), "text": text}, ensure_ascii=False))
    return "\n".join(lines).encode()


def project(home: Path) -> Settings:
    settings = read_settings({"HENGSHUI_HOME": str(home)})
    (settings.raw / "b").mkdir(parents=True)
    (settings.raw / "b" / "many.jsonl").write_bytes(articles(range(ARTICLES)))
    (settings.raw / "b" / "none.txt").write_bytes(b"")
    return settings


def run(home: Path, *death: object, processes: int = 1) -> subprocess.Popen[bytes]:
    environ = {**os.environ, "HENGSHUI_HOME": str(home), "HENGSHUI_PROCESSES": str(processes)}
    script = home / "run.py"
    script.write_text(RUN, "utf-8")
    command = [sys.executable, str(script), *map(str, death or NEVER)]
    return subprocess.Popen(command, env=environ, start_new_session=True)


def load(settings: Settings) -> None:
    list_batch(settings, "b")
    examine_batch(settings, "b")


def stored(settings: Settings) -> dict[str, bytes]:
    """The tables, the manifests, and what should not be there."""
    files = [path for path in settings.warehouse.rglob("*") if path.suffix in (".parquet", ".json", ".part")]
    return {path.relative_to(settings.warehouse).as_posix(): path.read_bytes() for path in files}


def inodes(folder: Path, pattern: str) -> dict[str, tuple[int, int]]:
    """What tells a file from one that was written anew, by its path."""
    return {
        str(path.relative_to(folder)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.glob(pattern)
    }


@pytest.fixture(autouse=True)
def _small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "LEAST_BYTES", SEGMENT)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run makes that nobody disturbs."""
    settings = project(tmp_path_factory.mktemp("whole"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "LEAST_BYTES", SEGMENT)
        load(settings)
    found = stored(settings)
    assert sum(name.startswith("articles/") for name in found) >= 7
    return found


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path: Path, whole: dict[str, bytes]) -> None:
    settings = project(tmp_path)
    staged = settings.warehouse / ".staging" / "batch=b"
    before: dict[str, tuple[int, int]] = {}
    for wanted in (1, 4):
        with run(settings.root, processes=2) as process:
            deadline = time.monotonic() + 120
            while len(list(staged.glob("*.json"))) < wanted:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.01)
            os.killpg(process.pid, signal.SIGKILL)
        done = {path.stem for path in staged.glob("*.json")}
        now = {name: state for name, state in inodes(staged, "*.parquet").items() if name[:16] in done}
        assert before.items() <= now.items(), "what was made before was not made again"
        assert parts.stored(settings.parquet, "articles", "b") is None
        before = now
    assert len(before) >= 4 * len(EXAMINED)
    load(settings)
    for name, state in before.items():
        made_of, table, _ = name.split(".")
        assert inodes(settings.warehouse, f"{table}/batch=b/part-{made_of}.parquet").popitem()[1] == state
    assert stored(settings) == whole


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "word", "number"),
    [("_move", "figures", 2), ("_write", "examination.json", 0), ("_remove", "part-", 7)],
)
def test_a_run_that_is_killed_while_it_publishes_leaves_the_old_state_or_the_new(
    tmp_path: Path, whole: dict[str, bytes], method: str, word: str, number: int
) -> None:
    settings = project(tmp_path)
    path = settings.raw / "b" / "many.jsonl"
    path.write_bytes(articles(range(7, 60)) + b"\n" + articles(range(90, ARTICLES)))
    load(settings)
    old = tables(settings)
    path.write_bytes(articles(range(ARTICLES)))
    with run(settings.root, method, word, number) as process:
        assert process.wait(120) == -signal.SIGKILL
    now = tables(settings)
    if method == "_remove":
        assert len(now["articles"]) == ARTICLES
    else:
        assert all(now[table].equals(old[table]) for table in EXAMINED)
    load(settings)
    assert stored(settings) == whole


def tables(settings: Settings) -> dict[str, pl.DataFrame]:
    return {table: parts.read_table(settings.parquet, table, "b") for table in EXAMINED}


def test_an_article_that_comes_or_goes_leaves_the_other_segments_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(120):
        (settings.raw / "b" / f"{n:03}.txt").write_text(f"今年开工项目{n + 90}项,其中工业{n}项,农业90项。", "utf-8")
    load(settings)
    before = inodes(settings.warehouse, "*/batch=b/part-*.parquet")
    count = len(parts.parts_of(settings.parquet, "articles", "b"))
    assert count >= 5
    examined = count_examined(monkeypatch)
    (settings.raw / "b" / "0545.txt").write_text("今年开工项目5项。", "utf-8")
    load(settings)
    assert examined == ["b/0545.txt"]
    middle = inodes(settings.warehouse, "*/batch=b/part-*.parquet")
    assert len(before.items() & middle.items()) >= (count - 2) * len(EXAMINED)
    examined.clear()
    (settings.raw / "b" / "0545.txt").unlink()
    load(settings)
    assert examined == []
    assert inodes(settings.warehouse, "*/batch=b/part-*.parquet").keys() == before.keys()
    assert not list(settings.warehouse.glob(".staging/*"))


def count_examined(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    examined: list[str] = []
    examine = examining.examine

    def counted(data: bytes, **more: object) -> object:
        examined.append(str(more["article_id"]))
        return examine(data, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(examining, "examine", counted)
    return examined


def test_what_could_not_be_read_is_tried_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    path = settings.raw / "b" / "1.txt"
    path.write_text("今年开工项目5项。", "utf-8")
    list_batch(settings, "b")
    path.write_text("今年开工项目6项。", "utf-8")
    examine_batch(settings, "b")
    assert parts.read_table(settings.parquet, "quarantine", "b")["reason"].to_list() == [
        "it changed while it was read; the next run reads it again"
    ]
    path.write_text("今年开工项目5项。", "utf-8")
    (settings.raw / "b" / "2.txt").write_text("今年开工项目7项。", "utf-8")
    load(settings)
    assert parts.read_table(settings.parquet, "articles", "b")["article_id"].to_list() == ["b/1.txt", "b/2.txt"]


def test_damage_in_kept_rows_is_made_anew(settings: Settings) -> None:
    for n in range(3):
        (settings.raw / "b" / f"{n}.txt").write_text(f"今年开工项目{n + 5}项。", "utf-8")
    load(settings)
    (path,) = map(Path, parts.addresses_of(settings.parquet, "figures", "b"))
    path.write_bytes(b"PAR1" + bytes(path.stat().st_size - 8) + b"PAR1")
    (settings.raw / "b" / "3.txt").write_text("今年开工项目8项。", "utf-8")
    load(settings)
    assert len(parts.read_table(settings.parquet, "figures", "b")) == 4


def test_what_nobody_comes_back_to_is_cleared_away_after_a_week(settings: Settings) -> None:
    segment = parts.Segment("0" * 64, ("b/1.txt", 0), ("b/1.txt", 0), {"figures": 0}, {"figures": 1})
    staging.Stage(settings.parquet, "衡水 A", ["figures"]).put(segment, {"figures": b"1"})
    assert staging.Stage(settings.parquet, "衡水 A", ["figures"]).find("0" * 64) == segment
    assert staging.Stage(settings.parquet, "衡水 A", ["figures"]).find("1" * 64) is None
    staging.clear_old(settings.parquet)
    assert staging.Stage(settings.parquet, "衡水 A", ["figures"]).find("0" * 64) == segment
    staging.clear_old(settings.parquet, time.time() + staging.LEFT_AFTER_S + 60)
    assert staging.Stage(settings.parquet, "衡水 A", ["figures"]).find("0" * 64) is None
    assert not list(settings.warehouse.glob(".staging/*"))


def test_what_another_run_took_away_is_no_state(settings: Settings) -> None:
    segment = parts.Segment("0" * 64, None, None, {"figures": 0}, {"figures": 1})
    with pytest.raises(parts.Incomplete, match="another run"):
        staging.Stage(settings.parquet, "b", ["figures"]).publish(parts.State("x", "y", (segment,)))
    assert parts.stored_batches(settings.parquet) == []


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = read_settings({"HENGSHUI_HOME": str(tmp_path)})
    (settings.raw / "b").mkdir(parents=True)
    return settings


def test_where_segments_end_is_a_matter_of_names_and_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "LEAST_BYTES", 2**20)

    def items(numbers: Iterable[int]) -> list[Item]:
        return [Item(RawFile(f"b/{n:06}.txt", 3000, "0", None)) for n in numbers]

    size = 3000 * 9000
    cut = list(segments_of(items(range(9000)), size))
    assert [item for segment in cut for item in segment] == items(range(9000))
    sizes = [sum(item.size for item in segment) for segment in cut]
    assert 16 <= len(cut) <= 64
    assert max(sizes) <= 2**20 + 3000
    without = list(segments_of(items(n for n in range(9000) if n != 4000), size - 3000))
    assert len(set(cut) - set(without)) <= 3
    assert len(list(segments_of(items(range(50)), 3000 * 50))) == 1
    assert (
        max(
            len(segment) for segment in segments_of([Item(RawFile(f"b/{n}", 0, "0", None)) for n in range(9999)], 2**40)
        )
        <= 4096
    )
