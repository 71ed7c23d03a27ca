"""The UI comes up where it says, and leaves nothing running behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from hengshui_etl.serving import asked_to_end, is_free


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def running_for(folder: Path) -> list[str]:
    """Command lines of processes that were started for a project folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in command:
            found.append(command.replace(b"\0", b" ").decode(errors="replace")[:100])
    return found


def test_is_free() -> None:
    port = free_port()
    assert is_free("127.0.0.1", port)
    with socket.socket() as server:
        server.bind(("127.0.0.1", port))
        server.listen()
        assert not is_free("127.0.0.1", port)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_every_way_of_asking_is_heard_and_then_forgotten(name: str) -> None:
    before = signal.getsignal(getattr(signal, name))
    with pytest.raises(KeyboardInterrupt), asked_to_end():
        signal.raise_signal(getattr(signal, name))
    assert signal.getsignal(getattr(signal, name)) is before


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked up in /proc")
def test_the_ui_comes_up_and_goes_with_all_it_started(tmp_path: Path) -> None:
    port = free_port()
    code = "from hengshui_etl.cli import main; main()"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("HENGSHUI", "DAGSTER"))}
    process = subprocess.Popen(
        [sys.executable, "-c", code, "ui", "--port", str(port)],
        env={**env, "HENGSHUI_HOME": str(tmp_path)},
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{port}/server_info", timeout=5) as answer:
                    assert answer.status == 200
                break
            except URLError:
                assert process.poll() is None
                assert time.monotonic() < deadline, "the web server did not come up"
                time.sleep(0.3)
        assert running_for(tmp_path)
        assert "enabled: false" in (tmp_path / ".dagster/dagster.yaml").read_text("utf-8")
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert errors.decode().startswith(f"Dagster is coming up at http://127.0.0.1:{port} ")
    assert "superseded" not in errors.decode()
    deadline = time.monotonic() + 10
    while (left := running_for(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == []
