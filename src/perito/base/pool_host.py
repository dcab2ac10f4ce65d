"""The host: one interpreter with everything imported, which forks a worker for each task and watches over it.

It is a process of its own because a fork is safe only where no other thread runs, and cheap only where little memory
is written. It never looks into what a worker sends.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from perito.base import confine, frames, kernel, leftovers, pool_child

GRACE = 5.0
"""Seconds in which a killed run must be gone, so that the locks on its folders are free."""


@dataclass(slots=True)
class Worker:
    """One forked process, and what is known of it so far."""

    key: int
    pid: int
    pipe: int
    ends: float
    wall_seconds: float
    cpu_seconds: float
    memory_kills: int
    stream: frames.Replies
    last_report: float = 0.0


class Host:
    """Forks and watches workers until its standard input ends; one task's end touches no other's."""

    def __init__(self, orders: int, replies: int) -> None:
        self.orders = orders
        self.replies = replies
        self.stream = frames.Frames(frames.START + frames.CANCEL + frames.END)
        self.unsent = bytearray()
        self.workers: dict[int, Worker] = {}
        self.ended: set[int] = set()
        self.pid = os.getpid()
        self.dismissed = False
        """Whether the pool took its leave; a pool that was killed does not."""

    def serve(self) -> None:
        """Take orders, fork, pass replies on; return when nobody is there to give orders any more."""
        while True:
            ready = self._wait()
            if self.orders in ready and not self._take_orders():
                return
            for pipe in ready & self.workers.keys():
                self._hear(self.workers[pipe])
            self._send()
            self._end_overdue()
            self._bury()

    def _wait(self) -> set[int]:
        poll = select.poll()
        for pipe in (self.orders, *self.workers):
            poll.register(pipe, select.POLLIN)
        if self.unsent:
            poll.register(self.replies, select.POLLOUT)
        wait = min((worker.ends - time.monotonic() for worker in self.workers.values()), default=60.0)
        if self.ended:
            wait = min(wait, 0.02)
        return {pipe for pipe, _ in poll.poll(max(0.0, wait) * 1000)}

    def _take_orders(self) -> bool:
        piece = os.read(self.orders, frames.CHUNK)
        for frame in self.stream.feed(piece):
            if frame.kind == frames.START:
                self._start(frame.key, json.loads(frame.payload))
                continue
            self.dismissed = self.dismissed or frame.kind == frames.END
            for worker in [worker for worker in self.workers.values() if worker.key == frame.key]:
                self._end(worker, frames.KILLED, b"no longer wanted")
        return bool(piece)

    def _start(self, key: int, order: dict[str, Any]) -> None:
        pipe, reply = os.pipe()
        memory_kills = _memory_kills()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(pipe)
            os.close(reply)
            self.unsent += frames.packed(frames.KILLED, key, f"no worker could be started: {error.strerror}".encode())
            return
        if pid == 0:
            try:
                _become_worker(order, reply, self.pid)
            finally:
                os._exit(1)
        os.close(reply)
        os.set_blocking(pipe, False)
        limits = order["limits"]
        self.workers[pipe] = Worker(
            key,
            pid,
            pipe,
            time.monotonic() + frames.START_SECONDS,
            limits["wall_seconds"],
            limits["cpu_seconds"],
            memory_kills,
            frames.Replies(limits["reply_bytes"], limits["wall_seconds"]),
        )

    def _hear(self, worker: Worker) -> None:
        try:
            piece = os.read(worker.pipe, frames.CHUNK)
        except BlockingIOError:
            return
        if not piece:
            self._end_unheard(worker)
            return
        begun = worker.stream.begun
        try:
            heard = worker.stream.feed(piece)
        except frames.BrokenFrame as error:
            self._end(worker, frames.KILLED, str(error).encode())
            return
        if worker.stream.begun and not begun:
            worker.ends = time.monotonic() + worker.wall_seconds
        for frame in heard:
            if frame.kind in frames.FINAL:
                self._end(worker, frame.kind, frame.payload)
                return
        self._pass_on(worker, heard)

    def _pass_on(self, worker: Worker, heard: list[frames.Frame]) -> None:
        now = time.monotonic()
        if heard and now - worker.last_report > frames.REPORTS_EVERY:
            worker.last_report = now
            self.unsent += frames.packed(frames.PROGRESS, worker.key, heard[-1].payload[:8])

    def _send(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self.unsent:
                sent = os.write(self.replies, memoryview(self.unsent)[: frames.CHUNK])
                del self.unsent[:sent]

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for worker in [worker for worker in self.workers.values() if worker.ends <= now]:
            self._end(worker, frames.TIMED_OUT, b"the task did not end in time")

    def _end(self, worker: Worker, kind: bytes, payload: bytes) -> None:
        """Say how a task ended, and kill what is left of it."""
        self.unsent += frames.packed(kind, worker.key, payload)
        _kill(worker.pid)
        os.close(self.workers.pop(worker.pipe).pipe)
        self.ended.add(worker.pid)

    def _end_unheard(self, worker: Worker) -> None:
        """Find out why a worker ended without a reply; one that only closed its pipe is killed."""
        _kill(worker.pid)
        _, status, used = os.wait4(worker.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        kind, reason = frames.KILLED, f"the worker ended without a reply (exit code {code})"
        if code < 0:
            reason = f"the worker was killed by {signal.Signals(-code).name}"
        if -code in {signal.SIGKILL, signal.SIGXCPU} and used.ru_utime + used.ru_stime >= worker.cpu_seconds:
            kind, reason = frames.TIMED_OUT, f"the task used more than {worker.cpu_seconds:g} seconds of processor time"
        elif -code == signal.SIGKILL and _memory_kills() > worker.memory_kills:
            kind, reason = frames.OUT_OF_MEMORY, "the system ran out of memory and killed the worker"
        self.unsent += frames.packed(kind, worker.key, reason.encode())
        os.close(self.workers.pop(worker.pipe).pipe)
        self._clear_up()

    def _bury(self) -> None:
        for pid in list(self.ended):
            if os.waitpid(pid, os.WNOHANG)[0]:
                self.ended.discard(pid)
                self._clear_up()

    def _clear_up(self) -> None:
        """Kill what workers left behind: the host inherits it where workers can start processes at all."""
        known = self.ended | {worker.pid for worker in self.workers.values()}
        for pid in _children(self.pid) - known:
            _kill(pid)
            self.ended.add(pid)

    def close(self) -> None:
        """Kill every worker that still runs."""
        for worker in self.workers.values():
            _kill(worker.pid)


def _kill(pid: int) -> None:
    """Kill a worker and its process group: the group may not exist yet, and either may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _children(pid: int) -> set[int]:
    """Return the processes whose parent is this one, as far as the system tells."""
    try:
        return {int(child) for child in Path(f"/proc/self/task/{pid}/children").read_text().split()}
    except OSError:
        return set()


def _memory_kills() -> int:
    """Return how often this system has killed a process for want of memory; 0 where it does not tell."""
    try:
        with Path("/proc/vmstat").open("rb") as lines:
            return next((int(line.split()[1]) for line in lines if line.startswith(b"oom_kill ")), 0)
    except OSError:
        return 0


def _become_worker(order: dict[str, Any], reply: int, host: int) -> NoReturn:
    """Leave behind what came from the host: its session, its descriptors, its folder."""
    os.setsid()
    kernel.die_with_parent()
    if os.getppid() != host:
        os._exit(1)
    pool_child.silence()
    os.dup2(reply, pool_child.REPLY)
    for descriptor in [int(entry.name) for entry in Path("/dev/fd").iterdir()]:
        if descriptor > pool_child.REPLY:
            with contextlib.suppress(OSError):
                os.close(descriptor)
    pool_child.work(order, pool_child.REPLY)


def main(preload: list[str]) -> None:
    """Serve as the host; its standard input and output are the pool's pipes."""
    parent = os.getppid()
    orders, replies = os.dup(0), os.dup(1)
    pool_child.silence(errors=False)
    for module in preload:
        importlib.import_module(module)
    kernel.control(kernel.PR_SET_CHILD_SUBREAPER, 1)
    confine.libraries()
    gc.collect()
    gc.freeze()
    frames.write(replies, frames.packed(frames.READY, confine.threads()))
    os.set_blocking(replies, False)
    host = Host(orders, replies)
    with contextlib.suppress(BrokenPipeError):
        host.serve()
    host.close()
    if not host.dismissed:
        _tidy_up(parent)


def _tidy_up(parent: int) -> None:
    """Delete what a killed run left in its private folders: keys and decrypted copies do not wait for the next run."""
    ends = time.monotonic() + GRACE
    while os.getppid() == parent and time.monotonic() < ends:
        time.sleep(0.02)
    for place in leftovers.places():
        leftovers.sweep(place)


if __name__ == "__main__":
    main(sys.argv[1:])
