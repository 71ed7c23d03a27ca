"""The warehouse in object storage: everything that works in a folder works there, on a real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.fs as pafs
import pytest
from typer.testing import CliRunner

from hengshui_etl import examining, loading, parts, sources, warehouse
from hengshui_etl.commands import app
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.storage import Folder, Storage, storage_of
from hengshui_etl.tables.schemas import TABLES

RIGHT = "某市今年开工项目\n2019-10-16\n今年以来,某市集中开工项目191项,其中工业项目100项,农业项目91项。\n"
BUCKET = "articles"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Host and port of an S3-compatible server, with a bucket."""
    log = tmp_path_factory.mktemp("server") / "log"
    command = [sys.executable, "-c", "from moto.server import main; main(['-H', '127.0.0.1', '-p', '0'])"]
    with log.open("wb") as told, subprocess.Popen(command, stdout=told, stderr=told) as process:
        try:
            deadline = time.monotonic() + 60
            while (found := re.search(r"http://(127\.0\.0\.1:\d+)", log.read_text("utf-8"))) is None:
                assert process.poll() is None, log.read_text("utf-8")
                assert time.monotonic() < deadline, log.read_text("utf-8")
                time.sleep(0.05)
            filesystem(found[1]).create_dir(BUCKET)
            yield found[1]
        finally:
            process.kill()


def filesystem(server: str) -> pafs.S3FileSystem:
    return pafs.S3FileSystem(
        access_key="test", secret_key="test", endpoint_override=server, scheme="http", region="us-east-1",
        allow_bucket_creation=True,
    )  # fmt: skip


@pytest.fixture
def address(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A place of its own in the bucket; credentials are in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return f"s3://{BUCKET}/{tmp_path.name}?endpoint_override={server}&scheme=http&region=us-east-1"


@pytest.fixture
def settings(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in [name for name in os.environ if name.startswith("HENGSHUI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HENGSHUI_HOME", str(tmp_path))
    monkeypatch.setenv("HENGSHUI_WAREHOUSE", address)
    settings = read_settings()
    assert settings.warehouse == tmp_path / "data" / "warehouse"
    for batch in ("a", "衡水 2"):
        (settings.raw / batch).mkdir(parents=True)
        (settings.raw / batch / "1.txt").write_text(RIGHT, "utf-8")
    return settings


def call(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def objects(settings: Settings, server: str) -> dict[str, int | None]:
    """All objects below the place, with their times."""
    prefix = str(settings.parquet).partition("?")[0].removeprefix("s3://")
    found = filesystem(server).get_file_info(pafs.FileSelector(prefix, recursive=True))
    return {each.path.removeprefix(f"{prefix}/"): each.mtime_ns for each in found if each.type == pafs.FileType.File}


@pytest.mark.slow
def test_a_warehouse_in_object_storage_is_run_changed_verified_rebuilt_and_queried(
    settings: Settings, server: str
) -> None:
    assert call("run")[0] == 0
    stored = objects(settings, server)
    assert {name.partition("/")[0] for name in stored} == {*TABLES, "manifests"}
    assert sum(name.startswith("figures/batch=") for name in stored) == 2
    assert not list(settings.warehouse.rglob("*.parquet"))
    load(settings)
    assert objects(settings, server) == stored
    assert call("verify")[0] == 0

    (settings.raw / "a" / "1.txt").write_text(RIGHT.replace("农业项目91项", "农业项目95项"), "utf-8")
    code, said = call("verify")
    assert code == 1
    assert "raw_articles a" in said
    load(settings)
    failed = "SELECT batch, count(*) AS n FROM failed_checks GROUP BY ALL"
    assert call("query", failed, "--format", "csv")[1].split() == ["batch,n", "a,1"]
    changed = objects(settings, server)
    assert {name for name in changed if changed[name] != stored.get(name)} == {
        name for name in changed if "/batch=a/" in name
    }
    assert len(changed) == len(stored), "what it replaces is gone"

    (settings.raw / "衡水 2" / "1.txt").unlink()
    load(settings)
    assert {name.split("/")[1] for name in objects(settings, server)} == {"batch=a"}
    settings.database.unlink()
    assert call("rebuild")[0] == 0
    assert warehouse.query(settings.database, "SELECT DISTINCT batch FROM figures")[1] == [("a",)]
    assert call("verify")[0] == 0


def load(settings: Settings) -> None:
    for batch in ("a", "衡水 2"):
        loading.list_batch(settings, batch)
        loading.examine_batch(settings, batch)
        warehouse.load_batch(settings.database, settings.parquet, batch)


def test_the_same_bytes_are_in_a_folder_and_in_object_storage(settings: Settings, server: str, tmp_path: Path) -> None:
    folder = settings._replace(parquet=tmp_path / "folder")
    for each in (settings, folder):
        loading.list_batch(each, "衡水 2")
        loading.examine_batch(each, "衡水 2")
    names = set(objects(settings, server))
    assert names == {
        path.relative_to(tmp_path / "folder").as_posix() for path in (tmp_path / "folder").rglob("*") if path.is_file()
    }
    remote, local = storage_of(settings.parquet), storage_of(folder.parquet)
    assert all(remote.read(name) == local.read(name) for name in names)


def test_an_interrupted_publication_is_done_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    move = Storage._move
    moved = []

    def fails(self: Storage, paths: tuple[str, str]) -> None:
        if "figures" in paths[0]:
            raise OSError("the network is gone")
        moved.append(paths)
        move(self, paths)

    loading.list_batch(settings, "a")
    monkeypatch.setattr(Storage, "_move", fails)
    with pytest.raises(OSError, match="the network is gone"):
        loading.examine_batch(settings, "a")
    assert parts.stored(settings.parquet, "articles", "a") is None
    monkeypatch.setattr(Storage, "_move", move)
    monkeypatch.setattr(examining, "examine", None)  # what was made is found
    assert loading.examine_batch(settings, "a").rows["figures"] == 3
    assert storage_of(settings.parquet).folders(".staging") == []


@pytest.fixture(params=["folder", "object storage"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return storage_of(tmp_path)
    return storage_of(str(request.getfixturevalue("address")))


def test_files_are_written_listed_moved_and_removed(storage: Storage) -> None:
    name = "batch=%E8%A1%A1%E6%B0%B4%202"
    storage.write({f"t/{name}/x": b"1", f"t/{name}/y": b"22", "t/batch=b/z": b""})
    assert {file: entry.size for file, entry in storage.files(f"t/{name}").items()} == {"x": 1, "y": 2}
    assert storage.files("t") == {}
    assert storage.folders("t") == [name, "batch=b"]
    assert storage.files("none") == {}
    assert storage.folders("none") == []
    storage.write({f"t/{name}/x": b"333"})
    storage.move([(f"t/{name}/x", f"u/{name}/x"), (f"t/{name}/y", f"u/{name}/x2")])
    assert storage.files(f"t/{name}") == {}
    assert storage.read(f"u/{name}/x") == b"333"
    assert storage.read(f"t/{name}/x") is None
    with storage.opened(f"u/{name}/x2") as file:
        file.seek(1)
        assert file.read() == b"2"
    with pytest.raises(FileNotFoundError):
        storage.opened(f"t/{name}/x")
    storage.remove([f"u/{name}/x", f"u/{name}/none"])
    assert storage.files(f"u/{name}").keys() == {"x2"}
    for folder in ("t", "u", "none"):
        storage.remove_folder(folder)
    assert storage.folders("t") == []


def test_places_have_addresses(tmp_path: Path, address: str) -> None:
    assert storage_of(tmp_path).address("a/b") == f"{tmp_path}/a/b"
    assert isinstance(storage_of(tmp_path), Folder)
    assert storage_of(address).address("a/b") == f"s3://{BUCKET}/{tmp_path.name}/a/b"


def test_settings_tell_where_things_are(tmp_path: Path) -> None:
    settings = read_settings({"HENGSHUI_WAREHOUSE": "s3://b/p", "HENGSHUI_LOCAL": str(tmp_path)})
    assert (settings.parquet, settings.warehouse) == ("s3://b/p", tmp_path)
    settings = read_settings({"HENGSHUI_WAREHOUSE": str(tmp_path), "HENGSHUI_LOCAL": "/none"})
    assert (settings.parquet, settings.warehouse) == (tmp_path, tmp_path)


HOSTILE = [
    "a..", "a/../../x", "a\nb", "a\r\nHost: evil", "a?versionId=1&acl", "a#b", "a%2e%2e%2fb", "a\x1b[2J\u202e",
    "a\\..\\b", "~", "'; --",
]  # fmt: skip


def test_keys_hold_nothing_of_what_files_and_batches_are_called(
    settings: Settings, server: str, tmp_path: Path
) -> None:
    """Keys are made of hashes, names of tables, and names of batches with every odd sign by its number."""
    for batch in ("b c", "衡水_2.x", *HOSTILE):
        folder = settings.raw / batch.replace("/", "∕")
        folder.mkdir()
        (folder / "1.txt").write_text(RIGHT, "utf-8")
    for name in HOSTILE:
        (settings.raw / "a" / f"{name.replace('/', '∕')}.txt").write_text(RIGHT, "utf-8")
    found = 0
    for batch in sources.raw_batches(settings.raw):
        loading.list_batch(settings, batch)
        loading.examine_batch(settings, batch)
        assert batch in parts.stored_batches(settings.parquet)
        stored = parts.stored(settings.parquet, "articles", batch)
        found += stored.rows if stored else 0
    assert found == sum(path.is_file() for path in settings.raw.rglob("*"))
    selector = pafs.FileSelector(f"{BUCKET}/{tmp_path.name}", recursive=True)
    keys = [info.path for info in filesystem(server).get_file_info(selector)]
    assert len(keys) > 30
    for key in keys:
        assert re.fullmatch(r"[A-Za-z0-9_./=%-]+", key), key
        assert ".." not in key
