"""`make audit` asks for all that is locked, and never takes silence for an answer. The database is a small one on
loopback that speaks OSV's protocol: what the real one holds changes by the day."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[1]
ADVISORY = {
    "id": "GHSA-aaaa-bbbb-cccc",
    "modified": "2026-01-02T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "summary": "jinja2 does what it should not",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "jinja2"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
        }
    ],
}


class Database:
    """What was asked, and which packages have a vulnerability."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.vulnerable: set[str] = set()
        database = self

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                results = []
                for query in body["queries"]:
                    name = query["package"]["name"]
                    database.asked.append((name, query["version"]))
                    bad = name in database.vulnerable
                    results.append({"vulns": [{"id": ADVISORY["id"], "modified": ADVISORY["modified"]}]} if bad else {})
                self.answer({"results": results})

            def do_GET(self) -> None:
                self.answer(ADVISORY)

            def answer(self, value: Any) -> None:
                data = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    threading.Thread(target=found.server.serve_forever, daemon=True).start()
    yield found
    found.server.shutdown()
    found.server.server_close()


def audit(url: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    return subprocess.run(
        [sys.executable, str(PROJECT / "tools" / "audit.py")], cwd=PROJECT, capture_output=True, text=True, timeout=120,
        env={**environment, "OSV_URL": url, "UV_HTTP_RETRIES": "0"},
    )  # fmt: skip


def test_every_locked_package_is_asked_for(database: Database) -> None:
    result = audit(database.url)
    assert result.returncode == 0, result.stderr
    locked = tomllib.loads((PROJECT / "uv.lock").read_text("utf-8"))["package"]
    assert set(database.asked) == {(p["name"], p["version"]) for p in locked if "editable" not in p["source"]}


def test_a_vulnerability_is_told_and_fails(database: Database) -> None:
    database.vulnerable.add("jinja2")
    result = audit(database.url)
    assert result.returncode == 1, result.stderr
    assert ADVISORY["id"] in result.stdout + result.stderr
    assert "jinja2" in result.stdout + result.stderr


def test_no_answer_is_no_all_clear() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        result = audit(f"http://127.0.0.1:{nobody.getsockname()[1]}/")
    assert result.returncode == 2
    assert "audit: not done" in result.stderr
    assert "says nothing about the packages" in result.stderr
