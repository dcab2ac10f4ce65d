"""Evidence that was made to silence the examiner: one file never hides another, and what was not read is told."""

import json
import os
import plistlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from perito.base.errors import UsageError
from perito.demo.backup import build
from perito.demo.phone import Call, Phone, Sms, Visit
from perito.examine import Run, Wish, examine
from perito.findings.verdict import INCONCLUSIVE, NO_TRACE

WHEN = 1_467_619_200.0
BAD = Sms(WHEN, "+525555500199", "Mira https://bad.example/x")
PLAIN = Phone(messages=[BAD], visits=[Visit(WHEN, "https://news.example/")], calls=[Call(WHEN, "+525555500101")])


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    file = tmp_path / "feed.json"
    indicator = {"type": "indicator", "id": "indicator--1", "pattern": "[domain-name:value='bad.example']"}
    file.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": [indicator]}))
    return file


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    folder = tmp_path / "backup"
    build(folder, PLAIN)
    return folder


def check(path: Path, feed: Path, tmp_path: Path) -> Run:
    return examine(Wish(path, tmp_path / "out", (feed,), baseline=False))


def sms_of(backup: Path) -> Path:
    return backup / "3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28"


def refs(run: Run) -> list[str]:
    return [one.place.ref for one in run.findings if one.indicator]


def edit(backup: Path, sql: str) -> None:
    with closing(sqlite3.connect(backup / "Manifest.db")) as database:
        database.execute(sql)
        database.commit()


def test_one_odd_file_does_not_stop_the_others_from_being_identified(backup: Path, feed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "loose"
    folder.mkdir()
    shutil.copy(sms_of(backup), folder / "mensajes.db")
    (folder / "nota.plist").write_text('<?xml version="1.0" encoding="bogus-8"?><plist version="1.0"><dict/></plist>')
    assert refs(check(folder, feed, tmp_path)) == ["message 1"]


def test_files_beyond_the_cap_are_told(feed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perito.artifacts.plan.LOOKED_INTO", 3)
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.txt").write_text("nothing")
    (folder / "0a.csv").write_text("2016-07-04,Ana,hola\n")
    run = check(folder, feed, tmp_path)
    assert run.exit_code == 3
    assert "not looked into" in run.problems[-1]["reason"] + run.problems[0]["reason"]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM Files WHERE relativePath = 'Library/SMS/sms.db'",
        "DELETE FROM Files",
        (
            "INSERT INTO Files SELECT 'ffffffffffffffffffffffffffffffffffffffff', domain, relativePath, flags, file FROM Files"
            " WHERE relativePath = 'Library/SMS/sms.db'"
        ),
    ],
)
def test_the_list_of_a_backup_cannot_hide_its_messages(backup: Path, feed: Path, tmp_path: Path, sql: str) -> None:
    edit(backup, sql)
    assert "message 1" in refs(check(backup, feed, tmp_path))


def test_a_file_that_is_listed_and_missing_is_told(backup: Path, feed: Path, tmp_path: Path) -> None:
    sms_of(backup).unlink()
    run = check(backup, feed, tmp_path)
    assert run.exit_code == 3
    assert any(one["file"] == "HomeDomain/Library/SMS/sms.db" for one in run.problems)


def test_large_rows_do_not_cost_the_table(feed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    text = "x " * 6_000
    build(folder, Phone(messages=[BAD, *(Sms(WHEN + n, "+525555500101", f"{text}{n}") for n in range(20_000)), BAD]))
    run = check(folder, feed, tmp_path)
    assert refs(run) == ["message 1", "message 20002"]
    assert run.exit_code == 1


def test_a_broken_entry_for_another_table_hides_no_messages(backup: Path, feed: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(sms_of(backup))) as database:
        database.execute("CREATE TABLE other (a)")
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = 'CREATE nonsense' WHERE name = 'other'")
        database.commit()
    assert "message 1" in refs(check(backup, feed, tmp_path))


def test_a_damaged_database_under_an_odd_name_is_rescued(backup: Path, feed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "50%41 dam#x?y"
    folder.mkdir()
    raw = bytearray(sms_of(backup).read_bytes())
    raw[-2_000:] = b"\xff" * 2_000
    (folder / "sms.db").write_bytes(bytes(raw))
    run = check(folder, feed, tmp_path)
    assert all("unable to open" not in row.reason for row in run.coverage)


def test_a_log_without_its_database_is_told(backup: Path, feed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "loose"
    folder.mkdir()
    shutil.copy(sms_of(backup), folder / "sms.db")
    (folder / "History.db-wal").write_bytes(b"7\x7f\x06\x82" + b"x" * 100)
    assert check(folder, feed, tmp_path).exit_code == 3


def test_without_indicators_nothing_is_said_to_be_free_of_them(backup: Path, tmp_path: Path) -> None:
    run = examine(Wish(backup, tmp_path / "out", baseline=False))
    assert run.verdict["verdict"] == INCONCLUSIVE


def test_damaged_messages_are_never_no_trace(backup: Path, tmp_path: Path, feed: Path) -> None:
    sms_of(backup).write_bytes(b"\x00" * 20_000)
    assert check(backup, feed, tmp_path).verdict["verdict"] == INCONCLUSIVE
    shutil.rmtree(tmp_path / "out")
    other = tmp_path / "other"
    build(other, Phone(messages=[Sms(WHEN, "+525555500101", "hola")]))
    assert check(other, feed, tmp_path).verdict["verdict"] == NO_TRACE


@pytest.mark.parametrize("content", ["{", '{"type": "bundle", "objects": []}', ""])
def test_indicators_that_were_named_and_cannot_be_read_stop_the_examination(
    backup: Path, tmp_path: Path, content: str
) -> None:
    feed = tmp_path / "broken.json"
    feed.write_text(content)
    with pytest.raises(UsageError):
        check(backup, feed, tmp_path)
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_being_told_to_stop_leaves_nothing_behind(backup: Path, tmp_path: Path, number: int) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch)}
    command = [sys.executable, "-m", "perito", "check", str(backup), "--out", str(tmp_path / "out")]
    run = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(400):
        if any(scratch.glob("perito-*")) or run.poll() is not None:
            break
        time.sleep(0.01)
    run.send_signal(number)
    run.wait(30)
    assert list(scratch.glob("perito-*")) == []
    assert run.returncode in {0, 1} or not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_what_was_decrypted_does_not_outlive_a_run_that_is_killed(tmp_path: Path) -> None:
    chats = [Sms(WHEN + number, "+525555500199", f"hola {number}") for number in range(2_000)]
    build(tmp_path / "backup", Phone(messages=chats), password="una clave")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    shm = Path("/dev/shm")
    before = set(shm.glob("perito-*")) if shm.is_dir() else set()
    environment = {**os.environ, "TMPDIR": str(scratch), "PERITO_BACKUP_PASSWORD": "una clave"}
    command = [sys.executable, "-m", "perito", "check", str(tmp_path / "backup"), "--out", str(tmp_path / "out")]
    run = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    mine: set[Path] = set()
    ends = time.monotonic() + 60
    while not any(path for own in mine for path in own.rglob("Manifest.db")) and time.monotonic() < ends:
        assert run.poll() is None, "it ended before anything was decrypted"
        mine = {own for own in {*scratch.glob("perito-*"), *shm.glob("perito-*")} - before if _of(own, run.pid)}
    run.kill()
    run.wait()
    assert len(mine) >= 1
    while any(own.exists() for own in mine) and time.monotonic() < ends:
        time.sleep(0.02)
    assert [own for own in mine if own.exists()] == []
    assert list(scratch.glob("perito-*")) == []


def _of(own: Path, pid: int) -> bool:
    """Tell whether a private folder belongs to a run: others may be at work on this machine."""
    try:
        return bool(json.loads((own / "perito-run.json").read_text())["pid"] == pid)
    except OSError:
        return False


def test_a_property_list_of_an_unknown_encoding_is_damaged(tmp_path: Path) -> None:
    from perito.artifacts.readers import plist
    from perito.artifacts.readers.damage import Damaged

    with pytest.raises(Damaged):
        plist.loads(plistlib.dumps({"a": 1}).replace(b"UTF-8", b"bogus"))


def shredded(raw: bytes, keep: bytes) -> bytes:
    """Return a file of random bytes in which only one text is left, where it was."""
    at = raw.index(keep)
    noise = random.Random(1).randbytes(len(raw))
    return noise[:at] + keep + b"\xff" + noise[at + len(keep) + 1 :]


def test_an_address_in_a_shredded_database_is_weak_and_told_by_its_offset(
    backup: Path, feed: Path, tmp_path: Path
) -> None:
    raw = sms_of(backup).read_bytes()
    sms_of(backup).write_bytes(shredded(raw, b"https://bad.example/x"))
    run = check(backup, feed, tmp_path)
    (one,) = [one for one in run.findings if one.indicator]
    assert (one.grade, one.place.artifact, one.value) == ("weak", "ios.stray_link", "https://bad.example/x")
    assert one.place.ref == f"offset 0x{raw.index(b'https://bad.example/x'):x}"
    assert one.as_json()["says"] == (
        "The bytes of this file hold the address https://bad.example/x, which feed.json lists as an indicator;"
        " to which record it belonged is not known."
    )
    assert run.verdict["verdict"] == INCONCLUSIVE
    statuses = {row.artifact: row.status for row in run.coverage if row.file == "HomeDomain/Library/SMS/sms.db"}
    assert (statuses["ios.message"], statuses["ios.stray_link"]) == ("damaged", "parsed")


def test_an_address_that_a_record_holds_is_not_told_twice(backup: Path, feed: Path, tmp_path: Path) -> None:
    """A lost head costs no record: the bytes hold nothing that the records do not."""
    sms_of(backup).write_bytes(bytes(16) + sms_of(backup).read_bytes()[16:])
    run = check(backup, feed, tmp_path)
    assert refs(run) == ["message 1"]
    assert [one.place.artifact for one in run.findings if one.indicator] == ["ios.message"]


def test_a_sound_file_is_not_searched_for_what_is_left(backup: Path, feed: Path, tmp_path: Path) -> None:
    assert "ios.stray_link" not in {row.artifact for row in check(backup, feed, tmp_path).coverage}


def test_a_database_with_lost_pages_is_never_no_trace(tmp_path: Path, feed: Path) -> None:
    folder = tmp_path / "backup"
    build(folder, Phone(messages=[Sms(WHEN, "+525555500101", f"hola {n}") for n in range(400)]))
    raw = bytearray(sms_of(folder).read_bytes())
    pages = [at for at in range(4096, len(raw), 4096) if raw[at] == 0x0D and b"hola 200" in raw[at : at + 4096]]
    raw[pages[0] : pages[0] + 4096] = bytes(4096)
    sms_of(folder).write_bytes(raw)
    run = check(folder, feed, tmp_path)
    (row,) = [row for row in run.coverage if row.artifact == "ios.message"]
    assert (row.status, 300 < row.rows < 400) == ("damaged", True)
    assert run.verdict["verdict"] == INCONCLUSIVE
    assert run.exit_code == 3


def test_a_view_in_the_place_of_a_table_costs_that_table_alone(backup: Path, feed: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(sms_of(backup))) as database:
        database.execute("ALTER TABLE handle RENAME TO gone")
        database.execute(
            "CREATE VIEW handle AS WITH RECURSIVE n(ROWID, id) AS (SELECT 1, 'a' UNION ALL SELECT ROWID + 1, id FROM n)"
            " SELECT * FROM n"
        )
        database.commit()
    began = time.monotonic()
    run = check(backup, feed, tmp_path)
    assert time.monotonic() - began < 30
    assert "message 1" in refs(run)
    told = [one["reason"] for one in run.problems if one["artifact"] == "ios.message" and one["ref"] == "table handle"]
    assert told == ["a view stands in the place of this table: it was not read"]


def test_a_very_long_text_is_cut_and_costs_no_other_row(backup: Path, feed: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(sms_of(backup))) as database:
        database.execute(
            "INSERT INTO message (ROWID, guid, text, date) SELECT 2, 'g2', 'y' || hex(zeroblob(20000000)), 5"
        )
        database.execute("INSERT INTO message (ROWID, guid, text) VALUES (3, 'g3', 'https://bad.example/z')")
        database.commit()
    run = check(backup, feed, tmp_path)
    assert refs(run) == ["message 1", "message 3"]
    (row,) = [row for row in run.coverage if row.artifact == "ios.message"]
    assert row.rows == 3
    assert "message 2" in {one["ref"] for one in run.problems}


def test_a_view_in_the_place_of_a_table_that_most_phones_lack_is_not_absent(
    backup: Path, feed: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(sms_of(backup))) as database:
        database.execute("DROP TABLE IF EXISTS deleted_messages")
        database.execute("CREATE VIEW deleted_messages AS SELECT 1 AS ROWID, 'x' AS guid")
        database.commit()
    (row,) = [row for row in check(backup, feed, tmp_path).coverage if row.artifact == "ios.deleted_message"]
    assert (row.status, row.reason) == ("unsupported", "deleted_messages is a view, not a table")
