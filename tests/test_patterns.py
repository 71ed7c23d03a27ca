"""Patterns that are compiled when first used: all of them compile, and they behave like compiled ones.

And every pattern of the package is searched in time that grows with the text and not with its square, whatever the text
is: articles come from the open web. What the patterns are attacked with is made from the patterns themselves
(attacks.py).
"""

from __future__ import annotations

import re
import signal
import sys
import time
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from hengshui_etl.messages import LANGUAGES, messages
from hengshui_etl.patterns import lazy_pattern

spec = spec_from_file_location("attacks", Path(__file__).parent / "attacks.py")
assert spec is not None
assert spec.loader is not None
attacks = sys.modules["attacks"] = module_from_spec(spec)
spec.loader.exec_module(attacks)

SHORT, LONG = 2000, 8000
"""Characters of an attack, and of the same attack four times as long."""

FAST_S = 0.0012
"""A search of the short one that takes no longer is not looked at again: what is quadratic takes two milliseconds and
more, what is linear mostly a tenth of one."""

WORST = 7.0
"""By how much the time may grow where the length grows fourfold: linear is 4, quadratic 16."""

MOST_S_PER_CHARACTER = 4e-5
"""What a linear pattern may cost: 0.04 s for an article of 1000 characters that was made for it."""

PATIENCE_S, TRIES = 1.0, 8


@pytest.fixture(scope="module")
def patterns() -> list[attacks.Pattern]:
    found = attacks.patterns()
    assert len(found) > 500
    return found


class TooSlow(Exception):
    """Raised into a search by the clock."""


@pytest.fixture
def clock() -> Iterator[None]:
    """A search that does not come back is ended: `re` looks for signals while it searches."""

    def ring(number: int, frame: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    yield
    signal.signal(signal.SIGALRM, before)


def seconds(pattern: attacks.Pattern, text: str) -> float:
    """How long all matches take, from where they are told to begin or wherever they are."""
    compiled = re.compile(pattern.text, pattern.flags)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_S)
    began = time.process_time()
    try:
        for method in pattern.methods:
            if method == "search":
                for _ in compiled.finditer(text):
                    pass
            else:
                getattr(compiled, method)(text)
        return time.process_time() - began
    except TooSlow:
        return PATIENCE_S
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def slowness(pattern: attacks.Pattern) -> str | None:
    """The first attack that takes more than linear time, in words. What is slow is measured again: others use the
    machine, and the best of several tries is what the pattern takes."""
    for attack in attacks.Attacker(pattern).attacks():
        if (first := seconds(pattern, attack.text(SHORT))) <= FAST_S:
            continue
        if first >= PATIENCE_S:
            return f"{pattern.name}: more than {PATIENCE_S} s: {attack!r}"
        short = long = float("inf")
        for _ in range(TRIES):
            short, long = (
                min(short, seconds(pattern, attack.text(SHORT))),
                min(long, seconds(pattern, attack.text(LONG))),
            )
            if long <= max(WORST * short, 4 * FAST_S) and long <= LONG * MOST_S_PER_CHARACTER:
                break
        else:
            return f"{pattern.name}: {short:.4f} s, four times as long {long:.4f} s: {attack!r}"
    return None


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="nothing can end a search on this system")
@pytest.mark.usefixtures("clock")
def test_every_pattern_takes_linear_time(patterns: list[attacks.Pattern]) -> None:
    assert [slow for pattern in patterns if (slow := slowness(pattern))] == []


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="nothing can end a search on this system")
@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("text", "method"),
    [
        (r"(?:a+)+$", "match"),
        (r"^(?:a|ab?|b)*c", "search"),
        (r"\s+$", "search"),
        (r"[^，]*，x", "search"),
        (r"甲\s*(?:乙)?\s*丙", "match"),
        (r"((?:\d{1,2}月(?:\d{1,2}日)?|\d{1,2}日){2,40})分别", "search"),
        (r"(?:[一-丁]{1,3}、?){2,30}完", "search"),
        (r"(?P<subject>.*?)(?:约|近)*$", "match"),
    ],
)
def test_slow_patterns_are_noticed(text: str, method: str) -> None:
    assert slowness(attacks.Pattern("slow", text, 0, (method,))) is not None


def test_no_endless_repetition_overlaps_another(patterns: list[attacks.Pattern]) -> None:
    assert {p.name: found for p in patterns if (found := attacks.overlaps(p))} == {}


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        (r"(?:a+)+", ["a"]),
        (r"(?:a+b)+", []),
        (r"(?:b?a+)*", ["a"]),
        (r"\d+[.\d]*x", ["1"]),
        (r"a*b?a*", ["a"]),
        (r"a*ba*", []),
        (r"a*+b?a*", []),
    ],
)
def test_overlaps_are_noticed(text: str, characters: list[str]) -> None:
    found = attacks.overlaps(attacks.Pattern("overlapping", text, 0, ("match",)))
    assert set(characters) <= set(found)
    assert bool(characters) == bool(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_are_told_apart_soon(language: str) -> None:
    """Their patterns are made of the messages and filled with what files hold; a reason has 300 characters at most."""
    say = messages(language)
    for known in say.sections["unreadable"]:
        parts = known.split("{}")
        for text in (parts[0] + "x" * 300, "".join(part * 9 for part in parts), "x".join(parts)[:-1] * 9):
            began = time.process_time()
            say.reason(text[:300])
            assert time.process_time() - began < 0.5, known


def test_every_pattern_compiles(patterns: list[attacks.Pattern]) -> None:
    for pattern in patterns:
        try:
            re.compile(pattern.text, pattern.flags)
        except re.error as error:
            pytest.fail(f"{pattern.name}: {error}")


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
