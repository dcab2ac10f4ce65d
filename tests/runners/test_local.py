"""A runner of this machine: a process that dies costs its own call a second try, and no other call anything."""

import os
import time
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from perito.base.confine import available
from perito.base.errors import EvidenceError, PeritoError
from perito.indicators.bundle import load
from perito.many.batch import Batch, Item, Row
from perito.many.one import Asked, digest
from perito.runners.child import STOPPED, Child
from perito.runners.local import LocalRunner
from perito.runners.orders import Told, WorkerLost, order
from tests.many.acquisitions import written
from tests.runners import deeds


@pytest.fixture(scope="module")
def runner() -> Any:
    with LocalRunner(2) as made:
        yield made


def test_a_call_returns_its_value_from_a_process_that_is_used_again(runner: LocalRunner) -> None:
    first = runner.submit(deeds.add, a=1, b=2).result()
    assert first["sum"] == 3
    assert runner.submit(deeds.add, a=2, b=2).result() == {"sum": 4, "process": first["process"]}


def test_an_error_of_ours_comes_back_with_its_four_parts_and_exit_code(runner: LocalRunner) -> None:
    with pytest.raises(Told) as caught:
        runner.submit(deeds.refuse).result()
    error = caught.value
    assert (error.where, error.what, error.means, error.hint) == ("here", "found this", "means that", "do this")
    assert error.exit_code == EvidenceError.exit_code


def test_a_fault_is_told_once_and_costs_nothing_else(runner: LocalRunner) -> None:
    bad, good = runner.submit(deeds.fail), runner.submit(deeds.add, a=1, b=1)
    with pytest.raises(PeritoError, match="a fault of Perito itself: KeyError: 'a fault'") as caught:
        bad.result()
    assert caught.value.exit_code == 4
    assert good.result()["sum"] == 2


def test_a_process_that_is_killed_costs_a_second_try_and_no_third(runner: LocalRunner, tmp_path: Path) -> None:
    assert runner.submit(deeds.die_once, mark=str(tmp_path / "mark")).result() == "done"
    bad, good = runner.submit(deeds.die), runner.submit(deeds.add, a=1, b=1)
    with pytest.raises(WorkerLost, match=r"it died 2 times \(SIGKILL, SIGKILL\)"):
        bad.result()
    assert good.result()["sum"] == 2


def test_only_functions_with_a_name_and_json_are_taken(runner: LocalRunner) -> None:
    with pytest.raises(TypeError, match="by name only"):
        runner.submit(deeds.add, 1, 2)
    with pytest.raises(TypeError, match="not a function of a module"):
        runner.submit(lambda: None)
    with pytest.raises(TypeError, match="not JSON serializable"):
        runner.submit(deeds.add, a=b"1", b=2)


def test_what_confines_the_parsers_holds_in_a_process_of_the_runner(runner: LocalRunner) -> None:
    assert runner.submit(deeds.confinement).result() == available()


def test_the_interface_is_that_of_an_executor(runner: LocalRunner) -> None:
    assert isinstance(runner, Executor)
    assert isinstance(runner.submit(deeds.add, a=1, b=2), Future)


def test_stopped_it_begins_nothing_more() -> None:
    runner = LocalRunner(1)
    told = runner.submit(deeds.add, a=1, b=2).result()
    runner.stop()
    with pytest.raises(RuntimeError):
        runner.submit(deeds.add, a=1, b=2)
    runner.shutdown()
    with pytest.raises(ProcessLookupError):
        os.kill(told["process"], 0)


def test_ended_it_leaves_no_process_behind_busy_or_idle() -> None:
    runner = LocalRunner(2)
    idle = runner.submit(deeds.add, a=1, b=2).result()["process"]
    waiting = [runner.submit(deeds.wait) for _ in range(2)]
    while len(runner._all) < 2 or runner._idle:
        time.sleep(0.01)
    busy = {child.process.pid for child in runner._all}
    assert idle in busy
    runner.end()
    for pid in busy:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert all(isinstance(one.exception(20), WorkerLost) for one in waiting)


@pytest.mark.parametrize("_", range(20))
def test_a_process_whose_parent_is_gone_ends_even_as_it_begins_to_wait(_: int) -> None:
    child = Child()
    assert child.process.stdin is not None
    child.process.stdin.write(order(deeds.wait, {}).encode() + b"\n")
    child.process.stdin.close()
    assert child.process.wait(30) == STOPPED
    child.close()


class Poisoned(Executor):
    """Has the runner examine as `deeds.examine_or_die` does."""

    def __init__(self, inner: Executor) -> None:
        self.inner = inner

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return self.inner.submit(deeds.examine_or_die, **kwargs)


def poisoned(runner: Executor, evidence: Path, out: Path, *given: str, one_by_one: bool) -> list[Row]:
    """Examine these; what is not there has a name that says what it does."""
    (out / "job").mkdir(parents=True)
    by = Asked(indicators_digest=digest(load(())))
    items = [Item(evidence / name, out / Path(name).name, 1) for name in given]
    batch = Batch(Poisoned(runner), out / "job", by, [], lambda _: None, lambda _: None)
    return batch.rows(items, 1, one_by_one=one_by_one)


def test_an_acquisition_that_always_kills_its_process_ends_as_its_own_row(
    runner: LocalRunner, evidence: Path, alone: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    rows = poisoned(runner, evidence, tmp_path, "alma", "kills-process", "chat.xml", one_by_one=True)
    assert [row.exit_code for row in rows] == [1, 4, 0]
    assert isinstance(rows[1].error, WorkerLost)
    assert not (tmp_path / "kills-process").exists()
    for name in ("alma", "chat.xml"):
        assert written(tmp_path / name) == alone[name]


def test_other_indicators_than_the_commands_are_refused(runner: LocalRunner, evidence: Path, tmp_path: Path) -> None:
    (tmp_path / "job").mkdir()
    batch = Batch(runner, tmp_path / "job", Asked(indicators_digest="0"), [], lambda _: None, lambda _: None)
    (row,) = batch.rows([Item(evidence / "alma", tmp_path / "alma", 1)], 1, one_by_one=True)
    assert row.exit_code == 2
    assert row.error is not None
    assert "are not those of the command" in row.error.what
    assert sorted(path.name for path in tmp_path.iterdir()) == ["job"]


def test_a_job_folder_that_is_gone_or_not_seen_is_told(runner: LocalRunner, evidence: Path, tmp_path: Path) -> None:
    by = Asked(indicators_digest=digest(load(())))
    batch = Batch(runner, tmp_path / "none", by, [], lambda _: None, lambda _: None)
    (row,) = batch.rows([Item(evidence / "alma", tmp_path / "alma", 1)], 1, one_by_one=True)
    assert row.error is not None
    assert row.error.what == "this machine cannot write into the folder for the results: No such file or directory"
    assert list(tmp_path.iterdir()) == []
