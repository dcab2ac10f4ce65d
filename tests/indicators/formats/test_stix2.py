"""STIX 2: what of a bundle becomes an indicator, what is said of it, and what is listed as not understood."""

import contextlib
import json
import tracemalloc
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.base.errors import UsageError
from perito.indicators.formats.stix2_rule import EXCLUDES
from tests.indicators.stix import bundle, found, indicator, other, read, reasons, related, rules

LAB = other("identity", 8, name="A Lab")


@pytest.mark.parametrize(
    ("pattern", "kind", "value"),
    [
        ("[domain-name:value = 'bad.example']", "domain", "bad.example"),
        ("[domain-name:value = 'http://bad.example/x?a=b']", "url", "http://bad.example/x?a=b"),
        ("[domain-name:value = '198.51.100.7']", "ip", "198.51.100.7"),
        ("[domain-name:resolves_to_refs[*].value = '198.51.100.7']", "ip", "198.51.100.7"),
        ("[domain-name:value = 'hxxps://bad[.]example/']", "domain", "https://bad.example/"),
        ("[ipv4-addr:value = '198.51.100.7']", "ip", "198.51.100.7"),
        ("[ipv4-addr:value = '198.51.100.7/32']", "ip", "198.51.100.7"),
        ("[ipv6-addr:value = '2001:DB8::1']", "ip", "2001:DB8::1"),
        ("[network-traffic:dst_ref.value = 'c2.bad.example']", "domain", "c2.bad.example"),
        ("[url:value = 'http://bad.example/a=b']", "url", "http://bad.example/a=b"),
        ("[email-addr:value = 'me@bad.example']", "email", "me@bad.example"),
        ("[email-message:from_ref.value = 'me@bad.example']", "email", "me@bad.example"),
        ("[email-message:sender_ref.value = 'me@bad.example']", "email", "me@bad.example"),
        ("[process:name = 'roleaboutd']", "process", "roleaboutd"),
        ("[process:image_ref.name = 'roleaboutd']", "process", "roleaboutd"),
        ("[file:name = 'evil.plist']", "file_name", "evil.plist"),
        ("[file:name = '/private/var/tmp/evil']", "path", "/private/var/tmp/evil"),
        ("[file:path = '/private/var/tmp/evil']", "path", "/private/var/tmp/evil"),
        ("[directory:path = '/private/var/tmp/evil']", "path", "/private/var/tmp/evil"),
        ("[file:hashes.md5 = 'AA" + "0" * 30 + "']", "hash", "AA" + "0" * 30),
        ("[file:hashes.'SHA-256' = '" + "a" * 64 + "']", "hash", "a" * 64),
        ("[file:hashes.'sha1' = '" + "a" * 40 + "']", "hash", "a" * 40),
        ("[file:hashes.'SHA-512' = '" + "a" * 128 + "']", "hash", "a" * 128),
        ("[app:id = 'com.evil.app']", "app_id", "com.evil.app"),
        ("[app:cert.sha256 = '" + "a" * 64 + "']", "certificate", "a" * 64),
        ("[x509-certificate:hashes.'SHA-1' = '" + "a" * 40 + "']", "certificate", "a" * 40),
        ("[configuration-profile:id = '0A-1B']", "profile", "0A-1B"),
        ("[android-property:name = 'sys.evil']", "property", "sys.evil"),
        ("[file:name LIKE 'evil.plist']", "file_name", "evil.plist"),
    ],
)
def test_each_kind_of_value(tmp_path, pattern, kind, value):
    assert found(tmp_path, indicator(pattern)) == [(kind, value)]


def test_or_and_in_give_one_indicator_each(tmp_path):
    assert found(
        tmp_path,
        indicator("[domain-name:value = 'a.example' OR url:value IN ('http://b.example/x', 'http://c.example/y')]"),
        indicator("[domain-name:value = 'd.example'] OR [ipv4-addr:value = '198.51.100.7']", 2),
    ) == [
        ("domain", "a.example"),
        ("url", "http://b.example/x"),
        ("url", "http://c.example/y"),
        ("domain", "d.example"),
        ("ip", "198.51.100.7"),
    ]


def test_part_of_a_larger_condition_is_context_and_says_so_but_a_digest_decides_alone(tmp_path):
    objects = indicator("[file:name = 'evil.bin' AND file:hashes.MD5 = '" + "ab" * 16 + "']")
    assert found(tmp_path, objects) == [("file_name", "evil.bin?"), ("hash", "ab" * 16)]
    assert reasons(tmp_path, objects) == []
    assert rules(tmp_path, objects) == ["[file:name = 'evil.bin' AND file:hashes.MD5 = '" + "ab" * 16 + "']"]
    for pattern in (
        "[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']",
        "[domain-name:value = 'a.example'] AND [domain-name:value = 'b.example']",
    ):
        assert found(tmp_path, indicator(pattern)) == [("domain", "a.example?"), ("domain", "b.example?")]
        assert rules(tmp_path, indicator(pattern)) == [pattern]
    unasked = indicator("[domain-name:value = 'a.example' AND mutex:name = 'x']")
    assert found(tmp_path, unasked) == [("domain", "a.example?")]
    assert rules(tmp_path, unasked) == []
    assert reasons(tmp_path, unasked) == [
        "mutex:name is not compared here",
        "domain-name:value is one part of a condition: context only",
    ]
    assert found(tmp_path, indicator("[domain-name:value = 'a.example'] REPEATS 5 TIMES")) == [("domain", "a.example?")]


def test_a_domain_with_the_address_it_resolved_to_is_that_domain(tmp_path):
    both = "domain-name:value = 'a.example' AND domain-name:resolves_to_refs[*].value = '198.51.100.7'"
    assert found(tmp_path, indicator(f"[{both}]")) == [("domain", "a.example"), ("ip", "198.51.100.7?")]
    assert found(tmp_path, indicator(f"[{both} AND domain-name:value = 'b.example']")) == [
        ("domain", "a.example?"),
        ("ip", "198.51.100.7?"),
        ("domain", "b.example?"),
    ]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[domain-name:value LIKE '%']", EXCLUDES),
        ("[domain-name:value LIKE '%a_']", EXCLUDES),
        ("[domain-name:value MATCHES 'a?']", EXCLUDES),
        ("[domain-name:value != 'bad.example']", EXCLUDES),
        ("[domain-name:value NOT = 'bad.example']", EXCLUDES),
        ("[domain-name:value NOT IN ('bad.example')]", EXCLUDES),
        ("[domain-name:value > 'bad.example']", EXCLUDES),
        ("[EXISTS domain-name:value]", EXCLUDES),
        ("[ipv4-addr:value ISSUBSET '0.0.0.0/1']", EXCLUDES),
        ("[ipv4-addr:value ISSUPERSET '198.51.100.0/24']", "ISSUPERSET cannot be matched on stored records"),
        ("[ipv4-addr:value ISSUBSET 'bad']", "ISSUBSET of what is no range of addresses: bad"),
        (
            "[domain-name:value MATCHES '(a)\\\\1']",
            "a regular expression that cannot be matched in linear time: invalid escape sequence: \\1",
        ),
        (
            f"[domain-name:value MATCHES '{'a' * 2_001}']",
            "a regular expression of more than 2000 characters is not matched",
        ),
        ("[domain-name:value LIKE '%bad'] REPEATS 0 TIMES", "REPEATS 0 TIMES cannot be asked"),
        ("[domain-name:value LIKE '%bad'] START 'x' STOP 'y'", "START 'x' STOP 'y' cannot be asked"),
        (
            "[" + "(" * 70 + "domain-name:value LIKE '%bad'" + ") AND domain-name:value LIKE '%bad'" * 70 + "]",
            "a condition nested deeper than 64 is not matched",
        ),
        ("[EXISTS windows-registry-key:key]", "windows-registry-key:key is not compared here"),
        ("[process:command_line = '/bin/sh -c x']", "process:command_line is not compared here"),
        ("[mutex:name = 'x']", "mutex:name is not compared here"),
        ("[file:hashes.SSDEEP = '3:abc:d']", "file:hashes.ssdeep is not compared here"),
        ("[domain-name:value = 'bad.example'", "pattern cannot be read: '[' at character 0 is never closed"),
        ("[domain-name:value = 'N/A']", "domain: a placeholder, not a value"),
        ("[domain-name:value = 'despacho']", "domain: a host name without a top-level domain"),
        ("[file:hashes.MD5 = 'zz']", "hash: not an MD5, SHA-1 or SHA-2 in hex"),
        ("[url:value = 'http://bad.example/[unavailable]']", "url: a placeholder, not a value"),
    ],
)
def test_what_cannot_be_matched_is_a_problem_and_stops_nothing(tmp_path, pattern, reason):
    assert rules(tmp_path, indicator(pattern)) == []
    indicators = read(tmp_path, bundle(indicator(pattern), indicator("[app:id = 'com.evil']", 2)))
    assert indicators.table["value"].to_pylist() == ["com.evil"]
    (problem,) = indicators.problems
    assert (problem.file, problem.ref) == ("feed.json", "object indicator--00000000-0000-4000-8000-000000000001")
    assert problem.reason == reason


@pytest.mark.parametrize(
    "pattern",
    [
        "[domain-name:value LIKE '%.bad.example']",
        "[domain-name:value MATCHES '^bad']",
        "[url:value LIKE '%/pay' AND url:value NOT LIKE '%good%']",
        "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
        "[ipv4-addr:value = '198.51.100.0/24']",
        "[url:value LIKE '%/bad%'] WITHIN 5 SECONDS",
    ],
)
def test_a_condition_becomes_a_rule_and_is_counted_as_one(tmp_path, pattern):
    indicators = read(tmp_path, bundle(indicator(pattern, created_by_ref=LAB["id"]), LAB))
    (rule,) = indicators.rules
    (feed,) = indicators.feeds
    assert (rule.kind, rule.text, rule.about.source, rule.file) == (
        "pattern",
        pattern,
        "A Lab, feed.json",
        "feed.json",
    )
    assert rule.feed_sha256 == feed.sha256
    assert (feed.raw, feed.distinct, feed.count, feed.rules, feed.kinds) == (1, 1, 0, 1, {"pattern": 1})
    assert feed.summary["count"] == 1
    assert indicators.problems == []


def test_what_cannot_be_asked_of_an_alternative_costs_only_that_alternative(tmp_path):
    one = indicator("[mutex:name = 'x' OR domain-name:value LIKE '%bad' OR domain-name:value = 'a.example']")
    assert found(tmp_path, one) == [("domain", "a.example")]
    assert len(rules(tmp_path, one)) == 1
    assert reasons(tmp_path, one) == ["mutex:name is not compared here"]


def test_a_rule_counts_on_its_day_only_and_once(tmp_path):
    one = indicator("[domain-name:value LIKE '%bad']", valid_until="2022-01-01T00:00:00Z")
    assert [rule.valid_until for rule in read(tmp_path, bundle(one)).rules] == [datetime(2022, 1, 1, tzinfo=UTC)]
    assert read(tmp_path, bundle(one), date(2021, 1, 1)).rules == ()
    late = read(tmp_path, bundle(one), date(2023, 1, 1))
    assert (late.rules, late.left_out) == ((), {"no longer valid": 1})
    twice = read(tmp_path, bundle(one, indicator("[domain-name:value  LIKE '%bad']", 2)))
    assert (len(twice.rules), twice.left_out) == (1, {"said twice": 1})
    revoked = read(tmp_path, bundle(one | {"revoked": True}))
    assert (revoked.rules, revoked.left_out) == ((), {"revoked by its publisher": 1})


def test_a_condition_that_has_no_answer_is_counted_and_named(tmp_path):
    indicators = read(tmp_path, bundle(indicator("[mutex:name LIKE '%bad']")))
    assert indicators.left_out == {"a condition that stored records cannot answer": 1}
    assert [(one.reason, one.raw) for one in indicators.problems] == [
        ("mutex:name is not compared here", "[mutex:name LIKE '%bad']")
    ]
    assert indicators.feeds[0].kinds == {"pattern": 1}


def test_what_is_said_around_an_indicator(tmp_path):
    one = indicator(
        "[domain-name:value = 'a.example']",
        created_by_ref="identity--00000000-0000-4000-8000-000000000008",
        object_marking_refs=["marking-definition--00000000-0000-4000-8000-000000000009"],
        valid_until="2022-01-01T00:00:00Z",
    )
    malware = other("malware", 2, name="Evil")
    campaign = other("campaign", 3, name="Campaign One")
    rows = read(
        tmp_path,
        bundle(
            related(one, malware, 4),
            one,
            related(one, campaign, 5),
            malware,
            campaign,
            other("identity", 8, name="A Lab"),
            other("marking-definition", 9, definition={"tlp": "amber"}),
            other(
                "report",
                10,
                name="What we found",
                published="2021-08-01T00:00:00Z",
                object_refs=[one["id"]],
                external_references=[{"source_name": "no address"}, {"url": "https://lab.example/report"}],
            ),
        ),
    ).table.to_pylist()
    assert rows == [
        {
            "kind": "domain",
            "value": "a.example",
            "normal": "a.example",
            "source": "A Lab, feed.json",
            "campaign": "Campaign One; Evil",
            "report": "https://lab.example/report",
            "published": date(2021, 8, 1),
            "context_only": False,
            "exact_host": False,
            "valid_from": datetime(2021, 7, 18, 10, 0, 0, 500_000, tzinfo=UTC),
            "valid_until": datetime(2022, 1, 1, tzinfo=UTC),
            "revoked": False,
            "licence": "TLP:AMBER",
            "feed_sha256": rows[0]["feed_sha256"],
        }
    ]


def test_a_report_names_the_campaign_where_no_relationship_does(tmp_path):
    one = indicator("[domain-name:value = 'a.example']")
    (row,) = read(tmp_path, bundle(one, other("report", 2, name="Pulse", object_refs=[one["id"]]))).table.to_pylist()
    assert (row["campaign"], row["report"], row["source"]) == ("Pulse", "Pulse", "feed.json")


def test_a_revoked_relationship_says_nothing(tmp_path):
    one, malware = indicator("[domain-name:value = 'a.example']"), other("malware", 2, name="Evil")
    table = read(tmp_path, bundle(one, malware, related(one, malware, 3, revoked=True))).table
    assert table["campaign"].to_pylist() == [""]


def test_an_object_with_very_many_relationships_costs_no_more_than_its_length(tmp_path):
    one, malware = indicator("[domain-name:value = 'a.example']"), other("malware", 2, name="Evil")
    many = [related(one, other("malware", number), number) for number in range(20_000)]
    content = bundle(one, malware, *many)
    tracemalloc.start()
    table = read(tmp_path, content).table
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert table["campaign"].to_pylist() == ["Evil"]
    assert most < 200_000_000  # each with all those before it were 1.6 GB


def test_benign_is_context(tmp_path):
    assert found(tmp_path, indicator("[domain-name:value = 'a.example']", indicator_types=["benign"])) == [
        ("domain", "a.example?")
    ]
    assert found(
        tmp_path, indicator("[domain-name:value = 'a.example']", indicator_types=["benign", "malicious-activity"])
    ) == [("domain", "a.example")]


def test_labels_of_other_kinds_do_not_make_the_benign_accuse(tmp_path):
    def told(**more: object) -> list[tuple[str, str]]:
        return found(tmp_path, indicator("[domain-name:value = 'a.example']", **more))

    harmless = [("domain", "a.example?")]
    assert told(indicator_types=["benign"], labels=["kit", "malicious-activity"]) == harmless
    assert told(labels=["benign", "case-7"]) == told(labels=['misp:type="domain"', 'misp:to_ids="False"']) == harmless
    assert (
        told(labels=["benign", "malicious-activity"])
        == told(labels=['misp:to_ids="True"'])
        == [("domain", "a.example")]
    )


def test_revoked_in_words_is_revoked(tmp_path):
    one = indicator("[domain-name:value = 'a.example']", revoked="true")
    assert read(tmp_path, bundle(one)).left_out == {"revoked by its publisher": 1}


def test_a_pattern_that_lacks_only_its_brackets_or_has_other_quotation_marks_is_read_and_told(tmp_path):
    for pattern in (
        "domain-name:value = 'a.example'",
        '[domain-name:value = "a.example"]',
        "[domain-name:value = \u2018a.example\u2019]",
    ):
        assert found(tmp_path, indicator(pattern)) == [("domain", "a.example")]
        (reason,) = reasons(tmp_path, indicator(pattern))
        assert reason.startswith("pattern cannot be read: character ")
    assert found(tmp_path, indicator("domain-name:value = 'a.example' AND x")) == []


def test_a_relationship_said_the_other_way_round_and_the_author_of_the_report(tmp_path):
    one, malware = indicator("[domain-name:value = 'a.example']"), other("malware", 2, name="Wolf")
    lab = other("identity", 8, name="A Lab")
    report = other("report", 9, name="What we found", object_refs=[one["id"]], created_by_ref=lab["id"])
    (row,) = read(tmp_path, bundle(one, malware, related(malware, one, 3), lab, report)).table.to_pylist()
    assert (row["campaign"], row["source"]) == ("Wolf", "A Lab, feed.json")


def test_a_list_of_objects_that_is_none_of_stix_is_left_to_others(tmp_path):
    content = {"objects": [{"type": "domain", "value": "a.example", "itype": "c2_domain"}]}
    indicators = read(tmp_path, content)
    assert [(feed.format, feed.count) for feed in indicators.feeds] == [("JSON", 1)]
    taxii = read(tmp_path, {"more": False, "objects": [indicator("[domain-name:value = 'a.example']")]})
    assert [(feed.format, feed.count) for feed in taxii.feeds] == [("STIX 2 JSON", 1)]


def test_revoked_and_run_out_and_not_yet_known_are_counted_not_taken(tmp_path):
    def taken(as_of=None, **more):
        indicators = read(tmp_path, bundle(indicator("[domain-name:value = 'a.example']", **more)), as_of)
        return len(indicators.table) or indicators.left_out

    gone = {"revoked": True, "modified": "2022-05-01T00:00:00Z"}
    assert taken(**gone) == {"revoked by its publisher": 1}
    assert taken(date(2022, 5, 1), **gone) == {"revoked by its publisher": 1}
    assert taken(date(2022, 4, 30), **gone) == 1
    assert taken(revoked=True, modified=None) == {"revoked by its publisher": 1}
    assert taken(valid_until="2021-09-01T00:00:00Z") == 1
    assert taken(date(2021, 9, 1), valid_until="2021-09-01T00:00:00Z") == 1
    assert taken(date(2021, 9, 2), valid_until="2021-09-01T00:00:00Z") == {"no longer valid": 1}
    assert taken(date(2021, 7, 18)) == 1
    assert taken(date(2021, 7, 17)) == {"published later": 1}
    assert taken(date(2021, 7, 18), valid_from="2021-07-19T00:00:00Z") == {"valid only later": 1}


def test_only_the_latest_version_of_an_object_counts(tmp_path):
    indicators = read(
        tmp_path,
        bundle(
            indicator("[domain-name:value = 'second.example']", modified="2021-09-01T00:00:00Z"),
            indicator("[domain-name:value = 'first.example']"),
            indicator("[domain-name:value = 'third.example']", modified="2021-10-01T00:00:00Z"),
        ),
    )
    assert indicators.table["value"].to_pylist() == ["third.example"]
    assert indicators.left_out == {"older version of the same object": 2}


def test_a_later_part_of_a_second_is_a_later_version(tmp_path):
    assert found(
        tmp_path,
        indicator("[domain-name:value = 'old.example']", modified="2022-01-01T00:00:00Z"),
        indicator("[domain-name:value = 'new.example']", modified="2022-01-01T00:00:00.5Z"),
    ) == [("domain", "new.example")]
    assert found(
        tmp_path,
        indicator("[domain-name:value = 'new.example']", modified="2022-01-01T00:00:00+00:00"),
        indicator("[domain-name:value = 'old.example']", modified="2022-01-01T01:00:00+02:00"),
    ) == [("domain", "new.example")]


def test_two_objects_of_one_id_and_time_are_both_read(tmp_path):
    assert found(
        tmp_path,
        *(indicator(f"[domain-name:value = '{name}.example']") for name in "abc"),
        *(indicator(f"[domain-name:value = '{name}.example']", id=None) for name in "de"),
    ) == [("domain", f"{name}.example") for name in "abcde"]


def test_a_pattern_written_twice_in_one_object_hides_nothing(tmp_path):
    text = json.dumps(bundle(indicator("[domain-name:value = 'b.example']"))).replace(
        '"pattern":', '"pattern": "[domain-name:value = \'a.example\']", "pattern":'
    )
    indicators = read(tmp_path, text)
    assert indicators.table["value"].to_pylist() == ["a.example", "b.example"]
    assert [problem.reason for problem in indicators.problems] == [
        "the pattern is written more than once; each is read"
    ]


def test_observables_outside_a_pattern_are_context_if_a_report_or_malware_names_them(tmp_path):
    listed = other("domain-name", 1, value="listed.example")
    tied = other("ipv4-addr", 2, value="198.51.100.7")
    file = other("file", 3, name="evil.bin", hashes={"SHA-256": "a" * 64, "MD5": "b" * 32})
    victim = other("email-addr", 4, value="victim@example.org")
    malware = other("malware", 5, name="Evil")
    report = other("report", 6, name="Report", object_refs=[listed["id"], file["id"]])
    communicates = related(malware, tied, 7, relationship_type="communicates-with")
    whole = read(tmp_path, bundle(listed, tied, file, victim, malware, report, communicates))
    assert whole.left_out == {"observable that no report and no malware names": 1}
    assert found(tmp_path, listed, tied, file, victim, malware, report, communicates) == [
        ("domain", "listed.example?"),
        ("ip", "198.51.100.7?"),
        ("file_name", "evil.bin?"),
        ("hash", "a" * 64 + "?"),
        ("hash", "b" * 32 + "?"),
    ]


def test_rules_in_other_languages_are_rules_and_others_are_counted(tmp_path):
    yara = 'rule evil { strings: $a = "evil" condition: $a }'
    sigma = "title: T\nlogsource:\n  product: ios\ndetection:\n  a:\n    Image: x\n  condition: a\n"
    campaign = other("campaign", 7, name="Spy")
    objects = [
        LAB,
        campaign,
        indicator(yara, 1, pattern_type="yara", created_by_ref=LAB["id"]),
        indicator(sigma, 2, pattern_type="Sigma"),
        indicator("alert tcp any any -> any any (sid:1;)", 3, pattern_type="snort"),
        indicator("no rule at all", 4, pattern_type="yara"),
        indicator("process where true", 5, pattern_type="EQL"),
    ]
    read_in = read(tmp_path, bundle(*objects, related(objects[2], campaign)))
    assert [(one.kind, one.name, one.about.source, one.about.campaign) for one in read_in.rules] == [
        ("yara_rule", "evil", "A Lab, feed.json", "Spy"),
        ("sigma_rule", "T", "feed.json", ""),
    ]
    assert read_in.rules[0].text == yara
    assert read_in.rules[0].ref == f"object {objects[2]['id']}, rule evil"
    assert read_in.left_out == {
        "a Snort or Suricata rule, which is not matched on stored records": 1,
        "a pattern in eql, which is not compared here": 1,
    }
    assert read_in.feeds[0].raw == 4
    assert [(one.ref, one.reason) for one in read_in.problems] == [
        (f"object {objects[5]['id']}", "no YARA rule is found in it")
    ]


def test_what_somebody_observed_in_stix_2_0_is_counted_and_no_indicator(tmp_path):
    seen = {"0": {"type": "domain-name", "value": "a.example"}, "1": {"type": "ipv4-addr", "value": "192.0.2.1"}}
    read_in = read(tmp_path, bundle(other("observed-data", 1, objects=seen), indicator("[app:id = 'com.evil']")))
    assert read_in.table["value"].to_pylist() == ["com.evil"]
    assert read_in.left_out == {"what somebody observed, which may be a victim's": 2}


@pytest.mark.parametrize(
    ("pattern", "expected", "left_out"),
    [
        (
            "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '198.51.100.7']",
            [("ip", "198.51.100.7")],
            [],
        ),
        (
            (
                "[(network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = 'a.example') AND "
                "network-traffic:dst_port = '443' AND network-traffic:protocols[*] = 'tcp']"
            ),
            [("domain", "a.example")],
            ["network-traffic:dst_port", "network-traffic:protocols"],
        ),
        (
            (
                "[domain-name:value = 'a.example' AND domain-name:resolves_to_refs[*].value = '198.51.100.7' "
                "AND domain-name:x_misp_port = '8443']"
            ),
            [("domain", "a.example"), ("ip", "198.51.100.7?")],
            ["domain-name:x_misp_port"],
        ),
        (
            (
                "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '198.51.100.7'] "
                "AND [domain-name:value = 'a.example']"
            ),
            [("ip", "198.51.100.7?"), ("domain", "a.example?")],
            [],
        ),
        ("[network-traffic:dst_port = 443 AND network-traffic:protocols[*] = 'tcp']", [], []),
        ("[domain-name:value = 'a.example' AND network-traffic:dst_port != 443]", [("domain", "a.example?")], []),
        ("[hostname:value = 'a.example']", [("domain", "a.example")], []),
    ],
)
def test_the_type_and_port_of_an_address_describe_it(tmp_path, pattern, expected, left_out):
    assert found(tmp_path, indicator(pattern)) == expected
    told = read(tmp_path, bundle(indicator(pattern))).left_out
    beside = " beside a value: stored records do not hold it"
    assert [one.removesuffix(beside) for one in told if one.endswith(beside)] == left_out


def test_wrong_types_are_problems(tmp_path):
    assert reasons(
        tmp_path,
        indicator(None, 2),
        indicator(["[app:id = 'x']"], 3),
        indicator(7, 4),
        indicator("[app:id = 'com.evil']", 5, valid_from=12),
        indicator("[app:id = 'com.evil2']", 6, valid_from="yesterday", created="0001-01-01T00:00:00+14:00"),
        "not an object",
        {"id": "x--1"},
        {"type": "bundle", "objects": {"not": "a list"}},
        other("report", 9, published=[1], object_refs="x"),
    ) == [
        "a pattern that is not a text",
        "a pattern that is not a text",
        "a pattern that is not a text",
        "valid_from is not a time",
        "created is not a time",
        "valid_from is not a time",
        "not a STIX object",
        "an object without a type",
        "a bundle without a list of objects",
        "published is not a time",
    ]


def test_stix_2_0_without_pattern_type_and_with_labels(tmp_path):
    old = indicator("[domain-name:value = 'a.example']", pattern_type=None, labels=["malicious-activity"])
    assert found(tmp_path, {**old, "spec_version": "2.0"}) == [("domain", "a.example")]


def test_every_holder_of_objects_is_read(tmp_path):
    one = indicator("[domain-name:value = 'a.example']")
    for content in (
        json.dumps(one),
        json.dumps([one]),
        json.dumps([bundle(one)]),
        json.dumps({"objects": [one], "more": False}),
        json.dumps(bundle(bundle(one))),
        json.dumps(one) + "\n" + json.dumps(other("malware", 2)) + "\n",
        "\ufeff" + json.dumps(bundle(one), indent=2),
        b"\xff\xfe" + json.dumps(bundle(one)).encode("utf-16-le"),
        json.dumps(bundle(one)).encode("utf-16-be"),
    ):
        assert read(tmp_path, content).table["value"].to_pylist() == ["a.example"], content


def test_hostile_objects_cost_themselves_only(tmp_path):
    good = json.dumps(indicator("[app:id = 'com.evil']", 99))
    for bad in (
        '{"type": "indicator", "x": ' + "[" * 10_000 + "]" * 10_000 + "}",
        '{"type": "indicator", "pattern": "[a:b = \'' + "x" * 5_000_000 + "']\"}",
        '{"type": "indicator", "pattern": "' + "(" * 100_000 + '"}',
        '{"type": "indicator", "pattern": NaN}',
        '{"type": "indicator", "pattern": -Infinity, "id": 1e999}',
        '{"type": "indicator", "pattern": ' + "9" * 5_000 + "}",
        '{"type": "indicator", "pattern": "[domain-name:value = \'\\ud800.example\']"}',
        '{"type": "indicator", "id": "\\ud800", "pattern": "[x"}',
        '{"type": "malware", "name": {"a": 1}, "id": ["x"]} 5',
        '{"type": "indicator", "pattern": "[app:id = \'a\\u0000b\']"}',
        '{"type": null}',
        '{"type": [], "objects": [{"type": 7}]}',
        "nonsense",
    ):
        indicators = read(tmp_path, f'{{"type": "bundle", "objects": [{bad}, {good}]}}')
        assert indicators.table["value"].to_pylist() == ["com.evil"], bad[:80]
        assert indicators.problems, bad[:80]
        json.dumps(indicators.problems).encode()


def test_a_pattern_that_is_written_twice_is_read_twice_however_its_name_is_spelt(tmp_path):
    objects = [json.dumps(indicator(f"[app:id = 'com.evil{number}']", number)) for number in range(1, 400)]
    objects[5] = objects[5].replace('"pattern"', '"p\\u0061ttern"')
    objects[6] = objects[6].replace('"pattern"', '"pattern": "[app:id = \'com.one\']", "pattern"')
    objects[7] = objects[7].replace('"pattern"', '"p\\u0061ttern": "[app:id = \'com.two\']", "pattern"')
    for some in (objects, objects[5:8]):
        indicators = read(tmp_path, f'{{"type": "bundle", "objects": [{", ".join(some)}]}}')
        assert {"com.one", "com.two"} < set(indicators.table["value"].to_pylist())
        assert len(indicators.problems) == 2


def test_invalid_utf_8_is_a_problem_of_its_object(tmp_path):
    text = json.dumps(bundle(indicator("[app:id = 'com.evil?']"), indicator("[app:id = 'com.evil']", 2)))
    indicators = read(tmp_path, text.encode().replace(b"?", b"\xff"))
    assert indicators.table["value"].to_pylist() == ["com.evil"]
    assert [problem.reason for problem in indicators.problems] == ["app_id: holds characters that are no text"]


def test_a_cut_file_gives_what_it_still_holds(tmp_path):
    whole = json.dumps(bundle(*(indicator(f"[app:id = 'com.evil{number}']", number) for number in range(3))))
    indicators = read(tmp_path, whole[: whole.rindex("com.evil2")])
    assert indicators.table["value"].to_pylist() == ["com.evil0", "com.evil1"]
    assert indicators.problems[0].reason.startswith("damaged JSON")


def test_ten_thousand_like_problems_are_counted_in_one(tmp_path):
    many = [indicator("[mutex:name = 'x']", number) for number in range(3_000)]
    problems = read(tmp_path, bundle(*many)).problems
    assert len(problems) == 1_001
    assert problems[-1].reason == "mutex:name is not compared here: 2000 more"


def test_problems_of_endless_kinds_are_bounded_too(tmp_path):
    many = [indicator(f"[mutex:name{number} = 'x']", number) for number in range(4_000)]
    problems = read(tmp_path, bundle(*many)).problems
    assert len(problems) == 2_001
    assert problems[-1].reason == "problems of many more kinds: 2000 more"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["indicator--1", "x--2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KEYS = [
    "id",
    "pattern",
    "pattern_type",
    "created",
    "modified",
    "valid_from",
    "valid_until",
    "revoked",
    "created_by_ref",
]
KEYS += ["labels", "indicator_types", "external_references", "object_marking_refs", "source_ref", "target_ref", "name"]
KEYS += ["object_refs", "published", "definition", "value", "hashes", "path", "objects"]
TYPES = [
    "indicator",
    "relationship",
    "report",
    "malware",
    "identity",
    "marking-definition",
    "file",
    "domain-name",
    "bundle",
]


@given(
    st.lists(
        st.dictionaries(st.sampled_from(KEYS), JSON, max_size=8).flatmap(
            lambda item: st.sampled_from(TYPES).map(lambda kind: {**item, "type": kind})
        ),
        max_size=6,
    )
)
def test_objects_of_any_shape_are_read_or_are_problems(tmp_path_factory, objects):
    folder = tmp_path_factory.mktemp("any")
    indicators = read(folder, bundle(*objects, indicator("[app:id = 'com.evil']", 99)))
    assert "com.evil" in indicators.table["value"].to_pylist()
    "".join(map("".join, indicators.problems)).encode()


WHOLE = json.dumps(
    bundle(indicator("[domain-name:value = 'a.example' OR file:name IN ('x', 'y')]"), other("malware", 2, name="é"))
).encode()


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3), st.integers(0, 4)), max_size=6))
def test_no_change_of_bytes_raises_anything(tmp_path_factory, changes):
    data = WHOLE
    for place, inserted, removed in changes:
        data = data[:place] + inserted + data[place + removed :]
    with contextlib.suppress(UsageError):
        read(tmp_path_factory.mktemp("bytes"), data)
