"""The installed set changed: a new one is made whole beside the old, and then named by one rename."""

import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from perito.base import lock
from perito.base.errors import UsageError
from perito.indicators.installed import (
    BUNDLE,
    CURRENT,
    FETCH_AGAIN,
    KEPT,
    MANIFEST,
    PARTIAL,
    WAYS,
    Listed,
    current,
    file_name,
    files,
    manifest_of,
    place,
)

LOCK = "lock"
LONG_AGO = 24 * 3600
"""Seconds after which a half-made folder belongs to no command that still runs."""
A_WHILE = 15 * 60
"""Seconds for which a set that is no longer in force may still be read by a command that began before."""
Fresh = tuple[Listed, Iterator[bytes]]
"""A list that is to be installed, and its content in pieces."""


def change(keep: Callable[[Listed], Listed | None], fresh: Iterable[Fresh] = ()) -> Path:
    """Put a set in force and return its folder: of the present one what `keep` gives back, and the `fresh` lists.

    An exception from `fresh`, or a digest that differs, leaves the old set. A list that is kept is not copied where the
    system can link. Bytes that were here before keep the day on which they came. Commands that change the set wait for
    each other, and each begins with what the one before it left.
    """
    try:
        place().mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock.held(place() / LOCK):
            return _changed(keep, fresh)
    except OSError as error:
        raise refused(error) from error


def refused(error: OSError) -> UsageError:
    """Return what to say where the disk does not take a change."""
    return UsageError(
        str(place()), error.strerror or type(error).__name__, KEPT, "make room, or name another PERITO_DATA"
    )


def _changed(keep: Callable[[Listed], Listed | None], fresh: Iterable[Fresh]) -> Path:
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
            path.rename(partial / file_name(number))
        manifest = manifest_of([one for one, _ in listed])
        _write(partial / MANIFEST, manifest)
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
    """Name the set in force by one rename, then delete those that nobody reads any more, and what is half-made since long.

    A set that was in force a short while ago stays: an examination may be reading it.
    """
    last = current()
    fresh = place() / f"{CURRENT}.new"
    _write(fresh, folder.name.encode("ascii"))
    fresh.replace(place() / CURRENT)
    if last:
        with suppress(OSError):
            os.utime(place() / last)  # from now on it is no longer in force
    for one in place().iterdir():
        if one.is_dir() and one.name not in {folder.name, last} and not _may_be_used(one):
            shutil.rmtree(one, ignore_errors=True)


def _may_be_used(folder: Path) -> bool:
    """Tell whether a command that still runs may be making, reading or deleting a folder."""
    try:
        return folder.stat().st_mtime > time.time() - (LONG_AGO if folder.name.startswith(PARTIAL) else A_WHILE)
    except OSError:
        return True


def _write(path: Path, data: bytes) -> None:
    """Write a small file so that a power cut after it is named does not empty it."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


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
