"""What confinement is worth on this machine, found out by trying to break it from within a process of its own."""

import contextlib
import ctypes
import errno
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from perito.base import confine, frames, kernel, landlock
from perito.base.limits import GIB, Limits

INTERNET, STREAM, DATAGRAM = 2, 1, 2
LOOPBACK = b"\x02\x00\x00\x09\x7f\x00\x00\x01" + bytes(8)
"""Port 9 of this very machine: no packet leaves it, whatever the outcome."""
NOT_HERE = "not enforced here"


def network(done: dict[str, bool]) -> str:
    """Try to have a socket, and to reach this machine's own loopback with it."""
    spaces, filtered = ("its own empty network", done["namespaces"]), ("seccomp", done["seccomp"])
    error = _connected(DATAGRAM)
    if error in {errno.EPERM, errno.EACCES}:
        return _because("unreachable", spaces, filtered)
    if error == errno.ENETUNREACH:
        return _because("unreachable", spaces)
    if _connected(STREAM) == errno.EACCES:
        return _because("no TCP, but other protocols are not refused", ("landlock", True))
    return NOT_HERE


def _connected(kind: int) -> int:
    """Return the error that a socket, or its connection to a port of this machine, ends with; 0 for none."""
    library = kernel.library()
    ctypes.set_errno(0)
    socket = library.socket(INTERNET, kind, 0)
    if socket >= 0:
        library.connect(socket, ctypes.create_string_buffer(LOOPBACK, 16), 16)
        os.close(socket)
    return ctypes.get_errno()


def files(done: dict[str, bool], folder: Path) -> str:
    """Try to read a file that was not named."""
    if _refused((folder / "secret").read_bytes):
        return _because("a worker reads only what was named to it", (f"landlock {landlock.version()}", True))
    return f"{NOT_HERE}: a worker could read whatever you may read" + ("" if not done["landlock"] else " (!)")


def evidence(done: dict[str, bool], folder: Path) -> str:
    """Try to change the evidence's mode and times, to write it, to cut it, and to remove it."""
    file = folder / "evidence"
    outside = _refused(lambda: file.chmod(0o600)) and _refused(lambda: os.utime(file))
    content = _refused(lambda: os.close(os.open(file, os.O_RDWR))) and _refused(lambda: os.truncate(file, 0))
    if not content or not _refused(file.unlink):
        return f"{NOT_HERE}: a worker could change files that you may change; work on a read-only medium"
    landlocked, filtered = ("landlock", done["landlock"]), ("seccomp", done["seccomp"])
    if not outside:
        return _because("cannot be written or removed; its mode and times could be changed", landlocked)
    return _because("cannot be written or removed, nor its mode and times be changed", landlocked, filtered)


def programs(done: dict[str, bool]) -> str:
    """Try to become another program; where that succeeds, this function does not return."""
    with contextlib.suppress(OSError):
        os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", ""])  # noqa: S606 - it is there to fail
    return _because("none can be started", ("landlock", done["landlock"]), ("seccomp", done["seccomp"]))


def processes(done: dict[str, bool]) -> str:
    """Try to have a child process."""
    try:
        child = os.fork()
    except OSError:
        return _because("none can be started", ("seccomp", done["seccomp"]), ("RLIMIT_NPROC", not done["seccomp"]))
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return f"{NOT_HERE}: they are killed with the worker"


def signals(done: dict[str, bool]) -> str:
    """Try to send the empty signal to the process that started this one."""
    if _refused(lambda: os.kill(os.getppid(), 0)):
        scoped = done["landlock"] and landlock.version() >= landlock.SCOPED
        return _because("none to other processes", ("landlock", scoped), ("seccomp", done["seccomp"]))
    return NOT_HERE


def memory(_: dict[str, bool]) -> str:
    """Try to have more memory than was allowed; it is asked for and not touched."""
    try:
        bytes(2 * GIB)
    except MemoryError:
        return _because("capped for each worker", ("RLIMIT_AS", True))
    return NOT_HERE


def _because(what: str, *causes: tuple[str, bool]) -> str:
    named = ", ".join(name for name, counts in causes if counts)
    return f"{what} ({named})" if named else what


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except PermissionError:
        return True
    return False


def main(folder: str) -> None:
    """Confine this process with the evidence in `folder`, try everything, and print what held: a line of JSON a part.

    Becoming another program comes last, and its line is missing if it could be done.
    """
    place = Path(folder)
    done = confine.confine(Limits(memory=GIB), [str(place / "evidence")], [str(place / "scratch")])
    found = {
        "network": network(done),
        "files": files(done, place),
        "evidence": evidence(done, place),
        "processes": processes(done),
        "signals": signals(done),
        "memory": memory(done),
        "programs": NOT_HERE,
    }
    frames.write(1, json.dumps(found).encode() + b"\n")
    frames.write(1, json.dumps({"programs": programs(done)}).encode() + b"\n")
