"""The commands `verify` and `rebuild`: is what is stored right, and making it anew.

Belongs here: what is asked of the warehouse, and how its answer reads.
Does not belong here: comparing (verify.py), making tables (loading.py) and the DuckDB file (warehouse.py).

Exit status: 0 everything is as it should be; 1 something differs; 2 it could not be found out, or not be done.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from hengshui_etl import loading, parts, ruled, sources, warehouse
from hengshui_etl.checking import OK, WRONG, Refused
from hengshui_etl.console import write
from hengshui_etl.messages import Messages
from hengshui_etl.reading import Line, Piece
from hengshui_etl.rulings import RulingsInvalid
from hengshui_etl.settings import Settings
from hengshui_etl.tables.differences import WHOLE_ROW
from hengshui_etl.tables.schemas import TABLES
from hengshui_etl.verified import Difference, Kind, Verified
from hengshui_etl.verify import verify

Update = Callable[[str], None]

ANEW: tuple[Kind, ...] = ("parquet", "rows", "verdict")
"""Differences that only making the Parquet files anew can mend: a run takes them for up to date."""


def verify_warehouse(
    settings: Settings, batches: Sequence[str] | None, sample: int | None, say: Messages, update: Update
) -> int:
    """Compare the warehouse with the raw files and with itself, and tell what differs; the exit status. Raises Refused
    where that cannot be done."""
    _known(settings, batches, say)
    with refusing(say):
        if not sources.raw_batches(settings.raw) and not parts.stored_batches(settings.parquet):
            raise Refused(say("verify.empty"))
        found = verify(
            settings,
            batches or None,
            sample,
            lambda batch, step, done, total: update(f"{batch} · {step} {done}/{total}"),
        )
    write(lines_of(found, say))
    return WRONG if found.total else OK


def lines_of(found: Verified, say: Messages) -> Iterator[Line]:
    """What was looked at, every difference, and what to do about each kind of them."""
    for key in ("files", "examined", "verdicts", "rows"):
        yield Line((Piece(str(getattr(found, key))),), 0, say(f"verify.{key}"))
    yield Line(())
    if not found.total:
        yield Line((Piece(say("verify.same"), "good"),))
        return
    yield Line((Piece(say("verify.differs", n=found.total), "wrong"),))
    for kind in dict.fromkeys(kind for kind, _ in found.counts):
        batches = sorted({batch for each, batch in found.counts if each == kind and batch})
        yield Line(())
        count = sum(n for (each, _), n in found.counts.items() if each == kind)
        yield Line((Piece(say(f"verify.{'rows_differ' if kind == 'rows' else kind}", n=count)),))
        shown = [each for each in found.differences if each.kind == kind]
        yield from (_line(each, say) for each in shown)
        if count > len(shown):
            yield Line((Piece(say("verify.more", n=count - len(shown)), "dim"),), 1)
        yield Line((Piece(f"→ {advice(kind, batches, say)}"),), 1)


def advice(kind: Kind, batches: Sequence[str], say: Messages) -> str:
    """What to do about differences of a kind in these batches."""
    named = "".join(f" --batch {_quoted(batch)}" for batch in batches)
    return say(f"verify.todo_{'anew' if kind in ANEW else kind}", batches=named)


def place(each: Difference) -> str:
    """Where a difference is: table, batch, article or file, row, column."""
    column = "" if each.column == WHOLE_ROW else each.column
    return " ".join(filter(None, (each.table, each.batch, each.article, each.row, column)))


def _line(each: Difference, say: Messages) -> Line:
    said = say("verify.values", stored=say.reason(each.stored), expected=say.reason(each.expected))
    return Line((Piece(f"✗ {place(each)}", "wrong"), Piece(f"  {said}")), 1)


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name


def rebuild_warehouse(settings: Settings, batches: Sequence[str] | None, say: Messages, update: Update) -> int:
    """Make the DuckDB file anew from the Parquet files; those of named batches are made anew from the raw files first.
    The exit status; raises Refused where it cannot be done, and then everything is as it was before."""
    _known(settings, batches, say)
    with refusing(say):
        for batch in batches or ():
            _made_anew(settings, batch, say, update)
        if not parts.stored_batches(settings.parquet):
            raise Refused(say("rebuild.empty"))
        try:
            count = warehouse.rebuild(
                settings.database, settings.parquet, lambda done, total: update(f"warehouse {done}/{total}")
            )
        except warehouse.WarehouseBusy:
            raise
        except Exception:
            _refuse_broken(settings, say)
            raise
        ruled.refresh(settings)
    write([Line((Piece(say("rebuild.done", n=count, path=settings.database), "good"),))])
    return OK


def _made_anew(settings: Settings, batch: str, say: Messages, update: Update) -> None:
    """Make the Parquet files of a batch anew from its raw files."""

    def progress(done: int, total: int) -> None:
        update(f"{batch} · articles {done}/{total}")

    try:
        loading.list_batch(settings, batch, anew=True)
        loading.examine_batch(settings, batch, progress, anew=True)
    except loading.ContractViolated as violated:
        raise Refused(say("run.contract", error=f"{batch}: {violated}")) from None


def _refuse_broken(settings: Settings, say: Messages) -> None:
    """Raises Refused with the Parquet files that cannot be read, if there are any."""
    broken = [
        (table, batch)
        for batch in parts.stored_batches(settings.parquet)
        for table in TABLES
        if parts.unreadable(settings.parquet, table, batch) is not None
    ]
    if broken:
        batches = "".join(f" --batch {_quoted(batch)}" for batch in dict.fromkeys(batch for _, batch in broken))
        files = say("check.comma").join(f"{table} {batch}" for table, batch in broken)
        raise Refused(say("rebuild.broken", files=files, batches=batches)) from None


def _known(settings: Settings, batches: Sequence[str] | None, say: Messages) -> None:
    """Raises Refused for a batch that there is not."""
    known = sorted({*sources.raw_batches(settings.raw), *parts.stored_batches(settings.parquet)})
    for batch in batches or ():
        if batch not in known:
            names = say("check.comma").join(known) or "–"
            raise Refused(say("run.unknown_batch", batch=batch, path=settings.raw, batches=names))


@contextmanager
def refusing(say: Messages) -> Iterator[None]:
    """Whatever keeps the warehouse from being read or written becomes one line."""
    try:
        yield
    except (warehouse.WarehouseBusy, RulingsInvalid) as error:
        raise Refused(str(error)) from None
    except (OSError, sqlite3.Error) as error:
        raise Refused(say("error.failed", reason=error)) from None
