"""The assets: raw files, the tables made from them, the DuckDB file, and the report.

Belongs here: which assets there are, what the UI says of them, and the contract checks that go with making them.
Does not belong here: how tables are made (loading.py) or stored (warehouse.py), what the report shows (report/).

Articles, figures, relations and the curated tables are made by one step, in one pass over the files: each is a table
and an asset of its own, with its own contract check, and either all of them are renamed into place or none.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import dagster as dg

from hengshui_etl import loading, parts, ruled, sources, warehouse
from hengshui_etl.defs.lineage import column_lineage
from hengshui_etl.defs.partitions import BATCHES, all_batches
from hengshui_etl.defs.resources import Project
from hengshui_etl.defs.shown import table as markdown_table
from hengshui_etl.loading import ContractViolated, Outcome
from hengshui_etl.report.build import build_report
from hengshui_etl.rulings import RulingsInvalid
from hengshui_etl.storage import storage_of
from hengshui_etl.tables.contracts import CONTRACTS, Violation
from hengshui_etl.tables.ddl import duckdb_type, one_line
from hengshui_etl.tables.schemas import TABLES

# Partitions on checks are a preview in Dagster 1.13. They are worth it: the UI then tells batches apart.
warnings.filterwarnings("ignore", category=dg.PreviewWarning)

OWNERS = ["team:data-engineering"]

GROUP = "hengshui"
"""One group: with several, the UI opens with closed boxes instead of the graph. The layer is a tag, to filter by."""


def column_schema(table: str) -> dg.TableSchema:
    """The columns of a table as Dagster shows them."""
    schema = TABLES[table].to_schema()
    keys = schema.unique or []
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=str(name),
                type=duckdb_type(column.dtype.type),
                description=one_line(column.description),
                constraints=dg.TableColumnConstraints(nullable=column.nullable, unique=column.unique or keys == [name]),
            )
            for name, column in schema.columns.items()
        ]
    )


def spec(table: str, deps: list[str], layer: str, also: str = "") -> dg.AssetSpec:
    """The asset of a table."""
    return dg.AssetSpec(
        key=table,
        deps=deps,
        description=one_line(TABLES[table].to_schema().description) + (f" {also}" if also else ""),
        group_name=GROUP,
        kinds={"parquet", "polars"},
        owners=OWNERS,
        tags={"layer": layer},
        code_version=loading.code_fingerprint()[:12],
        partitions_def=BATCHES,
        metadata={"dagster/column_schema": column_schema(table), "dagster/table_name": table},
    )


EXAMINED: dict[str, tuple[str, ...]] = {
    "articles": ("articles", "repairs"),
    "quarantine": ("quarantine",),
    "figures": ("figures",),
    "relations": ("relations", "relation_operands", "undecided"),
    "indicators": ("indicators",),
    "project_totals": ("project_totals",),
    "provincial_shares": ("provincial_shares",),
}
"""The assets of one examination and the tables that belong to each."""

SPECS = [
    spec("articles", ["raw_articles"], "read", "With them go their `repairs`."),
    spec("quarantine", ["raw_articles"], "read"),
    spec("figures", ["articles"], "read"),
    spec("relations", ["figures"], "checked", "With them go `relation_operands` and `undecided`."),
    spec("indicators", ["figures", "relations"], "curated"),
    spec("project_totals", ["figures"], "curated"),
    spec("provincial_shares", ["relations"], "curated"),
]


def contract_spec(asset: str, table: str) -> dg.AssetCheckSpec:
    """The blocking check that a table is as its schema says."""
    return dg.AssetCheckSpec(
        f"{table}_contract",
        asset=asset,
        description=(
            f"Pipeline contract. {CONTRACTS[table]}. A violation is our fault: an article that breaks it goes to"
            " quarantine, and with more than a few nothing is stored or loaded."
        ),
        blocking=True,
        partitions_def=BATCHES,
    )


def contract_result(asset: str, table: str, violated: list[Violation]) -> dg.AssetCheckResult:
    """What the contract check of a table says: passed without violations, otherwise which rules are broken."""
    metadata: dict[str, Any] = {"rules broken": len(violated)}
    if violated:
        rows = [(v.table, v.column, v.rule, v.rows, "; ".join(v.examples[:3])) for v in violated]
        metadata["violations"] = dg.MarkdownMetadataValue(
            markdown_table(("table", "column", "rule", "rows", "e.g."), rows)
        )
    return dg.AssetCheckResult(
        passed=not violated,
        asset_key=asset,
        check_name=f"{table}_contract",
        severity=dg.AssetCheckSeverity.ERROR,
        description="; ".join(map(str, violated)) or None,
        metadata=metadata,
    )


def materialized(
    asset: str, tables: tuple[str, ...], outcome: Outcome, project: Project, batch: str
) -> dg.MaterializeResult[Any]:
    """What is said of an asset that was made."""
    rows = {
        ("dagster/partition_row_count" if table == asset else f"rows of {table}"): outcome.rows[table]
        for table in tables
    }
    place = storage_of(project.settings.parquet).address(parts.folder_of(asset, batch))
    metadata: dict[str, Any] = {**rows, "folder": dg.MetadataValue.path(place), "unchanged": outcome.unchanged}
    if (lineage := column_lineage(asset)) is not None:
        metadata["dagster/column_lineage"] = lineage
    return dg.MaterializeResult(asset_key=asset, metadata=metadata)


@dg.multi_asset(
    name="listing",
    specs=[spec("raw_articles", [], "raw", "The files themselves stay as they came and are never edited.")],
    check_specs=[contract_spec("raw_articles", "raw_articles")],
    partitions_def=BATCHES,
    required_resource_keys={"project"},
)
def listing(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """List the files of the batch with their hashes; links and devices are listed and not opened."""
    project: Project = context.resources.project
    project.on_progress("raw_articles", 0, 1)
    if not sources.has_files(project.settings.raw, context.partition_key):
        all_batches(project.settings, project.remove_missing)  # raises where everything is gone at once
    try:
        outcome = loading.list_batch(project.settings, context.partition_key)
    except ContractViolated as violated:
        yield contract_result("raw_articles", "raw_articles", violated.violations)
        raise dg.Failure(f"contract violated: {violated}", allow_retries=False) from None
    yield materialized("raw_articles", ("raw_articles",), outcome, project, context.partition_key)
    yield contract_result("raw_articles", "raw_articles", [])


@dg.multi_asset(
    name="examination",
    specs=SPECS,
    check_specs=[contract_spec(asset, table) for asset, tables in EXAMINED.items() for table in tables],
    partitions_def=BATCHES,
    required_resource_keys={"project"},
)
def examination(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Read every article of the batch, find its figures, judge its arithmetic, and write the tables together."""
    project: Project = context.resources.project
    try:
        outcome = loading.examine_batch(
            project.settings,
            context.partition_key,
            lambda done, total: project.on_progress("articles", done, total),
        )
    except ContractViolated as violated:
        for asset, tables in EXAMINED.items():
            for table in tables:
                if broken := [violation for violation in violated.violations if violation.table == table]:
                    yield contract_result(asset, table, broken)
        raise dg.Failure(f"contract violated: {violated}", allow_retries=False) from None
    for asset, tables in EXAMINED.items():
        yield materialized(asset, tables, outcome, project, context.partition_key)
        for table in tables:
            yield contract_result(asset, table, [])


@dg.asset(
    name="warehouse",
    deps=["quarantine", "indicators", "project_totals", "provincial_shares"],
    description=(
        "The DuckDB file with all tables, the views failed_checks, article_summary and stale_rulings, the rulings of"
        " reviewers, and a comment on every table and column. The rows of the batch are replaced in one transaction;"
        " the Parquet files suffice to make it anew."
    ),
    group_name=GROUP,
    kinds={"duckdb"},
    owners=OWNERS,
    tags={"layer": "warehouse"},
    partitions_def=BATCHES,
    required_resource_keys={"project"},
)
def load(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """Load the batch into DuckDB."""
    project: Project = context.resources.project
    settings = project.settings
    project.on_progress("warehouse", 0, 1)
    changed = warehouse.load_batch(settings.database, settings.parquet, context.partition_key)
    with suppress(RulingsInvalid):  # the check rulings_are_current tells; those of the last run stay
        ruled.refresh(settings)
    sizes = {table: parts.described(settings.parquet, table, context.partition_key) for table in TABLES}
    return dg.MaterializeResult(
        metadata={
            **in_all(project),
            **{f"rows of {table}": size.rows if size else 0 for table, size in sizes.items()},
            "file": dg.MetadataValue.path(str(settings.database)),
            "unchanged": not changed,
        }
    )


def in_all(project: Project) -> dict[str, int]:
    """How much the DuckDB file holds of all batches: numbers that the UI draws over time. None while somebody else
    writes into it: the next load has them."""
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in TABLES)
    failed = "(SELECT count(*) FROM relations WHERE status = 'fail')"
    failed += " - (SELECT count(*) FROM failed_checks WHERE ruling IS NOT NULL)"  # there are few rulings
    sql = f"SELECT {counts}, {failed}, (SELECT count(*) FROM batches)"
    try:
        ((*sizes, failed, batches),) = warehouse.query(project.settings.database, sql)[1]
    except warehouse.WarehouseBusy:
        return {}
    known = dict(zip(TABLES, sizes, strict=True))
    return {
        "dagster/row_count": sum(sizes),
        "batches in all": batches,
        **{f"{table} in all": known[table] for table in ("articles", "figures", "relations", "quarantine")},
        "failed checks in all": failed,
    }


@dg.asset(
    name="report",
    deps=["warehouse"],
    description=(
        "The report for readers, in English and Chinese: the batches, the articles of each, what fails first, and pages"
        " of the most urgent ones with every figure marked and every check explained. It opens from disk, offline. The"
        " pages of the batch are renewed."
    ),
    group_name=GROUP,
    kinds={"html"},
    owners=OWNERS,
    tags={"layer": "report"},
    partitions_def=BATCHES,
    required_resource_keys={"project"},
)
def static_report(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """Write the pages of the batch and the index."""
    project: Project = context.resources.project
    built = build_report(
        project.settings,
        [context.partition_key],
        lambda done, total: project.on_progress("report", done, total),
    )
    return dg.MaterializeResult(
        metadata={
            "report": report_link(built.page),
            "file": dg.MetadataValue.path(str(built.page)),
            "articles": built.articles,
            "files written": built.written,
            "files removed": built.removed,
        }
    )


def report_link(page: Path) -> dg.MetadataValue[Any]:
    """Where the index of the report opens: HENGSHUI_REPORT_URL where it is served, else the file, to be opened from
    disk (browsers follow no link from a page that is served to one that is not)."""
    served = os.environ.get("HENGSHUI_REPORT_URL", "").rstrip("/")
    return dg.MetadataValue.url(f"{served}/{page.name}" if served else page.absolute().as_uri())


ALERTS = dg.AssetSpec(
    key="alerts",
    deps=["warehouse"],
    description=(
        "What was announced: new, worse and resolved findings, files in quarantine, failed runs. The sensor `alerts`"
        " writes it; `hengshui-etl alerts` lists it in a terminal."
    ),
    group_name=GROUP,
    kinds={"sqlite"},
    owners=OWNERS,
    tags={"layer": "report"},
)
"""Nothing makes this asset in a run: the sensor reports it."""
