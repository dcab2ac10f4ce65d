"""What the first rows of a table tell: whether it is one, what stands above it, and what its columns hold."""

import re
from collections import Counter

from perito.indicators.formats.csv_columns import ANY, SAMPLE, Columns, plan
from perito.indicators.formats.csv_rows import MOST_COLUMNS, heads_above, rows, separator_of
from perito.indicators.formats.value_kinds import kind_by_form

MOST_WORDS = 400
JSON = re.compile(r"\ufeff?\s*(?:\{|\[\s*[\[{\"])")


def planned(head: str, *, named: bool = False) -> Columns | None:
    """Return the columns of a table by the beginning of a text; None where it is none, or holds no values."""
    if JSON.match(head):
        return None
    lines = head.lstrip("\ufeff").splitlines(keepends=True)[:MOST_WORDS]
    separator = separator_of(lines[:SAMPLE])
    sample = [row.cells[:MOST_COLUMNS] for row in rows(lines, separator) if row.cells][:SAMPLE]
    sample = sample[titles(sample) :]
    columns = plan(sample, heads_of(lines, separator, sample))
    told = columns.roles or set(columns.kinds.values()) - {ANY}
    return columns if columns.holds_values and (told or not prose(sample, named=named)) else None


def heads_of(lines: list[str], separator: str, sample: list[list[str]]) -> list[str]:
    """Return the heads that stand in a comment above the table, if they do."""
    width = len(sample[0]) if sample else 0
    heads = heads_above(lines, separator, width) if width > 1 else []
    return [] if any((guess := kind_by_form(cell)) and guess.sure for cell in heads) else heads


def titles(sample: list[list[str]]) -> int:
    """Count the rows above the table in which one cell alone says something in words."""
    for number, cells in enumerate(sample):
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) > 1:
            return number
        guess = kind_by_form(filled[0]) if filled else None
        if guess is not None:
            break
    return 0


def prose(sample: list[list[str]], *, named: bool) -> bool:
    """Tell sentences, and lists with a comma somewhere, from a table: it has as many cells in nearly every row."""
    widths = Counter(map(len, sample))
    (width, times), *_ = widths.most_common(1)
    return times < 0.7 * len(sample) or (width == 1 and not named)
