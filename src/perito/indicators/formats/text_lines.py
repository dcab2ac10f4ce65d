"""What a line of a text list names, in the ways such lists are written: bare, `hosts`, filters, zones, sums, notes behind.

Forms known here: `hosts` files (several names a line), dnsmasq (`address=/name/…`), unbound (`local-zone: "name"`),
response policy zones (`name CNAME .`), filter lists (`||name^`), `sha256sum` and its BSD form, bullets, headings, labels
(`C2: value`). What such a list lets through, or says of whole pages, is passed over with a reason.
"""

import re
from typing import NamedTuple

from perito.indicators.accept import LONGEST, PLACEHOLDER
from perito.indicators.formats.value_kinds import WORDS, several, sure, words_of

COMMENTS = ("#", ";", "//", "!")
BULLET = re.compile(r"^(?:[-*\u2022\u25aa\u25cf\u2013]|\d{1,4}[.)])\s+(?=\S)")
BEHIND = re.compile(r"\s+(?:#|//|;).*$")
NOTE = re.compile(
    r"\s+(?:(?:-{1,2}|[\u2013\u2014])\s.*|\((?!\s?(?:\.|@|dot|punto|at|arroba)\b).*\)|\d{4}-\d\d-\d\d\b.*)$"
)
"""What stands behind a value in words; only cut where a value is left."""
HEADING = re.compile(r"\[[A-Za-z][^\[\]:]{0,80}\]")
LOCAL = re.compile(r"(?:0\.0\.0\.0|127\.0\.0\.1|255\.255\.255\.255|::1?|fe80::1(?:%\w+)?|ff0[0-3]::[0-3]?)\s+(\S.*)")
OWN_NAME = re.compile(
    r"(?:local|(?:ip6-)?localhost(?:\.localdomain)?\d?|broadcasthost|ip6-\w+|0\.0\.0\.0)", re.IGNORECASE
)
"""What a `hosts` file calls the machine itself."""
DNSMASQ = re.compile(r"(address|server|local)=((?:/[^/\s]+)+)/(\S*)")
NOWHERE = re.compile(r"#?|0\.0\.0\.0|127\.\d+\.\d+\.\d+|::1?")
"""Where a resolver sends what it blocks."""
RECORD = re.compile(r"(\S+\.\S+)\s+(?:\d+\s+)?(?:IN\s+)?(CNAME|A|AAAA)\s+(\S+)$")
ZONE_IP = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.rpz-ip\.?(?:\S+)?")
ONE_NAME = (
    re.compile(r"([0-9a-fA-F]{32,128})(?: [* ]|\t+\*)\S"),
    re.compile(r"(?:MD5|SHA-?\d{1,3}) ?\(.*\) ?= ?([0-9a-fA-F]{32,128})$"),
    re.compile(r"\|\|([^\^$|\s*]+)(?:[\^$|]|$)"),
    re.compile(r"\|(https?://[^|$\s]+)"),
    re.compile(r"local-(?:zone|data):\s*\"([^\"\s]+)"),
)
NAMED_SUM = re.compile(r"([0-9a-fA-F]{32,128})\s+\S")
ZONE = re.compile(r"\$(?:TTL|ORIGIN)\b|@\s|(?:\d+\s+)?(?:IN\s+)?(?:NS|SOA)\s|server:$")
"""What a zone, or a file of settings, says about itself."""
EXCEPTION = re.compile(r"@@|\S*#(?:@|@\?|@\$)#")
OF_PAGES = re.compile(r"\S*#(?:\?|\$|%)?#\S|/[^/]\S*[\\^$*+?\[(|]\S*/(?:\$\S*)?$|\|\|\S*\*\S*$")
ODD = re.compile(r"[\s|,;]|^(?:address|server|local)=/|^server:$|^@@|#@?[?$%]?#|^/.*/$")
"""What only a line holds that is more than one bare value."""
SPACED = {"process", "path", "file_name", "profile", "property", "phone"}
LABEL = re.compile(r"([A-Za-z][\w /&()'.-]{0,60}?)\s?(?::|=)\s+(\S.*)")
NO_LABELS = {
    "version", "build", "contact", "author", "authors", "report", "reports", "reference", "references", "ref", "source",
    "sources", "blog", "link", "links", "email", "mail", "via", "see", "legitimate", "benign", "victim", "homepage",
    "licence", "license", "title", "expires", "url",
}  # fmt: skip
"""Labels in front of what is no indicator: where a list is from, whom to write to."""
HARMLESS = {"benign", "legitimate", "allowlist", "whitelist", "whitelisted", "allowed", "legitimo", "benigno"}
ALLOWED = HARMLESS | {"allow", "white", "allowlists", "whitelists", "safelist", "permitidos"}
VICTIMS = {"victim", "victims", "victima", "victimas"}
REPORTS = {
    "report", "reports", "reference", "references", "ref", "refs", "source", "sources", "blog", "article", "writeup",
    "analysis", "informe", "informes", "fuente", "fuentes", "referencia", "referencias", "analisis", "via",
}  # fmt: skip
BETWEEN_VALUES = {
    "-",
    "--",
    "\u2013",
    "\u2014",
    "->",
    "=>",
    "\u2192",
    "|",
    "/",
    "port",
    "and",
    "or",
    "tcp",
    "udp",
    "&",
    "+",
}
"""What stands between two values of a line, beside a number (of a port)."""
REGEX_OF_FILES = re.compile(r".*[\\\[(].*;\d{1,3}(?:;.*)?$")
LET_THROUGH = "an exception, which a list lets through"
OF_VICTIMS = "who was attacked, and no attacker"
PAGES = "a filter for parts of pages, or for many hosts by a pattern"
PATTERN = "a regular expression for names of files, which is not compared here"
HEAD = "a heading"
LONGEST_LINE = 400
"""Characters of a line in words that is looked at for what it says of the next."""
LONGEST_HEADING = 8
"""Words of a heading."""


class Line(NamedTuple):
    """The values of a line, or why it has none that are to be asked for (empty: it is a comment or blank)."""

    values: list[str]
    left_out: str = ""


NOTHING = Line([])


def line_of(line: str, kind: str | None = None) -> Line:
    """Return what a line names; prose comes back whole.

    `kind` is what the list is known to hold: names of files and processes may have spaces and brackets in them.
    """
    text = line.strip("\ufeff \t\r\n,")
    if not text or text.startswith(COMMENTS) or (HEADING.fullmatch(text) and not PLACEHOLDER.search(text)):
        return NOTHING
    if len(text) > LONGEST:
        return Line(several(text))
    if not ODD.search(text):
        return Line([text])
    if kind in {"file_name", "path"} and REGEX_OF_FILES.match(text):
        return Line([], PATTERN)
    if ZONE.match(text):
        return NOTHING
    text = BEHIND.sub("", BULLET.sub("", text))
    found = _of_resolver(text) or _of_filter(text, pages=kind not in SPACED)
    return found or Line([text] if kind in SPACED else _several(text))


def values_in(text: str) -> list[str]:
    """Return the values of a line or a cell of a text that is no list of a known form; prose comes back whole."""
    return _several(text) if ODD.search(text) else [text]


def _of_resolver(text: str) -> Line | None:
    found = LOCAL.match(text)
    if found:
        return Line([name for name in found[1].split() if not OWN_NAME.fullmatch(name)])
    found = DNSMASQ.match(text)
    if found:
        names = found[2][1:].split("/")
        return Line(names) if NOWHERE.fullmatch(found[3]) else Line([], LET_THROUGH)
    found = RECORD.match(text)
    if not found:
        return None
    if found[3].lower().startswith("rpz-passthru"):
        return Line([], LET_THROUGH)
    address = ZONE_IP.fullmatch(found[1])
    if address:
        length, *parts = address.groups()
        return Line([".".join(reversed(parts)) + ("" if length == "32" else f"/{length}")])
    return Line([found[1]])


def _of_filter(text: str, *, pages: bool) -> Line | None:
    if pages and EXCEPTION.match(text):
        return Line([], LET_THROUGH)
    for form in ONE_NAME:
        found = form.match(text)
        if found:
            return Line([found[1]])
    return Line([], PAGES) if pages and OF_PAGES.match(text) else None


def _several(text: str) -> list[str]:
    """Part a line into values where each part can be nothing else; cut a note in words behind a value."""
    bare = NOTE.sub("", text)
    if bare != text and sure(bare) and not any(map(sure, text[len(bare) :].split())):
        return [bare]
    parts = several(text)
    if len(parts) > 1 or sure(text):
        return parts
    first, mark, rest = text.partition(";")
    if mark and sure(first) and not any(map(sure, rest.split())):
        return [first.strip()]
    words = [word for word in text.split() if word.lower() not in BETWEEN_VALUES and not word.isdecimal()]
    if len(words) < len(text.split()) and words and all(map(sure, words)):
        return words
    found = NAMED_SUM.match(text)
    return [found[1]] if found else _labelled(text)


def _labelled(text: str) -> list[str]:
    found = LABEL.fullmatch(text)
    if found is None or set(words_of(found[1]).split()) & NO_LABELS or sure(text):
        return [text]
    parts = several(found[2])
    return parts if all(map(sure, parts)) else [text]


def is_heading(text: str) -> bool:
    """Tell a line above values: a few words that name what follows, or that end with a colon."""
    if len(text) > LONGEST_LINE:
        return False
    words = words_of(text).split()
    if not words or len(words) > LONGEST_HEADING or any(map(sure, text.split())):
        return False
    named = text.rstrip().endswith(":") or not {*words} - NAMES_VALUES
    return named and not set(words) & NO_LABELS - REPORTS - HARMLESS


def why_passed(text: str, *, bare: bool) -> str | None:
    """Say why what stands below a heading is left out: it is let through, or was attacked. Empty: it is not.

    Of a comment (`bare`) it is said only where it has no other words; None where it says nothing of what follows.
    """
    words = words_of(text[:LONGEST_LINE])
    said = set(words.split())
    rest = said - NAMES_VALUES
    if bare and not (rest <= ALLOWED | VICTIMS and said) and not text.rstrip().endswith(":"):
        return None
    if said & VICTIMS:
        return OF_VICTIMS
    named = said & (ALLOWED if bare or "list" in said else HARMLESS) and "malicious" not in said
    return LET_THROUGH if named or "not malicious" in words or "no malicios" in words else ""


def is_above_reports(text: str) -> bool:
    """Tell a line in words behind which links lead to what was written, and not to what was done."""
    words = set(words_of(text[:LONGEST_LINE]).split())
    return bool(words & REPORTS) and not words & NAMES_VALUES - IOC


IOC = {"ioc", "iocs", "indicator", "indicators", "of", "compromise", "indicadores", "compromiso", "de"}
NAMES_VALUES = set().union(*WORDS.values()) | IOC | {
    "c2", "c2s", "c", "network", "address", "addresses", "server", "servers", "infrastructure", "payloads", "apk", "apks",
    "android", "ios", "and", "malicious", "phishing", "list", "related", "servidores", "infraestructura", "red", "y",
}  # fmt: skip
