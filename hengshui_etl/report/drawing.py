"""Drawings of charts, by pygal: labels and numbers in, SVG markup for a page out.

Belongs here: all that knows pygal. Does not belong here: what is charted (charts.py), colours (style.css).

Of what pygal makes only the shapes and texts are kept. Its comment carries a date, its style and script are its own:
without them the same rows give the same bytes, and the page's style and content policy hold. Numbers become floats
here, where a pixel is decided and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

from hengshui_etl.reading import cells
from hengshui_etl.report.rows import Share
from hengshui_etl.report.written import Mark, number, shown

MOST_DOTS = 60
"""Possible wholes that are drawn one by one; of more there is a line."""

WIDTH, FONT = 360, 12
"""Size in units of the drawing: on a phone about a pixel each."""


def possible(title: str, share: Share, first: int, last: int) -> Markup:
    """The percentage that the count is of each whole, and the band of percentages that would be printed so."""
    import pygal  # type: ignore[import-untyped]

    bottom, top = float(share.percent - share.place / 2), float(share.percent + share.place / 2)
    dots = last - first <= MOST_DOTS
    step = 1 if dots else (last - first) // MOST_DOTS
    low, high = (share.low, share.high) if share.status != "fail" else (None, None)

    def fits(whole: int) -> bool:
        return low is not None and high is not None and low <= whole <= high

    wholes = sorted({*range(first, last + 1, step), last, *(end for end in (low, high) if end is not None)})

    def points(which: Callable[[int], bool]) -> list[dict[str, Any]]:
        return [
            {"value": (whole, share.part * 100 / whole), "formatter": _said(whole, share.part)}
            for whole in wholes
            if which(whole)
        ]

    ends = [end for end in (low, high) if end is not None]
    if not ends or ends[0] == ends[-1] or len(_whole_label(last)) < 8:  # else there is no room for more labels
        ends += [first, last]
    chart = _prepared(pygal.XY, title, 220, stroke=not dots, dots_size=3 if len(wholes) < 40 else 2)
    chart.config(
        x_labels=sorted({*ends}), x_value_formatter=_whole_label, y_labels=_heights(share, points(lambda _: True)),
        value_formatter=lambda value: f"{value:.4g}%", xrange=(first, last), show_x_guides=False,
    )  # fmt: skip
    band = [(first, bottom), (last, bottom), (last, top), (first, top), (first, bottom)]
    chart.add("", band, stroke=True, fill=True, show_dots=False)
    chart.add("", points(fits), show_dots=dots or low == high)
    chart.add("", points(lambda whole: not fits(whole)) if dots else points(lambda _: True), show_dots=dots)
    return _drawing(chart, title, "shares")


def _said(whole: int, count: int) -> Callable[[object], str]:
    return lambda _: f"{count} ÷ {whole} = {count * 100 / whole:.5g}%"


def _whole_label(value: float) -> str:
    return number(str(int(value)))


def _heights(share: Share, points: Sequence[dict[str, Any]]) -> list[float]:
    """Where the axis of percentages has labels: at the ends of the band, or amid a narrow one, and of what is drawn."""
    bottom, middle, top = (float(share.percent + share.place / 2 * side) for side in (-1, 0, 1))
    values = [point["value"][1] for point in points]
    lowest, highest = min(*values, bottom), max(*values, top)
    room = (highest - lowest) * 0.09  # a line of text
    heights = [bottom, top] if top - bottom > room else [middle]
    return sorted(heights + [end for end in (lowest, highest) if min(abs(end - at) for at in heights) > room])


def bars(title: str, labels: Sequence[str], values: Sequence[tuple[Decimal | int, str]]) -> Markup:
    """A bar for each label, the first on top, with its value as a text behind it."""
    import pygal

    room = max(cells(text) for _, text in values) * FONT * 0.62
    chart = _prepared(pygal.HorizontalBar, title, 26 * len(labels) + 16, labels, margin_right=room + 8)
    chart.config(print_values=True, print_values_position="top", show_x_labels=False, show_y_guides=False)
    bars = [{"value": float(value), "formatter": _always(text)} for value, text in values]
    chart.add("", bars[::-1])
    return _drawing(chart, title, "bars")


def _always(text: str) -> Callable[[object], str]:
    return lambda _: text


def stacked(title: str, labels: Sequence[str], stacks: Sequence[tuple[Mark, Sequence[int]]]) -> Markup:
    import pygal

    chart = _prepared(pygal.HorizontalStackedBar, title, 17 * len(labels) + 40, labels, margin_right=16)
    chart.config(value_formatter=_whole_label, min_scale=2, max_scale=4, order_min=0)
    for _, values in stacks:
        chart.add("", [value or None for value in values[::-1]])
    return _drawing(chart, title, "stacked", [mark for mark, _ in stacks])


def _prepared(kind: Any, title: str, height: int, labels: Sequence[str] = (), **options: object) -> Any:
    """A chart of that kind with room for its labels: pygal takes a character for 0.6 of the font's size, a Chinese one
    needs a whole."""
    from pygal.style import Style  # type: ignore[import-untyped]

    sizes = dict.fromkeys(("label_font_size", "major_label_font_size", "value_font_size", "legend_font_size"), FONT)
    short = [_short(label) for label in labels]
    wanted = max((cells(label) * 0.56 for label in short), default=0)
    given = max((len(label) * 0.6 for label in short), default=0)
    config: dict[str, object] = {
        "style": Style(**sizes), "js": [], "css": [], "no_prefix": True, "disable_xml_declaration": True,
        "width": WIDTH, "height": height, "show_legend": False, "margin": 4, "spacing": 6, "title": None,
        "margin_left": 4 + max(0, wanted - given) * FONT, "truncate_label": -1, "classes": ("drawing",),
    }  # fmt: skip
    chart = kind(**{**config, **options})
    if short:
        chart.x_labels = short[::-1]
    return chart


def _short(label: str, most: int = 18) -> str:
    """The label in that many columns."""
    label = str(shown(label))
    if cells(label) <= most:
        return label
    kept = label
    while cells(kept) > most - 1:
        kept = kept[:-1]
    return kept + "…"


def _drawing(chart: Any, title: str, kind: str, series: Sequence[str] = ()) -> Markup:
    """The shapes and texts of a chart, as markup for a page; `series` are classes for its series."""
    from pygal.etree import etree  # type: ignore[import-untyped]

    etree.to_etree()  # lxml, where it happens to be installed, would write other bytes
    root = chart.render_tree()
    _strip(root)
    for group in root.iter("g") if series else ():
        if (place := re.search(r"\bserie-(\d+)", group.get("class", ""))) is not None:
            group.set("class", f"series {series[int(place[1])]}")
    for name in ("id", "xmlns", "xmlns:xlink"):
        root.attrib.pop(name, None)
    root.attrib |= {"role": "img", "aria-label": str(shown(title)), "class": f"drawing {kind}"}
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # every text was escaped by the serializer


def _strip(node: ElementTree.Element) -> None:
    """Take away pygal's comment, style, script, tooltips and coordinates; a value becomes the title of its shape."""
    for child in list(node):
        css = child.get("class", "")
        if child.tag == "desc" and css == "value":
            child.tag, child.attrib = "title", {}
        elif (
            not isinstance(child.tag, str)  # a comment
            or child.tag in ("defs", "script", "style", "title", "desc")
            or "tooltip-overlay" in css
            or css == "background"
        ):
            node.remove(child)
        else:
            _strip(child)
