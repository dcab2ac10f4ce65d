"""Lists as plain text: a value a line, comments passed over; the kind told by the file's name, else by each value.

Also read: `hosts` files (`0.0.0.0 name`), the output of `sha256sum`, filter lists (`||name^`), bullets.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from perito.base.text import excerpt
from perito.indicators.formats.csv_rows import lines_of
from perito.indicators.formats.decoded import text_of
from perito.indicators.formats.value_kinds import kind_by_form, kind_by_name
from perito.indicators.indicator import About, Claim, Problem, Said

NAME = "Text list"
COMMENTS = ("#", ";", "//", "!")
BULLET = re.compile(r"^(?:[-*\u2022]|\d{1,4}[.)])\s+(?=\S)")
BEHIND = re.compile(r"\s+(?:#|//|;).*$")
HOSTS = re.compile(r"(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+(\S+)$")
SUM = re.compile(r"([0-9a-fA-F]{32,128})\s+[* ]?\S")
FILTER = re.compile(r"\|\|([^\^/$|]+)\^")
NO_LISTS = {".md", ".rst", ".html", ".htm", ".py", ".js", ".json", ".xml", ".toml", ".cfg", ".ini", ".sh"}
MOSTLY = 0.6
SAMPLE = 200
LONGEST = 2_000
MOST_WORDS = 4
NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\ufffd]")
SENTENCE = re.compile(r"[.:]$|^[\[{<]|^(?:---|===)")


def recognises(head: str, name: str) -> bool:
    """Tell a list from prose: its name says what it holds and its lines are short, or most lines are values."""
    path = PurePosixPath(name)
    if path.suffix.lower() in NO_LISTS or NO_TEXT.search(head):
        return False
    lines = [line for line in map(_value, head.lstrip("\ufeff").splitlines()[:SAMPLE]) if line]
    named = kind_by_name(path.stem) is not None
    if not lines:
        return named and path.suffix.lower() in {"", ".txt", ".list", ".lst"}
    fits = sum(_plain(line) if named else _sure(line) for line in lines)
    return fits >= MOSTLY * len(lines)


def _plain(line: str) -> bool:
    return len(line) <= LONGEST and len(line.split()) <= MOST_WORDS and not SENTENCE.search(line)


def _sure(line: str) -> bool:
    guess = kind_by_form(line)
    return guess is not None and guess.sure


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield one claim a line; a line whose kind cannot be told is a problem."""
    named = kind_by_name(PurePosixPath(file).stem)
    about = About()
    with text_of(stream) as text:
        for number, line in enumerate(lines_of(text), 1):
            value = _value(line)
            if not value:
                continue
            kind = named or _kind(value)
            if kind is None:
                yield Problem(file, f"line {number}", "a value whose kind cannot be told", excerpt(value))
            else:
                yield Claim(f"line {number}", kind, value, about)


def _kind(value: str) -> str | None:
    guess = kind_by_form(value)
    return guess.kind if guess else None


def _value(line: str) -> str:
    """Return the value of a line, empty for a comment or a blank line."""
    text = line.strip("\ufeff \t\r\n,")
    if not text or text.startswith(COMMENTS):
        return ""
    if " " not in text and "\t" not in text and "|" not in text:
        return text
    text = BEHIND.sub("", BULLET.sub("", text))
    for form in (HOSTS, SUM, FILTER):
        found = form.match(text)
        if found:
            return found[1]
    return text
