"""Messages of a file that the app SMS Backup & Restore wrote, each with its parts and addresses."""

import base64
import binascii
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from perito.artifacts.readers import stray, tags
from perito.artifacts.readers.damage import Damaged, Partly
from perito.base.text import excerpt

SENDER = "137"
SELF = "insert-address-token"
TEXT_MOST = 1 << 20
"""Bytes of a content that are kept as its text."""
OUTGOING = {"1": 0, "2": 1, "3": 1, "4": 1, "5": 1, "6": 1}
"""By Android's number of the box: received, sent, draft, to be sent, failed, queued."""


@dataclass
class Element:
    """One SMS or MMS: where it was read, which of the two it is, and what its tags say."""

    ref: str
    kind: str
    attributes: dict[str, str]
    parts: list[dict[str, str]] = field(default_factory=list)
    addresses: list[dict[str, str]] = field(default_factory=list)

    def takes(self, name: str, attributes: dict[str, str]) -> bool:
        """Add a part or an address; False where this is no MMS."""
        if self.kind == "mms":
            (self.parts if name == "part" else self.addresses).append(attributes)
        return self.kind == "mms"

    @property
    def sent(self) -> object:
        """Milliseconds since 1970, or what stands in their place."""
        return number(self.attributes.get("date"))

    @property
    def box(self) -> object:
        """The number of the box that holds it, or what stands in its place."""
        return number(self.attributes.get("type" if self.kind == "sms" else "msg_box"))

    @property
    def outgoing(self) -> int | None:
        """Return 1 for what this device's owner wrote, 0 for what was received, None where the box does not say."""
        return OUTGOING.get(str(self.box))

    @property
    def account(self) -> str | None:
        """Return the sender of an MMS where another device sent it, else the address of the conversation."""
        sender = [one.get("address") for one in self.addresses if one.get("type") == SENDER]
        return sender[0] if sender and sender[0] != SELF else told(self.attributes.get("address"))


def elements(path: Path) -> Iterator[Element | Partly]:
    """Yield each message with what lies in it; raises Damaged after the last one where the file has no end."""
    counts = {"sms": 0, "mms": 0}
    held: Element | None = None
    names = set()
    for tag in tags.tags(path, "smses", "sms", "mms", "part", "addr"):
        if isinstance(tag, Partly):
            yield tag
            continue
        line, name, attributes = tag
        names.add(name)
        if held and name in {*counts, "/mms"}:
            yield held
            held = None
        if name in counts:
            counts[name] += 1
            held = Element(f"line {line}, {name} {counts[name]}", name, attributes)
        elif name in {"part", "addr"} and not (held and held.takes(name, attributes)):
            yield Partly(f"line {line}", f"a tag {name} outside an MMS", excerpt(attributes))
    if held:
        yield held
    if "smses" not in names:
        raise Damaged("no element smses")
    if "/smses" not in names:
        raise Damaged("the file ends before its list of messages does")


def told(value: str | None) -> str | None:
    """Return None for what the app writes as `null`."""
    return None if value == "null" else value


def number(value: str | None) -> object:
    """Return digits as a number, `null` as nothing, anything else as it is, for the schema to tell."""
    if value is None or value == "null":
        return None
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else value


def content(data: str | None) -> tuple[bytes, str]:
    """Return data in base 64 as bytes, and what is wrong with it; no bytes where there is none."""
    if data is None or data == "null":
        return b"", ""
    try:
        return base64.b64decode("".join(data.split()), validate=True), ""
    except (binascii.Error, ValueError):
        return b"", "its content is no base 64"


def words(content: bytes) -> str | None:
    """Return what a content says: a card or page as its text, of anything else the addresses in its bytes."""
    if content and 0 not in content[:TEXT_MOST]:
        with suppress(UnicodeDecodeError):
            return content[:TEXT_MOST].decode("utf-8-sig")
    return "\n".join(stray.within(content)) or None
