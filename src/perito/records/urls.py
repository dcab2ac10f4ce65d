"""Web addresses as browsers read them (WHATWG), and one normal form in which two spellings of a link meet."""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import can_ada

from perito.records.refang import refang

LONGEST = 16_384
"""Characters of an address that are read; what follows changes neither host nor match."""
LONGEST_HOST = 253
"""A longer name cannot be asked for in the DNS."""
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
BROKEN_SCHEME = re.compile(r"(https?)(?:[;.,]?/{1,3}|;|:/?(?!/))(?=[^/\\])", re.IGNORECASE)
PORT = re.compile(r"[0-9]{1,5}(?:[/?#\\]|$)")
NO_PORT = re.compile(r"([a-z][a-z0-9+.\-]*:[/\\]*[^/?#\\]*):([0-9]+)(?=[/?#\\]|$)", re.IGNORECASE)
HIGHEST_PORT = 65_535
AUTHORITY = re.compile(r"[^/?#\\\s]+")
DOTS = re.compile(r"[.。．｡]")  # noqa: RUF001 - the full stops of other scripts are dots in a host name
HEAD = re.compile(r"(?:[^/?#]{0,40}//\]?)?[^/?#]*")
SURROGATE = re.compile("[\ud800-\udfff]")
PUNYCODE = re.compile(r"(://(?:[^/?#@\\]*@)?)([A-Za-z0-9._\-]*xn--[A-Za-z0-9._\-]*)", re.IGNORECASE)
LDH = re.compile(r"[a-z0-9_\-]+(?:\.[a-z0-9_\-]+)*")
NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)")
IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
NEEDLESS = r"2[DEde]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee]"
ESCAPE = re.compile(rf"%(?:({NEEDLESS})|(?![0-9A-F]{{2}})([0-9A-Fa-f]{{2}})?)")
"""An escape that is written otherwise in the normal form: needless, in lower case, or none at all."""
WEB = frozenset({"http", "https"})
KNOWN = WEB | {"ftp", "ws", "wss", "file"}
"""The schemes whose hosts the standard reads for us."""
WEB_PORTS = frozenset({"80", "443"})
PLAIN_HOST = re.compile(rf"[a-z0-9_\-](?:[a-z0-9._\-]{{0,{LONGEST_HOST - 2}}}[a-z0-9_\-])?|\[.*\]")
SHORTENERS = "shorteners.txt"


class Url(NamedTuple):
    """An address in parts: `host` in IDNA ASCII lower case without trailing dot (IPv6 in brackets), or empty.

    `port` is None where it is the scheme's own; `query` and `fragment` come without their mark. User and password are
    dropped.
    """

    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str


def parse(text: str) -> Url | None:
    """Return the address in parts; None for text that no browser would open. A missing scheme is read as http."""
    full = _with_scheme(text)
    if full is None:
        return None
    host = None
    seen = _whatwg(full)
    if seen is None:
        full, host = _without_punycode(_without_port(full))
        seen = _whatwg(full)
        if seen is None:
            return None
    if host is None:
        host = _without_dots(seen.hostname)
    scheme = seen.protocol[:-1]
    if host and scheme not in KNOWN:
        host = host_name(host) or host.lower()
    if len(host) > LONGEST_HOST or (not host and scheme in WEB):
        return None
    port = seen.port
    return Url(scheme, host, int(port) if port else None, seen.pathname, seen.search[1:], seen.hash[1:])


def normal_url(text: str) -> str | None:
    """Return the form in which spellings of one link are equal: `http://host[:port][/path][?query]`.

    https is written as http and ports 80 and 443 are dropped; so are user-info, fragment and the path's trailing
    slashes. Needless percent-escapes are resolved. The path is in lower case, except on link shorteners, where the
    case of a letter leads elsewhere; the query keeps its case.
    """
    if text.startswith(("https://", "http://")) and len(text) < LONGEST and "\\" not in text:
        seen = _whatwg(text.rstrip())
        if seen is not None and PLAIN_HOST.fullmatch(host := seen.hostname):
            return _web_form(host, seen.port, seen.pathname, seen.search)
    url = parse(text)
    return None if url is None else _form(url)


def _form(url: Url) -> str:
    scheme, host, port, path, query, _ = url
    ending = f"?{query}" if query else ""
    if scheme in WEB:
        return _web_form(host, "" if port is None else str(port), path, ending)
    if host:
        return f"{scheme}://{host}{'' if port is None else f':{port}'}{_path(host, path)}{_unescaped(ending)}"
    return f"{scheme}:{'//' if scheme == 'file' else ''}{_unescaped(path)}{_unescaped(ending)}"


def _web_form(host: str, port: str, path: str, query: str) -> str:
    at = f":{port}" if port and port not in WEB_PORTS else ""
    return f"http://{host}{at}{_path(host, path)}{_unescaped(query)}"


def _path(host: str, path: str) -> str:
    path = _unescaped(path).rstrip("/")
    return path if is_shortener(host) else path.lower()


@lru_cache(1 << 16)
def host_name(text: str) -> str | None:
    """Return a host in the form of `Url.host`; None for text that is none, or that is more than a host."""
    name = text.strip().rstrip(".").lower()
    if LDH.fullmatch(name) and not NUMBER.fullmatch(name):
        return name if len(name) <= LONGEST_HOST else None
    if not name or any(mark in name for mark in "/\\?#@ \t\r\n") or (":" in name and name[0] != "["):
        return None
    url = parse(f"http://{name}/")
    return url.host if url else None


@lru_cache(1 << 16)
def hosts_up(host: str) -> tuple[str, ...]:
    """Return the host and the domains above it, nearest first, without the bare top-level one; an IP stands alone."""
    if is_ip(host):
        return (host,)
    found = [host]
    rest = host.partition(".")[2]
    while "." in rest:
        found.append(rest)
        rest = rest.partition(".")[2]
    return tuple(found)


def is_ip(host: str) -> bool:
    """Tell whether a `Url.host` is an address: browsers read every host that ends in a number as IPv4."""
    return host[:1] == "[" or (host[-1:].isdigit() and IPV4.fullmatch(host) is not None)


@lru_cache(1 << 16)
def is_shortener(host: str) -> bool:
    """Tell whether the host is a known link shortener, or under one: the case of a path matters there."""
    return not shorteners().isdisjoint(hosts_up(host))


@cache
def shorteners() -> frozenset[str]:
    """Return the hosts of known link shorteners."""
    text = files("perito.records").joinpath("data", SHORTENERS).read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def _with_scheme(text: str) -> str | None:
    text = text[:LONGEST].strip()
    if "[" in text or "(" in text or "{" in text or "\\" in text or text[1:3].lower() != "tt":
        text = _refanged(text)
    scheme = SCHEME.match(text)
    if scheme is not None:
        name = scheme[1].lower()
        if not (PORT.match(text, scheme.end()) and ("." in name or name == "localhost")):
            return text
    elif broken := BROKEN_SCHEME.match(text):
        return f"{broken[1]}://{text[broken.end() :]}"
    elif text.startswith(("//", "\\\\")):
        return f"http:{text}"
    authority = AUTHORITY.match(text)
    if authority is None or not (DOTS.search(authority[0]) or authority[0].startswith(("[", "localhost"))):
        return None
    return f"http://{text}"


def _refanged(text: str) -> str:
    """Set the address right where its scheme or host is defanged, or it is quoted from JSON; else leave its path alone."""
    head = HEAD.match(text)
    start = text[: head.end()] if head else ""
    return refang(text) if ":\\/\\/" in text or refang(start) != start else text


def _whatwg(text: str) -> can_ada.URL | None:
    try:
        return can_ada.parse(text)
    except ValueError:
        return None
    except TypeError:  # a lone surrogate is not UTF-8
        return _whatwg(SURROGATE.sub("\ufffd", text))


def _without_dots(host: str) -> str:
    bare = host.strip(".")
    return bare if bare == host or not NUMBER.fullmatch(bare) else ""  # `1..` is neither a name nor a number


def _without_port(text: str) -> str:
    """Drop a port that cannot be: browsers refuse the address, and its host stands there all the same."""
    found = NO_PORT.match(text)
    return f"{found[1]}{text[found.end() :]}" if found and int(found[2][:9]) > HIGHEST_PORT else text


def _without_punycode(text: str) -> tuple[str, str | None]:
    """Set aside a host that is no valid punycode, which browsers refuse but feeds and logs contain."""
    found = PUNYCODE.search(text)
    if found is None or not LDH.fullmatch(host := found[2].lower().strip(".")) or NUMBER.fullmatch(host):
        return text, None
    return f"{text[: found.start(2)]}host{text[found.end(2) :]}", host


def _unescaped(text: str) -> str:
    return ESCAPE.sub(_one_unescaped, text) if "%" in text else text


def _one_unescaped(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(int(escape[1], 16))
    return f"%{escape[2].upper()}" if escape[2] else "%25"
