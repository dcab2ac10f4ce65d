"""Backups that are plain: what is listed, what is found, what a hostile list cannot do."""

import hashlib
import os
import plistlib
import re
import shutil
import sqlite3
import time
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from perito.base.errors import EvidenceError, UsageError
from perito.sources.source import Failure, Source
from tests.sources.backups import SMS, Backup, database, file_id
from tests.sources.conftest import Open

NOTE = "HomeDomain/Library/Notes/note.txt"


def rows(source: Source) -> dict[str, tuple[str, str]]:
    return {row["name"]: (row["type"], row["status"]) for row in source.listing.to_pylist()}


def content(source: Source, name: str) -> bytes:
    path = source.materialise([name])[name]
    assert isinstance(path, Path), path
    return path.read_bytes()


def test_names_are_domain_and_path_and_the_original_is_given(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola", "RootDomain/x": b""}, missing=("RootDomain/x",)).build(tmp_path / "backup")
    source = opened(folder)
    assert source.kind == "itunes_backup"
    assert rows(source) == {
        NOTE: ("file", "here"),
        "RootDomain/x": ("file", "missing"),
        "HomeDomain/Library": ("folder", "here"),
        "Info.plist": ("file", "here"),
        "Manifest.db": ("file", "here"),
        "Manifest.plist": ("file", "here"),
        "Status.plist": ("file", "here"),
    }
    number = file_id("HomeDomain", "Library/Notes/note.txt")
    assert source.materialise([NOTE, "RootDomain/x", "no/such"]) == {
        NOTE: folder / number[:2] / number,
        "RootDomain/x": Failure("missing", "listed, but its content is not in this acquisition"),
        "no/such": Failure("missing", "no such name in this acquisition"),
    }
    assert source.sha256_of(NOTE) == hashlib.sha256(b"hola").hexdigest()
    assert source.problems == []


def test_the_device_is_told_by_three_property_lists(opened: Open, tmp_path: Path) -> None:
    assert opened(Backup({NOTE: b""}).build(tmp_path / "b")).device == {
        "name": "Ana's iPhone",
        "product_type": "iPhone7,2",
        "serial": "SERIAL0001",
        "last_backup": "2016-07-04T10:22:31Z",
        "os_version": "9.3.2",
    }


def test_the_acquisition_digest_is_over_its_manifest_files(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola"}).build(tmp_path / "b")
    names = ("Info.plist", "Manifest.db", "Manifest.plist", "Status.plist")
    lines = sorted(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    assert opened(folder).sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_a_backup_one_folder_down_is_found_and_what_lies_beside_it_too(opened: Open, tmp_path: Path) -> None:
    Backup({NOTE: b"hola"}).build(tmp_path / "top" / "00008030-0012")
    (tmp_path / "top" / "receipt.txt").write_text("handed over in person")
    (tmp_path / "top" / "Info.plist").write_text("another")
    source = opened(tmp_path / "top")
    assert content(source, NOTE) == b"hola"
    assert content(source, "receipt.txt") == b"handed over in person"
    assert content(source, "Info.plist~2") == b"another"
    assert source.device["serial"] == "SERIAL0001"


def test_two_backups_are_not_taken_for_one(opened: Open, tmp_path: Path) -> None:
    for udid in ("aaaa", "bbbb"):
        Backup({NOTE: b""}).build(tmp_path / "Backup" / udid)
    with pytest.raises(EvidenceError, match="2 backups lie in here: aaaa, bbbb"):
        opened(tmp_path / "Backup")


def test_each_backup_is_named_also_one_that_lost_its_list(opened: Open, tmp_path: Path) -> None:
    above = tmp_path / "MobileSync" / "Backup"
    for udid in ("00008030-001A", "00008030-001B", "c" * 40):
        Backup({NOTE: b""}).build(above / udid)
    (above / "00008030-001B" / "Manifest.db").unlink()
    named = f"3 backups lie in here: Backup/00008030-001A, Backup/00008030-001B, Backup/{'c' * 40}$"
    with pytest.raises(EvidenceError, match="3 backups lie in here") as told:
        opened(tmp_path / "MobileSync")
    assert re.search(named, told.value.what)
    assert (
        told.value.hint
        == "give the folder of one of them, or each of them: `perito check FOLDER FOLDER ... --out RESULTS`"
    )
    assert content(opened(above / "00008030-001A"), NOTE) == b""


DEEP = "Mi teléfono/Users/a b/AppData/Roaming/Apple Computer/MobileSync/Backup/00008030-001A"


def test_a_backup_many_folders_down_with_any_letters(opened: Open, tmp_path: Path) -> None:
    Backup({NOTE: b"hola"}).build(tmp_path / "disk" / DEEP)
    source = opened(tmp_path / "disk")
    assert (source.kind, content(source, NOTE), source.problems) == ("itunes_backup", b"hola", [])


def test_a_zip_as_windows_wrote_it(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola"}).build(tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = f"{DEEP}/{path.relative_to(folder)}".replace("/", "\\")
                archive.writestr(zipfile.ZipInfo(name), path.read_bytes())
    source = opened(tmp_path / "b.zip")
    assert (source.kind, content(source, NOTE), source.problems) == ("itunes_backup", b"hola", [])


@pytest.mark.skipif(os.name == "nt", reason="needs names of any bytes")
def test_a_folder_whose_name_is_no_text(opened: Open, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/top/tel\xe9fono"))
    Backup({NOTE: b"hola"}).build(odd)
    assert content(opened(tmp_path / "top"), NOTE) == b"hola"


def test_a_backup_on_a_medium_that_cannot_be_written(opened: Open, tmp_path: Path) -> None:
    parts = database("only in the log", wal=True, folder=tmp_path)
    folder = Backup({SMS + side: raw for side, raw in parts.items()}).build(tmp_path / "b")
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    source = opened(folder)
    assert content(source, SMS + "-wal") == parts["-wal"]
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o700)


def test_a_copy_of_some_subfolders_says_how_much_is_lacking(opened: Open, tmp_path: Path) -> None:
    files = {f"HomeDomain/Library/{number}.txt": b"x" for number in range(2_000)}
    folder = Backup(files).build(tmp_path / "b")
    lost = sum(len(list((folder / f"{number:02x}").iterdir())) for number in range(0x80, 0x100))
    for number in range(0x80, 0x100):
        shutil.rmtree(folder / f"{number:02x}")
    assert [(problem.file, problem.reason) for problem in opened(folder).problems] == [
        (
            "Manifest.db",
            (
                f"{lost} of 2000 listed files are not in this acquisition, and of 128 of 256 subfolders nothing is here: "
                "it is a copy of a part"
            ),
        )
    ]


def test_a_list_that_is_a_view_is_not_read(opened: Open, tmp_path: Path) -> None:
    folder = Backup({SMS: b"SQLite format 3\0"}).build(tmp_path / "b")
    endless = (
        "CREATE VIEW Files AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
        "SELECT 'a' AS fileID, 'b' AS domain, 'c' AS relativePath, 1 AS flags, NULL AS file FROM n"
    )
    with closing(sqlite3.connect(folder / "Manifest.db")) as connection:
        connection.executescript(f"DROP TABLE Files; {endless}")
    start = time.monotonic()
    source = opened(folder, known_names=[SMS])
    assert time.monotonic() - start < 10
    assert [(problem.file, problem.reason) for problem in source.problems] == [
        ("Manifest.db", "Files is a view, which no phone writes: its rows are made up, and were not read")
    ]
    assert content(source, SMS) == b"SQLite format 3\0"


def test_columns_that_are_more_than_expected_do_no_harm(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola"}).build(tmp_path / "b")
    with closing(sqlite3.connect(folder / "Manifest.db")) as connection:
        connection.executescript("ALTER TABLE Files ADD COLUMN later TEXT; CREATE TABLE another (x)")
    source = opened(folder)
    assert (content(source, NOTE), source.problems) == (b"hola", [])


def test_the_snapshot_inside_a_backup_is_no_second_one(opened: Open, tmp_path: Path) -> None:
    Backup({NOTE: b"hola"}).build(tmp_path / "top" / "aaaa")
    Backup({NOTE: b"new"}).build(tmp_path / "top" / "aaaa" / "Snapshot")
    source = opened(tmp_path / "top")
    number = file_id("HomeDomain", "Library/Notes/note.txt")
    assert content(source, NOTE) == b"hola"
    assert content(source, f"Snapshot/{number[:2]}/{number}") == b"new"


def test_a_backup_that_was_not_finished_says_so(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola"}).build(tmp_path / "b")
    (folder / "Status.plist").write_bytes(plistlib.dumps({"SnapshotState": "uploading"}))
    (problem,) = opened(folder).problems
    assert (problem.file, problem.reason, problem.raw) == (
        "Status.plist",
        "the backup was not finished: files may be missing",
        "uploading",
    )


def test_a_backup_without_any_property_list_is_one(opened: Open, tmp_path: Path) -> None:
    source = opened(Backup({NOTE: b"hola"}, plists=False).build(tmp_path / "b"))
    assert (source.kind, source.device, content(source, NOTE)) == ("itunes_backup", {}, b"hola")


@pytest.mark.parametrize("damage", ["missing", "noise"])
def test_without_its_list_files_are_known_by_the_hash_of_known_places(
    opened: Open, tmp_path: Path, damage: str
) -> None:
    files = {SMS: b"SQLite format 3\0...", "HomeDomain/other": b"bplist00"}
    folder = Backup(files).build(tmp_path / "b")
    (folder / "Manifest.db").unlink()
    if damage == "noise":
        (folder / "Manifest.db").write_bytes(b"\x07" * 4_096)
    source = opened(folder, known_names=[SMS, "HomeDomain/Library/absent"])
    number = file_id("HomeDomain", "other")
    assert content(source, SMS) == files[SMS]
    assert content(source, f"{number[:2]}/{number}") == b"bplist00"
    assert [problem.file for problem in source.problems] == ["Manifest.db"]


def test_a_list_cut_in_half_gives_the_rows_that_are_left(opened: Open, tmp_path: Path) -> None:
    files = {f"HomeDomain/Library/{number:05}.txt": b"" for number in range(3_000)}
    folder = Backup(files, missing=tuple(files)).build(tmp_path / "b")
    whole = (folder / "Manifest.db").read_bytes()
    (folder / "Manifest.db").write_bytes(whole[: len(whole) // 2])
    source = opened(folder)
    listed = [name for name in rows(source) if name in files]
    assert 100 < len(listed) < 3_000
    assert "malformed" in source.problems[0].reason


def test_a_file_id_never_leads_out_of_the_backup(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("not evidence")
    evil = ("../../secret", "/etc/passwd", "aa/../../../secret", "A" * 39, "g" * 40, "a" * 40 + "\n", "")
    rows_ = tuple((f"{one}", "HomeDomain", f"evil{number}", 1, b"") for number, one in enumerate(evil))
    source = opened(Backup({NOTE: b""}, rows=rows_).build(tmp_path / "b"))
    names = [f"HomeDomain/evil{number}" for number in range(len(evil))]
    assert {rows(source)[name] for name in names} == {("file", "refused")}
    assert all(isinstance(found, Failure) for found in source.materialise(names).values())


def test_odd_rows_stay_and_names_are_told_apart(opened: Open, tmp_path: Path) -> None:
    number = file_id("HomeDomain", "Library/Notes/note.txt")
    strange = (
        ("b" * 40, "HomeDomain", "Library/Notes/note.txt", 1, None),
        ("c" * 40, None, None, None, None),
        ("d" * 40, "HomeDomain", b"raw\xff", "many", b"\x00"),
        (f"{number[:-1]}!", "LinkDomain", "link", 4, b""),
    )
    source = opened(Backup({NOTE: b"hola"}, rows=strange).build(tmp_path / "b"))
    listed = rows(source)
    assert listed[f"{NOTE}~2"] == ("file", "missing")
    assert listed["HomeDomain/raw\\xff"] == ("file", "missing")
    assert listed["LinkDomain/link"] == ("link", "refused")
    assert content(source, NOTE) == b"hola"


def test_a_list_without_its_table_costs_only_itself(opened: Open, tmp_path: Path) -> None:
    folder = Backup({SMS: b"SQLite format 3\0"}).build(tmp_path / "b")
    (folder / "Manifest.db").unlink()
    with sqlite3.connect(folder / "Manifest.db") as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    source = opened(folder, known_names=[SMS])
    assert "no such table: Files" in source.problems[0].reason
    assert content(source, SMS) == b"SQLite format 3\0"


def test_a_database_and_its_log_are_copied_side_by_side(opened: Open, tmp_path: Path) -> None:
    parts = database("only in the log", wal=True, folder=tmp_path)
    folder = Backup({SMS + side: raw for side, raw in parts.items()}).build(tmp_path / "b")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    source = opened(folder)
    alone = source.materialise([SMS])[SMS]
    assert isinstance(alone, Path)
    assert alone.is_relative_to(folder)
    found = source.materialise([SMS, SMS + "-wal", SMS + "-shm"])
    copied, log = found[SMS], found[SMS + "-wal"]
    assert isinstance(copied, Path)
    assert (copied.name, log) == ("sms.db", copied.parent / "sms.db-wal")
    assert copied.stat().st_mode & 0o777 == 0o600
    assert found[SMS + "-shm"] == Failure("missing", "no such name in this acquisition")
    connection = sqlite3.connect(copied)
    assert connection.execute("SELECT text FROM message").fetchall() == [("only in the log",)]
    connection.close()
    assert source.materialise([SMS, SMS + "-wal"])[SMS] == copied
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_log_beside_the_list_is_played_back_on_a_copy(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola"}).build(tmp_path / "b")
    live = sqlite3.connect(folder / "Manifest.db", isolation_level=None)
    live.execute("PRAGMA journal_mode=WAL")
    live.execute("INSERT INTO Files VALUES (?, 'HomeDomain', 'late', 1, NULL)", ("e" * 40,))
    shutil.copytree(folder, tmp_path / "copy")
    live.close()
    (tmp_path / "copy" / "Manifest.db-shm").unlink()
    before = {path: path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file()}
    assert rows(opened(tmp_path / "copy"))["HomeDomain/late"] == ("file", "missing")
    assert {path: path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file()} == before


def test_the_old_list_of_ios_nine(opened: Open, tmp_path: Path) -> None:
    source = opened(Backup({NOTE: b"hola", SMS: b"SQLite format 3\0"}).build_old(tmp_path / "b"))
    assert (source.kind, content(source, NOTE)) == ("itunes_backup", b"hola")
    assert rows(source)["HomeDomain/Library"] == ("folder", "here")
    assert rows(source)["Manifest.mbdb"] == ("file", "here")


def test_an_old_list_cut_short_gives_what_stood_before_the_cut(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola", SMS: b"SQLite format 3\0"}).build_old(tmp_path / "b")
    raw = (folder / "Manifest.mbdb").read_bytes()
    (folder / "Manifest.mbdb").write_bytes(raw[:200])
    source = opened(folder, known_names=[SMS])
    assert content(source, NOTE) == b"hola"
    assert content(source, SMS) == b"SQLite format 3\0"
    assert [(problem.file, problem.reason) for problem in source.problems] == [
        ("Manifest.mbdb", "the list breaks off in record 2")
    ]


@pytest.mark.parametrize("name", ["Info.plist", "Manifest.plist", "Status.plist"])
def test_a_damaged_property_list_costs_its_facts_only(opened: Open, tmp_path: Path, name: str) -> None:
    folder = Backup({NOTE: b"hola"}).build(tmp_path / "b")
    (folder / name).write_bytes(b"bplist00" + b"\xff" * 40)
    source = opened(folder)
    assert content(source, NOTE) == b"hola"
    assert [problem.file for problem in source.problems] == [name]


def test_nothing_at_the_path_is_told(opened: Open, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file or folder"):
        opened(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EvidenceError, match="an empty folder"):
        opened(tmp_path / "empty")
    (tmp_path / "zero").touch()
    with pytest.raises(EvidenceError, match="an empty file"):
        opened(tmp_path / "zero")
