"""The sentences: the article's own numbers, in both languages."""

from __future__ import annotations

import pytest

from hengshui_etl.relations.explain import manner_of, printed, shown, shown_range
from hengshui_etl.relations.intervals import Range, nominal_of
from hengshui_etl.relations.judge import verdict_of

ALL_SHOWN = {
    "share",
    "sum",
    "remainder",
    "difference",
    "growth",
    "average",
    "multiple",
    "feasible_share",
    "restatement",
}


def test_every_sentence_shows_the_printed_numbers(practice):
    for name, figures, claims in practice:
        for claim, _ in claims:
            if claim.type in ALL_SHOWN and len(claim.operands) <= 12:
                verdict = verdict_of(claim, figures)
                for i in claim.operands:
                    assert printed(figures[i]) in verdict.message_en, (name, verdict.message_en)
                    assert printed(figures[i]) in verdict.message_zh, (name, verdict.message_zh)


def test_english_and_chinese_differ(practice):
    for _, figures, claims in practice:
        for claim, _ in claims:
            verdict = verdict_of(claim, figures)
            assert verdict.message_en != verdict.message_zh
            assert "文中" not in verdict.message_en
            assert "article" not in verdict.message_zh


SHOWN = [
    # print of the stated figure, its value, unit, kind, number to show → shown in its manner
    ("73.0%", "73", "%", "percent", "70.2582", "70.26%"),
    ("312.6億元", "31260000000", "元", "money", "30990000000", "309.9亿元"),
    ("885所", "885", "所", "count", "875", "875所"),
    ("25家", "25", "家", "count", "24.88", "24.9家"),
    ("2.6萬(wàn)個(gè)", "26000", "个", "count", "26140", "2.61万个"),
    ("271.0", "27100000000", "元", "money", "27280000000", "272.8亿元"),
    ("9.4个百分点", "9.4", "百分点", "percentage_point", "9.4", "9.4个百分点"),
    ("十万九千七百人", "109700", "人", "count", "109800", "10.98万人"),
    ("4.92%", "4.92", "%", "percent", "-4.9206", "−4.921%"),
    ("0.8%", "0.8", "%", "percent", "0.04", "0.04%"),
]


@pytest.mark.parametrize(("text", "value", "unit", "kind", "number", "expected"), SHOWN)
def test_a_number_is_shown_in_the_manner_of_the_stated_figure(make_figure, text, value, unit, kind, number, expected):
    figure = make_figure({"text": text, "value": value, "unit": unit, "kind": kind, "bound": "exact"})
    found = nominal_of(make_figure({"text": "", "value": number, "unit": "", "kind": kind, "bound": "exact"}))
    assert shown(found.low, found.low_by, manner_of(figure)) == expected


def test_pinyin_of_damaged_pages_is_not_shown(make_figure):
    fields = {"text": "105個(gè)", "value": "105", "unit": "个", "kind": "count", "bound": "exact"}
    assert printed(make_figure(fields)) == "105個"


@pytest.mark.parametrize(
    ("found", "en", "zh"),
    [
        (Range(1, 2), "1% to 2%", "1%至2%"),
        (Range(1, None, True), "more than 1%", "超过1%"),
        (Range(1, None), "at least 1%", "不少于1%"),
        (Range(None, 2), "at most 2%", "不超过2%"),
        (Range(None, 2, False, True), "less than 2%", "不到2%"),
        (Range(None, None), "anything", "任何数"),
    ],
)
def test_ranges_are_said_in_words(make_figure, found, en, zh):
    figure = make_figure({"text": "5%", "value": "5", "unit": "%", "kind": "percent", "bound": "exact"})
    assert shown_range(found, manner_of(figure)) == (en, zh)
