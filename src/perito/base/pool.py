"""The pool: tasks go to confined worker processes, and what becomes of each comes back as an Outcome."""

import contextlib
import itertools
import json
import os
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Protocol, Self

from perito.base import frames
from perito.base.limits import Limits
from perito.base.pool_forked import Forked
from perito.base.pool_fresh import Fresh
from perito.base.task import Outcome, Task
from perito.base.text import printable

__all__ = ["Limits", "Outcome", "Pool", "Progress", "Task"]

REASON = 2000
CONTAINERS = 1_000_000
"""Lists and objects in one reply: more would fill the memory of the process that decodes it."""


class Engine(Protocol):
    """How a pool gets its processes: forked from one host, or started one by one."""

    def start(self, key: int, task: Task) -> None:
        """Begin a task; its frames will carry `key`."""

    def wait(self) -> list[frames.Frame]:
        """Return the next frames of any task, or all final ones of those lost with a host."""

    def cancel(self, key: int) -> None:
        """End a task whose outcome nobody waits for."""

    def close(self) -> None:
        """End every process."""


Progress = Callable[[str, int], None]


class Pool:
    """Up to `jobs` confined processes at a time; JSON goes in and comes out, and nothing of one task reaches another.

    Modules in `preload` are imported once, in a host that every worker is forked from. With `fork=False`, and where
    the system cannot fork, each task has a fresh interpreter, which costs its imports. Not for use from two threads.
    """

    def __init__(self, jobs: int = 2, preload: Iterable[str] = (), *, fork: bool = hasattr(os, "fork")) -> None:
        self.jobs = jobs
        self.preload = tuple(preload)
        self.fork = fork
        self._keys = itertools.count(1)
        self._running: dict[int, tuple[Task, Progress | None]] = {}
        self._arrived: dict[int, Outcome] = {}
        self._engine: Engine

    def __enter__(self) -> Self:
        self._engine = self._new_engine()
        return self

    def _new_engine(self) -> Engine:
        return Forked(self.preload) if self.fork else Fresh()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.close()

    def run(self, tasks: Iterable[Task], progress: Progress | None = None) -> Iterator[Outcome]:
        """Yield the outcome of every task, in the order in which they end.

        `tasks` is drawn from only as workers become free, and may itself use this pool: when an outcome is handed
        out, each worker has its task, and at most `jobs - 1` more have ended with it and wait. `progress` gets a task's
        name and the rows it has read so far. Leaving early ends the tasks that still run.
        """
        waiting = iter(tasks)
        mine: set[int] = set()
        try:
            while True:
                more = self._fill(waiting, mine, progress)
                ended = next((key for key in mine if key in self._arrived), None)
                if ended is not None:
                    mine.discard(ended)
                    yield self._arrived.pop(ended)
                elif mine or more:
                    self._receive()
                else:
                    return
        finally:
            self._abandon(mine)

    def _fill(self, waiting: Iterator[Task], mine: set[int], progress: Progress | None) -> bool:
        """Start tasks while workers are free; say whether there may be more to start."""
        while len(self._running) < self.jobs:
            task = next(waiting, None)
            if task is None:
                return False
            key = next(self._keys)
            self._running[key] = (task, progress)
            mine.add(key)
            self._engine.start(key, task)
        return True

    def _receive(self) -> None:
        for frame in self._engine.wait():
            task, progress = self._running.get(frame.key, (None, None))
            if task is None:
                continue
            if frame.kind in frames.FINAL:
                del self._running[frame.key]
                self._arrived[frame.key] = _outcome(task, frame)
            elif progress is not None:
                progress(task.name, int.from_bytes(frame.payload, "big"))

    def _abandon(self, keys: set[int]) -> None:
        for key in keys:
            self._arrived.pop(key, None)
            if self._running.pop(key, None):
                with contextlib.suppress(BrokenPipeError):
                    self._engine.cancel(key)


def _outcome(task: Task, frame: frames.Frame) -> Outcome:
    """Return the outcome a final frame tells of; a worker is not trusted to send JSON, or little of it."""
    if frame.kind != frames.DONE:
        reason = printable(frame.payload[: 2 * REASON].decode("utf-8", "replace"))[:REASON]
        return Outcome(task, frames.FINAL[frame.kind], reason=reason)
    if frame.payload.count(b"[") + frame.payload.count(b"{") > CONTAINERS:
        return Outcome(task, "killed", reason=f"the reply holds more than {CONTAINERS} lists and objects")
    try:
        return Outcome(task, "done", json.loads(frame.payload))
    except (ValueError, RecursionError):
        return Outcome(task, "killed", reason="the reply is not JSON")
