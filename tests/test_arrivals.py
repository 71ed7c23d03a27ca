"""Which batches are asked for: new, changed and removed ones, once each, and only at rest."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest

from hengshui_etl.defs import arrivals, sensors
from hengshui_etl.defs.arrivals import REST_S, Batch, remembered, wanted
from hengshui_etl.sources import Traces, traces


class Folder:
    """A world of batches: how they look, what they are made from, and what was asked for so far."""

    def __init__(self) -> None:
        self.cursor = ""
        self.now = 1000.0
        self.keys: list[str] = []

    def tick(
        self,
        *,
        most: int = 9,
        code: str = "v1",
        active: str = "",
        rulings: dict[str, str] | None = None,
        **batches: tuple[str, float, str | None],
    ) -> list[str]:
        """One look at batches given as (digest, touched, content that is wanted); returns which were asked for."""
        seen = {name: Traces(digest, touched) for name, (digest, touched, _) in batches.items()}
        after, asked = wanted(
            remembered(self.cursor), seen, lambda name: batches[name][2], self.now, code, most, active, rulings
        )
        self.cursor = arrivals.memory(after)
        self.now += 30
        self.keys += [each.run_key for each in asked]
        return [each.batch for each in asked]


def test_a_batch_at_rest_is_asked_for_once() -> None:
    folder = Folder()
    assert folder.tick(a=("d1", 0, "c1")) == ["a"]
    assert folder.tick(a=("d1", 0, "c1")) == []


def test_a_batch_that_is_still_written_to_is_left_until_it_rests() -> None:
    folder = Folder()
    assert folder.tick(a=("d1", 999, "c1")) == []
    assert folder.tick(a=("d2", 1029, "c2")) == []
    assert folder.tick(a=("d2", 1029, "c2")) == ["a"]


def test_a_clock_that_went_back_delays_by_one_look_and_no_more() -> None:
    folder = Folder()
    assert folder.tick(a=("d1", 5e9, "c1")) == []
    assert folder.tick(a=("d1", 5e9, "c1")) == ["a"]


def test_a_change_and_the_change_back_are_two_runs_with_keys_of_their_own() -> None:
    folder = Folder()
    for digest, content in (("d1", "c1"), ("d2", "c2"), ("d3", "c1"), ("d4", "c2")):
        assert folder.tick(a=(digest, 0, content)) == ["a"]
    assert len(set(folder.keys)) == 4


def test_what_went_and_comes_back_has_a_key_of_its_own() -> None:
    folder = Folder()
    assert folder.tick(a=("d1", 0, "c1")) == ["a"]
    assert folder.tick() == []
    assert folder.cursor == '{"batches": {}}'
    assert folder.tick(a=("d1", 0, "c1")) == ["a"]
    assert len(set(folder.keys)) == 2


def test_what_a_run_did_not_bring_about_is_asked_for_again_and_less_and_less_often() -> None:
    folder = Folder()
    asked = []
    for _ in range(3 * 24 * 120):  # three days, a look every half minute
        now = folder.now
        asked += [now] if folder.tick(a=("d1", 0, "c1")) else []
    waits = [int(later - earlier) for earlier, later in pairwise(asked)]
    assert waits[:9] == [300, 600, 1200, 2400, 4800, 9600, 19200, 21600, 21600]
    assert len(set(folder.keys)) == len(asked)
    folder.now += 6 * 3600
    assert folder.tick(a=("d1", 0, None)) == []  # loaded at last
    folder.now += 6 * 3600
    assert folder.tick(a=("d1", 0, "c1")) == [], "what is loaded is not looked into again"


def test_nothing_is_asked_for_again_while_its_run_is_queued_or_going_on() -> None:
    folder = Folder()
    assert folder.tick(a=("d1", 0, "c1")) == ["a"]
    for _ in range(100):
        assert folder.tick(a=("d1", 0, "c1"), active="a") == []
    assert [bool(folder.tick(a=("d1", 0, "c1"))) for _ in range(10)] == [False] * 9 + [True], "five minutes after it"


def test_other_content_does_not_wait() -> None:
    folder = Folder()
    assert folder.tick(a=("d1", 0, "c1")) == ["a"]
    assert folder.tick(a=("d2", 0, "c2"), active="a") == ["a"]


def test_rulings_are_asked_for_once_in_every_batch_that_they_are_about() -> None:
    folder = Folder()
    batches: dict[str, tuple[str, float, str | None]] = dict.fromkeys("abc", ("d", 0.0, None))
    assert folder.tick(**batches) == []
    ruled = {"a": "r1", "b": "r1"}
    assert folder.tick(most=1, rulings=ruled, **batches) == ["a"]
    assert folder.tick(most=1, active="a", **batches) == ["b"], "the run of the first refreshed the table for all"
    assert [folder.tick(**batches) for _ in range(50)] == [[]] * 50
    assert folder.tick(rulings={"c": "r2"}, **batches) == ["c"]
    assert folder.tick(rulings={"c": "r2"}, active="c", **batches) == []
    assert folder.tick(rulings={"c": "r3"}, active="c", **batches) == ["c"], "they changed again meanwhile"
    assert [name for _ in range(12) for name in folder.tick(rulings={"c": "r3"}, **batches)] == ["c"], "the run failed"
    assert folder.tick(rulings={"a": "r1"}, **batches) == ["a"], "what was there once and went"


def test_a_run_for_other_content_brings_the_rulings_with_it() -> None:
    folder = Folder()
    assert folder.tick(rulings={"a": "r1"}, a=("d1", 0, "c1")) == ["a"]
    assert folder.tick(rulings={"a": "r1"}, active="a", a=("d1", 0, "c1")) == []
    assert [folder.tick(a=("d2", 0, None)) for _ in range(50)] == [[]] * 50


def test_touched_without_a_change_is_not_run_again() -> None:
    folder = Folder()
    assert folder.tick(a=("d1", 0, "c1")) == ["a"]
    assert folder.tick(a=("d2", 0, "c1")) == []


def test_what_was_loaded_by_hand_and_changed_back_is_not_missed() -> None:
    folder = Folder()
    assert folder.tick(a=("d1", 0, "c1")) == ["a"]
    assert folder.tick(a=("d2", 0, None)) == []  # somebody ran it from a terminal with other content
    assert folder.tick(a=("d3", 0, "c1")) == ["a"]


def test_a_new_version_of_the_code_asks_for_everything_that_is_not_current() -> None:
    folder = Folder()
    assert folder.tick(a=("d1", 0, "c1"), b=("e1", 0, None)) == ["a"]
    assert folder.tick(a=("d1", 0, "c2"), b=("e1", 0, "e2"), code="v2") == ["a", "b"]


def test_more_than_one_tick_can_ask_for_come_with_the_next() -> None:
    folder = Folder()
    batches = {f"b{n}": (f"d{n}", 0.0, f"c{n}") for n in range(5)}
    assert [folder.tick(most=2, **batches) for _ in range(4)] == [["b0", "b1"], ["b2", "b3"], ["b4"], []]


@pytest.mark.parametrize("cursor", [None, "", "{}", "not json", '{"batches": {"a": [1]}}', '{"batches": 3}', "[]"])
def test_a_memory_of_another_version_is_none(cursor: str | None) -> None:
    assert remembered(cursor) == {}


def test_memory_round_trip() -> None:
    batches = {"2019-10": Batch("a", "b", "c", 3, 1000.5, "r1", "r2"), "衡水": Batch()}
    assert remembered(arrivals.memory(batches)) == batches


def test_traces_change_with_name_size_and_time(tmp_path: Path) -> None:
    file = tmp_path / "2019-10" / "a.txt"
    file.parent.mkdir()
    file.write_text("x")
    os.utime(file, (1000, 1000))
    first = traces(tmp_path)["2019-10"]
    assert traces(tmp_path)["2019-10"] == first
    file.write_text("xy")
    os.utime(file, (1000, 1000))
    assert traces(tmp_path)["2019-10"].digest != first.digest
    file.rename(file.with_name("b.txt"))
    assert traces(tmp_path)["2019-10"].digest != first.digest
    assert REST_S > 0


def test_the_sensor_asks_for_new_changed_and_removed_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HENGSHUI_HOME", str(tmp_path))
    file = tmp_path / "data" / "raw" / "2019-10" / "a.txt"
    file.parent.mkdir(parents=True)
    with dg.instance_for_test() as instance:
        cursor: str | None = None

        def tick(text: str | None) -> list[str | None]:
            nonlocal cursor
            if text is not None:
                file.write_text(text)
            context = dg.build_sensor_context(instance=instance, cursor=cursor)
            result = sensors.arriving(context)
            if isinstance(result, dg.SkipReason):
                cursor = context.cursor
                return []
            assert isinstance(result, dg.SensorResult)
            cursor = result.cursor
            return [request.partition_key for request in result.run_requests or ()]

        assert tick("全市完成投资10亿元。") == []  # just written: it may not be all of it yet
        assert tick(None) == ["2019-10"]
        assert tick(None) == []
        assert tick("全市完成投资11亿元。") == []
        assert tick(None) == ["2019-10"]
