"""The set of lists that a person installed or fetched, in the data folder of the user; used beside the baseline.

`<data>/indicators/current` names the set in force, a folder with its manifest and one file a list, numbered: no name
out of a bundle ever becomes a name on the disk. A set is complete before it is named, so a failure leaves the old one.
"""

import hashlib
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from perito.base.errors import UsageError

VARIABLE = "PERITO_DATA"
CURRENT, MANIFEST = "current", "manifest.json"
FORMAT = "perito indicators bundle"
VERSION = 1
LONGEST_NAME = 500
PARTIAL = "partial-"
LONG_AGO = 24 * 3600
"""Seconds after which a half-made folder belongs to no command that still runs."""


BUNDLE, ADDED, INDEX = "bundle", "added", "index"
WAYS = (BUNDLE, ADDED, INDEX)


class Came(NamedTuple):
    """How a list came here: `way` is one of WAYS, `origin` the address, the file or the bundle it came from.

    Times are RFC 3339 in UTC: `installed` is when these very bytes first came, `checked` when the origin last said that
    they are current. `etag` and `modified` are the server's words, `taken` counts the indicators.
    """

    way: str = BUNDLE
    origin: str = ""
    installed: str = ""
    checked: str = ""
    etag: str = ""
    modified: str = ""
    licence: str = ""
    taken: int = 0

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
    name = _current()
    if name:
        folder = place() / name
        for number, listed in enumerate(_manifest(folder)):
            yield InstalledFile(folder / _file_name(number), listed)


def _current() -> str:
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
    except RecursionError:
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


Fresh = tuple[Listed, Iterator[bytes]]
"""A list that is to be installed, and its content in pieces."""


def change(keep: Callable[[Listed], Listed | None], fresh: Iterable[Fresh] = ()) -> Path:
    """Put a set in force and return its folder: of the present one what `keep` gives back, and the `fresh` lists.

    An exception from `fresh`, or a digest that differs, leaves the old set. A list that is kept is not copied where the
    system can link. Bytes that were here before keep the day on which they came.
    """
    place().mkdir(mode=0o700, parents=True, exist_ok=True)
    before = list(files())
    first = {one.listed.sha256: one.listed.came.installed for one in reversed(before) if one.listed.came.installed}
    partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=place()))
    try:
        listed = [(one, _linked(old.path, partial)) for old in before if (one := keep(old.listed)) is not None]
        for number, (one, pieces) in enumerate(fresh):
            path = partial / f"{number:06d}.fresh"
            listed.append((_since(_written(path, one, pieces), first), path))
        listed.sort(key=lambda pair: _order(pair[0]))
        for number, (_, path) in enumerate(listed):
            path.rename(partial / _file_name(number))
        manifest = manifest_of([one for one, _ in listed])
        (partial / MANIFEST).write_bytes(manifest)
        folder = place() / (hashlib.sha256(manifest).hexdigest()[:16] + secrets.token_hex(4))
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    _name(folder)
    return folder


def _order(one: Listed) -> tuple[int, str]:
    """Order by way and name; the lists of a bundle stay in its order."""
    return WAYS.index(one.came.way), "" if one.came.way == BUNDLE else one.name


def _linked(path: Path, folder: Path) -> Path:
    """Put a file that is installed into another folder as it is; one that is gone stays gone, and is told when read."""
    here = folder / f"{path.stem}.kept"
    try:
        os.link(path, here)
    except FileNotFoundError:
        here.touch()
    except OSError:
        shutil.copyfile(path, here)
    return here


def _since(one: Listed, first: dict[str, str]) -> Listed:
    earlier = first.get(one.sha256)
    return one._replace(came=one.came._replace(installed=earlier)) if earlier else one


def _name(folder: Path) -> None:
    """Name the set in force by one rename, then delete those before it, and what was left half-made long ago."""
    fresh = place() / f"{CURRENT}.new"
    fresh.write_text(folder.name, "ascii")
    fresh.replace(place() / CURRENT)
    for one in place().iterdir():
        made_now = one.name.startswith(PARTIAL) and one.stat().st_mtime > time.time() - LONG_AGO
        if one.is_dir() and one != folder and not made_now:
            shutil.rmtree(one, ignore_errors=True)


def _written(path: Path, listed: Listed, pieces: Iterator[bytes]) -> Listed:
    digest = hashlib.sha256()
    with path.open("xb") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != listed.sha256 or path.stat().st_size != listed.size:
        raise UsageError(listed.name, "not the file that the manifest lists (SHA-256 differs)", KEPT, FETCH_AGAIN)
    return listed


def _file_name(number: int) -> str:
    return f"{number:06d}.list"


KEPT = "nothing was changed; the indicators installed before, if any, stay in use"
FETCH_AGAIN = "copy the bundle anew, or export it again"
