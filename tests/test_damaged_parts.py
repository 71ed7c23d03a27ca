"""A bit that is another in a Parquet file: no reader of Parquet notices, and no row of it gets into DuckDB."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from hengshui_etl import parts, warehouse
from hengshui_etl.records import Examination
from hengshui_etl.tables.frames import Examined, frame, frames_of
from hengshui_etl.tables.schemas import TABLES


def test_no_damaged_row_is_loaded_and_the_file_is_named(tmp_path: Path, examination: Examination) -> None:
    with parts.BatchWriter(tmp_path, "a", tuple(TABLES), "1") as writer:
        frames = frames_of("a", [Examined(examination, 9)])
        writer.write(frames | {"raw_articles": frame("raw_articles", [("a", "a.txt", 9, "0" * 64, None)])})
    database = tmp_path / "w.duckdb"
    assert warehouse.load_batch(database, tmp_path, "a")
    (part,) = (tmp_path / "figures" / "batch=a").glob("*.parquet")
    data = bytearray(part.read_bytes())
    data[8] ^= 1  # one that the footer does not depend on
    part.write_bytes(data)
    assert pq.read_metadata(part).num_rows == 5
    assert parts.unreadable(tmp_path, "figures", "a") is not None
    assert parts.unreadable(tmp_path, "relations", "a") is None
    with pytest.raises(parts.Damaged, match="rebuild --batch a"):
        warehouse.rebuild(database, tmp_path)
    with pytest.raises(parts.Damaged):
        parts.read_articles(tmp_path, "figures", "a", ["a1"])
    assert warehouse.query(database, "SELECT count(*) FROM figures")[1] == [(5,)], "the old file is as it was"
