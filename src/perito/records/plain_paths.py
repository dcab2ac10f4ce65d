"""Paths of the common, plain sort, put into normal form folder by folder: what a folder answers to is worked out once.

What is not surely plain is left to `perito.records.normal`; a property test holds that both say the same.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from perito.base.hashing import key_hash
from perito.records.paths import LEAST, further_keys, normal

BASE = re.compile(r"[a-z0-9_](?:[a-z0-9 _.+@-]*[a-z0-9_+@-])?", re.IGNORECASE | re.ASCII)
LAST_OF_A_NAME = frozenset({"0", "etc", "library", "mobile", "primary", "sdcard", "tmp", "var"})
"""Names that end one of two names of a place (`/root/library`): there the whole path decides, not its folder."""
LAST_OF_A_FOLDER = LAST_OF_A_NAME | {"preboot"}
"""Also the names before which all of a path is cut off, once something follows them (`/x/private/preboot/`)."""
LONGEST = 2_000
DEEPEST = 64
"""Folders that are gone through one by one; what lies deeper is worked out at once."""


class PlainPaths(NamedTuple):
    """The plain paths of a list: their numbers, normal forms, hashes of their own keys and of their further keys."""

    rows: list[int]
    normals: list[str]
    hashes: list[int]
    parents: list[list[int]]


def plain_paths(values: list[str]) -> PlainPaths:
    """Return the plain ones among paths; the others are to be taken one by one."""
    found = PlainPaths([], [], [], [])
    for number, value in enumerate(values):
        folder, _, base = value.rpartition("/")
        name = base.lower()
        if not folder or name in LAST_OF_A_NAME or len(value) > LONGEST or not BASE.fullmatch(base):
            continue
        known, above = _folder(folder)
        if known is None:
            continue
        form = f"{known}/{name}"
        found.rows.append(number)
        found.normals.append(form)
        found.hashes.append(key_hash(f"path:{form}"))
        found.parents.append([*above, key_hash(f"file_name:{name}")])
    return found


@lru_cache(1 << 14)
def _folder(folder: str) -> tuple[str | None, tuple[int, ...]]:
    """Return a folder's normal form and the hashes of its own and its folders' keys; None where a name below decides.

    A plain name in a plain folder needs no more than that folder: most folders of a device hold one file each.
    """
    above, slash, base = folder.rpartition("/")
    name = base.lower()
    if slash and above and name not in LAST_OF_A_FOLDER and BASE.fullmatch(base) and folder.count("/") < DEEPEST:
        known, hashes = _folder(above)
        if known is None:
            return None, ()
        form = f"{known}/{name}"
        return form, (key_hash(f"path:{form}"), *hashes) if form.count("/") >= LEAST else hashes
    return _whole(folder)


def _whole(folder: str) -> tuple[str | None, tuple[int, ...]]:
    if folder[:1].isspace() or folder[:5].lower() == "file:":
        return None, ()
    form = normal(f"{folder}/x")
    if form is None or not form.endswith("/x") or form == "/x":
        return None, ()
    *above, _ = further_keys(form)
    return form[:-2], tuple(key_hash(key) for key in above)
