"""Verification: what is stored is compared with what it was made from, and made again.

Belongs here: raw files against their hashes, rows against a new examination, Parquet files against each other and
against DuckDB, verdicts against their operands. Does not belong here: what is said of it (verified.py), comparing
frames (tables/differences.py), judging rows (tables/recomputed.py), when it is done (defs/).

Only reads. Articles are taken in pieces of bounded size, and DuckDB compares its rows itself, so that memory does not
grow with the warehouse; it is opened for one batch at a time, so that a load need not wait for the whole.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from hengshui_etl import loading, parts, ruled, sources, warehouse
from hengshui_etl.bulk import is_bulk
from hengshui_etl.examining import Item, items_of, pieces_of, rows_of_piece
from hengshui_etl.rulings import read_rulings
from hengshui_etl.settings import Settings
from hengshui_etl.sources import FILE_OF_RECORD, RawFile
from hengshui_etl.tables.differences import ABSENT, PRESENT, WHOLE_ROW, keys, row_differences
from hengshui_etl.tables.frames import frame, polars_schema
from hengshui_etl.tables.recomputed import disagreements
from hengshui_etl.tables.schemas import TABLES
from hengshui_etl.verified import Found, Verified

if TYPE_CHECKING:
    import duckdb

OnProgress = Callable[[str, str, int, int], None]

MOST_ROWS = 50
"""Rows of one table of one batch that are fetched from DuckDB to tell how they differ."""

SEED = 20191016
PIECE_FILES, PIECE_BYTES = 200, 4 * 2**20
TRIES = 3


def verify(
    settings: Settings,
    batches: Sequence[str] | None = None,
    sample: int | None = None,
    on_progress: OnProgress = lambda batch, step, done, total: None,
) -> Verified:
    """Compare everything that is stored of these batches (None: of all) with the raw files and with itself. `sample`
    is how many articles are examined again; None for all. Raises WarehouseBusy, RulingsInvalid, OSError."""
    whole = batches is None
    wanted = sorted({*sources.raw_batches(settings.raw), *parts.stored_batches(settings.parquet)})
    wanted = wanted if batches is None else sorted(set(batches))
    chosen = None if sample is None else _sampled(settings, wanted, sample)
    together = Found()
    for batch in wanted:
        for attempt in range(TRIES):
            before = _state(settings, batch)
            found = Found()
            _verify_batch(settings, batch, None if chosen is None else chosen.get(batch, set()), found, on_progress)
            # A run in between is no difference: what it changed is looked at again.
            if not found.counts or _state(settings, batch) == before or attempt == TRIES - 1:
                break
        together.take(found)
    if whole:
        together.take(_verify_database(settings, wanted))
    return Verified(
        batches=tuple(wanted),
        files=together.files,
        examined=together.examined,
        verdicts=together.verdicts,
        rows=together.rows,
        differences=tuple(together.differences),
        counts=dict(together.counts),
    )


def _state(settings: Settings, batch: str) -> tuple[object, ...]:
    """What changes when a run changes the batch."""
    try:
        loaded = warehouse.loaded_batches(settings.database).get(batch)
    except warehouse.WarehouseBusy:
        raise
    except Exception:  # a file that is no database is a difference, told by the comparison
        loaded = "unreadable"
    return parts.loaded_fingerprint(settings.parquet, batch), loaded


def _sampled(settings: Settings, batches: Sequence[str], sample: int) -> dict[str, set[str]]:
    """The articles to be examined again: as many of all, the same ones at every call. No more than these are held: each
    that comes takes the place of a chosen one as often as it has to for all to have the same chance."""
    chance = random.Random(SEED)
    chosen: list[tuple[str, str]] = []
    for number, known in enumerate(_known(settings, batches)):
        if len(chosen) < sample:
            chosen.append(known)
        elif (place := chance.randrange(number + 1)) < sample:
            chosen[place] = known
    found: dict[str, set[str]] = {}
    for batch, article in chosen:
        found.setdefault(batch, set()).add(article)
    return found


def _known(settings: Settings, batches: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Batch and name of every article, and of every file in quarantine."""
    place = settings.parquet
    for batch in batches:
        if any(parts.unreadable(place, table, batch) for table in ("articles", "quarantine")):
            continue
        for rows in parts.read_chunks(place, "articles", batch, ["article_id"]):
            yield from ((batch, article) for article in rows["article_id"])
        for rows in parts.read_chunks(place, "quarantine", batch, ["source_path", "record_nr"]):
            yield from ((batch, path) for path in rows.filter(pl.col("record_nr") == 0)["source_path"])


def _verify_batch(
    settings: Settings, batch: str, chosen: set[str] | None, found: Found, on_progress: OnProgress
) -> None:
    on_progress(batch, "raw_articles", 0, 1)
    folder = settings.parquet
    broken = [table for table in TABLES if _told_unreadable(settings, table, batch, found)]
    if len(broken) == len(TABLES) and batch not in parts.stored_batches(folder):
        found.differences.clear()  # not one table that cannot be read but a batch that nobody has loaded yet
        found.counts.clear()
        for file in sources.batch_files(settings.raw, batch):
            found.files += 1
            found.add(
                "raw", "raw_articles", batch, article=file.path, column=WHOLE_ROW, stored=ABSENT, expected=PRESENT
            )
        return
    if "raw_articles" in broken:
        return
    listed = parts.read_table(folder, "raw_articles", batch)
    files = list(sources.batch_files(settings.raw, batch))
    found.files += len(files)
    moved = set()
    for each in row_differences("raw_articles", listed, frame("raw_articles", [(batch, *file) for file in files])):
        moved.add(each.article_id)
        found.add("raw", "raw_articles", batch, article=each.article_id, column=each.column, stored=each.stored,
                  expected=each.expected)  # fmt: skip
    if not broken and _told_apart(settings, batch, listed, found):
        _verify_rows(settings, batch, listed, moved, chosen, found, on_progress)
    on_progress(batch, "warehouse", 0, 1)
    if not broken:
        _verify_loaded(settings, batch, found)


def _told_unreadable(settings: Settings, table: str, batch: str, found: Found) -> bool:
    reason = parts.unreadable(settings.parquet, table, batch)
    if reason is not None:
        found.add("parquet", table, batch, stored=reason, expected="a Parquet file that can be read")
    return reason is not None


def _told_apart(settings: Settings, batch: str, listed: pl.DataFrame, found: Found) -> bool:
    """Whether the files of a batch belong together, and to this version of the program: only then can rows be compared
    with a new examination."""
    marks = {}
    for table in TABLES:
        if (stored := parts.described(settings.parquet, table, batch)) is not None:
            marks[table] = stored.fingerprint
    expected = loading.fingerprint_of([RawFile(*row) for row in listed.drop("batch").iter_rows()])
    if set(marks.values()) == {expected}:
        return True
    if len(set(marks.values())) == 1:
        found.add("version", "", batch, stored="made by another version of the program", expected="made by this one")
        return False
    for table, mark in marks.items():
        if mark != marks["raw_articles"]:
            found.add("parquet", table, batch, stored="made from other files than raw_articles",
                      expected="made from the same")  # fmt: skip
    return False


def _verify_rows(
    settings: Settings,
    batch: str,
    listed: pl.DataFrame,
    moved: set[str],
    chosen: set[str] | None,
    found: Found,
    on_progress: OnProgress,
) -> None:
    """Rows against a new examination, verdicts against their operands, and no rows of articles that are not listed."""
    folder = settings.parquet
    seen: Counter[str] = Counter()
    for piece in pieces_of(items_of(settings.raw, _files(listed)), PIECE_FILES, PIECE_BYTES):
        articles = [item.article_id for item in piece]
        relations = parts.read_articles(folder, "relations", batch, articles, piece[0].key, piece[-1].key)
        figures = parts.read_articles(folder, "figures", batch, articles, piece[0].key, piece[-1].key)
        found.verdicts += len(relations)
        for wrong in disagreements(relations, figures):
            found.add("verdict", "relations", batch, article=wrong.article_id, row=wrong.relation_id,
                      column=wrong.column, stored=wrong.stored, expected=wrong.expected)  # fmt: skip
        again = [
            item for item in piece if item.file.path not in moved and (chosen is None or item.article_id in chosen)
        ]
        if again:
            _verify_articles(settings, batch, again, found)
        seen.update(item.file.path for item in piece)
        on_progress(batch, "articles", len(seen), len(listed))
    known = listed["source_path"].implode()
    for table in loading.EXAMINED:
        key = "article_id" if "article_id" in polars_schema(table) else "source_path"
        strangers: set[str] = set()
        for there in parts.read_chunks(folder, table, batch, [key]):
            found.rows += len(there)
            names = there.unique().filter(~pl.coalesce(pl.col(key).str.extract(FILE_OF_RECORD), key).is_in(known))
            strangers.update(names[key])
        for article in sorted(strangers):
            found.add("rows", table, batch, article=article, column=WHOLE_ROW, stored=PRESENT, expected=ABSENT)
    _verify_counts_of_records(settings, batch, {path: n for path, n in seen.items() if path not in moved}, found)


def _files(listed: pl.DataFrame) -> Iterator[RawFile]:
    return (RawFile(*row) for row in listed.drop("batch").iter_rows())


def _verify_counts_of_records(settings: Settings, batch: str, seen: dict[str, int], found: Found) -> None:
    """Of a file of many articles the warehouse has as many records as the file has."""
    stored: Counter[str] = Counter()
    for table in ("articles", "quarantine"):
        for rows in parts.read_chunks(settings.parquet, table, batch, ["source_path"]):
            stored.update(dict(rows.group_by("source_path").len().iter_rows()))
    for path, count in seen.items():
        if is_bulk(path) and stored[path] > count:
            found.add("rows", "articles", batch, article=path, column=WHOLE_ROW, stored=f"{stored[path]} records",
                      expected=f"{count} records", times=stored[path] - count)  # fmt: skip


def _verify_articles(settings: Settings, batch: str, items: Sequence[Item], found: Found) -> None:
    """The stored rows of these files and records against those of a new examination."""
    found.examined += len(items)
    articles, paths = [item.article_id for item in items], list({item.file.path for item in items})
    keys = pl.DataFrame(
        [item.key for item in items], schema={"source_path": pl.String, "record_nr": pl.Int64}, orient="row"
    )
    for table, expected in rows_of_piece(settings.raw, batch, items).frames.items():
        quarantine = table == "quarantine"
        wanted = paths if quarantine else articles
        stored = parts.read_articles(settings.parquet, table, batch, wanted, items[0].key, items[-1].key)
        if quarantine:
            stored = stored.join(keys, on=["source_path", "record_nr"], how="semi")
        for each in row_differences(table, stored, expected):
            found.add("rows", table, batch, article=each.article_id, row=each.row, column=each.column,
                      stored=each.stored, expected=each.expected)  # fmt: skip


def _verify_loaded(settings: Settings, batch: str, found: Found) -> None:
    """The rows of a batch in DuckDB against its Parquet files."""
    if not settings.database.exists():
        return  # told once, for all batches
    wanted = parts.loaded_fingerprint(settings.parquet, batch)
    try:
        if warehouse.loaded_batches(settings.database).get(batch) != wanted:
            found.add("database", "batches", batch, column="fingerprint", stored="not loaded, or as it was before",
                      expected="as the Parquet files have it")  # fmt: skip
            return
        with warehouse.database(settings.database, read_only=True) as connection:
            for table in TABLES:
                _compare_loaded(connection, settings, table, batch, found)
    except warehouse.WarehouseBusy:
        raise
    except Exception as error:  # whatever is wrong with the file, DuckDB's own words say it best
        found.add("database", "", batch, stored=" ".join(str(error).split()), expected="a database that can be read")


def _compare_loaded(
    connection: duckdb.DuckDBPyConnection, settings: Settings, table: str, batch: str, found: Found
) -> None:
    columns = ", ".join(f'"{name}"' for name in polars_schema(table))
    order = ", ".join(f'"{name}"' for name in keys(table))
    loaded = f"SELECT {columns} FROM {table} WHERE batch = ?"
    file = f"SELECT {columns} FROM stored_rows"

    def rows_of(sql: str) -> list[Any]:
        connection.register("stored_rows", parts.arrow_rows(settings.parquet, table, batch))  # can be read once
        return connection.execute(sql, [batch] if "?" in sql else []).fetchall()

    # A sum over hashes needs no memory; which rows differ is asked only where some do.
    sums = [
        rows_of(f"SELECT count(*), sum(hash(t)) FROM (SELECT {columns} FROM {table} WHERE false UNION ALL {side}) t")
        for side in (loaded, file)
    ]
    if sums[0] == sums[1]:
        return
    sides = []
    for left, right in ((loaded, file), (file, loaded)):
        only = f"({left}) EXCEPT ALL ({right})"
        ((count,),) = rows_of(f"SELECT count(*) FROM ({only})")
        rows = rows_of(f"FROM ({only}) ORDER BY {order} LIMIT {MOST_ROWS}") if count else []
        sides.append((count, frame(table, rows)))
    (only_loaded, there), (only_stored, expected) = sides
    if not only_loaded and not only_stored:
        return
    for each in row_differences(table, there, expected):
        found.add("database", table, batch, article=each.article_id, row=each.row, column=each.column,
                  stored=each.stored, expected=each.expected)  # fmt: skip
    if (left_out := max(only_loaded, only_stored) - MOST_ROWS) > 0:
        found.add("database", table, batch, column=WHOLE_ROW, stored=f"{left_out} more rows", expected="the same rows",
                  times=left_out)  # fmt: skip


def _verify_database(settings: Settings, batches: Sequence[str]) -> Found:
    """What is in DuckDB beside the batches: the file itself, rows of batches that are gone, counts, rulings."""
    found = Found()
    stored = set(parts.stored_batches(settings.parquet))
    if not settings.database.exists():
        if stored:
            found.add("database", "", "", stored="no file", expected=str(settings.database))
        return found
    try:
        loaded = warehouse.loaded_batches(settings.database)
        if stored and not loaded:
            found.add("database", "", "", stored="empty, or made by another version", expected="all batches")
            return found
        with warehouse.database(settings.database, read_only=True) as connection:
            for table in (*TABLES, "batches"):
                for (batch,) in connection.execute(f"SELECT DISTINCT batch FROM {table}").fetchall():
                    if batch not in stored:
                        found.add("database", table, batch, column=WHOLE_ROW, stored=PRESENT, expected=ABSENT)
            _verify_counts(connection, settings, stored & set(batches), found)
        if set(ruled.rulings_in(settings.database)) != set(read_rulings(settings.rulings).values()):
            found.add("rulings", "rulings", "", stored="other rulings", expected=str(settings.rulings))
    except (warehouse.WarehouseBusy, OSError, ValueError):
        raise
    except Exception as error:
        found.add("database", "", "", stored=" ".join(str(error).split()), expected="a database that can be read")
    return found


def _verify_counts(connection: duckdb.DuckDBPyConnection, settings: Settings, batches: set[str], found: Found) -> None:
    """The numbers in `batches` against the files."""
    result = connection.execute("SELECT * EXCLUDE (fingerprint) FROM batches")
    names = [column[0] for column in result.description]
    for values in result.fetchall():
        row = dict(zip(names, values, strict=True))
        for column, value in row.items():
            if column == "batch" or row["batch"] not in batches:
                continue
            stored = parts.described(settings.parquet, column.removesuffix("_rows"), row["batch"])
            if stored is not None and stored.rows != value:
                found.add("database", "batches", row["batch"], column=column, stored=value, expected=stored.rows)
