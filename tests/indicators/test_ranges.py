"""Ranges of addresses: what a list may write, and that every form of list comes to the same condition."""

import json
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators.accept import TOO_WIDE
from perito.indicators.formats.stix2_pattern import comparisons, parse
from perito.indicators.ranges import Range, network, range_of
from tests.indicators.stix import bundle, read

FOUR = "[ipv4-addr:value ISSUBSET '198.51.100.0/24']"
SIX = "[ipv6-addr:value ISSUBSET '2001:db8:1::/48']"


def misp(*attributes: tuple[str, str], detects: bool = True) -> str:
    told = [
        {"type": kind, "value": value, "to_ids": detects, "uuid": str(n)} for n, (kind, value) in enumerate(attributes)
    ]
    return json.dumps({"Event": {"info": "An event", "date": "2020-02-02", "Attribute": told}})


@pytest.mark.parametrize(
    ("name", "content", "texts"),
    [
        ("ips.txt", "198.51.100.0/24\n2001:DB8:1::/48\n", [FOUR, SIX]),
        ("ips.txt", "198.51.100.0 - 198.51.100.255 ; a network\n198.51.100[.]0/24\n", [FOUR]),
        ("some.txt", "198.51.100.0/24\nbad.example\n198.51.100.0-198.51.100.255\n", [FOUR]),
        ("a.csv", "type,value\nip,198.51.100.0/24\nipv6,2001:db8:1::/48\ncidr,198.51.100.9/24\n", [FOUR, SIX]),
        ("a.csv", "netblock,campaign\n198.51.100.0/24,One\n", [FOUR]),
        ("a.csv", "value,first seen\n198.51.100.0-198.51.100.255,2020-01-01\n", [FOUR]),
        ("a.csv", "uuid,type,value,to_ids\n1,ip-dst|port,198.51.100.0/24|443,1\n", [FOUR]),
        ("a.json", misp(("ip-src", "198.51.100.0/24"), ("ip-dst|port", "2001:db8:1::/48|443")), [FOUR, SIX]),
        ("a.json", misp(("ip-dst", "198.51.100.0-198.51.100.255")), [FOUR]),
        ("a.json", misp(("domain|ip", "bad.example|198.51.100.0/24")), [FOUR]),
        ("a.tsv", "# perito indicators 1\nip\t198.51.100.0/24\t\t\ndomain\t198.51.100.0/24\tB\t\n", [FOUR]),
        ("a.json", json.dumps(bundle({"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "198.51.100.0/24"},
         {"type": "report", "id": "report--1", "name": "R", "object_refs": ["ipv4-addr--1"]})), [FOUR]),
    ],
)  # fmt: skip
def test_every_form_gives_the_same_condition(tmp_path: Path, name: str, content: str, texts: list[str]) -> None:
    found = read(tmp_path, content, name=name)
    assert [rule.text for rule in found.rules] == texts
    assert "ip" not in found.table["kind"].to_pylist()
    assert found.problems == []
    (feed,) = found.feeds
    assert (feed.rules, feed.kinds["pattern"]) == (len(texts), len(texts))


@pytest.mark.parametrize("value", ["8.0.0.0/7", "0.0.0.0/0", "8.0.0.0-9.255.255.255", "2001::/31", "::/0"])
def test_a_range_that_singles_nobody_out_is_told_and_not_asked(tmp_path: Path, value: str) -> None:
    found = read(tmp_path, f"type,value\nip,{value}\nip,198.51.100.7\n", name="a.csv")
    assert found.rules == ()
    assert [(one.ref, one.reason, one.raw) for one in found.problems] == [("line 2", f"ip: {TOO_WIDE}", value)]
    assert found.table["value"].to_pylist() == ["198.51.100.7"]


@pytest.mark.parametrize(
    "value",
    ["198.51.100.0/33", "198.51.100.9-198.51.100.1", "198.51.100.0-2001:db8::1", "999.1.1.0/24", "198.51.100.0/"],
)
def test_what_is_no_range_is_a_problem(tmp_path: Path, value: str) -> None:
    found = read(tmp_path, f"type,value\nip,{value}\nip,198.51.100.7\n", name="a.csv")
    assert (found.rules, len(found.problems)) == ((), 1)


@pytest.mark.parametrize("value", ["198.51.100.7/32", "2001:db8::1/128"])
def test_a_range_of_one_address_is_that_address(tmp_path: Path, value: str) -> None:
    found = read(tmp_path, f"type,value\nip,{value}\n", name="a.csv")
    assert (found.rules, found.table["normal"].to_pylist()) == ((), [value.partition("/")[0]])


def test_what_is_said_of_a_range_is_kept(tmp_path: Path) -> None:
    head = "type,value,campaign,source,valid_from,licence\n"
    (rule,) = read(tmp_path, f"{head}ip,198.51.100.0/24,One,A Lab,2020-01-02,CC0\n", name="a.csv").rules
    assert (rule.about.campaign, rule.about.source, rule.about.licence, rule.ref) == ("One", "A Lab", "CC0", "line 2")
    assert rule.valid_from is not None
    assert rule.valid_from.isoformat() == "2020-01-02T00:00:00+00:00"
    (rule,) = read(tmp_path, misp(("ip-dst", "198.51.100.0/24"), detects=False)).rules
    assert rule.about.context_only
    (rule,) = read(tmp_path, misp(("domain|ip", "bad.example|198.51.100.0/24"))).rules
    assert rule.about.context_only


@given(st.integers(0, 2**32 - 1), st.integers(1, 2**24 - 1), st.integers(-3, 3))
def test_the_condition_holds_the_addresses_between_both_ends_and_no_other(first: int, more: int, off: int) -> None:
    last = min(first + more, 2**32 - 1)
    found = range_of(f"{IPv4Address(first)} - {IPv4Address(last)}")
    if first == last:
        assert found is None
        return
    assert found == Range(4, first, last)
    named = [ip_network(test.values[0]) for test, _ in comparisons(parse(found.pattern))]
    for end in (first, last):
        number = min(max(end + off, 0), 2**32 - 1)
        assert any(IPv4Address(number) in one for one in named) == (first <= number <= last)


@given(st.integers(0, 2**128 - 1), st.integers(33, 127))
def test_a_prefix_of_ipv6_is_told_in_one_way(number: int, length: int) -> None:
    found = range_of(f"{IPv6Address(number).exploded.upper()}/{length}")
    assert found is not None
    assert not found.too_wide
    assert found.pattern == f"[ipv6-addr:value ISSUBSET '{ip_network((number, length), strict=False)}']"
    assert network(f"{IPv6Address(number)}/{length}") == found
