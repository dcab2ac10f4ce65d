"""Every link in a text that people wrote: with and without a scheme, defanged, and links carried inside links."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from perito.records.link import Link, link
from perito.records.nested import carries_nothing, inside
from perito.records.refang import may_be_fanged, refang_with_places
from perito.records.suffixes import is_tld
from perito.records.urls import DOTS, IPV4, LONGEST, LONGEST_HOST, host_name
from perito.records.webkit import webkit_links

__all__ = ["Link", "links", "links_inside", "webkit_links"]

DEEPEST = 6
"""Links inside links are followed so far down."""
MOST_JOINED = 3
"""Words run up against a host that are taken off it."""
MOST_TRIED = 64
"""Places inside one address that are tried; no honest address has so many."""
BRACKETED = r"[\[({](?:\s?(?:dot|punto|at|arroba|@)|[0-9a-f]*:)"
CALLED = r":[/\\+(0-9]"
HINTS = rf"(?i)\.[^\s.]|{CALLED}|&#|[\x{{3002}}\x{{ff0e}}\x{{ff61}}]|{BRACKETED}"
"""An RE2 pattern, for whole columns: a text that it does not match holds no link."""
HINT = re.compile(r"[.:\u3002\uff0e\uff61](?![\s.])")
DOT_INSIDE = re.compile(r"\.[^\s.]")
BRACKETED_MARK = re.compile(BRACKETED, re.IGNORECASE)
CALLED_MARK = re.compile(CALLED)
GAP = r"""\s\x00-\x1f<>"`“”«»„"""
TO_LAST_GAP = re.compile(rf".*[{GAP}]", re.DOTALL)
TO_NEXT_GAP = re.compile(rf"[^{GAP}]+")
SEPARATOR = re.compile(r"://|https?:/(?=[^/])", re.IGNORECASE)
SCHEME_BEFORE = re.compile(r"[a-z][a-z0-9+.\-]{0,30}\Z", re.IGNORECASE)
HTTP_BEFORE = re.compile(r"https?\Z", re.IGNORECASE)
AUTHORITY = re.compile(r"[^/?#\\]*")
NO_HOST = r"""\s:/?#\\,;()\[\]{}'!*|^&=+$~<>"‘’‚…–—！？，；：（）【】「」『』、《》〈〉•¿¡"""  # noqa: RUF001
HOST_PORT = re.compile(rf"(?:\[[0-9A-Fa-f:.%]*\]|[^{NO_HOST}]*)(?::[0-9]{{0,5}}(?![0-9]))?")
CUT = re.compile(r"""\]\(|\)\[|[,;|'](?=https?://)|\\[nrtu"']""", re.IGNORECASE)
CLOSING = {")": "(", "]": "[", "}": "{", "）": "（", "】": "【", "」": "「"}  # noqa: RUF001
TRAILING = ".,;:!?'\"|^…’‘”»、。，！？；：》』"  # noqa: RUF001
MARKED = "*_~"
BARE = re.compile(
    r"""(?<![\w.\-@/\\%+&\#])
    (?P<local>[\w.+\-]{1,256}@)?
    (?P<host>(?:[\w\-]+[.\u3002\uff0e\uff61])+[\w\-]+)
    (?P<port>:[0-9]{1,5}(?![0-9]))?
    (?P<rest>[/?#\\].*)?""",
    re.VERBOSE | re.DOTALL,
)
LAST_DOT = re.compile(r"(.*)([.\u3002\uff0e\uff61])(.*)", re.DOTALL)
NEXT_SENTENCE = re.compile(r"[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+")
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Scripts that put no space between words (and Korean particles), so that they run up against a host."""
GLUED = re.compile(rf"(?<=\.)[A-Za-z][A-Za-z0-9\-]*(?=[{UNSPACED}][^.]*\Z)")
IPV6 = re.compile(r"(?<![\w\[])\[[0-9A-Fa-f:.]{2,45}\](?![\w\]])")
TELEPHONE = re.compile(r"(?<!\w)(?:tel|sms|smsto|facetime|callto):(?://)?(\+?[0-9()\-.%]{3,32})", re.IGNORECASE)


class _Text(NamedTuple):
    """A text set right, and where its parts stood in the original."""

    clean: str
    original: str
    places: list[tuple[int, int]]

    def written(self, start: int, end: int) -> str:
        if not self.places:
            return self.clean[start:end]
        return self.original[self._place(start) : self._place(end)]

    def _place(self, at: int) -> int:
        index = bisect_right(self.places, (at, len(self.original) + 1)) - 1
        if index < 0:
            return at
        clean, original = self.places[index]
        return original + at - clean


def links(text: str) -> list[Link]:
    """Return each distinct link of the text once, in order of appearance, those carried inside a link after it.

    Kinds are url (with a scheme, a port or a path), domain (a bare host under a real top-level domain), ip, email and
    phone (`tel:`). The time is linear in the length of the text.
    """
    if not _may_hold(text):
        return []
    seen = _Text(*_set_right(text))
    found: dict[tuple[str, str], Link] = {}
    for start, end in _tokens(seen.clean):
        for one in _in_token(seen, start, end):
            found.setdefault((one.kind, one.normal), one)
    return list(found.values())


def links_inside(address: str) -> list[Link]:
    """Return the distinct links that an address carries (redirects and the like), without the address itself."""
    full = address[:LONGEST] if "://" in address[:64] else f"http://{address[:LONGEST]}"
    if carries_nothing(full):
        return []
    found: dict[str, Link] = {}
    waiting = [(full, 0)]
    tries = MOST_TRIED
    while waiting and tries:
        outer, depth = waiting.pop(0)
        for inner in islice(inside(outer), tries):
            tries -= 1
            cut = inner[: _end(inner, inner.find(":/") + 1)]
            one = link("url", cut)
            if one is not None and one.normal not in found and depth < DEEPEST:
                found[one.normal] = one
                waiting.append((cut, depth + 1))
    return list(found.values())


def _may_hold(text: str) -> bool:
    if ("." in text and DOT_INSIDE.search(text)) or (":" in text and CALLED_MARK.search(text)) or "&#" in text:
        return True
    if not text.isascii() and ("。" in text or "．" in text or "｡" in text):  # noqa: RUF001
        return True
    return ("[" in text or "(" in text or "{" in text) and BRACKETED_MARK.search(text) is not None


def _set_right(text: str) -> tuple[str, str, list[tuple[int, int]]]:
    if not may_be_fanged(text):
        return text, text, []
    clean, places = refang_with_places(text)
    return clean, text, places


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the words stand that hold a dot or a colon inside."""
    at = 0
    while hint := HINT.search(text, at):
        gap = TO_LAST_GAP.match(text, at, hint.start())
        end = TO_NEXT_GAP.match(text, hint.start())
        start, at = gap.end() if gap else at, end.end() if end else hint.end()
        yield start, at


def _in_token(seen: _Text, start: int, end: int) -> Iterator[Link]:
    text = seen.clean
    at = start
    while at < end:
        mark = SEPARATOR.search(text, at, end)
        begin = _scheme_start(text, at, mark.start()) if mark and mark[0] == "://" else mark.start() if mark else end
        yield from _bare(seen, at, begin)
        if mark is None:
            return
        stop = min(end, begin + LONGEST)
        at = begin + _end(text[begin:stop], mark.end() - begin, text[begin - 1 : begin])
        yield from _address(text[begin:at], seen.written(begin, at))
        at = max(at, mark.end())


def _scheme_start(text: str, low: int, colon: int) -> int:
    before = text[max(low, colon - 31) : colon]
    scheme = HTTP_BEFORE.search(before) or SCHEME_BEFORE.search(before)
    return colon - len(scheme[0]) if scheme else colon


def _end(address: str, host_at: int, before: str = "") -> int:
    """Return where an address that a text goes on after really ends."""
    while address[host_at : host_at + 1] == "/":
        host_at += 1
    authority = AUTHORITY.match(address, host_at)
    end = authority.end() if authority else host_at
    user_end = address.rfind("@", host_at, end) + 1
    host = HOST_PORT.match(address, user_end or host_at, end)
    if host is not None and not host[0].isascii() and (glued := GLUED.search(host[0])) and is_tld(glued[0].lower()):
        return host.start() + glued.end()
    if host is not None and host.end() < end:
        return len(address[: host.end()].rstrip(TRAILING))
    if before == "'" and (quote := address.find("'", end)) > 0:
        address = address[:quote]
    cut = CUT.search(address, end)
    if cut is not None:
        address = address[: cut.start()]
    return _trimmed(address, before)


def _trimmed(address: str, before: str) -> int:
    if address[-1:].isalnum() or address[-1:] == "/":
        return len(address)
    surplus = {close: address.count(close) - address.count(mark) for close, mark in CLOSING.items()}
    end = len(address)
    while end:
        last = address[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in TRAILING and not (last in MARKED and last == before):
            break
        end -= 1
    return end


def _address(address: str, written: str) -> Iterator[Link]:
    one = link("url", address, written)
    if one is not None and not one.normal.startswith(("file:", "data:")):
        yield one
    yield from links_inside(address)


def _bare(seen: _Text, start: int, end: int) -> Iterator[Link]:
    text = seen.clean
    if end - start < 3:
        return
    for mark in BARE.finditer(text, start, end):
        yield from _host(seen, mark)
    if "[" in text[start:end]:
        for mark in IPV6.finditer(text, start, end):
            if one := link("ip", mark[0], seen.written(*mark.span())):
                yield one
    if ":" in text[start:end]:
        for mark in TELEPHONE.finditer(text, start, end):
            if one := link("phone", mark[1], seen.written(*mark.span())):
                yield one


def _host(seen: _Text, mark: re.Match[str]) -> Iterator[Link]:
    begin, end = mark.span("host")
    host = None if _in_parameter(mark) else _believable(mark["host"])
    if host is None:
        return
    shift = max(0, mark["host"].find(host))
    if mark["local"] and not shift:
        local_at = mark.start("local")
        if one := link("email", f"{mark['local']}{host}", seen.written(local_at, begin + len(host))):
            yield one
    elif len(host) + shift < end - begin or not (mark["port"] or mark["rest"]):
        kind = "ip" if IPV4.fullmatch(host) else "domain"
        if one := link(kind, host, seen.written(begin + shift, begin + shift + len(host))):
            yield one
        return
    if mark["port"] or mark["rest"]:
        begin += shift
        address = f"http://{seen.clean[begin : mark.end()][:LONGEST]}"
        address = address[: _end(address, 7, seen.clean[begin - 1 : begin] if begin else "")]
        one = link("url", address, seen.written(begin, begin + len(address) - 7))
        if one is not None and (not mark["local"] or (mark["rest"] or "").startswith("/")):
            yield one
        yield from links_inside(address)


def _in_parameter(mark: re.Match[str]) -> bool:
    """Tell whether the words before belong to an address of another host, as in `intranet/?q=bad.example`."""
    start = mark.start()
    if mark.string[start - 1 : start] != "=":
        return False
    before = mark.string[max(0, start - 256) : start].rpartition(" ")[2]
    return "/" in before or "?" in before


def _believable(written: str) -> str | None:
    """Return the part of the text that is a host: under a real top-level domain, or four numbers."""
    host = written.strip("-_") if len(written) < 2 * LONGEST_HOST else ""
    for _ in range(MOST_JOINED):
        if not host:
            break
        numbers = DOTS.sub(".", host)
        if IPV4.fullmatch(numbers):
            return numbers if all(int(part) < 256 and part == str(int(part)) for part in numbers.split(".")) else None
        name = host_name(host)
        if name is not None and "." in name and is_tld(name.rpartition(".")[2]):
            return host
        host = _without_next_words(host)
    return None


def _without_next_words(host: str) -> str:
    """Return the host before words run up against it: `bad.example.Gracias`, `bad.example。谢谢`, `bad.example에서`."""
    glued = GLUED.search(host)
    if glued is not None:
        return host[: glued.end()] if is_tld(glued[0].lower()) else ""
    parts = LAST_DOT.fullmatch(host)
    return parts[1] if parts and (parts[2] != "." or NEXT_SENTENCE.fullmatch(parts[3])) else ""
