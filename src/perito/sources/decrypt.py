"""One file of an encrypted backup, decrypted a block at a time and hashed on both sides."""

import hashlib
import threading
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from perito.sources import reading

UNIT = 16
PLAIN_STARTS = (b"SQLite format 3\x00", b"bplist0", b"<?xml ", b"mbdb\x05\x00")
"""Starts of content that was never encrypted: no ciphertext begins like this."""
_buffers = threading.local()


class Decrypted(NamedTuple):
    """What came of a file: digests of both sides, its plain size, and what was odd ("" if nothing)."""

    sha256: str
    stored_sha256: str
    size: int
    oddity: str


def decrypt(stored: Path, target: Path, key: bytes, size: int | None) -> Decrypted:
    """Write the plain content to a new private file; nothing is thrown away for an odd length, it is told.

    AES-256-CBC from a zero vector, padded after PKCS #7. `size` is what the manifest says, None where it says nothing.
    """
    block, plain = _reused()
    view = memoryview(plain)
    cipher: CipherContext = Cipher(AES256(key), CBC(bytes(UNIT))).decryptor()
    before, after = hashlib.sha256(), hashlib.sha256()
    written = taken = 0
    last = b""
    with reading.evidence(stored) as file, reading.private(target) as out:
        while count := file.readinto(block):
            part = memoryview(block)[:count]
            before.update(part)
            taken += count
            made = cipher.update_into(part, plain)
            if not made:
                continue
            for piece in (last, view[: made - UNIT]):
                after.update(piece)
                written += out.write(piece) or 0
            last = bytes(view[made - UNIT : made])
        rest, oddity = _unpadded(last, written, size)
        after.update(rest)
        written += out.write(rest) or 0
    if taken % UNIT:
        oddity = f"its last {taken % UNIT} stored bytes are no whole block"
    return Decrypted(after.hexdigest(), before.hexdigest(), written, oddity)


def _unpadded(last: bytes, before: int, size: int | None) -> tuple[bytes, str]:
    """Return the last block without its padding, and what is odd about the end."""
    if not last:
        return last, "" if not size else f"empty, where the manifest says {size} bytes"
    fill = last[-1]
    if size == before + UNIT:
        return last, ""  # whole blocks, written without padding
    if not 1 <= fill <= UNIT or last[-fill:] != bytes([fill]) * fill:
        return last, "its padding is damaged: the end may be cut off"
    total = before + UNIT - fill
    told = "" if size in (None, total) else f"{total} bytes, where the manifest says {size}"
    return last[:-fill], told


def _reused() -> tuple[bytearray, bytearray]:
    if not hasattr(_buffers, "pair"):
        _buffers.pair = (bytearray(reading.BLOCK), bytearray(reading.BLOCK + UNIT))
    pair: tuple[bytearray, bytearray] = _buffers.pair
    return pair
