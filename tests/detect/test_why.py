"""Which rules speak of a value; and that what `why` says is met is what an examination finds in it, and nothing else."""

import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perito.detect.match import matches
from perito.detect.rules import by_rules
from perito.detect.told import Tables
from perito.detect.why import COVERS, ITSELF, LIES_IN, MEETS, NAMED, PART, rules_about
from perito.indicators.bundle import load
from perito.indicators.indicator import KINDS, PATTERN, Indicators
from perito.indicators.why import asked_for, why
from perito.records.convert import sort_out
from perito.records.normal import normal
from perito.records.observables import observables
from perito.records.schema import Schema, Value
from tests.indicators.stix import bundle, indicator

PATTERNS = (
    "[domain-name:value = 'bad.example' AND url:value LIKE '%/login%']",
    "[url:value MATCHES '/[0-9]{7}s/?$']",
    "[domain-name:value = 'q.example'] AND [ipv4-addr:value = '203.0.113.9']",
    "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
    "[ipv4-addr:value ISSUBSET '198.51.100.0/25' OR ipv4-addr:value ISSUBSET '203.0.113.0/28']",
    "[ipv4-addr:value ISSUBSET '203.0.113.0/24' AND url:value LIKE '%/pay%']",
    "[process:name LIKE 'evil%' AND process:name != 'evilgood']",
    "[domain-name:value = 'c.example' AND url:value != 'https://c.example/ok']",
    "[domain-name:value = 'twice.example'] REPEATS 2 TIMES",
    "[domain-name:value = 'once.example'] REPEATS 1 TIMES",
    "[domain-name:value LIKE 'then%'] START t'2020-01-01T00:00:00Z' STOP t'2021-01-01T00:00:00Z'",
    "[file:name = 'evil.bin' AND directory:path LIKE '/private/%']",
)
TABLE = """# perito indicators 1
# source: A Lab
domain\tbad.example\t\t
domain\tcdn.example\t\texact
domain\tblogspot.com\t\t
url\thttps://a.example/1\t\t
ip\t203.0.113.9\t\t
email\teva@bad.example\t\t
phone\t+52 55 1234 5678\t\t
phone\t55 8765 4321\t\t
process\tevild\t\t
process\tcom.example.evil.daemon\t\t
path\tLibrary/Evil/x.plist\t\t
path\t/private/var/tmp/evil\t\t
file_name\tevil.bin\t\t
app_id\tcom.example.evil\t\t
"""
VALUES = st.sampled_from([
    "bad.example", "x.bad.example", "https://bad.example/login", "https://x.bad.example:8443/login?a=1", "notbad.example",
    "cdn.example", "a.cdn.example", "https://cdn.example/x", "x.blogspot.com", "blogspot.com",
    "https://a.example/1", "https://a.example/12", "https://a.example/1234567s", "q.example", "203.0.113.9", "http://203.0.113.9/pay",
    "198.51.100.7", "198.51.100.200", "198.51.101.7", "http://198.51.100.7:80/", "eva@bad.example", "ana@bad.example", "+525512345678",
    "5512345678", "044 55 1234 5678", "+525587654321", "5587654321", "12345678", "evild", "evilgood", "EVILD", "com.example.evil.daemon",
    "com.example.evil", "com.example.evil.other", "com.example.evil.", "/private/var/mobile/Library/Evil/x.plist",
    "Library/Evil/x.plist", "/var/tmp/evil/deep/file", "/private/var/tmp/evilx", "evil.bin", "/a/b/Evil.bin", "/private/evil.bin", "c.example",
    "https://c.example/ok", "https://c.example/no", "twice.example", "once.example", "then.example", "0" * 32, "2001:db8::7", "a b", "%", "'", "\\",
])  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Indicators:
    folder = tmp_path_factory.mktemp("lists")
    (folder / "a.tsv").write_text(TABLE)
    (folder / "b.json").write_text(json.dumps(bundle(*(indicator(one, n) for n, one in enumerate(PATTERNS)))))
    return load([folder], baseline=False)


def examined(found: Indicators, value: str) -> tuple[set[tuple[str, str]], set[str]]:
    """Return what an examination finds in the value where it stands in a column of some kind: indicators, conditions."""
    values: set[tuple[str, str]] = set()
    rules: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            schema = Schema("ios.any", said=Value("anything", kind, pa.string(), observe=kind))
            table, _ = sort_out(schema, [("row 1", value)])
            seen = Path(folder) / f"{kind}.parquet"
            pq.write_table(observables(schema, table, "a.db"), seen)
            told = [*matches([seen], found, {}), *by_rules(Tables([seen]), found, {}).findings]
            rules |= {one.indicator["value"] for one in told if one.indicator["kind"] == PATTERN}
            values |= {
                (one.indicator["kind"], str(normal(one.indicator["kind"], one.indicator["value"])))
                for one in told
                if one.indicator["kind"] != PATTERN
            }
    return values, rules


@settings(max_examples=40, deadline=None)
@given(value=st.one_of(VALUES, st.builds("{}{}".format, VALUES, st.sampled_from(["/", ".", "x", "/login", ":80"]))))
def test_what_is_said_to_be_met_is_what_an_examination_finds(found: Indicators, value: str) -> None:
    values, rules = examined(found, value)
    told = {(one.row["kind"], one.row["normal"]) for one in why(found, value) if one.compared}
    assert {(kind, str(normal(kind, form))) for kind, form in told} == values
    met = {one.rule.text for one in rules_about(found, value) if one.match in {MEETS, COVERS}}
    assert met == rules


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("bad.example", [(0, PART, ("domain-name:value = 'bad.example'",))]),
        ("https://bad.example/login", [(0, MEETS, ("domain-name:value = 'bad.example'", "url:value LIKE '%/login%'"))]),
        ("q.example", [(2, PART, ("domain-name:value = 'q.example'",))]),
        ("198.51.100.200", [(3, COVERS, ("ipv4-addr:value ISSUBSET '198.51.100.0/24'",))]),
        ("198.51.100.0/24", [(3, ITSELF, ()), (4, LIES_IN, ("ipv4-addr:value ISSUBSET '198.51.100.0/25'",))]),
        ("198.51.100.16-198.51.100.31", [
            (3, COVERS, ("ipv4-addr:value ISSUBSET '198.51.100.0/24'",)),
            (4, COVERS, ("ipv4-addr:value ISSUBSET '198.51.100.0/25'",)),
        ]),
        ("203.0.112.0/23", [
            (4, LIES_IN, ("ipv4-addr:value ISSUBSET '203.0.113.0/28'",)),
            (2, PART, ("ipv4-addr:value = '203.0.113.9'",)),
            (5, PART, ("ipv4-addr:value ISSUBSET '203.0.113.0/24'",)),
        ]),
        ("2001:db8::/32", []),
        ("twice.example", [(8, PART, ("domain-name:value = 'twice.example'",))]),
        ("then.example", [(10, PART, ("domain-name:value LIKE 'then%'",))]),
        ("https://good.example/ok", []),
    ],
)  # fmt: skip
def test_how_a_condition_speaks_of_a_value(found: Indicators, value: str, told: list[tuple[object, ...]]) -> None:
    said = [(PATTERNS.index(one.rule.text), one.match, one.parts) for one in rules_about(found, value)]
    assert said == told


def test_a_rule_is_told_by_its_name_also_one_that_does_not_compile(tmp_path: Path) -> None:
    (tmp_path / "r.yar").write_text(
        'rule Implant { meta: author = "A Lab" condition: true }\nrule Broken { condition: nothing }\n'
    )
    about = load([tmp_path], baseline=False)
    (one,) = rules_about(about, "implant")
    assert (one.match, one.rule.name, one.rule.about.source, one.reason) == (NAMED, "Implant", "A Lab, r.yar", "")
    (one,) = rules_about(about, "Broken")
    assert (one.match, one.reason) == (NAMED, "YARA: unknown identifier `nothing`")
    assert rules_about(about, "Impl") == []
    assert [told.rule.name for told in rules_about(about, "yara.Implant")] == ["Implant"]
    (tmp_path / "s.yml").write_text(
        "title: A Lure\nid: 11111111-2222-4333-8444-555555555555\nlogsource: {category: message}\n"
        "detection: {one: {text: x}, condition: one}\n"
    )
    about = load([tmp_path / "s.yml"], baseline=False)
    for name in ("a lure", "11111111-2222-4333-8444-555555555555", "sigma.11111111-2222-4333-8444-555555555555"):
        assert [(told.match, told.rule.about.campaign) for told in rules_about(about, name)] == [(NAMED, "A Lure")]


def test_a_condition_that_was_revoked_is_told_and_marked(tmp_path: Path) -> None:
    old = indicator(PATTERNS[1], revoked=True, modified="2022-01-05T00:00:00Z")
    (tmp_path / "f.json").write_text(json.dumps(bundle(old)))
    value = "https://a.example/1234567s"
    (one,) = rules_about(load([tmp_path], baseline=False, sought=asked_for(value).seeks), value)
    assert (one.match, one.reason, str(one.revoked)) == (MEETS, "revoked by its publisher", "2022-01-05")
    assert one.as_json()["not_asked_because"] == "revoked by its publisher"
