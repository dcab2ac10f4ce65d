"""Operators over several records, against what they mean, tried on every choice of records."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.detect import observed
from perito.findings import Place
from perito.indicators.formats.stix2_pattern import (
    Comparison,
    Junction,
    Node,
    Observation,
    Qualified,
    comparisons,
    parse,
)
from perito.indicators.formats.stix2_qualifiers import Qualifier, read

Seconds = dict[str, int | None]
"""Records by name, with the second of their time."""
Met = dict[str, str]
"""Which records meet each test, as letters: {"a": "xyz"}."""
START = datetime(2016, 7, 1, tzinfo=UTC)
RECORDS = st.lists(st.none() | st.integers(0, 6), min_size=1, max_size=7).map(
    lambda times: dict(zip("tuvwxyz", times, strict=False))
)
LETTERS = "abcd"


def place(name: str) -> Place:
    return Place("ios.message", "a.db", f"message {name}")


def answer(pattern: str | Node, seconds: Seconds, met: Met) -> observed.Answer:
    def times(node: Observation) -> Iterator[tuple[Place, datetime | None]]:
        ((test, _),) = comparisons(node)
        for name in met[test.values[0]]:
            second = seconds[name]
            yield place(name), None if second is None else START + timedelta(seconds=second)

    return observed.answered(parse(pattern) if isinstance(pattern, str) else pattern, times)


def found(pattern: str | Node, seconds: Seconds, met: Met) -> list[str]:
    told = answer(pattern, seconds, met)
    assert told.whole
    return ["".join(one.ref.removeprefix("message ") for one in places) for places in told.found]


def choices(node: Node, seconds: Seconds, met: Met) -> set[frozenset[str]]:
    """Return every set of records that meets a condition, by what the specification says of each operator."""
    if isinstance(node, Observation):
        ((test, _),) = comparisons(node)
        return {frozenset(name) for name in met[test.values[0]]}
    if isinstance(node, Qualified):
        qualifier = read(node.qualifier)
        assert qualifier is not None
        inner = choices(node.part, seconds, met)
        if qualifier.word == "REPEATS":
            return different(list(combinations(inner, int(qualifier.amount))))
        return {one for one in inner if holds(qualifier, [seconds[name] for name in one])}
    assert isinstance(node, Junction)
    parts = [choices(part, seconds, met) for part in node.parts]
    if node.op == "OR":
        return set().union(*parts)
    some = list(product(*parts))
    return different([one for one in some if node.op == "AND" or in_order(one, seconds)])


def different(some: list[tuple[frozenset[str], ...]]) -> set[frozenset[str]]:
    return {frozenset().union(*one) for one in some if len(frozenset().union(*one)) == sum(map(len, one))}


def holds(qualifier: Qualifier, times: list[int | None]) -> bool:
    known = [START + timedelta(seconds=time) for time in times if time is not None]
    if len(known) < len(times):
        return False
    if qualifier.word == "WITHIN":
        return (max(known) - min(known)).total_seconds() <= qualifier.amount
    return all(qualifier.start <= time < qualifier.stop for time in known if qualifier.start and qualifier.stop)


def in_order(parts: tuple[frozenset[str], ...], seconds: Seconds) -> bool:
    times = [[seconds[name] for name in part] for part in parts]
    known = [[time for time in some if time is not None] for some in times]
    return known == times and all(max(one) <= min(other) for one, other in pairwise(known))


def qualifiers(repeats: int) -> st.SearchStrategy[str]:
    within = st.integers(0, 4).map(lambda amount: f"WITHIN {amount} SECONDS")
    between = st.tuples(st.integers(0, 6), st.integers(0, 7)).map(
        lambda ends: "START t'2016-07-01T00:00:0{}Z' STOP t'2016-07-01T00:00:0{}Z'".format(*ends)
    )
    return within | st.integers(1, repeats).map(lambda times: f"REPEATS {times} TIMES") | between


OBSERVATION = st.sampled_from(LETTERS).map(lambda name: Observation(Comparison("a", ("b",), "=", False, (name,))))


def over(inner: st.SearchStrategy[Node], repeats: int) -> st.SearchStrategy[Node]:
    some = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(Junction, st.sampled_from(["AND", "OR", "FOLLOWEDBY"]), some) | st.builds(
        Qualified, inner, qualifiers(repeats)
    )


ONE_DEEP = OBSERVATION | over(OBSERVATION, 3)
TWO_DEEP = ONE_DEEP | over(ONE_DEEP, 2)
CONDITIONS = over(TWO_DEEP, 2)
MEETINGS = st.fixed_dictionaries({name: st.text("tuvwxyz", max_size=4) for name in LETTERS})


@given(CONDITIONS, RECORDS, MEETINGS)
def test_a_condition_is_met_when_and_only_when_some_choice_of_records_meets_it(
    tree: Node, seconds: Seconds, drawn: Met
) -> None:
    met = {test: "".join(sorted(set(names) & set(seconds))) for test, names in drawn.items()}
    possible = choices(tree, seconds, met)
    told = found(tree, seconds, met)
    assert bool(told) == bool(possible)
    assert {frozenset(one) for one in told} <= possible
    taken = frozenset("".join(told))
    assert len(taken) == sum(map(len, told)), "no record stands in two"
    assert not [one for one in possible if one.isdisjoint(taken)], "none is left"
    for one in told:
        times = [seconds[name] for name in one]
        assert times == sorted(times, key=lambda time: (time is None, time or 0))


@pytest.mark.parametrize(
    ("pattern", "met", "expected"),
    [
        # Each part would take the first record; another has no other.
        ("[b:c='a'] AND [b:c='b'] AND [b:c='c']", {"a": "tu", "b": "tv", "c": "t"}, ["tuv"]),
        ("[b:c='a'] AND [b:c='b'] AND [b:c='c']", {"a": "tu", "b": "tu", "c": "tu"}, []),
        # The soonest pair each would share a record.
        ("([b:c='a'] AND [b:c='b']) REPEATS 2 TIMES", {"a": "tu", "b": "vw"}, ["tuvw"]),
        ("([b:c='a'] REPEATS 2 TIMES) AND [b:c='b']", {"a": "tuv", "b": "t"}, ["tuv"]),
        ("([b:c='a'] FOLLOWEDBY [b:c='b']) AND ([b:c='a'] FOLLOWEDBY [b:c='c'])", {"a": "tu", "b": "v", "c": "vw"}, ["tuvw"]),
        # What begins soonest ends too late.
        (
            "([b:c='a'] FOLLOWEDBY (([b:c='b'] FOLLOWEDBY [b:c='c']) OR [b:c='d'])) WITHIN 4 SECONDS",
            {"a": "t", "b": "u", "c": "z", "d": "w"},
            ["tw"],
        ),
        ("([b:c='a'] AND [b:c='b']) WITHIN 1 SECONDS", {"a": "tx", "b": "wz"}, ["wx"]),
        ("[b:c='a'] FOLLOWEDBY [b:c='b']", {"a": "tuv", "b": "vw"}, ["tv", "uw"]),
        ("[b:c='a'] REPEATS 2 TIMES", {"a": "tuvwx"}, ["tu", "vw"]),
        ("[b:c='a'] REPEATS 2 TIMES WITHIN 1 SECONDS", {"a": "tvwz"}, ["vw"]),
        ("[b:c='a'] OR ([b:c='b'] AND [b:c='c'])", {"a": "tu", "b": "vu", "c": "w"}, ["t", "u", "vw"]),
    ],
)  # fmt: skip
def test_records_are_shared_out(pattern: str, met: Met, expected: list[str]) -> None:
    assert found(pattern, dict(zip("tuvwxyz", range(7), strict=True)), met) == expected


def test_at_the_same_moment_either_may_be_the_first() -> None:
    chain = "[b:c='a'] FOLLOWEDBY [b:c='b'] FOLLOWEDBY [b:c='c']"
    assert found(chain, {"t": 0, "u": 1, "v": 1}, {"a": "t", "b": "uv", "c": "u"}) == ["tvu"]


def test_a_record_without_a_time_meets_what_does_not_speak_of_time() -> None:
    met, seconds = {"a": "t", "b": "u"}, {"t": None, "u": 0}
    assert found("[b:c='a'] AND [b:c='b']", seconds, met) == ["ut"]
    assert found("[b:c='a'] FOLLOWEDBY [b:c='b']", seconds, met) == []
    assert found("([b:c='a'] AND [b:c='b']) WITHIN 9 SECONDS", seconds, met) == []
    assert found("[b:c='a'] WITHIN 9 SECONDS", seconds, met) == []


def many(count: int, gap: int) -> Seconds:
    return {chr(0x4E00 + number): number * gap for number in range(count)}


def test_thousands_of_records_that_all_meet_both_parts_are_answered() -> None:
    seconds = many(2_000, 60)
    both = {"a": "".join(seconds), "b": "".join(seconds)}
    pair = "([b:c='a'] AND [b:c='b']) WITHIN {} SECONDS"
    assert found(pair.format(59), seconds, both) == []
    assert len(found(pair.format(60), seconds, both)) == 1_000
    every = dict.fromkeys("abcde", "".join(seconds))
    five = "(" + " AND ".join(f"[b:c='{test}']" for test in every) + ") WITHIN {} SECONDS"
    assert found(five.format(239), seconds, every) == []
    assert len(found(five.format(240), seconds, every)) == 400


def test_what_cannot_all_be_tried_is_not_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = many(40, 60)
    both = {"a": "".join(seconds), "b": "".join(seconds)}
    monkeypatch.setattr("perito.detect.together.MOST_STEPS", 200)
    told = answer("([b:c='a'] AND [b:c='b']) WITHIN 59 SECONDS", seconds, both)
    assert (told.found, told.whole) == ([], False)
    told = answer("[b:c='a'] FOLLOWEDBY [b:c='b']", seconds, both)
    assert (len(told.found) > 1, told.whole) == (True, False)


@pytest.mark.parametrize(
    "pattern",
    [
        "(" + " AND ".join(["([b:c='a'] OR [b:c='b'] REPEATS 2 TIMES)"] * 9) + ")",
        "([b:c='a'] REPEATS 1000 TIMES) REPEATS 5 TIMES",
        "([b:c='a'] OR [b:c='b'] REPEATS 2 TIMES) REPEATS 999 TIMES",
    ],
)
def test_more_ways_than_are_tried_are_not_whole(pattern: str) -> None:
    assert answer(pattern, {"t": 0}, {"a": "t", "b": "t"}) == observed.Answer([], whole=False)


def test_qualifiers_as_they_are_written() -> None:
    assert read("WITHIN 1.5 SECONDS") == Qualifier("WITHIN", 1.5)
    assert read("REPEATS 3 TIMES") == Qualifier("REPEATS", 3)
    start, stop = datetime(2016, 7, 1, tzinfo=UTC), datetime(2016, 7, 2, 1, tzinfo=UTC)
    assert read("START t'2016-07-01T00:00:00Z' STOP t'2016-07-02T01:00:00Z'") == Qualifier("START", 0, start, stop)
    for bad in ("WITHIN -1 SECONDS", "REPEATS 1.5 TIMES", "REPEATS 1001 TIMES", "WITHIN 1e99 SECONDS"):
        assert read(bad) is None
