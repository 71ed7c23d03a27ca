"""The engine of many machines on a real Ray cluster: two nodes with addresses of their own on loopback, started as one
starts them; one of them is killed at work."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from hengshui_etl import loading
from hengshui_etl.bulk import Record
from hengshui_etl.engines import EngineUnavailable
from hengshui_etl.engines import ray as engine
from hengshui_etl.engines.local import Local
from hengshui_etl.examining import Item
from hengshui_etl.revision import code_fingerprint
from hengshui_etl.segments import Made, Work
from hengshui_etl.settings import read_settings
from hengshui_etl.sources import RawFile

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="every node needs a loopback address of its own"),
]

PRACTICE = sorted((Path(__file__).parents[1] / "golden" / "practice").glob("??.txt"))
HEAD, OTHER = "127.0.0.2", "127.0.0.3"
A_BATCH = 2**30
"""More bytes than are worth a cluster."""

WORKS, ARTICLES = 18, 12


class Cluster(NamedTuple):
    """Two nodes of one core each: a head, to which the tests connect, and another one."""

    address: str
    other: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Who has not the token can do nothing on it."""
    folder = Path(tempfile.mkdtemp(prefix="ray-"))  # names of sockets have to be short
    with socket.socket() as free:
        free.bind((HEAD, 0))
        port = str(free.getsockname()[1])
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    quick = {"RAY_health_check_period_ms": "500", "RAY_health_check_failure_threshold": "8"}
    environ = {**os.environ, **token, **quick, "RAY_USAGE_STATS_ENABLED": "0"}
    nodes: list[subprocess.Popen[bytes]] = []

    def start(ip: str, *where: str) -> None:
        size = ("--num-cpus", "1", "--object-store-memory", "80000000", "--plasma-directory", str(folder))
        quiet = ("--include-log-monitor", "false", "--min-worker-port", "0", "--max-worker-port", "0")
        command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--node-ip-address", ip]
        log = folder / f"{ip}.log"
        with log.open("wb") as output:
            nodes.append(
                subprocess.Popen(
                    [*command, *size, *quiet, *where], env=environ, stdout=output, stderr=output, start_new_session=True
                )
            )
        deadline = time.monotonic() + 120
        while "Ray runtime started" not in (text := log.read_text("utf-8", "replace")):
            assert time.monotonic() < deadline, text
            assert nodes[-1].poll() is None, text
            time.sleep(0.1)

    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**token, "RAY_ADDRESS": f"{HEAD}:{port}"}.items():
            patch.setenv(name, value)
        try:
            start(HEAD, "--head", "--port", port, "--include-dashboard", "false", "--temp-dir", str(folder / "s"))
            start(OTHER, "--address", f"{HEAD}:{port}")
            yield Cluster(f"{HEAD}:{port}", nodes[1])
        finally:
            for node in nodes:
                kill(node)
            shutil.rmtree(folder, ignore_errors=True)


def processes_of(node: subprocess.Popen[bytes]) -> Iterator[tuple[int, str]]:
    """Number and name of all processes of a node."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(process.name)) == node.pid:
                yield int(process.name), (process / "cmdline").read_text("utf-8").partition("\0")[0]
        except (ProcessLookupError, FileNotFoundError):
            pass


def kill(node: subprocess.Popen[bytes]) -> None:
    """All of a node, as when a machine loses its power."""
    for number, _ in processes_of(node):
        os.kill(number, signal.SIGKILL)
    node.wait(30)


def varied(number: int) -> bytes:
    """A practice article of which the last digit of every number is another one."""
    turn, place = divmod(number, len(PRACTICE))
    text = PRACTICE[place].read_text("utf-8")
    return re.sub(r"(?<=\d)\d(?!\d)", lambda digit: str((int(digit[0]) + turn) % 10), text).encode()


def works(raw: Path) -> Iterator[Work]:
    """Records that bring their bytes, and in every fourth work a file that lies below raw, on this machine."""
    (raw / "b").mkdir(parents=True)
    for number in range(WORKS):
        items = []
        for nth in range(number * ARTICLES, (number + 1) * ARTICLES):
            data = varied(nth)
            digest = hashlib.sha256(data).hexdigest()
            if nth % (4 * ARTICLES):
                record = Record("b/all.jsonl", nth, f"r{nth}", data, digest, "text", None, None, None)
                items.append(Item(RawFile("b/all.jsonl", 10**6, "0" * 64, None), record))
            else:
                (raw / "b" / f"{nth}.txt").write_bytes(data)
                items.append(Item(RawFile(f"b/{nth}.txt", len(data), digest, None)))
        yield Work(raw, "b", number, tuple(items), f"print {number}", code_fingerprint())


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[Made]:
    """What this machine makes of the works."""
    made = list(Local(A_BATCH).map(works(tmp_path_factory.mktemp("raw"))))
    assert [each.number for each in made] == list(range(WORKS))
    assert sum(each.rows["articles"] for each in made) == WORKS * ARTICLES
    assert sum(each.rows["relations"] for each in made) > 5 * WORKS
    return made


@pytest.fixture(scope="module")
def connected(cluster: Cluster) -> Iterator[None]:
    """A process that is connected already; the processes of the nodes then live on from test to test."""
    import ray  # reads the token at once

    ray.init(cluster.address, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


def test_a_cluster_gives_the_bytes_of_one_machine(cluster: Cluster, expected: list[Made], tmp_path: Path) -> None:
    import ray

    handler = signal.getsignal(signal.SIGTERM)
    assert list(engine.Ray(A_BATCH).map(works(tmp_path))) == expected
    assert signal.getsignal(signal.SIGTERM) is handler
    assert not ray.is_initialized()


def test_a_batch_is_the_same_by_either_engine(connected: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the setting to the files, and a second time only what is new."""
    monkeypatch.setattr(engine, "WORTH_A_CLUSTER", 0)
    raw = tmp_path / "raw"
    (raw / "b").mkdir(parents=True)
    for name in range(3):
        (raw / "b" / f"{name}.txt").write_bytes(varied(name))
    (raw / "b" / "no.txt").write_bytes(b"\x00\x01")
    stored = []
    for name in ("local", "ray"):
        place = {"HENGSHUI_HOME": tmp_path, "HENGSHUI_WAREHOUSE": tmp_path / name, "HENGSHUI_ENGINE": name}
        settings = read_settings({key: str(value) for key, value in place.items()} | {"HENGSHUI_RAW": str(raw)})
        (raw / "b" / "3.txt").unlink(missing_ok=True)
        for new in (0, 3):
            (raw / "b" / f"{new}.txt").write_bytes(varied(new))
            loading.list_batch(settings, "b")
            assert not loading.examine_batch(settings, "b").unchanged
        files = (path for path in (tmp_path / name).rglob("*.parquet"))
        stored.append({path.relative_to(tmp_path / name): path.read_bytes() for path in files})
    assert len(stored[0]) > 5
    assert stored[0] == stored[1]


def test_what_is_wrong_on_a_node_is_told_with_its_name(connected: None, tmp_path: Path) -> None:
    (work, *_) = works(tmp_path)
    with pytest.raises(EngineUnavailable, match=r"^Ray node 127\.0\.0\.[23]: it has another version of hengshui-etl"):
        list(engine.Ray(A_BATCH).map([work._replace(code="another")]))
    full = work.items[0]._replace(data=OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(OSError, match="No space left") as raised:
        list(engine.Ray(A_BATCH).map([work._replace(items=(full,))]))
    assert raised.value.errno == errno.ENOSPC
    assert re.match(r"on the Ray node 127\.0\.0\.[23]", raised.value.__notes__[0])


def test_whoever_stops_early_leaves_no_work_behind(connected: None, tmp_path: Path) -> None:
    import ray

    begun = engine.Ray(A_BATCH).map(works(tmp_path))
    assert next(begun).number == 0
    begun.close()  # type: ignore[attr-defined]
    assert not [thread for thread in threading.enumerate() if thread.name == "ray window"]
    deadline = time.monotonic() + 30
    while ray.available_resources().get("CPU") != 2:
        assert time.monotonic() < deadline, ray.available_resources()
        time.sleep(0.1)


def test_a_node_that_is_killed_at_work_changes_nothing(
    cluster: Cluster, connected: None, expected: list[Made], tmp_path: Path
) -> None:
    """The last one with the cluster: there is one node after it."""
    import ray

    found: list[Made] = []
    killed_after = None
    for made in engine.Ray(A_BATCH).map(works(tmp_path)):
        found.append(made)
        if killed_after is None and any("MapBatches" in name for _, name in processes_of(cluster.other)):
            kill(cluster.other)
            killed_after = len(found)
    assert killed_after is not None
    assert killed_after < WORKS
    assert found == expected
    deadline = time.monotonic() + 30
    while [node["NodeManagerAddress"] for node in ray.nodes() if node["Alive"]] != [HEAD]:
        assert time.monotonic() < deadline, ray.nodes()
        time.sleep(0.1)


def test_a_cluster_that_is_not_there_is_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import ray

    ray.shutdown()  # the tests before may have left this process with their cluster
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    for set_to, said in (
        (address, rf"^the Ray cluster at RAY_ADDRESS={address} cannot be reached: Connection refused"),
        ("ray://127.0.0.1:10001", "it has to be host:port"),
    ):
        monkeypatch.setenv("RAY_ADDRESS", set_to)
        with pytest.raises(EngineUnavailable, match=said):
            list(engine.Ray(A_BATCH).map(works(tmp_path / set_to.replace("/", "-"))))


def test_little_work_needs_no_cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    (work, *_) = works(tmp_path)
    assert [made.number for made in engine.Ray(1000).map([work])] == [0]


def test_without_ray_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(EngineUnavailable, match=r"pip install 'hengshui-etl\[ray\]'"):
        engine.Ray(A_BATCH)
