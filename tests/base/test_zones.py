from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.base.errors import UsageError
from perito.base.zones import BEYOND, NEVER, NO_DOUBT, TWICE, Zone, named_zone

ZERO = datetime(1970, 1, 1)  # noqa: DTZ001 - written times have no zone
NAMES = ("America/Mexico_City", "Europe/Madrid", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "UTC")


def at(name: str) -> Zone:
    found = named_zone(name)
    assert found is not None
    return found


def converted(name: str, *written: datetime) -> list[tuple[str, int]]:
    micros = np.array([(one - ZERO) // timedelta(microseconds=1) for one in written], np.int64)
    utc, doubts = at(name).to_utc(micros)
    return [(str(ZERO + timedelta(microseconds=int(one))), int(doubt)) for one, doubt in zip(utc, doubts, strict=True)]


def local(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def test_times_of_a_day_without_change_are_shifted_by_that_days_offset():
    assert converted("America/Mexico_City", local(2017, 3, 12, 14, 5), local(2017, 7, 1, 0, 0)) == [
        ("2017-03-12 20:05:00", NO_DOUBT),
        ("2017-07-01 05:00:00", NO_DOUBT),
    ]
    assert converted("Asia/Kathmandu", local(2017, 3, 12, 14, 5)) == [("2017-03-12 08:20:00", NO_DOUBT)]


def test_mexico_gave_up_summer_time_in_2022():
    assert converted("America/Mexico_City", local(2023, 7, 1, 12, 0)) == [("2023-07-01 18:00:00", NO_DOUBT)]


def test_a_time_that_was_shown_twice_is_the_earlier_one_and_one_never_shown_is_told():
    assert converted("America/Mexico_City", local(2017, 10, 29, 1, 30), local(2017, 10, 29, 3, 0)) == [
        ("2017-10-29 06:30:00", TWICE),
        ("2017-10-29 09:00:00", NO_DOUBT),
    ]
    assert converted("America/Mexico_City", local(2017, 4, 2, 2, 30), local(2017, 4, 2, 1, 59)) == [
        ("2017-04-02 08:30:00", NEVER),
        ("2017-04-02 07:59:00", NO_DOUBT),
    ]


def test_what_lies_beyond_the_years_that_can_be_written_stays_as_it_is():
    assert converted("Asia/Kathmandu", local(1, 1, 1)) == [("0001-01-01 00:00:00", BEYOND)]
    assert converted("America/Mexico_City", local(9999, 12, 31, 23)) == [("9999-12-31 23:00:00", BEYOND)]


@given(st.sampled_from(NAMES), st.lists(st.datetimes(local(1960, 1, 1), local(2040, 1, 1)), max_size=20))
def test_a_whole_column_is_converted_as_each_time_would_be(name: str, written: list[datetime]):
    info = at(name).info
    expected = []
    for one in written:
        aware = one.replace(tzinfo=info)
        back = aware.astimezone(UTC).astimezone(info).replace(tzinfo=None)
        same = aware.utcoffset() == aware.replace(fold=1).utcoffset()
        doubt = NO_DOUBT if same else TWICE if back == one else NEVER
        expected.append((str(aware.astimezone(UTC).replace(tzinfo=None)), doubt))
    assert converted(name, *written) == expected


@pytest.mark.parametrize("name", ["Mexico City", "../../etc/passwd", "america/mexico_city", "zones", "\x00"])
def test_a_name_that_is_no_zone_is_refused(name: str):
    with pytest.raises(UsageError, match="there is no time zone called"):
        named_zone(name)


def test_the_hint_names_a_zone_that_is_near():
    with pytest.raises(UsageError, match="did you mean America/Mexico_City"):
        named_zone("America/Mexico-City")
    assert named_zone(None) is None
    assert named_zone("") is None
