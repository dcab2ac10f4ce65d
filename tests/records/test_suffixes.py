"""The walk over the public suffix list: the official vectors, and the package's own walk as an oracle."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from perito.records.suffixes import is_tld, public_suffix, registrable, rules
from perito.records.urls import host_name

VECTORS = [
    line.split()
    for line in Path(__file__).with_name("public_suffix_vectors.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
ORACLE = PublicSuffixList()


@pytest.mark.parametrize(("host", "expected"), VECTORS)
def test_official_vectors(host, expected):
    assert registrable(host) == (None if expected == "null" else host_name(expected))


def test_all_official_vectors_are_here():
    assert len(VECTORS) == 77


@pytest.mark.parametrize(
    ("host", "suffix", "name"),
    [
        ("a.b.kawasaki.jp", "b.kawasaki.jp", "a.b.kawasaki.jp"),  # wildcard
        ("b.kawasaki.jp", "b.kawasaki.jp", None),
        ("x.city.kawasaki.jp", "kawasaki.jp", "city.kawasaki.jp"),  # exception to it
        ("www.ck", "ck", "www.ck"),
        ("noticias.com.mx", "com.mx", "noticias.com.mx"),
        ("a.bad.example.", "example", "bad.example"),
        ("ejemplo.公司.cn", "xn--55qx5d.cn", "ejemplo.xn--55qx5d.cn"),
        ("x.y.github.io", "github.io", "y.github.io"),
        ("bucket.s3.amazonaws.com", "s3.amazonaws.com", "bucket.s3.amazonaws.com"),
        ("despacho", "despacho", None),
    ],
)
def test_suffix_and_registrable(host, suffix, name):
    assert public_suffix(host) == suffix
    assert registrable(host) == name


def test_without_the_suffixes_of_companies():
    assert public_suffix("x.y.github.io", icann_only=True) == "io"
    assert registrable("x.y.github.io", icann_only=True) == "github.io"


@pytest.mark.parametrize("text", ["", ".", "..", ".com", "a..com", "\ud800.com"])
def test_no_host_no_suffix(text):
    assert public_suffix(text) is None
    assert registrable(text) is None


@pytest.mark.parametrize("label", ["com", "mx", "ck", "mm", "xn--fiqs8s", "onion", "example", "test"])
def test_top_level_domains(label):
    assert is_tld(label)


@pytest.mark.parametrize("label", ["", "local", "pdf", "jpg", "docx", "exe", "dll", "html", "3", "gracias", "co.uk"])
def test_no_top_level_domains(label):
    assert not is_tld(label)


def test_fifty_thousand_hosts_agree_with_the_package():
    seed = random.Random(20161)
    plain, wild, excepted = rules()
    bases = sorted(plain | wild | excepted)
    labels = ["a", "www", "b-c", "city", "xn--85x722f", "com", "co", "jp", "x1", "kawasaki"]
    hosts = [".".join([*seed.choices(labels, k=seed.randrange(5)), seed.choice(bases)]) for _ in range(50_000)]
    wrong = [host for host in hosts if public_suffix(host) != (ORACLE.publicsuffix(host) or None)]
    assert wrong == []
    assert [host for host in hosts if registrable(host) != ORACLE.privatesuffix(host)] == []


@given(
    st.lists(st.sampled_from(["com", "mx", "ck", "www", "jp", "kobe", "city", "a", "uk", "co"]), min_size=1, max_size=7)
)
def test_any_order_of_labels_agrees_with_the_package(labels):
    host = ".".join(labels)
    assert public_suffix(host) == ORACLE.publicsuffix(host)


@given(st.text())
def test_never_raises(text):
    assert registrable(text) is None or public_suffix(text) is not None
