"""Consistency checks: does what the articles say hold? Severity WARN, not blocking; a failed one leaves the run green.

Belongs here: which checks there are and what each tells a person. Does not belong here: which rows fail
(tables/findings.py), how they look (shown.py), contract checks (assets.py).

A check is a view of a table that was stored before: asking again costs one reading of it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import dagster as dg
import polars as pl

from hengshui_etl import parts, ruled
from hengshui_etl.defs import shown
from hengshui_etl.defs.ended import OURS
from hengshui_etl.defs.failures import Failures, no_failures, rulings_of, rulings_on, texts_of
from hengshui_etl.defs.partitions import BATCHES
from hengshui_etl.defs.resources import Project
from hengshui_etl.examining import OUR_FAULT
from hengshui_etl.rulings import Ruling, RulingsInvalid, read_rulings
from hengshui_etl.settings import Settings
from hengshui_etl.tables.findings import FAMILIES, failing, failing_shares, of_projects

WARN = dg.AssetCheckSeverity.WARN
THEIRS = (
    "A failure is the article's: it is loaded and shown, and blocks nothing. Failures that a reviewer has ruled on"
    " (rulings.toml) are listed as such and let the check pass."
)


def finding_spec(name: str, asset: str, holds: str, *deps: str) -> dg.AssetCheckSpec:
    """A check of what articles say."""
    return dg.AssetCheckSpec(
        name,
        asset=asset,
        description=f"Consistency finding. Wherever an article says so, {holds}. {THEIRS}",
        additional_deps=deps,
        partitions_def=BATCHES,
    )


OF_FIGURES = ("article_id", "figure_id", "text", "metric")


def counts(relations: Counter[str], articles: int) -> dict[str, Any]:
    """How many relations there are of each status, as metadata."""
    return {
        "relations": relations.total(),
        "hold": relations["pass"],
        "implied": relations["implied"],
        "fail": relations["fail"],
        "articles with failures": articles,
    }


@dg.multi_asset_check(
    name="consistency_of_relations",
    description="Judges every relation of the batch, one check for each kind of arithmetic.",
    specs=[finding_spec(name, "relations", holds) for name, holds in FAMILIES.values()],
    can_subset=True,
    required_resource_keys={"project"},
)
def consistency_of_relations(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    project: Project = context.resources.project
    folder, batch = project.settings.parquet, context.partition_key
    project.on_progress("relations", 0, 1)
    statuses: dict[str, Counter[str]] = {kind: Counter() for kind in FAMILIES}
    found = dict.fromkeys(FAMILIES, no_failures())
    known = rulings_of(project.settings)
    for rows in parts.read_segments(folder, batch, {"relations": None, "figures": OF_FIGURES}):
        for kind, status, n in rows["relations"].group_by("type", "status").len().iter_rows():
            statuses[kind][status] += n
        failed = failing(rows["relations"])
        texts = texts_of(failed, rows["figures"])
        rulings = rulings_on(known, failed, texts)
        for kind, before in found.items():
            if len(mine := failed.filter(pl.col("type") == kind)):
                found[kind] = before.and_those(mine, texts, rulings)
    wanted = {key.name for key in context.selected_asset_check_keys}
    for kind, (name, _) in FAMILIES.items():
        if name in wanted:
            yield relation_result("relations", name, found[kind], statuses[kind])


def relation_result(asset: str, name: str, found: Failures, statuses: Counter[str]) -> dg.AssetCheckResult:
    """What a check says of relations: how many there are, how many hold, and the failing ones with their arithmetic and
    with what was ruled on them. Passed where nothing fails that nobody has ruled on."""
    ruled_on = {key: f"{ruling.ruling}: {ruling.reason}" for key, ruling in found.rulings.items()}
    open_failures = found.failed - found.ruled
    metadata = counts(statuses, found.articles)
    metadata["ruled"] = found.ruled
    if found.failed:
        table = shown.failing_table(found.rows, found.texts, found.failed, ruled_on)
        metadata["failing"] = dg.MarkdownMetadataValue(table)
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=name,
        passed=not open_failures,
        severity=WARN,
        description=f"{open_failures} of {statuses.total()} relations cannot be true" if open_failures else None,
        metadata=metadata,
    )


@dg.asset_check(
    asset="provincial_shares",
    name="possible_provincial_totals",
    description=(
        "Consistency finding. A count and its percentage of the province leave only some totals possible: is there one,"
        f" and is the share above the average of the province's cities where the article says so? {THEIRS}"
    ),
    partitions_def=BATCHES,
    required_resource_keys={"project"},
)
def possible_provincial_totals(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    project: Project = context.resources.project
    folder, batch = project.settings.parquet, context.partition_key
    shares = parts.read_table(folder, "provincial_shares", batch)
    failed = failing_shares(shares)
    ruled_on = rulings_on_shares(project.settings, batch, failed)
    provincial, others = shares.filter("is_provincial"), shares.filter(~pl.col("is_provincial"))
    metadata: dict[str, Any] = {
        "shares of a province": len(provincial),
        "shares of another whole": len(others),
        "fail": len(failed),
        "ruled": len(ruled_on),
    }
    if len(provincial):
        metadata["possible provincial totals"] = dg.MarkdownMetadataValue(shares_table(provincial))
    if len(others):
        metadata["other wholes"] = dg.MarkdownMetadataValue(shares_table(others))
    if len(failed):
        metadata["failing"] = dg.MarkdownMetadataValue(shares_table(failed, ruled_on))
    return dg.AssetCheckResult(
        passed=len(ruled_on) == len(failed),
        severity=WARN,
        description="; ".join(
            f"{cells[2]} {cells[3]} → {cells[5]}" for cells in map(share_cells, _rows(provincial.head(5)))
        ),
        metadata=metadata,
    )


def rulings_on_shares(settings: Settings, batch: str, failed: pl.DataFrame) -> dict[tuple[str, str], str]:
    """What was ruled on the relations behind failing shares. A share that is possible, and only not above the average
    as the article says, is behind no failing relation: nobody can rule on it."""
    impossible = failed.filter(pl.col("status") == "fail").select("article_id", "relation_id")
    if not len(impossible):
        return {}
    known, found = rulings_of(settings), dict[tuple[str, str], Ruling]()
    for rows in parts.read_segments(settings.parquet, batch, {"relations": None, "figures": OF_FIGURES}):
        mine = rows["relations"].join(impossible, on=["article_id", "relation_id"], how="semi")
        found |= rulings_on(known, mine, texts_of(mine, rows["figures"]))
    return {key: f"{ruling.ruling}: {ruling.reason}" for key, ruling in found.items()}


SHARES = (
    "article",
    "what is counted",
    "count",
    "share",
    "of",
    "possible total",
    "mean share of the cities",
    "above it",
    "sentence",
)


def share_cells(row: dict[str, Any]) -> tuple[object, ...]:
    """A row of `provincial_shares` for reading."""
    low, high = row["possible_total_low"], row["possible_total_high"]
    total = "none" if low is None else f"exactly {low}" if low == high else f"{low} … {'' if high is None else high}"
    mean = row["city_count"] and f"{row['average_share_percent']:.2f} % (1 of {row['city_count']})"
    above = {True: "yes", False: "no", None: "–" if row["city_count"] is None else "either way"}[row["above_average"]]
    said = ", as the article says" if row["says_above_average"] and row["above_average"] else ""
    said = said or (
        ", but the article says it is" if row["says_above_average"] and row["above_average"] is False else ""
    )
    count = f"{row['count']}{_BOUNDS[row['count_bound']]}"
    share = f"{shown.number(row['share_percent'])} %{_BOUNDS[row['share_bound']]}"
    whole = row["whole_scope"] or row["whole_word"] or "its own whole"
    return (row["article_id"], row["counted"], count, share, whole, total, mean, above + said, row["sentence_text"])


_BOUNDS = {"exact": "", "approx": " (about)", "min": " (at least)", "max": " (at most)"}


def shares_table(rows: pl.DataFrame, ruled_on: Mapping[tuple[str, str], str] | None = None) -> str:
    """Shares for reading, with what was ruled on them where that is given."""
    cells = [share_cells(row) for row in _rows(rows.head(shown.MOST_ROWS))]
    if ruled_on is None:
        return shown.table(SHARES, cells, len(rows))
    said = [ruled_on.get((row["article_id"], row["relation_id"]), "") for row in _rows(rows.head(shown.MOST_ROWS))]
    return shown.table((*SHARES, "ruling"), [(*row, text) for row, text in zip(cells, said, strict=True)], len(rows))


def _rows(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    return frame.iter_rows(named=True)


@dg.asset_check(
    asset="project_totals",
    name="project_totals_agree",
    description=(
        "Consistency finding. Do numbers and investments of projects fit together: plan and completion, the new ones"
        f" within the pool, in number and in money? {THEIRS}"
    ),
    additional_deps=["relations", "figures"],
    partitions_def=BATCHES,
    required_resource_keys={"project"},
)
def project_totals_agree(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    project: Project = context.resources.project
    folder, batch = project.settings.parquet, context.partition_key
    totals, held, found = parts.empty("project_totals"), parts.empty("relations"), no_failures()
    pairs, statuses, known = 0, Counter[str](), rulings_of(project.settings)
    wanted = {"project_totals": None, "relations": None, "relation_operands": None, "figures": OF_FIGURES}
    for rows in parts.read_segments(folder, batch, wanted):
        relations = of_projects(rows["relations"], rows["relation_operands"], rows["figures"])
        statuses.update(relations["status"].to_list())
        pairs += len(rows["project_totals"])
        totals = totals.vstack(rows["project_totals"]).head(shown.MOST_ROWS)
        held = held.vstack(relations.filter(pl.col("status") != "fail")).head(shown.MOST_ROWS)
        if len(failed := failing(relations)):
            texts = texts_of(failed, rows["figures"])
            found = found.and_those(failed, texts, rulings_on(known, failed, texts))
    result = relation_result("project_totals", "project_totals_agree", found, statuses)
    metadata: dict[str, Any] = {"pairs of number and investment": pairs, **(result.metadata or {})}
    if len(totals):
        metadata["project totals"] = dg.MarkdownMetadataValue(totals_table(totals, pairs))
    if statuses:
        cells = [(r["article_id"], r["relation_id"], r["status"], r["message_en"]) for r in _rows(held)]
        metadata["what holds"] = dg.MarkdownMetadataValue(
            shown.table(("article", "check", "status", "arithmetic"), cells, statuses.total() - statuses["fail"])
        )
    return result._replace(metadata=metadata)


TOTALS = ("article", "projects", "number", "total investment, 亿元", "mean investment, 亿元", "sentence")


def totals_table(totals: pl.DataFrame, count: int) -> str:
    """The first pairs of number and investment, of so many, with their mean, for reading."""
    rows = [
        (
            row["article_id"],
            row["projects"],
            f"{row['project_count']}{_BOUNDS[row['count_bound']]}",
            f"{shown.number(row['total_investment_yuan'].scaleb(-8))}{_BOUNDS[row['investment_bound']]}",
            shown.number(row["mean_investment_yuan"].scaleb(-8).quantize(_FOUR_PLACES)),
            row["sentence_text"],
        )
        for row in _rows(totals)
    ]
    return shown.table(TOTALS, rows, count)


_FOUR_PLACES = Decimal("0.0001")


@dg.asset_check(
    asset="quarantine",
    name=OURS.partition(":")[2],
    description=(
        "Articles that could not be examined for a fault of this program, not of theirs, or of which it made rows that"
        " break a contract. Nothing of them is loaded. Please report them."
    ),
    partitions_def=BATCHES,
    required_resource_keys={"project"},
)
def nothing_failed_in_the_program(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    project: Project = context.resources.project
    rows = parts.read_table(project.settings.parquet, "quarantine", context.partition_key)
    ours = rows.filter(pl.col("reason").str.starts_with(OUR_FAULT))
    metadata: dict[str, Any] = {"files in quarantine": len(rows), "for our fault": len(ours)}
    if len(rows):
        first = rows.sort(pl.col("reason").str.starts_with(OUR_FAULT), descending=True, maintain_order=True)
        cells = [
            (r["source_path"], r["record_nr"] or "", r["reason"], r["size_bytes"])
            for r in _rows(first.head(shown.MOST_ROWS))
        ]
        heads = ("file", "record", "reason", "bytes")
        metadata["files"] = dg.MarkdownMetadataValue(shown.table(heads, cells, len(rows)))
    files = "file" if len(ours) == 1 else "files"
    return dg.AssetCheckResult(
        passed=not len(ours),
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"{len(ours)} {files} could not be examined" if len(ours) else None,
        metadata=metadata,
    )


@dg.asset_check(
    asset="warehouse",
    name="rulings_are_current",
    description=(
        "Rulings. Can what reviewers have ruled (rulings.toml) be read, and is every ruling still about what it was"
        " made on? A warning names rulings whose article is gone or has changed, or whose statement no longer fails; an"
        " error says that the file cannot be read, and then the rulings of the last run stay in the database."
    ),
    partitions_def=BATCHES,
    required_resource_keys={"project"},
)
def rulings_are_current(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    project: Project = context.resources.project
    try:
        known = read_rulings(project.settings.rulings)
    except (RulingsInvalid, OSError) as error:
        return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.ERROR, description=str(error))
    stale = ruled.stale_rulings(project.settings.database)
    metadata: dict[str, Any] = {"rulings": len(known), "stale": len(stale)}
    if stale:
        heads = ("article", "check", "ruling", "reason", "why it is stale", "still shown as ruled", "sentence")
        rows = [(s.article_id, s.type, s.ruling, s.reason, s.why, s.applies, s.sentence) for s in stale]
        metadata["stale rulings"] = dg.MarkdownMetadataValue(
            shown.table(heads, rows, len(rows), "in the table `stale_rulings` of the warehouse")
        )
    return dg.AssetCheckResult(
        passed=not stale,
        severity=WARN,
        description=f"rulings to look at again: {len(stale)}" if stale else None,
        metadata=metadata,
    )
