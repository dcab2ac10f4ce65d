"""Published values made clean: what is taken, as what, and what is refused with a reason."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.indicators import shared
from perito.indicators.accept import Accepted, Refused, accept, asked, shared_by
from perito.indicators.addresses import RESERVED
from perito.indicators.indicator import KINDS
from perito.records.normal import indicator_keys


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("domain", "bad.example", Accepted("domain", "bad.example", "bad.example")),
        ("domain", " Bad.Example. ", Accepted("domain", "Bad.Example.", "bad.example")),
        ("domain", "bad[.]example", Accepted("domain", "bad.example", "bad.example")),
        ("domain", "*.bad.example", Accepted("domain", "bad.example", "bad.example")),
        ("domain", "bücher.example", Accepted("domain", "bücher.example", "xn--bcher-kva.example")),
        ("domain", "bad.example:8080", Accepted("domain", "bad.example", "bad.example")),
        ("domain", "unavailableentry.com", Accepted("domain", "unavailableentry.com", "unavailableentry.com")),
        ("domain", "198.51.100.7", Accepted("ip", "198.51.100.7", "198.51.100.7")),
        ("domain", "198.51.100.7:443", Accepted("ip", "198.51.100.7", "198.51.100.7")),
        ("domain", "2001:db8::1", Accepted("ip", "2001:db8::1", "2001:db8::1")),
        ("domain", "bad.example/x", Accepted("url", "bad.example/x", "http://bad.example/x")),
        ("domain", "github.com/bad/x.apk", Accepted("url", "github.com/bad/x.apk", "http://github.com/bad/x.apk")),
        ("domain", "me@bad.example", Accepted("email", "me@bad.example", "me@bad.example")),
        ("url", "198.51.100.7", Accepted("ip", "198.51.100.7", "198.51.100.7")),
        ("url", "hxxp://bad[.]example/X", Accepted("url", "http://bad.example/X", "http://bad.example/x")),
        ("url", "http//bad.example/2bKr8Z", Accepted("url", "http//bad.example/2bKr8Z", "http://bad.example/2bkr8z")),
        ("url", "https://bit.ly/1aB", Accepted("url", "https://bit.ly/1aB", "http://bit.ly/1aB")),
        ("email", "mailto:Me@Bad[.]example", Accepted("email", "Me@Bad.example", "me@bad.example")),
        ("hash", "AB" * 16, Accepted("hash", "AB" * 16, "ab" * 16)),
        ("hash", "ab" * 32, Accepted("hash", "ab" * 32, "ab" * 32)),
        ("certificate", "AB:" * 19 + "AB", Accepted("certificate", "AB:" * 19 + "AB", "ab" * 20)),
        ("process", "roleaboutd", Accepted("process", "roleaboutd", "roleaboutd")),
        ("path", "/var/tmp/evil", Accepted("path", "/var/tmp/evil", "/private/var/tmp/evil")),
        ("app_id", "com.evil.App", Accepted("app_id", "com.evil.App", "com.evil.app")),
    ],
)
def test_taken_as_what_it_is(kind, text, expected):
    assert accept(kind, text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "exact", "context"),
    [
        ("domain", "dynamic-dns.net", True, False),
        ("domain", "evil.dynamic-dns.net", False, False),
        ("domain", "ddns.net", True, False),
        ("domain", "com.mx", True, False),
        ("domain", "ck", None, None),
        ("domain", "anything.ck", True, False),
        ("domain", "www.ck", False, False),
        ("domain", "github.com", True, True),
        ("domain", "www.github.com", True, True),
        ("domain", "docs.google.com", True, True),
        ("domain", "s3.amazonaws.com", True, True),
        ("domain", "bucket.s3.amazonaws.com", False, False),
        ("domain", "bit.ly", True, True),
        ("domain", "tinyurl.com", True, True),
        ("domain", "evil.blogspot.com", False, False),
        ("ip", "10.1.2.3", False, True),
        ("ip", "127.0.0.1", False, True),
        ("ip", "192.168.1.1", False, True),
        ("ip", "::1", False, True),
        ("ip", "172.32.0.1", False, False),
        ("ip", "100.64.0.1", False, True),
        ("ip", "100.128.0.1", False, False),
        ("ip", "169.254.169.254", False, True),
        ("ip", "192.0.0.8", False, True),
        ("ip", "192.0.1.1", False, False),
        ("ip", "198.19.255.255", False, True),
        ("ip", "198.20.0.0", False, False),
        ("ip", "224.0.0.251", False, True),
        ("ip", "223.255.255.255", False, False),
        ("ip", "255.255.255.255", False, True),
        ("ip", "fe80::1", False, True),
        ("ip", "fd12::1", False, True),
        ("ip", "ff02::fb", False, True),
        ("ip", "2a01:4f8::1", False, False),
        ("ip", "::ffff:10.0.0.1", False, True),
        ("ip", "8.8.8.8", False, True),
        ("ip", "8.8.8.9", False, False),
        ("ip", "1.1.1.1", False, True),
        ("ip", "9.9.9.9", False, True),
        ("ip", "2001:4860:4860:0:0:0:0:8888", False, True),
        ("domain", "8.8.8.8", False, True),
        ("domain", "8.8.8.8:53", False, True),
        ("domain", "google.com", True, True),
        ("domain", "dns.google", True, True),
        ("domain", "mail.google.com", True, True),
        ("domain", "gateway.icloud.com", True, True),
        ("domain", "e5.whatsapp.net", True, True),
        ("domain", "family.microsoft.com", False, False),
        ("domain", "whatsapp.net.evil.example", False, False),
        ("domain", "notapple.com", False, False),
        ("url", "https://www.google.com/", False, True),
        ("url", "google.com", False, True),
        ("url", "https://bit.ly", False, True),
        ("url", "https://gateway.icloud.com:443/", False, True),
        ("url", "https://bit.ly/1wl3YE2", False, False),
        ("url", "https://sites.google.com/view/evil", False, False),
        ("url", "https://google.com/?q=evil", False, False),
        ("url", "https://evil.example/", False, False),
        ("url", "http://8.8.8.8/", False, True),
        ("url", "http://8.8.8.8/evil", False, False),
        ("url", "http://192.168.1.1:8080/admin", False, True),
        ("url", "http://[::1]/x", False, True),
        ("hash", "d41d8cd98f00b204e9800998ecf8427e", False, True),
        ("hash", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", False, True),
    ],
)
def test_what_strangers_share_accuses_nobody(kind, text, exact, context):
    found = accept(kind, text)
    if exact is None:
        assert isinstance(found, Refused)
    else:
        assert isinstance(found, Accepted)
        assert (found.exact_host, found.context_only) == (exact, context)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("domain", ""),
        ("domain", "N/A"),
        ("domain", "-"),
        ("domain", "[redacted]"),
        ("domain", "despacho"),
        ("domain", "two words.example"),
        ("domain", "bad.example\x00"),
        ("url", "http://bad.example/[unavailable]"),
        ("url", "http://" + "a" * 9_000 + ".example"),
        ("ip", "198.51.100.0/24"),
        ("ip", "2001:db8::/64"),
        ("ip", "999.1.1.1"),
        ("email", "somebody@gmail"),
        ("email", "nobody"),
        ("hash", "abc"),
        ("hash", "g" * 32),
        ("process", "none"),
        ("app_id", "com.\ud800"),
    ],
)
def test_refused(kind, text):
    assert isinstance(accept(kind, text), Refused)


HOSTS = st.from_regex(r"\A[a-z0-9-]{1,12}(\.[a-z0-9-]{1,12}){0,3}\.(com|mx|com\.mx|ck|example|net)\Z")


@given(HOSTS)
def test_the_quick_way_for_hosts_gives_what_the_slow_way_gives(host):
    quick = accept("domain", host)
    slow = accept("domain", f"{host} ")
    assert quick == slow


@given(st.integers(0, 2**32 - 1).map(lambda n: ".".join(str(n >> shift & 255) for shift in (24, 16, 8, 0))))
def test_the_quick_way_for_addresses_gives_what_the_slow_way_gives(address):
    assert accept("ip", address) == accept("ip", f" {address}")


@given(st.sampled_from(RESERVED), st.data())
def test_every_address_of_a_reserved_block_and_none_beside_it_is_reserved(block, data):
    network = ip_network(block)
    inside = data.draw(st.integers(0, network.num_addresses - 1))
    assert shared_by("ip", str(network[inside])) == "reserved"
    for beside in (int(network[0]) - 1, int(network[-1]) + 1):
        if 0 <= beside < 2**network.max_prefixlen:
            address = type(network[0])(beside)
            known = any(address in ip_network(one) for one in RESERVED if (":" in one) == (":" in block))
            assert (shared_by("ip", str(address)) == "reserved") is known


def test_each_resolver_is_listed_in_the_form_that_is_compared():
    assert len(shared.resolvers()) >= 50
    for address in shared.resolvers():
        assert accept("ip", address) == Accepted("ip", address, address, context_only=True)
        assert shared_by("ip", address) == "resolver"


@pytest.mark.parametrize(
    ("kind", "form", "why"),
    [
        ("ip", "45.77.1.2", None),
        ("domain", "github.com", "host"),
        ("domain", "init.ess.apple.com", "owner"),
        ("url", "http://github.com", "host"),
        ("url", "http://www.apple.com", "host"),
        ("url", "http://gateway.icloud.com", "owner"),
        ("url", "http://github.com/evil", None),
        ("url", "http://10.0.0.1/x", "reserved"),
        ("domain", "bad.example", None),
        ("domain", "ddns.net", None),
        ("hash", "d41d8cd98f00b204e9800998ecf8427e", "file"),
        ("hash", "ab" * 16, None),
        ("url", "http://bit.ly/1ab", None),
        ("email", "me@google.com", None),
    ],
)
def test_why_a_value_is_shared(kind, form, why):
    assert shared_by(kind, form) == why


@given(st.sampled_from(KINDS), st.text(max_size=60) | HOSTS | st.from_regex(r"\A[!-~]{1,40}\Z"))
def test_any_text_is_taken_or_refused_and_asks_for_what_records_would_answer(kind, text):
    found = accept(kind, text)
    if isinstance(found, Accepted):
        assert found.kind in KINDS
        keys = asked(found, exact_host=found.exact_host)
        assert keys == indicator_keys(found.kind, found.value, exact_host=found.exact_host)
