"""Encrypted backups: what a password opens, what a wrong one does, and that nothing of it stays."""

import hashlib
import os
import plistlib
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from perito.base.errors import EvidenceError, WrongPassword
from perito.base.pool import Pool
from perito.sources import keybag
from perito.sources.memory import memory_folder
from perito.sources.open import open_source
from perito.sources.source import Failure
from tests.sources.backups import (
    CLASS_KEY,
    MANIFEST_KEY,
    PASSWORD,
    SMS,
    Backup,
    archived,
    database,
    encrypt,
    file_id,
    wrapped,
)
from tests.sources.conftest import Open

NOTE = "HomeDomain/Library/Notes/note.txt"
BIG = "CameraRollDomain/Media/DCIM/IMG_0001.JPG"
NOISE = os.urandom(3 << 20)


def test_the_password_opens_list_and_files(opened: Open, tmp_path: Path) -> None:
    files = {NOTE: b"hola", BIG: NOISE, "RootDomain/empty": b"", "RootDomain/sixteen": b"0123456789abcdef"}
    source = opened(Backup(files, password=PASSWORD).build(tmp_path / "b"), PASSWORD)
    found = source.materialise(files)
    assert {name: path.read_bytes() for name, path in found.items() if isinstance(path, Path)} == files
    assert {path.stat().st_mode & 0o777 for path in found.values() if isinstance(path, Path)} == {0o600}
    assert source.sha256_of(BIG) == hashlib.sha256(NOISE).hexdigest()
    manifest = source.materialise(["Manifest.db"])["Manifest.db"]
    assert isinstance(manifest, Path)
    assert manifest.read_bytes().startswith(b"SQLite format 3\0")
    assert source.problems == []


def test_both_sides_of_a_file_have_a_digest(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola"}, password=PASSWORD).build(tmp_path / "b")
    source = opened(folder, PASSWORD)
    number = file_id("HomeDomain", "Library/Notes/note.txt")
    stored = (folder / number[:2] / number).read_bytes()
    assert source.sha256_of(NOTE) == hashlib.sha256(b"hola").hexdigest()
    assert source.stored_sha256_of(NOTE) == hashlib.sha256(stored).hexdigest()


def test_a_wrong_password_is_told_before_anything_is_written(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola"}, password=PASSWORD).build(tmp_path / "b")
    with pytest.raises(WrongPassword, match="does not open this backup") as told:
        opened(folder, "otra")
    assert "otra" not in str(told.value)
    assert list((tmp_path / "scratch").iterdir()) == []


def test_without_a_password_it_says_which_one_it_needs(opened: Open, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="encrypted, and no password was given") as told:
        opened(Backup({NOTE: b"hola"}, password=PASSWORD).build(tmp_path / "b"))
    assert not isinstance(told.value, WrongPassword)
    assert "not the phone's passcode" in told.value.hint


def test_the_password_is_not_asked_for_a_plain_backup(tmp_path: Path, pool: Pool) -> None:
    def password() -> str:
        raise AssertionError

    folder = Backup({NOTE: b"hola"}).build(tmp_path / "b")
    with open_source(folder, password=password, scratch=tmp_path, pool=pool) as source:
        assert source.kind == "itunes_backup"


def test_an_accent_may_be_typed_in_either_form(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola"}, password="contrasen\u0303a").build(tmp_path / "b")
    assert opened(folder, "contrase\u00f1a").materialise([NOTE])[NOTE]


@pytest.mark.parametrize(("rounds", "old_rounds"), [(2**31, 10), (100, 2**31), (0, 10), (100, 0)])
def test_a_bomb_of_rounds_is_refused_at_once(opened: Open, tmp_path: Path, rounds: int, old_rounds: int) -> None:
    folder = Backup({NOTE: b"x"}, password=PASSWORD, rounds=rounds, old_rounds=old_rounds)
    start = time.process_time()
    with pytest.raises(EvidenceError, match="asks for"):
        opened(folder.build(tmp_path / "b"), PASSWORD)
    assert time.process_time() - start < 1


def test_keys_and_copies_are_gone_after_close(tmp_path: Path, pool: Pool) -> None:
    folder = Backup({NOTE: b"a secret note"}, password=PASSWORD).build(tmp_path / "b")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with open_source(folder, password=lambda: PASSWORD, scratch=scratch, pool=pool) as source:
        path = source.materialise([NOTE])[NOTE]
        assert isinstance(path, Path)
        keys = source._keys
        (held,) = keys._classes.values()
        assert bytes(held) == CLASS_KEY
    assert bytes(held) == bytes(32)
    assert list(scratch.iterdir()) == []
    assert not path.exists()
    again = source.materialise([NOTE])[NOTE]
    assert isinstance(again, Failure)


def test_what_is_decrypted_stays_in_memory_where_there_is_room(tmp_path: Path, pool: Pool) -> None:
    parts = database("only in the log", wal=True, folder=tmp_path)
    files = {SMS + side: raw for side, raw in parts.items()} | {NOTE: b"hola"}
    folder = Backup(files, password=PASSWORD).build(tmp_path / "b")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with memory_folder() as memory:
        if memory is None:
            pytest.skip("this system has no folder in memory")
        with open_source(folder, password=lambda: PASSWORD, scratch=scratch, pool=pool, memory=memory) as source:
            found = source.materialise(files)
            assert {name: path.read_bytes() for name, path in found.items() if isinstance(path, Path)} == files
            assert all(path.is_relative_to(memory) for path in found.values() if isinstance(path, Path))
            assert [path.name for path in scratch.rglob("*") if path.is_file()] == ["manifest.arrow"]
        assert list(memory.iterdir()) == []
    assert not memory.exists()


def test_no_key_and_no_password_is_ever_in_a_message(opened: Open, tmp_path: Path) -> None:
    source = opened(Backup({NOTE: b"hola"}, password=PASSWORD).build(tmp_path / "b"), PASSWORD)
    shown = f"{source._keys!r} {source._keys} {vars(source).keys()}"
    assert CLASS_KEY.hex() not in shown
    assert repr(CLASS_KEY) not in shown


def test_a_flag_that_denies_encryption_is_noted_and_not_believed(opened: Open, tmp_path: Path) -> None:
    source = opened(Backup({NOTE: b"hola"}, password=PASSWORD, says_encrypted=False).build(tmp_path / "b"), PASSWORD)
    path = source.materialise([NOTE])[NOTE]
    assert isinstance(path, Path)
    assert path.read_bytes() == b"hola"
    assert [(problem.file, problem.reason) for problem in source.problems] == [
        ("Manifest.plist", "says that this backup is not encrypted, but Manifest.db is")
    ]


def test_a_flag_that_claims_encryption_is_noted_and_not_believed(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola", BIG: NOISE}).build(tmp_path / "b")
    other = Backup({}, password=PASSWORD).build(tmp_path / "other")
    (folder / "Manifest.plist").write_bytes((other / "Manifest.plist").read_bytes())
    source = opened(folder)
    path = source.materialise([NOTE])[NOTE]
    assert isinstance(path, Path)
    assert path.read_bytes() == b"hola"
    assert "does not fit the files, which are plain" in source.problems[0].reason


def test_a_plain_list_of_encrypted_files_as_ios_ten_wrote_it(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola", BIG: NOISE}, password=PASSWORD, plain_list=True).build(tmp_path / "b")
    with pytest.raises(WrongPassword):
        opened(folder, "otra")
    path = opened(folder, PASSWORD).materialise([NOTE])[NOTE]
    assert isinstance(path, Path)
    assert path.read_bytes() == b"hola"


def test_a_list_that_was_encrypted_without_padding_keeps_its_last_byte(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola"}, password=PASSWORD).build(tmp_path / "b")
    plain = Backup({NOTE: b"hola"}).build(tmp_path / "plain") / "Manifest.db"
    whole = plain.read_bytes()[:-1] + b"\x01"
    (folder / "Manifest.db").write_bytes(encrypt(whole, MANIFEST_KEY)[:-16])
    path = opened(folder, PASSWORD).materialise(["Manifest.db"])["Manifest.db"]
    assert isinstance(path, Path)
    assert path.read_bytes() == whole


def test_the_old_list_of_an_encrypted_backup(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola", BIG: NOISE}, password=PASSWORD).build_old(tmp_path / "b")
    source = opened(folder, PASSWORD)
    found = source.materialise([NOTE, BIG])
    assert [path.read_bytes() for path in found.values() if isinstance(path, Path)] == [b"hola", NOISE]


def test_a_size_that_does_not_fit_is_a_problem_and_the_data_stay(opened: Open, tmp_path: Path) -> None:
    files = {NOTE: b"hola", "RootDomain/none": b"no size"}
    folder = Backup(files, password=PASSWORD, sizes={NOTE: 3, "RootDomain/none": None}).build(tmp_path / "b")
    source = opened(folder, PASSWORD)
    found = source.materialise(files)
    assert [path.read_bytes() for path in found.values() if isinstance(path, Path)] == [b"hola", b"no size"]
    assert [(problem.file, problem.reason) for problem in source.problems] == [
        (NOTE, "4 bytes, where the manifest says 3")
    ]


def test_a_file_cut_short_gives_what_is_left(opened: Open, tmp_path: Path) -> None:
    folder = Backup({BIG: NOISE}, password=PASSWORD).build(tmp_path / "b")
    number = file_id(*BIG.split("/", 1))
    place = folder / number[:2] / number
    place.write_bytes(place.read_bytes()[:1_000_005])
    source = opened(folder, PASSWORD)
    path = source.materialise([BIG])[BIG]
    assert isinstance(path, Path)
    assert path.read_bytes() == NOISE[:1_000_000]
    assert source.problems[0].reason == "its last 5 stored bytes are no whole block"


def test_a_file_that_was_never_encrypted_is_given_as_it_is(opened: Open, tmp_path: Path) -> None:
    parts = database("plain", folder=tmp_path)
    folder = Backup({SMS: parts[""], NOTE: b"hola"}, password=PASSWORD).build(tmp_path / "b")
    number = file_id(*SMS.split("/", 1))
    (folder / number[:2] / number).write_bytes(parts[""])
    source = opened(folder, PASSWORD)
    path = source.materialise([SMS])[SMS]
    assert isinstance(path, Path)
    assert path.read_bytes() == parts[""]
    assert source.problems[0].reason == "not encrypted, though this backup is"


def test_a_file_without_a_key_is_encrypted_not_missing(opened: Open, tmp_path: Path) -> None:
    extra = ("f" * 40, "HomeDomain", "nokey", 1, b"not a property list")
    folder = Backup({NOTE: b"hola"}, password=PASSWORD, rows=(extra,)).build(tmp_path / "b")
    (folder / "ff").mkdir()
    (folder / "ff" / ("f" * 40)).write_bytes(encrypt(b"x", MANIFEST_KEY))
    found = opened(folder, PASSWORD).materialise(["HomeDomain/nokey"])["HomeDomain/nokey"]
    assert isinstance(found, Failure)
    assert found.status == "encrypted"


def test_encrypted_databases_lie_beside_their_logs(opened: Open, tmp_path: Path) -> None:
    parts = database("only in the log", wal=True, folder=tmp_path)
    folder = Backup({SMS + side: raw for side, raw in parts.items()}, password=PASSWORD).build(tmp_path / "b")
    found = opened(folder, PASSWORD).materialise([SMS, SMS + "-wal"])
    copied, log = found[SMS], found[SMS + "-wal"]
    assert isinstance(copied, Path)
    assert log == copied.with_name("sms.db-wal")
    assert {path.name: path.read_bytes() for path in copied.parent.iterdir()} == {
        "sms.db": parts[""],
        "sms.db-wal": parts["-wal"],
    }


@pytest.mark.parametrize("lost", ["keybag", "plist"])
def test_without_the_keybag_it_says_that_no_password_helps(opened: Open, tmp_path: Path, lost: str) -> None:
    folder = Backup({NOTE: b"hola", BIG: NOISE}, password=PASSWORD).build(tmp_path / "b")
    if lost == "keybag":
        (folder / "Manifest.plist").write_bytes(plistlib.dumps({"IsEncrypted": True, "BackupKeyBag": b"\x00" * 40}))
    else:
        (folder / "Manifest.plist").unlink()
    with pytest.raises(EvidenceError, match="its keys cannot be read"):
        opened(folder, PASSWORD)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "no class keys"),
        (b"SALT\xff\xff\xff\xff", "where 0 are left"),
        (b"SALT\x00\x00\x00\x00", "a salt of 0 bytes"),
        (b"x" * (keybag.LARGEST_BAG + 1), "a keybag of"),
        ((b"CLAS\0\0\0\4\0\0\0\1WPKY\0\0\0\1xUUID\0\0\0\0") * 3, "no salt"),
    ],
)
def test_a_keybag_that_is_none_is_told(raw: bytes, reason: str) -> None:
    with pytest.raises(keybag.Damaged, match=reason):
        keybag.parse(raw)


@pytest.mark.parametrize("new_list", [True, False])
def test_a_keybag_of_before_ios_10_2_opens_by_one_derivation(opened: Open, tmp_path: Path, new_list: bool) -> None:
    made = Backup({NOTE: b"hola", BIG: NOISE}, password=PASSWORD, old_bag=True)
    folder = made.build(tmp_path / "b") if new_list else made.build_old(tmp_path / "b")
    with pytest.raises(WrongPassword):
        opened(folder, "otra")
    source = opened(folder, PASSWORD)
    found = source.materialise([NOTE, BIG])
    assert [path.read_bytes() for path in found.values() if isinstance(path, Path)] == [b"hola", NOISE]
    assert source.problems == []


def test_an_empty_password_is_told_as_such(opened: Open, tmp_path: Path) -> None:
    with pytest.raises(WrongPassword, match="the password that was given is empty"):
        opened(Backup({NOTE: b"hola"}, password=PASSWORD).build(tmp_path / "b"), "")


def blob_of(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change the blob that the (encrypted) list holds for a file."""
    manifest = folder / "Manifest.db"
    plain = folder.parent / "plain.db"
    cipher = Cipher(AES256(MANIFEST_KEY), CBC(bytes(16))).decryptor()
    raw = cipher.update(manifest.read_bytes())
    plain.write_bytes(raw[: -raw[-1]])
    number = file_id(*name.split("/", 1))
    with closing(sqlite3.connect(plain)) as connection:
        ((blob,),) = connection.execute("SELECT file FROM Files WHERE fileID = ?", (number,)).fetchall()
        connection.execute("UPDATE Files SET file = ? WHERE fileID = ?", (change(blob), number))
        connection.commit()
    manifest.write_bytes(encrypt(plain.read_bytes(), MANIFEST_KEY))


def damaged_key(blob: bytes) -> bytes:
    at = blob.index(wrapped(hashlib.sha256(NOTE.encode()).digest())) + 20
    return blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]


def other_class(blob: bytes) -> bytes:
    key = wrapped(hashlib.sha256(NOTE.encode()).digest())
    return blob.replace(key, (11).to_bytes(4, "little") + key[4:])


@pytest.mark.parametrize("change", [damaged_key, other_class, lambda _: b"", lambda blob: blob[: len(blob) // 2]])
def test_a_key_that_does_not_open_costs_its_file_only(
    opened: Open, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    folder = Backup({NOTE: b"hola", BIG: NOISE}, password=PASSWORD).build(tmp_path / "b")
    blob_of(folder, NOTE, change)
    found = opened(folder, PASSWORD).materialise([NOTE, BIG])
    assert found[NOTE] == Failure("encrypted", "the manifest holds no key for this file that opens")
    assert isinstance(found[BIG], Path)
    assert found[BIG].read_bytes() == NOISE


def test_a_second_row_with_another_key_does_not_close_a_file(opened: Open, tmp_path: Path) -> None:
    folder = Backup({NOTE: b"hola"}, password=PASSWORD, plain_list=True).build(tmp_path / "b")
    number = file_id(*NOTE.split("/", 1))
    with closing(sqlite3.connect(folder / "Manifest.db")) as connection:
        bogus = archived("Library/Notes/note.txt", 4, b"k" * 32).replace(wrapped(b"k" * 32), bytes(44))
        row = (number.upper(), "HomeDomain", "Library/Notes/note.txt", 1, bogus)
        connection.execute("INSERT INTO Files VALUES (?, ?, ?, ?, ?)", row)
        connection.commit()
    source = opened(folder, PASSWORD)
    found = source.materialise([NOTE, f"{NOTE}~2"])
    assert [path.read_bytes() for path in found.values() if isinstance(path, Path)] == [b"hola", b"hola"]
