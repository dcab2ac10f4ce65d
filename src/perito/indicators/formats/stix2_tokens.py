"""The words of the STIX 2 pattern language: texts, numbers, paths and marks, without blanks and comments."""

import re
from collections.abc import Iterator
from typing import NamedTuple

BLANK = r"(?:\s|/\*[\s\S]*?\*/|//[^\r\n]*)"
QUOTED = r"'(?:[^'\\]|\\.)*+'"
INDEX = rf"\[{BLANK}*+(?P<index>[+-]?[0-9]++|\*){BLANK}*+\]"
HEAD = re.compile(rf"([A-Za-z_][A-Za-z0-9_-]*){BLANK}*+:")
TOKEN = re.compile(
    rf"""(?P<blank>{BLANK}++)
    | (?P<path>[A-Za-z_][A-Za-z0-9_-]*{BLANK}*+:{BLANK}*+(?:{QUOTED}|[A-Za-z0-9_-]++)
        (?:{BLANK}*+\.{BLANK}*+(?:{QUOTED}|[A-Za-z0-9_-]++)|{BLANK}*+{INDEX})*+)
    | (?P<text>[tbh]?{QUOTED})
    | (?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<op>==|!=|<>|<=|>=|=|<|>)
    | (?P<mark>[\[\](),])
    | (?P<word>[A-Za-z]+)""",
    re.VERBOSE | re.DOTALL,
)
STEP = re.compile(rf"(?P<blank>{BLANK}+)|(?P<quoted>{QUOTED})|{INDEX}|[A-Za-z0-9_-]+", re.DOTALL)
ESCAPE = re.compile(r"\\(['\\])")


class PatternError(ValueError):
    """Tell at which character a pattern stops being one, and what stood there."""


class Token(NamedTuple):
    """A word: `kind` is `path`, `text`, `number`, `op`, `mark`, `word` or, behind the last, `end`; `at` counts characters."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the words and two ends; PatternError where no word begins. Linear in the length."""
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            what = "a text that is never closed" if text[at] == "'" else f"{text[at]!r} begins nothing known"
            raise PatternError(f"character {at}: {what}")
        kind = str(found.lastgroup)
        if kind != "blank":
            yield Token(kind, found.group(), at)
        at = found.end()
    yield Token("end", "", len(text))
    yield Token("end", "", len(text))


def unexpected(token: Token) -> PatternError:
    """Return the error that says where this word stands."""
    shown = token.text if len(token.text) <= 40 else f"{token.text[:40]}…"
    return PatternError(f"character {token.at}: {shown!r} was not expected" if shown else "the pattern ends too early")


def path_of(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the type and the steps of a path, without quotes, blanks and comments."""
    head = HEAD.match(text)
    assert head is not None  # no other text is a path
    return head[1], tuple(_step(found) for found in STEP.finditer(text, head.end()) if not found["blank"])


def _step(found: re.Match[str]) -> str:
    if found["quoted"]:
        return unquoted(found[0])
    return f"[{found['index']}]" if found["index"] else found[0]


def unquoted(quoted: str) -> str:
    """Return the text between quotes; a backslash before another sign than a quote or a backslash stands for itself."""
    inner = quoted[1:-1]
    return ESCAPE.sub(r"\1", inner) if "\\" in inner else inner
