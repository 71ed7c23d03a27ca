"""When a figure speaks of, which way it moved, and whose it is: rules of grammar that hold in every article."""

from __future__ import annotations

import pytest

from hengshui_etl.figures import read_figures
from hengshui_etl.records import Figure
from hengshui_etl.text import read_article

HEAD = "宁远县交出成绩单\n2022-01-20 来源：宁远县政府网\n"


def figures_of(body: str, head: str = HEAD) -> dict[str, Figure]:
    """The figures of an article with `head` and `body`, by their printed text."""
    article = read_article((head + body).encode(), source_path="meaning.txt")
    return {figure.text: figure for figure in read_figures(article)}


def days(figure: Figure) -> tuple[str | None, str | None] | None:
    """First and last day in ISO form."""
    if figure.period is None:
        return None
    first, last = figure.period
    return first and first.isoformat(), last and last.isoformat()


PERIODS = [
    pytest.param("全年接待游客120万人次。", "120万人次", ("2021-01-01", "2021-12-31"), id="全年 told in January"),
    pytest.param(
        "2021年，全县产粮30万吨，是2018年25万吨的1.2倍。\n销售粮食20万吨。",
        "20万吨",
        ("2021-01-01", "2021-12-31"),
        id="a year compared with does not govern",
    ),
    pytest.param(
        "2019年产粮21万吨；2020年为24万吨；2021年达到30万吨。\n销售粮食20万吨。",
        "20万吨",
        ("2021-01-01", "2021-12-31"),
        id="the last of several years governs",
    ),
    pytest.param(
        "2021年产粮30万吨。预计2030年将达到50万吨。\n销售粮食20万吨。",
        "20万吨",
        ("2021-01-01", "2021-12-31"),
        id="a year to come governs its sentence alone",
    ),
    pytest.param(
        "2019年关闭煤矿3处，2020年关闭4处，2021年关闭5处，三年累计关闭12处。",
        "12处",
        ("2019-01-01", "2021-12-31"),
        id="a sum over years",
    ),
]


@pytest.mark.parametrize(("body", "text", "expected"), PERIODS)
def test_period(body: str, text: str, expected: tuple[str | None, str | None]) -> None:
    assert days(figures_of(body)[text]) == expected


DIRECTIONS = [
    ("2021年产粮31万吨，较上年的30万吨多1万吨。", "1万吨", "up"),
    ("2021年产粮29万吨，较上年的30万吨少1万吨。", "1万吨", "down"),
    ("2021年货运量31万吨，升1.6%。", "1.6%", "up"),
    ("2021年货运量31万吨，按年倒退2.3%。", "2.3%", "down"),
    ("2021年立案1200起，同上一年相比少立207起。", "207起", "down"),
]


@pytest.mark.parametrize(("body", "text", "expected"), DIRECTIONS)
def test_direction(body: str, text: str, expected: str) -> None:
    assert figures_of(body)[text].direction == expected


def test_an_airport_is_a_place_of_its_own() -> None:
    head = "厦门高崎机场全年客量创新高\n2022-01-20\n"
    assert figures_of("2021年旅客1495万人次。", head)["1495万人次"].scope == "厦门高崎机场"


def test_an_article_that_names_no_place_may_be_of_hong_kong() -> None:
    head = "医疗券服务普及\n2022-01-20\n"
    assert figures_of("2021年全港申领医疗券478万宗。", head)["478万宗"].scope == "香港"


def test_a_reprint_dates_itself() -> None:
    head = "荒山披绿三十年\n"
    found = figures_of("今年以来发生火警三起。\n（原载一九八三年十一月十八日第二版）", head)
    assert days(found["三起"]) == ("1983-01-01", "1983-11-18")
