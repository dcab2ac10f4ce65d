"""One row of an archive's contents, before and after unpacking."""

from typing import NamedTuple

import pyarrow as pa

from perito.sources.source import FILE, HERE, LISTING, REFUSED

HARD_LINK = -1
"""Stands for a method: the bytes are those of an earlier member of a tar."""
MEMBERS = pa.schema(
    [
        *LISTING,
        ("offset", pa.int64()),
        ("packed", pa.int64()),
        ("method", pa.int64()),
        ("crc", pa.int64()),
        ("reason", pa.string()),
    ]
)


class Member(NamedTuple):
    """One entry, in the columns of MEMBERS: `reason` says why it is refused, or what is odd about it."""

    name: str
    size: int | None
    status: str = HERE
    stored: str = ""
    type: str = FILE
    offset: int = 0
    packed: int = 0
    method: int = 0
    crc: int = 0
    reason: str = ""

    def refused(self, reason: str, status: str = REFUSED) -> "Member":
        """Return the member with the reason for which it is not unpacked; the first reason stays."""
        return self if self.status != HERE else self._replace(status=status, reason=reason)


class Broken(Exception):
    """The archive cannot be read further; what was read before stays."""
