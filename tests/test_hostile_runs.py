"""What articles say, and what files are called, in the log of a run on a terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from hengshui_etl import examining
from hengshui_etl.definitions import defs
from hengshui_etl.defs.resources import Project
from hengshui_etl.reading import HIDDEN
from hengshui_etl.run import JOB, NO_RETRY, instance_of
from hengshui_etl.settings import Settings, read_settings
from hengshui_etl.tables.frames import Examined

CASES = [
    case
    for case in json.loads((Path(__file__).parent / "cases" / "hostile_outputs.json").read_text("utf-8"))
    if case["name"] in ("terminal", "direction", "unseen")
]
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
"""Dagster's own."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = read_settings({"HENGSHUI_HOME": str(tmp_path)})
    folder = found.raw / "b"
    folder.mkdir(parents=True)
    for case in CASES:
        name = case["text"].replace("/", "∕").encode("utf-8", "replace").decode()
        (folder / f"{name}.txt").write_text(f"{name}\n全市开工191项，其中{name}工业100项，农业90项。\n", "utf-8")
        (folder / f"{name}.empty.txt").write_bytes(b"")
    (folder / b"\xff\x1b[2J\n.txt".decode("utf-8", "surrogateescape")).write_bytes(b"")
    return found


@pytest.mark.parametrize("ours", [False, True])
def test_the_log_of_a_run_on_a_terminal(
    settings: Settings, ours: bool, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a contract is broken, and the log tells of which rows."""
    if ours:
        frames_of = examining.frames_of
        kind = pl.concat_str(pl.lit("\x1b[2J\u202e\r\n"), "text").alias("kind")

        def broken(batch: str, examined: Sequence[Examined]) -> dict[str, pl.DataFrame]:
            found = frames_of(batch, examined)
            return {**found, "figures": found["figures"].with_columns(kind)}

        monkeypatch.setattr(examining, "frames_of", broken)
        monkeypatch.setattr(examining, "MOST_AT_FAULT", 0)
    with instance_of(settings) as instance:
        instance.add_dynamic_partitions("batches", ["b"])
        result = defs.resolve_job_def(JOB).execute_in_process(
            run_config={"loggers": {"console": {"config": {"log_level": "DEBUG"}}}},
            partition_key="b",
            tags=NO_RETRY,
            instance=instance,
            resources={"project": Project(settings)},
            raise_on_error=False,
        )
    assert result.success is not ours
    said = "".join(capfd.readouterr())
    assert len(said) > 5000
    assert len(CASES) == 3
    assert ("contract violated" in said) is ours
    said = COLOURS.sub("", said).replace("\n", "").replace("\t", "")
    assert (bad := re.search(f"[{HIDDEN}]", said)) is None, said[max(0, bad.start() - 200) : bad.end() + 50]
