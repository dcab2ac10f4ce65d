"""Addresses carried inside an address: redirects, caches, translations, mail scanners, app links."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from perito.records.extent import end_of
from perito.records.link import Link, link, unread
from perito.records.suffixes import is_tld
from perito.records.urls import LONGEST

DEEPEST = 12
"""Links inside links are followed so far down; what lies deeper is told as unread."""
MOST_TRIED = 64
"""Places inside one address that are tried; no honest address has so many. What is left over is told as unread."""
MOST_LOOKED_AT = 512
"""The same, counting those met again at each level."""
TOO_DEEP = f"links inside this link are followed {DEEPEST} levels down and {MOST_TRIED} in all: there are more"
TOO_LONG = f"of this address the first {LONGEST:,} characters were read"

REDIRECTING = frozenset([
    "url", "uri", "u", "link", "href", "redir", "redirect", "redirect_uri", "redirecturi", "redirect_url",
    "redirecturl", "redirect_to", "redirectto", "dest", "dest_url", "desturl", "destination", "target", "target_url",
    "targeturl", "goto", "go", "next", "continue", "return", "return_url", "returnurl", "return_to", "returnto", "ru",
    "rurl", "r", "to", "out", "out_url", "outurl", "forward", "location", "loc",
])  # fmt: skip
"""Parameters whose value is an address even without a scheme; a search (`q`, `search`) is none."""
DEEPEST_ESCAPE = 3
"""Times a value is percent-decoded in search of an address; escapes of escapes beyond are then taken off at once."""
ESCAPED_AGAIN = re.compile(r"%(?:25)+")
AMP_HOST = ".cdn.ampproject.org"
TRANSLATED_HOST = ".translate.goog"
ARCHIVE_HOST = "web.archive.org"
TAIL = re.compile(r"[/?#\\]")
ADDRESS = re.compile(r"(?:https?|ftps?|wss?|webcals?)://|https?:/(?=[^/])|(?<![^=])//(?=[^/])", re.IGNORECASE)
BETWEEN = re.compile(r"[/?&;#=]")
ESCAPED = re.compile(r"%(?:25)*(?:3a|2f)", re.IGNORECASE)
PARAMETER = re.compile(r"[?&;#](?:amp;)?([A-Za-z_]{1,12})=([^&;#\s]*)")
SEARCHED = re.compile(r"/url\?(?:[^#]*&)?q=([^&#\s]+)|[?&]q=cache:(?:[\w\-]+:)?([^&#+\s]+)", re.IGNORECASE)
HOST = re.compile(r"[\w\-]+(?:\.[\w\-]+)*\.([A-Za-z][\w\-]*)\.?(?=[:/?#]|$)")
MAY_REDIRECT = REDIRECTING | {"q"}
DEFENSE_V2 = re.compile(r"[?&]u=(https?-3A__[^&#]+)", re.IGNORECASE)
AMP = re.compile(r"/amp/(s/)?([\w\-]+(?:\.[\w\-]+)+(?:[/?#].*)?)", re.IGNORECASE | re.DOTALL)
ARCHIVED = re.compile(r"/web/[0-9*]{1,14}[a-z_*]{0,4}/([\w\-]+(?:\.[\w\-]+)+(?:[/:?#].*)?)", re.IGNORECASE | re.DOTALL)
AMP_CACHE = re.compile(r"/[a-z]{1,3}/(s/)?([\w\-]+(?:\.[\w\-]+)+(?:[/?#].*)?)", re.IGNORECASE | re.DOTALL)
APP_LINK = re.compile(r"android-app://[^/]*/(https?)/(.+)", re.IGNORECASE | re.DOTALL)
INTENT = re.compile(r"intent:(//[^#]+)#Intent;(?:.*;)?scheme=([a-z][a-z0-9+.\-]*);", re.IGNORECASE | re.DOTALL)
WRAPPED = re.compile(r"(?:[a-z][a-z0-9+.\-]*-(https?)|googlechrome(s?))://(?!navigate)(.+)", re.IGNORECASE | re.DOTALL)
OPAQUE = re.compile(r"[a-z][a-z0-9+\-]*:(?!//)(?![0-9]{1,5}(?:[/?#]|$))", re.IGNORECASE)
"""A scheme without a host, such as `about:reader?url=`: what follows is searched like a path."""


def redirects(address: str) -> list[Link]:
    """Return the distinct links that an address carries, without itself; last, of kind `unread`, what was not followed."""
    full = _with_host(address[:LONGEST].strip())
    cut_off = [unread(address, TOO_LONG)] if len(address) > LONGEST and not OPAQUE.match(address) else []
    if carries_nothing(full):
        return cut_off
    found: dict[str, Link] = {}
    tried: set[str] = set()
    waiting = [(full, 0)]
    more = False
    left = MOST_LOOKED_AT
    while waiting:
        outer, depth = waiting.pop(0)
        more = more or not left
        for inner in islice(inside(outer), min(left, MOST_TRIED + 1)):
            left -= 1
            if inner in tried:
                continue
            more = more or depth == DEEPEST or len(tried) == MOST_TRIED
            if more:
                break
            tried.add(inner)
            cut = inner[: end_of(inner, inner.find(":/") + 1)]
            one = link("url", cut)
            if one is not None and one.normal not in found:
                found[one.normal] = one
                waiting.append((cut, depth + 1))
    return [*found.values(), *([unread(address, TOO_DEEP)] if more else []), *cut_off]


def _with_host(address: str) -> str:
    if OPAQUE.match(address):
        return f"http://opaque.invalid/{address}"
    return address if "://" in address[:64] else f"http://{address}"


def carries_nothing(address: str) -> bool:
    """Tell cheaply of most addresses on the web that nothing is inside."""
    rest = address[8:]
    if "%" in rest or "//" in rest or ":/" in rest or not address.startswith("http"):
        return False
    host = rest[:256].lower()
    if "google." in host or AMP_HOST in host or TRANSLATED_HOST in host or ARCHIVE_HOST in host:
        return False
    return "=" not in rest or MAY_REDIRECT.isdisjoint([name.lower() for name, _ in PARAMETER.findall(rest)])


def inside(address: str) -> Iterator[str]:
    """Yield the addresses that the address carries, one level down, each with a scheme.

    A value with a scheme (also `//host`, also percent-encoded) counts in any parameter, in the path and in the
    fragment; a mere host only in a parameter that redirects, so that words searched for are no visit.
    """
    start = address.find("://") + 3
    tail_at = TAIL.search(address, start)
    host = address[start : tail_at.start() if tail_at else None].lower()
    yield from _by_host(address, host)
    if tail_at is None:
        return
    tail = address[tail_at.start() :]
    yield from _written_out(tail)
    if "%" in tail:
        yield from _escaped(tail)
    if "=" in tail:
        yield from _redirected(tail)


def _written_out(tail: str) -> Iterator[str]:
    """Addresses that stand in the tail as they are: in the path they run to the end, in a parameter to its end."""
    if "//" not in tail and ":/" not in tail:
        return
    query_at = tail.find("?") if "?" in tail else len(tail)
    for found in ADDRESS.finditer(tail, 1):
        rest = tail[found.start() :]
        if found.start() < query_at:
            if found[0] != "//":
                yield rest.partition("__;")[0]
            continue
        value = rest.partition("&")[0]
        yield value if found[0] != "//" else f"http:{value}"
        if "?" in value and value != rest:
            yield rest


def _escaped(tail: str) -> Iterator[str]:
    for piece in BETWEEN.split(tail):
        if not ESCAPED.search(piece):
            continue
        value = piece
        for _ in range(DEEPEST_ESCAPE):
            value = unquote(value)
            if "//" in value or ":/" in value:
                break
        else:
            value = unquote(ESCAPED_AGAIN.sub("%", value))
        for word in value.split():
            if found := ADDRESS.search(word):
                yield word[found.start() :] if found[0] != "//" else f"http:{word[found.start() :]}"


def _redirected(tail: str) -> Iterator[str]:
    values = [value for name, value in PARAMETER.findall(tail) if name.lower() in REDIRECTING]
    values += [one or other for one, other in SEARCHED.findall(tail)]
    for value in values:
        plain = unquote(value) if "%" in value else value
        host = HOST.match(plain.rpartition("@")[2] if "/" not in plain else plain)
        if host is not None and is_tld(host[1].lower()):
            yield f"http://{plain}"
    if "-3A__" in tail and (found := DEFENSE_V2.search(tail)):
        yield unquote(found[1].replace("-", "%").replace("_", "/"))


def _by_host(address: str, host: str) -> Iterator[str]:
    if ".google." in f".{host}":
        yield from _amp(address)
    elif host.endswith(AMP_HOST):
        yield from _amp_cache(address, host)
    elif host.endswith(TRANSLATED_HOST):
        yield from _dashed(address, host, TRANSLATED_HOST)
    elif host == ARCHIVE_HOST and (found := ARCHIVED.search(address)):
        yield f"http://{found[1]}"
    if not address[:4].lower().startswith("http"):
        yield from _app_link(address)


def _amp(address: str) -> Iterator[str]:
    if found := AMP.search(address):
        yield f"http{'s' if found[1] else ''}://{found[2]}"


def _amp_cache(address: str, host: str) -> Iterator[str]:
    if found := AMP_CACHE.search(address, address.find("://") + 3 + len(host)):
        yield f"http{'s' if found[1] else ''}://{found[2]}"
    else:
        yield from _dashed(address, host, AMP_HOST)


def _dashed(address: str, host: str, ending: str) -> Iterator[str]:
    """A host written as one label: `-` for a dot and `--` for a hyphen."""
    label = host.removesuffix(ending)
    if label != host and "." not in label:
        name = label.replace("--", "\0").replace("-", ".").replace("\0", "-")
        yield f"https://{name}{address[address.find('://') + 3 + len(host) :]}"


def _app_link(address: str) -> Iterator[str]:
    if found := APP_LINK.match(address):
        yield f"{found[1]}://{found[2]}"
    elif found := INTENT.match(address):
        yield f"{found[2]}:{found[1]}"
    elif found := WRAPPED.match(address):
        yield f"{found[1] or f'http{found[2]}'}://{found[3]}"
