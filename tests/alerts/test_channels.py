"""Channels: names that tell them apart and give nothing away."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hengshui_etl.alerts import channels
from hengshui_etl.alerts.channels import VARIABLE, Channel, _name, read_channels
from hengshui_etl.alerts.ledger import Message


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("json://user:s3cret@host/path", "json"),
        ("JSON://user:s3cret@host/path", "json"),
        ("s3cret", "unknown"),
        ("s3cret:token@host", "unknown"),
        ("s3-cret://host", "unknown"),
        ("://s3cret", "unknown"),
    ],
)
def test_a_name_is_kind_and_hash_and_nothing_else(url: str, kind: str) -> None:
    name = _name(url)
    assert name.rpartition("-")[0] == kind
    assert "s3cret" not in name
    assert "s3cret" not in repr(Channel(name, url))


def test_the_same_address_is_one_channel_however_often_it_is_set() -> None:
    assert len(read_channels({VARIABLE: "json://a/x json://a/x, json://b/x"})) == 2
    assert read_channels({}) == []


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a channel that takes the message and answers a byte now and then, without end."""
    end = threading.Event()

    def drip(server: socket.socket) -> None:
        with suppress(OSError):
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Wait: ")
                while not end.wait(0.1):
                    connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        yield f"json://127.0.0.1:{server.getsockname()[1]}/"
        end.set()


def test_a_channel_that_answers_a_byte_now_and_then_is_given_up(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "LONGEST_S", 1.0)
    monkeypatch.setattr(channels, "hanging", set())
    began = time.monotonic()
    assert not channels.taken(Channel("json-1", dripping), Message("info", "title", "text"))
    assert channels.hanging == {"json-1"}
    assert 1 <= time.monotonic() - began < 10


GIVES_UP = """
import sys
from hengshui_etl import cli
from hengshui_etl.alerts import channels
from hengshui_etl.alerts.ledger import Message
channels.LONGEST_S = 1.0
channels.taken(channels.Channel("json-1", sys.argv.pop()), Message("info", "title", "text"))
cli.main()
"""


def test_the_program_ends_though_a_channel_hangs(dripping: str) -> None:
    command = [sys.executable, "-c", GIVES_UP, "check", "docs/example.txt", dripping]
    project = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    assert "c3" in done.stdout
