"""When a figure speaks of, where the article says it once and goes on: events, holidays, this year so far, stocks."""

from __future__ import annotations

import pytest

from tests.figures.test_meaning import days, figures_of

DISASTER = "恩施州抢险有序\n2020-07-20 来源：恩施日报\n7月16日20时至18日8时，全州214个站点出现强降雨。\n"
HOLIDAY = (
    "大理州迎来最旺长假\n{day} 来源：大理融媒\n{told}州文化和旅游局晒出假日账本：{days}天里，接待游客486万人次。\n"
)
STATE = "台州市家底公布\n2023-03-15 来源：台州发布\n2022年全市增加值4637亿元。截至去年12月末，在册市场主体80万户。\n"
HALF = "周口三农开局稳\n2021-07-21 来源：周口市农业农村局\n"

CASES = [
    pytest.param(DISASTER, "", "214个", ("2020-07-16", "2020-07-18"), id="a span with its hours"),
    pytest.param(
        DISASTER + "截至7月19日18时，受灾32万人。\n",
        "灾情核报显示，倒塌房屋341间。",
        "341间",
        (None, "2020-07-19"),
        id="the state of an event is handed on",
    ),
    pytest.param(
        HOLIDAY.format(day="2023-10-07", told="10月7日，", days=8),
        "旅游收入53亿元。",
        "53亿元",
        ("2023-09-29", "2023-10-06"),
        id="days off of a year",
    ),
    pytest.param(
        HOLIDAY.format(day="2022-10-08", told="", days=7),
        "旅游收入53亿元。",
        "53亿元",
        ("2022-10-01", "2022-10-07"),
        id="days off as usual",
    ),
    pytest.param(
        HOLIDAY.format(day="2022-10-08", told="", days=7),
        "和2019年国庆的312万人次相比增长55%。",
        "312万人次",
        ("2019-10-01", "2019-10-07"),
        id="a holiday without 假期",
    ),
    pytest.param(
        STATE,
        "全市国家级“小巨人”企业累计275家，仅去年就添了97家；上市公司68家。",
        "275家",
        (None, "2022-12-31"),
        id="what exists is a state",
    ),
    pytest.param(
        STATE,
        "全市国家级“小巨人”企业累计275家，仅去年就添了97家；上市公司68家。",
        "97家",
        ("2022-01-01", "2022-12-31"),
        id="an aside with 仅",
    ),
    pytest.param(
        HALF,
        "今年全市夏粮收获面积1116万亩。",
        "1116万亩",
        ("2021-01-01", "2021-07-21"),
        id="a harvest of this year so far",
    ),
    pytest.param(
        HALF,
        "截至6月底，生猪规模养殖比重为68%，一年前为64%。",
        "64%",
        (None, "2020-06-30"),
        id="a year ago",
    ),
]


@pytest.mark.parametrize(("head", "body", "text", "expected"), CASES)
def test_period(head: str, body: str, text: str, expected: tuple[str | None, str | None]) -> None:
    assert days(figures_of(body, head)[text]) == expected


BACKWARDS = [
    ("2018-05-20 来源：周口市农业农村局\n", "3月、6月、10月先后组织三次开工，开工项目51项。", "51项"),
    ("2014-12-19 来源：周口市农业农村局\n", "“十三五”以来，累计投入搬迁资金3.25亿元。", "3.25亿元"),
]


@pytest.mark.parametrize(("head", "body", "text"), BACKWARDS)
def test_no_period_ends_before_it_begins(head: str, body: str, text: str) -> None:
    first, last = days(figures_of(body, "周口三农开局稳\n" + head)[text]) or (None, None)
    assert first is None or last is None or first <= last


PLACES = [
    ("襄阳市推进城市更新\n2023-12-08\n", "今年启动更新片区17个，樊城7个、襄城5个。", "7个", "樊城区"),
    ("襄阳市推进城市更新\n2023-12-08\n", "樊城7个、襄城5个，拆除重建类建筑面积占比20%。", "20%", "襄阳市"),
    ("恩施州抢险有序\n2020-07-20\n", "恩施市最重，12万人受灾，占全州38%。", "38%", "恩施市"),
    ("恩施州抢险有序\n2020-07-20\n", "建始县5万人受灾，其余各县共7万人。", "7万人", "恩施州"),
    ("桃园人口续成长\n2024-01-11\n", "全市人口231万人，复兴区1万人。", "231万人", "桃园市"),
]


@pytest.mark.parametrize(("head", "body", "text", "expected"), PLACES)
def test_scope(head: str, body: str, text: str, expected: str) -> None:
    assert figures_of(body, head)[text].scope == expected


def test_a_gap_beside_the_level_it_is_told_against() -> None:
    gap = figures_of("装配式建筑占比41.2%，较年度目标40%超出1.2个百分点。")["1.2个百分点"]
    assert (gap.direction, gap.bound) == ("up", "exact")
