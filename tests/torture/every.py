"""All cases, in the order of the table."""

from __future__ import annotations

from tests.torture import attacks, channel, daemon, damage, disk, killing, load, others
from tests.torture.case import Case

CASES: list[Case] = [
    *killing.CASES,
    *damage.CASES,
    *disk.CASES,
    *others.CASES,
    *channel.CASES,
    *load.CASES,
    *daemon.CASES,
    *attacks.CASES,
]
