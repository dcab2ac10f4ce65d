"""Clocks of the devices, and the one way a time is written."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAC_EPOCH_SECONDS = 978_307_200
"""Seconds from 1970-01-01 to 2001-01-01, the zero of Apple's clock."""
WEBKIT_EPOCH_SECONDS = -11_644_473_600
"""Seconds from 1970-01-01 to 1601-01-01, the zero of Chrome's clock."""
MICROSECOND = 1_000_000


def from_microseconds(value: int) -> datetime:
    """Return the aware UTC time that lies `value` microseconds after 1970; OverflowError outside years 1 to 9999."""
    return EPOCH + timedelta(microseconds=value)


def rfc3339(moment: datetime | int | None) -> str | None:
    """Return `2016-07-04T10:22:31.5Z`: UTC, no trailing zeros, so that equal times are equal texts.

    An int is microseconds since 1970; a naive datetime is taken as UTC.
    """
    if moment is None:
        return None
    if isinstance(moment, int):
        moment = from_microseconds(moment)
    aware = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    whole = f"{aware.year:04d}-{aware:%m-%dT%H:%M:%S}"
    fraction = f".{aware.microsecond:06d}".rstrip("0") if aware.microsecond else ""
    return f"{whole}{fraction}Z"
