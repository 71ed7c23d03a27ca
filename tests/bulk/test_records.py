"""What holds of every kind of file: identity, hash, provenance, and that no record takes another along."""

from __future__ import annotations

import gzip
import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl import bulk
from hengshui_etl.bulk import BrokenRecord, Record, is_bulk, records_of
from hengshui_etl.bulk.record import MAX_RECORD_BYTES, Seen
from tests.bulk.files import WRITERS, Fields, lines, read, reasons, rows, texts

TEXT = "全市开工项目191项,其中工业100项。"
FORMATS = sorted(WRITERS)


@pytest.mark.parametrize("name", ["a.jsonl", "b/a.JSONL.gz", "a.jsonl.zst", "a.parquet", "a.warc", "a.warc.gz"])
def test_names_of_bulk_files(name: str) -> None:
    assert is_bulk(name)


@pytest.mark.parametrize(
    "name", ["a.txt", "jsonl", "a.json", "a.jsonl.txt", "a.parquet.gz", "a.warc.zst", "a.gz", "a.jsonl\n"]
)
def test_names_of_other_files(name: str) -> None:
    assert not is_bulk(name)
    with pytest.raises(ValueError, match="no file of many articles"):
        records_of(io.BytesIO(), name)


@pytest.mark.parametrize("name", FORMATS)
def test_a_record_has_identity_bytes_hash_and_provenance(name: str) -> None:
    page = "<html><p>" + TEXT
    given_records = [
        {"id": "x/1", "text": TEXT, "url": "http://例.cn/1?a=b", "published_on": "2019-10-16"},
        {"html": page},
    ]
    assert read(WRITERS[name](given_records), name) == [
        Record(name, 1, "x/1", TEXT.encode(), hashlib.sha256(TEXT.encode()).hexdigest(), "text", None,
               "http://例.cn/1?a=b", "2019-10-16"),
        Record(name, 2, "2", page.encode(), hashlib.sha256(page.encode()).hexdigest(), "html", None, None, None),
    ]  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_a_broken_record_takes_no_other_along(name: str) -> None:
    found = read(
        WRITERS[name](
            [
                {"id": "1", "text": TEXT},
                {"id": "2", "text": None},
                {"id": "1", "text": "a second one"},
                {"id": "a\u202eb", "text": TEXT},
                {"id": "i" * 201, "text": TEXT},
                {"id": "6", "text": TEXT, "url": "u" * 9000},
                {"id": "7", "text": TEXT, "published_on": "d" * 65},
                {"id": "8", "text": "last"},
            ]
        ),
        name,
    )
    assert texts(found) == [TEXT, "last"]
    assert reasons(found) == {
        2: "it has neither text nor html",
        3: "another record before it has the same id",
        4: "its id holds characters that cannot be printed",
        5: "its id is longer than 200 characters",
        6: "its url is longer than 8192 characters",
        7: "its published_on is longer than 64 characters",
    }
    assert [r.id for r in found if isinstance(r, BrokenRecord)] == ["2", "1", None, None, "6", "7"]


@pytest.mark.parametrize("name", FORMATS)
def test_text_wins_over_html_and_html_is_there_where_text_is_empty(name: str) -> None:
    found = read(WRITERS[name]([{"text": "text", "html": "<p>"}, {"text": "", "html": "<p>"}]), name)
    assert [(r.media, r.data) for r in found if isinstance(r, Record)] == [("text", b"text"), ("html", b"<p>")]


@pytest.mark.parametrize("name", FORMATS)
def test_a_text_may_have_as_many_bytes_as_a_file_and_no_more(name: str) -> None:
    most = "x" * MAX_RECORD_BYTES
    found = read(WRITERS[name]([{"text": most}, {"text": most + "x"}, {"text": TEXT}]), name)
    assert [record.number for record in found if isinstance(record, Record)] == [1, 3]
    assert reasons(found) == {
        2: f"it is too large for an article: {MAX_RECORD_BYTES + 1} bytes, and the limit is 16777216"
    }


@pytest.mark.parametrize("name", [*FORMATS, "a.warc", "a.warc.gz"])
def test_garbage_and_nothing_are_told_and_raise_nothing(name: str) -> None:
    for garbage in (b"\0" * 100_000, bytes(range(256)) * 100, b"\n" * 1000, b"PAR1" * 10):
        found = read(garbage, name)
        assert all(isinstance(record, BrokenRecord) for record in found)
    assert texts(read(b"", name)) == []


class Failing(io.BytesIO):
    """A disk that cannot be read beyond a place."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 0:
            raise OSError(5, "Input/output error")
        return super().read(5)

    readline = read  # type: ignore[assignment]


@pytest.mark.parametrize("name", [*FORMATS, "a.warc", "a.warc.gz"])
def test_a_disk_that_fails_is_the_end_of_the_file_and_of_nothing_else(name: str) -> None:
    data = WRITERS[name]([{"text": TEXT}]) if name in WRITERS else b"\x1f\x8b\x08" * 100
    *_, found = records_of(Failing(data), name)
    assert isinstance(found, BrokenRecord)
    assert "input/output error" in found.reason.lower()


def test_what_nobody_foresaw_is_told_as_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("hengshui_etl.bulk.lines.record_from", fails)
    assert reasons(read(lines([{"text": TEXT}]))) == {
        1: "the program failed on it: ZeroDivisionError: of ours; from here on nothing was read"
    }


def test_a_file_of_something_else_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MAX_BROKEN_IN_A_ROW", 3)
    found = read(b"1\n2\n" + lines([{"text": TEXT}]) + b"4\n5\n6\n7\n")
    assert list(reasons(found)) == [1, 2, 4, 5, 6, 7]
    assert reasons(found)[7] == "from here on nothing was read: 3 records in a row were broken"


@given(st.lists(st.text(max_size=3), max_size=2000))
def test_identities_are_seen_as_a_set_sees_them(names: list[str]) -> None:
    seen, known = Seen(), set[str]()
    for name in names:
        assert seen.add(name) is (name not in known)
        known.add(name)


def test_many_identities_take_little_room() -> None:
    seen = Seen()
    assert all(seen.add(str(n)) for n in range(50_000))
    assert not any(seen.add(str(n)) for n in range(0, 50_000, 7))
    assert len(seen._slots) * seen._slots.itemsize <= 50_000 * 32


some_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50)
name_of_record = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
record = st.fixed_dictionaries(
    {"id": name_of_record, "url": st.none() | some_text, "published_on": st.none() | st.dates().map(str)}
).flatmap(
    lambda fields: st.sampled_from(["text", "html"]).flatmap(
        lambda which: some_text.map(lambda text: {**fields, which: text})
    )
)


@pytest.mark.parametrize("name", FORMATS)
@given(records=st.lists(record, min_size=1, max_size=8, unique_by=lambda fields: fields["id"]))
def test_what_was_written_is_read(name: str, records: list[Fields]) -> None:
    found = read(WRITERS[name](records), name)
    assert [
        {"id": r.id, "url": r.url, "published_on": r.published_on, r.media: r.data.decode()}
        for r in found
        if isinstance(r, Record)
    ] == records
    assert [r.number for r in found] == list(range(1, len(records) + 1))


WHOLE = [{"id": str(n), "text": f"{n}. {TEXT}"} for n in range(20)]


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
def test_damage_raises_nothing_and_is_the_same_twice(name: str, data: st.DataObject) -> None:
    whole = bytearray(WRITERS[name](WHOLE))
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    found = read(cut, name)
    assert found == read(cut, name)
    assert len({r.number for r in found}) == len(found)


@pytest.mark.parametrize("written", [lines, lambda records: gzip.compress(lines(records)), rows])
def test_numbers_and_own_ids_are_one_space(written: object) -> None:
    name = {lines: "a.jsonl", rows: "a.parquet"}.get(written, "a.jsonl.gz")  # type: ignore[call-overload]
    found = read(written([{"id": "2", "text": "a"}, {"text": "b"}]), name)  # type: ignore[operator]
    assert texts(found) == ["a"]
    assert list(reasons(found)) == [2]
