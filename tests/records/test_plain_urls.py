"""The quick way and the careful way say the same of every address that the quick way takes."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from perito.records.links import links_inside
from perito.records.plain_urls import plain
from perito.records.urls import normal_url, parse

PIECES = [
    *(
        "http://",
        "https://",
        "HTTP://",
        "a.example",
        "Bad.example",
        "x-1.test",
        "bit.ly",
        "xn--fa-hia.test",
        "1.2.3.4",
        "0x7f.1",
    ),
    *(
        ":80",
        ":8080",
        "user@",
        "/",
        "//",
        "/./",
        "/../",
        "/A/b.html",
        "/~x/",
        "%41",
        "?",
        "?q=1",
        "?url=bad.example",
        "&u=b.test/x",
    ),
    *(
        "#",
        "#top",
        "#/x",
        ".",
        "..",
        "-",
        "http://b.test/",
        "google.com",
        "/amp/s/b.test",
        "=",
        "+",
        ",",
        "é",
        " ",
        "\\",
        "\t",
    ),
]
ADDRESSES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join) | st.text(max_size=60)


@given(st.lists(ADDRESSES, min_size=1, max_size=8, unique=True))
def test_a_plain_address_has_the_same_normal_form_and_carries_nothing(addresses: list[str]) -> None:
    array = pa.array([one for one in addresses if one.isprintable()], pa.string())
    quick = plain(array)
    for row, form, host in zip(quick.rows, quick.normals.to_pylist(), quick.hosts.to_pylist(), strict=True):
        address = array[int(row)].as_py()
        parsed = parse(address)
        assert form == normal_url(address), address
        assert parsed is not None
        assert parsed.host == host
        assert links_inside(address) == [], address


def test_ordinary_addresses_are_plain_and_odd_ones_are_not() -> None:
    plain_ones = ["https://www.news.example/A/b?id=7", "http://bit.ly/1aB", "https://a.example"]
    odd_ones = [
        "https://a.example:8443/",
        "https://a.example/%41",
        "https://a.example/?url=b.test",
        "ftp://a.example/",
        "x",
    ]
    quick = plain(pa.array(plain_ones + odd_ones))
    assert quick.rows.tolist() == [0, 1, 2]
    assert quick.normals.to_pylist() == ["http://www.news.example/a/b?id=7", "http://bit.ly/1aB", "http://a.example"]
