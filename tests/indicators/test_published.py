"""The public STIX 2 files: exactly as many indicators as were counted in them independently."""

import csv
from collections import Counter

from perito.indicators.bundle import load


def test_counts_of_every_public_stix_2_file(shared):
    folder = shared / "indicators"
    with (folder / "COUNTS.tsv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["format"] == "STIX2 JSON"]
    expected = {(row["folder"], row["file"]): (int(row["raw"]), int(row["distinct"])) for row in rows}
    counted = {}
    for name, file in expected:
        (feed,) = load([folder / name / file], baseline=False).feeds
        counted[name, file] = (feed.raw, feed.distinct)
    assert counted == expected
    assert len(counted) == 14


def test_kinds_of_all_public_stix_2_files_together(shared):
    files = sorted((shared / "indicators").rglob("*.stix2"))
    indicators = load(files, baseline=False)
    assert [(one.reason, one.raw) for one in indicators.problems] == [
        ("domain: a host name without a top-level domain", "despachosnegocios")
    ]
    assert indicators.left_out == {"said twice": 3}
    assert Counter(indicators.table["kind"].to_pylist()) == {
        "domain": 4_957,
        "ip": 52,
        "url": 1,
        "process": 82,
        "email": 65,
        "path": 53,
        "file_name": 15,
        "hash": 101,
        "app_id": 25,
        "certificate": 11,
        "property": 3,
        "profile": 2,
    }


def test_campaigns_come_from_what_an_indicator_indicates(shared):
    path = shared / "indicators" / "amnesty" / "2021-07-18_nso" / "pegasus.stix2"
    table = load([path], baseline=False).table
    assert Counter(table["campaign"].to_pylist()) == {"Pegasus": 1_549}
    assert set(table["source"].to_pylist()) == {"pegasus.stix2"}
