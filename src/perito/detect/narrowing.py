"""Which keys whatever meets a condition answers to, so that an index can tell where the condition cannot be met.

A condition is asked only where all it needs may be. What is said here is always too much rather than too little: it
decides where to look, and no finding.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

import numpy as np

from perito.base.hashing import key_hash
from perito.detect.patterns import tests_of, tree_of
from perito.detect.subjects import Test, keys_asked
from perito.indicators.accept import is_range
from perito.indicators.formats.stix2_pattern import Comparison, Junction, Node, Observation, Qualified
from perito.indicators.indicator import PATTERN, Rule
from perito.indicators.ranges import network
from perito.records.normal import keys, normal
from perito.records.urls import host_name

MOST_ADDRESSES = 1 << 16
"""Of a range whose addresses are looked up one by one."""
HOSTS = frozenset({"domain", "host", "ip"})
UNDER = re.compile(r"%\.([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
"""A LIKE that only hosts under a name meet."""
ON_HOST = re.compile(r"(https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/)[^%_]*[%_].*", re.DOTALL)
"""A LIKE that only addresses on one host meet."""


class Need(NamedTuple):
    """What must be there for a condition to be met: `all` or `any` of the parts, or one of the `hashes`.

    Without any of these nobody knows.
    """

    op: str = ""
    parts: "tuple[Need, ...]" = ()
    hashes: np.ndarray | None = None


def need_of(rule: Rule) -> Need:
    """Return what a rule needs; of any rule but a condition of STIX 2 that is not known."""
    tree = tree_of(rule) if rule.kind == PATTERN else None
    return _need(tree) if tree else Need()


def hashes_of(need: Need) -> Iterator[np.ndarray]:
    """Yield the hashes of all keys that are to be looked up."""
    if need.hashes is not None:
        yield need.hashes
    for part in need.parts:
        yield from hashes_of(part)


def possible(need: Need, holders: Callable[[np.ndarray], np.ndarray]) -> np.ndarray | None:
    """Tell in which acquisitions a condition may be met; None: in all.

    `holders` tells of each acquisition whether it may hold one of some hashes.
    """
    if need.hashes is not None:
        return holders(need.hashes)
    some = [possible(part, holders) for part in need.parts]
    known = [one for one in some if one is not None]
    if not known or (need.op == "any" and len(known) < len(some)):
        return None
    join = np.logical_or if need.op == "any" else np.logical_and
    return np.asarray(join.reduce(known))


def _need(node: Node) -> Need:
    if isinstance(node, Qualified):
        return _need(node.part)
    if isinstance(node, Observation):
        return _need_of_record(node.test)
    assert isinstance(node, Junction)
    return Need("any" if node.op == "OR" else "all", tuple(map(_need, node.parts)))


def _need_of_record(node: Node) -> Need:
    if isinstance(node, Junction):
        return Need("any" if node.op == "OR" else "all", tuple(map(_need_of_record, node.parts)))
    assert isinstance(node, Comparison)
    return _need_of_tests(tests_of(Observation(node)))


def _need_of_tests(tests: Iterator[Test]) -> Need:
    (test,) = tests
    (one,) = test.comparisons
    found = None if one.negated else _keys(test.subject, one)
    return Need() if found is None else Need(hashes=np.unique(np.array([*map(key_hash, found)], np.uint64)))


def _keys(subject: str, test: Comparison) -> frozenset[str] | None:
    """Return keys one of which each value answers to that meets a comparison; None where they cannot be listed."""
    if test.op == "LIKE":
        return _keys_like(subject, test.values[0])
    if test.op not in {"=", "IN", "ISSUBSET"}:
        return None
    found: set[str] = set()
    for value in test.values:
        in_range = test.op == "ISSUBSET" or (subject in {"ip", "host"} and is_range(value))
        some = _addresses(value) if in_range else keys_asked(subject, value)
        if not some:
            return None
        found |= some
    return frozenset(found)


@cache
def _addresses(text: str) -> frozenset[str]:
    """Return the keys of all addresses of a range; none where it is too wide, or no range."""
    span = network(text)
    if span is None or span.last - span.first >= MOST_ADDRESSES:
        return frozenset()
    make = IPv4Address if span.version == 4 else IPv6Address
    return frozenset(f"ip:{normal('ip', str(make(number)))}" for number in range(span.first, span.last + 1))


def _keys_like(subject: str, pattern: str) -> frozenset[str] | None:
    if subject == "url" and (found := ON_HOST.fullmatch(pattern)):
        address = normal("url", found[1])  # a host of numbers is written in more ways than one
        return frozenset(keys("url", address)[1:2]) or None if address else None
    if subject in HOSTS - {"ip"} and (found := UNDER.fullmatch(pattern)):
        name = found[1].lower()
        key = f"domain:{name}"
        is_name = host_name(name) == name  # what ends in a number is the end of an address
        return frozenset({key}) if is_name and key in keys("domain", f"a.{name}") else None
    return None
