"""Which class of evidence a record is: two findings are independent only when their classes differ."""

from functools import cache

CLASSES = ("message", "network", "process", "file", "account", "settings")

BY_ARTIFACT = (
    ("ios.message", "message"),
    ("ios.attachment", "message"),
    ("ios.deleted_message", "message"),
    ("ios.whatsapp_contact", "account"),
    ("ios.whatsapp_lid", "account"),
    ("ios.whatsapp_name", "account"),
    ("ios.whatsapp_call", "account"),
    ("ios.whatsapp", "message"),
    ("messages.", "message"),
    ("ios.calendar", "message"),
    ("ios.call", "account"),
    ("ios.contact", "account"),
    ("ios.id_status", "account"),
    ("ios.interaction", "account"),
    ("ios.account", "account"),
    ("ios.safari", "network"),
    ("ios.chrome", "network"),
    ("ios.firefox", "network"),
    ("ios.webkit", "network"),
    ("ios.favicon", "network"),
    ("ios.data_usage", "process"),
    ("ios.os_analytics", "process"),
    ("ios.tcc", "process"),
    ("ios.location", "process"),
    ("ios.manifest", "file"),
    ("ios.profile", "settings"),
    ("ios.configuration", "settings"),
    ("ios.global", "settings"),
    ("ios.shortcut", "settings"),
    ("ios.installed_app", "file"),
)
BY_KIND = {
    "url": "network",
    "domain": "network",
    "ip": "network",
    "email": "account",
    "phone": "account",
    "process": "process",
    "profile": "settings",
    "property": "settings",
}


@cache
def trace_of(artifact: str, kind: str) -> str:
    """Return the class of a record of this artifact in which an observable of this kind was met.

    A web address in a list of files names a web site's storage, so it is of the network.
    """
    if kind in {"process", "hash", "certificate", "app_id"} and not artifact.startswith("messages."):
        return "file" if kind in {"hash", "certificate", "app_id"} else "process"
    for start, trace in BY_ARTIFACT:
        if artifact.startswith(start) and not (trace == "file" and BY_KIND.get(kind) == "network"):
            return trace
    return BY_KIND.get(kind, "file")
