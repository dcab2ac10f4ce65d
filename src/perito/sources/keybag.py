"""The keybag of an encrypted iOS backup, read under caps; `keys` opens what it holds.

A keybag is tag, length, value, again and again: first the facts of the bag (salts, rounds), then each class with its
wrapped key. Public descriptions: the iphone-dataprotection project, and Apple's Platform Security guide.
"""

import struct
from collections.abc import Mapping
from typing import Any

MOST_ROUNDS = 50_000_000
"""Of the SHA-256 derivation; phones write 10,000,000, which takes about a second."""
MOST_OLD_ROUNDS = 10_000_000
"""Of the SHA-1 derivation; phones write 10,000."""
LARGEST_BAG = 1 << 16
LONGEST_SALT = 1_024
LONGEST_KEY = 1_024
MOST_CLASSES = 64
BY_PASSWORD = 2
"""The bit of `WRAP` that says a class key opens with the password."""
HEADER = struct.Struct(">4sI")
NUMBER = 4


class Damaged(Exception):
    """The keybag is not one, or asks for more work than any phone would."""


def parse(raw: bytes) -> dict[str, Any]:
    """Return the facts that unlocking needs, as JSON: salts and wrapped class keys in hex, rounds as numbers."""
    if len(raw) > LARGEST_BAG:
        raise Damaged(f"a keybag of {len(raw)} bytes")
    facts: dict[str, Any] = {"classes": {}}
    entry: dict[bytes, bytes] = {}
    for tag, value in [*_pieces(raw), (b"UUID", b"")]:
        if tag == b"UUID":  # a class begins, or the last one ends
            _keep(facts, entry)
            entry = {}
        entry[tag] = value
    if not facts["classes"] or "salt" not in facts:
        raise Damaged("the keybag holds no class keys or no salt")
    return facts


def _pieces(raw: bytes) -> list[tuple[bytes, bytes]]:
    pieces: list[tuple[bytes, bytes]] = []
    at = 0
    while at + HEADER.size <= len(raw):
        tag, length = HEADER.unpack_from(raw, at)
        at += HEADER.size
        if length > len(raw) - at:
            raise Damaged(f"a value of {length} bytes where {len(raw) - at} are left")
        pieces.append((tag, raw[at : at + length]))
        at += length
    return pieces


def _keep(facts: dict[str, Any], entry: Mapping[bytes, bytes]) -> None:
    if b"SALT" in entry:
        facts["salt"], facts["rounds"] = _salt(entry[b"SALT"]), _rounds(entry, b"ITER", MOST_OLD_ROUNDS)
    if b"DPSL" in entry:
        facts["first_salt"], facts["first_rounds"] = _salt(entry[b"DPSL"]), _rounds(entry, b"DPIC", MOST_ROUNDS)
    if b"CLAS" not in entry or b"WPKY" not in entry:
        return
    if len(entry[b"WPKY"]) > LONGEST_KEY or len(facts["classes"]) >= MOST_CLASSES:
        raise Damaged("more or longer class keys than any phone writes")
    if int.from_bytes(entry.get(b"WRAP", b"\x02")) & BY_PASSWORD:
        facts["classes"][str(int.from_bytes(entry[b"CLAS"][:NUMBER]))] = entry[b"WPKY"].hex()


def _salt(raw: bytes) -> str:
    if not raw or len(raw) > LONGEST_SALT:
        raise Damaged(f"a salt of {len(raw)} bytes")
    return raw.hex()


def _rounds(entry: Mapping[bytes, bytes], tag: bytes, most: int) -> int:
    count = int.from_bytes(entry.get(tag, b"")[: 2 * NUMBER])
    if not 1 <= count <= most:
        raise Damaged(f"{tag.decode()} asks for {count} rounds: between 1 and {most} are worked through")
    return count
