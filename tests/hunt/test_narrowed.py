"""A condition is asked only where the index says that it may be met; what is found is what asking everywhere finds."""

import json
from pathlib import Path

import pytest

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


def _refuse(*_: object) -> None:
    raise OSError(30, "Read-only file system")
