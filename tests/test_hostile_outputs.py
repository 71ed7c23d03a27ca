"""What articles, files and records are called, and what they say, is shown by every output and obeyed by none.

cases/hostile_outputs.json: `text` becomes headline, sentence, name of a file, id and url of a record, and a reviewer's
reason; `never` may stand in no output as it is, `never_in_markdown` in no Markdown.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from hengshui_etl import loading, parts, ruled, warehouse
from hengshui_etl.alerts.announce import ledger_file, tell
from hengshui_etl.alerts.ledger import ledger, logged
from hengshui_etl.answers import answer_line
from hengshui_etl.defs.shown import failing_table
from hengshui_etl.messages import messages
from hengshui_etl.pipeline import examine
from hengshui_etl.querying import csv_lines, json_lines, layout, markdown_lines, record_lines, table_lines
from hengshui_etl.reading import plain_lines, reading_of
from hengshui_etl.report.build import build_report
from hengshui_etl.rulings import Ruling, Statement, append_ruling
from hengshui_etl.settings import Settings, read_settings

CASES = json.loads((Path(__file__).parent / "cases" / "hostile_outputs.json").read_text("utf-8"))
BATCH = "2019-10"
TABLES = ("raw_articles", "articles", "figures", "relations", "quarantine", "failed_checks", "rulings")
UNSEEN = {"terminal", "direction", "unseen"}
FORMULA = "=+-@＝＋－＠\t\r"


def article(text: str) -> str:
    rest = "农业生产稳步发展，工业结构持续优化。" * 150  # a file full of controls is refused as a whole
    return f"{text}某市开工项目\n{text}全市开工191项，其中{text}工业100项，农业90项。\n{rest}\n"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A warehouse of all cases, with a ruling on each second one."""
    found = read_settings({"HENGSHUI_HOME": str(tmp_path_factory.mktemp("hostile"))})
    folder = found.raw / BATCH
    folder.mkdir(parents=True)
    records = []
    for case in CASES:
        text = case["text"]
        name = text.replace("/", "∕").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        (folder / f"{name}.txt").write_text(article(text), "utf-8", "replace")
        (folder / f"{name}.empty.txt").write_bytes(b"")
        identity = name if name.isprintable() else case["name"]
        records.append({"id": identity, "url": f"http://a.b/{name}", "text": article(name)})
        records.append({"id": f"{identity}!", "url": f"javascript:{name}", "text": ""})
    lines = (json.dumps(record) for record in records)
    (folder / "records.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    loading.list_batch(found, BATCH)
    loading.examine_batch(found, BATCH)
    warehouse.load_batch(found.database, found.parquet, BATCH)
    failing = "SELECT article_id, type, sentence_text, operand_texts FROM relations WHERE status = 'fail' ORDER BY ALL"
    _, *rows = ask(found, failing)
    assert len(rows) >= len(CASES)
    for article_id, kind, sentence, figures in rows[::2]:
        statement = Statement(article_id, kind, sentence, tuple(figures))
        append_ruling(found.rulings, Ruling(statement, "acknowledged", sentence, date(2026, 1, 2), "0" * 64))
    ruled.refresh(found)
    return found


def ask(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    """Names of columns, then rows."""
    with warehouse.database(settings.database, read_only=True) as connection:
        result = connection.execute(sql)
        return [tuple(column[0] for column in result.description), *result.fetchall()]


def answers(settings: Settings) -> Iterator[tuple[tuple[str, ...], list[tuple[object, ...]]]]:
    for table in TABLES:
        columns, *rows = ask(settings, f"SELECT * FROM {table}")
        yield tuple(map(str, columns)), rows


def never(output: str, key: str = "never") -> None:
    for case in CASES:
        for text in case.get(key, ()):
            assert text not in output, (case["name"], output[max(0, output.find(text) - 100) :][:250])


def nothing_unseen(output: str) -> None:
    """Markup is text here; characters that are obeyed or cannot be seen are not there."""
    for sign in (sign for case in CASES if case["name"] in UNSEEN for sign in case["never"]):
        assert sign not in output, output[max(0, output.find(sign) - 100) :][:250]


def test_pages_of_the_report(settings: Settings) -> None:
    built = build_report(settings)
    pages = [path for path in built.page.parent.rglob("*") if path.is_file()]
    assert len(pages) > 2 * len(CASES)
    for path in pages:
        name = path.relative_to(built.page.parent).as_posix()
        assert re.fullmatch(r"[\w./-]+", name, re.ASCII), name
        if path.suffix == ".html":
            never(path.read_text("utf-8"))


def test_answers_on_the_terminal(settings: Settings) -> None:
    for columns, rows in answers(settings):
        nothing_unseen("\n".join(plain_lines(table_lines(layout(columns, rows)))))
        nothing_unseen("\n".join(plain_lines(record_lines(columns, rows))))


def test_answers_as_json(settings: Settings) -> None:
    for columns, rows in answers(settings):
        lines = list(json_lines(columns, rows))
        assert [len(json.loads(line)) for line in lines] == [len(columns)] * len(rows)
        nothing_unseen("\n".join(lines))


def test_answers_as_csv(settings: Settings) -> None:
    for columns, rows in answers(settings):
        text = "\n".join(csv_lines(columns, rows))
        parsed = list(csv.reader(text.splitlines(keepends=True)))
        assert [len(row) for row in parsed] == [len(columns)] * (len(rows) + 1)
        for cell in (cell for row in parsed[1:] for cell in row):
            number = cell.lstrip("+-").replace(".", "", 1).isdigit()
            assert number or not cell.startswith(tuple(FORMULA)), cell
        nothing_unseen(text)


def test_answers_as_markdown(settings: Settings) -> None:
    for columns, rows in answers(settings):
        text = "\n".join(markdown_lines(columns, rows))
        never(text)
        never(text, "never_in_markdown")


def test_markdown_in_the_ui(settings: Settings) -> None:
    relations = parts.read_table(settings.parquet, "relations", BATCH).filter(pl.col("status") == "fail")
    named = {(row["article_id"], row["relation_id"]): row["sentence_text"] for row in relations.iter_rows(named=True)}
    texts = {(article_id, f"f{n}"): name for n in range(9) for (article_id, _), name in named.items()}
    for start in range(0, len(relations), 20):
        table = failing_table(relations[start : start + 20], texts, rulings=named)
        never(table)
        never(table, "never_in_markdown")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_alerts(settings: Settings, language: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HENGSHUI_LANG", language)
    monkeypatch.delenv("HENGSHUI_ALERT_URLS", raising=False)
    ledger_file(settings).unlink(missing_ok=True)
    made, _ = tell(settings, {BATCH: None}, {}, {}, {})
    assert made
    with ledger(ledger_file(settings)) as connection:
        for entry in logged(connection, 1000):
            nothing_unseen(f"{entry.message.title}\n{entry.message.body}")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_article_that_is_checked(case: dict[str, object]) -> None:
    """Its markup is text on a terminal; what a terminal obeys is not there."""
    data = article(str(case["text"])).encode("utf-8", "replace")
    found = examine(data, source_path=f"{case['text']}.txt")
    for language in ("en", "zh"):
        lines = "\n".join(plain_lines(reading_of(found, messages(language))))
        assert all(line.isprintable() for line in lines.split("\n")), lines
    assert json.loads(answer_line(found))["figures"]
