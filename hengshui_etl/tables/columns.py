"""What the descriptions of all tables are made of: their common columns, kinds of columns, patterns.

Belongs here: what several tables share. Does not belong here: any one table (schemas.py, curated_schemas.py).
"""

from __future__ import annotations

from typing import Annotated

import pandera.polars as pa
import polars as pl

Amount = Annotated[pl.Decimal, 38, 12]
Texts = Annotated[pl.List, pl.String()]
EXACT = r"^-?\d+(\.\d+|/[1-9]\d*)?$"


class Table(pa.DataFrameModel):
    """What all tables have in common."""

    batch: pl.String = pa.Field(
        str_length={"min_value": 1},
        description="Batch: the first folder below data/raw; `unfiled` for files that lie in none.",
    )

    class Config:
        strict = True
        ordered = True


class OfArticle(Table):
    """What all tables have in common that speak of one article."""

    article_id: pl.String = pa.Field(
        str_length={"min_value": 1},
        description=(
            "The article: its path below data/raw, with `/` between folders; of a record in a file of many articles"
            " that file's path, `#`, and the record's id, or its number where it has none."
        ),
    )
