"""Values that rules of Sigma ask for: texts with wildcards, numbers, ranges, expressions and so on."""

import re
from enum import Enum
from typing import Any, NamedTuple

ANCHOR = re.compile(r"\^|\\[AbB]")


class SigmaError(ValueError):
    """Tell why a rule cannot be asked."""


class Wild(Enum):
    """A wildcard: any characters, or exactly one."""

    MANY = "*"
    ONE = "?"


Parts = tuple[str | Wild, ...]


class Text(NamedTuple):
    """A whole text, in which wildcards stand; `cased` where the case of letters counts."""

    parts: Parts
    cased: bool = False

    @property
    def open(self) -> bool:
        """Whether anything may stand at its beginning."""
        return self.parts[:1] == (Wild.MANY,)


class Number(NamedTuple):
    """A number, equal as a number, or as it is written where texts are compared."""

    value: int | float


class Flag(NamedTuple):
    """Yes or no."""

    value: bool


class Nothing(NamedTuple):
    """That there is no value."""


class Present(NamedTuple):
    """That there is a value, or that there is none."""

    value: bool


class Expression(NamedTuple):
    """A regular expression that is found anywhere in a text, with its flags of `i`, `m`, `s`."""

    text: str
    flags: str = ""

    @property
    def whole(self) -> str:
        """The expression with its flags, as RE2 takes it."""
        return f"(?{self.flags}){self.text}" if self.flags else self.text

    @property
    def anchored(self) -> bool:
        """Whether it may ask for what stands before the place where it is found."""
        return ANCHOR.search(self.text) is not None


class Range(NamedTuple):
    """A range of addresses: version, first and last."""

    version: int
    first: int
    last: int


class Order(NamedTuple):
    """A number that another is less than, at most, greater than or at least: `lt`, `lte`, `gt`, `gte`."""

    op: str
    value: int | float


class Other(NamedTuple):
    """The value of another field of the same record."""

    field: str


Value = Text | Number | Flag | Nothing | Present | Expression | Range | Order | Other


def read(raw: Any) -> Value:
    """Return a value as YAML gave it; SigmaError where it is none."""
    if raw is None:
        return Nothing()
    if isinstance(raw, bool):
        return Flag(raw)
    if isinstance(raw, (int, float)):
        return Number(int(raw) if raw == int(raw) else raw)
    if not isinstance(raw, str):
        raise SigmaError("nested fields")
    return Text(_parts(raw))


def _parts(text: str) -> Parts:
    """Return a text between its wildcards; a backslash takes a wildcard or a backslash as itself."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise SigmaError("half a letter, which no text can hold") from error
    found: list[str | Wild] = []
    waiting = ""
    for one in re.findall(r"\\[*?\\]|.", text, re.DOTALL):
        if one in {"*", "?"}:
            found += [waiting, Wild(one)] if waiting else [Wild(one)]
            waiting = ""
        else:
            waiting += one[-1]
    return (*found, waiting) if waiting else tuple(found)
