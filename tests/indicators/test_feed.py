"""What is fetched over HTTPS from a real server, and every way in which it may misbehave."""

import gzip
import hashlib
import time
from dataclasses import replace

import pytest

from perito.base.errors import UsageError
from perito.indicators.feed import Fetcher
from perito.indicators.fetched import Condition, Fetched, NotFetched, checked
from tests.indicators.https_server import (
    Authority,
    body,
    endless,
    raw,
    redirect,
    serving,
    silent,
    status,
    trickle,
    tunnel,
)

LIST = b"domain\tbad.example\t\t\n" * 40
SHA = hashlib.sha256(LIST).hexdigest()
NOTHING = Condition()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"), "an authority")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server(authority):
    with serving(authority.sign()) as server:
        yield server


@pytest.fixture
def fetcher(authority):
    return Fetcher(authority.pem, idle=2.0, total=10.0, largest=100_000, pauses=(0.01, 0.01))


def why(fetcher, address, into, condition=NOTHING) -> str:
    with pytest.raises(NotFetched) as error:
        fetcher.fetch(address, into, condition)
    assert error.value.exit_code == 3
    assert "stays in use" in str(error.value)
    return error.value.what


def test_a_list_as_it_is_published(server, fetcher, tmp_path):
    address = server.on("/a.tsv", body(LIST, ETag='"1"', Last_Modified="Mon, 02 Mar 2026 10:00:00 GMT"))
    told: list[tuple[int, int | None]] = []
    got = fetcher.fetch(address, tmp_path / "x", NOTHING, lambda passed, whole: told.append((passed, whole)))
    assert got == Fetched(address, (), len(LIST), SHA, '"1"', "Mon, 02 Mar 2026 10:00:00 GMT")
    assert (tmp_path / "x").read_bytes() == LIST
    assert told == [(len(LIST), len(LIST))]
    ((path, headers),) = server.asked
    assert path == "/a.tsv"
    assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


def test_a_packed_answer_is_unpacked_and_its_content_is_what_counts(server, fetcher, tmp_path):
    address = server.on("/a", body(gzip.compress(LIST), Content_Encoding="gzip"))
    assert fetcher.fetch(address, tmp_path / "x", NOTHING)[2:4] == (len(LIST), SHA)
    assert (tmp_path / "x").read_bytes() == LIST


def test_what_is_unchanged_is_not_sent_again(server, fetcher, tmp_path):
    address = server.on("/a", status(304))
    known = Condition('"1"', "Mon, 02 Mar 2026 10:00:00 GMT")
    assert fetcher.fetch(address, tmp_path / "x", known) == Fetched(address, (), unchanged=True)
    asked = server.asked[0][1]
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"1"', "Mon, 02 Mar 2026 10:00:00 GMT")
    assert why(fetcher, address, tmp_path / "x") == "the server answered 304"  # to what was not asked


def test_redirects_are_followed_and_told(server, fetcher, tmp_path):
    server.on("/b", redirect("c?x=1"))
    server.on("/c?x=1", body(LIST))
    address = server.on("/a", redirect(server.url("/b")))
    got = fetcher.fetch(address, tmp_path / "x", NOTHING)
    assert (got.redirects, got.sha256) == ((server.url("/b"), server.url("/c?x=1")), SHA)


def test_redirects_that_lead_nowhere_good(server, fetcher, tmp_path):
    loop = server.on("/loop", redirect("/loop"))
    assert why(fetcher, loop, tmp_path / "x") == f"more than 5 redirects, the last to {loop}"
    assert server.times("/loop") == 6
    down = server.on("/down", redirect("http://127.0.0.1:1/a"))
    assert why(fetcher, down, tmp_path / "x") == (
        "is led to http://127.0.0.1:1/a, which is not HTTPS: anybody on the way could change the list"
    )
    file = server.on("/file", redirect("file:///etc/passwd"))
    assert "is led to file:///etc/passwd, which is not HTTPS" in why(fetcher, file, tmp_path / "x")
    assert why(fetcher, server.on("/nowhere", status(302)), tmp_path / "x") == "the server answered 302"
    assert server.times("/nowhere") == 1
    assert not (tmp_path / "x").exists()


def test_only_plain_https_addresses_are_asked(fetcher, tmp_path):
    said = {
        "http://lab.example/a": "an address that is not HTTPS: anybody on the way could change the list",
        "ftp://lab.example/a": "an address that is not HTTPS: anybody on the way could change the list",
        "https:///a": "an address that is not HTTPS: anybody on the way could change the list",
        "https://a:b@lab.example/": "names a user or a password, which would be kept beside the list",
        "https://lab.example:99999/": "not an address: https://lab.example:99999/",
        "https://[::1/": "not an address: https://[::1/",
    }
    assert {address: why(fetcher, address, tmp_path / "x") for address in said} == said


def test_how_an_address_is_asked_for():
    assert checked("https://Lab.Example", "") == "https://lab.example/"
    assert checked("https://lab.example/a b/é?q=ñ", "") == "https://lab.example/a%20b/%C3%A9?q=%C3%B1"
    assert checked("https://ñandú.example/", "") == "https://xn--and-6ma2c.example/"
    assert checked("https://[::1]:8443/a", "") == "https://[::1]:8443/a"


def test_too_much_is_refused(server, fetcher, tmp_path):
    said = server.on("/said", body(b"x" * 10, length=100_001))
    assert why(fetcher, said, tmp_path / "x") == "says it has 100,001 bytes; at most 100,000 are taken"
    assert why(fetcher, server.on("/all", body(b"x" * 100_001)), tmp_path / "x").startswith("says it has 100,001")
    assert why(fetcher, server.on("/endless", endless(b"x" * 5_000)), tmp_path / "x") == (
        "holds more than the 100,000 bytes that are taken"
    )
    whole = server.on("/whole", body(b"x" * 100_000))
    assert fetcher.fetch(whole, tmp_path / "x", NOTHING).size == 100_000


def test_what_unpacks_to_too_much_is_refused(server, fetcher, tmp_path):
    bomb = gzip.compress(b"\0" * 50_000_000)
    address = server.on("/bomb", body(bomb, Content_Encoding="gzip"))
    assert why(fetcher, address, tmp_path / "x") == "holds more than the 100,000 bytes that are taken"
    large = replace(fetcher, largest=1 << 30)
    assert why(large, address, tmp_path / "x") == "unpacks to more than 200 times what was sent"
    assert (tmp_path / "x").stat().st_size < 20_000_000


def test_packing_that_is_not_what_it_says(server, fetcher, tmp_path):
    packed = gzip.compress(LIST)
    assert why(fetcher, server.on("/a", body(LIST, Content_Encoding="gzip")), tmp_path / "x") == "packed, and damaged"
    assert why(fetcher, server.on("/b", body(packed + b"x", Content_Encoding="gzip")), tmp_path / "x") == (
        "packed, with something behind the end"
    )
    assert why(fetcher, server.on("/c", body(LIST, Content_Encoding="br")), tmp_path / "x") == (
        "packed in a way that was not asked for"
    )
    assert why(fetcher, server.on("/d", body(packed[:-9], Content_Encoding="gzip")), tmp_path / "x") == (
        "the answer was cut short: its packing does not end (3 tries)"
    )


def test_an_answer_that_is_cut_short_is_asked_for_again(server, fetcher, tmp_path):
    cut = body(LIST[:100], length=len(LIST))
    address = server.on("/a", cut, body(LIST))
    assert fetcher.fetch(address, tmp_path / "x", NOTHING).sha256 == SHA
    assert server.times("/a") == 2
    assert why(fetcher, server.on("/b", cut), tmp_path / "x").startswith("the answer was cut short")
    assert server.times("/b") == 3
    torn = raw(b"HTTP/1.1 200 OK\r\n\r\n" + LIST)  # no length, and the end of the connection is not announced
    assert why(fetcher, server.on("/c", torn), tmp_path / "x") == "the answer was cut short (3 tries)"
    chunk = raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\nabc")
    assert why(fetcher, server.on("/d", chunk), tmp_path / "x") == "the answer was cut short (3 tries)"
    two = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\nContent-Length: %d\r\n\r\n" % len(LIST) + LIST)
    assert why(fetcher, server.on("/e", two), tmp_path / "x") == "the answer gives two lengths"


def test_a_server_in_trouble_is_asked_again_and_one_that_refuses_is_not(server, fetcher, tmp_path):
    address = server.on("/a", status(500), status(503), body(LIST))
    assert fetcher.fetch(address, tmp_path / "x", NOTHING).sha256 == SHA
    assert server.times("/a") == 3
    assert why(fetcher, server.on("/b", status(500)), tmp_path / "x") == "the server answered 500 (3 tries)"
    assert server.times("/b") == 3
    for code in (401, 403, 404, 410):
        assert why(fetcher, server.on(f"/{code}", status(code)), tmp_path / "x") == f"the server answered {code}"
        assert server.times(f"/{code}") == 1
    assert why(fetcher, server.on("/n", raw(b"SSH-2.0-x\r\n")), tmp_path / "x") == "the answer is not HTTP"


def test_a_slow_server_is_waited_for_so_long_and_no_longer(server, fetcher, tmp_path):
    steady = server.on("/steady", trickle(LIST[:40], 0.01))
    assert fetcher.fetch(steady, tmp_path / "x", NOTHING).size == 40
    once = replace(fetcher, pauses=(), idle=0.3, total=1.0)
    assert why(once, server.on("/silent", silent(2.0)), tmp_path / "x") == "the server fell silent"
    begin = time.monotonic()
    assert why(once, server.on("/drip", trickle(LIST, 0.1)), tmp_path / "x") == "took longer than is waited for"
    assert time.monotonic() - begin < 3.0


def test_a_certificate_must_be_of_this_server_current_and_signed_by_one_who_is_trusted(authority, fetcher, tmp_path):
    other = Authority(tmp_path, "another")
    said = {}
    for name, certificate in {
        "wrong authority": other.sign(),
        "expired": authority.sign(expired=True),
        "wrong host": authority.sign("lab.example"),
    }.items():
        with serving(certificate) as server:
            said[name] = why(fetcher, server.on("/a", body(LIST)), tmp_path / "x")
            assert server.asked == []
    assert set(said) == {"wrong authority", "expired", "wrong host"}
    assert said["wrong authority"].startswith("its certificate is not accepted: unable to get local issuer")
    assert said["expired"] == "its certificate is not accepted: certificate has expired"
    assert said["wrong host"].startswith("its certificate is not accepted: IP address mismatch")


def test_without_an_own_authority_that_of_the_system_is_asked(server, tmp_path):
    said = why(Fetcher(pauses=()), server.on("/a", body(LIST)), tmp_path / "x")
    assert said.startswith("its certificate is not accepted")
    (tmp_path / "none.pem").write_text("no certificate")
    for path, what in ((tmp_path / "none.pem", "holds no certificate"), (tmp_path / "absent.pem", "No such file")):
        with pytest.raises(UsageError, match=what):
            Fetcher(path).fetch(server.url("/a"), tmp_path / "x", NOTHING)


def test_nobody_answers(server, fetcher, tmp_path):
    free = Fetcher(fetcher.ca_file, pauses=(0.01,))
    assert why(free, "https://127.0.0.1:1/a", tmp_path / "x") == "cannot be reached: Connection refused (2 tries)"


def test_the_proxy_of_the_environment_is_used_and_sees_nothing_but_the_name(server, fetcher, tmp_path, monkeypatch):
    address = server.on("/a", body(LIST))
    with tunnel() as (port, seen):
        monkeypatch.setenv("https_proxy", f"http://us%65r:pass@127.0.0.1:{port}")
        assert fetcher.fetch(address, tmp_path / "x", NOTHING).sha256 == SHA
        assert seen == [f"127.0.0.1:{server.port} Basic dXNlcjpwYXNz"]
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert fetcher.fetch(address, tmp_path / "x", NOTHING).sha256 == SHA
        assert len(seen) == 1
    monkeypatch.delenv("no_proxy")
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:1")
    assert why(fetcher, address, tmp_path / "x") == (
        "the proxy that the environment names is none that is known here (http://…)"
    )
