"""Rows of tables that people typed or exported as text: any separator, quotes that may be astray."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from perito.artifacts.readers import text

SEPARATORS = ",;\t|"
QUOTED = re.compile(r'"[^"]*"')
LONGEST_ROW = 1_000
"""Lines that a row with quotes may have."""

Line = tuple[int, list[str], str, bool]
"""Number of the line where a row begins, its cells, the row as it is, and whether a quote in it was astray."""


def separator(line: str) -> str:
    """Return the character that parts a line most often, quoted text aside."""
    bare = QUOTED.sub("", line)
    return max(SEPARATORS, key=bare.count)


def cells(row: str, by: str) -> list[str]:
    """Return the cells of one row, quotes taken off; doubled quotes stand for one."""
    try:
        return next(csv.reader(io.StringIO(row, newline=""), delimiter=by, skipinitialspace=True), [])
    except csv.Error:  # a carriage return outside quotes, or a cell of more than 128 KiB
        return [cell.strip(' "') for cell in row.split(by)]


def rows(path: Path, by: str, width: int, begins: Callable[[str], bool]) -> Iterator[Line]:
    """Yield each row that is not empty.

    One with a quote left open ends before the next line that `begins` a row, unless that line closes the quote and
    the row then has `width` cells.
    """
    held: list[str] = []
    first = 0
    for number, line in text.lines(path):
        open_quote = sum(one.count('"') for one in held) % 2 == 1
        ends = begins(line) and not _completes(held, line, by, width)
        if held and (not open_quote or ends or len(held) > LONGEST_ROW):
            yield from _row(first, held, by, astray=open_quote)
            held = []
        if not held:
            first = number
        held.append(line)
    if held:
        yield from _row(first, held, by, astray=sum(one.count('"') for one in held) % 2 == 1)


def _completes(held: list[str], line: str, by: str, width: int) -> bool:
    return line.count('"') % 2 == 1 and len(cells("\n".join([*held, line]), by)) == width


def _row(first: int, held: list[str], by: str, *, astray: bool) -> Iterator[Line]:
    row = "\n".join(held)
    if row.strip("\ufeff \t\r\n" + by):
        yield first, [one.strip() for one in row.split(by)] if astray else cells(row, by), row, astray
