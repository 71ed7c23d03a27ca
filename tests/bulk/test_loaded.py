"""Files of many articles in a batch: every record an article or in quarantine, once, beside files of one article."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from hengshui_etl import examining, loading, parts, segments, sources, warehouse
from hengshui_etl.bulk import BrokenRecord
from hengshui_etl.examining import MOST_FILES, Item, items_of, pieces_of
from hengshui_etl.loading import ContractViolated, examine_batch, list_batch
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.sources import RawFile, batch_files
from hengshui_etl.verify import verify
from tests.bulk.files import WRITERS, crawl, lines, page

TEXT = "全市经济运行情况\n\n今年开工项目191项,其中工业100项,农业90项。"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"HENGSHUI_HOME": str(tmp_path)})


def put(settings: Settings, name: str, data: bytes) -> Path:
    path = settings.raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def load(settings: Settings, anew: bool = False) -> dict[str, int]:
    return list_batch(settings, "b").rows | examine_batch(settings, "b", anew=anew).rows


def rows(settings: Settings, table: str) -> list[dict[str, object]]:
    return parts.read_table(settings.parquet, table, "b").rows(named=True)


DATED = TEXT.replace("\n\n", "\n2018年3月1日\n", 1)
RECORDS = [
    {"id": "x", "text": TEXT, "url": "http://a/1", "published_on": "2019-10-16"},
    {"text": TEXT.replace("191", "190")},
    {"id": "no text"},
    {"id": "binary", "text": "\0" * 50},
    {"id": "day", "text": DATED, "published_on": "2019-10-16T08:00:00+08:00"},
]


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_every_record_is_an_article_or_in_quarantine(settings: Settings, name: str) -> None:
    put(settings, f"b/{name}", WRITERS[name](RECORDS))
    put(settings, "b/single.txt", TEXT.encode())
    counts = load(settings)
    assert (counts["raw_articles"], counts["articles"], counts["quarantine"]) == (2, 4, 2)
    path = f"b/{name}"
    columns = ("article_id", "source_path", "record_nr", "url", "published_given", "sha256")
    assert [tuple(row[c] for c in columns) for row in rows(settings, "articles")] == [
        (f"{path}#x", path, 1, "http://a/1", "2019-10-16", hashlib.sha256(TEXT.encode()).hexdigest()),
        (f"{path}#2", path, 2, None, None, hashlib.sha256(TEXT.replace("191", "190").encode()).hexdigest()),
        (f"{path}#day", path, 5, None, "2019-10-16T08:00:00+08:00",
         hashlib.sha256(DATED.encode()).hexdigest()),
        ("b/single.txt", "b/single.txt", 0, None, None, hashlib.sha256(TEXT.encode()).hexdigest()),
    ]  # fmt: skip
    assert [(r["source_path"], r["record_nr"], r["record_id"]) for r in rows(settings, "quarantine")] == [
        (path, 3, "no text"), (path, 4, "binary"),
    ]  # fmt: skip
    failed = {row["article_id"] for row in rows(settings, "relations") if row["status"] == "fail"}
    assert failed == {f"{path}#x", f"{path}#day", "b/single.txt"}


def test_the_day_of_the_file_holds_where_the_article_names_none(settings: Settings) -> None:
    put(settings, "b/a.jsonl", lines([*RECORDS, {"id": "bad", "text": TEXT, "published_on": "16.10.2019"}]))
    load(settings)
    days = {row["article_id"]: str(row["published_on"]) for row in rows(settings, "articles")}
    assert days == {"b/a.jsonl#x": "2019-10-16", "b/a.jsonl#2": "None", "b/a.jsonl#day": "2018-03-01",
                    "b/a.jsonl#bad": "None"}  # fmt: skip
    periods = {row["article_id"]: row["period_first"] for row in rows(settings, "figures")}
    assert str(periods["b/a.jsonl#x"]) == "2019-01-01"


def test_a_crawl_is_loaded(settings: Settings) -> None:
    body = f"<html><title>全市经济</title><p>{TEXT}".encode("gb18030")
    put(settings, "b/a.warc.gz", crawl([page(body, url="http://例.cn/"), page(b"", status="404 No")], True))
    load(settings)
    (article,) = rows(settings, "articles")
    assert (article["article_id"], article["url"]) == ("b/a.warc.gz#urn:uuid:1", "http://例.cn/")
    assert (article["media"], article["encoding"]) == ("html", "gb18030")


def test_pieces_hold_records_of_several_files_and_do_not_show(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(settings, "b/1.jsonl", lines(RECORDS))
    put(settings, "b/2.txt", TEXT.encode())
    put(settings, "b/3.jsonl", lines({"text": f"{TEXT}{n}"} for n in range(10)))
    put(settings, "b/4.jsonl", b"")
    load(settings)
    whole = {path: path.read_bytes() for path in settings.warehouse.rglob("articles/**/*.parquet")}
    assert len(rows(settings, "articles")) == 14
    told: list[tuple[int, int]] = []
    for most in (1, 3, 7):
        monkeypatch.setattr(examining, "MOST_FILES", most)
        before = rows(settings, "articles")
        told.clear()
        examine_batch(settings, "b", lambda done, total: told.append((done, total)), anew=True)
        assert rows(settings, "articles") == before
        assert told[-1] == (17, 17)
        assert all(done <= total for done, total in told)
    assert whole


@pytest.mark.slow
def test_two_processes_write_the_bytes_of_one(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "LEAST_BYTES", 2**11)
    put(settings, "b/1.jsonl", lines([*RECORDS, *({"text": f"{TEXT}{n}"} for n in range(30))]))

    def stored() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in settings.warehouse.rglob("*.parquet")}

    monkeypatch.setenv("HENGSHUI_PROCESSES", "1")
    load(settings)
    alone = stored()
    monkeypatch.setenv("HENGSHUI_PROCESSES", "2")
    load(settings, anew=True)
    assert stored() == alone


def test_a_file_without_records_and_one_that_changes_are_not_lost(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(settings, "b/empty.jsonl", b"\n\n")
    path = put(settings, "b/moving.jsonl", lines(RECORDS[:2]))
    list_batch(settings, "b")
    path.write_bytes(lines(RECORDS[:1]))
    examine_batch(settings, "b")
    assert [(r["source_path"], r["record_nr"], r["reason"]) for r in rows(settings, "quarantine")] == [
        ("b/empty.jsonl", 0, "it holds no records"),
        ("b/moving.jsonl", 1,
         "from here on nothing was read: it changed while it was read; the next run reads it again"),
    ]  # fmt: skip
    assert load(settings)["articles"] == 1


def test_what_changes_under_the_reader_is_told(settings: Settings) -> None:
    path = put(settings, "b/a.jsonl", lines({"text": f"{TEXT}{n}"} for n in range(3)))
    files = list(batch_files(settings.raw, "b"))
    items = items_of(settings.raw, files)
    next(items)
    with path.open("ab") as file:
        file.write(lines(RECORDS[:1]))
    last = list(items)[-1]
    assert isinstance(last.record, BrokenRecord)
    assert "it changed while it was read" in last.record.reason


def test_rows_of_unchanged_records_are_kept(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [{"id": str(n), "text": f"{TEXT}{n}", "url": f"http://a/{n}"} for n in range(9)]
    put(settings, "b/a.jsonl", lines(records))
    load(settings)
    examined: list[str] = []
    examine = examining.examine

    def counted(data: bytes, **more: object) -> object:
        examined.append(str(more["article_id"]))
        return examine(data, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(examining, "examine", counted)
    changed = [dict(record) for record in records] + [{"id": "new", "text": TEXT}]
    changed[3]["text"] += "。"
    changed[5]["url"] = "http://b/"
    changed[7]["published_on"] = "2020-01-01"
    put(settings, "b/a.jsonl", lines(changed))
    load(settings)
    assert examined == ["b/a.jsonl#3", "b/a.jsonl#5", "b/a.jsonl#7", "b/a.jsonl#new"]
    kept = {table: rows(settings, table) for table in loading.EXAMINED}
    load(settings, anew=True)
    assert {table: rows(settings, table) for table in loading.EXAMINED} == kept
    examined.clear()
    put(settings, "b/a.jsonl", lines(changed[::-1]))  # other numbers
    load(settings)
    assert len(examined) == 10


def test_a_record_that_is_lost_is_a_broken_contract(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    put(settings, "b/a.jsonl", lines(RECORDS))
    rows_of_piece = examining.rows_of_piece
    monkeypatch.setattr(
        examining, "rows_of_piece", lambda raw, batch, items, on_item: rows_of_piece(raw, batch, items[1:])
    )
    list_batch(settings, "b")
    with pytest.raises(ContractViolated, match="every_record_is_accounted_for"):
        examine_batch(settings, "b")


def test_a_name_like_that_of_a_record_is_refused(settings: Settings) -> None:
    put(settings, "b/a.jsonl", lines(RECORDS[:1]))
    put(settings, "b/a.jsonl#x", TEXT.encode())
    put(settings, "b/c.JSONL.gz#/d.txt", TEXT.encode())
    put(settings, "b/e#5.txt", TEXT.encode())
    counts = load(settings)
    assert (counts["articles"], counts["quarantine"]) == (2, 2)
    assert {row["reason"] for row in rows(settings, "quarantine")} == {
        "its name is like that of a record of another file: rename it (#)"
    }


def test_files_of_many_articles_may_be_larger(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_BYTES", 10)
    monkeypatch.setattr(sources, "MAX_HASHED_BYTES", 50)
    monkeypatch.setattr(sources, "MAX_BULK_BYTES", 5000)
    put(settings, "b/a.jsonl", lines(RECORDS))
    put(settings, "b/b.jsonl", lines(RECORDS * 20))
    put(settings, "b/c.txt", TEXT.encode())
    problems = [file.problem for file in batch_files(settings.raw, "b")]
    assert problems[0] is None
    assert str(problems[1]).startswith("it is too large for a file of many articles")
    assert str(problems[2]).startswith("it is too large for an article")


def test_verification_knows_records(settings: Settings) -> None:
    put(settings, "b/a.jsonl", lines(RECORDS))
    put(settings, "b/c.txt", TEXT.encode())
    load(settings)
    warehouse.load_batch(settings.database, settings.parquet, "b")
    found = verify(settings)
    assert found.differences == ()
    assert (found.files, found.examined) == (2, 6)
    assert verify(settings, sample=2).examined == 2


def test_verification_finds_a_record_too_many(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    put(settings, "b/a.jsonl", lines(RECORDS))
    load(settings)
    warehouse.load_batch(settings.database, settings.parquet, "b")
    monkeypatch.setattr("hengshui_etl.verify.items_of", lambda raw, files: list(items_of(raw, files))[:-1])
    assert {(d.kind, d.table, d.article) for d in verify(settings).differences} == {("rows", "articles", "b/a.jsonl")}


def test_the_summary_of_the_quarantine_has_one_row_a_file(settings: Settings) -> None:
    put(settings, "b/a.jsonl", lines([*RECORDS, {}]))
    put(settings, "b/b.txt", b"")
    put(settings, "b/c.jsonl", b"{}\n")
    load(settings)
    warehouse.load_batch(settings.database, settings.parquet, "b")
    with warehouse.database(settings.database, read_only=True) as connection:
        found = connection.execute("SELECT source_path, records, reason FROM quarantine_summary").fetchall()
    assert found == [
        ("b/a.jsonl", 3, "record 3: it has neither text nor html (and 2 more of its records)"),
        ("b/b.txt", 0, "the file is empty"),
        ("b/c.jsonl", 1, "record 1: it has neither text nor html"),
    ]


def test_pieces_are_bounded_by_the_size_of_records() -> None:
    file = RawFile("b/a.jsonl", 10**9, "0", None)
    items = [Item(file, BrokenRecord(file.path, n, None, "")) for n in range(2 * MOST_FILES + 50)]
    assert [len(piece) for piece in pieces_of(items)] == [MOST_FILES, MOST_FILES, 50]
    assert json.dumps([item.article_id for item in items[:2]]) == '["b/a.jsonl#0", "b/a.jsonl#1"]'
