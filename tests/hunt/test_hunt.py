"""A hunt tells of an acquisition what a full examination by the same indicators would tell of it, and no more."""

import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from perito.base.errors import EvidenceError, UsageError
from perito.cli.main import perito
from perito.demo import lures, person
from perito.demo.backup import build
from perito.examine import Wish, examine
from perito.reexamine import Wish as Again
from perito.reexamine import reexamine

FILES = ("findings.json", "coverage.json", "problems.json", "verdict.json", "timeline.csv", "report.html")


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alma") / "backup"
    build(folder, person.phone(lures.published(lures.baseline()), seed=7, scale=0.03), ios="10.2")
    return folder


def feed(file: Path, *patterns: str) -> Path:
    objects = [
        {
            "type": "indicator",
            "id": f"indicator--00000000-0000-4000-8000-{number:012d}",
            "pattern_type": "stix",
            "pattern": pattern,
        }
        for number, pattern in enumerate(patterns)
    ]
    file.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}))
    return file


@pytest.fixture(scope="module")
def new(backup: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Indicators of today: what the baseline publishes, in a file of its own, with one nobody has met."""
    folder = tmp_path_factory.mktemp("feed")
    values = [("domain-name:value", one) for one in sorted(set(_hosts()))]
    values += [
        ("process:name", "bh"),
        ("email-addr:value", "ana@correo.example"),
        ("domain-name:value", "never.example"),
    ]
    conditions = ("[url:value MATCHES '/[0-9]{7}[a-z]/?$']", "[process:name LIKE 'roleab%' OR process:name = 'bh']")
    return feed(folder / "new.json", *(f"[{kind}='{value}']" for kind, value in values), *conditions)


def _hosts() -> list[str]:
    from perito.indicators.bundle import baseline

    table = baseline().table.to_pylist()
    return [row["normal"] for row in table if row["kind"] == "domain"]


@pytest.fixture(scope="module")
def docket(backup: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A docket of two acquisitions that were examined before anything was published; one lies in a case of its own."""
    folder = tmp_path_factory.mktemp("docket")
    nothing = feed(tmp_path_factory.mktemp("nothing") / "old.json", "[domain-name:value='nobody.example']")
    examine(Wish(backup, folder / "alma", (nothing,), baseline=False))
    shutil.copytree(folder / "alma", folder / "case" / "alma-again")
    (folder / "notes").mkdir()
    (folder / "readme.txt").write_text("not an acquisition\n")
    return folder


@pytest.fixture(scope="module")
def fresh(backup: Path, new: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("fresh") / "out"
    examine(Wish(backup, out, (new,), baseline=False))
    return out


def ran(name: str, *words: str | Path) -> Result:
    """Run a command by itself: click would keep the group's help option for good, and the docs would differ."""
    command = perito.get_command(click.Context(perito), name)
    assert command is not None
    return CliRunner().invoke(command, [str(word) for word in words])


def hunted(*words: str | Path) -> Any:
    return json.loads(ran("hunt", *words, "--no-baseline", "--json").stdout)


def by_indicators(out: Path) -> list[dict[str, Any]]:
    return [one for one in json.loads((out / "findings.json").read_text()) if one["rule"].startswith("indicator.")]


@pytest.mark.parametrize("how", [[], ["--no-index"], ["--jobs", "1"]])
def test_a_hunt_gives_the_very_findings_of_a_full_examination(
    docket: Path, new: Path, fresh: Path, how: list[str]
) -> None:
    expected = by_indicators(fresh)
    assert len({one["indicator"]["value"] for one in expected}) >= 3
    assert "indicator.pattern" in {one["rule"] for one in expected}
    told = hunted(docket, "-i", new, *how)
    assert [one["acquisition"] for one in told["acquisitions"]] == ["alma", "case/alma-again"]
    assert told["hunted"] == 2
    for one in told["acquisitions"]:
        assert json.dumps(one["findings"]) == json.dumps(expected)


def test_what_is_written_is_written_once_and_for_the_owner_only(
    docket: Path, new: Path, fresh: Path, tmp_path: Path
) -> None:
    done = ran("hunt", docket, "-i", new, "--no-baseline", "--write", tmp_path / "w")
    assert done.exit_code == 1
    written = (tmp_path / "w/case/alma-again/findings.json").read_text()
    assert written == json.dumps(by_indicators(fresh), ensure_ascii=False, indent=1) + "\n"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "w").rglob("*.json")} == {0o600}
    again = ran("hunt", docket, "-i", new, "--no-baseline", "--write", tmp_path / "w")
    assert isinstance(again.exception, UsageError)
    assert "already holds something" in str(again.exception)


def test_the_screen_names_each_acquisition_and_speaks_spanish(docket: Path, new: Path) -> None:
    shown = ran("hunt", docket, "-i", new, "--no-baseline", "--lang", "es").output
    assert "2 extracciones" in shown
    assert "case/alma-again" in shown


def test_a_hunt_says_that_a_match_may_be_of_another_list_than_the_one_that_was_named(docket: Path, new: Path) -> None:
    """Else a finding of years ago would be taken for one of the new list."""
    beside = "a match may be of either"
    assert beside in " ".join(ran("hunt", docket, "-i", new, "--lang", "en").output.split())
    assert beside not in " ".join(ran("hunt", docket, "-i", new, "--no-baseline", "--lang", "en").output.split())
    assert beside not in " ".join(ran("hunt", docket, "--lang", "en").output.split())


def test_the_screen_begins_with_which_acquisitions_match_and_how_strongly(docket: Path, new: Path) -> None:
    told = json.loads(ran("hunt", docket, "-i", new, "--no-baseline", "--json").output)
    expected = [
        f"  {one['acquisition']}: {sum(found['grade'] == 'confirmed' for found in one['findings'])} confirmed"
        for one in told["acquisitions"]
    ]
    shown = ran("hunt", docket, "-i", new, "--no-baseline", "--lang", "en").output.splitlines()
    assert len(expected) == 2
    assert [line[: len(begin)] for line, begin in zip(shown[1:3], expected, strict=True)] == expected


def test_the_screen_shows_who_wrote_and_in_what_words(docket: Path, new: Path) -> None:
    shown = ran("hunt", docket, "-i", new, "--no-baseline", "--lang", "en").output
    assert shown.startswith("Looked for ")
    assert "in 2 acquisitions; 2 of them match.\n" in shown
    assert "    From: +525555500181 (received)\n    “Aviso: su línea tiene un cargo de $2,914 sin aclarar." in shown


def test_records_that_are_gone_cost_the_words_and_no_finding(docket: Path, new: Path, tmp_path: Path) -> None:
    one = tmp_path / "docket/alma"
    shutil.copytree(docket / "alma", one)
    (one / "records/ios.message.parquet").write_bytes(b"PAR1 is no table")
    shown = ran("hunt", tmp_path / "docket", "-i", new, "--no-baseline", "--lang", "en").output
    assert "in 1 acquisition; 1 of them matches.\n" in shown
    assert "Messages (SMS and iMessage), message " in shown
    assert "From: +525555500181" not in shown


def test_what_nobody_met_matches_nothing(docket: Path, tmp_path: Path) -> None:
    unmet = feed(tmp_path / "f.json", "[domain-name:value='never.example']")
    done = ran("hunt", docket, "-i", unmet, "--no-baseline", "--json")
    assert done.exit_code == 0
    assert json.loads(done.output)["acquisitions"] == []
    told = ran("hunt", docket, "-i", unmet, "--no-baseline", "--lang", "en").output
    assert told == "Looked for 1 indicator in 2 acquisitions; none matches.\n"


@pytest.mark.parametrize("name", ["verdict.json", "observables.parquet", "coverage.json"])
def test_a_half_written_acquisition_is_told_and_not_believed(
    docket: Path, new: Path, name: str, tmp_path: Path
) -> None:
    shutil.copytree(docket, tmp_path / "d")
    (tmp_path / "d/alma" / name).unlink()
    done = ran("hunt", tmp_path / "d", "-i", new, "--no-baseline", "--json")
    told = json.loads(done.output)
    assert done.exit_code == 3
    assert [one["acquisition"] for one in told["acquisitions"]] == ["case/alma-again"]
    assert told["unhunted"] == [
        {
            "name": "alma",
            "reason": f"its examination did not end, or something was taken away: no {name}",
            "fault": False,
        }
    ]


def test_a_verdict_cut_short_and_a_damaged_table_are_told(docket: Path, new: Path, tmp_path: Path) -> None:
    shutil.copytree(docket, tmp_path / "d")
    verdict = tmp_path / "d/alma/verdict.json"
    os.truncate(verdict, verdict.stat().st_size - 5)
    table = tmp_path / "d/case/alma-again/observables.parquet"
    table.write_bytes(table.read_bytes()[:-100])
    told = hunted(tmp_path / "d", "-i", new)
    assert told["acquisitions"] == []
    assert [one["name"] for one in told["unhunted"]] == ["alma", "case/alma-again"]
    assert "cut short" in told["unhunted"][0]["reason"]
    assert "damaged" in told["unhunted"][1]["reason"]


def test_what_of_the_lists_is_not_looked_for_is_told(docket: Path, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(
        json.dumps(
            {"Event": {"info": "E", "date": "2024-03-14", "Attribute": [{"type": "domain", "value": "x.example"}]}}
        )
    )
    (tmp_path / "some.csv").write_text("type,value\ndomain,bad.example\ndomain,badvalue\n")
    words = (docket, "-i", tmp_path, "--no-baseline", "--lang", "es")
    shown = ran("hunt", *words).stdout
    assert "  no se pudo usar 1 punto de las listas:\n    some.csv línea 3" in shown
    assert "sin dominio de primer nivel" in shown
    assert "no se busca nada" not in shown
    before = ran("hunt", docket, "-i", tmp_path / "old.json", "--as-of", "2024-03-13", "--lang", "en").stdout
    assert "nothing of this list is looked for: old.json: published later" in " ".join(before.split())
    refused = ran("hunt", docket, "-i", tmp_path / "old.json", "--no-baseline", "--as-of", "2024-03-13")
    assert isinstance(refused.exception, UsageError)
    assert "no indicator was in force on 2024-03-13" in str(refused.exception)


def test_a_run_or_an_empty_folder_is_no_docket(docket: Path, tmp_path: Path) -> None:
    for folder, said in (
        (docket / "alma", "not a folder of such folders"),
        (tmp_path, "no examined acquisition"),
        (tmp_path / "none", "No such file"),
    ):
        done = ran("hunt", folder)
        assert isinstance(done.exception, UsageError)
        assert said in str(done.exception)


def test_a_re_examination_writes_what_a_fresh_one_would(docket: Path, new: Path, fresh: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in (docket / "alma").rglob("*") if path.is_file()}
    run = reexamine(Again(docket / "alma", tmp_path / "out", (new,), baseline=False))
    for name in FILES:
        assert (run.out / name).read_bytes() == (fresh / name).read_bytes(), name
    stored = {path.relative_to(run.out): path.read_bytes() for path in run.out.rglob("*.parquet")}
    assert stored == {path.relative_to(fresh): path.read_bytes() for path in fresh.rglob("*.parquet")}
    assert {path: path.read_bytes() for path in (docket / "alma").rglob("*") if path.is_file()} == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in run.out.rglob("*") if path.is_file()} == {0o600}


def test_problems_of_the_earlier_indicators_are_not_carried_along(
    backup: Path, fresh: Path, new: Path, tmp_path: Path
) -> None:
    bad = feed(tmp_path / "bad.json", "[domain-name:value=", "[domain-name:value='never.example']")
    first = examine(Wish(backup, tmp_path / "first", (bad,), baseline=False))
    assert any(one["file"] == "bad.json" for one in first.problems)
    run = reexamine(Again(tmp_path / "first", tmp_path / "out", (new,), baseline=False))
    assert (run.out / "problems.json").read_bytes() == (fresh / "problems.json").read_bytes()
    assert run.exit_code == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize(
    "name", ["verdict.json", "coverage.json", "problems.json", "observables.parquet", "records/{}.parquet"]
)
def test_a_re_examination_waits_for_no_pipe(docket: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(docket / "alma", tmp_path / "odd")
    stored = next(row["artifact"] for row in json.loads((docket / "alma/coverage.json").read_text()) if row["rows"])
    place = tmp_path / "odd" / name.format(stored)
    place.unlink()
    os.mkfifo(place)
    with pytest.raises((EvidenceError, UsageError), match=r"not a file|is gone|no verdict\.json"):
        reexamine(Again(tmp_path / "odd", tmp_path / "out", baseline=False))


def test_the_version_that_read_the_evidence_is_told(docket: Path, new: Path, tmp_path: Path) -> None:
    shutil.copytree(docket / "alma", tmp_path / "old")
    verdict = tmp_path / "old/verdict.json"
    told = json.loads(verdict.read_text())
    told["tool"]["version"] = "0.0.9"
    verdict.write_text(json.dumps(told))
    run = reexamine(Again(tmp_path / "old", tmp_path / "out", (new,), baseline=False))
    assert run.verdict["read_by"] == {"name": "perito", "version": "0.0.9"}


def test_tables_of_another_version_and_half_runs_are_refused(docket: Path, new: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    shutil.copytree(docket / "alma", tmp_path / "old")
    table = tmp_path / "old/records/ios.call.parquet"
    pq.write_table(pq.read_table(table).drop_columns("ref"), table)
    with pytest.raises(EvidenceError, match="other columns"):
        reexamine(Again(tmp_path / "old", tmp_path / "out", (new,), baseline=False))
    assert not (tmp_path / "out").exists()
    (tmp_path / "old/verdict.json").unlink()
    with pytest.raises(UsageError, match="did not end"):
        reexamine(Again(tmp_path / "old", tmp_path / "out", (new,), baseline=False))


def test_the_index_can_be_built_before_it_is_needed(docket: Path, tmp_path: Path) -> None:
    shutil.copytree(docket, tmp_path / "d", ignore=shutil.ignore_patterns(".perito-index"))
    done = ran("index", tmp_path / "d")
    assert done.exit_code == 0
    assert done.output.startswith("index of 2 acquisitions in 1 part: ")
    (tmp_path / "d/alma/verdict.json").unlink()
    done = ran("index", tmp_path / "d")
    assert done.exit_code == 3
    assert done.output.startswith("index of 1 acquisition in 1 part: ")


def test_indicators_that_cannot_be_read_are_refused_before_anything_is_said(docket: Path, tmp_path: Path) -> None:
    bad = feed(tmp_path / "bad.json", "[domain-name:value=")
    done = ran("hunt", docket, "-i", bad)
    assert isinstance(done.exception, UsageError)
    with pytest.raises(UsageError, match="no indicator could be read"):
        reexamine(Again(docket / "alma", tmp_path / "out", (bad,)))
    assert not (tmp_path / "out").exists()


def test_a_condition_over_several_records_is_met_alike_whatever_the_index_says(tmp_path: Path) -> None:
    """No hash tells where a condition may be met: the index, which knows hashes only, must hide nothing."""
    both = feed(tmp_path / "both.json", "[url:value LIKE '%/bad'] FOLLOWEDBY [url:value LIKE '%bad%/x']")
    unmet = feed(tmp_path / "unmet.json", "[domain-name:value='never.example']")
    evidence = messages(tmp_path / "both", "Ve https://shop.example/bad")
    examine(Wish(evidence, tmp_path / "docket/a", (unmet,), baseline=False))
    run = examine(Wish(evidence, tmp_path / "fresh", (both,), baseline=False))
    expected = json.loads((run.out / "findings.json").read_text())
    assert [(one["ref"], [also["ref"] for also in one["also"]]) for one in expected] == [
        ("line 2, sms 1", ["line 3, sms 2"])
    ]
    assert run.verdict["verdict"] == "targeted"
    for how in ([], ["--no-index"]):
        (told,) = hunted(tmp_path / "docket", "-i", both, *how)["acquisitions"]
        assert told["findings"] == expected
    again = reexamine(Again(tmp_path / "docket/a", tmp_path / "again", (both,), baseline=False))
    assert (again.out / "findings.json").read_bytes() == (run.out / "findings.json").read_bytes()


def test_a_condition_without_an_answer_is_told_wherever_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perito.detect.patterns.MOST_RECORDS", 0)
    wide = feed(tmp_path / "wide.json", "[url:value LIKE '%example%']")
    reason = "the condition [url:value LIKE '%example%'] could not be asked: more than 0 records meet a part of it"
    run = examine(Wish(messages(tmp_path / "sent"), tmp_path / "docket/a", (wide,), baseline=False))
    assert [one["reason"] for one in run.problems] == [reason]
    assert run.exit_code == 3
    done = ran("hunt", tmp_path / "docket", "-i", wide, "--no-baseline", "--json")
    assert json.loads(done.output)["unhunted"] == [{"name": "a", "reason": reason, "fault": False}]
    assert done.exit_code == 3
    again = reexamine(Again(tmp_path / "docket/a", tmp_path / "again", (wide,), baseline=False))
    assert [one["reason"] for one in again.problems] == [reason]


SMS = """<smses count="2">
<sms address="+525555500101" date="1467619200000" type="1" body="{received}" />
<sms address="+525555500102" date="1467619260000" type="2" body="No abras https://bad.example/x" />
</smses>
"""


def messages(folder: Path, received: str = "Hola") -> Path:
    folder.mkdir()
    (folder / "sms-1.xml").write_text(SMS.format(received=received))
    return folder


def test_a_message_that_was_sent_weighs_the_same_in_a_hunt_as_in_an_examination(tmp_path: Path) -> None:
    bad = feed(tmp_path / "bad.json", "[domain-name:value='bad.example']")
    unmet = feed(tmp_path / "unmet.json", "[domain-name:value='never.example']")
    both = messages(tmp_path / "both", "Ve https://bad.example/x")
    for name, evidence in (("both", both), ("sent", messages(tmp_path / "sent"))):
        examine(Wish(evidence, tmp_path / "docket" / name, (unmet,), baseline=False))
        run = examine(Wish(evidence, tmp_path / "fresh" / name, (bad,), baseline=False))
        (told,) = [one for one in hunted(tmp_path / "docket", "-i", bad)["acquisitions"] if one["acquisition"] == name]
        assert told["findings"] == json.loads((run.out / "findings.json").read_text())
        grades = {one["ref"]: one["grade"] for one in told["findings"]}
        assert grades["line 3, sms 2"] == "weak"
        assert grades.get("line 2, sms 1") == ("confirmed" if name == "both" else None)
        assert run.verdict["verdict"] == ("targeted" if name == "both" else "inconclusive")


def test_rules_are_run_over_a_docket_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.yar").write_text('rule Word { strings: $a = "Mira" condition: $a }\n')
    examine(Wish(messages(tmp_path / "sms", "Mira"), tmp_path / "docket" / "sms", baseline=False))
    monkeypatch.chdir(tmp_path)
    told = hunted("docket", "-i", "own.yar")
    assert told == hunted(tmp_path / "docket", "-i", "own.yar")
    assert told["unhunted"] == []
    assert [one["rule"] for one in told["acquisitions"][0]["findings"]] == ["yara.Word"]


def test_tables_stored_before_directions_are_hunted_and_examined_anew_as_unknown(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    bad = feed(tmp_path / "bad.json", "[domain-name:value='bad.example']")
    unmet = feed(tmp_path / "unmet.json", "[domain-name:value='never.example']")
    out = tmp_path / "docket" / "old"
    examine(Wish(messages(tmp_path / "sent"), out, (unmet,), baseline=False))
    seen = out / "observables.parquet"
    pq.write_table(pq.read_table(seen).drop_columns("direction"), seen)
    before = seen.read_bytes()
    (told,) = hunted(tmp_path / "docket", "-i", bad)["acquisitions"]
    (one,) = told["findings"]
    assert (one["ref"], one["grade"]) == ("line 3, sms 2", "confirmed")
    assert one["says"].endswith(
        "Whether it was received or sent is not known from this record; it is weighed as received."
    )
    run = reexamine(Again(out, tmp_path / "again", (bad,), baseline=False))
    assert json.loads((run.out / "findings.json").read_text()) == [one]
    assert run.verdict["verdict"] == "targeted"
    assert pq.read_table(run.out / "observables.parquet")["direction"].null_count == 3
    assert seen.read_bytes() == before


def test_nothing_is_concluded_anew_where_records_that_the_coverage_counts_are_gone(tmp_path):
    (tmp_path / "messages.csv").write_text("date,sender,text\n2024-01-02 10:00,+525512345678,https://bad.example/a\n")
    examine(Wish(tmp_path / "messages.csv", tmp_path / "first", baseline=False))
    (tmp_path / "first/records/messages.copied.parquet").unlink()
    with pytest.raises(EvidenceError, match="is gone, though the coverage counts its records"):
        reexamine(Again(tmp_path / "first", tmp_path / "out", baseline=False))
