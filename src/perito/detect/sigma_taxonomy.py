"""What the log sources and fields of Sigma's own taxonomy are among the records: the one table of it.

https://sigmahq.io/sigma-specification/ (taxonomy 2.1). A column stands here only where its value is what the field
means. A rule whose log source or fields are not here, nor Perito's own, is not asked, and that is told.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Part(NamedTuple):
    """What of a column's text a field is."""

    name: str
    says: str
    tail: bool = False
    """Only the end of the value is known: a name without its folder, a path without what it lies in."""


REQUEST = Part("request", "the address, where it is one of the web (`http`, `https`)")
STEM = Part("stem", "its path, as written")
EXTENSION = Part("extension", "what its path ends in, behind the last dot of the last part")
HOST = Part("host", "its host in normal form: small letters, punycode, no port, no user")
NAMED = Part("named", "its host in normal form, where that is a name and no number")
NUMBERED = Part("numbered", "its host, where that is a number")
PROGRAM = Part("program", "the name of the program, whose folder is not known", tail=True)
CUT = Part("cut", f"{PROGRAM.says}; nor is a name of 16 characters, which may be cut off", tail=True)
FILE = Part("file", "the path of the program, as written")
ENTRY = Part("entry", "domain and path of the backup; the folder of the domain is not known", tail=True)
KEPT = Part("kept", "the path; one that begins with `~` lies in a folder that is not known", tail=True)
SUM = Part("sum", "the value as written")

Columns = Mapping[str, Sequence[str]]
REQUESTED: Columns = {
    "ios.chrome_download": ("url",),
    "ios.chrome_icon": ("url", "icon_url"),
    "ios.chrome_visit": ("url",),
    "ios.firefox_icon": ("url", "icon_url"),
    "ios.firefox_place": ("url",),
    "ios.firefox_visit": ("url",),
    "ios.safari_deletion": ("url",),
    "ios.safari_download": ("url",),
    "ios.safari_icon": ("url", "icon_url"),
    "ios.safari_listed_visit": ("url",),
    "ios.safari_suspended_tab": ("url", "shown_url"),
    "ios.safari_tab": ("url", "shown_url"),
    "ios.safari_visit": ("url",),
}
"""Addresses that a browser of the person asked for. Bookmarks, tabs of other devices, shared tabs and links in messages
were not asked for by that alone; of what WebKit met, and of cookies, the domain is kept and no host."""
CONTACTED: Columns = {"ios.data_usage_domain": ("domain",)}
RAN: Mapping[str, tuple[str, Part]] = {
    "ios.data_usage": ("process", CUT),
    "ios.data_usage_domain": ("process", CUT),
    "ios.data_usage_process": ("process", CUT),
    "ios.location_client": ("path", FILE),
    "ios.os_analytics_usage": ("process", PROGRAM),
    "ios.profile_event": ("process", PROGRAM),
    "ios.tcc_access": ("path", FILE),
}
"""Programs that cannot be noted there without having run."""
MADE: Mapping[str, tuple[str, Part]] = {
    "ios.attachment": ("path", KEPT),
    "ios.chrome_download": ("path", KEPT),
    "ios.manifest_file": ("entry", ENTRY),
    "ios.safari_download": ("path", KEPT),
}
"""Files that are or were on the device, so that they were made there."""


class View(NamedTuple):
    """A record as an event of a log source: by field, the column that holds it and what of it the field is."""

    artifact: str
    fields: Mapping[str, tuple[str, Part]]


class Source(NamedTuple):
    """A log source: category and service, which records are such an event, and why that is so."""

    category: str
    service: str
    views: tuple[View, ...]
    says: str


def _addresses(columns: Columns, parts: Mapping[str, Part], more: Mapping[str, View] | None = None) -> tuple[View, ...]:
    """Return a view of each column: the fields of one event are all of one address."""
    found = [
        View(artifact, {field: (column, part) for field, part in parts.items()})
        for artifact, names in columns.items()
        for column in names
    ]
    return tuple(View(one.artifact, {**one.fields, **(more or {}).get(one.artifact, one).fields}) for one in found)


def _single(columns: Mapping[str, tuple[str, Part]], field: str) -> tuple[View, ...]:
    return tuple(View(artifact, {field: found}) for artifact, found in columns.items())


def _contacts(names: Sequence[str], numbers: Sequence[str] = (), program: str = "") -> tuple[View, ...]:
    """Return the views of hosts that were contacted, by name and where it is one by number, and by which program."""
    parts = {**dict.fromkeys(names, NAMED), **dict.fromkeys(numbers, NUMBERED)}
    by = {"ios.data_usage_domain": View("", {program: RAN["ios.data_usage_domain"]})} if program else {}
    return (*_addresses(REQUESTED, parts), *_addresses(CONTACTED, parts, by))


PROXY = {
    "c-uri": REQUEST,
    "cs-uri": REQUEST,
    "c-uri-stem": STEM,
    "c-uri-extension": EXTENSION,
    "cs-host": HOST,
    "r-dns": HOST,
}
REFERRERS = {"ios.chrome_download": View("", {"cs-referrer": ("referrer", REQUEST)})}
LOOKUPS = ("query", "QueryName", "dns.question.name")
"""Public rules use each of them in either category."""
LOOKED_UP = "A browser cannot open a page, nor a program contact a host, without asking for its name."
CONTACT = "A browser that opened a page, and a program that is noted with a host, were connected to it."
SOURCES = (
    Source(
        "proxy",
        "",
        _addresses(REQUESTED, PROXY, REFERRERS),
        "Pages that a browser opened are requests, as a proxy would have noted them.",
    ),
    Source("dns", "", _contacts(LOOKUPS, program="Image"), LOOKED_UP),
    Source("dns_query", "", _contacts(LOOKUPS, program="Image"), LOOKED_UP),
    Source("network", "dns", _contacts(("dns.question.name",)), LOOKED_UP),
    Source("network_connection", "", _contacts(("DestinationHostname",), ("DestinationIp",), program="Image"), CONTACT),
    Source("network", "connection", _contacts((), ("destination.ip",)), CONTACT),
    Source("firewall", "", _contacts((), ("dst_ip",)), CONTACT),
    Source("process_creation", "", _single(RAN, "Image"), "A program that is noted as running was started."),
    Source(
        "file_event",
        "",
        tuple(
            View(
                one.artifact,
                {**one.fields, **({"sha1": ("digest", SUM)} if one.artifact == "ios.manifest_file" else {})},
            )
            for one in _single(MADE, "TargetFilename")
        ),
        "A file that is there was made.",
    ),
)
NEVER = {
    "webserver": "requests that a server answered; a phone is none",
    "antivirus": "what a virus scanner said",
    "application": "lines of a server's own log",
    "database": "queries of a database",
}
"""Log sources that no phone keeps, and what they are."""
PRODUCTS = {"": "", "mobile": "", "ios": "ios.", "iphone": "ios.", "android": "android.", "messages": "messages."}
"""By product of a log source, how the names of the artifacts begin that are of it."""
COMPUTERS = frozenset({"windows", "macos", "linux"})
"""Products whose rules tell what is odd on a computer: an iPhone has the same kernel as a Mac and none of its normality."""
