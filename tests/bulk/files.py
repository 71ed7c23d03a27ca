"""Files of many articles, written by programs that are not ours where there are any."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from hengshui_etl.bulk import BrokenRecord, Record, records_of

Fields = Mapping[str, Any]


def lines(records: Iterable[Fields]) -> bytes:
    return b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()


def parquet(columns: Mapping[str, Any], **options: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), sink, **options)
    return sink.getvalue()


def rows(records: Sequence[Fields]) -> bytes:
    return parquet({name: [r.get(name) for r in records] for name in ("id", "text", "html", "url", "published_on")})


def page(
    body: bytes, *, kind: str = "response", content_type: str = "text/html", status: str = "200 OK",
    url: str = "http://example.org/", http: Sequence[tuple[str, str]] = (), warc: Mapping[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {"body": body, "kind": kind, "content_type": content_type, "status": status, "url": url, "http": http,
            "warc": warc or {}}  # fmt: skip


def crawl(pages: Iterable[dict[str, Any]], packed: bool = False) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    for n, one in enumerate(pages, 1):
        headers = None
        if one["kind"] == "response":
            fields = [("Content-Type", one["content_type"]), *one["http"]]
            headers = StatusAndHeaders(one["status"], fields, protocol="HTTP/1.1")
        record = writer.create_warc_record(
            one["url"], one["kind"], payload=io.BytesIO(one["body"]), http_headers=headers,
            warc_content_type="" if headers else one["content_type"],
            warc_headers_dict={"WARC-Record-ID": f"<urn:uuid:{n}>", "WARC-Date": "2020-01-01T00:00:00Z"} | one["warc"],
        )  # fmt: skip
        writer.write_record(record)
    return out.getvalue()


WRITERS: dict[str, Callable[[Sequence[Fields]], bytes]] = {
    "a.jsonl": lines,
    "a.jsonl.gz": lambda records: gzip.compress(lines(records)),
    "a.jsonl.zst": lambda records: zstd(lines(records)),
    "a.parquet": rows,
}


def read(data: bytes, name: str = "b/a.jsonl") -> list[Record | BrokenRecord]:
    return list(records_of(io.BytesIO(data), name))


def texts(found: Iterable[Record | BrokenRecord]) -> list[str]:
    return [record.data.decode() for record in found if isinstance(record, Record)]


def reasons(found: Iterable[Record | BrokenRecord]) -> dict[int, str]:
    return {record.number: record.reason for record in found if isinstance(record, BrokenRecord)}


def read_apart(path: Path) -> tuple[int, int, dict[str, str]]:
    """In a process of its own: its peak memory in megabytes beyond what it needs to start, the number of sound records,
    and the reasons of the others."""
    done = subprocess.run([sys.executable, "-c", _APART, path], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    peak, sound, found = json.loads(done.stdout)
    return peak, sound, found


_APART = r"""
import json, re, sys
import pyarrow.parquet, hengshui_etl.bulk.columns, hengshui_etl.bulk.crawl
from hengshui_etl.bulk import Record, records_of
# The peak of getrusage begins with that of the parent.
peak = lambda: int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1])
before, sound, reasons = peak(), 0, {}
with open(sys.argv[1], "rb") as stream:
    for record in records_of(stream, sys.argv[1]):
        if isinstance(record, Record):
            sound += 1
        elif len(reasons) < 100:
            reasons[record.number] = record.reason
print(json.dumps([(peak() - before) // 1024, sound, reasons]))
"""
