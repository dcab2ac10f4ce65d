"""What a killed run leaves is gone at once, or at the latest when the next run begins; nothing else is touched."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from perito.base import leftovers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks and signals of POSIX")

HOLD = """
import sys, time
from pathlib import Path
from perito.base.leftovers import private_folder
with private_folder(Path(sys.argv[1])) as folder:
    (folder / "decrypted.db").write_bytes(b"a secret")
    print(folder, flush=True)
    time.sleep(600)
"""
POOL = """
import sys, time
from pathlib import Path
from perito.base.leftovers import private_folder
from perito.base.pool import Pool, Task
with private_folder(Path(sys.argv[1])) as folder, Pool(jobs=1) as pool:
    (folder / "decrypted.db").write_bytes(b"a secret")
    list(pool.run([Task("t", "tests.base.pool_tasks:add", {"a": 1, "b": 2})]))
    print(folder, flush=True)
    time.sleep(600)
"""


def begun(code: str, above: Path) -> tuple["subprocess.Popen[str]", Path]:
    environment = {**os.environ, "TMPDIR": str(above)}
    run = subprocess.Popen([sys.executable, "-c", code, str(above)], env=environment, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip())
    assert (folder / "decrypted.db").is_file()
    return run, folder


def killed(run: "subprocess.Popen[str]") -> None:
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert run.stdout is not None
    run.stdout.close()


def test_a_folder_is_private_marked_and_gone_in_the_end(tmp_path: Path) -> None:
    with leftovers.private_folder(tmp_path) as folder:
        own = folder.parent
        assert (own.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o700, 0o700)
        assert json.loads((own / leftovers.MARKER).read_text()) == {"tool": "perito", **leftovers.owner()}
        assert leftovers.owner()["pid"] == os.getpid()
        assert list(folder.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_goes_when_the_next_begins_and_a_living_one_keeps_its_own(tmp_path: Path) -> None:
    dead, lost = begun(HOLD, tmp_path)
    alive, kept = begun(HOLD, tmp_path)
    killed(dead)
    assert (lost / "decrypted.db").is_file()
    with leftovers.private_folder(tmp_path) as mine:
        assert sorted(tmp_path.iterdir()) == sorted([kept.parent, mine.parent])
        assert (kept / "decrypted.db").read_bytes() == b"a secret"
    killed(alive)
    assert leftovers.sweep(tmp_path) == [kept.parent]
    assert list(tmp_path.iterdir()) == []


def test_the_host_of_the_workers_clears_up_after_a_killed_run_by_itself(tmp_path: Path) -> None:
    run, folder = begun(POOL, tmp_path)
    killed(run)
    ends = time.monotonic() + 10
    while folder.parent.exists() and time.monotonic() < ends:
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []


def marked(folder: Path, text: str = '{"tool": "perito", "pid": 1}', mode: int = 0o700) -> Path:
    folder.mkdir()
    folder.chmod(mode)
    (folder / leftovers.MARKER).write_text(text)
    return folder


def test_only_folders_that_perito_marked_are_swept(tmp_path: Path) -> None:
    own = marked(tmp_path / "perito-own")
    others = [
        marked(tmp_path / "another-tool"),
        marked(tmp_path / "perito-open", mode=0o755),
        marked(tmp_path / "perito-words", "not JSON"),
        marked(tmp_path / "perito-list", "[]"),
        marked(tmp_path / "perito-foreign", '{"tool": "other", "pid": 1}'),
        marked(tmp_path / "perito-nobody", '{"tool": "perito"}'),
    ]
    (tmp_path / "perito-bare").mkdir(mode=0o700)
    (tmp_path / "perito-file").write_text("a file")
    (tmp_path / "perito-pipe").mkdir(mode=0o700)
    os.mkfifo(tmp_path / "perito-pipe" / leftovers.MARKER)
    outside = marked(tmp_path / "outside")
    (tmp_path / "perito-link").symlink_to(outside)
    (tmp_path / "perito-marker-link").mkdir(mode=0o700)
    (tmp_path / "perito-marker-link" / leftovers.MARKER).symlink_to(outside / leftovers.MARKER)
    before = set(tmp_path.iterdir()) - {own}
    assert leftovers.sweep(tmp_path) == [own]
    assert set(tmp_path.iterdir()) == before
    assert all((folder / leftovers.MARKER).is_file() for folder in (*others, outside))


def test_a_sweep_follows_no_link_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "sms.db").write_bytes(b"kept")
    own = marked(tmp_path / "perito-own")
    (own / "link").symlink_to(tmp_path / "evidence")
    assert leftovers.sweep(tmp_path) == [own]
    assert (tmp_path / "evidence" / "sms.db").read_bytes() == b"kept"


def test_where_nothing_can_be_listed_nothing_is_swept(tmp_path: Path) -> None:
    assert leftovers.sweep(tmp_path / "none") == []
