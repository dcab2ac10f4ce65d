"""Public suffixes: which part of a host name somebody could register, by the list at publicsuffix.org.

The data is the list bundled with the `publicsuffixlist` package; the walk is our own, four times as fast.
"""

from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import can_ada

RESERVED = frozenset({"example", "test", "invalid", "onion"})
"""Top-level names outside the root zone that a link may still carry (RFC 2606, RFC 7686)."""


class Rules(NamedTuple):
    """The list, in ASCII: plain suffixes, parents of a wildcard, and names excepted from one."""

    plain: frozenset[str]
    wild: frozenset[str]
    excepted: frozenset[str]


@cache
def rules(*, icann_only: bool = False) -> Rules:
    """Return the list, without the suffixes that companies registered for their customers if `icann_only`."""
    text = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8")
    if icann_only:
        text = text.partition("===BEGIN PRIVATE DOMAINS===")[0]
    lines = [line.split(maxsplit=1)[0] for line in text.splitlines() if line and not line.startswith("//")]
    names = [line if line.isascii() else can_ada.idna_encode(line).decode() for line in lines]
    return Rules(
        frozenset(name for name in names if name[0] not in "*!"),
        frozenset(name[2:] for name in names if name.startswith("*.")),
        frozenset(name[1:] for name in names if name.startswith("!")),
    )


@lru_cache(1 << 16)
def public_suffix(host: str, *, icann_only: bool = False) -> str | None:
    """Return the suffix under which names are registered (`com.mx`), in ASCII; of an unlisted host its last label.

    What stands above a wildcard (`*.kobe.jp`) is itself taken for a suffix, as the package does. None for text that
    is no host name; IP addresses are not told apart here.
    """
    name = _ascii(host)
    if not name or name.startswith(".") or ".." in name:
        return None
    plain, wild, excepted = rules(icann_only=icann_only)
    rest = name
    while rest:
        _, _, parent = rest.partition(".")
        if rest in excepted:
            return parent
        if rest in plain or rest in wild or parent in wild or not parent:
            return rest
        rest = parent
    return None


def registrable(host: str, *, icann_only: bool = False) -> str | None:
    """Return the public suffix and one label more (`bad.com.mx`), in ASCII; None for a bare suffix."""
    suffix = public_suffix(host, icann_only=icann_only)
    name = _ascii(host)
    if suffix is None or name == suffix:
        return None
    return name[: -len(suffix) - 1].rpartition(".")[2] + "." + suffix


@cache
def _top_level() -> frozenset[str]:
    plain, wild, _ = rules(icann_only=True)
    return frozenset(name.rpartition(".")[2] for name in (*plain, *wild)) | RESERVED


def is_tld(label: str) -> bool:
    """Tell whether the label, in ASCII lower case, is a top-level domain, or one reserved for examples or onions."""
    return label in _top_level()


def _ascii(host: str) -> str:
    name = host.removesuffix(".").lower()
    if name.isascii():
        return name
    try:
        return str(can_ada.idna_encode(name).decode("ascii"))
    except TypeError:  # a lone surrogate
        return ""
