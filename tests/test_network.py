"""Nothing but alert channels uses the network: the whole flow runs where the kernel ends whoever makes an internet
socket. That Dagster's services listen on this machine alone is in test_serving.py."""

from __future__ import annotations

import os
import platform
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from hengshui_etl.home import prepared_dagster_home
from hengshui_etl.settings import read_settings

HERE = Path(__file__).parent
COMMAND = Path(sys.executable).with_name("hengshui-etl")

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="sockets are forbidden by Linux's seccomp",
)


def offline(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(HERE / "offline.py"), *command],
        capture_output=True, text=True, timeout=180, env={**os.environ, **environment},
    )  # fmt: skip


def ended(result: subprocess.CompletedProcess[str]) -> bool:
    return result.returncode in (-signal.SIGSYS, 128 + signal.SIGSYS)


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
        "import ctypes; ctypes.CDLL(None).socket(2, 1, 0)",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import socket; socket.socket()'], check=True)",
    ],
    ids=["tcp", "udp", "http", "native", "child"],
)  # fmt: skip
def test_who_uses_the_network_is_ended(code: str) -> None:
    result = offline(sys.executable, "-c", code)
    assert ended(result) or "died with <Signals.SIGSYS" in result.stderr, result


def test_the_whole_flow_makes_no_internet_socket(tmp_path: Path) -> None:
    """From raw files, a file of many articles among them, to tables, report, queries, verification, rulings."""
    raw = tmp_path / "data" / "raw" / "2019-10"
    raw.mkdir(parents=True)
    article = "某市开工项目\n全市开工191项，其中工业100项，农业90项。完成投资7.5亿元。\n"
    (raw / "1.txt").write_text(article, "utf-8")
    (raw / "2.jsonl").write_text('{"id": "x", "url": "http://127.0.0.1:9/", "text": "共3个：甲、乙。"}\n', "utf-8")
    page = (
        '<title>某市</title><link rel=stylesheet href="http://127.0.0.1:9/"><img src="http://127.0.0.1:9/"><p>共5个。'
    )
    (raw / "3.html").write_text(page, "utf-8")
    home = {"HENGSHUI_HOME": str(tmp_path), "DAGSTER_HOME": str(tmp_path / "dagster"), "HENGSHUI_ALERT_URLS": ""}
    failing = "SELECT article_id, relation_id FROM failed_checks"

    def run(*arguments: str, expected: int = 0) -> str:
        result = offline(str(COMMAND), *arguments, **home)
        assert result.returncode == expected, (arguments, result)
        return result.stdout

    run("check", str(raw / "1.txt"), expected=1)
    run("run")
    name, check = run("query", failing, "--format", "csv").splitlines()[1].split(",")
    assert name == "2019-10/1.txt"
    run("rule", name, check, "--acknowledged", "--reason", "known")
    run("report")
    run("rebuild")
    run("verify")


def test_alert_channels_are_the_exception(tmp_path: Path) -> None:
    address = "json://127.0.0.1:9/"
    result = offline(str(COMMAND), "alerts", "test", HENGSHUI_HOME=str(tmp_path), HENGSHUI_ALERT_URLS=address)
    assert ended(result), result


def test_telemetry_is_off(tmp_path: Path) -> None:
    settings = read_settings({"HENGSHUI_HOME": str(tmp_path)})
    written = yaml.safe_load((prepared_dagster_home(settings) / "dagster.yaml").read_text("utf-8"))
    assert written["telemetry"] == {"enabled": False}
    assert written["nux"] == {"enabled": False}


def test_pages_of_the_report_name_no_other_place() -> None:
    """Neither does their content policy let them fetch anything."""
    templates = HERE.parents[0] / "hengshui_etl" / "report" / "templates"
    for path in templates.iterdir():
        assert not re.search(r"(?:src|href)=[\"'](?:https?:)?//|@import|url\((?!data:)", path.read_text("utf-8")), path
    base = (templates / "base.html").read_text("utf-8")
    assert "default-src 'none'" in base
