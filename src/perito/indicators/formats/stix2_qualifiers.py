"""What a qualifier of a STIX 2 pattern says: WITHIN so many seconds, REPEATS so often, from START to STOP."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

AMOUNT = re.compile(r"\+?(?:[0-9]{1,12}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})")
MOST_TIMES = 1_000
"""Observations that REPEATS may ask for."""


class Qualifier(NamedTuple):
    """The word, with seconds (WITHIN) or times (REPEATS) as `amount`, or the moments of START (in) and STOP (out)."""

    word: str
    amount: float = 0
    start: datetime | None = None
    stop: datetime | None = None


def read(text: str) -> Qualifier | None:
    """Return what a qualifier says, as `stix2_pattern` writes it; None where it cannot be asked."""
    word, *told = text.split()
    if word == "START":
        start, stop = _moment(told[0]), _moment(told[-1])
        return Qualifier(word, 0, start, stop) if start and stop else None
    if not AMOUNT.fullmatch(told[0]):
        return None
    amount = float(told[0])
    if word == "REPEATS" and not (1 <= amount <= MOST_TIMES and amount.is_integer()):
        return None
    return Qualifier(word, amount)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.removeprefix("t").strip("'"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
