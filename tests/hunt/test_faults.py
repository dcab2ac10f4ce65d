"""A fault of Perito in one acquisition is told as one, and damage of what was stored as damage; the others are hunted."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from perito.cli.main import perito
from perito.hunt import engine
from perito.many.dockets import _packed, _unpacked
from perito.records.observables import OBSERVABLES
from tests.hunt.made import acquisition

LIST = "# perito indicators 1\n# source: A Lab\ndomain\tbad.example\t\t\n"


@pytest.fixture
def docket(tmp_path: Path) -> Path:
    for name in ("alma", "bruno"):
        acquisition(tmp_path / "docket" / name, ["https://x.bad.example/a", "https://good.example/"])
    (tmp_path / "list.tsv").write_text(LIST)
    return tmp_path / "docket"


def hunted(docket: Path, *words: str) -> Result:
    command = perito.get_command(None, "hunt")  # type: ignore[arg-type]
    assert command is not None
    asked = [str(docket), "-i", str(docket.parent / "list.tsv"), "--no-baseline", *words]
    return CliRunner().invoke(command, asked, catch_exceptions=False)


def failing(monkeypatch: pytest.MonkeyPatch, name: str, error: Exception) -> None:
    """Let the looking fail in one acquisition, as a fault of our own would."""
    real = engine.matches

    def broken(paths: list[Path], *others: Any) -> Any:
        if paths[0].parent.name == name:
            raise error
        return real(paths, *others)

    monkeypatch.setattr(engine, "matches", broken)


@pytest.mark.parametrize("error", [TypeError("Ana"), AttributeError("Ana"), IndexError("Ana"), AssertionError("Ana")])
def test_a_fault_of_perito_is_told_as_one_and_costs_one_acquisition(
    docket: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    failing(monkeypatch, "bruno", error)
    done = hunted(docket, "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 4
    assert (told["hunted"], [one["acquisition"] for one in told["acquisitions"]]) == (1, ["alma"])
    (missed,) = told["unhunted"]
    assert (missed["name"], missed["fault"]) == ("bruno", True)
    start = f"a fault of Perito itself ({type(error).__name__} at test_faults.py, line "
    assert missed["reason"].startswith(start)
    assert missed["reason"].endswith("), not of what was stored: please report it")
    assert "Ana" not in done.output, "an error's message may hold what stands in the evidence"
    assert "damaged" not in done.output


def test_a_fault_and_damage_have_words_of_their_own_in_spanish(docket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, "bruno", TypeError())
    (docket / "alma/coverage.json").write_text("[7]\n")
    shown = " ".join(hunted(docket, "--lang", "es").stdout.split())
    assert "bruno: un error del propio Perito (TypeError en test_faults.py, línea " in shown
    assert "alma: lo guardado está dañado, o lo escribió otra versión (coverage.json no es una lista de filas)" in shown


def as_texts(table: pa.Table) -> pa.Table:
    return table.set_column(table.schema.get_field_index("hash"), "hash", pa.array(["1", "2"]))


def with_gaps(table: pa.Table) -> pa.Table:
    return table.set_column(table.schema.get_field_index("normal"), "normal", pa.array([None, None], pa.string()))


def beyond(table: pa.Table) -> pa.Table:
    late = pa.array([2**62, 2**62]).cast(pa.timestamp("us", tz="UTC"))
    return table.set_column(table.schema.get_field_index("time"), "time", late)


DAMAGE: dict[str, tuple[Callable[[pa.Table], pa.Table], str]] = {
    "other values": (as_texts, "observables.parquet holds other values than it should in column hash"),
    "no values": (with_gaps, "observables.parquet lacks values in column normal"),
    "no calendar": (beyond, "observables.parquet holds times outside the years 1 to 9999 in column time"),
    "no column": (lambda table: table.drop_columns("ref"), "observables.parquet has no column ref"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_of_what_was_stored_is_no_fault_of_perito(docket: Path, name: str) -> None:
    damage, reason = DAMAGE[name]
    path = docket / "bruno/observables.parquet"
    pq.write_table(damage(pq.read_table(path).cast(OBSERVABLES)), path)
    done = hunted(docket, "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 3
    assert [one["acquisition"] for one in told["acquisitions"]] == ["alma"]
    advice = "examine the evidence again"
    assert told["unhunted"] == [
        {
            "name": "bruno",
            "reason": f"what was stored is damaged, or another version wrote it ({reason}); {advice}",
            "fault": False,
        }
    ]


def test_a_fault_comes_back_from_another_process_as_one() -> None:
    fault = engine.Unhunted("bruno", "a fault of Perito itself", fault=True)
    assert _unpacked(Path("docket"), json.loads(json.dumps(_packed(fault)))) == fault


def test_an_acquisition_whose_records_were_taken_away_is_told_and_not_hunted(docket: Path) -> None:
    row = {"artifact": "ios.safari_visit", "file": "a.db", "sha256": "0" * 64, "rows": 2}
    scanned = {"artifact": "yara.file", "file": None, "sha256": None, "rows": 3}
    (docket / "bruno/coverage.json").write_text(json.dumps([row, scanned]) + "\n")
    done = hunted(docket, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["hunted"]) == (3, 1)
    reason = "(ios.safari_visit.parquet is gone); examine the evidence again"
    assert [(one["name"], reason in one["reason"], one["fault"]) for one in told["unhunted"]] == [
        ("bruno", True, False)
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_pipes_in_the_place_of_files_are_not_waited_for(docket: Path) -> None:
    hunted(docket)
    for name in ("bruno/verdict.json", ".perito-index/manifest.json"):
        (docket / name).unlink()
        os.mkfifo(docket / name)
    (docket / ".perito-index" / "manifest.json.tmp").unlink(missing_ok=True)
    os.mkfifo(docket / ".perito-index" / "manifest.json.tmp")
    done = hunted(docket, "--json")
    assert json.loads(done.stdout)["unhunted"][0]["reason"] == "verdict.json cannot be read: not a file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize("name", ["coverage.json", "observables.parquet", "records/ios.safari_visit.parquet"])
def test_pipes_in_the_place_of_what_was_stored_are_not_waited_for(docket: Path, name: str) -> None:
    row = {"artifact": "ios.safari_visit", "file": "a.db", "sha256": "0" * 64, "rows": 2}
    (docket / "bruno/coverage.json").write_text(json.dumps([row]) + "\n")
    (docket / "bruno/records").mkdir()
    (docket / "bruno" / name).unlink(missing_ok=True)
    os.mkfifo(docket / "bruno" / name)
    (one,) = json.loads(hunted(docket, "--json").stdout)["unhunted"]
    assert one["name"] == "bruno"
    assert "not a file" in one["reason"] or "is gone" in one["reason"]
