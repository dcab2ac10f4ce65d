"""Whole runs on real material: a backup, loose files, exports; with every published indicator that is there."""

import csv
import json
from pathlib import Path

import pytest

from perito.base.errors import NotRecognised
from perito.detect.heuristics.exploit_link_shape import SHAPE
from perito.examine import Run, Wish, examine
from perito.findings.verdict import INCONCLUSIVE
from perito.records.urls import is_shortener, parse

# Record counts of the real iOS 14.3 backup; where the Mobile Verification Toolkit counts otherwise, why:
# data usage: it joins 40 processes and 10 counts into 42 rows; WhatsApp: it joins 3 messages, 2 chats, 1 LID pair into 6.
BACKUP = {
    "ios.manifest_file": 3721,
    "ios.calendar_item": 1,
    "ios.data_usage_process": 40,
    "ios.data_usage": 10,
    "ios.global_preference": 16,
    "ios.interaction": 3,
    "ios.interaction_contact": 3,
    "ios.message": 1,
    "ios.safari_tab": 1,
    "ios.tcc_access": 11,
    "ios.webkit_site": 2,
    "ios.whatsapp_message": 3,
    "ios.whatsapp_chat": 2,
    "ios.whatsapp_lid": 1,
    "ios.whatsapp_contact": 2,
}


def bundle(folder: Path, *patterns: str) -> Path:
    objects = [
        {"type": "indicator", "id": f"indicator--{number}", "pattern": pattern}
        for number, pattern in enumerate(patterns)
    ]
    file = folder / "mine.json"
    file.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}))
    return file


def rows(run: Run) -> dict[str, int]:
    counted: dict[str, int] = {}
    for row in run.coverage:
        if row.status in {"parsed", "partial"}:
            counted[row.artifact] = counted.get(row.artifact, 0) + row.rows
    return counted


def test_the_real_backup_has_its_records_and_no_false_alarm(shared: Path, tmp_path: Path) -> None:
    feeds = tuple(sorted((shared / "indicators").rglob("*.stix2")))
    assert len(feeds) >= 10
    run = examine(Wish(shared / "corpus/mvt/ios_backup", tmp_path / "out", indicators=feeds))
    counted = rows(run)
    assert {name: counted.get(name) for name in BACKUP} == BACKUP
    # Somebody took the content out of files that its manifest lists, and tables and columns out of three databases:
    # each is told; what one of them lacks may stand in columns that nobody here asks for.
    told = [one for one in run.problems if one["artifact"] != "indicators"]
    there = [one for one in told if "in this acquisition" not in one["reason"]]
    assert all(one["reason"].startswith(("no such table", "no column")) for one in there)
    assert {one["file"].rpartition("/")[2] for one in there} == {"ChatStorage.sqlite"}
    without = {row.file.rpartition("/")[2] for row in run.coverage if row.reason.startswith("nothing in it was passed")}
    assert without == {"sms.db", "Calendar.sqlitedb", "ChatStorage.sqlite"}
    assert run.exit_code == 3
    assert run.verdict["verdict"] == INCONCLUSIVE  # what the list names and nobody could read is never "no trace"
    assert [(one.rule, one.grade, one.value) for one in run.findings] == [
        ("heuristic.data_usage_gap", "weak", "ZPROCESS 5")
    ]
    assert run.verdict["acquisition"]["device"]["build"] == "18C66"


@pytest.mark.parametrize(
    ("pattern", "artifact", "ref", "time"),
    [
        ("[domain-name:value='badbadbad.example.org']", "ios.message", "message 3", "2019-08-29T23:13:30.539788Z"),
        ("[email-addr:value='user@example.org']", "ios.calendar_item", None, None),
        ("[process:name='Launch']", "ios.tcc_access", None, None),
        ("[process:name='CumulativeUsageTracker']", "ios.data_usage_process", None, None),
        ("[domain-name:value='en.wikipedia.org']", "ios.safari_tab", None, None),
        ("[file:name='com.apple.CoreBrightness.plist']", "ios.manifest_file", None, None),
    ],
)
def test_what_the_peer_finds_in_it_is_found(
    shared: Path, tmp_path: Path, pattern: str, artifact: str, ref: str | None, time: str | None
) -> None:
    wish = Wish(shared / "corpus/mvt/ios_backup", tmp_path / "out", (bundle(tmp_path, pattern),), baseline=False)
    found = [one for one in examine(wish).findings if one.indicator]
    assert artifact in {one.place.artifact for one in found}
    first = next(one for one in found if one.place.artifact == artifact)
    assert ref in {None, first.place.ref}
    assert time in {None, first.time}


def test_loose_files_are_known_by_content(shared: Path, tmp_path: Path) -> None:
    counted = rows(examine(Wish(shared / "corpus/plaso", tmp_path / "out")))
    assert counted["ios.data_usage_process"] == 371 + 260
    assert counted["ios.message"] == 10
    assert counted["ios.tcc_access"] == 21
    assert counted["ios.account"] == 18


@pytest.mark.parametrize(
    ("name", "artifact", "count"),
    [
        ("whatsApp.whatsAppMessages.josh_ios15_ffs", "ios.whatsapp_message", 32),
        ("whatsApp.whatsAppContacts.josh_ios15_ffs", "ios.whatsapp_contact", 9),
        ("whatsApp.whatsAppCallHistory.josh_ios15_ffs", "ios.whatsapp_call", 4),
    ],
)
def test_zips_of_test_images_are_opened(shared: Path, tmp_path: Path, name: str, artifact: str, count: int) -> None:
    run = examine(Wish(shared / f"corpus/ileapp/testdata.{name}.zip", tmp_path / "out"))
    assert rows(run)[artifact] == count


def test_exported_messages_are_acquisitions_like_any_other(shared: Path, tmp_path: Path) -> None:
    counted = rows(examine(Wish(shared / "corpus/chat-miner", tmp_path / "out")))
    assert counted["messages.whatsapp"] == 5 * 9
    assert counted["messages.telegram"] == 2 + 2
    assert counted["messages.signal"] == 2


def test_an_unknown_thing_is_told_as_such(shared: Path, tmp_path: Path) -> None:
    with pytest.raises(NotRecognised, match="archives among them: 23; check each by itself, or all with --each"):
        examine(Wish(shared / "corpus/ileapp", tmp_path / "out"))


def test_the_shape_of_the_exploit_links_has_the_figures_its_heuristic_names(shared: Path) -> None:
    with (shared / "datasets/mexico_links.csv").open(encoding="utf-8") as lines:
        direct = [row["value_defanged"] for row in csv.DictReader(lines) if row["kind"] == "direct"]
    whole = [value for value in direct if "unavailable" not in value and "redirect" not in value]
    assert (len(direct), len(whole), sum(shaped(value) for value in whole)) == (85, 83, 83)
    benign = set()
    for file in sorted((shared / "datasets/citizenlab-test-lists").glob("*.csv")):
        if not file.name.startswith("00-"):
            with file.open(encoding="utf-8") as lines:
                benign |= {row["url"] for row in csv.DictReader(lines) if row.get("url")}
    assert len(benign) == 35_620
    assert [url for url in benign if shaped(url)] == []


def shaped(value: str) -> bool:
    url = parse(value.replace("[.]", ".").replace("hxxp", "http"))
    return url is not None and bool(SHAPE.fullmatch(url.path)) and not url.query and not is_shortener(url.host)
