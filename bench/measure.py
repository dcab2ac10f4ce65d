"""Runs a program and says what it cost: time, processor time and memory of all its processes together.

Linux only. Every 20 ms the tree of processes is read from /proc: the sum of PSS (each shared page counted once,
divided among those who share it) from smaps_rollup, and the plain sum of RSS, which counts shared pages again in each
process. Peaks shorter than a sample are missed. Processor time is that of all processes, as the kernel gives it to
whoever waits for them; orphans come back to us because we are their reaper.
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
        while not self.done.wait(EVERY):
            tree = below(self.root)
            sizes = [_memory(pid) for pid in tree]
            self.pss = max(self.pss, sum(pss for pss, _ in sizes))
            self.rss = max(self.rss, sum(rss for _, rss in sizes))
            self.processes = max(self.processes, len(tree))


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


def _memory(pid: int) -> tuple[int, int]:
    """Return PSS and RSS; where PSS may not be read, RSS stands for it."""
    try:
        rss = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE
    except (OSError, IndexError):
        return 0, 0
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return rss, rss
    pss = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), rss)
    return pss, rss
