"""Alerts as whoever is on duty gets them: a real daemon, a real webhook receiver, a real mail server, on loopback."""

from __future__ import annotations

import email
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from hengshui_etl.alerts.announce import ledger_file
from hengshui_etl.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
PATIENCE_S = 150

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="process groups of POSIX")]

WRONG = (
    "某市工业情况\n2019年10月16日\n1-9月份，全市规模以上工业企业实现利润23.1亿元，去年同期为21.0亿元，同比增长1.0%。\n"
)
RIGHT = WRONG.replace("1.0%", "10.0%")
SECRET = "s3cret-token"


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


class Webhook:
    """A receiver of webhooks that can be taken down and brought up again at the same port."""

    def __init__(self) -> None:
        self.port, self.got = free_port(), []
        self.server: ThreadingHTTPServer | None = None

    got: list[dict[str, Any]]

    def up(self) -> None:
        got = self.got

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Receiver)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def down(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


class Mailbox:
    """What a mail server was given."""

    def __init__(self) -> None:
        self.got: list[email.message.EmailMessage] = []

    async def handle_DATA(  # noqa: N802  aiosmtpd calls it so
        self, server: object, session: object, envelope: Any
    ) -> str:
        self.got.append(email.message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    yield hook
    hook.down()


@pytest.fixture
def mail() -> Iterator[tuple[Mailbox, int]]:
    box, port = Mailbox(), free_port()
    server = Controller(
        box,
        hostname="127.0.0.1",
        port=port,
        auth_require_tls=False,
        authenticator=lambda server, session, envelope, mechanism, data: AuthResult(
            success=data.password == SECRET.encode()
        ),
    )
    server.start()
    yield box, port
    server.stop()


@contextmanager
def daemon(settings: Settings, urls: str) -> Iterator[Callable[[], str]]:
    """`hengshui-etl ui`, as a user starts it; yields what it has logged so far."""
    log = settings.root / "ui.log"
    environment = {**os.environ, "HENGSHUI_HOME": str(settings.root), "HENGSHUI_ALERT_URLS": urls}
    for name in ("HENGSHUI_RAW", "HENGSHUI_WAREHOUSE", "HENGSHUI_LANG", "DAGSTER_HOME", "HENGSHUI_RULINGS"):
        environment.pop(name, None)
    command = [str(Path(sys.executable).with_name("hengshui-etl")), "ui", "--port", str(free_port())]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=environment, cwd=ROOT, start_new_session=True
        )

    def logged() -> str:
        text = log.read_text("utf-8", "replace")
        assert process.poll() is None, f"it ended:\n{text[-3000:]}"
        return text

    try:
        yield logged
    finally:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(40)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def wait(what: str, condition: Callable[[], Any], log: Callable[[], str]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := condition():
            return found
        log()
        time.sleep(0.3)
    raise AssertionError(f"{what} took more than {PATIENCE_S} s:\n{log()[-3000:]}")


def waiting(settings: Settings) -> int:
    """How many deliveries are waited for."""
    if not ledger_file(settings).exists():
        return 0
    connection = sqlite3.connect(ledger_file(settings))
    try:
        return int(
            connection.execute("SELECT count(*) FROM deliveries WHERE state = 'waiting' AND tries").fetchone()[0]
        )
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def test_once_when_new_never_again_after_a_restart_and_once_when_resolved(
    tmp_path: Path, webhook: Webhook, mail: tuple[Mailbox, int]
) -> None:
    box, port = mail
    urls = (
        f"json://user:{SECRET}@127.0.0.1:{webhook.port}/alerts"
        f" mailto://user:{SECRET}@127.0.0.1:{port}?smtp=127.0.0.1&mode=insecure&from=etl@example.org&to=duty@example.org"
    )
    settings = read_settings({"HENGSHUI_HOME": str(tmp_path)})
    file = settings.raw / "2019-10" / "projects.txt"
    file.parent.mkdir(parents=True)

    with daemon(settings, urls) as log:  # the receiver is down at first
        file.write_text(WRONG, "utf-8")
        wait("the mail", lambda: box.got, log)
        wait("the webhook's first refusal", lambda: waiting(settings), log)
        assert webhook.got == []
        webhook.up()
        wait("the webhook", lambda: webhook.got, log)
    (message,) = webhook.got
    assert message["type"] == "failure"
    assert "2019-10/projects.txt" in message["title"]
    for part in ("23.1亿元 ÷ 21.0亿元 − 1 = 10.0%", "1.0% → 10%", "实现利润23.1亿元", "/runs/", "report/articles/"):
        assert part in message["message"], part
    (letter,) = box.got
    assert "2019-10/projects.txt" in str(letter["subject"])
    body = letter.get_body(("plain",))
    assert body is not None
    assert "23.1亿元 ÷ 21.0亿元 − 1 = 10.0%" in body.get_content()

    with daemon(settings, urls) as log:  # a restart says nothing again; a correction is told once
        file.write_text(RIGHT, "utf-8")
        wait("the resolved message", lambda: len(webhook.got) > 1 and len(box.got) > 1, log)
        time.sleep(3)
    assert len(webhook.got) == len(box.got) == 2
    assert webhook.got[1]["type"] == "success"
    assert "resolved" in webhook.got[1]["title"]

    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), f"the secret stands in {path}"
