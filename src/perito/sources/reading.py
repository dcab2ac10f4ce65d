"""The one way a file of the evidence is opened: for reading, without following links, leaving its times alone."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

BLOCK = 1 << 20
_QUIET = getattr(os, "O_NOATIME", 0)
_FLAGS = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOCTTY"):
    _FLAGS |= getattr(os, _flag, 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
for _flag in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"):
    _NEW |= getattr(os, _flag, 0)


def descriptor(path: str | Path, *, folder: bool = False) -> int:
    """Return a descriptor of a regular file (or folder) of the evidence; its access time stays where it can.

    OSError for what is neither: a pipe or a device is never waited for, a link never followed.
    """
    try:
        number = os.open(path, _FLAGS | _QUIET)
    except PermissionError:  # another owner's file: the system grants the quiet flag to owners only
        number = os.open(path, _FLAGS)
    wanted = stat.S_ISDIR if folder else stat.S_ISREG
    if not wanted(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(errno.EINVAL, "neither a regular file nor a folder", str(path))
    return number


@contextmanager
def evidence(path: str | Path) -> Iterator[FileIO]:
    """Open a regular file of the evidence for reading, unbuffered."""
    with os.fdopen(descriptor(path), "rb", buffering=0) as file:
        yield file


@contextmanager
def private(path: Path) -> Iterator[FileIO]:
    """Create a file that only its owner may read (0600); FileExistsError where something is already there."""
    with os.fdopen(os.open(path, _NEW, 0o600), "wb", buffering=0) as file:
        yield file


def head(path: str | Path, size: int = 4096) -> bytes:
    """Return the first bytes of a file of the evidence."""
    with evidence(path) as file:
        return file.read(size)


def digest(path: str | Path) -> str:
    """Return the SHA-256 of a file of the evidence in lower-case hex."""
    with evidence(path) as file:
        return hashlib.file_digest(file, "sha256", _bufsize=BLOCK).hexdigest()


def copy(path: str | Path, target: Path) -> str:
    """Copy a file of the evidence to a new private file and return the SHA-256 of what was copied."""
    total = hashlib.sha256()
    block = bytearray(BLOCK)
    view = memoryview(block)
    with evidence(path) as file, private(target) as copied:
        while count := file.readinto(block):
            total.update(view[:count])
            copied.write(view[:count])
    return total.hexdigest()


def text_of(raw: str) -> str:
    r"""Return a name as the system gave it, with each byte that is no UTF-8 written as `\xff`."""
    if raw.isascii():
        return raw
    return os.fsencode(raw).decode("utf-8", "backslashreplace")
