"""Times as people write them: read where they can mean one thing only."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.artifacts.readers import written_times as times


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["13/05/16"], "dmy"),
        (["05/13/16"], "mdy"),
        (["2016/05/13"], "ymd"),
        (["01/02/16"], ""),
        (["01/02/16", "13/02/16"], "dmy"),
        (["01.02.16"], "dmy"),  # no language writes the month first with full stops
        (["01/02/16", "02/02/16", "01/03/16"], "dmy"),  # else time would run backwards
        (["02/01/16", "02/02/16", "03/01/16"], "mdy"),
        (["13/05/16", "05/13/16"], ""),
        (["13/05/16", "31/02/16", "99/99/99"], "dmy"),  # days that do not exist decide nothing
        ([], ""),
    ],
)
def test_the_order_is_told_by_the_whole_file_or_not_at_all(dates: list[str], order: str) -> None:
    assert times.order(dates) == order


@given(st.lists(st.dates(date(2009, 1, 1), date(2030, 1, 1)), min_size=1), st.sampled_from(["%d/%m/%y", "%m/%d/%Y"]))
def test_an_order_that_is_told_is_the_right_one(days: list[date], style: str) -> None:
    written = [day.strftime(style) for day in sorted(days)]
    order = times.order(written)
    assert order == "" or [times.day_of(one, order) for one in written] == sorted(days)


@pytest.mark.parametrize(
    ("hour", "half", "expected"),
    [
        ("9:07", None, "09:07:00"),
        ("12:00", "a. m.", "00:00:00"),
        ("12:00", "p.\u00a0m.", "12:00:00"),
        ("8:49:30", "PM", "20:49:30"),
        ("00:08", "a. m.", "00:08:00"),
        ("13:05", "p.m.", "13:05:00"),
        ("20.49", "Uhr", "20:49:00"),
        ("25:00", None, None),
        ("9:07", "xyz", None),
    ],
)
def test_time_of_day(hour: str, half: str | None, expected: str | None) -> None:
    read = times.hour_of(hour, half)
    assert (read and read.isoformat()) == expected


@pytest.mark.parametrize(
    ("written", "order", "expected"),
    [
        ("2016-07-04T03:00:00-05:00", "", "2016-07-04T03:00:00-05:00"),
        ("2016-07-04T08:00:00Z", "", "2016-07-04T08:00:00+00:00"),
        ("2016-07-04 03:01", "", "2016-07-04T03:01:00"),
        ("04/07/2016 10:15 p. m.", "dmy", "2016-07-04T22:15:00"),
        ("04/07/2016, 10:15", "", None),
        ("25/07/2016, 10:15", "", "2016-07-25T10:15:00"),
        ("2016/07/04 10:15", "dmy", "2016-07-04T10:15:00"),
        ("4 de julio de 2016 10:15", "", "2016-07-04T10:15:00"),
        ("4-jul-2016 10:15 pm", "", "2016-07-04T22:15:00"),
        ("Jul 4, 2016 10:15 AM", "", "2016-07-04T10:15:00"),
        ("4 de abril de 2016", "", None),  # a day is no time
        ("2016-07-04", "", None),
        ("31/02/2016 10:00", "dmy", None),
        ("ayer", "dmy", None),
    ],
)
def test_a_whole_time(written: str, order: str, expected: str | None) -> None:
    read = times.understood(written, order)
    assert (read and read.isoformat()) == expected


@given(st.text(max_size=60), st.sampled_from(["", "dmy", "mdy", "ymd"]))
def test_any_text_is_a_time_or_none(written: str, order: str) -> None:
    assert times.understood(written, order) is None or isinstance(times.understood(written, order), datetime)
