"""Parquet: types that may be read, groups of rows that cannot, and files that are small and unpack to much."""

from __future__ import annotations

import datetime as dt
import io
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.bulk import Record
from hengshui_etl.bulk.footer import Chunk, Group, groups_of
from hengshui_etl.bulk.pages import MAX_PAGE_BYTES, TooMuch, largest_page
from tests.bulk.files import parquet, read, read_apart, reasons, texts

NAME = "p/a.parquet"


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array(["a", "b"]), ["a", "b"]),
        (pa.array(["a", "b"], pa.large_string()), ["a", "b"]),
        (pa.array(["a", "b"]).dictionary_encode(), ["a", "b"]),
        (pa.array([5, 2**63 - 1], pa.int64()), ["5", str(2**63 - 1)]),
        (pa.array([None, None]), ["1", "2"]),
    ],
)
def test_ids_of_several_types(column: Any, expected: list[str]) -> None:
    found = read(parquet({"id": column, "text": ["x", "y"], "other": [{"a": [1]}, None]}), NAME)
    assert [record.id for record in found] == expected


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([dt.date(2019, 10, 16)]), "2019-10-16"),
        (pa.array([dt.datetime(2019, 10, 16, 8, 30)], pa.timestamp("ms")), "2019-10-16T08:30:00"),
        (pa.array([dt.datetime(2019, 10, 16, 0, 30)], pa.timestamp("us", "Asia/Shanghai")),
         "2019-10-16T08:30:00+08:00"),
        (pa.array(["2019年10月16日"]), "2019年10月16日"),
    ],
)  # fmt: skip
def test_days_of_several_types(column: Any, expected: str) -> None:
    (record,) = read(parquet({"text": ["x"], "published_on": column}), NAME)
    assert isinstance(record, Record), record
    assert record.published_on == expected


def test_a_day_beyond_the_calendar_breaks_its_record_only() -> None:
    column = pa.array([0, 2**31 - 1, 1], pa.int32()).cast(pa.date32())
    found = read(parquet({"text": ["x", "y", "z"], "published_on": column}), NAME)
    assert texts(found) == ["x", "z"]
    assert reasons(found) == {2: "its published_on is not text"}


def test_pages_as_bytes_are_kept_as_bytes() -> None:
    body = "<p>衡水".encode("gb18030")
    (record,) = read(parquet({"html": pa.array([body], pa.binary())}), NAME)
    assert isinstance(record, Record)
    assert (record.data, record.media) == (body, "html")


@pytest.mark.parametrize("column", ["text", "id", "url", "html"])
def test_text_that_is_not_utf_8_breaks_its_record_only(column: str) -> None:
    bad = pa.Array.from_buffers(pa.string(), 3, pa.array([b"a", b"\xff\xfe", b"c"], pa.binary()).buffers())
    columns = {"text": pa.array(["a", None if column == "html" else "b", "c"]), column: bad}
    found = read(parquet(columns), NAME)
    assert texts(found) == ["a", "c"]
    assert reasons(found) == {2: "it holds text that is not in UTF-8"}


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"id": ["a"]}, "it has neither a column text nor a column html"),
        ({"text": [5]}, "its column text is of type int64, which is not read"),
        ({"text": [["a"]]}, "its column text is of type list<element: string>, which is not read"),
        ({"text": [{"a": "x"}]}, "its column text is of type struct<a: string>, which is not read"),
        ({"text": ["a"], "id": [1.5]}, "its column id is of type double, which is not read"),
        ({"text": ["a"], "url": [b"a"]}, "its column url is of type binary, which is not read"),
        ({"text": ["a"], "published_on": [20191016]}, "its column published_on is of type int64, which is not read"),
    ],
)
def test_columns_of_another_type_are_told(columns: dict[str, Any], reason: str) -> None:
    assert reasons(read(parquet(columns), NAME)) == {1: f"the file cannot be read as Parquet: {reason}"}


def test_columns_that_are_there_twice_are_told() -> None:
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], ["text", "text"])
    pq.write_table(table, sink := io.BytesIO())
    assert "several columns text" in reasons(read(sink.getvalue(), NAME))[1]


def test_a_group_of_rows_that_cannot_be_read_takes_no_other_along() -> None:
    words = [f"{n} " + "x" * 50 for n in range(100)]
    data = bytearray(parquet({"text": words}, row_group_size=20, compression="zstd", use_dictionary=False))
    with pq.ParquetFile(io.BytesIO(data)) as file:
        column = file.metadata.row_group(2).column(0)
    for at in range(column.data_page_offset + 30, column.data_page_offset + column.total_compressed_size):
        data[at] = 255
    found = read(bytes(data), NAME)
    assert [record.number for record in found] == [*range(1, 41), 41, *range(61, 101)]
    assert texts(found) == words[:40] + words[60:]
    assert reasons(found)[41].startswith("rows 41 to 60 cannot be read: ")


@pytest.mark.parametrize("cut", [0, 4, 100, -1, -8, -20])
def test_a_file_that_was_cut_off_is_told(cut: int) -> None:
    data = parquet({"text": ["x"] * 100})
    (reason,) = reasons(read(data[:cut], NAME)).values()
    assert reason.startswith("the file cannot be read as Parquet: ")


def test_rows_come_in_small_batches_and_all_of_them() -> None:
    words = [str(n) for n in range(3000)]
    data = parquet({"text": words, "id": [f"i{n}" for n in range(3000)]}, row_group_size=700)
    assert texts(read(data, NAME)) == words


def apart(tmp_path: Path, data: bytes) -> tuple[int, int, dict[str, str]]:
    path = tmp_path / "a.parquet"
    path.write_bytes(data)
    return read_apart(path)


def test_one_large_text_named_many_times_is_not_held_many_times(tmp_path: Path) -> None:
    text = "x" * 2**18
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), pa.array([text]))
    data = parquet({"text": column}, store_schema=False, compression="none")
    peak, sound, found = apart(tmp_path, data)
    assert 1000 < sound < 2000
    assert list(found.values()) == ["from here on nothing was read: the file unpacks to more than 1000 times its size"]
    assert peak < 120


def test_prefixes_that_are_named_many_times_are_not_held_many_times(tmp_path: Path) -> None:
    words = ["x" * (4 * 2**20) + str(n) for n in range(60)]
    data = parquet(
        {"text": words}, use_dictionary=False, column_encoding={"text": "DELTA_BYTE_ARRAY"}, compression="none",
        write_statistics=False,
    )  # fmt: skip
    assert len(data) < 6 * 2**20
    peak, sound, found = apart(tmp_path, data)
    assert (sound, found) == (60, {})
    assert peak < 200


def test_a_page_that_unpacks_to_much_is_not_unpacked(tmp_path: Path) -> None:
    data = parquet({"text": ["x" * 2**20] * 40}, use_dictionary=False, compression="zstd", write_statistics=False,
                   data_page_size=2**30)  # fmt: skip
    assert len(data) < 2**20
    peak, sound, found = apart(tmp_path, data)
    assert sound == 0
    assert "unpacks to" in found["1"]
    assert peak < 60


def test_sizes_of_pages_are_those_of_the_writer() -> None:
    words = [f"{n:08}" for n in range(200_000)]
    for options in ({}, {"data_page_version": "2.0"}, {"write_page_index": True}, {"write_page_checksum": True}):
        data = parquet({"text": words}, use_dictionary=False, compression="none", data_page_size=50_000, **options)
        (group,) = groups_of(footer(data))
        assert 50_000 <= largest_page(io.BytesIO(data), group.chunks[0]) < 70_000


@given(st.binary(max_size=60))
def test_any_header_is_read_or_refused(data: bytes) -> None:
    with suppress(TooMuch):
        assert 0 <= largest_page(io.BytesIO(data), Chunk(0, len(data))) <= MAX_PAGE_BYTES


@given(st.binary(max_size=60))
def test_any_footer_is_read_or_refused(data: bytes) -> None:
    with suppress(ValueError):
        assert all(group.rows >= 0 for group in groups_of(data))


def footer(data: bytes) -> bytes:
    return data[-8 - int.from_bytes(data[-8:-4], "little") : -8]


@pytest.mark.parametrize("options", [{}, {"use_dictionary": False}, {"write_page_index": True}, {"version": "1.0"}])
def test_the_footer_says_what_arrow_says(options: dict[str, Any]) -> None:
    columns = {"a": range(90), "text": ["x" * n for n in range(90)], "c": [{"d": [1, None]}, None, None] * 30}
    data = parquet(columns, row_group_size=40, **options)
    metadata = pq.ParquetFile(io.BytesIO(data)).metadata
    assert groups_of(footer(data)) == [
        Group(
            group.num_rows,
            tuple(
                Chunk(
                    column.dictionary_page_offset if column.has_dictionary_page else column.data_page_offset,
                    column.total_compressed_size,
                )
                for column in map(group.column, range(group.num_columns))
            ),
        )
        for group in map(metadata.row_group, range(metadata.num_row_groups))
    ]


def test_numbers_that_others_would_cut_off_are_refused() -> None:
    """Arrow takes the size of a page for 2 GB here; read as it stands, it is far beyond the end of the file."""
    wide = b"\x15\x00" + b"\x15\xa0\x02" + b"\x15\x98" + b"\xff" * 7 + b"\x76" + b"\x00"
    with pytest.raises(TooMuch, match="cannot be read"):
        largest_page(io.BytesIO(wide + b"x" * 100), Chunk(0, 100))
    field = b"\x05" + b"\x84\x80\x08"  # number 65538, of which 16 bits are 2
    with pytest.raises(TooMuch, match="cannot be read"):
        largest_page(io.BytesIO(b"\x15\x00" + field + b"\x02" + b"\x15\x02\x00"), Chunk(0, 9))
    with pytest.raises(TooMuch, match="longer than the file"):
        largest_page(io.BytesIO(b"\x15\x00\x15\x02\x15\xc8\x01\x00" + b"x" * 50), Chunk(0, 9))


def test_limits_fit() -> None:
    assert MAX_PAGE_BYTES >= 2 * 64 * 2**20
