"""The table of docs/reliability.md: a row a case, renewed where the case was tried again.

Belongs here: rows, and where in the document they stand. Does not belong here: what the document says besides.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.torture.case import Case, Outcome

HEAD = ("fault or attack", "how it is tried", "how often", "what was lost", "command that repeats it")
BEGIN, END = "<!-- torture -->", "<!-- end of torture -->"
_NAME = re.compile(r'\| `make torture ARGS="?([\w-]+)')


class Row(NamedTuple):
    """A row of the table; `good`: nothing was lost."""

    name: str
    fault: str
    how: str
    often: str
    lost: str
    good: bool

    def line(self) -> str:
        cells = (self.fault, self.how, self.often, self.lost, f"`make torture ARGS={self.name}`")
        return "| " + " | ".join(" ".join(cell.replace("|", "¦").split()) for cell in cells) + " |"


def row_of(case: Case, outcome: Outcome | str) -> Row:
    """The row of a case that was tried, or of one that could not be."""
    if isinstance(outcome, str):
        return Row(case.name, case.fault, case.how, "not at all", f"not tried: {outcome}", True)
    often = ", ".join(f"{count} {what}" for what, count in outcome.counts.items())
    often = "; ".join(filter(None, (often, outcome.seen)))
    lost = "nothing"
    if outcome.lost:
        lost = f"**{len(outcome.lost)}**: {'; '.join(outcome.lost[:5])}"
    return Row(case.name, case.fault, case.how, often, lost, not outcome.lost)


def printed(rows: Sequence[Row]) -> str:
    """The table as Markdown."""
    return "\n".join([*_head(), *(row.line() for row in rows)])


def written(document: Path, rows: Sequence[Row], order: Sequence[str]) -> None:
    """Renew these rows in the document, and say when and on what machine."""
    before, _, rest = document.read_text("utf-8").partition(BEGIN)
    old, _, behind = rest.partition(END)
    lines = {found[1]: line for line in old.splitlines() if (found := _NAME.search(line))}
    lines |= {row.name: row.line() for row in rows}
    table = "\n".join([*_head(), *(lines[name] for name in order if name in lines)])
    document.write_text(f"{before}{BEGIN}\n{table}\n\n{_where(len(rows), len(order))}\n{END}{behind}", "utf-8")


def _head() -> list[str]:
    return ["| " + " | ".join(HEAD) + " |", "| " + " | ".join("---" for _ in HEAD) + " |"]


def _where(some: int, all_of_them: int) -> str:
    which = "All rows" if some == all_of_them else f"{some} of the rows"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"{which} measured {datetime.now(UTC):%Y-%m-%d} on {machine}."
