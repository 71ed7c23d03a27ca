"""Batches as Dagster partitions: one key for each first folder below `data/raw/`.

Belongs here: the partitions definition, keeping its keys equal to the folders, and what holds a batch or works on it.
Does not belong here: what is in a batch (sources.py). The keys are dynamic, kept by the Dagster instance, so that a new
folder needs no reload of code; a run and the sensor `arrivals` put them there.
"""

from __future__ import annotations

from contextlib import suppress

import dagster as dg

from hengshui_etl import ruled
from hengshui_etl.parts import stored_batches
from hengshui_etl.rulings import RulingsInvalid, fingerprint, read_rulings
from hengshui_etl.settings import Settings
from hengshui_etl.sources import BatchesMissing, RawMissing, raw_batches
from hengshui_etl.warehouse import WarehouseBusy, loaded_batches

BATCHES = dg.DynamicPartitionsDefinition(name="batches")
NAME = "batches"
PARTITION = "dagster/partition"
"""The tag of a run that tells its batch."""

_ACTIVE = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def all_batches(settings: Settings, remove_missing: bool = False) -> list[str]:
    """The batches that lie in `data/raw/` and those that Parquet or DuckDB still hold: a run takes the latter away.
    Raises RawMissing where some are held and there is no folder of raw files at all, BatchesMissing where several are
    held and none of them lies there (unless they are to be removed), WarehouseBusy, OSError."""
    held = {*stored_batches(settings.parquet), *loaded(settings)}
    if held and not settings.raw.is_dir():
        raise RawMissing(settings.raw)
    there = set(raw_batches(settings.raw))
    if len(held) > 1 and not held & there and not remove_missing:
        raise BatchesMissing(settings.raw, len(held))
    return sorted(there | held)


def loaded(settings: Settings) -> dict[str, str]:
    """The batches that DuckDB holds, with the fingerprint of each; none where the file is no database: the next load
    makes it anew. Raises WarehouseBusy."""
    try:
        return loaded_batches(settings.database)
    except WarehouseBusy:
        raise
    except Exception:  # no database; what it is else, the load tells
        return {}


def ruled_otherwise(settings: Settings) -> dict[str, str]:
    """The batches with articles of which DuckDB holds other rulings than `rulings.toml`, with a hash of the rulings;
    none where one of the two cannot be read, which is told elsewhere. Raises WarehouseBusy."""
    with suppress(RulingsInvalid):
        rulings = read_rulings(settings.rulings).values()
        try:
            batches = ruled.batches_ruled_otherwise(settings.database, list(rulings))
        except WarehouseBusy:
            raise
        except Exception:  # no database
            return {}
        return dict.fromkeys(batches, fingerprint(rulings))
    return {}


def active(instance: dg.DagsterInstance) -> set[str]:
    """The batches of which a run is queued or going on."""
    runs = instance.get_runs(dg.RunsFilter(statuses=_ACTIVE))
    return {run.tags[PARTITION] for run in runs if PARTITION in run.tags}


def register(instance: dg.DagsterInstance, batches: list[str]) -> list[str]:
    """Make these batches known to the instance; returns those that were not."""
    known = set(instance.get_dynamic_partitions(NAME))
    new = [batch for batch in batches if batch not in known]
    if new:
        instance.add_dynamic_partitions(NAME, new)
    return new
