"""Channels: names that tell them apart and give nothing away."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

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


def test_a_channel_that_answers_a_byte_now_and_then_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "LONGEST_S", 1.0)
    end, connected = threading.Event(), threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        connected.set()
        with connection, suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Wait: ")
            while not end.wait(0.1):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        address = f"json://127.0.0.1:{server.getsockname()[1]}/"
        try:
            began = time.monotonic()
            assert not channels.taken(Channel("json-1", address), Message("info", "title", "text"))
            assert connected.is_set()
            assert time.monotonic() - began < 10
        finally:
            end.set()
