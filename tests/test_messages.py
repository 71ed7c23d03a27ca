"""Both languages say the same things."""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from hengshui_etl.messages import LANGUAGES, Language, messages
from hengshui_etl.records import RelationType
from hengshui_etl.relations.roles import ROLES

PACKAGE = Path(__file__).parent.parent / "hengshui_etl"


def flat(section: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, object]]:
    for key, value in section.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{path}{key}.")
        else:
            yield path + key, value


def blanks(value: object) -> object:
    if isinstance(value, str):
        return {name for _, name, _, _ in string.Formatter().parse(value) if name is not None}
    return len(value) if isinstance(value, list) else value


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_keys_and_blanks_as_english(language: Language) -> None:
    def shape(of: Language) -> dict[str, object]:
        return {key: blanks(value) for key, value in flat(messages(of).sections) if not key.startswith("unreadable.")}

    assert shape(language) == shape("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_relation_type_and_role_is_named(language: Language) -> None:
    assert set(messages(language).sections["type"]) == set(get_args(RelationType))
    roles = {role for named, _ in ROLES.values() for role in named}
    assert set(messages(language).sections["role"]) == roles | {"change", "term"}


def test_every_reason_of_an_unreadable_file_is_translated() -> None:
    source = "".join(path.read_text("utf-8") for path in (PACKAGE / "text").glob("*.py"))
    written = re.findall(r'f?"(the (?:file|page) [^"]+)"', source)
    assert len(written) >= 8
    for text in written:
        english = re.sub(r"\{[^}]*\}", "7", text)
        assert messages("zh").reason(english) != english, text
        assert messages("en").reason(english) == english


def test_every_kind_of_edit_is_named() -> None:
    source = (PACKAGE / "relations/edits.py").read_text("utf-8")
    kinds = set(re.findall(r'"([a-z_]+)"(?:, (?:SLIP|MISREAD|GARBLED)\)?)?,?$', source, re.MULTILINE))
    assert len(kinds) >= 5
    assert set(messages().sections["edit"]) == kinds


@pytest.mark.parametrize(
    ("called", "found", "named"),
    [
        (".venv/bin/hengshui-etl", False, ".venv/bin/hengshui-etl"),
        (".venv/bin/hengshui-etl", True, "hengshui-etl"),
        ("/usr/lib/python3/pytest/__main__.py", False, "hengshui-etl"),
    ],
)
def test_a_command_to_type_next_can_be_typed(
    called: str, found: bool, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if found else None)
    assert messages()("run.look").endswith(f": {named} ui")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="none of en, zh"):
        messages("fr")  # type: ignore[arg-type]
