"""Who published a value."""

import json
from datetime import date

import pytest

from perito.indicators.bundle import baseline, load
from perito.indicators.why import asked_for, unread_about, why
from tests.indicators.stix import bundle, indicator

TABLE = """# perito indicators 1
# source: A Lab
# campaign: Evil
# report: https://lab.example/r
domain\tbad.example\t\t
domain\tcdn.example\t\texact
url\thttp://bit.ly/1EQYOkG\t\t
process\tevild\t\t
domain\tother.example\tOther\t
"""


@pytest.fixture
def found(tmp_path):
    (tmp_path / "a.tsv").write_text(TABLE)
    return load([tmp_path / "a.tsv"], baseline=False)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("bad.example", [("bad.example", True)]),
        ("BAD[.]example.", [("bad.example", True)]),
        ("a.b.bad.example", [("bad.example", False)]),
        ("hxxps://x.bad[.]example:8443/y", [("bad.example", False)]),
        ("cdn.example", [("cdn.example", True)]),
        ("a.cdn.example", []),
        ("http://bit.ly/1EQYOkG", [("http://bit.ly/1EQYOkG", True)]),
        ("http://bit.ly/other", []),
        ("notbad.example", []),
        ("evild", [("evild", True)]),
        ("", []),
        ("\udcff", []),
        ("'; --", []),
    ],
)
def test_a_value_is_found_as_an_examination_would(found, asked, told):
    assert [(one.row["value"], one.itself) for one in why(found, asked)] == told


def test_of_a_host_the_links_on_it_are_told_though_it_does_not_meet_them(found):
    told = [(one.row["value"], one.match, one.compared) for one in why(found, "bit.ly")]
    assert told == [("http://bit.ly/1EQYOkG", "lies under it", False)]
    assert why(found, "t.ly") == []
    assert [one.row["value"] for one in why(found, "example.com")] == []


def test_what_is_not_asked_for_is_told_once_however_often_a_list_says_it(tmp_path):
    (tmp_path / "a.csv").write_text(
        "type,value,date\n" + "domain,bad[.]example,2024-03-14\ndomain,bad.example,2024-03-14\n"
    )
    about = load([tmp_path], baseline=False, as_of=date(2024, 3, 1), sought=asked_for("bad.example").seeks)
    assert [one.reason for one in why(about, "bad.example")] == ["published later"]


def test_what_stands_beside_it(found):
    (one,) = why(found, "bad.example")
    assert one.same_report == {"domain": 2, "process": 1, "url": 1}
    assert one.same_campaign == {"domain": 1, "process": 1, "url": 1}
    assert one.as_json()["match"] == "itself"


def test_the_mexican_links_of_the_baseline():
    told = why(baseline(), "http://smsmensaje.mx/1656017s/")
    assert (told[0].row["kind"], told[0].itself) == ("url", True)
    assert {(one.row["value"], one.itself) for one in told[1:]} == {("smsmensaje.mx", False)}
    assert {"Citizen Lab: Reckless Exploit", "R3D, Citizen Lab: Reckless V"} <= {one.row["source"] for one in told}


def asked(folder, value, as_of=None):
    """Return kind, value, match, whether an examination finds it, and why it is not asked for, of all in a folder."""
    found = load([folder], baseline=False, as_of=as_of, sought=asked_for(value).seeks)
    told = why(found, value)
    return [(one.row["kind"], one.row["value"], one.match, one.compared, one.reason) for one in told]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("evildaemonwithalongname", [("process", "evildaemonwithalongname", "itself", True, "")]),
        ("evildaemonwithal", [("process", "evildaemonwithalongname", "may be it", True, "")]),
        ("evildaemonwithalightername", []),
        ("+525512345678", [("phone", "+52 55 1234 5678", "itself", True, "")]),
        ("55 1234 5678", [("phone", "+52 55 1234 5678", "may be it", True, "")]),
        ("1234 5678", []),
        ("Library/Evil/x.plist", [("path", "Library/Evil/x.plist", "itself", False, "")]),
        ("~/Library/Evil/x.plist", [("path", "Library/Evil/x.plist", "itself", True, "")]),
        ("x.blogspot.com", []),
        ("203.0.113.0/24", [("ip", "203.0.113.9", "lies in it", True, "")]),
        ("203.0.112.0-203.0.113.8", []),
    ],
)
def test_values_that_are_written_in_part_or_meant_in_another_place(tmp_path, value, told):
    (tmp_path / "a.tsv").write_text(
        "# perito indicators 1\n# source: A Lab\nprocess\tevildaemonwithalongname\t\t\nphone\t+52 55 1234 5678\t\t\n"
        "path\tLibrary/Evil/x.plist\t\t\ndomain\tblogspot.com\t\t\nip\t203.0.113.9\t\t\n"
    )
    assert asked(tmp_path, value) == told


def test_what_is_not_asked_for_is_told_with_the_reason(tmp_path):
    old = indicator("[domain-name:value = 'old.example']", 1, revoked=True, modified="2022-01-05T00:00:00Z")
    later = indicator("[domain-name:value = 'old.example']", 2, valid_from="2024-01-01T00:00:00Z", name="again")
    (tmp_path / "f.json").write_text(json.dumps(bundle(old, later)))
    day = date(2023, 1, 1)
    assert asked(tmp_path, "x.old[.]example") == [
        ("domain", "old.example", "covers it", True, ""),
        ("domain", "old.example", "covers it", False, "revoked by its publisher"),
    ]
    assert [one[4] for one in asked(tmp_path, "old.example", day)] == ["revoked by its publisher", "valid only later"]
    assert [one[4] for one in asked(tmp_path, "old.example", date(2021, 12, 1))] == ["", "valid only later"]
    assert asked(tmp_path, "other.example") == []
    found = load([tmp_path], baseline=False, sought=asked_for("old.example").seeks)
    one = why(found, "old.example")[-1].as_json()
    assert (one["revoked"], one["revoked_on"], one["compared"]) == (True, "2022-01-05", False)


def test_values_of_kinds_that_are_not_compared_and_damaged_ones(tmp_path):
    (tmp_path / "a.csv").write_text(
        "type,value\nmutex,EvilMutex\nregkey,HKLM\\Software\\Evil\nvulnerability,CVE-2016-4657\ndomain,nothing\n"
        "ip,198.0.0.0/7\n"
    )
    assert [one[:4] for one in asked(tmp_path, "evilmutex")] == [("mutex", "EvilMutex", "itself", False)]
    assert [one[:4] for one in asked(tmp_path, "HKLM\\Software\\Evil")] == [
        ("regkey", "HKLM\\Software\\Evil", "itself", False)
    ]
    assert [one[2:4] for one in asked(tmp_path, "cve-2016-4657")] == [("itself", False)]
    assert asked(tmp_path, "nothing") == [
        ("domain", "nothing", "itself", False, "a host name without a top-level domain")
    ]
    ((kind, value, match, compared, reason),) = asked(tmp_path, "198.51.100.7")
    assert (kind, value, match, compared, reason[:31]) == (
        "ip", "198.0.0.0/7", "covers it", False, "a range of addresses so wide (b"
    )  # fmt: skip
    assert all(one[4] for one in asked(tmp_path, "evilmutex"))


def test_a_condition_that_was_not_understood_is_told_where_the_value_stands_in_it(tmp_path):
    content = bundle(indicator("[windows-registry-key:key = 'HKLM\\\\Evil' AND process:name = 'evild']"))
    (tmp_path / "f.json").write_text(json.dumps(content))
    found = load([tmp_path], baseline=False, sought=asked_for("HKLM\\Evil").seeks)
    (one,) = unread_about(found, "HKLM\\Evil")
    assert (one.file, one.reason) == ("f.json", "windows-registry-key:key is not compared here")
    assert unread_about(found, "HKLM\\Other") == []
    assert unread_about(found, "k") == []
