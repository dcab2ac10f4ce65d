"""The lists beside the manifest that say whose backup it is and how it went: Info, Status and Manifest.plist."""

import plistlib
from datetime import datetime
from typing import Any

from perito.demo.phone import App, Phone
from perito.demo.tables import date, guid

BUILDS = {10: "14C92", 11: "15G77", 12: "16G77", 13: "17H35", 14: "18C66", 15: "19H12", 16: "20H19"}


def labels(phone: Phone, ios: str, secrets: tuple[bytes, bytes] | None) -> dict[str, dict[str, Any]]:
    """Return the three lists by file name; `secrets` are the key bag and the wrapped key of the manifest."""
    when = date(phone.when)
    apps = list(phone.apps)
    status = {
        "BackupState": "new",
        "Date": when,
        "IsFullBackup": True,
        "SnapshotState": "finished",
        "UUID": guid(2, 9),
        "Version": "3.3",
    }
    listed = _manifest(phone, ios, when, apps)
    if secrets:
        listed |= {"IsEncrypted": True, "BackupKeyBag": secrets[0], "ManifestKey": secrets[1]}
    return {"Info.plist": _info(phone, ios, when, apps), "Status.plist": status, "Manifest.plist": listed}


def _build(ios: str) -> str:
    return BUILDS.get(int(ios.partition(".")[0]), "21G93")


def _info(phone: Phone, ios: str, when: datetime, apps: list[App]) -> dict[str, Any]:
    return {
        "Applications": {app.bundle: _app(app) for app in apps},
        "Build Version": _build(ios),
        "Device Name": phone.name,
        "Display Name": phone.name,
        "GUID": guid(1, 9).replace("-", ""),
        "ICCID": "8952020000000000000",
        "IMEI": phone.imei,
        "Installed Applications": [app.bundle for app in apps],
        "Last Backup Date": when,
        "Phone Number": phone.number,
        "Product Name": "iPhone",
        "Product Type": phone.model,
        "Product Version": ios,
        "Serial Number": phone.serial,
        "Target Identifier": phone.udid,
        "Target Type": "Device",
        "Unique Identifier": phone.udid.upper(),
        "iTunes Version": "12.9.0.0",
    }


def _app(app: App) -> dict[str, bytes]:
    """Return what iTunes keeps of an app; without a `source` it was never bought, so there is no receipt."""
    bought = date(app.when).strftime("%Y-%m-%dT%H:%M:%SZ")
    receipt: dict[str, Any] = {
        "artistName": "Example",
        "bundleShortVersionString": "1.0",
        "itemName": app.name or app.bundle,
        "softwareVersionBundleId": app.bundle,
    }
    if app.source:
        receipt |= {"sourceApp": app.source, "com.apple.iTunesStore.downloadInfo": {"purchaseDate": bought}}
    return {"iTunesMetadata": plistlib.dumps(receipt, fmt=plistlib.FMT_BINARY)}


def _manifest(phone: Phone, ios: str, when: datetime, apps: list[App]) -> dict[str, Any]:
    lockdown = {
        "BuildVersion": _build(ios),
        "DeviceName": phone.name,
        "ProductType": phone.model,
        "ProductVersion": ios,
        "SerialNumber": phone.serial,
        "UniqueDeviceID": phone.udid,
    }
    return {
        "Applications": {app.bundle: {"CFBundleIdentifier": app.bundle, "CFBundleVersion": "1"} for app in apps},
        "Date": when,
        "IsEncrypted": False,
        "Lockdown": lockdown,
        "SystemDomainsVersion": "24.0",
        "Version": "10.0",
        "WasPasscodeSet": True,
    }
