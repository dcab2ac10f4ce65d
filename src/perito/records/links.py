"""Every link in a text that people wrote: with and without a scheme, defanged, and links carried inside links."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from perito.records.extent import AUTHORITY, believable, end_of, run_up, starts_sentence, without_sentence
from perito.records.hints import HINTS, may_hold_links
from perito.records.link import UNREAD, Link, link, unread
from perito.records.nested import ESCAPED, TOO_LONG, redirects
from perito.records.packed import holds_packed, may_be_packed, packed
from perito.records.refang import may_be_fanged, refang_with_places
from perito.records.urls import IPV4, LONGEST
from perito.records.webkit import webkit_links

__all__ = ["HINTS", "UNREAD", "Link", "all_inside", "all_links", "links", "links_inside", "webkit_links"]

SHORTEST = len("a.b")
DEEPEST = 3
"""Texts packed in links of packed texts are read so far down; what lies deeper is told as unread."""
TOO_DEEP = f"texts packed inside this link are read {DEEPEST} levels down: there are more"
HINT = re.compile(r"[.:\u3002\uff0e\uff61](?![\s.])")
ENCODED = re.compile(rf"{HINT.pattern}|%(?:25)*3[aA]%|aHR0c|SFRUU|odHRw|h0dH|68747470")
GAP = r"""\s\x00-\x1f<>"`“`”«»„"""
TO_LAST_GAP = re.compile(rf".*[{GAP}]", re.DOTALL)
TO_NEXT_GAP = re.compile(rf"[^{GAP}]+")
SEPARATOR = re.compile(
    r"://|https?(?::[/\\]+(?=[^/\\])|(?:[;.,]?//|__)(?=[^\s/\\.\u3002\uff0e\uff61]{1,253}[.\u3002\uff0e\uff61]))",
    re.IGNORECASE,
)
"""Between scheme and host; what is no `:` counts only where a dot follows, as in a host."""
SCHEME_BEFORE = re.compile(r"[a-z][a-z0-9+.\-]{0,30}\Z", re.IGNORECASE)
HTTP_BEFORE = re.compile(r"https?\Z", re.IGNORECASE)
BROKEN_OFF = re.compile(r"https?://([\w.\-]{1,253})(?:\r?\n|\t)(?=[\w.\-])", re.IGNORECASE)
"""An address at the end of a line, of which nothing follows the host."""
SOFT_BREAK = re.compile(r"=\r?\n")
"""How e-mail (quoted-printable) breaks a long line; both readings, with it and without, are searched."""
FULL_LINE = re.compile(r"(?<=[^\r\n]{60})=\r?\n")
"""The same behind a line as long as e-mail makes it, for texts without `://`: elsewhere a line may end in `url=`."""
LETTERS = r"\w\-\u24b6-\u24e9\U0001f130-\U0001f149"
"""Letters of a host as it is written: those in a circle or a square are mapped to the plain ones (UTS 46)."""
BARE = re.compile(
    rf"""(?:(?<![\w.\-@/\\%+&\#])(?:(?<!\b[A-Za-z]:)(?<!~)(?://?|\\\\)|[\#+&.](?![0-9]+\.[0-9]))??
        |(?<=\.\.)(?!\.)
        |(?<=(?<!\\)\\[nrt]))
    (?P<local>[\w.+\-]{{1,256}}@)?
    (?P<host>(?:[{LETTERS}]+[.\u3002\uff0e\uff61])+[{LETTERS}]+)
    (?P<port>:(?:[0-9]{{1,5}}(?![0-9])|(?=/)))?
    (?P<rest>(?:[/?\#]|\\(?![nrtu"'])).*)?""",
    re.VERBOSE | re.DOTALL,
)
"""A host that nothing runs into; so are `#host`, `//host`, `..host`, and `\\nhost` as JSON writes a new line."""
FOLDER = re.compile(r"(?:^|[^A-Za-z])[A-Za-z]:(?:\\|\Z)|\\(?![nrtu\"'/\\])")
"""What tells that the words before are those of a folder on Windows."""
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
    found = all_links(text)
    return [one for one in found if one.kind != UNREAD] if found else found


def links_inside(address: str) -> list[Link]:
    """Return the distinct links that an address carries (redirects, packed texts), without the address itself."""
    return [one for one in all_inside(address) if one.kind != UNREAD]


def all_links(text: str, depth: int = 0) -> list[Link]:
    """Return what `links` does, and of kind `unread` each address in which something was not followed."""
    if not may_hold_links(text):
        return []
    seen = _Text(*_set_right(text))
    found: dict[tuple[str, str], Link] = {}
    for start, end in _tokens(seen.clean):
        for one in _in_token(seen, start, end, depth):
            found.setdefault((one.kind, one.normal), one)
    for one in _broken_off(seen, depth):
        found.setdefault((one.kind, one.normal), one)
    return list(found.values())


def all_inside(address: str, depth: int = 0) -> list[Link]:
    """Return what `links_inside` does, and of kind `unread` the address itself where it was not followed to the end."""
    found = redirects(address)
    if may_be_packed(address):
        known = dict.fromkeys(found)
        known.update(dict.fromkeys(_unpacked(address, depth)))
        found = list(known)
    return found


def _unpacked(address: str, depth: int) -> Iterator[Link]:
    for text in dict.fromkeys(packed(address)):
        if depth < DEEPEST:
            yield from all_links(text, depth + 1)
        elif may_hold_links(text):
            yield unread(address, TOO_DEEP)
            return


def _set_right(text: str) -> tuple[str, str, list[tuple[int, int]]]:
    if not may_be_fanged(text):
        return text, text, []
    clean, places = refang_with_places(text)
    return clean, text, places


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the words stand that hold a dot or a colon inside."""
    pattern = ENCODED if "%" in text or holds_packed(text) else HINT
    at = 0
    while hint := pattern.search(text, at):
        gap = TO_LAST_GAP.match(text, at, hint.start())
        end = TO_NEXT_GAP.match(text, hint.start())
        start, at = gap.end() if gap else at, end.end() if end else hint.end()
        yield start, at


def _in_token(seen: _Text, start: int, end: int, depth: int) -> Iterator[Link]:
    text = seen.clean
    at = start
    word = text[start:end]
    if "//" not in word and ":/" not in word and ":\\" not in word and "__" not in word:
        yield from _bare(seen, start, end, depth)
        return
    while at < end:
        mark = SEPARATOR.search(text, at, end)
        begin = _scheme_start(text, at, mark.start()) if mark and mark[0] == "://" else mark.start() if mark else end
        yield from _bare(seen, at, begin, depth)
        if mark is None:
            return
        stop = min(end, begin + LONGEST)
        at = begin + end_of(text[begin:stop], mark.end() - begin, text[begin - 1 : begin])
        address = text[begin:at]
        if mark[0].endswith("__"):
            address = f"{mark[0][:-2]}://{text[mark.end() : at]}"
        yield from _address(address, seen.written(begin, at), depth)
        if end - begin > LONGEST and at == begin + LONGEST:
            yield unread(address, TOO_LONG)
        at = max(at, mark.end())


def _broken_off(seen: _Text, depth: int) -> Iterator[Link]:
    """Addresses whose host a line break or a tab parts, which browsers leave out: `https://exam⏎ple.com/x`."""
    if "=\n" in seen.clean or "=\r\n" in seen.clean:
        joined = (SOFT_BREAK if "://" in seen.clean else FULL_LINE).sub("", seen.clean)
        yield from all_links(joined, depth) if joined != seen.clean else []
    if "://" not in seen.clean or not ("\n" in seen.clean or "\t" in seen.clean):
        return
    for mark in BROKEN_OFF.finditer(seen.clean):
        rest = None if believable(mark[1]) else TO_NEXT_GAP.match(seen.clean, mark.end())
        if rest is None:
            continue
        address = (mark[0].rstrip() + rest[0])[:LONGEST]
        host_at = address.find("://") + 3
        address = address[: end_of(address, host_at)]
        host = AUTHORITY.match(address, host_at)
        if host is not None and believable(host[0].rpartition("@")[2].partition(":")[0]) is not None:
            yield from _address(address, seen.written(mark.start(), rest.end()), depth)


def _scheme_start(text: str, low: int, colon: int) -> int:
    before = text[max(low, colon - 31) : colon]
    scheme = HTTP_BEFORE.search(before) or SCHEME_BEFORE.search(before)
    return colon - len(scheme[0]) if scheme else colon


def _address(address: str, written: str, depth: int) -> Iterator[Link]:
    one = link("url", address, written)
    if one is not None and not one.normal.startswith(("file:", "data:")):
        yield one
        if "/" not in address[8:] and (shorter := without_sentence(address)) and (other := link("url", shorter)):
            yield other
    yield from _carried(address, depth)


def _carried(address: str, depth: int) -> Iterator[Link]:
    yield from all_inside(address, depth)
    if ("wa.me/" in address or "phone=" in address or "signal.me/" in address) and (chat := CHAT.search(address)):
        one = link("phone", f"+{chat[1]}")
        if one is not None:
            yield one


def _bare(seen: _Text, start: int, end: int, depth: int) -> Iterator[Link]:
    text = seen.clean
    if end - start < SHORTEST:
        return
    word = text[start:end]
    if "." in word or not word.isascii():
        for mark in BARE.finditer(text, start, end):
            yield from _host(seen, mark, depth)
    if "[" in word:
        yield from _each("ip", IPV6, 0, seen, start, end)
    if ":" in word:
        yield from _each("phone", TELEPHONE, 1, seen, start, end)
    if "%" in word and ESCAPED.search(word):  # `sms:?body=https%3A%2F%2F…`
        yield from redirects(f"sms:{word}")
    if may_be_packed(word):
        yield from _unpacked(word, depth)


def _each(kind: str, pattern: re.Pattern[str], group: int, seen: _Text, start: int, end: int) -> Iterator[Link]:
    for mark in pattern.finditer(seen.clean, start, end):
        one = link(kind, mark[group], seen.written(*mark.span()))
        if one is not None:
            yield one


def _host(seen: _Text, mark: re.Match[str], depth: int) -> Iterator[Link]:
    begin, end = mark.span("host")
    if _in_parameter(mark) or _in_folder(mark):
        return
    host = believable(mark["host"]) or believable(mark["host"][run_up(mark["host"]) :])
    if host is None:
        return
    shift = max(0, mark["host"].find(host))
    if mark["local"] and not shift:
        local_at = mark.start("local")
        if one := link("email", f"{mark['local']}{host}", seen.written(local_at, begin + len(host))):
            yield one
    elif len(host) + shift < end - begin or not (mark["port"] or mark["rest"]):
        yield from _alone(seen, host, begin + shift)
        return
    if mark["port"] or mark["rest"]:
        yield from _with_path(seen, mark, begin + shift, depth)
        if before := run_up(host):
            yield from _with_path(seen, mark, begin + shift + before, depth)


def _alone(seen: _Text, host: str, at: int) -> Iterator[Link]:
    if starts_sentence(host):
        return
    before = run_up(host)
    shorter = "" if host.islower() else without_sentence(host)
    for reading, shift in ((host, 0), (host[before:] if before else "", before), (shorter, 0)):
        kind = "ip" if IPV4.fullmatch(reading) else "domain"
        if reading and (one := link(kind, reading, seen.written(at + shift, at + shift + len(reading)))):
            yield one


def _with_path(seen: _Text, mark: re.Match[str], begin: int, depth: int) -> Iterator[Link]:
    address = f"http://{seen.clean[begin : mark.end()][:LONGEST]}"
    address = address[: end_of(address, 7, seen.clean[begin - 1 : begin] if begin else "")]
    one = link("url", address, seen.written(begin, begin + len(address) - 7))
    if one is not None and (not mark["local"] or (mark["rest"] or "").startswith("/")):
        yield one
    yield from _carried(address, depth)


def _in_parameter(mark: re.Match[str]) -> bool:
    """Tell whether the words before belong to an address of another host, as in `intranet/?q=bad.example`."""
    start = mark.start()
    if mark.string[start - 1 : start] != "=":
        return False
    before = mark.string[max(0, start - 256) : start].rpartition(" ")[2]
    return "/" in before or "?" in before


def _in_folder(mark: re.Match[str]) -> bool:
    r"""Tell whether the backslash before is that of a folder (`C:\notas.example`), not of a new line (`\n`)."""
    at = mark.start("host")
    if mark.string[max(0, at - 2) : at - 1] != "\\":
        return False
    words = mark.string[max(0, at - 258) : at - 2]
    return FOLDER.search(words, max(map(words.rfind, " \n\t")) + 1) is not None
