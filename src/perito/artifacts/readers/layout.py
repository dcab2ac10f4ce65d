"""The tables and columns of one database as far as this version has them, for SELECTs that any version answers.

Every column but the row id may be missing: the SELECT then says NULL in its place, and a problem names it. Columns
that came with a later version are named in `later`, in groups, the oldest first: a group is only missed where a
column of the same or of a younger group is there, for a database without them is merely an older one. Those in
`maybe` come and go between known versions in no such order, and are never missed.

What is missing may stand in the file under a name that is not known here; then it is a loss. Where the table holds no
other column, or the database no other table, than those known here, nothing was passed over: that is said, and no loss.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from perito.artifacts.readers import sqlite
from perito.artifacts.readers.damage import Partly, Unsupported, Without
from perito.artifacts.readers.known_tables import all_known

ROW_IDS = frozenset({"rowid", "id", "z_pk", "uid", "domainid"})
"""Names of keys that stand for SQLite's row id (https://www.sqlite.org/rowidtable.html), which can stand for them."""


class Columns(dict[str, str]):
    """What to write in a SELECT for each column: its name, or NULL; `key` likewise, for the table's key."""

    key = "NULL"


def any_of(columns: Columns) -> bool:
    """Tell whether a table has any of the columns that were asked for."""
    return any(one != "NULL" for one in columns.values())


class Layout:
    """One database: what its SELECTs may name. What is missing is told with the rows of the next `query`.

    Raises Damaged where the file is no database, or its list of tables cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tables = sqlite.tables(path)
        self.views = sqlite.views(path)
        self._columns: dict[str, dict[str, str]] = {}
        self._lacks: dict[str, Partly] = {}

    def columns(self, table: str) -> set[str]:
        """Return the names of a table's columns in lower case, none where there is no such table."""
        if table not in self._columns:
            self._columns[table] = {name.lower(): name for name in sqlite.columns(self.path, table)}
        return set(self._columns[table])

    def table(
        self,
        name: str,
        *columns: str,
        alias: str = "",
        key: str = "rowid",
        later: Sequence[str] = (),
        maybe: Sequence[str] = (),
    ) -> Columns:
        """Return what to write for the columns of a table that is needed; Unsupported where none of them is there."""
        have = self._written(name, columns, alias, key)
        if not self.columns(name):
            raise self._absent(name)
        if not any_of(have):
            raise Unsupported(f"table {name} has none of the columns known: {', '.join(columns)}")
        self._miss(name, (*columns, key), later, maybe)
        return have

    def outer(
        self,
        name: str,
        alias: str,
        key: str,
        link: str,
        *columns: str,
        later: Sequence[str] = (),
        maybe: Sequence[str] = (),
        new: bool = False,
    ) -> tuple[Columns, str]:
        """Return what to write for each column of a table beside, and the outer join of its `key` with `link`.

        Where the table or its key is missing there is no join, and nothing of it; `new` tables are then not missed.
        """
        have = self.beside(name, *columns, alias=alias, key=key, later=later, maybe=maybe, new=new)
        if not self.columns(name) or "NULL" in {have.key, link}:
            return Columns(dict.fromkeys(columns, "NULL")), ""
        return have, f" LEFT JOIN {name} AS {alias} ON {have.key} = {link}"

    def beside(
        self,
        name: str,
        *columns: str,
        alias: str = "",
        key: str = "rowid",
        later: Sequence[str] = (),
        maybe: Sequence[str] = (),
        new: bool = False,
    ) -> Columns:
        """Return what to write for the columns of a table that may be missing: see `any_of`."""
        if self.columns(name):
            self._miss(name, (*columns, key), later, maybe)
        elif not new or name.lower() in self.views:
            self.miss(name, known=all_known(self.tables))
        return self._written(name, columns, alias, key)

    def union(self, selects: Iterable[str], main: str) -> sqlite.Query:
        """Return the rows of all SELECTs that are not empty; Unsupported, naming the `main` table, where none is left."""
        left = [select for select in selects if select]
        if not left:
            if self.columns(main):
                raise Unsupported(f"table {main} has none of the columns known")
            raise self._absent(main)
        return self.query(" UNION ALL ".join(left))

    def query(self, sql: str) -> sqlite.Query:
        """Return the rows of a SELECT; its first column is the ref, the others raw values in schema order, no CAST."""
        return sqlite.Query(self.path, sql, self.lacks())

    def lacks(self) -> list[Partly]:
        """Return what was found missing since this was last asked."""
        told, self._lacks = list(self._lacks.values()), {}
        return told

    def miss(self, table: str, columns: Iterable[str] = (), *, known: bool = False) -> None:
        """Tell that a table, or some of its columns, are missing; no loss where all that is there is `known`."""
        named, ref = ", ".join(columns), f"table {table}"
        told = Partly(ref, "no such table: what its rows would say is missing here; this version of it is not known")
        if table.lower() in self.views:
            told = Partly(ref, "a view stands in the place of this table: it was not read")
        elif known:
            told = Without(f"{table} ({named})" if named else table)
        elif named:
            told = Partly(ref, f"no column {named}: what it would say is missing here; this version of it is not known")
        self._lacks.setdefault(f"{table} {named}", told)

    def _absent(self, name: str) -> Unsupported:
        if name.lower() in self.views:
            return Unsupported(f"{name} is a view, not a table")
        return Unsupported(f"no such table: {name}")

    def _written(self, table: str, columns: Sequence[str], alias: str, key: str) -> Columns:
        here = self.columns(table)
        prefix = f"{alias}." if alias else ""
        have = Columns({name: f"{prefix}{name}" if name.lower() in here else "NULL" for name in columns})
        if key.lower() in here:
            have.key = f"{prefix}{key}"
        elif key.lower() in ROW_IDS:
            have.key = f"{prefix}rowid"
        return have

    def _miss(self, table: str, expected: Sequence[str], later: Sequence[str], maybe: Sequence[str]) -> None:
        here = self.columns(table)
        groups = [group.split() for group in later]
        newest = max((age for age, group in enumerate(groups) if here & {one.lower() for one in group}), default=-1)
        unmissed = {"rowid", "ROWID", *maybe, *(one for group in groups[newest + 1 :] for one in group)}
        gone = [one for one in dict.fromkeys(expected) if one not in unmissed and one.lower() not in here]
        if gone:
            others = here - {one.lower() for one in (*expected, *maybe)} - ROW_IDS
            self.miss(table, gone, known=not others)
