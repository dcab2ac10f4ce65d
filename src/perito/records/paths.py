"""Paths of files on a device, whichever way the acquisition names them."""

import re
from functools import lru_cache
from posixpath import normpath
from urllib.parse import unquote

BACKUP_DOMAINS = {
    "homedomain": "/private/var/mobile",
    "camerarolldomain": "/private/var/mobile",
    "mediadomain": "/private/var/mobile",
    "keyboarddomain": "/private/var/mobile",
    "tonesdomain": "/private/var/mobile",
    "homekitdomain": "/private/var/mobile",
    "healthdomain": "/private/var/mobile/library",
    "booksdomain": "/private/var/mobile/media/books",
    "rootdomain": "/private/var/root",
    "wirelessdomain": "/private/var/wireless",
    "databasedomain": "/private/var/db",
    "installdomain": "/private/var/installd",
    "keychaindomain": "/private/var/keychains",
    "mobiledevicedomain": "/private/var/mobiledevice",
    "networkdomain": "/private/var/networkd",
    "protecteddomain": "/private/var/protected",
    "systempreferencesdomain": "/private/var/preferences",
    "managedpreferencesdomain": "/private/var/managed preferences",
}
"""Where the parts of an iOS backup lie on the device (the system's own Domains.plist)."""
SAME = (
    ("/private/tmp", "/private/var/tmp"),
    ("/tmp", "/private/var/tmp"),  # noqa: S108 - a name in evidence
    ("/var", "/private/var"),
    ("/etc", "/private/etc"),
    ("/sdcard", "/data/media/0"),
    ("/storage/emulated/0", "/data/media/0"),
    ("/storage/self/primary", "/data/media/0"),
    ("/mnt/sdcard", "/data/media/0"),
    ("/data/user/0", "/data/data"),
    ("/mobile", "/private/var/mobile"),
    ("/root/library", "/private/var/root/library"),
)
"""Two names of one place, on iOS (`/tmp` is `/private/var/tmp` there) and on Android."""
DUMPED = re.compile(r".*?(?=/private/(?:var|etc|tmp|preboot)/)", re.DOTALL)
HOMES = ("/private/var/mobile", "/private/var/root")
LEAST = 2
"""Components of the shortest folder that an indicator can name."""


def normal(value: str) -> str | None:
    """Return an absolute path in lower case, resolved word by word, under the one name of its place."""
    text = unquote(value[7:].removeprefix("localhost")) if value[:7].lower() == "file://" else value
    if "/" not in text:
        text = text.replace("\\", "/")
    text = text.lower()
    if text.startswith("~/"):
        text = HOMES[0] + text[1:]
    first, slash, rest = text.partition("/")
    if first in BACKUP_DOMAINS:
        text = f"{BACKUP_DOMAINS[first]}/{rest}" if slash else BACKUP_DOMAINS[first]
    text = normpath(f"/{text.lstrip('/')}")
    if "/private/" in text:
        text = DUMPED.sub("", text, count=1)
    for name, place in SAME:
        if text.startswith(name) and text[len(name) : len(name) + 1] in {"", "/"}:
            return place + text[len(name) :]
    return text if text != "/" else None


def further_keys(form: str) -> tuple[str, ...]:
    """Return the keys of the folders a path lies in, nearest first, and of its file name."""
    folder, _, name = form.rpartition("/")
    return (*_folder_keys(folder), f"file_name:{name}")


@lru_cache(1 << 15)
def _folder_keys(folder: str) -> tuple[str, ...]:
    found = []
    while folder.count("/") >= LEAST:
        found.append(f"path:{folder}")
        folder = folder.rpartition("/")[0]
    return tuple(found)


def asked(value: str) -> tuple[str, ...]:
    """Return the keys an indicator asks for: a relative `Library/...` lies in each home of the device.

    Any other relative path is taken from the root, a mere name for a file name. A folder at the root asks for nothing.
    """
    form = normal(value)
    if form is None:
        return ()
    if not re.search(r"[/\\]", value):
        return (f"file_name:{value.casefold()}",)
    if form.startswith("/library/") and not value.startswith("/"):
        return tuple(f"path:{home}{form}" for home in HOMES)
    return (f"path:{form}",) if form.count("/") >= LEAST else ()
