"""The main job on the backup of an invented person: what a run writes, leaves alone, survives and repeats."""

import csv
import hashlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from perito.base.errors import NotRecognised, UsageError
from perito.base.limits import Limits
from perito.demo import lures, person
from perito.demo.backup import build
from perito.examine import Run, Wish, examine

ROOT = Path(__file__).parent.parent
OTHER = ROOT / ".venv-other/bin/python"
FILES = ("findings.json", "coverage.json", "problems.json", "verdict.json", "timeline.csv")
FINDING_KEYS = [
    "id",
    "rule",
    "rule_version",
    "grade",
    "artifact",
    "file",
    "ref",
    "time",
    "value",
    "also",
    "indicator",
    "says",
    "does_not_show",
    "references",
    "written",
]


@pytest.fixture(scope="session")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alma") / "backup"
    build(folder, person.phone(lures.published(lures.baseline()), seed=7, scale=0.05), ios="10.2")
    return folder


@pytest.fixture(scope="session")
def run(backup: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return examine(Wish(backup, tmp_path_factory.mktemp("run") / "out"))


def stored(folder: Path, domain: str, path: str) -> Path:
    name = hashlib.sha1(f"{domain}-{path}".encode(), usedforsecurity=False).hexdigest()
    return folder / name[:2] / name


def state(folder: Path) -> dict[str, tuple[str, int, int, int]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
            path.stat().st_ctime_ns,
            path.stat().st_mode,
        )
        for path in files
    }


def told(run: Run, name: str) -> Any:
    return json.loads((run.out / name).read_text(encoding="utf-8"))


def test_a_run_writes_the_files_it_promises_for_its_owner_only(run: Run) -> None:
    here = {path.name for path in run.out.iterdir()}
    assert here == {*FILES, "records", "observables.parquet", "report.html"}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in run.out.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert (run.out / "report.html").stat().st_size < 2_000_000


def test_the_planted_links_are_found_and_the_person_was_targeted(run: Run) -> None:
    findings = told(run, "findings.json")
    assert all(list(one) == FINDING_KEYS for one in findings)
    matched = {one["indicator"]["value"] for one in findings if one["indicator"]}
    assert len(matched) >= 6
    assert told(run, "verdict.json")["verdict"] in {"targeted", "probable traces"}
    assert run.exit_code == 1
    assert set(told(run, "verdict.json")["reasons"]) <= {one["id"] for one in findings}


def test_every_artifact_has_a_coverage_row_and_what_was_read_its_hash(run: Run) -> None:
    rows = told(run, "coverage.json")
    assert {row["artifact"] for row in rows} >= {"ios.message", "ios.safari_visit", "ios.manifest_file", "ios.call"}
    assert all(len(row["sha256"]) == 64 for row in rows if row["status"] in {"parsed", "partial"})
    counted = told(run, "verdict.json")["coverage"]
    assert counted["parsed"] == sum(row["status"] == "parsed" for row in rows)


def test_the_time_line_is_sorted_and_holds_the_findings(run: Run) -> None:
    lines = (run.out / "timeline.csv").read_text(encoding="utf-8").splitlines()
    times = [line.split('","')[0].lstrip('"') for line in lines[1:] if line.startswith('"2')]
    assert times == sorted(times)
    assert sum('"finding"' in line for line in lines) == sum(
        one["time"] is not None for one in told(run, "findings.json")
    )


def test_the_time_line_shows_who_and_what_of_a_message(run: Run) -> None:
    with (run.out / "timeline.csv").open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["artifact"] == "ios.message" and row["kind"] == "record"]
    planted = [row["text"] for row in rows if "fb-accounts.com" in row["text"]]
    assert planted == [
        "'+525555500181 | Aviso: su línea tiene un cargo de $2,914 sin aclarar. http://fb-accounts.com/1074139s/"
    ]


def test_the_evidence_is_not_changed(backup: Path, tmp_path: Path) -> None:
    before = state(backup)
    examine(Wish(backup, tmp_path / "out"))
    assert state(backup) == before


def test_nothing_is_left_in_scratch(backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    examine(Wish(backup, tmp_path / "out"))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_earlier_run_is_never_written_over(run: Run, backup: Path) -> None:
    before = state(run.out)
    with pytest.raises(UsageError, match="already holds the results of an earlier run"):
        examine(Wish(backup, run.out))
    assert state(run.out) == before


def test_what_a_run_wrote_is_told_as_no_acquisition(run: Run, tmp_path: Path) -> None:
    with pytest.raises(NotRecognised, match="what an examination wrote, no acquisition") as told:
        examine(Wish(run.out, tmp_path / "out"))
    assert "perito reexamine" in str(told.value.hint)


def test_a_run_that_fails_leaves_no_half_result(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence/poem.txt").write_text("nothing to see\n")
    with pytest.raises(NotRecognised, match="not recognised"):
        examine(Wish(tmp_path / "evidence", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("rubbish", [b"", b"\x00" * 9_000, b"SQLite format 3\x00" + b"\xff" * 8_000])
def test_one_broken_file_hides_no_finding_of_another(backup: Path, run: Run, rubbish: bytes, tmp_path: Path) -> None:
    copy = tmp_path / "backup"
    shutil.copytree(backup, copy)
    stored(copy, "HomeDomain", "Library/Safari/History.db").write_bytes(rubbish)
    again = examine(Wish(copy, tmp_path / "out"))
    kept = {one.place.ref for one in run.findings if one.place.artifact == "ios.message"}
    assert {one.place.ref for one in again.findings if one.place.artifact == "ios.message"} == kept
    status = {row.status for row in again.coverage if row.artifact == "ios.safari_visit"}
    assert status & {"damaged", "unsupported"}
    assert again.exit_code == 3


ENDLESS = """
CREATE VIEW ZCALLRECORD AS WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more)
SELECT n AS Z_PK, 1.0 AS ZDATE, 1.0 AS ZDURATION, 'x' AS ZADDRESS FROM more
"""


MANY = """
CREATE TABLE ZCALLRECORD (Z_PK INTEGER PRIMARY KEY, ZDATE REAL, ZDURATION REAL, ZADDRESS TEXT);
INSERT INTO ZCALLRECORD WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < 1500000)
SELECT n, 1.0, 1.0, '+52555' || (1000000 + n) FROM more
"""


@pytest.mark.parametrize(
    ("kind", "statuses"), [("endless", {"unsupported"}), ("many", {"timed out"}), ("huge", {"partial", "damaged"})]
)
def test_a_file_that_never_ends_or_fills_the_memory_costs_itself_only(
    backup: Path, run: Run, kind: str, statuses: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "backup"
    shutil.copytree(backup, copy)
    calls = stored(copy, "HomeDomain", "Library/CallHistoryDB/CallHistory.storedata")
    calls.unlink()
    with closing(sqlite3.connect(calls)) as database:
        if kind == "endless":
            database.execute(ENDLESS)
        elif kind == "many":
            database.executescript(MANY)
        else:
            database.execute(
                "CREATE TABLE ZCALLRECORD (Z_PK INTEGER PRIMARY KEY, ZDATE REAL, ZDURATION REAL, ZADDRESS TEXT)"
            )
            rows = ((number, 1.0, 1.0, "x" * 40_000_000) for number in range(12))
            database.executemany("INSERT INTO ZCALLRECORD VALUES (?, ?, ?, ?)", rows)
        database.commit()
    cpu = 20 if kind == "huge" else 3  # seconds: a busy machine makes the wall clock tell nothing
    limits = Limits(memory=200 << 20, cpu_seconds=cpu, wall_seconds=60, file_bytes=1 << 30)
    monkeypatch.setattr("perito.artifacts.collect.PARSING", limits)
    again = examine(Wish(copy, tmp_path / "out"))
    status = {row.artifact: row for row in again.coverage}
    assert status["ios.call"].status in statuses, status["ios.call"]
    assert status["ios.call"].reason
    assert {one.id for one in again.findings} == {one.id for one in run.findings}
    assert again.exit_code == 3
    assert kind != "endless" or status["ios.call"].reason == "ZCALLRECORD is a view, not a table"


def test_rows_that_are_only_in_the_write_ahead_log_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "loose"
    folder.mkdir()
    source = tmp_path / "sms.db"
    with closing(sqlite3.connect(source)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(
            "CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text TEXT, handle_id INTEGER, date INTEGER, is_from_me INTEGER)"
        )
        database.execute("CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT)")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("INSERT INTO message VALUES (1, 'mira https://bad.example/x', 0, 489312000, 0)")
        database.commit()
        for end in ("", "-wal"):
            shutil.copy(f"{source}{end}", folder / f"sms.db{end}")
    before = state(folder)
    run = examine(Wish(folder, tmp_path / "out"))
    assert {row.artifact: row.rows for row in run.coverage}["ios.message"] == 1
    assert state(folder) == before, "nothing was written beside the evidence"


def variant(backup: Path, out: Path, python: str, **environment: str) -> dict[str, bytes]:
    command = [python, "-m", "perito", "check", str(backup), "--out", str(out), "--lang", "en"]
    given = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment}
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return {name: (out / name).read_bytes() for name in FILES}


def test_locale_time_zone_and_hash_seed_change_nothing(run: Run, backup: Path, tmp_path: Path) -> None:
    expected = {name: (run.out / name).read_bytes() for name in FILES}
    one = variant(backup, tmp_path / "1", sys.executable, TZ="Asia/Kathmandu", LC_ALL="C", PYTHONHASHSEED="1")
    assert one == expected
    two = variant(
        backup, tmp_path / "2", sys.executable, TZ="America/Mexico_City", LANG="tr_TR.UTF-8", PYTHONHASHSEED="2"
    )
    assert two == expected


@pytest.mark.skipif(not OTHER.exists(), reason="no second Python: `make other-python OTHER=python3.13` sets one up")
def test_another_python_changes_nothing(run: Run, backup: Path, tmp_path: Path) -> None:
    version = [str(OTHER), "-c", "import sys; print(sys.version_info[:2])"]
    assert subprocess.run(version, capture_output=True, text=True, check=True).stdout != f"{sys.version_info[:2]}\n"
    assert variant(backup, tmp_path / "out", str(OTHER)) == {name: (run.out / name).read_bytes() for name in FILES}
