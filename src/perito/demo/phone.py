"""What an invented phone holds: plain rows, in the order in which they get their primary keys.

All times are seconds since 1970 UTC; each database converts to its own clock. The n-th row of a kind
becomes primary key n of its table, so that a test knows the ref beforehand: the third `Sms` is `message 3`,
the third `Visit` of a profile is `history_visits 3`. Fields that hold rows take any iterable, also a
generator that is read once: large backups are built without holding them in memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Attachment(NamedTuple):
    """A file sent or received with a message; `path` as iOS writes it, with `~` for the home folder."""

    path: str
    mime: str = "image/jpeg"
    size: int = 1024


class Sms(NamedTuple):
    """A message of Messages.app. An empty `peer` has no handle; `hidden` text is only in `attributedBody`."""

    when: float
    peer: str
    text: str
    from_me: bool = False
    service: str = "SMS"
    hidden: bool = False
    read: float | None = None
    delivered: float | None = None
    attachment: Attachment | None = None


class Chat(NamedTuple):
    """A WhatsApp message in the chat with `peer` (a number, or a whole JID such as `...@g.us` or `...@lid`)."""

    when: float
    peer: str
    text: str
    from_me: bool = False
    author: str = ""


class Visit(NamedTuple):
    """A visit in a browser. `source` is the number (from 1) of the visit that redirected to this one."""

    when: float
    url: str
    title: str = ""
    source: int | None = None


class Listed(NamedTuple):
    """A row of the manifest. `content` None: listed, but not in the backup. Flags: 1 file, 2 folder, 4 link."""

    domain: str
    path: str
    content: bytes | None = b""
    flags: int = 1
    when: float | None = None


@dataclass(frozen=True)
class Phone:
    """An invented phone and its owner. What is left out is not in the backup: no file, no row in the manifest."""

    name: str = "Alma's iPhone"
    number: str = "+525555500100"
    model: str = "iPhone9,3"
    serial: str = "EXAMPLE00001"
    udid: str = "00000000" * 4 + "e0a3b1c5"
    imei: str = "490154203237518"
    when: float = 1483142400.0  # of the backup
    messages: Iterable[Sms] = ()
    visits: Iterable[Visit] = ()
    files: Iterable[Listed] = ()
    settings: dict[str, Any] = field(default_factory=dict)
