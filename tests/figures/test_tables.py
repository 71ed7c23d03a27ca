"""Figures in the cells of tables: units from heads, captions, row labels and unit columns; signs; what is no figure."""

from __future__ import annotations

from typing import Any

import pytest

from hengshui_etl.figures import read_figures
from hengshui_etl.text import read_article


def page(*rows: str, caption: str = "") -> bytes:
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row.split("|")) + "</tr>" for row in rows)
    return (
        '<html><head><meta charset="utf-8"><title>统计表</title></head><body><h1>统计表</h1>'
        f"<p>2022年主要指标见下表。{caption}</p><table>{body}</table></body></html>"
    ).encode()


def cells(data: bytes) -> list[tuple[str, str, str, str | None]]:
    article = read_article(data, source_path="table.html")
    return [(f.text, f"{f.value:f}", f.unit, f.direction) for f in read_figures(article)]


CASES: list[Any] = [
    pytest.param(
        page("县区|网络零售额（亿元）|同比增长（%）", "桃城区|12.5|10.2", "冀州区|8.25|-3.5"),
        [
            ("12.5", "1250000000", "元", None),
            ("10.2", "10.2", "%", "up"),
            ("8.25", "825000000", "元", None),
            ("-3.5", "3.5", "%", "down"),
        ],
        id="units in the heads, a printed minus sign",
    ),
    pytest.param(
        page("项目|预算数|执行数|完成预算%", "税收收入|98600|95140|96.5", caption="单位：万元"),
        [
            ("98600", "986000000", "元", None),
            ("95140", "951400000", "元", None),
            ("96.5", "96.5", "%", None),
        ],
        id="the caption names the unit, a head without brackets another",
    ),
    pytest.param(
        page("指标|单位|本年|增减（%）", "生猪出栏|万头|278.4|5.9", "水产品产量|万吨|27.93|4.1"),
        [
            ("278.4", "2784000", "头", None),
            ("5.9", "5.9", "%", "up"),
            ("27.93", "279300", "吨", None),
            ("4.1", "4.1", "%", "up"),
        ],
        id="a column of units",
    ),
    pytest.param(
        page("序号|企业|投资（万元）", "1|甲公司|1,200", "2|乙公司|3,450"),
        [("1,200", "12000000", "元", None), ("3,450", "34500000", "元", None)],
        id="numbers of rows are no figures",
    ),
    pytest.param(
        page("县区|企业数（家）|电话", "桃城区|12|0318-2124567", "冀州区|8|0318-8612345"),
        [("12", "12", "家", None), ("8", "8", "家", None)],
        id="a column of phone numbers",
    ),
    pytest.param(
        page("指标|数值", "人口|12万人", "面积|35平方公里"),
        [("12万人", "120000", "人", None), ("35平方公里", "35", "平方公里", None)],
        id="units in the cells",
    ),
    pytest.param(
        page("指标|绝对数|增速", "产值|116.7|8.5", caption="单位：亿元"),
        [("116.7", "11670000000", "元", None), ("8.5", "8.5", "%", "up")],
        id="a growth column under a caption of money",
    ),
    pytest.param(
        page("县区|企业数（家）", "桃城区|—", "冀州区|…"),
        [],
        id="empty cells",
    ),
]


@pytest.mark.parametrize(("data", "expected"), CASES)
def test_table(data: bytes, expected: list[tuple[str, str, str, str | None]]) -> None:
    assert cells(data) == expected


def test_rows_of_years_speak_of_their_years_and_their_total_of_all() -> None:
    data = page("年度|经营收入（万元）", "2014|42.5", "2015|96.8", "累计|139.3")
    figures = {f.text: f.period for f in read_figures(read_article(data, source_path="table.html"))}
    told = [tuple(str(day) for day in figures[text] or ()) for text in ("42.5", "96.8", "139.3")]
    assert told == [("2014-01-01", "2014-12-31"), ("2015-01-01", "2015-12-31"), ("2014-01-01", "2015-12-31")]


def test_a_change_speaks_of_the_later_of_two_years() -> None:
    data = page("指标|2022年（万元）|2021年（万元）|增长（%）", "收入|55.1|50.2|9.8")
    figures = {f.text: f.period for f in read_figures(read_article(data, source_path="table.html"))}
    assert [str(day) for day in figures["9.8"] or ()] == ["2022-01-01", "2022-12-31"]


def test_each_change_is_of_the_column_before_it() -> None:
    data = page(
        "县市|接待游客（万人次）|同比增长（%）|旅游收入（亿元）|同比增长（%）",
        "甲县|21.5|3.1|2.62|-1.4",
        caption="2021年国庆假期各县市接待情况",
    )
    figures = read_figures(read_article(data, source_path="table.html"))
    assert [figure.metric for figure in figures][-4:] == [
        "甲县接待游客",
        "甲县接待游客同比增长",
        "甲县旅游收入",
        "甲县旅游收入同比增长",
    ]
