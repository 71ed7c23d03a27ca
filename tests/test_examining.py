"""Many processes, rows kept from before: the same bytes as one process that does everything anew."""

from __future__ import annotations

import errno
import random
import shutil
from pathlib import Path

import pytest

from hengshui_etl import examining, loading, parts, segments
from hengshui_etl.engines.local import processes_for
from hengshui_etl.examining import Item, pieces_of
from hengshui_etl.loading import examine_batch, list_batch
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.sources import RawFile

PRACTICE = Path(__file__).parent / "golden" / "practice"


def fill(settings: Settings, copies: int) -> list[Path]:
    """Real articles, some of them more than once, and a file that is none."""
    folder = settings.raw / "b"
    folder.mkdir(parents=True)
    texts = sorted(path for path in PRACTICE.iterdir() if path.suffix in (".txt", ".html"))
    for copy in range(copies):
        for path in texts:
            shutil.copy(path, folder / f"{copy}-{path.name}")
    (folder / "empty.txt").write_bytes(b"")
    return sorted(folder.iterdir())


def stored(settings: Settings) -> dict[str, bytes]:
    files = settings.warehouse.rglob("*.parquet")
    return {str(path.relative_to(settings.warehouse)): path.read_bytes() for path in files}


def load(settings: Settings, *, anew: bool = False) -> None:
    list_batch(settings, "b")
    examine_batch(settings, "b", anew=anew)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"HENGSHUI_HOME": str(tmp_path)})


@pytest.mark.slow
def test_two_processes_write_the_bytes_of_one(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(settings, 2)
    monkeypatch.setattr(segments, "LEAST_BYTES", 2**15)
    monkeypatch.setenv("HENGSHUI_PROCESSES", "1")
    load(settings)
    alone = stored(settings)
    monkeypatch.setenv("HENGSHUI_PROCESSES", "2")
    load(settings, anew=True)
    assert stored(settings) == alone
    assert len(parts.parts_of(settings.parquet, "articles", "b")) > 3
    assert parts.stored(settings.parquet, "articles", "b").rows > 40  # type: ignore[union-attr]


def test_rows_of_unchanged_articles_are_kept_and_the_bytes_are_those_of_doing_all_anew(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(7)
    monkeypatch.setattr(segments, "LEAST_BYTES", 2**14)
    files = fill(settings, 1)
    load(settings)
    examined: list[str] = []
    examine = examining.examine

    def counted(data: bytes, *, source_path: str, article_id: str | None = None) -> object:
        examined.append(source_path)
        return examine(data, source_path=source_path, article_id=article_id)

    monkeypatch.setattr(examining, "examine", counted)
    for _ in range(4):
        changed, gone, new = chance.sample(files, 3)
        changed.write_bytes(changed.read_bytes() + "全市完成投资12.5亿元。".encode() if changed.exists() else b"")
        gone.unlink(missing_ok=True)
        new.with_name(f"n{chance.random()}.txt").write_text("全市完成投资10亿元，增长5.1%。", "utf-8")
        examined.clear()
        load(settings)
        assert len(examined) <= 4, "the changed one, the new one, and those that are no articles"
        kept = stored(settings)
        load(settings, anew=True)
        assert stored(settings) == kept


def test_other_code_keeps_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(settings, 1)
    load(settings)
    monkeypatch.setattr(loading, "code_fingerprint", lambda: "another")
    seen: list[str] = []
    examine = examining.examine
    monkeypatch.setattr(
        examining,
        "examine",
        lambda data, *, source_path, article_id: (
            seen.append(source_path),
            examine(data, source_path=source_path, article_id=article_id),
        )[1],
    )
    load(settings)
    assert len(seen) > 20


def file(name: str, size: int, problem: str | None = None) -> RawFile:
    return RawFile(name, size, "0", problem)


@pytest.mark.parametrize("most", [1, 3, 100])
def test_pieces_hold_every_file_once_in_order(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(examining, "MOST_FILES", most)
    files = [file(str(n), size) for n, size in enumerate([0, 10, 2**20, 5, 2**21, 1, 1])]
    pieces = list(pieces_of(map(Item, files)))
    assert [each.file for piece in pieces for each in piece] == files
    assert all(len(piece) <= most for piece in pieces)
    assert all(sum(each.size for each in piece[:-1]) < examining.MOST_BYTES for piece in pieces)


@pytest.mark.parametrize(("value", "expected"), [("3", 3), ("0", 1), ("many", 1), ("", 1)])
def test_processes_as_asked_for_else_one_for_little_work(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: int
) -> None:
    monkeypatch.setenv("HENGSHUI_PROCESSES", value)
    assert processes_for(1000) == expected


def test_an_error_of_the_machine_refuses_no_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(settings, 1)
    file_bytes = examining.sources.file_bytes

    def exhausted(raw: Path, file: RawFile) -> bytes:
        if "07" in file.path:
            raise OSError(errno.EMFILE, "Too many open files")
        return file_bytes(raw, file)

    monkeypatch.setattr(examining.sources, "file_bytes", exhausted)
    with pytest.raises(OSError, match="Too many open files"):
        load(settings)
    assert parts.stored(settings.parquet, "articles", "b") is None, "nothing is stored, so that it is tried again"
    monkeypatch.setattr(examining.sources, "file_bytes", file_bytes)
    load(settings)
    assert parts.stored(settings.parquet, "articles", "b") is not None
