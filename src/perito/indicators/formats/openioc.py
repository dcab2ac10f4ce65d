"""OpenIOC 1.0 and 1.1 (XML): the value in `Content`, or, where that is empty, in the item's own `id`."""

import itertools
import re
from collections.abc import Iterator
from typing import BinaryIO

from perito.base.text import excerpt
from perito.indicators.formats.decoded import well_formed
from perito.indicators.formats.stix2_time import moment
from perito.indicators.formats.value_kinds import kind_by_form, whole
from perito.indicators.formats.xml_events import Damage
from perito.indicators.formats.xml_trees import Element, trees
from perito.indicators.indicator import About, Claim, LeftOut, Problem, Said, Unmatched

NAME = "OpenIOC"
HEAD = re.compile(r"<(?:[\w.-]+:)?(?:ioc|OpenIOC)\b")
STIX = re.compile(r"<(?:[\w.-]+:)?STIX_Package\b")
TREES = {"IndicatorItem", "short_description", "description", "authored_by", "authored_date", "link"}
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
EVENT_NUMBER = re.compile(r"Event #\d+")
KINDS = {
    "network/dns": "domain", "dnsentryitem/host": "domain", "dnsentryitem/recordname": "domain",
    "network/http_host": "domain", "urlhistoryitem/hostname": "domain",
    "cookiehistoryitem/hostname": "domain", "dnsentryitem/recorddata/host": "domain", "network/hostname": "domain",
    "urlhistoryitem/url": "url",
    "network/uri": "url", "network/http_url": "url", "filedownloadhistoryitem/sourceurl": "url",
    "routeentryitem/destination": "ip", "portitem/remoteip": "ip",
    "processitem/portlist/portitem/remoteip": "ip", "network/ip": "ip",
    "arpentryitem/ipv4address": "ip", "dnsentryitem/recorddata/ipv4address": "ip", "email/from": "email",
    "email/sender": "email", "email/replyto": "email", "fileitem/md5sum": "hash", "fileitem/sha1sum": "hash",
    "fileitem/sha256sum": "hash", "processitem/md5sum": "hash", "serviceitem/pathmd5sum": "hash",
    "taskitem/md5sum": "hash", "driveritem/md5sum": "hash", "fileitem/filename": "file_name",
    "fileitem/fullpath": "path", "fileitem/filepath": "path", "processitem/name": "process",
    "processitem/path": "path", "fileitem/peinfo/digitalsignature/certificatemd5": "certificate",
}  # fmt: skip
DECIDES_ALONE = {"hash", "certificate"}
DIGEST = re.compile(r"(?:file|process|service|task|driver|module)item/(?:\w+/)*(?:path)?(?:md5|sha1|sha256|sha512)sum")
EARLIEST = 1990
"""Some editors write the year 1 where no date is known."""
EQUAL = {"is", ""}
WIDER = {"contains", "starts-with", "ends-with"}
"""What the whole value meets too; most published files write host names so."""
MOST_TOGETHER = 10_000
"""Items below one AND that are held back; more of them are all parts of a condition."""


def recognises(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell by the root element; a package of STIX may hold one further in."""
    found = HEAD.search(head) if head.lstrip("\ufeff \t\r\n")[:1] == "<" else None
    return found is not None and not STIX.search(head, 0, found.start())


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield one claim an item; what the file says about itself stands before its items."""
    heard: dict[str, str] = {}
    about: About | None = None
    group = _Group(file)
    for tree in trees(stream, TREES):
        if isinstance(tree, Damage):
            yield Problem(file, f"line {tree.line}", tree.reason, tree.raw)
        elif tree.name == "IndicatorItem":
            about = about or _about(heard)
            yield from group.add(tree, about)
        elif tree.text.strip():
            heard[tree.name] = well_formed(" ".join(tree.text.split()))
            about = None
    yield from group.close()


class _Group:
    """The items below one outermost AND, held back until it is known whether that AND joins more than one thing."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.top: Element | None = None
        self.items: list[tuple[Element, About]] = []

    def add(self, tree: Element, about: About) -> Iterator[Said]:
        top = next(filter(_is_and, tree.within), None)
        if top is None or top is not self.top or len(self.items) >= MOST_TOGETHER:
            yield from self.close()
        self.top = top
        self.items.append((tree, about))
        if top is None:
            yield from self.close()

    def close(self) -> Iterator[Said]:
        """Yield what was held back: an item is a part of a condition where an AND around it joins it to another."""
        joined: dict[int, set[int]] = {}
        for tree, _ in self.items:
            for name, part in _operands(tree):
                joined.setdefault(name, set()).add(part)
        many = len(self.items) >= MOST_TOGETHER
        for tree, about in self.items:
            together = many or any(len(joined[name]) > 1 for name, _ in _operands(tree))
            yield from _item(tree, about, self.file, together=together)
        self.items = []


def items_in(element: Element, about: About, file: str) -> Iterator[Said]:
    """Yield the claims of the items inside an element of another format."""
    waiting = [(element, False)]
    while waiting:
        one, together = waiting.pop()
        if one.name == "IndicatorItem":
            yield from _item(one, about, file, together=together)
            continue
        together = together or (_is_and(one) and len(one.children) > 1)
        waiting.extend((child, together) for child in reversed(one.children))


def _operands(tree: Element) -> Iterator[tuple[int, int]]:
    """Yield each AND around an item, and what directly in it the item is or lies in, by identity."""
    for one, inner in itertools.pairwise((*tree.within, tree)):
        if _is_and(one):
            yield id(one), id(inner)


def _is_and(one: Element) -> bool:
    return one.name == "Indicator" and one.attributes.get("operator", "").upper() == "AND"


def _about(heard: dict[str, str]) -> About:
    short = heard.get("short_description", "")
    title = heard.get("description", "") if not short or EVENT_NUMBER.fullmatch(short) else short
    when = moment(heard.get("authored_date", ""))
    if when and when.year < EARLIEST:
        when = None
    return About(
        source=heard.get("authored_by", ""),
        campaign=title or short,
        report=heard["link"] if heard.get("link", "").startswith("http") else title or short,
        published=when.date() if when else None,
    )


def _item(tree: Element, about: About, file: str, *, together: bool) -> Iterator[Said]:
    value, ref = _value(tree), f"line {tree.line}"
    if not value:
        yield Problem(file, ref, "an item without a value", excerpt(tree.attributes.get("id", "")))
        return
    context = tree.find("Context")
    place = context.attributes.get("search", "") if context else ""
    kind = _kind(place, value)
    reason = _why_not(tree, kind, place, value)
    if reason or kind is None:
        yield Unmatched(place or "no place", value, reason)
        return
    if (condition := tree.attributes.get("condition", "").lower()) in WIDER:
        yield LeftOut(f"{condition}: only the whole value is asked for", 1)
    if kind not in DECIDES_ALONE and together:
        yield Problem(file, ref, "one part of a condition: context only", excerpt(value))
        about = about._replace(context_only=True)
    yield Claim(ref, kind, value, about)


def _value(tree: Element) -> str:
    """Return the content; an `id` only counts where it is no identifier."""
    content = tree.find("Content")
    if content is not None and content.text.strip():
        return content.text.strip()
    name = tree.attributes.get("id", "").strip()
    return "" if UUID.fullmatch(name) else name


def _kind(place: str, value: str) -> str | None:
    if place:
        known = KINDS.get(place.lower())
        return known or ("hash" if DIGEST.fullmatch(place.lower()) else None)
    guess = kind_by_form(value)
    return guess.kind if guess and guess.sure else None


def _why_not(tree: Element, kind: str | None, place: str, value: str) -> str:
    if kind is None:
        return f"{place[:60] or 'an item without a place'} is not compared here"
    condition = tree.attributes.get("condition", "").lower()
    if tree.attributes.get("negate", "").lower() == "true":
        return "negated"
    if condition in EQUAL or (condition in WIDER and whole(kind, value)):
        return ""
    return f"{condition[:40]} cannot be matched on stored records"
