"""Batches as Dagster partitions: one key for each first folder below `data/raw/`.

Belongs here: the partitions definition and keeping its keys equal to the folders. Does not belong here: what is in a
batch (sources.py). The keys are dynamic, kept by the Dagster instance, so that a new folder needs no reload of code; a
run and the sensor `arrivals` put them there.
"""

from __future__ import annotations

import dagster as dg

from hengshui_etl.settings import Settings
from hengshui_etl.sources import raw_batches
from hengshui_etl.warehouse import stored_batches

BATCHES = dg.DynamicPartitionsDefinition(name="batches")
NAME = "batches"


def all_batches(settings: Settings) -> list[str]:
    """The batches that lie in `data/raw/` and those that the warehouse still holds: a run takes the latter away."""
    return sorted({*raw_batches(settings.raw), *stored_batches(settings.warehouse)})


def register(instance: dg.DagsterInstance, batches: list[str]) -> list[str]:
    """Make these batches known to the instance; returns those that were not."""
    known = set(instance.get_dynamic_partitions(NAME))
    new = [batch for batch in batches if batch not in known]
    if new:
        instance.add_dynamic_partitions(NAME, new)
    return new
