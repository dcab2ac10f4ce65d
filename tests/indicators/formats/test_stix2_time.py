"""Times of STIX 2: many at once are what each is by itself."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators.formats.stix2_time import moment, moments

DIGITS = st.text("0123456789", max_size=8)
WRITTEN = st.builds(
    lambda year, month, day, hour, rest, fraction, zone: f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{rest:02d}:{rest:02d}{fraction}{zone}",
    st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32), st.integers(0, 24), st.integers(0, 60),
    st.just("") | st.builds("{}{}".format, st.sampled_from([".", ","]), DIGITS), st.sampled_from(["Z", "Z", "Z", "", "+02:00", "z", "Z\n"]),
)  # fmt: skip
USUAL = st.datetimes().map(lambda one: one.isoformat(timespec="milliseconds") + "Z")


@given(st.lists(USUAL, max_size=5), st.lists(WRITTEN | st.none() | st.text(max_size=3), max_size=3))
def test_many_times_are_what_each_is_by_itself(usual, written):
    texts = [*usual, *written]
    assert moments(pa.array(texts, pa.string())).to_pylist() == [
        moment(text) if text is not None else None for text in texts
    ]


@pytest.mark.parametrize("text", [
    "2021-02-30T00:00:00Z", "2021-07-18T00:00:60Z", "2021-07-18T24:00:00Z", "0000-01-01T00:00:00Z", "2021-13-01T00:00:00Z",
    "2021-07-18T00:00:00.Z", "2021-07-18t00:00:00Z", "２021-07-18T00:00:00Z",
])  # fmt: skip
def test_what_is_no_time_is_none_among_times(text):
    assert moment(text) is None
    assert moments(pa.array(["2021-07-18T10:00:00.5Z", text])).is_null().to_pylist() == [False, True]
