"""Planted errors: how many of those that arithmetic can find are found?

    python benchmarks/mutation.py                          every planted error (some thousands, about a minute)
    python benchmarks/mutation.py --sample 2000 --seed 1   as many from every class as come together to 2000
    python benchmarks/mutation.py --missed missed.md       what was not found, grouped by pattern
    python benchmarks/mutation.py --type share             only errors that break a labelled share
    python benchmarks/mutation.py --fresh                  into the fresh articles instead of the practice articles
    python benchmarks/mutation.py --docs                   puts the tables into docs/benchmarks.md

One error at a time is planted into the print of a figure that stands in a labelled relation which holds, and the whole
article is examined again from its bytes. Whether the error can be found at all is decided without the search: the
labelled relations are judged with the changed figure, and at least one must have become impossible. It counts as found
if a failing relation names the changed figure. Figures that stand in relations which fail as they are, are left alone.

Belongs here: planting, counting, the table. Does not belong here: what a label is (tests/relations/conftest.py).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from hengshui_etl.pipeline import examine  # noqa: E402
from hengshui_etl.records import Claim, Examination, Figure  # noqa: E402
from hengshui_etl.relations.judge import NotJudgeable, verdict_of  # noqa: E402

PRACTICE = ROOT / "tests" / "golden" / "practice"
FRESH = ROOT / "tests" / "golden" / "fresh"
CLASSES = (
    "last digit ±1", "digit replaced", "digits swapped", "digit dropped", "decimal point moved", "万↔亿", "%↔百分点",
    "count ±1",
)  # fmt: skip

_RUN = re.compile(r"[0-9０-９](?:[0-9０-９,，]*[0-9０-９])?(?:[.．][0-9０-９]+)?")
_NARROW = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_SPELLED = "零一二三四五六七八九十"
_MULTIPLIERS = {"万": ("亿", 4), "萬": ("億", 4), "亿": ("万", -4), "億": ("萬", -4)}
_POINTS = re.compile(r"[个個](?:\(\w+\))?百分[点點](?:\(\w+\))?|百分[点點](?:\(\w+\))?")


class Planted(NamedTuple):
    """One planted error: the figure's text as it then stands, and what the label then says. `variant` tells it from
    the others of its class."""

    article: str
    figure: str
    kind: str
    text: str
    changes: dict[str, str]
    variant: str


class Outcome(NamedTuple):
    """What became of a planted error: the types that it breaks, whether it was found, and if not, how far the search
    came with each broken relation."""

    planted: Planted
    breaks: tuple[str, ...]
    found: bool
    alarmed: bool
    missed: tuple[tuple[str, str, str, str], ...] = ()  # type, how far, reason of the claim, wording


class Labelled(NamedTuple):
    """A labelled article: its bytes, its labels, and where in the source as read every labelled figure stands."""

    name: str
    path: Path
    data: bytes
    gold: dict[str, Any]
    figures: list[Figure]
    claims: list[tuple[Claim, dict[str, Any]]]
    original: Examination
    spans: list[tuple[int, int] | None]


def _labels() -> Any:
    """The module that makes figures and claims from labels; it stands with the tests."""
    spec = importlib.util.spec_from_file_location("labels", ROOT / "tests" / "relations" / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def labelled(name: str) -> Labelled:
    """The labelled article of that name, a practice article or a fresh one."""
    labels = _labels()
    folder = PRACTICE if (PRACTICE / f"{name}.gold.json").exists() else FRESH
    gold = json.loads((folder / f"{name}.gold.json").read_text("utf-8"))
    path = folder / gold.get("file", f"{name}.txt")
    if not path.exists():
        path = next(p for p in sorted(folder.glob(f"{name}.*")) if p.suffix != ".json")
    data = path.read_bytes()
    figures = [labels.figure_from(f) for f in gold["figures"]]
    claims = [(labels.claim_from(r, figures), r) for r in gold["relations"]]
    original = examine(data, source_path=path.name)
    source, spans = original.article.source, []
    for f in gold["figures"]:
        places = _occurrences(source, f["text"])
        nth = f.get("nth", 1)
        spans.append((places[nth - 1], places[nth - 1] + len(f["text"])) if nth <= len(places) else None)
    return Labelled(name, path, data, gold, figures, claims, original, spans)


def _occurrences(text: str, part: str) -> list[int]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


# ---------------------------------------------------------------- planting


def errors_of(fields: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, str], str]]:
    """Class, text, changed label fields and variant of every error that can be planted into one labelled figure."""
    text, value = fields["text"], Decimal(fields["value"])
    if "high" in fields or value <= 0:
        return
    whole_count = fields["kind"] == "count"
    runs = list(_RUN.finditer(text))
    multipliers = [c for c in text if c in _MULTIPLIERS]
    if not runs:
        spelled = [c for c in text if c in _SPELLED + "两兩"]
        if whole_count and len(spelled) == 1 and not multipliers and not re.search("[百千]", text) and value <= 10:
            for number in (value - 1, value + 1):
                if 1 <= number <= 10:
                    to = _SPELLED[int(number)] if number != 2 else "两"
                    yield "count ±1", text.replace(spelled[0], to, 1), {"value": str(number)}, f"{number - value:+}"
        return
    if len(runs) > 1:
        return
    run = runs[0]
    printed = run[0].translate(_NARROW)
    number = Decimal(printed.replace(",", ""))
    worth = Fraction(value) / Fraction(number) if number else Fraction(1)

    def changed(digits: str) -> tuple[str, dict[str, str]]:
        now = Fraction(Decimal(digits.replace(",", ""))) * worth
        shown = Decimal(now.numerator) / Decimal(now.denominator)
        return text[: run.start()] + digits + text[run.end() :], {"value": f"{shown:f}"}

    places = [i for i, c in enumerate(printed) if c.isdigit()]
    whole = whole_count and not multipliers and "." not in printed
    if whole:
        for step in (-1, 1):
            if number + step >= 1:
                yield "count ±1", *changed(str(number + step)), f"{step:+}"
    else:
        last = places[-1]
        for step in (-1, 1):
            stepped = int(printed[last]) + step
            if 0 <= stepped <= 9:
                yield "last digit ±1", *changed(printed[:last] + str(stepped) + printed[last + 1 :]), f"{step:+}"
    for i in places:
        for digit in "0123456789":
            if digit != printed[i] and not (i == 0 and digit == "0"):
                yield "digit replaced", *changed(printed[:i] + digit + printed[i + 1 :]), f"{i}:{digit}"
    for i, j in pairwise(places):
        if printed[i] != printed[j] and not (i == 0 and printed[j] == "0"):
            turned = list(printed)
            turned[i], turned[j] = turned[j], turned[i]
            yield "digits swapped", *changed("".join(turned)), str(i)
    for i in places if len(places) > 1 and "," not in printed else ():
        left = printed[:i] + printed[i + 1 :]
        if not left.startswith(("0", ".")) or left.startswith("0."):
            yield "digit dropped", *changed(left.rstrip(".")), str(i)
    if "," not in printed:
        for step in (-1, 1):
            moved = f"{number.scaleb(step):f}"
            if not (whole and "." in moved and Decimal(moved) % 1):
                yield "decimal point moved", *changed(moved), f"{step:+}"
    if len(multipliers) == 1:
        to, shift = _MULTIPLIERS[multipliers[0]]
        yield "万↔亿", text.replace(multipliers[0], to), {"value": f"{value.scaleb(shift).normalize():f}"}, to
    if fields["unit"] == "%" and re.search("[%％]", text):
        points = {"unit": "百分点", "kind": "percentage_point"}
        yield "%↔百分点", re.sub("[%％]", "个百分点", text), points, "百分点"
    elif fields["kind"] == "percentage_point" and _POINTS.search(text):
        yield "%↔百分点", _POINTS.sub("%", text), {"unit": "%", "kind": "percent"}, "%"


def planted_in(article: Labelled) -> Iterator[Planted]:
    """Every error that can be planted into figures of relations that hold, and of none that fails."""
    failing = {o for _, label in article.claims if label["status"] == "fail" for o in label["operands"]}
    holding = {o for _, label in article.claims if label["status"] != "fail" for o in label["operands"]}
    for n, fields in enumerate(article.gold["figures"]):
        if fields["id"] in holding - failing and article.spans[n] is not None:
            seen = {fields["text"]}
            for kind, text, changes, variant in errors_of(fields):
                if text not in seen:
                    seen.add(text)
                    yield Planted(article.name, fields["id"], kind, text, changes, variant)


def with_planted(article: Labelled, planted: Planted) -> bytes | None:
    """The article's bytes with the error in them; None where the place cannot be found in a page."""
    n = next(i for i, f in enumerate(article.gold["figures"]) if f["id"] == planted.figure)
    fields, span = article.gold["figures"][n], article.spans[n]
    assert span is not None
    if article.original.article.media == "text":
        source = article.original.article.source
        encoding = "gb18030" if article.original.article.encoding.lower().startswith("gb") else "utf-8"
        return (source[: span[0]] + planted.text + source[span[1] :]).encode(encoding)
    page = article.data.decode("utf-8")
    there, here = _occurrences(page, fields["text"]), _occurrences(article.original.article.source, fields["text"])
    if len(there) != len(here):
        return None
    at = there[here.index(span[0])]
    return (page[:at] + planted.text + page[at + len(fields["text"]) :]).encode()


# ---------------------------------------------------------------- judging


def broken_by(article: Labelled, planted: Planted, labels: Any) -> list[tuple[Claim, dict[str, Any]]]:
    """The labelled relations that held and have become impossible."""
    n = next(i for i, f in enumerate(article.gold["figures"]) if f["id"] == planted.figure)
    fields = article.gold["figures"][n] | planted.changes | {"text": planted.text}
    figures = list(article.figures)
    figures[n] = labels.figure_from(fields)
    broken = []
    for claim, label in article.claims:
        if n in claim.operands and label["status"] != "fail":
            try:
                if verdict_of(claim, figures).status == "fail":
                    broken.append((claim, label))
            except NotJudgeable:
                pass
    return broken


def outcome_of(article: Labelled, planted: Planted, labels: Any, types: frozenset[str]) -> Outcome | None:
    """What became of the planted error; None where it could not be planted, or breaks no relation of these types."""
    data = with_planted(article, planted)
    if data is None:
        return None
    broken = broken_by(article, planted, labels)
    if types and not any(claim.type in types for claim, _ in broken):
        return None
    n = next(i for i, f in enumerate(article.gold["figures"]) if f["id"] == planted.figure)
    span = article.spans[n]
    assert span is not None
    examined = examine(data, source_path=article.path.name)
    start, end = span[0], span[0] + len(planted.text)
    here = {i for i, f in enumerate(examined.figures) if f.start < end and f.end > start}
    failing = [r for r in examined.relations if r.verdict.status == "fail"]
    found = any(here & set(r.claim.operands) for r in failing)
    missed = () if found or not broken else tuple(_how_far(article, planted, examined, here, c, b) for c, b in broken)
    return Outcome(planted, tuple(sorted({c.type for c, _ in broken})), found, found and not broken, missed)


def _how_far(
    article: Labelled, planted: Planted, examined: Examination, here: set[int], claim: Claim, label: dict[str, Any]
) -> tuple[str, str, str, str]:
    """How far the search came with a broken relation, which wording led it there, and the sentence."""
    spans = [article.spans[i] for i in claim.operands]
    wanted = [
        {k for k, f in enumerate(article.original.figures) if s is not None and f.start < s[1] and f.end > s[0]}
        for s in spans
    ]
    reason = ""
    for r in article.original.relations:
        operands = set(r.claim.operands)
        if r.claim.type == claim.type and len(operands) == len(wanted) and all(w & operands for w in wanted):
            reason = r.claim.reason
    if not here:
        far = "the changed figure is not read"
    elif not any(str(examined.figures[i].value.normalize()) == str(_value(article, planted).normalize()) for i in here):
        far = "the changed figure is read otherwise"
    elif reason:
        far = "found in the original, given up once it fails"
    else:
        far = "not found in the original either"
    n = claim.operands[-1]
    place = article.spans[n]
    first = min(s[0] for s in spans if s is not None)
    last = max(s[1] for s in spans if s is not None)
    source = article.original.article.source
    wording = source[max(0, first - 30) : last + 20] if last - first < 160 else _around(source, place)
    printed = " / ".join(article.gold["figures"][i]["text"] for i in claim.operands)
    return claim.type, far, reason, f"{printed}: …{' '.join(wording.split())}…"


def _around(source: str, place: tuple[int, int] | None) -> str:
    return "" if place is None else source[max(0, place[0] - 90) : place[1] + 20]


def _value(article: Labelled, planted: Planted) -> Decimal:
    fields = next(f for f in article.gold["figures"] if f["id"] == planted.figure)
    return Decimal(planted.changes.get("value", fields["value"]))


def alarms_on(article: Labelled) -> list[str]:
    """Failing relations of the article as it is that share no figure with a relation labelled as failing."""
    spans = [article.spans[i] for claim, label in article.claims if label["status"] == "fail" for i in claim.operands]
    wrong = []
    for r in article.original.relations:
        if r.verdict.status == "fail":
            figures = [article.original.figures[i] for i in r.claim.operands]
            if not any(s is not None and f.start < s[1] and f.end > s[0] for f in figures for s in spans):
                wrong.append(f"{article.name} {r.claim.type}: {r.verdict.message_en}")
    return wrong


_ARTICLES: dict[str, Labelled] = {}
_LABELS: list[Any] = []


def outcomes_of(chunk: Sequence[Planted], types: frozenset[str] = frozenset()) -> list[Outcome | None]:
    """The outcomes of planted errors, in a process of its own."""
    if not _LABELS:
        _LABELS.append(_labels())
    out = []
    for planted in chunk:
        if planted.article not in _ARTICLES:
            _ARTICLES[planted.article] = labelled(planted.article)
        out.append(outcome_of(_ARTICLES[planted.article], planted, _LABELS[0], types))
    return out


# ---------------------------------------------------------------- sampling, counting


def sampled(planted: Sequence[Planted], size: int, seed: int) -> list[Planted]:
    """As many of every class, as far as there are, that they come together to `size`; a seed fixes the sample."""
    chance = random.Random(seed)
    by_class: dict[str, list[Planted]] = defaultdict(list)
    for p in planted:
        by_class[p.kind].append(p)
    for group in by_class.values():
        chance.shuffle(group)
    chosen: list[Planted] = []
    for left, (_, group) in zip(
        range(len(by_class), 0, -1), sorted(by_class.items(), key=lambda item: len(item[1])), strict=True
    ):
        chosen += group[: (size - len(chosen)) // left]
    return sorted(chosen)


def _row(name: str, outcomes: Iterable[Outcome]) -> str:
    outcomes = list(outcomes)
    able = [o for o in outcomes if o.breaks]
    found = sum(o.found for o in able)
    share = f"{100 * found / len(able):.1f} %" if able else ""
    return f"| {name} | {len(outcomes)} | {len(able)} | {found} | {share} |"


def report(outcomes: Sequence[Outcome], alarms: Sequence[str], articles: int) -> str:
    """The Markdown tables."""
    head = "| | planted | detectable | found | share found |\n| --- | ---: | ---: | ---: | ---: |"
    lines = ["By class of error:", "", head]
    lines += [_row(kind, (o for o in outcomes if o.planted.kind == kind)) for kind in CLASSES]
    lines += [
        _row("**all**", outcomes),
        "",
        "By type of the relation that the error breaks (an error can break several):",
    ]
    lines += ["", head]
    for kind in sorted({t for o in outcomes for t in o.breaks}):
        lines.append(_row(kind, (o for o in outcomes if kind in o.breaks)))
    beyond = sum(o.alarmed for o in outcomes)
    unable = sum(not o.breaks for o in outcomes)
    lines += [
        "",
        f"Alarms on the {articles} originals that the labels do not share: {len(alarms)}."
        f" Of {unable} errors that break no labelled relation, {beyond} were found by relations that are not labelled.",
    ]
    return "\n".join(lines) + "\n" + "".join(f"\n- {a}" for a in alarms)


def missed_report(outcomes: Sequence[Outcome]) -> str:
    """What was not found, grouped by relation type, how far the search came, and wording; the most frequent first."""
    groups: dict[tuple[str, str, str, str, str], list[Outcome]] = defaultdict(list)
    for o in outcomes:
        for kind, far, reason, wording in o.missed:
            groups[o.planted.article, kind, far, reason, wording].append(o)
    totals = Counter((kind, far, reason) for o in outcomes for kind, far, reason, _ in o.missed)
    lines = ["| missed | type | how far the search came | by which wording |", "| ---: | --- | --- | --- |"]
    lines += [f"| {n} | {kind} | {far} | {reason} |" for (kind, far, reason), n in totals.most_common()]
    lines.append("")
    for (article, kind, far, reason, wording), found in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0])):
        kinds = ", ".join(f"{k} {n}" for k, n in Counter(o.planted.kind for o in found).most_common())
        examples = "; ".join(f"{o.planted.figure} as {o.planted.text}" for o in found[:3])
        lines.append(f"- **{len(found)}** {kind}, article {article}: {far}"
                     f"{f' ({reason})' if reason else ''}. {kinds}. e.g. {examples}\n  {wording}")  # fmt: skip
    return "\n".join(lines) + "\n"


def _document(table: str, seconds: float) -> None:
    """Put the table between the marks in docs/benchmarks.md, with the day, the machine and the command."""
    page = ROOT / "docs" / "benchmarks.md"
    head, rest = page.read_text("utf-8").split(_BEGIN, 1)
    tail = rest.split(_END, 1)[1]
    names = ("--sample", "--seed", "--article")
    arguments = "".join(f" {a} {b}" for a, b in pairwise(sys.argv) if a in names)
    words = (
        f"Measured on {date.today().isoformat()}, Python {platform.python_version()}, {os.cpu_count()} cores "
        f"({platform.machine()}), {seconds:.0f} s: `python benchmarks/mutation.py{arguments}`."
    )
    page.write_text(f"{head}{_BEGIN}\n{words}\n\n{table}{_END}{tail}", "utf-8")


_BEGIN, _END = "<!-- planted errors: begin -->", "<!-- planted errors: end -->"


def main() -> None:
    parser = argparse.ArgumentParser(description="Plant errors into the practice articles and count those found.")
    parser.add_argument("--sample", type=int, help="plant no more than so many, spread over the classes")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--article", action="append", help="only this article (may be given several times)")
    parser.add_argument("--fresh", action="store_true", help="the fresh articles instead of the practice articles")
    parser.add_argument("--type", action="append", help="only errors that break a labelled relation of this type")
    parser.add_argument("--missed", type=Path, help="write there what was not found")
    parser.add_argument("--docs", action="store_true", help="put the table into docs/benchmarks.md, between its marks")
    parser.add_argument("--out", type=Path, help="write the table there instead of printing it")
    given = parser.parse_args()
    began = time.perf_counter()
    folder = FRESH if given.fresh else PRACTICE
    names = given.article or sorted(p.name.removesuffix(".gold.json") for p in folder.glob("*.gold.json"))
    articles = [labelled(name) for name in names]
    planted = [p for a in articles for p in planted_in(a)]
    print(f"{len(planted)} errors can be planted into {len(articles)} articles", file=sys.stderr)
    if given.sample is not None:
        planted = sampled(planted, given.sample, given.seed)
    chunks = [planted[i : i + 50] for i in range(0, len(planted), 50)]
    types = frozenset(given.type or ())
    outcomes: list[Outcome] = []
    skipped = done = 0
    with ProcessPoolExecutor(given.jobs) as pool:
        for future in as_completed([pool.submit(outcomes_of, chunk, types) for chunk in chunks]):
            for outcome in future.result():
                done += 1
                skipped += outcome is None
                if outcome is not None:
                    outcomes.append(outcome)
            if sys.stderr.isatty():
                print(f"\r{done}/{len(planted)}", end="", file=sys.stderr, flush=True)
    outcomes.sort(key=lambda o: (o.planted.article, o.planted.figure, o.planted.kind, o.planted.text))
    table = report(outcomes, [alarm for a in articles for alarm in alarms_on(a)], len(articles))
    seconds = time.perf_counter() - began
    print(
        f"{seconds:.0f} s, {given.jobs} processes, {skipped} left out (no such type, or not found in a page)",
        file=sys.stderr,
    )
    if given.missed:
        given.missed.write_text(missed_report(outcomes), "utf-8")
    if given.docs:
        _document(table, seconds)
    elif given.out:
        given.out.write_text(table, "utf-8")
    else:
        print(table)


if __name__ == "__main__":
    main()
