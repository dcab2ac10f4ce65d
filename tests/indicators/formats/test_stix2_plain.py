"""Indicator objects that nothing is odd about take a shorter way to the same rows."""

import json
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perito.indicators.bundle import load
from perito.indicators.formats import stix2, stix2_asked
from perito.indicators.formats.stix2_sayings import Sayings
from tests.indicators.stix import bundle, indicator, other, related

TIMES = st.sampled_from([
    "2021-07-18T10:00:00Z", "2021-07-18T10:00:00.123Z", "2021-07-18T23:30:00-05:00", "2021-07-18", "no time", "", 7, None,
])  # fmt: skip
VALUES = st.sampled_from([
    "bad.example", "www.bad.example", "bit.ly", "sub.bit.ly", "co.uk", "a.kobe.jp", "8.8.8.8", "10.0.0.1", "hxxp://a[.]example/x",
    "198.51.100.7", "198.51.100.0/24", "/tmp/x", "it\\'s", "[redacted]", "", "none", "a" * 64, "\x00",
])  # fmt: skip
PATHS = st.sampled_from([
    "domain-name:value", "ipv4-addr:value", "url:value", "file:name", "FILE:hashes.'SHA-256'", "no:such", "process:name",
])  # fmt: skip
PATTERNS = st.builds(
    lambda path, mark, value, end: f"[{path}{mark}'{value}'{end}", PATHS, st.sampled_from(["=", " = ", " LIKE "]), VALUES,
    st.sampled_from(["]", " ]", " OR domain-name:value='or.example']", "", "] "]),
) | st.sampled_from([
    7, "rule a { condition: true }",
    "[network-traffic:dst_ref.type='ipv4-addr' AND network-traffic:dst_ref.value='198.51.100.7' AND network-traffic:dst_port=443]",
])  # fmt: skip
ODD = st.fixed_dictionaries({}, optional={
    "revoked": st.sampled_from([True, False, None]),
    "pattern_type": st.sampled_from(["stix", "STIX", "yara", "snort", 3]),
    "valid_until": TIMES,
    "valid_from": TIMES,
    "created": TIMES,
    "modified": st.sampled_from(["2021-07-18T10:00:00Z", "2021-07-18T10:00:00.7Z", "2022-01-01T00:00:00Z", 5]),
    "labels": st.sampled_from([["benign"], ["malicious-activity"], "benign", []]),
    "indicator_types": st.sampled_from([["benign"], ["malicious-activity", "benign"]]),
    "created_by_ref": st.just(other("identity", 8)["id"]),
    "external_references": st.sampled_from(
        [[{"url": "https://a.example/r"}], [{"source_name": "x"}], {}, [{"url": 7}, {"url": "https://b.example/"}], [None, {"url": ""}]]
    ),
    "object_marking_refs": st.just([other("marking-definition", 9)["id"]]),
    "x_perito": st.sampled_from([{"source": "A", "valid_from_known": False}, {"context_only": True}, 5]),
    "name": st.just("a name"),
})  # fmt: skip
INDICATORS = st.builds(lambda pattern, number, odd: indicator(pattern, number) | odd, PATTERNS, st.integers(1, 6), ODD)
LAB = other("identity", 8, name="A Lab")
MARK = other("marking-definition", 9, name="TLP:GREEN")
REPORT = other("report", 7, name="A report", published="2020-01-01T00:00:00Z", object_refs=[indicator("", 3)["id"]])
FAMILIES = [other("malware", number, name=f"Family {number}") for number in (1, 2)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(INDICATORS, max_size=8),
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from(FAMILIES)), max_size=6),
    st.randoms(use_true_random=False),
    st.sampled_from([None, "2021-07-18", "2021-12-31"]),
)
def test_the_short_way_and_the_long_one_give_the_same(tmp_path, found, ties, order, as_of):
    objects = [*found, *(related(indicator("", number), family) for number, family in ties)]
    order.shuffle(objects)
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(bundle(LAB, MARK, REPORT, *FAMILIES, *objects)), encoding="utf-8")
    short = shown(path, as_of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sayings, "plain", lambda *_: None)
        patch.setattr(stix2, "simple", _by_the_expression)
        assert shown(path, as_of) == short


def _by_the_expression(text):
    """Tell a simple pattern by one regular expression alone, without looking at its end first."""
    found = stix2_asked.SIMPLE.fullmatch(text)
    kind = stix2_asked.kind_of(found[2].lower().replace("'", "")) if found else None
    if not found or not kind:
        return "", ""
    if kind == "file_name" and "/" in found[3]:
        return "path", found[3]
    return ("", "") if "/" in found[3] and stix2_asked.is_range(found[3]) else (kind, found[3])


def shown(path, as_of):
    found = load([path], baseline=False, as_of=as_of and date.fromisoformat(as_of))
    assert isinstance(found.table, pa.Table)
    return found.table.to_pylist(), found.keys.to_pylist(), found.problems, found.feeds, found.rules


def test_the_short_way_is_taken_where_nothing_is_odd_and_only_there():
    sayings = Sayings()
    key, pattern = sayings.plain(indicator("[domain-name:value='bad.example']"))
    assert key == "indicator--00000000-0000-4000-8000-000000000001"
    assert pattern.text == "[domain-name:value='bad.example']"
    assert pattern.of.created.isoformat() == "2021-07-18"
    assert pattern.valid_from.isoformat() == "2021-07-18T10:00:00.500000+00:00"
    for odd in (
        {"revoked": True}, {"x_perito": {}}, {"pattern_type": "yara"}, {"created": "no time"}, {"modified": None},
        {"created": "2021-07-18T23:30:00-05:00"}, {"valid_until": "no time"}, {"pattern": 5}, {"id": None},
    ):  # fmt: skip
        assert sayings.plain(indicator("[domain-name:value='bad.example']") | odd) is None


def test_a_kind_of_object_that_is_no_word_is_a_problem_of_its_own(tmp_path):
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(bundle({"type": [], "id": "x"}, indicator("[domain-name:value='bad.example']"))))
    found = load([path], baseline=False)
    assert [problem.reason for problem in found.problems] == ["an object without a type"]
    assert found.table["value"].to_pylist() == ["bad.example"]
