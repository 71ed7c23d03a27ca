"""Runs of the whole Dagster job on small batches: what is green, what is red, what is reported."""

from __future__ import annotations

import hashlib
import signal
from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from hengshui_etl import examining, loading, parts, warehouse
from hengshui_etl.closing import summary
from hengshui_etl.defs.ended import OURS
from hengshui_etl.messages import messages
from hengshui_etl.reading import plain_lines
from hengshui_etl.records import Examination
from hengshui_etl.rulings import Ruling, Statement, append_ruling
from hengshui_etl.run import HistoryFailed, UnknownBatch, instance_of, run_batches
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.tables import contracts
from hengshui_etl.text import Unreadable


@pytest.fixture(scope="module")
def dagster_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Making its database takes longest; the tests use batches of different names."""
    return tmp_path_factory.mktemp("dagster")


@pytest.fixture
def settings(tmp_path: Path, dagster_home: Path) -> Settings:
    return read_settings({"HENGSHUI_HOME": str(tmp_path), "DAGSTER_HOME": str(dagster_home)})


@pytest.fixture(autouse=True)
def _examine(monkeypatch: pytest.MonkeyPatch, examination: Examination) -> None:
    def examine(data: bytes, *, source_path: str, article_id: str | None = None) -> Examination:
        if data.startswith(b"unreadable"):
            raise Unreadable("the file is empty")
        if data.startswith(b"fault"):
            raise ZeroDivisionError("of ours")
        sha256 = hashlib.sha256(data).hexdigest()
        article = examination.article._replace(article_id=article_id or "", source_path=source_path, sha256=sha256)
        relations = examination.relations[:1] if data.startswith(b"sound") else examination.relations
        return examination._replace(article=article, relations=relations)

    monkeypatch.setattr(examining, "examine", examine)


def put(settings: Settings, name: str, data: bytes) -> Path:
    path = settings.raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def checks(settings: Settings, batch: str) -> dict[str, dg.AssetCheckEvaluation]:
    """The evaluations of all checks in the last run of a batch, from Dagster's own record."""
    with instance_of(settings) as instance:
        (run,) = instance.get_runs(dg.RunsFilter(tags={"dagster/partition": batch}), limit=1)
        events = [entry.dagster_event for entry in instance.all_logs(run.run_id)]
    evaluations = [
        event.asset_check_evaluation_data
        for event in events
        if event and event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ]
    assert {evaluation.partition for evaluation in evaluations} == {batch}
    return {f"{each.asset_key.to_user_string()}:{each.check_name}": each for each in evaluations}


def test_nothing_to_do_is_told(settings: Settings) -> None:
    assert run_batches(settings).batches == ()


def test_a_finding_leaves_the_run_green_and_is_reported(settings: Settings) -> None:
    put(settings, "finding/1.txt", b"with a wrong sum")
    put(settings, "finding/2.txt", b"unreadable")
    told: list[tuple[str, str, int, int]] = []
    report = run_batches(settings, on_progress=lambda *step: told.append(step))
    assert (report.ok, report.errors, report.batches) == (True, (), ("finding",))
    assert (report.articles, report.figures, report.relations) == (1, 5, 3)
    (failed,) = report.failed
    assert (failed.article_id, failed.source_path, failed.check_id) == ("finding/1.txt", "finding/1.txt", "c2")
    assert (failed.type, failed.severity, failed.message_zh) == ("sum", "error", "共190项")
    assert report.quarantined == (("finding/2.txt", "the file is empty"),)
    assert {batch for batch, *_ in told} == {"finding"}
    assert [step for _, step, *_ in told] == ["raw_articles", "articles", "relations", "warehouse", "report"]

    found = checks(settings, "finding")
    failing = {name for name, evaluation in found.items() if not evaluation.passed}
    assert failing == {"relations:sums_hold"}
    evaluation = found["relations:sums_hold"]
    assert (evaluation.severity, evaluation.blocking) == (dg.AssetCheckSeverity.WARN, False)
    table = evaluation.metadata["failing"].value
    for piece in (
        "finding/1.txt",
        "100 + 90 = 190, not 191",
        "191项 (f2)",
        "| 191 | 190 | 1 |",
        "191项 → 190项",
        "全市开工191项",
    ):
        assert piece.replace("(", r"\(").replace(")", r"\)").replace("=", r"\=") in table
    assert evaluation.metadata["fail"].value == 1
    assert found["quarantine:nothing_failed_in_the_program"].passed


def times(settings: Settings) -> dict[Path, int]:
    """When each file of the warehouse was written, but for the ledger of alerts, which notes every run, and
    what is remembered of raw files, which are hashed once more where they were young."""
    files = (path for path in settings.warehouse.rglob("*") if path.is_file())
    return {path: path.stat().st_mtime_ns for path in files if path.name not in ("alerts.sqlite", "hashes.sqlite")}


def test_a_second_run_does_nothing_and_says_the_same(settings: Settings) -> None:
    put(settings, "twice/1.txt", b"with a wrong sum")
    first = run_batches(settings)
    before = times(settings)
    second = run_batches(settings)
    assert second == first._replace(unchanged=("twice",))
    third = run_batches(settings, ["twice"])
    assert third == first, "a batch that is named is run in any case"
    assert times(settings) == before


def test_a_changed_file_replaces_its_rows_and_a_removed_batch_goes(settings: Settings) -> None:
    one, two = put(settings, "changing/1.txt", b"with a wrong sum"), put(settings, "going/1.txt", b"sound")
    assert len(run_batches(settings).failed) == 1
    one.write_bytes(b"sound now")
    two.unlink()
    report = run_batches(settings)
    assert (report.batches, report.removed, report.failed, report.articles) == (("changing",), ("going",), (), 1)
    assert warehouse.query(settings.database, "SELECT DISTINCT batch FROM figures")[1] == [("changing",)]
    assert parts.stored_batches(settings.parquet) == ["changing"]
    with instance_of(settings) as instance:
        assert "going" not in instance.get_dynamic_partitions("batches")


def test_a_broken_contract_is_red_and_stops_what_follows(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    put(settings, "broken/1.txt", b"sound")
    run_batches(settings)
    original = examining.frames_of

    def broken(*arguments: object) -> object:
        frames = original(*arguments)  # type: ignore[arg-type]
        frames["figures"] = frames["figures"].with_columns(unit=pl.lit(None, dtype=pl.String))
        return frames

    monkeypatch.setattr(examining, "MOST_AT_FAULT", 0)  # a fault of more than a few articles
    put(settings, "broken/2.txt", b"sound as well")
    put(settings, "fine/1.txt", b"sound")
    monkeypatch.setattr(
        examining, "frames_of", lambda batch, examined: (broken if batch == "broken" else original)(batch, examined)
    )
    report = run_batches(settings)
    assert not report.ok
    (error,) = report.errors
    assert error.startswith("broken: figures:figures_contract: figures.unit: ")
    evaluation = checks(settings, "broken")["figures:figures_contract"]
    assert (evaluation.passed, evaluation.severity, evaluation.blocking) == (False, dg.AssetCheckSeverity.ERROR, True)
    assert "| unit |" in evaluation.metadata["violations"].value
    loaded = warehouse.query(settings.database, "SELECT batch, count(*) FROM articles GROUP BY ALL ORDER BY ALL")[1]
    assert loaded == [("broken", 1), ("fine", 1)], "the old rows stay, and other batches are loaded"
    with instance_of(settings) as instance:
        statuses = {run.tags["dagster/partition"]: run.status for run in reversed(instance.get_runs(limit=2))}
    assert statuses == {"broken": dg.DagsterRunStatus.FAILURE, "fine": dg.DagsterRunStatus.SUCCESS}


def test_a_fault_of_ours_is_red_and_costs_one_article(settings: Settings) -> None:
    put(settings, "fault/1.txt", b"fault")
    put(settings, "fault/2.txt", b"sound")
    report = run_batches(settings)
    assert (report.ok, report.articles) == (False, 1)
    assert (report.errors, report.counts.ours) == ((), 1)
    assert report.ours == (("fault/1.txt", "the program failed on it: ZeroDivisionError: of ours"),)
    check = checks(settings, "fault")[OURS]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    said = plain_lines(summary(report, settings.database, settings.rulings, messages("zh")))
    assert "  ✗ fault/1.txt  程序在此出错：ZeroDivisionError: of ours" in said
    again = run_batches(settings)
    assert (again.unchanged, again.ok, again.ours) == (("fault",), False, report.ours), "it does not grow silent"


def test_ctrl_c_ends_a_run_and_those_that_were_to_come(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    put(settings, "stopped/1.txt", b"with a wrong sum")
    put(settings, "stopped-next/1.txt", b"sound")
    original = examining.examine
    monkeypatch.setattr(examining, "examine", lambda *_, **__: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        run_batches(settings)
    with instance_of(settings) as instance:
        runs = instance.get_runs(dg.RunsFilter(tags={"dagster/partition": ["stopped", "stopped-next"]}))
    assert [(run.tags["dagster/partition"], run.status) for run in runs] == [("stopped", dg.DagsterRunStatus.CANCELED)]
    assert not settings.database.exists()
    monkeypatch.setattr(examining, "examine", original)
    report = run_batches(settings)
    assert (report.ok, report.batches) == (True, ("stopped", "stopped-next"))


def test_an_unknown_batch_is_refused_before_anything_is_done(settings: Settings) -> None:
    put(settings, "there/1.txt", b"sound")
    with pytest.raises(UnknownBatch) as unknown:
        run_batches(settings, ["there", "../etc"])
    assert unknown.value.args == ("../etc",)
    assert not settings.warehouse.exists()


def test_what_a_step_cannot_do_is_one_line(settings: Settings) -> None:
    put(settings, "stuck/1.txt", b"sound")
    settings.warehouse.mkdir(parents=True)
    settings.database.mkdir()  # no file can be there
    report = run_batches(settings, ["stuck"])
    assert not report.ok
    of_the_step, advice = report.errors
    assert of_the_step.startswith("stuck: ")
    assert "hengshui-etl rebuild" in advice
    assert "\n" not in of_the_step + advice


def test_a_record_of_runs_without_its_tables_is_named_with_what_to_do(tmp_path: Path) -> None:
    settings = read_settings({"HENGSHUI_HOME": str(tmp_path)})
    with instance_of(settings) as instance:
        instance.add_dynamic_partitions("batches", ["2019-10"])
    (settings.dagster_home / "history" / "runs" / "index.db").write_bytes(b"")
    with pytest.raises(HistoryFailed) as told, instance_of(settings) as instance:
        instance.add_dynamic_partitions("batches", ["2019-11"])
    assert str(settings.dagster_home) in str(told.value)
    assert "move the folder away" in str(told.value)


def test_every_contract_is_checked_by_dagster(settings: Settings) -> None:
    put(settings, "all/1.txt", b"sound")
    run_batches(settings)
    found = {name.partition(":")[2] for name in checks(settings, "all")}
    assert {f"{table}_contract" for table in contracts.CONTRACTS} <= found


def ruled(
    settings: Settings, article: str, sha256: str, sentence: str = "全市开工191项,其中工业100项,农业90项。"
) -> None:
    statement = Statement(article, "sum", sentence, ("100项", "90项", "191项"))
    append_ruling(settings.rulings, Ruling(statement, "false alarm", "印刷如此", date(2026, 1, 2), sha256))


def test_a_ruling_lets_the_check_pass_and_is_told_apart(settings: Settings) -> None:
    data = b"with a wrong sum"
    put(settings, "ruling/1.txt", data)
    put(settings, "ruling/2.txt", data)
    put(settings, "other/1.txt", b"sound")
    assert len(run_batches(settings).failed) == 2
    ruled(settings, "ruling/1.txt", hashlib.sha256(data).hexdigest())
    report = run_batches(settings)
    assert report.unchanged == ("other",), "what the ruling is about is run again, and nothing else"
    assert [failed.article_id for failed in report.failed] == ["ruling/2.txt"]
    assert [(each.article_id, each.ruling, each.reason) for each in report.ruled] == [
        ("ruling/1.txt", "false alarm", "印刷如此")
    ]
    assert report.stale == ()
    check = checks(settings, "ruling")["relations:sums_hold"]
    assert not check.passed, "the other one still fails"
    assert (check.metadata["fail"].value, check.metadata["ruled"].value) == (2, 1)
    assert r"false alarm\: 印刷如此" in check.metadata["failing"].value

    ruled(settings, "ruling/2.txt", hashlib.sha256(data).hexdigest())
    report = run_batches(settings)
    assert (report.failed, len(report.ruled)) == ((), 2)
    found = checks(settings, "ruling")
    assert found["relations:sums_hold"].passed
    assert found["warehouse:rulings_are_current"].passed
    assert run_batches(settings).unchanged == ("other", "ruling")

    settings.rulings.unlink()
    report = run_batches(settings)
    assert (len(report.failed), report.ruled) == (2, ())
    assert not checks(settings, "ruling")["relations:sums_hold"].passed


def test_stale_rulings_are_named_and_a_file_that_cannot_be_read_is_red(settings: Settings) -> None:
    put(settings, "stale/1.txt", b"with a wrong sum")
    ruled(settings, "stale/1.txt", "0" * 64)
    ruled(settings, "stale/gone.txt", "0" * 64)
    report = run_batches(settings)
    assert report.ok
    assert [(each.article_id, each.why, each.applies) for each in report.stale] == [
        ("stale/1.txt", "text_changed", True),
        ("stale/gone.txt", "article_gone", False),
    ]
    check = checks(settings, "stale")["warehouse:rulings_are_current"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    settings.rulings.write_text("[[ruling]\n", "utf-8")
    report = run_batches(settings)
    assert not report.ok
    (error,) = report.errors
    assert "rulings.toml is not TOML" in error
    assert len(report.ruled) == 1, "what was ruled before stays in the database"
    report = run_batches(settings, ["stale"])
    assert any("rulings_are_current" in error for error in report.errors)


def test_rulings_reach_the_database_where_nothing_else_changed(settings: Settings) -> None:
    put(settings, "quiet/1.txt", b"sound")
    run_batches(settings)
    ruled(settings, "nowhere/1.txt", "0" * 64)
    report = run_batches(settings)
    assert report.unchanged == ("quiet",)
    assert [each.why for each in report.stale] == ["article_gone"]


def test_the_summary_tells_ruled_from_failed_and_names_stale_rulings(settings: Settings) -> None:
    put(settings, "told/1.txt", b"with a wrong sum")
    ruled(settings, "told/1.txt", "0" * 64)
    report = run_batches(settings)
    for language, words in (
        ("en", ("ruled on", "false alarm: 印刷如此", "the article has changed since", "rulings.toml")),
        ("zh", ("已裁定", "误报：印刷如此", "文章此后有改动", "rulings.toml")),
    ):
        lines = summary(report, settings.database, settings.rulings, messages(language))  # type: ignore[arg-type]
        text = "\n".join(plain_lines(lines))
        for word in words:
            assert word in text
        assert "✗" not in text


def test_pages_that_a_run_did_not_come_to_write_are_written_by_the_next(settings: Settings) -> None:
    put(settings, "died/1.txt", b"sound")
    run_batches(settings)
    put(settings, "died/2.txt", b"with a wrong sum")
    for step in (loading.list_batch, loading.examine_batch):  # a run that is killed after its load
        step(settings, "died")
    warehouse.load_batch(settings.database, settings.parquet, "died")
    pages = settings.warehouse / "report" / "articles"
    before = len(list(pages.rglob("*.html")))
    report = run_batches(settings)
    assert report.ok
    assert report.unchanged == ("died",)
    assert len(list(pages.rglob("*.html"))) == before + 2
