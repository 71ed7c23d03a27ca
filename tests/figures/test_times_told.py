"""When a figure speaks of, where the article says it once and goes on: events, holidays, this year so far, stocks."""

from __future__ import annotations

import pytest

from tests.figures.test_meaning import days, figures_of

DISASTER = "恩施州抢险有序\n2020-07-20 来源：恩施日报\n7月16日20时至18日8时，全州214个站点出现强降雨。\n"
HOLIDAY = (
    "大理州迎来最旺长假\n{day} 来源：大理融媒\n{told}州文化和旅游局晒出假日账本：{days}天里，接待游客486万人次。\n"
)
STATE = "台州市家底公布\n2023-03-15 来源：台州发布\n2022年全市增加值4637亿元。截至去年12月末，在册市场主体80万户。\n"
YEAR = "洮河能源业绩\n2022-02-18 来源：甘肃日报\n2021年，公司营业收入86亿元。\n"
RUSH = "广元春运客流回升\n2023-02-17 来源：广元日报\n2023年春运圆满结束，全市发送旅客131.2万人次。\n"
FAIR = (
    "义乌文博会闭幕\n2023-05-01 来源：金华日报\n为期四天的文化产品博览会昨日圆满闭幕。本届设展位3200个。\n"
    "目前，义乌共有文化企业1.2万家。\n"
)
FLOOD = (
    "暴雨致三县受灾\n2023-07-31 来源：保定日报\n7月28日8时至30日20时，全市平均降雨量186毫米。\n"
    "28日转移900人，29日转移3200人，累计转移4100人。\n"
)
CENSUS = (
    "仙居县人口普查结果揭晓\n2021-06-05 来源：仙居县统计局\n我县以2020年11月1日零时为标准时点开展了普查，结果如下。\n"
)
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
    pytest.param(
        HALF,
        "上半年签约项目协议投资2187亿元，完成全年3500亿元目标的62.5%。",
        "62.5%",
        ("2021-01-01", "2021-06-30"),
        id="a goal of the year with its number",
    ),
    pytest.param(
        HALF,
        "2013年底，全县贫困人口9.7万人，到2019年底，贫困发生率由19.8%下降到4%，累计下降15.8个百分点。",
        "19.8%",
        (None, "2013-12-31"),
        id="from what the sentence told first",
    ),
    pytest.param(
        HALF,
        "2013年底，全县贫困人口9.7万人，到2019年底，贫困发生率由19.8%下降到4%，累计下降15.8个百分点。",
        "15.8个百分点",
        ("2013-12-31", "2019-12-31"),
        id="a change between two states of a sentence",
    ),
    pytest.param(
        HALF,
        "2012年到2020年，教育经费从19.4亿元增加到33.7亿元。",
        "19.4亿元",
        ("2012-01-01", "2012-12-31"),
        id="the first of the years over which a level rose",
    ),
    pytest.param(
        HALF,
        "2012年到2020年，教育经费从19.4亿元增加到33.7亿元。",
        "33.7亿元",
        ("2020-01-01", "2020-12-31"),
        id="the last of the years over which a level rose",
    ),
    pytest.param(
        HALF,
        "自1月28日春运开始至3月8日，机场保障旅客176.4万人次。",
        "176.4万人次",
        ("2021-01-28", "2021-03-08"),
        id="from a day to a day with words between",
    ),
    pytest.param(
        "呼和浩特站春运收官\n2019-03-05\n1月21日至3月1日，发送旅客286.4万人。\n",
        "比去年春运的263.5万人多22.9万人。",
        "263.5万人",
        ("2018-02-01", "2018-03-12"),
        id="the spring rush of last year",
    ),
    pytest.param(
        "北方稀材业绩\n2023-08-30\n",
        "公司披露2023年半年度报告。报告期内，营业收入87.64亿元。",
        "87.64亿元",
        ("2023-01-01", "2023-06-30"),
        id="the report of half a year",
    ),
    pytest.param(
        "政府工作报告\n——2022年1月10日在景县第十七届人民代表大会第二次会议上\n",
        "过去五年，建成高标准农田40万亩。",
        "40万亩",
        ("2017-01-01", "2021-12-31"),
        id="years looked back on in a report dated by its session",
    ),
    pytest.param(RUSH, "设服务站12个。", "12个", ("2023-01-07", "2023-02-15"), id="a season governs its article"),
    pytest.param(
        RUSH, "节后发送60万人次。", "60万人次", ("2023-01-28", "2023-02-15"), id="the days behind the holiday"
    ),
    pytest.param(
        RUSH, "大年初三达3.2万人次。", "3.2万人次", ("2023-01-24", "2023-01-24"), id="a day of the lunar year"
    ),
    pytest.param(
        RUSH,
        "春节七天发送18万人次。设服务站12个。",
        "12个",
        ("2023-01-07", "2023-02-15"),
        id="a part of a season is an aside",
    ),
    pytest.param(
        RUSH, "上年同期为105万人次。", "105万人次", ("2022-01-17", "2022-02-25"), id="the season of last year"
    ),
    pytest.param(
        "厦门机场暑运收官\n2023-09-01 来源：厦门日报\n",
        "今年暑运昨日结束，运送旅客482万人次。",
        "482万人次",
        ("2023-07-01", "2023-08-31"),
        id="a day that only says when it was over",
    ),
    pytest.param(
        "审计查出问题金额2亿元\n2020-09-02 来源：拂晓报\n2019年，市级收入268亿元。\n",
        "截至7月底，已整改1.5亿元。",
        "1.5亿元",
        (None, "2020-07-31"),
        id="the last July that was over",
    ),
    pytest.param(
        HALF,
        "上半年抽查42个年初预算项目，支出1.7亿元。",
        "1.7亿元",
        ("2021-01-01", "2021-06-30"),
        id="a budget of 年初",
    ),
    pytest.param(
        "在校生突破20万人\n2021-12-08 来源：内江市教育局\n",
        "据2021学年初（9月1日）统计，全市有在校生206842人，上学年为203915人。",
        "203915人",
        (None, "2020-09-01"),
        id="the school year before",
    ),
    pytest.param(
        "公共文化账单\n2023-04-23 来源：鞍山日报\n",
        "市文旅局公布图书馆和文化馆2022年运行账单。全年接待读者200万人次。",
        "200万人次",
        ("2022-01-01", "2022-12-31"),
        id="a year behind nouns that 和 joins",
    ),
    pytest.param(
        "猕猴桃采收忙\n2022-10-13 来源：三秦都市报\n今年又是丰收年。10月12日，村民李军强正在过秤。\n",
        "全县种植30万亩。",
        "30万亩",
        ("2022-01-01", "2022-12-31"),
        id="a day that only opens a scene",
    ),
    pytest.param(
        HALF,
        "上半年港口泊位繁忙，进出港船舶8642艘次。",
        "8642艘次",
        ("2021-01-01", "2021-06-30"),
        id="what is counted by times",
    ),
    pytest.param(
        HALF,
        "上半年建成泊位3个，预计年底前投用2个。",
        "2个",
        ("2021-01-01", "2021-12-31"),
        id="what is to come before the end of the year",
    ),
    pytest.param(
        YEAR,
        "前三季度净利润8亿元，四季度1亿元。现金流量净额31亿元。",
        "31亿元",
        ("2021-01-01", "2021-12-31"),
        id="behind a year that was taken apart",
    ),
    pytest.param(
        YEAR,
        "年末在库企业328户，净增37户；营业收入612亿元。",
        "612亿元",
        ("2021-01-01", "2021-12-31"),
        id="what was earned stands beside a state",
    ),
    pytest.param(
        YEAR,
        "2021年，按年平均常住人口726万人计算。",
        "726万人",
        ("2021-01-01", "2021-12-31"),
        id="a mean over the year is no state",
    ),
    pytest.param(YEAR, "2021年，支出12亿元，累计结存6亿元。", "6亿元", (None, "2021-12-31"), id="a balance left"),
    pytest.param(
        YEAR,
        "企业年末418家，一年间新入52家；高新技术企业60家。",
        "60家",
        (None, "2021-12-31"),
        id="the state goes on behind what a year brought",
    ),
    pytest.param(
        "养老提质\n2023-11-20 来源：泰州日报\n",
        "2018年，全市床位3.1万张，如今已达4.6万张，增加1.5万张。",
        "1.5万张",
        ("2018-12-31", "2023-11-20"),
        id="from years ago to now",
    ),
    pytest.param(
        "省运会闭幕\n2022-08-31 来源：孝感日报\n8月30日晚，历时10天的运动会在孝感闭幕。\n",
        "本届运动会设大项28个。",
        "28个",
        ("2022-08-21", "2022-08-30"),
        id="a day and how long it took",
    ),
    pytest.param(
        "台风致灾\n2023-08-01 来源：泉州晚报\n7月28日9时，台风登陆。\n",
        "27日20时至29日8时，全市平均降雨量186.3毫米。",
        "186.3毫米",
        ("2023-07-27", "2023-07-29"),
        id="days of the month told last",
    ),
    pytest.param(
        YEAR,
        "2016年，发电79亿千瓦时。五年间，发电量增加6.6亿千瓦时。",
        "6.6亿千瓦时",
        ("2016-12-31", "2021-12-31"),
        id="the years that stand before a comma",
    ),
    pytest.param(FAIR, "新设展馆8座。", "8座", ("2023-04-27", "2023-04-30"), id="an event counted back from its close"),
    pytest.param(FAIR, "今年客商达5万人次。", "5万人次", ("2023-04-27", "2023-04-30"), id="this year of a fair"),
    pytest.param(
        FAIR, "次日客流1.7万人次。", "1.7万人次", ("2023-04-28", "2023-04-28"), id="the second day of an event"
    ),
    pytest.param(FAIR, "成交额比上届的40亿元多2亿元。", "40亿元", ("2022-01-01", "2022-12-31"), id="the fair before"),
    pytest.param(
        FAIR, "三千余人参加。", "1.2万家", (None, "2023-05-01"), id="the state of the day in the article of an event"
    ),
    pytest.param(
        "省运会落幕\n2022-07-15 来源：绍兴日报\n7月8日开幕的运动会，13日晚在体育中心闭幕。\n",
        "累计产生金牌320枚。",
        "320枚",
        ("2022-07-08", "2022-07-13"),
        id="an event from its opening to its close",
    ),
    pytest.param(
        "丝博会举行\n2019-10-24 来源：衡水日报\n10月21日至23日，丝网博览会在安平举行。\n",
        "企业480家参展。",
        "480家",
        ("2019-10-21", "2019-10-23"),
        id="an event told by its days",
    ),
    pytest.param(FLOOD, "倒塌房屋86间。", "3200人", ("2023-07-29", "2023-07-29"), id="a day without its month"),
    pytest.param(FLOOD, "倒塌房屋86间。", "4100人", ("2023-07-28", "2023-07-29"), id="the days told together"),
    pytest.param(FLOOD, "倒塌房屋86间。", "86间", ("2023-07-28", "2023-07-30"), id="a day is an aside of its sentence"),
    pytest.param(
        FLOOD, "28日至29日停电3000户。", "3000户", ("2023-07-28", "2023-07-29"), id="two days without their month"
    ),
    pytest.param(CENSUS, "家庭户162345户。", "162345户", (None, "2020-11-01"), id="what a census counted"),
    pytest.param(
        CENSUS,
        "与“六人普”相比，男性比重上升0.5个百分点。",
        "0.5个百分点",
        ("2010-11-01", "2020-11-01"),
        id="what changed between two censuses",
    ),
    pytest.param(CENSUS, "户均2.5人，第六次普查时为2.8人。", "2.8人", (None, "2010-11-01"), id="the census before"),
    pytest.param(
        STATE,
        "按照第四次全国经济普查，全市有法人单位17万个，比三经普多6万个。",
        "6万个",
        ("2013-12-31", "2018-12-31"),
        id="two censuses in an article about something else",
    ),
    pytest.param(
        HALF,
        "首三季港口吞吐量1067万吨。",
        "1067万吨",
        ("2021-01-01", "2021-09-30"),
        id="the first three quarters as Hong Kong says",
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
    ("呼和浩特站春运收官\n2019-03-05\n", "该站发送旅客286.4万人。", "286.4万人", "呼和浩特站"),
    ("大凉山最后的堡垒正在攻克\n2020-10-17\n", "凉山今年安排资金60.6亿元。", "60.6亿元", "凉山州"),
    ("桃园人口续成长\n2024-01-11\n", "全市人口231万人，复兴区1万人。", "231万人", "桃园市"),
]


@pytest.mark.parametrize(("head", "body", "text", "expected"), PLACES)
def test_scope(head: str, body: str, text: str, expected: str) -> None:
    assert figures_of(body, head)[text].scope == expected


def test_a_gap_beside_the_level_it_is_told_against() -> None:
    gap = figures_of("装配式建筑占比41.2%，较年度目标40%超出1.2个百分点。")["1.2个百分点"]
    assert (gap.direction, gap.bound) == ("up", "exact")
