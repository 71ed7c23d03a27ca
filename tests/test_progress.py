"""How far a long run of the daemon is: lines in its log, not too many of them."""

from __future__ import annotations

import time

from hengshui_etl.defs.resources import now_and_then


def test_progress_is_told_now_and_then() -> None:
    said: list[str] = []
    tell = now_and_then(said.append, every_s=0.2)
    for done in range(50):
        tell("articles", done, 50)
    assert said == [], "what is done soon needs no lines"
    time.sleep(0.25)
    for done in range(30, 50):
        tell("articles", done, 50)
    assert said == ["articles 30/50"]
