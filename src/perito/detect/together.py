"""A record for each part of a condition: no two the same, in the order and as close together as it asks."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

from perito.findings import Place

NEVER = 1 << 62
"""Stands for a time that is not known: behind all others."""
MOST_STEPS = 2_000_000
"""Looks at a part while one condition is answered; its records can be chosen in more ways than can be tried."""
MOST_MATCHED = 64
"""Parts for which it is told beforehand whether there are enough different records; that takes the cube of them."""


class TooMany(Exception):
    """Tell that there are more ways to meet a condition than can be tried."""


class Record(NamedTuple):
    """A record that meets one part of a condition, and its time in microseconds."""

    time: int
    place: Place


class Way(NamedTuple):
    """Parts, each with the sorted records that meet it, and what must hold of those that are chosen, by number of part.

    `orders`: none of the left is later than any of the right. `spans`: so many microseconds between the first and the
    last at most. `ranks`: of two parts that the same list meets, the first takes the earlier record.
    """

    parts: tuple[list[Record], ...]
    orders: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = ()
    spans: tuple[tuple[tuple[int, ...], int], ...] = ()
    ranks: tuple[tuple[int, int], ...] = ()


class Choices:
    """Choices that meet a condition one after another, until no record is left for another one.

    Whatever is asked of times, if two choices meet it then so does the earlier record of both for each part. So there
    is one that is the earliest for every part, and it is found by leaving out what is too early. Where it takes one
    record twice, one of these two parts must take a later record: both are tried, and nothing else needs to be.
    """

    def __init__(self) -> None:
        self.taken: set[Place] = set()
        self._steps = 0

    def of(self, way: Way) -> Iterator[list[Record]]:
        """Yield records for each part, none of which was chosen before; TooMany where not all could be tried."""
        least = [0] * len(way.parts)
        while self._settled(way, least):
            found = self._different(way, least)
            if found is None:
                return
            chosen = [part[at] for part, at in zip(way.parts, found, strict=True)]
            self.taken.update(one.place for one in chosen)
            yield chosen

    def _different(self, way: Way, least: list[int]) -> list[int] | None:
        """Return the numbers of different records from the least on; what none can take is left out of `least`.

        Where the earliest record is the same, what has moved on furthest is tried first: that leads to a choice soonest
        where there is one. Where there is none, everything near that record is tried before anything later, and is
        never tried again.
        """
        waiting = [_turn(way, least)]
        seen = {tuple(least)}
        while waiting:
            state = heappop(waiting)[-1]
            twice = _twice(way, state)
            if twice is None:
                self._steps += len(waiting) * len(state)
                least[:] = map(min, zip(state, *(one[-1] for one in waiting), strict=True))
                return state
            if not self._enough(way, state, range(len(state)), NEVER):
                continue
            past = self._past(way, state)
            both = ([at + (number == part) for number, at in enumerate(state)] for part in twice)
            for later in both if past is None else (past,):
                if self._settled(way, later) and tuple(later) not in seen:
                    seen.add(tuple(later))
                    heappush(waiting, _turn(way, later))
        return None

    def _settled(self, way: Way, state: list[int]) -> bool:
        """Move each part on to the first record that what is asked of times allows; False where there is none."""
        while True:
            self._steps += len(state)
            if self._steps > MOST_STEPS:
                raise TooMany
            before = list(state)
            for number, part in enumerate(way.parts):
                while state[number] < len(part) and part[state[number]].place in self.taken:
                    state[number] += 1
            if not (_left(way, state) and _moved(way, state)):
                return False
            if state == before:
                return True

    def _past(self, way: Way, state: list[int]) -> list[int] | None:
        """Return the state past the earliest record of parts that are to lie close together, if too few lie near it."""
        for numbers, span in way.spans:
            start = min(way.parts[number][state[number]].time for number in numbers)
            if not self._enough(way, state, numbers, start + span):
                later = list(state)
                for number in numbers:
                    later[number] = bisect_left(way.parts[number], (start + 1,), state[number])
                return later
        return None

    def _enough(self, way: Way, state: list[int], numbers: Sequence[int], until: int) -> bool:
        """Tell whether there are as many different records as parts, none later than a time (Kuhn's algorithm).

        Of each part no more records need a look than there are parts.
        """
        most = len(numbers)
        if most > MOST_MATCHED:
            return True
        left = [self._free(way.parts[number], state[number], most, until) for number in numbers]
        holder: dict[Place, int] = {}

        def find(part: int, tried: set[Place]) -> bool:
            for place in left[part]:
                if place in tried:
                    continue
                tried.add(place)
                if place not in holder or find(holder[place], tried):
                    holder[place] = part
                    return True
            return False

        return all(find(part, set()) for part in range(most))

    def _free(self, part: list[Record], at: int, most: int, until: int) -> list[Place]:
        found: list[Place] = []
        while at < len(part) and len(found) < most and part[at].time <= until:
            if part[at].place not in self.taken:
                found.append(part[at].place)
            at += 1
            self._steps += 1
        return found


def _left(way: Way, state: list[int]) -> bool:
    return all(at < len(part) for part, at in zip(way.parts, state, strict=True))


def _moved(way: Way, state: list[int]) -> bool:
    """Leave out what is too early beside the earliest of the other parts; False where nothing is left."""

    def no_sooner(numbers: tuple[int, ...], time: int) -> bool:
        for number in numbers:
            part = way.parts[number]
            if part[state[number]].time < time:
                state[number] = bisect_left(part, (time,), state[number])
                if state[number] == len(part):
                    return False
        return True

    def latest(numbers: tuple[int, ...]) -> int:
        return max(way.parts[number][state[number]].time for number in numbers)

    for first, second in way.ranks:
        state[second] = max(state[second], state[first] + 1)
    return (
        _left(way, state)
        and all(no_sooner(right, latest(left)) for left, right in way.orders)
        and all(no_sooner(numbers, latest(numbers) - span) for numbers, span in way.spans)
    )


def _twice(way: Way, state: list[int]) -> tuple[int, int] | None:
    """Return two parts that would take the same record."""
    holder: dict[Place, int] = {}
    for number, at in enumerate(state):
        other = holder.setdefault(way.parts[number][at].place, number)
        if other != number:
            return other, number
    return None


def _turn(way: Way, state: list[int]) -> tuple[int, int, int, list[int]]:
    """Return what decides when a state is tried, and the state."""
    times = [part[at].time for part, at in zip(way.parts, state, strict=True)]
    return min(times), -sum(state), max(times), state
