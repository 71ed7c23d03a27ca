"""What is thrown out by its size alone fails before the judge as well."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from hengshui_etl.figures import read
from hengshui_etl.records import Claim
from hengshui_etl.relations.judge import NotJudgeable, finding_of
from hengshui_etl.relations.search.reach import Reach
from hengshui_etl.text import read_article

UNITS = ["个", "户", "亿元", "万元", "元", "亩", "公顷", "%", "‰", "人", "万吨", "公斤", "个百分点", "亿美元", "倍"]
numbers = st.sampled_from(["{}", "{}.{}", "0.{}", "{}000", "约{}", "{}余", "近{}", "超过{}.{}"]).flatmap(
    lambda form: st.tuples(st.integers(1, 1200), st.integers(0, 99)).map(lambda n: form.format(*n))
)
figures = st.tuples(numbers, st.sampled_from(UNITS)).map("".join)
kinds = st.sampled_from(["share", "average", "sum", "remainder"])


def figures_in(text: str):
    return read(read_article(text.encode(), source_path="x")).figures


@settings(deadline=None, max_examples=400)
@given(kinds, st.lists(figures, min_size=3, max_size=5), st.booleans())
def test_what_is_out_of_reach_fails_before_the_judge(kind, texts, alike):
    found = figures_in("。".join(f"完成{text}" for text in texts) + "。")
    if alike:  # one unit, so that more can be judged
        found = tuple(f._replace(unit=found[0].unit, kind=found[0].kind) for f in found[:-1]) + found[-1:]
    operands = tuple(range(len(found)))
    reach = Reach(found, [float(f.value) for f in found])
    if reach.misses(kind, operands):
        try:
            assert not finding_of(Claim(kind, operands, False, 0, ""), found).holds
        except NotJudgeable as reason:
            raise AssertionError(f"{kind} of {texts} cannot be judged: {reason}") from None


@settings(deadline=None, max_examples=200)
@given(kinds, st.lists(st.decimals(1, 10**6, places=1), min_size=2, max_size=2), st.integers(-2, 2))
def test_what_is_within_two_last_places_is_left_to_the_judge(kind, values, off):
    one, other = values
    third = {"share": one / other * 100, "average": one / other, "sum": one + other, "remainder": one - other}[kind]
    third = third.quantize(Decimal("0.1")) + off * Decimal("0.05")
    if third < 1 or (kind == "share" and third > 1000):
        return
    third = third.quantize(Decimal("0.1"))
    found = figures_in(f"完成{one}亿元。完成{other}亿元。完成{third}{'%' if kind == 'share' else '亿元'}。")
    reach = Reach(found, [float(f.value) for f in found])
    held = finding_of(Claim(kind, (0, 1, 2), False, 0, ""), found).holds
    assert not (held and reach.misses(kind, (0, 1, 2)))


def test_it_throws_out_what_is_far_off():
    found = figures_in("投资12亿元。投资90亿元。占55.5%。")
    reach = Reach(found, [float(f.value) for f in found])
    assert reach.misses("share", (0, 1, 2))
