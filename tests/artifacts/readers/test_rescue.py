"""What a damaged database gives up: all that is still there, and never a row that was not."""

import random
import shutil
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.artifacts.declare import artifacts
from perito.artifacts.readers.damage import Damaged, Lost
from perito.artifacts.readers.rescue import Rescued, rescue
from perito.artifacts.readers.sqlite import Query
from perito.artifacts.run import Reading, tables
from perito.demo.databases.messages import schema

ALL = "message handle word rowid guid text number real blob late id key value"
LINKS = 100
DOCUMENT = Path(__file__).parents[3] / "docs" / "damaged.md"


class Made(NamedTuple):
    """An own database as bytes, and its rows by table and key."""

    raw: bytes
    size: int
    rows: dict[str, dict[object, tuple[object, ...]]]


def made(folder: Path, *, size: int = 4096, encoding: str = "UTF-8", vacuum: int = 0, rows: int = 400) -> Made:
    file = folder / "whole.db"
    file.unlink(missing_ok=True)
    lengths = random.Random(1)
    with closing(sqlite3.connect(file)) as database:
        database.executescript(
            f"PRAGMA page_size = {size}; PRAGMA encoding = '{encoding}'; PRAGMA auto_vacuum = {vacuum}"
        )
        database.executescript(
            "CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid TEXT NOT NULL, text TEXT, number INTEGER, real REAL,"
            " blob BLOB); CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT NOT NULL);"
            " CREATE TABLE word (value INTEGER, key TEXT PRIMARY KEY) WITHOUT ROWID; CREATE INDEX one ON message (guid)"
        )
        for n in range(rows):
            text = f"ñandú {n} " + "x" * lengths.choice([3, 40, 300, 5_000])
            values = (n * 3 - 50, f"g{n}", text, (None, 1, -5, 2**40)[n % 4], (1.5, 2.0, None)[n % 3], bytes(n % 9))
            database.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)", values)
            database.execute("INSERT INTO handle VALUES (?, ?)", (n, f"+52{n}"))
            database.execute("INSERT INTO word VALUES (?, ?)", (n, f"k{n}"))
        database.execute("ALTER TABLE message ADD COLUMN late INTEGER DEFAULT 7")
        database.commit()
        return Made(file.read_bytes(), size, {name: held(database, name) for name in ("message", "handle", "word")})


def held(database: sqlite3.Connection, table: str) -> dict[object, tuple[object, ...]]:
    try:
        rows = database.execute(f"SELECT * FROM {table}").fetchall()
    except sqlite3.OperationalError:
        return {}
    return {row[1] if table == "word" else row[0]: row for row in rows}


def rescued(folder: Path, raw: bytes) -> tuple[dict[str, dict[object, tuple[object, ...]]], Rescued]:
    file = folder / "damaged.db"
    file.write_bytes(raw)
    out = rescue(file, ALL)
    with closing(out.database) as database:
        return {name: held(database, name) for name in ("message", "handle", "word")}, out


def damaged(source: Made, pages: Iterable[int], seed: int | None) -> bytes:
    raw = bytearray(source.raw)
    noise = random.Random(seed)
    for page in pages:
        raw[page * source.size : (page + 1) * source.size] = (
            noise.randbytes(source.size) if seed else bytes(source.size)
        )
    return bytes(raw)


def assert_no_row_is_invented(found: dict[str, dict[object, tuple[object, ...]]], source: Made) -> None:
    for table, rows in found.items():
        for key, row in rows.items():
            true = source.rows[table][key]
            assert all(value is None or value == known for value, known in zip(row, true, strict=True)), (table, key)


def intact(source: Made, gone: set[int]) -> set[object]:
    """Return the ids of messages whose cell lies on a page that was left alone, found by its own text on the page."""
    pages = [source.raw[at : at + source.size] for at in range(0, len(source.raw), source.size)]
    kept = [page for number, page in enumerate(pages) if number not in gone and page[0] == 0x0D]
    rows = source.rows["message"].items()
    return {
        key for key, (_, guid, *_) in rows if any(f"{guid}ñandú {str(guid)[1:]} ".encode() in page for page in kept)
    }


@pytest.mark.parametrize("size", [512, 1024, 4096, 32_768, 65_536])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_a_sound_database_is_read_as_sqlite_reads_it(size: int, encoding: str, tmp_path: Path) -> None:
    source = made(tmp_path, size=size, encoding=encoding, vacuum=2)
    found, out = rescued(tmp_path, source.raw)
    assert found == source.rows
    assert encoding != "UTF-8" or intact(source, set()) == set(source.rows["message"])
    assert (out.losses, out.lost, out.carved) == ([], 0, 0)


@pytest.mark.parametrize("size", [1024, 4096, 65_536])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le"])
@pytest.mark.parametrize("gone", [16, 100])
def test_without_its_head_a_database_gives_all_rows(size: int, encoding: str, gone: int, tmp_path: Path) -> None:
    source = made(tmp_path, size=size, encoding=encoding)
    found, _ = rescued(tmp_path, bytes(gone) + source.raw[gone:])
    assert found == source.rows


@given(
    size=st.sampled_from([1024, 4096]), vacuum=st.sampled_from([0, 2]), seed=st.integers(0, 9), share=st.integers(5, 60)
)
def test_every_row_on_an_intact_page_is_there_and_none_is_invented(
    size: int, vacuum: int, seed: int, share: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The list of tables (page 1 or 3) stays; what a row had on lost overflow pages is missing, the row is not."""
    folder = tmp_path_factory.mktemp("damaged")
    source = made(folder, size=size, vacuum=vacuum, rows=200)
    count = len(source.raw) // size
    gone = set(random.Random(seed).sample(range(1, count), count * share // 100))
    found, out = rescued(folder, damaged(source, gone, seed))
    assert_no_row_is_invented(found, source)
    assert intact(source, gone) <= set(found["message"])
    assert not gone or out.lost


@given(percent=st.integers(1, 99))
def test_a_file_cut_short_gives_every_row_before_the_cut(
    percent: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    source = made(folder, rows=200)
    count = len(source.raw) * percent // 100
    try:
        found, out = rescued(folder, source.raw[:count])
    except Damaged:
        assert count < 2 * source.size
        return
    assert_no_row_is_invented(found, source)
    gone = set(range(count // source.size, len(source.raw) // source.size))
    assert intact(source, gone) <= set(found["message"])
    told = [reason for _, reason in out.losses if reason.startswith("the file is cut short")]
    lost = len(source.raw) // source.size - -(-count // source.size)
    assert told == ([f"the file is cut short: {lost} of its pages are not there"] if lost else [])


def test_rows_that_had_been_deleted_do_not_come_back(tmp_path: Path) -> None:
    """Pages of the list of free pages are left out, and so are those that no damaged table can own."""
    source = made(tmp_path)
    with closing(sqlite3.connect(tmp_path / "whole.db")) as database:
        database.execute("DELETE FROM message WHERE ROWID > 100")
        database.commit()
        kept = held(database, "message")
    raw = (tmp_path / "whole.db").read_bytes()
    found, out = rescued(tmp_path, bytes(16) + raw[16:])
    assert found["message"] == kept
    assert found["handle"] == source.rows["handle"]
    assert out.losses == []


def test_a_page_that_could_be_of_two_tables_is_given_to_neither(tmp_path: Path) -> None:
    file = tmp_path / "twins.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA page_size = 1024")
        for name in ("one", "two"):
            database.execute(f"CREATE TABLE {name} (a INTEGER, b INTEGER)")
            database.executemany(f"INSERT INTO {name} VALUES (?, ?)", ((n, n) for n in range(500)))
        database.commit()
        roots = [row[0] for row in database.execute("SELECT rootpage FROM sqlite_master ORDER BY name")]
    raw = bytearray(file.read_bytes())
    for root in roots:
        raw[(root - 1) * 1024 : root * 1024] = b"\xff" * 1024
    file.write_bytes(raw)
    out = rescue(file, "one two")
    with closing(out.database) as database:
        assert database.execute("SELECT (SELECT count(*) FROM one), (SELECT count(*) FROM two)").fetchone() == (0, 0)
    assert ("one", "1 of its pages could not be read") in out.losses
    assert any("could be told for no one table" in reason for _, reason in out.losses)


def logged(folder: Path) -> Path:
    """Return a database whose rows 2 and 3 stand in its log only, in two transactions."""
    file = folder / "logged.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0")
        database.execute("CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text TEXT)")
        database.execute("INSERT INTO message VALUES (1, 'one')")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for key, text in ((2, "two"), (3, "three")):
            database.execute("INSERT INTO message VALUES (?, ?)", (key, text))
            database.commit()
        copy = folder / "copy.db"
        shutil.copy(file, copy)
        shutil.copy(f"{file}-wal", f"{copy}-wal")
    return copy


def test_finished_transactions_of_the_log_are_part_of_the_database(tmp_path: Path) -> None:
    out = rescue(logged(tmp_path), ALL)
    with closing(out.database) as database:
        assert held(database, "message") == {1: (1, "one"), 2: (2, "two"), 3: (3, "three")}
    assert out.losses == []


def test_a_row_behind_a_damaged_frame_is_given_and_told(tmp_path: Path) -> None:
    file = logged(tmp_path)
    log = Path(f"{file}-wal")
    raw = bytearray(log.read_bytes())
    raw[32 + 24 + 200] ^= 0xFF  # a byte between the cells of the first frame's page
    log.write_bytes(raw)
    out = rescue(file, ALL)
    with closing(out.database) as database:
        assert held(database, "message") == {1: (1, "one"), 2: (2, "two"), 3: (3, "three")}
    why = "this row stands only in a frame of the write-ahead log behind a damaged frame"
    assert out.losses == [("message 2", why), ("message 3", why), ("database", "its write-ahead log is damaged")]
    assert out.lost == 1


def test_what_sqlite_passes_over_in_a_damaged_log_is_read_and_makes_the_file_damaged(tmp_path: Path) -> None:
    file = logged(tmp_path)
    log = Path(f"{file}-wal")
    raw = bytearray(log.read_bytes())
    raw[-10] ^= 0xFF  # within the page of the last frame, the one with row 3
    log.write_bytes(raw)
    found = list(Query(file, "SELECT 'message ' || ROWID, text FROM message"))
    rows = [one for one in found if isinstance(one, tuple)]
    assert [rows[0], rows[1], rows[2][0]] == [("message 1", "one"), ("message 2", "two"), "message 3"]
    (lost,) = [one for one in found if isinstance(one, Lost)]
    assert lost.lasting
    assert lost.reason.startswith("1 frames of its write-ahead log lie behind a damaged one")
    assert log.read_bytes() == bytes(raw)


def test_an_overwritten_overflow_page_costs_its_value_alone(tmp_path: Path) -> None:
    source = made(tmp_path)
    page = next(
        n for n in range(2, len(source.raw) // 4096) if source.raw[n * 4096 + 4 : n * 4096 + 2_000] == b"x" * 1_996
    )
    found, out = rescued(tmp_path, damaged(source, [page], 5))
    lost = [key for key, row in found["message"].items() if row != source.rows["message"][key]]
    assert len(lost) == 1
    assert found["message"][lost[0]][:3] == (*source.rows["message"][lost[0]][:2], None)
    assert set(found["message"]) == set(source.rows["message"])
    assert any(place == f"message {lost[0]}" for place, _ in out.losses)


@pytest.mark.parametrize("spoil", ["counts", "overlap", "loop", "huge"])
def test_hostile_pages_cost_neither_time_nor_memory(spoil: str, tmp_path: Path) -> None:
    source = made(tmp_path, size=65_536, rows=2_000)
    raw = bytearray(source.raw)
    for at in range(65_536, len(raw), 65_536):
        if raw[at] != 0x0D:
            if spoil == "loop":
                raw[at : at + 4] = (at // 65_536 + 1).to_bytes(4, "big")
            continue
        cells = int.from_bytes(raw[at + 3 : at + 5], "big")
        if spoil == "counts":
            raw[at + 3 : at + 5] = b"\xff\xff"
        elif spoil == "overlap":
            raw[at + 3 : at + 5] = (32_000).to_bytes(2, "big")
            raw[at + 8 : at + 64_008] = raw[at + 8 : at + 10] * 32_000
        elif spoil == "huge" and cells:
            place = int.from_bytes(raw[at + 8 : at + 10], "big")
            raw[at + place : at + place + 9] = b"\x87\xff\xff\xff\x7f\x01\x04\x00\x00"
    began = time.process_time()
    found, out = rescued(tmp_path, bytes(raw))
    assert time.process_time() - began < 10
    assert_no_row_is_invented(found, source)
    assert out.lost


@given(raw=st.binary(max_size=3_000), head=st.booleans())
def test_any_bytes_are_damaged_or_without_rows(
    raw: bytes, head: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    try:
        found, _ = rescued(folder, (b"SQLite format 3\0" + raw) if head else raw)
    except Damaged:
        return
    assert found == {"message": {}, "handle": {}, "word": {}}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, set[str]]:
    """Return a message database as iOS 14 lays it out: 4,000 messages, of which 100 hold a link of their own."""
    draw = random.Random(3)
    at = set(draw.sample(range(4_000), LINKS))
    file = tmp_path_factory.mktemp("planted") / "sms.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(schema((14, 3)))
        for n in range(4_000):
            text = (
                f"Nos vemos {n} "
                + "palabra " * draw.randrange(40)
                + (f"https://planted{n}.example/x" if n in at else "")
            )
            values = (n + 1, f"{n:08x}-guid", text, n % 30 + 1, (600_000_000 + n) * 10**9, "SMS")
            database.execute(
                "INSERT INTO message (ROWID, guid, text, handle_id, date, is_from_me, service) VALUES (?, ?, ?, ?, ?, 0, ?)",
                values,
            )
            database.execute("INSERT INTO chat_message_join VALUES (?, ?)", (n % 30 + 1, n + 1))
        for n in range(30):
            database.execute("INSERT INTO handle (ROWID, id, service) VALUES (?, ?, 'SMS')", (n + 1, f"+5255000{n:05}"))
        database.commit()
    return file.read_bytes(), {f"https://planted{n}.example/x" for n in at}


def links_of(file: Path) -> tuple[set[str], Reading]:
    reading = Reading()
    read = [table["text"].to_pylist() for table in tables(artifacts()["ios.message"], file, reading)]
    texts = [text for some in read for text in some if text]
    return {word for text in texts for word in text.split() if "planted" in word}, reading


def stray_links_of(file: Path, links: set[str]) -> set[str]:
    found = [table["url"].to_pylist() for table in tables(artifacts()["ios.stray_link"], file, Reading())]
    return {link for some in found for one in some for link in links if one.startswith(link)}


def overwritten(raw: bytes, share: int) -> bytes:
    """Return the file with this share of its pages, any of them, replaced by random bytes."""
    count = len(raw) // 4096
    draw = random.Random(share)
    bad = bytearray(raw)
    for page in draw.sample(range(count), count * share // 100):
        bad[page * 4096 : (page + 1) * 4096] = draw.randbytes(4096)
    return bytes(bad)


@pytest.mark.parametrize("share", [10, 20, 40, 60])
def test_planted_links_are_found_as_the_documents_say(
    share: int, planted: tuple[bytes, set[str]], tmp_path: Path
) -> None:
    """Every link that the bytes still hold is found: in its record where the list of tables is left, else as it is."""
    raw, links = planted
    file = tmp_path / "damaged.db"
    file.write_bytes(overwritten(raw, share))
    left = {link for link in links if link.encode() in file.read_bytes()}
    found, reading = links_of(file)
    assert found | stray_links_of(file, links) == left
    assert found <= left
    assert reading.status == "damaged"
    (row,) = [line for line in DOCUMENT.read_text().splitlines() if line.startswith(f"| {share} %")]
    assert [cell.strip() for cell in row.split("|")[2:-1]][::2] == [str(len(left)), str(len(found))]


@pytest.mark.parametrize("first", [bytes(4096), b"\xff" * 4096], ids=["zeros", "ones"])
def test_without_its_first_page_every_message_is_there(
    first: bytes, planted: tuple[bytes, set[str]], tmp_path: Path
) -> None:
    """The list of tables of a message database is longer than a page: what it begins with is not all of it."""
    raw, links = planted
    file = tmp_path / "headless.db"
    file.write_bytes(first + raw[4096:])
    found, reading = links_of(file)
    assert found == links
    assert reading.status == "damaged"


def test_a_database_whose_head_alone_is_gone_is_partial_with_every_row(
    planted: tuple[bytes, set[str]], tmp_path: Path
) -> None:
    raw, links = planted
    file = tmp_path / "headless.db"
    file.write_bytes(bytes(16) + raw[16:])
    found, reading = links_of(file)
    assert found == links
    assert (reading.status, reading.misfit_count) == ("partial", 1)
    assert reading.reason == (
        "file is not a database; what is left of it was read: 8030 rows on the pages of its tables, 0 rows carved"
    )
