"""Operators over several records, against what they mean, tried on every choice of records."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations, product

from hypothesis import given
from hypothesis import strategies as st

from perito.detect import observed
from perito.detect.observed import Occurrence
from perito.findings import Place
from perito.indicators.formats.stix2_qualifiers import Qualifier, read

NUMBERS = st.integers(0, 6)
RECORDS = st.lists(st.tuples(NUMBERS, st.one_of(st.none(), NUMBERS)), max_size=5)
PARTS = st.lists(RECORDS, min_size=2, max_size=4)
"""Records as number and second; the same number is the same record only with the same second."""


def part(records: list[tuple[int, int | None]]) -> list[Occurrence]:
    return [observed.met_by(_place(one), _time(one[1])) for one in records]


def _place(one: tuple[int, int | None]) -> Place:
    return Place("ios.message", "a.db", f"message {one[0]} {one[1]}")


def _time(second: int | None) -> datetime | None:
    return None if second is None else datetime(2016, 7, 1, tzinfo=UTC) + timedelta(seconds=second)


def spans(parts: list[list[tuple[int, int | None]]], *, in_order: bool) -> list[float | None]:
    """Return the span of every choice of one record of each part, all different; None where a time is missing."""
    found: list[float | None] = []
    for choice in product(*parts):
        if len(set(choice)) < len(choice):
            continue
        times = [one[1] for one in choice]
        known = [time for time in times if time is not None]
        if in_order and (len(known) < len(times) or any(later < earlier for earlier, later in pairwise(known))):
            continue
        found.append(max(known) - min(known) if len(known) == len(times) else None)
    return found


@given(PARTS)
def test_and_is_met_when_records_of_all_parts_can_be_chosen(parts: list[list[tuple[int, int | None]]]) -> None:
    possible = spans(parts, in_order=False)
    found = observed.all_of([part(one) for one in parts])
    assert bool(found) == bool(possible)
    assert all(len(set(one.places)) == len(parts) for one in found)
    known = [span for span in possible if span is not None]
    shortest = [(one.last - one.first).total_seconds() for one in found if one.last != observed.NEVER]
    assert min(known, default=None) == min(shortest, default=None)


@given(st.lists(RECORDS, min_size=2, max_size=2), st.integers(0, 6))
def test_within_holds_when_some_choice_lies_so_close(parts: list[list[tuple[int, int | None]]], seconds: int) -> None:
    for in_order, join in ((False, observed.all_of), (True, observed.followed)):
        close = [span for span in spans(parts, in_order=in_order) if span is not None and span <= seconds]
        found = observed.qualified(join([part(one) for one in parts]), Qualifier("WITHIN", seconds))
        assert bool(found) == bool(close)


@given(RECORDS, st.integers(1, 4))
def test_repeats_counts_different_records(records: list[tuple[int, int | None]], times: int) -> None:
    found = observed.qualified(observed.any_of([part(records)]), Qualifier("REPEATS", times))
    assert len(found) == max(0, len(set(records)) - times + 1)


def test_what_shares_a_record_is_told_once() -> None:
    found = observed.followed([part([(1, 0), (2, 1)]), part([(3, 2)])])
    assert [one.places for one in observed.apart(found)] == [(_place((1, 0)), _place((3, 2)))]


def test_qualifiers_as_they_are_written() -> None:
    assert read("WITHIN 1.5 SECONDS") == Qualifier("WITHIN", 1.5)
    assert read("REPEATS 3 TIMES") == Qualifier("REPEATS", 3)
    start, stop = datetime(2016, 7, 1, tzinfo=UTC), datetime(2016, 7, 2, 1, tzinfo=UTC)
    assert read("START t'2016-07-01T00:00:00Z' STOP t'2016-07-02T01:00:00Z'") == Qualifier("START", 0, start, stop)
    for bad in ("WITHIN -1 SECONDS", "REPEATS 1.5 TIMES", "REPEATS 1001 TIMES", "WITHIN 1e99 SECONDS"):
        assert read(bad) is None


@given(PARTS, NUMBERS)
def test_and_is_met_as_soon_as_any_choice_from_a_moment_on_allows(
    parts: list[list[tuple[int, int | None]]], start: int
) -> None:
    """Against every choice of different records none of which is before that moment."""
    ends = [
        max(second for _, second in choice if second is not None)
        for choice in product(*parts)
        if len(set(choice)) == len(choice) and all(second is not None and second >= start for _, second in choice)
    ]
    found = observed.all_of([part(one) for one in parts])
    begun = _time(start)
    assert begun is not None
    lasts = [one.last for one in found if one.first >= begun and one.last != observed.NEVER]
    assert min(lasts, default=None) == _time(min(ends, default=None))
    by_part = [{_place(one) for one in records} for records in parts]
    for one in found:
        assert any(
            all(place in of for place, of in zip(order, by_part, strict=True)) for order in permutations(one.places)
        )


def test_one_record_is_left_to_the_part_that_has_no_other() -> None:
    """Each part would take record 1 first; the third can take no other."""
    (one,) = observed.all_of([part([(1, 0), (2, 1)]), part([(1, 0), (3, 2)]), part([(1, 0)])])
    assert one.places == tuple(sorted(_place(record) for record in [(1, 0), (2, 1), (3, 2)]))
    assert observed.all_of([part([(1, 0), (2, 1)]), part([(1, 0), (2, 1)]), part([(1, 0), (2, 1)])]) == []
