"""Which units measure the same thing, and by what factor they differ.

Belongs here: the lookup over `vocab/conversions.toml`, exact.
Does not belong here: reading units out of text (figures/), currencies (a rate has to be stated), arithmetic on figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache, lru_cache

from hengshui_etl.vocab import VocabularyError, toml


@cache
def measures() -> Mapping[str, tuple[str, Fraction]]:
    """Every unit of the data file with its dimension and its size in the dimension's base unit.

    Raises VocabularyError where a unit stands in two dimensions or has no positive size.
    """
    known: dict[str, tuple[str, Fraction]] = {}
    for dimension, sizes in toml("conversions").items():
        for name, size in sizes.items():
            if name in known or Fraction(size) <= 0:
                raise VocabularyError(f"conversions.toml: {name} in [{dimension}] is given twice or not positive")
            known[name] = (dimension, Fraction(size))
    return known


@lru_cache(maxsize=4096)
def factor_between(unit: str, other: str) -> Fraction | None:
    """How many `other` one `unit` is (公顷 → 亩: 15), or None where they do not measure the same thing.

    Compound units (公斤/亩) are taken apart at the slash.
    """
    if unit == other:
        return Fraction(1)
    if "/" in unit or "/" in other:
        above, _, below = unit.partition("/")
        other_above, _, other_below = other.partition("/")
        over, under = factor_between(above, other_above), factor_between(below, other_below)
        return over / under if over and under else None
    known = measures()
    if unit not in known or other not in known or known[unit][0] != known[other][0]:
        return None
    return known[unit][1] / known[other][1]
