"""Lists as plain text: a value a line, comments passed over; the kind told by the file's name, else by each value.

How a line is parted into values is told in `text_lines`.
"""

import itertools
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from perito.base.text import excerpt
from perito.indicators import ordinary
from perito.indicators.accept import NOT_TEXT
from perito.indicators.formats.called import passed_by_name
from perito.indicators.formats.csv_rows import lines_of
from perito.indicators.formats.decoded import no_text, text_of
from perito.indicators.formats.misp_types import REPORT
from perito.indicators.formats.report_links import is_report_link
from perito.indicators.formats.text_lines import (
    HEAD,
    SPACED,
    is_above_reports,
    is_heading,
    line_of,
    why_passed,
)
from perito.indicators.formats.value_kinds import Guess, kind_by_form, kind_by_name, sure, words_of
from perito.indicators.indicator import About, Claim, LeftOut, Problem, Said

NAME = "Text list"
NO_LISTS = {
    ".md", ".rst", ".html", ".htm", ".py", ".js", ".json", ".xml", ".toml", ".cfg", ".ini", ".sh", ".eml", ".mbox", ".ics",
}  # fmt: skip
PLAIN = {"domain": ordinary.HOST, "hash": ordinary.HASH, "ip": ordinary.IP}
"""How most lines of a large list look, of which nothing else need be asked."""
MOSTLY = 0.6
SAMPLE = 200
LONGEST = 2_000
MOST_WORDS = 4
SENTENCE = re.compile(r"[.:]$|^[\[{<]|^(?:---|===)")


def recognises(head: str, name: str) -> bool:
    """Tell a list from prose: its name says what it holds and its lines are short, or most lines are values."""
    path = PurePosixPath(name)
    if path.suffix.lower() in NO_LISTS or no_text(head):
        return False
    kind = kind_by_name(path.stem)
    named = kind is not None
    whole = (line for line in head.lstrip("\ufeff").splitlines() if "\0" not in line)
    lines = [line_of(line, kind) for line in itertools.islice(whole, SAMPLE)]
    values = [value for line in lines for value in line.values]
    if not values:
        left = sum(bool(line.left_out) for line in lines)
        return bool(left) or (named and path.suffix.lower() in {"", ".txt", ".list", ".lst"})
    fits = sum(_plain(value) if named else sure(value) for value in values)
    headings = 0 if named else sum(not sure(value) and is_heading(value) for value in values)
    return fits >= MOSTLY * (len(values) - min(headings, fits))


def _plain(line: str) -> bool:
    return len(line) <= LONGEST and len(line.split()) <= MOST_WORDS and not SENTENCE.search(line)


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield one claim a line; a line whose kind cannot be told is a problem."""
    named = kind_by_name(PurePosixPath(file).stem)
    with text_of(stream) as text:
        reader = _Reader(file, named)
        plain = PLAIN.get(named or "")
        for number, line in enumerate(lines_of(text), 1):
            if plain and not reader.passed and plain.fullmatch(bare := line.rstrip("\r\n")):
                yield Claim(f"line {number}", named or "", bare, reader.about)
                continue
            if "\0" in line:
                yield Problem(file, f"line {number}", NOT_TEXT, excerpt(line.rstrip("\r\n")))
                continue
            found = line_of(line, named)
            if not found.values:
                reader.comment(line)
            if found.left_out:
                yield LeftOut(found.left_out, 1)
            for value in found.values:
                yield reader.said(value, f"line {number}")


class _Reader:
    """What is known while a list is read: what its name says, and whether the links that follow lead to reports."""

    def __init__(self, file: str, named: str | None) -> None:
        self.file = file
        self.named = named
        self.about = About()
        self.reports = False
        self.passed = passed_by_name(file)
        """Why what follows is left out."""
        self.counted = False
        """Whether something was, since the heading that says so."""

    def comment(self, line: str) -> None:
        """Take a comment for a heading where it says that what follows is harmless, was attacked, or is neither.

        Any other ends what was left out, but for those that go on from the heading: in doubt a value is asked for.
        """
        told = why_passed(line, bare=True)
        if told is not None or (self.counted and words_of(line)):
            self.passed, self.counted = told or "", False

    def said(self, value: str, ref: str) -> Said:
        guess = kind_by_form(value)
        if self.named in SPACED:
            return Claim(ref, self.named, value, self.about)
        if guess is None or not guess.sure:
            self.reports = is_above_reports(value)
            if is_heading(value):
                self.passed = why_passed(value, bare=False) or ""
                return LeftOut(HEAD, 1)
        elif self.passed:
            self.counted = True
            return LeftOut(self.passed, 1)
        elif value.startswith(("https://", "http://")) and (self.reports or is_report_link(value)):
            return LeftOut(REPORT, 1)
        kind = self.named if self.named and not (guess and _other(self.named, guess)) else guess and guess.kind
        if kind is None:
            return Problem(self.file, ref, "a value whose kind cannot be told", excerpt(value))
        return Claim(ref, kind, value, self.about)


def _other(named: str, guess: Guess) -> bool:
    """Tell whether a value shows to be of a kind so far from what its list is called that the name is of others of it."""
    if not guess.sure:
        return False
    return (
        guess.kind == "hash"
        if named in {"domain", "ip", "url", "email"}
        else (named == "hash" and guess.kind in {"domain", "ip", "url", "email"})
    )
