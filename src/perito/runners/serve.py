"""The two ends of a cluster that stay: its scheduler and its workers, on Dask, over TLS and nothing else."""

import asyncio
import logging
import os
import signal
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

from perito.base.leftovers import delete, private_folder
from perito.runners.cluster import beside, checked, leave, secured

LOST_WORKERS = 2
"""How many workers one call may take with it before it is given up: it is tried once more than this."""
SETTINGS = {
    "distributed.scheduler.allowed-failures": LOST_WORKERS,
    "distributed.scheduler.no-workers-timeout": "10 minutes",
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
"""Dask opens a page of its own beside each server, without TLS: it gets nothing to show, and only this machine."""
INSIDE = "127.0.0.1:0"
STOPS = [getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)]
FAREWELL = 20.0
"""Seconds in which a server that was told to stop says so to the others; then it ends without."""
AGAIN = 0.2
"""Seconds between two times at which what still waits is told that nobody waits for it."""
OFTEN = 10
"""How often it is told so."""
AT_LAST = 30.0
"""Seconds after which a server that was told to stop ends all the same, even where its loop stands still."""


def scheduler(host: str, port: int, certificates: Path, tell: Callable[[str], None]) -> None:
    """Serve until told to stop; `tell` gets the address once it is reached there."""
    security = secured(certificates, serves=True)

    def made() -> Any:
        from distributed import Scheduler

        given = {"host": host, "port": port, "protocol": "tls", "security": security}
        return Scheduler(**given, dashboard=False, dashboard_address=INSIDE)

    _serve(made, tell)


def worker(address: str, threads: int, certificates: Path, tell: Callable[[str], None], host: str | None) -> None:
    """Work for a scheduler until told to stop or left by it, on `threads` calls at a time, each in a process of its own."""
    checked(address)
    security = secured(certificates, serves=True)
    beside()  # before two threads ask for it at once, and each makes its own

    def made() -> Any:
        from distributed import Worker

        given = {"host": host, "protocol": "tls", "security": security, "nthreads": threads}
        return _leaves_at_once(Worker)(address, **given, memory_limit=0, dashboard_address=INSIDE)

    _serve(made, tell)
    leave()


def _leaves_at_once(worker: type[Any]) -> type[Any]:
    """Return Dask's worker, but one that never waits for what it is at: that goes to another worker.

    One that its scheduler closes or leaves would wait for half a minute, and so would whoever closes it meanwhile.
    """

    async def close(self: Any, **given: Any) -> Any:
        return await worker.close(self, **{**given, "executor_wait": False})

    return type(worker.__name__, (worker,), {"close": close})


def _serve(made: Callable[[], Any], tell: Callable[[str], None]) -> None:
    import dask

    logging.getLogger("distributed").setLevel(logging.WARNING)
    with (
        private_folder(Path(tempfile.gettempdir())) as own,
        dask.config.set({**SETTINGS, "temporary-directory": str(own)}),
        _Heard(own) as heard,
    ):
        asyncio.run(_until_stopped(made, tell, heard))


class _Heard:
    """Whether this process was told to stop; it then ends at last, also where its main thread does not.

    The signals stay ours when the loop is closed (`add_signal_handler` would give them back): one that comes while
    a server ends by itself would kill it among what it deletes.
    """

    def __init__(self, own: Path) -> None:
        self._own = own
        self._told: SimpleQueue[int] = SimpleQueue()  # the one thing that may be put to from a signal's handler
        self._tell: Callable[[], object] = bool
        self._over = threading.Event()

    def __enter__(self) -> Self:
        for number in STOPS:
            signal.signal(number, lambda which, _frame: self._told.put(which))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)  # it ends as it is, and Python's own end would restore the default
        self._over.set()
        self._told.put(0)

    def then(self, tell: Callable[[], object]) -> None:
        """Call `tell`, in a thread of its own, once this process is told to stop."""
        self._tell = tell
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        self._told.get()
        self._tell()
        if self._over.wait(AT_LAST):
            return
        words = "told to stop %.0f seconds ago and still not closed: ends all the same"
        logging.getLogger(__name__).warning(words, AT_LAST)
        delete(self._own)
        leave()
        os._exit(0)


async def _until_stopped(made: Callable[[], Any], tell: Callable[[str], None], heard: _Heard) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    heard.then(lambda: loop.is_closed() or loop.call_soon_threadsafe(stopped.set))
    server = made()
    starting = asyncio.ensure_future(server)
    ending = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait([starting, ending], return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():  # a worker waits for its scheduler as long as it takes
            return
        await starting
        tell(server.address)
        await asyncio.wait([asyncio.create_task(server.finished()), ending], return_when=asyncio.FIRST_COMPLETED)
        closing = asyncio.create_task(server.close())
        if (await asyncio.wait([closing], timeout=FAREWELL))[0]:
            await closing
    finally:
        await _let_go()


async def _let_go() -> None:
    """Cancel what Dask left waiting, more than once: `asyncio.run` does so once, and then waits without an end.

    Dask's reader of a scheduler that is cancelled closes its worker, and where that is being closed already, waits for
    the end of it. Its attempt to reach one that fails just then takes that for a further failure (Python before 3.12).
    """
    for _ in range(OFTEN):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if not others:
            return
        for one in others:
            one.cancel()
        await asyncio.wait(others, timeout=AGAIN)
