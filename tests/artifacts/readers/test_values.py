"""Values of property lists as text and times."""

import plistlib
from datetime import datetime

import pytest

from perito.artifacts.readers.values import LONGEST, moment, number, written


def utc(*parts: int) -> datetime:
    """A time as property lists hold it: without a zone, in UTC."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("as it is", "as it is"),
        (True, "true"),
        (18446744073709551615, "18446744073709551615"),
        (1.5, "1.5"),
        (b"\x00\xff", "00ff"),
        (utc(2016, 7, 4, 8, 0, 0, 5), "2016-07-04T08:00:00.000005Z"),
        (plistlib.UID(7), "7"),
        ([], "[]"),
        ({"a": [1, {"b": None}], "ñ": "«»"}, '{"a": [1, {"b": null}], "ñ": "«»"}'),
        ([utc(2016, 7, 4), b"\x01"], '["2016-07-04T00:00:00Z", "01"]'),
    ],
)
def test_written(value: object, text: str | None) -> None:
    assert written(value) == text


def test_long_data_is_named_by_its_hash() -> None:
    assert written(b"a" * 65) == ("65 bytes, SHA-256 635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0")


def test_a_list_that_holds_itself_ends() -> None:
    endless: list[object] = ["https://bad.example/"]
    endless.append(endless)
    assert written(endless) == '["https://bad.example/", "…"]'


def test_a_list_of_lists_that_share_their_items_is_cut() -> None:
    shared: list[object] = ["x"]
    for _ in range(30):
        shared = [shared, shared]
    text = written(shared)
    assert text is not None
    assert len(text) == LONGEST + 1
    assert text.endswith("…")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2016-06-01T12:30:00Z", utc(2016, 6, 1, 12, 30)),
        ("2016-06-01T12:30:00+02:00", utc(2016, 6, 1, 10, 30)),
        ("2016-06-01", utc(2016, 6, 1)),
        ("once", "once"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        (5, 5),
        (None, None),
    ],
)
def test_moment(value: object, read: object) -> None:
    assert moment(value) == read


def test_only_a_yes_or_no_becomes_a_number() -> None:
    assert [number(value) for value in (True, False, None, "yes", 7)] == [1, 0, None, "yes", 7]
