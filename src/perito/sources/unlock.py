"""Whether a backup is encrypted, told from its content, and the opening of its keys."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from perito.base.errors import EvidenceError, WrongPassword
from perito.sources.keys import Keys, unlock
from perito.sources.source import Failure

Password = Callable[[], str]
UNIT = 16


def opened(told: Mapping[str, Any], place: Path, password: Password | None) -> Keys:
    """Return the opened keys; EvidenceError where keybag or password is missing, WrongPassword where it fails."""
    bag = told.get("keybag")
    if not bag:
        raise EvidenceError(
            str(place),
            f"this backup is encrypted and its keys cannot be read: {told.get('damage', 'Manifest.plist holds none')}",
            "nothing of this backup was examined",
            "is there another copy of Manifest.plist? Without its keybag no password opens the backup",
        )
    if password is None:
        raise EvidenceError(
            str(place),
            "this backup is encrypted, and no password was given",
            "nothing of this backup was examined",
            "give the password that was set for this backup in Finder or iTunes: it is not the phone's passcode",
        )
    given = password()
    keys = unlock(bag, given) if given else None
    if keys is None:
        raise WrongPassword(
            str(place),
            "the password does not open this backup" if given else "the password that was given is empty",
            "nothing of this backup was examined",
            "it is the password set for backups in Finder or iTunes, not the passcode nor the Apple account's",
        )
    return keys


def padded(sizes: Mapping[str, int | None], members: Mapping[str, Mapping[str, Any]] | Failure) -> bool:
    """Tell whether more of the stored files have the size of a padded ciphertext than of the plain file."""
    if isinstance(members, Failure):
        return False
    plain = cipher = 0
    for file_id, stored in sizes.items():
        size = members.get(file_id, {}).get("size")
        if size is not None:
            plain += stored == size
            cipher += stored == size - size % UNIT + UNIT
    return cipher > plain
