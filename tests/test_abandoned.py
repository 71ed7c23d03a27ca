"""Runs on record as at work: ended where their process is gone, left alone where it is not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import EngineEventData

from hengshui_etl.defs import abandoned
from hengshui_etl.defs.abandoned import end_abandoned
from hengshui_etl.defs.sensors import arriving

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are asked for by their number")


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def at_work(
    instance: dg.DagsterInstance, *processes: int, status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTED
) -> str:
    """A run that these processes make, as Dagster records it; its id."""
    run = instance.add_run(dg.DagsterRun("load_batch", status=status, tags={"dagster/partition": "b"}))
    for process in processes:
        said = EngineEventData({"pid": dg.MetadataValue.text(str(process))})
        instance.report_engine_event(f"Executing steps in process (pid: {process})", run, said)
    return run.run_id


def status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def gone() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_a_run_whose_process_is_gone_is_ended(instance: dg.DagsterInstance) -> None:
    failed = at_work(instance, gone())
    canceled = at_work(instance, gone(), status=dg.DagsterRunStatus.CANCELING)
    alive = at_work(instance, gone(), os.getpid())
    silent = at_work(instance)
    assert sorted(end_abandoned(instance)) == sorted([failed, canceled])
    assert status(instance, failed) == dg.DagsterRunStatus.FAILURE
    assert status(instance, canceled) == dg.DagsterRunStatus.CANCELED
    assert status(instance, alive) == status(instance, silent) == dg.DagsterRunStatus.STARTED
    assert end_abandoned(instance) == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not tell when a process began")
def test_a_number_that_was_given_out_again_is_another_process(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = abandoned._began(os.getpid())
    assert began is not None
    assert began < time.time() + 1
    run = at_work(instance, os.getpid())
    monkeypatch.setattr(abandoned, "_began", lambda number: time.time() + 60)
    assert end_abandoned(instance) == [run]


def test_arrivals_does_not_wait_for_it(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HENGSHUI_HOME", str(tmp_path))
    monkeypatch.delenv("HENGSHUI_POSTGRES_URL", raising=False)
    (tmp_path / "data" / "raw").mkdir(parents=True)
    run = at_work(instance, gone())
    arriving(dg.build_sensor_context(instance=instance))
    assert status(instance, run) == dg.DagsterRunStatus.FAILURE
