"""What an index is asked before a condition: too much is only slow, too little would hide a finding."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.base.hashing import key_hash
from perito.detect.narrowing import hashes_of, need_of, possible
from perito.detect.patterns import tests_of as asked_of
from perito.detect.subjects import SUBJECTS, Values
from perito.indicators.formats.stix2_pattern import Comparison, Observation
from perito.indicators.indicator import PATTERN, About, Rule
from perito.records.normal import key_hashes, normal

SEEN = {
    "url": [
        "https://bad.example/", "https://bad.example/evil/1", "http://x.bad.example:8080/evil", "https://notbad.example/evil/",
        "http://198.51.100.7/x", "http://[2001:db8::7]/", "http://3325256711/", "https://bad.example.test/evil/", "https://BAD.example./evil/2",
        "https://user@bad.example/evil/", "http://xn--bd-xka.example/",
        "http://198.51.0144.07/evil",
    ],
    "domain": ["bad.example", "a.bad.example", "notbad.example", "198.51.100.9", "Bad.Example.", "example", "co.uk", "x.co.uk"],
    "ip": ["198.51.100.7", "198.51.101.0", "2001:db8::7", "::ffff:198.51.100.7", "[2001:db8::1]", "2001:db8::7%en0"],
    "email": ["ana@bad.example", "ana@x.bad.example", "bruno@notbad.example", "a@[198.51.100.7]"],
    "process": ["bh", "com.apple.bad.p", "com.apple.bad.process"],
    "path": ["/private/var/tmp/bad", "/private/var/tmp/bad/x.plist"],
    "file_name": ["x.plist", "bad"],
    "hash": ["0" * 64, "ab" * 20],
    "phone": ["+5215512345678", "5512345678"],
}  # fmt: skip
PATHS = {
    "domain-name:value": "domain", "url:value": "url", "ipv4-addr:value": "ip", "ipv6-addr:value": "ip", "email-addr:value": "email",
    "process:name": "process", "file:path": "path", "file:name": "file_name", "file:hashes.sha256": "hash", "network-traffic:dst_ref.value": "ip",
}  # fmt: skip
RANGES = [
    "198.51.100.0/24",
    "198.51.100.7/32",
    "2001:db8::/112",
    "2001:db8::/64",
    "::ffff:198.51.100.0/120",
    "203.0.113.0/24",
]
LIKES = [
    "%.bad.example",
    "%.example",
    "https://bad.example/%",
    "https://bad.example/evil/_",
    "http://x.bad.example/%",
    "%bad%",
    "%.co.uk",
    "%.BAD.example",
    "%.100.7",
    "http://198.51.0144.07/%",
    "http://198.51.100.7/%",
]


def comparisons() -> st.SearchStrategy[Comparison]:
    def of(path: str) -> st.SearchStrategy[Comparison]:
        kind, _, rest = path.partition(":")
        values = st.sampled_from([*SEEN[PATHS[path]], *SEEN["domain"], "nobody.example"])
        told = st.one_of(
            st.tuples(st.just("="), st.tuples(values)),
            st.tuples(st.just("IN"), st.tuples(values, values)),
            st.tuples(st.just("ISSUBSET"), st.tuples(st.sampled_from(RANGES))),
            st.tuples(st.just("LIKE"), st.tuples(st.sampled_from(LIKES))),
            st.tuples(st.just("!="), st.tuples(values)),
            st.tuples(st.just("MATCHES"), st.tuples(st.just("bad"))),
        )
        return st.builds(
            lambda one, negated: Comparison(kind, tuple(rest.split(".")), one[0], negated, one[1]), told, st.booleans()
        )

    return st.sampled_from(sorted(PATHS)).flatmap(of)


def seen(kind: str) -> Values:
    pairs = [(value, form) for value in SEEN[kind] if (form := normal(kind, value))]
    own, above = key_hashes([kind] * len(pairs), [form for _, form in pairs])
    return Values(
        kind,
        pa.table(
            {
                "value": pa.chunked_array([[value for value, _ in pairs]], pa.string()),
                "normal": pa.chunked_array([[form for _, form in pairs]], pa.string()),
                "hash": pa.chunked_array([own], pa.uint64()),
                "parents": pa.chunked_array([above], pa.list_(pa.uint64())),
            }
        ),
    )


ALL = {kind: seen(kind) for kind in SEEN}


def rule(text: str) -> Rule:
    return Rule(PATTERN, "", text, "object 1", About())


@given(comparisons())
def test_whatever_meets_a_comparison_answers_to_a_key_that_is_looked_up(one: Comparison) -> None:
    from perito.detect import narrowing

    (test,) = asked_of(Observation(one))
    need = narrowing._need_of_record(one)
    if need.hashes is None:
        return
    for kind in SUBJECTS[test.subject]:
        if kind not in ALL:
            continue
        met = np.flatnonzero(test.met(ALL[kind]))
        for row in met.tolist():
            answers = {ALL[kind].table["hash"][row].as_py(), *ALL[kind].table["parents"][row].as_py()}
            assert answers & set(need.hashes.tolist()), (one, ALL[kind].value[row])


def looked_up(text: str) -> set[int]:
    return {one for some in hashes_of(need_of(rule(text))) for one in some.tolist()}


def test_what_can_be_listed_is_looked_up() -> None:
    assert looked_up("[file:name = 'x.plist' AND domain-name:value = 'bad.example']") == {
        key_hash("file_name:x.plist"), key_hash("domain:bad.example"),
    }  # fmt: skip
    assert looked_up("[ipv4-addr:value ISSUBSET '198.51.100.0/30']") == {
        key_hash(f"ip:198.51.100.{n}") for n in range(4)
    }
    assert looked_up("[network-traffic:dst_ref.value IN ('198.51.100.0/31', 'bad.example')]") == {
        key_hash("ip:198.51.100.0"), key_hash("ip:198.51.100.1"), key_hash("domain:bad.example"),
    }  # fmt: skip
    assert looked_up("[domain-name:value LIKE '%.bad.example']") == {key_hash("domain:bad.example")}
    assert looked_up("[url:value LIKE 'https://bad.example/evil/%']") == {key_hash("host:bad.example")}
    assert looked_up("[url:value LIKE 'http://198.51.0144.07/%']") == {key_hash("ip:198.51.100.7")}


@pytest.mark.parametrize(
    "text",
    [
        "[domain-name:value LIKE '%bad%']",
        "[domain-name:value MATCHES 'bad']",
        "[ipv4-addr:value ISSUBSET '198.0.0.0/12']",
        "[url:value LIKE 'https://%/evil/%']",
        "[url:value LIKE 'https://bad.example%']",
        "[network-traffic:dst_ref.value LIKE '%.100.7']",
        "[domain-name:value = 'bad.example' OR domain-name:value MATCHES 'bad']",
    ],
)
def test_what_cannot_be_listed_is_sought_everywhere(text: str) -> None:
    assert possible(need_of(rule(text)), lambda asked: np.zeros(2, bool)) is None


def where(text: str, held: dict[str, list[bool]]) -> list[bool] | None:
    def holders(asked: np.ndarray) -> np.ndarray:
        some = [there for key, there in held.items() if key_hash(key) in asked.tolist()]
        return np.any([[False] * 3, *some], axis=0)

    found = possible(need_of(rule(text)), holders)
    return None if found is None else found.tolist()


def test_and_needs_all_that_is_known_and_or_any() -> None:
    held = {"domain:bad.example": [True, True, False], "file_name:x.plist": [False, True, True]}
    both = "[domain-name:value = 'bad.example'{}file:name = 'x.plist']"
    assert where(both.format(" AND "), held) == [False, True, False]
    assert where(both.format(" OR "), held) == [True, True, True]
    assert where(both.format("] AND ["), held) == [False, True, False]
    assert where(f"({both.format('] FOLLOWEDBY [')}) WITHIN 60 SECONDS", held) == [False, True, False]
    assert (
        where("[domain-name:value = 'bad.example' AND domain-name:value != 'x.bad.example']", held)
        == held["domain:bad.example"]
    )
    assert where("[domain-name:value = 'bad.example' AND url:value MATCHES 'evil']", held) == held["domain:bad.example"]
