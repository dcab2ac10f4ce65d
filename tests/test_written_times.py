"""Times that the evidence gives without a zone, from the export to every file of a run."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from perito.base.errors import UsageError
from perito.cli.main import perito
from perito.cli.screen import show
from perito.examine import Run, Wish, examine
from perito.reexamine import Wish as Again
from perito.reexamine import reexamine

LINES = """12/03/17, 14:05 - Bruno: Hola
12/03/17, 14:06 - Bruno: Mira las fotos en http://a.bad.example/1234567s/ y dime si lo conoces
13/03/17, 09:00 - Alma: ¿quién eres?
29/10/17, 01:30 - Alma: otra http://b.bad.example/x
"""
FEED = "kind,value\ndomain,bad.example\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chat")
    (folder / "chat.txt").write_text(LINES)
    (folder / "feed.csv").write_text(FEED)
    return folder


def ran(place: Path, name: str, zone: str | None = None) -> Run:
    wish = Wish(place / "chat.txt", place / name, (place / "feed.csv",), baseline=False, timezone=zone)
    return examine(wish)


@pytest.fixture(scope="module")
def plain(place: Path) -> Run:
    return ran(place, "docket/plain")


@pytest.fixture(scope="module")
def zoned(place: Path) -> Run:
    return ran(place, "docket/zoned", "America/Mexico_City")


def told(run: Run, name: str) -> Any:
    return json.loads((run.out / name).read_text())


def lines(run: Run) -> list[str]:
    return [line.replace('"', "") for line in (run.out / "timeline.csv").read_text().splitlines()[1:]]


def test_a_time_without_a_zone_is_kept_as_written_and_is_no_utc(plain: Run):
    first, second = told(plain, "findings.json")
    assert (first["ref"], first["time"]) == ("line 2", None)
    assert first["written"] == {"time": "2017-03-12T14:06:00", "zone": None, "doubt": None}
    assert second["written"]["time"] == "2017-10-29T01:30:00"
    assert told(plain, "verdict.json")["timezone"] is None
    assert told(plain, "problems.json") == []
    (row,) = (row for row in told(plain, "coverage.json") if row["artifact"] == "messages.whatsapp")
    assert (row["first"], row["last"]) == ("2017-03-12T14:05:00", "2017-10-29T01:30:00")
    assert lines(plain)[1].startswith("2017-03-12T14:06:00.000000,finding,messages.whatsapp,chat.txt,line 2,")
    assert not any("Z," in line.split("messages")[0] for line in lines(plain))


def test_the_report_tells_it_and_draws_it_apart(plain: Run):
    page = (plain.out / "report.html").read_text()
    assert "2017-03-12 14:06, as written; zone not known" in page
    assert "Nothing that was read carries a time." not in page
    assert 'class="bars written"' in page


def test_with_a_zone_everything_is_in_utc_and_the_verdict_says_by_which(zoned: Run):
    first, second = told(zoned, "findings.json")
    assert first["time"] == "2017-03-12T20:06:00Z"
    assert first["written"] == {"time": "2017-03-12T14:06:00", "zone": "America/Mexico_City", "doubt": None}
    assert (second["time"], second["written"]["doubt"]) == ("2017-10-29T06:30:00Z", "twice")
    zone = told(zoned, "verdict.json")["timezone"]
    assert zone["name"] == "America/Mexico_City"
    assert zone["rules"].startswith("20")
    assert lines(zoned)[0].startswith("2017-03-12T20:05:00.000000Z,record,")
    page = (zoned.out / "report.html").read_text()
    assert 'class="bars written"' not in page
    assert "2017-03-12 20:06:00 UTC" in page


def test_a_time_that_was_shown_twice_is_a_problem_that_hides_nothing(zoned: Run):
    assert told(zoned, "problems.json") == [
        {
            "artifact": "messages.whatsapp",
            "file": "chat.txt",
            "ref": "",
            "reason": "written times shown twice in America/Mexico_City, as clocks went back: 1; the earlier moment is taken",
            "raw": "",
        }
    ]
    assert zoned.exit_code == 1
    assert zoned.verdict["verdict"] == "targeted"


def test_the_screen_tells_doubtful_times_as_such_and_not_as_a_fault_of_the_lists(zoned: Run, capsys: Any):
    show(zoned, "en")
    shown = capsys.readouterr().out
    doubt = "chat.txt: written times shown twice in America/Mexico_City, as clocks went back: 1; the earlier moment is taken"
    assert doubt in " ".join(shown.split())
    assert "could not be used" not in shown


def test_a_zone_changes_no_id(plain: Run, zoned: Run):
    assert [one["id"] for one in told(plain, "findings.json")] == [one["id"] for one in told(zoned, "findings.json")]


def test_reexamination_keeps_the_zone_and_can_be_given_one(place: Path, plain: Run, zoned: Run):
    feed = (place / "feed.csv",)
    kept = reexamine(Again(zoned.out, place / "kept", feed, baseline=False))
    given = reexamine(Again(plain.out, place / "given", feed, baseline=False, timezone="America/Mexico_City"))
    for name in ("findings.json", "problems.json", "coverage.json", "timeline.csv", "report.html"):
        assert (kept.out / name).read_bytes() == (zoned.out / name).read_bytes(), name
        assert (given.out / name).read_bytes() == (zoned.out / name).read_bytes(), name
    assert kept.verdict["timezone"] == zoned.verdict["timezone"]


def test_a_hunt_gives_the_same_times(place: Path, plain: Run, zoned: Run):
    command = perito.get_command(click.Context(perito), "hunt")
    assert command is not None
    asked = [str(place / "docket"), "-i", str(place / "feed.csv"), "--no-baseline", "--json"]
    found = {
        one["acquisition"]: one["findings"]
        for one in json.loads(CliRunner().invoke(command, asked).output)["acquisitions"]
    }
    assert found == {"plain": told(plain, "findings.json"), "zoned": told(zoned, "findings.json")}


def test_a_zone_that_does_not_exist_is_refused_before_anything_is_written(place: Path):
    with pytest.raises(UsageError, match="there is no time zone called"):
        ran(place, "none", "Mexico")
    assert not (place / "none").exists()
