"""What a backup says of its device."""

from collections.abc import Mapping
from typing import Any

FACTS = {
    "name": "Device Name",
    "product_type": "Product Type",
    "os_version": "Product Version",
    "build": "Build Version",
    "udid": "Unique Identifier",
    "serial": "Serial Number",
    "imei": "IMEI",
    "iccid": "ICCID",
    "phone_number": "Phone Number",
    "last_backup": "Last Backup Date",
    "made_with": "iTunes Version",
}
LOCKDOWN = {
    "name": "DeviceName",
    "product_type": "ProductType",
    "os_version": "ProductVersion",
    "build": "BuildVersion",
    "udid": "UniqueDeviceID",
    "serial": "SerialNumber",
}
WANTED = [*FACTS.values(), "Lockdown", "Date", "SnapshotState"]
PERSONAL = frozenset({"name", "udid", "serial", "imei", "iccid", "phone_number"})
"""The facts that point at a person or at one phone: left out of whatever is published."""


def device(info: Mapping[str, Any], manifest: Mapping[str, Any], status: Mapping[str, Any]) -> dict[str, str]:
    """Return the facts of Info.plist by our names, and of Manifest.plist (`Lockdown`, `Date`) and Status.plist."""
    lockdown = manifest.get("Lockdown")
    sources = [(info, FACTS)]
    if isinstance(lockdown, Mapping):
        sources.append((lockdown, LOCKDOWN))
    sources += [(manifest, {"last_backup": "Date"}), (status, {"last_backup": "Date"})]
    found: dict[str, str] = {}
    for values, names in sources:
        for ours, theirs in names.items():
            value = values.get(theirs)
            if isinstance(value, str | int | float) and str(value):
                found.setdefault(ours, str(value))
    return found
