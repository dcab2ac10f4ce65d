"""Calls on a cluster of Dask workers, over TLS with certificates on both sides; each is done in a process of its own.

Whoever holds a certificate of the cluster's authority can run any code on its workers, as their user: that is how Dask
works. See docs/cluster.md.
"""

import json
import logging
import os
import platform
import ssl
import stat
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any

from perito import __version__
from perito.base.errors import PeritoError, UsageError
from perito.runners.certificates import AUTHORITY, CERTIFICATE, KEY, check
from perito.runners.local import LocalRunner
from perito.runners.orders import SchedulerLost, WorkerLost, answer, by_name_only, order, refusal

TLS = "tls://"
REACHED = 20
"""Seconds in which a scheduler must have answered, at first and after it was lost."""
LOOK = 1.0
"""Seconds between two looks at whether the scheduler is still there."""
GONE = (ValueError, RuntimeError, OSError)
"""What Dask's client may end in that closes ways which were never made whole, or are gone."""
LOST = "this examination did not end; nothing can be said from it"


class Sealed:
    """An order on its way; no log that shows what a worker was asked to do shows it (it may hold a password)."""

    def __init__(self, line: str) -> None:
        self.line = line

    def __repr__(self) -> str:
        return "<order>"


def connect(address: str, certificates: Path) -> "ClusterRunner":
    """Return a runner on the cluster at `tls://HOST:PORT`, by the `ca.pem`, `cert.pem` and `key.pem` of a folder.

    UsageError where the address is not of TLS, a file is missing or readable by others, or the cluster is not reached.
    """
    checked(address)
    return ClusterRunner(partial(_reached, address, secured(certificates)))


def _reached(address: str, security: Any) -> Any:
    client = _quiet(_distributed().Client)
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told by errors of ours
    try:
        return client(address, security=security, timeout=REACHED, set_as_default=False)
    except OSError as error:
        raise UsageError(
            address,
            f"no scheduler that knows this certificate was reached ({type(error).__name__})",
            "nothing was done",
            "does it run, and are the certificates of the same authority and not run out? (`perito cluster certs`)",
        ) from error


@cache
def _quiet(client: type[Any]) -> type[Any]:
    """Return Dask's client, but one that is silent when it is let go of: it then closes once more what was lost."""

    def let_go(self: Any) -> None:
        with suppress(*GONE):
            client.__del__(self)

    return type("QuietClient", (client,), {"__del__": let_go})


def checked(address: str) -> None:
    """Refuse an address that would be reached without TLS: others could read the passwords and run code."""
    if not address.startswith(TLS) or len(address) == len(TLS):
        raise UsageError(
            address,
            "is not an address of the form tls://HOST:PORT",
            "without TLS whoever reaches the cluster could run code on it and read along; nothing was done",
            "start the scheduler with `perito cluster scheduler`, which speaks nothing else",
        )


def secured(folder: Path, *, serves: bool = False) -> Any:
    """Return Dask's security settings of a folder of certificates: TLS 1.3 on every way, in every role.

    UsageError for one that others would refuse, and for a client's where others are to be served.
    """
    paths = {name: str(folder / name) for name in (AUTHORITY, CERTIFICATE, KEY)}
    for name, path in paths.items():
        if not Path(path).is_file():
            raise UsageError(
                path,
                "there is no such file",
                "nothing was done",
                f"`perito cluster certs` writes a {name} for each role",
            )
    _private(Path(paths[KEY]))
    check(Path(paths[CERTIFICATE]), serves=serves)
    newest = ssl.TLSVersion.TLSv1_3
    settings: dict[str, Any] = {"require_encryption": True, "tls_ca_file": paths[AUTHORITY], "tls_min_version": newest}
    for role in ("scheduler", "worker", "client"):
        settings |= {f"tls_{role}_cert": paths[CERTIFICATE], f"tls_{role}_key": paths[KEY]}
    return _distributed().Security(**settings)


def _private(key: Path) -> None:
    if os.name == "posix" and stat.S_IMODE(key.stat().st_mode) & 0o077:
        raise UsageError(str(key), "may be read by others", "nothing was done", f"chmod 600 {key}")


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise UsageError(
            "--cluster",
            f"needs a part that is not installed ({error.name})",
            "",
            "in the checkout that Perito was installed from: pip install '.[cluster]'",
        ) from error
    return distributed


class ClusterRunner(Executor):
    """The same interface as LocalRunner; a call whose worker is lost goes to another one, a few times at most.

    When the scheduler is lost, so is every call that was handed over: each ends as SchedulerLost. The next call looks
    for the scheduler once more, as a service manager may have started it anew; in vain, all further ones are lost too.
    """

    def __init__(self, reach: Callable[[], Any]) -> None:
        self._reach = reach
        self._lock = Lock()
        self._waiting: set[Future[Any]] = set()
        self._left = Event()
        self._given_up = False
        self._client = reach()
        self._executor = self._client.get_executor(pure=False)
        Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function of a module by its name; errors of ours come back as Told, a lost worker as WorkerLost."""
        by_name_only(args)
        sealed = Sealed(order(fn, kwargs))
        outer: Future[Any] = Future()
        if not self._present():
            outer.set_exception(_scheduler_lost())
            return outer
        inner = self._executor.submit(run_here, sealed, __version__)
        self._waiting.add(outer)
        inner.add_done_callback(lambda done: self._settle(done, outer))
        outer.add_done_callback(lambda mine: inner.cancel() if mine.cancelled() else None)
        return outer

    @property
    def workers(self) -> int:
        """How many workers the scheduler has just now."""
        return len(self._client.nthreads())

    def _present(self) -> bool:
        """Tell whether the scheduler is there; where it was lost, wait for it once more."""
        if _lost(self._client) and not self._given_up and not self._left.is_set():
            self._all_lost()
            _leave(self._client)
            try:
                self._client = self._reach()
            except UsageError:
                self._given_up = True
            else:
                self._executor = self._client.get_executor(pure=False)
        return not self._given_up

    def _watch(self) -> None:
        """End what waits for a scheduler that has said farewell: Dask tells nobody."""
        while not self._left.wait(LOOK):
            if _lost(self._client):
                self._all_lost()

    def _all_lost(self) -> None:
        for outer in list(self._waiting):
            self._end(outer, _scheduler_lost())

    def _settle(self, inner: "Future[str]", outer: Future[Any]) -> None:
        """Give the caller's future what became of Dask's."""
        if inner.cancelled():
            self._end(outer, _scheduler_lost())
            return
        error = inner.exception()
        if error is not None:
            lost = f"it was lost, or refused the call ({type(error).__name__})"
            hint = "see the logs of scheduler and workers"
            self._end(outer, WorkerLost("worker of the cluster", lost, LOST, hint))
            return
        try:
            self._end(outer, answer(inner.result()))
        except PeritoError as told:
            self._end(outer, told)

    def _end(self, outer: Future[Any], what: Any) -> None:
        """Set a value or an error, unless it was set before: two threads may want to."""
        with self._lock:
            if outer not in self._waiting:
                return
            self._waiting.remove(outer)
        if outer.set_running_or_notify_cancel():
            outer.set_exception(what) if isinstance(what, PeritoError) else outer.set_result(what)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's
        """Leave the cluster, which goes on running; without waiting, calls that have not begun never do."""
        self._left.set()
        if self._client.status == "closed":  # there is nobody to take leave of
            return
        if not _lost(self._client):
            self._executor.shutdown(wait=wait and not cancel_futures)
        _leave(self._client)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave in order; at once where the block was left by an error or by Ctrl-C."""
        self.shutdown(wait=kind is None)


def _leave(client: Any) -> None:
    """Take leave of a scheduler, which may be gone: then there is nobody to say so to."""
    with suppress(*GONE):
        client.close(timeout=LOOK)


def _lost(client: Any) -> bool:
    way = client.scheduler_comm
    return client.status != "running" or way is None or way.closed()


def _scheduler_lost() -> SchedulerLost:
    return SchedulerLost(
        "scheduler of the cluster",
        "it ended, or could not be reached any more",
        LOST,
        "does it run, and does its log say why it ended? What is whole stays; examine the rest again",
    )


def run_here(sealed: Sealed, version: str) -> str:
    """Make a call in a process beside this worker, and return its reply; what kills that process spares the worker."""
    try:
        if version != __version__:
            raise UsageError(
                "worker of the cluster", f"has Perito {__version__}, not {version}", LOST, "install the same on all"
            )
        return _from_here(beside().ask(sealed.line))
    except PeritoError as error:
        return refusal(error)


def _from_here(reply: str) -> str:
    """Have an error say on which machine it happened: what one does not see or hold, another may."""
    if not reply.startswith('{"error"'):
        return reply
    told = json.loads(reply)
    told["error"]["where"] += f" (worker on {platform.node()})"
    return json.dumps(told)


@cache
def beside() -> LocalRunner:
    """Return the processes that work for this worker: as many as it has threads, each used again."""
    return LocalRunner(1)


def leave() -> None:
    """End what is being done beside this worker: nobody waits for its reply any more."""
    beside().end()
