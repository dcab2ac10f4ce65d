"""The rows of a CSV file, whatever separates its cells, and whatever a quote that never ends would swallow."""

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TextIO

LONGEST_LINE = 1 << 17
MOST_LINES = 2_000
"""Lines that one row may span: a rule in a cell has some hundred."""
MOST_COLUMNS = 1_000
"""Columns that are read; the public tables have some fifty."""
SEPARATORS = ",;\t|"


class Row(NamedTuple):
    """Cells and the line on which they begin; `problem` says what was wrong there."""

    line: int
    cells: list[str]
    problem: str = ""


def lines_of(text: TextIO) -> Iterator[str]:
    """Yield the lines of a text; one without end comes in pieces."""
    return iter(lambda: text.readline(LONGEST_LINE), "")


def separator_of(lines: list[str]) -> str:
    """Return the separator that gives most lines the same number of cells, more than one; else a comma."""

    def agreement(mark: str) -> tuple[int, int]:
        counts = [len(row.cells) for row in rows(lines, mark) if not row.problem]
        common = max(set(counts), key=lambda width: (counts.count(width), width), default=0)
        return (counts.count(common), common) if common > 1 else (0, 0)

    return max(SEPARATORS, key=agreement) if lines else ","


def rows(lines: Iterable[str], separator: str) -> Iterator[Row]:
    """Yield the rows that hold something and are no comment (`#`, or `;` where that parts no cells).

    Where a quote does not end, each line behind it is read by itself.
    """
    marks = ("#",) if separator == ";" else ("#", ";")
    taken: list[str] = []
    odd = False
    first = 1
    new = tuple.__new__  # what `Row` does, at half the price
    for number, line in enumerate(lines, 1):
        if '"' not in line and not taken:
            start = line.lstrip()[:1]
            if start and start not in marks:
                yield new(Row, (number, line.rstrip("\r\n").split(separator), ""))
            first = number + 1
            continue
        if not taken and (cells := _all_quoted(line, separator)):
            if not cells[0].lstrip().startswith("#") and any(cell and not cell.isspace() for cell in cells):
                yield new(Row, (number, cells, ""))
            first = number + 1
            continue
        taken.append(line)
        odd ^= line.count('"') % 2 == 1
        if not odd:
            yield from _parsed(first, taken, separator)
        elif len(taken) >= MOST_LINES:
            yield from _single(first, taken, separator)
        else:
            continue
        taken, odd, first = [], False, number + 1
    if taken:
        yield from _single(first, taken, separator)


def _all_quoted(line: str, separator: str) -> list[str]:
    """Return the cells of a line each of which stands in quotes that hold no other, as most programs write them."""
    bare = line.rstrip("\r\n")
    if len(bare) < 2 or bare[0] != '"' or bare[-1] != '"':
        return []
    cells = bare[1:-1].split(f'"{separator}"')
    return cells if bare.count('"') == 2 * len(cells) else []


def _single(first: int, taken: list[str], separator: str) -> Iterator[Row]:
    yield Row(first, [], "a quote that does not end; the lines behind it were read one by one")
    for place, line in enumerate(taken):
        yield from _parsed(first + place, [line], separator)


def _parsed(first: int, taken: list[str], separator: str) -> Iterator[Row]:
    reader = csv.reader(taken, delimiter=separator, skipinitialspace=True)
    while True:
        line = first + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, [], f"not a row: {error}")
            continue
        if any(cell and not cell.isspace() for cell in cells) and not cells[0].lstrip().startswith("#"):
            yield Row(line, [cell[2:-1] if cell[:2] == '="' and cell[-1:] == '"' else cell for cell in cells])


def heads_above(lines: Iterable[str], separator: str, width: int) -> list[str]:
    """Return the cells of the last comment above the first row that has as many cells as it; empty without one."""
    found: list[str] = []
    for line in lines:
        bare = line.lstrip("\ufeff \t")
        if not bare.startswith("#"):
            if bare.strip():
                break
            continue
        cells = next(csv.reader([bare.lstrip("# \t").rstrip("\r\n")], delimiter=separator, skipinitialspace=True), [])
        found = cells if len(cells) == width else found
    return found
