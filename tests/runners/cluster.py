"""A cluster on the loopback: a scheduler and worker processes, started here and ended by their own ids."""

import os
import selectors
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from perito.base.leftovers import sweep
from perito.runners.certificates import make

ROOT = Path(__file__).parent.parent.parent
START = END = 60.0
"""Seconds in which a process must have begun to serve, and have ended."""


class Cluster:
    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.folder = folder
        self.certificates = folder / "certificates"
        self.count = workers
        self.workers: list[subprocess.Popen[bytes]] = []
        self.logs: list[Path] = []
        self.begun: list[int] = []
        self._kept = threading.Event()
        self._keeper: threading.Thread | None = None

    def __enter__(self) -> Self:
        make(self.certificates, ["127.0.0.1"], days=1)
        own = ["--certs", str(self.certificates / "scheduler"), "--host", "127.0.0.1", "--port", "0"]
        self.scheduler, self.address = self._begun("scheduler", *own)
        for _ in range(self.count):
            self.more()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kept.set()
        if self._keeper is not None:
            self._keeper.join()
        for process in (*self.workers, self.scheduler):
            process.terminate()
        late = [process.args for process in (*self.workers, self.scheduler) if not _ended(process)]
        if late:
            raise AssertionError(f"did not end in time: {late}\n{self.said()}")

    def more(self) -> None:
        """Start one more worker."""
        own = ["--certs", str(self.certificates / "worker"), "--host", "127.0.0.1"]
        self.workers.append(self._begun("worker", self.address, *own)[0])

    def anew(self) -> None:
        """Start the scheduler again at its address, and one more worker, as a service manager does."""
        assert self.scheduler.stdout is not None
        self.scheduler.stdout.close()
        port = self.address.rpartition(":")[2]
        own = ["--certs", str(self.certificates / "scheduler"), "--host", "127.0.0.1", "--port", port]
        self.scheduler, again = self._begun("scheduler", *own)
        assert again == self.address
        self.more()

    def left(self) -> list[str]:
        """Return what lies in the folder for scratch, once the next run has swept what the killed ones left."""
        sweep(self.folder / "tmp")
        return [path.name for path in (self.folder / "tmp").iterdir()]

    def keep(self) -> None:
        """Start a worker for each that dies, as a service manager does."""

        def watch() -> None:
            while not self._kept.wait(0.2):
                for dead in [one for one in self.workers if one.poll() is not None]:
                    self.workers.remove(dead)
                    assert dead.stdout is not None
                    dead.stdout.close()
                    self.more()

        self._keeper = threading.Thread(target=watch, daemon=True)
        self._keeper.start()

    @property
    def client(self) -> Path:
        return self.certificates / "client"

    @property
    def options(self) -> list[str]:
        return ["--cluster", self.address, "--cluster-certs", str(self.client)]

    def said(self) -> str:
        """Return everything that scheduler and workers have logged so far."""
        return "".join(log.read_text(errors="replace") for log in self.logs)

    def _begun(self, role: str, *words: str) -> tuple[subprocess.Popen[bytes], str]:
        self.logs.append(self.folder / f"{role}-{len(self.logs)}.log")
        (self.folder / "tmp").mkdir(exist_ok=True)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        environment["TMPDIR"] = str(self.folder / "tmp")
        with self.logs[-1].open("wb") as errors:
            command = [sys.executable, "-m", "perito", "cluster", role, *words]
            process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors)
        self.begun.append(process.pid)
        return process, self._address(process)

    def _address(self, process: subprocess.Popen[bytes]) -> str:
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            end = time.monotonic() + START
            while time.monotonic() < end and process.poll() is None:
                if selector.select(1.0):
                    return process.stdout.readline().decode().removeprefix("reached at ").strip()
        process.kill()
        _ended(process)
        raise AssertionError(self.said())


def _ended(process: "subprocess.Popen[bytes]") -> bool:
    """Wait for the end of a process, or else end it, and leave nothing of it to a later test; tell whether it came."""
    assert process.stdout is not None
    with process.stdout:
        try:
            process.wait(END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return False
        return True
