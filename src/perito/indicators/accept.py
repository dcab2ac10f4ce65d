"""From a value as somebody published it to an indicator that can be asked for, or the reason why not."""

import re
from typing import NamedTuple

from perito.indicators import shared
from perito.indicators.addresses import shared_address
from perito.indicators.indicator import KINDS
from perito.indicators.ordinary import NO_HTTP, NO_WORD, is_ordinary
from perito.indicators.ranges import RANGE, Range, range_of
from perito.records.normal import indicator_keys, normal
from perito.records.refang import refang
from perito.records.suffixes import public_suffix
from perito.records.urls import hosts_up, is_ip, is_shortener

PLACEHOLDER = re.compile(
    r"[\[<({](?i:unavailable|redacted|removed|unknown|censored|omitted|deleted|hidden|n/?a|sic|…|\.\.\.)[\]>)}]"
)
STRIPPED = " \t\r\n\ufeff\"'`"
CASELESS = {"domain", "email", "hash", "certificate", "ip"}
AS_WRITTEN = {*KINDS} - CASELESS
ONE_KEY = {"url", "ip", "email", "file_name", "hash", "app_id", "certificate", "profile", "property"}
NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd]")
NETWORK = {"domain", "url", "ip", "email"}
NUMERIC_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}$|[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*$", re.IGNORECASE)
PORT = re.compile(r"^\[?([^\s/]+?)\]?:(\d{1,5})$")
CIDR = re.compile(r"^([0-9a-f.:]+)/(\d{1,3})$", re.IGNORECASE)
LINK = re.compile(r"[a-z][a-z0-9+.-]*://(\[[^\]]*\]|[^/?:]*)(?::\d+)?(.*)", re.DOTALL)
HEX = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+$")
MARKS = re.compile(r"[^\x21-%')-;=-Z\]-z|}~]")
"""What no plain address holds: anything but printable ASCII, and the characters `& ( < [ \\ {`."""
FULL_LENGTH = {4: "32", 6: "128"}
TOO_WIDE = "a range of addresses so wide (beyond /8, or /32 of IPv6) that it singles nobody out"
NO_VALUE = "a placeholder, not a value"
"""The reason for which a value is not even counted: nothing was published there."""
NOT_TEXT = "holds characters that are no text"
LONGEST = 8_192
"""Characters of the longest value taken; a published address is at most some hundred."""


class Accepted(NamedTuple):
    """A value that can be asked for: its kind may differ from the one claimed; `exact_host`: not the hosts under it."""

    kind: str
    value: str
    normal: str
    exact_host: bool = False
    context_only: bool = False


class Refused(NamedTuple):
    """Why a value is no indicator, for the list of problems; `span` is the range of addresses that it names instead."""

    reason: str
    span: Range | None = None


def accept(kind: str, text: str) -> Accepted | Refused:
    """Return the value refanged, retyped where its form says so (an address under `domain`), and normalised.

    A host that many people share (a public suffix, a large hosting service, a link shortener) matches only itself;
    where its users share one host, it is context only. So are every host of a provider that nearly all phones ask, the
    bare front page of any of these, a private or reserved address, a public resolver and the hash of an empty file:
    `shared_by` says which of them a value is.
    """
    if is_ordinary(kind, text):
        return Accepted(kind, text, text)
    return checked(kind, text)


def checked(kind: str, text: str) -> Accepted | Refused:
    """Judge a value by all its rules; of an ordinary one this gives what `accept` gives, more slowly."""
    value = text.strip(STRIPPED)
    if not value or NO_WORD.fullmatch(value) or PLACEHOLDER.search(value):
        return Refused(NO_VALUE)
    if len(value) > LONGEST:
        return Refused(f"longer than {LONGEST} characters")
    if kind in NETWORK:
        kind, value = _retyped(kind, _refanged(value))
    if not (value.isascii() and value.isprintable()) and NO_TEXT.search(value):
        return Refused(NOT_TEXT)
    return _CHECKS.get(kind, _any)(kind, value)


def is_range(value: str) -> bool:
    """Tell a range of addresses from a single one, which may be written as a range of its full length."""
    found = CIDR.match(value.strip())
    return found is not None and found[2] != FULL_LENGTH[6 if ":" in found[1] else 4]


def shared_by(kind: str, form: str) -> str | None:
    """Return what makes a value in normal form context, None for any other.

    `resolver`, `reserved`, `owner` (a host of a provider that nearly every phone asks), `host` or `file`.
    """
    if kind == "ip":
        return shared_address(form)
    if kind == "url":
        return _shared_link(form)
    if kind == "domain":
        known = form.removeprefix("www.") in shared.hosts()
        return "owner" if _owned(form) and not known else "host" if _sharing(form)[1] else None
    return "file" if kind in {"hash", "certificate"} and form in shared.hashes() else None


def asked(found: Accepted, *, exact_host: bool) -> tuple[str, ...]:
    """Return what `indicator_keys` gives for an accepted value, without normalising it once more."""
    kind, value, form, _, _ = found
    if kind == "domain":
        return (f"host:{form}" if exact_host else f"domain:{form}",)
    if kind in ONE_KEY:
        return (f"{kind}:{form}",)
    return indicator_keys(kind, value)


def counted(kind: str, text: str) -> str:
    """Return the text by which public counts tell values apart: host names, e-mails and hashes in lower case."""
    value = text.strip(STRIPPED)
    if kind in NETWORK:
        kind, value = _retyped(kind, _refanged(value))
    return told_apart(kind, value.lower().rstrip(".") if kind in CASELESS else value)


def told_apart(kind: str, text: str) -> str:
    """Return the text by which a value of any kind is told apart that is not accepted, or told apart as it is written."""
    return f"{kind}:{text}" if kind in AS_WRITTEN else f"{kind} {text}"


def may_be_defanged(value: str) -> bool:
    """Tell quickly whether a value may be written so that nobody clicks on it."""
    return bool(MARKS.search(value) or NO_HTTP.search(value))


def _refanged(value: str) -> str:
    return refang(value) if may_be_defanged(value) else value


def _retyped(kind: str, value: str) -> tuple[str, str]:
    if kind == "email":
        return kind, value.removeprefix("mailto:")
    bare = value[1:-1] if value[:1] == "[" and value[-1:] == "]" else value
    if NUMERIC_IP.match(bare):
        return "ip", bare
    if kind in {"ip", "domain"} and RANGE.fullmatch(value):
        return "ip", value
    if kind == "ip":
        return _without_port(kind, value)
    if kind == "domain":
        if "/" in value:
            return ("url" if normal(kind, value) is None else kind), value
        if "@" in value:
            return "email", value
        return _without_port(kind, value.removeprefix("*").removeprefix("."))
    return kind, value


def _without_port(kind: str, value: str) -> tuple[str, str]:
    found = PORT.match(value)
    if not found:
        return kind, value
    return ("ip" if NUMERIC_IP.match(found[1]) else kind), found[1]


def _domain(kind: str, value: str) -> Accepted | Refused:
    form = normal(kind, value)
    if form is None:
        return Refused("not a host name")
    if is_ip(form):
        return _ip("ip", form)
    if "." not in form:
        return Refused("a host name without a top-level domain")
    exact, context = _sharing(form)
    return Accepted(kind, value, form, exact_host=exact, context_only=context)


def _sharing(host: str) -> tuple[bool, bool]:
    """Say whether only this exact host may match, and whether even that is no more than context."""
    if host.removeprefix("www.") in shared.hosts() or is_shortener(host) or _owned(host):
        return True, True
    return host in shared.registries() or public_suffix(host) == host, False


def _owned(host: str) -> bool:
    return not shared.owners().isdisjoint(hosts_up(host))


def _shared_link(form: str) -> str | None:
    """Say what a link in normal form shares with everybody: the front page of such a host, any page of no real address."""
    found = LINK.match(form)
    if found is None:
        return None
    host, rest = found[1], found[2]
    if is_ip(host):
        reason = shared_address(host.strip("[]"))
        return reason if reason == "reserved" or not rest else None
    return None if rest else shared_by("domain", host)


def _url(kind: str, value: str) -> Accepted | Refused:
    form = normal(kind, value)
    if form is None:
        return Refused("not a value of kind url")
    return Accepted(kind, value, form, context_only=_shared_link(form) is not None)


def _ip(kind: str, value: str) -> Accepted | Refused:
    span = range_of(value)
    if span:
        return Refused(TOO_WIDE) if span.too_wide else Refused("a range of addresses, and no value", span)
    found = CIDR.match(value)
    if found and found[2] == FULL_LENGTH[6 if ":" in value else 4]:
        value = found[1]
    form = normal(kind, value)
    if form is None:
        return Refused("not an IP address")
    return Accepted(kind, value, form, context_only=shared_address(form) is not None)


def _email(kind: str, value: str) -> Accepted | Refused:
    form = normal(kind, value)
    if form is None or not EMAIL.match(form):
        return Refused("not an e-mail address")
    return Accepted(kind, value, form)


def _digest(kind: str, value: str) -> Accepted | Refused:
    bare = value.replace(":", "").replace(" ", "")
    if not HEX.match(bare):
        return Refused("not an MD5, SHA-1 or SHA-2 in hex")
    form = bare.lower()
    return Accepted(kind, value, normal(kind, bare) or form, context_only=form in shared.hashes())


def _any(kind: str, value: str) -> Accepted | Refused:
    form = normal(kind, value)
    return Refused(f"not a value of kind {kind}") if form is None else Accepted(kind, value, form)


_CHECKS = {"domain": _domain, "url": _url, "ip": _ip, "email": _email, "hash": _digest, "certificate": _digest}
