"""Writes an iTunes/Finder backup of an invented phone, as iOS 10.2 and later lay it out."""

import hashlib
import plistlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from perito.demo import labels, manifest
from perito.demo.databases import (
    browsers,
    calendar,
    calls,
    interactions,
    messages,
    safari,
    settings,
    shortcuts,
    usage,
    webkit,
    whatsapp,
)
from perito.demo.phone import Listed, Phone
from perito.demo.tables import Part, Version
from perito.demo.vault import MANIFEST_CLASS, Rounds, Vault

SUBJECTS = (
    *(messages, whatsapp, safari, browsers, webkit, calls, calendar),
    *(usage, interactions, settings, shortcuts),
)
FOLDERS = 2  # flags of a row that is a folder


def build(
    folder: Path, phone: Phone, *, ios: str = "14.3", password: str | None = None, rounds: Rounds | None = None
) -> dict[str, Path]:
    """Write a backup into `folder` and return where each file of the phone lies, by `<Domain>/<relativePath>`.

    Without a password two calls write the same bytes. With one, everything but the three lists beside the
    manifest is encrypted, under new keys each time; `rounds` are those of iOS (a second to unlock) unless given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vault = None if password is None else Vault(password, rounds or Rounds())
    with TemporaryDirectory(prefix="perito-demo-") as scratch:
        writer = _Writer(folder, Path(scratch), vault, int(phone.when))
        version = tuple(int(part) for part in ios.split("."))
        key = writer.lay(phone, version)
    secrets = (vault.key_bag, key) if vault else None
    for name, content in labels.labels(phone, ios, secrets).items():
        (folder / name).write_bytes(plistlib.dumps(content, fmt=plistlib.FMT_BINARY))
    return writer.places


def parts(phone: Phone, ios: Version) -> Iterator[Part]:
    """Give every file that this phone needs, subject by subject."""
    for subject in SUBJECTS:
        yield from subject.parts(phone, ios)


class _Writer:
    """Puts files where a backup keeps them and remembers the places."""

    def __init__(self, folder: Path, scratch: Path, vault: Vault | None, when: int) -> None:
        self.folder, self.scratch, self.vault, self.when = folder, scratch, vault, when
        self.places: dict[str, Path] = {}
        self.seen: set[tuple[str, str]] = set()
        self.count = 0

    def lay(self, phone: Phone, ios: Version) -> bytes:
        """Write every file, then Manifest.db; return the wrapped key of the manifest, empty in a plain backup."""
        place = self.folder / "Manifest.db"
        place.unlink(missing_ok=True)
        if self.vault is None:
            manifest.write(place, self.rows(phone, ios))
            return b""
        plain = self.scratch / "Manifest.db"
        manifest.write(plain, self.rows(phone, ios))
        return self.vault.seal(plain, place, MANIFEST_CLASS)

    def rows(self, phone: Phone, ios: Version) -> Iterator[manifest.Row]:
        """Give the rows of the manifest while the files are written: databases, with their folders, then the rest."""
        for part in parts(phone, ios):
            yield from self.folders(part)
            yield self.file(part, self.when)
        for row in phone.files:
            yield self.listed(row)

    def folders(self, part: Part) -> Iterator[manifest.Row]:
        """Give the folders above a file that were not given before."""
        pieces = part.path.split("/")[:-1]
        for depth in range(len(pieces) + 1):
            parent = part.domain, "/".join(pieces[:depth])
            if parent not in self.seen:
                self.seen.add(parent)
                yield self.row(*parent, FOLDERS, 0, self.when)

    def listed(self, row: Listed) -> manifest.Row:
        """Return the row of a file that is only listed, or that is written as it is."""
        when = int(self.when if row.when is None else row.when)
        if row.flags == 1 and row.content is not None:
            return self.file(Part(row.domain, row.path, partial(_put, content=row.content)), when)
        return self.row(row.domain, row.path, row.flags, 0, when)

    def file(self, part: Part, when: int) -> manifest.Row:
        """Write one file to its place and return its row."""
        name = manifest.file_id(part.domain, part.path)
        place = self.folder / name[:2] / name
        place.parent.mkdir(exist_ok=True)
        place.unlink(missing_ok=True)
        self.places[f"{part.domain}/{part.path}"] = place
        if self.vault is None:
            part.write(place)
            return self.row(part.domain, part.path, 1, place.stat().st_size, when)
        plain = self.scratch / name
        part.write(plain)
        key, size = self.vault.seal(plain, place), plain.stat().st_size
        plain.unlink()
        with place.open("rb") as sealed:
            digest = hashlib.file_digest(sealed, "sha1").digest()
        return self.row(part.domain, part.path, 1, size, when)._replace(digest=digest, key=key)

    def row(self, domain: str, path: str, flags: int, size: int, when: int) -> manifest.Row:
        """Return the next row."""
        self.count += 1
        return manifest.Row(domain, path, flags, size, when, self.count)


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)
