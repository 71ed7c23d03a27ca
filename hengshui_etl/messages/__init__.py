"""What the command line says, as data: one file a language, the same keys in each.

Belongs here: reading those files and filling in the blanks.
Does not belong here: the explanation of a verdict, which is made with its arithmetic (relations/).
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
NAME = "hengshui-etl"


class Messages(NamedTuple):
    """The texts of one language; `messages("add.filed", path=…)` is one of them with its blanks filled."""

    language: Language
    sections: Mapping[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        section, _, name = key.partition(".")
        text = str(self.sections[section][name])
        return text.format_map({"program": program(), **values} if "{program}" in text else values)

    def reason(self, text: str) -> str:
        """Why a file could not be read, given in English: in this language where it has the words, else as it is."""
        known = self.sections["unreadable"]
        for english, words in known.items():
            pattern = "(.+?)".join(map(re.escape, english.split("{}")))
            if (match := re.fullmatch(pattern, text)) is not None:
                return str(words).format(*map(self.reason, match.groups()))
        return text

    def get(self, key: str, default: str) -> str:
        """The text of `key`, or `default` where the language has none."""
        section, _, name = key.partition(".")
        return str(self.sections[section].get(name, default))


def program() -> str:
    """How the program can be called again from here: by its name where the shell finds it, else by the path used."""
    import shutil

    called = Path(sys.argv[0])
    return NAME if called.name != NAME or shutil.which(NAME) else str(called)


@cache
def messages(language: Language = "en") -> Messages:
    """The texts of a language. Raises ValueError for one that is not there."""
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is none of {', '.join(LANGUAGES)}")
    text = (Path(__file__).parent / f"{language}.toml").read_text("utf-8")
    return Messages(language, cast("Mapping[str, Any]", tomllib.loads(text)))
