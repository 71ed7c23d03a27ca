"""`alerts`, `alerts test` and `rule` as a user types them, with a real warehouse and a real receiver."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

WRONG = "某市工业情况\n2019年10月16日\n1-9月份，规模以上工业企业实现利润23.1亿元，去年同期为21.0亿元，同比增长1.0%。\n"
ARTICLE = "2019-10/profit.txt"

Hengshui = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    file = tmp_path / "data" / "raw" / ARTICLE
    file.parent.mkdir(parents=True)
    file.write_text(WRONG, "utf-8")
    return tmp_path


@pytest.fixture
def hengshui(home: Path) -> Hengshui:
    def call(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("HENGSHUI", "DAGSTER", "LC_", "LANG"))}
        command = [sys.executable, "-c", "from hengshui_etl.cli import main; main()", *arguments]
        env |= {"HENGSHUI_HOME": str(home), "PYTHONUTF8": "1", **environ}
        return subprocess.run(command, capture_output=True, env=env, cwd=home, text=True, timeout=120, check=False)

    return call


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    got: list[dict[str, Any]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200 if self.path == "/ok" else 500)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://token:s3cret@127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_a_run_tells_once_and_a_ruling_silences(
    hengshui: Hengshui, home: Path, receiver: tuple[str, list[dict[str, Any]]]
) -> None:
    url, got = receiver
    channel = {"HENGSHUI_ALERT_URLS": f"{url}/ok"}
    assert hengshui("alerts").stdout == "nothing was announced so far\n"
    first = hengshui("run", **channel)
    assert "s3cret" not in first.stdout + first.stderr
    assert [message["type"] for message in got] == ["failure"]
    hengshui("run", "--batch", "2019-10", **channel)
    assert len(got) == 1
    listed = hengshui("alerts").stdout
    assert "new: the figures of 2019-10/profit.txt do not add up" in listed
    assert "sent to 1" in listed

    unknown = hengshui("rule", ARTICLE, "c99", "--false-alarm", "--reason", "r")
    assert unknown.returncode == 2
    assert "its failing checks are: c1" in unknown.stderr
    blank = hengshui("rule", ARTICLE, "c1", "--false-alarm", "--reason", " ")
    assert (blank.returncode, blank.stderr.count("\n")) == (2, 1)
    assert "a ruling needs a reason" in blank.stderr
    assert not (home / "rulings.toml").exists()
    nothing = hengshui("rule", "2019-10/other.txt", "c1", "--false-alarm", "--reason", "r")
    assert "no check fails in 2019-10/other.txt" in nothing.stderr
    ruled = hengshui("rule", ARTICLE, "c1", "--false-alarm", "--reason", "可比口径")
    assert ruled.returncode == 0, ruled.stderr
    assert "rulings.toml" in ruled.stdout
    assert "可比口径" in (home / "rulings.toml").read_text("utf-8")
    twice = hengshui("rule", ARTICLE, "c1", "--acknowledged", "--reason", "r")
    assert "has a ruling on this statement already" in twice.stderr
    hengshui("run", "--batch", "2019-10", **channel)
    assert len(got) == 1, "neither told again nor told as resolved"

    (home / "data" / "raw" / ARTICLE).write_text(WRONG.replace("21.0亿元", "22.0亿元"), "utf-8")
    last = hengshui("run", **channel)
    assert last.returncode == 0, last.stderr
    assert len(got) == 2, "the statement reads otherwise: the ruling says nothing of it"


def test_a_sample_goes_to_every_channel_and_each_is_named_without_its_secret(
    hengshui: Hengshui, receiver: tuple[str, list[dict[str, Any]]]
) -> None:
    url, got = receiver
    urls = f"{url}/ok {url}/down nonsense://x"
    result = hengshui("alerts", "test", HENGSHUI_ALERT_URLS=urls)
    assert result.returncode == 1
    assert result.stdout.startswith("json-")
    assert result.stdout.count(": sent") == 1
    assert "did not take the message" in result.stderr
    assert "nonsense-" in result.stderr
    assert "this address is not understood" in result.stderr
    assert "s3cret" not in result.stdout + result.stderr
    assert got[0]["title"] == "hengshui-etl: a test message"
    chinese = hengshui("--lang", "zh", "alerts", "test", HENGSHUI_ALERT_URLS=f"{url}/ok")
    assert (chinese.returncode, "已发送" in chinese.stdout) == (0, True)


def test_without_channels_the_command_says_what_to_set(hengshui: Hengshui) -> None:
    result = hengshui("alerts", "test")
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "HENGSHUI_ALERT_URLS" in result.stderr
