"""Addresses as browsers read them, and the one form in which two spellings meet."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.records.urls import Url, host_name, hosts_up, is_ip, is_shortener, normal_url, parse

HOST = "http://bad.example"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://bad.example", "bad.example"),
        ("HTTPS://BAD.EXAMPLE/", "bad.example"),
        ("https://bad.example.:443/x", "bad.example"),
        ("https://user:pass@bad.example/x", "bad.example"),
        ("https://good.example@bad.example/x", "bad.example"),
        ("https://good.example:80@bad.example:8080/x", "bad.example"),
        ("http://bad。example/x", "bad.example"),
        ("http://bad\uff0eexample/x", "bad.example"),
        ("http://\uff42\uff41\uff44.example/x", "bad.example"),
        ("http://b%61d.example/", "bad.example"),
        ("http://bad\u00ad.example/", "bad.example"),
        ("http://bad.example\\@good.example/", "bad.example"),
        ("http:\\\\bad.example\\x", "bad.example"),
        ("http:/bad.example/x", "bad.example"),
        ("http:bad.example/x", "bad.example"),
        ("http//bad.example/x", "bad.example"),
        ("//bad.example/x", "bad.example"),
        ("bad.example", "bad.example"),
        ("bad.example/x", "bad.example"),
        ("bad.example:8080/x", "bad.example"),
        ("user@bad.example/x", "bad.example"),
        ("hxxp://bad[.]example/x", "bad.example"),
        ("hXXps://bad(.)example/x", "bad.example"),
        ("http://señal.example/", "xn--seal-hqa.example"),
        ("http://faß.example/", "xn--fa-hia.example"),
        ("http://xn--seal-hqa.example/", "xn--seal-hqa.example"),
        ("http://xn--zz--zz.example/x", "xn--zz--zz.example"),  # no valid punycode, still the host that was written
        ("http://a_b.bad.example/", "a_b.bad.example"),
        ("ftp://bad.example/", "bad.example"),
        ("webcal://BAD.example/x.ics", "bad.example"),
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://2130706433/", "127.0.0.1"),
        ("http://0177.0.0.01/", "127.0.0.1"),
        ("http://0x7F000001/", "127.0.0.1"),
        ("http://127.1/", "127.0.0.1"),
        ("http://\uff11\uff12\uff17.0.0.1/", "127.0.0.1"),
        ("http://127.0.0.1./", "127.0.0.1"),
        ("http://[2001:DB8:0:0::1]:8080/", "[2001:db8::1]"),
        ("http://[::ffff:192.0.2.1]/", "[::ffff:c000:201]"),
        ("http://localhost:3000/", "localhost"),
        ("localhost:3000/x", "localhost"),
        ("about:blank", ""),
        ("javascript:alert(1)", ""),
        ("file:///private/var/x", ""),
    ],
)
def test_hosts(text, host):
    url = parse(text)
    assert url is not None
    assert url.host == host


@pytest.mark.parametrize(
    "text",
    ["", " ", "hola", "hola mundo", "http://", "http:///", "http://1.2.3.4.5/", "http://256.1.1.1/", "http://a b/", "/x/y",
     "http://[::1/", "http://\x00/", "...", "http://.../", "a b.example/x", "http://%/"],
)  # fmt: skip
def test_what_no_browser_opens(text):
    assert parse(text) is None
    assert normal_url(text) is None


def test_parts():
    assert parse("HTTPS://u:p@Bad.Example:8443/A/./b/../c%7E?Q=1&r#Frag") == Url(
        "https", "bad.example", 8443, "/A/c%7E", "Q=1&r", "Frag"
    )
    assert parse("https://bad.example:443") == Url("https", "bad.example", None, "/", "", "")


@pytest.mark.parametrize(
    "text",
    ["https://bad.example/x", "http://bad.example/x", "http://bad.example/x/", "https://bad.example/x//",
     "http://bad.example:80/x", "https://bad.example:443/x", "http://bad.example/x#top", "http://bad.example/X",
     "http://BAD.example./x", "http://u:p@bad.example/x", "http://bad.example/%78", "http://bad.example/./y/../x",
     "bad.example/x", "//bad.example/x", "hxxps://bad[.]example/x", "hxxps://bad[.]example/y/[.][.]/x", " http://bad.example/x\n", "http://bad.example/x?"],
)  # fmt: skip
def test_spellings_of_one_address_meet(text):
    assert normal_url(text) == "http://bad.example/x"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("http://bad.example", "http://bad.example"),
        ("http://bad.example/", "http://bad.example"),
        ("http://bad.example:8080/", "http://bad.example:8080"),
        ("hxxp://bad[.]example/a[.]aspx", "http://bad.example/a.aspx"),
        ("http://bad.example/a[.]aspx", "http://bad.example/a[.]aspx"),  # nothing else is defanged
        ("http://bad.example/?q=1", "http://bad.example?q=1"),
        ("http://bad.example/x?Q=A", "http://bad.example/x?Q=A"),  # the case of a query is kept
        ("http://bad.example/x?a=%41%2f%zz", "http://bad.example/x?a=A%2F%25zz"),
        ("http://bad.example/%c3%91%2f", "http://bad.example/%c3%91%2f"),
        ("http://bad.example/Ñ", "http://bad.example/%c3%91"),
        ("https://señal.example/x", "http://xn--seal-hqa.example/x"),
        ("ftp://bad.example:21/X/", "ftp://bad.example/x"),
        ("about:blank", "about:blank"),
        ("javascript:Alert(1)", "javascript:Alert(1)"),
        ("file:///private/var/X", "file:///private/var/X"),
        ("http://[2001:DB8::1]:80/x", "http://[2001:db8::1]/x"),
    ],
)
def test_normal_form(text, normal):
    assert normal_url(text) == normal


def test_on_a_shortener_the_case_of_the_path_matters():
    assert normal_url("https://BIT.ly/1xAbC/") == "http://bit.ly/1xAbC"
    assert normal_url("https://bit.ly/1xA") != normal_url("https://bit.ly/1xa")
    assert normal_url("https://www.tinyurl.com/O2tQ") == "http://www.tinyurl.com/O2tQ"
    assert is_shortener("bit.ly")
    assert is_shortener("x.page.link")
    assert not is_shortener("notbit.ly")
    assert not is_shortener("ly")
    assert not is_shortener("added")


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ("http://bad.example/x", "http://bad.example/y"),
        ("http://bad.example/x", "http://bad.example:8080/x"),
        ("http://bad.example/x", "http://bad.example/x?y"),
        ("http://bad.example/x", "http://bad.example.net/x"),
        ("http://bad.example/x", "http://xbad.example/x"),
        ("http://bad.example/x", "ftp://bad.example/x"),
        ("http://bad.example/a%2Fb", "http://bad.example/a/b"),
    ],
)
def test_other_addresses_do_not_meet(other, text):
    assert normal_url(other) != normal_url(text)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Bad.Example.", "bad.example"),
        ("señal.example", "xn--seal-hqa.example"),
        ("bad。example", "bad.example"),
        ("0x7f.1", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("despacho", "despacho"),
        ("xn--zz--zz.example", "xn--zz--zz.example"),
        ("bad.example/x", None),
        ("u@bad.example", None),
        ("bad.example:80", None),
        ("bad example", None),
        ("", None),
        ("." * 300, None),
        ("a" * 254, None),
    ],
)
def test_host_name(text, host):
    assert host_name(text) == host


def test_parents_of_a_host():
    assert hosts_up("a.b.bad.com.mx") == ("a.b.bad.com.mx", "b.bad.com.mx", "bad.com.mx", "com.mx")
    assert hosts_up("com") == ("com",)
    assert hosts_up("192.0.2.1") == ("192.0.2.1",)
    assert hosts_up("[2001:db8::1]") == ("[2001:db8::1]",)


@pytest.mark.parametrize(
    ("host", "expected"), [("1.2.3.4", True), ("[::1]", True), ("1.2.3.4.example", False), ("", False)]
)
def test_is_ip(host, expected):
    assert is_ip(host) is expected


@given(st.text())
def test_any_text_is_read_without_error(text):
    for address in (text, f"http://{text}", f"http://bad.example/{text}", f"{text}://bad.example"):
        normal = normal_url(address)
        assert normal is None or isinstance(normal, str)


@given(st.text(alphabet="aZ%2eE4fF/.?#&=:@ñ[]\\\ud800\x00~ ", max_size=30))
def test_a_normal_form_is_its_own_normal_form(text):
    for address in (f"http://bad.example/{text}", f"https://bit.ly{text}", text):
        normal = normal_url(address)
        assert normal is None or normal_url(normal) == normal


@given(
    st.sampled_from(["http", "HTTPS", "hTTp"]),
    st.sampled_from(["", "u@", "u:p@", "good.example@"]),
    st.sampled_from(["bad.example", "BAD.Example", "bad.example.", "bad。example", "b%61d.example"]),
    st.sampled_from(["", ":80", ":443", ":"]),
    st.sampled_from(["", "/", "//", "/#x", "#"]),
)
def test_every_dress_of_an_address_is_seen_through(scheme, user, host, port, end):
    assert normal_url(f"{scheme}://{user}{host}{port}{end}") == HOST


@pytest.mark.parametrize(
    "text",
    ["http://bad.example/" + "a" * 1_000_000, "a" * 1_000_000, "." * 1_000_000, "http://" + "a." * 500_000,
     "%" * 1_000_000, "http://" + "@" * 1_000_000, ":" * 1_000_000, "[" * 1_000_000, "http://x/" + "%41" * 300_000],
)  # fmt: skip
def test_a_megabyte_is_cut_short(text):
    began = time.perf_counter()
    normal = normal_url(text)
    assert time.perf_counter() - began < 2
    assert normal is None or len(normal) <= 3 * 16_384


@given(st.text(alphabet="aZ9%2eE/.?#&=:@ñ[](){}\\\x00~ ", max_size=30))
def test_the_short_way_and_the_long_way_agree(text):
    for address in (f"http://bad.example/{text}", f"https://{text}bad.example/x", f"http://bad.example{text}"):
        upper = f"{address[:1].upper()}{address[1:]}"  # an upper-case scheme takes the long way
        assert normal_url(address) == normal_url(upper)
