"""The files of the report: made from a warehouse, renewed where it changed. (In a browser: test_browser.py.)"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hengshui_etl import commands, parts, ruled, warehouse
from hengshui_etl.checking import Refused
from hengshui_etl.messages import Language
from hengshui_etl.records import Examination
from hengshui_etl.report import build
from hengshui_etl.report.build import UnknownArticle, build_report, page_of, report_index
from hengshui_etl.report.names import batch_folder, page_path
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
    """The files of a report on these articles, each in the batch that it is named after."""
    found = {"index.html", "index.zh.html"}
    for each in ids:
        batch = each.partition("/")[0]
        found |= {page_path(batch, each, "en"), page_path(batch, each, "zh")}
        found |= {f"articles/{batch_folder(batch)}/{name}" for name in ("index.html", "index.zh.html")}
    return found


def text_of(settings: Settings, article: str, language: Language = "en") -> str:
    return (report_index(settings).parent / page_path(article.partition("/")[0], article, language)).read_text("utf-8")


def test_the_report_says_what_the_warehouse_holds(settings: Settings, examination: Examination) -> None:
    load(settings, "one", named(examination, "one/a.txt"))
    built = build_report(settings)
    assert (built.articles, built.written, built.removed) == (1, 6, 0)
    assert files(settings) == pages_of("one/a.txt")
    index = built.page.read_text("utf-8")
    assert f'href="articles/{batch_folder("one")}/index.html"' in index
    assert f'href="{page_path("one", "one/a.txt", "en")}"' in index, "what fails is named on the first page"
    listed = (built.page.parent / "articles" / batch_folder("one") / "index.html").read_text("utf-8")
    assert "one/empty.txt" in listed
    assert 'data-status="fails" data-date="2019-10-16"' in listed
    english = text_of(settings, "one/a.txt")
    assert "100 + 90 = 190, not 191" in english
    assert 'class="fig fails suspect" id="f2"' in english
    assert 'class="fig unchecked" id="f5"' in english
    assert "共190项" in text_of(settings, "one/a.txt", "zh")


def test_nothing_is_written_twice_and_what_is_gone_goes(settings: Settings, examination: Examination) -> None:
    load(settings, "one", named(examination, "one/a.txt"), named(examination, "one/b.txt"))
    build_report(settings)
    assert build_report(settings)[1:] == (2, 0, 0)
    assert build_report(settings, ["one"])[1:] == (2, 0, 0)
    folder = report_index(settings).parent / "articles"
    kept = folder / batch_folder("one") / "notes.txt"
    kept.write_text("somebody's own")
    (folder / "one-a-txt-0123456789ab.html").write_text("of an older version")
    load(settings, "one", named(examination, "one/b.txt"))
    assert build_report(settings, ["one"])[1:] == (1, 4, 3)
    notes = f"articles/{batch_folder('one')}/notes.txt"
    assert files(settings) == pages_of("one/b.txt") | {notes}
    parts.remove_batch(settings.parquet, "one")
    load(settings, "two", named(examination, "two/a.txt"))
    warehouse.load_batch(settings.database, settings.parquet, "one")
    build_report(settings, ["two"])
    assert files(settings) == pages_of("two/a.txt") | {notes}


def test_a_ruled_finding_is_shown_as_ruled_with_its_reason(settings: Settings, examination: Examination) -> None:
    load(settings, "one", named(examination, "one/a.txt"))
    statement = Statement("one/a.txt", "sum", "全市开工191项,其中工业100项,农业90项。", ("100项", "90项", "191项"))
    reason = "as <b>printed</b>"
    append_ruling(settings.rulings, Ruling(statement, "false alarm", reason, date(2026, 1, 2), "0" * 64))
    ruled.refresh(settings)
    built = build_report(settings)
    listed = built.page.parent / "articles" / batch_folder("one") / "index.html"
    assert 'data-status="ruled"' in listed.read_text("utf-8")
    assert '<option value="ruled">' in listed.read_text("utf-8")
    english = text_of(settings, "one/a.txt")
    assert "<strong>false alarm</strong>: <bdi>as &lt;b&gt;printed&lt;/b&gt;</bdi>" in english
    assert "What fails, and was ruled on" in english
    assert "1 of 3 checks fail, and a reviewer has ruled on each" in english
    assert '<li class="check ruled" id="c2">' in english
    assert 'class="fig ruled" id="f2"' in english
    assert "<strong>误报</strong>" in text_of(settings, "one/a.txt", "zh")
    settings.rulings.unlink()
    ruled.refresh(settings)
    build_report(settings)  # a ruling is reason enough to make the pages of its batch anew
    assert 'data-status="ruled"' not in listed.read_text("utf-8")
    assert '<option value="ruled">' not in listed.read_text("utf-8")


def test_a_run_renews_the_pages_of_its_batch_and_nothing_else(settings: Settings, examination: Examination) -> None:
    load(settings, "one", named(examination, "one/a.txt"))
    load(settings, "two", named(examination, "two/a.txt"))
    built = build_report(settings, ["two"])
    assert files(settings) == pages_of("two/a.txt")
    assert "no pages yet" in built.page.read_text("utf-8"), "a batch without pages is not silently missing"
    build_report(settings)
    assert files(settings) == pages_of("one/a.txt", "two/a.txt")
    pages = [report_index(settings).parent / page_path(batch, f"{batch}/a.txt", "en") for batch in ("one", "two")]
    for page in pages:
        page.write_text("old")
    build_report(settings, ["two"])
    assert [page.read_text("utf-8") == "old" for page in pages] == [True, False]
    pages[0].unlink()
    build_report(settings)
    assert pages[0].exists(), "a page that somebody removed comes back"
    (settings.warehouse / "report.sqlite").write_bytes(b"damaged" * 100)
    assert build_report(settings)[1:] == (2, 0, 0), "what is remembered is no more than that"


def test_a_large_batch_has_pages_of_what_fails_first_and_of_what_is_asked_for(
    settings: Settings, examination: Examination, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, bound in {"MOST_PAGES": 2, "LISTED": 2, "MOST_LISTED": 3, "BATCHES": 1}.items():
        monkeypatch.setattr(build, name, bound)
    sound = examination._replace(relations=examination.relations[:1])
    ids = [f"one/{n}.txt" for n in range(5)]
    load(settings, "one", *(named(examination if n == 4 else sound, each) for n, each in enumerate(ids)))
    told: list[tuple[int, int]] = []
    build_report(settings, on_progress=lambda *step: told.append(step))
    assert told[-1] == (2, 2)
    folder = f"articles/{batch_folder('one')}"
    later = {f"{folder}/index.2.html", f"{folder}/index.2.zh.html"}
    assert files(settings) == pages_of("one/4.txt", "one/0.txt") | later
    assert page_of(settings, "one/4.txt", "zh") == page_path("one", "one/4.txt", "zh")
    assert page_of(settings, "one/3.txt", "zh") == f"{folder}/index.zh.html", "where there is no page, the list"
    first, second = ((report_index(settings).parent / folder / n).read_text("utf-8") for n in LISTS)
    assert first.index("one/4.txt") < first.index("one/0.txt")
    assert "one/1.txt" in second
    assert "report --article ID" in second
    assert "2 more, in which nothing else fails, are not listed" in second
    build_report(settings, articles=["one/3.txt"])
    asked = pages_of("one/4.txt", "one/0.txt", "one/3.txt") | later
    assert files(settings) == asked
    load(settings, "one", *(named(examination, each) for each in ids))
    build_report(settings, ["one"])
    third = {f"{folder}/index.3.html", f"{folder}/index.3.zh.html"}
    assert files(settings) == pages_of("one/0.txt", "one/1.txt", "one/3.txt", "one/4.txt") | later | third, (
        "all that fail are listed, and pages that are there stay"
    )
    assert "100 + 90 = 190" in text_of(settings, "one/3.txt")
    load(settings, "two", named(examination, "two/a.txt"))
    build_report(settings, ["two"])
    assert f"{batch_folder('two')}/" in report_index(settings).read_text("utf-8")
    assert f"{batch_folder('one')}/" in report_index(settings).with_name("index.2.html").read_text("utf-8")
    with pytest.raises(UnknownArticle):
        build_report(settings, articles=["one/9.txt"])


LISTS = ("index.html", "index.2.html")


def test_the_command_writes_it(
    settings: Settings, examination: Examination, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HENGSHUI_HOME", str(settings.root))
    with pytest.raises(Refused, match="no warehouse yet"):
        commands.app(["report"], standalone_mode=False)
    load(settings, "one", named(examination, "one/a.txt"))
    commands.app(["report", "--lang", "zh"], standalone_mode=False)
    assert capsys.readouterr().out.startswith("1 篇文章")
    page = report_index(settings).parent / page_path("one", "one/a.txt", "zh")
    page.unlink()
    commands.app(["report", "--lang", "zh", "--article", "one/a.txt"], standalone_mode=False)
    assert page.name in capsys.readouterr().out
    assert page.exists()
    with pytest.raises(Refused, match="no article"):
        commands.app(["report", "--article", "one/b.txt"], standalone_mode=False)
    assert report_index(settings).exists()
