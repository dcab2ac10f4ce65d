"""The time axis of the picture: which period it shows, and where its ticks stand. Time is days since year 1, UTC."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from perito.findings.wording import Translator
from perito.findings.wording.texts import MONTHS

MOMENT = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d))?)?")
EARLIEST = date(1990, 1, 1).toordinal()
LATEST = date(2100, 1, 1).toordinal()
EDGE = 0.001
"""Share of the records at each end that may lie far away without stretching the picture."""
SHORTEST = 2.0
YEAR = 12
STEPS = ((0, 1), (0, 2), (0, 7), (0, 14), (1, 0), (3, 0), (6, 0), (12, 0), (24, 0), (60, 0), (120, 0))
"""Distances of ticks as (months, days), each with its own kind of label."""


def days(time: object) -> float | None:
    """Return the day and its fraction of an RFC 3339 time, date or month; None for what is no time after 1990."""
    found = MOMENT.match(str(time))
    if not found:
        return None
    year, month, monthday, hour, minute = (int(part) if part else None for part in found.groups())
    try:
        whole = date(year or 0, month or 0, monthday or 1).toordinal()
    except ValueError:
        return None
    return whole + (hour or 0) / 24 + (minute or 0) / 1440 if EARLIEST <= whole < LATEST else None


@dataclass(frozen=True)
class Scale:
    """Map days to a horizontal position between `left` and `left + width`."""

    first: float
    last: float
    left: float
    width: float

    def at(self, day: float) -> float:
        """Return the position of a day, also for one outside the period."""
        return self.left + (day - self.first) / (self.last - self.first) * self.width

    def holds(self, day: float) -> bool:
        """Whether the day lies in the period shown."""
        return self.first <= day <= self.last


def period(counts: Sequence[tuple[float, int]], marks: Sequence[float]) -> tuple[float, float] | None:
    """Return first and last day to show: all marks, and all records but the few that lie far from the others."""
    ends = [*_core(sorted(counts)), *marks]
    if not ends:
        return None
    first, last = min(ends), max(ends)
    margin = max((last - first) * 0.02, (SHORTEST - (last - first)) / 2, 0.5)
    return first - margin, last + margin


def _core(counts: list[tuple[float, int]]) -> tuple[float, ...]:
    if not counts:
        return ()
    low, high = _quantile(counts), _quantile(counts[::-1])
    first, last = counts[0][0], counts[-1][0]
    return (first, last) if last - first <= 3 * max(high - low, 30) else (low, high)


def _quantile(counts: Iterable[tuple[float, int]]) -> float:
    rows = list(counts)
    left = EDGE * sum(count for _, count in rows)
    for day, count in rows:
        left -= count
        if left < 0:
            return day
    return rows[-1][0]


def ticks(scale: Scale, most: int, words: Translator) -> list[tuple[float, str, bool]]:
    """Return (day, label, whether a year begins) for at most `most` ticks at whole days, months or years."""
    for months, step in STEPS:
        found = list(_every(scale, months, step, most))
        if len(found) <= most:
            return [_tick(day, months, words, first=day == found[0]) for day in found]
    return []


def _every(scale: Scale, months: int, step: int, most: int) -> Iterator[date]:
    day = date.fromordinal(int(scale.first))
    day = day.replace(month=1, day=1) if months else day
    day = day.replace(year=day.year - day.year % (months // YEAR)) if months > YEAR else day
    for _ in range(20 * most):
        if day.toordinal() > scale.last:
            return
        if day.toordinal() >= scale.first:
            yield day
        day = _later(day, months) if months else date.fromordinal(day.toordinal() + step)


def _later(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)


def _tick(day: date, months: int, words: Translator, *, first: bool) -> tuple[float, str, bool]:
    month, new_year = words(MONTHS[day.month - 1]), day.timetuple().tm_yday == 1
    label = month if months else f"{day.day} {month}"
    if months and day.month == 1:
        label = str(day.year)
    elif first:
        label = f"{label} {day.year}"
    return day.toordinal(), label, new_year
