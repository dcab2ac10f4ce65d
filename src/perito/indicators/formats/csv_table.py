"""Tables of indicators (CSV): exports of MISP, and whatever columns a publisher chose, with heads or without."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO

from perito.base.text import excerpt
from perito.indicators.accept import NOT_TEXT, STRIPPED
from perito.indicators.formats import csv_own
from perito.indicators.formats.csv_about import Abouts
from perito.indicators.formats.csv_cells import HARMLESS, NO, YES, better, of_a_feed
from perito.indicators.formats.csv_columns import ANY, SAMPLE, TELLS, Columns, is_head, is_type, kind_of_type, plan
from perito.indicators.formats.csv_rows import MOST_COLUMNS, Row, lines_of, rows, separator_of
from perito.indicators.formats.csv_sample import heads_of, planned, titles
from perito.indicators.formats.decoded import text_of, well_formed
from perito.indicators.formats.misp_types import REPORT, Attribute, plain, said_by
from perito.indicators.formats.report_links import is_report_link
from perito.indicators.formats.rules_in_lists import READERS, rule_type, rules_in
from perito.indicators.formats.stix2_time import moment
from perito.indicators.formats.value_kinds import BETWEEN, FILE_NAME, kind_by_form, several, sure, words_of
from perito.indicators.indicator import About, Claim, ClaimRow, LeftOut, Problem, Rule, Said, Unmatched, together

NAME, MISP_NAME = "CSV", "MISP CSV"
ENDS = (".csv", ".tsv")
MISP = {"type", "value", "to_ids"}
TOLD_BY_HEAD = {"type", "value"}
DECIDES_ITS_ROW = {"hash", "certificate"}
FLAGS = ("type", "value", "category", "to_ids", "deleted")
TOO_MANY = f"more than {MOST_COLUMNS:,} columns; the others were not read"
SAID_HARMLESS = "a row that its publisher says is harmless"
FEED_HASHES = "a digest of a value, by which the files of a MISP feed are searched"
RULED = re.compile(r"[\s:-]*--[\s:-]*")
"""The line that Markdown draws below the heads of a table."""


def recognises(head: str, name: str) -> bool:
    """Tell a table by columns that hold values; one column is a table only where its name says so."""
    if head.startswith(csv_own.FIRST_LINE):
        return True
    columns = planned(head, named=name.lower().endswith(ENDS))
    return columns is not None and (columns.width > 1 or name.lower().endswith(ENDS))


def recognises_misp(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell an export of MISP by its three columns."""
    columns = planned(head)
    return columns is not None and columns.roles.keys() >= MISP


def recognises_rules(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell a table by heads that say where its values or rules stand: rules in its cells would pass for a file of them."""
    first = next((line for line in head.lstrip("\ufeff").splitlines() if line.strip() and line[:1] != "#"), "").lower()
    if not ("type" in first and "value" in first) and not any(language in first for language in READERS):
        return False
    columns = planned(head)
    if columns is None or columns.width < len(TOLD_BY_HEAD):
        return False
    return columns.roles.keys() >= TOLD_BY_HEAD or bool(READERS.keys() & set(columns.kinds.values()))


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield the claims of every row; a cell of a column that holds no values is passed over, and the column told."""
    own = stream.read(len(csv_own.FIRST_LINE)) == csv_own.FIRST_LINE.encode()
    stream.seek(0)
    with text_of(stream) as text:
        if own:
            yield from csv_own.read(text, file)
            return
        lines = lines_of(text)
        start = list(itertools.islice(lines, SAMPLE * 8))
        separator = separator_of(start[:SAMPLE])
        found = rows(itertools.chain(start, lines), separator)
        if separator == "|":
            found = (row for row in found if not RULED.fullmatch("".join(row.cells)) or row.problem)
        first = list(itertools.islice(found, SAMPLE))
        sample = [row.cells[:MOST_COLUMNS] for row in first if row.cells]
        above = titles(sample)
        for row in [row for row in first if row.cells][:above]:
            first.remove(row)
        if above:
            yield LeftOut("a line of words above the table", above)
        columns = plan(sample[above:], heads_of(start, separator, sample[above:]))
        yield from together(_line, _Table(columns, file).read(itertools.chain(first, found)))


def _line(number: int) -> str:
    return f"line {number}"


class _Table:
    def __init__(self, columns: Columns, file: str) -> None:
        self.file = file
        self.unread: Counter[tuple[int, str]] = Counter()
        self.kind_of_type = cache(kind_of_type)
        self._take(columns)

    def _take(self, columns: Columns) -> None:
        """Read from here on by these columns."""
        self.columns = columns
        self.abouts = Abouts(columns)
        self.width = columns.width
        roles = columns.roles
        self.timed = "valid_from" in roles or "valid_until" in roles
        self.value_at, self.type_at = roles.get("value", -1), roles.get("type", -1)
        self.open = [number for number in range(columns.width) if number not in roles.values()]
        self.misp = roles.keys() >= MISP
        self.flags_at = tuple([roles.get(role, columns.width) for role in FLAGS])
        self.judged = bool({"verdict", "malicious", "harmless"} & roles.keys())
        self.plain = not (self.open or self.timed or self.misp or self.judged) and min(self.value_at, self.type_at) >= 0
        """Whether a row is no more than a type, a value and what is said about it, as in the largest tables."""
        self.ranges = roles.get("first", -1), roles.get("last", -1)

    def read(self, found: Iterator[Row]) -> "Iterator[Said | ClaimRow]":
        headed = bool(self.columns.heads) and not self.columns.above
        parted = BETWEEN.search
        for row in found:
            if row.problem:
                yield Problem(self.file, f"line {row.line}", row.problem, "")
            elif headed:
                headed = False
                yield from self._too_many(row)
                if not (self.columns.roles or set(self.columns.kinds.values()) - {ANY}):
                    told = excerpt(" ".join(row.cells))
                    yield Problem(self.file, f"line {row.line}", "taken for the heads of the columns", told)
            elif self.plain and len(row.cells) == self.width:
                name, value = row.cells[self.type_at].strip(), row.cells[self.value_at].strip()
                kind = self.kind_of_type(name) if name else None
                if value and kind and kind != "file_name" and not parted(value):
                    yield row.line, kind, value, self.abouts.of(row.cells), None, None
                elif value:
                    yield from self._pair(row, name, value)
            elif self.misp and len(row.cells) == self.width <= MOST_COLUMNS and not self.judged:
                yield from self._attribute(row)
            else:
                yield from self._row(row)
        for (number, head), times in sorted(self.unread.items()):
            named = f'"{excerpt(well_formed(head), 40)}"' if head else f"number {number + 1}"
            yield LeftOut(f"a cell of column {named}, which holds nothing that is compared", times)

    def _pair(self, row: Row, name: str, value: str) -> Iterator[Said]:
        """Yield what a row claims that is no more than a type and a value; of the head of a further table, nothing."""
        if name and not self.kind_of_type(name) and self._begins(row.cells):
            self._take(plan([row.cells]))
        else:
            yield from self._typed(_line(row.line), name, value, self.abouts.of(row.cells))

    def _row(self, row: Row) -> Iterator[Said]:
        yield from self._too_many(row)
        row = row._replace(cells=row.cells[:MOST_COLUMNS])
        if self.judged and self._harmless(row):
            yield LeftOut(SAID_HARMLESS, 1)
        elif self._begins(row.cells):
            self._take(plan([row.cells]))
        elif self.misp:
            yield from self._misp(row)
        else:
            yield from self._free(row)

    def _begins(self, cells: list[str]) -> bool:
        """Tell the head of a further table; a type without its value is none."""
        typed = self.type_at >= 0
        alone = typed and 0 <= self.value_at < len(cells) and not cells[self.value_at].strip()
        return not alone and is_head(cells, typed=typed)

    def _too_many(self, row: Row) -> Iterator[Problem]:
        if len(row.cells) > MOST_COLUMNS:
            yield Problem(self.file, f"line {row.line}", TOO_MANY, "")

    def _cell(self, row: Row, role: str) -> str:
        number = self.columns.roles.get(role, -1)
        return row.cells[number].strip() if 0 <= number < len(row.cells) else ""

    def _attribute(self, row: Row) -> "Iterator[Said | ClaimRow]":
        """Yield what a row of a MISP export claims, as `_misp` does; of most attributes it is one value."""
        cells = [*row.cells, ""]
        one = Attribute("", *[cells[number].strip() for number in self.flags_at])
        found = plain(one, self.abouts.of(row.cells))
        if found:
            kind, about = found
            yield row.line, kind, one.value, about, None, None
        else:
            yield from self._row(row)

    def _misp(self, row: Row) -> Iterator[Said]:
        flags = (self._cell(row, role) for role in FLAGS)
        yield from said_by(Attribute(f"line {row.line}", *flags), self.abouts.of(row.cells), self.file)

    def _harmless(self, row: Row) -> bool:
        """Tell whether the publisher says of a row that it harms nobody."""
        verdict, malicious, harmless = (self._cell(row, role).lower() for role in ("verdict", "malicious", "harmless"))
        return verdict in HARMLESS or malicious in NO or harmless in YES

    def _free(self, row: Row) -> Iterator[Said]:
        about = self.abouts.of(row.cells)
        ref = f"line {row.line}"
        width = len(row.cells)
        if 0 <= min(self.ranges) <= max(self.ranges) < width:
            yield Claim(ref, "ip", "-".join(row.cells[number].strip() for number in self.ranges), about)
        if 0 <= self.value_at < width and (value := row.cells[self.value_at].strip()):
            name = row.cells[self.type_at].strip() if 0 <= self.type_at < width else ""
            for said in self._typed(ref, name, value, about):
                yield self._dated(said, row) if self.timed and isinstance(said, Claim | Rule) else said
        places = self.open if width == self.columns.width else [*self.open, *range(self.columns.width, width)]
        cells = [(number, row.cells[number].strip(STRIPPED)) for number in places if number < width]
        if cells:
            yield from self._cells(ref, cells, about)

    def _dated(self, claim: Claim | Rule, row: Row) -> Claim | Rule:
        since, until = (moment(self._cell(row, role)) for role in ("valid_from", "valid_until"))
        return claim._replace(valid_from=since, valid_until=until)

    def _cells(self, ref: str, cells: list[tuple[int, str]], about: About) -> Iterator[Said]:
        if of_a_feed(cells):
            yield Unmatched("hash", cells[0][1], FEED_HASHES)
            return
        of_file = any(cell and self._decides(self.columns.kinds.get(number), cell) for number, cell in cells)
        for number, cell in cells:
            kind = self.columns.kinds.get(number)
            if kind and cell:
                part = number in self.columns.context or (of_file and kind in {"file_name", "path", "process"})
                said = about._replace(context_only=True) if part else about
                for one in several(cell):
                    yield from self._valued(ref, kind, one, said)
            elif cell:
                self.unread[number, self.columns.heads[number] if number < len(self.columns.heads) else ""] += 1

    def _valued(self, ref: str, kind: str, cell: str, about: About) -> Iterator[Said]:
        if kind == ANY:
            yield self._guessed(ref, cell, about)
        elif kind in READERS:
            yield from rules_in(kind, cell, ref, about, self.file)
        elif kind == "file_name" and not FILE_NAME.fullmatch(cell):
            yield LeftOut("a description, not the name of a file", 1)
        else:
            yield Claim(ref, kind, cell, about)

    def _typed(self, ref: str, name: str, cell: str, about: About) -> Iterator[Said]:
        kind = self.kind_of_type(name) if name else None
        if "\0" in name:
            yield Problem(self.file, ref, NOT_TEXT, excerpt(name))
        elif kind or not name:
            for value in several(cell):
                yield Claim(ref, better(kind, value), value, about) if kind else self._guessed(ref, value, about)
        elif language := rule_type(name):
            yield from rules_in(language, cell, ref, about, self.file)
        elif name.lower() in HARMLESS or words_of(name) in HARMLESS:
            yield LeftOut(SAID_HARMLESS, 1)
        elif words_of(name) in TELLS:
            yield LeftOut(f"{words_of(name)} describes and is no indicator", 1)
        elif not is_type(name) and all(map(sure, several(cell))):  # a word for its use: `payload`, `phishing page`
            yield from (self._guessed(ref, value, about) for value in several(cell))
        else:
            yield Unmatched(name[:60], cell, f"{well_formed(name[:60])} is not compared here")

    def _guessed(self, ref: str, value: str, about: About) -> Said:
        if (guess := kind_by_form(value)) and is_report_link(value):
            return LeftOut(REPORT, 1)
        if guess is None:
            return Problem(self.file, ref, "a value whose kind cannot be told", excerpt(value))
        return Claim(ref, guess.kind, value, about)

    @staticmethod
    def _decides(kind: str | None, cell: str) -> bool:
        guess = kind_by_form(cell) if kind == ANY else None
        return (guess.kind if guess else kind) in DECIDES_ITS_ROW
