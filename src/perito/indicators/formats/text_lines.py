"""What a line of a text list names, in the ways such lists are written: bare, `hosts`, filters, zones, sums, notes behind.

Forms known here: `hosts` files (several names a line), dnsmasq (`address=/name/…`), unbound (`local-zone: "name"`),
response policy zones (`name CNAME .`), filter lists (`||name^`), `sha256sum` and its BSD form, bullets, headings.
"""

import re

from perito.indicators.accept import PLACEHOLDER
from perito.indicators.formats.value_kinds import kind_by_form, several

COMMENTS = ("#", ";", "//", "!")
BULLET = re.compile(r"^(?:[-*\u2022]|\d{1,4}[.)])\s+(?=\S)")
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
ONE_NAME = (
    re.compile(r"([0-9a-fA-F]{32,128})(?: [* ]|\t+\*)\S"),
    re.compile(r"(?:MD5|SHA-?\d{1,3}) ?\(.*\) ?= ?([0-9a-fA-F]{32,128})$"),
    re.compile(r"\|\|([^\^$|\s]+)(?:[\^$|]|$)"),
    re.compile(r"\|(https?://[^|$\s]+)"),
    re.compile(r"(?:address|server|local)=/([^/\s]+)/"),
    re.compile(r"local-(?:zone|data):\s*\"([^\"\s]+)"),
    re.compile(r"(\S+\.\S+)\s+(?:\d+\s+)?(?:IN\s+)?(?:CNAME|A|AAAA)\s+\S+$"),
)
NAMED_SUM = re.compile(r"([0-9a-fA-F]{32,128})\s+\S")
ZONE = re.compile(r"\$(?:TTL|ORIGIN)\b|@\s|(?:\d+\s+)?IN\s+(?:NS|SOA)\b|server:$")
"""What a zone, or a file of settings, says about itself."""
ODD = re.compile(r"[\s|,;]|^(?:address|server|local)=/|^server:$")
"""What only a line holds that is more than one bare value."""
SPACED = {"process", "path", "file_name", "profile", "property", "phone"}


def values_of(line: str, kind: str | None = None) -> list[str]:
    """Return the values of a line, none for a comment, a heading or a blank line; prose comes back whole.

    `kind` is what the list is known to hold: names of files and processes may have spaces and brackets in them.
    """
    text = line.strip("\ufeff \t\r\n,")
    if not text or text.startswith(COMMENTS) or (HEADING.fullmatch(text) and not PLACEHOLDER.search(text)):
        return []
    if not ODD.search(text):
        return [text]
    if ZONE.match(text):
        return []
    text = BEHIND.sub("", BULLET.sub("", text))
    found = LOCAL.match(text)
    if found:
        return [name for name in found[1].split() if not OWN_NAME.fullmatch(name)]
    for form in ONE_NAME:
        found = form.match(text)
        if found:
            return [found[1]]
    return [text] if kind in SPACED else _several(text)


def _several(text: str) -> list[str]:
    """Part a line into values where each part can be nothing else; cut a note in words behind a value."""
    bare = NOTE.sub("", text)
    if bare != text and sure(bare) and not any(map(sure, text[len(bare) :].split())):
        return [bare]
    parts = several(text)
    if len(parts) > 1:
        return parts
    found = NAMED_SUM.match(text)
    return [found[1]] if found else [text]


def sure(value: str) -> bool:
    """Tell whether the form of a value leaves no doubt about its kind."""
    guess = kind_by_form(value)
    return guess is not None and guess.sure
