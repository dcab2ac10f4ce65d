"""Calls in processes of this machine: one that dies costs its call a second try, and no other call anything."""

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from threading import Lock
from types import TracebackType
from typing import Any

from perito.base.leftovers import places, sweep
from perito.runners.child import GRACE, Child, Died
from perito.runners.orders import TRIED, WorkerLost, answer, by_name_only, order


class LocalRunner(Executor):
    """Up to `jobs` processes, each started when first needed and used again; a function and JSON by name go in."""

    def __init__(self, jobs: int) -> None:
        self._threads = ThreadPoolExecutor(jobs)
        self._lock = Lock()
        self._idle: list[Child] = []
        self._all: list[Child] = []
        self._stopping = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function of a module by its name; errors of ours come back as Told, a lost process as WorkerLost."""
        by_name_only(args)
        line = order(fn, kwargs)
        return self._threads.submit(lambda: answer(self.ask(line)))

    def ask(self, line: str) -> str:
        """Return the reply to an order, from a process that is free; TRIED times where it dies."""
        how: list[str] = []
        while len(how) < TRIED and (child := self._take()):
            try:
                return child.ask(line)
            except Died as error:
                how.append(str(error))
            finally:
                self._give_back(child)
        raise WorkerLost(
            "worker process",
            f"it died {len(how)} times ({', '.join(how)})" if how else "it was told to stop",
            "this examination did not end; nothing can be said from it",
            "SIGKILL is most often the system that ran out of memory: examine it by itself, on a machine with more",
        )

    def _take(self) -> Child | None:
        """Return a free process, a new one if need be; None where none is to begin any more."""
        with self._lock:
            if self._stopping:
                return None
            if self._idle:
                return self._idle.pop()
            child = Child()
            self._all.append(child)
            return child

    def _give_back(self, child: Child) -> None:
        with self._lock:
            if child.alive:
                self._idle.append(child)
                return
            self._all.remove(child)
        child.close()
        for place in places():
            sweep(place)

    def stop(self) -> None:
        """End every call that runs, and begin none that waits."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._stopping = True
            running = [child for child in self._all if child not in self._idle]
        for child in running:
            child.stop()

    def end(self) -> None:
        """Stop, and return only when every process is gone: what outlives its parent may be killed as it cleans up."""
        self.stop()
        self.shutdown()
        late = time.monotonic() + GRACE + 1
        while self._all and time.monotonic() < late:
            time.sleep(0.05)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's
        """Wait for what runs, and end the processes."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        with self._lock:
            children, self._idle = self._idle, []
            self._all = [child for child in self._all if child not in children]
        for child in children:
            child.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End in order; at once where the block was left by an error or by Ctrl-C."""
        if kind is not None:
            self.stop()
        self.shutdown()
