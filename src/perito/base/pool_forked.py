"""The pool's side of the host: start it, give it orders, hear it, and start another one when it dies."""

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import time

from perito.base import frames, interpreter
from perito.base.errors import PeritoError
from perito.base.task import Task

HOST = "from perito.base.pool_host import main; main(sys.argv[1:])"
GRACE = 10.0
"""Seconds after a task's end in which its host must have said so; a host that does not is killed."""
START_SECONDS = 120.0


class Forked:
    """Workers forked from one host; a host is started when first needed, and again when it has died."""

    def __init__(self, preload: tuple[str, ...], code: str = HOST) -> None:
        self.preload = preload
        self.code = code
        self.ends: dict[int, float] = {}
        self.ready = False
        self.stream = frames.Frames(b"")
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the pool
        self.host: subprocess.Popen[bytes] | None = None
        self._open()

    def _open(self) -> subprocess.Popen[bytes]:
        kinds = frames.READY + frames.PROGRESS + b"".join(frames.FINAL)
        self.stream = frames.Frames(kinds)
        self.ready = False
        self.host = interpreter.start(self.code, *self.preload, errors=self.errors)
        return self.host

    def start(self, key: int, task: Task) -> None:
        """Order a task; should the host be gone, `wait` will tell of it."""
        order = frames.packed(frames.START, key, task.order())
        if self.host is not None and not self.ends and self.host.poll() is not None:
            self._stop()
        host = self.host or self._open()
        start = frames.START_SECONDS + (0 if self.ready else START_SECONDS)
        self.ends[key] = time.monotonic() + start + task.limits.wall_seconds + GRACE
        self._write(host, order)

    def cancel(self, key: int) -> None:
        """Have the host kill a task."""
        self.ends.pop(key, None)
        if self.host is not None:
            self._write(self.host, frames.packed(frames.CANCEL, key))

    def wait(self) -> list[frames.Frame]:
        """Return the next frames; when the host has died, a final frame for every task that ran in it."""
        if self.host is None:
            return self._lost("the host of the workers ended")
        assert self.host.stdout is not None
        poll = select.poll()
        poll.register(self.host.stdout.fileno(), select.POLLIN)
        seconds = min(self.ends.values(), default=time.monotonic()) - time.monotonic()
        if not poll.poll(max(0.0, seconds) * 1000):
            return self._lost("the host of the workers did not answer")
        piece = os.read(self.host.stdout.fileno(), frames.CHUNK)
        try:
            heard = self.stream.feed(piece)
        except frames.BrokenFrame:
            return self._lost("the host of the workers spoke nonsense")
        if not piece:
            return self._lost("the host of the workers ended")
        return self._noted(heard)

    def _noted(self, heard: list[frames.Frame]) -> list[frames.Frame]:
        self.ready = self.ready or bool(heard)
        for frame in heard:
            if frame.kind in frames.FINAL:
                self.ends.pop(frame.key, None)
        return [frame for frame in heard if frame.kind != frames.READY]

    def _lost(self, what: str) -> list[frames.Frame]:
        code = self._stop()
        if not self.ready and code is not None:
            raise PeritoError("worker process", f"its host did not start: {self._last_words()}")
        if code is not None and code < 0:
            what = f"{what} ({signal.Signals(-code).name})"
        lost = [frames.Frame(frames.KILLED, key, what.encode()) for key in self.ends]
        self.ends.clear()
        return lost

    def _last_words(self) -> str:
        self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, self.errors.tell() - 4000))
        lines = self.errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def _stop(self) -> int | None:
        """End the host, and with it its workers; return its exit code, None if none ran."""
        host, self.host = self.host, None
        if host is None:
            return None
        assert host.stdin is not None
        assert host.stdout is not None
        with contextlib.suppress(OSError):  # not even where a host that hangs left the pipe full
            os.set_blocking(host.stdin.fileno(), False)
            frames.write(host.stdin.fileno(), frames.packed(frames.END, 0))
        with contextlib.suppress(BrokenPipeError):
            host.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            host.wait(1.0)
        host.kill()
        host.stdout.close()
        return host.wait()

    @staticmethod
    def _write(host: subprocess.Popen[bytes], frame: bytes) -> None:
        assert host.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            frames.write(host.stdin.fileno(), frame)

    def close(self) -> None:
        """End the host and its workers."""
        self._stop()
        self.errors.close()
