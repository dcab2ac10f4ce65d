"""Kinds of acquisitions that this version knows by their content and does not read as a whole.

AndroidQF's and a bug report's names of files: https://github.com/mvt-project/mvt (its tests); the header of `adb backup`:
https://github.com/nelenkov/android-backup-extractor; a sysdiagnose's: https://github.com/EC-DIGIT-CSIRC/sysdiagnose.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

ADB = b"ANDROID BACKUP\n"
DUMPSTATE = re.compile(rb"\A(?:=+\r?\n)?== dumpstate: ")
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"%PDF-")
HEIF = {b"heic", b"heix", b"mif1", b"msf1", b"avif"}
"""Brands of the pictures that phones take."""
WORDS = re.compile(r"[^\W\d_]+(?:\W+[^\W\d_]+)+")
ENCODINGS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
COPIED = (
    "copy each message into a file messages.csv: its first line is `date,sender,text`, then a line for each message, "
    'such as `2024-01-31 18:05,+12025550123,"the words of the message"`; `perito check messages.csv` reads it'
)
"""What to do with a message that is handed over as plain text: see `messages.copied`."""
ABOVE = r"^(?:[^/]*/){0,2}"


class Material(NamedTuple):
    """What was handed over: our name of the kind, a few words, and what to do with it as long as it is not read."""

    kind: str
    what: str
    hint: str


SYSDIAGNOSE = Material(
    "sysdiagnose",
    "a sysdiagnose of an iPhone or iPad",
    "keep it: a later version or another tool can read it; an iPhone backup, encrypted if possible, is read today",
)
BUG_REPORT = Material(
    "bugreport",
    "an Android bug report",
    "keep it: a later version or another tool can read it; messages exported from the phone are read today",
)
ANDROIDQF = Material(
    "androidqf",
    "a copy of an Android phone made by AndroidQF",
    "keep it: a later version or another tool can read it; messages exported from the phone are read today",
)
ADB_BACKUP = Material(
    "android_backup",
    "an Android backup (adb backup)",
    "keep it: a later version or another tool can read it; SMS saved with SMS Backup & Restore are read today",
)

SIGNS: tuple[tuple[Material, str, str], ...] = (
    (
        SYSDIAGNOSE,
        r"(?:sysdiagnose\.log$|system_logs\.logarchive/|crashes_and_spins/)",
        r"(?:ps(?:thread)?\.txt$|taskinfo\.txt$|logs/|summaries/|WiFi/)",
    ),
    (
        BUG_REPORT,
        r"(?:main_entry\.txt$|bugreport-[^/]*\.txt$|dumpstate(?:_board|_log[^/]*)?\.txt$)",
        r"(?:version\.txt$|FS/|lshal-debug/|proto/|visible_windows\.zip$)",
    ),
    (
        ANDROIDQF,
        r"(?:acquisition\.json$|getprop\.txt$|root_binaries\.json$)",
        r"(?:packages\.json$|processes\.json$|ps\.txt$|files\.json$|dumpsys\.txt$|settings_[^/]*\.txt$|backup\.ab$)",
    ),
)
"""Of each kind: names of which one must be there, and names that go with them, of which one must be there besides."""


def by_names(names: Iterable[str]) -> Material | None:
    """Return what a tree of files is, told by the names in it, at most two folders deep; None where nothing says so."""
    met: dict[Material, set[str]] = {one: set() for one, _, _ in SIGNS}
    patterns = [(one, re.compile(ABOVE + first), re.compile(ABOVE + beside)) for one, first, beside in SIGNS]
    for name in names:
        for one, first, beside in patterns:
            if first.match(name) or beside.match(name):
                met[one].add("first" if first.match(name) else "beside")
    return next((one for one, found in met.items() if len(found) > 1), None)


def by_start(start: bytes) -> Material | None:
    """Return what a single file is, told by its first bytes; None where they do not say so."""
    if start.startswith(ADB):
        return ADB_BACKUP
    return BUG_REPORT if DUMPSTATE.match(start) else None


def is_picture(start: bytes) -> bool:
    """Tell a picture, or a PDF document, by the first bytes of a file: what a screenshot of a message comes as."""
    return start.startswith(PICTURES) or (start[4:8] == b"ftyp" and start[8:12] in HEIF) or start[8:12] == b"WEBP"


def is_words(start: bytes) -> bool:
    """Tell plain words by the first bytes of a file: text with several words in it, and no list of tags or of JSON."""
    text = start.decode(ENCODINGS.get(start[:2], "utf-8"), "replace").lstrip("\ufeff \t\r\n")
    odd = sum(not one.isprintable() and one not in "\t\r\n" for one in text) + text.count("\ufffd")
    return odd * 50 <= len(text) and not text.startswith(("{", "[", "<")) and bool(WORDS.search(text))
