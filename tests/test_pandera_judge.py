"""Two judges, one verdict: the pure judge and pandera on the table of relations must agree on whatever is claimed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from hengshui_etl.records import (
    Article,
    Block,
    Bound,
    Claim,
    Examination,
    Figure,
    FigureKind,
    Offsets,
    Relation,
    RelationType,
    Sentence,
)
from hengshui_etl.relations.judge import NotJudgeable, verdict_of
from hengshui_etl.tables.findings import failing, holding, meeting, verdict_disagrees
from hengshui_etl.tables.frames import Examined, frames_of
from hengshui_etl.tables.schemas import TABLES

TEXT = "衡水市经济运行情况"
ARTICLE = Article(
    article_id="a", source_path="a.txt", sha256="0" * 64, title=TEXT, published_on=date(2021, 3, 18), publisher=None,
    byline=None, encoding="utf-8", script="hans", media="text", source=TEXT, text=TEXT, offsets=Offsets((0,), (0,)),
    repairs=(), blocks=(Block("title", 0, len(TEXT)),), sentences=(Sentence(0, len(TEXT), 0),),
)  # fmt: skip


def printed(digits: int, places: int, unit_kind: tuple[str, FigureKind], **fields: Any) -> Figure:
    unit, kind = unit_kind
    value = Decimal(digits).scaleb(-places)
    place = Decimal(0) if kind == "count" and not places else Decimal(1).scaleb(-places)
    return Figure(
        "f0", f"{value:f}{unit}", 0, 1, value, None, unit, kind, "exact", None, None, None, None, None, 0, 0, 1, place,
        False, False,
    )._replace(**fields)  # fmt: skip


UNITS: list[tuple[str, FigureKind]] = [
    ("个", "count"), ("元", "money"), ("%", "percent"), ("百分点", "percentage_point"), ("倍", "multiple"),
    ("亩", "measure"), ("公顷", "measure"), ("吨", "measure"),
]  # fmt: skip
figures = st.builds(
    printed,
    # small numbers, so that relations hold by chance and miss by a last place by chance
    digits=st.integers(0, 60) | st.sampled_from([500, 999, 1000, 3333, 10**13 + 1]),
    places=st.integers(0, 3),
    unit_kind=st.sampled_from(UNITS),
    bound=st.sampled_from(get_args(Bound)),
    direction=st.sampled_from(["up", "down", None]),
    more=st.booleans(),
    strict=st.booleans(),
)
# relations as they are printed: the types' own units, so that most of them can be judged
MONEY, PERCENT, COUNT = ("元", "money"), ("%", "percent"), ("个", "count")
SHAPES: dict[RelationType, tuple[tuple[str, FigureKind], ...]] = {
    "share": (MONEY, MONEY, PERCENT),
    "sum": (MONEY, MONEY, MONEY, MONEY),
    "part_of": (COUNT, COUNT),
    "remainder": (MONEY, MONEY, MONEY),
    "difference": (PERCENT, PERCENT, ("百分点", "percentage_point")),
    "growth": (MONEY, MONEY, PERCENT),
    "average": (MONEY, COUNT, MONEY),
    "multiple": (MONEY, MONEY, ("倍", "multiple")),
    "enumeration": (COUNT,),
    "restatement": (MONEY, MONEY),
    "threshold": (MONEY, MONEY, MONEY),
    "conversion": (("亩", "measure"), ("公顷", "measure")),
    "feasible_share": (COUNT, PERCENT),
}


@st.composite
def claims(draw: st.DrawFn) -> tuple[Claim, tuple[Figure, ...]]:
    kind = draw(st.sampled_from(get_args(RelationType)))
    if draw(st.integers(0, 3)):
        made = tuple(draw(figures) for _ in SHAPES[kind])
        made = tuple(
            printed(int(f.value.scaleb(3)) % 2000, draw(st.integers(0, 2)), unit, direction=f.direction)
            if draw(st.booleans())
            else f._replace(unit=unit[0], kind=unit[1])
            for f, unit in zip(made, SHAPES[kind], strict=True)
        )
    else:
        made = tuple(draw(st.lists(figures, min_size=1, max_size=5)))
    if kind in ("restatement", "threshold", "part_of") and draw(st.booleans()):  # ends that touch, open or not
        made = tuple(f._replace(value=made[0].value, place=Decimal(0)) for f in made)
    implied = draw(st.integers(0, 4)) == 0
    counted = draw(st.integers(0, 5)) if kind == "enumeration" else None
    scale = draw(st.sampled_from([Fraction(1), Fraction(1), Fraction(100), Fraction(1, 3)]))
    return Claim(kind, tuple(range(len(made))), implied, 0, "random", scale, counted), made


def examination_of(found: list[tuple[Claim, tuple[Figure, ...]]]) -> Examination:
    """An article that makes all these claims, each about its own figures; those that cannot be judged are left out."""
    everything: list[Figure] = []
    relations: list[Relation] = []
    for claim, own in found:
        first = len(everything)
        named = tuple(f._replace(id=f"f{first + n}") for n, f in enumerate(own, 1))
        placed = claim._replace(operands=tuple(i + first for i in claim.operands))
        try:
            verdict = verdict_of(placed, [*everything, *named])
        except NotJudgeable:
            continue
        everything += named
        relations.append(Relation(f"c{len(relations) + 1}", placed, verdict))
    return Examination(ARTICLE, tuple(everything), tuple(relations), ())


@settings(deadline=None, max_examples=80)
@given(st.lists(claims(), min_size=1, max_size=12))
def test_pandera_finds_what_the_judge_refuses(found):
    examination = examination_of(found)
    table = frames_of("2021-03", [Examined(examination, 1)])["relations"]
    TABLES["relations"].validate(table, lazy=True)  # the contract holds, whatever is claimed
    refused = [r.id for r in examination.relations if r.verdict.status == "fail"]
    assert failing(table)["relation_id"].to_list() == refused
    assert not verdict_disagrees(table).any()
    assert [not h for h in holding(table)] == [r.verdict.status == "fail" for r in examination.relations]


@settings(deadline=None, max_examples=80)
@given(st.lists(claims(), min_size=1, max_size=12))
def test_the_table_alone_decides_where_it_has_two_intervals(found):
    """Without its status column, the table comes to the same verdicts from the intervals that it carries."""
    examination = examination_of(found)
    table = frames_of("2021-03", [Examined(examination, 1)])["relations"]
    for meet, relation in zip(meeting(table), examination.relations, strict=True):
        verdict = relation.verdict
        assert (meet is None) == (verdict.stated is None or verdict.computed is None)
        if meet is not None:
            assert meet == (verdict.status != "fail")


def test_a_count_in_decimals_with_a_share_without_upper_end():
    count = printed(11, 1, COUNT)
    share = printed(999, 1, PERCENT, bound="min")
    examination = examination_of([(Claim("feasible_share", (0, 1), True, 0, "random"), (count, share))])
    assert not verdict_disagrees(frames_of("2021-03", [Examined(examination, 1)])["relations"]).any()


def test_random_relations_hold_and_fail_in_every_type():
    """The strategy reaches both verdicts of every type: otherwise the agreement above would say little."""
    seen: set[tuple[str, bool]] = set()

    @settings(deadline=None, max_examples=800, database=None, derandomize=True)
    @given(claims())
    def collect(found: tuple[Claim, tuple[Figure, ...]]) -> None:
        for r in examination_of([found]).relations:
            seen.add((r.claim.type, r.verdict.status == "fail"))

    collect()
    assert seen == {(kind, fails) for kind in get_args(RelationType) for fails in (False, True)}
