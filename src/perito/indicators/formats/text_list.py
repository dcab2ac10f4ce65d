"""Lists as plain text: a value a line, comments passed over; the kind told by the file's name, else by each value.

How a line is parted into values is told in `text_lines`.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from perito.base.text import excerpt
from perito.indicators.formats.csv_rows import lines_of
from perito.indicators.formats.decoded import text_of
from perito.indicators.formats.text_lines import sure, values_of
from perito.indicators.formats.value_kinds import kind_by_form, kind_by_name
from perito.indicators.indicator import About, Claim, Problem, Said

NAME = "Text list"
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
    kind = kind_by_name(path.stem)
    named = kind is not None
    lines = [value for line in head.lstrip("\ufeff").splitlines()[:SAMPLE] for value in values_of(line, kind)]
    if not lines:
        return named and path.suffix.lower() in {"", ".txt", ".list", ".lst"}
    fits = sum(_plain(line) if named else sure(line) for line in lines)
    return fits >= MOSTLY * len(lines)


def _plain(line: str) -> bool:
    return len(line) <= LONGEST and len(line.split()) <= MOST_WORDS and not SENTENCE.search(line)


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield one claim a line; a line whose kind cannot be told is a problem."""
    named = kind_by_name(PurePosixPath(file).stem)
    about = About()
    with text_of(stream) as text:
        for number, line in enumerate(lines_of(text), 1):
            yield from (_said(value, named, f"line {number}", file, about) for value in values_of(line, named))


def _said(value: str, named: str | None, ref: str, file: str, about: About) -> Said:
    kind = named or _kind(value)
    if kind is None:
        return Problem(file, ref, "a value whose kind cannot be told", excerpt(value))
    return Claim(ref, kind, value, about)


def _kind(value: str) -> str | None:
    guess = kind_by_form(value)
    return guess.kind if guess else None
