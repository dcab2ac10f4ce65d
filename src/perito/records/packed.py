"""Texts packed inside an address: pages in a `data:` address, base64 and hexadecimal, the words of a message to be sent."""

import re
from binascii import Error, a2b_base64
from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus

BASE64 = r"A-Za-z0-9+_\-"
FROM_START = re.compile(rf"(?:aHR0c|SFRUU)[{BASE64}]*")
"""`http` as base64 writes it at the start of a text: a slash ends the run, as it does in a path."""
SLASHED = re.compile(rf"[{BASE64}/]+")
WITHIN = re.compile(rf"(?<![{BASE64}])[{BASE64}]*?(?:odHRw|h0dH[AB])[{BASE64}]*")
"""`http` as base64 writes it at the other two places in a group of three bytes."""
HEXADECIMAL = re.compile(r"68747470(?:73)?3a(?:[0-9a-f]{2})+", re.IGNORECASE)
PAGE = re.compile(r"data:([^,;\s]{0,100})(?:;[^,\s]{0,200})?;base64,([A-Za-z0-9+/_\-%]+)", re.IGNORECASE)
PICTURES = re.compile(r"(?!image\W+svg)(?:image|audio|video|font)\b", re.IGNORECASE)
COMPOSER = re.compile(
    r"(?<!\w)(?:sms|smsto|mms|mmsto|mailto|whatsapp|tg|viber|line|twitter):[^?\s]{0,200}\?"
    r"|//(?:wa\.me|(?:api|web|chat)\.whatsapp\.com|t\.me|telegram\.me)(?::[0-9]+)?/[^?\s]{0,200}\?",
    re.IGNORECASE,
)
"""Addresses that open a message to be sent: the words in them are read by a person, so that a bare host is a link."""
SAID = re.compile(r"[?&;](?:text|body|subject|message|msg|caption)=([^&#\s]+)", re.IGNORECASE)
UNQUOTED = 3
"""Times an address is percent-decoded in search of a page."""


def may_be_packed(address: str) -> bool:
    """Tell cheaply of most addresses that no text is packed in them."""
    if holds_packed(address) or "base64" in address:
        return True
    return "=" in address and SAID.search(address) is not None and COMPOSER.search(address) is not None


def holds_packed(text: str) -> bool:
    """Tell whether an address in base64 or hexadecimal may stand in the text."""
    return "aHR0c" in text or "h0dH" in text or "odHRw" in text or "SFRUU" in text or "68747470" in text


def packed(address: str) -> Iterator[str]:
    """Yield the texts packed in the address, each unpacked once; pictures and sounds are left alone.

    The time is linear in the length of the address.
    """
    if "=" in address and (composer := COMPOSER.search(address)):
        for said in SAID.findall(address, composer.end() - 1):
            yield unquote_plus(said)
    if "base64" in address:
        yield from _pages(address)
    if holds_packed(address):
        yield from _runs(address)


def _pages(address: str) -> Iterator[str]:
    for _ in range(UNQUOTED):
        if ";base64," in address.lower():
            break
        address = unquote(address)
    for kind, body in PAGE.findall(address):
        if not PICTURES.match(kind):
            yield _text(unquote(body))


def _runs(address: str) -> Iterator[str]:
    beyond = 0
    for run in FROM_START.finditer(address):
        yield _text(run[0])
        if run.start() >= beyond and (whole := SLASHED.match(address, run.start())):
            beyond = whole.end()
            yield _text(whole[0])
    for inner in WITHIN.findall(address):
        yield _text(inner)
    for digits in HEXADECIMAL.findall(address):
        yield bytes.fromhex(digits).decode("utf-8", "replace")


def _text(run: str) -> str:
    """Decode base64 of either alphabet, cut off or not."""
    run = run.replace("-", "+").replace("_", "/")
    run = run[: len(run) - (len(run) % 4 == 1)]
    try:
        return a2b_base64(run + "=" * (-len(run) % 4)).decode("utf-8", "replace")
    except Error:
        return ""
