"""What one more article costs in a large warehouse, against a small one: python benchmarks/incremental.py

    --batches 200 --articles 1000   how large the large one is (1000 and 1000: a million articles)
    --raw files|bulk                a file an article, or a file of many articles a batch
    --folder DIR                    where both lie; what is there from before is used again

The large one is not examined: one batch of articles is (practice articles with their digits changed), and its rows are
written again under the names of other batches, with the hashes that go with them. Then the same commands are run in
both projects, each in a process of its own. Printed are seconds, seconds of the processor, and MiB read and written, by
the command and all that it starts, whether or not they came from the disk.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parent.parent
sys.path.insert(0, str(PROJECT))

import dagster as dg  # noqa: E402
import polars as pl  # noqa: E402

from hengshui_etl import hashes, loading, parts, sources, warehouse  # noqa: E402
from hengshui_etl.home import prepared_dagster_home  # noqa: E402
from hengshui_etl.settings import Settings, read_settings  # noqa: E402
from hengshui_etl.tables.schemas import TABLES  # noqa: E402
from hengshui_etl.text import read_article  # noqa: E402

PRACTICE = sorted((PROJECT / "tests/golden/practice").glob("*.txt"))
SEED = PROJECT / "data/raw/2019-10/hengshui-industrial-upgrading.txt"
TEMPLATE = "b0000"
OLD = time.time() - 3600
PORT = 3977

TICK = """
import sys, dagster as dg
from hengshui_etl.defs import sensors
from hengshui_etl.home import prepared_dagster_home
from hengshui_etl.settings import read_settings
with dg.DagsterInstance.from_config(str(prepared_dagster_home(read_settings()))) as instance:
    from pathlib import Path
    kept = Path(sys.argv[2])
    cursor = kept.read_text() if kept.exists() else None
    with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
        result = getattr(sensors, sys.argv[1])(context)
        cursor = getattr(result, "cursor", None) or context.cursor
        if cursor is not None:
            kept.write_text(cursor)
        print(getattr(result, "skip_message", None) or len(result.run_requests or ()))
"""


class Cost(NamedTuple):
    """What a command took; `said` is the last line of what it printed."""

    seconds: float
    processor: float
    read: float
    written: float
    code: int
    said: str


WRONG = 0.15
"""Share of the articles of which digits are changed, so that most of those say what cannot be; the others differ in
their first line."""


def varied(articles: int) -> Iterator[tuple[str, str]]:
    """File names and texts: practice articles, no two the same."""
    chance = random.Random(20191016)
    texts = [read_article(path.read_bytes(), source_path=path.name).source for path in PRACTICE]
    for number in range(articles):
        text = texts[number % len(texts)]
        if chance.random() < WRONG:
            text = re.sub(r"\d(?=\d*[^\d年月日])", lambda _: str(chance.randrange(1, 10)), text)
        yield f"{number:05d}.txt", text.replace("\n", f"（之{number}）\n", 1)


def written(settings: Settings, batch: str, articles: int, raw: str) -> None:
    """The raw files of a batch, as if they had been there for an hour."""
    folder = settings.raw / batch
    folder.mkdir(parents=True, exist_ok=True)
    if raw == "bulk":
        lines = [json.dumps({"id": name, "text": text}, ensure_ascii=False) for name, text in varied(articles)]
        files = {"articles.jsonl": "\n".join(lines)}
    else:
        files = dict(varied(articles))
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
        os.utime(folder / name, (OLD, OLD))


def multiplied(settings: Settings, batches: int, articles: int, raw: str) -> None:
    """The large warehouse: one batch examined, its rows written under the other names, DuckDB made from them."""
    written(settings, TEMPLATE, articles, raw)
    loading.list_batch(settings, TEMPLATE)
    loading.examine_batch(settings, TEMPLATE)
    frames = {table: parts.read_table(settings.parquet, table, TEMPLATE) for table in TABLES}
    ids = frames["articles"]["article_id"]
    pieces = [  # as an examination writes them
        {table: _of(frame, ids[start : start + 100], not start) for table, frame in frames.items()}
        for start in range(0, len(ids), 100)
    ]
    names = [TEMPLATE, *(f"b{number:04d}" for number in range(1, batches))]
    for name in names[1:]:
        written(settings, name, articles, raw)
        files = list(sources.batch_files(settings.raw, name, settings.warehouse / hashes.FILE))
        mark = loading.fingerprint_of(files)
        with parts.BatchWriter(settings.parquet, name, tuple(TABLES), mark, loading.code_fingerprint()) as writer:
            for piece in pieces:
                writer.write({table: _renamed(frame, name) for table, frame in piece.items()})
    print(f"{batches} batches written; now DuckDB", file=sys.stderr, flush=True)
    warehouse.rebuild(settings.database, settings.parquet)
    with dg.DagsterInstance.from_config(str(prepared_dagster_home(settings))) as instance:
        instance.add_dynamic_partitions("batches", names)
        for name in names:
            instance.report_runless_asset_event(dg.AssetMaterialization("warehouse", partition=name))


def _of(frame: pl.DataFrame, ids: pl.Series, first: bool) -> pl.DataFrame:
    """The rows of these articles; of a table that speaks of files, all rows with the first ones."""
    if "article_id" in frame.columns:
        return frame.filter(pl.col("article_id").is_in(ids.implode()))
    return frame if first else frame.clear()


def _renamed(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    paths = [column for column in ("article_id", "source_path") if column in frame.columns]
    return frame.with_columns(
        pl.lit(name).alias("batch"), *(pl.col(path).str.replace(f"^{TEMPLATE}/", f"{name}/") for path in paths)
    )


def settings_of(folder: Path) -> Settings:
    """A project in a folder of its own."""
    return read_settings({"HENGSHUI_HOME": str(folder)})


def cost(folder: Path, *command: str) -> Cost:
    """Run a command in the project and measure it, with all that it starts."""
    environment = {**os.environ, "HENGSHUI_HOME": str(folder), "PYTHONPATH": str(PROJECT), "TERM": "dumb"}
    for name in ("HENGSHUI_RAW", "HENGSHUI_WAREHOUSE", "DAGSTER_HOME", "HENGSHUI_RULINGS", "HENGSHUI_ALERT_URLS"):
        environment.pop(name, None)
    before, began, cpu = _traffic(), time.perf_counter(), _processor()
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True)
    seconds, after = time.perf_counter() - began, _traffic()
    lines = (done.stderr if done.returncode > 1 else done.stdout).strip().splitlines() or [""]
    return Cost(
        seconds, _processor() - cpu, (after[0] - before[0]) / 2**20, (after[1] - before[1]) / 2**20, done.returncode,
        lines[-1][-100:],
    )  # fmt: skip


def _processor() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _traffic() -> tuple[int, int]:
    """Bytes that this process and its children that ended have read and written."""
    found = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(found["rchar"]), int(found["wchar"])


def arrived(folder: Path, batch: str) -> None:
    """One more article, in a batch of its own."""
    path = settings_of(folder).raw / batch / "article.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(SEED.read_bytes())
    os.utime(path, (OLD, OLD))


CLI = (sys.executable, "-c", "from hengshui_etl.cli import main; main()")
QUERIES = {
    "failed checks by type": "SELECT type, count(*) FROM failed_checks GROUP BY ALL ORDER BY 2 DESC",
    "first 20 failed checks": "FROM failed_checks LIMIT 20",
    "failed checks of an article": "FROM failed_checks WHERE article_id = 'ARTICLE'",
    "summary of an article": "FROM article_summary WHERE article_id = 'ARTICLE'",
    "summary, worst first": "FROM article_summary ORDER BY failed - ruled DESC LIMIT 20",
    "summary of a batch": "FROM article_summary WHERE batch = 'BATCH'",
    "figures of an article": "SELECT text, value, unit, metric FROM figures WHERE article_id = 'ARTICLE'",
    "an indicator over time": "SELECT period_last, scope, value FROM indicators WHERE metric = '投资' LIMIT 20",
    "figures by kind": "SELECT kind, count(*) FROM figures GROUP BY ALL",
    "stale rulings": "FROM stale_rulings",
}


def steps(folder: Path, cursors: Path) -> Iterator[tuple[str, Callable[[], Cost]]]:
    """What is measured, in order."""

    def run(*arguments: str) -> Callable[[], Cost]:
        return lambda: cost(folder, *CLI, *arguments)

    def tick(name: str) -> Callable[[], Cost]:
        return lambda: cost(folder, sys.executable, "-c", TICK, name, str(cursors / f"{name}.cursor"))

    arrived(folder, "new1")
    yield "run --batch, one new article", run("run", "--batch", "new1")
    yield "run, nothing new", run("run")
    arrived(folder, "new2")
    yield "run, one new article", run("run")
    yield "run, nothing new, again", run("run")
    yield "verify --batch of one article", run("verify", "--batch", "new1")
    yield "report", run("report")
    yield "report, again", run("report")
    yield "arrivals, first tick", tick("arriving")
    yield "arrivals, a tick with nothing new", tick("arriving")
    arrived(folder, "new3")
    tick("arriving")()  # it has to rest
    yield "arrivals, a tick with one new article", tick("arriving")
    yield "alerts, a tick with nothing new", tick("alerting")
    yield "UI until it answers", lambda: served(folder)
    first = TEMPLATE if (folder / "data/raw" / TEMPLATE).exists() else "new1"
    article = "new1/article.txt"
    for name, sql in QUERIES.items():
        asked = sql.replace("ARTICLE", article).replace("BATCH", first)
        yield f"query: {name}", run("query", asked, "--format", "csv")


def served(folder: Path) -> Cost:
    """`hengshui-etl ui` until its page has an answer with the batches of an asset; then it is ended."""
    environment = {**os.environ, "HENGSHUI_HOME": str(folder), "PYTHONPATH": str(PROJECT)}
    question = (
        "{assetNodes{assetKey{path} partitionStats{numMaterialized numPartitions}}"
        ' sensorsOrError(repositorySelector:{repositoryName:"__repository__",'
        'repositoryLocationName:"hengshui_etl"}){__typename}}'
    )
    before, began, cpu = _traffic(), time.perf_counter(), _processor()
    process = subprocess.Popen(
        [*CLI, "ui", "--port", str(PORT)], env=environment, cwd=folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    answer, seconds = "", 0.0
    try:
        while process.poll() is None and time.perf_counter() - began < 300:
            with suppress(OSError, ValueError):
                request = urllib.request.Request(
                    f"http://127.0.0.1:{PORT}/graphql", json.dumps({"query": question}).encode(),
                    {"content-type": "application/json"},
                )  # fmt: skip
                with urllib.request.urlopen(request, timeout=120) as reply:
                    node = json.load(reply)["data"]["assetNodeOrError"]
                if node:
                    seconds = time.perf_counter() - began
                    answer = f"{node['partitionStats']['numPartitions']} batches"
                    break
            time.sleep(0.2)
    finally:
        process.terminate()
        process.wait(60)
    after = _traffic()
    return Cost(
        seconds, _processor() - cpu, (after[0] - before[0]) / 2**20, (after[1] - before[1]) / 2**20, 0,
        answer,
    )  # fmt: skip


def main() -> None:
    """Make both projects where they are not there, run everything in both, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, default=200)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--raw", choices=("files", "bulk"), default="files")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/incremental"))
    parser.add_argument("--only", default="", help="steps whose name begins so")
    chosen = parser.parse_args()
    small, large = chosen.folder / "small", chosen.folder / f"large-{chosen.batches}x{chosen.articles}-{chosen.raw}"
    if not settings_of(large).database.exists():
        began = time.perf_counter()
        multiplied(settings_of(large), chosen.batches, chosen.articles, chosen.raw)
        print(f"made in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    if not settings_of(small).database.exists():
        arrived(small, "first")
        cost(small, *CLI, "run")
    found: dict[str, list[Cost]] = {}
    for folder in (small, large):
        for batch in ("new1", "new2", "new3"):
            (settings_of(folder).raw / batch / "article.txt").unlink(missing_ok=True)
        if any(name.startswith("new") for name in parts.stored_batches(settings_of(folder).parquet)):
            cost(folder, *CLI, "run")
        for cursor in folder.glob("*.cursor"):
            cursor.unlink()
        for name, measure in steps(folder, folder):
            if name.startswith(chosen.only):
                found.setdefault(name, []).append(measure())
                print(f"{folder.name}: {name}: {found[name][-1]}", file=sys.stderr, flush=True)
    print("| what | s, small | s, large | ratio | CPU s, small | large | ratio | MiB read | written |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, (one, many) in found.items():
        print(
            f"| {name} | {one.seconds:.2f} | {many.seconds:.2f} | {many.seconds / one.seconds:.1f} |"
            f" {one.processor:.2f} | {many.processor:.2f} | {many.processor / max(one.processor, 0.01):.1f} |"
            f" {many.read:,.0f} | {many.written:,.1f} |"
        )


if __name__ == "__main__":
    main()
