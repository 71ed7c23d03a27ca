"""A load that takes long: what is held before and after it, and its project.

Belongs here: its articles. Does not belong here: what is done to it (load.py, daemon.py).
"""

from __future__ import annotations

from pathlib import Path

from tests.torture import warm
from tests.torture.project import Project, State, article, rows, state, unclear, write_raw

LONG = 1500
"""Articles."""

PATIENCE_S = 240.0


def long_load(folder: Path) -> tuple[State, State, Project]:
    """What is held before and after a load of a batch that takes long, and the project before it."""
    project = Project(folder / "tried", HENGSHUI_PROCESSES="1")
    write_raw(project, "a", {"2019-10": 4})
    lost = unclear(warm.run(project, "run"))
    old = state(project)
    for n in range(LONG):
        (project.raw / "2019-10" / f"long-{n:05}.txt").write_text(article(f"long {n}", "", failing=False) * 3, "utf-8")
    after = project.copied(folder / "after")
    lost += unclear(warm.run(after, "run", patience=600, HENGSHUI_PROCESSES="2"))
    if lost:
        raise RuntimeError(str(lost))
    assert rows(after.database) != old.rows
    return old, state(after), project
