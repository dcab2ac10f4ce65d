"""Writes an iTunes/Finder backup of an invented phone, as iOS 10.2 and later lay it out."""

import plistlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from perito.demo import manifest
from perito.demo.databases import messages, safari
from perito.demo.phone import Phone
from perito.demo.tables import Part, Version, guid

SUBJECTS = (messages, safari)
BUILDS = {10: "14C92", 11: "15G77", 12: "16G77", 13: "17H35", 14: "18C66", 15: "19H12", 16: "20H19"}


def build(folder: Path, phone: Phone, ios: str = "14.3") -> dict[str, Path]:
    """Write a backup into `folder` and return where each file of the phone lies, by `<Domain>/<relativePath>`."""
    folder.mkdir(parents=True, exist_ok=True)
    version = tuple(int(part) for part in ios.split("."))
    places: dict[str, Path] = {}
    manifest.write(folder / "Manifest.db", _rows(folder, phone, version, places))
    for name, content in _settings(phone, ios).items():
        (folder / name).write_bytes(plistlib.dumps(content, fmt=plistlib.FMT_BINARY))
    return places


def parts(phone: Phone, ios: Version) -> Iterator[Part]:
    """Give every file that this phone needs, database by database."""
    for subject in SUBJECTS:
        yield from subject.parts(phone, ios)


def _rows(folder: Path, phone: Phone, ios: Version, places: dict[str, Path]) -> Iterator[manifest.Row]:
    when, written, folders = int(phone.when), 0, set[tuple[str, str]]()
    for written, part in enumerate(parts(phone, ios), 1):
        yield from _parents(part.domain, part.path, folders, when)
        place = _place(folder, part.domain, part.path)
        part.write(place)
        places[f"{part.domain}/{part.path}"] = place
        yield manifest.Row(part.domain, part.path, 1, place.stat().st_size, when, written)
    for number, row in enumerate(phone.files, written + 1):
        size = len(row.content or b"") if row.flags == 1 else 0
        if row.flags == 1 and row.content is not None:
            place = _place(folder, row.domain, row.path)
            place.write_bytes(row.content)
            places[f"{row.domain}/{row.path}"] = place
        yield manifest.Row(row.domain, row.path, row.flags, size, int(row.when or when), number)


def _place(folder: Path, domain: str, path: str) -> Path:
    name = manifest.file_id(domain, path)
    place = folder / name[:2] / name
    place.parent.mkdir(exist_ok=True)
    return place


def _parents(domain: str, path: str, seen: set[tuple[str, str]], when: int) -> Iterable[manifest.Row]:
    pieces = path.split("/")[:-1]
    for depth in range(len(pieces) + 1):
        parent = (domain, "/".join(pieces[:depth]))
        if parent not in seen:
            seen.add(parent)
            yield manifest.Row(*parent, 2, 0, when, len(seen))


def _settings(phone: Phone, ios: str) -> dict[str, dict[str, Any]]:
    when = datetime.fromtimestamp(phone.when, UTC).replace(tzinfo=None)
    told = {
        "Build Version": BUILDS.get(int(ios.partition(".")[0]), "21G93"),
        "Device Name": phone.name,
        "Display Name": phone.name,
        "GUID": guid(1, 9).replace("-", ""),
        "ICCID": "8952020000000000000",
        "IMEI": phone.imei,
        "Phone Number": phone.number,
        "Last Backup Date": when,
        "Installed Applications": [],
        "Applications": {},
        "Product Type": phone.model,
        "Product Version": ios,
        "Serial Number": phone.serial,
        "Target Identifier": phone.udid,
        "Target Type": "Device",
        "Unique Identifier": phone.udid.upper(),
        "iTunes Version": "12.9.0.0",
    }
    status = {"BackupState": "new", "Date": when, "IsFullBackup": True, "SnapshotState": "finished", "Version": "3.3"}
    lockdown = {
        "ProductVersion": ios,
        "ProductType": phone.model,
        "BuildVersion": told["Build Version"],
        "DeviceName": phone.name,
        "SerialNumber": phone.serial,
        "UniqueDeviceID": phone.udid,
    }
    listed = {
        "Version": "10.0",
        "Date": when,
        "SystemDomainsVersion": "24.0",
        "WasPasscodeSet": True,
        "Lockdown": lockdown,
        "Applications": {},
        "IsEncrypted": False,
    }
    return {"Info.plist": told, "Status.plist": {**status, "UUID": guid(2, 9)}, "Manifest.plist": listed}
