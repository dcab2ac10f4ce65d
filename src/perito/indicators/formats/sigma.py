r"""Rules of Sigma, read into selections and a condition; which records have the fields they name is not asked here.

Specification: https://sigmahq.io/sigma-specification/ (rules, version 2). Values are compared without letter case, `*` and
`?` are wildcards, `\*` is an asterisk.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from perito.base.text import excerpt

SUPPORTED = frozenset(
    {
        "contains",
        "startswith",
        "endswith",
        "all",
        "re",
        "i",
        "m",
        "s",
        "cidr",
        "cased",
        "exists",
        "neq",
        "lt",
        "lte",
        "gt",
        "gte",
    }
)
COMPARING = ("re", "cidr", "exists", "lt", "lte", "gt", "gte")
DEEPEST = 50
"""Levels of parentheses of a condition."""
MOST = 2_000
"""Values of a rule."""
MISSING = frozenset({"", "~", "null", "Null", "NULL"})
"""How YAML writes that there is no value."""
WORD = re.compile(r"\s*([()|]|[^\s()|]+)")
OF = frozenset({"1", "any", "all"})
Path = tuple[str | int, ...]
Leaves = Sequence[tuple[Path, str]]


class SigmaError(ValueError):
    """Tell why a rule cannot be asked."""


class Item(NamedTuple):
    """One field with the values one of which (`all`: each of which) it must have; without a name any text is meant."""

    field: str
    modifiers: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def kind(self) -> str:
        """How a value is compared: `text`, or what a modifier says."""
        return next((one for one in self.modifiers if one in COMPARING), "text")


class Named(NamedTuple):
    """A selection by its name: one of the lists of items must be met whole."""

    name: str
    alternatives: tuple[tuple[Item, ...], ...]


class Node(NamedTuple):
    """AND, OR and NOT of parts; a leaf names a selection."""

    op: str
    parts: "tuple[Node, ...]" = ()
    name: str = ""


class Sigma(NamedTuple):
    """A rule as far as records are concerned."""

    logsource: dict[str, str]
    selections: dict[str, Named]
    condition: Node
    level: str
    ordinary: tuple[str, ...]
    """Ordinary reasons that its author names."""

    @property
    def items(self) -> list[Item]:
        """All items of all selections."""
        return [item for one in self.selections.values() for items in one.alternatives for item in items]

    @property
    def fields(self) -> list[str]:
        """The fields it names, each once, in order."""
        return list(dict.fromkeys(item.field for item in self.items if item.field))


def parse(leaves: Leaves) -> Sigma:
    """Return a rule from the texts of its document; SigmaError says what of it is not known here."""
    logsource = {str(path[1]): text.lower() for path, text in leaves if path[0] == "logsource" and len(path) == 2}
    detection = [(path[1:], text) for path, text in leaves if path[0] == "detection" and len(path) > 1]
    if len(detection) > MOST:
        raise SigmaError(f"more than {MOST} values")
    conditions = [text for path, text in detection if path[0] == "condition"]
    if not conditions:
        raise SigmaError("no condition")
    if any(path[0] == "timeframe" for path, _ in detection):
        raise SigmaError("a time frame, which is not asked here")
    names = dict.fromkeys(str(path[0]) for path, _ in detection if path[0] != "condition")
    selections = {name: _selection(name, [one for one in detection if one[0][0] == name]) for name in names}
    parts = tuple(_Condition(text, list(selections)).parse() for text in conditions)
    level = next((text.lower() for path, text in leaves if path == ("level",)), "")
    ordinary = tuple(text for path, text in leaves if path[0] == "falsepositives")
    return Sigma(logsource, selections, parts[0] if len(parts) == 1 else Node("or", parts), level, ordinary)


def _selection(name: str, leaves: Leaves) -> Named:
    by_place: dict[object, dict[str, list[str]]] = {}
    for path, text in leaves:
        rest = path[1:]
        listed = bool(rest) and isinstance(rest[0], int)
        place = rest[0] if listed else ""
        inner = rest[1:] if listed else rest
        if len(inner) > 2 or (len(inner) == 2 and not isinstance(inner[1], int)):
            raise SigmaError(f"nested fields in {excerpt(name, 40)}")
        by_place.setdefault(place, {}).setdefault(str(inner[0]) if inner else "", []).append(text)
    return Named(name, tuple(tuple(_item(key, values) for key, values in one.items()) for one in by_place.values()))


def _item(key: str, values: Iterable[str]) -> Item:
    field, *modifiers = key.split("|")
    unknown = [one for one in modifiers if one not in SUPPORTED]
    if unknown:
        raise SigmaError(f"the modifier {excerpt(unknown[0], 40)} is not known here")
    if len([one for one in modifiers if one in COMPARING]) > 1:
        raise SigmaError(f"modifiers that exclude each other: {excerpt(key, 60)}")
    return Item(field, tuple(modifiers), tuple(values))


class _Condition:
    """Reads `a and not (1 of b* or all of them)`: NOT before AND before OR."""

    def __init__(self, text: str, names: list[str]) -> None:
        if "|" in text:
            raise SigmaError("an aggregation (|), which is not asked here")
        self.words = WORD.findall(text)
        self.names = names
        self.at = 0
        self.depth = 0

    def parse(self) -> Node:
        node = self._joined("or")
        if self.at < len(self.words):
            raise SigmaError(f"condition: {excerpt(self.words[self.at], 40)} was not expected")
        return node

    def _joined(self, op: str) -> Node:
        parts = [self._part(op)]
        while self._next() == op:
            self.at += 1
            parts.append(self._part(op))
        return parts[0] if len(parts) == 1 else Node(op, tuple(parts))

    def _part(self, op: str) -> Node:
        return self._joined("and") if op == "or" else self._operand()

    def _operand(self) -> Node:
        word = self._next()
        self.at += 1
        if word in {"not", "("}:
            self.depth += 1
            if self.depth > DEEPEST:
                raise SigmaError(f"condition nested deeper than {DEEPEST}")
            node = Node("not", (self._operand(),)) if word == "not" else self._joined("or")
            if word == "(":
                if self._next() != ")":
                    raise SigmaError("condition: a parenthesis is never closed")
                self.at += 1
            self.depth -= 1
            return node
        if word in OF and self._next() == "of":
            self.at += 2
            return self._of(word, self.words[self.at - 1] if self.at <= len(self.words) else "")
        name = self.words[self.at - 1] if word else ""
        if name not in self.names:
            raise SigmaError(f"condition: {excerpt(name, 40) or 'the end'} is no selection")
        return Node("is", name=name)

    def _of(self, word: str, names: str) -> Node:
        if names.lower() == "them":
            found = [one for one in self.names if not one.startswith("_")]
        else:
            pattern = re.compile(".*".join(map(re.escape, names.split("*"))), re.DOTALL)
            found = [one for one in self.names if pattern.fullmatch(one)]
        if not found:
            raise SigmaError(f"condition: no selection is called {excerpt(names, 40)}")
        return Node("and" if word == "all" else "or", tuple(Node("is", name=one) for one in found))

    def _next(self) -> str:
        return self.words[self.at].lower() if self.at < len(self.words) else ""
