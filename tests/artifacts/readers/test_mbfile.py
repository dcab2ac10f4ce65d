"""Archives read a column at a time hold what each holds when it is read alone."""

import plistlib
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.artifacts.readers.damage import Damaged
from perito.artifacts.readers.mbfile import NUMBERS, SHAPES, Archives, one

UID = plistlib.UID
VALUES = st.one_of(st.integers(-(1 << 63), (1 << 63) - 1), st.integers(0, 300), st.just(1_467_619_200))
FIELDS = st.dictionaries(st.sampled_from([*NUMBERS, "Flags", "Version"]), VALUES)


def archived(fields: dict[str, Any], digest: bytes | None = None, *, boxed: bool = False, target: str = "") -> bytes:
    objects: list[Any] = ["$null", {**fields, "$class": UID(2)}, {"$classname": "MBFile"}]
    if digest is not None:
        objects[1]["Digest"] = UID(len(objects))
        objects += [{"NS.data": digest, "$class": UID(2)}] if boxed else [digest]
    if target:
        objects[1]["Target"] = UID(len(objects))
        objects.append(target)
    archive = {"$version": 100_000, "$archiver": "NSKeyedArchiver", "$top": {"root": UID(1)}, "$objects": objects}
    return plistlib.dumps(archive, fmt=plistlib.FMT_BINARY)


def column(*blobs: bytes | None) -> Archives:
    return Archives(pa.array(blobs, pa.binary()))


def numbers_of(files: Archives, row: int) -> dict[str, int]:
    return {key: int(files.numbers[key][row]) for key in NUMBERS if files.has[key][row]}


@given(rows=st.lists(st.tuples(FIELDS, st.none() | st.binary(min_size=20, max_size=20), st.booleans()), max_size=12))
def test_every_number_and_digest_is_read(rows: list[tuple[dict[str, int], bytes | None, bool]]) -> None:
    files = column(*(archived(fields, digest, boxed=boxed) for fields, digest, boxed in rows))
    for row, (fields, digest, _) in enumerate(rows):
        assert numbers_of(files, row) == {key: value for key, value in fields.items() if key in NUMBERS}
        assert files.digests[row] == (digest.hex() if digest else None)
    assert not files.odd
    assert not files.unread


@given(data=st.data())
def test_a_spoilt_archive_changes_no_other_row_and_raises_nothing(data: st.DataObject) -> None:
    sound = [archived({"Size": size, "Birth": 1_467_619_200 + size}, bytes(20)) for size in range(4)]
    spoilt = bytearray(sound[2])
    for _ in range(data.draw(st.integers(1, 6))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(spoilt[: data.draw(st.integers(0, len(spoilt)))])
    files = column(sound[0], sound[1], cut, sound[3])
    for row in (0, 1, 3):
        assert numbers_of(files, row) == {"Size": row, "Birth": 1_467_619_200 + row}
        assert files.digests[row] == "00" * 20


@given(st.lists(st.binary(max_size=200) | st.none(), max_size=6))
def test_any_bytes_are_read_or_told_as_unread(blobs: list[bytes | None]) -> None:
    files = column(*blobs)
    for row, blob in enumerate(blobs):
        assert (row in files.unread) == (blob is not None and not readable(blob))


def readable(blob: bytes) -> bool:
    try:
        one(blob)
    except Damaged:
        return False
    return True


def test_a_link_keeps_its_target() -> None:
    files = column(archived({"Size": 0}), archived({"Size": 1}, target="/private/var/db/x"))
    assert list(files.targets) == [None, "/private/var/db/x"]
    assert numbers_of(files, 1) == {"Size": 1}


def test_what_is_no_number_of_64_bits_is_kept_apart() -> None:
    files = column(archived({"Size": 2**63, "Mode": "rwx", "Birth": 1.5, "UserID": True}))
    assert files.odd == {(0, "Size"): 2**63, (0, "Mode"): "rwx", (0, "Birth"): 1.5, (0, "UserID"): True}
    assert numbers_of(files, 0) == {}


def test_more_shapes_than_are_tried_are_still_read() -> None:
    many = [archived({"Size": row, **{f"key{other}": 1 for other in range(row)}}) for row in range(SHAPES + 20)]
    files = column(*many)
    assert [numbers_of(files, row) for row in range(len(many))] == [{"Size": row} for row in range(len(many))]


def test_a_slice_of_a_column_is_read_at_its_own_rows() -> None:
    whole = pa.array([archived({"Size": row}) for row in range(9)], pa.binary())
    assert [numbers_of(Archives(whole.slice(4, 3)), row) for row in range(3)] == [{"Size": 4}, {"Size": 5}, {"Size": 6}]


def test_an_archive_that_points_outside_itself_is_damaged() -> None:
    blob = archived({"Size": 1}).replace(b"\x80\x01", b"\x80\x63")
    with pytest.raises(Damaged, match="object 99 of 3"):
        one(blob)
