"""What a run says at its end: how much there is, what failed, what was ruled on, where it lies.

Belongs here: the closing lines of a run, of bounded length however large the warehouse is.
Does not belong here: running (run.py), arguments (commands.py), how lines are put on a terminal (console.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hengshui_etl.messages import Messages
from hengshui_etl.reading import Line, Piece

if TYPE_CHECKING:
    from hengshui_etl.run import RunReport

MOST_NAMED, MOST_STALE = 20, 20
"""Batches, and stale rulings, that are named one by one."""


def summary(report: RunReport, database: Path, rulings: Path, say: Messages) -> list[Line]:
    """The closing lines of a run: how much, what failed, what was ruled on, where it lies."""

    def row(key: str, *values: object) -> Line:
        return Line((Piece(" ".join(map(str, values))),), 0, say(f"run.{key}"))

    lines = [row("batches", _named(report.batches, say) or "–")]
    if report.unchanged:
        lines.append(row("unchanged", _named(report.unchanged, say)))
    if report.removed:
        lines.append(row("removed", _named(report.removed, say)))
    lines += [
        row("articles", report.articles),
        row("figures", report.figures),
        row("relations", report.relations),
        row("failed", report.counts.failed),
    ]
    for failed in report.failed:
        text = failed.message_zh if say.language == "zh" else failed.message_en
        name = f"✗ {failed.source_path} {failed.check_id}"
        lines.append(Line((Piece(name, "wrong" if failed.severity == "error" else "warning"), Piece(f"  {text}")), 1))
    if (more := report.counts.failed - len(report.failed)) > 0:
        lines.append(Line((Piece(say("run.more", n=more), "dim"),), 1))
    lines += _ruled(report, rulings, say)
    if report.ours:
        lines.append(Line((Piece(str(report.counts.ours), "wrong"),), 0, say("run.ours")))
        for name, why in report.ours:
            lines.append(Line((Piece(f"✗ {name}", "wrong"), Piece(f"  {say.reason(why)}")), 1))
        if (more := report.counts.ours - len(report.ours)) > 0:
            lines.append(Line((Piece(say("run.more_ours", n=more), "dim"),), 1))
    if report.quarantined:
        lines.append(row("quarantined", report.counts.quarantined))
        for path, why in report.quarantined:
            lines.append(Line((Piece(f"? {path}", "warning"), Piece(f"  {say.reason(why)}")), 1))
        if (more := report.counts.quarantined - len(report.quarantined)) > 0:
            lines.append(Line((Piece(say("run.more_refused", n=more), "dim"),), 1))
    lines.append(row("warehouse", near(database)))
    return [*lines, Line(()), Line((Piece(say("run.look"), "dim"),))]


def _ruled(report: RunReport, rulings: Path, say: Messages) -> list[Line]:
    """Failures that a reviewer has ruled on, and rulings that somebody should look at again."""
    lines = []
    if report.ruled:
        lines.append(Line((Piece(str(report.counts.ruled)),), 0, say("run.ruled")))
    for each in report.ruled:
        ruling = say(f"rule.{(each.ruling or '').replace(' ', '_')}")
        text = say("run.ruled_as", ruling=ruling, reason=each.reason)
        lines.append(Line((Piece(f"– {each.source_path} {each.check_id}", "dim"), Piece(f"  {text}")), 1))
    if (more := report.counts.ruled - len(report.ruled)) > 0:
        lines.append(Line((Piece(say("run.more", n=more), "dim"),), 1))
    if report.stale:
        lines.append(Line((Piece(str(len(report.stale)), "warning"),), 0, say("run.stale")))
        for stale in report.stale[:MOST_STALE]:
            why = say(f"run.stale_{stale.why}{'_applies' if stale.why == 'text_changed' and stale.applies else ''}")
            lines.append(
                Line((Piece(f"! {stale.article_id} {say(f'type.{stale.type}')}", "warning"), Piece(f"  {why}")), 1)
            )
        lines.append(Line((Piece(f"→ {say('run.stale_next', path=near(rulings))}"),), 1))
    return lines


def _named(batches: Sequence[str], say: Messages) -> str:
    """The first batches by name, and how many more there are."""
    named = say("check.comma").join(batches[:MOST_NAMED])
    more = len(batches) - MOST_NAMED
    return f"{named} {say('run.more_batches', n=more)}" if more > 0 else named


def near(path: Path) -> Path:
    """The path as seen from the current folder, if it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
