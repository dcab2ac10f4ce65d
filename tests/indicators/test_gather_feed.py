"""Claims gathered as columns give the rows, keys, counts and problems that they give one by one."""

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.base.hashing import key_hash
from perito.indicators import gather_feed, told_apart
from perito.indicators.columns import ClaimColumns, Times, key_hashes
from perito.indicators.gather import Gathering
from perito.indicators.gather_feed import FeedGathering
from perito.indicators.indicator import PATTERN, About, Claim, Claims, LeftOut, Problem, Rule, Unmatched
from perito.indicators.told_apart import NOBODY, ToldApart

ONE, TWO = About("A Lab", "One", "report"), About("A Lab", "Two", "report")
ABOUTS = st.sampled_from([
    ONE, TWO, ONE._replace(published=date(2021, 1, 1)), ONE._replace(context_only=True), ONE._replace(exact_host=True), About(),
    About("first"),
    ONE._replace(revoked=datetime(2020, 1, 1, tzinfo=UTC)), ONE._replace(published=date(2023, 1, 1)),
])  # fmt: skip
CLAIMED = st.sampled_from([
    ("domain", "bad.example"), ("domain", "Bad.example"), ("domain", "other.example"), ("domain", "bit.ly"), ("domain", "co.uk"),
    ("domain", "bad[.]example"), ("domain", "198.51.100.7"), ("ip", "198.51.100.7"), ("ip", "198.51.100.0/24"), ("url", "http://bad.example"),
    ("url", "http://bad.example/"), ("process", "badd"), ("process", "Badd"), ("process", "badd-that-is-longer"), ("path", "/tmp/x"), ("path", "x.apk"),
    ("file_name", "x.apk"), ("file_name", "X.apk"), ("email", "a@bad.example"), ("email", "A@Bad.example"), ("phone", "+15550100"),
    ("phone", "1"), ("hash", "ab" * 16), ("hash", "AB" * 16), ("certificate", "ab" * 16), ("domain", "none"), ("domain", "no host"),
    ("domain", "\ud800.example"), ("app_id", "com.bad"), ("property", "x"), ("profile", "{x}"), ("profile", "x"),
])  # fmt: skip
TIMES = st.sampled_from([None, datetime(2021, 5, 1, tzinfo=UTC), datetime(2022, 5, 1, tzinfo=UTC)])
SAID = (
    st.builds(lambda value, about, since, until: Claim("here", *value, about, since, until), CLAIMED, ABOUTS, TIMES, TIMES)
    | st.builds(lambda value, about: (7, *value, about, None, None), CLAIMED, ABOUTS)
    | st.sampled_from([
        Problem("feed", "there", "odd", "x"), LeftOut("a heading", 2), Unmatched("mutex", "x", "not compared here"),
        Rule(PATTERN, "", "[a:b = 'c']", "there", ONE), Unmatched("path", "/tmp/x", "not compared here"),
    ])
)  # fmt: skip


@given(
    st.lists(st.lists(SAID, max_size=25), min_size=1, max_size=4),
    st.sampled_from([None, None, date(2021, 12, 1)]),
    st.sampled_from([None, date(2022, 1, 1)]),
    st.booleans(),
)
def test_columns_give_what_single_claims_give(parts, as_of, since, seeking):
    singly = gathered(parts, 10_000, as_of, since, seeking=seeking)
    assert gathered(parts, 1, as_of, since, seeking=seeking) == singly
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather_feed, "AT_ONCE", 3)
        assert gathered(parts, 1, as_of, since, seeking=seeking) == singly


def gathered(parts, many, as_of, since, *, seeking):
    whole = Gathering(as_of, (lambda *_: True) if seeking else None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather_feed, "MANY", many)
        for name in ("first", "second"):
            feed = FeedGathering(whole, name, name * 2, "a form", since)
            for said in parts:
                rows = [one for one in said if isinstance(one, Claim) or type(one) is tuple]
                others = [(sum(isinstance(one, Claim) or type(one) is tuple for one in said[:place]), one)
                          for place, one in enumerate(said) if one not in rows]  # fmt: skip
                feed.add(Claims("line {}".format, rows, others))
            feed.close()
    found = whole.done()
    return found.table.to_pylist(), found.keys.to_pylist(), found.problems, found.feeds, found.rules, found.aside


def test_the_first_of_two_alike_is_the_one_that_is_taken():
    rows = [
        (line, "domain", value, ONE, None, None)
        for line, value in enumerate(["a.example", "B.example", "b.example", "a.example"])
    ]
    found, keys, problems, (first, _), *_ = gathered([rows], 1, None, None, seeking=False)
    assert [row["value"] for row in found] == ["a.example", "B.example"] * 2
    assert sorted((key["key"], key["row"]) for key in keys) == [
        ("domain:a.example", 0), ("domain:a.example", 2), ("domain:b.example", 1), ("domain:b.example", 3),
    ]  # fmt: skip
    assert [key["hash"] for key in keys] == sorted(map(key_hash, [key["key"] for key in keys]))
    assert (first.raw, first.distinct, first.count, first.left_out, first.kinds) == (
        4,
        2,
        2,
        {"said twice": 2},
        {"domain": 2},
    )
    assert problems == []


def test_a_path_without_a_folder_asks_for_a_file_name():
    rows = [(7, "path", "x.apk", ONE, None, None), (8, "file_name", "x.apk", ONE, None, None)]
    for many in (1, 10):
        found, *_ = gathered([rows], many, None, None, seeking=False)
        assert [row["kind"] for row in found] == ["path"] * 2


def test_a_list_that_names_itself_has_other_words_than_one_that_names_nobody():
    rows = [(7, "domain", "a.example", About(source), None, None) for source in ("", "first", "")]
    for many in (1, 10):
        found, _, _, (first, _), *_ = gathered([rows], many, None, None, seeking=False)
        assert [row["source"] for row in found] == ["first", "first", "second", "first"]
        assert first.left_out == {"said twice": 1}


def test_a_value_that_is_compared_and_the_same_that_is_not_are_one():
    parts = [[(7, "path", "/tmp/x", ONE, None, None)], [Unmatched("path", "/tmp/x", "not compared here")]]
    *_, (first, _), _, _ = gathered(parts, 1, None, None, seeking=False)
    assert (first.raw, first.distinct, first.kinds) == (2, 1, {"path": 1})


ORDINARY = st.sampled_from([f"domain:{letter}" for letter in "abcdef"])
NAMES = ORDINARY | st.just("path:/x")
STEPS = st.lists(
    st.tuples(st.just("new"), NAMES) | st.tuples(st.just("takes"), NAMES, st.integers(0, 2))
    | st.tuples(st.just("all"), st.lists(ORDINARY, max_size=5), st.integers(0, 2)),
    max_size=20,
)  # fmt: skip


@given(STEPS, st.booleans())
def test_what_was_met_and_taken_is_remembered(steps, collide):
    """Against sets of everything; with hashes that all collide, too."""
    names, taken, met = set(), set(), ToldApart()
    hashes = (lambda keys: np.full(len(keys), 7, np.uint64)) if collide else key_hashes
    with pytest.MonkeyPatch.context() as patch:
        if collide:
            patch.setattr(told_apart, "key_hash", lambda _: 7)
        for what, which, *group in steps:
            if what == "new":
                assert met.is_new(which) == (which not in names)
                names.add(which)
            elif what == "takes":
                assert met.takes(which, *group) == ((which, *group) not in taken)
                taken.add((which, *group))
            else:
                keys = pa.array(which, pa.string())
                again, singly = met.met(keys, hashes(keys), np.full(len(which), group[0], np.int32))
                known = names | {name for name, _ in taken}
                marks = list(zip(which, again.tolist(), singly.tolist(), strict=True))
                before = {name for place, name in enumerate(which) if name in which[:place]}
                assert all(odd or twice for name, twice, odd in marks if name in known)
                assert all((name, group[0]) in taken or name in before for name, twice, _ in marks if twice)
                new = pa.array([name for name, twice, odd in marks if not (twice or odd)], pa.string())
                assert collide or {name for name, _, odd in marks if odd} <= known
                met.take_all(new, hashes(new), np.full(len(new), group[0], np.int32))
                names |= set(new.to_pylist())
                taken |= {(name, group[0]) for name in new.to_pylist()}
            assert len(met) == len(names)


def test_nobody_is_no_group():
    met = ToldApart()
    assert met.is_new("domain:a")
    assert met.takes("domain:a", 0)
    assert not met.takes("domain:a", 0)
    assert NOBODY < 0


def test_times_of_rows_are_joined():
    first, second = datetime(2021, 5, 1, tzinfo=UTC), datetime(2022, 5, 1, tzinfo=UTC)
    one = Times.each([None, first, second, first])
    assert one is not None
    assert [one.at(row) for row in range(4)] == [None, first, second, first]
    assert Times.each([None, None]) is None
    whole = Times.joined([(Times.each([second]), 1), (None, 2), (one, 4)])
    assert whole is not None
    assert [whole.at(row) for row in range(7)] == [second, None, None, None, first, second, first]
    assert whole.column(np.array([6, 1])).to_pylist() == [first, None]
    assert Times.joined([(None, 3)]) is None


def test_a_row_of_columns_is_the_claim_it_was():
    claims = [Claim("here", "domain", "a.example", ONE, None, None), (7, "url", "http://b.example/", TWO, None, None)]
    columns = ClaimColumns.of(Claims("line {}".format, claims, [(1, LeftOut("x", 1))]))
    assert columns.claim(0) == claims[0]
    assert columns.claim(1) == Claim("line 7", "url", "http://b.example/", TWO, None, None)
    assert columns.others == [(1, LeftOut("x", 1))]
