"""Which device a backup is of, when and how it was made, and which computer made it.

Info.plist, Manifest.plist and Status.plist lie at the root of a backup: https://theapplewiki.com/wiki/ITunes_Backup.
Its lists of applications are records of their own (`ios.installed_app`).
"""

from collections.abc import Iterator
from pathlib import Path

from perito.artifacts.declare import artifact
from perito.artifacts.readers import plist, values
from perito.records import Row, Schema, message, text, when

BACKUP = Schema(
    "ios.backup",
    dated=when("the value, where it is a date"),
    key=text("what is told, such as Product Version or Lockdown.ProductVersion"),
    value=message("the value as text; of long binary data the size and SHA-256"),
)
ELSEWHERE = {"Applications", "Installed Applications"}
OPENED = {"Lockdown"}


@artifact(
    BACKUP, "Info.plist", "Manifest.plist", "Status.plist",
    looks=rb"(?s)\A(?:bplist|\s*<\?xml).*(?:Target Identifier|BackupKeyBag|SnapshotState)",
)  # fmt: skip
def backup_facts(path: Path) -> Iterator[Row]:
    """Yield a row for each key, and for each one under Lockdown."""
    for key, value in plist.dictionary(path).items():
        if key in OPENED and isinstance(value, dict):
            for inner, one in value.items():
                yield _row(f"{key}.{inner}", one)
        elif key not in ELSEWHERE:
            yield _row(key, value)


def _row(key: str, value: object) -> Row:
    date = value if hasattr(value, "isoformat") else None
    return f"key {key}", date, key, values.written(value)
