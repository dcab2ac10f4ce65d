"""The set of lists that a person installed or fetched, in the data folder of the user; used beside the baseline.

`<data>/indicators/current` names the set in force, a folder with its manifest and one file a list, numbered: no name
out of a bundle ever becomes a name on the disk. A set is complete before it is named, so a failure leaves the old one.
"""

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from perito.base.errors import UsageError

VARIABLE = "PERITO_DATA"
CURRENT, MANIFEST = "current", "manifest.json"
FORMAT = "perito indicators bundle"
VERSION = 1
LONGEST_NAME = 500
NAMED = 8
"""Installed lists that are named to somebody who named none of them."""
PARTIAL = "partial-"
"""How the names of half-made folders begin."""


BUNDLE, ADDED, INDEX = "bundle", "added", "index"
WAYS = (BUNDLE, ADDED, INDEX)


class Came(NamedTuple):
    """How a list came here: `way` is one of WAYS, `origin` the address, the file or the bundle it came from.

    Times are RFC 3339 in UTC: `installed` is when these very bytes first came, `checked` when the origin last said that
    they are current. `etag` and `modified` are the server's words. `taken` counts what of it could be used when it
    came, `rules` those of it that are rules, `unusable` the rules that could not.
    """

    way: str = BUNDLE
    origin: str = ""
    installed: str = ""
    checked: str = ""
    etag: str = ""
    modified: str = ""
    licence: str = ""
    taken: int = 0
    rules: int = 0
    unusable: int = 0

    @property
    def since(self) -> date | None:
        """Return the day since which these bytes are here; None where that was not recorded."""
        try:
            return date.fromisoformat(self.installed[:10])
        except ValueError:
            return None


class Listed(NamedTuple):
    """A list of a set: its name is for people, and tells what a list of bare values holds; `size` in bytes."""

    name: str
    sha256: str
    size: int
    came: Came = Came()


class InstalledFile(NamedTuple):
    """Where an installed list lies, and what the manifest says of it."""

    path: Path
    listed: Listed


def place() -> Path:
    """Return the folder of installed indicators: under `PERITO_DATA`, else where the system keeps a user's data."""
    given = os.environ.get(VARIABLE)
    return (Path(given) if given else _data_folder() / "perito") / "indicators"


def _data_folder() -> Path:
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    given = os.environ.get("XDG_DATA_HOME", "")
    return Path(given) if given.startswith("/") else home / ".local" / "share"


def files() -> Iterator[InstalledFile]:
    """Yield the lists of the set in force, in the order of its manifest; nothing where none is installed.

    A set that is named and cannot be read is a UsageError: an examination must not silently use fewer indicators.
    """
    name = current()
    while name:
        folder = place() / name
        try:
            listed = _manifest(folder)
        except UsageError:
            if (now := current()) == name:
                raise
            name = now  # another command put a set in force, and deleted this one, in between
            continue
        yield from (InstalledFile(folder / file_name(number), one) for number, one in enumerate(listed))
        return


def meant(name: str) -> str:
    """Return which installed lists may be meant; where they are many, those alone that are called alike."""
    known = sorted({one.listed.name for one in files()})
    if len(known) > NAMED:
        alike = [one for one in known if name.casefold() in one.casefold()]
        known = (alike or get_close_matches(name, known, NAMED))[:NAMED]
    told = f"installed: {'; '.join(known)}" if known else ""
    return told or "`perito indicators list` tells the names of what is installed"


def current() -> str:
    """Return the name of the set in force; empty where none is installed."""
    try:
        name = (place() / CURRENT).read_text("ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise _unreadable(place() / CURRENT, str(error)) from error
    if not (name.isalnum() and name.isascii()):
        raise _unreadable(place() / CURRENT, "does not name a set")
    return name


def _manifest(folder: Path) -> list[Listed]:
    try:
        return listed_in((folder / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise _unreadable(folder / MANIFEST, str(error)) from error


def _unreadable(path: Path, what: str) -> UsageError:
    return UsageError(
        str(path),
        f"the installed indicators cannot be read: {what[:200]}",
        "nothing was done, so that it is not done with fewer indicators than you think",
        f"install it again, remove the folder {place()}, or leave out what is installed (--no-baseline)",
    )


def listed_in(manifest: bytes) -> list[Listed]:
    """Return what a manifest lists; ValueError says what is wrong with it."""
    try:
        told = json.loads(manifest)
    except (RecursionError, ValueError):
        raise ValueError("not a manifest of indicators") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ValueError("not a manifest of indicators")
    if told.get("version") != VERSION:
        raise ValueError("a version that this Perito does not know")
    found = told.get("files")
    if not isinstance(found, list):
        raise ValueError("a manifest without files")  # noqa: TRY004 - every fault of a manifest is told alike
    return [_listed(one) for one in found]


def _came(told: object) -> Came:
    words = told if isinstance(told, dict) else {}
    kinds = {key: type(value) for key, value in Came()._asdict().items()}
    came = Came(**{key: words[key] for key, kind in kinds.items() if type(words.get(key)) is kind})
    return came if came.way in WAYS and all(str(word).isprintable() for word in came) else Came()


def _listed(one: object) -> Listed:
    told = one if isinstance(one, dict) else {}
    name, sha256, size = told.get("name"), told.get("sha256"), told.get("size")
    if not isinstance(name, str) or not isinstance(sha256, str) or type(size) is not int:
        raise ValueError("a manifest with an entry that is none")
    listed = Listed(name, sha256, size, _came(told.get("came")))
    digits = set(listed.sha256)
    if len(listed.sha256) != 64 or not digits <= set("0123456789abcdef") or listed.size < 0:
        raise ValueError("a manifest with an entry that is none")
    if not listed.name or len(listed.name) > LONGEST_NAME or not listed.name.isprintable():
        raise ValueError("a manifest with a name that cannot be shown")
    return listed


def manifest_of(found: list[Listed]) -> bytes:
    """Return a manifest as bytes; equal lists give equal bytes."""
    told = {"format": FORMAT, "version": VERSION, "files": [_entry(one) for one in found]}
    return json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n"


def _entry(one: Listed) -> dict[str, object]:
    told: dict[str, object] = {"name": one.name, "sha256": one.sha256, "size": one.size}
    return told if one.came == Came() else told | {"came": one.came._asdict()}


def file_name(number: int) -> str:
    """Return the name under which a list lies in the folder of its set."""
    return f"{number:06d}.list"


KEPT = "nothing was changed; the indicators installed before, if any, stay in use"
FETCH_AGAIN = "copy the bundle anew, or export it again"
