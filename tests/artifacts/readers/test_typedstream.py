"""Archives of attributed strings: what they say, and that none of them can do harm."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.artifacts.readers import typedstream
from perito.artifacts.readers.damage import Damaged
from perito.demo.typedstream import attributed

HEAD = b"\x04\x0bstreamtyped\x81\xe8\x03"


@given(st.text(max_size=70_000).filter(lambda text: "\x00" not in text))
def test_the_lead_string_comes_back_whatever_its_length(text: str) -> None:
    archive = attributed(text)
    assert typedstream.lead(archive) == text
    assert typedstream.strings(archive) == [text, "__kIMMessagePartAttributeName"]


@pytest.mark.parametrize("length", [0, 1, 127, 128, 129, 32_767, 32_768, 65_535, 65_536])
def test_lengths_at_the_borders_of_their_encodings(length: int) -> None:
    assert typedstream.lead(attributed("x" * length)) == "x" * length


def test_text_that_is_no_utf8_keeps_its_bytes() -> None:
    archive = attributed("xxxx").replace(b"\x04xxxx", b"\x04a\xffb\xc3")
    assert typedstream.lead(archive).encode("utf-8", "surrogateescape") == b"a\xffb\xc3"


def test_a_big_endian_archive() -> None:
    raw = (
        b"\x04\x0btypedstream\x81\x03\xe8\x84\x01@\x84\x84\x84\x08NSString\x01\x85\x84\x01+\x81\x00\x83"
        + b"y" * 131
        + b"\x86"
    )
    assert typedstream.strings(raw) == ["y" * 131]
    assert typedstream.lead(raw) == "y" * 131


@pytest.mark.parametrize(
    "types",
    [b"[4c]", b"{_NSPoint=ff}", b"{a={b=c[2s]}@}", b"iIsSlLqQcCB:%#*fd"],
)
def test_values_of_every_type_are_passed_over(types: bytes) -> None:
    values = {
        b"[4c]": b"abcd",
        b"{_NSPoint=ff}": b"\x83\x00\x00\x80\x3f\x05",
        b"{a={b=c[2s]}@}": b"z\x01\x81\x00\x10\x85",
        b"iIsSlLqQcCB:%#*fd": b"\x01\x02\x03\x04\x05\x06\x07\x82\x00\x00\x00\x01aB\x01\x84\x01n\x93\x85\x85\x07\x83"
        + b"\x00" * 8,
    }
    raw = HEAD + b"\x84" + bytes([len(types)]) + types + values[types] + b"\x84\x01+\x03end"
    assert typedstream.strings(raw) == ["end"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "starts with"),
        (b"bplist00", "starts with"),
        (HEAD, "without a string"),
        (HEAD + b"\x84\x01+", "ends at"),
        (HEAD + b"\x84\x01+\x82\xff\xff\xff\x7f", "announced"),
        (HEAD + b"\x84\x01+\x87", "tag 0x87"),
    ],
)
def test_a_broken_archive_says_where(raw: bytes, reason: str) -> None:
    with pytest.raises(Damaged, match=reason):
        typedstream.lead(raw)


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"\x84\x01@" + b"\x84\x85\x92" * 10_000,  # objects in objects
        HEAD + b"\x84\x0d[999999999@]" + b"\x85" * 100,
        HEAD + b"\x84\x11[9999[9999[0c]]]]" + b"\x92" * 5_000,
        HEAD + b"\x84\x81\xff\xff" + b"@" * 70_000,
        HEAD + b"\x99" * 100,
    ],
    ids=["deep", "wide", "arrays of nothing", "long type", "reference to nothing"],
)
def test_an_archive_that_announces_too_much_is_refused(raw: bytes) -> None:
    with pytest.raises(Damaged):
        typedstream.strings(raw)


@given(st.binary(max_size=400), st.integers(0, 300))
def test_any_bytes_end_in_strings_or_in_damaged(noise: bytes, place: int) -> None:
    archive = attributed("hola https://a.example/")
    for raw in (HEAD + noise, archive[:place] + noise + archive[place:], archive[:place]):
        for read in (typedstream.strings, typedstream.lead):
            with suppress(Damaged):
                read(raw)
