"""What a layout writes for columns that are there or not, and which of those that are not it tells."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from perito.artifacts.readers.damage import Damaged, Partly, Unsupported, Without
from perito.artifacts.readers.layout import Layout, any_of

SINCE = ("b", "c d", "e")


def layout(folder: Path, *tables: str) -> Layout:
    """Build tables, each with a column that nobody asks for, and open them."""
    file = folder / "some.db"
    with closing(sqlite3.connect(file)) as database:
        for table in ("filler (x)", *tables):
            database.execute(f"CREATE TABLE {table.removesuffix(')')}, other_column)")
        database.commit()
    return Layout(file)


def told(one: Layout) -> list[tuple[str, str]]:
    return [(lack.ref, lack.reason.partition(":")[0]) for lack in one.lacks()]


@pytest.mark.parametrize(
    ("here", "missed"),
    [
        ("a", []),  # the oldest version: nothing that came later is missed
        ("a, b", []),
        ("a, b, c, d", []),
        ("a, b, c, d, e", []),
        ("b", ["a"]),  # what every version has
        ("a, c, d", ["b"]),  # older than what is there
        ("a, b, c", ["d"]),  # as old as what is there
        ("a, e", ["b", "c", "d"]),
        ("A, B, C, D, E", []),  # SQLite's names have no case
    ],
)
def test_what_came_later_is_missed_where_its_like_is_there(tmp_path: Path, here: str, missed: list[str]) -> None:
    one = layout(tmp_path, f"t ({here})")
    one.table("t", "a", "b", "c", "d", "e", later=SINCE)
    assert told(one) == ([("table t", f"no column {', '.join(missed)}")] if missed else [])


def test_missing_columns_are_null_and_present_ones_carry_the_alias(tmp_path: Path) -> None:
    have = layout(tmp_path, "t (id INTEGER PRIMARY KEY, a)").table("t", "a", "b", alias="x", key="id", maybe=("b",))
    assert (dict(have), have.key) == ({"a": "x.a", "b": "NULL"}, "x.id")


def test_a_row_id_stands_for_a_missing_key_and_for_no_other_column(tmp_path: Path) -> None:
    one = layout(tmp_path, "t (a)", "u (a)")
    assert one.table("t", "a", alias="x", key="id").key == "x.rowid"
    assert one.table("u", "a", alias="x", key="uuid").key == "NULL"
    assert told(one) == [("table t", "no column id"), ("table u", "no column uuid")]


def test_a_table_is_joined_only_where_both_ends_are_there(tmp_path: Path) -> None:
    one = layout(tmp_path, "t (uuid, a)")
    assert one.outer("t", "x", "uuid", "y.link", "a") == ({"a": "x.a"}, " LEFT JOIN t AS x ON x.uuid = y.link")
    assert one.outer("t", "x", "uuid", "NULL", "a") == ({"a": "NULL"}, "")
    assert one.outer("t", "x", "other", "y.link", "a") == ({"a": "NULL"}, "")
    assert one.outer("gone", "x", "id", "y.link", "a") == ({"a": "NULL"}, "")
    assert one.outer("newer", "x", "id", "y.link", "a", new=True) == ({"a": "NULL"}, "")
    assert told(one) == [("table t", "no column other"), ("table gone", "no such table")]


def test_what_is_missing_is_told_once(tmp_path: Path) -> None:
    one = layout(tmp_path, "t (a)")
    for _ in range(3):
        one.table("t", "a", "b")
    rows = list(one.query("SELECT 'x', 1"))
    assert [row.ref if isinstance(row, Partly) else row for row in rows] == ["table t", ("x", 1)]
    assert one.lacks() == []


def test_what_is_missing_where_nothing_else_is_there_is_no_loss(tmp_path: Path) -> None:
    file = tmp_path / "small.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE handle (id TEXT)")
        database.commit()
    one = Layout(file)
    one.table("handle", "id", "service")
    one.beside("chat", "guid")
    assert [(type(lack), lack.ref) for lack in one.lacks()] == [(Without, "handle (service)"), (Without, "chat")]
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE talks (id TEXT)")
        database.commit()
    one = Layout(file)
    one.beside("chat", "guid")
    assert told(one) == [("table chat", "no such table")]


def test_a_table_of_which_nothing_is_known_is_not_read(tmp_path: Path) -> None:
    one = layout(tmp_path, "t (z)")
    with pytest.raises(Unsupported, match="table t has none of the columns known: a, b"):
        one.table("t", "a", "b")
    with pytest.raises(Unsupported, match="no such table: gone"):
        one.table("gone", "a")
    with pytest.raises(Unsupported, match="no such table: gone"):
        one.union(["", ""], "gone")
    assert not any_of(one.beside("t", "a"))


def test_what_is_no_database_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"bplist00")
    with pytest.raises(Damaged, match="not a SQLite database"):
        Layout(file)
