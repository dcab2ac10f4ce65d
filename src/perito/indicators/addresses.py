"""Addresses that accuse nobody: those that no single host on the Internet has, and those of well-known resolvers."""

from bisect import bisect_right
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_network

from perito.indicators import shared

RESERVED = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
    "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "2001:2::/48", "fc00::/7", "fe80::/10", "ff00::/8",
)  # fmt: skip
"""Private, shared, link-local, loopback, benchmarking, multicast and future use: the special-purpose registries of IANA
(RFC 6890) and the multicast blocks (RFC 5771, RFC 4291). The blocks kept for documentation (RFC 5737, RFC 3849) are left
out: no evidence holds them, and invented examples live on them. Written out, because what Python's `is_private` takes in
has changed between its versions."""


def shared_address(address: str) -> str | None:
    """Return why an address in normal form accuses nobody: `resolver` or `reserved`; None for any other."""
    if address in shared.resolvers():
        return "resolver"
    return "reserved" if _reserved(address) else None


def ordinary_ipv4(address: str) -> bool:
    """Tell quickly that an IPv4 address, four plain numbers, needs no closer look."""
    return address.partition(".")[0] not in _first_numbers() and address not in shared.resolvers()


def _reserved(address: str) -> bool:
    """Tell whether an address lies in one of the blocks, which do not overlap."""
    six = ":" in address
    starts, ends = _blocks(six=six)
    number = int(IPv6Address(address) if six else IPv4Address(address))
    place = bisect_right(starts, number)
    return place > 0 and number <= ends[place - 1]


@cache
def _blocks(*, six: bool) -> tuple[list[int], list[int]]:
    """Return the first and the last address of each block of one version, in rising order."""
    networks = [ip_network(block) for block in RESERVED if (":" in block) == six]
    bounds = sorted((int(one.network_address), int(one.broadcast_address)) for one in networks)
    return [first for first, _ in bounds], [last for _, last in bounds]


@cache
def _first_numbers() -> frozenset[str]:
    """Return the first numbers of all IPv4 addresses that lie in a block."""
    starts, ends = _blocks(six=False)
    spans = zip(starts, ends, strict=True)
    return frozenset(str(number) for first, last in spans for number in range(first >> 24, (last >> 24) + 1))
