"""Reports as text: Markdown, AsciiDoc or plain, in which indicators stand in lists, tables and sentences.

A value is taken where it stands alone: on a line of a list, in a block of code, in a cell of a table. One inside a
sentence is taken only where it is written so that nobody clicks on it, or is a digest, and is context: a sentence names
those who were imitated or attacked too. A link that works leads to what was written, unless it stands among indicators.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from perito.base.text import excerpt
from perito.indicators.accept import NOT_TEXT, may_be_defanged
from perito.indicators.formats.csv_columns import NO_VALUES, ROLES
from perito.indicators.formats.csv_rows import lines_of
from perito.indicators.formats.decoded import no_text, text_of
from perito.indicators.formats.misp_types import REPORT
from perito.indicators.formats.report_links import is_report_link
from perito.indicators.formats.text_lines import (
    BULLET,
    HARMLESS,
    LET_THROUGH,
    NAMES_VALUES,
    is_above_reports,
    is_heading,
    values_in,
)
from perito.indicators.formats.value_kinds import REVERSED, kind_by_form, kind_by_name, sure, words_of
from perito.indicators.indicator import About, Claim, LeftOut, Problem, Said
from perito.records.refang import refang

NAME = "Report"
DOCUMENTS = {".md", ".markdown", ".adoc", ".asciidoc", ".rst", ".org"}
NO_REPORTS = {
    ".py",
    ".js",
    ".json",
    ".xml",
    ".toml",
    ".cfg",
    ".ini",
    ".sh",
    ".html",
    ".htm",
    ".csv",
    ".tsv",
    ".yaml",
    ".yml",
}
MARKED_LINK = re.compile(
    r"!?\[([^\[\]]{0,500})\]\(<?(?:https?|mailto|#|/|\.)[^()\s]{0,2000}>?(?:\s[^()]{0,200})?\)|<https?://[^<>\s]{1,2000}>"
)
"""A link of Markdown, of which the text stays; one that is only an address goes."""
FENCE = re.compile(r"\s*(?:```|~~~|-{4,}\s*$|\.{4,}\s*$)")
TABLE = re.compile(r"\s*\|={3,}\s*$")
"""What AsciiDoc draws above and below a table."""
TITLE = re.compile(r"\s{0,3}(#{1,6}|={1,6})\s+(\S.*)")
UNDERLINE = re.compile(r"\s*(?:={3,}|-{3})\s*$")
RULED = re.compile(r"[\s|:+-]*--[\s|:+-]*")
AROUND = ".,;:!?()\"'`*_\u201c\u201d\u2018\u2019\u00ab\u00bb"
NO_DIGEST = re.compile(r"\b(?:commit|revision|imphash|ja3s?|jarm|ssdeep|tlsh|uuid|serial)\b", re.IGNORECASE)
WRITE_TO = re.compile(r"\b(?:contact|contacto|write to|reach (?:us|out)|questions|press|escr[i\u00ed]b)", re.IGNORECASE)
BY_HEADING = {"app_id", "process", "path", "file_name", "profile", "property"}
SENTENCE = "a line of words"
LONGEST_CELL = 2_000


def recognises(head: str, name: str) -> bool:
    """Tell a text in which something is published: a value that nobody is to click on, or a digest."""
    if PurePosixPath(name).suffix.lower() in NO_REPORTS or no_text(head):
        return False
    return any(_published(word) for line in head.splitlines() if not NO_DIGEST.search(line) for word in _words(line))


def recognises_document(head: str, name: str) -> bool:
    """Tell it by the name of a document too, before tables and lists in it are taken for all there is."""
    return PurePosixPath(name).suffix.lower() in DOCUMENTS and recognises(head, name)


def _words(line: str) -> list[str]:
    return [word.strip(AROUND + "|") for word in MARKED_LINK.sub(r" \1 ", line).replace("`", " ").split()]


def _published(word: str) -> bool:
    guess = kind_by_form(word) if len(word) > 3 else None
    return guess is not None and guess.sure and (guess.kind == "hash" or _defanged(word))


def _defanged(word: str) -> bool:
    return may_be_defanged(word) and refang(word) != word and "\\" not in word


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield the claims of each line, links and lines of words as left out; a line with a zero in it is a problem."""
    with text_of(stream) as text:
        reader = _Reader()
        for number, line in enumerate(lines_of(text), 1):
            if "\0" in line:
                yield Problem(file, f"line {number}", NOT_TEXT, excerpt(line.strip("\ufeff\r\n")))
                continue
            yield from reader.line(line.strip("\ufeff\r\n"), f"line {number}")


class _Reader:
    """What is known while a text is read: whether a block of code is open, what the last heading names, a table's heads."""

    def __init__(self) -> None:
        self.fenced = False
        self.among = False
        self.links = False
        self.reports = False
        self.harmless = False
        self.kind: str | None = None
        self.heads: list[str] | None = None

    def line(self, line: str, ref: str) -> Iterator[Said]:
        if FENCE.match(line):
            self.fenced = not self.fenced
            return
        title = None if self.fenced else TITLE.match(line)
        if title:
            self._title(title[2])
            self.links = self.among and len(title[1]) > 1
        elif TABLE.match(line):
            self.heads = None
        elif not line.strip() or UNDERLINE.match(line):
            self.heads = self.heads if line.strip() else None
        elif "|" in line.strip()[1:-1] and not self.fenced and (line.strip()[0] == "|" or self.heads):
            yield from self._row([cell.strip() for cell in line.strip().strip("|").split("|")], line, ref)
        else:
            yield from self._text(line.strip(), ref)

    def _title(self, text: str) -> None:
        words = set(words_of(text).split())
        self.among = bool(words & NAMES_VALUES - {"of", "and", "de", "y", "c", "list", "network", "android", "ios"})
        self.kind = kind_by_name(text)
        self.reports = is_above_reports(text)
        self.harmless = bool(words & HARMLESS)
        self.heads = None

    def _row(self, cells: list[str], line: str, ref: str) -> Iterator[Said]:
        if RULED.fullmatch(line):
            return
        if self.heads is None:
            self.heads = cells
            return
        of_file = any(
            sure(cell.strip("`")) and (guess := kind_by_form(cell.strip("`"))) and guess.kind == "hash"
            for cell in cells
        )
        for number, cell in enumerate(cells):
            head = self.heads[number] if number < len(self.heads) else ""
            name = words_of(head)
            if cell and not (
                set(name.split()) & NO_VALUES or any(name in ROLES[role] for role in ("report", "campaign"))
            ):
                kind = kind_by_name(head)
                about = About(context_only=of_file and kind in {"file_name", "path", "process"})
                yield from self._alone(cell, kind, ref, among=self.links or kind is not None, about=about)

    def _text(self, text: str, ref: str) -> Iterator[Said]:
        bare = BULLET.sub("", text)
        found = list(self._alone(bare, self.kind, ref, among=self.fenced or self.among, about=About()))
        if found:
            yield from found
            return
        if is_heading(bare) and not self.fenced:
            self.among, self.links, self.kind = True, True, kind_by_name(bare)
        self.reports = is_above_reports(bare)
        yield from self._sentence(text, ref)

    def _alone(self, text: str, kind: str | None, ref: str, *, among: bool, about: About) -> Iterator[Said]:
        plain = MARKED_LINK.sub(r" \1 ", text[:LONGEST_CELL]).replace("<br>", " ").strip().strip("*").strip()
        values = [value.strip("`") for value in values_in(plain.strip("`").strip()) if value.strip("`")]
        if not values or not all(map(sure, values)):
            guess = kind_by_form(plain.strip("`")) if kind in BY_HEADING else None
            if guess and guess.kind == kind:
                yield Claim(ref, kind, plain.strip("`"), about)
            return
        for value in values:
            yield self._taken(value, kind, ref, among=among)

    def _taken(self, value: str, named: str | None, ref: str, *, among: bool) -> Said:
        guess = kind_by_form(value)
        kind = guess.kind if guess else "domain"
        if named == "certificate" and kind == "hash":
            return Claim(ref, named, value, About())
        if named == "app_id" and kind == "domain" and value.partition(".")[0] in REVERSED:
            return Claim(ref, named, value, About())
        if self.harmless:
            return LeftOut(LET_THROUGH, 1)
        if (
            kind == "url"
            and not _defanged(value)
            and (self.reports or not (among and (self.links or self.fenced or named == "url")) or is_report_link(value))
        ):
            return LeftOut(REPORT, 1)
        if not (among or kind in {"hash", "ip"} or _defanged(value)):
            return Claim(ref, kind, value, About(context_only=True))
        return Claim(ref, kind, value, About())

    def _sentence(self, text: str, ref: str) -> Iterator[Said]:
        words = list(dict.fromkeys(_words(text)))
        found = [word for word in words if _published(word)]
        if NO_DIGEST.search(text):
            found = [word for word in found if _defanged(word)]
        if not found or WRITE_TO.search(text):
            yield LeftOut(SENTENCE, 1)
            return
        for word in found:
            guess = kind_by_form(word)
            if guess:
                yield Claim(ref, guess.kind, word, About(context_only=True))
