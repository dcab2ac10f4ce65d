"""Tables in which Core Data links two kinds of rows; it numbers them anew with each version of the database."""

import re

from perito.artifacts.readers.layout import Layout


def relation(layout: Layout, name: str, one: str, other: str) -> tuple[str, str, str]:
    """Return the table `Z_<number><name>` and its columns `Z_<number><one>` and `Z_<number><other>`.

    Three empty texts where the table or one of its columns is missing, which the layout then tells.
    """
    tables = [table for table in sorted(layout.tables) if _is(table, name)]
    for table in tables:
        columns = sorted(column.upper() for column in layout.columns(table))
        ends = [[column for column in columns if _is(column, end)] for end in (one, other)]
        if all(ends):
            return table, ends[0][0], ends[1][0]
    layout.miss(f"Z_n{name}", (f"Z_n{one}", f"Z_n{other}") if tables else ())
    return "", "", ""


def _is(numbered: str, name: str) -> bool:
    return bool(re.fullmatch(rf"Z_\d+{name}", numbered))
