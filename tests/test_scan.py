"""YARA rules over the files of an acquisition: what is scanned, what is not, and what each of them leaves behind."""

import json
import sqlite3
import sys
import tarfile
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from perito.artifacts.scan import SCANNING
from perito.examine import Wish, examine
from perito.reexamine import Wish as Again
from perito.reexamine import reexamine
from tests.hunt.test_hunt import messages, ran

RULES = """rule implant {
  strings:
    $a = { 45 56 49 4c }
    $b = "call home"
  condition:
    $a at 2 and $b
}
rule lure { strings: $a = "No abras" condition: $a }
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "r.yar").write_text(RULES)
    return tmp_path / "r.yar"


def evidence(folder: Path) -> Path:
    messages(folder)
    (folder / "app").mkdir()
    (folder / "app" / "evil.bin").write_bytes(b"\x00\x01EVIL\x00" + b"\xff" * 9 + b"call home\n")
    (folder / "app" / "good.bin").write_bytes(b"\x00\x01GOOD call home\n")
    (folder / "empty").write_bytes(b"")
    return folder


def findings(out: Path) -> list[dict[str, Any]]:
    return list(json.loads((out / "findings.json").read_text()))


def told(out: Path) -> list[tuple[str, str, str, str]]:
    return [(one["rule"], one["grade"], one["file"], one["ref"]) for one in findings(out)]


def row_of(run: Any) -> Any:
    (row,) = [row for row in run.coverage if row.artifact == "yara.file"]
    return row


def test_files_and_texts_are_scanned_and_counted(tmp_path: Path, rules: Path) -> None:
    folder = evidence(tmp_path / "e")
    run = examine(Wish(folder, tmp_path / "out", (rules,), baseline=False))
    assert told(run.out) == [
        ("yara.implant", "strong", "app/evil.bin", "offset 0x2"),
        ("yara.lure", "strong", "sms-1.xml", f"offset {(folder / 'sms-1.xml').read_bytes().index(b'No abras'):#x}"),
        ("yara.lure", "weak", "sms-1.xml", "line 3, sms 2"),
    ]
    one = findings(run.out)[0]
    assert (one["artifact"], one["value"], one["time"]) == ("yara.file", "EVIL", None)
    assert one["also"] == [{"artifact": "yara.file", "file": "app/evil.bin", "ref": "offset 0x10"}]
    row = row_of(run)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert (row.status, row.rows, row.problems) == ("parsed", 4, 0)
    assert row.reason == f"4 files, {size} bytes"
    assert run.verdict["verdict"] == "inconclusive"
    assert run.problems == []


def test_the_same_files_in_an_archive_give_the_same_findings_but_for_the_acquisition(
    tmp_path: Path, rules: Path
) -> None:
    folder = evidence(tmp_path / "e")
    with tarfile.open(tmp_path / "e.tar", "w") as archive:
        archive.add(folder, arcname=".")
    plain = examine(Wish(folder, tmp_path / "a", (rules,), baseline=False))
    packed = examine(Wish(tmp_path / "e.tar", tmp_path / "b", (rules,), baseline=False))
    assert findings(packed.out) == findings(plain.out)
    assert row_of(packed).reason == row_of(plain).reason


def test_two_runs_are_byte_equal_and_the_id_rests_on_the_file(tmp_path: Path, rules: Path) -> None:
    folder = evidence(tmp_path / "e")
    outs = [examine(Wish(folder, tmp_path / name, (rules,), baseline=False)).out for name in ("a", "b")]
    for name in ("findings.json", "coverage.json", "problems.json"):
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
    before = findings(outs[0])[0]["id"]
    with (folder / "app/evil.bin").open("ab") as file:
        file.write(b"more")
    after = findings(examine(Wish(folder, tmp_path / "c", (rules,), baseline=False)).out)[0]
    assert after["ref"] == "offset 0x2"
    assert after["id"] != before
    assert sha256(b"").hexdigest() not in after["id"]


def test_a_rule_that_is_met_without_a_string_quotes_nothing(tmp_path: Path) -> None:
    (tmp_path / "messages.csv").write_text("date,sender,text\n2024-01-02 10:00,+525512345678,hola\n")
    (tmp_path / "size.yar").write_text("rule Sized { condition: filesize > 0 }")
    examine(Wish(tmp_path / "messages.csv", tmp_path / "out", (tmp_path / "size.yar",), baseline=False))
    said = [one["says"] for one in findings(tmp_path / "out") if one["artifact"] == "yara.file"]
    assert said == ["A file of this acquisition meets the YARA rule Sized, published by size.yar."]


def test_what_is_too_large_is_named_and_the_reading_is_partial(
    tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perito.artifacts.scan.LARGEST", 20)
    run = examine(Wish(evidence(tmp_path / "e"), tmp_path / "out", (rules,), baseline=False))
    assert [one["file"] for one in findings(run.out)] == ["sms-1.xml"]
    row = row_of(run)
    assert (row.status, row.rows, row.problems) == ("partial", 2, 2)
    assert [(one["artifact"], one["file"], one["reason"]) for one in run.problems] == [
        ("yara.file", "app/evil.bin", "not scanned with YARA rules: larger than 16 GiB"),
        ("yara.file", "sms-1.xml", "not scanned with YARA rules: larger than 16 GiB"),
    ]
    assert run.exit_code == 3


@pytest.mark.skipif(sys.platform != "linux", reason="sparse files and their mapping as Linux has them")
def test_a_file_larger_than_the_memory_of_a_worker_is_scanned_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perito.artifacts.scan.SCANNING", replace(SCANNING, memory=384 << 20))
    size = (448 << 20) + 17
    (tmp_path / "r.yar").write_text(
        f'rule last {{ strings: $a = "call home" condition: #a == 2 and $a at {size - 9} and filesize == {size} }}\n'
        f'rule not_this {{ strings: $a = "call home" condition: #a == 1 }}\n'
    )
    video = messages(tmp_path / "e") / "video.mov"
    with video.open("wb") as file:
        file.write(b"call home")
        file.truncate(size - 9)
        file.seek(size - 9)
        file.write(b"call home")
    run = examine(Wish(tmp_path / "e", tmp_path / "out", (tmp_path / "r.yar",), baseline=False))
    assert told(run.out) == [("yara.last", "strong", "video.mov", "offset 0x0")]
    assert row_of(run).status == "parsed"
    assert run.problems == []
    assert run.exit_code == 1


@pytest.mark.parametrize("packed", [True, False])
def test_what_has_no_room_on_the_disk_is_not_unpacked_and_told(
    tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch, *, packed: bool
) -> None:
    folder = evidence(tmp_path / "e")
    with tarfile.open(tmp_path / "e.tar", "w") as archive:
        archive.add(folder, arcname=".")
    monkeypatch.setattr("perito.artifacts.scan.SPARE", 1 << 62)
    path = tmp_path / "e.tar" if packed else folder
    run = examine(Wish(path, tmp_path / "out", (rules,), baseline=False))
    reasons = [one["reason"] for one in run.problems if one["artifact"] == "yara.file"]
    if not packed:
        assert reasons == []
        assert row_of(run).rows == 4
        return
    row = row_of(run)
    assert (row.status, row.rows, row.problems) == ("partial", 0, 4)
    start = "not scanned with YARA rules: it has to be unpacked or decrypted first: 0 MiB needed, "
    assert [reason.startswith(start) for reason in reasons] == [True] * 4
    assert run.exit_code == 3


def test_few_files_at_a_time_give_the_same(tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = evidence(tmp_path / "e")
    plain = examine(Wish(folder, tmp_path / "a", (rules,), baseline=False))
    monkeypatch.setattr("perito.artifacts.scan.LAID_OUT", 10)
    monkeypatch.setattr("perito.artifacts.scan.TOGETHER", 1)
    few = examine(Wish(folder, tmp_path / "b", (rules,), baseline=False))
    for name in ("findings.json", "coverage.json", "problems.json"):
        assert (few.out / name).read_bytes() == (plain.out / name).read_bytes()


def test_a_reexamination_and_a_hunt_give_the_texts_and_say_what_needs_the_evidence(tmp_path: Path, rules: Path) -> None:
    folder = evidence(tmp_path / "e")
    (tmp_path / "old.txt").write_text("never.example\n")
    first = examine(Wish(folder, tmp_path / "docket/a", (tmp_path / "old.txt",), baseline=False))
    assert all(row.artifact != "yara.file" for row in first.coverage)
    fresh = examine(Wish(folder, tmp_path / "fresh", (rules,), baseline=False))
    texts = [one for one in findings(fresh.out) if one["artifact"] != "yara.file"]
    again = reexamine(Again(tmp_path / "docket/a", tmp_path / "again", (rules,), baseline=False))
    assert findings(again.out) == texts
    row = row_of(again)
    assert (row.status, row.reason) == (
        "skipped",
        "YARA rules were run over stored texts only: files need the evidence, see `perito check`",
    )
    assert again.exit_code == 3
    hunt = ran("hunt", tmp_path / "docket", "-i", rules, "--no-baseline", "--json")
    assert [one["findings"] for one in json.loads(hunt.stdout)["acquisitions"]] == [texts]
    assert "files need the evidence, see `perito check`" in hunt.stderr


def test_what_an_earlier_scan_told_is_not_carried_into_a_reexamination_by_other_indicators(
    tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("perito.artifacts.scan.LARGEST", 20)
    (tmp_path / "old.txt").write_text("never.example\n")
    examine(Wish(evidence(tmp_path / "e"), tmp_path / "a", (rules,), baseline=False))
    again = reexamine(Again(tmp_path / "a", tmp_path / "b", (tmp_path / "old.txt",), baseline=False))
    fresh = examine(Wish(tmp_path / "e", tmp_path / "c", (tmp_path / "old.txt",), baseline=False))
    for name in ("findings.json", "coverage.json", "problems.json", "verdict.json"):
        assert (again.out / name).read_bytes() == (fresh.out / name).read_bytes()


WINDOWS = (
    "Sigma: no artifact read here is of the log source product windows"
    " (a rule for computers says what is odd on them, not on a phone)"
)


def test_sigma_rules_give_the_same_in_a_check_a_reexamination_and_a_hunt(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("never.example\n")
    (tmp_path / "r.yml").write_text(
        "title: Lure\nlogsource:\n  category: message\nlevel: high\ndetection:\n  sel:\n    text|contains: no abras\n"
        "  condition: sel\n---\ntitle: Windows\nlogsource:\n  product: windows\ndetection:\n  sel:\n    Image: x\n"
        "  condition: sel\n"
    )
    folder = evidence(tmp_path / "e")
    examine(Wish(folder, tmp_path / "docket/a", (tmp_path / "old.txt",), baseline=False))
    fresh = examine(Wish(folder, tmp_path / "fresh", (tmp_path / "r.yml",), baseline=False))
    assert told(fresh.out) == [("sigma.Lure", "strong", "sms-1.xml", "line 3, sms 2")]
    assert [(one["artifact"], one["reason"]) for one in fresh.problems] == [("indicators", WINDOWS)]
    assert fresh.exit_code == 1
    again = reexamine(Again(tmp_path / "docket/a", tmp_path / "again", (tmp_path / "r.yml",), baseline=False))
    for name in ("findings.json", "coverage.json", "problems.json", "verdict.json"):
        assert (again.out / name).read_bytes() == (fresh.out / name).read_bytes()
    hunt = ran("hunt", tmp_path / "docket", "-i", tmp_path / "r.yml", "--no-baseline", "--json")
    answer = json.loads(hunt.stdout)
    assert [one["findings"] for one in answer["acquisitions"]] == [findings(fresh.out)]
    assert [one["reason"] for one in answer["problems"]] == [WINDOWS]


def history(folder: Path, *addresses: str) -> None:
    """Leave a browser's history, as iOS 15 wrote it."""
    place = folder / "HomeDomain/Library/Safari"
    place.mkdir(parents=True)
    with closing(sqlite3.connect(place / "History.db")) as base:
        base.execute("CREATE TABLE history_items (id INTEGER PRIMARY KEY, url TEXT, visit_count INTEGER)")
        base.execute(
            "CREATE TABLE history_visits (id INTEGER PRIMARY KEY, history_item INTEGER, visit_time REAL, title TEXT)"
        )
        for number, address in enumerate(addresses, 1):
            base.execute("INSERT INTO history_items VALUES (?, ?, 1)", (number, address))
            base.execute("INSERT INTO history_visits VALUES (?, ?, 700000000, '')", (number, number))
        base.commit()


def test_a_rule_in_sigmas_own_fields_gives_the_same_in_a_check_a_reexamination_and_a_hunt(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("never.example\n")
    (tmp_path / "r.yml").write_text(
        "title: Implant\nlogsource:\n  category: proxy\nlevel: critical\ndetection:\n  sel:\n    c-uri-stem: /list/suc\n"
        "    cs-host|endswith: .bad.example\n  filter:\n    c-uri|contains: '\\?known='\n"
        "  condition: sel and not filter\n---\ntitle: Agent\nlogsource:\n  category: proxy\ndetection:\n  sel:\n"
        "    c-useragent: x\n  condition: sel\n"
    )
    folder = evidence(tmp_path / "e")
    history(
        folder,
        "https://a.bad.example/list/suc?name=1",
        "https://a.bad.example/list/suc?known=1",
        "https://a.example/list/suc?u=.bad.example",
    )
    examine(Wish(folder, tmp_path / "docket/a", (tmp_path / "old.txt",), baseline=False))
    fresh = examine(Wish(folder, tmp_path / "fresh", (tmp_path / "r.yml",), baseline=False))
    assert told(fresh.out) == [("sigma.Implant", "strong", "HomeDomain/Library/Safari/History.db", "history_visits 1")]
    agent = "Sigma: no artifact of its log source has the fields c-useragent"
    assert agent in [one["reason"] for one in fresh.problems]
    again = reexamine(Again(tmp_path / "docket/a", tmp_path / "again", (tmp_path / "r.yml",), baseline=False))
    for name in ("findings.json", "coverage.json", "problems.json", "verdict.json"):
        assert (again.out / name).read_bytes() == (fresh.out / name).read_bytes()
    hunt = ran("hunt", tmp_path / "docket", "-i", tmp_path / "r.yml", "--no-baseline", "--json")
    answer = json.loads(hunt.stdout)
    assert [one["findings"] for one in answer["acquisitions"]] == [findings(fresh.out)]
    assert [one["reason"] for one in answer["problems"]] == [agent]
