"""Addresses in the bytes of any file: each one, wherever it lies, in bounded time and memory."""

import random
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.artifacts.readers import stray
from perito.artifacts.readers.damage import Partly

ADDRESS = "https://planted.example/path?x=1"


@given(
    before=st.binary(max_size=300),
    after=st.binary(max_size=300),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
)
def test_an_address_between_any_bytes_is_found_at_its_place(
    before: bytes, after: bytes, encoding: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("any") / "file"
    gap = b"\xff\xff"
    file.write_bytes(before + gap + ADDRESS.encode(encoding) + gap + after)
    assert (f"offset 0x{len(before) + 2:x}", ADDRESS) in list(stray.addresses(file))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("shift", range(-80, 10, 3))
def test_an_address_across_two_pieces_is_whole(
    shift: int, encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stray, "CHUNK", 16_384)
    file = tmp_path / "file"
    place = 16_384 + shift
    file.write_bytes(b"\xff" * place + ADDRESS.encode(encoding) + b"\xff" * 40_000)
    assert list(stray.addresses(file)) == [(f"offset 0x{place:x}", ADDRESS)]


def test_addresses_of_the_log_are_told_by_its_offsets(tmp_path: Path) -> None:
    file = tmp_path / "sms.db"
    file.write_bytes(b"\0" * 100)
    (tmp_path / "sms.db-wal").write_bytes(b"\0" * 16 + ADDRESS.encode())
    assert list(stray.addresses(file)) == [("write-ahead log, offset 0x10", ADDRESS)]


def test_more_addresses_than_are_kept_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stray, "MOST", 3)
    file = tmp_path / "file"
    file.write_bytes(b" ".join(b"https://a%d.example" % n for n in range(9)))
    *found, last = stray.addresses(file)
    assert [row[1] for row in found if isinstance(row, tuple)] == [f"https://a{n}.example" for n in range(3)]
    assert isinstance(last, Partly)
    assert last.reason == "more than 3 different addresses: the rest was not read"


@pytest.mark.parametrize("pattern", [b"h", b"http", b"https://", b"https://a", b"h\0t\0t\0p\0", b"\0"])
def test_hostile_bytes_cost_linear_time_and_little_memory(pattern: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(pattern * ((16 << 20) // len(pattern)))
    began = time.process_time()
    list(stray.addresses(file))
    assert time.process_time() - began < 20
    file.write_bytes(pattern * ((8 << 20) // len(pattern)))
    tracemalloc.start()  # makes it several times as slow
    try:
        list(stray.addresses(file))
        assert tracemalloc.get_traced_memory()[1] < 12 << 20, "what is kept at a time, and not the file as well"
    finally:
        tracemalloc.stop()


def test_bytes_of_chance_hold_no_address(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(random.Random(1).randbytes(4 << 20))
    assert list(stray.addresses(file)) == []
