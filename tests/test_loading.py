"""A batch of files becomes tables: what is loaded, what goes to quarantine, and that a re-run changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from hengshui_etl import examining, loading, parts, revision, sources, warehouse
from hengshui_etl.loading import ContractViolated, examine_batch, list_batch
from hengshui_etl.records import Examination
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.tables.contracts import Violation
from hengshui_etl.tables.schemas import TABLES
from hengshui_etl.text import Unreadable


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"HENGSHUI_HOME": str(tmp_path)})


@pytest.fixture(autouse=True)
def _examine(monkeypatch: pytest.MonkeyPatch, examination: Examination) -> None:
    """An examination by the first word of a file: it is what the rest of these tests are about that is tested here."""

    def examine(data: bytes, *, source_path: str, article_id: str | None = None) -> Examination:
        if data.startswith(b"unreadable"):
            raise Unreadable("the file is empty")
        if data.startswith(b"fault"):
            raise ZeroDivisionError("of ours")
        article = examination.article._replace(
            article_id=article_id or "", source_path=source_path, sha256=hashlib.sha256(data).hexdigest()
        )
        if data.startswith(b"halves"):
            article = article._replace(source=article.source + "\ud800")
        if data.startswith(b"no rows"):
            return examination._replace(article=article, figures=())
        if data.startswith(b"contract"):
            article = article._replace(source="x" * len(article.source))
        return examination._replace(article=article)

    monkeypatch.setattr(examining, "examine", examine)


def put(settings: Settings, name: str, data: bytes = b"article") -> Path:
    path = settings.raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def load(settings: Settings, batch: str = "b") -> dict[str, int]:
    return list_batch(settings, batch).rows | examine_batch(settings, batch).rows


def paths(settings: Settings, table: str) -> list[str]:
    return parts.read_table(settings.parquet, table, "b")["source_path"].to_list()


def snapshot(settings: Settings) -> dict[str, tuple[bytes, int]]:
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in settings.warehouse.rglob("*.parquet")}


def test_every_file_is_an_article_or_in_quarantine_with_its_reason(settings: Settings) -> None:
    put(settings, "b/1.txt")
    put(settings, "b/2.txt", b"unreadable")
    put(settings, "b/3.txt", b"fault")
    put(settings, "b/4.txt", b"halves")
    (settings.raw / "b" / "5.txt").symlink_to("1.txt")
    put(settings, "b/6/7.txt", b"another article")
    rows = load(settings)
    assert (rows["raw_articles"], rows["articles"], rows["quarantine"]) == (6, 2, 4)
    assert paths(settings, "articles") == ["b/1.txt", "b/6/7.txt"]
    refused = parts.read_table(settings.parquet, "quarantine", "b")
    assert dict(refused.select("source_path", "reason").rows()) == {
        "b/2.txt": "the file is empty",
        "b/3.txt": "the program failed on it: ZeroDivisionError: of ours",
        "b/4.txt": "it holds halves of characters, which are no text",
        "b/5.txt": "it is a symbolic link, and links are not followed",
    }
    assert refused["sha256"].to_list()[0] == hashlib.sha256(b"unreadable").hexdigest()
    article = parts.read_table(settings.parquet, "articles", "b").row(0, named=True)
    assert (article["article_id"], article["size_bytes"]) == ("b/1.txt", 7)


def test_doing_it_again_touches_nothing(settings: Settings) -> None:
    put(settings, "b/1.txt")
    put(settings, "b/2.txt", b"unreadable")
    rows = load(settings)
    before = snapshot(settings)
    assert list_batch(settings, "b").unchanged
    again = examine_batch(settings, "b")
    assert again.unchanged
    assert again.rows == {table: rows[table] for table in loading.EXAMINED}
    assert snapshot(settings) == before


def test_doing_it_anew_gives_the_same_bytes(settings: Settings) -> None:
    put(settings, "b/1.txt")
    put(settings, "b/2.txt", b"unreadable")
    load(settings)
    before = {path: data for path, (data, _) in snapshot(settings).items()}
    parts.remove_batch(settings.parquet, "b")
    load(settings)
    assert {path: data for path, (data, _) in snapshot(settings).items()} == before


def test_changed_and_removed_files_take_their_rows_along(settings: Settings) -> None:
    first, second = put(settings, "b/1.txt"), put(settings, "b/2.txt")
    load(settings)
    first.write_bytes(b"article, corrected")
    second.unlink()
    assert load(settings)["articles"] == 1
    (row,) = parts.read_table(settings.parquet, "articles", "b").rows(named=True)
    assert (row["article_id"], row["sha256"]) == ("b/1.txt", hashlib.sha256(b"article, corrected").hexdigest())
    first.unlink()
    assert load(settings) == dict.fromkeys(TABLES, 0)
    assert parts.stored_batches(settings.parquet) == []


@pytest.mark.parametrize("what", ["code", "lost file", "torn file"])
def test_what_does_not_belong_together_is_made_anew(
    settings: Settings, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(settings, "b/1.txt")
    load(settings)
    torn = Path(parts.addresses_of(settings.parquet, "figures", "b")[0])
    if what == "code":
        monkeypatch.setattr(loading, "code_fingerprint", lambda: "another")
    elif what == "lost file":
        torn.unlink()
    else:
        torn.write_bytes(torn.read_bytes()[:100])
    list_batch(settings, "b")
    assert not examine_batch(settings, "b").unchanged
    assert len(snapshot(settings)) == len(TABLES)
    assert parts.read_table(settings.parquet, "figures", "b").height == 5


@pytest.mark.parametrize(("fault", "position"), [(b"contract", 1), (b"contract", 5), (b"no rows", 3)])
def test_an_article_that_breaks_a_contract_costs_no_other(settings: Settings, fault: bytes, position: int) -> None:
    for n in range(1, 6):
        put(settings, f"b/{n}.txt", b"article" if n != position else fault)
    rows = load(settings)
    assert (rows["articles"], rows["quarantine"]) == (4, 1)
    (row,) = parts.read_table(settings.parquet, "quarantine", "b").rows(named=True)
    assert row["source_path"] == f"b/{position}.txt"
    assert row["sha256"] == hashlib.sha256(fault).hexdigest(), "the file is named, and stays where it is"
    why = {
        b"contract": (
            "its rows break the contract figures.figures: source_has_text_at_span"
            f" (5 ×, e.g. b/{position}.txt f1); please report it, with the file"
        ),
        b"no rows": "its rows break the contract articles.articles: rows can be made: ",
    }[fault]
    assert row["reason"].startswith(f"{examining.OUR_FAULT}: {why}"), row["reason"]
    assert row["reason"].endswith("; please report it, with the file")
    for table in TABLES:
        frame = parts.read_table(settings.parquet, table, "b")
        if "article_id" in frame.columns:
            assert f"b/{position}.txt" not in frame["article_id"].to_list()
    before = {path: data for path, (data, _) in snapshot(settings).items()}
    assert examine_batch(settings, "b").unchanged
    assert not examine_batch(settings, "b", anew=True).unchanged
    assert {path: data for path, (data, _) in snapshot(settings).items()} == before


def test_on_the_good_path_contracts_are_judged_once_a_piece(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[int] = []
    violations = examining.violations

    def counted(frames: Mapping[str, pl.DataFrame]) -> list[Violation]:
        judged.append(len(frames["articles"]))
        return violations(frames)

    monkeypatch.setattr(examining, "violations", counted)
    for n in range(17):
        put(settings, f"b/{n:02}.txt", b"unreadable" if n == 3 else b"article")
    load(settings)
    assert judged == [16]
    judged.clear()
    put(settings, "b/07.txt", b"contract")
    examining_all = list_batch(settings, "b") and examine_batch(settings, "b", anew=True)
    assert examining_all.rows["quarantine"] == 2
    assert len(judged) <= 2 + 2 * 4 + 1, "by halving"


def test_with_many_articles_that_break_a_contract_nothing_is_stored(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "MOST_AT_FAULT", 1)
    put(settings, "b/1.txt")
    load(settings)
    before = snapshot(settings)
    for n in range(examining.MOST_AT_FAULT + 1):
        put(settings, f"b/2-{n}.txt", b"contract")
    list_batch(settings, "b")
    with pytest.raises(ContractViolated, match=r"figures.*source_has_text_at_span"):
        examine_batch(settings, "b")
    after = snapshot(settings)
    assert len(after) == len(before) == len(TABLES)
    assert {path for path in before if after.get(path) != before[path]} == {
        path for path in before if "/raw_articles/" in path
    }
    with pytest.raises(ContractViolated):  # and it is not taken for done
        examine_batch(settings, "b")


def test_a_file_that_changes_under_our_hands_is_not_lost(settings: Settings) -> None:
    path = put(settings, "b/1.txt")
    list_batch(settings, "b")
    path.write_bytes(b"changed meanwhile")
    assert examine_batch(settings, "b").rows["quarantine"] == 1
    assert load(settings)["articles"] == 1


@pytest.mark.parametrize(("articles", "size"), [(1, 10**9), (3, 10**9), (1000, 1), (1000, 15)])
def test_the_size_of_the_pieces_does_not_show(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, articles: int, size: int
) -> None:
    for n in range(7):
        put(settings, f"b/{n}.txt", b"unreadable" if n == 3 else b"article")
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(examining, "MOST_FILES", articles)
    monkeypatch.setattr(examining, "MOST_BYTES", size)
    list_batch(settings, "b")
    assert examine_batch(settings, "b", lambda done, total: told.append((done, total))).rows["articles"] == 6
    assert paths(settings, "articles") == [f"b/{n}.txt" for n in range(7) if n != 3]
    assert told[-1] == (7, 7)
    assert told == sorted(told)


def test_current_is_what_files_tables_and_database_agree_on(settings: Settings) -> None:
    path = put(settings, "b/1.txt")
    load(settings)
    warehouse.load_batch(settings.database, settings.parquet, "b")

    def current() -> bool:
        return loading.is_current(settings, "b", warehouse.loaded_batches(settings.database).get("b"))

    assert current()
    path.write_bytes(b"other")
    assert not current()
    load(settings)
    assert not current()
    warehouse.load_batch(settings.database, settings.parquet, "b")
    assert current()
    settings.database.unlink()
    assert not current()
    assert not loading.is_current(settings, "b", "something else")


def test_the_code_has_a_fingerprint_of_all_that_decides() -> None:
    package = Path(loading.__file__).parent
    assert all((package / name).exists() for name in revision._CODE)
    assert len(loading.code_fingerprint()) == 64


def test_limits_are_those_of_the_sources() -> None:
    assert sources.MAX_BYTES >= examining.MOST_BYTES
