"""Which hashes are asked for."""

import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators.bundle import load
from perito.indicators.key_filter import KeyFilter


@given(st.lists(st.integers(0, 2**64 - 1), max_size=60), st.integers(1, 60), st.data())
def test_asked_for_is_what_is_in_the_list(hashes: list[int], count: int, data: st.DataObject) -> None:
    near = [(one + step) % 2**64 for one in hashes for step in (0, 1)]
    some = data.draw(st.lists(st.sampled_from(near) if near else st.just(7), min_size=1, max_size=count))
    asked = np.unique(np.array(some, np.uint64))
    told = KeyFilter(asked).among(np.array(hashes, np.uint64))
    assert told.tolist() == [number for number, one in enumerate(hashes) if one in set(some)]


def test_nothing_is_asked_for_where_there_is_no_indicator() -> None:
    assert KeyFilter(np.zeros(0, np.uint64)).among(np.array([0, 1, 2**64 - 1], np.uint64)).tolist() == []


def test_what_can_be_made_again_does_not_travel() -> None:
    indicators = load(())
    hashes = indicators.keys["hash"].to_numpy()[:3]
    bare = len(pickle.dumps(indicators))
    assert indicators.key_filter.among(hashes).tolist() == [0, 1, 2]
    assert len(pickle.dumps(indicators)) == bare
    assert pickle.loads(pickle.dumps(indicators)).key_filter.among(hashes).tolist() == [0, 1, 2]
