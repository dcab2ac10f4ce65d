"""The STIX 2 pattern language, read into a small tree that says what must hold; no evidence is asked here.

Grammar: OASIS STIX 2.1, section 9. What is read beyond it, since it is published so, docs/indicators.md lists. Nothing
recurses, so neither 100,000 parentheses nor 100,000 ORs exhaust anything.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from perito.indicators.formats.stix2_tokens import PatternError, Token, path_of, tokens, unexpected, unquoted

LONGEST = 4_000_000
"""Characters of the longest pattern that is read."""


class Comparison(NamedTuple):
    """One test, such as `file:hashes.'MD5' = '…'`; EXISTS has no values, IN has many, every other test has one.

    `steps` are the names after the colon, without quotes; a list index or `*` is a step of its own in brackets.
    """

    type: str
    steps: tuple[str, ...]
    op: str
    negated: bool
    values: tuple[str, ...]

    @property
    def path(self) -> str:
        """Name what is compared, in lower case and without list indices: `file:hashes.sha-256`."""
        return f"{self.type}:{'.'.join(step for step in self.steps if not step.startswith('['))}".lower()


class Observation(NamedTuple):
    """What stands in square brackets: a test of one observation."""

    test: "Node"


class Junction(NamedTuple):
    """Two or more parts that AND, OR or FOLLOWEDBY joins, in the order written."""

    op: str
    parts: "tuple[Node, ...]"


class Qualified(NamedTuple):
    """A part that must moreover hold `WITHIN`, `REPEATS` or `START … STOP`, as written."""

    part: "Node"
    qualifier: str


Node = Comparison | Observation | Junction | Qualified

OPERATORS = {"==": "=", "<>": "!="}
OF_TEXT = {"LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"}
ORDERS = {"<", ">", "<=", ">="}
BOOLEANS = {"TRUE", "FALSE"}
JUNCTIONS = ("FOLLOWEDBY", "OR", "AND")
QUALIFIERS = {"WITHIN": "SECONDS", "REPEATS": "TIMES", "START": "STOP"}
AMOUNTS = {"WITHIN": re.compile("[+.0-9]"), "REPEATS": re.compile(r"\+?[0-9]+$"), "START": re.compile("t?'")}


class _Group:
    """What has been read since an opening mark: operands with the words between them."""

    def __init__(self, opener: str, at: int) -> None:
        self.opener = opener
        self.at = at
        self.parts: list[Node] = []
        self.words: list[str] = []

    @property
    def wants_operand(self) -> bool:
        return len(self.parts) == len(self.words)

    def folded(self) -> Node:
        """Join the parts, AND before OR before FOLLOWEDBY."""
        followed: list[Node] = []
        either: list[Node] = []
        every: list[Node] = [self.parts[0]]
        for word, part in zip(self.words, self.parts[1:], strict=True):
            if word != "AND":
                either.append(_joined("AND", every))
                every = []
            if word == "FOLLOWEDBY":
                followed.append(_joined("OR", either))
                either = []
            every.append(part)
        either.append(_joined("AND", every))
        followed.append(_joined("OR", either))
        return _joined("FOLLOWEDBY", followed)


def _joined(op: str, parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Junction(op, tuple(parts))


class _Parser:
    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise PatternError(f"pattern of {len(text)} characters: longer than {LONGEST}")
        self.tokens = tokens(text)
        self.here = next(self.tokens)
        self.groups = [_Group("", 0)]
        self.observing = False

    def parse(self) -> Node:
        while self.here.kind != "end":
            self._step()
        group = self.groups[-1]
        if group.opener:
            raise PatternError(f"{group.opener!r} at character {group.at} is never closed")
        self._expect_operator("the end")
        return group.folded()

    def _step(self) -> None:
        token = self._take()
        word = token.text.upper() if token.kind == "word" else token.text
        if word in {"(", "["}:
            self._open(token)
        elif word in {")", "]"}:
            self._close(token)
        elif word in JUNCTIONS:
            self._expect_operator(word)
            if word == "FOLLOWEDBY" and self.observing:
                raise unexpected(token)
            self.groups[-1].words.append(word)
        elif word in QUALIFIERS and not self.observing:
            self._qualify(token)
        elif self.observing and (token.kind == "path" or word in {"EXISTS", "NOT"}):
            self._expect_operand(token)
            self.groups[-1].parts.append(self._comparison(token) if token.kind == "path" else self._exists(token))
        else:
            raise unexpected(token)

    def _open(self, token: Token) -> None:
        self._expect_operand(token)
        if token.text == "[":
            if self.observing:
                raise unexpected(token)
            self.observing = True
        self.groups.append(_Group(token.text, token.at))

    def _close(self, token: Token) -> None:
        self._expect_operator(token.text)
        group = self.groups.pop()
        if group.opener + token.text not in {"()", "[]"}:
            raise unexpected(token)
        node = group.folded()
        if token.text == "]":
            self.observing = False
            node = Observation(node)
        self.groups[-1].parts.append(node)

    def _exists(self, token: Token) -> Comparison:
        negated = token.text.upper() == "NOT"
        if negated and (token := self._take("word")).text.upper() != "EXISTS":
            raise unexpected(token)
        return _comparison(self._take("path").text, "EXISTS", negated=negated, values=())

    def _comparison(self, token: Token) -> Comparison:
        negated = self.here.text.upper() == "NOT"
        if negated:
            self._take()
        operator = self._take()
        op = OPERATORS.get(operator.text, operator.text.upper())
        if operator.kind != "op" and op not in {*OF_TEXT, "IN"}:
            raise unexpected(operator)
        if (op in OF_TEXT and self.here.text[:1] != "'") or (op in ORDERS and self.here.text.upper() in BOOLEANS):
            raise unexpected(self.here)
        values = self._list() if op == "IN" else (self._literal(),)
        return _comparison(token.text, op, negated=negated, values=values)

    def _list(self) -> tuple[str, ...]:
        if self._take("mark").text != "(":
            raise PatternError("IN is not followed by a list in parentheses")
        if self.here.text == ")":
            self._take()
            return ()
        values = [self._literal()]
        while (mark := self._take("mark")).text == ",":
            values.append(self._literal())
        if mark.text != ")":
            raise unexpected(mark)
        return tuple(values)

    def _literal(self) -> str:
        token = self._take()
        if token.kind == "text":
            return unquoted(token.text[token.text.index("'") :])
        if token.kind == "number" or token.text.upper() in BOOLEANS:
            return token.text
        raise unexpected(token)

    def _qualify(self, token: Token) -> None:
        self._expect_operator(token.text)
        word = token.text.upper()
        amount = self._amount(word)
        ending = self._take("word")
        if ending.text.upper() != QUALIFIERS[word]:
            raise unexpected(ending)
        last = f" {self._amount(word)}" if word == "START" else ""
        parts = self.groups[-1].parts
        parts[-1] = Qualified(parts[-1], f"{word} {amount} {ending.text.upper()}{last}")

    def _amount(self, word: str) -> str:
        token = self._take()
        if not AMOUNTS[word].match(token.text):
            raise unexpected(token)
        return token.text

    def _expect_operand(self, token: Token) -> None:
        if not self.groups[-1].wants_operand:
            raise unexpected(token)

    def _expect_operator(self, before: str) -> None:
        if self.groups[-1].wants_operand:
            raise PatternError(f"nothing to test before {before!r}")

    def _take(self, kind: str = "") -> Token:
        token = self.here
        if token.kind == "end" or (kind and token.kind != kind):
            raise unexpected(token)
        self.here = next(self.tokens)
        return token


def parse(pattern: str) -> Node:
    """Return the tree of a pattern; PatternError says at which character it is not one. Linear in its length."""
    return _Parser(pattern).parse()


def comparisons(tree: Node) -> Iterator[tuple[Comparison, bool]]:
    """Yield each test with whether it decides alone: nothing but OR above it, no qualifier, no second condition."""
    waiting: list[tuple[Node, bool]] = [(tree, True)]
    while waiting:
        node, alone = waiting.pop()
        if isinstance(node, Comparison):
            yield node, alone
        elif isinstance(node, Junction):
            waiting.extend((part, alone and node.op == "OR") for part in reversed(node.parts))
        elif isinstance(node, Qualified):
            waiting.append((node.part, False))
        else:
            waiting.append((node.test, alone))


def _comparison(path: str, op: str, *, negated: bool, values: tuple[str, ...]) -> Comparison:
    kind, steps = path_of(path)
    return Comparison(kind, steps, op, negated, values)
