"""What a condition means, against OASIS's own matcher (stix2-matcher), where both are to mean the same.

The values are drawn so that what Perito means on purpose more than STIX does makes no difference: docs/indicators.md.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from stix2matcher.matcher import match

from perito.detect import patterns
from perito.detect.batches import in_memory
from perito.indicators.formats.stix2_pattern import parse
from perito.records.normal import key_hashes, normal
from perito.records.observables import OBSERVABLES

DIGESTS = ["ab" * 32, "cd" * 32, "ce" * 32]
START = datetime(2016, 7, 1, tzinfo=UTC)


class Kind(NamedTuple):
    """Values of a kind of observable, the path that leads to them, and texts that LIKE or MATCHES may ask for."""

    path: str
    values: list[str]
    like: list[str]
    regex: list[str]


KINDS = {
    "domain": Kind(
        "domain-name:value",
        ["bank.example", "pay.example", "pay.test", "a-b.example"],
        ["pay%", "%.example", "_ay.%", "b_nk%e", "%-%", "pay.tes", "%"],
        ["^pay", "\\\\.example$", "a.", "[0-9]", "(bank|pay)\\\\.t"],
    ),
    "ip": Kind(
        "ipv4-addr:value",
        ["198.51.100.7", "198.51.100.70", "203.0.113.7"],
        ["198.51.%", "%.7", "%_0"],
        ["^198", "\\\\.7$"],
    ),
    "file": Kind(
        "file:name",
        ["evil.bin", "Mal.bin", "it's.txt"],
        ["evil%", "mal%", "%\\'s%", "____.bin"],
        ["\\\\.bin$", "^[A-Z]"],
    ),
    "process": Kind("process:name", ["roled", "Bold", "bh"], ["role%", "bo%", "%d", "__"], ["^role", "o.e"]),
    "url": Kind(
        "url:value",
        ["https://a.example/x", "https://a.example/Pay", "https://b.example/x?y=1"],
        ["%/x%", "%/pay", "https://_.example/x", "%y=1"],
        ["/x$", "\\\\?", "^https://b"],
    ),
    "email": Kind(
        "email-addr:value", ["ana@a.example", "eva@a.example", "ana@b.example"], ["ana@%", "%a.example"], ["^ana", "v"]
    ),
    "path": Kind(
        "directory:path",
        ["/private/var/tmp/a", "/private/var/db", "/usr/b"],
        ["/private/%", "%/_"],
        ["^/usr", "var"],
    ),
}
HASH = Kind("file:hashes.'SHA-256'", DIGESTS, ["ab%", "c_%", "%e"], ["^ab", "e$"])
WORLDS = (["domain", "ip", "file", "process"], ["url", "email", "path", "process"])
"""Kinds that may stand side by side: a domain-name is also the host of a link and of an e-mail address."""


class Record(NamedTuple):
    """A record: its time in seconds, and values of one kind; of a file, its name and its digest."""

    second: int
    kind: str
    values: tuple[str, ...]


def records_of(kind: str) -> st.SearchStrategy[Record]:
    if kind == "file":
        values = st.tuples(st.sampled_from(KINDS["file"].values), st.sampled_from(DIGESTS))
    else:
        values = st.lists(st.sampled_from(KINDS[kind].values), min_size=1, max_size=2, unique=True).map(tuple)
    return st.builds(Record, st.integers(0, 8), st.just(kind), values)


def literal(value: str) -> str:
    return "'{}'".format(value.replace("\\", "\\\\").replace("'", "\\'"))


@st.composite
def comparisons(draw: st.DrawFn, kind: str) -> str:
    about = draw(st.sampled_from([KINDS["file"], HASH])) if kind == "file" else KINDS[kind]
    negation = draw(st.sampled_from(["", "", "NOT "]))
    one = st.sampled_from(about.values).map(literal)
    ops = ["=", "=", "!=", "IN", "LIKE", "MATCHES", "<", ">=", *(["ISSUBSET"] if kind == "ip" else [])]
    op = draw(st.sampled_from(ops))
    if op == "IN":
        value = "({})".format(", ".join(draw(st.lists(one, max_size=2))))
    elif op in {"LIKE", "MATCHES"}:
        value = f"'{draw(st.sampled_from(about.like if op == 'LIKE' else about.regex))}'"
    elif op == "ISSUBSET":
        value = draw(st.sampled_from(["'198.51.100.0/24'", "'198.51.100.0/26'", "'203.0.113.7/32'"]))
    else:
        value = draw(one)
    return f"{about.path} {negation}{op} {value}"


@st.composite
def joined(draw: st.DrawFn, one: st.SearchStrategy[str], words: list[str]) -> str:
    """Return one to three operands, some in parentheses, and words between them."""
    parts = draw(st.lists(one, min_size=1, max_size=3))
    text = parts[0]
    for part in parts[1:]:
        whole = f"({text})" if draw(st.booleans()) else text
        text = f"{whole} {draw(st.sampled_from(words))} {part}"
    return text


QUALIFIERS = st.sampled_from(["", "", ""]) | st.one_of(
    st.sampled_from(["0.5", "1", "2", "5"]).map(" WITHIN {} SECONDS".format),
    st.integers(1, 3).map(" REPEATS {} TIMES".format),
    st.tuples(st.integers(0, 6), st.integers(1, 9)).map(
        lambda ends: " START t'2016-07-01T00:00:0{}Z' STOP t'2016-07-01T00:00:0{}Z'".format(*ends)
    ),
)


@st.composite
def conditions(draw: st.DrawFn, kinds: list[str]) -> str:
    tests = st.one_of([comparisons(kind) for kind in kinds])
    observed = st.builds("[{}]{}".format, joined(tests, ["AND", "OR"]), QUALIFIERS)
    words = ["AND", "OR", "FOLLOWEDBY"]
    inner = observed | st.builds("({}){}".format, joined(observed, words), QUALIFIERS)
    return draw(joined(inner, words))


def stored(records: list[Record]) -> pa.Table:
    """Return the records as a table of observables."""
    rows: list[dict[str, Any]] = []
    for number, one in enumerate(records):
        kinds = ["file_name", "hash"] if one.kind == "file" else [one.kind] * len(one.values)
        for kind, value in zip(kinds, one.values, strict=True):
            form = normal(kind, value)
            assert form is not None
            (own,), (parents,) = key_hashes([kind], [form])
            rows.append({
                "kind": kind, "value": value, "normal": form, "hash": own, "parents": parents, "artifact": "ios.message",
                "file": "a.db", "ref": f"message {number}", "time": START + timedelta(seconds=one.second), "direction": None,
            })  # fmt: skip
    return pa.Table.from_pylist(rows, OBSERVABLES)


def observed_data(records: list[Record]) -> dict[str, Any]:
    """Return the records as STIX 2.1 writes what was observed."""
    objects: list[dict[str, Any]] = []
    for number, one in enumerate(records):
        time = (START + timedelta(seconds=one.second)).strftime("%Y-%m-%dT%H:%M:%SZ")
        own = [{**value, "id": f"{value['type']}--{number}-{place}"} for place, value in enumerate(_objects(one))]
        refs = [value["id"] for value in own]
        head = {"type": "observed-data", "id": f"observed-data--{number}", "number_observed": 1, "object_refs": refs}
        objects += [head | {"first_observed": time, "last_observed": time}, *own]
    return {"type": "bundle", "id": "bundle--1", "objects": objects}


def _objects(one: Record) -> list[dict[str, Any]]:
    if one.kind == "file":
        name, digest = one.values
        return [{"type": "file", "name": name, "hashes": {"SHA-256": digest}}]
    kind, _, name = KINDS[one.kind].path.partition(":")
    return [{"type": kind, name: value} for value in one.values]


def ours(pattern: str, records: list[Record]) -> bool:
    tree = parse(pattern)
    tests = {test: patterns.Meeting() for test in patterns.tests_of(tree)}
    table = stored(records)
    patterns._look(in_memory(table), patterns._LookedFor(tests))
    answer, _ = patterns._answered(tree, tests)
    assert answer.whole
    return bool(answer.found)


def theirs(pattern: str, records: list[Record]) -> bool:
    return bool(match(pattern, [observed_data(records)], stix_version="2.1")) if records else False


CASES = st.sampled_from(WORLDS).flatmap(
    lambda kinds: st.tuples(conditions(kinds), st.lists(st.one_of([records_of(kind) for kind in kinds]), max_size=6))
)


@given(CASES)
def test_a_condition_is_met_here_when_it_is_met_there(case: tuple[str, list[Record]]) -> None:
    pattern, records = case
    assert ours(pattern, records) == theirs(pattern, records)
