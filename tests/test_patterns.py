"""Patterns that are compiled when first used: all of them compile, and they behave like compiled ones."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import hengshui_etl
from hengshui_etl.patterns import lazy_pattern


def every_pattern() -> list[tuple[str, re.Pattern[str]]]:
    found = []
    for part in ("text", "figures", "relations"):
        package = importlib.import_module(f"{hengshui_etl.__name__}.{part}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                if type(value).__name__ == "_Late":
                    found.append((f"{module.name}.{name}", value))
    return found


def test_every_pattern_compiles() -> None:
    patterns = every_pattern()
    assert len(patterns) > 200
    for name, pattern in patterns:
        try:
            re.compile(pattern.pattern, pattern.flags)
        except re.error as error:
            pytest.fail(f"{name}: {error}")


def test_a_late_pattern_is_what_a_compiled_one_is() -> None:
    late, compiled = lazy_pattern("(?P<n>[0-9]+)个", re.IGNORECASE), re.compile("(?P<n>[0-9]+)个", re.IGNORECASE)
    text = "12个和3个"
    assert [m.group() for m in late.finditer(text)] == [m.group() for m in compiled.finditer(text)]
    assert late.sub("x", text) == compiled.sub("x", text)
    assert late.groupindex == compiled.groupindex
    assert late.search(text, 3) is not None
    assert late.match("x") is None
    with pytest.raises(AttributeError):
        _ = late.nonsense  # type: ignore[attr-defined]
