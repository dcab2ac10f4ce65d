"""Encrypts a backup as iOS does since 10.2: a key bag locked with a password, and a key of its own for each file."""

import os
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.padding import PKCS7

BLOCK, CHUNK = 128, 1 << 20
CLASSES = range(1, 12)
FILE_CLASS, MANIFEST_CLASS = 3, 4  # "after first unlock" and its stricter neighbour, as iOS chooses
PASSCODE = 2  # WRAP: the class key is wrapped with a key that comes from the password


class Rounds(NamedTuple):
    """How often the password is hashed. iOS takes these; tests take a few."""

    first: int = 10_000_000  # PBKDF2-SHA256, DPIC
    second: int = 10_000  # PBKDF2-SHA1, ITER


class Vault:
    """The keys of one backup. Random each time: two encrypted backups of one phone differ."""

    def __init__(self, password: str, rounds: Rounds) -> None:
        self._keys = {number: os.urandom(32) for number in CLASSES}
        salt, early = os.urandom(20), os.urandom(20)
        first = PBKDF2HMAC(hashes.SHA256(), 32, early, rounds.first).derive(password.encode())
        lock = PBKDF2HMAC(hashes.SHA1(), 32, salt, rounds.second).derive(first)  # noqa: S303 - iOS does
        head = {
            "VERS": _number(4),
            "TYPE": _number(1),
            "UUID": os.urandom(16),
            "HMCK": os.urandom(40),
            "WRAP": _number(0),
            "SALT": salt,
            "ITER": _number(rounds.second),
            "DPWT": _number(1),
            "DPIC": _number(rounds.first),
            "DPSL": early,
        }
        bags = (
            {
                "UUID": os.urandom(16),
                "CLAS": _number(number),
                "WRAP": _number(PASSCODE),
                "KTYP": _number(0),
                "WPKY": aes_key_wrap(lock, key),
            }
            for number, key in self._keys.items()
        )
        self.key_bag = b"".join(_entry(tag, value) for part in (head, *bags) for tag, value in part.items())

    def seal(self, source: Path, place: Path, number: int = FILE_CLASS) -> bytes:
        """Write `source` encrypted to `place`; return its wrapped key as the manifest holds it: class, then key."""
        key = os.urandom(32)
        cipher = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
        padder = PKCS7(BLOCK).padder()
        with source.open("rb") as plain, place.open("wb") as sealed:
            while chunk := plain.read(CHUNK):
                sealed.write(cipher.update(padder.update(chunk)))
            sealed.write(cipher.update(padder.finalize()) + cipher.finalize())
        return number.to_bytes(4, "little") + aes_key_wrap(self._keys[number], key)


def _number(value: int) -> bytes:
    return value.to_bytes(4, "big")


def _entry(tag: str, value: bytes) -> bytes:
    return tag.encode() + _number(len(value)) + value
