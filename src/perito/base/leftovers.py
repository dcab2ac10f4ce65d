"""Folders for copies and decrypted files that do not outlive their run, even one that was killed outright.

Each holds a marker that names its process. The process keeps the marker locked; the system gives the lock back when
the process ends, however it ends, so a marker that can be locked belongs to a dead run.
"""

import contextlib
import json
import os
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

PREFIX = "perito-"
MARKER = "perito-run.json"
FILES = "files"
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it, for the owner alone
"""Where Linux keeps files in memory."""
LONGEST = 4_096
"""Bytes of a marker that are read; ours are shorter."""
_QUIET = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


@contextmanager
def private_folder(above: Path) -> Iterator[Path]:
    """Give a new private folder below `above` and delete it whatever happens; what dead runs left there goes first."""
    sweep(above)
    own = (
        above / f"{PREFIX}{secrets.token_hex(16)}"
    )  # named beforehand: a run told to stop just then knows what to delete
    try:
        own.mkdir(mode=0o700)
        with _marked(own):
            folder = own / FILES
            folder.mkdir(mode=0o700)
            yield folder
    finally:
        shutil.rmtree(own, ignore_errors=True)


def delete(folder: Path) -> None:
    """Delete a private folder before its time, for a process that is about to end without leaving the block."""
    shutil.rmtree(folder.parent, ignore_errors=True)


def places() -> tuple[Path, Path]:
    """Return where runs of this user make their private folders."""
    return Path(tempfile.gettempdir()), MEMORY


def sweep(above: Path) -> list[Path]:
    """Delete the folders of this user's dead runs below `above` and return them; nothing else is ever touched.

    One is ours if it is no link, belongs to this user, lets nobody else in, and holds a marker that Perito wrote
    there; it is dead if nobody holds the marker's lock. Where the system has no such locks, nothing is deleted.
    """
    if sys.platform == "win32":
        return []
    swept = []
    with contextlib.suppress(OSError):
        for folder in sorted(above.glob(f"{PREFIX}*")):
            if _is_ours(folder) and _is_dead(folder):
                shutil.rmtree(folder, ignore_errors=True)
                swept.append(folder)
    return swept


@contextmanager
def _marked(own: Path) -> Iterator[None]:
    """Keep a locked marker in a folder; it has its name only once it is locked."""
    new = own / f"{MARKER}.new"
    number = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | _QUIET, 0o600)
    try:
        os.write(number, json.dumps({"tool": "perito", **owner()}).encode())
        if sys.platform != "win32":
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            new.rename(own / MARKER)
        yield
    finally:
        os.close(number)


def owner() -> dict[str, object]:
    """Return what tells this process from every other one: its id, when it began (ticks since boot), which boot."""
    begun, boot = 0, ""
    with contextlib.suppress(OSError, IndexError, ValueError):
        begun = int(Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return {"pid": os.getpid(), "begun": begun, "boot": boot}


def _is_ours(folder: Path) -> bool:
    try:
        info = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and info.st_uid == os.geteuid() and stat.S_IMODE(info.st_mode) == 0o700


def _is_dead(folder: Path) -> bool:
    """Tell whether a folder holds a marker of ours whose lock nobody holds."""
    try:
        number = os.open(folder / MARKER, os.O_RDWR | _QUIET)
    except OSError:
        return False
    try:
        info = os.fstat(number)
        if not stat.S_ISREG(info.st_mode) or info.st_uid != os.geteuid():
            return False
        told = json.loads(os.read(number, LONGEST))
        if not isinstance(told, dict) or told.get("tool") != "perito" or not isinstance(told.get("pid"), int):
            return False
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (OSError, ValueError):  # locked, or no marker of ours
        return False
    else:
        return True
    finally:
        os.close(number)
