"""What version of the code this is, as a hash: rows that another one made are made anew.

Belongs here: which files and libraries decide what is in the tables. Does not belong here: what is done where the hash
is another one (loading.py, kept.py, engines/).
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

_CODE = (
    "records.py",
    "patterns.py",
    "pipeline.py",
    "answers.py",
    "loading.py",
    "examining.py",
    "segments.py",
    "kept.py",
    "bulk",
    "text",
    "figures",
    "relations",
    "vocab",
    "tables",
)
_LIBRARIES = ("opencc", "selectolax", "warcio", "polars", "pyarrow")


@cache
def code_fingerprint() -> str:
    """A hash over the code and the vocabulary that decide what is in the tables."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for name in _CODE:
        place = package / name
        for path in [place] if place.is_file() else sorted(place.rglob("*.*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path.relative_to(package).as_posix()}\0".encode() + path.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\0".encode())
    return digest.hexdigest()
