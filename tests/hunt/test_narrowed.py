"""A condition is asked only where the index says that it may be met; what is found is what asking everywhere finds."""

import json
import shutil
from pathlib import Path

import pytest

from perito.detect import batches, patterns
from perito.hunt import index, narrowed
from perito.hunt.docket import open_docket
from perito.hunt.engine import hunt
from perito.indicators.bundle import load
from tests.hunt.made import acquisition

DOCKET = {
    "both": ["https://bad.example/evil/1", "https://x.test/plan.pdf"],
    "one": ["https://www.bad.example/", "https://fine.example/"],
    "number": ["http://198.51.100.7/x"],
    "like": ["https://evil.test/evil/2"],
    "none": ["https://fine.example/", "https://notbad.example/", "http://198.51.101.7/"],
}


@pytest.fixture
def docket(tmp_path: Path) -> Path:
    for name, urls in DOCKET.items():
        acquisition(tmp_path / "d" / name, urls)
    return tmp_path / "d"


def asked(docket: Path, *patterns: str) -> tuple[dict[str, list[str]], dict[str, set[str]]]:
    """Return by acquisition the values found by some conditions, and which conditions were asked there."""
    objects = [
        {"type": "indicator", "id": f"indicator--{number}", "pattern_type": "stix", "pattern": text}
        for number, text in enumerate(patterns)
    ]
    (docket.parent / "list.json").write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}))
    wanted = load([docket.parent / "list.json"], baseline=False)
    assert [rule.text for rule in wanted.rules] == list(patterns)
    opened = open_docket(docket)
    found = index.candidates(opened, wanted)
    by_index = hunt(opened, wanted, found)
    assert by_index.struck == hunt(opened, wanted).struck
    told = {
        one.acquisition.name: [each.value for each in one.findings if each.rule == "indicator.pattern"]
        for one in by_index.struck
    }
    return told, {name: {rule.text for rule in rules} for name, rules in found.rules.items()}


def test_conditions_of_values_are_asked_where_the_values_are(docket: Path) -> None:
    both = "[domain-name:value = 'bad.example' AND url:value LIKE '%/evil/%']"
    found, where = asked(docket, both)
    assert found["both"] == ["https://bad.example/evil/1"]
    assert where == {"both": {both}, "one": {both}}


def test_a_range_is_asked_where_one_of_its_addresses_is(docket: Path) -> None:
    found, where = asked(docket, "[ipv4-addr:value ISSUBSET '198.51.100.0/24']")
    assert found == {"number": ["http://198.51.100.7/x"]}
    assert list(where) == ["number"]


def test_what_no_key_tells_is_asked_everywhere_and_each_condition_by_itself(docket: Path) -> None:
    like, one = "[url:value LIKE '%/evil/%']", "[domain-name:value LIKE '%.bad.example']"
    found, where = asked(docket, like, one)
    assert found == {
        "both": ["https://bad.example/evil/1"], "like": ["https://evil.test/evil/2"], "one": ["https://www.bad.example/"],
    }  # fmt: skip
    assert where == {name: {like, one} if name in {"both", "one"} else {like} for name in DOCKET}


def test_more_than_can_be_looked_up_is_asked_everywhere(docket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrowed, "MOST_HASHES", 300)
    first, second = "[ipv4-addr:value ISSUBSET '198.51.100.0/24']", "[ipv4-addr:value ISSUBSET '198.51.101.0/24']"
    found, where = asked(docket, first, second)
    assert found == {"number": ["http://198.51.100.7/x"], "none": ["http://198.51.101.7/"]}
    assert where == {name: {first, second} if name == "number" else {second} for name in DOCKET}


def test_an_acquisition_that_the_index_does_not_know_is_asked_all(
    docket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = "[ipv4-addr:value ISSUBSET '198.51.100.0/24']"
    asked(docket, rule)
    acquisition(docket / "new", ["http://198.51.100.9/", "https://fine.example/"])
    monkeypatch.setattr(index, "refresh", _refuse)
    found, where = asked(docket, rule)
    assert found == {"number": ["http://198.51.100.7/x"], "new": ["http://198.51.100.9/"]}
    assert list(where) == ["new", "number"]


def test_an_acquisition_that_changed_since_is_asked_all_and_read_whole_where_the_index_cannot_be_written(
    docket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = "[domain-name:value = 'late.example' AND url:value LIKE '%/late%']"
    (docket.parent / "list.txt").write_text("later.example\n")
    assert asked(docket, rule)[0] == {}
    shutil.rmtree(docket / "none")
    urls = [f"https://fine.example/{number}" for number in range(9)]
    acquisition(docket / "none", [*urls, "https://late.example/late", "https://later.example/"])
    monkeypatch.setattr(index, "refresh", _refuse)
    assert asked(docket, rule)[0] == {"none": ["https://late.example/late"]}
    wanted = load([docket.parent / "list.txt"], baseline=False)
    opened = open_docket(docket)
    found = hunt(opened, wanted, index.candidates(opened, wanted)).struck
    assert found == hunt(opened, wanted).struck
    assert [one.acquisition.name for one in found] == ["none"]


def test_a_condition_is_asked_of_every_row_group(tmp_path: Path) -> None:
    count = batches.TOGETHER * 2 + 1
    acquisition(tmp_path / "d/a", [f"https://h{number}.example/x" for number in range(count)], 1)
    last = f"https://h{count - 1}.example/x"
    assert asked(tmp_path / "d", f"[url:value LIKE '%h{count - 1}.example/x']")[0] == {"a": [last]}


def test_what_too_many_records_meet_a_part_of_is_told_alike_with_and_without_the_index(
    docket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patterns, "MOST_RECORDS", 1)
    objects = [
        {"type": "indicator", "id": f"indicator--{number}", "pattern_type": "stix", "pattern": text}
        for number, text in enumerate(
            (
                "[url:value LIKE 'http%'] AND [domain-name:value = 'nobody.example']",
                "[url:value LIKE 'http%' AND domain-name:value = 'nobody.example']",
                "[url:value LIKE 'http%'] FOLLOWEDBY [domain-name:value = 'bad.example']",
            )
        )
    ]
    (docket.parent / "list.json").write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}))
    wanted = load([docket.parent / "list.json"], baseline=False)
    opened = open_docket(docket)
    by_index = hunt(opened, wanted, index.candidates(opened, wanted))
    assert by_index.unhunted == hunt(opened, wanted).unhunted
    assert {one.name for one in by_index.unhunted} == {"both", "one"}


def _refuse(*_: object) -> None:
    raise OSError(30, "Read-only file system")
