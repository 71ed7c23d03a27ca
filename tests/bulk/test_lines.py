"""JSON Lines, packed and not: lines that are broken, cut off, endless, or many in little room."""

from __future__ import annotations

import gc
import gzip
import hashlib
import io
import json
import os
import subprocess
import time
import weakref
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.bulk import BrokenRecord, Record, records_of
from hengshui_etl.bulk.lines import _STRING, MAX_LINE_BYTES, _many_values
from hengshui_etl.bulk.unpack import MAX_GAPS
from tests.bulk.files import lines, read, read_apart, reasons, texts, zstd

GOOD = lines([{"text": "good"}])

BROKEN = [
    (b'{"text": "x"', "its line is not JSON: Expecting ',' delimiter at character 14"),
    (b"{'text': 'x'}", "its line is not JSON: Expecting property name enclosed in double quotes at character 2"),
    (b'"text"', "its line is JSON but no object: {…} with the fields is wanted"),
    (b'[{"text": "x"}]', "its line is JSON but no object: {…} with the fields is wanted"),
    (b"{}", "it has neither text nor html"),
    (b'{"text": 5}', "its text is not text"),
    (b'{"text": ["x"]}', "its text is not text"),
    (b'{"html": {"a": 1}}', "its html is not text"),
    (b'{"text": false}', "its text is not text"),
    (b'{"text": "x", "id": true}', "its id is neither text nor a number"),
    (b'{"text": "x", "id": ["a"]}', "its id is neither text nor a number"),
    (b'{"text": "x", "url": 5}', "its url is not text"),
    (b'{"text": "x", "published_on": 20191016}', "its published_on is not text"),
    (b'{"text": "x", "text": "y"}', "its field text is there twice"),
    (b'{"text": "\\ud800"}', "its text holds halves of characters, which are no text"),
    (b'{"text": "x", "url": "\\udfff"}', "its url holds halves of characters, which are no text"),
    (b'{"text": "x", "id": "\\ud800"}', "its id holds characters that cannot be printed"),
    (b'{"text": "x", "id": " "}', "its id holds characters that cannot be printed"),
    ('{"text": "衡水"}'.encode("gb18030"), "its line is not in UTF-8, from byte 10 on"),
    ('{"text": "衡水"}'.encode("utf-16"), "its line is not in UTF-8, from byte 0 on"),
    (b"[" * 100_000, "its line is JSON that is nested too deeply"),
    (b'{"text": "x", "a": ' + b"[" * 100_000, "its line is JSON that is nested too deeply"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "reason"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_line_is_told_and_the_next_is_read(line: bytes, reason: str) -> None:
    found = read(line + b"\n" + GOOD)
    assert reasons(found) == {1: reason}
    assert texts(found) == ["good"]
    broken = found[0]
    assert isinstance(broken, BrokenRecord)
    assert broken.sha256 == hashlib.sha256(line + b"\n").hexdigest()
    assert broken.size_bytes == len(line) + 1


@pytest.mark.parametrize(
    ("line", "identity"),
    [
        (b'{"text": "x", "id": 7}', "7"),
        (b'{"text": "x", "id": 7.50}', "7.50"),
        (b'{"text": "x", "id": 1' + b"0" * 150 + b"}", "1" + "0" * 150),
        (b'{"text": "x", "id": null}', "1"),
        (b'{"text": "x", "id": ""}', "1"),
        (b'\xef\xbb\xbf{"text": "x", "id": "a"}', "a"),
        (b'{"text": "x", "id": "a", "other": {"text": 5, "text": 6}, "n": ' + b"9" * 10_000 + b"}", "a"),
        (b'{"text": "x", "id": "a", "n": NaN}\r', "a"),
    ],
)
def test_unusual_lines_that_are_sound(line: bytes, identity: str) -> None:
    (record,) = read(line + b"\n")
    assert isinstance(record, Record), record
    assert (record.id, record.data) == (identity, b"x")


def test_blank_lines_count_and_are_no_records() -> None:
    found = read(b"\n  \r\n" + GOOD + b"\n" + GOOD + b"\n\n")
    assert [record.number for record in found] == [3, 5]


def test_a_last_line_needs_no_end_and_one_that_was_cut_off_is_told() -> None:
    assert texts(read(GOOD + GOOD.strip())) == ["good", "good"]
    found = read(GOOD + GOOD[:-4])
    assert texts(found) == ["good"]
    assert reasons(found) == {
        2: "its line is not JSON, and the file ends with it: cut off? (Unterminated string starting at)"
    }


def test_a_line_without_end_is_not_held(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    packing = zlib.compressobj(1, zlib.DEFLATED, 31)
    with path.open("wb") as file:
        file.write(packing.compress(b'{"text": "'))
        for _ in range(40):
            file.write(packing.compress(os.urandom(2**12).hex().encode() * 2**7))
        file.write(packing.compress(b'"}\n' + GOOD) + packing.flush())
    peak, sound, found = read_apart(path)
    assert (sound, list(found)) == (1, ["1"])
    assert found["1"] == f"its line is too long: {40 * 2**20 + 13} bytes of {MAX_LINE_BYTES}"
    assert peak < 150


@pytest.mark.parametrize("value", [b"{},", b"1.5,", b'"ab",'])
def test_many_small_values_do_not_fill_the_memory(tmp_path: Path, value: bytes) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "x", "a": [' + value * (30 * 2**20 // len(value)) + b"1]}\n" + GOOD)
    peak, sound, found = read_apart(path)
    assert found == {"1": "its line holds too many values beside text"}
    assert sound == 1
    assert peak < 150


def test_strings_are_left_out_in_linear_time() -> None:
    for hostile in (b'"' * 2**21, b'\\"' * 2**20, b'"\\"' * 2**19, b'"' + b"\\" * 2**21):
        began = time.process_time()
        _many_values(hostile)
        assert time.process_time() - began < 3


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_strings_are_left_out_and_nothing_else(value: object) -> None:
    assert set(_STRING.sub(b"", json.dumps(value).encode())) <= set(b"[]{}:, nul")


BOMBS = {
    "gz": lambda data: gzip.compress(data, 1),
    "zst": zstd,
}


@pytest.mark.parametrize("packing", BOMBS)
@pytest.mark.parametrize("content", [b"\0", b"\n"])
def test_a_bomb_is_stopped(tmp_path: Path, packing: str, content: bytes) -> None:
    path = tmp_path / f"a.jsonl.{packing}"
    path.write_bytes(BOMBS[packing](GOOD + content * 300 * 2**20))
    peak, sound, found = read_apart(path)
    assert sound == 1
    (reason,) = found.values()
    if content == b"\n":
        assert reason == "from here on nothing was read: 100000 lines in a row are blank"
    elif packing == "zst":
        assert reason == "from here on nothing was read: the file unpacks to more than 1000 times its size"
    else:
        assert "its line is too long" in reason
    assert peak < 150


@pytest.mark.parametrize("packing", BOMBS)
def test_a_packed_file_that_was_cut_off_keeps_what_was_before(packing: str) -> None:
    content = b"".join(lines([{"text": os.urandom(50).hex()}]) for _ in range(5000))
    whole = BOMBS[packing](content)
    found = read(whole[: len(whole) // 2], f"a.jsonl.{packing}")
    assert 1000 < len(texts(found)) < 4000
    assert [*reasons(found).values()] == ["the file ends in the middle: it was cut off"]
    assert texts(found) == [json.loads(line)["text"] for line in content.splitlines()[: len(texts(found))]]


def test_behind_a_damaged_member_of_gzip_reading_goes_on() -> None:
    members = [bytearray(gzip.compress(lines([{"text": f"{n} {m}"} for m in range(100)]))) for n in range(5)]
    members[2][60] ^= 255
    found = read(b"".join(members), "a.jsonl.gz")
    assert {text.split()[0] for text in texts(found)} >= {"0", "1", "3", "4"}
    assert len(texts(found)) >= 400
    assert any("damaged" in reason for reason in reasons(found).values())


def test_after_many_damaged_places_the_rest_is_given_up() -> None:
    found = read((b"\x1f\x8b\x08\x00" + b"\xff" * 100) * 1000, "a.jsonl.gz")
    assert len(found) == MAX_GAPS + 1
    assert reasons(found)[MAX_GAPS + 1] == (
        f"from here on nothing was read: the packed file is damaged in more than {MAX_GAPS} places"
    )


@pytest.mark.parametrize("packing", BOMBS)
def test_a_name_that_promises_what_is_not_there(packing: str) -> None:
    (found,) = read(GOOD, f"a.jsonl.{packing}")
    assert isinstance(found, BrokenRecord)
    assert "these bytes are not packed with" in found.reason


@pytest.mark.parametrize("packing", BOMBS)
def test_several_packed_parts_are_one_file(packing: str) -> None:
    found = read(BOMBS[packing](GOOD[:5]) + BOMBS[packing](GOOD[5:] + GOOD), f"a.jsonl.{packing}")
    assert texts(found) == ["good", "good"]


def test_padding_behind_gzip_is_no_record() -> None:
    assert texts(read(gzip.compress(GOOD) + b"\0" * 1000 + gzip.compress(GOOD), "a.jsonl.gz")) == ["good", "good"]


def test_what_was_unpacked_before_garbage_is_not_lost() -> None:
    for packing, pack in BOMBS.items():
        found = read(pack(GOOD * 3) + b"garbage", f"a.jsonl.{packing}")
        assert texts(found) == ["good"] * 3, packing
        assert list(reasons(found)) == [4]


def test_the_tools_of_the_system_agree(tmp_path: Path) -> None:
    for tool, ending in (("gzip", "gz"), ("zstd", "zst")):
        path = tmp_path / "a.jsonl"
        path.write_bytes(GOOD * 1000)
        try:
            subprocess.run([tool, "-q", str(path)], check=True)
        except FileNotFoundError:
            pytest.skip(f"{tool} is not here")
        packed = tmp_path / f"a.jsonl.{ending}"
        assert len(texts(read(packed.read_bytes(), packed.name))) == 1000
        path.unlink(missing_ok=True)


def test_a_file_packed_with_zstd_is_freed_when_it_was_read() -> None:
    """Arrow holds what it reads from; a circle through it would stay for ever, a megabyte a file."""
    for data in (zstd(lines([{"text": "x"}] * 3)), zstd(lines([{"text": "x"}] * 3))[:-5]):
        stream = io.BytesIO(data)
        known = weakref.ref(stream)
        assert list(records_of(stream, "a.jsonl.zst"))
        del stream
        gc.collect()
        assert known() is None
