"""What becomes of acquisitions whose answer is lost, and of results when there is no room."""

import errno
import os
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from perito.base.errors import EvidenceError, PeritoError, UsageError
from perito.base.outputs import fresh
from perito.many.batch import Batch, Item, Row, job_folder, without_results
from perito.many.one import Asked
from perito.runners.orders import SchedulerLost, WorkerLost

DONE = {"exit_code": 0, "verdict": "targeted", "attention": 0}


class Scripted(Executor):
    """Answers for each name what is listed for it, in turn."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        name = Path(kwargs["path"]).name
        self.asked.append(name)
        future: Future[Any] = Future()
        answer = self.answers[name].pop(0)
        future.set_exception(answer) if isinstance(answer, PeritoError) else future.set_result(answer)
        return future


def rows(runner: Scripted) -> tuple[list[Row], list[Row]]:
    told: list[Row] = []
    batch = Batch(runner, Path("job"), Asked(), [], lambda _: None, told.append)
    given = [Item(Path(name), Path("out", name), 9 - number) for number, name in enumerate(runner.answers)]
    return batch.rows(given, 1, one_by_one=False), told


def test_what_was_lost_with_the_scheduler_is_handed_over_together_once_more() -> None:
    gone = SchedulerLost("scheduler", "it ended")
    runner = Scripted(a=[DONE], b=[gone, DONE], c=[gone, DONE])
    made, told = rows(runner)
    assert runner.asked == ["a", "b", "c", "b", "c"]
    assert [row.exit_code for row in made] == [0, 0, 0]
    assert sorted(row.path.name for row in told) == ["a", "b", "c"]


def test_a_scheduler_that_stays_away_ends_each_as_its_own_error() -> None:
    gone = [SchedulerLost("scheduler", "it ended")] * 3
    made, told = rows(Scripted(a=[DONE], b=list(gone), c=list(gone)))
    assert [(row.path.name, row.exit_code) for row in made] == [("a", 0), ("b", 4), ("c", 4)]
    assert isinstance(made[1].error, SchedulerLost)
    assert sorted(row.path.name for row in told) == ["a", "b", "c"], "each is told once"


def test_what_was_lost_with_its_worker_is_tried_alone() -> None:
    lost = WorkerLost("worker", "it was lost")
    runner = Scripted(a=[lost, lost], b=[lost, DONE], c=[DONE])
    made, _ = rows(runner)
    assert runner.asked == ["a", "b", "c", "a", "b"]
    assert [row.exit_code for row in made] == [4, 0, 0]


def test_a_result_whose_answer_was_lost_goes_and_the_others_stay(tmp_path: Path) -> None:
    for name in ("whole", "lost", "before"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "verdict.json").write_text("{}")
    error = WorkerLost("worker", "it was lost")
    without_results(
        [Row(Path("a"), tmp_path / "whole", 0), Row(Path("b"), tmp_path / "lost", 4, error=error)],
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["before", "whole"]


def test_a_disk_without_room_is_no_fault_and_nothing_half_stays(tmp_path: Path) -> None:
    def filled() -> None:
        with fresh(tmp_path / "out"):
            (tmp_path / "out/half").touch()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(EvidenceError, match="a disk is full: No space left on device"):
        filled()
    assert not (tmp_path / "out").exists()


def test_an_error_of_the_system_of_another_kind_stays_what_it_is(tmp_path: Path) -> None:
    def failed() -> None:
        with fresh(tmp_path / "out"):
            raise PermissionError(errno.EACCES, "no")

    with pytest.raises(PermissionError):
        failed()
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_examined(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for made in (fresh, job_folder):
        with pytest.raises(UsageError, match="cannot be made: Not a directory"), made(tmp_path / "file/out"):
            pass
