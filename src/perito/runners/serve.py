"""The two ends of a cluster that stay: its scheduler and its workers, on Dask, over TLS and nothing else."""

import asyncio
import contextlib
import logging
import os
import signal
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from perito.base.leftovers import private_folder
from perito.runners.cluster import checked, leave, secured

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
FAREWELL = 20.0
"""Seconds in which a server that was told to stop says so to the others; then it ends without."""

AT_LAST = 30.0
"""Seconds after which a server that was told to stop ends whatever Dask still waits for."""


def _end() -> None:
    os._exit(0)


def scheduler(host: str, port: int, certificates: Path, tell: Callable[[str], None]) -> None:
    """Serve until told to stop; `tell` gets the address once it is reached there."""
    security = secured(certificates, serves=True)

    def made() -> Any:
        from distributed import Scheduler

        given = {"host": host, "port": port, "protocol": "tls", "security": security}
        return Scheduler(**given, dashboard=False, dashboard_address=INSIDE)

    _serve(made, tell)


def worker(address: str, threads: int, certificates: Path, tell: Callable[[str], None], host: str | None) -> None:
    """Work for a scheduler until told to stop, on `threads` calls at a time, each in a process of its own."""
    checked(address)
    security = secured(certificates, serves=True)

    def made() -> Any:
        from distributed import Worker

        given = {"host": host, "protocol": "tls", "security": security, "nthreads": threads}
        return Worker(address, **given, memory_limit=0, dashboard_address=INSIDE)

    _serve(made, tell, executor_wait=False)  # what it was at goes to another worker
    leave()


def _serve(made: Callable[[], Any], tell: Callable[[str], None], **closing: bool) -> None:
    import dask

    logging.getLogger("distributed").setLevel(logging.WARNING)
    with (
        private_folder(Path(tempfile.gettempdir())) as own,
        dask.config.set({**SETTINGS, "temporary-directory": str(own)}),
    ):
        asyncio.run(_until_stopped(made, tell, closing))


async def _until_stopped(made: Callable[[], Any], tell: Callable[[str], None], closing: dict[str, bool]) -> None:
    stopped = asyncio.Event()
    last = threading.Timer(AT_LAST, _end)
    last.daemon = True

    def stop() -> None:
        if not stopped.is_set():
            last.start()
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: the process just ends
            asyncio.get_running_loop().add_signal_handler(number, stop)
    server = made()
    starting = asyncio.ensure_future(server)
    ending = asyncio.create_task(stopped.wait())
    await asyncio.wait([starting, ending], return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():  # a worker waits for its scheduler as long as it takes
        starting.cancel()
        await asyncio.wait([starting])
        return
    await starting
    tell(server.address)
    await asyncio.wait([asyncio.create_task(server.finished()), ending], return_when=asyncio.FIRST_COMPLETED)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(server.close(**closing), FAREWELL)
