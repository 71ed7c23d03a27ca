"""Scores answers against labelled articles, by the labelling guide: which figures were found, right in value and
unit, and what is right about those; which relations, errors and false alarms.

Belongs here: comparing. Does not belong here: reading articles, floors (test_scores.py).
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from hengshui_etl.records import Figure, Period, Relation

NUMERALS = frozenset("0123456789.〇零一二三四五六七八九十百千万亿兆两半")
DURATIONS = frozenset(("年", "个月", "月", "周", "天", "日", "小时", "分钟", "秒", "工作日", "岁"))
ALIASES = {"个百分点": "百分点", "人民币": "元", "元人民币": "元", "km2": "平方公里", "平方千米": "平方公里"}
ALIASES |= {"千米": "公里", "度": "千瓦时", "名": "人"}
FAMILY = {"remainder": "sum", "part_of": "sum", "feasible_share": "share"}
FIELDS = ("kind", "bound", "direction", "scope", "period")


class Labelled(NamedTuple):
    """An article and what careful readers found in it."""

    name: str
    data: bytes
    html: bool
    text: str
    figures: list[dict[str, Any]]
    relations: list[dict[str, Any]]


def labelled_articles(folder: Path) -> list[Labelled]:
    """All `NAME.gold.json` of a folder with their articles."""
    found = []
    for gold in sorted(folder.glob("*.gold.json")):
        labels = json.loads(gold.read_text("utf-8"))
        name = gold.name.removesuffix(".gold.json")
        path = next(p for end in (".txt", ".gb.txt", ".html", ".htm") if (p := folder / f"{name}{end}").exists())
        data = path.read_bytes()
        html = labels.get("format") == "html"
        text = data.decode(labels.get("encoding", "utf-8")).replace("\r\n", "\n")
        found.append(Labelled(name, data, html, text, labels["figures"], labels["relations"]))
    return found


def unit_of(printed: str) -> str:
    plain = unicodedata.normalize("NFKC", printed)
    return ALIASES.get(plain, plain)


def is_right(gold: dict[str, Any], figure: Figure) -> bool:
    """Whether value, upper end and unit agree; a printed minus sign and the word for it are one."""
    stated, value = Decimal(gold["value"]), figure.value
    if "down" in (gold.get("direction"), figure.direction):
        stated, value = abs(stated), abs(value)
    high = Decimal(gold["high"]) if gold.get("high") else None
    return stated == value and high == figure.high and unit_of(gold["unit"]) == unit_of(figure.unit)


def _matched_by_place(article: Labelled, figures: Sequence[Figure]) -> dict[str, Figure]:
    pairs = []
    for gold in article.figures:
        at = -1
        for _ in range(gold.get("nth", 1)):
            at = article.text.index(gold["text"], at + 1)
        end = at + len(gold["text"])
        for n, figure in enumerate(figures):
            overlap = min(end, figure.end) - max(at, figure.start)
            if overlap > 0 and overlap * 3 >= max(end, figure.end) - min(at, figure.start):
                pairs.append((not is_right(gold, figure), -overlap, len(pairs), gold["id"], n))
    found: dict[str, Figure] = {}
    used: set[int] = set()
    for _, _, _, name, n in sorted(pairs):
        if name not in found and n not in used:
            found[name] = figures[n]
            used.add(n)
    return found


def _matched_in_order(golds: list[dict[str, Any]], figures: Sequence[Figure]) -> dict[str, Figure]:
    """The same numerals in reading order: for pages, where there are no common places."""

    def key(text: str) -> str:
        return "".join(c for c in unicodedata.normalize("NFKC", text) if c in NUMERALS)

    weight = [[(key(g["text"]) == key(f.text) != "") * 2 + is_right(g, f) for f in figures] for g in golds]
    best = [[0] * (len(figures) + 1) for _ in range(len(golds) + 1)]
    for i in reversed(range(len(golds))):
        for j in reversed(range(len(figures))):
            taken = weight[i][j] and weight[i][j] + best[i + 1][j + 1]
            best[i][j] = max(best[i + 1][j], best[i][j + 1], taken)
    i = j = 0
    found: dict[str, Figure] = {}
    while i < len(golds) and j < len(figures):
        if weight[i][j] and best[i][j] == weight[i][j] + best[i + 1][j + 1]:
            found[golds[i]["id"]] = figures[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _days(period: Period | None) -> list[str | None] | None:
    return [day.isoformat() if day else None for day in period] if period else None


def likeness(a: str, b: str) -> float:
    """How many characters two phrases have in common, as F1."""
    both = sum((Counter(a) & Counter(b)).values())
    return 2 * both / (len(a) + len(b)) if a and b else 0.0


def count_figures(tally: Counter[str], article: Labelled, figures: Sequence[Figure]) -> dict[str, Figure]:
    """Add one article's figures to the tally; gold id → figure of those that match."""
    matched = _matched_in_order(article.figures, figures) if article.html else _matched_by_place(article, figures)
    neutral: set[str] = set()
    used = {figure.id for figure in matched.values()}
    for gold in article.figures:
        figure = matched.get(gold["id"])
        if gold.get("optional") or unit_of(gold["unit"]) in DURATIONS:
            if figure is not None:
                neutral.add(figure.id)
            continue
        tally["gold"] += 1
        if figure is None or not is_right(gold, figure):
            continue
        tally["strict"] += 1
        answered: dict[str, Any] = {
            "kind": figure.kind,
            "bound": figure.bound,
            "direction": figure.direction,
            "scope": figure.scope,
            "period": _days(figure.period),
        }
        for field in FIELDS:
            if gold.get(field) is not None or (field == "direction" and figure.direction):
                tally[f"{field}.of"] += 1
                tally[field] += answered[field] == gold.get(field)
        if gold.get("metric"):
            tally["metric.of"] += 1
            tally["metric"] += likeness(figure.metric or "", gold["metric"]) >= 0.6
    neutral |= {f.id for f in figures if f.id not in used and unit_of(f.unit) in DURATIONS}
    tally["answered"] += sum(f.id not in neutral for f in figures)
    return matched


def _one_of_copies(relations: list[dict[str, Any]]) -> dict[str, str]:
    """Gold id → the first of the figures that restate one another: a relation may be found through any copy."""
    first: dict[str, str] = {}
    for relation in relations:
        if relation["type"] == "restatement" and relation["status"] == "pass":
            heads = {first.get(i, i) for i in relation["operands"]}
            head = min(heads, key=lambda i: int(i[1:]))
            for i in set(first) | set(relation["operands"]):
                if first.get(i, i) in heads:
                    first[i] = head
    return first


def _speak_of_one(a: set[str], b: set[str], least: float) -> bool:
    both = len(a & b)
    return both >= min(2, len(b)) and both / len(a | b) >= least


def count_relations(
    tally: Counter[str],
    article: Labelled,
    matched: dict[str, Figure],
    figures: Sequence[Figure],
    relations: Sequence[Relation],
) -> None:
    """Add one article's relations: those found with the right status, errors caught, false alarms."""
    gold_of = {figure.id: gold for gold, figure in matched.items()}
    first = _one_of_copies(article.relations)

    def operands(kind: str, ids: list[str]) -> set[str]:
        return set(ids) if kind == "restatement" else {first.get(i, i) for i in ids}

    checks = []
    for relation in relations:
        kind = relation.claim.type
        ids = [gold_of.get(figures[i].id, f"?{figures[i].id}") for i in relation.claim.operands]
        checks.append((FAMILY.get(kind, kind), operands(kind, ids), relation.verdict.status))
    optional = {g["id"] for g in article.figures if g.get("optional") or unit_of(g["unit"]) in DURATIONS}
    pointed: set[int] = set()
    taken: set[int] = set()
    for gold in article.relations:
        kind = gold["type"]
        wanted = operands(kind, gold["operands"])
        if gold["status"] == "fail":
            hits = {
                n
                for n, (_, own, status) in enumerate(checks)
                if status == "fail" and _speak_of_one(own, wanted, 1 / 3) and 2 * len(own & wanted) >= len(own)
            }
            pointed |= hits
            if not wanted & optional:
                tally["errors"] += 1
                tally["caught"] += bool(hits)
        elif not wanted & optional:
            family = FAMILY.get(kind, kind)
            near = [
                (len(own & wanted) / len(own | wanted), status == gold["status"], n)
                for n, (of, own, status) in enumerate(checks)
                if n not in taken and status != "fail" and of == family and _speak_of_one(own, wanted, 1 / 2)
            ]
            tally["relations"] += 1
            if near:
                _, right, n = max(near)
                taken.add(n)
                tally["found"] += 1
                tally["status"] += right
    tally["alarms"] += sum(status == "fail" and n not in pointed for n, (_, _, status) in enumerate(checks))


def strict_f1(tally: Counter[str]) -> float:
    return 2 * tally["strict"] / (tally["gold"] + tally["answered"])


def accuracy(tally: Counter[str], field: str) -> float:
    return tally[field] / tally[f"{field}.of"]
