"""WARC: pages among all else, records that are broken or lie, and where the next one begins."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.bulk import MAX_RECORD_BYTES, Record
from hengshui_etl.bulk.crawl import MAX_HEADER_BYTES
from tests.bulk.files import crawl, page, read, read_apart, reasons, texts

BODY = "<html><p>全市开工项目191项".encode("gb18030")
PACKED = [False, True]


def name(packed: bool) -> str:
    return "c/a.warc.gz" if packed else "c/a.warc"


@pytest.mark.parametrize("packed", PACKED)
def test_pages_and_texts_are_records_and_the_rest_is_passed_over(packed: bool) -> None:
    found = read(
        crawl(
            [
                page(b"software: x", kind="warcinfo", content_type="application/warc-fields", url=""),
                page(b"GET / HTTP/1.1\r\n\r\n", kind="request", content_type="application/http; msgtype=request"),
                page(BODY, content_type="text/html; charset=GB2312", url="http://例.cn/a b"),
                page(b"\x89PNG", content_type="image/png"),
                page(b"not found", status="404 Not Found"),
                page(b"", status="301 Moved", http=[("Location", "/b")]),
                page(b"body {}", content_type="text/css"),
                page(b"a text", content_type="text/plain; charset=utf-8", kind="resource"),
                page(b"from a page", content_type="text/plain", kind="conversion"),
                page(b"a: b", content_type="application/warc-fields", kind="metadata"),
                page(b"dns", content_type="text/dns", kind="resource", url="dns:a"),
                page(b"<p>x", content_type="application/xhtml+xml"),
            ],
            packed,
        ),
        name(packed),
    )
    assert reasons(found) == {}
    assert [(r.number, r.id, r.media, r.charset) for r in found if isinstance(r, Record)] == [
        (3, "urn:uuid:3", "html", "gb2312"),
        (8, "urn:uuid:8", "text", "utf-8"),
        (9, "urn:uuid:9", "text", None),
        (12, "urn:uuid:12", "html", None),
    ]
    first = found[0]
    assert isinstance(first, Record)
    assert (first.data, first.url, first.published_on) == (BODY, "http://例.cn/a b", None)


def chunked(body: bytes, size: int = 10) -> bytes:
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


RAW_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY, []),
        (chunked(BODY), [("Transfer-Encoding", "chunked")]),
        (BODY, [("Transfer-Encoding", "chunked")]),  # some crawlers take the chunks away and leave the header
        (gzip.compress(BODY, mtime=0), [("Content-Encoding", "gzip")]),
        (BODY, [("Content-Encoding", "gzip")]),
        (zlib.compress(BODY), [("Content-Encoding", "deflate")]),
        (RAW_DEFLATE.compress(BODY) + RAW_DEFLATE.flush(), [("Content-Encoding", "deflate")]),
        (chunked(gzip.compress(BODY, mtime=0)), [("content-encoding", "GZIP"), ("transfer-encoding", "Chunked")]),
    ],
    ids=range(8),
)
def test_a_page_comes_as_it_was_before_it_was_sent(body: bytes, headers: list[tuple[str, str]]) -> None:
    (record,) = read(crawl([page(body, http=headers)]), "a.warc")
    assert isinstance(record, Record), record
    assert record.data == BODY


BROKEN = [
    (page(b""), "it has neither text nor html"),
    (page(gzip.compress(BODY, mtime=0)[:-9], http=[("Content-Encoding", "gzip")]),
     "what the server packed ends in the middle: it was cut off"),
    (page(gzip.compress(BODY, mtime=0)[:10] + b"\xff" * 20, http=[("Content-Encoding", "gzip")]),
     "what the server packed cannot be unpacked: it is damaged"),
    (page(gzip.compress(b"\0" * (MAX_RECORD_BYTES + 1), mtime=0), http=[("Content-Encoding", "gzip")]),
     f"it unpacks to more than an article may have: {MAX_RECORD_BYTES} bytes"),
    (page(b"x", http=[("Content-Encoding", "br")]), "the server packed it with 'br', which is not read"),
    (page(BODY, warc={"WARC-Truncated": "length"}), "the crawler cut it off (WARC-Truncated: length)"),
    (page(BODY, warc={"WARC-Segment-Number": "1"}), "it is one of several segments"),
    (page(BODY, url="http://a/" + "u" * 9000), "its url is longer than 8192 characters"),
    (page(BODY, warc={"WARC-Record-ID": "<urn:uuid:1>"}), "another record before it has the same id"),
]  # fmt: skip


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize(("broken", "reason"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_page_is_told_and_the_next_is_read(broken: dict[str, object], reason: str, packed: bool) -> None:
    found = read(crawl([page(b"first"), broken, page(b"last")], packed), name(packed))
    assert texts(found) == ["first", "last"]
    assert reasons(found) == {2: reason}


def test_an_answer_without_end_of_headers_is_told() -> None:
    whole = crawl([page(b"first"), page(b"x"), page(b"last")])
    cut = whole.replace(b"Content-Type: text/html\r\n\r\nx", b"Content-Type: text/html;;;;x", 1)
    assert len(cut) == len(whole)
    found = read(cut, "a.warc")
    assert texts(found) == ["first", "last"]
    assert reasons(found) == {2: "the answer of the server has no end of headers"}


@pytest.mark.parametrize(
    ("length", "lost"),
    [(b"9", 2), (b"99999", 2), (b"-1", 2), (b"x", 2), (b"1e9", 2), (b"", 2), (b"9" * 30, 2), ("٣".encode(), 2)],
)
def test_a_record_that_lies_about_its_length_does_not_take_all_along(length: bytes, lost: int) -> None:
    parts = [crawl([page(b"%d" % n, warc={"WARC-Record-ID": f"<{n}>"})]) for n in range(6)]
    head, _, rest = parts[2].partition(b"Content-Length: ")
    parts[2] = head + b"Content-Length: " + length + rest[rest.index(b"\r\n") :]
    found = read(b"".join(parts), "a.warc")
    if length == b"99999":  # it swallows the others, and the file ends inside it
        assert texts(found) == ["0", "1"]
        assert reasons(found) == {3: "the file ends in the middle of the record: it was cut off"}
    else:
        assert texts(found) == ["0", "1", "3", "4", "5"]
        assert reasons(found)


def test_another_status_line_than_warcio_knows() -> None:
    whole = crawl([page(BODY)]).replace(b"HTTP/1.1 200", b"HTTP/3.0 200").replace(b"WARC/1.0", b"WARC/1.7")
    (record,) = read(whole, "a.warc")
    assert isinstance(record, Record), record
    assert record.data == BODY


@pytest.mark.parametrize("packed", PACKED)
def test_a_file_that_was_cut_off_keeps_what_was_before(packed: bool) -> None:
    whole = crawl([page(b"%d" % n * 3000) for n in range(5)], packed)
    found = read(whole[:-20], name(packed))
    assert len(texts(found)) == 4
    (reason,) = reasons(found).values()
    assert "cut off" in reason


@given(st.binary(max_size=200), st.booleans())
def test_behind_garbage_the_next_record_is_found(garbage: bytes, packed: bool) -> None:
    parts = [crawl([page(b"%d" % n, warc={"WARC-Record-ID": f"<{n}>"})], packed) for n in range(3)]
    between = garbage + (b"" if packed else b"\r\n")
    found = read(parts[0] + between + parts[1] + parts[2], name(packed))
    assert {"0", "2"} <= set(texts(found))


def test_a_damaged_member_takes_no_other_along() -> None:
    parts = [bytearray(crawl([page(b"%d" % n * 500, warc={"WARC-Record-ID": f"<{n}>"})], True)) for n in range(5)]
    for at in range(12, len(parts[2]) - 8, 7):
        damaged = [bytearray(part) for part in parts]
        damaged[2][at] ^= 255
        found = {text[0] for text in texts(read(b"".join(damaged), "a.warc.gz"))}
        assert found >= {"0", "1", "3", "4"}, at


def test_large_records_that_are_no_pages_are_passed_over_and_large_pages_are_told(tmp_path: Path) -> None:
    big = b"x" * (40 * 2**20)
    path = tmp_path / "a.warc"
    path.write_bytes(crawl([page(big, content_type="video/mp4"), page(big), page(big, kind="resource"), page(b"last")]))
    peak, sound, found = read_apart(path)
    assert sound == 1
    assert sorted(found) == ["2", "3"]
    assert all("too large for an article" in reason for reason in found.values())
    assert peak < 80


@pytest.mark.parametrize("line", [b"A: b\r\n", b"x", b" y\r\n"])
def test_headers_without_end_are_not_held(line: bytes) -> None:
    flood = b"WARC/1.0\r\n" + line * (3 * MAX_HEADER_BYTES // len(line)) + b"\r\n\r\n"
    found = read(flood + crawl([page(b"last")]), "a.warc")
    assert texts(found) == ["last"]
    assert reasons(found)[1] == "the headers of the record are too long"


def test_blank_lines_without_end_are_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(crawl([page(b"first")]) + b"\r\n" * (5 * 2**20), 1))
    peak, sound, found = read_apart(path)
    assert sound == 1
    assert peak < 80
    assert len(found) == 1


@given(st.binary(max_size=300))
def test_whatever_the_block_holds_nothing_is_raised(block: bytes) -> None:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n"
    found = read(head % len(block) + block + b"\r\n\r\n" + crawl([page(b"last")]), "a.warc")
    assert texts(found)[-1] == "last"
