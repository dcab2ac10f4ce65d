"""Times as STIX 2 writes them."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from perito.indicators import indicator

TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ](?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)

USUAL = r"^[12][0-9]{3}-[01][0-9]-[0-3][0-9]T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?Z$"
"""Times that pyarrow reads as `moment` does."""


@lru_cache(4096)
def moment(text: str) -> datetime | None:
    """Return a time in UTC; a text without a zone is taken as UTC, one that is no time gives None."""
    if not TIME.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is UTC:
            return found
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def moments(texts: pa.StringArray) -> pa.TimestampArray:
    """Return what `moment` gives of each of many texts."""
    if pc.all(pc.match_substring_regex(texts, USUAL), min_count=0).as_py():
        with suppress(pa.ArrowInvalid):  # a day that there is not
            return texts.cast(indicator.TIME)
    return pa.array([None if text is None else moment(text) for text in texts.to_pylist()], indicator.TIME)


def order(one: str, other: str) -> int:
    """Compare two times as written, as times where both are: `…00.5Z` is later than `…00Z`."""
    first, second = moment(one), moment(other)
    if first is None or second is None:
        return (one > other) - (one < other)
    return (first > second) - (first < second)
