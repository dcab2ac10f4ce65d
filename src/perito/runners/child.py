"""A process of this machine that does one call after another, and cleans up behind itself when it is told to end."""

import _thread
import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from types import FrameType
from typing import NoReturn, TextIO

from perito.base import interpreter
from perito.base.errors import PeritoError
from perito.base.pool_child import silence
from perito.runners.orders import obeyed

CODE = "from perito.runners.child import main; main()"
KEPT = ("HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_DATA_HOME", "PERITO_DATA")
"""By what a process finds the indicators that its user installed."""
GRACE = 20.0
"""Seconds in which a process that was told to end must have deleted what it decrypted and ended."""
AGAIN = 0.2
"""Seconds after which a process that should have stopped is told so again."""
STOPPED = 128 + signal.SIGTERM


class Died(Exception):
    """The process ended by a signal, without a reply."""


class Child:
    """The parent's end of one process; use it from one thread at a time, but `stop` from any."""

    def __init__(self) -> None:
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.process = interpreter.start(CODE, errors=self.errors, kept=KEPT)

    def ask(self, order: str) -> str:
        """Return the reply to an order; Died where a signal ended the process, PeritoError where a fault of ours did."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(order.encode() + b"\n")
            self.process.stdin.flush()
        reply = self.process.stdout.readline()
        if reply.endswith(b"\n"):
            return reply.decode()
        code = self.process.wait()
        if code < 0 or code == STOPPED:
            raise Died(signal.Signals(-code).name if code < 0 else "it was told to end")
        raise PeritoError(
            "a fault of Perito itself",
            self._last_words(),
            "this examination did not end; nothing can be said from it",
            "examine it by itself with PERITO_TRACE=1, and report what is printed",
        )

    @property
    def alive(self) -> bool:
        """Tell whether it can take another order."""
        return self.process.poll() is None

    def stop(self) -> None:
        """Tell it to end now; it deletes what it was writing first, and is killed when that takes too long."""
        with contextlib.suppress(OSError):
            self.process.terminate()
        timer = threading.Timer(GRACE, self.process.kill)
        timer.daemon = True
        timer.start()

    def close(self) -> None:
        """Let it end in order, and kill it when it does not."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def _last_words(self) -> str:
        self.errors.seek(0)
        lines = self.errors.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else "it said nothing"


class _Doing:
    """What the process is at, for the thread that hears its parent."""

    busy = False
    stopped = False


def main() -> NoReturn:
    """Do what standard input orders, line by line, until it ends or a signal tells to stop."""
    reply = os.fdopen(os.dup(1), "w", encoding="utf-8")
    orders = os.fdopen(os.dup(0), encoding="utf-8")
    silence(errors=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(orders, waiting), daemon=True).start()
    while (line := waiting.get()) is not None:
        _Doing.busy = True
        said = obeyed(line)
        _Doing.busy = False
        reply.write(said + "\n")
        reply.flush()
    sys.exit(0)


def _stop(_number: int, _frame: FrameType | None) -> None:
    """End in order, once: keys and decrypted copies are deleted on the way out, which nothing may disturb."""
    if not _Doing.stopped:
        _Doing.stopped = True
        sys.exit(STOPPED)


def _hear(orders: TextIO, waiting: queue.SimpleQueue[str | None]) -> None:
    """Pass orders on; when the parent is gone, end what is being done."""
    for line in orders:
        waiting.put(line)
    waiting.put(None)
    while True:  # an order that came just before may be begun only now
        if _Doing.busy:
            _wake()
        time.sleep(AGAIN)


def _wake() -> None:
    """Tell the main thread to stop: a signal wakes it from a wait, but not from one that it was just about to begin."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
    else:
        _thread.interrupt_main(signal.SIGTERM)
