"""Conditions of Sigma rules: `a and not (1 of b* or all of them)`, NOT before AND before OR."""

import re
from typing import NamedTuple

from perito.base.text import excerpt
from perito.indicators.formats.sigma_asked import SigmaError

DEEPEST = 50
"""Levels of parentheses of a condition."""
WORD = re.compile(r"\s*([()|]|[^\s()|]+)")
OF = frozenset({"1", "any", "all"})


class Node(NamedTuple):
    """AND, OR and NOT of parts; a leaf names a selection."""

    op: str
    parts: "tuple[Node, ...]" = ()
    name: str = ""


def condition(text: str, names: list[str]) -> Node:
    """Return a condition over selections of these names; SigmaError says what of it is not understood."""
    if "|" in text:
        raise SigmaError("an aggregation (|), which is not asked here")
    return _Condition(text, names).parse()


class _Condition:
    def __init__(self, text: str, names: list[str]) -> None:
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
        """Return any or all of the selections of a pattern; what begins with `_` only where the pattern does too."""
        pattern = "*" if names == "them" else names
        found = [one for one in self.names if _like(one, pattern) and (one[:1] != "_" or pattern.startswith("_"))]
        if not found:
            raise SigmaError(f"condition: no selection is called {excerpt(names, 40)}")
        return Node("and" if word == "all" else "or", tuple(Node("is", name=one) for one in found))

    def _next(self) -> str:
        return self.words[self.at].lower() if self.at < len(self.words) else ""


def _like(name: str, pattern: str) -> bool:
    """Tell whether a name is like a pattern with `*`, in time linear in both."""
    first, *further = pattern.split("*")
    if not further:
        return name == first
    *middle, last = further
    if not name.startswith(first):
        return False
    at = len(first)
    for piece in middle:
        at = name.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return len(name) - at >= len(last) and name.endswith(last)
