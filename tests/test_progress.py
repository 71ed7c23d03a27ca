"""How far a long run is: told within a segment too, by one process and by several; not too often in a run's log."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from hengshui_etl.defs.resources import now_and_then
from hengshui_etl.engines import local
from hengshui_etl.loading import examine_batch, list_batch
from hengshui_etl.settings import Settings, read_settings

ARTICLES = 120
TEXT = "某市工业情况\n2019年10月16日\n1-9月份，工业企业实现利润23.1亿元，去年同期为21.0亿元，同比增长10.0%。\n"


def test_progress_is_told_now_and_then() -> None:
    said: list[str] = []
    tell = now_and_then(said.append, every_s=0.2)
    for done in range(50):
        tell("articles", done, 50)
    assert said == [], "what is done soon needs no lines"
    time.sleep(0.25)
    for done in range(30, 50):
        tell("articles", done, 50)
    assert said == ["articles 30/50"]


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("bulk", [False, True])
def test_progress_is_told_within_a_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int, bulk: bool
) -> None:
    settings = read_settings({"HENGSHUI_HOME": str(tmp_path)})
    folder = settings.raw / "b"
    folder.mkdir(parents=True)
    if bulk:
        lines = [json.dumps({"id": str(n), "text": TEXT}, ensure_ascii=False) for n in range(ARTICLES)]
        (folder / "all.jsonl").write_text("\n".join(lines), "utf-8")
    else:
        for n in range(ARTICLES):
            (folder / f"{n}.txt").write_text(TEXT, "utf-8")
    monkeypatch.setattr(local, "EVERY_S", 0.01)
    monkeypatch.setenv("HENGSHUI_PROCESSES", str(processes))
    told = _told(settings)
    within = {done for done, _ in told if 0 < done < ARTICLES}
    assert len(within) >= 3, "all of it is one segment"
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (ARTICLES, ARTICLES)
    assert all(done <= total for done, total in told)
    (folder / "one more.txt").write_text(TEXT, "utf-8")
    assert _told(settings)[-1][0] == ARTICLES + 1, "those that are kept count"


def _told(settings: Settings) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    list_batch(settings, "b")
    examine_batch(settings, "b", lambda done, total: told.append((done, total)))
    return told
