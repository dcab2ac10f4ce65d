"""What is written for others reads back as the same set."""

import csv
import io
import json
from datetime import date

import pytest

from perito.indicators import exports
from perito.indicators.bundle import baseline, load
from perito.indicators.indicator import Indicators

TABLE = """# perito indicators 1
# source: A Lab, "a list"
# campaign: Evil
# report: https://lab.example/r
# published: 2016-08-24
# licence: CC0
domain\tbad.example\t\t
domain\tcdn.example\tOther\texact
url\thttp://bad.example/it's\\here\t\tcontext
ip\t192.0.2.1\t\t
ip\t2001:db8::1\t\t
email\tevil@bad.example\t\t
phone\t+525555555555\t\t
process\tevild\t\t
path\t/private/var/tmp/evil\t\t
file_name\tevil.plist\t\t
hash\t{hash}\t\t
app_id\tcom.evil\t\t
certificate\t{certificate}\t\t
profile\t76DAB334-7E17-475D-A5D6-0794EB5818A5\t\t
property\tsys.evil\t\t
""".format(hash="a" * 64, certificate="B" * 40)
SAME = (
    "kind",
    "value",
    "normal",
    "source",
    "campaign",
    "report",
    "published",
    "context_only",
    "exact_host",
    "valid_from",
    "valid_until",
    "licence",
)


@pytest.fixture
def whole(tmp_path) -> Indicators:
    (tmp_path / "a.tsv").write_text(TABLE)
    return load([tmp_path / "a.tsv"], baseline=False)


def again(tmp_path, data: bytes, name: str) -> Indicators:
    (tmp_path / name).write_bytes(data)
    return load([tmp_path / name], baseline=False)


def rows(indicators: Indicators) -> list[dict[str, object]]:
    return sorted(indicators.table.select(list(SAME)).to_pylist(), key=str)


@pytest.mark.parametrize("form", ["stix2", "csv"])
def test_an_export_reads_back_as_the_same_set(tmp_path, whole, form):
    found = again(tmp_path, exports.FORMATS[form](whole), f"out.{form}")
    assert rows(found) == rows(whole)
    assert found.problems == []


@pytest.mark.parametrize("form", ["stix2", "csv"])
def test_the_whole_baseline_reads_back_as_the_same_set(tmp_path, form):
    found = again(tmp_path, exports.FORMATS[form](baseline()), f"out.{form}")
    assert rows(found) == rows(baseline())
    assert {*zip(found.keys["key"].to_pylist(), strict=True)} == {*zip(baseline().keys["key"].to_pylist(), strict=True)}


def test_times_of_validity_survive(tmp_path):
    pattern = "[domain-name:value = 'a.example']"
    one = {
        "type": "indicator",
        "id": "indicator--1",
        "pattern": pattern,
        "valid_from": "2017-01-02T03:04:05Z",
        "valid_until": "2018-01-01T00:00:00Z",
    }
    first = again(tmp_path, json.dumps({"type": "bundle", "objects": [one]}).encode(), "a.json")
    for form in ("stix2", "csv"):
        assert rows(again(tmp_path, exports.FORMATS[form](first), "b")) == rows(first)


def test_stix_as_others_read_it(whole):
    objects = json.loads(exports.stix2(whole))["objects"]
    by_type = {
        kind: [one for one in objects if one["type"] == kind]
        for kind in ("identity", "campaign", "relationship", "indicator")
    }
    assert {kind: len(found) for kind, found in by_type.items()} == {
        "identity": 1,
        "campaign": 2,
        "relationship": 15,
        "indicator": 15,
    }
    first = by_type["indicator"][2]
    assert first["pattern"] == r"[url:value = 'http://bad.example/it\'s\\here']"
    assert (first["created"], first["valid_from"], first["confidence"]) == (
        "2016-08-24T00:00:00.000Z",
        "2016-08-24T00:00:00.000Z",
        0,
    )
    assert all(one["spec_version"] == "2.1" and one["id"].startswith(one["type"] + "--") for one in objects)
    assert exports.stix2(whole) == exports.stix2(whole)


def test_misp_as_others_read_it(tmp_path, whole):
    data = exports.misp(whole)
    events = [one["Event"] for one in json.loads(data)["response"]]
    assert [(one["info"], one["date"], one["Orgc"]["name"]) for one in events] == [
        ("Evil", "2016-08-24", 'A Lab, "a list"'),
        ("Other", "2016-08-24", 'A Lab, "a list"'),
    ]
    types = {(one["value"], one["type"], one["to_ids"]) for event in events for one in event["Attribute"]}
    assert ("http://bad.example/it's\\here", "url", False) in types
    assert ("B" * 40, "x509-fingerprint-sha1", True) in types
    assert ("evild", "text", False) in types
    found = again(tmp_path, data, "misp.json")
    told = {(row["kind"], row["normal"], row["context_only"]) for row in rows(found)}
    unheard = {"process", "profile", "property"}
    assert told == {
        (row["kind"], row["normal"], row["context_only"]) for row in rows(whole) if row["kind"] not in unheard
    }
    assert set(found.table["published"].to_pylist()) == {date(2016, 8, 24)}


def test_a_spreadsheet_calculates_nothing(tmp_path):
    (tmp_path / "a.tsv").write_text(TABLE + "file_name\t=1+1.xls\t\t\nprocess\t@SUM\t\t\n")
    whole = load([tmp_path / "a.tsv"], baseline=False)
    cells = [cell for row in csv.reader(io.StringIO(exports.table(whole).decode())) for cell in row]
    assert {"'=1+1.xls", "'@SUM", "'+525555555555"} <= set(cells)
    assert rows(again(tmp_path, exports.table(whole), "b.csv")) == rows(whole)
