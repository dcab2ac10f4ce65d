"""Ranges of addresses as lists write them: `198.51.100.0/24`, `2001:db8::/48`, `198.51.100.0-198.51.100.255`.

A range is no value that an observable could be equal to. It is asked as what it means, a condition in the pattern
language of STIX 2, so that every form of list gives the same condition and the same findings.
"""

import re
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network, summarize_address_range
from typing import NamedTuple

BROADEST = {4: 8, 6: 32}
"""Prefix of the widest range that is asked, by version: a wider one singles nobody out."""
BITS = {4: 32, 6: 128}
ADDRESS = r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*)"
RANGE = re.compile(rf"({ADDRESS})(?:/(\d{{1,3}})|\s*[-\u2013]\s*({ADDRESS}))", re.IGNORECASE)


class Range(NamedTuple):
    """Version, first and last address of a range."""

    version: int
    first: int
    last: int

    @property
    def too_wide(self) -> bool:
        """Whether it holds more addresses than the widest that is asked."""
        return (self.last - self.first).bit_length() > BITS[self.version] - BROADEST[self.version]

    @property
    def pattern(self) -> str:
        """The condition that an address of it meets; two spellings of one range give one text."""
        make = IPv4Address if self.version == 4 else IPv6Address
        networks = summarize_address_range(make(self.first), make(self.last))
        return "[" + " OR ".join(f"ipv{self.version}-addr:value ISSUBSET '{one}'" for one in networks) + "]"


@cache
def network(text: str) -> Range | None:
    """Return the range that a prefix such as `198.51.100.0/24` names; None where it names none."""
    try:
        found = ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    return Range(found.version, int(found.network_address), int(found.broadcast_address))


def range_of(text: str) -> Range | None:
    """Return the range that a published value names by a prefix or by its ends; None for one address, or for none."""
    found = RANGE.fullmatch(text)
    if found is None:
        return None
    named = network(text) if found[2] else _between(found[1], found[3])
    return named if named and named.first < named.last else None


def _between(first: str, last: str) -> Range | None:
    try:
        start, end = ip_address(first), ip_address(last)
    except ValueError:
        return None
    return Range(start.version, int(start), int(end)) if start.version == end.version else None
