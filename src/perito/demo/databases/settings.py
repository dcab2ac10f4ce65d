"""Property lists: looked-up accounts, programs known to locationd, daily traffic, profiles, global preferences."""

import plistlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from perito.demo.phone import Client, Phone, Profile
from perito.demo.tables import Part, Version, date, mac

PREFERENCES = "Library/Preferences/"
PROFILES = "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles"


def parts(phone: Phone, _ios: Version) -> Iterator[Part]:
    """Give each property list that holds something."""
    looked: dict[str, dict[str, Any]] = {}
    for row in phone.lookups:
        looked.setdefault(row.service, {})[row.handle] = {"LookupDate": mac(row.when), "IDStatus": row.status}
    if looked:
        yield _home("com.apple.identityservices.idstatuscache.plist", looked)
    traffic = {row.name: [date(row.when), *row.wifi, *row.wwan] for row in phone.traffic}
    if traffic:
        yield _home("com.apple.osanalytics.addaily.plist", {"netUsageBaseline": traffic})
    clients = {row.name: _client(row) for row in phone.clients}
    if clients:
        yield Part("RootDomain", "Library/Caches/locationd/clients.plist", partial(write, content=clients))
    if phone.preferences:
        yield _home(".GlobalPreferences.plist", phone.preferences)
    yield from _profiles(list(phone.profiles))


def write(path: Path, content: Any) -> None:
    """Write a binary property list."""
    path.write_bytes(plistlib.dumps(content, fmt=plistlib.FMT_BINARY))


def _home(name: str, content: Any) -> Part:
    return Part("HomeDomain", PREFERENCES + name, partial(write, content=content))


def _client(row: Client) -> dict[str, Any]:
    program = row.executable or f"/private/var/containers/Bundle/Application/{row.name}/{row.name}"
    told: dict[str, Any] = {
        "BundleId": row.bundle or row.name,
        "BundlePath": program.rpartition("/")[0],
        "Executable": program,
        "Registered": program,
        "Authorization": 2,
    }
    if row.stopped is not None:
        told["LocationTimeStopped"] = mac(row.stopped)
    return told


def _profiles(rows: list[Profile]) -> Iterator[Part]:
    for row in rows:
        told: dict[str, Any] = {
            "PayloadUUID": row.uuid,
            "PayloadIdentifier": f"example.profile.{row.uuid.lower()}",
            "PayloadDisplayName": row.name,
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "InstallDate": date(row.when),
        }
        if row.payloads:
            told["PayloadContent"] = [{"PayloadType": kind, "PayloadUUID": row.uuid} for kind in row.payloads]
        name = f"Library/ConfigurationProfiles/profile-{row.uuid.lower()}.stub"
        yield Part(PROFILES, name, partial(write, content=told))
    if rows:
        events = [
            {row.uuid: {"timestamp": date(row.when), "Operation": "install", "Process": row.process}} for row in rows
        ]
        place = "Library/ConfigurationProfiles/MCProfileEvents.plist"
        yield Part(PROFILES, place, partial(write, content={"ProfileEvents": events}))
