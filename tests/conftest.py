"""Made by hand and shared by the tests of what people and programs are shown: a small article, judged."""

from __future__ import annotations

import os
import shutil
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, settings

os.environ["HENGSHUI_COMPILED"] = "0"  # what is tested are the sources; test_compiled.py compares

from hengshui_etl.records import (
    Article,
    Block,
    Claim,
    Examination,
    Figure,
    Interval,
    Mend,
    Offsets,
    Period,
    Relation,
    Sentence,
    Undecided,
    Verdict,
)

settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")  # on a machine that others use as well, slowness says nothing

_LONGEST = (
    "test_compiled.py",
    "test_end_to_end.py",
    "test_fuzz.py",
    "test_dagster_live.py",
    "test_resuming.py",
    "test_ray.py",
)
"""The files that take a minute or more: they come first, or one core would be left with them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in _LONGEST)


TEXT = "某市三件事\n全市开工191项,其中工业100项,农业90项。完成投资7.5亿元。"
SENTENCES = (Sentence(0, 5, 0), Sentence(6, TEXT.index("完成"), 1), Sentence(TEXT.index("完成"), len(TEXT), 1))


def figure(number: int, text: str, value: str, unit: str, sentence: int, **more: object) -> Figure:
    at = TEXT.index(text)
    fields: dict[str, object] = {
        "kind": "count", "bound": "exact", "high": None, "direction": None, "metric": None, "period": None,
        "scope": None, "scope_code": None, "place": Decimal(0), "more": False, "strict": False,
    }  # fmt: skip
    fields |= more
    return Figure(
        id=f"f{number}", text=text, start=at, end=at + len(text), value=Decimal(value), unit=unit, sentence=sentence,
        at=at, till=at + len(text), **fields,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(scope="session")
def made_by_hand() -> Examination:
    """Five figures; a sum that fails by one, an announced list that holds, a share that is implied."""
    article = Article(
        article_id="a1", source_path="a.txt", sha256="0" * 64, title="某市三件事", published_on=date(2019, 10, 16),
        publisher=None, byline=None, encoding="utf-8", script="hans", media="text", source=TEXT, text=TEXT,
        offsets=Offsets((0,), (0,)), repairs=(), blocks=(Block("paragraph", 0, len(TEXT)),), sentences=SENTENCES,
    )  # fmt: skip
    figures = (
        figure(1, "三件", "3", "件", 0),
        figure(2, "191项", "191", "项", 1, scope="某市", period=Period(None, date(2019, 9, 30))),
        figure(3, "100项", "100", "项", 1, metric="工业"),
        figure(4, "90项", "90", "项", 1),
        figure(5, "7.5亿元", "7.50E+8", "元", 2, kind="money", place=Decimal(10_000_000), high=Decimal("8E8")),
    )

    def verdict(status: str, severity: str, stated: object, computed: object, gap: int, en: str, zh: str) -> Verdict:
        certainty = "impossible" if status == "fail" else "certain"
        return Verdict(status, certainty, severity, stated, computed, Fraction(gap), en, zh)  # type: ignore[arg-type]

    def exactly(value: int) -> Interval:
        return Interval(Fraction(value), Fraction(value))

    relations = (
        Relation("c1", Claim("enumeration", (0,), False, 0, "list", counted=3),
                 verdict("pass", "info", exactly(3), exactly(3), 0, "three are listed", "列出三件")),
        Relation("c2", Claim("sum", (2, 3, 1), False, 1, "其中"),
                 verdict("fail", "error", exactly(191), exactly(190), 1, "100 + 90 = 190, not 191", "共190项"),
                 blame=(1,), mend=Mend(1, "190项", Decimal(190), "项", "digit")),
        Relation("c3", Claim("feasible_share", (1, 2), True, 1, "占"),
                 verdict("implied", "info", None, Interval(Fraction(1, 3), None, True), 0, "some total", "某总数")),
    )  # fmt: skip
    return Examination(article, figures, relations, (Undecided((4,), "no previous level"),))


@pytest.fixture
def examination(made_by_hand: Examination) -> Examination:
    """The same, by the name under which most tests ask for it."""
    return made_by_hand


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium or Chrome. Without one the test is skipped, or fails where it has to run (CI=true)."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if (path := shutil.which(name)) is not None:
            return path
    missing = "no Chromium or Chrome is on the PATH; install it (Debian: apt-get install chromium) to test the report"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)
