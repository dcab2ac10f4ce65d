"""Lists in JSON of no standard form: what their keys announce, what they leave unsaid, and damage."""

import io
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators.formats import json_table
from perito.indicators.formats.json_keys import Meaning, meaning
from perito.indicators.indicator import Claim, Rule
from tests.indicators.formats.claims import claims, context, left_out, problems, said, told, unmatched

SHA256, SHA1, MD5 = "a" * 63 + "1", "b" * 39 + "2", "c" * 31 + "3"


def first(content: object) -> Claim:
    return next(one for one in said(json.dumps(content))[1] if isinstance(one, Claim))


def test_objects_with_a_type_and_a_value_are_told_by_their_type():
    rows = [
        {"type": "domain", "value": "a.example"},
        {"type": "IPv4", "value": "192.0.2.1"},
        {"type": "FileHash-SHA256", "value": SHA256},
        {"type": "FileHash-IMPHASH", "value": MD5},
        {"type": "URL", "value": "hxxp://b[.]example/x"},
        {"type": "CVE", "value": "CVE-2021-1"},
    ]
    found = [("domain", "a.example"), ("ip", "192.0.2.1"), ("hash", SHA256), ("url", "hxxp://b[.]example/x")]
    for wrapped in (
        rows,
        {"data": rows},
        {"results": {"iocs": rows}},
        {"hits": {"hits": [{"_source": row} for row in rows]}},
    ):
        assert told(json.dumps(wrapped)) == "JSON"
        assert claims(json.dumps(wrapped)) == found
        assert [one[:2] for one in unmatched(json.dumps(wrapped))] == [("FileHash-IMPHASH", MD5), ("CVE", "CVE-2021-1")]
    assert claims("\n".join(map(json.dumps, rows))) == found


def test_lists_under_keys_that_say_their_kind():
    text = json.dumps(
        {
            "name": "Wolf",
            "domains": ["a.example", "198.51.100.3"],
            "hashes": {"md5": [MD5], "sha256": SHA256, "dropper": SHA1},
            "c2": {"domains": ["c.example"], "ips": ["192.0.2.1:443"]},
            "packages": ["com.wolf.agent"],
            "yara": ["rule x { condition: true }"],
        }
    )
    assert claims(text) == [
        ("domain", "a.example"),
        ("domain", "198.51.100.3"),
        ("hash", SHA256),
        ("hash", SHA1),
        ("hash", MD5),
        ("domain", "c.example"),
        ("ip", "192.0.2.1:443"),
        ("app_id", "com.wolf.agent"),
    ]
    assert [one.name for one in said(text)[1] if isinstance(one, Rule)] == ["x"]
    assert first({"name": "Wolf", "domains": ["a.example"]}).about.campaign == "Wolf"


def test_bare_texts_are_told_by_their_form_only_where_indicators_stand():
    assert claims(json.dumps(["a.example", "192.0.2.1", SHA256])) == [
        ("domain", "a.example"),
        ("ip", "192.0.2.1"),
        ("hash", SHA256),
    ]
    text = json.dumps({"iocs": ["a.example"], "fuzzylist": ["b.example"]})
    assert claims(text) == [("domain", "a.example")]
    assert left_out(text) == {'a value under "fuzzylist", which does not say that it is an indicator': 1}
    assert claims(json.dumps({"data": [{"url": "http://a.example/x"}]})) == [("url", "http://a.example/x")]
    assert claims(json.dumps({"file_hashes": {"a.py": SHA256}})) == [("hash", SHA256)]
    assert claims(json.dumps({"a.example": {"seen": 3}, "b.example": 1})) == [
        ("domain", "a.example"),
        ("domain", "b.example"),
    ]


def test_a_pulse_says_who_published_it_when_and_about_what():
    pulse = {
        "name": "Pulse",
        "indicators": [{"indicator": "a.example", "type": "hostname", "expiration": "2022-01-01T00:00:00"}],
        "author_name": "lab",
        "created": "2021-05-04T10:00:00",
        "adversary": "Wolf",
        "references": ["https://lab.example/report"],
    }
    claim = first(pulse)
    assert claim.about == claim.about._replace(
        source="lab", campaign="Wolf", report="https://lab.example/report", published=date(2021, 5, 4)
    )
    assert claim.valid_until == datetime(2022, 1, 1, tzinfo=UTC)
    assert claims(json.dumps(pulse)) == [("domain", "a.example")]


def test_links_to_reports_samples_and_makers_are_no_indicators():
    threatfox = {
        "1001": [
            {
                "ioc_value": "192.0.2.1:443",
                "ioc_type": "ip:port",
                "malware_printable": "Wolf",
                "malware_malpedia": "https://malpedia.example/wolf",
                "reference": "https://lab.example/r",
                "reporter": "who@lab.example",
            }
        ]
    }
    urlhaus = {
        "7": [{"url": "http://192.0.2.5/x", "url_status": "online", "urlhaus_link": "https://urlhaus.example/7/"}]
    }
    assert claims(json.dumps(threatfox)) == [("ip", "192.0.2.1:443")]
    assert first(threatfox).about.report == "https://lab.example/r"
    assert claims(json.dumps(urlhaus)) == [("url", "http://192.0.2.5/x")]
    feed = {"url": "https://lab.example/feed", "email": "we@lab.example", "iocs": [{"domain": "a.example"}]}
    assert claims(json.dumps(feed)) == [("domain", "a.example")]


def test_what_is_harmless_victims_and_inactive_accuses_nobody():
    text = json.dumps(
        {
            "whitelist": ["good.example"],
            "victims": ["org.example"],
            "targets": [{"domain": "target.example"}],
            "observables": [
                {"dataType": "domain", "data": "a.example", "ioc": True},
                {"dataType": "ip", "data": "192.0.2.1", "ioc": False},
                {"dataType": "domain", "data": "b.example", "verdict": "benign"},
                {"dataType": "domain", "data": "c.example", "false_positive": True},
                {"dataType": "domain", "data": "d.example", "action": "allow"},
                {"dataType": "domain", "data": "e.example", "malicious": False},
                {"dataType": "domain", "data": "f.example", "isMalicious": 0},
                {"dataType": "domain", "data": "g.example", "malicious": True},
            ],
        }
    )
    values = ["a.example", "192.0.2.1", *(f"{letter}.example" for letter in "bcdefg")]
    assert [value for _, value in claims(text)] == values
    assert context(text) == values[1:-1]
    assert left_out(text)["what its publisher lists as harmless"] == 1
    revoked = first([{"type": "domain", "value": "a.example", "revoked": True}])
    assert revoked.about.revoked is not None


def test_a_digest_decides_its_object_and_the_name_beside_it_is_context():
    text = json.dumps(
        {
            "data": [
                {
                    "sha256_hash": SHA256,
                    "md5_hash": MD5,
                    "sha3_384_hash": "e" * 96,
                    "file_name": "x.apk",
                    "file_type": "apk",
                }
            ]
        }
    )
    assert claims(text) == [("hash", SHA256), ("hash", MD5), ("file_name", "x.apk")]
    assert context(text) == ["x.apk"]
    assert [one[0] for one in unmatched(text)] == ["sha3 384 hash"]


def test_answers_of_services():
    graph = {
        "value": [{"action": "block", "networkIPv4": "192.0.2.1"}, {"fileHashType": "sha256", "fileHashValue": SHA256}]
    }
    assert claims(json.dumps(graph)) == [("ip", "192.0.2.1"), ("hash", SHA256)]
    total = {
        "data": [
            {
                "type": "domain",
                "id": "a.example",
                "attributes": {"last_dns_records": [{"type": "A", "value": "192.0.2.9"}]},
            },
            {"type": "file", "id": SHA256, "attributes": {"sha1": SHA1, "names": ["x.apk"]}},
            {"type": "url", "id": "e" * 64, "attributes": {"url": "http://a.example/x"}},
        ],
        "links": {"self": "https://service.example/api"},
    }
    found = claims(json.dumps(total))
    assert found == [("domain", "a.example"), ("hash", SHA256), ("hash", SHA1), ("url", "http://a.example/x")]
    sentinel = {
        "value": [
            {"properties": {"pattern": "[url:value = 'http://a.example/s']", "validUntil": "2021-04-15T17:44:00Z"}}
        ]
    }
    claim = first(sentinel)
    assert (claim.kind, claim.value, claim.valid_until) == (
        "url",
        "http://a.example/s",
        datetime(2021, 4, 15, 17, 44, tzinfo=UTC),
    )
    split = {"columns": ["indicator", "type"], "data": [["a.example", "domain"], [SHA256, "sha256"]]}
    assert claims(json.dumps(split)) == [("domain", "a.example"), ("hash", SHA256)]


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        None,
        "a.example",
        {
            "name": "x",
            "homepage": "https://x.example",
            "author": {"email": "a@x.example"},
            "dependencies": {"socket.io": "4"},
        },
        {"contributors": [{"email": "a@x.example", "url": "https://x.example"}]},
        {"paths": {"/api/v1": {"path": "/data/x"}}, "files": ["a.py", "b.js"]},
        {
            "openapi": "3",
            "servers": [{"url": "https://api.x.example/v1"}],
            "info": {"contact": {"email": "a@x.example"}},
        },
        {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"url": "https://x.example"}}]},
        {
            "packages": {
                "node_modules/socket.io": {"resolved": "https://x.example/s", "dependencies": {"engine.io": "5"}}
            }
        },
        {"default": {"x": {"hashes": ["sha256:" + SHA256]}}},
        {"type": "tool", "values": [{"value": "Wolf", "meta": {"refs": ["https://lab.example/x"]}}]},
    ],
)
def test_json_of_other_things_is_no_list(content):
    assert told(json.dumps(content), "x.json") is None


def test_warning_lists_and_what_was_found_on_a_phone_are_told_as_such():
    warning = {
        "name": "Known",
        "list": ["good.example", "8.8.8.8"],
        "matching_attributes": ["domain"],
        "type": "hostname",
    }
    found = [{"isodate": "2021-01-01 00:00:00", "links": ["https://a.example/x"], "phone_number": "+52 55 5555 0100"}]
    assert claims(json.dumps(warning)) == claims(json.dumps(found)) == []
    assert left_out(json.dumps(warning)) == {"an entry of a warning list, which names what is no indicator": 2}
    assert left_out(json.dumps(found)) == {"a record of what was found on a phone, which is no indicator": 1}


def test_what_is_cut_short_gives_what_stands_before_the_cut():
    rows = json.dumps({"iocs": {"domains": ["a.example", "b.example", "c.example"]}})
    text = rows[: rows.index("c.ex")]
    assert claims(text) == [("domain", "a.example"), ("domain", "b.example")]
    assert [reason for _, reason in problems(text)] == [
        "damaged JSON: no JSON, or cut short",
        "damaged JSON: the file ends inside an object",
    ]
    assert claims('{"domains": ["a.example", nonsense, "b.example"], "ips": ["192.0.2.1"]}') == [
        ("domain", "a.example"),
        ("domain", "b.example"),
        ("ip", "192.0.2.1"),
    ]


def test_hostile_json_costs_only_itself():
    deep = '{"domains": ["a.example"], "iocs": ' + '{"a": ' * 50_000 + "1" + "}" * 50_000 + ', "ips": ["192.0.2.1"]}'
    assert claims(deep) == [("domain", "a.example"), ("ip", "192.0.2.1")]
    assert problems(deep) == [("iocs", "damaged JSON: nested deeper than 200")]
    twice = '{"x": {"domains": ["a.example"], "domains": ["b.example"]}, "score": NaN}'
    assert claims(twice) == [("domain", "a.example"), ("domain", "b.example")]
    assert problems(twice) == [
        (
            "",
            "a key written twice in an object, 1 times: lists under it are read together, of single values the last counts",
        )
    ]
    outermost = '{"domain": "a.example", "domain": "b.example", "ip": "192.0.2.1"}'
    assert ("domain", "b.example") in claims(outermost)
    assert problems(outermost) == problems(twice)
    long = json.dumps({"domains": ["a.example", "x" * 300_000]})
    assert ("domain", "a.example") in claims(long)
    assert claims(b"\xff\xfe" + json.dumps({"domains": ["a.example"]}).encode("utf-16-le")) == [("domain", "a.example")]


def test_what_keys_announce():
    kinds = {
        "sha256_hash": "hash",
        "networkSourceIPv4": "ip",
        "C2_servers": "domain",
        "bundle_ids": "app_id",
        "src_ip": "ip",
    }
    assert {key: meaning(key) for key in kinds} == {key: Meaning("kind", kind) for key, kind in kinds.items()}
    for key in (
        "urlhaus_link",
        "victims",
        "target_ip",
        "references",
        "emailSubject",
        "first_seen",
        "file_type",
        "dns_ips",
    ):
        assert meaning(key).role not in {"kind", "listed", "value"}


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=8)
    | st.integers()
    | st.sampled_from(["a.example", "192.0.2.1", SHA256]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "value", "domains", "iocs", "data", "columns", "attributes", "references", "date", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(json_values, st.integers(0, 60))
def test_any_json_whole_or_cut_is_read_without_another_exception(value, cut):
    data = json.dumps({"iocs": value}).encode()
    for some in (data, data[:-cut] if cut else data):
        list(json_table.read(io.BytesIO(some), "x"))
        json_table.recognises(some.decode(), "x")
