"""SQL over stored tables: shut off from everything else, and tidy only in its own corner."""

from pathlib import Path

import pytest

from perito.records.database import Database, Unanswered

SPILLING = (
    "SELECT max(a) FROM (SELECT i * 7919 % 6000011 AS a, repeat('x', 40) AS b FROM range(6000000) t(i) ORDER BY b, a)"
)


def test_what_does_not_fit_is_spilled_and_other_scratch_is_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "scratch/kept"
    kept.parent.mkdir()
    kept.write_text("x")
    with Database(tmp_path, {}, kept.parent) as database:
        assert list(database.rows(SPILLING)) == [(6000010,)]
    assert kept.read_text() == "x"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/perito-must-not-be-written.csv'",
        "INSTALL httpfs",
        "SELECT * FROM read_csv('https://bad.example/x.csv')",
        "SELECT nothing FROM nowhere",
    ],
)
def test_nothing_outside_can_be_reached_and_a_question_without_answer_says_so(sql: str, tmp_path: Path) -> None:
    with Database(tmp_path, {}, tmp_path) as database, pytest.raises(Unanswered):
        list(database.rows(sql))
    assert not Path("/tmp/perito-must-not-be-written.csv").exists()
