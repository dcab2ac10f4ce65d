"""Whatever a server of a cluster waits for, it ends when it is told to or left alone, and its folder goes with it."""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from perito.base import leftovers
from perito.runners.cluster import connect
from tests.runners import deeds
from tests.runners.cluster import ROOT, Cluster

pytest.importorskip("distributed")
pytestmark = [
    # Dask's own client leaves these to the collector when it is closed
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SOON = 15
"""Seconds that are far less than Dask's half a minute, and far more than it takes."""


def until(met: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not met():
        assert time.monotonic() < end
        time.sleep(0.02)


def folders(own: Cluster, process: "subprocess.Popen[bytes]") -> list[str]:
    """Return the private folders of a process, before anybody sweeps up behind it."""
    marks = (own.folder / "tmp").glob(f"{leftovers.PREFIX}*/{leftovers.MARKER}")
    return [mark.parent.name for mark in marks if json.loads(mark.read_text())["pid"] == process.pid]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_whose_scheduler_is_gone_ends_at_once_in_the_middle_of_a_call_told_to_or_not(
    tmp_path: Path, how: signal.Signals
) -> None:
    """Dask's own worker waits for its call for half a minute, and what closes it meanwhile for the end of that."""
    (tmp_path / "at it").mkdir()
    with Cluster(tmp_path, workers=2) as own, connect(own.address, own.client) as runner:
        calls = [runner.submit(deeds.wait_in, folder=str(tmp_path / "at it")) for _ in range(2)]
        until(lambda: len(list((tmp_path / "at it").iterdir())) == 2)
        assert [len(folders(own, worker)) for worker in own.workers] == [1, 1]
        own.scheduler.send_signal(how)
        own.workers[0].terminate()
        assert [worker.wait(SOON) for worker in own.workers] == [0, 0]
        assert [folders(own, worker) for worker in own.workers] == [[], []]
        pids = [int(path.name) for path in (tmp_path / "at it").iterdir()]
        assert [pid for pid in pids if psutil.pid_exists(pid)] == [], "what worked for a call outlives its worker"
        assert all(call.exception(timeout=20) for call in calls)


def test_a_worker_whose_scheduler_answers_no_more_ends_when_it_is_told_to(cluster: Cluster) -> None:
    cluster.more()
    worker = cluster.workers.pop()
    assert len(folders(cluster, worker)) == 1
    cluster.scheduler.send_signal(signal.SIGSTOP)
    try:
        worker.terminate()
        assert worker.wait(SOON) == 0
    finally:
        cluster.scheduler.send_signal(signal.SIGCONT)
        assert worker.stdout is not None
        worker.stdout.close()
    assert folders(cluster, worker) == []


@pytest.mark.parametrize("there", ["nobody", "one that never says a word"])
def test_a_worker_that_waits_for_its_scheduler_ends_when_it_is_told_to(
    cluster: Cluster, tmp_path: Path, there: str
) -> None:
    with socket.socket() as end:
        end.bind(("127.0.0.1", 0))
        if there != "nobody":
            end.listen()
        address = f"tls://127.0.0.1:{end.getsockname()[1]}"
        certs = cluster.certificates / "worker"
        command = [sys.executable, "-m", "perito", "cluster", "worker", address, "--certs", str(certs)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(tmp_path)}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until(lambda: list(tmp_path.glob("perito-*/files/dask*")) or process.poll() is not None)
        time.sleep(1)
        process.terminate()
        assert process.communicate(timeout=SOON)[0] == b""
        assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


SERVER = """
import asyncio, contextlib, time
from perito.runners import serve

async def never():
    await asyncio.Event().wait()

async def stubborn():
    "Wait on, once, where one is told to wait no more: as Dask does."
    with contextlib.suppress(asyncio.CancelledError):
        await never()
    await never()

class Server:
    address = "tls://scheduler.example:8786"
    starts, finishes, closes = lambda: asyncio.sleep(0), never, lambda: asyncio.sleep(0)

    def __await__(self):
        return Server.starts().__await__()

    async def finished(self):
        await Server.finishes()

    async def close(self):
        await Server.closes()

async def stand_still():
    time.sleep(60)

@contextlib.contextmanager
def slow(above, folder=serve.private_folder):
    with folder(above) as own:
        yield own
        print("about to delete", flush=True)
        time.sleep(1)

serve.leave = lambda: print("left", flush=True)
{changed}
print("begun", flush=True)
serve._serve(Server, print)
print("over", flush=True)
"""


def told_to_stop(folder: Path, changed: str, when: str, how: signal.Signals) -> tuple[int, list[str], str]:
    """Have an invented server stopped once it says a word; return its exit code, what it said, and what it logged."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}
    code = SERVER.format(changed=changed)
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line.strip())
            if said[-1] == when:
                until(lambda: list(folder.glob("perito-*/files")))
                time.sleep(0.5)
                process.send_signal(how)
        assert process.stderr is not None
        logged = process.stderr.read()
        return process.wait(SOON), said, logged


BEGUN, REACHED, ENDING = "begun", "tls://scheduler.example:8786", "about to delete"


@pytest.mark.parametrize(
    ("changed", "when", "how"),
    [
        ("Server.starts = stubborn", BEGUN, signal.SIGHUP),
        ("Server.finishes = stubborn", REACHED, signal.SIGINT),
        ("Server.closes = stubborn; serve.FAREWELL = 0.5", REACHED, signal.SIGTERM),
        ("Server.finishes = Server.closes; serve.private_folder = slow", ENDING, signal.SIGTERM),
        ("Server.finishes = Server.closes; serve.private_folder = slow", ENDING, signal.SIGINT),
    ],
)
def test_what_waits_on_is_told_again_and_nothing_stays(
    tmp_path: Path, changed: str, when: str, how: signal.Signals
) -> None:
    code, lines, logged = told_to_stop(tmp_path, changed, when, how)
    said = [BEGUN, REACHED, ENDING]
    assert (code, lines, logged) == (0, [*said[: said.index(when) + 1], "over"], "")
    assert list(tmp_path.iterdir()) == []


def test_a_loop_that_stands_still_is_ended_from_outside_and_its_folder_goes_too(tmp_path: Path) -> None:
    changed = "Server.closes = stand_still; serve.AT_LAST = 1.0"
    code, said, logged = told_to_stop(tmp_path, changed, REACHED, signal.SIGTERM)
    assert (code, said) == (0, [BEGUN, REACHED, "left"])
    assert logged == "told to stop 1 seconds ago and still not closed: ends all the same\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("error::ResourceWarning", "error::pytest.PytestUnraisableExceptionWarning")
def test_a_worker_that_hangs_fails_its_own_test_and_no_later_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.runners.cluster.END", 2)
    own = Cluster(tmp_path, workers=1)
    with pytest.raises(AssertionError, match=r"did not end in time: .*'worker'"), own:
        own.workers[0].send_signal(signal.SIGSTOP)
    assert [one.returncode for one in (*own.workers, own.scheduler)] == [-signal.SIGKILL, 0]
    del own
    gc.collect()
