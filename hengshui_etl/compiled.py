"""Compiled modules in place of the sources, where `make compiled` has made them from just these sources.

Belongs here: whether there are any, and how Python finds them. Does not belong here: making them (tools/compile.py).

The domain core is typed throughout, so that mypyc can compile it; it then does the same about twice as fast. The
compiled modules lie in the environment, in a folder named by a hash over their sources: after any change of one of them
the sources count again, and nothing stale is ever run. HENGSHUI_COMPILED=0 leaves them aside.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

SUFFIX = EXTENSION_SUFFIXES[0]
_PACKAGE = Path(__file__).parent
_CORE = ("pipeline.py", "text", "figures", "relations")
"""The path from bytes to verdicts; vocabulary and records are data."""


def core_modules() -> list[Path]:
    """The sources that are compiled, in order of path."""
    places = (_PACKAGE / name for name in _CORE)
    return sorted(path for place in places for path in ([place] if place.is_file() else place.rglob("*.py")))


def compiled_folder() -> Path:
    """Where modules compiled from the present sources lie, by this kind of Python, or would lie."""
    digest = hashlib.sha256(f"{SUFFIX}\0{sys.version}".encode())
    for path in core_modules():
        digest.update(f"\0{path.relative_to(_PACKAGE).as_posix()}\0".encode() + path.read_bytes())
    return all_compiled() / digest.hexdigest()[:16]


def all_compiled() -> Path:
    """The folder that holds such folders."""
    return Path(sys.prefix) / "hengshui-compiled"


class _Finder(MetaPathFinder):
    """Finds the modules of a folder of compiled ones before their sources are looked for."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix().removesuffix(SUFFIX).replace("/", "."): path
            for path in folder.rglob(f"*{SUFFIX}")
        }

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The compiled module of that name, or nothing."""
        file = self._files.get(fullname)
        return None if file is None else spec_from_file_location(fullname, file)


def use_compiled() -> None:
    """Let Python find the compiled modules, if there are any of the present sources."""
    if (folder := compiled_folder()).is_dir():
        sys.meta_path.insert(0, _Finder(folder))
