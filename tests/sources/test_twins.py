"""Names told apart: none is lost, none comes twice, the first of each stays."""

from hypothesis import given
from hypothesis import strategies as st

from perito.sources.twins import told_apart


def test_a_name_that_looks_like_a_twin_keeps_its_own() -> None:
    assert told_apart(["x", "x", "x~2", "x", "x~2"]) == ["x", "x~3", "x~2", "x~4", "x~2~2"]


@given(st.lists(st.sampled_from(["x", "x~2", "x~2~2", "x~3", "y", ""])))
def test_each_has_a_name_of_its_own_that_begins_with_the_one_it_had(names: list[str]) -> None:
    apart = told_apart(names)
    assert len(set(apart)) == len(names) == len(apart)
    for number, (before, after) in enumerate(zip(names, apart, strict=True)):
        if before in names[:number]:
            assert after.startswith(f"{before}~")
            assert after.removeprefix(f"{before}~").isdecimal()
        else:
            assert after == before
