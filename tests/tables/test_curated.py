"""Which statements make a curated row, and which do not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest

from hengshui_etl.records import Examination
from hengshui_etl.tables.curated import indicators, project_totals, provincial_shares

Make = Callable[..., Examination]
CITY = {"scope": "衡水市", "scope_code": "131100"}


def money(value: str, metric: str | None = None, **more: object) -> dict[str, object]:
    return {"kind": "money", "unit": "元", "value": Decimal(value), "place": Decimal(10**7), "metric": metric, **more}


def percent(value: str, metric: str | None = None, **more: object) -> dict[str, object]:
    place = Decimal("0.1")
    return {"kind": "percent", "unit": "%", "value": Decimal(value), "place": place, "metric": metric, **CITY, **more}


@pytest.mark.parametrize(
    ("text", "figures", "rows"),
    [
        (
            "集中开工项目191项,总投资716.7亿元。",
            {"191项": {"metric": "集中开工项目"}, "716.7亿元": money("71670000000")},
            [("集中开工项目", 191, Fraction(71670000000, 191))],
        ),
        (
            "签约项目733个,计划总投资6986.96亿元。",
            {"733个": {"metric": "签约项目"}, "6986.96亿元": money("698696000000")},
            [("签约项目", 733, Fraction(698696000000, 733))],
        ),
        ("全市有191家企业,总投资716.7亿元。", {"191家": {"metric": "企业"}, "716.7亿元": money("71670000000")}, []),
        ("开工项目191项,完成投资716.7亿元。", {"191项": {"metric": "开工项目"}, "716.7亿元": money("71670000000")}, []),
        (
            "开工项目191项、竣工项目20项,总投资716.7亿元。",
            {"191项": {"metric": "开工项目"}, "20项": {"metric": "竣工项目"}, "716.7亿元": money("71670000000")},
            [],
        ),
        (
            "开工项目191项,总投资716.7亿元;竣工项目20项,总投资30亿元。",
            {
                "191项": {"metric": "开工项目"},
                "716.7亿元": money("71670000000"),
                "20项": {"metric": "竣工项目"},
                "30亿元": money("3000000000"),
            },
            [("开工项目", 191, Fraction(71670000000, 191)), ("竣工项目", 20, Fraction(150000000))],
        ),
        ("项目0项,总投资716.7亿元。", {"0项": {"metric": "项目"}, "716.7亿元": money("71670000000")}, []),
    ],
)
def test_project_totals(make: Make, text: str, figures: dict[str, dict[str, object]], rows: list[object]) -> None:
    found = project_totals(make(text, figures))
    assert [(row.projects, row.number.value, row.mean) for row in found] == rows


def test_a_province_share_tells_the_possible_totals_and_the_mean_of_its_cities(make: Make) -> None:
    text = "全市105个项目列入河北省项目库,占全省项目总数的10.2%,高于全省平均水平。"
    (row,) = provincial_shares(
        make(text, {"105个": {"metric": "项目", **CITY}, "10.2%": percent("10.2")}, [("feasible_share", (0, 1))])
    )
    assert (row.total_low, row.total_high) == (1025, 1034)
    assert (row.whole_word, row.whole_scope, row.is_provincial) == ("全省", "河北省", True)
    assert (row.city_count, row.above_average, row.says_above_average) == (11, True, True)


def test_one_total_alone_may_be_possible(make: Make) -> None:
    text = "全市10个项目获得支持,占全省项目数量的10.2%。"
    (row,) = provincial_shares(make(text, {"10个": CITY, "10.2%": percent("10.2")}, [("feasible_share", (0, 1))]))
    assert (row.total_low, row.total_high, row.says_above_average) == (98, 98, False)


def test_a_share_of_its_own_whole_is_not_provincial(make: Make) -> None:
    text = "全市700余家规上企业均已对接,对接比例达到78%左右。"
    figures = {
        "700余家": {**CITY, "more": True, "unit": "家"},
        "78%左右": percent("78", bound="approx", place=Decimal(1)),
    }
    (row,) = provincial_shares(make(text, figures, [("feasible_share", (0, 1))]))
    assert (row.is_provincial, row.whole_word, row.whole_scope) == (False, None, "衡水市")
    assert (row.city_count, row.above_average, row.says_above_average) == (None, None, False)


@pytest.mark.parametrize(
    ("share", "above"), [("9.1%", None), ("9.2%", True), ("9.0%", False), ("20.0%", True), ("0.5%", False)]
)
def test_above_the_average_only_if_all_of_the_print_is(make: Make, share: str, above: bool | None) -> None:
    text = f"全市105个项目,占全省总数的{share}。"
    (row,) = provincial_shares(
        make(text, {"105个": CITY, share: percent(share.rstrip("%"))}, [("feasible_share", (0, 1))])
    )
    assert row.above_average is above


@pytest.mark.parametrize(
    ("said", "claims"),
    [
        (",高于全省平均水平。", True),
        (",项目个数和资金总量均高于全省平均水平。", True),
        (";增速高于全省平均水平。", False),
        (",增长5个百分点,高于全省平均水平。", False),
        (",居全省第三位。", False),
    ],
)
def test_what_is_said_of_the_average_belongs_to_the_share(make: Make, said: str, claims: bool) -> None:
    text = f"全市105个项目,占全省总数的10.2%{said}"
    (row,) = provincial_shares(make(text, {"105个": CITY, "10.2%": percent("10.2")}, [("feasible_share", (0, 1))]))
    assert row.says_above_average is claims


def test_an_impossible_share_has_no_totals(make: Make) -> None:
    text = "全市3个项目,占全省总数的40.1%。"
    (row,) = provincial_shares(make(text, {"3个": CITY, "40.1%": percent("40.1")}, [("feasible_share", (0, 1))]))
    assert row.relation.verdict.status == "fail"
    assert (row.total_low, row.total_high) == (None, None)


def test_a_share_of_none_makes_no_row(make: Make) -> None:
    text = "全市0个项目,占全省总数的25.0%。"
    assert not provincial_shares(make(text, {"0个": CITY, "25.0%": percent("25.0")}, [("feasible_share", (0, 1))]))


def test_a_province_has_no_share_of_its_cities(make: Make) -> None:
    text = "河北省105个项目,占全国总数的10.2%。"
    province = {"scope": "河北省", "scope_code": "130000"}
    (row,) = provincial_shares(make(text, {"105个": province, "10.2%": percent("10.2")}, [("feasible_share", (0, 1))]))
    assert (row.whole_word, row.whole_scope, row.is_provincial, row.city_count) == ("全国", "全国", False, None)


def test_indicators_are_the_figures_that_say_what_they_measure(make: Make) -> None:
    text = "开工项目191项。今年开工项目191项,增长3%。"
    figures = {
        "191项": {"metric": "开工项目"},
        "#2 191项": {"metric": "开工项目", "unit": "项"},
        "3%": {"metric": None},
    }
    found = indicators(make(text, figures, [("restatement", (0, 1))]))
    assert [(row.figure.id, row.repeats) for row in found] == [("f1", None), ("f2", "f1")]
