"""Charts of the report: rows in, an SVG in the page's own colours and the same numbers as a table out.

Belongs here: which charts there are, when there is something to see, what they show. Does not belong here: reading
rows (rows.py), shapes (drawing.py), markup around them (templates/).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from markupsafe import Markup

from hengshui_etl.answers import plain, rounded
from hengshui_etl.messages import Messages
from hengshui_etl.report import drawing
from hengshui_etl.report.rows import CheckCount, Share, Total
from hengshui_etl.report.written import MARKS, Mark, mark_of, number

MOST_ROWS = 12
"""Bars of a chart; the table beside it has all."""

MOST_SHARES = 4
"""Charts of shares on a page; the table has all."""


class Cell(NamedTuple):
    """A cell of a table; `figure` is where its text stands in the article, `place` the name of the link's target."""

    text: str
    place: str = ""


class Chart(NamedTuple):
    """Drawings, what their colours mean (pairs of class and words), and their numbers: a head and rows."""

    name: str
    title: str
    drawings: tuple[tuple[str, Markup], ...]
    keys: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    of_article: bool
    """Whether its words are the article's, in Chinese, and its numbers worth reading beside it."""


def figure_kinds(counts: Sequence[tuple[str, int]], say: Messages) -> Chart | None:
    """How many figures there are of each kind; None for fewer than two kinds."""
    if len(counts) < 2:
        return None
    named = [(say(f"report.kind_{kind}"), n) for kind, n in sorted(counts, key=lambda pair: (-pair[1], pair[0]))]
    title = say("report.chart_kinds")
    bars = drawing.bars(title, [label for label, _ in named], [(n, f"{n}") for _, n in named])
    rows = tuple((Cell(label), Cell(number(str(n)))) for label, n in named)
    head = (say("report.chart_kind"), say("report.figures"))
    return Chart("kinds", title, (("", bars),), (), head, rows, False)


def check_types(counts: Sequence[CheckCount], say: Messages) -> Chart | None:
    """How many checks there are of each type, by what they say; None without any."""
    found: dict[str, dict[Mark, int]] = {}
    for each in counts:
        marks = found.setdefault(each.type, dict.fromkeys(MARKS[:-1], 0))
        marks[mark_of(each)] += each.n
    if not found:
        return None
    types = sorted(found, key=lambda name: (-sum(found[name].values()), name))
    there = [mark for mark in MARKS[:-1] if any(found[name][mark] for name in types)]
    title = say("report.chart_checks")
    labels = [say(f"type.{name}") for name in types]
    stacks = [(mark, [found[name][mark] for name in types]) for mark in there]
    rows = tuple(
        (Cell(label), *(Cell(number(str(found[name][mark]))) for mark in there))
        for name, label in zip(types, labels, strict=True)
    )
    return Chart(
        "checks",
        title,
        (("", drawing.stacked(title, labels, stacks)),),
        tuple((mark, say(f"report.{mark}")) for mark in there),
        (say("report.chart_type"), *(say(f"report.{mark}") for mark in there)),
        rows,
        False,
    )


def project_totals(totals: Sequence[Total], say: Messages) -> Chart | None:
    """Total investment and mean investment of projects; None for fewer than two."""
    if len(totals) < 2:
        return None
    several = totals[:MOST_ROWS]
    labels = [total.projects for total in several]
    drawings = (
        (say("report.chart_total"), [(total.yuan, SIGNS[total.yuan_bound] + yuan(total.yuan)) for total in several]),
        (
            say("report.chart_mean"),
            [(total.mean, SIGNS[_mean_bound(total)] + yuan(total.mean, 2)) for total in several],
        ),
    )
    rows = tuple(
        (
            Cell(total.projects),
            Cell(_bounded(number(str(total.number)), total.count_bound, say), total.count_figure),
            Cell(_bounded(yuan(total.yuan), total.yuan_bound, say), total.investment_figure),
            Cell(_bounded(yuan(total.mean, 2), _mean_bound(total), say)),
        )
        for total in totals
    )
    head = ("chart_projects", "chart_number", "chart_total", "chart_mean")
    return Chart(
        "totals",
        say("report.chart_totals"),
        tuple((title, drawing.bars(title, labels, values)) for title, values in drawings),
        (),
        tuple(say(f"report.{key}") for key in head),
        rows,
        True,
    )


def provincial_shares(shares: Sequence[Share], say: Messages) -> Chart | None:
    """Counts with their percentage of a whole that is not stated, and which wholes are possible; None without a share
    of which a drawing can be made."""
    drawn: list[tuple[str, Markup]] = []
    for share in sorted(shares, key=lambda share: (share.status != "fail", not share.provincial)):
        window = _window(share)
        if window is not None and len(drawn) < MOST_SHARES:
            whole = share.whole_scope or say("role.whole")
            title = say("report.chart_share", count=share.part, percent=plain(share.percent), whole=whole)
            drawn.append((title, drawing.possible(title, share, *window)))
    if not drawn:
        return None
    head: tuple[str, ...] = (
        "chart_counted",
        "chart_count",
        "chart_percent",
        "chart_whole",
        "chart_possible",
        "chart_average",
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            Cell(share.counted or ""),
            Cell(_bounded(number(str(share.part)), share.count_bound, say), share.count_figure),
            Cell(_bounded(f"{plain(share.percent)}%", share.percent_bound, say), share.share_figure),
            Cell(share.whole_scope or ""),
            Cell(_wholes(share, say), share.relation),
            Cell(_average(share, say)),
        )
        for share in shares
    )
    if not any(row[-1].text for row in rows):  # no division's share of its province
        head, rows = head[:-1], tuple(row[:-1] for row in rows)
    held = any(share.status != "fail" and _window(share) is not None for share in shares)
    keys = ("printed", "possible", "impossible") if held else ("printed", "impossible")
    return Chart(
        "shares",
        say("report.chart_shares"),
        tuple(drawn),
        tuple((key, say(f"report.chart_{key}")) for key in keys),
        tuple(say(f"report.{key}") for key in head),
        rows,
        True,
    )


def yuan(value: Decimal, places: int | None = None) -> str:
    """An amount of money as articles print it: in 亿元 or 万元, exact or with so many decimals."""
    size, name = (10**8, "亿元") if value >= 10**8 else (10**4, "万元") if value >= 10**4 else (1, "元")
    exact = Fraction(value) / size
    if places is None:
        return number(rounded(exact, 12)) + name
    return number(plain(Decimal(round(exact * 10**places)).scaleb(-places))) + name


SIGNS = {"exact": "", "approx": "≈ ", "min": "≥ ", "max": "≤ "}
"""Before a number in a drawing, where words have no room."""


def _mean_bound(total: Total) -> str:
    """What total ÷ number is worth: at least so much where the total is, at most so much where the number is more."""
    if total.count_bound == "exact":
        return total.yuan_bound
    if total.yuan_bound == "exact":
        return {"min": "max", "max": "min"}.get(total.count_bound, "approx")
    return "approx"


def _bounded(text: str, bound: str, say: Messages) -> str:
    return text if bound == "exact" else f"{say(f'report.bound_{bound}')} {text}"


def _wholes(share: Share, say: Messages) -> str:
    if share.status == "fail":
        return say("report.chart_no_whole")
    if share.low is None:
        return ""
    if share.high is None:
        return say("check.at_least", low=number(str(share.low)))
    low, high = number(str(share.low)), number(str(share.high))
    return low if low == high else say("check.between", low=low, high=high)


def _average(share: Share, say: Messages) -> str:
    if share.cities is None:
        return ""
    key = {True: "chart_above", False: "chart_below", None: "chart_either"}[share.above]
    return say(f"report.{key}", average=plain(Decimal(round(Fraction(10000, share.cities))).scaleb(-2)), n=share.cities)


def _window(share: Share) -> tuple[int, int] | None:
    """The wholes to draw: the possible ones with some on either side; None where there is no end to them, or where
    the whole is the article's own and possible."""
    if not share.provincial and share.status != "fail":
        return None
    if share.percent <= 0 or share.part <= 0 or share.percent_bound != "exact":
        return None
    if share.status == "fail":
        middle = int(share.part * 100 / share.percent)
        return max(1, middle), middle + 1  # the two that come nearest, on either side of the band
    if share.low is None or share.high is None:
        return None
    beside = max(3, (share.high - share.low) // 2)
    return max(1, share.low - beside), share.high + beside
