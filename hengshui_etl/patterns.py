"""Patterns that are compiled when they are first used: most articles need few of those that the program knows.

Belongs here: `lazy_pattern`, in place of `re.compile` at the top of a module. Does not belong here: any one pattern.
Compiling all of them at start would take longer than checking an article.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split", "groups", "groupindex")


class _Late:
    """A pattern's methods are looked up once; from then on they are those of the compiled one."""

    __slots__ = ("flags", "pattern", *_METHODS)

    def __init__(self, text: str, flags: int) -> None:
        self.pattern, self.flags = text, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def lazy_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern, compiled when it is first used; an error in it shows then (a test compiles them all)."""
    return cast("re.Pattern[str]", _Late(text, flags))
