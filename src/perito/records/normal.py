"""Normal forms of comparable values, and the keys by which an observable and an indicator meet.

A match is: the two sets of keys share one. A key is `<kind>:<text>`; the hash of a key is `key_hash(key)`. An
observable answers to `keys(kind, normal)`, its own key first; an indicator asks for `indicator_keys(kind, value)`.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from perito.base.hashing import key_hash
from perito.records import paths, phones
from perito.records.refang import refang
from perito.records.suffixes import public_suffix
from perito.records.urls import host_name, hosts_up, is_ip, normal_url

LONGEST = 4_096
"""Characters of a value other than an address that are compared."""
HEX = re.compile(r"[0-9a-f]+")
HASH_PREFIX = re.compile(r"(?:md5|sha-?1|sha-?256|sha-?512)\s*[:=]\s*")
HASH_LENGTHS = frozenset({32, 40, 64, 128})
CERTIFICATE_LENGTHS = HASH_LENGTHS | {56, 96}
NOT_HEX = re.compile(r"[\s:\-]")
MAIL = re.compile(r"(?:mailto:)?(?:[^<>]*<)?([^\s<>@]+)@([^\s<>@/?]+)>?(?:\?.*)?", re.IGNORECASE | re.DOTALL)
ACCOUNT_HOSTS = frozenset({"s.whatsapp.net", "c.us", "g.us", "lid", "broadcast", "newsletter", "call", "hosted"})
"""What WhatsApp writes behind the @ of its own accounts; none is an e-mail address."""
IPV6_COLONS = 2
COMM = 16
"""Characters of a process name that iOS keeps in its data usage."""
URL_HOST = re.compile(r"[a-z][a-z0-9+.\-]*://(\[[^\]]*\]|[^/?:]*)")


def normal(kind: str, value: str) -> str | None:
    """Return the value in the form that is compared; None where it is not of that kind."""
    if kind != "path":  # a name may begin or end with a space
        value = value.strip()
    return FORMS[kind](value if kind == "url" else value[:LONGEST]) or None


def keys(kind: str, normal: str) -> tuple[str, ...]:
    """Return all keys that an observable in normal form answers to, its own first."""
    if kind == "url":
        return (f"url:{normal}", *_host_keys(_host_of(normal)))
    if kind == "domain":
        return _domain_keys(normal)
    further = FURTHER.get(kind)
    return (f"{kind}:{normal}", *further(normal)) if further else (f"{kind}:{normal}",)


def indicator_keys(kind: str, value: str, *, exact_host: bool = False) -> tuple[str, ...]:
    """Return the keys that an indicator asks for; none where the value is not of that kind.

    A domain asks for itself and every host under it; with `exact_host`, or where it is a public suffix (shared by
    strangers), for that host only. An IP address or an address with a path under "domain" is taken for what it is.
    """
    if kind == "domain":
        return _asked_for_domain(value, exact_host=exact_host)
    if kind == "phone":
        return phones.asked(value.strip())
    if kind == "path":
        return paths.asked(value[:LONGEST])
    form = normal(kind, value)
    if form is None:
        return ()
    if kind == "process" and len(form) > COMM:
        return (f"process:{form}", f"process16:{form[:COMM]}")
    return (f"{kind}:{form}",)


def key_hashes(kinds: Iterable[str], normals: Iterable[str]) -> tuple[list[int], list[list[int]]]:
    """Return of each observable the hash of its own key, and the hashes of its further keys."""
    own: list[int] = []
    further: list[list[int]] = []
    for kind, form in zip(kinds, normals, strict=True):
        if kind == "url":
            own.append(key_hash(f"url:{form}"))
            further.append(host_hashes(_host_of(form)))
        else:
            first, *others = keys(kind, form)
            own.append(key_hash(first))
            further.append([key_hash(key) for key in others])
    return own, further


@lru_cache(1 << 17)
def host_hashes(host: str) -> list[int]:
    """Return the hashes of the keys that every address on a host answers to, in the order of its keys."""
    return [key_hash(key) for key in _host_keys(host)]


def _host_of(address: str) -> str:
    found = URL_HOST.match(address)
    return found[1] if found else ""


@lru_cache(1 << 17)
def _host_keys(host: str) -> tuple[str, ...]:
    if not host:
        return ()
    if is_ip(host):
        return (f"ip:{_ip(host)}",)
    return (f"host:{host}", *[f"domain:{name}" for name in hosts_up(host)])


@lru_cache(1 << 17)
def _domain_keys(name: str) -> tuple[str, ...]:
    if is_ip(name):
        return (f"ip:{_ip(name)}",)
    own, *above = hosts_up(name)
    return (f"domain:{own}", f"host:{own}", *[f"domain:{name}" for name in above])


def _asked_for_domain(value: str, *, exact_host: bool) -> tuple[str, ...]:
    name = _domain(value.strip())
    if name is None:
        address = normal_url(value)
        return (f"url:{address}",) if address else ()
    if is_ip(name):
        return (f"ip:{_ip(name)}",)
    if exact_host or public_suffix(name) == name:
        return (f"host:{name}",)
    return (f"domain:{name}",)


def _domain(value: str) -> str | None:
    """Accept a host as feeds write it: with a scheme, a port, a trailing slash, a leading dot or `*.`."""
    name = value.lower().removeprefix("*").lstrip(".")
    found = host_name(name if name.count(":") < IPV6_COLONS or name[:1] == "[" else f"[{name}]")
    if found is not None:
        return found
    address = normal_url(name)
    host = _host_of(address) if address else ""
    if not address or not host or address.partition(host)[2].lstrip(":0123456789"):
        return None
    return host


def _ip(value: str) -> str | None:
    text = value.partition("%")[0].removesuffix("/32").removesuffix("/128")
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    try:
        if text.count(":") >= IPV6_COLONS:
            six = IPv6Address(text)
            return str(six.ipv4_mapped or six)
        if text.count(".") == 3:
            return str(IPv4Address(text))
    except AddressValueError:
        pass
    host = _host_of(normal_url(f"http://{value}") or "")
    return host if "/" not in value and is_ip(host) and not value.isdigit() else None


def _email(value: str) -> str | None:
    if "@" not in value:
        value = refang(value)
    found = MAIL.fullmatch(value)
    if found is None:
        return None
    host = host_name(found[2])
    local = found[1].removeprefix("E:") if found[1].startswith("E:") else found[1]
    if host is None or host in ACCOUNT_HOSTS or not local:
        return None
    return f"{local.casefold()}@{host}"


def _email_keys(form: str) -> tuple[str, ...]:
    return _host_keys(form.rpartition("@")[2])


def _process(value: str) -> str | None:
    name = value.casefold()
    if name.startswith("/") or name.count("/") > 1:
        return name.rstrip("/ ").rpartition("/")[2].strip()
    return name.partition("/")[0].strip()


def _process_keys(form: str) -> tuple[str, ...]:
    return (f"process16:{form}",) if len(form) == COMM else ()


def _digest(value: str) -> str | None:
    digits = NOT_HEX.sub("", HASH_PREFIX.sub("", value.lower()))
    return digits if len(digits) in HASH_LENGTHS and HEX.fullmatch(digits) else None


def _certificate(value: str) -> str | None:
    digits = NOT_HEX.sub("", HASH_PREFIX.sub("", value.lower()))
    return digits if len(digits) in CERTIFICATE_LENGTHS and HEX.fullmatch(digits) else None


def _file_name(value: str) -> str | None:
    return value.replace("\\", "/").rstrip("/ ").rpartition("/")[2].strip().casefold()


def _profile(value: str) -> str | None:
    return value.strip("{} \t\r\n").casefold()


FORMS: dict[str, Callable[[str], str | None]] = {
    "domain": _domain,
    "url": normal_url,
    "ip": _ip,
    "email": _email,
    "phone": phones.normal,
    "process": _process,
    "path": paths.normal,
    "file_name": _file_name,
    "hash": _digest,
    "app_id": str.casefold,
    "certificate": _certificate,
    "profile": _profile,
    "property": str.casefold,
}
FURTHER: dict[str, Callable[[str], tuple[str, ...]]] = {
    "app_id": lambda form: (f"process:{form}",),
    "email": _email_keys,
    "phone": phones.further_keys,
    "process": _process_keys,
    "path": paths.further_keys,
}
