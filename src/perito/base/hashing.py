"""Digests: SHA-256 for evidence, a short fast hash for joins."""

import hashlib
from pathlib import Path

import xxhash

BLOCK = 1 << 20


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in lower-case hex, read a block at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256", _bufsize=BLOCK).hexdigest()


def key_hash(text: str) -> int:
    """Return 64 bits of XXH3 of the UTF-8 text, for joins only: two texts may share it, so a hit is verified."""
    return int(xxhash.xxh3_64_intdigest(text.encode("utf-8", "surrogatepass")))
