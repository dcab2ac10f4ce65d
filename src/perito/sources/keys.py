"""The keys of an encrypted iOS backup: what a password opens, held in memory and never shown."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

NUMBER = 4
"""Bytes of the class before a wrapped key."""


class Keys:
    """The opened class keys of one backup, held in memory that `drop` overwrites."""

    def __init__(self, classes: Mapping[int, bytes]) -> None:
        self._classes = {number: bytearray(key) for number, key in classes.items()}

    def __repr__(self) -> str:
        return f"Keys({len(self._classes)} classes)"

    def unwrap(self, wrapped: bytes) -> bytes | None:
        """Return a file's own key out of its wrapped form (class, then 40 bytes); None if it does not open."""
        key = self._classes.get(int.from_bytes(wrapped[:NUMBER], "little"))
        if key is None:
            return None
        try:
            return aes_key_unwrap(bytes(key), wrapped[NUMBER:])
        except (InvalidUnwrap, ValueError):
            return None

    def drop(self) -> None:
        """Overwrite and forget the keys; copies that libraries made are beyond reach."""
        for key in self._classes.values():
            key[:] = bytes(len(key))
        self._classes.clear()


def unlock(facts: Mapping[str, Any], password: str) -> Keys | None:
    """Return the keys that the password opens, None when it opens none; costs about a second.

    A password with accents is tried as typed, then in the two normal forms of Unicode: keyboards differ.
    """
    forms = dict.fromkeys([password, *(unicodedata.normalize(form, password) for form in ("NFC", "NFD"))])
    for form in forms:
        outer = _passcode_key(facts, form.encode("utf-8", "surrogateescape"))
        opened = {int(number): key for number, wrapped in facts["classes"].items() if (key := _open(outer, wrapped))}
        if opened:
            return Keys(opened)
    return None


def _open(outer: bytes, wrapped: str) -> bytes | None:
    try:
        return aes_key_unwrap(outer, bytes.fromhex(wrapped))
    except (InvalidUnwrap, ValueError):
        return None


def _passcode_key(facts: Mapping[str, Any], secret: bytes) -> bytes:
    if "first_salt" in facts:  # iOS 10.2 and later
        salt = bytes.fromhex(facts["first_salt"])
        secret = PBKDF2HMAC(SHA256(), 32, salt, facts["first_rounds"]).derive(secret)
    salt = bytes.fromhex(facts["salt"])
    return PBKDF2HMAC(SHA1(), 32, salt, facts["rounds"]).derive(secret)  # noqa: S303 - the format's own choice
