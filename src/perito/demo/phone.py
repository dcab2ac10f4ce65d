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
    """A WhatsApp message. `peer`: a number, or a JID such as `...@g.us` (a group; `author` wrote it) or `...@lid`."""

    when: float
    peer: str
    text: str
    from_me: bool = False
    author: str = ""
    link: str = ""  # of the preview below the text
    media: str = ""  # address of a picture or film


class Visit(NamedTuple):
    """A visit in a browser. `source` is the number (from 1) of the visit that redirected to this one."""

    when: float
    url: str
    title: str = ""
    source: int | None = None


class Tab(NamedTuple):
    """An open tab of Safari; `back` holds the addresses visited in it before."""

    when: float
    url: str
    title: str = ""
    back: tuple[str, ...] = ()
    private: bool = False


class Icon(NamedTuple):
    """A favicon that outlived the visit."""

    when: float
    page: str
    url: str


class Site(NamedTuple):
    """A domain of WebKit's ResourceLoadStatistics, which outlives a cleared history."""

    when: float
    domain: str
    touched: float | None = None


class Call(NamedTuple):
    """A call; `service` is `com.apple.Telephony`, `com.apple.FaceTime` or an app."""

    when: float
    number: str
    seconds: float = 0.0
    from_me: bool = False
    service: str = "com.apple.Telephony"
    place: str = "México"


class Person(NamedTuple):
    """An entry of the address book (phone's or WhatsApp's)."""

    first: str
    last: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    when: float = 1_420_070_400.0


class Event(NamedTuple):
    """A calendar entry; an `organiser` is an e-mail address."""

    start: float
    end: float
    summary: str
    description: str = ""
    organiser: str = ""
    created: float | None = None


class Process(NamedTuple):
    """A row of DataUsage. `key` leaves a gap before it; not `live`: never used; not `known`: its process row lost."""

    when: float
    name: str
    bundle: str | None = None
    first: float | None = None
    wifi: tuple[float, float] = (0.0, 0.0)
    wwan: tuple[float, float] = (1024.0, 512.0)
    key: int | None = None
    live: bool = True
    known: bool = True


class Permission(NamedTuple):
    """An answer in TCC.db to an app that asked for `service`."""

    when: float
    service: str
    client: str
    allowed: bool = True


class Interaction(NamedTuple):
    """A row of interactionC: `peer` wrote to the owner through `bundle`, or the owner to `peer`."""

    when: float
    peer: str
    name: str = ""
    bundle: str = "com.apple.MobileSMS"
    outgoing: bool = False
    seconds: float = 0.0


class Lookup(NamedTuple):
    """An Apple account that was looked up: `mailto:...` or `tel:...`."""

    when: float
    handle: str
    service: str = "com.apple.madrid"
    status: int = 1


class Client(NamedTuple):
    """A program known to locationd; `name` is its key in the file."""

    name: str
    bundle: str = ""
    executable: str = ""
    stopped: float | None = None


class Traffic(NamedTuple):
    """A process of the daily analytics, with bytes in and out."""

    when: float
    name: str
    wifi: tuple[float, float] = (0.0, 0.0)
    wwan: tuple[float, float] = (0.0, 0.0)


class Shortcut(NamedTuple):
    """An automation that opens `urls`."""

    when: float
    name: str
    urls: tuple[str, ...] = ()


class Profile(NamedTuple):
    """A configuration profile; no `payloads` leaves out `PayloadContent`. `process` installed it."""

    when: float
    uuid: str
    name: str
    payloads: tuple[str, ...] = ("com.apple.wifi.managed",)
    process: str = "profiled"


class App(NamedTuple):
    """An installed app; `source` is who installed it, empty for an app without a purchase."""

    bundle: str
    name: str = ""
    source: str = "com.apple.AppStore"
    when: float = 1_451_606_400.0


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
    when: float = 1_483_142_400.0  # of the backup
    apps: Iterable[App] = ()
    messages: Iterable[Sms] = ()
    whatsapp: Iterable[Chat] = ()
    whatsapp_contacts: Iterable[Person] = ()
    lids: Iterable[tuple[str, str]] = ()  # WhatsApp's LID and the number behind it
    visits: Iterable[Visit] = ()
    safari_profiles: dict[str, Iterable[Visit]] = field(default_factory=dict)
    tabs: Iterable[Tab] = ()
    chrome: Iterable[Visit] = ()
    chrome_icons: Iterable[Icon] = ()
    firefox: Iterable[Visit] = ()
    firefox_icons: Iterable[Icon] = ()
    sites: Iterable[Site] = ()
    session_sites: Iterable[Site] = ()
    calls: Iterable[Call] = ()
    contacts: Iterable[Person] = ()
    events: Iterable[Event] = ()
    processes: Iterable[Process] = ()
    permissions: Iterable[Permission] = ()
    interactions: Iterable[Interaction] = ()
    lookups: Iterable[Lookup] = ()
    clients: Iterable[Client] = ()
    traffic: Iterable[Traffic] = ()
    shortcuts: Iterable[Shortcut] = ()
    profiles: Iterable[Profile] = ()
    preferences: dict[str, Any] = field(default_factory=dict)  # of .GlobalPreferences.plist
    files: Iterable[Listed] = ()
