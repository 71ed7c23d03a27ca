"""A batch made to take the machine down is loaded in bounded memory and time, and what could not be read is in
quarantine with a clear reason: bombs, endless lines and numbers, deep pages, sparse files, and files that are none.

The batch is loaded in a process of its own, which tells what the largest of its processes took. Single limits are
tested in test_hostile.py and tests/bulk.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

MOST_MEMORY = 1000 * 2**20
MOST_CPU_S = 90.0
ARTICLE = "某市开工项目\n全市开工191项，其中工业100项，农业91项。\n"
ZEROS = 400 * 2**20

LOAD = r"""
import json, os, re, resource, sys
from hengshui_etl import loading, parts
from hengshui_etl.settings import read_settings
settings = read_settings({"HENGSHUI_HOME": sys.argv[1]})
loading.list_batch(settings, "b")
loading.examine_batch(settings, "b")
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
peak = used[0].ru_maxrss  # on Linux that of the process before it became this one counts too
if os.path.exists("/proc/self/status"):
    peak = int(re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1])
print(json.dumps({
    "memory": max(peak, used[1].ru_maxrss) * 1024,
    "seconds": sum(each.ru_utime + each.ru_stime for each in used),
    "articles": parts.read_table(settings.parquet, "articles", "b")["article_id"].to_list(),
    "quarantine": parts.read_table(settings.parquet, "quarantine", "b").select("source_path", "reason").rows(),
}))
"""


def zeros(packer: zlib._Compress, piece: bytes = b"0" * 2**20) -> bytes:
    """Very much of nothing, packed."""
    return b"".join([*(packer.compress(piece) for _ in range(ZEROS // len(piece))), packer.flush()])


@pytest.mark.skipif(os.name != "posix", reason="special files and the measures are of POSIX")
def test_a_batch_of_bombs(tmp_path: Path) -> None:
    import pyarrow as pa  # type: ignore[import-untyped]

    folder = tmp_path / "data" / "raw" / "b"
    folder.mkdir(parents=True)
    bomb = zeros(zlib.compressobj(9, zlib.DEFLATED, 31))
    record = json.dumps({"text": ARTICLE}).encode() + b"\n"
    good = folder / "good.txt"
    good.write_text(ARTICLE, "utf-8")
    os.link(good, folder / "hard-link.txt")
    (folder / "link.txt").symlink_to("/etc/passwd")
    (folder / "up.txt").symlink_to("../../../secret")
    os.mkfifo(folder / "fifo.txt")
    server = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(folder)  # the address of a socket is short
    try:
        server.bind("socket.txt")
    finally:
        os.chdir(here)
    (folder / "bomb.jsonl.gz").write_bytes(gzip.compress(record) + bomb)
    (folder / "nested.jsonl.gz").write_bytes(gzip.compress(bomb))
    (folder / "bomb.warc.gz").write_bytes(bomb)
    (folder / "bomb.jsonl.zst").write_bytes(pa.Codec("zstd", 3).compress(b"0" * ZEROS, asbytes=True))
    for name, size in (("line.txt", 100 * 2**20), ("sparse.txt", 2**40), ("sparse.parquet", 2**40)):
        with (folder / name).open("wb") as file:
            file.truncate(size)
    (folder / "deep.html").write_bytes(b"<div>" * 1_500_000 + ARTICLE.encode())
    (folder / "digits.txt").write_text(ARTICLE + "完成投资" + "9" * 10_000 + "亿元。\n", "utf-8")
    (folder / "endless.txt").write_text("占1%，" * 60_000, "utf-8")
    devices = hasattr(os, "mknod") and os.geteuid() == 0
    if devices:
        try:
            os.mknod(folder / "device.txt", 0o600 | 0o020000, os.makedev(1, 5))  # /dev/zero
        except PermissionError:
            devices = False

    command = [sys.executable, "-c", LOAD, str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    server.close()
    assert result.returncode == 0, result.stderr[-3000:]
    found = json.loads(result.stdout)
    reasons = {Path(path).name: reason for path, reason in found["quarantine"]}
    articles = {Path(name).name for name in found["articles"]}
    assert {"good.txt", "hard-link.txt", "digits.txt", "bomb.jsonl.gz#1"} <= articles
    assert articles <= {"good.txt", "hard-link.txt", "digits.txt", "bomb.jsonl.gz#1", "deep.html"}
    expected = {
        "link.txt": "symbolic link", "up.txt": "symbolic link", "fifo.txt": "no regular file",
        "socket.txt": "no regular file", "line.txt": "too large", "sparse.txt": "too large",
        "sparse.parquet": "too large", "bomb.jsonl.gz": "", "nested.jsonl.gz": "", "bomb.warc.gz": "",
        "bomb.jsonl.zst": "", "endless.txt": "more than 50000 figures",
    } | ({"device.txt": "no regular file"} if devices else {})  # fmt: skip
    assert {name: reason for name, reason in expected.items() if reason not in reasons.get(name, "no reason")} == {}
    assert all(10 < len(reason) < 300 and reason.isprintable() for reason in reasons.values())
    assert found["memory"] < MOST_MEMORY
    assert found["seconds"] < MOST_CPU_S
