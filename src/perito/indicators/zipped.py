"""A bundle of lists as one zip file: written with equal bytes for equal lists, read without trusting any of it."""

import errno
import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from perito.base.errors import UsageError
from perito.base.text import printable
from perito.base.times import rfc3339
from perito.indicators import installed
from perito.indicators.change import change
from perito.indicators.installed import FETCH_AGAIN, KEPT, Came, Listed, listed_in, manifest_of

MOST_FILES = 10_000
LARGEST_FILE = 1 << 30
LARGEST_BUNDLE = 4 << 30
LARGEST_MANIFEST = 1 << 24
LARGEST_READ = 1 << 22
"""Bytes that are read of a bundle at once: its list of members is, and each member named there takes memory."""
MOST_PACKED = 1_000
"""How many times larger than its packed form a list may be."""
PIECE = 1 << 20
TOO_MUCH = "more or larger files than a bundle may hold"
NO_TIME = (2026, 1, 1, 0, 0, 0)
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def write(out: Path, lists: Iterable[tuple[str, bytes]]) -> list[Listed]:
    """Write the lists and their manifest as a new file; a file of that name is a UsageError."""
    found = []
    with out.open("xb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
        for number, (name, data) in enumerate(lists):
            found.append(Listed(printable(name), hashlib.sha256(data).hexdigest(), len(data)))
            bundle.writestr(_member(f"lists/{number:06d}"), data, zipfile.ZIP_DEFLATED)
        bundle.writestr(_member(installed.MANIFEST), manifest_of(found), zipfile.ZIP_DEFLATED)
    return found


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, NO_TIME)
    member.external_attr = (stat.S_IFREG | 0o600) << 16
    member.create_system = 3
    return member


def install(path: Path, now: datetime) -> list[Listed]:
    """Install the lists of a bundle in place of those of an earlier one; what was added or fetched stays.

    Whatever is wrong with the bundle is a UsageError, and the old set stays. `now` is kept as the time of installation.
    """
    came = Came(origin=printable(path.name), installed=rfc3339(now) or "")
    try:
        with _Sparing(io.FileIO(path)) as file, zipfile.ZipFile(file) as bundle:
            listed = _checked(bundle)
            pieces = ((one._replace(came=came), _pieces(bundle, number, one)) for number, one in enumerate(listed))
            change(lambda one: None if one.came.way == installed.BUNDLE else one, pieces)
    except (*DAMAGE, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # EINVAL: it names a place before its beginning
            raise UsageError(str(path), error.strerror or "cannot be read", KEPT, "check the path") from error
        what = str(error) if isinstance(error, ValueError) else "no zip file, or a damaged one"
        hint = FETCH_AGAIN
        if not zipfile.is_zipfile(path):
            hint = f"a list by itself is installed with `perito indicators add`; {FETCH_AGAIN}"
        raise UsageError(str(path), f"not a bundle of indicators: {what}", KEPT, hint) from error
    return listed


class _Sparing(io.BufferedReader):
    """A bundle of which no more than LARGEST_READ is read at once; ValueError where more is asked for."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return so many bytes; `zipfile` asks for the whole list of members, as long as the file says that it is."""
        wanted = LARGEST_READ + 1 if size is None or size < 0 else size
        if wanted > LARGEST_READ + 1 or len(piece := super().read(wanted)) > LARGEST_READ:
            raise ValueError(TOO_MUCH)
        return piece


def _checked(bundle: zipfile.ZipFile) -> list[Listed]:
    """Return what the manifest lists, once the members are exactly those and within the limits."""
    members = bundle.infolist()
    names = [one.filename for one in members]
    if len(members) > MOST_FILES or sum(one.file_size for one in members) > LARGEST_BUNDLE:
        raise ValueError(TOO_MUCH)
    if installed.MANIFEST not in names:
        raise ValueError("no manifest.json in it; a bundle is written by `perito indicators export`")
    if bundle.getinfo(installed.MANIFEST).file_size > LARGEST_MANIFEST:
        raise ValueError("a manifest of that size")
    with bundle.open(installed.MANIFEST) as file:
        listed = listed_in(file.read(LARGEST_MANIFEST))
    if not listed:
        raise ValueError("a manifest without files")
    expected = {f"lists/{number:06d}" for number in range(len(listed))} | {installed.MANIFEST}
    if len(names) != len(expected) or set(names) != expected:
        raise ValueError("files other than those of its manifest")
    for one in members:
        _harmless(one)
    return listed


def _harmless(member: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in {0, stat.S_IFREG} or member.flag_bits & 1:
        raise ValueError("a link or an encrypted file in it")
    if member.file_size > LARGEST_FILE or member.file_size > MOST_PACKED * max(member.compress_size, 1_000):
        raise ValueError("a file that unpacks to more than a list may hold")


def _pieces(bundle: zipfile.ZipFile, number: int, listed: Listed) -> Iterator[bytes]:
    left = listed.size + 1
    with bundle.open(f"lists/{number:06d}") as file:
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
