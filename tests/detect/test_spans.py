"""Ranges of addresses among stored observables: looked for all at once, and told as each by itself would be."""

import json
from ipaddress import ip_address, ip_network
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from perito.cli.main import perito
from perito.detect.spans import Spans
from perito.detect.subjects import Test as Asked
from perito.detect.subjects import Values
from perito.examine import Wish, examine
from perito.indicators.formats.stix2_pattern import Comparison
from perito.reexamine import Wish as Again
from perito.reexamine import reexamine

CHAT = """12/03/17, 14:05 - Bruno: Hola
12/03/17, 14:06 - Bruno: Mira http://198.51.100.7/x y http://10.1.2.3/y
12/03/17, 14:07 - Bruno: o http://[2001:db8:1::7]/z, y http://203.0.113.5/otra
"""
LISTS = {
    "a.txt": "198.51.100.0/24\n10.0.0.0/8\n2001:db8:1::/48\n192.0.2.0/24\n203.0.113.0/24\n",
    "a.csv": "type,value\nip,198.51.100.0-198.51.100.255\nip,10.0.0.0/8\ncidr,2001:db8:1::/48\nip,192.0.2.0/24\nip,203.0.113.0/24\n",
    "a.json": json.dumps({"Event": {"info": "x", "Attribute": [
        {"type": "ip-dst", "to_ids": True, "value": "198.51.100.0/24"}, {"type": "ip-src", "to_ids": True, "value": "10.0.0.0/8"},
        {"type": "ip-dst|port", "to_ids": True, "value": "2001:db8:1::/48|80"}, {"type": "ip-dst", "to_ids": True, "value": "192.0.2.0/24"},
        {"type": "ip-dst", "to_ids": True, "value": "203.0.113.0/24"},
    ]}}),
    "b.json": json.dumps({"type": "bundle", "objects": [
        {"type": "indicator", "id": f"indicator--{number}", "pattern": f"[ipv{version}-addr:value ISSUBSET '{value}']"}
        for number, (version, value) in enumerate(
            [(4, "198.51.100.0/24"), (4, "10.0.0.0/8"), (6, "2001:db8:1::/48"), (4, "192.0.2.0/24"), (4, "203.0.113.0/24")]
        )
    ]}),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_check_reexamination_and_hunt_agree_whatever_form_the_list_has(tmp_path: Path, name: str) -> None:
    (tmp_path / "chat.txt").write_text(CHAT)
    (tmp_path / "old.txt").write_text("nobody.example\n")
    (tmp_path / name).write_text(LISTS[name])
    lists = (tmp_path / name,)
    run = examine(Wish(tmp_path / "chat.txt", tmp_path / "fresh", lists, baseline=False))
    found = json.loads((run.out / "findings.json").read_text())
    ranges = [one for one in found if one["rule"] == "indicator.pattern"]
    assert [(one["value"], one["grade"], one["indicator"]["value"]) for one in ranges] == [
        ("http://198.51.100.7/x", "strong", "[ipv4-addr:value ISSUBSET '198.51.100.0/24']"),
        ("http://203.0.113.5/otra", "strong", "[ipv4-addr:value ISSUBSET '203.0.113.0/24']"),
        ("http://[2001:db8:1::7]/z", "strong", "[ipv6-addr:value ISSUBSET '2001:db8:1::/48']"),
        ("http://10.1.2.3/y", "context", "[ipv4-addr:value ISSUBSET '10.0.0.0/8']"),
    ]
    examine(Wish(tmp_path / "chat.txt", tmp_path / "docket/old", (tmp_path / "old.txt",), baseline=False))
    again = reexamine(Again(tmp_path / "docket/old", tmp_path / "again", lists, baseline=False))
    assert (again.out / "findings.json").read_bytes() == (run.out / "findings.json").read_bytes()
    command = perito.get_command(click.Context(perito), "hunt")
    assert command is not None
    words = [str(tmp_path / "docket"), "-i", str(tmp_path / name), "--no-baseline", "--json"]
    (hunted,) = json.loads(CliRunner().invoke(command, words).output)["acquisitions"]
    assert hunted["findings"] == [one for one in found if one["rule"].startswith("indicator.")]


def test_a_range_that_was_published_as_context_weighs_nothing_by_itself(tmp_path: Path) -> None:
    told = [{"type": "ip-dst", "to_ids": False, "value": "198.51.100.0/24"}]
    (tmp_path / "a.json").write_text(json.dumps({"Event": {"info": "x", "Attribute": told}}))
    (tmp_path / "chat.txt").write_text(CHAT)
    run = examine(Wish(tmp_path / "chat.txt", tmp_path / "out", (tmp_path / "a.json",), baseline=False))
    found = json.loads((run.out / "findings.json").read_text())
    assert [one["grade"] for one in found if one["rule"] == "indicator.pattern"] == ["context"]


ADDRESSES = st.sampled_from([
    "198.51.100.7", "198.51.100.0", "198.51.100.255", "198.51.101.0", "0.0.0.0", "255.255.255.255", "2001:db8::1", "2001:db8:1::",
    "2001:db8:0:ffff:ffff:ffff:ffff:ffff", "::", "bad.example",
])  # fmt: skip
NETWORKS = st.sampled_from([
    "198.51.100.0/24", "198.51.100.0/25", "198.51.101.0/24", "0.0.0.0/8", "255.0.0.0/8", "2001:db8::/48", "2001:db8::/120",
    "2001:db8::/32", "2001:db8:1::/48", "::/32",
])  # fmt: skip


@given(st.lists(ADDRESSES, max_size=6), st.lists(NETWORKS, min_size=1, max_size=8, unique=True), st.booleans())
def test_no_range_that_an_address_lies_in_is_left_out(seen: list[str], wanted: list[str], links: bool) -> None:
    tests = [
        Asked("ip", (Comparison(f"ipv{ip_network(one).version}-addr", ("value",), "ISSUBSET", False, (one,)),))
        for one in wanted
    ]
    texts = [f"http://{f'[{one}]' if ':' in one else one}/x" for one in seen] if links else seen
    table = pa.table({
        "value": texts, "normal": texts, "hash": pa.array([0] * len(texts), pa.uint64()),
        "parents": pa.array([[]] * len(texts), pa.list_(pa.uint64())),
    }, schema=pa.schema([
        ("value", pa.string()), ("normal", pa.string()), ("hash", pa.uint64()), ("parents", pa.list_(pa.uint64())),
    ]))  # fmt: skip
    values = Values("url" if links else "domain", table)
    spans = Spans(tests)
    assert spans.tests == set(tests)
    among = spans.among(values)
    met = [one for one in tests if np.any(one.met(values))]
    inside = {text for text in wanted for one in seen if one != "bad.example" and ip_address(one) in ip_network(text)}
    assert {one.comparisons[0].values[0] for one in met} == inside
    assert set(met) <= set(among)
    assert len(among) == len(set(among))


def test_a_test_that_asks_for_more_than_one_range_is_looked_at_by_itself() -> None:
    one = Comparison("ipv4-addr", ("value",), "ISSUBSET", False, ("198.51.100.0/24",))
    other = one._replace(values=("198.51.100.0/25",), negated=True)
    named = one._replace(type="domain-name")
    assert Spans([Asked("ip", (one, other)), Asked("ip", (other,)), Asked("domain", (named,))]).tests == frozenset()
