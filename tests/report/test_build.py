"""The files of the report: made from a warehouse, renewed where it changed. (In a browser: test_browser.py.)"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hengshui_etl import commands, parts, ruled, warehouse
from hengshui_etl.checking import Refused
from hengshui_etl.records import Examination
from hengshui_etl.report.build import build_report, report_index
from hengshui_etl.report.pages import page_name
from hengshui_etl.rulings import Ruling, Statement, append_ruling
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.tables.frames import Examined, frame, frames_of
from hengshui_etl.tables.schemas import TABLES


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"HENGSHUI_HOME": str(tmp_path)})


def load(settings: Settings, batch: str, *examinations: Examination) -> None:
    """Bring a batch with these articles, and a file that could not be read, into the warehouse."""
    frames = frames_of(batch, [Examined(examination, 10) for examination in examinations])
    frames["raw_articles"] = frame("raw_articles", [])
    frames["quarantine"] = frame("quarantine", [(batch, f"{batch}/empty.txt", "the file is empty", 0, None, 0, None)])
    with parts.BatchWriter(settings.parquet, batch, tuple(TABLES), str(len(examinations))) as writer:
        writer.write(frames)
    warehouse.load_batch(settings.database, settings.parquet, batch)


def named(examination: Examination, article_id: str) -> Examination:
    return examination._replace(article=examination.article._replace(article_id=article_id))


def files(settings: Settings) -> set[str]:
    folder = report_index(settings).parent
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def pages_of(*ids: str) -> set[str]:
    return {"index.html", "index.zh.html"} | {
        f"articles/{name}" for each in ids for name in (page_name(each, "en"), page_name(each, "zh"))
    }


def test_the_report_says_what_the_warehouse_holds(settings: Settings, examination: Examination) -> None:
    load(settings, "one", named(examination, "one/a.txt"))
    built = build_report(settings)
    assert (built.articles, built.written, built.removed) == (1, 4, 0)
    assert files(settings) == pages_of("one/a.txt")
    index = built.page.read_text("utf-8")
    assert f'href="articles/{page_name("one/a.txt", "en")}"' in index
    assert "one/empty.txt" in index
    assert 'data-status="fails" data-date="2019-10-16"' in index
    english = (built.page.parent / "articles" / page_name("one/a.txt", "en")).read_text("utf-8")
    assert "100 + 90 = 190, not 191" in english
    assert 'class="fig fails suspect" id="f2"' in english
    assert 'class="fig unchecked" id="f5"' in english
    chinese = (built.page.parent / "articles" / page_name("one/a.txt", "zh")).read_text("utf-8")
    assert "共190项" in chinese


def test_nothing_is_written_twice_and_what_is_gone_goes(settings: Settings, examination: Examination) -> None:
    load(settings, "one", named(examination, "one/a.txt"), named(examination, "one/b.txt"))
    build_report(settings)
    assert build_report(settings)[1:] == (2, 0, 0)
    kept = report_index(settings).parent / "articles" / "notes.txt"
    kept.write_text("somebody's own")
    load(settings, "one", named(examination, "one/b.txt"))
    assert build_report(settings, ["one"])[1:] == (1, 2, 2)
    assert files(settings) == pages_of("one/b.txt") | {"articles/notes.txt"}


def test_a_ruled_finding_is_shown_as_ruled_with_its_reason(settings: Settings, examination: Examination) -> None:
    load(settings, "one", named(examination, "one/a.txt"))
    statement = Statement("one/a.txt", "sum", "全市开工191项,其中工业100项,农业90项。", ("100项", "90项", "191项"))
    reason = "as <b>printed</b>"
    append_ruling(settings.rulings, Ruling(statement, "false alarm", reason, date(2026, 1, 2), "0" * 64))
    ruled.refresh(settings)
    built = build_report(settings)
    index = built.page.read_text("utf-8")
    assert 'data-status="ruled"' in index
    assert '<option value="ruled">' in index
    english = (built.page.parent / "articles" / page_name("one/a.txt", "en")).read_text("utf-8")
    assert "<strong>false alarm</strong>: <bdi>as &lt;b&gt;printed&lt;/b&gt;</bdi>" in english
    assert "What fails, and was ruled on" in english
    assert "1 of 3 checks fail, and a reviewer has ruled on each" in english
    assert '<li class="check ruled" id="c2">' in english
    assert 'class="fig ruled" id="f2"' in english
    chinese = (built.page.parent / "articles" / page_name("one/a.txt", "zh")).read_text("utf-8")
    assert "<strong>误报</strong>" in chinese
    settings.rulings.unlink()
    ruled.refresh(settings)
    build_report(settings)
    assert 'data-status="ruled"' not in built.page.read_text("utf-8")
    assert '<option value="ruled">' not in built.page.read_text("utf-8")


def test_a_batch_renews_its_pages_and_makes_missing_ones(settings: Settings, examination: Examination) -> None:
    load(settings, "one", named(examination, "one/a.txt"))
    load(settings, "two", named(examination, "two/a.txt"))
    build_report(settings, ["two"])
    assert files(settings) == pages_of("one/a.txt", "two/a.txt"), "no link of the index leads nowhere"
    pages = [report_index(settings).parent / "articles" / page_name(f"{batch}/a.txt", "en") for batch in ("one", "two")]
    for page in pages:
        page.write_text("old")
    build_report(settings, ["two"])
    assert [page.read_text("utf-8") == "old" for page in pages] == [True, False]


def test_the_command_writes_it(
    settings: Settings, examination: Examination, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HENGSHUI_HOME", str(settings.root))
    with pytest.raises(Refused, match="no warehouse yet"):
        commands.app(["report"], standalone_mode=False)
    load(settings, "one", named(examination, "one/a.txt"))
    commands.app(["report", "--lang", "zh"], standalone_mode=False)
    assert capsys.readouterr().out.startswith("1 篇文章")
    assert report_index(settings).exists()
