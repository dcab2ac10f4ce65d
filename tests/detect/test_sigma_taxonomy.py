"""Rules in Sigma's own taxonomy: what of a phone's records each field is, and what no record can answer."""

from pathlib import Path

import pytest

from perito.artifacts.declare import artifacts
from perito.detect.rules import by_rules
from perito.detect.sigma_parts import part
from perito.detect.sigma_taxonomy import (
    COMPUTERS,
    CUT,
    ENTRY,
    EXTENSION,
    HOST,
    NAMED,
    NUMBERED,
    PROGRAM,
    REQUEST,
    SOURCES,
    STEM,
    Part,
)
from perito.detect.told import Tables
from tests.detect.cases import row, stored
from tests.detect.test_sigma import read

PAGE = "https://User@Cdn.Bad.example:8443/List/suc?name=1#x"


def rule(source: str, detection: str, level: str = "high") -> str:
    lines = "\n".join(f"  {line}" for line in detection.splitlines())
    return f"title: T\nlogsource:\n  {source}\nlevel: {level}\ndetection:\n{lines}\n  condition: sel\n"


def refs(folder: Path, text: str, artifact: str, *rows: dict[str, object]) -> list[str]:
    """Return the numbers of the rows of an artifact that meet a rule."""
    indicators = read(folder, text)
    assert indicators.rules, indicators.problems
    kept = [row(artifact, str(number), **values) for number, values in enumerate(rows)]
    records, seen = stored(folder, artifact, kept)
    tables = Tables([seen], {artifact: (artifacts()[artifact].schema, records)})
    return sorted(one.place.ref for one in by_rules(tables, indicators, {"a.db": "0" * 64}).findings)


def test_every_column_of_the_table_is_one_and_holds_what_it_is_said_to() -> None:
    """The types of the schema say what a value is: none is mapped to a field that means something else."""
    types = {
        "request": {"url"}, "stem": {"url"}, "extension": {"url"}, "host": {"url"}, "named": {"url", "domain"},
        "numbered": {"url", "domain"}, "program": {"process"}, "cut": {"process"}, "file": {"path"},
        "entry": {"storage_name"}, "kept": {"path"}, "sum": {"hash"},
    }  # fmt: skip
    for source in SOURCES:
        assert source.views
        for view in source.views:
            schema = artifacts()[view.artifact].schema
            for column, of in view.fields.values():
                assert schema.fields[column].type in types[of.name], (view.artifact, column)


@pytest.mark.parametrize(
    ("of", "text", "expected"),
    [
        (REQUEST, PAGE, PAGE),
        (REQUEST, "about:blank", None),
        (REQUEST, "cdn.bad.example", None),
        (STEM, PAGE, "/List/suc"),
        (STEM, "data:text/html,x", None),
        (EXTENSION, "https://a.example/b.c/d.tar.GZ?x=1.exe", "GZ"),
        (EXTENSION, "https://a.example/b.c/d", ""),
        (EXTENSION, "file:///x.exe", None),
        (HOST, PAGE, "cdn.bad.example"),
        (HOST, "http://198.51.100.7/x", "198.51.100.7"),
        (HOST, "https://ñandú.example/", "xn--and-6ma2c.example"),
        (NAMED, PAGE, "cdn.bad.example"),
        (NAMED, "Bad.example.", "bad.example"),
        (NAMED, "http://198.51.100.7/x", None),
        (NUMBERED, PAGE, None),
        (NUMBERED, "http://[2001:db8::1]:80/", "2001:db8::1"),
        (NUMBERED, "198.51.100.7", "198.51.100.7"),
        (PROGRAM, "mDNSResponder/com.Example.App", "/mDNSResponder"),
        (PROGRAM, "/usr/libexec/Foo", "/Foo"),
        (PROGRAM, " ", None),
        (CUT, "exactly16letters", None),
        (CUT, "fifteen_letters", "/fifteen_letters"),
        (ENTRY, "HomeDomain/Library/SMS/sms.db", "/Library/SMS/sms.db"),
        (ENTRY, "HomeDomain", None),
    ],
)
def test_what_of_a_text_a_field_is(of: Part, text: str, expected: str | None) -> None:
    import pyarrow as pa

    assert part(pa.array([text, None]), of).to_pylist() == [expected, None]


@pytest.mark.parametrize(
    ("source", "item", "met", "not_met"),
    [
        ("category: proxy", "c-uri|contains: '/list/suc\\?name='", PAGE, "https://a.example/list/sucXname="),
        ("category: proxy", "c-uri|startswith: 'https://user@'", PAGE, "http://a.example/?u=https://user@"),
        ("category: proxy", "c-uri-stem|endswith: /suc", PAGE, "https://a.example/x?p=/suc"),
        ("category: proxy", "c-uri-extension: exe", "https://a.example/b.EXE?1", "https://a.example/exe"),
        ("category: proxy", "cs-host|endswith: .bad.example", PAGE, "https://a.example/?u=.bad.example"),
        ("category: proxy", "r-dns: cdn.bad.example", PAGE, "https://cdn.bad.example.a.example/"),
        ("category: dns", "query|endswith: .bad.example", PAGE, "http://notbad.example/"),
        ("category: dns_query", "QueryName|re: '^cdn\\.'", PAGE, "https://a.example/cdn."),
        ("category: network\n  service: dns", "dns.question.name: cdn.bad.example", PAGE, "https://bad.example/"),
        ("category: network_connection", "DestinationHostname: CDN.bad.example", PAGE, "https://bad.example/"),
        ("category: network_connection", "DestinationIp: 198.51.100.7", "http://198.51.100.7/", "http://198.51.100.8/"),
        ("category: network\n  service: connection", "destination.ip|cidr: 2001:db8::/32", "http://[2001:db8::7]/", PAGE),
        ("category: firewall", "dst_ip|cidr: 198.51.100.0/24", "http://198.51.100.7/", "http://198.51.101.7/"),
    ],
)  # fmt: skip
def test_each_field_of_an_address(tmp_path: Path, source: str, item: str, met: str, not_met: str) -> None:
    text = rule(source, f"sel:\n  {item}")
    assert refs(tmp_path, text, "ios.safari_visit", {"url": not_met}, {"url": met}, {"url": None}) == ["1"]


def test_the_fields_of_one_event_are_of_one_address(tmp_path: Path) -> None:
    """A tab has two: host and path of a rule must be of the same one."""
    text = rule("category: proxy", "sel:\n  cs-host: bad.example\n  c-uri-stem: /x")
    both = {"url": "https://bad.example/y", "shown_url": "https://a.example/x"}
    assert refs(tmp_path, text, "ios.safari_tab", both, {**both, "url": "https://bad.example/x"}) == ["1"]
    assert refs(tmp_path, text, "ios.safari_tab", both, {**both, "shown_url": "https://bad.example/x"}) == ["1"]


def test_a_record_that_answers_twice_is_told_once(tmp_path: Path) -> None:
    text = rule("category: proxy", "sel:\n  cs-host: bad.example")
    both = {"url": "https://bad.example/y", "shown_url": "https://bad.example/x"}
    assert refs(tmp_path, text, "ios.safari_tab", both) == ["0"]


def test_a_referrer_is_known_of_downloads_alone(tmp_path: Path) -> None:
    text = rule("category: proxy", "sel:\n  c-uri|endswith: .mobileconfig\n  cs-referrer|contains: bad.example")
    there = {"url": "https://a.example/p.mobileconfig", "referrer": "https://bad.example/"}
    other = {**there, "referrer": "https://a.example/"}
    assert refs(tmp_path, text, "ios.chrome_download", other, there, {**there, "referrer": None}) == ["1"]


@pytest.mark.parametrize(
    ("item", "met"),
    [
        ("Image|endswith: '/bh'", ["0"]),
        ("Image|endswith: 'h'", ["0"]),
        ("Image|contains: 'bh'", ["0", "1"]),
        ("Image|endswith: '/libexec/bh'", []),
        ("Image: '/usr/libexec/bh'", []),
        ("Image|startswith: '/usr'", []),
        ("Image|endswith: '\\bh'", []),
        ("Image|re: '/b[gh]$'", ["0"]),
        ("Image|re: '^/bh$'", []),
        ("Image|endswith|cased: '/BH'", []),
        ("Image|exists: true", ["0", "1", "3"]),
    ],
)
def test_a_program_is_known_by_its_name_alone(tmp_path: Path, item: str, met: list[str]) -> None:
    """Its folder is not: what asks for one is not met, and neither is what excludes one."""
    text = rule("product: ios\n  category: process_creation", f"sel:\n  {item}")
    rows = [{"process": name} for name in ("bh", "bhx", None, "installd")]
    assert refs(tmp_path, text, "ios.os_analytics_usage", *rows) == met


@pytest.mark.parametrize(
    ("excluded", "met"),
    [
        ("Image|startswith: /Applications/", []),
        ("Image|endswith: '/usr/sbin/bh'", ["1"]),
        ("Image|endswith: /bh", ["1"]),
        ("Image: null", ["0", "1"]),
    ],
)
def test_an_exclusion_holds_only_where_it_is_known_to(tmp_path: Path, excluded: str, met: list[str]) -> None:
    text = rule("category: process_creation", f"sel:\n  Image|contains: bh\nout:\n  {excluded}")
    text = text.replace("condition: sel", "condition: sel and not out")
    rows = [{"process": name} for name in ("bh", "bhx")]
    assert refs(tmp_path, text, "ios.os_analytics_usage", *rows) == met


def test_a_program_that_is_known_by_its_path_is_asked_by_it(tmp_path: Path) -> None:
    text = rule("category: process_creation", "sel:\n  Image|startswith: /private/var/db/")
    rows = [{"path": "/private/var/db/x/bh"}, {"path": "/usr/libexec/bh"}, {"process": "bh"}]
    assert refs(tmp_path, text, "ios.location_client", *rows) == ["0"]


def test_a_name_that_may_be_cut_off_is_not_known(tmp_path: Path) -> None:
    text = rule("category: process_creation", "sel:\n  Image|endswith: /exactly16letters")
    rows = [{"process": "exactly16letters"}, {"process": "exactly16"}]
    assert refs(tmp_path, text, "ios.data_usage", *rows) == []
    assert refs(tmp_path, text, "ios.os_analytics_usage", *rows) == ["0"]


def test_a_program_and_the_host_it_contacted(tmp_path: Path) -> None:
    for source, host in (("dns_query", "QueryName"), ("network_connection", "DestinationHostname")):
        text = rule(f"category: {source}", f"sel:\n  {host}|endswith: .bad.example\n  Image|endswith: /bh")
        rows = [
            {"domain": "a.bad.example", "process": "bh"},
            {"domain": "a.bad.example", "process": "installd"},
            {"domain": "bad.example.a.example", "process": "bh"},
            {"domain": "a.bad.example", "process": None},
        ]
        assert refs(tmp_path, text, "ios.data_usage_domain", *rows) == ["0"]


@pytest.mark.parametrize(
    ("item", "met"),
    [
        ("TargetFilename|endswith: '/Library/Caches/x.dylib'", ["0"]),
        ("TargetFilename|contains: /caches/", ["0", "1"]),
        ("TargetFilename|endswith: '.dylib'", ["0"]),
        ("TargetFilename|startswith: /private/var", []),
        ("TargetFilename: /var/mobile/Library/Caches/x.dylib", []),
        ("sha1: 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709'", ["1"]),
        ("sha1|startswith: 'da39a3ee'", ["1"]),
    ],
)
def test_a_file_is_known_by_the_end_of_its_path(tmp_path: Path, item: str, met: list[str]) -> None:
    text = rule("product: ios\n  category: file_event", f"sel:\n  {item}")
    rows = [
        {"entry": "HomeDomain/Library/Caches/x.dylib", "digest": "0" * 40},
        {"entry": "HomeDomain/Library/Caches/y", "digest": "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {"entry": "x.dylib"},
    ]
    assert refs(tmp_path, text, "ios.manifest_file", *rows) == met


@pytest.mark.parametrize("artifact", ["ios.attachment", "ios.chrome_download", "ios.safari_download"])
def test_a_file_that_was_put_somewhere(tmp_path: Path, artifact: str) -> None:
    text = rule("category: file_event", "sel:\n  TargetFilename|endswith: '/At/x.gif'")
    rows = [{"path": "~/Library/At/x.gif"}, {"path": "/var/mobile/At/x.gif"}, {"path": "~/At/x.gif.png"}]
    assert refs(tmp_path, text, artifact, *rows) == ["0", "1"]


@pytest.mark.parametrize(
    ("artifact", "values"),
    [
        ("ios.safari_bookmark", {"url": PAGE}),
        ("ios.safari_cloud_tab", {"url": PAGE}),
        ("ios.safari_group_tab", {"url": PAGE}),
        ("ios.contact", {"url": PAGE}),
        ("ios.message", {"text": PAGE, "links": PAGE}),
        ("ios.cookie", {"domain": "cdn.bad.example"}),
        ("ios.webkit_site", {"domain": "cdn.bad.example"}),
        ("messages.sms", {"text": PAGE}),
    ],
)
@pytest.mark.parametrize("item", ["proxy: c-uri|contains: bad.example", "dns: query|endswith: bad.example"])
def test_what_nobody_asked_for_is_no_request(
    tmp_path: Path, artifact: str, values: dict[str, object], item: str
) -> None:
    category, _, asked = item.partition(": ")
    assert refs(tmp_path, rule(f"category: {category}", f"sel:\n  {asked}"), artifact, values) == []


@pytest.mark.parametrize(
    ("source", "item", "reason"),
    [
        ("category: proxy", "c-useragent: x", "no artifact of its log source has the fields c-useragent"),
        ("category: proxy", "c-uri: x\n  cs-method: POST", "no artifact of its log source has the fields cs-method"),
        ("category: proxy", "url: x", "no artifact of its log source has the fields url"),
        ("category: process_creation", "CommandLine: x", "no artifact of its log source has the fields CommandLine"),
        ("category: process_creation", "ParentImage: x", "no artifact of its log source has the fields ParentImage"),
        ("category: process_creation", "Hashes: x", "no artifact of its log source has the fields Hashes"),
        ("category: proxy", "c-uri|fieldref: cs-host", "it compares two fields, which records of a phone hold in part only"),
        ("category: file_delete", "TargetFilename: x", "no artifact read here is of the log source category file_delete"),
        (
            "category: webserver",
            "cs-uri-query: x",
            "no artifact read here is of the log source category webserver (requests that a server answered; a phone is none)",
        ),
        ("product: zeek\n  service: dns", "query: x", "no artifact read here is of the log source product zeek, service dns"),
        ("product: android\n  category: proxy", "c-uri: x", "no artifact read here is of the log source category proxy, product android"),
    ],
)  # fmt: skip
def test_what_no_record_can_answer_is_told(tmp_path: Path, source: str, item: str, reason: str) -> None:
    found = read(tmp_path, rule(source, f"sel:\n  {item}"))
    assert found.rules == ()
    assert [one.reason for one in found.problems] == [f"Sigma: {reason}"]


@pytest.mark.parametrize("product", sorted(COMPUTERS))
def test_rules_for_computers_are_not_asked_of_a_phone(tmp_path: Path, product: str) -> None:
    found = read(tmp_path, rule(f"product: {product}\n  category: process_creation", "sel:\n  Image|endswith: /sh"))
    assert [one.reason for one in found.problems] == [
        (
            f"Sigma: no artifact read here is of the log source category process_creation, product {product}"
            " (a rule for computers says what is odd on them, not on a phone)"
        )
    ]
    assert found.rules == ()


def test_words_of_a_log_are_not_sought_in_records_that_are_none(tmp_path: Path) -> None:
    found = read(tmp_path, rule("category: proxy", "sel:\n  - bad.example"))
    assert [one.reason for one in found.problems] == ["Sigma: it looks for words in lines of a log, which no record is"]


@pytest.mark.parametrize(
    ("level", "grade"),
    [("critical", "strong"), ("high", "weak"), ("medium", "weak"), ("low", "context"), ("informational", "context")],
)
def test_a_rule_for_the_logs_of_organisations_weighs_less(tmp_path: Path, level: str, grade: str) -> None:
    indicators = read(tmp_path, rule("category: proxy", "sel:\n  cs-host: bad.example", level))
    records, seen = stored(tmp_path, "ios.safari_visit", [row("ios.safari_visit", "1", url="https://bad.example/")])
    tables = Tables([seen], {"ios.safari_visit": (artifacts()["ios.safari_visit"].schema, records)})
    (one,) = by_rules(tables, indicators, {"a.db": "0" * 64}).findings
    assert (one.grade, one.value, one.trace) == (grade, "https://bad.example/", "network")
