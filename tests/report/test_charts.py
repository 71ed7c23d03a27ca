"""Charts: drawn where there is something to see, the same for the same rows, and never obeying an article."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengshui_etl.messages import LANGUAGES, Language, messages
from hengshui_etl.records import FigureKind, RelationType
from hengshui_etl.report.charts import Chart, check_types, figure_kinds, project_totals, provincial_shares, yuan
from hengshui_etl.report.rows import CheckCount, Share, Total

SAY = messages("en")
TOTAL = Total("工业项目", 191, "exact", Decimal(71_670_000_000), "min", Decimal("375235602.09"), "f1", "f2")
SHARE = Share(
    "项目", 105, "exact", Decimal("10.2"), "exact", Decimal("0.1"), "河北省", True, "implied", 1025, 1034, 11, True,
    "c1", "f3", "f4",
)  # fmt: skip
FAILS = SHARE._replace(part=9, percent=Decimal("13.7"), status="fail", low=None, high=None, relation="c2")


def svg(chart: Chart | None, place: int = 0) -> ElementTree.Element:
    assert chart is not None
    return ElementTree.fromstring(chart.drawings[place][1])


def words(chart: Chart | None, place: int = 0) -> list[str]:
    return [node.text or "" for node in svg(chart, place).iter("text")]


def count(root: ElementTree.Element, series: str, tag: str) -> int:
    return sum(1 for group in root.iter("g") if series in group.get("class", "").split() for _ in group.iter(tag))


def test_nothing_is_drawn_where_there_is_nothing_to_see() -> None:
    assert figure_kinds([("count", 3)], SAY) is None
    assert check_types([], SAY) is None
    assert project_totals([TOTAL], SAY) is None
    assert provincial_shares([], SAY) is None


@pytest.mark.parametrize(
    "change",
    [
        {"high": None},
        {"percent_bound": "approx"},
        {"part": 0},
        {"percent": Decimal(0)},
        {"provincial": False},
    ],
)
def test_a_share_without_ends_or_of_an_article_s_own_whole_is_not_drawn(change: dict[str, object]) -> None:
    assert provincial_shares([SHARE._replace(**change)], SAY) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_kinds_and_types_are_named_the_most_frequent_first(language: Language) -> None:
    say = messages(language)
    counts = [(kind, n) for n, kind in enumerate(get_args(FigureKind), 1)]
    chart = figure_kinds(counts, say)
    assert chart is not None
    assert [int(row[1].text) for row in chart.rows] == list(range(len(counts), 0, -1))
    assert set(words(chart)) >= {say(f"report.kind_{kind}") for kind, _ in counts} | {str(n) for _, n in counts}
    checks = check_types([CheckCount(name, "pass", "info", 5) for name in get_args(RelationType)], say)
    assert set(words(checks)) >= {say(f"type.{name}") for name in get_args(RelationType)}


def test_checks_are_stacked_by_verdict_the_worst_first() -> None:
    found = [
        CheckCount("sum", "pass", "info", 8),
        CheckCount("sum", "fail", "error", 2),
        CheckCount("sum", "fail", "warning", 1),
        CheckCount("share", "pass", "info", 3),
    ]
    chart = check_types(found, SAY)
    assert chart is not None
    assert [[cell.text for cell in row] for row in chart.rows] == [["sum", "2", "1", "8"], ["share", "0", "0", "3"]]
    root = svg(chart)
    assert [count(root, f"{mark}", "rect") for mark in ("fails", "off", "holds", "implied")] == [2, 2, 2, 0]
    assert [mark for mark, _ in chart.keys] == ["fails", "off", "holds"]


def test_projects_show_total_and_mean() -> None:
    other = TOTAL._replace(projects="农业项目", yuan=Decimal(5_000_000), mean=Decimal("26178.01"), yuan_bound="exact")
    chart = project_totals([TOTAL, other], SAY)
    assert chart is not None
    assert [[cell.text for cell in row] for row in chart.rows] == [
        ["工业项目", "191", "at least 716.7亿元", "at least 3.75亿元"],
        ["农业项目", "191", "500万元", "2.62万元"],
    ]
    assert [cell.place for cell in chart.rows[0]] == ["", "f1", "f2", ""]
    assert words(chart, 0)[:2] == ["农业项目", "工业项目"], "from below"
    assert {"≥ 716.7亿元", "500万元"} <= set(words(chart, 0))
    assert {"≥ 3.75亿元", "2.62万元"} <= set(words(chart, 1))


@pytest.mark.parametrize(
    ("number", "investment", "mean"),
    [
        ("exact", "exact", "3.75亿元"),
        ("exact", "approx", "about 3.75亿元"),
        ("exact", "max", "at most 3.75亿元"),
        ("min", "exact", "at most 3.75亿元"),
        ("max", "exact", "at least 3.75亿元"),
        ("approx", "exact", "about 3.75亿元"),
        ("min", "min", "about 3.75亿元"),
    ],
)
def test_a_mean_is_no_surer_than_what_it_is_made_of(number: str, investment: str, mean: str) -> None:
    chart = project_totals([TOTAL._replace(count_bound=number, yuan_bound=investment)] * 2, SAY)
    assert chart is not None
    assert chart.rows[0][3].text == mean


def test_the_possible_wholes_are_in_the_band_and_others_beside_it() -> None:
    chart = provincial_shares([SHARE], SAY)
    root = svg(chart)
    assert count(root, "serie-1", "circle") == 10
    assert count(root, "serie-2", "circle") == 2 * 4
    assert {"1\u202f025", "1\u202f034", "10.15%", "10.25%"} <= set(words(chart))
    assert "105 ÷ 1025 = 10.244%" in [node.text for node in root.iter("title")]
    assert chart is not None
    assert [cell.text for cell in chart.rows[0]] == [
        "项目", "105", "10.2%", "河北省", "between 1\u202f025 and 1\u202f034", "above 9.09% (11 divisions)",
    ]  # fmt: skip


def test_a_share_that_no_whole_makes_comes_first_and_has_no_possible_one() -> None:
    chart = provincial_shares([SHARE, FAILS], SAY)
    assert chart is not None
    assert chart.drawings[0][0] == "9 is 13.7% of 河北省"
    assert count(svg(chart), "serie-1", "circle") == 0
    said = {node.text for node in svg(chart).iter("title") if "÷" in (node.text or "")}
    assert said == {"9 ÷ 65 = 13.846%", "9 ÷ 66 = 13.636%"}, "the two that come nearest"
    assert chart.rows[1][4].text == "no whole number fits"


def test_labels_that_have_no_room_are_left_out() -> None:
    narrow = FAILS._replace(part=7, percent=Decimal("41.3"))
    assert {"43.75%", "41.3%"} == {word for word in words(provincial_shares([narrow], SAY)) if "%" in word}
    wide = SHARE._replace(part=986_000, low=9_650_000, high=9_680_000)
    whole = [word for word in words(provincial_shares([wide], SAY)) if "%" not in word]
    assert whole == ["9\u202f650\u202f000", "9\u202f680\u202f000"]


def test_averages_of_divisions_are_a_column_where_there_are_any() -> None:
    both = provincial_shares([SHARE, SHARE._replace(cities=None, above=None)], SAY)
    none = provincial_shares([SHARE._replace(cities=None, above=None)], SAY)
    assert both is not None
    assert none is not None
    assert (len(both.head), len(none.head)) == (6, 5)
    assert [len(row) for row in (*both.rows, *none.rows)] == [6, 6, 5]


def test_very_many_wholes_are_a_line() -> None:
    chart = provincial_shares([SHARE._replace(part=986_000, low=4_000_000, high=90_000_000)], SAY)
    assert len(str(chart.drawings[0][1])) < 20_000 if chart else False
    assert count(svg(chart), "serie-1", "circle") == 0
    assert count(svg(chart), "serie-1", "path") == 1


def test_a_page_of_many_stays_small() -> None:
    totals = project_totals([TOTAL] * 500, SAY)
    shares = provincial_shares([SHARE] * 500, SAY)
    assert totals is not None
    assert shares is not None
    assert count(svg(totals), "serie-0", "rect") == 12
    assert len(shares.drawings) == 4
    assert (len(totals.rows), len(shares.rows)) == (500, 500), "the table has all"


@settings(max_examples=15, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_words_of_an_article_stay_words(name: str) -> None:
    charts = [
        project_totals([TOTAL._replace(projects=name), TOTAL], SAY),
        provincial_shares([SHARE._replace(whole_scope=name)], SAY),
    ]
    plain = [
        project_totals([TOTAL, TOTAL], SAY),
        provincial_shares([SHARE], SAY),
    ]
    for chart, harmless in zip(charts, plain, strict=True):
        shape = [(node.tag, sorted(node.attrib)) for node in svg(chart).iter()]
        assert shape == [(node.tag, sorted(node.attrib)) for node in svg(harmless).iter()]


@pytest.mark.parametrize("hostile", ["<script>x</script>", '"><svg onload=x>', "]]><!--", "a\u202eb", "&amp;<"])
def test_hostile_words_are_escaped_in_text_and_label(hostile: str) -> None:
    drawn = [project_totals([TOTAL._replace(projects=hostile)] * 2, SAY)]
    drawn.append(provincial_shares([SHARE._replace(whole_scope=hostile)], SAY))
    for chart in drawn:
        assert chart is not None
        for _, markup in chart.drawings:
            assert hostile not in str(markup)
            assert {node.tag for node in ElementTree.fromstring(markup).iter()} <= {
                "svg", "g", "path", "rect", "circle", "text", "title",
            }  # fmt: skip


def test_a_drawing_has_no_style_script_date_or_name_of_its_own() -> None:
    for chart in (figure_kinds([("count", 3), ("money", 2)], SAY), provincial_shares([SHARE], SAY)):
        assert chart is not None
        markup = str(chart.drawings[0][1])
        assert not re.search(r"<!--|<style|<script|style=|https?:|xmlns|\bid=|20\d\d-|pygal", markup)
        assert f'role="img" aria-label="{chart.drawings[0][0] or chart.title}"' in markup


def test_the_same_rows_give_the_same_bytes_in_another_process() -> None:
    code = (
        "from tests.report.test_charts import *\n"
        "import hashlib; charts = [project_totals([TOTAL, TOTAL], SAY), provincial_shares([SHARE, FAILS], SAY)]\n"
        "print(hashlib.sha256(repr(charts).encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("71670000000", None, "716.7亿元"),
        ("785110000000", None, "7\u202f851.1亿元"),
        ("375235602.09", 2, "3.75亿元"),
        ("99999999", None, "9\u202f999.9999万元"),
        ("9999", None, "9\u202f999元"),
    ],
)
def test_money_is_written_as_articles_print_it(value: str, places: int | None, text: str) -> None:
    assert yuan(Decimal(value), places) == text
