"""Calls on a cluster of Dask workers, over TLS with certificates on both sides; each is done in a process of its own.

Whoever holds a certificate of the cluster's authority can run any code on its workers, as their user: that is how Dask
works. See docs/cluster.md.
"""

import os
import ssl
import stat
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from perito import __version__
from perito.base.errors import PeritoError, UsageError
from perito.runners.certificates import AUTHORITY, CERTIFICATE, KEY
from perito.runners.local import LocalRunner
from perito.runners.orders import WorkerLost, answer, by_name_only, order, refusal

TLS = "tls://"
REACHED = 20
"""Seconds in which a scheduler must have answered."""
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
    client, security = _distributed().Client, secured(certificates)
    try:
        return ClusterRunner(client(address, security=security, timeout=REACHED, set_as_default=False))
    except OSError as error:
        raise UsageError(
            address,
            f"no scheduler that knows this certificate was reached ({type(error).__name__})",
            "nothing was done",
            "does it run, and are the certificates of the same authority and not run out? (`perito cluster certs`)",
        ) from error


def checked(address: str) -> None:
    """Refuse an address that would be reached without TLS: others could read the passwords and run code."""
    if not address.startswith(TLS) or len(address) == len(TLS):
        raise UsageError(
            address,
            "is not an address of the form tls://HOST:PORT",
            "without TLS whoever reaches the cluster could run code on it and read along; nothing was done",
            "start the scheduler with `perito cluster scheduler`, which speaks nothing else",
        )


def secured(folder: Path) -> Any:
    """Return Dask's security settings of a folder of certificates: TLS 1.3 on every way, in every role."""
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
            "--cluster", f"needs a part that is not installed ({error.name})", "", "pip install 'perito[cluster]'"
        ) from error
    return distributed


class ClusterRunner(Executor):
    """The same interface as LocalRunner; a call whose worker is lost goes to another one, a few times at most."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call a function of a module by its name; errors of ours come back as Told, a lost worker as WorkerLost."""
        by_name_only(args)
        inner = self._executor.submit(run_here, Sealed(order(fn, kwargs)), __version__)
        outer: Future[Any] = Future()
        inner.add_done_callback(lambda done: _settle(done, outer))
        outer.add_done_callback(lambda mine: inner.cancel() if mine.cancelled() else None)
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's
        """Leave the cluster, which goes on running; without waiting, calls that have not begun never do."""
        self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave in order; at once where the block was left by an error or by Ctrl-C."""
        self.shutdown(wait=kind is None)


def _settle(inner: "Future[str]", outer: "Future[Any]") -> None:
    """Give the caller's future what became of Dask's."""
    if not outer.set_running_or_notify_cancel():
        return
    lost = "the cluster was left, or its scheduler ended" if inner.cancelled() else _how(inner.exception())
    if lost:
        outer.set_exception(WorkerLost("worker of the cluster", lost, LOST, "see the logs of scheduler and workers"))
        return
    try:
        outer.set_result(answer(inner.result()))
    except PeritoError as error:
        outer.set_exception(error)


def _how(error: BaseException | None) -> str:
    return f"it was lost, or refused the call ({type(error).__name__})" if error else ""


def run_here(sealed: Sealed, version: str) -> str:
    """Make a call in a process beside this worker, and return its reply; what kills that process spares the worker."""
    try:
        if version != __version__:
            raise UsageError(
                "worker of the cluster", f"has Perito {__version__}, not {version}", LOST, "install the same on all"
            )
        return _beside().ask(sealed.line)
    except PeritoError as error:
        return refusal(error)


@cache
def _beside() -> LocalRunner:
    """Return the processes that work for this worker: as many as it has threads, each used again."""
    return LocalRunner(1)


def leave() -> None:
    """End what is being done beside this worker: nobody waits for its reply any more."""
    _beside().stop()
