from perito.base.pool import Limits, Pool, Task

TASKS = "tests.base.pool_tasks:"


def outcome(function, *, fork=True, limits=None, readable=(), writable=(), **arguments):
    task = Task(function, TASKS + function, arguments, tuple(readable), tuple(writable), limits or Limits())
    with Pool(jobs=1, fork=fork) as pool:
        [found] = pool.run([task])
    return found


def test_a_task_returns_its_value():
    found = outcome("add", a=1, b=2)
    assert (found.status, found.value, found.reason) == ("done", 3, "")
