"""Whatever a worker does becomes an outcome; nothing of it reaches another task, the pool, or the terminal."""

import resource
import signal
import sys
import time
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.base import frames
from perito.base.errors import PeritoError
from perito.base.pool import Limits, Pool, Task
from perito.base.pool_forked import Forked

TASKS = "tests.base.pool_tasks:"
BOTH = pytest.mark.parametrize("fork", [True, False], ids=["forked", "fresh"])
SHORT = Limits(wall_seconds=1)


def task(function, *, limits=None, readable=(), writable=(), **arguments):
    return Task(function, TASKS + function, arguments, tuple(readable), tuple(writable), limits or Limits())


def outcome(one, *, fork=True):
    with Pool(jobs=1, fork=fork) as pool:
        [found] = pool.run([one])
    return found.status, found.value, found.reason


@BOTH
def test_a_task_returns_its_value(fork):
    assert outcome(task("add", a=1, b=2), fork=fork) == ("done", 3, "")
    assert outcome(task("add", a=["é\ud800"], b=[None, True, 1.5]), fork=fork) == (
        "done",
        ["é\ud800", None, True, 1.5],
        "",
    )


@BOTH
def test_what_a_task_raises_is_its_outcome_in_printable_characters(fork):
    assert outcome(task("fail", text="row \x1b[31m7"), fork=fork) == ("raised", None, "ValueError: row \\x1b[31m7")
    assert outcome(task("leave"), fork=fork) == ("raised", None, "SystemExit: 7")
    assert outcome(task("not_json"), fork=fork)[::2] == (
        "raised",
        "TypeError: Object of type set is not JSON serializable",
    )


def test_a_long_reason_is_cut():
    assert outcome(task("fail", text="x" * 10_000)) == ("raised", None, "ValueError: " + "x" * 1988)


def test_a_function_that_is_not_there_is_told():
    assert outcome(Task("t", "tests.base.pool_tasks:nothing"))[::2] == (
        "raised",
        "AttributeError: module 'tests.base.pool_tasks' has no attribute 'nothing'",
    )
    assert outcome(Task("t", "no_such_module:f"))[2] == "ModuleNotFoundError: No module named 'no_such_module'"


def test_arguments_that_are_not_json_are_a_fault_of_the_caller():
    with Pool() as pool, pytest.raises(TypeError):
        list(pool.run([task("add", a={1}, b=2)]))


@BOTH
def test_a_loop_times_out_and_not_long_after_its_limit(fork):
    start = time.monotonic()
    assert outcome(task("loop", limits=SHORT), fork=fork) == ("timed out", None, "the task did not end in time")
    assert time.monotonic() - start < 5


@BOTH
def test_a_task_that_swallows_everything_is_killed_at_its_limit(fork):
    assert outcome(task("stubborn", limits=SHORT), fork=fork) == ("timed out", None, "the task did not end in time")


def test_processor_time_is_limited_too():
    limits = Limits(cpu_seconds=1, wall_seconds=60)
    assert outcome(task("partial", limits=limits))[1]["told"] == "SIGXCPU"
    assert outcome(task("stubborn", limits=limits)) == (
        "timed out",
        None,
        "the task used more than 1 seconds of processor time",
    )


@BOTH
def test_a_task_told_in_time_hands_over_what_it_has(fork):
    status, value, _ = outcome(task("partial", limits=SHORT), fork=fork)
    assert (status, value["told"]) == ("done", "SIGALRM")
    assert value["rows"] > 1000


def test_what_is_being_written_down_is_not_disturbed():
    assert outcome(task("settled", limits=SHORT, seconds=0.95)) == ("done", "written", "")
    assert outcome(task("undisturbed", limits=SHORT, seconds=0.95)) == ("done", ["whole", "told"], "")


@BOTH
def test_a_memory_bomb_is_out_of_memory_and_the_pool_stays_small(fork):
    limits = Limits(memory=300 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert outcome(task("bomb", limits=limits), fork=fork)[0] == "out of memory"
    assert outcome(task("arrow_bomb", limits=limits), fork=fork)[0] == "out of memory"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 << 10


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what may be written by itself")
def test_room_for_mapped_files_is_no_room_for_memory(tmp_path):
    with (tmp_path / "large").open("wb") as file:
        file.truncate(600 << 20)
    limits = Limits(memory=300 << 20, mapped=600 << 20)
    assert outcome(task("bomb", limits=limits))[0] == "out of memory"
    assert outcome(task("use", limits=limits, size=500 << 20))[0] == "out of memory"
    asked = task("mapped", limits=limits, readable=(str(tmp_path),), place=str(tmp_path / "large"))
    assert outcome(asked) == ("done", 600 << 20, "")


def test_memory_below_the_limit_is_there():
    assert outcome(task("use", limits=Limits(memory=200 << 20), size=150 << 20)) == ("done", 150 << 20, "")


@BOTH
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV])
def test_a_killed_worker_names_its_signal(fork, number):
    assert outcome(task("die", number=int(number)), fork=fork) == (
        "killed",
        None,
        f"the worker was killed by {number.name}",
    )


def test_a_crash_of_the_interpreter_is_an_outcome():
    assert outcome(task("crash")) == ("killed", None, "the worker was killed by SIGSEGV")


@BOTH
def test_a_worker_that_says_nothing_is_killed(fork):
    assert outcome(task("end_silently", code=3), fork=fork) == (
        "killed",
        None,
        "the worker ended without a reply (exit code 3)",
    )
    assert outcome(task("close_pipe"), fork=fork)[0] == "killed"


@BOTH
@pytest.mark.parametrize(
    "text", ["garbage, and long enough", "D" + "\xff" * 12, "\x00" * 100], ids=["text", "length", "zeros"]
)
def test_garbage_for_a_reply_is_killed(fork, text):
    assert outcome(task("write_raw", text=text), fork=fork)[0] == "killed"


@BOTH
def test_a_reply_that_is_not_json_is_killed(fork):
    assert outcome(task("lie", kind="D", text="{"), fork=fork) == ("killed", None, "the reply is not JSON")
    assert outcome(task("nested", depth=500_000), fork=fork) == ("killed", None, "the reply is not JSON")


def test_a_reply_of_very_many_parts_is_not_decoded():
    assert outcome(task("nested", depth=1_000_001))[2] == "the reply holds more than 1000000 lists and objects"


def test_a_worker_may_lie_about_itself_only():
    ends = [task("lie", kind="M", text="\x1b]0;x"), task("add", a=1, b=1), task("add", a=2, b=2)]
    with Pool(jobs=3) as pool:
        found = {(one.task.name, one.status, one.value, one.reason) for one in pool.run(ends)}
    assert found == {
        ("lie", "out of memory", None, "\\x1b]0;x"),
        ("add", "done", 2, ""),
        ("add", "done", 4, ""),
    }


@BOTH
def test_a_reply_above_its_limit_is_refused_by_both_sides(fork):
    limits = Limits(reply_bytes=1000)
    assert outcome(task("huge", limits=limits, size=998), fork=fork) == ("done", "x" * 998, "")
    assert outcome(task("huge", limits=limits, size=999), fork=fork) == (
        "raised",
        None,
        "ValueError: a reply of 1001 bytes, 1000 are allowed",
    )
    assert outcome(task("lie", limits=limits, kind="D", text="x" * 1001), fork=fork) == (
        "killed",
        None,
        "a message of 1001 bytes, 1000 are allowed",
    )


@BOTH
def test_a_large_reply_comes_whole(fork):
    status, value, _ = outcome(task("huge", size=20_000_000), fork=fork)
    assert (status, len(value)) == ("done", 20_000_000)


@BOTH
def test_a_flood_of_reports_is_stopped(fork):
    assert outcome(task("flood"), fork=fork) == ("killed", None, "the worker reported too often")


@BOTH
def test_progress_is_told_by_name_and_not_too_often(fork):
    seen = []
    with Pool(jobs=1, fork=fork) as pool:
        [found] = pool.run([task("partial", limits=SHORT)], progress=lambda name, rows: seen.append((name, rows)))
    rows = [rows for _, rows in seen]
    assert {name for name, _ in seen} == {"partial"}
    assert rows == sorted(rows)
    assert 2 <= len(rows) <= 12
    assert (found.status, found.reason) == ("done", "")
    assert rows[-1] <= found.value["rows"]


@BOTH
def test_a_death_does_not_touch_the_next_tasks(fork):
    tasks = [
        task("die", number=9),
        *(task("add", a=n, b=n) for n in range(6)),
        task("bomb", limits=Limits(memory=1 << 26)),
    ]
    with Pool(jobs=2, fork=fork) as pool:
        found = [(one.status, one.value) for one in pool.run(tasks)]
    assert sorted(found, key=str) == sorted(
        [("killed", None), ("out of memory", None), *(("done", 2 * n) for n in range(6))], key=str
    )


@BOTH
def test_tasks_are_drawn_only_as_workers_become_free(fork):
    drawn = []

    def tasks():
        for number in range(1000):
            drawn.append(number)
            yield task("add", a=number, b=0)

    with Pool(jobs=2, fork=fork) as pool:
        values = [one.value for one in islice(pool.run(tasks()), 4)]
    assert min(values) == 0
    assert 4 + 2 <= len(drawn) <= 4 + 2 + 1  # those handed out, one for each worker, and one that ended with another


class Scripted:
    """An engine whose tasks end in the groups it is told to, at most as many at once as run."""

    def __init__(self, groups):
        self.groups = iter(groups)
        self.running = []

    def start(self, key, task):
        self.running.append(key)

    def wait(self):
        count = min(next(self.groups, 1), len(self.running))
        ended, self.running = self.running[:count], self.running[count:]
        return [frames.Frame(frames.DONE, key, b"1") for key in ended]

    def cancel(self, key):
        self.running.remove(key)

    def close(self):
        pass


class ScriptedPool(Pool):
    def __init__(self, jobs, groups):
        super().__init__(jobs)
        self.groups = groups

    def _new_engine(self):
        return Scripted(self.groups)


@given(jobs=st.integers(1, 5), groups=st.lists(st.integers(1, 5), max_size=30), asked=st.integers(1, 30))
def test_however_tasks_end_at_most_twice_as_many_as_workers_less_one_are_drawn_ahead(jobs, groups, asked):
    drawn = []

    def tasks():
        for number in range(1000):
            drawn.append(number)
            yield task("add", a=number, b=0)

    with ScriptedPool(jobs, groups) as pool:
        for handed_out, _ in enumerate(islice(pool.run(tasks()), asked), 1):
            assert handed_out + jobs <= len(drawn) <= handed_out + 2 * jobs - 1


def test_the_most_that_is_drawn_ahead_is_reached():
    drawn = iter(range(1000))
    with ScriptedPool(2, [1, 2, 2]) as pool:
        list(islice(pool.run(task("add", a=number, b=0) for number in drawn), 4))
    assert next(drawn) == 4 + 2 * 2 - 1


def test_outcomes_come_as_tasks_end():
    with Pool(jobs=2) as pool:
        assert [one.value for one in pool.run([task("sleep", seconds=0.5), task("sleep", seconds=0.01)])] == [0.01, 0.5]


@BOTH
def test_leaving_early_ends_what_runs_and_the_pool_goes_on(fork):
    with Pool(jobs=2, fork=fork) as pool:
        for one in pool.run([task("add", a=1, b=1), task("sleep", seconds=60), task("sleep", seconds=60)]):
            assert one.value == 2
            break
        assert [one.value for one in pool.run([task("add", a=2, b=2)])] == [4]


@BOTH
def test_a_source_of_tasks_may_use_the_same_pool(fork):
    with Pool(jobs=1, fork=fork) as pool:

        def tasks():
            for number in range(3):
                [inner] = pool.run([task("add", a=number, b=100)])
                yield task("add", a=inner.value, b=1000)

        assert [one.value for one in pool.run(tasks())] == [1100, 1101, 1102]


def test_two_runs_side_by_side_get_their_own_outcomes():
    with Pool(jobs=2) as pool:
        left = pool.run(task("add", a=n, b=0) for n in range(5))
        right = pool.run(task("add", a=n, b=100) for n in range(5))
        pairs = [(a.value, b.value) for a, b in zip(left, right, strict=True)]
    assert sorted(a for a, _ in pairs) == [0, 1, 2, 3, 4]
    assert sorted(b for _, b in pairs) == [100, 101, 102, 103, 104]


@BOTH
def test_no_tasks_no_outcomes(fork):
    with Pool(fork=fork) as pool:
        assert list(pool.run([])) == []


def host_of(pool):
    return pool._engine.host


def test_the_death_of_the_host_costs_the_running_tasks_only():
    with Pool(jobs=2) as pool:
        assert [one.value for one in pool.run([task("add", a=1, b=1)])] == [2]

        def tasks():
            yield task("sleep", seconds=60)
            host_of(pool).kill()
            yield task("sleep", seconds=50)
            yield task("add", a=2, b=2)

        found = [(one.status, one.value, one.reason) for one in pool.run(tasks())]
    lost = ("killed", None, "the host of the workers ended (SIGKILL)")
    assert found == [lost, lost, ("done", 4, "")]


def test_a_host_that_died_idle_costs_nothing():
    with Pool(jobs=1) as pool:
        assert [one.value for one in pool.run([task("add", a=1, b=1)])] == [2]
        host_of(pool).kill()
        host_of(pool).wait()
        assert [(one.status, one.value) for one in pool.run([task("add", a=2, b=2)])] == [("done", 4)]


@pytest.mark.parametrize("end", ["the pool", "the host"])
def test_workers_end_with_their_pool_and_with_their_host(end):
    with Pool(jobs=1) as pool:
        list(pool.run([task("add", a=1, b=1)]))
        host = host_of(pool)
        pool._engine.start(99, task("sleep", seconds=60))
        assert wait_for(lambda: len(children_of(host.pid)) == 1)
        [worker] = children_of(host.pid)
        if end == "the host":
            host.kill()
            assert wait_for(lambda: gone(worker))
    assert wait_for(lambda: gone(worker))


def gone(pid):
    """Say whether a process has ended, buried or not."""
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"


def children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_a_host_that_cannot_start_is_told_with_its_reason():
    with Pool(preload=["no_such_module_at_all"]) as pool, pytest.raises(PeritoError, match="no_such_module_at_all"):
        list(pool.run([task("add", a=1, b=1)]))


UNCONFINED = (
    "from perito.base import seccomp, landlock, pool_host; seccomp.restrict = lambda: False;"
    "landlock.restrict = lambda *_: False; pool_host.main(sys.argv[1:])"
)


class Unconfined(Pool):
    """A pool as on a kernel with neither seccomp nor landlock."""

    def _new_engine(self):
        return Forked((), UNCONFINED)


def test_without_seccomp_a_worker_that_kills_the_host_loses_only_itself():
    with Unconfined(jobs=1) as pool:
        found = [(one.status, one.reason) for one in pool.run([task("kill_host"), task("add", a=1, b=1)])]
    assert found[0] == ("killed", "the host of the workers ended (SIGKILL)")
    assert found[1] == ("done", "")


def test_without_seccomp_what_a_worker_leaves_behind_is_killed(tmp_path):
    with Unconfined(jobs=1) as pool:
        found = list(
            pool.run([task("leave_behind", writable=[str(tmp_path)], place=str(tmp_path)), task("add", a=1, b=1)])
        )
        if found[0].status == "raised":
            assert found[0].reason.startswith("BlockingIOError")  # RLIMIT_NPROC: not a single process
            pytest.skip("processes cannot be started here even without seccomp")
        left = int((tmp_path / "pid").read_text())
        assert wait_for(lambda: not Path(f"/proc/{left}").exists())


@BOTH
def test_a_worker_has_an_environment_of_its_own(fork, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    monkeypatch.setenv("TZ", "America/Mexico_City")
    one = task("environment", writable=[str(tmp_path)])
    with Pool(fork=fork) as pool:
        first, second = [found.value for found in pool.run([one, one])]
    assert first == second
    assert first | {"hash": 0, "descriptors": []} == {
        "zone": "UTC",
        "hash": 0,
        "umask": 0o077,
        "folder": str(tmp_path.resolve()),
        "names": [],
        "descriptors": [],
        "group": True,
    }
    assert len(first["descriptors"]) == 4  # nothing, nothing, nothing, and the reply


@BOTH
def test_what_a_worker_prints_reaches_nobody(fork, capfd):
    assert outcome(task("shout", text="\x1b[2J evidence"), fork=fork) == ("done", "said", "")
    assert capfd.readouterr() == ("", "")


def test_the_host_has_one_thread_when_it_forks():
    engine = Forked(("pyarrow.parquet", "pyarrow.compute", "adbc_driver_sqlite.dbapi", "numpy"))
    try:
        seen = engine.host.stdout.read1(13)
    finally:
        engine.close()
    assert seen[:1] == b"H"
    assert int.from_bytes(seen[1:9], "big") == 1


def test_nothing_is_imported_from_where_somebody_stands(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('hostile')")
    (tmp_path / "only_here.py").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert outcome(task("add", a=1, b=1)) == ("done", 2, "")
    assert outcome(Task("t", "only_here:x"))[2] == "ModuleNotFoundError: No module named 'only_here'"


def test_two_hundred_small_tasks(capsys):
    start = time.monotonic()
    with Pool(jobs=2, preload=["pyarrow", "adbc_driver_sqlite.dbapi"]) as pool:
        values = sorted(one.value for one in pool.run(task("add", a=n, b=0) for n in range(200)))
    with capsys.disabled():
        print(f" [200 tasks: {time.monotonic() - start:.2f} s]", end="")  # noqa: T201 - seen, not asserted
    assert values == list(range(200))


def test_no_process_or_descriptor_is_left(tmp_path):
    before = len(list(Path("/proc/self/fd").iterdir()))
    with Pool(jobs=2) as pool:
        list(pool.run([task("add", a=1, b=1), task("die", number=9), task("loop", limits=Limits(wall_seconds=0.3))]))
        host = host_of(pool)
    assert host.returncode == 0
    assert len(list(Path("/proc/self/fd").iterdir())) == before
