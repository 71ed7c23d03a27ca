"""Articles of one text with figures marked by hand: what the curated tables and the contracts are tried on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from hengshui_etl.records import Article, Block, Claim, Examination, Figure, Offsets, Relation, Sentence
from hengshui_etl.relations.judge import verdict_of

Make = Callable[..., Examination]


def figure_in(text: str, number: int, mark: str, fields: dict[str, object]) -> Figure:
    """The figure whose characters are `mark`; a leading `#2 ` means its second occurrence."""
    nth, mark = (int(mark[1]), mark[3:]) if mark.startswith("#") else (1, mark)
    at = -1
    for _ in range(nth):
        at = text.index(mark, at + 1)
    default: dict[str, object] = {
        "value": Decimal("".join(c for c in mark if c in "0123456789.")), "high": None, "kind": "count",
        "bound": "exact", "direction": None, "metric": None, "period": None, "scope": None, "scope_code": None,
        "sentence": 0, "place": Decimal(0), "more": False, "strict": False, "unit": mark.lstrip("0123456789.约"),
    }  # fmt: skip
    fields = default | fields
    end = at + len(mark)
    return Figure(id=f"f{number}", text=mark, start=at, end=end, at=at, till=end, **fields)  # type: ignore[arg-type]


@pytest.fixture
def make() -> Make:
    """`make(text, {"105个": {...}, …}, [("feasible_share", (0, 1)), …])`: an article of one sentence, judged."""

    def made(
        text: str,
        figures: dict[str, dict[str, object]],
        claims: list[tuple[str, tuple[int, ...]]] | None = None,
        article_id: str = "b/a.txt",
    ) -> Examination:
        article = Article(
            article_id=article_id, source_path=article_id, sha256="0" * 64, title=None, published_on=date(2019, 10, 16),
            publisher=None, byline=None, encoding="utf-8", script="hans", media="text", source=text, text=text,
            offsets=Offsets((0,), (0,)), repairs=(), blocks=(Block("paragraph", 0, len(text)),),
            sentences=(Sentence(0, len(text), 0),),
        )  # fmt: skip
        found = tuple(figure_in(text, n, mark, fields) for n, (mark, fields) in enumerate(figures.items(), 1))
        relations = []
        for n, (kind, operands) in enumerate(claims or (), 1):
            claim = Claim(kind, operands, False, 0, "by hand")  # type: ignore[arg-type]
            relations.append(Relation(f"c{n}", claim, verdict_of(claim, found)))
        return Examination(article, found, tuple(relations), ())

    return made
