"""Times that were written without a zone, put into the zone a person names: whole columns at a time.

The rules of the zones are those of the `tzdata` package, not of the machine, so that every machine converts alike.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import numpy as np

from perito.base.errors import UsageError

DAY = 86_400_000_000
"""Microseconds, as all numbers here."""
ZERO = datetime(1970, 1, 1)  # noqa: DTZ001 - the written times have no zone
LOWEST, HIGHEST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The years 1 to 9999."""
NO_DOUBT, TWICE, NEVER, BEYOND = range(4)
DOUBTS = {TWICE: "twice", NEVER: "never"}


@dataclass(frozen=True)
class Zone:
    """A time zone of the IANA database, and the version of the database."""

    name: str
    rules: str
    info: ZoneInfo

    def to_utc(self, local: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return UTC for microseconds since 1970 as a clock of this zone shows them, and what is doubtful about each.

        A time that was shown TWICE when clocks went back is taken as the earlier one; one that was NEVER shown, because
        clocks jumped over it, as if they had not; BEYOND the years 1 to 9999 nothing is converted. Cost: a step a day
        that occurs, and one a time on days on which clocks changed.
        """
        days, places = np.unique(local // DAY, return_inverse=True)
        whole = [self._all_day(int(day)) for day in days]
        steady = np.array([one is not None for one in whole], bool)[places]
        offsets = np.array([one or 0 for one in whole], np.int64)[places]
        doubts = np.zeros(len(local), np.int8)
        for place in np.flatnonzero(~steady):
            offsets[place], doubts[place] = self._one(int(local[place]))
        utc = local - offsets
        beyond = (utc < LOWEST) | (utc > HIGHEST)
        doubts[beyond] = BEYOND
        return np.where(beyond, local, utc), doubts

    def _all_day(self, day: int) -> int | None:
        """Return the offset that holds all day; None on a day on which clocks changed."""
        ends = (ZERO + timedelta(days=day), ZERO + timedelta(days=day, microseconds=DAY - 1))
        found = {self._offset(end, fold) for end in ends for fold in (0, 1)}
        return found.pop() if len(found) == 1 else None

    def _one(self, local: int) -> tuple[int, int]:
        moment = ZERO + timedelta(microseconds=local)
        first, second = self._offset(moment, 0), self._offset(moment, 1)
        if first == second:
            return first, NO_DOUBT
        # Clocks went back when the earlier offset is the larger one (PEP 495); else they jumped over this time.
        return first, TWICE if first > second else NEVER

    def _offset(self, moment: datetime, fold: int) -> int:
        offset = moment.replace(tzinfo=self.info, fold=fold).utcoffset() or timedelta()
        return offset // timedelta(microseconds=1)


@cache
def named_zone(name: str | None) -> Zone | None:
    """Return the zone of an IANA name such as `America/Mexico_City`; UsageError where there is none of that name.

    Without a name there is no zone.
    """
    if not name:
        return None
    import tzdata  # needed only where a person names a zone

    known = set(files("tzdata").joinpath("zones").read_text("utf-8").split())
    if name not in known:
        near = get_close_matches(name, known, 1, 0.5)
        raise UsageError(
            "--timezone",
            f"there is no time zone called {name!r}",
            "nothing was examined",
            f"did you mean {near[0]}?" if near else "give a name such as America/Mexico_City or Europe/Madrid",
        )
    with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as rules:
        return Zone(name, str(tzdata.IANA_VERSION), ZoneInfo.from_file(rules, key=name))
