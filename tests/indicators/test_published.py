"""The public files: exactly as many indicators as were counted in them independently."""

import csv
from collections import Counter

from perito.indicators.bundle import load
from perito.indicators.feed_index import index_in
from perito.indicators.formats import format_of

OURS = {
    ("stalkerware-indicators", "ioc.yaml"): (2749, 2607),
    ("stalkerware-indicators", "watchware.yaml"): (165, 163),
    ("citizenlab", "201512_PackRAT/assorted.csv"): (65, 62),
}
"""Where we count more than COUNTS.tsv; docs/indicators.md says why, file by file."""


def test_counts_of_every_public_file(shared):
    folder = shared / "indicators"
    with (folder / "COUNTS.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    expected = {(row["folder"], row["file"]): (int(row["raw"]), int(row["distinct"])) for row in rows}
    counted = {}
    for name, file in expected:
        (feed,) = load([folder / name / file], baseline=False).feeds
        counted[name, file] = (feed.raw, feed.distinct)
        assert sum(feed.kinds.values()) == feed.distinct
    assert counted == expected | OURS
    assert len(counted) == 165


FORMATS = {
    "STIX2 JSON": "STIX 2 JSON",
    "STIX1 XML": "STIX 1 XML",
    "OpenIOC": "OpenIOC",
    "MISP JSON": "MISP JSON",
    "CSV (MISP export)": "MISP CSV",
    "CSV (free form)": "CSV",
    "TXT list": "Text list",
    "ECHAP YAML": "Stalkerware YAML",
    "YARA": "YARA rules",
    "Snort/Suricata": "Snort rules",
}


def test_the_form_of_every_public_file_is_told(shared):
    folder = shared / "indicators"
    with (folder / "COUNTS.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            with (folder / row["folder"] / row["file"]).open("rb") as file:
                form = format_of(file, row["file"])
            assert form is not None, row
            assert form.name == FORMATS[row["format"]], row


def test_what_is_no_list_of_indicators_is_not_taken_for_one(shared):
    folder = shared / "indicators"
    with (folder / "COUNTS.tsv").open(encoding="utf-8", newline="") as stream:
        lists = {folder / row["folder"] / row["file"] for row in csv.DictReader(stream, delimiter="\t")}
    others = [path for path in sorted(folder.rglob("*")) if path.is_file() and path not in lists]
    taken = []
    for path in others:
        with path.open("rb") as file:
            if format_of(file, path.name) is not None:
                taken.append(path.name)
    assert taken == ["README.md", "README.md"]  # two reports of Amnesty, which list what they found


def test_values_that_are_not_well_formed_xml_give_what_the_other_forms_of_the_same_report_give(shared):
    folder = shared / "indicators" / "citizenlab" / "201608_NSO_Group"
    stix, openioc, table = (load([folder / name], baseline=False) for name in ("stix.xml", "openioc.ioc", "iocs.csv"))
    assert {*openioc.table["normal"].to_pylist()} == {*table.table["normal"].to_pylist()}
    more = [row for row in stix.table.to_pylist() if row["normal"] not in table.table["normal"].to_pylist()]
    assert [(row["kind"], row["context_only"]) for row in more] == [("email", True)]
    assert [one.reason for one in stix.problems] == ["not well-formed: the name of an attribute"]


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


def test_the_public_index_is_read(shared):
    found = index_in((shared / "indicators" / "mvt-indicators" / "indicators.yaml").read_bytes())
    assert found.problems == []
    assert found.entries[0].url == (
        "https://raw.githubusercontent.com/AmnestyTech/investigations/master/2021-07-18_nso/pegasus.stix2"
    )
    assert all(one.url.startswith("https://raw.githubusercontent.com/") for one in found.entries)
