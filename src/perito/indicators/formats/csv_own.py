"""The table that `perito indicators export --format csv` writes, read to the letter: nothing in it is guessed or split."""

import csv
from collections.abc import Iterator
from typing import TextIO

from perito.base.text import excerpt, without_guard
from perito.indicators.formats.csv_rows import lines_of
from perito.indicators.formats.misp_json import day
from perito.indicators.formats.stix2_time import moment
from perito.indicators.indicator import KINDS, About, Claim, Problem, Said, Unmatched

COLUMNS = (
    "kind", "value", "source", "campaign", "report", "published", "context_only", "exact_host", "valid_from",
    "valid_until", "licence",
)  # fmt: skip
FIRST_LINE = ",".join(COLUMNS) + "\n"


def read(text: TextIO, file: str) -> Iterator[Said]:
    """Yield the claim of every row below the heads; a row of another width is a problem."""
    rows = csv.reader(lines_of(text))
    next(rows)
    while True:
        ref = f"line {rows.line_num + 1}"
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Problem(file, ref, f"not a row: {error}", "")
            continue
        if len(cells) == len(COLUMNS):
            yield _said(ref, dict(zip(COLUMNS, map(without_guard, cells), strict=True)))
        elif any(cells):
            yield Problem(file, ref, f"a row of {len(cells)} cells, not {len(COLUMNS)}", excerpt(" ".join(cells)))


def _said(ref: str, cells: dict[str, str]) -> Said:
    if cells["kind"] not in KINDS:
        kind = excerpt(cells["kind"], 60)
        return Unmatched(kind, cells["value"], f"{kind} is not compared here")
    about = About(
        source=cells["source"],
        campaign=cells["campaign"],
        report=cells["report"],
        published=day(cells["published"]),
        context_only=cells["context_only"] == "1",
        exact_host=cells["exact_host"] == "1",
        licence=cells["licence"],
    )
    return Claim(ref, cells["kind"], cells["value"], about, moment(cells["valid_from"]), moment(cells["valid_until"]))
