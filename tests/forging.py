"""Other rows in a stored table, as somebody would put them there who knows the manifest: its hash and size say nothing
then, and only the rows themselves do. Used by the tests of what verification finds."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from hengshui_etl import parts
from hengshui_etl.settings import Settings
from hengshui_etl.tables.encoding import arrow_schema


def forge(settings: Settings, table: str, batch: str, rows: pl.DataFrame) -> None:
    """Put these rows into the only Parquet file of a table of a batch, with the marks that it had, and its new size and
    hash into the manifest; the number of rows stays as it was said to be."""
    (address,) = parts.addresses_of(settings.parquet, table, batch)
    path, schema = Path(address), arrow_schema(table)
    marked = schema.with_metadata(pq.read_schema(path).metadata)
    pq.write_table(rows.to_arrow().cast(schema).cast(marked), path)
    data = path.read_bytes()
    for manifest in (settings.warehouse / parts.MANIFESTS / f"batch={batch}").glob("*.json"):
        state = json.loads(manifest.read_text("utf-8"))
        for segment in state["segments"]:
            if table in segment["sizes"]:
                segment["sizes"][table] = len(data)
                segment["hashes"][table] = hashlib.sha256(data).hexdigest()
        manifest.write_text(json.dumps(state, indent=1), "utf-8")
