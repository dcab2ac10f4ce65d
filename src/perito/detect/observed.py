"""Operators over several observations: AND, OR, FOLLOWEDBY, WITHIN, REPEATS, START and STOP.

An observation is a record. Where a condition asks for several, each must be another record. A record without a time in
UTC is in no order: it meets AND and OR, and nothing that speaks of time.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import chain, combinations_with_replacement, pairwise, product
from math import comb
from typing import NamedTuple

from perito.detect.together import NEVER, Choices, Record, TooMany, Way
from perito.findings import Place
from perito.indicators.formats import stix2_qualifiers
from perito.indicators.formats.stix2_pattern import Junction, Node, Observation, Qualified

MOST_WAYS = 256
"""Ways to meet a condition, of alternatives that ask for several records, that are tried."""
MOST_PARTS = 4_096
"""Records that a condition may ask for."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Times = Callable[[Observation], Iterable[tuple[Place, datetime | None]]]
"""The records that meet an observation, with their times."""


class Answer(NamedTuple):
    """The places of the records that meet a condition together, in order of time; `whole`: no other choice is left."""

    found: list[tuple[Place, ...]]
    whole: bool


class _When(NamedTuple):
    """What is asked of the time of each record, in microseconds: that it is known, and from `start` to before `stop`."""

    timed: bool = False
    start: int = -NEVER
    stop: int = NEVER


def answered(tree: Node, times: Times) -> Answer:
    """Return what meets a condition: no record stands in two answers, and of those left over none would be another.

    Single records that meet it come first, each in order of time. Whether anything meets it is exact, unless there
    are too many ways to try; then what was found until then is returned, and that it is not `whole`.
    """
    try:
        ways = sorted(_ways(tree, times, _When()), key=lambda way: len(way.parts))
    except TooMany:
        return Answer([], whole=False)
    choices = Choices()
    found: list[tuple[Place, ...]] = []
    try:
        for way in ways:
            if len(way.parts) == 1:
                found += [(one.place,) for one in way.parts[0]]
                choices.taken.update(one.place for one in way.parts[0])
                continue
            found.extend(_in_time(chosen) for chosen in choices.of(way))
    except TooMany:
        return Answer(found, whole=False)
    return Answer(found, whole=True)


def _in_time(chosen: list[Record]) -> tuple[Place, ...]:
    return tuple(one.place for one in sorted(chosen, key=lambda one: one.time))


def _ways(node: Node, times: Times, when: _When) -> list[Way]:
    """Return the ways in which a condition may be met: more than one only by alternatives of several records."""
    if isinstance(node, Observation):
        return [Way((_records(times(node), when),))]
    if isinstance(node, Qualified):
        return _qualified(node, times, when)
    assert isinstance(node, Junction)  # comparisons stand in observations
    if node.op == "OR":
        return _either([way for part in node.parts for way in _ways(part, times, when)])
    if node.op == "FOLLOWEDBY":
        when = when._replace(timed=True)
    parts = [_ways(part, times, when) for part in node.parts]
    _bound(reduce(lambda count, ways: count * len(ways), parts, 1))
    join = _in_turn if node.op == "FOLLOWEDBY" else _all
    return [join(some) for some in product(*parts)]


def _records(seen: Iterable[tuple[Place, datetime | None]], when: _When) -> list[Record]:
    some = {Record(NEVER if time is None else (time - EPOCH) // MICROSECOND, place) for place, time in seen}
    if when != _When():
        some = {one for one in some if one.time != NEVER and when.start <= one.time < when.stop}
    return sorted(some)


def _either(ways: list[Way]) -> list[Way]:
    """Return alternatives; those of one record are one."""
    single = {one for way in ways if len(way.parts) == 1 for one in way.parts[0]}
    return [*([Way((sorted(single),))] if single else []), *(way for way in ways if len(way.parts) > 1)]


def _qualified(node: Qualified, times: Times, when: _When) -> list[Way]:
    qualifier = stix2_qualifiers.read(node.qualifier)
    assert qualifier is not None  # what cannot be read was not asked
    if qualifier.word == "REPEATS":
        return _repeated(_ways(node.part, times, when), int(qualifier.amount))
    if qualifier.start and qualifier.stop:
        start, stop = ((moment - EPOCH) // MICROSECOND for moment in (qualifier.start, qualifier.stop))
        return _ways(node.part, times, _When(timed=True, start=max(start, when.start), stop=min(stop, when.stop)))
    span = round(qualifier.amount * 1_000_000)
    ways = _ways(node.part, times, when._replace(timed=True))
    return [way._replace(spans=(*way.spans, (tuple(range(len(way.parts))), span))) for way in ways]


def _repeated(ways: list[Way], count: int) -> list[Way]:
    """Return the ways to meet a condition so often. Of two that are met in the same way, the first begins sooner."""
    found: list[Way] = []
    _bound(comb(len(ways) + count - 1, count))
    for some in combinations_with_replacement(range(len(ways)), count):
        whole = _all([ways[number] for number in some])
        starts = _starts([ways[number] for number in some])
        neighbours = zip(pairwise(starts), pairwise(some), strict=True)
        same = [pair for pair, (one, other) in neighbours if one == other]
        found.append(whole._replace(ranks=(*whole.ranks, *same)))
    return found


def _starts(ways: Sequence[Way]) -> list[int]:
    """Return the number that the first part of each way has when they are put one behind another."""
    found = [0]
    for way in ways[:-1]:
        found.append(found[-1] + len(way.parts))
    return found


def _all(ways: Sequence[Way]) -> Way:
    """Return the way in which all are met."""
    starts = _starts(ways)
    if starts[-1] + len(ways[-1].parts) > MOST_PARTS:
        raise TooMany
    moved = [_renumbered(way, by) for way, by in zip(ways, starts, strict=True)]
    return Way(*(tuple(chain.from_iterable(same)) for same in zip(*moved, strict=True)))


def _renumbered(way: Way, by: int) -> Way:
    def numbers(some: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(one + by for one in some)

    return Way(
        way.parts,
        tuple((numbers(left), numbers(right)) for left, right in way.orders),
        tuple((numbers(some), span) for some, span in way.spans),
        tuple((first + by, second + by) for first, second in way.ranks),
    )


def _in_turn(ways: Sequence[Way]) -> Way:
    """Return the way in which all are met, each when the one before it has been."""
    whole, starts = _all(ways), _starts(ways)
    groups = [tuple(range(start, start + len(way.parts))) for start, way in zip(starts, ways, strict=True)]
    return whole._replace(orders=(*whole.orders, *pairwise(groups)))


def _bound(count: int) -> None:
    if count > MOST_WAYS:
        raise TooMany
