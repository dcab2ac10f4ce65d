"""Small iOS backups of invented files, plain or encrypted, of the old list and the new."""

import hashlib
import os
import plistlib
import sqlite3
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

PASSWORD = "contraseña de prueba"
CLASS = 3
CLASS_KEY = bytes(range(32))
MANIFEST_KEY = bytes(range(32, 64))
SMS = "HomeDomain/Library/SMS/sms.db"


def file_id(domain: str, path: str) -> str:
    return hashlib.sha1(f"{domain}-{path}".encode(errors="surrogateescape")).hexdigest()


def encrypt(plain: bytes, key: bytes) -> bytes:
    fill = 16 - len(plain) % 16
    cipher = Cipher(AES256(key), CBC(bytes(16))).encryptor()
    return cipher.update(plain + bytes([fill]) * fill) + cipher.finalize()


def keybag(password: str, *, rounds: int = 100, old_rounds: int = 10, old: bool = False) -> bytes:
    """With `old`, as up to iOS 10.1: one derivation, no DPWT, DPIC or DPSL."""
    salt, first_salt = b"s" * 20, b"f" * 20
    honest = hashlib.pbkdf2_hmac("sha256", password.encode(), first_salt, min(rounds, 1_000) or 1, 32)
    secret = password.encode() if old else honest
    outer = hashlib.pbkdf2_hmac("sha1", secret, salt, min(old_rounds, 1_000) or 1, 32)

    def piece(tag: bytes, value: bytes | int) -> bytes:
        raw = value.to_bytes(4, "big") if isinstance(value, int) else value
        return tag + len(raw).to_bytes(4, "big") + raw

    head = [(b"VERS", 3), (b"TYPE", 1), (b"UUID", b"u" * 16), (b"HMCK", b"h" * 40), (b"WRAP", 0)]
    head += [(b"SALT", salt), (b"ITER", old_rounds)]
    head += [] if old else [(b"DPWT", 0), (b"DPIC", rounds), (b"DPSL", first_salt)]
    key = [
        (b"UUID", b"c" * 16),
        (b"CLAS", CLASS),
        (b"WRAP", 2),
        (b"KTYP", 0),
        (b"WPKY", aes_key_wrap(outer, CLASS_KEY)),
    ]
    return b"".join(piece(tag, value) for tag, value in head + key)


def wrapped(key: bytes) -> bytes:
    return CLASS.to_bytes(4, "little") + aes_key_wrap(CLASS_KEY, key)


def archived(path: str, size: int | None, key: bytes = b"") -> bytes:
    root = {"$class": plistlib.UID(3), "RelativePath": plistlib.UID(2), "Mode": 0o100644, "ProtectionClass": CLASS}
    objects = ["$null", root, path, {"$classname": "MBFile", "$classes": ["MBFile", "NSObject"]}]
    if size is not None:
        root["Size"] = size
    if key:
        root["EncryptionKey"] = plistlib.UID(len(objects))
        objects.append({"NS.data": wrapped(key), "$class": plistlib.UID(3)})
    top = {"$version": 100000, "$archiver": "NSKeyedArchiver", "$top": {"root": plistlib.UID(1)}, "$objects": objects}
    return plistlib.dumps(top, fmt=plistlib.FMT_BINARY)


@dataclass
class Backup:
    """What a fixture holds; `rows` are extra rows of the manifest, taken as they are."""

    files: dict[str, bytes]
    password: str = ""
    says_encrypted: bool | None = None
    plain_list: bool = False
    rounds: int = 100
    old_rounds: int = 10
    old_bag: bool = False
    sizes: dict[str, int | None] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()
    plists: bool = True

    def build(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        rows = [*self._rows(folder), *self.rows]
        manifest = folder / "Manifest.db"
        with sqlite3.connect(manifest) as connection:
            connection.execute(
                "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB)"
            )
            connection.executemany("INSERT INTO Files VALUES (?, ?, ?, ?, ?)", rows)
        connection.close()
        if self.password and not self.plain_list:
            manifest.write_bytes(encrypt(manifest.read_bytes(), MANIFEST_KEY))
        if self.plists:
            self._plists(folder)
        return folder

    def build_old(self, folder: Path) -> Path:
        """As iOS 9 laid it out: one flat folder and a Manifest.mbdb."""
        folder.mkdir(parents=True, exist_ok=True)
        records = [b"mbdb\x05\x00"]
        for name, content in self.files.items():
            domain, _, path = name.partition("/")
            key = hashlib.sha256(name.encode()).digest() if self.password else b""
            (folder / file_id(domain, path)).write_bytes(encrypt(content, key) if key else content)
            records.append(
                record(domain, path, 0o100644, self.sizes.get(name, len(content)), wrapped(key) if key else None)
            )
        records.append(record("HomeDomain", "Library", 0o040755, 0, None))
        (folder / "Manifest.mbdb").write_bytes(b"".join(records))
        self._plists(folder)
        return folder

    def _rows(self, folder: Path) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        for name, content in self.files.items():
            domain, _, path = name.partition("/")
            key = hashlib.sha256(name.encode()).digest() if self.password else b""
            number = file_id(domain, path)
            size = self.sizes.get(name, len(content))
            rows.append((number, domain, path, 1, archived(path, size, key)))
            if name not in self.missing:
                (folder / number[:2]).mkdir(exist_ok=True)
                (folder / number[:2] / number).write_bytes(encrypt(content, key) if key else content)
        rows.append((file_id("HomeDomain", "Library"), "HomeDomain", "Library", 2, archived("Library", 0)))
        return rows

    def _plists(self, folder: Path) -> None:
        when = datetime(2016, 7, 4, 10, 22, 31, tzinfo=UTC).replace(tzinfo=None)
        lockdown = {"DeviceName": "Ana's iPhone", "ProductVersion": "9.3.2", "ProductType": "iPhone7,2"}
        manifest = {"Version": "10.0", "Date": when, "Lockdown": lockdown, "IsEncrypted": bool(self.password)}
        if self.says_encrypted is not None:
            manifest["IsEncrypted"] = self.says_encrypted
        if self.password:
            manifest["BackupKeyBag"] = keybag(
                self.password, rounds=self.rounds, old_rounds=self.old_rounds, old=self.old_bag
            )
            manifest["ManifestKey"] = wrapped(MANIFEST_KEY)
        info = {"Device Name": "Ana's iPhone", "Product Type": "iPhone7,2", "Serial Number": "SERIAL0001"}
        (folder / "Manifest.plist").write_bytes(plistlib.dumps(manifest, fmt=plistlib.FMT_BINARY))
        (folder / "Info.plist").write_bytes(plistlib.dumps({**info, "Last Backup Date": when}))
        (folder / "Status.plist").write_bytes(plistlib.dumps({"Date": when, "Version": "3.3"}))


def record(domain: str, path: str, mode: int, size: int | None, key: bytes | None) -> bytes:
    def text(value: bytes | None) -> bytes:
        return b"\xff\xff" if value is None else len(value).to_bytes(2, "big") + value

    names = text(domain.encode()) + text(path.encode()) + text(None) + text(None) + text(key)
    numbers = struct.pack(">HQIIIIIQBB", mode, 1, 501, 501, 1467627751, 1467627751, 1467627751, size or 0, CLASS, 1)
    return names + numbers + text(b"com.example.property") + text(b"value")


def database(text: str, *, wal: bool = False, folder: Path) -> dict[str, bytes]:
    """The bytes of a little database and, with `wal`, of a log beside it that alone holds the text."""
    place = folder / f"made-{os.urandom(4).hex()}.db"
    connection = sqlite3.connect(place, isolation_level=None)
    if wal:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE message (text TEXT)")
    if wal:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("INSERT INTO message VALUES (?)", (text,))
    parts = {side: Path(f"{place}{side}").read_bytes() for side in ("", "-wal") if Path(f"{place}{side}").exists()}
    connection.close()
    return parts
