"""Every link in a text that people wrote: with and without a scheme, defanged, and links carried inside links."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from perito.records.extent import believable, end_of
from perito.records.link import Link, link
from perito.records.nested import ESCAPED, links_inside
from perito.records.refang import may_be_fanged, refang_with_places
from perito.records.urls import IPV4, LONGEST
from perito.records.webkit import webkit_links

__all__ = ["Link", "links", "links_inside", "webkit_links"]

SHORTEST = len("a.b")
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
BARE = re.compile(
    r"""(?<![\w.\-@/\\%+&\#])
    (?P<local>[\w.+\-]{1,256}@)?
    (?P<host>(?:[\w\-]+[.\u3002\uff0e\uff61])+[\w\-]+)
    (?P<port>:[0-9]{1,5}(?![0-9]))?
    (?P<rest>[/?#\\].*)?""",
    re.VERBOSE | re.DOTALL,
)
IPV6 = re.compile(r"(?<![\w\[])\[[0-9A-Fa-f:.]{2,45}\](?![\w\]])")
CHAT = re.compile(
    r"(?:wa\.me/|(?:whatsapp\.com/send/?|whatsapp://send)\?(?:[^#]*&)?phone=|signal\.me/#p/)(?:\+|%2B)?([0-9]{7,15})",
    re.IGNORECASE,
)
"""A link that opens a chat with a telephone number."""
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
        at = begin + end_of(text[begin:stop], mark.end() - begin, text[begin - 1 : begin])
        yield from _address(text[begin:at], seen.written(begin, at))
        at = max(at, mark.end())


def _scheme_start(text: str, low: int, colon: int) -> int:
    before = text[max(low, colon - 31) : colon]
    scheme = HTTP_BEFORE.search(before) or SCHEME_BEFORE.search(before)
    return colon - len(scheme[0]) if scheme else colon


def _address(address: str, written: str) -> Iterator[Link]:
    one = link("url", address, written)
    if one is not None and not one.normal.startswith(("file:", "data:")):
        yield one
    yield from _carried(address)


def _carried(address: str) -> Iterator[Link]:
    yield from links_inside(address)
    if ("wa.me/" in address or "phone=" in address or "signal.me/" in address) and (chat := CHAT.search(address)):
        one = link("phone", f"+{chat[1]}")
        if one is not None:
            yield one


def _bare(seen: _Text, start: int, end: int) -> Iterator[Link]:
    text = seen.clean
    if end - start < SHORTEST:
        return
    for mark in BARE.finditer(text, start, end):
        yield from _host(seen, mark)
    word = text[start:end]
    if "[" in word:
        yield from _each("ip", IPV6, 0, seen, start, end)
    if ":" in word:
        yield from _each("phone", TELEPHONE, 1, seen, start, end)
    if "%" in word and ESCAPED.search(word):  # `sms:?body=https%3A%2F%2F…`
        yield from links_inside(f"sms:{word}")


def _each(kind: str, pattern: re.Pattern[str], group: int, seen: _Text, start: int, end: int) -> Iterator[Link]:
    for mark in pattern.finditer(seen.clean, start, end):
        one = link(kind, mark[group], seen.written(*mark.span()))
        if one is not None:
            yield one


def _host(seen: _Text, mark: re.Match[str]) -> Iterator[Link]:
    begin, end = mark.span("host")
    host = None if _in_parameter(mark) else believable(mark["host"])
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
        address = address[: end_of(address, 7, seen.clean[begin - 1 : begin] if begin else "")]
        one = link("url", address, seen.written(begin, begin + len(address) - 7))
        if one is not None and (not mark["local"] or (mark["rest"] or "").startswith("/")):
            yield one
        yield from _carried(address)


def _in_parameter(mark: re.Match[str]) -> bool:
    """Tell whether the words before belong to an address of another host, as in `intranet/?q=bad.example`."""
    start = mark.start()
    if mark.string[start - 1 : start] != "=":
        return False
    before = mark.string[max(0, start - 256) : start].rpartition(" ")[2]
    return "/" in before or "?" in before
