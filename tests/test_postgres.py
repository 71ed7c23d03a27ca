"""Dagster's storage in PostgreSQL: a real server, a real run, the same alerts and sensors as with SQLite."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg2
import pytest
import yaml

from hengshui_etl.alerts.announce import ledger_file
from hengshui_etl.alerts.ledger import ledger, logged
from hengshui_etl.definitions import defs
from hengshui_etl.defs.ended import look
from hengshui_etl.defs.partitions import PARTITION
from hengshui_etl.defs.sensors import alerting, arriving
from hengshui_etl.home import prepared_dagster_home
from hengshui_etl.run import JOB, NO_RETRY, instance_of, run_batches
from hengshui_etl.settings import SettingInvalid, Settings, read_settings

ROOT = Path(__file__).parent.parent
SEED = "2019-10/hengshui-industrial-upgrading.txt"
WRONG = (
    "某市工业情况\n2019年10月16日\n1-9月份，全市规模以上工业企业实现利润23.1亿元，去年同期为21.0亿元，同比增长1.0%。\n"
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server of our own, with a database `dagster`. Without PostgreSQL the tests are skipped, or fail
    where they have to run (CI=true)."""
    path = os.pathsep.join([os.environ["PATH"], *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"))[::-1])])
    found = {name: shutil.which(name, path=path) for name in ("initdb", "postgres")}
    if None in found.values():
        missing = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    owner = {}
    if os.geteuid() == 0:  # under which it refuses to run
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        owner = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}
    password = secrets.token_hex(16)
    (folder / "password").write_text(password)
    (folder / "password").chmod(0o644)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    init = [
        found["initdb"],
        "-D",
        data,
        "-U",
        "dagster",
        "-A",
        "password",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run([*init, "--pwfile", folder / "password"], check=True, capture_output=True, cwd=folder, **owner)
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", "", "-c", "fsync=off", "-c", "max_connections=100"]
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        process = subprocess.Popen(
            [found["postgres"], "-D", data, *options], stderr=log, stdout=log, cwd=folder, **owner
        )
    try:
        connection = connected(process, host="127.0.0.1", port=port, user="dagster", password=password)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE dagster")
        connection.close()
        yield f"postgresql+psycopg2://dagster:{password}@127.0.0.1:{port}/dagster"
    finally:
        process.send_signal(signal.SIGINT)  # it ends at once, whoever is connected
        try:
            process.wait(20)
        finally:
            process.kill()
            shutil.rmtree(folder, ignore_errors=True)
            Path(log.name).unlink()


def connected(process: subprocess.Popen[bytes], **where: object) -> Any:
    """A connection to a server that is starting."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(psycopg2.OperationalError):
            return psycopg2.connect(**where, dbname="postgres")
        time.sleep(0.1)
    raise AssertionError("PostgreSQL does not come up")


@pytest.fixture(scope="module")
def project(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A project with the seed, whose Dagster keeps everything in the server."""
    environ = {"HENGSHUI_HOME": str(tmp_path_factory.mktemp("project")), "HENGSHUI_POSTGRES_URL": server}
    settings = read_settings(environ)
    (settings.raw / SEED).parent.mkdir(parents=True)
    shutil.copyfile(ROOT / "data" / "raw" / SEED, settings.raw / SEED)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        patch.delenv("HENGSHUI_ALERT_URLS", raising=False)
        yield settings


def rows(server: str, query: str) -> list[tuple[object, ...]]:
    """What the server itself holds."""
    connection = psycopg2.connect(server.replace("+psycopg2", ""))
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def told(project: Settings) -> Settings:
    """The project after its first run."""
    report = run_batches(project)
    assert (report.ok, report.articles, report.errors) == (True, 1, ())
    return project


def add(settings: Settings, batch: str, text: str) -> None:
    """A batch of one article."""
    (settings.raw / batch).mkdir()
    (settings.raw / batch / "a.txt").write_text(text, "utf-8")


def test_a_run_is_recorded_in_the_server(told: Settings, server: str) -> None:
    assert rows(server, "SELECT status, pipeline_name FROM runs") == [("SUCCESS", "load_batch")]
    found = dict(rows(server, "SELECT dagster_event_type, count(*) FROM event_logs GROUP BY 1"))
    assert found["ASSET_MATERIALIZATION"] >= 9
    evaluated = rows(server, "SELECT DISTINCT execution_status FROM asset_check_executions")
    assert evaluated == [("SUCCEEDED",)]
    assert rows(server, "SELECT partition FROM dynamic_partitions") == [("2019-10",)]
    assert list(told.dagster_home.rglob("*.db")) == []
    with instance_of(told) as instance:
        assert instance.get_materialized_partitions(dg.AssetKey("warehouse")) == {"2019-10"}


def test_the_next_run_finds_it_there(told: Settings, server: str) -> None:
    assert run_batches(told).unchanged == ("2019-10",)
    assert len(rows(server, "SELECT 1 FROM runs")) == 1


def test_sensors_work_with_it_and_alerts_are_told_once(told: Settings) -> None:
    add(told, "2020-01", WRONG)
    with instance_of(told) as instance:
        cursor, asked = None, []
        for _ in range(3):  # new, at rest, asked for
            result = arriving(context := dg.build_sensor_context(instance=instance, cursor=cursor))
            asked.append([each.partition_key for each in getattr(result, "run_requests", None) or ()])
            cursor = getattr(result, "cursor", None) or context.cursor
        assert asked == [[], ["2020-01"], []]
        assert run_batches(told).batches == ("2019-10", "2020-01")
        assert isinstance(alerting(dg.build_sensor_context(instance=instance)), dg.SkipReason)
    with ledger(ledger_file(told)) as connection:
        (entry,) = logged(connection, 10)
    assert "2020-01/a.txt" in entry.message.title


def test_an_end_that_is_seen_behind_later_ones_is_told(told: Settings, server: str) -> None:
    """The numbers of events are given out before they are committed."""
    connection = psycopg2.connect(server.replace("+psycopg2", ""))
    with instance_of(told) as instance:

        def fail(batch: str) -> None:
            tags = {PARTITION: batch, **NO_RETRY}
            instance.report_run_failed(instance.create_run_for_job(defs.resolve_job_def(JOB), tags=tags))

        fail("2020-02")
        with connection, connection.cursor() as cursor:
            cursor.execute("DELETE FROM event_logs WHERE dagster_event_type = 'PIPELINE_FAILURE' RETURNING *")
            (late,) = cursor.fetchall()
        fail("2020-03")
        assert [look(told, instance).made for _ in range(2)] == [1, 0]
        with connection, connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO event_logs VALUES ({', '.join(['%s'] * len(late))})", late)
        assert [look(told, instance).made for _ in range(2)] == [1, 0]
    connection.close()


def test_a_database_that_is_named_is_used_and_no_file_of_others_is_touched(tmp_path: Path) -> None:
    home = {"HENGSHUI_HOME": str(tmp_path)}
    without, named = read_settings(home), read_settings({**home, "HENGSHUI_POSTGRES_URL": "postgresql://db"})
    file = prepared_dagster_home(without) / "dagster.yaml"
    first = file.read_text("utf-8")
    prepared_dagster_home(named)
    assert file.read_text("utf-8").startswith(first)
    storage = yaml.safe_load(file.read_text("utf-8"))["storage"]
    assert storage == {"postgres": {"postgres_url": {"env": "HENGSHUI_POSTGRES_URL"}}}
    for settings in (without, named):
        prepared_dagster_home(settings)
        assert yaml.safe_load(file.read_text("utf-8"))["storage"] == storage
    file.write_text("storage: {sqlite: {base_dir: /srv}}\n", "utf-8")
    with pytest.raises(SettingInvalid, match=r"written by hand, does not use it; add to it:\n\nstorage:"):
        prepared_dagster_home(named)
    file.write_text("storage: {postgres: {postgres_url: {env: HENGSHUI_POSTGRES_URL}}}\n", "utf-8")
    prepared_dagster_home(named)
    assert file.read_text("utf-8").startswith("storage: {postgres")


def test_nothing_that_articles_say_breaks_the_record(told: Settings, server: str) -> None:
    """PostgreSQL holds no NUL in its texts, and no halves of characters: a batch full of them is recorded all the same,
    with checks that fail and files that are refused."""
    cases = json.loads((ROOT / "tests/cases/hostile_outputs.json").read_text("utf-8"))
    texts = [case["text"] for case in cases if case["name"] in ("terminal", "unseen", "template", "query")]
    assert len(texts) == 4
    folder = told.raw / "2018-01"
    folder.mkdir()
    for number, text in enumerate([*texts, "\0", "'; DROP TABLE runs; --", "%s %(a)s \\u0000"]):
        name = text.replace("/", "∕").replace("\0", "nul").encode("utf-8", "replace").decode()
        (folder / f"{number} {name}.txt").write_text(f"{text}{WRONG}".replace("\0", ""), "utf-8", "replace")
        (folder / f"{number} {name}.html").write_bytes(
            f"<p>{WRONG}\0&#0;{name}\ud800</p>".encode("utf-8", "surrogatepass")
        )
        (folder / f"{number} {name}.empty").write_bytes(b"")
    records = [{"id": f"{n} {text}\0", "text": f"{text}\0{WRONG}", "url": text} for n, text in enumerate(texts)]
    (folder / "all.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    before = rows(server, "SELECT count(*) FROM runs")
    report = run_batches(told, ["2018-01"])
    assert report.errors == ()
    assert report.articles > len(texts)
    assert report.counts.failed > len(texts)
    ((count,),) = before
    assert rows(server, "SELECT count(*) FROM runs") == [(count + 1,)]
    ((checked,),) = rows(server, "SELECT count(*) FROM asset_check_executions WHERE partition = '2018-01'")
    assert checked >= 20
    with instance_of(told) as instance:
        (run,) = instance.get_runs(limit=1)
        assert run.status == dg.DagsterRunStatus.SUCCESS
        assert any("quarantine" in str(entry.dagster_event) for entry in instance.all_logs(run.run_id))
