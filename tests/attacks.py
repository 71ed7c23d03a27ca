"""Strings that make a regular expression slow, derived from the expression itself; what in its structure allows them.

Belongs here: where patterns are found in the package, what they are attacked with, overlapping repetitions.
Does not belong here: how slow is too slow (test_patterns.py).
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import hengshui_etl

PACKAGE = Path(hengshui_etl.__file__).parent
METHODS = {"search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
ANCHORED = {"match", "fullmatch"}

PROBES = "甲1a A　 ，。、：；（）()《“%.-—\t\n万十年月的增\x00é０"
"""Characters that classes such as \\w or [^，] stand for, beside those that a pattern names."""

MOST_CHARACTERS, MOST_REPEATS = 30, 48
CHARACTERS = {op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY}
BACKTRACKING = {op.MAX_REPEAT, op.MIN_REPEAT}
REPEATS = {*BACKTRACKING, op.POSSESSIVE_REPEAT}

Tree = Any
"""What the standard library's parser makes of a pattern: a sequence of pairs of operation and argument."""


class Pattern(NamedTuple):
    """A pattern and the methods that it is used with: `match`, `fullmatch`, or `search` for all that look anywhere."""

    name: str
    text: str
    flags: int
    methods: tuple[str, ...]


class Attack(NamedTuple):
    """A text that grows: `pump` again and again between two ends."""

    before: str
    pump: str
    behind: str

    def text(self, length: int) -> str:
        return self.before + self.pump * max(1, length // len(self.pump)) + self.behind


# ------------------------------------------------------------------ where patterns are


def patterns() -> list[Pattern]:
    """All patterns of text in the package: those that modules hold, and those that stand in a call."""
    names: dict[tuple[str, int], str] = {}
    uses: dict[tuple[str, int], set[str]] = {}

    def add(name: str, text: object, flags: int, methods: set[str]) -> None:
        if isinstance(text, str):
            key = (text, flags & ~re.UNICODE)
            names.setdefault(key, name)
            uses.setdefault(key, set()).update(methods)

    trees = {name: ast.parse(path.read_text("utf-8")) for name, path in modules()}
    afar: dict[str, set[str]] = {}
    for tree in trees.values():
        for name, methods in _uses_afar(tree).items():
            afar.setdefault(name, set()).update(methods)
    for module_name, tree in trees.items():
        module = importlib.import_module(module_name)
        used = _uses(tree)
        for name, value in vars(module).items():
            for each in _within(value):
                add(f"{module_name}.{name}", each.pattern, each.flags, used.get(name, set()) | afar.get(name, set()))
        for method, text, line in _in_calls(tree, vars(module)):
            add(f"{module_name}:{line}", text, 0, {method})
    return [Pattern(name, *key, _tried(uses[key])) for key, name in names.items()]


def _tried(methods: set[str]) -> tuple[str, ...]:
    return tuple(sorted(methods)) if methods and methods <= ANCHORED else ("search",)


def modules() -> Iterator[tuple[str, Path]]:
    """Names and files of all modules; `definitions` only imports the others, and needs a home for Dagster."""
    for module in pkgutil.walk_packages(hengshui_etl.__path__, f"{hengshui_etl.__name__}."):
        if not module.ispkg and not module.name.endswith(".definitions"):
            yield module.name, PACKAGE.parent / (module.name.replace(".", "/") + ".py")
        elif module.ispkg:
            yield module.name, PACKAGE.parent / module.name.replace(".", "/") / "__init__.py"


def _within(value: object, depth: int = 0) -> Iterator[Any]:
    if isinstance(value, re.Pattern) or type(value).__name__ == "_Late":
        yield value
    elif depth < 4 and (type(value) in (list, tuple, set, frozenset, dict) or _is_record(value)):
        for each in [*value, *value.values()] if isinstance(value, Mapping) else value:  # type: ignore[attr-defined]
            yield from _within(each, depth + 1)


def _is_record(value: object) -> bool:
    return isinstance(value, tuple) and type(value).__module__.startswith(hengshui_etl.__name__)


def _uses(tree: ast.Module) -> dict[str, set[str]]:
    """The methods that a module calls of each name. A name that is used otherwise may be searched with."""
    found: dict[str, set[str]] = {}
    known = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS:
            found.setdefault(node.value.id, set()).add(node.attr)
            known.add(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node not in known:
            found.setdefault(node.id, set()).add("search")
    return found


def _uses_afar(tree: ast.Module) -> dict[str, set[str]]:
    """The same of names behind a dot: `names.FOLDER_NAME.fullmatch(…)`."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.attr in METHODS:
            found.setdefault(node.value.attr, set()).add(node.attr)
    return found


def _in_calls(tree: ast.Module, names: Mapping[str, object]) -> Iterator[tuple[str, object, int]]:
    """Patterns that are written in a call of `re`; what is filled into one is two characters long."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in METHODS
        ):
            yield node.func.attr, _constant(node.args[0], names), node.lineno


def _constant(node: ast.expr, names: Mapping[str, object]) -> object:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return names.get(name)
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "甲乙" for part in parts)
    raise AssertionError(f"line {node.lineno}: a pattern whose text cannot be told")


# ------------------------------------------------------------------ what they are attacked with


class Attacker:
    """Makes attacks from a pattern: its characters, its repetitions behind what leads to them, and what it matches."""

    def __init__(self, pattern: Pattern) -> None:
        self.tree = _parser.parse(pattern.text, pattern.flags)
        self._random = random.Random(pattern.text.encode("utf-8", "surrogatepass"))
        named = list(dict.fromkeys(_named(self.tree)))
        if len(named) > MOST_CHARACTERS:
            named = self._random.sample(named, MOST_CHARACTERS)
        self.alphabet = list(dict.fromkeys([*named, *PROBES]))
        self._groups: dict[int, str] = {}

    def attacks(self) -> Iterator[Attack]:
        """No two are the same; the last character of some fits nowhere, so that what matched has to be given back."""
        return iter(dict.fromkeys(self._attacks()))

    def _attacks(self) -> Iterator[Attack]:
        for character in self.alphabet:
            yield Attack("", character, "\x01")
            yield Attack("", character, "")
        repeats = list(self._repeats(self.tree, ""))
        if len(repeats) > MOST_REPEATS:
            repeats = self._random.sample(repeats, MOST_REPEATS)
        for before, body in dict.fromkeys(repeats):
            other = self._random.choice(self.alphabet)
            for start, pump in ((before, body), ("", before + body), (before, body + other)):
                yield Attack(start, pump, "\x01")
                yield Attack(start, pump, "")
        for _ in range(4):
            if whole := self._sample(self.tree):
                yield from (Attack("", pump, "\x01") for pump in (whole, whole[:-1], whole[1:]) if pump)
        for _ in range(6):
            yield Attack("", "".join(self._random.sample(self.alphabet, 2)), "\x01")

    def _repeats(self, tree: Tree, before: str) -> Iterator[tuple[str, str]]:
        """What leads to each long repetition, and several times something that it repeats."""
        for kind, argument in tree:
            if kind in REPEATS and argument[1] > 8:
                for _ in range(2 if _is_plain(argument[2]) else 8):
                    yield before, self._sample(argument[2]) or "甲"
            for inside in _inside(kind, argument)[:40]:
                yield from self._repeats(inside, before)
            before += self._sample([(kind, argument)])

    def _sample(self, tree: Tree) -> str:
        """A text that the pattern matches, as far as what it looks ahead or back to is left out of account."""
        parts = []
        for kind, argument in tree:
            if kind in CHARACTERS:
                parts.append(self._one((kind, argument)))
            elif kind is op.BRANCH:
                parts.append(self._sample(self._random.choice(argument[1])))
            elif kind is op.SUBPATTERN:
                parts.append(self._sample(argument[3]))
                self._groups[argument[0] or 0] = parts[-1]
            elif kind in REPEATS:
                times = min(argument[1], argument[0] + self._random.choice([0, 1, 2]))
                parts += [self._sample(argument[2]) for _ in range(times)]
            elif kind is op.ATOMIC_GROUP:
                parts.append(self._sample(argument))
            elif kind is op.GROUPREF:
                parts.append(self._groups.get(argument, ""))
        return "".join(parts)

    def _one(self, node: Tree) -> str:
        fitting = [character for character in self.alphabet if fits(node, character)]
        return self._random.choice(fitting) if fitting else next(_named([node]), "鿿")


def _is_plain(tree: Tree) -> bool:
    return len(tree) == 1 and tree[0][0] in CHARACTERS


def _inside(kind: Any, argument: Any) -> list[Tree]:
    """The patterns within a part of a pattern."""
    if kind is op.BRANCH:
        return list(argument[1])
    if kind is op.SUBPATTERN:
        return [argument[3]]
    if kind in REPEATS:
        return [argument[2]]
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [argument[1]]
    if kind is op.GROUPREF_EXISTS:
        return [part for part in argument[1:] if part]
    return [argument] if kind is op.ATOMIC_GROUP else []


def _named(tree: Tree) -> Iterator[str]:
    """The characters that a pattern names, and the ends of its ranges."""
    for kind, argument in tree:
        if kind in (op.LITERAL, op.NOT_LITERAL):
            yield chr(argument)
        elif kind is op.IN:
            for what, value in argument:
                if what is op.LITERAL:
                    yield chr(value)
                elif what is op.RANGE:
                    yield from (chr(value[0]), chr(value[1]))
        for inside in _inside(kind, argument):
            yield from _named(inside)


_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s", op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def fits(node: Tree, character: str) -> bool:
    """Whether one character of a pattern may be this one."""
    kind, argument = node
    if kind is op.ANY:
        return character != "\n"
    if kind is not op.IN:
        return (ord(character) == argument) == (kind is op.LITERAL)
    found = False
    for what, value in argument:
        if what is op.LITERAL:
            found = found or ord(character) == value
        elif what is op.RANGE:
            found = found or value[0] <= ord(character) <= value[1]
        elif what is op.CATEGORY:
            found = found or re.match(_CATEGORIES[value], character) is not None
    return found != ((op.NEGATE, None) in argument)


# ------------------------------------------------------------------ what in their structure allows attacks


def overlaps(pattern: Pattern) -> list[str]:
    """The characters that two endless repetitions of a pattern could share in more than one way: one inside the other,
    or one behind the other with nothing between them that has to be there. Characters of the alphabet only."""
    attacker = Attacker(pattern)
    found: list[str] = []
    _walk(list(attacker.tree), attacker.alphabet, found)
    return sorted(set(found))


def _walk(sequence: list[Tree], alphabet: list[str], found: list[str]) -> None:
    for at, (kind, argument) in enumerate(sequence):
        for inside in _inside(kind, argument):
            _walk(list(inside), alphabet, found)
        if kind in BACKTRACKING and argument[1] is op.MAXREPEAT:
            body = list(argument[2])
            for within, ends in _endless_at_end(body):
                if ends:  # (a+)+: what the inner one leaves, the outer one begins with again
                    found += [c for c in alphabet if _first(body, c) and _first(within, c)]
            for behind in sequence[at + 1 :]:
                for other in _endless_at_start([behind]):
                    found += [c for c in alphabet if _first(body, c) and _first(other, c)]
                if not _nullable([behind]):
                    break


def _endless_at_end(sequence: list[Tree]) -> Iterator[tuple[list[Tree], bool]]:
    """Endless repetitions that a sequence may end with."""
    for kind, argument in reversed(sequence):
        if kind in BACKTRACKING and argument[1] is op.MAXREPEAT:
            yield list(argument[2]), True
        if kind in (op.BRANCH, op.SUBPATTERN, *BACKTRACKING):
            for inside in _inside(kind, argument):
                yield from _endless_at_end(list(inside))
        if not _nullable([(kind, argument)]):
            return


def _endless_at_start(sequence: list[Tree]) -> Iterator[list[Tree]]:
    for kind, argument in sequence:
        if kind in BACKTRACKING and argument[1] is op.MAXREPEAT:
            yield list(argument[2])
        if kind in (op.BRANCH, op.SUBPATTERN, *BACKTRACKING):
            for inside in _inside(kind, argument):
                yield from _endless_at_start(list(inside))
        if not _nullable([(kind, argument)]):
            return


def _nullable(sequence: list[Tree]) -> bool:
    """Whether a sequence may match nothing."""
    for kind, argument in sequence:
        if kind in CHARACTERS:
            return False
        if kind is op.BRANCH and not any(_nullable(list(branch)) for branch in argument[1]):
            return False
        if kind is op.SUBPATTERN and not _nullable(list(argument[3])):
            return False
        if kind is op.ATOMIC_GROUP and not _nullable(list(argument)):
            return False
        if kind in REPEATS and argument[0] > 0 and not _nullable(list(argument[2])):
            return False
    return True


def _first(sequence: list[Tree], character: str) -> bool:
    """Whether a sequence may begin with this character."""
    for kind, argument in sequence:
        if kind in CHARACTERS:
            return fits((kind, argument), character)
        if kind is not op.ASSERT and kind is not op.ASSERT_NOT:
            if any(_first(list(inside), character) for inside in _inside(kind, argument)):
                return True
            if not _nullable([(kind, argument)]):
                return False
    return False
