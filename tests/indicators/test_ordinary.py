"""Values that are their own normal form: told of many at once as of one, and no other than all rules would tell."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.base.hashing import key_hash
from perito.indicators import ordinary
from perito.indicators.accept import Accepted, accept, asked, checked
from perito.indicators.columns import KIND_NUMBERS, key_hashes
from perito.indicators.indicator import KINDS

KNOWN = st.sampled_from([
    "bad.example", "www.bad.example", "wwww.example", "Bad.example", "bit.ly", "a.bit.ly", "github.io", "x.github.io", "co.uk", "a.kobe.jp",
    "x.ck", "a.b.ck", "ck", "example", "a..example", ".example", "bad.example.", "bad.example\n", "b_d.example", "bád.example", "", " ",
    "8.8.8.8", "198.51.100.7", "198.51.100.07", "198.51.100.256", "10.0.0.1", "1.2.3", "1.2.3.4.5", "198.51.100.7\n", "none", "N/A", "-",
    "...", "unknown", "Unknown", "redacted", "name", "n" * 16, "n" * 17, "n" * 200, "n" * 201, "com.bad.app", "Com.bad.App", "a b", "a/b",
    "{name}", "a@bad.example", "A@bad.example", "a@b@bad.example", "a@s.whatsapp.net", "1@c.us", "hxxp@bad.example", "a@hxxp.example",
    "a@bad", "@bad.example", f"{'a' * 65}@bad.example", f"a@{'a.' * 130}example", "mailto:a@bad.example", "d41d8cd98f00b204e9800998ecf8427e",
    "0123456789abcdef" * 2, "0123456789abcdef" * 4, "0123456789abcdef" * 3, "0123456789ABCDEF" * 2, "0123456789" * 4, "a." * 124 + "ab",
    "a." * 125 + "ab", "e:a@bad.example", "a@bad.example\n", "(dot)", "a[.]example", "x" * 63 + ".example", "_dmarc.bad.example", "ſ.example",
])  # fmt: skip
NEAR = st.text(st.sampled_from("ab1.-_@/:ck wW"), max_size=12)
VALUES = KNOWN | NEAR | st.builds("{}.{}".format, NEAR, KNOWN) | st.builds("{}@{}".format, NEAR, KNOWN)


@given(st.lists(st.tuples(st.sampled_from(KINDS), VALUES), max_size=40))
def test_of_many_is_told_what_is_told_of_each(rows):
    kinds = np.array([KIND_NUMBERS[kind] for kind, _ in rows], np.int8)
    values = pa.array([value for _, value in rows], pa.string())
    assert ordinary.which(kinds, values).tolist() == [ordinary.is_ordinary(*row) for row in rows]


@given(st.sampled_from(KINDS), VALUES)
def test_what_is_ordinary_is_what_all_rules_find_so(kind, value):
    if ordinary.is_ordinary(kind, value):
        assert checked(kind, value) == Accepted(kind, value, value)
        assert asked(checked(kind, value), exact_host=False) == (f"{kind}:{value}",)
    assert accept(kind, value) == checked(kind, value)


@pytest.mark.parametrize(("kind", "value"), [
    ("domain", "bad.example"), ("hash", "0123456789abcdef" * 4), ("ip", "203.0.113.7"), ("email", "a@bad.example"),
    ("process", "badd"), ("file_name", "bad.apk"), ("app_id", "com.bad.app"), ("certificate", "0123456789abcdef" * 2),
    ("profile", "com.bad.profile"), ("property", "bad.installed"),
])  # fmt: skip
def test_what_is_mostly_published_is_ordinary(kind, value):
    assert ordinary.is_ordinary(kind, value)
    column = pa.array([value])
    kinds = np.array([KIND_NUMBERS[kind]], np.int8)
    assert ordinary.which(kinds, column).tolist() == [True]
    assert ordinary.keys(kinds, column).to_pylist() == [f"{kind}:{value}"]


@pytest.mark.parametrize(("kind", "value"), [
    ("domain", "bit.ly"), ("domain", "co.uk"), ("domain", "www.bad.example"), ("domain", "x.ck"), ("ip", "10.0.0.1"), ("ip", "8.8.8.8"),
    ("hash", "d41d8cd98f00b204e9800998ecf8427e"), ("process", "unknown"), ("email", "1@s.whatsapp.net"), ("url", "http://bad.example/"),
    ("phone", "+15550100"), ("path", "/tmp/bad"), ("process", "n" * 17),
])  # fmt: skip
def test_what_needs_a_closer_look_is_not(kind, value):
    assert not ordinary.is_ordinary(kind, value)
    assert not ordinary.which(np.array([KIND_NUMBERS[kind]], np.int8), pa.array([value])).any()


def test_hashes_of_many_keys_are_those_of_each(monkeypatch):
    monkeypatch.setattr("perito.indicators.columns.AS_OBJECTS", 3)
    texts = [f"domain:{number}é.example" for number in range(10)]
    assert key_hashes(pa.array(texts)).tolist() == [key_hash(text) for text in texts]
    assert key_hashes(pa.array([], pa.string())).tolist() == []
