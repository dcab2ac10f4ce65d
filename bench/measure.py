"""Runs a program and says what it cost: time, processor time and memory of all its processes together.

Linux only. Every 20 ms the tree of processes is read from /proc: the plain sum of RSS, which counts shared pages again
in each process. The sum of PSS (each shared page counted once, divided among those who share it) comes from
smaps_rollup, which is dear: it walks every page and holds up the process meanwhile. It is asked only while RSS stands
above the highest PSS seen, since it cannot be higher, and for at most 3 % of the time. Peaks shorter than a
sample are missed. Processor time is that of all processes, as the kernel gives it to whoever waits for them; orphans
come back to us because we are their reaper.
"""

import contextlib
import ctypes
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

EVERY = 0.02
SHARE = 0.03
"""Part of the time that may go into asking for PSS."""
PR_SET_CHILD_SUBREAPER = 36
PAGE = os.sysconf("SC_PAGE_SIZE")


class Cost(NamedTuple):
    """Seconds and bytes."""

    wall: float
    cpu: float
    pss: int
    rss: int
    processes: int
    exit_code: int


def run(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run `command` to its end, its output into `log`, and return what it cost."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    begin = time.perf_counter()
    with log.open("wb") as stream:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, env={**os.environ, **(environment or {})}
        )
    sampler = _Sampler(child.pid)
    sampler.start()
    cpu, code = 0.0, 0
    while True:
        try:
            pid, status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            break
        cpu += usage.ru_utime + usage.ru_stime
        if pid == child.pid:
            code, wall = os.waitstatus_to_exitcode(status), time.perf_counter() - begin
            child.returncode = code
    sampler.done.set()
    sampler.join()
    return Cost(wall, cpu, sampler.pss, sampler.rss, sampler.processes, code)


class _Sampler(threading.Thread):
    """Watches a process and all below it."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root, self.done = root, threading.Event()
        self.pss = self.rss = self.processes = 0

    def run(self) -> None:
        rest = 0.0
        while not self.done.wait(EVERY):
            tree = below(self.root)
            rss = sum(_rss(pid) for pid in tree)
            self.rss, self.processes = max(self.rss, rss), max(self.processes, len(tree))
            begin = time.perf_counter()
            if rss > self.pss and begin >= rest:
                self.pss = max(self.pss, sum(_pss(pid) for pid in tree))
                end = time.perf_counter()
                rest = end + (end - begin) / SHARE


def below(root: int) -> list[int]:
    """Return a process and all its descendants that are alive."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting.extend(int(child) for child in (task / "children").read_text(encoding="ascii").split())
    return found


def _rss(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def _pss(pid: int) -> int:
    """Return PSS; where it may not be read, RSS stands for it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return _rss(pid)
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), _rss(pid))
