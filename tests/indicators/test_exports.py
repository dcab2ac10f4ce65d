"""What is written for others reads back as the same set."""

import csv
import io
import json
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perito.indicators import exports
from perito.indicators.bundle import baseline, load
from perito.indicators.gather import Gathering
from perito.indicators.gather_feed import FeedGathering
from perito.indicators.indicator import About, Claim, Indicators
from tests.indicators.stix import bundle, indicator

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


WORDS = st.one_of(
    st.sampled_from(["A Lab", "a,b;c", "it's", '"q"', "=1+1", "-x", "@x", "'", "''x", "'=x", "a\\b", "漢字", "  x ", "a\nb", "\r", "#x"]),
    st.text(st.characters(codec="utf-8"), max_size=12),
)  # fmt: skip
SAID = [
    (kind, value)
    for kind, values in {
        "domain": ["bad.example", "bücher.example", "blogspot.com", "x.bad.example."],
        "url": ["http://bad.example/it's\\here", 'https://a.example/"q"?a=1,2;3|4', "http://a.example/é", "http://10.1.2.3/x"],
        "ip": ["203.0.113.9", "2001:db8::1", "8.8.8.8", "10.1.1.1"],
        "email": ["o'x@bad.example", "É@bad.example"],
        "phone": ["+52 55 1234 5678", "5512345678"],
        "process": ["evild", 'it\'s,"x"', "=cmd", "@SUM", "-dash", "'quoted", "a b", "漢字"],
        "path": ["/private/var/tmp/a b", "Library/x.plist", "/x/'q'\\z"],
        "file_name": ["=1+1.xls", "x;y", "a|b", "-x"],
        "app_id": ["com.evil"],
        "profile": ["x'y"],
        "property": ["sys.evil", "=x"],
        "hash": ["a" * 64, "B" * 32, "c" * 40, "d" * 128],
        "certificate": ["a" * 64, "B" * 40, "c" * 56, "d" * 96],
    }.items()
    for value in values
]  # fmt: skip
TIMES = st.sampled_from([None, datetime(2017, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2018, 1, 1, 0, 0, 0, 123456, UTC)])
CLAIMS = st.builds(
    lambda said, about, since, until: Claim("", *said, about, since, until),
    st.sampled_from(SAID),
    st.builds(
        About,
        source=WORDS,
        campaign=WORDS,
        report=WORDS,
        published=st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1)),
        context_only=st.booleans(),
        exact_host=st.booleans(),
        licence=WORDS,
    ),
    TIMES,
    TIMES,
)


@pytest.mark.parametrize("form", ["stix2", "csv"])
@settings(max_examples=60, deadline=None)
@given(claims=st.lists(CLAIMS, min_size=1, max_size=4))
def test_whatever_was_published_reads_back_as_it_was(form, claims):
    gathering = Gathering(None)
    feed = FeedGathering(gathering, "made", "0" * 64, "made")
    for claim in claims:
        feed.add(claim)
    feed.close()
    whole = gathering.done()
    with tempfile.TemporaryDirectory() as folder:
        assert rows(again(Path(folder), exports.FORMATS[form](whole), "out")) == rows(whole)


def test_rules_read_back_from_stix(tmp_path):
    (tmp_path / "in").mkdir()
    old = indicator(
        "[domain-name:value = 'bad.example' AND url:value LIKE '%/it\\'s%']", valid_until="2030-01-01T00:00:00Z"
    )
    (tmp_path / "in/a.json").write_text(json.dumps(bundle(old)))
    (tmp_path / "in/ranges.txt").write_text("198.51.100.0/24\n")
    (tmp_path / "in/r.yar").write_text(
        'import "hash"\nrule one { meta: author = "A Lab" strings: $a = "é\\"" condition: $a }\n'
        'rule two { condition: hash.md5(0, filesize) == "x" }\n'
    )
    (tmp_path / "in/s.yml").write_text(
        "title: A rule\nauthor: A Lab\nlogsource:\n  product: ios\ndetection:\n  a:\n    path: '*evil*'\n  condition: a\n"
    )
    whole = load([tmp_path / "in"], baseline=False)
    found = again(tmp_path, exports.stix2(whole), "out.json")

    def told(indicators: Indicators) -> list[tuple[object, ...]]:
        return sorted(
            (one.kind, one.name, one.text.strip(), one.about, str(one.valid_from), str(one.valid_until))
            for one in indicators.rules
            if one.kind != "sigma_rule"
        )

    assert [one[0] for one in told(whole)] == ["pattern", "pattern", "yara_rule", "yara_rule"]
    assert [exports.unwritten(whole, form) for form in ("stix2", "csv", "misp")] == [1, 5, 5]
    assert told(found) == told(whole)
    assert rows(found) == rows(whole)
    assert [problem.reason for problem in found.problems] == [problem.reason for problem in whole.problems]
    assert exports.stix2(found) == exports.stix2(whole)


def test_a_row_of_our_table_that_was_spoilt_is_a_problem(tmp_path, whole):
    lines = exports.table(whole).decode().splitlines()
    spoilt = "\n".join([lines[0], lines[1], "domain,bad.example", "mutex,x" + "," * 9, '"open', ""]).encode()
    found = again(tmp_path, spoilt, "out.csv")
    assert [row["value"] for row in rows(found)] == ["bad.example"]
    assert [(one.ref, one.reason) for one in found.problems] == [
        ("line 3", "a row of 2 cells, not 11"),
        ("line 5", "a row of 1 cells, not 11"),
    ]
    assert found.left_out == {"mutex is not compared here": 1}
