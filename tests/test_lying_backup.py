"""A backup whose list lies: each lie is told, the messages are read all the same, and nothing is called free of traces."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from perito.demo.backup import build
from perito.demo.phone import Chat, Phone, Sms
from perito.demo.vault import Rounds
from perito.examine import Run, Wish, examine
from perito.findings.verdict import INCONCLUSIVE, NO_TRACE, TARGETED

WHEN = 1_467_619_200.0
SMS = "HomeDomain/Library/SMS/sms.db"
SMS_ID = "3d0d7e5fb2ce288813306e4d4636395e047a3d28"
CHAT = "AppDomainGroup-group.net.whatsapp.WhatsApp.shared/ChatStorage.sqlite"
CHAT_ID = "7c7fba66680ef796b916b067077cc246adacf01d"
ONE = f"fileID = '{SMS_ID}'"
OTHER_ID = "b" * 40
TABLE = "CREATE TABLE Files (fileID TEXT, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)"


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    file = tmp_path / "feed.json"
    indicator = {"type": "indicator", "id": "indicator--1", "pattern": "[domain-name:value='bad.example']"}
    file.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": [indicator]}))
    return file


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    folder = tmp_path / "backup"
    build(folder, Phone(messages=[Sms(WHEN, "+525555500199", "Mira https://bad.example/x")]))
    return folder


def stored(folder: Path, number: str = SMS_ID) -> Path:
    return folder / number[:2] / number


def edit(backup: Path, *statements: str) -> None:
    with closing(sqlite3.connect(backup / "Manifest.db")) as database:
        for one in statements:
            database.execute(one)
        database.commit()


def loosely(*statements: str) -> tuple[str, ...]:
    """The statements on a list without its key, which a liar need not keep."""
    copied = "INSERT INTO Files SELECT fileID, domain, relativePath, flags, file FROM Old"
    return "ALTER TABLE Files RENAME TO Old", TABLE, copied, "DROP TABLE Old", *statements


def check(path: Path, feed: Path, out: Path) -> Run:
    return examine(Wish(path, out, (feed,), baseline=False))


def told(run: Run) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for one in run.problems:
        if one["artifact"] == "source":
            reasons.setdefault(one["file"], []).append(one["reason"])
    return reasons


def untrue(number: str) -> str:
    return f"its file id '{number}' is not the SHA-1 of its domain and path: the list was changed, or is damaged"


OTHER_NAME = f"its file id {SMS_ID} is that of {SMS}: what is stored there is read under both names"
TWIN = "the list holds this name more than once: it is read as well, under this name"
LIES: dict[str, tuple[tuple[str, ...], str, dict[str, tuple[str, ...]]]] = {
    "a folder": (
        (f"UPDATE Files SET flags = 2 WHERE {ONE}",),
        SMS,
        {SMS: ("the list calls it a folder, yet content is stored for it, which is read",)},
    ),
    "a link": (
        (f"UPDATE Files SET flags = 4 WHERE {ONE}",),
        SMS,
        {SMS: ("the list calls it a link, yet content is stored for it, which is read",)},
    ),
    "other flags": ((f"UPDATE Files SET flags = 77 WHERE {ONE}",), SMS, {}),
    "no flags": ((f"UPDATE Files SET flags = NULL WHERE {ONE}",), SMS, {}),
    "capitals": ((f"UPDATE Files SET fileID = upper(fileID) WHERE {ONE}",), SMS, {}),
    "another path": (
        (f"UPDATE Files SET relativePath = 'Library/Caches/x.bin' WHERE {ONE}",),
        SMS,
        {"HomeDomain/Library/Caches/x.bin": (OTHER_NAME,)},
    ),
    "a path out of its domain": (
        (f"UPDATE Files SET relativePath = '../../x.bin' WHERE {ONE}",),
        SMS,
        {"HomeDomain/../../x.bin": (OTHER_NAME, "its path leads out of its domain, which no path on a phone does")},
    ),
    "an absolute path": (
        (f"UPDATE Files SET relativePath = '/etc/passwd' WHERE {ONE}",),
        SMS,
        {"HomeDomain//etc/passwd": (OTHER_NAME, "its path is absolute, which no path on a phone does")},
    ),
    "a NUL in its path": (
        (f"UPDATE Files SET relativePath = CAST(x'61002f736d732e6462' AS TEXT) WHERE {ONE}",),
        SMS,
        {"HomeDomain/a\0/sms.db": (OTHER_NAME, "its path holds a NUL, which no path on a phone does")},
    ),
    "a line in its domain": (
        (f"UPDATE Files SET domain = 'Home' || char(10) || 'Domain' WHERE {ONE}",),
        SMS,
        {"Home\nDomain/Library/SMS/sms.db": (OTHER_NAME,)},
    ),
    "no name": ((f"UPDATE Files SET domain = NULL, relativePath = NULL WHERE {ONE}",), SMS, {SMS_ID: (OTHER_NAME,)}),
    "another id": ((f"UPDATE Files SET fileID = '{OTHER_ID}' WHERE {ONE}",), f"{SMS}~2", {SMS: (untrue(OTHER_ID),)}),
    "an id that is none": (
        (f"UPDATE Files SET fileID = '../../x' WHERE {ONE}",),
        f"{SMS}~2",
        {SMS: ("its file id '../../x' is none: no stored file is found by it",)},
    ),
    "no row": ((f"DELETE FROM Files WHERE {ONE}",), SMS, {}),
    "a second row of the id": (
        loosely(f"INSERT INTO Files SELECT fileID, 'HomeDomain', 'a.txt', 1, file FROM Files WHERE {ONE}"),
        SMS,
        {"HomeDomain/a.txt": (OTHER_NAME,)},
    ),
    "a second row of the path": (
        (f"INSERT INTO Files VALUES ('{OTHER_ID}', 'HomeDomain', 'Library/SMS/sms.db', 1, NULL)",),
        SMS,
        {f"{SMS}~2": (untrue(OTHER_ID), TWIN)},
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_of_the_list_is_told_and_hides_no_message(backup: Path, feed: Path, tmp_path: Path, lie: str) -> None:
    statements, file, problems = LIES[lie]
    edit(backup, *statements)
    run = check(backup, feed, tmp_path / "out")
    assert (file, "message 1") in {(one.place.file, one.place.ref) for one in run.findings if one.indicator}
    assert told(run) == {name: list(reasons) for name, reasons in problems.items()}
    assert run.verdict["verdict"] == TARGETED


def test_an_honest_list_is_called_nothing_else(backup: Path, feed: Path, tmp_path: Path) -> None:
    run = check(backup, feed, tmp_path / "out")
    assert (run.problems, run.exit_code) == ([], 1)


def test_a_name_split_elsewhere_gives_the_same_id_and_hides_nothing(feed: Path, tmp_path: Path) -> None:
    build(tmp_path / "b", Phone(whatsapp=[Chat(WHEN, "525555500199@s.whatsapp.net", "Mira https://bad.example/x")]))
    domain, path = CHAT.split("-", 1)[0], CHAT.split("-", 1)[1].replace("/", "-")
    edit(tmp_path / "b", f"UPDATE Files SET domain = '{domain}', relativePath = '{path}' WHERE fileID = '{CHAT_ID}'")
    run = check(tmp_path / "b", feed, tmp_path / "out")
    assert {one.place.file for one in run.findings if one.indicator} == {CHAT}
    assert told(run) == {
        f"{domain}/{path}": [f"its file id {CHAT_ID} is that of {CHAT}: what is stored there is read under both names"]
    }


def gone(place: Path) -> None:
    place.unlink()


def linked(place: Path) -> None:
    place.rename(place.with_name("elsewhere"))
    place.symlink_to("elsewhere")


def folded(place: Path) -> None:
    place.unlink()
    place.mkdir()


def piped(place: Path) -> None:
    place.unlink()
    os.mkfifo(place)


@pytest.mark.parametrize(
    ("change", "instead"), [(gone, ""), (linked, "link"), (folded, "folder"), (piped, "pipe or device")]
)
def test_a_listed_file_that_is_not_there_is_never_no_trace(
    feed: Path, tmp_path: Path, change: Callable[[Path], None], instead: str
) -> None:
    folder = tmp_path / "b"
    build(folder, Phone(messages=[Sms(WHEN, "+525555500101", "hola")]))
    assert check(folder, feed, tmp_path / "before").verdict["verdict"] == NO_TRACE
    change(stored(folder))
    if instead == "link":
        stored(folder).with_name("elsewhere").unlink()  # else its content is known by what it holds
    run = check(folder, feed, tmp_path / "out")
    assert run.verdict["verdict"] == INCONCLUSIVE
    assert run.exit_code == 3
    (row,) = [row for row in run.coverage if row.artifact == "ios.message"]
    reason = "listed, but its content is not in this acquisition"
    assert (row.file, row.status, row.reason) == (SMS, "damaged", reason)
    lies_there = [f"where its content should lie there is a {instead}"] if instead else None
    assert told(run).get(SMS) == lies_there


def test_a_stored_file_under_another_name_is_known_by_its_content(backup: Path, feed: Path, tmp_path: Path) -> None:
    stored(backup).rename(backup / "holiday.jpg")
    run = check(backup, feed, tmp_path / "out")
    assert {one.place.file for one in run.findings if one.indicator} == {"holiday.jpg"}
    assert told(run) == {}
    assert "damaged" in {row.status for row in run.coverage if row.file == SMS}


def test_a_stored_name_in_capitals_is_found(backup: Path, feed: Path, tmp_path: Path) -> None:
    stored(backup).rename(stored(backup).with_name(SMS_ID.upper()))
    run = check(backup, feed, tmp_path / "out")
    assert {one.place.file for one in run.findings if one.indicator} == {SMS}
    assert told(run) == {}


def test_a_second_stored_file_of_an_id_does_not_take_its_place_unseen(backup: Path, feed: Path, tmp_path: Path) -> None:
    (backup / SMS_ID).write_bytes(b"a decoy")
    run = check(backup, feed, tmp_path / "out")
    why = "a second stored file of one id: it is read as well, under this name"
    assert told(run) == {f"{SMS}~2": [why]}
    assert {one.place.file for one in run.findings if one.indicator} == {f"{SMS}~2"}


def test_a_listed_log_that_is_not_there_keeps_the_verdict_open(feed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    build(folder, Phone(messages=[Sms(WHEN, "+525555500101", "hola")]))
    number = "122e6dce85fbd3b7c7ff5eac2bd0e6e9a6a3d45c"
    edit(folder, f"INSERT INTO Files VALUES ('{number}', 'HomeDomain', 'Library/SMS/sms.db-wal', 1, NULL)")
    run = check(folder, feed, tmp_path / "out")
    rows = {row.file: (row.status, row.reason) for row in run.coverage if row.artifact == "ios.message"}
    assert rows[SMS][0] == "parsed"
    assert rows[f"{SMS}-wal"] == (
        "damaged",
        (
            "this log of the database could not be read, its newest rows may be missing: "
            "listed, but its content is not in this acquisition"
        ),
    )
    assert run.verdict["verdict"] == INCONCLUSIVE


def test_a_lost_list_with_more_files_than_are_looked_into_is_never_no_trace(
    feed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "b"
    build(folder, Phone(messages=[Sms(WHEN, "+525555500101", "hola")]))
    (folder / "Manifest.db").unlink()
    stored(folder, OTHER_ID).parent.mkdir()
    stored(folder, OTHER_ID).write_bytes(b"a picture")
    assert check(folder, feed, tmp_path / "all").verdict["verdict"] == NO_TRACE
    monkeypatch.setattr("perito.artifacts.plan.LOOKED_INTO", 1)
    run = check(folder, feed, tmp_path / "out")
    assert run.verdict["verdict"] == INCONCLUSIVE
    assert run.verdict["coverage"]["not_looked_into"] == 1


def test_a_file_that_no_list_names_and_no_key_opens_is_told(feed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    build(folder, Phone(messages=[Sms(WHEN, "+525555500101", "hola")]), password="una clave", rounds=Rounds(10, 10))
    wish = Wish(folder, tmp_path / "before", (feed,), baseline=False, password=lambda: "una clave")
    assert examine(wish).verdict["verdict"] == NO_TRACE
    stored(folder, OTHER_ID).parent.mkdir(exist_ok=True)
    stored(folder, OTHER_ID).write_bytes(os.urandom(4_096))
    run = examine(replace(wish, out=tmp_path / "out"))
    why = "what this file is could not be told: the manifest holds no key for this file that opens"
    assert told(run) == {f"bb/{OTHER_ID}": [why]}
    assert run.verdict["verdict"] == INCONCLUSIVE
    assert run.verdict["coverage"]["not_looked_into"] == 1


def test_what_a_computer_adds_to_an_encrypted_backup_needs_no_key(feed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    build(folder, Phone(messages=[Sms(WHEN, "+525555500101", "hola")]), password="una clave", rounds=Rounds(10, 10))
    (folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1" + bytes(100))
    (folder / "Thumbs.db").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100))
    run = examine(Wish(folder, tmp_path / "out", (feed,), baseline=False, password=lambda: "una clave"))
    assert told(run) == {}
    assert (run.verdict["verdict"], run.exit_code) == (NO_TRACE, 0)


def test_a_name_without_end_loses_its_middle_and_is_read(backup: Path, feed: Path, tmp_path: Path) -> None:
    edit(backup, f"UPDATE Files SET relativePath = hex(zeroblob(5000)) || '/sms.db' WHERE {ONE}")
    run = check(backup, feed, tmp_path / "out")
    name = f"HomeDomain/{'0' * 489}… (9018 more) …{'0' * 493}/sms.db"
    assert told(run) == {name: [OTHER_NAME, "its path has 10007 characters: its middle is not shown"]}
    assert {one.place.file for one in run.findings if one.indicator} == {name, SMS}


def test_two_runs_over_a_lying_list_agree_to_the_byte(backup: Path, feed: Path, tmp_path: Path) -> None:
    statements = [one for lie in ("another path", "a second row of the path") for one in LIES[lie][0]]
    edit(backup, *statements)
    shutil.copytree(backup, tmp_path / "copy" / "backup")
    first, second = check(backup, feed, tmp_path / "one"), check(tmp_path / "copy" / "backup", feed, tmp_path / "two")
    for name in ("findings.json", "coverage.json", "problems.json"):
        assert (first.out / name).read_bytes() == (second.out / name).read_bytes()
