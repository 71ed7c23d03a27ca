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
    ("2021年公路发送旅客31万人次，少运7.8%。", "7.8%", "down"),
    ("2021年发电19亿千瓦时，外送电量少送2亿千瓦时。", "2亿千瓦时", "down"),
    ("2021年产粮31万吨，亩产至少收400公斤。", "400公斤", None),
    ("2021年发电19亿千瓦时，增发12.3%。", "12.3%", "up"),
    ("2021年投诉办结率98%，上浮4.6个百分点。", "4.6个百分点", "up"),
    ("审批事项由126项减至74项，精简41.3%。", "41.3%", "down"),
    ("2021年完成投资68亿元，超年度计划66亿元的目标2亿元。", "2亿元", "up"),
    ("2021年完成投资68亿元，超年度计划66亿元的目标2亿元。", "66亿元", None),
    ("2021年末失业率3.42%，低于4.5%的控制线1.08个百分点。", "1.08个百分点", "down"),
    ("2021年增加值增长5.3%，比全市平均（4.2%）高1.1个百分点。", "4.2%", "up"),
    ("2021年增加值增长5.3%，比全市平均（4.2%）高1.1个百分点。", "1.1个百分点", "up"),
    ("2021年空气质量列第四，较上年前移2位。", "2位", "up"),
    ("2021年立案1200起，同上一年相比少立207起。", "207起", "down"),
]


@pytest.mark.parametrize(("body", "text", "expected"), DIRECTIONS)
def test_direction(body: str, text: str, expected: str | None) -> None:
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


PART_YEAR = "嵩明县水利投资增长\n2022-12-08 来源：嵩明县水务局\n"
PARTS = [
    pytest.param(
        "前11个月全县完成投资10亿元。\n今年新建水窖30口。", "30口", ("2022-01-01", "2022-11-30"), id="this year so far"
    ),
    pytest.param(
        "前11个月全县完成投资10亿元。\n今年以来新建水窖30口。",
        "30口",
        ("2022-01-01", "2022-12-08"),
        id="以来: to today",
    ),
    pytest.param(
        "2021年一至四季度发电量依次为1亿千瓦时、2亿千瓦时、3亿千瓦时、4亿千瓦时。",
        "3亿千瓦时",
        ("2021-07-01", "2021-09-30"),
        id="quarters one by one",
    ),
    pytest.param(
        "2021/2022学年，全县在校生3万人。", "3万人", (None, "2021-12-31"), id="a school year is counted in its autumn"
    ),
    pytest.param(
        "防火期内查处违规用火58起。", "58起", ("2022-12-01", "2023-06-15"), id="a season that the province fixes"
    ),
    pytest.param(
        "2021年，全县上云企业3260家，较2018年末的470家增加2790家。",
        "3260家",
        (None, "2021-12-31"),
        id="against a state",
    ),
]


@pytest.mark.parametrize(("body", "text", "expected"), PARTS)
def test_period_of_a_part_of_a_year(body: str, text: str, expected: tuple[str | None, str | None]) -> None:
    assert days(figures_of(body, PART_YEAR)[text]) == expected


METRICS = [
    pytest.param("男选手60人，女选手40人，后者占比40%。", "40%", "女选手", id="the latter"),
    pytest.param(
        "集团营业收入986亿元；利润总额103亿元。", "103亿元", "集团利润总额", id="another attribute of one bearer"
    ),
    pytest.param(
        "地区生产总值增长9%，两年平均增长6.8%。", "6.8%", "地区生产总值两年平均增长", id="the mean of two years"
    ),
    pytest.param(
        "古城、老街人气居前，分别接待18万人次、6万人次。", "18万人次", "古城接待", id="names in the clause before"
    ),
    pytest.param("签约项目100个。50亿元以上的11个。", "11个", "50亿元以上签约项目", id="a class of sizes"),
    pytest.param("超额完成省里下达的130万亩扩种任务。", "130万亩", "省里下达的扩种任务", id="a task told behind"),
    pytest.param("2022年高考情况怎么样？\n张三：全市报名13486人。", "13486人", "报名", id="a question is no topic"),
    pytest.param("13个县区中，正增长的11个。", "11个", "正增长县区", id="those of which some are told"),
    pytest.param("分季度看，一季度营收41亿元；二季度营收46亿元。", "46亿元", "二季度营收", id="a quarter's own level"),
    pytest.param("流通环节不合格163批次，餐饮环节96批次。", "96批次", "餐饮环节不合格", id="a sibling"),
    pytest.param("交通和通信类领涨，涨幅6.8%。", "6.8%", "交通和通信类涨幅", id="the clause that opens the sentence"),
    pytest.param(
        "智能装备、关键零部件、运维服务收入4亿元、3亿元、2亿元。", "3亿元", "关键零部件收入", id="a list without 分别"
    ),
    pytest.param(
        "全年发电量86亿千瓦时。\n【走势】一季度20亿千瓦时，二季度22亿千瓦时。",
        "22亿千瓦时",
        "二季度",
        id="nothing but times in a new paragraph",
    ),
    pytest.param(
        "三个口岸共查验旅客80万人次。\n客流回升。皇岗42万人次，占比52%。",
        "42万人次",
        "皇岗查验旅客",
        id="bare names in a new paragraph",
    ),
    pytest.param("基金方面，收入9亿元，仅为预算12亿元的75%。", "12亿元", "基金", id="仅 is no name"),
]


@pytest.mark.parametrize(("body", "text", "expected"), METRICS)
def test_metric(body: str, text: str, expected: str) -> None:
    assert (figures_of(body)[text].metric or "").startswith(expected)


SCOPES = [
    pytest.param("嵩明法院：全年结案过万件\n2022-01-20\n", "结案1.2万件。", "1.2万件", "嵩明县人民法院", id="a court"),
    pytest.param(
        "中锐精工去年净赚七亿元\n2024-03-29\n总部位于浙江台州的中锐精工（603XXX）披露年报。",
        "营业收入86亿元。",
        "86亿元",
        "中锐精工",
        id="a listed company",
    ),
    pytest.param("零售市道暢旺\n2023-05-05\n", "本港零售總額336億元。", "336億元", "香港", id="our port"),
    pytest.param(
        "周口市夏粮收购\n2021-08-20\n",
        "太康、郸城、鹿邑三个大县的收购量分别为38万吨、35万吨、33万吨。",
        "35万吨",
        "郸城县",
        id="a list of places hands out",
    ),
]


@pytest.mark.parametrize(("head", "body", "text", "expected"), SCOPES)
def test_scope_of_those_that_are_no_region(head: str, body: str, text: str, expected: str) -> None:
    assert figures_of(body, head)[text].scope == expected


def test_a_gap_behind_the_level_it_is_told_against_has_a_direction() -> None:
    assert figures_of("出口增长12.8%，增速高于全国7.7%的水平5.1个百分点。")["5.1个百分点"].direction == "up"
