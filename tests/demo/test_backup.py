import hashlib
import plistlib
import sqlite3
import struct

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from hypothesis import given
from hypothesis import strategies as st

from perito.demo.backup import build
from perito.demo.manifest import Row, file_id, mbfile
from perito.demo.vault import Rounds
from tests.demo.whole import T, phone

ROUNDS = Rounds(100, 10)
PUBLISHED_NAMES = {  # where every examiner looks for them
    "HomeDomain/Library/SMS/sms.db": "3d0d7e5fb2ce288813306e4d4636395e047a3d28",
    "HomeDomain/Library/Safari/History.db": "1a0e7afc19d307da602ccdcece51af33afe92c53",
    "HomeDomain/Library/CallHistoryDB/CallHistory.storedata": "5a4935c78a5255723f707230a451d79c540d2741",
    "HomeDomain/Library/AddressBook/AddressBook.sqlitedb": "31bb7ba8914766d4ba40d6dfb6113c8b614be442",
    "HomeDomain/Library/Calendar/Calendar.sqlitedb": "2041457d5fe04d39d0ab481178355df6781e6858",
    "HomeDomain/Library/TCC/TCC.db": "64d0019cb3d46bfc8cce545a8ba54b93e7ea9347",
    "HomeDomain/Library/CoreDuet/People/interactionC.db": "1f5a521220a3ad80ebfdc196978df8e7a2e49dee",
    "WirelessDomain/Library/Databases/DataUsage.sqlite": "0d609c54856a9bb2d56729df1d68f2958a88426b",
    "RootDomain/Library/Caches/locationd/clients.plist": "a690d7769cce8904ca2b67320b107c8fe5f79412",
    "AppDomainGroup-group.net.whatsapp.WhatsApp.shared/ChatStorage.sqlite": "7c7fba66680ef796b916b067077cc246adacf01d",
}


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def listed(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as manifest:
        return {
            f"{domain}/{name}": (key, flags, plistlib.loads(blob))
            for key, domain, name, flags, blob in manifest.execute("SELECT * FROM Files")
        }


def test_files_lie_where_every_examiner_looks_for_them(tmp_path):
    places = build(tmp_path, phone())
    for name, key in PUBLISHED_NAMES.items():
        assert places[name] == tmp_path / key[:2] / key


def test_two_plain_builds_are_equal_byte_for_byte(tmp_path):
    build(tmp_path / "a", phone())
    build(tmp_path / "b", phone())
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_the_manifest_lists_files_folders_and_what_is_lost(tmp_path):
    places = build(tmp_path, phone())
    rows = listed(tmp_path / "Manifest.db")
    for name, place in places.items():
        key, flags, record = rows[name]
        assert (key, flags) == (place.name, 1)
        assert record["$objects"][1]["Size"] == place.stat().st_size
    assert rows["HomeDomain/Library/SMS"][1] == 2
    assert rows["HomeDomain/"][1] == 2
    lost = rows["HomeDomain/Library/lost.txt"][0]
    assert not (tmp_path / lost[:2] / lost).exists()


def test_an_mbfile_names_its_path_and_times():
    record = plistlib.loads(mbfile(Row("HomeDomain", "Library/ñ", 1, 7, int(T), 3, None, b"k" * 44)))
    fields = record["$objects"][1]
    assert record["$objects"][fields["RelativePath"].data] == "Library/ñ"
    assert (fields["LastModified"], fields["Size"], fields["Mode"]) == (int(T), 7, 0o100644)
    assert record["$objects"][fields["EncryptionKey"].data]["NS.data"] == b"k" * 44


@given(
    path=st.text(st.characters(exclude_categories=("Cs",)), max_size=300),
    flags=st.sampled_from([1, 2, 4]),
    size=st.integers(0, 2**62),
    when=st.integers(0, 2**32 - 1),
)
def test_an_mbfile_cast_in_the_mould_reads_like_one_written_in_full(path, flags, size, when):
    row = Row("HomeDomain", path, flags, size, when, 9)
    cast = plistlib.loads(mbfile(row))
    written = plistlib.loads(mbfile(row._replace(key=b"k")))
    fields, full = cast["$objects"][1], written["$objects"][1]
    assert cast["$objects"][fields["RelativePath"].data] == path
    assert written["$objects"][full["RelativePath"].data] == path
    assert {**full, "RelativePath": 0, "EncryptionKey": 0} == {**fields, "RelativePath": 0, "EncryptionKey": 0}


def test_the_labels_say_whose_backup_it_is(tmp_path):
    build(tmp_path, phone(), ios="16.7")
    info = plistlib.loads((tmp_path / "Info.plist").read_bytes())
    assert (info["Product Version"], info["Phone Number"]) == ("16.7", "+525555500100")
    assert info["Installed Applications"] == ["mx.example.chat", "mx.example.side"]
    bought = plistlib.loads(info["Applications"]["mx.example.chat"]["iTunesMetadata"])
    assert bought["sourceApp"] == "com.apple.AppStore"
    assert plistlib.loads((tmp_path / "Manifest.plist").read_bytes())["IsEncrypted"] is False


def entries(bag):
    while bag:
        tag, size = struct.unpack(">4sI", bag[:8])
        yield tag.decode(), bag[8 : 8 + size]
        bag = bag[8 + size :]


def unlocked(bag, password):
    """The class keys of a key bag, by another road than the builder's: hashlib."""
    head, classes = {}, []
    for tag, value in entries(bag):
        if tag == "UUID" and "UUID" in head:
            classes.append({})
        (classes[-1] if classes else head)[tag] = value
    first = hashlib.pbkdf2_hmac("sha256", password.encode(), head["DPSL"], int.from_bytes(head["DPIC"], "big"), 32)
    lock = hashlib.pbkdf2_hmac("sha1", first, head["SALT"], int.from_bytes(head["ITER"], "big"), 32)
    return {int.from_bytes(one["CLAS"], "big"): aes_key_unwrap(lock, one["WPKY"]) for one in classes}


def opened(sealed, blob, keys):
    key = aes_key_unwrap(keys[int.from_bytes(blob[:4], "little")], blob[4:])
    cipher = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).decryptor()
    plain = cipher.update(sealed) + cipher.finalize()
    assert plain[-plain[-1] :] == plain[-1:] * plain[-1]
    return plain[: -plain[-1]]


def test_an_encrypted_backup_opens_to_what_a_plain_one_holds(tmp_path):
    plain = build(tmp_path / "plain", phone())
    sealed = build(tmp_path / "sealed", phone(), password="contraseña", rounds=ROUNDS)
    labels = plistlib.loads((tmp_path / "sealed/Manifest.plist").read_bytes())
    assert labels["IsEncrypted"] is True
    keys = unlocked(labels["BackupKeyBag"], "contraseña")
    assert sorted(keys) == list(range(1, 12))
    manifest = tmp_path / "Manifest.db"
    manifest.write_bytes(opened((tmp_path / "sealed/Manifest.db").read_bytes(), labels["ManifestKey"], keys))
    rows = listed(manifest)
    for name, place in sealed.items():
        objects = rows[name][2]["$objects"]
        blob = objects[objects[1]["EncryptionKey"].data]["NS.data"]
        assert opened(place.read_bytes(), blob, keys) == plain[name].read_bytes()
        assert objects[objects[1]["Digest"].data]["NS.data"] == hashlib.sha1(place.read_bytes()).digest()


def test_nothing_readable_is_left_in_an_encrypted_backup(tmp_path):
    build(tmp_path, phone(), password="contraseña", rounds=ROUNDS)
    for name, content in files(tmp_path).items():
        assert b"https://" not in content or name == "Info.plist"
        assert not content.startswith(b"SQLite")


def test_a_wrong_password_unwraps_nothing(tmp_path):
    build(tmp_path, phone(), password="contraseña", rounds=ROUNDS)
    bag = plistlib.loads((tmp_path / "Manifest.plist").read_bytes())["BackupKeyBag"]
    with pytest.raises(InvalidUnwrap):
        unlocked(bag, "contrasena")


def test_the_name_of_a_file_is_the_digest_of_domain_and_path():
    assert file_id("HomeDomain", "Library/SMS/sms.db") == "3d0d7e5fb2ce288813306e4d4636395e047a3d28"
