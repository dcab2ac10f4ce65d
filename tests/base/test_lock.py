"""A lock is held by one process at a time, is free again when its process is killed, and works without flock too."""

import fcntl
import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

from perito.base import lock
from perito.hunt.building import alone

SOURCE = Path(__file__).parent.parent.parent / "src"
HOLD = """
import sys, time
from pathlib import Path
from perito.base import lock
with lock.held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
    Path(sys.argv[1]).with_name("released").touch()
"""
COUNT = """
import sys
from pathlib import Path
from perito.hunt.building import alone
folder = Path(sys.argv[1])
for _ in range(200):
    with alone(folder):
        number = int((folder / "count").read_text())
        (folder / "count").write_text(str(number + 1))
"""


def other(code: str, *words: str) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.Popen(
        [sys.executable, "-c", code, *words], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


@pytest.fixture(params=["flock", "msvcrt"])
def windows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Say whether locks are taken as on Windows: by a stand-in for its module, which locks bytes as POSIX does."""
    if request.param == "flock":
        return False
    module = types.ModuleType("msvcrt")

    def locking(descriptor: int, mode: int, count: int) -> None:
        assert (mode, count, os.lseek(descriptor, 0, os.SEEK_CUR)) == (2, 1, 0)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PermissionError(13, "Permission denied") from error

    module.locking, module.LK_NBLCK = locking, 2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "msvcrt", module)
    monkeypatch.setattr(lock, "take", lambda descriptor, wait=False: lock._windows(descriptor))
    return True


def test_a_second_process_waits_until_the_first_lets_go(windows: bool, tmp_path: Path) -> None:
    process = other(HOLD, str(tmp_path / "lock"))
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    descriptor = lock.opened(tmp_path / "lock")
    assert not lock.take(descriptor)
    os.close(descriptor)
    assert process.stdin is not None
    process.stdin.write(b"go\n")
    process.stdin.close()
    with lock.held(tmp_path / "lock"):
        assert (tmp_path / "released").exists()
    assert process.wait() == 0
    process.stdout.close()


def test_what_a_killed_process_held_is_free(windows: bool, tmp_path: Path) -> None:
    process = other(HOLD, str(tmp_path / "lock"))
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    with lock.held(tmp_path / "lock"):
        assert not (tmp_path / "released").exists()
    process.communicate()


def test_two_processes_that_change_an_index_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / "count").write_text("0")
    both = [other(COUNT, str(tmp_path)) for _ in range(2)]
    for one in both:
        one.communicate()
        assert one.returncode == 0
    with alone(tmp_path):
        assert (tmp_path / "count").read_text() == "400"


def test_a_lock_is_the_owners_and_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    with lock.held(tmp_path / "lock"):
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"), lock.held(tmp_path / "link"):
        pytest.fail("held")
    assert not (tmp_path / "elsewhere").exists()
