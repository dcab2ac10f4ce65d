"""What honest people share with everyone: large hosting services, public resolvers, hashes of trivial files.

The lists are data files beside this one, written by `scripts/build_baseline.py`; each names its origin.
An indicator that is one of these names would accuse half the world, so it is context and never covers hosts under it.
"""

from functools import cache
from importlib.resources import files


@cache
def hosts() -> frozenset[str]:
    """Return the hosts on which strangers publish side by side; no `www.` in front. Link shorteners are not here."""
    return _names("hosts.txt")


@cache
def registries() -> frozenset[str]:
    """Return hosts under which strangers get names of their own, as under a public suffix."""
    return _names("registries.txt")


@cache
def owners() -> frozenset[str]:
    """Return domains under which only a large provider has names, and which nearly every phone asks."""
    return _names("owners.txt")


@cache
def resolvers() -> frozenset[str]:
    """Return the addresses, in normal form, of public resolvers of names that anybody's device may ask."""
    return _names("resolvers.txt")


@cache
def hashes() -> frozenset[str]:
    """Return digests, in lower-case hex, of files and certificates that prove nothing: empty files, test keys."""
    return _names("hashes.txt")


def _names(name: str) -> frozenset[str]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
