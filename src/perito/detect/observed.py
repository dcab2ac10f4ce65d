"""Operators over several observations: AND, OR, FOLLOWEDBY, WITHIN, REPEATS, START and STOP.

An observation is a record. Where a condition asks for several, each must be another record. A record without a time in
UTC is in no order: it meets AND and OR, and nothing that speaks of time.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import NamedTuple

from perito.detect.together import Parts, Record
from perito.findings import Place
from perito.indicators.formats.stix2_qualifiers import Qualifier

NEVER = datetime.max.replace(tzinfo=UTC)
"""Stands for a time that is not known: behind all others."""


MOST_EXACT = 16
"""Parts of an AND between which records are shared out exactly; its cost grows with the cube of their number."""


class Occurrence(NamedTuple):
    """Records that meet a condition together, and the first and the last of their times (NEVER: not known)."""

    first: datetime
    last: datetime
    places: tuple[Place, ...]


def met_by(place: Place, time: datetime | None) -> Occurrence:
    """Return the occurrence of one record."""
    return Occurrence(time or NEVER, time or NEVER, (place,))


def all_of(parts: Sequence[list[Occurrence]]) -> list[Occurrence]:
    """Return, for each moment at which one of the parts begins, the soonest from then on at which all are met.

    That is exact where each part is met by one record. Where a part takes several (REPEATS, FOLLOWEDBY in parentheses),
    or the parts are more than MOST_EXACT, each part takes the soonest that is left, and each is first in turn.
    """
    if not all(parts):
        return []
    if len(parts) <= MOST_EXACT and all(len(one.places) == 1 for part in parts for one in part):
        return _all_of_records(parts)
    lists = [_Sorted(part) for part in parts]
    orders = [lists[at:] + lists[:at] for at in range(len(lists))]
    starts = sorted({one.first for part in parts for one in part})
    soonest = ([one for one in (_chosen(order, start) for order in orders) if one] for start in starts)
    return sorted({min(some, key=lambda one: (one.last, one.places)) for some in soonest if some})


def _all_of_records(parts: Sequence[list[Occurrence]]) -> list[Occurrence]:
    records = Parts([[Record(one.first, one.places[0]) for one in part] for part in parts])
    starts = sorted({one.first for part in parts for one in part})
    chosen = [some for some in map(records.soonest, starts) if some]
    return sorted({_of_records(some) for some in chosen})


def _of_records(some: list[Record]) -> Occurrence:
    times = [one.time for one in some]
    return Occurrence(min(times), max(times), tuple(sorted(one.place for one in some)))


def _chosen(parts: "Sequence[_Sorted]", start: datetime) -> Occurrence | None:
    """Return the soonest of each part, each another record; who chooses first may take what a later one needs."""
    whole: Occurrence | None = None
    for part in parts:
        whole = _joined(whole, part.soonest(start, whole.places if whole else ()))
        if whole is None:
            return None
    return whole


def followed(parts: Sequence[list[Occurrence]]) -> list[Occurrence]:
    """Return for each occurrence of the first part the soonest of each further one that begins when it has ended."""
    lists = [_Sorted([one for one in part if one.last != NEVER]) for part in parts]
    found = []
    for first in lists[0].listed:
        whole: Occurrence | None = first
        for part in lists[1:]:
            whole = _joined(whole, part.soonest(whole.last, whole.places)) if whole else None
        if whole is not None:
            found.append(whole)
    return sorted(set(found))


def any_of(parts: Iterable[list[Occurrence]]) -> list[Occurrence]:
    """Return the occurrences of all parts."""
    return sorted({one for part in parts for one in part})


def qualified(found: list[Occurrence], qualifier: Qualifier) -> list[Occurrence]:
    """Return the occurrences that hold WITHIN or START and STOP, or so many of them together for REPEATS."""
    if qualifier.word == "REPEATS":
        return _repeated(found, int(qualifier.amount))
    timed = [one for one in found if one.last != NEVER]
    if qualifier.word == "WITHIN":
        return [one for one in timed if (one.last - one.first).total_seconds() <= qualifier.amount]
    start, stop = qualifier.start, qualifier.stop
    return [one for one in timed if start and stop and start <= one.first and one.last < stop]


def apart(found: Iterable[Occurrence]) -> list[Occurrence]:
    """Return occurrences that share no record, the first in time before others."""
    taken: set[Place] = set()
    kept = []
    for one in sorted(found):
        if taken.isdisjoint(one.places):
            taken.update(one.places)
            kept.append(one)
    return kept


class _Sorted:
    """Occurrences in order of time, so that the soonest from a moment on is found by halving."""

    def __init__(self, found: list[Occurrence]) -> None:
        self.listed = sorted(found)
        self._firsts = [one.first for one in self.listed]

    def soonest(self, start: datetime, taken: Sequence[Place]) -> Occurrence | None:
        """Return the soonest that begins at `start` or later and shares no record with what is taken."""
        for at in range(bisect_left(self._firsts, start), len(self.listed)):
            if not set(taken) & set(self.listed[at].places):
                return self.listed[at]
        return None


def _joined(one: Occurrence | None, other: Occurrence | None) -> Occurrence | None:
    if one is None or other is None:
        return other
    return Occurrence(min(one.first, other.first), max(one.last, other.last), (*one.places, *other.places))


def _repeated(found: list[Occurrence], times: int) -> list[Occurrence]:
    listed = apart(found)
    runs = [listed[at : at + times] for at in range(len(listed) - times + 1)]
    return [
        Occurrence(run[0].first, max(map(attrgetter("last"), run)), tuple(place for one in run for place in one.places))
        for run in runs
    ]
