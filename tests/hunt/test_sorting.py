"""Pairs go into the sorter in any order and come out by hash, none lost and none made up, however little memory."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.hunt import building, sorting

CLOSE = st.sampled_from([0, 1, 2**24 - 1, 2**24, 2**63, 2**63 + 1, 2**64 - 2, 2**64 - 1])
HASHES = st.lists(CLOSE | st.integers(0, 2**64 - 1), max_size=12)


@given(st.lists(st.tuples(HASHES, st.integers(0, 2**32 - 2)), max_size=12), st.sampled_from([0, 40, 5_000]))
def test_what_goes_in_comes_out_by_hash(parts: list[tuple[list[int], int]], expected: int) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(sorting, "SORTED_AT_ONCE", 16)
        patch.setattr(sorting, "LAID_AT_ONCE", 7)
        with sorting.Sorter(Path(folder), expected) as sorter:
            for hashes, cell in parts:
                sorter.add(np.array(hashes, np.uint64), cell)
            found = [pair for both in sorter.sorted() for pair in zip(both[0].tolist(), both[1].tolist(), strict=True)]
        assert not list(Path(folder).iterdir())
    assert [one for one, _ in found] == sorted(one for one, _ in found)
    assert Counter(found) == Counter((one, cell) for hashes, cell in parts for one in hashes)


def test_each_hash_of_a_row_group_is_taken_once() -> None:
    table = pa.table(
        {
            "hash": pa.array([9, 2**64 - 1, 9], pa.uint64()),
            "parents": pa.array([[3, 9], [], [2**64 - 1, 0]], pa.list_(pa.uint64())),
        }
    )
    assert building._distinct(table).tolist() == [0, 3, 9, 2**64 - 1]
    assert building._distinct(table.slice(0, 0)).tolist() == []


def test_a_table_with_no_hash_in_a_row_is_left_to_the_hunt() -> None:
    table = pa.table({"hash": pa.array([1, None], pa.uint64()), "parents": pa.array([[], []], pa.list_(pa.uint64()))})
    with pytest.raises(pa.ArrowInvalid):
        building._distinct(table)
