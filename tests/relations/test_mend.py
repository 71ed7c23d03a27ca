"""Blame and repair: what the practice articles' errors are traced to, and what no repair may do."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengshui_etl.records import Claim
from hengshui_etl.relations.judge import NotJudgeable, verdict_of
from hengshui_etl.relations.mend import Cure, blame_and_mend

# article, what is blamed, the print proposed instead (None: no one edit, or too many), of how many failing relations
PLANTED = [
    ("01", "45.8億元", "48.5億元", 1),
    ("01", "5個(gè)", "4個(gè)", 1),
    ("03", "73.0%", "70.3%", 1),
    ("05", "1.7%", "1.7个百分点", 1),
    ("05", "2.93倍", None, 1),
    ("07", "218.6万人次", "216.8万人次", 1),
    ("07", "759.6元", "659.6元", 1),
    ("09", "４．０９％", "４０．９％", 1),
    ("09", "２３．５万元", "２３．５亿元", 1),
    ("11", "203家", None, 1),
    ("12", "344公里", "334公里", 1),
    ("14", "885所", None, 1),
    ("14", "16.2人", "12.6人", 1),
    ("15", "3.26万元", "3.26亿元", 1),
    ("15", "56.6%", "65.6%", 1),
    ("16", "12.8亿元", "12.3亿元", 1),
    ("16", "2.6倍", "3.6倍", 1),
    ("18", "402.6亿元", None, 1),
    ("18", "11.6%", "11.6个百分点", 1),
    ("19", "32.0", "30.2", 2),
    ("19", "79.5", "75.9", 1),
    ("22", "6.34萬公頃(qǐng)", "6.43萬公頃(qǐng)", 1),
    ("22", "16.4%", "14.6%", 1),
]


@pytest.fixture(scope="module")
def cures(practice):
    out = {}
    for name, figures, labelled in practice:
        claims = [c for c, _ in labelled]
        verdicts = [verdict_of(c, figures) for c in claims]
        out[name] = (claims, verdicts, figures, blame_and_mend(claims, verdicts, figures))
    return out


@pytest.mark.parametrize(("name", "blamed", "instead", "relations"), PLANTED)
def test_planted_error_is_blamed_and_mended(cures, name, blamed, instead, relations):
    _, _, figures, found = cures[name]
    about = [c for c in found if [figures[i].text for i in c.blame] == [blamed]]
    assert [c.mend.text if c.mend else None for c in about] == [instead] * relations


def test_what_holds_is_neither_blamed_nor_mended(cures):
    for _, verdicts, _, found in cures.values():
        assert all(c == Cure((), None) for c, v in zip(found, verdicts, strict=True) if v.status != "fail")


def test_equally_likely_repairs_are_named(cures):
    _, _, figures, found = cures["01"]
    cure = next(c for c in found if c.mend and c.mend.text == "48.5億元")
    assert [(figures[m.figure].text, m.text) for m in cure.equals] == [("56.9億元", "59.6億元")]


def test_every_repair_mends_all_and_breaks_nothing(cures):
    repairs = 0
    for claims, verdicts, figures, found in cures.values():
        for cure in found:
            for mend in (cure.mend, *cure.equals) if cure.mend else ():
                repairs += 1
                old = figures[mend.figure]
                kind = {"百分点": "percentage_point", "%": "percent"}.get(mend.unit, old.kind)
                changed = list(figures)
                place = old.place * (mend.value / old.value) if mend.edit in ("point", "multiplier") else old.place
                changed[mend.figure] = old._replace(
                    text=mend.text, value=mend.value, unit=mend.unit, kind=kind, place=place
                )
                for claim, verdict in zip(claims, verdicts, strict=True):
                    if mend.figure in claim.operands:
                        assert verdict_of(claim, changed).status != "fail", (mend, claim, verdict.status)
    assert repairs > 20


def test_two_figures_are_blamed_where_no_one_figure_mends_both(make_figure):
    def money(text: str):
        return make_figure({"text": text + "元", "value": text, "unit": "元", "kind": "money", "bound": "exact"})

    figures = [money(t) for t in ("10", "20", "37", "50", "60", "115")]
    claims = [Claim("sum", (0, 1, 2), False, 0, "test"), Claim("sum", (3, 4, 5), False, 0, "test")]
    cures = blame_and_mend(claims, [verdict_of(c, figures) for c in claims], figures)
    assert [len(c.blame) for c in cures] == [1, 1]
    assert cures[0].blame[0] in (0, 1, 2)
    assert cures[1].blame[0] in (3, 4, 5)


def test_one_figure_is_blamed_for_all_that_it_breaks(make_figure):
    def money(text: str):
        return make_figure({"text": text + "元", "value": text, "unit": "元", "kind": "money", "bound": "exact"})

    # 2130 was printed 2310; it stands in two sums
    figures = [money(t) for t in ("1020", "1110", "2310", "870", "3000")]
    claims = [Claim("sum", (0, 1, 2), False, 0, "test"), Claim("sum", (2, 3, 4), False, 0, "test")]
    cures = blame_and_mend(claims, [verdict_of(c, figures) for c in claims], figures)
    assert [c.blame for c in cures] == [(2,), (2,)]
    assert {c.mend.text for c in cures} == {"2130元"}
    assert {c.mend.edit for c in cures} == {"swap"}


def test_relations_without_verdict_are_passed_over(make_figure):
    figures = [make_figure({"text": "5个", "value": "5", "unit": "个", "kind": "count", "bound": "exact"})]
    claims = [Claim("enumeration", (0,), False, 0, "test", counted=4), Claim("sum", (0,), False, 0, "test")]
    cures = blame_and_mend(claims, [verdict_of(claims[0], figures), None], figures)
    assert cures[0].mend.text == "4个"
    assert cures[1] == Cure((), None)


@given(
    st.lists(st.decimals(places=1, min_value=1, max_value=999), min_size=3, max_size=6),
    st.lists(
        st.tuples(
            st.sampled_from(["sum", "difference", "share", "growth", "average", "multiple", "remainder", "part_of"]),
            st.permutations([0, 1, 2]),
        ),
        max_size=8,
    ),
)
def test_any_relations_can_be_blamed(make_figure, numbers, shapes):
    figures = [
        make_figure({"text": f"{n}%", "value": str(n), "unit": "%", "kind": "percent", "bound": "exact"})
        for n in numbers
    ]
    claims = [Claim(kind, tuple(places), False, 0, "test") for kind, places in shapes]
    verdicts = []
    for claim in claims:
        try:
            verdicts.append(verdict_of(claim, figures))
        except NotJudgeable:
            verdicts.append(None)
    for claim, verdict, cure in zip(claims, verdicts, blame_and_mend(claims, verdicts, figures), strict=True):
        if verdict is not None and verdict.status == "fail":
            assert set(cure.blame) <= set(claim.operands)
            assert cure.blame
        else:
            assert cure == Cure((), None)


def test_hundreds_of_failing_relations_stay_cheap(make_figure):
    figures = [
        make_figure({"text": f"{n}元", "value": str(n), "unit": "元", "kind": "money", "bound": "exact"})
        for n in range(101, 1101)
    ]
    claims = [Claim("sum", (i, i + 1, i + 2), False, 0, "test") for i in range(990)]
    claims.append(Claim("sum", tuple(range(1000)), False, 0, "test"))
    verdicts = [verdict_of(c, figures) for c in claims]
    cures = blame_and_mend(claims, verdicts, figures)
    assert all(c.blame for c in cures)
    assert Decimal(sum(len(c.blame) for c in cures)) < 3 * len(claims)
