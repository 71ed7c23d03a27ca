"""The order of the modules, read from their imports: nothing imports from below, libraries stay in place."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parent.parent / "hengshui_etl"

# From the facts to those who use them: a part imports from parts before it, and from itself.
ORDER = [
    "compiled", "records", "patterns", "locking", "settings", "messages", "vocab", "text", "figures", "relations",
    "pipeline", "answers", "reading", "querying", "bulk", "hashes", "sources", "filing", "home", "serving",
    "rulings", "tables", "storage", "parts", "staging", "warehouse", "sealed", "ruled", "revision", "examining",
    "segments", "engines", "kept", "loading", "verified", "verify", "report", "alerts", "console", "checking",
    "keeping", "asking", "defs", "definitions", "run", "closing", "commands", "cli",
]  # fmt: skip

# Every library has the parts that may know of it. The domain is not among them: it stands on the standard library.
PLACES = {
    "dagster": {"defs", "definitions", "run"},
    "pandera": {"tables", "defs"},
    "polars": {"tables", "parts", "examining", "segments", "kept", "loading", "verify", "alerts", "defs", "run"},
    "apprise": {"alerts"},
    "pyarrow": {"tables", "storage", "parts", "bulk", "engines"},
    "ray": {"engines"},
    "duckdb": {"sealed", "warehouse", "verify"},
    "typer": {"commands"},
    "rich": {"console"},
    "jinja2": {"report"},
    "markupsafe": {"report"},
    "pygal": {"report"},
    "warcio": {"bulk"},
    "opencc": {"text"},
    "selectolax": {"text"},
}

# Needed on a terminal only: imported by the function that needs it. (What `check` loads is seen in test_cli.py.)
LAZY = {"apprise", "rich", "ray"}


class Import(NamedTuple):
    """`lazy` when it stands in a function."""

    module: str
    line: int
    lazy: bool


def imports(source: str) -> Iterator[Import]:
    """Every import of a module; those of names from the package itself with the name, as it may be a module."""

    def walk(node: ast.AST, lazy: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from (Import(alias.name, child.lineno, lazy) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                module = "." * child.level + (child.module or "")
                if module == "hengshui_etl":
                    yield from (Import(f"{module}.{alias.name}", child.lineno, lazy) for alias in child.names)
                else:
                    yield Import(module, child.lineno, lazy)
            yield from walk(child, lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))

    return walk(ast.parse(source), False)


def faults(part: str, source: str) -> Iterator[str]:
    """What a module of `part` imports and should not."""
    for module, line, lazy in imports(source):
        top = module.partition(".")[0]
        if module.startswith("."):
            yield f"{line}: {module} is relative; write hengshui_etl.…"
        elif top == "hengshui_etl":
            other = module.split(".")[1]
            if other != "__version__" and ORDER.index(other) > ORDER.index(part):
                yield f"{line}: {part} stands before {other} and may not import it"
        elif top not in sys.stdlib_module_names:
            if part not in PLACES.get(top, ()):
                yield f"{line}: {top} has no place in {part}"
            if top in LAZY and not lazy:
                yield f"{line}: {top} is imported inside the function that needs it"


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_from_above_only(path: Path) -> None:
    assert part_of(path) in ORDER, "a new part: say in ORDER where it stands"
    assert list(faults(part_of(path), path.read_text("utf-8"))) == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_says_what_belongs_in_it(path: Path) -> None:
    source = path.read_text("utf-8")
    assert not source or ast.get_docstring(ast.parse(source)), "a module opens by saying what belongs in it"


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("figures", "from hengshui_etl.relations import find"),
        ("figures", "def f():\n    from hengshui_etl import relations"),
        ("relations", "import polars as pl"),
        ("records", "import hengshui_etl.vocab"),
        ("commands", "import dagster"),
        ("console", "import rich"),
        ("text", "from .decode import decoded"),
        ("warehouse", "import numpy"),
    ],
)
def test_a_wrong_import_is_seen(part: str, source: str) -> None:
    assert list(faults(part, source))


@pytest.mark.parametrize(
    ("part", "source"),
    [
        ("relations", "from hengshui_etl.figures import read_figures\nimport fractions"),
        ("text", "import opencc"),
        ("console", "def f():\n    from rich.text import Text"),
        ("defs", "import dagster as dg"),
        ("cli", "from hengshui_etl import __version__"),
    ],
)
def test_a_right_import_is_left_alone(part: str, source: str) -> None:
    assert list(faults(part, source)) == []
