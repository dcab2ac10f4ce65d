"""Confinement of the process that reads evidence: its limits, its deadline, and what of the machine it can reach."""

import contextlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from types import FrameType

from perito.base import frames, interpreter, kernel, landlock, seccomp
from perito.base.limits import MIB, Limits

if sys.platform != "win32":
    import resource

PUBLIC = (
    *("/dev/urandom", "/dev/zero", "/usr/share/zoneinfo"),
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"),
)
"""What every machine has and nobody hides: a library loaded late, the rules of time zones."""
PARTS = ("network", "files", "evidence", "programs", "processes", "signals", "memory")
STATM = {"size": 0, "data": 5}
"""Which numbers of `/proc/self/statm` are which (proc_pid_statm(5)); the kernel counts `data` against RLIMIT_DATA."""
SPARE_CPU = 2
SPARE_MEMORY = 32 * MIB


class OutOfTime(BaseException):
    """Raised once inside a task shortly before its time ends, so that it can still hand over what it has read.

    It is no `Exception`: a parser that catches too much does not swallow it. Windows has no signal for it.
    """


class _State:
    """What this process, once it is a worker, must remember of its task."""

    reply = -1
    last_report = 0.0
    settled = True
    held = False
    due = ""


def report(count: int) -> None:
    """Tell the pool how many rows were read so far; ten times a second at most, and nothing outside a worker."""
    now = time.monotonic()
    if _State.reply < 0 or now - _State.last_report < frames.REPORTS_EVERY:
        return
    _State.last_report = now
    frames.write(_State.reply, frames.packed(frames.PROGRESS, 0, count.to_bytes(8, "big")))


def settle() -> None:
    """Ask for no OutOfTime from here on: what was read is being written down.

    Call it as the last statement inside the `try` that catches OutOfTime; the hard limits stay.
    """
    _State.settled = True


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Hold an OutOfTime back while the block runs and raise it at its end: for what is done whole or not at all."""
    held, _State.held = _State.held, True
    try:
        yield
    finally:
        _State.held = held
    if _State.due and not held:
        _raise_once()


def _out_of_time(number: int, _frame: FrameType | None) -> None:
    _State.due = signal.Signals(number).name
    if not _State.held:
        _raise_once()


def _raise_once() -> None:
    if not _State.settled:
        _State.settled = True
        raise OutOfTime(_State.due)


def arm(limits: Limits, reply: int) -> None:
    """Begin the time of a task: OutOfTime at nine tenths of its wall time or at its CPU limit, reports to `reply`."""
    _State.reply = reply
    _State.settled = False
    frames.write(reply, frames.packed(frames.READY, 0))
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, _out_of_time)
        signal.signal(signal.SIGXCPU, _out_of_time)
        signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds * 0.9)


def limit(limits: Limits) -> None:
    """Set the resource limits of this process; what a system does not know or refuses is left as it was."""
    if sys.platform == "win32":
        return
    cpu = max(1, round(limits.cpu_seconds))
    memory = _statm("size") + limits.memory
    _cap(resource.RLIMIT_CPU, cpu, cpu + SPARE_CPU)
    if limits.mapped and (data := _statm("data")):
        _cap(resource.RLIMIT_DATA, data + limits.memory, data + limits.memory + SPARE_MEMORY)
    _cap(resource.RLIMIT_AS, memory + limits.mapped, memory + limits.mapped + SPARE_MEMORY)
    _cap(resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes)
    _cap(resource.RLIMIT_NOFILE, limits.open_files, limits.open_files)
    _cap(resource.RLIMIT_CORE, 0, 0)


def _cap(number: int, soft: int, hard: int) -> None:
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(number, (soft, hard))


def relax_memory() -> None:
    """Give a task that met its memory limit the small reserve it needs to say so."""
    if sys.platform != "win32":
        for number in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
            _, hard = resource.getrlimit(number)
            _cap(number, hard, hard)


def threads() -> int:
    """Return how many threads this process has, 0 where the system does not tell."""
    try:
        return len(list(Path("/proc/self/task").iterdir()))
    except OSError:
        return 0


def _statm(part: str) -> int:
    """Return the bytes of address space in use (`size`), or of what of it may be written (`data`); 0 if nothing tells."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[STATM[part]]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def confine(limits: Limits, readable: Sequence[str] = (), writable: Sequence[str] = ()) -> dict[str, bool]:
    """Confine this process for the rest of its life, as far as the system can, and return what took.

    It then opens `readable` (files, or folders with all under them) to read and `writable` to write, Python's own
    library, and nothing else; it has no network, starts no program or process, and changes no file's mode, owner or
    times, not even of its own. Threads may be started where seccomp is there. What is open already stays open; what
    is imported later is found only in the library. Each measure stands alone: a system without one keeps the others.
    Where landlock is missing, what the user may write, a worker may write. macOS has the resource limits alone (and
    does not count address space), Windows nothing of this.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    limit(limits)
    done = {"namespaces": kernel.separate()}
    kernel.control(kernel.PR_SET_NO_NEW_PRIVS, 1)
    done["landlock"] = landlock.restrict([*PUBLIC, *libraries(), *readable], [os.devnull, *writable])
    done["capabilities"] = kernel.drop_capabilities(write_any=done["landlock"])
    kernel.control(kernel.PR_SET_DUMPABLE, 0)
    kernel.die_with_parent()
    done["seccomp"] = seccomp.restrict()
    if not done["seccomp"] and sys.platform != "win32":
        _cap(resource.RLIMIT_NPROC, 0, 0)
    return done


@cache
def libraries() -> tuple[str, ...]:
    """Return the folders from which Python and this package import: the same on every machine, so no secret."""
    standard = str(Path(os.__file__).parent)
    named = ("site-packages", "dist-packages")
    found = [path for path in sys.path if path.startswith(standard) or Path(path).name in named]
    return (*found, str(Path(__file__).parent.parent))


def available() -> dict[str, str]:
    """Return what is in force on this machine and by what, each tried just now in a process that is thrown away."""
    how = {
        "workers": "forked from one host" if hasattr(os, "fork") else "one fresh interpreter each",
        "time": "capped for each worker (the clock of its host, and RLIMIT_CPU where there is one)",
    }
    if sys.platform == "win32":
        return how | dict.fromkeys(PARTS, "not enforced here")
    with tempfile.TemporaryDirectory(prefix="perito-doctor-") as folder:
        for name in ("evidence", "secret"):
            (Path(folder) / name).write_text(name)
        (Path(folder) / "scratch").mkdir()
        with interpreter.start("from perito.base.probe import main; main(*sys.argv[1:])", folder) as process:
            said, _ = process.communicate(timeout=60)
    found: dict[str, str] = {}
    for line in said.splitlines():
        found |= json.loads(line)
    return how | {part: found.get(part, "could not be tried here") for part in PARTS}
