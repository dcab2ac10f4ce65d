"""AND of several observations: each by another record, and as soon as that is possible."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from perito.findings import Place


class Record(NamedTuple):
    """A record that meets one part of a condition, and its time."""

    time: datetime
    place: Place


class Parts:
    """The records that meet each part, in order of time."""

    def __init__(self, parts: Sequence[Sequence[Record]]) -> None:
        self._parts = [sorted(set(part)) for part in parts]
        self._times = [[one.time for one in part] for part in self._parts]

    def soonest(self, start: datetime) -> list[Record] | None:
        """Return one record for each part, no two the same, none before `start`, the last as early as can be.

        Of each part no more than as many records as there are parts need a look: where a later one is chosen, the
        others cannot hold all of the earlier.
        """
        most = len(self._parts)
        windows = []
        for part, times in zip(self._parts, self._times, strict=True):
            at = bisect_left(times, start)
            windows.append(part[at : at + most])
        if not all(windows):
            return None
        firsts = [window[0] for window in windows]
        if len({one.place for one in firsts}) == most:
            return firsts
        no_sooner = max(one.time for one in firsts)
        for end in sorted({one.time for window in windows for one in window if one.time >= no_sooner}):
            found = _matched([[one for one in window if one.time <= end] for window in windows])
            if found:
                return found
        return None


def _matched(windows: list[list[Record]]) -> list[Record] | None:
    """Return a record of each window, all of different places; None where there is no such choice (Kuhn's algorithm)."""
    holder: dict[Place, int] = {}
    held: dict[int, Record] = {}

    def find(part: int, tried: set[Place]) -> bool:
        for one in windows[part]:
            if one.place in tried:
                continue
            tried.add(one.place)
            if one.place not in holder or find(holder[one.place], tried):
                holder[one.place], held[part] = part, one
                return True
        return False

    if all(find(part, set()) for part in range(len(windows))):
        return [held[part] for part in range(len(windows))]
    return None
